"""The exercises of lesson 12, Memory and sequences."""

import numpy as np

from snnlab.checks.exercise import Case, Exercise, Wrong

# ---------------------------------------------------------------- 12.1 measure a packet


def packet_inputs(seed):
    rng = np.random.default_rng([seed, 1])
    sharp = np.concatenate([rng.uniform(0.0, 100.0, 30), rng.normal(52.0, 0.6, 40)])
    grid = np.concatenate(
        [rng.uniform(0.0, 100.0, 10), rng.uniform(18.1, 21.9, 30), [22.9], rng.uniform(60.2, 63.8, 18)]
    )
    broad, narrow = rng.uniform(20.2, 23.8, 12), rng.uniform(70.0, 71.5, 12)
    begin = int(rng.integers(30, 60)) + 0.0625  # sums of powers of 2, which floats hold exactly
    ends = begin + np.array([-9.0, 0.0, 0.5, 0.5, 1.0, 3.25, 3.5, 4.0, 16.0, 16.5])
    return [
        Case("a sharp packet among other spikes", {"t": rng.permutation(sharp), "width": 4.0}),
        Case("a packet across the edge of a bin", {"t": np.sort(grid), "width": 5.0}),
        Case("two windows that hold as many", {"t": rng.permutation([*broad, *narrow]), "width": 4.0}),
        Case("the same, the sharper one first", {"t": np.append(narrow - 40.0, broad + 40.0), "width": 4.0}),
        Case("a spike at each end of the window, and two at once", {"t": ends, "width": 4.0}),
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


def _binned(t, width, first=False):
    """Bins that begin at 0, or at the first spike."""
    if not len(t):
        return 0, 0.0
    bins = np.floor((np.asarray(t) - (min(t) if first else 0.0)) / width).astype(int)
    inside = np.asarray(t)[bins == np.bincount(bins).argmax()]
    return len(inside), float(np.std(inside))


def _fullest(holds, better=lambda new, old: len(new) > len(old)):
    """A packet whose window at spike s holds the spikes t with holds(t - s, width)."""

    def packet(t, width):
        t, best = np.sort(t), np.array([])
        for s in t:
            inside = t[holds(t - s, width)]
            best = inside if better(inside, best) else best
        return len(best), float(np.std(best)) if len(best) else 0.0

    return packet


def _within(d, width):
    return (d >= 0.0) & (d <= width)


def _at_the_median(t, width):
    inside = np.asarray(t)[np.abs(np.asarray(t) - np.median(t)) <= width / 2.0] if len(t) else []
    return len(inside), float(np.std(inside)) if len(inside) else 0.0


def _of_packet(spread):
    """The right number of spikes, and another measure of their spread (of times from the first, n of them)."""

    def answer(t, width):
        t = np.sort(t)
        counts = np.searchsorted(t, t + width, side="right") - np.arange(len(t))
        k = int(counts.argmax()) if len(t) else 0
        return (int(counts[k]), float(spread(t[k : k + counts[k]]))) if len(t) else (0, 0.0)

    return answer


PACKET = Exercise(
    id="12.1", title="Measure a pulse packet", points=4, inputs=packet_inputs, oracle=packet, abs=1e-6, rel=0.0,
    hints=(
        "Where can the densest window begin?",
        "Sort the spikes. A window that begins at a spike loses nothing: for each spike count those up to width later.",
        "The packet is the first of the fullest windows, each of which begins at a spike, and both values are of its "
        "spikes alone. An empty train has no window: treat it apart.",
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
        Wrong("bins from the first spike", lambda t, width: _binned(t, width, first=True),
              "Your bins begin at the first spike, and are fixed after that: a packet is cut in two as before. Every spike may be the first of a window."),
        Wrong("the end is left out", _fullest(lambda d, width: (d >= 0.0) & (d < width)),
              "Right but for a spike that lies just `width` after the first of its window: ends included, says the exercise."),
        Wrong("the beginning is left out", _fullest(lambda d, width: (d > 0.0) & (d <= width)),
              "One spike is missing, the one with which the window begins: ends included."),
        Wrong("a width of its own", lambda t, width: packet(t, 4.0),
              "Right for windows of 4 ms alone: take width as it comes."),
        Wrong("seconds", lambda t, width: (packet(t, width)[0], packet(t, width)[1] / 1000.0),
              "The number is right; the spread is a thousand times too small. Times come in ms, and sigma is asked for in ms."),
        Wrong("half as wide", _fullest(lambda d, width: (d >= 0.0) & (d <= width / 2.0)),
              "Your window is only width/2 long: a window of `width` that begins at s ends at s + width."),
        Wrong("centred on a spike", _fullest(lambda d, width: np.abs(d) <= width / 2.0),
              "Your windows have a spike in their middle. The fullest one may have none there: let windows *begin* at spikes."),
        Wrong("around the median", _at_the_median,
              "The middle of all spikes is not where they are densest, as soon as there are other spikes on one side."),
        Wrong("the latest of equals", _fullest(_within, lambda new, old: len(new) >= len(old)),
              "Two windows hold as many: you take the last of them, and the earliest is asked for (> and not >=)."),
        Wrong("the sharpest of equals", _fullest(_within, lambda new, old: (len(new), -np.std(new)) > (len(old), -np.std(old) if len(old) else 0.0)),
              "Two windows hold as many: you take the sharper one, and the earliest is asked for."),
        Wrong("each time once", lambda t, width: packet(sorted(set(np.asarray(t).tolist())), width),
              "Two neurons may fire at the same time: those are two spikes. A set, or np.unique, makes one of them."),
        Wrong("n - 1", _of_packet(lambda t: np.std(t, ddof=1) if len(t) > 1 else 0.0),
              "The number is right, the spread a little too large: np.std divides by n, as the exercise asks; you divide by n - 1 (ddof=1)."),
        Wrong("from end to end", _of_packet(np.ptp),
              "The number is right. The spread is the time from the first spike of the window to its last: asked is the standard deviation."),
        Wrong("the mean distance", _of_packet(lambda t: np.abs(t - t.mean()).mean()),
              "The number is right. The spread is a mean of distances without squares: asked is the standard deviation."),
        Wrong("the mean time", _of_packet(np.mean),
              "The number is right. The second value is *when* the packet comes: asked is how far its spikes are spread."),
        Wrong("the other order", lambda t, width: packet(t, width)[::-1],
              "The two values are exchanged: first the number of spikes, then their standard deviation."),
        Wrong("one too few", lambda t, width: (max(packet(t, width)[0] - 1, 0), packet(t, width)[1]),
              "One spike too few: from place j to place k, both included, there are k - j + 1."),
        Wrong("a rate", lambda t, width: (packet(t, width)[0] / width, packet(t, width)[1]),
              "Spikes per ms: a is a number of spikes, so don't divide by the width."),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 12.2 how fast is the replay?


def replay_inputs(seed):
    rng = np.random.default_rng([seed, 2])
    size, n = 8, 6  # of an even number of spikes the median is the mean of the middle two

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
        case("one step goes back", 20.0 + step * np.array([0.0, 1.5, 2.6, 3.8, 5.5, 4.6]), range(n)),
        case("the last two groups are silent", 20.0 + step * np.arange(n - 2), range(n - 2)),
        case(
            "a group in the middle is silent",
            20.0 + step * np.array([0.0, 1.0, 3.0, 4.0, 5.0]),
            (0, 1, 3, 4, 5),
        ),
        case("backwards", 60.0 - step * np.arange(n), range(n)),
        at_once(n, size, rng),
    ]


def at_once(n, size, rng):
    """All groups at the same moment: each neuron of a group fires with its partners in all other groups."""
    t = np.repeat(np.sort(rng.uniform(20.0, 21.0, size)), n)
    i = np.tile(size * np.arange(n), size) + np.repeat(np.arange(size), n)
    taught = rng.uniform(15.0, 30.0)
    return Case("all groups at once", {"t": t, "i": i, "size": size, "n_groups": n, "taught": taught})


def medians(t, i, size, n_groups, of=np.median):
    """One time for each group (ms), NaN where it is silent."""
    return np.array([of(t[i // size == g]) if (i // size == g).any() else np.nan for g in range(n_groups)])


def _pace(t, i, size, n_groups, taught, of=np.median, steps=None, step=None):
    """Taught interval over the replay's, from the groups that fire; infinite if that takes no time."""
    when = medians(t, i, size, n_groups, of)
    when = when[~np.isnan(when)]
    interval = (when[-1] - when[0]) / (steps or len(when) - 1) if step is None else step(when)
    return float(taught / interval) if interval else np.inf


def compression(t, i, size, n_groups, taught):
    """Taught interval over replayed interval; 0.0 if a group is silent or the order is not forward."""
    when = medians(t, i, size, n_groups)
    if np.isnan(when).any() or when[-1] <= when[0]:
        return 0.0
    return float(taught * (n_groups - 1) / (when[-1] - when[0]))


def _all_fire(i, size, n_groups, **_):
    return len(set((np.asarray(i) // size).tolist())) == n_groups


def _whenever(pace):
    """An answer that sees silent groups, and then nothing else: 0.0 for a negative or endless number."""

    def answer(**g):
        value = pace(**g) if _all_fire(**g) else 0.0
        return value if np.isfinite(value) and value > 0.0 else 0.0

    return answer


def _regrouped(group):
    """The right answer, for another idea of which neuron is in which group."""
    return lambda **g: compression(**{**g, "i": group(g["i"], g["size"], g["n_groups"]) * g["size"]})


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
        Wrong("one of the two in the middle", _instead(lambda **g: _pace(**g, of=lambda t: np.sort(t)[len(t) // 2])),
              "Of an even number of spikes you take one of the two in the middle; the median is the mean of these two (np.median)."),
        Wrong("a teacher of its own", _instead(lambda **g: 20.0 * compression(**g) / g["taught"]),
              "Right for a teacher of 20 ms alone: use `taught`."),
        Wrong("the lesson's groups", lambda **g: 0.0,
              "0.0 for every replay, though some do run. Do you look for K and G of the lesson, in the place of size and n_groups?"),
        Wrong("the last group left out", _instead(lambda **g: _pace(**g, step=lambda when: np.diff(when[:-1]).mean())),
              "The last group is missing in your mean: groups are numbered from 0 to n_groups - 1."),
        Wrong("silence not seen", lambda **g: max(_pace(**g), 0.0) if np.isfinite(_pace(**g)) else 0.0,
              "A sequence some of whose groups are silent was not replayed: that is 0.0, however fast it began."),
        Wrong("backwards", lambda **g: 0.0 if not _all_fire(**g) or np.isinf(_pace(**g)) else _pace(**g),
              "A negative compression: that replay runs backwards, which counts as none here."),
        Wrong("the replay's interval", _instead(lambda **g: g["taught"] / compression(**g)),
              "That is the interval of the replay in ms. How many times does it go into the taught one?"),
        Wrong("no time at all", lambda **g: compression(**g) or (np.inf if _all_fire(**g) and np.isinf(_pace(**g)) else 0.0),
              "All groups at once gives an infinite compression: nothing was replayed in order, and that is 0.0."),
        Wrong("the mean time", _instead(lambda **g: _pace(**g, of=np.mean)),
              "You take the mean time of each group, and one early neuron moves it. Take the median."),
        Wrong("the last spike", _instead(lambda **g: _pace(**g, of=np.max)),
              "You take the last spike of each group: one late neuron moves it. Take the median."),
        Wrong("one step back is the end", lambda **g: compression(**g) if np.all(np.diff(medians(g["t"], g["i"], g["size"], g["n_groups"])) > 0.0) else 0.0,
              "Too strict: one step may go back, as long as the mean of the steps goes forward."),
        Wrong("steps without a sign", _whenever(lambda **g: _pace(**g, step=lambda when: np.abs(np.diff(when)).mean())),
              "Without their signs the steps of a replay that runs backwards look like those of one that runs forward: no abs here."),
        Wrong("backwards without its sign", _whenever(lambda **g: abs(_pace(**g))),
              "The sign of the mean step is lost (abs), and with it the order: backwards counts as no replay."),
        Wrong("medians sorted", _whenever(lambda **g: _pace(**g, step=lambda when: np.diff(np.sort(when)).mean())),
              "Once the medians are sorted, every order looks right: keep that of the groups."),
        Wrong("the median of the steps", _whenever(lambda **g: _pace(**g, step=lambda when: np.median(np.diff(when)))),
              "The interval is the *mean* of the steps; the median is for the spikes within a group."),
        Wrong("the first step", _whenever(lambda **g: _pace(**g, step=lambda when: when[1] - when[0])),
              "You look at the first step alone, and this replay changes its pace: the mean of all steps is asked for."),
        Wrong("the longest step", _whenever(lambda **g: _pace(**g, step=lambda when: np.diff(when).max())),
              "You take the longest step, and the mean of all steps is asked for."),
        Wrong("a whole number", _instead(lambda **g: float(round(compression(**g)))),
              "Rounded to a whole number: return the ratio as it is."),
        Wrong("the mean of the ratios", _instead(lambda **g: float(np.mean(g["taught"] / np.diff(medians(g["t"], g["i"], g["size"], g["n_groups"]))))),
              "The mean of the ratios is not the ratio to the mean: first the mean step, then divide."),
        Wrong("the whole replay", _instead(lambda **g: _pace(**g, steps=1)),
              "That compares one interval of the teacher with the whole replay: divide by the number of steps."),
        Wrong("a difference", _instead(lambda **g: g["taught"] - g["taught"] / compression(**g)),
              "That is a difference in ms: how many *times* faster is a ratio."),
        Wrong("counted from zero", _whenever(lambda **g: _pace(**g, step=lambda when: when[-1] / len(when))),
              "You count from t = 0, and the cue comes later: what counts is the time from group to group."),
        Wrong("/ for //", lambda **g: compression(**{**g, "t": g["t"][g["i"] % g["size"] == 0], "i": g["i"][g["i"] % g["size"] == 0]}),
              "i / size is a whole number only for the first neuron of a group, so that you see no other: // is the division without a rest."),
        Wrong("groups by the remainder", _regrouped(lambda i, size, n: i % size),
              "Neuron k belongs to group k // size; k % size is its place within the group."),
        Wrong("groups by their number", _regrouped(lambda i, size, n: i // n),
              "You divide by the number of groups. Neuron k belongs to group k // size, by how many neurons a group has."),
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


def _no_diagonal(W, diagonal=0.0):
    return np.where(np.eye(len(W), dtype=bool), diagonal, W)


def _scaled(factor):
    """The right weights times factor(P, N)."""
    return lambda patterns: hebbian_weights(patterns) * factor(*patterns.shape)


def _of_other(patterns_of):
    """The right rule, for other patterns."""

    def weights(patterns):
        x = patterns_of(patterns.astype(float))
        return _no_diagonal(x.T @ x / x.shape[1])

    return weights


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
        Wrong("divided by 256", _scaled(lambda P, N: N / 256.0),
              "Divided by 256, as in the cell above: N is the number of units of the patterns that are handed in."),
        Wrong("divided by P", lambda patterns: hebbian_weights(patterns) * patterns.shape[1] / patterns.shape[0],
              "Divided by the number of patterns: equation (2) divides by the number of units."),
        Wrong("patterns for units", lambda patterns: _no_diagonal(patterns.astype(float) @ patterns.astype(float).T / patterns.shape[1]),
              "Your array is (P, P), the overlaps of the patterns. Weights connect units: (N, N)."),
        Wrong("not divided", _scaled(lambda P, N: N),
              "N times too large: where is the 1/N of equation (2)?"),
        Wrong("divided by both", _scaled(lambda P, N: 1.0 / P),
              "P times too small: equation (2) divides by N alone; it is a sum over patterns, and no mean."),
        Wrong("divided by N - 1", _scaled(lambda P, N: N / (N - 1)),
              "A little too large: divided by N - 1, and equation (2) says N, self-connections or not."),
        Wrong("less the unit matrix", lambda patterns: _no_diagonal(hebbian_weights(patterns), len(patterns) / patterns.shape[1] - 1.0),
              "You take 1 from the diagonal, and what stands there is P/N: set it to zero."),
        Wrong("the diagonal of the bytes", lambda patterns: patterns.T @ patterns / patterns.shape[1] - np.eye(patterns.shape[1]) * len(patterns) / patterns.shape[1],
              "You take P/N from the diagonal, but the sums of bytes have run over, there and elsewhere: first the number type, then the diagonal."),
        Wrong("ones on the diagonal", lambda patterns: _no_diagonal(hebbian_weights(patterns), 1.0),
              "The diagonal is 1: each unit still votes for itself, whatever the sum says. Equation (2) has W_ii = 0."),
        Wrong("one triangle", lambda patterns: np.triu(hebbian_weights(patterns)),
              "Half of the weights are zero: what j does to i, i does to j. The matrix is symmetric."),
        Wrong("anti-Hebb", _scaled(lambda P, N: -1.0),
              "All signs are turned: units that agree in a pattern should support each other."),
        Wrong("whole numbers", lambda patterns: np.floor(hebbian_weights(patterns)),
              "Whole numbers: // throws away what stands behind the point. Divide with /."),
        Wrong("signs of the sums", lambda patterns: np.sign(hebbian_weights(patterns)) / patterns.shape[1],
              "You keep the sign of each sum and throw away its size: how often two units agree counts too."),
        Wrong("clipped", lambda patterns: np.clip(hebbian_weights(patterns), -1.0, 1.0),
              "Cut off at 1: that hides a sum that has run over, and (2) knows no bound."),
        Wrong("silent or active", _of_other(lambda x: (x > 0.0) * 1.0),
              "You made 0 of each -1: then two units that are both off say nothing, and in (2) they count as agreeing."),
        Wrong("less the mean", _of_other(lambda x: x - x.mean(axis=0)),
              "You subtract each unit's mean: that is a covariance. Equation (2) takes the patterns as they are."),
    ],
)  # fmt: skip

# ---------------------------------------------------------------- 12.4 pulses


def pulse_inputs(seed):
    rng = np.random.default_rng([seed, 4])
    S = rng.uniform(1.8, 2.2)

    def case(name, S, links, beta, dt, **changes):
        n = round(800.0 / dt)
        return Case(name, {"S": S, "links": links, "beta": beta, "V_theta": 6.0, "tau_L": 2.0, "tau_theta": 20.0,
                           "dt": dt, "n_steps": n, **changes})  # fmt: skip

    both = [[0.0, 1.0], [1.0, 0.0]]
    chain = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    web = np.array(
        [
            [0, 1, 1, 0, 1, 0],
            [0, 0, 1, 1, 0, 1],
            [1, 0, 0, 1, 0, 1],
            [1, 0, 0, 0, 1, 1],
            [0, 1, 0, 0, 0, 1],
            [0, 1, 0, 0, 1, 0.0],
        ]
    )
    return [
        case("one neuron alone", [S], [[0.0]], 0.3, 0.5),
        case("two that go together", [S, 0.85 * S], both, 0.5, 0.5),
        case("a one-way chain of three", [S, 0.5 * S, 0.3 * S], chain, 1.5, 0.5),
        case(
            "a network of six, of slow linking",
            rng.permutation(np.linspace(0.5, 2.0, 6)) + rng.uniform(-0.1, 0.1, 6),  # never all in step
            web,
            0.45,
            2.0,  # coarse and long, so that an arrival one step early or late changes the counts
            tau_L=12.0,
            tau_theta=15.0,
            n_steps=1000,
        ),
        case(
            "the first steps of a bright, a grey and a black pixel",
            [S, 0.4 * S, 0.0],
            np.zeros((3, 3)),
            0.3,
            0.5,
            n_steps=4,
        ),
    ]


def pulses(S, links, beta, V_theta, tau_L, tau_theta, dt, n_steps, **change):
    """Pulses of each neuron in n_steps; `change` does one thing of a step differently, for the wrong answers."""
    S, links = np.asarray(S), np.asarray(links)
    L, theta, pulse, counts = (np.zeros(len(S)) for _ in range(4))
    theta = change.get("begin", lambda S, V: 0.0 * S)(S, V_theta)
    keep = change.get("keep", lambda d: np.exp(-d))  # what is left after d time constants
    keep_L, keep_theta = change.get("kept", (keep(dt / tau_L), keep(dt / tau_theta)))
    arrive = change.get("arrive", lambda L, pulse: L + pulse @ links)
    drive = change.get("drive", lambda S, beta, L: S * (1.0 + beta * L))
    jump = change.get("jump", lambda theta, V, pulse, S: theta + V * pulse)
    early = change.get("early", False)  # the pulses of the last step have begun to fade
    reaches = np.greater if change.get("above", False) else np.greater_equal
    late = change.get("late", False)  # they arrive after U is found
    for _ in range(n_steps):
        L, theta = (arrive(L, pulse) * keep_L if early else L * keep_L), theta * keep_theta
        now = L if early or late else arrive(L, pulse)
        U = drive(S, beta, now)
        L = arrive(L, pulse) if late else now
        pulse = 1.0 * reaches(U, theta)
        theta = jump(theta, V_theta, pulse, S)
        L = np.where(pulse > 0.0, 0.0, L) if change.get("spent", False) else L
        counts += pulse
    return counts


def _pulses(**change):
    """A wrong answer: the right one but for this change; "arrive" and "kept" are functions of links, taus and dt."""
    known = {}  # a run takes some ms, and every answer that fails is compared with every wrong one

    def run(**given):
        links, tau = np.asarray(given["links"]), (given["tau_L"], given["tau_theta"])
        made = {
            name: value(links, tau, given["dt"]) if name in ("arrive", "kept") else value
            for name, value in change.items()
        }
        return pulses(**given, **made)

    def answer(**given):
        key = repr(given)
        if key not in known:
            if len(known) > 50:
                known.clear()
            known[key] = run(**given)
        return known[key].copy()

    return answer


def _one_by_one(S, links, beta, V_theta, tau_L, tau_theta, dt, n_steps):
    """A loop over the neurons in which a pulse arrives at once."""
    links = np.asarray(links)
    L, theta, counts = (np.zeros(len(S)) for _ in range(3))
    for _ in range(n_steps):
        L, theta = L * np.exp(-dt / tau_L), theta * np.exp(-dt / tau_theta)
        for k in range(len(S)):
            if S[k] * (1.0 + beta * L[k]) >= theta[k]:
                theta[k] += V_theta
                counts[k] += 1.0
                L = L + links[k]
    return counts


PULSES = Exercise(
    id="12.4", title="Pulses that go together", points=3, inputs=pulse_inputs, oracle=pulses, abs=0.0, rel=0.0,
    hints=(
        "Four arrays live from step to step: which?",
        "Follow the order of the text: decay, pulses of the last step, U, comparison, threshold.",
        "pulse @ links gives each neuron the number of pulses that go to it; U = S (1 + beta L), pulse where U >= theta.",
    ),
    wrong=[
        Wrong("no linking", lambda **g: pulses(**{**g, "beta": 0.0}),
              "A neuron alone is right, but neighbours have no effect: is L in U?"),
        Wrong("linking adds", _pulses(drive=lambda S, beta, L: S + beta * L),
              "Linking is added to the feeding; in (3) it multiplies it."),
        Wrong("beta twice", lambda **g: pulses(**{**g, "beta": np.asarray(g["beta"]) ** 2}),
              "L jumps by less than 1: a pulse of a neighbour adds 1 to L, and beta comes in once, in U."),
        Wrong("beta forgotten", _pulses(drive=lambda S, beta, L: S * (1.0 + L)),
              "Linking counts in full: where is beta?"),
        Wrong("threshold set", _pulses(jump=lambda theta, V, pulse, S: np.where(pulse > 0.0, V, theta)),
              "Too many pulses, even alone: the threshold is set to V_theta. It jumps *by* V_theta."),
        Wrong("threshold set to S + V", _pulses(jump=lambda theta, V, pulse, S: np.where(pulse > 0.0, S + V, theta)),
              "Right in equation (4), for a neuron alone. In steps, and with linking, the threshold is not S at a pulse: it jumps by V_theta from where it is."),
        Wrong("linking never fades", _pulses(kept=lambda links, tau, dt: (1.0, np.exp(-dt / tau[1]))),
              "L grows without end: it has to decay with tau_L."),
        Wrong("linking of one step", _pulses(kept=lambda links, tau, dt: (0.0, np.exp(-dt / tau[1]))),
              "L holds the pulses of the last step alone: what came before decays with tau_L, but it is not gone."),
        Wrong("the threshold never fades", _pulses(kept=lambda links, tau, dt: (np.exp(-dt / tau[0]), 1.0)),
              "Each neuron pulses once or twice and never again: the threshold has to come down with tau_theta."),
        Wrong("time constants exchanged", _pulses(kept=lambda links, tau, dt: (np.exp(-dt / tau[1]), np.exp(-dt / tau[0]))),
              "The time constants are exchanged: L fades with tau_L, which is short, and theta with tau_theta."),
        Wrong("one ms a step", _pulses(kept=lambda links, tau, dt: (np.exp(-1.0 / tau[0]), np.exp(-1.0 / tau[1]))),
              "You decay by a whole ms in each step, however long it is: where is dt?"),
        Wrong("straight lines", _pulses(keep=lambda d: 1.0 - d),
              "1 - dt/tau is only the beginning of the decay: the exact factor over a step is an exponential."),
        Wrong("links turned round", _pulses(arrive=lambda links, tau, dt: lambda L, pulse: L + links @ pulse),
              "Right for mutual links; the chain runs the wrong way: links[j][k] leads from j to k."),
        Wrong("all hear all", _pulses(arrive=lambda links, tau, dt: lambda L, pulse: L + pulse.sum()),
              "Every neuron hears every pulse, its own too: links says who hears whom."),
        Wrong("each hears itself", _pulses(arrive=lambda links, tau, dt: lambda L, pulse: L + pulse @ links + pulse),
              "A neuron's own pulse is added to its own L: the diagonal of links is 0."),
        Wrong("one pulse or none", _pulses(arrive=lambda links, tau, dt: lambda L, pulse: L + (pulse @ links > 0.0)),
              "Two pulses that arrive in one step count as one: each adds 1."),
        Wrong("linking set", _pulses(arrive=lambda links, tau, dt: lambda L, pulse: np.where(pulse @ links > 0.0, 1.0, L)),
              "A pulse sets L to 1; it *adds* 1 to what is left of the others."),
        Wrong("one neuron after the other", _one_by_one,
              "A pulse reaches neurons further down the list in the same step. Find U of all neurons first, from the pulses of the last step alone."),
        Wrong("decay after arrival", _pulses(early=True),
              "The pulses of the last step have begun to fade before they count: first the decay, then the pulses."),
        Wrong("a step too late", _pulses(late=True),
              "The pulses arrive after U is found, and so one step too late: add those of the last step first."),
        Wrong("linking spent", _pulses(spent=True),
              "L is set to 0 where a neuron pulses. Nothing resets L: it only decays."),
        Wrong("above the threshold", _pulses(above=True),
              "A pulse comes where U >= theta. A black pixel makes one, in the first step, where both are 0."),
        Wrong("thresholds of 1", _pulses(begin=lambda S, V: np.ones(len(S))),
              "Your thresholds begin at 1: all begin at 0, so that each neuron pulses in the first step."),
        Wrong("thresholds that have just jumped", _pulses(begin=lambda S, V: S + V),
              "The first pulse of each neuron is missing: all thresholds begin at 0, so that it comes in the first step; and it counts."),
        Wrong("feeding forgotten", _pulses(drive=lambda S, beta, L: 1.0 + beta * L),
              "Every neuron pulses as if its feeding were 1: where is S?"),
        Wrong("the first is not counted", lambda **g: pulses(**g) - 1.0,
              "One pulse of each neuron is missing: that of the first step, where all thresholds are 0, counts too."),
        Wrong("the last step", lambda **g: pulses(**g) - pulses(**{**g, "n_steps": g["n_steps"] - 1}),
              "Those are the pulses of the last step alone: add up those of all steps."),
        Wrong("a rate", lambda **g: pulses(**g) / (g["n_steps"] * g["dt"]),
              "Pulses per ms: the number itself is asked for."),
        Wrong("steps for ms", lambda **g: pulses(**{**g, "n_steps": round(g["n_steps"] / g["dt"])}),
              "Another number of steps than asked: n_steps is their number already, so don't divide it by dt."),
        Wrong("thresholds of V_theta", _pulses(begin=lambda S, V: V + 0.0 * S),
              "Your thresholds begin at V_theta, and the first pulse of each neuron is missing: all begin at 0."),
        Wrong("ms for steps", lambda **g: pulses(**{**g, "n_steps": round(g["n_steps"] * g["dt"])}),
              "Too few steps: n_steps is how many there are, and no time in ms."),
    ],
)  # fmt: skip
