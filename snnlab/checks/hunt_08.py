"""The bug hunt of lesson 08: an information from too few values, and errors of angles that are not wrapped."""

import numpy as np

from snnlab.checks.difference import difference
from snnlab.checks.exercise import Case, Exercise, Wrong

TOLERANCE = 0.12  # bits, or degrees


def hunt_inputs(seed):
    rng = np.random.default_rng([seed, 4])
    draw = int(rng.integers(2**31))
    kinds = {
        "your test, on the published code": "published",
        "your test, on a right one": "right",
        "your test, on a right one that adds entropies": "entropies",
        "your test, on one that is always 0": "nothing",
        "your test, on one in nats": "nats",
    }
    x = rng.uniform(0.0, 1.0, 300)
    noisy = np.clip(x + 0.03 * rng.standard_normal(300), 0.0, 1.0)
    true = rng.uniform(20.0, 340.0, 12)
    off = rng.normal(0.0, 6.0, 12)
    near = np.array([0.5, 359.0, 2.0, 358.0, 10.0, 350.0])
    return [
        *(Case(name, {"kind": kind, "seed": draw}) for name, kind in kinds.items()),
        Case("your information, of values that have nothing in common", {"kind": "bits", "x": x, "decoded": rng.permutation(x), "seed": draw}),
        Case("your information, of noisy values", {"kind": "bits", "x": x, "decoded": noisy, "seed": draw}),
        Case("your information, of a yes or no", {"kind": "bits", "x": x, "decoded": (x > 0.5).astype(float), "seed": draw}),
        Case("your error, far from north", {"kind": "error", "true": true, "estimate": true + off}),
        Case("your error, around north", {"kind": "error", "true": near, "estimate": (near + np.array([-4.0, 5.0, -6.0, 3.0, -12.0, 14.0])) % 360.0}),
        Case("your error, almost half a turn", {"kind": "error", "true": true, "estimate": true + np.sign(off) * (120.0 + 4.0 * np.abs(off) % 50.0)}),
        Case("your error, by more than one turn", {"kind": "error", "true": true, "estimate": true + off + 720.0}),
    ]  # fmt: skip


def hunt(handed_in, inputs):
    """What the test says of an information; the mended information; the mended error."""
    import numpy as np

    is_right, mended_bits, mended_error = handed_in()

    def joint(x, decoded):
        edges = np.linspace(0.0, 1.0, 17)
        return np.histogram2d(x, decoded, [edges, edges])[0] / len(x)

    def plug_in(x, decoded, log=np.log2):
        p = joint(x, decoded)
        apart = p.sum(axis=1, keepdims=True) * p.sum(axis=0)
        some = p > 0
        return float((p[some] * log(p[some] / apart[some])).sum())

    def less_chance(x, decoded, rng, log=np.log2):
        return plug_in(x, decoded, log) - np.mean(
            [plug_in(x, rng.permutation(decoded), log) for _ in range(10)]
        )

    def entropies(x, decoded, rng):
        def entropy(p):
            return -float((p[p > 0] * np.log2(p[p > 0])).sum())

        def raw(b):
            p = joint(x, b)
            return entropy(p.sum(axis=1)) + entropy(p.sum(axis=0)) - entropy(p)

        return raw(decoded) - np.median([raw(rng.permutation(decoded)) for _ in range(9)])

    codes = {
        "published": lambda x, decoded, rng: plug_in(x, decoded), "right": less_chance, "entropies": entropies,
        "nothing": lambda x, decoded, rng: 0.0, "nats": lambda x, decoded, rng: less_chance(x, decoded, rng, np.log),
    }  # fmt: skip
    if inputs["kind"] in codes:
        said = is_right(codes[inputs["kind"]])
        if said is None:
            raise TypeError("is_right must return True or False, and it returns nothing")
        return bool(said)
    if inputs["kind"] == "bits":
        return float(
            mended_bits(inputs["x"], inputs["decoded"], np.random.default_rng(inputs["seed"] % 2**31))
        )
    return float(mended_error(inputs["true"], inputs["estimate"]))


def plug_in(x, decoded, log=np.log2, levels=16):
    edges = np.linspace(0.0, 1.0, levels + 1)
    p = np.histogram2d(x, decoded, [edges, edges])[0] / len(x)
    apart = p.sum(axis=1, keepdims=True) * p.sum(axis=0)
    some = p > 0
    return float((p[some] * log(p[some] / apart[some])).sum())


def less_chance(x, decoded, rng, log=np.log2, shuffles=20, levels=16):
    by_chance = [plug_in(x, rng.permutation(decoded), log, levels) for _ in range(shuffles)]
    return plug_in(x, decoded, log, levels) - float(np.mean(by_chance))


def typical(true, estimate, wrap=True, mean=np.mean, half=180.0, root=True):
    off = np.asarray(estimate) - np.asarray(true)
    off = (off + half) % (2 * half) - half if wrap else off
    return float(np.sqrt(mean(off**2)) if root else mean(off**2))


def judged(kind, x=None, decoded=None, true=None, estimate=None, seed=0):
    if kind == "bits":
        return less_chance(x, decoded, np.random.default_rng(seed), shuffles=60)
    if kind == "error":
        return typical(true, estimate)
    return kind in ("right", "entropies")


def judge(inputs, output):
    given = {name: np.asarray(value) if isinstance(value, list) else value for name, value in inputs.items()}
    want = judged(**given)
    if isinstance(want, bool):
        said = "passes" if output else "fails"
        return output == want, f"your test {said} it, and this information is {'right' if want else 'wrong'}"
    text = difference(output, want, TOLERANCE, 0.0)
    return not text, text


def _three(is_right, bits, error):
    return lambda: (is_right, bits, error)


def measures_well(code):
    """A right test: nothing for values that have nothing in common, three bits for eight equal levels."""
    rng = np.random.default_rng(3)
    x = np.repeat((np.arange(8) + 0.5) / 8, 25)
    chance = np.mean([code(x, rng.permutation(x), rng) for _ in range(3)])
    return bool(abs(chance) < 0.1 and 2.5 < code(x, x, rng) < 3.1)


def good_bits(x, decoded, rng):
    return less_chance(x, decoded, rng)


def _only(condition):
    def test(code):
        rng = np.random.default_rng(3)
        x = np.repeat((np.arange(8) + 0.5) / 8, 25)
        return bool(condition(code, x, rng))

    return test


def _no_root(true, estimate):
    return typical(true, estimate, root=False)


def _typical(of):
    """A typical error by another rule: `of` takes the true angles and the wrapped differences, degrees."""
    return lambda true, estimate: float(
        of(np.asarray(true), (np.asarray(estimate) - true + 180.0) % 360.0 - 180.0)
    )


def _empty_bins(x, decoded, rng):
    """The textbook's correction, with all bins counted as if they could be filled."""
    return plug_in(x, decoded) - 15 * 15 / (2 * len(x) * np.log(2.0))


HUNT = Exercise(
    id="08.4", title="Bug hunt: two measures that flatter and scold", points=4,
    inputs=hunt_inputs, call=hunt, judge=judge, abs=TOLERANCE, rel=0.0, seconds=20.0,
    hints=(
        "How many bits should decoded values tell that have nothing to do with the true ones? And how far is 359 degrees from 1?",
        "A histogram of few values looks structured by chance: how structured, can be measured on values in random order. An angle has no beginning: no error is larger than half a turn.",
        "Subtract the mean information of some rng.permutation(decoded). Wrap the differences by (d + 180) % 360 - 180. For the test: one pair of arrays about which you know that the "
        "answer is 0, and one about which you know how many bits it must be.",
    ),
    wrong=[
        Wrong("the information is not mended", _three(measures_well, lambda x, decoded, rng: plug_in(x, decoded), typical),
              "Your information still finds bits between values that have nothing in common: what does the histogram of 300 shuffled values look like?"),
        Wrong("in nats", _three(measures_well, lambda x, decoded, rng: less_chance(x, decoded, rng, np.log), typical),
              "Your information is in nats: bits need the logarithm to base 2."),
        Wrong("the shuffle's alone", _three(measures_well, lambda x, decoded, rng: plug_in(x, rng.permutation(decoded)), typical),
              "You return what chance makes: it has to be taken away from what the true order makes."),
        Wrong("sign of the correction", _three(measures_well, lambda x, decoded, rng: 2 * plug_in(x, decoded) - good_bits(x, decoded, rng), typical),
              "You add what chance makes: it has to be taken away."),
        Wrong("both are shuffled alike", _three(measures_well, lambda x, decoded, rng: plug_in(x, decoded) - (lambda order: plug_in(x[order], decoded[order]))(rng.permutation(len(x))), typical),
              "You bring both arrays into the same order, which changes no pair: shuffle one of them alone."),
        Wrong("fewer levels", _three(measures_well, lambda x, decoded, rng: less_chance(x, decoded, rng, levels=4), typical),
              "With fewer levels the bias is smaller, and so is what can be told: keep the 16, and correct."),
        Wrong("the error is not mended", _three(measures_well, good_bits, lambda true, estimate: typical(true, estimate, wrap=False)),
              "Your error still takes 359 degrees for far from 1: a difference of angles must be brought between -180 and 180."),
        Wrong("angles wrapped, not their difference", _three(measures_well, good_bits, lambda true, estimate: typical(np.asarray(true) % 360, np.asarray(estimate) % 360, wrap=False)),
              "You wrap the angles, and not their difference: 359 - 1 is 358 after that, too."),
        Wrong("wrapped once", _three(measures_well, good_bits, lambda true, estimate: float(np.sqrt(np.mean(np.minimum(abs(np.asarray(estimate) - true), abs(360 - abs(np.asarray(estimate) - true))) ** 2)))),
              "Your error is right within one turn: after two turns a neuron points in the same direction."),
        Wrong("wrapped to 0 to 360", _three(measures_well, good_bits, lambda true, estimate: float(np.sqrt(np.mean(((np.asarray(estimate) - true) % 360.0) ** 2)))),
              "Your differences lie between 0 and 360: a small error to the left then counts as almost a full turn."),
        Wrong("the mean square", _three(measures_well, good_bits, _no_root),
              "Your error is in square degrees: is the root missing?"),
        Wrong("in radians", _three(measures_well, good_bits, _typical(lambda true, off: np.deg2rad(np.sqrt(np.mean(off**2))))),
              "Your error is in radians: asked for are degrees."),
        Wrong("the mean size", _three(measures_well, good_bits, _typical(lambda true, off: np.mean(np.abs(off)))),
              "Your error is the mean of the sizes: root mean square is asked for, in which large errors weigh more."),
        Wrong("the standard deviation", _three(measures_well, good_bits, _typical(lambda true, off: np.std(off))),
              "Your error is the standard deviation of the differences: a decoder that is always off to the same side would have none."),
        Wrong("the sine", _three(measures_well, good_bits, _typical(lambda true, off: np.rad2deg(np.sqrt(np.mean(np.sin(np.deg2rad(off)) ** 2))))),
              "Your error is that of the sine: it is right for small errors, and calls the opposite direction perfect."),
        Wrong("the result is wrapped", _three(measures_well, good_bits, lambda true, estimate: typical(true, estimate, wrap=False) % 180.0),
              "You wrap the typical error, after the mean: each difference has to be wrapped before it is squared."),
        Wrong("empty bins are counted", _three(measures_well, _empty_bins, typical),
              "Your correction is a formula in which all bins count, and most of them can't be filled where y has few values: what chance makes can be measured on the values themselves."),
        Wrong("passes everything", _three(lambda code: True, good_bits, typical),
              "Both are mended, but your test passes every code: which result do you know without any code?"),
        Wrong("fails everything", _three(lambda code: False, good_bits, typical),
              "Both are mended, but your test fails right ones too: chance leaves a little, how much may it be?"),
        Wrong("tests chance only", _three(_only(lambda code, x, rng: abs(np.mean([code(x, rng.permutation(x), rng) for _ in range(3)])) < 0.1), good_bits, typical),
              "Both are mended, but your test passes a code that always says 0: what must a perfect decoder tell?"),
        Wrong("wants exactly nothing", _three(lambda code: (lambda x, rng: code(x, rng.permutation(x), rng) == 0)(np.random.default_rng(3).random(300), np.random.default_rng(4)), good_bits, typical),
              "Your test passes nothing but a code that always says 0: what is left of chance is small, and not exactly 0."),
        Wrong("wants all four bits", _three(_only(lambda code, x, rng: abs(code(np.linspace(0.0, 1.0, 300), np.linspace(0.0, 1.0, 300), rng) - 4.0) < 0.1), good_bits, typical),
              "Your test passes the published code and fails right ones: from few values, a right information of a perfect decoder stays below four bits. Take more values, or fewer levels of x."),
        Wrong("tests perfection only", _three(_only(lambda code, x, rng: 2.5 < code(x, x, rng) < 3.1), good_bits, typical),
              "Both are mended, but your test passes the published code: a perfect decoder has no chance in it. Which pair of arrays has nothing but chance?"),
    ],
)  # fmt: skip
