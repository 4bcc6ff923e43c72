"""Random numbers inside a kernel: whole blocks at once, as plain arithmetic that the compiler vectorises.

The functions are copied into kernels as text. What they give is defined, in NumPy, by `rng.normals`, `rng.uniforms`,
`rng.words` and `rng.gaps`; log, cos and sin agree with NumPy's to about 1e-15.
"""

from __future__ import annotations

import inspect
from math import sqrt

import numpy as np

from .. import rng
from .mathematics import careful

LOW, HALF = rng.LOW, rng.HALF
philox = careful(rng.philox)


@careful
def unit(a, b):
    """`rng.uniform01`, made from bits: 1 <= x < 2 has the 52 random bits, and 1 is taken away."""
    x = np.uint64(
        ((a >> np.uint64(6)) << np.uint64(26)) | (b >> np.uint64(6)) | np.uint64(0x3FF0000000000000)
    )
    return (x.view(np.float64) - 1.0) + 1.1102230246251565e-16


@careful
def log_unit(x):
    """log(x) for normal numbers x > 0: x = 2^e m with m between sqrt(1/2) and sqrt(2), and log m = 2 artanh s."""
    bits = np.float64(x).view(np.int64)
    e = (bits - 4604544271217802189) >> 52
    f = np.int64(bits - (e << 52)).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    # the series of (log m - 2 s)/(s z): the first term left out is below 1e-17
    p = 0.09523809523809523
    p = 0.10526315789473684 + z * p
    p = 0.11764705882352941 + z * p
    p = 0.13333333333333333 + z * p
    p = 0.15384615384615385 + z * p
    p = 0.18181818181818182 + z * p
    p = 0.2222222222222222 + z * p
    p = 0.2857142857142857 + z * p
    p = 0.4 + z * p
    p = 0.6666666666666666 + z * p
    n = np.float64(e)
    return n * 0.6931471803691238 + (f - (s * (f - z * p) - n * 1.9082149292705877e-10))


@careful
def circle(v):
    """(cos, sin) of 2 pi v for 0 <= v <= 1: the nearest quarter turn, and the series of the angle that is left."""
    x = 4.0 * v
    shifted = x + 6755399441055744.0
    quarter = np.float64(shifted).view(np.int64)
    r = (x - (shifted - 6755399441055744.0)) * 1.5707963267948966
    z = r * r
    s = 2.8114572543455206e-15
    s = -7.647163731819816e-13 + z * s
    s = 1.6059043836821613e-10 + z * s
    s = -2.505210838544172e-08 + z * s
    s = 2.7557319223985893e-06 + z * s
    s = -0.0001984126984126984 + z * s
    s = 0.008333333333333333 + z * s
    s = -0.16666666666666666 + z * s
    s = r + r * (z * s)
    c = 4.779477332387385e-14
    c = -1.1470745597729725e-11 + z * c
    c = 2.08767569878681e-09 + z * c
    c = -2.755731922398589e-07 + z * c
    c = 2.48015873015873e-05 + z * c
    c = -0.001388888888888889 + z * c
    c = 0.041666666666666664 + z * c
    c = -0.5 + z * c
    c = 1.0 + z * c
    odd = (quarter & 1) != 0
    x = s if odd else c
    y = c if odd else s
    x = -x if ((quarter + 1) & 2) != 0 else x
    y = -y if (quarter & 2) != 0 else y
    return x, y


@careful
def fill_uniforms(out, n, lo, step, slot, k0, k1):
    """Uniform numbers in (0, 1) of elements lo to lo + n - 1 (n <= 256, lo a multiple of it) into out (256,)."""
    a, b = out[:128], out[128:]
    for j in range(min(n, 128)):
        call = np.uint64((lo >> 1) + j)
        c0, c1, c2, c3 = philox(call, step & LOW, step >> HALF, slot, k0, k1)
        a[j] = unit(c0, c1)
        b[j] = unit(c2, c3)


@careful
def fill_normals(out, n, lo, step, slot, k0, k1):
    """Standard normals of elements lo to lo + n - 1 into out (256,), in place of uniform numbers."""
    fill_uniforms(out, n, lo, step, slot, k0, k1)
    a, b = out[:128], out[128:]
    for j in range(min(n, 128)):
        radius = sqrt(-2.0 * log_unit(a[j]))
        x, y = circle(b[j])
        a[j] = radius * x
        b[j] = radius * y


@careful
def fill_words(out, n, lo, step, slot, k0, k1):
    """Random 32-bit words of elements lo to lo + n - 1 into out (256,)."""
    a, b, c, d = out[:64], out[64:128], out[128:192], out[192:]
    for j in range(min(n, 64)):
        call = np.uint64((lo >> 2) + j)
        a[j], b[j], c[j], d[j] = philox(call, step & LOW, step >> HALF, slot, k0, k1)


@careful
def fill_gaps(gaps, lots, first, k0, k1):
    """Exponential numbers of mean 1, and uniform ones, with the numbers first, first + 1, ... of a stream."""
    for j in range(gaps.size):
        number = np.uint64(first + j)
        c0, c1, c2, c3 = philox(number & LOW, number >> HALF, np.uint64(0), np.uint64(0), k0, k1)
        gaps[j] = -log_unit(unit(c0, c1))
        lots[j] = unit(c2, c3)


FUNCTIONS = (unit, log_unit, circle, fill_uniforms, fill_normals, fill_words, fill_gaps)


def source() -> str:
    """The text of all this for a kernel's module."""
    names = ("M0", "M1", "W0", "W1", "LOW", "HALF")
    constants = "\n\n" + "\n".join(f"{name} = np.uint64({int(getattr(rng, name))})" for name in names) + "\n"
    texts = [f"@careful\n{inspect.getsource(rng.philox)}", *(inspect.getsource(f.py_func) for f in FUNCTIONS)]
    return constants + "".join(f"\n\n{text}" for text in texts)
