"""The reference engine: the same simulation in plain NumPy, one step at a time, to read and to step through.

It shares the models' equations and the random numbers with the compiled engine, and none of its code.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .firing import Counts, Firing
from .interrupts import noted_interrupts
from .methods import METHODS
from .rng import gaps, normals, uniforms, words
from .run_data import Cells, Run, Source
from .wires import Wires


class ReferenceEngine:
    """Advances a run with array operations."""

    def __init__(self, run: Run):
        self.run = run
        self.reached = run.k
        self.firing = [s for s in run.sources if isinstance(s, Firing)]
        self.rows: list[np.ndarray | None] = []
        self.first_row = 0

    def refresh(self, p: int) -> None:
        """Nothing to do: the arrays are read anew in every step."""

    def refresh_source(self, s: int) -> None:
        """Nothing to do."""

    def prepare(self, k: int, k_end: int) -> None:
        """Make the input series of the steps k to k_end - 1."""
        self.first_row = max(k, 0)
        self.rows = [c.input.rows(self.first_row, k_end) if c.input.width else None for c in self.run.cells]
        for source in self.firing:
            source.prepare(self.first_row, k_end)

    def advance(self, k: int, k_end: int) -> int:
        """Run steps k to k_end - 1; returns the next step, less than k_end when a spike list is full.

        Ctrl-C waits for the end of the step: half of one would leave states that no run can go on from.
        """
        run = self.run
        spiking: list[Cells | Firing] = [*run.cells, *self.firing]
        with np.errstate(all="ignore"), noted_interrupts(wait=True) as interrupts:
            while k < k_end and not interrupts and all(count(c, k) + c.n <= c.spk.size for c in spiking):
                if k >= 0:  # k = -1 only delivers what arrives at time 0
                    couple(run)
                    for cells in run.cells:
                        record(cells, k, run)
                    for wires in run.wires:
                        record_weights(wires, k, run)
                    for cells, rows in zip(run.cells, self.rows, strict=True):
                        integrate(cells, k, run.dt, None if rows is None else rows[k - self.first_row])
                    for source in self.firing:
                        fire(source, k)
                    for drive in run.drives:
                        receive(drive, k, run)
                for wires in run.wires:
                    deliver(wires, k + 1, run)
                if k >= 0:
                    for cells in run.cells:
                        reset(cells, k + 1, run.dt)
                k += 1
                self.reached = k
        return k


def count(cells: Cells | Firing, k: int) -> int:
    """Number of spikes up to grid time k."""
    return int(cells.off[max(k, 0) - cells.base + 1])


def couple(run: Run) -> None:
    """The states of receptors without spikes (gap junctions), from the states of both neurons now."""
    for cells in run.cells:
        for receptor, cls in cells.system.receptors:
            if cls.continuous():
                cells.x[f"{receptor}_{next(iter(cls.state))}"][:] = 0.0
    for wires in run.wires:
        synapse, post = wires.projection.synapse, run.cells[wires.post]
        if synapse.continuous():
            pre = wires.first[0] + np.repeat(np.arange(wires.first[1]), np.diff(wires.indptr[0]))
            values = {"w": wires.w[0] if wires.scalar_weight else wires.w}
            values |= {name: post.x[name][wires.targets] for name in synapse.neuron_states}
            values |= {f"{name}_pre": run.cells[wires.source].x[name][pre] for name in synapse.neuron_states}
            for name in synapse.parameters():
                value = getattr(synapse, name)
                values[name] = value[wires.targets] if np.ndim(value) else value
            added = synapse.couple(*(values[a] for a in synapse.equations["couple"].args))
            state = post.x[f"{wires.projection.receptor}_{next(iter(synapse.state))}"]
            np.add.at(state, wires.targets, added)


def record(cells: Cells, k: int, run: Run) -> None:
    """Copy the recorded states at t = k dt."""
    for name, (ids, every) in cells.records.items():
        if k % every == 0:
            cells.out[name][k // every - -(-run.k_start // every)] = cells.x[name][ids]


def record_weights(wires: Wires, k: int, run: Run) -> None:
    """Copy the recorded weights and states at t = k dt."""
    for name, (every, out) in wires.records.items():
        if k % every == 0:
            values = wires.w if name == "w" else wires.traces[name] / up(wires, name, k)
            out[k // every - -(-run.k_start // every)] = wires.in_drawn_order(values)


def integrate(cells: Cells, k: int, dt: float, row: np.ndarray | None) -> None:
    """Take every state from t to t + dt, and note who crossed the threshold."""
    system, t = cells.system, k * dt
    live = k + 1 > cells.held
    values = {
        **cells.parameters,
        "I": np.asarray(_input(cells, k, dt, row), dtype=run_dtype(cells)),
        "t": t,
        "dt": dt,
    }
    values["t_last"] = t - cells.last if cells.last.size else 0.0

    def f(x):
        derivatives = system.derivatives({**values, **dict(zip(system.states, x, strict=True))})
        return [
            np.where(live, d, 0.0) if held else d for d, held in zip(derivatives, system.frozen, strict=True)
        ]

    x = [cells.x[s] for s in system.states]
    if cells.method == "exact":
        free, held = cells.matrices  # type: ignore[misc]
        increments = METHODS["exact"].step(f, x, dt, np.where(live, free, held))
    else:
        increments = METHODS[cells.method].step(f, x, dt)
    for state, value, increment, frozen in zip(system.states, x, increments, system.frozen, strict=True):
        cells.x[state][:] = value + (np.where(live, increment, 0.0) if frozen else increment)
    _threshold(cells, k, dt, live)


def run_dtype(cells: Cells) -> np.dtype:
    """The precision of a run's states."""
    return next(iter(cells.x.values())).dtype


def _input(cells: Cells, k: int, dt: float, row: np.ndarray | None):
    total = cells.input.constant
    if row is not None:
        total = total + row
    return total + noise_at(cells, k, dt) if cells.input.noises else total


def noise_at(cells: Cells, k: int, dt: float) -> np.ndarray:
    """The sum of the noises over the step from k, (1,) or (n,); Ornstein-Uhlenbeck states move on."""
    total = np.zeros(1)
    for z, (noise, sigma) in enumerate(cells.input.noises):
        xi = normals(1 if noise.shared else cells.n, k, z + 1, *cells.keys[z])
        if noise.tau is None:
            total = total + sigma / np.sqrt(dt) * xi
        else:
            total = total + sigma * cells.ou[z]
            cells.ou[z][:] = cells.fades[z][0] * cells.ou[z] + cells.fades[z][1] * xi
    return total


def _threshold(cells: Cells, k: int, dt: float, live: np.ndarray) -> None:
    system, m = cells.system, k + 1
    values = {**cells.parameters, **cells.x, "t": m * dt, "dt": dt}
    if cells.last.size:
        values["t_last"] = m * dt - cells.last
    if system.uses("u"):
        values["u"] = uniforms(cells.n, k, 0, *cells.keys[-1])
    threshold = system.model.threshold
    above = np.broadcast_to(
        threshold(*(values[a] for a in system.arguments(system.model, "threshold"))), cells.n
    )
    spiking = above & live
    if system.crossing:
        spiking = spiking & (cells.above == 0)
        cells.above[:] = above
    ids = np.flatnonzero(spiking)
    begin = cells.off[m - cells.base]
    cells.spk[begin : begin + ids.size] = ids
    cells.off[m - cells.base + 1] = begin + ids.size
    if system.refractory:
        cells.held[ids] = m + (cells.n_ref[ids] if isinstance(cells.n_ref, np.ndarray) else cells.n_ref)


def fire(source: Firing, k: int) -> None:
    """The spikes of a Poisson source in the step from k: each gap goes on from where the last one ended."""
    row = k - source.first_row if source.varying else 0
    hazard, cell, found = source.hazard[row], 0, []
    while hazard > 0:
        cells = source.left[0] / hazard
        if cells >= source.n - cell:
            source.left[0] -= hazard * (source.n - cell)
            break
        cell += int(cells)
        gap, lot = gaps(int(source.number[0]), 1, *source.key)
        if not source.thinned or lot[0] < source.ratio[row, cell]:
            found.append(cell)
        source.left[:] = gap
        source.number += 1
        cell += 1
    begin = source.off[k + 1 - source.base]
    source.spk[begin : begin + len(found)] = found
    source.off[k + 2 - source.base] = begin + len(found)


def receive(drive: Counts, k: int, run: Run) -> None:
    """A drive's arrivals in the step from k, as one of w times the count at each neuron."""
    targets = np.arange(drive.start, drive.stop)
    number = drive.of(words(targets.size, k, 0, *drive.key))
    arrive(drive.drive.synapse, drive.drive.receptor, targets, drive.w * number, run.cells[drive.post], k + 1)


def deliver(wires: Wires, m: int, run: Run) -> None:
    """Bring the spikes that arrive at grid time m to their receptor, in the order of delay, then of pre neuron."""
    if wires.continuous:
        return
    source: Cells | Source | Firing = run.sources[wires.source] if wires.replayed else run.cells[wires.source]
    post = run.cells[wires.post]
    if wires.rule is not None:
        renew(wires, m)
    for c, delay in enumerate(wires.delays):
        a = m - delay - source.base
        if a < 0:
            continue
        for pre in source.spk[source.off[a] : source.off[a + 1]] - wires.first[0]:
            if 0 <= pre < wires.first[1]:
                synapses = slice(wires.indptr[c, pre], wires.indptr[c, pre + 1])
                row = c * wires.first[1] + pre
                targets = wires.targets[synapses]
                w = np.broadcast_to(wires.w[0], targets.shape) if wires.scalar_weight else wires.w[synapses]
                if wires.short_term is not None:
                    w = (w * scale(wires, row, m, run.dt)).astype(w.dtype)
                arrive(wires.projection.synapse, wires.projection.receptor, targets, w, post, m)
                if wires.rule is not None:
                    learn_at_arrival(wires, synapses, row, m)
    if wires.rule is not None:
        learn_at_spikes(wires, post.spk[post.off[m - post.base] : post.off[m - post.base + 1]], m)
        learn_now_and_then(wires, m, run)


def arrive(synapse: Any, receptor: str, targets: np.ndarray, w: np.ndarray, post: Cells, m: int) -> None:
    """One spike's effect on all its targets; a target that stands there twice gets it twice."""
    system, own = post.system, synapse.state
    names = [f"{receptor}_{n}" if n in own else n for n in synapse.equations["arrive"].returned_names]
    if any(name in system.model.frozen for name in names):
        open_to_jumps = m > post.held[targets]
        targets, w = targets[open_to_jumps], w[open_to_jumps]
    while targets.size:
        _, now = np.unique(targets, return_index=True)
        values = {name: x[targets[now]] for name, x in post.x.items()}
        values |= {n: p[targets[now]] if np.ndim(p) else p for n, p in post.parameters.items()}
        values["w"] = w[now]
        arguments = system.arguments(type(synapse), "arrive", receptor)
        results = synapse.arrive(*(values[a] for a in arguments))
        for name, result in zip(names, results if isinstance(results, tuple) else (results,), strict=True):
            post.x[name][targets[now]] = result
        rest = np.ones(targets.size, dtype=bool)
        rest[now] = False
        targets, w = targets[rest], w[rest]


def up(wires: Wires, name: str, m: int) -> float:
    """By what a trace or state is multiplied as it is kept: exp(t/tau), t from the last multiple of `renew` steps."""
    return float(np.exp(m % wires.renew * wires.rate_of.get(name, 0.0)))


def renew(wires: Wires, m: int) -> None:
    """At a multiple of `renew` that exponential begins at 1 again; tiny values become 0."""
    if m % wires.renew == 0:
        for name, rate in wires.rate_of.items():
            trace = wires.traces[name]
            trace *= np.exp(-wires.renew * rate)
            trace[np.abs(trace) <= 1e-200] = 0.0


def learn_at_arrival(wires: Wires, synapses: slice, row: int, m: int) -> None:
    """`on_pre` for the synapses of one arriving spike, after the old weights were delivered; then its traces."""
    places = {"pre": np.array([row]), "post": wires.targets[synapses]}
    learn(wires, "on_pre", np.arange(synapses.start, synapses.stop), places, m)
    grow(wires, "pre", row, m)


def learn_at_spikes(wires: Wires, spikes: np.ndarray, m: int) -> None:
    """`on_post` for the synapses of each post neuron that spikes now, after all arrivals; then its traces."""
    start, back, rows = wires.reverse
    for j in spikes:
        mine = slice(start[j], start[j + 1])
        learn(wires, "on_post", back[mine], {"pre": rows[mine], "post": np.array([j])}, m)
        grow(wires, "post", j, m)


def learn_now_and_then(wires: Wires, m: int, run: Run) -> None:
    """Rewards, and then, at multiples of the rule's T, `every` for all synapses."""
    rule: Any = wires.rule
    if wires.reward:
        source = (run.sources if wires.reward[0] == "s" else run.cells)[int(wires.reward[1:])]
        given = source.spk[source.off[m - source.base] : source.off[m - source.base + 1]]
        for _ in range(int(((given >= wires.gives[0]) & (given < wires.gives[1])).sum())):
            grow(wires, "reward", 0, m)
    if "every" in rule.equations and m > 0 and m % wires.interval == 0:
        first = np.append(wires.indptr[:, :-1].ravel(), wires.targets.size)
        rows = np.repeat(np.arange(first.size - 1), np.diff(first))
        learn(wires, "every", np.arange(rows.size), {"pre": rows, "post": wires.targets}, m)


def learn(wires: Wires, function: str, synapses: np.ndarray, places: dict[str, np.ndarray], m: int) -> None:
    """What the rule's function returns becomes the weights, clipped to their bounds, and states of these synapses."""
    rule: Any = wires.rule
    if function not in rule.equations or not synapses.size:
        return
    places = {**places, "reward": np.zeros(1, dtype=np.int64)}
    values = {name: getattr(rule, name) for name in rule.parameters()} | {"w": wires.w[synapses]}
    values |= {n: wires.traces[n][places[side]] / up(wires, n, m) for n, (side, _, _) in rule.traces.items()}
    values |= {n: wires.traces[n][synapses] / up(wires, n, m) for n in rule.state}
    read = rule.equations[function]
    results = getattr(rule, function)(*(values[a] for a in read.args))
    for name, new in zip(
        read.returned_names, results if isinstance(results, tuple) else (results,), strict=True
    ):
        if name == "w":
            wires.w[synapses] = np.clip(new, rule.w_min, rule.w_max)
        else:
            wires.traces[name][synapses] = new * up(wires, name, m)


def grow(wires: Wires, side: str, element: int, m: int) -> None:
    """A spike adds 1 to its traces, or sets them to 1."""
    rule: Any = wires.rule
    for name, (of, _, how) in rule.traces.items():
        if of == side:
            before = wires.traces[name][element] if how == "add" else 0.0
            wires.traces[name][element] = before + up(wires, name, m)


def scale(wires: Wires, row: int, m: int, dt: float) -> float:
    """Short-term plasticity: the pre neuron's states now, through the release of this spike; the factor of its weights."""
    model: Any = wires.short_term
    values = {name: getattr(model, name) for name in model.parameters()}
    values |= {name: x[row] for name, x in wires.resources.items()}
    values["elapsed"] = np.float64((m - wires.before[row]) * dt)
    factor = 1.0
    for function in ("recover", "release"):
        results = getattr(model, function)(*(values[a] for a in model.equations[function].args))
        results = results if isinstance(results, tuple) else (results,)
        if function == "release":
            factor, results = results[0], results[1:]
        values |= dict(zip(model.changed(function), results, strict=True))
    for name, x in wires.resources.items():
        x[row] = values[name]
    wires.before[row] = m
    return float(factor)


def reset(cells: Cells, m: int, dt: float) -> None:
    """Reset the neurons that spiked at grid time m."""
    system = cells.system
    ids = cells.spk[cells.off[m - cells.base] : cells.off[m - cells.base + 1]]
    if not ids.size:
        return
    if not system.crossing:
        values = {name: x[ids] for name, x in cells.x.items()}
        values |= {n: p[ids] if np.ndim(p) else p for n, p in cells.parameters.items()}
        values |= {"t": m * dt, "dt": dt}
        if cells.last.size:
            values["t_last"] = m * dt - cells.last[ids]
        results = system.model.reset(*(values[a] for a in system.arguments(system.model, "reset")))
        for name, result in zip(
            system.model.reset_names(), results if isinstance(results, tuple) else (results,), strict=True
        ):
            cells.x[name][ids] = result
    if cells.last.size:
        cells.last[ids] = m * dt
