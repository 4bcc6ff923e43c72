"""What a bad line delivers: spikes that are lost, moved, or added."""

from __future__ import annotations

import numpy as np

from ..arguments import number, whole
from ..spikes import SpikeTrains
from .read import window_of


def spoilt(
    spikes: SpikeTrains, *, lost: float = 0.0, jitter: float = 0.0, added: float = 0.0, seed: int
) -> SpikeTrains:
    """The same trains after a bad line: some spikes are lost, all that are left are moved, and false ones are added.

    Each spike is lost with the probability `lost`, independently of all others. What is left is moved by a normal
    deviate of its own, and stays within the window: who would leave it is put on its edge. Then each neuron, whether
    it spiked or not, gets Poisson spikes at the rate `added`; these are neither lost nor moved.

    Parameters
    ----------
    spikes : SpikeTrains
        Of a window longer than 0 ms.
    lost : float
        Probability, 0 to 1 (default 0).
    jitter : float
        Standard deviation in ms (default 0).
    added : float
        Hz for each neuron (default 0).
    seed : int

    Raises
    ------
    ValueError, TypeError
        For an argument out of range.

    >>> clean = SpikeTrains([10.0, 20.0, 30.0], [0, 0, 1], n=3, t_stop=100.0)
    >>> spoilt(clean, seed=1) == clean, len(spoilt(clean, lost=1.0, seed=1))
    (True, 0)
    """
    window = window_of("decode.spoilt", spikes, None)
    lost, jitter, added = (
        number(f"decode.spoilt.{name}", value)
        for name, value in (("lost", lost), ("jitter", jitter), ("added", added))
    )
    if not 0.0 <= lost <= 1.0:
        raise ValueError(f"decode.spoilt.lost: must be a probability, 0 to 1, got {lost:g}")
    for name, value, unit in (("jitter", jitter, "ms"), ("added", added, "Hz")):
        if value < 0.0:
            raise ValueError(f"decode.spoilt.{name}: must be >= 0 {unit}, got {value:g}")
    rng = np.random.default_rng(whole("decode.spoilt.seed", seed, 0))
    kept = rng.random(len(spikes)) >= lost
    moved = spikes.t[kept] + jitter * rng.standard_normal(int(kept.sum()))
    false = np.repeat(np.arange(spikes.n), rng.poisson(added * window / 1000.0, spikes.n))
    t = np.concatenate(
        [np.clip(moved, spikes.t_start, spikes.t_stop), spikes.t_start + rng.uniform(0.0, window, len(false))]
    )
    i = np.concatenate([spikes.i[kept], false])
    return SpikeTrains(t, i, spikes.n, spikes.t_stop, spikes.t_start)
