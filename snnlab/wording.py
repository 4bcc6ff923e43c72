"""Wording: data in words, for the alternative texts of plots.

Numbers are rounded to what another machine reproduces, so that the texts of two executed notebooks can be compared.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .spikes import SpikeTrains


def number(value: float, span: float | None = None) -> str:
    """`value` in plain decimals, to four significant digits of `span` (default: of itself).

    So rounded, a result that differs in its last bits between machines reads the same.

    >>> number(49.23456), number(1e-15, span=20.0), number(-0.0), number(123456.7), number(2e-7)
    ('49.23', '0', '0', '123457', '2e-07')
    """
    if not math.isfinite(value):
        return str(float(value))
    span = max(abs(value), abs(span or 0.0))
    if span == 0:
        return "0"
    if not 1e-4 <= span < 1e7:
        return f"{value:.4g}"
    return _decimals(value, max(0, 3 - math.floor(math.log10(span))))


def tenths(value: float) -> str:
    """A time in ms, a voltage in mV or a rate in Hz to one decimal, however large.

    >>> tenths(9.300000000000001), tenths(12000.0), tenths(-65.0)
    ('9.3', '12000', '-65')
    """
    return _decimals(value, 1)


def extent(values: ArrayLike) -> str:
    """The range of values in words.

    >>> extent([3.0, 1.0, 2.0]), extent([5.0, 5.0]), extent([])
    ('from 1 to 3', 'at 5', 'without values')
    """
    finite = np.ravel(np.asarray(values, dtype=np.float64))
    finite = finite[np.isfinite(finite)]
    if not finite.size:
        return "without values"
    low, high = float(finite.min()), float(finite.max())
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high)):
        return f"at {number(high)}"
    return f"from {number(low, span)} to {number(high, span)}"


def count(n: int, noun: str) -> str:
    """A number and its noun, in the plural where it is due.

    >>> count(1, "spike"), count(0, "spike")
    ('1 spike', '0 spikes')
    """
    return f"{n} {noun}" + ("" if n == 1 else "s")


def of_trace(spikes: SpikeTrains, name: str, unit: str, ids: Any, values: Any, v_reset: float | None) -> str:
    """A recorded state of the neurons `ids`; `v_reset` is given if the trace was drawn with its spikes.

    >>> spikes = SpikeTrains([9.3, 20.0], [0, 0], 1, t_stop=50.0)
    >>> of_trace(spikes, "Membrane potential", "mV", [0], [-70.0, -51.0], v_reset=-65.0)
    'Membrane potential of 1 neuron over 50 ms, from -70 to -51 mV: 2 spikes, the first at 9.3 ms, the last at 20 ms; \
the voltage resets to -65 mV after each'
    """
    which = count(spikes.n, "neuron")
    if len(ids) < spikes.n:
        which = f"{'neurons' if len(ids) > 1 else 'neuron'} {_and(ids)} of {spikes.n}"
    text = (
        f"{name} of {which} {_span(spikes.t_start, spikes.t_stop)}, {extent(values)}{unit and ' ' + unit}: "
    )
    counts = spikes.counts()[ids]
    if len(ids) > 1:
        return text + (f"{_and(counts)} spikes" if counts.any() else "no spikes")
    text += _times(spikes.of(ids[0]))
    if v_reset is not None and counts.any():
        text += f"; the voltage resets to {tenths(v_reset)} mV after {'each' if counts[0] > 1 else 'it'}"
    return text


def of_raster(spikes: SpikeTrains) -> str:
    """Spike trains: their times for one neuron, their counts for a few, their statistics for many.

    >>> of_raster(SpikeTrains([1.0, 2.0], [0, 0], 2, t_stop=50.0))
    'Spikes of 2 neurons over 50 ms: 2 and 0 spikes'
    """
    text = f"Spikes of {count(spikes.n, 'neuron')} {_span(spikes.t_start, spikes.t_stop)}: "
    if spikes.n == 1 or not len(spikes):
        return text + _times(spikes.t)
    counts = spikes.counts()
    if spikes.n <= 5:
        return text + f"{_and(counts)} spikes"
    text += f"{count(len(spikes), 'spike')}, {counts.min()} to {counts.max()} per neuron"
    if spikes.t_stop > spikes.t_start:
        text += f", mean rate {tenths(spikes.rate().mean())} Hz"
    return text


def of_intervals(intervals: Any, edges: Any, counts: Any) -> str:
    """A histogram of intervals: their range, their mean, and its highest bin.

    >>> of_intervals(np.array([5.0, 5.5, 9.0]), np.array([0.0, 5.0, 10.0]), np.array([0, 3]))
    'Histogram of 3 intervals from 5 to 9 ms, mean 6.5 ms; the fullest bin has 3, from 5 to 10 ms'
    """
    text = f"Histogram of {count(len(intervals), 'interval')} {extent(intervals)} ms, mean {tenths(np.mean(intervals))} ms"
    k = int(np.argmax(counts))
    return text + f"; the fullest bin has {counts[k]}, from {number(edges[k])} to {number(edges[k + 1])} ms"


def of_rates(I: Any, rate: Any) -> str:
    """An f–I curve: where it begins, and its top.

    >>> of_rates(np.array([0.0, 200.0, 300.0]), np.array([0.0, 0.0, 49.2]))
    'silent up to 200 pA, highest rate 49.2 Hz at 300 pA'
    """
    if not rate.any():
        return "silent throughout"
    silent, active = I[rate == 0], I[rate > 0]
    begins = silent.size and silent.max() < active.min()
    text = f"silent up to {number(silent.max())} pA, " if begins else ""
    return f"{text}highest rate {tenths(rate.max())} Hz at {number(I[rate.argmax()])} pA"


def of_current(t: Any, values: Any) -> str:
    """A current (n_samples, n) at the times t: its steps if they are few, else its range.

    >>> of_current(np.arange(4.0), np.array([[0.0], [250.0], [250.0], [0.0]]))
    'Input current over 4 ms: 0 pA, 250 pA from 1 ms on, 0 pA from 3 ms on'
    """
    end = t[-1] + (t[1] - t[0] if len(t) > 1 else 0.0)  # the last value is held for a step too
    text = f"Input current {_span(t[0], end)}: "
    changes = np.flatnonzero(np.any(np.diff(values, axis=0), axis=1)) + 1
    if values.shape[1] > 1:
        return text + f"{count(values.shape[1], 'neuron')}, {extent(values)} pA"
    if len(changes) > 6:
        return text + f"{extent(values)} pA"
    steps = [f", {number(values[k, 0])} pA from {tenths(t[k])} ms on" for k in changes]
    return text + f"{number(values[0, 0])} pA" + "".join(steps)


def of_course(x: Any, y: Any) -> str:
    """How y(x) runs: rising, falling, or with its lowest and highest point.

    >>> of_course(np.array([1.0, 2.0, 3.0]), np.array([5.0, 4.0, 2.0]))
    'falls from 5 at 1 to 2 at 3'
    """
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    if not len(y):
        return "no values"

    def at(k: Any) -> str:
        return f"{number(y[k], np.ptp(y))} at {number(x[k], np.ptp(x))}"

    change = np.diff(y)
    if not change.any():
        return f"stays at {number(y[0])}"
    if np.all(change >= 0) or np.all(change <= 0):
        return f"{'rises' if y[-1] > y[0] else 'falls'} from {at(0)} to {at(-1)}"
    return f"from {at(0)} to {at(-1)}, lowest {at(y.argmin())}, highest {at(y.argmax())}"


def of_phase_plane(plane: Any) -> str:
    """A phase plane: its part of the plane, and its fixed points.

    >>> import snnlab as snn
    >>> of_phase_plane(snn.phase_plane(snn.FitzHughNagumo(), I=0.5))
    'Phase plane of FitzHughNagumo at I = 0.5, v from -2.5 to 2.5 and w from -2.875 to 4.625, with arrows of the flow: \
the nullclines of v and w meet at an unstable focus at v = -0.805, w = -0.131'
    """
    x, y = plane.names
    text = f"Phase plane of {type(plane.model).__name__} at I = {number(plane.I)}"
    if plane.held:
        text += " with " + _and(f"{name} = {number(value)}" for name, value in plane.held.items())
    text += f", {x} {extent(plane.xlim)} and {y} {extent(plane.ylim)}, with arrows of the flow: "
    if not plane.fixed_points:
        return text + f"the nullclines of {x} and {y} do not meet"
    spans = np.ptp(plane.xlim), np.ptp(plane.ylim)
    points = [
        f"{'an' if p.kind[0] in 'aeiou' else 'a'} {p.kind} at {x} = {number(p.x, spans[0])}, {y} = {number(p.y, spans[1])}"
        for p in plane.fixed_points
    ]
    return text + f"the nullclines of {x} and {y} meet at " + "; ".join(points)


def of_path(names: Any, x: Any, y: Any) -> str:
    """A path in a plane: where it begins, where it ends, and how far it goes.

    >>> of_path(("v", "w"), np.array([0.0, 2.0, 1.0]), np.array([1.0, 1.0, 3.0]))
    'from v = 0, w = 1 to v = 1, w = 3, with v from 0 to 2 and w from 1 to 3'
    """
    begin, end = (
        ", ".join(f"{n} = {number(z[k], np.ptp(z))}" for n, z in zip(names, (x, y), strict=True))
        for k in (0, -1)
    )
    return f"from {begin} to {end}, with {names[0]} {extent(x)} and {names[1]} {extent(y)}"


def _times(times: Any) -> str:
    if not len(times):
        return "no spikes"
    if len(times) == 1:
        return f"1 spike, at {tenths(times[0])} ms"
    return f"{len(times)} spikes, the first at {tenths(times[0])} ms, the last at {tenths(times[-1])} ms"


def _span(start: float, stop: float) -> str:
    return f"over {tenths(stop)} ms" if start == 0 else f"from {tenths(start)} to {tenths(stop)} ms"


def _and(items: Any) -> str:
    *first, last = map(str, items)
    return f"{', '.join(first)} and {last}" if first else last


def _decimals(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
