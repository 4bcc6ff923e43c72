"""The phase plane beside the explorer's traces: nullclines of the present parameters, the path, and what its fixed points are."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from .model import Neuron
from .phase_plane import FixedPoint, PhasePlane, phase_plane
from .wording import number as in_digits

CELLS = 200  # of the grid for the nullclines, in each direction: 5 to 20 ms of computing, seen as smooth
ARROWS = 13
_MAX_PATH = 6000  # points of the path that are drawn
_KEPT = 4  # planes that are remembered: a current switched on and off again needs two

MEANINGS = {
    "stable node": "starts nearby come straight in",
    "unstable node": "starts nearby run straight out",
    "stable focus": "starts nearby spiral in",
    "unstable focus": "starts nearby spiral out",
    "saddle": "starts nearby come in along one line and leave along another",
    "centre": "starts nearby circle around it",
    "degenerate point": "on a bifurcation",
}


def eigenvalues_in_words(values: np.ndarray) -> str:
    """Two eigenvalues, as "0.144 ± 0.192i per ms" or "-0.2 and -0.05 per ms".

    >>> eigenvalues_in_words(np.array([-0.5 - 2j, -0.5 + 2j])), eigenvalues_in_words(np.array([-0.25, 0.1]))
    ('-0.5 ± 2i per ms', '-0.25 and 0.1 per ms')
    """
    low, high = values
    if abs(high.imag) > 0:
        return f"{high.real:.3g} ± {abs(high.imag):.3g}i per ms"
    return f"{low.real:.3g} and {high.real:.3g} per ms"


@dataclasses.dataclass(frozen=True)
class PlanePicture:
    """A phase plane and a path through it; `path` (n, 3) holds time in ms, x and y, and a row of NaN at each reset."""

    plane: PhasePlane
    path: np.ndarray

    def lines(self) -> list[str]:
        """Each fixed point in one sentence."""
        plane = self.plane
        said = [
            f"Fixed point at {self._place(p)}: {p.kind} ({MEANINGS[p.kind]}), eigenvalues {eigenvalues_in_words(p.eigenvalues)}."
            for p in plane.fixed_points
        ] or ["No fixed point in this part of the plane."]
        if plane.held:
            values = ", ".join(f"{name} = {value:.3g}" for name, value in plane.held.items())
            said.append(f"Nullclines for {values}, where the run stands.")
        return said

    def in_words(self) -> str:
        """The same as a description, for who can't see the plane."""
        x, y = self.plane.names
        return f"Phase plane of {x} and {y} with both nullclines and the path. {' '.join(self.lines())}"

    def header(self) -> dict:
        """All but the buffers."""
        plane = self.plane
        points = [
            {"x": p.x, "y": p.y, "stable": p.stable, "kind": p.kind, "eigenvalues": eigenvalues_in_words(p.eigenvalues)}
            for p in plane.fixed_points
        ]  # fmt: skip
        labels = [n if u == "1" else f"{n} ({u})" for n, u in zip(plane.names, plane.units, strict=True)]
        return {
            "names": plane.names, "labels": labels, "xlim": plane.xlim, "ylim": plane.ylim, "points": points,
            "lines": self.lines(), "arrows": len(plane.x),
        }  # fmt: skip

    def buffers(self) -> list[bytes]:
        """[path, rows (t, x, y); x-nullcline, rows (x, y); y-nullcline; directions of the flow, rows (along x, along y) with
        a length of 1 on a square picture], float32, little-endian; a row of NaN ends a piece of a curve."""
        plane = self.plane
        flow = np.stack([plane.dx / np.ptp(plane.xlim), plane.dy / np.ptp(plane.ylim)], axis=-1).reshape(
            -1, 2
        )
        length = np.hypot(*flow.T)[:, None]
        parts = [
            self.path,
            joined(plane.x_nullcline),
            joined(plane.y_nullcline),
            flow / np.where(length > 0, length, 1),
        ]
        return [part.astype("<f4").tobytes() for part in parts]

    def _place(self, point: FixedPoint) -> str:
        spans = np.ptp(self.plane.xlim), np.ptp(self.plane.ylim)
        values = zip(self.plane.names, (point.x, point.y), spans, strict=True)
        return ", ".join(f"{name} = {in_digits(value, span)}" for name, value, span in values)


def joined(curves: list[np.ndarray]) -> np.ndarray:
    """Curves (k, 2) in one array, with a row of NaN after each."""
    gap = np.full((1, 2), np.nan)
    return np.concatenate([piece for curve in curves for piece in (curve, gap)] or [np.empty((0, 2))])


class PlaneMaker:
    """Makes the plane for slider values: `maker(recording, values)`. Its limits are chosen once, at the start values."""

    def __init__(self, model: Neuron, wanted: Any, current: str, amplitude: float):
        self.model, self.current, self.amplitude = model, current, amplitude
        self.names, limits = _wanted(wanted, model)
        self.limits = {"xlim": limits[0], "ylim": limits[1]}
        self.chosen = limits[0] is not None and limits[1] is not None
        self._made: dict[tuple, PhasePlane] = {}
        # what can't have a phase plane is refused before anything runs
        self._plane({}, self._held({}))

    def __call__(self, recording, values: Mapping[str, float]) -> PlanePicture:
        traces = recording.traces
        x, y = self.names
        path = np.column_stack([traces.t(x), traces[x][:, 0], traces[y][:, 0]])
        if not self.chosen:
            self._choose_limits(values, path)
        held = self._held(
            {name: float(traces[name][-1, 0]) for name in self.model.state if len(traces[name])}
        )
        return PlanePicture(self._plane(values, held), self._drawn(path, recording.spikes.t))

    def _held(self, now: Mapping[str, float]) -> dict[str, float]:
        """The states outside the plane, with four digits: what can't be seen need not be computed again."""
        start = self.model.initial_state()
        others = [name for name in self.model.state if name not in self.names]
        return {name: float(f"{now.get(name, float(np.ravel(start[name])[0])):.4g}") for name in others}

    def _plane(self, values: Mapping[str, float], held: dict[str, float]) -> PhasePlane:
        key = (tuple(sorted(values.items())), tuple(held.items()), *self.limits.values())
        if key not in self._made:
            parameters = {name: x for name, x in values.items() if name != self.current}
            made = phase_plane(
                dataclasses.replace(self.model, **parameters), *self.names, I=values.get(self.current, self.amplitude),
                held=held, arrows=ARROWS, fine=CELLS, **self.limits,
            )  # fmt: skip
            self._made[key] = made
            if len(self._made) > _KEPT:
                self._made.pop(next(iter(self._made)))
        return self._made[key]

    def _choose_limits(self, values: Mapping[str, float], path: np.ndarray) -> None:
        """phase_plane's own choice where none was given, wide enough for the first path."""
        plane = self._plane(values, self._held({}))
        for k, (name, limit) in enumerate((("xlim", plane.xlim), ("ylim", plane.ylim)), start=1):
            if self.limits[name] is None:
                low, high = min(limit[0], path[:, k].min()), max(limit[1], path[:, k].max())
                margin = 0.04 * (high - low)
                self.limits[name] = (
                    low if low == limit[0] else float(low - margin),
                    high if high == limit[1] else float(high + margin),
                )
        self.chosen = True

    def _drawn(self, path: np.ndarray, spikes: np.ndarray) -> np.ndarray:
        path = path[:: max(1, -(-len(path) // _MAX_PATH))]
        if not self.model.reset_names() or not len(spikes) or not len(path):
            return path
        at = np.searchsorted(
            path[:, 0], spikes - 1e-6
        )  # the sample at the time of a spike is the first after the reset
        gap = np.column_stack([path[np.minimum(at, len(path) - 1), 0], np.full((len(at), 2), np.nan)])
        return np.insert(path, at, gap, axis=0)


def _wanted(wanted: Any, model: Neuron) -> tuple[tuple[str, str], list]:
    """The two names and their ranges (None where phase_plane chooses), from names or {name: range}."""
    states = list(type(model).state)
    if isinstance(wanted, str) or not isinstance(wanted, (list, tuple, Mapping)) or len(wanted) != 2:
        raise TypeError(
            f'explore.plane: must be two states such as ("{states[0]}", "{states[-1]}"), or {{name: (low, high)}} for '
            f"both, got {wanted!r}"
        )
    x, y = wanted
    for name in (x, y):
        if name not in states or x == y:
            raise ValueError(
                f"explore.plane: must be two states of {type(model).__name__} ({', '.join(states)}), got {wanted!r}"
            )
    ranges = [wanted[x], wanted[y]] if isinstance(wanted, Mapping) else [None, None]
    for name, limits in zip((x, y), ranges, strict=True):
        try:
            low, high = (0.0, 1.0) if limits is None else (float(z) for z in limits)
        except (TypeError, ValueError):
            raise TypeError(f"explore.plane[{name!r}]: must be (low, high) or None, got {limits!r}") from None
        if not low < high:
            raise ValueError(f"explore.plane[{name!r}]: needs low < high, got {limits!r}")
    return (x, y), [None if limits is None else tuple(map(float, limits)) for limits in ranges]
