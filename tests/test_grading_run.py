"""A class from submissions to marks: run, killed, resumed, through Dask, merged, marked by hand, handed out."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import SimpleNamespace

import grading_class as given
import pytest
from browser import PATIENCE, chromium
from grading_class import MENDED, dumped, with_answers
from IPython.core import ultratb
from needs import needs

from snnlab import cli

pytestmark = [
    needs("nbgrader", "nh3", "psutil", "rapidfuzz", program=("bwrap", "setpriv")),
    pytest.mark.timeout(300),
]

ROOT = Path(__file__).resolve().parents[1]
LONG = "def leak_step(v, tau_m, dt):\n    # what leaks away in a time dt is this part of it, since tau_m is the time constant\n    gone_in_dt = dt / tau_m\n    return v - v * gone_in_dt\n"
CLASS = {
    "ada": ("graded", 5.0), "bob": ("graded", 0.0), "cyd": ("graded", 2.0), "dan": ("stopped", 2.0),
    "eve": ("unreadable", 0.0), "fay": ("graded", 5.0), "gus": ("graded", 5.0), "hal": ("graded", 2.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A course, submissions, and a first run of them."""
    given.needs_sandbox()
    folder = tmp_path_factory.mktemp("class")
    blank = given.blank(given.built(folder / "course"))
    wrong = MENDED.replace("1 -", "1 +")
    books = {
        "ada": with_answers(blank), "bob": blank, "cyd": with_answers(blank, second=wrong),
        "dan": with_answers(blank, between="import os\nos._exit(0)"), "fay": with_answers(blank, first=LONG),
        "gus": with_answers(blank, first=LONG), "hal": with_answers(blank, second="raise SystemExit"),
    }  # fmt: skip
    (folder / "in").mkdir()
    for student, book in books.items():
        (folder / "in" / f"{student}.ipynb").write_bytes(dumped(book))
    (folder / "in" / "eve.ipynb").write_bytes(b"{")
    (folder / "class.csv").write_text("student,name\n" + "".join(f"{s},=cmd {s}\n" for s in [*CLASS, "zoe"]))
    assert run(folder, "out") == 0
    return folder


def words(folder, out, *more):
    return ["grade", str(folder / "in"), "--lesson", "99", "--course", str(folder / "course"), "--out", str(folder / out),
            "--students", str(folder / "class.csv"), "--workers", "2", "--seed", "7", "--quiet", *more]  # fmt: skip


def run(folder, out, *more):
    return cli.main(["--traceback", *words(folder, out, *more)])


def lines(folder, out):
    return [json.loads(line) for line in (folder / out / "results.jsonl").read_text().splitlines()]


def marks(folder, out):
    """What is a mark of each student, from the results."""
    return {
        r["student"]: (r["status"], r["score"], [(e["state"], e["wrong"]) for e in r["exercises"].values()])
        for r in lines(folder, out)
    }


def table(folder, out, name="marks.csv"):
    with (folder / out / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_marks_pages_and_tables(place):
    rows = {row["student"]: row for row in table(place, "out")}
    assert {s: (r["status"], float(r["score"])) for s, r in rows.items() if s != "zoe"} == CLASS
    assert rows["zoe"]["status"] == "missing"
    assert rows["ada"]["name"] == "'=cmd ada"  # no spreadsheet runs it
    assert sorted(p.stem for p in (place / "out/feedback").iterdir()) == sorted(CLASS)
    report = (place / "out/class.html").read_text()
    assert (
        "sign" in report
        and "fay" in report.partition("Too alike")[2]
        and "gus" in report.partition("Too alike")[2]
    )
    assert [row["Identifier"] for row in table(place, "out", "moodle.csv")][:2] == [
        "Participant ada",
        "Participant bob",
    ]
    canvas = table(place, "out", "canvas.csv")
    assert canvas[0]["99_leak"] == "5" and [row["99_leak"] for row in canvas if row["ID"] == "cyd"] == ["2.0"]
    assert len(lines(place, "out")) == len(CLASS)
    assert (place / "out").stat().st_mode & 0o077 == 0


def test_again_grades_nothing_and_another_seed_all(place, capsys):
    before = (place / "out/marks.csv").read_bytes()
    assert run(place, "out") == 0
    assert "0 graded, 8 skipped" in capsys.readouterr().out
    assert (place / "out/marks.csv").read_bytes() == before
    assert len(lines(place, "out")) == len(CLASS)


def test_killed_and_resumed(place):
    """SIGKILL to a worker, then to the grader, and a line that was cut off: one result each, with the same marks."""
    shutil.copytree(place / "out/reference", place / "killed/reference")
    command = [sys.executable, "-m", "snnlab.cli", *words(place, "killed")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    results = place / "killed/results.jsonl"
    wait_for(lambda: results.exists() and results.read_bytes().count(b"\n") >= 1)
    kill_a_worker(process.pid)
    wait_for(lambda: results.read_bytes().count(b"\n") >= 4)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with results.open("ab") as file:
        file.write(b'{"lesson": "99_leak", "stu')
    assert run(place, "killed") == 0
    assert len(lines(place, "killed")) == len(CLASS)
    assert marks(place, "killed") == marks(place, "out")


def wait_for(condition):
    end = time.monotonic() + 200
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def kill_a_worker(pid):
    import psutil

    workers = [p for p in psutil.Process(pid).children() if "spawn_main" in " ".join(p.cmdline())]
    workers[0].kill()


def test_a_worker_that_dies_again_and_again_takes_nobody_along(tmp_path):
    """The broken pool's other submissions are graded, and the guilty one is given up with a reason."""
    from snnlab.grading import results, run, worker

    course = given.built(tmp_path / "course")
    from snnlab.grading import lesson

    _, bundle = lesson.bundle(course, "99")

    class Fragile(run.Workers):
        count = 2

        def submit(self, sent):
            future = Future()
            if sent.student == "bad":
                future.set_exception(BrokenProcessPool("a worker died"))
                return future
            record = {"student": sent.student, "status": "graded", "hash": sent.hash, "lesson": bundle.name}
            future.set_result(worker.Result(record, "", "page"))
            return future

    handed = []
    for student in ("ada", "bad", "cyd"):
        (tmp_path / f"{student}.ipynb").write_bytes(b"{}")
        source = SimpleNamespace(read=lambda: b"{}")
        handed.append(
            SimpleNamespace(student=student, source=source, problem="", superseded=False, shown=student)
        )
    with results.Results(tmp_path / "out") as store:
        counts = run.run(store, bundle, handed, Fragile(), progress=False)
        found = {record["student"]: record["status"] for record in store.read()}
    assert found == {"ada": "graded", "bad": "failed", "cyd": "graded"}
    assert counts == {"graded": 2, "skipped": 0, "unreadable": 0, "failed": 1}


def test_two_graders_on_one_folder(place, capsys):
    from snnlab.grading import results

    with results.Results(place / "out"):
        assert cli.main(words(place, "out")) == 2
    assert "another grader works in" in capsys.readouterr().err


@needs("distributed")
def test_through_dask(place):
    from distributed import LocalCluster

    shutil.copytree(place / "out/reference", place / "dask/reference")
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster:
        assert run(place, "dask", "--dask", cluster.scheduler_address) == 0
    assert marks(place, "dask") == marks(place, "out")


# ---------------------------------------------------------------- by hand


@needs("playwright", program="chromium")
def test_a_mark_given_in_formgrader_is_kept(place):
    """Formgrader opens in Chromium, a mark is typed, and it survives a new merge with a new automatic mark."""
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ServerApp.port=0", "--IdentityProvider.token="],
        cwd=place / "out/nbgrader", env={**os.environ, "JUPYTER_RUNTIME_DIR": str(place / "runtime")},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        told = place / "runtime" / f"jpserver-{server.pid}.json"  # it chose a port that was free
        wait_for(lambda: told.exists() and told.read_text().rstrip().endswith("}"))
        type_a_mark(f"http://127.0.0.1:{json.loads(told.read_text())['port']}/formgrader")
    finally:
        server.terminate()
        server.wait()
    with (place / "in/cyd.ipynb").open(
        "wb"
    ) as file:  # cyd hands in again, now without an answer to the second
        file.write(dumped(with_answers(given.blank(place / "course"), second=None)))
    assert run(place, "out") == 0
    row = next(row for row in table(place, "out") if row["student"] == "cyd")
    assert (float(row["score"]), float(row["automatic"])) == (4.5, 2.0)
    page = (place / "out/feedback/cyd.html").read_text()
    assert "With your instructor's marks: <strong>4.5 points</strong>" in page and "not done" in page
    assert exported(place)["cyd"] == 4.5 and exported(place)["ada"] == 5.0


def type_a_mark(address):
    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        wait_for(lambda: answers(page, f"{address}/gradebook/99_leak/99_leak"))
        page.wait_for_selector("text=Show All Names")
        page.click("text=Show All Names")
        rows = page.locator("tr", has_text="cyd")
        page.goto(
            address.removesuffix("/formgrader") + str(rows.first.locator("a").first.get_attribute("href"))
        )
        # The field is in the page before it is heeded: formgrader fetches the marks first, and its placeholder says that it has.
        field = page.locator("#check-99-2[placeholder]")
        field.wait_for()
        with page.expect_response(
            lambda response: "/api/grade/" in response.url and response.request.method == "PUT"
        ):
            field.fill("2.5")
            field.blur()


def answers(page, address):
    try:
        return page.goto(address).ok
    except Exception:
        return False


def exported(place):
    """The scores that `nbgrader export` writes."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run([sys.executable, "-m", "nbgrader", "export", "--to", "grades.csv"], cwd=place / "out/nbgrader", env=environment,
                   check=True, capture_output=True)  # fmt: skip
    with (place / "out/nbgrader/grades.csv").open(newline="") as file:
        return {
            row["student_id"]: float(row["score"])
            for row in csv.DictReader(file)
            if row["assignment"] == "99_leak"
        }


# ---------------------------------------------------------------- the sandbox on other machines


def test_without_bubblewrap_it_refuses_unless_told(place, tmp_path, monkeypatch, capsys):
    from snnlab.grading import sandbox

    sandbox._problem.cache_clear()
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    try:
        assert cli.main(words(place, "refused")) == 2
        said = capsys.readouterr().err
        assert "bubblewrap is not installed" in said and "--trusted-submissions" in said
        assert not (place / "refused/results.jsonl").exists() or not lines(place, "refused")
    finally:
        sandbox._problem.cache_clear()
    monkeypatch.undo()
    for student in ("ada", "cyd"):
        (tmp_path / "in").mkdir(exist_ok=True)
        shutil.copy(place / "in" / f"{student}.ipynb", tmp_path / "in")
    given_words = [*words(place, "trusted", "--trusted-submissions")]
    given_words[1] = str(tmp_path / "in")
    assert cli.main(["--traceback", *given_words]) == 0
    assert marks(place, "trusted") == {s: m for s, m in marks(place, "out").items() if s in ("ada", "cyd")}


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, which only root can")
def test_the_sandbox_works_for_an_unprivileged_user(place, tmp_path):
    """As another user, with user namespaces: the same mark, and a limit on processes."""
    from snnlab.grading import sandbox

    tmp_path.chmod(0o755)
    script = tmp_path / "script.py"
    script.write_text(f"""
import os, pathlib, tempfile
from snnlab.grading import kernel, sandbox
assert os.geteuid() == 4321 and sandbox._private_uid() == 0
warm = pathlib.Path(tempfile.mkdtemp())
(warm / "work").mkdir()
with kernel.started(warm, sandbox.Limits(), kernel.Budget()) as running:
    ran = running.run("import os\\nprint(os.getuid(), sorted(os.listdir('/proc'))[0], os.path.exists({str(place)!r}))")
    print(ran.outputs[0].text)
    ran = running.run("n = 0\\ntry:\\n    while True:\\n        if os.fork() == 0:\\n            import time; time.sleep(100)\\n        n += 1\\nexcept OSError:\\n    print('forks', n)")
    print(ran.outputs[0].text)
""")
    hidden = [
        folder
        for folder in (*sandbox.python_folders(), ROOT)
        if any(p.stat().st_mode & 0o005 != 0o005 for p in folder.parents)
    ]
    shown = []
    for folder in hidden:  # such as a Python in /root: shown to everybody in this test's own view of the disk
        closed = next(p for p in reversed(folder.parents) if p.stat().st_mode & 0o005 != 0o005)
        shown += [] if str(closed) in shown else ["--perms", "0755", "--tmpfs", str(closed)]
        shown += [
            word
            for p in reversed(folder.parents)
            if p.is_relative_to(closed)
            for word in ("--perms", "0755", "--dir", str(p))
        ]
        shown += ["--ro-bind", str(folder), str(folder)]
    script_shown = ["--ro-bind", str(script), "/mnt/script.py"]
    command = ["bwrap", "--cap-add", "ALL", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--tmpfs", "/mnt", *shown, *script_shown,
               "--perms", "1777", "--tmpfs", tempfile.gettempdir(), "--", "setpriv", "--reuid=4321", "--regid=4321", "--clear-groups", "--inh-caps=-all", "--",
               sys.executable, "/mnt/script.py"]  # fmt: skip
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": tempfile.gettempdir()},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    first, forks = (
        done.stdout.split("\n\n")[:2] if "\n\n" in done.stdout else done.stdout.strip().split("\n")[:2]
    )
    assert first.split()[0] == "1000" and first.split()[2] == "False"
    assert 1 < int(forks.split()[1]) < 64


def test_a_course_in_sight_is_refused():
    from snnlab.grading import sandbox

    with pytest.raises(ValueError, match="which submissions can read"):
        sandbox.hidden_from_students(Path("/usr/share/course"), "course")
    with pytest.raises(ValueError, match="which submissions can read"):
        sandbox.hidden_from_students(Path(sys.prefix, "course"), "out")


# ---------------------------------------------------------------- parameters of the student's own


OWN_CHECKS = """
from pathlib import Path

from snnlab.checks import Case, Exercise, Wrong, own

SECRET = (Path(__file__).parents[1] / "secret.txt").read_text().strip()


def mine(student):
    return own(student, "99.3", secret=SECRET, tau_m=(10.0, 30.0))


def hand_out(student):
    return {"recording.csv": f"tau_m\\n{mine(student)['tau_m']}\\n"}


OWN = Exercise(
    id="99.3", title="Your own", points=4, asks="value", extras={"student": "ada"},
    inputs=lambda seed, student: [Case("yours", hidden=mine(student))], oracle=lambda tau_m: tau_m,
    hints=("Read it.",), wrong=(Wrong("s", lambda tau_m: tau_m / 1000.0, "In s?"),),
)
"""


def test_everybody_has_parameters_of_their_own_and_the_key_is_one_command(place, tmp_path):
    from snnlab.grading import lesson, sandbox, worker

    course = shutil.copytree(place / "course", tmp_path / "course")
    (course / "secret.txt").write_text("a word")
    checks = course / "checks/ex_99.py"
    checks.write_text(checks.read_text() + OWN_CHECKS)
    source = course / "solutions/99_leak/99_leak.py"
    extra = (
        '# %% nbgrader={"grade_id": "ex-99-3", "solution": true}\ndef mine():\n    ### BEGIN SOLUTION\n'
        '    return float(open("recording.csv").read().split()[1])\n    ### END SOLUTION\n\n'
        '# %% nbgrader={"grade_id": "check-99-3", "grade": true, "locked": true, "points": 4}\ncheck.ex_99_3(mine, student="ada")\n\n'
    )
    source.write_text(
        source.read_text().replace("# %% [markdown]\n# ## Close", extra + "# %% [markdown]\n# ## Close")
    )
    for folder in (
        "solutions",
        "lessons",
    ):  # the release is written by hand here: building would need the recording
        path = course / folder / "99_leak/99_leak.ipynb"
        book = json.loads(path.read_text())
        for id, text, meta in (("ex-99-3", 'def mine():\n    return float(open("recording.csv").read().split()[1])', {"solution": True, "grade": False}),
                               ("check-99-3", "check.ex_99_3(mine, student='ada')", {"grade": True, "solution": False, "points": 4})):  # fmt: skip
            nbgrader = {"grade_id": id, "locked": meta["grade"], "schema_version": 3, "task": False, **meta}
            book["cells"].append({**given.code(text), "id": id, "metadata": {"nbgrader": nbgrader}})
        path.write_text(json.dumps(book))
    (tmp_path / "class.csv").write_text("student\nada\nbob\n")
    more = ["--lesson", "99", "--course", str(course), "--students", str(tmp_path / "class.csv")]
    assert (
        cli.main(
            [
                "--traceback",
                "key",
                *more,
                "--out",
                str(tmp_path / "key.csv"),
                "--hand-out",
                str(tmp_path / "files"),
            ]
        )
        == 0
    )
    with (tmp_path / "key.csv").open(newline="") as file:
        key = {row["student"]: float(row["value"]) for row in csv.DictReader(file)}
    assert key["ada"] != key["bob"]
    assert (tmp_path / "files/ada/recording.csv").read_text().split()[1] == str(key["ada"])
    found, bundle = lesson.bundle(course, "99", seed=1, limits=sandbox.Limits())
    bundle = worker.reference(bundle, found.solution.read_bytes())
    copied = given.blank(course)
    given.cell(copied, "ex-99-3")["source"] = f"def mine():\n    return {key['ada']!r}"
    for student, score in (("ada", 4), ("bob", 0)):  # who copies ada's number has ada's neuron
        result = worker.grade(bundle, worker.Sent(student, "h", dumped(copied)), lesson.grader_version())
        assert result.record["exercises"]["99.3"]["score"] == score
    lesson.forget()


def test_students_do_not_import_the_grader():
    code = "import sys, snnlab, snnlab.cli; bad = {'nbgrader', 'dask', 'distributed', 'nh3', 'psutil', 'rapidfuzz'} & set(sys.modules); assert not bad, bad"
    code += "\nassert not any(name.startswith('snnlab.grading') for name in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


class Much:
    """What a student's function holds when its memory ends."""


def fills(held):
    x = Much()
    held.append(weakref.ref(x))
    raise MemoryError


def test_an_error_behind_the_last_one_holds_no_memory(monkeypatch):
    """Where a MemoryError leaves no room to write about it, a second error stands in its place."""
    held = []

    def writes():
        try:
            fills(held)
        except MemoryError:
            raise RuntimeError("no room to write the traceback")  # noqa: B904  (its context is what is tested)

    try:
        writes()
    except RuntimeError as error:
        monkeypatch.setattr(sys, "last_value", error, raising=False)
    from snnlab.grading import servant

    assert held[0]() is not None
    servant._forget_the_last_error()
    assert held[0]() is None


def test_an_error_that_was_shown_holds_no_memory(monkeypatch):
    """IPython reads the locals of each frame that it shows, and up to Python 3.12 the frame keeps what was read."""
    held = []
    try:
        fills(held)
    except MemoryError as error:
        shown = ultratb.VerboseTB().text(type(error), error, error.__traceback__)
        assert "fills" in shown
        monkeypatch.setattr(sys, "last_value", error, raising=False)
    from snnlab.grading import servant

    assert held[0]() is not None
    servant._forget_the_last_error()
    assert held[0]() is None
