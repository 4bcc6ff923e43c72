"""The exercise of lesson 00."""

import numpy as np

from snnlab.checks import Case, Exercise, Wrong


def watched(seed):
    """Neurons that were watched for anything but one second: there, a count and a rate are the same number."""
    rng = np.random.default_rng(seed)

    def some(count, until, duration):
        # Whole ms, so that no two spikes coincide; silence at both ends, so that it matters for how long we looked.
        times = np.sort(rng.choice(np.arange(20.0, until), count, replace=False))
        return {"times": times, "duration": float(duration)}

    busy, early, silent = rng.integers(12, 20, 3) * 100
    one = rng.choice([1250, 2000, 2500])  # its rate has one decimal, and stays right when rounded to it
    return [
        Case("a busy neuron", some(rng.integers(15, 30), busy - 50, busy)),
        Case("a neuron that falls silent after a while", some(rng.integers(6, 12), 0.4 * early, early)),
        Case("a neuron with one spike", some(1, one - 50, one)),
        Case("a neuron that never fires", {"times": [], "duration": float(silent)}),
    ]


def rate(times, duration):
    return 1000.0 * len(times) / duration


def is_inverse_interval(inputs, output):
    """1 over the mean interval, per ms: the same mistake as per second."""
    times = inputs["times"]
    return len(times) > 1 and bool(np.isclose(output, 1.0 / np.mean(np.diff(times))))


def is_time_per_spike(inputs, output):
    """In s: the same mistake as in ms."""
    return bool(np.isclose(1000.0 * output * len(inputs["times"]), inputs["duration"]))


def is_whole(inputs, output):
    """Rounded to a whole number, down or to the nearest."""
    return float(output).is_integer() and abs(output - rate(**inputs)) < 1.0


RATE = Exercise(
    id="00.1", title="A firing rate", points=2, inputs=watched, oracle=rate,
    abs=0.0, rel=0.02,  # rounded to one decimal is good enough
    hints=(
        "How many spikes are there, and for how many seconds did we look?",
        "The rate is a count divided by a time: see the sentence above the cell. Which of your two numbers is in ms?",
        "Count with len(times). One second is 1,000 ms, so the duration in seconds is duration / 1000.",
    ),
    wrong=[
        Wrong("per ms", lambda times, duration: len(times) / duration,
              "Your rates are 1,000 times too low: they are spikes per millisecond. How many ms are in a second?"),
        Wrong("ms to s the wrong way", lambda times, duration: len(times) / (1000.0 * duration),
              "Your rates are a million times too low: is a duration in seconds a bigger or a smaller number than in ms?"),
        Wrong("count", lambda times, duration: len(times),
              "You count the spikes, but a rate is a count per second. Where does the duration come in?"),
        Wrong("until the last spike", lambda times, duration: 1000.0 * len(times) / times[-1],
              "You divide by the time of the last spike. We went on looking after it, until `duration`: silence counts too."),
        Wrong("until the latest time", lambda times, duration: 1000.0 * len(times) / max(times),
              "You divide by the largest of the times. We went on looking after it, until `duration`: silence counts too."),
        Wrong("from the first spike to the last", lambda times, duration: 1000.0 * len(times) / (times[-1] - times[0]),
              "You divide by the time from the first spike to the last. We looked before and after, too: silence counts."),
        Wrong("intervals", lambda times, duration: 1000.0 * (len(times) - 1) / duration,
              "You are one spike short: do you count the gaps between the spikes instead of the spikes?"),
        Wrong("one over the mean interval", lambda times, duration: 1000.0 / np.mean(np.diff(times)),
              "You use the gaps between spikes. They say nothing of the silence before and after, and one spike has no gap.",
              when=is_inverse_interval),
        Wrong("upside down", lambda times, duration: duration / len(times),
              "Your fraction is upside down: this is the time per spike. A rate is spikes per time.",
              when=is_time_per_spike),
        Wrong("adds the times", lambda times, duration: 1000.0 * np.sum(times) / duration,
              "You add up the times at which the spikes came. Only their number matters: how long is the array?"),
        Wrong("whole numbers", lambda times, duration: 1000 * len(times) // duration,
              "Your rates are whole numbers. Did you divide with // or round? A rate may have decimals.",
              when=is_whole),
        Wrong("no return", lambda times, duration: None,
              "Your function hands nothing back. Does its last line begin with `return`?"),
    ],
)  # fmt: skip
