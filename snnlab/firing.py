"""Poisson sources and drives while they run: their probabilities, tables and places in their random streams."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .grid import grid_time
from .network import as_view
from .rng import gaps, key_of
from .sources import PoissonDrive, PoissonSource
from .stimuli import Stimulus
from .storage import is_additive

CERTAIN = 40.0  # a hazard that no drawn gap exceeds: a probability of 1
MOST = 1e6  # arrivals per step of a drive
FEW = 64  # different means, up to which each has a table that is found by its row
SIDE_BY_SIDE = 50.0  # the largest mean of tables side by side; their first place is count 0


@dataclass
class Firing:
    """A PoissonSource while it runs. Its spikes stand in the form of a population's; all arrays outlive a chunk.

    `left` is the part of the present gap that is still ahead, in units of the integrated hazard, and `number` the
    number of the next gap. `hazard` (rows,) is that of the neuron with the highest rate, and `ratio` (rows, n) the
    probability of each relative to it; one row for all times, or one per step from `first_row`.
    """

    source: PoissonSource
    name: str
    key: tuple[np.uint64, np.uint64]
    dt: float
    spk: np.ndarray
    off: np.ndarray
    base: int
    left: np.ndarray
    number: np.ndarray
    hazard: np.ndarray = field(default_factory=lambda: np.zeros(1))
    ratio: np.ndarray = field(default_factory=lambda: np.ones((1, 1)))
    first_row: int = 0
    width: int = 0  # 1 or n rates per step, 0 before the first is known
    thinned: bool = False

    @property
    def n(self) -> int:
        return self.source.n

    @property
    def varying(self) -> bool:
        return callable(self.source.rate)

    def prepare(self, k: int, k_end: int) -> None:
        """Sample the rate at the steps k to k_end - 1."""
        if self.varying and k_end > k:  # none before time 0
            self.first_row = k
            self._take(sampled_rates(self.source, k, k_end, self.dt, self.width))

    def _take(self, rates: np.ndarray) -> None:
        """Hazards and ratios of rates in Hz, shape (rows, 1 or n)."""
        p = rates * (self.dt / 1000.0)
        highest = p.max(axis=1)
        with np.errstate(divide="ignore"):
            self.hazard = np.minimum(-np.log1p(-highest), CERTAIN)
        self.width, self.thinned = p.shape[1], p.shape[1] > 1
        if self.thinned:
            self.ratio = p / np.where(highest > 0, highest, 1.0)[:, None]


def firing(source: PoissonSource, index: int, seed: int, dt: float, k_start: int, n_offsets: int, base: int, max_spikes: int) -> Firing:  # fmt: skip
    """A source at the start of a run; raises ValueError where rate * dt > 1."""
    name = source.name or f"source {index}"
    # a name stands in quotes, since streams of other objects are called "drive 0" or "net noise 0"
    key = key_of(seed, name if source.name is None else f"source {source.name!r}")
    first, _ = gaps(0, 1, *key)
    made = Firing(
        source, name, key, dt, np.empty(min(max(1024, 2 * source.n), max_spikes + source.n - 1), dtype=np.int32),
        np.zeros(n_offsets, dtype=np.int64), base, first, np.ones(1, dtype=np.int64),
    )  # fmt: skip
    if made.varying:
        made.prepare(k_start, k_start + 1)
    else:
        rates = np.asarray(source.rate, dtype=float).reshape(1, -1)
        _check_rates(rates, dt, "")
        made._take(rates)
    return made


def sampled_rates(source: PoissonSource, k: int, k_end: int, dt: float, width: int) -> np.ndarray:
    """The rates in Hz at the steps k to k_end - 1, (steps, 1 or n)."""
    times = np.asarray(grid_time(np.arange(k, k_end), dt))
    if isinstance(source.rate, Stimulus):
        rates = source.rate.sample(times)
    else:
        rates = np.array([_value(source, float(t), width) for t in times])
    bad = np.flatnonzero(~((rates >= 0) & (rates * dt <= 1000.0)).all(axis=1))
    if bad.size:
        _check_rates(rates[bad[:1]], dt, f" at t = {times[bad[0]]:g} ms")
    return rates


def _value(source: PoissonSource, t: float, width: int) -> np.ndarray:
    """A user's function is called once per step with one number, so that `if t > 50` works in it."""
    try:
        rate: Any = source.rate
        value = np.asarray(rate(t), dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"PoissonSource.rate: as a function of t it must return a rate in Hz; at t = {t:g} ms: {error}"
        ) from error
    if value.shape not in ((), (1,), (source.n,)):
        raise ValueError(
            f"PoissonSource.rate: as a function of t it must return a number or shape ({source.n},), got {value.shape}"
        )
    if width and value.size != width:
        raise ValueError(
            f"PoissonSource.rate: as a function of t it must always return as many values, got {width} and, at t = {t:g} ms, {value.size}"
        )
    return value.reshape(-1)


def _check_rates(rates: np.ndarray, dt: float, when: str) -> None:
    wrong = rates[~((rates >= 0) & (rates * dt <= 1000.0))]  # NaN is wrong too
    if wrong.size:
        raise ValueError(
            f"PoissonSource.rate: must be between 0 and 1/dt = {1000.0 / dt:g} Hz, got {wrong[0]:g}{when} "
            "(a neuron spikes at most once in a step)"
        )


@dataclass
class Counts:
    """A PoissonDrive while it runs: where it goes, and the tables by which a random word becomes a count.

    Neuron j of the view has the table `row[j]` (all have table 0 where `row` is (1,)). `cdf` holds the tables one after
    the other: the distribution in units of 2^-32, each closed by 2^32, plus 2^33 times the row, so that all is in order.
    The count of a word is the first place that exceeds it (plus 2^33 times the row), plus `offset[row]`.
    `guide[row, word >> shift]` is where to begin.
    """

    drive: PoissonDrive
    post: int
    start: int
    stop: int
    w: np.ndarray
    key: tuple[np.uint64, np.uint64]
    row: np.ndarray
    cdf: np.ndarray
    guide: np.ndarray
    offset: np.ndarray
    shift: int
    levels: np.ndarray | None = (
        None  # (places, neurons) uint32: the tables side by side, where most neurons have their own
    )

    @property
    def tables(self) -> str:
        return "one" if self.row.size == 1 else "rows" if self.levels is None else "levels"

    def of(self, words: np.ndarray) -> np.ndarray:
        """The counts for given words, one for each neuron."""
        places = np.searchsorted(self.cdf, words.astype(np.int64) + self.row * 2**33, side="right")
        return (places + self.offset[self.row]).astype(float)


def counts(drive: PoissonDrive, index: int, post: int, seed: int, dt: float) -> Counts:
    """A drive at the start of a run; raises ValueError for what can't be drawn or added up."""
    view = as_view(drive.target)
    if not is_additive(type(drive.synapse)):  # type: ignore[arg-type]
        raise ValueError(
            f"PoissonDrive.receptor: in {drive.receptor} ({type(drive.synapse).__name__}) two arrivals are not one of twice "
            "the weight; use a PoissonSource and a Projection"
        )
    mean = np.atleast_1d(np.asarray(drive.n_sources * drive.rate * (dt / 1000.0)))
    if mean.max() > MOST:
        raise ValueError(
            f"PoissonDrive.rate: must give at most {MOST:g} arrivals per step and neuron, got {mean.max():g} (a current "
            "with noise is the same then: snn.noise)"
        )
    means, row = np.unique(mean, return_inverse=True)
    cdf, guide, offset, shift = _tables(means)
    levels = _levels(cdf, offset, row) if means.size > FEW and means.max() <= SIDE_BY_SIDE else None
    return Counts(
        drive, post, view.start, view.stop, np.atleast_1d(np.asarray(drive.w, dtype=float)),
        key_of(seed, f"drive {index}"), row.astype(np.int64), cdf, guide, offset, shift, levels,
    )  # fmt: skip


def _tables(means: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """(cdf, guide, offset, shift) of `Counts`, a table for each mean."""
    from scipy.special import pdtr

    spread = np.sqrt(means)
    lowest = np.maximum(0, np.floor(means - 7.0 * spread - 10.0)).astype(np.int64)
    sizes = np.ceil(means + 7.0 * spread + 18.0).astype(np.int64) - lowest
    begin = np.concatenate([[0], np.cumsum(sizes)])
    rows = np.repeat(np.arange(means.size), sizes)
    count = np.arange(begin[-1]) - begin[rows] + lowest[rows]
    cdf = np.rint(pdtr(count, means[rows]) * 2.0**32).astype(np.int64)
    cdf[cdf >= 2**32 - 1] = (
        2**32
    )  # more than any word: the last place, and what comes so close that it never matters
    shift = 22 if means.size <= FEW else 27  # 1024 guide posts, or 32 where there are many tables
    posts = np.arange(2 ** (32 - shift), dtype=np.int64) << shift
    cdf += rows * 2**33
    guide = np.searchsorted(cdf, np.arange(means.size)[:, None] * 2**33 + posts, side="right")
    return cdf, guide, lowest - begin[:-1], shift


def _levels(cdf: np.ndarray, offset: np.ndarray, row: np.ndarray) -> np.ndarray:
    """All tables from count 0 on, side by side; 2^32 - 1 where a table has ended."""
    rows, values = cdf >> 33, cdf & (2**33 - 1)
    count = np.arange(cdf.size) + offset[rows]
    levels = np.full((count.max() + 1, offset.size), 2**32 - 1, dtype=np.uint32)
    levels[count, rows] = np.minimum(values, 2**32 - 1)
    used = np.flatnonzero((levels < 2**32 - 1).any(axis=1)).max(initial=0) + 1
    return np.ascontiguousarray(levels[:used, row])
