"""Values from when the first spike comes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import theory
from ..encode.values import Array, positive
from ..spikes import SpikeTrains
from .read import first_spikes, shaped, window_of


def latency(
    spikes: SpikeTrains,
    window: float | None = None,
    *,
    lif: Any = None,
    I_max: float = 1000.0,
    shape: Any = None,
) -> Array:
    """The values of `encode.latency` from the first spike of each neuron: 1 - t/window. Silence is 0.

    With `lif`, the current that brings this neuron to threshold in the time t, over I_max: Lapicque's law,
    I = I_rh/(1 - exp(-t/tau_m)), at most 1.

    >>> from snnlab import LIF, encode
    >>> latency(encode.latency([1.0, 0.75, 0.0]))
    array([1.  , 0.75, 0.  ])
    >>> latency(encode.latency([1.0, 0.75, 0.1], lif=LIF()), lif=LIF()).round(9)  # 100 pA is below rheobase
    array([1.  , 0.75, 0.  ])
    """
    window, I_max = window_of("decode.latency", spikes, window), positive("decode.latency.I_max", I_max, "pA")
    t = first_spikes(spikes)
    spiked = np.isfinite(t)
    values = np.zeros(spikes.n)
    if lif is None:
        values[spiked] = 1.0 - t[spiked] / window
    else:
        # No current is strong enough for a spike at 0: it counts as one of the least time there is.
        law = theory.lif_strength_duration(np.maximum(t[spiked], 1e-9), lif)
        values[spiked] = law / I_max
    return shaped("decode.latency", np.clip(values, 0.0, 1.0), shape)
