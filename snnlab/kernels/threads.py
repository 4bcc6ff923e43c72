"""Uncoupled neurons on several threads: each has its own blocks of neurons, and its own lists of spikes.

The kernel lets go of Python's lock, the blocks begin at the same neurons for any number of threads, and a neuron's
random numbers are its own: so the result is the same, bit for bit. In a network the threads would have to wait for
each other in every step, which costs more than a step: there one thread does the work.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ..interrupts import noted_interrupts
from ..run_data import Run
from .engine import CompiledEngine
from .writer import BLOCK


class ThreadedEngine(CompiledEngine):
    """Advances a run of uncoupled neurons on several threads."""

    def __init__(self, run: Run, threads: int, max_spikes: int):
        super().__init__(run)
        self.most = [max_spikes + run.carried(cells) for cells in run.cells]
        self.alone = False  # True when one thread goes on, since max_spikes is near
        self.pool = ThreadPoolExecutor(threads)
        self.parts = [self._part(number, threads) for number in range(threads)]

    def _part(self, number: int, threads: int) -> dict[str, Any]:
        """What one thread has to itself: its range of neurons, its clock, and its lists of spikes."""
        own: dict[str, Any] = {"clock": self.arrays["clock"].copy(), "tight": np.zeros(1, dtype=np.int64)}
        for p, cells in enumerate(self.run.cells):
            blocks = -(-cells.n // BLOCK)
            begin, end = (min(cells.n, BLOCK * (blocks * k // threads)) for k in (number, number + 1))
            own[f"int_p{p}"] = self.arrays[f"int_p{p}"].copy()
            own[f"int_p{p}"][3:] = begin, end
            own[f"win_p{p}"] = np.empty((end - begin) * self.run.window, dtype=np.int64)
            own[f"at_p{p}"] = np.empty(self.run.window, dtype=np.int64)
            own[f"spk_p{p}"] = np.empty(2 * (end - begin) * self.run.window, dtype=np.int32)
        return own

    def prepare(self, k: int, k_end: int) -> None:
        super().prepare(k, k_end)
        for part in self.parts:
            for p in range(len(self.run.cells)):
                part[f"int_p{p}"][0] = max(k, 0)  # its lists hold this chunk's spikes only
                part[f"int_p{p}"][2] = self.arrays[f"int_p{p}"][2]
                part[f"off_p{p}"] = np.zeros(k_end - max(k, 0) + 2, dtype=np.int64)

    def advance(self, k: int, k_end: int) -> int:
        """Run steps k to k_end - 1. Ctrl-C is answered when all threads have done the chunk and it is merged.

        A chunk in which a population reaches max_spikes is run again by one thread, which knows the step to stop at.
        """
        if self.alone:
            return super().advance(k, k_end)
        with noted_interrupts(wait=True):
            return self._advance(k, k_end)

    def _advance(self, k: int, k_end: int) -> int:
        begun, k = k, max(k, 0)
        saved = [(x, x.copy()) for x in self._states()] if self._may_stop(k, k_end) else []
        work = [self.pool.submit(self._advance_part, part, k, k_end) for part in self.parts]
        for done in work:
            done.result()
        if saved and any(self._count(p, k) >= most for p, most in enumerate(self.most)):
            for now, before in saved:
                now[:] = before
            self.alone = True
            return super().advance(begun, k_end)
        for p in range(len(self.run.cells)):
            self._merge(p, k, k_end)
        self.arrays["clock"][0] = k_end
        return k_end

    def _states(self) -> list[np.ndarray]:
        """All that a chunk changes, but for the spikes."""
        return [x for c in self.run.cells for x in (*c.x.values(), c.held, c.above, c.last, *c.ou)]

    def _may_stop(self, k: int, k_end: int) -> bool:
        """True when so many could spike in this chunk that a population reaches max_spikes."""
        return any(
            c.off[k - c.base + 1] + c.n * (k_end - k) >= most
            for c, most in zip(self.run.cells, self.most, strict=True)
        )

    def _count(self, p: int, k: int) -> int:
        """The spikes of a population up to the end of the chunk that began at step k."""
        cells = self.run.cells[p]
        return int(cells.off[k - cells.base + 1] + sum(part[f"off_p{p}"][-1] for part in self.parts))

    def _advance_part(self, part: dict[str, Any], k: int, k_end: int) -> None:
        while k < k_end:
            k = int(
                self.function(k, k_end, self.run.dt, *[part.get(n, self.arrays[n]) for n in self.arguments])
            )
            for p in range(len(self.run.cells)):
                spikes = part[f"spk_p{p}"]
                part[f"spk_p{p}"] = np.concatenate([spikes, np.empty_like(spikes)]) if k < k_end else spikes

    def _merge(self, p: int, k: int, k_end: int) -> None:
        """The threads' spikes of steps k + 1 to k_end as one list, by step and then by neuron."""
        cells = self.run.cells[p]
        offsets = [part[f"off_p{p}"][1:] for part in self.parts]  # the spikes of step k + s begin at [s - 1]
        ids = np.concatenate(
            [part[f"spk_p{p}"][: o[-1]] for part, o in zip(self.parts, offsets, strict=True)]
        )
        counts = [np.diff(o) for o in offsets]
        steps = np.concatenate([np.repeat(np.arange(c.size), c) for c in counts])
        first = int(cells.off[k - cells.base + 1])
        cells.off[k - cells.base + 1 : k_end - cells.base + 2] = first + np.concatenate(
            [[0], np.cumsum(sum(counts))]
        )
        if first + ids.size + cells.n > cells.spk.size:
            wanted = 2 * (first + ids.size + cells.n)
            grown = np.empty(min(wanted, self.most[p] + cells.n - 1), dtype=np.int32)
            grown[:first] = cells.spk[:first]
            cells.spk = grown
            self.refresh(p)
        cells.spk[first : first + ids.size] = ids[np.argsort(steps, kind="stable")]
