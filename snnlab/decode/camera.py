"""A film from the events of a (simulated) event camera."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..encode.values import Array, finite_values
from ..spikes import SpikeTrains
from .series import steps_up_and_down


def event_camera(
    spikes: SpikeTrains, contrast: float = 0.2, *, dt: float = 1.0, start: ArrayLike = 1.0, shape: Any = None
) -> Array:
    """The frames of `encode.event_camera`: from `start`, a factor exp(contrast) for each ON event, exp(-contrast) for OFF.

    `start` is the first frame, or one intensity > 0 for all pixels (default 1). Mismatch, refractory times and noise of the camera are
    not known to the decoder; without them each logarithm is wrong by less than `contrast`.

    `shape` is (time, height, width); default (time, pixels).

    >>> from snnlab import encode
    >>> frames = np.exp([[0.0, 0.0], [1.0, -0.5]])
    >>> again = event_camera(encode.event_camera(frames, contrast=0.25, seed=1), contrast=0.25)
    >>> np.log(again).round(9)
    array([[ 0. ,  0. ],
           [ 1. , -0.5]])
    """
    first = finite_values("decode.event_camera.start", start)
    if (first <= 0.0).any():
        raise ValueError(f"decode.event_camera.start: must be > 0, got {first[first <= 0.0].flat[0]:g}")
    name = "decode.event_camera"
    return np.exp(steps_up_and_down(name, spikes, contrast, dt, np.log(first), shape))
