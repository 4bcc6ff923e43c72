"""A run as data: populations, sources, synapses and their place in time. Engines advance it, and nothing else of it changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .firing import Counts
from .inputs import Input
from .kernels.structure import Structure
from .network import Population
from .spikes import SpikeTrains
from .system import System
from .wires import Wires

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

    def carried(self, cells: Any) -> int:
        """How many spikes in the list of a population or source are an earlier run's, still on their way."""
        return int(cells.off[self.k_start - cells.base + 1])
