"""Writes the kernel of a network structure: a readable Python module with one compiled function, `run`.

`run` advances the whole network through a chunk of steps. A step goes from t to t + dt: record the state at t,
integrate, threshold, deliver the spikes that arrive now, reset. Everything it needs and changes lives in the
arrays that it is given; ARGUMENTS lists them in order. Nothing in the text depends on values, sizes, graphs,
durations or recorded neurons.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from .. import rng
from ..methods import METHODS, couples_to_frozen
from ..model import Equations
from ..plasticity import Plasticity
from ..system import System

BLOCK = 256  # neurons updated by one call of the vectorised inner loop


@dataclass(frozen=True)
class PopulationKind:
    """What shapes the code of one population: its equations, its method, and which values are arrays."""

    system: System
    method: str
    arrays: frozenset[str]  # parameters that have one value per neuron
    constant_input: str  # "scalar" or "array"
    series: str  # "", "shared" (one value per step) or "own" (one per step and neuron)
    noises: tuple[tuple[str, bool, bool], ...]  # (white or ou, shared, sigma is an array)


@dataclass(frozen=True)
class ProjectionKind:
    """What shapes the code of one projection: where it reads, where it writes, and whether w is one number."""

    source: str  # "p0" for a population, "s0" for given spikes
    post: int
    receptor: str
    scalar_weight: bool
    rule: type[Plasticity] | None = None


@dataclass(frozen=True)
class Structure:
    """What a kernel is made for; equal structures share one module."""

    populations: tuple[PopulationKind, ...]
    projections: tuple[ProjectionKind, ...]


HEADER = '''"""{title}

Generated from the models' own equations by snnlab; run() advances the network from step k to k_end.
"""

import numpy as np
from math import cos, cosh, exp, expm1, log, sqrt, tanh
from numba import njit

inline = njit(forceinline=True, error_model="numpy", fastmath={{"contract", "arcp", "nsz", "reassoc"}})
'''

VOCABULARY = """

@inline
def minimum(a, b):
    return a if a < b or a != a else b


@inline
def maximum(a, b):
    return a if a > b or a != a else b


@inline
def clip(x, low, high):
    return low if x < low else (high if x > high else x)


@inline
def where(condition, a, b):
    return a if condition else b


@inline
def exprel(x):
    return 1.0 + 0.5 * x if abs(x) < 1e-5 else expm1(x) / x
"""


_PASSED = ("I", "t", "dt", "t_last", "_live")  # what a step is given besides states and parameters


class Kernel:
    """Collects the text of one structure's module."""

    def __init__(self, structure: Structure):
        self.structure = structure
        self.arguments: list[str] = []
        self.functions: dict[str, str] = {}  # name in the module -> source
        self.setup: list[str] = []
        self.body: list[str] = []

    def text(self) -> str:
        self._argument("clock")
        for p, kind in enumerate(self.structure.populations):
            self._population_setup(p, kind)
        for q, projection in enumerate(self.structure.projections):
            self._projection_setup(q, projection)
        self._loop()
        title = "; ".join(
            f"{kind.system.model.__name__} ({kind.method}, receptors: {', '.join(r for r, _ in kind.system.receptors) or 'none'})"
            for kind in self.structure.populations
        )
        parts = [HEADER.format(title=title), VOCABULARY]
        if any(kind.noises or kind.system.uses("u") for kind in self.structure.populations):
            parts.append(_random_source())
        parts += [f"\n\n@inline\n{source}\n" for source in self.functions.values()]
        parts.append(f"\n\nARGUMENTS = {tuple(self.arguments)!r}\n")
        signature = ", ".join(["k", "k_end", "dt", *self.arguments])
        parts.append(
            '\n\n@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "arcp", "nsz", "reassoc"})\n'
            f"def run({signature}):\n" + "\n".join(f"    {line}" for line in [*self.setup, *self.body]) + "\n"
        )
        return "".join(parts)

    def _argument(self, name: str) -> str:
        self.arguments.append(name)
        return name

    def _function(self, owner: str, read: Equations) -> str:
        """The name under which a model's function stands in the module; two of one name get different ones."""
        name, number = f"{owner}_{read.name}", 2
        source = read.source.replace(f"def {read.name}(", f"def {name}(", 1)
        while name in self.functions and self.functions[name] != source:
            name, number = f"{owner}_{read.name}_{number}", number + 1
            source = read.source.replace(f"def {read.name}(", f"def {name}(", 1)
        self.functions[name] = source
        return name

    # --- what stands before the loop -------------------------------------------------------------------------

    def _population_setup(self, p: int, kind: PopulationKind) -> None:
        system, add = kind.system, self._argument
        for state in system.states:
            for name in (f"p{p}_{state}", f"ids_p{p}_{state}", f"out_p{p}_{state}"):
                add(name)
        for name in ("rec", "spk", "off", "hit", "num", "int"):
            add(f"{name}_p{p}")
        scalars = [name for name in system.parameters if name not in kind.arrays]
        self.setup.append(f"n_p{p} = p{p}_{system.states[0]}.size")
        self.setup.append(
            f"base_p{p} = int_p{p}[0]  # off[m - base] is where the spikes of grid time m begin"
        )
        self.setup += [f"p{p}_{name} = num_p{p}[{j}]" for j, name in enumerate(scalars)]
        for name in system.parameters:
            if name in kind.arrays:
                add(f"p{p}_{name}")
        if kind.constant_input == "scalar":
            self.setup.append(f"I_p{p} = num_p{p}[{len(scalars)}]")
        else:
            add(f"I_p{p}")
        if kind.series:
            add(f"It_p{p}")
            self.setup.append(f"k0_p{p} = int_p{p}[2]  # the step of the first row of It")
        if system.refractory:
            add(f"ref_p{p}")
            if "t_ref" in kind.arrays:
                add(f"nref_p{p}")
            else:
                self.setup.append(f"nref_p{p} = int_p{p}[1]")
        for name, needed in (
            ("above", system.crossing),
            ("last", system.uses("t_last")),
            ("key", system.uses("u")),
        ):
            if needed:
                add(f"{name}_p{p}")
        for z, (process, _, _) in enumerate(kind.noises):
            for name in ("sigma", "key", *(("x", "fade") if process == "ou" else ())):
                add(f"{name}_p{p}_z{z}")
        if kind.method == "exact":
            self._matrix_setup(p, kind)
        self._recording_setup(p, system)
        self._right_hand_side(p, system)
        self._step_function(p, kind)

    def _matrix_setup(self, p: int, kind: PopulationKind) -> None:
        self._argument(f"M_p{p}")
        self._argument(f"H_p{p}")
        if kind.arrays:
            return
        for name, short, a, b in self._matrix_entries(kind.system):
            self.setup.append(f"{short}_{a}_{b}_p{p} = {name}_p{p}[{a}, {b}, 0]")

    @staticmethod
    def _matrix_entries(system: System):
        for a in range(len(system.states)):
            for b, other in enumerate(system.states):
                if other in system.reaches[a]:
                    yield "M", "m", a, b
                    if system.refractory and not system.frozen[a] and couples_to_frozen(system, a):
                        yield "H", "h", a, b

    def _recording_setup(self, p: int, system: System) -> None:
        for j, state in enumerate(system.states):
            name = f"p{p}_{state}"
            self.setup += [
                f"every_{name} = rec_p{p}[{j}, 0]",
                f"row_{name} = -(-max(k, 0) // every_{name})",
                f"next_{name} = row_{name} * every_{name}",
                f"row_{name} -= rec_p{p}[{j}, 1]",
            ]

    def _right_hand_side(self, p: int, system: System) -> None:
        """One inlined function: the derivatives of the model and of its receptors, the currents summed into I."""
        lines = []
        currents = [
            f"{self._function(cls.__name__, cls.equations['current'])}({', '.join(system.arguments(cls, 'current', r))})"
            for r, cls in system.receptors
            if cls.state
        ]
        if currents:
            share = "100.0 / area_um2 * " if system.per_area else ""  # 1 pA/um2 is 100 uA/cm2
            lines.append(f"    I = {' + '.join(['I', *(share + c for c in currents)])}")
        model = self._function(system.model.__name__, system.model.equations["dynamics"])
        names = [f"_d_{s}" for s in system.states]
        own = len(system.model.state)
        lines.append(
            f"    {', '.join(names[:own])} = {model}({', '.join(system.arguments(system.model, 'dynamics'))})"
        )
        position = own
        for receptor, cls in system.receptors:
            if cls.state:
                function = self._function(cls.__name__, cls.equations["dynamics"])
                mine = names[position : position + len(cls.state)]
                lines.append(
                    f"    {', '.join(mine)} = {function}({', '.join(system.arguments(cls, 'dynamics', receptor))})"
                )
                position += len(cls.state)
        for name, held in zip(names, system.frozen, strict=True):
            if held:
                lines.append(f"    {name} = {name} if _live else 0.0")
        arguments = (*system.states, *_PASSED, *system.parameters)
        name = f"p{p}_rhs"
        source = "\n".join([f"def {name}({', '.join(arguments)}):", *lines, f"    return {', '.join(names)}"])
        self.functions[name] = source

    def _step_function(self, p: int, kind: PopulationKind) -> None:
        """One inlined function: the states of one neuron at t + dt, by the population's method."""
        system = kind.system
        entries = (
            [f"_{short}_{a}_{b}" for _, short, a, b in self._matrix_entries(system)]
            if kind.method == "exact"
            else []
        )
        arguments = (*system.states, *_PASSED, *system.parameters)

        def call(changed: dict[str, str]) -> str:
            return f"p{p}_rhs({', '.join(changed.get(a, a) for a in arguments)})"

        lines = METHODS[kind.method].lines(system, call)
        for state, held in zip(system.states, system.frozen, strict=True):
            lines.append(
                f"{state} = {state} + " + (f"(_inc_{state} if _live else 0.0)" if held else f"_inc_{state}")
            )
        head = f"def p{p}_step({', '.join([*arguments, *entries])}):"
        tail = f"return {', '.join(system.states)}"
        self.functions[f"p{p}_step"] = "\n".join([head, *(f"    {line}" for line in [*lines, tail])])

    def _projection_setup(self, q: int, projection: ProjectionKind) -> None:
        for name in ("delays", "indptr", "targets", "w", "first"):
            self._argument(f"q{q}_{name}")
        if projection.source.startswith("s"):
            for name in ("spk", "off", "int"):
                argument = f"{name}_{projection.source}"
                if argument not in self.arguments:
                    self._argument(argument)
            self.setup.append(f"base_{projection.source} = int_{projection.source}[0]")
        if projection.scalar_weight:
            self.setup.append(f"q{q}_w0 = q{q}_w[0]")
        if projection.rule is not None:
            self._plastic_setup(q, projection.rule)

    def _plastic_setup(self, q: int, rule: type[Plasticity]) -> None:
        for name in ("num", "fade", "start", "back", "row", "rec", "place", "out"):
            self._argument(f"{name}_q{q}")
        for name in rule.traces:
            self._argument(f"t{q}_{name}")
        self.setup += [f"r{q}_{name} = num_q{q}[{k}]" for k, name in enumerate(rule.parameters())]
        self.setup += [
            f"every_q{q} = rec_q{q}[0]",
            f"out_row_q{q} = -(-max(k, 0) // every_q{q})",
            f"next_q{q} = out_row_q{q} * every_q{q}",
            f"out_row_q{q} -= rec_q{q}[1]",
        ]

    # --- the loop --------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        populations = list(enumerate(self.structure.populations))
        self.setup += [f"count_p{p} = off_p{p}[max(k, 0) - base_p{p} + 1]" for p, _ in populations]
        body = ["while k < k_end:"]
        full = " or ".join(f"count_p{p} + n_p{p} > spk_p{p}.size" for p, _ in populations)
        body += [
            f"    if {full}:",
            "        break  # no room for the spikes of one more step: the caller makes some",
        ]
        body += ["    if k >= 0:  # k = -1 only delivers what arrives at time 0"]
        inner: list[str] = ["t = k * dt"]
        for p, kind in populations:
            inner += self._record(p, kind.system)
        for q, projection in enumerate(self.structure.projections):
            if projection.rule is not None:
                inner += self._record_weights(q)
        for p, kind in populations:
            inner += self._integrate(p, kind)
        body += [f"        {line}" for line in inner]
        body += ["    m = k + 1  # the grid time at which this step ends"]
        body += [f"    off_p{p}[m - base_p{p} + 1] = count_p{p}" for p, _ in populations]
        for q, projection in enumerate(self.structure.projections):
            body += [f"    {line}" for line in self._deliver(q, projection)]
        for p, kind in populations:
            body += [f"    {line}" for line in self._reset(p, kind)]
        self.body = [*body, "    k += 1", "clock[0] = k", "return k"]

    @staticmethod
    def _record(p: int, system: System) -> list[str]:
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

    @staticmethod
    def _record_weights(q: int) -> list[str]:
        return [
            f"if k == next_q{q}:",
            f"    for s in range(place_q{q}.size):",
            f"        out_q{q}[out_row_q{q}, place_q{q}[s]] = q{q}_w[s]",
            f"    out_row_q{q} += 1",
            f"    next_q{q} += every_q{q}",
        ]

    def _integrate(self, p: int, kind: PopulationKind) -> list[str]:
        system = kind.system
        slices = {f"b_{s}": f"p{p}_{s}" for s in (*system.states, *sorted(kind.arrays))}
        for name, needed in {
            "hit": True,
            "ref": system.refractory,
            "above": system.crossing,
            "last": system.uses("t_last"),
            "I": kind.constant_input == "array",
        }.items():
            if needed:
                slices[f"{name}_b"] = f"{name}_p{p}"
        lines = [f"# integrate p{p} to t + dt, and threshold"]
        if kind.series == "shared":
            lines.append(f"I_shared = It_p{p}[k - k0_p{p}, 0]")
        lines += [f"for lo in range(0, n_p{p}, {BLOCK}):", f"    hi = min(lo + {BLOCK}, n_p{p})"]
        lines += [f"    {short} = {long}[lo:hi]" for short, long in slices.items()]
        if kind.series == "own":
            lines.append(f"    It_b = It_p{p}[k - k0_p{p}, lo:hi]")
        lines += ["    hits = 0", "    for j in range(hi - lo):"]
        lines += [f"        {line}" for line in self._neuron(p, kind)]
        lines += ["    if hits:", "        for j in range(hi - lo):", "            if hit_b[j]:"]
        then = [f"spk_p{p}[count_p{p}] = lo + j", f"count_p{p} += 1"]
        if system.refractory:
            then.append(f"ref_b[j] = nref_p{p}{'[lo + j]' if 't_ref' in kind.arrays else ''} + 1")
        return lines + [f"                {line}" for line in then]

    def _neuron(self, p: int, kind: PopulationKind) -> list[str]:
        """The update of one neuron: scalars only, so that the loop around it vectorises."""
        system = kind.system
        lines = []
        terms = ["I_b[j]" if kind.constant_input == "array" else f"I_p{p}"]
        terms += {"": [], "shared": ["I_shared"], "own": ["It_b[j]"]}[kind.series]
        for z, noise in enumerate(kind.noises):
            noise_lines, term = self._noise(p, z, noise)
            lines += noise_lines
            terms.append(term)
        lines.append(f"I = {' + '.join(terms)}")
        if system.refractory:
            lines += ["r = ref_b[j]", "r = r - (1 if r > 0 else 0)", "ref_b[j] = r", "_live = r == 0"]
        else:
            lines.append("_live = True")
        lines.append("t_last = t - last_b[j]" if system.uses("t_last") else "t_last = 0.0")
        entries = []
        if kind.method == "exact":
            for name, short, a, b in self._matrix_entries(system):
                entries.append(f"{name}_p{p}[{a}, {b}, lo + j]" if kind.arrays else f"{short}_{a}_{b}_p{p}")
        given = [*(f"b_{s}[j]" for s in system.states), *_PASSED, *self._values(p, kind).values(), *entries]
        new = ", ".join(f"x{k}" for k in range(len(system.states)))
        lines.append(f"{new} = p{p}_step({', '.join(given)})")
        lines += [f"b_{state}[j] = x{k}" for k, state in enumerate(system.states)]
        return lines + self._threshold(p, kind)

    def _threshold(self, p: int, kind: PopulationKind) -> list[str]:
        system = kind.system
        lines = []
        if system.uses("t_last"):
            lines.append("t_last = t + dt - last_b[j]")
        if system.uses("u"):
            lines.append(
                f"u = draw01(np.uint64(lo + j), np.uint64(k), np.uint64(0), key_p{p}[0], key_p{p}[1])"
            )
        function = self._function(system.model.__name__, system.model.equations["threshold"])
        names = {
            **self._values(p, kind),
            "t": "(t + dt)",
            **{s: f"x{k}" for k, s in enumerate(system.states)},
        }
        arguments = [names.get(a, a) for a in system.arguments(system.model, "threshold")]
        lines.append(f"above = {function}({', '.join(arguments)})")
        if system.crossing:
            lines += ["hit = 1 if above and above_b[j] == 0 else 0", "above_b[j] = 1 if above else 0"]
            lines += ["hit = hit if _live else 0"] if system.refractory else []
        else:
            lines.append("hit = 1 if above and _live else 0")
        return [*lines, "hit_b[j] = hit", "hits |= hit"]

    @staticmethod
    def _values(p: int, kind: PopulationKind) -> dict[str, str]:
        """Where a parameter is found inside the neuron loop."""
        return {
            name: f"b_{name}[j]" if name in kind.arrays else f"p{p}_{name}" for name in kind.system.parameters
        }

    @staticmethod
    def _noise(p: int, z: int, noise: tuple[str, bool, bool]) -> tuple[list[str], str]:
        process, shared, array = noise
        name = f"p{p}_z{z}"
        element = "0" if shared else "lo + j"
        sigma = f"sigma_{name}[{'lo + j' if array else '0'}]"
        draw = (
            f"normal01(np.uint64({element}), np.uint64(k), np.uint64({z + 1}), key_{name}[0], key_{name}[1])"
        )
        if process == "white":
            return [], f"{sigma} / sqrt(dt) * {draw}"
        keep = [
            f"z{z} = x_{name}[lo + j]",
            f"x_{name}[lo + j] = fade_{name}[0] * z{z} + fade_{name}[1] * {draw}",
        ]
        return keep, f"{sigma} * z{z}"

    def _deliver(self, q: int, projection: ProjectionKind) -> list[str]:
        post, source = projection.post, projection.source
        kind = self.structure.populations[post]
        system = kind.system
        synapse = dict(system.receptors)[projection.receptor]
        arguments = {}
        for name in synapse.parameters():
            joined = f"{projection.receptor}_{name}"
            arguments[joined] = f"p{post}_{joined}{'[j]' if joined in kind.arrays else ''}"
        for state in system.states:
            arguments[state] = f"p{post}_{state}[j]"
        arguments["w"] = f"q{q}_w0" if projection.scalar_weight else f"q{q}_w[s]"
        function = self._function(synapse.__name__, synapse.equations["arrive"])
        given = [arguments[a] for a in system.arguments(synapse, "arrive", projection.receptor)]
        changed = [
            f"{projection.receptor}_{n}" if n in synapse.state else n
            for n in synapse.equations["arrive"].returned_names
        ]
        lost = system.refractory and any(name in system.model.frozen for name in changed)
        results = ", ".join(f"p{post}_{name}[j]" for name in changed)
        task = f"{results} = {function}({', '.join(given)})"
        lines = [] if projection.rule is None else self._fade(q, projection.rule)
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
            f"        for s in range(q{q}_indptr[c, i], q{q}_indptr[c, i + 1]):",
            f"            j = q{q}_targets[s]",
        ]
        if lost:
            lines += [
                f"            if ref_p{post}[j] == 0:  # a jump into a held state is lost",
                f"                {task}",
            ]
        else:
            lines.append(f"            {task}")
        if projection.rule is not None:
            lines += self._plastic(q, post, projection.rule)
        return lines

    @staticmethod
    def _fade(q: int, rule: type[Plasticity]) -> list[str]:
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

    def _plastic(self, q: int, post: int, rule: type[Plasticity]) -> list[str]:
        """`on_pre` inside the delivery, then the pre traces; after all arrivals `on_post`, then the post traces."""
        row = f"c * q{q}_first[1] + i"
        grow = {"add": "+=", "set": "="}
        lines = []
        if "on_pre" in rule.equations:
            lines.append(f"            q{q}_w[s] = {self._rule_call(q, rule, 'on_pre', row)}")
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
                f"        q{q}_w[s] = {self._rule_call(q, rule, 'on_post', f'row_q{q}[b]')}",
            ]
        grown = [
            f"    t{q}_{n}[j] {grow[how]} 1.0" for n, (side, _, how) in rule.traces.items() if side == "post"
        ]
        return [*lines, *(grown or ["    pass"])]

    def _rule_call(self, q: int, rule: type[Plasticity], function: str, row: str) -> str:
        values = {name: f"r{q}_{name}" for name in rule.parameters()} | {"w": f"q{q}_w[s]"}
        values |= {n: f"t{q}_{n}[{row if side == 'pre' else 'j'}]" for n, (side, _, _) in rule.traces.items()}
        name = self._function(rule.__name__, rule.equations[function])
        given = ", ".join(values[a] for a in rule.equations[function].args)
        return f"clip({name}({given}), r{q}_w_min, r{q}_w_max)"

    def _reset(self, p: int, kind: PopulationKind) -> list[str]:
        system = kind.system
        tasks = []
        if not system.crossing:
            function = self._function(system.model.__name__, system.model.equations["reset"])
            values = {
                name: f"p{p}_{name}{'[i]' if name in kind.arrays else ''}" for name in system.parameters
            }
            values |= {s: f"p{p}_{s}[i]" for s in system.states} | {"t": "(m * dt)"}
            if system.uses("t_last"):
                values["t_last"] = f"(m * dt - last_p{p}[i])"
            given = ", ".join(values.get(a, a) for a in system.arguments(system.model, "reset"))
            tasks.append(
                f"{', '.join(f'p{p}_{n}[i]' for n in system.model.reset_names())} = {function}({given})"
            )
        if system.uses("t_last"):
            tasks.append(f"last_p{p}[i] = m * dt")
        if not tasks:
            return []
        return [
            f"# reset p{p}",
            f"for e in range(off_p{p}[m - base_p{p}], count_p{p}):",
            f"    i = spk_p{p}[e]",
            *(f"    {task}" for task in tasks),
        ]


def _random_source() -> str:
    constants = "\n\n" + "\n".join(
        f"{name} = np.uint64({int(getattr(rng, name))})"
        for name in ("M0", "M1", "W0", "W1", "LOW", "HALF", "SIX")
    )
    functions = (rng.philox, rng.uniform01, rng.normal01, rng.draw01)
    return constants + "".join(f"\n\n\n@inline\n{inspect.getsource(f).rstrip()}" for f in functions) + "\n"


def module_text(structure: Structure) -> str:
    """The kernel's module for a structure, as text."""
    return Kernel(structure).text()
