"""Theory against the differential equation itself, integrated here by scipy at 1e-11."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, minimize_scalar

import snnlab as snn
from snnlab import theory

LIF = {"tau_m": 20.0, "R_m": 0.1, "E_L": -70.0, "v_th": -50.0, "v_reset": -65.0, "t_ref": 2.0}


def lif(**changes):
    return SimpleNamespace(**(LIF | changes))


@st.composite
def lifs(draw):
    """Any sensible LIF: rest below threshold, reset at most 0.5 mV below it."""
    E_L = draw(st.floats(-90.0, -55.0))
    v_th = E_L + draw(st.floats(1.0, 40.0))
    return lif(
        tau_m=draw(st.floats(1.0, 100.0)),
        R_m=draw(st.floats(0.01, 2.0)),
        E_L=E_L,
        v_th=v_th,
        v_reset=v_th - draw(st.floats(0.5, 40.0)),
        t_ref=draw(st.floats(0.0, 10.0)),
    )


def integrate(model, I, v0, t_stop, until_threshold=False):
    def dv(t, v):
        return (-(v - model.E_L) + model.R_m * I) / model.tau_m

    def crossing(t, v):
        return v[0] - model.v_th

    crossing.terminal = until_threshold
    crossing.direction = 1
    return solve_ivp(dv, (0.0, t_stop), [v0], "DOP853", rtol=1e-11, atol=1e-11, events=crossing)


@pytest.mark.parametrize(("I", "v0"), [(0.0, -60.0), (150.0, None), (-200.0, -50.0), (900.0, -80.0)])
def test_the_charging_curve_solves_the_equation(I, v0):
    for t in (0.5, 10.0, 70.0):
        solution = integrate(lif(), I, -70.0 if v0 is None else v0, t)
        assert theory.lif_voltage(t, I, lif(), v0) == pytest.approx(solution.y[0, -1], abs=1e-8)


def test_the_charging_curve_starts_at_v0_and_ends_at_the_steady_state():
    assert theory.lif_voltage(0.0, 300.0, lif(), v0=-61.0) == pytest.approx(-61.0, abs=1e-12)
    assert theory.lif_voltage(1e4, 300.0, lif(), v0=-61.0) == pytest.approx(-40.0, abs=1e-12)


@pytest.mark.parametrize("I", [201.0, 230.0, 300.0, 600.0, 5000.0])
@pytest.mark.parametrize("v0", [None, -65.0, -90.0, -50.5])
def test_the_time_to_threshold_is_where_the_integrated_equation_crosses(I, v0):
    solution = integrate(lif(), I, -70.0 if v0 is None else v0, 300.0, until_threshold=True)
    assert theory.lif_time_to_threshold(I, lif(), v0) == pytest.approx(solution.t_events[0][0], rel=1e-8)


@given(lifs(), st.floats(1.001, 1e6))
def test_at_the_time_to_threshold_the_curve_is_at_threshold(model, excess):
    I = theory.lif_rheobase(model) * excess
    T = theory.lif_time_to_threshold(I, model, model.v_reset)
    # A relative error e of a time moves v by e * v_inf * exp(-T / tau_m) * T / tau_m: rounding at strong currents.
    tolerance = 1e-9 + 1e-13 * abs(model.R_m * I)
    assert theory.lif_voltage(T, I, model, model.v_reset) == pytest.approx(model.v_th, abs=tolerance)


def test_it_never_reaches_threshold_at_or_below_rheobase():
    np.testing.assert_array_equal(theory.lif_time_to_threshold([-50.0, 0.0, 199.0, 200.0], lif()), np.inf)
    # Not even from a reset that lies above rest, and with the steady state itself as the start.
    np.testing.assert_array_equal(theory.lif_time_to_threshold([150.0, 200.0], lif(), [-55.0, -60.0]), np.inf)


def test_it_takes_no_time_from_threshold_or_above():
    np.testing.assert_array_equal(theory.lif_time_to_threshold([0.0, 300.0], lif(), [-50.0, -40.0]), 0.0)


def test_a_very_strong_current_does_not_lose_digits():
    # To first order in 1/I the time is tau_m (v_th - E_L) / (R_m I).
    assert theory.lif_time_to_threshold(1e12, lif()) == pytest.approx(20.0 * 20.0 / 1e11, rel=1e-9)


def test_the_rates_of_the_first_lesson():
    assert theory.lif_rate(300.0, lif()) == pytest.approx(49.2, abs=0.05)
    assert theory.lif_rate(600.0, lif()) == pytest.approx(119.5, abs=0.05)
    assert theory.lif_rate(200.0, lif()) == 0.0


@pytest.mark.parametrize("I", [210.0, 300.0, 600.0, 2000.0])
@pytest.mark.parametrize("changes", [{}, {"t_ref": 0.0}, {"v_reset": -80.0, "tau_m": 7.0}])
def test_the_rate_is_that_of_a_neuron_integrated_spike_by_spike(I, changes):
    model = lif(**changes)
    t, v0, spikes = 0.0, model.E_L, []
    for _ in range(4):
        t += integrate(model, I, v0, 500.0, until_threshold=True).t_events[0][0]
        spikes.append(t)
        t, v0 = t + model.t_ref, model.v_reset
    np.testing.assert_allclose(np.diff(spikes), theory.lif_interval(I, model), rtol=1e-8)
    assert theory.lif_rate(I, model) == pytest.approx(1000.0 / np.diff(spikes).mean(), rel=1e-8)


@given(lifs(), st.floats(-5e3, 5e3), st.floats(-5e3, 5e3))
def test_the_rate_rises_with_the_current_and_stays_below_the_refractory_limit(model, I1, I2):
    low, high = theory.lif_rate(np.sort([I1, I2]), model)
    assert 0.0 <= low <= high
    if model.t_ref > 0:
        assert high <= 1000.0 / model.t_ref
    assert (high > 0) == (model.E_L + model.R_m * max(I1, I2) > model.v_th)


@given(lifs(), st.floats(1.01, 100.0), st.sampled_from([0.01, 0.1, 1.0]))
def test_on_a_grid_the_interval_ends_at_the_first_step_past_threshold(model, excess, dt):
    I = theory.lif_rheobase(model) * excess
    n = round((theory.lif_interval(I, model, dt) - model.t_ref) / dt)
    margin = 1e-9 + 1e-13 * abs(model.R_m * I)
    assert theory.lif_voltage(n * dt, I, model, model.v_reset) >= model.v_th - margin
    assert theory.lif_voltage((n - 1) * dt, I, model, model.v_reset) < model.v_th + margin


def test_a_grid_rounds_the_interval_up():
    continuous, grid = (theory.lif_interval(250.0, lif()), theory.lif_interval(250.0, lif(), dt=0.1))
    assert grid - 0.1 < continuous < grid
    assert theory.lif_interval(100.0, lif(), dt=0.1) == math.inf


def test_the_rheobase_is_where_the_steady_state_meets_threshold():
    assert theory.lif_rheobase(lif()) == 200.0
    assert theory.lif_voltage(1e4, theory.lif_rheobase(lif()), lif()) == pytest.approx(-50.0)


@pytest.mark.parametrize("T", [0.1, 1.0, 13.0, 80.0])
def test_a_pulse_of_threshold_strength_ends_just_at_threshold(T):
    I = theory.lif_strength_duration(T, lif())
    assert integrate(lif(), I, -70.0, T).y[0, -1] == pytest.approx(-50.0, abs=1e-7)


def test_the_chronaxie_needs_twice_the_rheobase():
    for model in (lif(), lif(tau_m=7.0, R_m=0.3)):
        at_chronaxie = theory.lif_strength_duration(theory.lif_chronaxie(model), model)
        assert at_chronaxie == pytest.approx(2.0 * theory.lif_rheobase(model))
        root = brentq(
            lambda T, m=model: theory.lif_strength_duration(T, m) / theory.lif_rheobase(m) - 2, 0.1, 99
        )
        assert theory.lif_chronaxie(model) == pytest.approx(root)


def test_the_charge_falls_as_the_pulse_gets_shorter():
    T = np.geomspace(1e-6, 200.0, 60)
    charge = theory.lif_strength_duration(T, lif()) * T
    assert np.all(np.diff(charge) > 0)
    assert charge[0] == pytest.approx(200.0 * 20.0, rel=1e-6)  # rheobase times tau_m


def test_the_least_energy_is_where_a_search_finds_it():
    for model in (lif(), lif(tau_m=7.0, R_m=0.3)):
        found = minimize_scalar(
            lambda T, m=model: theory.lif_strength_duration(T, m) ** 2 * T,
            bounds=(0.01, 10 * model.tau_m),
            method="bounded",
            options={"xatol": 1e-6},
        )
        assert theory.lif_least_energy_duration(model) == pytest.approx(found.x, rel=1e-5)
    assert theory.lif_least_energy_duration(lif(tau_m=1.0)) == pytest.approx(1.2564312, abs=1e-7)


@given(lifs(), st.floats(0.01, 100.0))
def test_least_energy_beats_every_other_duration(model, factor):
    assume(abs(factor - 1) > 1e-6)
    best = theory.lif_least_energy_duration(model)
    T = np.array([best, best * factor])
    energy = theory.lif_strength_duration(T, model) ** 2 * T
    assert energy[0] <= energy[1] * (1 + 1e-12)


def test_numbers_give_numbers_and_arrays_keep_their_shape():
    assert isinstance(theory.lif_rate(300.0, lif()), float)
    assert isinstance(theory.lif_rheobase(lif()), float)
    assert theory.lif_rate(np.full((2, 3), 300.0), lif()).shape == (2, 3)
    assert theory.lif_voltage(np.zeros((4, 1)), np.zeros(3), lif()).shape == (4, 3)
    assert theory.lif_strength_duration([1.0, 2.0], lif()).shape == (2,)


def test_a_simulated_neuron_keeps_to_the_grid_interval_spike_for_spike():
    model = snn.LIF()
    I = np.linspace(205.0, 1000.0, 20)
    rec = snn.simulate(snn.Population(model, len(I)), I=I, t_stop=500.0, dt=0.1, method="exact")
    for k, expected in enumerate(theory.lif_interval(I, model, dt=0.1)):
        times = rec.spikes.of(k)
        np.testing.assert_allclose(np.diff(times), expected, atol=1e-9)
        assert times[0] == pytest.approx(np.ceil(theory.lif_time_to_threshold(I[k], model) / 0.1) * 0.1)


def test_parameters_may_be_arrays_too():
    rates = theory.lif_rate(300.0, lif(tau_m=np.array([10.0, 20.0])))
    np.testing.assert_allclose(rates, [theory.lif_rate(300.0, lif(tau_m=tau)) for tau in (10.0, 20.0)])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: theory.lif_rate(np.nan, lif()), ValueError, r"I: must be finite, got nan"),
        (lambda: theory.lif_rate("300", "LIF"), TypeError, r"str has no v_reset, t_ref .*snn\.LIF"),
        (lambda: theory.lif_rate("much", lif()), TypeError, r"I: must be a number or an array"),
        (lambda: theory.lif_rheobase(SimpleNamespace(R_m=0.1)), TypeError, r"has no E_L, v_th"),
        (
            lambda: theory.lif_voltage(-1.0, 0.0, lif()),
            ValueError,
            r"lif_voltage\.t: must be >= 0 ms, got -1",
        ),
        (lambda: theory.lif_voltage(1.0, 0.0, lif(), np.inf), ValueError, r"v0: must be finite, got inf"),
        (lambda: theory.lif_strength_duration([1.0, 0.0], lif()), ValueError, r"T: must be > 0 ms, got 0"),
        (lambda: theory.lif_interval(300.0, lif(), dt=0.0), ValueError, r"dt: must be > 0 ms, got 0"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
