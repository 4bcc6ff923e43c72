"""Submissions as an LMS exports them: who handed in what, and which of it is graded.

Files, one folder per student, or zip archives of either (and an archive inside an archive). Nothing is unpacked to the
disk, so that `..`, absolute names and links in an archive have nowhere to go; they are reported. Every file that was
handed in is accounted for: graded, superseded by a later one, or unreadable with its reason.
"""

import csv
import io
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from snnlab.grading.restore import Unreadable

MB = 1024**2
LARGEST, LARGEST_ARCHIVE, MOST_MEMBERS = 20 * MB, 200 * MB, 50_000
# Canvas: name_LATE_user_submission_file-1.ipynb.   Moodle: Full Name_user_assignsubmission_file[_/]file.ipynb.
_CANVAS = re.compile(r"(?P<name>[^_/]+)_(?:(?P<late>LATE)_)?(?P<student>\d+)_(?P<number>\d+)_[^/]+$")
_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<student>\d+)_assignsubmission_(?:file|onlinetext)(?:_|/|$)")
_COPY = re.compile(r"(?:\s*\(\d+\)|[-_ ]copy\d*|-\d{1,2})$", re.IGNORECASE)
_NOISE = re.compile(r"(?:^|/)(?:__MACOSX/|\.ipynb_checkpoints/|\.DS_Store$|Thumbs\.db$)")
LATEST = 4e9  # s: a time that no clock of today gives


@dataclass(frozen=True)
class Source:
    """Where bytes are: a file, or a member of an archive (of an archive)."""

    file: Path
    members: tuple[str, ...] = ()

    def read(self, most: int = LARGEST) -> bytes:
        """The bytes. Raises Unreadable if they are too many, or can't be had."""
        try:
            if not self.members:
                with self.file.open("rb") as file:
                    data = file.read(most + 1)
            else:
                data = self._member(most)
        except (
            OSError,
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            NotImplementedError,
            EOFError,
            ValueError,
        ) as error:
            raise Unreadable(f"can't be read ({str(error)[:100]})") from None
        if len(data) > most:
            raise Unreadable(f"is larger than {most // MB} MB")
        return data

    def _member(self, most: int) -> bytes:
        with zipfile.ZipFile(self.file) as outer:
            if len(self.members) == 1:
                return _limited(outer, self.members[0], most)
            inner = _limited(outer, self.members[0], LARGEST_ARCHIVE)
        with zipfile.ZipFile(io.BytesIO(inner)) as archive:
            return _limited(archive, self.members[1], most)


def _limited(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    # What the archive says of a size is not believed: a bomb says less than there is.
    with archive.open(name) as member:
        return member.read(most + 1)


@dataclass(frozen=True)
class Handed:
    """One file that was handed in.

    shown : its path, for reports.   late : by the LMS's own mark, or after the due time.
    problem : why it can't be graded.   superseded : the student's later file is graded instead.
    """

    student: str
    name: str
    shown: str
    source: Source
    modified: float = 0.0
    late: bool = False
    problem: str = ""
    superseded: bool = False


def find(
    where: Path, lesson: str, *, pattern: str = "", due: datetime | None = None, students: Sequence[str] = ()
) -> list[Handed]:
    """All that was handed in, ordered by student.

    where : a folder or a zip archive.   lesson : "01_lif_neuron", for names that hold it.
    pattern : a regular expression with (?P<student>...), searched in the path.   due : later files are late.
    students : the ids of the roster; a name in a file that begins with one of them and "_" is taken for it.
    Raises ValueError if there is nothing, or if the pattern has no group `student`.
    """
    try:
        named = re.compile(pattern).groupindex
    except re.error as error:
        raise ValueError(f"grade.pattern: must be a regular expression, got {pattern!r} ({error})") from None
    if pattern and "student" not in named:
        raise ValueError(f"grade.pattern: must have a group (?P<student>...), got {pattern!r}")
    if not where.exists():
        raise ValueError(f"grade.submissions: must be a folder or a zip archive, got {where}")
    files = list(_files(where))
    root = _common_folder([shown for _, shown, _, _ in files], students)
    # The student's own file of that name, as Moodle or an archive of theirs may hold, says nothing of the time.
    stamps = {
        folder: _stamp(source)
        for source, shown, _, _ in files
        if (folder := shown.removesuffix("/timestamp.txt")) != shown
        and len(source.members) < 2
        and re.fullmatch(rf"[^/]+/{re.escape(lesson)}", folder.removeprefix(root))
        and not _MOODLE.match(folder.removeprefix(root))
    }
    others = _other_lessons([shown.removeprefix(root) for _, shown, _, _ in files], lesson)
    handed = []
    for source, shown, modified, problem in files:
        folder, _, file = shown.rpartition("/")
        if file == "timestamp.txt" or "/".join(shown.removeprefix(root).split("/")[:2]) in others:
            continue
        student, name, late = identify(shown.removeprefix(root), lesson, pattern, students)
        student = same_letters(student)
        modified = stamps.get(folder) or modified
        late = late or (due is not None and modified > due.timestamp())
        handed.append(Handed(student, name, shown, source, modified, late, problem))
    if not handed:
        raise ValueError(f"grade.submissions: must hold notebooks, and there is no file in {where}")
    return _chosen(handed, lesson)


def _files(where: Path) -> Iterator[tuple[Source, str, float, str]]:
    """(source, path, time, problem) of every file, archives opened."""
    if where.is_file():
        yield from _archive(Source(where), where, (), "", where.stat().st_mtime)
        return
    for folder, subfolders, names in os.walk(where):
        subfolders.sort()
        links = [name for name in subfolders if Path(folder, name).is_symlink()]
        for name in sorted([*names, *links]):
            path = Path(folder, name)
            shown, about = _readable(path.relative_to(where).as_posix()), path.lstat()
            if _NOISE.search(shown):
                continue
            if stat.S_ISLNK(about.st_mode):
                yield Source(path), shown, about.st_mtime, "is a link, and links are not followed"
            elif not stat.S_ISREG(about.st_mode):
                yield Source(path), shown, about.st_mtime, "is no ordinary file"
            elif path.suffix.lower() == ".zip":
                yield from _archive(Source(path), path, (), f"{shown[:-4]}/", about.st_mtime)
            else:
                yield Source(path), shown, about.st_mtime, ""


def _readable(name: str) -> str:
    """A file's name as text: what is no UTF-8 is taken for Latin-1, as unzip leaves the umlauts of an old archive."""
    try:
        return os.fsencode(name).decode()
    except UnicodeDecodeError:
        return os.fsencode(name).decode("latin-1")


def _archive(
    source: Source, file: Path | io.BytesIO, members: tuple[str, ...], prefix: str, modified: float
) -> Iterator[tuple[Source, str, float, str]]:
    whole = prefix.rstrip("/") + ".zip" if prefix else source.file.name
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_MEMBERS:
                yield source, whole, modified, f"is an archive of {len(entries):,} files"
                return
            if members:  # all count as handed in at one time, and then the later in this order does
                entries.sort(key=lambda entry: entry.date_time)
            for entry in entries:
                yield from _entry(archive, entry, source.file, members, prefix, modified)
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, ValueError) as error:
        yield source, whole, modified, f"is an archive that can't be opened ({str(error)[:80]})"


def _entry(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    file: Path,
    members: tuple[str, ...],
    prefix: str,
    handed: float,
) -> Iterator[tuple[Source, str, float, str]]:
    name = entry.filename.replace("\\", "/")
    if entry.is_dir() or _NOISE.search(name):
        return
    try:
        modified = datetime(*entry.date_time).timestamp()
    except (ValueError, OverflowError):
        modified = 0.0
    if (
        members
    ):  # the time of a student's own archive is the LMS's, and what it holds says what the student likes
        modified = handed
    source = Source(file, (*members, entry.filename))
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    shown = prefix + "/".join(parts)
    if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
        yield source, shown, modified, f"has a path that leaves its archive ({name[:80]!r})"
    elif stat.S_ISLNK(entry.external_attr >> 16):
        yield source, shown, modified, "is a link in an archive, and links are not followed"
    elif entry.flag_bits & 1:
        yield source, shown, modified, "is encrypted"
    elif name.lower().endswith(".zip") and not members:
        try:
            inner = io.BytesIO(source.read(LARGEST_ARCHIVE))
        except Unreadable as error:
            yield source, shown, modified, str(error)
            return
        yield from _archive(source, inner, (entry.filename,), f"{shown[:-4]}/", modified)
    else:
        yield source, shown, modified, ""


def _common_folder(paths: Sequence[str], students: Sequence[str]) -> str:
    """The folder that holds everything, if there is just one and it is not a student's."""
    tops = {path.partition("/")[0] for path in paths}
    if len(tops) != 1 or any("/" not in path for path in paths):
        return ""
    (top,) = tops
    if top in students:
        return ""
    inner = {path.split("/")[1] for path in paths}
    return f"{top}/" if len(inner) > 1 and not _MOODLE.search(f"{top}/") else ""


def identify(
    path: str, lesson: str, pattern: str = "", students: Sequence[str] = ()
) -> tuple[str, str, bool]:
    """(student id, name, whether the LMS marked it late) from a path.

    >>> identify("lovelaceada_LATE_12_345_01_lif_neuron-1.ipynb", "01_lif_neuron")
    ('12', 'lovelaceada', True)
    >>> identify("Ada Lovelace_12_assignsubmission_file/work.ipynb", "01_lif_neuron")
    ('12', 'Ada Lovelace', False)
    >>> identify("ada/01_lif_neuron.ipynb", "01_lif_neuron")
    ('ada', '', False)
    >>> identify("ada_01_lif_neuron (1).ipynb", "01_lif_neuron")
    ('ada', '', False)
    """
    if pattern:
        found = re.search(pattern, path)
        return (found["student"], found.groupdict().get("name") or "", False) if found else (path, "", False)
    if found := _MOODLE.match(path):
        return found["student"], found["name"], False
    file = path.rpartition("/")[2]
    if found := _CANVAS.match(file):
        return found["student"], found["name"], found["late"] is not None
    folder, _, rest = path.partition("/")
    if rest:
        return folder, "", False
    stem = PurePosixPath(file).stem if "." in file else file
    for id in sorted(students, key=len, reverse=True):
        if stem == id or stem.startswith((f"{id}_", f"{id}-", f"{id} ")):
            return id, "", False
    bare = re.sub(rf"[-_ ]*{re.escape(lesson)}[-_ ]*", "", _COPY.sub("", stem))
    return bare or stem, "", False


def _other_lessons(paths: Sequence[str], lesson: str) -> set[str]:
    """nbgrader's folders, student/lesson, of other lessons: each has its lesson.ipynb, and a student's own folder does not."""
    found = (re.fullmatch(r"([^/]+/([0-9A-Z]\d_[a-z0-9_]+))/\2\.ipynb", path) for path in paths)
    return {one[1] for one in found if one and one[2] != lesson}


def _stamp(source: Source) -> float | None:
    """nbgrader's timestamp.txt: "2026-11-25 17:15:00.123456 UTC"."""
    try:
        text = source.read(1000).decode().strip().removesuffix(" UTC").strip()
        when = datetime.fromisoformat(f"{text}+00:00" if "+" not in text else text).timestamp()
        return when if 0.0 < when < LATEST else None
    except (Unreadable, ValueError, OverflowError):
        return None


def _chosen(handed: Sequence[Handed], lesson: str) -> list[Handed]:
    """Of each student's files the one that is graded; the others are marked."""
    found: list[Handed] = []
    for student in sorted({one.student for one in handed}):
        theirs = [one for one in handed if one.student == student]
        books = [one for one in theirs if one.shown.lower().endswith(".ipynb")]
        wrong = [one for one in theirs if one.problem and one not in books]
        if not books and not wrong:
            names = ", ".join(PurePosixPath(one.shown).name for one in theirs[:3])
            found.append(replace(theirs[0], problem=f"is no notebook (handed in: {names})"))
            continue
        candidates = books or wrong
        # Of equals the last: files of a folder come by name, those of a student's own archive by its times.
        best = max(reversed(candidates), key=lambda one: (not one.problem, lesson in one.shown, one.modified))
        found += [best, *(replace(one, superseded=True) for one in (*books, *wrong) if one is not best)]
    return found


def same_letters(id: str) -> str:
    """An id in one normal form: macOS writes an umlaut in a file's name as two letters, and a roster as one.

    >>> same_letters("Jo" + chr(0x308) + "rg") == "Jörg"
    True
    """
    return unicodedata.normalize("NFC", id)


def roster(path: Path) -> dict[str, str]:
    """Ids and names of a class: a CSV with a column `student` (or `id`), and perhaps `name`. Raises ValueError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(
            f"grade.students: must be in UTF-8, got {path} (in Excel: Save As, CSV UTF-8)"
        ) from None
    except OSError as error:
        raise ValueError(f"grade.students: must be a CSV, got {path} ({error.strerror})") from None
    head = text.partition("\n")[0]
    separator = ";" if ";" in head and "," not in head else ","  # as spreadsheets write where 1,5 is a number
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    rows = list(reader)
    key = next((name for name in ("student", "id") if rows and name in rows[0]), None)
    if key is None:
        columns = ", ".join(map(str, reader.fieldnames or [])) or "none"
        raise ValueError(
            f"grade.students: must be a CSV with a column student and a row for each, got {path} "
            f"({len(rows)} rows; columns: {columns[:100]})"
        )
    return {
        same_letters(row[key].strip()): (row.get("name") or "").strip()
        for row in rows
        if row[key] and row[key].strip()
    }
