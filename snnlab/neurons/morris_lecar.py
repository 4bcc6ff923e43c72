"""The Morris-Lecar model of the barnacle's muscle fibre."""

from __future__ import annotations

import numpy as np

from ..model import Neuron
from ..units import cm2, mS, ms, mV, uF, um2
from ..vocabulary import cosh, tanh


class MorrisLecar(Neuron):
    """Morris-Lecar: instantaneous calcium, slow potassium and leak currents, per area.

    C_m dv/dt = I - g_Ca m_inf(v) (v - E_Ca) - g_K n (v - E_K) - g_L (v - E_L);
    dn/dt = phi cosh((v - v_3)/(2 v_4)) (n_inf(v) - n);
    m_inf = (1 + tanh((v - v_1)/v_2))/2, n_inf = (1 + tanh((v - v_3)/v_4))/2.
    It spikes when v crosses v_th upwards; there is no reset.

    States v (mV) and n (1), input I (uA/cm2). Receptors make pA, which is divided by area_um2: at 20,000 um2,
    200 pA are 1 uA/cm2. It starts at v_0, n at its steady state. The defaults are the set
    `hopf` (class 2: firing starts at a rate above zero, near 94 uA/cm2); `snic` is class 1 (firing starts at rate
    zero, near 40 uA/cm2); `homoclinic` has bistability. Parameters may be arrays, one value per neuron. Raises
    ValueError for C_m, phi, v_2 or v_4 that is not positive, or a negative conductance.
    Morris & Lecar (1981), Biophys. J. 35:193, doi:10.1016/S0006-3495(81)84782-0; the sets: Ermentrout & Terman
    (2010), Mathematical Foundations of Neuroscience, Table 3.1, doi:10.1007/978-0-387-87708-2.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.MorrisLecar.snic(), I=50.0, t_stop=300.0)
    >>> len(rec.spikes)
    4
    """

    C_m: uF / cm2 = 20.0  # membrane capacitance
    g_Ca: mS / cm2 = 4.4  # maximal calcium conductance
    g_K: mS / cm2 = 8.0  # maximal potassium conductance
    g_L: mS / cm2 = 2.0  # leak conductance
    E_Ca: mV = 120.0  # calcium reversal potential
    E_K: mV = -84.0  # potassium reversal potential
    E_L: mV = -60.0  # leak reversal potential
    v_1: mV = -1.2  # calcium: half activation
    v_2: mV = 18.0  # its slope
    v_3: mV = 2.0  # potassium: half activation
    v_4: mV = 30.0  # its slope
    phi: 1 / ms = 0.04  # rate of the potassium gate
    v_th: mV = 0.0  # a spike is the upward crossing of v_th
    v_0: mV = -60.0  # where v starts
    area_um2: um2 = 20_000.0  # membrane area, by which currents of receptors are divided

    state = {"v": "mV", "n": "1"}
    input = {"I": "uA/cm2"}

    def initial(v_0, v_3, v_4):
        return {"v": v_0, "n": (1 + tanh((v_0 - v_3) / v_4)) / 2}

    def dynamics(v, n, I, C_m, g_Ca, g_K, g_L, E_Ca, E_K, E_L, v_1, v_2, v_3, v_4, phi):
        m_inf = (1 + tanh((v - v_1) / v_2)) / 2
        n_inf = (1 + tanh((v - v_3) / v_4)) / 2
        dv = (I - g_Ca * m_inf * (v - E_Ca) - g_K * n * (v - E_K) - g_L * (v - E_L)) / C_m
        dn = phi * cosh((v - v_3) / (2 * v_4)) * (n_inf - n)
        return dv, dn

    def threshold(v, v_th):
        return v >= v_th

    def checks(phi, v_2, v_4):
        yield np.all(phi > 0), f"phi: must be > 0 1/ms, got {phi}"
        yield np.all(v_2 > 0), f"v_2: must be > 0 mV, got {v_2}"
        yield np.all(v_4 > 0), f"v_4: must be > 0 mV, got {v_4}"

    @classmethod
    def hopf(cls) -> MorrisLecar:
        """Class 2 excitability (the defaults)."""
        return cls()

    @classmethod
    def snic(cls) -> MorrisLecar:
        """Class 1 excitability: a saddle-node on the limit cycle."""
        return cls(g_Ca=4.0, v_3=12.0, v_4=17.4, phi=0.067)

    @classmethod
    def homoclinic(cls) -> MorrisLecar:
        """Rest and firing side by side: a homoclinic orbit."""
        return cls(g_Ca=4.0, v_3=12.0, v_4=17.4, phi=0.23)
