"""Rules by distance: who connects to whom, and how long and how strong, from the places of the neurons.

    x = np.arange(500) * 10.0                                                    # 500 neurons on a ring, in um
    ring = {"pre": x, "period": 5000.0}
    p = snn.Projection(net, net, pairs=snn.by_distance(0.3, width=200.0, **ring), w=1.0,
                       delay=snn.delay_by_distance(0.5, speed=300.0, **ring))

Places are in any unit of length, um for example; a width and a period are in the same unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .arguments import floats, number
from .connectivity import BLOCK, PairRule
from .distributions import Distribution


@dataclass(frozen=True)
class Places:
    """Positions (n, dims) of the two sides, within one period, and the period of each dimension (inf: none)."""

    pre: np.ndarray
    post: np.ndarray
    period: np.ndarray

    def distance(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Euclidean distance, the shorter way round where space has a period; a and b broadcast over (..., dims)."""
        squared: Any = 0.0
        for k, period in enumerate(self.period):
            apart = np.abs(a[..., k] - b[..., k])
            if np.isfinite(period):
                apart = np.minimum(apart, period - apart)
            squared = squared + apart * apart
        return np.sqrt(squared)


def by_distance(
    p: float | Callable[[np.ndarray], np.ndarray],
    pre: ArrayLike,
    post: ArrayLike | None = None,
    *,
    width: float | None = None,
    period: ArrayLike | None = None,
) -> PairRule:
    """Each possible pair with a probability that depends on its distance d, independently.

    Parameters
    ----------
    p : float or function
        With `width`: the probability at distance 0 of a Gaussian profile, p exp(-d**2/(2 width**2)), 0 <= p <= 1.
        Else a function of an array of distances that returns the probabilities, an array of the same shape.
    pre, post : array (n,) or (n, dims)
        Positions of the pre and the post neurons, in one unit of length (default of `post`: those of `pre`).
    width : float, optional
        Standard deviation of the Gaussian profile, > 0.
    period : float or one per dimension, optional
        Length after which space repeats itself: a ring, or a torus. None or inf: no period.

    A neuron is at distance 0 from itself: to leave such pairs out, let p be a function, for example
    `lambda d: 0.3 * np.exp(-d / 200.0) * (d > 0)`. The work grows with n_pre n_post, the memory with the result.
    Raises TypeError or ValueError for bad arguments; at simulate, for probabilities outside [0, 1] and for a number
    of positions that is not that of the neurons.

    >>> ring = np.arange(100.0)
    >>> rule = by_distance(lambda d: d <= 1.0, ring, period=100.0)         # itself and its two neighbours
    >>> pre, post = rule.draw(np.random.default_rng(0), 100, 100)
    >>> post[pre == 0].tolist()
    [0, 1, 99]
    """
    places = _places("by_distance", pre, post, period)
    profile, text = _profile(p, width)

    def draw(rng, n_pre, n_post):
        _fits("by_distance", places, n_pre, n_post)
        rows, columns = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
        height = max(1, BLOCK // max(n_post, 1))
        for first in range(0, n_pre, height):
            d = places.distance(places.pre[first : first + height, None], places.post[None])
            row, column = np.nonzero(rng.random(d.shape) < _probabilities(profile, d))
            rows.append((row + first).astype(np.int32))
            columns.append(column.astype(np.int32))
        return np.concatenate(rows), np.concatenate(columns)

    return PairRule(f"by_distance({text})", draw)


def weight_by_distance(
    f: Callable[[np.ndarray], np.ndarray],
    pre: ArrayLike,
    post: ArrayLike | None = None,
    *,
    period: ArrayLike | None = None,
) -> Distribution:
    """The number f(d) for each pair, d its distance: a rule for `Projection(w=...)`, and for delays too.

    `f` takes an array of distances and returns one of the same shape; the other arguments are those of `by_distance`.
    Raises TypeError or ValueError for bad arguments; at simulate, when f returns another shape or what is not finite.

    >>> x = np.array([0.0, 3.0, 4.0])
    >>> weight_by_distance(lambda d: 10.0 - d, x).draw(None, 2, pairs=([0, 1], [2, 2])).tolist()
    [6.0, 9.0]
    """
    if not callable(f):
        raise TypeError(f"weight_by_distance.f: must be a function of an array of distances, got {f!r}")
    places = _places("weight_by_distance", pre, post, period)

    def values(d):
        return _same_shape("weight_by_distance.f", f(d), d)

    return Distribution(f"weight_by_distance({_name(f)})", _for_pairs("weight_by_distance", places, values))


def delay_by_distance(
    minimum: float,
    speed: float,
    pre: ArrayLike,
    post: ArrayLike | None = None,
    *,
    period: ArrayLike | None = None,
) -> Distribution:
    """The delay of each pair in ms: minimum + d/speed, d its distance, moved to the grid of dt when it is drawn.

    `minimum` in ms is >= 0, `speed` in units of length per ms is > 0 (um/ms: 300 for 0.3 m/s, as of unmyelinated
    axons in the cortex); the other arguments are those of `by_distance`. Raises TypeError or ValueError.

    >>> x = np.array([0.0, 300.0, 900.0])
    >>> delay_by_distance(0.5, 300.0, x).draw(None, 2, pairs=([0, 0], [1, 2])).tolist()
    [1.5, 3.5]
    """
    minimum, speed = number("delay_by_distance.minimum", minimum), number("delay_by_distance.speed", speed)
    if minimum < 0:
        raise ValueError(f"delay_by_distance.minimum: must be >= 0 ms, got {minimum}")
    if speed <= 0:
        raise ValueError(f"delay_by_distance.speed: must be > 0, got {speed}")
    places = _places("delay_by_distance", pre, post, period)
    draw = _for_pairs("delay_by_distance", places, lambda d: minimum + d / speed)
    return Distribution(f"delay_by_distance({minimum:g}, {speed:g})", draw)


def _for_pairs(where: str, places: Places, values: Callable) -> Callable:
    """A Distribution's `draw`: values of the distances of its pairs."""

    def draw(rng, size, pairs=None):
        if pairs is None:
            raise ValueError(f"{where}: is a rule for the pairs of a projection, and here there are none")
        ids = [np.asarray(side) for side in pairs]
        needed = [int(side.max(initial=-1)) + 1 for side in ids]
        if needed[0] > len(places.pre) or needed[1] > len(places.post):
            raise ValueError(
                f"{where}: one position per neuron is needed, got {len(places.pre)} of pre neurons "
                f"and {len(places.post)} of post neurons"
            )
        made = np.empty(size)
        for first in range(0, size, BLOCK):
            part = slice(first, first + BLOCK)
            made[part] = values(places.distance(places.pre[ids[0][part]], places.post[ids[1][part]]))
        return made

    return draw


def _profile(p: Any, width: Any) -> tuple[Callable, str]:
    """The probability as a function of distances, and its text."""
    if callable(p):
        if width is not None:
            raise TypeError(
                "by_distance.width: belongs to a number p, the height of a Gaussian; got a function p"
            )
        return p, _name(p)
    p = number("by_distance.p", p)
    if not 0 <= p <= 1:
        raise ValueError(f"by_distance.p: must be a probability between 0 and 1, got {p}")
    if width is None:
        raise TypeError(
            f"by_distance.width: is missing; p = {p:g} is the height of a Gaussian (at any distance alike: random({p:g}))"
        )
    width = number("by_distance.width", width)
    if width <= 0:
        raise ValueError(f"by_distance.width: must be > 0, got {width}")
    return lambda d: p * np.exp(-0.5 * (d / width) ** 2), f"{p:g}, width={width:g}"


def _probabilities(profile: Callable, d: np.ndarray) -> np.ndarray:
    made = _same_shape("by_distance.p", profile(d), d)
    if made.min(initial=0.0) < 0 or made.max(initial=0.0) > 1:
        bad = made[(made < 0) | (made > 1)][0]
        raise ValueError(f"by_distance.p: must return probabilities between 0 and 1, got {bad}")
    return made


def _same_shape(where: str, made: Any, d: np.ndarray) -> np.ndarray:
    made = np.asarray(made, dtype=float)
    if made.shape != d.shape:
        raise ValueError(f"{where}: must return one number per distance, {d.shape}, got shape {made.shape}")
    if not np.isfinite(made).all():
        raise ValueError(f"{where}: must return finite numbers, got {made[~np.isfinite(made)][0]}")
    return made


def _places(where: str, pre: Any, post: Any, period: Any) -> Places:
    """Checked positions of the two sides, as arrays (n, dims)."""
    pre = _positions(f"{where}.pre", pre)
    post = pre if post is None else _positions(f"{where}.post", post)
    if pre.shape[1] != post.shape[1]:
        raise ValueError(f"{where}.post: must have {pre.shape[1]} dimensions as pre has, got {post.shape[1]}")
    try:
        periods = np.array(np.inf if period is None else period, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{where}.period: must be a length or one per dimension, got {period!r}") from None
    if periods.shape not in ((), (pre.shape[1],)) or isinstance(period, bool):
        raise ValueError(
            f"{where}.period: must be a length or one per dimension ({pre.shape[1]}), got {period!r}"
        )
    if not (periods > 0).all():
        raise ValueError(f"{where}.period: must be > 0, got {period!r}")
    periods = np.broadcast_to(periods, pre.shape[1])
    wraps = np.isfinite(periods)
    for side in (pre, post):
        side[:, wraps] %= periods[wraps]
    return Places(pre, post, periods)


def _positions(where: str, given: Any) -> np.ndarray:
    try:
        array = floats(given, copy=True)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{where}: must be positions, an array (n,) or (n, dims), got {given!r}") from None
    if array.ndim not in (1, 2) or not array.size:
        raise ValueError(f"{where}: must be positions, an array (n,) or (n, dims), got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{where}: must be finite, got {array[~np.isfinite(array)][0]}")
    return array[:, None] if array.ndim == 1 else array


def _fits(where: str, places: Places, n_pre: int, n_post: int) -> None:
    for side, positions, n in (("pre", places.pre, n_pre), ("post", places.post, n_post)):
        if len(positions) != n:
            raise ValueError(
                f"{where}.{side}: must hold one position for each of the {n} {side} neurons, got {len(positions)}"
            )


def _name(f: Callable) -> str:
    return getattr(f, "__name__", type(f).__name__)
