"""Counts in bins: rates, Fano factor, synchrony and spectrum against closed forms and other people's code."""

import numpy as np
import pytest

import snnlab as snn
from snnlab import analysis


@pytest.fixture(scope="module")
def poisson():
    return snn.poisson(20.0, 50, t_stop=100_000.0, seed=3)


def test_bins_are_open_on_the_left_as_in_between():
    spikes = snn.SpikeTrains([0.0, 0.1, 0.3, 0.30000000000000004, 0.4, 1.0], [0] * 6, n=1, t_stop=1.05)
    counts = analysis.binned(spikes, 0.1)[0]
    assert counts.tolist() == [2, 0, 2, 1, 0, 0, 0, 0, 0, 1]
    by_between = [len(spikes.between(a, a + 0.25)) for a in (0.0, 0.25, 0.5, 0.75)]
    assert analysis.binned(spikes, 0.25)[0].tolist() == by_between


def test_what_is_simulated_falls_into_the_bin_of_its_step():
    rec = snn.simulate(snn.LIF(), I=5000.0, t_stop=500.0, seed=1)
    steps = np.round(rec.spikes.t / 0.1).astype(int)  # the number of the step that ended in the spike
    assert np.flatnonzero(analysis.binned(rec.spikes, 0.1)[0]).tolist() == (steps - 1).tolist()
    assert analysis.binned(rec.spikes, 3.0).sum() == np.sum(steps <= 4980)  # 166 whole bins


def test_spectrum_of_independent_poisson_trains_is_flat(poisson):
    frequency, power = analysis.spectrum(poisson, bin=1.0, segment=500.0)
    assert frequency[1] == pytest.approx(2.0) and frequency[-1] == pytest.approx(500.0)
    level = 2 * 20.0 / 50  # 2 r/N
    # Each value averages 399 segments that overlap by half; their mean over 200 frequencies is known to 0.5 %.
    assert power[5:205].mean() == pytest.approx(level, rel=0.03)
    assert power[205:-1].mean() == pytest.approx(level, rel=0.03)


def test_power_adds_up_to_the_variance_of_the_rate(poisson):
    frequency, power = analysis.spectrum(poisson, bin=2.0, segment=2000.0)
    _, rate = analysis.psth(poisson, 2.0)
    assert np.sum(power) * frequency[1] == pytest.approx(rate.var(), rel=0.02)


def test_spectrum_finds_the_rhythm_that_is_put_in():
    t = np.arange(0.5, 20_000.0, 1.0)
    rate = 30.0 * (1.0 + np.sin(2 * np.pi * 37.0 * t / 1000.0))  # Hz
    rng = np.random.default_rng(5)
    step, neuron = np.nonzero(rng.random((len(t), 40)) < rate[:, None] / 1000.0)
    spikes = snn.SpikeTrains(t[step], neuron, n=40, t_stop=20_000.0)
    frequency, power = analysis.spectrum(spikes)
    assert frequency[power.argmax()] == pytest.approx(37.0, abs=1.0)
    # A sine of amplitude 30 Hz has the variance 450 Hz^2; the Hann window spreads it over a few frequencies.
    near = np.abs(frequency - 37.0) < 3.0
    floor = 2 * 30.0 / 40 * near.sum()
    assert np.sum(power[near]) * frequency[1] - floor == pytest.approx(450.0, rel=0.05)


def test_spectrum_by_a_fourier_transform_written_out(poisson):
    spikes = poisson.between(0.0, 1500.0)
    _, power = analysis.spectrum(spikes, bin=5.0, segment=1000.0)
    _, rate = analysis.psth(spikes, 5.0)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(200) / 200)
    by_hand = 0.0
    for start in (0, 100):
        part = rate[start : start + 200]
        amplitude = np.fft.rfft((part - part.mean()) * hann)
        by_hand = by_hand + 0.5 * 2.0 * np.abs(amplitude) ** 2 / (
            200.0 * np.sum(hann**2)
        )  # 200 samples per s
    assert np.allclose(power[1:-1], by_hand[1:-1], rtol=1e-10)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda s: analysis.binned(s.t, 1.0), TypeError, r"binned.spikes: must be SpikeTrains, got ndarray"),
        (lambda s: analysis.binned(s, 0.0), ValueError, r"binned.bin: must be > 0 ms, got 0"),
        (lambda s: analysis.binned(s, 101.0), ValueError, r"binned.bin: must be at most the duration.*100 ms, got 101"),
        (lambda s: analysis.binned(s, "1"), TypeError, r"binned.bin: must be a number"),
        (lambda s: analysis.psth(s, np.nan), ValueError, r"psth.bin: must be finite"),
        (lambda s: analysis.psth(s.neurons(0, 0), 1.0), ValueError, r"psth.spikes: must have at least one train"),
        (lambda s: analysis.spectrum(s, 1.0, 3.0), ValueError, r"spectrum.segment: must be 4 bins of 1 ms to.*got 3"),
        (lambda s: analysis.spectrum(s, 1.0, 200.0), ValueError, r"spectrum.segment: must be 4 bins.*100 ms, got 200"),
        (lambda s: analysis.spectrum(s, -1.0), ValueError, r"spectrum.bin: must be > 0 ms, got -1"),
    ],
)  # fmt: skip
def test_nonsense_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(snn.SpikeTrains([10.0, 20.0], [0, 1], n=2, t_stop=100.0))
