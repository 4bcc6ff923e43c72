"""Alternative text: of figures drawn by hand, and its way into the notebook and out of it again."""

import base64
import io
import re

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snnlab.alt_text import alt_text, install, set_alt_text
from snnlab.wording import count, extent, number, tenths


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


# ---------------------------------------------------------------- figures drawn by hand


def test_a_plot_by_hand_names_its_axes_and_lines(ax):
    ax.plot([0, 1, 2], [5.0, 5.5, 9.0], label="measured")
    ax.plot([0, 2], [5.0, 9.0], "--")
    ax.set(xlabel="time (ms)", ylabel="rate (Hz)", title="My neuron")
    assert alt_text(ax.figure) == (
        'My neuron. Plot of rate (Hz) against time (ms) with line "measured": 3 points, x from 0 to 2, '
        "y from 5 to 9; dashed line: 2 points, x from 0 to 2, y from 5 to 9."
    )


@pytest.mark.parametrize(
    ("draw", "text"),
    [
        (lambda ax: ax.axhline(-50.0, ls=":"), "horizontal dotted line at -50"),
        (lambda ax: ax.axvline(3.0, ls="-."), "vertical dash-dotted line at 3"),
        (lambda ax: ax.plot([1, 2], [3, 4], "o"), "markers: 2 points, x from 1 to 2, y from 3 to 4"),
        (
            lambda ax: ax.scatter([1, 2, 3], [4, 5, 6], label="cells"),
            'markers "cells": 3 points, x from 1 to 3',
        ),
        (lambda ax: ax.bar([1, 2], [3.0, 7.0], label="counts"), 'bars "counts": 2, heights from 3 to 7'),
        (lambda ax: ax.hist([1, 1, 2], bins=2), "bars: 2, heights from 1 to 2"),
        (lambda ax: ax.imshow(np.arange(6.0).reshape(2, 3)), "image: 2 rows, 3 columns, values from 0 to 5"),
        (lambda ax: ax.vlines([1, 2, 3], 0, 1), "3 short lines"),
        (lambda ax: ax.fill_between([1, 2], [3, 4], label="range"), 'shape "range"'),
        (lambda ax: ax.plot([1, 2], [np.nan, np.nan]), "y without values"),
        (lambda ax: None, "Plot with nothing in it."),
    ],
)
def test_every_common_kind_of_artist_has_words(ax, draw, text):
    draw(ax)
    assert text in alt_text(ax)


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: ax.errorbar([1, 2], [3, 4], yerr=1),
        lambda ax: ax.contour(np.arange(16.0).reshape(4, 4)),
        lambda ax: ax.pcolormesh(np.eye(4)),
        lambda ax: ax.quiver([1], [1], [1], [1]),
        lambda ax: ax.pie([1, 2]),
        lambda ax: ax.boxplot([1, 2, 3]),
        lambda ax: ax.stem([1, 2], [3, 4]),
        lambda ax: ax.hexbin([1, 2], [3, 4]),
        lambda ax: ax.plot(np.array(["2026-01-01", "2026-01-02", "2026-01-03"], dtype="M8[D]"), [1, 2, 3]),
        lambda ax: ax.bar(["a", "b"], [1, 2]),
    ],
)
def test_uncommon_artists_do_not_break_it(ax, draw):
    draw(ax)
    assert alt_text(ax.figure).startswith("Plot with ")


def test_invisible_things_are_not_described(ax):
    ax.plot([1, 2], [3, 4], label="hidden", visible=False)
    assert alt_text(ax) == "Plot with nothing in it."


def test_several_plots_are_numbered(ax):
    figure, axes = plt.subplots(1, 2)
    figure.suptitle("Two")
    axes[0].plot([1, 2, 3], [1, 2, 3])
    assert alt_text(figure) == (
        "Two. 2 plots. (1) Plot with line: 3 points, x from 1 to 3, y from 1 to 3. "
        "(2) Plot with nothing in it."
    )
    plt.close(figure)


def test_an_empty_figure_says_so():
    assert alt_text(plt.figure()) == "Empty figure."


def test_your_own_text_replaces_it_all(ax):
    ax.plot([1, 2], [3, 4])
    set_alt_text(ax, "A line.")
    assert alt_text(ax) == alt_text(ax.figure) == "A line."
    set_alt_text(ax.figure, "A figure.")
    assert alt_text(ax.figure) == "A figure."
    for wrong in ("", "  ", None):
        with pytest.raises(ValueError, match=r"set_alt_text\.text: must be a sentence"):
            set_alt_text(ax, wrong)


def test_cleared_axes_lose_their_description(ax):
    from snnlab import plots

    plots.curve([1, 2], [3, 4], "x", "y", ax=ax)
    ax.clear()
    assert alt_text(ax) == "Plot with nothing in it."


def test_lines_added_to_a_plot_by_hand_are_added_to_its_words(ax):
    from snnlab import plots

    plots.curve([1, 2], [3, 4], "x", "y", ax=ax)
    ax.axhline(2.0, label="mine")
    assert alt_text(ax).endswith('to 4 at 2. Also: horizontal line "mine" at 2.')


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "span", "text"),
    [(49.23456, None, "49.23"), (0.1 + 0.2, None, "0.3"), (1e-16, 20.0, "0"), (-1e-16, 20.0, "0"), (12345.6, None, "12346"),
     (100.0, None, "100"), (0.00123456, None, "0.001235"), (1.5e-9, None, "1.5e-09"), (3e12, None, "3e+12"), (0.0, 0.0, "0"),
     (-70.0, 20.0, "-70"), (np.inf, None, "inf")],
)  # fmt: skip
def test_numbers_read_well(value, span, text):
    assert number(value, span) == text


@given(st.integers(-(10**6), 10**6), st.sampled_from([1, 10, 100, 1000]))
def test_the_last_bits_of_a_result_do_not_change_its_text(k, divisor):
    # Results of a simulation on a grid, and what another machine may make of them.
    value = k / divisor
    for near in (value * (1 + 1e-13), value * (1 - 1e-13)):
        assert abs(float(number(near, 1000.0)) - float(number(value, 1000.0))) <= 1.0
        if divisor <= 10 and abs(value) < 1e5:  # not on the edge between two roundings
            assert tenths(near) == tenths(value)


def test_ranges_and_counts_in_words():
    assert extent([2.0, 1.0, np.inf, np.nan]) == "from 1 to 2"
    assert extent([0.1 + 0.2, 0.3]) == "at 0.3"
    assert extent([0, 0]) == "at 0"
    assert [count(n, "spike") for n in (0, 1, 2)] == ["0 spikes", "1 spike", "2 spikes"]


# ---------------------------------------------------------------- in the notebook


def test_nothing_is_installed_without_a_notebook():
    assert install() is False


SOURCES = {
    "import": "import matplotlib.pyplot as plt\nimport snnlab.plots",
    "ours": "snnlab.plots.curve([1, 2], [3, 4], 'x (ms)', 'y (mV)')\nplt.show()",
    "by hand": "plt.plot([1, 2, 3], [4, 5, 9], label='\"a\" <b> & c')\nplt.show()",
    "last value": "figure, ax = plt.subplots()\nplt.close()\nfigure",
    "empty": "plt.figure()\nplt.show()",
    "many colours": "import numpy as np\nplt.figure(figsize=(2, 2))\nplt.axes((0, 0, 1, 1))\n"
    "plt.imshow(np.random.default_rng(1).random((150, 150, 3)))\nplt.show()",
    "transparent": "plt.figure(facecolor='none')\nplt.plot([1, 2, 3], [4, 5, 9])\nplt.show()",
    "broken words": "class Odd(type(figure)):\n    def get_suptitle(self):\n        raise RuntimeError\n"
    "plt.figure(FigureClass=Odd)\nplt.plot([1, 2, 3])\nplt.show()",
    "again": "%matplotlib inline\nplt.plot([1, 2, 3], [4, 5, 6])\nplt.show()",
    "retina": "%config InlineBackend.figure_format = 'retina'\nplt.plot([1, 2, 3], [4, 5, 7])\nplt.show()",
    "svg": "%config InlineBackend.figure_format = 'svg'\nplt.plot([1, 2, 3], [4, 5, 8])\nplt.show()",
}


@pytest.fixture(scope="module")
def notebook():
    import nbclient
    import nbformat

    cells = [nbformat.v4.new_code_cell(source) for source in SOURCES.values()]
    made = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(made, timeout=120).execute()
    return made


@pytest.fixture(scope="module")
def outputs(notebook):
    found = {name: cell.outputs for name, cell in zip(SOURCES, notebook.cells, strict=True)}
    assert all(len(out) == (name != "import") for name, out in found.items()), found
    return {name: out[0] for name, out in found.items() if out}


PLAIN = "Plot with line: 3 points, x from 1 to 3, y from 4 to "
TEXTS = {
    "ours": "y (mV) against x (ms), 2 points: rises from 3 at 1 to 4 at 2.",
    "by hand": 'Plot with line ""a" <b> & c": 3 points, x from 1 to 3, y from 4 to 9.',
    "last value": "Plot with nothing in it.",
    "many colours": "Plot with image: 150 rows, 150 columns, values from ",
    "transparent": PLAIN + "9.",
    "broken words": "Figure(640x480)",
    "again": PLAIN + "6.",
    "retina": PLAIN + "7.",
}


def picture(output):
    from PIL import Image as image

    return image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))


@pytest.mark.parametrize("name", TEXTS)
def test_a_stored_figure_has_its_text_in_all_three_places(outputs, name):
    from html.parser import HTMLParser

    output = outputs[name]
    assert set(output.data) == {"text/plain", "text/html", "image/png"}
    text = output.data["text/plain"]
    assert text.startswith(TEXTS[name])
    assert output.metadata["image/png"]["alt"] == text

    tags = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    parser.feed(output.data["text/html"])
    ((tag, attributes),) = tags
    assert tag == "img" and attributes["alt"] == text
    assert attributes["src"] == "data:image/png;base64," + output.data["image/png"]


def test_an_empty_figure_leaves_no_broken_image(outputs):
    assert dict(outputs["empty"].data) == {"text/plain": "Empty figure."}


def test_a_retina_figure_keeps_its_size(outputs):
    size = outputs["retina"].metadata["image/png"]
    assert (2 * size["width"], 2 * size["height"]) == tuple(
        n - n % 2 for n in picture(outputs["retina"]).size
    )
    assert f'width="{size["width"]}"' in outputs["retina"].data["text/html"]


def test_another_format_is_left_to_the_reader_who_chose_it(outputs):
    assert set(outputs["svg"].data) == {"text/plain", "image/svg+xml"}
    assert outputs["svg"].data["text/plain"] == PLAIN + "8."


def test_drawings_are_stored_small_and_pictures_as_they_are(outputs):
    assert picture(outputs["ours"]).mode == "P"
    assert len(picture(outputs["many colours"]).convert("RGB").getcolors(10**6)) > 4096
    assert picture(outputs["transparent"]).convert("RGBA").getextrema()[3][0] == 0


def test_the_smaller_drawing_is_the_same_to_the_eye():
    from PIL import Image as image

    from snnlab.alt_text import _smaller

    out = io.BytesIO()
    _, ax = plt.subplots()
    for k in range(5):
        ax.plot(np.sin(np.linspace(0, 9, 200) + k), "--")
    ax.figure.savefig(out, format="png")
    plt.close()
    png = base64.b64encode(out.getvalue()).decode()
    small = _smaller(png)
    assert len(small) < len(png) / 2
    before, after = (
        np.asarray(image.open(io.BytesIO(base64.b64decode(p))).convert("RGB"), dtype=float)
        for p in (png, small)
    )
    assert np.abs(before - after).mean() < 0.1 and np.abs(before - after).max() < 80  # of 255


def test_nbconvert_writes_the_text_into_the_page(notebook, outputs):
    import nbconvert

    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    images = re.findall(r"<img[^>]*>", page)
    assert len(images) == len(TEXTS) + 1  # and the SVG, which nbconvert draws as an image of its own
    assert sum("No description has been provided" in image for image in images) <= 1
    assert TEXTS["ours"] in page
