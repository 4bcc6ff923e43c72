"""Direct input: the values themselves, in every step, for a layer that makes its own spikes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import number
from .values import Array, counted, unit_values

MOST_STEPS = 2**31 - 1


def direct(x: ArrayLike, n_steps: int, *, scale: float = 1.0) -> Array:
    """The values times `scale`, repeated in every step: shape (n_steps, *x.shape), read-only.

    There are no spikes, and so there is no decoder: the first layer of a trained network gets numbers, and its
    neurons spike. 0 is no input. With `scale` in pA, the result for x of shape (n,) is a current for `simulate`.

    Parameters
    ----------
    x : array, any shape
        Values in [0, 1].
    n_steps : int
        How often, 0 or more.
    scale : float
        What the value 1 becomes (default 1).

    Raises
    ------
    ValueError, TypeError
        For a value outside [0, 1] or NaN, with its index; for other arguments out of range.

    Source: Rueckauer et al. (2017), https://doi.org/10.3389/fnins.2017.00682;
    Kim, Park, Moitra, Bhattacharjee, Venkatesha & Panda (2022), https://doi.org/10.48550/arXiv.2202.03133.

    >>> direct([0.0, 0.5], n_steps=3, scale=100.0)
    array([[ 0., 50.],
           [ 0., 50.],
           [ 0., 50.]])
    """
    values = unit_values("encode.direct.x", x) * number("encode.direct.scale", scale)
    # One copy that is shown n_steps times: a picture takes no more memory for a thousand steps.
    return np.broadcast_to(values, (counted("encode.direct.n_steps", n_steps, 0, MOST_STEPS), *values.shape))
