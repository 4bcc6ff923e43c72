"""What mybinder.org will do with binder/: repo2docker is asked for the Dockerfile, which needs no docker."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from needs import needs

from snnlab.course import lessons
from snnlab.course.badge import add_badge, binder_address

ROOT = Path(__file__).parents[1]
BINDER = ROOT / "binder"


def tracked_copy(folder: Path) -> Path:
    """The files that repo2docker looks at, without the large folders beside them."""
    for name in ("requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(BINDER, folder / "binder")
    return folder


@pytest.fixture(scope="module")
def dockerfile(tmp_path_factory) -> str:
    folder = tracked_copy(tmp_path_factory.mktemp("repo"))
    command = [
        sys.executable,
        "-m",
        "repo2docker",
        "--no-build",
        "--debug",
        "--user-id",
        "1000",
        "--user-name",
        "student",
        ".",
    ]
    done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@needs("repo2docker")
def test_python_is_the_one_of_runtime_txt(dockerfile):
    wanted = (BINDER / "runtime.txt").read_text().strip().removeprefix("python-")
    assert wanted in ("3.11", "3.12", "3.13")
    assert f"Building conda environment for python={wanted}\n" in dockerfile


@needs("repo2docker")
def test_copy_install_postbuild_start_in_this_order(dockerfile):
    steps = [
        r"^COPY .*src/ \$\{REPO_DIR\}/$",
        r'^RUN \$\{KERNEL_PYTHON_PREFIX\}/bin/pip install --no-cache-dir -r "binder/requirements.txt"$',
        r"^RUN \./binder/postBuild$",
        r'^ENV R2D_ENTRYPOINT="\$\{REPO_DIR\}/binder/start"$',
    ]
    lines = dockerfile.splitlines()
    found = [[n for n, line in enumerate(lines) if re.match(step, line)] for step in steps]
    assert [len(numbers) for numbers in found] == [1, 1, 1, 1], dict(zip(steps, found, strict=True))
    assert found == sorted(found)


def test_requirements_lead_to_the_root_file_and_install_this_package():
    lines = [
        line for line in (BINDER / "requirements.txt").read_text().splitlines() if not line.startswith("#")
    ]
    assert lines == ["-r ../requirements.txt"]
    assert "-e ." in (ROOT / "requirements.txt").read_text().splitlines()


def test_scripts_are_executable_bash():
    for name in ("postBuild", "start"):
        script = BINDER / name
        assert (
            script.read_text().startswith("#!/usr/bin/env bash\nset")
            or "\nset -euo pipefail\n" in script.read_text()
        )
        assert os.access(script, os.X_OK), f"chmod +x binder/{name}"
        subprocess.run(["bash", "-n", str(script)], check=True, timeout=10)


def environment_of(script: Path, folder: Path) -> dict[str, str]:
    """NUMBA_* as a program sees them that the script runs."""
    seen = folder / "seen.json"
    code = f"import json, os; json.dump({{k: v for k, v in os.environ.items() if 'NUMBA' in k}}, open({str(seen)!r}, 'w'))"
    fake = folder / "snnlab"  # stands for `snnlab warmup` and `snnlab doctor`
    fake.write_text(f"#!{sys.executable}\n{code}\n")
    fake.chmod(0o755)
    clean = {k: v for k, v in os.environ.items() if "NUMBA" not in k}
    clean["PATH"] = f"{folder}{os.pathsep}{clean['PATH']}"
    command = ["bash", str(script.relative_to(ROOT))] + (["snnlab"] if script.name == "start" else [])
    done = subprocess.run(
        command, check=False, cwd=ROOT, env=clean, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(seen.read_text())


def test_postbuild_and_start_aim_numba_at_the_same_processor(tmp_path):
    built = environment_of(BINDER / "postBuild", tmp_path)
    assert built == environment_of(BINDER / "start", tmp_path)
    assert set(built) == {"NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES"}


def test_start_runs_the_command_with_its_arguments_and_its_exit_code():
    done = subprocess.run(
        ["bash", "binder/start", "bash", "-c", 'echo "$1"; exit 3', "-", "two words"],
        check=False, cwd=ROOT, capture_output=True, text=True, timeout=10,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("two words\n", 3)


# --- the way there: the title card of each lesson ---


@pytest.mark.parametrize("lesson", lessons.find(ROOT), ids=lambda lesson: lesson.name)
def test_the_title_card_opens_this_lesson_at_the_tag_of_this_version(lesson):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    for path in (lesson.release, lesson.solution):
        card = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
        (address,) = re.findall(r"\((https://mybinder\.org/[^)]+)\)", "".join(card))
        where, _, file = address.partition("?urlpath=lab/tree/")
        assert where.endswith(f"/v{version}")
        assert ROOT / file == lesson.release
        assert lesson.release.is_file()


@pytest.mark.parametrize(
    "citation", [None, "title: x\n", "version: 1.0\nrepository-code: https://example.org/a/b\n"]
)
def test_a_course_that_is_not_published_has_no_badge(tmp_path, citation):
    if citation is not None:
        (tmp_path / "CITATION.cff").write_text(citation)
    lesson = lessons.Lesson(tmp_path, "01_x")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# T\n\n| a |\n|---|\n| b |\n\nend")]
    )
    add_badge(notebook, lesson)
    assert binder_address(lesson) == ""
    assert "mybinder" not in notebook.cells[0].source


def test_the_badge_is_the_last_row_of_the_title_card(tmp_path):
    (tmp_path / "CITATION.cff").write_text('version: "1.2.0"\nrepository-code: https://github.com/a/b\n')
    lesson = lessons.Lesson(tmp_path, "01_x")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# T\n\n| | |\n|---|---|\n| b | c |\n\nend")]
    )
    add_badge(notebook, lesson)
    assert notebook.cells[0].source.splitlines()[5] == (
        "| **In the browser** | [Open this lesson on Binder](https://mybinder.org/v2/gh/a/b/v1.2.0"
        "?urlpath=lab/tree/lessons/01_x/01_x.ipynb): nothing to install |"
    )
    assert notebook.cells[0].source.endswith("|\n\nend")
