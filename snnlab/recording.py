"""What a run returns: spikes, traces, and the state from which it can go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arguments import number
from .grid import grid_time
from .network import Graph, Population, Projection, View, as_view
from .sources import PoissonSource
from .spikes import SpikeTrains


@dataclass(frozen=True)
class Record:
    """What to record: a state of a population or view, every so many ms (default: every step), or its "rate".

    `Record(p, "w", every=1000.0)` records the weights of a plastic projection: `rec.traces[p, "w"]`; likewise the
    states of its rule, such as the eligibility "c" of `RewardSTDP`.
    `Record(pop, "rate", every=5.0)` gives the population rate in Hz in bins of 5 ms, `rec.rate(pop)`; it is all that a
    PoissonSource has. Raises TypeError for something else than a population, source, projection or view, ValueError for
    another variable of a source and for a rate without bins; `simulate` raises ValueError for an unknown variable.

    >>> import snnlab as snn
    >>> pop = snn.Population(snn.LIF(), 100, name="pop")
    >>> rec = snn.simulate(pop, I=300.0, t_stop=10.0, record=[snn.Record(pop[:2], "v", every=1.0)])
    >>> rec.traces["v"].shape
    (10, 2)
    """

    what: Population | View | Projection | PoissonSource
    variable: str
    every: float | None = None

    @property
    def of(self) -> View | Projection:
        """The recorded neurons as a view, or the projection."""
        return self.what if isinstance(self.what, Projection) else as_view(self.what)

    def __post_init__(self):
        if not isinstance(self.what, Population | View | Projection | PoissonSource):
            raise TypeError(
                f"Record.what: must be a Population, a PoissonSource, a view of one or a Projection, got {self.what!r}"
            )
        if not isinstance(self.variable, str):
            raise TypeError(f"Record.variable: must be a name such as 'v', got {self.variable!r}")
        if isinstance(getattr(self.of, "parent", None), PoissonSource) and self.variable != "rate":
            raise ValueError(
                f"Record.variable: must be 'rate' for {self.what!r}, which has no states (its spikes are always there: "
                f"rec[source].spikes), got {self.variable!r}"
            )
        if self.every is not None and number("Record.every", self.every) <= 0:
            raise ValueError(f"Record.every: must be > 0 ms, got {self.every!r}")
        if self.variable == "rate" and self.every is None:
            raise ValueError("Record.every: a rate is counted in bins; give their width in ms")


@dataclass(frozen=True, repr=False)
class SavedCells:
    """One population's part of a State."""

    n: int
    x: dict[str, np.ndarray]
    held: np.ndarray
    above: np.ndarray
    last: np.ndarray
    ou: list[np.ndarray]
    spk: np.ndarray
    off: np.ndarray


@dataclass(frozen=True, repr=False)
class SavedSource:
    """One Poisson source's part of a State."""

    n: int
    left: np.ndarray
    number: np.ndarray
    spk: np.ndarray
    off: np.ndarray


@dataclass(frozen=True, repr=False)
class State:
    """Everything that a run needs to go on: `simulate(..., start=rec.final)`. `t` is the clock in ms."""

    k: int  # -1 of a run that Ctrl-C ended before it had brought the arrivals at time 0
    t: float
    dt: float
    seed: int
    cells: tuple[SavedCells, ...]
    # of plastic projections: their arrays, and t/tau in the frame of each trace
    weights: tuple[tuple[dict[str, np.ndarray], dict[str, float]], ...] = ()
    sources: tuple[SavedSource, ...] = ()

    def __repr__(self) -> str:
        return f"State(t={self.t:g} ms, {sum(c.n for c in self.cells)} neurons)"


@dataclass(frozen=True)
class _Columns:
    """One recorded variable: values (n, neurons) of the neurons `ids`, at times t."""

    t: np.ndarray
    ids: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class Weights:
    """A plastic projection's weights, in the order of its draw(): at the end, and over time where recorded."""

    projection: Projection
    final: np.ndarray
    history: dict[str, _Columns]


class NotRecorded(KeyError, ValueError):
    """A name that was not recorded: a KeyError, as of any mapping, whose message is shown without quotes."""

    def __str__(self) -> str:
        return str(self.args[0])


class Traces(Mapping):
    """Recorded traces by name: arrays (n_samples, n_neurons); `keys()` lists what was recorded.

    `traces[projection, "w"]` is the history of a plastic projection's weights, (n_samples, n_synapses).
    """

    def __init__(self, columns: dict[str, _Columns], view: View, weights: tuple[Weights, ...] = ()):
        self._columns: dict[Any, _Columns] = {}
        for entry in weights:
            for name, column in entry.history.items():
                self._columns[entry.projection, name] = column
        for name, c in columns.items():
            inside = (c.ids >= view.start) & (c.ids < view.stop)
            if inside.any():
                values = c.values if inside.all() else c.values[:, inside]
                self._columns[name] = _Columns(c.t, c.ids[inside] - view.start, values)

    def __getitem__(self, name: Any) -> np.ndarray:
        return self._found(name).values

    def _found(self, name: Any) -> _Columns:
        if not isinstance(name, str | tuple) or name not in self._columns:
            known = ", ".join(map(str, self._columns)) or "nothing"
            raise NotRecorded(
                f"rec.traces: {name!r} was not recorded (recorded: {known}); "
                f'ask for it: simulate(..., record=["{name}"])'
            )
        return self._columns[name]

    def __iter__(self):
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def t(self, name: Any) -> np.ndarray:
        """The times of a trace in ms, shape (n_samples,)."""
        return self._found(name).t

    def ids(self, name: str) -> np.ndarray:
        """The neurons of a trace's columns, numbered as in what was asked for: in a view, from its start."""
        return self._found(name).ids


class _Part:
    """What was recorded of one population or view: `.spikes`, `.traces`, `.t`."""

    def __init__(self, view: View, spikes: SpikeTrains, columns: dict[str, _Columns]):
        self.population, self.spikes, self.traces = view.parent, spikes, Traces(columns, view)

    @property
    def t(self) -> np.ndarray:
        """The times of the samples in ms, (n_samples,); raises ValueError where traces have different intervals."""
        if not len(self.traces):
            raise ValueError(
                'rec[pop].t: nothing was recorded but spikes; ask for traces: simulate(..., record=["v"])'
            )
        return _one_grid("rec[pop].t", self.traces, "rec[pop].traces.t(name)")


def _one_grid(where: str, traces: Traces, instead: str) -> np.ndarray:
    """The times of all traces; raises ValueError where they are not the same."""
    first, *others = [traces.t(name) for name in traces]
    if not all(np.array_equal(t, first) for t in others):
        raise ValueError(f"{where}: traces have different intervals; use {instead}")
    return first


class Recording:
    """What `simulate` returns.

    `rec.spikes` (SpikeTrains), `rec.traces[name]` (n_samples, n_neurons) and `rec.t` (n_samples,) with one
    population; `rec[pop]` or `rec[view]` has the same with any number of them (neurons of a view are numbered
    from 0). `rec.final` continues the run, `rec.seed` repeats it, `rec.describe()` says what happened.
    Samples are at t = 0 … t_stop - dt; a spike is stamped with the time of the state that crossed. Raises ValueError for what
    was not simulated or not recorded, and where several populations leave open which one is meant.

    >>> import snnlab as snn
    >>> rec = snn.simulate(snn.LIF(), I=300.0, t_stop=100.0, record=["v"])
    >>> rec.traces["v"].shape, rec.t[:3], len(rec.spikes)
    ((1000, 1), array([0. , 0.1, 0.2]), 4)
    """

    def __init__(
        self,
        populations: list[Population],
        names: list[str],
        methods: list[str],
        spikes: list[SpikeTrains],
        columns: list[dict[str, _Columns]],
        weights: tuple[Weights, ...],
        graphs: Any,
        rates: list[Record],
        final: State,
        dt: float,
        seed: int,
        t_start: float,
        t_stop: float,
        stopped: str,
        sources: tuple[tuple[PoissonSource, Callable[[], SpikeTrains]], ...] = (),
    ):
        self.populations, self.names = tuple(populations), tuple(names)
        self._spikes, self._columns, self._weights = spikes, columns, weights
        self._methods, self._graphs, self._rates = methods, graphs, rates
        self._sources = sources  # their spikes are put together when first asked for
        self.final: State = final
        self.dt: float = dt
        self.seed: int = seed
        self.t_start: float = t_start
        self.t_stop: float = t_stop
        self.stopped: str = stopped  # why the run ended early; "" if it did not

    def __getitem__(self, what: Population | View | PoissonSource) -> _Part:
        if not isinstance(what, Population | View | PoissonSource):
            raise TypeError(f"rec[...]: takes a population or a view of one, got {what!r}")
        view = as_view(what)
        for population, spikes, columns in zip(self.populations, self._spikes, self._columns, strict=True):
            if population is view.parent:
                part = spikes if view.n == population.n else spikes.neurons(view.start, view.stop)
                return _Part(view, part, columns)
        for source, made in self._sources:
            if source is view.parent:
                spikes = made()
                part = spikes if view.n == source.n else spikes.neurons(view.start, view.stop)
                return _Part(view, part, {})
        raise ValueError(f"rec[...]: {what} was not simulated; there are {', '.join(self.names)}")

    def _only(self, attribute: str) -> _Part:
        if len(self.populations) > 1:
            raise ValueError(
                f"rec.{attribute}: there are {len(self.populations)} populations ({', '.join(self.names)}); "
                f"use rec[pop].{attribute}"
            )
        return self[self.populations[0]]

    @property
    def population(self) -> Population:
        return self._only("population").population

    @property
    def spikes(self) -> SpikeTrains:
        return self._only("spikes").spikes

    @property
    def traces(self) -> Traces:
        """Traces by name with one population; the weights of plastic projections with any number."""
        if len(self.populations) > 1 and not any(w.history for w in self._weights):
            self._only("traces")
        several = len(self.populations) > 1
        return Traces({} if several else self._columns[0], as_view(self.populations[0]), self._weights)

    @property
    def weights(self) -> dict[Projection, np.ndarray]:
        """The final weights of each plastic projection, (n_synapses,), in the order of its draw()."""
        return {entry.projection: entry.final for entry in self._weights}

    @property
    def t(self) -> np.ndarray:
        """The times of the samples in ms, (n_samples,), of all traces of neurons, in however many populations.

        Without any, those of the recorded weights; where nothing was recorded but spikes, those of all steps. Raises
        ValueError where traces have different intervals: `rec[pop].t`, `rec.traces.t(name)`.
        """
        shown = [Traces(c, as_view(p)) for c, p in zip(self._columns, self.populations, strict=True) if c]
        if shown:
            times = [_one_grid("rec.t", traces, "rec[pop].traces.t(name)") for traces in shown]
            if not all(np.array_equal(t, times[0]) for t in times):
                raise ValueError("rec.t: populations were recorded at different intervals; use rec[pop].t")
            return times[0]
        if any(entry.history for entry in self._weights):
            weights = Traces({}, as_view(self.populations[0]), self._weights)
            return _one_grid("rec.t", weights, 'rec.traces.t((projection, "w"))')
        first, last = round(self.t_start / self.dt), round(self.t_stop / self.dt)
        return np.asarray(grid_time(np.arange(first, last), self.dt))

    def graph(self, projection: Projection) -> Graph:
        """The graph of a projection as this run drew it. Raises ValueError for one of another run."""
        return self._graphs(projection)

    def rate(self, what: Population | View | PoissonSource) -> tuple[np.ndarray, np.ndarray]:
        """(bin centres in ms, population rate in Hz) of a `Record(what, "rate", every)`, in whole bins from t_start.

        A bin holds the spikes after its left edge, up to its right edge. The bins of a continued run begin where it
        begins; so runs in a row join without a seam, as one long run, if each but the last is a whole number of bins long.
        What is left of a run after its last whole bin is in no bin. Raises TypeError for what is no population, source or
        view, ValueError for a rate that was not asked for.

        >>> import snnlab as snn
        >>> pop = snn.Population(snn.LIF(), 100)
        >>> rec = snn.simulate(pop, I=300.0, t_stop=100.0, record=[snn.Record(pop, "rate", every=50.0)])
        >>> rec.rate(pop)
        (array([25., 75.]), array([40., 40.]))
        """
        if not isinstance(what, Population | View | PoissonSource):
            raise TypeError(f"rec.rate: takes a population, a PoissonSource or a view of one, got {what!r}")
        for item in self._rates:
            if item.every is not None and item.of == as_view(what):
                bins = int((self.t_stop - self.t_start) / item.every + 1e-6)  # whole ones
                edges: np.ndarray = self.t_start + item.every * np.arange(bins + 1)
                # a spike at a bin's right edge belongs to it: simulated spikes lie in (t, t + dt]
                counts = np.diff(np.searchsorted(self[what].spikes.t, edges + 1e-9 * self.dt, side="right"))
                return 0.5 * (edges[:-1] + edges[1:]), counts * 1000.0 / (item.every * len(what))
        raise ValueError(f'rec.rate: ask for it: simulate(..., record=[Record({what!r}, "rate", every=5.0)])')

    def describe(self) -> str:
        """What was run and what came out, in words.

        >>> import snnlab as snn
        >>> print(snn.simulate(snn.LIF(), I=300.0, t_stop=100.0, seed=1).describe())
        0 to 100 ms in steps of 0.1 ms, seed 1.
        population 0: 1 LIF (method exact): 4 spikes, 40.0 Hz per neuron.
        """
        lines = [f"{self.t_start:g} to {self.t_stop:g} ms in steps of {self.dt:g} ms, seed {self.seed}."]
        rows = zip(self.names, self.populations, self._spikes, self._methods, strict=True)
        for name, population, spikes, method in rows:
            model = type(population.model).__name__
            rate = float(spikes.rate().mean())
            lines.append(
                f"{name}: {population.n:,} {model} (method {method}): {len(spikes):,} spikes, {rate:.1f} Hz per neuron."
            )
        for source, made in self._sources:
            spikes = made()
            lines.append(
                f"{source}: {source.n:,} Poisson neurons: {len(spikes):,} spikes, {spikes.rate().mean():.1f} Hz per neuron."
            )
        if self.stopped:
            lines.append(f"Stopped early: {self.stopped}.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Recording({self.t_start:g} to {self.t_stop:g} ms, {sum(map(len, self._spikes))} spikes)"


def columns_of(cells: Any, k_start: int, k_done: int, dt: float) -> dict[str, _Columns]:
    """The recorded traces of one population, cut at step k_done, named as the user names them."""
    made = {}
    for name, (ids, every) in cells.records.items():
        first, stop = -(-k_start // every), -(-k_done // every)
        times = np.asarray(grid_time(np.arange(first, stop) * every, dt))
        label = cells.system.labels[cells.system.states.index(name)]
        made[label] = _Columns(times, ids, cells.out[name][: stop - first])
    return made


def weights_of(wires: Any, k_start: int, k_done: int, dt: float) -> Weights:
    """The weights of one plastic projection, its history cut at step k_done."""
    history = {}
    for name, (every, out) in wires.records.items():
        first, stop = -(-k_start // every), -(-k_done // every)
        times = np.asarray(grid_time(np.arange(first, stop) * every, dt))
        history[name] = _Columns(times, np.arange(wires.targets.size), out[: stop - first])
    return Weights(wires.projection, wires.weights(), history)
