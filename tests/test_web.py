"""The web edition: built from what is stored, whole, and every link inside it leads somewhere.

Nothing here names a lesson: the pages are compared with what the course holds.
"""

import html
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from needs import missing, needs

import snnlab as snn
from snnlab.course import lessons

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from web import colab, glossary, links  # noqa: E402

pytestmark = needs("sphinx", "myst_nb", "sphinx_book_theme", file="web/node_modules/mathjax")
COURSE = lessons.find(ROOT)
IDS = [lesson.name for lesson in COURSE]


def cells(lesson, kind: str = "markdown"):
    return [c for c in nbformat.read(lesson.release, as_version=4).cells if c.cell_type == kind]


class Outline(HTMLParser):
    """The headings of a page's article, its pictures, and its plain text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings, self.pictures, self.text = [], [], []
        start = text.index("<article")
        self.feed(text[start : text.index("</article>", start)])

    def handle_starttag(self, tag, attributes):
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.pictures.append(dict(attributes).get("alt"))

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    from web.__main__ import build

    out = tmp_path_factory.mktemp("web")
    assert build(out) == 0, "python -m web says what is wrong"
    return out


def page(site: Path, lesson) -> str:
    return (site / "lessons" / lesson.name / f"{lesson.name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("lesson", COURSE, ids=IDS)
def test_a_chapter_has_every_cell_in_order_one_h1_and_words_for_every_picture(site, lesson):
    outline = Outline(page(site, lesson))
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(outline.headings, outline.headings[1:])), outline.headings
    assert outline.pictures
    assert all(alt and len(alt) > 20 for alt in outline.pictures)
    text = " ".join("".join(outline.text).split())
    codes = [" ".join(cell.source.split()) for cell in cells(lesson, "code")]
    places = [text.find(code) for code in codes if code]
    assert -1 not in places
    assert places[0] < places[-1]


@pytest.mark.parametrize("lesson", COURSE, ids=IDS)
def test_a_chapter_leads_to_binder_and_colab_and_shows_no_unfinished_exercise(site, lesson):
    text = page(site, lesson)
    path = f"lessons/{lesson.name}/{lesson.name}.ipynb"
    assert re.search(rf'href="https://mybinder\.org/v2/gh/[^"]+/v[\d.]+\?urlpath=lab/tree/{path}"', text)
    assert re.search(rf'href="https://colab\.research\.google\.com/github/[^"]+/{lesson.name}\.ipynb"', text)
    assert "ExerciseNotDone" not in text


@pytest.mark.parametrize("lesson", COURSE, ids=IDS)
def test_every_bold_term_of_a_chapter_leads_to_the_glossary(site, lesson):
    here = {t.key for t in glossary.terms(lesson.name, [c.source for c in cells(lesson)])}
    links = re.findall(
        r'<a [^>]*href="[^"]*glossary\.html#term-[^"]*"[^>]*>(.*?)</a>', page(site, lesson), re.DOTALL
    )
    leading = {html.unescape(re.sub(r"<[^>]+>", "", link)).replace("’", "'").casefold() for link in links}
    assert here
    assert here <= leading


def test_the_reference_has_every_public_name_and_every_model_its_equations(site):
    pages = {p.stem: p.read_text(encoding="utf-8") for p in (site / "reference").glob("*.html")}
    for name in snn.__all__:
        assert name in pages or any(
            f'id="api-{name.lower().replace("_", "-")}"' in text for text in pages.values()
        ), name
    models = [
        n
        for n in snn.__all__
        if isinstance(getattr(snn, n), type) and issubclass(getattr(snn, n), snn.Neuron)
    ]
    assert pages["neurons"].count('class="math notranslate') >= len(models) - 1  # the base class has none


def test_the_index_finds_a_term_and_a_model(site):
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert "rheobas" in index
    assert "hodgkinhuxley" in index


def test_pages_need_no_other_site(site):
    for path in site.rglob("*.html"):
        if "_static" not in path.parts:
            found = re.findall(
                r'<(?:script|img|iframe)[^>]+src="(https?:)?//', path.read_text(encoding="utf-8")
            )
            assert found == [], path


def test_a_link_that_leads_nowhere_is_told(tmp_path):
    (tmp_path / "a.html").write_text('<a href="b.html#there">1</a><a href="c.html">2</a><a href="#me">3</a>')
    (tmp_path / "b.html").write_text(
        '<p id="here"><a href="a.html">ok</a><a href="https://example.org">ok</a>'
    )
    assert links.broken(tmp_path) == [
        "a.html: #me leads nowhere",
        "a.html: b.html#there leads nowhere",
        "a.html: c.html leads nowhere",
    ]


# --- the glossary ---


@pytest.mark.parametrize(
    ("text", "name", "definition"),
    [
        ("First. The skin around a drop of salt water is here called the **membrane** of the cell. Last.", "membrane",
         "The skin around a drop of salt water is here called the **membrane** of the cell."),
        ("Two cancel. This is the **reversal potential** of an ion, as it is called in all of the books.", "reversal potential",
         "Two cancel. This is the **reversal potential** of an ion, as it is called in all of the books."),
        ("- it opens: a **gate**, as one says of such things when they are seen in great numbers.", "gate",
         "it opens: a **gate**, as one says of such things when they are seen in great numbers."),
        ("| $v$ | **threshold**: fires | mV |", "threshold", "$v$, **threshold**: fires"),
        ("From rest, $v$ follows the well-known and much-used **charging curve**\n\n$$v = 1 - e^{-t}, \\qquad (2)$$", "charging curve",
         "From rest, $v$ follows the well-known and much-used **charging curve**: $v = 1 - e^{-t}$."),
    ],
)  # fmt: skip
def test_a_bold_term_is_defined_by_its_sentence(text, name, definition):
    (term,) = glossary.terms("x", ["# Title", text])
    assert (term.name, term.definition) == (name, definition)


@pytest.mark.parametrize(
    "text",
    ["**Exercise 01.1** Write it.", "**Further reading**", "**Solutions**: here.", "**A good place for a pause.**",
     "1. **Silence.** Nobody fires.", "```python\nx = 2**k**2\n```", "**Hold the blue button to inject current**, and wait."],
)  # fmt: skip
def test_other_bold_print_is_no_term(text):
    assert list(glossary.terms("x", ["# Title", text])) == []


def test_the_title_card_defines_nothing():
    assert list(glossary.terms("x", ["# Title\n\n| | |\n|---|---|\n| **Time** | an hour |"])) == []


def test_the_first_lesson_that_prints_a_term_in_bold_defines_it():
    known = glossary.collect({"a": ["", "The **rate** is counted."], "b": ["", "A **Rate** again."]})
    assert [(t.name, t.lesson) for t in known.values()] == [("rate", "a")]
    assert glossary.linked("so a **Rate** it is", known) == "so a {term}`Rate <rate>` it is"


def test_the_guard_knows_when_npm_was_not_run():
    assert missing(files=["web/no_such_folder"]) == [
        "web/no_such_folder (npm ci --prefix web --ignore-scripts)"
    ]


# --- Google Colab ---


@pytest.mark.parametrize("lesson", COURSE, ids=IDS)
def test_the_colab_edition_is_the_lesson_with_one_cell_more(site, lesson):
    made = nbformat.read(site / "colab" / f"{lesson.name}.ipynb", as_version=4)
    released = nbformat.read(lesson.release, as_version=4)
    assert made.cells.pop(1).cell_type == "code"
    assert made == released


@needs(program=("git", "bash"))
def test_the_first_cell_of_colab_does_what_it_says(tmp_path):
    """Run by IPython as it stands. The address leads to a copy with the tag; pip is one that writes down its call."""
    lesson = COURSE[-1]
    made = colab.notebook(
        "https://example.org/snnlab", "9.9.9", lesson.name, nbformat.read(lesson.release, as_version=4)
    )
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    copy = tmp_path / "copy"
    subprocess.run([*git, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(copy)], check=True)
    subprocess.run([*git, "-C", str(copy), "tag", "v9.9.9"], check=True)
    pip = tmp_path / "bin" / "pip"
    pip.parent.mkdir()
    pip.write_text('#!/bin/sh\necho "PIP $@ IN $(basename $(pwd))"; test -f requirements.txt\n')
    pip.chmod(0o755)
    content = tmp_path / "content"  # Colab's working folder
    content.mkdir()
    code = (
        made.cells[1].source
        + "\nimport snnlab; print('FROM', snnlab.__file__); print('AT', os.getcwd(), os.listdir())"
    )
    (content / "cell.ipy").write_text(code)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment |= {
        "PATH": f"{pip.parent}{os.pathsep}{os.environ['PATH']}", "IPYTHONDIR": str(tmp_path / "ipython"),
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{copy.as_uri()}.insteadOf", "GIT_CONFIG_VALUE_0": "https://example.org/snnlab",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "cell.ipy"],
        cwd=content,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "PIP install --quiet -r requirements.txt IN snnlab_course" in done.stdout
    assert f"FROM {content / 'snnlab_course' / 'snnlab' / '__init__.py'}" in done.stdout
    assert f"AT {content / 'snnlab_course' / 'lessons' / lesson.name}" in done.stdout
    assert f"{lesson.name}.ipynb" in done.stdout
