"""A PyNN population: its cell, parameters, initial state, input and recordings."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..grid import grid_time
from ..model import Synapse
from ..network import Graph
from ..run_data import Cells, Run
from .table import CELLS, NO_NEURON, NO_SYNAPSE, Cell


def cell_of(p: int, run: Run, graphs: list[Graph]) -> tuple[Cell, dict[tuple[str, int], str]]:
    """The cell of population p, and which side of it each receptor feeds, by the sign of w."""
    cells = run.cells[p]
    model, receptors = type(cells.population.model), cells.population.receptors
    if not any(m is model for m, _ in CELLS):
        reason = NO_NEURON.get(model.__name__, "PyNN has no such standard cell")
        raise ValueError(f"to_pynn: {model.__name__} of {cells.name} is not carried over: {reason}")
    ends = [(w.projection.receptor, g.w) for w, g in zip(run.wires, graphs, strict=True) if w.post == p]
    ends += [(d.drive.receptor, d.w) for d in run.drives if d.post == p]
    used = {name: synapse for name, synapse in receptors.items() if name in dict(ends)} or receptors
    kinds = {type(synapse): name for name, synapse in used.items()}
    for kind in kinds:
        if (model, kind) not in CELLS:
            known = ", ".join(s.__name__ for m, s in CELLS if m is model and s)
            reason = NO_SYNAPSE.get(kind.__name__, f"with {model.__name__}, PyNN's cells have {known}")
            raise ValueError(f"to_pynn: {kind.__name__} of {cells.name} is not carried over: {reason}")
    if len(kinds) > 1:
        both = " and ".join(repr(name) for name in kinds.values())
        raise ValueError(f"to_pynn: the receptors {both} of {cells.name} must be of one kind in PyNN")
    cell = CELLS[model, next(iter(kinds), None)]
    weights = {name: np.concatenate([np.zeros(0), *(w for n, w in ends if n == name)]) for name in used}
    rest = float(np.mean(cells.parameters["E_L"])) if cell.trace else None
    return cell, _sides(cells.name, used, weights, rest)


def _sides(
    where: str, used: dict[str, Any], weights: dict[str, np.ndarray], rest: float | None
) -> dict[tuple[str, int], str]:
    """{(receptor, sign of w): "excitatory" or "inhibitory"}; raises ValueError where two do not fit into one.

    `rest` is given for conductances: the highest E_rev is excitatory if it is above rest.
    """
    sides: dict[tuple[str, int], str] = {}
    if rest is not None:
        E_rev = {name: np.mean(synapse.E_rev) for name, synapse in used.items()}
        first = max(used, key=lambda name: E_rev[name])
        several = not all(_alike(synapse, used[first]) for synapse in used.values())
        for name in used:
            high = _alike(used[name], used[first]) and (several or E_rev[first] > rest)
            sides[name, 1] = "excitatory" if high else "inhibitory"
    else:
        for name in used:
            w = weights[name]
            if (w > 0).any() or not (w < 0).any():
                sides[name, 1] = "excitatory"
            if (w < 0).any():
                sides[name, -1] = "inhibitory"
    for side in ("excitatory", "inhibitory"):
        names = [name for (name, _), given in sides.items() if given == side]
        for name in names[1:]:
            if not _alike(used[name], used[names[0]]):
                raise ValueError(
                    f"to_pynn: the receptors {names[0]!r} and {name!r} of {where} are both {side} and differ; "
                    "PyNN's cells have one excitatory and one inhibitory receptor"
                )
    return sides


def _alike(one: Synapse, other: Synapse) -> bool:
    return all(np.array_equal(getattr(one, p), getattr(other, p)) for p in type(one).parameters())


def population_lines(p: int, cells: Cells, cell: Cell, sides: dict, run: Run, data: dict) -> list[str]:
    """One PyNN population with its parameters, initial state, input and recordings."""
    if cells.input.noises:
        raise ValueError(f"to_pynn: {cells.name} has noise, whose random numbers would differ in PyNN")
    values = {**cells.parameters, "I": cells.input.constant}
    for name, wanted in cell.fixed.items():
        if np.any(values[name] != wanted):
            raise ValueError(
                f"to_pynn: {name} of {cells.name} must be {wanted:g}, which PyNN has as a constant"
            )
    series = _series(p, cells, run, data)
    if series:
        values["I"] = values["I"] + data[f"I_{p}_first"]
    lines = [f"population_{p} = sim.Population({cells.n}, sim.{cell.name}("]
    for row in cell.parameters:
        lines.append(f"    {row.name}={_number(row.name, p, row.value(values), data)},  # {row.unit}")
    for side, letter in (("excitatory", "E"), ("inhibitory", "I")):
        receptor = next((name for (name, _), given in sides.items() if given == side), None)
        for row in cell.receptor if receptor else ():
            value = row.value({row.ours: cells.parameters[f"{receptor}_{row.ours}"]})
            name = row.name.format(letter)
            lines.append(f"    {name}={_number(name, p, value, data)},  # {row.unit}, {receptor}")
    lines.append(f"), label={cells.name!r})")
    for row in cell.states:
        value = row.value(cells.x)
        value = float(value[0]) if (value == value[0]).all() else value
        lines.append(
            f"population_{p}.initialize({row.name}={_number(f'initial_{row.name}', p, value, data)})"
        )
    for state, x in cells.x.items():
        if state not in {row.ours for row in cell.states} and x.any():
            raise ValueError(f"to_pynn.initial: {state} of {cells.name} must begin at 0 in PyNN")
    return [*lines, *series, *_records(p, cells, cell, sides, run.dt, data), ""]


def _number(name: str, p: int, value: Any, data: dict) -> str:
    """A number as it is; an array by its name in `data`."""
    if not np.isfinite(value).all():
        raise ValueError(f"to_pynn: {name} of population {p} must be finite in PyNN, got {value}")
    if np.ndim(value) == 0:
        return repr(float(value))
    data[f"{name}_{p}"] = np.asarray(value)
    return f'data["{name}_{p}"]'


def _series(p: int, cells: Cells, run: Run, data: dict) -> list[str]:
    """A current that changes: what it is above its first value, at the times when it changes."""
    if not cells.input.width:
        return []
    rows = cells.input.rows(0, run.k_stop) * 1e-3
    data[f"I_{p}_first"] = 1e3 * (rows[0] if cells.input.width > 1 else rows[0, 0])
    changes = np.concatenate([[0], 1 + np.flatnonzero((np.diff(rows, axis=0) != 0).any(axis=1))])
    data[f"I_{p}_t"], data[f"I_{p}"] = grid_time(changes, run.dt) + 0.0, rows[changes] - rows[0]
    amplitudes, target = f'data["I_{p}"][:, i]', f"population_{p}[i : i + 1]"
    if cells.input.width == 1:
        target = f"population_{p}"
    return [
        f'for i in range(data["I_{p}"].shape[1]):  # nA, above its first value',
        f'    sim.StepCurrentSource(times=data["I_{p}_t"], amplitudes={amplitudes}).inject_into({target})',
    ]


def _records(p: int, cells: Cells, cell: Cell, sides: dict, dt: float, data: dict) -> list[str]:
    lines = [f'population_{p}.record("spikes")']
    if len({every for _, every in cells.records.values()}) > 1:
        raise ValueError(f"to_pynn.record: PyNN records all variables of {cells.name} at one interval")
    for state, (ids, every) in cells.records.items():
        name, _ = variable_of(cells, state, cell, sides)
        which = f"population_{p}"
        if ids.size < cells.n:
            data[f"record_{p}_{name}"] = ids
            which += f'[data["record_{p}_{name}"]]'
        lines.append(f'{which}.record("{name}", sampling_interval={float(grid_time(every, dt))!r})')
    return lines


def variable_of(cells: Cells, state: str, cell: Cell, sides: dict) -> tuple[str, float]:
    """PyNN's name of a state, and the factor from our unit to theirs."""
    own = {row.ours: (row.name, row.factor) for row in cell.states}
    if state in own:
        return own[state]
    receptor, _, variable = state.rpartition("_")
    side = sides.get((receptor, 1), "")
    alone = [name for (name, _), given in sides.items() if given == side] == [receptor]
    if cell.trace is None or variable != "g" or not alone:
        label = cells.system.labels[cells.system.states.index(state)]
        raise ValueError(
            f"to_pynn.record: {label} of {cells.name} cannot be recorded with PyNN's {cell.name}"
        )
    return f"{cell.trace}_{side[:3]}", cell.weight.factor
