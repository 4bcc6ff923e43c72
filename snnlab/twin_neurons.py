"""The Brian2 reading of populations: equations, parameters, input, threshold, reset and initial states."""

from __future__ import annotations

import numpy as np

from .brian2_text import Program, assignments, brian2_unit, dimension, inlined
from .declared import Declared
from .equations import known_units
from .replay import lots_of, noise_of
from .run_data import Cells
from .units import Unit, ms

BEGIN = "t_begin"  # the start of a step, which does not move inside it
SPIKED = "t_spiked"  # the stamp of a neuron's last spike


def population(p: int, cells: Cells, program: Program) -> list[str]:
    """One NeuronGroup and its monitors."""
    system, model = cells.system, cells.system.model
    if system.crossing and system.refractory:
        raise ValueError(
            f"brian2_twin: {cells.name} is not carried over, because of t_ref in {model.__name__}, which has no reset: Brian2 holds "
            "a neuron either for a time or while it is above threshold"
        )
    units = units_of(cells)
    entries = {name: value for name, value in cells.parameters.items() if not isinstance(value, np.ndarray)}
    namespace = [f'    "{n}": {v!r}{_times(units[n])},' for n, v in entries.items()]
    arrays = {name: value for name, value in cells.parameters.items() if isinstance(value, np.ndarray)}
    begin, extra = _extra(p, cells, program)
    inputs, currents = _inputs(p, cells, program, units, namespace, begin, arrays)
    equations = [*_system(p, cells, program, units, currents), *inputs, *extra]
    equations += [f"{name} : {dimension(units[name])} (constant)" for name in arrays]
    end = {"t": "(t + dt)", "t_last": f"(t + dt - {SPIKED})"}  # when a step's threshold is tested
    condition = inlined(model.equations["threshold"], end)[0]
    options = [f"threshold={condition!r}"]
    changes = [] if system.crossing else assignments(model.equations["reset"], end, model.reset_names())[0]
    changes += [f"{SPIKED} = t + dt"] if system.uses("t_last") else []
    options += [f"reset={'; '.join(changes)!r}"] if changes else []
    if system.refractory:
        equations.append(
            "t_hold = t_ref + dt : second  # Brian2 holds a neuron for one step less than it is told"
        )
    # as long as a model without reset stays above, it does not spike again
    refractory = repr(condition) if system.crossing else "'t_hold'" if system.refractory else "False"
    method = "euler" if cells.method == "half_step_2003" else cells.method
    options += [f"refractory={refractory}", f"method={method!r}", f"namespace=parameters_{p}"]
    lines = [*begin, f"parameters_{p} = {{", *namespace, "}"]
    lines += [f'equations_{p} = """', *(f"    {line}" for line in equations), '"""']
    lines += [f"group_{p} = NeuronGroup({cells.n}, equations_{p}, {', '.join(options)})"]
    values = {**arrays, **{s: cells.x[s] for s in system.states if not _coupled(cells, s)}}
    for name, value in values.items():
        lines.append(
            f"group_{p}.{name} = {program.given(f'{name}_{p}', np.array(value), brian2_unit(units[name]))}"
        )
    if system.crossing and cells.above.any():
        below = program.given(f"below_{p}", cells.above == 0)
        lines.append(f"group_{p}.not_refractory = {below}  # who begins above threshold, crossed it before")
    program.objects += [f"group_{p}", f"spikes_{p}"]
    return [*lines, *_more(p, cells, program), f"spikes_{p} = SpikeMonitor(group_{p})", *_traces(p, cells, program), ""]  # fmt: skip


def units_of(cells: Cells) -> dict[str, Unit]:
    """The unit of every joined name."""
    units = known_units(cells.system.model)
    for receptor, synapse in cells.system.receptors:
        units |= {f"{receptor}_{name}": unit for name, unit in synapse.units.items()}
    return units


def _times(unit: Unit) -> str:
    text = brian2_unit(unit)
    return "" if text == "1" else f"*{text}"


def _renamed(cls: type[Declared], receptor: str) -> dict[str, str]:
    return {name: f"{receptor}_{name}" for name in (*cls.state, *cls.parameters())}


def _coupled(cells: Cells, state: str) -> bool:
    """True for the state of a receptor without spikes, which Brian2 sums up in each step."""
    return any(
        state == f"{r}_{s}" for r, cls in cells.system.receptors if cls.continuous() for s in cls.state
    )


def _system(p: int, cells: Cells, program: Program, units: dict[str, Unit], given: list[str]) -> list[str]:
    """The equations of the states. Where v moves in half steps, the right-hand sides stand once for each."""
    model = cells.system.model
    lines, base = [], {"t": BEGIN, "t_last": f"({BEGIN} - {SPIKED})"}
    if cells.method == "half_step_2003":
        v, *_ = model.state
        slope = dimension(units[v] / ms)
        current, names = _current(cells, units, given, "", base)
        (dv, *_) = inlined(model.equations["dynamics"], names)
        lines += [*current, f"{v}_begin = {dv} : {slope}", f"{v}_half = {v} + 0.5*dt*{v}_begin : {dimension(units[v])}"]  # fmt: skip
        current, names = _current(cells, units, given, "_half", {**base, v: f"{v}_half"})
        (dv, *_) = inlined(model.equations["dynamics"], names)
        lines += [*current, f"{v}_new = {v}_half + 0.5*dt*({dv}) : {dimension(units[v])}"]
        current, names = _current(cells, units, given, "_new", {**base, v: f"{v}_new"})
        first = f"({v}_new - {v})/dt"
    else:
        current, names = _current(cells, units, given, "", base)
        first = ""
    own = inlined(model.equations["dynamics"], names)
    own = [first, *own[1:]] if first else own
    for state, value in zip(model.state, own, strict=True):
        held = " (unless refractory)" if state in model.frozen else ""
        lines.append(f"d{state}/dt = {value} : {dimension(units[state])}{held}")
    for receptor, cls in cells.system.receptors:
        renamed = {**names, **_renamed(cls, receptor)}
        if cls.continuous():
            lines += _summed(p, receptor, cls, program, units)
        elif cls.state:
            values = inlined(cls.equations["dynamics"], renamed)
            lines += [
                f"d{receptor}_{state}/dt = {value} : {dimension(units[f'{receptor}_{state}'])}"
                for state, value in zip(cls.state, values, strict=True)
            ]
    return [*lines, *current]


def _current(
    cells: Cells, units: dict[str, Unit], given: list[str], suffix: str, moved: dict[str, str]
) -> tuple[list[str], dict[str, str]]:
    """The equation of the input I, and the names by which a right-hand side reads it; `moved`: states of a half step.

    A half step has an I of its own where a receptor's current depends on what moves.
    """
    if "I" not in cells.system.model.input:
        return [], moved
    terms, depends = list(given), not suffix
    for receptor, cls in cells.system.receptors:
        if cls.state:
            depends |= bool(set(moved) & set(cls.equations["current"].args))
            made = inlined(cls.equations["current"], {**moved, **_renamed(cls, receptor)})
            terms += [f"({c})/area_um2" for c in made] if cells.system.per_area else made
    if not depends:
        return [], {**moved, "I": "I"}
    return [f"I{suffix} = {' + '.join(terms)} : {dimension(units['I'])}"], {**moved, "I": f"I{suffix}"}


def _summed(p: int, receptor: str, cls: type, program: Program, units: dict[str, Unit]) -> list[str]:
    """A receptor without spikes: one sum for each projection onto it, taken at the start of a step and held."""
    (state,) = cls.state  # type: ignore[attr-defined]
    wires = enumerate(program.run.wires)
    sums = [
        f"{receptor}_{state}_{q}"
        for q, w in wires
        if w.post == p and w.projection.receptor == receptor and w.targets.size
    ]
    unit = units[f"{receptor}_{state}"]
    total = " + ".join(sums) or f"0*{dimension(unit)}"
    return [
        *(f"{name} : {dimension(unit)}" for name in sums),
        f"{receptor}_{state} = {total} : {dimension(unit)}",
    ]


def _inputs(
    p: int, cells: Cells, program: Program, units: dict, namespace: list[str], begin: list[str], arrays: dict
) -> tuple[list[str], list[str]]:
    """The injected current: equations, and the terms of I. Series and noise are held over a step."""
    if "I" not in cells.system.model.input:
        return [], []
    given, unit, lines, terms = cells.input, units["I"], [], []
    if isinstance(given.constant, np.ndarray):
        units["I_const"], arrays["I_const"] = unit, given.constant
        terms.append("I_const")
    elif given.constant != 0.0 or not given.width:
        namespace.append(f'    "I_const": {given.constant!r}{_times(unit)},')
        terms.append("I_const")
    tables = {"given": given.rows(0, program.run.k_stop)} if given.width else {}
    if given.noises and program.replay:
        tables["noise"] = noise_of(cells, program.run)
    for name, rows in tables.items():
        table = f"{name}_I_{p}"
        begin += timed(table, rows, program, brian2_unit(unit))
        namespace.append(f'    "{table}": {table},')
        lines.append(f"I_{name} = {table}{_at(rows)} : {dimension(unit)} (constant over dt)")
        terms.append(f"I_{name}")
    if given.noises and not program.replay:
        for z in range(len(given.noises)):
            lines += _own_noise(z, cells, program, units, arrays, namespace)
            terms.append(f"I_noise_{z}")
    return lines, terms


def _at(rows: np.ndarray) -> str:
    return "(t, i)" if rows.shape[1] > 1 else "(t)"


def timed(name: str, rows: np.ndarray, program: Program, unit: str = "1") -> list[str]:
    """A TimedArray of rows (steps, 1 or n), one for each step."""
    values = program.given(name, rows[:, 0] if rows.shape[1] == 1 else rows, unit)
    return [f"{name} = TimedArray({values}, dt=defaultclock.dt)"]


def _own_noise(
    z: int, cells: Cells, program: Program, units: dict, arrays: dict, namespace: list[str]
) -> list[str]:
    """Noise that Brian2 draws: a new number in each step, or an Ornstein-Uhlenbeck process that moves after each."""
    noise, sigma = cells.input.noises[z]
    name, unit = f"sigma_{z}", units["I"]
    spread = sigma / np.sqrt(program.run.dt) if noise.tau is None else sigma
    if sigma.size > 1:
        units[name], arrays[name] = unit, spread
    else:
        namespace.append(f'    "{name}": {float(spread[0])!r}{_times(unit)},')
    moved = noise.shared or noise.tau is not None  # in `_more`
    drawn = f" : 1{' (shared)' if noise.shared else ''}" if moved else " = randn() : 1 (constant over dt)"
    return [f"drawn_{z}{drawn}", f"I_noise_{z} = {name}*drawn_{z} : {dimension(unit)}"]


def _extra(p: int, cells: Cells, program: Program) -> tuple[list[str], list[str]]:
    """What a model reads besides its states: lines before the group, and equations."""
    system, begin, lines = cells.system, [], []
    if system.uses("u"):
        lots = "rand()"
        if program.replay:
            begin, lots = timed(f"lots_{p}", lots_of(cells, program.run), program), f"lots_{p}(t, i)"
        lines.append(f"u = {lots} : 1 (constant over dt)")
    if any(name in system.model.equations["dynamics"].args for name in ("t", "t_last")):
        lines.append(f"{BEGIN} = t : second (constant over dt)")
    if system.uses("t_last"):
        lines.append(f"{SPIKED} : second")
    return begin, lines


def _more(p: int, cells: Cells, program: Program) -> list[str]:
    """What has no place among the equations: the first values, and how noise that Brian2 draws moves."""
    lines = [f"group_{p}.{SPIKED} = -inf*second"] if cells.system.uses("t_last") else []
    for z, (noise, _) in enumerate(cells.input.noises if not program.replay else ()):
        if noise.tau is not None:
            fade, spread = map(float, cells.fades[z])
            draw = "randn()" if noise.shared else "'randn()'"
            lines += [
                f"group_{p}.drawn_{z} = {draw}",
                f"group_{p}.run_regularly('drawn_{z} = {fade!r}*drawn_{z} + {spread!r}*randn()', when='end')",
            ]
        elif noise.shared:
            lines.append(f"group_{p}.run_regularly('drawn_{z} = randn()')")
    return lines


def _traces(p: int, cells: Cells, program: Program) -> list[str]:
    """A StateMonitor for each recorded state; a sum over gap junctions is there once it has been taken."""
    lines = []
    for state, (ids, every) in cells.records.items():
        which = "True" if ids.size == cells.n else program.given(f"ids_{state}_{p}", ids)
        when = "after_groups" if _coupled(cells, state) else "start"
        lines.append(
            f"trace_{p}_{state} = StateMonitor(group_{p}, {state!r}, record={which}, dt={every}*defaultclock.dt, when={when!r})"
        )
        program.objects.append(f"trace_{p}_{state}")
    return lines
