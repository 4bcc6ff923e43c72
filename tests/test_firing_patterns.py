"""What lesson 04 stands on: the schemes of 2003, the SRM's reset, rheobases of AdEx, and six patterns told apart."""

import numpy as np
import pytest

import snnlab as snn
from snnlab.checks.ex_04 import KINDS, hidden_neurons, pattern, six_neurons


@pytest.mark.parametrize(
    ("method", "dt", "spikes"), [("half_step_2003", 1.0, 20), ("euler", 1.0, 22), ("rk4", 0.01, 23)]
)
def test_one_neuron_and_three_integrators(method, dt, spikes):
    rs = snn.Izhikevich.regular_spiking()
    assert len(snn.simulate(rs, I=10.0, t_stop=1000.0, dt=dt, method=method).spikes) == spikes


def test_a_ceiling_for_u_makes_the_published_scheme_regular():
    def count(ceiling, v):
        u, spikes = -14.0, 0
        for _ in range(1000):
            for _ in range(2):
                v = v + 0.5 * (0.04 * v * v + 5.0 * v + 140.0 - u + 10.0)
            u = u + 0.02 * (0.2 * min(v, ceiling) - u)
            if v >= 30.0:
                v, u, spikes = -65.0, u + 8.0, spikes + 1
        return spikes

    starts = -70.0 + 1e-9 * np.arange(20)
    assert {count(30.0, v) for v in starts} == {22}
    assert max(count(np.inf, v) for v in starts) <= 21


def test_bursts_end_with_the_first_reset_above_the_nullcline():
    model = snn.Izhikevich.chattering()  # at c = -50 and I = 10 the nullcline is at u = 0
    rec = snn.simulate(model, I=10.0, t_stop=100.0, dt=0.02, record=["u"])
    u = rec.traces["u"][np.round(rec.spikes.t / rec.dt).astype(int), 0]
    gaps = np.diff(rec.spikes.t)
    assert gaps[u[:-1] < 0].max() < 4.0 < gaps[u[:-1] > 0].min()


def test_unbroken_memory_knows_no_refractory_period():
    unbroken = snn.SRM(eta_0=15.0, tau_eta=20.0, theta_1=0.0, t_ref=2.0)
    for I in (300.0, 600.0):
        a, b = (
            np.diff(snn.simulate(m, I=I, t_stop=500.0, dt=0.01).spikes.t).mean()
            for m in (snn.LIF(), unbroken)
        )
        assert a - b == pytest.approx(2.0, abs=0.02)


@pytest.mark.parametrize("a", [0.0, 1.0, 4.0])
def test_adex_loses_its_rest_where_naud_et_al_say(a):
    m = snn.AdEx(a=a)
    A, T, drive = m.a / m.g_L, m.C_m / m.g_L / m.tau_w, m.v_T - m.E_L - m.Delta_T
    I = (m.g_L + m.a) * (drive + m.Delta_T * np.log(1 + min(A, T))) + m.g_L * m.Delta_T * max(A - T, 0.0)
    rest = snn.phase_plane(m, I=0.99 * I, xlim=(m.E_L - 10.0, m.v_T + 10.0)).fixed_points[0]
    start = {"v": rest.x, "w": rest.y}
    below, above = (
        len(snn.simulate(m, I=f * I, t_stop=5000.0, initial=start).spikes) for f in (0.995, 1.005)
    )
    assert below == 0
    assert above >= 5


def test_every_student_has_each_pattern_once_and_can_tell_them_apart():
    for student in ("ada", "bob", 17):
        kinds = [neuron["kind"] for neuron in hidden_neurons(student)]
        assert sorted(kinds) == sorted(KINDS)
        assert [pattern(fire) for fire in six_neurons(student)] == kinds
    assert hidden_neurons("ada") == hidden_neurons(" Ada")
    with pytest.raises(ValueError, match="STUDENT"):
        six_neurons("")
