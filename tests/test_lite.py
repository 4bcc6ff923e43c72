"""The JupyterLite site, as far as no browser is needed: what it holds, and that its lessons run without numba."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from needs import needs

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from snnlab.course import lessons  # noqa: E402
from web import lite  # noqa: E402

HERE = lite.chosen()
IDS = [lesson.name for lesson in HERE]
PYODIDE = ROOT / "web" / "node_modules" / "pyodide"


def run(lesson: lessons.Lesson, where: str) -> dict:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "lite_lesson.py"), str(lesson.solution), where],
        cwd=lesson.solution.parent, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@needs("brian2")
@pytest.mark.parametrize("lesson", HERE, ids=IDS)
def test_a_lesson_without_numba_and_brian2_fires_the_same_spikes(lesson):
    """Every cell runs but those that the site names, and every simulation of the lesson fires the same spikes."""
    absent = lite.lost(nbformat.read(lesson.solution, as_version=4).cells)
    browser, here = run(lesson, "browser"), run(lesson, "here")
    assert here["failed"] == []
    assert browser["failed"] == absent
    assert browser["spikes"] == {cell: s for cell, s in here["spikes"].items() if cell not in absent}
    assert browser["spikes"]


def cells(*sources: str):
    made = [nbformat.v4.new_code_cell(source) for source in sources]
    for number, cell in enumerate(made):
        cell.id = str(number)
    return made


def test_what_needs_brian2_is_found_by_the_names_that_it_makes():
    program = cells(
        "import numpy as np\nours = 1", "import brian2 as b2", "def net(n):\n    return b2.run(n)", "theirs = net(3)",
        "print(ours)", "print(theirs)", "ours = theirs", "theirs = 2", "print(theirs, ours)",
    )  # fmt: skip
    assert lite.lost(program) == ["1", "2", "3", "5", "6"]


def test_the_compiled_engine_is_not_asked_for_in_a_browser(monkeypatch):
    import snnlab as snn
    from snnlab.checks.limit import limited

    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setitem(sys.modules, "snnlab.kernels.engine", None)  # importing it fails
    assert len(snn.simulate(snn.LIF(), I=300.0, t_stop=200.0, threads=2).spikes) == 9
    monkeypatch.setattr("threading.Thread.start", lambda thread: pytest.fail("a browser has no threads"))
    assert limited(lambda: 42, 1.0) == 42


# ---------------------------------------------------------------- the built site


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("lite") / "site"
    lite.build(out)
    return out


@needs("jupyterlite_core", "jupyterlite_pyodide_kernel")
def test_the_site_lists_its_lessons_with_their_pictures(site):
    for lesson in HERE:
        folder = f"lessons/{lesson.name}"
        listed = json.loads((site / "api" / "contents" / folder / "all.json").read_text(encoding="utf-8"))
        assert [f"{lesson.name}.ipynb"] == [item["name"] for item in listed["content"]]
        made = nbformat.read(site / "files" / folder / f"{lesson.name}.ipynb", as_version=4)
        released = nbformat.read(lesson.release, as_version=4)
        assert [c.outputs for c in made.cells if c.cell_type == "code" and c.id != "lite-install"] == [
            c.outputs for c in released.cells if c.cell_type == "code"
        ]
        assert made.cells[1].source.endswith(lite.TESTED + "*")
        tagged = [c.id for c in made.cells if "raises-exception" in c.metadata.get("tags", [])]
        assert set(lite.lost(made.cells)) <= set(tagged)


@needs("jupyterlite_core", "jupyterlite_pyodide_kernel")
def test_no_link_of_a_lesson_leads_out_of_the_site_but_to_the_net(site):
    for path in site.glob("files/lessons/*/*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for target in (
                re.findall(r"(?<!\\)\]\(([^)\s#]+)\)", cell.source) if cell.cell_type == "markdown" else ()
            ):
                assert target.startswith("https://") or (path.parent / target).exists(), (path.name, target)


@needs("jupyterlite_core", "jupyterlite_pyodide_kernel")
def test_the_first_page_names_every_lesson_and_says_what_is_tested(site):
    page = (site / "index.html").read_text(encoding="utf-8")
    assert lite.TESTED in page
    for lesson in lessons.find(ROOT):
        path = f"lessons/{lesson.name}/{lesson.name}.ipynb"
        assert (f'href="lab/index.html?path={path}"' in page) == (lesson in HERE)
        assert path in page
    assert " ".join(lite.TESTED.split()[:9]) in " ".join(
        (ROOT / "README.md").read_text(encoding="utf-8").split()
    )


@needs("jupyterlite_core", "jupyterlite_pyodide_kernel", file="web/node_modules/pyodide")
def test_all_that_the_installation_asks_for_is_in_the_site_or_in_pyodide(site):
    """Requirements followed from snnlab's wheel, as micropip does in Python 3.14 on Emscripten."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text())["packages"]
    kernel = site / "extensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
    wheels = {
        canonicalize_name(path.name.split("-")[0]): path
        for folder in (kernel, site / "pypi")
        for path in folder.glob("*.whl")
    }
    browser = {
        "sys_platform": "emscripten",
        "python_version": "3.14",
        "platform_system": "Emscripten",
        "extra": "",
    }
    todo, seen = ["snnlab"], set()
    while todo:
        name = canonicalize_name(todo.pop())
        if name in seen:
            continue
        seen.add(name)
        assert name in lock or name in wheels, name
        if name in wheels:
            with zipfile.ZipFile(wheels[name]) as wheel:
                (about,) = [n for n in wheel.namelist() if n.endswith(".dist-info/METADATA")]
                asked = re.findall(r"^Requires-Dist: (.+)$", wheel.read(about).decode(), re.MULTILINE)
            wanted = [Requirement(text) for text in asked]
            todo += [r.name for r in wanted if r.marker is None or r.marker.evaluate(browser)]
    assert {"numpy", "matplotlib", "anywidget"} <= seen
    assert "numba" not in seen


@needs("jupyterlite_core", "jupyterlite_pyodide_kernel", file="web/node_modules/pyodide")
def test_what_is_tested_is_the_pyodide_that_the_page_loads():
    from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

    wanted = json.loads((ROOT / "web" / "package.json").read_text())["devDependencies"]["pyodide"]
    assert wanted == PYODIDE_VERSION == json.loads((PYODIDE / "package.json").read_text())["version"]
