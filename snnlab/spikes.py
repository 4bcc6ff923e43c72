"""Spike trains: the one type in which spikes are handed from place to place.

Simulations return them, stimuli make them, encoders write them, analysis reads them. A spike is a pair
(time in ms, id of the neuron); the trains of n neurons are two arrays of equal length, sorted by time.
"""

from __future__ import annotations

import operator
import os
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arguments import floats, number

MAX_NEURONS = 2**31 - 1  # ids are int32


class SpikeTrains:
    """The spikes of `n` neurons in the window from `t_start` to `t_stop`.

    Parameters
    ----------
    t : array-like of float, shape (n_spikes,)
        Spike times in ms, in any order, each in [t_start, t_stop].
    i : array-like of int, shape (n_spikes,)
        The id of the neuron that fired each spike, 0 to n - 1.
    n : int
        Number of neurons, silent ones included.
    t_stop : float
        End of the window in ms.
    t_start : float
        Start of the window in ms (default 0).

    The attributes have the same names. `t` (float64) and `i` (int32) are sorted by time, then by id, and
    read-only. The same spike may occur twice.

    Raises
    ------
    ValueError, TypeError
        For a time outside the window, an id outside 0 … n - 1, arrays of different length, NaN.

    Examples
    --------
    >>> s = SpikeTrains(t=[30.0, 10.0, 20.0], i=[0, 0, 2], n=3, t_stop=100.0)
    >>> s
    SpikeTrains(3 spikes of 3 neurons, 0 to 100 ms)
    >>> s.of(0)
    array([10., 30.])
    >>> s.rate()
    array([20.,  0., 10.])
    """

    __slots__ = ("i", "n", "t", "t_start", "t_stop")
    __hash__ = None  # type: ignore[assignment]  # compared by content, which may be large

    t: NDArray[np.float64]
    i: NDArray[np.int32]
    n: int
    t_stop: float
    t_start: float

    def __init__(self, t: ArrayLike, i: ArrayLike, n: int, t_stop: float, t_start: float = 0.0) -> None:
        n = as_count("SpikeTrains.n", n)
        t_start, t_stop = as_window("SpikeTrains", t_start, t_stop)
        times, ids = _times(t, t_start, t_stop), _ids(i, n)
        if times.shape != ids.shape:
            raise ValueError(f"SpikeTrains.i: must be as long as t ({len(times)} spikes), got {len(ids)} ids")
        if not _is_sorted(times, ids):
            order = np.lexsort((ids, times))
            times, ids = times[order], ids[order]
        # Copies, so that the caller's arrays stay writable and a later change to them changes nothing here.
        self._fill(times.copy(), ids.copy(), n, t_stop, t_start)

    @classmethod
    def from_sorted(
        cls, t: NDArray[np.float64], i: NDArray[np.int32], n: int, t_stop: float, t_start: float = 0.0
    ) -> Self:
        """Trains from arrays that are valid already: nothing is checked, sorted or copied.

        For code that makes spikes in order, such as the engine. `t` must be float64, `i` int32, sorted by time and
        then by id, and all inside the window; both become read-only.

        >>> SpikeTrains.from_sorted(np.array([1.0, 2.0]), np.array([1, 0], np.int32), n=2, t_stop=10.0)
        SpikeTrains(2 spikes of 2 neurons, 0 to 10 ms)
        """
        trains = cls.__new__(cls)
        trains._fill(t, i, n, t_stop, t_start)
        return trains

    def _fill(self, t: Any, i: Any, n: int, t_stop: float, t_start: float) -> None:
        t.flags.writeable = False
        i.flags.writeable = False
        self.t, self.i, self.n, self.t_stop, self.t_start = t, i, n, t_stop, t_start

    def of(self, i: int) -> NDArray[np.float64]:
        """The spike times of neuron `i` in ms, ascending, shape (n_spikes of i,). Raises ValueError for no such neuron.

        >>> SpikeTrains([1.0, 2.0], [1, 0], n=2, t_stop=10.0).of(1)
        array([1.])
        """
        i = as_index("SpikeTrains.of", i)
        if not 0 <= i < self.n:
            raise ValueError(f"SpikeTrains.of: neuron must be 0 to {self.n - 1}, got {i}")
        return self.t[self.i == i]

    def between(self, a: float, b: float) -> SpikeTrains:
        """The spikes with a < t <= b, as trains of the window from `a` to `b` (ms); times are not shifted.

        A spike carries the time of the end of its time step, so that windows of this kind follow each other without
        losing or doubling a spike. The first window, with `a` equal to `t_start`, also has the spikes at `a`. Raises
        ValueError for a window that is not inside the trains' own.

        >>> SpikeTrains([10.0, 20.0, 30.0], [0, 0, 0], n=1, t_stop=100.0).between(10.0, 30.0).t
        array([20., 30.])
        """
        a, b = as_window("SpikeTrains.between", a, b, ("a", "b"))
        if a < self.t_start or b > self.t_stop:
            raise ValueError(
                f"SpikeTrains.between: must lie in the window {self.t_start:g} to {self.t_stop:g} ms, "
                f"got {a:g} to {b:g}"
            )
        first = np.searchsorted(self.t, a, "left" if a == self.t_start else "right")
        last = np.searchsorted(self.t, b, "right")
        return SpikeTrains.from_sorted(self.t[first:last], self.i[first:last], self.n, b, a)

    def neurons(self, start: int, stop: int) -> SpikeTrains:
        """The spikes of neurons start … stop - 1, renumbered from 0. Raises ValueError for neurons that are not there.

        >>> SpikeTrains([1.0, 2.0, 3.0], [0, 5, 6], n=10, t_stop=10.0).neurons(5, 10).i
        array([0, 1], dtype=int32)
        """
        start, stop = (as_index("SpikeTrains.neurons", start), as_index("SpikeTrains.neurons", stop))
        if not 0 <= start <= stop <= self.n:
            raise ValueError(
                f"SpikeTrains.neurons: must be 0 <= start <= stop <= {self.n}, got {start}, {stop}"
            )
        kept = (self.i >= start) & (self.i < stop)
        return SpikeTrains.from_sorted(
            self.t[kept], self.i[kept] - np.int32(start), stop - start, self.t_stop, self.t_start
        )

    def counts(self) -> NDArray[np.int64]:
        """Number of spikes of each neuron, shape (n,).

        >>> SpikeTrains([1.0, 2.0], [1, 1], n=3, t_stop=10.0).counts()
        array([0, 2, 0])
        """
        return np.bincount(self.i, minlength=self.n)

    def rate(self) -> NDArray[np.float64]:
        """Mean rate of each neuron over the window in Hz, shape (n,); 0 for a silent one.

        >>> SpikeTrains([1.0, 2.0], [1, 1], n=2, t_stop=1000.0).rate()
        array([0., 2.])
        """
        duration = self.t_stop - self.t_start
        if duration == 0:
            raise ValueError(
                f"SpikeTrains.rate: the window is empty, t_start and t_stop are both {self.t_stop:g} ms"
            )
        return self.counts().astype(np.float64) * (1000.0 / duration)  # 1 Hz is one spike in 1000 ms

    def __len__(self) -> int:
        return len(self.t)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SpikeTrains):
            return NotImplemented
        return (
            (self.n, self.t_start, self.t_stop) == (other.n, other.t_start, other.t_stop)
            and np.array_equal(self.t, other.t)
            and np.array_equal(self.i, other.i)
        )

    def __repr__(self) -> str:
        spikes = f"{len(self)} spike" + "s" * (len(self) != 1)
        neurons = f"{self.n} neuron" + "s" * (self.n != 1)
        return f"SpikeTrains({spikes} of {neurons}, {self.t_start:g} to {self.t_stop:g} ms)"

    def __reduce__(self) -> tuple[Any, ...]:
        return SpikeTrains, (self.t, self.i, self.n, self.t_stop, self.t_start)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the trains to the file `path`: a NumPy .npz archive, readable without pickle.

        Raises TypeError for what is no path, OSError where nothing can be written.
        """
        with open(
            _path("SpikeTrains.save", path), "wb"
        ) as file:  # an open file, because savez appends .npz to a name that lacks it
            np.savez_compressed(file, t=self.t, i=self.i, n=self.n, t_stop=self.t_stop, t_start=self.t_start)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read trains that `save` has written; the content is checked.

        Raises
        ------
        ValueError
            If the file is no such archive.
        """
        path = _path("SpikeTrains.load", path)
        hint = f"SpikeTrains.load: {path!r} was not written by SpikeTrains.save"
        with open(path, "rb") as file:
            try:
                with np.load(file, allow_pickle=False) as data:
                    fields = {name: data[name] for name in ("t", "i", "n", "t_stop", "t_start")}
            except Exception as error:  # zip, format and key errors: all mean the same to the reader
                raise ValueError(hint) from error
        scalars = {
            name: fields[name].item() for name in ("n", "t_stop", "t_start") if fields[name].shape == ()
        }
        if len(scalars) < 3:
            raise ValueError(hint)
        return cls(fields["t"], fields["i"], **scalars)


def _path(name: str, path: Any) -> str:
    try:
        return os.fsdecode(path)  # which refuses a number, where open() would take it for an open file
    except TypeError:
        raise TypeError(f"{name}.path: must be the name of a file, got {path!r}") from None


def as_index(name: str, value: Any) -> int:
    if isinstance(value, bool | np.bool_):
        raise TypeError(f"{name}: must be a whole number, got {value!r}")
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name}: must be a whole number, got {value!r}") from None


def as_count(name: str, n: Any) -> int:
    n = as_index(name, n)
    if not 0 <= n <= MAX_NEURONS:
        raise ValueError(f"{name}: must be 0 to {MAX_NEURONS}, got {n}")
    return n


def as_window(
    owner: str, start: Any, stop: Any, names: tuple[str, str] = ("t_start", "t_stop")
) -> tuple[float, float]:
    start, stop = (number(f"{owner}.{name}", value) for name, value in zip(names, (start, stop), strict=True))
    if stop < start:
        raise ValueError(f"{owner}.{names[1]}: must be >= {names[0]} = {start:g} ms, got {stop:g}")
    return start, stop


def _times(t: ArrayLike, t_start: float, t_stop: float) -> NDArray[np.float64]:
    try:
        times = floats(t)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"SpikeTrains.t: must be numbers in ms, got {type(t).__name__}") from None
    if times.ndim != 1:
        raise ValueError(f"SpikeTrains.t: must be one-dimensional, got shape {times.shape}")
    inside = (times >= t_start) & (times <= t_stop)  # False for NaN too
    if not inside.all():
        raise ValueError(
            f"SpikeTrains.t: must be in [{t_start:g}, {t_stop:g}] ms, got {times[~inside][0]:g} "
            "(times are in ms, not s)"
        )
    return times


def _ids(i: ArrayLike, n: int) -> NDArray[np.int32]:
    try:
        ids = np.asarray(i)
    except ValueError:
        raise TypeError(f"SpikeTrains.i: must be whole numbers, got {i!r}") from None
    if ids.ndim != 1:
        raise ValueError(f"SpikeTrains.i: must be one-dimensional, got shape {ids.shape}")
    if ids.size and ids.dtype.kind not in "iu":
        raise TypeError(f"SpikeTrains.i: must be whole numbers, got dtype {ids.dtype}")
    if ids.size and (ids.min() < 0 or ids.max() >= n):
        wrong = ids[(ids < 0) | (ids >= n)][0]
        raise ValueError(
            f"SpikeTrains.i: must be 0 to {n - 1}, got {wrong} (n = {n} neurons, counted from 0)"
        )
    return ids.astype(np.int32)


def _is_sorted(t: NDArray[np.float64], i: NDArray[np.int32]) -> bool:
    later, same = t[1:] > t[:-1], t[1:] == t[:-1]
    return bool(np.all(later | (same & (i[1:] >= i[:-1]))))
