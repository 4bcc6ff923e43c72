"""Sweeps: one function at every point of a grid, here or on a cluster.

    def rate(I, seed):
        return float(snn.simulate(snn.LIF(), I=I, t_stop=1000.0, seed=seed).spikes.rate()[0])

    with ProcessPoolExecutor() as executor:
        result = snn.sweep(rate, {"I": [200.0, 300.0], "seed": range(10)}, executor=executor)
    result.array().mean(axis=1)                                                    # (2,): over the seeds

The work is done by any `concurrent.futures.Executor`: threads (compiled runs use all cores, since they let go of
Python's lock), processes (the function must stand in a module that they can import), or a cluster:

    client = dask.distributed.Client("tcp://...")
    result = snn.sweep(rate, grid, executor=client.get_executor())
"""

from __future__ import annotations

import itertools
import secrets
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from typing import Any, NamedTuple

import numpy as np

from .interrupts import noted_interrupts

SHOWN = 5  # failed points that a message names


class Failure(NamedTuple):
    """A point without a value: its number in the grid, the point, and the exception (with its traceback)."""

    number: int
    point: Any
    error: BaseException


class Sweep:
    """What a sweep found, in the order of the grid.

    `points`, `values` and `done` are as long as the grid; a value is None where `done` is False. `failures` holds
    the points that raised, `interrupted` tells whether Ctrl-C ended the sweep. `axes` are the sequences of a
    grid given as a dict, `shape` their lengths. Iterating gives (point, value) for the points that have a value.
    """

    def __init__(self, points: list, shape: tuple[int, ...], axes: dict[str, list]):
        self.points, self.shape, self.axes = points, shape, axes
        self.values: list[Any] = [None] * len(points)
        self.done = np.zeros(len(points), dtype=bool)
        self.errors: dict[int, BaseException] = {}
        self.interrupted = False
        self._name = secrets.token_hex(8)  # by which worker processes tell this sweep from the next

    @property
    def failures(self) -> list[Failure]:
        return [Failure(k, self.points[k], self.errors[k]) for k in sorted(self.errors)]

    def array(self, of: str | Callable[[Any], Any] | None = None) -> np.ndarray:
        """The values as an array of the grid's shape, followed by the shape of one value.

        `of` says what to take of each value: a name (a key of a dict, or an attribute), or a function of the
        value; None takes the value itself. Points without a value are NaN. Raises ValueError when values differ in
        shape or none is there, TypeError when they are no numbers.
        """
        kept = np.flatnonzero(self.done)
        if not kept.size:
            raise ValueError(f"Sweep.array: no point has a value, {self!r}")
        arrays = [np.asarray(_part(self.values[k], of)) for k in kept]
        if any(a.dtype.kind not in "biufc" for a in arrays):
            raise TypeError(
                f"Sweep.array: values must be numbers or arrays, got {type(self.values[kept[0]]).__name__} "
                "(say what to take: .array(lambda value: ...))"
            )
        if len({a.shape for a in arrays}) > 1:
            raise ValueError(
                f"Sweep.array: values must have one shape, got {sorted({a.shape for a in arrays})}"
            )
        made = np.stack(arrays)
        if kept.size < len(self.points):
            full = np.full((len(self.points), *made.shape[1:]), np.nan, dtype=np.result_type(made, float))
            full[kept] = made
            made = full
        return made.reshape(*self.shape, *made.shape[1:])

    def __len__(self) -> int:
        return len(self.points)

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return ((self.points[k], self.values[k]) for k in np.flatnonzero(self.done))

    def __repr__(self) -> str:
        text = f"Sweep of {len(self)} points ({' x '.join(map(str, self.shape))}): {self.done.sum()} done"
        waiting = len(self) - int(self.done.sum()) - len(self.errors)
        text += f", {len(self.errors)} failed" if self.errors else ""
        return text + (f", {waiting} not run" if waiting else "")


def sweep(
    f: Callable[..., Any],
    grid: Mapping[str, Iterable] | Iterable,
    *,
    executor: Executor | None = None,
    progress: bool = False,
    start: Sweep | None = None,
) -> Sweep:
    """Call a function at every point of a grid, and collect what it returns.

    Parameters
    ----------
    f : function
        Called as `f(**point)` when a point is a dict, else as `f(point)`. What is random in it is decided by the
        point: make the seed one of its names, as in `{"w": [1.0, 2.0], "seed": range(10)}`, and pass it on
        to `simulate`. Then the result is the same in any order, with any number of workers, on any executor.
    grid : dict of name to sequence, or a sequence of points
        A dict stands for all combinations, the last name running fastest.
    executor : concurrent.futures.Executor, optional
        Who does the work; it is left open. None: one point after the other, in this process.
    progress : bool
        Show a progress bar.
    start : Sweep, optional
        An earlier sweep of the same grid: only points without a value are run.

    Returns
    -------
    Sweep
        `.points`, `.values`, `.failures`, and `.array()` in the shape of the grid.

    A point that raises does not end the sweep: it is named in a RuntimeWarning and kept in `.failures`. When a
    worker of a `ProcessPoolExecutor` dies, the points that were lost with it are run again in new processes,
    a few at a time; the one that kills its process is the failure. Ctrl-C ends the sweep and returns what is done;
    a point that was interrupted has no value.

    Raises TypeError or ValueError for bad arguments, before anything runs.

    >>> import snnlab as snn
    >>> result = snn.sweep(lambda a, b: a * b, {"a": [1, 2], "b": [10, 20, 30]})
    >>> result.array().tolist(), result.points[1]
    ([[10, 20, 30], [20, 40, 60]], {'a': 1, 'b': 20})
    >>> result
    Sweep of 6 points (2 x 3): 6 done
    """
    if not callable(f):
        raise TypeError(f"sweep.f: must be a function, got {f!r}")
    if not isinstance(progress, bool | np.bool_):
        raise TypeError(f"sweep.progress: must be True or False, got {progress!r}")
    result = Sweep(*_points(grid))
    if executor is not None:
        _check_executor(executor, f)
    if start is not None:
        _take_over(result, start)
    with _bar(result, progress) as bar:
        try:
            if executor is None:
                _in_turn(f, result, bar)
            else:
                _in_parallel(f, result, executor, bar)
        except KeyboardInterrupt:
            result.interrupted = True
    _report(result)
    return result


# ---------------------------------------------------------------- running


_ended: set[str] = set()  # the sweeps that Ctrl-C ended in this process


def _call(f: Callable, point: Any, name: str) -> Any:
    """f at one point; KeyboardInterrupt after Ctrl-C, also when f has caught it: `simulate` returns what there is.

    A worker that heard Ctrl-C does not begin the points of this sweep that wait in its queue.
    """
    if name in _ended:
        raise KeyboardInterrupt
    with noted_interrupts() as interrupts:
        try:
            value = f(**point) if isinstance(point, dict) else f(point)
        finally:
            if interrupts:
                _ended.add(name)
    if interrupts:
        raise KeyboardInterrupt
    return value


def _in_turn(f: Callable, result: Sweep, bar: Any) -> None:
    for k in np.flatnonzero(~result.done).tolist():
        try:
            value = _call(f, result.points[k], result._name)
        except (Exception, SystemExit) as error:
            result.errors[k] = error
        else:
            result.values[k], result.done[k] = value, True
        bar.update()


def _in_parallel(f: Callable, result: Sweep, executor: Executor, bar: Any) -> None:
    todo = np.flatnonzero(~result.done).tolist()
    lost = _batch(f, result, executor, todo, bar)
    if not lost:
        return
    make = _pool_like(executor)
    if make is None:  # nobody knows how to make another one
        bar.update(len(lost))
        return
    width, pool = executor._max_workers, None  # type: ignore[attr-defined]
    for first in range(0, len(lost), width):
        pool = pool or make(width)
        suspects = _batch(f, result, pool, lost[first : first + width], bar)
        if suspects:
            pool.shutdown()
            pool = None
        for k in suspects:
            with make(1) as alone:
                bar.update(len(_batch(f, result, alone, [k], bar)))
    if pool is not None:
        pool.shutdown()


def _batch(f: Callable, result: Sweep, executor: Executor, indices: list[int], bar: Any) -> list[int]:
    """Run some points. Returns those that were lost because the executor broke; their error is kept for now."""
    futures: dict[Future, int] = {}
    lost: list[int] = []
    try:
        for k in indices:
            try:
                futures[executor.submit(_call, f, result.points[k], result._name)] = k
            except BrokenExecutor as error:  # a worker died while we were still handing out work
                result.errors[k] = error
                lost.append(k)
        for future in as_completed(futures):
            if _collect(future, futures[future], result):
                bar.update()
            else:
                lost.append(futures[future])
    except KeyboardInterrupt:
        for future in futures:
            future.cancel()
        for future, k in futures.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                _collect(future, k, result)
        raise
    return sorted(lost)


def _collect(future: Future, k: int, result: Sweep) -> bool:
    """Keep what a finished point returned or raised. False when its executor broke."""
    try:
        value = future.result()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        result.errors[k] = error
        return not isinstance(error, BrokenExecutor)
    result.errors.pop(k, None)
    result.values[k], result.done[k] = value, True
    return True


def _pool_like(executor: Executor) -> Callable[[int], Executor] | None:
    """Makes process pools like a broken one; None for an executor of another kind."""
    from concurrent.futures import ProcessPoolExecutor

    if type(executor) is not ProcessPoolExecutor:
        return None
    old: Any = executor  # a pool does not show publicly how it was made
    given = {"mp_context": old._mp_context, "initializer": old._initializer, "initargs": old._initargs}
    return lambda width: ProcessPoolExecutor(width, **given)


# ---------------------------------------------------------------- arguments and messages


def _points(grid: Any) -> tuple[list, tuple[int, ...], dict[str, list]]:
    """(points, shape, axes) of a grid."""
    if isinstance(grid, Mapping):
        if not grid:
            raise ValueError("sweep.grid: must hold at least one name, got {}")
        axes = {}
        for name, values in grid.items():
            if not isinstance(name, str):
                raise TypeError(f"sweep.grid: names must be text, got {name!r}")
            axes[name] = _sequence(f"sweep.grid[{name!r}]", values, f"{{{name!r}: [{values!r}]}}")
        points = [dict(zip(axes, values)) for values in itertools.product(*axes.values())]
        return points, tuple(len(values) for values in axes.values()), axes
    points = _sequence("sweep.grid", grid, '{"I": [200.0, 300.0]}')
    bad = [name for point in points if isinstance(point, dict) for name in point if not isinstance(name, str)]
    if bad:
        raise TypeError(f"sweep.grid: names must be text, got {bad[0]!r}")
    return points, (len(points),), {}


def _sequence(where: str, values: Any, hint: str) -> list:
    if isinstance(values, str | bytes | set | frozenset) or not isinstance(values, Iterable):
        raise TypeError(f"{where}: must be a sequence of values, got {values!r} (write {hint})")
    if isinstance(values, np.ndarray) and values.ndim == 0:
        raise TypeError(f"{where}: must be a sequence of values, got the number {values} (write {hint})")
    made = values.tolist() if isinstance(values, np.ndarray) and values.ndim == 1 else list(values)
    if not made:
        raise ValueError(f"{where}: must hold at least one value, got {values!r}")
    return made


def _check_executor(executor: Any, f: Callable) -> None:
    import pickle
    from concurrent.futures import ProcessPoolExecutor

    if isinstance(executor, type) or not callable(getattr(executor, "submit", None)):
        raise TypeError(
            f"sweep.executor: must be an executor such as ProcessPoolExecutor(), a client's get_executor(), or None, "
            f"got {executor!r}"
        )
    if isinstance(executor, ProcessPoolExecutor):
        try:
            pickle.dumps(f)
        except Exception:
            raise TypeError(
                f"sweep.f: must be a function that another process can import, got {f!r} (define it with def at the "
                "top of a module; or use a ThreadPoolExecutor)"
            ) from None


def _take_over(result: Sweep, start: Any) -> None:
    """Copy the values of an earlier sweep of the same grid."""
    if not isinstance(start, Sweep):
        raise TypeError(f"sweep.start: must be an earlier Sweep, got {start!r}")
    if repr(start.points) != repr(result.points):
        raise ValueError(
            f"sweep.start: must be a sweep of the same grid, got one of {len(start)} points (now {len(result)})"
        )
    result.values, result.done = list(start.values), start.done.copy()


def _part(value: Any, of: Any) -> Any:
    if of is None:
        return value
    if callable(of):
        return of(value)
    return value[of] if isinstance(value, Mapping) else getattr(value, of)


def _bar(result: Sweep, progress: bool) -> Any:
    if not progress:
        return _NoBar()
    from tqdm.auto import tqdm

    return tqdm(total=len(result), initial=int(result.done.sum()), unit="point")


class _NoBar:
    """What a bar does when none is shown."""

    def __enter__(self) -> _NoBar:
        return self

    def __exit__(self, *_) -> None:
        pass

    def update(self, n: int = 1) -> None:
        pass


def _report(result: Sweep) -> None:
    """Say which points have no value."""
    if result.errors:
        shown = [f"{_named(p)} ({type(e).__name__}: {e})" for _, p, e in result.failures[:SHOWN]]
        if len(result.failures) > SHOWN:
            shown.append(f"and {len(result.failures) - SHOWN} more")
        warnings.warn(
            f"sweep: {len(result.failures)} of {len(result)} points failed, the others are kept: " + "; ".join(shown),
            RuntimeWarning, 3,
        )  # fmt: skip
    if result.interrupted:
        warnings.warn(
            f"sweep: stopped by Ctrl-C, {result.done.sum()} of {len(result)} points are done; sweep(..., start=result) "
            "runs the rest", RuntimeWarning, 3,
        )  # fmt: skip


def _named(point: Any) -> str:
    return ", ".join(f"{k} = {v!r}" for k, v in point.items()) if isinstance(point, dict) else repr(point)
