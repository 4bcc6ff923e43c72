"""Codes of changes: ON spikes when a signal rises, OFF spikes when it falls, nothing while it stands still."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..spikes import MAX_NEURONS, SpikeTrains
from .values import Array, finite_values, positive, trains

SAME = 1e-9  # of a threshold: 0.3 is three times 0.1, whatever the last bit says
MOST_EVENTS = 200_000_000


def delta(x: ArrayLike, threshold: float = 0.1, *, dt: float = 1.0) -> SpikeTrains:
    """An event whenever the signal has moved by `threshold` since the last event (send on delta).

    The signal goes straight from sample to sample, and each event has the time at which that line crosses its level.
    A signal that stands still makes none; a large step makes several. At every sample, the
    decoder is wrong by less than one threshold, for ever.

    Parameters
    ----------
    x : array, shape (time, …)
        Any finite numbers; sample k is at k dt. The n signals are numbered in the order of x[0].ravel().
    threshold : float
        In the unit of x (default 0.1).
    dt : float
        Time between samples, in ms (default 1).

    Returns
    -------
    SpikeTrains
        Of 2 n neurons: ON events of the n signals, then their OFF events; in (0, t_stop], t_stop = time dt.

    Raises
    ------
    ValueError, TypeError
        For NaN, with its index; for a threshold or dt that is not > 0.

    Source: Miśkowicz (2006), https://doi.org/10.3390/s6010049.

    >>> spikes = delta([0.0, 0.2, 0.2, 0.1], threshold=0.1, dt=10.0)
    >>> spikes.of(0), spikes.of(1)
    (array([ 5., 10.]), array([30.]))
    """
    signal, dt = series_of("encode.delta", x, dt)
    threshold = positive("encode.delta.threshold", threshold, "(in the unit of x)")
    return both(
        *crossings("encode.delta", signal, threshold, threshold, dt), signal.shape[1], len(signal) * dt
    )


def on_off(x: ArrayLike, threshold: float = 0.1, *, dt: float = 1.0) -> SpikeTrains:
    """At most one event for a sample: ON if it is higher than the one before by `threshold` or more, OFF if lower.

    Simpler than `delta`: it forgets what it has told. A slow drift makes no event at all, a large jump only one,
    and the errors of the decoder add up without a bound.

    Parameters, order of the neurons and errors are those of `delta`; an event has the time of the later sample.

    Source: Petro, Kasabov & Kiss (2020), https://doi.org/10.1109/TNNLS.2019.2906158, "threshold-based representation".

    >>> on_off([0.0, 0.5, 0.5, 0.45, 0.3], threshold=0.1, dt=10.0).t
    array([10., 40.])
    """
    signal, dt = series_of("encode.on_off", x, dt)
    threshold = positive("encode.on_off.threshold", threshold, "(in the unit of x)")
    change = np.diff(signal, axis=0) / threshold
    pairs = [np.nonzero(sign * change.T >= 1.0 - SAME) for sign in (1, -1)]
    (on, k_on), (off, k_off) = pairs
    times = ((k_on + 1) * dt, (k_off + 1) * dt)
    return both((times[0], on), (times[1], off), signal.shape[1], len(signal) * dt)


def series_of(name: str, x: ArrayLike, dt: float) -> tuple[Array, float]:
    """The signals as (time, n), and dt."""
    signal = finite_values(f"{name}.x", x)
    if signal.ndim == 0:
        raise ValueError(f"{name}.x: must have a first axis of time, got one number")
    n = int(np.prod(signal.shape[1:]))
    if 2 * n > MAX_NEURONS:
        raise ValueError(f"{name}.x: must need at most {MAX_NEURONS:,} neurons, got {2 * n:,}")
    return signal.reshape(len(signal), n), positive(f"{name}.dt", dt, "ms")


Events = tuple[Array, NDArray[np.integer]]  # times in ms, and the signal of each, by ascending signal


def both(on: Events, off: Events, n: int, t_stop: float) -> SpikeTrains:
    """ON events are neurons 0 … n - 1, OFF events n … 2 n - 1."""
    t, i = np.concatenate([on[0], off[0]]), np.concatenate([on[1], off[1] + n])
    return trains(t, i, 2 * n, t_stop)


def crossings(
    name: str, signal: Array, up: float | Array, down: float | Array, dt: float
) -> tuple[Events, Events]:
    """ON and OFF events of signals (time, n): each time that one is a threshold above or below its last event.

    `up` and `down` are the thresholds, one number or (n,). If they are equal, all levels lie on one grid, and a
    level follows its signal like a ring on a stick: clip(level, floor, ceil) of the signal. Clips of clips are
    clips, so that all times are found in log2(time) passes over the whole array. Unequal thresholds go step by step.
    """
    if len(signal) < 2 or not signal.size:
        nothing = np.empty(0), np.empty(0, np.int64)
        return nothing, nothing
    if np.array_equal(up, down):
        q = (signal - signal[0]) / up
        _affordable(name, np.abs(np.diff(q, axis=0)).sum())
        level = _followed(np.floor(q + SAME), np.ceil(q - SAME))
        return _events(q, level, 1, dt), _events(q, level, -1, dt)
    return _stepwise(
        name, signal, np.broadcast_to(up, signal.shape[1]), np.broadcast_to(down, signal.shape[1]), dt
    )


def _affordable(name: str, events: float) -> None:
    if not events <= MOST_EVENTS:
        raise ValueError(
            f"{name}.threshold: must make at most {MOST_EVENTS:,} events, got about {events:.3g} (is x in the unit of threshold?)"
        )


def _followed(low: Array, high: Array) -> Array:
    """level[k] = clip(level[k - 1], low[k], high[k]) from level 0, by a prefix scan over pairs (low, high)."""
    low, high = low.copy(), high.copy()
    shift = 1
    while shift < len(low):
        a, b = low[shift:].copy(), high[shift:].copy()
        low[shift:], high[shift:] = np.clip(low[:-shift], a, b), np.clip(high[:-shift], a, b)
        shift *= 2
    return np.clip(0.0, low, high)


def _events(q: Array, level: Array, sign: int, dt: float) -> Events:
    """The times at which the line between two samples of q crosses the levels that it reaches in direction `sign`."""
    k, i = np.nonzero(sign * np.diff(level, axis=0) > 0)
    order = np.argsort(i, kind="stable")
    k, i = k[order], i[order]
    count = np.abs(level[k + 1, i] - level[k, i]).astype(np.int64)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + 1
    k, i = np.repeat(k, count), np.repeat(i, count)
    reached = (level[k, i] + sign * step - q[k, i]) / (q[k + 1, i] - q[k, i])
    return (k + np.clip(reached, 0.0, 1.0)) * dt, i


def _stepwise(name: str, signal: Array, up: Array, down: Array, dt: float) -> tuple[Events, Events]:
    """The same for thresholds that differ between ON and OFF, with one NumPy step for each sample."""
    level = signal[0].copy()
    found: dict[int, list[Events]] = {1: [], -1: []}
    total = 0
    for k in range(1, len(signal)):
        before, now = signal[k - 1], signal[k]
        for sign, threshold in ((1, up), (-1, down)):
            count = np.floor(sign * (now - level) / threshold + SAME)
            i = np.flatnonzero(count > 0)
            if not len(i):
                continue
            many = count[i].astype(np.int64)
            total += int(many.sum())
            _affordable(name, total)
            step = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + 1
            who = np.repeat(i, many)
            reached = (level[who] + sign * step * threshold[who] - before[who]) / (now - before)[who]
            found[sign].append(((k - 1 + np.clip(reached, 0.0, 1.0)) * dt, who))
            level[i] += sign * count[i] * threshold[i]
    return _by_signal(found[1]), _by_signal(found[-1])


def _by_signal(pieces: list[Events]) -> Events:
    if not pieces:
        return np.empty(0), np.empty(0, np.int64)
    t, i = np.concatenate([t for t, _ in pieces]), np.concatenate([i for _, i in pieces])
    order = np.argsort(i, kind="stable")
    return t[order], i[order]
