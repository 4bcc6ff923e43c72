"""The part of a kernel that changes weights: traces, `on_pre` at an arrival, `on_post` at a spike."""

from __future__ import annotations

from ..plasticity import Plasticity
from .writer import Writer


def setup(writer: Writer, q: int, rule: type[Plasticity]) -> None:
    """The arguments and constants of one plastic projection."""
    writer.argument(
        *(f"{name}_q{q}" for name in ("num", "fade", "start", "back", "row", "rec", "place", "out"))
    )
    writer.argument(*(f"t{q}_{name}" for name in rule.traces))
    writer.setup += [f"r{q}_{name} = num_q{q}[{k}]" for k, name in enumerate(rule.parameters())]
    writer.setup += [
        f"every_q{q} = rec_q{q}[0]",
        f"out_row_q{q} = -(-max(k, 0) // every_q{q})",
        f"next_q{q} = out_row_q{q} * every_q{q}",
        f"out_row_q{q} -= rec_q{q}[1]",
    ]


def record(q: int) -> list[str]:
    """Copy the weights at t = k dt, in the order in which they were drawn."""
    return [
        f"if k == next_q{q}:",
        f"    for s in range(place_q{q}.size):",
        f"        out_q{q}[out_row_q{q}, place_q{q}[s]] = q{q}_w[s]",
        f"    out_row_q{q} += 1",
        f"    next_q{q} += every_q{q}",
    ]


def fade(q: int, rule: type[Plasticity]) -> list[str]:
    """Traces decay to the time at which this step ends; tiny ones become 0, since denormal numbers are slow."""
    lines = []
    for k, name in enumerate(rule.traces):
        trace = f"t{q}_{name}"
        lines += [
            f"for i in range({trace}.size):",
            f"    x = {trace}[i] * fade_q{q}[{k}]",
            f"    {trace}[i] = x if x > 1e-200 else 0.0",
        ]
    return lines


def learn(writer: Writer, q: int, post: int, rule: type[Plasticity]) -> list[str]:
    """`on_pre` inside the delivery, then the pre traces; after all arrivals `on_post`, then the post traces."""
    row = f"c * q{q}_first[1] + i"
    grow = {"add": "+=", "set": "="}
    lines = []
    if "on_pre" in rule.equations:
        call = _call(writer, q, rule, "on_pre", row).replace(f"q{q}_w[s]", f"q{q}_w[begin + s]")
        lines.append(f"            q{q}_w[begin + s] = {call}")
    for name, (side, _, how) in rule.traces.items():
        if side == "pre":
            lines.append(f"        t{q}_{name}[{row}] {grow[how]} 1.0")
    lines += [
        f"for e in range(off_p{post}[m - base_p{post}], count_p{post}):",
        f"    j = spk_p{post}[e]",
    ]
    if "on_post" in rule.equations:
        lines += [
            f"    for b in range(start_q{q}[j], start_q{q}[j + 1]):",
            f"        s = back_q{q}[b]",
            f"        q{q}_w[s] = {_call(writer, q, rule, 'on_post', f'row_q{q}[b]')}",
        ]
    grown = [
        f"    t{q}_{n}[j] {grow[how]} 1.0" for n, (side, _, how) in rule.traces.items() if side == "post"
    ]
    return [*lines, *(grown or ["    pass"])]


def _call(writer: Writer, q: int, rule: type[Plasticity], function: str, row: str) -> str:
    values = {name: f"r{q}_{name}" for name in rule.parameters()} | {"w": f"q{q}_w[s]"}
    values |= {n: f"t{q}_{n}[{row if side == 'pre' else 'j'}]" for n, (side, _, _) in rule.traces.items()}
    name = writer.function(rule.__name__, rule.equations[function])
    given = ", ".join(values[a] for a in rule.equations[function].args)
    return f"clip({name}({given}), r{q}_w_min, r{q}_w_max)"
