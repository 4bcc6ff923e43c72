"""`python -m web.lite OUT`: a JupyterLite site, in which the lessons that need only NumPy run inside of the browser.

No server runs Python: the page loads Pyodide, and from its CDN NumPy, SciPy and Matplotlib. There is no numba for it,
so that `simulate` takes its reference engine, with the same spikes. snnlab itself, and what its widgets need in pure
Python, comes with the site.
"""

import argparse
import ast
import html
import shutil
import subprocess
import symtable
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, urlsplit

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from snnlab.course import lessons as course
from web.assemble import LINK, Project

ROOT = Path(__file__).parents[1]
# Lessons that run without numba and with what Pyodide has, in half a minute outside of a browser: tests/test_lite.py does
# it. The others need minutes (02 takes 160 s, 03 and 04 over 300), or data of packages that Pyodide lacks (05).
LESSONS = ("00", "01", "06")
LACKING = {"brian2"}  # Pyodide has none, and only the cells that compare need it
PURE = (
    "anywidget",
    "psygnal",
    "ipywidgets",
    "jupyterlab_widgets",
    "comm",
)  # Pyodide has none of these: they come along
WIDGETS = ("@jupyter-widgets/jupyterlab-manager", "anywidget", "@jupyterlite/pyodide-kernel-extension")

TESTED = (
    "How far this is tested: in Chromium, that the lessons open with their pictures, that Python starts in the page "
    "and runs, and that snnlab installs from this site; outside of a browser, that the cells of these lessons run without "
    "numba and Brian2, with the same spikes. Not tested: cells with NumPy inside of a browser, since NumPy comes from "
    "Pyodide's server, which the tests don't reach."
)
NOTE = f"""> **This page runs Python inside of your browser**, with nothing to install. Run the next cell first: it loads some tens of megabytes. Where the
> text counts cells or key presses, this note and that cell are not counted. Simulations
> take many times longer than in the other editions. What you type is kept in this browser only: download your notebook to keep it.
>
> *{TESTED}*"""
FIRST = "# In the browser only: snnlab comes with this page; NumPy, SciPy and Matplotlib from Pyodide.\n%pip install -q snnlab"
ABSENT = """> **Not in the browser.** Cells from here on that need Brian2, which has no version for browsers, end in an error; what they gave elsewhere
> stands below them until you run them. All others work."""


# ---------------------------------------------------------------- what of a lesson can run


def code_of(cell: NotebookNode) -> str:
    """The code of a cell, IPython's magics turned into Python."""
    return TransformerManager().transform_cell(cell.source)


def imported(code: str) -> set[str]:
    """The packages that it imports."""
    names: list[str] = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return {name.partition(".")[0] for name in names}


def names_of(code: str) -> tuple[set[str], set[str]]:
    """The names of the notebook that a cell gives a value, and those that it reads, in its functions too."""
    top = symtable.symtable(code, "cell", "exec")
    given = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    read, todo = {s.get_name() for s in top.get_symbols() if s.is_referenced()}, top.get_children()
    while todo:
        scope = todo.pop()
        read |= {s.get_name() for s in scope.get_symbols() if s.is_global() and s.is_referenced()}
        todo += scope.get_children()
    return given, read


def lost(cells: Iterable[NotebookNode]) -> list[str]:
    """The ids of the code cells that need what Pyodide lacks, themselves or by a name that such a cell would have made."""
    ids: list[str] = []
    gone: set[str] = set()
    made: set[str] = set()
    for cell in cells:
        if cell.cell_type != "code":
            continue
        code = code_of(cell)
        given, read = names_of(code)
        if (
            imported(code) & LACKING or (read - given) & gone
        ):  # what it gives itself, it gives before it reads
            ids.append(cell.id)
            gone |= given - made
        else:
            made |= given
            gone -= given
    return ids


# ---------------------------------------------------------------- the notebooks of the site


def chosen(root: Path = ROOT) -> list[course.Lesson]:
    return [lesson for lesson in course.find(root) if lesson.number in LESSONS]


def notebook(project: Project, lesson: course.Lesson, here: set[str]) -> NotebookNode:
    """The student's notebook as the site shows it: a note and a cell that installs, and word of what can't run.

    here: the paths of the site's files; a link to anything else leads to the repository.
    """
    made = nbformat.read(lesson.release, as_version=4)
    absent = set(lost(made.cells))
    cells: list[NotebookNode] = []
    for cell in made.cells:
        if cell.cell_type == "markdown":
            folder = Path("lessons") / lesson.name
            cell.source = LINK.sub(
                lambda found, f=folder: f"]({_target(project, found[1], f, here)})", cell.source
            )
        if cell.id in absent:
            if not any(c.id == "lite-absent" for c in cells):
                cells.append(_cell(nbformat.v4.new_markdown_cell(ABSENT), "lite-absent"))
            cell.metadata["tags"] = sorted(
                {*cell.metadata.get("tags", []), "raises-exception"}
            )  # Run All goes on
        cells.append(cell)
    cells[1:1] = [
        _cell(nbformat.v4.new_markdown_cell(NOTE), "lite-note"),
        _cell(nbformat.v4.new_code_cell(FIRST), "lite-install"),
    ]
    made.cells = cells
    made.metadata["kernelspec"] = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
    return made


def _cell(cell: NotebookNode, name: str) -> NotebookNode:
    cell.id = name
    return cell


def _target(project: Project, target: str, folder: Path, here: set[str]) -> str:
    address = urlsplit(target)
    if address.scheme or not address.path:
        return target
    path = (ROOT / folder / address.path).resolve().relative_to(ROOT).as_posix()
    return target if path in here else project.source(path)


def contents(root: Path, out: Path) -> None:
    """The files of the site: the lessons' folders, each notebook as the browser is to open it."""
    project, found = Project.of(root), chosen(root)
    here = {f"lessons/{lesson.name}/{lesson.name}.ipynb" for lesson in found}
    for lesson in found:
        folder = out / "lessons" / lesson.name
        shutil.copytree(lesson.release.parent, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        nbformat.write(notebook(project, lesson, here), folder / f"{lesson.name}.ipynb")


# ---------------------------------------------------------------- the site


def wheels(root: Path, folder: Path) -> None:
    """snnlab's own wheel, and those of the pure packages that Pyodide does not bring."""
    pip = [sys.executable, "-m", "pip"]
    subprocess.run([*pip, "wheel", "--quiet", "--no-deps", "-w", str(folder), str(root)], check=True)
    pure = ["--no-deps", "--only-binary", ":all:", "--platform", "any", "--python-version", "3.14"]
    subprocess.run([*pip, "download", "--quiet", *pure, "-d", str(folder), *PURE], check=True)


def front_page(root: Path) -> str:
    """The first page of the site: which lessons it has, where the others are, and what was tested."""
    project, rows, here = Project.of(root), [], {lesson.name for lesson in chosen(root)}
    for lesson in course.find(root):
        card = nbformat.read(lesson.release, as_version=4).cells[0].source
        title = next(line[2:] for line in card.splitlines() if line.startswith("# "))
        path = f"lessons/{lesson.name}/{lesson.name}.ipynb"
        to = f"lab/index.html?path={quote(path)}" if lesson.name in here else project.binder(path)
        where = (
            ""
            if lesson.name in here
            else " (on Binder: it needs the compiled engine, or data from other packages)"
        )
        rows.append(f'<li>{lesson.number} <a href="{html.escape(to)}">{html.escape(title)}</a>{where}</li>')
    text = Path(__file__).with_name("lite.html").read_text(encoding="utf-8")
    return (
        text.replace("(lessons)", "\n".join(rows))
        .replace("(tested)", TESTED)
        .replace("(repository)", project.repository)
    )


def build(out: Path, root: Path = ROOT) -> None:
    """The whole site, in `out`."""
    shared = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    missing = [name for name in WIDGETS if not (shared / name / "package.json").is_file()]
    if missing:
        raise ValueError(f"web.lite: needs JupyterLab's {', '.join(missing)}; type: pip install -e '.[web]'")
    with tempfile.TemporaryDirectory(prefix="snnlab-lite-") as name:
        folder = Path(name)
        files, pure = folder / "files", folder / "wheels"
        contents(root, files)
        wheels(root, pure)
        command = [
            "lite", "build", "--ignore-sys-prefix", "--no-sourcemaps", "--apps", "lab", "--contents", str(files),
            "--piplite-wheels", str(pure), "--output-dir", str(out.resolve()),
            *(f"--LiteBuildConfig.federated_extensions={shared / name}" for name in WIDGETS),
        ]  # fmt: skip
        subprocess.run(
            [sys.executable, "-m", "jupyter", *command], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
    (out / "index.html").write_text(front_page(root), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m web.lite", description=__doc__)
    parser.add_argument("out", type=Path, help="the folder of the site, such as artifacts/lite")
    build(parser.parse_args().out)
