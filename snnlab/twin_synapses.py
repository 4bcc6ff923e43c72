"""The Brian2 reading of projections and drives: where their spikes come from, and what these do to their target."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from .brian2_text import Program, assignments, brian2_unit, dimension, expression, inlined
from .firing import Counts, Firing
from .model import Synapse
from .network import Graph, Population, View, as_view
from .replay import counts_of
from .run_data import Cells
from .twin_neurons import timed
from .twin_rules import learning, monitors, short_term
from .twin_sources import given_spikes, source_of
from .units import as_unit
from .wires import Wires


def synapses(q: int, wires: Wires, program: Program) -> list[str]:
    """One Synapses object, with the source of its spikes where that is no population."""
    projection, post = wires.projection, program.run.cells[wires.post]
    graph = projection.draw(program.run.seed, q, program.run.dt)
    if not len(graph):
        return [f"# projection {q} has no synapses", ""]
    _check_held(wires)
    offset = as_view(projection.post).start
    graph = Graph(graph.pre, graph.post + offset, wires.in_drawn_order(wires.w), graph.delay)
    if wires.continuous:
        return _gap(q, wires, post, graph, program)
    lines, source, graph = _source(q, wires, graph, program)
    unit = as_unit(projection.synapse.weight)
    variables, namespace = [f"w_syn : {dimension(unit)}"], [f"**parameters_{wires.post}"]
    before: list[str] = []
    after: list[str] = []
    weight = "w_syn"
    if wires.short_term is not None:
        more, after = short_term(q, wires, program, variables, before)
        lines += more
        namespace.append(f"**short_{q}")
        weight = "released"
    on_pre = [*before, *arrival(type(projection.synapse), projection.receptor, post, weight, "_post")]
    on_post: list[str] = []
    if wires.rule is not None:
        more, then = learning(q, wires, unit, program, variables, on_pre, on_post)
        lines, after = lines + more, after + then
        namespace.append(f"**rule_{q}")
    for name, text in {"variables": variables, "on_pre": on_pre, "on_post": on_post}.items():
        lines += [f'{name}_{q} = """', *(f"    {line}" for line in text), '"""'] if text else []
    options = [f"variables_{q}", f"on_pre=on_pre_{q}", *([f"on_post=on_post_{q}"] if on_post else [])]
    options += ["method='exact'"] if any("clock-driven" in v for v in variables) else []
    names = f"parameters_{wires.post}" if len(namespace) == 1 else f"{{{', '.join(namespace)}}}"
    lines += [
        f"synapses_{q} = Synapses({source}, group_{wires.post}, {', '.join(options)}, namespace={names})",
        *_connect(q, graph, program, unit),
        f"synapses_{q}.delay = {program.given(f'delay_{q}', graph.delay, 'ms')}",
        *after,
        *monitors(q, wires, program),
        "",
    ]
    program.objects.append(f"synapses_{q}")
    return lines


def _check_held(wires: Wires) -> None:
    """Brian2 sums over connections at the start of a step."""
    synapse = type(wires.projection.synapse)
    if wires.continuous and inlined(synapse.equations["dynamics"], {}) != ["0"]:
        raise ValueError(
            f"brian2_twin: {wires.projection} is not carried over, because of {synapse.__name__}, whose sum moves inside a "
            "step: Brian2 holds it"
        )


def _connect(q: int, graph: Graph, program: Program, unit: Any) -> list[str]:
    pre, post = program.given(f"pre_{q}", graph.pre), program.given(f"post_{q}", graph.post)
    return [
        f"synapses_{q}.connect(i={pre}, j={post})",
        f"synapses_{q}.w_syn = {program.given(f'weights_{q}', graph.w, brian2_unit(unit))}",
    ]


def _source(q: int, wires: Wires, graph: Graph, program: Program) -> tuple[list[str], str, Graph]:
    """Lines that make the source, its name, and the graph as seen from it."""
    pre: Any = wires.projection.pre
    first = pre.start if isinstance(pre, View) else 0
    if isinstance(pre, Population | View) and not wires.replayed:
        return [], f"group_{wires.source}", Graph(graph.pre + first, graph.post, graph.w, graph.delay)
    if isinstance(program.run.sources[wires.source], Firing):
        name = source_of(wires.source)
        return [], name, Graph(graph.pre + first, graph.post, graph.w, graph.delay)
    return given_spikes(q, wires, Graph(graph.pre + first, graph.post, graph.w, graph.delay), program)


def _gap(q: int, wires: Wires, post: Cells, graph: Graph, program: Program) -> list[str]:
    """A projection without spikes: a summed variable."""
    projection, synapse = wires.projection, type(wires.projection.synapse)
    receptor, unit = projection.receptor, as_unit(synapse.weight)
    names = {n: f"{receptor}_{n}" for n in (*synapse.state, *synapse.parameters())} | {"w": "w_syn"}
    names |= {n: f"{n}_post" for n in synapse.neuron_states}
    (state,) = synapse.state
    (added,) = inlined(synapse.equations["couple"], names)
    sums = f"{receptor}_{state}_{q}_post = {added} : {dimension(synapse.units[state])} (summed)"
    first = as_view(projection.pre).start  # type: ignore[arg-type]
    program.objects.append(f"synapses_{q}")
    return [
        f'variables_{q} = """',
        f"    w_syn : {dimension(unit)}",
        f"    {sums}",
        '"""',
        f"synapses_{q} = Synapses(group_{wires.source}, group_{wires.post}, variables_{q}, namespace=parameters_{wires.post})",
        *_connect(q, Graph(graph.pre + first, graph.post, graph.w, graph.delay), program, unit),
        "",
    ]


def arrival(synapse: type[Synapse], receptor: str, post: Cells, weight: str, side: str) -> list[str]:
    """`arrive` as statements on the post neuron; a jump into a held state is lost. `side` is "_post" in a synapse."""
    read = synapse.equations["arrive"]
    names = {n: f"{receptor}_{n}{side}" for n in synapse.state}
    names |= {n: f"{receptor}_{n}" for n in synapse.parameters()}
    names |= {n: f"{n}{side}" for n in synapse.neuron_states} | {"w": weight}  # a neuron may have a state w
    if (
        all(sum(n == target for target, _ in read.body) == 1 for n in read.returned_names)
        and len(read.body) == 1
    ):
        ((target, value),) = read.body
        left, open_ = names[target], _open(target, synapse, post, side)
        if (
            isinstance(value, ast.BinOp)
            and isinstance(value.op, ast.Add)
            and ast.unparse(value.left) == target
        ):
            added = expression(value.right, names)
            return [f"{left} += {open_}({added})" if open_ else f"{left} += {added}"]
    lines, known = assignments(read, names, ())
    for node in read.returns:
        name = ast.unparse(node)
        left, new, open_ = names[name], known[name], _open(name, synapse, post, side)
        lines.append(f"{left} += {open_}({new} - {left})" if open_ else f"{left} = {new}")
    return lines


def _open(state: str, synapse: type[Synapse], post: Cells, side: str) -> str:
    """The factor that is 0 while a neuron's state is held."""
    held = state in post.system.model.frozen and state in synapse.neuron_states
    return f"int(not_refractory{side})*" if held else ""


def drive(d: int, counts: Counts, program: Program) -> list[str]:
    """A PoissonDrive: in each step w times a count, as if all these spikes arrived as one."""
    target, post, drive = f"group_{counts.post}", program.run.cells[counts.post], counts.drive
    n = counts.stop - counts.start
    if n < post.n:
        target += f"[{counts.start}:{counts.stop}]"
    lines, unit = [], as_unit(drive.synapse.weight)

    def each(name: str, values: np.ndarray, of: str) -> str:
        """A number, or a TimedArray that does not change in time: one value for each neuron of the view."""
        if values.size == 1:
            return repr(float(values[0])) + ("" if of == "1" else f"*{of}")
        given = program.given(f"{name}_{d}", values[None, :], of)
        lines.append(f"{name}_{d} = TimedArray({given}, dt=1e9*second)")
        return f"{name}_{d}(t, i)"

    if program.replay:
        lines += timed(f"counts_{d}", counts_of(counts, program.run), program)
        number = f"counts_{d}(t, i)" if n > 1 else f"counts_{d}(t)"
    else:
        mean = np.atleast_1d(np.asarray(drive.n_sources * drive.rate * (program.run.dt / 1000.0)))
        number = f"poisson({each('mean', mean, '1')})"
    weight = each("w", counts.w, brian2_unit(unit))
    text = arrival(type(drive.synapse), drive.receptor, post, f"({weight}*{number})", "")
    lines.append(f"{target}.run_regularly({'; '.join(text)!r}, when='synapses')")
    return [*lines, ""]
