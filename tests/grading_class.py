"""A class for the tests of grading: the throw-away course, built, and submissions to it."""

import copy
import hashlib
import json

import pytest
from course_tree import write_course
from needs import UNDER_CI

from snnlab.course import build

RIGHT = "def leak_step(v, tau_m, dt):\n    return v + dt * (-v / tau_m)\n"
MENDED = "def leak_mended(v, tau_m, dt):\n    return v * (1 - dt / tau_m)\n"


def needs_sandbox():
    """Skip where this kernel allows no sandbox, as some laptops do; fail under CI, where all is meant to work."""
    from snnlab.grading import sandbox

    try:
        sandbox.check()
    except sandbox.NoSandboxError as error:
        if UNDER_CI:
            raise
        pytest.skip(str(error))


def built(folder):
    """The course tree, built; returns its folder."""
    write_course(folder)
    build.build(folder, say=lambda text: None)
    return folder


def blank(course):
    """The student's notebook, as JSON."""
    return json.loads((course / "lessons" / "99_leak" / "99_leak.ipynb").read_text(encoding="utf-8"))


def cell(notebook, id):
    return next(cell for cell in notebook["cells"] if cell["id"] == id)


def code(source):
    return {
        "cell_type": "code",
        "id": "mine-" + hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:8],
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }


def with_answers(notebook, first=RIGHT, second=MENDED, before=None, between=None, after=None):
    """A copy with answers (None leaves the blank) and further cells: at the top, after the first check, at the end."""
    new = copy.deepcopy(notebook)
    for id, source in (("ex-99-1", first), ("ex-99-2", second)):
        if source is not None:
            cell(new, id)["source"] = source
    at = new["cells"].index(cell(new, "check-99-1")) + 1
    for place, source in ((len(new["cells"]), after), (at, between), (2, before)):
        if source is not None:
            new["cells"].insert(place, code(source))
    return new


def dumped(notebook):
    return json.dumps(notebook).encode()
