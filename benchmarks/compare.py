"""One network on several simulators: what agrees, and A B A B rounds of user CPU time."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import snnlab as snn

from .networks import NETWORKS, Network

LEAST = 0.2  # s of CPU that a side must use in one measurement, else it repeats its run
PATIENCE = 30.0  # s of CPU of one run, above which a side runs once only


class Worker:
    """A side in a process of its own (benchmarks/worker.py). `ready()` waits until it has built the network."""

    def __init__(self, side: str, key: str, scale: float, folder: str):
        self.side, self.folder = side, folder
        cache = str(Path(folder, f"cache-{side}-{key}"))
        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        environment = os.environ | one_thread | {"SNNLAB_CACHE": cache, "SNNLAB_BENCHMARK_CACHE": cache}
        log = Path(folder, f"{side}-{key}.log")
        self.errors = open(log, "w+", encoding="utf-8")  # noqa: SIM115 (close() closes it)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", side, key, repr(scale)], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
        )  # fmt: skip

    def ready(self) -> dict[str, Any]:
        return self._reply()

    def run(self, t_stop: float, spikes: Path | None = None) -> dict[str, Any]:
        command = f"run {t_stop!r}" + (f" {spikes}" if spikes else "")
        print(command, file=self.process.stdin, flush=True)
        return self._reply()

    def close(self) -> None:
        """Close the worker's input, at which it ends by itself."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self.errors.close()

    def _reply(self) -> dict[str, Any]:
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            self.errors.seek(0)
            last = [text for text in self.errors.read().splitlines() if text.strip()][-1:]
            raise RuntimeError(f"{self.side}: ended without an answer ({last[0] if last else 'no message'})")
        return json.loads(line)


class Comparison:
    """Starts the workers of one network; `rows()` measures. A side that fails has its message in its row."""

    def __init__(self, key: str, peers: Sequence[str], scale: float = 1.0, shorter: float = 1.0):
        self.network: Network = NETWORKS[key](scale)
        self.long = max(1.0, round(self.network.seconds * shorter * 1000.0))
        if self.network.felt:
            self.long = self.network.seconds * 1000.0
        self.folder = tempfile.TemporaryDirectory(prefix="snnlab-benchmark-")
        self.workers = [Worker(side, key, scale, self.folder.name) for side in ("snnlab", *peers)]

    def rows(self, rounds: int) -> list[dict[str, Any]]:
        made = [self._first(worker) for worker in self.workers]
        for row in made[1:]:
            row |= _agreement(made[0], row)
        for number in range(rounds):
            for worker, row in zip(self.workers, made, strict=True):
                if "error" not in row and (number == 0 or row["first"] < PATIENCE):
                    row["times"].append(self._timed(worker, row, number))
        for worker in self.workers:
            worker.close()
        self.folder.cleanup()
        return [self._summary(row, made[0]) for row in made]

    def _first(self, worker: Worker) -> dict[str, Any]:
        row: dict[str, Any] = {
            "network": self.network.key,
            "title": self.network.title,
            "side": worker.side,
            "times": [],
        }
        file = Path(self.folder.name, f"{worker.side}.npz")
        try:
            row |= worker.ready()
            first = worker.run(self.long, file)
        except (RuntimeError, BrokenPipeError) as error:
            return row | {"error": str(error)}
        with np.load(file) as data:
            row |= _statistics(data["t"], data["i"], self.network, self.long, row["every"])
            row |= {"t": data["t"], "i": data["i"]}
        row |= {"first": first["cpu"], "peak": first["peak"]}
        row["repeats"] = min(50, max(1, round(LEAST / max(first["cpu"], 1e-3))))
        if self.network.felt:
            row["repeats"] = 20
        return row

    def _timed(self, worker: Worker, row: dict[str, Any], number: int) -> float:
        if self.network.felt:
            return statistics.median(worker.run(self.long)["wall"] for _ in range(row["repeats"]))
        short = self.network.dt
        total = 0.0
        for repeat in range(row["repeats"]):
            again = number or repeat or row["first"] < PATIENCE
            long = worker.run(self.long)["cpu"] if again else row["first"]
            total += long - worker.run(short)["cpu"]
        return total / row["repeats"] / ((self.long - short) / 1000.0)

    def _summary(self, row: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
        row = {name: value for name, value in row.items() if name not in ("t", "i", "first")}
        row |= {"felt": self.network.felt, "driven_by": self.network.driven_by, "simulated_ms": self.long}
        if not row["times"]:
            return row
        row["seconds"] = statistics.median(row["times"])
        if row["side"] != "snnlab" and ours["times"]:
            pairs = zip(row["times"], ours["times"])
            row["ratios"] = [theirs / max(own, 1e-9) for theirs, own in pairs]
            row["ratio"] = statistics.median(row["ratios"])
        return row


def _statistics(
    t: np.ndarray, i: np.ndarray, network: Network, t_stop: float, every: int = 1
) -> dict[str, Any]:
    n = -(-network.population.n // every)  # of those that were recorded
    trains = snn.SpikeTrains(np.minimum(t, t_stop), i // every, n=n, t_stop=t_stop)
    return {"rate": float(trains.rate().mean()), "cv": isi_cv(trains), "spikes": len(trains)}


def _agreement(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    if "error" in ours or "error" in theirs:
        return {}
    if theirs["every"] > 1:
        seen = ours["i"] % theirs["every"] == 0
        ours = ours | {"t": ours["t"][seen], "i": ours["i"][seen]}
    same = len(ours["t"]) == len(theirs["t"]) and same_spikes(ours["t"], ours["i"], theirs["t"], theirs["i"])
    close = (
        abs(theirs["rate"] - ours["rate"]) <= 0.1 * max(ours["rate"], 1e-9)
        and abs(theirs["cv"] - ours["cv"]) <= 0.1
    )
    return {"same": same, "close": bool(same or close)}


def same_spikes(t: np.ndarray, i: np.ndarray, other_t: np.ndarray, other_i: np.ndarray) -> bool:
    """True when both lists hold the same spikes, at times that agree to 1e-6 ms.

    >>> same_spikes(np.array([1.0, 2.0]), np.array([0, 1]), np.array([2.0, 1.0]), np.array([1, 0]))
    True
    """
    first, second = np.lexsort((i, np.round(t, 3))), np.lexsort((other_i, np.round(other_t, 3)))
    return bool(np.array_equal(i[first], other_i[second]) and np.allclose(t[first], other_t[second], 0, 1e-6))


def isi_cv(spikes: snn.SpikeTrains) -> float:
    """Mean coefficient of variation of the intervals, over neurons with at least three spikes; 0 without one.

    >>> isi_cv(snn.SpikeTrains([1.0, 2.0, 3.0, 5.0, 6.0, 8.0], [0, 0, 0, 1, 1, 1], n=2, t_stop=9.0)).__round__(3)
    0.167
    """
    order = np.lexsort((spikes.t, spikes.i))
    intervals, ids = np.diff(spikes.t[order]), spikes.i[order]
    inside = ids[1:] == ids[:-1]
    intervals, ids = intervals[inside], ids[1:][inside]
    n = np.bincount(ids, minlength=spikes.n)
    mean = np.bincount(ids, intervals, spikes.n) / np.maximum(n, 1)
    square = np.bincount(ids, (intervals - mean[ids]) ** 2, spikes.n) / np.maximum(n, 1)
    enough = n >= 2
    return float(np.mean(np.sqrt(square[enough]) / mean[enough])) if enough.any() else 0.0
