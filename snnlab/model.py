"""How a model is declared: a class with parameters, units and a few straight-line functions.

A function's arguments are matched by name to states, parameters and inputs. The source of each function
is read once, when the class is defined; `Equations` holds what was read, and every reading of a model
(compiled, NumPy, units, Brian2, LaTeX, phase plane) starts from it.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import linecache
import textwrap
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, NoReturn, dataclass_transform

import numpy as np

from .units import Unit, as_unit, ms, mV, nS
from .vocabulary import VOCABULARY

RESERVED = ("I", "t", "dt", "t_last", "u")  # t_ref is reserved too, and is declared as a parameter


@dataclasses.dataclass(frozen=True)
class Equations:
    """One function of a model, as read: name, arguments, assignments (name, expression), what it returns."""

    name: str
    args: tuple[str, ...]
    body: tuple[tuple[str, ast.expr], ...]
    returns: tuple[ast.expr, ...]
    keys: tuple[str, ...] = ()  # of the dictionary that `initial` returns

    @property
    def returned_names(self) -> tuple[str, ...]:
        return tuple(node.id for node in self.returns if isinstance(node, ast.Name))

    @property
    def source(self) -> str:
        """The function as normalised Python, for the compiled reading."""
        values = ", ".join(_compiled_text(node) for node in self.returns)
        lines = [f"    {target} = {_compiled_text(value)}" for target, value in self.body]
        return "\n".join([f"def {self.name}({', '.join(self.args)}):", *lines, f"    return {values}"])

    def depends_on(self, k: int) -> set[str]:
        """The arguments that the k-th returned value depends on, by data flow."""
        deps: dict[str, set[str]] = {arg: {arg} for arg in self.args}
        for target, value in self.body:
            deps[target] = set().union(*(deps[n] for n in _names(value)))
        return set().union(*(deps[n] for n in _names(self.returns[k])))


class _Powers(ast.NodeTransformer):
    """x**y with a variable y becomes power(x, y), which is quick for 0 and 1."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow) and not isinstance(node.right, ast.Constant):
            return ast.Call(ast.Name("power", ast.Load()), [node.left, node.right], [])
        return node


def _compiled_text(node: ast.expr) -> str:
    return ast.unparse(_Powers().visit(ast.parse(ast.unparse(node), mode="eval").body))


def _names(node: ast.expr) -> list[str]:
    called = {id(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)}
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and id(n) not in called]


_ALLOWED = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Name, ast.Constant, ast.Load,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq,
)  # fmt: skip


class _Reader:
    """Reads one function's source into Equations, or says which line is outside the language."""

    def __init__(self, owner: str, function: Callable):
        self.owner, self.function = owner, function
        self.where = f"{owner}.{function.__name__}"
        code = function.__code__
        linecache.checkcache(code.co_filename)
        try:
            lines, self.first = inspect.getsourcelines(function)
        except OSError:
            raise TypeError(
                f"{self.where}: its source can't be read; define the model in a file or in a notebook cell"
            ) from None
        self.lines = textwrap.dedent("".join(lines)).splitlines()
        self.tree = ast.parse("\n".join(self.lines))
        self.node = self.tree.body[0]

    def fail(self, node: ast.AST, message: str) -> NoReturn:
        line = self.lines[getattr(node, "lineno", 1) - 1].strip()
        raise TypeError(f"{self.where}, line `{line}`: {message}")

    def read(self, allowed_args: Iterable[str]) -> Equations:
        node = self.node
        if not isinstance(node, ast.FunctionDef):
            self.fail(node, "must be a plain function (def)")
        arguments = node.args
        if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults:
            self.fail(
                node, "arguments are plain names of states, parameters and inputs: no default, no *, no **"
            )
        args = tuple(a.arg for a in (*arguments.posonlyargs, *arguments.args))
        allowed = tuple(allowed_args)
        for arg in args:
            if arg not in allowed:
                self.fail(node, f"{arg!r} is not known here; known names are {', '.join(allowed)}")
        body, returns, keys = self._statements(node, set(args))
        return Equations(node.name, args, tuple(body), returns, keys)

    def _statements(self, function: ast.FunctionDef, known: set[str]):
        body: list[tuple[str, ast.expr]] = []
        statements = list(function.body)
        if isinstance(statements[0], ast.Expr) and isinstance(statements[0].value, ast.Constant):
            statements.pop(0)  # a docstring
        for position, statement in enumerate(statements):
            if isinstance(statement, ast.Return):
                if position != len(statements) - 1:
                    self.fail(statement, "must be the last line")
                return (body, *self._returned(statement, known))
            if not (
                isinstance(statement, ast.Assign)
                and len(statement.targets) == 1
                and isinstance(statement.targets[0], ast.Name)
            ):
                self.fail(
                    statement,
                    "a body is assignments `name = expression` and one return; no if, no loop: use where()",
                )
            self._expression(statement.value, known)
            known = known | {statement.targets[0].id}
            body.append((statement.targets[0].id, statement.value))
        self.fail(function, "must end with a return")

    def _returned(self, statement: ast.Return, known: set[str]):
        value = statement.value
        if value is None:
            self.fail(statement, "returns nothing")
        keys: tuple[str, ...] = ()
        parts: list[ast.expr]
        if isinstance(value, ast.Dict):
            if not all(isinstance(k, ast.Constant) and isinstance(k.value, str) for k in value.keys):
                self.fail(statement, "keys must be names of states in quotes")
            keys = tuple(k.value for k in value.keys)  # type: ignore[union-attr,misc]
            parts = value.values
        else:
            parts = value.elts if isinstance(value, ast.Tuple) else [value]
        for part in parts:
            self._expression(part, known)
        return tuple(parts), keys

    def _expression(self, expression: ast.expr, known: set[str]) -> None:
        functions = set()
        for node in ast.walk(expression):
            if not isinstance(node, _ALLOWED):
                self.fail(expression, f"{ast.unparse(node)!r} is outside the language of equations "
                                      "(+ - * / **, comparisons and calls of the vocabulary)")  # fmt: skip
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", ast.unparse(node.func))
                if name not in VOCABULARY or node.keywords:
                    self.fail(
                        expression, f"{name!r} can't be called here; allowed are {', '.join(VOCABULARY)}"
                    )
                functions.add(id(node.func))
            if isinstance(node, ast.Compare) and len(node.ops) > 1:
                self.fail(expression, "a chained comparison is not allowed: write one comparison")
            if isinstance(node, ast.Constant) and (
                isinstance(node.value, bool) or not isinstance(node.value, int | float)
            ):
                self.fail(expression, f"the constant {node.value!r} is not a number")
        for node in ast.walk(expression):
            if isinstance(node, ast.Name) and id(node) not in functions and node.id not in known:
                self.fail(expression, f"{node.id!r} is neither an argument nor assigned above")

    def numpy_function(self) -> Callable:
        """The function recompiled with the vocabulary as its globals, its lines kept for tracebacks."""
        tree = ast.parse("\n".join(self.lines))
        ast.increment_lineno(tree, self.first - 1)
        namespace: dict[str, Any] = dict(VOCABULARY)
        exec(compile(tree, self.function.__code__.co_filename, "exec"), namespace)
        made = namespace[self.function.__name__]
        made.__module__, made.__qualname__ = self.function.__module__, self.function.__qualname__
        return made


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
    def _take_functions(cls) -> dict[str, _Reader]:
        readers = {}
        for name, value in list(vars(cls).items()):
            if not inspect.isfunction(value) or name.startswith("__"):
                continue
            if name == "checks":
                setattr(cls, name, staticmethod(value))
            elif name in cls.functions:
                readers[name] = _Reader(cls.__name__, value)
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
            array = np.array(value, dtype=float)
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


def call(model: Declared, function: str, values: dict) -> tuple:
    """One function of a model in its NumPy reading, its arguments taken by name; always a tuple of results."""
    equations = model.equations[function]
    arguments = [values[a] if a in values else getattr(model, a) for a in equations.args]
    result = getattr(model, function)(*arguments)
    if isinstance(result, dict):
        return tuple(result.values())
    return result if isinstance(result, tuple) else (result,)


__all__ = ["Declared", "Equations", "Neuron", "Synapse", "call", "mV"]
