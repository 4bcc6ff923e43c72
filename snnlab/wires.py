"""A drawn graph as a kernel reads it: synapses sorted by delay, then by pre neuron, in compressed rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .connectivity import stable_order
from .grid import steps_array
from .network import Projection, View, as_view
from .plasticity import Plasticity
from .sources import PoissonSource
from .spikes import SpikeTrains
from .storage import ARRIVALS, bit_planes, storage_of


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
    # of a plastic projection: its rule's traces, and the synapses of each post neuron
    traces: dict[str, np.ndarray] = field(
        default_factory=dict
    )  # pre: (classes * n_pre,); post: (n of population,)
    fades: np.ndarray = field(default_factory=lambda: np.zeros(0))  # decay of each trace per step
    reverse: tuple[
        np.ndarray, ...
    ] = ()  # (start per post neuron, synapse, row c * n_pre + i of its pre trace)
    record: tuple[int, np.ndarray] | None = None  # interval of w in steps, and where it goes (rows, synapses)

    @property
    def replayed(self) -> bool:
        """True when the spikes come from outside all populations: given ones, or a Poisson source's."""
        pre = self.projection.pre
        return isinstance(pre, SpikeTrains) or isinstance(as_view(pre).parent, PoissonSource)

    @property
    def rule(self) -> Plasticity | None:
        return self.projection.plasticity

    def drawn_order(self) -> np.ndarray:
        """The place of each synapse among the drawn pairs."""
        return np.arange(self.targets.size) if self.order is None else self.order

    def weights(self) -> np.ndarray:
        """The weights now, in the order of `projection.draw()`."""
        w = np.empty(self.targets.size)
        w[self.drawn_order()] = self.w
        return w


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
    sizes = {"pre": wires.delays.size * wires.projection.pre.n, "post": n_post}
    wires.traces = {name: np.zeros(sizes[side]) for name, (side, _, _) in rule.traces.items()}
    wires.fades = np.array([np.exp(-dt / getattr(rule, tau)) for _, tau, _ in rule.traces.values()])
    by_post = stable_order(wires.targets, n_post)
    start = np.concatenate([[0], np.cumsum(np.bincount(wires.targets, minlength=n_post))])
    wires.reverse = (start, by_post, rows[by_post])
