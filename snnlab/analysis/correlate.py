"""What happens around a spike, or around any other event: aligned trains, correlograms, spike-triggered averages."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arguments import number
from ..spikes import SpikeTrains
from . import given

Curve = NDArray[np.floating]


def aligned(spikes: SpikeTrains | ArrayLike, events: ArrayLike, before: float, after: float) -> SpikeTrains:
    """One train cut into trials: a train for each event, with time counted from the event.

    `psth` and `plots.raster` of what is returned show the response to a repeated stimulus.

    Parameters
    ----------
    spikes : SpikeTrains of one neuron, or array of times in ms
    events : array (n_events,)
        Times of the events in ms.
    before, after : float
        How long before and after each event, in ms; before + after > 0. A spike at exactly `before` is kept.

    Returns
    -------
    SpikeTrains
        Of n_events trains, from -before to after. Where trials overlap, a spike is in both.

    Raises
    ------
    TypeError, ValueError
        For more than one neuron, times that are no numbers, or an empty window.

    Examples
    --------
    >>> trials = aligned([9.0, 12.0, 31.0], events=[10.0, 30.0], before=2.0, after=5.0)
    >>> trials
    SpikeTrains(3 spikes of 2 neurons, -2 to 5 ms)
    >>> trials.of(0)
    array([-1.,  2.])
    """
    t = given.times("aligned.spikes", spikes)
    events = given.times("aligned.events", events)
    before, after = number("aligned.before", before), number("aligned.after", after)
    if before + after <= 0:
        raise ValueError(f"aligned.after: must be > -before = {-before:g} ms, got {after:g}")
    event, spike = _pairs(events, t, -before, after)
    # Clipped, since (t + before) - before need not be t.
    return SpikeTrains(
        np.clip(t[spike] - events[event], -before, after), event, n=len(events), t_stop=after, t_start=-before
    )


def cross_correlogram(
    a: SpikeTrains, b: SpikeTrains, bin: float = 1.0, max_lag: float = 50.0
) -> tuple[Curve, Curve]:
    """The rate of train b as seen from the spikes of train a: how often does b fire a time `lag` after a?

    Each pair of spikes counts at lag t_b - t_a. The counts are divided by the number of a's spikes that could have had a
    partner at this lag within the window, and by the bin: independent trains give the rate of b at every lag.
    The middle bin has its centre at 0. A lag on the edge of two bins, as is common for spikes on a grid, counts half in
    each: the correlogram of (b, a) is exactly that of (a, b) read backwards.

    Parameters
    ----------
    a, b : SpikeTrains of one neuron
        Of the same window.
    bin : float
        Width of a bin in ms (default 1).
    max_lag : float
        The largest lag in ms (default 50), at least one bin and less than the window; rounded to whole bins.

    Returns
    -------
    lag : array (2 m + 1,)
        Centres of the bins in ms, from -max_lag to max_lag.
    rate : array (2 m + 1,)
        Hz; NaN if a is silent.

    Raises
    ------
    TypeError, ValueError
        For what is not a train of one neuron, windows that differ, and bins and lags out of range.

    References
    ----------
    Perkel, Gerstein & Moore (1967), Biophysical Journal 7, 419-440, https://doi.org/10.1016/S0006-3495(67)86597-4

    Examples
    --------
    >>> a = SpikeTrains([10.0, 50.0], [0, 0], n=1, t_stop=100.0)
    >>> b = SpikeTrains([12.0, 52.0], [0, 0], n=1, t_stop=100.0)
    >>> lag, rate = cross_correlogram(a, b, bin=1.0, max_lag=3.0)
    >>> float(lag[rate.argmax()])
    2.0
    """
    a, b = (_one("cross_correlogram", name, train) for name, train in (("a", a), ("b", b)))
    given.same_window("cross_correlogram.b", a, b)
    return _correlogram("cross_correlogram", a, b, bin, max_lag, itself=False)


def autocorrelogram(spikes: SpikeTrains, bin: float = 1.0, max_lag: float = 50.0) -> tuple[Curve, Curve]:
    """The rate of a train as seen from its own spikes; a spike is not its own partner.

    Flat at the rate for a Poisson process; 0 at lags below the refractory period; peaks at multiples of the interval
    of a clock.

    Parameters
    ----------
    spikes : SpikeTrains of one neuron
    bin, max_lag : float
        As for `cross_correlogram`.

    Returns
    -------
    lag, rate : arrays (2 m + 1,)
        ms and Hz; symmetric.

    Raises
    ------
    TypeError, ValueError
        As `cross_correlogram`.

    Examples
    --------
    >>> clock = SpikeTrains(np.arange(10.0, 1001.0, 10.0), np.zeros(100, int), n=1, t_stop=1000.0)
    >>> lag, rate = autocorrelogram(clock, bin=2.0, max_lag=20.0)
    >>> lag[rate > 0]
    array([-20., -10.,  10.,  20.])
    """
    train = _one("autocorrelogram", "spikes", spikes)
    return _correlogram("autocorrelogram", train, train, bin, max_lag, itself=True)


def sta(
    spikes: SpikeTrains | ArrayLike, stimulus: ArrayLike, dt: float, before: float = 50.0, after: float = 10.0
) -> tuple[Curve, Curve]:
    """The spike-triggered average: the mean stimulus around a spike.

    Sample k of the stimulus stands at k dt, counted from the start of the trains. The spike is at lag 0, what came
    before it at negative lags. A time between two samples goes to the nearer one. Spikes whose window is not wholly
    within the stimulus are left out.

    Parameters
    ----------
    spikes : SpikeTrains of one neuron, or array of times in ms
    stimulus : array (n_samples,)
        In any unit.
    dt : float
        Step of the stimulus in ms.
    before, after : float
        How far to look back and ahead from a spike, in ms, >= 0 (default 50 and 10); rounded to whole steps.

    Returns
    -------
    lag : array (n,)
        ms, from -before to after in steps of dt.
    mean : array (n,)
        In the unit of the stimulus. NaN if no spike has its window within the stimulus.

    Raises
    ------
    TypeError, ValueError
        For a stimulus that is not one-dimensional and finite, a negative time, or a window longer than the stimulus.

    References
    ----------
    de Boer & Kuyper (1968), IEEE Transactions on Biomedical Engineering 15, 169-179, https://doi.org/10.1109/TBME.1968.4502561

    Examples
    --------
    >>> stimulus = np.zeros(100)
    >>> stimulus[[20, 60]] = 1.0
    >>> lag, mean = sta([23.0, 63.0], stimulus, dt=1.0, before=5.0, after=0.0)
    >>> float(lag[mean.argmax()])
    -3.0
    """
    t, dt = given.times("sta.spikes", spikes), given.positive("sta.dt", dt)
    values = given.values("sta.stimulus", stimulus)
    back, ahead = (
        round(given.not_negative(f"sta.{name}", x) / dt) for name, x in (("before", before), ("after", after))
    )
    if back + ahead >= len(values):
        raise ValueError(
            f"sta.before: before + after must be shorter than the stimulus, {len(values) * dt:g} ms, "
            f"got {before:g} + {after:g} ms"
        )
    start = spikes.t_start if isinstance(spikes, SpikeTrains) else 0.0
    k = np.round((t - start) / dt).astype(np.int64)
    k = k[(k >= back) & (k + ahead < len(values))]
    steps = np.arange(-back, ahead + 1)
    if not len(k):
        return steps * dt, np.full(len(steps), np.nan)
    # Lag by lag: the table of all windows could be larger than memory.
    return steps * dt, np.array([values[k + step].mean() for step in steps])


def _one(function: str, name: str, value: Any) -> SpikeTrains:
    train = given.trains(f"{function}.{name}", value)
    given.times(f"{function}.{name}", train)  # of one neuron
    return train


def _correlogram(
    name: str, a: SpikeTrains, b: SpikeTrains, bin: float, max_lag: float, itself: bool
) -> tuple[Curve, Curve]:
    bin, max_lag = given.positive(f"{name}.bin", bin), given.positive(f"{name}.max_lag", max_lag)
    m, duration = round(max_lag / bin), a.t_stop - a.t_start
    if m < 1 or (m + 0.5) * bin >= duration:
        raise ValueError(
            f"{name}.max_lag: must be at least a bin of {bin:g} ms and less than the window of {duration:g} ms, "
            f"got {max_lag:g}"
        )
    reach = (m + 0.5 + given.ON_EDGE) * bin
    first, second = _pairs(a.t, b.t, -reach, reach)
    if itself:
        first, second = first[first != second], second[first != second]
    x = (b.t[second] - a.t[first]) / bin + m + 0.5  # in bins from the left edge
    # Each pair is counted twice, by half: in the same bin, but on an edge in both.
    bins = np.concatenate([np.floor(x + given.ON_EDGE), np.ceil(x - given.ON_EDGE) - 1])
    kept = bins[(bins >= 0) & (bins <= 2 * m)].astype(np.int64)
    count = 0.5 * np.bincount(kept, minlength=2 * m + 1)
    lag = bin * np.arange(-m, m + 1)
    seen = len(a) * (1.0 - np.abs(lag) / duration) * bin / 1000.0  # s
    return lag, np.divide(count, seen, out=np.full(2 * m + 1, np.nan), where=seen > 0)


def _pairs(
    a: NDArray[np.float64], b: NDArray[np.float64], low: float, high: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The indices (j, k) of all pairs with low <= b[k] - a[j] <= high; a and b ascend."""
    begin, end = np.searchsorted(b, a + low, "left"), np.searchsorted(b, a + high, "right")
    n = end - begin
    first = np.repeat(np.arange(len(a)), n)
    return first, np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n) + np.repeat(begin, n)
