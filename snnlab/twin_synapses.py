"""The Brian2 reading of projections: what a spike does to its target and, by a rule, to the weight.

A rule's traces become variables of the synapse, since a pre spike counts when it arrives. Brian2 runs what pre
spikes do before what post spikes do, as snnlab does, and decays a trace when it is looked at.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from .assemble import Cells, Run
from .brian2_text import brian2_unit, dimension, expression, inlined
from .network import Population, View, as_view
from .plasticity import Plasticity
from .spikes import SpikeTrains
from .units import Unit, as_unit
from .wires import Wires


def synapses(q: int, wires: Wires, run: Run, data: dict, objects: list[str]) -> list[str]:
    """One Synapses object; given spikes become a SpikeGeneratorGroup."""
    projection, post = wires.projection, run.cells[wires.post]
    _check(projection)
    graph = projection.draw(run.seed, q, run.dt)
    synapse = type(projection.synapse)
    unit = as_unit(synapse.weight)
    delay = graph.delay
    lines = []
    if wires.replayed:
        source, first, shift = f"given_{q}", 0, bool((np.round(delay / run.dt) >= 1).all())
        lines += _given(q, wires, run, data, shift)
        objects.append(source)
        delay = delay - run.dt if shift else delay
    else:
        pre = as_view(projection.pre) if isinstance(projection.pre, Population | View) else None
        source, first = f"group_{wires.source}", pre.start if pre else 0
    offset = as_view(projection.post).start
    data |= {
        f"pre_{q}": graph.pre + first,
        f"post_{q}": graph.post + offset,
        f"weights_{q}": graph.w,
        f"delay_{q}": delay,
    }
    on_pre, options = repr(_on_pre(projection, post)), f"namespace=parameters_{wires.post}"
    variables = repr(f"w_syn : {dimension(unit)}")
    if wires.rule is not None:
        lines += _plastic(q, wires.rule, unit, _on_pre(projection, post))
        variables, on_pre = f"variables_{q}", f"on_pre_{q}"
        options = f"on_post=on_post_{q}, namespace={{**parameters_{wires.post}, **rule_{q}}}"
    lines += [
        f"synapses_{q} = Synapses({source}, group_{wires.post}, {variables}, on_pre={on_pre}, {options})",
        f'synapses_{q}.connect(i=data["pre_{q}"], j=data["post_{q}"])',
        f'synapses_{q}.w_syn = data["weights_{q}"]*{brian2_unit(unit)}',
        f'synapses_{q}.delay = data["delay_{q}"]*ms',
        "",
    ]
    objects.append(f"synapses_{q}")
    return lines


def _check(projection: Any) -> None:
    """Refuse, by name, what this translation does not know."""
    rule = projection.plasticity
    beyond = []
    if not isinstance(projection.pre, Population | View | SpikeTrains):
        beyond.append(f"its source {type(projection.pre).__name__}")
    if "arrive" not in projection.synapse.equations:
        beyond.append(f"its synapse {type(projection.synapse).__name__}, which acts without spikes")
    if getattr(projection, "short_term", None) is not None:
        beyond.append(f"its short-term plasticity {type(projection.short_term).__name__}")
    if rule is not None:
        label, known = type(rule).__name__, ("w", *rule.traces, *rule.parameters())
        beyond += [f"{label}.{name}" for name in rule.equations if name not in ("on_pre", "on_post")]
        beyond += [f"the states {tuple(rule.state)} of {label}"] if rule.state else []
        beyond += [f"the {side} trace {name!r} of {label}" for name, (side, _, _) in rule.traces.items()
                   if side not in ("pre", "post")]  # fmt: skip
        beyond += [f"{name!r} in {label}.{function}" for function in ("on_pre", "on_post") if function in rule.equations
                   for name in rule.equations[function].args if name not in known]  # fmt: skip
    if beyond:
        raise ValueError(f"brian2_twin: {projection} is not carried over, because of {beyond[0]}")


def _plastic(q: int, rule: Plasticity, weight: Unit, arrive: str) -> list[str]:
    """The parameters, variables and functions of a rule; a pre spike delivers the old weight first."""
    variables = [f"w_syn : {dimension(weight)}"]
    for name, (_, tau, _) in rule.traces.items():
        variables.append(f"dtrace_{name}/dt = -trace_{name}/rule_{tau} : 1 (event-driven)")
    lines = [f"rule_{q} = {{", *_rule_parameters(rule, weight), "}"]
    texts = {
        "variables": variables,
        "on_pre": [arrive, *_changes(rule, "pre")],
        "on_post": _changes(rule, "post"),
    }
    for name, text in texts.items():
        lines += [f'{name}_{q} = """', *(f"    {line}" for line in text), '"""']
    return lines


def _changes(rule: Plasticity, side: str) -> list[str]:
    """What a spike of one side does: the rule's function first, then the increment of its own traces."""
    names = {
        "w": "w_syn",
        **{n: f"rule_{n}" for n in rule.parameters()},
        **{n: f"trace_{n}" for n in rule.traces},
    }
    statements = []
    if f"on_{side}" in rule.equations:
        (new,) = inlined(rule.equations[f"on_{side}"], names)
        statements.append(f"w_syn = clip({new}, rule_w_min, rule_w_max)")
    for name, (of, _, how) in rule.traces.items():
        if of == side:
            statements.append(f"trace_{name} {'+=' if how == 'add' else '='} 1")
    return statements


def _rule_parameters(rule: Plasticity, weight: Unit) -> list[str]:
    """The parameters as quantities; a unit of `weight` becomes that of the projection's weight."""
    lines = []
    for name in rule.parameters():
        unit = rule.units[name]
        *powers, of_weight = unit.powers
        text = brian2_unit(Unit((*powers, 0), unit.scale) * weight**of_weight)
        lines.append(f'    "rule_{name}": {getattr(rule, name)!r}' + ("," if text == "1" else f"*{text},"))
    return lines


def _on_pre(projection: Any, post: Cells) -> str:
    """`arrive` as statements on the post neuron; a jump into a held state is lost."""
    synapse = type(projection.synapse)
    names = {n: f"{projection.receptor}_{n}_post" for n in synapse.state}
    names |= {n: f"{projection.receptor}_{n}" for n in synapse.parameters()}
    names |= {n: f"{n}_post" for n in synapse.neuron_states} | {"w": "w_syn"}  # a neuron may have a state w
    statements = []
    for target, value in synapse.equations["arrive"].body:
        new, left = expression(value, names), names[target]
        if target in post.system.model.frozen and target in synapse.neuron_states:
            new = f"{left} + int(not_refractory_post)*({new} - {left})"
        elif (
            isinstance(value, ast.BinOp)
            and isinstance(value.op, ast.Add)
            and names.get(ast.unparse(value.left)) == left
        ):
            # Brian2 fails on `x = x + exp(1)*w` and takes `x += exp(1)*w`
            statements.append(f"{left} += {expression(value.right, names)}")
            continue
        statements.append(f"{left} = {new}")
    return "; ".join(statements)


def _given(q: int, wires: Wires, run: Run, data: dict, shift: bool) -> list[str]:
    source: Any = run.sources[wires.source]
    grid = np.repeat(np.arange(source.base, run.k_stop + 1), np.diff(source.off))
    ids = source.spk[source.off[0] : source.off[-1]]
    steps = grid if shift else grid - 1
    if (steps < 0).any():
        raise ValueError("brian2_twin: a given spike at time 0 with delay 0 has no counterpart in Brian2")
    if len({*zip(steps.tolist(), ids.tolist(), strict=True)}) != steps.size:
        raise ValueError("brian2_twin: a neuron's given spikes fall on one step, which Brian2 refuses")
    keep = steps < run.k_stop
    data |= {f"given_t_{q}": steps[keep] * run.dt, f"given_i_{q}": ids[keep]}
    return [
        f'given_{q} = SpikeGeneratorGroup({source.trains.n}, data["given_i_{q}"], data["given_t_{q}"]*ms)'
    ]
