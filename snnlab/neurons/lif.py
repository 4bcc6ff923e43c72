"""The leaky integrate-and-fire neuron."""

from __future__ import annotations

from ..model import Neuron
from ..units import GOhm, ms, mV


class LIF(Neuron):
    """Leaky integrate-and-fire.

    tau_m dv/dt = -(v - E_L) + R_m I;    v >= v_th: spike, v <- v_reset, hold for t_ref.

    State v (mV), input I (pA). Parameters may be arrays, one value per neuron. Raises ValueError for a time
    constant or resistance that is not positive, a negative t_ref, or a reset at or above threshold.
    Lapicque (1907); Gerstner, Kistler, Naud & Paninski (2014), Neuronal Dynamics, sec. 1.3,
    doi:10.1017/CBO9781107447615.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.LIF(), I=300.0, t_stop=100.0)
    >>> rec.spikes.t.round(1)[:3]
    array([22. , 42.4, 62.8])
    """

    tau_m: ms = 20.0  # membrane time constant
    R_m: GOhm = 0.1  # membrane resistance
    E_L: mV = -70.0  # leak (resting) potential
    v_th: mV = -50.0  # threshold
    v_reset: mV = -65.0  # reset potential
    t_ref: ms = 2.0  # absolute refractory period

    state = {"v": "mV"}
    input = {"I": "pA"}
    frozen = ("v",)  # held while refractory
    method = "exact"

    def initial(E_L):
        return {"v": E_L}

    def dynamics(v, I, tau_m, R_m, E_L):
        dv = (-(v - E_L) + R_m * I) / tau_m
        return dv

    def threshold(v, v_th):
        return v >= v_th

    def reset(v, v_reset):
        v = v_reset
        return v
