"""Counting spikes for 64 targets at a time: row i of `planes` has bit j where pre neuron i reaches target j.

The count of each target stands across six words, its bit b in sums[b]. Eight rows are added by full adders before the
carry moves on. Harley and Seal's method; Muła, Kurz & Lemire (2018), doi:10.1093/comjnl/bxx046.
"""

from __future__ import annotations

import numpy as np
from numba import njit

inline = njit(forceinline=True)

BIT = np.uint64(1)


@inline
def full_adder(a, b, c):
    """(sum, carry) of three bits, for 64 triples."""
    u = a ^ b
    return u ^ c, (a & b) | (u & c)


@inline
def count_bits(planes, rows, begin, end, sums):
    """Sets sums (6, words) to the counts over planes[rows[begin:end]], at most 63; the last row of planes is empty."""
    sums[:, :] = np.uint64(0)
    s0, s1, s2, s3, s4, s5 = sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]
    last = planes.shape[0] - 1
    for e in range(begin, end, 8):
        r0 = planes[rows[e]]
        r1 = planes[rows[e + 1] if e + 1 < end else last]
        r2 = planes[rows[e + 2] if e + 2 < end else last]
        r3 = planes[rows[e + 3] if e + 3 < end else last]
        r4 = planes[rows[e + 4] if e + 4 < end else last]
        r5 = planes[rows[e + 5] if e + 5 < end else last]
        r6 = planes[rows[e + 6] if e + 6 < end else last]
        r7 = planes[rows[e + 7] if e + 7 < end else last]
        for w in range(s0.size):
            ones, two_a = full_adder(s0[w], r0[w], r1[w])
            ones, two_b = full_adder(ones, r2[w], r3[w])
            twos, four_a = full_adder(s1[w], two_a, two_b)
            ones, two_a = full_adder(ones, r4[w], r5[w])
            ones, two_b = full_adder(ones, r6[w], r7[w])
            twos, four_b = full_adder(twos, two_a, two_b)
            fours, carry = full_adder(s2[w], four_a, four_b)
            s0[w], s1[w], s2[w] = ones, twos, fours
            above = s3[w]
            s3[w] = above ^ carry
            carry = above & carry
            above = s4[w]
            s4[w] = above ^ carry
            s5[w] ^= above & carry


FUNCTIONS = (full_adder, count_bits)
