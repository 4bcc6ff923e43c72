"""The Brian2 reading: a network as a Brian2 program, to read, to run, and to take elsewhere.

Brian2 stamps a spike with the start of its step and holds a neuron for one step less than its `refractory`
says. The program gives it t_ref + dt, and `Twin.run` stamps spikes as snnlab does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .assemble import Cells, Run, assemble, populations_of
from .brian2_text import brian2_unit, dimension, inlined, statements
from .equations import known_units
from .firing import Firing
from .grid import check_dt, check_t_stop, grid_time
from .methods import METHODS
from .model import Declared
from .network import Population, Projection
from .rng import check_seed
from .spikes import SpikeTrains
from .twin_synapses import synapses
from .units import as_unit


class Twin:
    """A network as a Brian2 program: `source` is its text, `data` the arrays that it reads, `run()` runs it.

    After `run()`, `weights` maps each plastic projection to its final weights (n_pairs,), in the order of
    `projection.draw()`, as `rec.weights` does.
    """

    def __init__(self, run: Run, source: str, data: dict[str, Any]):
        self.source, self.data, self._run = source, data, run
        self.weights: dict[Projection, np.ndarray] = {}

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
        for q, wires in enumerate(self._run.wires):
            if wires.rule is not None:
                unit = eval(brian2_unit(as_unit(wires.projection.synapse.weight)), namespace)
                self.weights[wires.projection] = np.asarray(namespace[f"synapses_{q}"].w_syn / unit)
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
    Brian2 (noise and Poisson input, whose numbers would differ; t_last; a spike at time 0 with delay 0; repeated
    given spikes; short-term plasticity, gap junctions, and a plasticity rule that declares more than traces, on_pre
    and on_post). Brian2 is needed only to run it.

    >>> import snnlab as snn
    >>> twin = snn.brian2_twin(snn.LIF(), I=300.0, t_stop=100.0)
    >>> "dv/dt = (-(v - E_L) + R_m * I)/(tau_m)" in twin.source
    True
    """
    dt = check_dt(dt)
    run = assemble(
        populations_of(what), k_stop=check_t_stop(t_stop, dt, 0.0), dt=dt, I=I, projections=projections,
        record=(), initial=initial, method=method, seed=check_seed(seed), start=None, max_spikes=1,
    )  # fmt: skip
    random = [s.source for s in run.sources if isinstance(s, Firing)] + [d.drive for d in run.drives]
    if random:
        raise ValueError(
            f"brian2_twin: {random[0]} is drawn at random, and its numbers would differ in Brian2; "
            "send the spikes of a run: rec[source].spikes"
        )
    data: dict[str, Any] = {}
    lines = ["from brian2 import *", "", "start_scope()", f"defaultclock.dt = {dt!r}*ms", ""]
    for p, cells in enumerate(run.cells):
        lines += _group(p, cells, run, data)
    objects = [f"group_{p}" for p in range(len(run.cells))] + [f"spikes_{p}" for p in range(len(run.cells))]
    for q, wires in enumerate(run.wires):
        lines += synapses(q, wires, run, data, objects)
    lines += [
        f"network = Network({', '.join(objects)})",
        f"network.run({float(grid_time(run.k_stop, dt))!r}*ms)",
    ]
    return Twin(run, "\n".join(lines) + "\n", data)


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
            equations.append(f"d{joined}/dt = {value} : {dimension(units[joined])}{held}")
    equations.append(f"I = {' + '.join(currents)} : {dimension(units['I'])}")
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
    reset = "" if system.crossing else ", reset=" + repr(statements(model.equations["reset"]))
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


def _parameters(p: int, cells: Cells, units: dict, data: dict, equations: list[str]) -> list[str]:
    """The namespace of a group: numbers as quantities; arrays become equations of their own."""
    entries = []
    for name, value in cells.parameters.items():
        if isinstance(value, np.ndarray):
            equations.append(f"{name} : {dimension(units[name])} (constant)")
        else:
            unit = brian2_unit(units[name])
            entries.append(f'    "{name}": {value!r}' + ("," if unit == "1" else f"*{unit},"))
    lines = []
    if isinstance(cells.input.constant, np.ndarray):
        equations.append(f"I_const : {dimension(units['I'])} (constant)")
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
