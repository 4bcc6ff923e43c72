"""The bug hunt of lesson 04: what acts in one step, and what in one millisecond."""

import math

import numpy as np

from snnlab.checks.difference import difference
from snnlab.checks.exercise import Case, Exercise, Wrong


def hunt_inputs(seed):
    rng = np.random.default_rng([seed, 4])
    tests = {
        "your test, on the published input": "published",
        "your test, on a mended one": "mended",
        "your test, on a mended one written otherwise": "otherwise",
        "your test, on one with only the weights mended": "weights",
        "your test, on one with only the noise mended": "noise",
        "your test, on one with noise over dt": "over dt",
    }

    def run(dt):
        n = 40
        S = np.where(np.arange(n) < 30, rng.uniform(0.0, 0.5, (n, n)), -rng.uniform(0.0, 1.0, (n, n)))
        sigma = np.where(np.arange(n) < 30, rng.uniform(3.0, 6.0), rng.uniform(1.0, 3.0))
        fired = sorted(rng.choice(n, 5, replace=False).tolist())
        return {
            "kind": "run",
            "dt": dt,
            "S": S.tolist(),
            "sigma": sigma,
            "fired": fired,
            "seed": int(rng.integers(1e6)),
        }

    return [
        *(Case(name, {"kind": kind, "seed": int(rng.integers(1e6))}) for name, kind in tests.items()),
        Case("your input, at dt = 1 ms", run(1.0)),
        Case("your input, at dt = 0.5 ms", run(0.5)),
        Case("your input, at dt = 0.1 ms", run(0.1)),
    ]


def hunt(pair, inputs):
    """What the student's test says of an input function, or three numbers of the student's own.

    These are: what the spikes add to v (mV), of each neuron, without noise; the standard deviation of what the
    noise adds in 1 ms, over sigma times 1 ms; and the same for the mean over neurons, over that of independent ones.
    """
    import numpy as np

    from snnlab.checks.plain import truth

    is_right, mended_input = pair()

    def made(noise, weight):
        def step_input(fired, S, sigma, dt, rng):
            return sigma * rng.standard_normal(len(S)) * noise(dt) + S[:, fired].sum(axis=1) * weight(dt)

        return step_input

    def otherwise(fired, S, sigma, dt, rng):
        spikes = np.zeros(len(S))
        spikes[fired] = 1.0 / dt
        return rng.normal(0.0, sigma / dt**0.5) + S @ spikes

    steps = {
        "published": made(lambda dt: 1.0, lambda dt: 1.0),
        "mended": made(lambda dt: dt**-0.5, lambda dt: 1.0 / dt),
        "otherwise": otherwise,
        "weights": made(lambda dt: 1.0, lambda dt: 1.0 / dt),
        "noise": made(lambda dt: dt**-0.5, lambda dt: 1.0),
        "over dt": made(lambda dt: 1.0 / dt, lambda dt: 1.0 / dt),
    }
    if inputs["kind"] != "run":
        return truth(is_right(steps[inputs["kind"]]))
    S, sigma, dt = np.array(inputs["S"]), np.array(inputs["sigma"]), inputs["dt"]
    rng, fired = np.random.default_rng(inputs["seed"]), np.array(inputs["fired"], dtype=int)
    nobody = np.array([], dtype=int)

    def ask(fired, sigma):
        I = np.asarray(mended_input(fired=fired, S=S.copy(), sigma=sigma, dt=dt, rng=rng), dtype=float)
        if I.shape != (len(S),):
            raise TypeError(f"it must return one value per neuron, shape ({len(S)},), and returns {I.shape}")
        return I

    pushed = dt * ask(fired, np.zeros(len(S)))
    noise = np.array([ask(nobody, sigma) for _ in range(250)])
    noise = np.sqrt(dt) * noise / sigma
    together = noise.mean(axis=1).std() * np.sqrt(len(S))  # 1 if all are independent
    return {"spikes": pushed.tolist(), "noise": float(noise.std()), "noise of all": float(together)}


def mended_input(fired, S, sigma, dt, rng):
    return sigma * rng.standard_normal(len(S)) / math.sqrt(dt) + S[:, fired].sum(axis=1) / dt


def fair_test(step):
    """A right test: what 1 ms of noise and one spike do to v must not depend on dt."""
    S, sigma, rng = np.full((400, 400), 0.5), np.full(400, 5.0), np.random.default_rng(1)
    none, one = np.array([], dtype=int), np.array([0])
    for dt in (1.0, 0.25):
        noise = np.array([dt * step(none, S, sigma, dt, rng) for _ in range(40)])
        if abs(noise.std() / (5.0 * math.sqrt(dt)) - 1.0) > 0.05:
            return False
        if np.abs(dt * step(one, S, 0.0 * sigma, dt, rng) - 0.5).max() > 1e-6:
            return False
    return True


_PARTS = {
    "spikes": "what spikes add to v:",
    "noise": "the noise of 1 ms",
    "noise of all": "the mean noise of all neurons",
}
_TOLERANCE = {"spikes": 1e-6, "noise": 0.03, "noise of all": 0.2}


def judge_hunt(inputs, output):
    """The student's test passes the right inputs alone, and the student's own input is right."""
    if inputs["kind"] == "run":
        if not isinstance(output, dict) or set(output) != set(_TOLERANCE):
            return False, "is no input of a step"
        right = {
            "spikes": np.array(inputs["S"])[:, inputs["fired"]].sum(axis=1).tolist(),
            "noise": 1.0,
            "noise of all": 1.0,
        }
        said = [
            f"{_PARTS[name]} {text}"
            for name, text in (
                (name, difference(output[name], right[name], abs=1e-9, rel=_TOLERANCE[name]))
                for name in right
            )
            if text
        ]
        return not said, "; ".join(said)
    right = inputs["kind"] in ("mended", "otherwise")
    text = (
        f"your test {'passes' if output else 'fails'} it, and this input is {'right' if right else 'wrong'}"
    )
    return output == right, text


def _both(is_right=fair_test, step_input=mended_input):
    return lambda: (is_right, step_input)


def _scaled(noise, weight):
    def step_input(fired, S, sigma, dt, rng):
        return sigma * rng.standard_normal(len(S)) * dt**noise + S[:, fired].sum(axis=1) * dt**weight

    return step_input


def _one_for_all(fired, S, sigma, dt, rng):
    return sigma * rng.standard_normal() / math.sqrt(dt) + S[:, fired].sum(axis=1) / dt


def _always_the_same(fired, S, sigma, dt, rng):
    return mended_input(fired, S, sigma, dt, np.random.default_rng(0))


def _in_place(fired, S, sigma, dt, rng):
    S /= dt
    sigma /= math.sqrt(dt)
    return sigma * rng.standard_normal(len(S)) + S[:, fired].sum(axis=1)


def _transposed(fired, S, sigma, dt, rng):
    return sigma * rng.standard_normal(len(S)) / math.sqrt(dt) + S[fired].sum(axis=0) / dt


def _tested(*, dts=(0.25,), noise=True, weights=True, power=0.5, size=200):
    """A student's test that looks at less than it should, or expects another power of dt."""

    def is_right(step):
        S, sigma, rng = np.full((size, size), 0.5), np.full(size, 5.0), np.random.default_rng(1)
        for dt in dts:
            if noise:
                drawn = np.array(
                    [dt * step(np.array([], dtype=int), S, sigma, dt, rng) for _ in range(16_000 // size)]
                )
                if abs(drawn.std() / (5.0 * dt**power) - 1.0) > 0.05:
                    return False
            if weights and np.abs(dt * step(np.array([0]), S, 0.0 * sigma, dt, rng) - 0.5).max() > 1e-6:
                return False
        return True

    return is_right


def _of_currents(step):
    S, sigma, rng = np.full((200, 200), 0.5), np.full(200, 5.0), np.random.default_rng(1)
    none, one = np.array([], dtype=int), np.array([0])
    noise = np.array([step(none, S, sigma, 0.25, rng) for _ in range(80)])
    return bool(
        abs(noise.std() / 5.0 - 1.0) < 0.05
        and np.abs(step(one, S, 0.0 * sigma, 0.25, rng) - 0.5).max() < 1e-6
    )


HUNT = Exercise(
    id="04.4", title="Bug hunt: per step, or per millisecond?", points=3, seconds=30.0,
    inputs=hunt_inputs, call=hunt, judge=judge_hunt, abs=1e-9, rel=_TOLERANCE,
    hints=(
        "A current I that lasts one step moves v by dt I. By how much does one spike move v at dt = 1 ms, and at 0.5 ms? And "
        "the noise of 1 ms?",
        "dt times the part of the spikes must be the same for every dt. The noise of 1 ms is a sum of 1/dt independent numbers: "
        "which of variance and standard deviation adds up?",
        "The spikes' part is divided by dt. Variances add: n numbers of standard deviation s have a sum of s times the root of n, "
        "so that the noise is divided by the root of dt. A test must look at both, at a dt that is not 1 ms.",
    ),
    wrong=[
        Wrong("not mended", _both(step_input=_scaled(0.0, 0.0)),
              "Your test is good, and your input would fail it: it is still the published one."),
        Wrong("only the weights", _both(step_input=_scaled(0.0, -1.0)),
              "The spikes are right at every dt; the noise is weaker in finer steps. What does the noise of 1 ms add to v?"),
        Wrong("only the noise", _both(step_input=_scaled(-0.5, 0.0)),
              "The noise is right at every dt; a spike moves v less in finer steps: it acts for one step, however short."),
        Wrong("noise over dt", _both(step_input=_scaled(-1.0, -1.0)),
              "Now the noise grows in finer steps: independent numbers cancel in part, so that it needs less than 1/dt."),
        Wrong("weights over the root", _both(step_input=_scaled(-0.5, -0.5)),
              "The noise is right. A spike is no noise: dt times its current must not depend on dt."),
        Wrong("weights over the root, noise over dt", _both(step_input=_scaled(-1.0, -0.5)),
              "You have the two powers of dt, but exchanged: which of the two adds up like random numbers?"),
        Wrong("noise times the root", _both(step_input=_scaled(0.5, -1.0)),
              "The noise gets weaker still in finer steps: the root of dt belongs to what is added to v, and I is multiplied by dt "
              "on the way there."),
        Wrong("weights times dt", _both(step_input=_scaled(-0.5, 1.0)),
              "The noise is right. The spikes' part is a current that will be multiplied by dt once more: divide, not multiply."),
        Wrong("both times", _both(step_input=_scaled(0.5, 1.0)),
              "These are the powers of what is added to v. Your function returns a current, which is still to be multiplied by dt."),
        Wrong("both times dt", _both(step_input=_scaled(1.0, 1.0)),
              "In finer steps your input gets weaker even faster than the published one: I is multiplied by dt once more on its way to v."),
        Wrong("one random number for all", _both(step_input=_one_for_all),
              "The noise has the right size, but all neurons get the same number: draw one for each."),
        Wrong("S the other way round", _both(step_input=_transposed),
              "Your powers of dt are right. The weights come from the wrong side: S[i, j] leads from j to i."),
        Wrong("tests at 1 ms alone", _both(_tested(dts=(1.0,))),
              "Your input is right, but your test passes every wrong one: at dt = 1 ms there is no difference to be seen, and a test "
              "that can't fail tests nothing."),
        Wrong("tests the weights alone", _both(_tested(noise=False)),
              "Your input is right, but wrong noise passes your test: it does not look at the noise, or it allows too much. At dt = 0.5 ms the "
              "mistakes are a factor of 1.4 only: how large should the standard deviation be?"),
        Wrong("tests the noise alone", _both(_tested(weights=False)),
              "Your input is right, but your test does not look at the spikes: what should one of them add to v?"),
        Wrong("expects noise in proportion to dt", _both(_tested(power=1.0)),
              "Your test wants what the published noise does, dt times the same number: the sum over 1 ms would then be smaller "
              "in finer steps."),
        Wrong("expects noise that does not depend on dt", _both(_tested(power=0.0)),
              "Your test wants each step to bring as much noise as a whole millisecond: it is the sum over 1 ms that must stay."),
        Wrong("forgets dt", _both(_of_currents),
              "Your input is right, but your test wants the *current* to be the same at every dt, as the published one has it: what "
              "counts is dt times the current, that which it adds to v."),
        Wrong("fails everything", _both(lambda step: False),
              "Your input is right, but your test fails what is right, too: how far may random numbers differ from what is expected?"),
        Wrong("a generator of its own", _both(step_input=_always_the_same),
              "Your noise is the same in every call, so that it does not cancel over time: draw from the `rng` that you are given."),
        Wrong("the variance for the deviation", _both(step_input=lambda fired, S, sigma, dt, rng: mended_input(fired, S, sigma**2, dt, rng)),
              "Your noise is that of sigma squared: normal(0, x) takes the standard deviation for x, and sigma is one."),
        Wrong("the mean of the weights", _both(step_input=lambda fired, S, sigma, dt, rng: mended_input(fired, S / max(len(fired), 1), sigma, dt, rng)),
              "You take the mean over the spikes: each adds its own weight, so that they sum up."),
        Wrong("no spikes", _both(step_input=lambda fired, S, sigma, dt, rng: mended_input(fired, 0.0 * S, sigma, dt, rng)),
              "The noise is right, and no spike arrives in yours: where is S?"),
        Wrong("dt in seconds", _both(step_input=lambda fired, S, sigma, dt, rng: mended_input(fired, S / 1000.0, sigma, dt / 1000.0, rng)),
              "dt is turned into seconds: it is in ms, and at 1 ms the published input is right."),
        Wrong("changes its inputs", _both(step_input=_in_place),
              "Your function changes S or sigma itself, so that each call finds them smaller or larger than the one before: make new arrays (S / dt, not S /= dt)."),
        Wrong("says the opposite", _both(lambda step: not fair_test(step)),
              "Your input is right. Your test tells right from wrong, and says the opposite: it is to return True for a right input."),
    ],
)  # fmt: skip
