"""The run over a class: what is there already is skipped, the rest goes to workers, and every result is stored at once.

Workers are those of any `concurrent.futures.Executor`: local processes, or a Dask cluster. A worker that dies takes
nothing with it: its submission is graded again, alone if that happens repeatedly, so that it can't take others along.
"""

import ctypes
import json
import os
import secrets
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tqdm import tqdm

from snnlab.course.notebooks import write
from snnlab.grading import lesson as lessons
from snnlab.grading import results, sandbox, worker
from snnlab.grading.feedback import page
from snnlab.grading.intake import Handed
from snnlab.grading.restore import Unreadable

ALONE, MOST_TRIES = 2, 4  # failures after which a submission runs alone, and after which it is given up


@dataclass
class _Task:
    handed: Handed
    sent: worker.Sent
    tries: int = 0


class Workers:
    """Where submissions are graded: `submit` returns a future, `renew` replaces what broke."""

    count = 1

    def submit(self, sent: worker.Sent) -> Future:
        raise NotImplementedError

    def renew(self) -> None:
        """After a broken executor."""

    def close(self) -> None:
        """End all workers, whatever they are doing."""


_held: list[tuple[lessons.Bundle, str]] = []  # in a worker process: the lesson and the grader's version


def _hold(bundle: lessons.Bundle, version: str, parent: int) -> None:
    """The beginning of a local worker: it ends with its parent, and Ctrl-C is the parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)
    _held[:] = [(bundle, version)]


def _grade_held(sent: worker.Sent) -> worker.Result:
    bundle, version = _held[0]
    return worker.grade(bundle, sent, version)


class Local(Workers):
    """Processes of this machine."""

    def __init__(self, bundle: lessons.Bundle, count: int) -> None:
        self.count = count
        self._given = (bundle, lessons.grader_version(), os.getpid())
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.count, get_context("spawn"), _hold, self._given)

    def submit(self, sent: worker.Sent) -> Future:
        return self._pool.submit(_grade_held, sent)

    def renew(self) -> None:
        self.close()
        self._pool = self._new()

    def close(self) -> None:
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        for process in processes:
            process.join(5.0)


class Cluster(Workers):
    """The workers of a Dask scheduler. They need the same snnlab, bubblewrap and Linux; no shared folder."""

    def __init__(self, bundle: lessons.Bundle, address: str) -> None:
        from distributed import Client

        self._client = Client(address, set_as_default=False)
        self.count = sum(self._client.nthreads().values())
        if not self.count:
            self._client.close()
            raise ValueError(
                f"grade.dask: must have workers, and there is none at {address} (dask worker {address})"
            )
        self._executor: Executor = self._client.get_executor(pure=False)
        self._bundle = self._client.scatter(bundle, broadcast=True)
        self._version = lessons.grader_version()

    def submit(self, sent: worker.Sent) -> Future:
        return self._executor.submit(worker.grade, self._bundle, sent, self._version)

    def close(self) -> None:
        self._client.close()


@contextmanager
def workers(bundle: lessons.Bundle, count: int, dask: str = "") -> Iterator[Workers]:
    """Local processes, or with an address the workers of that Dask scheduler."""
    made = Cluster(bundle, dask) if dask else Local(bundle, count)
    try:
        yield made
    finally:
        made.close()


# ---------------------------------------------------------------- the lesson of a run


def prepared(
    out: Path, course: Path, name: str, *, limits: sandbox.Limits, trusted: bool, seed: int | None = None,
    say: Callable[[str], object] = print,
) -> tuple[lessons.Lesson, lessons.Bundle]:  # fmt: skip
    """A lesson with its seed and its reference, both kept in the results so that a run can be resumed."""
    if not trusted:
        sandbox.check()
        for what, folder in (("out", out), ("course", course / "solutions"), ("course", course / "checks")):
            if folder.resolve() != sandbox.PACKAGE / "checks":
                sandbox.hidden_from_students(folder, what)
    lesson, bundle = lessons.bundle(course, name, limits=limits, trusted=trusted)
    bundle = replace(bundle, seed=_seed(out, lesson.name, seed))
    kept = out / "reference" / f"{bundle.version}-{lessons.grader_version()}"
    if (kept / "cpu.json").exists():
        cpu, warm = json.loads((kept / "cpu.json").read_text()), (kept / "warm.tar").read_bytes()
        return lesson, replace(bundle, cpu=cpu, warm=warm)
    say(f"{lesson.name}: the lesson's own solution is run first, for the limits and the caches")
    bundle = worker.reference(bundle, lesson.solution.read_bytes())
    write(kept / "warm.tar", bundle.warm)
    write(kept / "cpu.json", json.dumps(dict(bundle.cpu)))
    return lesson, bundle


def _seed(out: Path, name: str, wanted: int | None) -> int:
    """The secret seed of the hidden inputs: made once for each lesson of a run."""
    path = out / "seeds.json"
    seeds = json.loads(path.read_text()) if path.exists() else {}
    if wanted is not None or name not in seeds:
        seeds[name] = secrets.randbits(48) if wanted is None else wanted
        write(path, json.dumps(seeds, indent=1))
        path.chmod(0o600)
    return int(seeds[name])


# ---------------------------------------------------------------- the run


def run(
    store: results.Results,
    bundle: lessons.Bundle,
    handed: Sequence[Handed],
    made: Workers,
    *,
    progress: bool = True,
) -> dict[str, int]:
    """Grade what is not graded yet. Returns how many were graded now, skipped, unreadable and failed."""
    latest = {record["student"]: record for record in store.read() if record["lesson"] == bundle.name}
    counts = {"graded": 0, "skipped": 0, "unreadable": 0, "failed": 0}
    queue: deque[_Task] = deque()
    with tqdm(total=0, unit=" submissions", disable=not progress) as bar:
        for one in handed:
            if one.superseded:
                continue
            bar.total += 1
            task, record = _taken_in(bundle, one)
            done = latest.get(one.student)
            if done is not None and results.key(done) == results.key(record) and done["status"] != "failed":
                counts["skipped"] += 1
                bar.update()
            elif task is None:
                _store(store, record, counts, bar)
            else:
                queue.append(task)
        bar.refresh()
        _work(store, bundle, queue, made, counts, bar)
    return counts


def _taken_in(bundle: lessons.Bundle, one: Handed) -> tuple[_Task | None, dict[str, Any]]:
    """The task for a submission, and the record that it has before anything is known: it is unreadable."""
    record: dict[str, Any] = {
        "lesson": bundle.name, "student": one.student, "hash": "", "lesson_version": bundle.version,
        "grader_version": lessons.grader_version(), "seed": bundle.seed, "status": "unreadable",
    }  # fmt: skip
    problem, data = one.problem, b""
    if not problem:
        try:
            data = one.source.read()
        except Unreadable as error:
            problem = str(error)
    if problem:
        nothing = lessons.digest(one.shown.encode(), problem.encode())
        opened = lessons.opened(bundle)
        return None, {**record, "hash": nothing, **worker.unread(opened, f"{one.shown} {problem}")}
    record["hash"] = lessons.digest(data)
    return _Task(one, worker.Sent(one.student, record["hash"], data)), record


def _store(store: results.Results, record: dict[str, Any], counts: dict[str, int], bar: Any) -> None:
    store.add(record, "", page(record, None))
    counts["failed" if record["status"] == "failed" else "unreadable"] += 1
    bar.update()


def _work(
    store: results.Results,
    bundle: lessons.Bundle,
    queue: deque[_Task],
    made: Workers,
    counts: dict[str, int],
    bar: Any,
) -> None:
    pending: dict[Future, _Task] = {}
    suspects: deque[_Task] = deque()
    while queue or pending or suspects:
        while queue and len(pending) < made.count + 1:
            _submit(made, queue.popleft(), pending, queue)
        if not pending and suspects:
            _submit(made, suspects.popleft(), pending, suspects)
        broken = False
        for future in wait(pending, return_when=FIRST_COMPLETED).done:
            task = pending.pop(future)
            try:
                found = future.result()
            except (worker.WrongVersion, sandbox.NoSandboxError):
                raise
            except Exception as error:
                broken = broken or isinstance(error, BrokenProcessPool)
                task.tries += 1
                if task.tries >= MOST_TRIES:
                    reason = f"{type(error).__name__}: {str(error)[:200]}"
                    record: dict[str, Any] = {
                        **_taken_in(bundle, task.handed)[1],
                        **worker.unread(lessons.opened(bundle), reason),
                        "status": "failed",
                    }
                    _store(store, record, counts, bar)
                else:
                    (suspects if task.tries >= ALONE else queue).append(task)
                continue
            store.add(found.record, found.executed, found.feedback)
            counts["unreadable" if found.record["status"] == "unreadable" else "graded"] += 1
            bar.update()
        if broken:
            # All others of a broken pool come back, too; they are collected by the next turns of this loop.
            for future in [future for future in pending if not future.done()]:
                future.cancel()
            made.renew()


def _submit(made: Workers, task: _Task, pending: dict[Future, _Task], queue: deque[_Task]) -> None:
    try:
        pending[made.submit(task.sent)] = task
    except BrokenProcessPool:  # it broke between two results
        made.renew()
        queue.appendleft(task)
