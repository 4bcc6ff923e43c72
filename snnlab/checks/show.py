"""How a report and the table of progress read: as text in a terminal, as HTML in a notebook.

The HTML takes its colours from JupyterLab's theme, so that it reads in light and dark; every colour has a sign and
a word beside it.
"""

from collections.abc import Sequence
from html import escape

from snnlab.checks.compare import NOT_DONE, NOT_YET, PASSED, Report

SIGNS = {PASSED: "✓", NOT_YET: "✗", NOT_DONE: "○"}
_COLOURS = {
    PASSED: "var(--jp-success-color1, #2e7d32)",
    NOT_YET: "var(--jp-error-color1, #c62828)",
    NOT_DONE: "var(--jp-border-color1, #9e9e9e)",
}


def _headline(report: Report) -> str:
    right = sum(line.ok for line in report.lines)
    count = f", {right} of {len(report.lines)} cases right" if len(report.lines) > 1 else ""
    return f"exercise {report.id} ({report.title}): {report.state}{count}"


def report_text(report: Report) -> str:
    """A report as lines of plain text; one line for an exercise that is not done."""
    if report.message and not report.lines:
        return report.message
    lines = [_headline(report)]
    lines += [
        f"  {'pass' if line.ok else 'FAIL'}  {line.name}{': ' if line.text else ''}{line.text}"
        for line in report.lines
    ]
    lines += [f"  note  {note}" for note in report.notes]
    if report.hint:
        lines.append(f"  {report.hint_label}: {report.hint}")
    return "\n".join(lines)


def _box(state: str, content: str) -> str:
    style = f"border-left: 4px solid {_COLOURS[state]}; padding: 0.2em 0.8em; margin: 0.3em 0"
    return f'<div class="snnlab-check" style="{style}">{content}</div>'


def _sign(state: str) -> str:
    return (
        f'<span aria-hidden="true" style="color: {_COLOURS[state]}; font-weight: bold">{SIGNS[state]}</span>'
    )


def report_html(report: Report) -> str:
    """A report as HTML; everything in it is escaped."""
    if report.message and not report.lines:
        return _box(report.state, f"{_sign(report.state)} {escape(report.message)}")
    parts = [f"{_sign(report.state)} <strong>{escape(_headline(report))}</strong>"]
    items = ""
    for line in report.lines:
        state, word = (PASSED, "pass") if line.ok else (NOT_YET, "fail")
        text = f": {escape(line.text)}" if line.text else ""
        items += f"<li>{_sign(state)} <strong>{word}</strong> {escape(line.name)}{text}</li>"
    parts.append(f'<ul style="list-style: none; margin: 0.2em 0; padding-left: 0.5em">{items}</ul>')
    parts += [f"<div><em>note</em> {escape(note)}</div>" for note in report.notes]
    if report.hint:
        parts.append(f"<div><strong>{escape(report.hint_label)}:</strong> {escape(report.hint)}</div>")
    return _box(report.state, "".join(parts))


class Table:
    """The progress of one or more lessons: rows of (id, title, points, state)."""

    def __init__(self, rows: Sequence[tuple[str, str, int, str]]) -> None:
        self.rows = tuple(rows)

    def total(self) -> str:
        graded = [row for row in self.rows if row[2]]
        passed = [row for row in graded if row[3] == PASSED]
        points, of = (sum(row[2] for row in some) for some in (passed, graded))
        return f"{len(passed)} of {len(graded)} exercises passed, {points} of {of} points"

    def __repr__(self) -> str:
        width = max([len("title"), *(len(title) for _, title, _, _ in self.rows)])
        lines = [f"id     {'title':{width}}  points  state"]
        lines += [
            f"{id:5}  {title:{width}}  {points or 'extra':>6}  {state}"
            for id, title, points, state in self.rows
        ]
        return "\n".join([*lines, self.total()])

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="text-align: left">{name}</th>'
            for name in ("id", "title", "points", "state")
        )
        body = ""
        for id, title, points, state in self.rows:
            cells = (escape(id), escape(title), str(points or "extra"), f"{_sign(state)} {state}")
            body += "<tr>" + "".join(f'<td style="text-align: left">{cell}</td>' for cell in cells) + "</tr>"
        return f"<table><caption>{self.total()}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
