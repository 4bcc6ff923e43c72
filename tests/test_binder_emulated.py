"""What mybinder.org would do with this repository, done here without docker.

A copy of the files, a new environment with the Python of binder/runtime.txt (or this one, where the machine has no
other), `pip install -r binder/requirements.txt`, a home that is empty, `binder/postBuild`, then `binder/start` with
JupyterLab. Every lesson is opened through the server's API, and its cells run up to the first picture.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from needs import needs

from snnlab.course import lessons

ROOT = Path(__file__).parents[1]
COURSE = lessons.find(ROOT)
LIMIT = 2 * 1024**3  # bytes: what mybinder.org gives
pytestmark = [
    needs("websocket", "jupyter_client", program=("git", "bash")),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc: mybinder.org is Linux"),
]


def python_of_binder() -> str:
    version = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    pyenv = sorted(
        Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}*/bin/python")
    )
    found = shutil.which(f"python{version}")
    if (
        found
        and subprocess.run([found, "-c", "import ensurepip"], check=False, capture_output=True).returncode
        == 0
    ):
        return found
    return str(pyenv[-1]) if pyenv else sys.executable


def memory_of(root: int) -> int:
    """Bytes that a process and all its descendants keep in memory, what they share counted once."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = path.read_text().split(" (", 1)
            parents[int(pid)] = int(rest.rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    total = 0
    for pid in family:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += 1024 * int(next(line.split()[1] for line in text.splitlines() if line.startswith("Pss:")))
    return total


class Server:
    """A JupyterLab that binder/start has started."""

    def __init__(self, repo: Path, home: Path, environment: dict[str, str]) -> None:
        self.home, self.token = home, "binder"
        self.log = (home / "server.log").open("w")
        self.process = subprocess.Popen(
            ["binder/start", "jupyter", "lab", "--no-browser", "--ServerApp.port=0", "--allow-root",
             f"--IdentityProvider.token={self.token}"],
            cwd=repo, env=environment, stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip
        for _ in range(600):
            states = list(home.glob(".local/share/jupyter/runtime/jpserver-*.json"))
            if states and (text := states[0].read_text()):
                self.url = json.loads(text)["url"]
                return
            assert self.process.poll() is None, (home / "server.log").read_text()
            time.sleep(0.1)
        raise TimeoutError((home / "server.log").read_text())

    def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(
            f"{self.url}api/{path}", method=method, data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else {}

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.log.close()


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The repository, its home and its environment as they are once an image is built."""
    folder = tmp_path_factory.mktemp("binder")
    repo, home = folder / "repo", folder / "home"
    home.mkdir()
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (repo / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, repo / name)
    subprocess.run([python_of_binder(), "-m", "venv", str(folder / "env")], check=True, timeout=120)
    kept = {
        k: v
        for k, v in os.environ.items()
        if k.startswith(("PIP_", "SSL_", "HTTP", "http", "NO_PROXY", "no_proxy", "LANG"))
    }
    environment = {**kept, "HOME": str(home), "PATH": f"{folder / 'env' / 'bin'}:/usr/bin:/bin"}
    # pip keeps its cache and configuration: what it installs is the same, and no server is asked twice.
    pip = {**environment, "HOME": os.environ.get("HOME", str(home))}
    for command, its in (
        (["pip", "install", "--quiet", "-r", "binder/requirements.txt"], pip),
        (["binder/postBuild"], environment),
    ):
        program = shutil.which(command[0], path=environment["PATH"]) or command[0]
        done = subprocess.run(
            [program, *command[1:]],
            cwd=repo,
            env=its,
            check=False,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return repo, home, environment


@pytest.fixture(scope="module")
def server(image):
    server = Server(*image)
    yield server
    server.stop()


def compiled(home: Path) -> dict[str, int]:
    """The kernels in the cache of this home, and when each file was written."""
    return {
        p.name: p.stat().st_mtime_ns
        for p in (home / ".cache" / "snnlab").rglob("*")
        if p.is_file() and p.suffix != ".pyc"
    }


def first_cells(notebook) -> list[str]:
    """The code up to the first cell that shows a picture."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shows = next(
        k for k, cell in enumerate(code) if any("image/png" in o.get("data", {}) for o in cell.outputs)
    )
    return [cell.source for cell in code[: shows + 1]]


def execute(server: Server, kernel: str, code: str) -> list[dict]:
    """Run one cell as JupyterLab does, through the kernel's channel; returns what it sent back."""
    import websocket
    from jupyter_client.session import Session

    session = Session()
    address = f"{server.url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?token={server.token}"
    line = websocket.create_connection(address, timeout=120)
    try:
        message = session.msg(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": True,
            },
        )
        message = {**message, "channel": "shell", "buffers": []}
        line.send(json.dumps(message, default=str))
        answers = []
        while True:
            frame = line.recv()
            if isinstance(frame, bytes):
                continue  # a widget's own buffers
            answer = json.loads(frame)
            if answer.get("parent_header", {}).get("msg_id") != message["header"]["msg_id"]:
                continue
            answers.append(answer)
            if answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle":
                return answers
    finally:
        line.close()


@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.name)
def test_a_lesson_opens_runs_and_compiles_nothing(image, server, lesson):
    home = image[1]
    path = lesson.release.relative_to(ROOT).as_posix()
    content = server.ask("GET", f"contents/{path}")["content"]
    before = compiled(home)
    assert before, "postBuild compiled no kernel"
    session = server.ask(
        "POST", "sessions", {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
    )
    try:
        pictures = 0
        for code in first_cells(nbformat.from_dict(content)):
            answers = execute(server, session["kernel"]["id"], code)
            errors = [a["content"] for a in answers if a["msg_type"] == "error"]
            assert errors == []
            pictures += sum("image/png" in a["content"].get("data", {}) for a in answers)
        assert pictures
        assert compiled(home) == before, "a kernel was compiled: add it to RUNS in snnlab/warmup.py"
        used = memory_of(server.process.pid)
        print(f"{path}: {used / 1024**2:.0f} MiB with the server")
        assert used < LIMIT
    finally:
        server.ask("DELETE", f"sessions/{session['id']}")
