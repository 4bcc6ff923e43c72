"""A simulated event camera: a moving picture as ON and OFF events of its pixels. There is no sensor behind it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import number
from ..spikes import SpikeTrains
from ..stimuli import poisson
from .series import both, crossings
from .values import Array, finite_values, positive

LEAST_THRESHOLD = (
    0.01  # no pixel is more sensitive than this, however large the mismatch: v2e has the same floor
)


def event_camera(
    frames: ArrayLike,
    contrast: float = 0.2,
    *,
    dt: float = 1.0,
    mismatch: float = 0.0,
    refractory: float = 0.0,
    noise_rate: float = 0.0,
    seed: int,
    stream: int = 0,
) -> SpikeTrains:
    """Events of a simulated event camera (no sensor): one whenever log intensity has moved by `contrast` at a pixel.

    The logarithm goes straight from frame to frame, and each event has the time at which it crosses its level. A still
    picture makes noise only; a moving one makes about |change of log I|/contrast events at a pixel; a film run backwards swaps ON and OFF.

    Parameters
    ----------
    frames : array, shape (time, height, width) or (time, n)
        Intensities > 0, in any unit; frame k is at k dt.
    contrast : float
        Threshold C in units of the natural logarithm (default 0.2).
    dt : float
        Time between frames, in ms (default 1).
    mismatch : float
        Standard deviation of the thresholds between pixels, in units of log I (default 0). ON and OFF of a pixel are
        drawn independently, and none is below 0.01.
    refractory : float
        For so long after an event a pixel makes no other, in ms (default 0). What changes meanwhile is lost.
    noise_rate : float
        Events without a cause, per pixel, in Hz (default 0); ON or OFF with equal chance.
    seed, stream : int
        For mismatch and noise: the same seed and stream (default 0) give the same camera.

    Returns
    -------
    SpikeTrains
        Of 2 height width neurons: ON events of the pixels row by row, then OFF events; 0 to time dt.

    Raises
    ------
    ValueError, TypeError
        For an intensity that is not > 0, or NaN, with its index; for other arguments out of range.

    Source: Lichtsteiner, Posch & Delbruck (2008), https://doi.org/10.1109/JSSC.2007.914337;
    Hu, Liu & Delbruck (2021), v2e, https://doi.org/10.1109/CVPRW53098.2021.00144.

    >>> brighter = np.exp([[0.0], [1.0], [1.0]])
    >>> event_camera(brighter, contrast=0.25, dt=8.0, seed=1).t
    array([2., 4., 6., 8.])
    """
    light = frames_of("encode.event_camera", frames)
    contrast = positive("encode.event_camera.contrast", contrast, "(log intensity)")
    dt = positive("encode.event_camera.dt", dt, "ms")
    mismatch = _not_negative("mismatch", mismatch, "(log intensity)")
    refractory = _not_negative("refractory", refractory, "ms")
    noise_rate = _not_negative("noise_rate", noise_rate, "Hz")
    n, t_stop = light.shape[1], len(light) * dt
    noise = poisson(noise_rate / 2.0, 2 * n, t_stop, seed, stream=stream)  # checks the seed too
    up: float | Array = contrast
    down: float | Array = contrast
    if mismatch:
        # A key of its own, so that the noise stays the same when only the mismatch changes.
        rng = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(stream, 1))))
        drawn = contrast + mismatch * rng.standard_normal((2, n))
        up, down = np.maximum(drawn, LEAST_THRESHOLD)
    events = both(*crossings("encode.event_camera", np.log(light), up, down, dt), n, t_stop)
    if len(noise):
        events = SpikeTrains(
            np.concatenate([events.t, noise.t]), np.concatenate([events.i, noise.i]), 2 * n, t_stop
        )
    return _rested(events, n, refractory) if refractory else events


def frames_of(name: str, frames: ArrayLike) -> Array:
    """Intensities as (time, pixels), all > 0."""
    light = finite_values(f"{name}.frames", frames)
    if light.ndim not in (2, 3):
        raise ValueError(
            f"{name}.frames: must have shape (time, height, width) or (time, n), got {light.shape}"
        )
    dark = light <= 0.0
    if dark.any():
        index = tuple(int(k) for k in np.unravel_index(int(np.argmax(dark)), dark.shape))
        raise ValueError(
            f"{name}.frames: must be > 0, since the camera sees logarithms, got {light[index]:g} at index {index} "
            "(add a little light, as in frames + 0.1)"
        )
    return light.reshape(len(light), int(np.prod(light.shape[1:])))


def _not_negative(name: str, value: float, unit: str) -> float:
    value = number(f"encode.event_camera.{name}", value)
    if value < 0:
        raise ValueError(f"encode.event_camera.{name}: must be >= 0 {unit}, got {value:g}")
    return value


def _rested(events: SpikeTrains, n: int, refractory: float) -> SpikeTrains:
    """Without the events that come less than `refractory` ms after the last one that was kept at the same pixel.

    All pixels at once: from its first event, each jumps to the first one that is late enough, and so on.
    """
    pixel = events.i % n
    order = np.argsort(pixel, kind="stable")  # by pixel, then by time
    t, pixel = events.t[order], pixel[order]
    gap = events.t_stop + refractory + 1.0  # pixels are put so far apart that one search serves all of them
    line = pixel * (2.0 * gap) + t
    # A jump that is too short by rounding would keep an event within the rest, so a little is forgiven.
    following = np.searchsorted(line, line + refractory * (1.0 - 1e-9))
    following = np.maximum(following, np.arange(len(line)) + 1)
    at = np.flatnonzero(np.diff(pixel, prepend=-1))
    kept = np.zeros(len(line), bool)
    while len(at):
        kept[at] = True
        onward = following[at]
        there = onward < len(line)
        at, onward = at[there], onward[there]
        at = onward[pixel[onward] == pixel[at]]
    chosen = np.sort(order[kept])
    return SpikeTrains.from_sorted(events.t[chosen], events.i[chosen], events.n, events.t_stop)
