"""The Brian2 reading: a network as a Brian2 program, to read, to run, and to take elsewhere.

Brian2 stamps a spike with the start of its step and holds a neuron for one step less than its `refractory`
says. The program gives it t_ref + dt, and `Twin.run` stamps spikes as snnlab does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .arguments import listed
from .assemble import assemble, populations_of
from .brian2_text import Program, brian2_unit
from .equations import check_units, known_units
from .firing import Firing
from .grid import check_dt, check_t_stop, grid_time
from .network import Population, Projection
from .recording import Record
from .reference import ReferenceEngine
from .replay import spikes_drawn
from .rng import check_seed
from .run_data import Run
from .spikes import SpikeTrains
from .twin_neurons import population, units_of
from .twin_rules import check_names, of_weight
from .twin_sources import poisson_group
from .twin_synapses import drive, synapses
from .units import as_unit


class Twin:
    """A network as a Brian2 program: `source` is its text, `data` the arrays that it reads, `run()` runs it.

    After `run()`, `weights` maps each plastic projection to its final weights (n_pairs,), in the order of
    `projection.draw()`, as `rec.weights` does, and `traces` each population or projection of which something was
    recorded to its traces: `twin.traces[pop]["v"]` (n_samples, n_neurons), `twin.traces[p]["w"]` (n_samples, n_pairs).
    """

    def __init__(self, run: Run, source: str, data: dict[str, Any]):
        self.source, self.data, self._run = source, data, run
        self.weights: dict[Projection, np.ndarray] = {}
        self.traces: dict[Population | Projection, dict[str, np.ndarray]] = {}

    def run(self, target: str = "numpy") -> dict[Population, SpikeTrains]:
        """Run the program. Returns {population: SpikeTrains}, stamped by snnlab's convention.

        `target` is Brian2's code generation target, "numpy" or "cython". Raises ImportError without Brian2.
        """
        import brian2  # type: ignore[import-untyped]

        before = brian2.prefs.codegen.target
        brian2.prefs.codegen.target = target
        try:
            namespace: dict[str, Any] = {"data": self.data}
            exec(compile(self.source, "<brian2 twin>", "exec"), namespace)
        finally:
            brian2.prefs.codegen.target = before
        self._take_weights(namespace)
        self._take_traces(namespace)
        found = {}
        for p, cells in enumerate(self._run.cells):
            monitor = namespace[f"spikes_{p}"]
            steps = np.round(np.asarray(monitor.t / brian2.ms) / self._run.dt).astype(np.int64) + 1
            t = np.asarray(grid_time(steps, self._run.dt), dtype=float)
            t_stop = float(grid_time(self._run.k_stop, self._run.dt))
            found[cells.population] = SpikeTrains(t, np.asarray(monitor.i), cells.n, t_stop)
        return found

    def _take_weights(self, namespace: dict[str, Any]) -> None:
        for q, wires in enumerate(self._run.wires):
            if wires.rule is None:
                continue
            unit = eval(brian2_unit(as_unit(wires.projection.synapse.weight)), namespace)
            made = namespace.get(f"synapses_{q}")  # none without a synapse
            self.weights[wires.projection] = np.zeros(0) if made is None else np.asarray(made.w_syn / unit)

    def _take_traces(self, namespace: dict[str, Any]) -> None:
        def numbers(monitor: str, variable: str, unit: Any) -> np.ndarray:
            found = getattr(namespace[monitor], variable) / eval(brian2_unit(unit), namespace)
            return np.asarray(found).T

        for p, cells in enumerate(self._run.cells):
            units = units_of(cells)
            for state in cells.records:
                label = cells.system.labels[cells.system.states.index(state)]
                own = self.traces.setdefault(cells.population, {})
                own[label] = numbers(f"trace_{p}_{state}", state, units[state])
        for q, wires in enumerate(self._run.wires):
            for name in wires.records if wires.targets.size else ():
                of = as_unit(wires.projection.synapse.weight)
                unit = of if name == "w" else of_weight(known_units(type(wires.rule))[name], of)  # type: ignore[arg-type]
                variable = "w_syn" if name == "w" else f"state_{name}"
                own = self.traces.setdefault(wires.projection, {})
                own[name] = numbers(f"history_{q}_{name}", variable, unit)

    def __repr__(self) -> str:
        return self.source


def brian2_twin(
    what: Any,
    *,
    t_stop: float,
    dt: float = 0.1,
    I: Any = 0.0,
    projections: Sequence = (),
    record: Sequence[str | Record] = (),
    initial: dict | None = None,
    method: Any = None,
    seed: int | None = None,
    replay: bool = True,
) -> Twin:
    """The same network as a Brian2 program: equations, graph, weights, delays, inputs, initial states and recordings.

    Takes the arguments of `simulate`. Every model is carried over: neurons, receptors, gap junctions (summed variables),
    short-term plasticity and plasticity rules (variables of the synapse, `run_regularly` for `every`, synapses onto
    synapses for rewards), Poisson sources and drives, noise and stochastic thresholds. Spikes agree spike for spike,
    for as long as rounding lets a network (see `simulate`).

    replay : bool
        What is random. True: what `simulate` draws with this seed is handed over as data, so that both simulators
        have the same spikes (a number for each step and neuron takes 8 bytes). False: Brian2 draws its own numbers
        (`PoissonGroup`, `poisson`, `rand`, `randn`; seed them with `brian2.seed`), and the two agree in their statistics.
        Graph and initial states are drawn by us in both.

    What arrives at time 0 is in the initial states of the program, which begins at the first step.
    Brian2 solves "exact" by symbols, which takes minutes for a neuron with many receptors: there give "rk4" to both.

    Raises what `simulate` raises, and ValueError, naming it, for what is not carried over:

    - given spikes of one neuron that fall on one step, where the projection is plastic or has short-term plasticity: Brian2's
      generator sends one of them (elsewhere the second comes from a neuron of its own with the same synapses);
    - given spikes at time 0 where some delays are 0 and others are not;
    - of one's own models: equations whose units don't fit (UnitError), which Brian2 refuses too; a neuron without reset but with t_ref, a synapse without spikes whose sum moves inside a step, and a
      rule whose functions read more than w, traces, states and parameters;
    - the record "rate", which is made from spikes; and draws that do not fit into memory.

    Brian2 is needed only to run the program.

    Stimberg, Brette & Goodman (2019), eLife 8:e47314, doi:10.7554/eLife.47314.

    >>> import snnlab as snn
    >>> twin = snn.brian2_twin(snn.LIF(), I=300.0, t_stop=100.0)
    >>> "dv/dt = (-(v - E_L) + R_m * I)/(tau_m)" in twin.source
    True
    """
    dt = check_dt(dt)
    if not isinstance(replay, bool | np.bool_):
        raise TypeError(f"brian2_twin.replay: must be True or False, got {replay!r}")
    record = [record] if isinstance(record, str | Record) else listed("record", record, "names and Records")
    for item in record:
        if isinstance(item, Record) and item.variable == "rate":
            raise ValueError(
                'brian2_twin.record: "rate" is made from spikes, which are always recorded; leave it out'
            )
    run = assemble(
        populations_of(what), k_stop=check_t_stop(t_stop, dt, 0.0), dt=dt, I=I, projections=projections,
        record=record, initial=initial, method=method, seed=check_seed(seed), start=None, max_spikes=1,
    )  # fmt: skip
    _check_units(run)
    if replay:
        run.sources = spikes_drawn(run)
    arriving = ReferenceEngine(run)
    arriving.advance(-1, 0)  # what arrives at time 0
    program = Program(run, replay)
    lines = ["from brian2 import *", "", "start_scope()", f"defaultclock.dt = {dt!r}*ms", ""]
    for p, cells in enumerate(run.cells):
        lines += population(p, cells, program)
    for s, source in enumerate(run.sources):
        lines += poisson_group(s, source, program) if isinstance(source, Firing) else []
    for q, wires in enumerate(run.wires):
        lines += synapses(q, wires, program)
    for d, counts in enumerate(run.drives):
        lines += drive(d, counts, program)
    lines += [
        f"network = Network({', '.join(program.objects)})",
        f"network.run({float(grid_time(run.k_stop, dt))!r}*ms)",
        *program.last,
    ]
    return Twin(run, "\n".join(lines) + "\n", program.data)


def _check_units(run: Run) -> None:
    """Brian2 computes with units, and would stop at the first equation whose units don't fit."""
    for cells in run.cells:
        for model in (cells.population.model, *cells.population.receptors.values()):
            check_units(model)
    for wires in run.wires:
        if wires.rule is not None:
            check_names(wires)
            check_units(wires.rule)
        if wires.short_term is not None:
            check_units(wires.short_term)
