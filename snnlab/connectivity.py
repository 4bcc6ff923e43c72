"""Rules: who connects to whom, and distributions of weights, delays and initial states.

A rule is drawn when a simulation starts, from the simulation's seed; `Projection.draw(seed)` shows the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class PairRule:
    """A rule for pairs: `draw(rng, n_pre, n_post)` returns (pre ids, post ids), sorted by pre, then post."""

    text: str
    draw: Callable[[np.random.Generator, int, int], tuple[np.ndarray, np.ndarray]] = field(
        repr=False, compare=False
    )

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Distribution:
    """A rule for numbers: `draw(rng, size)` returns an array (size,)."""

    text: str
    draw: Callable[[np.random.Generator, int], np.ndarray] = field(repr=False, compare=False)

    def __repr__(self) -> str:
        return self.text


def one_to_one() -> PairRule:
    """Neuron k to neuron k. Raises ValueError at simulate when the two sides differ in size.

    >>> [ids.tolist() for ids in one_to_one().draw(np.random.default_rng(0), 2, 2)]
    [[0, 1], [0, 1]]
    """

    def draw(rng, n_pre, n_post):
        if n_pre != n_post:
            raise ValueError(f"one_to_one: both sides must have one size, got {n_pre} and {n_post}")
        ids = np.arange(n_pre, dtype=np.int64)
        return ids, ids.copy()

    return PairRule("one_to_one()", draw)


def all_to_all() -> PairRule:
    """Every neuron to every neuron (to itself too, where both sides are one population).

    >>> [ids.tolist() for ids in all_to_all().draw(np.random.default_rng(0), 2, 3)]
    [[0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]]
    """

    def draw(rng, n_pre, n_post):
        return np.repeat(np.arange(n_pre), n_post), np.tile(np.arange(n_post), n_pre)

    return PairRule("all_to_all()", draw)


def random(p: float) -> PairRule:
    """Each possible pair with probability p, 0 <= p <= 1, independently. Raises ValueError for another p.

    >>> pre, post = random(0.5).draw(np.random.default_rng(0), 100, 100)
    >>> 4800 < pre.size < 5200
    True
    """
    p = _number("random.p", p)
    if not 0 <= p <= 1:
        raise ValueError(f"random.p: must be a probability between 0 and 1, got {p}")

    def draw(rng, n_pre, n_post):
        total = n_pre * n_post
        if p == 1:
            flat = np.arange(total)
        else:
            flat = _bernoulli_positions(rng, p, total)
        return flat // max(n_post, 1), flat % max(n_post, 1)

    return PairRule(f"random({p:g})", draw)


def _bernoulli_positions(rng, p: float, total: int) -> np.ndarray:
    """Positions of the successes among `total` independent trials, by geometric gaps: no n_pre x n_post array."""
    parts: list[np.ndarray] = []
    last = -1
    while p > 0 and last < total - 1:
        expected = (total - last) * p
        gaps = rng.geometric(p, size=int(expected + 4 * np.sqrt(expected) + 16))
        positions = last + np.cumsum(gaps)
        parts.append(positions[positions < total])
        last = int(positions[-1])
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def fixed_indegree(k: int) -> PairRule:
    """Every post neuron gets k different pre neurons, drawn at random. Raises ValueError for k < 0 or k > n_pre.

    >>> pre, post = fixed_indegree(3).draw(np.random.default_rng(0), 10, 4)
    >>> np.bincount(post).tolist()
    [3, 3, 3, 3]
    """
    if isinstance(k, bool) or not isinstance(k, int | np.integer):
        raise TypeError(f"fixed_indegree.k: must be a whole number, got {k!r}")
    if k < 0:
        raise ValueError(f"fixed_indegree.k: must be >= 0, got {k}")

    def draw(rng, n_pre, n_post):
        if k > n_pre:
            raise ValueError(f"fixed_indegree.k: must be at most the {n_pre} pre neurons, got {k}")
        pre = np.concatenate(
            [rng.choice(n_pre, size=k, replace=False, shuffle=False) for _ in range(n_post)]
            or [np.empty(0, np.int64)]
        )
        post = np.repeat(np.arange(n_post), k)
        order = np.lexsort((post, pre))
        return pre[order], post[order]

    return PairRule(f"fixed_indegree({k})", draw)


def from_matrix(matrix) -> PairRule:
    """The pairs (pre, post) at which a dense or scipy sparse matrix (n_pre, n_post) is not zero.

    >>> [ids.tolist() for ids in from_matrix([[0, 1], [1, 0]]).draw(None, 2, 2)]
    [[0, 1], [1, 0]]
    """
    shape = np.shape(matrix) if not hasattr(matrix, "tocoo") else matrix.shape
    if len(shape) != 2:
        raise ValueError(f"from_matrix: must have shape (n_pre, n_post), got {shape}")
    pre, post = matrix.nonzero() if hasattr(matrix, "tocoo") else np.nonzero(np.asarray(matrix))
    order = np.lexsort((post, pre))

    def draw(rng, n_pre, n_post):
        if shape != (n_pre, n_post):
            raise ValueError(f"from_matrix: must have shape {(n_pre, n_post)} (n_pre, n_post), got {shape}")
        return pre[order].astype(np.int64), post[order].astype(np.int64)

    return PairRule(f"from_matrix({shape[0]} x {shape[1]})", draw)


def uniform(low: float, high: float) -> Distribution:
    """Uniform between low and high. Raises ValueError when low > high.

    >>> uniform(-60.0, -50.0)
    uniform(-60, -50)
    """
    low, high = _number("uniform.low", low), _number("uniform.high", high)
    if low > high:
        raise ValueError(f"uniform: low must be <= high, got low = {low}, high = {high}")
    return Distribution(f"uniform({low:g}, {high:g})", lambda rng, size: rng.uniform(low, high, size))


def normal(mean: float, sd: float) -> Distribution:
    """Normal with mean and standard deviation sd >= 0. Raises ValueError for a negative sd.

    >>> normal(0.0, 1.0)
    normal(0, 1)
    """
    mean, sd = _number("normal.mean", mean), _number("normal.sd", sd)
    if sd < 0:
        raise ValueError(f"normal.sd: must be >= 0, got {sd}")
    return Distribution(f"normal({mean:g}, {sd:g})", lambda rng, size: rng.normal(mean, sd, size))


def _number(name: str, value) -> float:
    if isinstance(value, bool | str) or np.ndim(value) != 0:
        raise TypeError(f"{name}: must be a number, got {value!r}")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name}: must be a number, got {value!r}") from None
    if not np.isfinite(number):
        raise ValueError(f"{name}: must be finite, got {number}")
    return number
