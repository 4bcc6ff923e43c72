"""`build` makes the notebooks of a course from its sources; `check` says where they left them.

snnlab build 01_lif_neuron        solutions/.../01_lif_neuron.py -> its notebook, and the student's
snnlab build --check              compare everything that can be compared without executing
"""

import difflib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from snnlab.course import exercises, guards, notebooks, standard
from snnlab.course.badge import add_badge
from snnlab.course.execute import CELL_TIMEOUT, execute, wrong_outputs
from snnlab.course.lessons import Lesson, find, strays
from snnlab.course.notebooks import IGNORE_OUTPUT, label, tags


class BuildError(ValueError):
    """Lessons that could not be built. `problems` holds one line for each reason, naming lesson and cell."""

    def __init__(self, failed: Sequence[str], problems: Sequence[str]):
        self.problems = list(problems)
        super().__init__(
            "\n".join([f"not built: {', '.join(failed)} ({len(self.problems)} to mend)", *self.problems])
        )


@dataclass
class _Pair:
    """Both notebooks of a lesson and the data files that its source declares."""

    solution: NotebookNode
    release: NotebookNode
    data: list[str]


def build(
    course: Path = Path(),
    lessons: Sequence[str] | None = None,
    *,
    timeout: float = CELL_TIMEOUT,
    say: Callable[[str], object] = print,
) -> list[Path]:
    """Make and execute both notebooks of each lesson, and write those that changed.

    course: the folder that holds solutions/ and lessons/.   lessons: names or numbers (default: all).
    timeout: s, for each cell.   say: called with each line of the report.
    Returns the files that were written. A lesson that fails leaves its files as they are.
    Raises BuildError at the end if a lesson failed, ModuleNotFoundError if nbgrader is missing.
    """
    written: list[Path] = []
    failed: list[str] = []
    problems: list[str] = []
    with _stage() as stage:
        for lesson in find(course, lessons):
            started = time.perf_counter()
            reasons = _build_one(lesson, stage, timeout, written)
            problems += reasons
            failed += [lesson.name] if reasons else []
            for reason in reasons:
                say(reason)
            done = "not built" if reasons else "built"
            say(f"{lesson.name}: {done} in {time.perf_counter() - started:.0f} s")
    if problems:
        raise BuildError(failed, problems)
    return written


@contextmanager
def _stage() -> Iterator[Path]:
    """A temporary course tree. Lessons are made and executed in it, so that the real one keeps no trace."""
    with tempfile.TemporaryDirectory(prefix="snnlab-build-") as folder:
        yield Path(folder).resolve()


def _build_one(lesson: Lesson, stage: Path, timeout: float, written: list[Path]) -> list[str]:
    """Build one lesson in the temporary tree; write only if there is no problem."""
    pair, problems = _make(lesson, stage)
    if pair is None or problems:
        return problems
    staged = Lesson(stage, lesson.name)
    for path, notebook, folder, released in (
        (lesson.solution, pair.solution, staged.solution.parent, False),
        (lesson.release, pair.release, staged.release.parent, True),
    ):
        try:
            execute(notebook, folder, timeout=timeout, SNNLAB_COURSE=str(lesson.course))
        except RuntimeError as error:
            return _prefixed(lesson, path, [str(error)])
        problems += _prefixed(lesson, path, wrong_outputs(notebook, released=released))
    pair.solution, pair.release = notebooks.normalised(pair.solution), notebooks.normalised(pair.release)
    problems = problems or broken_rules(lesson, pair.solution, pair.release)
    if not problems:
        files: list[tuple[Path, str | bytes]] = [
            (lesson.solution, notebooks.as_text(pair.solution)),
            (lesson.release, notebooks.as_text(pair.release)),
        ]
        files += [
            (lesson.release.parent / name, (lesson.source.parent / name).read_bytes()) for name in pair.data
        ]
        written += [path for path, content in files if notebooks.write(path, content)]
    return problems


def _make(lesson: Lesson, stage: Path) -> tuple[_Pair | None, list[str]]:
    """Both notebooks made in the temporary tree (or None, with the reason), and problems seen so far."""
    from snnlab.course.release import release  # here, not above: only these two commands need nbgrader

    staged = Lesson(stage, lesson.name)
    try:
        if not lesson.source.exists():
            raise ValueError("the source: is missing (a folder of solutions/ holds a source of its own name)")
        solution, data = notebooks.from_source(lesson.source)
        faults = guards.code_is_valid(solution)
        if faults:
            raise ValueError(faults[0])
        add_badge(solution, lesson)
        notebooks.write(staged.solution, notebooks.as_text(solution))
        for name in data:
            if Path(name).is_absolute() or ".." in Path(name).parts:
                raise ValueError(f"data: must be files beside the source, got {name!r}")
            notebooks.write(staged.solution.parent / name, (lesson.source.parent / name).read_bytes())
        release(stage, lesson.name)
        student = notebooks.normalised(notebooks.read(staged.release))
    except (ValueError, OSError) as error:
        return None, _prefixed(lesson, lesson.source, str(error).splitlines()[:1])
    return _Pair(solution, student, data), _prefixed(lesson, lesson.source, exercises.holes(student))


def check(course: Path = Path(), lessons: Sequence[str] | None = None) -> list[str]:
    """Compare sources and notebooks without executing anything.

    Returns the problems in words, each naming file and cell: what drifted from its source, and what breaks
    a rule of the course. Raises ModuleNotFoundError if nbgrader is missing.
    """
    problems = [] if lessons else strays(course)
    with _stage() as stage:
        for lesson in find(course, lessons):
            pair, found = _make(lesson, stage)
            problems += found or (_compared(lesson, pair) if pair else [])
    return problems


def _compared(lesson: Lesson, pair: _Pair) -> list[str]:
    stored, problems = [], []
    for path, expected in ((lesson.solution, pair.solution), (lesson.release, pair.release)):
        if not path.exists():
            problems.append(f"{lesson.shown(path)}: is missing (run: snnlab build {lesson.name})")
            continue
        notebook = notebooks.read(path)
        stored.append(notebook)
        found = differences(expected, notebook)
        hint = f"(edit {lesson.shown(lesson.source)}, then run: snnlab build {lesson.name})"
        problems += [f"{text} {hint}" for text in _prefixed(lesson, path, found)]
    problems += _other_files(lesson, pair.data)
    # Rules are worth reading once the files agree: until then they would repeat what is said above.
    return problems or broken_rules(lesson, *stored)


def differences(expected: NotebookNode, stored: NotebookNode) -> list[str]:
    """Where a stored notebook is not the one that its source makes (outputs are not compared)."""
    wanted, there = list(expected.cells), list(stored.cells)
    problems: list[str] = []
    # Aligned by content: a cell that was put in shifts the numbers of all later ones, and is one difference.
    texts = [[(cell.cell_type, cell.source) for cell in cells] for cells in (wanted, there)]
    for kind, a, b, c, d in difflib.SequenceMatcher(a=texts[0], b=texts[1], autojunk=False).get_opcodes():
        pairs = list(zip(wanted[a:b], there[c:d], strict=False))
        problems += [f"{label(new)}: {text}" for new, old in pairs for text in _cell_differences(new, old)]
        if kind != "equal":
            problems += [f"{label(cell)}: is missing" for cell in wanted[a + len(pairs) : b]]
            problems += [f"{label(cell)}: is not in the source" for cell in there[c + len(pairs) : d]]
    if not problems and [cell.id for cell in wanted] != [cell.id for cell in there]:
        problems.append("the ids of the cells: are not those of a built notebook")
    if (stored.metadata, stored.nbformat, stored.nbformat_minor) != (expected.metadata, 4, 5):
        problems.append("the notebook's metadata: are not those of a built notebook (saved in Jupyter?)")
    return problems


def _cell_differences(wanted: NotebookNode, there: NotebookNode) -> Iterator[str]:
    if wanted.cell_type != there.cell_type:
        yield f"is {wanted.cell_type} in the source, {there.cell_type} in the notebook"
    elif wanted.source != there.source:
        ends = [*wanted.source.split("\n"), "(nothing)"], [*there.source.split("\n"), "(nothing)"]
        changed = (n for n, (new, old) in enumerate(zip(*ends, strict=False)) if new != old)
        line = next(changed)
        new, old = (end[line] for end in ends)
        same = next((n for n, (a, b) in enumerate(zip(new, old, strict=False)) if a != b), len(old))
        new, old = (text[max(0, same - 30) :].strip()[:60] for text in (new, old))
        yield f"line {line + 1} is {old!r}, the source makes {new!r}"
    elif wanted.metadata != there.metadata:
        yield f"its metadata are {dict(there.metadata)}, the source makes {dict(wanted.metadata)}"
    elif there.cell_type == "code" and there.execution_count is None and IGNORE_OUTPUT not in tags(there):
        yield "was not executed"


def _other_files(lesson: Lesson, data: list[str]) -> list[str]:
    """The student's folder holds the notebook, the declared data files, and nothing else."""
    folder, problems = lesson.release.parent, []
    for name in data:
        path = folder / name
        if not path.exists() or path.read_bytes() != (lesson.source.parent / name).read_bytes():
            problems.append(
                f"{lesson.shown(path)}: is not the data file of the source (run: snnlab build {lesson.name})"
            )
    known = {lesson.release.name, *(Path(name).parts[0] for name in data)}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name not in known and not path.name.startswith(".") and path.name != "__pycache__":
            problems.append(
                f"{lesson.shown(path)}: does not come from the source (data files are declared in its header)"
            )
    return problems


def broken_rules(lesson: Lesson, solution: NotebookNode, release: NotebookNode) -> list[str]:
    """All rules of the course, on both executed notebooks of a lesson."""
    problems = []
    for path, notebook, released in ((lesson.solution, solution, False), (lesson.release, release, True)):
        found = [*guards.guard(notebook), *wrong_outputs(notebook, released=released)]
        found += exercises.checks_answer(notebook, released=released)
        found += [
            *standard.parts(lesson, notebook, released=released),
            *standard.has_opening_picture(notebook),
        ]
        problems += _prefixed(lesson, path, found)
    declared = exercises.declared(lesson)
    found = [
        *exercises.ids_and_points(lesson, solution, declared),
        *exercises.at_most_four_graded(lesson, solution),
    ]
    problems += _prefixed(lesson, lesson.source, found)
    found = [
        *exercises.holes(release),
        *exercises.stubs_agree(solution, release),
        *exercises.no_leak(solution, release),
    ]
    return problems + _prefixed(lesson, lesson.release, found)


def _prefixed(lesson: Lesson, path: Path, problems: Sequence[str]) -> list[str]:
    return [f"{lesson.shown(path)}, {problem}" for problem in problems]
