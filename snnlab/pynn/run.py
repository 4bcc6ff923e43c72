"""Running a PyNN script here or elsewhere, and bringing its spikes and traces back in our units."""

from __future__ import annotations

import importlib
import os
import sysconfig
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ..grid import grid_time
from ..network import Population, as_view
from ..recording import Traces, _Columns
from ..run_data import Cells, Run
from ..spikes import SpikeTrains

_HEADER = '''\
"""A network of spiking neurons, written by snnlab for PyNN.

    python network.py nest
    mpirun -n 4 python network.py neuron
"""

import importlib
import pathlib
import sys

import numpy as np

here, name = pathlib.Path(__file__).parent, sys.argv[1]
sim = importlib.import_module(f"pyNN.{name}")
setup = {"spike_precision": "on_grid"} if name == "nest" else {}
data = np.load(here / "network.npz")

'''
_FOOTER = """
for population in populations:
    label = population.label.replace(" ", "_")
    population.write_data(str(here / f"{label}_{name}.pkl"), gather=True)
sim.end()
"""


class PyNNNetwork:
    """A network as a PyNN script: `source` is its text, `data` the arrays that it reads, `run()` runs it.

    `seed` is the seed from which snnlab drew the graph and the initial state. After a run `populations` holds PyNN's own populations, and `traces` what was recorded, both by our population.
    """

    def __init__(self, run: Run, source: str, data: dict[str, Any], cells: list[str], variables: list[dict]):
        self.source, self.data, self.seed = source, data, run.seed
        self._run, self._cells, self._variables = run, cells, variables
        self.populations: dict[Population, Any] = {}
        self.traces: dict[Population, Traces] = {}

    def run(self, sim: str | ModuleType = "nest", **setup: Any) -> dict[Population, SpikeTrains]:
        """Run the script on a simulator of PyNN. Returns {population: SpikeTrains}, stamped by snnlab's convention.

        `sim` is "nest", "neuron", or such a module (pyNN.nest); `setup` goes to its `setup`, for example threads=2.
        Under MPI every rank calls this and gets all spikes. `traces[population]["v"]` has what was recorded.
        pyNN.neuron compiles its mechanisms when it is first imported, which takes half a minute, a C++ compiler and
        make; import it once before ranks of MPI do so at the same time.

        Raises ImportError without PyNN or the simulator, and ValueError for what is not a simulator of PyNN or lacks
        a cell of this network, and on NEURON for a v_peak of EIF or AdEx that its method cannot reach.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NEST deprecates what PyNN calls
            simulator = _simulator(sim)
            self._check_cells(simulator)
            self._execute(simulator, setup)
            spikes = {}
            for p, cells in enumerate(self._run.cells):
                population = self.populations[cells.population]
                spikes[cells.population] = self._spikes(cells, population, simulator)
                self.traces[cells.population] = self._traces(p, cells, population, simulator)
        return spikes

    def save(self, folder: str | Path) -> Path:
        """Write network.py and network.npz into a folder, which is made; returns the path of the script.

        The script needs PyNN and a simulator, and not snnlab. It leaves one file per population, in PyNN's units:
        `NAME_nest.pkl`, a pickled block of Neo.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(folder / "network.npz", **self.data)
        script = folder / "network.py"
        script.write_text(_HEADER + self.source + _FOOTER, encoding="utf-8")
        return script

    def __repr__(self) -> str:
        return self.source

    def _check_cells(self, simulator: ModuleType) -> None:
        for entry, cell in zip(self._run.cells, self._cells, strict=True):
            found = getattr(simulator, cell, None)
            if found is None or "ModelNotAvailable" in {base.__name__ for base in found.__mro__[1:]}:
                raise ValueError(f"to_pynn: {simulator.__name__} has no {cell}, which {entry.name} needs")
            if simulator.__name__ == "pyNN.neuron" and "Delta_T" in entry.parameters:
                _check_upstroke(entry, self._run.dt)

    def _execute(self, simulator: ModuleType, setup: dict[str, Any]) -> None:
        if simulator.__name__ == "pyNN.nest":
            setup = {"spike_precision": "on_grid", **setup}
        namespace: dict[str, Any] = {
            "sim": simulator, "np": np, "data": self.data, "setup": setup
        }  # fmt: skip
        exec(compile(self.source, "<to_pynn>", "exec"), namespace)
        theirs = namespace["populations"]
        self.populations = {c.population: p for c, p in zip(self._run.cells, theirs, strict=True)}
        self.traces = {}

    def _spikes(self, cells: Cells, population: Any, simulator: ModuleType) -> SpikeTrains:
        dt, t_stop = self._run.dt, float(grid_time(self._run.k_stop, self._run.dt))
        trains = population.get_data("spikes", gather=False).segments[-1].spiketrains
        ids = [np.full(len(train), train.annotations["source_index"]) for train in trains]
        t = np.concatenate([np.zeros(0), *(np.asarray(train) for train in trains)])
        i = np.concatenate([np.zeros(0, dtype=int), *ids])
        parts = _gathered((t, i), simulator)
        t, i = (np.concatenate(side) for side in zip(*parts, strict=True))
        steps = np.round(t / dt)
        t = np.where(np.abs(t / dt - steps) < 1e-3, grid_time(steps, dt), t)  # their clocks add up dt
        inside = t <= t_stop
        return SpikeTrains(t[inside], i[inside], cells.n, t_stop)

    def _traces(self, p: int, cells: Cells, population: Any, simulator: ModuleType) -> Traces:
        columns = {}
        signals = population.get_data(gather=False).segments[-1].analogsignals if cells.records else []
        for state, (ids, every) in cells.records.items():
            name, factor = self._variables[p][state]
            local = [s for s in signals if s.name == name]
            parts = _gathered(
                [(np.asarray(s.array_annotations["channel_index"]), np.asarray(s)) for s in local], simulator
            )
            values: dict[int, np.ndarray] = {}
            for part in parts:
                for channels, signal in part:
                    values.update(zip(channels.tolist(), signal.T, strict=True))
            k = np.arange(0, self._run.k_stop, every)
            table = np.column_stack([values[i][: k.size] for i in ids.tolist()]) / factor
            label = cells.system.labels[cells.system.states.index(state)]
            columns[label] = _Columns(np.asarray(grid_time(k, self._run.dt), dtype=float), ids, table)
        return Traces(columns, as_view(cells.population))


def _simulator(sim: str | ModuleType) -> ModuleType:
    """The module of a simulator. nrnivmodl stands beside this Python, which need not be on PATH."""
    if isinstance(sim, ModuleType):
        return sim
    if not isinstance(sim, str) or not sim.isidentifier():
        raise ValueError(f'to_pynn.run: sim must be "nest", "neuron" or a module of PyNN, got {sim!r}')
    importlib.import_module("pyNN")
    path = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), path])
    try:
        return importlib.import_module(f"pyNN.{sim}")
    except ModuleNotFoundError as error:
        if error.name != f"pyNN.{sim}":
            raise
        raise ValueError(
            f'to_pynn.run: sim must be "nest", "neuron" or a module of PyNN, got {sim!r}'
        ) from None
    finally:
        os.environ["PATH"] = path


def _check_upstroke(cells: Cells, dt: float) -> None:
    """NEURON's implicit step, v + dt f/(1 - dt f'), throws v down where f' > 1/dt, and the spike is lost."""
    g = cells.parameters
    top = g["v_T"] + g["Delta_T"] * np.log(g["C_m"] / g["g_L"] / dt)
    if np.any(g["v_peak"] > top):
        raise ValueError(
            f"to_pynn: v_peak of {cells.name} must be at most v_T + Delta_T log(tau_m/dt) = {np.min(top):.1f} mV on "
            "NEURON, whose steps lose a spike above; lower v_peak or take a smaller dt"
        )


def _gathered(part: Any, simulator: ModuleType) -> list:
    """The parts of all ranks, on every rank."""
    if simulator.num_processes() == 1:
        return [part]
    from mpi4py import MPI  # type: ignore[import-not-found]

    return MPI.COMM_WORLD.allgather(part)
