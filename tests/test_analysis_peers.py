"""`snn.analysis` against elephant and pyspike, which other people wrote."""

import numpy as np
import pytest
from needs import needs
from numpy.testing import assert_allclose

import snnlab as snn
from snnlab import analysis

DURATION = 5000.0  # ms


@pytest.fixture(scope="module")
def spikes():
    """Twenty Poisson trains in continuous time, so that no spike is on the edge of a bin, where conventions differ."""
    rng = np.random.default_rng(1)
    t = rng.uniform(0.0, DURATION, 3000)
    return snn.SpikeTrains(t, rng.integers(0, 20, 3000), n=20, t_stop=DURATION)


def as_neo(spikes):
    import neo
    import quantities as pq

    return [neo.SpikeTrain(spikes.of(i), t_stop=spikes.t_stop, units=pq.ms) for i in range(spikes.n)]


@needs("elephant")
def test_intervals_and_fano_factor(spikes):
    from elephant import statistics

    intervals = [np.diff(spikes.of(i)) for i in range(spikes.n)]
    assert_allclose(analysis.cv(spikes), [statistics.cv(x) for x in intervals], rtol=1e-12)
    assert_allclose(analysis.lv(spikes), [statistics.lv(x) for x in intervals], rtol=1e-12)
    assert_allclose(analysis.cv2(spikes), [statistics.cv2(x) for x in intervals], rtol=1e-12)
    over_trains = analysis.fano(spikes, DURATION, over="trains")
    assert_allclose(over_trains, [statistics.fanofactor(as_neo(spikes))], rtol=1e-12)


@needs("elephant")
def test_correlogram_of_spikes_on_the_centres_of_bins(spikes):
    # elephant bins both trains first; with each spike on the centre of a bin no lag is rounded, and counts agree.
    import neo
    import quantities as pq
    from elephant.conversion import BinnedSpikeTrain
    from elephant.spike_train_correlation import cross_correlation_histogram

    a, b = (np.floor(spikes.of(i)) + 0.5 for i in (0, 1))
    binned = [BinnedSpikeTrain(neo.SpikeTrain(t, t_stop=DURATION, units=pq.ms), bin_size=1 * pq.ms) for t in (a, b)]  # fmt: skip
    theirs, lags = cross_correlation_histogram(*binned, window=[-20, 20])
    ours = [snn.SpikeTrains(t, [0] * len(t), n=1, t_stop=DURATION) for t in (a, b)]
    lag, rate = analysis.cross_correlogram(*ours, bin=1.0, max_lag=20.0)
    assert_allclose(lag, lags)
    count = rate * len(a) * (1.0 - np.abs(lag) / DURATION) / 1000.0
    assert_allclose(count, np.ravel(theirs.magnitude), atol=1e-9)


@needs("elephant")
def test_spike_triggered_average(spikes):
    import neo
    import quantities as pq
    from elephant.sta import spike_triggered_average

    stimulus = np.random.default_rng(2).normal(size=5000)
    # A quarter of a step after a sample: nearest and last sample are the same.
    t = np.unique(np.floor(spikes.of(3))) + 0.25
    theirs = spike_triggered_average(
        neo.AnalogSignal(stimulus[:, None], units="mV", sampling_rate=1 / pq.ms),
        neo.SpikeTrain(t, t_stop=DURATION, units=pq.ms),
        (-30 * pq.ms, 10 * pq.ms),
    )
    lag, ours = analysis.sta(t, stimulus, 1.0, before=30.0, after=9.0)  # theirs ends before 10 ms
    assert_allclose(ours, theirs.magnitude[:, 0], rtol=1e-9)
    assert_allclose(lag, theirs.times.rescale(pq.ms).magnitude, atol=1e-9)


@needs("elephant")
def test_distances(spikes):
    import quantities as pq
    from elephant.spike_train_dissimilarity import van_rossum_distance, victor_purpura_distance

    few = spikes.neurons(0, 4)
    theirs = van_rossum_distance(as_neo(few), 12 * pq.ms)
    ours = analysis.pairwise(few, lambda a, b: analysis.van_rossum(a, b, 12.0))
    assert_allclose(ours * np.sqrt(2.0), theirs, atol=1e-6)  # one spike counts 1 there, 1/2 in the paper
    theirs = victor_purpura_distance(as_neo(few), 0.2 / pq.ms)
    ours = analysis.pairwise(few, lambda a, b: analysis.victor_purpura(a, b, 0.2))
    assert_allclose(ours, theirs, rtol=1e-9)


@needs("pyspike")
def test_psth(spikes):
    import pyspike

    theirs = pyspike.psth([pyspike.SpikeTrain(spikes.of(i), DURATION) for i in range(20)], bin_size=25.0)
    t, rate = analysis.psth(spikes, 25.0)
    assert_allclose(t, 0.5 * (theirs.x[1:] + theirs.x[:-1]))
    assert_allclose(rate, theirs.y / 20 / 0.025)
