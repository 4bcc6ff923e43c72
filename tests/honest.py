"""How long a chaotic network can be compared with another simulator spike for spike."""

import numpy as np


def same_spikes(spikes, nudged, t, i, at_least):
    """Assert that the spikes (t, i) of another simulator are ours, for as long as ours survive a nudge.

    `nudged` are our own spikes after a change of the last digits at the start: where they leave `spikes`, rounding
    errors decide, and no other simulator can be asked to agree. At least so many spikes must be compared.
    """
    order = np.lexsort((i, t))
    t, i = np.asarray(t)[order], np.asarray(i)[order]
    kept = common(spikes, nudged)
    assert kept >= at_least, f"rounding errors decide after {kept} spikes"
    np.testing.assert_allclose(t[:kept], spikes.t[:kept], rtol=0, atol=1e-9)
    np.testing.assert_array_equal(i[:kept], spikes.i[:kept])
    if kept == len(spikes) == len(nudged):
        assert t.size == kept


def common(one, other):
    """The number of spikes at the start that two SpikeTrains share."""
    size = min(len(one), len(other))
    differ = np.flatnonzero((one.t[:size] != other.t[:size]) | (one.i[:size] != other.i[:size]))
    return int(differ[0]) if differ.size else size
