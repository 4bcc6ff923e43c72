"""Short-term plasticity: the Tsodyks-Markram synapse against its iteration by hand, Brian2 and NEST."""

import numpy as np
import pytest
from needs import needs

import snnlab as snn
from snnlab.units import one

ENGINES = ("numba", "numpy")
SETS = [
    snn.TsodyksMarkram.depressing(),
    snn.TsodyksMarkram.facilitating(),
    snn.TsodyksMarkram(U=0.2, tau_rec=300.0, tau_facil=200.0),
]
each_set = pytest.mark.parametrize("model", SETS, ids=["depressing", "facilitating", "both"])


def factors(times, model):
    """u x at each spike, by the closed iteration of Tsodyks, Pawelzik & Markram (1998)."""
    u, x, before, found = model.U, 1.0, None, []
    for t in times:
        if before is not None:
            fac = np.exp(-(t - before) / model.tau_facil) if model.tau_facil else 0.0
            rec = np.exp(-(t - before) / model.tau_rec)
            x = x * (1 - u) * rec + 1 - rec
            u = u * fac * (1 - model.U) + model.U
        found.append(u * x)
        before = t
    return np.array(found)


def train(seed=0, n=15, t_stop=1000.0):
    steps = np.sort(np.random.default_rng(seed).choice(int(t_stop / 0.1) - 100, n, replace=False))
    return steps * 0.1


@pytest.mark.parametrize("engine", ENGINES)
@each_set
def test_peaks_equal_the_closed_iteration(model, engine):
    """A receptor without decay adds up w u x; two delays have states of their own, which see the same intervals."""
    pop = snn.Population(snn.LIF(v_th=1e9), 2, receptors={"exc": snn.ExpCurrent(1e15)})
    times = train()
    spikes = snn.SpikeTrains(times, np.zeros(times.size, int), n=1, t_stop=1000.0)
    p = snn.Projection(spikes, pop, ([0, 0], [0, 1]), [10.0, 20.0], [0.0, 5.0], short_term=model)
    rec = snn.simulate(pop, projections=[p], t_stop=1000.0, record=["exc.g"], engine=engine)
    for neuron, (w, delay) in enumerate([(10.0, 0.0), (20.0, 5.0)]):
        total = rec.traces["exc.g"][np.round((times + delay) / 0.1).astype(int), neuron]
        np.testing.assert_allclose(total, np.cumsum(w * factors(times, model)), rtol=1e-9)
    assert p.w.tolist() == [10.0, 20.0]


def test_depression_and_facilitation():
    regular = np.arange(0.0, 500.0, 50.0)
    down, up = (factors(regular, m) for m in SETS[:2])
    assert (np.diff(down) < 0).all() and up[5] > 3 * up[0]


@pytest.mark.parametrize("engine", ENGINES)
def test_two_spikes_in_one_step_share_what_is_left(engine):
    pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(1e15)})
    spikes = snn.SpikeTrains([4.0, 4.0], [0, 0], n=1, t_stop=10.0)
    model = snn.TsodyksMarkram(U=0.5, tau_facil=0.0)
    p = snn.Projection(spikes, pop, ([0], [0]), 100.0, 0.0, short_term=model)
    rec = snn.simulate(pop, projections=[p], t_stop=10.0, record=["exc.g"], engine=engine)
    assert rec.traces["exc.g"][-1, 0] == pytest.approx(50.0 + 25.0, rel=1e-9)


def network(receptor, w, plasticity=None):
    rng = np.random.default_rng(5)
    pop = snn.Population(snn.LIF(t_ref=1.0), 20, receptors={"syn": receptor}, name="net")
    pairs = rng.integers(0, 20, (2, 80))
    delays = rng.integers(0, 20, 80) * 0.1
    p = snn.Projection(
        pop, pop, pairs, w * rng.uniform(0.5, 1, 80), delays, None, plasticity, snn.TsodyksMarkram()
    )
    return pop, {"projections": [p], "I": np.linspace(210, 300, 20), "seed": 1}


RECEPTORS = [
    (snn.Delta(), 2.0),
    (snn.AlphaCurrent(2.0), 60.0),
    (snn.ExpConductance(5.0, 0.0), 2.0),
    (snn.BiExpCurrent(1.0, 4.0), 60.0),
]


@pytest.mark.parametrize("receptor, w", RECEPTORS, ids=lambda r: type(r).__name__)
def test_the_engines_agree_and_go_on(receptor, w):
    pop, settings = network(receptor, w)
    whole = snn.simulate(pop, t_stop=150.0, **settings)
    assert len(whole.spikes) > 50
    assert snn.simulate(pop, t_stop=150.0, engine="numpy", **settings).spikes == whole.spikes
    plain = snn.Projection(
        pop, pop, settings["projections"][0].pairs, settings["projections"][0].w, settings["projections"][0].delay
    )  # fmt: skip
    assert snn.simulate(pop, t_stop=150.0, **{**settings, "projections": [plain]}).spikes != whole.spikes
    first = snn.simulate(pop, t_stop=63.0, record=["v"], **settings)
    second = snn.simulate(pop, t_stop=150.0, record=["v"], **{**settings, "seed": None}, start=first.final)
    again = snn.simulate(pop, t_stop=150.0, record=["v"], **settings)
    np.testing.assert_array_equal(np.concatenate([first.traces["v"], second.traces["v"]]), again.traces["v"])


@needs("brian2")
def test_a_network_in_brian2_written_by_hand():
    """With plasticity too: event-driven u and x for each synapse, equal for all synapses of a pre neuron."""
    import brian2 as b2

    b2.prefs.codegen.target = "numpy"
    b2.defaultclock.dt = 0.1 * b2.ms
    rng = np.random.default_rng(2)
    n, t_stop = 40, 400.0
    lif = snn.LIF(tau_m=20.0, R_m=0.1, E_L=-70.0, v_th=-50.0, v_reset=-65.0, t_ref=2.0)
    pop = snn.Population(lif, n, receptors={"exc": snn.ExpCurrent(5.0)})
    pre, post = rng.integers(0, n, (2, 200))
    I, w, delay = (
        np.linspace(205, 320, n),
        rng.uniform(10, 60, 200),
        np.round(rng.integers(1, 40, 200) * 0.1, 1),
    )
    stdp = snn.PairSTDP(A_plus=0.02, A_minus=0.021, tau_plus=20.0, tau_minus=30.0, w_max=60.0)
    model = snn.TsodyksMarkram(U=0.3, tau_rec=200.0, tau_facil=100.0)
    p = snn.Projection(pop, pop, (pre, post), w, delay, None, stdp, model)
    rec = snn.simulate(pop, projections=[p], I=I, t_stop=t_stop)
    group = b2.NeuronGroup(
        n,
        """dv/dt = (-(v + 70) + 0.1*(I_in + g))/(20*ms) : 1 (unless refractory)
           dg/dt = -g/(5*ms) : 1
           I_in : 1 (constant)""",
        threshold="v >= -50", reset="v = -65", refractory=2.1 * b2.ms, method="exact",
    )  # fmt: skip
    group.v, group.I_in = -70.0, I
    synapses = b2.Synapses(
        group, group,
        """w : 1
           dx/dt = -x/(20*ms) : 1 (event-driven)
           dy/dt = -y/(30*ms) : 1 (event-driven)
           du/dt = -u/(100*ms) : 1 (event-driven)
           dr/dt = (1 - r)/(200*ms) : 1 (event-driven)""",
        on_pre="""u += 0.3*(1 - u)
                  g_post += w*u*r
                  r -= u*r
                  w = clip(w - 0.021*60*y, 0, 60)
                  x += 1""",
        on_post="""w = clip(w + 0.02*60*x, 0, 60)
                   y += 1""",
    )  # fmt: skip
    synapses.connect(i=pre, j=post)
    synapses.w, synapses.r = w, 1.0
    synapses.pre.delay = delay * b2.ms
    monitor = b2.SpikeMonitor(group)
    b2.Network(group, synapses, monitor).run(t_stop * b2.ms)
    assert len(rec.spikes) > 500
    t = np.round(np.asarray(monitor.t / b2.ms) / 0.1).astype(int) + 1
    order = np.lexsort((np.asarray(monitor.i), t))
    np.testing.assert_array_equal(np.round(rec.spikes.t / 0.1).astype(int), t[order])
    np.testing.assert_array_equal(rec.spikes.i, np.asarray(monitor.i)[order])
    np.testing.assert_allclose(rec.weights[p], np.asarray(synapses.w), rtol=0, atol=1e-9)
    assert np.abs(rec.weights[p] - w).max() > 1.0


@needs("nest")
@each_set
def test_peaks_equal_those_of_nest(model):
    import nest

    nest.ResetKernel()
    nest.set_verbosity("M_ERROR")
    nest.resolution = 0.1
    times = train(1) + 0.1
    generator = nest.Create("spike_generator", params={"spike_times": np.round(times, 1)})
    parrot = nest.Create("parrot_neuron")
    nest.Connect(generator, parrot, syn_spec={"delay": 1.0})
    neuron = nest.Create("iaf_psc_exp", params={"tau_syn_ex": 1e9, "V_th": 1e9})
    meter = nest.Create("multimeter", params={"record_from": ["I_syn_ex"], "interval": 0.1})
    nest.Connect(
        parrot, neuron,
        syn_spec={"synapse_model": "tsodyks2_synapse", "U": model.U, "u": model.U, "x": 1.0, "tau_rec": model.tau_rec,
                  "tau_fac": model.tau_facil, "weight": 10.0, "delay": 1.0},
    )  # fmt: skip
    nest.Connect(meter, neuron)
    nest.Simulate(1100.0)
    steps = np.diff(np.concatenate([[0.0], meter.events["I_syn_ex"]]))
    peaks = steps[steps > 1e-4]
    np.testing.assert_allclose(peaks, 10.0 * factors(times, model), rtol=1e-4)


# --- the declaration -------------------------------------------------------------------------------------------


def test_units_latex_and_docstring():
    snn.check_units(snn.TsodyksMarkram)
    text = snn.latex(snn.TsodyksMarkram)
    assert r"\leftarrow" in text and text.count("{") == text.count("}")
    assert "doi:10." in snn.TsodyksMarkram.__doc__


@pytest.mark.parametrize("engine", ENGINES)
def test_an_own_model(engine):
    class Tired(snn.ShortTerm):
        """Every second spike is lost, without regard to time."""

        half: one = 1.0
        state = {"s": "1"}

        def initial():
            return {"s": 1.0}

        def recover(s):
            s = 1 - s
            return s

        def release(s, half):
            factor = 1 - s * half
            return factor, s

    pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(1e15)})
    spikes = snn.SpikeTrains([1.0, 2.0, 3.0, 4.0], [0] * 4, n=1, t_stop=10.0)
    p = snn.Projection(spikes, pop, ([0], [0]), 10.0, 0.0, short_term=Tired())
    rec = snn.simulate(pop, projections=[p], t_stop=10.0, record=["exc.g"], engine=engine)
    np.testing.assert_allclose(rec.traces["exc.g"][[10, 20, 30, 40], 0], [10, 10, 20, 20], rtol=1e-9)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: snn.TsodyksMarkram(U=0.0), ValueError, r"TsodyksMarkram.U: must be > 0 and <= 1, got 0.0"),
        (lambda: snn.TsodyksMarkram(U=1.5), ValueError, r"TsodyksMarkram.U: must be > 0 and <= 1, got 1.5"),
        (lambda: snn.TsodyksMarkram(tau_rec=0.0), ValueError, r"TsodyksMarkram.tau_rec: must be > 0 ms"),
        (lambda: snn.TsodyksMarkram(tau_facil=-1.0), ValueError, r"TsodyksMarkram.tau_facil: must be >= 0 ms"),
        (lambda: snn.TsodyksMarkram(U=[0.1, 0.2]), ValueError, r"TsodyksMarkram.U: must be one number"),
    ],
)  # fmt: skip
def test_bad_parameters(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("given", [snn.TsodyksMarkram, snn.PairSTDP(), 0.5])
def test_what_is_no_short_term_plasticity(given):
    pop = snn.Population(snn.LIF(), 2, receptors={"exc": snn.ExpCurrent(5.0)})
    with pytest.raises(TypeError, match=r"Projection.short_term: must be short-term plasticity such as"):
        snn.Projection(pop, pop, snn.all_to_all(), 1.0, 0.1, short_term=given)


def test_release_must_return_the_factor_first():
    with pytest.raises(TypeError, match=r"Wrong.release: must return the factor and then states"):

        class Wrong(snn.ShortTerm):
            state = {"s": "1"}

            def initial():
                return {"s": 1.0}

            def recover(s):
                return s

            def release(s):
                return s
