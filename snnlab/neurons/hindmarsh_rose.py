"""The Hindmarsh-Rose model, without physical units."""

from __future__ import annotations

import numpy as np

from ..model import Neuron
from ..units import ms, one


class HindmarshRose(Neuron):
    """Hindmarsh-Rose: bursting and chaos in three polynomials.

    time_unit dx/dt = y - a x^3 + b x^2 - z + I;    time_unit dy/dt = c - d x^2 - y;
    time_unit dz/dt = r (s (x - x_R) - z).    It spikes when x crosses x_th upwards; there is no reset.

    States x (the membrane), y (fast recovery), z (slow adaptation), input I: pure numbers, and so is time: one unit
    of model time is shown as time_unit (1 ms). Synapses in physical units are refused. It starts at rest without
    input (for the default parameters). `chaotic` bursts irregularly at I = 3.25. Parameters may be arrays, one
    value per neuron. Raises ValueError for time_unit, a, r or s that is not positive.
    Hindmarsh & Rose (1984), Proc. R. Soc. Lond. B 221:87, doi:10.1098/rspb.1984.0024.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.HindmarshRose(), I=2.0, t_stop=200.0)
    >>> len(rec.spikes)
    38
    """

    a: one = 1.0  # coefficient of x cubed
    b: one = 3.0  # coefficient of x squared
    c: one = 1.0  # drive of y
    d: one = 5.0  # how strongly x lowers y
    r: one = 0.001  # how much slower z is
    s: one = 4.0  # strength of the adaptation
    x_R: one = -1.6  # where the adaptation is zero
    time_unit: ms = 1.0  # one unit of model time
    x_th: one = 1.0  # a spike is the upward crossing of x_th
    x_0: one = -1.6045345328021472  # where x starts: rest without input
    y_0: one = -11.872655334773023  # where y starts
    z_0: one = -0.018138131208588426  # where z starts

    state = {"x": "1", "y": "1", "z": "1"}
    input = {"I": "1"}

    def initial(x_0, y_0, z_0):
        return {"x": x_0, "y": y_0, "z": z_0}

    def dynamics(x, y, z, I, a, b, c, d, r, s, x_R, time_unit):
        dx = (y - a * x**3 + b * x**2 - z + I) / time_unit
        dy = (c - d * x**2 - y) / time_unit
        dz = r * (s * (x - x_R) - z) / time_unit
        return dx, dy, dz

    def threshold(x, x_th):
        return x >= x_th

    def checks(a, r, s):
        yield np.all(a > 0), f"a: must be > 0, got {a}"
        yield np.all(r > 0), f"r: must be > 0, got {r}"
        yield np.all(s > 0), f"s: must be > 0, got {s}"

    @classmethod
    def chaotic(cls) -> HindmarshRose:
        """A faster adaptation: bursts of irregular length at I = 3.25."""
        return cls(r=0.005)
