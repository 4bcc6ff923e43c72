"""From a slider to its picture, measured in Chromium: `python -m benchmarks.explorer`.

The explorer in JupyterLab, which is started as README.md says: 82 neurons with 6,000 spikes and more and a trace of 10,000 samples, computed
and drawn anew for every key. A move is the time from a key to the frame after the one in which its picture was drawn,
by the browser's own clock. A drag is 30 keys at the pace of a held arrow key, without waiting. All of it shares the
machine with JupyterLab and Chromium, and depends on what else runs there: the load is printed too.
"""

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser import address_of, chromium, jupyterlab

GOAL = 100.0  # ms, for the median move
KEYS, PACE = 30, 33  # of a drag, and ms between them

CELL = """import numpy as np
import snnlab as snn

def busy(I=400.0):  # pA
    cells = snn.Population(snn.LIF(), 82)
    return snn.simulate(cells, I=np.linspace(I - 50.0, I + 50.0, 82), t_stop=1000.0, record=[snn.Record(cells[:1], "v")])

snn.explore(busy, {"I": (300.0, 500.0, 1.0)}, curve=None)"""

# `keys`, `pictures` and `frames` are times in ms. A picture counts in the frame after it was drawn, when it can be seen.
WATCH = """() => {
  const label = () => document.querySelector(".snn-explore canvas").getAttribute("aria-label");
  Object.assign(window, { keys: [], pictures: [], frames: [] });
  let seen = label(), drawn = false;
  document.addEventListener("keydown", () => keys.push(performance.now()), true);
  const look = () => {
    frames.push(performance.now());
    if (drawn) pictures.push(performance.now());
    drawn = label() !== seen;
    seen = label();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
READY = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"


def opened(browser, start: str, folder: Path):
    """The page with the explorer, its slider in focus."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "explorer.ipynb")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(180_000)
    page.goto(address_of(start, "explorer.ipynb"))
    page.wait_for_function(READY)
    page.locator(".jp-Notebook .cm-content").first.click()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".snn-explore canvas")
    page.locator(".snn-explore input[type=range]").focus()
    page.evaluate(WATCH)
    return page


def moves(page, count: int) -> list[float]:
    """ms from key to picture, one key after the other."""
    taken = []
    for k in range(count):
        page.evaluate("keys.length = pictures.length = 0")
        page.keyboard.press("ArrowRight" if k % 2 else "ArrowLeft")
        page.wait_for_function("pictures.length > 0")
        taken.append(page.evaluate("pictures[0] - keys[0]"))
        page.wait_for_timeout(100)
    return taken


def drag(page) -> dict[str, float]:
    """A held key: how many pictures, how late the last, and the longest time without a frame of the page."""
    page.evaluate("keys.length = pictures.length = frames.length = 0")
    for _ in range(KEYS):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(PACE)
    last = page.input_value(".snn-explore input[type=range]")
    words = f"I = {float(last):g}:"
    page.wait_for_function(
        "words => document.querySelector('.snn-explore canvas').getAttribute('aria-label').includes(words)",
        arg=words,
    )
    page.wait_for_timeout(300)
    return page.evaluate(
        """() => ({
        pictures: pictures.length, lag: pictures.at(-1) - keys.at(-1), seconds: (keys.at(-1) - keys[0]) / 1000,
        still: Math.max(...pictures.map((t, k) => t - (k ? pictures[k - 1] : keys[0]))),
        frozen: Math.max(...frames.slice(1).map((t, k) => t - frames[k])),
        })"""
    )


def measure(count: int) -> float:
    """Measure and print; the median move in ms."""
    with (
        tempfile.TemporaryDirectory(prefix="explorer-") as name,
        jupyterlab(Path(name)) as start,
        chromium() as browser,
    ):
        page = opened(browser, start, Path(name))
        print(page.text_content(".snn-readout"))
        moves(page, 5)  # the first ones warm everything up
        taken = sorted(moves(page, count))
        dragged = drag(page)
    median = statistics.median(taken)
    print(
        f"slider to picture: median {median:.0f} ms of {count} moves, fastest {taken[0]:.0f}, 90 % within {taken[int(0.9 * count)]:.0f}"
    )
    print(
        f"drag of {KEYS} keys in {dragged['seconds']:.1f} s: {dragged['pictures']} pictures, the last {dragged['lag']:.0f} ms after its key;"
    )
    print(
        f"    longest without a new picture {dragged['still']:.0f} ms, longest without a frame of the page {dragged['frozen']:.0f} ms"
    )
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"goal: at most {GOAL:.0f} ms at the median: {'met' if median <= GOAL else 'MISSED'}")
    return median


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.explorer", description=__doc__)
    parser.add_argument("--moves", type=int, default=40)
    measure(parser.parse_args().moves)
