"""Many samples for the same neurons, one after the other."""

from __future__ import annotations

import numpy as np

from ..arguments import number
from ..spikes import MAX_NEURONS, SpikeTrains
from .values import counted, trains


def in_turn(spikes: SpikeTrains, samples: int, *, pause: float = 0.0) -> SpikeTrains:
    """Present samples one after the other, instead of all at once to neurons of their own.

    An encoder gives values of shape (samples, features) a neuron each. Here sample s keeps its spikes, moved to its
    own turn from s (window + pause) on, and all samples share the neurons of the first. `decode.turns` undoes it.

    Parameters
    ----------
    spikes : SpikeTrains
        Of a static code, for values whose first axis is the samples.
    samples : int
        How many; the number of neurons must be a multiple of it.
    pause : float
        Silence after each sample, in ms (default 0).

    Raises
    ------
    ValueError, TypeError

    >>> from .first_spike import latency
    >>> spikes = in_turn(latency([[1.0, 0.5], [0.5, 1.0]], window=10.0), samples=2, pause=5.0)
    >>> spikes, spikes.of(0)
    (SpikeTrains(4 spikes of 2 neurons, 0 to 30 ms), array([ 0., 20.]))
    """
    if not isinstance(spikes, SpikeTrains):
        raise TypeError(f"encode.in_turn.spikes: must be SpikeTrains, got {type(spikes).__name__}")
    samples, pause = (
        counted("encode.in_turn.samples", samples, 1, MAX_NEURONS),
        pause_of("encode.in_turn", pause),
    )
    if spikes.n % samples:
        raise ValueError(
            f"encode.in_turn.samples: must divide the number of neurons, {spikes.n}, got {samples}"
        )
    n, turn = spikes.n // samples, spikes.t_stop - spikes.t_start + pause
    order = np.argsort(spikes.i, kind="stable")
    i, t = spikes.i[order], spikes.t[order] - spikes.t_start
    if not n:
        return trains(np.empty(0), np.empty(0, np.int64), 0, samples * turn)
    sample = i // n
    return trains(t + sample * turn, i % n, n, samples * turn)


def pause_of(name: str, pause: float) -> float:
    pause = number(f"{name}.pause", pause)
    if pause < 0:
        raise ValueError(f"{name}.pause: must be >= 0 ms, got {pause:g}")
    return pause
