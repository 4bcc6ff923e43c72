"""Marks as tables: everything in one CSV, and the formats that Canvas and Moodle import."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from snnlab.course.notebooks import write
from snnlab.grading.intake import Handed

Row = dict[str, Any]
_FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")


def rows(
    records: Mapping[str, Mapping[str, Any]],
    handed: Sequence[Handed],
    students: Mapping[str, str],
    manual: Mapping[str, float],
) -> list[Row]:
    """One row for each student: those who handed in, and those of the roster who did not.

    records : the latest by student.   manual : scores from the gradebook, which come before the automatic ones.
    """
    files = {one.student: one for one in handed if not one.superseded}
    found = []
    for student in sorted({*files, *students}):
        one, record = files.get(student), records.get(student)
        name = students.get(student) or (one.name if one else "")
        if one is None or record is None:
            found.append(
                {"student": student, "name": name, "status": "missing" if one is None else "not graded"}
            )
            continue
        others = sum(other.superseded for other in handed if other.student == student)
        row = {
            "student": student, "name": name, "status": record["status"], "score": manual.get(student, record["score"]),
            "points": record["points"], "automatic": record["score"], "late": "late" if one.late else "",
            "reason": record["reason"], "superseded files": others or "", "file": one.shown,
            "on the roster": "" if not students or student in students else "no",
        }  # fmt: skip
        row |= {f"{id} state": exercise["state"] for id, exercise in record["exercises"].items()}
        row |= {
            f"{id} score": exercise["score"]
            for id, exercise in record["exercises"].items()
            if exercise["points"]
        }
        row |= {"cpu (s)": record["cpu"], "hash": record["hash"], "seed": record["seed"]}
        found.append(row)
    return found


def write_table(path: Path, table: Sequence[Row]) -> None:
    """A CSV; the columns are those of all rows, in the order in which they come up."""
    columns = list(dict.fromkeys(column for row in table for column in row))
    _write(path, [columns, *([row.get(column, "") for column in columns] for row in table)])


def canvas(path: Path, table: Sequence[Row], title: str) -> None:
    """Canvas's gradebook import. title : of the assignment, with its number: "LIF neuron (1234)"."""
    points = next((row["points"] for row in table if "points" in row), "")
    lines = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title],
        ["    Points Possible", "", "", "", "", points],
    ]
    _write(
        path, [*lines, *([row["name"], row["student"], "", "", "", row.get("score", "")] for row in table)]
    )


def moodle(path: Path, table: Sequence[Row]) -> None:
    """Moodle's offline grading worksheet."""
    columns = [
        "Identifier",
        "Full name",
        "Status",
        "Grade",
        "Maximum Grade",
        "Grade can be changed",
        "Feedback comments",
    ]
    lines = []
    for row in table:
        said = row["status"] + (f": {row['reason']}" if row.get("reason") else "")
        lines.append([f"Participant {row['student']}", row["name"], "Submitted for grading" if row["status"] != "missing" else "No submission",
                      row.get("score", ""), row.get("points", ""), "Yes", said])  # fmt: skip
    _write(path, [columns, *lines])


def _write(path: Path, lines: Sequence[Sequence[Any]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([list(map(_cell, line)) for line in lines])
    write(path, text.getvalue())


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: names of files and students are what somebody typed.

    >>> _cell("=1+1"), _cell(-1.5), _cell("ada")
    ("'=1+1", -1.5, 'ada')
    >>> _cell("a;=1+1")  # where a comma is the decimal sign, a semicolon separates cells
    "a;'=1+1"
    """
    return _FORMULA.sub("'", value) if isinstance(value, str) else value


def latest(records: Iterator[dict[str, Any]], lesson: str) -> dict[str, dict[str, Any]]:
    """The last record of each student."""
    return {record["student"]: record for record in records if record["lesson"] == lesson}
