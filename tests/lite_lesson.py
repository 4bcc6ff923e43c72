"""Runs a lesson's code as a browser would, and says what came of it: python lite_lesson.py NOTEBOOK browser|here.

"browser": no numba and no Brian2, and `sys.platform` says that this is Pyodide. Prints one JSON object: the spikes of every
simulation by the cell that ran it, and the ids of the cells that failed.
"""

import contextlib
import hashlib
import importlib
import io
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["MPLBACKEND"] = "agg"
IN_BROWSER = sys.argv[2] == "browser"
for name in ("numba", "brian2") if IN_BROWSER else ():
    sys.modules[name] = None  # type: ignore[assignment]  # importing it fails

import matplotlib.pyplot as plt  # noqa: E402
import nbformat  # noqa: E402
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402

import snnlab.explore_curve  # noqa: E402
from web import lite  # noqa: E402

simulation = sys.modules["snnlab.simulate"]
make = simulation._recording
# The explorer draws a whole rate curve if the machine is fast enough for it: no machine is, here.
snnlab.explore_curve.CurveMaker.__init__.__defaults__ = (-1.0,)
spikes: dict[str, list[str]] = {}


def counted(run, record, stopped):
    made = make(run, record, stopped)
    digest = hashlib.sha1()
    for cells in made.populations:
        digest.update(made[cells].spikes.t.round(6).tobytes() + made[cells].spikes.i.tobytes())
    spikes.setdefault(cell.id, []).append(digest.hexdigest())
    return made


simulation._recording = counted
shell = InteractiveShell.instance()
shell.run_line_magic("colors", "nocolor")
failed = []
cells = nbformat.read(sys.argv[1], as_version=4).cells
for (
    cell
) in cells:  # other packages find out where they are when they are imported: here, and not in a browser
    if cell.cell_type == "code":
        for name in sorted(lite.imported(lite.code_of(cell)) - {"brian2"}):
            importlib.import_module({"sklearn": "sklearn.datasets"}.get(name, name))
if IN_BROWSER:
    sys.platform = "emscripten"
for cell in cells:
    if cell.cell_type == "code":
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            done = shell.run_cell(cell.source)
        plt.close("all")
        if not done.success:
            failed.append(cell.id)
print(json.dumps({"spikes": spikes, "failed": failed}))
