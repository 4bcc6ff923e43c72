"""Intervals, correlograms, averages and distances against closed forms and against what must hold for any train."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import snnlab as snn
from snnlab import analysis

TIMES = st.lists(st.integers(0, 2000).map(lambda k: k / 10.0), max_size=12).map(sorted)  # ms, on a grid
TAU = st.sampled_from([0.3, 2.0, 15.0, 400.0])


def trains(*times, t_stop=200.0):
    return snn.SpikeTrains(
        np.concatenate([np.asarray(t, float) for t in times]),
        np.repeat(np.arange(len(times)), [len(t) for t in times]),
        n=len(times),
        t_stop=t_stop,
    )


def dead_time_process(rate, dead, n, seed):
    """n intervals of a Poisson process of `rate` per ms that pauses for `dead` ms after each spike, as one train."""
    intervals = dead + np.random.default_rng(seed).exponential(1.0 / rate, n)
    t = np.cumsum(intervals)
    return snn.SpikeTrains(t, np.zeros(n, int), n=1, t_stop=t[-1])


# ---------------------------------------------------------------- intervals


def test_dead_time_has_the_rate_cv_and_fano_factor_of_renewal_theory():
    rate, dead = 0.1, 3.0  # per ms, ms
    train = dead_time_process(rate, dead, 200_000, seed=1)
    expected = 1.0 / (1.0 + rate * dead)
    assert train.rate()[0] == pytest.approx(1000.0 * rate * expected, rel=0.01)
    assert analysis.cv(train)[0] == pytest.approx(expected, rel=0.01)
    assert analysis.fano(train, 2000.0)[0] == pytest.approx(expected**2, rel=0.06)  # 1300 windows


@pytest.mark.parametrize("shape", [1, 2, 4])
def test_gamma_intervals_have_the_cv_and_lv_of_their_closed_forms(shape):
    n = 100_000
    t = np.cumsum(np.random.default_rng(shape).gamma(shape, 10.0 / shape, n))
    train = snn.SpikeTrains(t, np.zeros(n, int), n=1, t_stop=t[-1])
    assert analysis.cv(train)[0] == pytest.approx(1.0 / math.sqrt(shape), rel=0.01)
    # (I - J)/(I + J) of two gamma variables is 2 B - 1 with B of the beta distribution (shape, shape).
    assert analysis.lv(train)[0] == pytest.approx(3.0 / (2.0 * shape + 1.0), rel=0.015)


def test_local_measures_stay_when_the_rate_drifts_and_cv_does_not():
    rng = np.random.default_rng(2)
    t = np.cumsum(rng.exponential(np.linspace(2.0, 60.0, 20_000)))
    train = snn.SpikeTrains(t, np.zeros(len(t), int), n=1, t_stop=t[-1])
    assert analysis.cv(train)[0] > 1.2
    assert analysis.lv(train)[0] == pytest.approx(1.0, abs=0.03)
    assert analysis.cv2(train)[0] == pytest.approx(1.0, abs=0.03)


@given(TIMES, TIMES, st.floats(0.1, 50.0))
@settings(max_examples=50, deadline=None)
def test_measures_of_a_train_ignore_its_neighbours_and_the_unit_of_time(a, b, factor):
    both, alone = trains(a, b), trains(b)
    stretched = snn.SpikeTrains(alone.t * factor, alone.i, n=1, t_stop=201.0 * factor)
    for measure in (analysis.cv, analysis.lv, analysis.cv2):
        assert_allclose(measure(both)[1], measure(alone)[0], rtol=1e-12)
        assert_allclose(measure(stretched)[0], measure(alone)[0], rtol=1e-9, atol=1e-12)
    assert_allclose(analysis.isi(both), [*np.diff(a), *np.diff(b)])


def test_too_few_intervals_are_nan():
    spikes = trains([], [1.0], [1.0, 2.0], [1.0, 2.0, 3.0])
    for measure in (analysis.cv, analysis.lv, analysis.cv2):
        assert np.isnan(measure(spikes)).tolist() == [True, True, True, False]


# ---------------------------------------------------------------- counts


def test_fano_factor_of_trials_is_that_of_each_window():
    rng = np.random.default_rng(3)
    per_trial = rng.poisson(5.0, (2000, 2)) * np.array([1, 2])  # doubled spikes in the second window
    t = [np.concatenate([np.full(n, 50.0), np.full(m, 150.0)]) for n, m in per_trial]
    assert_allclose(analysis.fano(trains(*t), 100.0, over="trains"), [1.0, 2.0], rtol=0.1)


def test_synchrony_is_one_for_equal_trains_and_falls_as_the_root_of_n():
    one = snn.poisson(20.0, 1, t_stop=50_000.0, seed=4)
    copies = snn.SpikeTrains(np.tile(one.t, 30), np.repeat(np.arange(30), len(one)), n=30, t_stop=50_000.0)
    assert analysis.synchrony(copies, 5.0) == pytest.approx(1.0)
    for n in (10, 100):
        independent = snn.poisson(20.0, n, t_stop=50_000.0, seed=5)
        assert analysis.synchrony(independent, 5.0) == pytest.approx(1.0 / math.sqrt(n), rel=0.05)


def test_synchrony_by_the_whole_table_of_counts():
    spikes = snn.poisson(15.0, 20, t_stop=2000.0, seed=6)
    count = analysis.binned(spikes, 10.0)
    expected = math.sqrt(count.mean(axis=0).var() / count.var(axis=1).mean())
    assert analysis.synchrony(spikes, 10.0) == pytest.approx(expected, rel=1e-12)
    assert np.isnan(analysis.synchrony(trains([], []), 10.0))


# ---------------------------------------------------------------- around an event


def test_correlogram_of_a_poisson_process_with_dead_time_follows_renewal_theory():
    rate, dead = 0.1, 5.0
    train = dead_time_process(rate, dead, 300_000, seed=7)
    lag, seen = analysis.autocorrelogram(train, bin=1.0, max_lag=30.0)
    # The density of the k-th next spike is a gamma density shifted by k dead times; their sum is what is seen.
    fine = np.arange(-0.45, 0.5, 0.1)[:, None] + lag
    density = np.zeros_like(fine)
    for k in range(1, 8):
        x = np.maximum(np.abs(fine) - k * dead, 0.0)
        inside = np.abs(fine) > k * dead
        density += inside * rate**k * x ** (k - 1) * np.exp(-rate * x) / math.factorial(k - 1)
    assert_allclose(seen, 1000.0 * density.mean(axis=0), atol=0.02 * 1000.0 * rate)
    assert np.all(seen[np.abs(lag) < dead - 0.5] == 0.0)


def test_independent_trains_give_a_flat_correlogram_and_a_delayed_copy_a_peak():
    a, b = (snn.poisson(rate, 1, t_stop=100_000.0, seed=seed) for rate, seed in ((40.0, 8), (25.0, 9)))
    _, seen = analysis.cross_correlogram(a, b, bin=5.0, max_lag=100.0)
    assert_allclose(seen, b.rate()[0], rtol=0.15)
    assert seen.mean() == pytest.approx(b.rate()[0], rel=0.02)
    copy = snn.SpikeTrains(a.t[a.t < 99_000.0] + 7.0, a.i[a.t < 99_000.0], n=1, t_stop=100_000.0)
    lag, seen = analysis.cross_correlogram(a, copy, bin=1.0, max_lag=20.0)
    assert lag[seen.argmax()] == 7.0 and seen.max() > 20 * 40.0


def test_the_ends_of_a_short_window_do_not_bend_a_correlogram():
    a, b = (snn.poisson(50.0, 200, t_stop=200.0, seed=seed) for seed in (10, 11))
    seen = [
        analysis.cross_correlogram(
            *(snn.SpikeTrains(s.of(i), [0] * len(s.of(i)), 1, t_stop=200.0) for s in (a, b)), bin=10.0, max_lag=150.0
        )[1]
        for i in range(200)
    ]  # fmt: skip
    assert np.nanmean(seen, axis=0)[[0, 15, 30]] == pytest.approx(
        50.0, rel=0.2
    )  # uncorrected: 12 at the ends


@given(TIMES, TIMES)
@settings(max_examples=50, deadline=None)
def test_a_correlogram_read_backwards_is_that_of_the_exchanged_trains(a, b):
    a, b = trains(a), trains(b)
    for bin in (0.2, 1.0):  # lags on a grid of 0.1 ms fall on the edges of both
        lag, ab = analysis.cross_correlogram(a, b, bin, max_lag=10.0)
        _, ba = analysis.cross_correlogram(b, a, bin, max_lag=10.0)
        if len(a) and len(b):
            assert_allclose(ab * len(a), ba[::-1] * len(b))
        assert np.isnan(ab).all() == (len(a) == 0)
        _, aa = analysis.autocorrelogram(a, bin, max_lag=10.0)
        assert_allclose(aa, aa[::-1])
        pairs = np.round((b.t[None, :] - a.t[:, None]) * 10.0)  # in tenths of a ms
        weight = np.where(np.abs(pairs) < 5 * bin, 1.0, 0.5 * (np.abs(pairs) == round(5 * bin)))
        if len(a):
            assert_allclose(ab[len(lag) // 2] * len(a) * bin / 1000.0, weight.sum())


def test_aligned_cuts_one_train_into_trials():
    t = np.array([5.0, 95.0, 100.0, 103.0, 110.0, 205.0, 290.0])
    trials = analysis.aligned(t, [100.0, 200.0, 300.0], before=5.0, after=10.0)
    assert [trials.of(i).tolist() for i in range(3)] == [[-5.0, 0.0, 3.0, 10.0], [5.0], []]
    assert (trials.t_start, trials.t_stop) == (-5.0, 10.0)
    assert analysis.aligned(t, [100.0], before=-2.0, after=20.0).of(0).tolist() == [3.0, 10.0]


def test_sta_of_a_linear_neuron_is_its_filter():
    # A neuron that fires with a probability in proportion to a filtered white noise: its STA is the filter (de Boer).
    rng, dt = np.random.default_rng(12), 1.0
    stimulus = rng.normal(size=400_000)
    kernel = np.exp(-np.arange(30) / 5.0) * np.sin(np.arange(30) / 3.0)
    drive = np.convolve(stimulus, kernel)[: len(stimulus)]
    fires = rng.random(len(drive)) < 0.1 + 0.02 * drive  # linear: hardly ever clipped
    lag, mean = analysis.sta(dt * np.flatnonzero(fires), stimulus, dt, before=29.0, after=5.0)
    expected = np.concatenate([0.02 / 0.1 * kernel[::-1], np.zeros(5)])
    assert lag[0] == -29.0 and lag[-1] == 5.0
    assert_allclose(mean, expected, atol=0.025)  # 40,000 spikes: each value is known to 0.005


def test_sta_counts_time_from_the_start_of_the_trains_and_leaves_out_the_ends():
    stimulus = np.arange(100.0)
    late = snn.SpikeTrains([1000.5, 1005.0, 1009.9], [0] * 3, n=1, t_start=1000.0, t_stop=1010.0)
    lag, mean = analysis.sta(late, stimulus, 0.1, before=1.0, after=0.0)
    assert_allclose(mean, (50.0 + 99.0) / 2 + lag * 10.0)  # the first spike has no window before it
    assert np.isnan(analysis.sta([0.0], stimulus, 0.1, before=1.0, after=0.0)[1]).all()


# ---------------------------------------------------------------- distances


@given(TIMES, TIMES, TAU)
@settings(max_examples=100, deadline=None)
def test_fast_distances_equal_the_direct_ones(a, b, tau):
    fast, direct = analysis.van_rossum(a, b, tau), analysis.van_rossum_direct(a, b, tau)
    assert fast**2 == pytest.approx(direct**2, abs=1e-12)
    q = 1.0 / tau
    assert analysis.victor_purpura(a, b, q) == pytest.approx(
        analysis.victor_purpura_direct(a, b, q), abs=1e-12
    )


def test_fast_distances_equal_the_direct_ones_on_long_trains():
    spikes = snn.poisson(40.0, 2, t_stop=10_000.0, seed=13)
    a, b = spikes.of(0), spikes.of(1)
    fast, direct = analysis.van_rossum(a, b, 10.0), analysis.van_rossum_direct(a, b, 10.0)
    assert fast == pytest.approx(direct, rel=1e-12)
    fast, direct = analysis.victor_purpura(a, b, 0.1), analysis.victor_purpura_direct(a, b, 0.1)
    assert fast == pytest.approx(direct, rel=1e-12)


@given(TIMES, TIMES, TAU)
@settings(max_examples=50, deadline=None)
def test_van_rossum_is_the_integral_of_its_definition(a, b, tau):
    # Between two spikes (f - g)^2 is a falling exponential of time constant tau/2, whose integral is known.
    def trace(train, t):
        return sum(math.exp(-(t - s) / tau) for s in train if s <= t)

    events = sorted({*a, *b})
    total = 0.0
    for k, start in enumerate(events):
        stop = events[k + 1] if k + 1 < len(events) else math.inf
        height = trace(a, start) - trace(b, start)
        total += height**2 * (tau / 2.0) * (1.0 - math.exp(-2.0 * (stop - start) / tau))
    assert analysis.van_rossum(a, b, tau) ** 2 == pytest.approx(total / tau, abs=1e-9)


@pytest.mark.parametrize(
    "distance", [analysis.van_rossum, lambda a, b, tau: analysis.victor_purpura(a, b, 1.0 / tau)]
)
def test_distances_are_metrics(distance):
    @given(TIMES, TIMES, TIMES, TAU, st.floats(0.0, 1000.0))
    @settings(max_examples=60, deadline=None)
    def axioms(a, b, c, tau, shift):
        ab, bc, ac = distance(a, b, tau), distance(b, c, tau), distance(a, c, tau)
        assert distance(a, a, tau) == 0.0
        assert ab == pytest.approx(distance(b, a, tau), abs=1e-7)
        assert ac <= ab + bc + 1e-6
        if a != b:
            assert ab > 1e-3
        moved = [[t + shift for t in train] for train in (a, b)]
        assert distance(*moved, tau) == pytest.approx(ab, abs=1e-5)

    axioms()


@given(TIMES, TIMES)
@settings(max_examples=50, deadline=None)
def test_distances_have_their_limits(a, b):
    unpaired = len(a) + len(b) - 2 * analysis.coincidences(a, b, 0.0)
    assert analysis.victor_purpura(a, b, 0.0) == abs(len(a) - len(b))
    assert analysis.victor_purpura(a, b, 1e6) == unpaired
    assert analysis.van_rossum(a, b, 1e9) ** 2 == pytest.approx((len(a) - len(b)) ** 2 / 2.0, abs=1e-3)
    single_a, single_b = sorted(set(a)), sorted(set(b))
    unpaired = len({*a} ^ {*b})
    assert analysis.van_rossum(single_a, single_b, 1e-3) ** 2 == pytest.approx(unpaired / 2.0)


def test_one_spike_moved_costs_what_the_formulas_say():
    shift, tau, q = 4.0, 10.0, 0.2
    moved = analysis.van_rossum([50.0], [50.0 + shift], tau)
    assert moved == pytest.approx(math.sqrt(1.0 - math.exp(-shift / tau)), rel=1e-12)
    assert analysis.victor_purpura([50.0], [50.0 + shift], q) == pytest.approx(q * shift)
    assert analysis.victor_purpura([50.0], [50.0 + 11.0], q) == 2.0  # dearer than to delete and to insert


@given(TIMES, TIMES, st.sampled_from([0.0, 0.5, 3.0]))
@settings(max_examples=60, deadline=None)
def test_coincidences_form_as_many_pairs_as_can_be_formed(a, b, precision):
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    near = np.abs(np.subtract.outer(np.array(a), np.array(b))) <= precision + 1e-9
    possible = (
        np.sum(maximum_bipartite_matching(csr_array(near.reshape(len(a), len(b)))) >= 0) if near.size else 0
    )
    assert analysis.coincidences(a, b, precision) == possible


def test_coincidence_factor_is_one_for_itself_and_zero_by_chance():
    spikes = snn.poisson(5.0, 2, t_stop=2_000_000.0, seed=14)
    a, b = (spikes.neurons(i, i + 1) for i in (0, 1))
    assert analysis.coincidence_factor(a, a, 2.0) == pytest.approx(1.0)
    assert abs(analysis.coincidence_factor(a, b, 2.0)) < 0.02
    # Half of the spikes kept and the others moved far away: half of what is beyond chance.
    half = np.where(np.arange(len(a)) % 2, a.t, np.mod(a.t + 123.4, a.t_stop))
    half = snn.SpikeTrains(half, np.zeros(len(a), int), n=1, t_stop=a.t_stop)
    assert analysis.coincidence_factor(a, half, 2.0) == pytest.approx(0.5, abs=0.02)


def test_pairwise_measures_every_two_trains():
    spikes = snn.poisson(30.0, 4, t_stop=300.0, seed=15)
    matrix = analysis.pairwise(spikes, lambda a, b: analysis.van_rossum(a, b, 5.0))
    assert_allclose(matrix, matrix.T)
    assert matrix[1, 3] == analysis.van_rossum(spikes.of(1), spikes.of(3), 5.0)
    assert np.all(np.diag(matrix) == 0.0)


# ---------------------------------------------------------------- nonsense

ONE, TWO = trains([10.0, 20.0]), trains([10.0], [20.0])
OTHER_WINDOW = trains([10.0], t_stop=100.0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: analysis.isi([1.0, 2.0]), TypeError, r"isi.spikes: must be SpikeTrains, got list"),
        (lambda: analysis.cv(None), TypeError, r"cv.spikes: must be SpikeTrains"),
        (lambda: analysis.fano(ONE, 150.0), ValueError, r"fano.window: must leave at least 2 windows.*got 1"),
        (lambda: analysis.fano(ONE, 10.0, over="trains"), ValueError, r"at least 2 trains, got 1"),
        (lambda: analysis.fano(ONE, 10.0, over="x"), ValueError, r'fano.over: must be "time" or "trains"'),
        (lambda: analysis.fano(ONE, 0.0), ValueError, r"fano.window: must be > 0 ms"),
        (lambda: analysis.synchrony(ONE, 300.0), ValueError, r"synchrony.bin: must be at most the duration"),
        (lambda: analysis.aligned(TWO, [1.0], 1.0, 1.0), ValueError, r"aligned.spikes: must be the train of one neuron"),
        (lambda: analysis.aligned([1.0], [1.0], 1.0, -1.0), ValueError, r"aligned.after: must be > -before = -1 ms"),
        (lambda: analysis.aligned([1.0], [[1.0]], 1.0, 1.0), ValueError, r"aligned.events: must be spike times|shape"),
        (lambda: analysis.cross_correlogram(ONE, TWO), ValueError, r"cross_correlogram.b: must be the train of one neuron"),
        (lambda: analysis.cross_correlogram(ONE, OTHER_WINDOW), ValueError, r"cross_correlogram.b: must have the window"),
        (lambda: analysis.cross_correlogram([1.0], ONE), TypeError, r"cross_correlogram.a: must be SpikeTrains"),
        (lambda: analysis.autocorrelogram(ONE, 1.0, 250.0), ValueError, r"autocorrelogram.max_lag: must be at least a bin"),
        (lambda: analysis.autocorrelogram(ONE, 1.0, 0.1), ValueError, r"autocorrelogram.max_lag: must be at least a bin"),
        (lambda: analysis.sta(ONE, np.zeros((3, 3)), 1.0), ValueError, r"sta.stimulus: must have shape \(n_samples,\)"),
        (lambda: analysis.sta(ONE, np.full(300, np.nan), 1.0), ValueError, r"sta.stimulus: must be finite"),
        (lambda: analysis.sta(ONE, np.zeros(20), 1.0), ValueError, r"sta.before: before \+ after must be shorter"),
        (lambda: analysis.sta(ONE, np.zeros(200), 1.0, before=-5.0), ValueError, r"sta.before: must be >= 0 ms"),
        (lambda: analysis.van_rossum(TWO, ONE, 1.0), ValueError, r"van_rossum.a: must be the train of one neuron, got 2"),
        (lambda: analysis.van_rossum(ONE, ["x"], 1.0), TypeError, r"van_rossum.b: must be spike times in ms"),
        (lambda: analysis.van_rossum(ONE, [np.nan], 1.0), ValueError, r"van_rossum.b: must be finite"),
        (lambda: analysis.van_rossum(ONE, ONE, 0.0), ValueError, r"van_rossum.tau: must be > 0 ms, got 0"),
        (lambda: analysis.victor_purpura(ONE, ONE, -0.1), ValueError, r"victor_purpura.q: must be >= 0 1/ms, got -0.1"),
        (lambda: analysis.coincidences(ONE, ONE, -1.0), ValueError, r"coincidences.precision: must be >= 0 ms"),
        (lambda: analysis.coincidence_factor([1.0], ONE), TypeError, r"coincidence_factor.data: must be SpikeTrains"),
        (lambda: analysis.coincidence_factor(ONE, ONE, 60.0), ValueError, r"coincidence_factor.precision: must be < 50 ms"),
        (lambda: analysis.coincidence_factor(trains([]), trains([])), ValueError, r"both are silent"),
        (lambda: analysis.pairwise(ONE, 3), TypeError, r"pairwise.measure: must be a function"),
    ],
)  # fmt: skip
def test_nonsense_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
