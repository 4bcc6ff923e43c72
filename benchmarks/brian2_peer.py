"""The networks in Brian2, written by hand, as a C++ standalone program."""

from __future__ import annotations

import resource
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from .networks import Network


class Brian2Standalone:
    """Builds a network once per duration; `cpu(t_stop)` runs the program and returns its user CPU seconds."""

    name = "Brian2 C++ standalone"

    def __init__(self, network: Network, durations: tuple[float, ...]):
        self.place = tempfile.TemporaryDirectory(prefix="brian2-")  # goes with this object
        self.folders = {t: Path(self.place.name, str(number)) for number, t in enumerate(durations)}
        self.build_seconds = 0.0
        for t, folder in self.folders.items():
            before = _children()
            self._build(network, t, folder)
            self.build_seconds += _children() - before

    @staticmethod
    def _build(network: Network, t_stop: float, folder: Path) -> None:
        import brian2 as b2

        b2.device.reinit()
        b2.device.activate()
        b2.set_device("cpp_standalone", build_on_run=False, directory=str(folder))
        b2.prefs.codegen.cpp.extra_compile_args_gcc = ["-O3", "-march=native", "-ffast-math", "-std=c++11"]
        b2.defaultclock.dt = 0.1 * b2.ms
        objects = network_in_brian2(b2, network)
        b2.Network(*objects).run(t_stop * b2.ms)
        b2.device.build(directory=str(folder), compile=True, run=False, debug=False)

    def cpu(self, t_stop: float) -> float:
        before = _children()
        subprocess.run(["./main"], cwd=self.folders[t_stop], check=True, capture_output=True)
        return _children() - before

    def spikes(self, t_stop: float) -> tuple[np.ndarray, np.ndarray]:
        """(times in ms, ids) of the last run."""
        results = self.folders[t_stop] / "results"
        (t,), (i,) = (list(results.glob(f"_dynamic_array_spikemonitor*_{name}_*")) for name in ("t", "i"))
        return np.fromfile(t, dtype=np.float64) * 1e3, np.fromfile(i, dtype=np.int32)


def network_in_brian2(b2, network: Network) -> list:
    """LIF neurons with up to two exponential currents, in Brian2's own equations."""
    model = network.population.model
    parameters = {
        "tau_m": model.tau_m * b2.ms, "R_m": model.R_m * b2.Gohm, "E_L": model.E_L * b2.mV, "pA": b2.pA,
        "v_th": model.v_th * b2.mV, "v_reset": model.v_reset * b2.mV,
    }  # fmt: skip
    receptors = list(network.population.receptors)
    parameters |= {f"tau_{r}": network.population.receptors[r].tau_syn * b2.ms for r in receptors}
    currents = " + ".join(["I_ext", *(f"g_{r}" for r in receptors)])
    equations = (
        f"dv/dt = (E_L - v + R_m*({currents}))/tau_m : volt (unless refractory)\nI_ext : amp (constant)\n"
    )
    equations += "".join(f"dg_{r}/dt = -g_{r}/tau_{r} : amp\n" for r in receptors)
    group = b2.NeuronGroup(
        network.population.n, equations, threshold="v >= v_th", reset="v = v_reset", method="exact",
        refractory=(model.t_ref + 0.1) * b2.ms, namespace=parameters,
    )  # fmt: skip
    group.v, group.I_ext = network.v0 * b2.mV, network.I * b2.pA
    objects = [group, b2.SpikeMonitor(group)]
    for index, projection in enumerate(network.projections):
        graph = projection.draw(1, index)
        offset = projection.pre.start
        synapses = b2.Synapses(
            group, group, on_pre=f"g_{projection.receptor}_post += {projection.w}*pA", namespace=parameters
        )
        synapses.connect(i=graph.pre + offset, j=graph.post)
        synapses.delay = projection.delay * b2.ms
        objects.append(synapses)
    return objects


def _children() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
