"""nbgrader's gradebook, so that its formgrader can open the class for manual marks.

It is written in one place, by one process, after all code of students has ended; workers never see it. Merging again
brings new automatic scores and leaves manual ones, extra credit and comments as they are.
"""

import contextlib
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import nbformat

from snnlab.course.lessons import Lesson
from snnlab.course.notebooks import write
from snnlab.grading.feedback import MANUAL
from snnlab.grading.intake import Handed
from snnlab.grading.lesson import Bundle, as_notebook, digest
from snnlab.grading.results import file_name
from snnlab.grading.sanitise import clean

CONFIG = '''"""The folder of a class for nbgrader: `jupyter lab` in here, and Formgrader in its menu."""

c = get_config()  # noqa: F821
c.CourseDirectory.root = {root!r}
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.CourseDirectory.db_url = {db!r}
'''


@dataclass(frozen=True)
class Manual:
    """What a person changed. comments : by cell."""

    score: float
    comments: Mapping[str, str]


def merge(
    out: Path,
    lesson: Lesson,
    bundle: Bundle,
    records: Mapping[str, Mapping[str, Any]],
    handed: Sequence[Handed],
) -> dict[str, Manual]:
    """Bring results into out/nbgrader, and return the manual marks that are there, by student."""
    folder = (out / "nbgrader").resolve()
    with _gradebook(folder, lesson, bundle) as book:
        path = folder / "merged.json"
        merged = json.loads(path.read_text()) if path.exists() else {}
        files = {one.student: one for one in handed if not one.superseded}
        for student, record in records.items():
            mark = digest(json.dumps(record, sort_keys=True).encode())
            if merged.get(f"{lesson.name} {student}") != mark:
                _add(book, folder, out, bundle, record, files[student])
                merged[f"{lesson.name} {student}"] = mark
        write(path, json.dumps(merged))
        found = _manual(book, lesson.name)
    by_id = {nbgrader_id(student): student for student in records}
    manual = {by_id[id]: one for id, one in found.items() if id in by_id}
    for student, one in manual.items():
        _show(out / "feedback" / f"{file_name(student)}.html", one)
    return manual


def nbgrader_id(student: str) -> str:
    """The student's id in the gradebook, where it is also the name of a folder."""
    return file_name(student)


@contextlib.contextmanager
def _gradebook(folder: Path, lesson: Lesson, bundle: Bundle) -> Iterator[Any]:
    """The open gradebook with the lesson in it."""
    from nbgrader.api import Gradebook

    from snnlab.course.release import release

    db = f"sqlite:///{folder / 'gradebook.db'}?timeout=60"
    known = folder / "lessons" / lesson.name / "version"
    if not known.exists() or known.read_text() != bundle.version:
        source = folder / "solutions" / lesson.name
        write(source / f"{lesson.name}.ipynb", lesson.solution.read_bytes())
        for name, content in bundle.data.items():
            write(source / name, content)
        write(folder / "nbgrader_config.py", CONFIG.format(root=str(folder), db=db))
        release(folder, lesson.name)
        write(known, bundle.version)
    with warnings.catch_warnings(), Gradebook(db) as book:
        warnings.simplefilter("ignore")  # SQLAlchemy's, of how nbgrader adds a submission
        yield book


def _add(book: Any, folder: Path, out: Path, bundle: Bundle, record: Mapping[str, Any], one: Handed) -> None:
    id, name = nbgrader_id(record["student"]), record["lesson"]
    book.update_or_create_student(id, first_name=one.name or None)
    when = datetime.fromtimestamp(one.modified, UTC).replace(tzinfo=None)
    submission = book.update_or_create_submission(name, id, timestamp=when)
    scores = {question.replace(".", "-"): report for question, report in record["exercises"].items()}
    for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
        report = scores.get(grade.name.removeprefix("check-"))
        before, grade.auto_score = grade.auto_score, None if report is None else report["score"]
        moved = grade.manual_score is not None and before is not None and before != grade.auto_score
        grade.needs_manual_grade = (
            grade.auto_score is None
            or moved
            or bool(grade.needs_manual_grade and grade.manual_score is not None)
        )
    book.db.commit()
    # What nbgrader counts as submissions: folders with the time in them.
    write(folder / "submitted" / id / name / "timestamp.txt", f"{when:%Y-%m-%d %H:%M:%S} UTC")
    executed = out / "notebooks" / f"{file_name(record['student'])}.ipynb"
    target = folder / "autograded" / id / name / f"{name}.ipynb"
    readable = record["status"] not in ("unreadable", "failed") and executed.exists()
    write(target, executed.read_text(encoding="utf-8") if readable else _blank(bundle, record["reason"]))


def _blank(bundle: Bundle, reason: str) -> str:
    """What formgrader shows of a file that could not be read: the blank lesson, and the reason."""
    notebook = as_notebook(bundle.release)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"<div>Not graded: {escape(reason)}</div>"))
    return nbformat.writes(notebook)


def _manual(book: Any, name: str) -> dict[str, Manual]:
    found = {}
    for submission in book.assignment_submissions(name):
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        comments = {
            c.name: c.comment
            for notebook in submission.notebooks
            for c in notebook.comments
            if c.manual_comment
        }
        marked = any(grade.manual_score is not None or grade.extra_credit for grade in grades)
        if marked or comments:
            found[submission.student.id] = Manual(round(sum(grade.score for grade in grades), 2), comments)
    return found


def _show(path: Path, one: Manual) -> None:
    """Write the manual marks into a student's page."""
    if not path.exists():
        return
    before, _, after = path.read_text(encoding="utf-8").partition(MANUAL)
    end = "<!-- end -->"
    after = after.partition(end)[2] if end in after else after
    said = "".join(f"<li>{escape(cell)}: {clean(escape(text))}</li>" for cell, text in one.comments.items())
    text = f"<p>With your instructor's marks: <strong>{one.score:g} points</strong></p><ul>{said}</ul>"
    write(path, f"{before}{MANUAL}{text}{end}{after}")
