"""What became infinite or not a number in a run, and the likely cause."""

from __future__ import annotations

from typing import Any

import numpy as np

from .run_data import Run

FEW_WEIGHTS = 1_000_000  # learnt ones


def few_weights(run: Run) -> bool:
    """True while a copy of all that is learnt, and a look at it, cost nothing beside a chunk."""
    return sum(x.size for w in run.wires for x in w.memory().values()) <= FEW_WEIGHTS


def what_is_not_finite(run: Run) -> tuple[str, float, str] | None:
    """Which state or learnt weight is the first that is not finite, its value, and why; None if all are."""
    many = not few_weights(run)  # looked at once, at the end
    return bad_state(run) or (None if many and run.k < run.k_stop else _bad_weight(run))


def bad_state(run: Run) -> tuple[str, float, str] | None:
    """The same, of the states of neurons alone."""
    for cells in run.cells:
        for name, x in cells.x.items():
            if not (finite := np.isfinite(x)).all():
                i = int(np.argmin(finite))
                label = cells.system.labels[cells.system.states.index(name)]
                return f"{label} of neuron {i} in {cells.name}", x[i], _cause(cells, run.dt)
    return None


def _bad_weight(run: Run) -> tuple[str, float, str] | None:
    for wires in run.wires:
        if wires.rule is not None and not (finite := np.isfinite(wires.w)).all():
            s = int(np.argmin(finite))
            synapse = f"w of the synapse from {wires.pre_of(s)} to {wires.targets[s]} in {wires.projection}"
            why = f"likely cause: {type(wires.rule).__name__} divides by zero, or takes the root or logarithm of a negative number"
            return synapse, wires.w[s], why
    return None


def _cause(cells: Any, dt: float) -> str:
    """The likely reason for a state that grew without bound."""
    taus = {
        n: float(np.min(v))
        for n, v in cells.parameters.items()
        if str(cells.population.model.units.get(n, "ms")) == "ms" and n != "t_ref"
    }
    fast = [n for n, tau in taus.items() if "tau" in n and tau < 0.5 * dt]
    if cells.method in ("euler", "rk4") and fast:
        return f"likely cause: dt = {dt:g} ms is too long for {fast[0]} = {taus[fast[0]]:g} ms with method {cells.method}; take dt <= {taus[fast[0]] / 10:g}"
    return (
        f"likely cause: a weight or current too large, or dt = {dt:g} ms too long for method {cells.method}"
    )
