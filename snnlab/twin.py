"""The Brian2 reading: a network as a Brian2 program, to read, to run, and to take elsewhere.

Brian2 stamps a spike with the start of its step and holds a neuron for one step less than its `refractory`
says. The program gives it t_ref + dt, and `Twin.run` stamps spikes as snnlab does.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from .assemble import Cells, Run, assemble, populations_of
from .equations import known_units
from .firing import Firing
from .grid import check_dt, check_t_stop, grid_time
from .methods import METHODS
from .model import Declared, Equations
from .network import Population, View, as_view
from .rng import check_seed
from .spikes import SpikeTrains
from .units import Unit, as_unit
from .wires import Wires

_BASE = ("ms", "mV", "pA", "um")  # the coherent units, which have the same names in Brian2


class Twin:
    """A network as a Brian2 program: `source` is its text, `data` the arrays that it reads, `run()` runs it."""

    def __init__(self, run: Run, source: str, data: dict[str, Any]):
        self.source, self.data, self._run = source, data, run

    def run(self, target: str = "numpy") -> dict[Population, SpikeTrains]:
        """Run the program. Returns {population: SpikeTrains}, stamped by snnlab's convention.

        `target` is Brian2's code generation target, "numpy" or "cython". Raises ImportError without Brian2.
        """
        import brian2  # type: ignore[import-untyped]

        before = brian2.prefs.codegen.target
        brian2.prefs.codegen.target = target
        try:
            namespace: dict[str, Any] = {"data": self.data}
            exec(compile(self.source, "<brian2 twin>", "exec"), namespace)
        finally:
            brian2.prefs.codegen.target = before
        found = {}
        for p, cells in enumerate(self._run.cells):
            monitor = namespace[f"spikes_{p}"]
            steps = np.round(np.asarray(monitor.t / brian2.ms) / self._run.dt).astype(np.int64) + 1
            t = np.asarray(grid_time(steps, self._run.dt), dtype=float)
            t_stop = float(grid_time(self._run.k_stop, self._run.dt))
            found[cells.population] = SpikeTrains(t, np.asarray(monitor.i), cells.n, t_stop)
        return found

    def __repr__(self) -> str:
        return self.source


def brian2_twin(
    what: Any,
    *,
    t_stop: float,
    dt: float = 0.1,
    I: Any = 0.0,
    projections: Sequence = (),
    initial: dict | None = None,
    method: Any = None,
    seed: int | None = None,
) -> Twin:
    """The same network as a Brian2 program: equations, graph, weights, delays, inputs and initial states.

    Takes the arguments of `simulate` and raises what it raises; ValueError for what has no counterpart in
    Brian2 (noise and Poisson input, whose numbers would differ; t_last; a spike at time 0 with delay 0; repeated given spikes).
    Brian2 is needed only to run it.

    >>> import snnlab as snn
    >>> twin = snn.brian2_twin(snn.LIF(), I=300.0, t_stop=100.0)
    >>> "dv/dt = (-(v - E_L) + R_m * I)/(tau_m)" in twin.source
    True
    """
    dt = check_dt(dt)
    run = assemble(
        populations_of(what), k_stop=check_t_stop(t_stop, dt, 0.0), dt=dt, I=I, projections=tuple(projections),
        record=(), initial=initial, method=method, seed=check_seed(seed), start=None, max_spikes=1,
    )  # fmt: skip
    random = [s.source for s in run.sources if isinstance(s, Firing)] + [d.drive for d in run.drives]
    if random:
        raise ValueError(
            f"brian2_twin: {random[0]} is drawn at random, and its numbers would differ in Brian2"
        )
    data: dict[str, Any] = {}
    lines = ["from brian2 import *", "", "start_scope()", f"defaultclock.dt = {dt!r}*ms", ""]
    for p, cells in enumerate(run.cells):
        lines += _group(p, cells, run, data)
    objects = [f"group_{p}" for p in range(len(run.cells))] + [f"spikes_{p}" for p in range(len(run.cells))]
    for q, wires in enumerate(run.wires):
        if wires.rule is not None:
            raise ValueError(f"brian2_twin: {wires.projection} is plastic, which is not carried over")
        lines += _synapses(q, wires, run, data, objects)
    lines += [
        f"network = Network({', '.join(objects)})",
        f"network.run({float(grid_time(run.k_stop, dt))!r}*ms)",
    ]
    return Twin(run, "\n".join(lines) + "\n", data)


def brian2_unit(unit: Unit) -> str:
    """A unit as Brian2 writes it: "mV", "pA/mV", "1".

    >>> brian2_unit(as_unit("nS"))
    'pA/mV'
    """
    up: list[str] = []
    down: list[str] = []
    for name, power in zip(_BASE, unit.powers[: len(_BASE)], strict=True):
        if power:
            text = name if abs(power) == 1 else f"{name}**{abs(power)}"
            (up if power > 0 else down).append(text)
    text = "*".join(up) or "1"
    for entry in down:
        text += f"/{entry}"
    return text if unit.scale == 1 else f"({unit.scale!r}*{text})"


def expression(node: ast.expr, names: dict[str, str]) -> str:
    """One expression in Brian2's language, its names replaced."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Constant):
        return repr(node.value)
    if isinstance(node, ast.UnaryOp):
        sign = "-" if isinstance(node.op, ast.USub) else "+"
        return f"{sign}{_inside(node.operand, names)}"
    if isinstance(node, ast.Compare):
        sign = ast.unparse(ast.Compare(ast.Name("a"), node.ops, [ast.Name("b")]))[2:-2]
        return f"{expression(node.left, names)} {sign} {expression(node.comparators[0], names)}"
    if isinstance(node, ast.Call):
        return _call(node, names)
    if isinstance(node, ast.BinOp):
        sign = {ast.Add: " + ", ast.Sub: " - ", ast.Mult: " * ", ast.Div: "/", ast.Pow: "**"}[type(node.op)]
        if isinstance(node.op, ast.Div):
            return f"({expression(node.left, names)})/({expression(node.right, names)})"
        left, right = expression(node.left, names), expression(node.right, names)
        if isinstance(node.op, ast.Mult | ast.Pow):
            left, right = _inside(node.left, names), _inside(node.right, names)
        elif isinstance(node.op, ast.Sub) and isinstance(node.right, ast.BinOp):
            right = f"({right})"
        return f"{left}{sign}{right}"
    raise ValueError(f"brian2_twin: {ast.unparse(node)!r} has no counterpart")


def _inside(node: ast.expr, names: dict[str, str]) -> str:
    text = expression(node, names)
    simple = isinstance(node, ast.Name | ast.Constant) and not text.startswith("-")
    return text if simple or isinstance(node, ast.Call) else f"({text})"


def _call(node: ast.Call, names: dict[str, str]) -> str:
    name = node.func.id  # type: ignore[attr-defined]
    given = [expression(a, names) for a in node.args]
    if name == "where":
        return f"(int({given[0]})*({given[1]}) + int(not ({given[0]}))*({given[2]}))"
    if name in ("minimum", "maximum"):
        a, b = given if name == "minimum" else given[::-1]
        return f"(int({a} < {b})*({given[0]}) + int(not ({a} < {b}))*({given[1]}))"
    return f"{name}({', '.join(given)})"


def inlined(read: Equations, names: dict[str, str]) -> list[str]:
    """What a function returns, as expressions with its own assignments put in."""
    known = dict(names)
    for target, value in read.body:
        known[target] = f"({expression(value, known)})"
    results = []
    for node in read.returns:
        text = expression(node, known)
        outer = text.startswith("(") and text.endswith(")") and isinstance(node, ast.Name) and _matched(text)
        results.append(text[1:-1] if outer else text)
    return results


def _matched(text: str) -> bool:
    """True when the first bracket closes at the end."""
    depth = 0
    for position, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return position == len(text) - 1
    return False


def _renamed(cls: type[Declared], receptor: str) -> dict[str, str]:
    return {name: f"{receptor}_{name}" for name in (*cls.state, *cls.parameters())}


def _group(p: int, cells: Cells, run: Run, data: dict[str, Any]) -> list[str]:
    """One NeuronGroup with its equations, parameters, input and initial states."""
    system, model = cells.system, cells.system.model
    if cells.input.noises or system.uses("t_last") or system.uses("u"):
        raise ValueError(
            f"brian2_twin: {cells.name} has noise or a stochastic threshold, whose numbers would differ in Brian2"
        )
    if METHODS[cells.method].needs:
        raise ValueError(
            f"brian2_twin: the method {cells.method} of {cells.name} has no counterpart in Brian2"
        )
    units = {**known_units(model)}
    for receptor, synapse in system.receptors:
        units |= {f"{receptor}_{name}": unit for name, unit in synapse.units.items()}
    currents = [f"I_{p}(t{', i' if cells.input.width > 1 else ''})"] if cells.input.width else []
    constant = cells.input.constant
    if isinstance(constant, np.ndarray) or constant != 0.0 or not currents:
        currents.insert(0, "I_const")
    equations: list[str] = []
    parts: list[tuple[str, dict[str, str], type[Declared]]] = [("", {}, model)]
    parts += [(r, _renamed(c, r), c) for r, c in system.receptors if c.state]
    for name, read_names, cls in parts:
        if name:
            made = inlined(cls.equations["current"], read_names)
            currents += [f"({c})/area_um2" for c in made] if system.per_area else made
        for state, value in zip(cls.state, inlined(cls.equations["dynamics"], read_names), strict=True):
            held = " (unless refractory)" if not name and state in model.frozen else ""
            joined = f"{name}_{state}" if name else state
            equations.append(f"d{joined}/dt = {value} : {_dimension(units[joined])}{held}")
    equations.append(f"I = {' + '.join(currents)} : {_dimension(units['I'])}")
    lines = _parameters(p, cells, units, data, equations)
    refractory = "refractory=False"
    if system.refractory:
        equations.append(
            "t_hold = t_ref + dt : second  # Brian2 holds a neuron for one step less than it is told"
        )
        refractory = "refractory='t_hold'"
    condition = inlined(model.equations["threshold"], {})[0]
    if system.crossing:
        refractory = f"refractory={condition!r}"  # as long as it stays above, it does not spike again
    reset = "" if system.crossing else ", reset=" + repr(_statements(model.equations["reset"]))
    body = "\n    ".join(equations)
    lines += [f'equations_{p} = """', f"    {body}", '"""']
    lines.append(
        f"group_{p} = NeuronGroup({cells.n}, equations_{p}, threshold={condition!r}{reset}, {refractory}, "
        f"method={cells.method!r}, namespace=parameters_{p})"
    )
    for name in (n for n, v in cells.parameters.items() if isinstance(v, np.ndarray)):
        lines.append(f'group_{p}.{name} = data["{name}_{p}"]*{brian2_unit(units[name])}')
        data[f"{name}_{p}"] = cells.parameters[name]
    if isinstance(constant, np.ndarray):
        data[f"I_const_{p}"] = constant
        lines.append(f'group_{p}.I_const = data["I_const_{p}"]*{brian2_unit(units["I"])}')
    for state in system.states:
        data[f"{state}_{p}"] = cells.x[state]
        lines.append(f'group_{p}.{state} = data["{state}_{p}"]*{brian2_unit(units[state])}')
    return [*lines, f"spikes_{p} = SpikeMonitor(group_{p})", ""]


def _dimension(unit: Unit) -> str:
    """The dimension that Brian2 wants behind an equation: base units without prefixes."""
    bases = ("second", "volt", "amp", "meter")
    up = [
        b if p == 1 else f"{b}**{p}" for b, p in zip(bases, unit.powers[: len(bases)], strict=True) if p > 0
    ]
    down = [
        b if p == -1 else f"{b}**{-p}" for b, p in zip(bases, unit.powers[: len(bases)], strict=True) if p < 0
    ]
    return ("*".join(up) or "1") + "".join(f"/{b}" for b in down)


def _parameters(p: int, cells: Cells, units: dict, data: dict, equations: list[str]) -> list[str]:
    """The namespace of a group: numbers as quantities; arrays become equations of their own."""
    entries = []
    for name, value in cells.parameters.items():
        if isinstance(value, np.ndarray):
            equations.append(f"{name} : {_dimension(units[name])} (constant)")
        else:
            unit = brian2_unit(units[name])
            entries.append(f'    "{name}": {value!r}' + ("," if unit == "1" else f"*{unit},"))
    lines = []
    if isinstance(cells.input.constant, np.ndarray):
        equations.append(f"I_const : {_dimension(units['I'])} (constant)")
    else:
        entries.append(f'    "I_const": {cells.input.constant!r}*{brian2_unit(units["I"])},')
    if cells.input.width:
        data[f"I_{p}"] = cells.input.rows(0, _steps(cells))
        series = f'data["I_{p}"]' + ("[:, 0]" if cells.input.width == 1 else "")
        lines.append(f"I_{p} = TimedArray({series}*{brian2_unit(units['I'])}, dt=defaultclock.dt)")
        entries.append(f'    "I_{p}": I_{p},')
    return [*lines, f"parameters_{p} = {{", *entries, "}"]


def _steps(cells: Cells) -> int:
    return cells.off.size - 2 + cells.base


def _statements(read: Equations, names: dict[str, str] | None = None) -> str:
    lines = [f"{target} = {expression(value, names or {})}" for target, value in read.body]
    return "; ".join(lines)


def _synapses(q: int, wires: Wires, run: Run, data: dict, objects: list[str]) -> list[str]:
    """One Synapses object; given spikes become a SpikeGeneratorGroup."""
    projection, post = wires.projection, run.cells[wires.post]
    if wires.rule is not None or wires.short_term is not None or wires.continuous:
        raise ValueError(
            f"brian2_twin: {projection} is plastic or without spikes, which is not translated; write it by hand"
        )
    graph = projection.draw(run.seed, q, run.dt)
    synapse = type(projection.synapse)
    unit = as_unit(synapse.weight)
    delay = graph.delay
    lines = []
    if wires.replayed:
        source, first, shift = f"given_{q}", 0, bool((np.round(delay / run.dt) >= 1).all())
        lines += _given(q, wires, run, data, shift)
        objects.append(source)
        delay = delay - run.dt if shift else delay
    else:
        pre = as_view(projection.pre) if isinstance(projection.pre, Population | View) else None
        source, first = f"group_{wires.source}", pre.start if pre else 0
    offset = as_view(projection.post).start
    data |= {
        f"pre_{q}": graph.pre + first,
        f"post_{q}": graph.post + offset,
        f"weights_{q}": graph.w,
        f"delay_{q}": delay,
    }
    lines.append(f"synapses_{q} = Synapses({source}, group_{wires.post}, 'w_syn : {_dimension(unit)}', on_pre={_on_pre(projection, post)!r}, "
                 f"namespace=parameters_{wires.post})")  # fmt: skip
    lines += [
        f'synapses_{q}.connect(i=data["pre_{q}"], j=data["post_{q}"])',
        f'synapses_{q}.w_syn = data["weights_{q}"]*{brian2_unit(unit)}',
        f'synapses_{q}.delay = data["delay_{q}"]*ms',
        "",
    ]
    objects.append(f"synapses_{q}")
    return lines


def _on_pre(projection: Any, post: Cells) -> str:
    """`arrive` as statements on the post neuron; a jump into a held state is lost."""
    synapse = type(projection.synapse)
    names = {n: f"{projection.receptor}_{n}_post" for n in synapse.state}
    names |= {n: f"{projection.receptor}_{n}" for n in synapse.parameters()}
    names |= {n: f"{n}_post" for n in synapse.neuron_states} | {"w": "w_syn"}  # a neuron may have a state w
    statements = []
    for target, value in synapse.equations["arrive"].body:
        new, left = expression(value, names), names[target]
        if target in post.system.model.frozen and target in synapse.neuron_states:
            new = f"{left} + int(not_refractory_post)*({new} - {left})"
        elif (
            isinstance(value, ast.BinOp)
            and isinstance(value.op, ast.Add)
            and names.get(ast.unparse(value.left)) == left
        ):
            # Brian2 fails on `x = x + exp(1)*w` and takes `x += exp(1)*w`
            statements.append(f"{left} += {expression(value.right, names)}")
            continue
        statements.append(f"{left} = {new}")
    return "; ".join(statements)


def _given(q: int, wires: Wires, run: Run, data: dict, shift: bool) -> list[str]:
    source = run.sources[wires.source]
    grid = np.repeat(np.arange(source.base, run.k_stop + 1), np.diff(source.off))
    ids = source.spk[source.off[0] : source.off[-1]]
    steps = grid if shift else grid - 1
    if (steps < 0).any():
        raise ValueError("brian2_twin: a given spike at time 0 with delay 0 has no counterpart in Brian2")
    if len({*zip(steps.tolist(), ids.tolist(), strict=True)}) != steps.size:
        raise ValueError("brian2_twin: a neuron's given spikes fall on one step, which Brian2 refuses")
    keep = steps < run.k_stop
    data |= {f"given_t_{q}": steps[keep] * run.dt, f"given_i_{q}": ids[keep]}
    return [
        f'given_{q} = SpikeGeneratorGroup({source.trains.n}, data["given_i_{q}"], data["given_t_{q}"]*ms)'
    ]
