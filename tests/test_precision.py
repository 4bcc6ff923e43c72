"""Single precision: the same equations to six digits, in half the memory, in both engines."""

import numba
import numpy as np
import pytest
from test_mathematics import over

import snnlab as snn
from snnlab.kernels import precision
from snnlab.methods import NEAR

MODELS = [
    snn.LIF(),
    snn.QIF(),
    snn.AdEx(),
    snn.HodgkinHuxley(),
    snn.MorrisLecar(),
    snn.Izhikevich(),
    snn.SRM(),
]


@pytest.mark.parametrize("name", ["exp", "expm1", "exprel", "tanh", "cosh"])
def test_the_functions_have_the_precision_of_single_numbers(name):
    from snnlab.vocabulary import VOCABULARY

    x = np.concatenate([np.linspace(-87.0, 87.0, 10_001), np.linspace(-2.0, 2.0, 10_001)]).astype(np.float32)
    out = np.empty_like(x)
    over(getattr(precision, name))(x, out)
    wanted = VOCABULARY[name](x.astype(float))
    np.testing.assert_allclose(out, wanted, rtol=1e-6, atol=1e-37)


def test_the_quick_exprel_has_the_precision_of_single_numbers():
    x = np.linspace(-NEAR, 0.0, 10_001).astype(np.float32)
    out = np.empty_like(x)
    over(precision.near_exprel)(x, out)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, np.expm1(x.astype(float)) / np.where(x == 0, 1, x) + (x == 0), rtol=1e-6)


@pytest.mark.parametrize("body", ["x**0.5", "x**2.5 + 1", "x**2", "2 * x**3", "x**-1", "x**-0.5"])
def test_a_power_stays_single(body):
    """One number in double precision would make all that it meets a double."""
    namespace = {"real": np.float32}
    exec(precision.single(f"def f(x):\n    return {body}"), namespace)
    made = numba.njit(namespace["f"])
    value = made(np.float32(3.0))
    assert made.nopython_signatures[0].return_type == numba.float32
    np.testing.assert_allclose(value, eval(body, {"x": 3.0}), rtol=3e-7)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_traces_agree_with_double_precision(model):
    pop = snn.Population(model, 5)
    I = {"pA": 150.0, "uA/cm2": 2.0, "mV/ms": 2.0}[str(model.input["I"])]
    double, single, slow = (
        snn.simulate(pop, I=I, t_stop=20.0, record=["v"], dtype=dtype, engine=engine).traces["v"]
        for dtype, engine in (("float64", "numba"), ("float32", "numba"), ("float32", "numpy"))
    )
    scale = np.ptp(double) + 1.0
    assert np.abs(single - double).max() < 1e-3 * scale and np.abs(slow - double).max() < 1e-3 * scale
    assert np.abs(single - double).max() > 0  # it is another precision


def network(dtype, engine="numba", **given):
    pop = snn.Population(
        snn.LIF(), 400, receptors={"exc": snn.ExpCurrent(5.0), "kick": snn.Delta()}, name="net"
    )
    projections = [
        snn.Projection(pop, pop, snn.random(0.1), snn.uniform(0.0, 5.0), 1.0, receptor="exc"),
        snn.Projection(pop, pop, snn.random(0.1), 0.01, 1.5, receptor="kick", storage="planes"),
    ]
    return snn.simulate(
        pop,
        I=np.linspace(150.0, 400.0, 400),
        t_stop=200.0,
        seed=2,
        projections=projections,
        dtype=dtype,
        engine=engine,
        **given,
    )


def test_a_network_keeps_its_rate_and_is_stored_in_single_precision():
    double, single = network("float64"), network("float32")
    assert abs(len(single.spikes) / len(double.spikes) - 1) < 0.02
    assert all(x.dtype == np.float32 for x in single.final.cells[0].x.values())


def test_both_engines_begin_alike():
    fast, slow = network("float32").spikes, network("float32", engine="numpy").spikes
    early = fast.t <= 30.0
    assert early.sum() > 20
    np.testing.assert_allclose(fast.t[early], slow.t[: early.sum()], atol=0.11)


def test_a_run_goes_on_in_its_own_precision_only():
    rec = snn.simulate(snn.LIF(), I=300.0, t_stop=10.0, dtype="float32")
    whole = snn.simulate(snn.LIF(), I=300.0, t_stop=50.0, dtype="float32")
    rest = snn.simulate(snn.LIF(), I=300.0, t_stop=50.0, dtype="float32", start=rec.final)
    np.testing.assert_array_equal(rest.final.cells[0].x["v"], whole.final.cells[0].x["v"])
    with pytest.raises(ValueError, match="dtype: must be that of the run that `start` continues"):
        snn.simulate(snn.LIF(), I=300.0, t_stop=50.0, start=rec.final)


@pytest.mark.parametrize("dtype", ["float16", "single!", 32, None, int])
def test_another_precision_is_refused(dtype):
    with pytest.raises(ValueError, match="dtype: must be 'float64' or 'float32', got"):
        snn.simulate(snn.LIF(), t_stop=1.0, dtype=dtype)
