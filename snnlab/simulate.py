"""`simulate`: run models and networks."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from .arguments import listed, whole
from .assemble import assemble, populations_of
from .beginning import final_state
from .firing import Firing
from .grid import check_dt, check_t_stop, grid_time
from .interrupts import SecondInterrupt
from .model import Neuron
from .network import Graph, Population, Projection
from .not_finite import bad_state, few_weights, what_is_not_finite
from .recording import Record, Recording, State, columns_of, weights_of
from .rng import check_seed
from .run_data import Run
from .sources import PoissonDrive
from .spikes import SpikeTrains

CHUNK_SECONDS = 0.15  # how long a chunk may take, so that Ctrl-C and the progress bar are answered
CHUNK_BYTES = 64e6  # how large the input series of one chunk may be


def simulate(
    what: Neuron | Population | Sequence[Population],
    *,
    t_stop: float,
    dt: float = 0.1,
    I: Any = 0.0,
    projections: Sequence[Projection | PoissonDrive] = (),
    record: Sequence[str | Record] = (),
    initial: dict | None = None,
    method: str | dict | None = None,
    seed: int | None = None,
    engine: str = "numba",
    dtype: str = "float64",
    threads: int = 1,
    start: State | None = None,
    max_spikes: int = 100_000_000,
    progress: bool = False,
) -> Recording:
    """Simulate neurons and networks from t = 0 (or from where `start` had got to) until t_stop.

    Parameters
    ----------
    what : Neuron, Population or sequence of Populations
        A model alone is one neuron.
    t_stop : float
        The time on the clock, in ms, at which the run ends; on the grid of dt.
    dt : float
        Step in ms, > 0. A step goes from t to t + dt: record the state at t, integrate, threshold, deliver the
        spikes that arrive, reset.
    I : float, array, stimulus, function or dict
        Injected current in the model's unit (pA for most). A number; (n,) one value per neuron; (n_steps, 1) or
        (n_steps, n) one row per step; `step(...)` and the other stimuli; f(t) with t in ms; or a dict of these
        by population or view. It is sampled at the start of a step and held over it.
    projections : sequence of Projection or PoissonDrive
    record : sequence of str or Record
        Names of states ("v", "exc.g") to record in every step, or Records.
    initial : dict
        {"v": number, array (n,) or distribution}, or {population or view: {...}}; default: the model's.
    method : "euler", "exponential_euler", "rk4", "exact", or a dict of these by population
        None takes the model's, or the most exact that fits the equations.
    seed : int >= 0
        Of all that is random. None draws one; `rec.seed` tells which.
    engine : "numba" or "numpy"
        Compiled, or the reference in plain NumPy. Their spikes agree. In a browser (Pyodide) it is always the reference.
    dtype : "float64" or "float32"
        The precision of states, parameters and weights. Single precision takes half the memory; its rounding, 6e-8,
        shifts spike times by steps, and in a chaotic network leads to other spikes.
    threads : int
        Of the compiled engine, for neurons without synapses between them; the result is the same, bit for bit, for any
        number. A network runs on one thread: a step is shorter than the time that threads take to meet. For many
        runs at once see `sweep`.
    start : State
        `rec.final` of a run to continue: state, clock and seed go on as in one long run.
    max_spikes : int
        The run stops cleanly when a population has fired so many.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Recording

    Raises
    ------
    ValueError, TypeError
        Before anything runs, naming the argument, what is allowed and what was given.
    FloatingPointError
        When a state becomes infinite or not a number: which neuron, which variable, when and why.

    Ctrl-C ends the run within a second and returns what there is.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.LIF(), I=snn.step(250.0, 50.0, 150.0), t_stop=200.0, record=["v"])
    >>> len(rec.spikes), rec.traces["v"].shape
    (3, (2000, 1))
    """
    populations = populations_of(what)
    dt = check_dt(dt)
    if start is not None and not isinstance(start, State):
        raise TypeError(f"start: must be the final state of a run, rec.final, got {start!r}")
    if start is not None and (start.dt != dt or (seed is not None and seed != start.seed)):
        raise ValueError(
            f"start: the run that it continues had dt = {start.dt:g} ms and seed {start.seed}; got dt = {dt:g} ms, seed {seed}"
        )
    seed = start.seed if start is not None else check_seed(seed)
    k_stop = check_t_stop(t_stop, dt, start.t if start is not None else 0.0)
    if not isinstance(engine, str) or engine not in ("numba", "numpy"):
        raise ValueError(f"engine: must be 'numba' (compiled) or 'numpy' (the reference), got {engine!r}")
    if sys.platform == "emscripten":  # a browser has no numba; the reference gives the same spikes
        engine = "numpy"
    dtype = _precision(dtype)
    if isinstance(threads, bool) or not isinstance(threads, int | np.integer) or threads < 1:
        raise ValueError(f"threads: must be a whole number >= 1, got {threads!r}")
    max_spikes = whole("max_spikes", max_spikes, 1)
    if not isinstance(progress, bool | np.bool_):
        raise TypeError(f"progress: must be True or False, got {progress!r}")
    record = [record] if isinstance(record, str | Record) else listed("record", record, "names and Records")
    run = assemble(
        populations, k_stop=k_stop, dt=dt, I=I, projections=projections, record=record, initial=initial, method=method,
        seed=seed, start=start, max_spikes=max_spikes, dtype=dtype,
    )  # fmt: skip
    stopped = _advance(run, engine, threads, max_spikes, progress)
    return _recording(run, record, stopped)


def _precision(dtype: Any) -> str:
    try:
        name = np.dtype(dtype).name if dtype is not None else ""
    except TypeError:
        name = ""
    if name not in ("float64", "float32"):
        raise ValueError(f"dtype: must be 'float64' or 'float32', got {dtype!r}")
    return name


def make_engine(run: Run, engine: str, threads: int = 1, max_spikes: int = 100_000_000):
    """The engine that advances a run."""
    if engine == "numpy":
        from .reference import ReferenceEngine

        return ReferenceEngine(run)
    if threads > 1 and not run.structure.coupled:
        from .kernels.threads import ThreadedEngine
        from .kernels.writer import BLOCK

        blocks = max(-(-c.n // BLOCK) for c in run.cells)
        return ThreadedEngine(
            run, min(threads, blocks), max_spikes
        )  # a thread without a block has nothing to do
    from .kernels.engine import CompiledEngine

    return CompiledEngine(run)


def _advance(run: Run, engine: str, threads: int, max_spikes: int, progress: bool) -> str:
    """Advance chunk by chunk to the end. Returns why it stopped early, or ""."""
    bar = _bar(run) if progress else None
    advancing = make_engine(run, engine, threads, max_spikes)
    try:
        return _chunks(run, advancing, max_spikes, bar)
    except SecondInterrupt:  # in the middle of a step: no state to give back
        raise
    except KeyboardInterrupt:
        run.k = advancing.reached
        warnings.warn(
            f"stopped by Ctrl-C at t = {_clock(run):g} ms; the recording ends there", RuntimeWarning, 3
        )
        return f"interrupted at t = {_clock(run):g} ms"
    finally:
        if bar is not None:
            bar.close()


def _chunks(run: Run, advancing: Any, max_spikes: int, bar: Any) -> str:
    neurons = sum(c.n for c in run.cells)
    chunk = int(np.clip(2e6 / (neurons + 50), 100, 100_000))
    widest = max((c.input.width for c in run.cells), default=0)
    longest = max(1, int(CHUNK_BYTES / (8 * widest))) if widest else run.k_stop + 1
    while run.k < run.k_stop:
        k_end = min(run.k + min(chunk, longest), run.k_stop)
        saved = [x.copy() for x in _changing(run)]
        began, first = time.perf_counter(), run.k
        if not _advance_to(k_end, run, advancing, max_spikes):
            return f"a population reached max_spikes = {max_spikes:,} at t = {_clock(run):g} ms"
        if what_is_not_finite(run):
            _report(run, saved, first, advancing, max_spikes)
        if bar is not None:
            bar.update(run.k - max(first, 0))
        per_step = (time.perf_counter() - began) / (k_end - first)
        chunk = int(np.clip(CHUNK_SECONDS / max(per_step, 1e-9), 1, 10_000_000))
    return ""


def _advance_to(k_end: int, run: Run, advancing: Any, max_spikes: int) -> bool:
    """Run up to step k_end; False when a population reached max_spikes before."""
    advancing.prepare(run.k, k_end)
    while run.k < k_end:
        run.k = advancing.advance(run.k, k_end)
        if run.k < k_end and not _make_room(run, advancing, max_spikes):
            return False
    return True


def _clock(run: Run) -> float:
    return float(grid_time(max(run.k, 0), run.dt))


def _bar(run: Run):
    from tqdm.auto import tqdm

    return tqdm(total=run.k_stop - run.k_start, unit="step", unit_scale=True)


def _make_room(run: Run, advancing: Any, max_spikes: int) -> bool:
    """Double the spike lists that are full; False when one may not grow any more."""
    spiking: list[Any] = [(advancing.refresh, p, cells) for p, cells in enumerate(run.cells)]
    spiking += [(advancing.refresh_source, s, f) for s, f in enumerate(run.sources) if isinstance(f, Firing)]
    for refresh, number, cells in spiking:
        used, room = int(cells.off[max(run.k, 0) - cells.base + 1]), cells.n * run.window
        if used + room <= cells.spk.size:
            continue
        most = max_spikes + run.carried(cells)
        if used >= most:
            return False
        size = min(2 * cells.spk.size + room, most + cells.n - 1)
        if size > cells.spk.size:
            grown = np.empty(size, dtype=np.int32)
            grown[:used] = cells.spk[:used]
            cells.spk = grown
            refresh(number)
        if used + cells.n > cells.spk.size:
            return False
        run.tight[0] |= used + room > cells.spk.size
    return True


def _changing(run: Run) -> list[np.ndarray]:
    """All that a step changes; weights only while they are few, since a copy of them is made for every chunk."""
    found = [x for c in run.cells for x in (*c.x.values(), c.held, c.above, c.last, *c.ou)]
    found += [x for s in run.sources if isinstance(s, Firing) for x in (s.left, s.number)]
    return found + [x for w in run.wires for x in w.memory().values()] if few_weights(run) else found


def _report(run: Run, good: list[np.ndarray], k: int, advancing: Any, max_spikes: int) -> None:
    """Say where and why a chunk went wrong that was `good` at step k: by halves, so that a long one takes no longer."""
    k_bad, bad = run.k, what_is_not_finite(run)
    going_back = few_weights(run) or bad_state(run) is not None  # of many weights there is no copy
    while k_bad - k > 1 and going_back:
        for now, before in zip(_changing(run), good, strict=True):
            now[:] = before
        run.k, middle = k, (k + k_bad) // 2
        if not _advance_to(middle, run, advancing, max_spikes):
            break
        if found := what_is_not_finite(run):
            k_bad, bad = middle, found
        else:
            k, good = middle, [x.copy() for x in _changing(run)]
    assert bad is not None
    when = f"{'at' if going_back else 'by'} t = {grid_time(k_bad, run.dt):g} ms"
    raise FloatingPointError(f"{bad[0]} became {bad[1]} {when}; {bad[2]}")


def _recording(run: Run, record: Any, stopped: str) -> Recording:
    k_done, dt = max(run.k, 0), run.dt
    t_start, t_stop = float(grid_time(run.k_start, dt)), float(grid_time(k_done, dt))
    spikes = [_spikes(c, run, k_done) for c in run.cells]
    columns = [columns_of(c, run.k_start, k_done, dt) for c in run.cells]

    def graph(projection: Projection) -> Graph:
        for index, wires in enumerate(run.wires):
            if wires.projection is projection:
                return projection.draw(run.seed, index, dt)
        raise ValueError(f"rec.graph: must be a projection of this run, got {projection!r}")

    rates = [r for r in record if isinstance(r, Record) and r.variable == "rate"]
    return Recording(
        populations=[c.population for c in run.cells], names=[c.name for c in run.cells],
        methods=[c.method for c in run.cells], spikes=spikes, columns=columns,
        weights=tuple(weights_of(w, run.k_start, k_done, dt) for w in run.wires if w.rule is not None), graphs=graph,
        rates=rates, final=final_state(run, k_done), dt=dt, seed=run.seed, t_start=t_start, t_stop=t_stop, stopped=stopped,
        sources=tuple((f.source, cache(partial(_spikes, f, run, k_done))) for f in run.sources if isinstance(f, Firing)),
    )  # fmt: skip


def _spikes(c: Any, run: Run, k_done: int) -> SpikeTrains:
    """The spikes of a population or Poisson source in this run."""
    dt = run.dt
    t_start, t_stop = float(grid_time(run.k_start, dt)), float(grid_time(k_done, dt))
    offsets = c.off[run.k_start + 1 - c.base : k_done + 2 - c.base]  # of grid times k_start + 1 … k_done
    ids = c.spk[offsets[0] : offsets[-1]]
    if ids.size < offsets.size:  # few spikes: look up the step of each
        places = np.arange(offsets[0], offsets[-1])
        grid = run.k_start + np.searchsorted(offsets, places, side="right")
    else:
        grid = np.repeat(np.arange(run.k_start + 1, k_done + 1), np.diff(offsets))
    return SpikeTrains.from_sorted(grid_time(grid, dt), ids.copy(), c.n, t_stop, t_start)
