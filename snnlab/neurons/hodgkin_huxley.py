"""The Hodgkin-Huxley model of the squid's giant axon."""

from __future__ import annotations

import numpy as np

from ..model import Neuron
from ..units import cm2, mS, ms, mV, uF, um2
from ..vocabulary import exp, exprel


class HodgkinHuxley(Neuron):
    """Hodgkin-Huxley: sodium, potassium and leak currents of the squid's giant axon at 6.3 degrees C, per area.

    C_m dv/dt = I - g_Na m^3 h (v - E_Na) - g_K n^4 (v - E_K) - g_L (v - E_L);
    dx/dt = alpha_x(v) (1 - x) - beta_x(v) x for the gates x = m, h, n, with
    alpha_m = a_m/exprel(-(v - v_am)/k_am), beta_m = b_m exp(-(v - v_bm)/k_bm), alpha_h = a_h exp(-(v - v_ah)/k_ah),
    beta_h = b_h/(1 + exp(-(v - v_bh)/k_bh)), alpha_n = a_n/exprel(-(v - v_an)/k_an), beta_n = b_n exp(-(v - v_bn)/k_bn).
    It spikes when v crosses v_th upwards; there is no reset.

    States v (mV) and m, h, n (1), input I (uA/cm2). exprel(x) = (exp(x) - 1)/x is the paper's rate without its 0/0.
    The voltage is today's: the paper's V is -(v + 65 mV). Default method: exponential_euler, stable at dt = 0.1 ms;
    for accurate spike times take "rk4" with dt <= 0.025 ms. It starts at v_0, the gates at their steady state.
    Receptors make pA, which is divided by area_um2: at 20,000 um2, 200 pA are 1 uA/cm2.
    Parameters may be arrays, one value per neuron. Raises ValueError for C_m that is not positive, a negative
    conductance, or a rate factor or slope (k_...) that is not positive.
    Hodgkin & Huxley (1952), J. Physiol. 117:500, doi:10.1113/jphysiol.1952.sp004764.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.HodgkinHuxley(), I=10.0, t_stop=100.0)
    >>> len(rec.spikes)
    7
    """

    C_m: uF / cm2 = 1.0  # membrane capacitance
    g_Na: mS / cm2 = 120.0  # maximal sodium conductance
    g_K: mS / cm2 = 36.0  # maximal potassium conductance
    g_L: mS / cm2 = 0.3  # leak conductance
    E_Na: mV = 50.0  # sodium reversal potential
    E_K: mV = -77.0  # potassium reversal potential
    E_L: mV = -54.387  # leak reversal potential
    a_m: 1 / ms = 1.0  # opening of m: rate at v_am
    v_am: mV = -40.0  # opening of m: potential
    k_am: mV = 10.0  # opening of m: slope
    b_m: 1 / ms = 4.0  # closing of m: rate at v_bm
    v_bm: mV = -65.0  # closing of m: potential
    k_bm: mV = 18.0  # closing of m: slope
    a_h: 1 / ms = 0.07  # opening of h: rate at v_ah
    v_ah: mV = -65.0  # opening of h: potential
    k_ah: mV = 20.0  # opening of h: slope
    b_h: 1 / ms = 1.0  # closing of h: rate at v_bh
    v_bh: mV = -35.0  # closing of h: potential
    k_bh: mV = 10.0  # closing of h: slope
    a_n: 1 / ms = 0.1  # opening of n: rate at v_an
    v_an: mV = -55.0  # opening of n: potential
    k_an: mV = 10.0  # opening of n: slope
    b_n: 1 / ms = 0.125  # closing of n: rate at v_bn
    v_bn: mV = -65.0  # closing of n: potential
    k_bn: mV = 80.0  # closing of n: slope
    v_th: mV = 0.0  # a spike is the upward crossing of v_th
    v_0: mV = -65.0  # where v starts
    area_um2: um2 = 20_000.0  # membrane area, by which currents of receptors are divided

    state = {"v": "mV", "m": "1", "h": "1", "n": "1"}
    input = {"I": "uA/cm2"}
    method = "exponential_euler"

    def initial(
        v_0, a_m, v_am, k_am, b_m, v_bm, k_bm, a_h, v_ah, k_ah, b_h, v_bh, k_bh, a_n, v_an, k_an, b_n, v_bn, k_bn
    ):  # fmt: skip
        alpha_m = a_m / exprel(-(v_0 - v_am) / k_am)
        beta_m = b_m * exp(-(v_0 - v_bm) / k_bm)
        alpha_h = a_h * exp(-(v_0 - v_ah) / k_ah)
        beta_h = b_h / (1 + exp(-(v_0 - v_bh) / k_bh))
        alpha_n = a_n / exprel(-(v_0 - v_an) / k_an)
        beta_n = b_n * exp(-(v_0 - v_bn) / k_bn)
        return {
            "v": v_0,
            "m": alpha_m / (alpha_m + beta_m),
            "h": alpha_h / (alpha_h + beta_h),
            "n": alpha_n / (alpha_n + beta_n),
        }

    def dynamics(
        v, m, h, n, I, C_m, g_Na, g_K, g_L, E_Na, E_K, E_L,
        a_m, v_am, k_am, b_m, v_bm, k_bm, a_h, v_ah, k_ah, b_h, v_bh, k_bh, a_n, v_an, k_an, b_n, v_bn, k_bn,
    ):  # fmt: skip
        alpha_m = a_m / exprel(-(v - v_am) / k_am)
        beta_m = b_m * exp(-(v - v_bm) / k_bm)
        alpha_h = a_h * exp(-(v - v_ah) / k_ah)
        beta_h = b_h / (1 + exp(-(v - v_bh) / k_bh))
        alpha_n = a_n / exprel(-(v - v_an) / k_an)
        beta_n = b_n * exp(-(v - v_bn) / k_bn)
        dv = (I - g_Na * m**3 * h * (v - E_Na) - g_K * n**4 * (v - E_K) - g_L * (v - E_L)) / C_m
        dm = alpha_m * (1 - m) - beta_m * m
        dh = alpha_h * (1 - h) - beta_h * h
        dn = alpha_n * (1 - n) - beta_n * n
        return dv, dm, dh, dn

    def threshold(v, v_th):
        return v >= v_th

    def checks(a_m, b_m, a_h, b_h, a_n, b_n, k_am, k_bm, k_ah, k_bh, k_an, k_bn):
        rates = {"a_m": a_m, "b_m": b_m, "a_h": a_h, "b_h": b_h, "a_n": a_n, "b_n": b_n}
        slopes = {"k_am": k_am, "k_bm": k_bm, "k_ah": k_ah, "k_bh": k_bh, "k_an": k_an, "k_bn": k_bn}
        for name, value in rates.items():
            yield np.all(value > 0), f"{name}: must be > 0 1/ms, got {value}"
        for name, value in slopes.items():
            yield np.all(value > 0), f"{name}: must be > 0 mV, got {value}"
