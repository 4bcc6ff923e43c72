"""What the explorer shows: one frame as numbers and in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from .arguments import number
from .explore_curve import Curve
from .explore_plane import PlanePicture
from .recording import Recording
from .spikes import SpikeTrains

MAX_TRACES = 3  # more lines than this in one panel can't be told apart
_MAX_SPIKES = 40_000  # drawn; beyond it the raster is full anyway


@dataclasses.dataclass(frozen=True)
class Goal:
    """A game: exactly `spikes` spikes in the first `within` ms."""

    spikes: int
    within: float

    @classmethod
    def checked(cls, goal: Any, t_stop: float) -> Goal:
        if not isinstance(goal, Mapping) or "spikes" not in goal or not set(goal) <= {"spikes", "within"}:
            raise TypeError(
                f'explore.goal: must be {{"spikes": 5}} or {{"spikes": 5, "within": 200.0}}, got {goal!r}'
            )
        spikes, within = goal["spikes"], number("explore.goal['within']", goal.get("within", t_stop))
        if isinstance(spikes, bool) or not isinstance(spikes, int) or spikes < 0:
            raise ValueError(f"explore.goal['spikes']: must be a whole number >= 0, got {spikes!r}")
        if not 0 < within <= t_stop:
            raise ValueError(
                f"explore.goal['within']: must be > 0 and at most t_stop = {t_stop:g} ms, got {within:g}"
            )
        return cls(spikes, within)

    def judge(self, count: int, now: float) -> dict:
        """{"text", "met", "over"} for `count` spikes up to the time `now` (ms)."""
        over = now >= self.within - 1e-9
        if not over:
            left = f"{count} of {self.spikes} so far, {self.within - now:.0f} ms left"
            return {"text": left, "met": False, "over": False}
        if count == self.spikes:
            return {
                "text": f"{_plural(count)} in {self.within:g} ms: exactly right!",
                "met": True,
                "over": True,
            }
        off = abs(count - self.spikes)
        text = f"{_plural(count)} in {self.within:g} ms: {off} too {'many' if count > self.spikes else 'few'}"
        return {"text": text, "met": False, "over": True}


@dataclasses.dataclass
class Frame:
    """What one picture is drawn from; `header` and `buffers` are its form on the way to the browser.

    `trace` has shape (rows, n): samples if `form` is "raw", or smallest and largest value of every pixel column in
    turn if it is "minmax"; `panels` says how many of the rows stand in each panel, from the top, and what they are.
    `spikes` are all spikes of the frame. `spike_top` is the height (in the unit of the trace)
    to which spikes are drawn, for models whose spike is a reset; None where the trace itself shows them.
    """

    t0: float
    t1: float
    spikes: SpikeTrains
    groups: list[tuple[str, int]]
    trace: np.ndarray | None = None
    panels: list[dict] = dataclasses.field(default_factory=list)  # {"names", "unit", "rows"} of each
    form: str = "raw"
    ids: list[int] = dataclasses.field(default_factory=list)  # the neuron of each row
    first: float = 0.0  # time of the first sample
    dt: float = 0.0  # between samples
    threshold: float | None = None
    mark: str = ""  # what its line is: see `_mark`
    spike_top: float | None = None
    values: dict = dataclasses.field(default_factory=dict)
    current: float | None = None
    highest: float | None = None  # of the whole trace, before it was thinned
    text: str = ""
    alt: str = ""
    goal: dict | None = None
    curve: Curve | None = None  # rates at the present parameters
    plane: PlanePicture | None = None
    stopped: str = ""  # why the run ended early, if it did

    @classmethod
    def of(
        cls,
        recording,
        t0: float,
        t1: float,
        *,
        trace: tuple[tuple[str, ...], ...] | None,
        columns: int | None,
    ) -> Frame:
        """A frame of a Recording or of SpikeTrains.

        `trace` names the variables of each panel (None: v, or the first that was recorded); `columns` is the number
        of pixel columns (None: every sample).
        """
        parts = _parts(recording)
        frame = cls(
            t0, t1, _joined([spikes for _, spikes, _, _ in parts]), [(n, s.n) for n, s, _, _ in parts]
        )
        frame.stopped = getattr(recording, "stopped", "")
        edge = 0
        for _, spikes, traces, model in parts:
            wanted = trace or ((("v" if "v" in traces else next(iter(traces), "")),),)
            if wanted[0][0] in traces:
                frame._take_traces(traces, wanted, edge, model, columns)
                return frame
            edge += spikes.n
        if trace is not None:
            raise _not_recorded(trace[0][0])
        return frame

    def _take_traces(self, traces, wanted, edge: int, model, columns: int | None) -> None:
        first = wanted[0][0]
        t, ids = traces.t(first), traces.ids(first)
        shown = 1 if any(len(names) > 1 for names in wanted) else min(len(ids), MAX_TRACES)
        self.ids = [edge + int(i) for i in ids[:shown]]
        self.panels = [
            {"names": list(names), "unit": _shared_unit(model, names), "rows": shown * len(names)}
            for names in wanted
        ]
        samples = np.concatenate([_rows(traces, name, first, shown) for names in wanted for name in names])
        self.highest = float(samples[:shown].max(initial=-np.inf))
        self.first, self.dt = (
            (float(t[0]), float(t[1] - t[0])) if len(t) > 1 else (float(t[0]) if len(t) else self.t0, 0.0)
        )
        if first == "v":
            v_th = getattr(model, "v_th", None)
            self.threshold = v_th if isinstance(v_th, float) else None
            self.mark = _mark(model) if self.threshold is not None else ""
            peak = getattr(model, "v_peak", v_th)  # where the reset cuts a spike off
            if (
                model.reset_names()
                and self.unit == "mV"
                and peak is not None
                and np.all(np.asarray(peak) < 0)
            ):
                self.spike_top = 0.0
        self.trace, self.form = samples, "raw"
        if columns is not None and samples.shape[1] > 4 * columns:
            edges = np.linspace(0, samples.shape[1], columns, endpoint=False).astype(int)
            self.trace, self.form = np.empty((len(samples), 2 * columns)), "minmax"
            self.trace[:, 0::2] = np.minimum.reduceat(samples, edges, axis=1)
            self.trace[:, 1::2] = np.maximum.reduceat(samples, edges, axis=1)

    @property
    def name(self) -> str:
        """The variable of the first panel."""
        return self.panels[0]["names"][0] if self.panels else ""

    @property
    def unit(self) -> str:
        """Its unit."""
        return self.panels[0]["unit"] if self.panels else ""

    @property
    def n(self) -> int:
        return self.spikes.n

    @property
    def rate(self) -> float:
        """Mean rate of one neuron in Hz."""
        return 1000.0 * len(self.spikes) / (self.t1 - self.t0) / self.n

    def header(self, with_data: bool = False) -> dict:
        """Everything but the buffers, or with them under "data"."""
        shape = None if self.trace is None else self.trace.shape
        made = {
            "t0": self.t0, "t1": self.t1, "n": self.n, "groups": self.groups, "count": len(self.spikes),
            "rate": self.rate, "shape": shape, "form": self.form, "first": self.first, "dt": self.dt, "ids": self.ids,
            "panels": self.panels, "threshold": self.threshold, "mark": self.mark, "spike_top": self.spike_top, "values": self.values,
            "current": self.current, "text": self.text, "alt": self.alt, "goal": self.goal,
            "plane": self.plane.header() if self.plane else None,
        }  # fmt: skip
        return {**made, "data": self.buffers()} if with_data else made

    def buffers(self) -> list[bytes]:
        """[trace, float32 row by row; spike times, 0 … 65535 from t0 to t1; neuron ids, uint32;
        rates of the curve in Hz, float32, for currents evenly spaced along its slider], little-endian; then those of
        the phase plane, if there is one."""
        trace = b"" if self.trace is None else np.clip(self.trace, -1e30, 1e30).astype("<f4").tobytes()
        every = max(1, -(-len(self.spikes) // _MAX_SPIKES))
        t = np.rint((self.spikes.t[::every] - self.t0) * (65535.0 / (self.t1 - self.t0)))
        return [
            trace,
            np.clip(t, 0, 65535).astype("<u2").tobytes(),
            self.spikes.i[::every].astype("<u4").tobytes(),
            b"" if self.curve is None else self.curve.rates.astype("<f4").tobytes(),
            *(self.plane.buffers() if self.plane else []),
        ]


def _mark(model: Any) -> str:
    """What the line at v_th is: only a model with a reset fires because v is there."""
    if "u" in model.equations["threshold"].args:
        return "v_th"  # chance decides, at every v
    return "threshold" if model.reset_names() else "a spike is counted"


def _not_recorded(name: str) -> ValueError:
    return ValueError(f"explore.trace: {name!r} was not recorded; write simulate(..., record=[{name!r}])")


def _shared_unit(model, names: tuple[str, ...]) -> str:
    units = {name: str(type(model).units.get(name, "1")) for name in names}
    if len(set(units.values())) > 1:
        said = ", ".join(f"{name} in {unit}" for name, unit in units.items())
        raise ValueError(f"explore.trace: variables in one panel must share their unit, got {said}")
    return "" if units[names[0]] == "1" else units[names[0]]


def _rows(traces, name: str, first: str, shown: int) -> np.ndarray:
    """The samples of one variable, a row per neuron, at the times of the first."""
    if name not in traces:
        raise _not_recorded(name)
    if not np.array_equal(traces.t(name), traces.t(first)) or len(traces.ids(name)) < shown:
        raise ValueError(
            f"explore.trace: {name!r} must be recorded from the same neurons, and as often, as {first!r}"
        )
    return traces[name][:, :shown].T


def _parts(recording) -> list[tuple[str, SpikeTrains, Mapping, Any]]:
    """(name, spikes, traces, model) of each population of what an experiment returned."""
    if isinstance(recording, SpikeTrains):
        return [("", recording, {}, None)]
    if not isinstance(recording, Recording):
        raise TypeError(
            f"explore.what: the function must return a Recording or SpikeTrains, got {type(recording).__name__}"
        )
    populations = zip(recording.names, recording.populations, strict=True)
    return [(name, recording[p].spikes, recording[p].traces, p.model) for name, p in populations]


def _joined(trains: list[SpikeTrains]) -> SpikeTrains:
    """The spikes of several populations as those of one, numbered on."""
    if len(trains) == 1:
        return trains[0]
    edges = np.cumsum([0] + [s.n for s in trains])
    t, i = (
        np.concatenate([s.t for s in trains]),
        np.concatenate([s.i + e for s, e in zip(trains, edges, strict=False)]),
    )
    return SpikeTrains(t, i, int(edges[-1]), trains[0].t_stop, trains[0].t_start)


class Words:
    """Says what a frame shows: one line to read, one sentence for who can't see the picture, and the score."""

    def __init__(self, title: str, sliders: Mapping, goal: Goal | None):
        self.title, self.sliders, self.goal = title, sliders, goal

    def values(self, frame: Frame) -> str:
        said = []
        for name, value in frame.values.items():
            unit = self.sliders[name].unit if name in self.sliders else ""
            said.append(f"{name} = {value:.6g}{' ' + unit if unit else ''}")
        return ", ".join(said)

    def summary(self, frame: Frame, counted: bool = True) -> str:
        """Title, values and what came of them; not `counted`, a network keeps its numbers to itself.

        Stored text is compared when a notebook is tested, and a network's last spikes may differ between machines.
        """
        text = frame.text if counted or frame.n == 1 else f"raster of {frame.n:,} neurons"
        return f"{self.title}, {frame.t1 - frame.t0:g} ms, {self.values(frame)}: {text}"

    def whole(self, frame: Frame) -> None:
        """Fills text, alt and goal of a frame that shows a whole run."""
        frame.text = _network_text(frame) if frame.n > 1 else _neuron_text(frame)
        frame.text += f"; stopped early: {frame.stopped}" if frame.stopped else ""
        shown = [name for panel in frame.panels for name in panel["names"]]
        shows = (
            "Raster" if frame.trace is None else f"Trace{'s' if len(shown) > 1 else ''} of {', '.join(shown)}"
        )
        shows += " and raster" if frame.trace is not None and frame.n > 1 else ""
        frame.alt = f"{shows}: {self.summary(frame)}."
        if frame.spike_top is not None and len(frame.spikes):
            top, line = f"{frame.spike_top:g} {frame.unit}", frame.threshold
            frame.alt += f" Spikes are drawn up to {top}" + (
                f", threshold {line:g} {frame.unit}." if line else "."
            )
        if frame.curve is not None:
            frame.alt += f" {frame.curve.in_words()}"
        if frame.plane is not None:
            frame.alt += f" {frame.plane.in_words()}"
        if self.goal:
            spikes = frame.spikes.t
            frame.goal = self.goal.judge(int((spikes <= self.goal.within + 1e-9).sum()), frame.t1)

    def live(self, frame: Frame, run) -> None:
        """The same for the newest piece of a live run."""
        now = f"Live, {frame.t1:.1f} ms: "
        if frame.n > 1:
            span = min(100.0, frame.t1)
            hertz = 1000.0 * sum(n for _, n in run.recent) / span / frame.n
            frame.text = f"{now}{hertz:.1f} Hz per neuron over the last {span:.0f} ms"
        else:
            frame.text = now + _plural(run.count)
        frame.alt = f"{self.title}, running. {frame.text}; {self.values(frame)}."
        if frame.curve is not None:
            frame.alt += f" {frame.curve.in_words()}"
        if frame.plane is not None:
            frame.alt += f" {frame.plane.in_words()}"
        if self.goal:
            frame.goal = self.goal.judge(run.count, frame.t1)


def _plural(count: int) -> str:
    return f"{count:,} spike{'' if count == 1 else 's'}"


def _hertz(rate: float) -> str:
    return f"{rate:.0f} Hz" if rate >= 10 or rate == round(rate) else f"{rate:.1f} Hz"


def _neuron_text(frame: Frame) -> str:
    if len(frame.spikes):
        return f"{_plural(len(frame.spikes))}, {_hertz(frame.rate)}, first at {frame.spikes.t[0]:.1f} ms"
    if frame.trace is None:
        return "no spike"
    said = f"no spike; {frame.name} rises to {frame.highest:.1f} {frame.unit}".rstrip()
    if frame.threshold is None:
        return said
    line = {"threshold": ", the threshold is", "v_th": ", v_th is"}.get(frame.mark, ", a spike is counted at")
    return f"{said}{line} {frame.threshold:g} {frame.unit}".rstrip()


def _network_text(frame: Frame) -> str:
    silent = int((frame.spikes.counts() == 0).sum())
    said = f"{frame.n:,} neurons, {_plural(len(frame.spikes))}, {frame.rate:.1f} Hz per neuron"
    return said + (f", {silent:,} silent" if silent else "")
