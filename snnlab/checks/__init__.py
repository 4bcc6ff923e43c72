"""Checks that teach: `check.ex_01_2(lif_step)` under an exercise, `todo("01.2")` in its hole.

An exercise is declared once, in `ex_LL.py` of its lesson; `docs/exercises.md` shows how.

| module | what it holds |
|---|---|
| `exercise` | `Exercise`, `Case`, `Wrong`: the declaration; `own`: parameters of the student's own |
| `run`, `limit` | run a student's code on inputs and survive it; the time limit |
| `compare`, `difference` | judge the outcomes, recognise a known mistake; how far off, in words |
| `show`, `registry` | text and HTML; find exercises, `check`, the summary |
| `plain`, `not_done`, `prove` | plain values; the hole; prove that a declaration catches its wrong answers |
"""

from snnlab.checks.compare import Report, compare
from snnlab.checks.exercise import Case, Exercise, Wrong, own
from snnlab.checks.not_done import ExerciseNotDone, todo
from snnlab.checks.registry import check, lessons, load
from snnlab.checks.run import answers

__all__ = [
    "Case", "Exercise", "ExerciseNotDone", "Report", "Wrong",
    "answers", "check", "compare", "lessons", "load", "own", "todo",
]  # fmt: skip
