"""The exercises of lesson 11, Balanced networks."""

import functools

import numpy as np

from snnlab.checks.exercise import Case, Exercise, Wrong

# ---------------------------------------------------------------- 11.1 CUBA


def cuba_inputs(seed):
    drawn = int(np.random.default_rng([seed, 1]).integers(1, 10000))
    return [
        Case("R_m = 0.1 GOhm, 700 ms", {"R_m": 0.1, "t_stop": 700.0, "seed": drawn}),
        Case("R_m = 0.02 GOhm, 900 ms", {"R_m": 0.02, "t_stop": 900.0, "seed": drawn}),
    ]


def cuba_call(cuba, inputs):
    """Size, length, rate and CV after 200 ms: a chaotic network is known by such numbers alone."""
    import numpy as np

    spikes = cuba(**inputs)
    if not all(hasattr(spikes, name) for name in ("t", "i", "n", "t_stop")):
        raise TypeError("cuba must return SpikeTrains: the .spikes of what simulate returns")
    late = spikes.t > 200.0
    t, i = spikes.t[late], spikes.i[late]
    order = np.lexsort((t, i))
    interval = np.diff(t[order])[np.diff(i[order]) == 0]
    return {
        "neurons": int(spikes.n),
        "end": float(spikes.t_stop),
        "rate": 1000.0 * len(t) / spikes.n / max(float(spikes.t_stop) - 200.0, 1.0),
        "CV": float(interval.std() / interval.mean()) if len(interval) else 0.0,
    }


@functools.lru_cache(maxsize=64)  # each mistake is simulated once per case, however often it is asked for
def cuba(R_m, t_stop, seed, exc=1.62, inh=-9.0, p=0.02, first=3200, ohms=None):
    """The spikes of CUBA; the weights, in mV, are divided by `ohms` (R_m, if right)."""
    import snnlab as snn

    ohms = R_m if ohms is None else ohms
    lif = snn.LIF(tau_m=20.0, R_m=R_m, E_L=-49.0, v_th=-50.0, v_reset=-60.0, t_ref=5.0)
    net = snn.Population(lif, 4000, {"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}, name="net")
    wires = [
        snn.Projection(net[:first], net, snn.random(p), exc / ohms, 0.1, "exc"),
        snn.Projection(net[first:], net, snn.random(p), inh / ohms, 0.1, "inh"),
    ]
    start = {"v": snn.uniform(-60.0, -50.0)}
    return snn.simulate(net, t_stop=t_stop, seed=seed, initial=start, projections=wires).spikes


def cuba_oracle(R_m, t_stop, seed):
    return cuba_call(cuba, {"R_m": R_m, "t_stop": t_stop, "seed": seed})


def cuba_multiplied(R_m, t_stop, seed):
    return cuba(R_m, t_stop, seed, ohms=1.0 / R_m)


CUBA = Exercise(
    id="11.1", title="A network that drives itself", points=3,
    inputs=cuba_inputs, oracle=cuba_oracle, call=cuba_call, seconds=60.0,
    # over graphs and starts the rate varies by 0.2 Hz and the CV by 0.01 (standard deviations)
    abs={"neurons": 0, "end": 1e-6, "rate": 1.0, "CV": 0.06}, rel={"rate": 0.03}, unit={"rate": "Hz", "end": "ms"},
    hints=(
        "What would each neuron do alone, and what does inhibition do to it? Compare with your rate and CV.",
        "Say for each weight: its unit in the paper, its unit in the library, and the resistance between the two.",
        "Weights are currents here: mV divided by GOhm is pA. Inhibition is negative; the first 3200 neurons are excitatory.",
    ),
    wrong=[
        Wrong("mV taken for pA", functools.partial(cuba, ohms=1.0),
              "The network hardly feels its own spikes: mV stand beside R_m I, and your weights are handed over as pA."),
        Wrong("multiplied by R_m", cuba_multiplied,
              "The neurons fire like clocks, as if alone: you multiply by R_m, and R_m w must be what the paper calls the weight."),
        Wrong("inhibition excites", functools.partial(cuba, inh=9.0),
              "The network runs away to the highest rates: the weight of inhibition has lost its sign."),
        Wrong("R_m fixed", functools.partial(cuba, ohms=0.1),
              "Right for R_m = 0.1 GOhm alone: the weights must follow R_m."),
        Wrong("a fifth excites", functools.partial(cuba, first=800),
              "Four fifths of your neurons inhibit: the first 3200 are the excitatory ones."),
        Wrong("ten times the pairs", functools.partial(cuba, p=0.2),
              "Nearly silent: with ten times too many synapses inhibition wins. 2 % is 0.02."),
        Wrong("no excitation", functools.partial(cuba, exc=0.0),
              "Too quiet: only inhibition arrives. Is the excitatory projection in the list?"),
        Wrong("no inhibition", functools.partial(cuba, inh=0.0),
              "Runs away: only excitation arrives. Is the inhibitory projection in the list?"),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 11.2 three numbers, four kinds

# (rate, CV, swing) from 300 to 800 ms of networks that the lesson does not show, made with the lesson's own
# brunel(g, eta, t_stop=800.0, seed=3); tests/test_lesson_11.py makes them again
UNSEEN = {
    "g = 2, eta = 2": (2.0, 2.0, 334.0, 0.0, 1.431),
    "g = 7, eta = 4": (7.0, 4.0, 43.7, 1.267, 1.119),
    "g = 5.5, eta = 2": (5.5, 2.0, 28.0, 0.483, 0.591),
    "g = 4.7, eta = 0.9": (4.7, 0.9, 4.74, 0.581, 2.099),
}


def kind_inputs(seed):
    rng = np.random.default_rng([seed, 2])
    n, a, b = 40, 100.0, 300.0

    def train(name, t, i):
        order = np.lexsort((i, t))
        return Case(name, {"t": np.round(t[order], 1), "i": i[order], "n": n, "a": a, "b": b})

    poisson = train(
        "Poisson trains, some of them silent",
        rng.integers(1, 4000, 1500) / 10.0,
        rng.integers(0, n - 5, 1500),
    )
    group = [
        np.tile(np.arange(k, n, 4), 20) for k in range(4)
    ]  # every fourth neuron, at each of its 20 volleys
    t = [np.repeat(5.0 * k + np.arange(0.3, 400.0, 20.0), n // 4) for k in range(4)]
    volleys = train("volleys, each neuron in every fourth", np.concatenate(t), np.concatenate(group))
    t = [np.arange(k % 7 + 1.0, 399.0, 5.0 + k % 4 * 5.0) for k in range(n)]
    i = [np.full(len(own), k) for k, own in enumerate(t)]
    clocks = train("clocks of different speeds, spikes on the edges", np.concatenate(t), np.concatenate(i))
    unseen = [
        Case(f"a network with {name}", {"rate": rate, "cv": cv, "swing": swing})
        for name, (_, _, rate, cv, swing) in UNSEEN.items()
    ]
    return [poisson, volleys, clocks, *unseen]


def kind_call(pair, inputs):
    """[rate, CV, swing] of given trains, or the word for given numbers."""
    three_numbers, kind = pair()
    if "rate" in inputs:
        return kind(rate=inputs["rate"], cv=inputs["cv"], swing=inputs["swing"])
    import numpy as np

    import snnlab as snn

    t, i = np.asarray(inputs["t"], dtype=float), np.asarray(inputs["i"], dtype=int)
    returned = three_numbers(snn.SpikeTrains(t, i, n=inputs["n"], t_stop=400.0), inputs["a"], inputs["b"])
    if not isinstance(returned, (tuple, list)) or len(returned) != 3:
        raise TypeError("three_numbers must return three numbers: rate, CV and swing")
    return {name: float(x) for name, x in zip(("rate", "CV", "swing"), returned, strict=True)}


def three(spikes, a, b, *, width=0.5, heap=True, divide=True, cut=True, variance=False, each=False):
    """The three numbers, or with one of the mistakes of `wrong`."""
    inside = (spikes.t > a) & (spikes.t <= b) if cut else spikes.t > -1.0
    t, i = spikes.t[inside], spikes.i[inside]
    order = np.lexsort((t, i)) if heap else np.argsort(t, kind="stable")
    interval, same = np.diff(t[order]), np.diff(i[order]) == 0
    interval = interval[same] if heap else interval
    cv = interval.var() / interval.mean() if variance else interval.std() / interval.mean()
    if each:
        own = [np.diff(np.sort(t[i == k])) for k in range(spikes.n)]
        cv = np.mean([d.std() / d.mean() for d in own if len(d) > 1])
    first = a if cut else 0.0
    end = b if cut else 400.0
    k = np.ceil((t - first) / width - 1e-9).astype(int) - 1
    count = np.bincount(k[k >= 0], minlength=round((end - first) / width))
    return len(t) / (spikes.n if divide else 1) / (b - a) * 1000.0, cv, count.std() / count.mean()


def word(rate, cv, swing):
    if cv < 0.2:
        return "SR"
    return "AI" if swing < 0.75 else "SI fast" if rate > 20.0 else "SI slow"


def kind_oracle(t=None, i=None, n=None, a=None, b=None, rate=None, cv=None, swing=None):
    if rate is not None:
        return word(rate, cv, swing)
    import snnlab as snn

    spikes = snn.SpikeTrains(np.asarray(t, dtype=float), np.asarray(i, dtype=int), n=n, t_stop=400.0)
    return dict(zip(("rate", "CV", "swing"), map(float, three(spikes, a, b)), strict=True))


def _numbers(**mistake):
    return lambda: (functools.partial(three, **mistake), word)


def _says(rule):
    return lambda: (three, rule)


KIND = Exercise(
    id="11.2", title="Three numbers tell four kinds of activity apart", points=4,
    inputs=kind_inputs, oracle=kind_oracle, call=kind_call, abs=1e-6, rel=1e-6, seconds=30.0,
    hints=(
        "Which spikes count, which two spikes make an interval, and what is counted in a bin?",
        "Sort by neuron and then by time (np.lexsort); an interval needs two spikes of one neuron. For the words, compare your eight runs column by column.",
        "One number separates the clocks from all else, another the steady state from the volleys, and the rate the fast from the slow ones. "
        "Choose limits midway between what you printed.",
    ),
    wrong=[
        Wrong("intervals across neurons", _numbers(heap=False),
              "Your intervals run from a spike of one neuron to the next spike of any neuron: that is the rhythm of the crowd. Take differences within each neuron."),
        Wrong("a CV for each neuron", _numbers(each=True),
              "You average over the neurons' own CVs. Asked is one CV, of all intervals in one heap."),
        Wrong("variance over mean", _numbers(variance=True),
              "The CV comes out in ms: it is the standard deviation over the mean, not the variance."),
        Wrong("rate of all", _numbers(divide=False),
              "That is the rate of all neurons together: divide by how many there are, the silent ones too."),
        Wrong("bins of 1 ms", _numbers(width=1.0),
              "Rate and CV are right; the bins of the swing are twice as wide as asked."),
        Wrong("from the beginning", _numbers(cut=False),
              "Spikes outside of a to b are counted: cut first, then measure."),
        Wrong("by the CV alone", _says(lambda rate, cv, swing: "SR" if cv < 0.2 else "AI" if cv < 0.7 else "SI fast"),
              "Your rule looks at the single neuron alone. The slow volleys have a CV like the steady state: which number sees the crowd?"),
        Wrong("by the swing alone", _says(lambda rate, cv, swing: "AI" if swing < 0.75 else "SI fast" if rate > 20.0 else "SI slow"),
              "Clocks in step swing as well: which number tells them from irregular neurons?"),
        Wrong("fast and slow swapped", _says(lambda rate, cv, swing: {"SI fast": "SI slow", "SI slow": "SI fast"}.get(word(rate, cv, swing), word(rate, cv, swing))),
              "Fast and slow are exchanged: compare the pictures of B and D."),
        Wrong("regular is asynchronous", _says(lambda rate, cv, swing: {"SR": "AI", "AI": "SR"}.get(word(rate, cv, swing), word(rate, cv, swing))),
              "Regular and irregular are exchanged: a clock has a CV of 0."),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 11.3 the rate that reproduces itself


def rate_inputs(seed):
    rng = np.random.default_rng([seed, 3])

    def drawn(name, dt):
        return Case(
            name, {"g": round(rng.uniform(4.6, 7.5), 2), "eta": round(rng.uniform(1.4, 3.5), 2), "dt": dt}
        )

    return [
        drawn("steps of next to nothing", 1e-6),
        drawn("steps of 0.1 ms", 0.1),
        drawn("steps of 0.5 ms", 0.5),
    ]


@functools.lru_cache(maxsize=512)
def network_rate(g, eta, dt, *, spread=lambda nu, g: nu * (1.0 + g**2 / 4.0), half=0.5, mean_of=lambda nu, g: nu * (1.0 - g / 4.0),
                 corrected=True):  # fmt: skip
    """Hz; the keywords make mistakes."""
    from scipy.optimize import brentq

    import snnlab as snn

    lif = snn.LIF(tau_m=20.0, E_L=0.0, v_th=20.0, v_reset=10.0, t_ref=2.0)

    def off(rate):
        nu, ext = rate / 1000.0, eta / 100.0
        mean = 2000.0 * (ext + mean_of(nu, g))
        sd = np.sqrt(half * 200.0 * (ext + spread(nu, g)))
        return snn.theory.siegert(mean, sd, lif, dt if corrected else None) - rate

    return float(brentq(off, 1e-6, 499.9))


def _open(g, eta, dt):
    """Siegert's rate for the outer input alone: no circle."""
    import snnlab as snn

    lif = snn.LIF(tau_m=20.0, E_L=0.0, v_th=20.0, v_reset=10.0, t_ref=2.0)
    return float(snn.theory.siegert(20.0 * eta, np.sqrt(eta), lif, dt))


RATE = Exercise(
    id="11.3", title="The rate that reproduces itself", points=4,
    inputs=rate_inputs, oracle=lambda g, eta, dt: network_rate(g, eta, dt), abs=0.0, rel=0.003, seconds=30.0,
    hints=(
        "Guess a rate. Which mean and spread follow from it by (2), and which rate from those? Is it the one you guessed?",
        "Write the difference between the rate that comes out and the rate that goes in, as a function of the latter, and look for its zero.",
        "scipy.optimize.brentq(too_much, 0, 499), with too_much(rate) = siegert(mean, sd, lif, dt) - rate; inside, rates in (2) are per ms.",
    ),
    wrong=[
        Wrong("the outer input alone", _open,
              "This is the rate of a neuron that hears only the outside: the network's own spikes are missing."),
        Wrong("signs in the spread", lambda g, eta, dt: network_rate(g, eta, dt, spread=lambda nu, g: max(nu * (1.0 - g / 4.0), -eta / 101.0)),
              "Excitation and inhibition cancel in your spread. Variances add: g enters squared."),
        Wrong("g not squared", lambda g, eta, dt: network_rate(g, eta, dt, spread=lambda nu, g: nu * (1.0 + g / 4.0)),
              "The spread is too small: a jump of g J counts with its square in the variance."),
        Wrong("the half is missing", lambda g, eta, dt: network_rate(g, eta, dt, half=1.0),
              "The spread is too large by the root of two: siegert takes the standard deviation of v, as in (2) with its half."),
        Wrong("dt forgotten", lambda g, eta, dt: network_rate(g, eta, dt, corrected=False),
              "Right for tiny steps; with longer ones it must be lower: hand dt on to siegert."),
        Wrong("per ms", lambda g, eta, dt: network_rate(g, eta, dt) / 1000.0,
              "This is the rate per ms: it is asked for in Hz."),
        Wrong("equal numbers", lambda g, eta, dt: network_rate(g, eta, dt, spread=lambda nu, g: nu * (1.0 + g**2), mean_of=lambda nu, g: nu * (1.0 - g)),
              "Far too low: there are four times fewer inhibitory inputs than excitatory ones."),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 11.4 bug hunt: whom a neuron hears


def source_inputs(seed):
    first, second = (int(x) for x in np.random.default_rng([seed, 4]).integers(1, 999, 2))
    return [
        Case("four excitatory neurons to one inhibitory", {"n_exc": 80, "n_inh": 20, "k_exc": 16, "k_inh": 8, "seed": first}),
        Case("as many of both", {"n_exc": 40, "n_inh": 40, "k_exc": 10, "k_inh": 10, "seed": second}),
    ]  # fmt: skip


def source_call(sources, inputs):
    """What holds of the sources of every neuron, and of all together, as truth values."""
    import numpy as np

    n_exc, n = inputs["n_exc"], inputs["n_exc"] + inputs["n_inh"]

    def drawn(gid):
        returned = sources(gid=gid, **inputs)
        if not isinstance(returned, (tuple, list)) or len(returned) != 2:
            raise TypeError("sources must return two arrays: excitatory and inhibitory")
        exc, inh = (np.asarray(part).ravel() for part in returned)
        if not all(np.issubdtype(part.dtype, np.integer) for part in (exc, inh)):
            raise TypeError("sources must return arrays of whole numbers")
        return exc.tolist(), inh.tolist()

    lists = [drawn(gid) for gid in range(n)]
    again = {gid: drawn(gid) for gid in reversed(range(0, n, 7))}
    found = {
        "as many as asked": all((len(e), len(i)) == (inputs["k_exc"], inputs["k_inh"]) for e, i in lists),
        "in range": all(0 <= k < n_exc for e, _ in lists for k in e) and all(n_exc <= k < n for _, i in lists for k in i),
        "nobody twice": all(len(set(part)) == len(part) for pair in lists for part in pair),
        "not itself": all(gid not in e + i for gid, (e, i) in enumerate(lists)),
        "the same again": all(lists[gid] == pair for gid, pair in again.items()),
    }  # fmt: skip
    # neighbours share a fifth or a quarter of their sources by chance, and all if they draw alike
    shared = [len({*lists[k][0]} & {*lists[k + 1][0]}) / max(len(lists[k][0]), 1) for k in range(n - 1)]
    found["neighbours differ"] = bool(np.mean(shared) < 0.6)
    # do the k-th sources of both lists stand at the same relative places?
    places = [(a / n_exc, (b - n_exc) / (n - n_exc)) for e, i in lists for a, b in zip(e, i)]
    alike = np.corrcoef(np.transpose(places))[0, 1] if len(set(places)) > 1 else 1.0
    found["both lists independent"] = bool(abs(alike) < 0.3)
    return found


def judge_sources(inputs, found):
    missing = [name for name, holds in found.items() if not holds]
    return not missing, "does not hold: " + ", ".join(missing)


def draw_sources(
    gid, n_exc, n_inh, k_exc, k_inh, seed, *, key=None, anew=False, itself=False, replace=False, first=None
):
    """Right, or with one of the mistakes of `wrong`."""
    first = n_exc if first is None else first
    key = [seed, gid] if key is None else key(seed, gid)
    exc, inh = np.arange(n_exc), first + np.arange(n_inh)
    exc, inh = (exc, inh) if itself else (exc[exc != gid], inh[inh != gid])
    rng = np.random.default_rng(key)
    exc = rng.choice(exc, k_exc, replace=replace)
    rng = np.random.default_rng(key) if anew else rng
    return exc, rng.choice(inh, k_inh, replace=replace)


SOURCES = Exercise(
    id="11.4", title="Bug hunt: whom a neuron hears", points=3,
    inputs=source_inputs, judge=judge_sources, call=source_call, all_or_nothing=True, seconds=20.0,
    hints=(
        "Divide the excitatory numbers by n_exc, and the inhibitory ones, less n_exc, by n_inh. What do you see?",
        "A generator that is made twice from one seed says the same things twice. And which function of NumPy draws without repeats?",
        "One generator, made of seed and gid; from it first the one list, then the other, by rng.choice(..., replace=False), from candidates without gid.",
    ),
    wrong=[
        Wrong("the bug", functools.partial(draw_sources, anew=True, itself=True, replace=True),
              "All the faults are there: the generator begins anew for the inhibitory list, sources come twice, and some neurons hear themselves."),
        Wrong("the generator begins anew", functools.partial(draw_sources, anew=True),
              "With equally many of both kinds, the k-th excitatory and the k-th inhibitory source still stand at the same place: both lists come from the same random numbers."),
        Wrong("with repeats", functools.partial(draw_sources, replace=True),
              "Some neurons are heard twice: draw without replacement."),
        Wrong("hears itself", functools.partial(draw_sources, itself=True),
              "Some neurons hear themselves: take gid out before you draw."),
        Wrong("the seed alone", functools.partial(draw_sources, key=lambda seed, gid: [seed]),
              "All neurons hear the same sources: the generator must depend on gid too."),
        Wrong("no seed", functools.partial(draw_sources, key=lambda seed, gid: np.random.SeedSequence().entropy),
              "Asked twice, a neuron hears others than before: make the generator from seed and gid."),
        Wrong("inhibitory from 0", functools.partial(draw_sources, first=0),
              "The inhibitory sources are numbered from 0: they begin at n_exc."),
    ],
)  # fmt: skip
