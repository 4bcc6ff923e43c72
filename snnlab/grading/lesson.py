"""All that a worker must know of a lesson, in one value that can be sent to another machine.

The reference is measured before the first submission: the lesson's own solution is run in the sandbox. It must get
full marks; its CPU time sets the limits; and the caches that it leaves behind (compiled kernels, fonts) are what every
submission's home begins with, so that nobody is charged for a compilation.
"""

import contextlib
import functools
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import psutil
from nbformat import NotebookNode

import snnlab
from snnlab.checks import load
from snnlab.checks.exercise import Case, Exercise
from snnlab.course.lessons import Lesson, find
from snnlab.grading.restore import Question, others, questions
from snnlab.grading.sandbox import Limits
from snnlab.grading.usage import remove

# What can change a mark. Results of another version of these are not taken for results of this one.
_DECIDING = (
    *(
        f"grading/{name}.py"
        for name in ("ask", "inside", "kernel", "lesson", "restore", "sandbox", "servant", "usage", "worker")
    ),
    *(
        f"checks/{name}.py"
        for name in ("compare", "difference", "exercise", "limit", "not_done", "plain", "run")
    ),
)
CELL, TOTAL, TIMES = 10.0, 60.0, 10.0  # s of CPU that everybody has; and how many times the reference's


@dataclass(frozen=True)
class Bundle:
    """A lesson as a worker gets it.

    release : the student's notebook, as text.   private : the files of the course's own checks, by path in its tree.
    data : files beside the student's notebook.   warm : a tar of the home to begin with.
    cpu : s that the reference took: "total", its longest "cell", and each exercise.   seed : of the hidden inputs.
    """

    name: str
    release: str
    private: Mapping[str, bytes] = field(default_factory=dict)
    data: Mapping[str, bytes] = field(default_factory=dict)
    warm: bytes = b""
    cpu: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    trusted: bool = False

    @property
    def number(self) -> str:
        return self.name.partition("_")[0]

    @functools.cached_property
    def version(self) -> str:
        """Changes with everything of the lesson that a mark depends on, but not with the seed."""
        parts = [
            self.release.encode(),
            *(part for name in sorted(self.private) for part in (name.encode(), self.private[name])),
        ]
        parts += [part for name in sorted(self.data) for part in (name.encode(), self.data[name])]
        if not self.private:
            parts.append((Path(snnlab.__file__).parent / "checks" / f"ex_{self.number}.py").read_bytes())
        return digest(*parts)

    def cell_seconds(self) -> float:
        """CPU time that one cell may take."""
        return max(CELL, TIMES * self.cpu.get("cell", 0.0))

    def total_seconds(self) -> float:
        return max(TOTAL, TIMES * self.cpu.get("total", 0.0))

    def exercise_seconds(self, exercise: Exercise) -> float:
        return max(exercise.seconds, TIMES * self.cpu.get(exercise.id, 0.0))


def digest(*parts: bytes) -> str:
    """A short name of some bytes."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "little") + part)
    return total.hexdigest()[:16]


@functools.lru_cache(maxsize=1)
def grader_version() -> str:
    """Of the code that decides on marks."""
    package = Path(snnlab.__file__).parent
    return f"{snnlab.__version__}+{digest(*((package / name).read_bytes() for name in _DECIDING))[:8]}"


def bundle(course: Path, name: str, **given: Any) -> tuple[Lesson, Bundle]:
    """A lesson of a course tree, without its reference. Raises ValueError if it is not there or not built."""
    lesson = find(course, [name])[0]
    if not lesson.release.exists():
        raise ValueError(
            f"grade.lesson: must be built, and {lesson.shown(lesson.release)} is missing (snnlab build)"
        )
    folder = lesson.release.parent
    data = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*"))
            if p.is_file() and p != lesson.release and not any(part.startswith((".", "__")) for part in p.relative_to(folder).parts)}  # fmt: skip
    checks = lesson.course / "checks"
    private = {}
    if (checks / f"ex_{lesson.number}.py").is_file():
        files = [*sorted(checks.glob("*.py")), lesson.course / "secret.txt"]
        private = {p.relative_to(lesson.course).as_posix(): p.read_bytes() for p in files if p.is_file()}
    text = lesson.release.read_text(encoding="utf-8")
    return lesson, Bundle(lesson.name, text, private, data, **given)


@dataclass(frozen=True)
class Opened:
    """A bundle on the machine of a worker.

    others : cells that nbgrader knows and that are no exercise.   known : the sources of the lesson's own cells.
    warm : the folder of the home to begin with.   hand_out : the files of one student, by name, if there are any.
    """

    bundle: Bundle
    questions: Mapping[str, Question]
    others: Sequence[NotebookNode]
    known: frozenset[str]
    warm: Path
    hand_out: Callable[[str], Mapping[str, str]] | None
    cases: dict[str, list[Case]] = field(default_factory=dict)

    def cases_of(self, exercise: Exercise, student: str) -> list[Case]:
        """The hidden inputs, the same for all students but where an exercise has parameters of their own."""
        if exercise.extras:
            extras = {
                name: student if name == "student" else value for name, value in exercise.extras.items()
            }
            return exercise.cases(self.bundle.seed, **extras)
        if exercise.id not in self.cases:
            self.cases[exercise.id] = exercise.cases(self.bundle.seed)
        return self.cases[exercise.id]


_OPENED: dict[str, Opened] = {}


def opened(bundle: Bundle) -> Opened:
    """The bundle unpacked, once in each process."""
    key = digest(bundle.version.encode(), bundle.warm, repr((bundle.seed, bundle.cpu)).encode())
    if key not in _OPENED:
        folder = temporary("lesson")
        (folder / "home" / "work").mkdir(parents=True)
        if bundle.warm:
            with tarfile.open(fileobj=io.BytesIO(bundle.warm)) as tar:
                tar.extractall(folder / "home", filter="data")
        for name, content in {
            **{f"home/work/{n}": c for n, c in bundle.data.items()},
            **bundle.private,
        }.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (folder / "home").chmod(0o755)
        exercises = load(bundle.number, folder if bundle.private else None)
        release = as_notebook(bundle.release)
        asked = questions(release, exercises)
        known = frozenset(cell.source for cell in release.cells)
        module = _checks_module(exercises)
        _OPENED[key] = Opened(
            bundle, asked, others(release, asked), known, folder / "home", getattr(module, "hand_out", None)
        )
    return _OPENED[key]


def _checks_module(exercises: Mapping[str, Exercise]) -> ModuleType | None:
    import sys

    for exercise in exercises.values():
        if (module := sys.modules.get(getattr(exercise.inputs, "__module__", ""))) is not None:
            return module
    return None


def as_notebook(text: str) -> NotebookNode:
    return nbformat.reads(text, as_version=4)


def temporary(what: str) -> Path:
    """A private folder, named by its process."""
    sweep()
    return Path(tempfile.mkdtemp(prefix=f"snnlab-grade-{os.getpid()}-{what}-"))


def sweep() -> None:
    """Remove the folders of processes that have ended: a killed one could not do it itself."""
    for left in Path(tempfile.gettempdir()).glob("snnlab-grade-*-*"):
        pid = left.name.split("-")[2]
        with contextlib.suppress(OSError):
            if pid.isdigit() and not psutil.pid_exists(int(pid)) and os.getuid() in (0, left.stat().st_uid):
                remove(left)


def forget() -> None:
    """Remove what this process unpacked."""
    while _OPENED:
        shutil.rmtree(_OPENED.popitem()[1].warm.parent, ignore_errors=True)
    sweep()
