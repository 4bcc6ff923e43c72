"""Stimuli: currents in pA to inject into neurons, and Poisson spike trains to send to them.

    snn.step(250.0, 50.0, 150.0) + snn.noise(30.0, tau=5.0)

A stimulus is immutable. It is a sum of shapes, known in advance at every time, and of noises, which the
simulation draws step by step. Every argument may be one number or an array of shape (n,), one value per neuron.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arguments import floats
from .spikes import SpikeTrains, as_count, as_index, as_window

Array = NDArray[np.float64]

# A grid time is k * dt, which misses 0.9 by 1e-16 at dt = 0.3. Times closer than this to an edge are on it.
EDGE = 1e-9  # ms
MOST_SPIKES = 1_000_000_000  # of one call of poisson: 12 GB


@dataclass(frozen=True, eq=False)
class Noise:
    """One noise current, drawn by the simulation; see `noise`."""

    sigma: float | Array
    tau: float | None
    shared: bool

    def __repr__(self) -> str:
        return f"noise({_text(self.sigma)}, tau={self.tau}, shared={self.shared})"


@dataclass(frozen=True, eq=False, repr=False)
class Shape:
    """One deterministic current: `value(t, **arguments)`, with t a column of times (n_samples, 1) in ms."""

    name: str
    value: Callable[..., Array]
    arguments: Mapping[str, float | Array]

    def __repr__(self) -> str:
        values = ", ".join(_text(value) for value in self.arguments.values())
        return f"{self.name}({values})" if self.name else values


@dataclass(frozen=True, eq=False, repr=False)
class Stimulus:
    """A current in pA: the sum of `shapes` and `noises`. Made by `step`, `ramp`, `sine` and `noise`.

    Stimuli add to each other and to numbers. A stimulus without noise can be called with a time in ms.

    >>> I = step(200.0, 10.0, 20.0) + 50.0
    >>> I(15.0), I(20.0)
    (250.0, 50.0)
    >>> I([0.0, 10.0])
    array([ 50., 250.])
    """

    shapes: tuple[Shape, ...] = ()
    noises: tuple[Noise, ...] = ()

    __array_ufunc__ = None  # array + stimulus is a stimulus, not an array of them

    def __post_init__(self) -> None:
        widths = {np.shape(v) for shape in self.shapes for v in shape.arguments.values()}
        widths |= {np.shape(noise.sigma) for noise in self.noises}
        widths.discard(())
        if len(widths) > 1:
            sizes = " and ".join(str(size) for (size,) in sorted(widths))
            raise ValueError(f"stimulus: arrays must have one value per neuron, got lengths {sizes}")

    @property
    def n(self) -> int:
        """Number of neurons the stimulus has separate values for; 1 if all get the same.

        >>> step([100.0, 200.0, 300.0], 0.0, 50.0).n
        3
        """
        values: list[Any] = [v for shape in self.shapes for v in shape.arguments.values()]
        values += [noise.sigma for noise in self.noises]
        return max((np.size(v) for v in values), default=1)

    def sample(self, t: ArrayLike) -> Array:
        """The deterministic part at the times `t` (ms), shape (len(t), 1), or (len(t), n) with separate values.

        >>> step([100.0, 200.0], 0.0, 50.0).sample([0.0, 50.0])
        array([[100., 200.],
               [  0.,   0.]])
        """
        column = np.asarray(t, dtype=np.float64).reshape(-1, 1)
        total = np.zeros((len(column), self.n))
        for shape in self.shapes:
            total += shape.value(column, **shape.arguments)
        return total

    def __call__(self, t: ArrayLike) -> Any:
        """The current in pA at time `t` in ms: shape of t, with one more axis (n,) for separate values."""
        if self.noises:
            raise ValueError(
                f"{self!r}: noise has no value until the simulation draws it, so it can't be called "
                "(pass the stimulus to simulate, or call its parts without noise)"
            )
        times = _number_or_array("stimulus.t", t, ndim=None)
        current = self.sample(times).reshape(*np.shape(times), self.n)
        if all(np.ndim(v) == 0 for shape in self.shapes for v in shape.arguments.values()):
            current = current[..., 0]
        return float(current) if current.ndim == 0 else current

    def __add__(self, other: Any) -> Stimulus:
        if isinstance(other, Stimulus):
            return Stimulus(self.shapes + other.shapes, self.noises + other.noises)
        if isinstance(other, (int, float, list, tuple, np.number, np.ndarray)):
            return self + _shape("", _constant, amplitude=other)
        return NotImplemented

    __radd__ = __add__

    def __repr__(self) -> str:
        return " + ".join(map(repr, self.shapes + self.noises)) or "0.0"


def step(amplitude: ArrayLike, start: ArrayLike = 0.0, stop: ArrayLike = math.inf) -> Stimulus:
    """A current of `amplitude` pA for start <= t < stop (ms), 0 outside.

    Each argument is a number or an array (n,). By default the current is on for ever. Raises ValueError for stop < start,
    lengths that differ and what is not finite, TypeError for what is no number.

    >>> step(250.0, 50.0, 150.0)([0.0, 50.0, 149.9, 150.0])
    array([  0., 250., 250.,   0.])
    """
    return _edges("step", _step, amplitude, start, stop)


def ramp(amplitude: ArrayLike, start: ArrayLike, stop: ArrayLike) -> Stimulus:
    """A current that rises in a straight line from 0 at `start` to `amplitude` pA at `stop` (ms), 0 outside.

    It is on for start <= t < stop. Each argument is a number or an array (n,); both times are finite. To stay at
    the top, add a step: `ramp(300.0, 50.0, 150.0) + step(300.0, 150.0)`. Raises ValueError for stop < start, lengths that
    differ and what is not finite, TypeError for what is no number.

    >>> ramp(300.0, 50.0, 150.0)([49.0, 50.0, 100.0, 150.0])
    array([  0.,   0., 150.,   0.])
    """
    if not np.all(np.isfinite(_number_or_array("ramp.stop", stop, finite=False))):
        raise ValueError(f"ramp.stop: must be finite, got {stop!r} (the slope is amplitude / (stop - start))")
    return _edges("ramp", _ramp, amplitude, start, stop)


def sine(amplitude: ArrayLike, frequency: ArrayLike, phase: ArrayLike = 0.0) -> Stimulus:
    """A current amplitude * sin(2 pi frequency t / 1000 + phase) in pA, at all times.

    `frequency` is in Hz (>= 0), t in ms, `phase` in rad (default 0). Each is a number or an array (n,). Raises ValueError
    for a frequency < 0, lengths that differ and what is not finite, TypeError for what is no number.

    >>> round(sine(100.0, frequency=5.0)(50.0), 9)
    100.0
    """
    frequency = _number_or_array("sine.frequency", frequency)
    if np.any(np.less(frequency, 0)):
        raise ValueError(f"sine.frequency: must be >= 0 Hz, got {np.min(frequency)}")
    return _shape("sine", _sine, amplitude=amplitude, frequency=frequency, phase=phase)


def noise(sigma: ArrayLike, tau: float | None = None, shared: bool = False) -> Stimulus:
    """A random current with mean 0, drawn by the simulation from its seed.

    Parameters
    ----------
    sigma : float or array (n,)
        With `tau`, the standard deviation of the current in pA. Without, the strength of white noise in
        pA sqrt(ms): the charge that arrives in a step of dt ms has standard deviation sigma * sqrt(dt) pA ms.
    tau : float, optional
        Correlation time in ms of an Ornstein-Uhlenbeck process that starts in its stationary state. Default None:
        white noise.
    shared : bool
        True: all neurons get the same path (times their own sigma). Default False: each has its own.

    Raises ValueError for a sigma < 0, a tau <= 0 and what is not finite, TypeError for what is no number.
    Source: Uhlenbeck & Ornstein (1930), https://doi.org/10.1103/PhysRev.36.823.

    >>> step(200.0, 10.0, 20.0) + noise(30.0, tau=5.0)
    step(200.0, 10.0, 20.0) + noise(30.0, tau=5.0, shared=False)
    """
    size = _number_or_array("noise.sigma", sigma)
    if np.any(np.less(size, 0)):
        raise ValueError(f"noise.sigma: must be >= 0, got {np.min(size)}")
    if tau is not None:
        tau = _number_or_array("noise.tau", tau, ndim=0)
        if tau <= 0:
            raise ValueError(f"noise.tau: must be > 0 ms, got {tau} (leave it out for white noise)")
    if not isinstance(shared, (bool, np.bool_)):
        raise TypeError(f"noise.shared: must be True or False, got {shared!r}")
    return Stimulus(noises=(Noise(size, tau, bool(shared)),))


def poisson(
    rate: ArrayLike | Callable[[Array], ArrayLike],
    n: int,
    t_stop: float,
    seed: int,
    *,
    max_rate: float | None = None,
    stream: int = 0,
) -> SpikeTrains:
    """Poisson spike trains of `n` neurons from 0 to `t_stop` ms, in continuous time.

    Parameters
    ----------
    rate : float, array (n,), or function
        Rate in Hz, >= 0. A function takes an array of times in ms and returns the rate at each, the same for all
        neurons; spikes are then drawn at `max_rate` and thinned (Lewis & Shedler 1979,
        https://doi.org/10.1002/nav.3800260304).
    n : int
        Number of neurons.
    t_stop : float
        Duration in ms.
    seed : int
        Seed, >= 0: the same arguments give the same spikes.
    max_rate : float
        Upper bound of the function in Hz; needed with a function only.
    stream : int
        Number of an independent stream under the same seed (default 0).

    Raises
    ------
    ValueError, TypeError
        For a negative rate, n, duration or seed, a function's rate beyond `max_rate`, one of the two without the other, and
        more than 1e9 spikes.

    >>> poisson(20.0, n=3, t_stop=1000.0, seed=1).n
    3
    """
    n = as_count("poisson.n", n)
    _, t_stop = as_window("poisson", 0.0, t_stop)
    rng = _generator(seed, stream)
    varying = callable(rate)
    if varying and max_rate is None:
        raise ValueError(
            "poisson.max_rate: must be given with a rate that is a function (an upper bound in Hz)"
        )
    if not varying and max_rate is not None:
        raise ValueError("poisson.max_rate: must be left out unless rate is a function")
    bound = _rates("max_rate", max_rate, 1)[0] if varying else _rates("rate", rate, n)
    rates = np.zeros(n) + bound
    expected = rates.sum() * (t_stop / 1000.0)
    if expected > MOST_SPIKES:
        raise ValueError(f"poisson.rate: must make at most {MOST_SPIKES:,} spikes, got {expected:g}")
    t = _uniform_sorted(rng, int(rng.poisson(expected)), t_stop)
    if np.size(bound) == 1:
        i = rng.integers(max(n, 1), size=len(t), dtype=np.int32)
    else:
        share = np.cumsum(rates)
        i = np.searchsorted(share, rng.random(len(t)) * share[-1], side="right").astype(np.int32)
    if varying:
        kept = rng.uniform(0.0, bound, len(t)) < _rate_at(rate, t, bound)  # type: ignore[arg-type]
        t, i = t[kept], i[kept]
    if (t[1:] == t[:-1]).any():
        order = np.lexsort((i, t))
        t, i = t[order], i[order]
    return SpikeTrains.from_sorted(t, i, n, t_stop)


def _uniform_sorted(rng: np.random.Generator, count: int, t_stop: float) -> Array:
    """`count` uniform times in order, without sorting: exponential gaps, scaled to fill the window.

    Given their number, the spikes of a Poisson process lie independently and uniformly in the window.
    """
    sums = np.cumsum(rng.standard_exponential(count + 1))
    return np.minimum(sums[:-1] * (t_stop / sums[-1]), t_stop)


def _constant(t: Array, amplitude: float | Array) -> Array:
    return np.zeros_like(t) + amplitude


def _step(t: Array, amplitude: float | Array, start: float | Array, stop: float | Array) -> Array:
    return np.where((t >= start - EDGE) & (t < stop - EDGE), amplitude, 0.0)


def _ramp(t: Array, amplitude: float | Array, start: float | Array, stop: float | Array) -> Array:
    return _step(t, amplitude * (t - start) / (stop - start), start, stop)


def _sine(t: Array, amplitude: float | Array, frequency: float | Array, phase: float | Array) -> Array:
    return amplitude * np.sin(2e-3 * np.pi * frequency * t + phase)


def _edges(name: str, value: Callable[..., Array], amplitude: Any, start: Any, stop: Any) -> Stimulus:
    start = _number_or_array(f"{name}.start", start)
    stop = _number_or_array(f"{name}.stop", stop, finite=False)
    try:
        ordered = np.all(np.greater(stop, start))
    except ValueError:
        raise ValueError(
            f"{name}.stop: must be as long as start, got {np.size(stop)} and {np.size(start)}"
        ) from None
    if not ordered:
        raise ValueError(f"{name}.stop: must be > start = {_text(start)} ms, got {_text(stop)}")
    return _shape(name, value, amplitude=amplitude, start=start, stop=stop)


def _shape(name: str, value: Callable[..., Array], **arguments: Any) -> Stimulus:
    label = name or "stimulus"
    checked = {k: _number_or_array(f"{label}.{k}", v, finite=(k != "stop")) for k, v in arguments.items()}
    return Stimulus(shapes=(Shape(name, value, checked),))


def _number_or_array(name: str, value: Any, finite: bool = True, ndim: int | None = 1) -> Any:
    """`value` as a float or a read-only copy (n,), without NaN; `ndim` is the most axes allowed, None for any."""
    try:
        array = floats(value, copy=True)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name}: must be a number or an array of numbers, got {value!r}") from None
    if ndim is not None and (array.ndim > ndim or array.shape == (0,)):
        allowed = "one number" if ndim == 0 else "a number or an array (n,)"
        raise ValueError(f"{name}: must be {allowed}, got shape {array.shape}")
    if np.isnan(array).any() or (finite and np.isinf(array).any()):
        raise ValueError(f"{name}: must be finite, got {value}")
    array.flags.writeable = False
    return float(array) if array.ndim == 0 else array


def _text(value: float | Array) -> str:
    return repr(value) if np.ndim(value) == 0 else f"[{np.size(value)} values]"


def _rates(name: str, rate: Any, n: int) -> Array:
    rate = np.atleast_1d(_number_or_array(f"poisson.{name}", rate))
    if rate.min() < 0:
        raise ValueError(f"poisson.{name}: must be >= 0 Hz, got {rate.min()}")
    if len(rate) not in (1, n):
        raise ValueError(f"poisson.{name}: must be one number or have n = {n} values, got {len(rate)}")
    return rate


def _rate_at(rate: Callable[[Array], ArrayLike], t: Array, bound: float) -> Array:
    try:
        values = floats(rate(t))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"poisson.rate: as a function of times in ms it must return rates in Hz; {error}"
        ) from error
    if values.shape not in ((), t.shape):
        raise ValueError(f"poisson.rate: must return one rate per time, shape {t.shape}, got {values.shape}")
    wrong = ~((values >= 0) & (values <= bound))  # NaN is wrong too
    if np.any(wrong):
        raise ValueError(
            f"poisson.rate: must be 0 to max_rate = {bound:g} Hz at every time, got {values[wrong][0]:g}"
        )
    return values


def _generator(seed: Any, stream: Any) -> np.random.Generator:
    seed, stream = as_index("poisson.seed", seed), as_index("poisson.stream", stream)
    if seed < 0 or stream < 0:
        raise ValueError(f"poisson.seed: must be >= 0, and stream too, got {seed} and {stream}")
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(stream,))))
