"""Measure snnlab against its peers: `python -m benchmarks [--networks cuba,uncoupled] [--rounds 5] [--json FILE]`.

Both sides get one graph and one initial state, and their spikes are compared first. Then runs alternate, A B A B, in
user CPU seconds on one thread; a run of no length is subtracted, so that setting up is not counted; build and compile
times stand apart. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time

import numpy as np

import snnlab as snn

from .networks import NETWORKS, Network


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--networks", default=",".join(NETWORKS), help=f"of {', '.join(NETWORKS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="write the figures to this file")
    options = parser.parse_args()
    rows = [felt()]
    for name in options.networks.split(","):
        rows.append(measure(NETWORKS[name](), options.rounds))
    for row in rows:
        print("; ".join(f"{key}: {value}" for key, value in row.items()))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"python": sys.version.split()[0], "rows": rows}, file, indent=1)


def felt() -> dict:
    """What one student waits for: one LIF neuron, 10,000 steps; and an f-I curve of 200 currents, 1 s each."""
    one = _wall(lambda: snn.simulate(snn.LIF(), I=300.0, t_stop=1000.0, record=["v"]), 200)
    many = snn.Population(snn.LIF(), 200)
    curve = _wall(lambda: snn.simulate(many, I=np.linspace(0, 1000, 200), t_stop=1000.0), 20)
    return {
        "one LIF, 10,000 steps, ms": round(one * 1e3, 3),
        "f-I curve of 200 currents, ms": round(curve * 1e3, 2),
    }


def _wall(run, repeats: int) -> float:
    run()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def measure(network: Network, rounds: int) -> dict:
    """Median user CPU seconds per simulated second of both, and the median of the ratios of neighbouring runs."""
    from .brian2_peer import Brian2Standalone

    short, long = 0.1, network.seconds * 1000.0
    network.run(short)  # compiles, or loads what was compiled
    peer = Brian2Standalone(network, (short, long))
    peer.cpu(long)
    agreement = _agreement(network.run(long).spikes, peer.spikes(long))
    ours, theirs, ratios = [], [], []
    for _ in range(rounds):
        a = (_cpu(network, long) - _cpu(network, short)) / network.seconds
        b = (peer.cpu(long) - peer.cpu(short)) / network.seconds
        ours.append(a)
        theirs.append(b)
        ratios.append(b / a)
    return {
        "network": network.name,
        "snnlab, CPU s per s": round(statistics.median(ours), 4),
        f"{peer.name}, CPU s per s": round(statistics.median(theirs), 4),
        "ratio": round(statistics.median(ratios), 2),
        "agreement": agreement,
        "its build, CPU s": round(peer.build_seconds, 1),
    }


def _cpu(network: Network, t_stop: float) -> float:
    began = time.process_time()
    network.run(t_stop)
    return time.process_time() - began


def _agreement(spikes: snn.SpikeTrains, peer: tuple[np.ndarray, np.ndarray]) -> str:
    t, i = peer
    same = len(spikes) == t.size and np.array_equal(
        np.sort(np.round(spikes.t * 10)), np.sort(np.round((t + 0.1) * 10))
    )
    theirs = snn.SpikeTrains(np.round(t * 10 + 1) / 10, i, n=spikes.n, t_stop=spikes.t_stop)
    rates, cvs = zip(*((s.rate().mean(), _cv(s)) for s in (spikes, theirs)), strict=True)
    return f"spike for spike: {same}; rates {rates[0]:.3f} and {rates[1]:.3f} Hz; ISI CV {cvs[0]:.3f} and {cvs[1]:.3f}"


def _cv(spikes: snn.SpikeTrains) -> float:
    """Mean coefficient of variation of the intervals, over neurons with at least three spikes."""
    order = np.lexsort((spikes.t, spikes.i))
    intervals, ids = np.diff(spikes.t[order]), spikes.i[order]
    inside = ids[1:] == ids[:-1]
    intervals, ids = intervals[inside], ids[1:][inside]
    n = np.bincount(ids, minlength=spikes.n)
    mean = np.bincount(ids, intervals, spikes.n) / np.maximum(n, 1)
    square = np.bincount(ids, intervals**2, spikes.n) / np.maximum(n, 1)
    enough = n >= 2
    return (
        float(np.mean(np.sqrt(np.maximum(square - mean**2, 0.0))[enough] / mean[enough]))
        if enough.any()
        else 0.0
    )


if __name__ == "__main__":
    main()
