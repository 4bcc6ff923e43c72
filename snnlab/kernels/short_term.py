"""The part of a kernel that scales weights from spike to spike."""

from __future__ import annotations

from ..short_term import ShortTerm
from .writer import Writer


def setup(writer: Writer, q: int, model: type[ShortTerm]) -> None:
    """The arguments and constants of one projection with short-term plasticity."""
    writer.argument(f"snum_q{q}", f"before_q{q}", *(f"s{q}_{name}" for name in model.state))
    writer.setup += [f"s{q}_{name} = snum_q{q}[{k}]" for k, name in enumerate(model.parameters())]


def advance(writer: Writer, q: int, model: type[ShortTerm]) -> list[str]:
    """The states of the pre neuron whose spike arrives: to this moment, then through its release; gives `factor`."""
    lines = [f"at = np.uintp(c * q{q}_first[1] + i)"]
    values = {name: f"s{q}_{name}" for name in model.parameters()}
    values |= {name: f"s{q}_{name}[at]" for name in model.state}
    elapsed = f"((m - before_q{q}[at]) * dt)"
    values["elapsed"] = elapsed if writer.structure.dtype == "float64" else f"real({elapsed})"
    for function in ("recover", "release"):
        read = model.equations[function]
        changed = [f"s{q}_{name}[at]" for name in model.changed(function)]
        changed = ["factor", *changed] if function == "release" else changed
        call = f"{writer.function(model.__name__, read)}({', '.join(values[a] for a in read.args)})"
        lines.append(f"{', '.join(changed)} = {call}")
    return [*lines, f"before_q{q}[at] = m"]
