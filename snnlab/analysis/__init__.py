"""Analysis: what spike trains say, in numbers.

    snn.analysis.cv(rec.spikes)                 # one number per neuron
    f, power = snn.analysis.spectrum(rec.spikes)

Times are in ms, rates and frequencies in Hz. Functions of whole populations take `SpikeTrains`; those of one or two
trains also take the spike times of a neuron, such as `rec.spikes.of(0)`, where they need no window.
"""

from .correlate import aligned, autocorrelogram, cross_correlogram, sta
from .counts import binned, fano, psth, spectrum, synchrony
from .distances import (
    coincidence_factor,
    coincidences,
    pairwise,
    van_rossum,
    van_rossum_direct,
    victor_purpura,
    victor_purpura_direct,
)
from .intervals import cv, cv2, isi, lv

__all__ = [
    "aligned", "autocorrelogram", "binned", "coincidence_factor", "coincidences", "cross_correlogram", "cv", "cv2",
    "fano", "isi", "lv", "pairwise", "psth", "spectrum", "sta", "synchrony", "van_rossum", "van_rossum_direct",
    "victor_purpura", "victor_purpura_direct",
]  # fmt: skip
