"""The last row of a lesson's title card: the link that opens it on mybinder.org, with nothing to install.

It is made from CITATION.cff in the course's folder, and points to the tag of the present version. A course without
that file, such as a private one, gets no such row.
"""

import re
from urllib.parse import urlsplit

from nbformat import NotebookNode

from snnlab.course.lessons import Lesson

_TABLE = re.compile(r"^\|.*(?:\n\|.*)*", re.MULTILINE)


def binder_address(lesson: Lesson) -> str:
    """Where the student's notebook opens on mybinder.org, or "" for a course that is not published."""
    path = lesson.course / "CITATION.cff"
    if not path.is_file():
        return ""
    about = path.read_text(encoding="utf-8")
    found = {
        key: re.search(rf'^{key}: *"?([^"\n]+?)"? *$', about, re.MULTILINE)
        for key in ("repository-code", "version")
    }
    repository, version = found["repository-code"], found["version"]
    if repository is None or version is None or urlsplit(repository[1]).hostname != "github.com":
        return ""
    notebook = lesson.release.relative_to(lesson.course).as_posix()
    return f"https://mybinder.org/v2/gh{urlsplit(repository[1]).path.rstrip('/')}/v{version[1]}?urlpath=lab/tree/{notebook}"


def add_badge(notebook: NotebookNode, lesson: Lesson) -> None:
    """Put the row under the table of the title card, in place; a card without a table stays as it is."""
    address = binder_address(lesson)
    card = notebook.cells[0] if notebook.cells else None
    if not address or card is None or card.cell_type != "markdown":
        return
    row = f"| **In the browser** | [Open this lesson on Binder]({address}): nothing to install |"
    card.source = _TABLE.sub(lambda table: f"{table[0]}\n{row}", card.source, count=1)
