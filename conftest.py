"""How `pytest` treats the notebooks of lessons/ and solutions/; pyproject.toml asks nbval to run them.

nbval runs each notebook in the Python of the tests, cell by cell, and compares every printed output with the
stored one. It does not compare pictures.
"""

from importlib.util import find_spec
from pathlib import Path

# A lesson's source is no module of tests: importing it would run the whole lesson.
collect_ignore_glob = [
    "solutions/*/*.py",
    "lessons/*/*.py",
    "tests/lite_lesson.py",
]  # the last is a program: it takes numba away
# A student's environment has no nbgrader, and looking for doctests imports every module.
if find_spec("nbgrader") is None:
    collect_ignore_glob.append("snnlab/course/release.py")
# Grading needs its extra, and Linux.
if any(find_spec(name) is None for name in ("nbgrader", "nh3", "psutil", "rapidfuzz", "fcntl", "resource")):
    collect_ignore_glob.append("snnlab/grading/*.py")


def pytest_configure(config):
    option = config.option
    # A path in pyproject.toml would be read from the current folder: `cd lessons && pytest` has to work too.
    if getattr(option, "nbval", False) and not option.nbval_sanitize_with:
        option.nbval_sanitize_with = str(Path(__file__).parent / "tests" / "nbval_sanitize.cfg")
    # `pytest -n 2` would share out the cells of one notebook: a file stays with one worker.
    if getattr(option, "dist", "no") == "load":
        option.dist = "loadfile"
