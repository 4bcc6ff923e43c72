"""Every argument of every public name is fed nonsense: it is refused in one form, at once, and before anything runs.

A name that is added to `snnlab.__all__` needs an entry in CALLS (models, synapses and rules are found by themselves):
what it is called with, and which of the nonsense is no nonsense to it.
"""

import inspect
import re
import sys
import types
import warnings
from collections.abc import Callable
from typing import NamedTuple

import matplotlib
import numpy as np
import pytest
from scipy import sparse

import snnlab as snn
from snnlab.declared import Declared

matplotlib.use("Agg")
FORM = re.compile(r"^\w[\w.]*(\[[^\]]*\])?: \S")  # LIF.tau_m: must be > 0 ms, got -20.0
NONSENSE = {
    "object": object(),
    "text": "nonsense",
    "none": None,
    "true": True,
    "nan": float("nan"),
    "inf": float("inf"),
    "negative": -1.0,
    "minus": -1,
    "zero": 0.0,
    "fraction": 2.5,
    "huge": 10**400,
    "complex": 1j,
    "empty": [],
    "nans": [1.0, float("nan")],
    "words": ["a", "b"],
    "ragged": [[1.0], [2.0, 3.0]],
    "deep": np.zeros((2, 2, 2)),
    "dict": {"a": 1.0},
    "set": {1, 2},
    "function": lambda: None,
    "class": snn.LIF,
}
SIGNED = {"negative", "minus", "zero", "fraction"}
COUNTED = {"zero", "fraction"}


class Call(NamedTuple):
    """A function, arguments with which it works, what else it takes of NONSENSE, and more that it must refuse."""

    function: Callable
    arguments: dict
    fine: dict[str, set] = {}
    more: dict[str, list] = {}


pop = snn.Population(snn.LIF(), 2, {"exc": snn.ExpCurrent(5.0), "inh": snn.ExpConductance()}, name="pop")
plain = snn.Population(snn.LIF(), 2, {"exc": snn.ExpCurrent(5.0)}, name="plain")
other = snn.Population(snn.LIF(), 3, {"jump": snn.Delta()}, name="other")
trains = snn.SpikeTrains([1.0], [0], n=2, t_stop=10.0)
train = snn.SpikeTrains([1.0, 4.0, 6.0], [0, 0, 0], n=1, t_stop=10.0)
places = np.array([[0.0, 0.1], [0.5, 0.2]])
plastic = snn.Projection(trains, pop, ([0], [1]), 0.5, 0.1, "exc", snn.PairSTDP())
source = snn.PoissonSource(2, 20.0)
fixed = snn.Projection(pop, pop, ([0], [1]), 0.5, 0.1, "exc")
to_plain = snn.Projection(plain, plain, ([0], [1]), 0.5, 0.1)
elsewhere = snn.Projection(other, other, ([0], [1]), 0.5, 0.1)
off_grid = snn.Projection(pop, pop, ([0], [1]), 0.5, 0.25, "exc")
too_late = snn.Projection(pop, pop, ([0], [1]), 0.5, 1e300, "exc")
too_fast = snn.Projection(snn.PoissonSource(2, 20_000.0), pop, ([0], [1]), 0.5, 0.1, "exc")
odd_rate = snn.Projection(snn.PoissonSource(2, lambda t: "x"), pop, ([0], [1]), 0.5, 0.1, "exc")
unequal = snn.Projection(trains, other, snn.one_to_one(), 0.5, 0.1)
rec = snn.simulate(
    pop, I=300.0, t_stop=50.0, seed=1, engine="numpy", projections=[plastic],
    record=["v", snn.Record(pop, "rate", every=5.0)],
)  # fmt: skip
rec_of_other = snn.simulate(other, t_stop=1.0, seed=1, engine="numpy")
lif = snn.LIF()
theory_numbers = {"I": {*SIGNED, "true", "empty", "deep"}, "v0": {*SIGNED, "none", "true", "empty", "deep"},
                  "lif": {"class"}}  # fmt: skip
run_arguments = {"what": pop, "t_stop": 1.0, "dt": 0.1, "I": 300.0, "projections": [plastic], "initial": {"v": -60.0},
                 "method": None, "seed": 1}  # fmt: skip
run_fine = {"t_stop": {"fraction"}, "I": SIGNED, "projections": {"empty"}, "initial": {"none"}, "method": {"none"},
            "seed": {"none"}}  # fmt: skip
run_more = {
    "what": [[], [pop, pop], pop[:1], [pop, "x"], snn.ExpCurrent(), snn.Population(snn.LIF(t_ref=0.05), 2),
             snn.Population(snn.LIF(t_ref=[0.1, 1e300]), 2), snn.Population(snn.LIF(), 2_000_000_000)],
    "t_stop": [1.05, 1e300, 1e-9, "1.0"],
    "dt": [0.3, 1e-300, 1e300, "0.1"],
    "I": [np.zeros(7), np.zeros((7, 2)), np.zeros((1, 1)), [1.0, np.nan], {pop: "x"}, {"pop": 1.0}, {other: 1.0},
          lambda t: None, lambda t: [1.0, 2.0, 3.0], lambda t: np.nan, snn.step([1.0, 2.0, 3.0]),
          snn.noise([1.0, 2.0, 3.0])],
    "projections": [[off_grid], [too_late], [elsewhere], [too_fast], [odd_rate], [unequal], [3], [plastic, None], plastic.pairs],
    "initial": [{"w": 1.0}, {"v": [1.0, 2.0, 3.0]}, {"v": np.inf}, {"v": "x"}, {"v": [[1.0], [1.0, 2.0]]}, {1: {"v": 1.0}},
                {pop: 1.0}, {other: {"v": 1.0}}, {pop: {"exc.h": 1.0}}, {"v": 10**400}],
    "method": ["heun", "half_step_2003", {pop: "heun"}, {pop: 3}, {other: "euler"}, {"pop": "euler"}],
    "seed": [1.5, -1, 2**63],
}  # fmt: skip


def quiet_sweep(f, grid, executor, progress, start):
    """A sweep tells of points that failed by a warning, and keeps the others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return snn.sweep(f, grid, executor=executor, progress=progress, start=start)


CALLS = {
    "Population": Call(
        snn.Population,
        {"model": snn.LIF(), "n": 2, "receptors": {"exc": snn.ExpCurrent(5.0)}, "name": "x"},
        {"receptors": {"none"}, "name": {"none", "text"}},
        {
            "model": [snn.ExpCurrent(), snn.LIF(tau_m=[1.0, 2.0, 3.0])],
            "n": [0, 3.0, 2**31],
            "receptors": [{"exc": snn.ExpCurrent}, {"a b": snn.Delta()}, {1: snn.Delta()}, {"x": snn.LIF()},
                          {"x": snn.ExpCurrent([1.0, 2.0, 3.0])}],
        },
    ),
    "Population.__getitem__": Call(
        pop.__getitem__, {"item": slice(0, 1)},
        more={"item": [0, slice(2, 2), slice(5, 9), slice(0, 2, 2), slice("a", None), slice(0.5, 1), (0, 1)]},
    ),
    "PoissonSource": Call(
        snn.PoissonSource, {"n": 2, "rate": 5.0, "name": "x"},
        {"rate": {*COUNTED, "function", "class"}, "name": {"text", "none"}},
        {"n": [0], "rate": [[1.0, 2.0, 3.0], snn.noise(1.0), snn.step([1.0, 2.0, 3.0])]},
    ),
    "PoissonSource.__getitem__": Call(source.__getitem__, {"item": slice(0, 1)}, more={"item": [0, slice(2, 2), slice("a", None)]}),
    "PoissonDrive": Call(
        snn.PoissonDrive, {"target": pop, "rate": 5.0, "w": 1.0, "receptor": "inh", "n_sources": 1},
        {"rate": COUNTED, "w": COUNTED},
        {"target": [trains, source, lif], "rate": [[1.0, 2.0, 3.0]], "w": [[1.0, 2.0, 3.0]],
         "receptor": ["nmda"], "n_sources": [0, 1.0]},
    ),
    "Projection": Call(
        snn.Projection,
        {"pre": pop, "post": pop, "pairs": ([0], [1]), "w": 0.5, "delay": 0.1, "receptor": "exc",
         "plasticity": snn.PairSTDP(), "short_term": None, "reward": None, "storage": None},
        {"w": {"zero"}, "delay": COUNTED, "plasticity": {"none"}, "short_term": {"none"}, "reward": {"none"}, "storage": {"none"}},
        {
            "post": [trains, snn.Population(snn.LIF(), 2)],
            "pairs": [([0], [2]), ([2], [0]), ([-1], [0]), ([0, 1], [0]), ([0.5], [0]), ([[0]], [[0]]), ([True], [True]),
                      (["a"], [0]), ([0], [1], [2]), snn.uniform(0.0, 1.0), [[0], [1.0]]],
            "w": [[1.0, 2.0], [[1.0]], 3.0, snn.random(0.5)],
            "delay": [-0.1, [0.1, 0.2], snn.random(0.5)],
            "receptor": ["nmda", ""],
            "plasticity": [snn.PairSTDP, snn.ExpCurrent(), snn.RewardSTDP()],
            "short_term": [snn.TsodyksMarkram, snn.PairSTDP()],
            "reward": [trains],
        },
    ),
    "Projection.draw": Call(
        plastic.draw, {"seed": 1, "index": 0, "dt": 0.1}, {"seed": {"none"}, "index": {"huge"}, "dt": {"fraction"}},
    ),
    "Record": Call(
        snn.Record, {"what": pop, "variable": "v", "every": 1.0},
        {"variable": {"text"}, "every": {"fraction", "none"}}, {"what": [trains, lif]},
    ),
    "SpikeTrains": Call(
        snn.SpikeTrains, {"t": [1.0], "i": [0], "n": 2, "t_stop": 10.0, "t_start": 0.0},
        {"t_stop": {"fraction"}, "t_start": {"negative", "minus", "zero"}},
        {"t": [[11.0], [-1.0], [[1.0]], [1.0, 2.0], ["1"] * 2], "i": [[2], [-1], [0.0], [0, 0], [[0]]],
         "n": [0, 2**31, 1.0]},
    ),
    "SpikeTrains.of": Call(trains.of, {"i": 0}, more={"i": [2, 0.0]}),
    "SpikeTrains.between": Call(
        trains.between, {"a": 0.0, "b": 5.0}, {"a": COUNTED, "b": COUNTED}, {"b": [11.0], "a": [6.0]}
    ),
    "SpikeTrains.neurons": Call(trains.neurons, {"start": 0, "stop": 1}, more={"start": [2], "stop": [3]}),
    "SpikeTrains.save": Call(trains.save, {"path": "spikes.npz"}, {"path": {"text"}}, {"path": [0, 1]}),
    "SpikeTrains.load": Call(snn.SpikeTrains.load, {"path": "spikes.npz"}, {"path": {"text"}}, {"path": [0, __file__]}),
    "Recording.__getitem__": Call(rec.__getitem__, {"what": pop}, more={"what": [other, other[:1], 0, "pop"]}),
    "Recording.graph": Call(rec.graph, {"projection": plastic}, more={"projection": [fixed, pop]}),
    "Recording.rate": Call(rec.rate, {"what": pop}, more={"what": [other, pop[:1]]}),
    "a recording's traces": Call(rec.traces.__getitem__, {"name": "v"}, more={"name": ["w", (plastic, "w"), ("v",)]}),
    "simulate": Call(
        snn.simulate,
        {**run_arguments, "record": ["v"], "engine": "numpy", "start": None, "max_spikes": 100, "dtype": "float64", "threads": 1, "progress": False},
        {**run_fine, "record": {"empty"}, "start": {"none"}, "max_spikes": {"huge"}, "threads": {"huge"}, "progress": {"true"}},
        {
            **run_more,
            "record": ["w", ["v", 3], [snn.Record(other, "v")], [snn.Record(pop, "w")], [snn.Record(pop, "v", every=0.25)],
                       [snn.Record(pop, "v", every=1e-9)], [snn.Record(pop, "v", every=1e300)],
                       [snn.Record(pop, "rate", every=0.25)], [snn.Record(plastic, "v")], [snn.Record(fixed, "w")],
                       [snn.Record(plastic, "w", every=1e-9)], [snn.Record(plastic, "w", every=0.25)],
                       [snn.Record(pop, "v", every=0.5), "v"]],
            "engine": ["cuda", ""],
            "start": [rec_of_other.final, rec.final, rec],
            "max_spikes": [0, 1.0],
            "threads": [0, 1.0],
            "dtype": ["float16", int],
        },
    ),
    "brian2_twin": Call(
        snn.brian2_twin, {**run_arguments, "projections": [fixed], "record": ["v"], "replay": True},
        {**run_fine, "record": {"empty"}, "replay": {"true"}}, {**run_more, "record": ["w", [snn.Record(other, "v")]], "replay": [0]},
    ),
    "to_pynn": Call(
        snn.to_pynn, {**run_arguments, "what": plain, "projections": [to_plain], "record": ["v"]},
        {**run_fine, "record": {"empty"}},
        {"what": run_more["what"], "t_stop": run_more["t_stop"], "projections": [[3], [elsewhere]], "method": ["exact"],
         "record": ["w", [snn.Record(other, "v")]]},
    ),
    "kernel_source": Call(
        snn.kernel_source, {"what": pop, "I": 0.0, "projections": [plastic], "method": None, "dt": 0.1},
        {"I": SIGNED, "projections": {"empty"}, "method": {"none"}},
        {name: values for name, values in run_more.items() if name in ("method", "projections")},
    ),
    "check_units": Call(snn.check_units, {"model": snn.LIF}, {"model": {"class"}}, {"model": [pop, snn.Neuron, int]}),
    "latex": Call(snn.latex, {"model": snn.LIF}, {"model": {"class"}}, {"model": [pop, snn.Neuron, int]}),
    "explore": Call(
        snn.explore,
        {"what": snn.LIF(), "sliders": ["I"], "I": 300.0, "t_stop": 100.0, "dt": 0.1, "method": None, "presets": None,
         "goal": None, "trace": None, "plane": None, "pad": None, "hold": "I", "curve": "I", "title": None},
        {"sliders": {"none", "empty"}, "I": {*COUNTED, "none"}, "t_stop": {"fraction"}, "method": {"none"}, "presets": {"none", "empty"},
         "plane": {"none"}, "pad": {"none"}, "goal": {"none"}, "trace": {"none"}, "hold": {"none"}, "curve": {"none"}, "title": {"none", "text"}},
        {"what": [snn.Population(snn.LIF(), 2), lambda rate: None], "sliders": [["tau"], {"I": (1.0,)}, {"I": "x"}],
         "I": [1e9 * 1j], "t_stop": [100.05], "method": ["heun"],
         "presets": [{"a": {"I": "x"}}, {"a": {"J": 1.0}}, {"a": 3}, {"a": {"I": float("nan")}}],
         "plane": [("v",), ("v", "w"), {"v": 1}], "pad": ["I", ("I",), ("I", "I")],
         "goal": [{"spikes": 2.5}, {"spikes": -1}, {"spikes": 1, "within": 0.0}, {"spikes": 1, "within": "x"}]},
    ),
    "phase_plane": Call(
        snn.phase_plane,
        {"model": snn.FitzHughNagumo(), "x": "v", "y": "w", "I": 0.5, "held": None, "xlim": (-2.0, 2.0), "ylim": (-1.0, 2.0),
         "arrows": 20, "fine": 400},
        {"x": {"none"}, "y": {"none"}, "I": SIGNED, "held": {"none"}, "xlim": {"none", "set"}, "ylim": {"none", "set"}},
        {"model": [snn.LIF(), pop], "x": ["w"], "held": [{"v": 1.0}, {"u": 1.0}], "xlim": [(1.0, 0.0)], "arrows": [0, 1.0], "fine": [0, 1.0]},
    ),
    "all_to_all": Call(snn.all_to_all, {}),
    "one_to_one": Call(snn.one_to_one, {}),
    "random": Call(snn.random, {"p": 0.5}, {"p": {"zero"}}, {"p": [1.1, -0.1]}),
    "fixed_indegree": Call(snn.fixed_indegree, {"k": 1}, {"k": {"huge"}}, {"k": [1.0]}),
    "from_matrix": Call(snn.from_matrix, {"matrix": [[0, 1], [1, 0]]}, more={"matrix": [[1, 2], 1.0]}),
    "by_distance": Call(
        snn.by_distance, {"p": 0.5, "pre": places, "post": places, "width": 0.3, "period": 1.0},
        {"post": {"none"}, "width": {"fraction"}, "period": {"fraction", "none", "inf"}, "p": {"zero"}},
        {"p": [1.5], "pre": [np.zeros((2, 4))], "post": [np.zeros((2, 3))], "width": [None], "period": [[1.0, 1.0, 1.0]]},
    ),
    "weight_by_distance": Call(
        snn.weight_by_distance, {"f": np.exp, "pre": places, "post": places, "period": 1.0},
        {"f": {"function", "class"}, "post": {"none"}, "period": {"fraction", "none", "inf"}}, {"f": [1.0]},
    ),
    "delay_by_distance": Call(
        snn.delay_by_distance, {"minimum": 0.1, "speed": 1.0, "pre": places, "post": places, "period": 1.0},
        {"minimum": COUNTED, "speed": {"fraction"}, "post": {"none"}, "period": {"fraction", "none", "inf"}},
    ),
    "lognormal": Call(snn.lognormal, {"mean": 1.0, "sd": 1.0}, {"mean": {"fraction"}, "sd": COUNTED}),
    "exponential": Call(snn.exponential, {"mean": 1.0}, {"mean": {"fraction"}}),
    "sweep": Call(
        quiet_sweep, {"f": lambda a: a, "grid": {"a": [1, 2]}, "executor": None, "progress": False, "start": None},
        {"f": {"function", "class"}, "grid": {"nans", "ragged", "words", "deep"}, "executor": {"none"},
         "progress": {"true"}, "start": {"none"}},
        {"grid": [{}, {"a": []}, {"a": 3}], "f": [3]},
    ),
    "uniform": Call(
        snn.uniform, {"low": 0.0, "high": 1.0}, {"low": SIGNED - {"fraction"}, "high": COUNTED}, {"low": [2.0]}
    ),
    "normal": Call(snn.normal, {"mean": 0.0, "sd": 1.0}, {"mean": SIGNED, "sd": COUNTED}),
    "on_grid": Call(snn.on_grid, {"x": 1.23, "dt": 0.1}, {"x": SIGNED, "dt": {"fraction"}}, {"dt": [0, "0.1"]}),
    "step": Call(
        snn.step, {"amplitude": 1.0, "start": 0.0, "stop": 5.0},
        {"amplitude": {*SIGNED, "true"}, "start": {*SIGNED, "true"}, "stop": {"fraction", "inf", "true"}},
        {"amplitude": [np.zeros((2, 2))], "stop": [-1.0, 0.0, [1.0, 2.0, -1.0]], "start": [5.0]},
    ),
    "ramp": Call(
        snn.ramp, {"amplitude": 1.0, "start": 0.0, "stop": 5.0},
        {"amplitude": {*SIGNED, "true"}, "start": {*SIGNED, "true"}, "stop": {"fraction", "true"}}, {"stop": [0.0]},
    ),
    "sine": Call(
        snn.sine, {"amplitude": 1.0, "frequency": 5.0, "phase": 0.0},
        {"amplitude": {*SIGNED, "true"}, "frequency": {*COUNTED, "true"}, "phase": {*SIGNED, "true"}},
    ),
    "noise": Call(
        snn.noise, {"sigma": 1.0, "tau": 5.0, "shared": False},
        {"sigma": {*COUNTED, "true"}, "tau": {"fraction", "none", "true"}, "shared": {"true"}},
        {"tau": [0.0], "shared": [1]},
    ),
    "poisson": Call(
        snn.poisson, {"rate": lambda t: 5.0, "n": 2, "t_stop": 1000.0, "seed": 1, "max_rate": 10.0, "stream": 0},
        {"t_stop": COUNTED, "seed": {"huge"}, "stream": {"huge"}},
        {"rate": [lambda t: 11.0, lambda t: -1.0, lambda t: "x", lambda t: [1.0, 2.0, 3.0]], "max_rate": [1.0, 1e18],
         "n": [2**31]},
    ),
    "plots.panels": Call(
        lambda heights, width: snn.plots.panels(heights, width=width), {"heights": 2.0, "width": 5.0},
        {"heights": {"fraction"}, "width": {"fraction"}},
    ),
    "plots.trace": Call(
        snn.plots.trace, {"rec": rec, "variable": "v", "neurons": [0], "ax": None}, {"neurons": {"none"}, "ax": {"none"}},
        {"rec": [trains, lif], "variable": ["w"], "neurons": [[2], -1, 0.5]},
    ),
    "plots.phase_plane": Call(
        snn.plots.phase_plane, {"plane": snn.phase_plane(snn.FitzHughNagumo(), I=0.5), "rec": None, "neuron": 0, "ax": None},
        {"rec": {"none"}, "neuron": {"minus", "huge"}, "ax": {"none"}}, {"rec": [rec, trains]},
    ),
    "plots.raster": Call(snn.plots.raster, {"spikes": trains, "ax": None}, {"ax": {"none"}}, {"spikes": [rec]}),
    "plots.fi": Call(
        snn.plots.fi, {"I": [1.0, 2.0], "rate": [0.0, 1.0], "theory": [0.0, 1.0], "ax": None, "label": "x"},
        {"I": {"nans"}, "rate": {"nans"}, "theory": {"nans", "none"}, "ax": {"none"}, "label": {"text"}},
        {"rate": [[1.0]], "theory": [[1.0], lambda I: "x", lambda I: [1.0]]},
    ),
    "plots.current": Call(
        snn.plots.current, {"I": snn.step(1.0), "t": [0.0, 1.0], "ax": None},
        {"I": {*SIGNED, "nan", "nans", "true", "none", "deep"}, "t": {"nans"}, "ax": {"none"}}, {"I": [[1.0]]},
    ),
    "plots.curve": Call(
        snn.plots.curve, {"x": [1.0, 2.0], "y": [0.0, 1.0], "xlabel": "x", "ylabel": "y", "label": "x", "log": "", "ax": None},
        {"x": {"nans"}, "y": {"nans"}, "xlabel": {"text"}, "ylabel": {"text"}, "label": {"text"}, "ax": {"none"}},
        {"log": ["z"], "y": [[1.0]]},
    ),
    "plots.isi": Call(
        snn.plots.isi, {"spikes": train, "bin": 1.0, "max_interval": None, "ax": None},
        {"bin": {"fraction"}, "max_interval": {"none", "fraction"}, "ax": {"none"}}, {"spikes": [trains], "bin": [1e-9]},
    ),
    "plots.psth": Call(
        snn.plots.psth, {"spikes": train, "bin": 5.0, "ax": None}, {"bin": {"fraction"}, "ax": {"none"}}, {"bin": [11.0]}
    ),
    "plots.correlogram": Call(
        snn.plots.correlogram, {"lag": [-1.0, 0.0], "rate": [1.0, 2.0], "level": 1.0, "ax": None},
        {"rate": {"nans"}, "level": {*SIGNED, "none"}, "ax": {"none"}}, {"lag": [[1.0, 0.0], [1.0]], "rate": [[1.0]]},
    ),
    "plots.sta": Call(
        snn.plots.sta, {"lag": [-1.0, 0.0], "mean": [1.0, 2.0], "ylabel": "x", "label": "x", "level": 1.0, "ax": None},
        {"lag": {"nans"}, "mean": {"nans"}, "ylabel": {"text"}, "label": {"text"}, "level": {*SIGNED, "none"}, "ax": {"none"}},
    ),
    "analysis.isi": Call(snn.analysis.isi, {"spikes": train}, more={"spikes": [rec, train.t]}),
    "analysis.cv": Call(snn.analysis.cv, {"spikes": train}),
    "analysis.lv": Call(snn.analysis.lv, {"spikes": train}),
    "analysis.cv2": Call(snn.analysis.cv2, {"spikes": train}),
    "analysis.binned": Call(snn.analysis.binned, {"spikes": train, "bin": 1.0}, {"bin": {"fraction"}}, {"bin": [11.0]}),
    "analysis.psth": Call(snn.analysis.psth, {"spikes": train, "bin": 1.0}, {"bin": {"fraction"}}, {"bin": [11.0]}),
    "analysis.fano": Call(
        snn.analysis.fano, {"spikes": train, "window": 1.0, "over": "time"}, {"window": {"fraction"}}, {"over": ["trials"]}
    ),
    "analysis.synchrony": Call(snn.analysis.synchrony, {"spikes": trains, "bin": 1.0}, {"bin": {"fraction"}}),
    "analysis.spectrum": Call(
        snn.analysis.spectrum, {"spikes": trains, "bin": 1.0, "segment": 5.0}, {"bin": set(), "segment": {"none"}},
        {"bin": [2.5], "segment": [11.0, 3.0]},
    ),
    "analysis.aligned": Call(
        snn.analysis.aligned, {"spikes": train, "events": [3.0], "before": 1.0, "after": 2.0},
        {"spikes": {"empty"}, "events": {"empty"}, "before": SIGNED,
         "after": COUNTED},
        {"spikes": [trains], "before": [-2.0], "after": [-1.0]},
    ),
    "analysis.cross_correlogram": Call(
        snn.analysis.cross_correlogram, {"a": train, "b": train, "bin": 1.0, "max_lag": 5.0},
        {"bin": {"fraction"}, "max_lag": {"fraction"}}, {"a": [trains], "b": [trains], "max_lag": [20.0, 0.1]},
    ),
    "analysis.autocorrelogram": Call(
        snn.analysis.autocorrelogram, {"spikes": train, "bin": 1.0, "max_lag": 5.0},
        {"bin": {"fraction"}, "max_lag": {"fraction"}}, {"spikes": [trains], "max_lag": [20.0, 0.1]},
    ),
    "analysis.sta": Call(
        snn.analysis.sta, {"spikes": train, "stimulus": np.zeros(100), "dt": 0.1, "before": 2.0, "after": 1.0},
        {"spikes": {"empty"}, "dt": {"fraction"}, "before": COUNTED, "after": COUNTED},
        {"spikes": [trains], "before": [9.5], "dt": [-0.1]},
    ),
    "analysis.van_rossum": Call(
        snn.analysis.van_rossum, {"a": train, "b": [2.0], "tau": 5.0}, {"a": {"empty"}, "b": {"empty"}, "tau": {"fraction"}},
        {"a": [trains], "b": [trains]},
    ),
    "analysis.van_rossum_direct": Call(
        snn.analysis.van_rossum_direct, {"a": train, "b": [2.0], "tau": 5.0},
        {"a": {"empty"}, "b": {"empty"}, "tau": {"fraction"}}, {"a": [trains]},
    ),
    "analysis.victor_purpura": Call(
        snn.analysis.victor_purpura, {"a": train, "b": [2.0], "q": 0.1}, {"a": {"empty"}, "b": {"empty"}, "q": COUNTED},
        {"a": [trains], "b": [trains]},
    ),
    "analysis.victor_purpura_direct": Call(
        snn.analysis.victor_purpura_direct, {"a": train, "b": [2.0], "q": 0.1},
        {"a": {"empty"}, "b": {"empty"}, "q": COUNTED}, {"a": [trains]},
    ),
    "analysis.coincidences": Call(
        snn.analysis.coincidences, {"a": train, "b": [2.0], "precision": 1.0},
        {"a": {"empty"}, "b": {"empty"}, "precision": COUNTED}, {"a": [trains]},
    ),
    "analysis.coincidence_factor": Call(
        snn.analysis.coincidence_factor, {"data": train, "model": train, "precision": 0.5}, {"precision": set()},
        {"data": [trains, [1.0]], "precision": [2.5], "model": [snn.SpikeTrains([1.0], [0], n=1, t_stop=5.0)]},
    ),
    "analysis.pairwise": Call(
        snn.analysis.pairwise, {"spikes": trains, "measure": snn.analysis.coincidences}, {}, {"measure": [lambda a: 1.0]},
    ),
    "units.as_unit": Call(snn.units.as_unit, {"value": "mV"}, more={"value": ["mv", "1/"]}),
    "theory.psp": Call(
        snn.theory.psp, {"t": 1.0, "w": 50.0, "synapse": snn.ExpCurrent(), "lif": lif},
        {"t": {*COUNTED, "true", "empty", "deep"}, "w": theory_numbers["I"], **theory_numbers}, {"synapse": [snn.ExpConductance()]},
    ),
    "theory.psp_peak": Call(
        snn.theory.psp_peak, {"w": 50.0, "synapse": snn.AlphaCurrent(), "lif": lif}, {"w": SIGNED, **theory_numbers},
        {"synapse": [snn.ExpConductance()]},
    ),
    "theory.campbell": Call(
        snn.theory.campbell, {"rate": 100.0, "w": 1.0, "tau": 5.0, "dt": 0.1},
        {"rate": {*COUNTED, "true", "empty", "deep"}, "w": theory_numbers["I"], "tau": {"fraction", "true", "empty"},
         "dt": {"fraction", "none"}},
    ),
    "theory.siegert": Call(
        snn.theory.siegert, {"mean": -52.0, "sd": 1.0, "lif": lif, "dt": 0.1},
        {"mean": theory_numbers["I"], "sd": {"fraction", "true", "empty"}, "lif": {"class"}, "dt": {"fraction", "none"}},
    ),
    "theory.dead_time": Call(
        snn.theory.dead_time, {"rate": 100.0, "d": 1.0, "dt": 0.1},
        {"rate": {"fraction", "true", "empty"}, "d": {*COUNTED, "true", "empty", "deep"}, "dt": {"fraction", "none"}},
    ),
    "theory.lif_voltage": Call(
        snn.theory.lif_voltage, {"t": 1.0, "I": 300.0, "lif": lif, "v0": -60.0},
        {"t": {*COUNTED, "true", "empty", "deep"}, **theory_numbers}, {"lif": [snn.HodgkinHuxley()]},
    ),
    "theory.lif_time_to_threshold": Call(
        snn.theory.lif_time_to_threshold, {"I": 300.0, "lif": lif, "v0": -60.0}, theory_numbers
    ),
    "theory.lif_interval": Call(
        snn.theory.lif_interval, {"I": 300.0, "lif": lif, "dt": 0.1},
        {**theory_numbers, "dt": {"fraction", "none", "true", "empty"}},
    ),
    "theory.lif_rate": Call(snn.theory.lif_rate, {"I": 300.0, "lif": lif}, theory_numbers),
    "theory.lif_rheobase": Call(snn.theory.lif_rheobase, {"lif": lif}, theory_numbers),
    "theory.lif_strength_duration": Call(
        snn.theory.lif_strength_duration, {"T": 5.0, "lif": lif}, {"T": {"fraction", "true", "empty"}, **theory_numbers}
    ),
    "theory.lif_chronaxie": Call(snn.theory.lif_chronaxie, {"lif": lif}, theory_numbers),
    "theory.lif_least_energy_duration": Call(snn.theory.lif_least_energy_duration, {"lif": lif}, theory_numbers),
}  # fmt: skip
X = {"zero", "true", "empty", "deep"}  # values in [0, 1] of any shape
SIGNAL = {*SIGNED, "true", "empty", "deep"}
POSITIVE = {"fraction"}
ANY_SHAPE = {"none"}
two = snn.encode.latency([0.2, 0.8])
words_of_8 = snn.encode.population([0.2])
film = np.exp(np.zeros((3, 2, 2)))
on_and_off = snn.encode.event_camera(film, seed=1)


def code(name, fine=None, more=None, **arguments):
    """The entries of a static code: its encoder and its decoder take the same arguments."""
    given, allowed = {"window": 100.0, **arguments}, {"window": POSITIVE, **(fine or {})}
    random = {"seed": 1, "stream": 0} if name == "rate" else {}
    many = {argument: {"huge"} for argument in random}
    decoder_allows = {**allowed, "window": {*POSITIVE, "none"}, "shape": ANY_SHAPE}
    spikes, shape = (words_of_8, (1,)) if name == "population" else (two, (2,))
    decoder_allows["shape"] = (
        {"none", "empty"} if name == "population" else ANY_SHAPE
    )  # () is the shape of one value
    encoder_more = {"x": [[-0.1], [1.1], np.array(["a"])], **(more or {})}
    return {
        f"encode.{name}": Call(
            getattr(snn.encode, name), {"x": [0.2, 0.8], **given, **random}, {"x": X, **allowed, **many}, encoder_more,
        ),
        f"decode.{name}": Call(
            getattr(snn.decode, name), {"spikes": spikes, **given, "shape": shape}, decoder_allows,
            {"spikes": [rec], "shape": [(5,), (-1,), (2.0,)]},
        ),
    }  # fmt: skip


between = {"T_min": POSITIVE}
CALLS |= {
    **code("binary", bits=2, more={"bits": [0, 33]}),
    **code("rate", {"max_rate": POSITIVE}, max_rate=100.0),
    **code("regular", {"max_rate": POSITIVE}, max_rate=100.0),
    **code("latency", {"lif": {"none", "class"}, "I_max": POSITIVE}, {"lif": [snn.HodgkinHuxley()]}, lif=lif, I_max=1000.0),
    **code("population", {"gamma": POSITIVE, "cutoff": {"zero"}}, {"fields": [2]}, fields=8, gamma=1.5, cutoff=0.1),
    **code("phase", {"period": POSITIVE, "window": set()}, {"span": [1.0]}, period=25.0, span=0.75),
    **code("burst", {**between, "T_max": POSITIVE, "window": set()}, {"n_max": [1], "T_max": [1.0]}, n_max=5, T_min=2.0, T_max=20.0),
    "encode.temporal": Call(snn.encode.temporal, {"x": [0.2], "T_min": 2.0, "T_max": 20.0}, {"x": X, **between, "T_max": POSITIVE}),
    "decode.temporal": Call(
        snn.decode.temporal, {"spikes": snn.encode.temporal([0.2]), "T_min": 2.0, "T_max": 20.0, "shape": (1,)},
        {**between, "T_max": POSITIVE, "shape": {"none", "empty"}}, {"shape": [(1, 2), (-1,)]},
    ),
    "encode.direct": Call(snn.encode.direct, {"x": [0.2], "n_steps": 3, "scale": 2.0}, {"x": X, "scale": SIGNED}),
    "encode.in_turn": Call(
        snn.encode.in_turn, {"spikes": two, "samples": 2, "pause": 1.0}, {"pause": COUNTED}, {"samples": [0, 3]},
    ),
    "decode.turns": Call(
        snn.decode.turns, {"spikes": two, "samples": 2, "pause": 1.0}, {"pause": COUNTED}, {"pause": [60.0]},
    ),
    **{
        f"encode.{name}": Call(
            getattr(snn.encode, name), {"x": [0.0, 1.0], "threshold": 0.1, "dt": 1.0},
            {"x": SIGNAL - {*SIGNED, "true"}, "threshold": POSITIVE, "dt": POSITIVE},
        )
        for name in ("delta", "on_off")
    },
    **{
        f"decode.{name}": Call(
            getattr(snn.decode, name),
            {"spikes": snn.encode.delta(np.zeros((4, 1))), "threshold": 0.1, "dt": 1.0, "start": 0.0, "shape": (4,)},
            {"threshold": POSITIVE, "start": {*SIGNED, "true"}, "shape": ANY_SHAPE},
            {"dt": [2.0], "start": [[1.0, 2.0]], "shape": [(3,), (4, 2)]},
        )
        for name in ("delta", "on_off")
    },
    "encode.event_camera": Call(
        snn.encode.event_camera,
        {"frames": film, "contrast": 0.2, "dt": 1.0, "mismatch": 0.01, "refractory": 1.0, "noise_rate": 1.0, "seed": 1, "stream": 0},
        {"contrast": POSITIVE, "dt": POSITIVE, "mismatch": COUNTED, "refractory": COUNTED, "noise_rate": COUNTED,
         "seed": {"huge"}, "stream": {"huge"}},
        {"frames": [-film, np.ones(3)]},
    ),
    "decode.event_camera": Call(
        snn.decode.event_camera, {"spikes": on_and_off, "contrast": 0.2, "dt": 1.0, "start": film[0], "shape": (3, 2, 2)},
        {"contrast": POSITIVE, "start": {"fraction", "true"}, "shape": ANY_SHAPE}, {"start": [[1.0, 2.0]], "shape": [(3, 4, 2)]},
    ),
    "decode.bits": Call(
        snn.decode.bits, {"x": [0.1, 0.9], "decoded": [0.1, 0.9], "levels": 16, "shuffles": 2, "seed": 1},
        {"seed": {"huge"}}, {"x": [[0.1]], "levels": [1], "shuffles": [0]},
    ),
    "decode.bits_per_spike": Call(
        snn.decode.bits_per_spike,
        {"x": [0.1, 0.9], "decoded": [0.1, 0.9], "spikes": two, "levels": 16, "shuffles": 2, "seed": 1}, {"seed": {"huge"}},
    ),
    "decode.spoilt": Call(
        snn.decode.spoilt, {"spikes": two, "lost": 0.1, "jitter": 1.0, "added": 5.0, "seed": 1},
        {"lost": {"zero"}, "jitter": {"zero", "fraction"}, "added": {"zero", "fraction"}, "seed": {"huge"}}, {"lost": [1.5, -0.1], "jitter": [-1.0], "added": [-1.0]},
    ),
    "encode.Scaler": Call(snn.encode.Scaler, {"low": 0.0, "high": 1.0}, {"low": {*SIGNED, "true"} - POSITIVE, "high": {*COUNTED, "true"}}),
    "encode.Scaler.of": Call(
        snn.encode.Scaler.of, {"data": [1.0, 2.0], "together": False}, {"data": {*SIGNED, "true", "deep"}, "together": {"true"}},
    ),
    "encode.Scaler.scale": Call(
        snn.encode.Scaler(0.0, 1.0).scale, {"data": 0.5, "clip": False}, {"data": X, "clip": {"true"}},
    ),
    "encode.Scaler.restore": Call(snn.encode.Scaler(0.0, 1.0).restore, {"x": 0.5}, {"x": SIGNAL}),
    "explore_pictures": Call(
        snn.explore_pictures,
        {"pictures": {"a": np.eye(2)}, "codes": None, "window": 100.0, "seed": 1, "title": "x"},
        {"codes": {"none"}, "window": POSITIVE, "seed": {"huge"}, "title": {"text"}},
        {"pictures": [{}, {"a": np.ones(3)}, {"a": 2.0 * np.eye(2)}, {1: np.eye(2)}], "codes": [{"a": snn.encode.latency}]},
    ),
    "plots.pictures": Call(
        snn.plots.pictures, {"values": [np.eye(2)], "titles": ["a"], "width": 3.0},
        {"titles": {"none", "dict"}, "width": POSITIVE}, {"values": [[], [np.ones(2)]], "titles": [["a", "b"], [1]]},
    ),
    "plots.events": Call(
        snn.plots.events, {"spikes": on_and_off, "shape": (2, 2), "ax": None}, {"ax": {"none"}}, {"spikes": [rec], "shape": [(2, 3), (4,)]},
    ),
}  # fmt: skip
UNCHECKED = {
    "Recording": "simulate makes it",
    "Neuron": "see test_bad_declarations and test_model.py",
    "Synapse": "see test_bad_declarations and test_model.py",
    "ShortTerm": "see test_bad_declarations and test_short_term.py",
    "Plasticity": "see test_bad_declarations and test_plasticity.py",
    "UnitError": "an exception",
    "SpikeTrains.from_sorted": "for arrays that are valid already, it says",
    "Projection.draw_parts": "what draw and simulate call, with checked arguments",
    "plots.set_alt_text": "see test_alt_text.py",
    "plots.alt_text": "see test_alt_text.py",
}
MODELS = [
    x for x in (getattr(snn, name) for name in snn.__all__)
    if inspect.isclass(x) and issubclass(x, Declared) and Declared not in x.__bases__
]  # fmt: skip


def public_callables():
    """(name, function) of all that a user can call with arguments."""
    for name in snn.__all__:
        thing = getattr(snn, name)
        if isinstance(thing, types.ModuleType) and thing is not sys.modules["snnlab.explore"]:
            inside = getattr(thing, "__all__", [n for n in vars(thing) if not n.startswith("_")])
            for n in inside:
                if inspect.isfunction(f := getattr(thing, n)) and f.__module__.startswith("snnlab"):
                    if f.__module__ == thing.__name__ or hasattr(thing, "__all__"):  # not what it imports
                        yield f"{name}.{n}", f
        elif inspect.isclass(thing) and thing not in MODELS:
            yield name, thing
            for n, f in vars(thing).items() if Declared not in thing.__bases__ else ():
                if n == "__getitem__" or not n.startswith("_"):
                    if inspect.isfunction(f) or isinstance(f, classmethod):
                        yield f"{name}.{n}", getattr(thing, n)
        elif thing not in MODELS:
            yield name, thing if inspect.isfunction(thing) else thing.explore


def parameters_of(f) -> set:
    return set(inspect.signature(f).parameters) - {"self"}


def test_every_public_name_has_its_nonsense():
    """This is the test that fails when a name is added: give it an entry in CALLS."""
    for name, function in public_callables():
        if name in UNCHECKED or not parameters_of(function):
            continue
        assert name in CALLS, f"{name} is public: what does it say to nonsense?"
        assert set(CALLS[name].arguments) == parameters_of(function), name


@pytest.fixture
def no_engine(monkeypatch, tmp_path):
    """What `simulate` has begun to run, which must be nothing when it refuses its arguments."""
    monkeypatch.chdir(tmp_path)
    trains.save("nonsense")
    trains.save("spikes.npz")
    module, begun = sys.modules["snnlab.simulate"], []
    make = module.make_engine
    monkeypatch.setattr(module, "make_engine", lambda *a: begun.append(a) or make(*a))
    return begun


def refused(function, arguments, begun) -> str:
    """The complaint about nonsense, or "" if there is none. A complaint in another form fails."""
    begun.clear()
    try:
        function(**arguments)
    except (ValueError, TypeError) as error:
        assert FORM.match(str(error)), f"{type(error).__name__}: {error}"
        assert not begun, "something ran"
        return str(error)
    finally:
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
    return ""


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "name, argument", [(name, a) for name, call in CALLS.items() for a in call.arguments]
)
def test_nonsense_is_refused(name, argument, no_engine):
    call = CALLS[name]
    assert refused(call.function, call.arguments, no_engine) == "", "the arguments that should work"
    fine = call.fine.get(argument, set())
    for kind, value in NONSENSE.items():
        complaint = refused(call.function, {**call.arguments, argument: value}, no_engine)
        assert bool(complaint) != (kind in fine), f"{argument} = {kind}: {complaint or 'was taken'}"
    for value in call.more.get(argument, []):
        assert refused(call.function, {**call.arguments, argument: value}, no_engine), (
            f"{argument} = {value!r} was taken"
        )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_parameters_of_models_synapses_and_rules(model):
    for parameter in model.parameters():
        for kind, value in NONSENSE.items():
            complaint = refused(model, {parameter: value}, [])
            assert complaint.startswith(f"{model.__name__}.") or (not complaint and kind in SIGNED), (
                parameter,
                kind,
            )
    with pytest.raises(TypeError):
        model(no_such_parameter=1.0)


# --- declarations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base, attribute, fine",
    [
        (snn.LIF, "state", ()),
        (snn.LIF, "input", ("dict",)),  # 1.0 is a unit: that of a number
        (snn.LIF, "frozen", ("empty",)),
        (snn.LIF, "method", ("text",)),  # refused when it is run
        (snn.ExpCurrent, "state", ()),
        (snn.ExpCurrent, "weight", ()),
        (snn.ExpConductance, "neuron_states", ("dict",)),
        (snn.PairSTDP, "traces", ()),
    ],
)
def test_bad_declarations(base, attribute, fine):
    for kind, value in NONSENSE.items():
        complaint = refused(lambda value=value: type("Mine", (base,), {attribute: value}), {}, [])
        assert bool(complaint) != (kind in fine), f"{attribute} = {kind}: {complaint or 'was taken'}"


# --- runs that diverge -------------------------------------------------------------------------------------------------


class Growing(snn.Plasticity):
    """A rule that has no sense of measure."""

    factor: snn.units.one = 1e60
    w_min: snn.units.weight = 0.0
    w_max: snn.units.weight = 1e308

    def on_pre(w, factor):
        w = w * factor
        return w


@pytest.mark.parametrize("engine", ["numba", "numpy"])
@pytest.mark.parametrize("rule", [None, Growing()], ids=["fixed", "plastic"])
def test_a_weight_that_makes_the_run_diverge(engine, rule):
    """The error names neuron, variable and time, also where weights have changed by then."""
    target = snn.Population(snn.LIF(), 3, {"exc": snn.ExpCurrent(5.0)}, name="target")
    given = snn.SpikeTrains(np.arange(1.0, 100.0), np.zeros(99, int), n=1, t_stop=100.0)
    p = snn.Projection(given, target, ([0], [1]), 1.0 if rule else 1e308, 0.1, plasticity=rule)
    with pytest.raises(FloatingPointError) as error:
        snn.simulate(target, projections=[p], t_stop=90.0, seed=1, engine=engine)
    message = str(error.value)
    assert re.match(
        r"(exc\.g|v) of neuron 1 in target became (inf|-?nan) at t = \d+(\.\d+)? ms; likely cause: ", message
    )
    k = int(re.search(r"t = (\d+)", message)[1])
    with pytest.raises(FloatingPointError):
        snn.simulate(target, projections=[p], t_stop=k + 1.0, seed=1, engine=engine)
    before = snn.simulate(
        target, projections=[p], t_stop=k - 1.0, seed=1, engine=engine, record=["v", "exc.g"]
    )
    assert all(np.isfinite(x).all() for x in before.traces.values())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "call",
    [
        lambda z: snn.LIF(tau_m=z),
        lambda z: snn.simulate(other, t_stop=1.0, I=z),
        lambda z: snn.simulate(other, t_stop=1.0, I=lambda t: z),
        lambda z: snn.simulate(other, t_stop=1.0, initial={"v": z}),
        lambda z: snn.Projection(trains, other, ([0, 1], [0, 1]), z, 0.0),
        lambda z: snn.Projection(trains, other, ([0, 1], [0, 1]), 1.0, z),
        lambda z: snn.Projection(trains, other, snn.all_to_all(), z[:, None] * z, 0.0),
        lambda z: snn.Projection(trains, other, snn.all_to_all(), sparse.csr_array(z[:, None] * z), 0.0),
        lambda z: snn.from_matrix(z[:, None] * z),
        lambda z: snn.PoissonSource(2, z),
        lambda z: snn.PoissonDrive(other, z, 1.0),
        lambda z: snn.step(z),
        lambda z: snn.SpikeTrains(z, [0, 1], n=2, t_stop=5.0),
    ],
)
def test_an_array_of_complex_numbers_is_refused_and_not_cut_to_its_real_part(call):
    with pytest.raises(TypeError, match=r"^[\w.]+(\['v'\])?: .*must (be|return)"):
        call(np.array([1.0 + 2.0j, 2.0 + 0.5j]))


def test_a_source_whose_neurons_do_not_fit_into_memory_is_refused(monkeypatch):
    with pytest.raises(ValueError, match=r"PoissonSource\.n: must be at most 2147483647, got 1099511627776"):
        snn.PoissonSource(2**40, 1.0)
    monkeypatch.setattr("snnlab.memory.available_memory", lambda: 2e9)
    p = snn.Projection(snn.PoissonSource(100_000_000, 1e-3), other, ([0], [0]), 1.0, 0.0)
    with pytest.raises(
        ValueError, match=r"Projection\.pre: must fit into memory, got 100,000,000 pre neurons"
    ):
        snn.simulate(other, t_stop=1.0, projections=[p])


def test_a_number_of_sources_beyond_floats_is_refused():
    with pytest.raises(ValueError, match=r"PoissonDrive\.n_sources: must be at most 9007199254740992, got"):
        snn.PoissonDrive(other, 1.0, 1.0, n_sources=10**400)
