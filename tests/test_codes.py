"""Static codes: what each does with 0, 1, silence and wrong values; its error bound, and its inverse."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import optimize, stats

import snnlab as snn

LIF = snn.LIF()
# name: arguments of the encoder, of the decoder, and how many neurons a value has
CODES = {
    "binary": ({}, {}, 1),
    "binary word": ({"bits": 5}, {"bits": 5}, 1),
    "rate": ({"seed": 1}, {}, 1),
    "regular": ({}, {}, 1),
    "latency": ({}, {}, 1),
    "latency of a LIF": ({"lif": LIF}, {"lif": LIF}, 1),
    "population": ({}, {}, 8),
    "phase": ({}, {}, 1),
    "burst": ({}, {}, 1),
}
X_REHEOBASE = 0.2  # of the LIF, with I_max = 1000 pA
values = hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(0.0, 1.0))


def coded(name, x, **more):
    encoder = getattr(snn.encode, name.split()[0])
    return encoder(x, **{**CODES[name][0], **more})


def decoded(name, spikes, **more):
    decoder = getattr(snn.decode, name.split()[0])
    return decoder(spikes, **{**CODES[name][1], **more})


def bound(name, x):
    """The largest error that the docstring allows, for each value."""
    return {
        "binary": np.full_like(x, 0.5),
        "binary word": np.full_like(x, 0.5 / 31),
        "regular": np.full_like(x, 0.05),
        "latency": np.zeros_like(x),
        "latency of a LIF": np.where(I_reaches(x), 0.0, x),
        "population": np.zeros_like(x),
        "phase": np.zeros_like(x),
        "burst": np.where(x <= 0.2, 0.1, 0.0),
    }[name] + 1e-6


def I_reaches(x):
    """Whether the LIF gets to threshold within 100 ms, from the charging curve itself."""
    return LIF.R_m * 1000.0 * x * (1.0 - math.exp(-100.0 / LIF.tau_m)) > LIF.v_th - LIF.E_L


# ---------------------------------------------------------------- the contract


@pytest.mark.parametrize("name", CODES)
def test_a_value_outside_is_an_error_that_names_the_index(name):
    for wrong in (1.25, -0.5):
        with pytest.raises(ValueError, match=rf"x: must be in \[0, 1\], got {wrong} at index \(1, 0\)"):
            coded(name, [[0.5, 0.1], [wrong, 2.0]])


@pytest.mark.parametrize("name", CODES)
def test_nan_is_an_error_that_names_the_index(name):
    with pytest.raises(ValueError, match="x: must be finite numbers, got nan at index 2"):
        coded(name, [0.0, 1.0, np.nan])


@pytest.mark.parametrize("name", CODES)
def test_what_are_no_numbers_is_an_error(name):
    for wrong in ("0.5", [[0.1], [0.2, 0.3]], None, [0.5j]):
        with pytest.raises(TypeError, match="x: must be an array of numbers"):
            coded(name, wrong)


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("shape", [(), (7,), (3, 4), (2, 3, 2), (0,), (4, 0)])
def test_any_shape_comes_back(name, shape):
    x = np.random.default_rng(3).random(shape)
    spikes = coded(name, x)
    assert spikes.n == x.size * CODES[name][2]
    assert decoded(name, spikes, shape=shape).shape == shape
    assert decoded(name, spikes).shape == (x.size,)


@pytest.mark.parametrize("name", CODES)
@settings(max_examples=25, deadline=None)
@given(x=values)
def test_all_spikes_are_in_the_half_open_window_and_sorted(name, x):
    spikes = coded(name, x)
    assert (spikes.t_start, spikes.t_stop) == (0.0, 100.0)
    assert ((spikes.t >= 0.0) & (spikes.t < 100.0)).all()
    assert spikes == snn.SpikeTrains(spikes.t, spikes.i, spikes.n, spikes.t_stop)  # checked and sorted again


@pytest.mark.parametrize("name", [name for name in CODES if name != "rate"])
@settings(max_examples=25, deadline=None)
@given(x=values)
def test_the_error_is_within_its_bound(name, x):
    assert (np.abs(decoded(name, coded(name, x)) - x) <= bound(name, x)).all()


@pytest.mark.parametrize("name", [name for name in CODES if name != "rate"])
@settings(max_examples=15, deadline=None)
@given(x=values, seed=st.integers(0, 1000))
def test_permuted_values_give_permuted_trains(name, x, seed):
    order = np.random.default_rng(seed).permutation(len(x))
    before, after = coded(name, x), coded(name, x[order])
    m = CODES[name][2]
    for new, old in enumerate(order):
        for j in range(m):
            np.testing.assert_array_equal(after.of(new * m + j), before.of(old * m + j))


@pytest.mark.parametrize("name", [name for name in CODES if name not in ("rate", "population")])
@settings(max_examples=25, deadline=None)
@given(x=values)
def test_a_larger_value_is_never_decoded_smaller(name, x):
    again = decoded(name, coded(name, np.sort(x)))
    assert (np.diff(again) >= -1e-9).all()


@pytest.mark.parametrize("name", CODES)
def test_every_code_drives_a_network(name):
    spikes = coded(name, [0.4, 0.8, 1.0])
    net = snn.Population(snn.LIF(), 3, receptors={"exc": snn.ExpCurrent(5.0)})
    sent = snn.Projection(
        spikes, net, pairs=(np.arange(spikes.n), np.arange(spikes.n) % 3), w=5000.0, delay=1.0
    )
    assert len(snn.simulate(net, t_stop=100.0, projections=[sent], seed=1).spikes) > 0


@pytest.mark.parametrize("name", [*CODES, "temporal"])
def test_encoder_and_decoder_have_the_same_arguments_and_defaults(name):
    encoder, decoder = (
        inspect.signature(getattr(package, name.split()[0])).parameters
        for package in (snn.encode, snn.decode)
    )
    shared = set(encoder) - {"x", "window", "seed", "stream"}
    assert set(decoder) - {"spikes", "window", "shape"} == shared
    assert all(encoder[key].default == decoder[key].default for key in shared)


@pytest.mark.parametrize("name", CODES)
def test_a_decoder_stands_spikes_that_no_encoder_makes(name):
    m = CODES[name][2]
    mixed = snn.poisson(100.0, 20 * m, 100.0, seed=5)
    edges = snn.SpikeTrains(np.repeat([0.0, 100.0], 20 * m), np.tile(np.arange(20 * m), 2), 20 * m, 100.0)
    silent = snn.SpikeTrains([], np.array([], int), 20 * m, 100.0)
    for spikes in (mixed, edges, silent):
        again = decoded(name, spikes)
        assert again.shape == (20,)
        assert ((again >= 0.0) & (again <= 1.0)).all()
    assert (decoded(name, silent) == (0.5 if name == "population" else 0.0)).all()


@pytest.mark.parametrize("name", CODES)
def test_a_decoder_refuses_what_does_not_fit(name):
    with pytest.raises(TypeError, match="spikes: must be SpikeTrains"):
        decoded(name, [1.0, 2.0])
    with pytest.raises(ValueError, match="shape: must have 2 values"):
        decoded(name, coded(name, [0.1, 0.9]), shape=(3,))
    with pytest.raises(TypeError, match="shape: must be a shape"):
        decoded(name, coded(name, [0.1, 0.9]), shape=2.0)


# ---------------------------------------------------------------- each code, by what it is


@given(x=st.floats(0.0, 1.0), bits=st.integers(1, 12))
def test_binary_writes_the_nearest_level(x, bits):
    spikes = snn.encode.binary([x], bits=bits, window=float(bits))
    word = "".join("1" if slot + 0.5 in spikes.t else "0" for slot in range(bits))
    assert len(spikes) == word.count("1")
    assert abs(int(word, 2) - x * (2**bits - 1)) <= 0.5 + 1e-9


def test_binary_of_0_and_1():
    spikes = snn.encode.binary([0.0, 1.0], bits=3)
    assert spikes.counts().tolist() == [0, 3]


def test_rate_counts_lie_within_poisson_bounds():
    x = np.array([0.0, 0.1, 0.5, 1.0])
    counts = snn.encode.rate(np.tile(x, 2000), window=200.0, max_rate=50.0, seed=4).counts().reshape(2000, 4)
    for k, value in enumerate(x):
        low, high = stats.poisson.ppf([1e-6, 1 - 1e-6], 2000 * 10.0 * value)  # 10 spikes for the value 1
        assert low <= counts[:, k].sum() <= high
        assert counts[:, k].var() == pytest.approx(10.0 * value, rel=0.15)


def test_rate_is_drawn_from_seed_and_stream():
    x = [0.5, 0.7]
    first = snn.encode.rate(x, seed=1)
    assert first == snn.encode.rate(x, seed=1)
    assert first != snn.encode.rate(x, seed=2)
    assert first != snn.encode.rate(x, seed=1, stream=1)
    with pytest.raises(TypeError, match="seed"):
        snn.encode.rate(x)


@given(x=st.floats(0.0, 1.0), max_rate=st.floats(1.0, 500.0))
def test_regular_has_equal_intervals(x, max_rate):
    t = snn.encode.regular([x], window=300.0, max_rate=max_rate).t
    assert len(t) == math.floor(0.3 * max_rate * x + 0.5)
    assert np.allclose(np.diff(t), 1000.0 / (x * max_rate) if len(t) > 1 else 0.0)


@given(x=st.floats(0.01, 1.0), window=st.floats(1.0, 1000.0))
def test_latency_falls_in_a_straight_line(x, window):
    assert snn.encode.latency([x], window).t == pytest.approx([(1.0 - x) * window], abs=1e-9)


def test_latency_of_a_lif_is_what_a_simulated_one_does():
    x = np.linspace(0.0, 1.0, 41)
    rec = snn.simulate(snn.Population(LIF, 41), I=1000.0 * x, t_stop=100.0, dt=0.01, seed=1)
    spikes = snn.encode.latency(x, lif=LIF)
    for k in range(41):
        simulated = rec.spikes.of(k)[:1]
        assert len(simulated) == len(spikes.of(k)) == int(x[k] > X_REHEOBASE)
        assert np.all((simulated - spikes.of(k) > -1e-9) & (simulated - spikes.of(k) <= 0.01 + 1e-9))


@given(x=st.floats(0.0, 1.0), fields=st.integers(3, 15))
def test_population_has_the_fields_of_bohte(x, fields):
    """The paper's formulas, with its index i from 1: centre (2i - 3)/2 (max - min)/(m - 2), width (max - min)/(1.5 (m - 2))."""
    spikes = snn.encode.population([x], window=10.0, fields=fields)
    for i in range(1, fields + 1):
        centre, sigma = (2 * i - 3) / 2 / (fields - 2), 1 / 1.5 / (fields - 2)
        t = 10.0 * (1.0 - math.exp(-((x - centre) ** 2) / (2 * sigma**2)))
        if abs(t - 9.0) > 1e-6:
            assert spikes.of(i - 1) == pytest.approx([t] if t < 9.0 else [], abs=1e-9)


def test_population_decoder_is_close_to_least_squares_under_jitter():
    rng = np.random.default_rng(2)
    x = rng.random(30)
    spikes = snn.encode.population(x, window=10.0)
    late = snn.SpikeTrains(
        np.clip(spikes.t + rng.normal(0.0, 0.2, len(spikes)), 0.0, 10.0), spikes.i, spikes.n, 10.0
    )
    centres, sigma = (np.arange(8) - 0.5) / 6, 1 / 9
    mine, best = snn.decode.population(late), []
    for k in range(30):
        fired = {j: late.of(8 * k + j)[0] for j in range(8) if len(late.of(8 * k + j))}
        j, t = np.array(list(fired)), np.array(list(fired.values()))

        def misfit(guess, j=j, t=t):
            return np.sum((t - 10.0 * (1.0 - np.exp(-((guess - centres[j]) ** 2) / (2 * sigma**2)))) ** 2)

        best.append(optimize.minimize_scalar(misfit, (x[k] - 0.02, x[k] + 0.02)).x)
    rms = [np.sqrt(np.mean((np.array(guess) - x) ** 2)) for guess in (mine, best)]
    assert rms[0] < 1.25 * rms[1] < 0.02


def test_population_of_one_spike_is_the_centre_of_its_field():
    one = snn.SpikeTrains([3.0], [2], 5, 10.0)
    assert snn.decode.population(one, fields=5) == pytest.approx([0.5])


@given(x=st.floats(0.0, 1.0))
def test_phase_spikes_once_in_each_cycle(x):
    t = snn.encode.phase([x], window=110.0, period=25.0).t
    assert np.floor(t / 25.0).tolist() == [0, 1, 2, 3]
    assert np.allclose(2 * np.pi * (t % 25.0) / 25.0, 2 * np.pi * 0.75 * (1.0 - x))


def test_phase_wraps():
    """Spikes a little before and after the start of a cycle are near 1, and not far from it on average."""
    spikes = snn.SpikeTrains([24.0, 51.0], [0, 0], 1, 100.0)
    assert snn.decode.phase(spikes) == pytest.approx([1.0])
    late, early = (
        snn.SpikeTrains([25.0 * part], [0], 1, 100.0) for part in (0.80, 0.95)
    )  # in the empty part
    assert snn.decode.phase(late)[0] == 0.0
    assert snn.decode.phase(early)[0] == 1.0


@given(x=st.floats(0.0, 1.0), n_max=st.integers(2, 8))
def test_burst_has_more_spikes_closer_together(x, n_max):
    t = snn.encode.burst([x], window=200.0, n_max=n_max).t
    assert len(t) == math.ceil(x * n_max)
    assert np.allclose(np.diff(t), 20.0 - 18.0 * x)


def test_a_burst_must_fit_in_its_window():
    with pytest.raises(ValueError, match=r"window: must be > 21.3333 ms, the longest burst"):
        snn.encode.burst([0.5], window=20.0, n_max=3, T_min=4.0, T_max=24.0)
    # Just above 2/3 there are 3 spikes at intervals just below 24 - 20 * 2/3 ms; just above 1/3, 2 at 24 - 20/3 ms.
    longest = max(2 * (24 - 20 * 2 / 3), 24 - 20 / 3)
    x = np.linspace(0.0, 1.0, 10_001)
    assert snn.encode.burst(x, window=longest + 1e-6, n_max=3, T_min=4.0, T_max=24.0).t.max() < longest


def test_burst_stands_one_lost_spike():
    spikes = snn.encode.burst([1.0])
    lost = snn.SpikeTrains(np.delete(spikes.t, 2), np.delete(spikes.i, 2), 1, 100.0)
    assert snn.decode.burst(lost) == pytest.approx([1.0])


# ---------------------------------------------------------------- the code of intervals


@settings(max_examples=25, deadline=None)
@given(x=hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=8), elements=st.floats(0.0, 1.0)))
def test_temporal_puts_the_values_into_intervals(x):
    spikes = snn.encode.temporal(x, T_min=1.0, T_max=5.0)
    columns = x.reshape(len(x), -1)
    assert spikes.n == columns.shape[1]
    assert spikes.t_stop == 5.0 * (len(x) + 1)
    for k in range(spikes.n):
        assert spikes.of(k)[0] == 0.0
        assert np.allclose(np.diff(spikes.of(k)), 5.0 - 4.0 * columns[:, k])
    assert np.allclose(snn.decode.temporal(spikes, T_min=1.0, T_max=5.0, shape=x.shape), x, atol=1e-9)


def test_temporal_without_shape_and_with_lost_spikes():
    x = np.array([[0.2, 0.9], [0.5, 0.4], [0.7, 0.1]])
    spikes = snn.encode.temporal(x)
    assert np.allclose(snn.decode.temporal(spikes), x)
    assert snn.decode.temporal(snn.encode.temporal(x[:, 0])).shape == (3,)
    first = spikes.t > 0.0  # the first spike of both is lost, and with it the first value
    lost = snn.SpikeTrains(spikes.t[first], spikes.i[first], 2, spikes.t_stop)
    assert np.allclose(snn.decode.temporal(lost), [[0.5, 0.4], [0.7, 0.1], [0.0, 0.0]])


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_temporal_of_nothing(shape):
    spikes = snn.encode.temporal(np.zeros(shape))
    assert len(spikes) == 0
    assert snn.decode.temporal(spikes, shape=shape).shape == shape


def test_temporal_refuses_wrong_values():
    with pytest.raises(ValueError, match=r"got 1\.5 at index 1"):
        snn.encode.temporal([0.5, 1.5])
    with pytest.raises(ValueError, match="nan at index 0"):
        snn.encode.temporal([np.nan])
    with pytest.raises(ValueError, match="T_max: must be > T_min"):
        snn.encode.temporal([0.5], T_min=5.0, T_max=5.0)


# ---------------------------------------------------------------- direct, scaler, turns


def test_direct_repeats_the_values():
    x = np.random.default_rng(1).random((3, 2))
    steps = snn.encode.direct(x, 4, scale=2.0)
    assert steps.shape == (4, 3, 2)
    assert all(np.array_equal(step, 2.0 * x) for step in steps)
    rec = snn.simulate(
        snn.Population(LIF, 2), I=snn.encode.direct([0.0, 1.0], 1000, scale=500.0), t_stop=100.0, seed=1
    )
    assert rec.spikes.counts()[0] == 0 < rec.spikes.counts()[1]
    for wrong, match in (([1.5], r"got 1.5 at index 0"), ([np.nan], "nan at index 0")):
        with pytest.raises(ValueError, match=match):
            snn.encode.direct(wrong, 3)


@settings(max_examples=40, deadline=None)
@given(
    data=hnp.arrays(
        np.float64, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=st.floats(-1e6, 1e6)
    ),
    together=st.booleans(),
)
def test_a_scaler_maps_to_the_unit_interval_and_back(data, together):
    scaler = snn.encode.Scaler.of(data, together=together)
    x = scaler.scale(data)
    assert ((x >= 0.0) & (x <= 1.0)).all()
    assert np.allclose(scaler.restore(x), data, rtol=1e-9, atol=1e-9)
    axis = None if together else 0
    assert np.array_equal(x.max(axis=axis), data.max(axis=axis) > data.min(axis=axis))  # 1 for all that vary


def test_a_scaler_knows_its_range():
    scaler = snn.encode.Scaler.of([[0.0, 10.0], [2.0, 30.0]])
    with pytest.raises(ValueError, match=r"got 35 at index \(0, 1\)"):
        scaler.scale([[1.0, 35.0]])
    assert scaler.scale([[1.0, 35.0]], clip=True).tolist() == [[0.5, 1.0]]
    with pytest.raises(ValueError, match=r"must end in the features of the scaler, \(2,\)"):
        scaler.scale([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="nan at index 0"):
        snn.encode.Scaler.of([np.nan])
    with pytest.raises(ValueError, match="at least one number"):
        snn.encode.Scaler.of([])
    with pytest.raises(ValueError, match="must be >= low"):
        snn.encode.Scaler(1.0, 0.0)


@pytest.mark.parametrize("name", [name for name in CODES if name != "rate"])
@pytest.mark.parametrize("pause", [0.0, 0.3, 50.0])
def test_samples_in_turn_come_apart_again(name, pause):
    x = np.random.default_rng(6).random((7, 3))
    x[0], x[1] = 0.0, 1.0
    spikes = coded(name, x)
    shown = snn.encode.in_turn(spikes, 7, pause=pause)
    assert shown.n == 3 * CODES[name][2]
    assert shown.t_stop == pytest.approx(7 * (100.0 + pause))
    apart = snn.decode.turns(shown, 7, pause=pause)
    np.testing.assert_array_equal(apart.counts(), spikes.counts())
    assert np.allclose(
        decoded(name, apart, window=100.0, shape=(7, 3)), decoded(name, spikes, shape=(7, 3)), atol=1e-6
    )


def test_in_turn_refuses_what_does_not_divide():
    with pytest.raises(ValueError, match="must divide the number of neurons, 3"):
        snn.encode.in_turn(snn.encode.latency([0.1, 0.2, 0.3]), 2)
    with pytest.raises(ValueError, match="pause: must be < 50 ms"):
        snn.decode.turns(snn.encode.latency([0.1, 0.2]), 2, pause=60.0)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: snn.encode.latency([0.5], 0.0), "latency.window: must be > 0 ms"),
        (lambda: snn.encode.binary([0.5], bits=0), "binary.bits: must be a whole number >= 1"),
        (lambda: snn.encode.binary([0.5], bits=40), "binary.bits: must be a whole number from 1 to 32"),
        (lambda: snn.encode.regular([0.5], max_rate=-1.0), "regular.max_rate: must be > 0 Hz"),
        (lambda: snn.encode.rate([0.5], max_rate=0.0, seed=1), "rate.max_rate: must be > 0 Hz"),
        (lambda: snn.encode.population([0.5], fields=2), "population.fields: must be a whole number >= 3"),
        (lambda: snn.encode.population([0.5], cutoff=1.0), "population.cutoff: must be 0 <= cutoff < 1"),
        (lambda: snn.decode.population(snn.encode.population([0.5]), fields=7), "must have a multiple of 7 neurons"),
        (lambda: snn.encode.phase([0.5], period=200.0), "phase.period: must be at most the window"),
        (lambda: snn.encode.phase([0.5], span=1.0), "phase.span: must be 0 < span < 1"),
        (lambda: snn.encode.direct([0.5], -1), "direct.n_steps: must be a whole number >= 0"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(call, match):
    with pytest.raises(ValueError, match=match):
        call()
