"""exp and its kin in the kernels against NumPy's, also where they overflow, vanish or are not a number."""

import numpy as np
import pytest
from numba import njit

from snnlab.kernels import mathematics
from snnlab.vocabulary import VOCABULARY

POINTS = np.concatenate([
    np.linspace(-707.0, 707.0, 20_001), np.linspace(-3.0, 3.0, 20_001), np.geomspace(1e-300, 1.0, 2000),
    -np.geomspace(1e-300, 1.0, 2000), [0.0],
])  # fmt: skip
EDGES = np.array([-1000.0, 1000.0, np.nan, -np.inf, np.inf])


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
    wanted[4] = np.inf if name == "exprel" else wanted[4]  # NumPy's inf/inf; the limit is inf
    np.testing.assert_allclose(edges, wanted, rtol=1e-15)
