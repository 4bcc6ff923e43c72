"""Where equations may bend: what stands inside a function or a comparison, found in their text.

A number of random states tells whether sums, products and quotients are linear. It can't tell this of
`maximum(v - 60, 0)` or `v > 60`, which look straight until far away. So each use of a function is followed here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from .language import Equations

if TYPE_CHECKING:
    from .system import System


@dataclass(frozen=True)
class Form:
    """An expression as offset + slope * x, x being the names that are asked about."""

    names: frozenset[str]  # all other names in the offset
    bends: frozenset[str] = frozenset()  # those of them that stand inside a function or a comparison
    slope: frozenset[str] | None = None  # the same for the slope; None: no x at all


_NUMBER = Form(frozenset())


def bends_of(system: System, state: str, about: tuple[str, ...]) -> frozenset[str] | None:
    """The names that may bend the slope of a state's derivative in `about`; None if those states may do so themselves."""
    form = _derivatives(system, about)[system.states.index(state)]
    return None if form is None else form.slope or frozenset()


def is_straight(read: Equations, about: Iterable[str]) -> bool:
    """Whether none of these names stands inside a function or a comparison."""
    return None not in _returned(read, {name: _name(name, about) for name in read.args})


def fixed(system: System) -> frozenset[str]:
    """What stays the same during a run."""
    return frozenset(system.parameters) | {"dt"}


@lru_cache(maxsize=512)
def _derivatives(system: System, about: tuple[str, ...]) -> tuple[Form | None, ...]:
    read = (*system.states, *system.parameters, "t", "dt", "t_last")
    known: dict[str, Form | None] = {name: _name(name, about) for name in read}
    total: Form | None = _name("I", about)
    share = known["area_um2"] if system.per_area else _NUMBER

    def results(owner, function: str, receptor: str = "") -> list[Form | None]:
        read = owner.equations[function]
        joined = system.arguments(owner, function, receptor)
        return _returned(read, {a: known[name] for a, name in zip(read.args, joined, strict=True)})

    for receptor, cls in system.receptors:
        if cls.state:
            total = _sum(total, _product(share, results(cls, "current", receptor)[0]))
    known["I"] = total
    found = results(system.model, "dynamics")
    for receptor, cls in system.receptors:
        if cls.state:
            found += results(cls, "dynamics", receptor)
    return tuple(found)


def _name(name: str, about: Iterable[str]) -> Form:
    return Form(frozenset(), slope=frozenset()) if name in about else Form(frozenset({name}))


def _returned(read: Equations, known: dict[str, Form | None]) -> list[Form | None]:
    known = dict(known)
    for target, value in read.body:
        known[target] = _form(value, known)
    return [_form(value, known) for value in read.returns]


def _form(node: ast.expr, known: dict[str, Form | None]) -> Form | None:
    if isinstance(node, ast.Name):
        return known[node.id]
    if isinstance(node, ast.UnaryOp):
        return _form(node.operand, known)
    if isinstance(node, ast.BinOp):
        left, right = _form(node.left, known), _form(node.right, known)
        if isinstance(node.op, ast.Add | ast.Sub):
            return _sum(left, right)
        if isinstance(node.op, ast.Mult | ast.Div):
            return _product(left, right)
        return _product(left, right) if isinstance(node.right, ast.Constant) else _inside([left, right])
    if isinstance(node, ast.Compare):
        return _inside([_form(node.left, known), _form(node.comparators[0], known)])
    if isinstance(node, ast.Call):
        return _inside([_form(value, known) for value in node.args])
    return _NUMBER


def _inside(parts: list[Form | None]) -> Form | None:
    """A function of these parts: it bends in all names that it reads."""
    if any(part is None or part.slope is not None for part in parts):
        return None
    names = frozenset[str]().union(*(part.names for part in parts if part is not None))
    return Form(names, names)


def _sum(left: Form | None, right: Form | None) -> Form | None:
    if left is None or right is None:
        return None
    slopes = [part.slope for part in (left, right) if part.slope is not None]
    slope = frozenset[str]().union(*slopes) if slopes else None
    return Form(left.names | right.names, left.bends | right.bends, slope)


def _product(left: Form | None, right: Form | None) -> Form | None:
    """Also a quotient, or a power with a plain number: random states tell whether it is linear in x."""
    if left is None or right is None:
        return None
    names, bends = left.names | right.names, left.bends | right.bends
    if left.slope is not None and right.slope is not None:
        return Form(names, bends, left.slope | right.slope | bends)
    if left.slope is not None:
        return Form(names, bends, left.slope | right.bends)
    return Form(names, bends, None if right.slope is None else right.slope | left.bends)
