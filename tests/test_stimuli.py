"""Stimuli: their values at every time, their edges, their sums, and Poisson trains by their statistics."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snnlab.spikes import SpikeTrains
from snnlab.stimuli import Noise, Stimulus, noise, poisson, ramp, sine, step

finite = st.floats(-1e3, 1e3)


def test_step_is_on_from_start_until_before_stop():
    np.testing.assert_array_equal(step(250.0, 50.0, 150.0)([49.9, 50.0, 149.9, 150.0]), [0, 250, 250, 0])


def test_step_is_on_for_ever_by_default():
    assert step(5.0)(0.0) == step(5.0)(1e9) == 5.0
    assert step(5.0, 10.0)(9.0) == 0.0


@given(st.integers(1, 3000), st.integers(1, 3000), st.sampled_from([0.1, 0.05, 0.025, 0.3, 0.7, 0.01]))
def test_edges_on_the_grid_are_hit_exactly(first, length, dt):
    # 3 * 0.3 is just below 0.9: without a tolerance the step would start one sample late.
    t = np.arange(first + length + 2) * dt
    digits = 3
    on = step(1.0, round(first * dt, digits), round((first + length) * dt, digits)).sample(t)[:, 0]
    expected = np.zeros(len(t))
    expected[first : first + length] = 1.0
    np.testing.assert_array_equal(on, expected)


def test_ramp_is_a_straight_line_inside_and_zero_outside():
    t = np.array([0.0, 50.0, 75.0, 125.0, 149.0, 150.0, 200.0])
    np.testing.assert_allclose(ramp(-200.0, 50.0, 150.0)(t), [0, 0, -50, -150, -198, 0, 0])


def test_ramp_and_step_make_a_ramp_that_holds():
    held = ramp(300.0, 50.0, 150.0) + step(300.0, 150.0)
    np.testing.assert_allclose(held([0.0, 100.0, 150.0, 1e4]), [0, 150, 300, 300])


def test_sine_has_its_frequency_in_hz_and_its_phase_in_radians():
    t = np.linspace(0.0, 400.0, 101)
    np.testing.assert_allclose(sine(80.0, 5.0)(t), 80.0 * np.sin(2 * np.pi * t / 200.0), atol=1e-9)
    np.testing.assert_allclose(sine(80.0, 5.0, np.pi / 2)(t), 80.0 * np.cos(2 * np.pi * t / 200.0), atol=1e-9)


@given(finite, finite, finite, st.floats(0.0, 200.0))
def test_a_sum_is_the_sum_of_the_values(a, b, c, t):
    whole = step(a, 20.0, 100.0) + (ramp(b, 10.0, 120.0) + c) + sine(a, 10.0)
    parts = step(a, 20.0, 100.0)(t) + ramp(b, 10.0, 120.0)(t) + c + sine(a, 10.0)(t)
    assert whole(t) == pytest.approx(parts, abs=1e-9)


def test_numbers_and_arrays_add_from_both_sides():
    I = step(100.0, 10.0, 20.0)
    assert (I + 5)(15.0) == (5 + I)(15.0) == (np.float64(5.0) + I)(15.0) == 105.0
    for each in (I + np.array([1.0, 2.0]), np.array([1.0, 2.0]) + I, I + [1.0, 2.0]):
        assert isinstance(each, Stimulus)
        np.testing.assert_array_equal(each(15.0), [101.0, 102.0])


def test_adding_something_else_is_a_type_error():
    with pytest.raises(TypeError, match="unsupported operand"):
        step(100.0, 10.0, 20.0) + "5"


def test_sample_has_one_column_or_one_per_neuron():
    t = np.arange(5.0)
    assert step(1.0, 0.0, 3.0).sample(t).shape == (5, 1)
    assert noise(1.0).sample(t).shape == (5, 1) and not noise(1.0).sample(t).any()
    each = step([1.0, 2.0, 3.0], 0.0, 3.0) + sine(1.0, 1.0)
    assert each.n == 3 and each.sample(t).shape == (5, 3)
    assert each.sample(t).dtype == np.float64 and each.sample(t).flags.c_contiguous


def test_every_argument_may_differ_between_neurons():
    pulses = step([400.0, 200.0], start=[10.0, 20.0], stop=[15.0, 40.0])
    np.testing.assert_array_equal(
        pulses.sample([10.0, 15.0, 20.0, 39.0, 40.0]), [[400, 0], [0, 0], [0, 200], [0, 200], [0, 0]]
    )
    np.testing.assert_allclose(sine(1.0, [0.0, 5.0], [np.pi / 2, 0.0])(50.0), [1.0, 1.0])


def test_the_shape_of_a_call_follows_the_time():
    one, many = step(1.0, 0.0, 3.0), step([1.0, 2.0], 0.0, 3.0)
    assert isinstance(one(0.0), float)
    assert one(np.zeros((2, 3))).shape == (2, 3)
    assert many(0.0).shape == (2,)
    assert many(np.zeros(5)).shape == (5, 2)
    assert step([1.0], 0.0, 3.0)(np.zeros(5)).shape == (5, 1)


def test_noise_is_declared_and_drawn_by_the_simulation():
    I = step(200.0, 10.0, 20.0) + noise(30.0) + noise([10.0, 20.0], tau=5.0, shared=True)
    white, coloured = I.noises
    assert isinstance(white, Noise)
    assert (white.sigma, white.tau, white.shared) == (30.0, None, False)
    assert list(coloured.sigma) == [10.0, 20.0] and (coloured.tau, coloured.shared) == (5.0, True)
    assert I.n == 2
    np.testing.assert_array_equal(I.sample([15.0]), [[200.0, 200.0]])


def test_calling_a_stimulus_with_noise_says_why_not():
    with pytest.raises(ValueError, match="noise has no value until the simulation draws it"):
        (step(200.0, 10.0, 20.0) + noise(30.0))(15.0)


def test_a_stimulus_can_not_be_changed():
    amplitude = np.array([1.0, 2.0])
    I = step(amplitude, 0.0, 3.0)
    amplitude[0] = 9.0
    assert list(I(1.0)) == [1.0, 2.0]
    with pytest.raises(AttributeError):
        I.shapes = ()
    with pytest.raises(ValueError, match="read-only"):
        I.shapes[0].arguments["amplitude"][0] = 9.0


def test_repr_reads_like_the_code():
    I = step(250.0, 50.0, 150.0) + noise(30.0, tau=5.0) + 20.0
    assert repr(I) == "step(250.0, 50.0, 150.0) + 20.0 + noise(30.0, tau=5.0, shared=False)"
    assert repr(step(np.zeros(200), 0.0, 1.0)) == "step([200 values], 0.0, 1.0)"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: step(math.nan, 0.0, 1.0), ValueError, r"step\.amplitude: must be finite, got nan"),
        (lambda: step("big", 0.0, 1.0), TypeError, r"step\.amplitude: must be a number or an array"),
        (
            lambda: step([[1.0]], 0.0, 1.0),
            ValueError,
            r"step\.amplitude: must be a number or an array \(n,\)",
        ),
        (lambda: step([], 0.0, 1.0), ValueError, r"step\.amplitude: must be a number or an array \(n,\)"),
        (lambda: step(1.0, 5.0, 5.0), ValueError, r"step\.stop: must be > start = 5\.0 ms, got 5\.0"),
        (lambda: step(1.0, 150.0, 50.0), ValueError, r"step\.stop: must be > start = 150\.0 ms, got 50\.0"),
        (lambda: step(1.0, math.inf), ValueError, r"step\.start: must be finite, got inf"),
        (lambda: step(1.0, [1.0, 2.0], [3.0, 4.0, 5.0]), ValueError, r"step\.stop: must be as long as start"),
        (lambda: step([1.0, 2.0], [1.0, 2.0, 3.0]), ValueError, r"got lengths 2 and 3"),
        (lambda: step([1.0, 2.0]) + step([1.0, 2.0, 3.0]), ValueError, r"got lengths 2 and 3"),
        (lambda: step(1.0) + math.inf, ValueError, r"stimulus\.amplitude: must be finite"),
        (lambda: ramp(1.0, 5.0, math.inf), ValueError, r"ramp\.stop: must be finite, got inf .*slope"),
        (lambda: ramp(1.0, 5.0, 4.0), ValueError, r"ramp\.stop: must be > start"),
        (lambda: sine(1.0, -1.0), ValueError, r"sine\.frequency: must be >= 0 Hz, got -1\.0"),
        (lambda: noise(-1.0), ValueError, r"noise\.sigma: must be >= 0, got -1\.0"),
        (lambda: noise(1.0, tau=0.0), ValueError, r"noise\.tau: must be > 0 ms, got 0\.0 .*white noise"),
        (lambda: noise(1.0, tau=[1.0]), ValueError, r"noise\.tau: must be one number"),
        (lambda: noise(1.0, shared="yes"), TypeError, r"noise\.shared: must be True or False, got 'yes'"),
        (lambda: step(1.0)("now"), TypeError, r"stimulus\.t: must be a number"),
    ],
)
def test_bad_arguments_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


# ---------------------------------------------------------------- Poisson trains
# Seeds are fixed, and the bounds are 4.5 standard errors, so that no test here fails by chance.


def test_poisson_counts_have_the_mean_and_the_variance_of_a_poisson_law():
    counts = poisson(20.0, n=2000, t_stop=2000.0, seed=1).counts()  # 40 expected in each
    assert abs(counts.mean() - 40.0) < 4.5 * math.sqrt(40.0 / 2000)
    fano = counts.var(ddof=1) / counts.mean()
    assert abs(fano - 1.0) < 4.5 * math.sqrt(2.0 / 1999)


def test_poisson_intervals_are_exponential_and_not_on_a_grid():
    intervals = np.diff(poisson(50.0, n=1, t_stop=400_000.0, seed=2).t)
    assert len(intervals) > 19_000
    x = np.sort(1.0 - np.exp(-intervals / 20.0))  # uniform if the law is right: a Kolmogorov-Smirnov test
    distance = np.abs(x - (np.arange(len(x)) + 0.5) / len(x)).max()
    assert distance < 1.95 / math.sqrt(len(x))  # p = 0.001
    assert len(np.unique(intervals)) == len(intervals)


def test_each_neuron_may_have_its_own_rate():
    spikes = poisson([0.0, 10.0, 100.0], n=3, t_stop=100_000.0, seed=3)
    assert spikes.counts()[0] == 0
    for rate, measured in zip([10.0, 100.0], spikes.rate()[1:], strict=True):
        assert abs(measured - rate) < 4.5 * math.sqrt(rate / 100.0)


def test_a_rate_function_is_followed():
    def rate(t):
        return 100.0 * (t < 250.0) + 20.0 * (t >= 250.0)

    spikes = poisson(rate, n=400, t_stop=1000.0, seed=4, max_rate=100.0)
    early, late = (spikes.between(0.0, 250.0).rate().mean(), spikes.between(250.0, 1000.0).rate().mean())
    assert abs(early - 100.0) < 4.5 * math.sqrt(100.0 / (400 * 0.25))
    assert abs(late - 20.0) < 4.5 * math.sqrt(20.0 / (400 * 0.75))


def test_a_rate_function_may_return_one_number():
    count = len(poisson(lambda t: 30.0, n=10, t_stop=10_000.0, seed=4, max_rate=60.0))
    assert abs(count - 3000) < 4.5 * math.sqrt(3000)


def test_the_seed_and_the_stream_decide():
    def draw(seed, **stream):
        return poisson(20.0, n=5, t_stop=1000.0, seed=seed, **stream)

    assert draw(1) == draw(1)
    assert draw(1) == draw(1, stream=0)
    assert draw(1) != draw(2)
    assert draw(1) != draw(1, stream=1)
    assert draw(1, stream=1) != draw(2, stream=1)


@given(st.integers(0, 6), st.floats(0.0, 300.0), st.floats(0.0, 200.0), st.integers(0, 2**64))
def test_poisson_trains_are_valid(n, t_stop, rate, seed):
    spikes = poisson(rate, n, t_stop, seed)
    assert spikes == SpikeTrains(spikes.t, spikes.i, n, t_stop)  # the constructor checks and sorts


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"rate": -1.0}, ValueError, r"poisson\.rate: must be >= 0 Hz, got -1\.0"),
        ({"rate": [1.0, 2.0]}, ValueError, r"poisson\.rate: must be one number or have n = 3 values, got 2"),
        ({"rate": math.inf}, ValueError, r"poisson\.rate: must be finite"),
        (
            {"rate": lambda t: t},
            ValueError,
            r"poisson\.max_rate: must be given with a rate that is a function",
        ),
        ({"max_rate": 5.0}, ValueError, r"poisson\.max_rate: must be left out unless rate is a function"),
        (
            {"rate": lambda t: t, "max_rate": 50.0},
            ValueError,
            r"poisson\.rate: must be 0 to max_rate = 50 Hz",
        ),
        ({"rate": lambda t: -t, "max_rate": 50.0}, ValueError, r"must be 0 to max_rate = 50 Hz .* got -"),
        ({"rate": lambda t: t * np.nan, "max_rate": 50.0}, ValueError, r"at every time, got nan"),
        ({"rate": lambda t: np.ones(3), "max_rate": 50.0}, ValueError, r"must return one rate per time"),
        ({"n": -1}, ValueError, r"poisson\.n: must be 0 to"),
        ({"n": 1.5}, TypeError, r"poisson\.n: must be a whole number"),
        ({"t_stop": -5.0}, ValueError, r"poisson\.t_stop: must be >= "),
        ({"t_stop": math.inf}, ValueError, r"poisson\.t_stop: must be finite"),
        ({"seed": -1}, ValueError, r"poisson\.seed: must be >= 0"),
        ({"seed": None}, TypeError, r"poisson\.seed: must be a whole number, got None"),
        ({"stream": 0.5}, TypeError, r"poisson\.stream: must be a whole number"),
    ],
)
def test_bad_poisson_arguments_are_refused(arguments, error, message):
    good = {"rate": 100.0, "n": 3, "t_stop": 1000.0, "seed": 1}
    with pytest.raises(error, match=message):
        poisson(**(good | arguments))
