"""The repository itself: its README does what it says, its links lead somewhere, its versions agree."""

import importlib
import os
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from needs import needs
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
START = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/"


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)\n```$", text, flags=re.MULTILINE | re.DOTALL)


def run(*command: str, **options) -> subprocess.CompletedProcess:
    """Run a program in the repository with its output captured and a limit of time."""
    options = {"cwd": ROOT, "timeout": 120, **options}
    return subprocess.run(command, check=False, capture_output=True, text=True, **options)


# --- README ---


def test_the_first_two_bash_blocks_are_the_two_commands():
    assert blocks(README, "bash")[:2] == [
        START + "jupyter lab lessons/00_start_here/00_start_here.ipynb",
        START + "pytest -n 2",
    ]


def test_the_windows_form_runs_the_same_programs():
    (windows,) = blocks(README, "powershell")
    told = [re.findall(r"\.venv\\Scripts\\(.*?)(?:;|$)", line) for line in windows.splitlines()]
    unix = [re.findall(r"\.venv/bin/(.*?)(?: &&|$)", line) for line in blocks(README, "bash")[:2]]
    assert [[command.replace("\\", "/") for command in line] for line in told] == unix


def test_readme_fits_two_screens():
    assert len(README.splitlines()) <= 115


def test_readme_ten_lines_run_and_print_what_they_say():
    (code,) = blocks(README, "python")
    statements = [line for line in code.splitlines() if line and not line.startswith("#")]
    assert len(statements) <= 10
    done = run(sys.executable, "-c", code, env={**os.environ, "MPLBACKEND": "Agg"}, timeout=300)
    assert done.returncode == 0, done.stderr
    assert [line[2:] for line in code.splitlines() if line.startswith("# ")] == done.stdout.splitlines()


def test_readme_lists_each_lesson_once_and_says_planned_of_the_others():
    rows = re.findall(r"^\| (\d\d) \| (.+?) \| .+? \| (.+?) \|$", README, flags=re.MULTILINE)
    assert [number for number, _, _ in rows] == [f"{number:02d}" for number in range(23)]
    here = {path.name for path in (ROOT / "lessons").glob("[0-9][0-9]_*") if path.is_dir()}
    for number, title, state in rows:
        mine = sorted(name for name in here if name.startswith(number))
        if mine:
            assert f"](lessons/{mine[0]}/{mine[0]}.ipynb)" in title
            assert "mybinder.org" in state
        else:
            assert state == "planned"


def test_binder_badges_open_files_of_this_version():
    badges = re.findall(r"\((https://mybinder\.org/v2/[^)]*)\)", README)
    assert badges
    owner_and_name = urlsplit(CITATION["repository-code"]).path
    for badge in badges:
        address = urlsplit(badge)
        assert address.path == f"/v2/gh{owner_and_name}/v{PYPROJECT['version']}"
        (target,) = parse_qs(address.query)["urlpath"]
        assert target.startswith("lab/tree/")
        assert (ROOT / target.removeprefix("lab/tree/")).is_file(), target


# --- all pages ---


def heading_anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_of_a_page_lead_to_files(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if urlsplit(target).scheme:
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path) if path else page
        assert found.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in heading_anchors(found.read_text(encoding="utf-8")), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pictures_of_a_page_have_alternative_text(page):
    for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        assert words.strip(), f"{page.name}: {target}"


def test_contributing_shows_the_lif_file_as_it_is():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    real = (ROOT / "snnlab" / "neurons" / "lif.py").read_text(encoding="utf-8").splitlines()
    wanted = [line.strip() for line in shown.splitlines() if line.strip() and '"""' not in line]
    lines = [line.strip() for line in real]
    positions = [lines.index(line) for line in wanted]
    assert "tau_m: ms = 20.0  # membrane time constant" in wanted
    assert positions[0] == lines.index("class LIF(Neuron):")
    assert all(line in lines for line in wanted)


def test_the_design_names_every_module_and_only_those():
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    table = text.split("## What is where")[1].split("\n##")[0]
    cells = re.findall(r"^\| (`.+?`[^|]*) \|", table, flags=re.MULTILINE)
    named = {name.rstrip("/") for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    package = {path.name for path in (ROOT / "snnlab").iterdir() if path.suffix == ".py" or path.is_dir()}
    package = {name for name in package if not name.startswith(("_", "."))}
    inside = {name.removeprefix("snnlab/") for name in named}
    for name in sorted(named):
        assert list(ROOT.glob(name)) or list((ROOT / "snnlab").glob(name.removeprefix("snnlab/"))), (
            f"{name} is gone"
        )
    unnamed = {name for name in package if not any(fnmatch(name, pattern) for pattern in inside)}
    assert not unnamed, "name these in the first table of docs/design.md"


# --- versions and requirements ---


def test_versions_and_addresses_agree():
    version = PYPROJECT["version"]
    assert CITATION["version"] == version
    newest = re.search(
        r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert newest
    assert newest.group(1) == version
    assert CITATION["repository-code"] in PYPROJECT["urls"].values()


def test_citation_has_what_the_format_demands():
    assert {"cff-version", "message", "title", "authors"} <= set(CITATION)
    assert CITATION["license"] == PYPROJECT["license"]


def requirements() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def allowed(name: str, version: str, python: str) -> bool:
    asked = [r for r in requirements() if r.name == name]
    active = [r for r in asked if r.marker is None or r.marker.evaluate({"python_version": python})]
    assert active, f"{name} is not asked for on Python {python}"
    return all(r.specifier.contains(version) for r in active)


@pytest.mark.parametrize(
    ("python", "brian2", "numpy", "fits"),
    [
        ("3.11", "2.9.0", "2.3.5", True),
        ("3.11", "2.9.0", "2.4.6", False),  # imports fail: ndarray.ptp is gone
        ("3.12", "2.10.1", "2.5.5", True),
        ("3.12", "2.9.0", "2.5.5", False),
        ("3.13", "2.11.0", "2.5.5", True),
    ],
)
def test_requirements_keep_brian2_and_numpy_together(python, brian2, numpy, fits):
    assert (allowed("brian2", brian2, python) and allowed("numpy", numpy, python)) == fits


def test_requirements_install_this_package_and_give_reasons_for_upper_bounds():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert "-e ." in text.splitlines()
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("#") and "<" in line.split(";")[0]:
            assert lines[number - 1].startswith("#"), f"{line}: say in the line above why"


IMPORTS = {
    "ipython": "IPython", "pytest-xdist": "xdist", "pytest-timeout": "pytest_timeout", "scikit-learn": "sklearn", "scikit-image": "skimage", "PyWavelets": "pywt",
}  # fmt: skip


def test_everything_that_is_required_imports_and_runs():
    """Resolution proves nothing: pip also accepts pairs that cannot be imported together."""
    for requirement in [*requirements(), *(Requirement(line) for line in PYPROJECT["dependencies"])]:
        importlib.import_module(IMPORTS.get(requirement.name, requirement.name))
    import brian2 as b

    import snnlab as snn

    b.prefs.codegen.target = "numpy"
    b.start_scope()
    group = b.NeuronGroup(1, "dv/dt = (1.5 - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
    monitor = b.SpikeMonitor(group)
    b.Network(group, monitor).run(10 * b.ms)
    assert int(monitor.num_spikes) == 1  # at 5 ln 3 = 5.5 ms
    assert len(snn.simulate(snn.LIF(), I=2000.0, t_stop=10.0).spikes) > 0


# --- import snnlab ---

BLOCKER = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"blocked: {{name}}", name=name)
sys.meta_path.insert(0, Blocker())
"""


def test_snnlab_works_without_brian2_and_without_a_notebook():
    blocked = {
        "brian2",
        "IPython",
        "jupyter_core",
        "ipykernel",
        "jupyterlab",
        "nbgrader",
        "nbformat",
        "jupytext",
    }
    code = BLOCKER.format(blocked=blocked) + (
        "import snnlab as snn\n"
        "rec = snn.simulate(snn.LIF(), I=300.0, t_stop=100.0, record=['v'])\n"
        "print(len(rec.spikes), rec.traces['v'].shape)"
    )
    done = run(sys.executable, "-c", code, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["4", "(1000,", "1)"]


def test_import_snnlab_loads_nothing_heavy():
    code = (
        "import sys, snnlab\n"
        "print([m for m in ('numba', 'matplotlib', 'scipy', 'brian2', 'IPython', 'ipywidgets', 'anywidget')"
        " if m in sys.modules])"
    )
    assert run(sys.executable, "-c", code).stdout.strip() == "[]"


# --- the tree ---


EXAMPLES = {
    ROOT / "tests" / "test_notebooks.py"
}  # tests the same rule for notebooks, on examples of bad paths


def tree() -> list[Path]:
    """Every text file that is, or would be, committed."""
    done = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    if done.returncode:
        pytest.skip("not a git repository (downloaded as an archive?)")
    binary = {".png", ".npz", ".svg", ".wav", ".ico"}
    paths = [ROOT / name for name in done.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix not in binary and path not in EXAMPLES]


# Written so that these lines do not match themselves.
HOME = re.compile(r"(?<![\w.$}~*-])/(?:home|root|Users|tmp|work|var/folders)/\w|[A-Z]:\\\\?Users\\")
REGISTRY = re.compile(
    r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|(?:deb|security)[.]debian[.]org|anaconda[.]org"
)


@needs(program="git")
@pytest.mark.parametrize(("what", "pattern"), [("absolute path", HOME), ("registry's host", REGISTRY)])
def test_no_file_names_a_place_of_one_machine(what, pattern):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tree()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found, f"{what} in the tree:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("pattern", "line", "bad"),
    [
        (HOME, "open('/" + "home/ann/x.csv')", True),
        (HOME, "in C:\\" + "Users\\ann", True),
        (HOME, "docs/" + "home/x.md and https://example.org/" + "home/", False),
        (REGISTRY, "https://py" + "pi.org/simple", True),
        (REGISTRY, "pip install numpy", False),
    ],
)
def test_the_patterns_find_what_they_should(pattern, line, bad):
    assert bool(pattern.search(line)) == bad


def test_tests_skip_only_through_the_policy_for_peers():
    """A bare skip would hide a missing peer under CI; see tests/needs.py."""
    bare = re.compile(r"importorskip\(|pytest\.mark\.(?:skip|xfail)\b")
    found = [
        path.name for path in (ROOT / "tests").glob("*.py") if bare.search(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_a_missing_peer_is_a_skip_here_and_a_failure_under_ci(tmp_path):
    for name in ("needs.py", "conftest.py"):
        (tmp_path / name).write_text((ROOT / "tests" / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_peer.py").write_text(
        "from needs import needs\n"
        "@needs('no_such_package', program='no_such_program')\n"
        "def test_peer(): raise RuntimeError('must not run')\n"
        "@needs('json')\n"
        "def test_here(): pass\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rs",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    outside = {key: value for key, value in os.environ.items() if key not in ("CI", "PYTEST_ADDOPTS")}
    reason = "needs the Python package no_such_package and the program no_such_program"
    here = run(*command, cwd=tmp_path, env=outside)
    assert (here.returncode, reason in here.stdout) == (0, True), here.stdout
    assert "1 passed, 1 skipped" in here.stdout
    ci = run(*command, cwd=tmp_path, env={**outside, "CI": "true"})
    assert (ci.returncode, reason in ci.stdout) == (1, True), ci.stdout
    assert "1 passed, 1 error" in ci.stdout


def test_pre_commit_fetches_nothing():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert [hook["id"] for hook in hooks] == ["ruff-check", "ruff-format", "mypy", "lessons"]


def test_ci_script_runs_the_readme_command_as_written():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert run("bash", "-n", str(script)).returncode == 0
    text = script.read_text(encoding="utf-8")
    extract = re.search(r"^    (awk .*README\.md)$", text, flags=re.MULTILINE)
    assert extract
    for number in (1, 2):
        assert (
            run("bash", "-c", extract.group(1), "-", str(number)).stdout.rstrip("\n")
            == blocks(README, "bash")[number - 1]
        )
    assert text.rstrip().endswith("bash -e .venv/readme_test_command")
