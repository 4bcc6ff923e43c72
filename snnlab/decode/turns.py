"""Samples that were presented one after the other, apart again."""

from __future__ import annotations

import numpy as np

from ..encode.turns import pause_of
from ..encode.values import counted, trains
from ..spikes import MAX_NEURONS, SpikeTrains
from .read import window_of


def turns(spikes: SpikeTrains, samples: int, *, pause: float = 0.0) -> SpikeTrains:
    """The trains of `encode.in_turn` as they were before: samples x n neurons, all from 0 to the window of one sample.

    It also takes the output of a network to which samples were presented: neuron i during sample s becomes neuron
    s n + i. Spikes in a pause are dropped.

    >>> from snnlab import encode
    >>> spikes = encode.latency([[1.0, 0.5], [0.25, 1.0]], window=10.0)
    >>> turns(encode.in_turn(spikes, 2, pause=5.0), 2, pause=5.0) == spikes
    True
    """
    whole_time = window_of("decode.turns", spikes, None)
    samples, pause = counted("decode.turns.samples", samples, 1, MAX_NEURONS), pause_of("decode.turns", pause)
    turn = whole_time / samples
    window = turn - pause
    if window <= 0:
        raise ValueError(f"decode.turns.pause: must be < {turn:g} ms, the time of a sample, got {pause:g}")
    t = spikes.t - spikes.t_start
    sample = np.minimum(np.floor(t / turn + 1e-12).astype(np.int64), samples - 1)
    within = np.maximum(t - sample * turn, 0.0)
    kept = within < window + 1e-9
    i = sample[kept] * spikes.n + spikes.i[kept]
    order = np.argsort(i, kind="stable")
    return trains(np.minimum(within[kept], window)[order], i[order], samples * spikes.n, window)
