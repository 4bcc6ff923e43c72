"""Chromium for the tests, a JupyterLab for it to look at, and where the screenshots go.

Every test that takes one of these is marked `needs("playwright", program="chromium")`: without a browser it is
skipped with the reason, and under CI it fails. Screenshots stay in artifacts/browser/ to be looked at.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

ROOT = Path(__file__).parents[1]
SHOTS = ROOT / "artifacts" / "browser"
# No network but the pages under test, and it also runs as root in a container.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
PATIENCE = 60_000  # ms; a slow machine should fail no test


@contextmanager
def chromium() -> Iterator:
    """A running Chromium, as a playwright Browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


def shot(page, name: str, **options) -> Path:
    """Keep a screenshot, artifacts/browser/NAME.png."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    page.screenshot(path=path, **options)
    return path


def readme_start() -> list[str]:
    """The program and its arguments with which README.md starts the course."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = re.search(r"^```bash\n(.+)\n```$", readme, flags=re.MULTILINE)
    assert first
    program, *arguments = first.group(1).rpartition(" && ")[2].split()
    return [str(Path(sys.executable).parent / Path(program).name), *arguments]


def student_environment(home: Path) -> dict[str, str]:
    """Somebody's first start: an empty home. Compiled kernels are kept, so that nobody waits for them again."""
    from snnlab.kernels import cache

    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "XDG_"))}
    bin = str(Path(sys.executable).parent)
    return {
        **clean,
        "HOME": str(home),
        "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "SNNLAB_CACHE": os.environ.get("SNNLAB_CACHE", str(cache.cache_folder())),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """A copy of the course in `folder`, served as README.md says. Gives the address to which that command leads.

    The copy keeps what a test types out of the repository.
    """
    for name in ("lessons", "solutions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    home = folder / "home"
    home.mkdir()
    with served(readme_start(), folder, home, student_environment(home)) as address:
        yield address


@contextmanager
def served(command: list[str], folder: Path, home: Path, environment: dict[str, str]) -> Iterator[str]:
    """JupyterLab, started by a command in a folder; gives the address to which it would send the browser."""
    opened = home / "opened"
    opener = home / "opener"  # stands for the student's browser, and writes down where it is sent
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > "{opened}"\n')
    opener.chmod(0o755)
    options = [
        f"--ServerApp.browser={opener} %s", "--ServerApp.port=0", "--ServerApp.allow_root=True",
        "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    log = home / "jupyter.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [*command, *options], cwd=folder, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield _address(server, opened, log)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def _address(server: subprocess.Popen, opened: Path, log: Path) -> str:
    """Where the started command sent the browser: to a small file that leads to the page."""
    for _ in range(3 * PATIENCE // 100):
        assert server.poll() is None, log.read_text()
        if opened.exists() and opened.read_text():
            path = url2pathname(urlsplit(opened.read_text()).path)
            found = re.search(r'href="(http[^"]+)"', Path(path).read_text(encoding="utf-8"))
            assert found
            return found.group(1)
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


def address_of(start: str, path: str) -> str:
    """The address of a file under the server whose first page is `start`."""
    base, _, rest = start.partition("/lab")
    token = re.search(r"token=\w+", rest)
    assert token
    return f"{base}/lab/tree/{path}?{token.group()}"


def wait_for_cursor(page) -> None:
    """Until the active cell takes what is typed: JupyterLab makes a cell's editor when it has the time."""
    page.wait_for_function(
        "document.activeElement.matches('.cm-content') && document.activeElement.closest('.jp-CodeCell.jp-mod-active')"
    )


def axe_findings(page, within: str | None = None) -> list[str]:
    """What axe-core calls serious or critical in a page, or in one part of it, in words."""
    page.evaluate((ROOT / "web/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    result = page.evaluate("within => axe.run(within ?? document, { resultTypes: ['violations'] })", within)
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for rule in result["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
