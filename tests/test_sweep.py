"""Sweeps: the same values from every executor, and none lost to an error, a dead process or Ctrl-C."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from needs import needs

import snnlab as snn
from snnlab.sweep import Sweep

GRID = {"I": [200.0, 230.0, 300.0], "seed": [1, 2]}


def spikes_of(I, seed):
    """Noisy neurons, so that the seed matters."""
    rec = snn.simulate(
        snn.Population(snn.LIF(), 3), I=I + snn.noise(80.0), t_stop=50.0, seed=seed, engine="numpy"
    )
    return rec.spikes.counts()


def expected():
    return np.array([[spikes_of(I, seed) for seed in GRID["seed"]] for I in GRID["I"]])


def square(x):
    return x * x


def fails_at_three(x):
    if x == 3:
        raise ValueError(f"no value at {x}")
    return x * x


def dies_at_three(x):
    if x == 3:
        os._exit(1)  # as a crash in C code, or a machine that is out of memory, ends a process
    return x * x


class Backwards(Executor):
    """Runs everything when the last point has come, in reverse order."""

    def __init__(self, n):
        self.n, self.waiting = n, []

    def submit(self, f, *args):
        self.waiting.append((Future(), f, args))
        if len(self.waiting) == self.n:
            for future, f, args in reversed(self.waiting):
                future.set_result(f(*args))
        return self.waiting[-1][0]


# --- the same values everywhere --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: None,
        lambda: ThreadPoolExecutor(3),
        lambda: ProcessPoolExecutor(2),
        lambda: ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")),
        lambda: Backwards(6),
    ],
    ids=["serial", "threads", "processes", "spawned", "backwards"],
)
def test_the_values_do_not_depend_on_who_computes_them(make):
    executor = make()
    result = snn.sweep(spikes_of, GRID, executor=executor)
    if executor is not None:
        executor.shutdown()
    assert result.array().shape == (3, 2, 3)
    np.testing.assert_array_equal(result.array(), expected())
    assert len({v.tobytes() for v in result.values}) > 3 and not result.failures


@needs("distributed")
def test_a_dask_cluster_gives_the_same_values_and_names_a_failed_point():
    from distributed import Client, LocalCluster

    def of_point(I, seed):  # sent by value: the workers do not know this file
        import snnlab as snn

        if I == 230.0 and seed == 2:
            raise ValueError("no value here")
        pop = snn.Population(snn.LIF(), 3)
        return snn.simulate(
            pop, I=I + snn.noise(80.0), t_stop=50.0, seed=seed, engine="numpy"
        ).spikes.counts()

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
        pytest.warns(
            RuntimeWarning, match=r"1 of 6 points failed.*I = 230.0, seed = 2 \(ValueError: no value"
        ),
    ):
        result = snn.sweep(of_point, GRID, executor=client.get_executor())
    wanted = expected().astype(float)
    wanted[1, 1] = np.nan
    np.testing.assert_array_equal(result.array(), wanted)


# --- grids and results -------------------------------------------------------------------------------------------------


def test_a_dict_is_all_combinations_in_order():
    result = snn.sweep(lambda a, b: (a, b), {"a": np.array([1.0, 2.0]), "b": ["xy", "w"]})
    assert result.points == [
        {"a": 1.0, "b": "xy"}, {"a": 1.0, "b": "w"}, {"a": 2.0, "b": "xy"}, {"a": 2.0, "b": "w"},
    ]  # fmt: skip
    assert result.values == [(1.0, "xy"), (1.0, "w"), (2.0, "xy"), (2.0, "w")]
    assert result.shape == (2, 2) and result.axes == {"a": [1.0, 2.0], "b": ["xy", "w"]}
    assert type(result.points[0]["a"]) is float
    assert list(result) == list(zip(result.points, result.values))


def test_a_sequence_of_points_or_of_dicts():
    assert snn.sweep(square, range(4)).array().tolist() == [0, 1, 4, 9]
    assert snn.sweep(lambda x, y=10: x + y, [{"x": 1}, {"x": 2, "y": 3}]).values == [11, 5]
    assert snn.sweep(np.sum, np.ones((3, 2))).array().tolist() == [2.0, 2.0, 2.0]  # its rows


def test_what_to_take_of_a_value():
    result = snn.sweep(lambda x: {"square": x * x, "range": np.arange(2) + x}, [1, 2])
    assert result.array("square").tolist() == [1, 4]
    assert result.array(lambda v: v["range"]).tolist() == [[1, 2], [2, 3]]
    assert snn.sweep(np.arange, [2, 3]).array("size").tolist() == [2, 3]
    with pytest.raises(TypeError, match=r"Sweep.array: values must be numbers or arrays, got dict"):
        result.array()
    with pytest.raises(ValueError, match=r"Sweep.array: values must have one shape, got \[\(2,\), \(3,\)\]"):
        snn.sweep(np.arange, [2, 3]).array()


def test_the_progress_bar_counts_points(capsys):
    with pytest.warns(RuntimeWarning):
        snn.sweep(fails_at_three, range(5), progress=True)
    assert "5/5" in capsys.readouterr().err
    snn.sweep(square, range(5))
    assert capsys.readouterr().err == ""


# --- failures ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lambda: None, lambda: ThreadPoolExecutor(2), lambda: ProcessPoolExecutor(2)],
                         ids=["serial", "threads", "processes"])  # fmt: skip
def test_a_failed_point_loses_no_other(make):
    executor = make()
    with pytest.warns(
        RuntimeWarning, match=r"sweep: 1 of 6 points failed.*x = 3 \(ValueError: no value at 3\)"
    ):
        result = snn.sweep(fails_at_three, {"x": range(6)}, executor=executor)
    if executor is not None:
        executor.shutdown()
    assert result.values == [0, 1, 4, None, 16, 25]
    (failure,) = result.failures
    assert failure[:2] == (3, {"x": 3}) and isinstance(failure.error, ValueError)
    assert failure.error.__traceback__ is not None or failure.error.__cause__ is not None
    np.testing.assert_array_equal(result.array(), [0, 1, 4, np.nan, 16, 25])
    assert repr(result) == "Sweep of 6 points (6): 5 done, 1 failed"


def test_sys_exit_in_a_point_is_a_failure_too():
    with pytest.warns(RuntimeWarning, match="SystemExit"):
        assert snn.sweep(lambda x: exit() if x == 1 else x, [0, 1, 2]).values == [0, None, 2]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_dead_process_loses_no_other_point(workers):
    with (
        ProcessPoolExecutor(workers) as executor,
        pytest.warns(RuntimeWarning, match=r"1 of 12 points failed.*: 3 \(BrokenProcessPool"),
    ):
        result = snn.sweep(dies_at_three, range(12), executor=executor)
    assert [f.point for f in result.failures] == [3]
    assert isinstance(result.failures[0].error, BrokenExecutor)
    assert result.values == [None if x == 3 else x * x for x in range(12)]


def test_new_processes_are_made_as_the_old_ones_were():
    executor = ProcessPoolExecutor(
        2, initializer=os.environ.__setitem__, initargs=("SNNLAB_TEST_SWEEP", "here")
    )
    with executor, pytest.warns(RuntimeWarning, match="1 of 6 points failed"):
        result = snn.sweep(reads_or_dies, range(6), executor=executor)
    assert result.values == ["here", "here", "here", None, "here", "here"]


def reads_or_dies(x):
    dies_at_three(x)
    return os.environ["SNNLAB_TEST_SWEEP"]


class BreaksAfterTwo(ThreadPoolExecutor):
    """An executor of which we cannot make another."""

    asked = 0

    def submit(self, f, *args):
        self.asked += 1
        if self.asked > 2:
            raise BrokenExecutor("the cluster is gone")
        return super().submit(f, *args)


def test_what_an_unknown_executor_loses_can_be_run_later():
    with BreaksAfterTwo(1) as executor, pytest.warns(RuntimeWarning, match="3 of 5 points failed"):
        first = snn.sweep(square, range(5), executor=executor)
    assert first.values == [0, 1, None, None, None]
    calls = []
    second = snn.sweep(lambda x: calls.append(x) or x * x, range(5), start=first)
    assert calls == [2, 3, 4] and second.values == [0, 1, 4, 9, 16] and not second.failures
    assert first.values == [0, 1, None, None, None]  # as it was


# --- Ctrl-C ----------------------------------------------------------------------------------------------------------------


def swallows_ctrl_c(x):
    """As `simulate` does, it ends at Ctrl-C and returns what there is."""
    try:
        if x == 3:
            signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        return -1
    return x * x


def passes_ctrl_c_on(x):
    if x == 3:
        signal.raise_signal(signal.SIGINT)
    return x * x


@pytest.mark.parametrize("f", [swallows_ctrl_c, passes_ctrl_c_on])
def test_ctrl_c_keeps_what_is_done_and_drops_the_point_that_it_cut_short(f):
    before = signal.getsignal(signal.SIGINT)
    with pytest.warns(RuntimeWarning, match=r"stopped by Ctrl-C, 3 of 6 points are done"):
        result = snn.sweep(f, range(6))
    assert result.values == [0, 1, 4, None, None, None] and result.interrupted and not result.failures
    assert repr(result) == "Sweep of 6 points (6): 3 done, 3 not run"
    assert snn.sweep(square, range(6), start=result).values == [0, 1, 4, 9, 16, 25]
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_while_a_simulation_runs():
    def run(x):
        def current(t):
            if x == 1 and t > 5.0:
                signal.raise_signal(signal.SIGINT)
            return 300.0

        return snn.simulate(snn.LIF(), I=current, t_stop=10.0, engine="numpy").t_stop

    with pytest.warns(RuntimeWarning, match="stopped by Ctrl-C, 1 of 3"):
        assert snn.sweep(run, range(3)).values == [10.0, None, None]


def test_ctrl_c_with_an_executor():
    go = threading.Event()

    def f(x):
        if x == 2:
            os.kill(os.getpid(), signal.SIGINT)  # heard by the main thread, which waits
            go.wait(20)
        return x * x

    with ThreadPoolExecutor(1) as executor:
        with pytest.warns(RuntimeWarning, match=r"2 of 5 points are done"):
            result = snn.sweep(f, range(5), executor=executor)
        go.set()
    assert result.values == [0, 1, None, None, None] and result.interrupted


SCRIPT = """
import pathlib, sys, time
from concurrent.futures import ProcessPoolExecutor
import snnlab as snn

def say(sign):
    pathlib.Path(sys.argv[1], sign).touch()

class Told(ProcessPoolExecutor):
    handed_out = 0

    def submit(self, *given):
        future = super().submit(*given)
        future.add_done_callback(lambda _: say("a value is home"))
        self.handed_out += 1
        say(f"handed out {self.handed_out}")
        return future

def f(x):
    if x > 0:
        say(f"began {x}")
        time.sleep(100)
    return x

if __name__ == "__main__":
    with Told(1) as executor:
        result = snn.sweep(f, range(5), executor=executor)
    print(result.values, result.interrupted)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs process groups")
def test_ctrl_c_reaches_worker_processes_and_ends_the_points_in_their_queue(tmp_path):
    """As in a terminal, all processes hear it; a pool gives each worker its next point early."""
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, str(tmp_path / "script.py"), str(tmp_path)]
    child = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    signs = ("handed out 5", "a value is home", "began 1")
    while not all((tmp_path / sign).exists() for sign in signs) and child.poll() is None:
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=90)  # one point more would take longer
    assert out == "[0, None, None, None, None] True\n", err
    assert "1 of 5 points are done" in err and not (tmp_path / "began 2").exists()


# --- what is refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ((1.0, [1]), TypeError, r"sweep.f: must be a function, got 1.0"),
        ((square, {}), ValueError, r"sweep.grid: must hold at least one name"),
        ((square, []), ValueError, r"sweep.grid: must hold at least one value"),
        ((square, {"x": []}), ValueError, r"sweep.grid\['x'\]: must hold at least one value"),
        (
            (square, {"x": 1.0}),
            TypeError,
            r"sweep.grid\['x'\]: must be a sequence of values, got 1.0 \(write",
        ),
        ((square, {"x": np.array(1.0)}), TypeError, r"sweep.grid\['x'\]: must be a sequence of values"),
        ((square, {"x": "abc"}), TypeError, r"sweep.grid\['x'\]: must be a sequence of values, got 'abc'"),
        ((square, {"x": {1, 2}}), TypeError, r"sweep.grid\['x'\]: must be a sequence"),
        ((square, {1: [1]}), TypeError, r"sweep.grid: names must be text, got 1"),
        ((square, [{1: 1}]), TypeError, r"sweep.grid: names must be text, got 1"),
        ((square, 5), TypeError, r"sweep.grid: must be a sequence of values, got 5"),
    ],
)
def test_bad_grids(arguments, error, message):
    with pytest.raises(error, match=message):
        snn.sweep(*arguments)


def test_bad_executors_and_starts():
    with pytest.raises(TypeError, match=r"sweep.executor: must be an executor such as"):
        snn.sweep(square, [1], executor=4)
    with pytest.raises(TypeError, match=r"sweep.executor: must be an executor such as"):
        snn.sweep(square, [1], executor=ProcessPoolExecutor)
    with ProcessPoolExecutor(1) as executor, pytest.raises(TypeError, match=r"define it with def at the top"):
        snn.sweep(lambda x: x, [1], executor=executor)
    with pytest.raises(TypeError, match=r"sweep.start: must be an earlier Sweep"):
        snn.sweep(square, [1], start=[1])
    with pytest.raises(ValueError, match=r"sweep.start: must be a sweep of the same grid"):
        snn.sweep(square, [1, 2], start=snn.sweep(square, [1]))
    with pytest.raises(ValueError, match=r"Sweep.array: no point has a value"):
        Sweep([1], (1,), {}).array()


def test_nothing_is_said_when_all_is_well():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        snn.sweep(square, range(3))
