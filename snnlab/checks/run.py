"""Call a student's code on a list of inputs and write down, in plain values, what came of it.

This half of a check runs where the student's code runs. It knows no oracle: inputs go in and outcomes come out as
JSON, so that grading can keep the other half (`compare.py`) in another process.

An outcome is a dictionary: {"value": ...} or {"problem": kind, "text": sentence}, kind one of "not done", "error"
(with its "type"), "answer" (not a plain value), "call" (can't be called so), "time", "skipped"; and "notes".
"""

import builtins
import contextlib
import functools
import inspect
import io
import linecache
import math
import random
import re
import sys
import sysconfig
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from snnlab.checks.limit import TimeUp, limited
from snnlab.checks.not_done import ExerciseNotDone
from snnlab.checks.plain import NotPlain, Plain, arguments, plain

# ruff: noqa: NPY002  (the legacy generator is what a student's np.random calls draw from)

Outcome: TypeAlias = dict[str, Any]
_SHARED = (builtins, math, np)
_OURS = tuple(str(path) for path in (
    Path(__file__).parents[1], *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")))
)  # fmt: skip


def answers(
    obj: Any,
    inputs: Sequence[Plain],
    *,
    asks: str = "function",
    call: Callable[[Any, dict[str, Any]], Any] | None = None,
    seconds: float = 10.0,
    cpu: float | None = None,
) -> list[Outcome]:
    """The outcome of `obj` on each of the `inputs`, whatever it is and does.

    asks, call, seconds : as in `Exercise`.   cpu : s of CPU time, a second limit. KeyboardInterrupt (the user's) passes through.

    >>> answers(lambda x: x / 2, [{"x": 3.0}, {"x": math.inf}])
    [{'value': 1.5}, {'value': inf}]
    """
    outcomes: list[Outcome] = []
    end, spent = time.monotonic() + seconds, time.process_time()
    for given in inputs:
        left = end - time.monotonic()
        cpu_left = None if cpu is None else cpu - (time.process_time() - spent)
        if left <= 0 or (cpu_left is not None and cpu_left <= 0):
            outcomes.append({"problem": "skipped", "text": "not tried, since the time was used up"})
            continue
        notes: list[str] = []
        with _kept_apart(notes):
            kept, lent = arguments(given), arguments(given)
            try:
                outcome = limited(lambda lent=lent: _attempt(obj, lent, asks, call), left, cpu_left)  # type: ignore[misc]
            except TimeUp as error:
                where = _where(error.__traceback__).rstrip(":")  # `while left > 0:` brings one of its own
                text = f"stopped after {seconds if cpu is None else cpu:g} s{where}: is there a loop that never ends?"
                outcome = {"problem": "time", "text": text}
                end = 0.0
        changed = [name for name in kept if not _same(kept[name], lent.get(name))]
        if any("it prints" in note for earlier in outcomes for note in earlier.get("notes", ())):
            notes = [note for note in notes if not note.startswith("it prints")]  # said once
        notes += [f"it changes its input `{name}`: work on a copy" for name in changed]
        outcomes.append({**outcome, "notes": notes} if notes else outcome)
    return outcomes


def _attempt(obj: Any, given: dict[str, Any], asks: str, call: Callable[..., Any] | None) -> Outcome:
    try:
        if obj is None or obj is ...:
            return {"problem": "not done", "text": ""}
        if asks == "function" and (problem := _call_problem(obj, given, call)):
            return {"problem": "call", "text": problem}
        if call is not None:
            value = call(_watched(obj) if asks == "function" else obj, given)
        elif asks == "function":
            value = obj(**given)
        else:
            value = obj() if callable(obj) else obj
        if asks == "value" and value is ...:
            return {"problem": "not done", "text": ""}
        return {"value": plain(value)}
    except ExerciseNotDone as error:
        return {"problem": "not done", "text": str(error)}
    except _Misfit as error:
        return {"problem": error.problem, "text": str(error)}
    except NotPlain as error:
        return {"problem": "answer", "text": str(error)}
    except (TimeUp, KeyboardInterrupt):
        raise
    except BaseException as error:  # SystemExit too: a check survives `sys.exit()`
        name = type(error).__name__
        message = re.sub(r"0x[0-9a-fA-F]+", "0x...", _first_line(error))
        text = f"raised {name}{': ' if message else ''}{message}{_cause(error)}{_where(error.__traceback__)}"
        return {"problem": "error", "type": name, "text": text}


def _call_problem(obj: Any, given: dict[str, Any], call: Callable[..., Any] | None) -> str:
    if not callable(obj):
        return f"this exercise asks for a function, and was given a value of type {type(obj).__name__}"
    return _arguments_problem(obj, (), given) if call is None else ""


def _arguments_problem(function: Any, places: Sequence[Any], names: dict[str, Any], who: str = "it") -> str:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some compiled functions have none
        return ""
    try:
        signature.bind(*places, **names)
    except TypeError:
        takes = ", ".join(signature.parameters)
        if places:
            many = len(places) + len(names)
            return f"{who} takes ({takes}), but the exercise gives it {many} value{'s' * (many > 1)}"
        return f"{who} takes ({takes}), but the exercise gives it ({', '.join(names)})"
    return ""


class _Misfit(Exception):
    """A student's function that an adapter (`call`) can't use, noticed where it happens and said in words."""

    def __init__(self, problem: str, text: str) -> None:
        super().__init__(text)
        self.problem = problem


def _watched(obj: Any, inside: bool = False) -> Any:
    """A student's function, and those that it returns, so that an adapter need not mind what students forget.

    Otherwise a missing `return` would show up a step later, as an error in a line that is right.
    """
    if not inspect.isroutine(obj):
        return obj
    who = f"`{getattr(obj, '__name__', 'function')}`" if inside else "it"

    @functools.wraps(obj)
    def watched(*places: Any, **names: Any) -> Any:
        try:
            value = obj(*places, **names)
        except TypeError:  # asked only now, since it takes longer than many a student's function
            if problem := _arguments_problem(obj, places, names, who):
                raise _Misfit("call", problem) from None
            raise
        if value is None:
            text = f"{who} returns None" if inside else "the answer is None"
            raise _Misfit("answer", f"{text}: is the `return` missing?")
        if type(value) is tuple:
            return tuple(_watched(item, inside=True) for item in value)
        return _watched(value, inside=True)

    return watched


def _first_line(error: BaseException) -> str:
    try:
        return str(error).strip().partition("\n")[0][:200]
    except Exception:  # an exception of the student's own may fail even here
        return ""


def _cause(error: BaseException) -> str:
    """What a library says went wrong inside: Brian2 names the object that fails, and only its cause the mistake."""
    inner, seen = error, {id(error)}
    cause_of = vars(BaseException)["__cause__"].__get__  # not a property of the student's own
    while (cause := cause_of(inner)) is not None and id(cause) not in seen:
        inner = cause
        seen.add(id(inner))
    if inner is error:
        return ""
    message = re.sub(r"0x[0-9a-fA-F]+", "0x...", _first_line(inner)).strip("'\"")
    return f" (because of {type(inner).__name__}{': ' if message else ''}{message})"


def _where(tb: Any) -> str:
    """The innermost line of the student's own, with its number and text."""
    lines = [(frame.f_code.co_filename, number) for frame, number in traceback.walk_tb(tb)]
    # Brian2 calls the code that it makes "(string)".
    theirs = [
        (name, number) for name, number in lines if not name.startswith((*_OURS, "<frozen", "(string)"))
    ]
    if not theirs:
        return ""
    name, number = theirs[-1]
    text = linecache.getline(name, number).strip()[:100]
    return f", line {number}{': ' if text else ''}{text}"


class _Printed(io.TextIOBase):
    """What a function prints: counted, and all but its beginning forgotten."""

    def __init__(self) -> None:
        self.start, self.lines = "", 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.lines += text.count("\n")
        if len(self.start) < 80:
            self.start += text[:80]
        return len(text)


@contextlib.contextmanager
def _kept_apart(notes: list[str]) -> Iterator[None]:
    """Undo what a student's code may change around it: output, warnings, error state, seeds, shared modules."""
    printed = _Printed()
    shared = [dict(module.__dict__) for module in _SHARED]
    depth, state, legacy = sys.getrecursionlimit(), random.getstate(), np.random.get_state()
    try:
        with (
            contextlib.redirect_stdout(printed),  # type: ignore[type-var]
            contextlib.redirect_stderr(_Printed()),  # type: ignore[type-var]
            warnings.catch_warnings(),
            np.errstate(all="warn"),
        ):
            warnings.simplefilter("ignore")
            random.seed(1)
            np.random.seed(1)
            yield
    finally:
        replaced = []
        for module, before in zip(_SHARED, shared):
            replaced += [
                f"{module.__name__}.{key}" for key in before if module.__dict__.get(key) is not before[key]
            ]
            module.__dict__.update(before)
        sys.setrecursionlimit(depth)
        random.setstate(state)
        np.random.set_state(legacy)
    if replaced:
        notes.append(f"it replaces {', '.join(replaced[:3])}: give your own functions names of their own")
    if printed.lines or printed.start:
        first = printed.start.strip().partition("\n")[0][:60]
        notes.append(
            f"it prints ({max(printed.lines, 1)} lines, starting with {first!r}); a check doesn't show them"
        )


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(_same, a, b))
    return type(a) is type(b) and repr(a) == repr(b)  # by repr, since NaN is not equal to itself
