"""Any number of threads gives the same spikes, traces and final state, bit for bit."""

import importlib

import numpy as np
import pytest

import snnlab as snn

simulate = importlib.import_module("snnlab.simulate")


def run(threads, model=None, n=1500, t_stop=60.0, **given):
    pop = snn.Population(model or snn.LIF(), n, name="pop")
    given = {"I": snn.noise(150.0, tau=2.0) + np.linspace(150.0, 900.0, n), "seed": 4} | given
    return snn.simulate(
        pop, t_stop=t_stop, threads=threads, record=[snn.Record(pop[200:900], "v", every=0.5)], **given
    )


def same(a, b):
    np.testing.assert_array_equal(a.spikes.t, b.spikes.t)
    np.testing.assert_array_equal(a.spikes.i, b.spikes.i)
    np.testing.assert_array_equal(a.traces["v"], b.traces["v"])
    for name, x in a.final.cells[0].x.items():
        np.testing.assert_array_equal(x, b.final.cells[0].x[name])


@pytest.mark.parametrize("model", [snn.LIF(), snn.LIF(tau_m=np.linspace(5.0, 30.0, 1500)), snn.PoissonGLM()])
@pytest.mark.parametrize("threads", [2, 3, 11])  # 1,500 neurons are 6 blocks
def test_the_number_of_threads_changes_no_bit(model, threads):
    one = run(1, model)
    assert len(one.spikes) > 500
    same(one, run(threads, model))


def test_nor_with_chunks_and_a_continued_run(monkeypatch):
    whole = run(1)
    monkeypatch.setattr(simulate, "CHUNK_SECONDS", 1e-9)  # chunks of one step
    pop = whole.population
    half = snn.simulate(
        pop, t_stop=20.0, threads=2, seed=4, I=snn.noise(150.0, tau=2.0) + np.linspace(150.0, 900.0, 1500)
    )
    rest = snn.simulate(
        pop,
        t_stop=60.0,
        threads=3,
        start=half.final,
        I=snn.noise(150.0, tau=2.0) + np.linspace(150.0, 900.0, 1500),
    )
    np.testing.assert_array_equal(np.concatenate([half.spikes.t, rest.spikes.t]), whole.spikes.t)
    np.testing.assert_array_equal(np.concatenate([half.spikes.i, rest.spikes.i]), whole.spikes.i)


def test_spike_lists_of_threads_grow():
    same(run(1, snn.LIF(t_ref=0.0), I=1e6, t_stop=20.0), run(2, snn.LIF(t_ref=0.0), I=1e6, t_stop=20.0))


def test_a_network_takes_threads_and_gives_the_same():
    pop = snn.Population(snn.LIF(), 100, receptors={"exc": snn.ExpCurrent(5.0)})
    p = snn.Projection(pop, pop, snn.random(0.2), 5.0, 1.0)
    one, two = (
        snn.simulate(pop, I=300.0, t_stop=50.0, seed=1, projections=[p], threads=k).spikes for k in (1, 2)
    )
    np.testing.assert_array_equal(one.t, two.t)


@pytest.mark.parametrize("threads", [0, -1, 1.5, "two", True, None])
def test_a_bad_number_of_threads_is_refused(threads):
    with pytest.raises(ValueError, match=r"threads: must be a whole number >= 1, got"):
        snn.simulate(snn.LIF(), t_stop=1.0, threads=threads)


@pytest.mark.parametrize("max_spikes", [1, 5000, 40_000])
def test_a_run_stops_at_max_spikes_at_the_same_step(max_spikes):
    given = {"I": 500.0, "t_stop": 400.0, "max_spikes": max_spikes}
    one, three = run(1, **given), run(3, **given)
    assert "max_spikes" in one.stopped and one.stopped == three.stopped and one.t_stop == three.t_stop < 400.0
    same(one, three)
