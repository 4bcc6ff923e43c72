"""Values from which neurons of a population respond."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..encode.fields import centres_and_width, cutoff_of, fields_of
from ..encode.values import Array
from ..spikes import SpikeTrains
from .read import first_spikes, groups_of, shaped, window_of

UNKNOWN = 0.5  # when no neuron of a value has spiked: the value with the least error at worst


def population(
    spikes: SpikeTrains,
    window: float | None = None,
    *,
    fields: int = 8,
    gamma: float = 1.5,
    cutoff: float = 0.1,
    shape: Any = None,
) -> Array:
    """The values of `encode.population`, from the first spikes of each row of neurons.

    A response is a = 1 - t/window, and ln a_j + c_j**2/(2 sigma**2) is a straight line in the centre c_j with slope
    x/sigma**2. The decoder fits that line with the weights a**2, since a late spike moved by a little changes ln a
    by a lot. It is exact for untouched spikes of two or more fields; with one spike the value is that field's
    centre, with none it is 0.5, since nothing is known.

    >>> from snnlab import encode
    >>> population(encode.population([0.0, 0.3, 1.0])).round(9)
    array([0. , 0.3, 1. ])
    """
    name = "decode.population"
    window, fields = window_of(name, spikes, window), fields_of(name, fields)
    cutoff_of(
        name, cutoff
    )  # which fields are silent is told by the spikes; it may be given as to the encoder
    centres, sigma = centres_and_width(name, fields, gamma)
    n = groups_of(name, spikes, fields, "`fields` for each value")
    response = np.maximum(1.0 - first_spikes(spikes).reshape(n, fields) / window, 0.0)
    fired = response > 0.0
    weight = response**2
    total = weight.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(fired, np.log(response), 0.0) + centres**2 / (2.0 * sigma**2)
        mean_c, mean_y = (weight * centres).sum(axis=1) / total, (weight * y).sum(axis=1) / total
        off = centres - mean_c[:, None]
        spread = (weight * off**2).sum(axis=1)
        fitted = sigma**2 * (weight * off * (y - mean_y[:, None])).sum(axis=1) / spread
    count = fired.sum(axis=1)
    values = np.where(count >= 2, fitted, np.where(count == 1, centres[response.argmax(axis=1)], UNKNOWN))
    return shaped(name, np.clip(values, 0.0, 1.0), shape)
