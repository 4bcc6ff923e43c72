"""The glossary: every term that a lesson prints in bold, with the sentence that defines it.

Bold is used for more than terms: for the rows of the title card, for headings at the start of a paragraph, for
emphasis. What is no term is told by its place and its form (`_is_term`), and the rest is in `emphasis.txt`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

BOLD = re.compile(r"(?<![\w*`\\])\*\*(?=\S)([^*`\n]+?)(?<=\S)\*\*(?![\w*`])")
# A sentence that leans on the one before it.
LEANS = re.compile(r"(This|That|These|Those|It|Its|Such|Here|Both|They|There|So|And|But|Then|The same)\b")


@dataclass(frozen=True)
class Term:
    """A term as it is printed, its definition in MyST Markdown, and the lesson that defines it."""

    name: str
    definition: str
    lesson: str

    @property
    def key(self) -> str:
        return self.name.casefold()


@lru_cache
def emphasis() -> frozenset[str]:
    """What the lessons print in bold and is no term, one a line."""
    text = Path(__file__).with_name("emphasis.txt").read_text(encoding="utf-8")
    return frozenset(line.strip().casefold() for line in text.splitlines() if line.strip() and line[0] != "#")


def _is_term(block: str, found: re.Match) -> bool:
    name, rest = found[1], block[found.end() :]
    if name.casefold() in emphasis() or len(name) < 2 or len(name.split()) > 4:
        return False
    if name[-1] in ".?!:,;" or "$" in name or name.startswith(("Exercise ", "Extra")):
        return False
    opens = not block[: found.start()].strip(" -*0123456789.|")
    # "**Further reading**" alone, "**Solutions**: ...": a heading in the line, if it begins with a capital.
    return not (opens and name[0].isupper() and (not rest.strip() or rest.lstrip()[0] in ":,|"))


def blocks(markdown: str) -> Iterator[str]:
    """Paragraphs, items of lists and rows of tables, each as one line; no code, no headings, no title card."""
    text = re.sub(r"```.*?```|<details>.*?</details>", "\n\n", markdown, flags=re.DOTALL)
    text = re.sub(
        r"\$\$(.+?)\$\$", lambda formula: f"\n\n$${' '.join(formula[1].split())}$$\n\n", text, flags=re.DOTALL
    )
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        starts = re.match(r"\s*(?:[-*] |\d+\. |\||#|\$\$|>)", line)
        if (not line.strip() or starts) and lines:
            yield " ".join(lines)
            lines = []
        if line.strip() and not line.lstrip().startswith(("#", "|---")):
            lines.append(line.strip())


def _sentences(block: str) -> list[str]:
    """The sentences of a block; a full stop inside of mathematics or an abbreviation ends none."""
    parts = re.split(r"(?<=[.?!:])(?<!e\.g\.)(?<!al\.)(?<!sec\.)(?<!vs\.)\s+(?=[A-Z*$(`])", block)
    sentences: list[str] = []
    for part in parts:
        if sentences and (sentences[-1].count("$") % 2 or sentences[-1].count("**") % 2):
            sentences[-1] += f" {part}"
        else:
            sentences.append(part)
    return sentences


def _definition(block: str, found: re.Match, after: str) -> str:
    """The sentence of the term. after: the block that follows, which may be the formula that it speaks of."""
    if block.startswith("|"):
        cells = [cell.strip() for cell in block.strip("|").split("|") if cell.strip()]
        at = next((k for k, cell in enumerate(cells) if found[0] in cell), 0)
        last = (
            at + 2 if cells[at] == found[0] else at + 1
        )  # the name alone is explained by what stands beside it
        return ", ".join(cells[:last])
    sentences = _sentences(re.sub(r"^(?:[-*] |\d+\. )", "", block))
    at = next((k for k, text in enumerate(sentences) if found[0] in text), 0)
    first = at - 1 if at and LEANS.match(sentences[at]) else at
    text = " ".join(sentences[first : at + 1])
    if len(text) < 70 and at + 1 < len(sentences):
        text += f" {sentences[at + 1]}"
    elif at + 1 == len(sentences) and after.startswith("$$") and text[-1] not in ".?!":
        formula = re.sub(r"\\q?quad\s*\(\w+\)|[.,;]?\s*$", "", after.strip("$")).rstrip(" .,")
        if len(formula) < 60:  # a longer one is wider than a phone
            text = f"{text.rstrip(' ,:;')}: ${formula}$"
    if text.count("(") > text.count(")"):
        text = text.removeprefix("(")
    return text.rstrip(" ,:;") + ("" if text.rstrip(" ,:;").endswith((".", "?", "!", ")")) else ".")


def terms(lesson: str, cells: list[str]) -> Iterator[Term]:
    """The terms of one lesson's Markdown cells, in their order; a term may come more than once."""
    for number, cell in enumerate(cells):
        all_blocks = [*blocks(cell), ""]
        for block, after in pairwise(all_blocks):
            card = number == 0 and block.startswith("|")
            for found in [] if card else BOLD.finditer(block):
                if _is_term(block, found):
                    yield Term(found[1], _definition(block, found, after), lesson)


def collect(lessons: dict[str, list[str]]) -> dict[str, Term]:
    """All terms of a course by their key; the first lesson that prints one in bold defines it."""
    known: dict[str, Term] = {}
    for lesson, cells in lessons.items():
        for term in terms(lesson, cells):
            known.setdefault(term.key, term)
    return known


def linked(markdown: str, known: dict[str, Term], first: bool = False) -> str:
    """A cell's text in which every bold term leads to the glossary. first: it is the cell with the title card."""
    parts = re.split(r"(```.*?```|\$\$.*?\$\$)", markdown, flags=re.DOTALL)
    for k in range(0, len(parts), 2):
        parts[k] = "\n".join(
            line if first and line.startswith("|") else BOLD.sub(lambda found: _link(found, known), line)
            for line in parts[k].split("\n")
        )
    return "".join(parts)


def _link(found: re.Match, known: dict[str, Term]) -> str:
    term = known.get(found[1].casefold())
    return found[0] if term is None else f"{{term}}`{found[1]} <{term.name}>`"


def page(known: dict[str, Term], titles: dict[str, str]) -> str:
    """The glossary as a MyST page. titles: of each lesson."""
    entries = [
        f"{term.name}\n: {term.definition} "
        f"([{titles[term.lesson]}](lessons/{term.lesson}/{term.lesson}.ipynb))\n"
        for term in sorted(known.values(), key=lambda term: term.key)
    ]
    head = (
        "# Glossary\n\nEvery term that the lessons print in bold, in the words with which they define it.\n"
    )
    return f"{head}\n````{{glossary}}\n{chr(10).join(_as_directive(entry) for entry in entries)}````\n"


def _as_directive(entry: str) -> str:
    name, _, definition = entry.partition("\n: ")
    return f"{name}\n  {definition}"
