"""The exercises of lesson 10, STDP."""

import math

import numpy as np

from snnlab.checks.difference import difference
from snnlab.checks.exercise import Case, Exercise, Wrong

# ---------------------------------------------------------------- 10.1 one weight, two traces


def trace_inputs(seed):
    rng = np.random.default_rng([seed, 1])
    A, tau = rng.uniform(0.008, 0.012), rng.uniform(14.0, 20.0)
    rule = {"A_plus": A, "A_minus": 0.6 * A, "tau_plus": tau, "tau_minus": 2.1 * tau}

    def train(n, end):
        return np.sort(rng.choice(np.arange(10, int(10 * end)), n, replace=False)) / 10.0  # ms, on a grid

    def case(name, pre, post, w, **changes):
        return Case(name, {"pre": pre, "post": post, "w": w, **rule, **changes})

    anywhere = [np.sort(rng.uniform(1.0, 300.0, 15)) for _ in range(2)]
    early = 20.0 + np.sort(
        rng.uniform(0.0, 30.0, 12)
    )  # a burst that drives w to its bound, and one that brings it back
    pre, post, shared = train(12, 400.0), train(11, 400.0), train(9, 300.0)
    post = np.setdiff1d(post, pre)
    busy_pre, busy_post = train(60, 1000.0), train(60, 1000.0)
    return [
        case("the bounds are far away", pre, post, 0.5),
        case("both neurons fire at the same moments", shared, np.sort(np.append(shared[::2], 305.0)), 0.4),
        case("a strong synapse, near the upper bound", busy_pre, busy_post, 0.97, A_plus=4.0 * A),
        case("a weak synapse, near the lower bound", busy_pre, busy_post, 0.04, A_minus=3.0 * A),
        case(
            "at the bound, and away again",
            np.append(early, early + 60.0),
            np.append(early + 15.0, early + 45.0),
            0.8,
            A_plus=5.0 * A,
            A_minus=3.0 * A,
        ),
        case("spikes at any time, on no grid", *anywhere, 0.5),
        case("the postsynaptic neuron is silent", pre, np.array([]), 0.5),
    ]


def _events(pre, post, order=("pre", "post")):
    """(time, side) of all spikes; at the same moment in this order of sides."""
    events = [(t, order.index("pre"), "pre") for t in pre] + [(t, order.index("post"), "post") for t in post]
    return [(t, side) for t, _, side in sorted(events)]


def weight_by_sums(pre, post, w, A_plus, A_minus, tau_plus, tau_minus):
    """The weight after both trains, without any trace: each spike sums over all earlier spikes of the other side."""
    for t, side in _events(pre, post):
        if side == "pre":
            earlier = [s for s in post if s < t]
            w -= A_minus * math.fsum(math.exp((s - t) / tau_minus) for s in earlier)
        else:
            earlier = [s for s in pre if s <= t]
            w += A_plus * math.fsum(math.exp((s - t) / tau_plus) for s in earlier)
        w = min(max(w, 0.0), 1.0)
    return w


def _by_traces(
    order=("pre", "post"), how="add", clip=True, decay=True, tie_twice=False, own_decay_only=False, unit=1.0,
    own=False, fade=math.exp, taus=("tau_plus", "tau_minus"), emptied=False, tie_lost=False, since_start=False, soft=False,
    refuse=False, keep="w",
):  # fmt: skip
    """A weight by two traces, with one thing done differently."""

    def weight(pre, post, w, A_plus, A_minus, tau_plus, tau_minus):
        x, y, last, begin, seen = 0.0, 0.0, 0.0, w, {"pre": 0.0, "post": 0.0}
        tau_x, tau_y = ({"tau_plus": tau_plus, "tau_minus": tau_minus}[name] for name in taus)
        for t, side in _events(pre, post, order):
            passed = dict.fromkeys(("pre", "post"), t - (0.0 if since_start else last))
            if own_decay_only:
                passed = {
                    "pre": (t - seen["pre"]) * (side == "pre"),
                    "post": (t - seen["post"]) * (side == "post"),
                }
            if decay:
                x *= fade(-passed["pre"] / tau_x / unit)
                y *= fade(-passed["post"] / tau_y / unit)
            last = seen[side] = t
            old, is_pre = w, side == "pre"
            if is_pre:
                w -= A_minus * (x if own else y) * (w if soft else 1.0)
                y = 0.0 if emptied else y
                x = 1.0 if how in ("set", "set x") else x + 1.0
            else:
                w += A_plus * ((y if own else x) - (tie_lost and t in pre)) * (1.0 - w if soft else 1.0)
                x = 0.0 if emptied else x
                y = 1.0 if how in ("set", "set y") else y + 1.0
                if tie_twice and t in pre:
                    w -= A_minus
            if refuse:
                w = w if 0.0 <= w <= 1.0 else old
            w = max(w, 0.0) if clip in (True, "below") else w
            w = min(w, 1.0) if clip in (True, "above") else w
        return w if keep == "w" else w - begin

    return weight


def _double_sum(pre, post, w, A_plus, A_minus, tau_plus, tau_minus):
    lag = np.subtract.outer(np.asarray(post), np.asarray(pre))
    later, earlier = lag[lag >= 0.0], lag[lag < 0.0]
    return w + A_plus * np.exp(-later / tau_plus).sum() - A_minus * np.exp(earlier / tau_minus).sum()


def _pair_by_pair(pre, post, w, A_plus, A_minus, tau_plus, tau_minus):
    """Clipped after each pair, the pairs in the order of two loops."""
    for t in pre:
        for s in post:
            w += A_plus * math.exp((t - s) / tau_plus) if s >= t else -A_minus * math.exp((s - t) / tau_minus)
            w = min(max(w, 0.0), 1.0)
    return w


def _one_side_first(pre, post, w, A_plus, A_minus, tau_plus, tau_minus):
    """All pre spikes, then all post spikes."""
    for t in pre:
        w = max(w - A_minus * sum(math.exp((s - t) / tau_minus) for s in post if s < t), 0.0)
    for t in post:
        w = min(w + A_plus * sum(math.exp((s - t) / tau_plus) for s in pre if s <= t), 1.0)
    return w


def _on_grid(step):
    """Spike times rounded to this step in ms."""
    return _changed(
        pre=lambda g: np.round(np.asarray(g["pre"]) / step) * step,
        post=lambda g: np.round(np.asarray(g["post"]) / step) * step,
    )


def _without(end):
    """The first (0) or the last (-1) of all spikes is left out."""

    def kept(given, side):
        spike = _events(given["pre"], given["post"])[end]
        return np.array([t for t in given[side] if (t, side) != spike])

    return _changed(pre=lambda g: kept(g, "pre"), post=lambda g: kept(g, "post"))


def _changed(**changes):
    """The right weight, for other parameters: each a function of the given ones."""
    return lambda **given: weight_by_sums(
        **{**given, **{name: change(given) for name, change in changes.items()}}
    )


TRACES = Exercise(
    id="10.1", title="One weight, two traces", points=4,
    inputs=trace_inputs, oracle=weight_by_sums, abs=1e-12, rel=0.0,
    hints=(
        "Which spikes must the synapse still know about when the next one comes, and can one number for each side hold them?",
        "Go through the spikes of both sides in the order of time. From one to the next, both traces decay, equation (4); then the "
        "spike reads the trace of the other side, changes w, and w is clipped; then it adds 1 to its own trace.",
        "At a pre spike: w = w - A_minus*y, clip, x = x + 1. At a post spike: w = w + A_plus*x, clip, y = y + 1. At one moment: "
        "pre first. x decays with tau_plus, y with tau_minus, at every spike of either side.",
    ),
    wrong=[
        Wrong("the double sum, never clipped", _double_sum,
              "Right as long as no bound is met. Near a bound the weight must be clipped at every spike, and a sum over all pairs can't know when."),
        Wrong("the double sum, clipped at the end", lambda **given: float(np.clip(_double_sum(**given), 0.0, 1.0)),
              "Clipped once, at the end. A weight at its bound forgets what goes beyond, so that the order of the spikes counts: clip at every spike."),
        Wrong("post before pre", _by_traces(order=("post", "pre")),
              "Wrong where both fire at the same moment: the pre spike comes first, so that this pair is potentiated and not depressed."),
        Wrong("both see a tie", _by_traces(tie_twice=True),
              "A pair at the same moment is potentiated *and* depressed. It counts once: the pre spike reads y before the post spike adds to it."),
        Wrong("nearest spikes only", _by_traces(how="set"),
              "A spike sets your trace to 1. Here all pairs count, so that it adds 1 to what is left."),
        Wrong("traces that never decay", _by_traces(decay=False),
              "The traces never decay: a spike of long ago counts as much as the last one. Where does the time between spikes go?"),
        Wrong("only its own spikes let a trace decay", _by_traces(own_decay_only=True),
              "A trace decays only when its own side fires. It is read by the other side: bring both up to date at every spike."),
        Wrong("signs", _changed(A_plus=lambda g: -g["A_minus"], A_minus=lambda g: -g["A_plus"]),
              "Pre before post weakens your synapse: it should be strengthened. Which trace does each side read, and with which sign?"),
        Wrong("time constants swapped", _changed(tau_plus=lambda g: g["tau_minus"], tau_minus=lambda g: g["tau_plus"]),
              "The two time constants are exchanged: x, the trace of pre spikes, serves potentiation and decays with tau_plus."),
        Wrong("amplitudes swapped", _changed(A_plus=lambda g: g["A_minus"], A_minus=lambda g: g["A_plus"]),
              "A_plus and A_minus are exchanged: potentiation, at a post spike, has A_plus."),
        Wrong("seconds", _by_traces(unit=1000.0),
              "Your traces decay a thousand times too slowly: times and time constants are both in ms."),
        Wrong("signs, each with its own amplitude", _changed(A_plus=lambda g: -g["A_plus"], A_minus=lambda g: -g["A_minus"]),
              "Both signs are turned: a post spike that finds x makes the synapse stronger, and a pre spike that finds y weakens it."),
        Wrong("y never decays", _changed(tau_minus=lambda g: np.inf),
              "x decays, and y does not: bring both traces up to date at every spike."),
        Wrong("x never decays", _changed(tau_plus=lambda g: np.inf),
              "y decays, and x does not: bring both traces up to date at every spike."),
        Wrong("its own trace", _by_traces(own=True),
              "Each side reads its own trace, and so pairs a neuron with itself: a pre spike asks when the *post* neuron fired."),
        Wrong("one time constant", _changed(tau_minus=lambda g: g["tau_plus"]),
              "Both of your traces decay with tau_plus: y, that of the post spikes, has tau_minus."),
        Wrong("the other time constant alone", _changed(tau_plus=lambda g: g["tau_minus"]),
              "Both of your traces decay with tau_minus: x, that of the pre spikes, has tau_plus."),
        Wrong("straight lines", _by_traces(fade=lambda d: 1.0 + d),
              "1 - t/tau is only the beginning of the decay, and falls below zero after tau: from spike to spike a trace decays by an exponential."),
        Wrong("since the beginning", _by_traces(since_start=True),
              "At each spike your traces decay by the whole time since 0: what counts is the time since the last spike of either side."),
        Wrong("a trace that is used up", _by_traces(emptied=True),
              "You empty a trace when it is read. Reading leaves it as it is: a later spike finds the same pre spikes again."),
        Wrong("a tie counts for nothing", _by_traces(tie_lost=True),
              "Two spikes at the same moment leave no effect in yours: the pre spike adds to x first, and the post spike reads it."),
        Wrong("soft bounds", _by_traces(soft=True),
              "Your steps shrink near the bounds: here they don't depend on w, and w is clipped."),
        Wrong("a step that is refused", _by_traces(refuse=True),
              "A step that would leave the bounds is not made at all in yours: it is made as far as the bound."),
        Wrong("clipped pair by pair", _pair_by_pair,
              "You clip after each pair, in the order of your two loops. Time has another order: all pairs that end at one spike count at this spike."),
        Wrong("one side first", _one_side_first,
              "You treat all spikes of one side, and then those of the other: near a bound the order in time counts. Merge both trains."),
        Wrong("on a grid of 0.1 ms", _on_grid(0.1),
              "Right on a grid of 0.1 ms. These spikes lie on none: take the times as they are."),
        Wrong("whole ms", _on_grid(1.0),
              "Your times are rounded to whole ms: take them as they are."),
        Wrong("no bound below", _by_traces(clip="above"),
              "Your weight may fall below 0: clip it at both bounds, at every spike."),
        Wrong("no bound above", _by_traces(clip="below"),
              "Your weight may rise above 1: clip it at both bounds, at every spike."),
        Wrong("x set to 1", _by_traces(how="set x"),
              "y adds up, and x is set to 1: the trace of the pre spikes adds 1 to what is left, too."),
        Wrong("y set to 1", _by_traces(how="set y"),
              "x adds up, and y is set to 1: the trace of the post spikes adds 1 to what is left, too."),
        Wrong("a tie is one spike", _changed(post=lambda g: np.setdiff1d(g["post"], g["pre"])),
              "Where both fire at the same moment, the post spike is lost in yours (an `elif`?): deal with the pre spike, and then with the post spike."),
        Wrong("20 ms", _changed(tau_plus=lambda g: 20.0, tau_minus=lambda g: 20.0),
              "Both of your time constants are 20 ms: use those that are given."),
        Wrong("the first spike lost", _without(0),
              "The very first spike leaves no trace in yours: where does your loop begin?"),
        Wrong("the last spike lost", _without(-1),
              "The very last spike does nothing in yours: where does your loop end, and what if one train is longer?"),
        Wrong("the change", _by_traces(keep="change"),
              "That is the change: the weight itself is asked for, so begin with the given w."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 10.2 measure the window


def window_inputs(seed):
    rng = np.random.default_rng([seed, 2])

    def case(name, lags, nearest=False, **changes):
        A = rng.uniform(0.004, 0.005)
        rule = {
            "A_plus": A,
            "A_minus": 0.7 * A,
            "tau_plus": rng.uniform(14.0, 20.0),
            "tau_minus": rng.uniform(25.0, 35.0),
        }
        return Case(
            name,
            {"lags": np.array(lags), "w0": rng.uniform(0.44, 0.48), "nearest": nearest, **rule, **changes},
        )

    return [
        case("pre before post", [10.5, 2.0, 40.0]),
        case("post before pre", [-40.0, -10.5, -2.0]),
        case("a synapse of nearest spikes, both sides", [-15.5, -5.0, 0.0, 5.0, 15.5], nearest=True),
    ]


def window_call(measure, inputs):
    """The student's window of a hidden synapse, whose weight is read to 0.001."""
    import math

    def synapse(pre, post):
        early = [float(t) for t in (*pre, *post) if t < 0.0]
        if early:
            raise ValueError(f"synapse: spike times must be >= 0 ms, got {min(early):g}")
        w, x, y, last = inputs["w0"], 0.0, 0.0, 0.0
        events = sorted([(float(t), 0) for t in pre] + [(float(t), 1) for t in post])
        for t, is_post in events:
            x *= math.exp(-(t - last) / inputs["tau_plus"])
            y *= math.exp(-(t - last) / inputs["tau_minus"])
            last = t
            if is_post:
                w, y = w + inputs["A_plus"] * x, 1.0 if inputs["nearest"] else y + 1.0
            else:
                w, x = w - inputs["A_minus"] * y, 1.0 if inputs["nearest"] else x + 1.0
            w = min(max(w, 0.0), 1.0)
        return round(w, 3)

    return measure(synapse=synapse, lags=inputs["lags"])


def window(lags, A_plus, A_minus, tau_plus, tau_minus, **_):
    lags = np.asarray(lags, dtype=float)
    return np.where(
        lags >= 0.0, A_plus * np.exp(-abs(lags) / tau_plus), -A_minus * np.exp(-abs(lags) / tau_minus)
    )


def _protocol(
    n=60,
    interval=1000.0,
    sign=1.0,
    start=True,
    per_pair=True,
    relative=False,
    absolute=False,
    begin=None,
    of_lag=float,
    first=500.0,
):
    def measure(synapse, lags):
        w0 = synapse([], []) if begin is None else begin
        changes = []
        for lag in lags:
            pre = first + interval * np.arange(n)
            change = synapse(pre, pre + sign * of_lag(lag)) - (w0 if start else 0.0)
            change = change / n if per_pair else change
            changes.append(abs(change) if absolute else change / w0 if relative else change)
        return np.array(changes)

    return measure


def _one_call_a_pair(synapse, lags):
    """Sixty calls of one pair each, as if the synapse remembered."""
    w0 = synapse([], [])
    return np.array([(synapse([1000.0], [1000.0 + lag]) - w0) / 60.0 for lag in lags])


WINDOW = Exercise(
    id="10.2", title="Measure a window", points=3,
    inputs=window_inputs, call=window_call, oracle=window, abs=6e-5, rel=0.0,
    hints=(
        "How many pairs does it take until the reading tells the change, and how many until the weight comes to its bound?",
        "Take a few dozen pairs, one second apart; the change is what the synapse says after them, minus what it says after nothing.",
        "pre = 500 + 1000*np.arange(60) in ms, post = pre + lag; (synapse(pre, post) - synapse([], [])) / 60, for each lag.",
    ),
    wrong=[
        Wrong("lag the other way", _protocol(sign=-1.0),
              "The window is mirrored: a lag is the time of the post spike minus that of the pre spike."),
        Wrong("one pair", _protocol(n=1),
              "One pair changes the weight by little more than it can be read to. Give many pairs and divide."),
        Wrong("far too many pairs", _protocol(n=1000),
              "The change per pair comes out too small: the weight met its bound on the way. Give fewer pairs."),
        Wrong("pairs too near", _protocol(interval=50.0),
              "Your pairs follow each other so closely that each meets its neighbours too: leave more time between them."),
        Wrong("all pairs at once", _protocol(per_pair=False),
              "This is the change by all your pairs together: the exercise asks for one pair."),
        Wrong("where it began", _protocol(start=False),
              "You divide the weight itself, and not what changed: subtract what the synapse says after no spike at all."),
        Wrong("relative", _protocol(relative=True),
              "About twice too large: you divided by the weight at the start. Asked is the change itself."),
        Wrong("no sign", _protocol(absolute=True),
              "The size is right, but depression has a negative sign."),
        Wrong("five pairs", _protocol(n=5),
              "Five pairs are too few: the reading is off by up to 0.0005, and a fifth of that is still more than 0.00006."),
        Wrong("ten pairs a second", _protocol(interval=100.0),
              "With 100 ms from pair to pair the traces have not died away (look at the wide side): leave more time."),
        Wrong("fifty pairs a second", _protocol(interval=20.0),
              "At 20 ms from pair to pair a post spike is nearer to the next pre spike than to its own: leave much more time."),
        Wrong("begin at one half", _protocol(begin=0.5),
              "You take it that the weight begins at 0.5. This synapse begins elsewhere: ask it, before any spike."),
        Wrong("the lag forgotten", _protocol(of_lag=lambda lag: 0.0),
              "You get the same change at every lag: the post spikes must come `lag` after the pre spikes."),
        Wrong("whole lags", _protocol(of_lag=int),
              "Right for lags of whole ms: don't round the others."),
        Wrong("the review's window", lambda synapse, lags: window(lags, 0.005, 0.0025, 16.8, 33.7),
              "That is (3) with the numbers of the next experiment. The synapse in the box has others: measure."),
        Wrong("one call for each pair", _one_call_a_pair,
              "Far too small. The synapse begins anew at each call, so that yours has seen one pair alone: give it all pairs in one call.",
              when=lambda given, got: any(got) and max(map(abs, got)) < 0.05 * given["A_plus"]),
        Wrong("in order of size", lambda synapse, lags: _protocol()(synapse, np.sort(lags)),
              "Your values are in the order of sorted lags: value k belongs to lags[k]."),
        Wrong("before time 0", _protocol(first=0.0),
              "Your first pre spike is so early that its post spike would come before 0: begin later than the widest lag."),
        Wrong("one side", lambda synapse, lags: np.where(np.asarray(lags) >= 0.0, _protocol()(synapse, lags), 0.0),
              "Nothing is measured for negative lags: there the post spike comes first, and the weight falls."),
        Wrong("a formula", lambda synapse, lags: window(lags, 0.01, 0.0105, 20.0, 20.0),
              "That is (3) with numbers from the text. The synapse in the box has others: measure."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 10.3 the drift on a grid


def drift_inputs(seed):
    rng = np.random.default_rng([seed, 3])
    A, tau = rng.uniform(0.005, 0.015), rng.uniform(15.0, 25.0)
    given = {
        "r_pre": rng.uniform(5.0, 20.0),
        "r_own": rng.uniform(8.0, 30.0),
        "A_plus": A,
        "A_minus": 1.05 * A,
    }
    even, uneven = {"tau_plus": tau, "tau_minus": tau}, {"tau_plus": tau, "tau_minus": 1.4 * tau}

    def case(name, taus, p, lag, dt):
        return Case(name, {**given, **taus, "p": p, "lag": lag, "dt": dt})

    return [
        case("independent trains, steps of 0.1 ms", even, 0.0, 5.0, 0.1),
        case("independent trains, steps of 1 ms", even, 0.0, 5.0, 1.0),
        case("independent, unequal time constants, steps of 2 ms", uneven, 0.0, 4.0, 2.0),
        case("a pre spike may cause a post spike", uneven, rng.uniform(0.2, 0.4), 8.0, 0.1),
        case("a pre spike often causes one, steps of 1 ms", even, rng.uniform(0.6, 0.9), 6.0, 1.0),
    ]


def drift_by_sums(r_pre, r_own, p, lag, A_plus, A_minus, tau_plus, tau_minus, dt, merge=0.0, again=1.0):
    """Change of the weight per second: the mean product of the two trains at each lag, lag by lag.

    merge : 1, if an own and a caused spike in one step are one spike.   again : 0, if no pre spike shares its step with
    another, so that the caused spikes of others are missing at the lag of its own one.
    """
    k = np.arange(1, int(60.0 * max(tau_plus, tau_minus) / dt))
    pre, own = r_pre * dt / 1000.0, r_own * dt / 1000.0  # spikes per step
    post = own + p * pre - merge * own * p * pre
    ahead = 1.0 + np.exp(-k * dt / tau_plus).sum()  # lag 0 is potentiated
    behind = np.exp(-k * dt / tau_minus).sum()
    chance = pre * post * (A_plus * ahead - A_minus * behind)
    each = p * (1.0 - merge * own) * (1.0 - (1.0 - again) * pre)
    return 1000.0 / dt * (chance + pre * each * A_plus * math.exp(-lag / tau_plus))


def drift_judge(given, got):
    """(ok, message): two spikes of one neuron in one step may be counted, for each of the neurons, or not."""
    right = [drift_by_sums(**given, merge=merge, again=again) for merge in (0.0, 1.0) for again in (1.0, 0.0)]
    nearest = min(max(got, min(right)), max(right))
    message = difference(got, nearest, abs=1e-12, rel=1e-6)
    return not message, message


def _drift(
    ahead="grid",
    behind="grid",
    rate=True,
    cause=True,
    scale=1e-3,
    sign=1.0,
    causal_tau="tau_plus",
    delayed=True,
    post=None,
    caused_rate=None,
    worth=None,
    after=1.0,
    swap=False,
):
    def drift(r_pre, r_own, p, lag, A_plus, A_minus, tau_plus, tau_minus, dt):
        A_plus, A_minus = (A_minus, A_plus) if swap else (A_plus, A_minus)
        T = {
            "grid": (dt / -math.expm1(-dt / tau_plus), dt / math.expm1(dt / tau_minus)),
            "continuous": (tau_plus, tau_minus),
            "with zero": (dt / -math.expm1(-dt / tau_plus), dt / -math.expm1(-dt / tau_minus)),
            "without zero": (dt / math.expm1(dt / tau_plus), dt / math.expm1(dt / tau_minus)),
            "one step more": (tau_plus + dt, tau_minus),
            "half a step": (tau_plus + dt / 2.0, tau_minus - dt / 2.0),
            "no dt": (1.0 / -math.expm1(-dt / tau_plus), 1.0 / math.expm1(dt / tau_minus)),
        }
        r_post = r_own + (p * r_pre if rate else 0.0) if post is None else post(r_pre, r_own, p, dt)
        chance = r_pre * r_post * scale * (A_plus * T[ahead][0] - A_minus * T[behind][1])
        tau = {"tau_plus": tau_plus, "tau_minus": tau_minus}[causal_tau]
        faded = math.exp(-lag / tau) if delayed else 1.0
        each = A_plus * faded if worth is None else worth(A_plus, A_minus, tau_plus, tau_minus, lag, dt)
        caused = p * (r_pre if caused_rate is None else caused_rate(r_pre, r_own)) * each
        total = chance + (caused * scale * 1e3 if cause else 0.0)
        return sign * total * (dt if after == "step" else after)

    return drift


DRIFT = Exercise(
    id="10.3", title="Which way does chance push?", points=4,
    inputs=drift_inputs, judge=drift_judge, abs=1e-12, rel=1e-6,
    hints=(
        "On a grid two spikes can fall into the same step. On which side of the window does that pair count, and what becomes of the integrals?",
        "The integral over one side becomes dt times the sum of exp(-k dt/tau). For one side it begins with k = 0, for the other with k = 1. "
        "Then think of the pairs that are no coincidence: how many per second, and how much does each count?",
        "T_plus = dt(1 + q + q^2 + ...), T_minus = dt(q + q^2 + ...). The post neuron fires at r_own + p r_pre. Each caused spike is "
        "one pair more, at the given lag, p r_pre of them per second. Rates in Hz are spikes per 1000 ms.",
    ),
    wrong=[
        Wrong("continuous time", _drift("continuous", "continuous"),
              "This does not know dt: it is the limit of very small steps. In steps of 1 ms even the sign may differ."),
        Wrong("a tie on both sides", _drift("grid", "with zero"),
              "A pair in the same step counts on both sides of yours. It is potentiated only: the sum for depression begins one step later."),
        Wrong("a tie on no side", _drift("without zero", "grid"),
              "A pair in the same step counts on no side of yours. It is potentiated: that sum begins with lag 0."),
        Wrong("a tie on the wrong side", _drift("without zero", "with zero"),
              "A pair in the same step is depressed in your sum: in this course it is potentiated."),
        Wrong("as if independent", _drift(rate=False, cause=False),
              "Right for independent trains. With p > 0 the post neuron fires more, and those spikes come right after a pre spike: neither is in yours."),
        Wrong("only the rate", _drift(cause=False),
              "The higher rate is there, but a caused spike is treated as if it came at any time. It comes at one lag: a pair of its own."),
        Wrong("only the cause", _drift(rate=False),
              "The caused pairs are there, but caused spikes also meet all other pre spikes by chance: the rate of the post neuron is higher than r_own."),
        Wrong("the cause counts in full", _drift(delayed=False),
              "A caused spike comes `lag` ms after its cause, and the trace has decayed until then."),
        Wrong("the cause with the wrong time constant", _drift(causal_tau="tau_minus"),
              "A caused pair is pre before post: its trace decays with tau_plus."),
        Wrong("per ms", _drift(scale=1e-6),
              "A thousand times too small: per ms, where per second is asked."),
        Wrong("Hz taken for 1/ms", _drift(scale=1.0),
              "A thousand times too large: a rate in Hz is spikes per 1000 ms, and the time constants are in ms."),
        Wrong("sign", _drift(sign=-1.0),
              "The sign is turned: potentiation raises the weight."),
        Wrong("one step more", _drift("one step more", "continuous"),
              "Near, and only near: you add one step to the area of potentiation. The sums over lags 0, dt, 2 dt, ... are geometric series, and not the integrals."),
        Wrong("half a step", _drift("half a step", "half a step"),
              "Very near: the first correction in dt. The sums are exact: take the geometric series."),
        Wrong("sums without dt", _drift("no dt", "no dt"),
              "Your sums are over steps, and an area is in ms: each term stands for a step of dt."),
        Wrong("per step", _drift(after="step", scale=1e-6),
              "That is the mean change in one step of dt: there are 1000/dt steps in a second."),
        Wrong("amplitudes exchanged", _drift(swap=True),
              "A_plus and A_minus are exchanged: the side of potentiation, with lag 0, has A_plus."),
        Wrong("shared rates", _drift(post=lambda r_pre, r_own, p, dt: (1.0 - p) * r_own + p * r_pre),
              "You let caused spikes take the place of its own: they come on top, r_own stays."),
        Wrong("more of its own", _drift(post=lambda r_pre, r_own, p, dt: r_own * (1.0 + p)),
              "Caused spikes are as many as *pre* spikes have causes: p r_pre of them, and not p r_own."),
        Wrong("formula (6)", _drift("continuous", "continuous", rate=False, cause=False),
              "That is (6) as it stands: it knows neither dt nor p. Begin with p = 0, and ask which pairs meet in one step."),
        Wrong("the cause per ms", _drift(worth=lambda a, b, tp, tm, lag, dt: a * math.exp(-lag / tp) / 1000.0),
              "Right for independent trains. Your caused pairs are a thousand times too few: p r_pre is a number per second already."),
        Wrong("the cause 5 ms later", _drift(worth=lambda a, b, tp, tm, lag, dt: a * math.exp(-5.0 / tp)),
              "A caused spike comes 5 ms after its cause in yours: use the given lag."),
        Wrong("the lag times dt", _drift(worth=lambda a, b, tp, tm, lag, dt: a * math.exp(-lag * dt / tp)),
              "The lag is given in ms and not in steps: don't multiply it by dt."),
        Wrong("time constants exchanged", lambda **given: _drift()(**{**given, "tau_plus": given["tau_minus"], "tau_minus": given["tau_plus"]}),
              "tau_plus and tau_minus are exchanged: lags of 0 and more, and so the caused pairs, go with tau_plus."),
        Wrong("steps of 0.1 ms for all", lambda **given: _drift()(**{**given, "dt": 0.1}),
              "Right for steps of 0.1 ms: use the given dt."),
        Wrong("the cause twice", _drift(worth=lambda a, b, tp, tm, lag, dt: 2.0 * a * math.exp(-lag / tp)),
              "Each caused pair counts twice in yours: one pair more for each caused spike."),
        Wrong("the lag in steps", _drift(worth=lambda a, b, tp, tm, lag, dt: a * math.exp(-lag / dt / tp)),
              "The lag is in ms already, like tau_plus: don't divide it by dt."),
        Wrong("causes of the post neuron", _drift(caused_rate=lambda r_pre, r_own: r_own),
              "It is the pre spikes that cause: p r_pre pairs per second, and not p r_own."),
        Wrong("a cause as a coincidence", _drift(caused_rate=lambda r_pre, r_own: r_pre * r_pre / 1000.0),
              "A caused pair needs one pre spike and no second chance: its number goes with r_pre, not with its square."),
        Wrong("a cause that weakens", _drift(worth=lambda a, b, tp, tm, lag, dt: -a * math.exp(-lag / tp)),
              "A caused spike comes after its cause: this pair strengthens the synapse."),
        Wrong("a cause on both sides", _drift(worth=lambda a, b, tp, tm, lag, dt: a * math.exp(-lag / tp) - b * math.exp(-lag / tm)),
              "A caused pair has one order, pre before post: it is potentiated, and not depressed as well."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 10.4 bug hunt: a sign

RULES = (
    "right",
    "tutorial",
    "both up",
    "both down",
    "sizes crossed",
    "reads its own trace",
    "reads no trace",
    "forgets w",
    "does both",
)


def sign_inputs(seed):
    rng = np.random.default_rng([seed, 4])
    A, x, y = rng.uniform(0.008, 0.012), rng.uniform(0.3, 0.9), rng.uniform(1.2, 2.0)
    given = {"w": 0.5, "x": x, "y": y, "A_plus": A, "A_minus": 0.6 * A}
    names = {
        "right": "your test, on a rule that is right", "tutorial": "your test, on the rule of the tutorial",
        "both up": "your test, on a rule that only strengthens", "both down": "your test, on a rule that only weakens",
        "sizes crossed": "your test, on a rule of the right signs and wrong sizes",
        "reads its own trace": "your test, on a rule that reads the wrong trace",
        "reads no trace": "your test, on a rule that reads no trace",
        "forgets w": "your test, on a rule that returns the change alone",
        "does both": "your test, on a rule that does both at every spike",
    }  # fmt: skip
    return [
        Case("your rule, at a pre spike", {"spike": "pre", **given}),
        Case("your rule, at a post spike", {"spike": "post", **given}),
        Case("your rule, beyond 1", {"spike": "post", **given, "w": rng.uniform(1.2, 3.0)}),
        *(Case(name, {"rule": rule}) for rule, name in names.items()),
    ]


def sign_call(pair, inputs):
    """What the mended rule makes of w, or what the test says of a rule."""
    rule, passes = pair()
    if "spike" in inputs:
        return rule(**inputs)

    def judged(w, spike, x, y, A_plus, A_minus):
        pre = spike == "pre"
        return (0.0 if inputs["rule"] == "forgets w" else w) + {
            "right": -A_minus * y if pre else A_plus * x,
            "tutorial": A_plus * y if pre else -A_minus * x,
            "both up": A_minus * y if pre else A_plus * x,
            "both down": -A_minus * y if pre else -A_plus * x,
            "sizes crossed": -A_plus * y if pre else A_minus * x,
            "reads its own trace": -A_minus * x if pre else A_plus * y,
            "reads no trace": -A_minus if pre else A_plus,
            "forgets w": -A_minus * y if pre else A_plus * x,
            "does both": A_plus * x - A_minus * y,
        }[inputs["rule"]]

    verdict = passes(judged)
    return verdict if isinstance(verdict, str) else bool(verdict)


def sign_oracle(rule=None, w=None, spike=None, x=None, y=None, A_plus=None, A_minus=None):
    if rule is not None:
        return rule == "right"
    return w - A_minus * y if spike == "pre" else w + A_plus * x


def _test(changes, w=0.5, off=1e-9):
    """A test that looks at these (spike, x, y, A_plus, A_minus), and compares with the right rule."""

    def passes(rule):
        return all(
            abs(rule(w=w, spike=s, x=x, y=y, A_plus=a, A_minus=b) - sign_oracle(None, w, s, x, y, a, b)) < off
            for s, x, y, a, b in changes
        )

    return passes


def _signs_only(rule):
    given = {"w": 0.5, "x": 0.7, "y": 0.4, "A_plus": 0.01, "A_minus": 0.005}
    return rule(spike="pre", **given) < 0.5 < rule(spike="post", **given)


_FULL = _test([("pre", 0.7, 0.4, 0.01, 0.005), ("post", 0.7, 0.4, 0.01, 0.005)])


def _hand_in(rule=sign_oracle, passes=_FULL):
    return lambda: (rule, passes)


def _rule(pre, post):
    """A rule, from what it adds to w at a pre and at a post spike."""
    return lambda w, spike, x, y, A_plus, A_minus: (
        w + (pre if spike == "pre" else post)(x, y, A_plus, A_minus)
    )


def _insists(rule):
    """A test that stops with an error instead of saying False."""
    assert _FULL(rule)
    return True


def _soft(w, spike, x, y, A_plus, A_minus):
    return w - A_minus * y * w if spike == "pre" else w + A_plus * x * (1.0 - w)


SIGN = Exercise(
    id="10.4", title="Bug hunt: a window that looks right", points=4,
    inputs=sign_inputs, call=sign_call, oracle=sign_oracle, abs=1e-12, rel=0.0,
    hints=(
        "At a pre spike, which spikes of the other side have been before? Does that pair speak for the synapse, or against it?",
        "Compare both lines with equation (5), term by term: the sign, the amplitude, the trace. A test has to look at all three, on both sides.",
        "Pre: w - A_minus*y. Post: w + A_plus*x. A test hands in numbers that are all different, say x = 0.7, y = 0.4, A_plus = 0.01, "
        "A_minus = 0.005, and compares both results with what you computed by hand.",
    ),
    wrong=[
        Wrong("as in the tutorial", _hand_in(_rule(lambda x, y, p, m: p * y, lambda x, y, p, m: -m * x)),
              "The rule is as it was. Turning the axis of the picture is what hid the mistake: mend the rule."),
        Wrong("the pre side alone", _hand_in(_rule(lambda x, y, p, m: -m * y, lambda x, y, p, m: -m * x)),
              "The pre side is mended, the post side is not: now every pair weakens the synapse."),
        Wrong("the post side alone", _hand_in(_rule(lambda x, y, p, m: p * y, lambda x, y, p, m: p * x)),
              "The post side is mended, the pre side is not: now every pair strengthens the synapse."),
        Wrong("signs alone", _hand_in(_rule(lambda x, y, p, m: -p * y, lambda x, y, p, m: m * x)),
              "The signs are right, and each side has the amplitude of the other: A_minus belongs to depression."),
        Wrong("traces exchanged", _hand_in(_rule(lambda x, y, p, m: -m * x, lambda x, y, p, m: p * y)),
              "Signs and sizes are right. But each side reads its own trace, and so pairs a neuron with itself."),
        Wrong("a test that always passes", _hand_in(passes=lambda rule: True),
              "Your test lets these wrong rules pass: it must call the rule at both spikes, and compare with numbers that tell them from the right one."),
        Wrong("a test that never passes", _hand_in(passes=lambda rule: False),
              "Your test fails the right rule too: compute by hand what it must give."),
        Wrong("a test of signs", _hand_in(passes=_signs_only),
              "Your test looks at signs alone. A rule with crossed amplitudes, another trace or none has the right signs: compare the values."),
        Wrong("a test of the pre side", _hand_in(passes=_test([("pre", 0.7, 0.4, 0.01, 0.005)])),
              "Your test looks at pre spikes alone: a rule may be wrong on the other side."),
        Wrong("a test of the post side", _hand_in(passes=_test([("post", 0.7, 0.4, 0.01, 0.005)])),
              "Your test looks at post spikes alone: a rule may be wrong on the other side."),
        Wrong("a test with equal amplitudes", _hand_in(passes=_test([(s, 0.7, 0.4, 0.01, 0.01) for s in ("pre", "post")])),
              "With A_plus = A_minus your test can't see that they are exchanged: take two different numbers."),
        Wrong("a test with equal traces", _hand_in(passes=_test([(s, 0.5, 0.5, 0.01, 0.005) for s in ("pre", "post")])),
              "With x = y your test can't see which trace is read: take two different numbers."),
        Wrong("a test with traces of 1", _hand_in(passes=_test([(s, 1.0, 1.0, 0.01, 0.005) for s in ("pre", "post")])),
              "With both traces at 1 your test can't see whether a trace is read at all: take other numbers."),
        Wrong("a test with w = 0", _hand_in(passes=_test([(s, 0.7, 0.4, 0.01, 0.005) for s in ("pre", "post")], w=0.0)),
              "With w = 0 your test can't tell a weight from its change: take another w."),
        Wrong("a test with ones", _hand_in(passes=_test([(s, 1.0, 1.0, 1.0, 1.0) for s in ("pre", "post")], w=0.0)),
              "Where all numbers are 1, your test can't tell one from another: take numbers that are all different."),
        Wrong("a test with no other trace", _hand_in(passes=_test([("pre", 0.0, 0.4, 0.01, 0.005), ("post", 0.7, 0.0, 0.01, 0.005)])),
              "Where the trace that should not be read is 0, your test can't see that it is read: give both traces a value."),
        Wrong("a generous test", _hand_in(passes=_test([(s, 0.2, 0.7, 0.011, 0.023) for s in ("pre", "post")], off=0.01)),
              "Your test allows so large a difference that wrong rules pass: one spike changes w by hundredths."),
        Wrong("a test turned round", _hand_in(passes=lambda rule: not _FULL(rule)),
              "Your verdicts are all turned round: True is for the rule that is right."),
        Wrong("a test that stops", _hand_in(passes=_insists),
              "Your test stops with an error where a rule is wrong: it should return False (an assert is no answer)."),
        Wrong("a test in words", _hand_in(passes=lambda rule: str(_FULL(rule))),
              "Your test returns a text, and the text \"False\" counts as true in Python: return True or False themselves."),
        Wrong("amplitudes alone", _hand_in(_rule(lambda x, y, p, m: m * y, lambda x, y, p, m: -p * x)),
              "Each side has its own amplitude now, and still the wrong sign: which order of spikes makes a synapse stronger?"),
        Wrong("branches exchanged", _hand_in(_rule(lambda x, y, p, m: p * x, lambda x, y, p, m: -m * y)),
              "Both lines are right, and stand under the other spike: at a *post* spike the weight grows."),
        Wrong("nothing at a post spike", _hand_in(_rule(lambda x, y, p, m: -m * y, lambda x, y, p, m: 0.0)),
              "Nothing happens at a post spike in yours: there the synapse grows."),
        Wrong("nothing at a pre spike", _hand_in(_rule(lambda x, y, p, m: 0.0, lambda x, y, p, m: p * x)),
              "Nothing happens at a pre spike in yours: there the synapse shrinks."),
        Wrong("both at every spike", _hand_in(_rule(lambda x, y, p, m: p * x - m * y, lambda x, y, p, m: p * x - m * y)),
              "Yours strengthens and weakens at every spike: a pre spike reads y alone, and a post spike x alone."),
        Wrong("no trace", _hand_in(_rule(lambda x, y, p, m: -m, lambda x, y, p, m: p)),
              "Every pair counts in full in yours: where do the traces go?"),
        Wrong("the change alone", _hand_in(lambda w, spike, x, y, A_plus, A_minus: -A_minus * y if spike == "pre" else A_plus * x),
              "That is the change: the rule returns the weight after it."),
        Wrong("its own spike too", _hand_in(_rule(lambda x, y, p, m: -m * (y + 1.0), lambda x, y, p, m: p * (x + 1.0))),
              "The traces are those before this spike, and no 1 is added to them before they are read."),
        Wrong("a bound", _hand_in(lambda **g: min(max(sign_oracle(**g), 0.0), 1.0)),
              "Right between 0 and 1. No bounds here, says the docstring."),
        Wrong("soft bounds", _hand_in(_soft),
              "The step of your rule depends on w: equation (5) knows no such factor."),
    ],
)  # fmt: skip
