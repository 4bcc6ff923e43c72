"""A drawn graph as a kernel reads it: synapses sorted by delay, then by pre neuron, in compressed rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .connectivity import stable_order
from .grid import steps, steps_array
from .memory import check_rows
from .network import Projection, View, as_view
from .plasticity import Plasticity
from .short_term import ShortTerm
from .sources import PoissonSource
from .spikes import SpikeTrains
from .storage import ARRIVALS, bit_planes, storage_of

LARGEST = 184.0  # exp(184) is 1e80: what a trace in its growing frame is multiplied by, at most


@dataclass
class Wires:
    """The synapses of one projection.

    For delay class c and local pre neuron i, the synapses are s in indptr[c, i] : indptr[c, i + 1], with target
    neuron targets[s] (in the whole post population) and weight w[s] (or w[0] for all). `order[s]` is the place
    of synapse s among the drawn pairs; None when the order is the same.
    """

    projection: Projection
    source: int  # number of the population or of the given spikes
    post: int
    delays: np.ndarray  # (classes,) in steps, ascending
    indptr: np.ndarray  # (classes, n_pre + 1) int64
    targets: np.ndarray  # (synapses,) int32
    w: np.ndarray  # (synapses,) or (1,)
    first: (
        np.ndarray
    )  # [first pre neuron in its population, number of them, first target, arrivals to count, end of targets]
    order: np.ndarray | None
    scalar_weight: bool
    storage: str = "rows"  # see storage.py
    planes: np.ndarray | None = None  # (n_pre + 1, words) uint64
    # of a plastic projection: its rule's traces and states, times exp(t/tau) counted from the last multiple of `renew`;
    # pre: (classes * n_pre,); post: (n of population,); reward: (1,); state: (synapses,)
    traces: dict[str, np.ndarray] = field(default_factory=dict)
    rates: np.ndarray = field(default_factory=lambda: np.zeros(0))  # dt/tau of each time constant, once
    rate_of: dict[str, float] = field(default_factory=dict)  # the same by trace and state
    renew: int = 1
    interval: int = 1  # of the rule's `every`, in steps
    reward: str = ""  # "p0" for a population, "s0" for given spikes
    gives: tuple[int, int] = (0, 0)  # the neurons there whose spikes are rewards
    # (start per post neuron, synapse, row c * n_pre + i of its pre trace)
    reverse: tuple[np.ndarray, ...] = ()
    # by variable: interval in steps, and where it goes (rows, synapses)
    records: dict[str, tuple[int, np.ndarray]] = field(default_factory=dict)
    # of short-term plasticity: its states (classes * n_pre,), and the step of the last arrival
    resources: dict[str, np.ndarray] = field(default_factory=dict)
    before: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def replayed(self) -> bool:
        """True when the spikes come from outside all populations: given ones, or a Poisson source's."""
        pre = self.projection.pre
        return isinstance(pre, SpikeTrains) or isinstance(as_view(pre).parent, PoissonSource)

    @property
    def rule(self) -> Plasticity | None:
        return self.projection.plasticity

    @property
    def short_term(self) -> ShortTerm | None:
        return self.projection.short_term

    @property
    def continuous(self) -> bool:
        return self.projection.synapse.continuous()

    def memory(self) -> dict[str, np.ndarray]:
        """What outlives a run, so that another can go on."""
        kept = {f"trace {name}": x for name, x in self.traces.items()}
        kept |= {f"resource {name}": x for name, x in self.resources.items()}
        kept |= {"before": self.before} if self.resources else {}
        return kept | {"w": self.w} if self.rule is not None else kept

    def frames(self, k: int) -> dict[str, float]:
        """t/tau at step k, counted from the last multiple of `renew`, of each trace and state that decays."""
        return {name: k % self.renew * rate for name, rate in self.rate_of.items()}

    def drawn_order(self) -> np.ndarray:
        """The place of each synapse among the drawn pairs."""
        return np.arange(self.targets.size) if self.order is None else self.order

    def pre_of(self, synapse: int) -> int:
        """The pre neuron of a synapse, as it is counted in its population or spikes."""
        row = int(np.flatnonzero((self.indptr[:, 0] <= synapse) & (synapse < self.indptr[:, -1]))[0])
        return int(self.first[0] + np.searchsorted(self.indptr[row], synapse, side="right") - 1)

    def weights(self) -> np.ndarray:
        """The weights now, in the order of `projection.draw()`."""
        return self.in_drawn_order(self.w)

    def in_drawn_order(self, values: np.ndarray) -> np.ndarray:
        """One value for each synapse, in the order of `projection.draw()`."""
        drawn = np.empty(self.targets.size)
        drawn[self.drawn_order()] = values
        return drawn


def wire(projection: Projection, index: int, source: int, post: int, seed: int, dt: float) -> Wires:
    """Draw a projection and sort it."""
    pre, to, w, delay = projection.draw_parts(seed, index, dt)
    n_pre = projection.pre.n
    targets = to.astype(np.int32)
    targets += as_view(projection.post).start
    order = None
    if np.ndim(delay) == 0 or pre.size == 0:
        steps = np.broadcast_to(
            steps_array("Projection.delay", np.asarray([np.max(delay, initial=0.0)]), dt), (1,)
        )
        delays, rows = steps.copy(), pre
    else:
        delays, classes = _classes(steps_array("Projection.delay", delay, dt))
        rows = classes * n_pre + pre
    check_rows("Projection.pre", n_pre, delays.size)
    if (rows[1:] < rows[:-1]).any():
        order = stable_order(rows, delays.size * n_pre)
        rows, targets = rows[order], targets[order]
        w = w if np.ndim(w) == 0 else np.asarray(w)[order]
    counts = np.bincount(rows, minlength=delays.size * n_pre).reshape(delays.size, n_pre)
    indptr = np.zeros((delays.size, n_pre + 1), dtype=np.int64)
    flat = np.concatenate([[0], np.cumsum(counts.ravel())])
    indptr[:, :-1] = flat[:-1].reshape(delays.size, n_pre)
    indptr[:, -1] = flat[n_pre::n_pre]
    start = projection.pre.start if isinstance(projection.pre, View) else 0
    view = as_view(projection.post)
    made = Wires(
        projection, source, post, delays.astype(np.int64), indptr, targets,
        np.atleast_1d(np.asarray(w, dtype=float)), np.array([start, n_pre, view.start, 0, view.stop]), order, np.ndim(w) == 0,
    )  # fmt: skip
    _store(made, n_pre, view)
    if projection.plasticity is not None:
        _make_plastic(made, projection.plasticity, rows, dt)
    if projection.short_term is not None:
        sizes = np.zeros(delays.size * n_pre)
        made.resources = {name: sizes + x for name, x in projection.short_term.rest().items()}
        made.before = np.zeros(delays.size * n_pre, dtype=np.int64)
    return made


def _store(wires: Wires, n_pre: int, view: View) -> None:
    """Choose how the synapses are stored, and make the bits if they are wanted."""
    synapses = wires.targets.size
    complete = synapses == n_pre * view.n and bool(
        (wires.targets.reshape(n_pre, view.n) == np.arange(view.start, view.stop)).all()
    )
    sizes = (n_pre, view.n, synapses, wires.delays.size)
    wires.storage = storage_of(wires.projection, complete, wires.scalar_weight, sizes)
    if wires.storage == "planes":
        wires.planes = bit_planes(wires.indptr[0], wires.targets, view.start, view.n)
        if wires.planes is None and wires.projection.storage == "planes":
            raise ValueError("Projection.storage: 'planes' holds each pair once, and one stands there twice")
        wires.storage = "rows" if wires.planes is None else "planes"
        wires.first[3] = np.ceil(ARRIVALS * n_pre * view.n / max(synapses, 1))


def _classes(steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The delays that occur, ascending, and for each synapse the place of its own among them (int64)."""
    if steps.max() > max(steps.size, 1_000_000):  # a table would be larger than what it serves
        return np.unique(steps, return_inverse=True)
    found = np.bincount(steps) > 0
    return np.flatnonzero(found), (np.cumsum(found) - 1)[steps]


def _make_plastic(wires: Wires, rule: Plasticity, rows: np.ndarray, dt: float) -> None:
    """A weight of its own for every synapse, the traces at 0, and the way back from post neurons to synapses."""
    wires.scalar_weight = False
    wires.w = np.broadcast_to(wires.w, wires.targets.shape).copy()
    n_post = as_view(wires.projection.post).parent.n
    sizes = {"pre": wires.delays.size * wires.projection.pre.n, "post": n_post, "reward": 1}
    wires.traces = {name: np.zeros(sizes[side]) for name, (side, _, _) in rule.traces.items()}
    wires.traces |= {name: np.zeros(wires.targets.size) for name in rule.state}
    wires.rate_of = {name: dt / getattr(rule, tau) for name, tau in rule.times().items()}
    wires.rates = np.array([dt / getattr(rule, tau) for tau in dict.fromkeys(rule.times().values())])
    wires.renew = max(1, int(LARGEST / wires.rates.max())) if wires.rates.size else 1 << 60
    if "every" in rule.equations:
        wires.interval = steps(f"{type(rule).__name__}.T", rule.T, dt)  # type: ignore[attr-defined]
        if wires.interval < 1:
            raise ValueError(f"{type(rule).__name__}.T: must be >= dt = {dt:g} ms, got {rule.T:g}")  # type: ignore[attr-defined]
    by_post = stable_order(wires.targets, n_post)
    start = np.concatenate([[0], np.cumsum(np.bincount(wires.targets, minlength=n_post))])
    wires.reverse = (start, _small(by_post), _small(rows[by_post]))


def _small(numbers: np.ndarray) -> np.ndarray:
    """As int32 where they fit."""
    return numbers.astype(np.int32) if numbers.size < 2**31 and numbers.max(initial=0) < 2**31 else numbers
