"""What this machine can do at best, and how near the engine comes: `python -m benchmarks.limits`.

One synaptic event is one addition at a random place; one update of a CUBA neuron is the loop below, written by hand.
The engine's share is taken from runs of CUBA itself: neurons without synapses that fire at the same rate give the
update (spikes, resets and refractoriness included), and what the network takes more is its delivery.
"""

from __future__ import annotations

import dataclasses
import statistics
from typing import Any

import numpy as np
from numba import njit

import snnlab as snn

from .networks import SEED, Network, cuba
from .worker import user_cpu

SIZES = {"L1, 16 kB": 2_000, "L2, 512 kB": 64_000, "L3, 8 MB": 1_000_000, "DRAM, 256 MB": 32_000_000}
MARK = 2.0  # delivery and update are to stay below so many times the limit


@njit(nogil=True)
def scatter(rows, start, targets, w, g):
    """Add w at the targets of each row, in the order of `rows`."""
    for row in rows:
        for target in targets[start[row] : start[row + 1]]:
            g[target] += w


@njit(nogil=True, fastmath={"contract", "arcp", "nsz", "reassoc"})
def fused(v, exc, inh, until, steps, E, v_th, v_reset, n_ref, fade_v, fade_exc, fade_inh, from_exc, from_inh):
    """CUBA's neurons for some steps: leak, two currents, threshold, reset, refractoriness. Returns the spikes."""
    spikes = 0
    for k in range(steps):
        for b in range(0, v.size, 256):
            vs, es, js, us = v[b : b + 256], exc[b : b + 256], inh[b : b + 256], until[b : b + 256]
            hit = np.int64(0)
            for i in range(vs.size):
                moved = E + (vs[i] - E) * fade_v + es[i] * from_exc + js[i] * from_inh
                x = moved if us[i] <= k else vs[i]
                vs[i] = x
                es[i] *= fade_exc
                js[i] *= fade_inh
                hit |= np.int64(x >= v_th)
            if hit:
                for i in range(vs.size):
                    if vs[i] >= v_th:
                        vs[i] = v_reset
                        us[i] = k + n_ref + 1
                        spikes += 1
    return spikes


def limits(rounds: int = 5, seconds: float = 5.0) -> list[dict[str, Any]]:
    """Rows of {"what", "ns", "limit", "ratio"}: limits first, then the engine against them."""
    network = cuba()
    rows = [{"what": f"scatter-add, {level}", "ns": _scatter_at(n)} for level, n in SIZES.items()]
    own, spikes = _scatter_of(network), network.run(1000.0).spikes
    rows.append({"what": "scatter-add, CUBA's own rows", "ns": own})
    hand = _hand_written(network)
    rows.append({"what": "fused CUBA update, written by hand", "ns": hand})
    update, delivery = _engine(network, rounds, seconds, float(spikes.rate().mean()))
    rows.append({"what": "the engine's update of CUBA", "ns": update, "limit": hand})
    rows.append({"what": "the engine's delivery in CUBA", "ns": delivery, "limit": own})
    for row in rows[-2:]:
        row["ratio"] = row["ns"] / row["limit"]
    return rows


def _timed(run, units: float) -> float:
    """ns of user CPU per unit: median of five, each long enough for the clock."""
    run()
    began = user_cpu()
    run()
    repeats = max(1, round(0.2 / max(user_cpu() - began, 1e-3)))
    times = []
    for _ in range(5):
        began = user_cpu()
        for _ in range(repeats):
            run()
        times.append((user_cpu() - began) / repeats)
    return statistics.median(times) / units * 1e9


def _scatter_at(n: int) -> float:
    events = 1_000_000
    targets = np.random.default_rng(SEED).integers(0, n, events).astype(np.int32)
    g, start = np.zeros(n), np.arange(0, events + 1, 100)
    rows = np.arange(start.size - 1)
    return _timed(lambda: scatter(rows, start, targets, 1.0, g), events)


def _scatter_of(network: Network) -> float:
    """CUBA's excitatory rows, in the random order in which neurons fire."""
    pre, post, _, _ = network.graphs[0]
    start = np.concatenate([[0], np.cumsum(np.bincount(pre, minlength=pre.max() + 1))])
    rows = np.random.default_rng(SEED).integers(0, start.size - 1, 20_000)
    events = float(np.diff(start)[rows].sum())
    g, targets = np.zeros(network.population.n), np.asarray(post, dtype=np.int32)
    return _timed(lambda: scatter(rows, start, targets, 1.0, g), events)


def _hand_written(network: Network) -> float:
    model, dt, steps = network.population.model, network.dt, 500
    taus = [network.population.receptors[name].tau_syn for name in ("exc", "inh")]
    fade_v, fades = np.exp(-dt / model.tau_m), [np.exp(-dt / tau) for tau in taus]
    into = [
        model.R_m * tau / (tau - model.tau_m) * (fade - fade_v) for tau, fade in zip(taus, fades, strict=True)
    ]
    n = network.population.n
    arrays = [network.initial["v"].copy(), np.full(n, 40.0), np.full(n, -40.0), np.zeros(n)]
    E = model.E_L + model.R_m * _current(network, 5.0)

    def run():
        arrays[1][:], arrays[2][:], arrays[3][:] = 40.0, -40.0, 0.0  # tiny numbers would take other paths
        fused(*arrays, steps, E, model.v_th, model.v_reset, model.t_ref / dt, fade_v, *fades, *into)

    return _timed(run, n * steps)


def _current(network: Network, rate: float) -> float:
    """The constant current (pA) at which a neuron alone fires at `rate` Hz."""
    model = network.population.model
    q = np.exp((1000.0 / rate - model.t_ref) / model.tau_m)  # (E - v_reset)/(E - v_th)
    E = (q * model.v_th - model.v_reset) / (q - 1.0)
    return float((E - model.E_L) / model.R_m)


def _engine(network: Network, rounds: int, seconds: float, rate: float) -> tuple[float, float]:
    """(ns per neuron and step, ns per synaptic event): medians over rounds of alone, network, alone, network…"""
    nobody = [
        snn.Projection(p.pre, p.post, pairs=([], []), w=p.w, delay=p.delay, receptor=p.receptor)
        for p in network.projections
    ]
    alone = dataclasses.replace(network, projections=tuple(nobody), I=_current(network, rate))
    degree = np.zeros(network.population.n)
    for pre, _, _, _ in network.graphs:
        degree += np.bincount(pre, minlength=degree.size)
    long, short, updates, deliveries = seconds * 1000.0, network.dt, [], []
    neuron_steps = network.population.n * (long - short) / network.dt
    for each in (alone, network):
        each.run(short)  # compiles
    for _ in range(rounds):
        update = _cpu(alone, long) - _cpu(alone, short)
        began = user_cpu()
        spikes = network.run(long).spikes
        whole = user_cpu() - began - _cpu(network, short)
        updates.append(update / neuron_steps * 1e9)
        deliveries.append((whole - update) / float(degree[spikes.i].sum()) * 1e9)
    return statistics.median(updates), statistics.median(deliveries)


def _cpu(network: Network, t_stop: float) -> float:
    began = user_cpu()
    network.run(t_stop)
    return user_cpu() - began


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """The rows as text."""
    made = []
    for row in rows:
        mark = ""
        if "ratio" in row:
            kept = "within" if row["ratio"] <= MARK else "MISSES"
            mark = f"   {row['ratio']:.2f}x the limit: {kept} the mark of {MARK:g}x"
        made.append(f"{row['what']:38s} {row['ns']:6.2f} ns{mark}")
    return made


if __name__ == "__main__":
    print("\n".join(lines(limits())))
