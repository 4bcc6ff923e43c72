"""What `simulate` draws with a seed, as data for other simulators: the same spikes, counts, numbers and noise."""

from __future__ import annotations

import numpy as np

from .firing import Counts, Firing
from .grid import first_step_not_before, grid_time
from .memory import available_memory
from .network import Population, Projection
from .neurons import LIF
from .reference import noise_at
from .rng import uniforms, words
from .run_data import Cells, Run, Source
from .simulate import simulate
from .synapses import Delta


def spikes_drawn(run: Run) -> list[Source]:
    """The sources of a run: given spikes as they are, those of Poisson sources as `simulate` draws them from its seed."""
    firing = [s for s in run.sources if isinstance(s, Firing)]
    if not firing:
        return run.sources
    post = Population(LIF(), 1, {"none": Delta()})
    nowhere = [Projection(s.source, post, ([], []), w=0.0, delay=0.0) for s in firing]
    t_stop = float(grid_time(run.k_stop, run.dt))
    rec = simulate(post, projections=nowhere, t_stop=t_stop, dt=run.dt, seed=run.seed)

    def given(source: Firing) -> Source:
        spikes, grid = rec[source.source].spikes, np.arange(source.base, run.k_stop + 2)
        begins = np.searchsorted(first_step_not_before(spikes.t, run.dt), grid)
        return Source(spikes, spikes.i, begins, source.base)

    return [given(s) if isinstance(s, Firing) else s for s in run.sources]


def noise_of(cells: Cells, run: Run) -> np.ndarray:
    """The sum of a population's noises at every step, (steps, 1) where all neurons share it, else (steps, n)."""
    shared = all(noise.shared and sigma.size == 1 for noise, sigma in cells.input.noises)
    rows = _room(f"the noise of {cells.name}", run, 1 if shared else cells.n)
    for k in range(run.k_stop):
        rows[k] = noise_at(cells, k, run.dt)[: rows.shape[1]]
    return rows


def lots_of(cells: Cells, run: Run) -> np.ndarray:
    """The uniform numbers u with which a stochastic threshold decides, (steps, n)."""
    rows = _room(f"the draws of {cells.name}", run, cells.n)
    for k in range(run.k_stop):
        rows[k] = uniforms(cells.n, k, 0, *cells.keys[-1])
    return rows


def counts_of(drive: Counts, run: Run) -> np.ndarray:
    """The arrivals of a drive at every step, (steps, neurons of its target)."""
    n = drive.stop - drive.start
    rows = _room(f"the arrivals of {drive.drive}", run, n)
    for k in range(run.k_stop):
        rows[k] = drive.of(words(n, k, 0, *drive.key))
    return rows


def _room(what: str, run: Run, width: int) -> np.ndarray:
    size = 8.0 * run.k_stop * width
    if size > 1e8 and size > (free := available_memory()):
        raise ValueError(
            f"brian2_twin: {what} over {run.k_stop:,} steps needs {size / 1e9:.1f} GB and {free / 1e9:.1f} GB are free; "
            "replay=False lets Brian2 draw its own"
        )
    return np.empty((run.k_stop, width))
