"""The exercises of lesson 03, The phase plane."""

import numpy as np

from snnlab.checks.blind_03 import BlindNeuron, six_codes, type_of
from snnlab.checks.difference import difference
from snnlab.checks.exercise import Case, Exercise, Wrong

# ---------------------------------------------------------------- 03.x1 which kind of point?


KINDS = ("stable node", "unstable node", "stable focus", "unstable focus", "saddle")


def kind_inputs(seed):
    rng = np.random.default_rng([seed, 1])
    slow, fast, turn = rng.uniform(0.05, 0.1), rng.uniform(0.3, 0.6), rng.uniform(0.8, 1.2)
    mix = np.array([[1.0, rng.uniform(0.2, 0.5)], [rng.uniform(0.2, 0.5), 1.0]])

    def mixed(core):
        return mix @ np.array(core) @ np.linalg.inv(mix)

    matrices = {
        "two decays": mixed([[-slow, 0.0], [0.0, -fast]]),
        "two growths": mixed([[slow, 0.0], [0.0, fast]]),
        "a decaying turn": mixed([[-slow, -turn], [turn, -slow]]),
        "a growing turn": mixed([[slow, -turn], [turn, slow]]),
        "one growth, one decay": mixed([[slow, 0.0], [0.0, -fast]]),
        "one decay, one growth": mixed([[-slow, 0.0], [0.0, fast]]),
        "a strong decay with a weak turn": mixed([[-fast, -slow], [slow, -fast]]),
    }
    return [Case(name, {"A": matrix}) for name, matrix in matrices.items()]


def kind(A):
    values = np.linalg.eigvals(A)
    real = values.real
    if abs(values[0].imag) > 0:
        return "stable focus" if real[0] < 0 else "unstable focus"
    if real.min() < 0 < real.max():
        return "saddle"
    return "stable node" if real.max() < 0 else "unstable node"


def _no_saddle(A):
    found = kind(A)
    return "unstable node" if found == "saddle" else found


def _by_the_first(A):
    first = np.linalg.eigvals(A)[0]
    if abs(first.imag) > 0:
        return kind(A)
    return "stable node" if first.real < 0 else "unstable node"


KIND = Exercise(
    id="03.x1", title="Refresher: which kind of point?", points=0, inputs=kind_inputs, oracle=kind,
    hints=(
        "What does e^(lambda t) do if lambda is -2? If it is +2? If it is -2 + 3i?",
        "np.linalg.eigvals(A) has two numbers. Ask first whether they have an imaginary part, then for the signs of both real parts.",
        "An imaginary part: a focus. None, and the real parts of different sign: a saddle. Otherwise a node. A focus or a "
        "node is stable if the real parts are negative.",
    ),
    wrong=[
        Wrong("stable and unstable swapped", lambda A: {"stable node": "unstable node", "unstable node": "stable node",
              "stable focus": "unstable focus", "unstable focus": "stable focus"}.get(kind(A), "saddle"),
              "e^(lambda t) dies out when the real part is negative: stable and unstable have changed places."),
        Wrong("no saddle", _no_saddle, "One way in and one way out: two real eigenvalues of different sign are a saddle."),
        Wrong("looks at the first alone", _by_the_first,
              "It looks at one of the two eigenvalues: where they are real, both decide."),
        Wrong("node and focus swapped", lambda A: kind(A).replace("node", "x").replace("focus", "node").replace("x", "focus"),
              "A focus turns, a node does not: turning is what the imaginary part does."),
        Wrong("the diagonal for the eigenvalues", lambda A: kind(np.diag(np.diag(A))),
              "It reads the diagonal of A: only of a triangular matrix are those the eigenvalues. Ask np.linalg.eigvals."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 03.1 the fixed point and what happens near it


def rest_inputs(seed):
    rng = np.random.default_rng([seed, 2])

    def draw():
        return {"a": rng.uniform(0.5, 0.8), "b": rng.uniform(0.6, 0.9), "epsilon": rng.uniform(0.05, 0.2)}

    return [
        Case("the lesson's parameters, no current", {"I": 0.0, "a": 0.7, "b": 0.8, "epsilon": 0.08}),
        Case("other parameters, a weak current", {"I": rng.uniform(0.05, 0.2), **draw()}),
        Case("other parameters, in the middle of firing", {"I": rng.uniform(0.8, 0.95), **draw()}),
        Case("other parameters, a strong current", {"I": rng.uniform(1.5, 1.9), **draw()}),
        # here both eigenvalues are real, and np.linalg.eigvals has the smaller one first
        Case("other parameters, a negative current", {"I": rng.uniform(-1.5, -1.2), **draw()}),
    ]


def fixed_v(I, a, b):
    """Where v - v^3/3 - (v + a)/b + I is 0; for b < 1 there is one such v."""
    roots = np.roots([-1.0 / 3.0, 0.0, 1.0 - 1.0 / b, I - a / b])
    return float(roots[np.argmin(np.abs(roots.imag))].real)


def jacobian(v, b, epsilon):
    return np.array([[1.0 - v**2, -1.0], [epsilon, -epsilon * b]])


def _leading(v, matrix):
    values = np.linalg.eigvals(matrix)
    first = values[np.argmax(values.real)]
    return float(v), float(first.real), abs(float(first.imag))


def rest(I, a, b, epsilon):
    v = fixed_v(I, a, b)
    return _leading(v, jacobian(v, b, epsilon))


def _with(matrix):
    """A wrong answer with another matrix of derivatives, matrix(v, b, epsilon)."""

    def answer(I, a, b, epsilon):
        v = fixed_v(I, a, b)
        return _leading(v, np.array(matrix(v, b, epsilon), dtype=float))

    return answer


def _at(where):
    """A wrong answer with another fixed point, where(I, a, b)."""
    return lambda I, a, b, epsilon: _leading(where(I, a, b), jacobian(where(I, a, b), b, epsilon))


def _changed(change):
    """A wrong answer that makes something else of the right eigenvalues, change(v, values)."""

    def answer(I, a, b, epsilon):
        v = fixed_v(I, a, b)
        return change(v, np.linalg.eigvals(jacobian(v, b, epsilon)))

    return answer


def _first(v, values):
    """What LAPACK puts first of two real eigenvalues: the one nearer to the upper left entry."""
    first = values[np.argmin(np.abs(values - (1.0 - v**2)))]
    return v, float(first.real), abs(float(first.imag))


def _roots(*, a=1.0, third=1.0 / 3.0, order=1, pick=None):
    """A wrong answer for v alone: with other coefficients, or with another of the three roots."""

    def where(I, a_, b):
        coefficients = [-third, 0.0, 1.0 - 1.0 / b, I - a_ / (b if a else 1.0)]
        found = np.roots(coefficients[::order])
        return float((found[np.argmin(np.abs(found.imag))] if pick is None else pick(found)).real)

    return _at(where)


REST = Exercise(
    id="03.1", title="The fixed point and its eigenvalues", points=4, inputs=rest_inputs, oracle=rest, abs=1e-6, rel=1e-5,
    hints=(
        "Take one thing at a time: is v right already? It is where both nullclines have the same w.",
        "For v: put the w of the w-nullcline into the v-nullcline; np.roots wants the coefficients from v^3 down. For the "
        "eigenvalues: each row of J belongs to one equation, each column to one variable, and all four are taken at this v.",
        "v solves -v^3/3 + (1 - 1/b) v + (I - a/b) = 0, the real root. The upper left entry of J is the derivative of v - v^3/3. "
        "growth is the larger of the two real parts.",
    ),
    wrong=[
        Wrong("v^3/3 derived to v^2/3", _with(lambda v, b, e: [[1 - v**2 / 3, -1], [e, -e * b]]),
              "The fixed point is right. In J, the derivative of v^3/3 is not v^2/3."),
        Wrong("v^3 derived without the third", _with(lambda v, b, e: [[1 - 3 * v**2, -1], [e, -e * b]]),
              "The fixed point is right. In J, you derived v^3 and forgot that it is divided by 3."),
        Wrong("sign of w", _with(lambda v, b, e: [[1 - v**2, 1], [e, -e * b]]),
              "The fixed point is right. In J, how does dv/dt change when w grows? Look at the sign of the upper right entry."),
        Wrong("no epsilon", _with(lambda v, b, e: [[1 - v**2, -1], [1, -b]]),
              "The fixed point is right, and w reacts as fast as v in your J: where is epsilon?"),
        Wrong("epsilon in one place only", _with(lambda v, b, e: [[1 - v**2, -1], [e, -b]]),
              "The fixed point is right. In the lower row of J one entry lacks epsilon: it stands in front of the whole bracket of "
              "(2), so that -b w is multiplied by it, too."),
        Wrong("b is missing", _with(lambda v, b, e: [[1 - v**2, -1], [e, -e]]),
              "The fixed point is right. In J, w decays by itself with epsilon b: your lower right entry lacks its b."),
        Wrong("sign of b", _with(lambda v, b, e: [[1 - v**2, -1], [e, e * b]]),
              "The fixed point is right. In J, w decays by itself: look at the sign of the lower right entry."),
        Wrong("the inverted matrix", _with(lambda v, b, e: np.linalg.inv(jacobian(v, b, e))),
              "The fixed point is right, and your eigenvalues are those of the inverse of J."),
        Wrong("the sum of the diagonal", _changed(lambda v, x: (v, float(x.sum().real) / 2, abs(float(x[0].imag)))),
              "Half the trace is the real part only while the eigenvalues are complex: in the middle of firing they are real."),
        Wrong("the smaller one", _changed(lambda v, x: (v, float(x.real.min()), abs(float(x[0].imag)))),
              "Of two real eigenvalues you took the smaller: what grows fastest is what you see."),
        Wrong("frequency for angular frequency", _changed(
              lambda v, x: (v, float(x.real.max()), abs(float(x[0].imag)) / (2 * np.pi))),
              "omega is smaller than it should be by 2 pi: it is the imaginary part itself, in radians per ms."),
        Wrong("negative omega", _changed(lambda v, x: (v, float(x.real.max()), -abs(float(x[0].imag)))),
              "Of the pair of imaginary parts, omega is the positive one (or 0)."),
        Wrong("the discriminant alone", _changed(lambda v, x: (v, float(x.real.max()), 2 * abs(float(x[0].imag)))),
              "omega is twice what it should be: the root of the discriminant is still to be divided by 2."),
        Wrong("rest without current", _at(lambda I, a, b: fixed_v(0.0, a, b)),
              "v does not move with the current: I lifts the v-nullcline, and the crossing with it."),
        Wrong("sign of the current", _at(lambda I, a, b: fixed_v(-I, a, b)),
              "Your crossing moves the wrong way when the current grows: on which side of the equation does I stand?"),
        Wrong("sign of a", _at(lambda I, a, b: fixed_v(I, -a, b)),
              "Look at a again: on the w-nullcline, b w = v + a."),
        Wrong("b forgotten in w", _at(lambda I, a, b: fixed_v(I, a, 1.0 - 1e-9)),
              "Your w-nullcline has the slope 1: solve (2) for w, and b divides."),
        Wrong("the first one", _changed(_first),
              "You take the eigenvalue that happens to come first: np.linalg.eigvals does not sort them. Which of two real ones is growth?"),
        Wrong("another root", _roots(pick=lambda found: found[0]),
              "You take the root that np.roots happens to give first: two of the three are complex here. Which one is a voltage?"),
        Wrong("the lowest root", _roots(pick=lambda found: found[np.argmin(found.real)]),
              "You take the root with the lowest real part: two of the three are complex, and v is the one that is not."),
        Wrong("the highest root", _roots(pick=lambda found: found[np.argmax(found.real)]),
              "You take the root with the highest real part: two of the three are complex, and v is the one that is not."),
        Wrong("coefficients from I up", _roots(order=-1),
              "Your coefficients stand in the wrong order: np.roots wants that of v^3 first."),
        Wrong("no v^2", _at(lambda I, a, b: float(np.roots([-1.0 / 3.0, 1.0 - 1.0 / b, I - a / b]).real.max())),
              "Your polynomial has three coefficients and is of second degree: that of v^2 is 0, and must be written."),
        Wrong("v^3 without its third in v", _roots(third=1.0),
              "v is off: in (1) v^3 is divided by 3, and so is its coefficient."),
        Wrong("a not divided by b", _roots(a=0.0),
              "v is off: on the w-nullcline w is (v + a)/b, and b divides a, too."),
        Wrong("b multiplies", _at(lambda I, a, b: fixed_v(I, a, 1.0 / b) if b != 1.0 else fixed_v(I, a, b)),
              "v is off: on the w-nullcline b w = v + a, so that b divides."),
        Wrong("w for v", lambda I, a, b, epsilon: ((fixed_v(I, a, b) + a) / b, *rest(I, a, b, epsilon)[1:]),
              "growth and omega are right. Your first number is the w of the fixed point: asked for is its v."),
        Wrong("the derivative of b w is b", _with(lambda v, b, e: [[1 - v**2, -1], [e, e * (1 - b)]]),
              "The fixed point is right. In J, the lower right entry is what w alone does in (2): the derivative of v + a - b w by w."),
        Wrong("w left out of (1)", _with(lambda v, b, e: [[1 - v**2, 0], [e, -e * b]]),
              "The fixed point is right. In J, w seems not to act on v: which derivative stands in the upper right?"),
        Wrong("no 1 in the corner", _with(lambda v, b, e: [[-(v**2), -1], [e, -e * b]]),
              "The fixed point is right. In J, the derivative of v - v^3/3 has two terms, and you have the second alone."),
        Wrong("divided by epsilon", _with(lambda v, b, e: [[1 - v**2, -1], [1 / e, -b / e]]),
              "The fixed point is right, and w is faster than v in your J: epsilon, which is small, stands in front of (2)."),
        Wrong("J at v = 0", _with(lambda v, b, e: [[1, -1], [e, -e * b]]),
              "The fixed point is right, and J is not taken there: put its v into the derivatives."),
        Wrong("the lesson's epsilon", _with(lambda v, b, e: [[1 - v**2, -1], [0.08, -0.08 * b]]),
              "Right for the lesson's parameters and for no others: epsilon is an argument."),
        Wrong("both parts added", _changed(lambda v, x: (v, float(x.real.sum()), abs(float(x[0].imag)))),
              "growth is the sum of the two real parts: it is the larger one of them."),
        Wrong("growth without its sign", _changed(lambda v, x: (v, float(np.abs(x.real).max()), abs(float(x[0].imag)))),
              "growth is never negative in yours: a distance that dies out grows at a negative rate."),
        Wrong("the period", _changed(lambda v, x: (v, float(x.real.max()), 2 * np.pi / abs(float(x[0].imag)) if x[0].imag else 0.0)),
              "Your third number is the period in ms: omega is the imaginary part itself."),
        Wrong("in degrees", _changed(lambda v, x: (v, float(x.real.max()), np.degrees(abs(float(x[0].imag))))),
              "omega is too large by 180/pi: it is asked for in radians per ms."),
        Wrong("in Hz", _changed(lambda v, x: (v, float(x.real.max()), 1000.0 * abs(float(x[0].imag)) / (2 * np.pi))),
              "omega is turned into Hz: asked for is the imaginary part itself, in radians per ms."),
        Wrong("per second", _changed(lambda v, x: (v, 1000.0 * float(x.real.max()), 1000.0 * abs(float(x[0].imag)))),
              "growth and omega are a thousand times too large: (1) and (2) are per ms, and so are the eigenvalues."),
        Wrong("a time for a rate", _changed(lambda v, x: (v, -1.0 / float(x.real.max()), abs(float(x[0].imag)))),
              "Your growth is a time constant in ms: asked for is the real part itself, per ms."),
        Wrong("in another order", _changed(lambda v, x: (float(x.real.max()), abs(float(x[0].imag)), v)),
              "The three numbers seem to stand in another order: v, growth, omega."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 03.2 sweeps that remember


def sweep_inputs(seed):
    rng = np.random.default_rng([seed, 3])

    def case(name, epsilon, steps):
        hopf = hopf_current(0.7, 0.8, epsilon)
        return Case(name, {"epsilon": epsilon, "currents": [round(hopf + step, 5) for step in steps]})

    up = [-0.13, -0.06, -0.03, -0.015, -0.003, 0.02]
    return [
        case("up, slowly", rng.uniform(0.07, 0.09), up),
        case("down, slowly", rng.uniform(0.07, 0.09), [0.1, 0.02, -0.003, -0.02, -0.1]),
        case("up and down again", rng.uniform(0.07, 0.09), [*up, -0.003, -0.03]),
        case("a short way up, and back", rng.uniform(0.07, 0.09), [-0.02, 0.05, -0.003]),
        case("one current alone", rng.uniform(0.07, 0.09), [0.2]),
    ]


def hopf_current(a, b, epsilon):
    """The lower current at which the trace of the Jacobian is 0: v^2 = 1 - epsilon b, v < 0."""
    v = -np.sqrt(1.0 - epsilon * b)
    return float((v + a) / b - v + v**3 / 3.0)


def swept(sweep, inputs):
    """The rates that the student's sweep returns, in Hz."""
    import numpy as np

    import snnlab as snn

    rates = sweep(model=snn.FitzHughNagumo(epsilon=inputs["epsilon"]), currents=list(inputs["currents"]))
    if np.shape(rates) != (len(inputs["currents"]),):
        raise TypeError(
            f"sweep must return a list with one rate for each of the {len(inputs['currents'])} currents, "
            f"and returns a value of shape {np.shape(rates)}"
        )
    return [float(rate) for rate in rates]


def _sweeping(t_each=1000.0, remember=True, first=0.5, last=1.0, order=list, unit=1000.0, update=True):
    """A sweep, with what may go wrong in it: counts from `first` to `last` of each run."""

    def sweep(model, currents):
        import snnlab as snn

        rates, rec, t = [], None, 0.0
        for I in order(currents):
            start = rec.final if rec is not None and remember else None
            t = t if start is not None and update else (1000.0 if start is not None else 0.0)
            new = snn.simulate(model, I=float(I), t_stop=t + t_each, start=start)
            count = len(new.spikes.between(t + first * t_each, t + last * t_each))
            rates.append(unit * count / ((last - first) * t_each))
            rec = new if update or rec is None else rec
            t += t_each
        return rates

    return sweep


def _by_intervals(model, currents):
    import snnlab as snn

    rates, rec = [], None
    for k, I in enumerate(currents):
        rec = snn.simulate(model, I=float(I), t_stop=1000.0 * (k + 1), start=rec.final if rec else None)
        gaps = np.diff(rec.spikes.between(1000.0 * k + 500.0, 1000.0 * (k + 1)).t)
        rates.append(1000.0 / float(gaps.mean()) if len(gaps) else 0.0)
    return rates


def _per_run(model, currents):
    return [rate / 2 for rate in _sweeping(first=0.5)(model, currents)]


SWEEP = Exercise(
    id="03.2", title="A sweep that remembers", points=3, inputs=sweep_inputs, call=swept,
    oracle=lambda epsilon, currents: swept(_sweeping(), {"epsilon": epsilon, "currents": currents}),
    abs=0.5, rel=0.0, seconds=30.0, unit="Hz",
    hints=(
        "In which state should the neuron be when the second current is switched on?",
        "simulate(..., start=rec.final) goes on where rec ended, and its clock goes on too: t_stop is the time at which the "
        "new piece ends.",
        "Keep rec from one current to the next: the k-th piece runs from 1000 k to 1000 (k + 1) ms, and the rate is twice the "
        "number of spikes in its second half.",
    ),
    wrong=[
        Wrong("starts anew each time", _sweeping(remember=False),
              "Each current starts from rest in your sweep: on the way down, the neuron must still be firing when the next "
              "current comes. What is rec.final for?"),
        Wrong("goes on from the first run only", _sweeping(update=False),
              "Every piece goes on from the end of the first one: keep the newest recording each time."),
        Wrong("counts the whole piece", _sweeping(first=0.0),
              "You count the first half too, in which a dying oscillation still fires, or a growing one does not yet: only "
              "the second half counts."),
        Wrong("counts the first half", _sweeping(first=0.0, last=0.5),
              "You count the first half of each piece: the second one tells where it settles."),
        Wrong("a count for a rate", _per_run,
              "That is the number of spikes in 500 ms: a rate in Hz is the number in 1000 ms."),
        Wrong("spikes per ms", _sweeping(unit=1.0), "Your rates are per ms: Hz is per second, 1000 ms."),
        Wrong("sorts the currents", _sweeping(order=sorted),
              "You sort the currents: the order in which they come is the experiment."),
        Wrong("the order turned round", _sweeping(order=lambda currents: list(currents)[::-1]),
              "You begin with the last current: take them as they come."),
        Wrong("from the intervals", _by_intervals,
              "You take the rate from the mean interval. That is a rate, too, but another one where spikes are few or uneven: asked for is the number of "
              "spikes in the last 500 ms, made into Hz."),
        Wrong("500 ms each", _sweeping(t_each=500.0),
              "Your pieces last 500 ms in all: each lasts 1000 ms, and the spikes of its last 500 ms count."),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 03.3 six blind neurons

STRANGERS = "stranger {}"


def blind_inputs(seed, student):
    own = {f"your neuron {k + 1}": code for k, code in enumerate(six_codes(student))}
    others = {
        f"a stranger's neuron {k + 1}": code for k, code in enumerate(six_codes(STRANGERS.format(seed)))
    }
    return [Case(name, {"code": code}, {"right": type_of(code)}) for name, code in {**own, **others}.items()]


def blind_call(identify, inputs):
    """The student's verdict on one neuron."""
    from snnlab.checks.blind_03 import BlindNeuron

    return identify(BlindNeuron(inputs["code"]))


def judge_blind(inputs, output):
    said = output.strip().casefold() if isinstance(output, str) else ""
    if said not in ("type i", "type ii"):
        return False, 'must be "type I" or "type II"'
    return said == inputs["right"].casefold(), "this is not its type"


def _onset(neuron, I, t_stop, rounds):
    """The weakest of the currents I that keeps a neuron firing, searched more finely `rounds` times, and its rate in Hz."""
    for left in range(rounds, -1, -1):
        trains = neuron.spike_times(I, t_stop)
        fires = [len(t) > 1 and t[-2] > t_stop / 4 for t in trains]
        if not any(fires):
            return float("inf"), 0.0
        k = fires.index(True)
        if not left or not k:
            break
        I = np.linspace(I[k - 1], I[k], 21)
    return float(I[k]), 1000.0 / float(np.diff(trains[k])[-1])


def identify(neuron):
    _, rate = _onset(neuron, np.linspace(0.0, 400.0, 21), 2000.0, 2)
    return "type I" if rate < 5.0 else "type II"


def _coarse(neuron):
    _, rate = _onset(neuron, np.linspace(0.0, 400.0, 21), 2000.0, 0)
    return "type I" if rate < 5.0 else "type II"


def _by_rheobase(neuron):
    onset, _ = _onset(neuron, np.linspace(0.0, 400.0, 41), 1000.0, 0)
    return "type I" if onset < 65.0 else "type II"


def _by_one_rate(neuron):
    (t,) = neuron.spike_times([100.0], 1000.0)
    return "type I" if len(t) < 12 else "type II"


BLIND = Exercise(
    id="03.3", title="Six blind neurons", points=4, extras={"student": "ada"}, inputs=blind_inputs, call=blind_call,
    judge=judge_blind, seconds=120.0,
    hints=(
        "What is the slowest regular firing that you can get out of this neuron?",
        "Find the weakest current that keeps it firing, as finely as you can, and measure the rate there. How long must you "
        "record to see 1 Hz?",
        "Search in rounds: a coarse scan, then a fine one between the last silent and the first firing current, then a finer one. "
        "Record 4 s. Type I fires at a few Hz there and less; type II at 7 Hz or more.",
    ),
    wrong=[
        Wrong("the types swapped", lambda neuron: "type II" if identify(neuron) == "type I" else "type I",
              "Each neuron that is wrong got the other type: type I begins at a rate of zero, type II with a jump. Does your rule give both answers, and each to the right one?"),
        Wrong("by the rheobase", _by_rheobase,
              "You judge by the current at which firing begins: the neurons differ in size, and a large one of type I needs "
              "more current than a small one of type II."),
        Wrong("at one current", _by_one_rate,
              "You compare rates at one current, the same for all: it is far above the rheobase of one neuron, and below that of "
              "another. Look right above each one's own."),
        Wrong("too coarse a scan", _coarse,
              "It takes neurons of type I for type II. If your steps of current are large, the first one that fires is far above "
              "the rheobase, and there type I is fast, too: search more finely."),
        Wrong("always type I", lambda neuron: "type I",
              "It takes every neuron of type II for type I: what jumps, and what begins slowly?"),
    ],
)  # fmt: skip


# ---------------------------------------------------------------- 03.4 bug hunt: what a simulator read


def hunt_inputs(seed):
    rng = np.random.default_rng([seed, 5])
    tests = {
        "your test, on what the simulator read": "misread",
        "your test, on the right slope": "right",
        "your test, on the right slope in another form": "factored",
        "your test, on a slope with +w": "plus w",
        "your test, on a slope with -I": "minus I",
        "your test, on a slope without the third": "no third",
        "your test, on a slope that is right for v > 0 only": "v > 0",
        "your test, on a slope that is right for v < 0 only": "v < 0",
    }
    points = rng.uniform(-1.5, 1.5, (4, 3)).round(3)
    return [
        *(Case(name, {"kind": kind}) for name, kind in tests.items()),
        *(Case(name, {"kind": kind, "points": points}) for name, kind in {
            "your text, as this simulator reads it": "simulator",
            "your text, as everybody else reads it": "everybody",
        }.items()),
    ]  # fmt: skip


def hunt(pair, inputs):
    """What the student's test says of a slope, or the slopes that are read from the student's text."""
    from snnlab.checks.plain import truth
    from snnlab.checks.reader_03 import read

    is_right, text = pair()
    slopes = {
        "misread": lambda v, w, I: v - (v**3 / 3 - w + I),
        "right": lambda v, w, I: v - v**3 / 3 - w + I,
        "factored": lambda v, w, I: I - (w + v * (v * v - 3) / 3),
        "plus w": lambda v, w, I: v - v**3 / 3 + w + I,
        "minus I": lambda v, w, I: v - v**3 / 3 - w - I,
        "no third": lambda v, w, I: v - v**3 - w + I,
        "v > 0": lambda v, w, I: v - abs(v) ** 3 / 3 - w + I,
        "v < 0": lambda v, w, I: v + abs(v) ** 3 / 3 - w + I,
    }
    if inputs["kind"] in slopes:
        return truth(is_right(slopes[inputs["kind"]]))
    if not isinstance(text, str):
        raise TypeError("mended must return a text, such as the published one")
    slope = read(text, careful=inputs["kind"] == "everybody")
    return [float(slope(float(v), float(w), float(I))) for v, w, I in inputs["points"]]


def judge_hunt(inputs, output):
    """The test must pass the right slopes alone; the text must be read rightly by both readers."""
    if "points" in inputs:
        right = [v - v**3 / 3 - w + I for v, w, I in inputs["points"]]
        text = difference(output, right, abs=1e-9, rel=1e-9)
        return not text, "reads something else than (1)" if text else ""
    right = inputs["kind"] in ("right", "factored")
    said = (
        f"your test {'passes' if output else 'fails'} it, and this slope is {'right' if right else 'wrong'}"
    )
    return output == right, said


def on_many_points(slope):
    rng = np.random.default_rng(0)
    return all(abs(slope(v, w, I) - (v - v**3 / 3 - w + I)) < 1e-9 for v, w, I in rng.uniform(-2, 2, (20, 3)))


def _tests(*points):
    """A test at some points (v, w, I) only."""
    return lambda slope: all(abs(slope(v, w, I) - (v - v**3 / 3 - w + I)) < 1e-9 for v, w, I in points)


PUBLISHED = "V - (V^3)/3 - W + I"
MENDED = "(V - (V^3)/3) - W + I"


def _pair(is_right, text):
    return lambda: (is_right, text)


READER = Exercise(
    id="03.4", title="Bug hunt: an equation that is read otherwise than written", points=3, inputs=hunt_inputs, call=hunt,
    judge=judge_hunt,
    hints=(
        "For the test: at which v, w and I would a wrong sign show? For the text: which part did the reader take together that "
        "does not belong together?",
        "What the simulator read is v - (v^3/3 - w + I). Brackets of your own leave it no choice.",
        "Test at several points where v, w and I all differ from 0, and compare with (1). In the text, bracket what belongs together "
        "before the rest comes: the subtraction after which it goes wrong is the first one.",
    ),
    wrong=[
        Wrong("not mended", _pair(on_many_points, PUBLISHED), "Your test is good. Your text is still read as the published one was: the first minus swallows what comes behind the fraction."),
        Wrong("signs turned to suit the bug", _pair(on_many_points, "V - (V^3)/3 + W - I"),
              "This simulator now reads it rightly, since two mistakes cancel; everybody else reads something wrong, and so "
              "will this simulator once it is mended. Keep the signs, and use brackets."),
        Wrong("W in the bracket", _pair(on_many_points, "V - ((V^3)/3 - W) + I"),
              "A minus in front of a bracket turns the signs inside it: your W comes out with a plus, for everybody."),
        Wrong("all under the fraction", _pair(on_many_points, "V - (V^3)/(3 - W + I)"),
              "Your bracket puts W and I below the fraction: bracket what comes before them instead."),
        Wrong("brackets as it was read", _pair(on_many_points, "V - ((V^3)/3 - W + I)"),
              "These brackets write down the mistake: now everybody reads it wrongly. Which two terms come first?"),
        Wrong("only w", _pair(_tests((0.0, 1.0, 0.0)), MENDED),
              "Your test looks at w, perhaps at I, but not at what v does: is v 0 in it, or does v cancel? Try points where v, w and I are all different from 0."),
        Wrong("only the current", _pair(_tests((0.0, 0.0, 1.0)), MENDED),
              "A wrong sign of w slips through your test: is w 0 in it? Try points where v, w and I are all "
              "different from 0."),
        Wrong("at one point above 0", _pair(_tests((1.1, 0.6, 0.3)), MENDED),
              "Your test catches all wrong signs with v above 0, and what is wrong below 0 slips through: a curve is not tested at one "
              "point. Try v on both sides."),
        Wrong("at one point below 0", _pair(_tests((-1.1, 0.6, 0.3)), MENDED),
              "Your test looks at v below 0 alone: what is wrong above 0 slips through. Try v on both sides."),
        Wrong("at the origin", _pair(_tests((0.0, 0.0, 0.0)), MENDED),
              "Your test passes every slope, the wrong ones too: a test that can't fail tests nothing. Does it return a comparison, and at a point where v, w and I are not all 0?"),
        Wrong("fails what is right", _pair(lambda slope: False, MENDED),
              "Your test fails a slope that is right: with what does it compare? And the same formula, written otherwise, differs in the last digit: leave it a tolerance."),
        Wrong("takes the misread one for right", _pair(
              lambda slope: abs(slope(1.0, 0.5, 0.3) - (1.0 - (1 / 3 - 0.5 + 0.3))) < 1e-9, MENDED),
              "Your test passes what the simulator read: its comparison has the same brackets as the mistake."),
        Wrong("the third left out", _pair(on_many_points, "(V - V^3) - W + I"),
              "Your test is good, and your text would fail it, for every reader: in (1) V^3 is divided by 3."),
        Wrong("a rounded third", _pair(on_many_points, "(V - 0.333*V^3) - W + I"),
              "Your brackets are right, and 0.333 is not a third: write the division."),
        Wrong("says the opposite", _pair(lambda slope: not on_many_points(slope), MENDED),
              "Your test tells right from wrong, and says the opposite: it is to return True for a right slope."),
    ],
)  # fmt: skip


def blind_neurons(student):
    """The six neurons that belong to a student, as `BlindNeuron` objects. Raises ValueError for an empty id."""
    return [BlindNeuron(code, f"neuron {k + 1}") for k, code in enumerate(six_codes(student))]
