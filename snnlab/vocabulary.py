"""The functions that a model's equations may call, as NumPy reads them.

The same names exist in every reading of a model: compiled (`kernels/`), Brian2 text (`twin.py`), LaTeX
and units (`equations.py`). A body may call these and nothing else.

>>> float(exprel(0.0)), float(where(2.0 > 1.0, 10.0, 20.0))
(1.0, 10.0)
"""

from __future__ import annotations

import numpy as np
from numpy import abs, clip, cosh, exp, expm1, log, maximum, minimum, sqrt, tanh, where

__all__ = [
    "abs",
    "clip",
    "cosh",
    "exp",
    "expm1",
    "exprel",
    "log",
    "maximum",
    "minimum",
    "sqrt",
    "tanh",
    "where",
]


def exprel(x):
    """(exp(x) - 1)/x with its limit 1 at x = 0 (shape of x, no unit)."""
    x = np.asarray(x, dtype=float)
    safe = np.where(x == 0.0, 1.0, x)
    return np.where(x == 0.0, 1.0, np.expm1(safe) / safe)


VOCABULARY = {name: globals()[name] for name in __all__}
TAKES = {"maximum": 2, "minimum": 2, "clip": 3, "where": 3}  # how many values; all others take one
