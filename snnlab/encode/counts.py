"""Codes by how many spikes there are: binary words, Poisson and regular rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..spikes import SpikeTrains
from ..stimuli import poisson
from .values import counted, positive, runs, trains, unit_values

MOST_BITS = 32


def binary(x: ArrayLike, window: float = 100.0, *, bits: int = 1) -> SpikeTrains:
    """Each value as a binary number: the window has a slot for each bit, and a spike in it is a 1.

    The value is rounded to the nearest of 2**bits levels from 0 to 1; its bits stand in the slots, the most significant first, a
    spike in the middle of its slot. With one bit (the default): a spike for x >= 0.5, else silence. 0 is silence,
    1 has a spike in every slot. The error is at most 1/(2 (2**bits - 1)), and no code has fewer spikes for it;
    but a lost first spike costs half the range. With many bits this is the "weighted spikes" of converted
    networks (Kim, Kim, Huh, Lee & Choi 2018, Neurocomputing 311).

    Parameters
    ----------
    x : array, any shape
        Values in [0, 1]; one neuron each.
    window : float
        Duration in ms (default 100).
    bits : int
        1 to 32 (default 1).

    Raises
    ------
    ValueError, TypeError
        For a value outside [0, 1] or NaN, with its index; for a window or bits out of range.

    >>> binary([0.0, 0.4, 1.0], bits=2, window=20.0)
    SpikeTrains(3 spikes of 3 neurons, 0 to 20 ms)
    >>> binary([0.4], bits=2, window=20.0).t  # level 1 of 0 … 3, in binary 01
    array([15.])
    """
    values = unit_values("encode.binary.x", x).ravel()
    window, bits = positive("encode.binary.window", window, "ms"), bits_of("encode.binary", bits)
    level = np.floor(values * (2**bits - 1) + 0.5).astype(np.int64)
    i, slot = np.nonzero((level[:, None] >> np.arange(bits - 1, -1, -1)) & 1)
    return trains((slot + 0.5) * (window / bits), i, values.size, window)


def rate(
    x: ArrayLike, window: float = 100.0, *, max_rate: float = 100.0, seed: int, stream: int = 0
) -> SpikeTrains:
    """Poisson spikes at the rate x max_rate: what counts is how many there are.

    0 is silence; 1 fires at `max_rate`. The number of spikes in the window has mean and variance
    x max_rate window/1000, so that the decoded value has standard deviation sqrt(x/(max_rate window/1000)).

    Parameters
    ----------
    x : array, any shape
        Values in [0, 1]; one neuron each.
    window : float
        Duration in ms (default 100).
    max_rate : float
        Rate of the value 1, in Hz (default 100).
    seed, stream : int
        The same seed and stream (default 0) give the same spikes.

    Raises
    ------
    ValueError, TypeError
        For a value outside [0, 1] or NaN, with its index; for other arguments out of range.

    Source: Adrian & Zotterman (1926), https://doi.org/10.1113/jphysiol.1926.sp002281.

    >>> rate([0.0, 1.0], window=1000.0, max_rate=50.0, seed=1).of(0)
    array([], dtype=float64)
    """
    values = unit_values("encode.rate.x", x).ravel()
    window = positive("encode.rate.window", window, "ms")
    max_rate = positive("encode.rate.max_rate", max_rate, "Hz")
    if not values.size:  # but the seed is checked
        poisson(0.0, 1, window, seed, stream=stream)
        return trains(np.empty(0), np.empty(0, np.int64), 0, window)
    return poisson(values * max_rate, values.size, window, seed, stream=stream)


def regular(x: ArrayLike, window: float = 100.0, *, max_rate: float = 100.0) -> SpikeTrains:
    """Spikes at equal intervals 1000/(x max_rate) ms, the first after half an interval.

    0 is silence. The number of spikes is x max_rate window/1000, rounded; the decoded value is wrong by at most
    half a spike, 1/(2 max_rate window/1000), and never gets smaller when x grows.

    Parameters
    ----------
    x : array, any shape
        Values in [0, 1]; one neuron each.
    window : float
        Duration in ms (default 100).
    max_rate : float
        Rate of the value 1, in Hz (default 100).

    Raises
    ------
    ValueError, TypeError
        For a value outside [0, 1] or NaN, with its index; for other arguments out of range.

    >>> regular([0.3], window=100.0).t.round(1)
    array([16.7, 50. , 83.3])
    """
    values = unit_values("encode.regular.x", x).ravel()
    window = positive("encode.regular.window", window, "ms")
    full = positive("encode.regular.max_rate", max_rate, "Hz") * window / 1000.0
    count = np.floor(values * full + 0.5).astype(np.int64)
    i, k = runs(count)
    with np.errstate(over="ignore"):
        t = (k + 0.5) * (window / (values * full)[i])
    # A last spike that falls on the end of the window is moved to just before it: windows are half-open.
    return trains(np.minimum(t, np.nextafter(window, 0.0)), i, values.size, window)


def bits_of(name: str, bits: int) -> int:
    return counted(f"{name}.bits", bits, 1, MOST_BITS)
