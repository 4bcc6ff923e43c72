"""Codes by the time between events: to a rhythm, to the next spike of a burst, to the next spike of a train."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import number
from ..spikes import SpikeTrains
from .values import counted, positive, runs, trains, unit_values

MOST_SPIKES = 100_000  # of one burst


def phase(x: ArrayLike, window: float = 100.0, *, period: float = 25.0, span: float = 0.75) -> SpikeTrains:
    """One spike in every cycle of a rhythm that all neurons share; its phase is the value.

    In each whole cycle of `period` ms the spike comes at the phase 2 pi span (1 - x): the larger, the earlier. 0 spikes
    too, at the end of the span; a rest of the circle stays empty, so that a late spike of 1 is not taken for 0. Decoding
    is exact, and averages over the cycles.

    Parameters
    ----------
    x : array, any shape
        Values in [0, 1]; one neuron each.
    window : float
        Duration in ms (default 100); at least one period.
    period : float
        Of the rhythm, in ms (default 25: 40 Hz).
    span : float
        The part of a cycle that is used, 0 < span < 1 (default 0.75).

    Raises
    ------
    ValueError, TypeError
        For a value outside [0, 1] or NaN, with its index; for other arguments out of range.

    Source: Hopfield (1995), https://doi.org/10.1038/376033a0; O'Keefe & Recce (1993), https://doi.org/10.1002/hipo.450030307.

    >>> phase([1.0, 0.0], window=50.0).t
    array([ 0.  , 18.75, 25.  , 43.75])
    """
    values = unit_values("encode.phase.x", x).ravel()
    window = positive("encode.phase.window", window, "ms")
    period, span = cycle_of("encode.phase", period, span)
    if period > window * (1.0 + 1e-9):
        raise ValueError(f"encode.phase.period: must be at most the window, {window:g} ms, got {period:g}")
    cycles = int(window / period + 1e-9)
    i, k = runs(np.full(values.size, cycles))
    return trains((k + span * (1.0 - values[i])) * period, i, values.size, window)


def burst(
    x: ArrayLike, window: float = 100.0, *, n_max: int = 5, T_min: float = 2.0, T_max: float = 20.0
) -> SpikeTrains:
    """A burst for each value: the larger, the more spikes, and the closer together.

    ceil(x n_max) spikes from 0 on, at intervals of T_max - x (T_max - T_min). 0 is silence, and a value up to
    1/n_max has a single spike without an interval, so that it is known up to 1/(2 n_max) only; all others are decoded
    exactly.

    Parameters
    ----------
    x : array, any shape
        Values in [0, 1]; one neuron each.
    window : float
        Duration in ms (default 100); longer than the longest burst.
    n_max : int
        Number of spikes of the value 1, 2 or more (default 5).
    T_min, T_max : float
        Shortest and longest interval, in ms (default 2 and 20).

    Raises
    ------
    ValueError, TypeError
        For a value outside [0, 1] or NaN, with its index; for other arguments out of range.

    Source: Guo, Fouda, Eltawil & Salama (2021), https://doi.org/10.3389/fnins.2021.638474.

    >>> burst([1.0]).t
    array([0., 2., 4., 6., 8.])
    """
    values = unit_values("encode.burst.x", x).ravel()
    window = positive("encode.burst.window", window, "ms")
    n_max, T_min, T_max = burst_of("encode.burst", n_max, T_min, T_max)
    gaps = np.arange(1, n_max)  # a burst of gaps + 1 spikes is longest for the smallest x that has it
    longest = float((gaps * (T_max - gaps / n_max * (T_max - T_min))).max())
    if window <= longest:
        raise ValueError(
            f"encode.burst.window: must be > {longest:g} ms, the longest burst, got {window:g} "
            "(a smaller T_max or n_max makes it shorter)"
        )
    i, k = runs(np.ceil(values * n_max).astype(np.int64))
    return trains(k * (T_max - values[i] * (T_max - T_min)), i, values.size, window)


def temporal(x: ArrayLike, *, T_min: float = 2.0, T_max: float = 20.0) -> SpikeTrains:
    """A sequence of values as the intervals of one spike train: every spike counts ("full temporal code").

    The first axis of x is the sequence: x[k] is the interval T_max - x[k] (T_max - T_min) between spike k and spike k + 1,
    and the first spike is at 0. 0 is the longest interval. Decoding is exact; one lost spike merges two values and moves
    all that follow.

    Parameters
    ----------
    x : array, shape (n,) or (n, features…)
        Values in [0, 1]; one neuron for (n,), else one for each feature.
    T_min, T_max : float
        Shortest and longest interval, in ms (default 2 and 20).

    The window is (n + 1) T_max long, whatever the values are.

    Raises
    ------
    ValueError, TypeError
        For a value outside [0, 1] or NaN, with its index; for other arguments out of range.

    Source: Rieke, Warland, de Ruyter van Steveninck & Bialek (1997), Spikes, ISBN 978-0-262-18174-7.

    >>> temporal([1.0, 0.5, 0.0]).t
    array([ 0.,  2., 13., 33.])
    """
    values = np.atleast_1d(unit_values("encode.temporal.x", x))
    T_min, T_max = between_of("encode.temporal", T_min, T_max)
    length, n = len(values), int(np.prod(values.shape[1:]))
    t_stop = (length + 1) * T_max
    if not values.size:
        return trains(np.empty(0), np.empty(0, np.int64), n, t_stop)
    intervals = T_max - values.reshape(length, n).T * (T_max - T_min)
    t = np.cumsum(np.column_stack([np.zeros(n), intervals]), axis=1)
    return trains(t.ravel(), np.repeat(np.arange(n), length + 1), n, t_stop)


def cycle_of(name: str, period: float, span: float) -> tuple[float, float]:
    period = positive(f"{name}.period", period, "ms")
    span = number(f"{name}.span", span)
    if not 0.0 < span < 1.0:
        raise ValueError(
            f"{name}.span: must be 0 < span < 1, got {span:g} (0.75 leaves a quarter cycle empty)"
        )
    return period, span


def burst_of(name: str, n_max: int, T_min: float, T_max: float) -> tuple[int, float, float]:
    return counted(f"{name}.n_max", n_max, 2, MOST_SPIKES), *between_of(name, T_min, T_max)


def between_of(name: str, T_min: float, T_max: float) -> tuple[float, float]:
    T_min, T_max = positive(f"{name}.T_min", T_min, "ms"), positive(f"{name}.T_max", T_max, "ms")
    if T_max <= T_min:
        raise ValueError(f"{name}.T_max: must be > T_min = {T_min:g} ms, got {T_max:g}")
    return T_min, T_max
