"""exp and its kin as plain arithmetic, so that the loop over neurons is vectorised around them.

The compiler knows no vector form of the system's exp: a loop that calls it takes one neuron at a time. The functions
here are copied into the kernels as text. They agree with NumPy's to about 2e-16, relative.
Range reduction by Cody and Waite (1980), Software Manual for the Elementary Functions: x = n ln 2 + r with
|r| <= ln(2)/2, e^x = 2^n e^r; n is rounded by adding 1.5 2^52, which leaves it in the low bits of the sum.
"""

from __future__ import annotations

from math import inf

import numpy as np
from numba import njit

# No reassociation in here: it would undo the two-part subtraction of n ln 2.
careful = njit(forceinline=True, error_model="numpy", fastmath={"contract"})


@careful
def _reduced(x):
    """(n as a float, 2^n, r, (e^r - 1)/r) for |x| <= 708; finite nonsense beyond."""
    y = x if x < 709.0 else 709.0
    y = y if y > -708.0 else -708.0
    shifted = y * 1.4426950408889634 + 6755399441055744.0
    bits = np.float64(shifted).view(np.int64)
    n = shifted - 6755399441055744.0
    r = (x - n * 0.6931471803691238) - n * 1.9082149292705877e-10
    # the series of (e^r - 1)/r: the first term left out is below 1e-17
    q = 1.6059043836821613e-10
    q = 2.08767569878681e-09 + r * q
    q = 2.505210838544172e-08 + r * q
    q = 2.755731922398589e-07 + r * q
    q = 2.7557319223985893e-06 + r * q
    q = 2.48015873015873e-05 + r * q
    q = 0.0001984126984126984 + r * q
    q = 0.001388888888888889 + r * q
    q = 0.008333333333333333 + r * q
    q = 0.041666666666666664 + r * q
    q = 0.16666666666666666 + r * q
    q = 0.5 + r * q
    q = 1.0 + r * q
    return n, np.int64((bits + 1023) << 52).view(np.float64), r, q


@careful
def exp(x):
    _n, scale, r, q = _reduced(x)
    result = scale + scale * (r * q)
    result = 0.0 if x < -708.0 else result
    return inf if x > 709.0 else result


@careful
def expm1(x):
    _n, scale, r, q = _reduced(x)
    result = (scale - 1.0) + scale * (r * q)
    result = -1.0 if x < -708.0 else result
    return inf if x > 709.0 else result


@careful
def exprel(x):
    n, scale, r, q = _reduced(x)
    far = ((scale - 1.0) + scale * (r * q)) / x
    result = q if n == 0.0 else far
    result = -1.0 / x if x < -708.0 else result
    return inf if x > 709.0 else result


@careful
def tanh(x):
    a = x if x < 20.0 else 20.0
    a = a if a > -20.0 else -20.0
    e = expm1(2.0 * a)
    return e / (e + 2.0) if x == x else x


@careful
def cosh(x):
    e = exp(abs(x))
    return 0.5 * e + 0.5 / e


FUNCTIONS = (_reduced, exp, expm1, exprel, tanh, cosh)
