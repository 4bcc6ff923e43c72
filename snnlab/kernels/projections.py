"""The part of a kernel that brings spikes to their receptors, for each way in which synapses are stored.

"rows": the targets of each pre neuron, one after the other. "dense": every pre neuron has all targets, so that their
numbers need not be read. "planes": one bit for each possible pair, beside the rows. Where many spikes arrive at once,
their bits are counted for 64 targets at a time, and each target gets its weight once, times the count.
"""

from __future__ import annotations

from . import rules, short_term
from .structure import ProjectionKind
from .writer import Writer, indented


def setup(writer: Writer, q: int, projection: ProjectionKind) -> None:
    """The arguments and constants of one projection."""
    writer.argument(*(f"q{q}_{name}" for name in ("delays", "indptr", "targets", "w", "first")))
    if projection.storage == "planes":
        writer.argument(f"q{q}_planes", f"q{q}_sums", f"q{q}_come")
    if projection.source.startswith("s"):
        source = projection.source
        writer.argument(*(f"{name}_{source}" for name in ("spk", "off", "int")))
        writer.setup.append(f"base_{source} = int_{source}[0]")
    if projection.scalar_weight:
        writer.setup.append(f"q{q}_w0 = q{q}_w[0]")
    if projection.rule is not None:
        rules.setup(writer, q, projection.rule, projection.reward)
    if projection.short_term is not None:
        short_term.setup(writer, q, projection.short_term)


def deliver(writer: Writer, q: int, projection: ProjectionKind) -> list[str]:
    """The spikes that arrive at grid time m, in the order of delay, then of pre neuron."""
    if projection.continuous:
        return []
    source, post = projection.source, projection.post
    rule, reward = projection.rule, projection.reward
    lines = [] if rule is None else rules.renew(q, rule)
    each = {"rows": _rows, "dense": _dense, "planes": _noted}[projection.storage](writer, q, projection)
    if projection.short_term is not None:
        each = [*short_term.advance(writer, q, projection.short_term), *each]
    if rule is not None:
        each = rules.at_arrival(writer, q, rule, each)
    lines += [
        f"# deliver {source} -> p{post}.{projection.receptor}",
        *([f"come_q{q} = 0"] if projection.storage == "planes" else []),
        f"for c in range(q{q}_delays.size):",
        f"    a = m - q{q}_delays[c] - base_{source}",
        "    if a < 0:",
        "        continue",
        f"    for e in range(off_{source}[a], off_{source}[a + 1]):",
        f"        i = spk_{source}[e] - q{q}_first[0]",
        f"        if i < 0 or i >= q{q}_first[1]:",
        "            continue",
        *indented(each, 2),
    ]
    if projection.storage == "planes":
        lines += _counted(writer, q, projection)
    return lines if rule is None else lines + rules.after_arrivals(writer, q, post, rule, reward)


def couple(writer: Writer, q: int, projection: ProjectionKind) -> list[str]:
    """What a projection without spikes adds to the state of its receptor, at the start of a step."""
    source, post, receptor = projection.source, projection.post, projection.receptor
    kind = writer.structure.populations[post]
    synapse = dict(kind.system.receptors)[receptor]
    values = {"w": f"q{q}_w0" if projection.scalar_weight else f"q{q}_w[s]"}
    values |= {name: f"p{post}_{name}[j]" for name in synapse.neuron_states}
    values |= {f"{name}_pre": f"{source}_{name}[i + q{q}_first[0]]" for name in synapse.neuron_states}
    for name in synapse.parameters():
        joined = f"{receptor}_{name}"
        values[name] = f"p{post}_{joined}" + ("[j]" if joined in kind.arrays else "")
    read = synapse.equations["couple"]
    call = f"{writer.function(synapse.__name__, read)}({', '.join(values[a] for a in read.args)})"
    return [
        f"for i in range(q{q}_first[1]):",
        f"    for s in range(q{q}_indptr[0, i], q{q}_indptr[0, i + 1]):",
        f"        j = np.uintp(q{q}_targets[s])",
        f"        p{post}_{receptor}_{next(iter(synapse.state))}[j] += {call}",
    ]


def _rows(writer: Writer, q: int, projection: ProjectionKind) -> list[str]:
    """Pre neuron i's targets one by one."""
    w = f"q{q}_w0" if projection.scalar_weight else "w_b[s]"
    w = w if projection.short_term is None else f"({w} * factor)"
    call, _, lost = _arrive(writer, projection, f"p{projection.post}_{{}}[j]", w)
    held = f"if m > held_p{projection.post}[j]:  # a jump into a held state is lost"
    return [
        f"begin = q{q}_indptr[c, i]",
        f"to = q{q}_targets[begin : q{q}_indptr[c, i + 1]]",
        *([] if projection.scalar_weight else [f"w_b = q{q}_w[begin : q{q}_indptr[c, i + 1]]"]),
        "for s in range(to.size):",
        "    j = np.uintp(to[s])  # unsigned: no check for indices from the end",
        *indented([held, *indented([call])] if lost else [call]),
    ]


def _dense(writer: Writer, q: int, projection: ProjectionKind) -> list[str]:
    """All targets at once, each with its own weight."""
    return [
        f"lo = q{q}_first[2]",
        f"hi = lo + q{q}_indptr[c, i + 1] - q{q}_indptr[c, i]",
        f"w_b = q{q}_w[q{q}_indptr[c, i] : q{q}_indptr[c, i + 1]]",
        *slices(writer, projection),
        "for j in range(hi - lo):",
        *indented(selected(writer, projection, "w_b[j]")),
    ]


def _noted(writer: Writer, q: int, projection: ProjectionKind) -> list[str]:
    return [f"q{q}_come[come_q{q}] = i", f"come_q{q} += 1"]


def _counted(writer: Writer, q: int, projection: ProjectionKind) -> list[str]:
    """Few arrivals go along their rows, many are counted: first[3] is the number from which that is faster."""
    w = f"q{q}_w0 * number"
    lines = [
        f"if come_q{q} < q{q}_first[3]:",
        f"    for e in range(come_q{q}):",
        f"        c, i = 0, q{q}_come[e]",
        *indented(_rows(writer, q, projection), 2),
        "else:",
        f"    for done in range(0, come_q{q}, 56):",
        f"        count_bits(q{q}_planes, q{q}_come, done, min(done + 56, come_q{q}), q{q}_sums)",
        f"        for lo in range(q{q}_first[2], q{q}_first[4], 64):",
        f"            hi, word = min(lo + 64, q{q}_first[4]), (lo - q{q}_first[2]) >> 6",
    ]
    lines += indented([f"a{b} = q{q}_sums[{b}, word]" for b in range(6)], 3)
    lines += indented(slices(writer, projection), 3)
    for head, bits in (("if a4 | a5:", 6), ("elif a0 | a1 | a2 | a3:", 4)):
        number = " | ".join(f"(((a{b} >> np.uint64(j)) & BIT) << np.uint64({b}))" for b in range(bits))
        body = [
            f"number = np.{writer.structure.dtype}(np.int64({number}))",
            *selected(writer, projection, w),
        ]
        lines += indented([head, "    for j in range(hi - lo):", *indented(body, 2)], 3)
    return lines


def slices(writer: Writer, projection: ProjectionKind) -> list[str]:
    """The parts lo:hi of the arrays that `arrive` reads and writes."""
    post = projection.post
    kind = writer.structure.populations[post]
    _, names, lost = _arrive(writer, projection, "{}", "w")
    lines = [f"b_{name} = p{post}_{name}[lo:hi]" for name in names]
    return [*lines, f"held_b = held_p{post}[lo:hi]"] if lost and kind.system.refractory else lines


def selected(writer: Writer, projection: ProjectionKind, w: str) -> list[str]:
    """One arrival at neuron j of slices, without a branch."""
    call, _, lost = _arrive(writer, projection, "b_{}[j]", w)
    if not lost:
        return [call]
    changed, right = call.split(" = ", 1)
    names = changed.split(", ")
    new = ", ".join(f"y{k}" for k in range(len(names)))
    keep = [f"{name} = where(m > held_b[j], y{k}, {name})" for k, name in enumerate(names)]
    return [f"{new} = {right}", *keep]


def _arrive(writer: Writer, projection: ProjectionKind, place: str, w: str) -> tuple[str, list[str], bool]:
    """(the call of `arrive`, the arrays in it, whether a held target loses it); `place` says where an array stands."""
    post = projection.post
    kind = writer.structure.populations[post]
    system = kind.system
    synapse = dict(system.receptors)[projection.receptor]
    arrays = {s: place.format(s) for s in system.states}
    scalars = {"w": w}
    for name in synapse.parameters():
        joined = f"{projection.receptor}_{name}"
        if joined in kind.arrays:
            arrays[joined] = place.format(joined)
        else:
            scalars[joined] = f"p{post}_{joined}"
    function = writer.function(synapse.__name__, synapse.equations["arrive"])
    arguments = system.arguments(synapse, "arrive", projection.receptor)
    changed = [
        f"{projection.receptor}_{n}" if n in synapse.state else n
        for n in synapse.equations["arrive"].returned_names
    ]
    given = ", ".join((arrays | scalars)[a] for a in arguments)
    call = f"{', '.join(arrays[name] for name in changed)} = {function}({given})"
    lost = system.refractory and any(name in system.model.frozen for name in changed)
    return call, [a for a in dict.fromkeys([*arguments, *changed]) if a in arrays], lost
