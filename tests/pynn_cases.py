"""Networks that tests/test_to_pynn.py runs on both sides, and a program that runs them on a simulator of PyNN.

    python tests/pynn_cases.py nest 0.1 exact driven  ->  a line of JSON for each

NEST and NEURON keep a global state, and NEURON's must start with MPI: they run in processes of their own.
"""

import importlib
import json
import sys

import numpy as np

import snnlab as snn
from snnlab.pynn.table import CELLS


def exact(dt=0.1):
    """Two receptors, spread delays, an array of t_ref, a step of current, given spikes off the grid and repeated."""
    lif = snn.LIF(E_L=-49.0, v_reset=-60.0, t_ref=np.repeat([2.0, 5.0], 150))
    receptors = {"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}
    net = snn.Population(lif, 300, receptors=receptors, name="net")
    given = snn.SpikeTrains([3.0, 20.0, 20.0, 51.23, 51.27], [0, 1, 2, 0, 0], n=3, t_stop=500.0)
    projections = [
        snn.Projection(net[:240], net, snn.random(0.1), 30.0, snn.uniform(0.5, 3.0), receptor="exc"),
        snn.Projection(net[240:], net, snn.random(0.2), snn.normal(-90.0, 20.0), 1.5, receptor="inh"),
        snn.Projection(given, net[:100], snn.random(0.5), 50.0, 1.0, receptor="exc"),
    ]
    return net, {
        "t_stop": 500.0, "dt": dt, "seed": 1, "initial": {"v": snn.uniform(-60.0, -50.0)}, "I": snn.step(30.0, 50.0, 150.0),
        "projections": projections, "record": [snn.Record(net[5:9], "v", every=1.0)],
    }  # fmt: skip


def driven(dt=0.1):
    """Excitatory and inhibitory neurons that a Poisson train each drives to irregular firing."""
    receptors = {"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}
    E = snn.Population(snn.LIF(), 160, receptors=receptors, name="E")
    J = snn.Population(snn.LIF(tau_m=10.0), 40, receptors=receptors, name="J")
    projections = [
        snn.Projection(pre, post, snn.random(0.1), w, 1.5, receptor=name)
        for pre, w, name in ((E, 20.0, "exc"), (J, -60.0, "inh"))
        for post in (E, J)
    ]
    for number, post in enumerate((E, J)):
        given = snn.poisson(1000.0, post.n, t_stop=1000.0, seed=number)
        given = snn.SpikeTrains(given.t[given.t > 0.3], given.i[given.t > 0.3], given.n, given.t_stop)
        projections.append(snn.Projection(given, post, snn.one_to_one(), 45.0, dt, receptor="exc"))
    return [E, J], {"t_stop": 1000.0, "dt": dt, "seed": 3, "projections": projections}


def changing(dt=0.1):
    """A current of its own for each neuron: three that change every ms, and two that are switched on and off."""
    pop = snn.Population(snn.LIF(), 5, name="pop")
    steps = np.random.default_rng(1).uniform(100.0, 500.0, (100, 3))
    I = {
        pop: np.repeat(np.hstack([steps, 0 * steps[:, :2]]), 10, axis=0),
        pop[3:]: snn.step(300.0, 20.0, 60.0),
    }
    return pop, {"t_stop": 100.0, "dt": dt, "seed": 1, "I": I, "record": ["v"]}


CURRENTS = {snn.LIF: (0.0, 250.0, 400.0), snn.EIF: (0.0, 100.0, 300.0), snn.AdEx: (0.0, 600.0, 1000.0),
            snn.Izhikevich: (0.0, 10.0, 15.0)}  # fmt: skip
WEIGHTS = {"pA": (40.0, -60.0), "nS": (2.0, 3.0), "mV": (1.0, -1.0)}


def one(model, synapse, dt=0.1):
    """Three neurons of one row of the table, from rest to fast firing, with the same spikes into both receptors."""
    parameters = {"v_peak": -42.0} if model in (snn.EIF, snn.AdEx) else {}
    receptors = {}
    if synapse is not None and synapse.weight == "nS":
        receptors = {"exc": synapse(tau_syn=5.0, E_rev=0.0), "inh": synapse(tau_syn=10.0, E_rev=-80.0)}
    elif synapse is not None:
        receptors = {"exc": synapse(), "inh": synapse()}
    pop = snn.Population(model(**parameters), 3, receptors=receptors, name="pop")
    rng = np.random.default_rng(0)
    given = snn.SpikeTrains(
        np.round(rng.uniform(1.0, 145.0, 50), 1), rng.integers(0, 2, 50), n=2, t_stop=150.0
    )
    projections = [
        snn.Projection(
            given, pop, ([pre] * 3, [0, 1, 2]), WEIGHTS[synapse.weight][pre], (1.0, 1.5)[pre], receptor=name
        )
        for pre, name in enumerate(receptors)
    ]
    variables = [name for name in ("v", "w", "u", "exc.g", "inh.g") if name in pop.variables]
    if synapse is None or synapse.weight != "nS":  # PyNN records conductances, not currents
        variables = [name for name in variables if "." not in name]
    return pop, {
        "t_stop": 150.0, "dt": dt, "seed": 1, "projections": projections, "I": np.array(CURRENTS[model]), "record": variables,
    }  # fmt: skip


def name_of(model, synapse):
    return f"{model.__name__}-{synapse.__name__}" if synapse else model.__name__


CASES = {"exact": exact, "driven": driven, "changing": changing}
ROWS = {name_of(*key): key for key in CELLS}


def case(name, dt):
    return CASES[name](dt) if name in CASES else one(*ROWS[name], dt=dt)


def as_lists(populations, spikes, traces):
    """What a run gave, for JSON."""
    return [
        {
            "t": spikes[p].t.tolist(),
            "i": spikes[p].i.tolist(),
            **{k: traces[p][k].tolist() for k in traces[p]},
        }
        for p in populations
    ]


if __name__ == "__main__":
    simulator, dt, *names = sys.argv[1:]
    for name in names:
        what, settings = case(name, float(dt))
        network = snn.to_pynn(what, **settings)
        spikes = network.run(simulator)
        found = as_lists(what if isinstance(what, list) else [what], spikes, network.traces)
        if importlib.import_module(f"pyNN.{simulator}").rank() == 0:
            print("FOUND", json.dumps({name: found}), flush=True)
