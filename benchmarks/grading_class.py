"""Grade a class of generated submissions, kill what grades it at random, resume, and compare with a clean run.

    python -m benchmarks.grading_class 1000 --kills 6 --folder class

prints time, CPU time and memory; what a bare execution of one notebook costs; and whether every submission has exactly
one result, equal to the clean run's. `--dask` adds the same through a local Dask cluster.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

TESTS = Path(__file__).resolve().parents[1] / "tests"
SEED = 2026


def write_class(folder: Path, count: int) -> None:
    """A built course with a lesson of 20 code cells, and `count` submissions: every tenth broken, hostile or slow."""
    sys.path.insert(0, str(TESTS))
    import grading_class as given

    course = given.built(folder / "course")
    blank = given.blank(course)
    wrong = "def leak_mended(v, tau_m, dt):\n    return v * (1 + dt / tau_m)\n"
    cells = ["import numpy as np\nimport snnlab as snn\nneuron = snn.LIF()"]
    cells += [
        f"print(np.sin(np.arange({k}000)).sum().round(6), snn.theory.lif_rate({200.0 + 10 * k}, neuron))"
        for k in range(14)
    ]
    odd = [
        "import os\nos._exit(1)",
        "import os, time\nwhile True:\n    if os.fork() == 0:\n        time.sleep(99)",
        "x = bytearray(1 << 36)",
        "1 / 0",
    ]
    (folder / "submissions").mkdir()
    for number in range(count):
        random.seed(number)
        book = given.with_answers(
            blank, first=[given.RIGHT, given.RIGHT, None][number % 3], second=[given.MENDED, wrong][number % 2] + f"# student {number}\n",
            between=odd[number // 10 % len(odd)] if number % 10 == 9 else None,
        )  # fmt: skip
        book["cells"][2:2] = [given.code(source) for source in cells]
        data = given.dumped(book)
        (folder / "submissions" / f"s{number:04d}.ipynb").write_bytes(
            data[:-50] if number % 50 == 7 else data
        )


def command(folder: Path, out: str, *more: str) -> list[str]:
    handed = folder / ("submissions" if out == "killed" else "compared")
    return [sys.executable, "-m", "snnlab.cli", "grade", str(handed), "--lesson", "99", "--course", str(folder / "course"),
            "--out", str(folder / out), "--seed", str(SEED), "--quiet", *more]  # fmt: skip


def graded(folder: Path, out: str) -> list[dict]:
    path = folder / out / "results.jsonl"
    return (
        [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]
        if path.exists()
        else []
    )


def marks(folder: Path, out: str) -> dict[str, tuple]:
    """Student -> all that is a mark."""
    return {r["student"]: (r["status"], r["score"], [(id, e["state"], e["score"], e["wrong"]) for id, e in r["exercises"].items()])
            for r in graded(folder, out)}  # fmt: skip


def clean(folder: Path, out: str, *more: str) -> dict[str, float]:
    """One run from beginning to end, measured: s, s of CPU with all children, and the grader's largest memory in MB."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command(folder, out, *more))
    most = 0
    while process.poll() is None:
        time.sleep(1.0)
        try:
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            most = max(most, sum(one.memory_full_info().pss for one in family))
        except psutil.Error:
            continue
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    cpu += sum(
        record["cpu"] for record in graded(folder, out)
    )  # of the sandboxes, whose time the system gives to nobody
    return {
        "exit": process.returncode,
        "s": round(time.monotonic() - began),
        "cpu_s": round(cpu),
        "memory_mb": round(most / 2**20),
    }


def killed(folder: Path, out: str, count: int, kills: int, *more: str) -> dict[str, int]:
    """SIGKILL to a worker and to the whole grader in turn, each after a random number of results; then resumed."""
    rng = random.Random(SEED)
    moments = sorted(rng.sample(range(count // 20, count), kills))
    killed, starts, process = {"workers": 0, "graders": 0}, 0, None
    while True:
        if process is None or process.poll() is not None:
            if process is not None and process.returncode == 0:
                return {**killed, "starts": starts}
            process, starts = subprocess.Popen(command(folder, out, *more)), starts + 1
        time.sleep(0.2 + 0.3 * rng.random())
        if moments and len(graded(folder, out)) >= moments[0]:
            number = kills - len(moments)
            moments.pop(0)
            if number % 2:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                killed["graders"] += 1
            else:
                inner = [
                    p for p in psutil.Process(process.pid).children() if "spawn_main" in " ".join(p.cmdline())
                ]
                if inner:
                    rng.choice(inner).send_signal(signal.SIGKILL)
                    killed["workers"] += 1


def bare(folder: Path) -> dict[str, float]:
    """The CPU time and time of one right submission, executed by nbclient alone, and by a worker; the better of 5."""
    import nbclient
    import nbformat

    from snnlab.grading import lesson, sandbox, worker

    path = folder / "submissions" / "s0000.ipynb"
    found, bundle = lesson.bundle(folder / "course", "99", seed=SEED, limits=sandbox.Limits())
    bundle = worker.reference(bundle, found.solution.read_bytes())

    def cost(run):
        used = []
        for _ in range(5):
            began, before = (
                time.monotonic(),
                [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)],
            )
            inside = run() or 0.0
            after = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
            cpu = (
                sum(b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in zip(before, after)) + inside
            )
            used.append((cpu, time.monotonic() - began))
        return tuple(round(min(values), 2) for values in zip(*used))

    def executed():
        notebook = nbformat.read(path, as_version=4)
        nbclient.NotebookClient(notebook, kernel_name="python3", allow_errors=True).execute(cwd=str(folder))

    data = path.read_bytes()
    plain = cost(executed)
    ours = cost(
        lambda: worker.grade(
            bundle, worker.Sent("s", lesson.digest(data), data), lesson.grader_version()
        ).record["cpu"]
    )
    lesson.forget()
    return {"bare_cpu_s": plain[0], "bare_s": plain[1], "graded_cpu_s": ours[0], "graded_s": ours[1],
            "cpu_ratio": round(ours[0] / plain[0], 2), "ratio": round(ours[1] / plain[1], 2)}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "snnlab-class"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--compared", type=int, help="submissions of the clean run and of Dask's (default: all)"
    )
    parser.add_argument("--dask", action="store_true")
    given = parser.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    write_class(given.folder, given.count)
    (given.folder / "compared").mkdir()
    for path in sorted((given.folder / "submissions").iterdir())[: given.compared]:
        os.link(path, given.folder / "compared" / path.name)
    words = ("--workers", str(given.workers))
    print("one notebook:", bare(given.folder), flush=True)
    print("killed:", killed(given.folder, "killed", given.count, given.kills, *words), flush=True)
    print(
        f"CPU time of all sandboxes: {sum(record['cpu'] for record in graded(given.folder, 'killed')):.0f} s",
        flush=True,
    )
    lines, interrupted = graded(given.folder, "killed"), marks(given.folder, "killed")
    print(f"results: {len(lines)} lines, {len(interrupted)} students, of {given.count}", flush=True)
    print("clean:", clean(given.folder, "clean", *words), flush=True)
    wanted = marks(given.folder, "clean")
    different = [student for student in wanted if wanted[student] != interrupted.get(student)]
    print(
        f"different from the clean run of {len(wanted)}: {len(different)} {[(s, wanted[s], interrupted.get(s)) for s in different[:3]]}",
        flush=True,
    )
    if given.dask:
        from distributed import LocalCluster

        with LocalCluster(n_workers=given.workers, threads_per_worker=1, dashboard_address=None) as cluster:
            print("dask:", clean(given.folder, "dask", "--dask", cluster.scheduler_address), flush=True)
        through = marks(given.folder, "dask")
        different += [student for student in wanted if wanted[student] != through.get(student)]
        print(f"different through Dask: {sum(wanted[s] != through.get(s) for s in wanted)}", flush=True)
    return 1 if different or len(lines) != given.count or len(interrupted) != given.count else 0


if __name__ == "__main__":
    sys.exit(main())
