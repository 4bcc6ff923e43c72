"""A PyNN projection: the drawn graph as a list of connections, and given or random spikes as their source."""

from __future__ import annotations

import numpy as np

from ..firing import Counts
from ..grid import grid_time
from ..network import Graph, as_view
from ..run_data import Run
from ..spikes import SpikeTrains
from ..wires import Wires
from .table import NO_RULE, NO_SYNAPSE, SHORT_TERM, Cell

# NEURON's source falls silent after two spikes at one time. So each is a little early, and the next of the same step a
# little less; NEST moves them back to the grid.
_EARLY, _APART = 1e-5, 1e-8  # ms
# With MPI, NEURON wants delays longer than dt, by 1e-10 at least, also where PyNN adjusts a weight 1e-9 before its use.
_LATE = 2e-9  # ms
_EARLIEST = 2  # steps: NEST sends a given spike after one step at the earliest, and it travels for another


def drawn(q: int, wires: Wires, run: Run) -> Graph:
    """The graph of projection q; raises ValueError for a rule or a coupling that PyNN does not have."""
    projection = wires.projection
    if wires.continuous:
        name = type(projection.synapse).__name__
        reason = NO_SYNAPSE.get(name, "PyNN's standard cells exchange spikes only")
        raise ValueError(f"to_pynn: {name} of {projection} is not carried over: {reason}")
    for rule in (wires.rule, wires.short_term):
        if rule is not None and type(rule) not in SHORT_TERM:
            name = type(rule).__name__
            reason = NO_RULE.get(name, "PyNN has no such rule")
            raise ValueError(f"to_pynn: {name} of {projection} is not carried over: {reason}")
    graph = projection.draw(run.seed, q, run.dt)
    given = isinstance(projection.pre, SpikeTrains)
    if not given and (np.round(graph.delay / run.dt) < 1).any():
        raise ValueError(f"to_pynn: the delay of {projection} must be >= dt = {run.dt:g} ms in PyNN, got 0")
    return graph


def projection_lines(
    q: int, wires: Wires, graph: Graph, cell: Cell, sides: dict, run: Run, data: dict
) -> list[str]:
    """The connections of one projection, and the given spikes where they begin."""
    projection = wires.projection
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
    ends = Graph(pre, post, graph.w, delay)
    lines += _connections(source, str(q), ends, projection.receptor, wires.post, cell, sides, data, wires)
    return [*lines, ""]


def drive_lines(d: int, counts: Counts, cell: Cell, sides: dict, run: Run, data: dict) -> list[str]:
    """A PoissonDrive: a Poisson source of its own for every neuron, with the rate of all its sources."""
    n = counts.stop - counts.start
    rate = np.broadcast_to(counts.drive.n_sources * np.asarray(counts.drive.rate), n)
    driven = np.flatnonzero(rate > 0)  # NEURON divides by the rate
    if driven.size == 0:
        return []
    rates = rate[driven]
    text = repr(float(rates[0]))
    if (rates != rates[0]).any():
        data[f"drive_{d}_rate"], text = rates, f'data["drive_{d}_rate"]'
    w = np.broadcast_to(counts.w, n)[driven]
    ends = Graph(np.arange(driven.size), driven + counts.start, w, np.full(driven.size, run.dt))
    source = f"drive_{d}"
    return [
        f"{source} = sim.Population({driven.size}, sim.SpikeSourcePoisson(rate={text}),  # Hz",
        f'    label="drive {d}")',
        *_connections(source, source, ends, counts.drive.receptor, counts.post, cell, sides, data),
        "",
    ]


def _connections(
    source: str, name: str, ends: Graph, receptor: str, post: int, cell: Cell, sides: dict, data: dict, wires: Wires | None = None
) -> list[str]:  # fmt: skip
    """A list of connections for each side of the post neurons that they end in."""
    lines: list[str] = []
    signs = [sign for sign in (1, -1) if (receptor, sign) in sides]
    for sign in signs:
        chosen = np.full(len(ends), True) if len(signs) == 1 else (ends.w >= 0) == (sign > 0)
        if not chosen.any():
            continue
        side = sides[receptor, sign]
        key = f"{side}_{name}"
        data[key] = np.column_stack([ends.pre, ends.post, cell.weight.factor * ends.w, ends.delay + _LATE])[
            chosen
        ]
        synapse, begin, end = "sim.StaticSynapse()", "", ""
        if wires is not None and wires.short_term is not None:
            synapse, begin, end = _short_term(wires, cell), "recovers_at_once(", ")"
        lines += [
            f'{begin}sim.Projection({source}, population_{post}, sim.FromListConnector(data["{key}"]),'
            f"  # pre, post, {cell.weight.unit}, ms",
            f'    {synapse}, receptor_type="{side}"){end}',
        ]
    return lines


def _short_term(wires: Wires, cell: Cell) -> str:
    """The synapse of a projection with short-term plasticity."""
    rule = wires.short_term
    if not cell.receptor:
        raise ValueError(
            f"to_pynn: {type(rule).__name__} of {wires.projection} is not carried over: PyNN's needs a receptor with a "
            f"time constant, and {type(wires.projection.synapse).__name__} has none"
        )
    name, rows = SHORT_TERM[type(rule)]
    values = {row.ours: getattr(rule, row.ours) for row in rows}
    given = ", ".join(f"{row.name}={float(row.value(values))!r}" for row in rows)
    return f"sim.{name}({given})"


def _given(q: int, wires: Wires, graph: Graph, run: Run, data: dict) -> tuple[list[str], np.ndarray]:
    """Given spikes as a SpikeSourceArray that sends each as late as it can, and the delays that are left."""
    trains = run.sources[wires.source]
    first, n = int(wires.first[0]), int(wires.first[1])  # of a view of a source
    steps = np.repeat(np.arange(trains.base, run.k_stop + 1), np.diff(trains.off))
    ids = trains.spk[trains.off[0] : trains.off[-1]] - first
    here = (ids >= 0) & (ids < n)
    ids, steps = ids[here], steps[here]
    delays = np.round(graph.delay / run.dt).astype(np.int64)
    # A spike at s with delay d is one at s + d - dt with delay dt.
    shift = int(delays.min()) - 1 if delays.size else 0
    steps = steps + shift
    if (steps + 1 < _EARLIEST).any():
        earliest = float(grid_time(_EARLIEST, run.dt))
        raise ValueError(
            f"to_pynn: given spikes of {wires.projection} must arrive at {earliest:g} ms or later in PyNN; give them later, "
            "or a longer delay"
        )
    order = np.lexsort((steps, ids))
    order = order[steps[order] < run.k_stop]
    ids, steps = ids[order], steps[order]
    new = np.append(True, (np.diff(ids) != 0) | (np.diff(steps) != 0))[: ids.size]
    repeat = np.arange(ids.size) - np.flatnonzero(new)[np.cumsum(new) - 1]
    data[f"given_{q}_t"] = grid_time(steps, run.dt) - _EARLY + _APART * repeat
    data[f"given_{q}_at"] = np.searchsorted(ids, np.arange(1, n))
    lines = [
        f"given_{q} = sim.Population({n}, Given(  # ms, a little before the grid",
        f'    spike_times=np.split(data["given_{q}_t"], data["given_{q}_at"])), label="given {q}")',
    ]
    return lines, np.asarray(grid_time(delays - shift, run.dt), dtype=float)
