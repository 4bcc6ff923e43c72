"""Equations that look straight near zero and bend further away: none of their methods may take them for straight."""

import numpy as np
import pytest

import snnlab as snn
from snnlab.units import GOhm, ms, mV
from snnlab.vocabulary import maximum, minimum, where


class Straight(snn.Neuron):
    tau: ms = 10.0
    R: GOhm = 0.1
    v_th: mV = 1e9
    state = {"v": "mV", "w": "mV"}
    input = {"I": "pA"}
    method = "exact"

    def initial():
        return {"v": 0.0, "w": 0.0}

    def dynamics(v, w, I, tau, R):
        dv = (-v + R * I) / tau
        dw = (R * I - w) / tau
        return dv, dw

    def threshold(v, v_th):
        return v >= v_th


class Rectified(Straight):
    method = "exponential_euler"

    def dynamics(v, w, I, tau, R):
        dv = (-v - 3 * maximum(v - 60, 0) + R * I) / tau
        dw = (R * I - w) / tau
        return dv, dw


class Compared(Straight):
    method = "exponential_euler"

    def dynamics(v, w, I, tau, R):
        dv = (-v * (1 + 0.3 * (v > 90)) + R * I) / tau
        dw = (R * I - w) / tau
        return dv, dw


class OtherCompared(Straight):
    method = "exponential_euler"

    def dynamics(v, w, I, tau, R):
        dv = (-v * (1 + 3 * (w > 30)) + R * I) / tau
        dw = (R * I - w) / tau
        return dv, dw


class Saturated(Straight):
    def dynamics(v, w, I, tau, R):
        dv = (-minimum(v, 400) + R * I) / tau
        dw = (R * I - w) / tau
        return dv, dw


class ByInput(Straight):
    def dynamics(v, w, I, tau, R):
        dv = (-v * (1 + 3 * where(I > 30, 1, 0)) + R * I) / tau
        dw = (R * I - w) / tau
        return dv, dw


class ByTime(Straight):
    def dynamics(v, w, I, t, tau, R):
        dv = (-v * (1 + 3 * where(t >= 30, 1, 0)) + R * I) / tau
        dw = (R * I - w) / tau
        return dv, dw


class FastByInput(Straight):
    method = "exponential_euler"

    def dynamics(v, w, I, tau, R):
        dv = (-v * (1 + 0.001 * w + where(I > 30, 500, 0)) + R * I) / tau
        dw = (R * I - w) / tau
        return dv, dw


RIGHT = {
    Straight: lambda t, v, w, I: -v + 0.1 * I,
    Rectified: lambda t, v, w, I: -v - 3 * max(v - 60, 0) + 0.1 * I,
    Compared: lambda t, v, w, I: -v * (1.3 if v > 90 else 1) + 0.1 * I,
    OtherCompared: lambda t, v, w, I: -v * (4 if w > 30 else 1) + 0.1 * I,
    Saturated: lambda t, v, w, I: -min(v, 400) + 0.1 * I,
    ByInput: lambda t, v, w, I: -v * (4 if I > 30 else 1) + 0.1 * I,
    ByTime: lambda t, v, w, I: -v * (4 if t >= 30 else 1) + 0.1 * I,
    FastByInput: lambda t, v, w, I: -v * (501 + 0.001 * w if I > 30 else 1 + 0.001 * w) + 0.1 * I,
}


def by_hand(model, I, dt=0.1, fine=50, n_steps=600):
    """v at 0, dt, … by the midpoint rule in steps that are `fine` times smaller; t and I are held over dt."""
    x, h, found = np.zeros(2), dt / fine, []

    def f(t, x):
        return np.array([RIGHT[model](t, *x, I), 0.1 * I - x[1]]) / 10.0

    for k in range(n_steps):
        found.append(x[0])
        for _ in range(fine):
            x = x + h * f(k * dt, x + 0.5 * h * f(k * dt, x))
    return np.array(found)


@pytest.mark.parametrize("engine", ["numba", "numpy"])
@pytest.mark.parametrize("model", RIGHT)
def test_what_bends_far_from_zero_is_stepped_as_it_is(model, engine):
    I = {Saturated: 6000.0, Compared: 1500.0}.get(model, 1000.0)
    rec = snn.simulate(model(), I=I, t_stop=60.0, record=["v"], engine=engine)
    off = abs(rec.traces["v"][:, 0] - by_hand(model, I)).max()
    assert off < {OtherCompared: 0.4, Compared: 0.1}.get(model, 2e-3)  # where a step jumps over the bend


@pytest.mark.parametrize("model", [Saturated, ByInput, ByTime])
def test_exact_is_refused_where_the_slope_may_change(model):
    with pytest.raises(ValueError, match=r"method: exact needs linear equations"):
        snn.simulate(model(), I=1.0, t_stop=1.0, method="exact")


def test_a_bent_input_leaves_equations_linear_in_their_states():
    class Rectifier(Straight):
        def dynamics(v, w, I, t, tau, R):
            dv = (-v + R * maximum(I, 0) * where(t >= 30, 2, 1)) / tau
            dw = (R * I - w) / tau
            return dv, dw

    one = snn.simulate(Rectifier(), I=100.0, t_stop=60.0, record=["v"], method="exact")
    t = one.t
    v = np.where(t < 30, -10 * np.expm1(-t / 10), 20 + (-10 * np.expm1(-3.0) - 20) * np.exp(-(t - 30) / 10))
    assert abs(one.traces["v"][:, 0] - v).max() < 1e-10
    pop = snn.Population(Rectifier(), 1, {"exc": snn.ExpCurrent(5.0)})
    with pytest.raises(ValueError, match="exact needs linear"):  # a synaptic current is a state
        snn.simulate(pop, t_stop=1.0, method="exact")


def test_two_kicks_of_a_receptor_that_saturates_far_out_are_not_one_of_twice_the_weight():
    class Full(snn.ExpCurrent):
        def arrive(g, w):
            g = minimum(g + w, 50)
            return g

    pop = snn.Population(snn.LIF(), 4, {"exc": Full(5.0)})
    with pytest.raises(ValueError, match="two arrivals are not one of twice the weight"):
        snn.simulate(pop, t_stop=1.0, projections=[snn.PoissonDrive(pop, 100.0, 30.0, n_sources=100)])
    kicks = snn.SpikeTrains([1.0] * 8, range(8), n=8, t_stop=2.0)
    p = snn.Projection(kicks, pop, snn.all_to_all(), w=-20.0, delay=0.0, storage=None)
    assert snn.simulate(pop, t_stop=2.0, projections=[p], record=["exc.g"]).traces["exc.g"].min() == -160.0
    with pytest.raises(ValueError, match="storage"):
        snn.simulate(pop, t_stop=2.0, projections=[
            snn.Projection(kicks, pop, snn.all_to_all(), w=20.0, delay=0.0, storage="planes")])  # fmt: skip
