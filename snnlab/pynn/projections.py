"""A PyNN projection: the drawn graph as a list of connections, and given spikes as their source."""

from __future__ import annotations

import numpy as np

from ..assemble import Run
from ..grid import grid_time
from ..network import Graph, Population, View, as_view
from ..spikes import SpikeTrains
from ..wires import Wires
from .table import NO_RULE, Cell

# NEST rounds a given time up to the grid after PyNN took min_delay from it, which is off by a rounding error; NEURON's
# source falls silent after two spikes at one time. So each is a little early, and the next of the same step a little less.
_EARLY, _APART = 1e-5, 1e-8  # ms
# On NEST a given spike leaves its generator after one step, a repeater after another, and travels for a third.
_EARLIEST = 3  # steps


def drawn(q: int, wires: Wires, run: Run) -> Graph:
    """The graph of projection q; raises ValueError if it is more than fixed weights and delays."""
    projection = wires.projection
    for rule in (projection.plasticity, getattr(projection, "short_term", None)):
        if rule is not None:
            name = type(rule).__name__
            reason = NO_RULE.get(name, "PyNN has no such rule")
            raise ValueError(f"to_pynn: {name} of {projection} is not carried over: {reason}")
    if not isinstance(projection.pre, Population | View | SpikeTrains):
        raise ValueError(f"to_pynn: the source {projection.pre!r} of {projection} is not carried over")
    graph = projection.draw(run.seed, q, run.dt)
    if not wires.replayed and (np.round(graph.delay / run.dt) < 1).any():
        raise ValueError(f"to_pynn: the delay of {projection} must be >= dt = {run.dt:g} ms in PyNN, got 0")
    return graph


def projection_lines(
    q: int, wires: Wires, graph: Graph, cell: Cell, sides: dict, run: Run, data: dict
) -> list[str]:
    """The connections of one projection, as a list for each side of the post neurons that they end in."""
    projection, receptor = wires.projection, wires.projection.receptor
    pre, delay = graph.pre, graph.delay
    lines: list[str] = []
    if wires.replayed:
        source = f"given_{q}"
        given, delay = _given(q, wires, graph, run, data)
        lines += given
    else:
        source = f"population_{wires.source}"
        pre = pre + as_view(projection.pre).start  # type: ignore[arg-type]
    post = graph.post + as_view(projection.post).start
    signs = [sign for sign in (1, -1) if (receptor, sign) in sides]
    for sign in signs:
        chosen = np.full(len(graph), True) if len(signs) == 1 else (graph.w >= 0) == (sign > 0)
        if not chosen.any():
            continue
        side = sides[receptor, sign]
        name, w = f"{side}_{q}", cell.weight.factor * graph.w
        data[name] = np.column_stack([pre, post, w, delay])[chosen]
        lines += [
            f'sim.Projection({source}, population_{wires.post}, sim.FromListConnector(data["{name}"]),'
            f"  # pre, post, {cell.weight.unit}, ms",
            f'    sim.StaticSynapse(), receptor_type="{side}")',
        ]
    return [*lines, ""]


def _given(q: int, wires: Wires, graph: Graph, run: Run, data: dict) -> tuple[list[str], np.ndarray]:
    """Given spikes as a SpikeSourceArray that sends each as late as it can, and the delays that are left."""
    trains = run.sources[wires.source]
    steps = np.repeat(np.arange(trains.base, run.k_stop + 1), np.diff(trains.off))
    ids = trains.spk[trains.off[0] : trains.off[-1]]
    delays = np.round(graph.delay / run.dt).astype(np.int64)
    shift = int(delays.min(initial=1)) - 1  # a spike at s with delay d is one at s + d - dt with delay dt
    steps = steps + shift
    if (steps + 1 < _EARLIEST).any():
        first = float(grid_time(_EARLIEST, run.dt))
        raise ValueError(
            f"to_pynn: given spikes of {wires.projection} must arrive at {first:g} ms or later in PyNN"
        )
    order = np.lexsort((steps, ids))
    order = order[steps[order] < run.k_stop]
    ids, steps = ids[order], steps[order]
    new = np.append(True, (np.diff(ids) != 0) | (np.diff(steps) != 0))[: ids.size]
    repeat = np.arange(ids.size) - np.flatnonzero(new)[np.cumsum(new) - 1]
    data[f"given_{q}_t"] = grid_time(steps, run.dt) - _EARLY + _APART * repeat
    data[f"given_{q}_at"] = np.searchsorted(ids, np.arange(1, trains.trains.n))
    lines = [
        f"given_{q} = sim.Population({trains.trains.n}, sim.SpikeSourceArray(  # ms, a little before the grid",
        f'    spike_times=np.split(data["given_{q}_t"], data["given_{q}_at"])), label="given {q}")',
    ]
    return lines, np.asarray(grid_time(delays - shift, run.dt), dtype=float)
