"""What a test does when a peer (Brian2, NEST, Chromium...) is not installed.

    from needs import needs

    @needs("brian2")                        # a Python module
    @needs(program="chromium")              # a program on PATH
    @needs(file="web/node_modules/axe-core")  # what npm installs
    def test_something(): ...

For a whole file write `pytestmark = needs("brian2")`, and import the peer inside the tests.
A student who has not installed the peer sees a skip that says why. Under CI (the environment variable CI
is "true") everything is meant to be there, so the same test fails. tests/conftest.py does both.
"""

import importlib.util
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

UNDER_CI = os.environ.get("CI", "").lower() in ("1", "true")


def needs(
    *modules: str, program: str | tuple[str, ...] = (), file: str | tuple[str, ...] = ()
) -> pytest.MarkDecorator:
    """Mark a test that needs Python modules, programs or npm's packages which a student may lack."""
    programs = (program,) if isinstance(program, str) else tuple(program)
    files = (file,) if isinstance(file, str) else tuple(file)
    return pytest.mark.needs(modules=modules, programs=programs, files=files)


def missing(
    modules: Iterable[str] = (), programs: Iterable[str] = (), files: Iterable[str] = ()
) -> list[str]:
    """The names among modules, programs and files of the repository that are not here, in words."""
    absent = [f"the Python package {name}" for name in modules if importlib.util.find_spec(name) is None]
    absent += [f"the program {name}" for name in programs if shutil.which(name) is None]
    root = Path(__file__).parents[1]
    return absent + [
        f"{name} (npm ci --prefix web --ignore-scripts)" for name in files if not (root / name).exists()
    ]
