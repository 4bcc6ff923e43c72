"""Writes the kernel of a network structure: a readable Python module with one compiled function, `run`.

`run` advances the whole network through a chunk of steps. A step goes from t to t + dt: record the state at t,
integrate, threshold, deliver the spikes that arrive now, reset. Everything it needs and changes lives in the
arrays that it is given; ARGUMENTS lists them in order. Nothing in the text depends on values, sizes, graphs,
durations or recorded neurons.
"""

from __future__ import annotations

import inspect

from . import bits, draws, mathematics, populations, precision, projections, rules, sources
from .structure import PopulationKind, ProjectionKind, Structure
from .writer import Writer, indented

__all__ = ["PopulationKind", "ProjectionKind", "Structure", "module_text"]

HEADER = '''"""{title}

Generated from the models' own equations by snnlab; run() advances the network from step k to k_end.
"""

from math import inf, log, sqrt

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

inline = njit(forceinline=True, error_model="numpy", fastmath={{"contract", "arcp", "nsz", "reassoc"}})
careful = njit(forceinline=True, error_model="numpy", fastmath={{"contract"}})
'''

VOCABULARY = """

@inline
def minimum(a, b):
    return where((a < b) | (a != a), a, b)


@inline
def maximum(a, b):
    return where((a > b) | (a != a), a, b)


@inline
def clip(x, low, high):
    return where(x < low, low, where(x > high, high, x))


@inline
def power(x, y):
    return 1.0 if y == 0.0 else (x if y == 1.0 else x**y)
"""

RUN = """

ARGUMENTS = {arguments!r}


@njit(cache=True, nogil=True, error_model="numpy", fastmath={{"contract", "arcp", "nsz", "reassoc"}})
def run({signature}):
"""


def module_text(structure: Structure) -> str:
    """The kernel's module for a structure, as text."""
    writer = Writer(structure)
    writer.argument("clock")
    for p, kind in enumerate(structure.populations):
        populations.setup(writer, p, kind)
    for q, projection in enumerate(structure.projections):
        projections.setup(writer, q, projection)
    for source in structure.sources:
        sources.source_setup(writer, source)
    for d, drive in enumerate(structure.drives):
        sources.drive_setup(writer, d, drive)
    writer.setup += [
        f"count_p{p} = off_p{p}[max(k, 0) - base_p{p} + 1]" for p in range(len(structure.populations))
    ]
    body = _coupled(writer) if structure.coupled else _uncoupled(writer)
    single = structure.dtype == "float32"
    parts = [HEADER.format(title=_title(structure))]
    parts += [precision.HEADER, _choice(), precision.MATHEMATICS] if single else [_choice(), _mathematics()]
    parts.append(precision.single(VOCABULARY) if single else VOCABULARY)
    drawing = any(kind.noises or kind.system.uses("u") for kind in structure.populations)
    if drawing or structure.sources or structure.drives:
        parts.append(draws.source())
    if any(projection.storage == "planes" for projection in structure.projections):
        parts.append(_bits())
    texts = writer.functions.values()
    parts += [f"\n\n@inline\n{precision.single(text) if single else text}\n" for text in texts]
    signature = ", ".join(["k", "k_end", "dt", *writer.arguments])
    parts.append(RUN.format(arguments=tuple(writer.arguments), signature=signature))
    kept = [line for source in structure.sources for line in sources.keep(source)]
    lines = [*writer.setup, *body, *kept, "clock[0] = k", "return k"]
    return "".join(parts) + "\n".join(indented(lines)) + "\n"


def _title(structure: Structure) -> str:
    populations = (
        f"{kind.system.model.__name__} ({kind.method}, receptors: {', '.join(r for r, _ in kind.system.receptors) or 'none'})"
        for kind in structure.populations
    )
    rules = (
        f"{wires.rule.__name__} (plasticity)" for wires in structure.projections if wires.rule is not None
    )
    return "; ".join([*populations, *rules])


def _coupled(writer: Writer) -> list[str]:
    """Step by step: all populations, then all arrivals, then all resets."""
    numbered = list(enumerate(writer.structure.populations))
    spiking = [*(f"p{p}" for p, _ in numbered), *(f"s{s.number}" for s in writer.structure.sources)]
    full = " or ".join(f"count_{x} + n_{x} > spk_{x}.size" for x in spiking)
    inner = ["t = k * dt"]
    for p, kind in numbered:
        continuous = [(r, cls) for r, cls in kind.system.receptors if cls.continuous()]
        inner += [f"p{p}_{r}_{state}[:] = 0.0" for r, cls in continuous for state in cls.state]
    for q, projection in enumerate(writer.structure.projections):
        inner += projections.couple(writer, q, projection) if projection.continuous else []
    for p, kind in numbered:
        inner += populations.record(p, kind.system)
    for q, projection in enumerate(writer.structure.projections):
        if projection.rule is not None:
            inner += rules.record(writer, q, projection.rule)
    for p, kind in numbered:
        inner += populations.integrate(writer, p, kind)
    for source in writer.structure.sources:
        inner += sources.fire(source)
    step = [
        f"if {full}:",
        "    break  # no room for the spikes of one more step: the caller makes some",
        "m = k + 1  # the grid time at which this step ends",
        "if k >= 0:  # k = -1 only delivers what arrives at time 0",
        *indented(inner),
        *(f"off_{x}[m - base_{x} + 1] = count_{x}" for x in spiking),
    ]
    for d, drive in enumerate(writer.structure.drives):
        step += ["if k >= 0:", *indented(sources.drive(writer, d, drive))]
    for q, projection in enumerate(writer.structure.projections):
        step += projections.deliver(writer, q, projection)
    for p, kind in numbered:
        step += populations.reset(writer, p, kind)
    return ["while k < k_end:", *indented([*step, "k += 1"])]


def _uncoupled(writer: Writer) -> list[str]:
    """A window of steps at a time, as long as the lists for its spikes are."""
    numbered = list(enumerate(writer.structure.populations))
    full = " or ".join(f"count_p{p} + n_p{p} * steps > spk_p{p}.size" for p, _ in numbered)
    writer.argument("tight")
    left = [f"(spk_p{p}.size - count_p{p}) // n_p{p}" for p, _ in numbered]
    window = [
        "first = k",
        "steps = min(k_end - k, at_p0.size)",
        f"if {full}:",
        f"    steps = min({', '.join(['steps', *left])}) if tight[0] else 0",
        "    if steps < 1:",
        "        break  # no room for the spikes of one more window: the caller makes some",
    ]
    for p, kind in numbered:
        window += populations.run_ahead(writer, p, kind)
    return [
        "if k < 0:  # nothing arrives at time 0",
        *(f"    off_p{p}[1 - base_p{p}] = count_p{p}" for p, _ in numbered),
        "    k = 0",
        "while k < k_end:",
        *indented([*window, "k = first + steps"]),
    ]


def _choice() -> str:
    return "\n\n@intrinsic\n" + inspect.getsource(mathematics.where._defn).split("\n", 1)[1]


def _mathematics() -> str:
    return "".join(f"\n\n{inspect.getsource(f.py_func)}" for f in mathematics.FUNCTIONS)


def _bits() -> str:
    return "\n\nBIT = np.uint64(1)\n" + "".join(f"\n\n{inspect.getsource(f.py_func)}" for f in bits.FUNCTIONS)
