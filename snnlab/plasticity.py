"""Plasticity: rules that change the weight of a synapse when its neurons spike.

A rule is one to three pure functions, `on_pre`, `on_post` and `every`, and the traces and states that they read. To add
a rule, add a class.
"""

from __future__ import annotations

import ast
from typing import Any, ClassVar

from .declared import Declared
from .units import ms, one, weight


class Plasticity(Declared, abstract=True):
    """Base class of the plasticity rules.

    A subclass declares parameters, among them `w_min` and `w_max` (in the unit of the weight, `weight`), and

    - `traces = {name: (side, tau, how)}`: a trace belongs to the "pre" or the "post" neuron, or to the "reward" of the
      projection; it decays with the parameter `tau`, and a spike adds 1 to it ("add") or sets it to 1 ("set": nearest
      spikes only);
    - `state = {name: unit}`: further states of each synapse, 0 at the start; `decay = {name: tau}` names the
      parameter with which a state decays, and a state that stands not there stays as it is.

    `on_pre(w, ...)` runs when a pre spike arrives, after the old w was delivered; `on_post(w, ...)` when the post
    neuron spikes, after all arrivals of that moment; `every(w, ..., T)` for all synapses at the times T, 2 T, ... (T is
    a parameter in ms, on the grid), after all else. They take w, states, traces and parameters by name, and return w,
    states, or both: what they return changes. `on_pre` and `on_post` read traces before the increment of their own
    spike; w is clipped to [w_min, w_max]. Raises TypeError when the class is defined, as `Neuron` does.

    >>> import snnlab as snn
    >>> from snnlab.units import ms, one, weight
    >>> class Hebb(snn.Plasticity):
    ...     rate: one = 0.01
    ...     tau: ms = 20.0
    ...     w_min: weight = 0.0
    ...     w_max: weight = 1.0
    ...     traces = {"x": ("pre", "tau", "add")}
    ...     def on_post(w, x, rate, w_max):
    ...         w = w + rate * w_max * x
    ...         return w
    >>> Hebb(rate=0.1)
    Hebb(rate=0.1)
    """

    functions = ("on_pre", "on_post", "every")
    arrays = False
    on_pre: ClassVar[Any]
    on_post: ClassVar[Any]
    every: ClassVar[Any]
    traces: ClassVar[dict[str, tuple[str, str, str]]] = {}
    decay: ClassVar[dict[str, str]] = {}

    @classmethod
    def known_names(cls, function: str) -> tuple[str, ...]:
        return ("w", *cls.state, *cls.traces, *cls.parameters())

    @classmethod
    def times(cls) -> dict[str, str]:
        """The parameter with which each trace and state decays; states that stay are missing."""
        return {name: tau for name, (_, tau, _) in cls.traces.items()} | cls.decay

    @classmethod
    def check_declaration(cls) -> None:
        name, read = cls.__name__, cls.equations
        if not read:
            raise TypeError(f"{name}: a rule declares on_pre, on_post, every, or several of them")
        for parameter in ("w_min", "w_max"):
            if parameter not in cls.parameters():
                raise TypeError(f"{name}.{parameter}: is missing; weights are clipped to [w_min, w_max]")
        for trace, (side, tau, how) in cls.traces.items():
            if (
                side not in ("pre", "post", "reward")
                or how not in ("add", "set")
                or cls.units.get(tau) != ms
                or trace in (*cls.state, *cls.parameters(), "w")
            ):
                raise TypeError(
                    f'{name}.traces[{trace!r}]: must be ("pre", "post" or "reward", a parameter in ms, "add" or "set") '
                    f"under a name of its own, got {(side, tau, how)}"
                )
        for state, tau in cls.decay.items():
            if state not in cls.state or cls.units.get(tau) != ms:
                raise TypeError(
                    f"{name}.decay[{state!r}]: must be a parameter in ms, for one of the states, got {tau!r}"
                )
        if "every" in read and cls.units.get("T") != ms:
            raise TypeError(f"{name}.T: is missing; `every` runs at intervals of this parameter in ms")
        for function, equations in read.items():
            returned = [ast.unparse(node) for node in equations.returns]
            if not set(returned) <= {"w", *cls.state} or len(set(returned)) != len(returned):
                states = f", or states ({', '.join(cls.state)}), or both" if cls.state else ""
                raise TypeError(f"{name}.{function}: must return w{states}")

    def __post_init__(self):
        super().__post_init__()
        if not self.w_min < self.w_max:
            raise ValueError(f"{type(self).__name__}.w_max: must be > w_min = {self.w_min}, got {self.w_max}")


class PairSTDP(Plasticity):
    """Spike-timing-dependent plasticity of all pairs of spikes.

    A pre spike lowers w by A_minus w_max s_minus y, a post spike raises it by A_plus w_max s_plus x; the traces x
    (pre) and y (post) decay with tau_plus and tau_minus and grow by 1 with each spike. With mu = 0 (additive)
    s_plus = s_minus = 1; with mu = 1 (multiplicative) s_plus = 1 - r and s_minus = r, r = (w - w_min)/(w_max - w_min);
    in between r and 1 - r to the power mu.
    Song, Miller & Abbott (2000), doi:10.1038/78829; Gütig, Aharonov, Rotter & Sompolinsky (2003),
    doi:10.1523/JNEUROSCI.23-09-03697.2003; traces: Morrison, Diesmann & Gerstner (2008), doi:10.1007/s00422-008-0233-1.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(5.0)})
    >>> pre = snn.SpikeTrains([10.0], [0], n=1, t_stop=100.0)
    >>> p = snn.Projection(pre, pop, snn.one_to_one(), w=0.5, delay=0.0, plasticity=snn.PairSTDP())
    >>> rec = snn.simulate(pop, I=400.0, projections=[p], t_stop=30.0)
    >>> rec.spikes.t, rec.weights[p].round(5)
    (array([13.9, 27.1]), array([0.51248]))
    """

    A_plus: one = 0.01  # largest relative increase
    A_minus: one = 0.0105  # largest relative decrease
    tau_plus: ms = 20.0  # window of increase
    tau_minus: ms = 20.0  # window of decrease
    w_min: weight = 0.0  # lower bound
    w_max: weight = 1.0  # upper bound
    mu: one = 0.0  # 0 additive, 1 multiplicative

    traces = {"x": ("pre", "tau_plus", "add"), "y": ("post", "tau_minus", "add")}

    def on_pre(w, y, A_minus, w_min, w_max, mu):
        w = w - A_minus * w_max * y * ((w - w_min) / (w_max - w_min)) ** mu
        return w

    def on_post(w, x, A_plus, w_min, w_max, mu):
        w = w + A_plus * w_max * x * ((w_max - w) / (w_max - w_min)) ** mu
        return w

    def checks(mu, w_max):
        yield mu >= 0, f"mu: must be >= 0, got {mu}"
        yield w_max > 0, f"w_max: must be > 0, since changes are in proportion to it, got {w_max}"


class NearestSTDP(PairSTDP):
    """`PairSTDP` of nearest spikes: a trace is set to 1 by a spike, so that only the last one counts.

    Parameters and errors are those of `PairSTDP`, which raises ValueError for what is out of range.
    Morrison, Diesmann & Gerstner (2008), doi:10.1007/s00422-008-0233-1.

    >>> import snnlab as snn
    >>> snn.NearestSTDP(A_plus=0.02)
    NearestSTDP(A_plus=0.02)
    """

    traces = {"x": ("pre", "tau_plus", "set"), "y": ("post", "tau_minus", "set")}


class TripletSTDP(Plasticity):
    """Triplets of spikes, all of them: how much a pair counts depends on the spikes before it.

    A pre spike lowers w by w_max o1 (A2_minus + A3_minus r2), a post spike raises it by w_max r1 (A2_plus + A3_plus o2);
    the traces r1, r2 (pre) and o1, o2 (post) decay with tau_plus, tau_x, tau_minus and tau_y and grow by 1 with each
    spike. The defaults are those of visual cortex, where potentiation needs triplets, and so grows with the rate.
    Pfister & Gerstner (2006), J. Neurosci. 26:9673, doi:10.1523/JNEUROSCI.1425-06.2006, equations 3 and 4.

    >>> import snnlab as snn
    >>> snn.TripletSTDP().A3_plus, snn.TripletSTDP.hippocampus(w_max=2.0)
    (0.0062, TripletSTDP(A2_plus=0.0061, A3_plus=0.0067, A2_minus=0.0016, A3_minus=0.0014, tau_x=946, tau_y=27, w_max=2))
    """

    A2_plus: one = 5e-10  # relative increase by a pair
    A3_plus: one = 6.2e-3  # relative increase by a triplet post-pre-post
    A2_minus: one = 7e-3  # relative decrease by a pair
    A3_minus: one = 2.3e-4  # relative decrease by a triplet pre-post-pre
    tau_plus: ms = 16.8  # window of pairs pre-post
    tau_x: ms = 101.0  # window of earlier pre spikes
    tau_minus: ms = 33.7  # window of pairs post-pre
    tau_y: ms = 125.0  # window of earlier post spikes
    w_min: weight = 0.0  # lower bound
    w_max: weight = 1.0  # upper bound

    traces = {
        "r1": ("pre", "tau_plus", "add"),
        "r2": ("pre", "tau_x", "add"),
        "o1": ("post", "tau_minus", "add"),
        "o2": ("post", "tau_y", "add"),
    }

    def on_pre(w, r2, o1, A2_minus, A3_minus, w_max):
        w = w - w_max * o1 * (A2_minus + A3_minus * r2)
        return w

    def on_post(w, r1, o2, A2_plus, A3_plus, w_max):
        w = w + w_max * r1 * (A2_plus + A3_plus * o2)
        return w

    def checks(w_max):
        yield w_max > 0, f"w_max: must be > 0, since changes are in proportion to it, got {w_max}"

    @classmethod
    def visual_cortex(cls, **changes):
        """Table 3 of the paper, fitted to Sjöström et al. (2001)."""
        return cls(**changes)

    @classmethod
    def visual_cortex_minimal(cls, **changes):
        """Table 3, with the fewest parameters that fit: pairs lower w, triplets raise it."""
        return cls(**{"A2_plus": 0.0, "A3_plus": 6.5e-3, "A2_minus": 7.1e-3, "A3_minus": 0.0, "tau_y": 114.0, **changes})  # fmt: skip

    @classmethod
    def hippocampus(cls, **changes):
        """Table 4, fitted to cultures of Wang et al. (2005)."""
        return cls(**{"A2_plus": 6.1e-3, "A3_plus": 6.7e-3, "A2_minus": 1.6e-3, "A3_minus": 1.4e-3, "tau_x": 946.0,
                      "tau_y": 27.0, **changes})  # fmt: skip

    @classmethod
    def hippocampus_minimal(cls, **changes):
        """Table 4, with the fewest parameters that fit."""
        return cls(**{"A2_plus": 5.3e-3, "A3_plus": 8e-3, "A2_minus": 3.5e-3, "A3_minus": 0.0, "tau_y": 40.0, **changes})  # fmt: skip


class NearestTripletSTDP(TripletSTDP):
    """`TripletSTDP` of nearest spikes: a trace is set to 1 by a spike, so that only the last one counts.

    Raises ValueError as `TripletSTDP` does. The defaults are those of visual cortex, Table 3 of Pfister & Gerstner (2006), doi:10.1523/JNEUROSCI.1425-06.2006.

    >>> import snnlab as snn
    >>> snn.NearestTripletSTDP()
    NearestTripletSTDP()
    """

    A2_plus: one = 8.8e-11  # relative increase by a pair
    A3_plus: one = 5.3e-2  # relative increase by a triplet post-pre-post
    A2_minus: one = 6.6e-3  # relative decrease by a pair
    A3_minus: one = 3.1e-3  # relative decrease by a triplet pre-post-pre
    tau_x: ms = 714.0  # window of earlier pre spikes
    tau_y: ms = 40.0  # window of earlier post spikes

    traces = {name: (side, tau, "set") for name, (side, tau, _) in TripletSTDP.traces.items()}

    @classmethod
    def visual_cortex_minimal(cls, **changes):
        """Table 3, with the fewest parameters that fit."""
        return cls(**{"A2_plus": 0.0, "A3_plus": 5e-2, "A2_minus": 8e-3, "A3_minus": 0.0, "tau_y": 40.0, **changes})  # fmt: skip

    @classmethod
    def hippocampus(cls, **changes):
        """Table 4, fitted to cultures of Wang et al. (2005)."""
        return cls(**{"A2_plus": 4.6e-3, "A3_plus": 9.1e-3, "A2_minus": 3e-3, "A3_minus": 7.5e-9, "tau_x": 575.0,
                      "tau_y": 47.0, **changes})  # fmt: skip

    @classmethod
    def hippocampus_minimal(cls, **changes):
        """Table 4, with the fewest parameters that fit."""
        return cls(**{"A2_plus": 4.6e-3, "A3_plus": 9.1e-3, "A2_minus": 3e-3, "A3_minus": 0.0, "tau_y": 48.0, **changes})  # fmt: skip


class RewardSTDP(Plasticity):
    """Reward-modulated plasticity: pairs of spikes leave an eligibility c, and reward turns it into weight.

    dc/dt = -c/tau_c; a pre spike lowers c by A_minus w_max y, a post spike raises it by A_plus w_max x (as in `PairSTDP`);
    dd/dt = -d/tau_d, and each spike of `Projection(..., reward=...)` adds 1 to d; tau_w dw/dt = (d - b) c, in steps of T.
    Defaults as in Izhikevich (2007), doi:10.1093/cercor/bhl152; Florian (2007), doi:10.1162/neco.2007.19.6.1468.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(5.0)})
    >>> pre, reward = (snn.SpikeTrains([t], [0], n=1, t_stop=900.0) for t in (10.0, 500.0))
    >>> p = snn.Projection(pre, pop, snn.one_to_one(), w=0.5, delay=0.0, plasticity=snn.RewardSTDP(), reward=reward)
    >>> rec = snn.simulate(pop, I=snn.step(400.0, 0.0, 20.0), projections=[p], t_stop=900.0, record=[
    ...     snn.Record(p, "w", every=10.0), snn.Record(p, "c", every=10.0)])
    >>> rec.traces[p, "w"][[0, 49, 80], 0].round(3), rec.traces[p, "c"][[0, 49, 80], 0].round(4)
    (array([0.5  , 0.5  , 0.592]), array([0.    , 0.0128, 0.0094]))
    """

    A_plus: one = 0.025  # largest relative increase of the eligibility
    A_minus: one = 0.0375  # largest relative decrease
    tau_plus: ms = 20.0  # window of increase
    tau_minus: ms = 20.0  # window of decrease
    tau_c: ms = 1000.0  # how long a synapse remembers its pairs
    tau_d: ms = 200.0  # how long a reward acts
    tau_w: ms = 20.0  # in which a reward of 1 turns all eligibility into weight
    b: one = 0.0  # reward that is expected: below it, eligibility lowers w
    T: ms = 10.0  # interval at which w changes
    w_min: weight = 0.0  # lower bound
    w_max: weight = 1.0  # upper bound

    traces = {
        "x": ("pre", "tau_plus", "add"),
        "y": ("post", "tau_minus", "add"),
        "d": ("reward", "tau_d", "add"),
    }
    state = {"c": "weight"}
    decay = {"c": "tau_c"}

    def on_pre(c, y, A_minus, w_max):
        c = c - A_minus * w_max * y
        return c

    def on_post(c, x, A_plus, w_max):
        c = c + A_plus * w_max * x
        return c

    def every(w, c, d, b, T, tau_w):
        w = w + (d - b) * c * T / tau_w
        return w

    def checks(w_max):
        yield w_max > 0, f"w_max: must be > 0, since changes are in proportion to it, got {w_max}"


class Homeostasis(Plasticity):
    """Synaptic scaling: all synapses of a neuron grow while it fires less than its target, and shrink while more.

    tau_h dw/dt = w (1 - z/(target tau_z)), in steps of T; the trace z (post) decays with tau_z and grows by 1 with each
    spike, so that its mean is rate times tau_z. Scaling by a factor keeps the ratios of weights. Raises ValueError for a
    time constant or target that is not positive, and for w_max <= w_min; a T off the grid is refused by `simulate`.
    van Rossum, Bi & Turrigiano (2000), doi:10.1523/JNEUROSCI.20-23-08812.2000; Turrigiano et al. (1998), doi:10.1038/36103.

    A rule may do both, learn from pairs and scale: a class that has the functions of one, and writes those of the other.

    >>> import snnlab as snn
    >>> from snnlab.units import ms
    >>> class Both(snn.PairSTDP):
    ...     target: 1 / ms = 0.005
    ...     tau_z: ms = 1000.0
    ...     tau_h: ms = 100_000.0
    ...     T: ms = 100.0
    ...     traces = {**snn.PairSTDP.traces, "z": ("post", "tau_z", "add")}
    ...     def every(w, z, target, tau_z, tau_h, T):
    ...         w = w + w * (1 - z / (target * tau_z)) * T / tau_h
    ...         return w
    >>> snn.check_units(Both)
    >>> Both(A_plus=0.02, target=0.01)
    Both(A_plus=0.02, target=0.01)
    """

    target: 1 / ms = 0.005  # the rate to reach (0.005/ms = 5 Hz)
    tau_z: ms = 1000.0  # over which the rate is measured
    tau_h: ms = 100_000.0  # how slowly weights are scaled
    T: ms = 100.0  # interval at which w changes
    w_min: weight = 0.0  # lower bound
    w_max: weight = 1.0  # upper bound

    traces = {"z": ("post", "tau_z", "add")}

    def every(w, z, target, tau_z, tau_h, T):
        w = w + w * (1 - z / (target * tau_z)) * T / tau_h
        return w

    def checks(target):
        yield target > 0, f"target: must be > 0 per ms, got {target}"
