"""The counter-based generator against its published vectors, and the numbers made of it."""

import numpy as np
import pytest
from numba import njit
from scipy import stats

from snnlab.kernels import draws
from snnlab.rng import check_seed, gaps, generator, key_of, normals, philox, uniform01, uniforms, words

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


KEY = key_of(1, "test")
DRAWS = {
    "norm": lambda n, step, slot, key=KEY: normals(n, step, slot, *key),
    "uniform": lambda n, step, slot, key=KEY: uniforms(n, step, slot, *key),
    "words": lambda n, step, slot, key=KEY: (words(n, step, slot, *key) + 0.5) / 2.0**32,
}


@pytest.mark.parametrize("name", DRAWS)
def test_draws_have_their_distribution_and_are_independent_of_their_neighbours(name):
    """Kolmogorov and Smirnov's test, four moments, and correlations with all draws that share a call or a counter."""
    n, law = 200_192, "norm" if name == "norm" else "uniform"
    x = DRAWS[name](n, 7, 1)
    assert stats.kstest(x, law).pvalue > 1e-3
    exact = getattr(stats, law)
    for power in (1, 2, 3, 4):
        mean, second = exact.moment(power), exact.moment(2 * power)
        assert abs(np.mean(x**power) - mean) < 4.5 * np.sqrt((second - mean**2) / n)
    others = [DRAWS[name](n, 8, 1), DRAWS[name](n, 7, 2), DRAWS[name](n, 7 + 2**32, 1)]
    others += [DRAWS[name](n, 7, 1, key_of(1, "other")), DRAWS[name](n, 7, 1, key_of(2, "test"))]
    others += [np.roll(x, lag) for lag in (1, 2, 63, 64, 128, 255, 256)]
    for y in others:
        for f in (np.asarray, np.abs, np.square):
            assert abs(np.corrcoef(f(x - exact.mean()), f(y - exact.mean()))[0, 1]) < 4.5 / np.sqrt(n)


def test_the_tails_of_the_normal_numbers_are_as_heavy_as_they_should_be():
    n, steps = 256_000, 16
    x = np.concatenate([normals(n, k, 0, *KEY) for k in range(steps)])
    for bound in (3.0, 4.0, 4.5):
        expected = 2 * stats.norm.sf(bound) * x.size
        low, high = stats.poisson.interval(0.9999, expected)
        assert low <= np.count_nonzero(np.abs(x) > bound) <= high


def test_gaps_are_exponential_and_independent_of_their_lots():
    x, lots = gaps(2**32 - 50_000, 100_000, *KEY)  # across the end of the counter's low word
    assert stats.kstest(x, "expon").pvalue > 1e-3 and stats.kstest(lots, "uniform").pvalue > 1e-3
    for a, b in ((x, lots), (x[1:], x[:-1]), (x[1:], lots[:-1])):
        assert abs(np.corrcoef(a, b)[0, 1]) < 4.5 / np.sqrt(x.size)


@pytest.mark.parametrize("n", [1, 2, 127, 128, 129, 256, 700])
@pytest.mark.parametrize("what", ["normals", "uniforms", "words"])
def test_the_kernels_blocks_are_the_references_numbers(what, n):
    fill = getattr(draws, f"fill_{what}")

    @njit(error_model="numpy")
    def blocks(out, step, slot, k0, k1):
        buffer = np.empty(256)
        for lo in range(0, out.size, 256):
            part = out[lo : lo + 256]
            fill(buffer, part.size, lo, step, slot, k0, k1)
            part[:] = buffer[: part.size]

    out = np.empty(n)
    for step in (0, 2**32 + 5):
        blocks(out, U(step), U(3), *KEY)
        wanted = {"normals": normals, "uniforms": uniforms, "words": words}[what](n, step, 3, *KEY)
        tolerance = {"normals": 1e-14, "uniforms": 0.0, "words": 0.0}[what]
        np.testing.assert_allclose(out, wanted.astype(float), rtol=0, atol=tolerance)


def test_the_kernels_gaps_are_the_references():
    out, lots = np.empty(64), np.empty(64)
    draws.fill_gaps(out, lots, 2**33 + 1, *KEY)
    wanted, wanted_lots = gaps(2**33 + 1, 64, *KEY)
    np.testing.assert_allclose(out, wanted, rtol=2e-15)
    np.testing.assert_array_equal(lots, wanted_lots)


def test_the_kernels_log_cos_and_sin_are_numpys():
    @njit(error_model="numpy", fastmath={"contract", "arcp", "nsz", "reassoc"})
    def over(v, out):
        for i in range(v.size):
            out[0, i] = draws.log_unit(v[i])
            out[1, i], out[2, i] = draws.circle(v[i])

    tiny = 2.0 ** -np.arange(1.0, 54.0)
    v = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 100_001), tiny, 1 - tiny[:52], [0.125, 0.375, 0.5]])
    out = np.empty((3, v.size))
    over(v, out)
    np.testing.assert_allclose(out[0], np.log(v), rtol=5e-16)
    np.testing.assert_allclose(out[1], np.cos(2 * np.pi * v), rtol=0, atol=1e-15)
    np.testing.assert_allclose(out[2], np.sin(2 * np.pi * v), rtol=0, atol=1e-15)


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
