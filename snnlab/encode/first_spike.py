"""A code by when the first spike comes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import theory
from ..spikes import SpikeTrains
from .values import positive, trains, unit_values


def latency(x: ArrayLike, window: float = 100.0, *, lif: Any = None, I_max: float = 1000.0) -> SpikeTrains:
    """One spike for each value: the larger, the earlier. 0 is silence.

    Linear (the default): t = (1 - x) window. 1 spikes at 0, 0 never; decoding is exact, and time falls as x grows.

    With `lif`, the time at which this LIF neuron, at rest and driven by the constant current x I_max, reaches threshold:
    t = tau_m ln(R_m I/(R_m I - (v_th - E_L))). What does not drive it above threshold within the window is silent too:
    these values can't be told apart, and are decoded as 0. All others are decoded exactly.

    Parameters
    ----------
    x : array, any shape
        Values in [0, 1]; one neuron each.
    window : float
        Duration in ms (default 100).
    lif : snn.LIF, optional
        The neuron whose charging curve makes the latency.
    I_max : float
        Its current at x = 1, in pA (default 1000).

    Raises
    ------
    ValueError, TypeError
        For a value outside [0, 1] or NaN, with its index; for other arguments out of range.

    Source: Thorpe, Delorme & Van Rullen (2001), https://doi.org/10.1016/S0893-6080(01)00083-1.

    >>> latency([1.0, 0.75, 0.0], window=20.0).t
    array([0., 5.])
    """
    values = unit_values("encode.latency.x", x).ravel()
    window, I_max = (
        positive("encode.latency.window", window, "ms"),
        positive("encode.latency.I_max", I_max, "pA"),
    )
    if lif is None:
        t = np.where(values > 0.0, (1.0 - values) * window, np.inf)
    else:
        t = np.atleast_1d(theory.lif_time_to_threshold(I_max * values, lif))
    i = np.flatnonzero(t < window)
    return trains(t[i], i, values.size, window)
