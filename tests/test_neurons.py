"""Every neuron model against equations written by hand, integrated by SciPy; its engines, its twin, its errors.

A model that is exported is tested by being there: it needs an entry in CASES, with its equations in plain numbers.
"""

import dataclasses
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from needs import needs
from scipy.integrate import solve_ivp

import snnlab as snn
from snnlab import neurons
from snnlab.equations import symbol
from snnlab.methods import METHODS
from snnlab.units import as_unit

exp = math.exp


class Case(NamedTuple):
    """A model's default form, by hand. The threshold is on the first state, with the input held."""

    f: Callable  # (states, I) -> derivatives per ms
    rest: float  # an input that makes no spike
    drive: float  # an input that makes a few
    t_stop: float  # how long to drive it (ms)
    peak: float  # what the first state crosses; below the cut-off where the upstroke is too steep for SciPy
    reset: Callable | None = None  # states -> states
    h: float = 0.2  # a step (ms) at which rk4 shows its order without spikes
    at: float = 10.0  # when the order is looked at (ms)
    raised: Callable = lambda y: 0.0  # what a spike history adds to the threshold


def lif(y, I):
    return [(-(y[0] + 70.0) + 0.1 * I) / 20.0]


def qif(y, I):
    return [((y[0] + 65.0) * (y[0] + 50.0) / 15.0 + 0.1 * I) / 10.0]


def eif(y, I):
    return [(-20.0 * (y[0] + 65.0) + 69.6 * exp((min(y[0], -30.0) + 59.9) / 3.48) + I) / 200.0]


def adex(y, I):
    v, w = min(y[0], 20.0), y[1]
    return [
        (-30.0 * (v + 70.6) + 60.0 * exp((v + 50.4) / 2.0) - w + I) / 281.0,
        (4.0 * (v + 70.6) - w) / 144.0,
    ]


def izhikevich(y, I):
    return [0.04 * y[0] ** 2 + 5.0 * y[0] + 140.0 - y[1] + I, 0.02 * (0.2 * y[0] - y[1])]


def izhikevich2007(y, I):
    return [
        (0.7 * (y[0] + 60.0) * (y[0] + 40.0) - y[1] + I) / 100.0,
        0.03 * (-2.0 * (y[0] + 60.0) - y[1]),
    ]


def linoid(x):
    """x/(1 - exp(-x)), 1 at x = 0."""
    return 1.0 if x == 0.0 else x / (1.0 - exp(-x))


def hodgkin_huxley(y, I):
    v, m, h, n = y
    return [
        I - 120.0 * m**3 * h * (v - 50.0) - 36.0 * n**4 * (v + 77.0) - 0.3 * (v + 54.387),
        linoid(0.1 * (v + 40.0)) * (1.0 - m) - 4.0 * exp(-(v + 65.0) / 18.0) * m,
        0.07 * exp(-(v + 65.0) / 20.0) * (1.0 - h) - h / (1.0 + exp(-(v + 35.0) / 10.0)),
        0.1 * linoid(0.1 * (v + 55.0)) * (1.0 - n) - 0.125 * exp(-(v + 65.0) / 80.0) * n,
    ]


def morris_lecar(y, I):
    v, n = y
    calcium = 0.5 * (1.0 + math.tanh((v + 1.2) / 18.0))
    potassium = 0.5 * (1.0 + math.tanh((v - 2.0) / 30.0))
    return [
        (I - 4.4 * calcium * (v - 120.0) - 8.0 * n * (v + 84.0) - 2.0 * (v + 60.0)) / 20.0,
        0.04 * (potassium - n) * math.cosh((v - 2.0) / 60.0),
    ]


def fitzhugh_nagumo(y, I):
    return [y[0] - y[0] ** 3 / 3.0 - y[1] + I, 0.08 * (y[0] + 0.7 - 0.8 * y[1])]


def hindmarsh_rose(y, I):
    return [
        y[1] - y[0] ** 3 + 3.0 * y[0] ** 2 - y[2] + I,
        1.0 - 5.0 * y[0] ** 2 - y[1],
        0.001 * (4.0 * (y[0] + 1.6) - y[2]),
    ]


def srm(y, I):
    v, eta, theta = y
    return [(-(v - eta + 70.0) + 0.1 * I) / 20.0 - eta / 20.0, -eta / 20.0, -theta / 20.0]


def poisson_glm(y, I):
    return srm([*y, 0.0], I)[:2]


CASES = {
    "LIF": Case(lif, 150.0, 300.0, 90.0, -50.0, lambda y: [-65.0], h=0.5),
    "QIF": Case(qif, 30.0, 150.0, 120.0, 20.0, lambda y: [-80.0], h=0.5),
    "EIF": Case(eif, 40.0, 200.0, 100.0, -30.0, lambda y: [-68.0], h=0.5),
    "AdEx": Case(adex, 300.0, 1000.0, 150.0, -30.0, lambda y: [-70.6, y[1] + 80.5]),
    "Izhikevich": Case(izhikevich, 2.0, 10.0, 150.0, 30.0, lambda y: [-65.0, y[1] + 8.0]),
    "Izhikevich2007": Case(izhikevich2007, 30.0, 150.0, 190.0, 35.0, lambda y: [-50.0, y[1] + 100.0]),
    "HodgkinHuxley": Case(hodgkin_huxley, 2.0, 10.0, 80.0, 0.0, h=0.05, at=2.0),
    "MorrisLecar": Case(morris_lecar, 40.0, 100.0, 250.0, 0.0),
    "FitzHughNagumo": Case(fitzhugh_nagumo, 0.1, 0.5, 150.0, 0.0),
    "HindmarshRose": Case(hindmarsh_rose, 0.3, 2.0, 60.0, 1.0, h=0.02, at=2.0),
}
CASES["SRM"] = Case(
    srm,
    150.0,
    300.0,
    90.0,
    -50.0,
    lambda y: [y[0] - 15.0, y[1] - 15.0, y[2] + 5.0],
    h=0.5,
    raised=lambda y: y[2],
)
CASES["PoissonGLM"] = Case(poisson_glm, -200.0, 300.0, 300.0, math.nan, h=0.5)  # its spikes are drawn
MODELS = [getattr(neurons, name) for name in neurons.__all__]
NAMED = [
    pytest.param(getattr(model, name), id=f"{model.__name__}.{name}")
    for model in MODELS
    for name, value in vars(model).items()
    if isinstance(value, classmethod) and not name.startswith("_")
]
CERTAIN = [model for model in MODELS if "u" not in model.equations["threshold"].args]
each_certain = pytest.mark.parametrize("model", CERTAIN, ids=lambda m: m.__name__)
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)


def methods_of(model):
    """The methods that a model's equations admit."""
    found = []
    for method in METHODS:
        try:
            snn.simulate(without_hold(model()), t_stop=0.1, method=method, engine="numpy")
        except ValueError:
            continue
        found.append(method)
    return found


def without_hold(neuron):
    """The same neuron with t_ref = 0, where it has a t_ref: any dt fits."""
    return dataclasses.replace(neuron, t_ref=0.0) if "t_ref" in neuron.parameters() else neuron


def start_of(neuron):
    return np.array([float(x) for x in (neuron.initial_state()[s] for s in neuron.state)])


def integrated(f, y, I, t, **events):
    """SciPy's solution from 0 to t."""
    return solve_ivp(lambda _, x: f(x, I), (0.0, t), y, method="DOP853", rtol=1e-12, atol=1e-12, **events)


# --- the declaration -------------------------------------------------------------------------------------------


def test_every_neuron_is_exported_and_has_a_case():
    assert set(CASES) == set(neurons.__all__)
    for model in MODELS:
        assert getattr(snn, model.__name__) is model and model.__name__ in snn.__all__


@each_model
def test_the_units_of_every_equation_fit(model):
    snn.check_units(model)


@each_model
def test_the_docstring_gives_states_source_errors_and_an_example(model):
    text = model.__doc__
    assert "doi:10." in text and ">>>" in text and "Raises" in text and "d" + next(iter(model.state)) in text
    assert all(state in text for state in (*model.state, "I"))


@each_model
def test_latex_has_one_line_per_state(model):
    text = snn.latex(model)
    assert all(rf"\frac{{d{symbol(state)}}}{{dt}}" in text for state in model.state)
    assert text.count("{") == text.count("}") and text.count(r"\left(") == text.count(r"\right)")


@each_model
def test_the_derivatives_are_those_written_by_hand(model):
    case, neuron = CASES[model.__name__], model()
    rng = np.random.default_rng(1)
    start = start_of(neuron)
    for _ in range(20):
        y = start + rng.uniform(0.0, 1.0, start.size) * np.where(np.abs(start) > 2.0, 10.0, 0.3)
        values = {**dict(zip(neuron.state, y, strict=True)), "I": case.drive}
        got = snn.model.call(neuron, "dynamics", values)
        np.testing.assert_allclose(got, case.f(y, case.drive), rtol=1e-12, atol=1e-12)


@each_certain
def test_it_starts_below_threshold_and_stays_there_without_input(model):
    neuron = model()
    rec = snn.simulate(neuron, t_stop=200.0, record=list(model.state))
    assert len(rec.spikes) == 0
    assert np.ptp(rec.traces[next(iter(model.state))]) < 1.2


# --- the engines -----------------------------------------------------------------------------------------------


@each_model
def test_the_engines_agree(model):
    case = CASES[model.__name__]
    record = list(model.state)
    a, b = (
        snn.simulate(model(), I=case.drive, t_stop=case.t_stop, record=record, engine=engine, seed=1)
        for engine in ("numba", "numpy")
    )
    assert len(a.spikes) >= 3
    assert a.spikes == b.spikes
    for state in record:
        np.testing.assert_allclose(a.traces[state], b.traces[state], rtol=1e-9, atol=1e-9)


@each_model
def test_the_observed_order_of_convergence(model):
    """Without a spike and with constant input the error shrinks as dt^1 and dt^4."""
    case, neuron = CASES[model.__name__], without_hold(model())
    truth = integrated(case.f, start_of(neuron), case.rest, case.at).y[:, -1]
    for method in methods_of(model):
        first = case.h if METHODS[method].order == 4 else case.h / 4
        errors = []
        for dt in (first, first / 2, first / 4):
            rec = snn.simulate(
                neuron, I=case.rest, t_stop=case.at + dt, dt=dt, record=list(neuron.state), method=method,
                engine="numpy",
            )  # fmt: skip
            assert len(rec.spikes) == 0
            got = np.array([rec.traces[s][-1, 0] for s in neuron.state])
            errors.append(np.abs(got - truth).max())
        if method == "exact" or (method == "exponential_euler" and "exact" in methods_of(model)):
            assert max(errors) < 1e-10  # a single linear equation is exact with both
        else:
            order = math.log2(errors[1] / errors[2])
            assert abs(order - METHODS[method].order) < 0.2, (method, errors)


@each_model
def test_rk4_at_a_small_step_meets_scipy(model):
    """To 1e-7 of the range over 20 ms."""
    case, neuron = CASES[model.__name__], model()
    solution = integrated(case.f, start_of(neuron), case.rest, 20.0)
    rec = snn.simulate(neuron, I=case.rest, t_stop=20.001, dt=0.001, record=list(neuron.state), method="rk4")
    for k, state in enumerate(neuron.state):
        scale = np.ptp(solution.y[k]) + 1e-9
        assert abs(rec.traces[state][-1, 0] - solution.y[k, -1]) < 1e-7 * scale


def spikes_by_hand(case, neuron, dt):
    """Spike times by event detection. A spike and its reset are moved to the next grid time, as in snnlab."""

    def crossing(_, y):
        return y[0] - case.peak - case.raised(y)

    crossing.direction, crossing.terminal = 1.0, case.reset is not None  # type: ignore[attr-defined]
    y, t, times = start_of(neuron), 0.0, []
    t_ref = getattr(neuron, "t_ref", 0.0)
    while t < case.t_stop:
        solution = integrated(case.f, y, case.drive, case.t_stop - t, events=crossing)
        if case.reset is None:
            return np.ceil(solution.t_events[0] / dt) * dt
        if not solution.t_events[0].size:
            break
        event = t + solution.t_events[0][0]
        s = math.ceil(event / dt - 1e-9) * dt
        times.append(s)
        y = solution.y[:, -1]
        if "v_peak" in neuron.parameters():  # the rest of the step, v at its peak
            y[0] = neuron.v_peak
            y[1:] += (s - event) * np.array(case.f(y, case.drive))[1:]
        elif s > event:
            y = integrated(case.f, y, case.drive, s - event).y[:, -1]
        y, t = np.array(case.reset(y)), s + t_ref
        if t_ref and not neuron.frozen:
            y = integrated(case.f, y, case.drive, t_ref).y[:, -1]
    return np.array(times)


@each_certain
def test_spikes_meet_scipy_with_event_detection(model):
    case, dt = CASES[model.__name__], 0.01
    wanted = spikes_by_hand(case, model(), dt)
    spikes = snn.simulate(model(), I=case.drive, t_stop=case.t_stop, dt=dt, method="rk4").spikes
    assert wanted.size >= 3 and len(spikes) == wanted.size
    assert np.abs(spikes.t - wanted).max() <= 2 * dt


@needs("brian2")
@each_certain
def test_the_brian2_twin_gives_the_same_spikes(model):
    case = CASES[model.__name__]
    pop = snn.Population(model(), 3)
    I = [case.rest, case.drive, 1.1 * case.drive]
    ours = snn.simulate(pop, I=I, t_stop=case.t_stop, engine="numpy").spikes
    assert len(ours) >= 6
    assert snn.brian2_twin(pop, I=I, t_stop=case.t_stop).run()[pop] == ours


# --- upstrokes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["euler", "rk4"])
@pytest.mark.parametrize("model", [snn.EIF, snn.AdEx, snn.QIF], ids=lambda m: m.__name__)
@pytest.mark.parametrize("engine", ["numba", "numpy"])
def test_the_upstroke_stays_finite(model, method, engine):
    """Also with a step that is far too long and a huge input; and it does not reach the adaptation."""
    neuron = without_hold(model())
    case = CASES[model.__name__]
    pop = snn.Population(neuron, 1)
    for dt, factor in ((0.1, 1.0), (1.0, 1.0), (1.0, 1000.0)):
        I = case.drive * factor
        rec = snn.simulate(
            pop, I=I, t_stop=200.0, dt=dt, record=list(model.state), method=method, engine=engine
        )
        assert len(rec.spikes) > 1
        assert all(np.isfinite(trace).all() for trace in rec.traces.values())
        if model is snn.AdEx:
            most = neuron.b * len(rec.spikes) + neuron.a * (neuron.v_peak - neuron.E_L)
            assert rec.traces["w"].max() <= most


def test_a_conductance_does_not_spoil_the_upstroke():
    pop = snn.Population(snn.AdEx(), 1, receptors={"exc": snn.ExpConductance(5.0)})
    kicks = snn.SpikeTrains(np.arange(1.0, 50.0), np.zeros(49, int), n=1, t_stop=50.0)
    p = snn.Projection(kicks, pop, ([0], [0]), w=100.0, delay=0.0)
    a, b = (
        snn.simulate(pop, t_stop=60.0, projections=[p], record=["v", "w"], engine=e)
        for e in ("numba", "numpy")
    )
    assert len(a.spikes) > 10 and a.spikes == b.spikes
    np.testing.assert_allclose(a.traces["w"], b.traces["w"], atol=1e-9)


# --- the published scheme of 2003 --------------------------------------------------------------------------------


def published_2003(a, b, c, d, I, n_steps):
    """The program of the paper, one neuron, dt = 1 ms: the steps at whose end v >= 30.

    Its steps are so long that rounding errors grow: after some 500 ms no two programs agree.
    """
    v, u, fired = -70.0, -70.0 * b, []
    for k in range(1, n_steps + 1):
        for _ in range(2):
            v += 0.5 * (0.04 * v**2 + 5.0 * v + 140.0 - u + I)
        u += a * (b * v - u)
        if v >= 30.0:
            fired.append(k)
            v, u = c, u + d
    return np.array(fired, dtype=float)


@pytest.mark.parametrize("engine", ["numba", "numpy"])
def test_the_half_step_scheme_is_the_program_of_the_paper(engine):
    for c, d in ((-65.0, 8.0), (-50.0, 2.0), (-55.0, 4.0)):
        neuron = snn.Izhikevich(c=c, d=d)
        rec = snn.simulate(
            neuron, I=10.0, t_stop=250.0, dt=1.0, method="half_step_2003", engine=engine,
            initial={"v": -70.0, "u": -14.0},
        )  # fmt: skip
        wanted = published_2003(0.02, 0.2, c, d, 10.0, 250)
        assert wanted.size > 4
        np.testing.assert_array_equal(rec.spikes.t, wanted)


def test_the_half_step_scheme_gives_other_spikes_than_a_converged_one():
    neuron = snn.Izhikevich.chattering()
    half = snn.simulate(neuron, I=10.0, t_stop=1000.0, dt=1.0, method="half_step_2003").spikes
    fine, finer = (snn.simulate(neuron, I=10.0, t_stop=1000.0, dt=dt).spikes for dt in (0.02, 0.01))
    assert len(fine) == len(finer) != len(half)


@each_model
def test_the_half_step_scheme_is_refused_where_it_makes_no_sense(model):
    run = lambda: snn.simulate(  # noqa: E731
        without_hold(model()), t_stop=1.0, method="half_step_2003", engine="numpy"
    )
    if tuple(model.state) == ("v", "u"):
        assert len(run().spikes) == 0
    else:
        with pytest.raises(ValueError, match="half_step_2003 is made for models with the states v and u"):
            run()


@each_model
def test_methods_that_need_linear_equations_are_refused_to_others(model):
    both = {"exact", "exponential_euler"}
    linear = {"LIF": both, "SRM": both, "PoissonGLM": both, "HodgkinHuxley": {"exponential_euler"}}
    found = set(methods_of(model)) & {"exact", "exponential_euler"}
    assert found == linear.get(model.__name__, set())


# --- parameters --------------------------------------------------------------------------------------------------


@each_model
def test_bad_parameters_are_refused(model):
    for name in model.parameters():
        label = rf"^{model.__name__}\.{name}: must be "
        for bad, error in (
            (math.nan, ValueError),
            (math.inf, ValueError),
            ("1", TypeError),
            (None, TypeError),
        ):
            with pytest.raises(error, match=label):
                model(**{name: bad})
        unit = model.units[name]
        if any(unit.powers == as_unit(u).powers for u in ("ms", "pF", "uF/cm2", "GOhm")):
            with pytest.raises(ValueError, match=label + ">"):
                model(**{name: -1.0})
        if any(unit.powers == as_unit(u).powers for u in ("nS", "mS/cm2")):
            if name in model.signed:
                assert getattr(model(**{name: -1.0}), name) == -1.0
            else:
                with pytest.raises(ValueError, match=label + ">= 0"):
                    model(**{name: -1.0})


@pytest.mark.parametrize(
    "model, bad, message",
    [
        (snn.QIF, {"v_c": -70.0}, r"QIF.v_c: must be above v_rest = -65.0 mV, got -70.0"),
        (snn.QIF, {"v_peak": -60.0}, r"QIF.v_peak: must be above v_c = -50.0 mV, got -60.0"),
        (snn.QIF, {"v_reset": 20.0}, r"QIF.v_reset: the reset must be below threshold \(v_peak = 20.0\)"),
        (snn.EIF, {"Delta_T": 0.0}, r"EIF.Delta_T: must be > 0 mV, got 0.0"),
        (snn.EIF, {"v_T": -20.0}, r"EIF.v_peak: must be above v_T = -20.0 mV, got -30.0"),
        (snn.EIF, {"Delta_T": 0.01}, r"EIF.v_peak: must be at most 300 Delta_T above v_T"),
        (snn.AdEx, {"Delta_T": -1.0}, r"AdEx.Delta_T: must be > 0 mV, got -1.0"),
        (snn.AdEx, {"Delta_T": 0.1}, r"AdEx.v_peak: must be at most 300 Delta_T above v_T"),
        (snn.AdEx, {"v_peak": -60.0}, r"AdEx.v_peak: must be above v_T = -50.4 mV, got -60.0"),
        (snn.AdEx, {"v_reset": 30.0}, r"AdEx.v_reset: the reset must be below threshold \(v_peak = 20.0\)"),
        (snn.Izhikevich, {"k2": 0.0}, r"Izhikevich.k2: must be > 0"),
        (snn.Izhikevich, {"c": 31.0}, r"Izhikevich.c: the reset must be below threshold \(v_peak = 30.0\)"),
        (snn.Izhikevich2007, {"k": -0.7}, r"Izhikevich2007.k: must be > 0 nS/mV, got -0.7"),
        (snn.Izhikevich2007, {"c": 40.0}, r"Izhikevich2007.c: the reset must be below threshold"),
        (snn.HodgkinHuxley, {"k_am": 0.0}, r"HodgkinHuxley.k_am: must be > 0 mV, got 0.0"),
        (snn.HodgkinHuxley, {"a_n": -0.1}, r"HodgkinHuxley.a_n: must be > 0 1/ms, got -0.1"),
        (snn.MorrisLecar, {"v_2": 0.0}, r"MorrisLecar.v_2: must be > 0 mV, got 0.0"),
        (snn.MorrisLecar, {"v_4": -3.0}, r"MorrisLecar.v_4: must be > 0 mV, got -3.0"),
        (snn.MorrisLecar, {"phi": -0.04}, r"MorrisLecar.phi: must be > 0 1/ms, got -0.04"),
        (snn.FitzHughNagumo, {"epsilon": 0.0}, r"FitzHughNagumo.epsilon: must be > 0, got 0.0"),
        (snn.HindmarshRose, {"r": 0.0}, r"HindmarshRose.r: must be > 0, got 0.0"),
        (snn.HindmarshRose, {"a": -1.0}, r"HindmarshRose.a: must be > 0, got -1.0"),
        (snn.HindmarshRose, {"s": 0.0}, r"HindmarshRose.s: must be > 0, got 0.0"),
        (snn.PoissonGLM, {"rho_0": 0.0}, r"PoissonGLM.rho_0: must be > 0 1/ms, got 0.0"),
        (snn.PoissonGLM, {"Delta_v": -4.0}, r"PoissonGLM.Delta_v: must be > 0 mV, got -4.0"),
    ],
)
def test_parameters_that_do_not_fit_together(model, bad, message):
    with pytest.raises(ValueError, match="^" + message):
        model(**bad)


@each_certain
def test_parameters_may_be_arrays(model):
    """Two neurons with different parameters behave as each does alone."""
    case = CASES[model.__name__]
    name = next(p for p in ("C_m", "tau_m", "a", "epsilon") if p in model.parameters())
    values = np.array([1.0, 1.2]) * getattr(model(), name)
    together = snn.simulate(model(**{name: values}), I=case.drive, t_stop=case.t_stop, engine="numpy").spikes
    for i, value in enumerate(values):
        alone = snn.simulate(model(**{name: value}), I=case.drive, t_stop=case.t_stop).spikes
        np.testing.assert_array_equal(together.of(i), alone.t)


@pytest.mark.parametrize("named", NAMED)
def test_named_sets_are_models_of_their_class_and_say_what_they_are(named):
    neuron = named()
    assert type(neuron) is named.__self__ and len(named.__doc__) > 10
    others = [getattr(type(neuron), n)() for n, v in vars(type(neuron)).items() if isinstance(v, classmethod)
              and not n.startswith("_") and n != named.__name__]  # fmt: skip
    assert neuron not in others


# --- what the literature says of the models --------------------------------------------------------------------


def intervals(neuron, I, t_stop, **more):
    return np.diff(snn.simulate(neuron, I=I, t_stop=t_stop, **more).spikes.t)


def test_qif_fires_above_its_rheobase_with_the_rate_of_its_closed_form():
    """From minus to plus infinity the period is pi tau_m/sqrt(...); tan gives it between reset and peak."""
    assert intervals(snn.QIF(), 37.0, 500.0).size == 0  # rheobase: (v_c - v_rest)/4/R_m = 37.5 pA
    for I in (50.0, 100.0, 300.0):
        x = math.sqrt(15.0 * 0.1 * I - 7.5**2)  # (v - v_rest)(v - v_c) = (v + 57.5)^2 - 7.5^2
        period = 10.0 * 15.0 / x * (math.atan(77.5 / x) - math.atan(-22.5 / x))
        got = intervals(snn.QIF(), I, 600.0, dt=0.05)
        np.testing.assert_allclose(got[1:], period, atol=0.1)


def test_adex_patterns():
    tonic = intervals(snn.AdEx.tonic(), 65.0, 500.0)
    assert np.ptp(tonic[2:]) < 0.3
    adapting = intervals(snn.AdEx.adapting(), 65.0, 500.0)
    assert adapting[-1] > 1.5 * adapting[0] and (np.diff(adapting) > -0.2).all()
    burst = intervals(snn.AdEx.initial_burst(), 65.0, 500.0)
    assert burst[0] < 0.2 * burst[-1] and np.ptp(burst[-3:]) < 0.3
    bursting = intervals(snn.AdEx.bursting(), 65.0, 500.0)
    assert (bursting < 10.0).sum() > 5 and (bursting > 20.0).sum() > 3
    irregular = intervals(snn.AdEx.irregular(), 65.0, 1000.0)
    assert irregular.std() > 0.2 * irregular.mean()
    assert 1 < snn.simulate(snn.AdEx.transient(), I=55.0, t_stop=1000.0).spikes.t.size < 5
    delayed = snn.simulate(snn.AdEx.delayed(), I=25.0, t_stop=500.0).spikes.t
    early = snn.simulate(snn.AdEx.tonic(), I=65.0, t_stop=500.0).spikes.t
    assert delayed[0] > 50.0 > early[0]


def test_izhikevich_patterns():
    sets = snn.Izhikevich
    regular, fast = (
        intervals(sets.regular_spiking(), 10.0, 500.0),
        intervals(sets.fast_spiking(), 10.0, 500.0),
    )
    assert fast.mean() < 0.5 * regular.mean() and regular[0] < regular[-1]
    burst = intervals(sets.intrinsically_bursting(), 10.0, 500.0)
    assert burst[0] < 0.3 * burst[-1] and np.ptp(burst[-3:]) < 0.5
    chattering = intervals(sets.chattering(), 10.0, 500.0)
    assert (chattering < 8.0).sum() > 10 and (chattering > 20.0).sum() > 3
    low = intervals(sets.low_threshold_spiking(), 10.0, 500.0)
    assert low.mean() < regular.mean()
    release = snn.step(-10.0, 0.0, 100.0)  # in mV/ms here
    rebound = snn.simulate(sets.thalamo_cortical(), I=release, t_stop=200.0).spikes.t
    assert rebound.size > 2 and 100.0 < rebound[0] < 130.0
    v = snn.simulate(sets.resonator(), I=snn.step(0.2, 20.0, 1000.0), t_stop=200.0, record=["v"])
    after = v.traces["v"][250:, 0]
    assert (np.diff(np.sign(np.diff(after))) != 0).sum() > 3  # it rings


def test_izhikevich2007_patterns():
    sets = snn.Izhikevich2007
    assert intervals(sets.regular_spiking(), 70.0, 1000.0).size > 3
    burst = intervals(sets.intrinsically_bursting(), 500.0, 500.0)
    assert burst[0] < 0.5 * burst[-1]
    chattering = intervals(sets.chattering(), 300.0, 500.0)
    assert chattering.min() < 10.0 and chattering.max() > 3 * chattering.min()
    late = snn.simulate(sets.spiny_projection(), I=420.0, t_stop=600.0).spikes.t
    assert late[0] > 100.0


def test_hodgkin_huxley_is_class_two_and_rests_at_minus_65():
    rest = snn.simulate(snn.HodgkinHuxley(), t_stop=100.0, record=["v"]).traces["v"]
    assert np.abs(rest + 65.0).max() < 0.01
    counts = [snn.simulate(snn.HodgkinHuxley(), I=I, t_stop=500.0).spikes.t.size for I in (5.0, 7.0)]
    assert counts[0] <= 1 and counts[1] > 20  # from silence to 50 Hz at once


def test_hodgkin_huxley_rates_have_no_hole():
    """At v = -40 and -55 mV the paper's rates are 0/0; their limits are 1/ms and 0.1/ms."""
    neuron = snn.HodgkinHuxley()
    for v, k, limit in ((-40.0, 1, 1.0), (-55.0, 3, 0.1)):
        at = {"v": v, "m": 0.0, "h": 0.0, "n": 0.0, "I": 0.0}  # a closed gate opens with alpha
        assert abs(snn.model.call(neuron, "dynamics", at)[k] - limit) < 1e-15


def test_morris_lecar_sets_have_their_bifurcations():
    def rate(neuron, I):
        spikes = snn.simulate(neuron, I=I, t_stop=2000.0).spikes
        return spikes.between(1000.0, 2000.0).t.size

    hopf, snic = snn.MorrisLecar.hopf(), snn.MorrisLecar.snic()
    assert rate(hopf, 80.0) == 0 and rate(hopf, 98.0) >= 5  # from silence to a rate at once
    assert rate(snic, 39.5) == 0 and 1 <= rate(snic, 40.2) < 0.6 * rate(snic, 44.0)  # rates begin at zero


def test_fitzhugh_nagumo_fires_between_its_two_hopf_points():
    for I, fires in ((0.2, False), (0.5, True), (1.0, True), (1.6, False)):
        spikes = snn.simulate(snn.FitzHughNagumo(), I=I, t_stop=600.0).spikes
        assert (spikes.between(300.0, 600.0).t.size > 3) == fires


def test_hindmarsh_rose_bursts():
    found = intervals(snn.HindmarshRose.chaotic(), 3.25, 1500.0)
    assert (found < 30.0).sum() > 20 and (found > 60.0).sum() > 3


def test_model_time_is_scaled_by_time_unit():
    slow = snn.simulate(snn.FitzHughNagumo(time_unit=2.0), I=0.5, t_stop=400.0, dt=0.2).spikes
    plain = snn.simulate(snn.FitzHughNagumo(), I=0.5, t_stop=200.0, dt=0.1).spikes
    np.testing.assert_allclose(slow.t, 2.0 * plain.t)


@pytest.mark.parametrize(
    "model, synapse",
    [
        (snn.Izhikevich, snn.ExpCurrent()),
        (snn.Izhikevich, snn.ExpConductance()),
        (snn.FitzHughNagumo, snn.ExpCurrent()),
        (snn.FitzHughNagumo, snn.Delta()),
        (snn.HindmarshRose, snn.Delta()),
        (snn.HindmarshRose, snn.ExpConductance()),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, snn.Synapse) else x.__name__,
)
def test_synapses_in_units_that_do_not_fit_are_refused_by_name(model, synapse):
    with pytest.raises(ValueError, match=rf"{type(synapse).__name__} .*{model.__name__}"):
        snn.Population(model(), 1, receptors={"exc": synapse})


def test_srm_is_the_sum_of_its_kernels():
    """From the spikes alone: v and the threshold at every sample, to rounding."""
    neuron = snn.SRM(tau_eta=7.0, tau_theta=50.0)
    rec = snn.simulate(neuron, I=300.0, t_stop=200.0, record=["v", "theta"])
    since = rec.t[:, None] - rec.spikes.t[None, :]
    past = since > -1e-9
    eta = (-15.0 * np.exp(-since / 7.0, where=past, out=np.zeros_like(since))).sum(axis=1)
    theta = (5.0 * np.exp(-since / 50.0, where=past, out=np.zeros_like(since))).sum(axis=1)
    assert len(rec.spikes) > 4
    np.testing.assert_allclose(
        rec.traces["v"][:, 0], -70.0 + 30.0 * (1 - np.exp(-rec.t / 20.0)) + eta, atol=1e-9
    )
    np.testing.assert_allclose(rec.traces["theta"][:, 0], theta, atol=1e-9)


def test_srm_that_forgets_as_fast_as_its_membrane_is_the_lif():
    """Lowering v by v_th - v_reset is resetting it: up to the overshoot at the spike, which dt bounds."""
    same = snn.SRM(eta_0=15.0, tau_eta=20.0, theta_1=0.0, t_ref=0.0)
    a, b = (snn.simulate(m, I=300.0, t_stop=100.0, dt=0.001).spikes.t for m in (same, snn.LIF(t_ref=0.0)))
    assert a.size == b.size >= 5
    np.testing.assert_allclose(a, b, atol=0.01)


def test_the_glm_without_history_is_a_poisson_process():
    """Rate, Fano factor and intervals: 2,000 neurons at 20 Hz for 1 s after v has settled."""
    n, rho = 2000, 0.02
    pop = snn.Population(snn.PoissonGLM(eta_0=0.0, t_ref=0.0, rho_0=rho, v_th=-70.0), n)
    spikes = snn.simulate(pop, t_stop=1000.0, seed=5).spikes
    counts = spikes.counts()
    wanted = 10_000 * -math.expm1(-rho * 0.1)  # a step has at most one spike
    assert abs(counts.mean() - wanted) < 4 * math.sqrt(wanted / n)
    assert abs(counts.var() / counts.mean() - 1.0) < 4 * math.sqrt(2 / n)
    gaps = np.concatenate([np.diff(spikes.of(i)) for i in range(n)])
    # of the gaps that fit into 1000 ms, those > 50 ms: the integral of (1000 - g) exp(-g/50) over them, normalised
    longer = math.exp(-1.0) * (950.0 - 50.0) / (1000.0 - 50.0)
    assert abs(np.mean(gaps > 50.0) / longer - 1.0) < 0.03
    assert gaps.min() < 0.2


def test_the_glm_rate_follows_its_exponential():
    I = np.repeat([0.0, 40.0, 80.0], 2000)  # v at -70, -66, -62 mV: e-folds of the rate
    pop = snn.Population(snn.PoissonGLM(eta_0=0.0, t_ref=0.0, rho_0=0.01, v_th=-70.0), I.size)
    spikes = snn.simulate(pop, I=I, t_stop=1200.0, seed=6).spikes.between(200.0, 1200.0)
    counts = np.bincount(spikes.i, minlength=I.size).reshape(3, 2000).mean(axis=1)
    np.testing.assert_allclose(counts, 10.0 * np.exp([0.0, 1.0, 2.0]), rtol=0.03)


def test_the_glm_remembers_its_spikes():
    """No interval within t_ref, and the first ones after it are rare: the hazard is that of v after a spike."""
    neuron = snn.PoissonGLM(rho_0=0.05, v_th=-70.0, eta_0=10.0, tau_eta=15.0, t_ref=3.0)
    spikes = snn.simulate(snn.Population(neuron, 1000), t_stop=2000.0, seed=7).spikes
    first = np.array([spikes.of(i)[:2] for i in range(1000) if spikes.of(i).size > 1])
    gaps = np.diff(first, axis=1)[:, 0]
    assert gaps.min() > 3.0
    s = np.arange(3.1, 200.0, 0.1)  # the first spike falls on a neuron without history
    hazard = 0.05 * np.exp(-10.0 * np.exp(-s / 15.0) / 4.0)
    survival = np.exp(-0.1 * np.cumsum(hazard))
    for level in (0.75, 0.5, 0.25):
        at = s[np.searchsorted(-survival, -level)]
        assert abs(np.mean(gaps > at) - level) < 4 * math.sqrt(level * (1 - level) / gaps.size)


@needs("neuron")
def test_hodgkin_huxley_meets_neuron():
    from neuron import h

    h.load_file("stdrun.hoc")
    soma = h.Section(name="soma")
    soma.L = soma.diam = 20.0
    soma.insert("hh")
    soma(0.5).hh.el = -54.387
    soma.ena, soma.ek, h.celsius = 50.0, -77.0, 6.3
    h.usetable_hh = 0
    clamp = h.IClamp(soma(0.5))
    clamp.delay, clamp.dur, clamp.amp = 0.0, 1e9, 10.0 * soma(0.5).area() * 1e-5  # 10 uA/cm2 in nA
    times, counter = h.Vector(), h.NetCon(soma(0.5)._ref_v, None, sec=soma)
    counter.threshold = 0.0
    counter.record(times)
    solver = h.CVode()
    solver.active(1)
    solver.atol(1e-9)
    h.finitialize(-65.0)
    solver.solve(100.0)
    ours = snn.simulate(snn.HodgkinHuxley(), I=10.0, t_stop=100.0, dt=0.01, method="rk4").spikes.t
    assert ours.size == len(times) >= 5
    np.testing.assert_allclose(ours, np.array(times), atol=0.02)
