"""Synapse models: what one spike changes, how it fades, which current it makes."""

from __future__ import annotations

import numpy as np

from .model import Synapse
from .units import ms, mV, one
from .vocabulary import exp, exprel, log


class Delta(Synapse):
    """A voltage jump: one spike moves v by w (mV).

    A jump that reaches a neuron whose v is held (at the spike itself and while refractory) is lost. Raises ValueError, in a
    Population, for a neuron without a state v in mV.
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

    State g (pA), weight w (pA). Raises ValueError for a time constant that is not positive.
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


class AlphaCurrent(Synapse):
    """A current that rises and falls with one time constant: w is its peak, at tau_syn after the spike.

    dx/dt = -x/tau_syn, dg/dt = (x - g)/tau_syn, current = g; a spike adds e w to x:
    g(t) = w (t/tau_syn) exp(1 - t/tau_syn).

    States g and x (pA), weight w (pA). Raises ValueError for a time constant that is not positive.
    Rall (1967), J. Neurophysiol. 30:1138, doi:10.1152/jn.1967.30.5.1138.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.AlphaCurrent(tau_syn=2.0)})
    >>> spike = snn.SpikeTrains([0.0], [0], n=1, t_stop=20.0)
    >>> rec = snn.simulate(pop, t_stop=20.0, record=["exc.g"], projections=[
    ...     snn.Projection(spike, pop, pairs=([0], [0]), w=40.0, delay=0.0)])
    >>> rec.traces["exc.g"][[0, 20, 40], 0].round(3)
    array([ 0.  , 40.  , 29.43])
    """

    tau_syn: ms = 2.0  # time constant, and the time to the peak

    state = {"g": "pA", "x": "pA"}
    weight = "pA"

    def dynamics(g, x, tau_syn):
        dg = (x - g) / tau_syn
        dx = -x / tau_syn
        return dg, dx

    def current(g):
        return g

    def arrive(x, w):
        x = x + exp(1) * w
        return x


class BiExpCurrent(Synapse):
    """A current that rises with one time constant and decays with another; w is its peak.

    dx/dt = -x/tau_rise, dg/dt = x/tau_rise - g/tau_decay, current = g; a spike adds w/p to x, p = q^(1/(1 - q))
    with q = tau_decay/tau_rise, so that w is the peak of g, at ln(q)/(1/tau_rise - 1/tau_decay) after the spike.

    The form holds for equal time constants too, where it is `AlphaCurrent`: ln(q)/(q - 1) is 1/exprel(ln q).
    States g and x (pA), weight w (pA). Exchanging the two time constants changes nothing. Raises ValueError for a
    time constant that is not positive.
    Roth & van Rossum (2009), in: Computational Modeling Methods for Neuroscientists, ch. 6,
    doi:10.7551/mitpress/9780262013277.003.0007.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.BiExpCurrent(tau_rise=1.0, tau_decay=4.0)})
    >>> spike = snn.SpikeTrains([0.0], [0], n=1, t_stop=20.0)
    >>> rec = snn.simulate(pop, t_stop=20.0, record=["exc.g"], projections=[
    ...     snn.Projection(spike, pop, pairs=([0], [0]), w=40.0, delay=0.0)])
    >>> print(f"peak {rec.traces['exc.g'].max():.1f} pA at {rec.t[rec.traces['exc.g'].argmax()]:.1f} ms")
    peak 40.0 pA at 1.8 ms
    """

    tau_rise: ms = 0.5  # rise time constant
    tau_decay: ms = 5.0  # decay time constant

    state = {"g": "pA", "x": "pA"}
    weight = "pA"

    def dynamics(g, x, tau_rise, tau_decay):
        dg = x / tau_rise - g / tau_decay
        dx = -x / tau_rise
        return dg, dx

    def current(g):
        return g

    def arrive(x, w, tau_rise, tau_decay):
        x = x + exp(1 / exprel(log(tau_decay / tau_rise))) * w
        return x


class ExpConductance(Synapse):
    """A conductance that jumps by w (nS) and decays exponentially: dg/dt = -g/tau_syn, current = g (E_rev - v).

    State g (nS), weight w (nS, >= 0); an inhibitory synapse has a low E_rev, not a negative w. Raises ValueError
    for a time constant that is not positive and, in a Projection, for a negative weight.
    Gerstner et al. (2014), Neuronal Dynamics, sec. 3.1, doi:10.1017/CBO9781107447615.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpConductance(tau_syn=5.0, E_rev=0.0)})
    >>> spike = snn.SpikeTrains([0.0], [0], n=1, t_stop=40.0)
    >>> rec = snn.simulate(pop, t_stop=40.0, record=["v"], projections=[
    ...     snn.Projection(spike, pop, pairs=([0], [0]), w=1.0, delay=0.0)])
    >>> print(f"peak {rec.traces['v'].max():.2f} mV")
    peak -68.90 mV
    """

    tau_syn: ms = 5.0  # decay time constant
    E_rev: mV = 0.0  # reversal potential

    state = {"g": "nS"}
    weight = "nS"
    neuron_states = {"v": "mV"}

    def dynamics(g, tau_syn):
        dg = -g / tau_syn
        return dg

    def current(g, v, E_rev):
        return g * (E_rev - v)

    def arrive(g, w):
        g = g + w
        return g


class AlphaConductance(Synapse):
    """A conductance that rises and falls with one time constant; w (nS) is its peak, at tau_syn after the spike.

    dx/dt = -x/tau_syn, dg/dt = (x - g)/tau_syn, current = g (E_rev - v); a spike adds e w to x.

    With "exponential_euler" g peaks too high by dt/(2 tau_syn); "rk4" is accurate.
    States g and x (nS), weight w (nS, >= 0). Raises ValueError for a time constant that is not positive and, in a
    Projection, for a negative weight.
    Rall (1967), J. Neurophysiol. 30:1138, doi:10.1152/jn.1967.30.5.1138.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 1, receptors={"inh": snn.AlphaConductance(tau_syn=2.0, E_rev=-80.0)})
    >>> spike = snn.SpikeTrains([0.0], [0], n=1, t_stop=20.0)
    >>> rec = snn.simulate(pop, t_stop=20.0, method="rk4", record=["inh.g"], projections=[
    ...     snn.Projection(spike, pop, pairs=([0], [0]), w=1.0, delay=0.0)])
    >>> print(f"peak {rec.traces['inh.g'].max():.2f} nS at {rec.t[rec.traces['inh.g'].argmax()]:.1f} ms")
    peak 1.00 nS at 2.0 ms
    """

    tau_syn: ms = 2.0  # time constant, and the time to the peak
    E_rev: mV = 0.0  # reversal potential

    state = {"g": "nS", "x": "nS"}
    weight = "nS"
    neuron_states = {"v": "mV"}

    def dynamics(g, x, tau_syn):
        dg = (x - g) / tau_syn
        dx = -x / tau_syn
        return dg, dx

    def current(g, v, E_rev):
        return g * (E_rev - v)

    def arrive(x, w):
        x = x + exp(1) * w
        return x


class NMDA(Synapse):
    """NMDA receptors: a slow conductance that magnesium blocks at rest; w (nS) is its peak without the block.

    dx/dt = -x/tau_rise, dg/dt = x/tau_rise - g/tau_decay, current = g B(v) (E_rev - v),
    B(v) = 1/(1 + Mg/K_Mg exp(-gamma v)); a spike adds w/p to x, as in `BiExpCurrent`.

    States g and x (nS; g without the block), weight w (nS, >= 0). The current is not linear in v: methods are
    "rk4" and "euler". Raises ValueError for a time constant or K_Mg that is not positive, a negative Mg and, in
    a Projection, for a negative weight.
    Jahr & Stevens (1990), J. Neurosci. 10:3178, doi:10.1523/JNEUROSCI.10-09-03178.1990.

    >>> import snnlab as snn
    >>> nmda = snn.NMDA()
    >>> for v in (-65.0, -20.0):  # the current (pA) through 1 nS: more when the driving force is less
    ...     print(nmda.current(1.0, v, nmda.E_rev, nmda.Mg, nmda.K_Mg, nmda.gamma).round(2))
    3.88
    10.16
    """

    tau_rise: ms = 2.0  # rise time constant
    tau_decay: ms = 100.0  # decay time constant
    E_rev: mV = 0.0  # reversal potential
    Mg: one = 1.0  # magnesium outside the cell, in mM
    K_Mg: one = 3.57  # magnesium that blocks half at 0 mV, in mM
    gamma: 1 / mV = 0.062  # how steeply the block depends on v

    state = {"g": "nS", "x": "nS"}
    weight = "nS"
    neuron_states = {"v": "mV"}

    def dynamics(g, x, tau_rise, tau_decay):
        dg = x / tau_rise - g / tau_decay
        dx = -x / tau_rise
        return dg, dx

    def current(g, v, E_rev, Mg, K_Mg, gamma):
        B = 1 / (1 + Mg / K_Mg * exp(-gamma * v))
        return g * B * (E_rev - v)

    def arrive(x, w, tau_rise, tau_decay):
        x = x + exp(1 / exprel(log(tau_decay / tau_rise))) * w
        return x

    def checks(Mg, K_Mg):
        yield np.all(Mg >= 0), f"Mg: must be >= 0 mM, got {Mg}"
        yield np.all(K_Mg > 0), f"K_Mg: must be > 0 mM, got {K_Mg}"


class GapJunction(Synapse):
    """Electrical coupling: the current sum of w (v_pre - v) over all connections, at the start of each step.

    I_gap (pA) is held over the step; w (nS, >= 0) is the conductance of one junction. A junction conducts both ways:
    give both pairs, (i, j) and (j, i). The pre side is a Population, and the delay is 0.
    States: I_gap (pA). Raises ValueError in a Projection for a negative w and for a delay.
    Bennett & Zukin (2004), Neuron 41:495, doi:10.1016/S0896-6273(04)00043-1.

    >>> import snnlab as snn
    >>> pair = snn.Population(snn.LIF(), 2, receptors={"gap": snn.GapJunction()})
    >>> p = snn.Projection(pair, pair, pairs=([0, 1], [1, 0]), w=5.0, delay=0.0)
    >>> rec = snn.simulate(pair, I=[150.0, 0.0], projections=[p], t_stop=300.0, record=["v"])
    >>> rec.traces["v"][-1].round(2)  # the second rises by a third of what the first does
    array([-58.75, -66.25])
    """

    state = {"I_gap": "pA"}
    weight = "nS"
    neuron_states = {"v": "mV"}

    def couple(w, v, v_pre):
        return w * (v_pre - v)

    def dynamics():
        dI_gap = 0
        return dI_gap

    def current(I_gap):
        return I_gap
