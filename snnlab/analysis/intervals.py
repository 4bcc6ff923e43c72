"""Intervals between spikes: how regular is a train?

CV compares all intervals with their mean; LV and CV2 compare each interval with the next one only, and are therefore
hardly moved by a rate that changes slowly. All three are 0 for a clock, and 1 (on average) for a Poisson process.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..spikes import SpikeTrains
from . import given


def isi(spikes: SpikeTrains) -> NDArray[np.float64]:
    """The intervals between successive spikes of each neuron (interspike intervals).

    Parameters
    ----------
    spikes : SpikeTrains

    Returns
    -------
    array (n_intervals,)
        In ms: those of neuron 0 in order of time, then those of neuron 1, and so on. A neuron with m spikes has m - 1.

    Raises
    ------
    TypeError
        If `spikes` are no SpikeTrains.

    Examples
    --------
    >>> isi(SpikeTrains([10.0, 15.0, 12.0, 40.0], [0, 0, 1, 0], n=2, t_stop=100.0))
    array([ 5., 25.])
    """
    return _intervals("isi", spikes)[0]


def cv(spikes: SpikeTrains) -> NDArray[np.float64]:
    """The coefficient of variation of each neuron's intervals: their standard deviation over their mean.

    A Poisson process has 1, a clock 0, one with dead time d and rate l after it 1/(1 + l d). The standard deviation
    is the plain one (divided by the number of intervals).

    Parameters
    ----------
    spikes : SpikeTrains

    Returns
    -------
    array (n,)
        NaN for a neuron with fewer than two intervals.

    Raises
    ------
    TypeError
        If `spikes` are no SpikeTrains.

    Examples
    --------
    >>> cv(SpikeTrains([10.0, 20.0, 30.0, 5.0, 6.0, 9.0], [0, 0, 0, 1, 1, 1], n=3, t_stop=100.0))
    array([0. , 0.5, nan])
    """
    intervals, neuron = _intervals("cv", spikes)
    mean = _mean_of_each(intervals, neuron, spikes.n, at_least=2)
    deviation = intervals - mean[neuron]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.sqrt(_mean_of_each(deviation**2, neuron, spikes.n)) / mean


def lv(spikes: SpikeTrains) -> NDArray[np.float64]:
    """The local variation of each neuron's intervals I_k.

    LV = 3 <((I_k - I_k+1) / (I_k + I_k+1))^2>, an average over all pairs of neighbours. A Poisson process has 1, a clock 0.

    Parameters
    ----------
    spikes : SpikeTrains

    Returns
    -------
    array (n,)
        NaN for a neuron with fewer than two intervals.

    Raises
    ------
    TypeError
        If `spikes` are no SpikeTrains.

    References
    ----------
    Shinomoto, Shima & Tanji (2003), Neural Computation 15, 2823-2842, https://doi.org/10.1162/089976603322518759

    Examples
    --------
    >>> lv(SpikeTrains([0.0, 1.0, 4.0, 5.0], [0, 0, 0, 0], n=1, t_stop=10.0))
    array([0.75])
    """
    ratio, neuron = _contrasts("lv", spikes)
    return 3.0 * _mean_of_each(ratio**2, neuron, spikes.n)


def cv2(spikes: SpikeTrains) -> NDArray[np.float64]:
    """The average of 2 |I_k - I_k+1| / (I_k + I_k+1) over neighbouring intervals of each neuron.

    A Poisson process has 1, a clock 0. It is LV without the square, and so weighs extreme pairs less.

    Parameters
    ----------
    spikes : SpikeTrains

    Returns
    -------
    array (n,)
        NaN for a neuron with fewer than two intervals.

    Raises
    ------
    TypeError
        If `spikes` are no SpikeTrains.

    References
    ----------
    Holt, Softky, Koch & Douglas (1996), J Neurophysiol 75, 1806-1814, https://doi.org/10.1152/jn.1996.75.5.1806

    Examples
    --------
    >>> cv2(SpikeTrains([0.0, 1.0, 4.0, 5.0], [0, 0, 0, 0], n=1, t_stop=10.0))
    array([1.])
    """
    ratio, neuron = _contrasts("cv2", spikes)
    return 2.0 * _mean_of_each(np.abs(ratio), neuron, spikes.n)


def _intervals(name: str, spikes: SpikeTrains) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """All intervals, and the neuron of each."""
    given.trains(f"{name}.spikes", spikes)
    order = np.argsort(spikes.i, kind="stable")  # by neuron, and by time within each
    t, i = spikes.t[order], spikes.i[order]
    same = i[1:] == i[:-1]
    return np.diff(t)[same], i[1:][same]


def _contrasts(name: str, spikes: SpikeTrains) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """(I_k - I_k+1) / (I_k + I_k+1) of all neighbouring intervals, and the neuron of each."""
    intervals, neuron = _intervals(name, spikes)
    same = neuron[1:] == neuron[:-1]
    first, second = intervals[:-1][same], intervals[1:][same]
    both = first + second
    # Three spikes at one time: two intervals of 0 are equal.
    ratio = np.divide(first - second, both, out=np.zeros_like(both), where=both > 0)
    return ratio, neuron[1:][same]


def _mean_of_each(
    values: NDArray[np.float64], neuron: NDArray[np.int32], n: int, at_least: int = 1
) -> NDArray[np.float64]:
    """The mean of each neuron's values, NaN where there are fewer than `at_least`."""
    count = np.bincount(neuron, minlength=n)
    total = np.bincount(neuron, weights=values, minlength=n)
    return np.where(count >= at_least, total / np.maximum(count, 1), np.nan)
