"""The exercises of lesson 12, Memory and sequences."""

import numpy as np

from snnlab.checks.exercise import Case, Exercise, Wrong

# ---------------------------------------------------------------- 12.1 measure a packet


def packet_inputs(seed):
    rng = np.random.default_rng([seed, 1])
    sharp = np.concatenate([rng.uniform(0.0, 100.0, 30), rng.normal(52.0, 0.6, 40)])
    grid = np.concatenate(
        [rng.uniform(0.0, 100.0, 10), rng.uniform(18.1, 21.9, 30), rng.uniform(60.2, 63.8, 18)]
    )
    return [
        Case("a sharp packet among other spikes", {"t": rng.permutation(sharp), "width": 4.0}),
        Case("a packet across the edge of a bin", {"t": np.sort(grid), "width": 4.0}),
        Case("no spike at all", {"t": [], "width": 4.0}),
    ]


def packet(t, width):
    """(a, sigma): size and standard deviation (ms) of the densest window of `width` ms."""
    t, best = sorted(t), []
    for k, begin in enumerate(t):
        inside = [x for x in t[k:] if x <= begin + width]
        if len(inside) > len(best):
            best = inside
    return len(best), float(np.std(best)) if best else 0.0


def _binned(t, width):
    if not len(t):
        return 0, 0.0
    bins = np.floor(np.asarray(t) / width).astype(int)
    inside = np.asarray(t)[bins == np.bincount(bins).argmax()]
    return len(inside), float(np.std(inside))


PACKET = Exercise(
    id="12.1", title="Measure a pulse packet", points=4, inputs=packet_inputs, oracle=packet, abs=1e-6, rel=0.0,
    hints=(
        "Where can the densest window begin?",
        "Sort the spikes. A window that begins at a spike loses nothing: for each spike count those up to width later.",
        "np.searchsorted(t, t + width, side='right') - np.arange(len(t)) is the count for each beginning; take the "
        "spikes of the first largest one, and treat an empty train apart.",
    ),
    wrong=[
        Wrong("all spikes", lambda t, width: (len(t), float(np.std(t)) if len(t) else 0.0),
              "You measure all spikes, background too. The packet is the densest window of `width` ms alone."),
        Wrong("fixed bins", _binned,
              "A packet that lies across the edge of a bin is cut in two: let the window begin anywhere."),
        Wrong("twice as wide", lambda t, width: packet(t, 2.0 * width),
              "Your window reaches `width` to both sides, and so is twice as wide as asked."),
        Wrong("the variance", lambda t, width: (packet(t, width)[0], packet(t, width)[1] ** 2),
              "The number is right; the spread is squared. A standard deviation is in ms, a variance in ms squared."),
        Wrong("spread of all", lambda t, width: (packet(t, width)[0], float(np.std(t)) if len(t) else 0.0),
              "The number is right. The spread is that of all spikes, not of those in the window."),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 12.2 how fast is the replay?


def replay_inputs(seed):
    rng = np.random.default_rng([seed, 2])
    size, n = 9, 6

    def case(name, times, groups, late=0.0):
        t = np.concatenate([when + rng.normal(0.0, 0.3, size) for when in times])
        t[::size] -= late  # the first neuron of each group fires early
        i = np.concatenate([np.arange(g * size, (g + 1) * size) for g in groups])
        order = np.argsort(t)
        return Case(
            name,
            {"t": t[order], "i": i[order], "size": size, "n_groups": n, "taught": rng.uniform(15.0, 30.0)},
        )

    step = rng.uniform(2.0, 5.0)
    return [
        case(
            "a replay that gets faster",
            20.0 + step * np.arange(n) ** 0.8,
            range(n),
            late=np.linspace(0.0, 8.0, n),
        ),
        case("the last two groups are silent", 20.0 + step * np.arange(n - 2), range(n - 2)),
        case("backwards", 60.0 - step * np.arange(n), range(n)),
    ]


def _pace(t, i, size, n_groups, taught, of=np.median, steps=None):
    group = i // size
    present = [g for g in range(n_groups) if (group == g).any()]
    when = [of(t[group == g]) for g in present]
    return taught * (steps or len(when) - 1) / (when[-1] - when[0])


def compression(t, i, size, n_groups, taught):
    """Taught interval over replayed interval; 0.0 if a group is silent or the order is not forward."""
    if len(set((i // size).tolist())) < n_groups:
        return 0.0
    return max(float(_pace(t, i, size, n_groups, taught)), 0.0)


def _instead(pace):
    """An answer that is wrong where there is a replay, and right where there is none."""
    return lambda **g: pace(**g) if compression(**g) else 0.0


REPLAY = Exercise(
    id="12.2", title="How fast is the replay?", points=4, inputs=replay_inputs, oracle=compression, abs=1e-6, rel=1e-6,
    hints=(
        "When does a group fire, if its neurons don't all fire at once? And what if it does not fire?",
        "One median for each group, then the steps between them (np.diff), then their mean. Look for silence before.",
        "The mean of the five steps between six groups is (last - first)/5. Return taught/interval, and 0.0 where a "
        "group has no spike or the interval is not above 0.",
    ),
    wrong=[
        Wrong("upside down", _instead(lambda **g: 1.0 / compression(**g)),
              "Upside down: a faster replay has a shorter interval, and a larger compression."),
        Wrong("one step too many", _instead(lambda **g: _pace(**g, steps=g["n_groups"])),
              "Between n groups there are n - 1 steps."),
        Wrong("the first spike", _instead(lambda **g: _pace(**g, of=np.min)),
              "You take the first spike of each group, and one early neuron moves it. Take the median."),
        Wrong("silence not seen", lambda **g: max(_pace(**g), 0.0),
              "A sequence whose last groups are silent was not replayed: that is 0.0, however fast it began."),
        Wrong("backwards", lambda **g: _pace(**g) if len(set((g["i"] // g["size"]).tolist())) == g["n_groups"] else 0.0,
              "A negative compression: that replay runs backwards, which counts as none here."),
        Wrong("the replay's interval", _instead(lambda **g: g["taught"] / compression(**g)),
              "That is the interval of the replay in ms. How many times does it go into the taught one?"),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 12.3 bug hunt: a memory without limits


def pattern_inputs(seed):
    rng = np.random.default_rng([seed, 3])
    return [
        Case("few patterns", {"P": 5, "N": 16, "draw": int(rng.integers(1000)), "byte": False}),
        Case("few patterns, in bytes", {"P": 9, "N": 16, "draw": int(rng.integers(1000)), "byte": True}),
        Case("150 patterns, in bytes", {"P": 150, "N": 16, "draw": int(rng.integers(1000)), "byte": True}),
    ]


def pattern_call(weights, inputs):
    import numpy

    draw = numpy.random.default_rng(inputs["draw"]).choice([-1, 1], (inputs["P"], inputs["N"]))
    draw[:, 1] = draw[:, 0]  # two units that always agree: their sum of bytes runs over
    return weights(patterns=draw.astype("int8" if inputs["byte"] else "int64"))


def hebbian_weights(patterns):
    """Hebb's rule without self-connections, summed in 64 bits."""
    W = np.einsum("pi,pj->ij", patterns.astype(np.int64), patterns.astype(np.int64)) / patterns.shape[1]
    return np.where(np.eye(len(W), dtype=bool), 0.0, W)


def _no_diagonal(W):
    return np.where(np.eye(len(W), dtype=bool), 0.0, W)


HEBB = Exercise(
    id="12.3", title="Bug hunt: a memory without limits", points=4, inputs=pattern_inputs, call=pattern_call,
    oracle=lambda **g: pattern_call(hebbian_weights, g), abs=1e-9, rel=0.0,
    hints=(
        "Print W for three patterns, and look at its diagonal. Then print W for 200 patterns that are all equal.",
        "What does equation (2) say of W[i, i]? And what is the largest number that one byte can hold?",
        "Make floats of the patterns before they are multiplied (astype), and put zeros on the diagonal (np.fill_diagonal).",
    ),
    wrong=[
        Wrong("as published", lambda patterns: patterns.T @ patterns / patterns.shape[1],
              "Both mistakes are still there: look at the diagonal, and at the type of a product of bytes."),
        Wrong("the diagonal stays", lambda patterns: patterns.astype(float).T @ patterns.astype(float) / patterns.shape[1],
              "The sums are right, but each unit still votes for itself: the diagonal."),
        Wrong("bytes run over", lambda patterns: _no_diagonal(patterns.T @ patterns / patterns.shape[1]),
              "The diagonal is mended. With many patterns a sum of bytes still runs over: 127 + 1 is -128."),
        Wrong("floats too late", lambda patterns: _no_diagonal((patterns.T @ patterns).astype(float) / patterns.shape[0]),
              "astype comes after the product: the sum has run over by then; and the division is by N, not P."),
        Wrong("divided by P", lambda patterns: hebbian_weights(patterns) * patterns.shape[1] / patterns.shape[0],
              "Divided by the number of patterns: equation (2) divides by the number of units."),
        Wrong("patterns for units", lambda patterns: _no_diagonal(patterns.astype(float) @ patterns.astype(float).T / patterns.shape[1]),
              "Your array is (P, P), the overlaps of the patterns. Weights connect units: (N, N)."),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 12.4 pulses


def pulse_inputs(seed):
    rng = np.random.default_rng([seed, 4])
    S = rng.uniform(1.8, 2.2)

    def case(name, S, links, beta, dt):
        n = round(1500.0 / dt)
        return Case(name, {"S": S, "links": links, "beta": beta, "V_theta": 6.0, "tau_L": 2.0, "tau_theta": 20.0,
                           "dt": dt, "n_steps": n})  # fmt: skip

    both = [[0.0, 1.0], [1.0, 0.0]]
    chain = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    return [
        case("one neuron alone", [S], [[0.0]], 0.3, 0.5),
        case("two that go together", [S, 0.85 * S], both, 0.5, 0.5),
        case("a one-way chain of three", [S, 0.5 * S, 0.3 * S], chain, 1.5, 0.5),
    ]


def _pulses(
    S, links, beta, V_theta, tau_L, tau_theta, dt, n_steps, *, U=None, forget=None, jump=True, turn=False
):
    S, links = np.asarray(S), np.asarray(links)
    L, theta, pulse, counts = (np.zeros(len(S)) for _ in range(4))
    keep = np.exp(-dt / tau_L) if forget is None else forget
    for _ in range(n_steps):
        L = L * keep + (links @ pulse if turn else pulse @ links)
        theta = theta * np.exp(-dt / tau_theta)
        drive = S * (1.0 + beta * L) if U is None else U(S, beta, L)
        pulse = (drive >= theta) * 1.0
        theta = theta + V_theta * pulse if jump else np.where(pulse > 0, V_theta, theta)
        counts += pulse
    return counts


PULSES = Exercise(
    id="12.4", title="Pulses that go together", points=3, inputs=pulse_inputs, oracle=_pulses, abs=1.0, rel=0.0,
    hints=(
        "Four arrays live from step to step: which?",
        "Follow the order of the text: decay, pulses of the last step, U, comparison, threshold.",
        "pulse @ links gives each neuron the number of pulses that go to it; U = S (1 + beta L), pulse where U >= theta.",
    ),
    wrong=[
        Wrong("no linking", lambda **g: _pulses(**{**g, "beta": 0.0}),
              "A neuron alone is right, but neighbours have no effect: is L in U?"),
        Wrong("linking adds", lambda **g: _pulses(**g, U=lambda S, beta, L: S + beta * L),
              "Linking is added to the feeding; in (3) it multiplies it."),
        Wrong("threshold set", lambda **g: _pulses(**g, jump=False),
              "Too many pulses, even alone: the threshold is set to V_theta. It jumps *by* V_theta."),
        Wrong("linking never fades", lambda **g: _pulses(**g, forget=1.0),
              "L grows without end: it has to decay with tau_L."),
        Wrong("links turned round", lambda **g: _pulses(**g, turn=True),
              "Right for mutual links; the chain runs the wrong way: links[j][k] leads from j to k."),
        Wrong("feeding forgotten", lambda **g: _pulses(**g, U=lambda S, beta, L: 1.0 + beta * L),
              "Every neuron pulses as if its feeding were 1: where is S?"),
    ],
)  # fmt: skip
