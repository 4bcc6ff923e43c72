"""The exercises of lesson 07, Time into spikes."""

import math

import numpy as np

from snnlab.checks.exercise import Case, Exercise, Wrong

# ---------------------------------------------------------------- 07.1 a phase code


def phase_inputs(seed):
    rng = np.random.default_rng([seed, 1])
    x = rng.uniform(0.05, 0.95, 4)
    period = float(rng.integers(16, 23))
    low, high = rng.uniform(0.05, 0.3), rng.uniform(0.7, 0.95)
    return [
        Case("a cycle begins at 0 ms", {"x": x, "period": 25.0, "offset": 0.0, "window": 100.0}),
        Case("a cycle begins later than that", {"x": [low, high], "period": 25.0, "offset": float(rng.uniform(14, 17)), "window": 100.0}),
        Case("an offset of several cycles, another rhythm", {"x": x, "period": period, "offset": 3.4 * period, "window": 5 * period}),
        Case("an offset before 0 ms", {"x": x, "period": period, "offset": -2.3 * period, "window": 6 * period}),
        Case("the values 0 and 1", {"x": [0.0, 1.0], "period": 25.0, "offset": 3.0, "window": 50.0}),
    ]  # fmt: skip


def rows_of(function, inputs):
    """The times that the function returns, each row in order, as lists."""
    import numpy as np

    t = np.asarray(function(**inputs), dtype=float)
    return np.sort(t, axis=-1).tolist() if t.ndim else t.tolist()


def phase(x, period, offset, window, span=0.75, inverted=True, wrap=True, first=0):
    """Times (len(x), cycles); the keywords after window are where a mistake may sit."""
    x = np.asarray(x, dtype=float)
    t = offset + span * period * ((1.0 - x) if inverted else x)
    t = t % period if wrap else t
    return t[:, None] + period * np.arange(first, first + round(window / period))


def _phase(**mistake):
    return lambda x, period, offset, window: phase(x, period, offset, window, **mistake)


def _clipped(x, period, offset, window):
    return np.clip(phase(x, period, offset, window, wrap=False), 0.0, window)


def _cycle_wrapped(x, period, offset, window):
    """Only the offset is brought into one cycle, the spike is not."""
    return phase(x, period, offset % period, window, wrap=False)


def _half_wrapped(up):
    """What is behind the first period comes back into it, or what is before it, but not both."""

    def code(x, period, offset, window):
        t = phase(x, period, offset, window, wrap=False)
        outside = t[:, 0] < 0 if up else t[:, 0] >= period
        first = np.where(outside, t[:, 0] % period, t[:, 0])
        return first[:, None] + period * np.arange(t.shape[1])

    return code


def _all_in_one(x, period, offset, window):
    """Every cycle is added first, and then wrapped away again."""
    return phase(x, period, offset, window) % period


PHASE = Exercise(
    id="07.1", title="A phase code", points=4,
    inputs=phase_inputs, call=rows_of, oracle=lambda **case: np.sort(phase(**case), axis=-1).tolist(), abs=1e-6, rel=1e-9,
    hints=(
        "Draw the rhythm, and one cycle that begins before 0 ms and ends after it. Where in it does 0.5 spike? Is that before or after 0?",
        "A spike that is a whole number of periods away is the same spike of another cycle. Which operator brings any time into the first period?",
        "The first spike is (offset + what the value adds) % period, and the others follow one period apart: broadcast a column of first spikes "
        "against a row of whole periods.",
    ),
    wrong=[
        Wrong("not wrapped", _phase(wrap=False),
              "Some of your spikes lie outside the window: the rhythm goes on before the offset too, so that a spike belongs to every cycle. Bring the first into one period."),
        Wrong("only the offset is wrapped", _cycle_wrapped,
              "The offset is brought into one period, but the spike may still come after the end of that period: its last spike leaves the window, and the one at the beginning is missing."),
        Wrong("wrapped upwards only", _half_wrapped(up=True),
              "A first spike before 0 ms comes back into the first period, one behind its end does not: the same operation brings back both."),
        Wrong("wrapped downwards only", _half_wrapped(up=False),
              "A first spike behind the first period comes back into it, one before 0 ms does not: the same operation brings back both."),
        Wrong("cut off instead of wrapped", _clipped,
              "Spikes pile up at the ends of the window: what is outside belongs to another cycle, and is not to be moved to the edge."),
        Wrong("not inverted", _phase(inverted=False),
              "Your 0 spikes first in a cycle: it is 1 that comes at its start."),
        Wrong("the whole circle", _phase(span=1.0),
              "Your 0 and your 1 have the same phase: a quarter of the cycle has to stay empty."),
        Wrong("half a circle", _phase(span=0.5),
              "Your 0 comes after half a cycle: it belongs at three quarters."),
        Wrong("the first cycle is empty", _phase(first=1),
              "Your first cycle is empty, and the last one lies behind the window: are the cycles counted from 1?"),
        Wrong("a quarter of the circle", _phase(span=0.25),
              "Your 0 comes after a quarter of the cycle: three quarters of it carry values, and one quarter stays empty."),
        Wrong("the first quarter is empty", lambda x, period, offset, window: phase(x, period, offset + 0.25 * period, window),
              "You leave the first quarter of each cycle empty: 1 spikes when a cycle begins, and the LAST quarter is empty."),
        Wrong("all cycles in one", _all_in_one,
              "Your rows repeat the first cycle's spike: after the wrap, the whole periods of the other cycles have to be added, not before."),
        Wrong("a flat array", lambda x, period, offset, window: phase(x, period, offset, window)[:, 0],
              "You have one time for each value, in a flat array: each value spikes once in EVERY cycle, so that its row holds as many times as there are periods."),
        Wrong("cycles of 25 ms counted", lambda x, period, offset, window: phase(x, 25.0, offset, window),
              "Your rows are as long as if the period were 25 ms: is that number written into your function, in place of `period`?"),
        Wrong("one cycle only", lambda x, period, offset, window: phase(x, period, offset, period),
              "You have one spike for each value: there is one in every cycle of the window."),
        Wrong("no offset", lambda x, period, offset, window: phase(x, period, 0.0, window),
              "It is right where a cycle begins at 0 ms only: what does the offset do?"),
        Wrong("offset the other way", lambda x, period, offset, window: phase(x, period, -offset, window),
              "You moved the spikes to the wrong side: a rhythm that begins later makes later spikes."),
        Wrong("radians", lambda x, period, offset, window: (2 * np.pi * phase(x, period, offset, window) / period) % (2 * np.pi),
              "Your numbers are between 0 and 2 pi: those are phases in radians, and times in ms are asked for."),
        Wrong("a period by heart", lambda x, period, offset, window: phase(x, 25.0, offset, 25.0 * round(window / period)),
              "It is right for a period of 25 ms only: is that number written into your function?"),
        Wrong("in seconds", lambda x, period, offset, window: phase(x, period, offset, window) / 1000.0,
              "Your times are a thousand times too small: they are asked for in ms."),
        Wrong("rows and columns swapped", lambda x, period, offset, window: phase(x, period, offset, window).T,
              "Your rows are the cycles: asked for is one row for each value."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 07.2 events of a moving picture


def film_inputs(seed):
    rng = np.random.default_rng([seed, 2])
    texture = 0.2 + 0.7 * rng.random((4, 12))
    moved = np.array([texture[:, k : k + 5] for k in range(8)])
    C = float(rng.uniform(0.15, 0.25))
    slow = 0.3 * np.exp(np.linspace(0.0, rng.uniform(4.2, 4.7) * C, 25))
    jump = np.array([0.2, 0.2, 0.2 * math.exp(rng.uniform(3.2, 3.8) * C), 0.2 * math.exp(1.1 * C), 0.2])
    back = 0.4 * np.exp(C * np.array([0.0, 1.4, 0.7, 0.3, -0.6, -1.3, -0.4, 0.9]))
    still = np.repeat(0.2 + 0.7 * rng.random((1, 2, 3)), 4, axis=0)
    return [
        Case("a still picture", {"frames": still, "C": C}),
        Case("a pixel that slowly brightens", {"frames": slow[:, None, None], "C": C}),
        Case("a jump up, and down again", {"frames": jump[:, None, None], "C": C}),
        Case("a pixel that goes up and down", {"frames": back[:, None, None], "C": C}),
        Case("a picture in motion", {"frames": moved, "C": C}),
    ]


def counted_events(function, inputs):
    import numpy as np

    return np.asarray(function(**inputs), dtype=float).tolist()


def film_events(
    frames, C, sense=np.log, count=np.trunc, start=None, sign=1, forget=False, early=False, most=None, moves=1
):
    """ON minus OFF events (time, height, width); the keywords after C are where a mistake may sit."""
    seen = sense(np.asarray(frames, dtype=float))
    level = seen[0].copy() if start is None else np.full(seen[0].shape, start)
    events = np.zeros(seen.shape)
    for k in range(0 if start is not None else 1, len(seen)):
        n = count((seen[k] - level) / C)
        n = n if most is None else np.clip(n, -most, most)
        events[k - early] = sign * n
        if forget == "at events":
            level = np.where(n != 0, seen[k], level)
        else:
            level = seen[k].copy() if forget else level + moves * n * C
    return events


def _grid(frames, C):
    """The differences of levels on a fixed grid: a pixel that trembles about a line makes events all the time."""
    steps = np.trunc(np.log(np.asarray(frames, dtype=float) / np.asarray(frames, dtype=float)[0]) / C)
    return np.diff(steps, axis=0, prepend=steps[:1])


def _per_cent(frames, C):
    """Changes in parts of the level, without a logarithm."""
    frames = np.asarray(frames, dtype=float)
    level, events = frames[0].copy(), np.zeros(frames.shape)
    for k in range(1, len(frames)):
        events[k] = np.trunc((frames[k] - level) / (level * C))
        level = level * (1 + events[k] * C)
    return events


def _film(**mistake):
    return lambda frames, C: film_events(frames, C, **mistake)


FILM = Exercise(
    id="07.2", title="Events of a moving picture", points=4,
    inputs=film_inputs, call=counted_events, oracle=lambda **case: film_events(**case).tolist(), abs=1e-9, rel=0.0,
    hints=(
        "What must a pixel remember, from one frame to the next: the last frame, or something else? Follow one pixel that brightens very slowly.",
        "Each pixel has a level: the log intensity that it has told so far. It starts with the first frame, and an event moves it by C.",
        "In frame k the number of events is (log intensity - level)/C, cut towards 0, as np.trunc does; then level += number * C. The rest stays for the next frame.",
    ),
    wrong=[
        Wrong("polarity swapped", _film(sign=-1),
              "Your signs are swapped: what grows brighter makes ON events, which count +1."),
        Wrong("forgets the rest", _film(forget=True),
              "Your slow pixel is silent, or tells too little: the change since the last EVENT counts, not that since the last frame. What is left over must be remembered."),
        Wrong("the level jumps to the light", _film(forget="at events"),
              "After an event your level is set to the light itself: an event tells C and no more, and what is left over must stay for the next one."),
        Wrong("against the first frame", _film(moves=0),
              "Your events are counted from the first frame, again and again: what has been told once moves the level."),
        Wrong("the level moves away", _film(moves=-1),
              "Your level moves away from the light: an ON event has told of a rise, so that the level rises by C, too."),
        Wrong("levels on a fixed grid", _grid,
              "You cut the light itself into steps and take differences: a pixel that turns back makes an event too early. It is the way from the last told level that must be a whole threshold."),
        Wrong("parts of the level", _per_cent,
              "Your pixels count changes in parts of the level: a rise and the fall back are then of different size. In equation (3) stands a logarithm."),
        Wrong("no row for the first frame", lambda frames, C: film_events(frames, C)[1:],
              "One row is missing: row 0 belongs to the first frame, and is all 0."),
        Wrong("no logarithm", _film(sense=lambda light: light),
              "Your pixels compare intensities: the camera sees their logarithms, so that half the light looks like half the light in sun and shade."),
        Wrong("another logarithm", _film(sense=np.log2),
              "Your pixels make too many events: the contrast is measured in the natural logarithm, np.log."),
        Wrong("decimal logarithm", _film(sense=np.log10),
              "Your pixels make too few events: the contrast is measured in the natural logarithm, np.log."),
        Wrong("one event at most", _film(most=1),
              "Your pixel makes one event in a frame at most: a large change makes several."),
        Wrong("rounded", _film(count=np.round),
              "Your events come at half a threshold: an event needs a whole one."),
        Wrong("floor", _film(count=np.floor),
              "Your OFF events come too early: np.floor of -0.3 is -1. A change of less than C in either direction makes no event."),
        Wrong("starts from nothing", _film(start=0.0),
              "Your first frame is full of events: nothing has changed yet, and the level starts with the first frame."),
        Wrong("one frame early", _film(early=True),
              "Your events come one frame too early: what changed between frame k - 1 and k is known in frame k."),
        Wrong("ON only", lambda frames, C: np.maximum(film_events(frames, C), 0.0),
              "You have ON events only: what grows darker makes OFF events, which count -1."),
        Wrong("size without direction", lambda frames, C: np.abs(film_events(frames, C)),
              "Your OFF events are positive: they count -1."),
        Wrong("all events added up", lambda frames, C: np.cumsum(film_events(frames, C), axis=0),
              "Your numbers add up over the frames: each frame has its own events only."),
        Wrong("not divided by C", lambda frames, C: film_events(frames, C) * C,
              "Your numbers are sizes of steps: events are counted, in whole numbers."),
        Wrong("time runs backwards", lambda frames, C: film_events(np.asarray(frames)[::-1], C)[::-1],
              "Your film runs backwards: begin with frame 0."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 07.3 the bill of four codes

CODES = ("temporal", "phase", "burst", "delta")


def bill_inputs(seed):
    rng = np.random.default_rng([seed, 3])
    small, large = 0.2 * rng.uniform(0.2, 0.8), 0.2 * (3 + rng.uniform(0.2, 0.8))
    above, below = 1.0 + 0.1 * rng.uniform(2.2, 2.8), -0.1 * rng.uniform(2.2, 2.8)
    values = {"0": 0.0, "1": 1.0, "a small value": small, "a large value": large,
              "more than 1": above, "less than 0": below, "NaN": math.nan, "infinity": math.inf}  # fmt: skip
    return [Case(f"{code}, {name}", {"code": code, "x": x}) for code in CODES for name, x in values.items()]


def said_bill(function, inputs):
    import sys

    import numpy as np

    asked = []

    def watch(frame, event, argument):  # the bill is to be thought out, not asked for
        if event == "call" and frame.f_globals.get("__name__", "").startswith("snnlab.encode"):
            asked.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        said = function(**inputs)
    finally:
        sys.setprofile(before)
    if asked:
        return "the encoder"
    if isinstance(said, str):
        return said.strip().lower()
    if isinstance(said, bool) or not np.isfinite(said) or int(said) != said:
        raise TypeError(
            f'spike_bill must return a whole number of spikes or "error", and it returns {said!r}'
        )
    return int(said)


def true_bill(code, x):
    """What the library does: the number of its spikes, or "error"."""
    from snnlab import encode

    run = {
        "temporal": lambda: encode.temporal([x]), "phase": lambda: encode.phase([x]),
        "burst": lambda: encode.burst([x]), "delta": lambda: encode.delta([0.55, x]),
    }  # fmt: skip
    try:
        return len(run[code]())
    except ValueError:
        return "error"


def judge_bill(inputs, output):
    if output == "the encoder":
        return False, "it calls the encoder: here you are to say it without"
    right = true_bill(inputs["code"], inputs["x"])
    if output == right:
        return True, ""
    if right == "error":
        return False, "the code refuses this value"
    if isinstance(output, str):
        return False, "the code takes this value" if output == "error" else "a number or the word error"
    return False, "too few spikes" if output < right else "too many spikes"


def bill(
    code, x, zero=None, count=math.ceil, outside="error", nan="error", phase=4, temporal=2, delta="both"
):
    """Right as it stands; the keywords after x are where a mistake may sit."""
    if not math.isfinite(x):
        return nan if math.isnan(x) or nan != "error" else "error"
    if code == "delta":
        change = (x - 0.55) / 0.1
        if delta == "refuses" and not 0.0 <= x <= 1.0:
            return "error"
        if delta == "value":
            return int(abs(x) / 0.1)
        if delta == "one":
            return int(abs(change) >= 1)
        kinds = {
            "signed": int(change),
            "floored": math.floor(change),
            "rises": int(max(change, 0)),
            "rounded": round(abs(change)),
        }
        return kinds.get(delta, int(abs(change)))
    if not 0.0 <= x <= 1.0:
        if outside == "error":
            return "error"
        x = min(max(x, 0.0), 1.0)
    if x == 0.0 and zero is not None:
        return zero
    return {"temporal": temporal, "phase": phase, "burst": count(5 * x)}[code]


def _bill(**mistake):
    return lambda code, x: bill(code, x, **mistake)


def _asks(code, x):
    """The library's own bill: try and except."""
    return true_bill(code, x)


def _whole_number_of_nan(code, x):
    """Range checks that NaN passes, and then a count of what is no number."""
    if code != "delta" and (x < 0 or x > 1):
        return "error"
    if code == "delta":
        return int(abs(x - 0.55) / 0.1)
    return {"temporal": 2, "phase": 4, "burst": math.ceil(5 * x)}[code]


def _raises(code, x):
    said = bill(code, x)
    if said == "error":
        raise ValueError("error")
    return said


def _comparisons(code, x):
    """NaN passes `x < 0 or x > 1`, and is then counted like any number."""
    return 2 if math.isnan(x) else bill(code, x)


def _swallows_infinity(code, x):
    return bill(code, 1.0 if x == math.inf else x) if code == "delta" else bill(code, x)


BILL = Exercise(
    id="07.3", title="The bill of four codes", points=3,
    inputs=bill_inputs, call=said_bill, judge=judge_bill,
    hints=(
        "Which of the four codes is silent for 0? Which of them has a range at all? And what does NaN answer when you compare it with anything?",
        "Three of the codes map 0 to 1 on times or counts and have no word for anything else. The fourth tells changes only, and any finite number may change. "
        "The table says what each spends.",
        "Temporal: one interval lies between two spikes. Phase: one spike in each cycle, whatever the value. Burst: 5 x, rounded up. Delta: the whole thresholds between 0.55 and x, in "
        "either direction. math.isfinite tells NaN and infinity from numbers.",
    ),
    wrong=[
        Wrong("0 is silent everywhere", _bill(zero=0),
              "You let 0 be silent in every code: where a value is a phase or an interval, 0 has one too."),
        Wrong("asks the encoder", _asks,
              "You let the encoder count. The point is to know it without: what does each code do with 0, with 1, and with what it was not made for?"),
        Wrong("NaN is counted", _whole_number_of_nan,
              "NaN slips through your comparisons, since every comparison with it is false, and then there is no whole number of it. Ask first whether x is a finite number."),
        Wrong("raises", _raises,
              'You raise an error where the word is asked for: return "error".'),
        Wrong("burst speaks for 0", lambda code, x: max(1, bill(code, x)) if code == "burst" and 0 <= x <= 1 else bill(code, x),
              "Your burst has a spike for 0: put x = 0 into equation (2)."),
        Wrong("temporal has no range", lambda code, x: 2 if code == "temporal" else bill(code, x),
              "Your temporal code takes any value: what would the interval for 1.5 be, or for NaN? It is a static code."),
        Wrong("a fifth cycle", lambda code, x: 5 if code == "phase" and x == 1 else bill(code, x),
              "Your phase code has a spike more for 1: that one would come at 100 ms, when the window is over and the next cycle begins."),
        Wrong("delta rounds", _bill(delta="rounded"),
              "Your delta code rounds to the nearest number of thresholds: it tells whole ones only, and what is left over waits."),
        Wrong("negative spikes, floored", _bill(delta="floored"),
              "Your delta code counts downwards below zero: a fall costs OFF events, as many as there are whole thresholds in it."),
        Wrong("floor", _bill(count=math.floor),
              "Your bursts are too short: small values would be silent, and be taken for 0."),
        Wrong("cut off at 0 and 1", _bill(outside="cut"),
              "You cut values off at 0 and 1 in silence: these codes refuse them, since a value that was never sent could be read back."),
        Wrong("NaN is 0", _bill(nan=0),
              "You let a missing value (NaN) or an infinite one be silence: then it could not be told from a real value."),
        Wrong("NaN passes the comparisons", _comparisons,
              "NaN slips through your comparisons: it is neither below 0 nor above 1, since every comparison with it is false."),
        Wrong("infinity is a large change", _swallows_infinity,
              "You let an infinite value through: how many thresholds away is infinity?"),
        Wrong("delta has a range", _bill(delta="refuses"),
              "You give delta a range from 0 to 1: it tells changes, and any finite number can change."),
        Wrong("delta tells the value", _bill(delta="value"),
              "You count thresholds from 0: the signal was at 0.55 before."),
        Wrong("delta once", _bill(delta="one"),
              "Your delta code makes one event for any change: it makes one for each whole threshold."),
        Wrong("delta rises only", _bill(delta="rises"),
              "Your delta code is silent when the signal falls: there are OFF events too."),
        Wrong("negative spikes", _bill(delta="signed"),
              "Your delta code has negative numbers of spikes: an OFF event is a spike of another neuron, and costs as much."),
        Wrong("one spike for an interval", _bill(temporal=1),
              "Your temporal code has one spike: an interval needs two."),
        Wrong("one spike in the window", _bill(phase=1),
              "Your phase code has one spike: how many cycles of 25 ms are there in 100 ms?"),
        Wrong("phase counts the value", lambda code, x: math.ceil(4 * x) if code == "phase" and 0 <= x <= 1 else bill(code, x),
              "Your phase code has more spikes for larger values: there the value is in the time, not in the number."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 07.4 bug hunt: a burst code

WORDS = {"window": 100.0, "n_max": 5, "T_min": 2.0, "T_max": 20.0}


def hunt_inputs(seed):
    rng = np.random.default_rng([seed, 4])
    kinds = {
        "your test, on the published code": "published",
        "your test, on a right one": "right",
        "your test, on a right one that rounds down": "down",
        "your test, on one with the first mistake only": "steps",
        "your test, on one with the second mistake only": "silent",
    }
    small, x = 0.2 * rng.uniform(0.1, 0.9, 3), 0.2 * (rng.integers(1, 5, 6) + rng.uniform(0.1, 0.9, 6))
    steps = {"steps of 1 ms": 1.0, "steps of 0.1 ms": 0.1, "steps of 0.5 ms": 0.5}
    return [
        *(Case(name, {"kind": kind}) for name, kind in kinds.items()),
        Case("your code, the values 0 and 1", {"kind": "code", "x": [0.0, 1.0], "dt": 0.1, **WORDS}),
        Case("your code, small values", {"kind": "code", "x": small, "dt": 0.1, **WORDS}),
        *(Case(f"your code, {name}", {"kind": "code", "x": x, "dt": dt, **WORDS}) for name, dt in steps.items()),
        Case("your code, other words", {"kind": "code", "x": x, "dt": 0.2, "window": 80.0, "n_max": 5, "T_min": 4.0, "T_max": 12.0}),
    ]  # fmt: skip


def hunt(handed_in, inputs):
    """What the test says of a burst code, or the spike times (ms) of the mended one."""
    import numpy as np

    from snnlab.checks.plain import truth

    is_right, mended_burst = handed_in()

    def burst(count, in_steps, rounded=np.round):
        def code(x, window, dt, n_max, T_min, T_max):
            x = np.asarray(x, dtype=float)
            raster = np.zeros((round(window / dt), len(x)), bool)
            for i in range(len(x)):
                interval = T_max - x[i] * (T_max - T_min)
                for k in range(int(count(x[i] * n_max))):
                    step = int(rounded(k * interval)) if in_steps else int(rounded(k * interval / dt + 1e-9))
                    if step < len(raster):
                        raster[step, i] = True
            return raster

        return code

    codes = {
        "published": burst(np.floor, True), "right": burst(np.ceil, False), "down": burst(np.ceil, False, np.floor),
        "steps": burst(np.ceil, True), "silent": burst(np.floor, False),
    }  # fmt: skip
    if inputs["kind"] in codes:
        try:
            return truth(is_right(codes[inputs["kind"]]))
        except AssertionError:
            raise TypeError(
                "is_right stops at an assert: it should return what the assert asks, True or False"
            ) from None
    given = {name: inputs[name] for name in ("window", "dt", "n_max", "T_min", "T_max")}
    raster = np.asarray(mended_burst(np.asarray(inputs["x"], dtype=float), **given))
    wanted = (round(inputs["window"] / inputs["dt"]), len(inputs["x"]))
    if raster.shape != wanted:
        raise ValueError(
            f"mended_burst must return one row per step, one column per value, {wanted}, and it returned shape {raster.shape}"
        )
    return [(np.flatnonzero(raster[:, i]) * inputs["dt"]).tolist() for i in range(wanted[1])]


def judge_hunt(inputs, output):
    kind = inputs["kind"]
    if kind != "code":
        right = kind in ("right", "down")
        return (
            output == right,
            f"your test {'passes' if output else 'fails'} it, and this code is {'right' if right else 'wrong'}",
        )
    for x, t in zip(inputs["x"], output, strict=True):
        count = math.ceil(x * inputs["n_max"])
        if len(t) != count:
            return False, f"a burst has too {'few' if len(t) < count else 'many'} spikes"
        wanted = np.arange(count) * (inputs["T_max"] - x * (inputs["T_max"] - inputs["T_min"]))
        if count and abs(t[0]) > 1e-9:
            return False, "a burst begins late"
        if np.any(np.abs(np.asarray(t) - wanted) > inputs["dt"] * (1 + 1e-6)):
            late = np.asarray(t)[-1] > wanted[-1]
            return False, f"intervals are too {'long' if late else 'short'}"
    return True, ""


def _burst(count=np.ceil, step=lambda t, dt: np.round(t / dt), first=0, interval=None, whole=False):
    def code(x, window, dt, n_max, T_min, T_max):
        x = np.asarray(x, dtype=float)
        raster = np.zeros((round(window / dt), len(x)), bool)
        for i in range(len(x)):
            gap = T_max - x[i] * (T_max - T_min) if interval is None else interval(x[i], T_min, T_max)
            for k in range(int(count(x[i] * n_max))):
                at = k * round(gap / dt) if whole else int(step((k + first) * gap, dt))
                if at < len(raster):
                    raster[at, i] = True
        return raster

    return code


def judges_well(code, dt=0.1, x=(0.1, 0.5, 0.9)):
    """A right test: counts and times of some values, one of them small, at a step that is not 1 ms."""
    raster = np.asarray(code(np.array(x), 100.0, dt, 5, 2.0, 20.0))
    for i in range(len(x)):
        t = np.flatnonzero(raster[:, i]) * dt
        wanted = np.arange(math.ceil(5 * x[i])) * (20.0 - 18.0 * x[i])
        if len(t) != len(wanted) or np.any(np.abs(t - wanted) > dt * (1 + 1e-6)):
            return False
    return True


def _both(is_right, code):
    return lambda: (is_right, code)


def _asserts(code):
    assert judges_well(code)
    return True


def _bit_by_bit(code):
    x = np.array([0.1, 0.53, 0.87])
    return bool(np.array_equal(code(x, 100.0, 0.1, 5, 2.0, 20.0), _burst()(x, 100.0, 0.1, 5, 2.0, 20.0)))


HUNT = Exercise(
    id="07.4", title="Bug hunt: a burst code", points=4,
    inputs=hunt_inputs, call=hunt, judge=judge_hunt, seconds=20.0,
    hints=(
        "Take another dt: do the spikes come at the same times in ms? Take a very small value: does it say anything?",
        "An interval is in ms, a row of the raster is a step. And what is the smallest value that the count lets speak?",
        "Row k of the raster is at k dt ms, so the row of a spike is its time over dt, rounded at the end and not before. Every value above 0 has a spike: round the count up.",
    ),
    wrong=[
        Wrong("nothing is mended", _both(judges_well, _burst(count=np.floor, step=lambda t, dt: np.round(t))),
              "Your code is still the published one, and your own test fails it: mend what the test finds."),
        Wrong("one spike at least", _both(judges_well, _burst(count=lambda n: max(1, int(n)))),
              "Your 0 spikes now, and larger values still lack one: it is not the smallest count alone that is wrong."),
        Wrong("the interval is rounded to steps", _both(judges_well, _burst(whole=True)),
              "You round the interval, and then multiply: the error of rounding grows with each spike. Round each time by itself."),
        Wrong("the step is not mended", _both(judges_well, _burst(step=lambda t, dt: np.round(t))),
              "Your intervals are in ms, and are used as numbers of steps: it is right for steps of 1 ms alone."),
        Wrong("multiplied by dt", _both(judges_well, _burst(step=lambda t, dt: np.round(t * dt))),
              "Your bursts get shorter the shorter the step is: more short steps fit into an interval, not fewer."),
        Wrong("small values are not mended", _both(judges_well, _burst(count=np.floor)),
              "Your small values are silent, so that they are read as 0: the count has to be rounded up."),
        Wrong("count rounded", _both(judges_well, _burst(count=np.round)),
              "Some of your bursts lack a spike: the count is rounded up, not to the nearest."),
        Wrong("0 speaks", _both(judges_well, _burst(count=lambda n: np.floor(n) + 1)),
              "Your 0 spikes, and your 1 has one spike too many: rounding up is not the same as adding one."),
        Wrong("the first interval comes before the first spike", _both(judges_well, _burst(first=1)),
              "Your bursts begin one interval late: the first spike is at 0 ms."),
        Wrong("intervals of whole milliseconds", _both(judges_well, _burst(step=lambda t, dt: np.round(t / dt), interval=lambda x, a, b: np.round(b - x * (b - a)))),
              "Your intervals are whole milliseconds, whatever the step is: round the step, not the interval."),
        Wrong("intervals inverted", _both(judges_well, _burst(interval=lambda x, a, b: a + x * (b - a))),
              "Your large values have the long intervals: the larger, the closer together."),
        Wrong("tests at 1 ms", _both(lambda code: judges_well(code, dt=1.0), _burst()),
              "Your code is mended, but your test passes a wrong one: at which step does the first mistake not show?"),
        Wrong("tests large values only", _both(lambda code: judges_well(code, x=(1.0,)), _burst()),
              "Your code is mended, but your test passes one that is silent where it should speak: which values does the second mistake touch?"),
        Wrong("stops at an assert", _both(_asserts, _burst()),
              "Your test is right, but it stops where it should answer: return the condition in place of the assert."),
        Wrong("passes everything", _both(lambda code: True, _burst()),
              "Your code is mended, but your test passes every code: what does it look at?"),
        Wrong("fails everything", _both(lambda code: False, _burst()),
              "Your code is mended, but your test fails the right ones too: how far may a spike be from its time on a grid?"),
        Wrong("a test for one way of rounding", _both(_bit_by_bit, _burst()),
              "Your code is mended, but your test fails a right one: allow a spike to be one step away from its time, since a program may round up or down."),
    ],
)  # fmt: skip
