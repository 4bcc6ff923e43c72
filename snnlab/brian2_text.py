"""Brian2's language: units, expressions and functions of a model as text."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from .language import Equations
from .units import Unit
from .vocabulary import VOCABULARY

_BASE = ("ms", "mV", "pA", "um")  # the coherent units, which have the same names in Brian2


@dataclass
class Program:
    """A Brian2 program while it is written: what it is made from, the arrays that it reads, what takes part in its run."""

    run: Any  # assemble.Run, after what arrives at time 0
    replay: bool  # True: random numbers are handed over as data
    data: dict[str, Any] = field(default_factory=dict)
    objects: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)  # lines after the run

    def given(self, name: str, values: Any, unit: str = "1") -> str:
        """The text that reads an array which is handed over."""
        self.data[name] = values
        return f'data["{name}"]' + ("" if unit == "1" else f"*{unit}")


def brian2_unit(unit: Unit) -> str:
    """A unit as Brian2 writes it: "mV", "pA/mV", "1".

    >>> from snnlab.units import as_unit
    >>> brian2_unit(as_unit("nS"))
    'pA/mV'
    """
    up: list[str] = []
    down: list[str] = []
    for name, power in zip(_BASE, unit.powers[: len(_BASE)], strict=True):
        if power:
            text = name if abs(power) == 1 else f"{name}**{abs(power)}"
            (up if power > 0 else down).append(text)
    text = "*".join(up) or "1"
    for entry in down:
        text += f"/{entry}"
    return text if unit.scale == 1 else f"({unit.scale!r}*{text})"


def expression(node: ast.expr, names: dict[str, str]) -> str:
    """One expression in Brian2's language, its names replaced."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Constant):
        return repr(node.value)
    if isinstance(node, ast.UnaryOp):
        sign = "-" if isinstance(node.op, ast.USub) else "+"
        return f"{sign}{_inside(node.operand, names)}"
    if isinstance(node, ast.Compare):
        sign = ast.unparse(ast.Compare(ast.Name("a"), node.ops, [ast.Name("b")]))[2:-2]
        return f"{expression(node.left, names)} {sign} {expression(node.comparators[0], names)}"
    if isinstance(node, ast.Call):
        return _call(node, names)
    if isinstance(node, ast.BinOp):
        sign = {ast.Add: " + ", ast.Sub: " - ", ast.Mult: " * ", ast.Div: "/", ast.Pow: "**"}[type(node.op)]
        if isinstance(node.op, ast.Div):
            return f"({expression(node.left, names)})/({expression(node.right, names)})"
        left, right = expression(node.left, names), expression(node.right, names)
        if isinstance(node.op, ast.Mult | ast.Pow):
            left, right = _inside(node.left, names), _inside(node.right, names)
        elif isinstance(node.op, ast.Sub) and isinstance(node.right, ast.BinOp):
            right = f"({right})"
        return f"{left}{sign}{right}"
    raise ValueError(f"brian2_twin: {ast.unparse(node)!r} has no counterpart")


def _inside(node: ast.expr, names: dict[str, str]) -> str:
    text = expression(node, names)
    simple = isinstance(node, ast.Name | ast.Constant) and not text.startswith("-")
    return text if simple or isinstance(node, ast.Call) else f"({text})"


def _call(node: ast.Call, names: dict[str, str]) -> str:
    name = node.func.id  # type: ignore[attr-defined]
    given = [expression(a, names) for a in node.args]
    if name == "where":
        sides = [
            f"int({condition})*({value})"
            for condition, value in ((given[0], given[1]), (f"not ({given[0]})", given[2]))
            if value != "0"  # a bare 0 has no unit
        ]
        return f"({' + '.join(sides) or '0'})"
    if name in ("minimum", "maximum"):
        a, b = given if name == "minimum" else given[::-1]
        return f"(int({a} < {b})*({given[0]}) + int(not ({a} < {b}))*({given[1]}))"
    return f"{name}({', '.join(given)})"


def inlined(read: Equations, names: dict[str, str]) -> list[str]:
    """What a function returns, as expressions with its own assignments put in."""
    known = dict(names)
    for target, value in read.body:
        known[target] = f"({expression(value, known)})"
    results = []
    for node in read.returns:
        text = expression(node, known)
        outer = text.startswith("(") and text.endswith(")") and isinstance(node, ast.Name) and _matched(text)
        results.append(text[1:-1] if outer else text)
    return results


def _matched(text: str) -> bool:
    """True when the first bracket closes at the end."""
    depth = 0
    for position, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return position == len(text) - 1
    return False


def dimension(unit: Unit) -> str:
    """The dimension that Brian2 wants behind an equation: base units without prefixes."""
    bases = ("second", "volt", "amp", "meter")
    up = [
        b if p == 1 else f"{b}**{p}" for b, p in zip(bases, unit.powers[: len(bases)], strict=True) if p > 0
    ]
    down = [
        b if p == -1 else f"{b}**{-p}" for b, p in zip(bases, unit.powers[: len(bases)], strict=True) if p < 0
    ]
    return ("*".join(up) or "1") + "".join(f"/{b}" for b in down)


def assignments(
    read: Equations, names: dict[str, str], changed: Collection[str]
) -> tuple[list[str], dict[str, str]]:
    """A function's assignments as statements, and the names that hold afterwards.

    What is in `changed` is assigned in its place; all else gets a name of its own.
    """
    known, lines = dict(names), []
    for target, value in read.body:
        text = expression(value, known)
        if target not in changed:
            known[target] = f"here_{target}"
        lines.append(f"{known.setdefault(target, target)} = {text}")
    return lines, known


class _Settled(ast.NodeTransformer):
    """`where` with a condition on known numbers becomes what it chooses."""

    def __init__(self, values: dict[str, float]):
        self.values = values

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if ast.unparse(node.func) != "where":
            return node
        condition = node.args[0]
        names = {n.id for n in ast.walk(condition) if isinstance(n, ast.Name)} - set(VOCABULARY)
        if not names <= set(self.values):
            return node
        holds = eval(ast.unparse(condition), {**VOCABULARY, **self.values})
        return node.args[1] if holds else node.args[2]


def settled(read: Equations, values: dict[str, float]) -> Equations:
    """A function whose choices between known numbers are made: Brian2 computes both sides, where one may not exist.

    >>> from snnlab.short_term import TsodyksMarkram
    >>> read = settled(TsodyksMarkram.equations["recover"], {"tau_facil": 0.0})
    >>> ast.unparse(read.body[0][1])
    '0'
    """

    def made(node: ast.expr) -> ast.expr:
        return _Settled(values).visit(ast.parse(ast.unparse(node), mode="eval").body)

    body = tuple((target, made(value)) for target, value in read.body)
    return Equations(read.name, read.args, body, tuple(map(made, read.returns)), read.keys)
