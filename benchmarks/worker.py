"""One side of a comparison in a process of its own: `python -m benchmarks.worker SIDE NETWORK SCALE`.

It builds the network, then answers lines on its standard input: "run MS [FILE]" simulates from the initial state
and replies with user CPU and wall seconds (and leaves the spikes in FILE), "stop" ends it. Replies are lines of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time

import numpy as np

from .networks import NETWORKS, Network


def user_cpu() -> float:
    """User CPU seconds of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


class Snnlab:
    """This library. Its first run of no length compiles."""

    note = ""

    def __init__(self, network: Network, target: str = "snnlab"):
        self.network = network
        network.run(network.dt)

    def run(self, t_stop: float) -> tuple[float, np.ndarray, np.ndarray]:
        began = user_cpu()
        recording = self.network.run(t_stop)
        return user_cpu() - began, recording.spikes.t, recording.spikes.i


def side(name: str, network: Network):
    """The simulator `name` with the network built in it. Raises ValueError for another name."""
    if name == "snnlab":
        return Snnlab(network)
    if name.startswith("brian2-"):
        from .brian2_peer import Brian2

        return Brian2(network, name)
    if name == "nest":
        from .nest_peer import NEST

        return NEST(network)
    raise ValueError(f"side: must be snnlab, brian2-cpp, brian2-cython, brian2-numpy or nest, got {name!r}")


def main() -> None:
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what simulators print is not a reply
    name, key, scale = sys.argv[1], sys.argv[2], float(sys.argv[3])
    before = _with_children()
    network = NETWORKS[key](scale)
    graphs = network.graphs  # drawn once, before building is timed
    after = _with_children()
    simulator = side(name, network)
    build = _with_children() - after
    reply = {"build": build, "draw": after - before, "synapses": sum(len(g[0]) for g in graphs)}
    reply |= {
        "note": simulator.note,
        "every": getattr(simulator, "every", 1),
    }  # of every so many neurons, one is recorded
    print(json.dumps(reply), file=replies)
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "stop":
            break
        began = time.perf_counter()
        cpu, t, i = simulator.run(float(arguments[0]))
        wall = time.perf_counter() - began
        if len(arguments) > 1:
            np.savez(arguments[1], t=t, i=i)
        print(json.dumps({"cpu": cpu, "wall": wall, "spikes": len(t), "peak": peak()}), file=replies)


def _with_children() -> float:
    return user_cpu() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def peak() -> float:
    """Largest memory in MB of this process or of a program that it started."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(w).ru_maxrss for w in who) / 1024


if __name__ == "__main__":
    main()
