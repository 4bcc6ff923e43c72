"""Two readings of a model's equations: units and LaTeX."""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

from .declared import Declared
from .language import Equations
from .model import Neuron, Synapse
from .plasticity import Plasticity
from .short_term import ShortTerm
from .units import Unit, as_unit, ms, one, weight

_SAME_UNIT = {
    "minimum",
    "maximum",
    "clip",
    "where",
}  # their (value) arguments have one unit, and so has the result
_PURE = {"exp", "expm1", "log", "tanh", "cosh", "exprel"}  # of a pure number


class UnitError(ValueError):
    """The units of an equation don't fit; the message shows the line. `check_units` raises it; it is a ValueError.

    >>> issubclass(UnitError, ValueError)
    True
    """


def check_units(model: Declared | type[Declared]) -> None:
    """Check the units of every function of a model (a class or an instance). Returns None when all fit.

    Raises UnitError (a ValueError) with the line and the two units that don't fit. A bare number has no unit,
    except 0, which fits any.

    >>> import snnlab as snn
    >>> snn.check_units(snn.LIF)
    """
    cls = _declared("check_units", model)
    for function in cls.equations:
        units = unit_of(cls, function)
        for k, (got, wanted) in enumerate(zip(units, _wanted(cls, function), strict=False)):
            if got is not None and wanted is not None and got != wanted:
                node = cls.equations[function].returns[k]
                raise UnitError(
                    f"{cls.__name__}.{function}: `{ast.unparse(node)}` must be in {wanted}, but its unit is {got}"
                )


def _declared(where: str, model: Any) -> type[Declared]:
    cls = model if isinstance(model, type) else type(model)
    if not issubclass(cls, Declared) or not cls.equations:
        raise TypeError(f"{where}.model: must be a neuron, synapse or plasticity rule, got {model!r}")
    return cls


def _wanted(cls: type[Declared], function: str) -> list[Unit | None]:
    read = cls.equations[function]
    if function == "initial":
        return [cls.units[key] for key in read.keys]
    if function == "dynamics":
        return [cls.units[s] / ms for s in cls.state]
    if function == "couple":
        return [cls.units[name] for name in cls.state]
    if function in ("reset", "arrive"):
        known = known_units(cls)
        return [known[name] for name in read.returned_names]
    if function in ("recover", "release"):
        changed = [cls.units[name] for name in cls.changed(function)]  # type: ignore[attr-defined]
        return [one, *changed] if function == "release" else list(changed)
    if function in ("on_pre", "on_post", "every"):
        known = known_units(cls)
        return [known[name] for name in read.returned_names]
    if function == "current":
        return [None]
    return [one]


def known_units(cls: type[Declared]) -> dict[str, Unit]:
    """The unit of every name that a function of the model may use."""
    units = {"t": ms, "dt": ms, "t_last": ms, "u": one, **cls.units}  # a state may be called u
    if issubclass(cls, Neuron):
        units.update({name: as_unit(u) for name, u in cls.input.items()})
    if issubclass(cls, Synapse):
        own = {name: as_unit(u) for name, u in cls.neuron_states.items()}
        units.update(own, w=as_unit(cls.weight), **{f"{name}_pre": unit for name, unit in own.items()})
    if issubclass(cls, Plasticity):
        units.update(dict.fromkeys(cls.traces, one), w=weight)
    if issubclass(cls, ShortTerm):
        units.update(elapsed=ms)
    return units


def unit_of(model: Declared | type[Declared], function: str) -> list[Unit | None]:
    """The units of what a function returns, worked out line by line. Raises UnitError; None stands for a bare 0."""
    cls = model if isinstance(model, type) else type(model)
    read = cls.equations[function]
    units: dict[str, Unit | None] = dict(known_units(cls))
    for target, value in read.body:
        units[target] = _Units(cls, function, f"{target} = {ast.unparse(value)}", units).of(value)
    return [_Units(cls, function, f"return {ast.unparse(v)}", units).of(v) for v in read.returns]


class _Units:
    """Works out the unit of one expression."""

    def __init__(self, cls: type[Declared], function: str, line: str, units: dict[str, Unit | None]):
        self.where, self.units = f"{cls.__name__}.{function}, line `{line}`", units

    def of(self, node: ast.expr) -> Unit | None:
        if isinstance(node, ast.Name):
            return self.units[node.id]
        if isinstance(node, ast.Constant):
            return None if node.value == 0 else one
        if isinstance(node, ast.UnaryOp):
            return self.of(node.operand)
        if isinstance(node, ast.Compare):
            self.same([node.left, node.comparators[0]], "compares")
            return one
        if isinstance(node, ast.Call):
            return self.of_call(node)
        return self.of_operation(node)  # type: ignore[arg-type]

    def of_operation(self, node: ast.BinOp) -> Unit | None:
        if isinstance(node.op, ast.Add | ast.Sub):
            return self.same([node.left, node.right], "adds" if isinstance(node.op, ast.Add) else "subtracts")
        left, right = self.of(node.left), self.of(node.right)
        if isinstance(node.op, ast.Pow):
            if right is not None and not right.is_number:
                raise UnitError(
                    f"{self.where}: the exponent `{ast.unparse(node.right)}` is in {right}, not a number"
                )
            if left is None or left.is_number:
                return one
            try:
                exponent = ast.literal_eval(node.right)
            except ValueError:
                raise UnitError(
                    f"{self.where}: a power of a quantity in {left} needs a plain number"
                ) from None
            return left ** Fraction(exponent).limit_denominator(1000)
        if left is None:
            return None
        right = one if right is None else right
        return left * right if isinstance(node.op, ast.Mult) else left / right

    def of_call(self, node: ast.Call) -> Unit | None:
        name = node.func.id  # type: ignore[attr-defined]
        if name in _SAME_UNIT:
            values = node.args[1:] if name == "where" else node.args
            if name == "where":
                self.of(node.args[0])
            return self.same(values, f"{name}() takes")
        unit = self.of(node.args[0])
        if name == "abs" or unit is None:
            return unit if name in ("abs", "sqrt", "tanh", "expm1") else one
        if name == "sqrt":
            return unit ** Fraction(1, 2)
        if name in _PURE and not unit.is_number:
            raise UnitError(
                f"{self.where}: {name}() takes a pure number, but `{ast.unparse(node.args[0])}` is in {unit}"
            )
        return one

    def same(self, nodes: list[ast.expr], what: str) -> Unit | None:
        found: Unit | None = None
        first = nodes[0]
        for node in nodes:
            unit = self.of(node)
            if unit is None:
                continue
            if found is not None and unit != found:
                raise UnitError(
                    f"{self.where}: {what} `{ast.unparse(first)}` in {found} and `{ast.unparse(node)}` in {unit}"
                )
            if found is None:
                found, first = unit, node
        return found


_GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Upsilon",
    "Phi",
    "Psi",
    "Omega",
]


def symbol(name: str) -> str:
    r"""A name as TeX: tau_m is \tau_m, v_th is v_{\mathrm{th}}, dv stays dv.

    >>> print(symbol("tau_m"), symbol("v_th"), symbol("E_L"))
    \tau_m v_{\mathrm{th}} E_L
    """
    head, _, tail = name.partition("_")
    head = (
        f"\\{head}" if head in _GREEK else (head if len(head) == 1 or head == "dt" else rf"\mathrm{{{head}}}")
    )
    if not tail:
        return head
    tail = tail.replace("_", ",")
    tail = f"\\{tail}" if tail in _GREEK else (tail if len(tail) == 1 else rf"{{\mathrm{{{tail}}}}}")
    return f"{head}_{tail}"


_PRECEDENCE = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 3, ast.USub: 2, ast.Pow: 4}
_COMPARISON = {ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge", ast.Eq: "=", ast.NotEq: r"\ne"}


def expression_tex(node: ast.expr, outer: int = 0) -> str:
    """One expression as TeX, its terms in the order of the source."""
    if isinstance(node, ast.Name):
        return symbol(node.id)
    if isinstance(node, ast.Constant):
        return f"{node.value:g}" if isinstance(node.value, float) else str(node.value)
    if isinstance(node, ast.Compare):
        sign = _COMPARISON[type(node.ops[0])]
        return f"{expression_tex(node.left)} {sign} {expression_tex(node.comparators[0])}"
    if isinstance(node, ast.Call):
        return _call_tex(node)
    if isinstance(node, ast.UnaryOp):
        text = ("-" if isinstance(node.op, ast.USub) else "") + expression_tex(node.operand, 2)
        return rf"\left({text}\right)" if outer > 1 else text
    return _operation_tex(node, outer)  # type: ignore[arg-type]


def _operation_tex(node: ast.BinOp, outer: int) -> str:
    level = _PRECEDENCE[type(node.op)]
    if isinstance(node.op, ast.Div):
        return rf"\frac{{{expression_tex(node.left)}}}{{{expression_tex(node.right)}}}"
    if isinstance(node.op, ast.Pow):
        return f"{expression_tex(node.left, 5)}^{{{expression_tex(node.right)}}}"
    left = expression_tex(node.left, level)
    right = expression_tex(node.right, level + (1 if isinstance(node.op, ast.Sub) else 0))
    if isinstance(node.op, ast.Mult):
        sign = r" \cdot " if right[0].isdigit() else r" \, "
    else:
        sign = " + " if isinstance(node.op, ast.Add) else " - "
    text = f"{left}{sign}{right}"
    return rf"\left({text}\right)" if level < outer else text


def _call_tex(node: ast.Call) -> str:
    name = node.func.id  # type: ignore[attr-defined]
    arguments = [expression_tex(a) for a in node.args]
    if name == "sqrt":
        return rf"\sqrt{{{arguments[0]}}}"
    if name == "abs":
        return rf"\left|{arguments[0]}\right|"
    if name == "exp":
        return rf"e^{{{arguments[0]}}}"
    if name == "expm1":
        return rf"\left(e^{{{arguments[0]}}} - 1\right)"
    if name == "where":
        return rf"\begin{{cases}} {arguments[1]} & {arguments[0]} \\ {arguments[2]} & \text{{otherwise}} \end{{cases}}"
    short = {"minimum": r"\min", "maximum": r"\max", "log": r"\ln", "tanh": r"\tanh", "cosh": r"\cosh"}
    head = short.get(name, rf"\operatorname{{{name}}}")
    return rf"{head}\left({', '.join(arguments)}\right)"


def latex(model: Declared | type[Declared]) -> str:
    r"""The equations of a model (a class or an instance) as LaTeX, in the order of the source.

    Raises TypeError for what is no model.

    >>> import snnlab as snn
    >>> print(snn.latex(snn.LIF))
    $$\begin{aligned}
    \tau_m \frac{dv}{dt} &= -\left(v - E_L\right) + R_m \, I \\
    \text{spike if } & v \ge v_{\mathrm{th}} \\
    \text{then } v &\leftarrow v_{\mathrm{reset}}
    \end{aligned}$$
    """
    cls = _declared("latex", model)
    lines = _dynamics_lines(cls)
    if "couple" in cls.equations:
        read = cls.equations["couple"]
        lines = [
            *_assigned(read),
            rf"{symbol(next(iter(cls.state)))} &= \sum {expression_tex(read.returns[0], 2)}",
        ]
    if "current" in cls.equations:
        lines += _assigned(cls.equations["current"])
        lines.append(f"I &= {expression_tex(cls.equations['current'].returns[0])}")
    if "threshold" in cls.equations:
        read = cls.equations["threshold"]
        lines += [*_assigned(read), rf"\text{{spike if }} & {expression_tex(read.returns[0])}"]
    for function, text in (
        ("reset", "then"),
        ("arrive", "on a spike:"),
        ("recover", "after a time without a spike:"),
        ("release", "on a spike:"),
        ("on_pre", "on a pre spike:"),
        ("on_post", "on a post spike:"),
        ("every", "every T:"),
    ):
        if function in cls.equations:
            lines += _changes(cls.equations[function], text)
    body = " \\\\\n".join(lines)
    return f"$$\\begin{{aligned}}\n{body}\n\\end{{aligned}}$$"


def _assigned(read: Equations, skip: tuple[str, ...] = ()) -> list[str]:
    return [f"{symbol(name)} &= {expression_tex(value)}" for name, value in read.body if name not in skip]


def _dynamics_lines(cls: type[Declared]) -> list[str]:
    if "dynamics" not in cls.equations:
        return []
    read = cls.equations["dynamics"]
    values = dict(read.body)
    lines = _assigned(read, skip=read.returned_names)
    for state, node in zip(cls.state, read.returns, strict=True):
        value = values.get(node.id, node) if isinstance(node, ast.Name) else node
        left = rf"\frac{{d{symbol(state)}}}{{dt}}"
        if (
            isinstance(value, ast.BinOp)
            and isinstance(value.op, ast.Div)
            and isinstance(value.right, ast.Name)
        ):
            left, value = (
                f"{symbol(value.right.id)} {left}",
                value.left,
            )  # tau dv/dt = ..., as in the textbooks
        lines.append(f"{left} &= {expression_tex(value)}")
    return lines


def _changes(read: Equations, text: str) -> list[str]:
    return [
        rf"\text{{{text} }} {symbol(name)} &\leftarrow {expression_tex(value)}" for name, value in read.body
    ]
