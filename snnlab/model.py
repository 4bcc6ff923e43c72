"""How a neuron and a synapse are declared: a class with parameters, units and a few straight-line functions.

A function's arguments are matched by name to states, parameters and inputs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from .declared import Declared, call


class Neuron(Declared, abstract=True):
    """Base class of the neuron models: subclass it and declare parameters, states and equations.

    A subclass declares parameters (`name: unit = default`), `state = {name: unit}`, `input = {"I": unit}`,
    `frozen` (the states held for `t_ref` after a spike), `method` (its default integration method), and the
    functions `initial(...) -> dict`, `dynamics(...) -> derivatives in state order`, `threshold(...) -> bool`,
    `reset(...) -> the states that it changes`. A model without `reset` spikes when `threshold` turns from
    false to true. `checks(...)` may yield (ok, message) pairs on the parameters.

    Raises TypeError, when the class is defined, for a function outside the language of equations (assignments
    and one return over + - * / **, comparisons, and exp expm1 log sqrt tanh cosh abs minimum maximum clip
    where exprel) and for names that are not known; ValueError, when a model is made, for bad parameters.

    >>> import snnlab as snn
    >>> from snnlab.units import ms, mV, pA, pF, nS
    >>> class Leak(snn.Neuron):
    ...     C_m: pF = 200.0
    ...     g_L: nS = 10.0
    ...     E_L: mV = -70.0
    ...     v_th: mV = 0.0
    ...     state = {"v": "mV"}
    ...     input = {"I": "pA"}
    ...     def initial(E_L):
    ...         return {"v": E_L}
    ...     def dynamics(v, I, C_m, g_L, E_L):
    ...         dv = (-g_L * (v - E_L) + I) / C_m
    ...         return dv
    ...     def threshold(v, v_th):
    ...         return v >= v_th
    >>> snn.check_units(Leak)
    >>> rec = snn.simulate(Leak(), I=100.0, t_stop=500.0, record=["v"])
    >>> print(f"{rec.traces['v'][-1, 0]:.2f} mV")
    -60.00 mV
    """

    functions = ("initial", "dynamics", "threshold", "reset")
    initial: ClassVar[Callable[..., dict]]
    dynamics: ClassVar[Callable[..., Any]]
    threshold: ClassVar[Callable[..., Any]]
    reset: ClassVar[Callable[..., Any]]
    input: ClassVar[dict[str, str]] = {"I": "pA"}
    frozen: ClassVar[tuple[str, ...]] = ()
    method: ClassVar[str] = "rk4"

    @classmethod
    def known_names(cls, function: str) -> tuple[str, ...]:
        parameters = cls.parameters()
        if function == "initial":
            return parameters
        inputs = (*cls.input, "t", "dt", "t_last") if function == "dynamics" else ("t", "dt", "t_last", "u")
        return (*cls.state, *inputs, *parameters)

    @classmethod
    def check_declaration(cls) -> None:
        name, read = cls.__name__, cls.equations
        if not cls.state:
            raise TypeError(f'{name}.state: must name at least one state, for example {{"v": "mV"}}')
        for needed in ("initial", "dynamics", "threshold"):
            if needed not in read:
                raise TypeError(
                    f"{name}.{needed}: is missing; a neuron declares initial, dynamics and threshold"
                )
        if set(read["initial"].keys) != set(cls.state):
            raise TypeError(f"{name}.initial: must return a dict with the states {tuple(cls.state)}")
        if len(read["dynamics"].returns) != len(cls.state):
            raise TypeError(
                f"{name}.dynamics: must return one derivative per state {tuple(cls.state)}, "
                f"returns {len(read['dynamics'].returns)}"
            )
        if len(read["threshold"].returns) != 1:
            raise TypeError(
                f"{name}.threshold: must return one value, true where the neuron is above threshold"
            )
        if not read["threshold"].tells():
            raise TypeError(
                f"{name}.threshold: must return a comparison such as `v >= v_th`, got `{ast.unparse(read['threshold'].returns[0])}`"
            )
        for returned in read["reset"].returns if "reset" in read else ():
            if not (isinstance(returned, ast.Name) and returned.id in cls.state):
                raise TypeError(
                    f"{name}.reset: must return names of states, returns `{ast.unparse(returned)}`"
                )
        for frozen in cls.frozen:
            if frozen not in cls.state:
                raise TypeError(f"{name}.frozen: {frozen!r} is not a state; states are {tuple(cls.state)}")
        if cls.frozen and "t_ref" not in cls.parameters():
            raise TypeError(f"{name}.frozen: needs a parameter t_ref, how long the states are held")

    @classmethod
    def reset_names(cls) -> tuple[str, ...]:
        """The states that `reset` changes, in the order that it returns them; () for a model without reset."""
        return cls.equations["reset"].returned_names if "reset" in cls.equations else ()

    def __post_init__(self):
        super().__post_init__()
        if "reset" in self.equations and "u" not in self.equations["threshold"].args:
            after = self.initial_state()
            values = {"t": 0.0, "dt": 0.1, "t_last": 0.0}
            changed = call(self, "reset", {**after, **values})
            after.update(zip(self.reset_names(), changed, strict=True))
            if np.any(call(self, "threshold", {**after, **values})[0]):
                name = next((a for a in self.equations["reset"].args if a in self.parameters()), "reset")
                shown = ", ".join(
                    f"{p} = {getattr(self, p)}" for p in self.equations["threshold"].args if hasattr(self, p)
                )
                got = getattr(self, name) if name != "reset" else after
                raise ValueError(
                    f"{type(self).__name__}.{name}: the reset must be below threshold ({shown}), got {got}"
                )

    def initial_state(self) -> dict:
        """The states before the run: {name: number or array (n,)}."""
        values = call(self, "initial", {})
        return dict(zip(self.equations["initial"].keys, values, strict=True))


class Synapse(Declared, abstract=True):
    """Base class of the synapse models: what a spike changes and which current that makes.

    A subclass declares parameters, `state`, `weight` (the unit of w), and the functions
    `dynamics(state..., parameters...)`, `current(state..., v, parameters...)` in the neuron's unit of input, and
    `arrive(state..., w, parameters...)`, which returns what it changes after one spike. `arrive` may also
    change a state of the neuron, as `Delta` does. `w` is the peak of one spike's current or conductance.
    A synapse without spikes, as `GapJunction`, has `couple(w, v, v_pre, ...)` in place of `arrive`: what one connection
    adds to its one state, at the start of each step; `v_pre` is the state v of the pre neuron.
    Raises TypeError when the class is defined, ValueError when a synapse is made, as `Neuron` does.

    >>> import snnlab as snn
    >>> snn.ExpCurrent(tau_syn=5.0)
    ExpCurrent()
    >>> snn.ExpCurrent(tau_syn=-5.0)
    Traceback (most recent call last):
    ValueError: ExpCurrent.tau_syn: must be > 0 ms, got -5.0
    """

    functions = ("dynamics", "current", "arrive", "couple")
    dynamics: ClassVar[Callable[..., Any]]
    current: ClassVar[Callable[..., Any]]
    arrive: ClassVar[Callable[..., Any]]
    couple: ClassVar[Callable[..., Any]]
    weight: ClassVar[str] = "pA"
    neuron_states: ClassVar[dict[str, str]] = {}  # states of the neuron that `arrive` or `current` use

    @classmethod
    def continuous(cls) -> bool:
        """True for a synapse without spikes."""
        return "couple" in cls.equations

    @classmethod
    def known_names(cls, function: str) -> tuple[str, ...]:
        extra = {
            "dynamics": ("t", "dt"),
            "current": (*cls.neuron_states,),
            "arrive": ("w", *cls.neuron_states),
            "couple": ("w", *cls.neuron_states, *(f"{name}_pre" for name in cls.neuron_states)),
        }
        return (*cls.state, *extra[function], *cls.parameters())

    @classmethod
    def check_declaration(cls) -> None:
        name, read = cls.__name__, cls.equations
        if "couple" in read:
            if "arrive" in read or len(cls.state) != 1 or len(read["couple"].returns) != 1:
                raise TypeError(
                    f"{name}.couple: stands in place of arrive, and returns what is added to the one state"
                )
        elif "arrive" not in read:
            raise TypeError(f"{name}.arrive: is missing; it says what one spike changes")
        if cls.state and not {"dynamics", "current"} <= set(read):
            raise TypeError(f"{name}: a synapse with states {tuple(cls.state)} needs dynamics and current")
        if cls.state and len(read["dynamics"].returns) != len(cls.state):
            raise TypeError(f"{name}.dynamics: must return one derivative per state {tuple(cls.state)}")
        for returned in read["arrive"].returns if "arrive" in read else ():
            if not (isinstance(returned, ast.Name) and returned.id in (*cls.state, *cls.neuron_states)):
                raise TypeError(
                    f"{name}.arrive: must return names of states, returns `{ast.unparse(returned)}`"
                )
