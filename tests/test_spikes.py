"""SpikeTrains: sorted, checked, and nothing lost on the way."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from snnlab.spikes import SpikeTrains

N, T_STOP = 7, 100.0


@st.composite
def trains(draw):
    """Times on a coarse grid, so that equal times and repeated spikes are common."""
    size = draw(st.integers(0, 40))
    t = draw(arrays(np.int64, size, elements=st.integers(0, 20))) * (T_STOP / 20)
    i = draw(arrays(np.int32, size, elements=st.integers(0, N - 1)))
    return SpikeTrains(t, i, N, T_STOP), t, i


@given(trains())
def test_spikes_are_sorted_by_time_then_id_and_none_is_lost(made):
    spikes, t, i = made
    assert list(zip(spikes.t, spikes.i, strict=True)) == sorted(zip(t, i, strict=True))
    assert spikes.t.dtype == np.float64 and spikes.i.dtype == np.int32
    assert len(spikes) == len(t)


@given(trains())
def test_of_and_counts_agree_with_a_loop_over_the_spikes(made):
    spikes, t, i = made
    by_hand = [sorted(time for time, neuron in zip(t, i, strict=True) if neuron == k) for k in range(N)]
    assert [list(spikes.of(k)) for k in range(N)] == by_hand
    assert list(spikes.counts()) == [len(times) for times in by_hand]


@given(trains(), st.integers(0, 20))
def test_windows_that_follow_each_other_hold_every_spike_once(made, cut):
    spikes, *_ = made
    middle = cut * (T_STOP / 20)  # often exactly on a spike
    early, late = spikes.between(0.0, middle), spikes.between(middle, T_STOP)
    if middle > 0:  # at 0 both windows begin the run, and both have its first spikes
        assert list(early.t) + list(late.t) == list(spikes.t)
        assert list(early.i) + list(late.i) == list(spikes.i)
    assert (early.t_start, early.t_stop, late.t_start, late.t_stop) == (0.0, middle, middle, T_STOP)
    assert late.n == N


@given(trains(), st.integers(0, N), st.integers(0, N))
def test_neurons_selects_and_renumbers(made, a, b):
    spikes, *_ = made
    start, stop = min(a, b), max(a, b)
    part = spikes.neurons(start, stop)
    assert part.n == stop - start
    assert [list(part.of(k)) for k in range(part.n)] == [list(spikes.of(k)) for k in range(start, stop)]
    assert part == SpikeTrains(part.t, part.i, part.n, T_STOP)  # still sorted


@given(trains())
def test_saved_trains_load_as_they_were(tmp_path_factory, made):
    path = tmp_path_factory.mktemp("spikes") / "some.spikes"
    made[0].save(path)
    assert SpikeTrains.load(path) == made[0]


def test_a_saved_file_needs_no_pickle(tmp_path):
    SpikeTrains([1.5], [0], n=2, t_stop=3.0, t_start=1.0).save(tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as data:
        assert {name: data[name].tolist() for name in data} == {
            "t": [1.5],
            "i": [0],
            "n": 2,
            "t_stop": 3.0,
            "t_start": 1.0,
        }


@pytest.mark.parametrize("content", [b"", b"not an archive"])
def test_loading_another_file_says_so(tmp_path, content):
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"other' was not written by SpikeTrains\.save"):
        SpikeTrains.load(path)


@pytest.mark.parametrize("changed", [{"t": None}, {"n": [1, 2]}])
def test_loading_an_archive_of_something_else_says_so(tmp_path, changed):
    fields = {"t": [1.0], "i": [0], "n": 2, "t_stop": 3.0, "t_start": 1.0} | changed
    np.savez(tmp_path / "other.npz", **{name: value for name, value in fields.items() if value is not None})
    with pytest.raises(ValueError, match=r"was not written by SpikeTrains\.save"):
        SpikeTrains.load(tmp_path / "other.npz")


def test_loading_checks_the_content(tmp_path):
    np.savez(tmp_path / "bad.npz", t=[9.0], i=[0], n=1, t_stop=3.0, t_start=0.0)
    with pytest.raises(ValueError, match=r"SpikeTrains\.t: must be in \[0, 3\] ms, got 9"):
        SpikeTrains.load(tmp_path / "bad.npz")


def test_rate_is_per_second_of_the_window_and_silent_neurons_count():
    spikes = SpikeTrains([110.0, 120.0, 299.0], [0, 0, 2], n=3, t_start=100.0, t_stop=300.0)
    np.testing.assert_allclose(spikes.rate(), [10.0, 0.0, 5.0])
    np.testing.assert_allclose(spikes.between(100.0, 150.0).rate(), [40.0, 0.0, 0.0])


def test_rate_of_an_empty_window_is_refused():
    with pytest.raises(ValueError, match=r"SpikeTrains\.rate: the window is empty"):
        SpikeTrains([], [], n=1, t_stop=5.0, t_start=5.0).rate()


def test_the_first_window_has_the_spikes_at_its_start():
    spikes = SpikeTrains([0.0, 50.0, 100.0], [0, 0, 0], n=1, t_stop=100.0)
    assert spikes.between(0.0, 100.0) == spikes
    assert list(spikes.between(50.0, 100.0).t) == [100.0]


def test_equality_needs_the_same_spikes_and_window():
    a = SpikeTrains([1.0, 2.0], [0, 1], n=2, t_stop=10.0)
    assert a == SpikeTrains([2.0, 1.0], [1, 0], n=2, t_stop=10.0)
    others = [
        SpikeTrains([1.0, 2.5], [0, 1], n=2, t_stop=10.0),
        SpikeTrains([1.0, 2.0], [0, 0], n=2, t_stop=10.0),
        SpikeTrains([1.0, 2.0], [0, 1], n=3, t_stop=10.0),
        SpikeTrains([1.0, 2.0], [0, 1], n=2, t_stop=11.0),
        SpikeTrains([1.0, 2.0], [0, 1], n=2, t_stop=10.0, t_start=0.5),
        SpikeTrains([1.0], [0], n=2, t_stop=10.0),
    ]
    assert all(a != other for other in others)
    assert a != "spikes"


def test_the_arrays_are_copies_and_read_only():
    t, i = np.array([1.0, 2.0]), np.array([0, 0], dtype=np.int32)
    spikes = SpikeTrains(t, i, n=1, t_stop=10.0)
    t[0], i[0] = 9.0, 9
    assert list(spikes.t) == [1.0, 2.0] and list(spikes.i) == [0, 0]
    with pytest.raises(ValueError, match="read-only"):
        spikes.t[0] = 5.0
    with pytest.raises(ValueError, match="read-only"):
        spikes.i[0] = 5


def test_from_sorted_takes_the_arrays_without_copying():
    t, i = np.array([1.0, 2.0]), np.array([1, 0], dtype=np.int32)
    spikes = SpikeTrains.from_sorted(t, i, 2, 10.0)
    assert spikes.t is t and spikes.i is i
    assert spikes == SpikeTrains(t, i, 2, 10.0)


def test_trains_survive_pickle_and_stay_read_only():
    spikes = SpikeTrains([1.0, 2.0], [0, 1], n=2, t_stop=10.0, t_start=0.5)
    again = pickle.loads(pickle.dumps(spikes))
    assert again == spikes and not again.t.flags.writeable


def test_no_spikes_and_no_neurons_are_allowed():
    assert list(SpikeTrains([], [], n=3, t_stop=10.0).rate()) == [0.0, 0.0, 0.0]
    assert len(SpikeTrains([], [], n=0, t_stop=10.0).counts()) == 0


def test_repr_counts_in_words():
    assert repr(SpikeTrains([1.0], [0], n=1, t_stop=2.5)) == "SpikeTrains(1 spike of 1 neuron, 0 to 2.5 ms)"
    assert repr(SpikeTrains([], [], n=4, t_stop=9.0)) == "SpikeTrains(0 spikes of 4 neurons, 0 to 9 ms)"


GOOD = {"t": [1.0, 2.0], "i": [0, 1], "n": 2, "t_stop": 10.0}


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ({"t": [1.0, 11.0]}, ValueError, r"SpikeTrains\.t: must be in \[0, 10\] ms, got 11 .*not s"),
        ({"t": [-1.0, 1.0]}, ValueError, r"SpikeTrains\.t: must be in \[0, 10\] ms, got -1"),
        ({"t": [1.0, np.nan]}, ValueError, r"SpikeTrains\.t: must be in .* got nan"),
        ({"t": [[1.0, 2.0]]}, ValueError, r"SpikeTrains\.t: must be one-dimensional, got shape \(1, 2\)"),
        ({"t": ["a", "b"]}, TypeError, r"SpikeTrains\.t: must be numbers in ms"),
        ({"t": [1.0]}, ValueError, r"SpikeTrains\.i: must be as long as t \(1 spikes\), got 2 ids"),
        ({"i": [0, 2]}, ValueError, r"SpikeTrains\.i: must be 0 to 1, got 2 .*counted from 0"),
        ({"i": [-1, 0]}, ValueError, r"SpikeTrains\.i: must be 0 to 1, got -1"),
        ({"i": [0, 2**40]}, ValueError, r"SpikeTrains\.i: must be 0 to 1, got 1099511627776"),
        ({"i": [0.0, 0.5]}, TypeError, r"SpikeTrains\.i: must be whole numbers, got dtype float64"),
        ({"i": 0}, ValueError, r"SpikeTrains\.i: must be one-dimensional"),
        ({"n": -1}, ValueError, r"SpikeTrains\.n: must be 0 to"),
        ({"n": 2.0}, TypeError, r"SpikeTrains\.n: must be a whole number, got 2\.0"),
        ({"t_stop": np.inf}, ValueError, r"SpikeTrains\.t_stop: must be finite, got inf"),
        ({"t_stop": "10"}, TypeError, r"SpikeTrains\.t_stop: must be a number, got '10'"),
        ({"t_stop": [10.0]}, TypeError, r"SpikeTrains\.t_stop: must be a number"),
        ({"t_start": 11.0}, ValueError, r"SpikeTrains\.t_stop: must be >= t_start = 11 ms, got 10"),
    ],
)
def test_bad_input_is_refused(bad, error, message):
    with pytest.raises(error, match=message):
        SpikeTrains(**(GOOD | bad))


@pytest.mark.parametrize(
    ("method", "arguments", "error", "message"),
    [
        ("of", (2,), ValueError, r"SpikeTrains\.of: neuron must be 0 to 1, got 2"),
        ("of", (-1,), ValueError, r"SpikeTrains\.of: neuron must be 0 to 1, got -1"),
        ("of", (0.5,), TypeError, r"SpikeTrains\.of: must be a whole number"),
        ("between", (5.0, 4.0), ValueError, r"SpikeTrains\.between\.b: must be >= a = 5 ms, got 4"),
        ("between", (0.0, 11.0), ValueError, r"must lie in the window 0 to 10 ms, got 0 to 11"),
        ("between", (-1.0, 5.0), ValueError, r"must lie in the window 0 to 10 ms, got -1 to 5"),
        ("neurons", (1, 3), ValueError, r"must be 0 <= start <= stop <= 2, got 1, 3"),
        ("neurons", (2, 1), ValueError, r"must be 0 <= start <= stop <= 2, got 2, 1"),
    ],
)
def test_a_bad_question_is_refused(method, arguments, error, message):
    with pytest.raises(error, match=message):
        getattr(SpikeTrains(**GOOD), method)(*arguments)
