"""The exercises of lesson 02, The action potential."""

import functools

import numpy as np

from snnlab.checks.difference import difference
from snnlab.checks.exercise import Case, Exercise, Wrong

# ---------------------------------------------------------------- 02.x1 a quantity that relaxes


def relax_inputs(seed):
    rng = np.random.default_rng([seed, 1])

    def case(name, x, t):
        return Case(name, {"x": x, "alpha": rng.uniform(0.3, 0.6), "beta": rng.uniform(0.05, 0.2), "t": t})

    return [
        case("a closed gate", 0.0, np.linspace(0.0, 8.0, 17)),
        case("an open gate", 1.0, np.linspace(0.0, 20.0, 17)),
        case("a gate half open, after a long time", 0.5, np.array([0.0, 1.0, 200.0])),
    ]


def relax(x, alpha, beta, t):
    x_inf = alpha / (alpha + beta)
    return x_inf + (x - x_inf) * np.exp(-(alpha + beta) * t)


def _aims_at(aim, rate):
    return lambda x, alpha, beta, t: (
        aim(alpha, beta) + (x - aim(alpha, beta)) * np.exp(-rate(alpha, beta) * t)
    )


def _sum(alpha, beta):
    return alpha + beta


def _share(alpha, beta):
    return alpha / (alpha + beta)


RELAX = Exercise(
    id="02.x1", title="Extra: a gate that relaxes", points=0, inputs=relax_inputs, oracle=relax, rel=1e-9,
    hints=(
        "Where does x stand still, and how fast does it get there?",
        "Set dx/dt = 0 for the first. For the second, collect all that multiplies x.",
        "dx/dt = (x_inf - x)/tau with x_inf = alpha/(alpha + beta) and tau = 1/(alpha + beta): now it is the charging "
        "curve of lesson 01, from x to x_inf.",
    ),
    wrong=[
        Wrong("tau upside down", _aims_at(_share, lambda a, b: 1.0 / (a + b)),
              "It aims at the right value, at the wrong speed: alpha + beta is in 1/ms, and tau is its inverse."),
        Wrong("opens only", _aims_at(lambda a, b: 1.0, lambda a, b: a),
              "It ends fully open: the gates that close again, beta x, are missing."),
        Wrong("aims at beta's share", _aims_at(lambda a, b: b / (a + b), _sum),
              "It ends at the share of closed gates: alpha opens, and beta closes."),
        Wrong("only alpha is fast", _aims_at(_share, lambda a, b: a),
              "It aims at the right value, too slowly: both rates bring it there, not alpha alone."),
        Wrong("always from closed", lambda x, alpha, beta, t: _share(alpha, beta) * (1.0 - np.exp(-(alpha + beta) * t)),
              "It is right for a closed gate alone: at t = 0 the answer is x, whatever that is."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 02.1 a rate without a hole


def rate_inputs(seed):
    rng = np.random.default_rng([seed, 2])
    a, v_a, k = rng.uniform(0.2, 0.8), rng.uniform(-60.0, -30.0), rng.uniform(5.0, 15.0)

    def case(name, v):
        return Case(name, {"v": v, "a": a, "v_a": v_a, "k": k})

    return [
        case("one voltage, far above v_a", v_a + 3.0 * k),
        case("one voltage, v_a itself", v_a),
        case("an array with v_a in it", v_a + k * np.array([-4.0, -1.0, 0.0, 1.0, 4.0])),
        case("an array, a hair from v_a", v_a + np.array([-1e-2, -1e-12, 1e-12, 1e-2])),
    ]


def opening_rate(v, a, v_a, k):
    from scipy.special import exprel

    return a / exprel(-(v - v_a) / k)


def _naive(v, a, v_a, k):
    x = (v - v_a) / k
    return a * x / (1.0 - np.exp(-x))


def _guarded(inside, limit):
    """The formula as it stands, and `limit(a, k)` where `inside(x)` is true."""

    def rate(v, a, v_a, k):
        x = (np.asarray(v) - v_a) / k
        safe = np.where(inside(x), 1.0, x)
        return np.where(inside(x), limit(a, k), a * safe / (1.0 - np.exp(-safe)))

    return rate


def _tiny(x):
    return np.abs(x) < 1e-6


def _with_if(v, a, v_a, k):
    return a if abs(v - v_a) < 1e-6 else _naive(v, a, v_a, k)


def _plus_in_the_exponent(v, a, v_a, k):
    x = (np.asarray(v) - v_a) / k
    return np.where(_tiny(x), a, -opening_rate(2.0 * v_a - v, a, v_a, k))


RATE = Exercise(
    id="02.1", title="A rate without a hole", points=3,
    inputs=rate_inputs, oracle=opening_rate, rel=1e-5,
    hints=(
        "What does your function give at v = v_a, and what does it give 0.01 mV beside it?",
        "For small x, exp(-x) is 1 - x + x*x/2 - ... : put that into (4), and let x go to 0. np.where(condition, a, b) "
        "chooses value by value.",
        "The limit is a. Take it wherever |x| is tiny (1e-6, say), not only where x is 0: next to 0 the difference "
        "1 - exp(-x) has lost its digits. np.expm1(x), which is exp(x) - 1, keeps them.",
    ),
    wrong=[
        Wrong("no guard", _naive,
              "At v = v_a it is 0/0, which is NaN, and one NaN spoils a whole simulation. Which value belongs there?"),
        Wrong("NaN becomes 0", lambda v, a, v_a, k: np.nan_to_num(_naive(v, a, v_a, k)),
              "You fill the hole with 0, and the curve falls to 0 at one single voltage. Look at its neighbours: which "
              "value joins them?"),
        Wrong("a guard at x = 0 alone", _guarded(lambda x: x == 0.0, lambda a, k: a),
              "v_a itself is right, a hair beside it is not: 1 - exp(-x) is a difference of two nearly equal "
              "numbers, and has lost its digits there. Guard a small neighbourhood, or use np.expm1."),
        Wrong("a wide guard", _guarded(lambda x: np.abs(x) < 0.01, lambda a, k: a),
              "Your guard is so wide that the curve has a step at its edge: (4) itself is good down to |x| of about 1e-6."),
        Wrong("the limit times k", _guarded(_tiny, lambda a, k: a * k),
              "The limit is too large by the factor k: x has k in it already, and a is a rate."),
        Wrong("the limit is 1", _guarded(_tiny, lambda a, k: 1.0),
              "x/(1 - exp(-x)) goes to 1, and the rate is a times that: 1 is right for the gate m alone, by luck."),
        Wrong("half the limit", _guarded(_tiny, lambda a, k: a / 2.0),
              "The limit is too small: put exp(-x) = 1 - x + ... into (4), and cancel x."),
        Wrong("an if for arrays", _with_if,
              "It works for one voltage and raises an error for an array: `if` wants one truth value, and math.exp one "
              "number. np.where chooses value by value, and np.exp takes arrays."),
        Wrong("sign of the exponent", lambda v, a, v_a, k: a * opening_rate(2.0 * v_a - v, 1.0, v_a, k),
              "Your rate falls where it should rise: look at the sign in the exponent."),
        Wrong("a nudge", lambda v, a, v_a, k: _naive(np.asarray(v) + 1e-9, a, v_a, k) if np.ndim(v) == 0
              else _naive(np.where(np.asarray(v) == v_a, v_a + 1e-13, v), a, v_a, k),
              "You step around the hole by a tiny distance, and land where 1 - exp(-x) has lost its digits: take the "
              "limit itself."),
        Wrong("a tiny number in the denominator", lambda v, a, v_a, k: a * ((v - v_a) / k) / (1.0 - np.exp(-(v - v_a) / k) + 1e-12),
              "A tiny number below keeps the NaN away, and then the hole holds 0/1e-12, which is 0: its neighbours are not."),
        Wrong("no slope", lambda v, a, v_a, k: opening_rate(v, a, v_a, 1.0),
              "The curve is too steep: where does k go?"),
        Wrong("no a", lambda v, a, v_a, k: opening_rate(v, 1.0, v_a, k),
              "The curve has the right shape and the wrong height, everywhere: which of the four arguments have you not used?"),
        Wrong("times k", lambda v, a, v_a, k: opening_rate(v, a, v_a, 1.0 / k),
              "Your x is multiplied by k: v - v_a is in mV, and x has to be a plain number."),
        Wrong("k in x alone", lambda v, a, v_a, k: k * opening_rate(v, a, v_a, k),
              "Too large by the factor k, everywhere: the numerator of (4) is x, not v - v_a."),
        Wrong("no v_a", lambda v, a, v_a, k: opening_rate(v, a, 0.0, k),
              "Your curve lies in another place: from which voltage is v counted in x?"),
        Wrong("the limit is 0", _guarded(_tiny, lambda a, k: 0.0),
              "You fill the hole with 0, since x is 0 there: but the denominator is 0, too. Which value joins the neighbours?"),
        Wrong("a plus in the exponent", _plus_in_the_exponent,
              "Your rate is negative far above v_a: in (4) the exponent is -x, and so is it in the program."),
        Wrong("a plus in the denominator", lambda v, a, v_a, k: a * ((v - v_a) / k) / (1.0 + np.exp(-(v - v_a) / k)),
              "With a plus in the denominator there is no hole, and no equation (4): far above v_a it looks right, at v_a it is 0."),
        Wrong("brackets around v - v_a", lambda v, a, v_a, k: opening_rate(v, a, v_a / k, 1.0),
              "Your x is v - v_a/k: Python divides before it subtracts, so that the difference needs brackets."),
        Wrong("gate m by heart", lambda v, a, v_a, k: opening_rate(v, 1.0, -40.0, 10.0),
              "Your rate is that of the gate m, whatever it is called with: a, v_a and k are arguments."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 02.2 a channel is blocked

E_NA, E_K, E_L, G_L = 50.0, -77.0, -54.387, 0.3  # mV, mV, mV, mS/cm2


def rates(v):
    """(alpha, beta) of each gate in 1/ms."""
    from scipy.special import exprel

    return {
        "m": (1.0 / exprel(-(v + 40.0) / 10.0), 4.0 * np.exp(-(v + 65.0) / 18.0)),
        "h": (0.07 * np.exp(-(v + 65.0) / 20.0), 1.0 / (1.0 + np.exp(-(v + 35.0) / 10.0))),
        "n": (0.1 / exprel(-(v + 55.0) / 10.0), 0.125 * np.exp(-(v + 65.0) / 80.0)),
    }


def steady(v):
    return {gate: alpha / (alpha + beta) for gate, (alpha, beta) in rates(v).items()}


def block_inputs(seed):
    rng = np.random.default_rng([seed, 3])

    def case(name, I, g_Na, g_K):
        return Case(name, {"I": I, "g_Na": g_Na, "g_K": g_K})

    return [
        case("TTX, a positive current", rng.uniform(6.0, 15.0), 0.0, 36.0),
        case("TTX, a negative current", rng.uniform(-8.0, -3.0), 0.0, 36.0),
        case("TEA, a positive current", rng.uniform(3.0, 12.0), 120.0, 0.0),
        case("both drugs, a positive current", rng.uniform(1.0, 8.0), 0.0, 0.0),
        case("no drug, no current", 0.0, 120.0, 36.0),
    ]


def _settled(total, low=-200.0, high=200.0):
    """The voltage at which `total(v, I, g_Na, g_K)` is 0, if it lies between low and high."""

    def settled(I, g_Na, g_K):
        from scipy.optimize import brentq

        return brentq(lambda v: total(v, I, g_Na, g_K), low, high)

    return settled


def _total(gates=steady, *, m=3, n=4, h=True, sign=1.0, E_K=E_K, E_L=E_L, g_L=G_L):
    """I minus the sum of the currents through the membrane, with one thing or another done wrongly."""

    def total(v, I, g_Na, g_K):
        x = gates(v)
        I_Na = g_Na * x["m"] ** m * (x["h"] if h else 1.0) * (v - E_NA)
        I_K = g_K * x["n"] ** n * (v - E_K)
        return sign * I - I_Na - I_K - g_L * (v - E_L)

    return total


def _equilibrium(I, g_Na, g_K):
    """The equilibrium potential of what is not blocked."""
    if g_Na and g_K:
        return -65.0
    return E_NA if g_Na else E_K if g_K else E_L


def _resting_gates(v):
    return steady(-65.0)


def _closing(v):
    return {gate: 1.0 - x for gate, x in steady(v).items()}


BLOCK = Exercise(
    id="02.2", title="A number before the experiment", points=3,
    inputs=block_inputs, oracle=_settled(_total()), abs=0.05, rel=0.0, unit="mV",
    hints=(
        "When v stands still, what is dv/dt, and what has become of each gate?",
        "In (5) dv/dt is 0, and each gate has its steady value at that same v: m, h and n from steady(v). One unknown "
        "is left, v. brentq finds it.",
        "Write a function of v alone: I minus the sodium, the potassium and the leak current, with steady(v) for the "
        "gates (m to the third, n to the fourth). brentq(that function, -100, 100) is the answer.",
    ),
    wrong=[
        Wrong("the leak alone", lambda I, g_Na, g_K: E_L + I / G_L,
              "It is right with both drugs and wrong with one: which channels are still there, and what do they carry?"),
        Wrong("no injected current", _settled(lambda v, I, g_Na, g_K: _total()(v, 0.0, g_Na, g_K)),
              "Your answer does not depend on I: the injected current belongs to the sum."),
        Wrong("sign of I", _settled(_total(sign=-1.0)),
              "A positive current should raise v, and yours lowers it: look at the sign of I in (5)."),
        Wrong("gates as at -65 mV", _settled(_total(_resting_gates)),
              "You keep the gates as they are at -65 mV. They follow v: at the voltage that you look for, they have the "
              "steady values of that voltage."),
        Wrong("n, not n to the fourth", _settled(_total(n=1)),
              "The potassium current is too strong: all four gates n must be open at once."),
        Wrong("n to the third", _settled(_total(n=3)),
              "The potassium channel has four gates, not three."),
        Wrong("no inactivation", _settled(_total(h=False)),
              "It is right with TTX, and with TEA too high: a sodium channel that stays depolarised is shut by h."),
        Wrong("closed for open", _settled(_total(_closing)),
              "Open and closed have changed places: the steady value is alpha/(alpha + beta)."),
        Wrong("all channels open", lambda I, g_Na, g_K: (I + g_Na * E_NA + g_K * E_K + G_L * E_L) / (g_Na + g_K + G_L),
              "You take the conductances as if all channels were open: how many are, m, h and n say."),
        Wrong("potassium pushes", _settled(lambda v, I, g_Na, g_K: _total()(v, I, g_Na, -g_K)),
              "With potassium channels there is no root, since yours push v away from E_K: all three currents stand in (5) with "
              "the same sign. (If they do: a negative current can take v below E_K, so let brentq search further down.)"),
        Wrong("a bracket below 0", _settled(_total(), -100.0, 0.0),
              "brentq finds only what lies between its two ends: without potassium the axon settles above 0 mV."),
        Wrong("E_K without its sign", _settled(_total(E_K=-E_K)),
              "The potassium current pulls v up: E_K is -77 mV, and the driving force is v - E_K."),
        Wrong("no leak", lambda I, g_Na, g_K: _settled(_total(g_L=1e-9))(I, g_Na, g_K) if g_Na or g_K else E_L,
              "The leak is missing from your sum: it is small, and no drug blocks it."),
        Wrong("the answer of TTX for all", lambda I, g_Na, g_K: _settled(_total())(I, 0.0, g_K),
              "The sodium current is missing from your sum: it is right with TTX, and TEA leaves it there."),
        Wrong("nothing blocked", lambda I, g_Na, g_K: _settled(_total())(I, 120.0, 36.0),
              "Your answer is the same with and without a drug: g_Na and g_K are arguments, the numbers of `axon` are those of a healthy one."),
        Wrong("an equilibrium potential", _equilibrium,
              "Your axon settles where the channels that are left would take it alone. The leak pulls too, the current pushes, and not every "
              "channel is open: it stands still where all of that adds up to 0."),
        Wrong("the exponents exchanged", _settled(_total(m=4, n=3)),
              "The exponents have changed places: a sodium channel has three gates m, a potassium channel four gates n."),
        Wrong("m to the fourth", _settled(_total(m=4)),
              "The sodium channel has three gates m, not four."),
        Wrong("m alone", _settled(_total(m=1)),
              "The sodium current is too strong: all three gates m must be open at once."),
        Wrong("a leak towards 0", _settled(_total(E_L=0.0)),
              "Your leak pulls v towards 0 mV: its driving force is v - E_L."),
        Wrong("a leak towards rest", _settled(_total(E_L=-65.0)),
              "Your leak pulls v towards -65 mV, where the healthy axon rests. That is where all three currents cancel: the leak alone pulls towards E_L."),
        Wrong("E_L without its sign", _settled(_total(E_L=-E_L)),
              "Your leak pulls v up: E_L is -54.387 mV, and the driving force is v - E_L."),
        Wrong("in volts", lambda I, g_Na, g_K: _settled(_total())(I, g_Na, g_K) / 1000.0,
              "Your voltage is a thousand times too small: it is asked for in mV."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 02.3 two currents

DT, HELD, T_STOP, WITHIN = (
    0.025,
    0.5,
    600.0,
    15.0,
)  # ms: step; each value is held; a run; the rebound comes so soon


def two_inputs(seed):
    rng = np.random.default_rng([seed, 4])

    def when(low, high):
        return HELD * round(rng.uniform(low, high) / HELD)

    return [
        Case("rebound, with a strong current", {"kind": "rebound", "limit": rng.uniform(-8.0, -6.0), "time": when(100.0, 200.0)}),
        Case("rebound, with a weak current, later", {"kind": "rebound", "limit": rng.uniform(-4.5, -3.5), "time": when(250.0, 450.0)}),
        Case("creep, to a weak current", {"kind": "creep", "limit": rng.uniform(7.0, 7.8), "time": when(180.0, 250.0)}),
        Case("creep, to a strong current, in less time", {"kind": "creep", "limit": rng.uniform(8.8, 9.0), "time": when(60.0, 64.0)}),
    ]  # fmt: skip


def two_run(pair, inputs):
    """The current (uA/cm2) that a student's function makes, at 0, 0.5, ... 599.5 ms."""
    import numpy as np

    rebound, creep = pair()
    t = 0.5 * np.arange(1200)
    if inputs["kind"] == "rebound":
        I = rebound(t=t, lowest=inputs["limit"], at=inputs["time"])
    else:
        I = creep(t=t, top=inputs["limit"], by=inputs["time"])
    if np.shape(I) != t.shape:
        raise TypeError(
            f"{inputs['kind']} must return one value for each time, an array of shape {t.shape} (a stimulus is called with the times, as in snn.step(...)(t))"
        )
    return I


@functools.lru_cache(maxsize=256)
def _spikes_of(current):
    import snnlab as snn

    I = np.repeat(np.frombuffer(current), round(HELD / DT))[:, None]
    rec = snn.simulate(snn.HodgkinHuxley(), I=I, t_stop=T_STOP, dt=DT, method="rk4")
    return tuple(float(t) for t in rec.spikes.t)


def spikes_of(I):
    """When (ms) a resting axon fires under a current of 1200 values, which are held within -10 and 10 uA/cm2."""
    return _spikes_of(np.clip(np.asarray(I, dtype=float), -10.0, 10.0).tobytes())


def judge_two(inputs, output):
    """The rules of the two currents, and what the axon does."""
    I, limit, time = np.asarray(output, dtype=float), inputs["limit"], inputs["time"]
    rebound = inputs["kind"] == "rebound"
    low, high = (limit, 0.0) if rebound else (0.0, limit)
    rules = [
        (np.all(np.isfinite(I)), "the current is not a number at some times"),
        (I.max() <= high + 1e-9, f"the current rises above {'0' if rebound else 'top'}"),
        (I.min() >= low - 1e-9, f"the current falls below {'lowest' if rebound else '0'}"),
        (rebound or np.abs(I[_index(time) :] - limit).max() < 1e-6, "the current is not at top from `by` until the end"),
    ]  # fmt: skip
    for ok, said in rules:
        if not ok:
            return False, said
    spikes = spikes_of(I)
    fires = f"the axon fires at {spikes[0]:.0f} ms" if spikes else ""
    if not rebound:
        return not spikes, fires
    if not spikes:
        return False, "the axon stays silent"
    on_time = len(spikes) == 1 and time < spikes[0] <= time + WITHIN
    again = f", the first of {len(spikes)} times" if len(spikes) > 1 else ""
    return on_time, f"{fires}{again}; `at` is {time:g} ms"


def _index(t):
    return round(t / HELD)


def _pulse(I, before, after):
    """The current I(lowest), from `before` ms before `at` until `after` ms after it."""
    return lambda t, lowest, at: np.where((t >= at - before) & (t < at + after), I(lowest), 0.0)


def _slope(T):
    """A straight rise to top within T(by) ms."""
    return lambda t, top, by: top * np.clip(t / T(by), 0.0, 1.0)


good_rebound, good_creep = _pulse(lambda low: low, 40.0, 0.0), _slope(lambda by: by)


def _both(rebound=good_rebound, creep=good_creep):
    return lambda: (rebound, creep)


def _of(kind, fires, shape):
    """Recognises a mistake by what the axon does and by the shape of the current, shape(I, limit, time)."""

    def when(inputs, output):
        I = np.asarray(output, dtype=float)
        if inputs["kind"] != kind or (fires is not None and bool(spikes_of(I)) != fires):
            return False
        return bool(shape(I, inputs["limit"], inputs["time"]))

    return when


def _lasts(I):
    """For how long (ms) a current is below half of its lowest value."""
    return HELD * np.count_nonzero(I / I.min() > 0.5) if I.min() < 0.0 else 0.0


def _gentle(t, lowest, at):
    return lowest * np.clip(np.minimum((t - at + 90.0) / 20.0, (at + 60.0 - t) / 60.0), 0.0, 1.0)


TWO = Exercise(
    id="02.3", title="Two currents that fool a threshold", points=3,
    inputs=two_inputs, call=two_run, judge=judge_two, seconds=20.0,
    hints=(
        "What do h and n do while v is below rest, and how fast? What do they do while v rises slowly?",
        "tau_h and tau_n are several ms near rest. What should last longer than that, and what should happen faster?",
        "rebound: hold the lowest current for a few time constants of h, and switch it off at once, at `at`. creep: rise in "
        "a straight line for as long as you may, so that h and n keep up, and stay at top.",
    ),
    wrong=[
        Wrong("too short a pulse", _both(rebound=_pulse(lambda low: low, 2.0, 0.0)),
              "Your negative pulse is over before h and n have moved: compare its length with tau_h and tau_n.",
              _of("rebound", False, lambda I, low, at: I.min() < 0.8 * low and _lasts(I) < 12.0 and I[-1] > 0.5 * low)),
        Wrong("begins where it should end", _both(rebound=_pulse(lambda low: low, 0.0, 40.0)),
              "Your spike comes too late: it is the *end* of the negative current that fires the axon, and yours only begins at `at`.",
              _of("rebound", True, lambda I, low, at: I.min() < 0.0 and I[_index(at - 1.0)] > 0.5 * low and I[_index(at + 1.0)] < 0.5 * low)),
        Wrong("always at one time", _both(rebound=lambda t, lowest, at: np.where((t >= 20.0) & (t < 60.0), lowest, 0.0)),
              "Your axon fires at a time of its own: the current must end at `at`, whatever that is.",
              _of("rebound", True, lambda I, low, at: I.min() < 0.0 and I[_index(at - 1.0)] > 0.5 * low and I[_index(at + 1.0)] > 0.5 * low)),
        Wrong("never switched off", _both(rebound=lambda t, lowest, at: np.where(t >= at - 40.0, lowest, 0.0)),
              "The axon waits for the end of your negative current, and it never comes.",
              _of("rebound", False, lambda I, low, at: I.min() < -1.0 and I[-1] < 0.5 * I.min())),
        Wrong("switched off gently", _both(rebound=_gentle),
              "Your negative current ends so gently that h and n are back in time: switch it off at once.",
              _of("rebound", False, lambda I, low, at: I.min() < 0.8 * low and I[-1] > 0.5 * low and _lasts(I) >= 12.0 and np.diff(I).max() < -0.3 * low)),
        Wrong("too weak", _both(rebound=_pulse(lambda low: 0.2 * low, 40.0, 0.0)),
              "You don't use what you are given: the current may go down to `lowest`, and yours stays far above it.",
              _of("rebound", False, lambda I, low, at: 0.8 * low < I.min() < 0.0)),
        Wrong("no current", _both(rebound=lambda t, lowest, at: 0.0 * t),
              "Your rebound injects nothing at all.",
              _of("rebound", False, lambda I, low, at: not np.any(I))),
        Wrong("a positive pulse", _both(rebound=_pulse(lambda low: -low, 2.0, 0.0)),
              "A positive current fires any axon: the rule is that yours never rises above 0.",
              _of("rebound", None, lambda I, low, at: I.max() > 0.0)),
        Wrong("a step", _both(creep=lambda t, top, by: np.where(t >= 10.0, top, 0.0)),
              "Your current jumps, and h and n have no time to follow: it is how fast it rises that counts, not when.",
              _of("creep", True, lambda I, top, by: np.abs(np.diff(I)).max() > 0.5 * top or I[0] > 0.5 * top)),
        Wrong("too steep", _both(creep=_slope(lambda by: 15.0)),
              "Your current rises too fast for h and n, at least somewhere: it may take all the time from 0 to `by`.",
              _of("creep", True, lambda I, top, by: np.abs(np.diff(I)).max() <= 0.2 * top and I[0] <= 0.2 * top)),
        Wrong("arrives too late", _both(creep=_slope(lambda by: 300.0)),
              "Your current is still on its way at `by`: it is to be at top from then on.",
              _of("creep", None, lambda I, top, by: I[-1] > 0.9 * top and 0.0 < I[_index(by)] < top - 1e-6)),
        Wrong("comes down again", _both(creep=lambda t, top, by: np.where(t < by, top * t / by, 0.0)),
              "Your current goes back to 0: it is to stay at top until the end. (snn.ramp ends in 0, too: add a step to it.)",
              _of("creep", None, lambda I, top, by: abs(I[-1]) < 1e-6 and I.max() > 0.9 * top)),
        Wrong("ends at 1", _both(creep=lambda t, top, by: np.clip(t / by, 0.0, 1.0)),
              "Your current ends at 1, whatever top is: multiply by top.",
              _of("creep", None, lambda I, top, by: abs(I[-1] - 1.0) < 1e-6)),
        Wrong("the lowest by heart", _both(rebound=lambda t, lowest, at: np.where((t >= at - 40.0) & (t < at), -8.0, 0.0)),
              "Your rebound goes below `lowest`, which is weaker in some cases: use the argument.",
              _of("rebound", None, lambda I, low, at: I.min() < low - 1e-9)),
        Wrong("beyond top", _both(creep=lambda t, top, by: top * t / by),
              "Your creep goes on rising when it has reached top, or takes another current for top: np.clip(x, 0, 1) stops a rise at 1.",
              _of("creep", None, lambda I, top, by: I.max() > top + 1e-9)),
        Wrong("below 0", _both(creep=lambda t, top, by: -top * np.clip(t / by, 0.0, 1.0)),
              "Your creep goes below 0: it is to rise from 0 to top, which is positive.",
              _of("creep", None, lambda I, top, by: I.min() < -1e-9)),
        Wrong("no creep", _both(creep=lambda t, top, by: 0.0 * t),
              "Your creep injects nothing at all: it is to arrive at top, only slowly.",
              _of("creep", None, lambda I, top, by: not np.any(I))),
        Wrong("stairs", _both(creep=lambda t, top, by: top * np.clip(np.floor(4.0 * t / by) / 4.0, 0.0, 1.0)),
              "Your current climbs in stairs, and each of them is a jump that h and n can't follow: make it a slope, or the stairs much finer.",
              _of("creep", True, lambda I, top, by: 0.2 * top < np.abs(np.diff(I)).max() <= 0.5 * top)),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 02.4 bug hunt: the guard that forgot the temperature


def hunt_inputs(seed):
    rng = np.random.default_rng([seed, 5])
    tests = {
        "your test, on the published rate": "published",
        "your test, on a rate without a guard": "bare",
        "your test, on a rate with its temperature upside down": "cold",
        "your test, on a rate with half its value at -40 mV": "half",
        "your test, on a rate that knows the temperature at -40 mV alone": "guard alone",
        "your test, on a mended rate": "mended",
        "your test, on a rate by expm1": "expm1",
    }
    warm = rng.uniform(10.0, 25.0)
    near, far = rng.uniform(1e-12, 1e-11), rng.uniform(5.0, 30.0)
    beside = -40.0 + near  # and the next number: of two in a row, one at least shows that digits were lost
    return [
        *(Case(name, {"kind": kind}) for name, kind in tests.items()),
        Case("your rate at 6.3 degrees", {"kind": "run", "v": [-65.0, -40.0, -10.0], "celsius": 6.3}),
        Case("your rate at -40 mV, warm", {"kind": "run", "v": [-40.0, beside, float(np.nextafter(beside, 0.0)), -40.0 - near], "celsius": warm}),
        Case("your rate elsewhere, warm", {"kind": "run", "v": [-40.0 - far, -40.0 + far], "celsius": warm}),
    ]  # fmt: skip


def hunt(pair, inputs):
    """What the student's test says of a rate, or the values of the student's rate."""
    import numpy as np

    from snnlab.checks.plain import truth

    is_right, mended_rate = pair()

    def q10(celsius):
        return 3.0 ** ((celsius - 6.3) / 10.0)

    def guarded(v, inside, outside):
        x = np.float64(v + 40.0) / 10.0
        with np.errstate(all="ignore"):
            return inside if abs(x) < 1e-6 else outside * x / (1.0 - np.exp(-x))

    def bare(v, celsius):
        x = np.float64(v + 40.0) / 10.0
        with np.errstate(all="ignore"):
            return q10(celsius) * x / (1.0 - np.exp(-x))

    def expm1(v, celsius):
        x = np.float64(v + 40.0) / 10.0
        return q10(celsius) * (x / -np.expm1(-x) if x != 0.0 else 1.0)

    kinds = {
        "published": lambda v, celsius: guarded(v, 1.0, q10(celsius)),
        "bare": bare,
        "cold": lambda v, celsius: guarded(v, 1.0 / q10(celsius), 1.0 / q10(celsius)),
        "half": lambda v, celsius: guarded(v, 0.5 * q10(celsius), q10(celsius)),
        "guard alone": lambda v, celsius: guarded(v, q10(celsius), 1.0),
        "mended": lambda v, celsius: guarded(v, q10(celsius), q10(celsius)),
        "expm1": expm1,
    }
    if inputs["kind"] != "run":
        return truth(is_right(kinds[inputs["kind"]]))
    return [mended_rate(v=float(v), celsius=inputs["celsius"]) for v in inputs["v"]]


def q10(celsius):
    return 3.0 ** ((celsius - 6.3) / 10.0)


def alpha_m(v, celsius):
    return q10(celsius) * opening_rate(v, 1.0, -40.0, 10.0)


def joined(rate):
    """A right test: at -40 mV the rate is that of its neighbours, warm as well, and 10 degrees treble it."""
    beside = 0.5 * (rate(-40.001, 18.5) + rate(-39.999, 18.5))
    warmer = rate(-30.0, 16.3) / rate(-30.0, 6.3)
    return bool(abs(rate(-40.0, 18.5) / beside - 1.0) < 1e-4 and abs(warmer - 3.0) < 1e-6)


def judge_hunt(inputs, output):
    """The student's test must pass the right rates alone, and the student's rate must be right."""
    if inputs["kind"] == "run":
        wanted = [alpha_m(v, inputs["celsius"]) for v in inputs["v"]]
        text = difference(output, [float(x) for x in wanted], rel=1e-6)
        return not text, text
    right = inputs["kind"] in ("mended", "expm1")
    said = f"your test {'passes' if output else 'fails'} it, and this rate is {'right' if right else 'wrong'}"
    return output == right, said


def _hands_in(is_right=joined, mended_rate=alpha_m):
    return lambda: (is_right, mended_rate)


def _published(v, celsius):
    return 1.0 if abs(v + 40.0) < 1e-5 else alpha_m(v, celsius)


def _at(value):
    """The right rate but for what it gives at -40 mV, value(celsius)."""
    return lambda v, celsius: value(celsius) if abs(v + 40.0) < 1e-5 else alpha_m(v, celsius)


def _at_x_0(v, celsius):
    return q10(celsius) * (1.0 if v == -40.0 else _naive(np.float64(v), 1.0, -40.0, 10.0))


def _near(rate, v, celsius, allowed):
    """Whether -40 mV is joined to its neighbours, at one temperature."""
    beside = 0.5 * (rate(v - 0.001, celsius) + rate(v + 0.001, celsius))
    return bool(abs(rate(v, celsius) / beside - 1.0) < allowed)


def _warmed_by(factor):
    """The right rate at 6.3 degrees, and factor(celsius) for the temperature."""
    return lambda v, celsius: factor(celsius) * opening_rate(v, 1.0, -40.0, 10.0)


HUNT = Exercise(
    id="02.4", title="Bug hunt: the guard that forgot the temperature", points=3,
    inputs=hunt_inputs, call=hunt, judge=judge_hunt,
    hints=(
        "At which voltages, and at which temperatures, does the published rate differ from a right one? Where would you "
        "have to look to see it?",
        "A right rate is smooth: at -40 mV it is the mean of its neighbours, at every temperature. And 10 degrees more "
        "make it three times as fast, at every voltage.",
        "The line of the guard returns 1 and leaves out q10. Mend that line. Let your test compare rate(-40, 18.5) with "
        "the rates at -40.001 and -39.999, and rate(v, 16.3) with 3 times rate(v, 6.3).",
    ),
    wrong=[
        Wrong("not mended", _hands_in(mended_rate=_published),
              "Your test is good, and your rate would fail it: at -40 mV it is still the same at every temperature."),
        Wrong("warm everywhere but by heart", _hands_in(mended_rate=_at(lambda celsius: 3.82)),
              "Your rate has the factor of 18.5 degrees written into its guard: compute it from celsius."),
        Wrong("the factor twice", _hands_in(mended_rate=_at(lambda celsius: q10(celsius) ** 2)),
              "At -40 mV your rate is too high when it is warm: the factor stands in it twice."),
        Wrong("no temperature at all", _hands_in(mended_rate=lambda v, celsius: opening_rate(v, 1.0, -40.0, 10.0)),
              "Your curve has no hole any more, since you took the temperature out everywhere: it belongs to both lines."),
        Wrong("no guard", _hands_in(mended_rate=lambda v, celsius: q10(celsius) * _naive(np.float64(v), 1.0, -40.0, 10.0)),
              "You took the guard away, and -40 mV is 0/0 again: keep it, and mend what it returns."),
        Wrong("tests at 6.3 degrees", _hands_in(is_right=lambda rate: _near(rate, -40.0, 6.3, 1e-4)),
              "Your test finds the missing guard alone. Does it look at a temperature where the factor is 1, or ask only "
              "whether there is a number at all? There the other mistakes can't be seen."),
        Wrong("tests away from -40 mV", _hands_in(is_right=lambda rate: bool(abs(rate(-30.0, 16.3) / rate(-30.0, 6.3) - 3.0) < 1e-6)),
              "Your test looks at the temperature, but at a voltage where the guard is asleep: there the mistake can't be seen."),
        Wrong("tests the hole alone", _hands_in(is_right=lambda rate: _near(rate, -40.0, 18.5, 1e-4)),
              "Your test finds the hole, and passes a rate whose temperature is upside down, since that one is smooth: by "
              "how much should 10 degrees change a rate?"),
        Wrong("tests the ratio alone", _hands_in(is_right=lambda rate: bool(abs(rate(-40.0, 16.3) / rate(-40.0, 6.3) - 3.0) < 1e-6)),
              "Your test asks that 10 degrees treble the rate, at -40 mV too, and that is good. A rate that is wrong there at every "
              "temperature passes it: compare -40 mV with its neighbours as well."),
        Wrong("a guard at -40 mV alone", _hands_in(mended_rate=_at_x_0),
              "Your guard is awake at -40 mV alone. A hair beside it 1 - exp(-x) has lost its digits: keep the width of the published guard."),
        Wrong("passes everything", _hands_in(is_right=lambda rate: True),
              "Your rate is right, but your test passes every rate. A test that can't fail tests nothing."),
        Wrong("fails everything", _hands_in(is_right=lambda rate: False),
              "Your test fails every rate, the right ones too. Does it expect equal floating-point numbers? Even a right "
              "rate misses them by some digits: allow a small difference."),
        Wrong("tests the numbers of -40 mV", _hands_in(is_right=lambda rate: bool(abs(rate(-40.0, 16.3) - 3.0) < 1e-6)),
              "Your test knows which number belongs to -40 mV, and looks nowhere else: a rate that forgets the temperature at all other "
              "voltages passes it. Compare -40 mV with its neighbours."),
        Wrong("says the opposite", _hands_in(is_right=lambda rate: not joined(rate)),
              "Your test tells right from wrong, and says the opposite: it is to return True for a right rate."),
        Wrong("temperature upside down", _hands_in(mended_rate=_warmed_by(lambda celsius: 1.0 / q10(celsius))),
              "Your rate gets slower when it is warm: look at the sign in the exponent of q10."),
        Wrong("twice in ten degrees", _hands_in(mended_rate=_warmed_by(lambda celsius: 2.0 ** ((celsius - 6.3) / 10.0))),
              "Your rate does not grow by the factor of the published one: ten degrees make it three times as fast."),
        Wrong("counted from 0 degrees", _hands_in(mended_rate=_warmed_by(lambda celsius: 3.0 ** (celsius / 10.0))),
              "Your rate is too fast at 6.3 degrees already, where the measurements were made: from which temperature does q10 count?"),
        Wrong("a factor in proportion", _hands_in(mended_rate=_warmed_by(lambda celsius: 3.0 * (celsius - 6.3) / 10.0)),
              "At 6.3 degrees your rate is 0: q10 is 3 to a power, not a multiple of 3."),
        Wrong("10 at -40 mV", _hands_in(mended_rate=_at(lambda celsius: 10.0 * q10(celsius))),
              "At -40 mV your rate is ten times too high: x is (v + 40)/10 already, and the limit of x/(1 - exp(-x)) is 1."),
        Wrong("a step aside", _hands_in(mended_rate=lambda v, celsius: alpha_m(v + 1e-4, celsius)),
              "Your rate is that of a voltage a little aside, everywhere: take the limit where x is tiny, and leave v alone elsewhere."),
    ],
)  # fmt: skip
