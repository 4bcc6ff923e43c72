"""The quadratic integrate-and-fire neuron."""

from __future__ import annotations

import numpy as np

from ..model import Neuron
from ..units import GOhm, ms, mV


class QIF(Neuron):
    """Quadratic integrate-and-fire: the normal form of a neuron that starts to fire at rate zero.

    tau_m dv/dt = (v - v_rest)(v - v_c)/(v_c - v_rest) + R_m I;    v >= v_peak: spike, v <- v_reset, hold for t_ref.

    State v (mV), input I (pA). Near v_rest it is the LIF with the same tau_m and R_m; above v_c the voltage runs
    away by itself, and v_peak only cuts the upstroke. It fires for good once R_m I > (v_c - v_rest)/4.
    Parameters may be arrays, one value per neuron. Raises ValueError for a time constant or resistance that is
    not positive, a negative t_ref, v_c not above v_rest, v_peak not above v_c, or a reset at or above v_peak.
    Latham, Richmond, Nelson & Nirenberg (2000), J. Neurophysiol. 83:808, doi:10.1152/jn.2000.83.2.808;
    Ermentrout & Kopell (1986), doi:10.1137/0146017.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.QIF(), I=60.0, t_stop=200.0)
    >>> len(rec.spikes)
    2
    """

    tau_m: ms = 10.0  # membrane time constant at rest
    R_m: GOhm = 0.1  # membrane resistance at rest
    v_rest: mV = -65.0  # resting potential
    v_c: mV = -50.0  # critical voltage: above it v runs away without input
    v_peak: mV = 20.0  # cut-off of the upstroke: the spike
    v_reset: mV = -80.0  # reset potential
    t_ref: ms = 0.0  # absolute refractory period

    state = {"v": "mV"}
    input = {"I": "pA"}
    frozen = ("v",)  # held while refractory

    def initial(v_rest):
        return {"v": v_rest}

    def dynamics(v, I, tau_m, R_m, v_rest, v_c):
        dv = ((v - v_rest) * (v - v_c) / (v_c - v_rest) + R_m * I) / tau_m
        return dv

    def threshold(v, v_peak):
        return v >= v_peak

    def reset(v, v_reset):
        v = v_reset
        return v

    def checks(v_rest, v_c, v_peak):
        yield np.all(v_c > v_rest), f"v_c: must be above v_rest = {v_rest} mV, got {v_c}"
        yield np.all(v_peak > v_c), f"v_peak: must be above v_c = {v_c} mV, got {v_peak}"
