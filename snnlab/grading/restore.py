"""A submission's bytes as the notebook that is run: read with suspicion, its checks and points put back.

Nothing of the file is believed but the text of its cells and their order. Which cell is which is told by nbgrader's
id, by the cell's own id, or by what it calls, since tools and students change the first two.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode

from snnlab.checks.exercise import Exercise
from snnlab.course.exercises import exercise_id
from snnlab.course.notebooks import METADATA, grade_id
from snnlab.grading.ask import argument

MOST_CELLS, MOST_SOURCE = 2_000, 5_000_000
CELL_TYPES = ("code", "markdown", "raw")
SHOWN = ("text/plain", "image/png", "image/jpeg", "text/html", "text/markdown", "image/svg+xml")
MOST_LINES = 1_000  # of a traceback


class Unreadable(ValueError):
    """A file that is no notebook, with the reason in words that a student understands."""


@dataclass(frozen=True)
class Question:
    """An exercise of a lesson. check, solutions : its cells in the student's notebook.   argument : what it hands in."""

    exercise: Exercise
    argument: str
    check: NotebookNode
    solutions: tuple[NotebookNode, ...]


@dataclass
class Plan:
    """A restored notebook and what is done with its cells, in order.

    steps : (position, exercise id or ""): cells to run, and cells at whose place an exercise is asked.
    notes : what was put back, for the student and the instructor.
    """

    notebook: NotebookNode
    steps: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def questions(release: NotebookNode, exercises: Mapping[str, Exercise]) -> dict[str, Question]:
    """The exercises that a lesson's student notebook asks, by id, in its order."""
    found = {}
    for cell in release.cells:
        for id, exercise in exercises.items():
            if cell.cell_type == "code" and f"check.{exercise.attribute}(" in cell.source and id not in found:
                solutions = tuple(c for c in release.cells if _solves(c) == id)
                found[id] = Question(exercise, argument(cell.source, exercise), cell, solutions)
    return found


def _solves(cell: NotebookNode) -> str:
    return exercise_id(grade_id(cell)) if cell.metadata.get("nbgrader", {}).get("solution") else ""


# ---------------------------------------------------------------- reading


def read(data: bytes) -> NotebookNode:
    """The notebook in a file, with nothing but its cells. Raises Unreadable."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is no UTF-8 text (byte {error.start})") from None
    try:
        found = json.loads(text)
    except RecursionError:
        raise Unreadable("is nested too deeply to be a notebook") from None
    except ValueError as error:
        cut = " (it is empty)" if not text.strip() else " (was it cut off?)"
        raise Unreadable(f"is no JSON, so no notebook: {str(error)[:80]}{cut}") from None
    cells = _cells_of(found)
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"has {len(cells):,} cells, and at most {MOST_CELLS:,} are read")
    notebook = nbformat.v4.new_notebook(metadata=METADATA)
    notebook.cells = [_cell(cell, place) for place, cell in enumerate(cells, start=1)]
    if sum(len(cell.source) for cell in notebook.cells) > MOST_SOURCE:
        raise Unreadable(f"has more than {MOST_SOURCE:,} letters in its cells")
    return notebook


def _cells_of(found: Any) -> list[Any]:
    if not isinstance(found, dict):
        raise Unreadable("is JSON, but no notebook")
    version = found.get("nbformat")
    if version == 3 and isinstance(found.get("worksheets"), list):
        sheets = [sheet for sheet in found["worksheets"] if isinstance(sheet, dict)]
        lists = [sheet["cells"] for sheet in sheets if isinstance(sheet.get("cells"), list)]
        cells = [cell for cells in lists for cell in cells if isinstance(cell, dict)]
        return [{**cell, "source": cell.get("input", cell.get("source"))} for cell in cells]
    if version != 4:
        raise Unreadable(f"is a notebook of format {whole(str(version))[:20]}, and not 4")
    if not isinstance(found.get("cells"), list):
        raise Unreadable("is a notebook without cells")
    return found["cells"]


def _cell(cell: Any, place: int) -> NotebookNode:
    if not isinstance(cell, dict):
        raise Unreadable(f"has something else than a cell in place {place}")
    kind = cell.get("cell_type")
    if kind not in CELL_TYPES:
        kind = "markdown" if kind == "heading" else "raw"
    new = NotebookNode(
        cell_type=kind, id=f"cell-{place}", source=_text(cell.get("source")), metadata=NotebookNode()
    )
    meta = cell.get("metadata")
    named = meta.get("nbgrader") if isinstance(meta, dict) else None
    new.theirs = [
        name
        for name in (isinstance(named, dict) and named.get("grade_id"), cell.get("id"))
        if isinstance(name, str)
    ]
    if kind == "markdown" and isinstance(cell.get("attachments"), dict):
        new.attachments = {  # pictures that an answer in words shows
            _text(name): {kind: _text(kinds.get(kind)) for kind in SHOWN}
            for name, kinds in cell["attachments"].items()
            if isinstance(kinds, dict)
        }
    if kind == "code":
        new.execution_count = None
        new.outputs = [one for one in map(output, _list(cell.get("outputs"))) if one is not None]
    return new


def _list(value: Any) -> list[Any]:
    return value[:200] if isinstance(value, list) else []


def _text(source: Any) -> str:
    """A cell's text: a string or a list of lines. Halves of surrogate pairs would not go through a socket."""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return whole(source) if isinstance(source, str) else ""


def whole(text: str) -> str:
    """Text that can be written to a file: half of a surrogate pair, which JSON can hold, can not."""
    return text.encode("utf-8", "replace").decode()


def whole_value(value: Any) -> Any:
    """A copy of a JSON value in which every text can be written to a file."""
    return json.loads(whole(json.dumps(value, ensure_ascii=False, default=str)))


def output(found: Any) -> NotebookNode | None:
    """A copy of what is shown of an output, if it is one. nbformat's own check of a hostile one takes minutes and gigabytes."""
    if not isinstance(found, dict):
        return None
    kind, data = found.get("output_type"), found.get("data")
    new = NotebookNode(output_type=kind)
    if kind == "stream" and found.get("name") in ("stdout", "stderr"):
        new.name, new.text = found["name"], _text(found.get("text"))
    elif kind == "error":
        lines = found.get("traceback")
        new.ename, new.evalue = _text(found.get("ename")), _text(found.get("evalue"))
        new.traceback = [_text(line) for line in lines[:MOST_LINES]] if isinstance(lines, list) else []
    elif kind in ("display_data", "execute_result") and isinstance(data, dict):
        new.metadata = NotebookNode()
        new.data = NotebookNode({name: text for name in SHOWN if (text := _text(data.get(name)))})
        if kind == "execute_result":
            new.execution_count = None
    else:
        return None
    return new


# ---------------------------------------------------------------- restoring


def others(release: NotebookNode, asked: Mapping[str, Question]) -> list[NotebookNode]:
    """The lesson's further cells that nbgrader knows: answers in words that are marked by hand, given code."""
    used = {cell.id for question in asked.values() for cell in (question.check, *question.solutions)}
    return [cell for cell in release.cells if grade_id(cell) and cell.id not in used]


def restore(
    notebook: NotebookNode, asked: Mapping[str, Question], other: Sequence[NotebookNode] = ()
) -> Plan:
    """Find the exercises in a student's notebook, put back what was deleted or edited, and say what is to be run.

    A deleted check or solution cell is put back (the blank is not run, since the student's code may have moved). An
    edited check is replaced; of copies the last one counts, and the others run as ordinary cells. Points and ids
    are the lesson's.   other : cells of `others`.
    """
    plan = Plan(notebook)
    cells = notebook.cells
    chosen: dict[
        int, tuple[NotebookNode, str]
    ] = {}  # position -> (cell of the lesson, exercise that is asked there)
    after: dict[int, list[str]] = {}  # position -> exercises that are asked after this cell
    blanks: list[tuple[int, NotebookNode]] = []
    for id, question in asked.items():
        last = -1
        for solution in question.solutions:
            places = _places(cells, solution, chosen)
            if places:
                last = max(last, places[-1])
                chosen[places[-1]] = (solution, "")
                plan.notes += [f"{solution.id} is there {len(places)} times: all are run"] * (len(places) > 1)
            else:
                plan.notes.append(f"{solution.id} was deleted: its blank is put back, and not run")
                blanks.append((last, solution))
        places = _places(cells, question.check, chosen)
        calling = [
            place for place, cell in enumerate(cells) if _calls(cell, question) and place not in chosen
        ]
        if places and places[-1] > last:
            chosen[places[-1]] = (question.check, id)
            plan.notes += [f"{question.check.id} is there {len(places)} times: the last one counts"] * (
                len(places) > 1
            )
            if cells[places[-1]].source.strip() != question.check.source.strip():
                plan.notes.append(f"{question.check.id} was edited: the lesson's own is asked")
            continue
        plan.notes.append(
            f"{question.check.id} {'was moved' if places or calling else 'was deleted'}: it is put back"
        )
        place = max([last, *calling]) if last >= 0 or calling else len(cells) - 1
        after.setdefault(place, []).append(id)
    for original in other:
        places = _places(cells, original, chosen)
        if places:
            chosen[places[-1]] = (original, "")
        else:
            plan.notes.append(f"{original.id} was deleted: it is put back as it was")
            blanks.append((len(cells) - 1, original))
    _assemble(plan, chosen, after, blanks, asked)
    return plan


def _places(cells: Sequence[NotebookNode], wanted: NotebookNode, taken: Mapping[int, Any]) -> list[int]:
    names = {wanted.id, grade_id(wanted)} - {""}
    found = [place for place, cell in enumerate(cells) if names & set(cell.theirs)]
    return [place for place in found if place not in taken]


def _calls(cell: NotebookNode, question: Question) -> bool:
    return (
        cell.cell_type == "code"
        and re.search(rf"\bcheck\.{question.exercise.attribute}\(", cell.source) is not None
    )


def _assemble(
    plan: Plan, chosen: Mapping[int, tuple[NotebookNode, str]], after: Mapping[int, list[str]],
    blanks: Sequence[tuple[int, NotebookNode]], asked: Mapping[str, Question],
) -> None:  # fmt: skip
    """Write the restored notebook and the steps."""
    cells: list[NotebookNode] = []
    for place, cell in enumerate([None, *plan.notebook.cells], start=-1):
        if cell is not None:
            original, id = chosen.get(place, (None, ""))
            if original is not None:
                if cell.cell_type != original.cell_type:
                    plan.notes.append(
                        f"{original.id} is a {cell.cell_type} cell: it is made a {original.cell_type} cell again"
                    )
                attached = cell.get("attachments")
                cell = _as(original, original.source if id else cell.source, cell.get("outputs", []))
                if attached and cell.cell_type == "markdown":
                    cell.attachments = attached
            if cell.cell_type == "code":
                plan.steps.append((len(cells), id))
            cells.append(cell)
        cells += [_as(blank, blank.source, []) for before, blank in blanks if before == place]
        for id in after.get(place, []):
            plan.steps.append((len(cells), id))
            cells.append(_as(asked[id].check, asked[id].check.source, []))
    for number, cell in enumerate(cells):
        cell.pop("theirs", None)
        if not cell.metadata.get("nbgrader"):
            cell.id = f"cell-{number}"
    plan.notebook.cells = cells


def _as(original: NotebookNode, source: str, outputs: list[NotebookNode]) -> NotebookNode:
    """A cell of the lesson with a student's source; metadata, id and kind are the lesson's."""
    cell = NotebookNode(
        cell_type=original.cell_type, id=original.id, source=source, metadata=original.metadata
    )
    if cell.cell_type == "code":
        cell.execution_count, cell.outputs = None, list(outputs)
    return cell
