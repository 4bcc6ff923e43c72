"""Bits and bits per spike, against closed forms and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

import snnlab as snn

N = 20_000


def test_the_plug_in_part_is_scikit_learns():
    rng = np.random.default_rng(1)
    x = rng.random(2000)
    told = np.clip(x + rng.normal(0.0, 0.1, 2000), 0.0, 1.0)
    labels = [np.minimum((16 * values).astype(int), 15) for values in (x, told)]
    shuffled = [mutual_info_score(labels[0], rng.permutation(labels[1])) for _ in range(100)]
    expected = (mutual_info_score(*labels) - np.mean(shuffled)) / np.log(2)
    assert snn.decode.bits(x, told, shuffles=100, seed=1) == pytest.approx(expected, abs=0.01)


def test_values_that_have_nothing_to_do_with_each_other_tell_nothing():
    rng = np.random.default_rng(2)
    for n in (200, N):  # from 200 pairs the plug-in estimate alone would be about 0.8 bits too high
        told = [snn.decode.bits(rng.random(n), rng.random(n), seed=seed) for seed in range(10)]
        assert abs(np.mean(told)) < 0.03


def test_a_binary_channel_with_errors_tells_what_shannon_says():
    rng = np.random.default_rng(3)
    x = rng.integers(0, 2, N)
    for p in (0.0, 0.1, 0.5):
        told = np.where(rng.random(N) < p, 1 - x, x)
        q = np.mean(told != x)  # how often it was wrong in truth
        entropy = 0.0 if q == 0.0 else -q * np.log2(q) - (1 - q) * np.log2(1 - q)
        assert snn.decode.bits(x, told, levels=2, seed=1) == pytest.approx(1.0 - entropy, abs=0.002)


def test_a_perfect_code_tells_four_bits_at_sixteen_levels():
    x = (np.arange(N) + 0.5) / N
    bias = 15**2 / (2 * N * np.log(2))  # of the shuffled tables: Miller (1955)
    assert snn.decode.bits(x, x, seed=1) == pytest.approx(4.0 - bias, abs=0.002)
    assert snn.decode.bits(x, 1.0 - x, seed=1) == pytest.approx(4.0 - bias, abs=0.002)


def test_bits_per_spike():
    x = (np.arange(N) + 0.5) / N
    spikes = snn.encode.binary(x, bits=4)  # level k of 0 … 15 has as many spikes as k has ones: 2 on average
    told = snn.decode.binary(spikes, bits=4)
    per_spike = snn.decode.bits_per_spike(x, told, spikes, seed=1)
    assert per_spike == pytest.approx(snn.decode.bits(x, told, seed=1) / (len(spikes) / N))
    assert np.isnan(snn.decode.bits_per_spike([0.0, 0.0], [0.0, 0.0], snn.encode.latency([0.0, 0.0]), seed=1))


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="decoded: must have the shape of x"):
        snn.decode.bits([0.1, 0.2], [0.1], seed=1)
    with pytest.raises(ValueError, match=r"decoded: must be in \[0, 1\], got 2 at index 0"):
        snn.decode.bits([0.1], [2.0], seed=1)
    with pytest.raises(ValueError, match="at least one value"):
        snn.decode.bits([], [], seed=1)
    with pytest.raises(ValueError, match="levels: must be a whole number >= 2"):
        snn.decode.bits([0.1], [0.1], levels=1, seed=1)
