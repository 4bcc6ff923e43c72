"""Talk to a kernel that is not trusted.

Its messages are read one at a time from sockets that refuse large ones; every answer is waited for with limits on CPU
time, wall time, memory and output, so that nothing which a student's code does can stop or fill the grader. CPU time
is what counts: a mark must not depend on what else the machine does. Wall time is a generous second limit.
"""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil
import zmq
from jupyter_client.session import Session

from snnlab.grading import restore, sandbox
from snnlab.grading.usage import Usage, children, folder_size, of_tree, own_memory, remove

MB = 1024**2
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
LARGEST = {"shell": 64 * MB, "iopub": 16 * MB, "control": 1 * MB}  # bytes of one message
OUTPUT_KEPT, OUTPUT_READ = 8 * MB, 200 * MB  # of one notebook: stored; read before the kernel is stopped
SOCKETS_FOLDER = 1 * MB
SLOWER = 10.0  # wall time is so many times as long as CPU time
TICK, PATIENCE = 0.1, 3.0  # s between looks at the usage; s of CPU that an interrupt may take
START = 120.0  # s
_OUTPUTS = ("stream", "display_data", "execute_result", "error")


class KernelNotStarted(RuntimeError):
    """No kernel came up: a fault of this machine, and not of a submission."""


@dataclass(frozen=True)
class Budget:
    """Limits on CPU time, in s: of one cell, and of the notebook."""

    cell: float = 10.0
    total: float = 120.0


@dataclass
class Ran:
    """What came of one request. status : "ok", "error", "time", or how the kernel ended: "dead", "memory", ..."""

    status: str = "ok"
    outputs: list[nbformat.NotebookNode] = field(default_factory=list)
    reply: dict[str, Any] = field(default_factory=dict)
    cpu: float = 0.0


class Kernel:
    """A running kernel. After `dead` is set (a reason), it runs nothing more."""

    def __init__(
        self, process: subprocess.Popen, sockets: Path, key: bytes, limits: sandbox.Limits, budget: Budget
    ) -> None:
        self.process, self.sockets, self.limits, self.budget = process, sockets, limits, budget
        self.session = Session(key=key, username="grader")
        self.context = zmq.Context()
        self.channels = {name: self._connect(name) for name in LARGEST}
        # A message that is too large ends its connection, and that is how it is noticed.
        self.monitors = [
            channel.get_monitor_socket(zmq.EVENT_DISCONNECTED) for channel in self.channels.values()
        ]
        self.poller = zmq.Poller()
        for channel in self.channels.values():
            self.poller.register(channel, zmq.POLLIN)
        self.dead, self.kept, self.read = "", 0, 0
        self.cpu_seen = self.wall_used = self.cpu_at_start = 0.0

    def usage(self) -> Usage:
        """What the sandbox uses now. `cpu_seen` keeps the CPU time, since a sandbox that has ended has none."""
        usage = of_tree(self.process.pid)
        self.cpu_seen = max(self.cpu_seen, usage.cpu)
        return usage

    def _connect(self, name: str) -> zmq.Socket:
        channel = self.context.socket(zmq.SUB if name == "iopub" else zmq.DEALER)
        channel.linger = 0
        channel.reconnect_ivl = 20
        channel.setsockopt(zmq.MAXMSGSIZE, LARGEST[name])
        channel.setsockopt(zmq.RCVHWM, 8)  # messages that wait in the grader's memory
        if name == "iopub":
            channel.setsockopt(zmq.SUBSCRIBE, b"")
        channel.connect(f"ipc://{self.sockets / 's'}-{CHANNELS.index(name) + 1}")
        return channel

    # ------------------------------------------------------------ messages

    def _receive(self, name: str) -> dict[str, Any] | None:
        """The next message of a channel, or None for one that is no message."""
        try:
            parts = self.channels[name].recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            return None
        size = sum(map(len, parts))
        self.read += size
        try:
            _, rest = self.session.feed_identities(parts)
            message = self.session.deserialize(rest)
            if isinstance(message["content"], dict) and isinstance(message["parent_header"], dict):
                return {**message, "size": size}
        except Exception:  # of any kind, since a hostile kernel may send any bytes
            pass
        return None

    def _send(self, channel: str, kind: str, content: dict[str, Any]) -> str:
        message = self.session.msg(kind, content)
        self.session.send(self.channels[channel], message)
        return str(message["header"]["msg_id"])

    def is_ready(self) -> bool:
        """Wait until the kernel answers and its outputs arrive; False if it never does."""
        end, asked, answered = time.monotonic() + START, -1.0, False
        while time.monotonic() < end and self.process.poll() is None:
            if time.monotonic() - asked > 1.0 or answered:
                self._send("shell", "kernel_info_request", {})
                asked = time.monotonic()
            ready = dict(self.poller.poll(50))
            if self.channels["shell"] in ready:
                answered = self._receive("shell") is not None or answered
            if self.channels["iopub"] in ready and self._receive("iopub") is not None and answered:
                self._drain()
                self.cpu_at_start = self.usage().cpu
                return True
        return False

    def _drain(self) -> None:
        while self.poller.poll(20):
            for name in ("shell", "iopub"):
                self._receive(name)

    # ------------------------------------------------------------ requests

    def run(self, code: str, cpu: float | None = None) -> Ran:
        """Run a cell. cpu : s, instead of the budget's for a cell."""
        return self._request(code, {}, cpu or self.budget.cell)

    def ask(self, expression: str, cpu: float) -> Ran:
        """Evaluate an expression in the notebook's names, past IPython's input transformers."""
        return self._request("", {"answers": expression}, cpu)

    def _request(self, code: str, expressions: dict[str, str], cpu: float) -> Ran:
        ran = Ran()
        if self.dead:
            return Ran(status=self.dead)
        content = {
            "code": code, "silent": False, "store_history": bool(code), "user_expressions": expressions,
            "allow_stdin": False, "stop_on_error": False,
        }  # fmt: skip
        began, first = time.monotonic(), self.usage()
        id = self._send("shell", "execute_request", content)
        for usage in self._wait(id, ran):
            ran.cpu = max(ran.cpu, usage.cpu - first.cpu)
            wall = time.monotonic() - began
            if problem := self._over(usage, wall):
                self.kill(problem)
            elif ran.status == "ok" and (ran.cpu > cpu or wall > cpu * SLOWER):
                ran.status = "time"  # asked to stop; if it does not, it is stopped
                limit = ran.cpu + PATIENCE, wall + PATIENCE * SLOWER
                self._send("control", "interrupt_request", {})
            elif ran.status == "time" and (ran.cpu > limit[0] or wall > limit[1]):
                self.kill("time")
        gone = self.process.poll() is not None and not ran.reply
        if not self.dead and (gone or _leaves(ran.reply)):
            self.kill("dead")
        ran.status = self.dead or ran.status
        ran.cpu = max(ran.cpu, self.usage().cpu - first.cpu)
        self.wall_used += time.monotonic() - began
        if ran.status == "ok" and ran.reply.get("status") == "error":
            ran.status = "error"
        return ran

    def _over(self, usage: Usage, wall: float) -> str:
        """The name of a limit of the whole notebook that is passed."""
        if usage.memory > self.limits.memory and own_memory(self.process.pid) > self.limits.memory:
            return "memory"
        if self.read > OUTPUT_READ:
            return "output"
        if any(monitor.poll(0) for monitor in self.monitors):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1.0)
            return "dead" if self.process.poll() is not None else "output"
        if folder_size(self.sockets, SOCKETS_FOLDER) > SOCKETS_FOLDER:
            return "disk"
        if (
            usage.cpu - self.cpu_at_start > self.budget.total
            or self.wall_used + wall > self.budget.total * SLOWER
        ):
            return "time"
        return ""

    def _wait(self, id: str, ran: Ran) -> Iterator[Usage]:
        """Read messages until the reply came and the kernel is idle; yields the usage now and then."""
        idle, looked, replied = False, time.monotonic(), 0.0
        while not self.dead:
            ready = dict(self.poller.poll(int(TICK * 1000)))
            now = time.monotonic()
            if now - looked >= TICK:
                looked = now
                yield self.usage()
            for name in ("iopub", "shell", "control"):
                message = self._receive(name) if self.channels[name] in ready else None
                if message is None or message["parent_header"].get("msg_id") != id:
                    continue
                kind, content = message["msg_type"], message["content"]
                if name == "shell" and kind == "execute_reply" and not replied:
                    ran.reply, replied = content, now
                elif name == "iopub" and kind == "status" and content.get("execution_state") == "idle":
                    idle = True
                elif name == "iopub" and kind in _OUTPUTS:
                    self._keep(message, ran)
            if replied and (idle or now - replied > 2.0):  # a flooded channel may lose the "idle"
                return
            if not ready and self.process.poll() is not None:
                return

    def _keep(self, message: dict[str, Any], ran: Ran) -> None:
        """Store an output, joined to the one before if both are text of one stream."""
        if self.kept > OUTPUT_KEPT:
            return
        self.kept += message["size"]
        if self.kept > OUTPUT_KEPT:
            text = f"\n(more than {OUTPUT_KEPT // MB} MB of output: the rest is not shown)\n"
            ran.outputs.append(nbformat.v4.new_output("stream", name="stderr", text=text))
            return
        output = restore.output({**message["content"], "output_type": message["msg_type"]})
        if output is None:
            return
        last = ran.outputs[-1] if ran.outputs else None
        if last is not None and output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            ran.outputs.append(output)

    # ------------------------------------------------------------ the end

    def kill(self, reason: str) -> None:
        """End the sandbox and all that runs in it."""
        self.dead = self.dead or reason
        if self.process.stdin is not None:
            self.process.stdin.close()
        if self.process.poll() is None:
            # A sandbox ends with its first process, and bubblewrap then with it: killed itself, it would leave a
            # process that nobody waits for. Without a sandbox the kernel leads a group of its own.
            for inner in children(self.process.pid):
                with contextlib.suppress(psutil.Error):
                    inner.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.5)
            with contextlib.suppress(OSError):
                if os.getpgid(self.process.pid) == self.process.pid:
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.kill()
            self.process.wait()

    def close(self) -> None:
        self.kill("closed")
        self.context.destroy(linger=0)


def _leaves(reply: dict[str, Any]) -> bool:
    """Whether a cell called `exit()`: the kernel would end a moment later, and what it still does would be luck."""
    payload = reply.get("payload")
    return isinstance(payload, list) and any(
        isinstance(one, dict) and one.get("source") == "ask_exit" for one in payload
    )


@contextlib.contextmanager
def started(
    warm: Path,
    limits: sandbox.Limits,
    budget: Budget,
    *,
    own: Path | None = None,
    keep: bool = False,
    trusted: bool = False,
) -> Iterator[Kernel]:
    """A kernel that is ready, and its end. Arguments as of `sandbox.start`. Raises KernelNotStarted."""
    # 0700, and a short path, as sockets need; the process in its name tells what a killed grader left behind.
    sockets = Path(tempfile.mkdtemp(prefix=f"snnlab-grade-{os.getpid()}-s-"))
    kernel, log = None, tempfile.TemporaryFile()  # noqa: SIM115  (closed below)
    try:
        key = os.urandom(16).hex()
        told = {f"{name}_port": number for number, name in enumerate(CHANNELS, start=1)}
        told |= {"transport": "ipc", "ip": str(sockets / "s"), "key": key, "signature_scheme": "hmac-sha256"}  # type: ignore[dict-item]
        (sockets / "kernel.json").write_text(json.dumps(told))
        process = sandbox.start(
            sockets, warm, limits, budget.total + 60.0, log, own=own, keep=keep, trusted=trusted
        )
        kernel = Kernel(process, sockets, key.encode(), limits, budget)
        if not kernel.is_ready():
            log.seek(0)
            said = log.read(4000).decode("utf-8", "replace").strip().splitlines()
            raise KernelNotStarted(f"grade.kernel: must start, got {said[-1] if said else 'no answer'!r}")
        yield kernel
    finally:
        log.close()
        if kernel is not None:
            kernel.close()
        remove(sockets)
