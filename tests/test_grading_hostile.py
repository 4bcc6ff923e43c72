"""Submissions that are right, wrong, broken and hostile: each ends with the right mark or a named status.

All of them run in the sandbox. A sandbox that does not work here fails these tests: they never skip for that.
"""

import contextlib
import copy
import dataclasses
import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from html.parser import HTMLParser
from pathlib import Path

import grading_class as given
import pytest
from grading_class import MENDED, RIGHT, cell, dumped, with_answers
from needs import needs

pytestmark = [needs("nbgrader", "nh3", "psutil", program=("bwrap", "setpriv")), pytest.mark.timeout(120)]

SEED = 7654321  # one of the hidden inputs is 10 + SEED: a number that no page may show
HIDDEN = str(10 + SEED)
FOREVER = "def leak_step(v, tau_m, dt):\n    while True:\n        pass\n"
SWALLOWS = """
def leak_step(v, tau_m, dt):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""
HALF = "def leak_step(v, tau_m, dt):\n    return v * (1 - dt / tau_m) if dt < 0.5 else 0.0\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The course, a folder of results, a server that nobody may reach, and a lesson ready for a worker."""
    from snnlab.grading import lesson, sandbox, worker

    given.needs_sandbox()
    folder = tmp_path_factory.mktemp("grading")
    course = given.built(folder / "course")
    checks = course / "checks" / "ex_99.py"
    checks.write_text(checks.read_text().replace("id=id,", "id=id, seconds=1.0,"))
    found, bundle = lesson.bundle(course, "99", seed=SEED, limits=sandbox.Limits(memory=3 << 29))
    bundle = worker.reference(bundle, found.solution.read_bytes())
    results = folder / "results"
    results.mkdir()
    (results / "results.jsonl").write_text("untouched\n")
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.0)
    yield {"course": course, "bundle": bundle, "results": results, "server": server}
    server.close()
    lesson.forget()


@pytest.fixture
def blank(place):
    return given.blank(place["course"])


@pytest.fixture
def grade(place, monkeypatch):
    """Grade bytes or a notebook in this process, with limits as short as a test wants them."""
    from snnlab.grading import kernel, lesson, worker

    monkeypatch.setattr(lesson, "CELL", 1.5)
    monkeypatch.setattr(lesson, "TOTAL", 12.0)
    monkeypatch.setattr(kernel, "PATIENCE", 0.7)
    monkeypatch.setattr(kernel, "OUTPUT_READ", 20_000_000)
    monkeypatch.setenv("A_SECRET_OF_THE_GRADER", "e2d1c0")
    # Nothing in this class needs its reference's time: 10 times of it is less than the limits above.
    bundle = dataclasses.replace(place["bundle"], cpu={})

    def run(notebook):
        data = notebook if isinstance(notebook, bytes) else dumped(notebook)
        return worker.grade(bundle, worker.Sent("ada", lesson.digest(data), data), lesson.grader_version())

    return run


def scores(result):
    return [exercise["score"] for exercise in result.record["exercises"].values()]


def ends(result, status, *wanted):
    """Assert a status and the scores of both exercises."""
    assert (result.record["status"], scores(result)) == (status, list(wanted)), result.record
    assert result.record["points"] == 5


# ---------------------------------------------------------------- honest


def edit(notebook, id, **new):
    changed = copy.deepcopy(notebook)
    cell(changed, id).update(new)
    return changed


def without(notebook, *ids):
    return {**notebook, "cells": [one for one in notebook["cells"] if one["id"] not in ids]}


def renamed(notebook):
    changed = copy.deepcopy(notebook)
    for number, one in enumerate(changed["cells"]):
        one["id"] = f"x{number}"
        if "nbgrader" in one["metadata"]:
            one["metadata"]["nbgrader"].update(grade_id=f"x{number}", points=100)
    return changed


def stripped(notebook):
    changed = copy.deepcopy(notebook)
    for one in changed["cells"]:
        one["metadata"] = {}
        del one["id"]
    return changed


def with_points(notebook):
    changed = copy.deepcopy(notebook)
    cell(changed, "check-99-1")["metadata"]["nbgrader"]["points"] = 100
    return changed


def with_copy(notebook, id, **new):
    changed = copy.deepcopy(notebook)
    at = changed["cells"].index(cell(changed, id)) + 1
    changed["cells"].insert(at, {**copy.deepcopy(cell(changed, id)), **new})
    return changed


def as_version_3(notebook):
    cells = [{"cell_type": "code", "input": "".join(one["source"]), "language": "python", "outputs": [], "metadata": {}}
             for one in notebook["cells"] if one["cell_type"] == "code"]  # fmt: skip
    return {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


BUILTINS = "json = print = list = len = float = dict = str = 1"
HONEST = {
    "right": (lambda b: with_answers(b), 2, 3),
    "one wrong": (lambda b: with_answers(b, second=MENDED.replace("1 -", "1 +")), 2, 0),
    "partly right": (lambda b: with_answers(b, first=HALF), 1, 3),
    "blank": (lambda b: b, 0, 0),
    "a constant that is right once": (lambda b: with_answers(b, first="def leak_step(v, tau_m, dt):\n    return 3.6"), 0, 3),
    "an early exception": (lambda b: with_answers(b, before="1 / 0"), 2, 3),
    "a cell that is no Python": (lambda b: with_answers(b, before="let x = ;"), 2, 3),
    "warnings": (lambda b: with_answers(b, first="import sys, warnings\n" + RIGHT.replace("    return", "    warnings.warn('w'); print('e', file=sys.stderr)\n    return")), 2, 3),
    "names of builtins": (lambda b: with_answers(b, before=BUILTINS), 2, 3),
    "moved to another cell": (lambda b: without(with_answers(b, first=None, before=RIGHT), "ex-99-1"), 2, 3),
    "two versions": (lambda b: with_copy(with_answers(b, first=FOREVER), "ex-99-1", source=RIGHT), 2, 3),
    "a deleted check": (lambda b: without(with_answers(b), "check-99-1"), 2, 3),
    "all checks deleted": (lambda b: without(with_answers(b), "check-99-1", "check-99-2"), 2, 3),
    "an edited check": (lambda b: edit(with_answers(b, first=None), "check-99-1", source="print('passed')"), 0, 3),
    "a check that says True": (lambda b: edit(with_answers(b), "check-99-1", source="True"), 2, 3),
    "a check twice": (lambda b: with_copy(with_answers(b), "check-99-1"), 2, 3),
    "points changed": (lambda b: with_points(with_answers(b)), 2, 3),
    "ids changed": (lambda b: renamed(with_answers(b)), 2, 3),
    "no metadata and no ids": (lambda b: stripped(with_answers(b)), 2, 3),
    "an answer made text": (lambda b: edit(with_answers(b), "ex-99-1", cell_type="markdown"), 2, 3),
    "nbformat 3": (lambda b: as_version_3(with_answers(b)), 2, 3),
    "a byte order mark": (lambda b: b"\xef\xbb\xbf" + dumped(with_answers(b)), 2, 3),
    "half a surrogate pair": (lambda b: with_answers(b, before="x = '\ud800'"), 2, 3),
    "await in a cell": (lambda b: with_answers(b, before="import asyncio\nawait asyncio.sleep(0)"), 2, 3),
    "asks for input": (lambda b: with_answers(b, before="input('your name?')"), 2, 3),
    "leaves a thread": (lambda b: with_answers(b, before="import threading, time\nthreading.Thread(target=lambda: [time.sleep(0.01) or print(k) for k in range(10**6)], daemon=True).start()"), 2, 3),
    "SystemExit in an answer": (lambda b: with_answers(b, first="def leak_step(v, tau_m, dt):\n    raise SystemExit"), 0, 3),
    "changes its working folder": (lambda b: with_answers(b, before="import os\nos.chdir('/dev/shm')"), 2, 3),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_honest(name, blank, grade):
    make, first, second = HONEST[name]
    ends(grade(make(blank)), "graded", first, second)


HALF_A_LETTER = """
import json
k = get_ipython().kernel
k.session.pack = lambda content: json.dumps(content, default=str).encode()
half = chr(0xD800)
for kind, content in (("stream", {"name": "stdout", "text": half}), ("error", {"ename": half, "evalue": half, "traceback": [half]}),
                      ("display_data", {"data": dict.fromkeys(("text/plain", "text/html", "text/markdown"), half), "metadata": {}})):
    k.session.send(k.iopub_socket, kind, content, parent=k.get_parent())
"""


def test_half_a_surrogate_pair_can_be_stored(blank, grade):
    """In an error of an answer, an error's name, outputs in the file and outputs that are forged: all is written to files."""
    raises = "def leak_step(v, tau_m, dt):\n    raise type('E' + chr(0xD800), (Exception,), {})(chr(0xD800))"
    book = with_answers(blank, first=raises, between=HALF_A_LETTER)
    outputs = [
        {"output_type": "error", "ename": "\ud800", "evalue": "\ud800", "traceback": ["\ud800"]},
        {"output_type": "stream", "name": "stdout", "text": "\ud800"},
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "\ud800"}},
    ]
    book["cells"].append({**given.code("half = 1"), "outputs": outputs})
    result = grade(book)
    ends(result, "graded", 0, 3)
    for text in (result.feedback, result.executed, json.dumps(result.record, ensure_ascii=False)):
        text.encode()


def test_no_cells_in_a_sheet_of_version_3(blank, grade):
    ends(grade(dumped({"nbformat": 3, "worksheets": [{"cells": 5}, {"cells": None}, {}]})), "graded", 0, 0)


def test_a_known_mistake_gets_its_hint(blank, grade):
    result = grade(with_answers(blank, second=MENDED.replace("1 -", "1 +")))
    report = result.record["exercises"]["99.2"]
    assert (report["wrong"], report["hint"]) == ("sign", "It grows: is a sign wrong?")
    assert "It grows: is a sign wrong?" in result.feedback


# ---------------------------------------------------------------- broken

BROKEN = {
    "cut off": (lambda b: dumped(b)[:-200], "was it cut off?"),
    "empty": (lambda b: b"", "it is empty"),
    "nested deeply": (lambda b: b'{"nbformat": 4, "cells": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
    "a list": (lambda b: b"[]", "no notebook"),
    "format 99": (lambda b: dumped({**b, "nbformat": 99}), "format 99"),
    "no cells": (lambda b: dumped({"nbformat": 4}), "without cells"),
    "cells that are none": (lambda b: dumped({**b, "cells": [1, 2]}), "something else than a cell"),
    "half a letter for a format": (lambda b: dumped({**b, "nbformat": "\ud800"}), "format ?"),
    "not UTF-8": (lambda b: b'{"cells": "\xff\xfe"}', "no UTF-8"),
    "UTF-16": (lambda b: dumped(b).decode().encode("utf-16"), "no UTF-8"),
    "a PDF": (lambda b: b"%PDF-1.7 ...", "no JSON"),
    "3000 cells": (lambda b: dumped({**b, "cells": b["cells"] * 300}), "cells, and at most"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name, blank, grade):
    make, reason = BROKEN[name]
    result = grade(make(blank))
    ends(result, "unreadable", 0, 0)
    assert reason in result.record["reason"]
    assert html.escape(reason, quote=False) in html.unescape(result.feedback)


# ---------------------------------------------------------------- hostile: what it uses

SOCKETS = "import ipykernel, os, time\nf = os.path.dirname(ipykernel.get_connection_file())\n"
SPENDS = {
    "an endless loop": ("while True:\n    pass", "graded", 3),
    "an endless loop that ignores interrupts": ("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass", "stopped: time", 0),
    "sleeps for ever": ("import time\ntime.sleep(1e9)", "graded", 3),
    "30 GiB in one step": ("x = bytearray(30 << 30)", "graded", 3),
    "30 GiB in many steps": ("def f():\n    x = []\n    for _ in range(3000):\n        x.append(b'x' * (10 << 20))\nf()", "graded", 3),
    "memory in many processes": ("import os, time\nfor _ in range(20):\n    if os.fork() == 0:\n        x = b'x' * (150 << 20)\n        time.sleep(1000)\ntime.sleep(1000)", "stopped: memory", 0),
    "1 GB of output": ("for _ in range(1000):\n    print('x' * 1_000_000)", "graded", 3),
    "20 MB in one output": ("from IPython.display import display\ndisplay({'text/plain': 'x' * 20_000_000}, raw=True)\nimport time\ntime.sleep(1000)", "stopped: output", 0),
    "the sockets' folder": ("import ipykernel, json, os, time\nf = os.path.dirname(ipykernel.get_connection_file())\nopen(f + '/big', 'wb').write(b'x' * (5 << 20))\ntime.sleep(1000)", "stopped: disk", 0),
    "a folder in the sockets' folder": (SOCKETS + "os.mkdir(f + '/d')\nfor k in range(3):\n    open(f + f'/d/{k}', 'wb').write(b'x' * (5 << 20))\ntime.sleep(1000)", "stopped: disk", 0),
    "empty files in the sockets' folder": (SOCKETS + "for k in range(3000):\n    open(f + f'/{k}', 'w').close()\ntime.sleep(1000)", "stopped: disk", 0),
    "folders in folders in the sockets' folder": (SOCKETS + "os.chdir(f)\nfor k in range(3000):\n    os.mkdir('d')\n    os.chdir('d')\ntime.sleep(1000)", "stopped: disk", 0),
    "closed connections": ("import gc, time, zmq\nfor one in gc.get_objects():\n    if isinstance(one, zmq.Socket):\n        one.close(0)\ntime.sleep(1000)", "stopped: output", 0),
    "a full home": ("try:\n    for k in range(100):\n        open(f'f{k}', 'wb').write(b'x' * (20 << 20))\nexcept OSError as error:\n    print(error)\nimport os\nfor k in range(100):\n    os.path.exists(f'f{k}') and os.remove(f'f{k}')", "graded", 3),
    "os._exit": ("import os\nos._exit(0)", "stopped: dead", 0),
    "exit()": ("exit()", "stopped: dead", 0),
    "kills itself": ("import os\nos.kill(os.getpid(), 9)", "stopped: dead", 0),
}  # fmt: skip


@pytest.mark.parametrize("name", SPENDS)
def test_a_cell_that_spends_too_much(name, blank, grade):
    """What was answered before counts, and what comes after is asked if the kernel lives."""
    source, status, second = SPENDS[name]
    result = grade(with_answers(blank, between=source))
    said = result.record["status"] + (
        ": " + result.record["reason"].partition(":")[0] if result.record["reason"] else ""
    )
    assert (said, scores(result)) == (status, [2, second]), json.dumps(result.record, indent=1)
    assert not list(Path(tempfile.gettempdir()).glob(f"snnlab-grade-{os.getpid()}-s-*"))
    if status == "graded" and name not in ("a full home", "1 GB of output"):
        assert len(result.record["errors"]) == 1


BOMBS = {
    "forks": "import os, time\nwhile True:\n    if os.fork() == 0:\n        time.sleep(1000)",
    "forks of forks": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
    "threads": "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(1000,)).start()",
    "signals to the parent": "import os\nfor pid in (os.getppid(), 1, -1):\n    try:\n        os.kill(pid, 9)\n    except OSError:\n        pass",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_harms_only_itself(name, blank, grade):
    """Whether its kernel survives is its own affair: the first mark stands, and a neighbour has all of theirs."""
    result = grade(with_answers(blank, between=BOMBS[name]))
    assert result.record["status"] in ("graded", "stopped")
    assert scores(result)[0] == 2
    ends(grade(with_answers(blank)), "graded", 2, 3)


@pytest.mark.parametrize(
    "first", [FOREVER, SWALLOWS, "def leak_step(v, tau_m, dt):\n    return [0.0] * 10_000_000"]
)
def test_an_answer_that_spends_too_much_leaves_the_next_exercise(first, blank, grade):
    book = with_answers(blank, first=first)
    book["cells"] = [
        one for one in book["cells"] if "print(f" not in "".join(one["source"])
    ]  # calls the answer itself
    ends(grade(book), "graded", 0, 3)


def test_memory_that_belongs_to_no_process_is_refused(blank, grade):
    """A memfd and a segment of System V count in no process: 1,024 in each of 64 processes would fill the machine."""
    source = """
import ctypes, os
try:
    os.memfd_create("x")
    print("LEAK")
except OSError as error:
    print("first:", error)
libc = ctypes.CDLL(None, use_errno=True)
print("LEAK" if libc.shmget(0, 1 << 20, 0o1600) >= 0 else "second:", os.strerror(ctypes.get_errno()))
print("LEAK" if libc.syscall(0x40000000 | 319, b"x", 0) >= 0 else "third:", os.strerror(ctypes.get_errno()))
"""
    result = grade(with_answers(blank, between=source))
    ends(result, "graded", 2, 3)
    said = next(
        one for one in json.loads(result.executed)["cells"] if "memfd_create" in "".join(one["source"])
    )
    shown = "".join(said["outputs"][0]["text"])
    assert "LEAK" not in shown and shown.count("Function not implemented") == 3, shown


# ---------------------------------------------------------------- hostile: what it sees and writes


def test_nothing_of_the_grader_is_in_sight(blank, grade, place):
    from snnlab.grading import sandbox

    pythons = {
        folder.parts[2] for folder in sandbox.python_folders() if folder.is_relative_to(tempfile.gettempdir())
    }
    spy = f"""
import os, socket
for path in ({str(place["course"])!r}, {str(place["results"])!r}, {str(Path(__file__).parent)!r}, {str(Path.home() / ".bashrc")!r}, "/etc/shadow", "/etc/passwd"):
    if os.path.exists(path):
        print("LEAK", path)
print("LEAK" if any("SECRET" in name for name in os.environ) else "clean", sorted(os.environ))
pids = [pid for pid in os.listdir("/proc") if pid.isdigit()]
print("LEAK" if len(pids) > 8 else "clean", pids)
for pid in pids:
    try:
        words = open(f"/proc/{{pid}}/environ").read() + open(f"/proc/{{pid}}/cmdline").read()
        print("LEAK" if "A_SECRET" in words else "clean")
    except OSError:
        pass
for address in (("127.0.0.1", {place["server"].getsockname()[1]}), ("1.1.1.1", 53)):
    try:
        socket.create_connection(address, 1)
        print("LEAK", address)
    except OSError as error:
        print(error)
for path in ({str(place["results"] / "results.jsonl")!r}, "/x", "/dev/x", "/usr/x", {str(given.__file__)!r}, os.__file__):
    try:
        open(path, "a").write("99 points")
        print("LEAK", path)
    except OSError as error:
        print(error)
there = os.listdir({tempfile.gettempdir()!r})
mine = [name for name in there if name.startswith("snnlab-grade-")]
print("LEAK" if set(there) - set(mine) - {pythons!r} or len(mine) > 1 else "clean", there)
print("spied to the end")
"""
    result = grade(with_answers(blank, between=spy))
    ends(result, "graded", 2, 3)
    assert "spied to the end" in result.executed
    assert "LEAK" not in result.executed.replace('print(\\"LEAK', "").replace('\\"LEAK\\" if', ""), (
        result.executed
    )
    assert (place["results"] / "results.jsonl").read_text() == "untouched\n"
    with pytest.raises(BlockingIOError):
        place["server"].accept()


# ---------------------------------------------------------------- hostile: what it says

PATCH_ALL = "import builtins\nfor name in ('print', 'float', 'len', 'isinstance', 'abs', 'round', 'all', 'any'):\n    setattr(builtins, name, lambda *a, **k: True)"
YES = "class Yes(float):\n    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda self, other: True\n    __sub__ = __rsub__ = lambda self, other: 0.0\n"
FORGED = """
import json, sys
servant = sys.modules["snnlab.grading.servant"]
def forged(answer, payload):
    return servant.Answers({text})
servant.ask = forged
"""
SAYS = {
    "answers equal to everything": (YES + "def leak_step(v, tau_m, dt):\n    return Yes(0.0)", 0),
    "an object equal to everything": ("class Yes:\n    __eq__ = lambda self, other: True\ndef leak_step(v, tau_m, dt):\n    return Yes()", 0),
    "a pickle bomb": ("class Bomb:\n    def __reduce__(self):\n        import os\n        return os._exit, (1,)\ndef leak_step(v, tau_m, dt):\n    return Bomb()", 0),
    "NaN": ("def leak_step(v, tau_m, dt):\n    return float('nan')", 0),
    "forged: passed": (FORGED.format(text="'[{\"value\": 1.0, \"credit\": 1.0, \"ok\": true, \"state\": \"passed\"}, {\"value\": 1.0}]'"), 0),
    "forged: too few": (FORGED.format(text="'[]'"), 0),
    "forged: nested deeply": (FORGED.format(text="'[' * 100000"), 0),
    "forged: a huge number": (FORGED.format(text="'[' + '1' * 100000 + ']'"), 0),
    "forged: no dictionary": (FORGED.format(text="json.dumps([{'value': {'a': [1] * 10}}, {'problem': 7}])"), 0),
    "forged: no text": (FORGED.format(text="7"), 0),
    "forged: notes that are none": (FORGED.format(text="json.dumps([{'value': 1.0, 'notes': 5}] * 2)"), 0),
    "forged: notes of numbers": (FORGED.format(text="json.dumps([{'value': 1.0, 'notes': [1]}] * 2)"), 0),
    "forged: notes of lists": (FORGED.format(text="json.dumps([{'value': 1.0, 'notes': [[1]]}] * 2)"), 0),
    "no servant": ("import sys\ndel sys.modules['snnlab.grading.servant']", 0),
    "json patched": ("import json\njson.dumps = lambda *a, **k: '[]'\njson.loads = lambda *a, **k: []\n" + RIGHT, None),
    "time patched": ("import time\ntime.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0\n" + RIGHT, 2),
    "random patched": ("import random, numpy\nrandom.random = lambda: 0.0\nnumpy.random.default_rng = None\n" + RIGHT, 2),
    "numpy patched": ("import numpy\nnumpy.isclose = lambda *a, **k: True\nnumpy.allclose = lambda *a, **k: True\ndef leak_step(v, tau_m, dt):\n    return 0.0", 0),
    "the grader's compare patched": ("import snnlab.checks.compare as c\nc.compare = c.difference = lambda *a, **k: ''\ndef leak_step(v, tau_m, dt):\n    return 0.0", 0),
    "print patched": ("import builtins\nbuiltins.print = None\n" + RIGHT, 2),
    "builtins patched": (PATCH_ALL + "\ndef leak_step(v, tau_m, dt):\n    return 0.0", None),
    "comms": ("import comm\nfor _ in range(300):\n    comm.create_comm(target_name='x', data={'a': 1})\n" + RIGHT, 2),
    "forged messages": ("k = get_ipython().kernel\nfor kind in ('execute_reply', 'status', 'error', 'stream'):\n    for channel in (k.shell_stream, k.iopub_socket, k.control_stream):\n        try:\n            k.session.send(channel, kind, {'status': 'ok', 'user_expressions': {'answers': {'data': {'text/x-snnlab-answers': '[]'}}}}, parent=k.get_parent())\n        except Exception:\n            pass\n" + RIGHT, None),
}  # fmt: skip


@pytest.mark.parametrize("name", SAYS)
def test_what_it_says_earns_nothing_that_it_did_not_compute(name, blank, grade):
    source, first = SAYS[name]
    result = grade(with_answers(blank, first=source))
    assert result.record["status"] in ("graded", "stopped"), result.record
    if first is not None:
        assert scores(result)[0] == first, result.record
    assert result.record["score"] <= 5


def test_input_transformers_can_not_answer(blank, grade):
    source = "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])"
    ends(grade(with_answers(blank, between=source)), "graded", 2, 0)


# ---------------------------------------------------------------- what others are shown

VECTORS = [
    "<script>steal()</script>", "<img src=x onerror=steal()>", "<svg onload=steal()><script>steal()</script></svg>",
    "<iframe src=javascript:steal()></iframe>", "[x](javascript:steal())", "[x](<java\nscript:steal()>)", "<a href=' javascript:steal()'>x</a>",
    "<object data='data:text/html,<script>steal()</script>'></object>", "<embed src=javascript:steal()>", "<form action=javascript:steal()><button>x</button></form>",
    "<base href='javascript:steal()//'>", "<meta http-equiv=refresh content='0;url=javascript:steal()'>", "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'</style>", "<div style='background:url(//evil.example/x)'>x</div>", "<math><mtext><script>steal()</script></mtext></math>",
    "<details open ontoggle=steal()>x</details>", "<video><source onerror=steal()></video>", "<img src=//evil.example/pixel.png>",
    "<a href='data:text/html,<script>steal()</script>'>x</a>", "<noscript><p title='</noscript><script>steal()</script>'></noscript>",
    "```html\n</code></pre><script>steal()</script>\n```", "<!--><script>steal()</script>-->", "<input autofocus onfocus=steal()>", "![x](javascript:steal())",
]  # fmt: skip
BAD_TAGS = {
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "base",
    "link",
    "svg",
    "math",
    "video",
    "audio",
    "style",
    "input",
    "button",
    "meta",
    "frame",
}


class _Finder(HTMLParser):
    """Collects what a browser would run, load or send."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found += [tag] * (tag in BAD_TAGS)
        for name, value in attributes:
            value = re.sub(r"[\s\x00]", "", value or "").lower()
            far = value.startswith(("javascript:", "vbscript:", "data:text", "//evil", "http://evil"))
            if (
                name.startswith("on")
                or (name in ("href", "src", "action", "srcset") and far)
                or (name == "style" and "url" in value)
            ):
                self.found.append(f"{tag} {name}={value[:60]}")


def active(page):
    finder = _Finder()
    finder.feed(page)
    return finder.found


def of_students(page):
    """A page without its own head."""
    return page.partition("</head>")[2]


def test_what_looks_for_active_content_finds_it():
    assert sum(bool(active(vector)) for vector in VECTORS) >= 19


def test_no_active_content_reaches_a_reader(blank, grade):
    """In Markdown, HTML, SVG, text, errors, and pictures; in the page, and in what formgrader shows."""
    from nbconvert import HTMLExporter

    book = with_answers(blank, first="# </code></pre><script>steal()</script>\n" + RIGHT)
    for vector in VECTORS:
        kinds = (
            "text/html",
            "text/markdown",
            "text/plain",
            "text/latex",
            "image/svg+xml",
            "application/javascript",
        )
        outputs = [{"output_type": "display_data", "metadata": {}, "data": {kind: vector}} for kind in kinds]
        outputs.append({"output_type": "display_data", "metadata": {}, "data": {"image/png": f'"><{vector}'}})
        outputs.append({"output_type": "stream", "name": "stdout", "text": vector})
        outputs.append({"output_type": "error", "ename": vector, "evalue": vector, "traceback": [vector]})
        shows = "\n".join(f"display({{{kind!r}: {vector!r}}}, raw=True)" for kind in kinds)
        source = (
            f"from IPython.display import display\n{shows}\nprint({vector!r})\nraise ValueError({vector!r})"
        )
        book["cells"].append({**given.code(source), "outputs": outputs})
        book["cells"] += [
            {"cell_type": kind, "id": "x", "metadata": {"raw_mimetype": "text/html"}, "source": vector}
            for kind in ("markdown", "raw")
        ]
    result = grade(book)
    ends(result, "graded", 2, 3)
    assert not active(of_students(result.feedback))
    shown, _ = HTMLExporter(template_name="basic").from_notebook_node(
        __import__("nbformat").reads(result.executed, as_version=4)
    )
    own, _ = HTMLExporter(template_name="basic").from_notebook_node(
        __import__("nbformat").reads(json.dumps(blank), as_version=4)
    )
    assert active(shown) == active(own)


def text(source, **more):
    return {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": source, **more}


def test_a_picture_in_an_answer_in_words_is_shown(blank, grade):
    """A photo pasted into a text cell is an attachment; one that is missing, or too often there, leaves the text."""
    picture = "iVBORw0KGgoA" * 200_000
    attached = {"photo.png": {"image/png": picture}, "bad.png": {"image/png": '"><script>steal()</script>'}}
    book = with_answers(blank)
    book["cells"] += [
        text("As drawn: ![my neuron](attachment:photo.png)", attachments=attached),
        text("*gone* ![x](attachment:lost.png)", attachments=attached),
        text("![y](attachment:bad.png)", attachments=attached),
        text("![z](attachment:photo.png) " * 500, attachments=attached),
        text("no picture", attachments={"a": 5, "b": {"image/png": ["x"]}}),
        text("none at all: ![x](attachment:photo.png)", attachments=[1]),
    ]
    result = grade(book)
    ends(result, "graded", 2, 3)
    shown = ["".join(cell["source"]) for cell in json.loads(result.executed)["cells"][-6:]]
    assert f'src="data:image/png;base64,{picture}"' in shown[0] and 'alt="my neuron"' in shown[0]
    assert "*gone*" in shown[1] and not any("data:image" in source for source in shown[1:])
    assert not active(of_students(result.feedback)) and "attachments" not in result.executed


SLOW_TEXTS = {
    "begin": "\\begin{a}" * 60_000, "brackets": "\\\\(" * 120_000, "bold": "".join(f"<b id={k}>" for k in range(12_000)) + "</p>x<p>" * 12_000,
    "bold again": "<p>" + "".join(f"<b id={k}>" for k in range(1_500)) + "</p>" + "<p>x</p>" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW_TEXTS)
def test_a_text_that_takes_its_reader_for_ever_is_shown_as_it_is(name):
    """Pictures of text and HTML are made in the grader, where no limit on time holds: each of these took over 3 s."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    from snnlab.grading import sanitise

    slow = SLOW_TEXTS[name]
    outputs = [new_output("display_data", {kind: slow}) for kind in ("text/html", "text/markdown")]
    book = new_notebook(cells=[new_markdown_cell(slow), new_code_cell(outputs=outputs)])
    words, code = sanitise.harmless(book).cells
    assert words.source.startswith("<div><pre>")
    assert all("text/html" in output.data for output in code.outputs)
    many = new_notebook(cells=[new_markdown_cell("*so* it goes " * 1_150) for _ in range(20)])
    rendered = [cell.source.startswith("<div><p><em>") for cell in sanitise.harmless(many).cells]
    assert rendered == [True] * 13 + [False] * 7


MUCH = {
    "lines that are none": {"output_type": "error", "ename": "", "evalue": "", "traceback": [1] * 300_000},
    "lines": {"output_type": "error", "ename": "", "evalue": "", "traceback": ["x"] * 300_000},
    "kinds": {"output_type": "display_data", "metadata": {}, "data": {f"a/{k}": "x" for k in range(100_000)}},
    "objects": {"output_type": "display_data", "metadata": {}, "data": {"application/json": [{}] * 300_000}},
}  # fmt: skip


@pytest.mark.parametrize("name", MUCH)
def test_of_an_output_no_more_is_read_than_is_shown(name):
    """Outputs are read in the grader. nbformat's own check took 12 s and 400 MB for the first, which is a file of 1 MB."""
    from snnlab.grading import restore

    read = restore.output(MUCH[name])
    assert len(read.get("traceback", [])) <= restore.MOST_LINES
    assert set(read.get("data", {})) <= set(restore.SHOWN)


def test_html_is_cleaned_so_far_and_so_long():
    """The time grows with the square of how deep it is nested: of 2 MB of <div> it was 5 minutes."""
    from snnlab.grading import sanitise

    assert len(sanitise.clean("x" * 1_000_000)) == sanitise.MOST_HTML <= 200_000
    room = sanitise._Room(seconds=0.0)
    assert room.clean("<div>" * 2_000).startswith("<div>")
    assert room.clean("<b>x</b>") == "<pre>&lt;b&gt;x&lt;/b&gt;</pre>"


def test_an_output_is_kept_as_far_as_it_is_shown():
    """Each kind of output, in the two ways in which notebooks write a text; what is no output is left out."""
    from snnlab.grading import restore

    kept = [
        {"output_type": "stream", "name": "stdout", "text": "a\nb"},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t", ""]},
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "a\nb", "image/png": "iVBO"}},
        {"output_type": "execute_result", "metadata": {}, "data": {"text/html": "<b>a</b>"}, "execution_count": None},
    ]  # fmt: skip
    handed = copy.deepcopy(kept)
    handed[0]["text"] = handed[2]["data"]["text/plain"] = ["a\n", "b"]
    handed[1]["traceback"][1], handed[2]["metadata"], handed[3]["execution_count"] = 7, {"x": 1}, 5
    handed[2]["data"]["application/json"] = {"a": [1]}
    assert [dict(restore.output(one)) for one in handed] == kept
    bad = [1, None, {}, {"output_type": [1]}, {"output_type": "stream", "name": "x"}, {"output_type": "display_data", "data": [1]}]  # fmt: skip
    assert [restore.output(one) for one in bad] == [None] * len(bad)


def test_hidden_inputs_do_not_come_back(blank, grade):
    """Not through an exception, a name, a print, a picture of text, a note, nor by what a later cell shows."""
    leaky = """
seen = []
def leak_step(v, tau_m, dt):
    seen.append(v)
    print("seen", v)
    raise ValueError(f"seen {v}")
"""
    names = """
def leak_mended(v, tau_m, dt):
    from pathlib import Path
    Path("seen").write_text(str(v))
    return {f"{v}": v, "b": type(f"E{int(v)}", (Exception,), {})().__class__.__name__}
"""
    result = grade(with_answers(blank, first=leaky, second=names, after="print(seen, open('seen').read())"))
    assert scores(result) == [0, 0]
    assert HIDDEN in result.executed  # the instructor's copy does show it, or this test proves nothing
    assert HIDDEN not in result.feedback
    custom = "def leak_step(v, tau_m, dt):\n    raise type(f'E{int(v)}', (Exception,), {})"
    assert HIDDEN not in grade(with_answers(blank, first=custom)).feedback


# --- what is left when the grader is killed ----------------------------------------------------------------------------------

START_AND_DIE = """
import json, os, random, signal, sys, time
from pathlib import Path
from snnlab.grading import kernel, sandbox
sandbox.check()
random.seed(1)
for k in range(100):
    folder = Path(sys.argv[1], str(k))
    for name in ("sockets", "warm/work"):
        (folder / name).mkdir(parents=True)
    told = {f"{name}_port": n for n, name in enumerate(kernel.CHANNELS, 1)}
    told |= {"transport": "ipc", "ip": str(folder / "sockets" / "s"), "key": "k", "signature_scheme": "hmac-sha256"}
    (folder / "sockets" / "kernel.json").write_text(json.dumps(told))
    delay = random.random() * 0.03
    if not (grader := os.fork()):
        sandbox.start(folder / "sockets", folder / "warm", sandbox.Limits(), 10.0, open(folder / "log", "wb"))
        time.sleep(delay)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(grader, 0)
"""


def test_a_grader_that_is_killed_while_a_sandbox_starts_leaves_none():
    """bubblewrap's own --die-with-parent does not hold yet while it starts: of a hundred, about 18 stayed for ever.

    Some microseconds are left in which its outer process can be killed and the inner one waits for it: 0 of 1,000 here.
    """
    with tempfile.TemporaryDirectory(prefix="snnlab-orphans-") as place:
        os.chmod(place, 0o755)  # a user of another number stands in it
        subprocess.run([sys.executable, "-c", START_AND_DIE, place], check=True, timeout=100)
        for _ in range(600):
            if not (left := processes_with(place)):
                break
            time.sleep(0.1)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        assert len(left) <= 2


def processes_with(word):
    """The processes that have the word on their command line, but for those that have ended."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            if word.encode() in (process / "cmdline").read_bytes() and state != "Z":
                found.append(int(process.name))
    return found
