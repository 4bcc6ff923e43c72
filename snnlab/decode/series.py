"""Signals from the events of their changes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..encode.values import Array, finite_values, positive
from ..spikes import SpikeTrains
from .read import groups_of, shape_of, window_of


def delta(
    spikes: SpikeTrains, threshold: float = 0.1, *, dt: float = 1.0, start: ArrayLike = 0.0, shape: Any = None
) -> Array:
    """The signals of `encode.delta`: from `start`, a step up for each ON event and a step down for each OFF event.

    Events tell changes only, so the first sample must be known: `start`, one number or one for each signal (default 0).
    At every sample the result differs from the signal by less than one threshold.

    `shape` is (time, …); default (time,) for one signal, (time, n) for more, with time = window/dt.

    >>> from snnlab import encode
    >>> delta(encode.delta([5.0, 5.2, 5.2, 5.1], dt=10.0), dt=10.0, start=5.0).round(9)
    array([5. , 5.2, 5.2, 5.1])
    """
    return steps_up_and_down("decode.delta", spikes, threshold, dt, start, shape)


def on_off(
    spikes: SpikeTrains, threshold: float = 0.1, *, dt: float = 1.0, start: ArrayLike = 0.0, shape: Any = None
) -> Array:
    """The signals of `encode.on_off`, rebuilt as those of `delta` are. The errors add up: there is no bound.

    >>> from snnlab import encode
    >>> on_off(encode.on_off([0.0, 0.5, 0.5, 0.5]))  # one event, however large the step
    array([0. , 0.1, 0.1, 0.1])
    """
    return steps_up_and_down("decode.on_off", spikes, threshold, dt, start, shape)


def steps_up_and_down(
    name: str, spikes: SpikeTrains, threshold: float, dt: float, start: ArrayLike, shape: Any
) -> Array:
    """`start` plus the thresholds of all events until each sample, those at its very time included."""
    window, dt = window_of(name, spikes, None), positive(f"{name}.dt", dt, "ms")
    threshold = positive(f"{name}.threshold", threshold, "(in the unit of the signal)")
    n = groups_of(name, spikes, 2, "ON and OFF")
    time = round(window / dt)
    wanted = ((time,) if n == 1 else (time, n)) if shape is None else shape_of(name, shape)
    if not wanted or wanted[0] != time or int(np.prod(wanted[1:])) != n:
        raise ValueError(f"{name}.shape: must be {time} samples of {n} signals, got {wanted}")
    first = finite_values(f"{name}.start", start)
    if first.size not in (1, n):
        raise ValueError(f"{name}.start: must be one number or one for each of {n} signals, got {first.size}")
    if not n or not time:
        return np.zeros(wanted)
    sample = np.ceil((spikes.t - spikes.t_start) / dt - 1e-6).astype(np.int64)
    seen = sample < time
    up = np.where(spikes.i < n, threshold, -threshold)
    where = sample[seen] * n + spikes.i[seen] % n
    change = np.bincount(where, up[seen], minlength=time * n).reshape(time, n)
    return (first.ravel() + np.cumsum(change, axis=0)).reshape(wanted)
