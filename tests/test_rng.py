"""The counter-based generator against its published vectors, and the numbers made of it."""

import numpy as np
import pytest
from scipy import stats

from snnlab.rng import check_seed, draw01, generator, key_of, normal01, philox, uniform01

U = np.uint64

# Known-answer vectors that ship with the Random123 library (Salmon et al. 2011): counter, key, result.
VECTORS = [
    ([0, 0, 0, 0], [0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


@pytest.mark.parametrize("counter, key, result", VECTORS)
def test_philox_gives_the_published_vectors(counter, key, result):
    assert [int(word) for word in philox(*map(U, counter), *map(U, key))] == result


def test_uniform_numbers_stay_inside_the_open_interval():
    low, high = U(0), U(0xFFFFFFFF)
    assert 0.0 < uniform01(low, low) < uniform01(high, high) < 1.0


def test_draws_are_uniform_and_normal_and_independent_of_their_neighbours():
    elements, key = np.arange(20_000, dtype=U), key_of(1, "test")
    u = draw01(elements, U(7), U(0), *key)
    x = normal01(elements, U(7), U(1), *key)
    y = normal01(elements, U(8), U(1), *key)
    assert stats.kstest(u, "uniform").pvalue > 1e-3
    assert stats.kstest(x, "norm").pvalue > 1e-3
    for a, b in ((x, y), (x[1:], x[:-1]), (x, u)):
        assert abs(np.corrcoef(a, b)[0, 1]) < 5 / np.sqrt(20_000)


def test_streams_depend_on_seed_and_name():
    draws = {(seed, name): generator(seed, name).random() for seed in (1, 2) for name in ("a", "b")}
    assert len(set(draws.values())) == 4
    assert generator(1, "a").random() == draws[1, "a"]


@pytest.mark.parametrize(
    "seed, error",
    [(-1, ValueError), (2**63, ValueError), ("1", TypeError), (1.0, TypeError), (True, TypeError)],
)
def test_bad_seeds(seed, error):
    with pytest.raises(error, match="seed: must be a whole number"):
        check_seed(seed)
