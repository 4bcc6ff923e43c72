"""What the functions of `analysis` are given: the checks with which they begin."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arguments import number
from ..spikes import SpikeTrains

ON_EDGE = 1e-6  # of a bin: 3 * 0.1 is 0.30000000000000004, and still belongs to the bin that ends at 0.3


def trains(name: str, value: Any) -> SpikeTrains:
    """SpikeTrains."""
    if not isinstance(value, SpikeTrains):
        raise TypeError(f"{name}: must be SpikeTrains, got {type(value).__name__} (pass rec.spikes)")
    return value


def times(name: str, value: Any) -> NDArray[np.float64]:
    """The spike times of one neuron in ms, ascending: from SpikeTrains of one neuron, or from an array."""
    if isinstance(value, SpikeTrains):
        if value.n != 1:
            raise ValueError(
                f"{name}: must be the train of one neuron, got {value.n} neurons (pass spikes.of(i))"
            )
        return value.t
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name}: must be spike times in ms, got {value!r}") from None
    if array.ndim != 1:
        raise ValueError(f"{name}: must be spike times in ms, shape (n_spikes,), got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: must be finite, got {array[~np.isfinite(array)][0]}")
    return np.sort(array)


def positive(name: str, value: Any, unit: str = "ms") -> float:
    """One finite number above 0."""
    found = number(name, value)
    if found <= 0:
        raise ValueError(f"{name}: must be > 0 {unit}, got {found:g}")
    return found


def bins(name: str, spikes: SpikeTrains, bin: Any) -> tuple[float, int]:
    """The width of a bin in ms, and how many whole ones the window of the trains has (at least one)."""
    bin = positive(name, bin)
    duration = spikes.t_stop - spikes.t_start
    n_bins = int(np.floor(duration / bin + ON_EDGE))
    if n_bins < 1:
        raise ValueError(f"{name}: must be at most the duration of the trains, {duration:g} ms, got {bin:g}")
    return bin, n_bins


def bin_of(spikes: SpikeTrains, bin: float) -> NDArray[np.int64]:
    """The number of the bin into which each spike falls; bins are open on the left, as in `between`."""
    k = np.ceil((spikes.t - spikes.t_start) / bin - ON_EDGE).astype(np.int64) - 1
    return np.maximum(k, 0)  # a spike at t_start belongs to the first


def not_negative(name: str, value: Any, unit: str = "ms") -> float:
    """One finite number, 0 or above."""
    found = number(name, value)
    if found < 0:
        raise ValueError(f"{name}: must be >= 0 {unit}, got {found:g}")
    return found


def values(name: str, value: Any) -> NDArray[np.float64]:
    """An array of finite numbers, shape (n,)."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name}: must be an array of numbers, got {value!r}") from None
    if array.ndim != 1:
        raise ValueError(f"{name}: must have shape (n_samples,), got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: must be finite, got {array[~np.isfinite(array)][0]}")
    return array


def same_window(name: str, a: SpikeTrains, b: SpikeTrains) -> None:
    """Two trains of one recording, or of two equally long ones."""
    if (a.t_start, a.t_stop) != (b.t_start, b.t_stop):
        raise ValueError(
            f"{name}: must have the window of the other train, {a.t_start:g} to {a.t_stop:g} ms, "
            f"got {b.t_start:g} to {b.t_stop:g}"
        )
