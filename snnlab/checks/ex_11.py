"""The exercises of lesson 11, Balanced networks."""

import functools
import math

import numpy as np

from snnlab.checks.exercise import Case, Exercise, Wrong

# ---------------------------------------------------------------- 11.1 CUBA

START = 10.9  # spikes per hundred neurons in the first 10 ms, the mean over seeds; tests/test_lesson_11.py counts them


def cuba_inputs(seed):
    drawn = int(np.random.default_rng([seed, 1]).integers(1, 10000))
    return [
        Case("R_m = 0.1 GOhm, 700 ms", {"R_m": 0.1, "t_stop": 700.0, "seed": drawn}),
        Case("R_m = 0.02 GOhm, 900 ms", {"R_m": 0.02, "t_stop": 900.0, "seed": drawn}),
    ]


def cuba_call(cuba, inputs):
    """Size, length, rate and CV after 200 ms: a chaotic network is known by such numbers alone; start and seed."""
    import numpy as np

    def first(spikes):
        return spikes.t[spikes.t <= 10.0], spikes.i[spikes.t <= 10.0]

    spikes = cuba(**inputs)
    if not all(hasattr(spikes, name) for name in ("t", "i", "n", "t_stop")):
        raise TypeError("cuba must return SpikeTrains: the .spikes of what simulate returns")
    late = spikes.t > 200.0
    t, i = spikes.t[late], spikes.i[late]
    order = np.lexsort((t, i))
    interval = np.diff(t[order])[np.diff(i[order]) == 0]
    again, other, third = (cuba(**{**inputs, "t_stop": 15.0, "seed": inputs["seed"] + k}) for k in (0, 1, 2))
    start = (
        np.mean([len(first(run)[0]) for run in (spikes, other, third)]) / spikes.n
    )  # one spike each would be 1
    return {
        "neurons": int(spikes.n),
        "end": float(spikes.t_stop),
        "spikes in 10 ms": min(100.0 * float(start), 50.0),
        "same with the same seed": all(map(np.array_equal, first(spikes), first(again))),
        "another with another seed": not all(map(np.array_equal, first(spikes), first(other))),
        "rate": 1000.0 * len(t) / spikes.n / max(float(spikes.t_stop) - 200.0, 1.0),
        "CV": float(interval.std() / interval.mean()) if len(interval) else 0.0,
        "shortest hundredth of intervals": float(np.quantile(interval, 0.01)) if len(interval) else 0.0,
    }


@functools.lru_cache(maxsize=256)  # each mistake is simulated once per case, however often it is asked for
def cuba(R_m, t_stop, seed, exc=1.62, inh=-9.0, p=0.02, first=3200, ohms=None, model=None, taus=(5.0, 10.0),
         to="inh", low=-60.0, start=True, swapped=False, inh_hears=4000):  # fmt: skip
    """The spikes of CUBA; the weights, in mV, are divided by `ohms` (R_m, if right). The keywords make mistakes."""
    import snnlab as snn

    ohms = R_m if ohms is None else ohms
    right = {"tau_m": 20.0, "R_m": R_m, "E_L": -49.0, "v_th": -50.0, "v_reset": -60.0, "t_ref": 5.0}
    lif = snn.LIF(**{**right, **dict(model or ())})
    receptors = {name: snn.ExpCurrent(tau) for name, tau in zip(("exc", "inh"), taus, strict=True)}
    net = snn.Population(lif, 4000, receptors, name="net")
    pairs = [(net[:first], net), (net[first:], net[:inh_hears])]
    (E, hear_E), (I, hear_I) = [pair[::-1] for pair in pairs] if swapped else pairs
    wires = [
        snn.Projection(E, hear_E, snn.random(p), exc / ohms, 0.1, "exc"),
        snn.Projection(I, hear_I, snn.random(p), inh / ohms, 0.1, to),
    ]
    initial = {"v": snn.uniform(low, -50.0)} if start else None
    return snn.simulate(net, t_stop=t_stop, seed=seed, initial=initial, projections=wires).spikes


def cuba_oracle(R_m, t_stop, seed):
    found = cuba_call(cuba, {"R_m": R_m, "t_stop": t_stop, "seed": seed})
    return {**found, "spikes in 10 ms": START}


def cuba_multiplied(R_m, t_stop, seed):
    return cuba(R_m, t_stop, seed, ohms=1.0 / R_m)


def _own_seed(R_m, t_stop, seed):
    return cuba(R_m, t_stop, 1)


def _own_end(R_m, t_stop, seed):
    return cuba(R_m, 1000.0 if t_stop > 20.0 else t_stop, seed)


CUBA = Exercise(
    id="11.1", title="A network that drives itself", points=3,
    inputs=cuba_inputs, oracle=cuba_oracle, call=cuba_call, seconds=60.0,
    # over graphs and starts the rate varies by 0.2 Hz, the CV by 0.01, the first spikes by 0.8 per 100 neurons,
    # and the shortest hundredth of intervals by 0.4 ms (standard deviations)
    abs={"neurons": 0, "end": 1e-6, "spikes in 10 ms": 3.5, "rate": 1.0, "CV": 0.06, "shortest hundredth of intervals": 1.8}, rel={"rate": 0.03},
    unit={"rate": "Hz", "end": "ms", "spikes in 10 ms": "per 100 neurons", "shortest hundredth of intervals": "ms"},
    hints=(
        "What would each neuron do alone, and what does inhibition do to it? Compare with your rate and CV.",
        "Say for each weight: its unit in the paper, its unit in the library, and the resistance between the two.",
        "Weights are currents here: mV divided by GOhm is pA. Inhibition is negative; the first 3200 neurons are excitatory.",
    ),
    wrong=[
        Wrong("mV taken for pA", functools.partial(cuba, ohms=1.0),
              "The network hardly feels its own spikes: mV stand beside R_m I, and your weights are handed over as pA."),
        Wrong("multiplied by R_m", cuba_multiplied,
              "The neurons fire like clocks, as if alone. Are both projections handed to simulate? Then the weights are far too small, as if multiplied by R_m: R_m w must be what the paper calls the weight."),
        Wrong("inhibition excites", functools.partial(cuba, inh=9.0),
              "The network runs away to the highest rates: the weight of inhibition has lost its sign."),
        Wrong("R_m fixed", functools.partial(cuba, ohms=0.1),
              "Right for R_m = 0.1 GOhm alone: the weights must follow R_m."),
        Wrong("a fifth excites", functools.partial(cuba, first=800),
              "Four fifths of your neurons inhibit: the first 3200 are the excitatory ones."),
        Wrong("ten times the pairs", functools.partial(cuba, p=0.2),
              "Nearly silent: there is far too much inhibition. Do the first 3200 neurons excite, and is 2 % 0.02?",
              when=lambda inputs, got: 0.3 < got["rate"] < 2.5),
        Wrong("charge in the place of the peak", functools.partial(cuba, exc=1.62 / 5.0, inh=-9.0 / 10.0),
              "Your weights are too small: they are what x jumps by, not its area. No division by the time constant."),
        Wrong("no excitation", functools.partial(cuba, exc=0.0),
              "Too quiet: only inhibition arrives. Is the excitatory projection in the list?"),
        Wrong("no inhibition", functools.partial(cuba, inh=0.0),
              "Runs away: only excitation arrives. Is the inhibitory projection in the list?"),
        Wrong("R_m not handed to the neuron", functools.partial(cuba, model=(("R_m", 0.1),)),
              "Right for R_m = 0.1 GOhm alone, which is the default of LIF: the weights follow R_m, and the neuron doesn't.",
              when=lambda inputs, got: inputs["R_m"] < 0.1 and 7.0 < got["rate"] < 12.0 and got["CV"] > 1.3),
        Wrong("rest at the reset", functools.partial(cuba, model=(("E_L", -60.0),)),
              "Silent: nothing pushes a neuron over threshold. Where did this network hide the missing input?"),
        Wrong("default refractory period", functools.partial(cuba, model=(("t_ref", 2.0),)),
              "Nearly right, but the shortest intervals are too short: after a spike a neuron is ready again too soon. Is t_ref the paper's, or the default?"),
        Wrong("receivers for senders", functools.partial(cuba, swapped=True),
              "Every neuron excites the first 3200 and inhibits the others: in a Projection the senders come first, then the receivers."),
        Wrong("inhibition for the excitatory alone", functools.partial(cuba, inh_hears=3200),
              "The inhibitory neurons fire like clocks: they hear no inhibition, and all neurons should."),
        Wrong("default reset", functools.partial(cuba, model=(("v_reset", -65.0),)),
              "Intervals are too regular: each begins too low. Is v_reset the paper's, or the default?"),
        Wrong("time constants exchanged", functools.partial(cuba, taus=(10.0, 5.0)),
              "Excitation outlasts inhibition: which receptor decays with 5 ms, and which with 10?"),
        Wrong("inhibition on the excitatory receptor", functools.partial(cuba, to="exc"),
              "Too fast, though each weight is right: does inhibition last 10 ms? See which receptor it arrives at."),
        Wrong("v from below", functools.partial(cuba, low=-70.0),
              "The network is right, its first 10 ms are not: v begins between reset and threshold."),
        Wrong("no start", functools.partial(cuba, start=False),
              "In the first step all neurons fire at once: nothing told them to begin at random v (`initial`)."),
        Wrong("a seed of its own", _own_seed,
              "Each seed gives the same spikes: hand seed on to simulate."),
        Wrong("an end of its own", _own_end,
              "The network is right, and runs for another time than it is told: hand t_stop on."),
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

    # no spike on the edge of a bin, which np.histogram counts to the right of it and others to the left,
    # but some at a, which don't count, and more at b, which do
    t = rng.integers(0, 800, 1500) * 0.5 + rng.integers(1, 5, 1500) / 10.0
    t, i = np.append(t, [a] * 3 + [b] * 8), np.append(rng.integers(0, n - 5, 1500), np.arange(11))
    late = (t <= a) | (
        t > a + 3.0
    )  # nothing in the first 3 ms, so that bins from the first spike on are others
    t, i = t[late], i[late]
    poisson = train("Poisson trains, some of them silent", t, i)
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
    if not isinstance(returned, (tuple, list, np.ndarray)) or len(returned) != 3:
        raise TypeError("three_numbers must return three numbers: rate, CV and swing")
    return {name: float(x) for name, x in zip(("rate", "CV", "swing"), returned, strict=True)}


def three(
    spikes, a, b, *, heap="within", divide=True, inside="right", cv="sd", each=False, unit=1000.0, begin=None, **swing
):  # fmt: skip
    """The three numbers, or with one of the mistakes of `wrong`."""
    t, i = spikes.t, spikes.i
    kept = {"right": (t > a) & (t <= b), "left": (t >= a) & (t < b), "both": (t >= a) & (t <= b), "all": t > -1.0}[inside]  # fmt: skip
    kept_t, kept_i = (t, i) if heap == "uncut" else (t[kept], i[kept])
    t, i = t[kept], i[kept]
    order = np.argsort(kept_t, kind="stable") if heap == "crowd" else np.lexsort((kept_t, kept_i))
    interval, same = np.diff(kept_t[order]), np.diff(kept_i[order]) == 0
    kinds = {"within": interval[same], "uncut": interval[same], "positive": interval[interval > 0.0]}
    interval = kinds.get(heap, interval)
    mean, sd = interval.mean(), interval.std()
    ratio = {"sd": sd / mean, "variance": sd**2 / mean, "squared": (sd / mean) ** 2, "inverse": mean / max(sd, 1e-12)}[cv]  # fmt: skip
    if each:
        own = [np.diff(np.sort(t[i == k])) for k in range(spikes.n)]
        ratio = np.mean([d.std() / d.mean() for d in own if len(d) > 1])
    n = {True: spikes.n, False: 1, "active": len(np.unique(i))}.get(divide, divide)
    length = b - (a if begin is None else begin)
    return unit * len(t) / n / length, ratio, swing_of(t, i, spikes.n, a, b, **swing)


def swing_of(t, i, n, a, b, *, width=0.5, how="sd", bins="all"):
    count = np.histogram(t, round((b - a) / width), (a, b))[0]
    if how == "neurons":
        count = np.bincount(i, minlength=n)
    if bins == "own":
        count = np.histogram(t, round((b - a) / width))[0]
    if bins == "floor":
        count = np.bincount(((t - a) / width).astype(int))
    count = {"full": count[count > 0], "last": count[:-1]}.get(bins, count)
    return {"variance": count.var() / count.mean(), "only sd": count.std()}.get(
        how, count.std() / count.mean()
    )


def unbiased(spikes, a, b):
    """With n - 1 in the place of n."""
    rate, cv, swing = three(spikes, a, b)
    inside = (spikes.t > a) & (spikes.t <= b)
    m, bins = inside.sum() - len(np.unique(spikes.i[inside])), (b - a) / 0.5
    return rate, cv * np.sqrt(m / (m - 1)), swing * np.sqrt(bins / (bins - 1))


def exchanged(spikes, a, b):
    rate, cv, swing = three(spikes, a, b)
    return rate, swing, cv


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


def _upside_down(inputs, got):
    want = kind_oracle(**inputs)
    same = all(abs(got[name] / want[name] - 1.0) < 1e-6 for name in ("rate", "swing"))
    return same and (got["CV"] > 1e6 or abs(got["CV"] * want["CV"] - 1.0) < 1e-6)


def _says(rule):
    return lambda: (three, rule)


KIND = Exercise(
    id="11.2", title="Three numbers tell four kinds of activity apart", points=4,
    inputs=kind_inputs, oracle=kind_oracle, call=kind_call, abs=1e-6, rel=1e-6, seconds=30.0,
    hints=(
        "Which spikes count, which two spikes make an interval, and what is counted in a bin?",
        "Numbers: sort by neuron and then by time (np.lexsort); an interval needs two spikes of one neuron. Words: compare your eight runs column by column.",
        "Numbers: try yours on five spikes of two neurons, by hand. Words: one number separates the clocks from all else, another the steady state from "
        "the volleys, and the rate the fast from the slow ones. Choose limits midway between what you printed.",
    ),
    wrong=[
        Wrong("intervals across neurons", _numbers(heap="crowd"),
              "Your intervals run from a spike of one neuron to the next spike of any neuron: that is the rhythm of the crowd. Take differences within each neuron."),
        Wrong("a CV for each neuron", _numbers(each=True),
              "You average over the neurons' own CVs. Asked is one CV, of all intervals in one heap."),
        Wrong("variance over mean", _numbers(cv="variance"),
              "The CV comes out in ms: it is the standard deviation over the mean, not the variance."),
        Wrong("rate of all", _numbers(divide=False),
              "That is the rate of all neurons together: divide by how many there are, the silent ones too."),
        Wrong("bins of 1 ms", _numbers(width=1.0),
              "Rate and CV are right; the bins of the swing are twice as wide as asked."),
        Wrong("from the beginning", _numbers(inside="all"),
              "Spikes outside of a to b are counted: cut first, then measure."),
        Wrong("the lesson's window", lambda: (lambda spikes, a, b: three(spikes, 300.0, 800.0), word),
              "You look from 300 to 800 ms, whatever a and b are: the check asks for other windows."),
        Wrong("time from 0", _numbers(begin=0.0),
              "CV and swing are right; the rate is divided by b, and the window lasts b - a."),
        Wrong("the lesson's network", _numbers(divide=12500),
              "CV and swing are right; the rate is divided by the 12,500 neurons of Brunel's network: how many are in these trains? spikes.n."),
        Wrong("per ms", _numbers(unit=1.0),
              "CV and swing are right; the rate is per ms, and asked is Hz."),
        Wrong("rate of the active", _numbers(divide="active"),
              "You divide by the neurons that fired. Silent ones count too: spikes.n."),
        Wrong("edges exchanged", _numbers(inside="left"),
              "A spike at a doesn't count, and one at b does."),
        Wrong("both edges", _numbers(inside="both"),
              "A spike just at a is counted, and should not be: a < t."),
        Wrong("intervals not cut", _numbers(heap="uncut"),
              "Rate and swing are right; your intervals are those of the whole run. Only spikes from a to b count, here too."),
        Wrong("squared", _numbers(cv="squared"),
              "Rate and swing are right; your CV is squared: variance over mean squared in the place of deviation over mean."),
        Wrong("mean over deviation", _numbers(cv="inverse"),
              "Your CV is upside down: a clock must get 0.", when=_upside_down),
        Wrong("from neuron to neuron", _numbers(heap="last"),
              "Sorted well, but where one neuron ends and the next begins there is no interval: keep those differences whose two spikes have one neuron."),
        Wrong("what is negative left out", _numbers(heap="positive"),
              "Almost: where the next neuron's first spike is later than the last one's last, a difference is positive, and still no interval."),
        Wrong("swing by the variance", _numbers(how="variance"),
              "Rate and CV are right; variance over mean is the Fano factor. The swing is the standard deviation over the mean."),
        Wrong("swing not divided", _numbers(how="only sd"),
              "Rate and CV are right; the swing still grows with the number of neurons: divide by the mean count."),
        Wrong("swing over the neurons", _numbers(how="neurons"),
              "Your counts are of each neuron. The swing is about each bin of time, all neurons together."),
        Wrong("empty bins left out", _numbers(bins="full"),
              "Bins without a spike are bins too: silence between the volleys is what makes the swing large."),
        Wrong("a bin too few", _numbers(bins="last"),
              "The last bin is missing: np.arange(a, b, 0.5) ends before b, and edges are one more than bins."),
        Wrong("a bin too many", _numbers(bins="floor"),
              "A spike at b opens a bin of its own in your count: there are (b - a)/0.5 bins, and it belongs to the last."),
        Wrong("bins of their own", _numbers(bins="own"),
              "Your bins run from the first spike to the last: they should run from a to b, 0.5 ms each."),
        Wrong("n - 1", lambda: (unbiased, word),
              "You divide by n - 1 (ddof = 1). Take np.std as it is, with n."),
        Wrong("CV and swing exchanged", lambda: (exchanged, word),
              "CV and swing are exchanged: the order is rate, CV, swing."),
        Wrong("the rate of volleys", _says(lambda rate, cv, swing: word(100.0 if rate > 100.0 else 1.0, cv, swing)),
              "Fast volleys come above 100 times per second, but each neuron skips most of them: look at the rates you printed for B and D."),
        Wrong("letters", _says(lambda rate, cv, swing: {"SR": "A", "SI fast": "B", "AI": "C", "SI slow": "D"}[word(rate, cv, swing)]),
              "These are the letters of our four points. Asked are the names in the table of kinds."),
        Wrong("other words", _says(lambda rate, cv, swing: word(rate, cv, swing).lower()),
              "None of the four names: write them as they stand in the table of kinds, capitals and blanks too.",
              when=lambda inputs, got: isinstance(got, str) and got not in ("SR", "AI", "SI fast", "SI slow")),
        Wrong("by the rate alone", _says(lambda rate, cv, swing: "SR" if rate > 100.0 else "SI fast" if rate > 50.0 else "AI" if rate > 20.0 else "SI slow"),
              "Your rule sorts by the rate. A steady network can be as fast as one that fires in volleys: which number tells these two apart?"),
        Wrong("nothing is asynchronous", _says(lambda rate, cv, swing: "AI" if swing < 0.1 else "SR" if cv < 0.2 else "SI fast" if rate > 20.0 else "SI slow"),
              "Your limit for AI is too strict: a network of finite size keeps a swing of some tenths, and another one more than C. Set it midway between C and the volleys."),
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
                 corrected=True, model=(), ms=(1000.0, 100.0), root=True, jump=1.0):  # fmt: skip
    """Hz; the keywords make mistakes. ms : what rate and eta are divided by, to be per ms. jump : factor of J."""
    from scipy.optimize import brentq

    def off(rate):
        return (
            answer_to(rate, g, eta, dt if corrected else None, spread, half, mean_of, model, ms, root, jump)
            - rate
        )

    return float(brentq(off, 1e-6, 499.9))


def answer_to(rate, g, eta, dt, spread, half, mean_of, model=(), ms=(1000.0, 100.0), root=True, jump=1.0):  # fmt: skip
    """Siegert's rate of a neuron in a network that fires at `rate`."""
    import snnlab as snn

    right = {"tau_m": 20.0, "E_L": 0.0, "v_th": 20.0, "v_reset": 10.0, "t_ref": 2.0}
    nu, ext = rate / ms[0], eta / ms[1]
    variance = half * 200.0 * jump**2 * (ext + spread(nu, g))
    mean = 2000.0 * jump * (ext + mean_of(nu, g))
    sd = np.sqrt(variance) if root else variance
    return float(snn.theory.siegert(mean, sd, snn.LIF(**{**right, **dict(model)}), dt))


def rounds(g, eta, dt, n=2, rate=0.0):
    """What comes out is put in again, n times."""
    for _ in range(n):
        rate = answer_to(rate, g, eta, dt, lambda nu, g: nu * (1.0 + g**2 / 4.0), 0.5, lambda nu, g: nu * (1.0 - g / 4.0))  # fmt: skip
    return rate


def _off(inputs, got):
    """How far a rate is from the right one, relative to it."""
    return abs(got / network_rate(**inputs) - 1.0)


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
        "That zero is a job for scipy.optimize.brentq. Inside the function rates in (2) are per ms, those of siegert in Hz; the spread is a root.",
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
        Wrong("fewer inputs forgotten in the mean", lambda g, eta, dt: network_rate(g, eta, dt, mean_of=lambda nu, g: nu * (1.0 - g)),
              "The spread is right, the mean too low: there are four times fewer inhibitory inputs than excitatory ones."),
        Wrong("inhibition pushes", lambda g, eta, dt: network_rate(g, eta, dt, mean_of=lambda nu, g: nu * (1.0 + g / 4.0)),
              "A storm: in your mean inhibition is added. In the mean it is subtracted, in the spread it is added."),
        Wrong("noise from outside alone", lambda g, eta, dt: network_rate(g, eta, dt, spread=lambda nu, g: 0.0),
              "The spread is too small: the network's own spikes are part of the noise."),
        Wrong("the jump of the grid", lambda g, eta, dt: network_rate(g, eta, dt, jump=math.exp(0.1 / 20.0)),
              "You take the J that `brunel` makes larger for its grid. The theory has no such grid: take J as the table has it."),
        Wrong("fewer inputs forgotten in the spread", lambda g, eta, dt: network_rate(g, eta, dt, spread=lambda nu, g: nu * (1.0 + g**2)),
              "The mean is right, the spread too large: there are four times fewer inhibitory inputs than excitatory ones."),
        Wrong("fewer inputs squared", lambda g, eta, dt: network_rate(g, eta, dt, spread=lambda nu, g: nu * (1.0 + g**2 / 16.0)),
              "The spread is too small: the jump is squared in the variance, the number of inputs isn't."),
        Wrong("variance for spread", lambda g, eta, dt: network_rate(g, eta, dt, root=False),
              "Far off: siegert takes a standard deviation, and (2) gives its square."),
        Wrong("Hz among per ms", lambda g, eta, dt: network_rate(g, eta, dt, ms=(1.0, 100.0)),
              "Nearly silent: your network's own rate goes into (2) in Hz, beside an outer rate per ms."),
        Wrong("Hz throughout", lambda g, eta, dt: network_rate(g, eta, dt, ms=(1.0, 0.1)),
              "Your rates go into (2) in Hz, and tau_m in ms: the mean comes out a thousand times too large."),
        Wrong("outer drive ten times", lambda g, eta, dt: network_rate(g, eta, dt, ms=(1000.0, 10.0)),
              "The outer rate is ten times too high: with eta = 1, C_E J tau_m nu_ext must be the threshold, 20 mV."),
        Wrong("no refractory period", lambda g, eta, dt: network_rate(g, eta, dt, model=(("t_ref", 0.0),)),
              "A little too fast: this neuron has no refractory period."),
        Wrong("reset to 0", lambda g, eta, dt: network_rate(g, eta, dt, model=(("v_reset", 0.0),)),
              "Too slow: v begins each interval too low. What is v_reset here?"),
        Wrong("default neuron", lambda g, eta, dt: network_rate(g, eta, dt, model=(("v_th", -50.0), ("v_reset", -65.0), ("E_L", -70.0))),
              "Far too fast: that is LIF's default threshold at -50 mV, with a mean counted from 0. Give the neuron the values of the table."),
        Wrong("dt of its own", lambda g, eta, dt: network_rate(g, eta, 0.1),
              "Right for steps of 0.1 ms alone: hand dt on as it comes."),
        Wrong("mean at threshold", lambda g, eta, dt: 10.0 * (eta - 1.0) / (g / 4.0 - 1.0),
              "That sets the mean to the threshold: a straight line, near and not equal. Which rate does Siegert's formula give back?"),
        Wrong("one round", rounds,
              "You went round the circle once: the rate that comes out isn't yet the one that went in."),
        Wrong("round and round", functools.partial(rounds, n=100, rate=10.0),
              "Silence, or a storm. If you put what comes out in again, the circle overshoots: take a small part of each step, or look for a zero. If you don't, look at the mean: are both rates in it per ms?",
              when=lambda inputs, got: got < 0.05 * network_rate(**inputs) or got > 5.0 * network_rate(**inputs)),
        Wrong("not yet there", lambda g, eta, dt: 1.01 * network_rate(g, eta, dt),
              "Near, but it doesn't reproduce itself yet: put your rate in, and see what comes out. More rounds, or a finer search.",
              when=lambda inputs, got: _off(inputs, got) < 0.025),
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
    from itertools import pairwise

    import numpy as np

    n_exc, n = inputs["n_exc"], inputs["n_exc"] + inputs["n_inh"]

    def drawn(gid, seed=inputs["seed"]):
        returned = sources(gid=gid, **{**inputs, "seed": seed})
        if not isinstance(returned, (tuple, list)) or len(returned) != 2:
            raise TypeError("sources must return two arrays: excitatory and inhibitory")
        exc, inh = (np.asarray(part).ravel() for part in returned)
        if not all(np.issubdtype(part.dtype, np.integer) for part in (exc, inh)):
            raise TypeError("sources must return arrays of whole numbers")
        return exc.tolist(), inh.tolist()

    seed = inputs["seed"]
    lists = [drawn(gid) for gid in range(n)]
    again = {gid: drawn(gid) for gid in reversed(range(0, n, 7))}
    other = [drawn(gid, seed + 1) for gid in range(n)]

    def alike(pairs):
        """The share that two lists have in common by more than chance: a fifth to two fifths are chance."""
        return np.mean([len({*a} & {*b}) / max(len(a), 1) for a, b in pairs]) > 0.6

    def linked(pairs):
        """Do the sources of both lists stand at the same relative places, one by one or on average?"""
        places = [(np.array(e) / n_exc, (np.array(i) - n_exc) / (n - n_exc)) for e, i in pairs if e and i]
        means = [(e.mean(), i.mean()) for e, i in places]
        one_by_one = [pair for e, i in places for pair in zip(e.tolist(), i.tolist())]
        tidy = all(
            list(part) == sorted(part) for pair in pairs for part in pair
        )  # k-th of sorted lists are alike
        tries = [(means, 0.5)] if tidy else [(means, 0.5), (one_by_one, 0.3)]
        return any(len(set(x)) < 2 or abs(np.corrcoef(np.transpose(x))[0, 1]) > limit for x, limit in tries)

    # that somebody is left out a hundred times by chance has a probability of 1e-7
    heard = {gid: [drawn(gid, seed + s) for s in range(100)] for gid in (n_exc - 1, n - 1)}
    found = {
        "as many as asked": all((len(e), len(i)) == (inputs["k_exc"], inputs["k_inh"]) for e, i in lists),
        "in range": all(0 <= k < n_exc for e, _ in lists for k in e) and all(n_exc <= k < n for _, i in lists for k in i),
        "nobody twice": all(len(set(part)) == len(part) for pair in lists for part in pair),
        "not itself": all(gid not in e + i for gid, (e, i) in enumerate(lists)),
        "all others in turn": all({*range(n)} - {gid} <= {k for e, i in many for k in e + i} for gid, many in heard.items()),
        "the same again": all(lists[gid] == pair for gid, pair in again.items()),
        "another seed, other excitatory ones": not any(sorted(a[0]) == sorted(b[0]) for a, b in zip(lists[1:], other[1:])),
        "another seed, other inhibitory ones": not any(sorted(a[1]) == sorted(b[1]) for a, b in zip(lists[1:], other[1:])),
        "for neuron 0 as well": lists[0] != other[0],
        "neighbours differ": not any(alike((a[k], b[k]) for a, b in pairwise(lists)) for k in (0, 1)),
        "neighbours differ over the seeds": not any(alike((a[k], b[k]) for a, b in zip(lists[1:], other[:-1])) for k in (0, 1)),
        "both lists independent": not linked(lists),
        "lists independent over neighbours and seeds": not any(linked(pairs) for pairs in (
            [(a[0], b[1]) for a, b in zip(lists[1:], lists[:-1])],
            [(a[0], b[1]) for a, b in pairwise(lists)],
            [(a[0], b[1]) for a, b in zip(other, lists)],
            [(a[0], b[1]) for a, b in zip(lists, other)],
        )),
    }  # fmt: skip
    return found


def judge_sources(inputs, found):
    missing = [name for name, holds in found.items() if not holds]
    return not missing, "does not hold: " + ", ".join(missing)


@functools.lru_cache(maxsize=20000)  # each mistake is compared with each answer
def draw_sources(
    gid, n_exc, n_inh, k_exc, k_inh, seed, *, key=lambda seed, gid: [seed, gid], second=None, itself=False,
    replace=False, first=None,
):  # fmt: skip
    """Right, or with one of the mistakes of `wrong`. second : the key of a generator made anew for the second list."""
    first = n_exc if first is None else first
    exc, inh = np.arange(n_exc), first + np.arange(n_inh)
    exc, inh = (exc, inh) if itself else (exc[exc != gid], inh[inh != gid])
    rng = np.random.default_rng(key(seed, gid))
    exc = rng.choice(exc, k_exc, replace=replace)
    rng = np.random.default_rng(second(seed, gid)) if second else rng
    return exc, rng.choice(inh, k_inh, replace=replace)


def _both(seed, gid):
    return [seed, gid]


def _exchanged(**inputs):
    return draw_sources(**inputs)[::-1]


def _of_all(gid, n_exc, n_inh, k_exc, k_inh, seed):
    everybody = np.random.default_rng([seed, gid]).permutation(np.delete(np.arange(n_exc + n_inh), gid))
    return everybody[:k_exc], everybody[k_exc : k_exc + k_inh]


def _pruned(gid, n_exc, n_inh, k_exc, k_inh, seed):
    """Drawn with repeats, and these and itself left out afterwards."""
    drawn = draw_sources(gid, n_exc, n_inh, k_exc, k_inh, seed, itself=True, replace=True)
    return tuple(np.setdiff1d(part, [gid]) for part in drawn)


def _unique(**inputs):
    return tuple(np.unique(part) for part in draw_sources(**inputs, itself=True, replace=True))


def _deleted(gid, n_exc, n_inh, k_exc, k_inh, seed):
    """np.delete with an index that is negative for the last excitatory neurons."""
    rng = np.random.default_rng([seed, gid])
    exc, inh, at = np.arange(n_exc), n_exc + np.arange(n_inh), gid - n_exc
    inh = np.delete(inh, at) if abs(at) < n_inh else inh
    return rng.choice(exc[exc != gid], k_exc, replace=False), rng.choice(inh, k_inh, replace=False)


SOURCES = Exercise(
    id="11.4", title="Bug hunt: whom a neuron hears", points=3,
    inputs=source_inputs, judge=judge_sources, call=source_call, all_or_nothing=True, seconds=20.0,
    hints=(
        "Divide the excitatory numbers by n_exc, and the inhibitory ones, less n_exc, by n_inh. What do you see?",
        "A generator that is made twice from one seed says the same things twice. And which function of NumPy draws without repeats?",
        "The second default_rng says what the first one said; random(k) may give a number twice; and nothing keeps gid out of the candidates.",
    ),
    wrong=[
        Wrong("the bug", functools.partial(draw_sources, second=_both, itself=True, replace=True),
              "All the faults are there: the generator begins anew for the inhibitory list, sources come twice, and some neurons hear themselves."),
        Wrong("the generator begins anew", functools.partial(draw_sources, second=_both),
              "With equally many of both kinds, the k-th excitatory and the k-th inhibitory source still stand at the same place: both lists come from the same random numbers."),
        Wrong("with repeats", functools.partial(draw_sources, replace=True),
              "Some neurons are heard twice: draw without replacement, and put nobody in the place of gid."),
        Wrong("hears itself", functools.partial(draw_sources, itself=True),
              "Some neurons hear themselves: take gid out of the candidates before you draw, be it excitatory or inhibitory."),
        Wrong("the seed alone", functools.partial(draw_sources, key=lambda seed, gid: [seed]),
              "All neurons hear the same sources: the generator must depend on gid too."),
        Wrong("no seed", functools.partial(draw_sources.__wrapped__, key=lambda seed, gid: np.random.SeedSequence().entropy),
              "Asked twice, a neuron hears others than before: make the generator from seed and gid."),
        Wrong("inhibitory from 0", functools.partial(draw_sources, first=0),
              "The inhibitory sources are numbered from 0: they begin at n_exc."),
        Wrong("both to be mended", functools.partial(draw_sources, itself=True, replace=True),
              "The lists are independent now. Two faults are left: sources come twice, and some neurons hear themselves."),
        Wrong("left out afterwards", _pruned,
              "What is left out after the draw is missing: some neurons hear fewer than asked. Leave out before, and draw without repeats."),
        Wrong("index below 0", _deleted,
              "Some neurons can never be heard by others. Is an end of a range left out? Or an index below 0, as gid - n_exc can be, which counts from the end?"),
        Wrong("repeats left out afterwards", _unique,
              "np.unique leaves fewer than were asked for: draw without repeats instead. And some neurons hear themselves."),
        Wrong("the example's sizes", lambda **inputs: draw_sources(**{**inputs, "n_exc": 80, "n_inh": 20}),
              "Right for 80 and 20 neurons alone: take n_exc and n_inh as they come."),
        Wrong("gid alone", functools.partial(draw_sources, key=lambda seed, gid: [gid]),
              "Another seed gives the same network: the generator must depend on seed too."),
        Wrong("gid alone, inhibitory", functools.partial(draw_sources, second=lambda seed, gid: [gid]),
              "The inhibitory list is the same for each seed."),
        Wrong("seed alone, inhibitory", functools.partial(draw_sources, second=lambda seed, gid: [seed]),
              "All neurons hear the same inhibitory sources: the second generator must depend on gid too."),
        Wrong("seed + gid", functools.partial(draw_sources, key=lambda seed, gid: seed + gid),
              "Neuron 2 of seed 1 and neuron 1 of seed 2 hear the same: their sums are equal. Keep seed and gid apart, as the faulty code does."),
        Wrong("seed * gid", functools.partial(draw_sources, key=lambda seed, gid: seed * gid),
              "Neuron 0 hears the same for each seed: a product with 0 forgets it. Keep seed and gid apart, as the faulty code does."),
        Wrong("two of seed + gid", functools.partial(draw_sources, key=lambda seed, gid: seed + gid, second=lambda seed, gid: seed + gid + 1),
              "Two sums, and each is that of another neuron or seed too: these hear the same. One generator is enough; keep seed and gid apart in it."),
        Wrong("inhibitory from 0, itself too", functools.partial(draw_sources, first=0, itself=True),
              "The inhibitory sources begin at n_exc, not at 0; and some neurons hear themselves."),
        Wrong("lists exchanged", _exchanged, "The two lists are exchanged: excitatory sources come first."),
        Wrong("drawn from all", _of_all,
              "Both lists hold both kinds: draw the excitatory ones below n_exc, and the inhibitory ones from n_exc on."),
        Wrong("the neighbour's generator", functools.partial(draw_sources, second=lambda seed, gid: [seed, gid + 1]),
              "The second generator is the first one of another neuron or seed: your inhibitory sources stand where its excitatory ones do. Do you need a second one?"),
    ],
)  # fmt: skip
