"""The engines against Brian2 networks written by hand, spike for spike.

Brian2 stamps a spike with the start of its step, and holds a neuron for one step less than `refractory` says:
the comparison shifts by dt and gives it t_ref + dt.
"""

import numpy as np
import pytest
from needs import needs

import snnlab as snn

pytestmark = needs("brian2")

DT = 0.1
N, N_E = 1000, 800


@pytest.fixture(scope="module")
def b2():
    import brian2

    brian2.prefs.codegen.target = "numpy"
    return brian2


def brian2_spikes(b2, namespace, equations, initial, graphs, t_stop):
    """Run one Brian2 population with given initial v and (target variable, w, graph) synapses; return (t, i)."""
    b2.defaultclock.dt = DT * b2.ms
    group = b2.NeuronGroup(
        N,
        equations,
        threshold="v >= v_th",
        reset="v = v_reset",
        refractory="t_hold",
        method="exact",
        namespace=namespace,
    )
    group.v = initial * b2.mV
    objects = [group]
    for source, on_pre, graph in graphs:
        synapses = b2.Synapses(source or group, group, "w : 1", on_pre=on_pre, namespace=namespace)
        synapses.connect(i=graph.pre, j=graph.post)
        synapses.w = graph.w
        synapses.delay = graph.delay * b2.ms
        objects += [synapses] + ([source] if source is not None else [])
    monitor = b2.SpikeMonitor(group)
    net = b2.Network(*objects, monitor)
    net.run(t_stop * b2.ms)
    t, i = np.asarray(monitor.t / b2.ms) + DT, np.asarray(monitor.i)
    order = np.lexsort((i, np.round(t / DT)))
    return t[order], i[order]


def same_spikes(spikes, t, i, dt=DT):
    assert len(spikes) == t.size
    np.testing.assert_array_equal(np.round(spikes.t / dt), np.round(t / dt))
    np.testing.assert_array_equal(spikes.i, i)


def shifted(graph, offset):
    return snn.network.Graph(graph.pre + offset, graph.post, graph.w, graph.delay)


def test_a_network_with_two_delays_agrees_spike_for_spike(b2):
    lif = snn.LIF(tau_m=20.0, E_L=-49.0, v_th=-50.0, v_reset=-60.0, t_ref=5.0)
    net = snn.Population(
        lif, N, receptors={"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}, name="net"
    )
    E, J = net[:N_E], net[N_E:]
    exc = snn.Projection(E, net, pairs=snn.random(0.08), w=16.2, delay=0.8, receptor="exc")
    inh = snn.Projection(J, net, pairs=snn.random(0.08), w=-90.0, delay=1.5, receptor="inh")
    v0 = np.random.default_rng(3).uniform(-60.0, -50.0, N)
    t_stop = 1000.0
    runs = {
        engine: snn.simulate(
            net, t_stop=t_stop, seed=1, initial={"v": v0}, projections=[exc, inh], engine=engine
        ).spikes
        for engine in ("numba", "numpy")
    }
    assert len(runs["numba"]) > 2000  # a network that is silent proves nothing
    assert runs["numba"] == runs["numpy"]

    namespace = {
        "tau_m": 20 * b2.ms, "E_L": -49 * b2.mV, "R_m": 100 * b2.Mohm, "v_th": -50 * b2.mV, "v_reset": -60 * b2.mV,
        "tau_e": 5 * b2.ms, "tau_i": 10 * b2.ms, "pA": b2.pA, "t_hold": (5.0 + DT) * b2.ms,
    }  # fmt: skip
    equations = """
    dv/dt = (E_L - v + R_m*(g_e + g_i))/tau_m : volt (unless refractory)
    dg_e/dt = -g_e/tau_e : amp
    dg_i/dt = -g_i/tau_i : amp
    """
    graphs = [
        (None, "g_e_post += w*pA", exc.draw(1, 0)),
        (None, "g_i_post += w*pA", shifted(inh.draw(1, 1), N_E)),
    ]
    same_spikes(runs["numba"], *brian2_spikes(b2, namespace, equations, v0, graphs, t_stop))


@pytest.mark.parametrize("t_ref", [0.0, 2.0])
def test_jumps_at_the_refractory_edges_agree_spike_for_spike(b2, t_ref):
    """Delta synapses with delay 0, and kicks at s, s + t_ref and s + t_ref + dt of each neuron's first spike."""
    lif = snn.LIF(tau_m=10.0, E_L=-49.5, v_th=-50.0, v_reset=-60.0, t_ref=t_ref)
    net = snn.Population(lif, N, receptors={"jump": snn.Delta()}, name="net")
    E, J = net[:N_E], net[N_E:]
    exc = snn.Projection(E, net, pairs=snn.random(0.05), w=0.15, delay=0.0)
    inh = snn.Projection(J, net, pairs=snn.random(0.05), w=-1.2, delay=0.0)
    v0 = np.random.default_rng(4).uniform(-60.0, -50.0, N)
    t_stop = 400.0
    free = snn.simulate(net, t_stop=t_stop, seed=2, initial={"v": v0}, projections=[exc, inh]).spikes
    first = np.array([free.of(i)[0] if free.of(i).size else 50.0 for i in range(N)])
    edges = np.unique([0.0, t_ref, t_ref + DT])
    steps = np.round((first[:, None] + edges) / DT).astype(int).ravel()
    kick_t, kick_i = np.minimum(steps * DT, t_stop), np.repeat(np.arange(N), edges.size)
    kicks = snn.SpikeTrains(kick_t, kick_i, n=N, t_stop=t_stop)
    kick = snn.Projection(kicks, net, pairs=snn.one_to_one(), w=4.0, delay=0.0)
    runs = {
        engine: snn.simulate(
            net, t_stop=t_stop, seed=2, initial={"v": v0}, projections=[exc, inh, kick], engine=engine
        ).spikes
        for engine in ("numba", "numpy")
    }
    assert len(runs["numba"]) > 2000
    assert len(runs["numba"]) != len(free)  # the kicks matter
    assert runs["numba"] == runs["numpy"]

    namespace = {
        "tau_m": 10 * b2.ms, "E_L": -49.5 * b2.mV, "v_th": -50 * b2.mV, "v_reset": -60 * b2.mV, "mV": b2.mV,
        "t_hold": (t_ref + DT) * b2.ms,
    }  # fmt: skip
    # With t_ref = 0 Brian2 must still lose a jump at the spike itself: t_hold = dt marks the neuron for that step.
    equations = "dv/dt = (E_L - v)/tau_m : volt (unless refractory)"
    jump = "v_post += w*mV*int(not_refractory_post)"
    # Brian2 stamps a spike one step earlier than it is delivered with delay 0.
    source = b2.SpikeGeneratorGroup(N, kick_i, (steps - 1) * DT * b2.ms, dt=DT * b2.ms)
    graphs = [
        (None, jump, exc.draw(2, 0)),
        (None, jump, shifted(inh.draw(2, 1), N_E)),
        (source, jump, kick.draw(2, 2)),
    ]
    same_spikes(runs["numba"], *brian2_spikes(b2, namespace, equations, v0, graphs, t_stop))


@needs("Cython", program="g++")
def test_ten_seconds_of_a_plastic_network_agree_spike_for_spike(b2):
    """1,000 given trains onto 100 neurons that inhibit each other, with STDP of all pairs; Brian2 by Cython, with steps of 0.2 ms, for speed.

    Brian2's synapses keep traces of their own, which decay between events. Its pathways are put in our order: what
    arrives first, then the spikes of the post neurons.
    """
    n_pre, n, t_stop, dt = 1000, 100, 10_000.0, 0.2
    rule = snn.PairSTDP(A_plus=0.005, A_minus=0.0055, tau_plus=15.0, tau_minus=25.0, w_max=80.0, mu=0.5)
    lif = snn.LIF(t_ref=2.0)
    net = snn.Population(
        lif, n, receptors={"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}, name="net"
    )
    drawn = snn.poisson(10.0, n_pre, t_stop - 1.0, seed=1)
    steps, ids = np.unique(
        [np.ceil(drawn.t / dt).astype(int), drawn.i], axis=1
    )  # Brian2 takes one spike per step
    given = snn.SpikeTrains(steps * dt, ids, n=n_pre, t_stop=t_stop)
    exc = snn.Projection(given, net, snn.random(0.1), snn.uniform(30.0, 80.0), 1.4, "exc", rule)
    inh = snn.Projection(net, net, snn.random(0.1), -40.0, 1.6, "inh")
    rec = snn.simulate(net, projections=[exc, inh], t_stop=t_stop, dt=dt, seed=1)
    graph, inhibition = exc.draw(1, 0, dt), inh.draw(1, 1, dt)

    b2.prefs.codegen.target = "cython"
    try:
        b2.defaultclock.dt = dt * b2.ms
        namespace = {
            "tau_m": 20 * b2.ms, "E_L": -70 * b2.mV, "R_m": 100 * b2.Mohm, "v_th": -50 * b2.mV, "v_reset": -65 * b2.mV,
            "tau_e": 5 * b2.ms, "tau_i": 10 * b2.ms, "pA": b2.pA, "t_hold": (2.0 + dt) * b2.ms, "tau_x": 15 * b2.ms,
            "tau_y": 25 * b2.ms, "w_max": 80.0, "A_plus": 0.005, "A_minus": 0.0055,
        }  # fmt: skip
        group = b2.NeuronGroup(
            n,
            """
            dv/dt = (E_L - v + R_m*(g_e + g_i))/tau_m : volt (unless refractory)
            dg_e/dt = -g_e/tau_e : amp
            dg_i/dt = -g_i/tau_i : amp
            """,
            threshold="v >= v_th", reset="v = v_reset", refractory="t_hold", method="exact", namespace=namespace,
        )  # fmt: skip
        group.v = -70 * b2.mV
        source = b2.SpikeGeneratorGroup(n_pre, ids, (steps - 1) * dt * b2.ms, dt=dt * b2.ms)
        plastic = b2.Synapses(
            source, group,
            """
            w : 1
            dx/dt = -x/tau_x : 1 (event-driven)
            dy/dt = -y/tau_y : 1 (event-driven)
            """,
            on_pre="g_e_post += w*pA; w = clip(w - A_minus*w_max*y*sqrt(w/w_max), 0, w_max); x += 1",
            on_post="w = clip(w + A_plus*w_max*x*sqrt((w_max - w)/w_max), 0, w_max); y += 1",
            namespace=namespace,
        )  # fmt: skip
        plastic.connect(i=graph.pre, j=graph.post)
        plastic.w, plastic.pre.delay = graph.w, 1.4 * b2.ms
        plastic.pre.order, plastic.post.order = -1, 1
        fixed = b2.Synapses(group, group, "w : 1", on_pre="g_i_post += w*pA", namespace=namespace)
        fixed.connect(i=inhibition.pre, j=inhibition.post)
        fixed.w, fixed.delay = inhibition.w, 1.6 * b2.ms
        monitor = b2.SpikeMonitor(group)
        b2.Network(group, source, plastic, fixed, monitor).run(t_stop * b2.ms)
    finally:
        b2.prefs.codegen.target = "numpy"
    t, i = np.asarray(monitor.t / b2.ms) + dt, np.asarray(monitor.i)
    order = np.lexsort((i, np.round(t / dt)))
    assert len(rec.spikes) > 5000
    assert np.abs(rec.weights[exc] - graph.w).mean() > 5.0  # the weights move
    same_spikes(rec.spikes, t[order], i[order], dt)
    np.testing.assert_allclose(rec.weights[exc], np.asarray(plastic.w), rtol=1e-9)


def test_ten_seconds_of_a_plastic_network(b2):
    """Song, Miller & Abbott (2000): 1,000 given trains onto 3 neurons; every spike, and every weight to 1e-9."""
    n, dt, t_stop = 1000, 0.5, 10_000.0
    rng = np.random.default_rng(6)
    step, i = np.divmod(np.unique(rng.integers(0, int(t_stop / dt) * n, 150_000)), n)
    w = rng.uniform(0.0, 30.0, 3 * n)
    post = snn.Population(snn.LIF(t_ref=2.0), 3, receptors={"exc": snn.ExpCurrent(5.0)})
    given = snn.SpikeTrains(step * dt, i, n=n, t_stop=t_stop)
    rule = snn.PairSTDP(A_plus=0.01, A_minus=0.0105, w_max=30.0)
    p = snn.Projection(given, post, snn.all_to_all(), w, delay=2 * dt, plasticity=rule)
    rec = snn.simulate(post, projections=[p], t_stop=t_stop, dt=dt)

    b2.defaultclock.dt = dt * b2.ms
    source = b2.SpikeGeneratorGroup(n, i, step * dt * b2.ms)
    group = b2.NeuronGroup(
        3,
        """dv/dt = (-(v + 70) + 0.1*g)/(20*ms) : 1 (unless refractory)
           dg/dt = -g/(5*ms) : 1""",
        threshold="v >= -50",
        reset="v = -65",
        refractory=2.5 * b2.ms,
        method="exact",
    )
    group.v = -70.0
    synapses = b2.Synapses(
        source,
        group,
        """w : 1
           dx/dt = -x/(20*ms) : 1 (event-driven)
           dy/dt = -y/(20*ms) : 1 (event-driven)""",
        on_pre="g_post += w; w = clip(w - 0.0105*30*y, 0, 30); x += 1",
        on_post="w = clip(w + 0.01*30*x, 0, 30); y += 1",
        delay=dt * b2.ms,
    )
    graph = rec.graph(p)
    synapses.connect(i=graph.pre, j=graph.post)
    synapses.w = graph.w
    monitor = b2.SpikeMonitor(group)
    b2.Network(source, group, synapses, monitor).run(t_stop * b2.ms)
    t, j = np.round(np.asarray(monitor.t / b2.ms) / dt).astype(int) + 1, np.asarray(monitor.i)
    order = np.lexsort((j, t))
    assert len(rec.spikes) > 300
    np.testing.assert_array_equal(np.round(rec.spikes.t / dt).astype(int), t[order])
    np.testing.assert_array_equal(rec.spikes.i, j[order])
    np.testing.assert_allclose(rec.weights[p], np.asarray(synapses.w), rtol=0, atol=1e-9)
    assert np.abs(rec.weights[p] - w).mean() > 1.0


def test_rewards_turn_eligibility_into_weight(b2):
    """Izhikevich (2007): 40 given trains onto 10 neurons and rewards at given times, over 1 s.

    dc/dt = -c/tau_c in each synapse, dd/dt = -d/tau_d once for all, and every 10 ms w grows by (d - b) c 10 ms/tau_w.
    """
    n_pre, n, t_stop, T = 40, 10, 1000.0, 10.0
    rng = np.random.default_rng(8)
    step, i = np.divmod(np.unique(rng.integers(0, int(t_stop / DT - 20) * n_pre, 1250)), n_pre)
    given = snn.SpikeTrains(step * DT, i, n=n_pre, t_stop=t_stop)
    reward_steps = np.array([2000, 2500, 4999, 8000])  # one of them just before w changes
    rewards = snn.SpikeTrains(reward_steps * DT, np.zeros(4, dtype=int), n=1, t_stop=t_stop)
    rule = snn.RewardSTDP(
        A_plus=0.025, A_minus=0.02, tau_c=300.0, tau_d=100.0, tau_w=20.0, b=0.1, T=T, w_max=150.0
    )
    post = snn.Population(snn.LIF(t_ref=2.0), n, receptors={"exc": snn.ExpCurrent(5.0)})
    w = rng.uniform(50.0, 100.0, n_pre * n)
    p = snn.Projection(given, post, snn.all_to_all(), w, delay=0.5, plasticity=rule, reward=rewards)
    I = rng.uniform(80.0, 120.0, n)
    rec = snn.simulate(post, I=I, projections=[p], t_stop=t_stop, record=[snn.Record(p, "w", every=T), snn.Record(p, "c", every=T)])  # fmt: skip

    b2.defaultclock.dt = DT * b2.ms
    source = b2.SpikeGeneratorGroup(n_pre, i, step * DT * b2.ms)  # with a delay that is shorter by dt
    group = b2.NeuronGroup(
        n,
        """dv/dt = (-(v + 70) + 0.1*(g + I))/(20*ms) : 1 (unless refractory)
           dg/dt = -g/(5*ms) : 1
           I : 1""",
        threshold="v >= -50", reset="v = -65", refractory=2.1 * b2.ms, method="exact",
    )  # fmt: skip
    group.v, group.I = -70.0, I
    dopamine = b2.NeuronGroup(1, "dd/dt = -d/(100*ms) : 1", method="exact")
    giver = b2.SpikeGeneratorGroup(1, np.zeros(4, dtype=int), (reward_steps - 1) * DT * b2.ms)
    released = b2.Synapses(giver, dopamine, on_pre="d_post += 1")
    released.connect()
    synapses = b2.Synapses(
        source, group,
        """w : 1
           dx/dt = -x/(20*ms) : 1 (event-driven)
           dy/dt = -y/(20*ms) : 1 (event-driven)
           dc/dt = -c/(300*ms) : 1 (clock-driven)""",
        on_pre="g_post += w; c -= 0.02*150*y; x += 1",
        on_post="c += 0.025*150*x; y += 1",
        delay=0.4 * b2.ms, method="exact",
    )  # fmt: skip
    graph = rec.graph(p)
    synapses.connect(i=graph.pre, j=graph.post)
    synapses.w = graph.w
    histories: dict[str, list] = {"w": [], "c": []}

    def consolidate():
        before = np.array(synapses.w)
        synapses.w = np.clip(before + (dopamine.d[0] - 0.1) * np.array(synapses.c) * T / 20.0, 0.0, 150.0)

    @b2.network_operation(dt=T * b2.ms, when="start")
    def now_and_then(t):
        if t > 0 * b2.ms:
            consolidate()
        histories["w"].append(np.array(synapses.w))
        histories["c"].append(np.array(synapses.c))

    monitor = b2.SpikeMonitor(group)
    b2.Network(source, group, dopamine, giver, released, synapses, now_and_then, monitor).run(t_stop * b2.ms)
    consolidate()  # at t_stop
    t, j = np.round(np.asarray(monitor.t / b2.ms) / DT).astype(int) + 1, np.asarray(monitor.i)
    order = np.lexsort((j, t))
    assert len(rec.spikes) > 50
    same_spikes(rec.spikes, t[order] * DT, j[order])
    np.testing.assert_allclose(rec.traces[p, "w"], histories["w"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(rec.traces[p, "c"], histories["c"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(rec.weights[p], np.asarray(synapses.w), rtol=0, atol=1e-9)
    assert np.abs(rec.weights[p] - w).mean() > 1.0
