"""exp and its kin in the kernels against NumPy's, also where they are very large, very small or not a number."""

import numpy as np
import pytest
from numba import njit

import snnlab as snn
from snnlab.kernels import mathematics
from snnlab.methods import NEAR
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


def test_the_quick_exprel_is_right_up_to_where_it_is_used():
    x = np.concatenate([np.linspace(-NEAR, NEAR, 20_001), np.geomspace(1e-300, NEAR, 2000), [0.0, -0.0]])
    out, edge = np.empty_like(x), np.empty(1)
    loop = over(mathematics.near_exprel)
    loop(x, out)
    np.testing.assert_allclose(out, VOCABULARY["exprel"](x), rtol=1e-15, atol=0)
    loop(np.array([np.nan]), edge)
    assert np.isnan(edge[0])


@pytest.mark.parametrize("tau_m", [20.0, np.linspace(5.0, 30.0, 600)], ids=["one tau_m", "own tau_m"])
def test_blocks_of_small_and_of_large_conductance_agree_with_the_reference(tau_m):
    """A block takes the quick exprel where all its neurons may: the first block here does, and the last does not."""
    neurons = snn.Population(snn.LIF(tau_m=tau_m), 600, {"inh": snn.ExpConductance(10.0, E_rev=-80.0)})
    start = {
        "v": snn.uniform(-75.0, -55.0),
        "inh.g": np.geomspace(0.1, 20_000.0, 600),
    }  # |A dt| from 0.005 to 10
    runs = [
        snn.simulate(neurons, I=400.0, t_stop=2.0, seed=1, initial=start, record=["v"], engine=engine)
        for engine in ("numba", "numpy")
    ]
    assert "near_exprel(dt" in snn.kernel_source(neurons)
    np.testing.assert_allclose(*(rec.traces["v"] for rec in runs), rtol=0, atol=1e-11)
