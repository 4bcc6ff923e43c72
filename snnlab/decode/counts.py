"""Values from how many spikes there are."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..encode.counts import bits_of
from ..encode.values import Array, positive
from ..spikes import SpikeTrains
from .read import shaped, window_of


def binary(spikes: SpikeTrains, window: float | None = None, *, bits: int = 1, shape: Any = None) -> Array:
    """The values of `encode.binary`: a slot with a spike is a 1. Silence is 0.

    >>> from snnlab import encode
    >>> binary(encode.binary([0.0, 0.4, 1.0], bits=2), bits=2).round(2)
    array([0.  , 0.33, 1.  ])
    """
    window, bits = window_of("decode.binary", spikes, window), bits_of("decode.binary", bits)
    slot = np.floor((spikes.t - spikes.t_start) * (bits / window)).astype(np.int64)
    inside = (slot >= 0) & (slot < bits)
    spiked = np.zeros((spikes.n, bits), bool)
    spiked[spikes.i[inside], slot[inside]] = True
    level = spiked @ 2.0 ** np.arange(bits - 1, -1, -1)
    return shaped("decode.binary", level / (2**bits - 1), shape)


def rate(
    spikes: SpikeTrains, window: float | None = None, *, max_rate: float = 100.0, shape: Any = None
) -> Array:
    """The values of `encode.rate`: count/(max_rate window/1000), at most 1. Silence is 0.

    >>> rate(SpikeTrains([10.0, 20.0, 90.0], [0, 0, 1], n=3, t_stop=100.0), max_rate=40.0)
    array([0.5 , 0.25, 0.  ])
    """
    return _rate("decode.rate", spikes, window, max_rate, shape)


def regular(
    spikes: SpikeTrains, window: float | None = None, *, max_rate: float = 100.0, shape: Any = None
) -> Array:
    """The values of `encode.regular`, from the number of spikes as in `rate`; wrong by at most half a spike.

    >>> from snnlab import encode
    >>> regular(encode.regular([0.0, 0.32, 1.0]))
    array([0. , 0.3, 1. ])
    """
    return _rate("decode.regular", spikes, window, max_rate, shape)


def _rate(name: str, spikes: SpikeTrains, window: float | None, max_rate: float, shape: Any) -> Array:
    full = window_of(name, spikes, window) / 1000.0 * positive(f"{name}.max_rate", max_rate, "Hz")
    return shaped(name, np.minimum(spikes.counts() / full, 1.0), shape)
