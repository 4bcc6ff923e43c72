"""The explorer's phase plane, its panels of several variables, and presets that are a model's named parameter sets.

`run` and `live` stand for the browser, as in test_explore.py.
"""

import base64
import subprocess

import numpy as np
import pytest
from needs import needs
from test_explore import live, run

import snnlab as snn
from snnlab.explore_plane import eigenvalues_in_words

LIMITS = {"v": (-2.5, 2.5), "w": (-1.5, 2.5)}


@pytest.fixture(scope="module")
def fhn():
    return snn.explore(snn.FitzHughNagumo(), ["I", "b", "epsilon"], I=0.5, plane=LIMITS, curve=None)


def points_of(rows):
    return rows[~np.isnan(rows[:, 0])].astype(float)


# ---- the plane ----


@pytest.mark.parametrize(
    "values", [{"I": 0.5}, {"I": 0.2}, {"I": 1.3, "b": 0.6}, {"I": 0.5, "epsilon": 0.02}]
)
def test_the_nullclines_are_those_of_the_present_parameters(fhn, values):
    frame = run(fhn, **values)
    I, b = values["I"], values.get("b", 0.8)
    v, w = points_of(frame["x"]).T
    assert len(v) > 200 and np.allclose(w, v - v**3 / 3 + I, atol=1e-5)
    v, w = points_of(frame["y"]).T
    assert len(v) > 100 and np.allclose(b * w, v + 0.7, atol=1e-5)


@pytest.mark.parametrize("I", [0.0, 0.33, 0.5, 1.0, 1.5])
def test_fixed_point_and_eigenvalues_move_with_the_slider(fhn, I):
    plane = run(fhn, I=I)["plane"]
    # v - v^3/3 - (v + a)/b + I = 0, and the eigenvalues of [[1 - v^2, -1], [epsilon, -epsilon b]]
    roots = np.roots([-1 / 3, 0.0, 1 - 1 / 0.8, I - 0.7 / 0.8])
    v = roots[np.abs(roots.imag) < 1e-9].real
    (point,) = plane["points"]
    assert point["x"] == pytest.approx(v[0], abs=1e-9) and v.size == 1
    eigenvalues = np.sort_complex(np.linalg.eigvals([[1 - v[0] ** 2, -1.0], [0.08, -0.064]]).astype(complex))
    assert point["eigenvalues"] == eigenvalues_in_words(eigenvalues)
    assert point["stable"] == (eigenvalues.real.max() < 0)
    (line,) = plane["lines"]
    assert point["kind"] in line and point["eigenvalues"] in line


def test_the_path_is_the_run(fhn):
    path = run(fhn, I=0.4)["path"]
    rec = snn.simulate(snn.FitzHughNagumo(), I=0.4, t_stop=200.0, record=["v", "w"])
    expected = np.column_stack([rec.t, rec.traces["v"][:, 0], rec.traces["w"][:, 0]])
    assert np.allclose(path, expected, atol=1e-5)


def test_what_is_seen_is_said(fhn):
    alt = run(fhn, I=0.5)["alt"]
    assert "Phase plane of v and w" in alt
    assert "unstable focus (starts nearby spiral out), eigenvalues 0.144 ± 0.192i per ms" in alt


def test_three_fixed_points_have_three_lines():
    widget = snn.explore(snn.MorrisLecar.snic(), I=20.0, plane=("v", "n"), curve=None)
    plane = run(widget)["plane"]
    assert [p["kind"] for p in plane["points"]] == ["stable node", "saddle", "unstable focus"]
    assert len(plane["lines"]) == 3
    empty = snn.explore(snn.MorrisLecar(), I=20.0, plane={"v": (0.0, 50.0), "n": (0.5, 1.0)}, curve=None)
    assert run(empty)["plane"]["lines"] == ["No fixed point in this part of the plane."]


def test_chosen_limits_hold_the_first_path_and_stay():
    widget = snn.explore(snn.Izhikevich(), I=10.0, plane=("v", "u"), curve=None)
    first, other = run(widget)["plane"], run(widget, I=20.0)["plane"]
    assert (first["xlim"], first["ylim"]) == (other["xlim"], other["ylim"])
    u = snn.simulate(snn.Izhikevich(), I=10.0, t_stop=200.0, record=["u"]).traces["u"]
    assert first["ylim"][0] <= u.min() and u.max() <= first["ylim"][1]


def test_given_limits_are_kept(fhn):
    plane = run(fhn)["plane"]
    assert (tuple(plane["xlim"]), tuple(plane["ylim"])) == (LIMITS["v"], LIMITS["w"])


def test_the_path_lifts_its_pen_at_each_reset():
    frame = run(snn.explore(snn.Izhikevich(), I=10.0, plane=("v", "u"), curve=None))
    gaps = np.flatnonzero(np.isnan(frame["path"][:, 1]))
    assert len(gaps) == frame["count"] > 2
    before, after = frame["path"][gaps - 1], frame["path"][gaps + 1]
    assert np.all(after[:, 1] == -65.0) and np.all(before[:, 1] > -60.0)


def test_other_states_are_held_where_the_run_stands():
    widget = snn.explore(snn.HindmarshRose(), I=2.0, plane=("x", "y"), t_stop=300.0, curve=None)
    z = snn.simulate(snn.HindmarshRose(), I=2.0, t_stop=300.0, record=["z"]).traces["z"][-1, 0]
    frame = run(widget)
    assert frame["plane"]["lines"][-1] == f"Nullclines for z = {z:.3g}, where the run stands."
    x, y = points_of(frame["x"]).T  # y = x^3 - 3 x^2 + z - I
    assert np.allclose(y, x**3 - 3 * x**2 + z - 2.0, atol=2e-3)


def test_a_live_run_carries_its_path_and_the_plane_of_the_current_that_flows(fhn):
    pieces = [
        live(fhn, steps, on=on, restart=k == 0, I=0.5)
        for k, (steps, on) in enumerate([(50, True), (150, False)])
    ]
    assert np.allclose(pieces[1]["path"][0, 0], 5.0)
    for piece, I in zip(pieces, (0.5, 0.0), strict=True):
        v, w = points_of(piece["x"]).T
        assert np.allclose(w, v - v**3 / 3 + I, atol=1e-5)
    assert "stable focus" in pieces[1]["alt"]


def test_flow_arrows_follow_the_derivatives():
    widget = snn.explore(snn.FitzHughNagumo(), I=0.5, plane=LIMITS, curve=None)
    plane = widget._frame.plane.plane
    flow = np.frombuffer(widget._frame.plane.buffers()[3], "<f4").reshape(len(plane.y), len(plane.x), 2)
    for row, column in [(0, 0), (3, 9), (12, 5)]:
        v, w = plane.x[column], plane.y[row]
        on_picture = np.array([(v - v**3 / 3 - w + 0.5) / 5.0, 0.08 * (v + 0.7 - 0.8 * w) / 4.0])
        assert np.allclose(flow[row, column], on_picture / np.hypot(*on_picture), atol=1e-6)


def test_what_has_no_plane_is_refused_in_the_words_of_phase_plane():
    with pytest.raises(ValueError, match=r"explore\.plane: must be two states of LIF"):
        snn.explore(snn.LIF(), plane=("v", "w"))


def test_a_model_whose_parameters_are_refused_says_so_and_goes_on(fhn):
    widget = snn.explore(snn.FitzHughNagumo(), {"epsilon": (-0.1, 0.2)}, plane=LIMITS, curve=None)
    assert "epsilon: must be > 0" in run(widget, epsilon=-0.1)["message"]
    assert run(widget, epsilon=0.1)["type"] == "frame"


def test_the_stored_picture_holds_the_plane(fhn):
    data, metadata = fhn._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    width, height = (int.from_bytes(png[k : k + 4], "big") for k in (16, 20))
    assert width > 900 and height > 400
    assert "Phase plane of v and w" in metadata["image/png"]["alt"]


# ---- several variables ----


def test_panels_and_shared_panels_hold_the_recorded_variables():
    widget = snn.explore(snn.HodgkinHuxley(), I=10.0, trace=["v", ("m", "h", "n")], t_stop=50.0, curve=None)
    frame = run(widget)
    assert frame["panels"] == [
        {"names": ["v"], "unit": "mV", "rows": 1},
        {"names": ["m", "h", "n"], "unit": "", "rows": 3},
    ]
    rec = snn.simulate(snn.HodgkinHuxley(), I=10.0, t_stop=50.0, record=["v", "m", "h", "n"])
    rows = frame["trace"].reshape(4, -1)
    for row, name in zip(rows, ("v", "m", "h", "n"), strict=True):
        assert np.allclose(row, rec.traces[name][:, 0], atol=1e-5)
    assert frame["alt"].startswith("Traces of v, m, h, n:")
    assert live(widget, 10)["shape"] == (4, 10)


def test_a_function_may_have_panels_too():
    def cell(I=10.0):
        return snn.simulate(snn.MorrisLecar(), I=I, t_stop=20.0, record=["v", "n"])

    assert run(snn.explore(cell, trace=["v", "n"]))["shape"] == (2, 200)

    def coarse(I=10.0):
        pop = snn.Population(snn.MorrisLecar(), 1)
        return snn.simulate(pop, I=I, t_stop=20.0, record=["v", snn.Record(pop, "n", every=1.0)])

    with pytest.raises(ValueError, match="'n' must be recorded from the same neurons, and as often, as 'v'"):
        snn.explore(coarse, trace=["v", "n"])
    with pytest.raises(ValueError, match="'q' was not recorded"):
        snn.explore(cell, trace=["v", "q"])


# ---- presets that are a model's parameter sets ----


@pytest.mark.parametrize(
    "presets",
    [
        ["chattering", "fast_spiking"],
        {"chattering": snn.Izhikevich.chattering, "fast spiking": snn.Izhikevich.fast_spiking},
        {"chattering": snn.Izhikevich.chattering(), "fast spiking": snn.Izhikevich.fast_spiking()},
    ],
    ids=["names", "methods", "models"],
)
def test_named_parameter_sets_become_presets(presets):
    widget = snn.explore(snn.Izhikevich(), I=10.0, presets=presets)
    assert list(widget.config["presets"]) == ["chattering", "fast spiking"]
    assert widget.config["fixed"] == {"a": 0.02, "c": -65.0, "d": 8.0}  # b is the same in all of them
    assert widget.config["units"] == {"a": "1/ms", "c": "mV", "d": "mV/ms"}
    chosen = widget.config["presets"]["chattering"]
    assert chosen == {"I": 10.0, "a": 0.02, "c": -50.0, "d": 2.0}
    expected = snn.simulate(snn.Izhikevich.chattering(), I=10.0, t_stop=200.0)
    frame = run(widget, **chosen)
    assert frame["count"] == len(expected.spikes) == 22
    assert frame["values"] == chosen and "c = -50" in frame["alt"]


def test_a_parameter_without_a_slider_takes_only_values_of_a_preset():
    widget = snn.explore(snn.Izhikevich(), I=10.0, presets=["chattering"])
    assert run(widget, c=-51.0, d=2.0)["values"] == {"I": 10.0, "c": -65.0, "d": 2.0}


def test_a_preset_may_pair_a_model_with_its_current():
    widget = snn.explore(snn.AdEx.tonic(), I=65.0, presets={"transient": (snn.AdEx.transient, {"I": 55.0})})
    assert widget.config["presets"]["transient"]["I"] == 55.0
    assert widget.config["presets"]["transient"]["v_reset"] == -60.0


def test_a_slider_without_a_range_is_wide_enough_for_every_preset():
    widget = snn.explore(snn.Izhikevich(), ["I", "a", "d"], presets=["fast_spiking", "thalamo_cortical"])
    made = {s["name"]: s for s in widget.config["sliders"]}
    assert made["a"]["high"] >= 0.1 and made["d"]["low"] <= 0.05
    assert widget.config["fixed"] == {"b": 0.2}


def test_presets_move_the_plane_too():
    widget = snn.explore(snn.MorrisLecar(), I=30.0, plane=("v", "n"), presets=["hopf", "snic"], curve=None)
    kinds = [
        [p["kind"] for p in run(widget, **values)["plane"]["points"]]
        for values in widget.config["presets"].values()
    ]
    assert kinds == [["stable focus"], ["stable node", "saddle", "unstable focus"]]


# ---- the page's side ----

NODE = """
const equal = (a, b) => { if (JSON.stringify(a) !== JSON.stringify(b)) throw Error(JSON.stringify(a) + " != " + JSON.stringify(b)); };
const scene = { curve: {}, plane: {}, trace: [{}, {}], n: 1, hold: {} };
const wide = layout(900, scene), narrow = layout(420, scene);
equal(wide.panels.map((p) => [p.kind, p.part ?? -1]), [["trace", 0], ["trace", 1], ["ticks", -1], ["current", -1]]);
if (!(wide.plane.x > wide.panels[0].x + wide.panels[0].w && wide.plane.x + wide.plane.w <= 900)) throw Error("the plane covers the trace");
if (!(wide.curve.y > wide.bottom && wide.plane.y + wide.plane.h + 50 <= wide.height)) throw Error("the curve or the plane is cut off");
if (!(narrow.plane.y > narrow.bottom && narrow.plane.x + narrow.plane.w <= 420)) throw Error("the plane leaves a narrow page");
if (!(narrow.curve.y > narrow.plane.y + narrow.plane.h && narrow.curve.y + narrow.curve.h < narrow.height)) throw Error("curve over plane");
const empty = new DataView(new ArrayBuffer(0)), path = new DataView(new Float32Array([0, 1, 2, 0.5, 3, 4]).buffer);
const { plane } = unpack({ t0: 0, t1: 1, shape: null, plane: { arrows: 2 } }, [empty, empty, empty, empty, path, empty, empty, empty]);
equal([plane.arrows, Array.from(plane.path[0]), lastOf(plane.path), lastOf([])], [2, [0, 1, 2, 0.5, 3, 4], [3, 4], null]);
const drawn = [], pen = { moveTo: (...p) => drawn.push(["m", ...p]), lineTo: (...p) => drawn.push(["l", ...p]) };
pathOf(pen, [0, 1, 2, 3, NaN, NaN, 4, 5, 6, 7], 2, (v) => v, (v) => 10 * v);
equal(drawn, [["m", 0, 10], ["l", 2, 30], ["m", 4, 50], ["l", 6, 70]]);
console.log("ok");
"""


@needs(program="node")
def test_the_scripts_lay_out_and_read_the_plane(tmp_path):
    script = tmp_path / "explore.mjs"
    script.write_text(snn.explore(snn.LIF())._esm + NODE, encoding="utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "ok", done.stderr
