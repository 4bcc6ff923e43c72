"""Every synapse against its closed form or SciPy; the engines, the twin, and what is refused.

A synapse that is exported is tested by being there: it becomes a receptor of the common test population.
"""

import math

import numpy as np
import pytest
from needs import needs
from scipy.integrate import solve_ivp

import snnlab as snn
from snnlab import synapses

SYNAPSES = [
    cls
    for cls in vars(synapses).values()
    if isinstance(cls, type)
    and issubclass(cls, snn.Synapse)
    and cls is not snn.Synapse
    and not cls.continuous()  # those without spikes: test_gap_junctions.py
]
CURRENTS = [snn.ExpCurrent, snn.AlphaCurrent, snn.BiExpCurrent]
CONDUCTANCES = [snn.ExpConductance, snn.AlphaConductance, snn.NMDA]
each_synapse = pytest.mark.parametrize("synapse", SYNAPSES, ids=lambda s: s.__name__)
CONSTANTS = [
    (0.5, 5.0),
    (2.0, 2.0),
    (2.0, 2.0 * (1 + 1e-13)),
    (2.0, 2.00001),
    (2.0, 2.0003),
    (5.0, 0.5),
    (1.0, 300.0),
]


def weight_of(synapse):
    return {"pA": 60.0, "nS": 1.0, "mV": 2.0}[synapse.weight]


def one_spike(synapse, w, t_stop, dt=0.1, neuron=None, **more):
    """The record of one neuron that receives one spike at time 0."""
    pop = snn.Population(neuron or snn.LIF(), 1, receptors={"syn": synapse})
    spike = snn.SpikeTrains([0.0], [0], n=1, t_stop=t_stop)
    p = snn.Projection(spike, pop, pairs=([0], [0]), w=w, delay=0.0)
    record = ["v", "syn.g"] if "g" in synapse.state else ["v"]
    return snn.simulate(pop, t_stop=t_stop, dt=dt, projections=[p], record=record, **more)


# --- the declaration -------------------------------------------------------------------------------------------


@each_synapse
def test_exported_with_units_latex_and_docstring(synapse):
    assert getattr(snn, synapse.__name__) is synapse and synapse.__name__ in snn.__all__
    snn.check_units(synapse)
    text = snn.latex(synapse)
    assert text.count("{") == text.count("}") and text.count(r"\left(") == text.count(r"\right)")
    assert all(rf"\frac{{d{s}}}{{dt}}" in text for s in synapse.state)
    assert "doi:10." in synapse.__doc__ and ">>>" in synapse.__doc__


@each_synapse
def test_bad_parameters_are_refused(synapse):
    for name in synapse.parameters():
        label = rf"^{synapse.__name__}\.{name}: must be "
        for bad, error in (
            (math.nan, ValueError),
            (math.inf, ValueError),
            ("1", TypeError),
            (None, TypeError),
        ):
            with pytest.raises(error, match=label):
                synapse(**{name: bad})
        if name.startswith("tau"):
            for bad in (0.0, -2.0):
                with pytest.raises(ValueError, match=label + "> 0 ms"):
                    synapse(**{name: bad})


def test_a_magnesium_below_zero_is_refused():
    with pytest.raises(ValueError, match=r"^NMDA.Mg: must be >= 0 mM, got -1.0"):
        snn.NMDA(Mg=-1.0)
    with pytest.raises(ValueError, match=r"^NMDA.K_Mg: must be > 0 mM, got 0.0"):
        snn.NMDA(K_Mg=0.0)


@pytest.mark.parametrize("synapse", CONDUCTANCES, ids=lambda s: s.__name__)
def test_a_negative_conductance_is_refused(synapse):
    pop = snn.Population(snn.LIF(), 2, receptors={"syn": synapse()})
    for w in (-1.0, np.array([1.0, -1.0])):
        with pytest.raises(ValueError, match=r"Projection.w: must be >= 0 nS, got -1.0"):
            snn.Projection(pop, pop, pairs=([0, 1], [1, 0]), w=w, delay=0.1)


@pytest.mark.parametrize("synapse", CONDUCTANCES, ids=lambda s: s.__name__)
@pytest.mark.parametrize("model", [snn.FitzHughNagumo, snn.HindmarshRose], ids=lambda m: m.__name__)
def test_a_conductance_needs_a_voltage(synapse, model):
    with pytest.raises(ValueError, match=rf"{synapse.__name__} needs a state v in mV"):
        snn.Population(model(), 1, receptors={"syn": synapse()})


# --- one spike, in closed form -----------------------------------------------------------------------------------


def shape(t, tau_rise, tau_decay):
    """Difference of exponentials with peak 1; for (nearly) equal constants the alpha function."""
    if abs(tau_decay / tau_rise - 1) < 1e-6:
        return t / tau_rise * np.exp(1 - t / tau_rise)
    peak = math.log(tau_decay / tau_rise) / (1 / tau_rise - 1 / tau_decay)
    height = math.exp(-peak / tau_decay) - math.exp(-peak / tau_rise)
    return (np.exp(-t / tau_decay) - np.exp(-t / tau_rise)) / height


def test_exponential_current():
    rec = one_spike(snn.ExpCurrent(3.0), 50.0, 40.0)
    np.testing.assert_allclose(rec.traces["syn.g"][:, 0], 50.0 * np.exp(-rec.t / 3.0), rtol=1e-12)


@pytest.mark.parametrize("tau", [0.5, 2.0, 20.0])
def test_alpha_current_peaks_at_tau_with_height_w(tau):
    rec = one_spike(snn.AlphaCurrent(tau), -50.0, 40.0)
    np.testing.assert_allclose(rec.traces["syn.g"][:, 0], -50.0 * shape(rec.t, tau, tau), atol=1e-11)
    assert rec.t[rec.traces["syn.g"].argmin()] == tau
    assert abs(rec.traces["syn.g"].min() + 50.0) < 1e-11


@pytest.mark.parametrize("tau_rise, tau_decay", CONSTANTS)
def test_biexponential_current_has_height_w(tau_rise, tau_decay):
    """Also for constants that are equal or nearly so (where the two exponentials cancel)."""
    rec = one_spike(snn.BiExpCurrent(tau_rise, tau_decay), 50.0, 60.0)
    g = rec.traces["syn.g"][:, 0]
    nearly = 0 < abs(tau_decay / tau_rise - 1) < 1e-3  # there the comparison itself cancels
    np.testing.assert_allclose(g, 50.0 * shape(rec.t, tau_rise, tau_decay), atol=1e-5 if nearly else 1e-9)
    assert 49.5 < g.max() <= 50.0 + 1e-9


def test_equal_time_constants_are_an_alpha_function():
    for pair in ((snn.BiExpCurrent(2.0, 2.0), snn.AlphaCurrent(2.0)),):
        a, b = (one_spike(s, 50.0, 30.0, engine="numpy").traces["v"] for s in pair)
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


def exponential_psp(t, tau, tau_m):
    """R_m = 1 GOhm times a current exp(-t/tau) of 1 pA, through the membrane (mV)."""
    if tau == tau_m:
        return t / tau * np.exp(-t / tau)
    return tau / (tau - tau_m) * (np.exp(-t / tau) - np.exp(-t / tau_m))


def alpha_psp(t, tau, tau_m):
    """The same for the current t/tau exp(1 - t/tau)."""
    if tau == tau_m:
        return math.e * t**2 / (2 * tau**2) * np.exp(-t / tau)
    k = 1 / tau - 1 / tau_m
    return math.e / (tau * tau_m) * (np.exp(-t / tau_m) / k**2 - np.exp(-t / tau) * (t / k + 1 / k**2))


@pytest.mark.parametrize("tau_m", [20.0, 5.0, 2.0])
def test_postsynaptic_potentials_meet_their_closed_forms(tau_m):
    """With the method "exact", also where the time constant of the synapse is the membrane's."""
    lif = snn.LIF(tau_m=tau_m)
    rise, decay = 1.0, 5.0
    peak = math.log(decay / rise) / (1 / rise - 1 / decay)
    height = math.exp(-peak / decay) - math.exp(-peak / rise)
    for synapse, psp in (
        (snn.ExpCurrent(5.0), lambda t: exponential_psp(t, 5.0, tau_m)),
        (snn.AlphaCurrent(2.0), lambda t: alpha_psp(t, 2.0, tau_m)),
        (snn.AlphaCurrent(5.0), lambda t: alpha_psp(t, 5.0, tau_m)),
        (snn.BiExpCurrent(rise, decay),
         lambda t: (exponential_psp(t, decay, tau_m) - exponential_psp(t, rise, tau_m)) / height),
        (snn.BiExpCurrent(5.0, 5.0), lambda t: alpha_psp(t, 5.0, tau_m)),
    ):  # fmt: skip
        rec = one_spike(synapse, 60.0, 50.0, neuron=lif, method="exact")
        v = rec.traces["v"][:, 0] + 70.0
        np.testing.assert_allclose(v, 0.1 * 60.0 * psp(rec.t), atol=1e-10)


# --- conductances, against SciPy -----------------------------------------------------------------------------------


def by_hand(synapse, w, t):
    """v of a default LIF (g_L = 10 nS, C_m = 200 pF) after one spike at 0."""
    rise, decay, scale = {
        "ExpConductance": (None, 5.0, 1.0),
        "AlphaConductance": (2.0, 2.0, math.e),
        "NMDA": (2.0, 100.0, (100.0 / 2.0) ** (1 / 49)),  # q^(1/(q - 1)), q = tau_decay/tau_rise
    }[synapse]

    def f(_, y):
        v, g, x = y
        open_ = 1 / (1 + 1.0 / 3.57 * math.exp(-0.062 * v)) if synapse == "NMDA" else 1.0
        dx = -x / rise if rise else 0.0
        dg = -g / decay + (x / rise if rise else 0.0)
        return [(-10.0 * (v + 70.0) + g * open_ * (0.0 - v)) / 200.0, dg, dx]

    start = [-70.0, 0.0, scale * w] if rise else [-70.0, scale * w, 0.0]
    return solve_ivp(f, (0.0, t[-1]), start, method="DOP853", rtol=1e-12, atol=1e-12, t_eval=t).y


@pytest.mark.parametrize("synapse", CONDUCTANCES, ids=lambda s: s.__name__)
def test_a_conductance_meets_scipy(synapse):
    rec = one_spike(synapse(), 2.0, 40.0, method="rk4")
    v, g, _ = by_hand(synapse.__name__, 2.0, rec.t)
    np.testing.assert_allclose(rec.traces["syn.g"][:, 0], g, atol=1e-5)
    np.testing.assert_allclose(rec.traces["v"][:, 0], v, atol=1e-5)
    assert np.ptp(rec.traces["v"]) > 0.4


@pytest.mark.parametrize("synapse", CONDUCTANCES, ids=lambda s: s.__name__)
def test_the_order_of_convergence_with_a_conductance(synapse):
    """The receptor's states are integrated with the neuron's: the orders are 1 and 4."""
    truth = by_hand(synapse.__name__, 2.0, np.array([0.0, 5.0]))[:2, -1]
    methods = {"euler": 1, "rk4": 4} | ({} if synapse is snn.NMDA else {"exponential_euler": 1})
    for method, order in methods.items():
        errors = []
        for dt in (0.2, 0.1) if method == "rk4" else (0.02, 0.01):
            rec = one_spike(
                synapse(), 2.0, 5.0 + dt, dt=dt, neuron=snn.LIF(t_ref=0.0), method=method, engine="numpy"
            )
            errors.append(max(abs(rec.traces[name][-1, 0] - x) for name, x in zip(rec.traces, truth)))
        assert abs(math.log2(errors[0] / errors[1]) - order) < 0.2, (method, errors)


def test_the_magnesium_block():
    """Half of the receptors are open where Mg/K_Mg exp(-gamma v) = 1; without magnesium all are."""
    nmda = snn.NMDA()

    def open_at(v, Mg=1.0):
        return nmda.current(1.0, v, 1000.0, Mg, nmda.K_Mg, nmda.gamma) / (1000.0 - v)

    assert abs(open_at(-math.log(3.57) / 0.062) - 0.5) < 1e-12
    v = np.linspace(-90.0, 40.0, 50)
    assert (np.diff(open_at(v)) > 0).all() and open_at(-90.0) < 0.02 and open_at(40.0) > 0.95
    np.testing.assert_allclose(open_at(v, Mg=0.0), 1.0)
    current = nmda.current(1.0, v, 0.0, 1.0, nmda.K_Mg, nmda.gamma)
    assert v[current.argmax()] > -40.0  # the slope of the current is negative at rest


def test_nmda_refuses_methods_that_need_an_affine_voltage():
    for method in ("exact", "exponential_euler"):
        with pytest.raises(ValueError, match=method):
            one_spike(snn.NMDA(), 1.0, 1.0, method=method, engine="numpy")


# --- the engines and the twin: one population with every receptor ---------------------------------------------------


def bombarded(neuron, receptors):
    """Random spikes onto every receptor of two neurons."""
    pop = snn.Population(neuron, 2, receptors=receptors)
    rng = np.random.default_rng(5)
    projections = []
    for name, synapse in receptors.items():
        t = rng.choice(np.arange(1, 1990), 60, replace=False) * 0.1
        given = snn.SpikeTrains(t, np.arange(60) % 2, n=2, t_stop=200.0)
        projections.append(
            snn.Projection(given, pop, snn.all_to_all(), weight_of(synapse), delay=0.5, receptor=name)
        )
    return pop, {"t_stop": 200.0, "projections": projections}


def engines_agree(pop, settings):
    a, b = (
        snn.simulate(pop, record=list(pop.variables), engine=engine, **settings)
        for engine in ("numba", "numpy")
    )
    assert len(a.spikes) > 10 and a.spikes == b.spikes
    for variable in pop.variables:
        np.testing.assert_allclose(a.traces[variable], b.traces[variable], rtol=1e-9, atol=1e-9)
    return a.spikes


def receptors_of(classes):
    return {cls.__name__.lower(): cls() for cls in classes}


def test_the_engines_agree_with_every_receptor_at_once():
    engines_agree(*bombarded(snn.LIF(), receptors_of(SYNAPSES)))


def test_the_engines_agree_on_currents_with_the_exact_method():
    pop, settings = bombarded(snn.LIF(), receptors_of([snn.Delta, *CURRENTS]))
    engines_agree(pop, {**settings, "method": "exact"})


def test_the_engines_agree_where_the_neuron_has_a_state_w():
    """AdEx has a state named as a synapse's weight is."""
    engines_agree(*bombarded(snn.AdEx.tonic(), receptors_of([snn.ExpCurrent, snn.AlphaConductance])))


@needs("brian2")
@pytest.mark.parametrize(
    "neuron, classes",
    [(snn.LIF(), SYNAPSES), (snn.AdEx.tonic(), [snn.ExpCurrent, snn.AlphaConductance])],
    ids=["LIF", "AdEx"],
)
def test_the_brian2_twin_gives_the_same_spikes(neuron, classes):
    pop, settings = bombarded(neuron, receptors_of(classes))
    ours = snn.simulate(pop, engine="numpy", **settings).spikes
    assert len(ours) > 10
    assert snn.brian2_twin(pop, **settings).run()[pop] == ours


# --- models per area ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["numba", "numpy"])
@pytest.mark.parametrize("model", [snn.HodgkinHuxley, snn.MorrisLecar], ids=lambda m: m.__name__)
def test_a_receptor_of_a_model_per_area_is_divided_by_the_area(model, engine):
    """A current that hardly decays acts as an input of 100/area_um2 times its size."""
    settings = {"t_stop": 10.0, "dt": 0.02, "method": "rk4", "engine": engine}
    for area in (20_000.0, 5_000.0):
        neuron = model(area_um2=area)
        rec = one_spike(snn.ExpCurrent(1e12), 200.0, neuron=neuron, **settings)
        plain = snn.simulate(neuron, I=200.0 * 100.0 / area, record=["v"], **settings)
        np.testing.assert_allclose(rec.traces["v"], plain.traces["v"], atol=1e-8)


@needs("brian2")
def test_the_twin_of_a_model_per_area():
    pop, settings = bombarded(snn.HodgkinHuxley(), receptors_of([snn.ExpCurrent, snn.ExpConductance]))
    settings["projections"] = [
        snn.Projection(
            p.pre, pop, snn.all_to_all(), 40 * weight_of(p.synapse), delay=0.5, receptor=p.receptor
        )
        for p in settings["projections"]
    ]
    spikes = engines_agree(pop, settings)
    assert snn.brian2_twin(pop, **settings).run()[pop] == spikes


def test_a_synapse_that_makes_no_pA_is_refused_by_a_model_per_area():
    with pytest.raises(ValueError, match=r"HodgkinHuxley.area_um2: must be > 0"):
        snn.HodgkinHuxley(area_um2=0.0)
