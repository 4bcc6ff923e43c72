"""The table of NEST that lesson 11 holds: python tests/nest_brunel.py > solutions/11_balanced_networks/nest_brunel.csv

Brunel's network (2000), doi:10.1023/A:1008925309027, at its own size, written by hand in PyNEST: four points of the
(g, eta) plane, with three seeds each, for the graph, the first potentials and the drive. NEST keeps a global state: it has a
process of its own. `python tests/nest_brunel.py POINT SEED` makes one row (half a minute, A some minutes); with the word small
behind it, of the 2,500 neurons of the lesson's map. tests/test_lesson_11.py makes one of those, and on demand every row. Units: ms, mV, pA, pF.
"""

import os
import sys

import numpy as np

POINTS = {
    "A": (3.0, 2.0),
    "B": (6.0, 4.0),
    "C": (5.0, 2.0),
    "D": (4.5, 0.9),
}  # (g, eta): panels of Brunel's figure 8
SEEDS = (101, 102, 103)
RULE = {
    "rule": "fixed_indegree",
    "allow_multapses": False,
    "allow_autapses": False,
}  # as ours: each pair at most once
FULL = {"n": 12500, "C_E": 1000, "J": 0.1}
SMALL = {"n": 2500, "C_E": 250, "J": 0.4}  # the lesson's map
T_STOP, SETTLED, BIN = 800.0, 300.0, 0.5  # ms


def spikes(nest, g, eta, seed, n=12500, C_E=1000, J=0.1):
    """Times and neurons of all spikes of 0.8 s."""
    D, n_E = 1.5, n * 4 // 5
    nest.ResetKernel()
    nest.set(resolution=0.1, rng_seed=seed)
    neurons = nest.Create("iaf_psc_delta", n, params={
        "tau_m": 20.0, "C_m": 200.0, "E_L": 0.0, "V_th": 20.0, "V_reset": 10.0, "t_ref": 2.0, "I_e": 0.0,
    })  # fmt: skip
    neurons.set(V_m=np.random.default_rng(seed).uniform(0.0, 20.0, n))
    for pre, indegree, w in ((neurons[:n_E], C_E, J), (neurons[n_E:], C_E // 4, -g * J)):
        nest.Connect(pre, neurons, RULE | {"indegree": indegree}, {"weight": w, "delay": D})
    rate = 1000.0 * eta * 20.0 / (J * 20.0)  # Hz, all C_E outer neurons; with eta = 1, v rests at threshold
    drive = nest.Create("poisson_generator", params={"rate": rate})
    nest.Connect(drive, neurons, syn_spec={"weight": J, "delay": 0.1})
    recorder = nest.Create("spike_recorder")
    nest.Connect(neurons, recorder)
    nest.Simulate(T_STOP)
    events = recorder.get("events")
    return events["times"], events["senders"] - neurons.tolist()[0]


def measured(t, i, n=12500):
    """Rate (Hz), CV of all intervals together, and swing, after the first 0.3 s."""
    t, i = t[t > SETTLED], i[t > SETTLED]
    order = np.lexsort((t, i))
    intervals = np.diff(t[order])[np.diff(i[order]) == 0]
    edges = SETTLED + 0.05 + BIN * np.arange(round((T_STOP - SETTLED) / BIN) + 1)  # between two grid points
    count, _ = np.histogram(t, edges)
    return (
        len(t) / n / (T_STOP - SETTLED) * 1000.0,
        intervals.std() / intervals.mean(),
        count.std() / count.mean(),
    )


if __name__ == "__main__":
    os.environ["PYNEST_QUIET"] = "1"  # no banner in the table
    import nest

    nest.verbosity = nest.VerbosityLevel.ERROR
    point, seed, *small = sys.argv[1:] or (None, None)
    wanted = [(point, int(seed))] if point else [(p, s) for s in SEEDS for p in POINTS]
    size = SMALL if small else FULL
    print(
        f"# NEST {nest.__version__}, iaf_psc_delta, {size['n']} neurons, dt = 0.1 ms; {SETTLED:g} to {T_STOP:g} ms; bins of {BIN:g} ms"
    )
    print("point,g,eta,seed,rate,cv,swing")
    for point, seed in wanted:
        g, eta = POINTS[point]
        t, i = spikes(nest, g, eta, seed, **size)
        print(
            f"{point},{g:g},{eta:g},{seed}," + ",".join(f"{x:.4f}" for x in measured(t, i, size["n"])),
            flush=True,
        )
