"""Rules: the graphs and numbers that they draw, against counting, SciPy's distributions, and loops written by hand."""

import numpy as np
import pytest
from scipy import sparse, stats

import snnlab as snn
from snnlab import connectivity, distance
from snnlab.connectivity import stable_order


def rng(seed=0):
    return np.random.default_rng(seed)


def population(n, name="net"):
    return snn.Population(snn.LIF(), n, receptors={"exc": snn.ExpCurrent(5.0)}, name=name)


def is_sorted(pre, post):
    return (np.lexsort((post, pre)) == np.arange(pre.size)).all()


# --- pairs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.0, 1e-300, 0.003, 0.2, 0.5, 0.97, 1.0])
def test_random_draws_each_pair_at_most_once_and_as_many_as_it_should(p):
    pre, post = snn.random(p).draw(rng(), 700, 900)
    flat = pre.astype(np.int64) * 900 + post
    assert (np.diff(flat) > 0).all()  # sorted, no pair twice
    assert pre.size == 0 or (pre.min() >= 0 and pre.max() < 700 and post.min() >= 0 and post.max() < 900)
    assert abs(pre.size - p * 630_000) <= 5 * np.sqrt(p * (1 - p) * 630_000)


def test_random_keeps_its_pairs_for_a_seed_whatever_the_size_of_a_block(monkeypatch):
    """Gaps by hand from the same generator: the rule is geometric gaps, and blocks do not show."""
    expected = 0.02 * (600 * 500 + 1)
    gaps = rng(3).geometric(0.02, int(expected + 4 * np.sqrt(expected) + 16))
    flat = np.cumsum(gaps) - 1
    flat = flat[flat < 600 * 500]
    for block in (connectivity.BLOCK, 100, 7):
        monkeypatch.setattr(connectivity, "BLOCK", block)
        pre, post = snn.random(0.02).draw(rng(3), 600, 500)
        np.testing.assert_array_equal(pre, flat // 500)
        np.testing.assert_array_equal(post, flat % 500)


def test_random_pairs_are_spread_evenly():
    pre, post = snn.random(0.1).draw(rng(1), 400, 300)
    for ids, n in ((pre, 400), (post, 300)):
        counts = np.bincount(ids, minlength=n)
        assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize("few", [connectivity.FEW, 0], ids=["by comparing", "by counting"])
@pytest.mark.parametrize("k, n_pre, n_post", [(0, 5, 4), (1, 1, 6), (3, 10, 50), (10, 10, 3), (40, 200, 300)])
def test_fixed_indegree(few, k, n_pre, n_post, monkeypatch):
    """Each neuron's sources are those of one draw without replacement; both ways to sort give the same."""
    monkeypatch.setattr(connectivity, "FEW", few if k else connectivity.FEW)
    pre, post = snn.fixed_indegree(k).draw(rng(2), n_pre, n_post)
    again = rng(2)
    wanted = {
        (int(i), j) for j in range(n_post) for i in again.choice(n_pre, k, replace=False, shuffle=False)
    }
    assert len(wanted) == k * n_post == pre.size
    assert {*zip(pre.tolist(), post.tolist())} == wanted
    assert is_sorted(pre, post)


def test_many_keys_are_sorted_as_few_are(monkeypatch):
    keys = rng().integers(0, 50, 5000).astype(np.int32)
    monkeypatch.setattr(connectivity, "FEW", 0)
    np.testing.assert_array_equal(stable_order(keys, 50), np.argsort(keys, kind="stable"))


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array, sparse.coo_matrix, sparse.csc_array])
def test_a_matrix_gives_pairs_and_weights(make):
    W = rng(4).normal(size=(6, 4)) * (rng(5).random((6, 4)) < 0.5)
    a, b = population(6, "a"), population(4, "b")
    given = make(W.copy())
    p = snn.Projection(a, b, pairs=snn.from_matrix(given), w=given, delay=np.full((6, 4), 0.3))
    given *= 0  # a projection holds its own copy
    graph = p.draw(seed=1)
    back = np.zeros((6, 4))
    back[graph.pre, graph.post] = graph.w
    np.testing.assert_array_equal(back, W)
    assert len(graph) == np.count_nonzero(W) and is_sorted(graph.pre, graph.post)
    assert (graph.delay == 0.3).all()


def test_a_sparse_matrix_may_hold_zeros_and_entries_in_parts():
    given = sparse.coo_array(([1.0, 2.0, 0.0, 4.0], ([1, 1, 0, 0], [0, 0, 1, 0])), shape=(2, 2))
    p = snn.Projection(population(2), population(2), snn.from_matrix(given), given, 0.1)
    graph = p.draw(1)
    assert graph.pre.tolist() == [0, 1] and graph.post.tolist() == [0, 0] and graph.w.tolist() == [4.0, 3.0]


def test_a_matrix_of_weights_serves_any_pairs():
    W = np.arange(12.0).reshape(3, 4)
    given = snn.Projection(population(3), population(4), ([2, 0, 2], [1, 3, 1]), W, 0.1).draw(1)
    assert given.w.tolist() == [9.0, 3.0, 9.0]


# --- by distance ---------------------------------------------------------------------------------------------------


def distances_by_hand(x, y, period):
    """Every pair in plain Python: the nearest of the images one period away."""
    found = np.empty((len(x), len(y)))
    for i, a in enumerate(x):
        for j, b in enumerate(y):
            shifts = [(0.0,) if np.isinf(q) else (-q, 0.0, q) for q in period]
            found[i, j] = np.sqrt(
                sum(min(abs(a[k] - b[k] + s) for s in shifts[k]) ** 2 for k in range(len(a)))
            )
    return found


@pytest.mark.parametrize("period", [None, 10.0, [10.0, np.inf]], ids=["plane", "torus", "tube"])
def test_distances_on_a_plane_and_a_torus(period):
    x, y = rng(1).uniform(0, 10, (20, 2)), rng(2).uniform(0, 10, (30, 2))
    shift = (
        np.zeros(2) if period is None else np.array([-30.0, 0.0])
    )  # where one is counted from does not matter
    wanted = distances_by_hand(x, y, np.broadcast_to(np.inf if period is None else period, 2))
    pre, post = snn.all_to_all().draw(None, 20, 30)
    drawn = snn.weight_by_distance(lambda d: d, x + shift, y, period=period).draw(None, pre.size, (pre, post))
    np.testing.assert_allclose(drawn.reshape(20, 30), wanted, rtol=1e-12, atol=1e-13)
    near = snn.by_distance(lambda d: d < 3.0, x, y, period=period).draw(rng(), 20, 30)
    np.testing.assert_array_equal(np.stack(near), np.stack(np.nonzero(wanted < 3.0)))


def test_the_gaussian_profile_is_met_at_every_distance():
    """2,000 neurons on a ring: for each distance, the share of pairs that are connected, within 4.5 sigma."""
    n, width = 2000, 12.0
    pre, post = snn.by_distance(0.6, np.arange(n), width=width, period=n).draw(rng(7), n, n)
    assert is_sorted(pre, post)
    apart = np.abs(pre.astype(int) - post)
    apart = np.minimum(apart, n - apart)
    counts = np.bincount(apart, minlength=n // 2 + 1)
    d = np.arange(60)
    pairs = np.where(d == 0, n, 2 * n)
    p = 0.6 * np.exp(-(d**2) / (2 * width**2))
    assert (np.abs(counts[:60] - pairs * p) < 4.5 * np.sqrt(pairs * p * (1 - p)) + 1e-9).all()
    assert counts[120:].sum() == 0  # ten widths away


def test_blocks_of_rows_do_not_show(monkeypatch):
    x = rng(3).uniform(0, 1, (50, 3))
    drawn = []
    for block in (connectivity.BLOCK, 1, 170):
        monkeypatch.setattr(distance, "BLOCK", block)
        pre, post = snn.by_distance(0.5, x, width=0.4).draw(rng(), 50, 50)
        w = snn.weight_by_distance(np.exp, x).draw(None, pre.size, (pre, post))
        drawn.append((pre.tolist(), post.tolist(), w.tolist()))
    assert drawn[0] == drawn[1] == drawn[2]


def test_a_delay_by_distance_is_on_the_grid_of_the_run():
    """A spike reaches neuron k after 0.5 ms + distance/speed."""
    x = np.array([0.0, 310.0, 1000.0])
    net = population(3)
    one = snn.SpikeTrains([1.0], [0], n=1, t_stop=20.0)
    rule = snn.delay_by_distance(0.5, 300.0, x[:1], x)
    p = snn.Projection(
        one, net, snn.all_to_all(), w=snn.weight_by_distance(lambda d: 50.0 + d, x[:1], x), delay=rule
    )
    np.testing.assert_allclose(p.draw(1).delay, np.round((0.5 + x / 300.0) / 0.1) * 0.1)
    rec = snn.simulate(net, t_stop=20.0, projections=[p], record=["exc.g"])
    g = rec.traces["exc.g"]
    np.testing.assert_allclose(rec.t[(g > 0).argmax(axis=0)], [1.5, 2.5, 4.8])
    np.testing.assert_allclose(g.max(axis=0), 50.0 + x)


def test_rules_by_distance_do_not_serve_initial_states():
    with pytest.raises(ValueError, match="weight_by_distance: is a rule for the pairs of a projection"):
        rule = snn.weight_by_distance(lambda d: d, [0.0, 1.0])
        snn.simulate(population(2), t_stop=1.0, initial={"v": rule})


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule, oracle",
    [
        (snn.uniform(1.0, 3.0), stats.uniform(1.0, 2.0)),
        (snn.normal(5.0, 2.0), stats.norm(5.0, 2.0)),
        (snn.exponential(4.0), stats.expon(scale=4.0)),
        (snn.lognormal(1.0, 0.5), stats.lognorm(s=np.sqrt(np.log(1.25)), scale=1 / np.sqrt(1.25))),
    ],
    ids=["uniform", "normal", "exponential", "lognormal"],
)
def test_distributions(rule, oracle):
    values = rule.draw(rng(11), 20_000)
    assert stats.kstest(values, oracle.cdf).pvalue > 1e-3
    assert abs(values.mean() - oracle.mean()) < 4.5 * oracle.std() / np.sqrt(20_000)
    np.testing.assert_array_equal((-rule).draw(rng(11), 20_000), -values)
    assert repr(-rule) == f"-{rule!r}"


def test_lognormal_is_given_by_its_own_mean_and_sd():
    values = snn.lognormal(9.0, 3.0).draw(rng(1), 400_000)
    assert abs(values.mean() - 9.0) < 0.03 and abs(values.std() - 3.0) < 0.05
    assert (snn.lognormal(2.0, 0.0).draw(rng(), 3) == 2.0).all()


# --- what is refused -------------------------------------------------------------------------------------------------

X = [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: snn.lognormal(-1.0, 1.0), ValueError, r"lognormal.mean: must be > 0, got -1.0 \(for negative"),
        (lambda: snn.lognormal(1.0, -1.0), ValueError, r"lognormal.sd: must be >= 0, got -1.0"),
        (lambda: snn.lognormal("1", 1.0), TypeError, r"lognormal.mean: must be a number, got '1'"),
        (lambda: snn.exponential(0.0), ValueError, r"exponential.mean: must be > 0, got 0.0"),
        (lambda: snn.exponential(np.nan), ValueError, r"exponential.mean: must be finite, got nan"),
        (lambda: snn.from_matrix([1.0, 2.0]), ValueError, r"from_matrix.matrix: must have shape \(n_pre, n_post\)"),
        (lambda: snn.from_matrix([[1.0], [1.0, 2.0]]), TypeError, r"from_matrix.matrix: must be a matrix"),
        (lambda: snn.from_matrix([[np.nan]]), ValueError, r"from_matrix.matrix: must be finite, got nan"),
        (lambda: snn.from_matrix(np.ones((2, 3))).draw(None, 3, 2), ValueError, r"shape \(3, 2\).*got \(2, 3\)"),
        (lambda: snn.by_distance(0.5, X), TypeError, r"by_distance.width: is missing"),
        (lambda: snn.by_distance(1.5, X, width=1.0), ValueError, r"by_distance.p: must be a probability"),
        (lambda: snn.by_distance(np.exp, X, width=1.0), TypeError, r"by_distance.width: belongs to a number p"),
        (lambda: snn.by_distance(0.5, X, width=0.0), ValueError, r"by_distance.width: must be > 0, got 0.0"),
        (lambda: snn.by_distance(0.5, [], width=1.0), ValueError, r"by_distance.pre: must be positions"),
        (lambda: snn.by_distance(0.5, "X", width=1.0), TypeError, r"by_distance.pre: must be positions"),
        (lambda: snn.by_distance(0.5, [np.inf], width=1.0), ValueError, r"by_distance.pre: must be finite"),
        (lambda: snn.by_distance(0.5, X, np.ones((3, 2)), width=1.0), ValueError, r"by_distance.post: must have 1"),
        (lambda: snn.by_distance(0.5, X, width=1.0, period=-1.0), ValueError, r"by_distance.period: must be > 0"),
        (lambda: snn.by_distance(0.5, X, width=1.0, period=[1.0, 2.0]), ValueError, r"by_distance.period: must be"),
        (lambda: snn.by_distance(0.5, X, width=1.0, period="a"), TypeError, r"by_distance.period: must be"),
        (lambda: snn.by_distance(0.5, X, width=1.0).draw(rng(), 4, 3), ValueError, r"each of the 4 pre.*got 3"),
        (lambda: snn.by_distance(lambda d: 1 + d, X).draw(rng(), 3, 3), ValueError, r"between 0 and 1, got 2.0"),
        (lambda: snn.by_distance(lambda d: 0.5, X).draw(rng(), 3, 3), ValueError, r"one number per distance, \(3, 3\)"),
        (lambda: snn.weight_by_distance(2.0, X), TypeError, r"weight_by_distance.f: must be a function"),
        (lambda: snn.delay_by_distance(-1.0, 1.0, X), ValueError, r"delay_by_distance.minimum: must be >= 0 ms"),
        (lambda: snn.delay_by_distance(1.0, 0.0, X), ValueError, r"delay_by_distance.speed: must be > 0"),
        (lambda: snn.delay_by_distance(1.0, 1.0, X).draw(None, 1, ([3], [0])), ValueError, r"one position per neuron"),
    ],
)  # fmt: skip
def test_bad_rules(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("argument", ["w", "delay"])
def test_a_matrix_of_another_shape_is_refused(argument):
    values = {"w": 1.0, "delay": 0.1, argument: np.ones((3, 2))}
    with pytest.raises(ValueError, match=rf"Projection.{argument}: a matrix must have shape \(2, 3\)"):
        snn.Projection(population(2), population(3), snn.all_to_all(), **values)


def test_a_matrix_of_negative_conductances_is_refused():
    pop = snn.Population(snn.LIF(), 2, receptors={"exc": snn.ExpConductance(5.0)})
    W = np.array([[0.0, -1.0], [0.0, 0.0]])
    with pytest.raises(ValueError, match=r"Projection.w: must be >= 0 nS, got -1.0"):
        snn.simulate(pop, t_stop=1.0, projections=[snn.Projection(pop, pop, snn.from_matrix(W), W, 0.1)])


def test_given_delays_off_the_grid_are_refused_in_a_matrix_too():
    pop = population(2)
    p = snn.Projection(pop, pop, snn.all_to_all(), 1.0, np.full((2, 2), 0.25))
    with pytest.raises(ValueError, match=r"Projection.delay: must be a multiple of dt = 0.1 ms, got 0.25"):
        snn.simulate(pop, t_stop=1.0, projections=[p])


@pytest.mark.parametrize("rule", [snn.random(0.5), snn.all_to_all(), snn.fixed_indegree(1_000_000)])
def test_a_graph_that_does_not_fit_is_refused_before_it_is_drawn(rule):
    pop = snn.Population(snn.LIF(), 2_000_000, receptors={"exc": snn.ExpCurrent(5.0)})
    p = snn.Projection(pop, pop, rule, 1.0, 1.0)
    with pytest.raises(
        ValueError, match=r"Projection\.pairs: .*: about [124]e\+12 synapses need .* GB and .* GB are free"
    ):
        p.draw(seed=1)
