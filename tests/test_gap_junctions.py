"""Gap junctions against SciPy and Brian2, and what is refused."""

import numpy as np
import pytest
from needs import needs
from scipy.integrate import solve_ivp

import snnlab as snn

ENGINES = ("numba", "numpy")


def pair_of(neuron, w, w_back=None):
    pop = snn.Population(neuron, 2, receptors={"gap": snn.GapJunction()})
    return pop, snn.Projection(pop, pop, ([0, 1], [1, 0]), [w, w if w_back is None else w_back], 0.0)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("method", ["exact", "exponential_euler", "rk4", "euler"])
def test_two_passive_cells(engine, method):
    """The error is of first order in dt, since the current is held over a step."""
    I = np.array([150.0, 20.0])

    def f(t, v):
        return (-(v + 70.0) + 0.1 * (I + np.array([4.0, 7.0]) * (v[::-1] - v))) / 20.0

    exact = solve_ivp(f, (0, 40), [-70.0, -60.0], rtol=1e-12, atol=1e-12, t_eval=np.arange(0, 40, 2.0))
    errors = []
    for dt in (0.1, 0.05):
        pop, p = pair_of(snn.LIF(v_th=1e6), 7.0, 4.0)
        rec = snn.simulate(
            pop, I=I, projections=[p], t_stop=40.0, dt=dt, record=["v"], initial={"v": [-70.0, -60.0]},
            method=method, engine=engine,
        )  # fmt: skip
        errors.append(np.abs(rec.traces["v"][:: round(2 / dt)] - exact.y.T).max())
    assert errors[0] < 0.05
    assert 1.9 < errors[0] / errors[1] < 2.1


@pytest.mark.parametrize("engine", ENGINES)
def test_the_recorded_current_is_that_of_the_recorded_potentials(engine):
    pop, p = pair_of(snn.LIF(), 3.0)
    rec = snn.simulate(
        pop, I=[300.0, 0.0], projections=[p], t_stop=50.0, record=["v", "gap.I_gap"], engine=engine
    )
    v, I_gap = rec.traces["v"], rec.traces["gap.I_gap"]
    assert len(rec.spikes) > 0
    np.testing.assert_allclose(I_gap[:, 0], 3.0 * (v[:, 1] - v[:, 0]), atol=1e-9)
    np.testing.assert_allclose(I_gap, -I_gap[:, ::-1], atol=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("area", [20_000.0, 5_000.0])
def test_a_model_per_area_divides_by_its_area(engine, area):
    """A junction of w nS between cells of this area is a conductance of 0.1 w / area_um2 mS/cm2 (in their units)."""
    neuron = snn.HodgkinHuxley(area_um2=area)
    pop = snn.Population(neuron, 2, receptors={"gap": snn.GapJunction()})
    p = snn.Projection(pop[:1], pop[1:], snn.one_to_one(), 10.0, 0.0)
    rec = snn.simulate(
        pop, I=[10.0, 0.0], projections=[p], t_stop=10.0, dt=0.02, record=["v"], method="rk4", engine=engine
    )
    v = rec.traces["v"]
    I = 100.0 / area * 10.0 * (v[:, :1] - v[:, 1:])  # what flows into the second, step by step
    alone = snn.simulate(neuron, I=I, t_stop=10.0, dt=0.02, record=["v"], method="rk4", engine=engine)
    np.testing.assert_allclose(alone.traces["v"][:, 0], v[:, 1], atol=1e-8)
    assert np.ptp(v[:, 1]) > 1.0


def ring(n=20):
    pop = snn.Population(
        snn.LIF(t_ref=2.0), n, receptors={"gap": snn.GapJunction(), "inh": snn.ExpCurrent(5.0)}, name="ring"
    )
    i = np.arange(n)
    pairs = (np.concatenate([i, i]), np.concatenate([(i + 1) % n, (i - 1) % n]))
    projections = [
        snn.Projection(pop, pop, pairs, snn.uniform(0.5, 1.5), 0.0, "gap"),
        snn.Projection(pop, pop, snn.random(0.2), -20.0, 1.0, "inh"),
    ]
    return pop, {"projections": projections, "I": np.linspace(205, 320, n), "seed": 1}


def test_the_engines_agree_and_go_on():
    pop, settings = ring()
    whole = snn.simulate(pop, t_stop=200.0, record=["v"], **settings)
    other = snn.simulate(pop, t_stop=200.0, record=["v"], engine="numpy", **settings)
    assert len(whole.spikes) > 100 and other.spikes == whole.spikes
    np.testing.assert_allclose(other.traces["v"], whole.traces["v"], atol=1e-9)
    first = snn.simulate(pop, t_stop=77.7, record=["v"], **settings)
    second = snn.simulate(pop, t_stop=200.0, record=["v"], **{**settings, "seed": None}, start=first.final)
    np.testing.assert_array_equal(np.concatenate([first.traces["v"], second.traces["v"]]), whole.traces["v"])


@needs("brian2")
def test_a_network_in_brian2_written_by_hand():
    import brian2 as b2

    b2.prefs.codegen.target = "numpy"
    b2.defaultclock.dt = 0.1 * b2.ms
    pop, settings = ring()
    rec = snn.simulate(pop, t_stop=300.0, **settings)
    gap, inh = (rec.graph(p) for p in settings["projections"])
    group = b2.NeuronGroup(
        pop.n,
        """dv/dt = (-(v + 70) + 0.1*(I_in + I_held + g))/(20*ms) : 1 (unless refractory)
           dg/dt = -g/(5*ms) : 1
           I_gap : 1
           I_held : 1
           I_in : 1 (constant)""",
        threshold="v >= -50", reset="v = -65", refractory=2.1 * b2.ms, method="exact",
    )  # fmt: skip
    group.v, group.I_in = -70.0, settings["I"]
    junctions = b2.Synapses(group, group, "w : 1\nI_gap_post = w*(v_pre - v_post) : 1 (summed)")
    junctions.connect(i=gap.pre, j=gap.post)
    junctions.w = gap.w
    group.run_regularly("I_held = I_gap", when="before_groups")
    synapses = b2.Synapses(group, group, on_pre="g_post -= 20", delay=1.0 * b2.ms)
    synapses.connect(i=inh.pre, j=inh.post)
    junctions.summed_updaters["I_gap_post"].when = "start"
    monitor = b2.SpikeMonitor(group)
    network = b2.Network(b2.collect())
    network.add(group, junctions, synapses, monitor)
    network.run(300.0 * b2.ms)
    assert len(rec.spikes) > 150
    t = np.round(np.asarray(monitor.t / b2.ms) / 0.1).astype(int) + 1
    order = np.lexsort((np.asarray(monitor.i), t))
    np.testing.assert_array_equal(np.round(rec.spikes.t / 0.1).astype(int), t[order])
    np.testing.assert_array_equal(rec.spikes.i, np.asarray(monitor.i)[order])


# --- the declaration, and what is refused --------------------------------------------------------------------------


def test_exported_with_units_latex_and_docstring():
    snn.check_units(snn.GapJunction)
    assert r"I_{\mathrm{gap}} &= \sum w \, \left(v_{\mathrm{pre}} - v\right)" in snn.latex(snn.GapJunction)
    assert "doi:10." in snn.GapJunction.__doc__ and "GapJunction" in snn.__all__


def test_what_is_refused():
    pop = snn.Population(snn.LIF(), 2, receptors={"gap": snn.GapJunction()})
    spikes = snn.SpikeTrains([1.0], [0], n=2, t_stop=10.0)
    pairs = ([0], [1])
    for delay in (0.1, [0.0], snn.uniform(0.0, 0.1)):
        with pytest.raises(ValueError, match=r"Projection.delay: must be 0.0 for GapJunction"):
            snn.Projection(pop, pop, pairs, 1.0, delay)
    with pytest.raises(ValueError, match=r"Projection.w: must be >= 0 nS"):
        snn.Projection(pop, pop, pairs, -1.0, 0.0)
    with pytest.raises(
        TypeError, match=r"Projection.pre: must be a Population or a view of one for GapJunction"
    ):
        snn.Projection(spikes, pop, pairs, 1.0, 0.0)
    with pytest.raises(ValueError, match=r"Projection.plasticity: must be None for GapJunction"):
        snn.Projection(pop, pop, pairs, 1.0, 0.0, plasticity=snn.PairSTDP())
    with pytest.raises(ValueError, match=r"Projection.short_term: must be None for GapJunction"):
        snn.Projection(pop, pop, pairs, 1.0, 0.0, short_term=snn.TsodyksMarkram())
    other = snn.Population(snn.FitzHughNagumo(), 2)
    with pytest.raises(ValueError, match=r"Projection.pre: must have a state v in mV for GapJunction"):
        snn.Projection(other, pop, pairs, 1.0, 0.0)
    with pytest.raises(
        TypeError, match=r"Projection.pre: must be a Population or a view of one for GapJunction"
    ):
        snn.Projection(snn.PoissonSource(2, 10.0), pop, pairs, 1.0, 0.0)
    with pytest.raises(ValueError, match=r"PoissonDrive.receptor: must be one that spikes reach, got gap"):
        snn.PoissonDrive(pop, 10.0, 1.0)
    with pytest.raises(ValueError, match=r"makes a current in pA"):
        snn.Population(snn.Izhikevich(), 2, receptors={"gap": snn.GapJunction()})


class Relaxing(snn.GapJunction):
    """Its sum moves inside a step."""

    tau: snn.units.ms = 1.0

    def dynamics(I_gap, tau):
        dI_gap = -I_gap / tau
        return dI_gap


def test_a_sum_that_moves_inside_a_step_has_no_twin():
    pop = snn.Population(snn.LIF(), 2, receptors={"gap": Relaxing()})
    with pytest.raises(ValueError, match=r"brian2_twin: .* is not carried over, because of Relaxing"):
        snn.brian2_twin(pop, projections=[snn.Projection(pop, pop, ([0, 1], [1, 0]), 1.0, 0.0)], t_stop=1.0)


def test_couple_stands_in_place_of_arrive():
    with pytest.raises(TypeError, match=r"Wrong.couple: stands in place of arrive"):

        class Wrong(snn.Synapse):
            state = {"g": "pA"}
            neuron_states = {"v": "mV"}

            def couple(w, v, v_pre):
                return w * (v_pre - v)

            def arrive(g, w):
                g = g + w
                return g

            def dynamics():
                return 0

            def current(g):
                return g
