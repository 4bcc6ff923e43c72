"""`snnlab grade`: from a folder of submissions to marks, pages, a report and a gradebook."""

import os
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import datetime
from pathlib import Path


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"must be a time such as 2026-11-25T17:00, got {text!r}") from None


def options(parser: ArgumentParser) -> None:
    """The words of the command."""
    add = parser.add_argument
    add(
        "submissions",
        type=Path,
        metavar="SUBMISSIONS",
        help="a folder or a zip archive, as the LMS exports it",
    )
    add("--lesson", required=True, metavar="LESSON", help="such as 01")
    add(
        "--out",
        type=Path,
        required=True,
        metavar="RESULTS",
        help="the folder of the results; run again, it goes on",
    )
    add("--course", type=Path, default=Path(), metavar="DIR", help="a course tree (default: this folder)")
    add("--students", type=Path, metavar="CSV", help="the roster, with columns student and name")
    add(
        "--due",
        type=_time,
        metavar="TIME",
        help="what was handed in later is marked late: 2026-11-25T17:00, of this machine's time zone, or ...+01:00",
    )
    add(
        "--pattern",
        default="",
        metavar="REGEX",
        help="how to find (?P<student>...) in a path, for other exports",
    )
    add(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="local processes (default: one for each core)",
    )
    add(
        "--dask",
        default="",
        metavar="ADDRESS",
        help="grade on the workers of a Dask scheduler instead: tcp://host:8786",
    )
    add("--memory", type=float, default=3.0, metavar="GB", help="of one submission (default: 3)")
    add(
        "--seed",
        type=int,
        metavar="N",
        help="of the hidden inputs (default: secret, made once for each RESULTS)",
    )
    add(
        "--canvas",
        default="",
        metavar="TITLE",
        help='the assignment\'s title in Canvas, as in "LIF neuron (1234)"',
    )
    add("--quiet", action="store_true", help="no progress bar")
    add(
        "--trusted-submissions",
        action="store_true",
        help="run without the sandbox: you know every line of code in them",
    )


def main(given: Namespace) -> int:
    """Grade; 0 if every submission has a result, 1 if some failed in the grader itself."""
    if not sys.platform.startswith("linux"):
        raise ValueError(f"grade: must run on Linux, got {sys.platform} (a virtual machine or WSL will do)")
    from snnlab.course.lessons import find
    from snnlab.course.notebooks import write
    from snnlab.grading import gradebook, intake, lesson, marks, report, results, run, sandbox, similarity

    if given.out.resolve().is_relative_to(given.submissions.resolve()):
        raise ValueError(f"grade.out: must be outside of the submissions, got {given.out}")
    if given.workers < 1:
        raise ValueError(f"grade.workers: must be at least 1, got {given.workers}")
    if not 0.5 <= given.memory <= 1024:
        raise ValueError(f"grade.memory: must be from 0.5 to 1024 GB, got {given.memory:g}")
    began = time.monotonic()
    students = intake.roster(given.students) if given.students else {}
    limits = sandbox.Limits(memory=int(given.memory * 1024**3))
    name = find(given.course, [given.lesson])[0].name
    handed = intake.find(
        given.submissions, name, pattern=given.pattern, due=given.due, students=tuple(students)
    )
    with results.Results(given.out) as store:
        if others := {record["lesson"] for record in store.read()} - {name}:
            raise ValueError(
                f"grade.out: must be a folder of its own for each lesson, and {given.out} has {min(others)}"
            )
        found, bundle = run.prepared(given.out, given.course, name, limits=limits,
                                     trusted=given.trusted_submissions, seed=given.seed)  # fmt: skip
        with run.workers(bundle, given.workers, given.dask) as made:
            counts = run.run(store, bundle, handed, made, progress=not given.quiet)
        records = marks.latest(store.read(), found.name)
        here = {one.student for one in handed}
        records = {student: record for student, record in records.items() if student in here}
        manual = gradebook.merge(given.out, found, bundle, records, handed)
        table = marks.rows(records, handed, students, {student: one.score for student, one in manual.items()})
        marks.write_table(given.out / "marks.csv", table)
        marks.moodle(given.out / "moodle.csv", table)
        marks.canvas(given.out / "canvas.csv", table, given.canvas or found.name)
        alike = similarity.pairs(given.out, records, bundle.release)
        write(given.out / "class.html", report.class_report(found.name, records, table, alike))
        lesson.forget()
    print(
        ", ".join(f"{count} {name}" for name, count in counts.items())
        + f" in {time.monotonic() - began:.0f} s"
    )
    print(f"marks.csv, class.html, feedback/ and nbgrader/ are in {given.out}")
    return 1 if counts["failed"] else 0
