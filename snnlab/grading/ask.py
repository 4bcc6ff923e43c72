"""The grader's half of a check: what is sent to the student's kernel, and what is believed of its answer.

The kernel gets inputs and never an expected value. What comes back is read as JSON, checked and copied; it can hold
nothing but plain values, whatever the kernel sent.
"""

import ast
import builtins
import inspect
import json
import re
import textwrap
from collections.abc import Sequence
from typing import Any

from snnlab.checks.compare import Line
from snnlab.checks.exercise import Case, Exercise
from snnlab.checks.plain import NotPlain, plain
from snnlab.grading.servant import MIME

SLOWER = 10.0  # wall time is the second limit: so many times the CPU time
PROBLEMS = ("not done", "error", "answer", "call", "time", "skipped")
MOST_JSON = 60_000_000  # letters


class NoAnswer(Exception):
    """The kernel sent nothing that can be read as outcomes; says why."""


def argument(source: str, exercise: Exercise) -> str:
    """The expression that a check cell hands in: "lif_step" of `check.ex_01_2(lif_step)`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == exercise.attribute and node.args:
                return ast.unparse(node.args[0])
    raise ValueError(f"exercise {exercise.id}: its check cell must call check.{exercise.attribute}(...)")


def expression(argument: str, exercise: Exercise, cases: Sequence[Case], cpu: float) -> str:
    """What the kernel evaluates, in the student's names."""
    call = textwrap.dedent(inspect.getsource(exercise.call)) if exercise.call else ""
    payload = json.dumps({
        "inputs": [case.inputs for case in cases], "asks": exercise.asks, "call": call,
        "seconds": SLOWER * cpu, "cpu": cpu,
    })  # fmt: skip
    servant = '__import__("sys").modules["snnlab.grading.servant"]'
    return f"{servant}.ask(lambda: ({argument}), {payload!r})"


def outcomes(reply: Any, count: int) -> list[dict[str, Any]]:
    """The outcomes in the content of an `execute_reply`. Raises NoAnswer for anything else than them."""
    try:
        text = reply["user_expressions"]["answers"]["data"][MIME]
    except (KeyError, TypeError):
        raise NoAnswer("the notebook changed how a check is answered") from None
    try:
        if not isinstance(text, str) or len(text) > MOST_JSON:
            raise ValueError
        found = json.loads(text)
        if not isinstance(found, list) or len(found) != count:
            raise ValueError
        return [_outcome(one) for one in found]
    except (ValueError, RecursionError, MemoryError):
        raise NoAnswer("what the notebook answered can't be read") from None


def _outcome(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ValueError
    notes = found.get("notes", [])
    if not isinstance(notes, list) or not all(isinstance(text, str) for text in notes):
        raise ValueError
    notes = [text[:200] for text in notes[:5]]
    if "value" in found:
        try:
            return {"value": plain(found["value"]), "notes": notes}
        except NotPlain as error:
            return {"problem": "answer", "text": str(error), "notes": notes}
    if found.get("problem") not in PROBLEMS or not isinstance(found.get("text"), str):
        raise ValueError
    kept = {"problem": found["problem"], "text": found["text"][:500], "notes": notes}
    return kept | ({"type": str(found["type"])[:100]} if "type" in found else {})


def public(line: Line, outcome: dict[str, Any]) -> str:
    """What a student reads of one case: in the grader's words alone, since theirs could carry hidden inputs out."""
    problem = outcome.get("problem")
    if problem == "error":
        name = str(outcome.get("type"))
        known = isinstance(getattr(builtins, name, None), type)
        where = re.search(r", line (\d{1,4})(?!\d)", outcome["text"])
        what = f"raises {name}" if known else "raises an exception"
        return f"{what} on one of the hidden inputs{f', line {where[1]} of its cell' if where else ''}"
    if problem is not None:
        return {
            "not done": "is not done yet", "answer": "gives something that can't be compared: is a `return` missing?",
            "call": "can't be called with the arguments of the exercise", "time": "was stopped: it takes too long",
            "skipped": "was not tried, since the time was used up",
        }[problem]  # fmt: skip
    return re.sub(r"(a name that was not asked for).*", r"\1", line.text, flags=re.DOTALL)
