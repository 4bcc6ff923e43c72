"""The table of NEURON's `hh` that lesson 02 holds: python tests/neuron_hh.py > solutions/02_hodgkin_huxley/neuron_hh.csv

Written by hand in NEURON, whose state is global: it has a process of its own. tests/test_lesson_02.py makes the table
again and compares. `hh` runs with `usetable_hh = 0`, so that no rate is looked up in a table, and with CVODE at an
absolute tolerance of 1e-10, so that no step is too long. Column `paper` has the leak's potential of the paper, -54.387
mV, and column `default` that of NEURON's own `hh`, -54.3 mV.
"""

import numpy as np

I, T_STOP, SETTLED = 10.0, 1000.0, 200.0  # uA/cm2, ms, ms


def run(E_L):
    """Time (ms) and voltage (mV) at every step of NEURON's solver, from rest at -65 mV."""
    from neuron import h

    h.load_file("stdrun.hoc")
    soma = h.Section(name="soma")
    soma.L = soma.diam = 20.0  # um
    soma.insert("hh")
    soma(0.5).hh.el, soma.ena, soma.ek, soma.cm = E_L, 50.0, -77.0, 1.0
    h.celsius, h.usetable_hh = 6.3, 0
    clamp = h.IClamp(soma(0.5))
    clamp.delay, clamp.dur = 0.0, 1e9
    clamp.amp = I * soma(0.5).area() * 1e-5  # uA/cm2 times um2 is 1e-5 nA
    t, v = h.Vector().record(h._ref_t), h.Vector().record(soma(0.5)._ref_v)
    solver = h.CVode()
    solver.active(1)
    solver.atol(1e-10)
    h.finitialize(-65.0)
    solver.solve(T_STOP)
    return np.array(t), np.array(v)


def table(t, v):
    """The rows of the table: (quantity, unit, value)."""
    up = np.flatnonzero((v[:-1] < 0.0) & (v[1:] >= 0.0))
    spikes = t[up] - v[up] * (t[up + 1] - t[up]) / (v[up + 1] - v[up])  # a straight line between two steps
    first = (t > spikes[0]) & (t < spikes[1])
    peak = v[first].argmax()
    intervals = np.diff(spikes[spikes > SETTLED])
    return [
        ("first spike", "ms", f"{spikes[0]:.4f}"),
        ("second spike", "ms", f"{spikes[1]:.4f}"),
        ("peak", "mV", f"{v[first][peak]:.3f}"),
        ("trough", "mV", f"{v[first][peak:].min():.3f}"),
        ("spikes in 1 s", "1", str(len(spikes))),
        ("rate", "Hz", f"{1000.0 / intervals.mean():.3f}"),
    ]


if __name__ == "__main__":
    import neuron

    paper, default = (table(*run(E_L)) for E_L in (-54.387, -54.3))
    print(
        f"# NEURON {neuron.__version__}, hh at 6.3 degrees C, {I:g} uA/cm2 from 0 ms on, CVODE, usetable_hh = 0"
    )
    print("quantity,unit,paper,default")
    for (quantity, unit, value), (_, _, other) in zip(paper, default):
        print(f"{quantity},{unit},{value},{other}")
