"""The state of a run at its beginning, given or taken over from an earlier run, and at its end, to be taken over."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arguments import floats
from .distributions import Distribution
from .firing import Firing
from .grid import grid_time
from .network import Population, View, as_view
from .recording import SavedCells, SavedSource, State
from .rng import generator
from .run_data import Cells, Run
from .wires import Wires


def set_initial(cells: list[Cells], initial: Any, seed: int) -> None:
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
            array = floats(value)
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


def start_above(entry: Cells) -> None:
    """A model that spikes on the upward crossing starts with its threshold's present outcome."""
    if entry.system.crossing:
        values = {**entry.parameters, **entry.x, "t": 0.0, "dt": 0.1, "t_last": np.inf}
        names = entry.system.arguments(entry.system.model, "threshold")
        if "u" not in names:
            above = entry.population.model.threshold(*(values[a] for a in names))
            entry.above[:] = above


def continue_cells(cells: list[Cells], start: State, initial: Any, history: int, dtype: str) -> None:
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
    entry.spk = np.concatenate([ids, entry.spk])  # the new ones have the room that they have in a fresh run


def continue_sources(sources: list[Firing], start: State, history: int) -> None:
    """Copy the gaps and spikes of an earlier run's Poisson sources."""
    if [s.n for s in sources] != [saved.n for saved in start.sources]:
        raise ValueError(
            f"start: holds Poisson sources of sizes {[s.n for s in start.sources]}, this run has {[s.n for s in sources]}"
        )
    for entry, saved in zip(sources, start.sources, strict=True):
        entry.left[:], entry.number[:] = saved.left, saved.number
        _continue_spikes(entry, saved, history)


def continue_plastic(wires: list[Wires], start: State) -> None:
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
        for name, frame in entry.frames(max(start.k, 0)).items():  # another time constant: another frame
            if frame != frames[name]:
                entry.traces[name] *= np.exp(frame - frames[name])


def final_state(run: Run, k: int) -> State:
    """The state at grid time k, with the spikes that are still on their way."""
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
    return State(run.k, float(grid_time(k, run.dt)), run.dt, run.seed, tuple(saved), weights, tuple(sources))


def _pending(entry: Cells | Firing, k: int, history: int) -> np.ndarray:
    """The offsets of the spikes that may still be on their way at grid time k."""
    last = k - entry.base + 1
    return entry.off[max(0, last - 1 - history) : last + 1]
