"""Poisson sources and drives: their laws, both engines, continuation, and what bad input gets."""

import re
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

import snnlab as snn
from snnlab.assemble import assemble
from snnlab.firing import MOST

ENGINES = ("numba", "numpy")
NEVER = snn.LIF(v_th=1e6)  # a membrane that only listens


def listener(n=1, model=NEVER, **receptors):
    return snn.Population(model, n, receptors=receptors or {"exc": snn.ExpCurrent(5.0)}, name="post")


def spikes_of(*sources, t_stop, post=None, projections=(), **kw):
    """The recording of a run with sources whose spikes go to one neuron, with weight 0."""
    post = post or listener()
    wires = [snn.Projection(s, post, snn.all_to_all(), w=0.0, delay=0.0) for s in sources]
    return snn.simulate(post, projections=[*wires, *projections], t_stop=t_stop, **{"seed": 1, **kw})


def network(n=60, **kw):
    """Sources of every kind and drives onto every kind of receptor, in a population that spikes."""
    receptors = {"exc": snn.ExpCurrent(5.0), "jump": snn.Delta(), "slow": snn.AlphaCurrent(3.0)}
    pop = snn.Population(snn.LIF(), n, receptors=receptors, name="net")
    plain = snn.PoissonSource(40, 60.0)
    unequal = snn.PoissonSource(30, np.linspace(0.0, 120.0, 30), name="unequal")
    wave = snn.PoissonSource(20, lambda t: 100.0 * (1.0 + np.sin(0.1 * t)))
    shaped = snn.PoissonSource(10, snn.step(np.linspace(0.0, 400.0, 10), 20.0, 60.0))
    projections = [
        snn.Projection(plain[5:35], pop, snn.random(0.3), 20.0, snn.uniform(0.0, 2.0), receptor="exc"),
        snn.PoissonDrive(pop, rate=10.0, w=4.0, receptor="exc", n_sources=500),
        snn.Projection(unequal, pop[:50], snn.random(0.3), 0.2, 0.0, receptor="jump"),
        snn.Projection(wave, pop, snn.random(0.3), 10.0, 1.5, receptor="slow"),
        snn.PoissonDrive(pop[7:], np.linspace(0.0, 40.0, n - 7), np.linspace(0.1, 0.2, n - 7), "jump"),
        snn.Projection(shaped, pop, snn.random(0.3), 10.0, 0.7, receptor="exc"),
        snn.Projection(pop, pop, snn.random(0.1), -5.0, 0.5, receptor="exc"),
    ]
    rec = snn.simulate(pop, projections=projections, record=["v", "exc.g", "slow.g"], **{"seed": 3, **kw})
    return rec, (pop, plain, unequal, wave, shaped)


def same(a, b):
    return np.array_equal(a.t, b.t) and np.array_equal(a.i, b.i)


# --- the law of a source -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dt, rate", [(0.1, 15.0), (0.1, 2000.0), (1.0, 900.0), (2.0, 500.0)])
def test_a_source_spikes_in_each_step_with_probability_rate_dt(dt, rate):
    """Counts are binomial, intervals geometric, with the rate exactly as given; rate dt = 1 spikes always."""
    p = rate * dt / 1000.0
    n, steps = (200, 5000) if p > 0.01 else (50, 100_000)
    source = snn.PoissonSource(n, rate)
    spikes = spikes_of(source, t_stop=steps * dt, dt=dt)[source].spikes
    low, high = stats.binom.interval(0.9999, n * steps, p)
    assert low <= len(spikes) <= high
    variance = steps * p * (1 - p)
    assert abs(spikes.counts().var() - variance) <= 4.5 * variance * np.sqrt(2 / n)
    gaps = np.round(np.concatenate([np.diff(spikes.of(i)) for i in range(n)]) / dt).astype(int)
    assert gaps.min() >= 1
    if p < 1:
        # a window of finite length holds fewer long gaps: weigh k by the number of places where it fits
        longest = min(int(6 / p) + 2, steps)
        k = np.arange(1, longest + 1)
        expected = n * p**2 * (1 - p) ** (k - 1.0) * (steps - k)
        found = np.bincount(gaps, minlength=longest + 1)[1 : longest + 1]
        groups = np.floor(np.cumsum(expected) / expected.sum() * 19.99).astype(
            int
        )  # about 20, equally likely
        e, f = np.bincount(groups, expected), np.bincount(groups, found)
        e, f = e[e > 0], f[e > 0]
        assert e.min() > 5 and stats.chi2.sf(np.sum((f - e) ** 2 / e), e.size) > 1e-4
    if p < 0.01:  # hardly to be told from exponential intervals
        assert abs(gaps.std() / gaps.mean() - 1.0) < 0.06


def test_neurons_and_steps_and_sources_are_independent():
    n, steps = 50, 20_000
    a, b = snn.PoissonSource(n, 1000.0), snn.PoissonSource(n, 1000.0)
    rec = spikes_of(a, b, t_stop=steps * 0.1)
    grids = []
    for source in (a, b):
        grid = np.zeros((steps, n))
        s = rec[source].spikes
        grid[np.round(s.t / 0.1).astype(int) - 1, s.i] = 1.0
        grids.append(grid)
    x, y = grids
    bound = 4.5 / np.sqrt(steps * n)
    pairs = [(x, y), (x[:, 1:], x[:, :-1]), (x[1:], x[:-1]), (x[1:, :-1], x[:-1, 1:])]
    assert all(abs(np.corrcoef(p.ravel(), q.ravel())[0, 1]) < bound for p, q in pairs)
    # the number of spikes in a step is binomial: its variance would show any tie between neurons
    per_step = x.sum(axis=1)
    assert abs(per_step.var() / (n * 0.1 * 0.9) - 1.0) < 4.5 * np.sqrt(2 / steps)
    assert abs(x[0].sum() + y[0].sum() - 10.0) < 14  # the first step is no exception


def test_each_neuron_has_its_own_rate():
    rates = np.array([0.0, 5.0, 50.0, 500.0, 10_000.0])
    source = snn.PoissonSource(5, rates)
    counts = spikes_of(source, t_stop=20_000.0)[source].spikes.counts()
    p = rates * 1e-4
    low, high = stats.binom.interval(0.9999, 200_000, p)
    assert (low <= counts).all() and (counts <= high).all()
    assert counts[0] == 0 and counts[-1] == 200_000


@pytest.mark.parametrize("engine", ENGINES)
def test_a_rate_that_changes_is_sampled_at_the_start_of_each_step(engine):
    """On for 20 <= t < 40 ms: spikes of these steps are stamped 20 < s <= 40, as many as the integral says."""
    for rate in (lambda t: 400.0 if 20.0 <= t < 40.0 else 0.0, snn.step(400.0, 20.0, 40.0)):
        source = snn.PoissonSource(100, rate)
        spikes = spikes_of(source, t_stop=60.0, engine=engine)[source].spikes
        assert spikes.t.min() > 20.0 - 1e-9 + 0.05 and spikes.t.max() <= 40.0 + 1e-9
        low, high = stats.binom.interval(0.9999, 100 * 200, 0.04)
        assert low <= len(spikes) <= high
    always = snn.PoissonSource(2, lambda t: np.array([10_000.0, 0.0]) if t < 0.35 else 0.0)
    with pytest.raises(ValueError, match=r"as many values, got 2 and, at t = 0\.4 ms, 1"):
        spikes_of(always, t_stop=1.0, engine=engine)
    always = snn.PoissonSource(2, lambda t: np.array([10_000.0 * (t < 0.35), 0.0]))
    spikes = spikes_of(always, t_stop=1.0, engine=engine)[always].spikes
    np.testing.assert_allclose(spikes.t, [0.1, 0.2, 0.3, 0.4])
    assert (spikes.i == 0).all()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("delay", [0.0, 0.1, 1.5])
def test_a_sources_spikes_arrive_as_given_spikes_do(engine, delay):
    """The recorded spikes, replayed, give the same traces: spikes are stamped t + dt, and views are counted from 0."""
    source, post = snn.PoissonSource(20, 100.0), listener(3)
    p = snn.Projection(source[4:12], post, snn.all_to_all(), w=10.0, delay=delay)
    rec = snn.simulate(post, projections=[p], t_stop=50.0, seed=2, record=["v"], engine=engine)
    assert rec[source[4:12]].spikes.n == 8 and len(rec[source].spikes) > len(rec[source[4:12]].spikes) > 10
    replayed = snn.Projection(rec[source[4:12]].spikes, post, snn.all_to_all(), w=10.0, delay=delay)
    again = snn.simulate(post, projections=[replayed], t_stop=50.0, record=["v"], engine=engine)
    np.testing.assert_array_equal(rec.traces["v"], again.traces["v"])


def test_a_source_teaches_plastic_synapses_as_given_spikes_do():
    source, post = snn.PoissonSource(30, 40.0), listener(2, snn.LIF())
    rule = snn.PairSTDP(w_max=30.0)
    p = snn.Projection(source, post, snn.all_to_all(), 20.0, 0.5, plasticity=rule)
    rec = snn.simulate(post, projections=[p], I=150.0, t_stop=300.0, seed=2)
    given = snn.Projection(rec[source].spikes, post, snn.all_to_all(), 20.0, 0.5, plasticity=rule)
    again = snn.simulate(post, projections=[given], I=150.0, t_stop=300.0)
    assert len(rec.spikes) > 5 and same(rec.spikes, again.spikes)
    np.testing.assert_array_equal(rec.weights[p], again.weights[given])
    assert np.ptp(rec.weights[p]) > 0


# --- the law of a drive ------------------------------------------------------------------------------------------


def counts_of(drive_rate, n, steps, n_sources=1, **kw):
    """The counts (steps, n) of a drive: jumps of 1 mV in membranes that don't leak, read off their traces."""
    pop = listener(n, snn.LIF(tau_m=1e12, E_L=0.0, v_th=1e9, v_reset=0.0), jump=snn.Delta())
    drive = snn.PoissonDrive(pop, drive_rate, w=1.0, n_sources=n_sources)
    v = snn.simulate(
        pop, projections=[drive], t_stop=(steps + 1) * 0.1, record=["v"], **{"seed": 5, **kw}
    ).traces["v"]
    assert (v[0] == 0.0).all()  # nothing arrives at time 0
    return np.rint(np.diff(v, axis=0)).astype(int)


@pytest.mark.parametrize("mean", [0.01, 0.7, 2.0, 30.0, 1000.0])
def test_a_drives_counts_are_poisson_and_independent(mean):
    n, steps = 700, 300
    x = counts_of(10.0, n, steps, n_sources=int(round(mean * 1000)))
    values, found = np.unique(x, return_counts=True)
    expected = stats.poisson.pmf(values, mean) * x.size
    common = expected > 20
    rest = max(x.size - expected[common].sum(), 1e-9)
    chi = np.sum((found[common] - expected[common]) ** 2 / expected[common]) + (
        0 if rest < 20 else (found[~common].sum() - rest) ** 2 / rest
    )
    assert stats.chi2.sf(chi, common.sum()) > 1e-4
    assert abs(x.mean() - mean) < 4.5 * np.sqrt(mean / x.size)
    fourth = mean * (1 + 3 * mean)  # central moment; the variance of the sample variance
    assert abs(x.var() - mean) < 4.5 * np.sqrt((fourth - mean**2) / x.size)
    for a, b in ((x[1:], x[:-1]), *((x[:, lag:], x[:, :-lag]) for lag in (1, 64, 128, 192, 256))):
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 4.5 / np.sqrt(a.size)


@pytest.mark.parametrize("highest, different", [(1e6, 300), (40_000.0, 300), (40_000.0, 20)])
def test_each_neuron_of_a_drive_has_its_own_mean(highest, different):
    """Of few different means each has a table, of many small ones they stand side by side."""
    rates = np.concatenate([[0.0, highest], np.resize(np.linspace(10.0, 40_000.0, different - 2), 298)])
    x = counts_of(rates, 300, 2000)
    mean = rates * 1e-4
    low, high = stats.poisson.interval(1 - 1e-6, mean * 2000)
    total = x.sum(axis=0)
    assert (total[0] == 0) and (low[1:] <= total[1:]).all() and (total[1:] <= high[1:]).all()
    fano = x[:, 1:].var(axis=0) / mean[1:]
    assert (np.abs(fano - 1.0) < 5 * np.sqrt((2 + 1 / mean[1:]) / 2000)).all()


@pytest.mark.parametrize(
    "rates", [500.0, [0.0, 3.0, 4e4, 1e5], np.linspace(0.0, 4e5, 700), np.geomspace(1.0, 5e6, 700)]
)
def test_both_engines_draw_the_same_counts(rates):
    n = 700
    rates = rates if np.ndim(rates) == 0 else np.resize(rates, n)
    a, b = (counts_of(rates, n, 40, engine=engine) for engine in ENGINES)
    np.testing.assert_array_equal(a, b)
    assert a.max() > 0


@pytest.mark.parametrize("receptor", [snn.ExpCurrent(20.0), snn.ExpCurrent(2.0)])
def test_campbells_mean_and_variance_on_the_grid(receptor):
    """Of g at a sample: mean w nu dt / (1 - e), variance w^2 nu dt / (1 - e^2), times e and e^2 for one step's decay.

    Campbell (1909) on the grid: arrivals at each grid point, e = exp(-dt / tau). The sample at t is taken after the
    arrivals at t, so that their first term counts in full.
    """
    n, nu, w, tau, dt = 3000, 8.0, 0.1, receptor.tau_syn, 0.1
    pop = listener(n, exc=receptor)
    drive = snn.PoissonDrive(pop, rate=8.0, w=w, n_sources=1000)
    start = 12 * tau
    wanted = [snn.Record(pop, "exc.g", every=start)]
    g = snn.simulate(pop, projections=[drive], t_stop=3 * start, seed=4, record=wanted, method="exact")
    g = g.traces["exc.g"][1:]
    e = np.exp(-dt / tau)
    mean, sd = w * nu * dt / (1 - e), w * np.sqrt(nu * dt / (1 - e * e))
    if tau == 20.0:
        assert (round(mean, 2), round(sd, 3)) == (16.04, 0.897)
    mean *= 1 - np.exp(-start / tau)
    assert abs(g.mean() - mean) < 4.5 * sd / np.sqrt(g.size)
    assert abs(g.std() / sd - 1.0) < 4.5 / np.sqrt(2 * g.size)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_refractory_neuron_loses_a_drives_jumps(engine):
    """One arrival per source and step, nearly: v climbs by jumps, and stands still for t_ref after a spike."""
    pop = listener(50, snn.LIF(tau_m=1e12, E_L=0.0, v_th=50.0, v_reset=0.0, t_ref=2.0), jump=snn.Delta())
    drive = snn.PoissonDrive(pop, rate=10_000.0, w=2.0)
    rec = snn.simulate(pop, projections=[drive], t_stop=30.0, seed=1, record=["v"], engine=engine)
    v = rec.traces["v"]
    assert len(rec.spikes) > 100
    for t, i in zip(rec.spikes.t, rec.spikes.i, strict=True):
        after = round(t / 0.1)
        assert (v[after : after + 21, i] == 0.0).all()  # jumps at s … s + t_ref are lost
    moved = [v[round(t / 0.1) + 21, i] for t, i in zip(rec.spikes.t, rec.spikes.i, strict=True) if t < 27.0]
    assert np.mean(np.array(moved) > 0) > 0.5


# --- engines, chunks, continuation -------------------------------------------------------------------------------


def test_both_engines_agree_spike_for_spike():
    (a, groups), (b, others) = (network(t_stop=100.0, engine=engine) for engine in ENGINES)
    for mine, theirs in zip(groups, others, strict=True):
        assert len(a[mine].spikes) > 20 and same(a[mine].spikes, b[theirs].spikes)
    for name in a.traces:
        np.testing.assert_allclose(a.traces[name], b.traces[name], rtol=0, atol=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_continued_run_equals_one_long_run(engine):
    """Bit for bit, also with spikes on their way and inside a gap."""
    pop, _ = listener(4, snn.LIF()), None
    sources = [
        snn.PoissonSource(7, 30.0),
        snn.PoissonSource(3, [1.0, 2.0, 900.0]),
        snn.PoissonSource(2, lambda t: 10.0 * t),
    ]
    projections = [snn.Projection(s, pop, snn.all_to_all(), 60.0, 2.5) for s in sources]
    projections.append(snn.PoissonDrive(pop, 8.0, 2.0, n_sources=1000))
    kw = {"projections": projections, "record": ["v"], "engine": engine}
    whole = snn.simulate(pop, t_stop=90.0, seed=9, **kw)
    parts = [snn.simulate(pop, t_stop=0.1, seed=9, **kw)]
    for t_stop in (33.3, 34.0, 90.0):
        parts.append(snn.simulate(pop, t_stop=t_stop, start=parts[-1].final, **kw))
    for what in (pop, *sources):
        assert np.array_equal(np.concatenate([p[what].spikes.t for p in parts]), whole[what].spikes.t)
        assert np.array_equal(np.concatenate([p[what].spikes.i for p in parts]), whole[what].spikes.i)
        assert len(whole[what].spikes) > 3
    np.testing.assert_array_equal(np.concatenate([p.traces["v"] for p in parts]), whole.traces["v"])


def test_chunks_and_growing_lists_change_no_bit(monkeypatch):
    whole, groups = network(t_stop=100.0)
    monkeypatch.setattr(sys.modules["snnlab.simulate"], "CHUNK_SECONDS", 0.0)  # then each chunk is one step
    chunked, others = network(t_stop=100.0)
    for mine, theirs in zip(groups, others, strict=True):
        assert same(whole[mine].spikes, chunked[theirs].spikes)
    np.testing.assert_array_equal(whole.traces["v"], chunked.traces["v"])
    fast = snn.PoissonSource(10, 5000.0)
    assert len(spikes_of(fast, t_stop=2000.0)[fast].spikes) > 50_000  # many times the first list's length


def test_the_same_seed_gives_the_same_spikes_in_another_process_and_another_seed_others():
    code = (
        "import snnlab as snn\n"
        "post = snn.Population(snn.LIF(), 1, receptors={'exc': snn.ExpCurrent(5.0)})\n"
        "source = snn.PoissonSource(50, 20.0)\n"
        "p = snn.Projection(source, post, snn.all_to_all(), w=0.0, delay=0.1)\n"
        "s = snn.simulate(post, projections=[p], t_stop=200.0, seed=SEED)[source].spikes\n"
        "import zlib; print(len(s), zlib.crc32(s.t.tobytes()), zlib.crc32(s.i.tobytes()))\n"
    )
    out = [
        subprocess.run(
            [sys.executable, "-c", code.replace("SEED", str(seed))],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in (11, 11, 12)
    ]
    assert out[0] == out[1] != out[2]


def test_a_source_that_several_projections_share_spikes_once():
    source, post = snn.PoissonSource(5, 200.0), listener(2)
    one = spikes_of(source, t_stop=100.0, post=post)[source].spikes
    rec = spikes_of(source, source[1:3], source, t_stop=100.0, post=post)
    assert same(rec[source].spikes, one)
    assert "PoissonSource(5): 5 Poisson neurons" in rec.describe()


def test_a_run_stops_cleanly_when_a_source_reaches_max_spikes():
    source = snn.PoissonSource(100, 1000.0)
    with_limit = spikes_of(source, t_stop=1000.0, max_spikes=3000)
    assert "max_spikes = 3,000" in with_limit.stopped
    spikes = with_limit[source].spikes
    whole = spikes_of(source, t_stop=1000.0)[source].spikes
    assert 3000 <= len(spikes) <= 3200 and np.array_equal(spikes.t, whole.t[: len(spikes)])


# --- errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: snn.PoissonSource(0, 1.0), ValueError, "PoissonSource.n: must be >= 1, got 0"),
        (lambda: snn.PoissonSource(2.5, 1.0), TypeError, "PoissonSource.n: must be a whole number, got 2.5"),
        (lambda: snn.PoissonSource(True, 1.0), TypeError, "PoissonSource.n: must be a whole number, got True"),
        (lambda: snn.PoissonSource(2, -1.0), ValueError, "PoissonSource.rate: must be >= 0 Hz, got -1.0"),
        (lambda: snn.PoissonSource(2, [1.0] * 3), ValueError, "PoissonSource.rate: must be a number or an array (2,), got shape (3,)"),
        (lambda: snn.PoissonSource(2, np.nan), ValueError, "PoissonSource.rate: must be finite, got nan"),
        (lambda: snn.PoissonSource(2, "5"), TypeError, "PoissonSource.rate: must be a number or an array (2,), got '5'"),
        (lambda: snn.PoissonSource(2, snn.noise(3.0)), ValueError, "PoissonSource.rate: must be a stimulus without noise"),
        (lambda: snn.PoissonSource(2, 5.0, name=3), TypeError, "PoissonSource.name: must be text or None, got 3"),
        (lambda: snn.PoissonSource(2, 5.0)[3:], ValueError, "the slice 3:None holds no neuron of 2"),
        (lambda: snn.Projection(listener(), snn.PoissonSource(2, 1.0)[:1], snn.all_to_all(), 1.0, 0.1), TypeError, "Projection.post: must be a Population"),
        (lambda: snn.PoissonDrive(snn.PoissonSource(2, 1.0), 1.0, 1.0), TypeError, "PoissonDrive.target: must be a Population"),
        (lambda: snn.PoissonDrive(snn.Population(snn.LIF(), 2), 1.0, 1.0), ValueError, "PoissonDrive.target: Population(LIF, 2) has no receptor"),
        (lambda: snn.PoissonDrive(listener(), 1.0, 1.0, receptor="x"), ValueError, "PoissonDrive.receptor: must be one of ['exc'], got 'x'"),
        (lambda: snn.PoissonDrive(listener(3), [1.0, 2.0], 1.0), ValueError, "PoissonDrive.rate: must be a number or an array (3,), got shape (2,)"),
        (lambda: snn.PoissonDrive(listener(gap=snn.GapJunction()), 1.0, 1.0), ValueError, "PoissonDrive.receptor: must be one that spikes reach, got gap (GapJunction)"),
        (lambda: snn.PoissonDrive(listener(), -1.0, 1.0), ValueError, "PoissonDrive.rate: must be >= 0 Hz, got -1.0"),
        (lambda: snn.PoissonDrive(listener(), 1.0, np.inf), ValueError, "PoissonDrive.w: must be finite, got inf"),
        (lambda: snn.PoissonDrive(listener(), 1.0, None), TypeError, "PoissonDrive.w: must be a number or an array (1,), got None"),
        (lambda: snn.PoissonDrive(listener(exc=snn.ExpConductance(5.0)), 1.0, -1.0), ValueError, "PoissonDrive.w: must be >= 0 nS, got -1.0"),
        (lambda: snn.PoissonDrive(listener(), 1.0, 1.0, n_sources=0), ValueError, "PoissonDrive.n_sources: must be >= 1, got 0"),
    ],
)  # fmt: skip
def test_bad_sources_and_drives_are_refused_when_they_are_made(make, error, message):
    with pytest.raises(error, match=re.escape(message)):
        make()


def bad_value(t):
    raise TypeError("no rate")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "rate, error, message",
    [
        (20_000.0, ValueError, "PoissonSource.rate: must be between 0 and 1/dt = 10000 Hz, got 20000"),
        (lambda t: -1.0 if t > 0.25 else 1.0, ValueError, "10000 Hz, got -1 at t = 0.3 ms"),
        (lambda t: np.nan, ValueError, "10000 Hz, got nan at t = 0 ms"),
        (lambda t: [1.0, 2.0, 3.0], ValueError, "must return a number or shape (2,), got (3,)"),
        (bad_value, TypeError, "must return a rate in Hz; at t = 0 ms: no rate"),
        (snn.step(20_000.0, 0.5, 1.0), ValueError, "10000 Hz, got 20000 at t = 0.5 ms"),
    ],
)
def test_bad_rates_are_refused_when_they_are_simulated(engine, rate, error, message):
    with pytest.raises(error, match=re.escape(message)):
        spikes_of(snn.PoissonSource(2, rate), t_stop=5.0, engine=engine)


class Saturating(snn.Synapse):
    """A receptor that fills up: two arrivals are less than one of twice the weight."""

    tau_syn: snn.units.ms = 5.0
    state = {"s": "1"}
    weight = "1"

    def dynamics(s, tau_syn):
        ds = -s / tau_syn
        return ds

    def current(s, tau_syn):
        I = s * tau_syn
        return I

    def arrive(s, w):
        s = s + w * (1 - s)
        return s


def test_what_can_not_be_simulated_is_refused():
    post, other = listener(), listener()
    simulate = {"t_stop": 1.0, "seed": 1}
    with pytest.raises(ValueError, match="goes to post, which is not simulated here"):
        snn.simulate(post, projections=[snn.PoissonDrive(other, 1.0, 1.0)], **simulate)
    with pytest.raises(ValueError, match=re.escape(f"at most {MOST:g} arrivals per step")):
        snn.simulate(post, projections=[snn.PoissonDrive(post, 1e9, 1.0, n_sources=100)], **simulate)
    with pytest.raises(TypeError, match="must be Projections or PoissonDrives, got 3"):
        snn.simulate(post, projections=[3], **simulate)
    twins = [snn.PoissonSource(2, 1.0, name="in") for _ in range(2)]
    with pytest.raises(ValueError, match="every PoissonSource has a name of its own"):
        spikes_of(*twins, t_stop=1.0)
    source = snn.PoissonSource(2, 1.0)
    first = spikes_of(source, t_stop=1.0, post=post)
    with pytest.raises(ValueError, match=r"start: holds Poisson sources of sizes \[2\], this run has \[\]"):
        snn.simulate(post, t_stop=2.0, start=first.final)
    with pytest.raises(ValueError, match="was not simulated"):
        first[snn.PoissonSource(2, 1.0)]
    with pytest.raises(TypeError, match="initial: must be"):
        snn.simulate(post, projections=[], initial={source: {"v": 1.0}}, **simulate)


def test_a_run_that_goes_wrong_is_replayed_with_a_changing_rate():
    """The replay begins before time 0, where there is no rate to sample."""
    post = snn.Population(snn.LIF(), 1, receptors={"kick": snn.Delta()})
    p = snn.Projection(snn.PoissonSource(2, lambda t: 1000.0), post, snn.all_to_all(), w=-1e308, delay=0.0)
    with pytest.raises(FloatingPointError, match="v of neuron 0 in population 0 became"):
        snn.simulate(post, projections=[p], t_stop=100.0, seed=1)


@pytest.mark.parametrize("name", ["drive 0", "net noise 0", "net threshold", "source 0"])
def test_streams_of_different_kinds_never_share_their_numbers(name):
    """A source may be called as another object's stream is; it still draws numbers of its own."""
    post = snn.Population(snn.PoissonGLM(), 1, receptors={"exc": snn.ExpCurrent(5.0)}, name="net")
    named = snn.PoissonSource(50, 40.0, name=name)
    runs = snn.assemble.assemble(
        [post], k_stop=10, dt=0.1, I=snn.noise(10.0), record=(), initial=None, method=None, seed=1, start=None, max_spikes=1,
        projections=[snn.Projection(named, post, snn.all_to_all(), 0.0, 0.0), snn.PoissonDrive(post, 1.0, 0.0)],
    )  # fmt: skip
    keys = [runs.sources[0].key, runs.drives[0].key, *runs.cells[0].keys]
    assert len({tuple(map(int, key)) for key in keys}) == 4
    alone = snn.assemble.firing(snn.PoissonSource(50, 40.0), 0, 1, 0.1, 0, 12, 0, 1)
    assert tuple(alone.key) != tuple(runs.sources[0].key)  # unnamed: its place


def test_a_drive_needs_a_receptor_in_which_arrivals_add_up():
    class Unitless(snn.Neuron):
        tau_m: snn.units.ms = 20.0
        state = {"v": "1"}
        input = {"I": "ms"}
        method = "euler"

        def initial(tau_m):
            return {"v": 0.0 * tau_m}

        def dynamics(v, I, tau_m):
            dv = (I / tau_m - v) / tau_m
            return dv

        def threshold(v):
            return v > 1e300

    pop = snn.Population(Unitless(), 2, receptors={"s": Saturating()})
    with pytest.raises(ValueError, match=r"in s \(Saturating\) two arrivals are not one of twice the weight"):
        snn.simulate(pop, projections=[snn.PoissonDrive(pop, 1.0, 0.1)], t_stop=1.0, seed=1)


def test_all_synapses_of_the_library_take_a_drive():
    made = [snn.Delta(), snn.ExpCurrent(5.0), snn.AlphaCurrent(5.0), snn.BiExpCurrent(1.0, 5.0)]
    made += [snn.ExpConductance(5.0), snn.AlphaConductance(5.0), snn.NMDA()]
    for synapse in made:
        pop = listener(2, rec=synapse)
        run = assemble(
            [pop], k_stop=1, dt=0.1, I=0.0, projections=snn.PoissonDrive(pop, 1.0, 1.0), record=(), initial=None,
            method=None, seed=0, start=None, max_spikes=1,
        )  # fmt: skip
        assert len(run.drives) == 1 and run.structure.coupled
