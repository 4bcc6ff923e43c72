"""Plasticity: rules that change the weight of a synapse when its neurons spike.

A rule is two pure functions, `on_pre` and `on_post`, and the traces that they read. To add a rule, add a class.
"""

from __future__ import annotations

import ast
from typing import Any, ClassVar

from .model import Declared
from .units import ms, one, weight


class Plasticity(Declared, abstract=True):
    """Base class of the plasticity rules.

    A subclass declares parameters, among them `w_min` and `w_max` (in the unit of the weight, `weight`), and
    `traces = {name: (side, tau, how)}`: a trace belongs to the "pre" or the "post" neuron, decays with the
    parameter `tau`, and a spike of its neuron adds 1 to it ("add") or sets it to 1 ("set": nearest spikes only).
    `on_pre(w, ...)` runs when a pre spike arrives, after the old w was delivered; `on_post(w, ...)` when the post
    neuron spikes, after all arrivals of that moment. Both return w, read traces before the increment of their own
    spike, and are clipped to [w_min, w_max]. Raises TypeError when the class is defined, as `Neuron` does.

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

    functions = ("on_pre", "on_post")
    on_pre: ClassVar[Any]
    on_post: ClassVar[Any]
    traces: ClassVar[dict[str, tuple[str, str, str]]] = {}

    @classmethod
    def known_names(cls, function: str) -> tuple[str, ...]:
        return ("w", *cls.traces, *cls.parameters())

    @classmethod
    def check_declaration(cls) -> None:
        name, read = cls.__name__, cls.equations
        if not read:
            raise TypeError(f"{name}: a rule declares on_pre, on_post or both")
        for parameter in ("w_min", "w_max"):
            if parameter not in cls.parameters():
                raise TypeError(f"{name}.{parameter}: is missing; weights are clipped to [w_min, w_max]")
        for trace, (side, tau, how) in cls.traces.items():
            if side not in ("pre", "post") or how not in ("add", "set") or tau not in cls.parameters():
                raise TypeError(
                    f'{name}.traces[{trace!r}]: must be ("pre" or "post", a parameter in ms, "add" or "set"), '
                    f"got {(side, tau, how)}"
                )
        for function, equations in read.items():
            if len(equations.returns) != 1 or ast.unparse(equations.returns[0]) != "w":
                raise TypeError(f"{name}.{function}: must return w")

    def __post_init__(self):
        super().__post_init__()
        for name in self.parameters():
            if not isinstance(getattr(self, name), float):
                raise ValueError(
                    f"{type(self).__name__}.{name}: must be one number for all synapses, got an array"
                )
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

    def checks(mu):
        yield mu >= 0, f"mu: must be >= 0, got {mu}"


class NearestSTDP(PairSTDP):
    """`PairSTDP` of nearest spikes: a trace is set to 1 by a spike, so that only the last one counts.

    Morrison, Diesmann & Gerstner (2008), doi:10.1007/s00422-008-0233-1.

    >>> import snnlab as snn
    >>> snn.NearestSTDP(A_plus=0.02)
    NearestSTDP(A_plus=0.02)
    """

    traces = {"x": ("pre", "tau_plus", "set"), "y": ("post", "tau_minus", "set")}
