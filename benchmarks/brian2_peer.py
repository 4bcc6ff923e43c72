"""The networks in Brian2, written by hand: one definition each, run as C++ standalone, through Cython, or in NumPy.

Brian2's conventions of time, seen from ours: a spike that we stamp t + dt has the stamp t there; a refractory
period of n steps is n + 1; a spike given at s is handed over one step earlier. With these, networks without noise agree spike for spike.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from .networks import SEED, Network

TARGETS = {"brian2-cpp": "C++ standalone", "brian2-cython": "Cython", "brian2-numpy": "numpy"}


def lif_with_currents(b2, network: Network) -> list:
    """LIF neurons with any number of exponential currents: CUBA, recurrent STDP, uncoupled, one."""
    receptors = network.population.receptors
    names = _lif(b2, network) | {f"tau_{r}": s.tau_syn * b2.ms for r, s in receptors.items()}
    total = " + ".join(["I_ext", *(f"g_{r}" for r in receptors)])
    equations = (
        f"dv/dt = (E_L - v + R_m*({total}))/tau_m : volt (unless refractory)\nI_ext : amp (constant)\n"
    )
    equations += "".join(f"dg_{r}/dt = -g_{r}/tau_{r} : amp\n" for r in receptors)
    group = _group(b2, network, equations, "exact", names)
    group.I_ext = network.I * b2.pA
    return [group, *_synapses(b2, network, group, b2.pA)]


def lif_with_conductances(b2, network: Network) -> list:
    """LIF neurons with exponential conductances: COBA, Song STDP."""
    receptors = network.population.receptors
    names = _lif(b2, network) | _conductances(b2, receptors)
    total = " + ".join(f"g_{r}*(E_{r} - v)" for r in receptors)
    equations = f"dv/dt = (E_L - v + R_m*({total}))/tau_m : volt (unless refractory)\n"
    equations += "".join(f"dg_{r}/dt = -g_{r}/tau_{r} : siemens\n" for r in receptors)
    group = _group(b2, network, equations, "exponential_euler", names)
    source, extra = group, []
    if network.sources is not None:
        n, rate = network.sources
        source = b2.PoissonGroup(n, rates=rate * b2.Hz, name="inputs")
        extra = [source]
    elif network.key == "song":
        trains = network.projections[0].pre
        source = b2.SpikeGeneratorGroup(trains.n, trains.i, (trains.t - network.dt) * b2.ms, name="inputs")
        extra = [source]
    return [group, *extra, *_synapses(b2, network, group, b2.nS, source)]


def hodgkin_huxley(b2, network: Network) -> list:
    """Traub and Miles' equations as in Brette et al. (2007), with exponential conductances: COBAHH."""
    model = network.population.model
    names = _conductances(b2, network.population.receptors) | {
        "C_m": model.C_m * b2.pF, "g_Na": model.g_Na * b2.nS, "g_K": model.g_K * b2.nS, "g_L": model.g_L * b2.nS,
        "E_Na": model.E_Na * b2.mV, "E_K": model.E_K * b2.mV, "E_L": model.E_L * b2.mV, "V_T": model.V_T * b2.mV,
        "v_th": model.v_th * b2.mV,
    }  # fmt: skip
    equations = """
    dv/dt = (g_L*(E_L - v) + g_exc*(E_exc - v) + g_inh*(E_inh - v) - g_Na*(m*m*m)*h*(v - E_Na)
             - g_K*(n*n*n*n)*(v - E_K))/C_m : volt
    dm/dt = alpha_m*(1 - m) - beta_m*m : 1
    dh/dt = alpha_h*(1 - h) - beta_h*h : 1
    dn/dt = alpha_n*(1 - n) - beta_n*n : 1
    alpha_m = 0.32*4/exprel((13*mV - v + V_T)/(4*mV))/ms : Hz
    beta_m = 0.28*5/exprel((v - V_T - 40*mV)/(5*mV))/ms : Hz
    alpha_h = 0.128*exp((17*mV - v + V_T)/(18*mV))/ms : Hz
    beta_h = 4./(1 + exp((40*mV - v + V_T)/(5*mV)))/ms : Hz
    alpha_n = 0.032*5/exprel((15*mV - v + V_T)/(5*mV))/ms : Hz
    beta_n = 0.5*exp((10*mV - v + V_T)/(40*mV))/ms : Hz
    dg_exc/dt = -g_exc/tau_exc : siemens
    dg_inh/dt = -g_inh/tau_inh : siemens
    """
    group = b2.NeuronGroup(
        network.population.n, equations, threshold="v >= v_th", refractory="v >= v_th", method="exponential_euler",
        namespace=names, name="net",
    )  # fmt: skip
    _start(b2, network, group)
    return [group, *_synapses(b2, network, group, b2.nS)]


def lif_with_jumps(b2, network: Network) -> list:
    """LIF neurons whose potential jumps by w unless it is held: Brunel."""
    equations = "dv/dt = (E_L - v + R_m*I_ext)/tau_m : volt (unless refractory)\nI_ext : amp (constant)\n"
    group = _group(b2, network, equations, "exact", _lif(b2, network))
    group.I_ext = network.I * b2.pA
    made = [group]
    for pre, post, w, delay in network.graphs:
        made.append(
            b2.Synapses(
                group, group, on_pre="v_post += w*int(not_refractory_post)", namespace={"w": w * b2.mV}
            )
        )
        made[-1].connect(i=pre, j=post)
        made[-1].delay = delay * b2.ms
    if network.drive is not None:
        drive = network.drive
        made.append(
            b2.PoissonInput(
                group, "v", drive.n_sources, drive.rate * b2.Hz, f"{drive.w}*mV*int(not_refractory)"
            )
        )
    return made


def two_half_steps(b2, network: Network) -> list:
    """The scheme of Izhikevich's program, once per step before thresholds; noise is drawn in it."""
    model = network.population.model
    group = b2.NeuronGroup(
        network.population.n,
        "v : 1\nu : 1\nI : 1\nI_ext : 1 (constant)\na : 1 (constant)\nb : 1 (constant)\nc : 1 (constant)\nd : 1 (constant)\nsigma : 1 (constant)",
        threshold="v >= 30", reset="v = c; u += d", name="net",
    )  # fmt: skip
    for name in "abcd":
        setattr(group, name, getattr(model, name))
    group.sigma = 0.0 if network.sigma is None else network.sigma
    group.I_ext = network.I
    group.v, group.u = network.initial["v"], network.initial["u"]
    half = "v += 0.5*(0.04*v**2 + 5*v + 140 - u + I)\n"
    group.run_regularly(
        f"I = I_ext + sigma*randn()\n{half}{half}u += a*(b*v - u)", dt=network.dt * b2.ms, when="groups"
    )
    made = [group]
    for pre, post, w, delay in network.graphs:
        synapses = b2.Synapses(group, group, "w : 1 (constant)", on_pre="v_post += w")
        synapses.connect(i=pre, j=post)
        synapses.w, synapses.delay = w, delay * b2.ms
        made.append(synapses)
    return made


DEFINITIONS = {
    "cuba": lif_with_currents, "coba": lif_with_conductances, "cobahh": hodgkin_huxley, "brunel": lif_with_jumps,
    "song": lif_with_conductances, "recurrent": lif_with_currents, "uncoupled": lif_with_currents,
    "izhikevich": two_half_steps, "one": lif_with_currents,
}  # fmt: skip


def _lif(b2, network: Network) -> dict[str, Any]:
    model = network.population.model
    return {
        "tau_m": model.tau_m * b2.ms, "R_m": model.R_m * b2.Gohm, "E_L": model.E_L * b2.mV,
        "v_th": model.v_th * b2.mV, "v_reset": model.v_reset * b2.mV,
    }  # fmt: skip


def _conductances(b2, receptors: dict) -> dict[str, Any]:
    taus = {f"tau_{r}": s.tau_syn * b2.ms for r, s in receptors.items()}
    return taus | {f"E_{r}": s.E_rev * b2.mV for r, s in receptors.items()}


def _group(b2, network: Network, equations: str, method: str, names: dict):
    t_ref = network.population.model.t_ref
    refractory = {"refractory": (t_ref + network.dt) * b2.ms} if t_ref else {}
    if not t_ref:
        equations = equations.replace(" (unless refractory)", "")
    group = b2.NeuronGroup(
        network.population.n, equations, threshold="v >= v_th", reset="v = v_reset", method=method, namespace=names,
        name="net", **refractory,
    )  # fmt: skip
    _start(b2, network, group)
    return group


def _start(b2, network: Network, group) -> None:
    """The initial state; our "exc.g" is g_exc there."""
    for state, values in network.initial.items():
        receptor, _, own = state.rpartition(".")
        unit = b2.mV if own == "v" else b2.nS if own == "g" else 1
        setattr(group, f"{own}_{receptor}" if receptor else own, values * unit)


def _synapses(b2, network: Network, group, unit, source=None) -> list:
    made = []
    for projection, (pre, post, w, delay) in zip(network.projections, network.graphs, strict=True):
        target, one_weight = f"g_{projection.receptor}_post", np.ndim(w) == 0
        kind = "amp" if unit is b2.pA else "siemens"
        rule = projection.plasticity
        if rule is not None:
            synapses = _plastic(b2, source or group, group, target, kind, rule, unit)
        elif one_weight:
            synapses = b2.Synapses(source or group, group, on_pre=f"{target} += w", namespace={"w": w * unit})
        else:
            synapses = b2.Synapses(source or group, group, f"w : {kind} (constant)", on_pre=f"{target} += w")
        synapses.connect(i=pre, j=post)
        if rule is not None or not one_weight:
            synapses.w = w * unit
        synapses.delay = delay * b2.ms
        made.append(synapses)
    return made


def _plastic(b2, source, group, target: str, kind: str, rule, unit):
    """All pairs, additive: the old w acts, then it falls by y; a post spike raises it by x."""
    return b2.Synapses(
        source, group,
        f"w : {kind}\ndx/dt = -x/tau_plus : 1 (event-driven)\ndy/dt = -y/tau_minus : 1 (event-driven)",
        on_pre=f"{target} += w\nw = clip(w - A_minus*w_max*y, 0*w_max, w_max)\nx += 1",
        on_post="w = clip(w + A_plus*w_max*x, 0*w_max, w_max)\ny += 1",
        namespace={
            "tau_plus": rule.tau_plus * b2.ms, "tau_minus": rule.tau_minus * b2.ms, "A_plus": rule.A_plus,
            "A_minus": rule.A_minus, "w_max": rule.w_max * unit,
        },
    )  # fmt: skip


class Brian2:
    """One network on one target. `run(t_stop)` gives user CPU seconds, spike times in ms of our clock, and ids."""

    note = ""

    def __init__(self, network: Network, target: str):
        self.network, self.target = network, target
        import brian2 as b2

        self.b2 = b2
        b2.BrianLogger.suppress_name("method_choice")
        if target == "brian2-cpp":
            self.place = tempfile.TemporaryDirectory(prefix="snnlab-brian2-")
            b2.set_device("cpp_standalone", build_on_run=False, directory=self.place.name)
        else:
            b2.prefs.codegen.target = "cython" if target == "brian2-cython" else "numpy"
            if "SNNLAB_BENCHMARK_CACHE" in os.environ:
                b2.prefs.codegen.runtime.cython.cache_dir = os.environ["SNNLAB_BENCHMARK_CACHE"]
        b2.defaultclock.dt = network.dt * b2.ms
        b2.seed(SEED)
        objects = DEFINITIONS[network.key](b2, network)
        self.monitor = b2.SpikeMonitor(objects[0], name="spikes")
        objects.append(self.monitor)
        if network.record:
            objects.append(b2.StateMonitor(objects[0], list(network.record), record=True, name="traces"))
        self.net = b2.Network(*objects)
        if target == "brian2-cpp":
            self._build()
        else:
            self.net.store()

    def _build(self) -> None:
        """Compile one program whose duration is read when it starts, and which times its own loop."""
        b2, folder = self.b2, Path(self.place.name)
        marker = 12345.0
        self.net.run(marker * b2.second)
        b2.device.build(directory=str(folder), compile=False, run=False)
        main = folder / "main.cpp"
        text = main.read_text()
        run = f".run({marker}"
        if text.count(run) != 1:
            raise RuntimeError(f"Brian2.main.cpp: must hold one {run}, got {text.count(run)}")
        line = next(line for line in text.splitlines() if run in line)
        timed = "rusage _a, _b; getrusage(RUSAGE_SELF, &_a);\n" + line.replace(
            run, '.run(atof(getenv("SECONDS"))'
        )
        timed += (
            "\ngetrusage(RUSAGE_SELF, &_b);\n"
            'std::cout << "CPU " << (_b.ru_utime.tv_sec - _a.ru_utime.tv_sec)'
            " + 1e-6*(_b.ru_utime.tv_usec - _a.ru_utime.tv_usec) << std::endl;"
        )
        includes = "#include <sys/resource.h>\n#include <cstdlib>\n#include <iostream>\n"
        main.write_text(includes + text.replace(line, timed))
        subprocess.run(
            ["make", *b2.prefs.devices.cpp_standalone.extra_make_args_unix], cwd=folder, check=True, capture_output=True
        )  # fmt: skip

    def run(self, t_stop: float) -> tuple[float, np.ndarray, np.ndarray]:
        from .worker import user_cpu

        if self.target == "brian2-cpp":
            return self._run_program(t_stop)
        self.net.restore()
        self.b2.seed(SEED)
        began = user_cpu()
        self.net.run(t_stop * self.b2.ms)
        cpu = user_cpu() - began
        return cpu, self._our_clock(np.asarray(self.monitor.t / self.b2.ms)), np.asarray(self.monitor.i)

    def _run_program(self, t_stop: float) -> tuple[float, np.ndarray, np.ndarray]:
        environment = os.environ | {"SECONDS": repr(t_stop / 1000.0)}
        done = subprocess.run(
            ["./main"], cwd=self.place.name, env=environment, check=True, capture_output=True, text=True
        )
        cpu = float(done.stdout.split("CPU ")[1].split()[0])
        results = Path(self.place.name, "results")
        (t,), (i,) = (list(results.glob(f"_dynamic_array_spikes_{name}_*")) for name in ("t", "i"))
        return cpu, self._our_clock(np.fromfile(t) * 1e3), np.fromfile(i, dtype=np.int32)

    def _our_clock(self, t: np.ndarray) -> np.ndarray:
        return (np.round(t / self.network.dt) + 1) * self.network.dt
