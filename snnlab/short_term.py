"""Short-term plasticity: synapses that tire or warm up with each spike, and recover in between."""

from __future__ import annotations

import ast
from typing import Any, ClassVar

import numpy as np

from .declared import Declared, call
from .units import ms, one
from .vocabulary import exp, where


class ShortTerm(Declared, abstract=True):
    """Base class of short-term plasticity: what scales a weight from spike to spike without changing it.

    A subclass declares parameters, `state`, and three functions: `initial(...)`, the states at rest;
    `recover(state..., elapsed, ...)`, the states after `elapsed` ms without a spike; and `release(state..., ...)`, which
    returns first the factor by which this spike's weights are scaled, and then the states that it changes. Each pre
    neuron (at each of its delays) has states of its own, which move on when one of its spikes arrives.
    Raises TypeError when the class is defined, as `Neuron` does.

    >>> import snnlab as snn
    >>> snn.TsodyksMarkram(U=0.2)
    TsodyksMarkram(U=0.2)
    """

    functions = ("initial", "recover", "release")
    arrays = False
    initial: ClassVar[Any]
    recover: ClassVar[Any]
    release: ClassVar[Any]

    @classmethod
    def known_names(cls, function: str) -> tuple[str, ...]:
        extra = {"initial": (), "recover": (*cls.state, "elapsed"), "release": tuple(cls.state)}
        return (*extra[function], *cls.parameters())

    @classmethod
    def changed(cls, function: str) -> list[str]:
        """The states that a function returns; `release` returns the factor before them."""
        return [ast.unparse(node) for node in cls.equations[function].returns[function == "release" :]]

    @classmethod
    def check_declaration(cls) -> None:
        name, read = cls.__name__, cls.equations
        for needed in cls.functions:
            if needed not in read:
                raise TypeError(f"{name}.{needed}: is missing; it declares initial, recover and release")
        if set(read["initial"].keys) != set(cls.state):
            raise TypeError(f"{name}.initial: must return a dict with the states {tuple(cls.state)}")
        for function, wanted in (("recover", ""), ("release", "the factor and then ")):
            returned = cls.changed(function)
            if not returned or not set(returned) <= set(cls.state):
                raise TypeError(
                    f"{name}.{function}: must return {wanted}states of {tuple(cls.state)}, "
                    f"returns {', '.join(returned) or 'none'}"
                )

    def rest(self) -> dict[str, float]:
        """The states before the first spike."""
        return dict(zip(self.equations["initial"].keys, call(self, "initial", {}), strict=True))


class TsodyksMarkram(ShortTerm):
    """Depression and facilitation: a spike releases the share u of what is left, x, and so counts as w u x.

    Between spikes dx/dt = (1 - x)/tau_rec and du/dt = -u/tau_facil; a spike first raises u by U (1 - u), then
    releases u x. At rest x = 1 and u = 0, so that the first spike counts as w U. tau_facil = 0 is without facilitation:
    u = U at each spike.
    Tsodyks, Pawelzik & Markram (1998), doi:10.1162/089976698300017502; Markram, Wang & Tsodyks (1998),
    doi:10.1073/pnas.95.9.5323.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(1.0)})
    >>> train = snn.SpikeTrains([0.0, 50.0, 100.0], [0, 0, 0], n=1, t_stop=150.0)
    >>> p = snn.Projection(train, pop, snn.one_to_one(), w=100.0, delay=0.0, short_term=snn.TsodyksMarkram.depressing())
    >>> rec = snn.simulate(pop, projections=[p], t_stop=150.0, record=["exc.g"])
    >>> rec.traces["exc.g"][[0, 500, 1000], 0].round(2)
    array([50.  , 26.51, 15.48])
    """

    U: one = 0.5  # share that a first spike releases
    tau_rec: ms = 800.0  # recovery from depression
    tau_facil: ms = 0.0  # decay of facilitation; 0: none

    state = {"u": "1", "x": "1"}
    zero_allowed = ("tau_facil",)

    def initial():
        return {"u": 0.0, "x": 1.0}

    def recover(u, x, elapsed, tau_rec, tau_facil):
        u = where(tau_facil > 0, u * exp(-elapsed / tau_facil), 0)
        x = 1 - (1 - x) * exp(-elapsed / tau_rec)
        return u, x

    def release(u, x, U):
        u = u + U * (1 - u)
        factor = u * x
        x = x - factor
        return factor, u, x

    def checks(U):
        yield np.all((U > 0) & (U <= 1)), f"U: must be > 0 and <= 1, got {U}"

    @classmethod
    def depressing(cls, **changes):
        """Pyramidal to pyramidal neurons: figure 1A of Tsodyks, Pawelzik & Markram (1998)."""
        return cls(**{"U": 0.5, "tau_rec": 800.0, "tau_facil": 0.0, **changes})

    @classmethod
    def facilitating(cls, **changes):
        """Pyramidal neurons to interneurons: figure 1B of Tsodyks, Pawelzik & Markram (1998)."""
        return cls(**{"U": 0.03, "tau_rec": 130.0, "tau_facil": 530.0, **changes})
