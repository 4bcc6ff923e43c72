"""Rows, complete rows and bit planes: chosen from the graph, and the same currents whichever is taken."""

import numpy as np
import pytest

import snnlab as snn
from snnlab.storage import bit_planes, is_additive
from snnlab.synapses import NMDA, AlphaConductance, BiExpCurrent, Delta, ExpConductance, ExpCurrent

SYNAPSES = [(Delta, 0.3), (BiExpCurrent, 5.0), (ExpConductance, 0.2)]


def states(synapse, w, pairs, storage, n=300, n_post=(7, 290), delay=0.3, engine="numba"):
    """All states at the end of 5 ms in which very many spikes arrive at some moments and few at others."""
    rng = np.random.default_rng(2)
    burst = np.repeat([1.0, 2.05, 4.0], [200, 3, n])
    ids = np.concatenate([rng.permutation(n)[:200], [0, 5, n - 1], np.arange(n)])
    trains = snn.SpikeTrains(burst, ids, n=n, t_stop=5.0)
    pop = snn.Population(snn.LIF(), n, receptors={"r": synapse()}, name="pop")
    p = snn.Projection(trains, pop[n_post[0] : n_post[1]], pairs, w, delay, storage=storage)
    rec = snn.simulate(
        pop, t_stop=5.0, projections=[p], seed=3, engine=engine, initial={"v": snn.uniform(-70.0, -50.0)}
    )
    cells = rec.final.cells[0]
    return {**cells.x, "spikes": np.array([len(rec.spikes)])}


@pytest.mark.parametrize("synapse, w", SYNAPSES)
def test_counted_spikes_do_what_single_ones_do(synapse, w):
    rows = states(synapse, w, snn.random(0.3), "rows")
    planes = states(synapse, w, snn.random(0.3), "planes")
    reference = states(synapse, w, snn.random(0.3), "planes", engine="numpy")
    for name in rows:
        np.testing.assert_allclose(planes[name], rows[name], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(planes[name], reference[name], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("synapse, w", SYNAPSES)
def test_complete_rows_do_what_single_synapses_do(synapse, w):
    weights = snn.uniform(0.0, w / 20.0)
    rows = states(synapse, weights, snn.all_to_all(), "rows")
    dense = states(synapse, weights, snn.all_to_all(), None)  # chosen by itself
    for name in rows:
        np.testing.assert_allclose(dense[name], rows[name], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("synapse", [Delta, ExpCurrent, AlphaConductance, BiExpCurrent, NMDA])
def test_two_arrivals_of_our_synapses_are_one_of_both_weights(synapse):
    assert is_additive(synapse)


def test_a_synapse_that_saturates_is_not_counted():
    class Saturating(snn.Synapse):
        tau_syn: snn.units.ms = 5.0
        state = {"g": "pA"}
        weight = "pA"

        def dynamics(g, tau_syn):
            dg = -g / tau_syn
            return dg

        def current(g):
            return g

        def arrive(g, w):
            g = maximum(g, w)  # noqa: F821
            return g

    assert not is_additive(Saturating)


def storage_of(pairs, w, n=1000, **given):
    pop = snn.Population(snn.LIF(), n, receptors={"exc": snn.ExpCurrent(5.0)}, name="pop")
    p = snn.Projection(pop, pop, pairs, w, **{"delay": 1.0} | given)
    return snn.kernel_source(pop, projections=[p])


@pytest.mark.parametrize(
    "kind, pairs, w, given",
    [
        ("planes", snn.random(0.2), 1.0, {}),
        ("rows", snn.random(0.01), 1.0, {}),  # too sparse
        ("rows", snn.random(0.2), snn.uniform(0.0, 1.0), {}),  # weights of their own
        ("rows", snn.random(0.2), 0.5, {"plasticity": snn.PairSTDP()}),
        ("rows", snn.random(0.2), 1.0, {"delay": snn.uniform(0.1, 2.0)}),  # several delays
        ("rows", snn.random(0.2), 1.0, {"n": 100}),  # too small
        ("dense", snn.all_to_all(), snn.uniform(0.0, 1.0), {"n": 50}),
        ("rows", ([0] * 200_000, [1] * 200_000), 1.0, {}),  # one pair many times
    ],
)
def test_the_kind_follows_from_the_graph(kind, pairs, w, given):
    source = storage_of(pairs, w, **given)
    assert ("planes" if "count_bits" in source else "dense" if "w_b[j]" in source else "rows") == kind


@pytest.mark.parametrize(
    "storage, pairs, w, message",
    [
        ("planes", ([0, 0], [1, 1]), 1.0, "one stands there twice"),
        ("planes", snn.random(0.5), snn.uniform(0.0, 1.0), "needs one weight"),
        ("dense", snn.random(0.5), snn.uniform(0.0, 1.0), "needs every pair"),
        ("sparse", snn.random(0.5), 1.0, "must be one of"),
    ],
)  # fmt: skip
def test_a_kind_that_does_not_fit_is_refused(storage, pairs, w, message):
    with pytest.raises(ValueError, match=r"Projection\.storage: .*" + message):
        storage_of(pairs, w, n=20, storage=storage)


def test_bits_say_who_reaches_whom():
    indptr, targets = np.array([0, 2, 2, 3]), np.array([70, 135, 72])
    planes = bit_planes(indptr, targets, first=70, n_post=66)
    assert planes.shape == (4, 2)
    assert [[j for j in range(66) if (int(row[j // 64]) >> (j % 64)) & 1] for row in planes] == [
        [0, 65],
        [],
        [2],
        [],
    ]
