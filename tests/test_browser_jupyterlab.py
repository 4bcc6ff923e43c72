"""A student's first hour, in a real browser: JupyterLab is started as README.md says, and Chromium works in it.

The lessons are a copy, so that nothing typed here reaches the repository. One server and one page serve all tests of
this file in turn. The screenshots are in artifacts/browser/.
"""

from urllib.parse import urlsplit

import pytest
from browser import PATIENCE, address_of, axe_findings, chromium, jupyterlab, shot, wait_for_cursor
from needs import needs

pytestmark = needs("playwright", "jupyterlab", program="chromium")

START, LIF = "00_start_here", "01_lif_neuron"
NOTEBOOK = "window.jupyterapp.shell.currentWidget.content"
# JupyterLab also opens what was open before: the kernel of that notebook is not the one to wait for.
READY = "path => { const w = window.jupyterapp?.shell.currentWidget; return w?.context?.path === path && w.sessionContext.session?.kernel?.status === 'idle' }"
WRONG = "return v + dt * ((v - E_L) + R_m * I) / tau_m"  # v runs away from rest
RIGHT = "return v + dt * (-(v - E_L) + R_m * I) / tau_m"


class Lab:
    """One page with JupyterLab, and a student's hands."""

    def __init__(self, page, start: str) -> None:
        self.page, self.start, self.complaints = page, start, []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.page.wait_for_selector(".jp-Notebook .jp-RenderedMarkdown h1", state="attached")
        self.page.wait_for_function(READY, arg=urlsplit(address).path.partition("/lab/tree/")[2])

    def open_lesson(self, name: str) -> None:
        self.open(address_of(self.start, f"lessons/{name}/{name}.ipynb"))

    def run_all(self) -> None:
        # The file keeps the numbers of the cells' last execution; without them it is seen which cells have run now.
        self.page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        done = f"{NOTEBOOK}.widgets.filter(c => c.model.type === 'code').every(c => c.model.executionCount && c.model.executionState === 'idle')"
        try:
            self.page.wait_for_function(done, timeout=3 * PATIENCE, polling=500)
        except Exception as error:
            raise AssertionError(f"Run All came no further than {self.unfinished()}") from error

    def unfinished(self) -> dict:
        """What there is to say of a lesson that does not come to its end."""
        kernel = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
        return {
            "kernel": self.page.evaluate(f"[{kernel}.status, {kernel}.connectionStatus]"),
            "cells": self.page.evaluate(
                f"{NOTEBOOK}.widgets.filter(c => c.model.type === 'code').map(c => [c.model.id, c.model.executionCount, c.model.executionState])"
            ),
            "dialogs": self.page.locator(".jp-Dialog").all_inner_texts(),
            "picture": str(shot(self.page, "run_all_unfinished")),
            "complaints": self.complaints,
        }

    def active(self) -> str:
        return self.page.evaluate(f"{NOTEBOOK}.activeCell.model.id")

    def output(self, cell: str) -> str:
        return self.page.evaluate(
            f"id => {NOTEBOOK}.widgets.find(c => c.model.id === id).outputArea.node.innerText", cell
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def walk_to(self, cell: str) -> None:
        """From cell to cell by the arrow keys, in command mode."""
        ids = self.page.evaluate(f"{NOTEBOOK}.widgets.map(c => c.model.id)")
        self.press("Escape")
        distance = ids.index(cell) - ids.index(self.active())
        self.press(*["ArrowDown" if distance > 0 else "ArrowUp"] * abs(distance))
        assert self.active() == cell

    def answer(self, exercise: str, line: str, by_mouse: bool = True) -> str:
        """Type a line in place of the last one of an exercise, run it and its check, and read the check."""
        check = exercise.replace("ex-", "check-")
        before = self.page.evaluate(
            f"id => {NOTEBOOK}.widgets.find(c => c.model.id === id).model.executionCount", check
        )
        if by_mouse:
            node = self.page.evaluate_handle(
                f"id => {NOTEBOOK}.widgets.find(c => c.model.id === id).node", exercise
            ).as_element()
            node.scroll_into_view_if_needed()
            node.wait_for_selector(".cm-content").click()
        else:
            self.walk_to(exercise)
            self.press("Enter")
        wait_for_cursor(self.page)
        self.press("Control+End", "Shift+Home")
        self.page.keyboard.type(line)
        self.press("Shift+Enter", "Shift+Enter")
        ran = (
            "c.model.executionCount && c.model.executionCount !== before && c.model.executionState === 'idle'"
        )
        self.page.wait_for_function(
            f"([id, before]) => {{ const c = {NOTEBOOK}.widgets.find(c => c.model.id === id); return {ran}; }}",
            arg=[check, before],
        )
        return self.output(check)

    def explorer(self, title: str):
        """The explorer of that title, scrolled to."""
        found = self.page.get_by_role("region", name=f"Live explorer: {title}")
        found.scroll_into_view_if_needed()
        return found

    def theme(self, name: str) -> None:
        self.page.evaluate(
            "name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })", name
        )
        dark = str(name == "JupyterLab Dark").lower()
        self.page.wait_for_function(f"document.body.dataset.jpThemeLight === '{dark}' ? false : true")


def picture(explorer) -> str:
    return explorer.locator("canvas").evaluate("canvas => canvas.toDataURL()")


def moved(lab: Lab, explorer, slider: str, key: str, times: int) -> tuple[str, str]:
    """Move a slider by keys, wait for the new picture, and return what the explorer said before and after."""
    readout, before = explorer.locator(".snn-readout"), picture(explorer)
    said = readout.inner_text()
    explorer.get_by_label(slider).focus()
    lab.press(*[key] * times)
    canvas = explorer.locator("canvas").element_handle()
    lab.page.wait_for_function("([canvas, old]) => canvas.toDataURL() !== old", arg=[canvas, before])
    # On a slow machine it may say first that there is no answer yet.
    new = "([p, old]) => p.textContent !== old && !p.textContent.startsWith('No answer')"
    lab.page.wait_for_function(new, arg=[readout.element_handle(), said])
    return said, readout.inner_text()


def wider_than_the_page(lab: Lab) -> list[str]:
    """The outputs of the lesson that need a sideways scroll, by the ids of their cells."""
    return lab.page.evaluate(
        f"{NOTEBOOK}.widgets.filter(c => c.outputArea && c.outputArea.node.scrollWidth > c.outputArea.node.clientWidth + 1).map(c => c.model.id)"
    )


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    with jupyterlab(tmp_path_factory.mktemp("course")) as address:
        yield address


@pytest.fixture(scope="module")
def lab(browser, start):
    """Lesson 01 after Run All; the tests that share it leave its theme light."""
    lab = Lab(browser.new_page(viewport={"width": 1280, "height": 900}), start)
    lab.open_lesson(LIF)
    lab.run_all()
    yield lab
    assert lab.complaints == []


def test_the_readme_command_opens_lesson_00_and_nothing_covers_it(browser, start):
    lab = Lab(browser.new_page(viewport={"width": 1280, "height": 900}), start)
    lab.open(start)
    assert f"/lab/tree/lessons/{START}/{START}.ipynb" in lab.page.url
    assert lab.page.get_by_role("heading", level=1).first.inner_text().startswith("Start here")
    shot(lab.page, "lesson_00_as_it_opens")
    assert lab.page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    lab.page.close()


def test_with_the_keyboard_alone_a_network_is_moved_and_an_exercise_passed(browser, start):
    lab = Lab(browser.new_page(viewport={"width": 1280, "height": 900}), start)
    lab.open(start)
    lab.press("Shift+Enter", "Shift+Enter", "Shift+Enter")  # as the lesson says
    lab.page.wait_for_selector(".snn-explore canvas")
    explorer = lab.page.locator(".snn-explore")
    before, said = picture(explorer), explorer.locator(".snn-readout").inner_text()
    for _ in range(20):  # back into the picture above
        lab.press("Shift+Tab")
        if lab.page.evaluate("document.activeElement.id.endsWith('-inhibition')"):
            break
    lab.press(*["ArrowLeft"] * 10)
    lab.page.wait_for_function(
        "old => document.querySelector('.snn-explore canvas').toDataURL() !== old", arg=before
    )
    lab.page.wait_for_function("old => document.querySelector('.snn-readout').textContent !== old", arg=said)
    shot(lab.page, "keyboard_slider")
    assert lab.page.evaluate("document.activeElement.matches(':focus-visible')")
    lab.press("Escape")
    for _ in range(20):
        if lab.page.evaluate("document.activeElement.classList.contains('jp-Cell')"):
            break
        lab.press("Shift+Tab")
    hint = lab.answer("ex-00-1", "return 0.0", by_mouse=False)
    assert "not yet" in hint
    assert "hint" in hint.lower()
    assert "passed" in lab.answer("ex-00-1", "return 1000.0 * len(times) / duration", by_mouse=False)
    shot(lab.page, "keyboard_passed")
    assert lab.complaints == []
    lab.page.close()


def test_run_all_reaches_the_end_of_lesson_01(lab):
    last = lab.page.evaluate(f"{NOTEBOOK}.widgets.at(-1).model.id")
    assert "0 of 4 exercises passed" in lab.output(last)
    lab.page.get_by_role("heading", level=1).first.scroll_into_view_if_needed()
    shot(lab.page, "lesson_01_run_all")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
class TestInATheme:
    @pytest.fixture(autouse=True)
    def dressed(self, lab, theme):
        self.name = theme.rpartition(" ")[2].lower()
        lab.theme(theme)
        yield
        lab.theme("JupyterLab Light")

    def test_a_moved_slider_changes_the_picture(self, lab):
        explorer = lab.explorer("All its knobs")
        before, after = moved(
            lab, explorer, "injected current", "ArrowRight" if self.name == "light" else "ArrowLeft", 20
        )
        shot(lab.page, f"lesson_01_explorer_{self.name}")
        assert ("spike" in before, "spike" in after) == (True, True)
        assert explorer.locator("canvas").get_attribute("aria-label")

    @needs(file="web/node_modules/axe-core")
    def test_axe_has_no_serious_finding_in_the_explorer(self, lab):
        lab.explorer("All its knobs")
        assert axe_findings(lab.page, ".snn-explore") == []

    @needs(file="web/node_modules/axe-core")
    def test_axe_has_no_serious_finding_in_the_answer_of_a_check(self, lab):
        lab.answer("ex-01-1", WRONG)
        assert axe_findings(lab.page, ".snnlab-check") == []

    def test_a_wrong_answer_gets_its_hint_and_the_right_one_passes(self, lab):
        said = lab.answer("ex-01-1", WRONG)
        shot(lab.page, f"lesson_01_hint_{self.name}")
        assert "not yet" in said
        assert "hint" in said.lower()
        said = lab.answer("ex-01-1", RIGHT)
        shot(lab.page, f"lesson_01_passed_{self.name}")
        assert "passed" in said
        assert "hint" not in said.lower()


def test_at_200_percent_nothing_in_the_lesson_needs_a_sideways_scroll(browser, start, lab):
    # A window of 1280 by 800 at 200 % has 640 by 400 CSS pixels, each of 2 by 2 of the screen's.
    context = browser.new_context(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    zoomed = Lab(context.new_page(), start)
    zoomed.open_lesson(LIF)
    shot(zoomed.page, "lesson_01_at_200_percent_as_it_opens")
    zoomed.press("Control+b")  # the side bar would take half of the window
    zoomed.run_all()
    explorer = zoomed.explorer("All its knobs")
    moved(zoomed, explorer, "injected current", "ArrowLeft", 5)
    shot(zoomed.page, "lesson_01_at_200_percent")
    assert wider_than_the_page(zoomed) == []
    shot(zoomed.page, "lesson_01_at_200_percent_slider")
    context.close()
