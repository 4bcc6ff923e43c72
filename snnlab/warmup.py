"""`snnlab warmup`: compile the kernels that the lessons use before anybody waits for one.

A kernel belongs to the structure of a network (see docs/design.md), so that a run of two steps compiles all that a
long one needs. Values, sizes and durations make no difference here.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

import snnlab as snn

SHORT = 0.2  # ms: two steps


def warmup(say: Callable[[str], None] = print) -> None:
    """Run each structure for two steps, and say how long each took (its compilation, the first time)."""
    for name, run in RUNS.items():
        began = time.perf_counter()
        run()
        say(f"{time.perf_counter() - began:6.1f} s  {name}")


def _one(**given) -> None:
    snn.simulate(snn.LIF(), t_stop=SHORT, record=["v"], **given)


def _many(I, **given) -> None:
    snn.simulate(snn.Population(snn.LIF(), 2), I=I, t_stop=SHORT, **given)


def _parameters_for_each() -> None:
    two = np.array([1.0, 2.0])
    model = snn.LIF(tau_m=two, R_m=two, t_ref=two, E_L=-two, v_reset=-two, v_th=0.0)
    snn.simulate(snn.Population(model, 2), I=np.zeros((2, 1)), t_stop=SHORT)


def _poisson_neurons() -> None:
    snn.simulate(snn.Population(snn.PoissonGLM(), 2), t_stop=SHORT, seed=1)


def _axons(g_Na=120.0, I=10.0, method="rk4") -> None:
    axons = snn.Population(snn.HodgkinHuxley(g_Na=g_Na), np.size(g_Na))
    snn.simulate(axons, I=I, t_stop=SHORT, method=method, record=["v"])


def _excitation_and_inhibition() -> None:
    net = snn.Population(
        snn.LIF(), 10, receptors={"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}, name="net"
    )
    snn.simulate(net, t_stop=SHORT, seed=1, I=250.0, initial={"v": snn.uniform(-60.0, -50.0)}, projections=[
        snn.Projection(net[:8], net, pairs=snn.random(0.5), w=1.62, delay=0.1, receptor="exc"),
        snn.Projection(net[8:], net, pairs=snn.random(0.5), w=-9.0, delay=0.1, receptor="inh"),
    ])  # fmt: skip


RUNS: dict[str, Callable[[], None]] = {
    "one LIF neuron, constant current": lambda: _one(I=300.0),
    "one LIF neuron, a step of current": lambda: _one(I=snn.step(300.0, 0.0, SHORT)),
    "one LIF neuron, Euler": lambda: _one(I=300.0, method="euler"),
    "one LIF neuron, a step of current, Euler": lambda: _one(I=snn.step(300.0, 0.0, SHORT), method="euler"),
    "LIF neurons, a current for each": lambda: _many(np.array([0.0, 300.0])),
    "LIF neurons, a current for each, Euler": lambda: _many(np.array([0.0, 300.0]), method="euler"),
    "LIF neurons, a pulse for each": lambda: _many(snn.step([0.0, 300.0], 0.0, SHORT)),
    "LIF neurons, a step of current for all": lambda: _many(snn.step(300.0, 0.0, SHORT)),
    "LIF neurons, noise of all and noise of each": lambda: _many(
        snn.step(250.0) + snn.noise(1.0, tau=3.0, shared=True) + snn.noise(1.0, tau=1.0), seed=1
    ),
    "LIF neurons, parameters for each, a current for all": _parameters_for_each,
    "Poisson neurons with dead time": _poisson_neurons,
    "a network of excitatory and inhibitory LIF neurons": _excitation_and_inhibition,
    "a Hodgkin-Huxley axon, constant current": _axons,
    "a Hodgkin-Huxley axon, a current over time": lambda: _axons(I=snn.step(10.0, 0.0, SHORT)),
    "a Hodgkin-Huxley axon, exponential Euler": lambda: _axons(method="exponential_euler"),
    "Hodgkin-Huxley axons, a conductance for each": lambda: _axons(g_Na=np.array([120.0, 60.0])),
}
