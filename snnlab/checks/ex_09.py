"""The exercises of lesson 09, Synapses."""

import functools
import math

import numpy as np

from snnlab.checks.exercise import Case, Exercise, Wrong

# ---------------------------------------------------------------- 09.1 when does a PSP peak?


def peak_inputs(seed):
    rng = np.random.default_rng([seed, 1])
    tau_m, tau_s, equal = rng.uniform(15.0, 30.0), rng.uniform(2.0, 8.0), rng.uniform(6.0, 14.0)
    slow = rng.uniform(44.0, 50.0, 2)

    def case(name, shape, tau_m, tau_s):
        return Case(name, {"shape": shape, "tau_m": tau_m, "tau_s": tau_s})

    return [
        case("exponential current, a slow membrane", "exponential", tau_m, tau_s),
        case("exponential current, a slow synapse", "exponential", tau_s, tau_m),
        case("exponential current, equal time constants", "exponential", equal, equal),
        case("alpha current, a slow membrane", "alpha", tau_m, tau_s),
        case("alpha current, equal time constants", "alpha", equal, equal),
        case("alpha current, both slow", "alpha", *slow),
    ]


def peak_time(shape, tau_m, tau_s):
    """The time of the peak, from the slope of v: bisection, the same for both shapes and all time constants."""
    from scipy.optimize import brentq

    import snnlab as snn

    synapse = {"exponential": snn.ExpCurrent, "alpha": snn.AlphaCurrent}[shape](tau_syn=tau_s)
    return brentq(
        lambda t: (
            snn.theory.psp(t * (1 + 1e-6), 1.0, synapse, snn.LIF(tau_m=tau_m))
            - snn.theory.psp(t * (1 - 1e-6), 1.0, synapse, snn.LIF(tau_m=tau_m))
        ),
        0.1 * min(tau_m, tau_s),
        3.0 * max(tau_m, tau_s),
    )


def _peaks(exponential, alpha=None):
    """An answer made of one for each shape; without the second, the first is used for both."""
    return lambda shape, tau_m, tau_s: (exponential if shape == "exponential" or alpha is None else alpha)(
        tau_m, tau_s
    )


def _right(shape):
    return lambda tau_m, tau_s: peak_time(shape, tau_m, tau_s)


def _formula(tau_m, tau_s):
    return tau_m if tau_m == tau_s else tau_m * tau_s / (tau_m - tau_s) * math.log(tau_m / tau_s)


def _at_equal(value):
    return lambda tau_m, tau_s: value(tau_m) if tau_m == tau_s else _formula(tau_m, tau_s)


PEAK = Exercise(
    id="09.1", title="When does a PSP peak?", points=3,
    inputs=peak_inputs, oracle=peak_time, abs=0.02, rel=0.0, unit="ms",
    hints=(
        "At the peak, v is neither rising nor falling. What does equation (1) then say about v and the current?",
        "Exponential: set the slope of (2) to zero and take logarithms. Alpha: no formula does it; draw v, or follow it "
        "in small steps, and look for its highest point.",
        "Exponential: exp(-t/tau_m)/tau_m = exp(-t/tau_s)/tau_s at the peak; solve for t, and take the limit for equal "
        "time constants with care. Alpha: simulate equation (1) with the current (3) for 3 (tau_m + tau_s), in steps "
        "of 0.01 ms, and return the time of the maximum.",
    ),
    wrong=[
        Wrong("the same formula for alpha", _peaks(_formula),
              "The exponential synapse is right, but you use its time for the alpha current too: that current rises "
              "slowly, and its PSP peaks later."),
        Wrong("the peak of the alpha current", _peaks(_formula, lambda tau_m, tau_s: tau_s),
              "tau_s is when the alpha *current* peaks. The membrane goes on charging after that."),
        Wrong("tau_m + tau_s below", _peaks(lambda tau_m, tau_s: tau_m * tau_s / (tau_m + tau_s) * abs(math.log(tau_m / tau_s)), _right("alpha")),
              "The time constants are added where the slope of (2) has their difference: write both slopes at the peak, and take the logarithm again."),
        Wrong("logarithm to base 10", _peaks(lambda tau_m, tau_s: tau_m if tau_m == tau_s else tau_m * tau_s / (tau_m - tau_s) * math.log10(tau_m / tau_s), _right("alpha")),
              "Too early by the factor 2.303: log10 is not the inverse of exp. Use np.log."),
        Wrong("negative times", _peaks(lambda tau_m, tau_s: tau_m if tau_m == tau_s else -tau_m * tau_s / (tau_m - tau_s) * math.log(tau_m / tau_s), _right("alpha")),
              "The peak comes before the spike: a sign is wrong, in the difference of the time constants or in the logarithm."),
        Wrong("absolute value of the difference alone", _peaks(lambda tau_m, tau_s: tau_m if tau_m == tau_s else tau_m * tau_s / abs(tau_m - tau_s) * math.log(tau_m / tau_s), _right("alpha")),
              "Right for a slow membrane, negative for a slow synapse: the difference and the logarithm change sign together, so leave both as they are."),
        Wrong("zero in the limit", _peaks(_at_equal(lambda tau: 0.0), _right("alpha")),
              "Equal time constants give 0 ms. 0/0 is not 0: let one constant come close to the other, and watch the time."),
        Wrong("half in the limit", _peaks(_at_equal(lambda tau: 0.5 * tau), _right("alpha")),
              "Equal time constants: try tau_s = 10 ms with tau_m = 10.1, and then 10.01 ms. What do the times tend to?"),
        Wrong("in seconds", lambda shape, tau_m, tau_s: peak_time(shape, tau_m, tau_s) / 1000.0,
              "A thousand times too early: the time is asked for in ms, and yours is in s."),
        Wrong("the height", lambda shape, tau_m, tau_s: _height(shape, tau_m, tau_s),
              "That is how high the PSP is, and not when: np.argmax gives the place of a maximum, np.max its value.",
              when=lambda given, t: any(abs(t - scale * _height(**given)) < 1e-4 * t for scale in (0.1, 1.0, 10.0, 100.0))),
        Wrong("the current's peak added", lambda shape, tau_m, tau_s: peak_time("exponential", tau_m, tau_s) + tau_s if shape == "alpha" else peak_time(shape, tau_m, tau_s),
              "Near for the alpha current, and only near: the two delays don't add up. Follow v numerically."),
        Wrong("a curve that ends too early", lambda shape, tau_m, tau_s: min(peak_time(shape, tau_m, tau_s), 49.99),
              "Right while all is over soon. With both time constants near 50 ms, which the docstring allows, the PSP still rises where your curve ends.",
              when=lambda given, t: min(given["tau_m"], given["tau_s"]) > 40.0 and 40.0 < t < peak_time(**given) - 0.5),
        Wrong("steps of 0.1 ms", lambda shape, tau_m, tau_s: math.floor(10.0 * peak_time(shape, tau_m, tau_s)) / 10.0,
              "Right to a step of 0.1 ms, and no better: the time is asked for to 0.02 ms, so take finer steps.",
              when=lambda given, t: abs(t - peak_time(**given)) < 0.11 and abs(10.0 * t - round(10.0 * t)) < 1e-6),
        Wrong("the index", lambda shape, tau_m, tau_s: round(100.0 * peak_time(shape, tau_m, tau_s)),
              "That is a place in the array, np.argmax's answer: ask the array of times for what stands there.",
              when=lambda given, t: isinstance(t, int) and t > 5.0 * peak_time(**given)),
        Wrong("the membrane of the lesson", lambda shape, tau_m, tau_s: peak_time(shape, 20.0, tau_s),
              "Your membrane is `lif`, with 20 ms, whatever tau_m is given: build one with this tau_m."),
        Wrong("the exponential's as the current's", lambda shape, tau_m, tau_s: tau_s if shape == "exponential" and tau_m != tau_s else peak_time(shape, tau_m, tau_s),
              "tau_s is no time of a peak here: the exponential current is highest at once, and the membrane goes on charging."),
    ],
)  # fmt: skip


def _height(shape, tau_m, tau_s):
    import snnlab as snn

    synapse = {"exponential": snn.ExpCurrent, "alpha": snn.AlphaCurrent}[shape](tau_syn=tau_s)
    return snn.theory.psp(peak_time(shape, tau_m, tau_s), 1.0, synapse, snn.LIF(tau_m=tau_m, R_m=1.0))


# ---------------------------------------------------------------- 09.2 bug hunt: one weight for two kinds


def match_inputs(seed):
    rng = np.random.default_rng([seed, 2])
    lif = {"tau_m": rng.uniform(15.0, 25.0), "R_m": rng.uniform(0.08, 0.12), "E_L": rng.uniform(-75.0, -65.0)}

    def case(name, w, tau_s, E_rev):
        return Case(name, {"w": w, "tau_s": tau_s, "E_rev": E_rev, **lif})

    return [
        case("a weak excitatory synapse", rng.uniform(5.0, 15.0), rng.uniform(3.0, 6.0), 0.0),
        case("a strong and slow excitatory synapse", rng.uniform(700.0, 900.0), rng.uniform(18.0, 22.0), 0.0),
        case("an inhibitory synapse", -rng.uniform(20.0, 30.0), rng.uniform(8.0, 12.0), lif["E_L"] - 10.0),
    ]


def conductance_area(g, tau_s, E_rev, tau_m, R_m, E_L):
    """The area in mV ms of the PSP of a conductance that jumps to g (nS), by scipy's solver."""
    from scipy.integrate import solve_ivp

    def slope(t, y):
        driven = R_m * g * math.exp(-t / tau_s) * (E_rev - E_L - y[0])
        return [(-y[0] + driven) / tau_m, y[0]]

    end = 12.0 * (tau_m + tau_s)
    return float(solve_ivp(slope, (0.0, end), [0.0, 0.0], rtol=1e-8, atol=1e-10, max_step=0.5).y[1, -1])


@functools.lru_cache(maxsize=256)
def matched_g(w, tau_s, E_rev, tau_m, R_m, E_L):
    """The conductance (nS) whose PSP has the area of a current synapse's, R_m w tau_s."""
    from scipy.optimize import brentq

    def off(g):
        return conductance_area(g, tau_s, E_rev, tau_m, R_m, E_L) - R_m * w * tau_s

    first = w / (E_rev - E_L)
    return brentq(off, 0.5 * first, 20.0 * first, rtol=1e-6)


@functools.lru_cache(maxsize=256)
def _by_height(w, tau_s, E_rev, tau_m, R_m, E_L):
    """The conductance whose PSP has the height of the current synapse's."""
    from scipy.integrate import solve_ivp
    from scipy.optimize import brentq

    import snnlab as snn

    lif = snn.LIF(tau_m=tau_m, R_m=R_m, E_L=E_L, v_reset=E_L, v_th=1e6)
    aim = abs(snn.theory.psp_peak(w, snn.ExpCurrent(tau_syn=tau_s), lif)[1])

    def off(g):
        def slope(t, y):
            return (-y + R_m * g * math.exp(-t / tau_s) * (E_rev - E_L - y)) / tau_m

        return np.abs(solve_ivp(slope, (0.0, 3.0 * (tau_m + tau_s)), [0.0], max_step=0.2).y).max() - aim

    first = w / (E_rev - E_L)
    return brentq(off, 0.5 * first, 20.0 * first, rtol=1e-5)


def _once_corrected(**given):
    """The first guess, corrected once by the ratio of the areas."""
    first = given["w"] / (given["E_rev"] - given["E_L"])
    membrane = {name: value for name, value in given.items() if name != "w"}
    return first * given["R_m"] * given["w"] * given["tau_s"] / conductance_area(first, **membrane)


def _rule(g):
    """An answer by a rule of thumb, that measures nothing."""
    return lambda w, tau_s, E_rev, tau_m, R_m, E_L: g(w, E_rev, E_L)


MATCH = Exercise(
    id="09.2", title="Bug hunt: one weight for two kinds of synapse", points=4,
    inputs=match_inputs, oracle=lambda **given: matched_g(**given), abs=0.0, rel=0.02, unit="nS", seconds=30.0,
    hints=(
        "Which unit has w, and which unit has a conductance? What turns one into the other?",
        "Near rest a conductance g drives the current g (E_rev - E_L). That gives a first guess. Then measure: psp_area is at hand.",
        "The first guess w/(E_rev - E_L) is too small when the PSP is large, since v comes closer to E_rev and the driving force shrinks. "
        "Search for the g whose measured area is that of the current synapse: halve an interval, or use scipy.optimize.brentq.",
    ),
    wrong=[
        Wrong("the same number for both", _rule(lambda w, E_rev, E_L: w),
              "This is the bug itself: a number of pA taken for a number of nS. A conductance times a voltage is a current."),
        Wrong("nA taken for nS", _rule(lambda w, E_rev, E_L: w / 1000.0),
              "w was turned from pA into nA, and is still a current: the conductance is a current divided by a voltage."),
        Wrong("at rest", _rule(lambda w, E_rev, E_L: w / (E_rev - E_L)),
              "Right while the PSP is small. In the strong case v comes near E_rev, the driving force shrinks, and the area is too small: measure it and correct g."),
        Wrong("the reversal potential alone", _rule(lambda w, E_rev, E_L: w / abs(E_rev) if E_rev else w / abs(E_L)),
              "What drives the current is the distance between E_rev and the membrane, not one of the two potentials."),
        Wrong("sign of the driving force", _rule(lambda w, E_rev, E_L: w / (E_L - E_rev)),
              "The conductance comes out negative: the driving force is E_rev - E_L, and a conductance is never below zero."),
        Wrong("equal height", lambda **given: _by_height(**given),
              "Nearly. You match the heights of the two PSPs, and that is not the same when the synapse is slow and strong: match the areas."),
        Wrong("pS", lambda **given: 1000.0 * matched_g(**given),
              "A thousand times too large: pA divided by mV is nS already."),
        Wrong("uS", _rule(lambda w, E_rev, E_L: w / (E_rev - E_L) / 1000.0),
              "A thousand times too small: pA divided by mV is nS, and no further factor is needed."),
        Wrong("twice", _rule(lambda w, E_rev, E_L: 2.0 * w / (E_rev - E_L)),
              "Twice as large as the first guess w/(E_rev - E_L), even where the PSP is small and the guess is right."),
        Wrong("corrected once", lambda **given: _once_corrected(**given),
              "One correction by the ratio of the areas is not enough in the strong case, since the area saturates: go on until it fits."),
        Wrong("the driving force of the text", _rule(lambda w, E_rev, E_L: abs(w) / 70.0),
              "You divide by 70 mV, which is E_rev - E_L in the text: take the E_rev and E_L that are given, and then correct for a large PSP."),
        Wrong("the driving force at threshold", _rule(lambda w, E_rev, E_L: w / (E_rev + 50.0)),
              "You take the driving force at threshold: a PSP starts at E_L."),
        Wrong("a negative conductance", lambda **given: math.copysign(matched_g(**given), given["w"]),
              "Right for excitation. For inhibition the conductance comes out negative: its sign is in E_rev, and it is never below zero itself."),
        Wrong("excitation only", lambda **given: matched_g(**{**given, "w": abs(given["w"]), "E_rev": 0.0}),
              "Right for excitation. The inhibitory synapse has a reversal potential of its own: use the E_rev that is given."),
        Wrong("the area with tau_m", lambda **given: matched_g(**{**given, "w": given["w"] * given["tau_m"] / given["tau_s"]}),
              "You match the area R_m w tau_m: that of a current synapse is R_m w tau_s."),
        Wrong("the area without tau_s", lambda **given: matched_g(**{**given, "w": given["w"] / given["tau_s"]}),
              "You match R_m w, and the area of the current synapse is tau_s times that."),
        Wrong("the neuron of the lesson", lambda **given: matched_g(**{**given, "tau_m": 20.0, "R_m": 0.1, "E_L": -70.0}),
              "This fits `lif`, the neuron of the lesson: use the tau_m, R_m and E_L that are given."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 09.3 the phase of two neurons

CHOICES = ("alternate", "together", "depends on the start")
ASKED = (1.5, 4.0, 8.0)  # ms, the values of tau_s that the exercise asks about


def phase_inputs(seed):
    rng = np.random.default_rng([seed, 3])
    T, start = rng.uniform(15.0, 25.0), rng.uniform(3.0, 12.0)

    def train(n, first):
        return first + T * np.arange(n)

    slowing = np.cumsum(np.linspace(0.6, 1.4, 30)) * T
    drifting = slowing[:-1] + np.linspace(0.1, 0.4, 29) * np.diff(slowing)
    return [
        Case("b fires 0.3 of a cycle after a", {"a": train(20, start), "b": train(20, start + 0.3 * T)}),
        Case("b fires before a", {"a": train(20, start + 0.8 * T), "b": train(20, start)}),
        Case("b falls silent two cycles early", {"a": train(20, start), "b": train(17, start + 0.62 * T)}),
        Case("the phase drifts, and the cycle grows", {"a": slowing, "b": drifting}),
        Case(
            "b fires twice in a cycle, and with a at the end",
            {"a": slowing[:12], "b": np.append(slowing[10] + np.array([0.3, 0.7]) * T, slowing[11])},
        ),
        Case(
            "b fires early, and once more with the last spike of a",
            {"a": slowing[:12], "b": np.array([slowing[8] + 0.2 * T, slowing[11]])},
        ),
        Case("both at the same times", {"a": train(12, start), "b": train(12, start)}),
        Case("b fires in the first cycle alone", {"a": train(8, start), "b": np.array([start + 0.35 * T])}),
        *(Case(f"what you say of tau_s = {tau_s:g} ms", {"tau_s": tau_s}) for tau_s in ASKED),
    ]


def phase_call(pair, inputs):
    """The phase of two given trains, or what the student says of the map."""
    final_phase, what_they_do = pair()
    if "tau_s" in inputs:
        said = what_they_do(inputs["tau_s"])
        return said.strip().lower() if isinstance(said, str) else said
    return final_phase(a=inputs["a"], b=inputs["b"])


def phase_of(a, b):
    """The phase of b in the last cycle of a that holds a spike of b."""
    for begin, end in zip(a[-2::-1], a[:0:-1], strict=True):
        inside = b[(b >= begin) & (b < end)]
        if len(inside):
            return float((inside[0] - begin) / (end - begin))
    return float("nan")


@functools.cache
def seen(tau_s):
    """Which of CHOICES two neurons do that inhibit each other, from eight starts: found by running them.

    Two `snn.LIF` at 300 pA, with alpha currents of w = -200/tau_s (pA), so that all carry the same charge, and a delay of 0.1 ms.
    """
    import snnlab as snn

    lif, starts = snn.LIF(), np.linspace(0.2, 0.8, 8)
    at = np.maximum(starts * snn.theory.lif_interval(300.0, lif) - lif.t_ref, 0.0)
    v = np.full(2 * len(starts), lif.v_reset)
    v[1::2] = snn.theory.lif_voltage(at, 300.0, lif, lif.v_reset)
    pop = snn.Population(lif, 2 * len(starts), receptors={"inh": snn.AlphaCurrent(tau_syn=tau_s)})
    each = np.arange(2 * len(starts))
    coupled = snn.Projection(pop, pop, pairs=(each, each ^ 1), w=-200.0 / tau_s, delay=0.1)
    spikes = snn.simulate(
        pop, I=300.0, t_stop=6000.0, dt=0.02, initial={"v": v}, projections=[coupled], seed=1
    ).spikes
    phases = np.array([phase_of(spikes.of(k), spikes.of(k + 1)) for k in each[::2]])
    apart = np.minimum(phases, 1.0 - phases)
    if (apart > 0.4).all():
        return CHOICES[0]
    return CHOICES[1] if (apart < 0.1).all() else CHOICES[2]


def phase_oracle(a=None, b=None, tau_s=None):
    return phase_of(a, b) if tau_s is None else seen(tau_s)


def _measured(final_phase):
    """A hand-in with this measure and the right words."""
    return lambda: (final_phase, seen)


def _said(*words):
    """A hand-in with the right measure and these words."""
    return lambda: (phase_of, dict(zip(ASKED, words, strict=True)).__getitem__)


def _held(begins, ends):
    """As `phase_of`, for cycles that hold their ends or not: b of a cycle are those for which both are true."""

    def phase(a, b):
        for begin, end in zip(a[-2::-1], a[:0:-1], strict=True):
            inside = b[begins(b, begin) & ends(b, end)]
            if len(inside):
                return float((inside[0] - begin) / (end - begin))
        return float("nan")

    return phase


def _but_some(first, last):
    """As `phase_of`, without so many cycles at the beginning and at the end of `a`; None if no other holds a spike."""

    def final_phase(a, b):
        a = a[first : len(a) - last]
        inside = np.any((b >= a[:-1, None]) & (b < a[1:, None])) if len(a) > 1 else False
        return phase_of(a, b) if inside else None

    return final_phase


def _very_last(a, b):
    """The phase in the very last cycle, 0 if it holds no spike."""
    return phase_of(a[-2:], b) if np.any((b >= a[-2]) & (b < a[-1])) else 0.0


PHASE = Exercise(
    id="09.3", title="Two neurons that inhibit each other", points=4,
    inputs=phase_inputs, call=phase_call, oracle=phase_oracle, abs=1e-6, rel=0.0, seconds=30.0,
    hints=(
        "Take one cycle of a, from a spike to the next: where in it does b fire, if the cycle counts as 1?",
        "Go through the cycles of a from the last one backwards. The first of them that holds a spike of b is the one.",
        "For begin, end = a[k], a[k + 1], the spikes of b with begin <= b < end are inside; the phase is "
        "(b - begin)/(end - begin) of the first of them. For the words, look at the rows of your map.",
    ),
    wrong=[
        Wrong("the first cycle", _measured(lambda a, b: (b[b >= a[0]][0] - a[0]) / (a[1] - a[0])),
              "This is the phase at the beginning. The pair needs time to settle: take the last cycle."),
        Wrong("a in the cycle of b", _measured(lambda a, b: phase_of(b, a) if not np.array_equal(a, b) else 0.0),
              "You measure a in the cycles of b, and it is asked the other way round."),
        Wrong("in ms", _measured(lambda a, b: phase_of(a, b) * _last_cycle(a, b)),
              "This is a time in ms: a phase is a part of the cycle, between 0 and 1."),
        Wrong("folded", _measured(lambda a, b: min(phase_of(a, b), 1.0 - phase_of(a, b))),
              "Right below 0.5, and mirrored above: a phase of 0.6 is not 0.4. Fold it for the picture if you like, not here."),
        Wrong("the last in the cycle", _measured(lambda a, b: phase_of(a, b[::-1]) if len(b) else 0.0),
              "Right where b fires once in a cycle. If it fires twice, the first counts."),
        Wrong("last minus last", _measured(lambda a, b: (b[-1] - a[-1]) / (a[-1] - a[-2])),
              "The last spike of b may come before the last of a, or cycles earlier: the phase must lie between 0 and 1, in a cycle of a that holds b."),
        Wrong("the mean over all cycles", _measured(lambda a, b: float(np.mean([phase_of(a[k:k + 2], b) for k in range(len(a) - 1) if np.any((b >= a[k]) & (b < a[k + 1]))]))),
              "Right while nothing changes, but the phase drifts: the mean of all cycles is not the phase in the end."),
        Wrong("1 instead of 0", _measured(_held(np.greater, np.less_equal)),
              "Two neurons that fire at the same times have phase 0: a spike at the beginning of a cycle belongs to it, one at its end to the next."),
        Wrong("divided by the first cycle", _measured(lambda a, b: phase_of(a, b) * _last_cycle(a, b) / (a[1] - a[0])),
              "Right while all cycles are as long as the first. Divide by the cycle in which you measure."),
        Wrong("both ends", _measured(_held(np.greater_equal, np.less_equal)),
              "Your cycles hold their end too. A spike of b at the last spike of a begins the next cycle, and that one never ends."),
        Wrong("the very last cycle", _measured(_very_last),
              "The last cycle of a may hold no spike of b: then go back until one does."),
        Wrong("not the first", _measured(_but_some(1, 0)),
              "The first cycle of a is never looked at: range(n, 0, -1) ends before 0."),
        Wrong("one too early", _measured(_but_some(0, 1)),
              "The last whole cycle of a is never looked at: it lies between a[-2] and a[-1]."),
        Wrong("counted to the next", _measured(lambda a, b: 1.0 - phase_of(a, b)),
              "You count from b to the next spike of a: the phase is counted from the spike of a that came before."),
        Wrong("degrees", _measured(lambda a, b: 360.0 * phase_of(a, b)),
              "That is in degrees: a whole cycle is 1 here."),
        Wrong("divided by the mean cycle", _measured(lambda a, b: phase_of(a, b) * _last_cycle(a, b) / np.diff(a).mean()),
              "You divide by the mean of all cycles: take the length of the one in which you measure."),
        Wrong("fast: together", _said(CHOICES[1], CHOICES[2], CHOICES[1]),
              "tau_s = 1.5 ms: look at the row again. A phase near 0.5 is half a cycle apart, and near 0 or 1 is together."),
        Wrong("slow: alternate", _said(CHOICES[0], CHOICES[2], CHOICES[0]),
              "tau_s = 8 ms: look at the row again. A phase of 0.98 is as near to 'together' as one of 0.02 is."),
        Wrong("between: alternate", _said(CHOICES[0], CHOICES[0], CHOICES[1]),
              "tau_s = 4 ms: do all starts end alike? Compare a start of 0.3 with one of 0.5."),
        Wrong("between: together", _said(CHOICES[0], CHOICES[1], CHOICES[1]),
              "tau_s = 4 ms: do all starts end alike? Compare one of 0.5 with one of 0.3."),
        Wrong("common sense", _said(CHOICES[1], CHOICES[2], CHOICES[0]),
              "The other way round: you may have followed common sense instead of the map. Fast inhibition separates these two."),
        Wrong("words of one's own", lambda: (phase_of, lambda tau_s: seen(tau_s).removesuffix(" on the start")),
              "Your function is right. Of tau_s, say one of the three texts as they stand in the exercise.",
              when=lambda given, said: "tau_s" in given and isinstance(said, str) and said not in CHOICES),
        Wrong("one word for all", _said(*(CHOICES[1],) * 3),
              "Your function is right, and a word is not. In the row of each tau_s, between 0.2 and 0.8: are the distances near 0.5, near 0, or some of each?",
              when=lambda given, said: "tau_s" in given and said in CHOICES),
    ],
)  # fmt: skip


def _last_cycle(a, b):
    """The length in ms of the cycle in which `phase_of` measures."""
    begin = next(s for s in a[-2::-1] if np.any((b >= s) & (b < a[np.searchsorted(a, s) + 1])))
    return float(a[np.searchsorted(a, begin) + 1] - begin)


# ---------------------------------------------------------------- 09.4 a network in Brian2


def brian2_inputs(seed):
    rng = np.random.default_rng([seed, 4])

    def case(name, n, pre, post, w, delay):
        given = {"n": n, "pre": np.array(pre), "post": np.array(post), "w": np.array(w), "delay": delay}
        I, v0 = rng.uniform(240.0, 320.0, n).round(1), rng.uniform(-69.0, -55.0, n).round(2)
        return Case(
            name, {**given, "tau_s": float(rng.choice([3.0, 5.0, 8.0])), "I": I, "v0": v0, "t_stop": 150.0}
        )

    ring = np.arange(5)
    return [
        case("one excites the other", 2, [0], [1], [rng.uniform(100.0, 200.0)], 1.5),
        case("two inhibit each other, unequally", 2, [0, 1], [1, 0], -rng.uniform(40.0, 120.0, 2), 0.8),
        case("a ring of five, with two shortcuts, one of them double", 5, [*ring, 0, 2, 0], [*(ring + 1) % 5, 3, 0, 3], rng.uniform(-80.0, 160.0, 8), 2.0),
    ]  # fmt: skip


def in_snnlab(n, pre, post, w, delay, tau_s, I, v0, t_stop, t_ref=2.0, late=0.0):
    """{"t": Brian2's stamps in ms, "i": neurons}, sorted, computed by snnlab's own engine."""
    import snnlab as snn

    pop = snn.Population(snn.LIF(t_ref=t_ref), n, receptors={"syn": snn.ExpCurrent(tau_syn=tau_s)})
    wires = snn.Projection(pop, pop, pairs=(pre, post), w=w, delay=delay)
    spikes = snn.simulate(pop, I=I, t_stop=t_stop, initial={"v": v0}, projections=[wires], seed=1).spikes
    return {"t": spikes.t - 0.1 + late, "i": spikes.i}


def brian2_call(network, inputs):
    """What the student's network fires, in the order of time and neuron."""
    import brian2
    import numpy as np

    brian2.prefs.codegen.target = "numpy"  # compiling so small a network would take most of the time allowed
    returned = network(**inputs)
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        raise TypeError("brian2_network must return two arrays: the times in ms, and the neurons")
    t, i = (np.asarray(part, dtype=float).ravel() for part in returned)
    if len(t) != len(i):
        raise TypeError(f"the two arrays must be of one length, got {len(t)} times and {len(i)} neurons")
    order = np.lexsort((i, np.round(t, 6)))
    return {"t": t[order], "i": i[order]}


def _but(**changes):
    """The right network but for these arguments, each a function of the given ones."""

    def wrong(**given):
        made = in_snnlab(**{**given, **{name: change(given) for name, change in changes.items()}})
        return made["t"], made["i"]

    return wrong


def _uncoupled(**given):
    made = in_snnlab(**{**given, "w": 0.0 * given["w"]})
    return made["t"], made["i"]


def _all_to_all(**given):
    n, mean = given["n"], float(np.asarray(given["w"])[0])
    pre, post = (part.ravel() for part in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
    made = in_snnlab(**{**given, "pre": pre, "post": post, "w": np.full(n * n, mean)})
    return made["t"], made["i"]


def _jump(n, pre, post, w, delay, tau_s, I, v0, t_stop):
    """A spike moves v itself, by R_m w."""
    import snnlab as snn

    pop = snn.Population(snn.LIF(), n, receptors={"syn": snn.Delta()})
    wires = snn.Projection(pop, pop, pairs=(pre, post), w=0.1 * np.asarray(w), delay=delay)
    spikes = snn.simulate(pop, I=I, t_stop=t_stop, initial={"v": v0}, projections=[wires], seed=1).spikes
    return spikes.t - 0.1, spikes.i


def _newest(n, pre, post, w, delay, tau_s, I, v0, t_stop):
    """A spike sets the current to w, and what was left of it is lost."""
    import snnlab as snn

    class Newest(snn.ExpCurrent):
        def arrive(g, w):
            g = w
            return g

    pop = snn.Population(snn.LIF(), n, receptors={"syn": Newest(tau_syn=tau_s)})
    wires = snn.Projection(pop, pop, pairs=(pre, post), w=w, delay=delay)
    spikes = snn.simulate(pop, I=I, t_stop=t_stop, initial={"v": v0}, projections=[wires], seed=1).spikes
    return spikes.t - 0.1, spikes.i


def _last_of_pair(given):
    """The weights if those of one pair of neurons overwrite each other."""
    of_pair = dict(zip(zip(given["pre"], given["post"], strict=True), given["w"], strict=True))
    return np.array([of_pair[pair] for pair in zip(given["pre"], given["post"], strict=True)])


def _of_right(change):
    """The right spikes (t, i), handed in otherwise."""
    return lambda **given: change(*in_snnlab(**given).values())


NETWORK = Exercise(
    id="09.4", title="Coupled neurons in Brian2", points=4,
    inputs=brian2_inputs, call=brian2_call, oracle=lambda **given: in_snnlab(**given), abs=1e-4, rel=0.0, seconds=60.0,
    hints=(
        "Build it in the order of the text above: the group, the synapses with on_pre, their connections, weights and delays, a monitor, the run. Which of them is missing?",
        "synapses.connect(i=pre, j=post) makes one synapse for each pair, and synapses.w = ... gives each its own weight. "
        "Compare the names that your equations use with the dictionary that you hand to run.",
        "on_pre='g_post += w' with w : amp; connect(i=pre, j=post); w = w*pA; delay = delay*ms; a refractory period of "
        "2.1 ms (Brian2 holds one step less than it says); return monitor.t/ms and monitor.i.",
    ),
    wrong=[
        Wrong("uncoupled", _uncoupled,
              "The neurons fire as if they were alone: were the synapses connected, given a weight, and made before the run, and is their delay in ms?"),
        Wrong("pre and post swapped", _but(pre=lambda g: g["post"], post=lambda g: g["pre"]),
              "The spikes go the wrong way: i is the neuron that sends, j the one that receives."),
        Wrong("weights in nA", _but(w=lambda g: 1000.0 * np.asarray(g["w"])),
              "Each spike acts a thousand times too strongly: the weights are given in pA, not in nA."),
        Wrong("no delay", _but(delay=lambda g: 0.0),
              "The spikes act at once: the delay of the synapses is missing."),
        Wrong("one step too few", _but(t_ref=lambda g: 1.9),
              "The neurons are held one step too few: Brian2 holds one step less than `refractory` says (lesson 01)."),
        Wrong("shifted stamps", _but(late=lambda g: 0.1),
              "All spikes are 0.1 ms late: the exercise asks for the times as Brian2 stamps them, so add nothing."),
        Wrong("all to all", _all_to_all,
              "More pairs are connected than were given: connect() without i and j connects all with all, and with themselves."),
        Wrong("the same weight for all", _but(w=lambda g: np.full(len(g["w"]), g["w"][0])),
              "Every synapse has the first weight: synapses.w = w*pA gives each its own, in the order of the pairs."),
        Wrong("the sign is lost", _but(w=lambda g: np.abs(g["w"])),
              "Inhibition excites: the weights are negative where a synapse inhibits, so keep their signs."),
        Wrong("starts at rest", _but(v0=lambda g: np.full(g["n"], -70.0)),
              "The first spikes are wrong already without any synapse: were the neurons started at v0?"),
        Wrong("another time constant", _but(tau_s=lambda g: 20.0),
              "The synaptic current fades too slowly: does dg/dt divide by tau_s, and is tau_s the one that was given?"),
        Wrong("the same current for all", _but(I=lambda g: np.full(g["n"], g["I"][0])),
              "All neurons get the current of the first: each has its own, I[k]."),
        Wrong("in seconds", _of_right(lambda t, i: (t / 1000.0, i)),
              "The times are in seconds: divide monitor.t by ms."),
        Wrong("the other order", _of_right(lambda t, i: (i, t)),
              "The two arrays are exchanged: first the times, then the neurons."),
        Wrong("g_pre", _but(post=lambda g: g["pre"]),
              "Each spike comes back to its sender: g_pre is the g of the neuron that fires, g_post that of the one that hears."),
        Wrong("a jump of v", _jump,
              "A spike moves v at once in yours: it should add w to g, the current, which then fades with tau_s."),
        Wrong("no refractory period", _but(t_ref=lambda g: 0.0),
              "The neurons are never held after a spike: refractory is missing, or \"(unless refractory)\" in the equation."),
        Wrong("the text's time constant", _but(tau_s=lambda g: 5.0),
              "tau_s is 5 ms in yours, as in the text: put the given one into the dictionary."),
        Wrong("no input", _but(I=lambda g: 0.0 * g["I"]),
              "No spike comes back: was the input I of the group set, and the monitor made before the run?"),
        Wrong("the text's delay", _but(delay=lambda g: 1.5),
              "The delay is 1.5 ms in yours, as in the text: use the given one."),
        Wrong("starts at 0 mV", _but(v0=lambda g: np.zeros(g["n"])),
              "All neurons fire in the first step: without v0 Brian2 starts them at 0 V, above threshold."),
        Wrong("longer than asked", _but(t_stop=lambda g: 2.0 * g["t_stop"]),
              "There are spikes after t_stop: run the given time, and once."),
        Wrong("the newest spike alone", _newest,
              "Each spike sets g to w, and what was left of the last one is lost: add with +=."),
        Wrong("one weight for a pair of neurons", _but(w=_last_of_pair),
              "Two synapses from one neuron to another have got the same weight: synapse k has w[k], whichever pair it joins."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 09.x1 Campbell on the grid


def campbell_inputs(seed):
    rng = np.random.default_rng([seed, 5])
    given = {"J": rng.uniform(0.05, 0.3), "nu": rng.uniform(2.0, 10.0), "tau_m": rng.uniform(10.0, 30.0)}
    return [
        Case("steps of 0.1 ms", {**given, "dt": 0.1}),
        Case("steps of 1 ms", {**given, "dt": 1.0}),
        Case("inhibition, steps of 2 ms", {**given, "J": -given["J"], "dt": 2.0}),
    ]


def campbell_call(campbell_on_grid, inputs):
    """[mean, sd] of a pair of numbers."""
    import numpy as np

    returned = campbell_on_grid(**inputs)
    if not isinstance(returned, (tuple, list, np.ndarray)) or len(returned) != 2:
        raise TypeError("campbell_on_grid must return two numbers: the mean, and the standard deviation")
    return list(returned)


def campbell(J, nu, tau_m, dt):
    return [
        J * nu * dt / -math.expm1(-dt / tau_m),
        abs(J) * math.sqrt(nu * dt / -math.expm1(-2.0 * dt / tau_m)),
    ]


CAMPBELL = Exercise(
    id="09.x1", title="Many inputs on a grid", points=0,
    inputs=campbell_inputs, oracle=campbell, rel=1e-6, abs=1e-9,
    call=campbell_call,
    hints=(
        "How much do all the jumps of one step bring on average, and how much of that is left k steps later?",
        "The mean is a geometric series with q = exp(-dt/tau_m). The variances of independent steps add up: what is q there?",
        "In one step there are nu dt jumps on average, with variance nu dt. The mean is J nu dt (1 + q + q^2 + ...), the "
        "variance J^2 nu dt (1 + q^2 + q^4 + ...). A standard deviation is never negative.",
    ),
    wrong=[
        Wrong("continuous time", lambda J, nu, tau_m, dt: (J * nu * tau_m, abs(J) * math.sqrt(nu * tau_m / 2.0)),
              "This is (7): it does not know dt. On a grid of 1 ms the difference shows."),
        Wrong("the variance", lambda J, nu, tau_m, dt: (campbell(J, nu, tau_m, dt)[0], campbell(J, nu, tau_m, dt)[1] ** 2),
              "The mean is right; the second number is the variance: take the root."),
        Wrong("the same series for both", lambda J, nu, tau_m, dt: (campbell(J, nu, tau_m, dt)[0], abs(J) * math.sqrt(nu * dt / -math.expm1(-dt / tau_m))),
              "The mean is right. In the variance the weights are squared, and so is q."),
        Wrong("a negative spread", lambda J, nu, tau_m, dt: (campbell(J, nu, tau_m, dt)[0], math.copysign(1.0, J) * campbell(J, nu, tau_m, dt)[1]),
              "Right for excitation; for inhibition the standard deviation is negative, which it can't be."),
        Wrong("seen one step later", lambda J, nu, tau_m, dt: (campbell(J, nu, tau_m, dt)[0] * math.exp(-dt / tau_m), campbell(J, nu, tau_m, dt)[1] * math.exp(-dt / tau_m)),
              "A little too small: the newest jumps count in full, so that the series begins with 1."),
        Wrong("rates per step", lambda J, nu, tau_m, dt: (campbell(J, nu, tau_m, dt)[0] / dt, campbell(J, nu, tau_m, dt)[1] / math.sqrt(dt)),
              "Right for dt = 1 ms alone: nu is per ms, and one step brings nu dt jumps."),
        Wrong("steps of 0.1 ms for all", lambda J, nu, tau_m, dt: campbell(J, nu, tau_m, 0.1),
              "Your step is always 0.1 ms: use the given dt."),
        Wrong("the other order", lambda J, nu, tau_m, dt: campbell(J, nu, tau_m, dt)[::-1],
              "The two numbers are exchanged: first the mean, then the standard deviation."),
    ],
)  # fmt: skip
