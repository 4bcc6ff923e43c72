"""A code by which neurons fire: receptive fields that overlap."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import number
from ..spikes import SpikeTrains
from .values import Array, counted, positive, trains, unit_values

MOST_FIELDS = 10_000


def population(
    x: ArrayLike, window: float = 100.0, *, fields: int = 8, gamma: float = 1.5, cutoff: float = 0.1
) -> SpikeTrains:
    """Each value by a row of neurons with Gaussian receptive fields: who responds more, spikes earlier.

    Neuron j = 0 … m - 1 of a value has its centre at c_j = (j - 1/2)/(m - 2) and the width
    sigma = 1/(gamma (m - 2)), so that two centres lie outside [0, 1]. Its response is
    a_j = exp(-(x - c_j)**2/(2 sigma**2)), and its spike comes at (1 - a_j) window; it is silent for a_j < cutoff.
    0 and 1 are values like any other: some fields respond to each. A single neuron is not monotone in x; decoding
    is exact as long as two fields respond, which the defaults ensure.

    Parameters
    ----------
    x : array, any shape
        Values in [0, 1]; value k has the neurons k m … k m + m - 1.
    window : float
        Duration in ms (default 100; the paper has 10).
    fields : int
        Number m of neurons for each value, 3 or more (default 8).
    gamma : float
        Distance of the centres over the width (default 1.5, the paper's).
    cutoff : float
        Responses below this make no spike, 0 <= cutoff < 1 (default 0.1: as in the paper, none in the last tenth).

    Raises
    ------
    ValueError, TypeError
        For a value outside [0, 1] or NaN, with its index; for other arguments out of range.

    Source: Bohte, La Poutré & Kok (2002), https://doi.org/10.1109/72.991428.

    >>> population([0.5], window=10.0, fields=5).t.round(2)
    array([0.  , 6.75, 6.75])
    """
    fields, cutoff = fields_of("encode.population", fields), cutoff_of("encode.population", cutoff)
    values = unit_values("encode.population.x", x, fields).ravel()
    window = positive("encode.population.window", window, "ms")
    centres, sigma = centres_and_width("encode.population", fields, gamma)
    response = np.exp(-0.5 * ((values[:, None] - centres) / sigma) ** 2).ravel()
    i = np.flatnonzero((response >= cutoff) & (response > 0.0))
    t = (1.0 - response[i]) * window
    inside = t < window  # a response that is too small to show in 1 - a
    return trains(t[inside], i[inside], values.size * fields, window)


def centres_and_width(name: str, fields: int, gamma: float) -> tuple[Array, float]:
    """The centres of the receptive fields, shape (fields,), and their common width.

    >>> centres_and_width("f", 4, 1.5)
    (array([-0.25,  0.25,  0.75,  1.25]), 0.3333333333333333)
    """
    gamma = positive(f"{name}.gamma", gamma, "(distance over width)")
    return (np.arange(fields) - 0.5) / (fields - 2), 1.0 / (gamma * (fields - 2))


def fields_of(name: str, fields: int) -> int:
    return counted(f"{name}.fields", fields, 3, MOST_FIELDS)


def cutoff_of(name: str, cutoff: float) -> float:
    cutoff = number(f"{name}.cutoff", cutoff)
    if not 0.0 <= cutoff < 1.0:
        raise ValueError(f"{name}.cutoff: must be 0 <= cutoff < 1, got {cutoff:g}")
    return cutoff
