"""Ctrl-C at any line of a run: what is given back is whole steps, and a run goes on from it bit for bit."""

import os
import signal
import sys
import warnings

import numpy as np
import pytest

import snnlab as snn
from snnlab.interrupts import SecondInterrupt, noted_interrupts

SOURCES = ("simulate.py", "reference.py", "engine.py", "threads.py")


def network(seed=5):
    """Noise, delays, arrivals at time 0, a Poisson source and drive, plastic and depressing synapses."""
    pop = snn.Population(
        snn.LIF(E_L=-49.0, v_reset=-60.0), 12, receptors={"exc": snn.ExpCurrent(5.0), "jump": snn.Delta()}
    )
    source = snn.PoissonSource(8, lambda t: 200.0 + t)
    at_zero = snn.SpikeTrains([0.0, 1.0], [0, 0], n=1, t_stop=9.0)
    projections = [
        snn.Projection(pop, pop, snn.random(0.4), 30.0, snn.uniform(0.1, 0.9), receptor="exc",
            plasticity=snn.PairSTDP(w_max=60.0),
        ),
        snn.Projection(source, pop, snn.random(0.5), 9.0, 0.3, receptor="exc", short_term=snn.TsodyksMarkram()),
        snn.Projection(at_zero, pop, snn.all_to_all(), 0.7, 0.0, receptor="jump"),
        snn.PoissonDrive(pop, rate=500.0, w=0.4, receptor="jump"),
    ]  # fmt: skip
    return dict(
        what=pop, projections=projections, I=snn.noise(30.0, tau=5.0) + snn.noise(20.0), record=["v", "exc.g"], seed=seed
    )  # fmt: skip


def uncoupled():
    return dict(what=snn.Population(snn.LIF(), 3000), I=3000.0, record=["v"], seed=5)


RUNS = {
    "numpy": (network, {"engine": "numpy"}),
    "numba": (network, {}),
    "threads": (uncoupled, {"threads": 2}),
}


def run(case, t_stop=4.0, start=None):
    made, how = RUNS[case]
    kw = made()
    return snn.simulate(kw.pop("what"), t_stop=t_stop, start=start, **kw, **how)


def with_ctrl_c_at_line(n, run):
    """`run()` with SIGINT before the n-th line that the simulator executes; (recording, lines it executed)."""
    seen = 0

    def trace(frame, event, arg):
        nonlocal seen
        if os.path.basename(frame.f_code.co_filename) not in SOURCES or not within(frame):
            return None
        if event == "line":
            seen += 1
            if seen == n:
                signal.raise_signal(signal.SIGINT)
        return trace

    def within(frame):
        while frame is not None and frame.f_code.co_name != "_chunks":
            frame = frame.f_back
        return frame is not None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return run(), seen
    finally:
        sys.settrace(before)


def same_as_one_run(case, first, whole):
    assert first.stopped.startswith("interrupted at t = ")
    assert first.traces["v"].shape[0] == first.t.size
    assert (first.spikes.t <= first.t_stop).all()
    if first.t_stop == whole.t_stop:
        np.testing.assert_array_equal(first.spikes.t, whole.spikes.t)
        return
    on = run(case, start=first.final)
    for name in whole.traces:
        np.testing.assert_array_equal(np.vstack([first.traces[name], on.traces[name]]), whole.traces[name])
    np.testing.assert_array_equal(np.concatenate([first.spikes.t, on.spikes.t]), whole.spikes.t)
    np.testing.assert_array_equal(np.concatenate([first.spikes.i, on.spikes.i]), whole.spikes.i)
    for (saved, _), (expected, _) in zip(on.final.weights, whole.final.weights, strict=True):
        for key in saved:
            np.testing.assert_array_equal(saved[key], expected[key])


@pytest.mark.parametrize("case", RUNS)
def test_a_run_goes_on_from_ctrl_c_at_any_line(case):
    whole = run(case)
    assert len(whole.spikes) > 10
    _, lines = with_ctrl_c_at_line(0, lambda: run(case))
    step = max(1, lines // 40)
    for n in range(1, lines, step):
        first, _ = with_ctrl_c_at_line(n, lambda: run(case))
        same_as_one_run(case, first, whole)


def test_a_second_ctrl_c_does_not_wait():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(SecondInterrupt), noted_interrupts(wait=True):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("not reached")
    assert signal.getsignal(signal.SIGINT) is before


def test_one_ctrl_c_waits_for_the_end_of_the_block():
    done = []
    with pytest.raises(KeyboardInterrupt), noted_interrupts(wait=True) as came:
        signal.raise_signal(signal.SIGINT)
        done.append(len(came))
    assert done == [1]


def test_a_listener_of_ones_own_is_kept_and_hears_it():
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    try:
        with noted_interrupts(wait=True) as came:
            signal.raise_signal(signal.SIGINT)
            assert came and not heard
        assert heard == [1]
    finally:
        signal.signal(signal.SIGINT, before)
