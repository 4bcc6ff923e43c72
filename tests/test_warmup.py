"""`snnlab warmup` compiles what the lessons use: a lesson that runs after it compiles nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import snnlab as snn
from snnlab.course.execute import execute

ROOT = Path(__file__).parents[1]
SOLUTIONS = sorted((ROOT / "solutions").glob("*/*.ipynb"))


def kernels(cache: Path) -> set[str]:
    return {path.name for path in cache.glob("*.py")}


def declared(kernel: str) -> set[str]:
    """The classes whose functions a kernel holds, `LIF_dynamics` and so on, or that its first line names."""
    title = kernel.split('"""')[1].splitlines()[0]
    return {part.split(" (")[0] for part in title.split("; ")} | set(
        re.findall(r"^def ([A-Z][A-Za-z0-9]*)_", kernel, re.MULTILINE)
    )


@pytest.fixture(scope="module")
def warm(tmp_path_factory) -> Path:
    """A cache that held nothing before the warm-up."""
    cache = tmp_path_factory.mktemp("kernels")
    done = subprocess.run(
        [sys.executable, "-m", "snnlab.cli", "warmup"],
        check=False,
        cwd=ROOT,
        env={**os.environ, "SNNLAB_CACHE": str(cache)},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    assert len(kernels(cache)) >= 4
    return cache


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda path: path.stem)
def test_a_lesson_compiles_nothing_after_the_warm_up(warm, solution):
    before = kernels(warm)
    notebook = nbformat.read(solution, as_version=4)
    execute(notebook, solution.parent, SNNLAB_CACHE=str(warm))
    new = sorted(kernels(warm) - before)
    made = [(warm / name).read_text(encoding="utf-8") for name in new]
    # A model, a synapse or a rule that the lesson itself declares is compiled there and then: no warm-up can know it.
    titles = [
        text.split('"""')[1].splitlines()[0] for text in made if all(hasattr(snn, c) for c in declared(text))
    ]
    assert not titles, f"add to RUNS in snnlab/warmup.py: {titles}"
