"""Alternative text: every figure says in words what it shows, for readers who can't see it.

The functions in `plots` hang a sentence made from the data on the lines that they draw (`describe`). `alt_text`
puts the sentences of a figure together; lines drawn by hand get a plain description of their own. In a notebook,
`install` makes the text part of the output of every figure, in three places:

- text/html, an <img> with `alt`. JupyterLab and nbconvert prefer it to the bare image, and show it also in a
  notebook that is not trusted yet. From image/png alone both make an <img> without alternative text;
- `alt` in the metadata of image/png, for programs that look there;
- text/plain, in place of "<Figure size 700x300 with 1 Axes>", so that a comparison of two executed notebooks
  compares what the figures show.

Neither matplotlib nor IPython is imported here: a notebook has loaded them when they are needed.
"""

from __future__ import annotations

import base64
import html
import io
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .wording import count, extent, number

OTHER_IMAGES = ("image/jpeg", "image/svg+xml", "application/pdf")


def describe(artist: Any, text: str) -> None:
    """Hang `text` on a line or another artist of a plot; "" if the text of another artist covers it."""
    artist.alt_text = text


def set_alt_text(figure_or_axes: Any, text: str) -> None:
    """Replace the whole alternative text of a matplotlib Figure or Axes by your own.

    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> set_alt_text(figure, "A neuron with its dendrites, the soma and the axon.")
    >>> alt_text(figure)
    'A neuron with its dendrites, the soma and the axon.'
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"set_alt_text.text: must be a sentence, got {text!r}")
    figure_or_axes.alt_text = text


def alt_text(figure_or_axes: Any) -> str:
    """The alternative text of a matplotlib Figure or Axes, made from what is drawn in it now.

    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> line = ax.plot([0, 1, 2], [0, 1, 4], label="squares")
    >>> alt_text(ax)
    'Plot with line "squares": 3 points, x from 0 to 2, y from 0 to 4.'
    """
    own = getattr(figure_or_axes, "alt_text", None)
    if own:
        return own
    if not hasattr(figure_or_axes, "axes") or not isinstance(figure_or_axes.axes, list):
        return _axes_text(figure_or_axes)
    parts = [alt_text(ax) for ax in figure_or_axes.axes if ax.get_visible() and ax.axison is not None]
    title = _ended(figure_or_axes.get_suptitle())
    if len(parts) > 1:
        parts = [f"({k}) {part}" for k, part in enumerate(parts, 1)]
        title = " ".join(filter(None, [title, f"{len(parts)} plots."]))
    return " ".join(filter(None, [title, *parts])) or "Empty figure."


def install() -> bool:
    """Give the figures of the running notebook their alternative text; False if no notebook (IPython) is running.

    It is called by `import snnlab.plots`, may be called again, and keeps working after `%matplotlib` or
    `%config InlineBackend…`.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "display_formatter"):
        return False
    png, *others = (shell.display_formatter.formatters[kind] for kind in ("image/png", *OTHER_IMAGES))
    draw: Callable[[Any], Any] | None = None

    def bundle(figure: Any) -> Any:
        # The inline backend registers its function for image/png late, and again after each %config. It is taken
        # over here, where every figure passes first: left in place, it would draw the figure a second time.
        nonlocal draw
        figure_type = sys.modules["matplotlib.figure"].Figure
        registered = png.pop(figure_type, None)
        if registered is not None or any(figure_type in formatter for formatter in others):
            draw = registered
        try:
            text = alt_text(figure)
        except Exception:
            text = str(figure)
        image = draw(figure) if draw is not None else None
        if image is None:  # an empty figure, another format than png, or no inline backend
            return {"text/plain": text}
        data, size = image if isinstance(image, tuple) else (image, {})
        data = _smaller(data)
        attributes = "".join(
            f' {name}="{value}"' for name, value in {**size, "alt": html.escape(text)}.items()
        )
        tag = f'<img src="data:image/png;base64,{data}"{attributes}>'
        metadata = {"image/png": {**size, "alt": text}}
        return {"text/plain": text, "text/html": tag, "image/png": data}, metadata

    shell.display_formatter.mimebundle_formatter.for_type_by_name("matplotlib.figure", "Figure", bundle)
    return True


def _smaller(png: str) -> str:
    """The base64 PNG of a drawing with 256 colours: a third of the size, and to the eye the same.

    The picture is stored twice, so this keeps notebooks small. Pictures with many colours, or with transparency,
    stay as they are.
    """
    from PIL import Image

    picture: Image.Image = Image.open(io.BytesIO(base64.b64decode(png)))
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (255, 255):
        return png
    picture = picture.convert("RGB")
    if picture.getcolors(4096) is None:
        return png
    out = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode("ascii")


def _axes_text(ax: Any) -> str:
    children = [*ax.lines, *ax.collections, *_bars(ax), *ax.images]
    children = [child for child in children if child.get_visible()]
    written = [text for child in children if (text := getattr(child, "alt_text", None))]
    generic = [_artist_text(child) for child in children if getattr(child, "alt_text", None) is None]
    sentences = [_ended(ax.get_title()), *map(_ended, written)]
    if generic and written:
        sentences.append(f"Also: {'; '.join(generic)}.")
    elif generic or not written:
        what = " against ".join(filter(None, [ax.get_ylabel(), ax.get_xlabel()]))
        what = f"Plot of {what}" if what else "Plot"
        sentences.append(f"{what} with {'; '.join(generic) or 'nothing in it'}.")
    return " ".join(filter(None, sentences))


def _bars(ax: Any) -> list[Any]:
    """Bars are many patches and one thing: the first of them speaks for all, through its container."""
    grouped = [c for c in ax.containers if hasattr(c, "patches") and len(c.patches)]
    in_groups = {id(patch) for c in grouped for patch in c.patches}
    return [_Bars(c) for c in grouped] + [p for p in ax.patches if id(p) not in in_groups]


class _Bars:
    def __init__(self, container: Any) -> None:
        self.container = container

    def get_visible(self) -> bool:
        return bool(self.container.patches[0].get_visible())

    def get_label(self) -> str:
        return str(self.container.get_label())

    @property
    def heights(self) -> list[float]:
        return [patch.get_height() for patch in self.container.patches]


def _artist_text(artist: Any) -> str:
    label = str(artist.get_label())
    name = "" if not label or label.startswith("_") else f' "{label}"'
    if isinstance(artist, _Bars):
        return f"bars{name}: {len(artist.heights)}, heights {extent(artist.heights)}"
    if hasattr(artist, "get_xydata"):
        return _line_text(artist, name)
    if hasattr(artist, "get_segments"):  # vlines, eventplot
        return f"{count(len(artist.get_segments()), 'short line')}{name}"
    if hasattr(artist, "get_array") and hasattr(artist, "get_extent"):
        rows, columns = np.shape(artist.get_array())[:2]
        return f"image{name}: {rows} rows, {columns} columns, values {extent(artist.get_array())}"
    offsets = np.ma.filled(np.asarray(artist.get_offsets()), np.nan) if hasattr(artist, "get_offsets") else ()
    if len(offsets) and hasattr(artist, "get_sizes") and len(artist.get_sizes()):
        x, y = np.transpose(offsets)
        return f"markers{name}: {count(len(offsets), 'point')}, x {extent(x)}, y {extent(y)}"
    return f"shape{name or ' without label'}"


def _line_text(line: Any, name: str) -> str:
    styles = {"--": "dashed line", "-.": "dash-dotted line", ":": "dotted line", "None": "markers"}
    kind = styles.get(line.get_linestyle(), "line") + name
    x, y = (np.asarray(values, dtype=np.float64) for values in (line.get_xdata(), line.get_ydata()))
    if len(x) == 2 and y[0] == y[1]:
        return f"horizontal {kind} at {number(y[0])}"
    if len(x) == 2 and x[0] == x[1]:
        return f"vertical {kind} at {number(x[0])}"
    return f"{kind}: {count(len(x), 'point')}, x {extent(x)}, y {extent(y)}"


def _ended(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?" else text + "."
