"""How a projection's synapses are stored, chosen from its graph alone.

All three kinds hold compressed rows, and agree to 1e-9: "rows" uses nothing else; "dense" is for complete rows with
weights of their own, whose targets need not be read; "planes" adds one bit for each possible pair, for graphs with
one weight that are so dense that counting the spikes of a step beats following each of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from .bends import is_straight

KINDS = ("rows", "dense", "planes")
DENSE_ENOUGH = 0.02  # connected share of all pairs from which bits are kept
MANY = 100_000  # synapses below which nothing is gained
ARRIVALS = 0.8  # of one step at one target, from which counting is faster than following the rows


def storage_of(projection: Any, complete: bool, plain: bool, sizes: tuple[int, int, int, int]) -> str:
    """The kind for a drawn graph. Raises ValueError when the one that the projection asks for does not fit.

    `complete`: every pre neuron has every target once, in order; `plain`: one weight for all; `sizes`: pre neurons,
    targets, synapses, delays.
    """
    n_pre, n_post, synapses, delays = sizes
    fixed = projection.plasticity is None and getattr(projection, "short_term", None) is None
    simple = fixed and is_additive(type(projection.synapse)) and delays == 1  # type: ignore[arg-type]
    fits = {
        "rows": True,
        "dense": fixed and complete and not plain and delays == 1,
        "planes": simple and plain and synapses <= n_pre * n_post,
    }
    wanted = projection.storage
    if wanted is not None and not fits[wanted]:
        raise ValueError(
            f"Projection.storage: {wanted!r} does not fit {projection}: dense needs every pair and a weight for each, "
            "planes needs one weight; both need one delay and no plasticity"
        )
    if wanted is not None:
        return wanted
    if fits["dense"] and n_post >= 8:
        return "dense"
    enough = synapses >= max(MANY, DENSE_ENOUGH * n_pre * n_post)
    return "planes" if fits["planes"] and enough else "rows"


@lru_cache(maxsize=128)
def is_additive(synapse: Any) -> bool:
    """True when two arrivals do what one of both weights together does."""
    read = synapse.equations.get("arrive")
    if read is None or not is_straight(read, ("w", *read.returned_names)):
        return False
    rng = np.random.default_rng(0)
    values = {name: rng.uniform(0.5, 1.5) for name in read.args}

    def after(given: dict, w: float) -> dict:
        results = synapse.arrive(*((given | {"w": w})[a] for a in read.args))
        results = results if isinstance(results, tuple) else (results,)
        return given | dict(zip(read.returned_names, map(float, results), strict=True))

    twice, once = after(after(values, 0.3), 0.9), after(values, 1.2)
    return all(abs(twice[n] - once[n]) < 1e-12 for n in read.returned_names)


def bit_planes(indptr: np.ndarray, targets: np.ndarray, first: int, n_post: int) -> np.ndarray | None:
    """Bits (n_pre + 1, words of 64) of who reaches whom, the last row empty; None if a pair stands there twice."""
    n_pre, words = indptr.size - 1, -(-n_post // 64)
    planes = np.zeros((n_pre + 1, words), dtype=np.uint64)
    step = max(1, int(2e7) // (64 * words))
    for a in range(0, n_pre, step):
        b = min(a + step, n_pre)
        there = np.zeros((b - a, 64 * words), dtype=bool)
        rows = np.repeat(np.arange(b - a), np.diff(indptr[a : b + 1]))
        there[rows, targets[indptr[a] : indptr[b]] - first] = True
        planes[a:b] = np.packbits(there, axis=1, bitorder="little").view("<u8")
    return planes if int(np.bitwise_count(planes).sum()) == targets.size else None
