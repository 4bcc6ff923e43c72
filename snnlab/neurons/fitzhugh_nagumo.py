"""The FitzHugh-Nagumo model, without physical units."""

from __future__ import annotations

import numpy as np

from ..model import Neuron
from ..units import ms, one


class FitzHughNagumo(Neuron):
    """FitzHugh-Nagumo: the phase plane of an excitable membrane.

    time_unit dv/dt = v - v^3/3 - w + I;    time_unit dw/dt = epsilon (v + a - b w).
    It spikes when v crosses v_th upwards; there is no reset.

    States v and w, input I: pure numbers, and so is time: one unit of model time is shown as time_unit (1 ms).
    Synapses in physical units are refused. It starts at v_0, w_0, its rest without input. It fires for I between
    0.33 and 1.42. Parameters may be arrays, one value per neuron. Raises ValueError for time_unit or epsilon that
    is not positive.
    FitzHugh (1961), Biophys. J. 1:445, doi:10.1016/S0006-3495(61)86902-6; Nagumo, Arimoto & Yoshizawa (1962),
    Proc. IRE 50:2061, doi:10.1109/JRPROC.1962.288235.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.FitzHughNagumo(), I=0.5, t_stop=200.0)
    >>> len(rec.spikes)
    5
    """

    a: one = 0.7  # shift of the w-nullcline
    b: one = 0.8  # its slope
    epsilon: one = 0.08  # how much slower w is
    time_unit: ms = 1.0  # one unit of model time
    v_th: one = 0.0  # a spike is the upward crossing of v_th
    v_0: one = -1.1994080352440348  # where it starts: rest without input
    w_0: one = -0.6242600440550435  # where w starts

    state = {"v": "1", "w": "1"}
    input = {"I": "1"}

    def initial(v_0, w_0):
        return {"v": v_0, "w": w_0}

    def dynamics(v, w, I, a, b, epsilon, time_unit):
        dv = (v - v**3 / 3 - w + I) / time_unit
        dw = epsilon * (v + a - b * w) / time_unit
        return dv, dw

    def threshold(v, v_th):
        return v >= v_th

    def checks(epsilon):
        yield np.all(epsilon > 0), f"epsilon: must be > 0, got {epsilon}"
