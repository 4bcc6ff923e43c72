"""What shapes the code of a network's kernel: classes, methods, and which values are arrays. No values, no sizes."""

from __future__ import annotations

from dataclasses import dataclass

from ..plasticity import Plasticity
from ..short_term import ShortTerm
from ..system import System


@dataclass(frozen=True)
class PopulationKind:
    """What shapes the code of one population: its equations, its method, and which values are arrays."""

    system: System
    method: str
    arrays: frozenset[str]  # parameters that have one value per neuron
    constant_input: str  # "scalar" or "array"
    series: str  # "", "shared" (one value per step) or "own" (one per step and neuron)
    noises: tuple[tuple[str, bool, bool], ...]  # (white or ou, shared, sigma is an array)


@dataclass(frozen=True)
class ProjectionKind:
    """What shapes the code of one projection: where it reads, where it writes, and how its synapses are stored."""

    source: str  # "p0" for a population, "s0" for given spikes
    post: int
    receptor: str
    scalar_weight: bool
    rule: type[Plasticity] | None = None
    storage: str = "rows"  # see storage.py
    reward: str = ""  # where the rewards of a rule come from, as `source`
    short_term: type[ShortTerm] | None = None
    continuous: bool = False  # without spikes (gap junctions)


@dataclass(frozen=True)
class SourceKind:
    """What shapes the code of a Poisson source: its number among all sources, and how its rate is given."""

    number: int
    varying: bool  # a row of rates for each step
    thinned: bool  # rates that differ between neurons


@dataclass(frozen=True)
class DriveKind:
    """What shapes the code of a Poisson drive."""

    post: int
    receptor: str
    scalar_weight: bool
    many_means: bool


@dataclass(frozen=True)
class Structure:
    """What a kernel is made for; equal structures share one module."""

    populations: tuple[PopulationKind, ...]
    projections: tuple[ProjectionKind, ...]
    dtype: str = "float64"  # of states, parameters and weights
    sources: tuple[SourceKind, ...] = ()
    drives: tuple[DriveKind, ...] = ()

    @property
    def coupled(self) -> bool:
        """False when no neuron ever hears of another: then each block of neurons runs ahead by itself."""
        return bool(self.projections or self.drives)
