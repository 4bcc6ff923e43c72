"""Data sets: what is loaded is what its source says of it."""

import importlib.util

import numpy as np
import pytest
from needs import needs

import snnlab as snn


@needs("nitime")
def test_grasshopper_is_what_its_files_say():
    first, second = snn.datasets.grasshopper()
    for recording, n_spikes, cutoff, intensity in ((first, 929, 200.0, 76.4286), (second, 868, 800.0, 71.2)):
        assert (len(recording.spikes), recording.spikes.n) == (n_spikes, 1)
        assert (recording.cutoff, recording.intensity) == (cutoff, intensity)
        assert recording.spikes.t_stop == pytest.approx(10_000.0) and recording.dt == pytest.approx(0.05)
        assert np.allclose(recording.t, 0.05 * np.arange(200_000))
        assert recording.amplitude.max() == 1.0
        assert recording.level.std() == pytest.approx(6.0, abs=0.05)  # "standard deviation (dB): 6"
        assert not recording.amplitude.flags.writeable
    assert first.spikes.t[:3].tolist() == [6.7, 9.9, 13.9]


@needs("nitime")
def test_the_level_fluctuates_up_to_the_frequency_of_the_header():
    for recording in snn.datasets.grasshopper():
        power = np.abs(np.fft.rfft(recording.level - recording.level.mean())) ** 2
        frequency = np.fft.rfftfreq(len(recording.level), recording.dt / 1000.0)
        assert power[frequency > 1.1 * recording.cutoff].sum() < 0.01 * power.sum()
        assert power[(frequency > 0.5 * recording.cutoff) & (frequency < recording.cutoff)].sum() > 0.1 * power.sum()  # fmt: skip


@needs("nitime")
def test_the_spike_triggered_average_peaks_where_nitime_shows_it():
    # nitime's example of these recordings: the level rises 6 to 7 ms before a spike.
    for recording in snn.datasets.grasshopper():
        lag, mean = snn.analysis.sta(recording.spikes, recording.level, recording.dt, before=30.0, after=5.0)
        assert -7.5 < lag[mean.argmax()] < -6.0
        assert mean.max() > recording.level.mean() + 4.0


def test_a_missing_package_is_named(monkeypatch):
    snn.datasets.grasshopper.cache_clear()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="files of the package nitime, which is not installed; pip"):
        snn.datasets.grasshopper()
