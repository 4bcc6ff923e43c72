"""From what the user wrote to what an engine runs: every argument checked, every array made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from .arguments import listed
from .distributions import Distribution
from .firing import Counts, Firing, counts, firing
from .grid import first_step_not_before, grid_time, steps, steps_array
from .inputs import Input, inputs_of
from .kernels.structure import DriveKind, PopulationKind, ProjectionKind, SourceKind, Structure
from .memory import available_memory
from .methods import METHODS, exact_matrices, is_affine_in_each, probe
from .model import Neuron
from .network import Population, Projection, View, as_view
from .recording import Record, State
from .rng import generator, key_of
from .sources import PoissonDrive, PoissonSource
from .spikes import SpikeTrains
from .system import System, parameters_of, system_of
from .wires import Wires, wire

WINDOW = 4_000_000  # neuron-steps that an uncoupled population runs before its spikes are sorted
NEVER = 1 << 60  # the interval of what is not recorded


@dataclass
class Cells:
    """One population while it runs. `x` holds the states by joined name; all arrays outlive a chunk."""

    population: Population
    name: str
    system: System
    method: str
    parameters: dict[str, Any]
    input: Input
    x: dict[str, np.ndarray]
    held: np.ndarray  # the last grid time up to which the frozen states are held, -1 before the first spike
    n_ref: int | np.ndarray
    above: np.ndarray  # the last outcome of the threshold, for models that spike on the upward crossing
    last: np.ndarray  # time of the last spike, -inf before the first
    ou: list[np.ndarray]  # Ornstein-Uhlenbeck states, in units of their sigma
    fades: list[np.ndarray]  # their [decay, spread] per step
    keys: list[tuple[np.uint64, np.uint64]]
    spk: np.ndarray  # ids of the spikes so far, in order
    off: np.ndarray  # off[m - base] is where the spikes of grid time m begin in spk
    base: int
    matrices: tuple[np.ndarray, np.ndarray] | None = None
    records: dict[str, tuple[np.ndarray, int]] = field(default_factory=dict)  # name -> (ids, every in steps)
    out: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return self.population.n


@dataclass
class Source:
    """Given spikes on the grid, in the form of a population's."""

    trains: SpikeTrains
    spk: np.ndarray
    off: np.ndarray
    base: int


@dataclass
class Run:
    """A whole simulation, ready to advance from step k."""

    cells: list[Cells]
    sources: list[Any]  # Source (given spikes) or Firing (a Poisson source)
    drives: list[Counts]
    wires: list[Wires]
    structure: Structure
    dt: float
    seed: int
    k_start: int  # 0 of a fresh run, or where `start` had stopped
    k_stop: int
    k: int  # the next step; -1 before the deliveries at time 0
    history: int  # steps of spikes kept before k_start
    window: int  # how many steps of spikes must find room at once: more than 1 where neurons run ahead
    tight: np.ndarray  # [1] near max_spikes, where windows become shorter instead of spike lists longer


def populations_of(what: Any) -> list[Population]:
    """The populations of `simulate(what, ...)`; a bare model is one neuron (or one per value of its arrays)."""
    if isinstance(what, type) and issubclass(what, Neuron):
        raise TypeError(
            f"simulate: what to run must be a model, got the class {what.__name__}: write {what.__name__}()"
        )
    if isinstance(what, Neuron):
        arrays = [v for v in (getattr(what, p) for p in what.parameters()) if isinstance(v, np.ndarray)]
        return [Population(what, arrays[0].size if arrays else 1)]
    if isinstance(what, View):
        raise TypeError(f"simulate: {what} is a view; give its population and project from the view")
    populations = [what] if isinstance(what, Population) else what
    if not isinstance(populations, list | tuple) or not populations:
        raise TypeError(
            f"simulate: what to run must be a model, a Population or a list of them, got {what!r}"
        )
    populations = [Population(p, 1) if isinstance(p, Neuron) else p for p in populations]
    for population in populations:
        if not isinstance(population, Population):
            raise TypeError(
                f"simulate: what to run must be a model, a Population or a list of them, got {population!r}"
            )
    names = [p.name or f"population {k}" for k, p in enumerate(populations)]
    if len(set(map(id, populations))) != len(populations) or len(set(names)) != len(names):
        raise ValueError("simulate: every population stands once and has a name of its own")
    return populations


def assemble(
    populations: list[Population],
    *,
    k_stop: int,
    dt: float,
    I: Any,
    projections: Any,
    record: Any,
    initial: Any,
    method: str | dict | None,
    seed: int,
    start: State | None,
    max_spikes: int,
    dtype: str = "float64",
) -> Run:
    """Check everything and make all arrays of a run."""
    k_start = start.k if start is not None else 0
    if isinstance(projections, Projection | PoissonDrive):
        projections = (projections,)
    projections = listed("projections", projections, "Projections and PoissonDrives")
    wires, origins = _wires(
        populations, [p for p in projections if not isinstance(p, PoissonDrive)], seed, dt
    )
    drives = _drives(populations, [p for p in projections if isinstance(p, PoissonDrive)], seed, dt)
    methods = _methods(method, populations)
    history = max([int(w.delays.max(initial=0)) for w in wires], default=0)
    inputs = inputs_of(I, populations, k_start, k_stop, dt)
    _check_memory(populations, k_stop - k_start + history)
    cells = [
        _cells(
            p,
            index,
            inputs[index],
            methods[index],
            seed,
            dt,
            k_stop - k_start + history + 2,
            k_start - history,
            max_spikes,
        )
        for index, p in enumerate(populations)
    ]
    sources: list[Any] = []
    for origin in origins:
        if isinstance(origin, SpikeTrains):
            sources.append(_source(origin, k_start - history, k_stop, dt))
        else:
            index, size = sum(isinstance(s, Firing) for s in sources), k_stop - k_start + history + 2
            sources.append(firing(origin, index, seed, dt, k_start, size, k_start - history, max_spikes))
    if start is None:
        _set_initial(cells, initial, seed)
        for entry in cells:
            _start_above(entry)
    else:
        _continue(cells, start, initial, history, dtype)
        _continue_plastic(wires, start)
        _continue_sources([s for s in sources if isinstance(s, Firing)], start, history)
    if dtype != "float64":
        _lower_precision(cells, wires, dtype)
    _plan_records(cells, wires, sources, record, k_start, k_stop, dt)
    structure = Structure(
        tuple(_population_kind(c) for c in cells),
        tuple(
            ProjectionKind(
                f"{'s' if w.replayed else 'p'}{w.source}",
                w.post,
                w.projection.receptor,
                w.scalar_weight,
                type(w.rule) if w.rule else None,
                w.storage,
                w.reward,
                type(w.short_term) if w.short_term else None,
                w.continuous,
            )
            for w in wires
        ),
        dtype,
        tuple(SourceKind(s, f.varying, f.thinned) for s, f in enumerate(sources) if isinstance(f, Firing)),
        tuple(DriveKind(d.post, d.drive.receptor, d.w.size == 1, d.tables) for d in drives),
    )
    window = 1 if structure.coupled else int(np.clip(WINDOW // max(c.n for c in cells), 8, 1024))
    k = k_start if start else -1
    return Run(
        cells,
        sources,
        drives,
        wires,
        structure,
        dt,
        seed,
        k_start,
        k_stop,
        k,
        history,
        window,
        np.zeros(1, dtype=np.int64),
    )


def _check_memory(populations: list[Population], n_steps: int) -> None:
    """Refuse a run whose states and spike counts per step cannot fit, before they are made."""
    size = 8 * sum(p.n * (len(p.variables) + 3) + n_steps for p in populations)
    if size > 1e9 and size > available_memory():
        raise ValueError(
            f"simulate: {sum(p.n for p in populations):,} neurons over {n_steps:,} steps need {size / 1e9:.1f} GB, and "
            f"{available_memory() / 1e9:.1f} GB are free"
        )


def _lower_precision(cells: list[Cells], wires: list[Wires], dtype: str) -> None:
    """States, parameters, constant inputs and weights in single precision."""
    for entry in cells:
        entry.x = {name: x.astype(dtype) for name, x in entry.x.items()}
        entry.parameters = {
            name: value.astype(dtype) if isinstance(value, np.ndarray) else float(np.dtype(dtype).type(value))
            for name, value in entry.parameters.items()
        }
        if isinstance(entry.input.constant, np.ndarray):
            entry.input.constant = entry.input.constant.astype(dtype)
    for wire_ in wires:
        wire_.w = wire_.w.astype(dtype)
        wire_.resources = {name: x.astype(dtype) for name, x in wire_.resources.items()}


def _wires(
    populations: list[Population], projections: Any, seed: int, dt: float
) -> tuple[list[Wires], list[SpikeTrains | PoissonSource]]:
    """The drawn projections, and where those begin that begin in no population."""
    wires: list[Wires] = []
    origins: list[SpikeTrains | PoissonSource] = []
    for index, projection in enumerate(projections):
        if not isinstance(projection, Projection):
            raise TypeError(f"projections: must be Projections or PoissonDrives, got {projection!r}")
        if any(projection is before for before in projections[:index]):
            raise ValueError(f"projections: every projection stands once, got {projection} twice")
        post = as_view(projection.post).parent
        if not any(post is p for p in populations):
            raise ValueError(f"projections: {projection} ends in {post}, which is not simulated here")
        pre: Any = (
            projection.pre if isinstance(projection.pre, SpikeTrains) else as_view(projection.pre).parent
        )
        if isinstance(pre, SpikeTrains | PoissonSource):
            if not any(pre is o for o in origins):
                origins.append(pre)
            source = next(k for k, o in enumerate(origins) if o is pre)
        else:
            if not any(pre is p for p in populations):
                raise ValueError(f"projections: {projection} begins in {pre}, which is not simulated here")
            source = next(k for k, p in enumerate(populations) if p is pre)
        number = next(k for k, p in enumerate(populations) if p is post)
        wires.append(wire(projection, index, source, number, seed, dt))
        if projection.reward is not None:
            wires[-1].reward, wires[-1].gives = _reward(projection.reward, populations, origins)
    sources = [o for o in origins if isinstance(o, PoissonSource)]
    names = [o.name or f"source {k}" for k, o in enumerate(sources)]
    if len(set(names)) != len(names):
        raise ValueError(
            "projections: every PoissonSource has a name of its own, since its spikes are drawn by it"
        )
    return wires, origins


def _drives(populations: list[Population], given: list[PoissonDrive], seed: int, dt: float) -> list[Counts]:
    made = []
    for index, drive in enumerate(given):
        target = as_view(drive.target).parent
        post = next((k for k, p in enumerate(populations) if p is target), None)
        if post is None:
            raise ValueError(f"projections: {drive} goes to {target}, which is not simulated here")
        made.append(counts(drive, index, post, seed, dt))
    return made


def _reward(
    reward: Any, populations: list[Population], origins: list[SpikeTrains | PoissonSource]
) -> tuple[str, tuple[int, int]]:
    """Where a projection's rewards come from: the source, and which of its neurons."""
    start, stop = (
        (0, reward.n) if isinstance(reward, SpikeTrains) else (as_view(reward).start, as_view(reward).stop)
    )
    giver: Any = reward if isinstance(reward, SpikeTrains) else as_view(reward).parent
    if isinstance(giver, SpikeTrains | PoissonSource):
        if not any(giver is o for o in origins):
            origins.append(giver)
        return f"s{next(k for k, o in enumerate(origins) if o is giver)}", (start, stop)
    if not any(giver is p for p in populations):
        raise ValueError(f"Projection.reward: {reward} is not simulated here")
    return f"p{next(k for k, p in enumerate(populations) if p is giver)}", (start, stop)


def _cells(population, index, given: Input, method, seed, dt, n_offsets, base, max_spikes) -> Cells:
    system, parameters = system_of(population), parameters_of(population)
    if system.parameters and set(system.parameters) != set(parameters):
        raise ValueError(f"{population}: parameters don't match its equations")
    n, name = population.n, population.name or f"population {index}"
    chosen, matrices = _method(population, system, parameters, method, dt)
    n_ref: int | np.ndarray = 0
    if system.refractory:
        label, t_ref = f"{type(population.model).__name__}.t_ref", parameters["t_ref"]
        n_ref = steps_array(label, t_ref, dt) if isinstance(t_ref, np.ndarray) else steps(label, t_ref, dt)
    taus = [noise.tau for noise, _ in given.noises]
    return Cells(
        population, name, system, chosen, parameters, given, {},
        held=np.full(n, -1, dtype=np.int64), n_ref=n_ref,
        above=np.zeros(n if system.crossing else 0, dtype=np.int64),
        last=np.full(n if system.uses("t_last") else 0, -np.inf),
        ou=[
            np.zeros(0) if noise.tau is None else _ou_start(seed, f"{name} noise {z}", n, noise.shared)
            for z, (noise, _) in enumerate(given.noises)
        ],
        fades=[np.zeros(0) if tau is None else np.array([np.exp(-dt / tau), np.sqrt(-np.expm1(-2 * dt / tau))]) for tau in taus],
        keys=[key_of(seed, f"{name} noise {z}") for z in range(len(taus))] if not system.uses("u") else
             [key_of(seed, f"{name} noise {z}") for z in range(len(taus))] + [key_of(seed, f"{name} threshold")],
        spk=np.empty(min(max(1024, 2 * n), max_spikes + n), dtype=np.int32),
        off=np.zeros(n_offsets, dtype=np.int64), base=base, matrices=matrices,
    )  # fmt: skip


def _ou_start(seed: int, name: str, n: int, shared: bool) -> np.ndarray:
    """A draw from the stationary state, so that the noise has no run-in."""
    rng = generator(seed, f"{name} start")
    return np.full(n, rng.standard_normal()) if shared else rng.standard_normal(n)


def _methods(wanted: Any, populations: list[Population]) -> list[str | None]:
    """The method that is asked for, for each population."""
    if not isinstance(wanted, dict):
        return [wanted] * len(populations)
    for key in wanted:
        if not any(key is p for p in populations):
            raise ValueError(f"method: keys must be populations of this network, got {key!r}")
    return [wanted.get(p) for p in populations]


def _method(population: Population, system: System, parameters: dict, wanted: str | None, dt: float):
    """The method to use and, for `exact`, its matrices. None means the model's, or the best that fits it."""
    if wanted is not None and not (isinstance(wanted, str) and wanted in METHODS):
        raise ValueError(f"method: must be one of {tuple(METHODS)} or None, got {wanted!r}")
    name = wanted or population.model.method
    if name not in METHODS:
        model = type(population.model).__name__
        raise ValueError(f"{model}.method: must be one of {tuple(METHODS)}, got {name!r}")
    if METHODS[name].needs not in ((), tuple(system.model.state)):
        needs = " and ".join(METHODS[name].needs)
        raise ValueError(
            f"method: {name} is made for models with the states {needs}, and {population} is none"
        )
    key = (population.model, tuple(population.receptors.values()))
    if name == "exact":
        matrices = _exact(system, key, dt)
        if matrices is not None:
            return name, matrices
        if wanted:
            raise ValueError(
                f"method: exact needs linear equations with constant coefficients, and those of {population} are not; "
                f"use {_general_method(system, key)!r} or None"
            )
        name = "rk4" if _has_coupled_receptor(system) else _general_method(system, key)
    elif name == "exponential_euler" and _general_method(system, key) != name:
        if wanted:
            raise ValueError(
                f"method: exponential_euler needs equations that are affine in each state, and those of {population} "
                "are not; use 'rk4'"
            )
        name = "rk4"
    return name, None


def _values(system: System, key: tuple, dt: float = 0.1) -> dict:
    model, synapses = key
    values = {p: getattr(model, p) for p in model.parameters()}
    for (receptor, _), synapse in zip(system.receptors, synapses, strict=True):
        values |= {f"{receptor}_{p}": getattr(synapse, p) for p in synapse.parameters()}
    return {**values, "I": 0.0, "t": 0.0, "dt": dt, "t_last": 0.0}


@lru_cache(maxsize=128)
def _exact(system: System, key: tuple, dt: float):
    matrix = probe(system, _values(system, key, dt), np.random.default_rng(0))
    return None if matrix is None else exact_matrices(system, matrix, dt)


@lru_cache(maxsize=128)
def _general_method(system: System, key: tuple) -> str:
    affine = is_affine_in_each(system, _values(system, key), np.random.default_rng(0))
    return "exponential_euler" if affine else "rk4"


def _has_coupled_receptor(system: System) -> bool:
    """True for a synapse that rises and decays: exponential_euler holds one state while it steps the other."""
    own = len(system.model.state)
    receptors = set(system.states[own:])
    rows = zip(system.states[own:], system.depends[own:], strict=True)
    return any(names & receptors - {state} for state, names in rows)


def _population_kind(cells: Cells) -> PopulationKind:
    given = cells.input
    return PopulationKind(
        cells.system,
        cells.method,
        frozenset(name for name, value in cells.parameters.items() if isinstance(value, np.ndarray)),
        "array" if isinstance(given.constant, np.ndarray) else "scalar",
        {0: "", 1: "shared"}.get(given.width if cells.n > 1 else min(given.width, 1), "own"),
        tuple(
            ("white" if noise.tau is None else "ou", noise.shared, sigma.size > 1)
            for noise, sigma in given.noises
        ),
    )


def _source(trains: SpikeTrains, base: int, k_stop: int, dt: float) -> Source:
    grid = first_step_not_before(trains.t, dt)
    order = np.argsort(grid, kind="stable")  # sorted already, but for two times that fall on one grid point
    grid, ids = grid[order], trains.i[order]
    return Source(trains, ids, np.searchsorted(grid, np.arange(base, k_stop + 2)), base)


# --- initial states ------------------------------------------------------------------------------------------


def _set_initial(cells: list[Cells], initial: Any, seed: int) -> None:
    for entry in cells:
        own = entry.population.model.initial_state()
        for state in entry.system.states:
            entry.x[state] = np.zeros(entry.n) + own.get(state, 0.0)
    if initial is None:
        return
    if not isinstance(initial, dict):
        raise TypeError(f'initial: must be a dict such as {{"v": -65.0}}, got {initial!r}')
    if all(isinstance(key, str) for key in initial):
        if len(cells) > 1:
            raise ValueError("initial: with several populations the keys must be populations: {pop: {...}}")
        initial = {cells[0].population: initial}
    for key, values in initial.items():
        if not isinstance(key, Population | View) or not isinstance(values, dict):
            raise TypeError(
                f"initial: must be {{state: value}} or {{population or view: {{state: value}}}}, got {key!r}"
            )
        view = as_view(key)
        target = next((c for c in cells if c.population is view.parent), None)
        if target is None:
            raise ValueError(f"initial: {key} is not simulated here")
        for label, value in values.items():
            _set_state(target, view, label, value, seed)


def _set_state(entry: Cells, view: View, label: str, value: Any, seed: int) -> None:
    if label not in entry.system.labels:
        raise ValueError(f"initial: {view} has no state {label!r}; its states are {entry.system.labels}")
    if isinstance(value, Distribution):
        array = value.draw(generator(seed, f"{entry.name} initial {label} {view.start}"), view.n)
    else:
        try:
            array = np.asarray(value, dtype=float)
        except (TypeError, ValueError, OverflowError):
            raise TypeError(
                f"initial[{label!r}]: must be a number, an array ({view.n},) or a distribution, got {value!r}"
            ) from None
    if array.shape not in ((), (view.n,)):
        raise ValueError(
            f"initial[{label!r}]: must be a number or an array ({view.n},), got shape {array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError(
            f"initial[{label!r}]: must be finite, got {array[~np.isfinite(array)][0] if array.ndim else array}"
        )
    entry.x[entry.system.states[entry.system.labels.index(label)]][view.start : view.stop] = array


def _start_above(entry: Cells) -> None:
    """A model that spikes on the upward crossing starts with its threshold's present outcome."""
    if entry.system.crossing:
        values = {**entry.parameters, **entry.x, "t": 0.0, "dt": 0.1, "t_last": np.inf}
        names = entry.system.arguments(entry.system.model, "threshold")
        if "u" not in names:
            above = entry.population.model.threshold(*(values[a] for a in names))
            entry.above[:] = above


def _continue(cells: list[Cells], start: State, initial: Any, history: int, dtype: str) -> None:
    """Copy the final state of an earlier run."""
    if initial is not None:
        raise ValueError(
            "initial: a run that continues another takes its state from `start`; give one of the two"
        )
    if len(start.cells) != len(cells):
        raise ValueError(f"start: holds {len(start.cells)} populations, this run has {len(cells)}")
    for entry, saved in zip(cells, start.cells, strict=True):
        if any(x.dtype != dtype for x in saved.x.values()):
            raise ValueError(f"dtype: must be that of the run that `start` continues, got {dtype!r}")
        if saved.n != entry.n or set(saved.x) != set(entry.system.states) or len(saved.ou) != len(entry.ou):
            raise ValueError(
                f"start: {entry.name} differs from the run that it continues in size, states or noise"
            )
        entry.x = {name: saved.x[name].copy() for name in entry.system.states}
        for name in ("held", "above", "last"):
            getattr(entry, name)[:] = getattr(saved, name)
        entry.ou = [x.copy() for x in saved.ou]
        _continue_spikes(entry, saved, history)


def _continue_spikes(entry: Cells | Firing, saved: Any, history: int) -> None:
    """Copy the spikes of an earlier run that are still on their way."""
    kept = min(history, saved.off.size - 2)
    offsets = saved.off[saved.off.size - 2 - kept :]
    ids = saved.spk[offsets[0] : offsets[-1]]
    entry.off[: history - kept] = 0
    entry.off[history - kept : history + 2] = offsets - offsets[0]
    if entry.spk.size < ids.size + entry.n:
        entry.spk = np.empty(2 * (ids.size + entry.n), dtype=np.int32)
    entry.spk[: ids.size] = ids


def _continue_sources(sources: list[Firing], start: State, history: int) -> None:
    """Copy the gaps and spikes of an earlier run's Poisson sources."""
    if [s.n for s in sources] != [saved.n for saved in start.sources]:
        raise ValueError(
            f"start: holds Poisson sources of sizes {[s.n for s in start.sources]}, this run has {[s.n for s in sources]}"
        )
    for entry, saved in zip(sources, start.sources, strict=True):
        entry.left[:], entry.number[:] = saved.left, saved.number
        _continue_spikes(entry, saved, history)


def _continue_plastic(wires: list[Wires], start: State) -> None:
    """Copy the weights, traces and states of an earlier run's plastic projections."""
    plastic = [w for w in wires if w.memory()]
    if len(plastic) != len(start.weights):
        raise ValueError(
            f"start: holds {len(start.weights)} plastic projections, this run has {len(plastic)}"
        )
    for entry, (saved, frames) in zip(plastic, start.weights, strict=True):
        memory = entry.memory()
        if {n: x.shape for n, x in saved.items()} != {n: x.shape for n, x in memory.items()}:
            raise ValueError(f"start: {entry.projection} differs from the projection that it continues")
        for name, x in saved.items():
            memory[name][:] = x
        for name, frame in entry.frames(start.k).items():  # another time constant: another frame
            if frame != frames[name]:
                entry.traces[name] *= np.exp(frame - frames[name])


# --- recording -----------------------------------------------------------------------------------------------


def _plan_records(
    cells: list[Cells], wires: list[Wires], sources: list, record: Any, k_start: int, k_stop: int, dt: float
) -> None:
    """Decide what is recorded and make room for it, or refuse with the figure."""
    for item in record:
        if isinstance(item, Record) and isinstance(item.what, Projection):
            _plan_weights(wires, item, k_start, k_stop, dt)
            continue
        if isinstance(item, Record):
            _interval(item.every, dt)
        for target, variable, every in _targets(cells, sources, item):
            _plan(target[0], target[1], variable, _interval(every, dt))
    total = sum(out.nbytes for w in wires for _, out in w.records.values())
    for entry in cells:
        for ids, interval in entry.records.values():
            total += 8 * ids.size * (-(-k_stop // interval) - -(-k_start // interval))
    free = available_memory() if total > 1e8 else total
    if total > free:
        raise ValueError(
            f"record: the traces need {total / 1e9:.1f} GB and {free / 1e9:.1f} GB are free; "
            "record fewer neurons, Record(pop[:10], ...), or less often, Record(..., every=1.0)"
        )
    for entry in cells:
        for name, (ids, interval) in entry.records.items():
            rows = -(-k_stop // interval) - -(-k_start // interval)
            entry.out[name] = np.empty((rows, ids.size))


def _interval(every: float | None, dt: float) -> int:
    """The interval of a record in steps."""
    interval = 1 if every is None else steps("Record.every", every, dt)
    if interval < 1:
        raise ValueError(f"Record.every: must be >= dt = {dt:g} ms, got {every:g}")
    return interval


def _plan_weights(wires: list[Wires], item: Record, k_start: int, k_stop: int, dt: float) -> None:
    """Room for the history of a plastic projection's weights (NumPy gives it page by page, as it is filled)."""
    entry = next((w for w in wires if w.projection is item.what), None)
    known = ("w", *entry.rule.state) if entry is not None and entry.rule is not None else ()
    if entry is None or item.variable not in known:
        raise ValueError(
            f"record: {item.what} must be a plastic projection of this run, and its variable one of {known or ('w',)}, "
            f"got {item.variable!r}"
        )
    interval = _interval(item.every, dt)
    if entry.records.get(item.variable, (interval,))[0] != interval:
        raise ValueError(
            f"record: {item.variable} of {item.what} is recorded at one interval; two were given"
        )
    rows = -(-k_stop // interval) - -(-k_start // interval)
    entry.records[item.variable] = (interval, np.empty((rows, entry.targets.size)))


def _targets(cells: list[Cells], sources: list, item: Any):
    """(cells, view), joined variable name, every: for one item of `record`."""
    if isinstance(item, str):
        having = [c for c in cells if item in c.system.labels]
        if not having:
            known = sorted({label for c in cells for label in c.system.labels})
            raise ValueError(f"record: no population has a variable {item!r}; there are {', '.join(known)}")
        return [((c, as_view(c.population)), item, None) for c in having]
    if not isinstance(item, Record):
        raise TypeError(f'record: must hold names such as "v" or Records, got {item!r}')
    view: Any = item.of
    if any(isinstance(s, Firing) and s.source is view.parent for s in sources):
        return []  # its rate, made from its spikes
    entry = next((c for c in cells if c.population is view.parent), None)
    if entry is None:
        raise ValueError(f"record: {item.what} is not simulated here")
    if item.variable == "rate":
        return []  # made from the spikes
    if item.variable not in entry.system.labels:
        raise ValueError(
            f"record: {item.what} has no variable {item.variable!r}; it has {', '.join((*entry.system.labels, 'rate'))}"
        )
    return [((entry, view), item.variable, item.every)]


def _plan(entry: Cells, view: View, label: str, interval: int) -> None:
    name = entry.system.states[entry.system.labels.index(label)]
    ids = np.arange(view.start, view.stop)
    if name in entry.records:
        before, other = entry.records[name]
        if other != interval:
            raise ValueError(f"record: {label} of {entry.name} is recorded at one interval; two were given")
        ids = np.union1d(before, ids)
    entry.records[name] = (ids, interval)


def final_state(run: Run, k: int) -> State:
    """The state at grid time k, with the spikes that are still on their way."""
    from .recording import SavedCells, SavedSource

    saved = []
    for c in run.cells:
        offsets = _pending(c, k, run.history)
        saved.append(
            SavedCells(
                c.n, {name: x.copy() for name, x in c.x.items()}, c.held.copy(), c.above.copy(), c.last.copy(),
                [x.copy() for x in c.ou], c.spk[offsets[0] : offsets[-1]].copy(), offsets - offsets[0],
            )
        )  # fmt: skip
    weights = tuple(
        ({name: x.copy() for name, x in w.memory().items()}, w.frames(k)) for w in run.wires if w.memory()
    )
    sources = []
    for s in run.sources:
        if isinstance(s, Firing):
            offsets = _pending(s, k, run.history)
            spikes = s.spk[offsets[0] : offsets[-1]].copy()
            sources.append(SavedSource(s.n, s.left.copy(), s.number.copy(), spikes, offsets - offsets[0]))
    return State(k, float(grid_time(k, run.dt)), run.dt, run.seed, tuple(saved), weights, tuple(sources))


def _pending(entry: Cells | Firing, k: int, history: int) -> np.ndarray:
    """The offsets of the spikes that may still be on their way at grid time k."""
    last = k - entry.base + 1
    return entry.off[max(0, last - 1 - history) : last + 1]
