"""Hands a run's arrays to its kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..methods import rate_numbers, steady_steps
from ..run_data import NEVER, Cells, Run
from ..wires import Wires
from . import collector_rests, kernel, sources

_NO_IDS, _NO_OUT = np.zeros(0, dtype=np.int64), np.zeros((0, 0))


class CompiledEngine:
    """Advances a run with its compiled kernel. Nothing returns to Python inside `advance`."""

    def __init__(self, run: Run):
        self.run = run
        self.function, self.arguments = kernel(run.structure)
        self.arrays: dict[str, Any] = {"clock": np.array([run.k], dtype=np.int64), "tight": run.tight}
        for p, cells in enumerate(run.cells):
            self._add_cells(p, cells)
        for q, wires in enumerate(run.wires):
            for name in ("delays", "indptr", "targets", "w", "first"):
                self.arrays[f"q{q}_{name}"] = getattr(wires, name)
            if wires.planes is not None:
                sums = np.zeros((6, wires.planes.shape[1]), dtype=np.uint64)
                come = np.zeros(wires.first[1], dtype=np.int64)
                self.arrays |= {f"q{q}_planes": wires.planes, f"q{q}_sums": sums, f"q{q}_come": come}
            if wires.rule is not None:
                self._add_rule(q, wires)
            if wires.short_term is not None:
                self._add_short_term(q, wires)
        for s, source in enumerate(run.sources):
            self.arrays |= {
                f"spk_s{s}": source.spk,
                f"off_s{s}": source.off,
                f"int_s{s}": np.array([source.base]),
            }
        for kind in run.structure.sources:
            self.refresh_source(kind.number)
        for d, drive in enumerate(run.drives):
            self.arrays |= sources.drive_arrays(d, drive, run.structure.dtype)

    def _add_cells(self, p: int, cells: Cells) -> None:
        arrays, system = self.arrays, cells.system
        kind = self.run.structure.populations[p]
        record = np.zeros((len(system.states), 2), dtype=np.int64)
        for j, state in enumerate(system.states):
            ids, every = cells.records.get(state, (_NO_IDS, NEVER))
            record[j] = every, -(-self.run.k_start // every)
            arrays[f"ids_p{p}_{state}"] = ids
            arrays[f"out_p{p}_{state}"] = cells.out.get(state, _NO_OUT)
        numbers = [cells.parameters[name] for name in system.parameters if name not in kind.arrays]
        arrays |= {f"p{p}_{name}": cells.parameters[name] for name in kind.arrays}
        if kind.constant_input == "scalar":
            numbers.append(cells.input.constant)
        else:
            arrays[f"I_p{p}"] = cells.input.constant
        n_ref = cells.n_ref if isinstance(cells.n_ref, int) else 0
        arrays |= {
            f"rec_p{p}": record,
            f"num_p{p}": np.array(numbers, dtype=self.run.structure.dtype),
            f"int_p{p}": np.array([cells.base, n_ref, 0, 0, cells.n], dtype=np.int64),
            f"hit_p{p}": np.zeros(cells.n, dtype=np.int64),
            f"win_p{p}": np.empty(cells.n * self.run.window, dtype=np.int64),
            f"at_p{p}": np.empty(self.run.window, dtype=np.int64),
            f"nref_p{p}": cells.n_ref,
            f"off_p{p}": cells.off,
        }
        for z, (_, sigma) in enumerate(cells.input.noises):
            arrays |= {f"sigma_p{p}_z{z}": sigma, f"fade_p{p}_z{z}": cells.fades[z]}
        for z, key in enumerate(cells.keys):
            arrays[f"key_p{p}_z{z}" if z < len(cells.input.noises) else f"key_p{p}"] = np.array(key)
        if cells.matrices is not None:
            rows = cells.n if kind.arrays else 1
            for name, matrix in zip(("M", "H"), cells.matrices, strict=True):
                shape = (*matrix.shape[:2], rows)
                whole = np.broadcast_to(matrix, shape).astype(self.run.structure.dtype)
                arrays[f"{name}_p{p}"] = np.ascontiguousarray(whole)
        if cells.method == "exponential_euler":
            rows = cells.n if kind.arrays else 1
            for name, numbers_of in (("phi", steady_steps), ("rate", rate_numbers)):
                found = numbers_of(system, cells.parameters, self.run.dt)
                whole = np.broadcast_to(found, (found.shape[0], rows)).astype(self.run.structure.dtype)
                arrays[f"{name}_p{p}"] = np.ascontiguousarray(whole)
        self.refresh(p)

    def _add_rule(self, q: int, wires: Wires) -> None:
        rule: Any = wires.rule
        recorded = [wires.records.get(name, (NEVER, _NO_OUT)) for name in ("w", *rule.state)]
        self.arrays |= {
            f"out_q{q}_{n}": out for n, (_, out) in zip(("w", *rule.state), recorded, strict=True)
        }
        self.arrays |= {
            f"num_q{q}": np.array([getattr(rule, name) for name in rule.parameters()], dtype=wires.w.dtype),
            f"rate_q{q}": wires.rates,
            f"when_q{q}": np.array([wires.renew, wires.interval], dtype=np.int64),
            f"rec_q{q}": np.array([(e, -(-self.run.k_start // e)) for e, _ in recorded], dtype=np.int64),
            f"place_q{q}": wires.drawn_order() if wires.records else _NO_IDS,
            f"gives_q{q}": np.array(wires.gives),
        }
        self.arrays |= {f"{n}_q{q}": a for n, a in zip(("start", "back", "row"), wires.reverse, strict=True)}
        self.arrays |= {f"t{q}_{name}": trace for name, trace in wires.traces.items()}

    def _add_short_term(self, q: int, wires: Wires) -> None:
        model: Any = wires.short_term
        self.arrays |= {f"s{q}_{name}": x for name, x in wires.resources.items()}
        numbers = [getattr(model, name) for name in model.parameters()]
        self.arrays |= {f"snum_q{q}": np.array(numbers, dtype=wires.w.dtype), f"before_q{q}": wires.before}

    def refresh(self, p: int) -> None:
        """Take up the arrays of a population that were replaced since the last chunk."""
        cells = self.run.cells[p]
        self.arrays |= {f"p{p}_{name}": x for name, x in cells.x.items()}
        self.arrays |= {
            f"spk_p{p}": cells.spk,
            f"held_p{p}": cells.held,
            f"above_p{p}": cells.above,
            f"last_p{p}": cells.last,
        }
        self.arrays |= {f"x_p{p}_z{z}": x for z, x in enumerate(cells.ou)}

    def refresh_source(self, s: int) -> None:
        """Take up the arrays of a Poisson source that were replaced since the last chunk."""
        self.arrays |= sources.source_arrays(s, self.run.sources[s])

    def prepare(self, k: int, k_end: int) -> None:
        """Make the input series of the steps k to k_end - 1."""
        for p, cells in enumerate(self.run.cells):
            if cells.input.width:
                self.arrays[f"It_p{p}"] = cells.input.rows(max(k, 0), k_end)
                self.arrays[f"int_p{p}"][2] = max(k, 0)
        for kind in self.run.structure.sources:
            if kind.varying:
                self.run.sources[kind.number].prepare(max(k, 0), k_end)
                self.refresh_source(kind.number)

    def advance(self, k: int, k_end: int) -> int:
        """Run steps k to k_end - 1; returns the next step, less than k_end when a spike list is full."""
        arrays = [self.arrays[name] for name in self.arguments]
        if getattr(self.function, "signatures", True):
            return int(self.function(k, k_end, self.run.dt, *arrays))
        with collector_rests():  # the first call loads or compiles it
            return int(self.function(k, k_end, self.run.dt, *arrays))

    @property
    def reached(self) -> int:
        """The step up to which all is done, also when an interrupt came between the kernel and its caller."""
        return int(self.arrays["clock"][0])
