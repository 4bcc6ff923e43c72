"""Rules: who connects to whom.

A rule is drawn when a simulation starts, from the simulation's seed; `Projection.draw(seed)` shows the graph.
Rules for numbers (weights, delays, initial states) are in `distributions.py`, those by distance in `distance.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .arguments import floats, number
from .distributions import Distribution

BLOCK = 1 << 18  # pairs drawn at a time: a few megabytes of work space, however large the graph
FEW = 1_000_000  # a comparing sort is fast enough, and SciPy need not be imported


@dataclass(frozen=True)
class PairRule:
    """A rule for pairs: `draw(rng, n_pre, n_post)` returns (pre ids, post ids), sorted by pre, then post."""

    text: str
    draw: Callable[[np.random.Generator, int, int], tuple[np.ndarray, np.ndarray]] = field(
        repr=False, compare=False
    )
    expected: Callable[[int, int], float] | None = field(
        default=None, repr=False, compare=False
    )  # how many pairs there will be, where that is known before

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
        return _every(n_pre), _every(n_pre)

    return PairRule("one_to_one()", draw)


def all_to_all() -> PairRule:
    """Every neuron to every neuron (to itself too, where both sides are one population).

    Raises nothing here; the projection that draws it raises ValueError where so many synapses don't fit into memory.

    >>> [ids.tolist() for ids in all_to_all().draw(np.random.default_rng(0), 2, 3)]
    [[0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]]
    """

    def draw(rng, n_pre, n_post):
        return np.repeat(_every(n_pre), n_post), np.tile(_every(n_post), n_pre)

    return PairRule("all_to_all()", draw, lambda n_pre, n_post: n_pre * n_post)


def random(p: float) -> PairRule:
    """Each possible pair with probability p, 0 <= p <= 1, independently. Raises ValueError for another p.

    >>> pre, post = random(0.5).draw(np.random.default_rng(0), 100, 100)
    >>> 4800 < pre.size < 5200
    True
    """
    p = number("random.p", p)
    if not 0 <= p <= 1:
        raise ValueError(f"random.p: must be a probability between 0 and 1, got {p}")

    def draw(rng, n_pre, n_post):
        if p == 1:
            return all_to_all().draw(rng, n_pre, n_post)
        rows, columns = [_every(0)], [_every(0)]
        for flat in _bernoulli_positions(rng, p, n_pre * n_post):
            row = flat // n_post
            flat -= row * n_post
            rows.append(row.astype(np.int32))
            columns.append(flat.astype(np.int32))
        pre = np.concatenate(rows)
        rows.clear()  # before the other half needs room
        return pre, np.concatenate(columns)

    return PairRule(f"random({p:g})", draw, lambda n_pre, n_post: p * n_pre * n_post)


def _bernoulli_positions(rng, p: float, total: int) -> Iterator[np.ndarray]:
    """Positions of the successes among `total` independent trials, by geometric gaps, block by block."""
    last = -1
    while p > 0 and last < total - 1:
        expected = (total - last) * p
        left = int(expected + 4 * np.sqrt(expected) + 16)
        while left > 0:
            positions = rng.geometric(p, size=min(left, BLOCK))
            left -= positions.size
            np.minimum(positions, total + 1, out=positions)  # the sum of huge gaps would overflow
            np.cumsum(positions, out=positions)
            positions += last
            last = int(positions[-1])
            yield positions[: np.searchsorted(positions, total)]


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
        pre = np.empty((n_post, k), dtype=np.int32)
        for row in pre:
            row[:] = rng.choice(n_pre, size=k, replace=False, shuffle=False)
        if pre.size < FEW:
            order = np.argsort(pre, axis=None, kind="stable")
            return pre.ravel()[order], (order // max(k, 1)).astype(np.int32)
        from scipy import sparse  # a transpose sorts by counting

        starts = np.arange(0, pre.size + 1, k, dtype=np.int32 if pre.size < 2**31 else np.int64)
        rows = sparse.csr_array((np.ones(pre.size, np.int8), pre.ravel(), starts), shape=(n_post, n_pre))
        columns = rows.tocsc()
        return np.repeat(_every(n_pre), np.diff(columns.indptr)), columns.indices.astype(np.int32, copy=False)

    return PairRule(f"fixed_indegree({k})", draw, lambda n_pre, n_post: k * n_post)


def from_matrix(matrix: Any) -> PairRule:
    """The pairs (pre, post) at which a dense or scipy sparse matrix (n_pre, n_post) is not zero.

    The same matrix gives their weights: `Projection(pre, post, pairs=from_matrix(W), w=W, delay=0.1)`. Raises
    TypeError or ValueError for what is no matrix of finite numbers, and at simulate for another shape.

    >>> [ids.tolist() for ids in from_matrix([[0, 1], [1, 0]]).draw(None, 2, 2)]
    [[0, 1], [1, 0]]
    """
    matrix = as_matrix("from_matrix.matrix", matrix)
    shape = matrix.shape
    pre, post = (ids.astype(np.int32) for ids in matrix.nonzero())
    if hasattr(matrix, "tocsr"):  # a dense matrix is read row by row already
        order = np.lexsort((post, pre))
        pre, post = pre[order], post[order]

    def draw(rng, n_pre, n_post):
        if shape != (n_pre, n_post):
            raise ValueError(
                f"from_matrix.matrix: must have shape {(n_pre, n_post)} (n_pre, n_post), got {shape}"
            )
        return pre.copy(), post.copy()

    return PairRule(f"from_matrix({shape[0]} x {shape[1]})", draw)


def values_of(where: str, matrix: Any, shape: tuple[int, int]) -> Distribution:
    """The numbers of pairs, read from a dense or scipy sparse matrix (n_pre, n_post); `where` names the argument."""
    matrix = as_matrix(where, matrix)
    if matrix.shape != shape:
        raise ValueError(f"{where}: a matrix must have shape {shape} (n_pre, n_post), got {matrix.shape}")

    def draw(rng, size, pairs=None):
        return np.asarray(matrix[pairs], dtype=float).ravel()

    return Distribution(f"matrix({shape[0]} x {shape[1]})", draw, given=True)


def as_matrix(where: str, matrix: Any) -> Any:
    """A copy of a matrix of finite numbers: an array, or in compressed rows when it is sparse."""
    try:
        copy: Any = matrix.tocsr(copy=True) if hasattr(matrix, "tocsr") else floats(matrix, copy=True)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{where}: must be a matrix of numbers (n_pre, n_post), got {matrix!r}") from None
    if copy.dtype.kind == "c":
        raise TypeError(f"{where}: must be a matrix of numbers (n_pre, n_post), got complex ones")
    if copy.ndim != 2:
        raise ValueError(f"{where}: must have shape (n_pre, n_post), got {copy.shape}")
    if hasattr(copy, "tocsr"):
        copy.sum_duplicates()
    values = copy.data if hasattr(copy, "tocsr") else copy
    if not np.isfinite(values).all():
        raise ValueError(f"{where}: must be finite, got {values[~np.isfinite(values)][0]}")
    return copy


def stable_order(keys: np.ndarray, n_keys: int) -> np.ndarray:
    """`np.argsort(keys, kind="stable")` of whole numbers below n_keys; many keys are sorted by counting.

    >>> stable_order(np.array([2, 0, 2, 1]), 3).tolist()
    [1, 3, 0, 2]
    """
    if keys.size < FEW:
        return np.argsort(keys, kind="stable")
    from scipy import sparse

    row = sparse.csr_array((np.arange(keys.size), keys, [0, keys.size]), shape=(1, n_keys))
    return row.tocsc().data


def _every(n: int) -> np.ndarray:
    return np.arange(n, dtype=np.int32)
