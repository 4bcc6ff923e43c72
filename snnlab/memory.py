"""How much memory there is, asked before it is filled."""

from __future__ import annotations

import os

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


def check_synapses(where: str, synapses: float) -> None:
    """Raises ValueError with the figures when so many synapses don't fit into memory."""
    need = SYNAPSE_BYTES * synapses
    if need > 1e8 and need > (free := available_memory()):
        raise ValueError(
            f"{where}: about {synapses:.3g} synapses need {need / 1e9:,.1f} GB and {free / 1e9:,.1f} GB are free; "
            "connect fewer neurons, or with a smaller probability"
        )
