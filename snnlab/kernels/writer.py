"""What the parts of the generator share: the arguments of `run`, the functions in its module, and the lines before its loop."""

from __future__ import annotations

from ..language import Equations
from .structure import Structure

BLOCK = 256  # neurons updated by one call of the vectorised inner loop
PART = 32  # of them, that are looked through together for who spiked


class Writer:
    """Collects the text of one structure's module."""

    def __init__(self, structure: Structure):
        self.structure = structure
        self.arguments: list[str] = []
        self.functions: dict[str, str] = {}  # name in the module -> source
        self.setup: list[str] = []

    def argument(self, *names: str) -> None:
        """Arrays that `run` takes, each once."""
        self.arguments += [name for name in names if name not in self.arguments]

    def real(self, expression: str) -> str:
        """An expression in the precision of the states."""
        return expression if self.structure.dtype == "float64" else f"real({expression})"

    def function(self, owner: str, read: Equations) -> str:
        """The name under which a model's function stands in the module; two of one name get different ones."""
        name, number = f"{owner}_{read.name}", 2
        source = read.source.replace(f"def {read.name}(", f"def {name}(", 1)
        while name in self.functions and self.functions[name] != source:
            name, number = f"{owner}_{read.name}_{number}", number + 1
            source = read.source.replace(f"def {read.name}(", f"def {name}(", 1)
        self.functions[name] = source
        return name


def indented(lines: list[str], by: int = 1) -> list[str]:
    """The lines, moved to the right."""
    return [f"{'    ' * by}{line}" for line in lines]
