"""The lessons for Google Colab: the student's notebooks with a first cell that fetches and installs the course."""

from pathlib import Path

import nbformat

FIRST = """# Google Colab only: fetch the course, and install what it needs. It takes a minute or two.
!git clone --quiet --depth 1 --branch v{version} {repository} snnlab_course
!cd snnlab_course && pip install --quiet -r requirements.txt
%cd -q snnlab_course/lessons/{lesson}
import os, sys
sys.path.insert(0, os.path.abspath("../.."))"""


def notebook(repository: str, version: str, lesson: str, released):
    """A copy of a student's notebook as Colab is to open it. `released` stays as it is."""
    made = nbformat.from_dict(released)
    cell = nbformat.v4.new_code_cell(FIRST.format(repository=repository, version=version, lesson=lesson))
    cell.id = "colab"
    made.cells.insert(1, cell)  # below the title card
    return made


def write(repository: str, version: str, lessons, out: Path) -> None:
    """Write out/NN_name.ipynb for every lesson."""
    out.mkdir(parents=True, exist_ok=True)
    for lesson in lessons:
        released = nbformat.read(lesson.release, as_version=4)
        nbformat.write(notebook(repository, version, lesson.name, released), out / f"{lesson.name}.ipynb")
