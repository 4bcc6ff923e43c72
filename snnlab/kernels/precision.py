"""Kernels in single precision: the same text with every constant a float32, and exp and its kin for 24 bits.

A number in the text would be a double, and one double makes all that it meets a double.
"""

from __future__ import annotations

import ast
import inspect

import numpy as np

from .mathematics import careful, where

HEADER = """
real = np.float32
"""


@careful
def _half_exprel(r):
    """exprel(r) for |r| <= ln(2)/2."""
    q = np.float32(0.0013888889)
    q = np.float32(0.008333334) + r * q
    q = np.float32(0.041666668) + r * q
    q = np.float32(0.16666667) + r * q
    q = np.float32(0.5) + r * q
    q = np.float32(1.0) + r * q
    return q


@careful
def near_exprel(x):
    """exprel(x) for -0.5 <= x <= 0, within 2e-9 before rounding."""
    x = np.float32(x)
    q = np.float32(0.0011259227)
    q = np.float32(0.0081932954) + x * q
    q = np.float32(0.041632048) + x * q
    q = np.float32(0.16666289) + x * q
    q = np.float32(0.49999986) + x * q
    return np.float32(1.0) + x * q


@careful
def _reduced(x):
    """(n as a float, 2^n, r, (e^r - 1)/r), of x brought to -87 … 88: as in double precision, with n in 9 bits."""
    y = where(x > np.float32(88.0), np.float32(88.0), x)
    y = where(y < np.float32(-87.0), np.float32(-87.0), y)
    shifted = y * np.float32(1.4426950408889634) + np.float32(12582912.0)
    bits = np.float32(shifted).view(np.int32)
    n = shifted - np.float32(12582912.0)
    r = (y - n * np.float32(0.693145751953125)) - n * np.float32(1.4286068203094173e-06)
    return n, np.int32((bits + np.int32(127)) << np.int32(23)).view(np.float32), r, _half_exprel(r)


@careful
def exp(x):
    _n, scale, r, q = _reduced(np.float32(x))
    return scale + scale * (r * q)


@careful
def expm1(x):
    _n, scale, r, q = _reduced(np.float32(x))
    return (scale - np.float32(1.0)) + scale * (r * q)


@careful
def exprel(x):
    n, scale, r, q = _reduced(np.float32(x))
    return where(n == np.float32(0.0), q, ((scale - np.float32(1.0)) + scale * (r * q)) / np.float32(x))


@careful
def tanh(x):
    y = np.float32(x)
    y = where(y > np.float32(20.0), np.float32(20.0), where(y < np.float32(-20.0), np.float32(-20.0), y))
    e = expm1(np.float32(2.0) * y)
    return e / (e + np.float32(2.0))


@careful
def cosh(x):
    e = exp(abs(np.float32(x)))
    return np.float32(0.5) * e + np.float32(0.5) / e


FUNCTIONS = (_half_exprel, near_exprel, _reduced, exp, expm1, exprel, tanh, cosh)
MATHEMATICS = "".join(f"\n\n{inspect.getsource(f.py_func)}" for f in FUNCTIONS)


class _Constants(ast.NodeTransformer):
    """Wraps the numbers of an expression, but for whole exponents, which the compiler multiplies out."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        power = isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant)
        whole = power and isinstance(node.right.value, int)  # type: ignore[attr-defined]
        node.left = self.visit(node.left)
        node.right = node.right if whole else self.visit(node.right)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return (
            ast.Call(ast.Name("real", ast.Load()), [node], [])
            if isinstance(node.value, int | float)
            else node
        )


def single(text: str) -> str:
    """The text of functions with all constants in single precision.

    >>> single("def f(x):\\n    return 0.5 * x**2")
    'def f(x):\\n    return real(0.5) * x ** 2'
    >>> single("def f(x):\\n    return x**0.5")
    'def f(x):\\n    return x ** real(0.5)'
    """
    return (
        "\n\n" * text.startswith("\n")
        + ast.unparse(ast.fix_missing_locations(_Constants().visit(ast.parse(text))))
        + "\n" * text.endswith("\n")
    )
