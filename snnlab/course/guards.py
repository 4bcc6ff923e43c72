"""Rules for one notebook, the solution or the student's: each returns problems in words that name the cell.

They read a stored notebook and run nothing. The lesson standard is the reason for each.
"""

import ast
import re
from collections.abc import Callable, Iterator

from nbformat import NotebookNode

from snnlab.course.notebooks import every_text, label, tags

MAX_LINES = 15
WORKED_PROGRAM = "worked-program"
# A path from the root of some machine: /a/b, C:\Users, ~/a (not a URL, not a unit like mV/ms, not LaTeX).
ABSOLUTE_PATH = re.compile(
    r"(?:(?<=[\s\"'`(=:,\[])|^)/(?:[\w.+-]+/)+[\w.+-]+"
    r"|(?<!\w)[A-Za-z]:[\\/]{1,2}(?:Users|Windows|Program|Temp|home)\b|(?<![\w/~-])~/[\w.-]",
    re.MULTILINE,
)
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
HEADING = re.compile(r"^(#{1,6})\s+(\S.*)$")
FENCE = re.compile(r"^\s*(```|~~~)")


def headings(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, int, str]]:
    """(cell, level, text) of every Markdown heading, in order; fenced code does not count."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        fenced = False
        for line in cell.source.splitlines():
            if FENCE.match(line):
                fenced = not fenced
            found = None if fenced else HEADING.match(line)
            if found:
                yield cell, len(found[1]), found[2].strip()


def one_title_and_ordered_headings(notebook: NotebookNode) -> list[str]:
    """One H1, which comes first; no level is skipped on the way down."""
    problems, level, titles = [], 0, 0
    for cell, deeper, text in headings(notebook):
        titles += deeper == 1
        if deeper == 1 and titles > 1:
            problems.append(f"{label(cell)}: is a second H1, {text!r} (a lesson has one title; use ##)")
        elif deeper > level + 1:
            problems.append(
                f"{label(cell)}: {text!r} is an H{deeper} under an H{level} (no level may be skipped)"
            )
        level = deeper
    return problems if titles else ["the notebook: has no H1 (a lesson begins with its title: # ...)"]


def alternative_texts(notebook: NotebookNode) -> list[str]:
    """Every picture says in words what it shows."""
    problems = []
    for cell in notebook.cells:
        for what in _pictures_without_words(cell):
            problems.append(f"{label(cell)}: {what} has no alternative text")
    return problems


def _pictures_without_words(cell: NotebookNode) -> Iterator[str]:
    texts = [cell.source] if cell.cell_type == "markdown" else []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        for kind in data:
            # SVG is text, and says it itself; all other kinds of picture say it in the output's metadata.
            said = output.metadata.get(kind, {}).get("alt", "") or output.metadata.get("alt", "")
            if kind.startswith("image/") and kind != "image/svg+xml" and not said.strip():
                yield f"a picture ({kind})"
            if kind in ("text/html", "text/markdown", "image/svg+xml"):
                texts.append(data[kind])
    for text in texts:
        if re.search(r"!\[\s*\](?:\(|\[)", text):
            yield "a Markdown picture"
        for tag in re.findall(r"<img\b[^>]*>", text, re.IGNORECASE):
            if not re.search(r"\balt\s*=\s*(\"[^\"]*\S[^\"]*\"|'[^']*\S[^']*')", tag, re.IGNORECASE):
                yield "an <img>"
        for tag, inside in re.findall(r"(<svg\b[^>]*>)(.*?)</svg>", text, re.IGNORECASE | re.DOTALL):
            if "aria-label" not in tag and 'aria-hidden="true"' not in tag and "<title" not in inside:
                yield "an <svg>"
        for tag in re.findall(r"<canvas\b[^>]*>", text, re.IGNORECASE):
            if "aria-label" not in tag:
                yield "a <canvas>"


def no_absolute_path(notebook: NotebookNode) -> list[str]:
    """Nothing in source or output names a folder of the machine that built it."""
    return _forbid(notebook, ABSOLUTE_PATH, "an absolute path", "it is true on one machine only")


def no_address(notebook: NotebookNode) -> list[str]:
    """No output shows a memory address, which differs from run to run."""
    problems = _forbid(
        notebook, ADDRESS, "a memory address", "it changes with every run: print something else"
    )
    return [problem for problem in problems if " source " not in problem]


def _forbid(notebook: NotebookNode, pattern: re.Pattern[str], what: str, hint: str) -> list[str]:
    problems = []
    for cell in notebook.cells:
        for where, text in every_text(cell):
            found = pattern.search(text)
            if found:
                shown = text[found.start() : found.start() + 40].splitlines()[0]
                problems.append(f"{label(cell)}: its {where} holds {what}, {shown!r} ({hint})")
    return problems


def short_cells(notebook: NotebookNode) -> list[str]:
    """No code cell is longer than 15 lines, unless it is tagged as a worked program.

    Lines of code and comment count; blank lines, docstrings and nbgrader's markers don't.
    """
    problems = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and WORKED_PROGRAM not in tags(cell):
            lines = code_lines(cell.source)
            if lines > MAX_LINES:
                problems.append(
                    f"{label(cell)}: has {lines} lines, at most {MAX_LINES} "
                    f'(split it, or tag it tags=["{WORKED_PROGRAM}"] if it is a whole program to read)'
                )
    return problems


def code_lines(source: str) -> int:
    """How many lines of a cell a reader must follow."""
    lines = source.splitlines()
    skipped = {n for n, line in enumerate(lines, 1) if not line.strip() or line.strip().startswith("### ")}
    tree = parsed(source)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            skipped.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return len(lines) - len(skipped)


def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a cell; None if it holds an IPython magic or does not parse."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return None


def no_trailing_semicolon(notebook: NotebookNode) -> list[str]:
    """No line of code ends in a semicolon: nbval compares the value that Jupyter would hide."""
    problems = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for line in cell.source.splitlines():
                if re.sub(r"#[^\"']*$", "", line).rstrip().endswith(";"):
                    problems.append(
                        f"{label(cell)}: the line {line.strip()[:40]!r} ends in a semicolon "
                        "(end a plot cell with plt.show(); assign a value that is not to be shown)"
                    )
    return problems


def code_is_valid(notebook: NotebookNode) -> list[str]:
    """Every code cell is valid Python and holds something."""
    problems = []
    for cell in notebook.cells:
        if not cell.source.strip():
            problems.append(f"{label(cell)}: is empty")
        elif cell.cell_type == "code" and not re.search(r"^\s*[%!]", cell.source, re.MULTILINE):
            try:
                ast.parse(cell.source)
            except SyntaxError as error:
                problems.append(f"{label(cell)}: is not valid Python: {error.msg}, line {error.lineno}")
    return problems


GUARDS: tuple[Callable[[NotebookNode], list[str]], ...] = (
    code_is_valid,
    one_title_and_ordered_headings,
    alternative_texts,
    no_absolute_path,
    no_address,
    short_cells,
    no_trailing_semicolon,
)


def guard(notebook: NotebookNode) -> list[str]:
    """All problems of one notebook."""
    return [problem for rule in GUARDS for problem in rule(notebook)]
