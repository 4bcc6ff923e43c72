"""One population as a system of equations: the model with its receptors, their names joined.

A receptor's names are qualified: state g of receptor "exc" is `exc_g` in code and "exc.g" for the user.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from .declared import Declared
from .model import Neuron, Synapse
from .network import Population

COSTLY = {"exp", "expm1", "exprel", "log", "tanh", "cosh", "sqrt", "power"}


@dataclass(frozen=True)
class System:
    """The structure of a population: classes only, no values. Equal structures share their compiled code."""

    model: type[Neuron]
    receptors: tuple[tuple[str, type[Synapse]], ...]

    @cached_property
    def states(self) -> tuple[str, ...]:
        return tuple(self.model.state) + tuple(f"{r}_{s}" for r, cls in self.receptors for s in cls.state)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The states as the user names them: "v", "exc.g"."""
        return tuple(self.model.state) + tuple(f"{r}.{s}" for r, cls in self.receptors for s in cls.state)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        own = self.model.parameters()
        names = own + tuple(f"{r}_{p}" for r, cls in self.receptors for p in cls.parameters())
        clash = set(names) & set(self.states)
        if clash or len(set(names)) != len(names):
            raise ValueError(
                f"Population.receptors: a receptor's name makes names clash: {sorted(clash) or names}"
            )
        return names

    @cached_property
    def frozen(self) -> tuple[bool, ...]:
        return tuple(name in self.model.frozen for name in self.states)

    @property
    def refractory(self) -> bool:
        return "t_ref" in self.model.parameters()

    @property
    def crossing(self) -> bool:
        """True for a model without reset: it spikes on the upward crossing."""
        return "reset" not in self.model.equations

    @property
    def per_area(self) -> bool:
        """True for a model in uA/cm2: the currents of its receptors (pA) are divided by its area."""
        return "area_um2" in self.model.parameters()

    def uses(self, name: str) -> bool:
        """True when some function of the model reads the reserved name (t, t_last, u)."""
        return name not in self.model.state and any(
            name in read.args for read in self.model.equations.values()
        )

    @cached_property
    def calls_functions(self) -> bool:
        """True when a derivative needs exp or its like, which cost more than all products and sums."""
        reads = [self.model.equations["dynamics"]]
        reads += [
            cls.equations[name] for _, cls in self.receptors if cls.state for name in ("current", "dynamics")
        ]
        return any(read.calls & COSTLY for read in reads)

    def arguments(self, owner: type[Declared], function: str, receptor: str = "") -> tuple[str, ...]:
        """The joined names of a function's arguments, in its order."""
        prefix = f"{receptor}_" if receptor else ""
        own = {*owner.state, *owner.parameters()}
        return tuple(f"{prefix}{a}" if a in own else a for a in owner.equations[function].args)

    @cached_property
    def depends(self) -> tuple[frozenset[str], ...]:
        """For each state, the states that its derivative depends on."""
        neuron = self.model.equations["dynamics"]
        synaptic: set[str] = set()
        for receptor, cls in self.receptors:
            if cls.state:
                synaptic |= set(self.arguments(cls, "current", receptor))
        rows = []
        for k in range(len(self.model.state)):
            names = neuron.depends_on(k)
            rows.append(names | synaptic if "I" in names else names)
        for receptor, cls in self.receptors:
            joined = dict(
                zip(cls.equations["dynamics"].args, self.arguments(cls, "dynamics", receptor), strict=True)
                if cls.state else ()
            )  # fmt: skip
            rows += [
                {joined[a] for a in cls.equations["dynamics"].depends_on(k)} for k in range(len(cls.state))
            ]
        return tuple(frozenset(row) & frozenset(self.states) for row in rows)

    @cached_property
    def reaches(self) -> tuple[frozenset[str], ...]:
        """For each state, all states that it depends on within a step, itself included (the transitive closure)."""
        closed = {s: {s, *d} for s, d in zip(self.states, self.depends, strict=True)}
        for _ in self.states:
            closed = {s: set().union(*(closed[n] for n in names)) for s, names in closed.items()}
        return tuple(frozenset(closed[s]) for s in self.states)

    def derivatives(self, values: dict[str, Any]) -> list:
        """f(x) in state order, in the NumPy reading. `values` holds states, parameters, I, t, dt, t_last."""
        total, share = (
            values["I"],
            100.0 / values["area_um2"] if self.per_area else 1.0,
        )  # 1 pA/um2 is 100 uA/cm2
        for receptor, cls in self.receptors:
            if cls.state:
                total = total + share * cls.current(
                    *(values[a] for a in self.arguments(cls, "current", receptor))
                )
        values = {**values, "I": total}
        results = _tuple(self.model.dynamics(*(values[a] for a in self.arguments(self.model, "dynamics"))))
        for receptor, cls in self.receptors:
            if cls.state:
                results += _tuple(
                    cls.dynamics(*(values[a] for a in self.arguments(cls, "dynamics", receptor)))
                )
        return list(results)


def _tuple(result) -> tuple:
    return result if isinstance(result, tuple) else (result,)


@lru_cache(maxsize=256)
def _system(model: Any, receptors: tuple) -> System:
    return System(model, receptors)


def system_of(population: Population) -> System:
    """The structure of a population; one object per structure."""
    return _system(type(population.model), tuple((r, type(s)) for r, s in population.receptors.items()))  # type: ignore[arg-type]


def parameters_of(population: Population) -> dict[str, float | np.ndarray]:
    """All parameters by joined name: numbers, or arrays (n,)."""
    values = {name: getattr(population.model, name) for name in population.model.parameters()}
    for receptor, synapse in population.receptors.items():
        values.update({f"{receptor}_{p}": getattr(synapse, p) for p in synapse.parameters()})
    return values
