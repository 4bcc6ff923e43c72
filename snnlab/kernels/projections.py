"""The part of a kernel that brings spikes to their receptors."""

from __future__ import annotations

from . import rules
from .structure import ProjectionKind
from .writer import Writer


def setup(writer: Writer, q: int, projection: ProjectionKind) -> None:
    """The arguments and constants of one projection."""
    writer.argument(*(f"q{q}_{name}" for name in ("delays", "indptr", "targets", "w", "first")))
    if projection.source.startswith("s"):
        source = projection.source
        writer.argument(*(f"{name}_{source}" for name in ("spk", "off", "int")))
        writer.setup.append(f"base_{source} = int_{source}[0]")
    if projection.scalar_weight:
        writer.setup.append(f"q{q}_w0 = q{q}_w[0]")
    if projection.rule is not None:
        rules.setup(writer, q, projection.rule)


def deliver(writer: Writer, q: int, projection: ProjectionKind) -> list[str]:
    """The spikes that arrive at grid time m, in the order of delay, then of pre neuron."""
    source, post = projection.source, projection.post
    lines = [] if projection.rule is None else rules.fade(q, projection.rule)
    lines += [
        f"# deliver {source} -> p{post}.{projection.receptor}",
        f"for c in range(q{q}_delays.size):",
        f"    a = m - q{q}_delays[c] - base_{source}",
        "    if a < 0:",
        "        continue",
        f"    for e in range(off_{source}[a], off_{source}[a + 1]):",
        f"        i = spk_{source}[e] - q{q}_first[0]",
        f"        if i < 0 or i >= q{q}_first[1]:",
        "            continue",
        f"        begin = q{q}_indptr[c, i]",
        f"        to = q{q}_targets[begin : q{q}_indptr[c, i + 1]]",
        "        for s in range(to.size):",
        "            j = np.uintp(to[s])  # unsigned: no check for indices from the end",
        *(f"            {line}" for line in _arrive(writer, q, projection)),
    ]
    return lines if projection.rule is None else lines + rules.learn(writer, q, post, projection.rule)


def _arrive(writer: Writer, q: int, projection: ProjectionKind) -> list[str]:
    """One spike's effect on target j."""
    post = projection.post
    kind = writer.structure.populations[post]
    system = kind.system
    synapse = dict(system.receptors)[projection.receptor]
    arguments = {s: f"p{post}_{s}[j]" for s in system.states}
    for name in synapse.parameters():
        joined = f"{projection.receptor}_{name}"
        arguments[joined] = f"p{post}_{joined}{'[j]' if joined in kind.arrays else ''}"
    arguments["w"] = f"q{q}_w0" if projection.scalar_weight else f"q{q}_w[begin + s]"
    function = writer.function(synapse.__name__, synapse.equations["arrive"])
    given = ", ".join(arguments[a] for a in system.arguments(synapse, "arrive", projection.receptor))
    changed = [
        f"{projection.receptor}_{n}" if n in synapse.state else n
        for n in synapse.equations["arrive"].returned_names
    ]
    task = f"{', '.join(f'p{post}_{name}[j]' for name in changed)} = {function}({given})"
    if system.refractory and any(name in system.model.frozen for name in changed):
        return [f"if m > held_p{post}[j]:  # a jump into a held state is lost", f"    {task}"]
    return [task]
