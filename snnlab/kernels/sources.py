"""The part of a kernel that draws Poisson spikes: of sources, one gap after the other, and of drives, by blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import projections
from .structure import DriveKind, ProjectionKind, SourceKind
from .writer import BLOCK, Writer, indented

GAPS = 64  # that are drawn at once


# --- sources -------------------------------------------------------------------------------------------------


def source_arrays(s: int, firing: Any) -> dict[str, Any]:
    """What the kernel takes of a source; replaced in part when lists grow and rates are sampled anew."""
    return {
        f"spk_s{s}": firing.spk, f"off_s{s}": firing.off, f"left_s{s}": firing.left, f"number_s{s}": firing.number,
        f"key_s{s}": np.array(firing.key), f"hazard_s{s}": firing.hazard, f"ratio_s{s}": firing.ratio,
        f"int_s{s}": np.array([firing.base, firing.n, firing.first_row], dtype=np.int64),
    }  # fmt: skip


def source_setup(writer: Writer, kind: SourceKind) -> None:
    """The arguments and constants of one source, and room for gaps."""
    s = f"s{kind.number}"
    writer.argument(*(f"{name}_{s}" for name in ("spk", "off", "int", "left", "number", "key", "hazard")))
    if kind.thinned:
        writer.argument(f"ratio_{s}")
    writer.setup += [
        f"base_{s}, n_{s} = int_{s}[0], int_{s}[1]",
        f"count_{s} = off_{s}[max(k, 0) - base_{s} + 1]",
        f"ahead_{s}, next_{s}, have_{s} = left_{s}[0], number_{s}[0], np.int64(-1)",
        f"gaps_{s}, lots_{s} = np.empty({GAPS}), np.empty({GAPS})",
    ]
    if kind.varying:
        writer.setup.append(f"first_{s} = int_{s}[2]  # the step of the first sampled rate")


def fire(kind: SourceKind) -> list[str]:
    """The spikes of one step: each gap is laid over the neurons from where the one before it ended."""
    s = f"s{kind.number}"
    row = f"k - first_{s}" if kind.varying else "0"
    found = [f"spk_{s}[count_{s}] = cell", f"count_{s} += 1"]
    if kind.thinned:
        found = [f"if lots_{s}[next_{s} - have_{s}] < ratio_{s}[{row}, cell]:", *indented(found)]
    return [
        f"# {s} spikes: `ahead` is what is left of the gap, in units of the integrated hazard",
        f"hazard, cell = hazard_{s}[{row}], 0",
        "while hazard > 0.0:",
        f"    cells = ahead_{s} / hazard",
        f"    if cells >= n_{s} - cell:",
        f"        ahead_{s} -= hazard * (n_{s} - cell)",
        "        break",
        "    cell += int(cells)",
        f"    if have_{s} < 0 or next_{s} - have_{s} >= {GAPS}:",
        f"        have_{s} = next_{s}",
        f"        fill_gaps(gaps_{s}, lots_{s}, have_{s}, key_{s}[0], key_{s}[1])",
        *indented(found),
        f"    ahead_{s} = gaps_{s}[next_{s} - have_{s}]",
        f"    next_{s} += 1",
        "    cell += 1",
    ]


def keep(kind: SourceKind) -> list[str]:
    """Where the next chunk goes on."""
    s = f"s{kind.number}"
    return [f"left_{s}[0] = ahead_{s}", f"number_{s}[0] = next_{s}"]


# --- drives --------------------------------------------------------------------------------------------------


def drive_arrays(d: int, counts: Any, dtype: str) -> dict[str, Any]:
    """What the kernel takes of a drive."""
    return {
        f"cdf_d{d}": counts.cdf, f"guide_d{d}": counts.guide, f"offset_d{d}": counts.offset, f"row_d{d}": counts.row,
        f"w_d{d}": counts.w.astype(dtype), f"key_d{d}": np.array(counts.key),
        f"int_d{d}": np.array([counts.start, counts.stop, counts.shift], dtype=np.int64),
    }  # fmt: skip


def drive_setup(writer: Writer, d: int, kind: DriveKind) -> None:
    """The arguments and constants of one drive, and room for a block of words and counts."""
    writer.argument(*(f"{name}_d{d}" for name in ("cdf", "guide", "offset", "w", "key", "int")))
    if kind.many_means:
        writer.argument(f"row_d{d}")
    writer.setup += [
        f"words_d{d}, counts_d{d} = np.empty({BLOCK}, np.uint32), np.empty({BLOCK}, np.{writer.structure.dtype})",
        f"first_d{d}, shift_d{d} = int_d{d}[0], int_d{d}[2]",
    ]


def drive(writer: Writer, d: int, kind: DriveKind) -> list[str]:
    """The arrivals of one step: a word for each neuron, its count by the tables, and all arrivals at once."""
    onto = ProjectionKind(f"d{d}", kind.post, kind.receptor, kind.scalar_weight)
    row = "row_b[j]" if kind.many_means else "0"
    w = f"w_d{d}[0]" if kind.scalar_weight else "w_b[j]"
    slices = projections.slices(writer, onto)
    slices += [f"row_b = row_d{d}[lo - first_d{d} : hi - first_d{d}]"] if kind.many_means else []
    slices += [] if kind.scalar_weight else [f"w_b = w_d{d}[lo - first_d{d} : hi - first_d{d}]"]
    return [
        f"# drive {d} -> p{kind.post}.{kind.receptor}",
        f"for lo in range(first_d{d}, int_d{d}[1], {BLOCK}):",
        f"    hi = min(lo + {BLOCK}, int_d{d}[1])",
        f"    fill_words(words_d{d}, hi - lo, lo - first_d{d}, np.uint64(k), np.uint64(0), key_d{d}[0], key_d{d}[1])",
        *indented(slices),
        "    for j in range(hi - lo):",
        f"        word = np.int64(words_d{d}[j])",
        f"        place = np.uintp(guide_d{d}[{row}, word >> shift_d{d}])",
        f"        while word >= cdf_d{d}[place]:",
        "            place += np.uintp(1)",
        f"        counts_d{d}[j] = np.int64(place) + offset_d{d}[{row}]",
        "    for j in range(hi - lo):",
        *indented(projections.selected(writer, onto, f"{w} * counts_d{d}[j]"), 2),
    ]
