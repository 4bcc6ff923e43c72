"""How long from `git clone` to the first moved slider? `python -m benchmarks.newcomer [PYTHON]` measures it.

A clone in a new folder, an empty home, nothing in pip's cache: the README's first command as it is written, then
Chromium does what lesson 00 asks for (Shift + Enter three times) and moves a slider until the picture changes.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser import chromium, readme_start, served  # noqa: E402


def measure(python: str, say: Callable[[str], None] = print) -> float:
    """Run it once, say after how many seconds each step was done, and return the last."""
    with tempfile.TemporaryDirectory(prefix="newcomer-") as name:
        folder, home = Path(name) / "snnlab", Path(name) / "home"
        home.mkdir()
        kept = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_", "LANG")) or k == "PATH"}
        environment = {**kept, "HOME": str(home), "PIP_CACHE_DIR": str(home / "pip")}
        began = time.perf_counter()

        def done(step: str) -> float:
            say(f"{time.perf_counter() - began:6.1f} s  {step}")
            return time.perf_counter() - began

        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
        done("cloned")
        for command in (
            [python, "-m", "venv", ".venv"],
            [".venv/bin/pip", "install", "--quiet", "-r", "requirements.txt"],
        ):
            subprocess.run(command, cwd=folder, env=environment, check=True)
        done("environment made, requirements installed")
        program, *arguments = readme_start()
        start = [f".venv/bin/{Path(program).name}", *arguments]
        with served(start, folder, home, environment) as address, chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(180_000)
            page.goto(address)
            page.wait_for_selector(".jp-Notebook h1")
            done("lesson 00 is open")
            page.wait_for_function(
                "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
            )
            for _ in range(3):
                page.keyboard.press("Shift+Enter")
            page.wait_for_selector(".snn-explore canvas")
            done("the network is there (its kernels compiled)")
            before = page.evaluate("document.querySelector('.snn-explore canvas').toDataURL()")
            page.locator(".snn-explore input[type=range]").first.press("ArrowLeft")
            page.wait_for_function(
                "old => document.querySelector('.snn-explore canvas').toDataURL() !== old", arg=before
            )
            return done("a slider is moved, and the picture has changed")


if __name__ == "__main__":
    measure(sys.argv[1] if len(sys.argv) > 1 else sys.executable)
