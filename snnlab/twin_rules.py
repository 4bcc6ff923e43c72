"""The Brian2 reading of plasticity: what a rule makes of a synapse, and what a spike or a while does to it.

A rule's traces become variables of the synapse, since a pre spike counts when it arrives. Brian2 runs what pre
spikes do before what post spikes do, as snnlab does. It decays a trace when a spike looks at it; what `every` reads, what
rewards change and what is recorded it moves in each step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .brian2_text import Program, assignments, brian2_unit, dimension, expression, inlined, settled
from .plasticity import Plasticity
from .twin_sources import rewards
from .units import Unit, one
from .wires import Wires


def learning(
    q: int, wires: Wires, unit: Unit, program: Program, variables: list[str], on_pre: list[str], on_post: list[str]
) -> tuple[list[str], list[str]]:  # fmt: skip
    """Adds a rule to the texts of a synapse; returns lines before the Synapses object and lines after it."""
    rule: Any = wires.rule
    stepped = {name for name, (side, _, _) in rule.traces.items() if side == "reward"} | set(wires.records)
    stepped |= set(rule.equations["every"].args) if "every" in rule.equations else set()
    times, names = rule.times(), _names(rule)
    for name in (*rule.traces, *rule.state):
        own = dimension(of_weight(rule.units[name], unit) if name in rule.state else one)
        if name in times:
            how = "clock-driven" if name in stepped else "event-driven"
            variables.append(f"d{names[name]}/dt = -{names[name]}/rule_{times[name]} : {own} ({how})")
        else:
            variables.append(f"{names[name]} : {own}")
    on_pre += [*_changes(rule, "on_pre"), *_grown(rule, "pre", "")]
    on_post += [*_changes(rule, "on_post"), *_grown(rule, "post", "")]
    lines = [f"rule_{q} = {{", *_parameters("rule", rule, unit), "}"]
    after = _initial(q, wires, unit, stepped, program)
    if "every" in rule.equations:
        text = "; ".join(_changes(rule, "every"))
        after.append(
            f"every_{q} = synapses_{q}.run_regularly({text!r}, dt={rule.T!r}*ms, when='start', order=-1)"
        )
        if program.run.k_stop % wires.interval == 0:
            program.last.append(f"every_{q}.run()  # it is due at the end too")
    if wires.reward:
        more, source = rewards(q, wires, program)
        lines += more
        text = "; ".join(_grown(rule, "reward", "_post"))
        program.objects.append(f"rewarding_{q}")
        after += [
            f"rewarding_{q} = Synapses({source}, synapses_{q}, on_pre={text!r})",
            f"rewarding_{q}.connect()",
            f"rewarding_{q}.pre.order = 2  # after all other spikes",
        ]
    return lines, after


def check_names(wires: Wires) -> None:
    """A class of one's own may let its functions read more than this translation knows."""
    rule: Any = wires.rule
    for function, read in rule.equations.items():
        unknown = set(read.args) - {"w", *rule.traces, *rule.state, *rule.parameters()}
        if unknown:
            raise ValueError(
                f"brian2_twin: {wires.projection} is not carried over, because of {sorted(unknown)[0]!r} in "
                f"{type(rule).__name__}.{function}"
            )


def _names(rule: Plasticity) -> dict[str, str]:
    return {
        "w": "w_syn",
        **{n: f"rule_{n}" for n in rule.parameters()},
        **{n: f"trace_{n}" for n in rule.traces},
        **{n: f"state_{n}" for n in rule.state},
    }


def of_weight(unit: Unit, of: Unit) -> Unit:
    """A unit of `weight` becomes that of the projection's weight."""
    *powers, share = unit.powers
    return Unit((*powers, 0), unit.scale) * of**share


def _parameters(owner: str, rule: Any, unit: Unit) -> list[str]:
    """The parameters as quantities."""
    lines = []
    for name in rule.parameters():
        text = brian2_unit(of_weight(rule.units[name], unit))
        lines.append(f'    "{owner}_{name}": {getattr(rule, name)!r}' + ("," if text == "1" else f"*{text},"))
    return lines


def _changes(rule: Plasticity, function: str) -> list[str]:
    """What a function of the rule does; `every` does nothing at time 0."""
    if function not in rule.equations:
        return []
    names, read = _names(rule), rule.equations[function]
    made = dict(zip(read.returned_names, inlined(read, names), strict=True))
    lines = []
    if len(made) > 1:  # all are computed from what was before
        lines = [f"new_{name} = {text}" for name, text in made.items()]
        made = {name: f"new_{name}" for name in made}
    for name, text in made.items():
        text = f"clip({text}, rule_w_min, rule_w_max)" if name == "w" else text
        if function == "every":
            text = f"int(t > 0*ms)*({text}) + int(t <= 0*ms)*{names[name]}"
        lines.append(f"{names[name]} = {text}")
    return lines


def _grown(rule: Plasticity, side: str, suffix: str) -> list[str]:
    """A spike of one side adds 1 to its traces, or sets them to 1."""
    return [
        f"trace_{name}{suffix} {'+=' if how == 'add' else '='} 1"
        for name, (of, _, how) in rule.traces.items()
        if of == side
    ]


def _initial(q: int, wires: Wires, unit: Unit, stepped: set[str], program: Program) -> list[str]:
    """Traces and states that are not 0 after what arrives at time 0."""
    rule: Any = wires.rule
    places = {"pre": _rows(wires), "post": wires.targets, "reward": np.zeros(wires.targets.size, dtype=int)}
    lines, names = [], _names(rule)
    for name, values in wires.traces.items():
        if not values.any():
            continue
        if name in rule.traces:
            values = values[places[rule.traces[name][0]]]
        if name in rule.times() and name not in stepped:
            # Brian2 counts from its first step, at whose end the first spikes arrive: dt later
            values = values * np.exp(-wires.rate_of[name])
        of = brian2_unit(of_weight(rule.units[name], unit)) if name in rule.state else "1"
        given = program.given(f"{names[name]}_{q}", wires.in_drawn_order(values), of)
        lines.append(f"synapses_{q}.{names[name]} = {given}")
    return lines


def _rows(wires: Wires) -> np.ndarray:
    """The delay and pre neuron of each synapse, as one number."""
    first = np.append(wires.indptr[:, :-1].ravel(), wires.targets.size)
    return np.repeat(np.arange(first.size - 1), np.diff(first))


def short_term(q: int, wires: Wires, program: Program, variables: list[str], on_pre: list[str]) -> tuple[list[str], list[str]]:  # fmt: skip
    """Short-term plasticity, on every arrival first of all: `released` is what is left of the weight.

    Its states belong to a pre neuron and a delay; here each synapse has its own, which all move in the same way.
    """
    model: Any = wires.short_term
    names = {n: f"short_{n}" for n in (*model.state, *model.parameters())}
    variables += [f"short_{name} : {dimension(model.units[name])}" for name in model.state]
    variables.append("last_arrival : second")
    on_pre.append("elapsed = t + dt - last_arrival")
    values = {name: getattr(model, name) for name in model.parameters()}
    for function in ("recover", "release"):
        read = settled(model.equations[function], values)
        changed = model.changed(function)
        made, known = assignments(read, names, changed)
        on_pre += made
        if function == "release":
            on_pre.append(f"released = w_syn*({expression(read.returns[0], known)})")
    on_pre.append("last_arrival = t + dt")
    rows = _rows(wires)
    after = []
    for name, of_rows in wires.resources.items():
        unit = brian2_unit(model.units[name])
        if (of_rows == of_rows[0]).all():
            text = repr(float(of_rows[0])) + ("" if unit == "1" else f"*{unit}")
        else:
            text = program.given(f"short_{name}_{q}", wires.in_drawn_order(of_rows[rows]), unit)
        after.append(f"synapses_{q}.short_{name} = {text}")
    return [f"short_{q} = {{", *_parameters("short", model, one), "}"], after


def monitors(q: int, wires: Wires, program: Program) -> list[str]:
    """A StateMonitor for each recorded variable of a plastic projection."""
    lines = []
    for name, (every, _) in wires.records.items():
        variable = "w_syn" if name == "w" else f"state_{name}"
        lines.append(
            f"history_{q}_{name} = StateMonitor(synapses_{q}, {variable!r}, record=True, dt={every}*defaultclock.dt)"
        )
        program.objects.append(f"history_{q}_{name}")
    return lines
