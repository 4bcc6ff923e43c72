"""Two plain values side by side: equal within a tolerance, or how far off, in words that don't give the answer."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from snnlab.checks.plain import Plain

Tolerance = float | Mapping[str, float]
Unit = str | Mapping[str, str]


def difference(
    got: Plain,
    want: Plain,
    abs: Tolerance = 1e-9,
    rel: Tolerance = 1e-6,
    coarse: bool = False,
    unit: Unit = "",
) -> str:
    """What is different, as the end of a sentence; an empty string if nothing is.

    abs, rel : tolerance, |got - want| <= abs + rel |want|; dictionaries hold one for each name.
    coarse : say neither percentages nor lengths (where `want` is the answer itself, they would give it away).
    unit : give distances in this unit, and not in %; a dictionary holds one for each name.

    >>> difference([1.0, 2.2], [1.0, 2.0])
    '1 of 2 values is off: value 1 is too high by about 10 %'
    >>> difference(2.2, 2.0, coarse=True)
    'is too high'
    >>> difference(-65.0, -70.0, unit="mV")
    'is too high by about 5 mV'
    """
    if _kind(got) != _kind(want):
        alone = isinstance(got, list) and len(got) == 1 and _kind(got[0]) == _kind(want)
        return f"is {_kind(got)}, not {_kind(want)}{': take its one value out, [0]' if alone else ''}"
    if isinstance(want, dict):
        return _in_names(got, want, abs, rel, coarse, unit)
    abs, rel = (_of(name, None) for name in (abs, rel))
    unit = _unit_of(unit, None)
    if isinstance(want, list):
        return _in_list(got, want, abs, rel, coarse, unit)
    if isinstance(want, (str, bool)) or want is None:
        return "" if got == want else "is not the right one"
    if np.isclose(float(got), float(want), rtol=rel, atol=abs, equal_nan=True):
        return ""
    return _amount(float(got), float(want), coarse, unit)


def comparable(got: Plain, want: Plain) -> bool:
    """Whether `got` is of the kind of `want` throughout: not a text for a number, another set of names, or NaN.

    >>> comparable([1.0, 2.0], [3.0]), comparable({"v": "1"}, {"v": 1.0}), comparable(float("nan"), 1.0)
    (True, False, False)
    """
    if _kind(got) != _kind(want):
        return False
    if isinstance(want, dict):
        return got.keys() == want.keys() and all(comparable(got[name], want[name]) for name in want)
    if isinstance(want, list):
        a, b = _numbers(got), _numbers(want)
        if a is None or b is None:
            return all(map(comparable, got, want))
        same = a.ndim == b.ndim or 0 in (a.size, b.size)  # no values at all is an answer, too
        return same and (holds_nan(want) or not holds_nan(got))
    return holds_nan(want) or not holds_nan(got)


def holds_nan(value: Plain) -> bool:
    """Whether a plain value is NaN, or has it inside."""
    if isinstance(value, (dict, list)):
        return any(map(holds_nan, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float) and bool(np.isnan(value))


def _kind(value: Plain) -> str:
    if isinstance(value, bool):
        return "True or False"
    if isinstance(value, (int, float)):
        return "a number"
    kinds = {str: "a text", list: "a list, tuple or array", dict: "a dictionary"}
    return next((name for kind, name in kinds.items() if isinstance(value, kind)), "nothing")


def _of(tolerance: Tolerance, name: str | None) -> float:
    """The tolerance of one name; without an entry, exact."""
    return tolerance.get(name or "", 0.0) if isinstance(tolerance, Mapping) else tolerance


def _unit_of(unit: Unit, name: str | None) -> str:
    return unit.get(name or "", "") if isinstance(unit, Mapping) else unit


def _in_names(
    got: dict[str, Any], want: dict[str, Any], abs: Tolerance, rel: Tolerance, coarse: bool, unit: Unit
) -> str:
    if missing := [name for name in want if name not in got]:
        return f"has no value named {', '.join(map(repr, missing))}"
    if unknown := [name for name in got if name not in want]:
        return f"has a name that was not asked for: {', '.join(map(repr, unknown[:3]))}"
    found = {
        name: difference(got[name], want[name], _of(abs, name), _of(rel, name), coarse, _unit_of(unit, name))
        for name in want
    }
    return "; ".join(f"{name} {text}" for name, text in found.items() if text)


def _in_list(got: list[Any], want: list[Any], abs: float, rel: float, coarse: bool, unit: str) -> str:
    a, b = _numbers(got), _numbers(want)
    if a is None or b is None:
        if len(got) != len(want):
            return "has another length" if coarse else f"has {len(got)} values, not {len(want)}"
        found = ((k, difference(*pair, abs, rel, coarse, unit)) for k, pair in enumerate(zip(got, want)))
        return next((f"is off in item {k} ({text})" for k, text in found if text), "")
    if a.shape != b.shape:
        if coarse:
            return "has another length"
        if a.ndim == b.ndim == 1:
            return f"has {len(a)} values, not {len(b)}"
        inner = ": its values should be numbers, not lists or arrays" if a.ndim > b.ndim == 1 else ""
        return f"has shape {a.shape}, not {b.shape}{inner}"
    off = np.argwhere(~np.isclose(a, b, rtol=rel, atol=abs, equal_nan=True))
    if not len(off):
        return ""
    places = [tuple(int(k) for k in place) for place in off]
    distance = [np.nan_to_num(np.abs(a[place] - b[place]), nan=np.inf) for place in places]
    first, worst = places[0], places[int(np.argmax(distance))]
    amount = _amount(a[worst], b[worst], coarse, unit)
    if len(off) == 1:
        return f"1 of {a.size} values is off: value {_index(worst)} {amount}"
    both = f"the first and worst, value {_index(first)}," if worst == first else (
        f"the first is value {_index(first)}; the worst, value {_index(worst)},"
    )  # fmt: skip
    return f"{len(off)} of {a.size} values are off: {both} {amount}"


def _index(place: tuple[int, ...]) -> str:
    return str(place[0] if len(place) == 1 else place)


def _numbers(values: list[Any]) -> np.ndarray | None:
    try:
        array = np.array(values)
    except ValueError:
        return None
    return array.astype(float) if array.dtype.kind in "iuf" or array.size == 0 else None


def _about(amount: float, fine: bool = False) -> str:
    """One digit, or if `fine` two after a leading 1; never as 1e+06."""
    leading = f"{amount:.0e}"
    if amount >= 1e9:
        return "more than 1,000,000,000"
    if amount < 1e-4:
        return "less than 0.0001"
    rounded = float(leading if leading[0] != "1" or not fine else f"{amount:.1e}")
    return f"about {rounded:,.8f}".rstrip("0").rstrip(".")


def _amount(got: float, want: float, coarse: bool, unit: str) -> str:
    """How far off, with one or two digits: the same words on every machine."""
    if np.isnan(got) or np.isinf(got):
        return "is not a number (NaN)" if np.isnan(got) else "is infinite"
    if not np.isfinite(want):
        return "should not be a finite number here"
    side = "too high" if got > want else "too low"
    if unit and not coarse and got != 0:
        return f"is {side} by {_about(np.abs(got - want), fine=True)} {unit}"
    if want == 0 or got == 0:
        return f"is zero, {side}" if got == 0 and not coarse else f"is {side}"
    if got * want < 0:
        return f"has the wrong sign, {side}" if not coarse else f"is {side}"
    ratio = max(got / want, want / got)
    if coarse:
        return f"is {'far ' if ratio > 10 else ''}{side}"
    if ratio >= 2:
        return f"is {side} by a factor of {_about(ratio)}"
    return f"is {side} by {_about(100 * np.abs(got / want - 1))} %"
