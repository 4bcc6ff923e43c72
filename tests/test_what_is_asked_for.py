"""What is asked of a run is given or refused by name: intervals of records, methods by population, functions as input."""

import numpy as np
import pytest

import snnlab as snn
from snnlab.units import ms, mV


def neurons(n=2, name=None):
    return snn.Population(snn.LIF(), n, receptors={"exc": snn.ExpCurrent(5.0)}, name=name)


class NoInput(snn.Neuron):
    """dv/dt = -v/tau."""

    tau: ms = 10.0
    v_0: mV = 1.0
    v_th: mV = 50.0
    state = {"v": "mV"}
    input = {}

    def initial(v_0):
        return {"v": v_0}

    def dynamics(v, tau):
        dv = -v / tau
        return dv

    def threshold(v, v_th):
        return v >= v_th


def test_a_rate_is_counted_in_whole_bins():
    pop = neurons(40, "pop")
    rec = snn.simulate(pop, I=400.0, t_stop=113.0, record=[snn.Record(pop, "rate", every=30.0)])
    centres, rate = rec.rate(pop)
    np.testing.assert_allclose(centres, [15.0, 45.0, 75.0])
    whole = [rec.spikes.between(a, a + 30.0).counts().sum() for a in (0.0, 30.0, 60.0)]
    np.testing.assert_allclose(rate, np.array(whole) / 40 / 0.03)


def plastic():
    pop = neurons(1)
    return pop, snn.Projection(pop, pop, snn.all_to_all(), w=0.5, delay=0.1, plasticity=snn.PairSTDP())


@pytest.mark.parametrize("every", [0.25, 1e-9])
@pytest.mark.parametrize("variable", ["v", "rate", "w"])
def test_an_interval_off_the_grid_is_refused(variable, every):
    pop, p = plastic()
    record = snn.Record(p if variable == "w" else pop, variable, every=every)
    with pytest.raises(ValueError, match=r"Record.every: must be (a multiple of|>=) dt = 0.1 ms, got"):
        snn.simulate(pop, t_stop=10.0, projections=[p], record=[record])


@pytest.mark.parametrize("variable", ["v", "w"])
def test_two_intervals_of_one_variable_are_refused(variable):
    pop, p = plastic()
    of = p if variable == "w" else pop
    with pytest.raises(ValueError, match="is recorded at one interval; two were given"):
        snn.simulate(
            pop, t_stop=10.0, projections=[p], record=[snn.Record(of, variable, every=e) for e in (1.0, 2.0)]
        )


def test_times_of_samples_are_those_of_all_traces_or_refused():
    a, b = neurons(name="a"), neurons(name="b")

    def run(every):
        return snn.simulate([a, b], t_stop=10.0, record=[snn.Record(a, "v", 1.0), snn.Record(b, "v", every)])

    np.testing.assert_allclose(run(1.0).t, np.arange(10.0))
    for every in (0.5, 1.1):  # 10 samples of each at 1.1 ms too, at other times
        rec = run(every)
        with pytest.raises(
            ValueError, match=r"rec.t: populations were recorded at different intervals; use rec\[pop\].t"
        ):
            _ = rec.t
        np.testing.assert_allclose(rec[a].t, np.arange(10.0))
        np.testing.assert_allclose(rec[b].t, np.arange(0.0, 10.0, every))
        assert rec[b].t.size == rec[b].traces["v"].shape[0]
    record = [snn.Record(a, "v", 3.0), snn.Record(a, "exc.g", 3.3)]  # 4 samples of each
    rec = snn.simulate(a, t_stop=10.0, record=record)
    for where, part in (("rec", rec), (r"rec\[pop\]", rec[a])):
        with pytest.raises(
            ValueError, match=where + r".t: traces have different intervals; use rec\[pop\].traces.t\(name\)"
        ):
            _ = part.t


def test_times_of_weights_alone_are_those_of_their_samples():
    pop, p = plastic()
    rec = snn.simulate(pop, t_stop=10.0, projections=[p], record=[snn.Record(p, "w", every=2.5)])
    np.testing.assert_allclose(rec.t, [0.0, 2.5, 5.0, 7.5])
    assert rec.t.size == rec.traces[p, "w"].shape[0]
    with pytest.raises(ValueError, match=r"rec\[pop\].t: nothing was recorded but spikes"):
        _ = rec[pop].t
    both = snn.simulate(pop, t_stop=10.0, projections=[p], record=["v", snn.Record(p, "w", every=2.5)])
    assert both.t.size == both.traces["v"].shape[0] == 100
    q = snn.Projection(pop, pop, snn.all_to_all(), w=0.5, delay=0.1, plasticity=snn.PairSTDP())
    other = [snn.Record(p, "w", every=2.5), snn.Record(q, "w", every=2.6)]
    with pytest.raises(ValueError, match=r"rec.t: traces have different intervals; use rec.traces.t\(\(proj"):
        _ = snn.simulate(pop, t_stop=10.0, projections=[p, q], record=other).t


def test_rates_of_runs_in_a_row_join_without_a_seam():
    pop = neurons(20, "pop")
    settings = {"I": np.linspace(200.0, 500.0, 20), "record": [snn.Record(pop, "rate", every=10.0)]}
    whole = snn.simulate(pop, t_stop=120.0, **settings)
    first = snn.simulate(pop, t_stop=50.0, **settings)
    then = snn.simulate(pop, t_stop=120.0, start=first.final, **settings)
    parts = [np.concatenate(both) for both in zip(first.rate(pop), then.rate(pop), strict=True)]
    np.testing.assert_allclose(parts[0], whole.rate(pop)[0])
    np.testing.assert_array_equal(parts[1], whole.rate(pop)[1])
    assert np.ptp(parts[1]) > 0
    odd = snn.simulate(pop, t_stop=53.0, **settings)  # 3 ms are in no bin, and the next begins at 53
    np.testing.assert_allclose(odd.rate(pop)[0], [5.0, 15.0, 25.0, 35.0, 45.0])
    later = snn.simulate(pop, t_stop=120.0, start=odd.final, **settings)
    np.testing.assert_allclose(later.rate(pop)[0], [58.0, 68.0, 78.0, 88.0, 98.0, 108.0])


def test_the_rate_of_a_source_is_that_of_its_spikes():
    pop, source = neurons(), snn.PoissonSource(200, rate=lambda t: 20.0 if t < 50.0 else 80.0)
    p = snn.Projection(source, pop, snn.all_to_all(), w=0.0, delay=0.1)
    record = [snn.Record(what, "rate", every=50.0) for what in (source, source[:100])]
    rec = snn.simulate(pop, t_stop=100.0, projections=[p], seed=1, record=record)
    centres, rate = rec.rate(source)
    np.testing.assert_allclose(centres, [25.0, 75.0])
    spikes = rec[source].spikes
    wanted = [spikes.between(a, a + 50.0).counts().sum() / 200 / 0.05 for a in (0.0, 50.0)]
    np.testing.assert_allclose(rate, wanted)
    assert abs(rate[0] - 20.0) < 6.0 and abs(rate[1] - 80.0) < 12.0  # 3 standard deviations and more
    assert not np.array_equal(rec.rate(source[:100])[1], rate)
    with pytest.raises(ValueError, match=r"Record\.variable: must be 'rate' for PoissonSource.* got 'v'"):
        snn.Record(source[:2], "v")
    other = snn.PoissonSource(2, 10.0)
    with pytest.raises(ValueError, match=r"record: PoissonSource\(2\) is not simulated here"):
        snn.simulate(pop, t_stop=10.0, record=[snn.Record(other, "rate", every=1.0)])


@pytest.mark.parametrize("given", ["one name", 7, None])
def test_records_and_projections_are_lists(given):
    with pytest.raises((TypeError, ValueError), match=r"^record: "):
        snn.simulate(neurons(), t_stop=1.0, record=given)
    with pytest.raises((TypeError, ValueError), match=r"^projections: "):
        snn.simulate(neurons(), t_stop=1.0, projections=given)


def test_methods_by_population_name_populations_of_the_network():
    a, b = neurons(name="a"), neurons(name="b")
    assert "a: 2 LIF (method rk4)" in snn.simulate([a, b], t_stop=1.0, method={a: "rk4"}).describe()
    for key in ("a", neurons()):
        with pytest.raises(ValueError, match="method: keys must be populations of this network, got"):
            snn.simulate([a, b], t_stop=1.0, method={key: "rk4"})
    with pytest.raises(ValueError, match="method: must be one of"):
        snn.simulate(a, t_stop=1.0, method=["rk4"])


@pytest.mark.parametrize("first, then", [(1.0, np.ones(2)), (np.ones(2), 1.0)])
def test_a_function_gives_as_many_currents_at_all_times(first, then):
    with pytest.raises(
        ValueError, match=r"I: as a function of t it must always return as many values.* at t = 5 ms"
    ):
        snn.simulate(neurons(), I=lambda t: first if t < 5 else then, t_stop=10.0)


@pytest.mark.parametrize("I", [1.0, snn.step(1.0), snn.noise(1.0), lambda t: 1.0])
def test_a_model_without_input_refuses_every_current(I):
    with pytest.raises(ValueError, match="I: NoInput has no input, so I must be 0"):
        snn.simulate(NoInput(), I=I, t_stop=1.0)


def test_the_text_of_a_kernel_takes_projections_as_simulate_does():
    pop, p = plastic()
    assert snn.kernel_source(pop, projections=p) == snn.kernel_source(pop, projections=[p])


def test_a_projection_stands_once_and_streams_have_names_of_their_own():
    pop, p = plastic()
    with pytest.raises(ValueError, match="projections: every projection stands once, got"):
        snn.simulate(pop, t_stop=1.0, projections=[p, p])
    with pytest.raises(
        ValueError, match="has a name of its own"
    ):  # both would draw the noise of "population 1"
        snn.simulate([neurons(name="population 1"), neurons()], I=snn.noise(10.0), t_stop=1.0)
    sources = snn.PoissonSource(2, 10.0, name="source 1"), snn.PoissonSource(2, 10.0)
    inputs = [snn.Projection(s, pop, snn.all_to_all(), w=1.0, delay=0.1) for s in sources]
    with pytest.raises(ValueError, match="every PoissonSource has a name of its own"):
        snn.simulate(pop, t_stop=1.0, projections=inputs)


@pytest.mark.parametrize("rule", [snn.PairSTDP, snn.NearestSTDP, snn.TripletSTDP, snn.RewardSTDP])
def test_rules_in_proportion_to_w_max_refuse_one_that_is_not_positive(rule):
    with pytest.raises(ValueError, match="w_max: must be > 0, since changes are in proportion to it, got 0"):
        rule(w_min=-1.0, w_max=0.0)


def test_records_of_trains_and_of_odd_intervals_are_refused():
    with pytest.raises(
        TypeError, match=r"Record\.what: must be a Population, a PoissonSource, a view of one or a Proj"
    ):
        snn.Record(snn.SpikeTrains([1.0], [0], n=1, t_stop=2.0), "rate", every=1.0)
    with pytest.raises((TypeError, ValueError), match=r"Record\.every: must be"):
        snn.Record(neurons(), "v", every=[1.0])
