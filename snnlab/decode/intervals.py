"""Values from the times between events."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..encode.intervals import between_of, burst_of, cycle_of
from ..encode.values import Array
from ..spikes import SpikeTrains
from .read import by_neuron, shape_of, shaped, window_of


def phase(
    spikes: SpikeTrains,
    window: float | None = None,
    *,
    period: float = 25.0,
    span: float = 0.75,
    shape: Any = None,
) -> Array:
    """The values of `encode.phase`, from the mean phase of each neuron's spikes: 1 - phase/(2 pi span).

    The mean is that of directions on the circle, so that spikes just before and just after the start of a cycle
    average to its start. In the empty part of the circle, the nearer end of the span is taken. Silence, which
    the encoder never makes, is 0.

    >>> from snnlab import encode
    >>> phase(encode.phase([0.0, 0.3, 1.0])).round(9)
    array([0. , 0.3, 1. ])
    """
    window_of("decode.phase", spikes, window)
    period, span = cycle_of("decode.phase", period, span)
    angle = 2.0 * np.pi * (spikes.t - spikes.t_start) / period
    east, north = (np.bincount(spikes.i, f(angle), minlength=spikes.n) for f in (np.cos, np.sin))
    turn = np.arctan2(north, east) / (2.0 * np.pi)  # -1/2 … 1/2
    middle = 0.5 * (1.0 + span)  # of the empty part; beyond it a spike was early, not late
    turn = np.where(turn < middle - 1.0, turn + 1.0, turn)
    values = np.where(spikes.counts() > 0, np.clip(1.0 - turn / span, 0.0, 1.0), 0.0)
    return shaped("decode.phase", values, shape)


def burst(
    spikes: SpikeTrains,
    window: float | None = None,
    *,
    n_max: int = 5,
    T_min: float = 2.0,
    T_max: float = 20.0,
    shape: Any = None,
) -> Array:
    """The values of `encode.burst`, from the median interval T of each neuron: (T_max - T)/(T_max - T_min).

    A single spike is a value between 0 and 1/n_max, and is taken for 1/(2 n_max). Silence is 0. The median
    stands one lost spike in a long burst.

    >>> from snnlab import encode
    >>> burst(encode.burst([0.0, 0.05, 0.3, 1.0])).round(9)
    array([0. , 0.1, 0.3, 1. ])
    """
    window_of("decode.burst", spikes, window)
    n_max, T_min, T_max = burst_of("decode.burst", n_max, T_min, T_max)
    counts = spikes.counts()
    values = np.where(counts > 0, 0.5 / n_max, 0.0)
    many = counts > 1
    values[many] = (T_max - _median_intervals(spikes)[many]) / (T_max - T_min)
    return shaped("decode.burst", np.clip(values, 0.0, 1.0), shape)


def temporal(spikes: SpikeTrains, *, T_min: float = 2.0, T_max: float = 20.0, shape: Any = None) -> Array:
    """The values of `encode.temporal`: interval T is the value (T_max - T)/(T_max - T_min).

    `shape` is (n,) or (n, features…), that of the encoded values. Default: (n,) for one neuron, (n, neurons) for more, with
    the n that the window tells. Intervals that are missing at the end, since spikes were lost, are 0; surplus ones are dropped.

    >>> from snnlab import encode
    >>> temporal(encode.temporal([0.0, 0.3, 1.0])).round(9)
    array([0. , 0.3, 1. ])
    """
    name = "decode.temporal"
    window = window_of(name, spikes, None)
    T_min, T_max = between_of(name, T_min, T_max)
    if shape is None:
        n = max(int(round(window / T_max)) - 1, 0)
        shape = (n,) if spikes.n == 1 else (n, spikes.n)
    wanted = shape_of(name, shape) or (1,)
    if int(np.prod(wanted[1:])) != spikes.n:
        raise ValueError(f"{name}.shape: must have {spikes.n} features after its first axis, got {wanted}")
    values = np.zeros((wanted[0], spikes.n))
    t, i, start = by_neuron(spikes)
    k = np.arange(len(t)) - start[i] - 1  # the number of the interval that a spike ends
    ends = np.flatnonzero((k >= 0) & (k < wanted[0]))
    values[k[ends], i[ends]] = (T_max - (t[ends] - t[ends - 1])) / (T_max - T_min)
    return np.clip(values, 0.0, 1.0).reshape(shape_of(name, shape))


def _median_intervals(spikes: SpikeTrains) -> Array:
    """The median interval of each neuron, shape (n,); NaN for fewer than two spikes."""
    t, i, _ = by_neuron(spikes)
    same = np.diff(i) == 0
    interval, owner = np.diff(t)[same], i[1:][same]
    order = np.lexsort((interval, owner))
    interval = interval[order]
    count = np.bincount(owner, minlength=spikes.n)
    first = np.cumsum(count) - count
    median = np.full(spikes.n, np.nan)
    some = count > 0
    low, high = (first + (count - 1) // 2)[some], (first + count // 2)[some]
    median[some] = 0.5 * (interval[low] + interval[high])
    return median
