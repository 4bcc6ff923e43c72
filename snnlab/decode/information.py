"""How much decoded values tell about the true ones: mutual information in bits, and bits per spike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arguments import whole
from ..encode.values import counted, unit_values
from ..spikes import SpikeTrains
from .read import window_of


def bits(x: ArrayLike, decoded: ArrayLike, *, levels: int = 16, shuffles: int = 20, seed: int) -> float:
    """Mutual information between true and decoded values, in bits for each value.

    Both are cut into `levels` equal parts of [0, 1], and the plug-in estimate is taken from their joint histogram,

        I = sum p(a, b) log2(p(a, b)/(p(a) p(b))).

    From few values it is too high, even for values that have nothing to do with each other. How high, is measured: the mean
    of the same estimate over `shuffles` random orders of the decoded values is subtracted. The result may therefore fall a
    little below 0, and for a perfect code it is a little too low, since there the plug-in estimate was right.

    Parameters
    ----------
    x, decoded : array, same shape
        Values in [0, 1].
    levels : int
        2 or more (default 16, so that at most 4 bits can be told).
    shuffles : int
        1 or more (default 20).
    seed : int
        For the shuffles.

    Raises
    ------
    ValueError, TypeError
        For no values, different shapes, or a value outside [0, 1] or NaN, with its index.

    Source: Panzeri, Senatore, Montemurro & Petersen (2007), https://doi.org/10.1152/jn.00559.2007.

    >>> x = np.linspace(0.0, 1.0, 10_000)
    >>> print(f"{bits(x, x, seed=1):.2f} {bits(x, x > 0.5, seed=1):.2f} {bits(x, 0.5 + 0 * x, seed=1):.2f}")
    3.98 1.00 0.00
    """
    true, told = (
        unit_values(f"decode.bits.{name}", values) for name, values in (("x", x), ("decoded", decoded))
    )
    if true.shape != told.shape:
        raise ValueError(f"decode.bits.decoded: must have the shape of x, {true.shape}, got {told.shape}")
    if not true.size:
        raise ValueError("decode.bits.x: must have at least one value")
    levels = counted("decode.bits.levels", levels, 2, 4096)
    shuffles = counted("decode.bits.shuffles", shuffles, 1, 100_000)
    rng = np.random.default_rng(whole("decode.bits.seed", seed, 0))
    a, b = (np.minimum((values.ravel() * levels).astype(np.int64), levels - 1) for values in (true, told))
    by_chance = np.mean([_plug_in(a, rng.permutation(b), levels) for _ in range(shuffles)])
    return float(_plug_in(a, b, levels) - by_chance)


def bits_per_spike(
    x: ArrayLike, decoded: ArrayLike, spikes: SpikeTrains, *, levels: int = 16, shuffles: int = 20, seed: int
) -> float:
    """`bits` over the mean number of spikes for a value: what one spike tells. NaN if there is no spike.

    >>> from snnlab import encode
    >>> from snnlab.decode import latency, regular
    >>> x = np.linspace(0.0, 1.0, 10_000)
    >>> spikes = encode.latency(x)
    >>> print(f"{bits_per_spike(x, latency(spikes), spikes, seed=1):.2f}")
    3.98
    >>> spikes = encode.regular(x)
    >>> print(f"{bits_per_spike(x, regular(spikes), spikes, seed=1):.2f}")
    0.60
    """
    window_of("decode.bits_per_spike", spikes, 1.0)
    told = bits(x, decoded, levels=levels, shuffles=shuffles, seed=seed)
    return told / (len(spikes) / np.size(x)) if len(spikes) else float("nan")


def _plug_in(a: NDArray[Any], b: NDArray[Any], levels: int) -> float:
    joint = np.bincount(a * levels + b, minlength=levels**2).reshape(levels, levels) / len(a)
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    some = joint > 0
    return float((joint[some] * np.log2(joint[some] / apart[some])).sum())
