"""The explorer drawn by Chromium, with the keyboard alone. No Jupyter: the page hands its messages to Python itself."""

import base64
import json

import numpy as np
import pytest
from browser import PATIENCE, chromium
from needs import needs

import snnlab as snn
from snnlab.units import Hz, one

pytestmark = needs("playwright", program="chromium")

PAGE = """<!doctype html><html lang="en"><style>%(css)s</style><body style="margin: 10px; %(theme)s"><main id="app"></main><script type="module">
const module = (await import(URL.createObjectURL(new Blob([%(esm)s], { type: "text/javascript" })))).default;
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const state = %(state)s;
state.first.data = state.first.data.map(bytes);
let handle = null;
const model = {
  get: (name) => state[name],
  on: (_, handler) => (handle = handler),
  off() {},
  async send(message) {
    const { content, buffers } = JSON.parse(await window.answer(JSON.stringify(message)));
    handle(content, buffers.map(bytes));
  },
};
module.render({ model, el: document.getElementById("app") });
</script></body></html>"""
DARK = "--jp-layout-color1: #111111; --jp-ui-font-color0: #ffffff; background: #111111"


def coded(buffers):
    return [base64.b64encode(b).decode() for b in buffers]


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture
def show(browser):
    """show(widget) is a page on which it stands; what the browser complains of fails the test."""
    complaints, pages = [], []

    def opened(widget, theme="background: #ffffff", width=1000):
        def answer(text):
            sent = []
            widget.send = lambda content, buffers=None: sent.append((content, buffers or []))
            widget._receive(widget, json.loads(text), [])
            content, buffers = sent[0]
            return json.dumps({"content": content, "buffers": coded(buffers)})

        page = browser.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(PATIENCE)
        pages.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.expose_function("answer", answer)
        state = {
            "config": dict(widget.config),
            "first": {**widget.first, "data": coded(widget.first["data"])},
        }
        page.set_content(
            PAGE
            % {"css": widget._css, "theme": theme, "esm": json.dumps(widget._esm), "state": json.dumps(state)}
        )
        page.wait_for_selector(".snn-explore canvas")
        return page

    yield opened
    for page in pages:
        page.close()
    assert complaints == []


def plane_explorer():
    return snn.explore(
        snn.FitzHughNagumo(), ["I", "b"], I=0.5, plane={"v": (-2.5, 2.5), "w": (-1.5, 2.5)}, trace=["v", "w"],
        presets={"silent": {"I": 0.1}}, curve=None,
    )  # fmt: skip


def pixels(page, color):
    """How many pixels of the canvas have this colour, within a little."""
    return page.evaluate(
        """([r, g, b]) => {
            const canvas = document.querySelector("canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let i = 0; i < data.length; i += 4)
              count += Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 30 && data[i + 3] > 200;
            return count;
        }""",
        [int(color[k : k + 2], 16) for k in (1, 3, 5)],
    )


def test_arrow_keys_move_the_plane_and_its_words(show):
    page = show(plane_explorer())
    assert "unstable focus" in page.text_content(".snn-points")
    before = page.evaluate("document.querySelector('canvas').toDataURL()")
    page.get_by_label("injected current").focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.snn-points').textContent.includes(': stable focus')")
    assert "−0." in page.text_content(".snn-points")
    assert page.evaluate("document.querySelector('canvas').toDataURL()") != before
    assert ": stable focus" in page.get_attribute("canvas", "aria-label")


@pytest.mark.parametrize(
    ("theme", "x", "y"),
    [("background: #ffffff", "#b03a00", "#00695c"), (DARK, "#ffb37a", "#6fd6c4")],
    ids=["light", "dark"],
)
def test_both_nullclines_are_drawn_in_both_themes(show, theme, x, y):
    page = show(plane_explorer(), theme)
    assert pixels(page, x) > 300 and pixels(page, y) > 150


def test_a_preset_is_chosen_by_keyboard(show):
    page = show(plane_explorer())
    page.get_by_label("Preset").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.querySelector('.snn-readout').textContent.startsWith('no spike')")
    assert page.input_value("input[type=range]") == "0.1"


def test_hidden_parameters_of_a_preset_are_shown(show):
    page = show(snn.explore(snn.Izhikevich(), I=10.0, presets=["chattering"], curve=None))
    assert page.text_content(".snn-others") == "with c = −65 mV, d = 8 mV/ms"
    page.select_option(".snn-row select[id$=preset]", "chattering")
    page.wait_for_function("document.querySelector('.snn-readout').textContent.startsWith('22 spikes')")
    assert page.text_content(".snn-others") == "with c = −50 mV, d = 2 mV/ms"
    page.get_by_role("button", name="Reset").press("Enter")
    page.wait_for_function("!document.querySelector('.snn-readout').textContent.startsWith('22 spikes')")
    assert page.text_content(".snn-others") == "with c = −65 mV, d = 8 mV/ms"


def test_the_space_bar_moves_the_nullcline_of_a_running_neuron(show):
    page = show(plane_explorer())
    hold = page.get_by_role("button", name="Hold to inject")
    hold.focus()
    page.keyboard.down("Space")
    page.wait_for_function(
        "document.querySelector('canvas').getAttribute('aria-label').includes('unstable focus')"
    )
    page.wait_for_function("document.querySelector('.snn-readout').textContent.startsWith('Live')")
    page.keyboard.up("Space")
    page.wait_for_function("document.querySelector('.snn-points').textContent.includes(': stable focus')")


def test_on_a_narrow_page_nothing_is_wider_than_the_page(show):
    page = show(plane_explorer(), width=400)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.evaluate("document.querySelector('canvas').clientHeight") > 700


def pair_explorer():
    def two(
        rate: Hz = 40.0,  # of the trains
        n: one = 6,  # how many trains
    ):
        return snn.poisson(rate, n, 200.0, seed=1)

    return snn.explore(
        two, {"rate": (10.0, 110.0, 2.0), "n": (2, 22, 1)}, pad=("rate", "n"), hold=None, curve=None,
        presets={"A": {"rate": 20.0, "n": 4}},
    )  # fmt: skip


def picture(page):
    return page.evaluate("document.querySelector('.snn-stage canvas').toDataURL()")


def spot(page, x, y):
    """Where on the page a point of the pad is; x and y as parts of its ranges."""
    box = page.locator(".snn-pad").bounding_box()
    return box["x"] + 40 + x * (260 - 52), box["y"] + 12 + (1 - y) * (190 - 48)


@pytest.mark.parametrize("theme", ["background: #ffffff", DARK], ids=["light", "dark"])
def test_a_point_is_dragged_in_the_plane_of_two_sliders(show, theme):
    page = show(pair_explorer(), theme)
    before, pad = picture(page), page.locator(".snn-pad")
    assert pad.get_attribute("aria-valuetext") == "rate = 40 Hz, n = 6"
    page.mouse.move(*spot(page, 0.3, 0.2))
    page.mouse.down()
    page.mouse.move(*spot(page, 0.5, 0.4), steps=4)
    page.mouse.move(*spot(page, 0.8, 0.75), steps=4)
    page.wait_for_function(
        "document.querySelector('.snn-pad').getAttribute('aria-valuetext') === 'rate = 90 Hz, n = 17'"
    )
    page.mouse.up()
    page.mouse.move(*spot(page, 0.1, 0.1))  # let go: it stays
    page.wait_for_function(
        "document.querySelector('.snn-stage canvas').getAttribute('aria-label').includes('17')"
    )
    assert [page.input_value(f"input[id$={name}]") for name in ("rate", "n")] == ["90", "17"]
    assert pad.get_attribute("aria-valuetext") == "rate = 90 Hz, n = 17"
    assert picture(page) != before


def test_arrow_keys_move_the_point_and_stop_at_the_edge(show):
    page = show(pair_explorer())
    pad = page.get_by_role("slider", name="rate (left and right) and n (up and down)")
    pad.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert pad.get_attribute("aria-valuetext") == "rate = 42 Hz, n = 7"
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    page.wait_for_function(
        "document.querySelector('.snn-stage canvas').getAttribute('aria-label').includes('2 ')"
    )
    assert pad.get_attribute("aria-valuetext") == "rate = 42 Hz, n = 2"
    page.select_option("select[id$=preset]", "A")
    assert pad.get_attribute("aria-valuetext") == "rate = 20 Hz, n = 4"


def test_the_pad_needs_no_more_room_than_a_narrow_page_has(show):
    page = show(pair_explorer(), width=400)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def picture_explorer():
    return snn.explore_pictures({"a ramp": np.linspace(0.0, 1.0, 64).reshape(8, 8)}, seed=1)


@pytest.mark.parametrize("explorer", [plane_explorer, picture_explorer], ids=["values", "pictures"])
def test_a_key_on_a_control_is_no_shortcut_of_jupyterlab(show, explorer):
    # JupyterLab asks the focused element itself, and nothing around it
    page = show(explorer())
    free = "[...document.querySelectorAll('.snn-explore :is(button, input, select)')].filter(c => !c.hasAttribute('data-lm-suppress-shortcuts'))"
    assert page.locator(".snn-explore input[type=range]").count() >= 1
    assert page.evaluate(f"{free}.map(c => c.outerHTML)") == []


@pytest.mark.parametrize(
    ("theme", "paper", "spike"),
    [("background: #ffffff", "#ffffff", "#b03a00"), (DARK, "#111111", "#ffb37a")],
    ids=["light", "dark"],
)
def test_the_drawings_of_a_code_take_the_colours_of_the_theme(show, theme, paper, spike):
    page = show(picture_explorer(), theme)
    page.evaluate(
        "document.querySelectorAll('.snn-pictures figure:not(:last-child)').forEach(figure => figure.remove())"
    )
    assert pixels(page, paper) > 5000 and pixels(page, spike) > 30
