"""The Brian2 reading: the program that `brian2_twin` writes gives the spikes that snnlab gives."""

import numpy as np
import pytest
from needs import needs

import snnlab as snn
from snnlab.twin import brian2_unit
from snnlab.units import as_unit

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
