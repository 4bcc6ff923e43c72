"""The page that a student gets: marks, what is right, a hint for each known mistake, and what they handed in.

It shows neither a hidden input nor an expected value. Outputs are those that the student handed in: those of the graded
run could hold hidden inputs, which the student's functions have seen. All other words are the grader's own.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

from snnlab.checks.compare import NOT_DONE, NOT_YET, PASSED

MANUAL = "<!-- manual marks -->"
SIGNS = {PASSED: "✓", NOT_YET: "✗", NOT_DONE: "○"}


@lru_cache(maxsize=4)
def template(name: str) -> Template:
    """A page's template; everything that is put into one is escaped."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    environment.filters["number"] = lambda value: f"{value:g}"
    return environment.get_template(name)


def page(
    record: Mapping[str, Any], notebook: NotebookNode | None, known: frozenset[str] = frozenset()
) -> str:
    """The page of one result. notebook : what was handed in, restored and made harmless. Cells that are as in the lesson, `known`, are left out."""
    return template("feedback.html").render(
        record=record, exercises=record["exercises"], signs=SIGNS, manual=MANUAL,
        cells=[] if notebook is None else [_shown(cell) for cell in notebook.cells if cell.cell_type == "code" and (cell.source not in known or cell.id.startswith("ex-"))],
    )  # fmt: skip


def _shown(cell: NotebookNode) -> dict[str, Any]:
    outputs = []
    for output in cell.outputs:
        if output.output_type == "stream":
            outputs.append({"text": strip_ansi(output.text)[:20_000]})
        elif output.output_type == "error":
            outputs.append({"text": f"{output.ename}: {output.evalue}"[:2_000]})
        elif "image/png" in output.data:
            outputs.append({"png": output.data["image/png"]})
        elif "text/html" in output.data:
            outputs.append({"html": output.data["text/html"]})
        else:
            outputs.append({"text": output.data.get("text/plain", "")[:20_000]})
    return {"id": cell.id, "source": cell.source, "outputs": outputs}
