"""Find the exercises of a lesson, and the `check` object through which a notebook reaches them."""

import hashlib
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from snnlab.checks.compare import NOT_DONE, NOT_YET, PASSED, Report, compare
from snnlab.checks.exercise import Exercise
from snnlab.checks.run import answers
from snnlab.checks.show import Table

# Fixed, so that the same answer gets the same words each time; grading brings a seed of its own.
SEED = 1
HERE = Path(__file__).parent
_FILE = re.compile(r"ex_([0-9A-Z][0-9])\.py")
_NAME = re.compile(r"ex_([0-9A-Z][0-9])_(x?[1-9][0-9]?)")


def private_course() -> Path | None:
    """The course tree around a notebook that brings checks of its own: $SNNLAB_COURSE, or up to two folders up."""
    if named := os.environ.get("SNNLAB_COURSE"):
        return Path(named)
    here = Path.cwd()
    nearby = (here, *here.parents[:2])
    return next((f for f in nearby if f / "checks" != HERE and any((f / "checks").glob("ex_??.py"))), None)


def lessons(course: str | Path | None = None) -> list[str]:
    """The numbers of the lessons that declare exercises, in the course tree (if one is given) or in snnlab."""
    names = [file.name for folder in _folders(course) if folder.is_dir() for file in folder.iterdir()]
    return sorted({found[1] for name in names if (found := _FILE.fullmatch(name))})


def load(lesson: str, course: str | Path | None = None) -> dict[str, Exercise]:
    """The exercises of one lesson by id; nothing if it declares none. A course's own file comes before snnlab's.

    >>> load("ZZ")
    {}
    """
    module = _module(lesson, course)
    found = [value for value in vars(module).values() if isinstance(value, Exercise)] if module else []
    exercises = {exercise.id: exercise for exercise in sorted(found, key=_order)}
    for exercise in found:
        if exercise.lesson != lesson or exercises[exercise.id] is not exercise:
            raise ValueError(
                f"ex_{lesson}.py: exercise {exercise.id} is of another lesson, or declared twice"
            )
    return exercises


def _order(exercise: Exercise) -> tuple[bool, int]:
    tail = exercise.id.partition(".")[2]
    return tail.startswith("x"), int(tail.lstrip("x"))


def _folders(course: str | Path | None) -> list[Path]:
    return [HERE] if course is None else [Path(course) / "checks", HERE]


def _module(lesson: str, course: str | Path | None) -> ModuleType | None:
    file = next((f / f"ex_{lesson}.py" for f in _folders(course) if (f / f"ex_{lesson}.py").is_file()), None)
    if file is None:
        return None
    if file.parent == HERE:
        return importlib.import_module(f"snnlab.checks.ex_{lesson}")
    tag = hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:12]
    name = f"snnlab_course_{tag}_ex_{lesson}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            raise ImportError(f"{file}: can't be loaded")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


class Check:
    """The check of one exercise: call it with your answer."""

    def __init__(self, exercise: Exercise, progress: "dict[str, tuple[str, int]]") -> None:
        self._exercise, self._progress = exercise, progress
        self.__doc__ = f"Check exercise {exercise.id}: {exercise.title}."

    def _usage(self) -> str:
        further = "".join(f", {name}={value!r}" for name, value in self._exercise.extras.items())
        return f"check.{self._exercise.attribute}(your_answer{further})"

    def __repr__(self) -> str:
        return f"<exercise {self._exercise.id}: {self._usage()}>"

    def __call__(self, answer: Any, *, seed: int = SEED, **extras: Any) -> Report:
        """Run the answer on the inputs of a seed and report; never raises for what a student wrote."""
        ex = self._exercise
        _, failures = self._progress.get(ex.id, (NOT_DONE, 0))
        if extras.keys() != ex.extras.keys():
            return self._misused(f"write {self._usage()}")
        try:
            cases = ex.cases(seed, **extras)
        except ValueError as error:  # such as an empty student id
            return self._misused(str(error))
        given = [case.inputs for case in cases]
        outcomes = answers(answer, given, asks=ex.asks, call=ex.call, seconds=ex.seconds)
        report = compare(ex, cases, outcomes, failures)
        self._progress[ex.id] = (report.state, failures + (report.tier > 0))
        return report

    def _misused(self, text: str) -> Report:
        """The check itself was called wrongly, which says nothing of the answer: the progress stays as it is."""
        ex = self._exercise
        return Report(ex.id, ex.title, ex.points, NOT_YET, message=f"exercise {ex.id}: {text}")


class Checks:
    """`check.ex_01_2(lif_step)` checks exercise 01.2; `check.summary()` shows the progress of this session."""

    def __init__(self, course: str | Path | None = None) -> None:
        self._course = course
        self._progress: dict[str, tuple[str, int]] = {}
        self._seen: list[str] = []

    def _where(self) -> str | Path | None:
        return self._course or private_course()

    def __getattr__(self, name: str) -> Check:
        if name.startswith("_"):
            raise AttributeError(name)
        found = _NAME.fullmatch(name)
        exercises = load(found[1], self._where()) if found else {}
        for exercise in exercises.values():
            if exercise.attribute == name:
                self._seen += [exercise.lesson] if exercise.lesson not in self._seen else []
                return Check(exercise, self._progress)
        known = [exercise.attribute for exercise in exercises.values()] or list(self._names())
        raise AttributeError(
            f"check.{name}: there is no such exercise; there are {', '.join(known) or 'none yet'}"
        )

    def _names(self) -> Iterator[str]:
        for lesson in lessons(self._where()):
            yield from (exercise.attribute for exercise in load(lesson, self._where()).values())

    def __dir__(self) -> list[str]:
        return ["summary", *self._names()]

    def summary(self, *lesson: str) -> Table:
        """The state of every exercise of these lessons: by default those that were checked in this session."""
        numbers = lesson or self._seen or lessons(self._where())
        exercises = [
            exercise for number in sorted(numbers) for exercise in load(number, self._where()).values()
        ]
        return Table(
            [(ex.id, ex.title, ex.points, self._progress.get(ex.id, (NOT_DONE, 0))[0]) for ex in exercises]
        )


check = Checks()

__all__ = ["NOT_DONE", "NOT_YET", "PASSED", "SEED", "Checks", "check", "lessons", "load"]
