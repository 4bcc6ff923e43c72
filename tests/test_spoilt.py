"""`decode.spoilt`: what a bad line delivers, against what its probabilities say."""

import numpy as np
import pytest

import snnlab as snn

N = 20_000
ONCE = snn.SpikeTrains(np.full(N, 50.0), np.arange(N), n=N, t_stop=100.0)


def test_losses_are_binomial():
    kept = len(snn.decode.spoilt(ONCE, lost=0.3, seed=1))
    assert abs(kept - 0.7 * N) < 5 * np.sqrt(N * 0.3 * 0.7)


def test_jitter_has_its_standard_deviation_and_one_shift_for_each_spike():
    moved = snn.decode.spoilt(ONCE, jitter=2.0, seed=1).t - 50.0
    assert abs(moved.mean()) < 5 * 2.0 / np.sqrt(N)
    assert moved.std() == pytest.approx(2.0, rel=5 / np.sqrt(2 * N))


def test_added_spikes_are_poisson_for_silent_neurons_too():
    silent = snn.SpikeTrains([], [], n=N, t_stop=350.0, t_start=100.0)
    spikes = snn.decode.spoilt(silent, added=20.0, seed=1)
    counts = spikes.counts()
    assert counts.mean() == pytest.approx(5.0, abs=5 * np.sqrt(5.0 / N))
    assert counts.var() == pytest.approx(5.0, rel=0.08)
    assert spikes.t.min() >= 100.0 and spikes.t.mean() == pytest.approx(225.0, abs=2.0)


def test_spikes_stay_within_the_window():
    edge = snn.SpikeTrains([0.0, 10.0] * 500, [0] * 1000, n=1, t_stop=10.0)
    spikes = snn.decode.spoilt(edge, jitter=3.0, seed=1)
    assert len(spikes) == 1000 and spikes.t.min() == 0.0 and spikes.t.max() == 10.0


def test_the_seed_decides():
    assert snn.decode.spoilt(ONCE, lost=0.5, jitter=1.0, added=3.0, seed=2) == snn.decode.spoilt(
        ONCE, lost=0.5, jitter=1.0, added=3.0, seed=2
    )
    assert snn.decode.spoilt(ONCE, lost=0.5, seed=2) != snn.decode.spoilt(ONCE, lost=0.5, seed=3)
