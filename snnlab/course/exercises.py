"""Rules for the exercises of a lesson: ids and points, holes, checks, and that nothing of a solution leaks.

An exercise is three things that must agree: a cell of the source (`grade_id` "ex-01-2") with its solution
between nbgrader's markers, a cell that checks it ("check-01-2"), and its declaration in the course's checks
(points, wrong answers). An *extra* ("01.x1") is checked, but not graded.
"""

import ast
import re
from collections.abc import Iterator, Mapping

from nbformat import NotebookNode

from snnlab.checks import Exercise, load
from snnlab.course.guards import parsed
from snnlab.course.lessons import Lesson
from snnlab.course.notebooks import every_text, grade_id, label, tags

TEACHING_NOTE, BUG_HUNT = "teaching-note", "bug-hunt"
MAX_GRADED, MIN_WRONG = 4, 3
# A last letter tells apart several cells of one exercise: ex-01-2, ex-01-2b.
_ID = re.compile(r"(ex|check)-([0-9A-Z]{2})-(x?\d+)[b-z]?")
_MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME")


def exercise_id(identity: str) -> str:
    """ "01.2" of the cell id "ex-01-2" (or "check-01-2"), "01.x1" of "ex-01-x1"; else an empty string."""
    found = _ID.fullmatch(identity)
    return f"{found[2]}.{found[3]}" if found else ""


def is_solution(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def exercise_cells(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """(exercise id, cell) of every code cell that a student fills in."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_solution(cell):
            yield exercise_id(grade_id(cell)), cell


def split(source: str) -> tuple[list[str], list[str]]:
    """The lines of a cell outside nbgrader's markers, and those inside (solutions, hidden tests)."""
    public: list[str] = []
    secret: list[str] = []
    inside = False
    for line in source.splitlines():
        if "### BEGIN " in line or "### END " in line:
            inside = "### BEGIN " in line
        else:
            (secret if inside else public).append(line)
    return public, secret


def ids_and_points(lesson: Lesson, notebook: NotebookNode, declared: Mapping[str, Exercise]) -> list[str]:
    """Every exercise has an id, a declaration with points and wrong answers, and a cell that checks it."""
    problems, seen = [], []
    for identity, cell in exercise_cells(notebook):
        if not identity.startswith(f"{lesson.number}."):
            problems.append(
                f'{label(cell)}: grade_id: must be like "ex-{lesson.number}-1", got {grade_id(cell)!r}'
            )
        elif not split(cell.source)[1]:
            problems.append(f"{label(cell)}: has nothing between ### BEGIN SOLUTION and ### END SOLUTION")
        elif identity not in seen:
            seen.append(identity)
            problems += [f"{label(cell)}: {text}" for text in _declaration(identity, declared.get(identity))]
            problems += [
                f"{label(cell)}: {text}" for text in _check_cell(identity, notebook, declared.get(identity))
            ]
    for identity in declared:
        if identity not in seen:
            problems.append(
                f"exercise {identity}: is declared in the checks, but the source has no cell for it"
            )
    return problems


def _declaration(identity: str, exercise: Exercise | None) -> Iterator[str]:
    if exercise is None:
        yield f"exercise {identity} is not declared in the checks of its lesson"
        return
    if len(exercise.wrong) < MIN_WRONG:
        yield f"exercise {identity} must declare {MIN_WRONG} wrong answers, got {len(exercise.wrong)}"
    if ".x" not in identity and not exercise.points > 0:
        hint = f"an extra is called {identity[:2]}.x1"
        yield f"exercise {identity} must declare points > 0, got {exercise.points!r} ({hint})"


def _check_cell(identity: str, notebook: NotebookNode, exercise: Exercise | None) -> Iterator[str]:
    name, dashed = identity.replace(".", "_"), identity.replace(".", "-")
    calling = [cell for cell in notebook.cells
               if cell.cell_type == "code" and re.search(rf"\bcheck\.ex_{name}\(", cell.source)]  # fmt: skip
    if not calling:
        yield f"no cell calls check.ex_{name}(...)"
    meta = next((c.metadata["nbgrader"] for c in notebook.cells if grade_id(c) == f"check-{dashed}"), None)
    if ".x" in identity:
        if meta is not None and meta.get("grade"):
            yield f"exercise {identity} is an extra, so its check cell must not be graded"
    elif meta is None or not meta.get("grade") or not meta.get("locked"):
        wanted = f'{{"grade_id": "check-{dashed}", "grade": true, "locked": true, "points": ...}}'
        yield f"needs a check cell with nbgrader={wanted}"
    elif exercise is not None and meta.get("points") != exercise.points:
        yield f"its check cell gives {meta.get('points')!r} points, its declaration {exercise.points!r}"


def checks_answer(notebook: NotebookNode, *, released: bool) -> list[str]:
    """Each check says "passed" in the executed solution, and "not done yet" in the student's notebook."""
    wanted = "is not done yet" if released else "passed"
    problems = []
    for identity in dict.fromkeys(identity for identity, _ in exercise_cells(notebook)):
        call = f"check.ex_{identity.replace('.', '_')}("
        calling = [cell for cell in notebook.cells if cell.cell_type == "code" and call in cell.source]
        said = "\n".join(text for cell in calling for where, text in every_text(cell) if where != "source")
        if calling and wanted not in said:
            problems.append(
                f"{label(calling[0])}: must say {wanted!r} of exercise {identity}, says {said[:60]!r}"
            )
    return problems


def at_most_four_graded(lesson: Lesson, notebook: NotebookNode) -> list[str]:
    """At most four exercises count, the bug hunt among them (00 has none: it is the start)."""
    graded = {identity for identity, _ in exercise_cells(notebook) if ".x" not in identity}
    hunts = {identity for identity, cell in exercise_cells(notebook) if BUG_HUNT in tags(cell)}
    problems = []
    if len(graded) > MAX_GRADED:
        problems.append(
            f"{lesson.name}: has {len(graded)} graded exercises, at most {MAX_GRADED} "
            f"(make the rest extras: {lesson.number}.x1)"
        )
    if re.fullmatch(r"\d\d", lesson.number) and lesson.number != "00" and len(hunts & graded) != 1:
        problems.append(
            f'{lesson.name}: must have one graded exercise tagged "{BUG_HUNT}", has {len(hunts & graded)}'
        )
    return problems


def holes(notebook: NotebookNode) -> list[str]:
    """Every exercise cell of a student's notebook has its hole, in a function, with its own id."""
    problems = []
    for identity, cell in exercise_cells(notebook):
        tree = parsed(cell.source)
        if tree is None:
            problems.append(f"{label(cell)}: the cell with its hole is not valid Python")
            continue
        functions = [
            node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        ]
        inside = {id(node) for function in functions for node in ast.walk(function)}
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        calls = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "todo"]
        if not calls:
            problems.append(f"{label(cell)}: has no hole: todo({identity!r}) is missing")
        for call in calls:
            if id(call) not in inside:
                problems.append(
                    f"{label(cell)}: its hole is outside a function (it would stop Run All: use a def)"
                )
            elif ast.unparse(call) != f"todo({identity!r})":
                problems.append(
                    f"{label(cell)}: its hole must be todo({identity!r}), got {ast.unparse(call)}"
                )
    return problems


def stubs_agree(solution: NotebookNode, release: NotebookNode) -> list[str]:
    """Every line of a stub, but the hole's call, occurs in its solution."""
    problems = []
    solved = {cell.id: cell for _, cell in exercise_cells(solution)}
    for identity, cell in exercise_cells(release):
        if cell.id not in solved:
            problems.append(f"{label(cell)}: has no cell of this id in the solution")
            continue
        known = solved[cell.id].source.splitlines()
        for line in cell.source.splitlines():
            if line not in known and line.strip() != f'todo("{identity}")':
                problems.append(
                    f"{label(cell)}: the line {line.strip()[:60]!r} of its stub is not in its solution"
                )
    return problems


def no_leak(solution: NotebookNode, release: NotebookNode) -> list[str]:
    """Nothing between nbgrader's markers and nothing of a teaching note stands in a student's notebook."""
    public = ""
    secret: dict[str, str] = {}
    for cell in solution.cells:
        note = TEACHING_NOTE in tags(cell)
        outside, inside = ([], cell.source.splitlines()) if note else split(cell.source)
        public += "\n".join([*outside, ""])
        secret |= {
            line.strip(): f"the {'teaching note' if note else 'solution'} {cell.id}" for line in inside
        }
    # Short lines ("return v") are no secret, and what the author says elsewhere in the lesson is none either.
    secret = {line: origin for line, origin in secret.items() if len(line) >= 12 and line not in public}
    problems = []
    for cell in release.cells:
        if TEACHING_NOTE in tags(cell):
            problems.append(f"{label(cell)}: is a teaching note")
            continue
        for where, text in every_text(cell):
            leaks = [line for line in secret if line in text]
            problems += [
                f"{label(cell)}: its {where} holds {line[:40]!r} of {secret[line]}" for line in leaks[:1]
            ]
            problems += [f"{label(cell)}: its {where} holds {mark!r}" for mark in _MARKERS if mark in text]
    return problems


def declared(lesson: Lesson) -> dict[str, Exercise]:
    """The exercises that the course's checks declare for a lesson, by id."""
    return load(lesson.number, lesson.course)
