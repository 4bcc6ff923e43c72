"""Codes: from numbers to spikes. `snn.decode` has a function of the same name for the way back.

    spikes = snn.encode.latency(x, window=50.0)
    x_again = snn.decode.latency(spikes)

Three families, each with one contract.

**Static codes** (`binary rate regular latency population phase burst temporal`) take values in [0, 1], an array of any shape.
Value k, in the order of `x.ravel()`, belongs to neuron k, or to neurons k m … k m + m - 1 where a code has m neurons for a value.
They return `SpikeTrains` with all spikes in [0, window). A value outside [0, 1] or NaN is an error that names its
index; `Scaler` maps real data to [0, 1] and remembers how. An empty array gives no neurons. `temporal` alone
takes the first axis for time.

**Series codes** (`delta on_off event_camera`) take any finite numbers over time, shape (time, …), with a sample every dt ms.
They return the trains of twice as many neurons: ON events first, then OFF events.

**Direct** (`direct`) makes no spikes: it repeats the values in every step, for a layer that makes spikes of its own.

A decoder takes the `SpikeTrains` and the arguments of its encoder, and returns values in [0, 1] of the given `shape`.
`in_turn` presents many samples to the same neurons, one after the other.
"""

from .camera import event_camera
from .counts import binary, rate, regular
from .fields import population
from .first_spike import latency
from .intervals import burst, phase, temporal
from .scaler import Scaler
from .series import delta, on_off
from .steps import direct
from .turns import in_turn

__all__ = [
    "Scaler", "binary", "burst", "delta", "direct", "event_camera", "in_turn", "latency", "on_off", "phase", "population",
    "rate", "regular", "temporal",
]  # fmt: skip
