"""snnlab against NEST networks written by hand in PyNEST (tests/nest_by_hand.py).

NEST stamps a spike with the end of its step, holds a neuron for t_ref/dt steps and delivers after the whole delay, as
snnlab does. It tests a jump of the voltage in the step of its arrival, and snnlab one step later.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from honest import same_spikes
from needs import needs

import snnlab as snn

pytestmark = needs("nest")
HERE = Path(__file__).parent


def nest_spikes(name, folder, graphs, *, t_stop, n, seeds=(1,), **given):
    """NEST's spikes, one SpikeTrains per seed, for graphs {name: (graph, number of the first pre neuron)}."""
    arrays = {
        f"{label}_{part}": getattr(graph, part) + (first if part == "pre" else 0)
        for label, (graph, first) in graphs.items()
        for part in ("pre", "post", "w", "delay")
    }
    np.savez(folder / "given.npz", **arrays, **given, t_stop=t_stop, seeds=seeds)
    command = [sys.executable, HERE / "nest_by_hand.py", name, folder / "given.npz", folder / "found.npz"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    found = np.load(folder / "found.npz")
    return [snn.SpikeTrains(found[f"t_{seed}"], found[f"i_{seed}"], n, t_stop) for seed in seeds]


def test_exact_lif_agrees_with_nest_spike_for_spike(tmp_path):
    lif = snn.LIF(tau_m=20.0, R_m=0.1, E_L=-49.0, v_th=-50.0, v_reset=-60.0, t_ref=5.0)
    net = snn.Population(lif, 400, {"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}, name="net")
    exc = snn.Projection(net[:320], net, snn.random(0.1), 30.0, snn.uniform(0.3, 3.0), "exc")
    inh = snn.Projection(net[320:], net, snn.random(0.1), -120.0, 1.5, "inh")
    rng = np.random.default_rng(5)
    v, I = rng.uniform(-60.0, -50.0, 400), rng.uniform(0.0, 20.0, 400)
    settings = {"t_stop": 1000.0, "seed": 1, "I": I, "projections": [exc, inh]}
    spikes, nudged = (
        snn.simulate(net, initial={"v": start}, **settings).spikes
        for start in (v, v + 1e-12 * rng.uniform(-1, 1, 400))
    )
    graphs = {"exc": (exc.draw(1, 0), 0), "inh": (inh.draw(1, 1), 320)}
    (theirs,) = nest_spikes("exact_lif", tmp_path, graphs, v=v, I=I, t_stop=1000.0, n=400)
    same_spikes(spikes, nudged, theirs.t, theirs.i, at_least=2000)


def test_a_brunel_network_has_nests_rate_and_irregularity(tmp_path):
    """Brunel (2000), doi:10.1023/A:1008925309027, irregular: a tenth of its neurons, with synapses five times as strong.

    Poisson input comes from each side's own random numbers. From seed to seed the rate over 1 s varies by 3 %: means
    of four seeds are compared.
    """
    J, g, eta, C_E = 0.5, 6.0, 1.2, 100
    rate = 1000 * eta * 20.0 / (J * 20.0)  # Hz per neuron; with eta = 1 the mean v is at threshold, 20 mV up
    t_stop, n, seeds = 1200.0, 1250, (4, 5, 6, 7)
    net = snn.Population(snn.LIF(v_reset=-60.0), n, {"jump": snn.Delta()}, name="net")
    exc = snn.Projection(net[:1000], net, snn.fixed_indegree(C_E), J, 1.5)
    inh = snn.Projection(net[1000:], net, snn.fixed_indegree(C_E // 4), -g * J, 1.5)
    drives = [snn.poisson(rate, n, t_stop, seed=seed) for seed in seeds]
    ours = [
        snn.simulate(
            net,
            t_stop=t_stop,
            seed=2,
            projections=[exc, inh, snn.Projection(given, net, snn.one_to_one(), J, 0.1)],
        ).spikes
        for given in drives
    ]
    graphs = {"exc": (exc.draw(2, 0), 0), "inh": (inh.draw(2, 1), 1000)}
    theirs = nest_spikes("brunel", tmp_path, graphs, t_stop=t_stop, n=n, seeds=seeds, J=J, rate=rate)
    our_rate, our_cv = np.mean([rate_and_cv(s.between(200.0, t_stop)) for s in ours], axis=0)
    their_rate, their_cv = np.mean([rate_and_cv(s.between(200.0, t_stop)) for s in theirs], axis=0)
    assert our_rate > 10 and our_cv > 0.5
    assert their_rate == pytest.approx(our_rate, rel=0.04)
    assert their_cv == pytest.approx(our_cv, abs=0.02)


def rate_and_cv(spikes):
    """The mean rate in Hz, and the mean CV of the intervals of neurons that fire 4 times or more."""
    intervals = [np.diff(spikes.of(neuron)) for neuron in range(spikes.n)]
    return spikes.rate().mean(), np.mean([d.std() / d.mean() for d in intervals if d.size > 2])
