"""The benchmark hands the same network to both sides: small networks, spike for spike where nothing is drawn in the loop."""

import dataclasses
import json

import numpy as np
import pytest
from needs import needs

import snnlab as snn
from benchmarks import compare, growth, limits, report
from benchmarks.networks import NETWORKS, brunel, song


def without_chance(key: str, scale: float):
    """The network with a constant drive, or trains drawn before, in place of what is drawn in the loop."""
    if key in ("brunel", "song"):
        return {"brunel": brunel, "song": song}[key](scale, poisson=False)
    network = NETWORKS[key](scale)
    if network.sigma is None:
        return network
    return dataclasses.replace(network, sigma=None, I=10.0)


def same(network, side, t_stop):
    ours = network.run(t_stop).spikes
    _, t, i = side.run(t_stop)
    assert len(ours) > 0
    return compare.same_spikes(ours.t, ours.i, t, i)


@needs("brian2")
@pytest.mark.parametrize("key", NETWORKS)
def test_brian2_has_the_same_network(key):
    from benchmarks.brian2_peer import Brian2

    network = without_chance(key, {"uncoupled": 1e-3, "one": 1.0, "cobahh": 0.02}.get(key, 0.05))
    t_stop = {"cobahh": 30.0, "one": 100.0}.get(key, 100.0)
    assert same(network, Brian2(network, "brian2-numpy"), t_stop)


@needs("nest")
@pytest.mark.parametrize("key", ["cuba", "uncoupled", "one"])
def test_nest_has_the_same_network_where_its_model_is_the_same(key):
    from benchmarks.nest_peer import NEST

    network = without_chance(key, {"uncoupled": 1e-3}.get(key, 0.1))
    assert same(network, NEST(network), 100.0)


@needs("nest")
def test_nest_has_the_same_conductances_its_solver_agrees_with_rk4():
    from benchmarks.nest_peer import NEST

    network = dataclasses.replace(NETWORKS["coba"](0.3), method="rk4")
    assert same(network, NEST(network), 50.0)


@needs("nest")
@pytest.mark.parametrize(("key", "tolerance"), [("recurrent", 0.05), ("izhikevich", 0.2)])
def test_nest_fires_at_the_same_rate_where_its_conventions_differ(key, tolerance):
    from benchmarks.nest_peer import NEST

    network = NETWORKS[key](0.3)
    ours = len(network.run(500.0).spikes)
    assert len(NEST(network).run(500.0)[1]) == pytest.approx(ours, rel=tolerance)


def test_spikes_that_differ_are_not_called_the_same():
    t, i = np.array([1.0, 2.0]), np.array([0, 1])
    assert compare.same_spikes(t, i, t[::-1], i[::-1])
    assert not compare.same_spikes(t, i, t + 0.1, i)
    assert not compare.same_spikes(t, i, t, i[::-1])


def test_cv_of_a_poisson_train_is_one_and_of_a_regular_one_zero():
    poisson = snn.poisson(20.0, 200, 20_000.0, seed=1)
    regular = snn.SpikeTrains(np.arange(1.0, 100.0, 7.0), np.zeros(15, dtype=int), n=3, t_stop=100.0)
    assert compare.isi_cv(poisson) == pytest.approx(1.0, abs=0.02)
    assert compare.isi_cv(regular) == pytest.approx(0.0, abs=1e-6)


def test_hand_written_loop_fires_as_the_network_does_without_synapses():
    network = NETWORKS["cuba"](0.05)
    model, dt, n, steps = network.population.model, network.dt, network.population.n, 2000
    alone = dataclasses.replace(network, projections=())
    zeros, v = np.zeros(n), network.initial["v"].copy()
    spikes = limits.fused(
        v, zeros, zeros.copy(), np.zeros(n), steps, model.E_L, model.v_th, model.v_reset, model.t_ref / dt,
        np.exp(-dt / model.tau_m), 1.0, 1.0, 0.0, 0.0,
    )  # fmt: skip
    assert spikes == len(alone.run(steps * dt).spikes) > 0


def test_current_for_a_rate():
    network = NETWORKS["cuba"](0.05)
    alone = dataclasses.replace(network, projections=(), I=limits._current(network, 8.0))
    assert alone.run(5000.0).spikes.rate().mean() == pytest.approx(8.0, rel=0.05)


def test_scatter_adds_at_every_target():
    g = np.zeros(4)
    limits.scatter(
        np.array([1, 1, 0]), np.array([0, 2, 5]), np.array([0, 1, 1, 2, 3], dtype=np.int32), 0.5, g
    )
    assert g.tolist() == [0.5, 1.5, 1.0, 1.0]


def test_growth_counts_the_arrays_of_its_synapses():
    made = growth.row(500, 20, "own weight")
    assert made["synapses"] == 10_000
    assert made["bytes_per_synapse"] == pytest.approx(12.0, abs=0.1)  # int32 target and float64 weight
    assert made["rate"] > 5.0


def test_too_many_synapses_are_refused_with_the_figure():
    assert "GB are free" in growth.refusal(*growth.BEYOND)


@needs("brian2")
def test_command_writes_table_json_figure_and_markdown(tmp_path, capfd):
    from benchmarks.__main__ import main

    peers = ["--peers", "brian2-numpy", "--networks", "recurrent", "--scale", "0.1", "--rounds", "1"]
    assert main([*peers, "--quick", "--markdown", "--out", str(tmp_path)]) == 0
    results = json.loads((tmp_path / "speed.json").read_text())
    ours, theirs = results["networks"]
    assert theirs["same"] and theirs["ratio"] > 0 and ours["rate"] == theirs["rate"] > 0
    assert "spike for spike" in capfd.readouterr().out
    assert "| recurrent STDP, 100 LIF" in (tmp_path / "speed.md").read_text()
    assert results["alt_text"] in (tmp_path / "speed.svg").read_text()


def test_command_names_what_it_does_not_know(capsys):
    from benchmarks.__main__ import main

    assert main(["--networks", "cubaa"]) == 2
    assert "got 'cubaa'" in capsys.readouterr().err
    assert main(["--peers", "genesis"]) == 2
    assert "got 'genesis'" in capsys.readouterr().err


def test_means_leave_out_what_is_felt():
    rows = [
        {"side": "nest", "ratio": 2.0, "felt": False},
        {"side": "nest", "ratio": 8.0, "felt": False},
        {"side": "nest", "ratio": 100.0, "felt": True},
    ]
    assert report.means(rows) == {"nest": (pytest.approx(4.0), 2.0)}
