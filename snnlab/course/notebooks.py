"""Source to notebook, and what is stored of a notebook.

A stored notebook holds nothing that depends on the machine, the Python, or the run: cell ids come from the
exercise or the position, the metadata is one constant, and outputs are reduced to what a reader sees.
"""

import base64
import os
import re
import struct
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

# The whole metadata of every notebook. nbclient would add the Python version; it is the same course on all.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
# What nbgrader wants in each of its cells; a source names what differs.
NBGRADER = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
CELL_METADATA = ("nbgrader", "tags", "deletable", "editable", "jupyter")
_PNG_IN_HTML = re.compile(r"(data:image/png;base64,)([A-Za-z0-9+/=\s]+)")
_DATA_IN_HTML = re.compile(r"(data:[\w/+.-]+;base64,)[A-Za-z0-9+/=\s]+")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
IGNORE_OUTPUT = "nbval-ignore-output"


def tags(cell: NotebookNode) -> list[str]:
    """The tags of a cell, possibly none."""
    return list(cell.metadata.get("tags", []))


def grade_id(cell: NotebookNode) -> str:
    """The nbgrader id of a cell, or an empty string."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def label(cell: NotebookNode) -> str:
    """How messages name a cell: its id and the first words of its text."""
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    return f'{cell.id} ("{first[:40]}")' if first else f"{cell.id} (empty)"


def from_source(path: Path) -> tuple[NotebookNode, list[str]]:
    """Read a lesson's source (jupytext percent format) as an unexecuted notebook.

    Returns the notebook and the names of the data files it declares, in the header of the source:

        # ---
        # jupyter:
        #   snnlab:
        #     data: [recording.csv]
        # ---
    """
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    data = list(notebook.metadata.get("snnlab", {}).get("data", []))
    for position, cell in enumerate(notebook.cells, start=1):
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"] = NotebookNode({**NBGRADER, **cell.metadata["nbgrader"]})
        cell.id = grade_id(cell) or f"cell-{position:02d}"
    ids = [cell.id for cell in notebook.cells]
    for cell in notebook.cells:
        if ids.count(cell.id) > 1:
            raise ValueError(
                f"{label(cell)}: grade_id: must be unique (a second cell of an exercise is {cell.id}b)"
            )
    return normalised(notebook), data


def normalised(notebook: NotebookNode) -> NotebookNode:
    """The notebook as it is stored: the same bytes for every build, machine and Python."""
    new = nbformat.v4.new_notebook(metadata=METADATA)
    for cell in notebook.cells:
        cell = NotebookNode(cell)
        cell.metadata = NotebookNode(
            {key: value for key, value in cell.metadata.items() if key in CELL_METADATA and value != []}
        )
        if cell.cell_type == "code":
            if IGNORE_OUTPUT in tags(cell):
                # What changes with every run (a timing, a date) can't be stored: each build would differ.
                cell.outputs, cell.execution_count = [], None
            cell.outputs = [_stored(output) for output in cell.outputs]
        new.cells.append(cell)
    new.nbformat, new.nbformat_minor = 4, 5
    return new


def _stored(output: NotebookNode) -> NotebookNode:
    """One output without what changes from run to run."""
    if "data" not in output:
        return output
    output = NotebookNode({key: value for key, value in output.items() if key != "transient"})
    # A live widget needs a kernel and a random model id. A reader without one sees the picture beside it.
    output.data = NotebookNode({kind: value for kind, value in output.data.items() if kind != WIDGET_VIEW})
    if "image/png" in output.data:
        output.data["image/png"] = _plain_png(output.data["image/png"])
    if "text/html" in output.data:
        html = output.data["text/html"]
        output.data["text/html"] = _PNG_IN_HTML.sub(lambda found: found[1] + _plain_png(found[2]), html)
    return output


def _plain_png(encoded: str) -> str:
    """A base64 PNG without its text chunks: matplotlib writes its version there."""
    image = base64.b64decode(encoded)
    kept, at = [image[:8]], 8
    while at + 12 <= len(image):
        (length,) = struct.unpack(">I", image[at : at + 4])
        chunk = image[at : at + 12 + length]
        if chunk[4:8] not in (b"tEXt", b"iTXt", b"zTXt", b"tIME"):
            kept.append(chunk)
        at += 12 + length
    return base64.b64encode(b"".join(kept)).decode("ascii")


def as_text(notebook: NotebookNode) -> str:
    """The file's text: sorted keys, one space of indent, one newline at the end."""
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return text.rstrip("\n") + "\n"


def read(path: Path) -> NotebookNode:
    """Read a stored notebook. Raises ValueError if the file is no notebook."""
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises several kinds, all of them about the content
        raise ValueError(f"{path.name}: must be a notebook ({error})") from error


def write(path: Path, content: str | bytes) -> bool:
    """Write a file in one step, so that a reader never meets half of it. False if nothing changed."""
    new = content.encode("utf-8") if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == new:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(new)
    os.replace(part, path)
    return True


def every_text(cell: NotebookNode) -> list[tuple[str, str]]:
    """All that can be read in a cell, source and outputs, as (where, text); no encoded pictures."""
    texts: list[tuple[str, str]] = [("source", cell.source)]
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            texts.append((f"output {output.name}", output.text))
        elif output.output_type == "error":
            texts.append(("output error", "\n".join([output.ename, output.evalue, *output.traceback])))
        else:
            texts += [
                (f"output {kind}", _DATA_IN_HTML.sub(r"\1", str(value)))
                for kind, value in output.data.items()
                if not kind.startswith("image/") or kind == "image/svg+xml"
            ]
    return texts
