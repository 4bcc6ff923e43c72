"""The networks that are measured. Each is one graph, one initial state and one drive, handed to every simulator.

`Network.run` is snnlab's side; peers read the same object, `graphs` for arrays. `scale` < 1 makes a small one for
tests: fewer neurons, with the same in-degree where that is possible.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

import snnlab as snn

from .traub_miles import TraubMiles

SEED = 1


@dataclass(frozen=True)
class Drive:
    """Every neuron gets `n_sources` independent Poisson trains of `rate` Hz, each spike worth `w`."""

    rate: float
    n_sources: int
    w: float


@dataclass(frozen=True)
class Network:
    """What to simulate: one population, its projections and what drives it."""

    key: str
    title: str
    population: snn.Population
    seconds: float  # simulated time of a timed run
    projections: tuple[snn.Projection, ...] = ()
    initial: dict[str, np.ndarray] = field(default_factory=dict)
    I: Any = 0.0  # in the unit of the model: a number or one per neuron
    sigma: np.ndarray | None = None  # white noise, in the unit of I times sqrt(ms)
    drive: Drive | None = None
    sources: Any = None  # (n, rate) of Poisson inputs drawn in the loop
    dt: float = 0.1
    method: str | None = None
    driven_by: str = ""  # for the table
    felt: bool = False  # wall time of one call, rather than CPU time of the steps
    record: tuple[str, ...] = ()

    @cached_property
    def graphs(self) -> tuple[Any, ...]:
        """(pre, post, w, delay) of each projection, as numbered in the whole population or the given trains."""
        return tuple(self._graph(index, p) for index, p in enumerate(self.projections))

    def _graph(self, index: int, projection: Any) -> tuple[np.ndarray, np.ndarray, Any, float]:
        graph = projection.draw(SEED, index, self.dt)
        first = [getattr(side, "start", 0) for side in (projection.pre, projection.post)]
        w = projection.w if np.ndim(projection.w) == 0 else graph.w
        return graph.pre + first[0], graph.post + first[1], w, float(projection.delay)

    def run(self, t_stop: float) -> snn.Recording:
        inputs = list(self.projections)
        if self.drive is not None:
            receptor = next(iter(self.population.receptors))
            inputs.append(
                snn.PoissonDrive(
                    self.population, self.drive.rate, self.drive.w, receptor, n_sources=self.drive.n_sources
                )
            )
        return snn.simulate(
            self.population, t_stop=t_stop, dt=self.dt, method=self.method, seed=SEED, projections=inputs,
            I=self.I if self.sigma is None else snn.noise(self.sigma),
            initial=self.initial, record=list(self.record),
        )  # fmt: skip


def cuba(scale: float = 1.0) -> Network:
    """4,000 LIF neurons, 2 % connected by exponential currents.

    Vogels & Abbott (2005), doi:10.1523/JNEUROSCI.3508-05.2005; Brette et al. (2007), doi:10.1007/s10827-007-0038-6.
    """
    lif = snn.LIF(tau_m=20.0, R_m=0.1, E_L=-49.0, v_th=-50.0, v_reset=-60.0, t_ref=5.0)
    receptors = {"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}
    net = snn.Population(lif, _size(4000, scale), receptors, name="net")
    projections = _balanced(net, 0.02 / scale, 16.2, -90.0)
    v = np.random.default_rng(1).uniform(-60.0, -50.0, net.n)
    return Network("cuba", f"CUBA, {net.n:,} LIF", net, 10.0, projections, {"v": v}, driven_by="nothing")


def coba(scale: float = 1.0) -> Network:
    """The same with conductances: COBA of Brette et al. (2007), doi:10.1007/s10827-007-0038-6, benchmark 1."""
    lif = snn.LIF(tau_m=20.0, R_m=0.1, E_L=-60.0, v_th=-50.0, v_reset=-60.0, t_ref=5.0)
    net = snn.Population(lif, _size(4000, scale), _conductances(), name="net")
    projections = _balanced(net, 0.02 / scale, 6.0, 67.0)
    initial = _started(net.n)
    return Network(
        "coba", f"COBA, {net.n:,} LIF", net, 5.0, projections, initial, method="exponential_euler", driven_by="nothing"
    )  # fmt: skip


def cobahh(scale: float = 1.0) -> Network:
    """COBAHH of Brette et al. (2007), doi:10.1007/s10827-007-0038-6, benchmark 3: Traub and Miles' neuron."""
    net = snn.Population(TraubMiles(), _size(4000, scale), _conductances(), name="net")
    projections = _balanced(net, 0.02 / scale, 6.0, 67.0)
    initial = _started(net.n) | {gate: np.zeros(net.n) for gate in "mhn"}
    return Network(
        "cobahh", f"COBAHH, {net.n:,} Hodgkin-Huxley", net, 1.0, projections, initial, method="exponential_euler",
        driven_by="nothing",
    )  # fmt: skip


def brunel(scale: float = 1.0, poisson: bool = True) -> Network:
    """10,000 excitatory and 2,500 inhibitory neurons, p = 0.1, g = 5, 2 times the drive that reaches threshold.

    Brunel (2000), doi:10.1023/A:1008925309027, its asynchronous irregular state. `poisson=False` gives every neuron
    the mean of its drive instead, so that spikes can be compared one by one.
    """
    tau_m, theta, J, g, eta, k_exc = 20.0, 20.0, 0.1 / scale, 5.0, 2.0, 1000
    lif = snn.LIF(tau_m=tau_m, R_m=0.1, E_L=0.0, v_th=theta, v_reset=10.0, t_ref=2.0)
    net = snn.Population(lif, _size(12500, scale), {"jump": snn.Delta()}, name="net")
    k_exc, excitatory = _size(k_exc, scale), net.n * 4 // 5
    projections = (
        snn.Projection(net[:excitatory], net, pairs=snn.fixed_indegree(k_exc), w=J, delay=1.5),
        snn.Projection(net[excitatory:], net, pairs=snn.fixed_indegree(k_exc // 4), w=-g * J, delay=1.5),
    )
    rate = eta * theta / (J * k_exc * tau_m) * 1000.0  # Hz of each of k_exc outer neurons
    v = np.random.default_rng(1).uniform(0.0, theta, net.n)
    driven: dict[str, Any] = dict(drive=Drive(rate, k_exc, J), driven_by="Poisson, drawn in the loop")
    if not poisson:
        mean = eta * theta / lif.R_m
        driven = dict(I=mean, driven_by="the mean current of the Poisson drive")
    title = f"Brunel, {net.n:,} LIF, {net.n * (k_exc + k_exc // 4) / 1e6:.3g} M synapses"
    return Network("brunel", title, net, 5.0, projections, {"v": v}, **driven)


def song(scale: float = 1.0, poisson: bool = True) -> Network:
    """1,000 Poisson inputs of 15 Hz to one neuron, through plastic conductances.

    Song, Miller & Abbott (2000), doi:10.1038/78829; conductances relative to the leak of 10 nS. `poisson=False` replays
    trains that were drawn before, so that spikes can be compared one by one.
    """
    n, rate, seconds = _size(1000, scale), 15.0, 50.0
    lif = snn.LIF(tau_m=10.0, R_m=0.1, E_L=-74.0, v_th=-54.0, v_reset=-60.0, t_ref=0.0)
    net = snn.Population(lif, 1, {"exc": snn.ExpConductance(5.0, E_rev=0.0)}, name="net")
    w_max = 0.1 / scale
    rule = snn.PairSTDP(A_plus=0.01, A_minus=0.0105, tau_plus=20.0, tau_minus=20.0, w_max=w_max)
    w = np.random.default_rng(1).uniform(0.0, w_max, n)
    pairs = (np.arange(n), np.zeros(n, dtype=int))
    pre = snn.PoissonSource(n, rate=rate) if poisson else on_grid_trains(rate, n, seconds * 1000.0)
    projection = snn.Projection(pre, net, pairs=pairs, w=w, delay=0.1, plasticity=rule)
    return Network(
        "song", f"Song STDP, {n:,} inputs to 1 neuron", net, seconds, (projection,), {"v": np.array([-74.0])},
        method="exponential_euler", sources=(n, rate) if poisson else None,
        driven_by="Poisson, drawn in the loop" if poisson else "Poisson trains drawn before",
    )  # fmt: skip


def recurrent(scale: float = 1.0) -> Network:
    """1,000 LIF neurons, 800 of them excitatory with 100,000 plastic synapses, each with a current of its own."""
    lif = snn.LIF(tau_m=20.0, R_m=0.1, E_L=-70.0, v_th=-50.0, v_reset=-60.0, t_ref=5.0)
    receptors = {"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}
    net = snn.Population(lif, _size(1000, scale), receptors, name="net")
    excitatory, rng = net.n * 4 // 5, np.random.default_rng(1)
    chosen = np.sort(rng.choice(excitatory * net.n, _size(100_000, scale**2), replace=False))
    rule = snn.PairSTDP(A_plus=0.005, A_minus=0.00525, w_max=12.0 / scale)
    projections = (
        snn.Projection(
            net[:excitatory], net, pairs=(chosen // net.n, chosen % net.n), w=rng.uniform(0, rule.w_max, chosen.size),
            delay=1.0, receptor="exc", plasticity=rule,
        ),
        snn.Projection(net[excitatory:], net, pairs=snn.random(0.125), w=-30.0 / scale, delay=1.0, receptor="inh"),
    )  # fmt: skip
    initial = {"v": rng.uniform(-60.0, -50.0, net.n)}
    title = f"recurrent STDP, {net.n:,} LIF, {chosen.size:,} plastic synapses"
    return Network(
        "recurrent", title, net, 10.0, projections, initial, I=rng.uniform(150.0, 300.0, net.n), driven_by="a current each"
    )  # fmt: skip


def uncoupled(scale: float = 1.0) -> Network:
    """A million LIF neurons without synapses, each with a current of its own."""
    n = _size(1_000_000, scale)
    net = snn.Population(snn.LIF(), n, name="net")
    initial = {"v": np.random.default_rng(1).uniform(-70.0, -50.0, n)}
    return Network(
        "uncoupled", f"{n:,} LIF, uncoupled", net, 0.1, (), initial, I=np.linspace(100, 400, n), driven_by="a current each"
    )  # fmt: skip


def izhikevich(scale: float = 1.0) -> Network:
    """The network of Izhikevich (2003), doi:10.1109/TNN.2003.820440: all-to-all, dt = 1 ms, two half steps for v.

    A spike moves v by its weight between two steps, on both sides; in the paper it does so through both half steps.
    """
    n = _size(1000, scale)
    excitatory, rng = n * 4 // 5, np.random.default_rng(1)
    is_exc, r = np.arange(n) < excitatory, rng.uniform(0.0, 1.0, n)
    model = snn.Izhikevich(
        a=np.where(is_exc, 0.02, 0.02 + 0.08 * r), b=np.where(is_exc, 0.2, 0.25 - 0.05 * r),
        c=np.where(is_exc, -65.0 + 15.0 * r**2, -65.0), d=np.where(is_exc, 8.0 - 6.0 * r**2, 2.0),
    )  # fmt: skip
    net = snn.Population(model, n, {"jump": snn.Delta()}, name="net")
    w = np.where(is_exc[:, None], 0.5, -1.0) * rng.uniform(0.0, 1.0, (n, n)) / scale
    pairs = np.divmod(np.arange(n * n), n)
    projection = snn.Projection(net, net, pairs=pairs, w=w.ravel(), delay=0.0)
    initial = {"v": np.full(n, -65.0), "u": model.b * -65.0}
    return Network(
        "izhikevich", f"Izhikevich 2003, {n:,} neurons", net, 20.0, (projection,), initial, dt=1.0,
        sigma=np.where(is_exc, 5.0, 2.0), method="half_step_2003", driven_by="noise, drawn in the loop",
    )  # fmt: skip


def one(scale: float = 1.0) -> Network:
    """One LIF neuron, 10,000 steps, its potential recorded: what a student waits for at run()."""
    net = snn.Population(snn.LIF(), 1, name="net")
    initial = {"v": np.array([-70.0])}
    return Network(
        "one", "one LIF, 10,000 steps, at run()", net, 1.0, (), initial, I=300.0, driven_by="a current", felt=True,
        record=("v",),
    )  # fmt: skip


def on_grid_trains(rate: float, n: int, t_stop: float, dt: float = 0.1) -> snn.SpikeTrains:
    """Poisson trains on the grid from 2 dt on, at most one spike per step and train, which every peer can replay."""
    drawn = snn.poisson(rate, n, t_stop - 1.0, SEED)
    steps = np.unique(np.maximum(np.ceil(drawn.t / dt), 2).astype(np.int64) * n + drawn.i)
    return snn.SpikeTrains(np.round(steps // n * dt, 6), steps % n, n=n, t_stop=t_stop)


def _size(n: int, scale: float) -> int:
    return max(1, round(n * scale))


def _balanced(net: snn.Population, p: float, w_exc: float, w_inh: float) -> tuple[snn.Projection, ...]:
    excitatory, pairs = net.n * 4 // 5, snn.random(p)
    return (
        snn.Projection(net[:excitatory], net, pairs=pairs, w=w_exc, delay=0.1, receptor="exc"),
        snn.Projection(net[excitatory:], net, pairs=pairs, w=w_inh, delay=0.1, receptor="inh"),
    )


def _conductances() -> dict[str, snn.Synapse]:
    return {"exc": snn.ExpConductance(5.0, E_rev=0.0), "inh": snn.ExpConductance(10.0, E_rev=-80.0)}


def _started(n: int) -> dict[str, np.ndarray]:
    """Potentials and conductances that begin in the active state, as in the authors' programs."""
    rng = np.random.default_rng(1)
    return {
        "v": rng.uniform(-65.0, -50.0, n) - 5.0,
        "exc.g": np.maximum(rng.normal(40.0, 15.0, n), 0.0),
        "inh.g": np.maximum(rng.normal(200.0, 120.0, n), 0.0),
    }


NETWORKS = {
    make.__name__: make for make in (cuba, coba, cobahh, brunel, song, recurrent, uncoupled, izhikevich, one)
}
