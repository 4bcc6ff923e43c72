"""Plasticity: the rules against sums over pairs of spikes, and the engines against each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import snnlab as snn
from snnlab import not_finite, plasticity
from snnlab.units import ms, one, weight

ENGINES = ("numba", "numpy")
RULES = [
    cls
    for cls in vars(plasticity).values()
    if isinstance(cls, type) and issubclass(cls, snn.Plasticity) and cls is not snn.Plasticity
]


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


class Tagged(snn.Plasticity):
    """A state that decays, one that stays, one returned beside w, and all kinds of traces in every function."""

    A: one = 0.01
    tau: ms = 20.0
    tau_c: ms = 3.0  # short: its frame begins anew within a test
    T: ms = 2.0
    w_min: weight = 0.0
    w_max: weight = 1.0

    traces = {"x": ("pre", "tau", "add"), "y": ("post", "tau_c", "set"), "d": ("reward", "tau", "add")}
    state = {"c": "weight", "number": "1"}
    decay = {"c": "tau_c"}

    def on_pre(w, c, number, x, y, A):
        c = c - A * w * y + A * w * x
        number = number + 1
        return c, number

    def on_post(w, c, d, x, A):
        c = c + A * w * x
        w = w + c * d
        return w, c

    def every(w, c, number, d, x, y, A, T, tau):
        w = w + A * c * (d + x - y + 1e-3 * number) * T / tau
        return w


def reads_reward(rule):
    return any(side == "reward" for side, _, _ in rule.traces.values())


def forced_pair(pre_t, post_t, rule, w=0.5, delay=0.0, engine="numba", t_stop=500.0, reward=None):
    """One synapse whose post neuron is made to fire at given times by strong kicks, which arrive a step earlier."""
    post = snn.Population(snn.LIF(t_ref=0.0), 1, receptors={"kick": snn.Delta(), "exc": snn.ExpCurrent(5.0)})
    kicks = snn.SpikeTrains(np.asarray(post_t) - 0.1, np.zeros(len(post_t), int), n=1, t_stop=t_stop)
    pre = snn.SpikeTrains(pre_t, np.zeros(len(pre_t), int), n=1, t_stop=t_stop)
    force = snn.Projection(kicks, post, ([0], [0]), 100.0, 0.0, receptor="kick")
    p = snn.Projection(
        pre, post, ([0], [0]), w, delay, receptor="exc", plasticity=rule, reward=snn.SpikeTrains(reward, np.zeros(len(reward), int), n=1, t_stop=t_stop) if reward is not None else None
    )  # fmt: skip
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


def plastic_network(seed, rule, n=12, short_term=None):
    rng = np.random.default_rng(seed)
    pop = snn.Population(
        snn.LIF(t_ref=1.0), n, receptors={"exc": snn.ExpCurrent(5.0), "jump": snn.Delta()}, name="net"
    )
    pre, post = rng.integers(0, n - 2, 50), rng.integers(0, n, 50)  # repeated pairs and loops to itself too
    given = snn.SpikeTrains(rng.uniform(0, 100, 30), rng.integers(0, 4, 30), n=4, t_stop=100.0)
    rewards = (pop[1:4], given) if reads_reward(rule) else (None, None)
    delays = rng.integers(0, 30, 50) * 0.1
    return pop, [
        snn.Projection(
            pop[: n - 2],
            pop,
            (pre, post),
            snn.uniform(0.1, 1.0),
            delays,
            "exc",
            rule,
            short_term,
            reward=rewards[0],
        ),
        snn.Projection(
            given, pop[2:], snn.random(0.5), snn.uniform(0.5, 1.0), 0.3, "jump", rule, reward=rewards[1]
        ),
    ]


def run_plastic(pop, projections, engine="numba", **kw):
    rng = np.random.default_rng(9)
    settings = {"t_stop": 100.0, "seed": 3, "initial": {"v": snn.uniform(-70.0, -50.0)}, **kw}
    record = ["v", *(snn.Record(p, n, every=10.0) for p in projections for n in ("w", *p.plasticity.state))]
    return snn.simulate(
        pop, projections=projections, I=rng.uniform(200, 500, pop.n), record=record, engine=engine, **settings
    )


@pytest.mark.parametrize("rule", [*RULES, Triplet, Tagged], ids=lambda r: r.__name__)
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_engines_agree_on_random_plastic_networks(rule, seed):
    scaled = rule in (snn.PairSTDP, snn.RewardSTDP, Tagged)
    pop, projections = plastic_network(seed, rule(), short_term=snn.TsodyksMarkram() if scaled else None)
    a, b = (run_plastic(pop, projections, engine) for engine in ENGINES)
    assert a.spikes == b.spikes
    for p in projections:
        np.testing.assert_allclose(a.weights[p], b.weights[p], rtol=0, atol=1e-12)
        for name in ("w", *rule.state):
            np.testing.assert_allclose(a.traces[p, name], b.traces[p, name], rtol=0, atol=1e-12)
    changed = [not np.array_equal(a.weights[p], p.draw(3, q).w) for q, p in enumerate(projections)]
    assert any(changed)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", [snn.PairSTDP, snn.RewardSTDP, Tagged], ids=lambda r: r.__name__)
def test_a_continued_plastic_run_equals_one_long_run_bit_for_bit(engine, rule):
    pop, projections = plastic_network(1, rule(), short_term=snn.TsodyksMarkram.facilitating())
    whole = run_plastic(pop, projections, engine)
    first = run_plastic(pop, projections, engine, t_stop=43.2)
    second = run_plastic(pop, projections, engine, start=first.final, initial=None, seed=None)
    for p in projections:
        np.testing.assert_array_equal(second.weights[p], whole.weights[p])
        for name in ("w", *rule.state):
            joined = np.concatenate([first.traces[p, name], second.traces[p, name]])
            np.testing.assert_array_equal(joined, whole.traces[p, name])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_goes_on_with_another_time_constant(engine):
    """Traces go on as they are: pre at 10 and post at 90, with tau_plus = 40 until 50 and 15 from then on."""
    post = snn.Population(snn.LIF(t_ref=0.0), 1, receptors={"kick": snn.Delta(), "exc": snn.ExpCurrent(5.0)})
    kicks, pre = (snn.SpikeTrains([t], [0], n=1, t_stop=100.0) for t in (89.9, 10.0))
    force = snn.Projection(kicks, post, ([0], [0]), 100.0, 0.0, receptor="kick")
    parts = [
        snn.Projection(pre, post, ([0], [0]), 0.5, 0.0, receptor="exc", plasticity=snn.PairSTDP(tau_plus=tau))
        for tau in (40.0, 15.0)
    ]
    first = snn.simulate(post, projections=[force, parts[0]], t_stop=50.0, engine=engine)
    rec = snn.simulate(post, projections=[force, parts[1]], t_stop=100.0, engine=engine, start=first.final)
    expected = 0.5 + 0.01 * np.exp(-40 / 40 - 40 / 15)
    assert rec.weights[parts[1]][0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", [0, 1])
def test_triplets_equal_the_triple_sum(engine, seed):
    pre, post = trains(seed)
    rule = snn.TripletSTDP.hippocampus(w_min=-1000.0, w_max=10.0)

    def trace(times, t, tau, own):  # spikes before t, and at t those of the other side that come first
        past = times[times < t - 1e-6] if own else times[times < t + 1e-6]
        return np.exp(-(t - past) / tau).sum()

    w = 0.5
    for t in post:
        w += 10 * trace(pre, t, 16.8, False) * (6.1e-3 + 6.7e-3 * trace(post, t, 27.0, True))
    for t in pre:
        w -= 10 * trace(post, t, 33.7, True) * (1.6e-3 + 1.4e-3 * trace(pre, t, 946.0, True))
    assert forced_pair(pre, post, rule, engine=engine) == pytest.approx(w, abs=1e-12)


def test_the_rate_decides_between_potentiation_and_depression_in_visual_cortex():
    """60 pairs, pre 10 ms before post: depression or nothing at 0.1 Hz, strong potentiation at 50 Hz (figure 4)."""
    change = {}
    for rate in (5.0, 50.0):
        pre = 10.0 + 1000.0 / rate * np.arange(60)
        rule = snn.TripletSTDP.visual_cortex_minimal(w_min=-10.0, w_max=1.0)
        change[rate] = forced_pair(pre, pre + 10.0, rule, t_stop=float(np.ceil(pre[-1]) + 20.0)) - 0.5
    assert change[5.0] < 0.05 and 0.3 < change[50.0] < 0.7


@pytest.mark.parametrize("engine", ENGINES)
def test_nearest_triplets(engine):
    rule = snn.NearestTripletSTDP(A2_plus=0.01, A3_plus=0.02, A2_minus=0.0, A3_minus=0.0, tau_y=30.0)
    # post 30, 50, 70 after pre 10, 40: only the last pre, and for the triplet only the last post, count
    w = 0.5 + 0.01 * np.exp(-20 / 16.8)
    w += np.exp(-10 / 16.8) * (0.01 + 0.02 * np.exp(-20 / 30)) + np.exp(-30 / 16.8) * (
        0.01 + 0.02 * np.exp(-20 / 30)
    )
    got = forced_pair([10.0, 40.0], [30.0, 50.0, 70.0], rule, engine=engine)
    assert got == pytest.approx(w, abs=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("b", [0.0, 0.2])
def test_reward_turns_eligibility_into_weight(engine, b):
    rule = snn.RewardSTDP(b=b, w_min=-10.0, w_max=10.0)
    pre, post, reward = [20.0, 60.0], [25.0, 50.0], [100.0, 300.05, 300.08]
    w = 0.5
    pairs = [(25.0, 0.25 * np.exp(-5 / 20)), (50.0, 0.25 * np.exp(-30 / 20))]
    pairs += [(60.0, -0.375 * (np.exp(-10 / 20) + np.exp(-35 / 20)))]
    for t in np.arange(10.0, 500.5, 10.0):
        c = sum(dc * np.exp(-(t - s) / 1000.0) for s, dc in pairs if s <= t)
        d = sum(np.exp(-(t - s) / 200.0) for s in (100.0, 300.1, 300.1) if s <= t)  # moved onto the grid
        w += (d - b) * c * 10.0 / 20.0
    assert abs(w - 0.5) > 0.1
    assert forced_pair(pre, post, rule, engine=engine, reward=reward) == pytest.approx(w, abs=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_homeostasis_equals_its_sum(engine):
    _, post = trains(3)
    rule = snn.Homeostasis(target=0.02, tau_z=150.0, tau_h=2000.0, T=25.0, w_max=10.0)
    w = 0.5
    for t in np.arange(25.0, 500.5, 25.0):
        z = np.exp(-(t - post[post <= t + 1e-6]) / 150.0).sum()
        w += w * (1 - z / 3.0) * 25.0 / 2000.0
    assert abs(w - 0.5) > 0.01
    assert forced_pair([1.0], post, rule, engine=engine) == pytest.approx(w, abs=1e-12)


def test_homeostasis_finds_its_rate():
    pop = snn.Population(snn.LIF(), 5, receptors={"exc": snn.ExpCurrent(5.0)})
    rng = np.random.default_rng(4)
    noise = snn.SpikeTrains(np.sort(rng.uniform(0, 2e4, 40_000)), rng.integers(0, 100, 40_000), 100, 2e4)
    rule = snn.Homeostasis(target=0.01, tau_z=500.0, tau_h=2000.0, T=10.0, w_max=500.0)
    p = snn.Projection(noise, pop, snn.all_to_all(), snn.uniform(5.0, 15.0), 0.1, plasticity=rule)
    rec = snn.simulate(pop, projections=[p], t_stop=2e4, seed=1)
    rate = rec.spikes.between(1e4, 2e4).counts() / 10.0
    np.testing.assert_allclose(rate, 10.0, rtol=0.1)
    ratio = rec.weights[p] / p.draw(1, 0).w  # a neuron's weights are all scaled by one factor
    for j in range(5):
        mine = ratio[p.draw(1, 0).post == j]
        np.testing.assert_allclose(mine, mine[0], rtol=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
def test_many_frames_of_a_short_time_constant(engine):
    """tau = dt/100: a trace is gone after a step, and only pairs at zero lag count."""
    rule = snn.PairSTDP(tau_plus=1e-3, tau_minus=1e-3, A_plus=0.01)
    pre, post = [50.0, 70.0, 90.0], [50.0, 70.1, 110.0]
    assert forced_pair(pre, post, rule, engine=engine) == pytest.approx(0.51, abs=1e-12)


def test_single_precision_is_near():
    pop, projections = plastic_network(1, snn.RewardSTDP(), short_term=snn.TsodyksMarkram())
    a, b = (run_plastic(pop, projections, dtype=dtype, t_stop=30.0) for dtype in ("float64", "float32"))
    for p in projections:
        np.testing.assert_allclose(a.weights[p], b.weights[p], atol=1e-4)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_that_learns_until_it_overflows_is_replayed_with_its_weights(engine):
    class Explosive(snn.Plasticity):
        w_min: weight = 0.0
        w_max: weight = 1.7e308

        def on_pre(w):
            w = w * 1e50
            return w

    pop = snn.Population(snn.LIF(v_th=1e300), 1, receptors={"exc": snn.ExpCurrent(1e9)})
    given = snn.SpikeTrains(np.arange(10.0, 200.0, 10.0), np.zeros(19, int), n=1, t_stop=200.0)
    p = snn.Projection(given, pop, ([0], [0]), 1.0, 0.0, plasticity=Explosive())
    # 1, 1e50, ... 1e300 at 70 ms; then 1.7e308 at each spike: the second of these, at 90 ms, is too much
    with pytest.raises(
        FloatingPointError, match=r"exc.g of neuron 0 in population 0 became inf at t = 90 ms"
    ):
        snn.simulate(pop, projections=[p], t_stop=200.0, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("few", [True, False])
def test_a_weight_that_a_rule_makes_nan_is_named_also_when_no_spike_carries_it(engine, few, monkeypatch):
    class Rooted(snn.Plasticity):
        w_min: weight = 0.0
        w_max: weight = 9.0

        def on_post(w):
            w = w + (0.5 - w) ** 0.5
            return w

    monkeypatch.setattr(not_finite, "FEW_WEIGHTS", 1_000_000 if few else 3)
    pop = snn.Population(snn.LIF(), 5, receptors={"exc": snn.ExpCurrent(5.0)})
    silent = snn.SpikeTrains([], [], n=3, t_stop=200.0)
    pairs, delays = ([0, 2, 2, 1], [4, 1, 3, 0]), [0.1, 0.2, 0.1, 0.3]
    p = snn.Projection(silent, pop, pairs, [0.4, 0.4, 0.6, 0.4], delays, plasticity=Rooted())
    fires = np.array([0.0, 0.0, 0.0, 300.0, 0.0])
    first = snn.simulate(pop, I=fires, t_stop=200.0).spikes.t[0]
    with pytest.raises(FloatingPointError) as caught:
        snn.simulate(pop, I=fires, projections=[p], t_stop=200.0, engine=engine)
    message = str(caught.value)
    assert (
        message.startswith("w of the synapse from 2 to 3 in Projection(") and "Rooted divides by" in message
    )
    assert f"became nan at t = {first:g} ms" in message if few else "became nan by t = 200 ms" in message


def test_rewards_from_poisson_sources_and_views():
    """A reward trace of many rewards settles at rate times tau, and c stays at 1: w grows by rate tau T/tau_w."""

    class Wage(snn.Plasticity):
        tau: ms = 50.0
        T: ms = 1.0
        tau_w: ms = 1000.0
        w_min: weight = 0.0
        w_max: weight = 1e6

        traces = {"d": ("reward", "tau", "add")}

        def every(w, d, T, tau_w, w_max):
            w = w + w_max * 1e-6 * d * T / tau_w
            return w

    pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(5.0)})
    source = snn.PoissonSource(100, 20.0)
    found = []
    for reward in (source, source[:50]):
        p = snn.Projection(source, pop, snn.all_to_all(), 0.0, 0.0, plasticity=Wage(), reward=reward)
        a, b = (
            snn.simulate(pop, projections=[p], t_stop=2000.0, seed=2, engine=engine).weights[p]
            for engine in ENGINES
        )
        np.testing.assert_allclose(a, b, rtol=1e-12)
        found.append(a[0])
    np.testing.assert_allclose(found, [100 * 0.02 * 50 * 2.0, 50 * 0.02 * 50 * 2.0], rtol=0.1)


def test_bytes_per_synapse():
    pop = snn.Population(snn.LIF(), 200, receptors={"exc": snn.ExpCurrent(5.0)})
    p = snn.Projection(pop, pop, snn.random(0.5), snn.uniform(0.0, 1.0), 0.1, plasticity=snn.PairSTDP())
    from snnlab.wires import wire

    made = wire(p, 0, 0, 0, 1, 0.1)
    arrays = [made.targets, made.w, *made.reverse[1:]]
    assert sum(a.nbytes for a in arrays) == 20 * made.targets.size


def test_histories_are_in_the_order_of_the_graph_and_begin_with_it():
    pop, projections = plastic_network(2, snn.PairSTDP())
    rec = run_plastic(pop, projections)
    for index, p in enumerate(projections):
        np.testing.assert_array_equal(rec.traces[p, "w"][0], p.draw(3, index).w)
        np.testing.assert_array_equal(rec.traces.t((p, "w")), np.arange(0.0, 100.0, 10.0))
    np.testing.assert_array_equal(
        projections[0].draw(3, 0).w, projections[0].draw(3, 0).w
    )  # never changed by a run


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.__name__)
def test_every_rule_is_exported_with_source_and_example(rule):
    assert getattr(snn, rule.__name__) is rule and rule.__name__ in snn.__all__
    assert "doi:10." in rule.__doc__ and ">>>" in rule.__doc__


@pytest.mark.parametrize("rule", [*RULES, Triplet, Tagged], ids=lambda r: r.__name__)
def test_units_and_latex_of_the_rules(rule):
    snn.check_units(rule)
    assert r"\leftarrow" in snn.latex(rule)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: snn.PairSTDP(tau_plus=-1.0), ValueError, r"PairSTDP.tau_plus: must be > 0 ms, got -1.0"),
        (lambda: snn.PairSTDP(w_max=0.0), ValueError, r"PairSTDP.w_max: must be > 0, .* got 0.0"),
        (lambda: snn.PairSTDP(w_min=2.0), ValueError, r"PairSTDP.w_max: must be > w_min = 2.0, got 1.0"),
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


def test_bad_rewards():
    pop = snn.Population(snn.LIF(), 2, receptors={"exc": snn.ExpCurrent(5.0)})
    other = snn.Population(snn.LIF(), 2)
    with pytest.raises(ValueError, match=r"Projection.reward: must be given for RewardSTDP\(\)"):
        snn.Projection(pop, pop, snn.all_to_all(), 1.0, 0.1, plasticity=snn.RewardSTDP())
    with pytest.raises(ValueError, match=r"Projection.reward: must be None, since plasticity = PairSTDP\(\)"):
        snn.Projection(pop, pop, snn.all_to_all(), 1.0, 0.1, plasticity=snn.PairSTDP(), reward=pop)
    with pytest.raises(TypeError, match=r"Projection.reward: must be SpikeTrains, a Population"):
        snn.Projection(pop, pop, snn.all_to_all(), 1.0, 0.1, plasticity=snn.RewardSTDP(), reward=3.0)
    p = snn.Projection(pop, pop, snn.all_to_all(), 1.0, 0.1, plasticity=snn.RewardSTDP(), reward=other)
    with pytest.raises(ValueError, match=r"Projection.reward: .* is not simulated here"):
        snn.simulate(pop, t_stop=1.0, projections=[p])
    p = snn.Projection(pop, pop, snn.all_to_all(), 1.0, 0.1, plasticity=snn.RewardSTDP(T=0.25), reward=pop)
    with pytest.raises(ValueError, match=r"RewardSTDP.T: must be a multiple of dt"):
        snn.simulate(pop, t_stop=1.0, projections=[p])
    p = snn.Projection(pop, pop, snn.all_to_all(), 1.0, 0.1, plasticity=snn.RewardSTDP(), reward=pop)
    with pytest.raises(ValueError, match=r"its variable one of \('w', 'c'\), got 'x'"):
        snn.simulate(pop, t_stop=1.0, projections=[p], record=[snn.Record(p, "x")])


@pytest.mark.parametrize(
    "body, message",
    [
        ({"traces": {"x": ("left", "tau", "add")}}, r"Wrong.traces\['x'\]: must be \(\"pre\", \"post\" or"),
        ({"traces": {"x": ("pre", "w_max", "add")}}, r"Wrong.traces\['x'\]: must be"),
        ({"traces": {"tau": ("pre", "tau", "add")}}, r"under a name of its own"),
        ({"state": {"c": "1"}, "decay": {"c": "w_max"}}, r"Wrong.decay\['c'\]: must be a parameter in ms"),
        ({"decay": {"c": "tau"}}, r"Wrong.decay\['c'\]: .* for one of the states"),
    ],
)
def test_bad_declarations(body, message):
    with pytest.raises(TypeError, match=message):
        type(
            "Wrong",
            (snn.PairSTDP,),
            {"__annotations__": {"tau": ms}, "tau": 20.0, "__module__": __name__, **body},
        )


def test_every_needs_an_interval():
    with pytest.raises(TypeError, match=r"Wrong.T: is missing"):

        class Wrong(snn.Plasticity):
            w_min: weight = 0.0
            w_max: weight = 1.0

            def every(w):
                w = 2 * w
                return w


def test_a_rule_that_does_not_return_w_is_refused():
    with pytest.raises(TypeError, match=r"Wrong.on_pre: must return w"):

        class Wrong(snn.Plasticity):
            w_min: weight = 0.0
            w_max: weight = 1.0

            def on_pre(w, w_max):
                x = w + w_max
                return x
