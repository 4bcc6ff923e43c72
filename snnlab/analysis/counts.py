"""Spike counts in bins of time, and what is read from them: rate, variability, synchrony, rhythm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..spikes import SpikeTrains
from . import given

Curve = NDArray[np.floating]


def binned(spikes: SpikeTrains, bin: float) -> NDArray[np.int64]:
    """How many spikes each neuron has in each bin of time.

    Bins begin at `spikes.t_start` and are open on the left, a < t <= b, as in `SpikeTrains.between`: a simulated spike
    carries the time of the end of its step. What is left at the end and fills no bin is left out.

    Parameters
    ----------
    spikes : SpikeTrains
    bin : float
        Width of a bin in ms.

    Returns
    -------
    array of int, shape (n, n_bins)

    Raises
    ------
    TypeError, ValueError
        If `spikes` are no SpikeTrains, or `bin` is not > 0 or longer than the trains.

    Examples
    --------
    >>> binned(SpikeTrains([1.0, 10.0, 11.0, 12.0], [0, 0, 0, 1], n=2, t_stop=30.0), bin=10.0)
    array([[2, 1, 0],
           [0, 1, 0]])
    """
    bin, n_bins = given.bins("binned.bin", given.trains("binned.spikes", spikes), bin)
    k = given.bin_of(spikes, bin)
    kept = k < n_bins
    flat = spikes.i[kept].astype(np.int64) * n_bins + k[kept]
    return np.bincount(flat, minlength=spikes.n * n_bins).reshape(spikes.n, n_bins)


def psth(spikes: SpikeTrains, bin: float) -> tuple[Curve, Curve]:
    """The rate over time, averaged over the trains: the peristimulus time histogram, or a population's rate.

    If the trains are the trials of one neuron (see `aligned`), this is the PSTH; if they are the neurons of a network
    in one trial, it is the population rate. The arithmetic is the same.

    Parameters
    ----------
    spikes : SpikeTrains
        At least one train.
    bin : float
        Width of a bin in ms; see `binned`.

    Returns
    -------
    t : array (n_bins,)
        Centres of the bins in ms.
    rate : array (n_bins,)
        Hz per train.

    Raises
    ------
    TypeError, ValueError
        As `binned`, and if there is no train.

    Examples
    --------
    >>> t, rate = psth(SpikeTrains([1.0, 10.0, 11.0, 12.0], [0, 0, 0, 1], n=2, t_stop=30.0), bin=10.0)
    >>> t, rate
    (array([ 5., 15., 25.]), array([100., 100.,   0.]))
    """
    bin, n_bins = given.bins("psth.bin", given.trains("psth.spikes", spikes), bin)
    if spikes.n == 0:
        raise ValueError("psth.spikes: must have at least one train, got none")
    k = given.bin_of(spikes, bin)
    count = np.bincount(k[k < n_bins], minlength=n_bins)
    t = spikes.t_start + bin * (np.arange(n_bins) + 0.5)
    return t, count * (1000.0 / (bin * spikes.n))


def fano(spikes: SpikeTrains, window: float, over: str = "time") -> NDArray[np.float64]:
    """The Fano factor: the variance of a spike count over its mean.

    A Poisson process has 1 in every window. A renewal process (intervals independent of each other) comes to CV^2 in
    long windows. A rate that changes adds to the variance, the more so the longer the window.

    Parameters
    ----------
    spikes : SpikeTrains
    window : float
        Length of the windows in ms in which spikes are counted, side by side; see `binned`.
    over : str
        "time" (default): each neuron's counts in all windows are compared. "trains": in each window, the counts of
        all trains are compared, for trials of one experiment.

    Returns
    -------
    array
        Shape (n,) over time, (n_windows,) over trains. The variance is the plain one (divided by the number of
        counts). NaN where nothing was counted.

    Raises
    ------
    TypeError, ValueError
        As `binned`, and if there are fewer than two counts to compare.

    Examples
    --------
    >>> trains = SpikeTrains([1.0, 2.0, 11.0, 12.0, 5.0], [0, 0, 0, 0, 1], n=2, t_stop=20.0)
    >>> fano(trains, window=10.0)
    array([0. , 0.5])
    >>> fano(trains, window=10.0, over="trains")
    array([0.16666667, 1.        ])
    """
    if not isinstance(over, str) or over not in ("time", "trains"):
        raise ValueError(f'fano.over: must be "time" or "trains", got {over!r}')
    given.bins("fano.window", given.trains("fano.spikes", spikes), window)
    count = binned(spikes, window)
    if over == "trains":
        count = count.T
    if count.shape[1] < 2:
        what = "windows in the trains (take shorter ones)" if over == "time" else "trains"
        raise ValueError(f"fano.window: must leave at least 2 {what}, got {count.shape[1]}")
    mean, variance = count.mean(axis=1), count.var(axis=1)
    return np.divide(variance, mean, out=np.full(len(mean), np.nan), where=mean > 0)


def synchrony(spikes: SpikeTrains, bin: float) -> float:
    """How much the neurons of a population fire together: chi, from 0 to 1.

    chi^2 is the variance over time of the population's mean count, over the mean of the neurons' own variances. It is 1
    if all trains are equal, and 1/N for N independent ones: chi falls as 1/sqrt(N) with the size of an asynchronous
    network, and stays in a synchronous one.

    Parameters
    ----------
    spikes : SpikeTrains
        At least one train.
    bin : float
        Width of a bin in ms: what counts as together.

    Returns
    -------
    float
        chi; NaN if no count ever changes.

    Raises
    ------
    TypeError, ValueError
        As `psth`.

    References
    ----------
    Golomb (2007), Neuronal synchrony measures, Scholarpedia 2(1):1347, https://doi.org/10.4249/scholarpedia.1347; there of
    membrane potentials, here of counts.

    Examples
    --------
    >>> t = [1.0, 21.0, 22.0, 45.0]
    >>> round(synchrony(SpikeTrains(t * 2, [0] * 4 + [1] * 4, n=2, t_stop=50.0), bin=10.0), 12)
    1.0
    """
    bin, n_bins = given.bins("synchrony.bin", given.trains("synchrony.spikes", spikes), bin)
    if spikes.n == 0:
        raise ValueError("synchrony.spikes: must have at least one train, got none")
    # Only bins with spikes are stored: a large network's whole table of counts would be mostly zeros.
    k = given.bin_of(spikes, bin)
    kept = k < n_bins
    cells, count = np.unique(spikes.i[kept].astype(np.int64) * n_bins + k[kept], return_counts=True)
    neuron = cells // n_bins
    mean = np.bincount(neuron, weights=count, minlength=spikes.n) / n_bins
    square = np.bincount(neuron, weights=count**2.0, minlength=spikes.n) / n_bins
    own = float(np.mean(square - mean**2))
    common = float(np.var(np.bincount(k[kept], minlength=n_bins) / spikes.n))
    return float(np.sqrt(common / own)) if own > 0 else float("nan")


def spectrum(spikes: SpikeTrains, bin: float = 1.0, segment: float | None = None) -> tuple[Curve, Curve]:
    """The power spectrum of the population rate: which rhythms do the neurons have in common?

    The rate of `psth` is cut into segments that overlap by half; from each its mean is taken off, it is faded in and
    out (Hann), and the squared amplitudes of its Fourier transform are averaged over the segments (Welch's method).

    N independent Poisson trains of rate r have the flat spectrum 2 r/N: what stands above it is common to the
    neurons. The integral over all frequencies is the variance of the rate.

    Parameters
    ----------
    spikes : SpikeTrains
        At least one train; a single one gives the spectrum of its own spikes.
    bin : float
        Width of a bin in ms (default 1). The highest frequency is 500/bin Hz.
    segment : float, optional
        Length of a segment in ms (default: 1000, or the whole window if that is shorter). The frequencies are
        1000/segment Hz apart: a longer one tells more rhythms apart, a shorter one gives a smoother curve.

    Returns
    -------
    frequency : array (n,)
        Hz, from 0 up; the power at 0 is that of what is left when the mean is taken off.
    power : array (n,)
        Power density in Hz^2/Hz (one-sided).

    Raises
    ------
    TypeError, ValueError
        As `psth`, and if a segment has fewer than 4 bins or is longer than the window.

    References
    ----------
    Welch (1967), IEEE Transactions on Audio and Electroacoustics 15, 70-73, https://doi.org/10.1109/TAU.1967.1161901

    Examples
    --------
    >>> every_25_ms = SpikeTrains(np.arange(25.0, 5001.0, 25.0), np.zeros(200, int), n=1, t_stop=5000.0)
    >>> frequency, power = spectrum(every_25_ms)
    >>> float(frequency[1:60][power[1:60].argmax()])
    40.0
    """
    from scipy.signal import welch

    _, rate = psth(spikes, given.positive("spectrum.bin", bin))
    duration = len(rate) * bin
    segment = min(1000.0, duration) if segment is None else given.positive("spectrum.segment", segment)
    per_segment = round(segment / bin)
    if not 4 <= per_segment <= len(rate):
        raise ValueError(
            f"spectrum.segment: must be 4 bins of {bin:g} ms to the whole window of {duration:g} ms, got {segment:g}"
        )
    return welch(rate, fs=1000.0 / bin, nperseg=per_segment, window="hann", detrend="constant")
