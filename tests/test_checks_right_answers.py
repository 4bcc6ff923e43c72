"""Right answers of another kind than the lesson's own solution pass too."""

import numpy as np
import pytest
from scipy.signal import fftconvolve

from snnlab.checks import load
from snnlab.checks.prove import SEEDS, report_on


def campbell_as_an_array(J, nu, tau_m, dt):
    q = np.exp(-dt / tau_m)
    return np.array([J * nu * dt / (1 - q), abs(J) * np.sqrt(nu * dt / (1 - q**2))])


def drift_of(merged, alone):
    """The drift lag by lag. merged : an own and a caused spike are one.   alone : one pre spike in a step, at most."""

    def drift(r_pre, r_own, p, lag, A_plus, A_minus, tau_plus, tau_minus, dt):
        k = np.arange(-20000, 20001)
        tau = np.where(k >= 0, tau_plus, tau_minus)
        window = np.where(k >= 0, A_plus, -A_minus) * np.exp(-np.abs(k) * dt / tau)
        pre, own = r_pre * dt / 1000, r_own * dt / 1000
        fires = np.full(
            len(k), own + p * pre - merged * own * p * pre
        )  # the post neuron, given the pre spike
        cause = k == round(lag / dt)
        fires[cause] = own + p - merged * own * p + (0.0 if alone else p * pre * (1 - merged * own))
        return 1000 / dt * pre * (fires @ window)

    return drift


def peak_on_a_long_curve(shape, tau_m, tau_s):
    t = np.arange(0.0, 120.0, 0.01)
    current = np.exp(-t / tau_s) if shape == "exponential" else t / tau_s * np.exp(1 - t / tau_s)
    return t[fftconvolve(current, np.exp(-t / tau_m))[: len(t)].argmax()]


ANSWERS = {
    "a mean and a spread as an array": ("09.x1", campbell_as_an_array),
    "the peak of a curve of 120 ms": ("09.1", peak_on_a_long_curve),
    "one pre spike in a step": ("10.3", drift_of(merged=0.0, alone=True)),
    "one post spike in a step": ("10.3", drift_of(merged=1.0, alone=False)),
    "one spike of each in a step": ("10.3", drift_of(merged=1.0, alone=True)),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_it_passes(name):
    id, answer = ANSWERS[name]
    reports = [report_on(load(id[:2])[id], answer, seed) for seed in SEEDS]
    assert [report.state for report in reports] == ["passed"] * len(SEEDS), reports
