"""What every declaration is: a class with parameters, units and a few functions, made into an immutable dataclass."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, dataclass_transform

import numpy as np

from .arguments import floats
from .language import Equations, Reader
from .units import Unit, as_unit, ms, nS

RESERVED = ("I", "t", "dt", "t_last", "u")  # t_ref is reserved too, and is declared as a parameter


@dataclass_transform(frozen_default=True, eq_default=False)
class Declared:
    """What neurons, synapses and plasticity rules share: parameters with units, checked once."""

    functions: ClassVar[tuple[str, ...]] = ()  # the functions that a subclass may define
    state: ClassVar[dict[str, str]] = {}
    equations: ClassVar[dict[str, Equations]] = {}
    units: ClassVar[dict[str, Unit]] = {}  # of parameters and states
    _parameters: ClassVar[tuple[str, ...]] = ()
    signed: ClassVar[tuple[str, ...]] = ()  # parameters in nS or mS/cm2 that may be negative
    zero_allowed: ClassVar[tuple[str, ...]] = ()  # parameters in ms that may be 0, besides t_ref and delays
    arrays: ClassVar[bool] = True  # False where a parameter is one number for all synapses
    checks: ClassVar[Callable[..., Iterable]]

    def __init_subclass__(cls, abstract: bool = False, **kwargs):
        super().__init_subclass__(**kwargs)
        if abstract:
            return
        cls._check_attributes()
        readers = cls._take_functions()
        dataclasses.dataclass(frozen=True, eq=False, repr=False)(cls)
        cls._read_units()
        cls.equations = dict(cls.equations)
        for name, reader in readers.items():
            cls.equations[name] = reader.read(cls.known_names(name))
            setattr(cls, name, staticmethod(reader.numpy_function()))
        cls.check_declaration()

    @classmethod
    def _check_attributes(cls) -> None:
        """What a declaration gives beside parameters and functions has the form that it should."""
        where = cls.__name__
        for attribute in ("state", "input", "neuron_states"):
            units = getattr(cls, attribute, {})
            if not isinstance(units, dict) or not all(isinstance(n, str) and n.isidentifier() for n in units):
                raise TypeError(f'{where}.{attribute}: must be a dict such as {{"v": "mV"}}, got {units!r}')
            for name, unit in units.items():
                _check_unit(f"{where}.{attribute}[{name!r}]", unit)
        for attribute in ("frozen", "signed"):
            names = getattr(cls, attribute, ())
            if not isinstance(names, list | tuple) or not all(isinstance(n, str) for n in names):
                raise TypeError(
                    f'{where}.{attribute}: must be a tuple of names such as ("v",), got {names!r}'
                )
        traces = getattr(cls, "traces", {})
        if not isinstance(traces, dict) or not all(
            isinstance(x, tuple) and len(x) == 3 for x in traces.values()
        ):
            raise TypeError(
                f'{where}.traces: must be a dict such as {{"x": ("pre", "tau", "add")}}, got {traces!r}'
            )
        if not isinstance(getattr(cls, "method", ""), str):
            raise TypeError(f'{where}.method: must be the name of a method such as "rk4", got {cls.method!r}')  # type: ignore[attr-defined]
        _check_unit(f"{where}.weight", getattr(cls, "weight", "pA"))

    @classmethod
    def _take_functions(cls) -> dict[str, Reader]:
        readers = {}
        for name, value in list(vars(cls).items()):
            if not inspect.isfunction(value) or name.startswith("__"):
                continue
            if name == "checks":
                setattr(cls, name, staticmethod(value))
            elif name in cls.functions:
                readers[name] = Reader(cls.__name__, value)
            else:
                raise TypeError(
                    f"{cls.__name__}.{name}: not a function of a {cls.kind()}; allowed are "
                    f"{', '.join((*cls.functions, 'checks'))} and class methods for named parameter sets"
                )
        return readers

    @classmethod
    def _read_units(cls) -> None:
        units = {name: as_unit(unit) for name, unit in cls.state.items()}
        for field in dataclasses.fields(cls):  # type: ignore[arg-type]
            try:
                units[field.name] = as_unit(getattr(field.type, "__forward_arg__", field.type))
            except (ValueError, TypeError):
                raise TypeError(
                    f"{cls.__name__}.{field.name}: its annotation must be a unit such as ms, mV, pA or 1/ms, "
                    f"got {field.type!r}"
                ) from None
            if field.name in (*RESERVED, *cls.state):
                raise TypeError(
                    f"{cls.__name__}.{field.name}: the name is reserved; name the parameter otherwise"
                )
        for name in (*cls.state, *(f.name for f in dataclasses.fields(cls))):  # type: ignore[arg-type]
            if name.startswith("_"):
                raise TypeError(
                    f"{cls.__name__}.{name}: names of states and parameters don't begin with an underscore"
                )
        for name in cls.state:
            if name in ("I", "t", "dt", "t_ref", "t_last"):
                raise TypeError(
                    f"{cls.__name__}.state: the name {name!r} is reserved; name the state otherwise"
                )
        cls.units = units
        cls._parameters = tuple(f.name for f in dataclasses.fields(cls))  # type: ignore[arg-type]

    @classmethod
    def kind(cls) -> str:
        return next(c.__name__ for c in cls.__mro__ if Declared in c.__bases__).lower()

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """Names of the parameters, in the order of declaration."""
        return cls._parameters

    @classmethod
    def known_names(cls, function: str) -> tuple[str, ...]:
        raise TypeError(f"{cls.__name__}: {cls.kind()} declares no functions")

    @classmethod
    def check_declaration(cls) -> None:
        """Checks that need all functions; raises TypeError."""

    def __post_init__(self):
        for name in self.parameters():
            object.__setattr__(self, name, self._checked(name, getattr(self, name)))
        values = {name: getattr(self, name) for name in self.parameters()}
        for name, value in values.items():
            if isinstance(value, np.ndarray) and not self.arrays:
                raise ValueError(
                    f"{type(self).__name__}.{name}: must be one number for all synapses, got an array"
                )
        sizes = {v.size for v in values.values() if isinstance(v, np.ndarray)}
        if len(sizes) > 1:
            raise ValueError(
                f"{type(self).__name__}: parameters given as arrays must have one length, got {sorted(sizes)}"
            )
        if hasattr(self, "checks"):
            wanted = inspect.signature(self.checks).parameters
            for ok, message in self.checks(**{name: values[name] for name in wanted}):
                if not np.all(ok):
                    raise ValueError(f"{type(self).__name__}.{message}")

    def _checked(self, name: str, value):
        unit = self.units[name]
        label = f"{type(self).__name__}.{name}"
        spelled = "" if unit.is_number else f" {unit}"
        if isinstance(value, bool | str) or value is None:
            raise TypeError(
                f"{label}: must be a number in {unit} or an array of one per neuron, got {value!r}"
            )
        try:
            array = floats(value, copy=True)
        except (TypeError, ValueError, OverflowError):
            raise TypeError(
                f"{label}: must be a number in {unit} or an array of one per neuron, got {value!r}"
            ) from None
        if array.ndim > 1 or array.size == 0:
            raise ValueError(f"{label}: must be one number or an array (n,), got shape {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{label}: must be finite, got {_first(array, ~np.isfinite(array))}")
        may_be_zero = name == "t_ref" or name.startswith("delay") or name in self.zero_allowed
        if unit.powers in _POSITIVE and not may_be_zero and (array <= 0).any():
            bad = _first(array, array <= 0)
            raise ValueError(f"{label}: must be > 0{spelled}, got {bad}{self._swap_hint(name, bad)}")
        non_negative = unit.powers in _NON_NEGATIVE and name not in self.signed
        if (non_negative or (may_be_zero and unit == ms)) and (array < 0).any():
            raise ValueError(f"{label}: must be >= 0{spelled}, got {_first(array, array < 0)}")
        if array.ndim == 0:
            return float(array)
        array.flags.writeable = False
        return array

    def _swap_hint(self, name: str, value: float) -> str:
        """A negative time constant is most often a potential that landed in its place."""
        for other in dataclasses.fields(self):  # type: ignore[arg-type]
            default = other.default
            if other.name != name and isinstance(default, int | float) and default < 0 and value < 0:
                return f" (did you swap {other.name} and {name}?)"
        return ""

    def __eq__(self, other) -> bool:
        return type(self) is type(other) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((type(self), self._key()))

    def _key(self) -> tuple:
        return tuple(np.asarray(getattr(self, name)).tobytes() for name in self.parameters())

    def __repr__(self) -> str:
        shown = []
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                shown.append(f"{field.name}=array of {value.size}")
            elif value != field.default:
                shown.append(f"{field.name}={value:g}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def _repr_latex_(self) -> str:
        from .equations import latex

        return latex(self)


_POSITIVE = {as_unit(u).powers for u in ("ms", "pF", "GOhm", "uF/cm2", "um2")}
_NON_NEGATIVE = {as_unit(u).powers for u in (nS, "mS/cm2")}


def _first(array: np.ndarray, bad: np.ndarray) -> float:
    return float(array.reshape(-1)[np.flatnonzero(bad)[0]])


def _check_unit(where: str, unit: Any) -> None:
    try:
        as_unit(unit)
    except (ValueError, TypeError):
        raise TypeError(f'{where}: must be a unit such as "mV", got {unit!r}') from None


def call(model: Declared, function: str, values: dict) -> tuple:
    """One function of a model in its NumPy reading, its arguments taken by name; always a tuple of results.

    Raises ValueError where it divides by a number that is zero.
    """
    equations = model.equations[function]
    arguments = {a: values[a] if a in values else getattr(model, a) for a in equations.args}
    try:
        result = getattr(model, function)(*arguments.values())
    except ZeroDivisionError:
        given = ", ".join(f"{name} = {value}" for name, value in arguments.items())
        raise ValueError(f"{type(model).__name__}.{function}: divides by zero at {given}") from None
    if isinstance(result, dict):
        return tuple(result.values())
    return result if isinstance(result, tuple) else (result,)
