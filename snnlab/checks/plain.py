"""Plain values: what JSON can carry (numbers, NaN and infinity included, strings, lists, dictionaries)."""

import copy
import inspect
import numbers
from typing import Any, TypeAlias

import numpy as np

Plain: TypeAlias = Any  # None, bool, int, float, str, list or dict of them
MOST_VALUES = 1_000_000
MOST_TEXT = 10_000


class NotPlain(TypeError):
    """A value that can't be compared, with a sentence that says why."""


def plain(value: Any, where: str = "answer") -> Plain:
    """Copy a value into builtins; NumPy scalars and arrays become numbers and lists.

    `where` names it in the error. Raises NotPlain for everything that JSON can't carry.

    >>> plain({"t": np.array([1.0, np.inf]), "n": np.int64(2)})
    {'t': [1.0, inf], 'n': 2}
    """
    return _plain(value, where, [MOST_VALUES], 0)


def _plain(value: Any, where: str, room: list[int], depth: int) -> Plain:
    room[0] -= 1
    if room[0] < 0 or depth > 20:
        raise NotPlain(f"the {where} holds more than {MOST_VALUES:,} values, or itself")
    if isinstance(value, np.ndarray):
        return _from_array(value, where, room, depth)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, numbers.Integral):
        if int(value).bit_length() > 1000:
            raise NotPlain(f"the {where} is a whole number of more than 300 digits")
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, str):
        if len(value) > MOST_TEXT:
            raise NotPlain(f"the {where} is a text of more than {MOST_TEXT:,} letters")
        return "".join(value)  # a str even if it came as a subclass
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise NotPlain(f"the {where} is a dictionary whose names are not all strings")
        return {"".join(key): _plain(item, where, room, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, range)) and len(value) <= room[0]:
        return [_plain(item, where, room, depth + 1) for item in value]
    if isinstance(value, (list, tuple, range)):
        raise NotPlain(f"the {where} holds more than {MOST_VALUES:,} values")
    raise NotPlain(f"the {where} {_complaint(value, depth)}")


def _from_array(value: np.ndarray, where: str, room: list[int], depth: int) -> Plain:
    # float(3 * mV) is 0.003 without a word: a physical quantity has to lose its unit on purpose.
    if type(value).__module__.startswith("brian2") and not value.dim.is_dimensionless:  # type: ignore[attr-defined]
        raise NotPlain(f"the {where} is a Brian2 quantity: divide it by the unit that is asked for (v / mV)")
    room[0] -= value.size
    if room[0] < 0:
        raise NotPlain(f"the {where} holds more than {MOST_VALUES:,} values (its shape is {value.shape})")
    if isinstance(value, np.ma.MaskedArray):
        raise NotPlain(f"the {where} is a masked array (give all its values)")
    if value.dtype.kind in "biuf":
        return np.ndarray.tolist(value.astype(float) if value.dtype.itemsize > 8 else value)
    if value.dtype.kind in "OU":
        return _plain(np.ndarray.tolist(value), where, room, depth + 1)
    raise NotPlain(f"the {where} is an array of {value.dtype} (give real numbers)")


def truth(said: Any, name: str = "is_right") -> bool:
    """What a student's test says: True or False alone. NaN and the text "False" would count as True.

    >>> truth(np.bool_(False))
    False
    """
    if isinstance(said, (bool, np.bool_)):
        return bool(said)
    if said is None:
        got = "nothing: is a `return` missing?"
    elif isinstance(said, np.ndarray):
        got = f"an array of shape {said.shape}: np.all makes one True or False of it"
    elif isinstance(said, (str, int, float)):
        got = f"{said!r}"[:60]
    else:
        got = _article(type(said).__name__)
    raise TypeError(f"{name} must return True or False, and it returns {got}")


def _complaint(value: Any, depth: int) -> str:
    inside = "is" if depth == 0 else "holds"
    if value is None:
        return (
            f"{inside} None: is the `return` missing?" if depth == 0 else "holds None: is a `return` missing?"
        )
    if inspect.isgenerator(value):
        return f"{inside} a generator (use `return` with the list of all values instead of `yield`)"
    if isinstance(value, (set, frozenset)):
        return f"{inside} a set, which has no order (give a list)"
    if isinstance(value, numbers.Complex):
        return f"{inside} a complex number (give real numbers)"
    if callable(value):
        return f"{inside} a function or a class (are the parentheses of a call missing?)"
    return f"{inside} {_article(type(value).__name__)} (give numbers, strings, lists or arrays)"


def _article(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"


def arguments(inputs: Plain) -> Any:
    """A fresh copy of a case's inputs as a function wants them: lists of numbers are NumPy arrays.

    >>> arguments({"t": [0.0, 0.1], "dt": 0.1})
    {'t': array([0. , 0.1]), 'dt': 0.1}
    """
    if isinstance(inputs, dict):
        return {name: arguments(value) for name, value in inputs.items()}
    if isinstance(inputs, list):
        try:
            array = np.array(inputs)
        except ValueError:  # rows of unequal length
            return [arguments(item) for item in inputs]
        return array if array.dtype.kind in "biuf" else [arguments(item) for item in inputs]
    return copy.deepcopy(inputs)
