"""The exercises of lesson 08, Spikes back into values. The bug hunt stands in `hunt_08.py`."""

import numpy as np

from snnlab.checks.exercise import Case, Exercise, Wrong
from snnlab.checks.hunt_08 import HUNT  # noqa: F401  (an exercise of this lesson)

# ---------------------------------------------------------------- 08.x1 refresher: mutual information


def _entropy(*p):
    return -sum(q * np.log2(q) for q in p if q > 0)


P_SPIKE = 0.5 * 0.75  # half the values are 1, and three of four of their spikes arrive

BITS = Exercise(
    id="08.x1", title="A spike that may be lost", points=0, asks="value",
    oracle=float(_entropy(P_SPIKE, 1 - P_SPIKE) - 0.5 * _entropy(0.25, 0.75)), abs=0.006, rel=0.0,
    hints=(
        "How likely is a spike at all? And if you know the value: for which of the two are you still unsure whether there is a spike?",
        "Equation (1) in its second form: the entropy of what is heard, minus the mean entropy that is left when the value is known.",
        "What is heard has two outcomes, spike and silence. Only for the value 1 is anything left: the entropy of a "
        "coin that falls one way in a quarter of all cases. It counts half, since half the values are 1.",
    ),
    wrong=[
        Wrong("what arrives", 0.75, "That is how many spikes arrive. Bits are not spikes: what does a silence tell?"),
        Wrong("half a bit", 0.5, "Half of the values are 1, and that is no information yet: what does a spike tell, what does a silence, and how often is each heard?"),
        Wrong("in percent", 100 * float(_entropy(P_SPIKE, 1 - P_SPIKE) - 0.5 * _entropy(0.25, 0.75)), "Is that in percent of a bit? Asked for are bits: with two values at most 1."),
        Wrong("the line never fails", 1.0, "That would be a line on which nothing is lost: a silence would then be sure to mean 0."),
        Wrong("the noise is forgotten", _entropy(P_SPIKE, 1 - P_SPIKE), "That is the entropy of what is heard. Some of it is chance: take away what is left when the value is known."),
        Wrong("both values are noisy", 1 - _entropy(0.25, 0.75), "That is a line that turns 0 into 1 as often as 1 into 0. Here a 0 is always silence."),
        Wrong("the noise counts in full", _entropy(P_SPIKE, 1 - P_SPIKE) - _entropy(0.25, 0.75), "You took the entropy of the noise in full: it is there for half the values only."),
        Wrong("natural logarithm", (_entropy(P_SPIKE, 1 - P_SPIKE) - 0.5 * _entropy(0.25, 0.75)) * np.log(2.0), "That is in nats: bits need the logarithm to base 2."),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 08.x2 refresher: Fisher information

FISHER = Exercise(
    id="08.x2", title="What one neuron knows", points=0, asks="value",
    oracle=float(np.sqrt(11.0) / 0.5), abs=0.0, rel=0.02,
    hints=(
        "Draw the count against the angle: how steep is it, in spikes per degree? And how much does a Poisson count vary?",
        "Equation (4) with a single neuron: the slope squared over the mean. Then turn information into a standard deviation.",
        "The slope is the change of the count over the change of the angle, the mean lies in the middle. The standard deviation "
        "is one over the square root of J.",
    ),
    wrong=[
        Wrong("the mean at one end", np.sqrt(40.0), "You took the mean count at 30°: asked for is the error at 32°."),
        Wrong("the mean at the other end", np.sqrt(48.0), "You took the mean count at 34°: asked for is the error at 32°."),
        Wrong("the count does not vary", 2.0, "You forgot how much the count varies: equation (4) divides by f."),
        Wrong("in radians", float(np.deg2rad(np.sqrt(44.0))), "That is in radians: asked for are degrees, and the slope was in spikes per degree already."),
        Wrong("the variance", 44.0, "That is the variance, in square degrees: the standard deviation is its root."),
        Wrong("the information", 0.25 / 11.0, "That is the information J itself, per square degree."),
        Wrong("the root of the information", 0.5 / np.sqrt(11.0), "That is the root of J: the error is one over it. More information, less error."),
        Wrong("no slope", np.sqrt(11.0), "That is the standard deviation of the count. How many degrees is that, at this slope?"),
        Wrong("the slope upside down", np.sqrt(11.0) / 2.0, "Your slope is in degrees per spike: J takes spikes per degree."),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 08.1 three decoders that can't wait


def early_inputs(seed):
    rng = np.random.default_rng([seed, 1])
    x, y = rng.uniform(0.3, 0.6, 2)
    window = float(rng.integers(60, 95))
    poisson = np.sort(rng.uniform(0.0, 200.0, 12))
    now = float(np.round(0.5 * (poisson[5] + poisson[6]), 3))
    many = np.sort(rng.uniform(0.0, 50.0, 9))
    T_min, T_max = 3.0, float(rng.integers(18, 26))
    T = T_max - x * (T_max - T_min)
    regular = 4.0 + T * np.arange(4)
    passed = 1.3 * T_min + rng.uniform(0.0, 0.2)
    return [
        Case("rate, in the middle of a train", {"kind": "rate", "t": poisson, "now": now, "max_rate": 150.0}),
        Case("rate, more spikes than the largest value makes", {"kind": "rate", "t": many, "now": 50.0, "max_rate": 100.0}),
        Case("latency, after the spike", {"kind": "latency", "t": [(1 - y) * window, 0.88 * window], "now": 0.93 * window, "window": window}),
        Case("latency, before the spike", {"kind": "latency", "t": [(1 - y) * window], "now": 0.3 * window, "window": window}),
        Case("latency, silent to the end", {"kind": "latency", "t": [], "now": window, "window": window}),
        Case("interval, after three spikes", {"kind": "interval", "t": regular, "now": regular[2] + 0.5, "T_min": T_min, "T_max": T_max}),
        Case("interval, between the first spike and the second", {"kind": "interval", "t": regular, "now": 4.0 + passed, "T_min": T_min, "T_max": T_max}),
        Case("interval, just after the first spike", {"kind": "interval", "t": regular, "now": 4.5, "T_min": T_min, "T_max": T_max}),
        Case("interval, before the first spike", {"kind": "interval", "t": regular + T_max, "now": 0.6 * T_max, "T_min": T_min, "T_max": T_max}),
    ]  # fmt: skip


def read_early(handed_in, inputs):
    """The value that the decoder of this kind tells at `now`."""
    import numpy as np

    decoders = dict(zip(("rate", "latency", "interval"), handed_in()))
    given = {name: value for name, value in inputs.items() if name != "kind"}
    value = np.asarray(decoders[inputs["kind"]](**{**given, "t": np.asarray(given["t"], dtype=float)}))
    if value.size != 1:
        raise ValueError(
            f"the {inputs['kind']} decoder must return one value, and it returned shape {value.shape}"
        )
    return float(value.ravel()[0])


def rate(t, now, max_rate, time=None, per=1000.0, most=1.0, ahead=False):
    t = np.asarray(t, dtype=float)
    count = np.sum(t <= (np.inf if ahead else now))
    over = t[t <= now].max(initial=0.0) if time == "last spike" else time or now
    return min(count / (over * max_rate / per), most)


def latency(
    t,
    now,
    window,
    silent=lambda left: 0.5 * left,
    read=lambda part: 1.0 - part,
    which=0,
    ahead=False,
    over=None,
):
    t = np.asarray(t, dtype=float)
    t = t if ahead else t[t <= now]
    return read(t[which] / (now if over == "now" else window)) if len(t) else silent(1.0 - now / window)


def interval(t, now, T_min, T_max, alone="middle", none=0.5, up=False, pick="mean", ahead=False):
    t = np.asarray(t, dtype=float)
    t = t if ahead else t[t <= now]
    if len(t) == 0:
        return 0.5 * (T_max - max(T_min, now)) / (T_max - T_min) if none == "waits" else none
    passed = now - t[-1]
    if len(t) > 1:
        T = {"mean": np.mean(np.diff(t)), "whole": t[-1] - t[0], "count": (now / len(t)), "first": t[0]}[pick]
    else:
        T = {"middle": 0.5 * (max(T_min, passed) + T_max), "ends now": passed, "any": 0.5 * (T_min + T_max),
             "slowest": T_max, "from 0": 0.5 * (passed + T_max), "shorter": 0.5 * (T_min + max(T_min, passed)), "first": t[0]}[alone]  # fmt: skip
    value = (T_max - T) / (T_max - T_min)
    return min(max(1.0 - value if up else value, 0.0), 1.0)


def early(kind, **case):
    return {"rate": rate, "latency": latency, "interval": interval}[kind](**case)


def _with(**mistakes):
    """All three decoders, one of them with keywords that make a mistake: _with(rate={...})."""

    def one(function, given):
        return lambda *args, **names: function(*args, **names, **given)

    three = tuple(one(f, mistakes.get(f.__name__, {})) for f in (rate, latency, interval))
    return lambda: three


EARLY = Exercise(
    id="08.1", title="Three decoders that can't wait", points=4,
    inputs=early_inputs, call=read_early, oracle=early, abs=1e-9, rel=1e-6,
    hints=(
        "Which values could still be true at this moment? Write the smallest and the largest one down for each case that fails.",
        "Cut t at `now` first. No spike yet of a latency code: x < 1 - now/window. One spike of an interval code: T is longer than what has passed since, and never below T_min.",
        "Counts go by the time that has passed, and stop at 1. Silence of a latency code is half of 1 - now/window. After one spike, T lies between "
        "the larger of T_min and the time since the spike, and T_max: take the middle. With no spike, 0.5.",
    ),
    wrong=[
        Wrong("reads ahead", _with(rate={"ahead": True}, latency={"ahead": True}, interval={"ahead": True}),
              "Your decoders use spikes that come after `now`: they have not happened yet. Leave them out first."),
        Wrong("the rate reads ahead", _with(rate={"ahead": True}),
              "Your rate counts all spikes of the train: only those up to `now` have come."),
        Wrong("a rate over 100 ms", _with(rate={"time": 100.0}),
              "Your rate divides by a fixed time: spikes are counted over the time that has passed."),
        Wrong("up to the last spike", _with(rate={"time": "last spike"}),
              "Your rate divides by the time of the last spike: the silence since then counts, too."),
        Wrong("rate per ms", _with(rate={"per": 1.0}),
              "Your rate is too small by a thousand: max_rate is in Hz, and `now` in ms."),
        Wrong("rate above 1", _with(rate={"most": np.inf}),
              "Your rate goes above 1: chance may bring more spikes than the largest value makes, but no value is larger than 1."),
        Wrong("silence is 0", _with(latency={"silent": lambda left: 0.0}),
              "Your latency takes silence for 0 before the window is over: many other values have not spiked by then either."),
        Wrong("silence is the largest", _with(latency={"silent": lambda left: left}),
              "Your latency tells the largest value that has not spiked yet: asked for is the middle of all that are possible."),
        Wrong("the wrong half", _with(latency={"silent": lambda left: 1.0 - 0.5 * left}),
              "Your latency takes the middle of the values that silence has ruled out: a large value would have spiked by now."),
        Wrong("over what has passed", _with(latency={"over": "now"}),
              "Your latency divides by `now`: a spike's value would change with every look at it. It goes by the window."),
        Wrong("silence is 0.5", _with(latency={"silent": lambda left: 0.5}),
              "Your latency learns nothing from silence: the longer there is none, the smaller the value must be."),
        Wrong("latency not inverted", _with(latency={"read": lambda part: part}),
              "Your latency is upside down: the earliest spike is the largest value."),
        Wrong("the last spike", _with(latency={"which": -1}),
              "Your latency reads the last spike: the first one tells the value, whatever comes after it."),
        Wrong("interval not inverted", _with(interval={"up": True}),
              "Your intervals are upside down: the shortest is the value 1."),
        Wrong("all intervals in one", _with(interval={"pick": "whole"}),
              "Your interval is the whole way from the first spike to the last: there is more than one interval in it."),
        Wrong("counted, not timed", _with(interval={"pick": "count"}),
              "Your interval is the time over the number of spikes: that is a rate. The interval lies between spikes."),
        Wrong("the interval ends now", _with(interval={"alone": "ends now"}),
              "After one spike you take the time since then for the interval: it has not ended, so that it is longer."),
        Wrong("nothing is known after one spike", _with(interval={"alone": "any"}),
              "After one spike you learn nothing from the silence since: the interval must be longer than what has passed."),
        Wrong("T_min is forgotten", _with(interval={"alone": "from 0"}),
              "Just after the first spike you allow intervals shorter than T_min: no value has one."),
        Wrong("one spike is 0", _with(interval={"alone": "slowest"}),
              "After one spike you tell the value 0, the longest interval: shorter ones are still possible."),
        Wrong("shorter than what has passed", _with(interval={"alone": "shorter"}),
              "After one spike you take the middle of the intervals that are over already: the true one has not ended."),
        Wrong("time of the first spike", _with(interval={"alone": "first", "pick": "first"}),
              "You take the time of the first spike for an interval: it may come at any time, and says nothing by itself."),
        Wrong("silence before the first spike", _with(interval={"none": "waits"}),
              "Before the first spike you count the silence: the first spike of an interval code may come at any time, so that nothing is ruled out."),
        Wrong("0 until two spikes", _with(interval={"alone": "slowest", "none": 0.0}),
              "As long as there are fewer than two spikes you tell 0, which is a value like any other: take the middle of what is still possible."),
        Wrong("nothing yet is 0", _with(interval={"none": 0.0}),
              "Before the first spike of an interval code you tell 0: the first spike says nothing, so that all values are possible."),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 08.2 a bad line


def line_inputs(seed):
    rng = np.random.default_rng([seed, 2])
    draw, window = int(rng.integers(2**31)), float(rng.integers(300, 500))
    half = float(np.round(0.5 * window + rng.uniform(-20, 20), 1))
    clean = {"lost": 0.0, "jitter": 0.0, "added": 0.0}
    return [
        Case("a good line", {**clean, "layout": "rows", "window": window, "seed": draw}),
        Case("losses only", {**clean, "layout": "rows", "lost": float(rng.uniform(0.2, 0.35)), "window": window, "seed": draw}),
        Case("jitter only", {**clean, "layout": half, "jitter": float(rng.uniform(3.0, 6.0)), "window": window, "seed": draw}),
        Case("jitter at the start of the window", {**clean, "layout": 0.0, "jitter": float(rng.uniform(3.0, 6.0)), "window": window, "seed": draw}),
        Case("jitter at its end", {**clean, "layout": window - 1e-9, "jitter": 5.0, "window": window, "seed": draw}),
        Case("added spikes only", {**clean, "layout": "rows", "added": float(rng.uniform(15.0, 30.0)), "window": window, "seed": draw}),
        Case("all three", {"layout": "rows", "lost": 0.5, "jitter": 2.0, "added": 20.0, "window": window, "seed": draw}),
        Case("ten spikes, again and again", {**clean, "layout": "again", "lost": 0.5, "added": 20.0, "window": window, "seed": draw}),
    ]  # fmt: skip


def through_line(spoil, inputs):
    """What became of known trains, as numbers. The even neurons spoke, the odd ones were silent."""
    import numpy as np

    n, window, layout = 1500, inputs["window"], inputs["layout"]
    rng = np.random.default_rng(inputs["seed"])
    how = (window, inputs["lost"], inputs["jitter"], inputs["added"], rng)
    if inputs["added"] and len(spoil(np.zeros(0), np.zeros(0, int), 10, *how)[0]) > 5000:
        n = 100  # a thousand times too many: enough to be seen, and soon done
    if layout == "again":
        i, t = np.repeat(np.arange(5), 2), np.tile(window * np.array([0.25, 0.75]), 5)
        kept, false = [], []
        for _ in range(200 if n > 100 else 4):
            there = np.asarray(spoil(t.copy(), i.copy(), 10, *how)[0], dtype=float)
            kept.append(int(np.isin(there, t).sum()))
            false.append(len(there) - kept[-1])
        return {
            "variance of the number that is left": float(np.var(kept)),
            "variance of the number of false spikes": min(float(np.var(false)), 1000.0),
        }
    spoke = np.arange(0, n, 2)
    if layout == "rows":  # each neuron has times of its own, so that it is seen whose spike it is
        i = np.repeat(spoke, 10)
        t = np.tile((np.arange(10) + 0.5) * window / 10, len(spoke)) + window * 1e-5 * (i - n / 2) / n
    else:
        i, t = spoke.copy(), np.full(len(spoke), float(layout))
    before = np.round(t, 6) + 1e4 * i
    pair = spoil(t, i, n, *how)
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError("spoil must return two arrays, the times and the neurons: return t, i")
    t, i = np.asarray(pair[0], dtype=float), np.asarray(pair[1])
    if t.ndim != 1 or t.shape != i.shape:
        raise ValueError(
            f"spoil must return as many times as neurons, and returned shapes {t.shape} and {i.shape}"
        )
    if len(t) and not (i.min() >= 0 and i.max() < n):
        raise ValueError(f"spoil must return neurons from 0 to {n - 1}")
    i = i.astype(int)
    mine = i % 2 == 0
    moved = (t - float(layout)) if layout != "rows" else np.zeros(1)
    counts = np.bincount(i, minlength=n)
    pairs = np.round(t, 6) + 1e4 * i
    return {
        "spikes of each neuron that spoke": min(float(mine.sum() / len(spoke)), 100.0),
        "spikes of each silent neuron": min(float((~mine).sum() / len(spoke)), 100.0),
        "false spikes that come together": float((~mine).sum() - len(np.unique(pairs[~mine]))) / max(int((~mine).sum()), 1),
        "part in the first half": float(np.mean(t < window / 2)) if layout == "rows" and len(t) else 0.5,
        "variance of the counts": min(float(np.var(counts[0::2])), 100.0),
        "mean shift": float(moved.mean()) if len(moved) else 0.0,
        "spread of the shifts": float(moved.std()) if len(moved) else 0.0,
        "out of the window": float(np.sum((t < 0) | (t > window))),
        "part where spikes were before": float(np.isin(pairs, before).mean()) if len(t) else 0.0,
    }  # fmt: skip


def spoil(t, i, n, window, lost, jitter, added, rng, how=""):
    """The right line; `how` names a mistake."""
    kept = rng.random(len(t)) >= (1 - lost if how == "the others" else lost)
    if how == "the last ones":
        kept = t <= (1 - lost) * window
    if how == "whole neurons":
        kept = (rng.random(n) >= lost)[i]
    if how == "nothing lost":
        kept = np.ones(len(t), bool)
    if how == "an exact number":
        kept = rng.permutation(len(t)) >= round(lost * len(t))
    size = int(kept.sum())
    shift = {
        "one for all": jitter * np.sign(rng.standard_normal()) * np.ones(size) if how == "one for all" else 0.0,
        "uniform": rng.uniform(-jitter, jitter, size) if how == "uniform" else 0.0,
        "late only": jitter * np.abs(rng.standard_normal(size)) if how == "late only" else 0.0,
    }.get(how)  # fmt: skip
    jitter = jitter**2 if how == "squared" else jitter
    moved = t[kept] + (jitter * rng.standard_normal(size) if shift is None else shift)
    owner = i[:size] if how == "owners not thinned" else i[kept]
    if how == "leaves":
        inside = np.ones(size, bool)
    elif how == "dropped":
        inside = (moved >= 0) & (moved <= window)
    else:
        inside = np.ones(size, bool)
        moved = moved % window if how == "wrapped" else np.clip(moved, 0.0, window)
    moved, owner = moved[inside], owner[inside]
    mean = {"in all": added * window / 1000.0 / n, "per ms": added * window}.get(how, added * window / 1000.0)
    who = np.unique(i) if how == "those that spoke" else np.arange(n)
    number = rng.poisson(mean, len(who))
    if how == "as many for each":
        number = np.full(len(who), round(mean))
    elif how == "an exact number of false spikes":
        number = np.bincount(rng.integers(0, n, round(mean * n)), minlength=n)
    false = np.repeat(who, number)
    at = rng.uniform(0.0, window / 2 if how == "early" else window, len(false))
    if how == "together":
        at = np.repeat(rng.uniform(0.0, window, len(who)), number)
    times, owners = np.concatenate([moved, at]), np.concatenate([owner, false])
    return np.sort(times) if how == "times sorted" else times, owners


def _added_first(t, i, n, window, lost, jitter, added, rng):
    """The false spikes come before the losses and the jitter, and suffer them."""
    t, i = spoil(t, i, n, window, 0.0, 0.0, added, rng)
    return spoil(t, i, n, window, lost, jitter, 0.0, rng)


def _own_generator(t, i, n, window, lost, jitter, added, rng):
    return spoil(t, i, n, window, lost, jitter, added, np.random.default_rng(1))


def line(layout, window, lost, jitter, added, seed):
    """What `through_line` should find, from theory."""
    if layout == "again":
        return {
            "variance of the number that is left": 10 * lost * (1 - lost),
            "variance of the number of false spikes": 10 * added * window / 1000.0,
        }
    each = 10 if layout == "rows" else 1
    kept, extra = each * (1 - lost), added * window / 1000.0
    at_edge = layout != "rows" and not 0.1 * window < layout < 0.9 * window
    side = 1.0 if layout == 0.0 else -1.0
    still = kept / (kept + 2 * extra) if not jitter else (0.5 if at_edge else 0.0)
    return {
        "spikes of each neuron that spoke": kept + extra, "spikes of each silent neuron": extra,
        "false spikes that come together": 0.0, "part in the first half": 0.5, "variance of the counts": each * lost * (1 - lost) + extra,
        "mean shift": side * jitter / np.sqrt(2 * np.pi) if at_edge else 0.0,
        "spread of the shifts": 0.0 if layout == "rows" else jitter * (np.sqrt(0.5 - 0.5 / np.pi) if at_edge else 1.0),
        "out of the window": 0.0, "part where spikes were before": still,
    }  # fmt: skip


def _line(how):
    return lambda t, i, n, window, lost, jitter, added, rng: spoil(
        t, i, n, window, lost, jitter, added, rng, how
    )


def _all_moved_alike(inputs, output):
    """True if spikes moved, but all by the same way."""
    if inputs["layout"] in ("rows", "again") or not isinstance(output, dict):
        return False
    return output["spread of the shifts"] < 0.05 * inputs["jitter"]


LINE = Exercise(
    id="08.2", title="A bad line", points=3,
    inputs=line_inputs, call=through_line, oracle=line, rel=0.0, seconds=20.0,
    abs={"spikes of each neuron that spoke": 0.6, "spikes of each silent neuron": 0.6, "part in the first half": 0.05,
         "variance of the counts": 5.0, "mean shift": 0.9, "spread of the shifts": 0.8, "out of the window": 0.5,
         "part where spikes were before": 0.05, "false spikes that come together": 0.05,
         "variance of the number that is left": 1.3, "variance of the number of false spikes": 45.0},
    hints=(
        "Take the three kinds of damage one at a time, with the other two at 0. Which spikes does each touch, and does each spike have a fate of its own?",
        "A loss is one random number for each spike, a shift is one normal deviate for each spike that is left, and false spikes are Poisson for each of the n neurons.",
        "Keep where rng.random(len(t)) is at least `lost`; add jitter * rng.standard_normal of as many; np.clip to the window; then rng.poisson(added * window/1000, n) false "
        "spikes, repeated by np.repeat, at uniform times.",
    ),
    wrong=[
        Wrong("lost and kept swapped", _line("the others"),
              "You keep what should be lost: even a good line loses everything."),
        Wrong("the last ones are lost", _line("the last ones"),
              "Your losses are all at the end of the window: each spike must have the same chance, whenever it comes."),
        Wrong("whole neurons are lost", _line("whole neurons"),
              "You lose all spikes of a neuron or none: each spike has a chance of its own."),
        Wrong("nothing is lost", _line("nothing lost"),
              "Your line loses nothing: what does `lost` do?"),
        Wrong("an exact number is lost", _line("an exact number"),
              "You lose exactly that part of the spikes, each time: every spike is lost or not by itself, so that the number varies."),
        Wrong("whose spike", _line("owners not thinned"),
              "Times and neurons no longer belong together: what is lost has to leave both arrays at the same places."),
        Wrong("times sorted alone", _line("times sorted"),
              "You sort the times and leave the neurons where they were: the spikes then belong to others."),
        Wrong("a generator of its own", _own_generator,
              "Each time the same spikes are lost: draw from the `rng` that is given, not from one that starts anew."),
        Wrong("variance for standard deviation", _line("squared"),
              "Your shifts are too large: jitter is the standard deviation, and no square of it is needed."),
        Wrong("round the window", _line("wrapped"),
              "What leaves your window comes back at its other end: it is put on the edge it would cross."),
        Wrong("false spikes suffer, too", _added_first,
              "Your false spikes are lost or moved as well: they are added at the end, after losses and jitter."),
        Wrong("as many for each", _line("as many for each"),
              "Each neuron gets the same number of false spikes: they come at random, so that the number is a Poisson count."),
        Wrong("an exact number is added", _line("an exact number of false spikes"),
              "All together you add the same number each time: `added` is an average, and each neuron has a Poisson count of its own."),
        Wrong("false spikes together", _line("together"),
              "All false spikes of a neuron come at the same moment: each needs a time of its own."),
        Wrong("one shift for all", _line("one for all"),
              "You move all spikes by the same time: that is a delay. Each needs a shift of its own.", when=_all_moved_alike),
        Wrong("uniform shifts", _line("uniform"),
              "Your shifts are too small for a normal distribution of this standard deviation: are they uniform, or is jitter taken for a variance?"),
        Wrong("only late", _line("late only"),
              "Your spikes come too late only: a shift may have either sign."),
        Wrong("out of the window", _line("leaves"),
              "Some of your spikes are outside the window: those that would leave it are put on its edge."),
        Wrong("dropped at the edge", _line("dropped"),
              "You drop spikes that would leave the window: they are put on its edge."),
        Wrong("false spikes only where there were some", _line("those that spoke"),
              "Only neurons that spiked get false spikes: on a bad line, silence is not safe either."),
        Wrong("one rate for all neurons together", _line("in all"),
              "You add no false spikes, or far too few: `added` is the rate of each neuron, not of all together."),
        Wrong("spikes per ms", _line("per ms"),
              "You add far too many spikes: `added` is in Hz, and the window in ms."),
        Wrong("false spikes early", _line("early"),
              "Your false spikes do not fill the window: they may come at any time in it."),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 08.3 the most likely angle


def tuning(theta, preferred, m, peak):
    """Mean counts (theta, neurons) of cosine tuning, peak (1 + m cos)/(1 + m)."""
    difference = np.deg2rad(np.asarray(theta)[:, None] - np.asarray(preferred))
    return np.maximum(peak * (1.0 + m * np.cos(difference)) / (1.0 + m), 0.0)


def likely_inputs(seed):
    rng = np.random.default_rng([seed, 3])
    grid = np.arange(0.0, 360.0, 2.0)

    def case(name, preferred, m, peak, drop=()):
        preferred = np.asarray(preferred)
        true = rng.choice(grid, 12)
        counts = rng.poisson(tuning(true, preferred, m, peak))
        for row in drop:
            counts[row] = 0
        return Case(
            name, {"kind": "angles", "counts": counts, "f": tuning(grid, preferred, m, peak), "grid": grid}
        )

    even = np.arange(24) * 15.0
    few = np.concatenate([np.arange(16) * 8.0, [180.0, 225.0, 270.0, 315.0]])  # most prefer one side
    return [
        case("weak tuning, all directions alike", even, 0.4, 12.0),
        case("full modulation: some neurons can't spike", even, 1.0, 12.0),
        case("neurons that are silent at far angles", even, 2.5, 6.0),
        case("more neurons on one side", few, 0.8, 6.0),
        case("more neurons on one side, hardly a spike", few, 0.9, 0.8, drop=(0, 3)),
        Case("where the best reader saves a fifth of the spikes", {"kind": "number"}),
    ]  # fmt: skip


def answer_likely(handed_in, inputs):
    """The angles, or the modulation."""
    import numpy as np

    max_likelihood, modulation = handed_in()
    if inputs["kind"] == "number":
        return float(modulation())
    given = {name: value for name, value in inputs.items() if name != "kind"}
    return np.asarray(max_likelihood(**given), dtype=float).tolist()


def likely(counts, f, grid, sign=1.0, total=1.0, floor=1e-12, swap=False):
    counts, f = np.asarray(counts, dtype=float), np.asarray(f, dtype=float)
    if swap:
        score = f @ np.log(counts.T + 1.0) - total * counts.sum(axis=1)
    else:
        score = np.log(np.maximum(f, floor)) @ counts.T - total * f.sum(axis=1)[:, None]
    return np.asarray(grid)[np.argmax(sign * score, axis=0)]


def _other(kind):
    def wrong(counts, f, grid):
        counts, f, grid = np.asarray(counts, dtype=float), np.asarray(f, dtype=float), np.asarray(grid)
        if kind == "nearest":
            return grid[((f[:, None] - counts) ** 2).sum(axis=2).argmin(axis=0)]
        if kind == "template":
            return grid[(f @ counts.T).argmax(axis=0)]
        if kind == "row":
            return likely(counts, f, grid) / (grid[1] - grid[0])
        if kind == "radians":
            return np.deg2rad(likely(counts, f, grid))
        if kind == "plus one":
            return grid[(np.log(f + 1.0) @ counts.T - f.sum(axis=1)[:, None]).argmax(axis=0)]
        if kind == "chi":
            off = (f[:, None] - counts) ** 2 / np.maximum(f, 1e-9)[:, None]
            return grid[off.sum(axis=2).argmin(axis=0)]
        if kind == "log 0 is 0":
            log = np.log(np.where(f > 0, f, 1.0))
            return grid[(log @ counts.T - f.sum(axis=1)[:, None]).argmax(axis=0)]
        if kind == "nan is 0":
            with np.errstate(all="ignore"):
                score = np.nan_to_num(counts @ np.log(f).T) - f.sum(axis=1)
            return grid[score.argmax(axis=1)]
        if kind == "loudest":
            return grid[f.argmax(axis=0)][counts.argmax(axis=1)]
        if kind == "number of the loudest":
            return grid[counts.argmax(axis=1) % len(grid)]
        if kind == "vector":  # each neuron votes for what it prefers
            prefers = np.deg2rad(grid[f.argmax(axis=0)])
            return np.rad2deg(np.arctan2(counts @ np.sin(prefers), counts @ np.cos(prefers))) % 360.0
        with np.errstate(all="ignore"):  # 0 log 0
            score = (counts[:, None] * np.log(f)).sum(axis=2) - f.sum(axis=1)
        return grid[np.argmax(score, axis=1)]

    return wrong


WORTH = 0.8  # 2/(1 + sqrt(1 - m**2)) = 1.25


def likely_answers(kind, counts=None, f=None, grid=None):
    return WORTH if kind == "number" else likely(counts, f, grid).tolist()


def _both(function, number=WORTH):
    return lambda: (function, lambda: number)


LIKELY = Exercise(
    id="08.3", title="The most likely angle", points=4,
    inputs=likely_inputs, call=answer_likely, oracle=likely_answers, abs=0.02, rel=0.0,
    hints=(
        "For one trial and one angle: how likely is this count of the first neuron? And of all of them together?",
        "Equation (3) has two sums. Which one does not depend on the counts, and why may it not be left out? For the modulation: print the ratio of "
        "the two variances for many m.",
        "The score of an angle is the sum of counts times log(f), minus the sum of f, with np.maximum(f, 1e-12) in the logarithm; the answer is "
        "grid[argmax]. For the modulation, find where the population vector's variance is one and a quarter of 1/J.",
    ),
    wrong=[
        Wrong("the sum of f is missing", _both(lambda counts, f, grid: likely(counts, f, grid, total=0.0)),
              "It is right only where all directions have as many neurons: your score lacks the second sum, that of the expected counts. A silent neuron is a witness, too."),
        Wrong("the sum of f is added", _both(lambda counts, f, grid: likely(counts, f, grid, total=-1.0)),
              "It is right only where all directions have as many neurons: your score adds the expected counts, and the Poisson law takes them away."),
        Wrong("the least likely", _both(lambda counts, f, grid: likely(counts, f, grid, sign=-1.0)),
              "You return the least likely angle: look at the sign, or at argmin and argmax."),
        Wrong("0 log 0", _both(_other("nan")),
              "It fails where f is 0: 0 times log(0) is NaN, and argmax picks it. What should a neuron that can't spike, and does not, add to the score?"),
        Wrong("nearest picture", _both(_other("nearest")),
              "You look for the least squared difference: that treats a count of 1 where 0 is expected like one of 11 where 10 is. Use the Poisson law."),
        Wrong("overlap", _both(_other("template")),
              "You take the angle whose mean counts overlap most with the counts: likelihood needs their logarithm."),
        Wrong("a population vector", _both(_other("vector")),
              "That is a population vector: each neuron votes for what it prefers. Ask for each angle how likely the counts are."),
        Wrong("counts and means swapped", _both(lambda counts, f, grid: likely(counts, f, grid, swap=True)),
              "The logarithm is that of the mean f, not that of the count."),
        Wrong("the row", _both(_other("row")),
              "You return the place in the grid: asked for is the angle that stands there."),
        Wrong("radians", _both(_other("radians")),
              "Your angles are in radians: grid is in degrees."),
        Wrong("the logarithm of f + 1", _both(_other("plus one")),
              "You add 1 inside the logarithm: that bends all means, not only those at 0. Something far smaller keeps it finite."),
        Wrong("chi square", _both(_other("chi")),
              "You weigh squared differences by the mean: that is good for large counts only. Use the Poisson law, equation (3)."),
        Wrong("NaN is 0", _both(_other("nan is 0")),
              "Where f is 0 you replace the NaN of a whole sum by 0, and the other neurons' evidence is gone: mend the single term."),
        Wrong("log 0 is 0", _both(_other("log 0 is 0")),
              "Where f is 0 you let the logarithm be 0: then a spike of a neuron that can't spike there is no evidence against that angle."),
        Wrong("the loudest neuron", _both(_other("loudest")),
              "You listen to the neuron with the most spikes alone: all counts together tell far more."),
        Wrong("the number of the loudest neuron", _both(_other("number of the loudest")),
              "You take the number of the neuron with the most spikes for a place in the grid: neurons and angles are numbered apart, and one neuron tells little."),
        Wrong("the square of m", _both(likely, 0.64),
              "Your angles are right. Is your number the square of the m that you found?"),
        Wrong("in percent", _both(likely, 80.0),
              "Your angles are right. m lies between 0 and 1: is yours in percent?"),
        Wrong("m for sqrt(1 - m^2)", _both(likely, 0.6),
              "Your angles are right, but at your m the population vector is closer to the bound: put it into both variances."),
        Wrong("a quarter below", _both(likely, float(np.sqrt(0.75))),
              "Your angles are right. At your m the bound is a quarter below the variance: asked for is a variance a quarter above the bound."),
        Wrong("a quarter for the standard deviation", _both(likely, float(np.sqrt(1 - (2 / 1.5625 - 1) ** 2))),
              "Your angles are right. At your m the standard deviation is a quarter above: asked for is the variance, which goes with the number of spikes."),
        Wrong("full modulation", _both(likely, 1.0),
              "Your angles are right. At full modulation the population vector needs far more than a quarter extra."),
        Wrong("weak modulation", _both(likely, 0.2),
              "Your angles are right. At weak modulation the population vector needs almost nothing extra."),
        Wrong("too small a modulation", _both(likely, 0.7), when=lambda inputs, output: inputs["kind"] == "number" and 0.0 <= output < 0.78,
              hint="Your angles are right. At your m the vector's variance is less than a quarter above the bound: measure the ratio of the two for a larger m."),
        Wrong("too large a modulation", _both(likely, 0.92), when=lambda inputs, output: inputs["kind"] == "number" and 0.82 < output <= 1.0,
              hint="Your angles are right. At your m the vector's variance is more than a quarter above the bound: measure the ratio of the two for a smaller m."),
    ],
)  # fmt: skip
