"""The grid of time: times are whole numbers of steps of dt."""

from __future__ import annotations

import math

import numpy as np

from .arguments import number

TOLERANCE = 1e-9  # of a step


def on_grid(x: float, dt: float = 0.1) -> float:
    """The time on the grid of dt that is nearest to x (both in ms). Raises ValueError unless dt > 0.

    >>> on_grid(1.23, 0.1)
    1.2
    """
    dt = check_dt(dt)
    return float(grid_time(round(number("on_grid.x", x) / dt), dt))


def grid_time(k, dt: float):
    """The time of step k, k dt, rounded as a person would write it: 0.3, not 0.30000000000000004."""
    per_ms = round(1.0 / dt)
    if per_ms >= 1 and abs(per_ms * dt - 1.0) < 1e-12:
        return k / per_ms
    return k * dt


def check_dt(dt) -> float:
    """dt as a positive float; raises otherwise."""
    dt = number("dt", dt)
    if dt <= 0:
        raise ValueError(f"dt: must be > 0 ms, got {dt}")
    return dt


def steps(name: str, x, dt: float) -> int:
    """x/dt as a whole number. Raises ValueError, naming on_grid, for a time off the grid."""
    exact = x / dt
    if not abs(exact) <= 2**53:
        raise ValueError(f"{name}: must be at most 2**53 steps of dt = {dt:g} ms, got {x:g}")
    k = round(exact)
    if abs(exact - k) > 1e-6 * max(1.0, abs(exact) * 1e-6):
        raise ValueError(
            f"{name}: must be a multiple of dt = {dt:g} ms, got {x:g} (snn.on_grid({x:g}, {dt:g}) is {on_grid(x, dt):g})"
        )
    return k


def steps_array(name: str, x: np.ndarray, dt: float) -> np.ndarray:
    """As `steps`, for an array."""
    exact = np.asarray(x, dtype=float) / dt
    k = np.round(exact)
    off = (np.abs(exact - k) > 1e-6) | (np.abs(exact) > 2**53)
    if off.any():
        steps(name, float(np.asarray(x)[off][0]), dt)
    return k.astype(np.int64)


def first_step_not_before(t: np.ndarray, dt: float) -> np.ndarray:
    """The first grid step that is not earlier than t, with a tolerance of 1e-9 of a step."""
    return np.ceil(np.asarray(t) / dt - TOLERANCE).astype(np.int64)


def check_t_stop(t_stop, dt: float, t_start: float) -> int:
    """The step at which a run ends; t_stop is a time on the clock, also for a run that continues another."""
    t_stop = number("t_stop", t_stop)
    if t_stop <= t_start + 0.5 * dt:
        clock = ", the time that `start` has reached (t_stop is a time, not a duration)" if t_start else ""
        raise ValueError(f"t_stop: must be > {t_start:g} ms{clock}, got {t_stop:g}")
    if not math.isfinite(t_stop / dt) or t_stop / dt > 2**53:
        raise ValueError(f"t_stop: must be at most 2**53 steps of dt = {dt:g} ms, got {t_stop:g}")
    return steps("t_stop", t_stop, dt)
