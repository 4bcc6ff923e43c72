"""exp and its kin in the kernels against NumPy's, also where they are very large, very small or not a number."""

import numpy as np
import pytest
from numba import njit

from snnlab.kernels import mathematics
from snnlab.vocabulary import VOCABULARY

POINTS = np.concatenate([
    np.linspace(-707.0, 707.0, 20_001), np.linspace(-3.0, 3.0, 20_001), np.geomspace(1e-300, 1.0, 2000),
    -np.geomspace(1e-300, 1.0, 2000), [0.0],
])  # fmt: skip
EDGES = np.array([-1000.0, 1000.0, np.nan])


def over(function):
    @njit(error_model="numpy", fastmath={"contract", "arcp", "nsz", "reassoc"})
    def loop(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    return loop


@pytest.mark.parametrize("name", ["exp", "expm1", "exprel", "tanh", "cosh"])
def test_the_kernels_functions_are_numpys(name):
    loop, out, edges = over(getattr(mathematics, name)), np.empty_like(POINTS), np.empty_like(EDGES)
    loop(POINTS, out)
    loop(EDGES, edges)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(out, VOCABULARY[name](POINTS), rtol=1e-15, atol=0)
        wanted = VOCABULARY[name](EDGES)
    # what is beyond every float to NumPy is at least 1e300 here, and what is 0 is at most 1e-300
    assert np.isnan(edges[2])
    for got, want in zip(edges[:2], wanted[:2], strict=True):
        assert (abs(got) > 1e300) if np.isinf(want) else abs(got - want) <= max(1e-300, 1e-15 * abs(want))
