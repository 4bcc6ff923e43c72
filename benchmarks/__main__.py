"""Measure snnlab against its peers: `python -m benchmarks --peers brian2,nest`.

Both sides get one graph, one initial state and one drive. Their spikes are compared first. Then runs alternate, A B A B,
each side in a process of its own, in user CPU seconds on one thread; a run of one step is subtracted, so that
setting up is not counted; build and compile times stand apart. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from . import report
from .compare import Comparison
from .networks import NETWORKS

PEERS = {"brian2": ("brian2-cpp", "brian2-cython", "brian2-numpy"), "nest": ("nest",)}
EXTRA = ("start", "limits")
QUICK = ("cuba", "song", "izhikevich")


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    try:
        sides, names = _sides(options.peers, options.quick), _names(options.networks, options.quick)
    except ValueError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    rounds = options.rounds or (2 if options.quick else 5)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = {"machine": report.machine(), "rounds": rounds, "networks": []}
    keys = [name for name in names if name not in EXTRA]
    shorter = 0.3 if options.quick else 1.0
    # a quick look builds all networks at once; else each has the machine to itself
    comparisons = [Comparison(key, sides, options.scale, shorter) for key in keys] if options.quick else []
    for number, key in enumerate(keys):
        comparison = comparisons[number] if options.quick else Comparison(key, sides, options.scale, shorter)
        rows = comparison.rows(rounds)
        results["networks"] += rows
        print("\n".join(report.lines(rows)), flush=True)
        _write(out, results)
    if "start" in names:
        from .start import starts

        results["starts"] = starts(sides)
        print("\n".join(report.start_lines(results["starts"])), flush=True)
    if "limits" in names:
        from . import limits

        results["limits"] = limits.limits(rounds=2 if options.quick else 5)
        print("\n".join(["", *limits.lines(results["limits"])]), flush=True)
    for side, (mean, least) in report.means(results["networks"]).items():
        print(f"\ngeometric mean against {report.NAMES[side]}: {mean:.1f}x, least {least:.1f}x")
    if keys:
        results["alt_text"] = report.figure(results, str(out / "speed.svg"))
    _write(out, results)
    if options.markdown:
        (out / "speed.md").write_text(report.markdown(results), encoding="utf-8")
    print(f"\nwritten: {', '.join(sorted(str(p) for p in out.glob('speed.*')))}")
    return 1 if any("error" in row for row in results["networks"]) else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    every = (*NETWORKS, *EXTRA)
    parser.add_argument(
        "--peers", default="brian2,nest", help="of brian2, nest, and brian2-cpp, -cython, -numpy"
    )
    parser.add_argument("--networks", help=f"of {', '.join(every)}; default: all")
    parser.add_argument("--rounds", type=int, help="default 5")
    parser.add_argument(
        "--quick", action="store_true", help="a look in three minutes: some networks, shorter runs"
    )
    parser.add_argument(
        "--markdown", action="store_true", help="write speed.md too: the tables of docs/speed.md"
    )
    parser.add_argument("--out", default="build/benchmarks", help="folder for speed.json and speed.svg")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="size of the networks; other than 1 is for trying it"
    )
    return parser.parse_args(arguments)


def _sides(peers: str, quick: bool) -> list[str]:
    sides: list[str] = []
    for name in filter(None, peers.split(",")):
        found = PEERS.get(name) or ((name,) if name in report.NAMES and name != "snnlab" else None)
        if found is None:
            raise ValueError(
                f"--peers: must be of {', '.join((*PEERS, *list(report.NAMES)[1:4]))}, got {name!r}"
            )
        sides += found[:1] if quick else found
    for module in {side.split("-")[0] for side in sides}:
        if importlib.util.find_spec(module) is None:
            raise ValueError(f"--peers: {module} is not installed (pip install '.[peers]', or leave it out)")
    return sides


def _names(networks: str | None, quick: bool) -> tuple[str, ...]:
    every = (*NETWORKS, *EXTRA)
    if networks is None:
        return (*QUICK, "start") if quick else every
    names = tuple(networks.split(","))
    for name in names:
        if name not in every:
            raise ValueError(f"--networks: must be of {', '.join(every)}, got {name!r}")
    return names


def _write(out: Path, results: dict[str, Any]) -> None:
    (out / "speed.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
