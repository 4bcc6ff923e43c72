"""Theory: closed forms of what the simulator computes, the dashed lines in plots and the oracle in tests.

Every function takes the model whose parameters it needs, so that theory and simulation can't differ in them:

    rate = snn.theory.lif_rate(I, snn.LIF(tau_m=10.0))

Parameters are read by name; any object that has them will do. Currents are in pA, times in ms, voltages in mV,
rates in Hz. Where an argument may be an array, the result has its shape; a number gives a float.

Sources: Gerstner, Kistler, Naud & Paninski (2014), Neuronal Dynamics, sec. 1.3,
https://doi.org/10.1017/CBO9781107447615; Lapicque (1907), translated by Brunel & van Rossum (2007),
https://doi.org/10.1007/s00422-007-0190-0.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

# ---------------------------------------------------------------- the leaky integrate-and-fire neuron
# tau_m dv/dt = -(v - E_L) + R_m I;   v >= v_th: spike, v <- v_reset, hold for t_ref


def lif_voltage(t: ArrayLike, I: ArrayLike, lif: Any, v0: ArrayLike | None = None) -> Any:
    """Membrane potential in mV at time `t` under constant current: the charging curve, threshold left out.

        v(t) = E_L + R_m I + (v0 - E_L - R_m I) exp(-t / tau_m)

    Parameters
    ----------
    t : float or array
        Time in ms since the current was switched on, >= 0.
    I : float or array
        Current in pA; broadcasts with t.
    lif : LIF
        The model (tau_m, R_m, E_L).
    v0 : float or array, optional
        Potential in mV at t = 0. Default: E_L, rest.

    Neuronal Dynamics (2014), eq. 1.7, https://doi.org/10.1017/CBO9781107447615.

    >>> from types import SimpleNamespace
    >>> lif = SimpleNamespace(tau_m=20.0, R_m=0.1, E_L=-70.0)
    >>> round(lif_voltage(20.0, 150.0, lif), 3)       # after one tau_m: 63 % of the 15 mV
    -60.518
    """
    tau_m, R_m, E_L = _parameters("lif_voltage", lif, "tau_m", "R_m", "E_L")
    t, I = _finite("lif_voltage.t", t), _finite("lif_voltage.I", I)
    _require("lif_voltage.t", t, np.greater_equal(t, 0), ">= 0 ms")
    v0 = E_L if v0 is None else _finite("lif_voltage.v0", v0)
    v_inf = E_L + R_m * I
    return _plain(v_inf + (v0 - v_inf) * np.exp(-t / tau_m))


def lif_time_to_threshold(I: ArrayLike, lif: Any, v0: ArrayLike | None = None) -> Any:
    """Time in ms from `v0` to threshold under constant current; inf if it is never reached.

        T = tau_m ln((R_m I - (v0 - E_L)) / (R_m I - (v_th - E_L)))

    From rest (the default) it is the time of the first spike, 0 if v0 is at or above threshold.

    Parameters
    ----------
    I : float or array
        Current in pA.
    lif : LIF
        The model (tau_m, R_m, E_L, v_th).
    v0 : float or array, optional
        Potential in mV at the start; broadcasts with I. Default: E_L.

    Neuronal Dynamics (2014), sec. 1.3, https://doi.org/10.1017/CBO9781107447615.

    >>> from types import SimpleNamespace
    >>> lif = SimpleNamespace(tau_m=20.0, R_m=0.1, E_L=-70.0, v_th=-50.0)
    >>> lif_time_to_threshold([200.0, 250.0], lif).round(3)
    array([   inf, 32.189])
    """
    tau_m, R_m, E_L, v_th = _parameters("lif_time_to_threshold", lif, "tau_m", "R_m", "E_L", "v_th")
    I = _finite("lif_time_to_threshold.I", I)
    v0 = E_L if v0 is None else _finite("lif_time_to_threshold.v0", v0)
    v_inf = E_L + R_m * I
    with np.errstate(divide="ignore", invalid="ignore"):
        # The same logarithm as above, by log1p: exact also for strong currents, where the ratio is close to 1.
        T = -tau_m * np.log1p(-(v_th - v0) / (v_inf - v0))
    reaches = v_inf > v_th  # at rheobase v only creeps up to threshold
    return _plain(np.where(np.greater_equal(v0, v_th), 0.0, np.where(reaches, T, np.inf)))


def lif_interval(I: ArrayLike, lif: Any, dt: float | None = None) -> Any:
    """Interval between spikes in ms under constant current `I` (pA); inf at or below rheobase.

        interval = t_ref + tau_m ln((R_m I - (v_reset - E_L)) / (R_m I - (v_th - E_L)))

    With `dt` (ms), the interval on a time grid: the first grid time at or after the crossing counts. That is what a
    simulation with the exact method shows, to the spike.

    Neuronal Dynamics (2014), sec. 1.3, https://doi.org/10.1017/CBO9781107447615.

    >>> from types import SimpleNamespace
    >>> lif = SimpleNamespace(tau_m=20.0, R_m=0.1, E_L=-70.0, v_th=-50.0, v_reset=-65.0, t_ref=2.0)
    >>> round(lif_interval(250.0, lif), 3), round(lif_interval(250.0, lif, dt=0.1), 3)
    (29.726, 29.8)
    """
    v_reset, t_ref = _parameters("lif_interval", lif, "v_reset", "t_ref")
    T = lif_time_to_threshold(I, lif, v0=v_reset)
    if dt is not None:
        step = _finite("lif_interval.dt", dt)
        _require("lif_interval.dt", step, np.greater(step, 0), "> 0 ms")
        T = np.ceil(T / step) * step
    return _plain(t_ref + T)


def lif_rate(I: ArrayLike, lif: Any) -> Any:
    """Firing rate in Hz under constant current `I` (pA): the f-I curve, 0 at or below rheobase.

        rate = 1000 / interval

    Neuronal Dynamics (2014), sec. 1.3, https://doi.org/10.1017/CBO9781107447615.

    >>> from types import SimpleNamespace
    >>> lif = SimpleNamespace(tau_m=20.0, R_m=0.1, E_L=-70.0, v_th=-50.0, v_reset=-65.0, t_ref=2.0)
    >>> lif_rate([200.0, 300.0, 600.0], lif).round(1)   # twice the current: not twice the rate
    array([  0. ,  49.2, 119.5])
    """
    with np.errstate(divide="ignore"):  # t_ref = 0 and v_reset >= v_th have no finite rate: inf says so
        return _plain(np.divide(1000.0, lif_interval(I, lif)))


def lif_rheobase(lif: Any) -> float:
    """The rheobase in pA: the largest constant current that never makes the neuron fire, (v_th - E_L) / R_m.

    Neuronal Dynamics (2014), sec. 1.3, https://doi.org/10.1017/CBO9781107447615.

    >>> from types import SimpleNamespace
    >>> lif_rheobase(SimpleNamespace(R_m=0.1, E_L=-70.0, v_th=-50.0))
    200.0
    """
    R_m, E_L, v_th = _parameters("lif_rheobase", lif, "R_m", "E_L", "v_th")
    return _plain((v_th - E_L) / R_m)


def lif_strength_duration(T: ArrayLike, lif: Any) -> Any:
    """The weakest current in pA that brings a resting neuron to threshold in a pulse of `T` ms (T > 0).

        I_th = I_rh / (1 - exp(-T / tau_m)),   I_rh the rheobase

    Lapicque (1907), https://doi.org/10.1007/s00422-007-0190-0.

    >>> from types import SimpleNamespace
    >>> lif = SimpleNamespace(tau_m=20.0, R_m=0.1, E_L=-70.0, v_th=-50.0)
    >>> lif_strength_duration([1.0, 100.0], lif).round(1)
    array([4100.8,  201.4])
    """
    (tau_m,) = _parameters("lif_strength_duration", lif, "tau_m")
    T = _finite("lif_strength_duration.T", T)
    _require("lif_strength_duration.T", T, np.greater(T, 0), "> 0 ms")
    return _plain(lif_rheobase(lif) / -np.expm1(-T / tau_m))


def lif_chronaxie(lif: Any) -> float:
    """The chronaxie in ms: the duration of a pulse that needs twice the rheobase, tau_m ln 2.

    The curve is Lapicque's (1907), https://doi.org/10.1007/s00422-007-0190-0; the word is later.

    >>> from types import SimpleNamespace
    >>> round(lif_chronaxie(SimpleNamespace(tau_m=20.0)), 3)
    13.863
    """
    (tau_m,) = _parameters("lif_chronaxie", lif, "tau_m")
    return _plain(tau_m * math.log(2.0))


def lif_least_energy_duration(lif: Any) -> float:
    """The duration in ms of the threshold pulse that costs the least energy, about 1.256 tau_m.

    A pulse on a resistance costs I_th^2 T. With x = T / tau_m, its derivative vanishes where exp(x) = 1 + 2 x.
    (The least charge, I_th T, is that of the shortest pulse.)

    Follows from Lapicque's curve (1907), https://doi.org/10.1007/s00422-007-0190-0.

    >>> from types import SimpleNamespace
    >>> round(lif_least_energy_duration(SimpleNamespace(tau_m=20.0)), 2)
    25.13
    """
    (tau_m,) = _parameters("lif_least_energy_duration", lif, "tau_m")
    x = 2.0  # to the right of the root the function is convex and rises, so Newton's method can't miss it
    for _ in range(8):
        x -= (math.exp(x) - 1.0 - 2.0 * x) / (math.exp(x) - 2.0)
    return _plain(x * tau_m)


# ---------------------------------------------------------------- arguments


def _parameters(function: str, model: Any, *names: str) -> list[NDArray[np.float64]]:
    missing = [name for name in names if not hasattr(model, name)]
    if missing:
        raise TypeError(
            f"{function}: needs a model with {', '.join(names)}; {type(model).__name__} has no {', '.join(missing)} "
            "(pass the model itself, as in lif_rate(I, snn.LIF()))"
        )
    return [np.asarray(getattr(model, name), dtype=np.float64) for name in names]


def _finite(name: str, value: Any) -> NDArray[np.float64]:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{name}: must be a number or an array of numbers, got {value!r}") from None
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: must be finite, got {array[~np.isfinite(array)][0]}")
    return array


def _require(name: str, value: NDArray[np.float64], holds: Any, allowed: str) -> None:
    if not np.all(holds):
        raise ValueError(f"{name}: must be {allowed}, got {value[~holds][0]:g}")


def _plain(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value
