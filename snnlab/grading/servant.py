"""The half of a check that runs in the student's kernel: hidden inputs come in, plain values go out as JSON.

It is imported before the student's first cell, and holds on to what it needs. Nothing here is trusted by the grader:
a student's code may replace all of it, and then can only send other values than its own.
"""

import gc
import json
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import snnlab.checks.run as _run

MIME = "text/x-snnlab-answers"
_dumps, _loads, _answers = json.dumps, json.loads, _run.answers


class Answers:
    """Outcomes on their way: IPython sends what this method returns, under a name of our own."""

    def __init__(self, text: str) -> None:
        self._text = text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {MIME: self._text}

    def __repr__(self) -> str:
        return "answers"


def ask(answer: Callable[[], Any], payload: str) -> Answers:
    """The outcomes of an answer on the inputs of a payload (JSON, see `ask.payload`).

    answer : evaluates the argument of the check cell, in the student's notebook.
    """
    _forget_the_last_error()
    told = _loads(payload)
    given, asks, adapter = told["inputs"], told["asks"], _adapter(told["call"])
    limits = {"seconds": told["seconds"], "cpu": told["cpu"]}
    try:
        obj = answer()
    except BaseException as error:  # then every case has this same problem
        raised = error
        found = _answers(lambda **_: _again(raised), given[:1] and [{}], **limits) * len(given)
    else:
        found = _answers(obj, given, asks=asks, call=adapter, **limits)
    return Answers(_dumps(found))


def _forget_the_last_error() -> None:
    """A traceback holds what its functions held: after a MemoryError that is nearly all there is. So does the traceback
    of an error behind the last one, if there was no room left to write about the first."""
    error, seen = getattr(sys, "last_value", None), set()
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        for frame, _ in traceback.walk_tb(error.__traceback__):
            with suppress(RuntimeError):  # it is still running
                frame.clear()
                # Up to Python 3.12 the frame keeps the copy of its locals that was made to show it: renew that too.
                _ = frame.f_locals
        error = error.__context__
    gc.collect()


def _again(error: BaseException) -> None:
    raise error


def _adapter(source: str) -> Callable[..., Any] | None:
    """The exercise's `call`, from its source: it has its own imports inside."""
    if not source:
        return None
    space: dict[str, Any] = {"__name__": "snnlab_exercise"}
    exec(compile(source, "<exercise>", "exec"), space)
    return next(value for name, value in space.items() if callable(value) and not name.startswith("__"))
