"""The Hodgkin-Huxley neuron of the COBAHH benchmark."""

from __future__ import annotations

import snnlab as snn
from snnlab.units import ms, mV, nS, pF
from snnlab.vocabulary import exp, exprel


class TraubMiles(snn.Neuron):
    """Traub and Miles' hippocampal cell, as Brette et al. (2007) took it for their benchmarks 2 and 3.

    C_m dv/dt = I - g_Na m^3 h (v - E_Na) - g_K n^4 (v - E_K) - g_L (v - E_L); gates open and close at the rates below.
    The rates (1/ms) are the published ones, with x/(exp(x) - 1) written 1/exprel(x). It spikes on the upward crossing
    of v_th. Units of a whole cell of 20,000 um2.
    Brette et al. (2007), doi:10.1007/s10827-007-0038-6, appendix 2; Traub & Miles (1991), Neuronal Networks of the
    Hippocampus, doi:10.1017/CBO9780511895401.
    """

    C_m: pF = 200.0
    g_Na: nS = 20_000.0
    g_K: nS = 6_000.0
    g_L: nS = 10.0
    E_Na: mV = 50.0
    E_K: mV = -90.0
    E_L: mV = -60.0
    V_T: mV = -63.0  # shifts all gates
    a_m: 1 / ms = 1.28  # 0.32/ms/mV times k_m
    v_m: mV = 13.0
    k_m: mV = 4.0
    b_m: 1 / ms = 1.4  # 0.28/ms/mV times k_bm
    v_bm: mV = 40.0
    k_bm: mV = 5.0
    a_h: 1 / ms = 0.128
    v_h: mV = 17.0
    k_h: mV = 18.0
    b_h: 1 / ms = 4.0
    v_bh: mV = 40.0
    k_bh: mV = 5.0
    a_n: 1 / ms = 0.16  # 0.032/ms/mV times k_n
    v_n: mV = 15.0
    k_n: mV = 5.0
    b_n: 1 / ms = 0.5
    v_bn: mV = 10.0
    k_bn: mV = 40.0
    v_th: mV = -20.0

    state = {"v": "mV", "m": "1", "h": "1", "n": "1"}
    input = {"I": "pA"}
    method = "exponential_euler"

    def initial(E_L):
        return {"v": E_L, "m": 0.0, "h": 0.0, "n": 0.0}

    def dynamics(
        v, m, h, n, I, C_m, g_Na, g_K, g_L, E_Na, E_K, E_L, V_T,
        a_m, v_m, k_m, b_m, v_bm, k_bm, a_h, v_h, k_h, b_h, v_bh, k_bh, a_n, v_n, k_n, b_n, v_bn, k_bn,
    ):  # fmt: skip
        x = v - V_T
        alpha_m = a_m / exprel((v_m - x) / k_m)
        beta_m = b_m / exprel((x - v_bm) / k_bm)
        alpha_h = a_h * exp((v_h - x) / k_h)
        beta_h = b_h / (1 + exp((v_bh - x) / k_bh))
        alpha_n = a_n / exprel((v_n - x) / k_n)
        beta_n = b_n * exp((v_bn - x) / k_bn)
        dv = (I - g_Na * m**3 * h * (v - E_Na) - g_K * n**4 * (v - E_K) - g_L * (v - E_L)) / C_m
        dm = alpha_m * (1 - m) - beta_m * m
        dh = alpha_h * (1 - h) - beta_h * h
        dn = alpha_n * (1 - n) - beta_n * n
        return dv, dm, dh, dn

    def threshold(v, v_th):
        return v >= v_th
