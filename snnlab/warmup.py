"""`snnlab warmup`: compile the kernels that the lessons use before anybody waits for one.

A kernel belongs to the structure of a network (see docs/design.md), so that a run of two steps compiles all that a
long one needs. Values, sizes and durations make no difference here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np

import snnlab as snn

SHORT = 0.2  # ms: two steps


def warmup(say: Callable[[str], None] = print) -> None:
    """Run each structure for two steps, and say how long each took (its compilation, the first time)."""
    for name, run in RUNS.items():
        began = time.perf_counter()
        run()
        say(f"{time.perf_counter() - began:6.1f} s  {name}")


def _one(**given) -> None:
    snn.simulate(snn.LIF(), t_stop=SHORT, record=["v"], **given)


def _many(I, **given) -> None:
    snn.simulate(snn.Population(snn.LIF(), 2), I=I, t_stop=SHORT, **given)


def _parameters_for_each() -> None:
    two = np.array([1.0, 2.0])
    model = snn.LIF(tau_m=two, R_m=two, t_ref=two, E_L=-two, v_reset=-two, v_th=0.0)
    snn.simulate(snn.Population(model, 2), I=np.zeros((2, 1)), t_stop=SHORT)


def _poisson_neurons() -> None:
    snn.simulate(snn.Population(snn.PoissonGLM(), 2), t_stop=SHORT, seed=1)


def _axons(g_Na=120.0, I=10.0, method="rk4") -> None:
    axons = snn.Population(snn.HodgkinHuxley(g_Na=g_Na), np.size(g_Na))
    snn.simulate(axons, I=I, t_stop=SHORT, method=method, record=["v"])


def _excitation_and_inhibition() -> None:
    net = snn.Population(
        snn.LIF(), 10, receptors={"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}, name="net"
    )
    snn.simulate(net, t_stop=SHORT, seed=1, I=250.0, initial={"v": snn.uniform(-60.0, -50.0)}, projections=[
        snn.Projection(net[:8], net, pairs=snn.random(0.5), w=1.62, delay=0.1, receptor="exc"),
        snn.Projection(net[8:], net, pairs=snn.random(0.5), w=-9.0, delay=0.1, receptor="inh"),
    ])  # fmt: skip


def _alone(model, method, I=10.0, n=1, **given) -> None:
    """A model without synapses, in units that are its own."""
    snn.simulate(snn.Population(model, n), I=I, t_stop=SHORT, method=method, **given)


def _regular_and_fast() -> None:
    """The network of Izhikevich (2003): parameters for each neuron, noise, and a weight for every pair."""
    two = np.array([0.02, 0.1])
    model = snn.Izhikevich(a=two, b=np.array([0.2, 0.25]), c=np.array([-65.0, -60.0]), d=np.array([8.0, 2.0]))
    cells = snn.Population(model, 2, receptors={"jump": snn.Delta()})
    w = np.array([[0.1, 0.2], [0.3, 0.4]])
    snn.simulate(cells, t_stop=SHORT, I=snn.noise(np.array([5.0, 2.0])), method="rk4", seed=1,
                 projections=[snn.Projection(cells, cells, snn.all_to_all(), w=w.ravel(), delay=0.1, storage="dense")])  # fmt: skip


def _heard(synapse, name, method=None, sources=1, **given) -> None:
    """One LIF neuron that hears given spikes through the receptor `name`."""
    cell = snn.Population(snn.LIF(), 1, receptors={name: synapse})
    spikes = [snn.SpikeTrains([0.0], [0], n=1, t_stop=SHORT) for _ in range(sources)]
    wires = [snn.Projection(spike, cell, pairs=([0], [0]), w=1.0, delay=0.0, **given) for spike in spikes]
    snn.simulate(cell, t_stop=SHORT, method=method, projections=wires)


def _coupled(name, synapse, w=1.0, I=300.0) -> None:
    """Two LIF neurons that hear each other through the receptor `name`."""
    pair = snn.Population(snn.LIF(), 2, receptors={name: synapse})
    snn.simulate(
        pair, I=I, t_stop=SHORT, projections=[snn.Projection(pair, pair, ([0, 1], [1, 0]), w=w, delay=0.1)]
    )


def _each(run: Callable[..., None], firsts: Iterable, *further) -> None:
    for first in firsts:
        run(first, *further)


def _driven() -> None:
    cells = snn.Population(snn.LIF(), 2, receptors={"jump": snn.Delta()})
    snn.simulate(cells, t_stop=SHORT, seed=1, projections=[snn.PoissonDrive(cells, 8000.0, 0.1, "jump")])


def _plastic(
    rule, receptors, method=None, forced=False, sources=0, inhibited=False, record=(), n=1, traced=False
) -> None:
    """One neuron, or two, with plastic inputs: given trains or Poisson sources; perhaps made to fire, or inhibited."""
    cells = snn.Population(snn.LIF(), n, receptors=receptors)
    given = [snn.SpikeTrains([0.0], [0], n=n, t_stop=SHORT) for _ in range(2)]
    pre = snn.PoissonSource(sources, rate=10.0) if sources else given[0]
    pairs = snn.all_to_all() if sources else snn.one_to_one()
    w = snn.uniform(0.0, rule.w_max) if inhibited else 0.5 * rule.w_max
    p = snn.Projection(pre, cells, pairs, w=w, delay=0.0, receptor="exc", plasticity=rule)
    wires = [p]
    if forced:
        wires.insert(0, snn.Projection(given[1], cells, snn.one_to_one(), w=1.0, delay=0.0, receptor="force"))
    if inhibited:
        inh = snn.PoissonSource(2, rate=10.0)
        wires.append(snn.Projection(inh, cells, snn.all_to_all(), w=0.5, delay=0.1, receptor="inh"))
    every = [snn.Record(p, "w", every=SHORT / 2)] if traced else []
    snn.simulate(cells, t_stop=SHORT, method=method, projections=wires, record=[*record, *every], seed=1)


def _learning() -> None:
    """What lesson 10 runs."""
    taught = {"exc": snn.ExpCurrent(2.0), "force": snn.Delta()}
    for rule in (snn.PairSTDP(), snn.NearestSTDP()):
        _plastic(rule, taught, forced=True, n=2, traced=True)
    _plastic(snn.PairSTDP(), taught, forced=True)
    _plastic(snn.PairSTDP(), taught, forced=True, record=["exc.g", "v"])
    _plastic(snn.PairSTDP(), {"exc": snn.ExpCurrent(5.0)})
    driven = {"exc": snn.ExpConductance(5.0, E_rev=0.0)}
    _plastic(snn.PairSTDP(), driven, "exponential_euler")
    both = driven | {"inh": snn.ExpConductance(5.0, E_rev=-70.0)}
    for learns in (snn.PairSTDP(), snn.Homeostasis(T=SHORT)):
        _plastic(learns, both, "exponential_euler", sources=2, inhibited=True)


def _chain() -> None:
    net = snn.Population(snn.LIF(), 2, receptors={"exc": snn.AlphaCurrent(0.325)})
    packet = snn.SpikeTrains([0.0], [0], n=1, t_stop=SHORT)
    wires: list[snn.Projection | snn.PoissonDrive]
    wires = [snn.Projection(packet, net, pairs=([0], [0]), w=1.0, delay=0.1),
             snn.Projection(net, net, pairs=([0], [1]), w=1.0, delay=0.1),
             snn.PoissonDrive(net, 100.0, 1.0, "exc"), snn.PoissonDrive(net, 100.0, -1.0, "exc")]  # fmt: skip
    snn.simulate(net, t_stop=SHORT, initial={"v": snn.normal(-61.8, 2.5)}, projections=wires, seed=1)


def _taught(rule=None) -> None:
    net = snn.Population(snn.LIF(), 2, receptors={"exc": snn.ExpCurrent(3.0)})
    teacher = snn.SpikeTrains([0.0], [0], n=2, t_stop=SHORT)
    w = 0.0 if rule else np.array([1.0, 2.0])
    wires = [snn.Projection(teacher, net, snn.one_to_one(), w=1.0, delay=0.1),
             snn.Projection(net, net, pairs=([0, 1], [1, 0]), w=w, delay=0.1, plasticity=rule)]  # fmt: skip
    snn.simulate(net, t_stop=SHORT, projections=wires, seed=1)


def _memory() -> None:
    net = snn.Population(snn.LIF(), 2, receptors={"rec": snn.ExpCurrent(20.0)})
    wires = snn.Projection(net, net, pairs=([0, 1], [1, 0]), w=np.array([1.0, -1.0]), delay=0.1)
    I = 190.0 + snn.step(np.array([200.0, -200.0]), 0.0, SHORT)
    snn.simulate(
        net, I=I, t_stop=SHORT, projections=[wires], initial={"v": snn.uniform(-70.0, -50.0)}, seed=1
    )


def _balanced() -> None:
    """Brunel's network in its two sizes, and the two of Vogels and Abbott, whose 2 % may be stored either way."""
    wires: list[snn.Projection | snn.PoissonDrive]
    for storage in ("planes", "rows"):
        net = snn.Population(snn.LIF(), 10, receptors={"jump": snn.Delta()})
        wires = [snn.Projection(net[:8], net, snn.fixed_indegree(2), w=0.1, delay=0.1, storage="planes"),
                 snn.Projection(net[8:], net, snn.fixed_indegree(1), w=-0.1, delay=0.1, storage=storage),
                 snn.PoissonDrive(net, 10.0, 0.1, "jump", n_sources=10)]  # fmt: skip
        start = {"v": snn.uniform(-70.0, -60.0)}
        snn.simulate(net, t_stop=SHORT, seed=1, initial=start, projections=wires)
    currents: dict[str, snn.Synapse] = {"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}
    conductances: dict[str, snn.Synapse] = {
        "exc": snn.ExpConductance(5.0, E_rev=0.0),
        "inh": snn.ExpConductance(10.0, E_rev=-80.0),
    }
    for receptors, w in ((currents, -9.0), (conductances, 9.0)):
        for storage in ("planes", "rows"):
            net = snn.Population(snn.LIF(), 10, receptors=receptors)
            wires = [snn.Projection(net[:8], net, snn.random(0.5), w=1.62, delay=0.1, receptor="exc", storage=storage),
                     snn.Projection(net[8:], net, snn.random(0.5), w=w, delay=0.1, receptor="inh")]  # fmt: skip
            snn.simulate(net, t_stop=SHORT, seed=1, projections=wires)


RUNS: dict[str, Callable[[], None]] = {
    "one LIF neuron, constant current": lambda: _one(I=300.0),
    "one LIF neuron, a step of current": lambda: _one(I=snn.step(300.0, 0.0, SHORT)),
    "one LIF neuron, Euler": lambda: _one(I=300.0, method="euler"),
    "one LIF neuron, a step of current, Euler": lambda: _one(I=snn.step(300.0, 0.0, SHORT), method="euler"),
    "LIF neurons, a current for each": lambda: _many(np.array([0.0, 300.0])),
    "LIF neurons, a current for each, Euler": lambda: _many(np.array([0.0, 300.0]), method="euler"),
    "LIF neurons, a current over time for each": lambda: _many(np.zeros((2, 2))),
    "LIF neurons, a pulse for each": lambda: _many(snn.step([0.0, 300.0], 0.0, SHORT)),
    "LIF neurons, a step of current for all": lambda: _many(snn.step(300.0, 0.0, SHORT)),
    "LIF neurons, noise of all and noise of each": lambda: _many(
        snn.step(250.0) + snn.noise(1.0, tau=3.0, shared=True) + snn.noise(1.0, tau=1.0), seed=1
    ),
    "LIF neurons, parameters for each, a current for all": _parameters_for_each,
    "Poisson neurons with dead time": _poisson_neurons,
    "a network of excitatory and inhibitory LIF neurons": _excitation_and_inhibition,
    "a Hodgkin-Huxley axon, constant current": _axons,
    "a Hodgkin-Huxley axon, a current over time": lambda: _axons(I=snn.step(10.0, 0.0, SHORT)),
    "a Hodgkin-Huxley axon, exponential Euler": lambda: _axons(method="exponential_euler"),
    "Hodgkin-Huxley axons, a conductance for each": lambda: _axons(g_Na=np.array([120.0, 60.0])),
    "every model alone, Euler": lambda: _each(
        _alone, (snn.QIF(), snn.EIF(), snn.AdEx(), snn.SRM(), snn.Izhikevich(), snn.HodgkinHuxley()), "euler"
    ),
    "every model alone, Runge-Kutta": lambda: _each(
        _alone,
        (
            snn.EIF(),
            snn.AdEx(),
            snn.Izhikevich(),
            snn.FitzHughNagumo(),
            snn.MorrisLecar(),
            snn.HindmarshRose(),
        ),
        "rk4",
    ),
    "neurons of four models, a current for each": lambda: _each(
        _alone,
        (snn.QIF(), snn.EIF(), snn.FitzHughNagumo(), snn.MorrisLecar()),
        "rk4",
        np.array([0.0, 1.0]),
        2,
    ),
    "an Izhikevich neuron, a current over time": lambda: _alone(
        snn.Izhikevich(), "rk4", snn.step(10.0, 0.0, SHORT)
    ),
    "an Izhikevich neuron, the scheme of 2003": lambda: _alone(snn.Izhikevich(), "half_step_2003"),
    "a spike response model, constant current": lambda: _alone(snn.SRM(), "exact"),
    "a spike response model, a current over time": lambda: _alone(
        snn.SRM(), "exact", snn.step(10.0, 0.0, SHORT)
    ),
    "the network of 2003": _regular_and_fast,
    "one spike, every kind of synapse": lambda: _each(
        _heard,
        (
            snn.ExpCurrent(),
            snn.AlphaCurrent(),
            snn.BiExpCurrent(),
            snn.ExpConductance(),
            snn.AlphaConductance(),
            snn.NMDA(),
            snn.Delta(),
        ),
        "syn",
        "rk4",
    ),
    "spikes through an exponential current": lambda: _heard(snn.ExpCurrent(), "exc"),
    "spikes from two sources": lambda: _heard(snn.ExpCurrent(), "exc", sources=2),
    "spikes through a synapse with a memory": lambda: _heard(
        snn.ExpCurrent(), "exc", short_term=snn.TsodyksMarkram()
    ),
    "a pair that inhibits each other": lambda: _coupled("inh", snn.AlphaCurrent()),
    "a pair that excites each other": lambda: _coupled("exc", snn.AlphaCurrent()),
    "coupled neurons, a weight for each synapse": lambda: _each(
        _coupled, ("syn", "exc"), snn.ExpCurrent(), np.array([1.0, 2.0]), np.array([300.0, 250.0])
    ),
    "Poisson spikes for each neuron": _driven,
    "synapses that learn": _learning,
    "a chain of groups in noise": _chain,
    "a taught network, with and without plasticity": lambda: _each(
        _taught, (snn.PairSTDP(w_max=120.0), None)
    ),
    "a memory of spiking neurons": _memory,
    "balanced networks": _balanced,
}
