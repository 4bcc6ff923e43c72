"""The Brian2 reading: the program that `brian2_twin` writes gives the spikes that snnlab gives."""

import numpy as np
import pytest
from needs import needs

import snnlab as snn
from snnlab import neurons, synapses
from snnlab.twin import brian2_unit
from snnlab.units import as_unit, ms, weight

SETTINGS = {"t_stop": 200.0, "seed": 1, "initial": {"v": snn.uniform(-60.0, -50.0)}}


def network(t_ref):
    pop = snn.Population(
        snn.LIF(E_L=-49.0, v_reset=-60.0, t_ref=t_ref),
        100,
        receptors={"exc": snn.ExpCurrent(5.0), "jump": snn.Delta()},
        name="net",
    )
    given = snn.SpikeTrains([3.0, 20.0, 20.0, 51.23], [0, 1, 2, 0], n=3, t_stop=200.0)
    projections = [
        snn.Projection(pop[:80], pop, snn.random(0.2), 10.0, snn.uniform(0.1, 3.0), receptor="exc"),
        snn.Projection(pop[80:], pop[:50], snn.random(0.4), snn.normal(-1.0, 0.1), 0.0, receptor="jump"),
        snn.Projection(given, pop, snn.random(0.5), 5.0, 1.0, receptor="jump"),
    ]
    return pop, projections


@needs("brian2")
@pytest.mark.parametrize("t_ref", [0.0, 2.0, np.repeat([0.0, 5.0], 50)], ids=["none", "number", "array"])
@pytest.mark.parametrize(
    "I", [np.linspace(0, 20, 100), snn.step(10.0, 20.0, 80.0), 0.0], ids=["array", "series", "none"]
)
def test_the_program_gives_the_same_spikes(t_ref, I):
    pop, projections = network(t_ref)
    ours = snn.simulate(pop, projections=projections, I=I, **SETTINGS).spikes
    theirs = snn.brian2_twin(pop, projections=projections, I=I, **SETTINGS).run()[pop]
    assert len(ours) > 200
    assert ours == theirs


def test_the_program_is_short_and_reads_as_the_model():
    text = snn.brian2_twin(snn.LIF(), I=300.0, t_stop=100.0).source
    assert "dv/dt = (-(v - E_L) + R_m * I)/(tau_m) : volt (unless refractory)" in text
    assert '"tau_m": 20.0*ms' in text and "method='exact'" in text
    assert len(text.splitlines()) < 35


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"I": snn.noise(10.0)}, "noise"),
        ({"t_stop": -1.0}, "t_stop"),
        ({"projections": "zero"}, "time 0 with delay 0"),
        ({"projections": "repeat"}, "fall on one step"),
    ],
)
def test_what_has_no_counterpart_is_refused(arguments, message):
    pop = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(5.0)})
    if times := {"zero": [0.0], "repeat": [5.04, 5.06]}.get(arguments.get("projections")):
        given = snn.SpikeTrains(times, [0] * len(times), n=1, t_stop=10.0)
        arguments = {"projections": [snn.Projection(given, pop, ([0], [0]), 1.0, 0.0)]}
    with pytest.raises(ValueError, match=message):
        snn.brian2_twin(pop, **{"t_stop": 10.0, **arguments})


@pytest.mark.parametrize("unit, text", [("GOhm", "mV/pA"), ("1/ms", "1/ms"), ("1", "1"), ("nS", "pA/mV")])
def test_units_in_brian2s_names(unit, text):
    assert brian2_unit(as_unit(unit)) == text


# --- every model ---------------------------------------------------------------------------------------------------

SYNAPSES = [
    cls
    for cls in vars(synapses).values()
    if isinstance(cls, type) and issubclass(cls, snn.Synapse) and "arrive" in cls.equations
]
MODELS = [
    m
    for m in (getattr(neurons, name) for name in neurons.__all__)
    if "u" not in m.equations["threshold"].args
]
NEEDS = {
    "FitzHughNagumo": 0.5,
    "HindmarshRose": 2.5,
    "HodgkinHuxley": 10.0,
    "MorrisLecar": 100.0,
    "Izhikevich": 8.0,
}
IDS = {"ids": lambda cls: cls.__name__}


def receptors_for(model):
    """One receptor of every synapse that this neuron takes."""
    found = {}
    for cls in SYNAPSES:
        try:
            snn.Population(model(), 1, receptors={"syn": cls()})
        except ValueError:
            continue  # of another unit
        found[cls.__name__.lower()] = cls()
    return found


@needs("brian2")
@pytest.mark.parametrize("model", MODELS, **IDS)
def test_every_neuron_with_every_synapse_that_fits(model):
    """Random spikes onto each receptor; most neurons fire by themselves too."""
    pop = snn.Population(model(), 3, receptors=receptors_for(model))
    if issubclass(model, snn.FitzHughNagumo | snn.HindmarshRose):
        assert not pop.receptors  # they have no physical units
    else:
        assert "delta" in pop.receptors
    rng = np.random.default_rng(5)
    t_stop = {"MorrisLecar": 150.0, "HodgkinHuxley": 40.0}.get(model.__name__, 80.0)
    scale = 8.0 if "area_um2" in model.parameters() else 2.0
    projections = []
    for name, synapse in pop.receptors.items():
        w = {"pA": 30 * scale, "nS": scale, "mV": 1.0}[synapse.weight]
        t = rng.choice(np.arange(1, int(10 * t_stop) - 10), 60, replace=False) * 0.1
        given = snn.SpikeTrains(t, np.arange(60) % 2, n=2, t_stop=t_stop)
        projections.append(snn.Projection(given, pop, snn.all_to_all(), w, delay=0.5, receptor=name))
    I = NEEDS.get(model.__name__, 300.0) * np.array([0.3, 1.0, 1.2])
    dt = 0.02 if model is snn.HodgkinHuxley else 0.1
    settings = {"t_stop": t_stop, "dt": dt, "I": I, "projections": projections}
    ours = snn.simulate(pop, engine="numpy", **settings).spikes
    assert len(ours) > 5 and (ours.counts() > 0).sum() > 1
    assert snn.brian2_twin(pop, **settings).run()[pop] == ours


# --- plasticity ------------------------------------------------------------------------------------------------------

RULES = [getattr(snn, name) for name in snn.__all__ if isinstance(getattr(snn, name), type)]
RULES = [rule for rule in RULES if issubclass(rule, snn.Plasticity) and rule is not snn.Plasticity]
TRACES_ONLY = [
    rule
    for rule in RULES
    if set(rule.equations) <= {"on_pre", "on_post"}
    and not rule.state
    and all(side in ("pre", "post") for side, _, _ in rule.traces.values())
]


class OnlyPost(snn.Plasticity):
    """No on_pre, an intermediate name, a parameter named as one of the neuron, units of the weight."""

    v_th: weight = 0.01
    tau: ms = 12.0
    w_min: weight = 0.0
    w_max: weight = 1.0
    traces = {"w_x": ("pre", "tau", "add"), "y": ("post", "tau", "set")}

    def on_post(w, w_x, y, v_th, w_max):
        step = v_th * (w_x - 0.5 * y)
        w = w + step * (w_max - w) / w_max
        return w


class Homeostatic(snn.PairSTDP):
    """A rule that reads a name which the translation does not know."""

    @classmethod
    def known_names(cls, function):
        return (*super().known_names(function), "T")

    def on_post(w, x, T):
        w = w + x * T
        return w


def plastic(rule, delays):
    """Loops to itself, repeated pairs, a subset of the post neurons, given spikes, two receptors, two units of w."""
    rng = np.random.default_rng(4)
    receptors = {"exc": snn.ExpCurrent(5.0), "jump": snn.Delta()}
    pop = snn.Population(snn.LIF(t_ref=1.0), 12, receptors=receptors, name="net")
    pairs = rng.integers(0, 10, 50), rng.integers(0, 12, 50)
    times = rng.choice(np.arange(1, 700), 40, replace=False) * 0.1
    given = snn.SpikeTrains(times, np.arange(40) % 4, n=4, t_stop=70.0)
    projections = [
        snn.Projection(pop[:10], pop, pairs, snn.uniform(0.2, 0.8), rng.integers(0, 30, 50) * 0.1 if delays else 0.0,
                       "exc", rule),
        snn.Projection(given, pop[2:], snn.random(0.5), snn.uniform(0.5, 1.0), 0.3 if delays else 0.0, "jump", rule),
        snn.Projection(pop[:4], pop, snn.random(0.3), 30.0, 1.5, "exc"),
    ]  # fmt: skip
    I = rng.uniform(150, 400, pop.n)
    initial = {"v": snn.uniform(-70.0, -50.0)}
    return pop, {"projections": projections, "I": I, "t_stop": 70.0, "seed": 3, "initial": initial}


@needs("brian2")
@pytest.mark.parametrize("delays", [True, False], ids=["delays", "no delays"])
@pytest.mark.parametrize(
    "rule",
    [
        *(rule() for rule in TRACES_ONLY),
        snn.PairSTDP(A_plus=0.3, A_minus=0.4),
        snn.NearestSTDP(mu=0.5),
        OnlyPost(),
    ],
    ids=repr,
)
def test_spikes_and_weights_of_plastic_networks(rule, delays):
    pop, settings = plastic(rule, delays)
    rec = snn.simulate(pop, engine="numpy", **settings)
    twin = snn.brian2_twin(pop, **settings)
    assert len(rec.spikes) > 30
    assert twin.run()[pop] == rec.spikes
    assert set(twin.weights) == {*settings["projections"][:2]}
    for index, p in enumerate(settings["projections"][:2]):
        np.testing.assert_allclose(twin.weights[p], rec.weights[p], rtol=0, atol=1e-12)
        assert np.abs(rec.weights[p] - p.draw(3, index).w).max() > 0.005


@pytest.mark.parametrize("rule", [*(rule for rule in RULES if rule not in TRACES_ONLY), Homeostatic], **IDS)
def test_a_rule_that_declares_more_is_refused_by_name(rule):
    pop = snn.Population(snn.LIF(), 2, receptors={"exc": snn.ExpCurrent(5.0)})
    rewarded = any(side == "reward" for side, _, _ in rule.traces.values())
    p = snn.Projection(
        pop, pop, snn.all_to_all(), 0.5, 1.0, plasticity=rule(), **({"reward": pop} if rewarded else {})
    )
    with pytest.raises(ValueError, match=rf"brian2_twin: Projection.* because of .*{rule.__name__}"):
        snn.brian2_twin(pop, projections=[p], t_stop=10.0)


@pytest.mark.parametrize(
    "receptor, more, name",
    [
        (snn.GapJunction(), {}, "GapJunction"),
        (snn.ExpCurrent(), {"short_term": snn.TsodyksMarkram()}, "TsodyksMarkram"),
    ],
)
def test_what_acts_without_spikes_or_for_a_short_term_is_refused_by_name(receptor, more, name):
    pop = snn.Population(snn.LIF(), 2, receptors={"syn": receptor})
    p = snn.Projection(pop, pop, snn.all_to_all(), 1.0, 0.0 if name == "GapJunction" else 1.0, **more)
    with pytest.raises(ValueError, match=f"brian2_twin: .*because of .*{name}"):
        snn.brian2_twin(pop, projections=[p], t_stop=10.0)
