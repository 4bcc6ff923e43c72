"""How much memory there is, asked before it is filled."""

from __future__ import annotations

import os

ROW_BYTES = 40  # of one pre neuron and delay: where its synapses begin, while that is counted, and its spikes
SYNAPSE_BYTES = 24  # of one synapse while its graph is drawn and sorted, at the most


def available_memory() -> float:
    """Bytes that a run may take: what the system says is free, or half of all, or 4 GB where it doesn't say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024.0 for line in file if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        pass
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) / 2
    except (AttributeError, ValueError, OSError):
        return 4e9


def check_rows(where: str, pre: int, delays: int) -> None:
    """Raises ValueError with the figures when a row for so many pre neurons and delays does not fit into memory."""
    need = ROW_BYTES * float(pre) * delays
    if need > 1e8 and need > (free := available_memory()):
        raise ValueError(
            f"{where}: must fit into memory, got {pre:,} pre neurons with {delays:,} delays, which need "
            f"{need / 1e9:,.1f} GB, and {free / 1e9:,.1f} GB are free"
        )


def check_synapses(where: str, synapses: float) -> None:
    """Raises ValueError with the figures when so many synapses don't fit into memory."""
    need = SYNAPSE_BYTES * synapses
    if need > 1e8 and need > (free := available_memory()):
        raise ValueError(
            f"{where}: about {synapses:.3g} synapses need {need / 1e9:,.1f} GB and {free / 1e9:,.1f} GB are free; "
            "connect fewer neurons, or with a smaller probability"
        )
