"""What an argument may be: the checks with which a public function begins.

Each returns the argument in the form that the function wants, or raises ValueError or TypeError in the form
`where: must be ..., got ...`.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def number(name: str, value: Any) -> float:
    """One finite number.

    >>> number("f.x", np.float32(0.5))
    0.5
    """
    if isinstance(value, bool | np.bool_ | str | bytes | list | tuple) or np.ndim(value) != 0:
        raise TypeError(f"{name}: must be a number, got {value!r}")
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name}: must be a number, got {value!r}") from None
    if not np.isfinite(found):
        raise ValueError(f"{name}: must be finite, got {found}")
    return found


def floats(value: Any, copy: bool = False) -> np.ndarray:
    """An array of floats; numpy alone would take a complex number for its real part.

    >>> floats([1, 2])
    array([1., 2.])
    """
    array = np.asarray(value)
    if array.dtype.kind == "c":
        raise TypeError("complex numbers are no quantities here")
    return np.array(array, dtype=float) if copy else np.asarray(array, dtype=float)


def whole(name: str, value: Any, least: int) -> int:
    """A whole number that is not below `least`.

    >>> whole("f.n", 3, 0)
    3
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name}: must be a whole number >= {least}, got {value!r}")
    if value < least:
        raise ValueError(f"{name}: must be a whole number >= {least}, got {value}")
    return int(value)


def text(name: str, value: Any) -> str:
    """Text.

    >>> text("f.label", "rate")
    'rate'
    """
    if not isinstance(value, str):
        raise TypeError(f"{name}: must be text, got {value!r}")
    return value


def listed(name: str, value: Any, what: str) -> list:
    """A list or another iterable, as a list.

    >>> listed("f.projections", (1, 2), "Projections")
    [1, 2]
    """
    try:
        return list(value)
    except TypeError:
        raise TypeError(f"{name}: must be a list of {what}, got {value!r}") from None
