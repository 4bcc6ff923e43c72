"""The networks that are measured: each is given to every simulator with one graph and one initial state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import snnlab as snn


@dataclass(frozen=True)
class Network:
    """What to simulate, for snnlab as it is and for peers as arrays."""

    name: str
    population: snn.Population
    projections: tuple[snn.Projection, ...]
    v0: np.ndarray  # initial potentials, mV
    I: Any  # pA
    seconds: float  # simulated time of a timed run

    def run(self, t_stop: float) -> snn.Recording:
        return snn.simulate(
            self.population,
            projections=self.projections,
            I=self.I,
            initial={"v": self.v0},
            t_stop=t_stop,
            seed=1,
        )


def cuba() -> Network:
    """4,000 LIF neurons, 2 % connected by exponential currents: the CUBA network in the units of this library.

    Vogels & Abbott (2005), doi:10.1523/JNEUROSCI.3508-05.2005; Brette et al. (2007), doi:10.1007/s10827-007-0038-6.
    """
    lif = snn.LIF(tau_m=20.0, R_m=0.1, E_L=-49.0, v_th=-50.0, v_reset=-60.0, t_ref=5.0)
    net = snn.Population(
        lif, 4000, receptors={"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}, name="net"
    )
    projections = (
        snn.Projection(net[:3200], net, pairs=snn.random(0.02), w=16.2, delay=0.1, receptor="exc"),
        snn.Projection(net[3200:], net, pairs=snn.random(0.02), w=-90.0, delay=0.1, receptor="inh"),
    )
    return Network(
        "CUBA, 4,000 LIF", net, projections, np.random.default_rng(1).uniform(-60, -50, 4000), 0.0, 5.0
    )


def uncoupled() -> Network:
    """100,000 LIF neurons without synapses, each with a current of its own."""
    n = 100_000
    net = snn.Population(snn.LIF(), n, name="net")
    return Network("100,000 LIF, uncoupled", net, (), np.full(n, -70.0), np.linspace(100, 400, n), 0.5)


NETWORKS = {"cuba": cuba, "uncoupled": uncoupled}
