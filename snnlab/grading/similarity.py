"""Pairs of submissions that are too alike, by RapidFuzz's ratio of what students wrote themselves.

Compared are the lines of the exercises' cells that are not in the lesson, names and comments included: right answers
to a short exercise agree in structure anyway, and what gives a copy away is its wording. A pair is no proof.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snnlab.grading.lesson import as_notebook
from snnlab.grading.results import file_name

SHORTEST, ALIKE, MOST = 120, 90.0, 100  # letters; %; pairs in the report
LONGEST = 20_000  # letters that are compared: the time grows with the square of the length


@dataclass(frozen=True)
class Pair:
    """Two students. ratio : % of text in common.   exercises : cells whose own lines are the same."""

    one: str
    other: str
    ratio: float
    exercises: tuple[str, ...]


def pairs(out: Path, records: Iterable[str], release: str) -> list[Pair]:
    """The pairs of students whose own text is at least 90 % the same, the most alike first."""
    from rapidfuzz import fuzz, process

    known = own_lines(release)
    texts = {}
    for student in records:
        path = out / "notebooks" / f"{file_name(student)}.ipynb"
        if path.exists():
            texts[student] = _written(own_lines(path.read_text(encoding="utf-8")), known)
    whole = {student: "\n".join(text.values())[:LONGEST] for student, text in texts.items()}
    names = [student for student, text in whole.items() if len(text) >= SHORTEST]
    if len(names) < 2:
        return []
    found = []
    choices = [whole[name] for name in names]
    for place, name in enumerate(names[:-1]):
        for _, ratio, at in process.extract(
            whole[name], choices[place + 1 :], scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None
        ):
            other = names[place + 1 + at]
            same = tuple(
                cell for cell, text in texts[name].items() if text and texts[other].get(cell) == text
            )
            found.append(Pair(name, other, ratio, same))
    return sorted(found, key=lambda pair: (-pair.ratio, pair.one, pair.other))[:MOST]


def own_lines(notebook: str) -> dict[str, list[str]]:
    """The lines of each exercise's cell."""
    cells: Iterable[Any] = as_notebook(notebook).cells
    return {
        cell.id: [line.strip() for line in cell.source.splitlines()]
        for cell in cells
        if cell.id.startswith("ex-")
    }


def _written(lines: Mapping[str, list[str]], known: Mapping[str, list[str]]) -> dict[str, str]:
    return {
        cell: "\n".join(line for line in own if line and line not in known.get(cell, []))
        for cell, own in lines.items()
    }
