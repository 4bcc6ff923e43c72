"""The live explorer, Python's side: what it asks for, what it answers, and what a notebook keeps of it.

`talk` stands for the browser: it sends a message and returns the answer, its buffers read as arrays. Chromium's side
is seen by the browser tests; here the scripts are parsed, and their plain functions run, by node.
"""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import anywidget
import numpy as np
import pytest
from needs import needs

import snnlab as snn
from snnlab.explore_curve import Curve, CurveMaker
from snnlab.explore_frames import Goal
from snnlab.explore_sliders import nice, slider_of
from snnlab.units import Hz, ms, pA

STATIC = Path(snn.__file__).parent / "static"


def read(buffers):
    types = ("<f4", "<u2", "<u4", "<f4", *["<f4"] * 4)
    assert len(buffers) in (4, 8)  # the last four are the phase plane's
    return [np.frombuffer(b, dtype) for b, dtype in zip(buffers, types, strict=False)]


def talk(widget, message, view="a"):
    answers = []
    widget.send = lambda content, buffers=None: answers.append((content, buffers))
    widget._receive(widget, {"view": view, "id": 7, **message}, [])
    ((content, buffers),) = answers
    json.dumps(content)  # it must fit through the wire
    assert (content["view"], content["id"]) == (view, 7)
    if content["type"] == "frame":
        content["trace"], content["t"], content["i"], content["curve"], *plane = read(buffers)
        if plane:
            content["path"], content["x"], content["y"] = (
                plane[0].reshape(-1, 3),
                *(p.reshape(-1, 2) for p in plane[1:3]),
            )
        content["ms"] = content["t0"] + (content["t1"] - content["t0"]) * content["t"] / 65535
    return content


def run(widget, columns=800, **values):
    return talk(widget, {"type": "run", "values": values, "columns": columns})


def live(widget, steps, on=True, restart=False, view="a", **values):
    return talk(
        widget, {"type": "live", "values": values, "on": on, "steps": steps, "restart": restart}, view=view
    )


def sliders(widget):
    return {s["name"]: s for s in widget.config["sliders"]}


def network(w_inh: pA = -40.0, n: Hz = 20, t_stop=50.0, start=None):
    """Twenty neurons, two of them recorded."""
    pop = snn.Population(snn.LIF(), n, receptors={"inh": snn.ExpCurrent(5.0)}, name="cells")
    inhibition = snn.Projection(pop, pop, pairs=snn.random(0.3), w=w_inh, delay=1.0)
    initial = {"v": snn.uniform(-70.0, -50.0)} if start is None else None
    return snn.simulate(
        pop, I=400.0, t_stop=t_stop, start=start, seed=3, initial=initial, projections=[inhibition],
        record=[snn.Record(pop[4:6], "v")],
    )  # fmt: skip


# ---- sliders ----


def test_a_model_alone_has_one_slider_for_its_current():
    widget = snn.explore(snn.LIF(), I=250.0)
    (slider,) = widget.config["sliders"]
    assert slider == {
        "name": "I", "value": 250.0, "low": 0.0, "high": 600.0, "step": 5.0, "unit": "pA",
        "meaning": "injected current", "whole": False,
    }  # fmt: skip
    assert widget.config["hold"] == widget.config["curve"] == "I"


def test_sliders_take_unit_meaning_and_start_from_the_model():
    widget = snn.explore(snn.LIF(tau_m=12.0), ["I", "tau_m", "v_reset", "t_ref"])
    made = sliders(widget)
    assert list(made) == ["I", "tau_m", "v_reset", "t_ref"]
    assert (made["tau_m"]["value"], made["tau_m"]["unit"]) == (12.0, "ms")
    assert made["tau_m"]["meaning"] == "membrane time constant"
    assert (made["v_reset"]["low"], made["v_reset"]["high"]) == (-85.0, -45.0)


@pytest.mark.parametrize("name", snn.LIF.parameters())
def test_a_range_of_its_own_holds_the_start_value_and_only_valid_signs(name):
    slider = sliders(snn.explore(snn.LIF(), [name]))[name]
    assert slider["low"] <= slider["value"] <= slider["high"]
    assert 0 < slider["step"] <= (slider["high"] - slider["low"]) / 20
    if slider["unit"] != "mV":
        assert slider["low"] > 0 or (name == "t_ref" and slider["low"] == 0)


def test_a_refractory_period_moves_on_the_grid():
    slider = sliders(snn.explore(snn.LIF(), {"t_ref": (0, 30)}, dt=0.25))["t_ref"]
    assert slider["step"] / 0.25 == round(slider["step"] / 0.25)


def test_ranges_may_be_given():
    made = sliders(snn.explore(snn.LIF(), {"I": (100, 500), "tau_m": (5, 40, 2.5), "E_L": None}, I=300.0))
    assert (made["I"]["low"], made["I"]["high"], made["I"]["step"]) == (100.0, 500.0, 5.0)
    assert (made["tau_m"]["low"], made["tau_m"]["step"]) == (5.0, 2.5)


def test_a_current_beyond_the_usual_range_widens_it():
    assert sliders(snn.explore(snn.LIF(), I=900.0))["I"]["high"] == 900.0


@pytest.mark.parametrize(("x", "step"), [(1.0, 1.0), (2.9, 2.0), (4.0, 5.0), (8.0, 10.0), (0.0028, 0.002)])
def test_steps_are_round_numbers(x, step):
    assert nice(x) == step


def test_a_function_gives_start_values_units_and_meanings_by_its_signature():
    def experiment(
        rate: Hz = 5.0,  # of every input
        n=3,
        tau: "ms" = 10.0,
        plain=True,
    ):
        return snn.SpikeTrains([1.0], [0], n, t_stop=10.0)

    made = sliders(snn.explore(experiment))
    assert list(made) == ["rate", "n", "tau"]
    assert (made["rate"]["unit"], made["rate"]["meaning"]) == ("Hz", "of every input")
    assert made["tau"]["unit"] == "ms"
    assert made["n"]["whole"] and made["n"]["step"] == 1.0


def test_presets_are_whole_settings():
    widget = snn.explore(
        snn.LIF(), ["I", "tau_m"], I=300.0, presets={"silent": {"I": 150}, "fast": snn.LIF(tau_m=8.0)}
    )
    assert widget.config["presets"] == {
        "silent": {"I": 150, "tau_m": 20.0},
        "fast": {"I": 300.0, "tau_m": 8.0},
    }


# ---- what is refused at the start ----


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: snn.explore(snn.LIF),
            TypeError,
            r"explore\.what: must be a model or a function .*write LIF\(\)",
        ),
        (lambda: snn.explore(3), TypeError, r"explore\.what: must be a model or a function"),
        (lambda: snn.explore(lambda: 1), TypeError, r"explore\.what: .*needs arguments with start values"),
        (lambda: snn.explore(network, I=3.0), TypeError, r"explore\.I: is for a model; give your function"),
        (
            lambda: snn.explore(lambda x=1.0: x),
            TypeError,
            r"must return a Recording or SpikeTrains, got float",
        ),
        (lambda: snn.explore(snn.LIF(), "tau_m"), TypeError, r"explore\.sliders: must be a list of names"),
        (lambda: snn.explore(snn.LIF(), ["tau"]), ValueError, r"LIF has no 'tau'; it has tau_m, R_m"),
        (lambda: snn.explore(snn.LIF(), {"tau_m": 5}), TypeError, r"\['tau_m'\]: must be \(low, high\)"),
        (lambda: snn.explore(snn.LIF(), {"tau_m": (5, 1)}), ValueError, r"\['tau_m'\]: needs low < high"),
        (lambda: snn.explore(snn.LIF(), {"tau_m": (5, 30, 0)}), ValueError, r"needs a step > 0"),
        (lambda: snn.explore(snn.LIF(), {"tau_m": (1, 5)}), ValueError, r"must hold the start value 20"),
        (lambda: snn.explore(snn.LIF(tau_m=[1.0, 2.0]), ["tau_m"]), TypeError, "must be one number"),
        (
            lambda: snn.explore(snn.LIF(), presets={"a": {"tau": 5.0}}),
            ValueError,
            r"presets\['a'\]: may set",
        ),
        (
            lambda: snn.explore(snn.LIF(), presets={"a": snn.EIF()}),
            ValueError,
            r"presets\['a'\]: may set",
        ),
        (
            lambda: snn.explore(snn.LIF(), {"I": (0, 600)}, presets={"a": {"I": 9e9}}),
            ValueError,
            "must be from 0 to 600",
        ),
        (
            lambda: snn.explore(snn.LIF(), presets={"a": {"I": "x"}}),
            ValueError,
            "I must be one number, got 'x'",
        ),
        (lambda: snn.explore(snn.LIF(), presets=["fast"]), ValueError, "LIF has no parameter set 'fast'"),
        (lambda: snn.explore(snn.LIF(), presets=["parameters"]), ValueError, "no parameter set 'parameters'"),
        (lambda: snn.explore(snn.LIF(), presets=3), TypeError, r"explore\.presets: must be a dict"),
        (lambda: snn.explore(snn.LIF(), trace=[]), TypeError, r"explore\.trace: must be a variable"),
        (lambda: snn.explore(snn.LIF(), trace=["v", 3]), TypeError, r"explore\.trace: must be a variable"),
        (lambda: snn.explore(snn.LIF(), trace=["v", "v"]), ValueError, "must name each variable once"),
        (
            lambda: snn.explore(snn.MorrisLecar(), trace=[("v", "n")]),
            ValueError,
            "must share their unit, got v in mV, n in 1",
        ),
        (lambda: snn.explore(network, plane=("v", "w")), TypeError, r"explore\.plane: is for a model"),
        (lambda: snn.explore(snn.AdEx(), plane="v"), TypeError, r"explore\.plane: must be two states"),
        (
            lambda: snn.explore(snn.AdEx(), plane=("v", "u")),
            ValueError,
            r"explore\.plane: must be two states of AdEx \(v, w\)",
        ),
        (
            lambda: snn.explore(snn.AdEx(), plane=("v", "v")),
            ValueError,
            r"explore\.plane: must be two states",
        ),
        (
            lambda: snn.explore(snn.AdEx(), plane={"v": 3, "w": None}),
            TypeError,
            r"explore\.plane\['v'\]: must be",
        ),
        (
            lambda: snn.explore(snn.AdEx(), plane={"v": (3, 1), "w": None}),
            ValueError,
            r"explore\.plane\['v'\]: needs low < high",
        ),
        (lambda: snn.explore(network, pad="n"), TypeError, r"explore\.pad: must be two of the sliders"),
        (lambda: snn.explore(network, pad=("n", "n")), ValueError, r"explore\.pad: must be two different"),
        (lambda: snn.explore(network, pad=("n", "x")), ValueError, r"explore\.pad: must be two different"),
        (lambda: snn.explore(snn.LIF(), goal=5), TypeError, r"explore\.goal: must be \{\"spikes\": 5\}"),
        (
            lambda: snn.explore(snn.LIF(), goal={"spikes": 2.5}),
            ValueError,
            r"goal\['spikes'\]: must be a whole",
        ),
        (
            lambda: snn.explore(snn.LIF(), goal={"spikes": 5, "within": 300}),
            ValueError,
            "at most t_stop = 200 ms",
        ),
        (
            lambda: snn.explore(snn.LIF(), hold="tau_m"),
            ValueError,
            r"explore\.hold: must be one of the sliders I",
        ),
        (
            lambda: snn.explore(snn.LIF(), curve="v_th"),
            ValueError,
            r"explore\.curve: must be one of the sliders",
        ),
        (
            lambda: snn.explore(snn.LIF(), trace="u"),
            ValueError,
            r"explore\.trace: must be a state of LIF \(v\)",
        ),
        (lambda: snn.explore(network, trace="u"), ValueError, r"explore\.trace: 'u' was not recorded"),
        (lambda: snn.explore(snn.LIF(), t_stop=-1.0), ValueError, "t_stop"),
    ],
)
def test_a_wrong_call_is_refused_at_once(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- a whole run ----


def test_the_answer_to_a_slider_is_the_run_at_that_value():
    frame = run(snn.explore(snn.LIF(), ["I", "tau_m"]), I=350.0, tau_m=15.0)
    expected = snn.simulate(snn.LIF(tau_m=15.0), I=350.0, t_stop=200.0, record=["v"])
    assert frame["shape"] == (1, 2000) and frame["form"] == "raw"
    assert np.allclose(frame["trace"], expected.traces["v"][:, 0], atol=1e-5)
    assert np.allclose(frame["ms"], expected.spikes.t, atol=200 / 65535)
    assert frame["rate"] == pytest.approx(expected.spikes.rate()[0])
    assert (frame["values"], frame["current"]) == ({"I": 350.0, "tau_m": 15.0}, 350.0)
    assert (frame["threshold"], frame["spike_top"]) == (-50.0, 0.0)


def test_values_are_held_in_their_ranges_and_cleaned_of_binary_dust():
    widget = snn.explore(snn.LIF(), ["I", "t_ref"])
    assert run(widget, I=1e6, t_ref=0.1 + 0.2)["values"] == {"I": 600.0, "t_ref": 0.3}
    assert run(widget, nonsense=3)["values"] == {"I": 300.0, "t_ref": 2.0}


def test_a_whole_number_stays_one():
    frame = run(snn.explore(network), n=12.4)
    assert frame["values"]["n"] == frame["n"] == 12


def test_a_long_trace_is_thinned_to_the_extremes_of_each_pixel_column():
    widget = snn.explore(snn.LIF(), I=320.0, t_stop=1000.0)
    frame = run(widget, columns=100)
    v = snn.simulate(snn.LIF(), I=320.0, t_stop=1000.0, record=["v"]).traces["v"][:, 0].reshape(100, 100)
    assert frame["form"] == "minmax" and frame["shape"] == (1, 200)
    assert np.allclose(frame["trace"][0::2], v.min(axis=1), atol=1e-5)
    assert np.allclose(frame["trace"][1::2], v.max(axis=1), atol=1e-5)


def test_a_network_shows_its_raster_and_the_traces_that_it_recorded():
    frame = run(snn.explore(network, t_stop=50.0), w_inh=-10.0)
    expected = network(w_inh=-10.0)
    assert (frame["n"], frame["count"], frame["ids"]) == (20, len(expected.spikes), [4, 5])
    assert frame["groups"] == [("cells", 20)]
    assert np.array_equal(frame["i"], expected.spikes.i)
    assert np.allclose(frame["trace"].reshape(2, -1), expected.traces["v"].T, atol=1e-5)


def test_several_populations_are_stacked_in_one_raster():
    a, b = snn.Population(snn.LIF(), 3, name="a"), snn.Population(snn.LIF(), 2, name="b")

    def both(I: pA = 300.0):
        return snn.simulate([a, b], I={a: I, b: 400.0}, t_stop=100.0, record=[snn.Record(b, "v")])

    frame = run(snn.explore(both), I=0.0)
    assert frame["groups"] == [("a", 3), ("b", 2)]
    assert set(frame["i"]) == {3, 4} == set(frame["ids"])
    assert frame["panels"] == [{"names": ["v"], "unit": "mV", "rows": 2}]


def test_spikes_beyond_what_a_picture_can_hold_are_thinned_but_counted():
    def flood(n=1):
        return snn.SpikeTrains(np.linspace(0, 10, 100_001), np.zeros(100_001, int), 1, t_stop=10.0)

    frame = run(snn.explore(flood, {"n": (1, 2)}))
    assert frame["count"] == 100_001
    assert 30_000 < len(frame["t"]) <= 40_000


def test_a_function_without_t_stop_decides_how_long_a_run_is():
    def until(end: ms = 50.0):
        return snn.SpikeTrains([10.0], [0], 1, t_stop=end)

    widget = snn.explore(until)
    assert widget.config["t_stop"] == 50.0 and not widget.config["live"]
    assert run(widget, end=80.0)["t1"] == 80.0


def test_a_trace_recorded_at_intervals_keeps_its_times():
    pop = snn.Population(snn.LIF(), 1)

    def coarse(I: pA = 300.0, t_stop=100.0, start=None):
        return snn.simulate(pop, I=I, t_stop=t_stop, start=start, record=[snn.Record(pop, "v", every=1.0)])

    widget = snn.explore(coarse, t_stop=100.0)
    frame = run(widget)
    assert (frame["shape"], frame["first"], frame["dt"]) == ((1, 100), 0.0, 1.0)
    assert live(widget, 5)["shape"] == (1, 1)
    assert live(widget, 3)["shape"] == (1, 0)  # a piece with no sample in it


# ---- the whole f-I curve ----

PARAMETERS = ["I", "tau_m", "R_m", "v_th", "v_reset", "t_ref"]


@pytest.mark.parametrize(
    "changed", [{}, {"tau_m": 8.0}, {"R_m": 0.2}, {"v_th": -45.0}, {"v_reset": -80.0}, {"t_ref": 5.0}]
)
def test_the_curve_is_that_of_the_present_parameters(changed):
    curve = run(snn.explore(snn.LIF(), PARAMETERS, I=300.0), **changed)["curve"]
    I, lif = np.linspace(0.0, 600.0, curve.size), snn.LIF(**changed)
    expected = snn.theory.lif_rate(I, lif)
    assert curve.size == 60
    # the first spike starts from E_L instead of v_reset; a count is off by one at most, and the grid of 0.1 ms makes
    # every interval up to that much longer
    gap = (lif.v_th - lif.E_L) / lif.R_m
    above = np.where(gap < I, I, np.inf)
    latency = -lif.tau_m * np.log1p(-gap / above)
    counted = np.where(gap < I, 1.0 + expected * (1000.0 - latency) / 1000.0, 0.0)
    assert np.all(np.abs(curve - counted) <= 1.0 + 1e-4 * expected**2)
    assert np.array_equal(curve > 0, expected > 0)


def test_the_current_moves_the_dot_and_not_the_curve():
    widget = snn.explore(snn.LIF(), PARAMETERS, I=300.0)
    maker, made = widget._curve, []
    whole = maker._made
    maker._made = lambda model: made.append(model) or whole(model)
    low, high = run(widget, I=250.0), run(widget, I=500.0)
    assert np.array_equal(low["curve"], high["curve"]) and low["rate"] < high["rate"]
    assert made == []  # the curve of the start values is kept
    run(widget, I=500.0, tau_m=10.0)
    assert [model.tau_m for model in made] == [10.0]


def test_the_curve_follows_a_live_run_too():
    widget = snn.explore(snn.LIF(), PARAMETERS)
    piece = live(widget, 10, on=False, R_m=0.2)
    assert np.array_equal(piece["curve"], run(widget, R_m=0.2)["curve"])
    assert "The rate curve leaves zero" in piece["alt"]


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ([0, 0, 7, 20], "leaves zero between 10 and 20 pA and is highest at 30 pA: 20 Hz."),
        ([3, 9, 8, 0], "starts at 3 Hz at 0 pA and is highest at 10 pA: 9 Hz."),
        ([0, 0, 0, 0], "is zero up to 30 pA."),
    ],
)
def test_the_curve_is_said_in_words(rates, said):
    curve = Curve(np.array([0.0, 10.0, 20.0, 30.0]), np.array(rates, float), unit="pA")
    assert curve.in_words() == f"The rate curve {said}"


def test_the_description_tells_where_the_curve_leaves_zero():
    alt = run(snn.explore(snn.LIF(), {"I": (0, 590), "tau_m": None}, I=300.0))["alt"]
    assert "The rate curve leaves zero between 200 and 210 pA" in alt


@pytest.mark.parametrize(
    "widget",
    [
        lambda: snn.explore(snn.LIF()),  # nothing to compare: its dots draw the curve themselves
        lambda: snn.explore(snn.LIF(), ["I", "tau_m"], curve="tau_m"),
        lambda: snn.explore(snn.LIF(), ["I", "tau_m"], curve=None),
        lambda: snn.explore(network, t_stop=50.0),
    ],
    ids=["one slider", "another slider", "no curve", "network"],
)
def test_only_a_model_with_more_sliders_than_its_current_has_a_whole_curve(widget):
    answer = run(widget())
    assert answer["curve"].size == 0 and "rate curve" not in answer["alt"]


def test_a_model_that_is_too_slow_for_its_curve_goes_without():
    slider = slider_of("I", (0.0, 600.0), 300.0, pA, "", 0.1)
    assert CurveMaker(snn.LIF(), slider, 0.1, None)({"I": 300.0}) is not None
    assert CurveMaker(snn.LIF(), slider, 0.1, None, budget=0.0)({"I": 300.0}) is None


def test_parameters_at_which_the_model_diverges_have_no_curve():
    slider = slider_of("I", (0.0, 1.0), 1.0, pA, "", 0.1)
    maker = CurveMaker(snn.LIF(v_th=1.5e308), slider, 0.1, "euler")
    assert maker({"I": 0.0, "tau_m": 0.02}) is None
    assert maker({"I": 0.0, "tau_m": 20.0}) is not None


# ---- in words ----


@pytest.mark.parametrize(
    ("I", "said"),
    [
        (300.0, "9 spikes, 45 Hz, first at 22.0 ms"),
        (201.0, "1 spike, 5 Hz, first at 106.1 ms"),
        (150.0, "no spike; v rises to -55.0 mV, the threshold is -50 mV"),
    ],
)
def test_the_readout_says_what_happened(I, said):
    frame = run(snn.explore(snn.LIF()), I=I)
    assert frame["text"] == said
    assert said in frame["alt"] and f"I = {I:g} pA" in frame["alt"]


@pytest.mark.parametrize(
    ("model", "mark", "said"),
    [
        (snn.LIF(), "threshold", "the threshold is -50 mV"),
        (snn.HodgkinHuxley(), "a spike is counted", "a spike is counted at 0 mV"),
        (snn.FitzHughNagumo(), "a spike is counted", "a spike is counted at 0"),
        (snn.PoissonGLM(), "v_th", "v_th is -50 mV"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, snn.Neuron) else None,
)
def test_the_line_at_v_th_is_called_a_threshold_only_where_crossing_it_makes_the_spike(model, mark, said):
    """Hodgkin and Huxley's axon has no threshold at 0 mV: a spike that has begun far below is counted there."""
    widget = snn.explore(model, I=0.0, curve=None, t_stop=20.0)
    frame = run(widget)
    assert frame["mark"] == mark
    if not frame["count"]:
        assert frame["text"].endswith(said)


def test_the_readout_of_a_network_gives_rate_and_silent_neurons():
    def quiet(n=4):
        return snn.SpikeTrains([10.0, 20.0], [0, 0], n, t_stop=100.0)

    assert (
        run(snn.explore(quiet, {"n": (1, 9)}))["text"] == "4 neurons, 2 spikes, 5.0 Hz per neuron, 3 silent"
    )


def test_a_run_that_ended_early_says_so():
    def capped(I: pA = 500.0):
        return snn.simulate(snn.LIF(), I=I, t_stop=200.0, max_spikes=2)

    assert "stopped early: a population reached max_spikes" in run(snn.explore(capped))["text"]


@pytest.mark.parametrize(
    ("count", "now", "text", "met", "over"),
    [
        (3, 80.0, "3 of 5 so far, 120 ms left", False, False),
        (5, 80.0, "5 of 5 so far, 120 ms left", False, False),
        (5, 200.0, "5 spikes in 200 ms: exactly right!", True, True),
        (1, 200.0, "1 spike in 200 ms: 4 too few", False, True),
        (7, 200.0, "7 spikes in 200 ms: 2 too many", False, True),
    ],
)
def test_a_goal_is_judged_at_its_end(count, now, text, met, over):
    assert Goal(5, 200.0).judge(count, now) == {"text": text, "met": met, "over": over}


def test_the_slider_can_reach_the_goal_too():
    widget = snn.explore(snn.LIF(), goal={"spikes": 5})
    assert not run(widget, I=300.0)["goal"]["met"]
    assert run(widget, I=240.0)["goal"]["met"]


def test_spikes_after_the_window_of_the_goal_do_not_count():
    goal = run(snn.explore(snn.LIF(), goal={"spikes": 4, "within": 100.0}), I=300.0)["goal"]
    assert goal["text"] == "4 spikes in 100 ms: exactly right!"


# ---- a live run ----


def test_pieces_of_a_live_run_make_one_long_run():
    widget = snn.explore(snn.LIF())
    pieces = [live(widget, steps, I=330.0) for steps in (1, 7, 250, 42, 700, 1000)]
    expected = snn.simulate(snn.LIF(), I=330.0, t_stop=200.0, record=["v"])
    trace = np.concatenate([p["trace"] for p in pieces])
    assert np.array_equal(trace, expected.traces["v"][:, 0].astype("f4"))
    assert np.allclose(np.concatenate([p["ms"] for p in pieces]), expected.spikes.t, atol=1e-2)
    assert [p["t0"] for p in pieces[1:]] == [p["t1"] for p in pieces[:-1]]
    assert pieces[-1]["text"] == f"Live, 200.0 ms: {len(expected.spikes)} spikes"


def test_nothing_is_injected_until_the_button_is_held():
    widget = snn.explore(snn.LIF())
    off = live(widget, 500, on=False, I=600.0)
    assert off["current"] == 0.0 and off["count"] == 0 and np.all(off["trace"] == -70.0)
    on = live(widget, 500, on=True, I=600.0)
    assert on["current"] == 600.0 and on["count"] > 0


def test_parameters_change_while_it_runs():
    widget = snn.explore(snn.LIF(), ["I", "v_th"])
    live(widget, 1000, I=300.0)
    slow = live(widget, 1000, I=300.0, v_th=-42.0)
    assert slow["threshold"] == -42.0
    first = snn.simulate(snn.LIF(), I=300.0, t_stop=100.0)
    second = snn.simulate(snn.LIF(v_th=-42.0), I=300.0, t_stop=200.0, start=first.final)
    assert slow["count"] == len(second.spikes)


def test_a_restart_begins_at_zero():
    widget = snn.explore(snn.LIF(), goal={"spikes": 5})
    live(widget, 1500, I=500.0)
    again = live(widget, 10, restart=True)
    assert (again["t0"], again["t1"], again["trace"][0]) == (0.0, 1.0, -70.0)
    assert again["goal"]["text"] == "0 of 5 so far, 199 ms left"


def test_two_pictures_of_one_widget_run_apart_and_old_ones_are_forgotten():
    widget = snn.explore(snn.LIF())
    live(widget, 100, view="a")
    assert live(widget, 100, view="b")["t0"] == 0.0
    assert live(widget, 100, view="a")["t0"] == 10.0
    for k in range(20):
        live(widget, 1, view=str(k))
    assert len(widget._live) == 8
    assert live(widget, 1, view="b")["t0"] == 0.0


def test_a_network_runs_live_from_a_function_that_takes_start():
    widget = snn.explore(network, t_stop=50.0)
    assert widget.config["live"] and widget.config["hold"] is None
    pieces = [live(widget, 100) for _ in range(5)]
    assert np.array_equal(np.concatenate([p["i"] for p in pieces]), network().spikes.i)
    assert re.fullmatch(r"Live, 50\.0 ms: [\d.]+ Hz per neuron over the last 50 ms", pieces[-1]["text"])


def test_live_steps_follow_the_functions_own_dt():
    def coarse(I: pA = 300.0, t_stop=100.0, start=None):
        return snn.simulate(snn.LIF(), I=I, t_stop=t_stop, start=start, dt=0.25)

    widget = snn.explore(coarse, t_stop=100.0)
    assert widget.config["dt"] == 0.25
    assert live(widget, 3)["t1"] == 0.75


# ---- errors, said in the widget ----


def test_what_the_model_refuses_is_said_and_nothing_is_lost():
    widget = snn.explore(snn.LIF(), ["I", "v_reset"])
    answer = run(widget, v_reset=-45.0)
    assert answer["type"] == "error"
    assert answer["message"].startswith("LIF.v_reset: the reset must be below threshold")
    assert run(widget, v_reset=-60.0)["type"] == "frame"


def test_a_live_run_goes_on_after_values_that_were_refused():
    widget = snn.explore(snn.LIF(), ["I", "v_reset"])
    before = live(widget, 300)
    assert live(widget, 300, v_reset=-45.0)["type"] == "error"
    assert live(widget, 300)["t0"] == before["t1"]


def test_a_mistake_in_a_students_function_is_shown_with_its_line():
    def experiment(n=3):
        late = 10.0 / (n - 4)
        return snn.SpikeTrains([late + 10.0], [0], 1, t_stop=20.0)

    answer = run(snn.explore(experiment, {"n": (1, 9)}), n=4)
    assert (
        answer["message"] == "ZeroDivisionError in the line `late = 10.0 / (n - 4)`: float division by zero"
    )


def test_a_diverging_run_is_reported_in_the_engines_words():
    widget = snn.explore(snn.LIF(v_th=1.5e308), {"tau_m": (0.02, 30)}, t_stop=100.0, method="euler", I=1.0)
    assert re.match(
        r"v of neuron 0 .* became .*likely cause: dt = 0\.1 ms", run(widget, tau_m=0.02)["message"]
    )


def test_a_voltage_too_large_for_the_wire_is_cut_off():
    frame = run(snn.explore(snn.LIF(v_th=1e300, R_m=1e60), ["I"]), I=600.0)
    assert frame["trace"].max() == np.float32(1e30)


def test_live_messages_to_what_cannot_run_live_are_answered():
    def once(n=1):
        return snn.SpikeTrains([1.0], [0], 1, t_stop=10.0)

    widget = snn.explore(once, {"n": (1, 2)})
    assert "needs the arguments t_stop and start" in live(widget, 10)["message"]


def test_unknown_messages_are_not_answered():
    widget = snn.explore(snn.LIF())
    sent = []
    widget.send = lambda *a, **k: sent.append(a)
    widget._receive(widget, {"type": "something else"}, [])
    assert sent == []


# ---- what a notebook keeps ----


def test_the_stored_output_is_a_picture_with_alternative_text_and_the_same_in_words():
    widget = snn.explore(snn.LIF(), I=300.0)
    data, metadata = widget._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == repr(widget) == "LIF, 200 ms, I = 300 pA: 9 spikes, 45 Hz, first at 22.0 ms"
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == widget.description
    assert "9 spikes" in widget.description and "threshold -50 mV" in widget.description


@pytest.mark.parametrize("what", [snn.LIF(), network], ids=["model", "network"])
def test_the_stored_output_is_the_same_each_time_but_for_the_widgets_id(what):
    def stored():
        data, metadata = snn.explore(what)._repr_mimebundle_()
        del data["application/vnd.jupyter.widget-view+json"]
        return data, metadata

    assert stored() == stored()


def test_the_stored_words_of_a_network_hold_no_number_that_differs_between_machines():
    assert (
        repr(snn.explore(network, t_stop=50.0))
        == "network, 50 ms, w_inh = -40 pA, n = 20 Hz: raster of 20 neurons"
    )


def test_the_first_picture_needs_no_message():
    widget = snn.explore(snn.LIF(), I=300.0)
    trace, t, i, _ = read(widget.first["data"])
    assert trace.size == 2000 and t.size == i.size == 9
    assert widget.first["text"] == "9 spikes, 45 Hz, first at 22.0 ms"


# ---- the module and the page ----


def test_explore_stays_callable_once_its_module_is_imported():
    code = (
        "import snnlab as snn, sys; assert 'anywidget' not in sys.modules, 'import snnlab must stay light'\n"
        "import snnlab.explore; print(snn.explore(snn.LIF(), I=100.0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.startswith("LIF, 200 ms, I = 100 pA: no spike")


def test_it_is_one_widget_without_network_access():
    widget = snn.explore(snn.LIF())
    assert isinstance(widget, anywidget.AnyWidget)
    for path in STATIC.iterdir():
        assert not re.search(r"https?:|//\w+\.|\bimport\b *[({'\"]|@import|url\(", path.read_text("utf-8")), (
            path.name
        )


def luminance(color):
    channels = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# the papers are those of JupyterLab's light and dark theme, and the plain page's white
@pytest.mark.parametrize(
    ("rule", "papers"),
    [(".snn-explore {", ("#ffffff",)), (".snn-explore.snn-dark {", ("#212121", "#111111"))],
)
def test_colours_have_the_contrast_of_wcag_aa(rule, papers):
    css = (STATIC / "explore.css").read_text("utf-8").split(rule, 1)[1].split("}", 1)[0]
    colors = dict(re.findall(r"--snn-([\w-]+): (#[0-9a-f]{6});", css))
    assert {"soft", "trace", "spike", "current", "bad", "good", "button", "button-ink"} <= set(colors)
    for name, color in colors.items():
        if name not in ("button-ink", "current-fill"):  # the fill has a line around it
            for paper in papers:
                assert contrast(color, paper) >= 4.5, (name, paper)
    assert contrast(colors["button"], colors["button-ink"]) >= 4.5


NODE = """
const equal = (a, b) => { if (JSON.stringify(a) !== JSON.stringify(b)) throw Error(JSON.stringify(a) + " != " + JSON.stringify(b)); };
equal(ticks(0, 200, 5), [0, 50, 100, 150, 200]);
equal(ticks(-70, -50, 4), [-70, -65, -60, -55, -50]);
equal([niceTop(0), niceTop(47), niceTop(50)], [0, 60, 60]);
equal([shortNumber(-65), shortNumber(0.1 + 0.2)], ["\\u221265", "0.3"]);
equal(spell({ step: 0.5, unit: "ms" }, 20), "20.0 ms");
equal(spell({ step: 1, unit: "" }, 7), "7");
const wide = layout(900, { curve: {}, trace: [{}], n: 1, hold: {} }), narrow = layout(400, { curve: {}, trace: [{}], n: 1, hold: {} });
equal(wide.panels.map((p) => p.kind), ["trace", "ticks", "current"]);
if (!(wide.curve.x > wide.panels[0].x + wide.panels[0].w)) throw Error("the curve covers the trace");
if (!(narrow.curve.y > narrow.bottom && narrow.curve.x + narrow.curve.w <= 400)) throw Error("the curve leaves a narrow page");
const bytes = new Uint8Array(1 + 8 + 4 + 8); // one byte of padding: buffers from a socket need not be aligned
new DataView(bytes.buffer).setFloat32(1, -70, true);
new DataView(bytes.buffer).setFloat32(5, -65, true);
new DataView(bytes.buffer).setUint16(11, 65535, true);
new DataView(bytes.buffer).setUint32(17, 3, true);
const cut = (at, n) => new DataView(bytes.buffer, at, n);
const frame = { t0: 10, t1: 20, first: 10, dt: 0.5, form: "raw", shape: [1, 2] };
const { rows, spikes } = unpack(frame, [cut(1, 8), cut(9, 4), cut(13, 8)]);
equal(Array.from(rows[0]), [10, -70, 10.5, -65]);
equal(spikes, [{ t: 10, i: 0 }, { t: 20, i: 3 }]);
equal(unpack({ t0: 0, t1: 1, shape: null }, []).spikes, []);
const rates = new Float32Array([0, 2.5]);
equal(Array.from(unpack({ t0: 0, t1: 1, shape: null }, [cut(0, 0), cut(0, 0), cut(0, 0), new DataView(rates.buffer)]).curve), [0, 2.5]);
console.log("ok");
"""


@needs(program="node")
def test_the_scripts_parse_and_their_plain_functions_are_right(tmp_path):
    script = tmp_path / "explore.mjs"
    script.write_text(snn.explore(snn.LIF())._esm + NODE, encoding="utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "ok", done.stderr
