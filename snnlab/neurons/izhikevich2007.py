"""Izhikevich's neuron of 2007, in physical units."""

from __future__ import annotations

import numpy as np

from ..model import Neuron
from ..units import ms, mV, nS, pA, pF


class Izhikevich2007(Neuron):
    """Izhikevich's simple model in physical units.

    C_m dv/dt = k (v - v_r)(v - v_t) - u + I;    du/dt = a (b (v - v_r) - u);
    v >= v_peak: spike, v <- c, u <- u + d.

    States v (mV) and u (pA), input I (pA). b may be negative. `method="half_step_2003"` takes two half steps for
    v, then one for u, as the program of the 2003 paper does. The named sets are those of the book's chapter 8.
    Parameters may be arrays, one value per neuron. Raises ValueError for C_m or k that is not positive, or for c
    at or above v_peak.
    Izhikevich (2007), Dynamical Systems in Neuroscience, ch. 8, doi:10.7551/mitpress/2526.001.0001.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.Izhikevich2007(), I=70.0, t_stop=500.0)
    >>> len(rec.spikes)
    3
    """

    C_m: pF = 100.0  # membrane capacitance
    k: nS / mV = 0.7  # curvature of the current at rest
    v_r: mV = -60.0  # resting potential
    v_t: mV = -40.0  # instantaneous threshold
    a: 1 / ms = 0.03  # rate of recovery
    b: nS = -2.0  # coupling of u to v
    c: mV = -50.0  # reset potential
    d: pA = 100.0  # recovery per spike
    v_peak: mV = 35.0  # cut-off of the upstroke: the spike

    state = {"v": "mV", "u": "pA"}
    input = {"I": "pA"}
    signed = ("b",)

    def initial(v_r):
        return {"v": v_r, "u": 0.0}

    def dynamics(v, u, I, C_m, k, v_r, v_t, a, b):
        dv = (k * (v - v_r) * (v - v_t) - u + I) / C_m
        du = a * (b * (v - v_r) - u)
        return dv, du

    def threshold(v, v_peak):
        return v >= v_peak

    def reset(v, u, c, d):
        v = c
        u = u + d
        return v, u

    def checks(k):
        yield np.all(k > 0), f"k: must be > 0 nS/mV, got {k}"

    @classmethod
    def regular_spiking(cls) -> Izhikevich2007:
        """RS, layer 5 pyramidal cell of rat visual cortex (the defaults). Sec. 8.2.1."""
        return cls()

    @classmethod
    def intrinsically_bursting(cls) -> Izhikevich2007:
        """IB, pyramidal cell that fires a burst first. Sec. 8.2.2."""
        return cls(C_m=150.0, k=1.2, v_r=-75.0, v_t=-45.0, a=0.01, b=5.0, c=-56.0, d=130.0, v_peak=50.0)

    @classmethod
    def chattering(cls) -> Izhikevich2007:
        """CH, bursts of close spikes. Sec. 8.2.3."""
        return cls(C_m=50.0, k=1.5, v_r=-60.0, v_t=-40.0, a=0.03, b=1.0, c=-40.0, d=150.0, v_peak=25.0)

    @classmethod
    def spiny_projection(cls) -> Izhikevich2007:
        """Medium spiny projection neuron of the striatum: a long ramp before the first spike. Sec. 8.4.2."""
        return cls(C_m=50.0, k=1.0, v_r=-80.0, v_t=-25.0, a=0.01, b=-20.0, c=-55.0, d=150.0, v_peak=40.0)
