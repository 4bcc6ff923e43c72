"""The injected current `I`, in every form that `simulate` takes, as a constant, a series and noises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .arguments import floats
from .grid import grid_time
from .network import Population, View, as_view
from .stimuli import Noise, Stimulus


@dataclass
class Input:
    """What one population gets: a constant (number or (n,)), plus functions of the step, plus noises."""

    constant: float | np.ndarray = 0.0
    series: list[Callable[[int, int], np.ndarray]] = field(
        default_factory=list
    )  # (k, k_end) -> (steps, 1 or n)
    noises: list[tuple[Noise, np.ndarray]] = field(default_factory=list)  # with sigma (1,) or (n,)
    width: int = 0  # 0: no series; 1: shared by all neurons; n: one per neuron

    def rows(self, k: int, k_end: int) -> np.ndarray:
        """The series over steps k to k_end - 1, shape (steps, width)."""
        total = np.zeros((k_end - k, self.width))
        for part in self.series:
            total += part(k, k_end)
        return total


def inputs_of(I: Any, populations: list[Population], k_start: int, k_stop: int, dt: float) -> list[Input]:
    """One Input per population. Raises TypeError or ValueError for what is not a current."""
    made = [Input() for _ in populations]
    if isinstance(I, dict):
        for key, value in I.items():
            if not isinstance(key, Population | View) or as_view(key).parent not in populations:
                raise ValueError(f"I: keys must be populations of this network or views of them, got {key!r}")
            view = as_view(key)
            _add(made[populations.index(view.parent)], value, view, k_start, k_stop, dt)
        return made
    for entry, population in zip(made, populations, strict=True):
        _add(entry, I, as_view(population), k_start, k_stop, dt)
    return made


def _add(entry: Input, I: Any, view: View, k_start: int, k_stop: int, dt: float) -> None:
    if isinstance(I, bool | str) or I is None:
        raise TypeError(
            f"I: must be a current in pA: a number, an array, a stimulus or a function of t, got {I!r}"
        )
    if isinstance(I, Stimulus):
        _add_stimulus(entry, I, view, dt)
    elif callable(I):
        width = _value(I, float(grid_time(k_start, dt)), view).size
        _add_series(entry, _called(I, view, dt, width), view, width)
    else:
        _add_array(entry, I, view, k_start, k_stop)
    if "I" not in view.model.input and (entry.series or entry.noises or np.any(entry.constant)):
        raise ValueError(f"I: {type(view.model).__name__} has no input, so I must be 0")


def _add_array(entry: Input, I: Any, view: View, k_start: int, k_stop: int) -> None:
    try:
        array = floats(I)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(
            f"I: must be a current in pA: a number, an array, a stimulus or a function of t, got {I!r}"
        ) from None
    n, n_steps = view.n, k_stop - k_start
    if not np.isfinite(array).all():
        where = np.argwhere(~np.isfinite(array))[0].tolist()
        raise ValueError(
            f"I: must be finite, got {array[tuple(where)]}" + (f" at index {where}" if array.ndim else "")
        )
    if array.ndim == 0 or array.shape == (n,):
        _add_constant(entry, array, view)
    elif array.ndim == 2 and array.shape[0] == n_steps and array.shape[1] in (1, n):
        _add_series(entry, lambda k, k_end: array[k - k_start : k_end - k_start], view, array.shape[1])
    else:
        raise ValueError(
            f"I: shape {array.shape} fits neither ({n},), one value per neuron, nor ({n_steps}, 1) or ({n_steps}, {n}), "
            "one row per step; for one value per step that all neurons share write I[:, None]"
        )


def _add_constant(entry: Input, value: np.ndarray, view: View) -> None:
    if view.n == view.parent.n and value.ndim == 0:
        entry.constant = entry.constant + float(value)
    else:
        whole = np.zeros(view.parent.n) + entry.constant
        whole[view.start : view.stop] += value
        entry.constant = whole


def _add_series(entry: Input, part: Callable[[int, int], np.ndarray], view: View, width: int) -> None:
    whole = view.n == view.parent.n
    if width == 1 and whole:
        entry.width = max(entry.width, 1)
        entry.series.append(part)
        return
    entry.width = view.parent.n

    def placed(k: int, k_end: int) -> np.ndarray:
        rows = np.zeros((k_end - k, view.parent.n))
        rows[:, view.start : view.stop] = part(k, k_end)
        return rows

    entry.series.append(part if whole else placed)


def _add_stimulus(entry: Input, stimulus: Stimulus, view: View, dt: float) -> None:
    if stimulus.n not in (1, view.n):
        raise ValueError(f"I: the stimulus has values for {stimulus.n} neurons, {view} has {view.n}")
    if stimulus.shapes:
        _add_series(
            entry, lambda k, k_end: stimulus.sample(grid_time(np.arange(k, k_end), dt)), view, stimulus.n
        )
    for noise in stimulus.noises:
        sigma = np.atleast_1d(np.asarray(noise.sigma, dtype=float))
        if view.n != view.parent.n:
            whole = np.zeros(view.parent.n)
            whole[view.start : view.stop] = sigma
            sigma = whole
        entry.noises.append((noise, sigma))


def _value(I: Callable, t: float, view: View, width: int = 0) -> np.ndarray:
    """I(t) as a number or an array (n,), checked; `width` is how many values it gave at first."""
    try:
        value = floats(I(t))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"I: as a function of t it must return a current in pA; at t = {t:g} ms: {error}"
        ) from error
    if value.shape not in ((), (1,), (view.n,)):
        raise ValueError(
            f"I: as a function of t it must return a number or shape ({view.n},), got {value.shape}"
        )
    if width and value.size != width:
        raise ValueError(
            f"I: as a function of t it must always return as many values, got {width} and, at t = {t:g} ms, {value.size}"
        )
    if not np.isfinite(value).all():
        raise ValueError(
            f"I: must be finite, got {value[~np.isfinite(value)][0] if value.ndim else value} at t = {t:g} ms"
        )
    return value


def _called(I: Callable, view: View, dt: float, width: int) -> Callable[[int, int], np.ndarray]:
    """A user's function is called once per step with one number, so that `if t > 50` works in it."""

    def rows(k: int, k_end: int) -> np.ndarray:
        values = [_value(I, float(grid_time(j, dt)), view, width).reshape(-1) for j in range(k, k_end)]
        return np.array(values) if values else np.zeros((0, 1))

    return rows
