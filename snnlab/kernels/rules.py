"""The part of a kernel that changes weights: traces, `on_pre` at an arrival, `on_post` at a spike, `every` now and then.

A trace is kept in a growing frame: x exp(t/tau) stays as it is between spikes, so that only spikes cost time. `up` is
exp(t/tau), counted from the last multiple of `renew` steps, and `down` its inverse; they are computed from the absolute
step, in steps in which something happens. At a multiple of `renew` the frame begins anew, before it gets too large.
"""

from __future__ import annotations

from ..plasticity import Plasticity
from .writer import Writer, indented


def taus(rule: type[Plasticity]) -> list[str]:
    """The parameters with which traces and states decay, each once."""
    return list(dict.fromkeys(rule.times().values()))


def recorded(rule: type[Plasticity]) -> tuple[str, ...]:
    """What can be recorded of each synapse."""
    return ("w", *rule.state)


def setup(writer: Writer, q: int, rule: type[Plasticity], reward: str) -> None:
    """The arguments and constants of one plastic projection."""
    writer.argument(
        *(f"{name}_q{q}" for name in ("num", "rate", "when", "start", "back", "row", "rec", "place"))
    )
    writer.argument(*(f"t{q}_{name}" for name in (*rule.traces, *rule.state)))
    writer.argument(*(f"out_q{q}_{name}" for name in recorded(rule)))
    if reward:
        writer.argument(f"gives_q{q}")
    if reward.startswith("s"):
        writer.argument(*(f"{name}_{reward}" for name in ("spk", "off", "int")))
        writer.setup.append(f"base_{reward} = int_{reward}[0]")
    lines = [f"r{q}_{name} = num_q{q}[{k}]" for k, name in enumerate(rule.parameters())]
    lines += [
        f"renew_q{q} = when_q{q}[0]",
        f"since_q{q} = (k // renew_q{q}) * renew_q{q}  # where the frame of the traces begins",
        f"fresh_q{q} = -1  # the step for which up and down hold",
    ]
    lines += [f"up_q{q}_{tau} = down_q{q}_{tau} = 1.0" for tau in taus(rule)]
    if "every" in rule.equations:
        lines.append(f"due_q{q} = (max(k, 0) // when_q{q}[1] + 1) * when_q{q}[1]")
    for v, name in enumerate(recorded(rule)):
        lines += [
            f"every_q{q}_{name} = rec_q{q}[{v}, 0]",
            f"out_row_q{q}_{name} = -(-max(k, 0) // every_q{q}_{name})",
            f"next_q{q}_{name} = out_row_q{q}_{name} * every_q{q}_{name}",
            f"out_row_q{q}_{name} -= rec_q{q}[{v}, 1]",
        ]
    writer.setup += lines


def record(writer: Writer, q: int, rule: type[Plasticity]) -> list[str]:
    """Copy weights and states at t = k dt, in the order in which they were drawn."""
    lines = []
    for name in recorded(rule):
        value = f"q{q}_w[s]" if name == "w" else _read(writer, q, rule, name, "s")
        lines += [
            f"if k == next_q{q}_{name} and out_q{q}_{name}.size:  # one variable may be recorded without the other",
            *indented(_refresh(writer, q, rule, "k") if name in rule.decay else []),
            f"    for s in range(place_q{q}.size):",
            f"        out_q{q}_{name}[out_row_q{q}_{name}, place_q{q}[s]] = {value}",
            f"    out_row_q{q}_{name} += 1",
            f"    next_q{q}_{name} += every_q{q}_{name}",
        ]
    return lines


def renew(q: int, rule: type[Plasticity]) -> list[str]:
    """The frame begins anew; what is tiny becomes 0, since denormal numbers are slow."""
    if not taus(rule):
        return []
    lines = [
        f"if m == since_q{q} + renew_q{q}:",
        f"    since_q{q} = m",
    ]
    for name, tau in rule.times().items():
        lines += [
            f"    fade = np.exp(-renew_q{q} * rate_q{q}[{taus(rule).index(tau)}])",
            f"    for s in range(t{q}_{name}.size):",
            f"        y = t{q}_{name}[s] * fade",
            f"        t{q}_{name}[s] = y if abs(y) > 1e-200 else 0.0",
        ]
    return lines


def at_arrival(writer: Writer, q: int, rule: type[Plasticity], deliver: list[str]) -> list[str]:
    """One arriving spike: deliver the old weights, `on_pre`, then the pre traces grow. `deliver` ends inside its loop."""
    lines = [*_refresh(writer, q, rule, "m"), f"row = np.uintp(c * q{q}_first[1] + i)", *deliver]
    if "on_pre" in rule.equations:
        lines += indented(["h = np.uintp(begin + s)", *_change(writer, q, rule, "on_pre", "h")])
    return [*lines, *_grow(q, rule, "pre", "row")]


def after_arrivals(writer: Writer, q: int, post: int, rule: type[Plasticity], reward: str) -> list[str]:
    """`on_post` and the post traces of who spiked, then rewards, then `every`."""
    body = [f"j = np.uintp(spk_p{post}[e])"]
    if "on_post" in rule.equations:
        body += [
            f"back = back_q{q}[start_q{q}[j] : start_q{q}[j + np.uintp(1)]]",
            f"rows = row_q{q}[start_q{q}[j] : start_q{q}[j + np.uintp(1)]]",
            "for b in range(back.size):",
            "    h, row = np.uintp(back[b]), np.uintp(rows[b])",
            *indented(_change(writer, q, rule, "on_post", "h")),
        ]
    body += _grow(q, rule, "post", "j")
    lines = []
    if len(body) > 1:
        lines += [
            f"if off_p{post}[m - base_p{post}] < count_p{post}:",
            *indented(_refresh(writer, q, rule, "m")),
            f"    for e in range(off_p{post}[m - base_p{post}], count_p{post}):",
            *indented(body, 2),
        ]
    if reward:
        lines += [
            f"for e in range(off_{reward}[m - base_{reward}], off_{reward}[m + 1 - base_{reward}]):",
            f"    if gives_q{q}[0] <= spk_{reward}[e] < gives_q{q}[1]:",
            *indented([*_refresh(writer, q, rule, "m"), *_grow(q, rule, "reward", "0")], 2),
        ]
    if "every" in rule.equations:
        lines += [
            f"if m == due_q{q}:",
            f"    due_q{q} += when_q{q}[1]",
            *indented(_refresh(writer, q, rule, "m")),
            f"    for c in range(q{q}_delays.size):",
            f"        for i in range(q{q}_first[1]):",
            f"            row = np.uintp(c * q{q}_first[1] + i)",
            f"            for s in range(q{q}_indptr[c, i], q{q}_indptr[c, i + 1]):",
            f"                h, j = np.uintp(s), np.uintp(q{q}_targets[s])",
            *indented(_change(writer, q, rule, "every", "h"), 4),
        ]
    return lines


def _refresh(writer: Writer, q: int, rule: type[Plasticity], step: str) -> list[str]:
    """up and down of the step, once."""
    if not taus(rule):
        return []
    exp = (
        "exp" if writer.structure.dtype == "float64" else "np.exp"
    )  # single precision has no room for the frame
    lines = [f"if fresh_q{q} != {step}:", f"    fresh_q{q} = {step}"]
    for k, tau in enumerate(taus(rule)):
        lines += [
            f"    up_q{q}_{tau} = {exp}(({step} - since_q{q}) * rate_q{q}[{k}])",
            f"    down_q{q}_{tau} = 1.0 / up_q{q}_{tau}",
        ]
    return lines


def _grow(q: int, rule: type[Plasticity], side: str, place: str) -> list[str]:
    """A spike adds 1 to its traces, or sets them to 1."""
    return [
        f"t{q}_{name}[{place}] {'+=' if how == 'add' else '='} up_q{q}_{tau}"
        for name, (of, tau, how) in rule.traces.items()
        if of == side
    ]


def _read(writer: Writer, q: int, rule: type[Plasticity], name: str, place: str) -> str:
    """A trace or state as it is now."""
    tau = rule.times().get(name)
    value = f"t{q}_{name}[{place}]" + (f" * down_q{q}_{tau}" if tau else "")
    return value if writer.structure.dtype == "float64" else f"real({value})"


def _change(writer: Writer, q: int, rule: type[Plasticity], function: str, s: str) -> list[str]:
    """What one of the rule's functions returns becomes the weight and states of synapse s."""
    read = rule.equations[function]
    places = {"pre": "row", "post": "j", "reward": "0"}
    values = {name: f"r{q}_{name}" for name in rule.parameters()} | {"w": f"q{q}_w[{s}]"}
    values |= {n: _read(writer, q, rule, n, places[side]) for n, (side, _, _) in rule.traces.items()}
    values |= {n: _read(writer, q, rule, n, s) for n in rule.state}
    names = read.returned_names
    call = f"{writer.function(rule.__name__, read)}({', '.join(values[a] for a in read.args)})"
    lines = [f"{', '.join(f'new_{n}' for n in names)} = {call}"]
    for name in names:
        if name == "w":
            lines.append(f"q{q}_w[{s}] = clip(new_w, r{q}_w_min, r{q}_w_max)")
        else:
            up = f" * up_q{q}_{rule.decay[name]}" if name in rule.decay else ""
            lines.append(f"t{q}_{name}[{s}] = new_{name}{up}")
    return lines
