"""Analysis: what spike trains say, in numbers.

    snn.analysis.cv(rec.spikes)                 # one number per neuron
    f, power = snn.analysis.spectrum(rec.spikes)

Times are in ms, rates and frequencies in Hz. Functions of whole populations take `SpikeTrains`; those that compare two
trains also take the spike times of one neuron, such as `rec.spikes.of(0)`.
"""

from .counts import binned, psth, spectrum

__all__ = ["binned", "psth", "spectrum"]
