"""The compiled engine: kernels generated from the models' equations, cached by their text."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from .cache import cache_folder, load
from .structure import Structure

__all__ = ["Structure", "cache_folder", "collector_rests", "kernel", "kernel_source", "module_text"]


@contextmanager
def collector_rests() -> Iterator[None]:
    """No search for garbage meanwhile: loading numba makes a million objects that stay, and searching them was a tenth of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def module_text(structure: Structure) -> str:
    """The kernel's module for a structure, as text."""
    with collector_rests():
        from .template import module_text  # loads numba, and `import snnlab` does not

    return module_text(structure)


@lru_cache(maxsize=512)
def kernel(structure: Structure) -> tuple[Callable, tuple[str, ...]]:
    """(run, ARGUMENTS) for a structure: the compiled function and the names of the arrays that it takes."""
    with collector_rests():
        module = load(module_text(structure))
    return module.run, module.ARGUMENTS


def kernel_source(
    what: Any, *, I: Any = 0.0, projections: Sequence = (), method: Any = None, dt: float = 0.1
) -> str:
    """The Python module that `simulate` compiles for these populations and projections, as text.

    Takes the arguments of `simulate` that shape the code, and raises what it raises. Values, sizes, graphs and
    durations don't shape it: a kernel is made once for a structure.

    >>> import snnlab as snn
    >>> "def LIF_dynamics(v, I, tau_m, R_m, E_L):" in snn.kernel_source(snn.LIF())
    True
    """
    from ..assemble import assemble, populations_of
    from ..grid import check_dt

    run = assemble(
        populations_of(what), k_stop=1, dt=check_dt(dt), I=I, projections=projections, record=(), initial=None,
        method=method, seed=0, start=None, max_spikes=1,
    )  # fmt: skip
    return module_text(run.structure)
