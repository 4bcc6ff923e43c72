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

from .arguments import number

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

    Raises ValueError for a time < 0 and what is not finite, TypeError for what is no number and no such model.

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

    Raises ValueError for what is not finite, TypeError for what is no number and no such model.

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
    simulation with the exact method shows, to the spike. Raises ValueError for dt <= 0 and what is not finite,
    TypeError for what is no number and no such model.

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

    Raises ValueError for what is not finite, TypeError for what is no number and no such model.
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

    Raises TypeError for a model without these parameters.
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

    Raises ValueError for T <= 0 and what is not finite, TypeError for what is no number and no such model.
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

    Raises TypeError for a model without tau_m.
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

    Raises TypeError for a model without tau_m.
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


# ---------------------------------------------------------------- one spike: the postsynaptic potential
# tau_m dv/dt = -(v - E_L) + R_m I(t), with I(t) the current of one spike at t = 0


def psp(t: ArrayLike, w: ArrayLike, synapse: Any, lif: Any) -> Any:
    """The deflection of v in mV, `t` ms after one spike of weight `w` (pA) on a resting membrane.

        ExpCurrent:    R_m w t/tau_m exp(-t/tau_m) exprel(-k t),   k = 1/tau_syn - 1/tau_m
        AlphaCurrent:  R_m w e t^2/(tau_syn tau_m) exp(-t/tau_m) (1 - (1 + k t) exp(-k t))/(k t)^2

    These forms hold for equal time constants too, where k = 0.

    Parameters
    ----------
    t : float or array
        Time in ms since the spike arrived, >= 0.
    w : float or array
        Peak of the synaptic current in pA; broadcasts with t.
    synapse : ExpCurrent or AlphaCurrent
    lif : LIF
        The model (tau_m, R_m).

    Raises TypeError for another synapse, what is no number and no such model, ValueError for a time < 0 and what is
    not finite. Rotter & Diesmann (1999), https://doi.org/10.1007/s004220050570.

    >>> import snnlab as snn
    >>> psp([0.0, 5.0, 20.0], 100.0, snn.ExpCurrent(tau_syn=5.0), snn.LIF(tau_m=20.0)).round(3)
    array([0.   , 1.37 , 1.165])
    """
    alpha = _is_alpha("psp", synapse)
    tau_m, R_m = _parameters("psp", lif, "tau_m", "R_m")
    (tau,) = _parameters("psp", synapse, "tau_syn")
    t, w = _finite("psp.t", t), _finite("psp.w", w)
    _require("psp.t", t, np.greater_equal(t, 0), ">= 0 ms")
    z = t * (1.0 / tau - 1.0 / tau_m)
    if alpha:
        return _plain(R_m * w * math.e * t**2 / (tau * tau_m) * np.exp(-t / tau_m) * _second_exprel(z))
    small = np.where(z == 0, 1.0, z)
    return _plain(R_m * w * t / tau_m * np.exp(-t / tau_m) * np.where(z == 0, 1.0, -np.expm1(-small) / small))


def _second_exprel(z: Any) -> Any:
    """(1 - (1 + z) exp(-z))/z^2, by its series where the difference would cancel."""
    near = np.abs(z) < 0.1
    x = np.where(near, 1.0, z)
    series = sum((-z) ** (n - 2) * (n - 1) / math.factorial(n) for n in range(2, 16))
    return np.where(near, series, (-np.expm1(-x) - x * np.exp(-x)) / x**2)


def psp_peak(w: float, synapse: Any, lif: Any) -> tuple[float, float]:
    """(time in ms, height in mV) of the peak of `psp`.

        ExpCurrent:    t = tau_m ln(q)/(q - 1),  q = tau_m/tau_syn;  t = tau_m where q = 1
        AlphaCurrent:  where the potential meets R_m times the current, between 2 tau_syn and 2 tau_m

    The second has no form in elementary functions, and is found by bisection. The height is in proportion to w, and
    negative for a negative one. Raises TypeError for another synapse, a w that is no number and no such model, ValueError
    for a w that is not finite.

    Rotter & Diesmann (1999), https://doi.org/10.1007/s004220050570.

    >>> import snnlab as snn
    >>> [round(x, 3) for x in psp_peak(100.0, snn.ExpCurrent(tau_syn=5.0), snn.LIF(tau_m=20.0))]
    [9.242, 1.575]
    """
    alpha = _is_alpha("psp_peak", synapse)
    tau_m, R_m = map(float, _parameters("psp_peak", lif, "tau_m", "R_m"))
    (tau,) = map(float, _parameters("psp_peak", synapse, "tau_syn"))
    w = number("psp_peak.w", w)
    if alpha:
        from scipy.optimize import brentq

        ends = 2.0 * min(tau, tau_m) * (1 - 1e-3), 2.0 * max(tau, tau_m) * (1 + 1e-3)
        slope = lambda t: R_m * t / tau * math.exp(1.0 - t / tau) - psp(t, 1.0, synapse, lif)  # noqa: E731
        t = brentq(slope, *ends, xtol=1e-13, rtol=1e-14)
    else:
        log = math.log(tau_m / tau)
        t = tau_m * (log / math.expm1(log) if log else 1.0)
    return t, psp(t, w, synapse, lif)


def _is_alpha(function: str, synapse: Any) -> bool:
    from .synapses import AlphaCurrent, ExpCurrent

    if not isinstance(synapse, AlphaCurrent | ExpCurrent):
        raise TypeError(f"{function}.synapse: must be an ExpCurrent or an AlphaCurrent, got {synapse!r}")
    return isinstance(synapse, AlphaCurrent)


# ---------------------------------------------------------------- many spikes


def campbell(rate: ArrayLike, w: ArrayLike, tau: ArrayLike, dt: float | None = None) -> tuple[Any, Any]:
    """(mean, standard deviation) of what jumps by `w` with each spike of a Poisson process and decays with `tau`.

        mean = w rate tau,                       sd = w sqrt(rate tau/2)
        mean = w rate dt/(1 - exp(-dt/tau)),     sd = w sqrt(rate dt/(1 - exp(-2 dt/tau)))   on a grid of dt

    It is the conductance or current of an exponential synapse, or v above rest with `Delta` synapses and no threshold.
    The second line is a simulation's, just after the arrivals of a step.

    Parameters
    ----------
    rate : float or array
        Rate of all spikes together in Hz, >= 0.
    w : float or array
        Size of a jump; mean and deviation are in its unit.
    tau : float or array
        Decay time in ms, > 0.
    dt : float, optional
        Step in ms, > 0; default: continuous time.

    Raises ValueError for a rate < 0, a tau or dt <= 0 and what is not finite, TypeError for what is no number.
    Campbell's theorem (1909); Neuronal Dynamics (2014), sec. 8.2, https://doi.org/10.1017/CBO9781107447615.

    >>> [round(x, 3) for x in campbell(8000.0, 0.1, 20.0, dt=0.1)], [round(x, 3) for x in campbell(8000.0, 0.1, 20.0)]
    ([16.04, 0.897], [16.0, 0.894])
    """
    rate, w, tau = _finite("campbell.rate", rate), _finite("campbell.w", w), _finite("campbell.tau", tau)
    _require("campbell.rate", rate, np.greater_equal(rate, 0), ">= 0 Hz")
    _require("campbell.tau", tau, np.greater(tau, 0), "> 0 ms")
    per_ms = rate / 1000.0
    if dt is None:
        return _plain(w * per_ms * tau), _plain(np.abs(w) * np.sqrt(per_ms * tau / 2.0))
    step = _step("campbell.dt", dt)
    mean = w * per_ms * step / -np.expm1(-step / tau)
    return _plain(mean), _plain(np.abs(w) * np.sqrt(per_ms * step / -np.expm1(-2.0 * step / tau)))


def siegert(mean: ArrayLike, sd: ArrayLike, lif: Any, dt: float | None = None) -> Any:
    """Rate in Hz of a LIF neuron whose input is white noise: the diffusion limit of many small, fast inputs.

        1/rate = t_ref + tau_m sqrt(pi) * integral of exp(u^2) (1 + erf u) du,
        u from (v_reset - mean)/(sqrt(2) sd) to (v_th - mean)/(sqrt(2) sd)

    A simulation looks at v once in a step, and misses crossings in between: its threshold is higher, in effect, by
    0.5826 sqrt(2 dt/tau_m) sd, where 0.5826 = -zeta(1/2)/sqrt(2 pi). With `dt` the rate is corrected for that.

    Parameters
    ----------
    mean, sd : float or array
        Mean and standard deviation of v in mV, as they would be without threshold; sd > 0. Of Poisson input through
        `Delta` synapses: E_L + R_m I plus the mean of `campbell`, and its sd.
    lif : LIF
        The model (tau_m, v_th, v_reset, t_ref).
    dt : float, optional
        Step of the simulation in ms, > 0; default: continuous time.

    Raises ValueError for sd or dt <= 0 and what is not finite, TypeError for what is no number and no such model.
    Siegert (1951), https://doi.org/10.1103/PhysRev.81.617; Brunel (2000), https://doi.org/10.1023/A:1008925309027; the
    shift of the threshold: Broadie, Glasserman & Kou (1997), https://doi.org/10.1111/1467-9965.00035.

    >>> import snnlab as snn
    >>> lif = snn.LIF(tau_m=20.0, v_th=-50.0, v_reset=-60.0, t_ref=2.0)
    >>> [round(siegert(-52.0, 2.0, lif, dt), 2) for dt in (None, 0.1)]
    [11.78, 11.23]
    """
    from scipy.integrate import quad
    from scipy.special import erfcx

    tau_m, v_th, v_reset, t_ref = _parameters("siegert", lif, "tau_m", "v_th", "v_reset", "t_ref")
    mean, sd = _finite("siegert.mean", mean), _finite("siegert.sd", sd)
    _require("siegert.sd", sd, np.greater(sd, 0), "> 0 mV")
    if dt is not None:
        v_th = v_th + 0.5826 * np.sqrt(2.0 * _step("siegert.dt", dt) / tau_m) * sd

    def rate(low: float, high: float, tau: float, hold: float) -> float:
        if high > 26.0:  # exp(u^2) is beyond the largest number: less than a spike in the age of the universe
            return 0.0
        area, _ = quad(lambda u: erfcx(-u), low, high, epsabs=0.0, epsrel=1e-10, limit=500)
        return 1000.0 / (hold + tau * math.sqrt(math.pi) * area)

    scale = math.sqrt(2.0) * sd
    return _plain(
        np.vectorize(rate, otypes=[float])((v_reset - mean) / scale, (v_th - mean) / scale, tau_m, t_ref)
    )


def dead_time(rate: ArrayLike, d: ArrayLike, dt: float | None = None) -> tuple[Any, Any]:
    """(rate in Hz, coefficient of variation of the intervals) of a Poisson process with dead time.

        rate/(1 + rate d),                 1/(1 + rate d)
        1/(d + dt/p),                      dt sqrt(1 - p)/(d p + dt),   p = 1 - exp(-rate dt)   on a grid of dt

    Parameters
    ----------
    rate : float or array
        Rate in Hz outside the dead time, > 0.
    d : float or array
        Dead time after each spike in ms, >= 0.
    dt : float, optional
        Step in ms, > 0, of a generator that draws at most one spike per step; default: continuous time.

    Raises ValueError for a rate or dt <= 0, a dead time < 0 and what is not finite, TypeError for what is no number.
    Deger, Helias, Boucsein & Rotter (2012), https://doi.org/10.1007/s10827-011-0362-8.

    >>> [round(x, 4) for x in dead_time(100.0, 3.0)], [round(x, 3) for x in dead_time(100.0, 3.0, dt=0.1)]
    ([76.9231, 0.7692], [76.628, 0.766])
    """
    rate, d = _finite("dead_time.rate", rate), _finite("dead_time.d", d)
    _require("dead_time.rate", rate, np.greater(rate, 0), "> 0 Hz")
    _require("dead_time.d", d, np.greater_equal(d, 0), ">= 0 ms")
    per_ms = rate / 1000.0
    if dt is None:
        return _plain(rate / (1.0 + per_ms * d)), _plain(1.0 / (1.0 + per_ms * d))
    step = _step("dead_time.dt", dt)
    p = -np.expm1(-per_ms * step)
    return _plain(1000.0 / (d + step / p)), _plain(step * np.sqrt(1.0 - p) / (d * p + step))


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
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name}: must be a number or an array of numbers, got {value!r}") from None
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: must be finite, got {array[~np.isfinite(array)][0]}")
    return array


def _step(name: str, dt: Any) -> float:
    step = number(name, dt)
    if step <= 0:
        raise ValueError(f"{name}: must be > 0 ms, got {step}")
    return step


def _require(name: str, value: NDArray[np.float64], holds: Any, allowed: str) -> None:
    if not np.all(holds):
        raise ValueError(f"{name}: must be {allowed}, got {value[~np.asarray(holds)].flat[0]:g}")


def _plain(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value
