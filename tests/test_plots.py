"""Plots: what is drawn is what was recorded, in colours that can be read, and said in words."""

import itertools
import subprocess
import sys

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

import snnlab as snn
from snnlab import plots
from snnlab.plots import BACKGROUND, COLOURS, DASHES, GREY, INK, MARKERS
from snnlab.units import ms, mV

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def one():
    return snn.simulate(snn.LIF(), I=snn.step(250.0, 50.0, 150.0), t_stop=200.0, record=["v"])


@pytest.fixture(scope="module")
def eight():
    return snn.simulate(
        snn.Population(snn.LIF(), 8), I=np.linspace(150.0, 400.0, 8), t_stop=100.0, record=["v"]
    )


# ---------------------------------------------------------------- trace


def test_a_trace_shows_every_sample_and_each_spike_up_to_0_mV(one):
    line = plots.trace(one, "v").lines[0]
    t, v = line.get_xdata(), line.get_ydata()
    added = v == 0.0
    np.testing.assert_array_equal(t[~added], one.t)
    np.testing.assert_array_equal(v[~added], one.traces["v"][:, 0])
    np.testing.assert_array_equal(t[added], one.spikes.t)
    assert len(one.spikes) == 3
    # Up from just below threshold, down to the reset.
    assert np.all(v[np.flatnonzero(added) + 1] == -65.0)
    assert np.all((v[np.flatnonzero(added) - 1] < -50.0) & (v[np.flatnonzero(added) - 1] > -51.0))


def test_a_spike_at_the_very_end_is_drawn():
    t_stop = snn.simulate(snn.LIF(), I=300.0, t_stop=100.0).spikes.t[0]
    rec = snn.simulate(snn.LIF(), I=300.0, t_stop=t_stop, record=["v"])
    line = plots.trace(rec).lines[0]
    assert (line.get_xdata()[-1], line.get_ydata()[-1]) == (t_stop, 0.0)


def test_a_sparsely_recorded_trace_has_all_its_spikes():
    cell = snn.Population(snn.LIF(), 1)
    rec = snn.simulate(cell, I=400.0, t_stop=100.0, record=[snn.Record(cell, "v", every=5.0)])
    line = plots.trace(rec).lines[0]
    np.testing.assert_array_equal(line.get_xdata()[line.get_ydata() == 0.0], rec.spikes.t)
    assert np.all(np.diff(line.get_xdata()) >= 0)


def test_the_threshold_is_a_dashed_line_with_its_name(one):
    ax = plots.trace(one)
    dashed = ax.lines[1]
    assert list(dashed.get_ydata()) == [-50.0, -50.0] and dashed.get_linestyle() == "--"
    assert [text.get_text() for text in ax.texts] == ["threshold"]


def test_a_model_without_a_reset_is_drawn_as_it_is():
    class Passive(snn.Neuron):
        """A membrane that counts as spiking above v_th, and goes on."""

        tau_m: ms = 20.0
        v_th: mV = -60.0
        state = {"v": "mV", "a": "1"}
        input = {"I": "pA"}

        def initial():
            return {"v": -70.0, "a": 0.0}

        def dynamics(v, a, I, tau_m):
            dv = (-70.0 - v + 0.1 * I) / tau_m
            da = (1.0 - a) / tau_m
            return dv, da

        def threshold(v, v_th):
            return v >= v_th

    rec = snn.simulate(Passive(), I=300.0, t_stop=100.0, record=["v", "a"], method="euler")
    assert len(rec.spikes) == 1
    ax = plots.trace(rec)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), rec.traces["v"][:, 0])
    assert "resets" not in plots.alt_text(ax)
    ax = plots.trace(rec, "a")
    assert ax.get_ylabel() == "a" and len(ax.lines) == 1  # no unit, and no threshold: that is for v
    assert plots.alt_text(ax).startswith("a of 1 neuron over 100 ms, from 0 to 0.9933: ")


def test_trace_draws_the_neurons_asked_for(eight):
    ax = plots.trace(eight, neurons=[6, 2])
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["neuron 6", "2"]
    samples = np.isin(ax.lines[1].get_ydata(), eight.traces["v"][:, 2])
    np.testing.assert_array_equal(ax.lines[1].get_ydata()[samples], eight.traces["v"][:, 2])


def test_trace_draws_five_of_many_and_says_so(eight):
    ax = plots.trace(eight)
    assert len(ax.get_legend().get_texts()) == 5
    assert "neurons 0, 1, 2, 3 and 4 of 8" in plots.alt_text(ax)


def test_the_legend_of_five_traces_fits_the_figure():
    cells = snn.Population(snn.LIF(), 2000)
    rec = snn.simulate(cells, I=400.0, t_stop=50.0, record=[snn.Record(cells[1995:], "v")])
    ax = plots.trace(rec)
    ax.figure.draw_without_rendering()  # a warning that the layout collapsed would be an error
    assert ax.get_legend().get_window_extent().x1 <= ax.figure.bbox.x1
    assert ax.get_window_extent().width > 0.7 * ax.figure.bbox.width


def test_trace_knows_which_neurons_were_recorded():
    cells = snn.Population(snn.LIF(), 8)
    I = np.linspace(150.0, 400.0, 8)
    rec = snn.simulate(cells, I=I, t_stop=100.0, record=[snn.Record(cells[5:7], "v")])
    counts = rec.spikes.counts()
    assert f"neurons 5 and 6 of 8 over 100 ms, from -70 to -50.02 mV: {counts[5]} and {counts[6]} spikes" in (
        plots.alt_text(plots.trace(rec))
    )
    with pytest.raises(
        ValueError, match=r"trace\.neurons: must be among the recorded ones, from 5 to 6, got 0"
    ):
        plots.trace(rec, neurons=0)


def test_the_trace_of_a_view_has_the_spikes_of_its_neurons():
    cells = snn.Population(snn.LIF(), 8)
    rec = snn.simulate(cells, I=np.linspace(150.0, 400.0, 8), t_stop=100.0, record=["v"])
    view = cells[6:]
    line = plots.trace(rec[view]).lines[0]
    np.testing.assert_array_equal(line.get_xdata()[line.get_ydata() == 0.0], rec.spikes.of(6))


def test_alternative_text_of_a_trace(one, eight):
    first, last = one.spikes.t[0], one.spikes.t[-1]
    assert plots.alt_text(plots.trace(one)) == (
        "Membrane potential of 1 neuron over 200 ms, from -70 to -50.01 mV: 3 spikes, the first at "
        f"{first:.1f} ms, the last at {last:.1f} ms; the voltage resets to -65 mV after each."
    )
    assert plots.alt_text(plots.trace(eight, neurons=0)) == (
        "Membrane potential of neuron 0 of 8 over 100 ms, from -70 to -55.1 mV: no spikes."
    )


def test_alternative_text_after_a_continuation(one):
    more = snn.simulate(snn.LIF(), I=0.0, t_stop=300.0, start=one.final, record=["v"])
    assert "of 1 neuron from 200 to 300 ms" in plots.alt_text(plots.trace(more))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variable": "w"}, r"trace\.variable: 'w' was not recorded \(recorded: v; ask for it: simulate\("),
        ({"neurons": 8}, r"trace\.neurons: must be among the recorded ones, from 0 to 7, got 8"),
        ({"neurons": [0, -1]}, r"trace\.neurons: .* got \[0, -1\]"),
        ({"neurons": []}, r"trace\.neurons: .* got \[\]"),
    ],
)
def test_bad_trace_arguments_are_refused(eight, arguments, message):
    with pytest.raises(ValueError, match=message):
        plots.trace(eight, **arguments)


# ---------------------------------------------------------------- raster


def test_a_raster_has_one_mark_per_spike_and_the_whole_window(eight):
    ax = plots.raster(eight.spikes)
    (marks,) = ax.lines
    np.testing.assert_array_equal(marks.get_xdata(), eight.spikes.t)
    np.testing.assert_array_equal(marks.get_ydata(), eight.spikes.i)
    assert ax.get_xlim() == (0.0, 100.0)
    low, high = ax.get_ylim()
    assert low < 0 and high > 7
    assert list(ax.get_yticks()) == list(range(8))


def test_marks_of_neighbours_do_not_overlap_and_can_be_seen():
    for n in (1, 5, 50, 1000):
        ax = plots.raster(snn.poisson(10.0, n, 100.0, seed=1))
        ax.figure.draw_without_rendering()  # settles the layout
        row = ax.get_window_extent().height / n * 72 / ax.figure.dpi  # in points
        size = ax.lines[0].get_markersize()
        assert size >= 2.0 and (size < row or size == 2.0)


@pytest.mark.parametrize(
    ("spikes", "text"),
    [
        (snn.SpikeTrains([], [], 4, 50.0), "Spikes of 4 neurons over 50 ms: no spikes."),
        (snn.SpikeTrains([9.3], [0], 1, 50.0), "Spikes of 1 neuron over 50 ms: 1 spike, at 9.3 ms."),
        (
            snn.SpikeTrains([9.3, 20.0], [0, 0], 1, 60.0, 5.0),
            "Spikes of 1 neuron from 5 to 60 ms: 2 spikes, the first at 9.3 ms, the last at 20 ms.",
        ),
        (snn.SpikeTrains([9.3, 20.0], [2, 2], 3, 50.0), "Spikes of 3 neurons over 50 ms: 0, 0 and 2 spikes."),
        (
            snn.SpikeTrains([9.3, 20.0], [2, 2], 10, 50.0),
            "Spikes of 10 neurons over 50 ms: 2 spikes, 0 to 2 per neuron, mean rate 4 Hz.",
        ),
    ],
)
def test_alternative_text_of_a_raster(spikes, text):
    assert plots.alt_text(plots.raster(spikes)) == text


def test_a_raster_of_something_else_says_what_to_pass(one):
    with pytest.raises(
        TypeError, match=r"raster\.spikes: must be SpikeTrains, got Recording \(pass rec\.spikes"
    ):
        plots.raster(one)


# ---------------------------------------------------------------- fi, current, curve


def rate_of_lif(I):
    return snn.theory.lif_rate(I, snn.LIF())


def test_the_fi_curve_has_the_measured_points_and_the_theory():
    I = np.linspace(0.0, 600.0, 13)
    rate = rate_of_lif(I) + 0.5 * (I > 200)
    ax = plots.fi(I, rate, theory=rate_of_lif)
    measured, theory = ax.lines
    np.testing.assert_array_equal(measured.get_xydata(), np.column_stack([I, rate]))
    np.testing.assert_allclose(theory.get_ydata(), rate_of_lif(theory.get_xdata()))
    assert theory.get_linestyle() == "--" and measured.get_marker() != "None"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("input current (pA)", "firing rate (Hz)")
    assert plots.alt_text(ax) == (
        "Firing rate against input current, simulated, 13 currents from 0 to 600 pA: silent up to 200 pA, "
        "highest rate 120 Hz at 600 pA; theory (dashed) differs by at most 0.5 Hz."
    )


def test_theory_may_be_an_array_and_many_points_become_a_line():
    I = np.linspace(0.0, 600.0, 200)
    ax = plots.fi(I, rate_of_lif(I), theory=rate_of_lif(I))
    measured, theory = ax.lines
    np.testing.assert_array_equal(theory.get_ydata(), rate_of_lif(I))
    assert measured.get_marker() == "None" and measured.get_linewidth() > theory.get_linewidth()
    assert "differs by at most 0 Hz" in plots.alt_text(ax)


def test_an_fi_curve_of_silence_says_so():
    assert plots.alt_text(plots.fi([0.0, 100.0], [0.0, 0.0])).endswith("100 pA: silent throughout.")


def test_current_is_drawn_as_it_is_held():
    t = np.arange(2000) * 0.1
    stimulus = snn.step(250.0, 50.0, 150.0)
    ax = plots.current(stimulus, t)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), stimulus(t))
    assert ax.lines[0].get_drawstyle() == "steps-post"
    assert plots.alt_text(ax) == (
        "Input current over 200 ms: 0 pA, 250 pA from 50 ms on, 0 pA from 150 ms on."
    )


@pytest.mark.parametrize(
    ("I", "lines", "text"),
    [
        (30.0, 1, "Input current over 200 ms: 30 pA."),
        (np.linspace(0.0, 50.0, 20), 1, "Input current over 200 ms: from 0 to 50 pA."),
        (np.ones((20, 1)), 1, "Input current over 200 ms: 1 pA."),
        (np.arange(60.0).reshape(20, 3), 3, "Input current over 200 ms: 3 neurons, from 0 to 59 pA."),
        (snn.noise(5.0) + 20.0, 1, "Input current over 200 ms: 20 pA; the noise that is added is not drawn."),
    ],
)
def test_current_takes_all_that_simulate_takes(I, lines, text):
    ax = plots.current(I, np.arange(20) * 10.0)
    assert len(ax.lines) == lines
    assert (ax.get_legend() is not None) == (lines > 1)
    assert plots.alt_text(ax) == text


def test_curves_on_the_same_axes_differ_in_colour_and_dashes():
    ax = None
    for k in range(5):
        ax = plots.curve([1, 2, 3], [k, k + 1, k], "x (ms)", "y (mV)", label=f"curve {k}", ax=ax)
    assert len({line.get_color() for line in ax.lines}) == 5
    assert len({str(line._dash_pattern) for line in ax.lines}) == 5
    assert len(ax.get_legend().get_texts()) == 5


@pytest.mark.parametrize(
    ("y", "text"),
    [
        ([1.0, 2.0, 4.0], "rises from 1 at 0 to 4 at 20"),
        ([4.0, 2.0, 1.0], "falls from 4 at 0 to 1 at 20"),
        ([2.0, 2.0, 2.0], "stays at 2"),
        ([2.0, 7.0, 1.0], "from 2 at 0 to 1 at 20, lowest 1 at 20, highest 7 at 10"),
        ([2.0, np.nan, 1.0], "falls from 2 at 0 to 1 at 20"),
        ([np.nan] * 3, "no values"),
    ],
)
def test_alternative_text_of_a_curve_says_its_course(y, text):
    ax = plots.curve([0.0, 10.0, 20.0], y, "time (ms)", "rate (Hz)")
    assert plots.alt_text(ax) == f"rate (Hz) against time (ms), 3 points: {text}."


def test_logarithmic_axes_have_plain_numbers():
    ax = plots.curve([1, 10, 100], [200.0, 2000.0, 20000.0], "T (ms)", "I (pA)", log="xy")
    ax.figure.draw_without_rendering()
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    labels = {text.get_text() for text in ax.get_xticklabels() + ax.get_yticklabels(which="both")}
    assert {"1", "10", "100", "1000", "2000", "5000"} <= labels
    assert not any("^" in label or "e" in label for label in labels)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: plots.fi([1.0], [1.0, 2.0]), ValueError, r"fi\.rate: must be as long as I, 1, got 2"),
        (lambda: plots.fi([[1.0]], [1.0]), ValueError, r"fi\.I: must have shape \(n,\), got \(1, 1\)"),
        (lambda: plots.fi([1.0], ["x"]), TypeError, r"fi\.rate: must be an array of numbers"),
        (lambda: plots.fi([1.0], [1.0], [1.0, 2.0]), ValueError, r"fi\.theory: must be as long as I"),
        (lambda: plots.curve([1], [1, 2], "x", "y"), ValueError, r"curve\.y: must be as long as x, 1, got 2"),
        (lambda: plots.curve([1], [1], "x", "y", log="z"), ValueError, r"curve\.log: must be"),
        (lambda: plots.current([1.0], [1.0, 2.0]), ValueError, r"current\.I: must have one value per time"),
        (lambda: plots.curve([], [], "x", "y"), ValueError, r"curve\.x: must have at least one value"),
        (lambda: plots.current([], []), ValueError, r"current\.t: must be one or more times"),
        (lambda: plots.panels(), ValueError, r"panels\.heights: must be one or more heights"),
        (lambda: plots.panels(2.0, 0.0), ValueError, r"panels\.heights: .* inches > 0"),
    ],
)
def test_bad_arguments_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---------------------------------------------------------------- spike trains


def test_a_histogram_of_intervals_counts_each_of_them_once():
    spikes = snn.SpikeTrains([1.0, 3.0, 5.0, 4.0, 9.0], [0, 0, 0, 1, 1], n=2, t_stop=10.0)  # 2, 2 and 5 ms
    (bars,) = plots.isi(spikes, bin=1.0).patches
    counts, edges, _ = bars.get_data()
    assert dict(zip(edges, counts)) == {0.0: 0, 1.0: 0, 2.0: 2, 3.0: 0, 4.0: 0, 5.0: 1}
    text = "Histogram of 3 intervals from 2 to 5 ms, mean 3 ms; the fullest bin has 2, from 2 to 3 ms."
    assert plots.alt_text(bars.axes) == text
    (bars,) = plots.isi(spikes, bin=1.0, max_interval=3.0).patches
    assert bars.get_data().values.sum() == 2  # what lies beyond is not drawn


def test_a_psth_shows_the_rate_and_the_whole_window():
    spikes = snn.SpikeTrains([1.0, 10.0, 11.0, 12.0], [0, 0, 0, 1], n=2, t_stop=35.0)
    ax = plots.psth(spikes, bin=10.0)
    assert ax.patches[0].get_data().values.tolist() == [100.0, 100.0, 0.0]
    assert ax.get_xlim() == (0.0, 35.0)
    expected = "Rate over time, mean of 2 trains, bins of 10 ms: from 0 to 100 Hz, mean 66.7 Hz, highest 100 Hz at 5 ms."
    assert plots.alt_text(ax) == expected


def test_a_spike_triggered_average_shows_the_spike_and_the_mean():
    ax = plots.sta([-2.0, -1.0, 0.0], [1.0, 3.0, 2.0], "level (dB)", "slow", level=2.0)
    text = "Spike-triggered average: level (dB) against time from the spike (ms), slow, 3 points: from 1 at -2 to 2 at 0, "
    assert plots.alt_text(ax) == text + "lowest 1 at -2, highest 3 at -1; dashed line at 2."
    assert [line.get_xdata()[0] for line in ax.lines[1:]] == [0.0, 0]


# ---------------------------------------------------------------- for all plots

DRAW = {
    "trace": lambda ax: plots.trace(DRAW["rec"], ax=ax),
    "raster": lambda ax: plots.raster(snn.poisson(20.0, 5, 100.0, seed=1), ax=ax),
    "fi": lambda ax: plots.fi([1.0, 2.0], [0.0, 5.0], theory=[0.0, 5.0], ax=ax),
    "current": lambda ax: plots.current(snn.step(1.0, 2.0, 3.0), np.arange(5.0), ax=ax),
    "curve": lambda ax: plots.curve([1, 2], [3, 4], "x (ms)", "y (mV)", label="a", ax=ax),
    "phase_plane": lambda ax: plots.phase_plane(snn.phase_plane(snn.AdEx()), ax=ax),
    "isi": lambda ax: plots.isi(snn.poisson(20.0, 5, 1000.0, seed=1), ax=ax),
    "psth": lambda ax: plots.psth(snn.poisson(20.0, 5, 100.0, seed=1), ax=ax),
    "correlogram": lambda ax: plots.correlogram([-1.0, 0.0, 1.0], [5.0, 0.0, 5.0], level=4.0, ax=ax),
    "sta": lambda ax: plots.sta([-1.0, 0.0, 1.0], [5.0, 0.0, 5.0], "level (dB)", level=4.0, ax=ax),
}
KINDS = list(DRAW)


@pytest.fixture(autouse=True)
def recorded(eight):
    DRAW["rec"] = eight


@pytest.mark.parametrize("kind", KINDS)
def test_plots_return_the_axes_they_were_given(kind):
    _, ax = plt.subplots()
    assert DRAW[kind](ax) is ax
    assert DRAW[kind](None) is not ax


@pytest.mark.parametrize("kind", KINDS)
def test_axes_are_labelled_with_units(kind):
    ax = DRAW[kind](None)
    assert "(" in ax.get_xlabel() and ("(" in ax.get_ylabel() or ax.get_ylabel() == "neuron")


@pytest.mark.parametrize("kind", KINDS)
def test_alternative_text_is_one_sentence_per_call_and_leaves_no_line_out(kind):
    ax = DRAW[kind](None)
    text = plots.alt_text(ax)
    assert text.endswith(".") and "Also:" not in text and "Plot of" not in text
    DRAW[kind](ax)
    assert plots.alt_text(ax) == f"{text} {text}"


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_transparent_and_all_text_and_lines_have_contrast(kind):
    ax = DRAW[kind](None)
    figure = ax.figure
    figure.draw_without_rendering()
    assert figure.get_facecolor() == matplotlib.colors.to_rgba(BACKGROUND) == (1.0, 1.0, 1.0, 1.0)
    texts = [ax.xaxis.label, ax.yaxis.label, *ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels()]
    texts += ax.get_legend().get_texts() if ax.get_legend() else []
    shown = [text for text in texts if text.get_text()]
    assert len(shown) > 4
    for text in shown:
        assert contrast(text.get_color(), BACKGROUND) >= 4.5 and text.get_fontsize() >= 10
    for line in ax.lines:
        assert contrast(line.get_color(), BACKGROUND) >= 3.0 and line.get_alpha() is None


def test_stacked_panels_label_the_time_once(one):
    top, bottom = plots.panels(2.5, 1.0)
    plots.trace(one, ax=top)
    plots.current(snn.step(250.0, 50.0, 150.0), one.t, ax=bottom)
    assert (top.get_xlabel(), bottom.get_xlabel()) == ("", "time (ms)")
    assert top.get_xlim() == bottom.get_xlim()
    text = plots.alt_text(top.figure)
    assert text == f"2 plots. (1) {plots.alt_text(top)} (2) {plots.alt_text(bottom)}"


def test_separate_axes_are_all_labelled():
    _, axes = plt.subplots(2, 1)
    for ax in axes:
        plots.raster(snn.poisson(20.0, 5, 100.0, seed=1), ax=ax)
        assert ax.get_xlabel() == "time (ms)"


# ---------------------------------------------------------------- colours

# How the three kinds of colour blindness see linear RGB: Machado, Oliveira & Fernandes (2009), severity 1.0,
# https://doi.org/10.1109/TVCG.2009.113.
VISION = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]


def linear(colour):
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    """WCAG 2.1 contrast ratio."""
    dark, light = sorted(linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (a, b))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    xyz = XYZ @ np.clip(rgb, 0.0, 1.0) / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("colour", [*COLOURS, INK, GREY])
def test_every_colour_could_be_used_for_text(colour):
    assert contrast(colour, BACKGROUND) >= 4.5


@pytest.mark.parametrize("vision", VISION)
def test_colours_stay_apart_for_every_eye(vision):
    seen = [lab(VISION[vision] @ linear(colour)) for colour in COLOURS]
    apart = min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
    assert apart > 20.0  # about 2 can just be told apart side by side


def test_without_colour_there_are_dashes_and_markers():
    assert len(set(DASHES)) == len(set(MARKERS)) == len(COLOURS) == len(set(COLOURS))


# ---------------------------------------------------------------- imports


def test_importing_plots_imports_neither_matplotlib_nor_ipython():
    code = "import sys, snnlab.plots; sys.exit('matplotlib' in sys.modules or 'IPython' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0


def test_many_decades_leave_no_room_for_small_numbers():
    def numbers(high):
        ax = snn.plots.curve([0.1, high], [1.0, 2.0], "x", "y", log="x")
        ax.figure.canvas.draw()
        return {tick.get_text() for tick in ax.xaxis.get_ticklabels(minor=True)} - {""}

    assert "0.2" in numbers(10.0)
    assert not numbers(10_000.0)
