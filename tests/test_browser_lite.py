"""The JupyterLite site in Chromium: Python starts in the page and runs, snnlab is installed from the site.

No network: what the page asks of Pyodide's CDN is answered from npm's `pyodide` (the interpreter) and from PyPI's pure wheels of
the versions that its lock file names. NumPy and its kin are built for that CDN only, so that cells with NumPy can't run here.
"""

import functools
import hashlib
import http.server
import json
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from browser import PATIENCE, ROOT, axe_findings, chromium, shot, wait_for_cursor
from needs import needs

sys.path.insert(0, str(ROOT))

pytestmark = needs(
    "jupyterlite_core", "jupyterlite_pyodide_kernel", "playwright",
    program="chromium", file=("web/node_modules/pyodide", "web/node_modules/axe-core"),
)  # fmt: skip
PYODIDE = ROOT / "web" / "node_modules" / "pyodide"
TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def cdn(tmp_path_factory) -> dict[str, bytes]:
    """The files of Pyodide's CDN that can be had elsewhere, by name: the interpreter, and the pure wheels of its lock file."""
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text())
    todo, wanted = ["micropip", "ipython", "jedi", "platformdirs", "tqdm"], {}
    while todo:
        name = todo.pop().replace("_", "-")
        package = lock["packages"].get(name)
        if package and name not in wanted:
            wanted[name] = package
            todo += package["depends"]
    folder = tmp_path_factory.mktemp("cdn")
    versions = [f"{name}=={package['version']}" for name, package in wanted.items()]
    pure = ["--no-deps", "--only-binary", ":all:", "--platform", "any", "--python-version", "3.14"]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", *pure, "-d", str(folder), *versions], check=True
    )
    files = {
        path.name: path.read_bytes() for path in [*folder.iterdir(), *PYODIDE.iterdir()] if path.is_file()
    }
    for package in wanted.values():  # the same versions, packed by others
        package["sha256"] = hashlib.sha256(files[package["file_name"]]).hexdigest()
    return {**files, "pyodide-lock.json": json.dumps(lock).encode()}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of the built site."""
    from web import lite

    out: Path = tmp_path_factory.mktemp("lite") / "site"
    lite.build(out)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(out)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture
def page(site, cdn):
    """A page whose requests are answered by the site and by `cdn`; `page.asked` has the addresses of all others."""
    from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL

    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(4 * PATIENCE)
        page.asked = []

        def answer(route):
            address = route.request.url
            base, _, name = address.rpartition("/")
            if address.startswith(site):
                route.continue_()
            elif base == PYODIDE_CDN_URL and name in cdn:
                kind = TYPES.get(Path(name).suffix, "application/octet-stream")
                headers = {"access-control-allow-origin": "*", "content-type": kind}
                route.fulfill(status=200, body=cdn[name], headers=headers)
            else:
                page.asked.append(address)
                route.fulfill(status=404, headers={"access-control-allow-origin": "*"})

        page.context.route("**/*", answer)
        yield page


def test_the_first_page_is_accessible_and_leads_to_the_lessons(page, site):
    for width, name in ((390, "phone"), (1280, "desk")):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(site)
        shot(page, f"lite_index_{name}", full_page=True)
        assert axe_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="One LIF neuron").click()
    page.wait_for_selector(".jp-Notebook h1:has-text('One LIF neuron')")


def lesson(page, site, number: str):
    from web import lite

    name = next(found.name for found in lite.chosen() if found.number == number)
    page.goto(f"{site}lab/index.html?path=lessons/{name}/{name}.ipynb")
    page.wait_for_selector(".jp-Notebook h1")


@pytest.mark.parametrize("number", ["00", "01", "06"])
def test_a_lesson_opens_with_its_pictures_and_says_what_is_tested(page, site, number):
    lesson(page, site, number)
    page.wait_for_selector(".jp-OutputArea-output img")
    page.wait_for_selector(".jp-RenderedMarkdown:has-text('How far this is tested')")
    shot(page, f"lite_{number}")


def run_cell(page, code: str) -> str:
    """What a new cell prints, run by the page's own Python."""
    page.keyboard.press("Escape")
    page.wait_for_function("!document.activeElement.closest('.cm-editor')")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    wait_for_cursor(page)
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    cell = page.locator(".jp-Notebook .jp-mod-selected.jp-CodeCell")
    cell.locator(".jp-InputPrompt", has_text=re.compile(r"\[\d+\]")).wait_for()  # it is "[ ]" before, too
    return "\n".join(cell.locator(".jp-OutputArea-output").all_text_contents())


def test_python_starts_in_the_page_and_installs_snnlab_from_the_site(page, site):
    from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL

    lesson(page, site, "00")
    # Before Python is ready, a cell that is run runs nowhere.
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']")
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    wait_for_cursor(page)
    assert run_cell(page, "import sys\nprint(sys.platform, 6 * 7)").strip() == "emscripten 42"
    page.asked.clear()
    said = run_cell(page, "%pip install -q snnlab")
    shot(page, "lite_install")
    # It finds everything in the site or in Pyodide, and fails at what only Pyodide's own server has.
    assert all(address.startswith(PYODIDE_CDN_URL) for address in page.asked), (page.asked, said)
    names = {address.rpartition("/")[2].partition("-")[0] for address in page.asked}
    assert {"numpy", "scipy", "matplotlib"} <= names
    alone = "import piplite\nawait piplite.install('snnlab', deps=False)\nfrom importlib.metadata import version\nprint(version('snnlab'))"
    assert run_cell(page, alone).strip() == "0.1.0"
    limit = """import importlib.util, pathlib
folder = pathlib.Path(importlib.util.find_spec("snnlab").origin).parent
spec = importlib.util.spec_from_file_location("limit", folder / "checks" / "limit.py")
limit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(limit)
print(limit.limited(lambda: 42, 1.0))"""
    assert run_cell(page, limit).strip() == "42"
