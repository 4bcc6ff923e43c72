"""The part of a kernel that updates neurons: record, integrate, threshold, reset."""

from __future__ import annotations

from ..methods import METHODS, changing_states, couples_to_frozen, far_lines, rate_terms, steady_states
from ..system import System
from .structure import PopulationKind
from .writer import BLOCK, PART, Writer, indented

_PASSED = ("I", "t", "dt", "t_last", "_live")  # what a step is given besides states and parameters


def keeps_hits(system: System) -> bool:
    """True when who spiked must be kept by the vectorised loop, since it can't be told from the states after it."""
    return system.crossing or system.uses("u")


# --- what stands before the loop ---------------------------------------------------------------------------------


def setup(writer: Writer, p: int, kind: PopulationKind) -> None:
    """The arguments, constants and functions of one population."""
    system, add, lines = kind.system, writer.argument, writer.setup
    for state in system.states:
        add(f"p{p}_{state}", f"ids_p{p}_{state}", f"out_p{p}_{state}")
    add(*(f"{name}_p{p}" for name in ("rec", "spk", "off", "num", "int")))
    if keeps_hits(system):
        add(f"hit_p{p}")
    if not writer.structure.coupled:
        add(f"win_p{p}", f"at_p{p}")
    lines.append(
        f"from_p{p}, to_p{p} = int_p{p}[3], int_p{p}[4]  # the neurons that this call is for: all, or a thread's"
    )
    lines.append(f"n_p{p} = to_p{p} - from_p{p}")
    lines.append(f"base_p{p} = int_p{p}[0]  # off[m - base] is where the spikes of grid time m begin")
    scalars = [name for name in system.parameters if name not in kind.arrays]
    lines += [f"p{p}_{name} = num_p{p}[{j}]" for j, name in enumerate(scalars)]
    add(*(f"p{p}_{name}" for name in system.parameters if name in kind.arrays))
    if kind.constant_input == "scalar":
        lines.append(f"I_p{p} = num_p{p}[{len(scalars)}]")
    else:
        add(f"I_p{p}")
    if kind.series:
        add(f"It_p{p}")
        lines.append(f"k0_p{p} = int_p{p}[2]  # the step of the first row of It")
    if system.refractory:
        add(f"held_p{p}")
        if "t_ref" in kind.arrays:
            add(f"nref_p{p}")
        else:
            lines.append(f"nref_p{p} = int_p{p}[1]")
    add(*(f"above_p{p}" for _ in range(system.crossing)))
    add(*(f"last_p{p}" for _ in range(system.uses("t_last"))))
    if system.uses("u"):
        add(f"key_p{p}")
        lines.append(f"u_p{p} = np.empty({BLOCK})")
    _noise_setup(writer, p, kind)
    if kind.method == "exact":
        writer.argument(f"M_p{p}", f"H_p{p}")
    elif kind.method == "exponential_euler":
        writer.argument(f"phi_p{p}", f"rate_p{p}")
    if not kind.arrays:
        lines += [f"{name[1:]}_p{p} = {place}" for name, place in _propagators(p, kind, "0")]
    for j, state in enumerate(system.states):
        name = f"p{p}_{state}"
        lines += [
            f"every_{name} = rec_p{p}[{j}, 0]",
            f"row_{name} = -(-max(k, 0) // every_{name})",
            f"next_{name} = row_{name} * every_{name}",
            f"row_{name} -= rec_p{p}[{j}, 1]",
        ]
    _right_hand_side(writer, p, system)
    _step_function(writer, p, kind)


def _propagators(p: int, kind: PopulationKind, row: str) -> list[tuple[str, str]]:
    """What a method has computed before the run: the name in its lines, and where it is found."""
    system, found = kind.system, []
    if kind.method == "exponential_euler":
        found = [(f"_phi_{s}", f"phi_p{p}[{k}, {row}]") for k, s in enumerate(steady_states(system))]
        terms = [name for state in system.states for name, _ in rate_terms(system, state)]
        found += [(name, f"rate_p{p}[{k}, {row}]") for k, name in enumerate(terms)]
    if kind.method == "exact":
        for a in range(len(system.states)):
            for b, other in enumerate(system.states):
                if other in system.reaches[a]:
                    found.append((f"_m_{a}_{b}", f"M_p{p}[{a}, {b}, {row}]"))
                    if system.refractory and not system.frozen[a] and couples_to_frozen(system, a):
                        found.append((f"_h_{a}_{b}", f"H_p{p}[{a}, {b}, {row}]"))
    return found


def _right_hand_side(writer: Writer, p: int, system: System) -> None:
    """One inlined function: the derivatives of the model and of its receptors, the currents summed into I."""
    lines = []
    currents = [
        f"{writer.function(cls.__name__, cls.equations['current'])}({', '.join(system.arguments(cls, 'current', r))})"
        for r, cls in system.receptors
        if cls.state
    ]
    if currents:
        share = "100.0 / area_um2 * " if system.per_area else ""  # 1 pA/um2 is 100 uA/cm2
        lines.append(f"I = {' + '.join(['I', *(share + c for c in currents)])}")
    model = writer.function(system.model.__name__, system.model.equations["dynamics"])
    names = [f"_d_{s}" for s in system.states]
    own = len(system.model.state)
    given = ", ".join(system.arguments(system.model, "dynamics"))
    lines.append(f"{', '.join(names[:own])} = {model}({given})")
    position = own
    for receptor, cls in system.receptors:
        if cls.state:
            function = writer.function(cls.__name__, cls.equations["dynamics"])
            mine = names[position : position + len(cls.state)]
            given = ", ".join(system.arguments(cls, "dynamics", receptor))
            lines.append(f"{', '.join(mine)} = {function}({given})")
            position += len(cls.state)
    lines += [
        f"{name} = where(_live, {name}, 0.0)" for name, held in zip(names, system.frozen, strict=True) if held
    ]
    arguments = (*system.states, *_PASSED, *system.parameters)
    head, tail = f"def p{p}_rhs({', '.join(arguments)}):", f"return {', '.join(names)}"
    writer.functions[f"p{p}_rhs"] = "\n".join([head, *indented([*lines, tail])])


def _step_function(writer: Writer, p: int, kind: PopulationKind) -> None:
    """One inlined function: the states of one neuron at t + dt, by the population's method.

    Where exprel is most of the work there are two more: one that is right if its argument is small, in half the time,
    and one that tells whether it is.
    """
    system = kind.system
    entries = [name for name, _ in _propagators(p, kind, "0")]
    arguments = (*system.states, *_PASSED, *system.parameters)

    def call(changed: dict[str, str]) -> str:
        return f"p{p}_rhs({', '.join(changed.get(a, a) for a in arguments)})"

    def add(name: str, lines: list[str]) -> None:
        for state, held in zip(system.states, system.frozen, strict=True):
            increment = f"where(_live, _inc_{state}, 0.0)" if held else f"_inc_{state}"
            lines.append(f"{state} = {state} + {increment}")
        head, tail = (
            f"def p{p}_{name}({', '.join([*arguments, *entries])}):",
            f"return {', '.join(system.states)}",
        )
        writer.functions[f"p{p}_{name}"] = "\n".join([head, *indented([*lines, tail])])

    lines = METHODS[kind.method].lines(system, call)
    changing = changing_states(system, kind.method)
    if changing:
        add("near", [line.replace("= exprel(", "= near_exprel(") for line in lines])
        far = [
            f"def p{p}_far({', '.join([*arguments, *entries])}):",
            *indented([*far_lines(system, call, changing), "return _far"]),
        ]
        writer.functions[f"p{p}_far"] = "\n".join(far)
    add("step", lines)


# --- inside the loop ---------------------------------------------------------------------------------------------


def record(p: int, system: System) -> list[str]:
    """Copy what is recorded of the whole population at t = k dt."""
    lines = [f"# record p{p} at t"]
    for state in system.states:
        name = f"p{p}_{state}"
        lines += [
            f"if k == next_{name}:",
            f"    for c in range(ids_{name}.size):",
            f"        out_{name}[row_{name}, c] = {name}[ids_{name}[c]]",
            f"    row_{name} += 1",
            f"    next_{name} += every_{name}",
        ]
    return lines


def integrate(writer: Writer, p: int, kind: PopulationKind) -> list[str]:
    """One step of every block of neurons, in a network: the reset comes later, after the arrivals."""
    lines = [f"# integrate p{p} to t + dt, and threshold", *_blocks(p)]
    lines += indented([*_slices(p, kind), *_series(p, kind), *_update(writer, p, kind)])
    found = [f"spk_p{p}[count_p{p}] = lo + j", f"count_p{p} += 1", *_hold(p, kind)]
    return lines + indented(_spiking(writer, p, kind, found))


def run_ahead(writer: Writer, p: int, kind: PopulationKind) -> list[str]:
    """A window of steps of every block of neurons that hear of no other, block by block: their states stay in cache.

    The spikes of a window are noted as (step, neuron), and then sorted by step; each block's are in order already.
    """
    system = kind.system
    lines = [f"# p{p}, block by block, each for all steps of the window", f"noted_p{p} = 0", *_blocks(p)]
    ranges, recording = [], []
    for state in system.states:
        name = f"p{p}_{state}"
        ranges += [
            f"first_{name} = np.searchsorted(ids_{name}, lo)",
            f"stop_{name} = np.searchsorted(ids_{name}, hi)",
            f"at_row_{name} = row_{name}",
            f"at_next_{name} = next_{name}",
        ]
        recording += [
            f"if k == at_next_{name}:",
            f"    for c in range(first_{name}, stop_{name}):",
            f"        out_{name}[at_row_{name}, c] = {name}[ids_{name}[c]]",
            f"    at_row_{name} += 1",
            f"    at_next_{name} += every_{name}",
        ]
    found = [f"win_p{p}[noted_p{p}] = ((k - first) << 32) | (lo + j)", f"noted_p{p} += 1", *_hold(p, kind)]
    found += _reset_tasks(writer, p, kind, "lo + j")
    step = ["t = k * dt", "m = k + 1", *recording, *(_series(p, kind)), *_update(writer, p, kind)]
    step += _spiking(writer, p, kind, found)
    lines += indented([*_slices(p, kind), *ranges, "for k in range(first, first + steps):", *indented(step)])
    for state in system.states:
        name = f"p{p}_{state}"
        lines += [
            f"while next_{name} < first + steps:",
            f"    row_{name} += 1",
            f"    next_{name} += every_{name}",
        ]
    return lines + [
        f"at_p{p}[:steps] = 0",
        f"for e in range(noted_p{p}):",
        f"    at_p{p}[win_p{p}[e] >> 32] += 1",
        "for s in range(steps):",
        f"    here = at_p{p}[s]",
        f"    at_p{p}[s] = count_p{p}",
        f"    count_p{p} += here",
        f"    off_p{p}[first + s + 2 - base_p{p}] = count_p{p}",
        f"for e in range(noted_p{p}):",
        f"    s = win_p{p}[e] >> 32",
        f"    spk_p{p}[at_p{p}[s]] = win_p{p}[e] & 0xFFFFFFFF",
        f"    at_p{p}[s] += 1",
    ]


def reset(writer: Writer, p: int, kind: PopulationKind) -> list[str]:
    """Reset who spiked at grid time m."""
    tasks = _reset_tasks(writer, p, kind, "i")
    if not tasks:
        return []
    return [
        f"# reset p{p}",
        f"for e in range(off_p{p}[m - base_p{p}], count_p{p}):",
        f"    i = spk_p{p}[e]",
        *indented(tasks),
    ]


def _blocks(p: int) -> list[str]:
    return [f"for lo in range(from_p{p}, to_p{p}, {BLOCK}):", f"    hi = min(lo + {BLOCK}, to_p{p})"]


def _slices(p: int, kind: PopulationKind) -> list[str]:
    """The block's part of each array that the loop over its neurons reads or writes.

    A loop over a slice is vectorised, one over lo:hi is not; and where it reads a whole array beside slices, the
    compiled code may choose another path, with other roundings, by where the arrays lie in memory.
    """
    system = kind.system
    slices = {f"b_{s}": f"p{p}_{s}" for s in (*system.states, *sorted(kind.arrays))}
    for name, needed in {
        "hit": keeps_hits(system),
        "held": system.refractory,
        "above": system.crossing,
        "last": system.uses("t_last"),
        "I": kind.constant_input == "array",
    }.items():
        if needed:
            slices[f"{name}_b"] = f"{name}_p{p}"
    for z, (process, _, array) in enumerate(kind.noises):
        name = f"p{p}_z{z}"
        slices |= {f"x_b_{name}": f"x_{name}"} if process == "ou" else {}
        slices |= {f"sigma_b_{name}": f"sigma_{name}"} if array else {}
    lines = [f"{short} = {long}[lo:hi]" for short, long in slices.items()]
    if kind.arrays:
        lines += [f"{name[1:]}_b = {place}" for name, place in _propagators(p, kind, "lo:hi")]
    return lines


def _series(p: int, kind: PopulationKind) -> list[str]:
    if kind.series == "shared":
        return [f"I_shared = It_p{p}[k - k0_p{p}, 0]"]
    return [f"It_b = It_p{p}[k - k0_p{p}, lo:hi]"] if kind.series == "own" else []


def _update(writer: Writer, p: int, kind: PopulationKind) -> list[str]:
    """The vectorised loop over one block; bit k of `hits` tells whether any neuron of its part k spiked."""
    drawn, loop = [*_drawn(p, kind), "hits = 0"], "for j in range(hi - lo):"
    if not changing_states(kind.system, kind.method):
        return [*drawn, loop, *indented(_neuron(writer, p, kind))]
    values = [*_given(writer, p, kind, writer.real("0.0"), "True"), *_entries(p, kind)]
    far = [_t_last(kind), f"far |= where(p{p}_far({', '.join(values)}), 1, 0)"]
    near = [loop, *indented(_neuron(writer, p, kind, "near"))]
    step = [loop, *indented(_neuron(writer, p, kind))]
    return [
        *drawn,
        "far = 0",
        loop,
        *indented(far),
        "if far == 0:",
        *indented(near),
        "else:",
        *indented(step),
    ]


def _spiking(writer: Writer, p: int, kind: PopulationKind, tasks: list[str]) -> list[str]:
    """The scalar loop over the parts of a block with spikes: finds who spiked, and does the tasks for each."""
    system, before = kind.system, []
    if keeps_hits(system):
        spiked = "hit_b[j]"
    else:
        before = ["t_last = t + dt - last_b[j]"] if system.uses("t_last") else []
        spiked = _threshold_call(writer, p, kind, {s: f"b_{s}[j]" for s in system.states})
        spiked += " and m > held_b[j]" if system.refractory else ""
    return [
        "if hits:",
        f"    for part in range(0, hi - lo, {PART}):",
        f"        if (hits >> (part // {PART})) & 1:",
        f"            for j in range(part, min(part + {PART}, hi - lo)):",
        *indented([*before, f"if {spiked}:", *indented(tasks)], 4),
    ]


def _hold(p: int, kind: PopulationKind) -> list[str]:
    if not kind.system.refractory:
        return []
    n_ref = f"nref_p{p}[lo + j]" if "t_ref" in kind.arrays else f"nref_p{p}"
    return [f"held_b[j] = m + {n_ref}"]


def _neuron(writer: Writer, p: int, kind: PopulationKind, step: str = "step") -> list[str]:
    """The update of one neuron: scalars only, so that the loop around it vectorises."""
    system = kind.system
    lines = []
    terms = ["I_b[j]" if kind.constant_input == "array" else f"I_p{p}"]
    terms += {"": [], "shared": ["I_shared"], "own": ["It_b[j]"]}[kind.series]
    for z, noise in enumerate(kind.noises):
        noise_lines, term = _noise(p, z, noise)
        lines += noise_lines
        terms.append(term)
    lines.append(f"I = {writer.real(' + '.join(terms))}")
    lines.append("_live = m > held_b[j]" if system.refractory else "_live = True")
    lines.append(_t_last(kind))
    given = [*_given(writer, p, kind, "I", "_live"), *_entries(p, kind)]
    new = ", ".join(f"x{k}" for k in range(len(system.states)))
    lines.append(f"{new} = p{p}_{step}({', '.join(given)})")
    lines += [f"b_{state}[j] = x{k}" for k, state in enumerate(system.states)]
    return lines + _threshold(writer, p, kind)


def _entries(p: int, kind: PopulationKind) -> list[str]:
    """Where what a method has computed before the run is found inside the neuron loop."""
    names = [name[1:] for name, _ in _propagators(p, kind, "0")]
    return [f"{name}_b[j]" if kind.arrays else f"{name}_p{p}" for name in names]


def _t_last(kind: PopulationKind) -> str:
    return "t_last = t - last_b[j]" if kind.system.uses("t_last") else "t_last = 0.0"


def _given(writer: Writer, p: int, kind: PopulationKind, current: str, live: str) -> list[str]:
    """What a neuron's functions are given: its states, _PASSED, and its parameters."""
    passed = [current, *(writer.real(name) for name in _PASSED[1:4]), live]
    return [*(f"b_{s}[j]" for s in kind.system.states), *passed, *_values(p, kind).values()]


def _threshold(writer: Writer, p: int, kind: PopulationKind) -> list[str]:
    system = kind.system
    lines = ["t_last = t + dt - last_b[j]"] if system.uses("t_last") else []
    if system.uses("u"):
        lines.append(f"u = u_p{p}[j]")
    states = {s: f"x{k}" for k, s in enumerate(system.states)}
    lines.append(f"above = {_threshold_call(writer, p, kind, states)}")
    if system.crossing:
        lines += ["hit = above & (above_b[j] == 0)", "above_b[j] = where(above, 1, 0)"]
        lines += ["hit = hit & _live"] if system.refractory else []
    else:
        lines.append("hit = above & _live")
    lines += ["hit_b[j] = where(hit, 1, 0)"] if keeps_hits(system) else []
    return [*lines, f"hits |= where(hit, np.int64(1) << (j // {PART}), 0)"]


def _threshold_call(writer: Writer, p: int, kind: PopulationKind, states: dict[str, str]) -> str:
    system = kind.system
    function = writer.function(system.model.__name__, system.model.equations["threshold"])
    names = {**_values(p, kind), "t": writer.real("(t + dt)"), **states}
    names |= {name: writer.real(name) for name in ("dt", "t_last")}
    return f"{function}({', '.join(names.get(a, a) for a in system.arguments(system.model, 'threshold'))})"


def _values(p: int, kind: PopulationKind) -> dict[str, str]:
    """Where a parameter is found inside the neuron loop."""
    return {
        name: f"b_{name}[j]" if name in kind.arrays else f"p{p}_{name}" for name in kind.system.parameters
    }


def _noise_setup(writer: Writer, p: int, kind: PopulationKind) -> None:
    """Room for a block of normal numbers, and what is constant."""
    for z, (process, _, array) in enumerate(kind.noises):
        name = f"p{p}_z{z}"
        writer.argument(f"sigma_{name}", f"key_{name}")
        writer.setup.append(f"xi_{name} = np.empty({BLOCK})")
        if not array:
            writer.setup.append(f"sigma_b_{name} = sigma_{name}[0]")
        if process == "ou":
            writer.argument(f"x_{name}", f"fade_{name}")
            writer.setup.append(f"keep_{name}, spread_{name} = fade_{name}[0], fade_{name}[1]")
        else:
            writer.setup.append(f"scale_{name} = 1.0 / sqrt(dt)")


def _drawn(p: int, kind: PopulationKind) -> list[str]:
    """A block's random numbers of one step, drawn before the loop that uses them."""
    lines = []
    if kind.system.uses("u"):
        lines.append(_fill("uniforms", f"u_p{p}", "hi - lo", "lo", 0, f"key_p{p}"))
    for z, (_, shared, _) in enumerate(kind.noises):
        n, lo = ("1", "0") if shared else ("hi - lo", "lo")
        lines.append(_fill("normals", f"xi_p{p}_z{z}", n, lo, z + 1, f"key_p{p}_z{z}"))
        lines += [f"xi_all_p{p}_z{z} = xi_p{p}_z{z}[0]"] if shared else []
    return lines


def _fill(what: str, out: str, n: str, lo: str, slot: int, key: str) -> str:
    return f"fill_{what}({out}, {n}, {lo}, np.uint64(k), np.uint64({slot}), {key}[0], {key}[1])"


def _noise(p: int, z: int, noise: tuple[str, bool, bool]) -> tuple[list[str], str]:
    process, shared, array = noise
    name = f"p{p}_z{z}"
    sigma = f"sigma_b_{name}[j]" if array else f"sigma_b_{name}"
    xi = f"xi_all_{name}" if shared else f"xi_{name}[j]"
    if process == "white":
        return [], f"{sigma} * scale_{name} * {xi}"
    keep = [f"z{z} = x_b_{name}[j]", f"x_b_{name}[j] = keep_{name} * z{z} + spread_{name} * {xi}"]
    return keep, f"{sigma} * z{z}"


def _reset_tasks(writer: Writer, p: int, kind: PopulationKind, i: str) -> list[str]:
    """What happens to neuron i that spiked at grid time m."""
    system = kind.system
    tasks = []
    if not system.crossing:
        function = writer.function(system.model.__name__, system.model.equations["reset"])
        values = {name: f"p{p}_{name}{f'[{i}]' if name in kind.arrays else ''}" for name in system.parameters}
        values |= {s: f"p{p}_{s}[{i}]" for s in system.states}
        values |= {"t": writer.real("(m * dt)"), "dt": writer.real("dt")}
        if system.uses("t_last"):
            values["t_last"] = writer.real(f"(m * dt - last_p{p}[{i}])")
        given = ", ".join(values.get(a, a) for a in system.arguments(system.model, "reset"))
        changed = ", ".join(f"p{p}_{n}[{i}]" for n in system.model.reset_names())
        tasks.append(f"{changed} = {function}({given})")
    return [*tasks, f"last_p{p}[{i}] = m * dt"] if system.uses("t_last") else tasks
