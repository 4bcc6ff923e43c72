"""The live explorer: sliders, a running neuron and its picture, in one widget.

Python simulates and finds the words; `static/draw.js` draws and `static/explore.js` holds the controls. They talk in
small messages (listed at `Explorer`); traces and spikes travel as binary buffers. There is no thread: the browser
asks for the next milliseconds of a running neuron, and one `simulate(..., start=rec.final)` answers.
"""

from __future__ import annotations

import base64
import dataclasses
import inspect
import re
import sys
import traceback
import types
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .arguments import number, text
from .explore_curve import CurveMaker
from .explore_frames import MAX_TRACES, Frame, Goal, Words
from .explore_picture import picture_of
from .explore_plane import PlaneMaker
from .explore_sliders import (
    CURRENT_RANGES,
    Slider,
    annotated_unit,
    meanings_of,
    pad_of,
    presets_of,
    settings_of,
    slider_of,
    wanted_sliders,
)
from .grid import check_dt
from .model import Neuron
from .simulate import simulate
from .units import as_unit

_STATIC = Path(__file__).parent / "static"
_VIEWS = 8  # live runs that are kept: one per picture of the widget on the page


def explore(
    what: Neuron | Callable,
    sliders: Iterable[str] | Mapping[str, Any] | None = None,
    *,
    I: float | None = None,
    t_stop: float = 200.0,
    dt: float = 0.1,
    method: str | None = None,
    presets: Mapping[str, Any] | Iterable[str] | None = None,
    goal: Mapping[str, float] | None = None,
    trace: str | Iterable | None = None,
    plane: Iterable[str] | Mapping[str, Any] | None = None,
    pad: Iterable[str] | None = None,
    hold: str | None = "I",
    curve: str | None = "I",
    title: str | None = None,
) -> Explorer:
    """A picture that follows its sliders, and a neuron that runs while you inject current into it.

    Parameters
    ----------
    what : Neuron, or a function
        A model such as `snn.LIF()`, driven by a constant current I; or a function whose arguments are the slider
        values and which returns a Recording (or SpikeTrains): a network, or any experiment. Its arguments carry
        their start value and unit, `def f(rate: Hz = 5.0)`. If it also takes `t_stop` and `start`, and passes them
        to `simulate`, it can be run live. Comments beside its arguments become labels.
    sliders : names, or {name: range}, optional
        The sliders, top to bottom. A range is (low, high), (low, high, step), or None for one chosen from unit and
        start value. Default: the current I alone for a model, every argument with a number for a function. An
        argument that starts at a whole number, `n=10`, stays whole.
    I : float
        Where the slider of the current starts, in the model's unit of input (default: mid-range). Models only.
    t_stop, dt : float
        Length of a run and of the live window, and time step, in ms (default 200 and 0.1). A function that takes no
        `t_stop` decides both itself.
    method : str
        Integration method; default: the model's. Models only.
    presets : {name: setting}, or names of parameter sets
        Named settings in a menu. A setting is `{slider: value}`; a model, `snn.LIF(tau_m=5.0)`; a class method that makes
        one, `snn.Izhikevich.chattering`; or a pair of such a model and further values, `(model, {"I": 10.0})`. A list
        such as `["chattering", "fast_spiking"]` names class methods of the model. A model may set parameters that have
        no slider: they are shown beside the menu. A slider without a range of its own is made wide enough for all presets.
    goal : {"spikes": int, "within": float}
        A game: exactly so many spikes in the first `within` ms (default t_stop).
    trace : str, or a list
        The recorded variable to draw (default "v", or the first that is recorded); several, `["v", "w"]`, stand in
        panels below each other, and names in brackets share one: `["v", ("m", "h", "n")]`.
    plane : two states, or {state: range}
        Draws the phase plane of these two: nullclines and flow from the model's own `dynamics`, the path, and the
        fixed points with their eigenvalues, `plane=("v", "w")` or `plane={"v": (-2.5, 2.5), "w": (-1.0, 2.0)}`. The other
        states of a larger model are held where the run stands at its end. Models only.
    pad : two sliders
        A square beside the sliders in which the point of both values is dragged, or moved with the arrow keys,
        `pad=("g", "eta")`: x first. The presets are marked in it.
    hold : str
        The slider that "hold to inject" switches on and off; None for no such button.
    curve : str
        The slider on the x axis of the rate curve that grows point by point; None for no curve. If it is the
        current of a model with other sliders too, the whole curve of the present parameters is drawn with it (the
        rates of 60 currents over 1 s), as long as the model is fast enough for that.
    title : str
        Heading (default: the model's or the function's name).

    Returns
    -------
    Explorer
        A widget; as the last line of a cell it shows itself. Where no kernel runs, a picture stands there.

    Raises
    ------
    TypeError, ValueError
        For an unknown slider, a range that does not hold its start value, and whatever the model refuses at the start
        values. What is refused later is said inside the widget.

    Examples
    --------
    >>> import snnlab as snn
    >>> snn.explore(snn.LIF(), I=300.0, goal={"spikes": 5})
    LIF, 200 ms, I = 300 pA: 9 spikes, 45 Hz, first at 22.0 ms
    """
    t_stop, dt = number("explore.t_stop", t_stop), check_dt(dt)
    I = None if I is None else number("explore.I", I)
    for argument, name in (("method", method), ("title", title)):
        if name is not None:
            text(f"explore.{argument}", name)
    panels = _panels(trace)
    if isinstance(what, Neuron):
        chosen = settings_of(presets, what)
        experiment = _model_experiment(what, sliders, I, dt, method, panels, plane, chosen)
    elif callable(what) and not inspect.isclass(what):
        if I is not None or method is not None:
            raise TypeError(
                f"explore.{'method' if I is None else 'I'}: is for a model; give your function a default or a line instead"
            )
        if plane is not None:
            raise TypeError("explore.plane: is for a model; a function's equations can't be read")
        chosen = settings_of(presets, None)
        experiment = _function_experiment(what, sliders, dt, panels, chosen)
    else:
        hint = f" (write {what.__name__}())" if inspect.isclass(what) else ""
        raise TypeError(
            f"explore.what: must be a model or a function that returns a Recording, got {what!r}{hint}"
        )
    names = [s.name for s in experiment.sliders]
    for argument, name, default in (("hold", hold, "I"), ("curve", curve, "I")):
        if name is not None and not (isinstance(name, str) and name in [*names, default]):
            raise ValueError(
                f"explore.{argument}: must be one of the sliders {', '.join(names)}, got {name!r}"
            )
    return Explorer(
        experiment,
        t_stop=t_stop,
        presets=presets_of(chosen, experiment.sliders, experiment.model),
        goal=goal,
        hold=hold if hold in names and experiment.live else None,
        curve=curve if curve in names else None,
        pad=pad_of(pad, experiment.sliders),
        title=title or experiment.title,
    )


@dataclasses.dataclass(frozen=True)
class Experiment:
    """What the sliders drive: run(values, t_stop, start) -> Recording, and what is known about it beforehand."""

    run: Callable
    sliders: tuple[Slider, ...]
    title: str
    dt: float
    live: bool
    timed: bool  # t_stop decides how long a run is; otherwise the function does
    trace: tuple[tuple[str, ...], ...] | None = None  # the variables of each panel
    plane: PlaneMaker | None = None
    model: Neuron | None = None
    current: str | None = None  # the slider of the injected current
    method: str | None = None


def _panels(trace: Any) -> tuple[tuple[str, ...], ...] | None:
    """The variables of each panel, from a name, or from names and groups of names."""
    if trace is None or isinstance(trace, str):
        return None if trace is None else ((trace,),)
    try:
        panels = tuple((item,) if isinstance(item, str) else tuple(item) for item in trace)
    except TypeError:
        panels = ()
    names = [name for panel in panels for name in panel]
    if not names or not all(panels) or not all(isinstance(name, str) for name in names):
        raise TypeError(
            f'explore.trace: must be a variable such as "v", or a list such as ["v", ("m", "h")], got {trace!r}'
        )
    if len(set(names)) < len(names) or len(panels) > 6 or max(map(len, panels)) > MAX_TRACES:
        raise ValueError(
            f"explore.trace: must name each variable once, in at most 6 panels of {MAX_TRACES}, got {trace!r}"
        )
    return panels


def _model_experiment(
    model: Neuron, sliders, I, dt, method, panels, plane, settings: Mapping[str, Mapping]
) -> Experiment:
    cls = type(model)
    current = next(iter(cls.input))
    meanings = {**meanings_of(cls), current: "injected current"}
    unit = cls.input[current]
    low, high = CURRENT_RANGES.get(unit, (0.0, 1.0))
    starts = {name: getattr(model, name) for name in cls.parameters()}
    starts[current] = (low + high) / 2 if I is None else float(I)
    units = {**cls.units, current: as_unit(unit)}
    default_ranges = {current: (low, max(high, starts[current]))}
    wanted = wanted_sliders(sliders if sliders is not None else [current], starts, cls.__name__)
    made = tuple(
        slider_of(
            name,
            spec or default_ranges.get(name),
            starts[name],
            units[name],
            meanings.get(name, ""),
            dt,
            holds=[] if spec else [s[name] for s in settings.values() if name in s],
        )
        for name, spec in wanted.items()
    )
    panels = panels or (("v" if "v" in cls.state else next(iter(cls.state)),),)
    recorded = [name for panel in panels for name in panel]
    for name in recorded:
        if name not in cls.state:
            raise ValueError(
                f"explore.trace: must be a state of {cls.__name__} ({', '.join(cls.state)}), got {name!r}"
            )
    maker = None if plane is None else PlaneMaker(model, plane, current, starts[current])
    if maker is not None:
        recorded += [name for name in cls.state if name not in recorded]

    def run(values, t_stop, start):
        neuron = dataclasses.replace(model, **{name: x for name, x in values.items() if name != current})
        amplitude = values.get(current, starts[current])
        return simulate(
            neuron, I=amplitude, t_stop=t_stop, dt=dt, method=method, record=recorded, start=start
        )

    return Experiment(
        run,
        made,
        cls.__name__,
        dt,
        live=True,
        timed=True,
        trace=panels,
        plane=maker,
        model=model,
        current=current,
        method=method,
    )


def _function_experiment(function: Callable, sliders, dt, panels, settings) -> Experiment:
    title = getattr(function, "__name__", type(function).__name__).strip("<>").replace("_", " ")
    arguments = inspect.signature(function).parameters
    live = {"t_stop", "start"} <= set(arguments)
    starts, units, meanings = {}, {}, meanings_of(function)
    for name, argument in arguments.items():
        if name in ("t_stop", "start") or isinstance(argument.default, bool):
            continue
        if isinstance(argument.default, int | float):
            starts[name] = argument.default
            units[name] = annotated_unit(argument.annotation)
    if not starts:
        raise TypeError(
            f"explore.what: {title} needs arguments with start values, for example def f(rate=5.0)"
        )
    wanted = wanted_sliders(sliders if sliders is not None else list(starts), starts, title)
    made = tuple(
        slider_of(
            name,
            spec,
            starts[name],
            units[name],
            meanings.get(name, ""),
            dt,
            holds=[] if spec else [s[name] for s in settings.values() if name in s],
        )
        for name, spec in wanted.items()
    )

    def run(values, t_stop, start):
        timing = {"t_stop": t_stop, "start": start}
        return function(**values, **{k: v for k, v in timing.items() if k in arguments})

    return Experiment(run, made, title, dt, live, "t_stop" in arguments, panels)


class Explorer(anywidget.AnyWidget):
    """The widget that `explore` returns.

    From the browser, each with the name of its view and a number that the answer repeats:
        {"type": "run", values, columns}: a whole run, drawn on so many pixel columns;
        {"type": "live", values, on, steps, restart}: the next steps of the running neuron, current on or off.
    To the browser: {"type": "frame", ...} (see `Frame`) or {"type": "error", "message"}.
    """

    _esm = "\n".join(
        (_STATIC / name).read_text(encoding="utf-8")
        for name in ("draw.js", "plane.js", "sound.js", "pad.js", "explore.js")
    )
    _css = (_STATIC / "explore.css").read_text(encoding="utf-8")
    config = traitlets.Dict().tag(sync=True)
    first = traitlets.Dict().tag(sync=True)  # the frame at the start values: drawn before any message

    def __init__(self, experiment: Experiment, *, t_stop, presets, goal, hold, curve, pad, title):
        start_values = {s.name: s.value for s in experiment.sliders}
        # parameters that a preset sets and no slider shows: every preset names all of them, or none
        hidden = [name for name in next(iter(presets.values()), {}) if name not in start_values]
        self._fixed = {name: float(getattr(experiment.model, name)) for name in hidden}
        units = {name: getattr(type(experiment.model), "units", {})[name] for name in hidden}
        self._allowed = {name: {x, *(p[name] for p in presets.values())} for name, x in self._fixed.items()}
        start_values |= self._fixed
        self._experiment, self._t_stop, self._hold = experiment, float(t_stop), hold
        self._live: dict[str, _LiveRun] = {}
        self._curve = _curve_maker(experiment, curve)
        if goal is not None and experiment.timed:
            Goal.checked(goal, self._t_stop)  # before anything runs
        self._recording = experiment.run(start_values, self._t_stop, None)
        self._dt = getattr(self._recording, "dt", experiment.dt)
        if not experiment.timed:
            self._t_stop = float(getattr(self._recording, "t_stop", t_stop))
        goal = Goal.checked(goal, self._t_stop) if goal is not None else None
        self._words = Words(title, {s.name: s for s in experiment.sliders}, goal)
        self._frame = self._whole_frame(self._recording, start_values, columns=900)
        config = {
            "title": title, "sliders": [dataclasses.asdict(s) for s in experiment.sliders], "presets": presets,
            "t_stop": self._t_stop, "dt": self._dt, "live": experiment.live, "hold": hold, "curve": curve, "pad": pad,
            "fixed": self._fixed, "units": {name: "" if unit.is_number else str(unit) for name, unit in units.items()},
            "goal": dataclasses.asdict(goal) if goal else None,
        }  # fmt: skip
        super().__init__(config=config, first=self._frame.header(with_data=True))
        self.on_msg(self._receive)

    @property
    def description(self) -> str:
        """The picture at the start values in one sentence."""
        return self._frame.alt

    def __repr__(self) -> str:
        return self._words.summary(self._frame, counted=False)

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        # Beside the widget, which needs a kernel: its words and a picture, for a stored notebook and a web page.
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        data = {**data, "text/plain": repr(self)}
        data["image/png"] = base64.b64encode(picture_of(self._recording, self._frame, self._words)).decode()
        return data, {**metadata, "image/png": {"alt": self.description}}

    def _receive(self, _widget, message: dict, _buffers) -> None:
        if message.get("type") not in ("run", "live"):
            return
        reply = {"view": message.get("view"), "id": message.get("id")}
        try:
            values = self._values(message.get("values", {}))
            if message["type"] == "run":
                recording = self._experiment.run(values, self._t_stop, None)
                frame = self._whole_frame(recording, values, int(message.get("columns", 900)))
            else:
                frame = self._live_run(values, message)
        except Exception as error:
            self.send({**reply, "type": "error", "message": _in_words(error)})
            return
        self.send({**reply, "type": "frame", **frame.header()}, buffers=frame.buffers())

    def _values(self, values: Mapping) -> dict:
        """Values from the browser, held inside their sliders and free of binary dust such as 2.3000000000000003."""
        clean = {}
        for s in self._experiment.sliders:
            value = min(max(float(values.get(s.name, s.value)), s.low), s.high)
            clean[s.name] = round(value) if s.whole else float(f"{value:.10g}")
        for name, start in self._fixed.items():  # only what the model or a preset says
            value = float(values.get(name, start))
            clean[name] = value if value in self._allowed[name] else start
        return clean

    def _whole_frame(self, recording, values: dict, columns: int) -> Frame:
        t_stop = self._t_stop if self._experiment.timed else float(getattr(recording, "t_stop", self._t_stop))
        frame = self._frame_of(recording, values, 0.0, t_stop, min(max(columns, 50), 4000))
        self._words.whole(frame)
        return frame

    def _live_run(self, values: dict, message: Mapping) -> Frame:
        if not self._experiment.live:
            raise TypeError("explore: this function can't run live; it needs the arguments t_stop and start")
        view, steps = str(message.get("view")), max(1, min(int(message.get("steps", 1)), 10_000))
        run = _LiveRun() if message.get("restart") or view not in self._live else self._live[view]
        if self._hold and not message.get("on"):
            values = {**values, self._hold: 0.0}
        dt = self._dt
        t0, t1 = round(run.steps * dt, 9), round((run.steps + steps) * dt, 9)
        recording = self._experiment.run(values, t1, run.final)
        frame = self._frame_of(recording, values, t0, t1, columns=None)
        run.final, run.steps = recording.final, run.steps + steps
        run.count += len(frame.spikes)
        run.recent = [(t, n) for t, n in run.recent if t > t1 - 100.0] + [(t1, len(frame.spikes))]
        self._words.live(frame, run)
        self._live.pop(view, None)
        self._live[view] = run  # the newest last
        if len(self._live) > _VIEWS:
            self._live.pop(next(iter(self._live)))
        return frame

    def _frame_of(self, recording, values, t0, t1, columns) -> Frame:
        frame = Frame.of(recording, t0, t1, trace=self._experiment.trace, columns=columns)
        frame.values, frame.current = values, values.get(self._hold) if self._hold else None
        frame.curve = self._curve(values) if self._curve else None
        frame.plane = self._experiment.plane(recording, values) if self._experiment.plane else None
        return frame


def _curve_maker(experiment: Experiment, curve: str | None) -> CurveMaker | None:
    """For a model with more sliders than its current: with that one alone, the dots of the runs draw the curve."""
    model, sliders = experiment.model, {s.name: s for s in experiment.sliders}
    if model is None or curve is None or curve != experiment.current or len(sliders) < 2:
        return None
    return CurveMaker(model, sliders[curve], experiment.dt, experiment.method)


class _LiveRun:
    """Where one running neuron stands: engine state, steps done, spikes so far."""

    def __init__(self):
        self.final, self.steps, self.count = None, 0, 0
        self.recent: list[tuple[float, int]] = []  # (time, spikes) of the last 100 ms, for a network's rate


def _in_words(error: Exception) -> str:
    """The library's own message as it is; for anything else, what it is and in which line of the student's code."""
    told = isinstance(error, ValueError | TypeError) and re.match(r"[\w.\[\]']+: ", str(error))
    if told or isinstance(error, FloatingPointError):
        return str(error)
    lines = [f for f in traceback.extract_tb(error.__traceback__) if "snnlab" not in f.filename]
    where = f" in the line `{lines[-1].line}`" if lines and lines[-1].line else ""
    return f"{type(error).__name__}{where}: {error}"


class _CallableModule(types.ModuleType):
    """Importing this module makes `snnlab.explore` the module; `snn.explore(...)` must work all the same."""

    def __call__(self, *args, **kwargs):
        return explore(*args, **kwargs)


sys.modules[__name__].__class__ = _CallableModule
