"""The Brian2 reading of where spikes come from outside all populations: given ones, Poisson sources, rewards.

A spike that snnlab stamps t is one of Brian2's step from t - dt to t. So a given spike at t is sent at t with a delay
that is shorter by dt, or, where a delay is 0, at t - dt.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .brian2_text import Program
from .firing import Firing, sampled_rates
from .network import Graph
from .run_data import Source
from .twin_neurons import timed
from .wires import Wires


def source_of(s: int) -> str:
    """The name of a Poisson source that Brian2 draws."""
    return f"source_{s}"


def poisson_group(s: int, firing: Firing, program: Program) -> list[str]:
    """A PoissonSource as Brian2 draws it: with the probability rate dt in each step, as snnlab does."""
    source, lines = firing.source, []
    program.objects.append(source_of(s))
    if firing.varying:
        rows = sampled_rates(source, 0, program.run.k_stop, program.run.dt, 0)
        lines = timed(f"rates_{s}", rows, program, "Hz")
        rates = f"'rates_{s}({'t, i' if rows.shape[1] > 1 else 't'})'"
    elif isinstance(source.rate, np.ndarray):
        rates = program.given(f"rates_{s}", source.rate, "Hz")
    else:
        rates = f"{source.rate!r}*Hz"
    return [*lines, f"{source_of(s)} = PoissonGroup({source.n}, rates={rates})", ""]


def given_spikes(q: int, wires: Wires, graph: Graph, program: Program) -> tuple[list[str], str, Graph]:
    """A SpikeGeneratorGroup of given spikes, its name, and the graph that begins in it."""
    run, source = program.run, program.run.sources[wires.source]
    delays = np.round(graph.delay / run.dt)
    early = bool((delays >= 1).all())
    ids, steps = _spikes(source, run.k_stop)
    if not early and (steps == 0).any():
        if delays.any():
            raise ValueError(
                f"brian2_twin: {wires.projection} is not carried over, because of a given spike at time 0 that arrives in part at "
                "once and in part later; make two projections of it"
            )
        ids, steps = ids[steps > 0], steps[steps > 0]  # what arrives at 0 is in the initial states
    steps = steps if early else steps - 1
    keep = steps < run.k_stop
    ids, steps = ids[keep], steps[keep]
    n, repeats = source.trains.n, _repeats(ids, steps)
    copies = int(repeats.max(initial=0)) + 1
    if copies > 1 and (wires.rule is not None or wires.short_term is not None):
        raise ValueError(
            f"brian2_twin: {wires.projection} is not carried over, because of given spikes of one neuron that fall on one "
            "step: Brian2 takes one, and a synapse that changes can't be there twice"
        )
    if copies > 1:  # a second spike in the same step comes from another neuron with the same synapses
        ids = ids + n * repeats
        pre = np.concatenate([graph.pre + n * copy for copy in range(copies)])
        graph = Graph(pre, *(np.tile(x, copies) for x in (graph.post, graph.w, graph.delay)))
    if early:
        graph = Graph(graph.pre, graph.post, graph.w, graph.delay - run.dt)
    return _generator(f"given_{q}", n * copies, ids, steps, program), f"given_{q}", graph


def rewards(q: int, wires: Wires, program: Program) -> tuple[list[str], str]:
    """Whose spikes are the rewards of a plastic projection: lines, and its name."""
    start, stop = wires.gives
    kind, number = wires.reward[0], int(wires.reward[1:])
    if kind == "p":
        whole = (start, stop) == (0, program.run.cells[number].n)
        return [], f"group_{number}" + ("" if whole else f"[{start}:{stop}]")
    source: Any = program.run.sources[number]
    if isinstance(source, Firing):
        whole = (start, stop) == (0, source.n)
        return [], source_of(number) + ("" if whole else f"[{start}:{stop}]")
    ids, steps = _spikes(source, program.run.k_stop)
    steps = steps[(ids >= start) & (ids < stop)]
    steps = steps[steps > 0] - 1  # a reward at time 0 is in the initial traces
    order = _repeats(np.zeros(steps.size, dtype=np.int64), steps)  # who gives it does not matter
    size = int(order.max(initial=0)) + 1
    return _generator(f"rewards_{q}", size, order, steps, program), f"rewards_{q}"


def _spikes(source: Source, k_stop: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids and grid times of given spikes."""
    steps = np.repeat(np.arange(source.base, k_stop + 1), np.diff(source.off))
    return source.spk[source.off[0] : source.off[-1]].astype(np.int64), steps


def _repeats(ids: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """How many spikes of the same neuron and step stand before each."""
    order = np.lexsort((ids, steps))
    i, k = ids[order], steps[order]
    new = np.append(True, (np.diff(i) != 0) | (np.diff(k) != 0))[: i.size]
    repeats = np.empty(i.size, dtype=np.int64)
    repeats[order] = np.arange(i.size) - np.flatnonzero(new)[np.cumsum(new) - 1]
    return repeats


def _generator(name: str, n: int, ids: np.ndarray, steps: np.ndarray, program: Program) -> list[str]:
    program.objects.append(name)
    i, t = program.given(f"{name}_i", ids), program.given(f"{name}_t", steps * program.run.dt, "ms")
    return [f"{name} = SpikeGeneratorGroup({n}, {i}, {t})"]
