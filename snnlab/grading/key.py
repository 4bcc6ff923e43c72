"""The parameters that belong to each student, for the instructor: `snnlab key`.

An exercise draws them by `own(student, ..., secret=...)`. A lesson may have a function `hand_out(student)` beside its
exercises, which returns the files that this student works on, as {name: text}. They are what a student gets of the
secret, and grading puts the same files into the student's working folder.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any


def options(parser: ArgumentParser) -> None:
    """The words of the command."""
    add = parser.add_argument
    add("--lesson", required=True, metavar="LESSON", help="such as 01")
    add("--students", type=Path, required=True, metavar="CSV", help="the roster, with a column student")
    add("--course", type=Path, default=Path(), metavar="DIR", help="a course tree (default: this folder)")
    add("--out", type=Path, required=True, metavar="CSV", help="the key: keep it to yourself")
    add(
        "--hand-out",
        type=Path,
        metavar="FOLDER",
        help="write each student's own files, in a folder of their id",
    )


def main(given: Namespace) -> int:
    """Write the key, and the files for the students."""
    from snnlab.course.lessons import find
    from snnlab.grading import intake, lesson, marks
    from snnlab.grading.results import file_name

    found = find(given.course, [given.lesson])[0]
    opened = lesson.opened(lesson.bundle(given.course, found.name)[1])
    students = list(intake.roster(given.students))
    table = [{"student": s, "exercise": id, "case": case, "name": name, "value": value} for s, id, case, name, value in key(opened, students)]  # fmt: skip
    if not table:
        raise ValueError(
            f"key.lesson: must have exercises with parameters of the student's own, and {found.name} has none"
        )
    marks.write_table(given.out, table)
    given.out.chmod(0o600)
    written = 0
    files = opened.hand_out
    if given.hand_out and files is None:
        raise ValueError(
            f"key.hand-out: must have files to write, and ex_{found.number}.py has no function hand_out(student)"
        )
    for student in students if given.hand_out and files else []:
        folder = given.hand_out / file_name(student)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files(student).items():  # type: ignore[misc]
            (folder / Path(name).name).write_text(text, encoding="utf-8")
            written += 1
    lesson.forget()
    print(
        f"{given.out}: the key of {len(students)} students"
        + (f"; {written} files in {given.hand_out}" if written else "")
    )
    return 0


def key(opened: Any, students: Sequence[str]) -> Iterator[tuple[str, str, str, str, Any]]:
    """(student, exercise, case, name, value) of all that an exercise hides and that differs from student to student."""
    for question in opened.questions.values():
        exercise = question.exercise
        if "student" not in exercise.extras:
            continue
        nobody = {case.name: case.hidden for case in opened.cases_of(exercise, "nobody at all")}
        for student in students:
            for case in opened.cases_of(exercise, student):
                for name, value in case.hidden.items():
                    if value != nobody[case.name].get(name):
                        yield student, exercise.id, case.name, name, value
