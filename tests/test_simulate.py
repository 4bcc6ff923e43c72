"""The convention of time, continuation, chunks, interrupts, NaN reports, and what bad input gets."""

import _thread
import os
import re
import signal
import sys
import threading
import time
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import snnlab as snn
from snnlab.units import ms

ENGINES = ("numba", "numpy")


class Leaky(snn.Neuron):
    """A plain leak, without spikes, for what needs no threshold."""

    tau_m: ms = 20.0
    state = {"v": "mV"}
    input = {"I": "mV"}
    method = "euler"

    def initial(tau_m):
        return {"v": 0.0 * tau_m}

    def dynamics(v, I, tau_m):
        dv = (I - v) / tau_m
        return dv

    def threshold(v):
        return v > 1e300


def ei_network(n=100, t_ref=2.0, p=0.2):
    pop = snn.Population(
        snn.LIF(t_ref=t_ref, E_L=-49.0, v_reset=-60.0),
        n,
        receptors={"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0), "jump": snn.Delta()},
        name="net",
    )
    four_fifths = n * 4 // 5
    projections = [
        snn.Projection(pop[:four_fifths], pop, snn.random(p), 20.0, snn.uniform(0.1, 2.0), receptor="exc"),
        snn.Projection(pop[four_fifths:], pop, snn.random(p), snn.normal(-90.0, 10.0), 1.5, receptor="inh"),
        snn.Projection(pop[:5], pop, snn.random(p), 0.5, 0.0, receptor="jump"),
    ]
    return pop, projections


def run_network(pop, projections, **kw):
    kw = {"t_stop": 200.0, "seed": 7, "initial": {"v": snn.uniform(-60.0, -50.0)}, **kw}
    if kw.get("start") is not None:
        kw.pop("initial")
    noise = snn.noise(30.0, tau=5.0) + snn.noise(20.0) + snn.step(10.0, 50.0, 150.0)
    return snn.simulate(pop, projections=projections, I=noise, record=["v", "exc.g"], **kw)


# --- the convention of time ----------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_samples_begin_at_zero_and_end_before_t_stop(engine):
    rec = snn.simulate(snn.LIF(), I=300.0, t_stop=50.0, record=["v"], engine=engine)
    assert rec.t[0] == 0.0 and rec.t[-1] == 49.9 and rec.t.size == 500
    assert rec.traces["v"][0, 0] == -70.0


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("t_ref", [0.0, 0.1, 2.0])
def test_interval_is_t_ref_plus_the_time_to_threshold(engine, t_ref):
    """With constant input the closed form, rounded up to the grid; no sample at or above threshold is recorded."""
    lif = snn.LIF(t_ref=t_ref)
    for current in (220.0, 300.0, 700.0):
        rec = snn.simulate(lif, I=current, t_stop=300.0, record=["v"], engine=engine)
        v_inf = lif.E_L + lif.R_m * current
        rise = lif.tau_m * np.log((v_inf - lif.v_reset) / (v_inf - lif.v_th))
        interval = t_ref + np.ceil(rise / 0.1 - 1e-9) * 0.1
        np.testing.assert_allclose(np.diff(rec.spikes.t), interval, atol=1e-9)
        assert rec.traces["v"].max() < lif.v_th
        at_spike = np.round(rec.spikes.t[rec.spikes.t < 300.0] / 0.1).astype(int)
        np.testing.assert_array_equal(rec.traces["v"][at_spike, 0], lif.v_reset)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_spike_acts_a_delay_later_and_from_the_next_integration(engine):
    pop = snn.Population(snn.LIF(), 2, receptors={"exc": snn.ExpCurrent(5.0)})
    spikes = snn.SpikeTrains([10.0, 10.04], [0, 1], n=2, t_stop=50.0)
    p = snn.Projection(spikes, pop, pairs=snn.one_to_one(), w=8.0, delay=1.5)
    rec = snn.simulate(pop, t_stop=50.0, projections=[p], record=["exc.g", "v"], engine=engine)
    g, v = rec.traces["exc.g"], rec.traces["v"]
    assert g[115, 0] == 8.0 and g[114, 0] == 0.0
    assert g[116, 1] == 8.0 and g[115, 1] == 0.0  # 10.04 is moved to 10.1, the first grid time not earlier
    assert v[115, 0] == -70.0 and v[116, 0] > -70.0


@pytest.mark.parametrize("engine", ENGINES)
def test_arrivals_at_zero_come_before_the_first_sample_and_repeats_count(engine):
    pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(5.0)})
    spikes = snn.SpikeTrains([0.0, 0.0], [0, 0], n=1, t_stop=10.0)
    rec = snn.simulate(
        pop, t_stop=5.0, record=["exc.g"], engine=engine,
        projections=[snn.Projection(spikes, pop, pairs=([0], [0]), w=3.0, delay=0.0)],
    )  # fmt: skip
    assert rec.traces["exc.g"][0, 0] == 6.0


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("t_ref", [0.0, 2.0])
def test_jumps_are_lost_from_the_spike_to_the_end_of_refractoriness(engine, t_ref):
    lif = snn.LIF(t_ref=t_ref)
    pop = snn.Population(lif, 1, receptors={"jump": snn.Delta()})
    s = snn.simulate(lif, I=300.0, t_stop=40.0).spikes.t[0]

    def v_after(arrival):
        kick = snn.SpikeTrains([arrival], [0], n=1, t_stop=60.0)
        p = snn.Projection(kick, pop, pairs=([0], [0]), w=2.0, delay=0.0)
        rec = snn.simulate(pop, I=300.0, t_stop=60.0, projections=[p], record=["v"], engine=engine)
        return rec.traces["v"][round(arrival / 0.1), 0]

    plain = snn.simulate(pop, I=300.0, t_stop=60.0, record=["v"]).traces["v"][:, 0]
    for lost in {s, s + t_ref}:
        assert v_after(lost) == plain[round(lost / 0.1)]
    np.testing.assert_allclose(v_after(s + t_ref + 0.1), plain[round((s + t_ref) / 0.1) + 1] + 2.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_jump_over_threshold_is_tested_after_one_step_of_leak(engine):
    pop = snn.Population(snn.LIF(), 1, receptors={"jump": snn.Delta()})
    for w, fires in ((25.0, True), (20.05, False)):  # 0.05 mV above threshold leaks away in one step
        kick = snn.SpikeTrains([5.0], [0], n=1, t_stop=10.0)
        p = snn.Projection(kick, pop, pairs=([0], [0]), w=w, delay=0.0)
        t = snn.simulate(pop, t_stop=10.0, projections=[p], engine=engine).spikes.t
        np.testing.assert_allclose(t, [5.1] if fires else [])


# --- engines, chunks, continuation ---------------------------------------------------------------------------


def test_the_engines_agree():
    pop, projections = ei_network()
    a, b = (run_network(pop, projections, engine=engine) for engine in ENGINES)
    assert len(a.spikes) > 300
    assert a.spikes == b.spikes
    for name in ("v", "exc.g"):
        np.testing.assert_allclose(a.traces[name], b.traces[name], rtol=0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(2, 30),
    t_ref=st.sampled_from([0.0, 0.2, 3.0]),
    delays=st.lists(st.integers(0, 20), min_size=1, max_size=3),
    w=st.floats(-40.0, 60.0),
    kicks=st.lists(st.tuples(st.floats(0.0, 40.0), st.integers(0, 3), st.floats(-5.0, 30.0)), max_size=8),
    seed=st.integers(0, 1000),
)
def test_the_engines_agree_on_random_networks(n, t_ref, delays, w, kicks, seed):
    rng = np.random.default_rng(seed)
    pop = snn.Population(
        snn.LIF(t_ref=t_ref), n, receptors={"exc": snn.ExpCurrent(rng.uniform(1, 20, n)), "jump": snn.Delta()}
    )
    pre, post = rng.integers(0, n, 40), rng.integers(0, n, 40)  # repeated pairs too
    delay = rng.choice(delays, 40) * 0.1
    projections = [snn.Projection(pop, pop, (pre, post), w, delay, receptor="exc")]
    if kicks:
        trains = snn.SpikeTrains([t for t, _, _ in kicks], [i for _, i, _ in kicks], n=4, t_stop=40.0)
        pairs = (np.arange(4), rng.integers(0, n, 4))
        projections.append(
            snn.Projection(trains, pop, pairs, np.resize([k[2] for k in kicks], 4), 0.0, "jump")
        )
    runs = [
        snn.simulate(
            pop, t_stop=40.0, I=rng_I, projections=projections, seed=seed, engine=engine, record=["v"],
            initial={"v": snn.uniform(-70.0, -50.0)},
        )
        for engine in ENGINES
        for rng_I in [np.random.default_rng(seed).uniform(0, 600, n)]
    ]  # fmt: skip
    assert runs[0].spikes == runs[1].spikes
    np.testing.assert_allclose(runs[0].traces["v"], runs[1].traces["v"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
def test_chunking_changes_no_bit(engine, monkeypatch):
    pop, projections = ei_network(50)
    whole = run_network(pop, projections, engine=engine)
    module = sys.modules["snnlab.simulate"]
    monkeypatch.setattr(module, "CHUNK_SECONDS", 1e-9)  # one step a chunk after the first
    monkeypatch.setattr(module, "CHUNK_BYTES", 8.0 * 7)
    pieces = run_network(pop, projections, engine=engine)
    assert whole.spikes == pieces.spikes
    np.testing.assert_array_equal(whole.traces["v"], pieces.traces["v"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("cut", [0.1, 77.7, 199.9])
def test_a_continued_run_equals_one_long_run_bit_for_bit(engine, cut):
    pop, projections = ei_network(50)
    whole = run_network(pop, projections, engine=engine)
    first = run_network(pop, projections, engine=engine, t_stop=cut)
    second = run_network(pop, projections, engine=engine, start=first.final, seed=None)
    np.testing.assert_array_equal(np.concatenate([first.spikes.t, second.spikes.t]), whole.spikes.t)
    np.testing.assert_array_equal(np.concatenate([first.spikes.i, second.spikes.i]), whole.spikes.i)
    np.testing.assert_array_equal(np.concatenate([first.t, second.t]), whole.t)
    for name in ("v", "exc.g"):
        np.testing.assert_array_equal(
            np.concatenate([first.traces[name], second.traces[name]]), whole.traces[name]
        )


def test_the_same_seed_gives_the_same_run_and_another_gives_another():
    pop, projections = ei_network()
    a, b, c = (run_network(pop, projections, seed=seed).spikes for seed in (1, 1, 2))
    assert a == b
    assert a != c


def test_a_drawn_seed_is_recorded_and_repeats_the_run():
    pop, projections = ei_network()
    a = run_network(pop, projections, seed=None)
    assert a.spikes == run_network(pop, projections, seed=a.seed).spikes


def test_a_projection_shows_the_graph_that_was_used():
    pop, projections = ei_network()
    rec = run_network(pop, projections)
    for index, p in enumerate(projections):
        graph, drawn = rec.graph(p), p.draw(7, index)
        np.testing.assert_array_equal(graph.pre, drawn.pre)
        np.testing.assert_array_equal(graph.w, drawn.w)
    np.testing.assert_allclose(
        rec.graph(projections[0]).delay / 0.1, np.round(rec.graph(projections[0]).delay / 0.1)
    )


# --- interrupts, limits, reports -----------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_ctrl_c_returns_what_there_is_within_a_second_and_can_go_on(engine, monkeypatch):
    pop = snn.Population(snn.LIF(), 1000)
    snn.simulate(pop, I=300.0, t_stop=1.0, engine=engine)  # compiled
    interrupted_at = []

    def interrupt():
        interrupted_at.append(time.process_time())  # of the CPU: a busy machine is no fault of the run
        if hasattr(signal, "raise_signal") and os.name != "nt":
            os.kill(os.getpid(), signal.SIGINT)
        else:
            _thread.interrupt_main()

    module, timer = sys.modules["snnlab.simulate"], threading.Timer(0.7, interrupt)
    chunks = module._chunks
    monkeypatch.setattr(module, "_chunks", lambda *args: (timer.start(), chunks(*args))[1])
    with pytest.warns(RuntimeWarning, match="Ctrl-C"):
        rec = snn.simulate(
            pop, I=300.0, t_stop=1e7, engine=engine, record=[snn.Record(pop[:1], "v", every=100.0)]
        )
    assert time.process_time() - interrupted_at[0] < 1.0
    monkeypatch.undo()
    assert 0.0 < rec.t_stop < 1e7 and "interrupted" in rec.describe()
    assert rec.traces["v"].shape[0] == rec.t.size
    assert (rec.spikes.t <= rec.t_stop).all()
    t_stop = rec.t_stop + 50.0
    on = snn.simulate(pop, I=300.0, t_stop=snn.on_grid(t_stop), engine=engine, start=rec.final)
    whole = snn.simulate(pop[:1].parent, I=300.0, t_stop=snn.on_grid(t_stop)) if rec.t_stop < 5000 else None
    if whole is not None:
        assert len(rec.spikes) + len(on.spikes) == len(whole.spikes)


@pytest.mark.parametrize("engine", ENGINES)
def test_max_spikes_stops_the_run_cleanly(engine):
    pop = snn.Population(snn.LIF(), 10)
    rec = snn.simulate(pop, I=500.0, t_stop=5000.0, max_spikes=300, engine=engine)
    whole = snn.simulate(pop, I=500.0, t_stop=5000.0)
    assert 290 <= len(rec.spikes) <= 320 and rec.t_stop < 5000.0
    assert rec.spikes == whole.spikes.between(0.0, rec.t_stop)
    assert "max_spikes" in rec.stopped


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("coupled", [True, False])
@pytest.mark.parametrize("max_spikes", [1, 333, 2500])
def test_a_run_stops_at_the_step_that_reaches_max_spikes(engine, coupled, max_spikes):
    pop = snn.Population(snn.LIF(), 50, {"exc": snn.ExpCurrent(5.0)})
    wires = [snn.Projection(pop, pop, snn.one_to_one(), 1.0, 1.0)] * coupled
    v = np.linspace(-70.0, -51.0, 50)
    given = {"I": 500.0, "t_stop": 800.0, "projections": wires, "initial": {"v": v}}
    rec = snn.simulate(pop, **given, max_spikes=max_spikes, engine=engine)
    whole = snn.simulate(pop, **given)
    assert rec.t_stop == whole.spikes.t[max_spikes - 1]
    assert rec.spikes == whole.spikes.between(0.0, rec.t_stop)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("max_spikes", [1, 150, 333])
def test_spikes_on_their_way_from_an_earlier_run_do_not_count_for_max_spikes(engine, max_spikes):
    pop = snn.Population(snn.LIF(), 100, {"exc": snn.ExpCurrent(5.0)})
    given = {"I": 3000.0, "projections": [snn.Projection(pop, pop, snn.one_to_one(), 1.0, 20.0)]}
    first = snn.simulate(pop, **given, t_stop=30.0)
    whole = snn.simulate(pop, **given, t_stop=60.0, start=first.final)
    rec = snn.simulate(pop, **given, t_stop=60.0, start=first.final, max_spikes=max_spikes, engine=engine)
    assert rec.t_stop == whole.spikes.t[max_spikes - 1]
    assert rec.spikes == whole.spikes.between(30.0, rec.t_stop)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_state_that_diverges_is_named_with_its_time_and_cause(engine):
    pop = snn.Population(Leaky(tau_m=np.array([20.0, 20.0, 0.04])), 3, name="leaky")
    with pytest.raises(FloatingPointError) as error:
        snn.simulate(pop, I=1.0, t_stop=2000.0, engine=engine)
    message = str(error.value)
    assert message.startswith("v of neuron 2 in leaky became") and "tau_m = 0.04 ms" in message
    # the same, found by hand: |1 - dt/tau| = 1.5 per step
    v, k = 0.0, 0
    with np.errstate(all="ignore"):
        while np.isfinite(v):
            v, k = v + 0.1 * (1.0 - v) / 0.04, k + 1
    assert abs(float(re.search(r"t = ([\d.]+) ms", message)[1]) - k / 10) < 1.0


class Squared(Leaky):
    """Grows without bound once it is above 100 mV."""

    def dynamics(v, I, tau_m):
        dv = (I + 0.01 * v * v - v) / tau_m
        return dv


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("begin", [0.0, 33.3, 471.2])
def test_the_time_of_a_report_is_the_first_step_that_is_not_finite(engine, begin):
    run = partial(snn.simulate, snn.Population(Squared(), 3), I=snn.step(500.0, begin), engine=engine)
    with pytest.raises(FloatingPointError) as caught:
        run(t_stop=5000.0)
    t = float(re.search(r"at t = ([0-9.]+) ms", str(caught.value))[1])
    assert np.isfinite(run(t_stop=snn.on_grid(t - 0.1)).final.cells[0].x["v"]).all()
    with pytest.raises(FloatingPointError, match=f"at t = {t:g} ms"):
        run(t_stop=t)


def test_trace_memory_is_refused_in_advance_with_its_size():
    pop = snn.Population(snn.LIF(), 1_000_000)
    with pytest.raises(ValueError, match=r"80000.0 GB"):
        snn.simulate(pop, t_stop=1e6, record=["v"])


@pytest.mark.parametrize("engine", ENGINES)
def test_recording_at_intervals_and_of_views(engine):
    pop, projections = ei_network(20)
    full = run_network(pop, projections, engine=engine)
    J = pop[16:]
    rec = snn.simulate(
        pop, projections=projections, t_stop=200.0, seed=7, engine=engine, initial={"v": snn.uniform(-60.0, -50.0)},
        I=snn.noise(30.0, tau=5.0) + snn.noise(20.0) + snn.step(10.0, 50.0, 150.0),
        record=[snn.Record(J, "v", every=0.7), snn.Record(pop[:2], "v", every=0.7), snn.Record(pop, "rate", every=10.0)],
    )  # fmt: skip
    np.testing.assert_allclose(rec.t, np.arange(0, 200, 0.7))
    np.testing.assert_array_equal(rec[J].traces["v"], full.traces["v"][::7, 16:])
    np.testing.assert_array_equal(rec[pop].traces["v"][:, :2], full.traces["v"][::7, :2])
    np.testing.assert_array_equal(rec[pop].traces.ids("v"), [0, 1, 16, 17, 18, 19])
    centres, rate = rec.rate(pop)
    assert centres[0] == 5.0 and rate.size == 20
    assert rate.sum() * 0.01 * 20 == pytest.approx(len(rec.spikes))


# --- inputs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_every_form_of_the_same_current_gives_the_same_run(engine):
    pop = snn.Population(snn.LIF(), 3)
    n_steps = 1000
    t = np.arange(n_steps) / 10
    stimulus = snn.step(300.0, 20.0, 80.0)
    forms = [
        stimulus,
        stimulus.sample(t),
        np.repeat(stimulus.sample(t), 3, axis=1),
        lambda t: 300.0 if 20.0 <= t < 80.0 else 0.0,
        lambda t: np.full(3, 300.0) if 20.0 <= t < 80.0 else np.zeros(3),
        snn.step([300.0, 300.0, 300.0], 20.0, 80.0),
        {pop: stimulus},
        {pop[:1]: stimulus, pop[1:]: stimulus},
    ]
    runs = [snn.simulate(pop, I=I, t_stop=100.0, engine=engine, record=["v"]) for I in forms]
    assert len(runs[0].spikes) == 6
    for run in runs[1:]:
        assert run.spikes == runs[0].spikes
        np.testing.assert_array_equal(run.traces["v"], runs[0].traces["v"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dt", [0.1, 0.5])
def test_white_noise_has_the_variance_of_the_theory_at_any_dt(engine, dt):
    """tau dv = -v dt + sigma dW: variance sigma^2/(2 tau), on the grid (1 - a)^2/(1 - a^2) sigma^2/dt, a = 1 - dt/tau."""
    pop = snn.Population(Leaky(tau_m=10.0), 4000)
    rec = snn.simulate(
        pop,
        I=snn.noise(4.0),
        t_stop=60.0,
        dt=dt,
        seed=3,
        record=[snn.Record(pop, "v", every=50.0)],
        engine=engine,
    )
    a = 1 - dt / 10.0
    variance = (dt / 10.0) ** 2 / (1 - a**2) * 16.0 / dt * (1 - a ** (2 * 50.0 / dt))
    measured = rec.traces["v"][-1].var()
    assert abs(measured / variance - 1) < 5 * np.sqrt(2 / 4000)


@pytest.mark.parametrize("coupled", [False, True])
def test_noise_of_every_kind_is_the_same_in_both_engines(coupled):
    """More neurons than a block, alone (they run ahead) and in a network: v to 1e-12 of what the reference draws."""
    n = 600
    pop = snn.Population(Leaky(), n, receptors={"jump": snn.Delta()})
    sigma = np.linspace(0.0, 40.0, n)
    I = (
        snn.noise(sigma)
        + snn.noise(30.0)
        + snn.noise(sigma, tau=5.0)
        + snn.noise(20.0, tau=50.0, shared=True)
    )
    I = {pop: I + snn.noise(9.0, shared=True), pop[100:300]: snn.noise(11.0, tau=2.0)}
    links = [snn.Projection(pop, pop, ([0], [1]), 1.0, 0.1)] if coupled else []
    a, b = (
        snn.simulate(pop, I=I, t_stop=30.0, seed=3, record=["v"], projections=links, engine=e)
        for e in ENGINES
    )
    np.testing.assert_allclose(a.traces["v"], b.traces["v"], rtol=0, atol=1e-11)
    assert np.ptp(a.traces["v"][-1]) > 1.0


@pytest.mark.parametrize("dt", [0.02, 0.1, 0.5, 2.0])
def test_coloured_noise_has_one_variance_and_one_correlation_at_any_dt(dt):
    pop = snn.Population(Leaky(tau_m=dt), 4000)  # v(t + dt) = I(t)
    rec = snn.simulate(
        pop, I=snn.noise(30.0, tau=8.0), t_stop=12.0, dt=dt, seed=6, record=[snn.Record(pop, "v", every=2.0)]
    )
    v = rec.traces["v"][1:]
    assert abs(v[-1].std() / 30.0 - 1) < 4.5 / np.sqrt(2 * 4000)
    assert abs(np.corrcoef(v[0], v[-1])[0, 1] - np.exp(-1.0)) < 4.5 / np.sqrt(4000)


@pytest.mark.parametrize("shared", [False, True])
def test_coloured_noise_is_stationary_and_decays_with_tau(shared):
    """An integrator with a very short tau_m follows the noise: sd sigma, correlation exp(-lag/tau)."""
    pop = snn.Population(Leaky(tau_m=0.1), 3000)  # v(t + dt) = I(t)
    rec = snn.simulate(pop, I=snn.noise(30.0, tau=5.0, shared=shared), t_stop=20.0, seed=5, record=["v"])
    v = rec.traces["v"]
    if shared:
        assert (v[1:] == v[1:, :1]).all() and v[1:, 0].std() > 1.0
        return
    assert abs(v[1].std() / 30.0 - 1) < 0.06 and abs(v[-1].std() / 30.0 - 1) < 0.06
    correlation = np.corrcoef(v[1], v[51])[0, 1]
    assert abs(correlation - np.exp(-1.0)) < 0.06
    assert abs(np.corrcoef(v[1, :-1], v[1, 1:])[0, 1]) < 0.06  # neurons are independent


def test_mixed_populations_project_to_each_other():
    a = snn.Population(snn.LIF(), 1, name="a")
    b = snn.Population(snn.LIF(tau_m=10.0), 2, receptors={"exc": snn.ExpCurrent(5.0)}, name="b")
    p = snn.Projection(a, b, pairs=snn.all_to_all(), w=1500.0, delay=2.0)
    runs = [
        snn.simulate([a, b], I={a: 300.0}, t_stop=100.0, projections=[p], engine=e, record=["v"])
        for e in ENGINES
    ]
    for rec in runs:
        assert len(rec[a].spikes) == 4 and len(rec[b].spikes) > 0
        first = rec[a].spikes.t[0]
        moved = np.flatnonzero(rec[b].traces["v"][:, 0] > -70.0)[0] / 10
        assert moved == pytest.approx(first + 2.0 + 0.1)
        with pytest.raises(ValueError, match=r"use rec\[pop\].spikes"):
            _ = rec.spikes
    assert runs[0][b].spikes == runs[1][b].spikes


# --- bad input -----------------------------------------------------------------------------------------------

LIF2 = snn.Population(
    snn.LIF(), 2, receptors={"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(5.0)}, name="two"
)
BAD_RUNS = [
    ({"what": snn.LIF}, TypeError, r"write LIF\(\)"),
    ({"what": "LIF"}, TypeError, "must be a model"),
    ({"what": []}, TypeError, "must be a model"),
    ({"what": [LIF2, LIF2]}, ValueError, "stands once"),
    ({"t_stop": -1.0}, ValueError, r"t_stop: must be > 0 ms, got -1"),
    ({"t_stop": float("nan")}, ValueError, "t_stop: must be finite"),
    ({"t_stop": "long"}, TypeError, "t_stop: must be a number"),
    (
        {"t_stop": 10.05},
        ValueError,
        r"t_stop: must be a multiple of dt = 0.1 ms, got 10.05 \(snn.on_grid\(10.05, 0.1\)",
    ),
    ({"dt": 0.0}, ValueError, r"dt: must be > 0 ms, got 0"),
    ({"dt": 0.3}, ValueError, r"multiple of dt = 0.3"),
    ({"method": "heun"}, ValueError, r"method: must be one of .*got 'heun'"),
    ({"engine": "cuda"}, ValueError, "engine"),
    ({"seed": 1.5}, TypeError, "seed"),
    ({"seed": -1}, ValueError, "seed: must be a whole number >= 0"),
    ({"I": "strong"}, TypeError, "I: must be a current"),
    ({"I": [1.0, np.nan]}, ValueError, r"I: must be finite, got nan at index \[1\]"),
    ({"I": np.zeros(100)}, ValueError, r"I\[:, None\]"),
    ({"I": np.zeros((7, 2))}, ValueError, r"I\[:, None\]"),
    ({"I": lambda t: "x"}, TypeError, "function of t"),
    ({"I": lambda t: [1.0, 2.0, 3.0]}, ValueError, r"number or shape \(2,\), got \(3,\)"),
    ({"I": {"two": 3.0}}, ValueError, "I: keys must be populations"),
    ({"I": snn.step([1.0, 2.0, 3.0], 0.0, 1.0)}, ValueError, "values for 3 neurons"),
    ({"record": ["w"]}, ValueError, r"no population has a variable 'w'; there are exc.g, inh.g, v"),
    ({"record": [3]}, TypeError, "record"),
    ({"record": [snn.Record(LIF2, "v", every=0.25)]}, ValueError, "Record.every: must be a multiple of dt"),
    ({"initial": {"w": 1.0}}, ValueError, r"no state 'w'"),
    ({"initial": {"v": [1.0, 2.0, 3.0]}}, ValueError, r"initial\['v'\]"),
    ({"initial": {"v": np.inf}}, ValueError, "finite"),
    ({"initial": 3.0}, TypeError, "initial"),
    ({"max_spikes": 0}, ValueError, "max_spikes"),
    ({"start": 5}, TypeError, "start"),
    ({"projections": [3]}, TypeError, "projections"),
    ({"what": snn.Population(snn.LIF(t_ref=0.05), 2)}, ValueError, r"LIF.t_ref: must be a multiple of dt"),
]


@pytest.mark.parametrize(
    "change, error, message", BAD_RUNS, ids=[f"{k} {next(iter(c))}" for k, (c, _, _) in enumerate(BAD_RUNS)]
)
def test_bad_arguments_of_simulate(change, error, message):
    arguments = {"what": LIF2, "t_stop": 10.0, **change}
    with pytest.raises(error, match=message):
        snn.simulate(arguments.pop("what"), **arguments)


def test_t_stop_of_a_continued_run_is_a_time_on_the_clock():
    rec = snn.simulate(snn.LIF(), t_stop=100.0)
    with pytest.raises(ValueError, match=r"t_stop: must be > 100 ms, the time that `start` has reached"):
        snn.simulate(snn.LIF(), t_stop=50.0, start=rec.final)


BAD_PROJECTIONS = [
    ({"pre": 3}, TypeError, "Projection.pre"),
    ({"post": "two"}, TypeError, "Projection.post"),
    ({"pairs": ([0, 5], [0, 1])}, ValueError, "pre ids must be between 0 and 1, got 5"),
    ({"pairs": ([0], [0, 1])}, ValueError, "as many pre ids as post ids"),
    ({"pairs": ([0.5], [0])}, TypeError, "whole numbers"),
    ({"pairs": 7}, TypeError, "Projection.pairs"),
    ({"w": np.nan}, ValueError, "Projection.w: must be finite"),
    ({"w": "big"}, TypeError, "Projection.w"),
    ({"w": [1.0, 2.0, 3.0]}, ValueError, "one per pair"),
    ({"delay": -1.0}, ValueError, r"Projection.delay: must be >= 0 ms, got -1"),
    ({"receptor": None}, ValueError, r"must be one of \['exc', 'inh'\]"),
    ({"receptor": "nmda"}, ValueError, r"must be one of \['exc', 'inh'\], got 'nmda'"),
    ({"post": snn.Population(snn.LIF(), 2)}, ValueError, "has no receptor"),
]


@pytest.mark.parametrize("change, error, message", BAD_PROJECTIONS, ids=lambda x: None)
def test_bad_arguments_of_projection(change, error, message):
    arguments = {
        "pre": LIF2,
        "post": LIF2,
        "pairs": ([0], [1]),
        "w": 1.0,
        "delay": 0.1,
        "receptor": "exc",
        **change,
    }
    with pytest.raises(error, match=message):
        snn.Projection(**arguments)


def test_negative_delays_of_a_matrix_are_refused():
    pop = snn.Population(snn.LIF(), 2, {"exc": snn.ExpCurrent(5.0)})
    p = snn.Projection(pop, pop, snn.all_to_all(), 1.0, np.array([[1.0, 1.0], [-1.0, 1.0]]))
    with pytest.raises(ValueError, match=r"Projection\.delay: must be >= 0 ms, got -1\.0"):
        snn.simulate(pop, t_stop=1.0, projections=[p])


def test_delays_off_the_grid_are_refused():
    p = snn.Projection(LIF2, LIF2, ([0], [1]), 1.0, 0.25, receptor="exc")
    with pytest.raises(ValueError, match=r"Projection.delay: must be a multiple of dt = 0.1 ms, got 0.25"):
        snn.simulate(LIF2, t_stop=10.0, projections=[p])


BAD_POPULATIONS = [
    ((snn.LIF, 3), TypeError, r"write LIF\(\)"),
    ((snn.LIF(), 0), ValueError, "Population.n: must be >= 1, got 0"),
    ((snn.LIF(), 2.5), TypeError, "Population.n"),
    ((snn.LIF(tau_m=[1.0, 2.0]), 3), ValueError, "must be 2, the length of tau_m, got 3"),
    ((snn.LIF(), 3, {"exc": 5.0}), TypeError, "must be a synapse"),
    ((snn.LIF(), 3, {"a b": snn.Delta()}), TypeError, "plain word"),
    ((Leaky(), 3, {"exc": snn.ExpCurrent()}), ValueError, "makes a current in pA; Leaky takes I in mV"),
]


@pytest.mark.parametrize("arguments, error, message", BAD_POPULATIONS, ids=lambda x: None)
def test_bad_arguments_of_population(arguments, error, message):
    with pytest.raises(error, match=message):
        snn.Population(*arguments)
