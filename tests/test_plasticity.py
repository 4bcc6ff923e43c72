"""Plasticity: the rules against sums over pairs of spikes, and the engines against each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import snnlab as snn
from snnlab.units import ms, one, weight

ENGINES = ("numba", "numpy")
RULES = [snn.PairSTDP, snn.NearestSTDP]


class Triplet(snn.Plasticity):
    """Reads the post trace before its own increment: what an own rule in a notebook cell looks like."""

    A: one = 0.05
    tau_x: ms = 17.0
    tau_y: ms = 34.0
    tau_z: ms = 114.0
    w_min: weight = 0.0
    w_max: weight = 2.0

    traces = {"x": ("pre", "tau_x", "add"), "y": ("post", "tau_y", "set"), "z": ("post", "tau_z", "add")}

    def on_pre(w, y, A, w_max):
        w = w - A * w_max * y
        return w

    def on_post(w, x, z, A, w_max):
        w = w + A * w_max * x * z
        return w


def forced_pair(pre_t, post_t, rule, w=0.5, delay=0.0, engine="numba", t_stop=500.0):
    """One synapse whose post neuron is made to fire at given times by strong kicks, which arrive a step earlier."""
    post = snn.Population(snn.LIF(t_ref=0.0), 1, receptors={"kick": snn.Delta(), "exc": snn.ExpCurrent(5.0)})
    kicks = snn.SpikeTrains(np.asarray(post_t) - 0.1, np.zeros(len(post_t), int), n=1, t_stop=t_stop)
    pre = snn.SpikeTrains(pre_t, np.zeros(len(pre_t), int), n=1, t_stop=t_stop)
    force = snn.Projection(kicks, post, ([0], [0]), 100.0, 0.0, receptor="kick")
    p = snn.Projection(pre, post, ([0], [0]), w, delay, receptor="exc", plasticity=rule)
    rec = snn.simulate(post, projections=[force, p], t_stop=t_stop, engine=engine)
    np.testing.assert_allclose(rec.spikes.t, post_t)
    return rec.weights[p][0]


def trains(seed, n_pre=40, n_post=30, t_stop=500.0):
    rng = np.random.default_rng(seed)
    grid = np.arange(10, int(t_stop / 0.1) - 20, 3)
    pre = np.sort(rng.choice(grid, n_pre, replace=False)) * 0.1
    post = np.sort(rng.choice(grid + 1, n_post, replace=False)) * 0.1
    return pre, post


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("delay", [0.0, 2.5])
@pytest.mark.parametrize("seed", [0, 1])
def test_all_pairs_equal_the_double_sum(engine, delay, seed):
    pre, post = trains(seed)
    rule = snn.PairSTDP(A_plus=1e-3, A_minus=2e-3, tau_plus=15.0, tau_minus=30.0, w_min=-10.0, w_max=10.0)
    lag = post[None, :] - (pre + delay)[:, None]  # the synapse sees a pre spike when it arrives
    inside = (pre + delay)[:, None] <= 500.0 + 1e-9
    later = np.round(lag, 6) >= 0  # at zero lag: potentiation only
    change = 1e-3 * 10 * np.exp(-lag / 15.0, where=later, out=np.zeros_like(lag))
    change -= 2e-3 * 10 * np.exp(lag / 30.0, where=~later, out=np.zeros_like(lag))
    expected = 0.5 + change[np.broadcast_to(inside, lag.shape)].sum()
    assert abs(expected - 0.5) > 1e-3
    assert forced_pair(pre, post, rule, delay=delay, engine=engine) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_zero_lag_is_potentiation_only(engine):
    rule = snn.PairSTDP(A_plus=0.01, A_minus=0.02)
    assert forced_pair([50.0], [50.0], rule, engine=engine) == pytest.approx(0.51, abs=1e-12)
    assert forced_pair([50.1], [50.0], rule, engine=engine) == pytest.approx(
        0.5 - 0.02 * np.exp(-0.1 / 20), abs=1e-12
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_nearest_spikes_only(engine):
    rule = snn.NearestSTDP(A_plus=0.01, A_minus=0.02, tau_plus=20.0, tau_minus=10.0)
    # pre 10 and 20, post 25: only the pair (20, 25) raises; pre 40 then sees the last post only
    expected = 0.5 + 0.01 * np.exp(-5 / 20) - 0.02 * np.exp(-15 / 10)
    assert forced_pair([10.0, 20.0, 40.0], [25.0], rule, engine=engine) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("mu", [0.0, 0.5, 1.0])
def test_weight_dependence_scales_the_steps(mu):
    for w in (0.2, 0.8):
        rule = snn.PairSTDP(A_plus=0.01, A_minus=0.02, mu=mu)
        up = forced_pair([50.0], [55.0], rule, w=w) - w
        down = forced_pair([55.0], [50.0], rule, w=w) - w
        assert up == pytest.approx(0.01 * np.exp(-0.25) * (1 - w) ** mu, abs=1e-12)
        assert down == pytest.approx(-0.02 * np.exp(-0.25) * w**mu, abs=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_weights_stay_inside_their_bounds(engine):
    pre, post = np.arange(10.0, 400.0, 10.0), np.arange(12.0, 400.0, 10.0)
    assert forced_pair(pre, post, snn.PairSTDP(A_plus=0.3), engine=engine) == 1.0
    assert forced_pair(post, pre, snn.PairSTDP(A_plus=0.001, A_minus=0.3), engine=engine) == 0.0


def plastic_network(seed, rule, n=12):
    rng = np.random.default_rng(seed)
    pop = snn.Population(
        snn.LIF(t_ref=1.0), n, receptors={"exc": snn.ExpCurrent(5.0), "jump": snn.Delta()}, name="net"
    )
    pre, post = rng.integers(0, n - 2, 50), rng.integers(0, n, 50)  # repeated pairs and loops to itself too
    given = snn.SpikeTrains(rng.uniform(0, 100, 30), rng.integers(0, 4, 30), n=4, t_stop=100.0)
    return pop, [
        snn.Projection(
            pop[: n - 2], pop, (pre, post), snn.uniform(0.0, 1.0), rng.integers(0, 30, 50) * 0.1, "exc", rule
        ),
        snn.Projection(given, pop[2:], snn.random(0.5), snn.uniform(0.5, 1.0), 0.3, "jump", rule),
    ]


def run_plastic(pop, projections, engine="numba", **kw):
    rng = np.random.default_rng(9)
    settings = {"t_stop": 100.0, "seed": 3, "initial": {"v": snn.uniform(-70.0, -50.0)}, **kw}
    record = ["v", *(snn.Record(p, "w", every=10.0) for p in projections)]
    return snn.simulate(
        pop, projections=projections, I=rng.uniform(200, 500, pop.n), record=record, engine=engine, **settings
    )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), rule=st.sampled_from([r() for r in (*RULES, Triplet)]))
def test_the_engines_agree_on_random_plastic_networks(seed, rule):
    pop, projections = plastic_network(seed, rule)
    a, b = (run_plastic(pop, projections, engine) for engine in ENGINES)
    assert a.spikes == b.spikes
    for p in projections:
        np.testing.assert_allclose(a.weights[p], b.weights[p], rtol=0, atol=1e-12)
        np.testing.assert_allclose(a.traces[p, "w"], b.traces[p, "w"], rtol=0, atol=1e-12)
        assert not np.array_equal(a.weights[p], p.draw(3, projections.index(p)).w)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_continued_plastic_run_equals_one_long_run_bit_for_bit(engine):
    pop, projections = plastic_network(1, snn.PairSTDP())
    whole = run_plastic(pop, projections, engine)
    first = run_plastic(pop, projections, engine, t_stop=43.2)
    second = run_plastic(pop, projections, engine, start=first.final, initial=None, seed=None)
    for p in projections:
        np.testing.assert_array_equal(second.weights[p], whole.weights[p])
        joined = np.concatenate([first.traces[p, "w"], second.traces[p, "w"]])
        np.testing.assert_array_equal(joined, whole.traces[p, "w"])


def test_histories_are_in_the_order_of_the_graph_and_begin_with_it():
    pop, projections = plastic_network(2, snn.PairSTDP())
    rec = run_plastic(pop, projections)
    for index, p in enumerate(projections):
        np.testing.assert_array_equal(rec.traces[p, "w"][0], p.draw(3, index).w)
        np.testing.assert_array_equal(rec.traces.t((p, "w")), np.arange(0.0, 100.0, 10.0))
    np.testing.assert_array_equal(
        projections[0].draw(3, 0).w, projections[0].draw(3, 0).w
    )  # never changed by a run


@pytest.mark.parametrize("rule", [*RULES, Triplet], ids=lambda r: r.__name__)
def test_units_and_latex_of_the_rules(rule):
    snn.check_units(rule)
    assert r"\leftarrow" in snn.latex(rule)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: snn.PairSTDP(tau_plus=-1.0), ValueError, r"PairSTDP.tau_plus: must be > 0 ms, got -1.0"),
        (lambda: snn.PairSTDP(w_max=0.0), ValueError, r"PairSTDP.w_max: must be > w_min = 0.0, got 0.0"),
        (lambda: snn.PairSTDP(mu=-1.0), ValueError, r"PairSTDP.mu: must be >= 0, got -1.0"),
        (lambda: snn.PairSTDP(A_plus=[0.1, 0.2]), ValueError, r"PairSTDP.A_plus: must be one number"),
    ],
)
def test_bad_rules(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_bad_plastic_projections():
    pop = snn.Population(snn.LIF(), 2, receptors={"exc": snn.ExpCurrent(5.0)})
    with pytest.raises(ValueError, match=r"Projection.w: must be between w_min = 0 and w_max = 1, got 3"):
        snn.Projection(pop, pop, snn.all_to_all(), 3.0, 0.1, plasticity=snn.PairSTDP())
    with pytest.raises(TypeError, match=r"write PairSTDP\(\)"):
        snn.Projection(pop, pop, snn.all_to_all(), 1.0, 0.1, plasticity=snn.PairSTDP)
    fixed = snn.Projection(pop, pop, snn.all_to_all(), 1.0, 0.1)
    with pytest.raises(ValueError, match="must be a plastic projection"):
        snn.simulate(pop, t_stop=1.0, projections=[fixed], record=[snn.Record(fixed, "w")])
    wide = snn.Projection(pop, pop, snn.all_to_all(), snn.uniform(0.0, 5.0), 0.1, plasticity=snn.PairSTDP())
    with pytest.raises(ValueError, match=r"Projection.w: must be between"):
        snn.simulate(pop, t_stop=1.0, projections=[wide], seed=1)


def test_a_rule_that_does_not_return_w_is_refused():
    with pytest.raises(TypeError, match=r"Wrong.on_pre: must return w"):

        class Wrong(snn.Plasticity):
            w_min: weight = 0.0
            w_max: weight = 1.0

            def on_pre(w, w_max):
                x = w + w_max
                return x
