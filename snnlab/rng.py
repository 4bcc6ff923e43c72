"""Random numbers as data: counter-based generators keyed by (seed, name, step, element).

`generator` serves what is drawn once (graphs, weights, initial states); `normals`, `uniforms`, `words` and `gaps`
serve what is drawn in every step, here on NumPy arrays, and block by block in the kernels (`kernels/draws.py`):
both engines draw the same numbers. One call of Philox serves two elements, or four: of each 256 elements in a row, those
with one number modulo 128 (or 64) share a call.

Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, doi:10.1145/2063384.2063405.
"""

from __future__ import annotations

import secrets
import zlib

import numpy as np

M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)  # multipliers of Philox 4x32
W0, W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)  # Weyl increments of its key
LOW, HALF, SIX = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(6)


def philox(c0, c1, c2, c3, k0, k1):
    """Philox 4x32-10: four 32-bit words from a 128-bit counter and a 64-bit key, all held in uint64.

    Shapes broadcast. Tested against the vectors published with the Random123 library.

    >>> zero = np.uint64(0)
    >>> [hex(int(word)) for word in philox(zero, zero, zero, zero, zero, zero)]
    ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    for _ in range(10):
        p0 = M0 * c0
        p1 = M1 * c2
        c0 = (p1 >> HALF) ^ c1 ^ k0
        c1 = p1 & LOW
        c2 = (p0 >> HALF) ^ c3 ^ k1
        c3 = p0 & LOW
        k0 = (k0 + W0) & LOW
        k1 = (k1 + W1) & LOW
    return c0, c1, c2, c3


def uniform01(a, b):
    """A float in (0, 1) from two 32-bit words: 52 random bits and a half, so that it is never 0 or 1."""
    return ((a >> SIX) * 67108864.0 + (b >> SIX) + 0.5) * 2.220446049250313e-16


def normals(n, step, slot, k0, k1):
    """Standard normal numbers of elements 0 to n - 1 at one step, in one slot of a stream (Box and Muller 1958).

    >>> normals(2, 7, 1, *key_of(1, "net")).shape
    (2,)
    """
    second, (c0, c1, c2, c3) = _calls(n, 2, step, slot, k0, k1)
    angle = 2.0 * np.pi * uniform01(c2, c3)
    return np.sqrt(-2.0 * np.log(uniform01(c0, c1))) * np.where(second, np.sin(angle), np.cos(angle))


def uniforms(n, step, slot, k0, k1):
    """Uniform numbers in (0, 1) of elements 0 to n - 1 at one step, in one slot of a stream."""
    second, (c0, c1, c2, c3) = _calls(n, 2, step, slot, k0, k1)
    return np.where(second, uniform01(c2, c3), uniform01(c0, c1))


def words(n, step, slot, k0, k1):
    """Random 32-bit words (as uint64) of elements 0 to n - 1 at one step, in one slot of a stream."""
    which, parts = _calls(n, 4, step, slot, k0, k1)
    return np.choose(which, parts)


def gaps(first, n, k0, k1):
    """Numbers first to first + n - 1 of a stream: exponential ones of mean 1, and uniform ones.

    >>> [x.shape for x in gaps(5, 3, *key_of(1, "input"))]
    [(3,), (3,)]
    """
    number, zero = np.arange(first, first + n, dtype=np.uint64), np.uint64(0)
    c0, c1, c2, c3 = philox(number & LOW, number >> HALF, zero, zero, k0, k1)
    return -np.log(uniform01(c0, c1)), uniform01(c2, c3)


def _calls(n, share, step, slot, k0, k1):
    """Which part of its call each of n elements takes, and the calls' four words; `share` elements use one call."""
    element, width = np.arange(n), 256 // share
    call = (element // 256 * width + element % width).astype(np.uint64)
    low, high = np.uint64(step) & LOW, np.uint64(step) >> HALF
    return element % 256 // width, philox(call, low, high, np.uint64(slot), k0, k1)


def key_of(seed: int, name: str) -> tuple[np.uint64, np.uint64]:
    """The two key words of a stream: the seed mixed with the name of what draws.

    >>> key_of(1, "net") == key_of(1, "net"), key_of(1, "net") == key_of(2, "net")
    (True, False)
    """
    words = np.random.SeedSequence((seed, zlib.crc32(name.encode()))).generate_state(2)
    return np.uint64(words[0]), np.uint64(words[1])


def generator(seed: int, name: str) -> np.random.Generator:
    """A NumPy generator for draws made once per run, keyed by the seed and the name of what is drawn.

    >>> float(generator(1, "a").random()) == float(generator(1, "a").random())
    True
    """
    return np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, zlib.crc32(name.encode())))))


def check_seed(seed) -> int:
    """A seed as given, or a drawn one for None; raises TypeError or ValueError otherwise."""
    if seed is None:
        return secrets.randbits(32)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise TypeError(f"seed: must be a whole number >= 0 or None, got {seed!r}")
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed: must be a whole number >= 0 and < 2**63, got {seed}")
    return int(seed)
