"""The exercises of lesson 01, One LIF neuron."""

import math

import numpy as np

from snnlab.checks.difference import difference
from snnlab.checks.exercise import Case, Exercise, Wrong, own

# ---------------------------------------------------------------- 01.1 the Euler step


def euler_inputs(seed):
    rng = np.random.default_rng([seed, 1])
    R_m, E_L = rng.uniform(0.05, 0.2), rng.uniform(-75.0, -60.0)
    start, step, top = E_L + rng.uniform(8.0, 15.0), rng.uniform(100.0, 300.0), rng.uniform(200.0, 400.0)
    tau_m, slow = rng.uniform(12.0, 18.0), rng.uniform(25.0, 35.0)

    def case(name, v0, I, dt, tau_m):
        return Case(name, {"v0": v0, "I": I, "dt": dt, "tau_m": tau_m, "R_m": R_m, "E_L": E_L})

    return [
        case("no current, from above rest", start, np.zeros(100), 0.1, tau_m),
        case("a step of current, from rest", E_L, np.where(np.arange(200) < 100, step, 0.0), 0.1, tau_m),
        case("a ramp, in coarse steps of 1 ms", E_L, np.linspace(0.0, top, 60), 1.0, slow),
    ]


def euler_run(step, inputs):
    """v after each step, from v0, in mV."""
    given = {name: inputs[name] for name in ("dt", "tau_m", "R_m", "E_L")}
    v, trace = inputs["v0"], []
    for I in inputs["I"]:
        v = step(v=v, I=float(I), **given)
        trace.append(v)
    return trace


def euler(v, I, dt, tau_m, R_m, E_L):
    return v + dt * (-(v - E_L) + R_m * I) / tau_m


EULER = Exercise(
    id="01.1", title="The Euler step", points=2,
    inputs=euler_inputs, call=euler_run, oracle=lambda **case: euler_run(euler, case), rel=1e-9,
    hints=(
        "What would v do with no current at all? Work out one step by hand: v = -60 mV, E_L = -70 mV, dt = 0.1 ms.",
        "Solve equation (1) for dv/dt. Euler's rule adds dt times that slope to v.",
        "Two terms change v, the leak -(v - E_L) and the drive R_m I. Their sum is divided by tau_m and multiplied by "
        "dt, and the result is added to v.",
    ),
    wrong=[
        Wrong("no leak", lambda v, I, dt, tau_m, R_m, E_L: v + dt * R_m * I / tau_m,
              "v never decays: is the leak term missing?"),
        Wrong("sign of the leak", lambda v, I, dt, tau_m, R_m, E_L: v + dt * ((v - E_L) + R_m * I) / tau_m,
              "v runs away from E_L instead of back to it: look at the sign of the leak."),
        Wrong("sign of E_L", lambda v, I, dt, tau_m, R_m, E_L: v + dt * (-(v + E_L) + R_m * I) / tau_m,
              "v is pulled towards +70 mV or so: the leak is -(v - E_L), and E_L is itself negative."),
        Wrong("leak towards 0 mV", lambda v, I, dt, tau_m, R_m, E_L: v + dt * (-v + R_m * I) / tau_m,
              "v is pulled towards 0 mV instead of E_L: where does the resting potential stand in the leak?"),
        Wrong("no dt", lambda v, I, dt, tau_m, R_m, E_L: v + (-(v - E_L) + R_m * I) / tau_m,
              "The step is as long for dt = 0.1 ms as for 1 ms: where does dt go?"),
        Wrong("ms taken for s", lambda v, I, dt, tau_m, R_m, E_L: v + dt / 1000.0 * (-(v - E_L) + R_m * I) / tau_m,
              "v moves a thousand times too slowly: dt and tau_m are both in ms, so that nothing is to be converted."),
        Wrong("no tau_m", lambda v, I, dt, tau_m, R_m, E_L: v + dt * (-(v - E_L) + R_m * I),
              "v moves tau_m times too fast, and mV + ms mV is no voltage: divide by the time constant."),
        Wrong("no resistance", lambda v, I, dt, tau_m, R_m, E_L: v + dt * (-(v - E_L) + I) / tau_m,
              "The drive is too strong, and pA can't be added to mV: what turns the current into a voltage?"),
        Wrong("the slope alone", lambda v, I, dt, tau_m, R_m, E_L: dt * (-(v - E_L) + R_m * I) / tau_m,
              "This is the change of v, not the new v: add it to the old one."),
        Wrong("the exact solution",
              lambda v, I, dt, tau_m, R_m, E_L: E_L + R_m * I + (v - E_L - R_m * I) * math.exp(-dt / tau_m),
              "This is the exact update, which comes later in the lesson. Euler's step is a straight line."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 01.2 the exact update and the refractory counter


def lif_inputs(seed):
    rng = np.random.default_rng([seed, 2])

    def case(name, I, dt, t_ref):
        E_L = rng.uniform(-75.0, -65.0)
        given = {"tau_m": rng.uniform(10.0, 25.0), "R_m": rng.uniform(0.08, 0.12), "E_L": E_L}
        given |= {
            "v_th": E_L + rng.uniform(14.0, 18.0),
            "v_reset": E_L + rng.uniform(2.0, 6.0),
            "t_ref": t_ref,
        }
        return Case(name, {"I": I, "dt": dt, **given})

    on = rng.uniform(500.0, 700.0)
    uneven = np.repeat(rng.uniform(200.0, 1000.0, 30), 20)
    return [
        case("a step of current, t_ref = 2 ms", np.where(np.arange(800) < 600, on, 0.0), 0.1, 2.0),
        case("a ramp in steps of 0.5 ms, t_ref = 3 ms", np.linspace(0.0, 2000.0, 240), 0.5, 3.0),
        case("an uneven current, t_ref = 0.7 ms", uneven, 0.1, 0.7),
        case("a strong current, t_ref = 0", np.full(300, 2.0 * on), 0.1, 0.0),
    ]


def lif_run(step, inputs):
    """v after each step in mV, and the numbers of the steps that end in a spike."""
    given = {name: inputs[name] for name in ("dt", "tau_m", "R_m", "E_L", "v_th", "v_reset", "t_ref")}
    v, left, trace, spikes = inputs["E_L"], 0, [], []
    for k, I in enumerate(inputs["I"]):
        returned = step(v=v, left=left, I=float(I), **given)
        if not isinstance(returned, (tuple, list)) or len(returned) != 3:
            raise TypeError("lif_step must return three values: v, left, spike")
        v, left, spike = returned
        trace.append(v)
        if spike:
            spikes.append(k + 1)
    return {"v": trace, "spikes": spikes}


def _exact(v, I, dt, tau_m, R_m, E_L):
    v_inf = E_L + R_m * I
    return v_inf + (v - v_inf) * math.exp(-dt / tau_m)


def lif(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    if left > 0:
        return v, left - 1, False
    v = _exact(v, I, dt, tau_m, R_m, E_L)
    if v >= v_th:
        return v_reset, round(t_ref / dt), True
    return v, 0, False


def _counted(counter):
    """The right step but for the number of steps that it holds."""

    def step(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
        v, left, spike = lif(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref)
        return v, counter(t_ref, dt) if spike else left, spike

    return step


def _held_too_few(inputs, output):
    """True if v stands still after the first spike, but for fewer steps than it should."""
    if not isinstance(output, dict) or not output.get("spikes"):
        return False
    after = output["v"][output["spikes"][0] - 1 :]
    held = next((k for k, v in enumerate(after) if v != after[0]), len(after)) - 1
    return after[0] == inputs["v_reset"] and 0 < held < round(inputs["t_ref"] / inputs["dt"])


def _integrated(update):
    """The right step but for the way from t to t + dt."""

    def step(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
        if left > 0:
            return v, left - 1, False
        v = update(v, I, dt, tau_m, R_m, E_L)
        return (v_reset, round(t_ref / dt), True) if v >= v_th else (v, 0, False)

    return step


def _counts_ms(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    if left > 0:
        return v, left - dt, False
    v, _, spike = lif(v, 0, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref)
    return v, t_ref if spike else 0.0, spike


def _charges_while_held(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    v = _exact(v, I, dt, tau_m, R_m, E_L)
    if left > 0:
        return v, left - 1, False
    return (v_reset, round(t_ref / dt), True) if v >= v_th else (v, 0, False)


def _before_reset(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    if left > 0:
        return v_reset, left - 1, False
    v = _exact(v, I, dt, tau_m, R_m, E_L)
    return (v, round(t_ref / dt), True) if v >= v_th else (v, 0, False)


def _resets_to_rest(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    return lif(v, left, I, dt, tau_m, R_m, E_L, v_th, E_L, t_ref)


def _threshold_first(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    if left > 0:
        return v, left - 1, False
    if v >= v_th:
        return v_reset, round(t_ref / dt), True
    return _exact(v, I, dt, tau_m, R_m, E_L), 0, False


def _swapped(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    v, left, spike = lif(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref)
    return v, spike, left


def _no_reset(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    if left > 0:
        return v, left - 1, False
    v = _exact(v, I, dt, tau_m, R_m, E_L)
    return (v, round(t_ref / dt), True) if v >= v_th else (v, 0, False)


def _no_counter(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    v = _exact(v, I, dt, tau_m, R_m, E_L)
    return (v_reset, round(t_ref / dt), True) if v >= v_th else (v, max(left - 1, 0), False)


def _never_counts_down(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    if left > 0:
        return v, left, False
    return lif(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref)


EXACT = Exercise(
    id="01.2", title="The exact update and the refractory counter", points=4,
    inputs=lif_inputs, call=lif_run, oracle=lambda **case: lif_run(lif, case), rel=1e-9,
    hints=(
        "Which of the three things (hold, integrate, fire) may happen in the same step, and which never together?",
        "Equation (3) holds from any start and for any time: what is t in it when the time that passes is dt, and what "
        "is the start? Then compare your order with the list of three cases above.",
        "If left > 0: return v as it is, left - 1 and False. Otherwise update v, and only then ask whether it has "
        "reached v_th. A spike sets v to v_reset and left to t_ref/dt, as an integer.",
    ),
    wrong=[
        Wrong("held one step too few", _counted(lambda t_ref, dt: round(t_ref / dt) - 1),
              "The neuron is held too few steps: exactly t_ref/dt updates are skipped, and the step that ends in "
              "the spike is none of them.", when=_held_too_few),
        Wrong("held one step too many", _counted(lambda t_ref, dt: round(t_ref / dt) + 1),
              "The neuron is held one step too many: count the updates that are skipped, t_ref/dt, not the samples at v_reset."),
        Wrong("the counter is cut off", _counted(lambda t_ref, dt: int(t_ref / dt)),
              "It is right for t_ref = 2 ms and one step short for 0.7 ms: in floating point 0.7/0.1 is "
              "6.999..., and int() cuts it off. Round instead."),
        Wrong("counts milliseconds", _counts_ms,
              "It counts down in ms, and 0.7 minus seven times 0.1 is not exactly 0: count steps, in an integer."),
        Wrong("never counts down", _never_counts_down,
              "After its first spike the neuron is silent for ever: does left get smaller in each held step?"),
        Wrong("no refractory period", _no_counter,
              "The neuron integrates right after a spike, and may even fire: nothing is held while left > 0."),
        Wrong("charges while it is held", _charges_while_held,
              "No spike while left > 0, as it should be, but v moves: while the neuron is held, v stays at v_reset."),
        Wrong("no reset", _no_reset,
              "v stays above threshold after a spike: is the reset missing?"),
        Wrong("resets to E_L", _resets_to_rest,
              "After a spike v starts again at E_L: it is to go to v_reset, which is another value."),
        Wrong("threshold before the update", _threshold_first,
              "Your spikes come one step late, and v is above threshold for a step: move v first, and look at the "
              "threshold afterwards, in the same step."),
        Wrong("returned in another order", _swapped,
              "left and spike seem to have changed places: the order is (v, left, spike), in every return."),
        Wrong("returns v from before the reset", _before_reset,
              "The v that is returned with a spike is still the one that crossed: set it to v_reset in the same step."),
        Wrong("Euler", _integrated(euler),
              "This is Euler's step again. Use the exact solution over one step, equation (3)."),
        Wrong("sign in the exponent", _integrated(
              lambda v, I, dt, tau_m, R_m, E_L: E_L + R_m * I + (v - E_L - R_m * I) * math.exp(dt / tau_m)),
              "v runs away from E_L + R_m I instead of towards it: look at the sign in the exponent."),
        Wrong("no leak", _integrated(
              lambda v, I, dt, tau_m, R_m, E_L: v + R_m * I * (1.0 - math.exp(-dt / tau_m))),
              "v never falls back when the current is gone: equation (2) starts at rest, and here the start is any v. "
              "Take (3)."),
        Wrong("always from rest", _integrated(
              lambda v, I, dt, tau_m, R_m, E_L: E_L + R_m * I * (1.0 - math.exp(-dt / tau_m))),
              "Each step starts again at E_L, so that v never climbs: start from the v of the step before."),
        Wrong("no resistance", _integrated(
              lambda v, I, dt, tau_m, R_m, E_L: E_L + I + (v - E_L - I) * math.exp(-dt / tau_m)),
              "v aims at E_L + I, mV plus pA: what turns the current into a voltage?"),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 01.3 your own neuron

I_WEAK, I_STRONG, T_ON, T_STOP, DT = 60.0, 500.0, 50.0, 350.0, 0.1  # pA, pA, ms, ms, ms


class NoStudentError(ValueError):
    """There is no id to draw a neuron from. A notebook shows it as one line instead of a traceback."""

    def __init__(self):
        super().__init__(
            'Type your student id or your name between the quotation marks, as in STUDENT = "ada".'
        )

    def _render_traceback_(self):
        return [str(self)]


def own_parameters(student):
    """The parameters of a student's own LIF neuron, in the units of `snn.LIF`.

    The weak current of the recordings never brings it to threshold, the strong one always does. An id may be a
    number, too. Raises NoStudentError (a ValueError) for an empty one.
    """
    if student is None or not str(student).strip():
        raise NoStudentError
    drawn = own(str(student), "01.3", tau_m=(8.0, 30.0), R_m=(0.06, 0.15), E_L=(-75.0, -62.0), t_ref=(1.0, 5.0),
                v_th=(14.0, 22.0), v_reset=(2.0, 8.0))  # fmt: skip
    E_L = drawn["E_L"]
    return {
        **drawn,
        "v_th": E_L + drawn["v_th"],
        "v_reset": E_L + drawn["v_reset"],
        "t_ref": round(drawn["t_ref"], 1),
    }


def record_neuron(student):
    """Two recordings of the neuron that belongs to a student: (t, v_weak, v_strong).

    Each array has 3500 samples: t in ms, from 0 in steps of 0.1 ms; v in mV, with I_WEAK = 60 pA and with
    I_STRONG = 500 pA, both switched on at T_ON = 50 ms and left on. Raises NoStudentError for an empty id.

    >>> t, v_weak, v_strong = record_neuron("ada")
    >>> v_weak.shape, bool(v_strong.max() > v_weak.max())
    ((3500,), True)
    """
    import snnlab as snn

    neuron = snn.Population(snn.LIF(**own_parameters(student)), 2)
    rec = snn.simulate(neuron, I=snn.step([I_WEAK, I_STRONG], T_ON), t_stop=T_STOP, dt=DT, record=["v"])
    return rec.t, rec.traces["v"][:, 0].copy(), rec.traces["v"][:, 1].copy()


def own_inputs(seed, student):
    people = {"your own neuron": student, "a neuron that you have not seen": f"stranger {seed}"}
    cases = []
    for name, who in people.items():
        t, v_weak, v_strong = record_neuron(who)
        cases.append(Case(name, {"t": t, "v_weak": v_weak, "v_strong": v_strong}, own_parameters(who)))
    return cases


def estimate(t, v_weak, v_strong):
    """What the recordings show, read off as a careful student would."""
    E_L, v_inf = v_weak[0], v_weak[-1]
    risen = np.argmax(v_weak >= E_L + (1.0 - np.exp(-1.0)) * (v_inf - E_L))
    resets = np.flatnonzero(np.diff(v_strong) < 0.0) + 1
    held = np.count_nonzero(v_strong[resets[0] : resets[1]] == v_strong[resets[0]]) - 1
    return {
        "E_L": E_L, "R_m": (v_inf - E_L) / I_WEAK, "tau_m": t[risen] - T_ON,
        "v_th": v_strong.max(), "v_reset": v_strong[resets[0]], "t_ref": held * (t[1] - t[0]),
    }  # fmt: skip


_ABS = {"E_L": 0.01, "v_reset": 0.01, "t_ref": 0.05, "v_th": 0.0}
_REL = {"R_m": 0.01, "tau_m": 0.02}


def judge_estimate(inputs, output):
    """Each parameter within its tolerance; v_th within the rise of v in one step at threshold."""
    if not isinstance(output, dict) or set(output) != {*_ABS, *_REL}:
        return False, f"must be a dictionary with the names {', '.join([*_ABS, *_REL])}"
    bad = [
        name
        for name, value in output.items()
        if isinstance(value, bool) or not isinstance(value, (int, float))
    ]
    if bad:
        return False, f"{', '.join(bad)} must be one number"
    said = []
    for name in ("E_L", "R_m", "tau_m", "v_th", "v_reset", "t_ref"):
        off, allowed = output[name] - inputs[name], _allowed(inputs, name)
        if not abs(off) <= allowed:
            side = "high" if off > 0 else "low"
            limit = "one step's rise" if name == "v_th" else "the tolerance"
            said.append(
                f"{name} is not a number" if math.isnan(off) else f"{name} is too {side} by more than {limit}"
            )
    return not said, "; ".join(said)


def _allowed(truth, name):
    if name == "v_th":
        decay = math.exp(-DT / truth["tau_m"])
        rise = (truth["E_L"] + truth["R_m"] * I_STRONG - truth["v_th"]) * (1.0 - decay)
        return rise / decay  # the step that ends at threshold, not the one that begins there
    return _ABS.get(name, 0.0) + _REL.get(name, 0.0) * abs(truth[name])


def _misread(title, name, change, hint):
    """A wrong answer with one parameter read off wrongly, as change(t, v_weak, v_strong, right).

    It is recognised by this parameter, whatever the others are: a student mends one thing at a time.
    """

    def wrong(t, v_weak, v_strong):
        right = estimate(t, v_weak, v_strong)
        return {**right, name: change(t, v_weak, v_strong, right)}

    def when(inputs, output):
        value = output.get(name) if isinstance(output, dict) else None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        known = wrong(*(np.array(inputs[key]) for key in ("t", "v_weak", "v_strong")))[name]
        return abs(value - known) <= 0.01 * abs(known) + 1e-9 and abs(value - inputs[name]) > _allowed(
            inputs, name
        )

    return Wrong(title, wrong, hint, when)


def _time_to(fraction):
    """The time from the step to a fraction of the rise, of the weak recording."""

    def time(t, v_weak, v_strong, right):
        E_L, v_inf = v_weak[0], v_weak[-1]
        return t[np.argmax(v_weak >= E_L + fraction * (v_inf - E_L))] - T_ON

    return time


OWN = Exercise(
    id="01.3", title="Your own neuron", points=4, extras={"student": "ada"},
    inputs=own_inputs, judge=judge_estimate, abs=_ABS | {"v_th": 0.8}, rel=_REL, seconds=20.0,
    hints=(
        "Take one parameter at a time. Which of the two recordings shows it, and at which time is it alone responsible?",
        "Before 50 ms v is E_L. At the end of the weak recording equation (2) has v = E_L + R_m I. In between, one tau_m "
        "brings v a fraction 1 - 1/e of the way. A reset is a sample lower than the one before it.",
        "v_th lies above the highest sample of the strong recording, by less than one step's rise; v_reset is the sample "
        "where v falls; t_ref is dt times the number of samples at v_reset, less one, because the first of them shows the spike's own reset.",
    ),
    wrong=[
        _misread("tau_m in seconds", "tau_m", lambda t, w, s, r: r["tau_m"] / 1000.0,
              "tau_m is asked for in ms: is yours in s?"),
        _misread("tau_m from 0 ms", "tau_m", lambda t, w, s, r: r["tau_m"] + T_ON,
              "tau_m is counted from 0 ms: the clock starts when the current does."),
        _misread("tau_m by half the rise", "tau_m", _time_to(0.5),
              "tau_m is too short by the factor ln 2: that is the time to half of the rise. One tau_m goes further, to 1 - 1/e."),
        _misread("tau_m by the 37 %", "tau_m", _time_to(math.exp(-1.0)),
              "tau_m is the time until 37 % are left, so that 63 % are done: you took 37 % of the rise."),
        _misread("R_m without E_L", "R_m", lambda t, w, s, r: w[-1] / I_WEAK,
              "R_m is negative: Ohm's law is about the change that the current makes, v - E_L, not about v."),
        _misread("R_m in MOhm", "R_m", lambda t, w, s, r: r["R_m"] * 1000.0,
              "R_m is a thousand times too large: it is asked for in GOhm (mV per pA), and yours is in MOhm."),
        _misread("R_m from the strong current", "R_m", lambda t, w, s, r: (s.max() - r["E_L"]) / I_STRONG,
              "R_m is too small: under the strong current v never settles, since the threshold cuts it off. Use the weak one."),
        _misread("v_th from the weak current", "v_th", lambda t, w, s, r: w.max(),
              "v_th is too low: the weak recording never reaches threshold. Which one does?"),
        _misread("v_th from the drawn spike", "v_th", lambda t, w, s, r: 0.0,
              "Spikes are only drawn up to 0 mV. The threshold is where v turns back: look at the samples."),
        _misread("v_reset is the lowest v", "v_reset", lambda t, w, s, r: s.min(),
              "v_reset is too low: the lowest v of all is rest, before the current. Look right after a spike."),
        _misread("t_ref counts samples", "t_ref", lambda t, w, s, r: r["t_ref"] + DT,
              "t_ref is one step too long: n samples in a row span n - 1 steps."),
        _misread("t_ref in steps", "t_ref", lambda t, w, s, r: r["t_ref"] / DT,
              "t_ref is asked for in ms: yours is a number of steps."),
        _misread("t_ref is the interval", "t_ref", lambda t, w, s, r: DT * float(np.diff(np.flatnonzero(np.diff(s) < 0.0))[0]),
              "That is the whole interval between two spikes: t_ref is only the part in which v does not move."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 01.4 bug hunt: no resistance


def hunt_inputs(seed):
    rng = np.random.default_rng([seed, 4])

    def table():
        return {
            "tau_m": rng.uniform(10.0, 30.0),
            "C_m": rng.uniform(100.0, 400.0),
            "E_L": rng.uniform(-75.0, -60.0),
        }

    tests = {
        "your test, on the published step": "published",
        "your test, on a mended Euler step": "mended",
        "your test, on a mended exact step": "exact",
        "your test, on a step with C_m upside down": "upside down",
        "your test, on a step that counts the input twice": "twice",
    }
    amplitude, top = rng.uniform(50.0, 200.0), rng.uniform(100.0, 300.0)
    return [
        *(Case(name, {"kind": kind, **table()}) for name, kind in tests.items()),
        Case("your step, under a step of current", {"kind": "run", "I": [amplitude] * 300, "dt": 0.1, **table()}),
        Case("your step, under a ramp in steps of 0.5 ms", {"kind": "run", "I": np.linspace(0.0, top, 120), "dt": 0.5, **table()}),
    ]  # fmt: skip


def hunt(pair, inputs):
    """What the student's test says of a step, or the trace of the student's step."""
    import numpy as np

    from snnlab.checks.plain import truth

    is_right, mended_step = pair()
    steps = {
        "published": lambda v, I, dt, tau_m, C_m, E_L: v + dt * (-(v - E_L) + I) / tau_m,
        "mended": lambda v, I, dt, tau_m, C_m, E_L: v + dt * (-(v - E_L) / tau_m + I / C_m),
        "upside down": lambda v, I, dt, tau_m, C_m, E_L: v + dt * (-(v - E_L) + C_m / tau_m * I) / tau_m,
        "twice": lambda v, I, dt, tau_m, C_m, E_L: v + dt * (-(v - E_L) / tau_m + 2.0 * I / C_m),
        "exact": lambda v, I, dt, tau_m, C_m, E_L: (
            E_L + tau_m / C_m * I + (v - E_L - tau_m / C_m * I) * np.exp(-dt / tau_m)
        ),
    }
    if inputs["kind"] != "run":
        return truth(is_right(steps[inputs["kind"]]))
    v, trace = inputs["E_L"], []
    for I in inputs["I"]:
        v = mended_step(
            v=v, I=float(I), dt=inputs["dt"], tau_m=inputs["tau_m"], C_m=inputs["C_m"], E_L=inputs["E_L"]
        )
        trace.append(v)
    return trace


def steady(step):
    """A right test: held at a constant current, v must settle at E_L + (tau_m/C_m) I."""
    v, I, E_L, tau_m, C_m = -70.0, 100.0, -70.0, 20.0, 200.0
    for _ in range(5000):
        v = step(v, I, 0.1, tau_m, C_m, E_L)
    return abs(v - (E_L + tau_m / C_m * I)) < 0.01


def mended(v, I, dt, tau_m, C_m, E_L):
    return v + dt * (-(v - E_L) / tau_m + I / C_m)


def mended_exact(v, I, dt, tau_m, C_m, E_L):
    return _exact(v, I, dt, tau_m, tau_m / C_m, E_L)


def judge_hunt(inputs, output):
    """The student's test must pass the right steps alone, and the student's step must be right: Euler's or exact."""
    if inputs["kind"] == "run":
        rights = (mended, mended_exact)
        texts = [difference(output, hunt(_pair(steady, step), inputs), rel=1e-9) for step in rights]
        return not all(texts), texts[0]
    right = inputs["kind"] in ("mended", "exact")
    said = f"your test {'passes' if output else 'fails'} it, and this step is {'right' if right else 'wrong'}"
    return output == right, said


def _settles(tau_m, C_m, I, wanted):
    """A test that holds a current of I pA and compares with the voltage `wanted`, in mV above rest."""

    def is_right(step):
        v = -70.0
        for _ in range(5000):
            v = step(v, I, 0.1, tau_m, C_m, -70.0)
        return abs(v + 70.0 - wanted) < 0.01

    return is_right


def _not(test):
    return lambda step: not test(step)


def _euler_only(step):
    return (
        abs(step(-70.0, 100.0, 5.0, 20.0, 200.0, -70.0) - mended(-70.0, 100.0, 5.0, 20.0, 200.0, -70.0))
        < 1e-9
    )


def _pair(is_right, mended_step):
    return lambda: (is_right, mended_step)


UNITS = Exercise(
    id="01.4", title="Bug hunt: an equation whose units fail", points=3,
    inputs=hunt_inputs, call=hunt, judge=judge_hunt, rel=1e-9,
    hints=(
        "For the test: under a constant current, at which voltage must v stop moving? For the step: which two numbers of "
        "the table make a resistance?",
        "ms/pF is GOhm. A right step, at a constant current I, settles at E_L plus that resistance times I; the published "
        "one settles elsewhere.",
        "The leak may stay as it is. The missing resistance is tau_m / C_m: put it in front of I, and let your test compare "
        "the settled v with E_L + tau_m / C_m * I.",
    ),
    wrong=[
        Wrong("not mended", _pair(steady, lambda v, I, dt, tau_m, C_m, E_L: v + dt * (-(v - E_L) + I) / tau_m),
              "Your test is good, and your step would fail it: it is still the published one."),
        Wrong("upside down", _pair(steady, lambda v, I, dt, tau_m, C_m, E_L: v + dt * (-(v - E_L) + C_m / tau_m * I) / tau_m),
              "C_m / tau_m is pF/ms, a conductance: the resistance is its inverse. Your own test says so, if you run it on your step."),
        Wrong("a resistance by heart", _pair(steady, lambda v, I, dt, tau_m, C_m, E_L: v + dt * (-(v - E_L) + 0.1 * I) / tau_m),
              "Your step has the resistance of the default neuron written into it: work it out from tau_m and C_m, which differ here."),
        Wrong("the input over C_m and tau_m", _pair(
              steady, lambda v, I, dt, tau_m, C_m, E_L: v + dt * (-(v - E_L) + I / C_m) / tau_m),
              "I / C_m is in mV/ms already, a slope: it must not be divided by tau_m once more."),
        Wrong("the leak over C_m", _pair(steady, lambda v, I, dt, tau_m, C_m, E_L: v + dt * (-(v - E_L) + I) / C_m),
              "mV/pF is no slope either: of the two terms only I belongs over C_m; the leak keeps its tau_m."),
        # Before those that pass it: of two that agree on as many cases the first is taken.
        Wrong("catches the published step alone", _pair(_not(_settles(20.0, 200.0, 100.0, 100.0)), mended),
              "Your test catches the published step, but not all the other wrong ones: ask where v settles under a "
              "right step."),
        Wrong("passes everything", _pair(_settles(20.0, 200.0, 0.0, 0.0), mended),
              "Your step is right, but your test passes the published one too: does it inject a current at all? A test "
              "that can't fail tests nothing."),
        Wrong("tests where the mistake hides", _pair(_settles(20.0, 20.0, 10.0, 10.0), mended),
              "Your test uses numbers with tau_m / C_m = 1, and there the mistake can't be seen: take the table's."),
        Wrong("expects the published value", _pair(_settles(20.0, 200.0, 100.0, 100.0), mended),
              "Your test takes the published step for the right one: by Ohm's law, how far should 100 pA move v?"),
        Wrong("upside down in the test", _pair(_settles(20.0, 200.0, 100.0, 1000.0), mended),
              "Your test expects C_m / tau_m times I, a conductance times a current: that is no voltage. Turn it over."),
        Wrong("fails what is right", _pair(lambda step: False, mended),
              "Your test fails every step, the right ones too: by how much may v differ, and from which value?"),
        Wrong("allows Euler only", _pair(_euler_only, mended),
              "Your test asks for Euler's numbers to the last digit, so that the exact update fails it. Ask for what every "
              "right step does: where v settles."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 01.x1 the order of convergence


def order_inputs(seed):
    rng = np.random.default_rng([seed, 5])
    dt = np.array([1.0, 0.5, 0.2, 0.1, 0.05])
    orders = {
        "a method of first order": 1.0,
        "a method of second order": 2.0,
        "a method of fourth order": 4.0,
    }
    return [
        Case(name, {"dt": dt * rng.uniform(0.5, 2.0), "error": rng.uniform(0.1, 10.0) * dt**p}, {"p": p})
        for name, p in orders.items()
    ]


ORDER = Exercise(
    id="01.x1", title="Extra: the order of convergence", points=0,
    inputs=order_inputs, oracle=lambda dt, error, p: p,
    hints=(
        "If the error is c dt^p, what is its logarithm?",
        "log(error) = log(c) + p log(dt): a straight line. p is one of its two numbers.",
        "np.polyfit(x, y, 1) returns slope and intercept, in this order, for x = log(dt) and y = log(error).",
    ),
    wrong=[
        Wrong("no logarithm", lambda dt, error: np.polyfit(dt, error, 1)[0],
              "This is the slope of the error itself: a power becomes a straight line only after taking logarithms."),
        Wrong("axes swapped", lambda dt, error: np.polyfit(np.log(error), np.log(dt), 1)[0],
              "You found 1/p: dt belongs on the x axis, the error on the y axis."),
        Wrong("the intercept", lambda dt, error: np.polyfit(np.log(dt), np.log(error), 1)[1],
              "This is the intercept, log(c): the order is the other one of the two numbers."),
        Wrong("sign", lambda dt, error: -np.polyfit(np.log(dt), np.log(error), 1)[0],
              "The order is positive when the error shrinks with dt: look at the sign."),
        Wrong("one logarithm", lambda dt, error: np.polyfit(dt, np.log(error), 1)[0],
              "Only the error is in logarithms, dt is not: take both."),
    ],
)  # fmt: skip
