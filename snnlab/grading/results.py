"""Results that survive a crash: one JSON line for each, appended and synced before it counts.

A line is one result. One that was cut off by a crash is not read, and its submission is graded again. A second grader
on the same folder is refused.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from snnlab.course.notebooks import write
from snnlab.grading.lesson import digest

KEY = ("lesson", "student", "hash", "lesson_version", "grader_version", "seed")


def key(record: dict[str, Any]) -> tuple[Any, ...]:
    """What a result belongs to. The same key gives the same marks."""
    return tuple(record[name] for name in KEY)


def file_name(student: str) -> str:
    """A student's id as the name of a file; two ids never share one.

    >>> file_name("ada"), file_name("../ada")[:6]
    ('ada', '.._ada')
    """
    plain = re.sub(r"[^\w.@+-]", "_", student, flags=re.ASCII)[:80]
    itself = plain == student and plain.strip(".") and not re.search(r"-[0-9a-f]{8}$", plain)
    return plain if itself else f"{plain}-{digest(student.encode())[:8]}"


class Results:
    """The results in one folder. Use it in a `with`: only one grader has it at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "results.jsonl"

    def __enter__(self) -> "Results":
        for name in ("", "notebooks", "feedback"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self._file = self.path.open("ab+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise ValueError(f"grade.out: must be free, and another grader works in {self.folder}") from None
        self._repair()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _repair(self) -> None:
        """Cut off what a crash left of a last line."""
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(0)
        whole = self._file.read().rfind(b"\n") + 1
        if whole < size:
            self._file.truncate(whole)

    def read(self) -> Iterator[dict[str, Any]]:
        """All records, oldest first."""
        for line in self.path.read_bytes().splitlines():
            yield json.loads(line)

    def add(self, record: dict[str, Any], executed: str, feedback: str) -> None:
        """Store a result: its files first, so that a line never stands without them."""
        name = file_name(record["student"])
        if executed:
            write(self.folder / "notebooks" / f"{name}.ipynb", executed)
        write(self.folder / "feedback" / f"{name}.html", feedback)
        self._file.write(json.dumps(record, ensure_ascii=True).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
