"""From `python -c` to the first trace: user CPU of a whole process, with nothing cached and again."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

_BRIAN2 = """
import brian2 as b2
{target}
b2.defaultclock.dt = 0.1*b2.ms
group = b2.NeuronGroup(1, "dv/dt = (-70*mV - v + 0.1*Gohm*300*pA)/(20*ms) : volt (unless refractory)",
    threshold="v >= -50*mV", reset="v = -65*mV", refractory=2.1*b2.ms, method="exact")
group.v = -70*b2.mV
trace, spikes = b2.StateMonitor(group, "v", record=0), b2.SpikeMonitor(group)
b2.run(100*b2.ms)
print(len(spikes.t), len(trace.v[0]))
"""
PROGRAMS = {
    "snnlab": """
import snnlab as snn
rec = snn.simulate(snn.LIF(), I=300.0, t_stop=100.0, record=["v"])
print(len(rec.spikes), rec.traces["v"].size)
""",
    "brian2-cpp": _BRIAN2.format(
        target='import os; b2.set_device("cpp_standalone", directory=os.environ["SNNLAB_BENCHMARK_CACHE"])'
    ),
    "brian2-cython": _BRIAN2.format(
        target='import os; b2.prefs.codegen.target = "cython"\n'
        'b2.prefs.codegen.runtime.cython.cache_dir = os.environ["SNNLAB_BENCHMARK_CACHE"]'
    ),
    "brian2-numpy": _BRIAN2.format(target='b2.prefs.codegen.target = "numpy"'),
    "nest": """
import nest
nest.resolution = 0.1
neuron = nest.Create("iaf_psc_exp", params=dict(C_m=200.0, tau_m=20.0, E_L=-70.0, V_m=-70.0, V_th=-50.0,
    V_reset=-65.0, t_ref=2.0, I_e=300.0))
meter, spikes = nest.Create("multimeter", params=dict(record_from=["V_m"], interval=0.1)), nest.Create("spike_recorder")
nest.Connect(meter, neuron)
nest.Connect(neuron, spikes)
nest.Simulate(100.0)
print(spikes.n_events, meter.n_events)
""",
}


def starts(sides: Sequence[str]) -> list[dict[str, Any]]:
    """One row per side: user CPU seconds with empty caches ("cold") and in a second process ("warm")."""
    rows = []
    for side in ("snnlab", *sides):
        with tempfile.TemporaryDirectory(prefix="snnlab-start-") as folder:
            try:
                cold, warm = (_process(PROGRAMS[side], folder) for _ in range(2))
                rows.append({"side": side, "cold": cold, "warm": warm})
            except subprocess.CalledProcessError as error:
                last = error.stderr.strip().splitlines()[-1:]
                rows.append({"side": side, "error": last[0] if last else "no message"})
    return rows


def _process(program: str, cache: str) -> float:
    environment = os.environ | {"SNNLAB_CACHE": cache, "SNNLAB_BENCHMARK_CACHE": cache}
    before = os.times().children_user
    subprocess.run(
        [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True
    )
    return os.times().children_user - before
