"""The compiled engine against the reference on random small networks, and against itself: chunks, continuation, processes.

States agree to 1e-9 per step: the reference starts again and again from the state of the compiled engine. Spikes are the
same, unless the reference differs from itself when its state is moved by 1e-12.
"""

import dataclasses
import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_networks import STRUCTURES, Network, cut, networks

import snnlab as snn
from snnlab.assemble import assemble
from snnlab.kernels import kernel

each_structure = pytest.mark.parametrize("name", STRUCTURES)
few = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
NEVER = 1 << 60
PIECE = 60  # steps after which the reference starts again from the compiled state


def run(network: Network, engine: str = "numba", start=None, **changed) -> snn.Recording:
    """A run with all states and all changing weights recorded in every step."""
    given = {**network.settings, **changed}
    first = start.k if start is not None else 0
    given["I"] = cut(given.get("I", 0.0), first, round(given["t_stop"] / given["dt"]))
    if start is not None:
        given |= {"start": start, "seed": None, "initial": None}
    weights = [snn.Record(p, "w") for p in network.plastic]
    states = [snn.Record(p, v) for p in network.populations for v in p.variables]
    return snn.simulate(
        network.populations,
        projections=network.projections,
        record=[*states, *weights],
        engine=engine,
        **given,
    )


def samples(network: Network, rec: snn.Recording) -> dict:
    """All that was recorded, and the spikes as counts per step and neuron."""
    found = {}
    k = np.round(np.array([rec.t_start, rec.t_stop]) / rec.dt).astype(int)
    for p in network.populations:
        found |= {f"{p}.{v}": rec[p].traces[v] for v in p.variables}
        counts = np.zeros((k[1] - k[0], p.n), dtype=int)
        np.add.at(counts, (np.round(rec[p].spikes.t / rec.dt).astype(int) - k[0] - 1, rec[p].spikes.i), 1)
        found[f"{p}.spikes"] = counts
    for index, p in enumerate(network.plastic):
        found[f"w {index}"] = rec.traces[p, "w"]
    return found


def first_difference(a: dict, b: dict, tolerance: float) -> tuple[int, str]:
    """The first step at which two records differ, and in what; a large step where they never do."""
    found = (NEVER, "")
    for name, x in a.items():
        with np.errstate(invalid="ignore"):
            off = np.abs(x - b[name]) > tolerance * np.maximum(1.0, np.abs(x))
        steps = np.flatnonzero(off.any(axis=1))
        if steps.size:
            found = min(found, (int(steps[0]), name))
    return found


def moved(state, by: float):
    """A state whose every number is moved by a relative 1e-12."""
    cells = [
        dataclasses.replace(c, x={name: x + by * np.maximum(1.0, np.abs(x)) for name, x in c.x.items()})
        for c in state.cells
    ]
    return dataclasses.replace(state, cells=tuple(cells))


def same(network: Network, a: snn.Recording, b: snn.Recording) -> None:
    """Bit for bit."""
    for p in network.populations:
        assert a[p].spikes == b[p].spikes
    x, y = samples(network, a), samples(network, b)
    for name in x:
        np.testing.assert_array_equal(x[name], y[name], err_msg=name)
    for p in network.plastic:
        np.testing.assert_array_equal(a.weights[p], b.weights[p])


def joined(network: Network, parts: list[snn.Recording]) -> dict:
    found = [samples(network, part) for part in parts]
    return {name: np.concatenate([f[name] for f in found]) for name in found[0]}


def cut_at(network: Network, step: int) -> float:
    return snn.on_grid(step * network.settings["dt"], network.settings["dt"])


# --- the two engines ---------------------------------------------------------------------------------------------------


def steps_until_they_differ(network: Network, a: dict, b: dict, state, t_stop: float) -> tuple[int, str]:
    """As first_difference; but never, where the reference is so sensitive that it differs from itself by then."""
    first, what = first_difference(a, b, 1e-9)
    if first < NEVER and state is not None:
        for by in (1e-12, -1e-12):
            other = samples(network, run(network, "numpy", moved(state, by), t_stop=t_stop))
            if first_difference(b, other, 1e-9)[0] <= first:
                return NEVER, "sensitive"
    return first, what


def structure_of(network: Network):
    """What shapes the kernel of a network."""
    n_steps = round(network.settings["t_stop"] / network.settings["dt"])
    return assemble(
        network.populations, k_stop=n_steps, dt=network.settings["dt"], I=cut(network.settings.get("I", 0.0), 0, n_steps),
        projections=tuple(network.projections), record=(), initial=None, method=network.settings.get("method"), seed=1,
        start=None, max_spikes=1000,
    ).structure  # fmt: skip


@each_structure
def test_the_engines_agree(name):
    """And no value, size, graph or duration needs another kernel."""
    seen = Counter()
    kernels = set()

    @few
    @given(networks(name))
    def agree(network):
        n_steps = round(network.settings["t_stop"] / network.settings["dt"])
        state, before = None, {}
        for step in [*range(1, n_steps, PIECE), n_steps]:
            t_stop = cut_at(network, step)
            runs = [run(network, engine, state, t_stop=t_stop) for engine in ("numba", "numpy")]
            compiled, reference = (samples(network, rec) for rec in runs)
            first, what = steps_until_they_differ(network, compiled, reference, state, t_stop)
            assert first == NEVER, f"{what} differs {first} steps after t = {runs[0].t_start:g} ms"
            seen.update(pieces=1, sensitive=what == "sensitive")
            seen.update(spikes=sum(compiled[f"{p}.spikes"].sum() for p in network.populations))
            for p in network.plastic:
                seen.update(changes=np.array_equal(before.get(p), runs[0].weights[p]) ^ True)
            state, before = runs[0].final, runs[0].weights
        kernels.add(structure_of(network))
        seen.update(plastic=len(network.plastic) > 0)

    agree()
    assert len(kernels) == 1
    assert len(kernel(*kernels)[0].signatures) == 1  # nor the types of the arrays that are handed to it
    assert seen["spikes"] > 20 and seen["sensitive"] <= 0.1 * seen["pieces"]  # it compares something
    assert seen["changes"] > 20 or not seen["plastic"]


def test_jumps_at_the_edges_of_refractoriness():
    """Kicks one step before, at and one step after each end of the first hold of every neuron, with delay 0."""
    hits = Counter()

    @few
    @given(st.data())
    def agree(data):
        network = data.draw(networks("exact_currents"))
        (pop,), (_, *others), dt = network.populations, network.projections, network.settings["dt"]
        n_ref, n_steps = round(pop.model.t_ref / dt), round(network.settings["t_stop"] / dt)
        silent = snn.SpikeTrains([], [], n=pop.n, t_stop=network.settings["t_stop"])
        without = snn.Projection(silent, pop, ([], []), [], 0.0, "jump", storage="rows")
        free = run(network._replace(projections=[without, *others])).spikes
        which, place = np.unique(free.i, return_index=True)
        edges = np.array([-1, 0, 1, n_ref - 1, n_ref, n_ref + 1])
        steps = (np.round(free.t[place] / dt).astype(int)[:, None] + edges).ravel()
        kept = (steps >= 0) & (steps <= n_steps)
        ids = np.repeat(which, edges.size)[kept]
        kicks = snn.SpikeTrains(steps[kept] * dt, ids, n=pop.n, t_stop=network.settings["t_stop"] + dt)
        w = data.draw(st.sampled_from([3.0, -3.0, 30.0])) * np.ones(pop.n)
        kick = snn.Projection(kicks, pop, snn.one_to_one(), w, 0.0, "jump", storage="rows")
        network = network._replace(projections=[kick, *others])
        compiled, reference = (run(network, engine) for engine in ("numba", "numpy"))
        difference, what = first_difference(samples(network, compiled), samples(network, reference), 1e-9)
        assert difference == NEVER, f"{what} differs after {difference} steps"
        spiked = set(zip(np.round(compiled.spikes.t / dt).astype(int), compiled.spikes.i))
        for edge in {0, n_ref, n_ref + 1}:
            hits[edge - n_ref] += sum((step - edge, i) in spiked for step, i in zip(steps[kept], ids))

    agree()
    assert hits[0] > 5 and hits[1] > 5, hits  # it compares something


# --- the compiled engine with itself --------------------------------------------------------------------------------------


class InChunks:
    """An engine that is called for a few steps at a time, in chunks of random lengths."""

    def __init__(self, engine, rng):
        self.engine, self.rng = engine, rng

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def prepare(self, k, k_end):
        pass

    def advance(self, k, k_end):
        k_end = min(k_end, k + int(self.rng.integers(1, 30)))
        self.engine.prepare(k, k_end)
        return self.engine.advance(k, k_end)


@each_structure
@few
@given(data=st.data())
def test_chunks_change_no_bit(name, data):
    network = data.draw(networks(name))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    module = sys.modules["snnlab.simulate"]
    whole, made = run(network), module.make_engine
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "make_engine", lambda *a: InChunks(made(*a), rng))
        same(network, whole, run(network))


def packed(run, rng) -> None:
    """Put the arrays of every population of a run side by side in memory, in a random order."""
    for cells in run.cells:
        places = [(cells.x, name) for name in cells.x] + [(cells.ou, z) for z in range(len(cells.ou))]
        places += [(cells.parameters, name) for name, x in cells.parameters.items() if np.ndim(x)]
        noises = [[sigma] for _, sigma in cells.input.noises]
        places += [(sigma, 0) for sigma in noises]
        buffer = np.empty(sum(owner[key].size for owner, key in places))
        end = 0
        for owner, key in (places[i] for i in rng.permutation(len(places))):
            begin, end = end, end + owner[key].size
            buffer[begin:end] = owner[key]
            writeable = owner[key].flags.writeable  # part of an array's type: another would be compiled for
            owner[key] = buffer[begin:end]
            owner[key].flags.writeable = writeable
        cells.input.noises = [(n, new[0]) for (n, _), new in zip(cells.input.noises, noises)]


@each_structure
@few
@given(data=st.data())
def test_where_arrays_lie_in_memory_changes_no_bit(name, data):
    network = data.draw(networks(name))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    module = sys.modules["snnlab.simulate"]
    whole, made = run(network), module.make_engine

    def make(run, *more):
        packed(run, rng)
        return made(run, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "make_engine", make)
        same(network, whole, run(network))


def test_single_precision_agrees_with_the_reference_and_with_double():
    """One step from the same state: to some roundings of single precision, relative to what the step is made of."""

    @few
    @given(networks("half_steps"))
    def agree(network):
        start = run(network, t_stop=cut_at(network, 10), dtype="float32").final
        single, reference = (
            samples(network, run(network, engine, start, t_stop=cut_at(network, 12), dtype="float32"))
            for engine in ("numba", "numpy")
        )
        for name, x in single.items():
            if not name.endswith("spikes"):
                np.testing.assert_allclose(x, reference[name], rtol=2e-5, atol=2e-4, err_msg=name)

    agree()


@few
@given(networks("alone"), st.integers(2, 4), st.integers(2, 4))
def test_the_number_of_threads_changes_no_bit(network, threads, others):
    whole = run(network, threads=threads)
    same(network, run(network), whole)
    half = run(network, threads=threads, t_stop=cut_at(network, 15))
    rest = samples(network, run(network, start=half.final, threads=others))
    for key, values in samples(network, whole).items():
        np.testing.assert_array_equal(rest[key], values[15:], err_msg=key)


@each_structure
@few
@given(data=st.data())
def test_a_continued_run_equals_one_long_run_bit_for_bit(name, data):
    network = data.draw(networks(name))
    n_steps = round(network.settings["t_stop"] / network.settings["dt"])
    cuts = sorted({*data.draw(st.lists(st.integers(1, n_steps - 1), min_size=1, max_size=3)), n_steps})
    parts, state = [], None
    for step in cuts:
        parts.append(run(network, start=state, t_stop=cut_at(network, step)))
        state = parts[-1].final
    whole = run(network)
    expected, got = samples(network, whole), joined(network, parts)
    for key in expected:
        np.testing.assert_array_equal(got[key], expected[key], err_msg=key)
    for p in network.plastic:
        np.testing.assert_array_equal(parts[-1].weights[p], whole.weights[p])


def digest(engine: str) -> str:
    """Of all spikes and weights of one network with delays, noise, drawn thresholds and plasticity."""
    rng = np.random.default_rng(1)
    a = snn.Population(snn.PoissonGLM(rho_0=0.05), 20, {"jump": snn.Delta()}, name="a")
    b = snn.Population(snn.LIF(), 30, {"exc": snn.ExpCurrent(5.0), "jump": snn.Delta()}, name="b")
    given = snn.poisson(30.0, 10, 200.0, seed=4)
    projections = [
        snn.Projection(
            a, b, snn.random(0.5), snn.uniform(0.0, 1.0), snn.uniform(0.0, 9.0), "exc", snn.PairSTDP()
        ),
        snn.Projection(b, a, snn.fixed_indegree(5), snn.normal(0.0, 2.0), 1.5),
        snn.Projection(given, b, snn.random(0.5), snn.uniform(0.0, 1.0), 0.3, "jump", snn.NearestSTDP()),
    ]
    I = {a: 200.0, b: snn.noise(99.0) + snn.noise(20.0, tau=5.0, shared=True) + rng.uniform(200.0, 300.0, 30)}
    rec = snn.simulate(
        [a, b], projections=projections, t_stop=200.0, seed=5, I=I, engine=engine,
        initial={a: {"v": snn.normal(-60.0, 5.0)}, b: {"v": snn.uniform(-70.0, -50.0)}},
    )  # fmt: skip
    found = hashlib.sha256()
    for p in (a, b):
        assert len(rec[p].spikes) > 50
        found.update(rec[p].spikes.t.tobytes() + rec[p].spikes.i.tobytes())
    for w in rec.weights.values():
        found.update(w.tobytes())
    return found.hexdigest()


def test_the_same_seed_gives_the_same_run_in_another_process():
    here = [digest(engine) for engine in ("numba", "numpy")]
    for hash_seed in ("1", "2"):
        program = "from test_engines_agree import digest; print(digest('numba'), digest('numpy'))"
        there = subprocess.run(
            [sys.executable, "-c", program], cwd=Path(__file__).parent, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed}, timeout=120,
        )  # fmt: skip
        assert there.stdout.split() == here
