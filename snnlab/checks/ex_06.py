"""The exercises of lesson 06, Values into spikes."""

import numpy as np

from snnlab.checks.exercise import Case, Exercise, Wrong

# ---------------------------------------------------------------- 06.1 a latency code


def latency_inputs(seed):
    rng = np.random.default_rng([seed, 1])
    values = rng.uniform(0.05, 0.95, 5)
    picture = rng.uniform(0.1, 0.9, (3, 4))
    picture[0, 1], picture[2, 2] = 0.0, 1.0
    window = float(rng.integers(20, 60))
    return [
        Case("values between 0 and 1", {"x": values, "window": 100.0}),
        Case("the value 1", {"x": [1.0, values[0]], "window": 100.0}),
        Case("the value 0", {"x": [0.0, values[1]], "window": 100.0}),
        Case("a value close to 0", {"x": [float(rng.uniform(0.001, 0.004)), values[2]], "window": 100.0}),
        Case("a picture, in another window", {"x": picture, "window": window}),
    ]


def times_of(function, inputs):
    """The times that the function returns, as an array of numbers, np.inf for a spike that never comes."""
    import numpy as np

    return np.asarray(function(**inputs), dtype=float).tolist()


def latency(x, window):
    x = np.asarray(x)
    return np.where(x > 0.0, (1.0 - x) * window, np.inf)


LATENCY = Exercise(
    id="06.1", title="A latency code", points=3,
    inputs=latency_inputs, call=times_of, oracle=lambda **case: latency(**case).tolist(), abs=1e-9, rel=1e-9,
    hints=(
        "When does a pixel of 1 spike, and when one of 0.5? Draw time against value: two points make a line.",
        "The line goes down from (1, 0 ms) towards (0, the window). One value on it is special: which, and what happens there?",
        "The time is the part of the window that is left when the value is taken away from 1; where the value is 0, put np.inf, "
        "for instance with np.where.",
    ),
    wrong=[
        Wrong("not inverted", lambda x, window: np.where(np.asarray(x) > 0, np.asarray(x) * window, np.inf),
              "Your dark pixels spike first: the largest value has to be the earliest."),
        Wrong("not inverted, and 0 spikes", lambda x, window: np.asarray(x) * window,
              "Your dark pixels spike first, and 0 at once: the largest value has to be the earliest, and 0 never spikes."),
        Wrong("0 spikes at the end", lambda x, window: (1.0 - np.asarray(x)) * window,
              "Your 0 spikes at the end of the window. It must not spike at all: silence is its code, np.inf."),
        Wrong("a negative time for silence", lambda x, window: np.where(np.asarray(x) > 0, (1.0 - np.asarray(x)) * window, -window),
              "Silence is np.inf here, a spike that never comes, not a negative or another special number.",
              when=lambda inputs, output: _marks_silence_otherwise(inputs, output)),
        Wrong("an if for an array", lambda x, window: np.inf if np.asarray(x) == 0 else (1.0 - np.asarray(x)) * window,
              "An `if` asks one question, and x is an array with many answers: np.where asks for each value."),
        Wrong("the end of the window, 100 ms by heart", lambda x, window: (1.0 - np.asarray(x)) * 100.0,
              "Two things: your 0 spikes, though silence is its code, and a window of 100 ms seems to be written into your function."),
        Wrong("1 is silent", lambda x, window: np.where((np.asarray(x) > 0) & (np.asarray(x) < 1), (1.0 - np.asarray(x)) * window, np.inf),
              "Your 1 is silent: it is the strongest value, and spikes at 0 ms."),
        Wrong("no window", lambda x, window: np.where(np.asarray(x) > 0, 1.0 - np.asarray(x), np.inf),
              "Your times are between 0 and 1, whatever the window is: they are asked for in ms."),
        Wrong("a window by heart", lambda x, window: np.where(np.asarray(x) > 0, (1.0 - np.asarray(x)) * 100.0, np.inf),
              "It is right for 100 ms alone: is a window of 100 ms written into your function?"),
        Wrong("inverse proportion", lambda x, window: np.where(np.asarray(x) > 0, window * 0.01 / np.maximum(np.asarray(x), 0.01), np.inf),
              "Your time is in proportion to 1/x, a curve: here it is a straight line that is 0 at x = 1.",
              when=lambda inputs, output: _is_inverse(inputs, output)),
        Wrong("whole milliseconds", lambda x, window: np.where(np.asarray(x) > 0, np.round((1.0 - np.asarray(x)) * window), np.inf),
              "Your times are rounded to whole milliseconds: that loses what two close values differ in."),
        Wrong("small values are silent", lambda x, window: np.where(np.asarray(x) > 0.1, (1.0 - np.asarray(x)) * window, np.inf),
              "Some values of yours are silent that are not 0: however small a value is, it spikes, only late.",
              when=lambda inputs, output: _silences_small(inputs, output)),
        Wrong("in seconds", lambda x, window: np.where(np.asarray(x) > 0, (1.0 - np.asarray(x)) * window / 1000.0, np.inf),
              "Your times are a thousand times too small: the window is in ms, and so is the answer."),
        Wrong("upside down", lambda x, window: np.where(np.asarray(x) > 0, (np.asarray(x) - 1.0) * window, np.inf),
              "Your times are negative, as if the spikes came before the window: the right way round?"),
        Wrong("over the largest value", lambda x, window: np.where(np.asarray(x) > 0, (1.0 - np.asarray(x) / np.max(x)) * window, np.inf),
              "In yours the largest value of the array always spikes at 0 ms. The decoder doesn't know which one that is: 0 ms is for 1."),
    ],
)  # fmt: skip


def _marks_silence_otherwise(inputs, output):
    """True if all is right but for what stands where nothing spikes: another number than inf, below 0 or far above."""
    got, x = np.asarray(output, dtype=float), np.asarray(inputs["x"], dtype=float)
    if got.shape != x.shape or not (x == 0).any():
        return False
    right = latency(x, inputs["window"])
    said = got[x == 0]
    other = (said < 0.0) | (said > 2 * inputs["window"]) & np.isfinite(said)
    return bool(np.allclose(got[x > 0], right[x > 0]) and np.all(other))


def _silences_small(inputs, output):
    got, x = np.asarray(output, dtype=float), np.asarray(inputs["x"], dtype=float)
    silent = np.isposinf(got) & (x > 0)
    right = latency(x, inputs["window"])
    return bool(silent.any() and x[silent].max() < 0.5 and np.allclose(got[~silent], right[~silent]))


def _is_inverse(inputs, output):
    got, x = np.asarray(output, dtype=float), np.asarray(inputs["x"], dtype=float)
    some = x > 0.02
    if got.shape != x.shape or some.sum() < 2:
        return False
    constant = got[some] * x[some]
    return bool(
        np.all(np.isfinite(constant)) and np.all(constant > 0) and np.ptp(constant) <= 1e-6 * constant.max()
    )


# ---------------------------------------------------------------- 06.2 the value that a LIF's latency tells


def charge_inputs(seed):
    rng = np.random.default_rng([seed, 2])

    def case(name, x, late=False):
        E_L = rng.uniform(-75.0, -65.0)
        given = {"tau_m": rng.uniform(8.0, 30.0), "R_m": rng.uniform(0.06, 0.15), "E_L": E_L,
                 "v_th": E_L + rng.uniform(14.0, 20.0), "I_max": rng.uniform(800.0, 1500.0)}  # fmt: skip
        return Case(name, {"t": charged(np.asarray(x), **given), **given})

    return [
        case("early spikes", rng.uniform(0.6, 1.0, 5)),
        case("another neuron, and later spikes", rng.uniform(0.42, 0.6, 5)),
        case("some that never spike", [0.0, rng.uniform(0.5, 0.9), 0.05, rng.uniform(0.5, 0.9)]),
        case("a sheet of 2 x 3 neurons", rng.uniform(0.5, 0.9, (2, 3))),
    ]


def charged(x, tau_m, R_m, E_L, v_th, I_max):
    """When a resting LIF neuron reaches threshold under the current x I_max; inf if never."""
    drive, way = R_m * I_max * x, v_th - E_L
    above = drive > way
    return np.where(
        above, tau_m * np.log(np.where(above, drive, 2.0) / np.where(above, drive - way, 1.0)), np.inf
    )


def values_of(function, inputs):
    import numpy as np

    return np.asarray(function(**inputs), dtype=float).tolist()


def told(t, tau_m, R_m, E_L, v_th, I_max):
    t = np.asarray(t, dtype=float)
    return np.where(np.isinf(t), 0.0, (v_th - E_L) / (R_m * I_max * (1.0 - np.exp(-t / tau_m))))


def _told(change):
    """A wrong answer: change(t, tau_m, R_m, way, I_max) for those that spike, 0 for the others."""

    def wrong(t, tau_m, R_m, E_L, v_th, I_max):
        t = np.asarray(t, dtype=float)
        some = np.where(np.isinf(t), 1.0, t)
        return np.where(np.isinf(t), 0.0, change(some, tau_m, R_m, v_th - E_L, I_max))

    return wrong


CHARGE = Exercise(
    id="06.2", title="What a LIF's latency tells", points=3,
    inputs=charge_inputs, call=values_of, oracle=lambda **case: told(**case).tolist(), abs=1e-9, rel=1e-6,
    hints=(
        "You know when v reached v_th. Which current brings it there in just this time? And what does a neuron that never spiked tell?",
        "Equation (1) holds at the moment of the spike. Take the exponential of both sides, and solve for I.",
        "The current is (v_th - E_L)/R_m divided by 1 - exp(-t/tau_m); the value is that over I_max. exp(-inf) is 0, so that silence "
        "would come out as the rheobase: it has to be 0.",
    ),
    wrong=[
        Wrong("silence is the rheobase", lambda t, tau_m, R_m, E_L, v_th, I_max: (v_th - E_L) / (R_m * I_max * (1.0 - np.exp(-np.asarray(t, dtype=float) / tau_m))),
              "Your silent neurons have the value of the rheobase: that is the limit for very late spikes. Who never spiked counts as 0."),
        Wrong("inverse proportion", _told(lambda t, tau_m, R_m, way, I_max: way * tau_m / (R_m * I_max * t)),
              "That is the law of inverse proportion, I = constant/t. It holds for strong currents only: the leak is missing."),
        Wrong("no I_max", _told(lambda t, tau_m, R_m, way, I_max: way / (R_m * (1.0 - np.exp(-t / tau_m)))),
              "Your values are in the hundreds: they are the currents in pA. x is a current over I_max."),
        Wrong("no R_m", _told(lambda t, tau_m, R_m, way, I_max: way / (I_max * (1.0 - np.exp(-t / tau_m)))),
              "mV over pA is no plain number: which parameter turns the way to threshold into a current?"),
        Wrong("v_th without E_L", lambda t, tau_m, R_m, E_L, v_th, I_max: np.where(np.isinf(t), 0.0, v_th / (R_m * I_max * (1.0 - np.exp(-np.where(np.isinf(t), 1.0, t) / tau_m)))),
              "Your values are negative: the membrane starts at E_L, and what counts is the way from there to v_th."),
        Wrong("sign in the exponent", _told(lambda t, tau_m, R_m, way, I_max: way / (R_m * I_max * (1.0 - np.exp(t / tau_m)))),
              "Your values are negative: look at the sign in the exponent."),
        Wrong("what is left, not what is done", _told(lambda t, tau_m, R_m, way, I_max: way / (R_m * I_max * np.exp(-t / tau_m))),
              "Later spikes get larger values: exp(-t/tau_m) is what is left of the way, 1 minus it is what is done."),
        Wrong("multiplied", _told(lambda t, tau_m, R_m, way, I_max: way * (1.0 - np.exp(-t / tau_m)) / (R_m * I_max)),
              "Later spikes get larger values: divide by 1 - exp(-t/tau_m), since less time needs more current."),
        Wrong("the latency code of 06.1", _told(lambda t, tau_m, R_m, way, I_max: 1.0 - t / 100.0),
              "That is the decoder of the straight line. A membrane charges along a curve."),
        Wrong("t in seconds", _told(lambda t, tau_m, R_m, way, I_max: way / (R_m * I_max * (1.0 - np.exp(-t / 1000.0 / tau_m)))),
              "Your values are about a thousand times too large: t and tau_m are both in ms."),
        Wrong("in one row", lambda **case: told(**case).ravel(),
              "The values are right, but in one row: a sheet of times asks for a sheet of values, of the shape of t."),
        Wrong("multiplied by R_m", _told(lambda t, tau_m, R_m, way, I_max: way * R_m / (I_max * (1.0 - np.exp(-t / tau_m)))),
              "A potential over a resistance is a current: yours is multiplied by R_m."),
        Wrong("a plus below", _told(lambda t, tau_m, R_m, way, I_max: way / (R_m * I_max * (1.0 + np.exp(-t / tau_m)))),
              "In yours later spikes tell larger values: a sign was lost when you solved (1) for I."),
        Wrong("upside down", _told(lambda t, tau_m, R_m, way, I_max: R_m * I_max * (1.0 - np.exp(-t / tau_m)) / way),
              "Your values lie above 1: x is I over I_max, and yours is I_max over I."),
        Wrong("tau_m is forgotten", _told(lambda t, tau_m, R_m, way, I_max: way / (R_m * I_max * (1.0 - np.exp(-t)))),
              "Your exponent is a time in ms, and has to be a plain number: t over what?"),
        Wrong("the neuron of the table", lambda t, tau_m, R_m, E_L, v_th, I_max: told(t, 20.0, 0.1, -70.0, -50.0, 1000.0),
              "Your numbers are those of the neuron in the table: the function is given the parameters of others."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 06.3 receptive fields


def field_inputs(seed):
    rng = np.random.default_rng([seed, 3])
    low = float(rng.uniform(2.0, 5.0))
    high = low + float(rng.uniform(2.0, 4.0))
    return [
        Case("eight fields from 0 to 1", {"x": rng.uniform(0.0, 1.0, 3), "m": 8, "low": 0.0, "high": 1.0, "window": 10.0}),
        Case("twelve fields, in cm", {"x": rng.uniform(low, high, 3), "m": 12, "low": low, "high": high, "window": 10.0}),
        Case("four fields, in another window", {"x": rng.uniform(0.0, 1.0, 2), "m": 4, "low": 0.0, "high": 1.0, "window": 50.0}),
        Case("both ends of the range", {"x": [low, high], "m": 6, "low": low, "high": high, "window": 10.0}),
    ]  # fmt: skip


def fields(x, m, low, high, window, first=-0.5, gaps=-2, narrower=1.5, cutoff=0.1, half=0.5, power=2):
    """Times (len(x), m); the keywords after window are where a mistake may sit."""
    x = np.asarray(x, dtype=float)
    gap = (high - low) / (m + gaps)
    centres, sigma = low + (first + np.arange(m)) * gap, gap / narrower
    response = np.exp(-half * (x[:, None] - centres) ** 2 / sigma**power)
    return np.where(response >= cutoff, (1.0 - response) * window, np.inf)


def _fields(**mistake):
    return lambda x, m, low, high, window: fields(x, m, low, high, window, **mistake)


def _not_inverted(x, m, low, high, window):
    t = fields(x, m, low, high, window)
    return np.where(np.isinf(t), np.inf, window - t)


def _from_zero(x, m, low, high, window):
    return fields(np.asarray(x), m, 0.0, high - low, window)


def _edge_to_edge(x, m, low, high, window):
    return fields(x, m, low, high, window, first=0.0, gaps=-1)


def _ends_and_gaps(x, m, low, high, window):
    """Centres by np.linspace(low, high, m), and the width of the true gap."""
    x, sigma = np.asarray(x, dtype=float), (high - low) / (m - 2) / 1.5
    response = np.exp(-0.5 * ((x[:, None] - np.linspace(low, high, m)) / sigma) ** 2)
    return np.where(response >= 0.1, (1.0 - response) * window, np.inf)


def _wrong_side(x, m, low, high, window):
    t = fields(x, m, low, high, window, cutoff=0.0)
    return np.where(t <= 0.1 * window, np.inf, t)


def _nine_ms(x, m, low, high, window):
    t = fields(x, m, low, high, window, cutoff=0.0)
    return np.where(t > 9.0, np.inf, t)


def _marked(number):
    """All right, but for a number where nothing spikes."""

    def marked(x, m, low, high, window):
        t = fields(x, m, low, high, window)
        return np.where(np.isinf(t), number, t)

    return marked


def _marks_fields(inputs, output):
    right, got = fields(**inputs), np.asarray(output, dtype=float)
    silent = np.isinf(right)
    same = np.allclose(got[~silent], right[~silent]) and np.isfinite(got).all()
    return bool(same and np.ptp(got[silent]) == 0.0)


FIELDS = Exercise(
    id="06.3", title="A population code", points=4,
    inputs=field_inputs, call=times_of, oracle=lambda **case: fields(**case).tolist(), abs=1e-6, rel=1e-6,
    hints=(
        "Draw the line from low to high, and put four centres on it, as the text says. Where is the first, and how far is it to the next?",
        "With m fields there are m - 1 gaps from the first centre to the last; the first lies half a gap below low, the last half a gap "
        "above high. So how many gaps fit between low and high?",
        "A gap is (high - low)/(m - 2); field j = 0, 1, ... has its centre at low + (j - 1/2) gaps, and sigma is gap/1.5. Broadcast "
        "x[:, None] against the row of centres, turn responses into times, and silence those below 0.1.",
    ),
    wrong=[
        Wrong("not inverted", _not_inverted,
              "Your best field spikes last: the strongest response has to be the earliest."),
        Wrong("no field is silent", _fields(cutoff=0.0),
              "All your fields spike: what would spike in the last tenth of the window is silent (np.inf)."),
        Wrong("the strongest are silent", _wrong_side,
              "Your strongest fields are silent, and the weakest spike: it is the last tenth of the window that stays empty, not the first."),
        Wrong("fields from edge to edge", _edge_to_edge,
              "Your first and last centres lie on the ends of the range: they belong half a gap outside."),
        Wrong("one place too low", _fields(first=-1.5),
              "Your centres are one gap too low: did you count the fields from 1 in one place and from 0 in another?"),
        Wrong("one place too high", _fields(first=0.5),
              "Your centres are one gap too high, and the first lies inside the range: it belongs half a gap below low."),
        Wrong("gaps by m", _fields(gaps=0),
              "Your gaps are too narrow: m - 1 gaps reach from the first centre to the last, of which half a gap sticks out at each end."),
        Wrong("gaps by m - 1", _fields(gaps=-1),
              "Your gaps are a little too narrow: the fields reach half a gap beyond the range at both ends, so one gap fewer lies inside."),
        Wrong("width times 1.5", _fields(narrower=1.0 / 1.5),
              "Your fields are too wide: the gap is 1.5 times the width, not the width 1.5 times the gap."),
        Wrong("the brackets of the exponent", _fields(power=-2),
              "Your exponent is multiplied by sigma^2: in Python a / 2 * b is (a / 2) * b, so put brackets around what stands below the line."),
        Wrong("centres from edge to edge", _ends_and_gaps,
              "Your width is right, but your centres go from low to high: the first and the last lie half a gap outside."),
        Wrong("times from 0 to 1", lambda x, m, low, high, window: fields(x, m, low, high, 1.0),
              "Your times lie between 0 and 1, whatever the window is: they are asked for in ms."),
        Wrong("width is the gap", _fields(narrower=1.0),
              "Your fields are too wide: a gap is 1.5 widths."),
        Wrong("no half in the exponent", _fields(half=1.0),
              "Your fields are too narrow by the square root of 2: the Gaussian has 2 sigma^2 below the square."),
        Wrong("sigma not squared", _fields(power=1),
              "Your exponent has sigma without its square: it then depends on the unit in which x is measured."),
        Wrong("low is forgotten", _from_zero,
              "It is right from 0 to 1 only: the centres start from low, not from 0."),
        Wrong("half a gap too low", _fields(first=-1.0),
              "Your first centre lies a whole gap below low: it belongs half a gap below."),
        Wrong("9 ms by heart", _nine_ms,
              "Right for a window of 10 ms, where the last tenth begins at 9 ms: where does it begin in another window?"),
        Wrong("10 ms by heart", lambda x, m, low, high, window: fields(x, m, low, high, 10.0),
              "Right for a window of 10 ms, and for no other: is 10 written into your function?"),
        Wrong("another mark for silence", _marked(0.0),
              "Your silent fields have a number, and to the decoder a number is a spike: silence is np.inf.", when=_marks_fields),
        Wrong("rows and columns swapped", lambda x, m, low, high, window: fields(x, m, low, high, window).T,
              "Your rows are the fields and your columns the values: asked for is one row for each value."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 06.4 bug hunt: two codes that run


def hunt_inputs(seed):
    rng = np.random.default_rng([seed, 4])
    draw = int(rng.integers(2**31))
    kinds = {
        "your test, on the published code": "published",
        "your test, on a right one, step by step": "right",
        "your test, on a right one that draws times": "times",
        "your test, on one that divides by dt": "divided",
        "your test, on one that takes Hz for spikes per ms": "per ms",
        "your test, on one that knows 100 Hz only": "by heart",
        "your test, on one that gives all values the rate of the first": "first",
    }
    x = np.round(rng.uniform(0.2, 0.9, 3), 2)
    rates = {"steps of 1 ms": 1.0, "steps of 0.1 ms": 0.1, "steps of 0.5 ms": 0.5}
    y = np.concatenate([[0.0, 1.0], rng.uniform(0.05, 0.95, 20)])
    return [
        *(Case(name, {"kind": kind, "seed": draw}) for name, kind in kinds.items()),
        *(
            Case(f"your rate code, {name}", {"kind": "rate", "x": x, "dt": dt, "max_rate": 80.0, "window": 500.0, "seed": draw})
            for name, dt in rates.items()
        ),
        Case("your binary code, the value 1", {"kind": "binary", "x": [1.0, 1.0], "bits": 4}),
        Case("your binary code, 3 bits", {"kind": "binary", "x": y, "bits": 3}),
        Case("your binary code, 8 bits", {"kind": "binary", "x": y, "bits": 8}),
    ]  # fmt: skip


def hunt(handed_in, inputs):
    """What the test says of a rate code; the mean count of the rate code; the words of the binary code."""
    import numpy as np

    from snnlab.checks.plain import truth

    is_right, mended_rate, mended_binary = handed_in()

    def times(x, max_rate, window, dt, rng):
        steps = round(window / dt)
        spikes = np.zeros((steps, len(x)), bool)
        for k in range(len(x)):
            t = rng.uniform(0.0, window, rng.poisson(x[k] * max_rate * window / 1000.0))
            spikes[np.minimum((t / dt).astype(int), steps - 1), k] = True
        return spikes

    def by_step(factor):
        def code(x, max_rate, window, dt, rng):
            return rng.random((round(window / dt), len(x))) < np.asarray(x) * max_rate * factor(dt)

        return code

    right = by_step(lambda dt: dt / 1000.0)
    codes = {
        "by heart": lambda x, max_rate, window, dt, rng: right(x, 100.0, window, dt, rng),
        "first": lambda x, max_rate, window, dt, rng: right(np.full(len(x), x[0]), max_rate, window, dt, rng),
        "published": by_step(lambda dt: 1.0 / 1000.0), "right": right, "times": times,
        "divided": by_step(lambda dt: 1.0 / (1000.0 * dt)), "per ms": by_step(lambda dt: dt),
    }  # fmt: skip
    if inputs["kind"] in codes:
        return truth(is_right(codes[inputs["kind"]]))
    if inputs["kind"] == "binary":
        words = np.asarray(mended_binary(np.asarray(inputs["x"], dtype=float), inputs["bits"]))
        return words.astype(int).tolist()
    copies = 100  # neurons of each value
    x = np.repeat(np.asarray(inputs["x"], dtype=float), copies)
    rng = np.random.default_rng(inputs["seed"])
    spikes = np.asarray(mended_rate(x, inputs["max_rate"], inputs["window"], inputs["dt"], rng))
    if spikes.shape != (round(inputs["window"] / inputs["dt"]), len(x)):
        raise ValueError(
            f"mended_rate must return one row per step, one column per value, and it returned shape {spikes.shape}"
        )
    return (spikes != 0).sum(axis=0).reshape(-1, copies).mean(axis=1).tolist()  # fmt: skip


def judge_hunt(inputs, output):
    kind = inputs["kind"]
    if kind == "binary":
        return _judge_words(np.asarray(inputs["x"]), inputs["bits"], output)
    if kind == "rate":
        expected = np.asarray(inputs["x"]) * inputs["max_rate"] * inputs["window"] / 1000.0
        got = np.asarray(output, dtype=float)
        if got.shape != expected.shape:
            return False, "one column for each value is wanted"
        off = np.abs(got - expected) > 5.0 * np.sqrt(expected / 100.0)
        return (
            not off.any(),
            f"too {'many' if (got > expected)[off].any() else 'few'} spikes" if off.any() else "",
        )
    right = kind in ("right", "times")
    return (
        output == right,
        f"your test {'passes' if output else 'fails'} it, and this code is {'right' if right else 'wrong'}",
    )


def _judge_words(x, bits, words):
    words = np.asarray(words)
    if words.shape != (len(x), bits):
        return False, f"one row of {bits} bits for each value is wanted, got shape {words.shape}"
    if not np.isin(words, (0, 1)).all():
        return False, "bits are 0 or 1"
    value = words @ 2.0 ** np.arange(bits - 1, -1, -1) / (2**bits - 1)
    off = np.abs(value - x) > 2.0**-bits * (1 + 1e-9)
    return not off.any(), "a word is further from its value than one level" if off.any() else ""


def _rate(factor):
    return lambda x, max_rate, window, dt, rng: (
        rng.random((round(window / dt), len(x))) < np.asarray(x) * max_rate * factor(dt)
    )


def _binary(level):
    def code(x, bits):
        return (level(np.asarray(x), bits).astype(int)[:, None] >> np.arange(bits - 1, -1, -1)) & 1

    return code


def counts_well(code, dt=0.1):
    """A right test: the mean count of many neurons, at a step that is not 1 ms, is x max_rate window/1000."""
    spikes = np.asarray(code(np.repeat([0.2, 0.8], 400), 50.0, 400.0, dt, np.random.default_rng(3)))
    return bool(np.allclose(spikes.reshape(-1, 2, 400).sum(axis=0).mean(axis=1), [4.0, 16.0], atol=1.0))


nearest, cut = (
    _binary(lambda x, b: np.floor(x * (2**b - 1) + 0.5)),
    _binary(lambda x, b: np.minimum(np.floor(x * 2**b), 2**b - 1)),
)
good_rate = _rate(lambda dt: dt / 1000.0)


def _one_value(code):
    return (
        abs(
            np.asarray(code(np.full(400, 0.5), 100.0, 200.0, 0.1, np.random.default_rng(3))).sum() / 400
            - 10.0
        )
        < 1.0
    )


def _three(is_right, rate, binary):
    return lambda: (is_right, rate, binary)


def _backwards(inputs, output):
    return any(np.array_equal(output, code(inputs["x"], inputs["bits"])[:, ::-1]) for code in (nearest, cut))


HUNT = Exercise(
    id="06.4", title="Bug hunt: two codes that run", points=4,
    inputs=hunt_inputs, call=hunt, judge=judge_hunt, seconds=20.0,
    hints=(
        "For the rate: how many spikes should come in one second, and does your answer mention dt? For the words: which word is that of 1?",
        "A rate is per second, a probability is per step. And count the levels: with 3 bits there are 8, the first of them 0.",
        "The probability of a spike in a step is x max_rate dt/1000, with dt in ms. The levels go from 0 to 2**bits - 1: scale by that and round, "
        "or keep the largest level from growing beyond it. Test the rate at a step that is not 1 ms.",
    ),
    wrong=[
        Wrong("the rate is not mended", _three(counts_well, _rate(lambda dt: 1.0 / 1000.0), nearest),
              "Your rate code is right for steps of 1 ms alone: the probability of a spike in a step depends on how long the step is."),
        Wrong("divided by dt", _three(counts_well, _rate(lambda dt: 1.0 / (1000.0 * dt)), nearest),
              "Your rate code makes more spikes the shorter the step is: a shorter step must have a smaller probability."),
        Wrong("per second used per step", _three(counts_well, _rate(lambda dt: dt), nearest),
              "Your rate code makes about a spike in every step: max_rate is per second, and dt is in ms."),
        Wrong("dt in seconds twice", _three(counts_well, _rate(lambda dt: dt / 1e6), nearest),
              "Your rate code is almost silent: ms become seconds by one factor of 1000, not two."),
        Wrong("the word of 1 is not mended", _three(counts_well, good_rate, _binary(lambda x, b: np.floor(x * 2**b))),
              "Your 1 has the word of 0: its level is 2**bits, which needs one bit more than there are."),
        Wrong("a bit more", _three(counts_well, good_rate, lambda x, bits: (np.floor(np.asarray(x) * 2**bits).astype(int)[:, None] >> np.arange(bits, -1, -1)) & 1),
              "Your words have one bit more than was asked for: the largest level must fit into the bits that there are."),
        Wrong("one level is missing", _three(counts_well, good_rate, _binary(lambda x, b: np.floor(x * (2**b - 2) + 0.5))),
              "Your 1 lacks the last bit: with 3 bits the largest level is 7."),
        Wrong("levels cut off", _three(counts_well, good_rate, _binary(lambda x, b: np.floor(x * (2**b - 1)))),
              "Your 1 is right now, but other words are up to a whole level too low: go to the nearest level, not to the one below."),
        Wrong("the value is forgotten", _three(counts_well, lambda x, max_rate, window, dt, rng: good_rate(np.ones(len(x)), max_rate, window, dt, rng), nearest),
              "Your rate code makes as many spikes for each value: where is x?"),
        Wrong("the words are not mended, tests at 1 ms", _three(lambda code: counts_well(code, dt=1.0), good_rate, _binary(lambda x, b: np.floor(x * 2**b))),
              "Your rate code is mended. Two things are left: your test looks at steps at which the mistake does not show, and your 1 still has the word of 0."),
        Wrong("bits in the other order", _three(counts_well, good_rate, lambda x, bits: nearest(x, bits)[:, ::-1]),
              "Your words are written from right to left: the most significant bit comes first.",
              when=lambda inputs, output: _backwards(inputs, output)),
        Wrong("tests at 1 ms", _three(lambda code: counts_well(code, dt=1.0), good_rate, nearest),
              "Both codes are mended, but your test passes wrong ones: at which step does the mistake not show?"),
        Wrong("tests one value at 100 Hz", _three(_one_value, good_rate, nearest),
              "Both codes are mended, and your test finds what is wrong with dt. It asks for one value and one max_rate: a code that "
              "has them written in passes it."),
        Wrong("nothing is mended", _three(counts_well, _rate(lambda dt: 1.0 / 1000.0), _binary(lambda x, b: np.floor(x * 2**b))),
              "Your test is good, and both codes are still the published ones: let your test judge your own code."),
        Wrong("passes everything", _three(lambda code: True, good_rate, nearest),
              "Both codes are mended, but your test passes wrong ones, those that failed above: what should it count, and for which arguments?"),
        Wrong("fails everything", _three(lambda code: False, good_rate, nearest),
              "Both codes are mended, but your test fails the right ones too: a count is random, how far off may it be?"),
        Wrong("a test for one way of drawing", _three(
              lambda code: bool(np.array_equal(code(np.full(5, 0.5), 100.0, 50.0, 0.1, np.random.default_rng(0)),
                                               good_rate(np.full(5, 0.5), 100.0, 50.0, 0.1, np.random.default_rng(0)))), good_rate, nearest),
              "Your test passes one right code and fails another, which draws the times of its spikes: compare how many there are on average, and not which ones. "
              "And let steps be short: two spikes in one step are one True."),
    ],
)  # fmt: skip
