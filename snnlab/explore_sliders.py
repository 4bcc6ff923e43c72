"""The sliders of the explorer: which there are, their ranges, and the presets that set them."""

from __future__ import annotations

import dataclasses
import inspect
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from .model import Neuron
from .units import Unit, as_unit, ms

CURRENT_RANGES = {
    "pA": (0.0, 600.0),
    "uA/cm2": (0.0, 30.0),
    "mV/ms": (0.0, 20.0),
    "1": (0.0, 2.0),
}  # unless given


@dataclasses.dataclass(frozen=True)
class Slider:
    """One slider: what it is called, its range, and where it starts; `whole` if only whole numbers make sense."""

    name: str
    value: float
    low: float
    high: float
    step: float
    unit: str = ""
    meaning: str = ""
    whole: bool = False


def annotated_unit(annotation) -> Unit | None:
    if isinstance(annotation, Unit):
        return annotation
    try:  # an annotation may be text, with `from __future__ import annotations`
        return as_unit(annotation) if isinstance(annotation, str) else None
    except ValueError:
        return None


def meanings_of(owner) -> dict[str, str]:
    """The comments beside the parameters of a function or class, its bases' too: `tau_m: ms = 20.0  # membrane time constant`."""
    found: dict[str, str] = {}
    for one in reversed(inspect.getmro(owner) if inspect.isclass(owner) else [owner]):
        with suppress(OSError, TypeError):  # a builtin's, or a cell's that is gone
            source = inspect.getsource(one)
            found |= re.findall(r"^[ \t]+(\w+): [^=#\n]+=[^#\n]+#[ \t]*(.+?)[ \t]*$", source, re.MULTILINE)
    return found


def wanted_sliders(sliders, starts: Mapping, owner: str) -> dict:
    if isinstance(sliders, str) or not isinstance(sliders, Iterable):
        raise TypeError(
            f"explore.sliders: must be a list of names or a dict {{name: (low, high)}}, got {sliders!r}"
        )
    for name in sliders:
        if not isinstance(name, str) or name not in starts:
            raise ValueError(f"explore.sliders: {owner} has no {name!r}; it has {', '.join(starts)}")
    return dict(sliders) if isinstance(sliders, Mapping) else dict.fromkeys(sliders)


def slider_of(
    name: str, spec, value, unit: Unit | None, meaning: str, dt: float, holds: Sequence[float] = ()
) -> Slider:
    """A slider with the range `spec`; where none is given, or the usual one, wide enough for the values it `holds`."""
    where = f"explore.sliders[{name!r}]"
    if not isinstance(value, int | float):
        raise TypeError(f"{where}: its start value must be one number, got {value!r}")
    whole = isinstance(value, int)
    if spec is None:
        spec = sane_range(name, float(value), unit)
    try:
        low, high, *rest = (float(x) for x in spec)
    except (TypeError, ValueError):
        raise TypeError(f"{where}: must be (low, high), (low, high, step) or None, got {spec!r}") from None
    numbers = [float(x) for x in holds if isinstance(x, int | float) and math.isfinite(x)]
    low, high = min([low, *numbers]), max([high, *numbers])
    if len(rest) > 1 or not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"{where}: needs low < high, both finite, and at most a step more, got {spec!r}")
    step = rest[0] if rest else nice((high - low) / 100)
    if name == "t_ref" or (unit == ms and name.startswith("delay")):
        step = max(1, round(step / dt)) * dt  # these times must lie on the grid
    if whole:
        step = max(1.0, round(step))
    if not 0 < step <= high - low:
        raise ValueError(f"{where}: needs a step > 0 that fits between {low:g} and {high:g}, got {step:g}")
    if not low <= value <= high:
        raise ValueError(f"{where}: the range {low:g} to {high:g} must hold the start value {value:g}")
    text = "" if unit is None or unit.is_number else str(unit)
    return Slider(name, value, low, high, step, text, meaning, whole)


def sane_range(name: str, value: float, unit: Unit | None) -> tuple[float, float]:
    if unit is not None and str(unit) == "mV":
        return value - 20.0, value + 20.0
    if name == "t_ref" or name.startswith("delay"):
        return 0.0, max(10.0, 4 * value)
    if value == 0:
        return -1.0, 1.0
    near, far = nice(abs(value) / 5), nice(abs(value) * 3)
    return (near, far) if value > 0 else (-far, -near)


def nice(x: float) -> float:
    """The nearest of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(x))
    best = min((1, 2, 5, 10), key=lambda m: abs(math.log(m * power / x)))
    return float(f"{best * power:.3g}")


def settings_of(presets: Any, model: Neuron | None) -> dict[str, dict[str, Any]]:
    """{label: {slider or parameter: value}} from all that a preset may be. Raises TypeError or ValueError."""
    if isinstance(presets, list | tuple) and model is not None:
        presets = {str(name).replace("_", " "): _named_set(model, name) for name in presets}
    if presets is not None and not isinstance(presets, Mapping):
        raise TypeError(
            f"explore.presets: must be a dict {{name: {{slider: value}}}}, or a list of a model's parameter sets, got {presets!r}"
        )
    return {str(label): _setting(str(label), preset, model) for label, preset in (presets or {}).items()}


def _named_set(model: Neuron, name: Any) -> Any:
    found = getattr(type(model), name, None) if isinstance(name, str) and not name.startswith("_") else None
    if not inspect.ismethod(found) or inspect.signature(found).parameters or not isinstance(found(), Neuron):
        raise ValueError(f"explore.presets: {type(model).__name__} has no parameter set {name!r}")
    return found


def _setting(label: str, preset: Any, model: Neuron | None) -> dict[str, Any]:
    """One preset as values: of a model, all parameters by which it differs from the explored one."""
    further: Mapping = {}
    if isinstance(preset, tuple) and len(preset) == 2 and isinstance(preset[1], Mapping):
        preset, further = preset
    if inspect.ismethod(preset) and model is not None:
        preset = preset()
    if isinstance(preset, Neuron) and type(preset) is type(model):
        return {p: getattr(preset, p) for p in preset.parameters()} | dict(further)
    if not isinstance(preset, Mapping):
        owner = f"a {type(model).__name__}, " if model is not None else ""
        raise ValueError(
            f"explore.presets[{label!r}]: may set the sliders and nothing else, as {owner}a dict {{slider: value}}, got {preset!r}"
        )
    return {**preset, **further}


def presets_of(
    settings: Mapping[str, Mapping], sliders: Sequence[Slider], model: Neuron | None
) -> dict[str, dict]:
    """{label: {name: value}} for every slider, and for every parameter without one that some preset changes.

    A setting may leave sliders out: they go to their start value. Raises ValueError.
    """
    starts = {s.name: s.value for s in sliders}
    parameters = {p: getattr(model, p) for p in model.parameters()} if model is not None else {}
    changed = [
        p for p, x in parameters.items()
        if p not in starts and any(p in s and not np.array_equal(s[p], x) for s in settings.values())
    ]  # fmt: skip
    starts |= {p: parameters[p] for p in changed}
    checked = {}
    for label, setting in settings.items():
        where = f"explore.presets[{label!r}]"
        if not set(setting) <= {*starts, *parameters}:
            raise ValueError(
                f"{where}: may set the sliders {', '.join(starts)} and nothing else, got {dict(setting)!r}"
            )
        checked[label] = {name: setting.get(name, start) for name, start in starts.items()}
        for name, value in checked[label].items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise ValueError(f"{where}: {name} must be one number, got {value!r}")
        for s in sliders:
            value = checked[label][s.name]
            if not s.low <= value <= s.high:
                raise ValueError(
                    f"{where}: {s.name} must be from {s.low:g} to {s.high:g} like its slider, got {value!r}"
                )
    return checked


def pad_of(pad: Any, sliders: Sequence[Slider]) -> list[str] | None:
    """The names of the two sliders of a pad, x and y. Raises TypeError and ValueError."""
    if pad is None:
        return None
    names = ", ".join(s.name for s in sliders)
    if isinstance(pad, str) or not isinstance(pad, Iterable):
        raise TypeError(f"explore.pad: must be two of the sliders {names}, such as (x, y), got {pad!r}")
    chosen, known = list(pad), {s.name for s in sliders}
    if (
        len(chosen) != 2
        or not all(isinstance(c, str) and c in known for c in chosen)
        or chosen[0] == chosen[1]
    ):
        raise ValueError(f"explore.pad: must be two different sliders of {names}, got {pad!r}")
    return chosen
