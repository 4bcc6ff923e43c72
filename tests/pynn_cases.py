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


def random(dt=0.1):
    """Poisson neurons of constant, own and changing rates; a view of some, and synapses that tire or warm up."""
    receptors = {"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}
    net = snn.Population(snn.LIF(), 200, receptors=receptors, name="net")
    alike = snn.PoissonSource(100, 40.0)
    own = snn.PoissonSource(60, np.linspace(0.0, 60.0, 60))
    wave = snn.PoissonSource(50, lambda t: 30.0 + 30.0 * np.sin(t / 20.0), name="wave")
    tired = snn.TsodyksMarkram(U=0.4, tau_rec=100.0)
    projections = [
        snn.Projection(alike, net, snn.random(0.3), 40.0, dt, receptor="exc"),  # arrivals from 2 dt on
        snn.Projection(alike[50:], net[:100], snn.random(0.3), snn.uniform(20.0, 60.0), 1.5, "exc", short_term=tired),
        snn.Projection(own[10:40], net, snn.random(0.3), 40.0, snn.uniform(0.5, 3.0), receptor="exc"),
        snn.Projection(wave, net, snn.random(0.3), -20.0, 1.0, receptor="inh"),
        snn.Projection(net, net, snn.random(0.1), 30.0, snn.uniform(0.5, 3.0), "exc",
                       short_term=snn.TsodyksMarkram.facilitating(U=0.2)),
    ]  # fmt: skip
    return net, {"t_stop": 500.0, "dt": dt, "seed": 5, "projections": projections}


TIRED_SPIKES = [0.1, 50.0, 100.0, 150.0, 200.0, 250.0, 300.0, 300.0, 350.0, 550.0]


def tired(dt=0.1):
    """Spikes, two in one step among them, through synapses that tire (neuron 0), warm up (1), or both (2)."""
    silent = snn.LIF(v_th=1000.0)
    I = snn.Population(silent, 3, {"exc": snn.ExpCurrent(2.0), "inh": snn.ExpCurrent(3.0)}, name="I")
    conductances = {"exc": snn.ExpConductance(2.0, E_rev=0.0), "inh": snn.ExpConductance(3.0, E_rev=-80.0)}
    g = snn.Population(silent, 3, conductances, name="g")
    given = snn.SpikeTrains(TIRED_SPIKES, np.zeros(len(TIRED_SPIKES), dtype=int), n=1, t_stop=600.0)
    rules = [snn.TsodyksMarkram.depressing(), snn.TsodyksMarkram.facilitating(), snn.TsodyksMarkram(0.2, 100.0, 300.0)]  # fmt: skip
    projections = [
        snn.Projection(given, pop[k : k + 1], snn.one_to_one(), w, delay, receptor, short_term=rule)
        for pop, receptor, w, delay in ((I, "exc", 10.0, 0.1), (I, "inh", -50.0, 20.0), (g, "exc", 10.0, 0.1), (g, "inh", 5.0, 20.0))
        for k, rule in enumerate(rules)
    ]  # fmt: skip
    return [I, g], {
        "t_stop": 600.0, "dt": dt, "seed": 1, "projections": projections,
        "record": [snn.Record(I, "v"), snn.Record(g, "exc.g"), snn.Record(g, "inh.g")],
    }  # fmt: skip


def drive(dt=0.1):
    """Many Poisson inputs for every neuron: of one receptor and both signs, or none; of two receptors, or of one."""
    receptors = {"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}
    pops = [snn.Population(snn.LIF(), 150, receptors, name=name) for name in ("mixed", "apart")]
    mixed, apart = pops
    weights = np.tile([45.0, -20.0, 45.0], 50)  # of both signs into one receptor
    return pops, {
        "t_stop": 2000.0, "dt": dt, "seed": 7,
        "I": {mixed: np.tile([0.0, 330.0, 0.0], 50)},
        "projections": [
            snn.PoissonDrive(mixed, np.tile([8.0, 8.0, 0.0], 50), weights, "exc", n_sources=125),
            snn.PoissonDrive(apart[:100], 10.0, 45.0, "exc", n_sources=120),
            snn.PoissonDrive(apart, 2.5, -20.0, "inh", n_sources=100),
        ],
    }  # fmt: skip


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


CASES = {
    "exact": exact,
    "driven": driven,
    "changing": changing,
    "random": random,
    "tired": tired,
    "drive": drive,
}
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
