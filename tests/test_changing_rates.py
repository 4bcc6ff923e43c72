"""Equations whose rates depend on t, t_last, dt or I: no method takes such a rate for a constant one."""

import numpy as np
import pytest

import snnlab as snn
from snnlab.units import ms, mV, nS, one


class Shunted(snn.Neuron):
    """A leak that each spike opens further, and that closes again as exp(-t_last/tau_a)."""

    tau: ms = 10.0
    tau_a: ms = 20.0
    k: one = 3.0
    E: mV = -70.0
    g: nS = 10.0
    v_th: mV = -50.0
    v_reset: mV = -60.0
    state = {"v": "mV"}
    input = {"I": "pA"}

    def initial(E):
        return {"v": E}

    def dynamics(v, I, t_last, tau, tau_a, k, E, g):
        dv = (-(v - E) * (1 + k * exp(-t_last / tau_a)) + I / g) / tau  # noqa: F821
        return dv

    def threshold(v, v_th):
        return v >= v_th

    def reset(v, v_reset):
        v = v_reset
        return v


class Stepped(snn.Neuron):
    """dv/dt = -v (1 + dt/tau_s)/tau."""

    tau: ms = 10.0
    tau_s: ms = 1.0
    v_0: mV = 1.0
    v_th: mV = 50.0
    state = {"v": "mV"}

    def initial(v_0):
        return {"v": v_0}

    def dynamics(v, dt, tau, tau_s):
        dv = -v * (1 + dt / tau_s) / tau
        return dv

    def threshold(v, v_th):
        return v >= v_th


class Gated(snn.Neuron):
    """dv/dt = -v I/(I_0 tau): the input is a rate."""

    tau: ms = 10.0
    I_0: mV = 1.0
    v_0: mV = 1.0
    v_th: mV = 50.0
    state = {"v": "mV"}
    input = {"I": "mV"}

    def initial(v_0):
        return {"v": v_0}

    def dynamics(v, I, tau, I_0):
        dv = -v * I / (I_0 * tau)
        return dv

    def threshold(v, v_th):
        return v >= v_th


def test_exponential_euler_steps_a_rate_that_depends_on_the_last_spike_as_the_reference_does():
    v = [
        snn.simulate(
            Shunted(), I=400.0, t_stop=200.0, method="exponential_euler", engine=engine, record=["v"]
        )
        for engine in ("numba", "numpy")
    ]
    assert np.abs(v[0].traces["v"] - v[1].traces["v"]).max() < 1e-9
    fine = snn.simulate(Shunted(), I=400.0, t_stop=200.0, dt=0.01, method="rk4")
    assert len(v[0].spikes) == len(fine.spikes) > 5
    assert np.abs(np.diff(v[0].spikes.t) - np.diff(fine.spikes.t)).max() < 0.1  # rounded up to a step


@pytest.mark.parametrize("engine", ["numba", "numpy"])
@pytest.mark.parametrize("method", ["exact", "exponential_euler"])
def test_a_rate_with_dt_takes_the_run_s_dt(engine, method):
    rec = snn.simulate(Stepped(), t_stop=11.0, dt=1.0, method=method, engine=engine, record=["v"])
    assert rec.traces["v"][-1, 0] == pytest.approx(np.exp(-2.0), abs=1e-12)


@pytest.mark.parametrize("model", [Shunted(), Gated()])
def test_exact_refuses_a_rate_that_changes(model):
    with pytest.raises(ValueError, match="exact needs linear equations with constant coefficients"):
        snn.simulate(model, t_stop=10.0, method="exact")


@pytest.mark.parametrize("engine", ["numba", "numpy"])
def test_a_rate_that_is_the_input_decays_with_its_integral(engine):
    rec = snn.simulate(
        Gated(),
        I=snn.step(2.0, 0.0, 5.0),
        t_stop=10.0,
        method="exponential_euler",
        engine=engine,
        record=["v"],
    )
    assert rec.traces["v"][-1, 0] == pytest.approx(np.exp(-1.0), abs=1e-12)
