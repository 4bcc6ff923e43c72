"""Two networks in PyNEST, written by hand for tests/test_nest.py: python nest_by_hand.py NETWORK GIVEN.npz FOUND.npz

NEST keeps a global state, and so it has a process of its own. It runs once for each of the seeds that are given.
Units: ms, mV, pA, pF.
"""

import sys
import warnings

import numpy as np


def connect(nest, neurons, given, name, **synapse):
    """Connect the pairs of a drawn graph, one by one."""
    pre, post, w, delay = (given[f"{name}_{part}"] for part in ("pre", "post", "w", "delay"))
    ids = np.asarray(neurons.tolist())
    nest.Connect(
        ids[pre],
        ids[post],
        "one_to_one",
        {"synapse_model": "static_synapse", "weight": w, "delay": delay, **synapse},
    )


def exact_lif(nest, given):
    """tau_m dv/dt = E_L - v + R_m (i_ex + i_in + I), currents that decay exponentially; inhibitory weights are < 0."""
    neurons = nest.Create("iaf_psc_exp", 400, params={
        "tau_m": 20.0, "C_m": 200.0, "E_L": -49.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0,
        "tau_syn_ex": 5.0, "tau_syn_in": 10.0,
    })  # fmt: skip
    neurons.set(V_m=given["v"], I_e=given["I"])
    connect(nest, neurons, given, "exc")
    connect(nest, neurons, given, "inh")
    return neurons


def brunel(nest, given):
    """tau_m dv/dt = E_L - v, jumps of v, and a Poisson process per neuron."""
    neurons = nest.Create("iaf_psc_delta", 1250, params={
        "tau_m": 20.0, "C_m": 200.0, "E_L": -70.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 2.0, "V_m": -70.0,
    })  # fmt: skip
    connect(nest, neurons, given, "exc")
    connect(nest, neurons, given, "inh")
    drive = nest.Create("poisson_generator", params={"rate": float(given["rate"])})
    nest.Connect(drive, neurons, syn_spec={"weight": float(given["J"]), "delay": 0.1})
    return neurons


if __name__ == "__main__":
    import nest

    warnings.simplefilter("ignore")
    name, inputs, results = sys.argv[1:]
    given = np.load(inputs)
    found = {}
    for seed in given["seeds"].tolist():
        nest.ResetKernel()
        nest.set(resolution=0.1, rng_seed=seed)
        neurons = {"exact_lif": exact_lif, "brunel": brunel}[name](nest, given)
        recorder = nest.Create("spike_recorder")
        nest.Connect(neurons, recorder)
        nest.Simulate(float(given["t_stop"]))
        events = recorder.get("events")
        found |= {f"t_{seed}": events["times"], f"i_{seed}": events["senders"] - neurons.tolist()[0]}
    np.savez(results, **found)
