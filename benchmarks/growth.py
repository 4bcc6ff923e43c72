"""How time and memory grow with neurons and synapses: `python -m benchmarks.growth [--full] [--out DIR]`.

N LIF neurons with k synapses each, of three kinds: one weight for all, a weight each, plastic. Bytes are those of
the arrays that a run keeps for its synapses, index included, and the peak of the whole process. Each row is a
process of its own. 1e8 synapses need `--full`; what does not fit into memory is refused by the library, with the figure.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

import snnlab as snn
from snnlab import plots
from snnlab.wires import wire

from . import report
from .worker import peak, user_cpu

KINDS = {
    "one weight": 4,
    "own weight": 8,
    "plastic": 16,
}  # bytes per synapse that are aimed at, without the index
SIZES = ((1_000, 1_000), (10_000, 100), (10_000, 1_000), (100_000, 10), (100_000, 100))
FULL = ((100_000, 1_000),)
BEYOND = (1_000_000, 10_000)  # more than any desk has: must be refused in words


def network(n: int, k: int, kind: str) -> tuple[snn.Population, snn.Projection]:
    """Neurons that fire at 0 to 20 Hz by themselves, and synapses too weak to change that."""
    net = snn.Population(snn.LIF(), n, {"exc": snn.ExpCurrent(5.0)}, name="net")
    w: Any = 1e-4 if kind == "one weight" else snn.uniform(0.0, 2e-4)
    rule = snn.PairSTDP(w_max=2e-4) if kind == "plastic" else None
    pairs = snn.fixed_indegree(k)
    return net, snn.Projection(net, net, pairs=pairs, w=w, delay=1.0, plasticity=rule, storage="rows")


def row(n: int, k: int, kind: str) -> dict[str, Any]:
    """Bytes per synapse, and user CPU of building and of simulating."""
    net, projection = network(n, k, kind)
    I, start = np.linspace(180.0, 300.0, n), {"v": np.random.default_rng(1).uniform(-70.0, -50.0, n)}

    def cpu(t_stop: float) -> tuple[float, int]:
        began = user_cpu()
        recording = snn.simulate(net, t_stop=t_stop, I=I, initial=start, projections=[projection], seed=1)
        return user_cpu() - began, len(recording.spikes)

    empty = user_cpu()
    wires = wire(projection, 0, 0, 0, 1, 0.1)
    building = user_cpu() - empty
    synapses = wires.targets.size
    kept = sum(_bytes(getattr(wires, field.name)) for field in dataclasses.fields(wires))
    index = wires.indptr.nbytes
    del wires
    cpu(0.1)  # compiles
    milliseconds = 200.0
    short, (long, spikes) = cpu(0.1)[0], cpu(milliseconds)
    return {
        "neurons": n, "synapses": synapses, "kind": kind, "bytes_per_synapse": (kept - index) / synapses,
        "index_bytes_per_synapse": index / synapses, "peak_MB": peak(), "build_ns_per_synapse": building / synapses * 1e9,
        "seconds": (long - short) / (milliseconds / 1000.0), "rate": spikes / n / (milliseconds / 1000.0),
        "ns_per_event": (long - short) / max(spikes * k, 1) * 1e9,
    }  # fmt: skip


def _bytes(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, dict):
        return sum(map(_bytes, value.values()))
    return sum(map(_bytes, value)) if isinstance(value, tuple) else 0


def refusal(n: int, k: int) -> str:
    """What the library says to a network that is too large."""
    net, projection = network(n, k, "one weight")
    try:
        snn.simulate(net, t_stop=0.1, projections=[projection], seed=1)
    except ValueError as error:
        return str(error)
    return "it ran"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--full", action="store_true", help="1e8 synapses too (some GB of memory)")
    parser.add_argument("--out", default="build/benchmarks", help="folder for growth.json and growth.svg")
    parser.add_argument("--row", nargs=3, metavar=("N", "K", "KIND"), help="one row, as JSON")
    options = parser.parse_args()
    if options.row:
        n, k, kind = options.row
        print(json.dumps(row(int(n), int(k), kind)))
        return 0
    rows = []
    print(HEAD)
    for n, k in SIZES + (FULL if options.full else ()):
        for kind in KINDS:
            made = _in_process(n, k, kind)
            rows.append(made)
            print(line(made), flush=True)
    said = refusal(*BEYOND)
    print(f"{BEYOND[0]:,} neurons with {BEYOND[1]:,} synapses each: {said}")
    if not options.full:
        print("1e8 synapses were left out; --full measures them.")
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    text = figure(rows, str(out / "growth.svg"))
    results = {"machine": report.machine(), "rows": rows, "refusal": said, "alt_text": text}
    (out / "growth.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


HEAD = f"{'neurons':>9} {'synapses':>12}  {'kind':10} {'B/synapse':>9} {'+ index':>8} {'peak MB':>8} {'build ns':>8} {'CPU s/s':>9} {'ns/event':>8}"


def line(made: dict[str, Any]) -> str:
    """A row as text."""
    if "error" in made:
        return f"{made['neurons']:>9,} {made['synapses']:>12,}  {made['kind']:10} refused: {made['error']}"
    return (
        f"{made['neurons']:>9,} {made['synapses']:>12,}  {made['kind']:10} {made['bytes_per_synapse']:9.2f} "
        f"{made['index_bytes_per_synapse']:8.2f} {made['peak_MB']:8.0f} {made['build_ns_per_synapse']:8.1f} {made['seconds']:9.4f} {made['ns_per_event']:8.2f}"
    )


def _in_process(n: int, k: int, kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.growth", "--row", str(n), str(k), kind]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"ended with {done.returncode}: out of memory?"]
        return {"neurons": n, "synapses": n * k, "kind": kind, "error": last[0]}
    return json.loads(done.stdout)


def figure(rows: list[dict[str, Any]], path: str) -> str:
    """Time and bytes against synapses, into `path`. Returns the alternative text."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(1, 2, figsize=(8.0, 3.4), layout="constrained", facecolor=plots.BACKGROUND)
    said = []
    for number, kind in enumerate(KINDS):
        good = sorted(
            (r for r in rows if r["kind"] == kind and "error" not in r), key=lambda r: r["synapses"]
        )
        x = [r["synapses"] for r in good]
        style = dict(marker=plots.MARKERS[number], color=plots.COLOURS[number], linestyle="none", label=kind)
        axes[0].plot(x, [r["seconds"] for r in good], **style)
        axes[1].plot(x, [r["bytes_per_synapse"] + r["index_bytes_per_synapse"] for r in good], **style)
        if good:
            said.append(
                f"{kind}: {good[0]['bytes_per_synapse']:.1f} to {good[-1]['bytes_per_synapse']:.1f} bytes, "
                f"{good[0]['seconds']:.3g} to {good[-1]['seconds']:.3g} s"
            )
    for ax, label in zip(axes, ("CPU seconds per second", "bytes per synapse, index included"), strict=True):
        ax.set_xscale("log")
        ax.set_xlabel("synapses")
        ax.set_ylabel(label)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_yscale("log")
    axes[1].set_ylim(0)
    axes[1].legend(frameon=False)
    text = "Time and memory against the number of synapses, 1e3 to 1e5 neurons. " + "; ".join(said) + "."
    for ax in axes:
        plots.set_alt_text(ax, text)
    fig.savefig(path, metadata={"Description": text, "Date": None})
    plt.close(fig)
    return text


if __name__ == "__main__":
    sys.exit(main())
