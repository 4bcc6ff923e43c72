"""From what the user wrote to what an engine runs: every argument checked, every array made."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arguments import listed
from .beginning import continue_cells, continue_plastic, continue_sources, set_initial, start_above
from .firing import Counts, Firing, counts, firing
from .grid import first_step_not_before, steps, steps_array
from .inputs import Input, inputs_of
from .kernels.structure import DriveKind, PopulationKind, ProjectionKind, SourceKind, Structure
from .memory import available_memory
from .method_choice import method_of, methods_wanted
from .model import Neuron
from .network import Population, Projection, View, as_view
from .record_plan import plan_records
from .recording import State
from .rng import generator, key_of
from .run_data import Cells, Run, Source
from .sources import PoissonDrive, PoissonSource
from .spikes import SpikeTrains
from .system import parameters_of, system_of
from .wires import Wires, wire

WINDOW = 4_000_000  # neuron-steps that an uncoupled population runs before its spikes are sorted


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
    k_start = max(start.k, 0) if start is not None else 0
    if isinstance(projections, Projection | PoissonDrive):
        projections = (projections,)
    projections = listed("projections", projections, "Projections and PoissonDrives")
    wires, origins = _wires(
        populations, [p for p in projections if not isinstance(p, PoissonDrive)], seed, dt
    )
    drives = _drives(populations, [p for p in projections if isinstance(p, PoissonDrive)], seed, dt)
    methods = methods_wanted(method, populations)
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
        set_initial(cells, initial, seed)
        for entry in cells:
            start_above(entry)
    else:
        continue_cells(cells, start, initial, history, dtype)
        continue_plastic(wires, start)
        continue_sources([s for s in sources if isinstance(s, Firing)], start, history)
    if dtype != "float64":
        _lower_precision(cells, wires, dtype)
    plan_records(cells, wires, sources, record, k_start, k_stop, dt)
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
    k = start.k if start is not None else -1
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
    chosen, matrices = method_of(population, system, parameters, method, dt)
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
        spk=np.empty(min(max(1024, 2 * n), max_spikes + n - 1), dtype=np.int32),
        off=np.zeros(n_offsets, dtype=np.int64), base=base, matrices=matrices,
    )  # fmt: skip


def _ou_start(seed: int, name: str, n: int, shared: bool) -> np.ndarray:
    """A draw from the stationary state, so that the noise has no run-in."""
    rng = generator(seed, f"{name} start")
    return np.full(n, rng.standard_normal()) if shared else rng.standard_normal(n)


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
