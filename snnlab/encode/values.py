"""What goes into a code and what comes out: values that are checked, spikes that are sorted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arguments import number, whole
from ..spikes import MAX_NEURONS, SpikeTrains

Array = NDArray[np.floating]


def unit_values(name: str, x: ArrayLike, per_value: int = 1) -> Array:
    """`x` as floats, if all of them are in [0, 1]; `per_value` is how many neurons each will get.

    >>> unit_values("encode.f.x", [0.0, 1.2])
    Traceback (most recent call last):
    ValueError: encode.f.x: must be in [0, 1], got 1.2 at index 1 (snn.encode.Scaler maps data to [0, 1])
    """
    values = finite_values(name, x)
    wrong = (values < 0.0) | (values > 1.0)
    if wrong.any():
        raise ValueError(
            f"{name}: must be in [0, 1], got {_first(values, wrong)} (snn.encode.Scaler maps data to [0, 1])"
        )
    if values.size * per_value > MAX_NEURONS:
        raise ValueError(
            f"{name}.x: must need at most {MAX_NEURONS:,} neurons, got {values.size * per_value:,}"
        )
    return values


def finite_values(name: str, x: ArrayLike) -> Array:
    """`x` as floats, without NaN and infinity."""
    try:
        given = np.asarray(x)
    except ValueError:  # rows of different lengths
        raise TypeError(f"{name}: must be an array of numbers, got a ragged {type(x).__name__}") from None
    if given.dtype.kind not in "fiub":
        raise TypeError(f"{name}: must be an array of numbers, got {type(x).__name__} of dtype {given.dtype}")
    values = given.astype(np.float64)
    wrong = ~np.isfinite(values)
    if wrong.any():
        raise ValueError(f"{name}: must be finite numbers, got {_first(values, wrong)}")
    return values


def positive(name: str, value: Any, unit: str) -> float:
    """One number > 0."""
    value = number(name, value)
    if value <= 0:
        raise ValueError(f"{name}: must be > 0 {unit}, got {value:g}")
    return value


def trains(t: Array, i: NDArray[Any], n: int, t_stop: float) -> SpikeTrains:
    """Trains of spikes that are given by ascending id; a stable sort by time keeps that order among equal times.

    >>> trains(np.array([2.0, 1.0, 1.0]), np.array([0, 1, 2]), n=3, t_stop=5.0).i
    array([1, 2, 0], dtype=int32)
    """
    order = np.argsort(t, kind="stable")
    return SpikeTrains.from_sorted(np.asarray(t[order], np.float64), i[order].astype(np.int32), n, t_stop)


def runs(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For `counts[i]` spikes of each neuron i: the neuron of every spike, and its number within the neuron, from 0.

    >>> runs(np.array([2, 0, 1]))
    (array([0, 0, 2]), array([0, 1, 0]))
    """
    i = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return i, np.arange(len(i)) - first[i]


def _first(values: Array, wrong: NDArray[np.bool_]) -> str:
    """The first wrong value and where it stands: "1.2 at index 3", "nan at index (0, 2)"."""
    where = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    index = tuple(int(k) for k in where)
    at = "" if not index else f" at index {index[0] if len(index) == 1 else index}"
    return f"{values[where]:g}{at}"


def counted(name: str, value: Any, least: int, most: int) -> int:
    """A whole number from `least` to `most`.

    >>> counted("f.bits", 3, 1, 32)
    3
    """
    value = whole(name, value, least)
    if value > most:
        raise ValueError(f"{name}: must be a whole number from {least} to {most:,}, got {_short(value)}")
    return value


def switch(name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name}: must be True or False, got {value!r}")
    return bool(value)


def _short(value: int) -> str:
    return str(value) if value.bit_length() < 64 else f"a number of {value.bit_length()} bits"
