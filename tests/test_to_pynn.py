"""The PyNN reading: the script that `to_pynn` writes gives on NEST and on NEURON what snnlab gives.

Every simulator runs in a process of its own (tests/pynn_cases.py). pyNN.neuron compiles its mechanisms the first
time, which takes half a minute.
"""

import functools
import importlib.util
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pynn_cases
import pytest
from honest import same_spikes
from needs import needs

import snnlab as snn
from snnlab.pynn.table import CELLS, text
from snnlab.units import as_unit

HERE = Path(__file__).parent
# With mpi4py, PyNN's NEURON cannot be imported on a machine without MPI.
NEURON = ("make", "g++", *(["mpirun"] if importlib.util.find_spec("mpi4py") else []))
NEST_ROWS = sorted(pynn_cases.ROWS)
NEURON_ROWS = [name for name in NEST_ROWS if name != "LIF-Delta"]
ON_NEST = ("nest", 0.1, "exact", "driven", "changing", "random", "tired", "drive", *NEST_ROWS)
ON_NEURON = ("neuron", 0.1, "exact", "driven", "random", "tired")
MPI = {  # two ranks on any machine, also as root in a container
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_btl_vader_single_copy_mechanism": "none", "OMPI_MCA_mpi_yield_when_idle": "1",
}  # fmt: skip
WITHOUT_SNNLAB = """
import runpy, sys
sys.modules["snnlab"] = None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run_python(*arguments, ranks=1, cwd=None):
    start = ["mpirun", "-n", str(ranks)] if ranks > 1 else []
    return subprocess.run(
        [*start, sys.executable, *map(str, arguments)], check=False, capture_output=True, text=True, timeout=300, cwd=cwd,
        env={**os.environ, **MPI, "PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])},
    )  # fmt: skip


@functools.cache
def found(simulator, dt, *names, ranks=1):
    """{case: [{"t", "i" and traces of a population}]} from a process of its own."""
    done = run_python(HERE / "pynn_cases.py", simulator, dt, *names, ranks=ranks)
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [line.split(" ", 1)[1] for line in done.stdout.splitlines() if line.startswith("FOUND ")]
    return {name: runs for line in lines for name, runs in json.loads(line).items()}


def ours(name, dt, **settings):
    what, given = pynn_cases.case(name, dt)
    rec = snn.simulate(what, **given, **settings)
    return [rec[p] for p in (what if isinstance(what, list) else [what])]


def of(run, neuron):
    return np.array(run["t"])[np.array(run["i"]) == neuron]


def rate_and_cv(t, i, n):
    """The mean rate in Hz of a run of 1 s, and the mean CV of the intervals of neurons that fire 4 times or more."""
    intervals = [np.diff(np.asarray(t)[np.asarray(i) == neuron]) for neuron in range(n)]
    return len(t) / n, np.mean([d.std() / d.mean() for d in intervals if d.size > 2])


# --- NEST ---


@needs("pyNN", "nest")
@pytest.mark.parametrize("name", ["exact", "driven", "random"])
def test_exact_lif_networks_agree_with_nest_spike_for_spike(name):
    """For as long as our own spikes survive a change of 1e-12 mV at the start."""
    theirs = found(*ON_NEST)[name]
    what, settings = pynn_cases.case(name, 0.1)
    populations = what if isinstance(what, list) else [what]
    rec = snn.simulate(what, **settings)
    first = snn.simulate(what, **{**settings, "t_stop": 0.1, "record": ["v"]})
    nudged = {p: {"v": first[p].traces["v"][0] + 1e-12} for p in populations}
    again = snn.simulate(what, **{**settings, "initial": nudged})
    for p, run in zip(populations, theirs, strict=True):
        same_spikes(rec[p].spikes, again[p].spikes, run["t"], run["i"], at_least=500)


@needs("pyNN", "nest")
def test_traces_of_nest_stand_at_our_times():
    theirs = found(*ON_NEST)["exact"][0]["v"]
    v = ours("exact", 0.1)[0].traces["v"]
    assert np.ptp(v) > 5.0
    np.testing.assert_allclose(theirs, v, rtol=0, atol=1e-9)


@needs("pyNN", "nest")
def test_a_current_that_changes_reaches_each_neuron_of_nest_in_time():
    theirs = found(*ON_NEST)["changing"][0]
    rec = ours("changing", 0.1)[0]
    assert len(rec.spikes) > 10 and len(set(rec.spikes.i)) == 5
    np.testing.assert_allclose(theirs["v"], rec.traces["v"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(theirs["t"], rec.spikes.t, rtol=0, atol=1e-9)


@needs("pyNN", "nest")
def test_synapses_that_tire_and_warm_up_do_so_on_nest_at_every_spike():
    """The first arrives at 2 dt, the earliest time. Conductances are in Runge-Kutta's error, currents are exact."""
    I, g = ours("tired", 0.1)
    theirs = found(*ON_NEST)["tired"]
    assert np.ptp(I.traces["v"], axis=0).min() > 0.1
    np.testing.assert_allclose(theirs[0]["v"], I.traces["v"], rtol=0, atol=1e-10)
    for receptor in ("exc", "inh"):
        np.testing.assert_allclose(peaks(theirs[1], receptor), peaks(g.traces, receptor), rtol=1e-6)


def peaks(traces, receptor):
    """The conductance after each spike of the case "tired", (spikes, 3)."""
    delay = {"exc": 1, "inh": 200}[receptor]
    arrivals = np.unique(np.round(np.array(pynn_cases.TIRED_SPIKES) / 0.1).astype(int)) + delay
    g = np.array(traces[f"{receptor}.g"])
    return np.array([g[k - 1 : k + 3].max(axis=0) for k in arrivals])


@needs("pyNN", "nest")
def test_a_drive_gives_the_same_rates_and_irregularity_on_nest():
    check_drive(found(*ON_NEST)["drive"], 0.1)


def of_group(t, i, group):
    """The spikes of every third neuron, numbered anew."""
    chosen = np.asarray(i) % 3 == group
    return np.asarray(t)[chosen], np.asarray(i)[chosen] // 3


def check_drive(theirs, dt):
    """1,500 spikes a group or more: rates of two draws differ by about 1% (one standard deviation)."""
    for part, run in zip(ours("drive", dt), theirs, strict=True):
        for group in range(3):
            expected = rate_and_cv(*of_group(part.spikes.t, part.spikes.i, group), 50)
            given = rate_and_cv(*of_group(run["t"], run["i"], group), 50)
            if expected[0] == 0:  # a rate of 0
                assert given[0] == 0
                continue
            assert expected[0] > 10 and expected[1] > 0.2
            assert given[0] == pytest.approx(expected[0], rel=0.05)
            assert given[1] == pytest.approx(expected[1], abs=0.05)


@needs("pyNN", "nest")
@pytest.mark.parametrize("name", NEST_ROWS)
def test_each_cell_of_the_table_agrees_on_nest(name):
    """NEST steps LIF with currents exactly, Izhikevich by Euler and the others with an error far below rk4's.

    An upstroke of AdEx or EIF ends between two steps there: spike times differ by more.
    """
    theirs = found(*ON_NEST)[name][0]
    model, synapse = pynn_cases.ROWS[name]
    current = model is snn.LIF and (synapse is None or synapse.weight == "pA")
    method = "exact" if current else "euler" if model is snn.Izhikevich else "rk4"
    rec = ours(name, 0.1, method=method)[0]
    assert len(rec.spikes) > 3
    tolerance = {snn.EIF: 0.5, snn.AdEx: 1.0}.get(model, 0.0 if synapse is not snn.Delta else 0.1) + 1e-9
    for neuron in range(3):
        np.testing.assert_allclose(of(theirs, neuron), rec.spikes.of(neuron), rtol=0, atol=tolerance)
    until = int((rec.spikes.of(0)[0] if rec.spikes.of(0).size else 150.0) / 0.1) - 20
    for variable in rec.traces:
        expected, given = rec.traces[variable][:until, 0], np.array(theirs[variable])[:until, 0]
        np.testing.assert_allclose(given, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "simulator, ranks",
    [
        pytest.param("nest", 1, marks=needs("pyNN", "nest")),
        pytest.param("neuron", 2, marks=needs("pyNN", "neuron", "mpi4py", program=NEURON)),
    ],
)
def test_a_saved_script_runs_without_snnlab(simulator, ranks, tmp_path):
    what, settings = pynn_cases.exact()
    expected = found(*(ON_NEST if simulator == "nest" else ON_NEURON))["exact"][
        0
    ]  # NEURON's mechanisms are compiled by now
    script = snn.to_pynn(what, **settings).save(tmp_path / "net")
    done = run_python("-c", WITHOUT_SNNLAB, script, simulator, ranks=ranks, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    with (tmp_path / "net" / f"net_{simulator}.pkl").open("rb") as file:
        trains = pickle.load(file).segments[0].spiketrains
    assert len(trains) == 300
    for neuron, train in enumerate(trains):
        np.testing.assert_allclose(np.asarray(train), of(expected, neuron), rtol=0, atol=1e-6)


# --- NEURON ---


@needs("pyNN", "neuron", program=NEURON)
@pytest.mark.parametrize("name", NEURON_ROWS)
def test_each_cell_of_the_table_agrees_on_neuron(name):
    """NEURON's implicit Euler steps have an error of order dt: a fine step, and a tolerance."""
    theirs = found("neuron", 0.01, *NEURON_ROWS)[name][0]
    rec = ours(name, 0.01, method=None if name in ("LIF", "LIF-ExpCurrent", "LIF-AlphaCurrent") else "rk4")[0]
    assert len(rec.spikes) > 3
    for neuron in range(3):
        np.testing.assert_allclose(of(theirs, neuron), rec.spikes.of(neuron), rtol=0, atol=0.7)
    until = int((rec.spikes.of(0)[0] - 10.0 if rec.spikes.of(0).size else 150.0) / 0.01) - 1
    v = rec.traces["v"][:until, 0]
    late = 1 if name == "Izhikevich-Delta" else 0  # a jump shows one sample later
    np.testing.assert_allclose(np.array(theirs["v"])[late:until, 0], v[: until - late], rtol=0, atol=0.06)


@needs("pyNN", "neuron", program=NEURON)
@pytest.mark.parametrize("name", ["driven", "random"])
def test_rates_and_irregularity_agree_on_neuron(name):
    theirs = found(*ON_NEURON)[name]
    for part, run in zip(ours(name, 0.1), theirs, strict=True):
        rate, cv = rate_and_cv(part.spikes.t, part.spikes.i, part.spikes.n)
        their_rate, their_cv = rate_and_cv(run["t"], run["i"], part.spikes.n)
        assert rate > 5 and cv > 0.5
        assert their_rate == pytest.approx(rate, rel=0.05)
        assert their_cv == pytest.approx(cv, abs=0.05)


@needs("pyNN", "neuron", program=NEURON)
def test_synapses_that_tire_and_warm_up_do_so_on_neuron_at_every_spike():
    """Its traces show an arrival one sample later, when the conductance has decayed by a step."""
    I, g = ours("tired", 0.1)
    theirs = found(*ON_NEURON)["tired"]
    np.testing.assert_allclose(
        theirs[0]["v"], I.traces["v"], rtol=0, atol=0.005
    )  # the largest PSP has 0.25 mV
    for receptor, tau in (("exc", 2.0), ("inh", 3.0)):
        expected = peaks(g.traces, receptor) * np.exp(-0.1 / tau)
        np.testing.assert_allclose(peaks(theirs[1], receptor), expected, rtol=1e-5)


@needs("pyNN", "neuron", program=NEURON)
def test_a_drive_gives_the_same_rates_and_irregularity_on_neuron():
    check_drive(found("neuron", 0.02, "drive")["drive"], 0.02)


@needs("pyNN", "neuron", "mpi4py", program=NEURON)
def test_two_ranks_of_mpi_give_what_one_gives():
    alone, together = found(*ON_NEURON), found(*ON_NEURON, ranks=2)
    assert sum(len(run["t"]) for run in alone["driven"]) > 2000
    assert together == alone  # spikes of two populations, and traces that come from both ranks


@needs("pyNN", "neuron", program=NEURON)
def test_what_neuron_cannot_do_is_refused_by_name(tmp_path):
    program = tmp_path / "refused.py"
    program.write_text(
        "import snnlab as snn\n"
        "jump = snn.Population(snn.LIF(), 1, {'jump': snn.Delta()})\n"
        "for what in (jump, snn.AdEx()):\n"
        "    try: snn.to_pynn(what, t_stop=1.0).run('neuron')\n"
        "    except ValueError as error: print(error)\n",
        encoding="utf-8",
    )
    printed = run_python(program).stdout
    assert "pyNN.neuron has no IF_curr_delta, which population 0 needs" in printed
    assert "v_peak of population 0 must be at most v_T + Delta_T log(tau_m/dt) = -41.3 mV" in printed


# --- the table and the script ---


def test_the_docstring_shows_the_table_as_it_is():
    shown = "\n".join(line.removeprefix("        ") for line in snn.to_pynn.__doc__.splitlines())
    assert text() in shown


@needs("pyNN")
def test_names_and_units_of_the_table_are_those_of_pynn():
    from pyNN.standardmodels import cells

    for (_, synapse), cell in CELLS.items():
        units = {
            name: unit.replace("/ms", "1/ms") if unit[0] == "/" else unit
            for name, unit in getattr(cells, cell.name).units.items()
        }
        receptor = [row._replace(name=row.name.format(side)) for side in "EI" for row in cell.receptor]
        for row in (*cell.parameters, *cell.states, *receptor):
            assert units.get(row.name) == row.unit, (cell.name, row)
        if cell.receptor or cell.name == "IF_curr_delta":
            filled = {row.name for row in (*cell.parameters, *receptor)}
            assert filled == set(getattr(cells, cell.name).default_parameters), cell.name
        if synapse is not None:
            assert cell.weight.unit == {"pA": "nA", "nS": "uS", "mV": "mV"}[synapse.weight]
            assert getattr(cells, cell.name).conductance_based == (synapse.weight == "nS")


def test_factors_of_the_table_are_those_of_the_units():
    for (model, synapse), cell in CELLS.items():
        ours_of = {**model.units, **model.state, **model.input}
        parts = {**(synapse.units if synapse else {}), "w": synapse.weight if synapse else "pA"}
        for rows, units in ((cell.parameters, ours_of), (cell.states, ours_of), (cell.receptor, parts)):
            for row in rows:
                if row.ours[0].isdigit():
                    continue
                first, _, second = row.ours.partition("/")
                unit = as_unit(units[first]) / as_unit(units[second] if second else "1")
                if (model, row.name) == (snn.Izhikevich, "i_offset"):
                    unit *= as_unit("pF")  # PyNN's cell has 0.001 nF
                name, size = {"nF": ("pF", 1e3), "nA": ("pA", 1e3), "uS": ("nS", 1e3)}.get(
                    row.unit, (row.unit, 1.0)
                )
                assert unit.powers == as_unit(name).powers, row
                assert unit.scale == pytest.approx(row.factor * size * as_unit(name).scale), row


def pair(*receptors):
    names = "abc"[: len(receptors)]
    return snn.Population(snn.LIF(), 2, dict(zip(names, receptors, strict=True)), name="pair")


def onto(pop, *weights, delay=1.0, plasticity=None):
    names = "abc"
    return [
        snn.Projection(pop, pop, ([0, 1], [1, 0]), w, delay, names[k], plasticity)
        for k, w in enumerate(weights)
    ]


def test_a_current_of_both_signs_goes_to_both_receptors_of_pynn():
    pop = pair(snn.ExpCurrent(3.0))
    pynn = snn.to_pynn(pop, t_stop=10.0, projections=onto(pop, [20.0, -40.0]))
    assert "tau_syn_E=3.0,  # ms, a" in pynn.source and "tau_syn_I=3.0,  # ms, a" in pynn.source
    np.testing.assert_allclose(pynn.data["excitatory_0"], [[0, 1, 0.02, 1.0]])
    np.testing.assert_allclose(pynn.data["inhibitory_0"], [[1, 0, -0.04, 1.0]])


def test_conductances_go_by_their_reversal_potential():
    low, high = snn.ExpConductance(3.0, E_rev=-80.0), snn.ExpConductance(4.0, E_rev=0.0)
    pop = pair(low, high)
    pynn = snn.to_pynn(pop, t_stop=10.0, projections=onto(pop, 2.0, 3.0))
    assert "e_rev_I=-80.0,  # mV, a" in pynn.source and "e_rev_E=0.0,  # mV, b" in pynn.source
    assert {"inhibitory_0", "excitatory_1"} == set(pynn.data)
    alone = snn.to_pynn(pair(low), t_stop=10.0)
    assert "e_rev_I=-80.0" in alone.source and "e_rev_E" not in alone.source


def test_the_spikes_of_a_poisson_source_are_those_that_simulate_draws():
    net, settings = pynn_cases.random()
    data, rec = snn.to_pynn(net, **settings).data, snn.simulate(net, **settings)
    projection = settings["projections"][
        2
    ]  # of a view, whose spikes are sent as late as the shortest delay allows
    drawn, shift = rec[projection.pre.parent].spikes, projection.draw(5, 2).delay.min() - 0.1
    assert shift > 0.35
    expected = [drawn.of(i) + shift for i in range(10, 40)]
    sent = np.split(data["given_2_t"], data["given_2_at"])
    assert sum(map(len, sent)) > 300
    for ours_, theirs in zip(expected, sent, strict=True):
        np.testing.assert_allclose(theirs, ours_[ours_ < 499.95], rtol=0, atol=2e-5)


def test_the_poisson_numbers_of_pynn_follow_the_seed():
    pop = pair(snn.ExpCurrent())
    drive = [snn.PoissonDrive(pop, 10.0, 5.0)]
    sources = [
        snn.to_pynn(pop, t_stop=10.0, projections=drive, seed=seed).source for seed in (0, 2**40, 2**40)
    ]
    assert sources[0] != sources[1] == sources[2]
    assert '"rng_seed": 1, "native_rng_baseseed": 1' in sources[0]


class OwnShortTerm(snn.TsodyksMarkram):
    """A rule that only snnlab knows."""


def learning(rule, **settings):
    return lambda: (p := pair(snn.ExpCurrent()), {"projections": [
        snn.Projection(p, p, snn.all_to_all(), 0.5, 1.0, plasticity=rule, **settings)]})  # fmt: skip


def tiring(receptor, rule):
    return lambda: (p := pair(receptor), {"projections": [
        snn.Projection(p, p, snn.all_to_all(), 0.5, 1.0, short_term=rule)]})  # fmt: skip


REFUSED = {
    "HodgkinHuxley": (lambda: (snn.HodgkinHuxley(), {}), "HodgkinHuxley of population 0 .* Traub and Miles"),
    "MorrisLecar": (lambda: (snn.MorrisLecar(), {}), "MorrisLecar of population 0 is not carried over"),
    "NMDA": (lambda: (snn.Population(snn.LIF(), 1, {"a": snn.NMDA()}), {}), "NMDA of population 0 .* magnesium"),
    "AdEx current": (lambda: (snn.Population(snn.AdEx(), 1, {"a": snn.ExpCurrent()}), {}), "ExpCurrent .* with AdEx"),
    "mixed": (lambda: (pair(snn.ExpCurrent(), snn.AlphaCurrent()), {}), "'a' and 'b' of pair must be of one kind"),
    "third": (
        lambda: (p := pair(*(snn.ExpConductance(tau, E_rev=E) for tau, E in ((1, 0), (2, -70), (3, -80)))),
                 {"projections": onto(p, 1.0, 1.0, 1.0)}), "'b' and 'c' of pair are both inhibitory"),
    "two taus": (lambda: (p := pair(snn.ExpCurrent(1.0), snn.ExpCurrent(2.0)), {"projections": onto(p, 1.0, 1.0)}),
                 "'a' and 'b' of pair are both excitatory"),
    "PoissonGLM": (lambda: (snn.PoissonGLM(), {}), "PoissonGLM of population 0 .* random numbers would differ"),
    "gap junction": (lambda: (p := pair(snn.GapJunction()), {"projections": onto(p, 1.0, delay=0.0)}),
                     "GapJunction of .* multicompartmental"),
    "noise": (lambda: (snn.LIF(), {"I": snn.noise(10.0)}), "population 0 has noise, whose random numbers would differ"),
    "PairSTDP": (learning(snn.PairSTDP()), "PairSTDP of .* NEST counts the delay on the post side"),
    "NearestSTDP": (learning(snn.NearestSTDP()), "NearestSTDP of .* NEST counts the delay on the post side"),
    "TripletSTDP": (learning(snn.TripletSTDP()), "TripletSTDP of .* no triplets"),
    "NearestTripletSTDP": (learning(snn.NearestTripletSTDP()), "NearestTripletSTDP of .* no triplets"),
    "RewardSTDP": (learning(snn.RewardSTDP(), reward=snn.SpikeTrains([5.0], [0], 1, 10.0)), "RewardSTDP of .* no rewards"),
    "Homeostasis": (learning(snn.Homeostasis()), "Homeostasis of .* not at intervals"),
    "both": (learning(snn.PairSTDP(), short_term=snn.TsodyksMarkram()), "PairSTDP of .* is not carried over"),
    "own short term": (tiring(snn.ExpCurrent(), OwnShortTerm()), "OwnShortTerm of .* PyNN has no such rule"),
    "tiring Delta": (tiring(snn.Delta(), snn.TsodyksMarkram()), "TsodyksMarkram of .* time constant, and Delta has none"),
    "source's delay": (lambda: (p := pair(snn.ExpCurrent()), {"projections": [
        snn.Projection(snn.PoissonSource(2, 1.0), p, snn.all_to_all(), 1.0, 0.0)]}), "the delay of .*PoissonSource.* must be >= dt"),
    "method": (lambda: (snn.LIF(), {"method": "euler"}), "to_pynn.method: must be None, got 'euler'"),
    "delay": (lambda: (p := pair(snn.ExpCurrent()), {"projections": onto(p, 1.0, delay=0.0)}), "delay .* must be >= dt"),
    "early": (lambda: (p := pair(snn.ExpCurrent()), {"projections": [
        snn.Projection(snn.SpikeTrains([0.1], [0], 1, 10.0), p, snn.all_to_all(), 1.0, 0.0)]}),
        "arrive at 0.2 ms or later in PyNN; give them later, or a longer delay"),
    "initial g": (lambda: (pair(snn.ExpCurrent()), {"initial": {"a.g": 1.0}}), "a_g of pair must begin at 0"),
    "record g": (lambda: (pair(snn.ExpCurrent()), {"record": ["a.g"]}), "a.g of pair cannot be recorded"),
    "record rate": (lambda: (p := pair(), {"record": [snn.Record(p, "rate", every=1.0)]}), '"rate" is made from spikes'),
    "intervals": (lambda: (p := snn.Population(snn.AdEx(), 1), {"record": [snn.Record(p, "v"), snn.Record(p, "w", every=1.0)]}),
                  "at one interval"),
    "v_peak": (lambda: (snn.Izhikevich(v_peak=25.0), {}), "v_peak of population 0 must be 30"),
    "no leak": (lambda: (snn.AdEx(g_L=0.0), {}), "tau_m of population 0 must be finite"),
    "t_stop": (lambda: (snn.LIF(), {"t_stop": -1.0}), "t_stop"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_counterpart_is_refused_by_name(name):
    make, message = REFUSED[name]
    what, settings = make()
    with pytest.raises(ValueError, match=message):
        snn.to_pynn(what, **{"t_stop": 10.0, **settings})


@needs("pyNN")
@pytest.mark.parametrize("sim", ["nothing", "os.path", 3, None])
def test_an_unknown_simulator_is_refused(sim):
    with pytest.raises(ValueError, match=r"sim must be \"nest\""):
        snn.to_pynn(snn.LIF(), t_stop=10.0).run(sim)
