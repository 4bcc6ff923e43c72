"""The whole f-I curve of the present parameters, for the explorer: one run of many neurons, each with its current."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping

import numpy as np

from .explore_sliders import Slider
from .model import Neuron
from .network import Population
from .simulate import simulate

POINTS = 60  # currents, from one end of the slider to the other
DURATION = 1000.0  # ms: a rate is a count, to 1 Hz
BUDGET = (
    40.0  # ms of computing: a picture must follow its slider within 100 ms, its own run and drawing included
)


@dataclasses.dataclass
class Curve:
    """Firing rates (Hz, shape (n,)) at the currents `I` (the model's unit of input, shape (n,)), over `DURATION`."""

    I: np.ndarray
    rates: np.ndarray
    name: str = "I"
    unit: str = ""

    def in_words(self) -> str:
        """Where the curve leaves zero, and how far it rises."""
        unit, firing = f" {self.unit}" if self.unit else "", np.flatnonzero(self.rates > 0)
        if not len(firing):
            return f"The rate curve is zero up to {self.I[-1]:.4g}{unit}."
        first, best = firing[0], int(np.argmax(self.rates))
        begins = (
            f"leaves zero between {self.I[first - 1]:.4g} and {self.I[first]:.4g}{unit}"
            if first
            else f"starts at {self.rates[0]:.0f} Hz at {self.I[0]:.4g}{unit}"
        )
        return (
            f"The rate curve {begins} and is highest at {self.I[best]:.4g}{unit}: {self.rates[best]:.0f} Hz."
        )


class CurveMaker:
    """Makes the curve for slider values, and keeps it until a value other than the current changes.

    It makes none (None) for a model that needs more than `budget` ms for it, for one whose parameters are arrays,
    and where a run diverges or ends early.
    """

    def __init__(self, model: Neuron, slider: Slider, dt: float, method: str | None, budget: float = BUDGET):
        self.model, self.slider, self.dt, self.method = model, slider, dt, method
        self.I = np.linspace(slider.low, slider.high, POINTS)
        self._key: tuple | None = None
        self._curve: Curve | None = None
        one_value = all(np.ndim(getattr(model, name)) == 0 for name in model.parameters())
        self.affordable = one_value and self._cost() <= budget

    def __call__(self, values: Mapping[str, float]) -> Curve | None:
        if not self.affordable:
            return None
        others = {name: x for name, x in values.items() if name != self.slider.name}
        key = tuple(others.items())
        if key != self._key:
            model = dataclasses.replace(self.model, **others)
            self._key, self._curve = key, self._made(model)
        return self._curve

    def _made(self, model: Neuron) -> Curve | None:
        try:
            recording = self._run(model, DURATION)
        except (
            FloatingPointError
        ):  # one of the currents is too much for the time step: the others say nothing
            return None
        rates = recording.spikes.counts() * (1000.0 / DURATION)
        return None if recording.stopped else Curve(self.I, rates, self.slider.name, self.slider.unit)

    def _cost(self) -> float:
        """What a curve takes, in ms, from the fastest of three short runs; a first one may have to compile."""
        short = DURATION / 20
        try:
            self._run(self.model, short)
            taken = []
            for _ in range(3):
                began = time.perf_counter()
                self._run(self.model, short)
                taken.append(time.perf_counter() - began)
        except FloatingPointError:
            return 0.0  # other parameters may do; each curve is tried by itself
        return 1000.0 * min(taken) * (DURATION / short)

    def _run(self, model: Neuron, t_stop: float):
        many = Population(model, POINTS)
        return simulate(many, I=self.I, t_stop=t_stop, dt=self.dt, method=self.method, record=[])
