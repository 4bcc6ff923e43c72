"""The exponential integrate-and-fire neuron."""

from __future__ import annotations

import numpy as np

from ..model import Neuron
from ..units import ms, mV, nS, pF
from ..vocabulary import exp, minimum


class EIF(Neuron):
    """Exponential integrate-and-fire.

    C_m dv/dt = -g_L (v - E_L) + g_L Delta_T exp((v - v_T)/Delta_T) + I;
    v >= v_peak: spike, v <- v_reset, hold for t_ref.

    State v (mV), input I (pA). The right-hand side reads min(v, v_peak), so that the upstroke, which would
    reach infinity in finite time, stays finite in every method; a neuron at v_peak has spiked in any case.
    Defaults: Fourcaud-Trocme et al. (2003), Table 1, for a membrane of 20,000 um2 (1 uF/cm2, 0.1 mS/cm2).
    Parameters may be arrays, one value per neuron. Raises ValueError for C_m or Delta_T that is not positive, a
    negative g_L or t_ref, v_peak below v_T or above v_T + 300 Delta_T, or a reset at or above v_peak.
    Fourcaud-Trocme, Hansel, van Vreeswijk & Brunel (2003), J. Neurosci. 23:11628,
    doi:10.1523/JNEUROSCI.23-37-11628.2003.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.EIF(), I=100.0, t_stop=200.0)
    >>> len(rec.spikes)
    6
    """

    C_m: pF = 200.0  # membrane capacitance
    g_L: nS = 20.0  # leak conductance
    E_L: mV = -65.0  # leak potential
    v_T: mV = -59.9  # where the upstroke begins
    Delta_T: mV = 3.48  # sharpness of the upstroke
    v_peak: mV = -30.0  # cut-off of the upstroke: the spike
    v_reset: mV = -68.0  # reset potential
    t_ref: ms = 1.7  # absolute refractory period

    state = {"v": "mV"}
    input = {"I": "pA"}
    frozen = ("v",)  # held while refractory

    def initial(E_L):
        return {"v": E_L}

    def dynamics(v, I, C_m, g_L, E_L, v_T, Delta_T, v_peak):
        v_cut = minimum(v, v_peak)
        dv = (-g_L * (v_cut - E_L) + g_L * Delta_T * exp((v_cut - v_T) / Delta_T) + I) / C_m
        return dv

    def threshold(v, v_peak):
        return v >= v_peak

    def reset(v, v_reset):
        v = v_reset
        return v

    def checks(v_T, Delta_T, v_peak):
        yield np.all(Delta_T > 0), f"Delta_T: must be > 0 mV, got {Delta_T}"
        yield np.all(v_peak > v_T), f"v_peak: must be above v_T = {v_T} mV, got {v_peak}"
        yield (
            np.all(v_peak - v_T <= 300 * Delta_T),
            f"v_peak: must be at most 300 Delta_T above v_T = {v_T} mV, or the exponential overflows, got {v_peak}",
        )
