"""exp and its kin in the kernels against NumPy's, also where they are very large, very small or not a number."""

import numpy as np
import pytest
from numba import njit

import snnlab as snn
from snnlab.kernels import mathematics
from snnlab.methods import NEAR
from snnlab.units import ms, mV
from snnlab.vocabulary import VOCABULARY, maximum, minimum

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
    x = np.concatenate([np.linspace(-NEAR, 1e-9, 20_001), -np.geomspace(1e-300, NEAR, 2000), [0.0, -0.0]])
    out, edge = np.empty_like(x), np.empty(1)
    loop = over(mathematics.near_exprel)
    loop(x, out)
    np.testing.assert_allclose(out, VOCABULARY["exprel"](x), rtol=1e-15, atol=0)
    loop(np.array([np.nan]), edge)
    assert np.isnan(edge[0])


CONDUCTANCES = {
    "from small to large": np.geomspace(0.1, 20_000.0, 600),  # -A dt from 0.005 to 10
    "negative": -np.geomspace(0.1, 300.0, 600),  # beyond -10 nS the potential runs away from rest: A > 0
}


@pytest.mark.parametrize("g", CONDUCTANCES.values(), ids=CONDUCTANCES)
@pytest.mark.parametrize("tau_m", [20.0, np.linspace(5.0, 30.0, 600)], ids=["one tau_m", "own tau_m"])
def test_blocks_of_small_and_of_large_rates_agree_with_the_reference(tau_m, g):
    """A block takes the quick exprel where all its neurons may: some here do, and some don't."""
    neurons = snn.Population(snn.LIF(tau_m=tau_m), 600, {"inh": snn.ExpConductance(10.0, E_rev=-80.0)})
    start = {"v": snn.uniform(-75.0, -55.0), "inh.g": g}
    runs = [
        snn.simulate(neurons, I=400.0, t_stop=2.0, seed=1, initial=start, record=["v"], engine=engine)
        for engine in ("numba", "numpy")
    ]
    assert "near_exprel(_z_v)" in snn.kernel_source(neurons)
    np.testing.assert_allclose(*(rec.traces["v"] for rec in runs), rtol=0, atol=1e-11)


class Leaning(snn.Neuron):
    """The rate of v is a sum: of a constant, of one state, and of nothing of the other."""

    tau: ms = 15.0
    E: mV = -65.0
    v_th: mV = -50.0
    state = {"v": "mV", "a": "1", "b": "mV"}
    input = {"I": "mV"}
    method = "exponential_euler"

    def initial(E):
        return {"v": E, "a": 1, "b": 0}

    def dynamics(v, a, b, I, tau, E):
        dv = (-(1 + 2 * a) * (v - E) + 3 * b + I) / tau
        da = -a / (3 * tau)
        db = (I - b) / tau
        return dv, da, db

    def threshold(v, v_th):
        return v >= v_th

    def reset(v, E):
        v = E
        return v


class Multiplied(Leaning):
    """The rate of v has a product of two states."""

    def dynamics(v, a, b, I, tau, E):
        dv = (-(1 + a * b / E) * (v - E) + I) / tau
        da = -a / (3 * tau)
        db = (I - b) / tau
        return dv, da, db


class Bent(Leaning):
    """The rate of v is constant or a sum, as long as a is small or large."""

    def initial(E):
        return {"v": E, "a": 8, "b": 0}

    def dynamics(v, a, b, I, tau, E):
        dv = (-(maximum(a, 5) + minimum(a, 7)) * (v - E) / 6 + I) / tau
        da = -a / (3 * tau)
        db = (I - b) / tau
        return dv, da, db


@pytest.mark.parametrize("model, a_sum", [(Leaning, True), (Multiplied, False), (Bent, False)])
def test_a_rate_that_is_a_sum_of_states_is_added_up_from_numbers_known_before(model, a_sum):
    neurons = snn.Population(model(), 300)
    given = {"I": np.linspace(5.0, 60.0, 300), "t_stop": 30.0, "record": ["v", "a", "b"]}
    runs = [snn.simulate(neurons, engine=engine, **given) for engine in ("numba", "numpy")]
    source = snn.kernel_source(neurons, I=given["I"])
    assert ("_z_v = _rate_v + _rate_v_a * a\n" in source) == a_sum
    assert ("_z_v = dt * (_a_v - _d_v)" in source) != a_sum
    for state in given["record"]:
        np.testing.assert_allclose(*(rec.traces[state] for rec in runs), rtol=0, atol=1e-11)
    np.testing.assert_array_equal(*(rec.spikes.t for rec in runs))
    assert len(runs[0].spikes.t) > 100
