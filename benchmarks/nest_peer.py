"""The networks in NEST (PyNEST, one thread), with the same graphs as arrays.

NEST stamps spikes and counts delays as we do, so that its exact LIF agrees spike for spike. Where its model is
another, `NOTES` says so. A run is a forked child of the process that built the network: NEST itself can't go back.
"""

from __future__ import annotations

import os
import pickle
from typing import Any

import numpy as np

from .networks import SEED, Network

MANY = RECORDED = 20_000
ADAPTIVE = "adaptive solver, other work"
NOTES = {
    "coba": f"{ADAPTIVE}; with rk4 we fire as it does",
    "cobahh": f"{ADAPTIVE}; a spike is the peak, then 2 ms without another",
    "brunel": "a jump is tested in its own step",
    "song": f"{ADAPTIVE}; delays are dendritic",
    "recurrent": "delays are dendritic",
    "uncoupled": "each fiftieth neuron is recorded, for want of memory",
    "izhikevich": "spikes act through both half steps, one step later",
}


def _lif_psc(network: Network) -> tuple[str, dict[str, Any]]:
    receptors = network.population.receptors
    taus = {f"tau_syn_{name[:2]}": receptors[name].tau_syn for name in receptors}
    return "iaf_psc_exp", _lif(network) | taus | {"I_e": network.I}


def _lif_cond(network: Network) -> tuple[str, dict[str, Any]]:
    lif = _lif(network)
    lif["g_L"] = lif["C_m"] / lif.pop("tau_m")
    return "iaf_cond_exp", lif | _conductances(network)


def _traub(network: Network) -> tuple[str, dict[str, Any]]:
    model = network.population.model
    own = {name: getattr(model, name) for name in ("C_m", "g_Na", "g_K", "g_L", "E_Na", "E_K", "E_L", "V_T")}
    return "hh_cond_exp_traub", own | _conductances(network)


def _lif_delta(network: Network) -> tuple[str, dict[str, Any]]:
    return "iaf_psc_delta", _lif(network) | {"I_e": network.I}


def _izhikevich(network: Network) -> tuple[str, dict[str, Any]]:
    model = network.population.model
    own: dict[str, Any] = {name: getattr(model, name) for name in "abcd"}
    return "izhikevich", own | {"consistent_integration": False, "I_e": network.I}


MODELS = {
    "cuba": _lif_psc, "coba": _lif_cond, "cobahh": _traub, "brunel": _lif_delta, "song": _lif_cond,
    "recurrent": _lif_psc, "uncoupled": _lif_psc, "izhikevich": _izhikevich, "one": _lif_psc,
}  # fmt: skip


def _lif(network: Network) -> dict[str, Any]:
    model = network.population.model
    return {
        "C_m": model.tau_m / model.R_m, "tau_m": model.tau_m, "E_L": model.E_L, "V_th": model.v_th,
        "V_reset": model.v_reset, "t_ref": max(model.t_ref, 0.0),
    }  # fmt: skip


def _conductances(network: Network) -> dict[str, Any]:
    receptors = network.population.receptors
    made = {f"tau_syn_{name[:2]}": s.tau_syn for name, s in receptors.items()}
    return made | {f"E_{name[:2]}": s.E_rev for name, s in receptors.items()}


INITIAL = {
    "v": "V_m", "u": "U_m", "m": "Act_m", "h": "Inact_h", "n": "Act_n", "exc.g": "g_ex", "inh.g": "g_in",
}  # fmt: skip


class NEST:
    """`run(t_stop)` gives user CPU seconds, spike times in ms and ids."""

    def __init__(self, network: Network, target: str = "nest"):
        import nest

        self.nest, self.network = nest, network
        self.note = NOTES.get(network.key, "")
        nest.ResetKernel()
        nest.verbosity = nest.VerbosityLevel.ERROR
        nest.SetKernelStatus(
            {"resolution": network.dt, "local_num_threads": 1, "rng_seed": SEED, "print_time": False}
        )
        name, parameters = MODELS[network.key](network)
        if any(p.plasticity is not None for p in network.projections):
            parameters["tau_minus"] = network.projections[0].plasticity.tau_minus
        known = nest.GetDefaults(name)
        parameters |= {INITIAL[s]: values for s, values in network.initial.items() if INITIAL[s] in known}
        self.neurons = self._created(name, parameters)
        for state, values in network.initial.items():
            if INITIAL[state] not in known:
                self._first_spike(state, values)
        self.first = int(self.neurons[0].get("global_id"))
        self.recorder = nest.Create("spike_recorder")
        # a recorder takes 30 kB per neuron that is connected to it: of a million, each fiftieth is recorded
        self.every = max(1, network.population.n // RECORDED)
        nest.Connect(self.neurons[:: self.every] if self.every > 1 else self.neurons, self.recorder)
        self._connect()
        self._drive()

    def _created(self, name: str, parameters: dict[str, Any]):
        """The neurons, some thousand at a time: PyNEST makes a dictionary for each of them."""
        n, made = self.network.population.n, None
        for a in range(0, n, MANY):
            b = min(a + MANY, n)
            part = {p: v[a:b] if isinstance(v, np.ndarray) else v for p, v in parameters.items()}
            created = self.nest.Create(name, b - a, params=_plain(part))
            made = created if made is None else made + created
        return made

    def _first_spike(self, state: str, values: np.ndarray) -> None:
        """A conductance that can't be set arrives as one spike, two steps after the start."""
        dt, sign = self.network.dt, -1.0 if state.startswith("inh") else 1.0
        generator = self.nest.Create("spike_generator", params={"spike_times": [dt]})
        for neuron, value in zip(self.neurons, values, strict=True):
            self.nest.Connect(generator, neuron, syn_spec={"weight": sign * value, "delay": dt})

    def _connect(self) -> None:
        nest = self.nest
        for index, (projection, (pre, post, w, delay)) in enumerate(
            zip(self.network.projections, self.network.graphs, strict=True)
        ):
            first = self._inputs() if self.network.key == "song" else self.first
            sign = -1.0 if projection.receptor == "inh" and np.all(np.asarray(w) > 0) else 1.0
            weights = np.broadcast_to(sign * np.asarray(w, dtype=float), pre.shape)
            model = "static_synapse"
            if projection.plasticity is not None:
                model = f"stdp_{index}"
                nest.CopyModel("stdp_synapse", model, _stdp(projection.plasticity))
            nest.Connect(
                np.asarray(pre) + first, np.asarray(post) + self.first, conn_spec="one_to_one",
                syn_spec={
                    "synapse_model": model, "weight": np.ascontiguousarray(weights),
                    "delay": np.full(pre.size, max(delay, self.network.dt)),
                },
            )  # fmt: skip

    def _inputs(self) -> int:
        """Parrots, through which generators reach plastic synapses one step later; the id of the first."""
        nest, dt = self.nest, self.network.dt
        if self.network.sources is not None:
            n, rate = self.network.sources
            generators = nest.Create("poisson_generator", params={"rate": rate})
            parrots = nest.Create("parrot_neuron", n)
            nest.Connect(generators, parrots, syn_spec={"delay": dt})
        else:
            trains = self.network.projections[0].pre
            order = np.lexsort((trains.t, trains.i))
            times = np.split(trains.t[order] - dt, np.cumsum(np.bincount(trains.i, minlength=trains.n))[:-1])
            generators = nest.Create(
                "spike_generator", trains.n, params=[{"spike_times": np.round(t, 6)} for t in times]
            )
            parrots = nest.Create("parrot_neuron", trains.n)
            nest.Connect(generators, parrots, "one_to_one", {"delay": dt})
        return int(parrots[0].get("global_id"))

    def _drive(self) -> None:
        nest, network = self.nest, self.network
        if network.drive is not None:
            drive = network.drive
            generator = nest.Create("poisson_generator", params={"rate": drive.rate * drive.n_sources})
            nest.Connect(generator, self.neurons, syn_spec={"weight": drive.w, "delay": network.dt})
        if network.sigma is not None:
            for sigma in np.unique(network.sigma):
                noise = nest.Create("noise_generator", params={"std": float(sigma), "dt": network.dt})
                nest.Connect(
                    noise, self.neurons[np.flatnonzero(network.sigma == sigma).tolist()],
                    syn_spec={"delay": network.dt},
                )  # fmt: skip
        if network.record:
            meter = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": network.dt})
            nest.Connect(meter, self.neurons)

    def run(self, t_stop: float) -> tuple[float, np.ndarray, np.ndarray]:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(read)
                with os.fdopen(write, "wb") as pipe:
                    pickle.dump(self._simulated(t_stop), pipe)
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            data = pipe.read()
        os.waitpid(child, 0)
        if not data:
            raise RuntimeError(f"NEST: the run of {self.network.key} died")
        return pickle.loads(data)

    def _simulated(self, t_stop: float) -> tuple[float, np.ndarray, np.ndarray]:
        from .worker import user_cpu

        began = user_cpu()
        self.nest.Simulate(t_stop)
        cpu = user_cpu() - began
        events = self.recorder.get("events")
        return cpu, np.asarray(events["times"]), np.asarray(events["senders"]) - self.first


def _plain(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: v.tolist() if isinstance(v, np.ndarray) else v for name, v in parameters.items()}


def _stdp(rule) -> dict[str, float]:
    return {
        "tau_plus": rule.tau_plus, "lambda": rule.A_plus, "alpha": rule.A_minus / rule.A_plus, "mu_plus": 0.0,
        "mu_minus": 0.0, "Wmax": rule.w_max,
    }  # fmt: skip
