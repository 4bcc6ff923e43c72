"""The spike response model."""

from __future__ import annotations

from ..model import Neuron
from ..units import GOhm, ms, mV


class SRM(Neuron):
    """Spike response model with exponential kernels: the sum of responses to the input and to the own spikes.

    v(t) = E_L + integral kappa(s) I(t - s) ds + sum over own spikes of eta(t - t_spike),
    kappa(s) = R_m/tau_m exp(-s/tau_m), eta(s) = -eta_0 exp(-s/tau_eta); a spike where v >= v_th + theta(t),
    theta(t) = sum over own spikes of theta_1 exp(-(t - t_spike)/tau_theta).

    It is stepped as the equivalent linear equations
    dv/dt = (-(v - eta - E_L) + R_m I)/tau_m - eta/tau_eta, deta/dt = -eta/tau_eta, dtheta/dt = -theta/tau_theta,
    where a spike lowers v and eta by eta_0 and raises theta by theta_1: the method "exact" has no error.
    Nothing is held: for t_ref after a spike there is no other, and the input is integrated as ever.
    States v, eta, theta (mV), input I (pA). Parameters may be arrays, one value per neuron. Raises ValueError for
    a time constant or resistance that is not positive, or a negative t_ref.
    Gerstner & van Hemmen (1992), Network 3:139, doi:10.1088/0954-898X_3_2_004; Gerstner, Kistler, Naud & Paninski
    (2014), Neuronal Dynamics, sec. 6.4, doi:10.1017/CBO9781107447615.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.SRM(), I=300.0, t_stop=100.0)
    >>> len(rec.spikes)
    4
    """

    tau_m: ms = 20.0  # membrane time constant: the response to the input
    R_m: GOhm = 0.1  # membrane resistance
    E_L: mV = -70.0  # resting potential
    v_th: mV = -50.0  # threshold at rest
    eta_0: mV = 15.0  # by how much a spike lowers v
    tau_eta: ms = 20.0  # how fast that fades
    theta_1: mV = 5.0  # by how much a spike raises the threshold
    tau_theta: ms = 20.0  # how fast that fades
    t_ref: ms = 2.0  # absolute refractory period

    state = {"v": "mV", "eta": "mV", "theta": "mV"}
    input = {"I": "pA"}
    method = "exact"

    def initial(E_L):
        return {"v": E_L, "eta": 0.0, "theta": 0.0}

    def dynamics(v, eta, theta, I, tau_m, R_m, E_L, tau_eta, tau_theta):
        dv = (-(v - eta - E_L) + R_m * I) / tau_m - eta / tau_eta
        deta = -eta / tau_eta
        dtheta = -theta / tau_theta
        return dv, deta, dtheta

    def threshold(v, theta, v_th):
        return v >= v_th + theta

    def reset(v, eta, theta, eta_0, theta_1):
        v = v - eta_0
        eta = eta - eta_0
        theta = theta + theta_1
        return v, eta, theta
