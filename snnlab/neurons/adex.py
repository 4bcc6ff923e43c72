"""The adaptive exponential integrate-and-fire neuron."""

from __future__ import annotations

import numpy as np

from ..model import Neuron
from ..units import ms, mV, nS, pA, pF
from ..vocabulary import exp, minimum


class AdEx(Neuron):
    """Adaptive exponential integrate-and-fire: the EIF with one adaptation current.

    C_m dv/dt = -g_L (v - E_L) + g_L Delta_T exp((v - v_T)/Delta_T) - w + I;
    tau_w dw/dt = a (v - E_L) - w;    v >= v_peak: spike, v <- v_reset, w <- w + b, hold v for t_ref.

    States v (mV) and w (pA), input I (pA). The right-hand side reads min(v, v_peak), so that the upstroke stays
    finite in every method and does not reach w. a may be negative. Defaults: Brette & Gerstner (2005).
    The named sets tonic, adapting, initial_burst, bursting, irregular, transient and delayed are those of
    Neuronal Dynamics, Table 6.1; a step of 65 pA shows them (delayed: 25 pA; transient: 55 pA, at 65 pA the
    firing goes on).
    Parameters may be arrays, one value per neuron. Raises ValueError for C_m, tau_w or Delta_T that is not
    positive, a negative g_L or t_ref, v_peak below v_T or above v_T + 300 Delta_T, or a reset at or above v_peak.
    Brette & Gerstner (2005), J. Neurophysiol. 94:3637, doi:10.1152/jn.00686.2005; Gerstner, Kistler, Naud &
    Paninski (2014), Neuronal Dynamics, sec. 6.1, doi:10.1017/CBO9781107447615.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.AdEx.initial_burst(), I=65.0, t_stop=300.0)
    >>> (rec.spikes.t[1:] - rec.spikes.t[:-1]).round(1)[:5]
    array([ 2.7,  3.6,  5.7, 14.6, 36.5])
    """

    C_m: pF = 281.0  # membrane capacitance
    g_L: nS = 30.0  # leak conductance
    E_L: mV = -70.6  # leak potential
    v_T: mV = -50.4  # where the upstroke begins
    Delta_T: mV = 2.0  # sharpness of the upstroke
    tau_w: ms = 144.0  # time constant of the adaptation
    a: nS = 4.0  # adaptation below threshold
    b: pA = 80.5  # adaptation per spike
    v_peak: mV = 20.0  # cut-off of the upstroke: the spike
    v_reset: mV = -70.6  # reset potential
    t_ref: ms = 0.0  # absolute refractory period

    state = {"v": "mV", "w": "pA"}
    input = {"I": "pA"}
    frozen = ("v",)  # held while refractory; w goes on
    signed = ("a",)

    def initial(E_L):
        return {"v": E_L, "w": 0.0}

    def dynamics(v, w, I, C_m, g_L, E_L, v_T, Delta_T, v_peak, a, tau_w):
        v_cut = minimum(v, v_peak)
        dv = (-g_L * (v_cut - E_L) + g_L * Delta_T * exp((v_cut - v_T) / Delta_T) - w + I) / C_m
        dw = (a * (v_cut - E_L) - w) / tau_w
        return dv, dw

    def threshold(v, v_peak):
        return v >= v_peak

    def reset(v, w, v_reset, b):
        v = v_reset
        w = w + b
        return v, w

    def checks(v_T, Delta_T, v_peak):
        yield np.all(Delta_T > 0), f"Delta_T: must be > 0 mV, got {Delta_T}"
        yield np.all(v_peak > v_T), f"v_peak: must be above v_T = {v_T} mV, got {v_peak}"
        yield (
            np.all(v_peak - v_T <= 300 * Delta_T),
            f"v_peak: must be at most 300 Delta_T above v_T = {v_T} mV, or the exponential overflows, got {v_peak}",
        )

    @classmethod
    def _table(cls, tau_m, a, tau_w, b, v_reset) -> AdEx:
        """A row of Neuronal Dynamics, Table 6.1: R = 0.5 GOhm, rest -70 mV, threshold -50 mV, Delta_T = 2 mV."""
        shared = dict(g_L=2.0, E_L=-70.0, v_T=-50.0, Delta_T=2.0)
        return cls(C_m=2.0 * tau_m, a=a, tau_w=tau_w, b=b, v_reset=v_reset, **shared)

    @classmethod
    def tonic(cls) -> AdEx:
        """Tonic firing, after a fast adaptation. Neuronal Dynamics, Table 6.1."""
        return cls._table(tau_m=20.0, a=0.0, tau_w=30.0, b=60.0, v_reset=-55.0)

    @classmethod
    def adapting(cls) -> AdEx:
        """Slow adaptation of the rate. Neuronal Dynamics, Table 6.1."""
        return cls._table(tau_m=20.0, a=0.0, tau_w=100.0, b=5.0, v_reset=-55.0)

    @classmethod
    def initial_burst(cls) -> AdEx:
        """A burst first, then regular firing. Neuronal Dynamics, Table 6.1."""
        return cls._table(tau_m=5.0, a=0.5, tau_w=100.0, b=7.0, v_reset=-51.0)

    @classmethod
    def bursting(cls) -> AdEx:
        """Regular bursts. Neuronal Dynamics, Table 6.1."""
        return cls._table(tau_m=5.0, a=-0.5, tau_w=100.0, b=7.0, v_reset=-46.0)

    @classmethod
    def irregular(cls) -> AdEx:
        """Irregular firing without noise: chaos. Neuronal Dynamics, Table 6.1."""
        return cls._table(tau_m=9.9, a=-0.5, tau_w=100.0, b=7.0, v_reset=-46.0)

    @classmethod
    def transient(cls) -> AdEx:
        """A few spikes at the onset, then silence. Neuronal Dynamics, Table 6.1 (with a step of 55 pA)."""
        return cls._table(tau_m=10.0, a=1.0, tau_w=100.0, b=10.0, v_reset=-60.0)

    @classmethod
    def delayed(cls) -> AdEx:
        """The first spike comes late. Neuronal Dynamics, Table 6.1 (with a step of 25 pA)."""
        return cls._table(tau_m=5.0, a=-1.0, tau_w=100.0, b=10.0, v_reset=-60.0)
