"""exp and its kin as plain arithmetic, so that the loop over neurons is vectorised around them.

The compiler knows no vector form of the system's exp: a loop that calls it takes one neuron at a time. The functions
here are copied into the kernels as text. They agree with NumPy's to about 3e-16, relative, for -708 < x < 709; beyond,
they stay at about 3e-308 and 8e307 instead of 0 and inf. What is not a number stays so.
Range reduction by Cody and Waite (1980), Software Manual for the Elementary Functions: x = n ln 2 + r with
|r| <= ln(2)/2, e^x = 2^n e^r; n is rounded by adding 1.5 2^52, which leaves it in the low bits of the sum.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

# No reassociation in here: it would undo the two-part subtraction of n ln 2.
careful = njit(forceinline=True, error_model="numpy", fastmath={"contract"})


@intrinsic
def where(typing, condition, a, b):
    """a if condition else b, without a branch: both are computed, and copies of it are recognised as one."""
    result = typing.unify_types(a, b)

    def generate(context, builder, signature, values):
        test = context.cast(builder, values[0], condition, types.boolean)
        first = context.cast(builder, values[1], a, result)
        return builder.select(test, first, context.cast(builder, values[2], b, result))

    return result(condition, a, b), generate


@careful
def _half_exprel(r):
    """exprel(r) for |r| <= ln(2)/2: the polynomial of degree 10 that is nearest to it, within 1.9e-17."""
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r * 0.5000000000000006) + r2 * (0.1666666666666667 + r * 0.04166666666657313)
    high = (0.00833333333332614 + r * 0.0013888888932493439) + r2 * (
        0.00019841269874804214 + r * 2.4801504340856006e-05
    )
    top = (2.7557255421023506e-06 + r * 2.7626359798074195e-07) + r2 * 2.5105208339987698e-08
    return low + r4 * (high + r4 * top)


@careful
def near_exprel(x):
    """exprel(x) for -0.5 <= x <= 0, without a reduction or a division: the nearest polynomial, within 4.5e-17."""
    x2 = x * x
    x4 = x2 * x2
    low = (1.0 + x * 0.4999999999999889) + x2 * (0.1666666666657877 + x * 0.04166666664264877)
    high = (0.0083333330105527 + x * 0.001388886427271027) + x2 * (
        0.00019840131916047722 + x * 2.47690163910783e-05
    )
    return low + x4 * (high + x4 * (2.699052842449092e-06 + x * 2.1992554773982526e-07))


@careful
def _reduced(x):
    """(n as a float, 2^n, r, (e^r - 1)/r), of x brought to -708 … 709."""
    y = where(x > 709.0, 709.0, x)
    y = where(y < -708.0, -708.0, y)
    shifted = y * 1.4426950408889634 + 6755399441055744.0
    bits = np.float64(shifted).view(np.int64)
    n = shifted - 6755399441055744.0
    r = (y - n * 0.6931471803691238) - n * 1.9082149292705877e-10
    return n, np.int64((bits + 1023) << 52).view(np.float64), r, _half_exprel(r)


@careful
def exp(x):
    _n, scale, r, q = _reduced(x)
    return scale + scale * (r * q)


@careful
def expm1(x):
    _n, scale, r, q = _reduced(x)
    return (scale - 1.0) + scale * (r * q)


@careful
def exprel(x):
    n, scale, r, q = _reduced(x)
    return where(n == 0.0, q, ((scale - 1.0) + scale * (r * q)) / x)


@careful
def tanh(x):
    e = expm1(2.0 * where(x > 20.0, 20.0, where(x < -20.0, -20.0, x)))
    return e / (e + 2.0)


@careful
def cosh(x):
    e = exp(abs(x))
    return 0.5 * e + 0.5 / e


FUNCTIONS = (_half_exprel, near_exprel, _reduced, exp, expm1, exprel, tanh, cosh)
