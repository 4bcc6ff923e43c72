"""The exercises of lesson 05, Reading spike trains."""

import itertools
import math

import numpy as np

from snnlab import theory
from snnlab.analysis import cv, fano, lv, van_rossum, victor_purpura
from snnlab.checks.exercise import Case, Exercise, Wrong
from snnlab.spikes import SpikeTrains

# ---------------------------------------------------------------- what the lesson shows, and whose code would tell too much


def three_trains(seed):
    """Trains of 400 s with a mean interval of 40 ms, by name: "A" in bursts, "B" rather regular, "C" Poisson."""
    rng = np.random.default_rng(seed)
    n, t_stop = 12_000, 400_000.0
    intervals = {
        "A": np.where(rng.random(n) < 0.6, rng.exponential(6.0, n), rng.exponential(91.0, n)),
        "B": rng.gamma(5.0, 8.0, n),
        "C": rng.exponential(40.0, n),
    }
    times = {name: np.cumsum(values) for name, values in intervals.items()}
    return {
        name: SpikeTrains(t[t <= t_stop], np.zeros(np.sum(t <= t_stop), int), n=1, t_stop=t_stop)
        for name, t in times.items()
    }


def fading_traces(a, b, tau):
    """The functions f and g of the van Rossum distance of two trains: (t, f, g), at every 0.1 ms up to 100 ms."""
    f, g, step = _traces(np.asarray(a), np.asarray(b), tau, 0.1, 100.0)
    return step * (np.arange(len(f)) + 0.5), f, g


# ---------------------------------------------------------------- 05.1 a pause on a grid


def pause_inputs(seed):
    rng = np.random.default_rng([seed, 1])

    def case(name, d, dt, low=0.05, high=0.2):
        return Case(name, {"rate": round(rng.uniform(low, high), 4), "d": d, "dt": dt})

    return [
        case("a pause of 3 ms, steps of 0.1 ms", 3.0, 0.1),
        case("a pause of 4 ms, steps of 1 ms", 4.0, 1.0),
        case("no pause, steps of 2 ms", 0.0, 2.0),
        case("a pause of 5 ms at a high rate, steps of 2.5 ms", 5.0, 2.5, 0.3, 0.5),
    ]


def pause(predict, inputs):
    """The student's two numbers by their names."""
    import numpy as np

    returned = predict(**inputs)
    if not isinstance(returned, (tuple, list, np.ndarray)) or len(np.atleast_1d(returned)) != 2:
        raise TypeError("on_a_grid must return two values: rate_hz, cv")
    return {"rate_hz": returned[0], "cv": returned[1]}


def on_a_grid(rate, d, dt):
    return theory.dead_time(1000.0 * rate, d, dt)


def _of_steps(mean_steps=lambda p: 1.0 / p, sd_steps=lambda p: math.sqrt(1.0 - p) / p, p=lambda x: -math.expm1(-x),
              per=1000.0, pause=1.0, sd_unit=True, cv=lambda sd, mean: sd / mean):  # fmt: skip
    """A prediction with one of its parts exchanged."""

    def predict(rate, d, dt):
        chance = p(rate * dt)
        mean = pause * d + dt * mean_steps(chance)
        sd = sd_steps(chance) * (dt if sd_unit else 1.0)
        return per / mean, cv(sd, mean)

    return predict


def _pause_varies(rate, d, dt):
    p = -math.expm1(-rate * dt)
    mean = d + dt / p
    return 1000.0 / mean, (d + dt * math.sqrt(1.0 - p) / p) / mean


PAUSE = Exercise(
    id="05.1", title="A pause on a grid", points=3,
    inputs=pause_inputs, call=pause,
    oracle=lambda rate, d, dt: dict(zip(("rate_hz", "cv"), on_a_grid(rate, d, dt), strict=True)), rel=1e-6,
    hints=(
        "An interval has two parts. Which of them varies, and in units of what?",
        "The interval is d plus K steps of dt, and p is the chance of at least one event in a step. Mean and standard "
        "deviation of K stand in the text; adding a constant changes the one and not the other.",
        "With p = 1 - exp(-rate dt), the mean interval is d + dt/p, and its standard deviation dt sqrt(1 - p)/p. One is "
        "turned into a rate in Hz, and both make the CV.",
    ),
    wrong=[
        Wrong("continuous time", lambda rate, d, dt: (1000.0 * rate / (1.0 + rate * d), 1.0 / (1.0 + rate * d)),
              "These are the numbers of continuous time: they do not depend on dt, and the grid's do."),
        Wrong("p is rate dt", _of_steps(p=lambda x: min(x, 0.999999)),
              "Right for fine steps, wrong for coarse ones: rate dt is the mean number of events in a step. The chance "
              "of at least one is smaller."),
        Wrong("rate per ms", _of_steps(per=1.0),
              "Your rate is per ms: it is asked for in Hz."),
        Wrong("counted from 0", _of_steps(mean_steps=lambda p: (1.0 - p) / p),
              "Your intervals are one step too short: the step in which it fires is a step too, so that K is 1 at least."),
        Wrong("the pause is forgotten", _of_steps(pause=0.0),
              "Your numbers are those of a process without a pause: where does d go?"),
        Wrong("the standard deviation in steps", _of_steps(sd_unit=False),
              "Your mean is in ms, but your standard deviation still counts steps: sqrt(1 - p)/p times what?"),
        Wrong("the variance", _of_steps(cv=lambda sd, mean: sd**2 / mean**2),
              "This is the CV squared: standard deviation over mean, not variance over mean squared."),
        Wrong("one step too long", _of_steps(mean_steps=lambda p: 1.0 / p + 1.0),
              "Your intervals are one step too long: K counts the step in which it fires already."),
        Wrong("steps taken for ms", lambda rate, d, dt: (
              1000.0 / (d / dt - 1.0 / math.expm1(-rate * dt)), on_a_grid(rate, d, dt)[1]),
              "Your mean interval is a number of steps, and you turn it into Hz as if they were ms: how long is a step?"),
        Wrong("no root", _of_steps(sd_steps=lambda p: (1.0 - p) / p),
              "Your mean is right. In the standard deviation of K there is a root over 1 - p."),
        Wrong("the chance of nothing", _of_steps(p=lambda x: math.exp(-x)),
              "exp(-rate dt) is the chance that *nothing* happens in a step: the finer the steps, the larger it gets. What is p?"),
        Wrong("the CV in per cent", _of_steps(cv=lambda sd, mean: 100.0 * sd / mean),
              "Your CV is a hundred times too large: it is a plain number, not per cent."),
        Wrong("the deviation for the CV", _of_steps(cv=lambda sd, mean: sd),
              "Your second number is the standard deviation in ms: the CV is that over the mean."),
        Wrong("the mean interval for the rate", lambda rate, d, dt: (
              1000.0 / on_a_grid(rate, d, dt)[0], on_a_grid(rate, d, dt)[1]),
              "Your first number is the mean interval in ms. How many of them fit into a second?"),
        Wrong("the CV without the pause", lambda rate, d, dt: (on_a_grid(rate, d, dt)[0], on_a_grid(rate, 0.0, dt)[1]),
              "Your rate knows of the pause, and your CV doesn't: the mean that it is divided by holds d, too."),
        Wrong("the CV of (2)", lambda rate, d, dt: (on_a_grid(rate, d, dt)[0], 1.0 / (1.0 + rate * d)),
              "Your rate is the grid's, and your CV is still that of equation (2), which knows of no steps."),
        Wrong("the exponential's deviation", lambda rate, d, dt: (
              1000.0 / (d + dt / -math.expm1(-rate * dt)), 1.0 / rate / (d + dt / -math.expm1(-rate * dt))),
              "Your mean is the grid's, but your standard deviation is 1/rate, that of continuous time."),
        Wrong("returned in another order", lambda rate, d, dt: on_a_grid(rate, d, dt)[::-1],
              "The two numbers seem to have changed places: the order is rate_hz, cv."),
        Wrong("the rate with its pauses", lambda rate, d, dt: on_a_grid(rate / (1.0 + rate * d), d, dt),
              "The pause counts twice in yours: `rate` is that between the pauses, and p comes from it alone."),
        Wrong("no dt in p", lambda rate, d, dt: _of_steps(p=lambda x: -math.expm1(-rate))(rate, d, dt),
              "Your p is the chance of an event within 1 ms, for every dt: how long is a step?"),
        Wrong("p of rate over dt", lambda rate, d, dt: _of_steps(p=lambda x: -math.expm1(-rate / dt))(rate, d, dt),
              "Your p falls as the steps get longer: the mean number of events in a step is rate times dt."),
        Wrong("exactly one", _of_steps(p=lambda x: x * math.exp(-x)),
              "That is the chance of exactly one event in a step. Two in a step make it fire as well: p is the chance of at least one."),
        Wrong("rate in Hz", lambda rate, d, dt: on_a_grid(rate / 1000.0, d, dt),
              "You divide `rate` by 1000: it is in 1/ms already, as d and dt are in ms."),
        Wrong("d and dt in seconds", lambda rate, d, dt: on_a_grid(rate, d / 1000.0, dt / 1000.0),
              "d and dt are turned into seconds, and `rate` is still per ms: keep all of them in ms, and make Hz of the mean at the end."),
        Wrong("no step at all", lambda rate, d, dt: _of_steps(mean_steps=lambda p: 1.0 / (p * dt), sd_steps=lambda p: math.sqrt(1.0 - p) / (p * dt))(rate, d, dt),
              "Your interval is d plus K, as if K were in ms: how long is a step?"),
        Wrong("the pause varies", _pause_varies,
              "You add d to the standard deviation: the pause is always the same, and adds nothing to it."),
        Wrong("the CV upside down", _of_steps(cv=lambda sd, mean: mean / sd),
              "Your CV is upside down: standard deviation over mean."),
        Wrong("the variance over the mean", _of_steps(cv=lambda sd, mean: sd**2 / mean),
              "Your CV is variance over mean: it is the standard deviation, the root of the variance, over the mean."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 05.2 which one is not stationary?

MINUTE, MEAN = 60_000.0, 50.0  # ms; the mean interval of every train


def _renewal(draw, rng):
    """Events of a process in which every interval is drawn afresh, in ms, somewhat beyond a minute."""
    intervals = draw(rng, 4000)
    return np.cumsum(intervals) - rng.uniform(0.0, intervals[0])


def _regular(rng, n):
    return rng.gamma(4.0, MEAN / 4.0, n)


def _poisson(rng, n):
    return rng.exponential(MEAN, n)


def _bursty(rng, n):
    short = rng.random(n) < 0.75
    return np.where(short, rng.exponential(5.0, n), rng.exponential((MEAN - 3.75) / 0.25, n))


def _rhythmic(rng, n):
    """Ten spikes 4 ms apart, then a pause that is nearly always the same."""
    intervals = np.full(n, 4.0)
    intervals[9::10] = rng.gamma(20.0, (10.0 * MEAN - 36.0) / 20.0, len(intervals[9::10]))
    return intervals


def _drifting(draw, shape, rng):
    """Time is stretched, so that the rate follows `shape` (mean 1 over the minute)."""
    t = np.linspace(0.0, MINUTE, 6001)
    passed = np.concatenate([[0.0], np.cumsum(shape(0.5 * (t[1:] + t[:-1]) / MINUTE))])
    return np.interp(_renewal(draw, rng), passed * MINUTE / passed[-1], t, right=np.inf)


def _minutes(drifting, companion, rng):
    """Four trains of a minute in random order, and the place of the one that drifts."""
    made = [drifting, *(_renewal(draw, rng) for draw in (companion, _bursty, _rhythmic))]
    order = rng.permutation(4)
    trains = [np.round(made[k][(made[k] > 0.0) & (made[k] <= MINUTE)], 3) for k in order]
    return trains, int(np.flatnonzero(order == 0)[0])


def which_inputs(seed):
    rng = np.random.default_rng([seed, 2])
    phase = rng.uniform(0.0, 2.0 * math.pi, 2)
    drifts = {
        "an irregular neuron, in a slow wave": (
            _poisson, lambda x: 1.0 + 0.6 * np.sin(4.0 * math.pi * x + phase[0]), _regular),
        "a regular neuron that tires": (_regular, lambda x: 1.4 - 0.8 * x, _poisson),
        "a regular neuron, in a weak slow wave": (
            _regular, lambda x: 1.0 + 0.25 * np.sin(6.0 * math.pi * x + phase[1]), _poisson),
        "an irregular neuron, awake in the middle": (_poisson, lambda x: 0.5 + (np.abs(x - 0.5) < 0.25), _regular),
        "a regular neuron, in a weak slower wave": (
            _regular, lambda x: 1.0 + 0.25 * np.sin(4.0 * math.pi * x + phase[0]), _poisson),
    }  # fmt: skip
    cases = []
    for name, (draw, shape, companion) in drifts.items():
        trains, place = _minutes(_drifting(draw, shape, rng), companion, rng)
        t, i = np.concatenate(trains), np.repeat(np.arange(4), [len(train) for train in trains])
        cases.append(Case(name, {"t": t, "i": i}, {"place": place}))
    return cases


def which(measure, inputs):
    """The student's number for each of four trains of a minute."""
    import numpy as np

    from snnlab.spikes import SpikeTrains

    found = measure(SpikeTrains(inputs["t"], np.asarray(inputs["i"], np.int64), n=4, t_stop=60_000.0))
    if np.shape(found) != (4,):
        raise TypeError("drift must return an array of four numbers, one for each train")
    return np.asarray(found)


def judge_which(inputs, output):
    """The largest number must be that of the train that drifts."""
    if not np.all(np.isfinite(output)):
        return False, "a number is missing (NaN) or not finite"
    return int(np.argmax(output)) == inputs[
        "place"
    ], "the largest number is that of a train that does not drift"


def _trains(inputs):
    return SpikeTrains(inputs["t"], np.asarray(inputs["i"], np.int64), n=4, t_stop=MINUTE)


def _is(statistic, windows):
    """Recognises a statistic of counts in any of the usual windows."""

    def when(inputs, output):
        spikes = _trains(inputs)
        return any(np.allclose(output, statistic(spikes, window), rtol=1e-6) for window in windows)

    return when


def four_trains(seed):
    """Four trains of a minute for the lesson, one of which drifts, and its id: (SpikeTrains, int)."""
    case = which_inputs(seed)[2]
    return _trains(case.inputs), int(case.hidden["place"])


def _halves(spikes):
    return np.abs(spikes.between(0.0, MINUTE / 2).counts() - spikes.between(MINUTE / 2, MINUTE).counts())


def _excess(spikes, window):
    return fano(spikes, window) / cv(spikes) ** 2


STATIONARY = Exercise(
    id="05.2", title="Which train is not stationary?", points=4, all_or_nothing=True,
    inputs=which_inputs, call=which, judge=judge_which, seconds=20.0,
    hints=(
        "A burst makes intervals vary, and a drift makes them vary. In what do the counts of long windows differ then?",
        "Of a process whose intervals do not depend on each other, the Fano factor of long windows is known from its CV. "
        "A drift adds to the counts of long windows, and hardly to the intervals.",
        "Compare the Fano factor in windows of some seconds with the squared CV, train by train: where is the first too "
        "large by a factor?",
    ),
    wrong=[
        Wrong("the CV", cv,
              "Your largest number is that of the most variable intervals. Bursts do that too, and they need no drift.",
              when=lambda inputs, output: np.allclose(output, cv(_trains(inputs)) ** 2)),
        Wrong("the Fano factor", lambda spikes: fano(spikes, 5000.0),
              "Your largest number is that of the most variable counts. A train that bursts has such counts even if it never "
              "drifts: what would they be for its CV?",
              when=_is(fano, (200.0, 500.0, 1000.0, 2000.0, 3000.0, 4000.0, 6000.0, 10_000.0, 12_000.0, 15_000.0, 20_000.0))),
        Wrong("the two halves", _halves,
              "You compare beginning and end: a drift may return to where it began, and bursts alone make halves differ."),
        Wrong("the LV", lv,
              "LV looks at neighbouring intervals only, and was made so that it does not notice a drift."),
        Wrong("CV squared over LV", lambda spikes: cv(spikes) ** 2 / lv(spikes),
              "A good idea, and it works for a Poisson process that drifts. But in a burst neighbouring intervals are alike as well: "
              "look at counts in long windows."),
        Wrong("windows too short", lambda spikes: _excess(spikes, 20.0),
              "The right idea, in windows that are too short: within a few intervals nothing drifts. Take seconds.",
              when=_is(_excess, (1.0, 2.0, 5.0, 10.0, 50.0, 100.0, 200.0))),
        Wrong("windows too long", lambda spikes: _excess(spikes, 30_000.0),
              "The right idea, in windows that are too long: with a handful of counts a variance is luck, and a drift that comes and goes "
              "within one window is not seen.", when=_is(_excess, (10_000.0, 12_000.0, 15_000.0, 20_000.0))),
        Wrong("upside down", lambda spikes: 1.0 / _excess(spikes, 5000.0),
              "Upside down: drift adds to the variance of the counts, and yours is largest where it is smallest.",
              when=_is(lambda spikes, window: 1.0 / _excess(spikes, window), (1000.0, 2000.0, 10_000.0))),
        Wrong("the rate", lambda spikes: spikes.rate(),
              "These are the mean rates, and they are all alike: how does a rate *change*?"),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 05.3 the van Rossum distance


def distance_inputs(seed):
    rng = np.random.default_rng([seed, 3])
    at, tau = rng.uniform(40.0, 60.0), rng.uniform(8.0, 15.0)

    def train(n, stop):
        return np.sort(rng.uniform(0.0, stop, n))

    jittered = train(15, 400.0)
    return [
        Case("one spike, and none", {"a": [at], "b": [], "tau": tau}),
        Case("one spike, and the same one later", {"a": [at], "b": [at + rng.uniform(5.0, 10.0)], "tau": tau}),
        Case("two trains that have nothing in common", {"a": train(12, 300.0), "b": train(9, 300.0), "tau": rng.uniform(5.0, 7.0)}),
        Case("a train and its jittered copy", {"a": jittered, "b": np.sort(np.abs(jittered + rng.normal(0.0, 6.0, 15))), "tau": 2.0 * tau}),
        Case("a train and itself", {"a": jittered, "b": jittered, "tau": tau}),
    ]  # fmt: skip


def _kernels(power, scale, two_sided=False):
    """sum of pairs, for kernels whose overlap is known; `power` of D^2 and a factor that may depend on tau."""

    def distance(a, b, tau):
        def overlap(x, y):
            apart = np.abs(np.subtract.outer(x, y)) / tau
            return np.sum(np.exp(-apart) * (2.0 * (1.0 + apart) if two_sided else 1.0))

        square = 0.5 * overlap(a, a) + 0.5 * overlap(b, b) - overlap(a, b)
        return float(max(square, 0.0) ** power * scale(tau))

    return distance


def _traces(a, b, tau, step, stop):
    t = np.arange(0.5 * step, stop, step)

    def trace(train):
        later = t[:, None] - np.asarray(train)[None, :]
        return np.sum(np.where(later >= 0.0, np.exp(-np.maximum(later, 0.0) / tau), 0.0), axis=1)

    return trace(a), trace(b), step


def _without_beginning(a, b, tau):
    """No spike waits for its time: each trace is exp(-t/tau) times a large number, from 0 ms on."""
    return float(
        abs(np.sum(np.exp(np.asarray(a) / tau)) - np.sum(np.exp(np.asarray(b) / tau))) / math.sqrt(2.0)
    )


def _latest_only(a, b, tau):
    step, stop = 0.05, max([*a, *b]) + 20.0 * tau
    t = np.arange(0.5 * step, stop, step)

    def trace(train):
        if not len(train):
            return np.zeros(len(t))
        latest = np.searchsorted(train, t, "right") - 1
        return np.where(latest >= 0, np.exp(-np.abs(t - np.asarray(train)[np.maximum(latest, 0)]) / tau), 0.0)

    return float(np.sqrt(np.sum((trace(a) - trace(b)) ** 2) * step / tau))


def _cut_off(a, b, tau):
    f, g, step = _traces(a, b, tau, 0.02, max([*a, *b]))
    return float(np.sqrt(np.sum((f - g) ** 2) * step / tau))


def _absolute(a, b, tau):
    f, g, step = _traces(a, b, tau, 0.05, max([*a, *b]) + 20.0 * tau)
    return float(np.sum(np.abs(f - g)) * step / tau)


def _is_absolute(inputs, output):
    """True if |f - g| was integrated, with or without a root over it all."""
    found = _absolute(inputs["a"], inputs["b"], inputs["tau"])
    return bool(np.isclose(output, [found, math.sqrt(found)], rtol=0.02, atol=0.01).any())


def _as_in_the_picture(a, b, tau):
    f, g, step = _traces(a, b, tau, 0.1, 100.0)
    return float(np.sqrt(np.sum((f - g) ** 2) * step / tau))


def _largest(a, b, tau):
    f, g, _ = _traces(a, b, tau, 0.02, max([*a, *b]) + 20.0 * tau)
    return float(np.abs(f - g).max())


def _summed(a, b, tau):
    f, g, step = _traces(a, b, tau, 0.05, max([*a, *b]) + 20.0 * tau)
    return float(np.sqrt(np.sum((f + g) ** 2) * step / tau))


def _of_integrals(a, b, tau):
    return float(abs(len(a) - len(b)) * math.sqrt(tau))


def _no_step(inputs, output):
    """True if the sum lacks its dt: too large by sqrt(1/dt), for a step that people take."""
    right = van_rossum(inputs["a"], inputs["b"], inputs["tau"])
    ratio = (output / right) ** 2
    return any(abs(ratio * step - 1.0) < 0.05 for step in (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5))


def _until(a, b, tau, more):
    """The distance if the integral ends `more` times tau after the last spike."""
    f, g, step = _traces(a, b, tau, 0.02, max([*a, *b]) + more * tau)
    return float(np.sqrt(np.sum((f - g) ** 2) * step / tau))


def _stops_early(inputs, output):
    found = [_until(inputs["a"], inputs["b"], inputs["tau"], more) for more in (0.5, 1.0, 1.5, 2.0)]
    return bool(np.isclose(output, found, rtol=0.005, atol=1e-3).any())


def _traced(a, b, tau, square):
    f, g, step = _traces(a, b, tau, 0.05, max([*a, *b]) + 20.0 * tau)
    return float(np.sqrt(square(f, g) * step / tau))


def _step_outside(inputs, output):
    """True if the sum's dt stands outside of the root: too small by sqrt(dt), for a step that people take."""
    right = van_rossum(inputs["a"], inputs["b"], inputs["tau"])
    ratio = (output / right) ** 2
    return any(abs(ratio / step - 1.0) < 0.05 for step in (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5))


DISTANCE = Exercise(
    id="05.3", title="The van Rossum distance", points=4,
    inputs=distance_inputs, oracle=van_rossum, rel=0.02, abs=0.01, seconds=20.0,
    hints=(
        "Work out by hand what D is for one spike against none. Does your function say so, for every tau?",
        "Three things are easily lost: a spike has no effect before its time; the difference is squared before it is "
        "integrated; and the integral ends only when both functions have faded.",
        "On times t with a small step: f is the sum of exp(-(t - s)/tau) over the spikes s of a, each counted only "
        "where t >= s; g likewise. D is the square root of sum((f - g)**2) * step / tau, far beyond the last spike.",
    ),
    wrong=[
        Wrong("no square root", _kernels(1.0, lambda tau: 1.0), "This is D squared: one step is missing."),
        Wrong("no 1/tau", _kernels(0.5, math.sqrt),
              "Your D grows with tau even for one spike against none: the integral is divided by tau."),
        Wrong("one spike counts 1", _kernels(0.5, lambda tau: math.sqrt(2.0)),
              "Too large by sqrt(2), everywhere: some programs scale D so that one spike counts 1. The definition above does not."),
        Wrong("before the spike too", _kernels(0.5, lambda tau: 1.0, two_sided=True),
              "Your function rises before a spike as it falls after it: at times before the spike it must be 0."),
        Wrong("no beginning", _without_beginning,
              "Your traces are enormous before the spike: exp(-(t - s)/tau) grows without end towards earlier times. Where is a trace to begin?"),
        Wrong("the latest spike only", _latest_only,
              "Each spike of yours wipes out what the ones before it left: traces add up."),
        Wrong("stops at the last spike", _cut_off,
              "Your integral stops with the last spike, and what that spike leaves behind is not counted: go on until it has faded."),
        Wrong("the step is missing", lambda a, b, tau: van_rossum(a, b, tau) / math.sqrt(0.1),
              "Too large, and the finer your steps the more so: a sum becomes an integral when it is multiplied by the step.",
              when=_no_step),
        Wrong("not squared", _absolute, "You integrate |f - g|: the definition takes the square of it, and the root at the end.",
              when=_is_absolute),
        Wrong("stops at 100 ms", _as_in_the_picture,
              "Your times end at 100 ms, as in the picture: these trains go on. Let the last spike, and tau, say where the end is."),
        Wrong("the largest difference", _largest,
              "That is the largest difference of f and g, at one moment: the definition integrates over all of them."),
        Wrong("Victor and Purpura", lambda a, b, tau: victor_purpura(a, b, q=1.0 / tau),
              "That looks like the other distance, the cost of shifting and deleting: asked for is equation (6)."),
        Wrong("a plus", _summed, "A train differs from itself: do you add the two functions?"),
        Wrong("difference of the integrals", _of_integrals,
              "Trains with equally many spikes are all alike to you: take the difference at each time, square it, and then integrate."),
        Wrong("1/tau outside of the root", lambda a, b, tau: van_rossum(a, b, tau) / math.sqrt(tau),
              "Your D falls with tau even for one spike against none: 1/tau stands before the integral, under the root."),
        Wrong("times tau", lambda a, b, tau: van_rossum(a, b, tau) * tau,
              "Your D grows with tau even for one spike against none: the integral is divided by tau, not multiplied."),
        Wrong("the step outside of the root", lambda a, b, tau: van_rossum(a, b, tau) * math.sqrt(0.1),
              "Too small, and the finer your steps the more so: the step belongs to the sum, under the root.", when=_step_outside),
        Wrong("stops after tau", lambda a, b, tau: _until(a, b, tau, 1.0),
              "Your integral stops a tau after the last spike, or two: by then f - g has fallen to a third, or to a seventh, and the rest counts. Go on "
              "for several tau more.", when=_stops_early),
        Wrong("squares before the difference", lambda a, b, tau: _traced(a, b, tau, lambda f, g: np.abs(np.sum(f**2 - g**2))),
              "You take the difference of the squares: take the square of the difference."),
        Wrong("the sum before the square", lambda a, b, tau: math.sqrt(abs(len(a) - len(b))),
              "You integrate f - g itself, so that what is too much here makes up for what is too little there: square it first."),
        Wrong("another tau", lambda a, b, tau: van_rossum(a, b, 2.0 * tau),
              "Your functions fade at half the speed: after a time tau a spike has left 1/e, not the root of it."),
        Wrong("over the number of spikes", lambda a, b, tau: van_rossum(a, b, tau) / max(1, len(a) + len(b)),
              "Your D is divided by the number of spikes: the definition does not do that."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 05.4 bug hunt: spikes on the edge of a bin


def edge_inputs(seed):
    rng = np.random.default_rng([seed, 4])

    def run(name, t, bin, n_bins):
        return Case(name, {"kind": "run", "t": t, "bin": bin, "n_bins": n_bins})

    def grid(dt, n, highest):
        return dt * np.sort(rng.integers(0, highest, n))

    tests = {
        "your test, on the published function": "published",
        "your test, on a right one": "mended",
        "your test, on another right one": "rounded first",
        "your test, on one that goes to the nearest edge": "nearest",
        "your test, on one that counts a bin's right edge": "right edge",
        "your test, on one that counts 1 at most": "clipped",
        "your test, on one that loses the last spike": "lossy",
    }
    return [
        *(Case(name, {"kind": kind}) for name, kind in tests.items()),
        run("your function, bins of one step of 0.1 ms", grid(0.1, 300, 2000), 0.1, 2000),
        run("your function, bins of five steps", grid(0.1, 300, 2000), 0.5, 400),
        run("your function, steps of 0.3 ms, bins of 0.9 ms", grid(0.3, 200, 900), 0.9, 300),
        run("your function, spikes off the grid", np.sort(rng.uniform(0.0, 100.0, 200)), 1.0, 100),
        run(
            "your function, spikes just before an edge", np.sort(rng.integers(1, 100, 50)) - 0.0002, 1.0, 100
        ),
    ]


def edges(pair, inputs):
    """What the student's test says of a function, or the counts of the student's function."""
    import numpy as np

    from snnlab.checks.plain import truth

    is_right, mended_counts = pair()

    def bins(number):
        def count(t, bin, n_bins):
            return np.bincount(number(np.asarray(t, dtype=float) / bin).astype(int), minlength=n_bins)[
                :n_bins
            ]

        return count

    functions = {
        "published": bins(lambda x: x),
        "mended": bins(lambda x: np.floor(x + 1e-6)),
        "rounded first": bins(lambda x: np.floor(np.round(x, 6))),
        "nearest": bins(lambda x: np.round(x)),
        "right edge": bins(lambda x: np.maximum(np.ceil(x - 1e-6) - 1, 0)),
        "clipped": lambda t, bin, n_bins: np.minimum(bins(lambda x: np.floor(x + 1e-6))(t, bin, n_bins), 1),
    }
    functions["lossy"] = lambda t, bin, n_bins: functions["mended"](t[:-1], bin, n_bins)
    if inputs["kind"] != "run":
        return truth(is_right(functions[inputs["kind"]]))
    counts = np.asarray(
        mended_counts(t=np.asarray(inputs["t"], dtype=float), bin=inputs["bin"], n_bins=inputs["n_bins"])
    )
    if counts.shape != (inputs["n_bins"],):
        raise TypeError(
            f"mended_counts must return n_bins = {inputs['n_bins']} counts, it returns shape {counts.shape}"
        )
    return counts


def _counts(number):
    def count(t, bin, n_bins):
        return np.bincount(number(t / bin).astype(int), minlength=n_bins)[:n_bins]

    return count


def _counts_of(number):
    def count(t, bin, n_bins):
        return np.bincount(number(t, bin).astype(int), minlength=n_bins)[:n_bins]

    return count


_mended = _counts(lambda x: np.floor(x + 1e-6))


def one_in_each(count):
    """A right test: a spike in every step must give as many counts in every bin as it has steps."""
    t = 0.1 * np.arange(1000)
    fine, coarse = count(t, 0.1, 1000), count(t, 0.5, 200)
    return bool(np.all(fine == 1) and np.all(coarse == 5))


def judge_edges(inputs, output):
    if inputs["kind"] == "run":
        right = _mended(np.asarray(inputs["t"]), inputs["bin"], inputs["n_bins"])
        wrong = int(np.sum(np.asarray(output) != right))
        return wrong == 0, f"{wrong} of {inputs['n_bins']} bins have a wrong count"
    right = inputs["kind"] in ("mended", "rounded first")
    said = f"your test {'passes' if output else 'fails'} it, and this function is {'right' if right else 'wrong'}"
    return output == right, said


def _has_large_hair(inputs, output):
    """True if a hair was added that moves spikes which are off the edges."""
    if inputs["kind"] != "run":
        return False
    t, bin, n_bins = np.asarray(inputs["t"]), inputs["bin"], inputs["n_bins"]
    hairs = (1 - 1e-6, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005)
    return any(
        np.array_equal(output, _counts(lambda x, hair=hair: np.floor(x + hair))(t, bin, n_bins))
        for hair in hairs
    )


def _has_thin_hair(inputs, output):
    """True if the smallest number that changes 1, or the like, was added: too little for a bin's number far from 0."""
    if inputs["kind"] != "run":
        return False
    t, bin, n_bins = np.asarray(inputs["t"]), inputs["bin"], inputs["n_bins"]
    return any(np.array_equal(output, _counts(lambda x, hair=hair: np.floor(x + hair))(t, bin, n_bins))
               for hair in (2.3e-16, 1e-15, 1e-14))  # fmt: skip


def _clock_only(count):
    """A test of the clock that was shown: are its spikes equally many bins apart?"""
    return len(set(np.diff(np.flatnonzero(count(13.2 * np.arange(1, 75), 0.1, 10_000))))) == 1


def _both(is_right, mended_counts):
    return lambda: (is_right, mended_counts)


def _no_spike_lost(count):
    t = 0.1 * np.arange(1000)
    return int(np.sum(count(t, 0.1, 1000))) == 1000


def _where_it_hides(count):
    return bool(np.all(count(0.1 * np.arange(1000), 0.5, 200) == 5))


def _fine_only(count):
    return bool(np.all(count(0.1 * np.arange(1000), 0.1, 1000) == 1))


EDGE = Exercise(
    id="05.4", title="Bug hunt: spikes on the edge of a bin", points=3,
    inputs=edge_inputs, call=edges, judge=judge_edges, seconds=20.0,
    hints=(
        "For the test: make a train of which you know all counts without a program. For the function: what is 0.7 / 0.1 "
        "in Python, and what does astype(int) make of it?",
        "A spike in every step of 0.1 ms must give one count in every bin of 0.1 ms, and five in every bin of 0.5 ms. "
        "The quotient of a spike on an edge may come out a hair too small.",
        "Let your test compare all counts of 0.1 * np.arange(1000) with 1 and with 5. In the function, add a hair (0.000001 "
        "of a bin) to the quotient before it is cut off.",
    ),
    wrong=[
        Wrong("not mended", _both(one_in_each, _counts(lambda x: x)),
              "Your test is good, and your function would fail it: it is still the published one, or adds a hair so thin that it is lost next to "
              "the number of a bin (1000 + 1e-14 is 1000).", when=_has_thin_hair),
        Wrong("to the nearest edge", _both(one_in_each, _counts(np.round)),
              "Rounding is right for a spike on an edge and wrong for all others: 0.29 ms belongs to the bin that begins at 0.2 ms. "
              "Your own test says so, if you run it on your function."),
        Wrong("a hair less", _both(one_in_each, _counts(lambda x: np.maximum(np.floor(x - 1e-6), 0.0))),
              "Your hair goes the wrong way: now every spike on an edge falls into the bin before."),
        Wrong("a large hair", _both(one_in_each, _counts(lambda x: np.floor(x + 0.1))),
              "Your hair is too thick: a spike that is really before an edge is moved over it. An error of rounding is far smaller "
              "than a thousandth of a bin.", when=_has_large_hair),
        Wrong("a bin counts 1 at most", _both(one_in_each, lambda t, bin, n_bins: np.minimum(_mended(t, bin, n_bins), 1)),
              "Your function marks a bin, and does not count: two spikes in one bin are 2. Your own test says so, if you run it on your function."),
        Wrong("the clock only", _both(_clock_only, _mended),
              "Your test catches the published function by one sign alone, such as equal distances or no bin above 1. That sign is there as well if all "
              "spikes sit one bin too far, if one is lost, or if no bin counts beyond 1: compare all counts with those that you know."),
        Wrong("floor division", _both(one_in_each, _counts_of(lambda t, bin: t // bin)),
              "t // bin does not mend it: it is exact about the binary numbers, and in them 0.1 is a hair more than a tenth. "
              "Your own test says so, if you run it on your function."),
        Wrong("np.histogram", _both(one_in_each, lambda t, bin, n_bins: np.histogram(t, bin * np.arange(n_bins + 1))[0]),
              "np.histogram compares times with edges, and the edges k * bin are rounded as well: 0.9 * 3 is not 0.3 * 9. It also puts "
              "a spike on the very last edge into the last bin. Leave a hair of room."),
        Wrong("passes everything", _both(lambda count: True, _mended),
              "Your function is right, but your test passes functions that are wrong, too: those that failed above. What would it have "
              "to look at?"),
        Wrong("fails everything", _both(lambda count: False, _mended),
              "Your function is right, and your test fails it too: by which numbers does it judge?"),
        Wrong("no spike is lost", _both(_no_spike_lost, _mended),
              "Your test passes all that lose no spike: it looks at their number alone, or at spikes (off the edges, or on whole ms) of which the published "
              "function loses no count either. Spread spikes over many edges of bins of 0.1 ms, and look at each count."),
        Wrong("tests where the mistake hides", _both(_where_it_hides, _mended),
              "Your test passes the published function: in bins of 0.5 ms this mistake does not show. Test the smallest bin too."),
        Wrong("one kind of bin only", _both(_fine_only, _mended),
              "Your test catches the published function, but not one that goes to the nearest edge, nor one that never counts "
              "beyond 1: bins of one step can't tell them. Test wider ones too."),
        Wrong("rounded up", _both(one_in_each, lambda t, bin, n_bins: np.bincount(np.ceil(t / bin).astype(int), minlength=n_bins)[:n_bins]),
              "np.ceil moves nearly all spikes one bin on: bin k begins at k bin, so the quotient is rounded down."),
        Wrong("one bin too far", _both(one_in_each, _counts(lambda x: np.floor(x + 1e-6) + 1)),
              "All your spikes sit one bin too far: the first bin is bin 0."),
        Wrong("bins of 0.1 ms", _both(one_in_each, lambda t, bin, n_bins: _mended(t, 0.1, n_bins)),
              "Your bins are 0.1 ms wide, whatever is asked for: use `bin`."),
        Wrong("a rate", _both(one_in_each, lambda t, bin, n_bins: _mended(t, bin, n_bins) / bin),
              "You divide the counts by the width of a bin: that makes a rate, and the check asks for counts."),
        Wrong("each time once", _both(one_in_each, lambda t, bin, n_bins: _mended(np.unique(t), bin, n_bins)),
              "Two spikes at one time count once in yours: two neurons may fire together."),
        Wrong("says the opposite", _both(lambda count: not one_in_each(count), _mended),
              "Your test tells right from wrong, and says the opposite: it is to return True for a right function."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 05.x1 the distance in one pass


def pass_inputs(seed):
    rng = np.random.default_rng([seed, 5])

    def train(n, stop):
        return np.sort(rng.uniform(0.0, stop, n))

    return [
        Case("one spike, and none", {"a": [rng.uniform(10.0, 50.0)], "b": [], "tau": rng.uniform(8.0, 15.0)}),
        Case(
            "two short trains", {"a": train(8, 150.0), "b": train(5, 150.0), "tau": rng.uniform(15.0, 30.0)}
        ),
        Case("a train and itself", {"a": (same := train(10, 200.0)), "b": same, "tau": 10.0}),
        Case(
            "20,000 spikes each",
            {"a": train(20_000, 1e6), "b": train(20_000, 1e6), "tau": rng.uniform(10.0, 20.0)},
        ),
    ]


def _one_pass(decay=lambda gap, tau: math.exp(-gap / tau), piece=lambda gap, tau: 0.5 * (1.0 - math.exp(-2.0 * gap / tau)),
              last=0.5, root=True, sign=-1.0):  # fmt: skip
    """The distance by the pieces between spikes, with one of its parts exchanged."""

    def distance(a, b, tau):
        events = sorted([(float(t), 1.0) for t in a] + [(float(t), sign) for t in b])
        difference = square = 0.0
        for (t, jump), (later, _) in itertools.pairwise(events):
            difference += jump
            square += difference**2 * piece(later - t, tau)
            difference *= decay(later - t, tau)
        square += (difference + events[-1][1]) ** 2 * last
        return math.sqrt(square) if root else square

    return distance


ONE_PASS = Exercise(
    id="05.x1", title="Extra: the distance in one pass", points=0,
    inputs=pass_inputs, oracle=van_rossum, rel=1e-6, abs=1e-6, seconds=20.0,
    hints=(
        "Sort the spikes of both trains into one list, and remember of each where it came from. What happens to f - g at "
        "each of them, and what in between?",
        "At a spike of a, f - g jumps up by 1; at one of b, down by 1. In between it decays by exp(-gap/tau), and its "
        "square has a known integral over the gap.",
        "Over a gap, the integral of the square, over tau, is y**2 * (1 - exp(-2 gap/tau)) / 2, with y from right after the "
        "jump. After the last spike the gap is endless. Take the root at the end.",
    ),
    wrong=[
        Wrong("the last piece", _one_pass(last=0.0), "What the last spike leaves behind is missing: its gap is endless."),
        Wrong("the square decays like y", _one_pass(piece=lambda gap, tau: 0.5 * (1.0 - math.exp(-gap / tau))),
              "The square of exp(-t/tau) decays twice as fast as exp(-t/tau) does."),
        Wrong("nothing decays", _one_pass(decay=lambda gap, tau: 1.0),
              "Between two spikes f - g stays as it is in yours: let it decay over the gap."),
        Wrong("no square root", _one_pass(root=False), "This is D squared: one step is missing."),
        Wrong("a factor of 2", _one_pass(piece=lambda gap, tau: 1.0 - math.exp(-2.0 * gap / tau), last=1.0),
              "Too large by sqrt(2): the integral of exp(-2 t/tau) is half of tau."),
        Wrong("a plus", _one_pass(sign=1.0), "A train differs from itself: in which direction does a spike of b jump?"),
    ],
)  # fmt: skip
