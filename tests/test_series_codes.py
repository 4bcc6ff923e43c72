"""Codes of changes and the simulated event camera, against loops written by hand and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

import snnlab as snn

signals = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 30), st.integers(1, 3)),
    elements=st.floats(-5.0, 5.0).map(lambda v: round(v, 4)),
)


def send_on_delta(x, threshold, dt):
    """ON and OFF times of one signal, one event at a time."""
    level, on, off = x[0], [], []
    for k in range(1, len(x)):
        while x[k] - level >= threshold * (1 - 1e-9):
            level += threshold
            on.append(dt * (k - 1 + (level - x[k - 1]) / (x[k] - x[k - 1])))
        while level - x[k] >= threshold * (1 - 1e-9):
            level -= threshold
            off.append(dt * (k - 1 + (level - x[k - 1]) / (x[k] - x[k - 1])))
    return on, off


@settings(max_examples=60, deadline=None)
@given(x=signals, threshold=st.sampled_from([0.1, 0.37, 2.0]))
def test_delta_is_send_on_delta(x, threshold):
    spikes, n = snn.encode.delta(x, threshold, dt=2.0), x.shape[1]
    for k in range(n):
        on, off = send_on_delta(x[:, k], threshold, 2.0)
        assert spikes.of(k) == pytest.approx(on, abs=1e-6)
        assert spikes.of(n + k) == pytest.approx(off, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(x=signals, threshold=st.sampled_from([0.1, 0.37, 2.0]))
def test_delta_is_never_wrong_by_more_than_a_threshold(x, threshold):
    spikes = snn.encode.delta(x, threshold)
    again = snn.decode.delta(spikes, threshold, start=x[0], shape=x.shape)
    assert (np.abs(again - x) < threshold * (1 + 1e-6)).all()


@settings(max_examples=30, deadline=None)
@given(x=signals, seed=st.integers(0, 100))
def test_permuted_signals_give_permuted_events(x, seed):
    n = x.shape[1]
    order = np.random.default_rng(seed).permutation(n)
    for code in (snn.encode.delta, snn.encode.on_off):
        before, after = code(x, 0.3), code(x[:, order], 0.3)
        for new, old in enumerate(order):
            np.testing.assert_array_equal(after.of(new), before.of(old))
            np.testing.assert_array_equal(after.of(n + new), before.of(n + old))


@settings(max_examples=30, deadline=None)
@given(x=signals)
def test_the_mirrored_signal_swaps_on_and_off(x):
    n = x.shape[1]
    for code in (snn.encode.delta, snn.encode.on_off):
        up, down = code(x, 0.3), code(-x, 0.3)
        assert up.neurons(0, n) == down.neurons(n, 2 * n)
        assert up.neurons(n, 2 * n) == down.neurons(0, n)


@settings(max_examples=30, deadline=None)
@given(x=signals)
def test_on_off_compares_neighbours(x):
    spikes, n = snn.encode.on_off(x, 0.3, dt=2.0), x.shape[1]
    for k in range(n):
        rises = [2.0 * j for j in range(1, len(x)) if x[j, k] - x[j - 1, k] >= 0.3 * (1 - 1e-9)]
        falls = [2.0 * j for j in range(1, len(x)) if x[j - 1, k] - x[j, k] >= 0.3 * (1 - 1e-9)]
        assert spikes.of(k).tolist() == rises
        assert spikes.of(n + k).tolist() == falls


def test_on_off_misses_a_drift_that_delta_tells():
    drift = np.linspace(0.0, 5.0, 101)
    assert len(snn.encode.on_off(drift, 0.1)) == 0
    assert len(snn.encode.delta(drift, 0.1)) == 50


@pytest.mark.parametrize("code", ["delta", "on_off"])
@pytest.mark.parametrize("shape", [(0,), (1,), (5, 0), (0, 3), (4, 2, 3)])
def test_shapes_come_back(code, shape):
    x = np.random.default_rng(1).random(shape)
    spikes = getattr(snn.encode, code)(x)
    assert spikes.n == 2 * math.prod(shape[1:])
    if shape[0]:
        assert getattr(snn.decode, code)(spikes, start=x[0] if x[0].size else 0.0, shape=shape).shape == shape
    assert spikes.t_stop == shape[0]


@pytest.mark.parametrize("code", ["delta", "on_off"])
def test_wrong_signals_are_named(code):
    encode, decode = getattr(snn.encode, code), getattr(snn.decode, code)
    with pytest.raises(ValueError, match=r"x: must be finite numbers, got nan at index \(1, 0\)"):
        encode([[0.0], [np.nan]])
    with pytest.raises(ValueError, match="must have a first axis of time"):
        encode(1.0)
    with pytest.raises(ValueError, match="threshold: must be > 0"):
        encode([0.0, 1.0], 0.0)
    with pytest.raises(ValueError, match="must have a multiple of 2 neurons"):
        decode(snn.SpikeTrains([], np.array([], int), 3, 10.0))
    with pytest.raises(ValueError, match="must be 2 samples of 1 signals"):
        decode(encode([0.0, 1.0]), shape=(3,))
    with pytest.raises(ValueError, match="start: must be one number or one for each"):
        decode(encode([0.0, 1.0]), start=[1.0, 2.0])


def test_delta_refuses_to_fill_the_memory():
    with pytest.raises(ValueError, match="threshold: must make at most 200,000,000 events"):
        snn.encode.delta([0.0, 1e9], 1e-3)


# ---------------------------------------------------------------- the event camera


def moving_bars(shift=1.0, time=40, width=24):
    """A sine grating that moves to the right, seen for `time` frames: log intensity of amplitude 1."""
    column, frame = np.arange(width), np.arange(time)
    log_light = np.cos(2 * np.pi * (column - shift * frame[:, None]) / 12)
    return np.exp(np.repeat(log_light[:, None, :], 3, axis=1))


def test_a_still_picture_makes_noise_only():
    still = np.broadcast_to(np.random.default_rng(1).uniform(0.1, 5.0, (50, 8, 8)), (50, 8, 8))
    still = np.repeat(still[:1], 50, axis=0)
    camera = {"mismatch": 0.05, "refractory": 0.0}
    assert len(snn.encode.event_camera(still, seed=1, **camera)) == 0
    noisy = snn.encode.event_camera(still, dt=100.0, noise_rate=3.0, seed=1, **camera)
    low, high = stats.poisson.ppf([1e-5, 1 - 1e-5], 3.0 * 64 * 5.0)  # 64 pixels, 5 s
    assert low <= len(noisy) <= high
    on = noisy.counts()[:64].sum()
    low, high = stats.binom.ppf([1e-5, 1 - 1e-5], len(noisy), 0.5)
    assert low <= on <= high


@given(change=st.floats(-6.0, 6.0), contrast=st.floats(0.1, 1.0))
@settings(max_examples=60, deadline=None)
def test_the_count_is_the_change_of_log_intensity_over_the_threshold(change, contrast):
    frames = np.exp(np.outer(np.linspace(0.0, change, 20), np.ones(2)))
    counts = snn.encode.event_camera(frames, contrast, seed=1).counts()
    expected = abs(change) / contrast
    if abs(expected - round(expected)) > 1e-6:
        assert counts.tolist() == (
            [int(expected)] * 2 + [0, 0] if change > 0 else [0, 0] + [int(expected)] * 2
        )


def test_a_moving_grating_makes_the_events_of_its_amplitude():
    """Four periods of amplitude 1 pass in 48 frames: 4 rises and 4 falls by 2, at 10 levels each less at most one."""
    frames = moving_bars(time=49)
    counts = snn.encode.event_camera(frames, 0.2, seed=1).counts().reshape(2, 3, 24)
    assert ((counts > 4 * 9 - 1) & (counts <= 4 * 10)).all()
    assert (np.abs(counts[0] - counts[1]) <= 1).all()  # back where it began


def test_a_film_run_backwards_swaps_on_and_off():
    """From trough to crest and back: the levels are the same in both directions."""
    log_light = 0.2 * np.array([0, 1, 3, 6, 10, 7, 4, 2, 1, 0])[:, None]
    frames = np.exp(log_light + [0.0, 1.0])
    forward = snn.encode.event_camera(frames[:7], 0.2, seed=1).counts().reshape(2, -1)
    backward = snn.encode.event_camera(frames[:7][::-1], 0.2, seed=1).counts().reshape(2, -1)
    assert forward.tolist() == [[10, 10], [6, 6]]
    assert backward.tolist() == forward[::-1].tolist()


def test_reversed_motion_swaps_on_and_off_at_an_edge():
    """An edge from dark to bright moves right over a pixel and makes it dark; moving left it makes it bright."""
    column = np.arange(20)
    right = np.array([np.where(column > 5 + k, 4.0, 1.0) for k in range(10)])
    for film, polarity in ((right, 1), (right[::-1], 0)):
        counts = snn.encode.event_camera(film, 0.2, seed=1).counts().reshape(2, 20)
        assert counts[polarity].tolist() == [0] * 6 + [int(np.log(4.0) / 0.2)] * 9 + [0] * 5
        assert counts[1 - polarity].sum() == 0


def test_mismatch_changes_the_thresholds_pixel_by_pixel():
    up = np.exp(np.outer([0.0, 10.0], np.ones(20_000)))
    measured = 10.0 / snn.encode.event_camera(up, 0.2, mismatch=0.02, seed=3).counts()[:20_000]
    assert measured.mean() == pytest.approx(
        0.2 + 0.5 * 0.2**2 / 10.0, abs=5e-4
    )  # a count is rounded down: half an event
    assert measured.std() == pytest.approx(0.02, rel=0.05)


@given(seed=st.integers(0, 30))
@settings(max_examples=15, deadline=None)
def test_mismatched_thresholds_follow_the_same_rule(seed):
    """ON and OFF thresholds of one pixel differ: a walk through its levels, one event at a time."""
    rng = np.random.default_rng(seed)
    log_light = rng.normal(0.0, 0.5, (15, 3))
    spikes = snn.encode.event_camera(np.exp(log_light), 0.2, mismatch=0.05, seed=seed)
    drawn = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(0, 1))))
    up, down = 0.2 + 0.05 * drawn.standard_normal((2, 3))
    for pixel in range(3):
        level, on, off = log_light[0, pixel], 0, 0
        for value in log_light[1:, pixel]:
            while value - level >= up[pixel]:
                level, on = level + up[pixel], on + 1
            while level - value >= down[pixel]:
                level, off = level - down[pixel], off + 1
        assert (len(spikes.of(pixel)), len(spikes.of(3 + pixel))) == (on, off)


@given(seed=st.integers(0, 30), refractory=st.sampled_from([0.5, 3.0, 1000.0]))
@settings(max_examples=20, deadline=None)
def test_a_refractory_pixel_keeps_the_first_event_that_is_late_enough(seed, refractory):
    frames = np.exp(np.random.default_rng(seed).normal(0.0, 0.5, (30, 2, 2)))
    every, kept = (
        snn.encode.event_camera(frames, 0.2, noise_rate=20.0, seed=seed, refractory=rest)
        for rest in (0.0, refractory)
    )
    expected = []
    for pixel in range(4):
        last = -math.inf
        for t, i in zip(every.t, every.i, strict=True):
            if i % 4 == pixel and t - last >= refractory:
                expected.append((t, int(i)))
                last = t
    assert sorted(expected) == list(zip(kept.t.tolist(), kept.i.tolist(), strict=True))


def test_a_film_is_rebuilt_within_one_contrast():
    frames = moving_bars()
    spikes = snn.encode.event_camera(frames, 0.2, seed=1)
    again = snn.decode.event_camera(spikes, 0.2, start=frames[0], shape=frames.shape)
    assert np.abs(np.log(again / frames)).max() < 0.2 * (1 + 1e-6)


def test_the_camera_is_drawn_from_its_seed():
    frames, noise = moving_bars(), {"noise_rate": 50.0, "mismatch": 0.02}
    first = snn.encode.event_camera(frames, seed=1, **noise)
    assert first == snn.encode.event_camera(frames, seed=1, **noise)
    assert first != snn.encode.event_camera(frames, seed=2, **noise)
    assert first != snn.encode.event_camera(frames, seed=1, stream=1, **noise)


@pytest.mark.parametrize(
    ("frames", "more", "match"),
    [
        ([[1.0, 0.0]], {}, r"frames: must be > 0, since the camera sees logarithms, got 0 at index \(0, 1\)"),
        ([[1.0, np.nan]], {}, r"frames: must be finite numbers, got nan at index \(0, 1\)"),
        ([1.0, 2.0], {}, r"frames: must have shape \(time, height, width\) or \(time, n\), got \(2,\)"),
        ([[1.0]], {"mismatch": -0.1}, "mismatch: must be >= 0"),
        ([[1.0]], {"refractory": -0.1}, "refractory: must be >= 0 ms"),
        ([[1.0]], {"noise_rate": -1.0}, "noise_rate: must be >= 0 Hz"),
        ([[1.0]], {"contrast": 0.0}, "contrast: must be > 0"),
        ([[1.0]], {"seed": -1}, "seed: must be >= 0"),
    ],
)  # fmt: skip
def test_the_camera_refuses_what_it_cannot_see(frames, more, match):
    with pytest.raises(ValueError, match=match):
        snn.encode.event_camera(frames, **{"seed": 1, **more})


def test_the_plot_says_that_there_is_no_sensor():
    spikes = snn.encode.event_camera(moving_bars(), 0.2, seed=1)
    ax = snn.plots.events(spikes.between(0.0, 10.0), (3, 24))
    assert "simulated, no sensor" in ax.get_title()
    assert "simulated, no sensor" in snn.plots.alt_text(ax)
    with pytest.raises(ValueError, match="must be \\(height, width\\) of 72 pixels"):
        snn.plots.events(spikes, (3, 25))
