"""The parts that every lesson must have, as far as a program can see them.

A part is recognised by its H2 heading, which begins with the part's name ("## Predict: twice the current").
"""

import re

from nbformat import NotebookNode

from snnlab.course.exercises import TEACHING_NOTE
from snnlab.course.guards import headings
from snnlab.course.lessons import Lesson
from snnlab.course.notebooks import label, tags

PARTS = ("Predict", "Play", "Reproduce", "Cross-check", "Bug hunt", "Close")
START_PARTS = ("Predict", "Close")  # 00 shows how a lesson works; it has no paper to reproduce
DOI = re.compile(r"\b10\.\d{4,9}/\S+")
_CARD = {
    "a question": r"\?",
    "how long it takes, as in **Time**: 75 minutes": r"\d+\s*(?:[-–]\s*\d+\s*)?min",
    'what it needs, as in "**You need**: ..."': r"(?i)you need",
    'what a student will be able to do, as in "**You will be able to** ..."': r"(?i)you will be able to",
}


def parts(lesson: Lesson, notebook: NotebookNode, *, released: bool) -> list[str]:
    """What the lesson lacks of the standard: title card, parts, close with DOIs, teaching note."""
    problems = title_card(notebook)
    if re.fullmatch(r"\d\d", lesson.number):  # an assignment (A1, A2) has a title card only
        wanted = START_PARTS if lesson.number == "00" else PARTS
        found = [text for _, level, text in headings(notebook) if level == 2]
        for part in wanted:
            if not any(text.lower().startswith(part.lower()) for text in found):
                problems.append(
                    f'the notebook: has no part "{part}" (an H2 that begins with it: ## {part}: ...)'
                )
        problems += close(notebook)
    notes = [cell for cell in notebook.cells if TEACHING_NOTE in tags(cell)]
    if not released and not notes:
        problems.append(f'the notebook: has no teaching note (a Markdown cell with tags=["{TEACHING_NOTE}"])')
    return problems


def title_card(notebook: NotebookNode) -> list[str]:
    """The first cell holds the title and what a student must know before beginning; a picture is close by."""
    if not notebook.cells or notebook.cells[0].cell_type != "markdown":
        return ["the notebook: must begin with its title card, a Markdown cell"]
    card = notebook.cells[0]
    problems = [] if re.match(r"# \S", card.source) else [f"{label(card)}: must begin with the title: # ..."]
    for what, pattern in _CARD.items():
        if not re.search(pattern, card.source):
            problems.append(f"{label(card)}: the title card does not give {what}")
    return problems


def has_opening_picture(notebook: NotebookNode) -> list[str]:
    """A picture stands in one of the first four cells (outputs are needed to see it)."""
    for cell in notebook.cells[:4]:
        if re.search(r"!\[[^\]]+\]\(|<img\b|<svg\b", cell.source if cell.cell_type == "markdown" else ""):
            return []
        for output in cell.get("outputs", []):
            if any(kind.startswith("image/") or kind == "text/html" for kind in output.get("data", {})):
                return []
    return ["the notebook: has no picture in its first four cells (the title card has one)"]


def close(notebook: NotebookNode) -> list[str]:
    """The last part asks three questions and points on with DOIs."""
    text, inside = "", False
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and TEACHING_NOTE not in tags(cell):
            for line in cell.source.splitlines():
                if line.startswith("## "):
                    inside = line[3:].strip().lower().startswith("close")
                text += line + "\n" if inside else ""
    problems = []
    if text and not DOI.search(text):
        problems.append('the part "Close": has no further reading with a DOI (https://doi.org/10...)')
    if text and text.count("?") < 3:
        problems.append(f'the part "Close": asks {text.count("?")} self-test questions, three are wanted')
    return problems
