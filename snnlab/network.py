"""Populations, views of them, and projections between them: what a network is, before it is run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from .arguments import floats, number, whole
from .connectivity import PairRule, values_of
from .distributions import Distribution
from .memory import check_synapses
from .model import Neuron, Synapse
from .plasticity import Plasticity
from .rng import check_seed, generator
from .short_term import ShortTerm
from .sources import PoissonSource
from .spikes import MAX_NEURONS, SpikeTrains
from .storage import KINDS
from .units import as_unit


class Population:
    """n neurons of one model, with named receptors.

    Parameters
    ----------
    model : Neuron
        An instance, for example `LIF(tau_m=10.0)`; a parameter that is an array has shape (n,).
    n : int
        Number of neurons, >= 1.
    receptors : dict of str to Synapse
        What projections can target; their currents add up in the neuron's input `I`. Their states are
        recorded as "name.state", for example "exc.g".
    name : str, optional
        Used in messages and as the key of its random streams (default: its position in the network).

    `pop[a:b]` is a view of neurons a to b - 1; views are equal when they show the same neurons of the same
    population. Raises TypeError or ValueError for anything else than the above, and for a receptor whose
    current has another unit than the model's input.

    >>> import snnlab as snn
    >>> net = snn.Population(snn.LIF(), 10, receptors={"exc": snn.ExpCurrent(5.0)}, name="net")
    >>> net[:8]
    net[0:8]
    >>> net[:8] == net[0:8], len(net[8:])
    (True, 2)
    """

    def __init__(
        self, model: Neuron, n: int, receptors: dict[str, Synapse] | None = None, name: str | None = None
    ):
        if isinstance(model, type) and issubclass(model, Neuron):
            raise TypeError(
                f"Population.model: must be a model, got the class {model.__name__}: write {model.__name__}()"
            )
        if not isinstance(model, Neuron):
            raise TypeError(f"Population.model: must be a neuron model such as LIF(), got {model!r}")
        if isinstance(n, bool) or not isinstance(n, int | np.integer):
            raise TypeError(f"Population.n: must be a whole number of neurons, got {n!r}")
        if n < 1:
            raise ValueError(f"Population.n: must be >= 1, got {n}")
        if n > MAX_NEURONS:
            raise ValueError(f"Population.n: must be at most {MAX_NEURONS}, got {n}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"Population.name: must be text or None, got {name!r}")
        for parameter in model.parameters():
            value = getattr(model, parameter)
            if isinstance(value, np.ndarray) and value.size != n:
                raise ValueError(f"Population.n: must be {value.size}, the length of {parameter}, got {n}")
        self.model, self.n, self.name = model, int(n), name
        if receptors is not None and not isinstance(receptors, Mapping):
            raise TypeError(
                f'Population.receptors: must be a dict such as {{"exc": ExpCurrent(5.0)}}, got {receptors!r}'
            )
        self.receptors = dict(receptors or {})
        for receptor, synapse in self.receptors.items():
            _check_receptor(model, receptor, synapse, n)

    def __getitem__(self, item: slice) -> View:
        return slice_of(self, item)

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        return self.name or f"Population({type(self.model).__name__}, {self.n})"

    @property
    def variables(self) -> tuple[str, ...]:
        """All that can be recorded: the states of the model and, qualified, of the receptors."""
        own = tuple(self.model.state)
        return own + tuple(f"{name}.{s}" for name, synapse in self.receptors.items() for s in synapse.state)


def _check_receptor(model: Neuron, name: str, synapse: Any, n: int) -> None:
    where = f"Population.receptors[{name!r}]"
    if not isinstance(name, str) or not name.isidentifier():
        raise TypeError(f"{where}: a receptor's name must be a plain word such as 'exc'")
    if isinstance(synapse, type) and issubclass(synapse, Synapse):
        raise TypeError(
            f"{where}: must be a synapse, got the class {synapse.__name__}: write {synapse.__name__}()"
        )
    if not isinstance(synapse, Synapse):
        raise TypeError(f"{where}: must be a synapse such as ExpCurrent(5.0), got {synapse!r}")
    for state, unit in synapse.neuron_states.items():
        if state not in model.state or as_unit(model.state[state]) != as_unit(unit):
            raise ValueError(
                f"{where}: {type(synapse).__name__} needs a state {state} in {unit}; "
                f"{type(model).__name__} has {model.state}"
            )
    if synapse.state:
        current = _current_unit(synapse)
        if "area_um2" in model.parameters() and current == as_unit("pA"):
            current = as_unit("uA/cm2")  # the engine divides by the area
        if "I" not in model.input or as_unit(model.input["I"]) != current:
            raise ValueError(
                f"{where}: {type(synapse).__name__} makes a current in {_current_unit(synapse)}; {type(model).__name__} takes I in "
                f"{model.input.get('I', 'no unit: it has no input')}"
            )
    for parameter in synapse.parameters():
        value = getattr(synapse, parameter)
        if isinstance(value, np.ndarray) and value.size != n:
            raise ValueError(f"{where}: {parameter} has {value.size} values, the population has {n} neurons")


def _current_unit(synapse: Synapse):
    from .equations import unit_of

    return unit_of(synapse, "current")[0]


@dataclasses.dataclass(frozen=True)
class View:
    """Neurons start to stop - 1 of a population: a contiguous slice, equal and hashed by (parent, start, stop)."""

    parent: Any  # a Population or a PoissonSource
    start: int
    stop: int

    @property
    def n(self) -> int:
        return self.stop - self.start

    @property
    def model(self) -> Neuron:
        return self.parent.model

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        return f"{self.parent}[{self.start}:{self.stop}]"


def slice_of(parent: Population | PoissonSource, item: slice) -> View:
    """parent[a:b]; raises for what is not a contiguous slice with neurons in it."""
    where = f"{type(parent).__name__}[...]"
    if not isinstance(item, slice) or item.step not in (None, 1):
        raise TypeError(f"{where}: take a contiguous slice such as pop[0:10] of {parent}, got {item!r}")
    try:
        start, stop, _ = item.indices(parent.n)
    except TypeError:
        raise TypeError(f"{where}: the ends of a slice must be whole numbers, got {item!r}") from None
    if stop <= start:
        raise ValueError(f"{where}: the slice {item.start}:{item.stop} holds no neuron of {parent.n}")
    return View(parent, start, stop)


def receptor_of(owner: str, side: str, target: Population | View, name: Any) -> str:
    """The receptor that is meant; raises ValueError where that is not clear."""
    population = as_view(target).parent
    known = list(population.receptors)
    if not known:
        raise ValueError(
            f"{owner}.{side}: {population} has no receptor; "
            'give it one: Population(..., receptors={"exc": ExpCurrent(5.0)})'
        )
    if name is None and len(known) > 1:
        raise ValueError(f"{owner}.receptor: must be one of {known}, since {population} has {len(known)}")
    if name is not None and not (isinstance(name, str) and name in known):
        raise ValueError(f"{owner}.receptor: must be one of {known}, got {name!r}")
    return known[0] if name is None else name


def as_view(what: Population | View | PoissonSource) -> View:
    """A population as the view of all its neurons; a view as it is."""
    return what if isinstance(what, View) else View(what, 0, what.n)


@dataclasses.dataclass(frozen=True)
class Graph:
    """A projection as drawn: arrays (n_pairs,) of pre and post ids (local), w, and delay in ms."""

    pre: np.ndarray
    post: np.ndarray
    w: np.ndarray
    delay: np.ndarray

    def __len__(self) -> int:
        return self.pre.size


class Projection:
    """Synapses from one group of neurons, or from given spikes, onto a receptor of another.

    Parameters
    ----------
    pre : Population, PoissonSource, view of one, or SpikeTrains
        Where spikes come from.
    post : Population or view
        Where they go.
    pairs : (pre ids, post ids) or a rule
        Two sequences of equal length, local to `pre` and `post` as given; or `one_to_one()`, `all_to_all()`,
        `random(p)`, `fixed_indegree(k)`, `by_distance(...)`, `from_matrix(m)`. The same pair may occur more than once.
    w : float, array (n_pairs,), matrix (n_pre, n_post) or distribution
        The peak of one spike's current (pA) or conductance (nS, >= 0); for `Delta` the jump (mV). A matrix, dense
        or scipy sparse, holds the weight of pair (i, j) in row i, column j.
    delay : float, array (n_pairs,), matrix (n_pre, n_post) or distribution
        Axonal delay in ms, >= 0, on the grid of dt. A spike at time s changes the receptor at s + delay.
    receptor : str, optional
        Name of the receptor of `post`; a population with one receptor needs no naming.
    plasticity : Plasticity, optional
        A rule that changes w, for example `PairSTDP(w_max=1.0)`; w must begin inside its bounds.
    short_term : ShortTerm, optional
        What scales w from spike to spike without changing it, for example `TsodyksMarkram(U=0.5)`.
    reward : SpikeTrains, Population, PoissonSource or view, optional
        Whose spikes are the rewards of a rule with reward traces, for example of `RewardSTDP()`. They act at once.
    storage : "rows", "dense" or "planes", optional
        How the synapses are kept; chosen from the graph unless given (see `snnlab/storage.py`).

    A projection is never changed by a run. Raises TypeError or ValueError, naming the argument.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 3, receptors={"exc": snn.ExpCurrent(5.0)})
    >>> p = snn.Projection(pop, pop, pairs=snn.random(0.5), w=snn.uniform(1.0, 2.0), delay=0.1)
    >>> graph = p.draw(seed=1)
    >>> len(graph) == graph.w.size <= 9
    True
    """

    def __init__(
        self,
        pre,
        post,
        pairs,
        w,
        delay,
        receptor: str | None = None,
        plasticity: Plasticity | None = None,
        short_term: ShortTerm | None = None,
        *,
        reward: SpikeTrains | Population | PoissonSource | View | None = None,
        storage: str | None = None,
    ):
        if not isinstance(pre, Population | View | SpikeTrains | PoissonSource):
            raise TypeError(
                f"Projection.pre: must be a Population, a PoissonSource, a view of one, or SpikeTrains, got {pre!r}"
            )
        if not isinstance(post, Population | View) or not isinstance(as_view(post).parent, Population):
            raise TypeError(f"Projection.post: must be a Population or a view of one, got {post!r}")
        self.pre, self.post = pre, post
        self.receptor = receptor_of("Projection", "post", post, receptor)
        self.synapse = as_view(post).parent.receptors[self.receptor]
        self.pairs = pairs if isinstance(pairs, PairRule) else self._given_pairs(pairs)
        n_pairs = None if isinstance(self.pairs, PairRule) else self.pairs[0].size
        self.w = _numbers("Projection.w", w, n_pairs, (pre.n, post.n))
        self.delay = _numbers("Projection.delay", delay, n_pairs, (pre.n, post.n))
        self._check_range("Projection.w", self.w, as_unit(self.synapse.weight) == as_unit("nS"), "nS")
        self._check_range("Projection.delay", self.delay, True, "ms")
        if isinstance(plasticity, type) and issubclass(plasticity, Plasticity):
            raise TypeError(
                f"Projection.plasticity: must be a rule, got the class: write {plasticity.__name__}()"
            )
        if plasticity is not None and not isinstance(plasticity, Plasticity):
            raise TypeError(f"Projection.plasticity: must be a rule such as PairSTDP(), got {plasticity!r}")
        self.plasticity = plasticity
        if isinstance(short_term, type) or not (short_term is None or isinstance(short_term, ShortTerm)):
            raise TypeError(
                f"Projection.short_term: must be short-term plasticity such as TsodyksMarkram(), got {short_term!r}"
            )
        self.short_term = short_term
        self.reward = self._checked_reward(reward)
        if self.synapse.continuous():
            self._check_continuous()
        self._check_bounds(self.w)
        if storage is not None and not (isinstance(storage, str) and storage in KINDS):
            raise ValueError(f"Projection.storage: must be one of {KINDS} or None, got {storage!r}")
        self.storage = storage

    def _check_bounds(self, w) -> None:
        """The weights of a plastic projection begin inside its rule's bounds."""
        rule: Any = self.plasticity
        if rule is not None and not isinstance(w, Distribution):
            bad = np.atleast_1d(w)[(np.atleast_1d(w) < rule.w_min) | (np.atleast_1d(w) > rule.w_max)]
            if bad.size:
                raise ValueError(
                    f"Projection.w: must be between w_min = {rule.w_min:g} and w_max = {rule.w_max:g}, got {bad[0]:g}"
                )

    def _checked_reward(self, reward):
        rule: Any = self.plasticity
        reads = rule is not None and any(side == "reward" for side, _, _ in rule.traces.values())
        if reward is not None and not isinstance(reward, SpikeTrains | Population | PoissonSource | View):
            raise TypeError(
                f"Projection.reward: must be SpikeTrains, a Population, a PoissonSource or a view of one, got {reward!r}"
            )
        if reads and reward is None:
            raise ValueError(
                f"Projection.reward: must be given for {rule!r}, whose spikes are rewards (SpikeTrains or a Population)"
            )
        if reward is not None and not reads:
            raise ValueError(f"Projection.reward: must be None, since plasticity = {rule!r} reads no reward")
        return reward

    def _check_continuous(self) -> None:
        """A projection without spikes reads states of its pre neurons at the same moment."""
        kind = type(self.synapse).__name__
        if isinstance(self.pre, SpikeTrains) or not isinstance(as_view(self.pre).parent, Population):
            raise TypeError(
                f"Projection.pre: must be a Population or a view of one for {kind}, got {self.pre!r}"
            )
        for state, unit in self.synapse.neuron_states.items():
            if as_unit(as_view(self.pre).parent.model.state.get(state, "1")) != as_unit(unit):
                raise ValueError(
                    f"Projection.pre: must have a state {state} in {unit} for {kind}, got {as_view(self.pre).parent.model!r}"
                )
        if not (isinstance(self.delay, float) and self.delay == 0.0):
            raise ValueError(
                f"Projection.delay: must be 0.0 for {kind}, which has no spikes, got {self.delay!r}"
            )
        for name in ("plasticity", "short_term"):
            if getattr(self, name) is not None:
                raise ValueError(
                    f"Projection.{name}: must be None for {kind}, which has no spikes, got {getattr(self, name)!r}"
                )

    def _given_pairs(self, pairs) -> tuple[np.ndarray, np.ndarray]:
        try:
            pre, post = pairs
        except (TypeError, ValueError, OverflowError):
            raise TypeError(
                f"Projection.pairs: must be (pre ids, post ids) or a rule such as random(0.1), got {pairs!r}"
            ) from None
        sides = []
        for side, ids, n in (("pre", pre, self.pre.n), ("post", post, self.post.n)):
            array = np.asarray(ids)
            if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
                raise TypeError(
                    f"Projection.pairs: {side} ids must be a sequence of whole numbers, got {ids!r}"
                )
            array = array.astype(np.int64)
            bad = array[(array < 0) | (array >= n)]
            if bad.size:
                raise ValueError(f"Projection.pairs: {side} ids must be between 0 and {n - 1}, got {bad[0]}")
            sides.append(array)
        if sides[0].size != sides[1].size:
            raise ValueError(
                f"Projection.pairs: as many pre ids as post ids are needed, got {sides[0].size} and {sides[1].size}"
            )
        return sides[0], sides[1]

    @staticmethod
    def _check_range(where: str, values, non_negative: bool, unit: str) -> None:
        if not isinstance(values, Distribution) and non_negative and (np.asarray(values) < 0).any():
            raise ValueError(f"{where}: must be >= 0 {unit}, got {np.asarray(values).min()}")

    def draw(self, seed: int, index: int = 0, dt: float = 0.1) -> Graph:
        """The graph that `simulate(..., seed=seed)` uses, when this is projection number `index` of its list.

        Returns a Graph with arrays (n_pairs,): pre, post (local ids), w, delay (ms; drawn delays are moved to the
        grid of dt). Raises ValueError when the rule does not fit the two sides.
        """
        index, dt = whole("Projection.draw.index", index, 0), number("Projection.draw.dt", dt)
        if dt <= 0:
            raise ValueError(f"Projection.draw.dt: must be > 0 ms, got {dt}")
        pre, post, w, delay = self.draw_parts(check_seed(seed), index, dt)
        return Graph(pre, post, np.broadcast_to(w, pre.shape), np.broadcast_to(delay, pre.shape))

    def draw_parts(self, seed: int, index: int, dt: float):
        """(pre, post, w, delay) with w and delay left as one number where they are one number."""
        stream = f"projection {index}"
        if isinstance(self.pairs, PairRule):
            if self.pairs.expected is not None:
                check_synapses(
                    f"Projection.pairs: {self.pairs}", self.pairs.expected(self.pre.n, self.post.n)
                )
            rng = generator(seed, f"{stream} pairs")
            pre, post = self.pairs.draw(rng, self.pre.n, self.post.n)
        else:
            pre, post = self.pairs
        w = self._drawn("Projection.w", self.w, generator, seed, f"{stream} w", (pre, post))
        delay = self._drawn("Projection.delay", self.delay, generator, seed, f"{stream} delay", (pre, post))
        self._check_range("Projection.w", w, as_unit(self.synapse.weight) == as_unit("nS"), "nS")
        self._check_bounds(w)
        if isinstance(self.delay, Distribution) and not self.delay.given:
            delay = np.round(np.maximum(delay, 0.0) / dt) * dt  # a delay rule draws on the grid
        self._check_range("Projection.delay", delay, True, "ms")
        return pre, post, w, delay

    @staticmethod
    def _drawn(where: str, rule, make, seed: int, stream: str, pairs: tuple):
        size = pairs[0].size
        values = rule.draw(make(seed, stream), size, pairs) if isinstance(rule, Distribution) else rule
        if np.ndim(values) == 1 and np.size(values) != size:
            raise ValueError(
                f"{where}: must be one number or one per pair ({size}), got {np.size(values)} values"
            )
        return values

    def __repr__(self) -> str:
        return f"Projection({self.pre!r} -> {self.post!r}, {self.receptor})"


def _numbers(where: str, value, n_pairs: int | None, shape: tuple[int, int]):
    if isinstance(value, Distribution):
        return value
    if hasattr(value, "tocsr"):
        return values_of(where, value, shape)
    if isinstance(value, bool | str) or value is None:
        raise TypeError(
            f"{where}: must be a number, an array of one per pair, or a distribution, got {value!r}"
        )
    try:
        array = floats(value, copy=True)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(
            f"{where}: must be a number, an array of one per pair, or a distribution, got {value!r}"
        ) from None
    if array.ndim == 2:
        return values_of(where, array, shape)
    if array.ndim > 2 or (array.ndim == 1 and n_pairs is not None and array.size != n_pairs):
        raise ValueError(f"{where}: must be one number or one per pair ({n_pairs}), got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(
            f"{where}: must be finite, got {array[~np.isfinite(array)][0] if array.ndim else float(array)}"
        )
    return float(array) if array.ndim == 0 else array
