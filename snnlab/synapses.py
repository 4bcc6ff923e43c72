"""Synapse models: what one spike changes, how it fades, which current it makes."""

from __future__ import annotations

from .model import Synapse
from .units import ms


class Delta(Synapse):
    """A voltage jump: one spike moves v by w (mV).

    A jump that reaches a neuron whose v is held (at the spike itself and while refractory) is lost.
    Gerstner et al. (2014), Neuronal Dynamics, sec. 1.3, doi:10.1017/CBO9781107447615.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 1, receptors={"kick": snn.Delta()})
    >>> kicks = snn.SpikeTrains([10.0], [0], n=1, t_stop=20.0)
    >>> rec = snn.simulate(pop, t_stop=20.0, record=["v"], projections=[
    ...     snn.Projection(kicks, pop, pairs=([0], [0]), w=5.0, delay=0.0)])
    >>> float(rec.traces["v"][100, 0])
    -65.0
    """

    state = {}
    weight = "mV"
    neuron_states = {"v": "mV"}

    def arrive(v, w):
        v = v + w
        return v


class ExpCurrent(Synapse):
    """A current that jumps by w (pA) and decays exponentially: dg/dt = -g/tau_syn, current = g.

    Gerstner et al. (2014), Neuronal Dynamics, sec. 3.1, doi:10.1017/CBO9781107447615.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(tau_syn=5.0)})
    >>> spike = snn.SpikeTrains([0.0], [0], n=1, t_stop=20.0)
    >>> rec = snn.simulate(pop, t_stop=20.0, record=["exc.g"], projections=[
    ...     snn.Projection(spike, pop, pairs=([0], [0]), w=40.0, delay=0.0)])
    >>> rec.traces["exc.g"][[0, 50], 0].round(3)
    array([40.   , 14.715])
    """

    tau_syn: ms = 5.0  # decay time constant

    state = {"g": "pA"}
    weight = "pA"

    def dynamics(g, tau_syn):
        dg = -g / tau_syn
        return dg

    def current(g):
        return g

    def arrive(g, w):
        g = g + w
        return g
