"""Units: the annotation of every parameter, and what the unit check computes with.

One coherent set serves the whole library: ms, mV, pA, nS, pF, GOhm (pF mV/ms = pA, nS mV = pA,
GOhm pA = mV), so that plain floats need no factors. A unit is written as an annotation:

>>> from snnlab.units import ms, mV, nS, pA
>>> nS * mV == pA
True
>>> 1 / ms
1/ms
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction

_BASE = ("ms", "mV", "pA", "um", "weight")  # weight: the unit of a projection's w, whatever it is
UNITS: dict[str, Unit] = {}  # by name; filled below


class Unit:
    """A product of powers of ms, mV, pA and um, times a scale (1 uA is 1e6 pA). Units are multiplied, divided and raised.

    `as_unit` makes one from text, and raises ValueError for what is no unit.

    >>> as_unit("nS") * as_unit("mV") == as_unit("pA")
    True
    """

    __slots__ = ("powers", "scale", "text")

    def __init__(self, powers: tuple, scale: float = 1.0, text: str | None = None):
        exact = map(Fraction, powers)
        self.powers = tuple(int(p) if p.denominator == 1 else p for p in exact)  # whole ones hash faster
        self.scale = float(scale)
        self.text = text or "*".join(
            b if p == 1 else f"{b}**{p}" for b, p in zip(_BASE, self.powers, strict=True) if p
        )

    def _combine(self, other, sign: int, text: str) -> Unit:
        other = as_unit(other)
        powers = tuple(a + sign * b for a, b in zip(self.powers, other.powers, strict=True))
        return Unit(powers, self.scale * other.scale**sign, text)

    def __mul__(self, other) -> Unit:
        return self._combine(other, 1, f"{self}*{as_unit(other)}")

    __rmul__ = __mul__

    def __truediv__(self, other) -> Unit:
        divisor = str(as_unit(other))
        divisor = f"({divisor})" if re.search(r"[*/]", divisor) else divisor
        return self._combine(other, -1, f"{self}/{divisor}")

    def __rtruediv__(self, other) -> Unit:
        return as_unit(other) / self

    def __pow__(self, exponent) -> Unit:
        exponent = Fraction(exponent).limit_denominator(1000)
        return Unit(
            tuple(p * exponent for p in self.powers), self.scale ** float(exponent), f"{self}**{exponent}"
        )

    def __eq__(self, other) -> bool:
        if not isinstance(other, Unit):
            return NotImplemented
        return self.powers == other.powers and abs(self.scale / other.scale - 1) < 1e-9

    def __hash__(self) -> int:
        return hash(self.powers)

    def __repr__(self) -> str:
        return next((name for name, unit in UNITS.items() if unit == self), self.text)

    @property
    def is_number(self) -> bool:
        """True for a pure number, "1"."""
        return not any(self.powers)


def as_unit(value) -> Unit:
    """A Unit from a Unit, from the number 1, or from text such as "mV/ms" or "uA/cm2".

    Raises ValueError when the text names no known unit.

    >>> as_unit("pF*mV/ms") == as_unit("pA")
    True
    """
    if isinstance(value, Unit):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and value == 1:
        return UNITS["1"]
    if isinstance(value, str):
        try:
            return _evaluate(ast.parse(value.strip(), mode="eval").body)
        except (SyntaxError, KeyError, TypeError):
            pass
    raise ValueError(f"unit: {value!r} is not a unit; allowed are {', '.join(UNITS)} and their products")


def _evaluate(node: ast.expr) -> Unit:
    if isinstance(node, ast.Name):
        return UNITS[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):  # a quoted annotation: "mV"
        return as_unit(node.value)
    if isinstance(node, ast.Constant) and node.value == 1:
        return UNITS["1"]
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Pow):
            return _evaluate(node.left) ** ast.literal_eval(node.right)
        left, right = _evaluate(node.left), _evaluate(node.right)
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            return left / right
    raise TypeError


ms = Unit((1, 0, 0, 0, 0), text="ms")
mV = Unit((0, 1, 0, 0, 0), text="mV")
pA = Unit((0, 0, 1, 0, 0), text="pA")
um = Unit((0, 0, 0, 1, 0), text="um")
weight = Unit((0, 0, 0, 0, 1), text="weight")
nS = Unit((pA / mV).powers, text="nS")
pF = Unit((nS * ms).powers, text="pF")
GOhm = Unit((mV / pA).powers, text="GOhm")
Hz = Unit((-1, 0, 0, 0, 0), 1e-3, "Hz")
um2 = Unit((um**2).powers, text="um2")
uA = Unit(pA.powers, 1e6, "uA")
mS = Unit(nS.powers, 1e6, "mS")
uF = Unit(pF.powers, 1e6, "uF")
cm2 = Unit(um2.powers, 1e8, "cm2")
one = Unit((0, 0, 0, 0, 0), text="1")

UNITS.update({
    "ms": ms, "mV": mV, "pA": pA, "nS": nS, "pF": pF, "GOhm": GOhm, "Hz": Hz,
    "um": um, "um2": um2, "cm2": cm2, "uA": uA, "mS": mS, "uF": uF, "weight": weight, "1": one, "one": one,
})  # fmt: skip
