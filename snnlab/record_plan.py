"""What is recorded, how often, and whether there is room for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from .firing import Firing
from .grid import steps
from .memory import available_memory
from .network import Projection, View, as_view
from .recording import Record
from .run_data import Cells
from .wires import Wires


def plan_records(
    cells: list[Cells], wires: list[Wires], sources: list, record: Any, k_start: int, k_stop: int, dt: float
) -> None:
    """Decide what is recorded and make room for it, or refuse with the figure."""
    for item in record:
        if isinstance(item, Record) and isinstance(item.what, Projection):
            _plan_weights(wires, item, k_start, k_stop, dt)
            continue
        if isinstance(item, Record):
            _interval(item.every, dt)
        for target, variable, every in _targets(cells, sources, item):
            _plan(target[0], target[1], variable, _interval(every, dt))
    total = sum(out.nbytes for w in wires for _, out in w.records.values())
    for entry in cells:
        for ids, interval in entry.records.values():
            total += 8 * ids.size * (-(-k_stop // interval) - -(-k_start // interval))
    free = available_memory() if total > 1e8 else total
    if total > free:
        raise ValueError(
            f"record: the traces need {total / 1e9:.1f} GB and {free / 1e9:.1f} GB are free; "
            "record fewer neurons, Record(pop[:10], ...), or less often, Record(..., every=1.0)"
        )
    for entry in cells:
        for name, (ids, interval) in entry.records.items():
            rows = -(-k_stop // interval) - -(-k_start // interval)
            entry.out[name] = np.empty((rows, ids.size))


def _interval(every: float | None, dt: float) -> int:
    """The interval of a record in steps."""
    interval = 1 if every is None else steps("Record.every", every, dt)
    if interval < 1:
        raise ValueError(f"Record.every: must be >= dt = {dt:g} ms, got {every:g}")
    return interval


def _plan_weights(wires: list[Wires], item: Record, k_start: int, k_stop: int, dt: float) -> None:
    """Room for the history of a plastic projection's weights (NumPy gives it page by page, as it is filled)."""
    entry = next((w for w in wires if w.projection is item.what), None)
    known = ("w", *entry.rule.state) if entry is not None and entry.rule is not None else ()
    if entry is None or item.variable not in known:
        raise ValueError(
            f"record: {item.what} must be a plastic projection of this run, and its variable one of {known or ('w',)}, "
            f"got {item.variable!r}"
        )
    interval = _interval(item.every, dt)
    if entry.records.get(item.variable, (interval,))[0] != interval:
        raise ValueError(
            f"record: {item.variable} of {item.what} is recorded at one interval; two were given"
        )
    rows = -(-k_stop // interval) - -(-k_start // interval)
    entry.records[item.variable] = (interval, np.empty((rows, entry.targets.size)))


def _targets(cells: list[Cells], sources: list, item: Any):
    """(cells, view), joined variable name, every: for one item of `record`."""
    if isinstance(item, str):
        having = [c for c in cells if item in c.system.labels]
        if not having:
            known = sorted({label for c in cells for label in c.system.labels})
            raise ValueError(f"record: no population has a variable {item!r}; there are {', '.join(known)}")
        return [((c, as_view(c.population)), item, None) for c in having]
    if not isinstance(item, Record):
        raise TypeError(f'record: must hold names such as "v" or Records, got {item!r}')
    view: Any = item.of
    if any(isinstance(s, Firing) and s.source is view.parent for s in sources):
        return []  # its rate, made from its spikes
    entry = next((c for c in cells if c.population is view.parent), None)
    if entry is None:
        raise ValueError(f"record: {item.what} is not simulated here")
    if item.variable == "rate":
        return []  # made from the spikes
    if item.variable not in entry.system.labels:
        raise ValueError(
            f"record: {item.what} has no variable {item.variable!r}; it has {', '.join((*entry.system.labels, 'rate'))}"
        )
    return [((entry, view), item.variable, item.every)]


def _plan(entry: Cells, view: View, label: str, interval: int) -> None:
    name = entry.system.states[entry.system.labels.index(label)]
    ids = np.arange(view.start, view.stop)
    if name in entry.records:
        before, other = entry.records[name]
        if other != interval:
            raise ValueError(f"record: {label} of {entry.name} is recorded at one interval; two were given")
        ids = np.union1d(before, ids)
    entry.records[name] = (ids, interval)
