"""What every decoder reads first: the trains, their window, and the shape that is wanted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..encode.values import Array, positive
from ..spikes import MAX_NEURONS, SpikeTrains


def window_of(name: str, spikes: Any, window: float | None) -> float:
    """The window in ms: that of the trains, or the one that is given."""
    if not isinstance(spikes, SpikeTrains):
        raise TypeError(f"{name}.spikes: must be SpikeTrains, got {type(spikes).__name__}")
    if window is not None:
        return positive(f"{name}.window", window, "ms")
    if spikes.t_stop <= spikes.t_start:
        raise ValueError(f"{name}.spikes: must have a window longer than 0 ms, or window= must be given")
    return spikes.t_stop - spikes.t_start


def shaped(name: str, values: Array, shape: Any) -> Array:
    """`values` of shape (n,) in the shape that is asked for; None leaves them."""
    if shape is None:
        return values
    wanted = shape_of(name, shape)
    if int(np.prod(wanted)) != values.size:
        raise ValueError(f"{name}.shape: must have {values.size} values, got {wanted}")
    return values.reshape(wanted)


def shape_of(name: str, shape: Any) -> tuple[int, ...]:
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or not 0 <= size <= MAX_NEURONS:
            raise TypeError(f"{name}.shape: must be a shape such as (28, 28), got {shape!r}")
    return tuple(int(size) for size in sizes)


def groups_of(name: str, spikes: SpikeTrains, size: int, of_what: str) -> int:
    """How many groups of `size` neurons there are."""
    if spikes.n % size:
        raise ValueError(
            f"{name}.spikes: must have a multiple of {size} neurons, {of_what}, got {spikes.n} "
            "(give the decoder the arguments of the encoder)"
        )
    return spikes.n // size


def first_spikes(spikes: SpikeTrains) -> Array:
    """The time of each neuron's first spike from the start of the window, shape (n,); inf for a silent one.

    >>> first_spikes(SpikeTrains([3.0, 1.0], [1, 1], n=2, t_stop=5.0))
    array([inf,  1.])
    """
    first = np.full(spikes.n, np.inf)
    first[spikes.i[::-1]] = spikes.t[::-1] - spikes.t_start  # of several, the last that is written stays
    return first


def by_neuron(spikes: SpikeTrains) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
    """Times from the start of the window by ascending neuron, then time; their neurons; where each neuron begins (n + 1,).

    >>> by_neuron(SpikeTrains([3.0, 1.0, 2.0], [1, 1, 0], n=2, t_stop=5.0))[0]
    array([2., 1., 3.])
    """
    order = np.argsort(spikes.i, kind="stable")
    start = np.concatenate([[0], np.cumsum(spikes.counts())])
    return spikes.t[order] - spikes.t_start, spikes.i[order].astype(np.int64), start
