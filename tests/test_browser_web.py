"""The web edition in Chromium: at the width of a phone and of a desk, light and dark, by axe-core and by its pictures."""

import functools
import http.server
import sys
import threading
from pathlib import Path

import pytest
from browser import PATIENCE, ROOT, axe_findings, chromium, shot
from needs import needs

from snnlab.course import lessons

sys.path.insert(0, str(ROOT))

pytestmark = needs(
    "sphinx", "myst_nb", "sphinx_book_theme", "playwright",
    program="chromium", file=("web/node_modules/mathjax", "web/node_modules/axe-core"),
)  # fmt: skip
CHAPTERS = [f"lessons/{lesson.name}/{lesson.name}.html" for lesson in lessons.find(ROOT)]
PAGES = [
    "index.html",
    "glossary.html",
    "reference/neurons.html",
    "docs/design.html",
    "search.html",
    *CHAPTERS,
]
WIDTHS = {"phone": 390, "desk": 1280}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of the built pages."""
    from web.__main__ import build

    out: Path = tmp_path_factory.mktemp("web")
    assert build(out) == 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(out)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(
    scope="module", params=[("phone", "light"), ("desk", "light"), ("desk", "dark")], ids="-".join
)
def page(browser, site, request):
    """One page of each width and colour scheme; what it asks of other sites, or complains of, fails the test."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": WIDTHS[width], "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda r: r.url.startswith((site, "data:", "blob:")) or wrong.append(r.url))
    page.name = f"{width}_{scheme}"
    yield page
    context.close()
    assert wrong == []


def opened(page, address):
    page.goto(address)
    page.wait_for_load_state("load")
    page.evaluate("window.MathJax?.startup?.promise")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_fits_its_width_and_has_its_equations(page, site, name):
    opened(page, site + name)
    shot(page, f"web_{Path(name).stem}_{page.name}")
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    equations = page.locator(".math.notranslate").count()
    assert page.locator(".math.notranslate mjx-container svg").count() >= equations
    assert page.locator("mjx-assistive-mml").count() >= equations  # what a screen reader reads
    assert page.locator("[data-mml-node=merror]").count() == 0


def test_a_bold_word_leads_to_its_entry(page, site):
    opened(page, site + CHAPTERS[0])
    page.locator("article a[href*='glossary.html#term-']").first.click()
    page.wait_for_url("**/glossary.html#term-*")
    assert page.locator("dt:target").is_visible()


def test_the_search_finds_the_rheobase(page, site):
    page.goto(f"{site}search.html?q=rheobase")
    page.wait_for_selector("#search-results li a")
    assert page.locator("#search-results li").count() >= 1
