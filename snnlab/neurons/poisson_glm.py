"""Stochastic spiking with an escape rate: a generalised linear model of the spike train."""

from __future__ import annotations

import numpy as np

from ..model import Neuron
from ..units import GOhm, ms, mV
from ..vocabulary import exp, expm1


class PoissonGLM(Neuron):
    """Stochastic spiking: an exponential rate of a linearly filtered input and of the own spikes.

    rate(t) = rho_0 exp((v - v_th)/Delta_v), v(t) = E_L + integral kappa(s) I(t - s) ds + sum of eta(t - t_spike),
    kappa(s) = R_m/tau_m exp(-s/tau_m), eta(s) = -eta_0 exp(-s/tau_eta); in a step it spikes with the probability
    1 - exp(-rate dt), drawn from the simulation's seed.

    It is stepped as dv/dt = (-(v - eta - E_L) + R_m I)/tau_m - eta/tau_eta, deta/dt = -eta/tau_eta; a spike lowers v
    and eta by eta_0. With eta_0 = 0 and t_ref = 0 it is a Poisson process. For t_ref after a spike there is no other.
    States v and eta (mV), input I (pA). Parameters may be arrays, one value per neuron. Raises ValueError for a
    time constant, resistance, rho_0 or Delta_v that is not positive, or a negative t_ref.
    Truccolo, Eden, Fellows, Donoghue & Brown (2005), J. Neurophysiol. 93:1074, doi:10.1152/jn.00697.2004; Gerstner,
    Kistler, Naud & Paninski (2014), Neuronal Dynamics, sec. 9.1, doi:10.1017/CBO9781107447615.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.PoissonGLM(eta_0=0.0, t_ref=0.0), 1000)
    >>> rec = snn.simulate(pop, I=200.0, t_stop=1000.0, seed=1)  # v rises to v_th, the rate to 10 Hz
    >>> bool(abs(len(rec.spikes.between(200.0, 1000.0)) - 8000) < 400)
    True
    """

    tau_m: ms = 20.0  # membrane time constant: the response to the input
    R_m: GOhm = 0.1  # membrane resistance
    E_L: mV = -70.0  # resting potential
    v_th: mV = -50.0  # where the rate is rho_0
    rho_0: 1 / ms = 0.01  # the rate there (0.01/ms = 10 Hz)
    Delta_v: mV = 4.0  # by how much v must rise for an e-fold rate
    eta_0: mV = 15.0  # by how much a spike lowers v
    tau_eta: ms = 20.0  # how fast that fades
    t_ref: ms = 2.0  # absolute refractory period

    state = {"v": "mV", "eta": "mV"}
    input = {"I": "pA"}
    method = "exact"

    def initial(E_L):
        return {"v": E_L, "eta": 0.0}

    def dynamics(v, eta, I, tau_m, R_m, E_L, tau_eta):
        dv = (-(v - eta - E_L) + R_m * I) / tau_m - eta / tau_eta
        deta = -eta / tau_eta
        return dv, deta

    def threshold(v, u, dt, v_th, rho_0, Delta_v):
        rate = rho_0 * exp((v - v_th) / Delta_v)
        return u < -expm1(-rate * dt)

    def reset(v, eta, eta_0):
        v = v - eta_0
        eta = eta - eta_0
        return v, eta

    def checks(rho_0, Delta_v):
        yield np.all(rho_0 > 0), f"rho_0: must be > 0 1/ms, got {rho_0}"
        yield np.all(Delta_v > 0), f"Delta_v: must be > 0 mV, got {Delta_v}"
