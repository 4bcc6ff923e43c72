"""Run a notebook as a student's "Run All" does, and say which of its outputs must not be there."""

import os
import re
import tempfile
from pathlib import Path

import nbclient
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode

from snnlab.course.notebooks import IGNORE_OUTPUT, WIDGET_VIEW, label, tags

CELL_TIMEOUT = 120.0  # s; the same as nbval's in the tests
RAISES = "raises-exception"
NOT_DONE = re.compile(r"exercise [0-9A-Z]{2}\.x?\d+ is not done yet")


class _ThisPython(KernelSpecManager):
    """The kernel of the running interpreter, whatever kernels the user has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict(extra_arguments=["--log-level=ERROR"]))


def execute(
    notebook: NotebookNode, folder: Path, *, timeout: float = CELL_TIMEOUT, **environment: str
) -> None:
    """Run all cells of a notebook in a new kernel, in place, going on after errors.

    folder: the working directory.   timeout: s, for each cell.   environment: more variables for the kernel.
    Raises RuntimeError if a cell takes longer or the kernel dies.
    """
    running: list[NotebookNode] = []
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython())
    client = nbclient.NotebookClient(
        notebook, km=manager, timeout=int(timeout), iopub_timeout=30, allow_errors=True,
        record_timing=False, store_widget_state=False, coalesce_streams=True,
        on_cell_execute=lambda cell, cell_index: running.append(cell),
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="snnlab-ipython-") as ipython:
        # A profile of its own: the user's start-up files and settings must not show in the outputs.
        # MPLBACKEND: were another one inherited, figures would be missing.
        variables = {**os.environ, "IPYTHONDIR": ipython, **environment}
        variables["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
        try:
            client.execute(cwd=str(folder), env=variables)
        except nbclient.exceptions.CellTimeoutError as error:
            raise RuntimeError(f"{label(running[-1])}: takes longer than {timeout:g} s") from error
        except nbclient.exceptions.DeadKernelError as error:
            raise RuntimeError(f"{label(running[-1])}: kills the kernel") from error


def wrong_outputs(notebook: NotebookNode, *, released: bool) -> list[str]:
    """What the outputs of an executed notebook must not hold, cell by cell, in words.

    released: in a student's notebook a hole may stop a cell, if it says so in one line.
    """
    problems: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            problem = _wrong(cell, output, released)
            if problem:
                problems.append(f"{label(cell)}: {problem}")
    return problems


def _wrong(cell: NotebookNode, output: NotebookNode, released: bool) -> str:
    if output.output_type == "error":
        said = f"{output.ename}: {output.evalue}"
        if not released:
            return f"raises {said} (a solution runs without an error)"
        if output.ename != "ExerciseNotDone":
            return f"raises {said} (only a hole may stop a cell of a lesson, by calling todo)"
        lines = [line for part in output.traceback for line in part.splitlines()]
        if len(lines) != 1 or not NOT_DONE.search(lines[0]):
            return f"must say in one line that its exercise is not done yet, got {len(lines)} lines"
        if RAISES not in tags(cell):
            return f'stops at a hole, so its header needs tags=["{RAISES}"] ({output.evalue})'
    elif output.output_type == "stream" and output.name == "stderr":
        return f"writes to stderr: {output.text.strip().splitlines()[-1][:120]!r} (mend what it warns of)"
    elif "data" in output:
        pictures = [kind for kind in output.data if kind.startswith("image/") or kind == "text/html"]
        if WIDGET_VIEW in output.data and not pictures:
            return "is a widget without a picture: nothing of it would be seen without a kernel"
        if pictures and IGNORE_OUTPUT in tags(cell):
            return f"is tagged {IGNORE_OUTPUT}, so its picture would not be stored (split the cell)"
    return ""
