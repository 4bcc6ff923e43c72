"""The console command: what `snnlab doctor` finds and says, and how every subcommand answers a mistake."""

import subprocess
import sys
import types
from pathlib import Path

import pytest
from needs import needs

from snnlab import cli, doctor

ROOT = Path(__file__).parents[1]
TRAP = [
    ("2.9.0", "2.4.6", True),
    ("2.9.0", "2.3.5", False),
    ("2.10.1", "2.5.5", False),
    ("2.8.0.4", "3.0.0", True),
]


def versions(monkeypatch, **told):
    """Pretend that these versions are installed; None means absent."""
    true = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: told[name] if name in told else true(name))


@pytest.mark.parametrize(("brian2", "numpy", "trapped"), TRAP)
def test_the_brian2_numpy_trap_is_told_with_the_command_that_mends_it(monkeypatch, brian2, numpy, trapped):
    versions(monkeypatch, brian2=brian2, numpy=numpy)

    def unimportable(name):
        raise AttributeError("ndarray.ptp")

    monkeypatch.setattr(doctor.importlib, "import_module", unimportable)
    (finding,) = doctor.brian2()
    assert finding.state == "WRONG"
    assert ('pip install "numpy<2.4"' in finding.mend) == trapped
    assert ("ndarray.ptp" in finding.text) == (not trapped)  # an import that fails otherwise is told too


def test_absent_packages_are_wrong_if_needed_and_a_note_if_not(monkeypatch):
    versions(monkeypatch, jupyterlab=None, nbgrader=None)
    said = {finding.text: finding for finding in doctor.packages()}
    assert said["jupyterlab is not installed"].state == "WRONG"
    assert "-m pip install -r requirements.txt" in said["jupyterlab is not installed"].mend
    note = next(finding for text, finding in said.items() if text.startswith("nbgrader is not installed"))
    assert note.state == "note"


def test_one_broken_check_stops_no_other_and_decides_the_exit_code(monkeypatch):
    def broken():
        raise RuntimeError("first line\nsecond line")

    def fine():
        yield doctor.Finding("ok", "this still ran")

    monkeypatch.setattr(doctor, "CHECKS", (broken, fine))
    said = []
    assert doctor.report(said.append) == 1
    assert "broken: RuntimeError: first line\n      ->" in said[1]
    assert said[2] == "ok    this still ran"
    monkeypatch.setattr(doctor, "CHECKS", (fine,))
    assert doctor.report(said.append) == 0
    assert said[-1] == "All is well."


@pytest.mark.parametrize(("version", "state"), [((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "note")])
def test_python_versions(monkeypatch, version, state):
    monkeypatch.setattr(doctor.sys, "version_info", version)
    assert next(doctor.python()).state == state


@pytest.mark.parametrize(
    ("count", "state"), [(46, "WRONG"), (47, "ok"), (48, "ok"), (49, "ok"), (50, "WRONG")]
)
def test_a_spike_count_that_theory_does_not_know_is_wrong(count, state):
    assert doctor._judged("snnlab", count, 0.1).state == state


def test_simulation_runs_one_second():
    (finding,) = doctor.simulation()
    assert finding.state == "ok", finding
    assert "one second of a LIF neuron" in finding.text


@needs("brian2")
def test_brian2_runs_one_second_and_agrees():
    (ours,), (theirs,) = doctor.simulation(), doctor.brian2()
    assert theirs.state == "ok", theirs
    assert ours.text.split(" spikes")[0].split()[-1] == theirs.text.split(" spikes")[0].split()[-1]


@needs("jupyterlab", "ipywidgets", "anywidget")
def test_a_notebook_kernel_of_another_python_is_found(monkeypatch, tmp_path):
    assert [finding.state for finding in doctor.notebook()] == ["ok"]
    kernels = tmp_path / "kernels" / "python3"
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(
        '{"argv": ["/opt/other/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],'
        ' "display_name": "Python 3", "language": "python"}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    (finding,) = doctor.notebook()
    assert finding.state == "WRONG"
    assert "jupyter kernelspec remove python3" in finding.mend


def test_a_cache_that_cannot_be_written_is_a_note(monkeypatch, tmp_path):
    monkeypatch.setenv("SNNLAB_CACHE", str(tmp_path / "kernels"))
    (finding,) = doctor.kernel_cache()
    assert finding.state == "ok"
    assert str(tmp_path) in finding.text
    (tmp_path / "file").write_text("a folder cannot be made below a file")
    monkeypatch.setenv("SNNLAB_CACHE", str(tmp_path / "file" / "kernels"))
    (finding,) = doctor.kernel_cache()
    assert finding.state == "note"
    assert "SNNLAB_CACHE" in finding.mend


def test_doctor_in_a_process_of_its_own():
    done = subprocess.run(
        [sys.executable, "-m", "snnlab.cli", "doctor"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("All is well.")
    assert "WRONG" not in done.stdout


# --- the other subcommands ---


def test_help_imports_neither_numba_nor_matplotlib_nor_brian2():
    code = (
        "import sys; from snnlab import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print('loaded:', [m for m in ('numba', 'matplotlib', 'brian2', 'IPython', 'nbgrader') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert "doctor | warmup | build" in done.stdout
    assert done.stdout.rstrip().endswith("loaded: []")


def fake_build(monkeypatch, **functions):
    """Stand in for snnlab.course.build, whose own tests are elsewhere."""
    package, module = types.ModuleType("snnlab.course"), types.ModuleType("snnlab.course.build")
    module.__dict__.update(functions)
    package.build = module
    monkeypatch.setitem(sys.modules, "snnlab.course", package)
    monkeypatch.setitem(sys.modules, "snnlab.course.build", module)


def test_build_passes_the_course_and_the_lessons_on(monkeypatch, tmp_path):
    calls = []
    fake_build(monkeypatch, build=lambda *given: calls.append(given))
    assert cli.main(["build", "--course", str(tmp_path), "01_lif_neuron"]) == 0
    assert cli.main(["build", "--course", str(tmp_path)]) == 0
    assert calls == [(tmp_path, ["01_lif_neuron"]), (tmp_path, None)]


@pytest.mark.parametrize("problems", [[], ["01_lif_neuron: cell ex-01-2 differs from its source"]])
def test_build_check_prints_each_problem_and_says_so_by_its_exit_code(
    monkeypatch, tmp_path, capsys, problems
):
    fake_build(monkeypatch, check=lambda course, lessons: problems)
    assert cli.main(["build", "--check", "--course", str(tmp_path)]) == len(problems)
    printed = capsys.readouterr().out
    assert all(problem in printed for problem in problems)
    assert ("no drift" in printed) == (not problems)


def answer(capsys, *words) -> str:
    assert cli.main(list(words)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1, captured.err
    return captured.err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("lesson 99: there is none\nand more lines"), "snnlab build: lesson 99: there is none\n"),
        (FileNotFoundError(2, "No such file", "x.py"), "snnlab build: [Errno 2] No such file: 'x.py'\n"),
        (KeyError("x"), "snnlab build: KeyError: 'x' (`snnlab --traceback build ...` shows where)\n"),
        (
            RuntimeError(),
            "snnlab build: RuntimeError: RuntimeError (`snnlab --traceback build ...` shows where)\n",
        ),
    ],
)
def test_mistakes_are_one_plain_line(monkeypatch, tmp_path, capsys, error, said):
    def fails(course, lessons):
        raise error

    fake_build(monkeypatch, build=fails)
    assert answer(capsys, "build", "--course", str(tmp_path), "99") == said
    with pytest.raises(type(error)):
        cli.main(["--traceback", "build", "--course", str(tmp_path), "99"])


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch, tmp_path, capsys):

    def fails(course, lessons):
        raise ModuleNotFoundError("No module named 'nbgrader'", name="nbgrader")

    fake_build(monkeypatch, build=fails)
    line = answer(capsys, "build", "--course", str(tmp_path))
    assert line.startswith("snnlab build: nbgrader is not installed; type: ")
    assert line.endswith('-m pip install ".[course]"\n')


@needs("nbgrader")
def test_a_folder_that_is_no_course_is_named(tmp_path, capsys):
    line = answer(capsys, "build", "--course", str(tmp_path))
    assert str(tmp_path) in line
    assert "solutions/" in line


def test_no_subcommand_is_an_error_that_names_them():
    done = subprocess.run(
        [sys.executable, "-m", "snnlab.cli"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "doctor | warmup | build" in done.stderr
