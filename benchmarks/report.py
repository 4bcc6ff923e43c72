"""What was measured, as a table, Markdown, JSON and a figure."""

from __future__ import annotations

import datetime
import importlib.metadata
import math
import os
import platform
from typing import Any

import snnlab as snn
from snnlab import plots

NAMES = {
    "snnlab": "snnlab", "brian2-cpp": "Brian2 C++ standalone", "brian2-cython": "Brian2 Cython",
    "brian2-numpy": "Brian2 numpy", "nest": "NEST",
}  # fmt: skip


def machine() -> dict[str, Any]:
    """Processor, memory, versions and date."""
    packages = ("numpy", "numba", "brian2", "nest-simulator")
    versions = {"snnlab": snn.__version__}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "processor": _processor(), "cores": os.cpu_count(),
        "memory_GB": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}", "python": platform.python_version(), "versions": versions,
        "date": datetime.date.today().isoformat(), "load_average": os.getloadavg()[0],
    }  # fmt: skip


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"


def agreement(row: dict[str, Any], ours: dict[str, Any]) -> str:
    """In words: the same spikes, or rates (Hz) and ISI CV of both sides, ours first."""
    if row.get("same"):
        return f"spike for spike ({row['spikes']:,})"
    text = f"{ours['rate']:.2f} and {row['rate']:.2f} Hz, CV {ours['cv']:.2f} and {row['cv']:.2f}"
    return text if row.get("close") else text + " (differs)"


def by_network(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows of each network, snnlab's first."""
    made: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        made.setdefault(row["network"], []).append(row)
    return made


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """The rows as text, a network at a time."""
    made = []
    for group in by_network(rows).values():
        ours = group[0]
        made += ["", f"{ours['title']} (driven by {ours.get('driven_by', '?')})"]
        for row in group:
            if "seconds" not in row:
                made.append(f"  {NAMES[row['side']]:22s} failed: {row.get('error', 'nothing was measured')}")
                continue
            ratio = f"{row['ratio']:7.1f}x" if "ratio" in row else "        "
            note = f"  [{row['note']}]" if row.get("note") else ""
            said = (
                agreement(row, ours)
                if row is not ours and "rate" in ours
                else f"{row['rate']:.2f} Hz, CV {row['cv']:.2f}"
            )
            made.append(
                f"  {NAMES[row['side']]:22s} {_time(row):>12s} {ratio}  build {row['build']:6.1f} s  "
                f"{row['peak']:6.0f} MB  {said}{note}"
            )
    return made


def _time(row: dict[str, Any]) -> str:
    return f"{row['seconds'] * 1e3:.2f} ms" if row["felt"] else f"{row['seconds']:.4f} s/s"


def means(rows: list[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """{side: (geometric mean, least)} of the ratios of CPU time, over the networks but the one that is felt."""
    ratios: dict[str, list[float]] = {}
    for row in rows:
        if "ratio" in row and not row["felt"]:
            ratios.setdefault(row["side"], []).append(row["ratio"])
    return {
        side: (math.exp(sum(map(math.log, r)) / len(r)), min(r)) for side, r in ratios.items() if min(r) > 0
    }


def markdown(results: dict[str, Any]) -> str:
    """The table for docs/speed.md: one line per network, the ratio of each peer, how they agree below."""
    rows, machine_ = results["networks"], results["machine"]
    sides = [side for side in NAMES if side != "snnlab" and any(row["side"] == side for row in rows)]
    versions = ", ".join(f"{name} {version}" for name, version in machine_["versions"].items())
    text = [
        f"{machine_['processor']}, {machine_['memory_GB']:g} GB, one thread, {machine_['date']}; Python {machine_['python']}, {versions}.",
        "",
        "| network | snnlab | " + " | ".join(NAMES[side] for side in sides) + " |",
        "|---|---|" + "---|" * len(sides),
    ]
    for group in by_network(rows).values():
        found = {row["side"]: row for row in group}
        cells = [_cell(found.get(side)) for side in sides]
        ours = found["snnlab"]
        text.append(
            f"| {ours['title']} | {_time(ours) if 'seconds' in ours else 'failed'} | "
            + " | ".join(cells)
            + " |"
        )
    mean = means(rows)
    if mean:
        cells = [f"{mean[side][0]:.1f}x" if side in mean else "" for side in sides]
        text.append("| geometric mean of the networks | | " + " | ".join(cells) + " |")
    for row in results.get("starts", []):
        if row["side"] == "snnlab" and "cold" in row:
            text += _starts_table(results["starts"])
    text += [
        "",
        "| network | peer | agreement | build and compile (snnlab's), CPU s | note |",
        "|---|---|---|---|---|",
    ]
    for group in by_network(rows).values():
        ours = group[0]
        for row in group[1:]:
            if "seconds" in row and "rate" in ours:
                text.append(
                    f"| {row['title']} | {NAMES[row['side']]} | {agreement(row, ours)} | {row['build']:.1f} ({ours['build']:.1f}) | "
                    f"{row.get('note', '')} |"
                )
    for row in results.get("limits", []):
        if "ratio" in row:
            text += [
                "",
                f"{row['what'][0].upper()}{row['what'][1:]}: {row['ns']:.2f} ns, {row['ratio']:.2f}x the measured limit of {row['limit']:.2f} ns.",
            ]
    return "\n".join(text) + "\n"


def _cell(row: dict[str, Any] | None) -> str:
    if row is None or "ratio" not in row:
        return "–" if row is None else "failed"
    return f"{row['ratio']:.1f}x" + ("" if row.get("close") else " *")


def _starts_table(rows: list[dict[str, Any]]) -> list[str]:
    made = ["", "| process start to first trace, CPU s | nothing cached | cached |", "|---|---|---|"]
    for row in rows:
        made.append(
            f"| {NAMES[row['side']]} | {row['cold']:.1f} | {row['warm']:.1f} |"
            if "cold" in row
            else f"| {NAMES[row['side']]} | failed | |"
        )
    return made


def start_lines(rows: list[dict[str, Any]]) -> list[str]:
    """CPU seconds from the start of a process to its first trace."""
    made = ["", "process start to first trace, user CPU s (nothing cached, cached)"]
    for row in rows:
        times = f"{row['cold']:6.2f} {row['warm']:6.2f}" if "cold" in row else f"failed: {row['error']}"
        made.append(f"  {NAMES[row['side']]:22s} {times}")
    return made


def figure(results: dict[str, Any], path: str) -> str:
    """Draw the ratios on a logarithmic axis into `path`. Returns the alternative text, which the file also holds."""
    import matplotlib.pyplot as plt
    import matplotlib.ticker

    groups = by_network([row for row in results["networks"] if "ratio" in row])
    if not groups:
        return ""
    fig, ax = plt.subplots(
        figsize=(9.0, 1.2 + 0.45 * len(groups)), layout="constrained", facecolor=plots.BACKGROUND
    )
    ax.set_facecolor(plots.BACKGROUND)
    sides = [side for side in NAMES if any(row["side"] == side for group in groups.values() for row in group)]
    for number, side in enumerate(sides):
        points = [
            (row["ratio"], place)
            for place, group in enumerate(groups.values())
            for row in group
            if row["side"] == side
        ]
        x, y = zip(*points, strict=True)
        ax.plot(x, y, plots.MARKERS[number], color=plots.COLOURS[number], label=NAMES[side], markersize=7)
    ax.axvline(1.0, color=plots.GREY, linestyle="--", linewidth=1)
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(matplotlib.ticker.LogLocator(10.0))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set_yticks(range(len(groups)), [group[0]["title"] for group in groups.values()])
    ax.set_ylim(len(groups) - 0.5, -0.5)
    ax.set_xlabel("time of the peer / time of snnlab")
    ax.tick_params(colors=plots.INK)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="x", color="#dddddd", linewidth=0.6)
    fig.legend(frameon=False, ncols=len(sides), loc="outside upper center", fontsize="small")
    text = _figure_text(groups)
    plots.set_alt_text(ax, text)
    described = {"Description": text} if path.endswith((".svg", ".png")) else {}
    fig.savefig(path, metadata=described | ({"Date": None} if path.endswith(".svg") else {}))
    plt.close(fig)
    return text


def _figure_text(groups: dict[str, list[dict[str, Any]]]) -> str:
    said = []
    for group in groups.values():
        ratios = ", ".join(f"{NAMES[row['side']]} {row['ratio']:.1f}" for row in group)
        said.append(f"{group[0]['title']}: {ratios}")
    return "How many times the time of snnlab the peers take, on a logarithmic axis. " + "; ".join(said) + "."
