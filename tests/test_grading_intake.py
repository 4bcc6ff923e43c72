"""What an LMS exports, whole, odd and hostile: who handed in what, and what becomes of each file."""

import csv
import io
import json
import os
import re
import stat
import zipfile
from datetime import datetime

import pytest
from needs import needs

pytestmark = needs("nbgrader", "nh3", "psutil", "rapidfuzz")
BOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}).encode()
LESSON = "01_lif_neuron"


def found(where, **given):
    from snnlab.grading import intake

    return intake.find(where, LESSON, **given)


def write(folder, *names, data=BOOK):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def students(handed):
    return [(one.student, one.problem, one.superseded) for one in handed]


@pytest.mark.parametrize(
    ("names", "who"),
    [
        (["ada.ipynb", "bob.ipynb"], ["ada", "bob"]),
        (["ada_01_lif_neuron.ipynb", "01_lif_neuron_bob (2).ipynb"], ["ada", "bob"]),
        (["ada/01_lif_neuron.ipynb", "bob/final version.ipynb"], ["ada", "bob"]),
        (["export/ada/x.ipynb", "export/bob/y.ipynb"], ["ada", "bob"]),
        (["ada/01_lif_neuron/01_lif_neuron.ipynb", "bob/01_lif_neuron/01_lif_neuron.ipynb"], ["ada", "bob"]),
        (["lovelaceada_12_345_work.ipynb", "babbagecharles_LATE_13_346_work-1.ipynb"], ["12", "13"]),
        (
            ["Ada Lovelace_12_assignsubmission_file/w.ipynb", "Bob O_13_assignsubmission_file/w.ipynb"],
            ["12", "13"],
        ),
        (["Ada Lovelace_12_assignsubmission_file_w.ipynb"], ["12"]),
    ],
)
def test_the_exports_of_an_lms(names, who, tmp_path):
    assert students(found(write(tmp_path, *names))) == [(one, "", False) for one in who]
    archive = tmp_path.parent / "export.zip"
    archive.write_bytes(zipped(**dict.fromkeys(names, BOOK)))
    assert students(found(archive)) == [(one, "", False) for one in who]


def test_the_other_lessons_of_nbgraders_folder(tmp_path):
    write(tmp_path, f"ada/{LESSON}/{LESSON}.ipynb", "ada/02_next/02_next.ipynb", "bob/02_next/02_next.ipynb")
    assert students(found(tmp_path)) == [("ada", "", False)]


def test_an_archive_in_the_archive(tmp_path):
    (tmp_path / "all.zip").write_bytes(
        zipped(**{"ada/work.zip": zipped(**{"w.ipynb": BOOK}), "bob/w.ipynb": BOOK})
    )
    handed = found(tmp_path / "all.zip")
    assert students(handed) == [("ada", "", False), ("bob", "", False)]
    assert [one.source.read() for one in handed] == [BOOK, BOOK]


def test_late_by_the_name_and_by_the_time(tmp_path):
    write(tmp_path, "lovelaceada_LATE_12_345_w.ipynb", "bobo_13_346_w.ipynb", "cyd_14_347_w.ipynb")
    os.utime(tmp_path / "bobo_13_346_w.ipynb", (0, datetime(2026, 1, 1, 12).timestamp()))
    os.utime(tmp_path / "cyd_14_347_w.ipynb", (0, datetime(2026, 1, 3, 12).timestamp()))
    late = {one.student: one.late for one in found(tmp_path, due=datetime(2026, 1, 2))}
    assert late == {"12": True, "13": False, "14": True}


def test_nbgraders_own_time(tmp_path):
    write(tmp_path, f"ada/{LESSON}/{LESSON}.ipynb", f"bob/{LESSON}/{LESSON}.ipynb")
    (tmp_path / f"ada/{LESSON}/timestamp.txt").write_text("2026-01-03 10:00:00.5 UTC")
    (tmp_path / f"bob/{LESSON}/timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    late = {one.student: one.late for one in found(tmp_path, due=datetime(2026, 1, 2))}
    assert late == {"ada": True, "bob": False}


@pytest.mark.parametrize(
    "stamp", ["2026-01-01 10:00:00 UTC", "0001-01-01 00:00:00+12:00", "9999-12-31 23:59:59"]
)
def test_a_students_own_time_is_not_believed(stamp, tmp_path):
    """A timestamp.txt in what they handed in, and the dates in their own archive, do not make a file early."""
    own = io.BytesIO()
    with zipfile.ZipFile(own, "w") as archive:
        for name, year in (("new.ipynb", 2025), ("old.ipynb", 2024)):
            archive.writestr(zipfile.ZipInfo(f"{LESSON}/{name}", (year, 1, 1, 0, 0, 0)), BOOK)
        archive.writestr(f"{LESSON}/timestamp.txt", "2026-01-01 10:00:00 UTC")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, data in ((f"Ada_12_assignsubmission_file/{LESSON}.ipynb", BOOK), ("Ada_12_assignsubmission_file/timestamp.txt", stamp.encode()),
                           (f"Cyd_14_assignsubmission_file/{LESSON}/w.ipynb", BOOK), (f"Cyd_14_assignsubmission_file/{LESSON}/timestamp.txt", stamp.encode()),
                           ("Bob_13_assignsubmission_file/work.zip", own.getvalue())):  # fmt: skip
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 3, 12, 0, 0)), data)
    handed = found(tmp_path / "all.zip", due=datetime(2026, 1, 2))
    assert [(one.student, one.late) for one in handed] == [
        ("12", True),
        ("13", True),
        ("13", True),
        ("14", True),
    ]
    assert handed[1].shown.endswith("new.ipynb") and handed[2].superseded


@pytest.mark.parametrize("stamp", ["0001-01-01 00:00:00+12:00", "9999-12-31 23:59:59 UTC", "", "yesterday"])
def test_an_impossible_time_in_nbgraders_file_is_passed_over(stamp, tmp_path):
    write(tmp_path, f"ada/{LESSON}/{LESSON}.ipynb", f"bob/{LESSON}/{LESSON}.ipynb")
    (tmp_path / f"ada/{LESSON}/timestamp.txt").write_text(stamp)
    os.utime(tmp_path / f"ada/{LESSON}/{LESSON}.ipynb", (0, 1e9))
    assert next(one.modified for one in found(tmp_path)) == 1e9


def test_a_folder_of_the_students_own_is_no_other_lesson(tmp_path):
    """Nothing is dropped without a word: only nbgrader's own folders, lesson/lesson.ipynb, are another lesson's."""
    write(tmp_path, "ada/01_lif/work.ipynb", "bob/02_final/work.ipynb", "cyd/my Thumbs.db.ipynb")
    write(tmp_path, "dan/02_next/02_next.ipynb", "eve/__MACOSX/._w.ipynb", "eve/.ipynb_checkpoints/w.ipynb")
    assert students(found(tmp_path)) == [("ada", "", False), ("bob", "", False), ("cyd", "", False)]


def test_names_that_are_no_utf8_and_two_normal_forms(tmp_path):
    from snnlab.grading import intake, results

    for name in (b"M\xfcller", b"M\xf6ller"):
        os.mkdir(os.fsencode(tmp_path) + b"/" + name)
        with open(os.fsencode(tmp_path) + b"/" + name + b"/w.ipynb", "wb") as file:
            file.write(BOOK)
    write(tmp_path, "Jo\u0308rg/w.ipynb")
    handed = found(tmp_path)
    assert students(handed) == [("Jörg", "", False), ("Möller", "", False), ("Müller", "", False)]
    assert all(one.source.read() == BOOK and results.file_name(one.student) for one in handed)
    (tmp_path / "class.csv").write_text("student\nJo\u0308rg\n", encoding="utf-8")
    assert intake.roster(tmp_path / "class.csv") == {"Jörg": ""}


def test_of_two_files_the_later_is_graded_and_the_other_reported(tmp_path):
    write(tmp_path, "ada/first.ipynb", "ada/second.ipynb")
    os.utime(tmp_path / "ada/second.ipynb", (0, 1000.0))
    (first, second) = found(tmp_path, students=("ada",))
    assert (first.shown, first.superseded, second.shown, second.superseded) == (
        "ada/first.ipynb", False, "ada/second.ipynb", True,
    )  # fmt: skip


def test_what_is_no_notebook_is_reported(tmp_path):
    write(tmp_path, "ada.pdf", "bob/work.py", "bob/data.csv", "cyd.ipynb")
    problems = {one.student: one.problem for one in found(tmp_path)}
    assert problems == {
        "ada": "is no notebook (handed in: ada.pdf)",
        "bob": "is no notebook (handed in: data.csv, work.py)",
        "cyd": "",
    }


def test_links_and_pipes_are_not_followed(tmp_path):
    secret = write(tmp_path / "secret", "key.ipynb")
    handed = write(tmp_path / "in", "cyd.ipynb")
    (handed / "ada.ipynb").symlink_to(secret / "key.ipynb")
    (handed / "bob").symlink_to(secret)
    os.mkfifo(handed / "dan.ipynb")
    problems = {one.student: one.problem for one in found(handed)}
    link = "is a link, and links are not followed"
    assert problems == {"ada": link, "bob": link, "cyd": "", "dan": "is no ordinary file"}


def test_an_archive_can_not_reach_out(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("../../ada.ipynb", BOOK)
        archive.writestr("/etc/bob.ipynb", BOOK)
        archive.writestr("C:/cyd.ipynb", BOOK)
        link = zipfile.ZipInfo("dan.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("eve.ipynb", BOOK)
    problems = [one.problem for one in found(tmp_path / "all.zip")]
    assert sum("leaves its archive" in problem for problem in problems) == 3
    assert sum("link in an archive" in problem for problem in problems) == 1
    assert sum(problem == "" for problem in problems) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.zip"]


def test_a_bomb_is_read_no_further_than_the_cap(tmp_path):
    from snnlab.grading import intake, restore

    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada.ipynb", b" " * (intake.LARGEST + 5))
    (one,) = found(tmp_path / "all.zip")
    with pytest.raises(restore.Unreadable, match="larger than 20 MB"):
        one.source.read()


def test_metadata_of_100_mb(tmp_path):
    from snnlab.grading import restore

    with (tmp_path / "ada.ipynb").open("wb") as file:
        file.truncate(100 << 20)
    (one,) = found(tmp_path)
    with pytest.raises(restore.Unreadable, match="larger than 20 MB"):
        one.source.read()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut", zipped(**{"w.ipynb": BOOK})[:-30]])
def test_a_broken_archive_is_the_students_own_problem(data, tmp_path):
    write(tmp_path, "bob.ipynb")
    (tmp_path / "ada.zip").write_bytes(data)
    problems = {one.student: one.problem for one in found(tmp_path)}
    assert problems["bob"] == "" and "can't be opened" in problems["ada"]


def test_a_damaged_member_is_unreadable(tmp_path):
    from snnlab.grading import restore

    data = bytearray(zipped(**{"ada.ipynb": BOOK}))
    data[45] ^= 0xFF
    (tmp_path / "all.zip").write_bytes(data)
    (one,) = found(tmp_path / "all.zip")
    with pytest.raises(restore.Unreadable, match="can't be read"):
        one.source.read()


def test_a_pattern_and_a_roster(tmp_path):
    from snnlab.grading import intake

    write(tmp_path, "group 7 - ada - v2.ipynb")
    assert students(found(tmp_path, pattern=r"- (?P<student>\w+) -")) == [("ada", "", False)]
    with pytest.raises(ValueError, match="pattern: must have a group"):
        found(tmp_path, pattern="ada")
    with pytest.raises(ValueError, match="pattern: must be a regular expression"):
        found(tmp_path, pattern="(")
    (tmp_path / "class.csv").write_text("student,name\nada,Ada Lovelace\nbob,\n")
    assert intake.roster(tmp_path / "class.csv") == {"ada": "Ada Lovelace", "bob": ""}
    (tmp_path / "class.csv").write_text("who\nada\n")
    with pytest.raises(ValueError, match="column student"):
        intake.roster(tmp_path / "class.csv")


def test_rosters_as_spreadsheets_write_them(tmp_path):
    from snnlab.grading import intake

    path = tmp_path / "class.csv"
    path.write_bytes("\ufeffstudent;name\r\nada;Lovelace, Ada\r\n".encode())
    assert intake.roster(path) == {"ada": "Lovelace, Ada"}
    path.write_bytes(b"student,name\nada,M\xfcller\n")
    with pytest.raises(ValueError, match=r"students: must be in UTF-8, got .*class.csv \(in Excel"):
        intake.roster(path)
    path.write_bytes(b"Student,Name\nada,Ada\n")
    with pytest.raises(ValueError, match=r"column student .*\(1 rows; columns: Student, Name\)"):
        intake.roster(path)
    with pytest.raises(ValueError, match=r"students: must be a CSV, got .*no.csv \(No such file"):
        intake.roster(tmp_path / "no.csv")


def test_nothing_at_all(tmp_path):
    with pytest.raises(ValueError, match="submissions: must hold notebooks"):
        found(tmp_path)
    with pytest.raises(ValueError, match="submissions: must be a folder or a zip"):
        found(tmp_path / "nowhere")


def test_file_names_of_students_are_theirs_alone():
    from snnlab.grading.results import file_name

    names = ["ada", "../ada", "a/b", "a_b", "..", ".", "", "Ada ", "ä", "a" * 300, "a" * 301]
    names += [file_name(name) for name in names]  # a file that is called as another's page is
    names = list(dict.fromkeys(names))
    files = [file_name(name) for name in names]
    assert len(set(files)) == len(names)
    assert all("/" not in file and file.strip(".") for file in files)


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "\uff1d", "a;=", "a;@", "a\n=", "a\t-"]
)
def test_no_cell_of_a_table_is_a_formula(start, tmp_path):
    """Nor a part of one where a spreadsheet splits lines at semicolons, as German and French ones do."""
    from snnlab.grading import marks

    marks.write_table(tmp_path / "m.csv", [{"student": f"{start}cmd|' /C calc'!A0", "score": -1.5}])
    with (tmp_path / "m.csv").open(newline="") as file:
        said = list(csv.reader(file))[1]
    assert said[1] == "-1.5"
    for part in re.split(r"[;\t\r\n]", said[0]):
        assert not part.startswith(tuple("=+-@\uff1d")), part


def test_long_texts_are_compared_in_their_beginning_alone(tmp_path):
    """Two texts of 2 MB took half a minute, and a class has many pairs."""
    from snnlab.grading import similarity

    books = {}
    for student in ("ada", "bob"):
        lines = [f"x_{k} = {k}" for k in range(2_000)] + [f"# {student} {k}" * (k % 7) for k in range(2_000)]
        cell = {"cell_type": "code", "id": "ex-01-1", "metadata": {}, "outputs": [], "execution_count": None, "source": "\n".join(lines)}  # fmt: skip
        books[student] = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
        write(tmp_path / "notebooks", f"{student}.ipynb", data=books[student].encode())
    assert len("\n".join(f"x_{k} = {k}" for k in range(2_000))) > similarity.LONGEST
    (pair,) = similarity.pairs(tmp_path, books, BOOK.decode())
    assert (pair.one, pair.other, pair.ratio, pair.exercises) == ("ada", "bob", 100.0, ())
