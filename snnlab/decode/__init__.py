"""Decoders: from spikes back to numbers. Each has the name of its code in `snn.encode`, and takes its arguments.

    x_again = snn.decode.latency(spikes, shape=(28, 28))

A decoder of a static code returns values in [0, 1], one for each neuron (or each group of them), of the `shape` that is asked
for (default: one axis). The window is that of the trains, from t_start to t_stop, unless `window` is given: to decode
what has come so far, leave the later spikes out and give the window of the code. Spikes that no encoder would make (lost,
moved, added on the way) are decoded as well as they can be, never with an error; silence has a value too.

`bits` and `bits_per_spike` measure how much the decoded values tell about the true ones. `spoilt` is a bad line: it
loses spikes, moves them, and adds false ones.
"""

from .camera import event_camera
from .counts import binary, rate, regular
from .fields import population
from .first_spike import latency
from .information import bits, bits_per_spike
from .intervals import burst, phase, temporal
from .series import delta, on_off
from .spoilt import spoilt
from .turns import turns

__all__ = [
    "binary", "bits", "bits_per_spike", "burst", "delta", "event_camera", "latency", "on_off", "phase", "population", "rate",
    "regular", "spoilt", "temporal", "turns",
]  # fmt: skip
