"""Rules for numbers: weights, delays and initial states.

A rule is drawn when a simulation starts, from the simulation's seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .arguments import number


@dataclass(frozen=True)
class Distribution:
    """A rule for numbers: `draw(rng, size, pairs=None)` returns an array (size,).

    `pairs` is (pre ids, post ids) when the numbers belong to the pairs of a projection. Most rules don't look at
    them; those by distance, and a matrix of weights, do. `-rule` is the rule of the negative numbers, as the
    weights of inhibition are.
    """

    text: str
    draw: Callable[..., np.ndarray] = field(repr=False, compare=False)
    given: bool = False  # True for numbers that stand in a matrix: delays among them must be on the grid

    def __repr__(self) -> str:
        return self.text

    def __neg__(self) -> Distribution:
        return Distribution(f"-{self.text}", lambda rng, size, pairs=None: -self.draw(rng, size, pairs))


def uniform(low: float, high: float) -> Distribution:
    """Uniform between low and high. Raises ValueError when low > high.

    >>> uniform(-60.0, -50.0)
    uniform(-60, -50)
    """
    low, high = number("uniform.low", low), number("uniform.high", high)
    if low > high:
        raise ValueError(f"uniform: low must be <= high, got low = {low}, high = {high}")
    return Distribution(
        f"uniform({low:g}, {high:g})", lambda rng, size, pairs=None: rng.uniform(low, high, size)
    )


def normal(mean: float, sd: float) -> Distribution:
    """Normal with mean and standard deviation sd >= 0. Raises ValueError for a negative sd.

    >>> normal(0.0, 1.0)
    normal(0, 1)
    """
    mean, sd = number("normal.mean", mean), number("normal.sd", sd)
    if sd < 0:
        raise ValueError(f"normal.sd: must be >= 0, got {sd}")
    return Distribution(f"normal({mean:g}, {sd:g})", lambda rng, size, pairs=None: rng.normal(mean, sd, size))


def lognormal(mean: float, sd: float) -> Distribution:
    """Lognormal with mean > 0 and standard deviation sd >= 0, both of the numbers themselves (not of their logarithm).

    Weights of the cortex are so distributed: Song, Sjöström, Reigl, Nelson & Chklovskii (2005), PLoS Biol. 3:e68,
    doi:10.1371/journal.pbio.0030068. Raises ValueError for another mean or sd.

    >>> lognormal(1.5, 1.0)
    lognormal(1.5, 1)
    >>> -lognormal(9.0, 3.0)
    -lognormal(9, 3)
    """
    mean, sd = number("lognormal.mean", mean), number("lognormal.sd", sd)
    if mean <= 0:
        raise ValueError(
            f"lognormal.mean: must be > 0, got {mean} (for negative weights write -lognormal(...))"
        )
    if sd < 0:
        raise ValueError(f"lognormal.sd: must be >= 0, got {sd}")
    variance = np.log1p((sd / mean) ** 2)  # of the logarithm
    mu, sigma = np.log(mean) - variance / 2, np.sqrt(variance)
    return Distribution(
        f"lognormal({mean:g}, {sd:g})", lambda rng, size, pairs=None: rng.lognormal(mu, sigma, size)
    )


def exponential(mean: float) -> Distribution:
    """Exponential with mean > 0. Raises ValueError for another mean.

    >>> exponential(2.0)
    exponential(2)
    """
    mean = number("exponential.mean", mean)
    if mean <= 0:
        raise ValueError(
            f"exponential.mean: must be > 0, got {mean} (for negative weights write -exponential(...))"
        )
    return Distribution(f"exponential({mean:g})", lambda rng, size, pairs=None: rng.exponential(mean, size))
