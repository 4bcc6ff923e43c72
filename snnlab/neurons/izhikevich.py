"""Izhikevich's neuron of 2003, in its own units."""

from __future__ import annotations

import numpy as np

from ..model import Neuron
from ..units import ms, mV
from ..vocabulary import maximum, sqrt


class Izhikevich(Neuron):
    """Izhikevich's simple model of 2003.

    dv/dt = k2 v^2 + k1 v + k0 - u + I;    du/dt = a (b v - u);    v >= v_peak: spike, v <- c, u <- u + d.

    State v in mV; state u, parameter d and input I in mV/ms; a and b in 1/ms: physical currents (pA) are refused,
    and `Delta` (mV) is its synapse; for the others take `Izhikevich2007`. It starts at rest (where it has none,
    at the voltage that comes nearest). Parameters may be arrays, one value per neuron.

    The default method is "rk4". `method="half_step_2003"` with dt=1.0 is the scheme of the paper's program: two
    half steps for v, then one for u. It is not converged and gives other spikes.
    The named sets are those of the paper's figure 2. Raises ValueError for k2 that is not positive, or for c at or
    above v_peak.
    Izhikevich (2003), IEEE Trans. Neural Networks 14:1569, doi:10.1109/TNN.2003.820440.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.Izhikevich.chattering(), I=10.0, t_stop=200.0)
    >>> len(rec.spikes)
    22
    """

    a: 1 / ms = 0.02  # rate of recovery
    b: 1 / ms = 0.2  # coupling of u to v
    c: mV = -65.0  # reset potential
    d: mV / ms = 8.0  # recovery per spike
    v_peak: mV = 30.0  # cut-off of the upstroke: the spike
    k2: 1 / (mV * ms) = 0.04  # coefficient of v squared
    k1: 1 / ms = 5.0  # coefficient of v
    k0: mV / ms = 140.0  # constant term

    state = {"v": "mV", "u": "mV/ms"}
    input = {"I": "mV/ms"}

    def initial(b, k2, k1, k0):
        slope = k1 - b
        v = -(slope + sqrt(maximum(slope**2 - 4 * k2 * k0, 0))) / (2 * k2)
        return {"v": v, "u": b * v}

    def dynamics(v, u, I, a, b, k2, k1, k0):
        dv = k2 * v**2 + k1 * v + k0 - u + I
        du = a * (b * v - u)
        return dv, du

    def threshold(v, v_peak):
        return v >= v_peak

    def reset(v, u, c, d):
        v = c
        u = u + d
        return v, u

    def checks(k2):
        yield np.all(k2 > 0), f"k2: must be > 0 1/(mV*ms), got {k2}"

    @classmethod
    def regular_spiking(cls) -> Izhikevich:
        """RS, the commonest excitatory cell of the cortex (the defaults)."""
        return cls(a=0.02, b=0.2, c=-65.0, d=8.0)

    @classmethod
    def intrinsically_bursting(cls) -> Izhikevich:
        """IB: a burst first, then single spikes."""
        return cls(a=0.02, b=0.2, c=-55.0, d=4.0)

    @classmethod
    def chattering(cls) -> Izhikevich:
        """CH: bursts of close spikes."""
        return cls(a=0.02, b=0.2, c=-50.0, d=2.0)

    @classmethod
    def fast_spiking(cls) -> Izhikevich:
        """FS, inhibitory: high rates without adaptation."""
        return cls(a=0.1, b=0.2, c=-65.0, d=2.0)

    @classmethod
    def low_threshold_spiking(cls) -> Izhikevich:
        """LTS, inhibitory: high rates with adaptation, low threshold."""
        return cls(a=0.02, b=0.25, c=-65.0, d=2.0)

    @classmethod
    def thalamo_cortical(cls) -> Izhikevich:
        """TC: tonic from rest, a rebound burst after hyperpolarisation."""
        return cls(a=0.02, b=0.25, c=-65.0, d=0.05)

    @classmethod
    def resonator(cls) -> Izhikevich:
        """RZ: damped oscillations below threshold."""
        return cls(a=0.1, b=0.26, c=-65.0, d=2.0)
