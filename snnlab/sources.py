"""Poisson neurons, and Poisson input to every neuron: drawn step by step inside a run, from its seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .arguments import floats
from .spikes import MAX_NEURONS
from .stimuli import Stimulus
from .units import as_unit

Rate = float | np.ndarray | Callable[[float], Any] | Stimulus


class PoissonSource:
    """n neurons that spike at random, each independently of all else; the `pre` of projections.

    In each step of dt a neuron spikes with probability rate * dt, so that its mean rate is `rate` exactly, and at most
    once. Counts are binomial: their variance is smaller than a Poisson process's by the factor 1 - rate * dt.
    A spike of the step from t to t + dt is stamped t + dt. `rec[source].spikes` has the spikes of a run, `source[a:b]` is a view.

    Parameters
    ----------
    n : int
        Number of neurons, >= 1.
    rate : float, array (n,), function or stimulus
        In Hz, >= 0, and rate * dt <= 1. A function f(t) of t in ms, or a stimulus, is sampled at the start of each
        step and held over it; it gives one rate, or an array (n,).
    name : str, optional
        Key of its random stream (default: its place among the sources of a run).

    Equation: the steps from one spike to the next are geometric, P(k) = p (1 - p)^(k - 1) with p = rate * dt. Only spikes cost time: exponential gaps
    are laid over (step, neuron) one after the other (Devroye 1986, Non-Uniform Random Variate Generation, chapter X.2,
    doi:10.1007/978-1-4613-8643-8); rates that differ between neurons are thinned (Lewis & Shedler 1979,
    doi:10.1002/nav.3800260304). Raises TypeError or ValueError, for a rate of rate * dt > 1 when it is simulated.

    >>> import snnlab as snn
    >>> post = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(5.0)})
    >>> inputs = snn.PoissonSource(1000, rate=15.0)
    >>> p = snn.Projection(inputs, post, snn.all_to_all(), w=1.0, delay=0.1)
    >>> rec = snn.simulate(post, projections=[p], t_stop=1000.0, seed=1)
    >>> bool(14.0 < rec[inputs].spikes.rate().mean() < 16.0)
    True
    """

    def __init__(self, n: int, rate: Any, name: str | None = None):
        self.n = _count("PoissonSource.n", n, MAX_NEURONS)
        self.rate = rate if callable(rate) else _rates("PoissonSource.rate", rate, self.n)
        if isinstance(rate, Stimulus) and (rate.noises or rate.n not in (1, self.n)):
            raise ValueError(
                f"PoissonSource.rate: must be a stimulus without noise for 1 or {self.n} neurons, got {rate!r}"
            )
        if name is not None and not isinstance(name, str):
            raise TypeError(f"PoissonSource.name: must be text or None, got {name!r}")
        self.name = name

    def __getitem__(self, item: slice):
        from .network import slice_of

        return slice_of(self, item)

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        return self.name or f"PoissonSource({self.n})"


class PoissonDrive:
    """Input to every neuron of a population from its own n_sources Poisson processes, all of one weight.

    In each step a neuron gets a Poisson count of arrivals with mean n_sources * rate * dt, and its receptor changes by
    w times the count at the step's end: as with spikes of delay 0. Counts of different neurons and steps are
    independent. Each probability is exact to 2^-32, which is the resolution of the numbers that are drawn. Stands in the list of projections.

    Parameters
    ----------
    target : Population or view
    rate : float or array (n,)
        Of one source, in Hz, >= 0.
    w : float or array (n,)
        The peak of one arrival's current (pA) or conductance (nS, >= 0); for `Delta` the jump (mV), which a refractory
        neuron loses.
    receptor : str, optional
        Name of the receptor of `target`; a population with one receptor needs no naming.
    n_sources : int
        Sources per neuron, >= 1 (default 1).

    Equation: the count is the first k with u < F(k), F being Poisson's cumulative distribution (inversion; Devroye
    1986, chapter III.2, doi:10.1007/978-1-4613-8643-8). Raises TypeError or ValueError; for a mean of more than 1e6 arrivals per step,
    and for a receptor in which arrivals don't add up, when it is simulated.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 100, receptors={"exc": snn.ExpCurrent(5.0)})
    >>> drive = snn.PoissonDrive(pop, rate=8.0, w=20.0, n_sources=1000)
    >>> rec = snn.simulate(pop, projections=[drive], t_stop=100.0, seed=1)
    >>> len(rec.spikes) > 0
    True
    """

    def __init__(self, target: Any, rate: Any, w: Any, receptor: str | None = None, n_sources: int = 1):
        from .network import Population, View, as_view, receptor_of

        if not isinstance(target, Population | View) or not isinstance(as_view(target).parent, Population):
            raise TypeError(f"PoissonDrive.target: must be a Population or a view of one, got {target!r}")
        self.target = target
        self.receptor = receptor_of("PoissonDrive", "target", target, receptor)
        self.synapse = as_view(target).parent.receptors[self.receptor]
        if self.synapse.continuous():
            raise ValueError(
                f"PoissonDrive.receptor: must be one that spikes reach, got {self.receptor} ({type(self.synapse).__name__})"
            )
        self.rate = _rates("PoissonDrive.rate", rate, target.n)
        self.w = _numbers("PoissonDrive.w", w, target.n)
        if as_unit(self.synapse.weight) == as_unit("nS") and np.min(self.w) < 0:
            raise ValueError(f"PoissonDrive.w: must be >= 0 nS, got {np.min(self.w)}")
        self.n_sources = _count("PoissonDrive.n_sources", n_sources)

    def __repr__(self) -> str:
        return f"PoissonDrive({self.target!r}, {self.receptor})"


def _count(where: str, n: Any, most: int = 2**53) -> int:
    if isinstance(n, bool) or not isinstance(n, int | np.integer):
        raise TypeError(f"{where}: must be a whole number, got {n!r}")
    if n < 1:
        raise ValueError(f"{where}: must be >= 1, got {n}")
    if n > most:
        raise ValueError(f"{where}: must be at most {most}, got {n if n < 10**30 else 'more than 10**30'}")
    return int(n)


def _rates(where: str, rate: Any, n: int) -> float | np.ndarray:
    values = _numbers(where, rate, n)
    if np.min(values) < 0:
        raise ValueError(f"{where}: must be >= 0 Hz, got {np.min(values)}")
    return values


def _numbers(where: str, value: Any, n: int) -> float | np.ndarray:
    """A finite number, or an array (n,) that no one else can change."""
    wanted = f"a number or an array ({n},)"
    if isinstance(value, bool | str) or value is None:
        raise TypeError(f"{where}: must be {wanted}, got {value!r}")
    try:
        array = floats(value, copy=True)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{where}: must be {wanted}, got {value!r}") from None
    if array.shape not in ((), (n,)):
        raise ValueError(f"{where}: must be {wanted}, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(
            f"{where}: must be finite, got {array[~np.isfinite(array)][0] if array.ndim else array}"
        )
    array.flags.writeable = False
    return float(array) if array.ndim == 0 else array
