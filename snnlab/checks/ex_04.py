"""The exercises of lesson 04, Many patterns from two equations. The bug hunt stands in `hunt_04.py`."""

import math

import numpy as np

from snnlab.checks.ex_01 import NoStudentError
from snnlab.checks.exercise import Case, Exercise, Wrong, own
from snnlab.checks.hunt_04 import HUNT  # noqa: F401  (an exercise of this lesson)

# ---------------------------------------------------------------- 04.1 six neurons by name

KINDS = {  # a, b, c, d: Izhikevich (2003), figure 2
    "RS": (0.02, 0.2, -65.0, 8.0),
    "IB": (0.02, 0.2, -55.0, 4.0),
    "CH": (0.02, 0.2, -50.0, 2.0),
    "FS": (0.1, 0.2, -65.0, 2.0),
    "LTS": (0.02, 0.25, -65.0, 2.0),
    "TC": (0.02, 0.25, -65.0, 0.05),
}


def hidden_neurons(student):
    """Six neurons, one of each kind, in an order and with parameters of the student's own.

    Returns a list of {"kind", "a", "b", "c", "d"}. Raises NoStudentError (a ValueError) for an empty id.
    """
    if student is None or not str(student).strip():
        raise NoStudentError
    made = []
    for kind, (a, b, c, d) in KINDS.items():
        drawn = own(f"{student} {kind}", "04.1", a=(0.95, 1.05), b=(-0.002, 0.002), c=(-1.0, 0.0), d=(0.98, 1.1),
                    place=(0.0, 1.0))  # fmt: skip
        made.append((drawn["place"], {"kind": kind, "a": a * drawn["a"], "b": b + drawn["b"], "c": c + drawn["c"],
                                      "d": d * drawn["d"]}))  # fmt: skip
    return [neuron for _, neuron in sorted(made, key=lambda pair: pair[0])]


def six_neurons(student):
    """Six neurons to experiment with: a list of functions fire(I, t_stop=500.0).

    Each takes a current in mV/ms, a number or a stimulus such as snn.step(...), and returns the times of the
    spikes in ms, as an array. Raises NoStudentError for an empty id.

    >>> fire = six_neurons("ada")[0]
    >>> len(fire(0.0)), len(fire(10.0)) > 5
    (0, True)
    """
    return [_fire(neuron) for neuron in hidden_neurons(student)]


def _fire(neuron):
    import snnlab as snn

    model = snn.Izhikevich(**{name: neuron[name] for name in "abcd"})

    def fire(I, t_stop=500.0):
        return snn.simulate(model, I=I, t_stop=t_stop).spikes.t

    return fire


def pattern_inputs(seed, student):
    people = {"your neuron": student, "an unseen neuron,": f"stranger {seed}"}
    return [
        Case(f"{name} {k}", {key: neuron[key] for key in "abcd"}, {"kind": neuron["kind"]})
        for name, who in people.items()
        for k, neuron in enumerate(hidden_neurons(who))
    ]


def experiment(identify, inputs):
    """What the student's function says of one neuron, of which it sees nothing but spikes."""
    import snnlab as snn

    neuron = snn.Izhikevich(a=inputs["a"], b=inputs["b"], c=inputs["c"], d=inputs["d"])

    def fire(I, t_stop=500.0):
        return snn.simulate(neuron, I=I, t_stop=t_stop).spikes.t

    return identify(fire)


def pattern(fire):
    """The name of a neuron's pattern, by two experiments."""
    import snnlab as snn

    gaps, rebound = np.diff(fire(10.0)), fire(snn.step(-10.0, 0.0, 200.0))
    late = gaps[len(gaps) // 2 :]
    if len(rebound):
        return "TC" if late.mean() < 7.0 else "LTS"
    if late.max() > 3.0 * late.min():
        return "CH"
    if late.mean() > 5.0 * gaps[0]:
        return "IB"
    return "FS" if late.mean() < 15.0 else "RS"


def judge_pattern(inputs, output):
    """The right word; for another one, what a neuron of that name would have done (a run of it), and this one did."""
    if not isinstance(output, str) or output.strip().upper() not in KINDS:
        return False, f"must be one of the words {', '.join(KINDS)}"
    said = output.strip().upper()
    if said == inputs["kind"]:
        return True, ""
    import snnlab as snn

    named = _fire(dict(zip("abcd", KINDS[said], strict=True)))
    this = _fire(inputs)
    released = snn.step(-10.0, 0.0, 200.0)
    counts = {
        "at I = 10": (len(named(10.0)), len(this(10.0))),
        "at I = 3": (len(named(3.0)), len(this(3.0))),
        "after I = -10 has ended": (len(named(released)), len(this(released))),
    }
    where = max(counts, key=lambda name: abs(math.log((counts[name][0] + 1) / (counts[name][1] + 1))))
    a, b = counts[where]
    text = (
        f"you say {said}, and that neuron makes {_spikes(a)} in 500 ms {where}; this one makes {_spikes(b)}"
    )
    return False, text


def _spikes(n):
    return f"{n} spike{'' if n == 1 else 's'}" if n else "no spike"


def _mistaken(**said):
    """A student's function that is right but for some kinds, which it takes for others."""

    def identify(fire):
        kind = pattern(fire)
        return said.get(kind, kind)

    return identify


PATTERNS = Exercise(
    id="04.1", title="Six patterns by name", points=4, extras={"student": "ada"}, seconds=60.0,
    inputs=pattern_inputs, call=experiment, judge=judge_pattern,
    hints=(
        "Which two names of the table differ only at the beginning of a train, and which two only below rest?",
        "np.diff(fire(10.0)) are the intervals: compare the first with those of the second half, and the shortest of the "
        "second half with its longest. fire(snn.step(-10.0, 0.0, 200.0)) shows who fires when an inhibition ends.",
        "A rebound makes it LTS or TC, and the rate at I = 10 tells which. Of the others, CH has short and long "
        "intervals to the end; IB begins with intervals many times shorter than its later ones; FS is several times "
        "faster than RS.",
    ),
    wrong=[
        Wrong("IB taken for CH", _mistaken(IB="CH"),
              "A neuron that bursts once, at the beginning, is called CH: look at the second half of the train."),
        Wrong("IB taken for RS", _mistaken(IB="RS"),
              "A neuron whose train begins with a burst is called RS: how short is the first interval, next to the later ones?"),
        Wrong("CH taken for IB", _mistaken(CH="IB"),
              "A neuron that goes on to burst is called IB: does the burst come once, or again and again?"),
        Wrong("CH taken for FS", _mistaken(CH="FS"),
              "A neuron that bursts is called FS: many spikes are not enough, their intervals must be about equal."),
        Wrong("LTS taken for RS", _mistaken(LTS="RS"),
              "Both adapt, and you call the LTS neuron RS: what does each do at a weak current, or when an inhibition ends?"),
        Wrong("LTS taken for IB", _mistaken(LTS="IB"),
              "The first intervals of LTS are short, too, but they grow little by little: try a weak current or the end of an inhibition."),
        Wrong("LTS taken for FS", _mistaken(LTS="FS"),
              "LTS and FS are both fast, and you call LTS FS: only one of them answers to I = 3, or when an inhibition ends."),
        Wrong("FS taken for LTS", _mistaken(FS="LTS"),
              "LTS and FS are both fast, and you call FS LTS: the low threshold is what the name says. Test it."),
        Wrong("FS taken for RS", _mistaken(FS="RS"),
              "A neuron with intervals of a few ms is called RS: how many spikes does an RS neuron make at I = 10?"),
        Wrong("TC taken for FS", _mistaken(TC="FS"),
              "TC and FS are both fast and hardly adapt: what happens when you pull v down for a while and let go?"),
        Wrong("TC taken for LTS", _mistaken(TC="LTS"),
              "TC and LTS both rebound, and you call TC LTS: which of the two adapts at I = 10?"),
        Wrong("LTS taken for TC", _mistaken(LTS="TC"),
              "TC and LTS both rebound, and you call LTS TC: which of the two adapts at I = 10?"),
        Wrong("never pulled down", _mistaken(LTS="RS", TC="FS"),
              "Two kinds are missing from your answers, those that answer to the end of an inhibition: inject a negative current, and stop."),
        Wrong("no look at the intervals", _mistaken(IB="RS", CH="FS"),
              "You tell fast from slow, but not single spikes from bursts: compare the intervals with each other, not only their number."),
        Wrong("RS and IB exchanged", _mistaken(RS="IB", IB="RS"),
              "RS and IB have changed places: one of them begins with intervals of a few ms, the other adapts little by little."),
        Wrong("RS and FS exchanged", _mistaken(RS="FS", FS="RS"),
              "RS and FS have changed places: fast spiking is many spikes at even intervals."),
        Wrong("IB and CH exchanged", _mistaken(IB="CH", CH="IB"),
              "IB and CH have changed places: the burst that comes once, at the beginning, is IB's."),
        Wrong("LTS and TC exchanged", _mistaken(LTS="TC", TC="LTS"),
              "LTS and TC have changed places: which of the two adapts at I = 10?"),
        Wrong("the rebound upside down", _mistaken(LTS="RS", RS="LTS", TC="FS", FS="TC"),
              "Your answer to the rebound is upside down: it is LTS and TC that fire when an inhibition ends, RS and FS that don't."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 04.2 the published step


def step_inputs(seed):
    rng = np.random.default_rng([seed, 2])

    def case(name, I, dt, ceiling, kind="RS"):
        a, b, c, d = KINDS[kind]
        a, b = a * rng.uniform(0.9, 1.1), b + rng.uniform(-0.01, 0.0)
        given = {"dt": dt, "a": a, "b": b, "c": c, "d": d, "v_peak": 30.0, "ceiling": ceiling}
        return Case(name, {"kind": "run", "v": -70.0, "u": -70.0 * b, "I": I, **given})

    def extra(name, v, dt):
        given = {"a": rng.uniform(0.02, 0.1), "b": rng.uniform(0.2, 0.25), "v_peak": 30.0}
        return Case(name, {"kind": "extra", "v": v, "dt": dt, **given})

    on, top = rng.uniform(9.0, 11.0), rng.uniform(12.0, 15.0)
    return [
        case("your step, below threshold, dt = 1 ms", np.full(30, 2.0), 1.0, math.inf),
        case("your step, through spikes, no ceiling", np.full(60, on), 1.0, math.inf),
        case("your step, through spikes, ceiling 30 mV", np.full(60, on), 1.0, 30.0),
        case("your step, on a ramp, dt = 0.5 ms, ceiling 40 mV", np.linspace(5.0, top, 80), 0.5, 40.0, "FS"),
        extra("your extra_u, at dt = 1 ms", rng.uniform(200.0, 800.0), 1.0),
        extra("your extra_u, at dt = 0.5 ms", rng.uniform(100.0, 300.0), 0.5),
    ]


def step_run(pair, inputs):
    """v and u after each step, before a reset; or the student's extra u."""
    import numpy as np

    half_step, extra_u = pair()
    if inputs["kind"] == "extra":
        return extra_u(v=inputs["v"], dt=inputs["dt"], a=inputs["a"], b=inputs["b"], v_peak=inputs["v_peak"])
    v, u, trace = inputs["v"], inputs["u"], {"v": [], "u": []}
    given = {name: inputs[name] for name in ("dt", "a", "b", "ceiling")}
    for I in inputs["I"]:
        if abs(v) > 1e9 or abs(u) > 1e9:  # it ran away: no error of the student's arithmetic is to say so
            trace["v"].append(np.inf)
            trace["u"].append(np.inf)
            continue
        returned = half_step(v=v, u=u, I=float(I), **given)
        try:
            v, u = returned
        except (TypeError, ValueError):
            raise TypeError("half_step must return two values: v, u") from None
        if isinstance(returned, (dict, str)) or isinstance(v, str) or isinstance(u, str):
            raise TypeError("half_step must return two numbers, v and u, and not a dictionary or texts")
        trace["v"].append(v)
        trace["u"].append(u)
        if v >= inputs["v_peak"]:
            v, u = inputs["c"], u + inputs["d"]
    return trace


def slope(v, u, I):
    return 0.04 * v**2 + 5.0 * v + 140.0 - u + I


def half_step(v, u, I, dt, a, b, ceiling):
    v = v + 0.5 * dt * slope(v, u, I)
    v = v + 0.5 * dt * slope(v, u, I)
    return v, u + dt * a * (b * min(v, ceiling) - u)


def extra_u(v, dt, a, b, v_peak):
    return dt * a * b * (v - v_peak)


def _two(step=half_step, extra=extra_u):
    return lambda: (step, extra)


def _step(v_new, u_new):
    """A wrong step from two functions: v_new(v, u, I, dt), u_new(old v, new v, u, dt, a, b, ceiling)."""

    def step(v, u, I, dt, a, b, ceiling):
        new = v_new(v, u, I, dt)
        return new, u_new(v, new, u, dt, a, b, ceiling)

    return step


def _halves(v, u, I, dt):
    v = v + 0.5 * dt * slope(v, u, I)
    return v + 0.5 * dt * slope(v, u, I)


def _whole(v, u, I, dt):
    return v + dt * slope(v, u, I)


def _read_new(old, new, u, dt, a, b, ceiling):
    return u + dt * a * (b * min(new, ceiling) - u)


def _u_in_halves(v, u, I, dt, a, b, ceiling):
    for _ in range(2):
        v = v + 0.5 * dt * slope(v, u, I)
        u = u + 0.5 * dt * a * (b * min(v, ceiling) - u)
    return v, u


def _u_between(v, u, I, dt, a, b, ceiling):
    v = v + 0.5 * dt * slope(v, u, I)
    u = u + dt * a * (b * min(v, ceiling) - u)
    return v + 0.5 * dt * slope(v, u, I), u


def _v_clipped(v, u, I, dt, a, b, ceiling):
    v, u = half_step(v, u, I, dt, a, b, ceiling)
    return min(v, ceiling), u


def _capped_halves(v, u, I, dt, a, b, ceiling):
    v = min(v + 0.5 * dt * slope(v, u, I), ceiling)
    v = v + 0.5 * dt * slope(v, u, I)
    return v, u + dt * a * (b * min(v, ceiling) - u)


def _from_the_old_v(v, u, I, dt):
    middle = v + 0.5 * dt * slope(v, u, I)
    return v + 0.5 * dt * slope(middle, u, I)


def _current_once(v, u, I, dt):
    v = v + 0.5 * dt * slope(v, u, I)
    return v + 0.5 * dt * slope(v, u, 0.0)


def _heun(v, u, I, dt):
    return v + 0.5 * dt * (slope(v, u, I) + slope(v + dt * slope(v, u, I), u, I))


def _u_pushes(v, u, I, dt):
    v = v + 0.5 * dt * slope(v, -u, I)
    return v + 0.5 * dt * slope(v, -u, I)


def _resets_itself(**given):
    v, u = half_step(**given)
    return (-65.0, u + 8.0) if v >= 30.0 else (v, u)


def _changes_alone(**given):
    v, u = half_step(**given)
    return v - given["v"], u - given["u"]


HALF_STEP = Exercise(
    id="04.2", title="One neuron, three integrators", points=3,
    inputs=step_inputs, call=step_run, oracle=lambda **case: step_run(_two(), case), rel=1e-9,
    hints=(
        "In which order do v and u move, and which v does each of the three moves start from?",
        "Each half step adds dt/2 times the slope of equation (5) at the present v. After the second, u adds dt a (b v - u) "
        "with the v that stands there now, or with the ceiling, if that is lower.",
        "v moves twice by dt/2, the second time with a slope computed anew; u does not change in between. u then reads "
        "min(v, ceiling). extra_u is the difference of two such changes of u: one with v, one with v_peak.",
    ),
    wrong=[
        Wrong("Euler", _two(_step(_whole, lambda old, new, u, dt, a, b, ceiling: u + dt * a * (b * min(old, ceiling) - u))),
              "This is Euler's step: v goes in one piece, and u reads the v from before it. The program does neither."),
        Wrong("u reads the old v", _two(_step(_halves, lambda old, new, u, dt, a, b, ceiling: u + dt * a * (b * min(old, ceiling) - u))),
              "v is right, but u reads the v from before the step: in the program u comes last."),
        Wrong("one slope for both halves", _two(_step(_whole, _read_new)),
              "Both half steps use the same slope, which makes one whole step: compute it again where the first half ended."),
        Wrong("two whole steps", _two(_step(lambda v, u, I, dt: _whole(_whole(v, u, I, dt), u, I, dt), _read_new)),
              "v moves twice as far as it should: each of the two moves takes half of dt."),
        Wrong("one half step alone", _two(_step(lambda v, u, I, dt: v + 0.5 * dt * slope(v, u, I), _read_new)),
              "v moves half as far as it should: there are two half steps."),
        Wrong("u in two halves", _two(_u_in_halves),
              "u moves between the half steps of v, too: it is to move once, after both."),
        Wrong("u between the halves", _two(_u_between),
              "u moves between the two half steps of v: it comes last, and reads the v that is returned."),
        Wrong("no ceiling", _two(_step(_halves, lambda old, new, u, dt, a, b, ceiling: u + dt * a * (b * new - u))),
              "Right without a ceiling, and the same with one: where does u read it?"),
        Wrong("always the ceiling", _two(_step(_halves, lambda old, new, u, dt, a, b, ceiling: u + dt * a * (b * (new if math.isinf(ceiling) else ceiling) - u))),
              "With a ceiling, u reads the ceiling at every step: it is to read v as long as v is lower."),
        Wrong("v cut off, too", _two(_v_clipped),
              "The v that you return stops at the ceiling: the ceiling is for what u reads, v itself keeps its overshoot."),
        Wrong("u without its decay", _two(_step(_halves, lambda old, new, u, dt, a, b, ceiling: u + dt * a * b * min(new, ceiling))),
              "u never decays: its slope is a (b v - u), and one of the two terms is missing."),
        Wrong("u without a", _two(_step(_halves, lambda old, new, u, dt, a, b, ceiling: u + dt * (b * min(new, ceiling) - u))),
              "u follows v at once: how fast it moves is the parameter a."),
        Wrong("u without dt", _two(_step(_halves, lambda old, new, u, dt, a, b, ceiling: u + a * (b * min(new, ceiling) - u))),
              "Right at dt = 1 ms and wrong at 0.5 ms: u moves as far in half the step. Where does dt go?"),
        Wrong("no current", _two(lambda v, u, I, dt, a, b, ceiling: half_step(v, u, 0.0, dt, a, b, ceiling)),
              "v moves as if no current flowed: where does I stand in its slope?"),
        Wrong("returned in another order", _two(lambda **given: half_step(**given)[::-1]),
              "v and u seem to have changed places: return v first."),
        Wrong("extra: the whole v", _two(half_step, lambda v, dt, a, b, v_peak: dt * a * b * v),
              "Your step is right. extra_u counts all of v: what u would have gained from v_peak is no extra."),
        Wrong("extra: no dt", _two(half_step, lambda v, dt, a, b, v_peak: a * b * (v - v_peak)),
              "Your step is right. extra_u is as large for half the step: for how long does u read the wrong v?"),
        Wrong("extra: in mV", _two(half_step, lambda v, dt, a, b, v_peak: v - v_peak),
              "Your step is right. extra_u is the overshoot itself, in mV: by how much does it move u?"),
        Wrong("extra: without a", _two(half_step, lambda v, dt, a, b, v_peak: dt * b * (v - v_peak)),
              "Your step is right. extra_u forgets how slowly u follows: where does a stand in its slope?"),
        Wrong("extra: without b", _two(half_step, lambda v, dt, a, b, v_peak: dt * a * (v - v_peak)),
              "Your step is right. extra_u forgets by how much u answers to v: write du with v and with v_peak, and subtract."),
        Wrong("extra: half a step", _two(half_step, lambda v, dt, a, b, v_peak: 0.5 * dt * a * b * (v - v_peak)),
              "Your step is right. extra_u is half of what it should be: v moves in two halves, and u in one whole step."),
        Wrong("extra: sign", _two(half_step, lambda v, dt, a, b, v_peak: dt * a * b * (v_peak - v)),
              "Your step is right. extra_u has the wrong sign: a v that is too high makes u larger."),
        Wrong("the larger of both", _two(_step(_halves, lambda old, new, u, dt, a, b, ceiling: u + dt * a * (b * max(new, ceiling) - u))),
              "u reads v or the ceiling, whichever is *lower*: yours reads the higher one, and without a ceiling that is infinite."),
        Wrong("the reset inside", _two(_resets_itself),
              "Your step resets v: the reset is not yours, the check does it. Return v as it is, overshoot and all."),
        Wrong("cut off between the halves", _two(_capped_halves),
              "v is cut off at the ceiling between the two halves: the ceiling is for what u reads alone."),
        Wrong("steps of 1 ms", _two(lambda v, u, I, dt, a, b, ceiling: half_step(v, u, I, 1.0, a, b, ceiling)),
              "Right at dt = 1 ms and wrong at 0.5 ms: your step lasts 1 ms, whatever dt is."),
        Wrong("the second half from the old v", _two(_step(_from_the_old_v, _read_new)),
              "The second half step has the right slope, and starts from the v before the first: it is to go on from where that ended."),
        Wrong("the mean of two slopes", _two(_step(_heun, _read_new)),
              "That is Heun's step, the mean of the slopes at both ends: the program takes half a step, computes the slope there, and takes another half."),
        Wrong("the current once", _two(_step(_current_once, _read_new)),
              "The current flows in the first half step alone: it belongs to the slope, and both halves have one."),
        Wrong("u pushes", _two(_step(_u_pushes, _read_new)),
              "u drives v up in yours: look at its sign in (5)."),
        Wrong("u the wrong way", _two(_step(_halves, lambda old, new, u, dt, a, b, ceiling: u - dt * a * (b * min(new, ceiling) - u))),
              "v is right in the first step, and u runs away from b v: look at the sign of its slope."),
        Wrong("a for b v alone", _two(_step(_halves, lambda old, new, u, dt, a, b, ceiling: u + dt * (a * b * min(new, ceiling) - u))),
              "u decays too fast: a stands in front of the whole bracket, (b v - u)."),
        Wrong("no 140", _two(lambda v, u, I, dt, a, b, ceiling: half_step(v, u, I - 140.0, dt, a, b, ceiling)),
              "v falls from the start: is a term of its slope missing? There are five."),
        Wrong("the changes alone", _two(_changes_alone),
              "You return by how much v and u change: asked for are v and u themselves, at t + dt."),
        Wrong("extra: of v_peak", _two(half_step, lambda v, dt, a, b, v_peak: dt * a * b * v_peak),
              "Your step is right. extra_u is what u gains from v_peak: asked for is by how much v gives more."),
        Wrong("extra: over dt", _two(half_step, lambda v, dt, a, b, v_peak: a * b * (v - v_peak) / dt),
              "Your step is right. extra_u grows as the steps get finer: the shorter u reads the wrong v, the less it gains."),
        Wrong("extra: b for v alone", _two(half_step, lambda v, dt, a, b, v_peak: dt * a * (b * v - v_peak)),
              "Your step is right. In extra_u, b belongs to v_peak as it does to v."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 04.3 a LIF neuron as a sum of kernels


def srm_inputs(seed):
    rng = np.random.default_rng([seed, 3])

    def case(name, I, dt, t_ref):
        E_L = rng.uniform(-75.0, -65.0)
        return Case(name, {"I": I, "dt": dt, "tau_m": rng.uniform(10.0, 25.0), "R_m": rng.uniform(0.08, 0.12), "E_L": E_L,
                           "v_th": E_L + rng.uniform(14.0, 18.0), "v_reset": E_L + rng.uniform(3.0, 6.0), "t_ref": t_ref})  # fmt: skip

    weak, on = rng.uniform(50.0, 90.0), rng.uniform(500.0, 700.0)
    uneven = np.repeat(rng.uniform(200.0, 900.0, 16), 10)
    return [
        case("no spike yet, a pulse of current", np.where(np.arange(80) < 40, weak, 0.0), 0.2, 2.0),
        case("a constant current, t_ref = 2 ms", np.full(140, on), 0.2, 2.0),
        case("an uneven current, t_ref = 3 ms", uneven, 0.2, 3.0),
        case("an uneven current in coarse steps, t_ref = 0", uneven[::2], 0.5, 0.0),
    ]


def srm_run(voltage, inputs):
    """v at each grid time, and the steps that end in a spike; the student's function says v, and nothing else."""
    given = {name: inputs[name] for name in ("dt", "tau_m", "R_m", "E_L", "v_reset", "t_ref")}
    held, last, trace, spikes = round(inputs["t_ref"] / inputs["dt"]), None, [], []
    for k in range(1, len(inputs["I"]) + 1):
        v = voltage(k=k, last=last, I=inputs["I"], **given)
        if getattr(v, "ndim", 0) or not hasattr(v, "__float__"):
            raise TypeError(
                f"srm_voltage must return one number, and returns a value of type {type(v).__name__}"
            )
        if v >= inputs["v_th"] and (last is None or k > last + held):
            last, v = k, inputs["v_reset"]
            spikes.append(k)
        trace.append(v)
    return {"v": trace, "spikes": spikes}


def lif_run(I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    """The same by the exact update of lesson 01, step by step."""
    v, left, trace, spikes = E_L, 0, [], []
    for k, current in enumerate(I, start=1):
        if left > 0:
            left -= 1
        else:
            v_inf = E_L + R_m * current
            v = v_inf + (v - v_inf) * math.exp(-dt / tau_m)
            if v >= v_th:
                v, left = v_reset, round(t_ref / dt)
                spikes.append(k)
        trace.append(v)
    return {"v": trace, "spikes": spikes}


def _kernels(*, unbroken=False, from_spike=False, decays_from_spike=False, exponent=-1, weight=None, v0=None,
             first=None, rest=True):  # fmt: skip
    """The right voltage, or with one mistake."""

    def voltage(k, last, I, dt, tau_m, R_m, E_L, v_reset, t_ref):
        held = round(t_ref / dt)
        if last is None and first is None:
            begin, value = 0, E_L
        else:
            last = last or 0
            begin, value = last + held, v_reset
        if k <= begin and not from_spike:
            return value
        start = 0 if unbroken else last if from_spike and last is not None else begin
        j = np.arange(min(start, k), k)
        size = R_m * (1.0 - math.exp(-dt / tau_m)) if weight is None else weight(R_m, dt, tau_m)
        response = size * np.exp(-(k + exponent - j) * dt / tau_m)
        age = k - (last if decays_from_spike and last is not None else begin)
        left = (value - E_L if v0 is None else v0(value, E_L)) * math.exp(-max(age, 0) * dt / tau_m)
        return (E_L if rest else 0.0) + left + float(np.sum(response * I[j]))

    return voltage


def _held(steps):
    """The right voltage, for a hold of steps(t_ref, dt) steps."""

    def voltage(k, last, I, dt, tau_m, R_m, E_L, v_reset, t_ref):
        return _kernels()(k, last, I, dt, tau_m, R_m, E_L, v_reset, dt * steps(t_ref, dt))

    return voltage


def _first_lost(k, last, I, dt, tau_m, R_m, E_L, v_reset, t_ref):
    begin = 0 if last is None else last + round(t_ref / dt)
    given = np.where(np.arange(len(I)) == begin, 0.0, I)
    return _kernels()(k, last, given, dt, tau_m, R_m, E_L, v_reset, t_ref)


def _not_held(k, last, I, dt, tau_m, R_m, E_L, v_reset, t_ref):
    begin, value = (0, E_L) if last is None else (last + round(t_ref / dt), v_reset)
    if k > begin:
        return _kernels()(k, last, I, dt, tau_m, R_m, E_L, v_reset, t_ref)
    return E_L + (value - E_L) * math.exp((begin - k) * dt / tau_m)


def _rest_in_the_hold(k, last, I, dt, tau_m, R_m, E_L, v_reset, t_ref):
    held = last is not None and k <= last + round(t_ref / dt)
    return E_L if held else _kernels()(k, last, I, dt, tau_m, R_m, E_L, v_reset, t_ref)


def _last_current_alone(k, last, I, dt, tau_m, R_m, E_L, v_reset, t_ref):
    begin, value = (0, E_L) if last is None else (last + round(t_ref / dt), v_reset)
    v_inf = E_L + R_m * I[k - 1]
    return value if k <= begin else v_inf + (value - v_inf) * math.exp(-(k - begin) * dt / tau_m)


SRM = Exercise(
    id="04.3", title="A LIF neuron as a sum of kernels", points=4,
    inputs=srm_inputs, call=srm_run, oracle=lif_run, abs=1e-11, rel=0.0,
    hints=(
        "Take one step of current alone, j. How far does it move v by the end of that step, and what is left of it at step k?",
        "A current of one step moves v by R_m I (1 - e^(-dt/tau_m)): equation (2) of lesson 01 with t = dt. From then on it fades, "
        "for k - 1 - j steps. The reset is such a deflection, too, and fades from the moment at which the hold ends.",
        "Let begin be 0 before the first spike, and last + t_ref/dt after it. Up to begin, v is the start value. Later it is E_L, "
        "plus the start's distance from E_L times e^(-(k - begin) dt/tau_m), plus the sum over j = begin ... k-1.",
    ),
    wrong=[
        Wrong("unbroken memory", _kernels(unbroken=True),
              "Input from before the last spike is counted: the reset wiped it out, so that the sum begins anew."),
        Wrong("input counted during the hold", _kernels(from_spike=True),
              "The sum begins at the spike: during t_ref the membrane is held, and input that comes then is lost."),
        Wrong("the reset fades during the hold", _kernels(decays_from_spike=True),
              "The reset fades from the spike on: while it is held, v stays at v_reset. From when does the clock run?"),
        Wrong("no refractory period", _kernels(from_spike=True, decays_from_spike=True),
              "Right for t_ref = 0, and wrong else: nothing is held. Neither input nor decay begins before t_ref has passed."),
        Wrong("the kernel times dt", _kernels(weight=lambda R_m, dt, tau_m: R_m * dt / tau_m),
              "You multiply the kernel by dt, as if it stayed constant during a step: the error is of order dt. Integrate it over "
              "the step."),
        Wrong("the kernel times dt, at the start of the step", _kernels(weight=lambda R_m, dt, tau_m: R_m * dt / tau_m, exponent=0),
              "You take the kernel's value from the beginning of the step and multiply by dt: the current flows all through it. "
              "Integrate the kernel over the step."),
        Wrong("one step too old", _kernels(exponent=0),
              "Every input has faded by one step too much: the step j ends at (j + 1) dt, and only then does its deflection fade freely."),
        Wrong("not faded", _kernels(exponent=-2),
              "Every input has faded by one step too little: how many steps lie between the end of step j and the time k dt?"),
        Wrong("no reset", _kernels(v0=lambda value, E_L: 0.0),
              "After a hold v starts at E_L: the distance of v_reset from E_L is itself a deflection that fades."),
        Wrong("the whole v_reset fades", _kernels(v0=lambda value, E_L: value),
              "The whole start voltage fades to zero: only its distance from E_L does."),
        Wrong("no E_L", _kernels(rest=False),
              "Your v is a deflection: where is the potential that it is counted from?"),
        Wrong("a spike at time zero", _kernels(first=True),
              "Before the first spike your neuron starts as if it had fired at 0: last is None there, and v starts at E_L."),
        Wrong("no resistance", _kernels(weight=lambda R_m, dt, tau_m: 1.0 - math.exp(-dt / tau_m)),
              "pA are added to mV: what turns the current into a voltage?"),
        Wrong("held a step too long", _held(lambda t_ref, dt: round(t_ref / dt) + 1),
              "Your hold lasts a step too long, even where t_ref is 0: v is let go t_ref/dt steps after the spike, and the next step is free."),
        Wrong("held a step too short", _held(lambda t_ref, dt: max(round(t_ref / dt) - 1, 0)),
              "Your hold ends a step too early: how many steps are t_ref? v still stands at v_reset at the last of them."),
        Wrong("ms taken for steps", _held(lambda t_ref, dt: int(t_ref)),
              "Your hold lasts t_ref steps: t_ref is in ms, and a step lasts dt."),
        Wrong("E_L during the hold", _rest_in_the_hold,
              "During the hold v is at E_L in yours: it is held at v_reset."),
        Wrong("the last current alone", _last_current_alone,
              "Right under a constant current: yours takes the present I for that of all the time before. Sum over the steps, each with its own I[j]."),
        Wrong("the kernel without dt", _kernels(weight=lambda R_m, dt, tau_m: R_m / tau_m),
              "Your sum adds kernels, and takes no heed of how long each current lasts: integrate the kernel over a step."),
        Wrong("the kernel in the middle of the step", _kernels(weight=lambda R_m, dt, tau_m: R_m * dt / tau_m * math.exp(-dt / (2.0 * tau_m))),
              "You take the kernel in the middle of each step: close, and not the integral. That of an exponential is known."),
        Wrong("the mean of the kernel's ends", _kernels(weight=lambda R_m, dt, tau_m: R_m * dt / tau_m * 0.5 * (1.0 + math.exp(-dt / tau_m))),
              "You take the mean of the kernel at both ends of each step: close, and not the integral. That of an exponential is known."),
        Wrong("the first current is lost", _first_lost,
              "The first current after the start, or after the hold, does not count in yours: the sum begins with j = begin."),
        Wrong("minus the reset", _kernels(v0=lambda value, E_L: E_L - value),
              "The reset fades from the wrong side of E_L: its distance is v_reset - E_L."),
        Wrong("the hold left out", _not_held,
              "Right before the spike and after the hold. During the hold k - begin is negative, so that your e^(...) is larger than 1: there v is v_reset."),
    ],
)  # fmt: skip
