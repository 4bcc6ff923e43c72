"""The explorer of codes: a picture becomes spikes, and is rebuilt from those that have come so far.

Python encodes once for each choice of picture and code, and decodes at 41 times of the window; `static/pictures.js` then
moves through them without asking again, so that time flows smoothly and needs no kernel.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from . import decode, encode
from .arguments import text, whole
from .decode.read import window_of
from .encode.values import positive, unit_values
from .spikes import SpikeTrains

_STATIC = Path(__file__).parent / "static"
FRAMES = 41  # of the window: every 2.5 ms of 100
MOST_PIXELS, MOST_DRAWN = 10_000, 20_000

Code = tuple[Callable[[Any], SpikeTrains], Callable[[SpikeTrains, float], Any]]


def codes_of(window: float, seed: int) -> dict[str, Code]:
    """The codes of the menu: how each encodes values, and decodes the spikes that have come by the time `now` (ms).

    A rate is counted over the time that has passed; all others wait for the rest of their window.
    """
    words, fields = {"bits": 8}, {"fields": 6}
    return {
        "latency": (lambda x: encode.latency(x, window), lambda s, now: decode.latency(s, window)),
        "rate (Poisson, 200 Hz)": (
            lambda x: encode.rate(x, window, max_rate=200.0, seed=seed),
            lambda s, now: decode.rate(s, max(now, 1e-9), max_rate=200.0),
        ),
        "rate (regular, 200 Hz)": (
            lambda x: encode.regular(x, window, max_rate=200.0),
            lambda s, now: decode.regular(s, max(now, 1e-9), max_rate=200.0),
        ),
        "binary, 1 bit": (lambda x: encode.binary(x, window), lambda s, now: decode.binary(s, window)),
        "binary, 8 bits": (
            lambda x: encode.binary(x, window, **words),
            lambda s, now: decode.binary(s, window, **words),
        ),
        "population, 6 fields": (
            lambda x: encode.population(x, window, **fields),
            lambda s, now: decode.population(s, window, **fields),
        ),
    }


def explore_pictures(
    pictures: Mapping[str, Any],
    codes: Mapping[str, Code] | None = None,
    *,
    window: float = 100.0,
    seed: int,
    title: str = "A picture in spikes",
) -> PictureExplorer:
    """Choose a picture and a code; see its spikes as they come, the picture rebuilt from them, and the error.

    Parameters
    ----------
    pictures : {name: array (height, width)}
        Values in [0, 1]; at most 10,000 pixels each. The first is shown first.
    codes : {name: (encoder, decoder)}, optional
        `encoder(x)` takes values of shape (n,) and returns SpikeTrains; `decoder(spikes, now)` takes those until `now`
        ms and returns n values. Default: latency, two rates, binary with 1 and 8 bits, population.
    window : float
        Duration in ms (default 100).
    seed : int
        For the random code.
    title : str
        Heading.

    Returns
    -------
    PictureExplorer
        A widget; where no kernel runs, a picture stands there.

    Raises
    ------
    ValueError, TypeError
        For pictures that are none, or have values outside [0, 1], with the index; for codes that are no pairs of functions.

    >>> explore_pictures({"a ramp": np.linspace(0.0, 1.0, 64).reshape(8, 8)}, seed=1)
    A picture in spikes: a ramp (8 x 8 pixels), latency, 100 ms: 63 spikes, error 0.37 at 25 ms, 0.20 at 50 ms, 0.00 at 100 ms
    """
    window = positive("explore_pictures.window", window, "ms")
    if not isinstance(pictures, Mapping) or not pictures:
        raise TypeError(f"explore_pictures.pictures: must be {{name: array}}, got {type(pictures).__name__}")
    checked = {}
    for name, picture in pictures.items():
        where = f"explore_pictures.pictures[{name!r}]"
        values = unit_values(where, picture)
        if values.ndim != 2 or not 0 < values.size <= MOST_PIXELS:
            raise ValueError(
                f"{where}: must be (height, width), up to {MOST_PIXELS:,} pixels, got {values.shape}"
            )
        checked[text("explore_pictures.pictures", name)] = values
    whole("explore_pictures.seed", seed, 0)
    if codes is not None and not (isinstance(codes, Mapping) and codes):
        raise TypeError(f"explore_pictures.codes: must be {{name: (encoder, decoder)}}, got {codes!r}")
    chosen = codes_of(window, seed) if codes is None else dict(codes)
    for name, pair in chosen.items():
        if not isinstance(pair, tuple) or len(pair) != 2 or not all(callable(part) for part in pair):
            raise TypeError(f"explore_pictures.codes[{name!r}]: must be (encoder, decoder), got {pair!r}")
    return PictureExplorer(checked, chosen, window, text("explore_pictures.title", title))


class PictureExplorer(anywidget.AnyWidget):
    """The widget that `explore_pictures` returns.

    From the browser: {"type": "run", "id", "picture", "code"}. To it: {"type": "run", "id", ...} with buffers, or
    {"type": "error", "id", "message"}.
    """

    _esm = (_STATIC / "pictures.js").read_text(encoding="utf-8")
    _css = "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in ("explore.css", "pictures.css"))
    config = traitlets.Dict().tag(sync=True)
    first = traitlets.Dict().tag(sync=True)

    def __init__(self, pictures: Mapping[str, Any], codes: Mapping[str, Code], window: float, title: str):
        self._pictures, self._codes, self._window, self._title = pictures, codes, window, title
        self._shown = self.run(next(iter(pictures)), next(iter(codes)))
        config = {"title": title, "pictures": list(pictures), "codes": list(codes), "window": window}
        super().__init__(config=config, first={**self._shown.header(), "data": self._shown.buffers()})
        self.on_msg(self._receive)

    def run(self, picture: str, code: str) -> Run:
        """What is shown for one choice: spikes, and the picture as it is rebuilt."""
        values, (encoder, decoder) = self._pictures[picture], self._codes[code]
        spikes = encoder(values.ravel())
        window_of("explore_pictures.codes", spikes, self._window)
        times = np.linspace(0.0, self._window, FRAMES)
        rebuilt = []
        for now in times:
            until = int(np.searchsorted(spikes.t, now, side="right"))
            so_far = SpikeTrains.from_sorted(
                spikes.t[:until], spikes.i[:until], spikes.n, spikes.t_stop, spikes.t_start
            )
            rebuilt.append(np.reshape(decoder(so_far, float(now)), values.shape))
        return Run(picture, code, values, spikes, times, np.array(rebuilt))

    def __repr__(self) -> str:
        return f"{self._title}: {self._shown.in_words()}"

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        data = {**data, "text/plain": repr(self), "image/png": base64.b64encode(self._shown.png()).decode()}
        return data, {**metadata, "image/png": {"alt": repr(self)}}

    def _receive(self, _widget, message: dict, _buffers) -> None:
        if message.get("type") != "run":
            return
        reply = {"id": message.get("id")}
        try:
            shown = self.run(message["picture"], message["code"])
        except Exception as error:  # a student's own code may raise anything: it is told beside the picture
            self.send({**reply, "type": "error", "message": f"{type(error).__name__}: {error}"})
            return
        self.send({**reply, "type": "run", **shown.header()}, buffers=shown.buffers())


class Run:
    """One picture in one code: its spikes, and what was rebuilt at each of `times` (ms)."""

    def __init__(self, picture: str, code: str, values: Any, spikes: SpikeTrains, times: Any, rebuilt: Any):
        self.picture, self.code, self.values, self.spikes, self.times = picture, code, values, spikes, times
        self.rebuilt = rebuilt
        self.error = np.sqrt(((rebuilt - values) ** 2).mean(axis=(1, 2)))  # root mean square
        self.count = np.searchsorted(spikes.t, times, side="right")

    def in_words(self) -> str:
        height, width = self.values.shape
        told = ", ".join(
            f"{'error ' if k == 0 else ''}{self.error[at]:.2f} at {self.times[at]:g} ms"
            for k, at in enumerate((FRAMES // 4, FRAMES // 2, FRAMES - 1))
        )
        return f"{self.picture} ({height} x {width} pixels), {self.code}, {self.times[-1]:g} ms: {len(self.spikes)} spikes, {told}"

    def header(self) -> dict:
        height, width = self.values.shape
        return {
            "picture": self.picture, "code": self.code, "height": height, "width": width, "n": self.spikes.n,
            "times": self.times.tolist(), "error": self.error.tolist(), "count": self.count.tolist(),
        }  # fmt: skip

    def buffers(self) -> list[bytes]:
        """[true pixels and then each rebuilt frame, uint8; spike times, 0 … 65535 of the window; neurons, uint32]."""
        every = max(1, -(-len(self.spikes) // MOST_DRAWN))
        frames = np.concatenate([self.values[None], self.rebuilt])
        t = np.rint(self.spikes.t[::every] / self.times[-1] * 65535.0)
        return [
            np.rint(255.0 * np.clip(frames, 0.0, 1.0)).astype(np.uint8).tobytes(),
            np.clip(t, 0, 65535).astype("<u2").tobytes(),
            self.spikes.i[::every].astype("<u4").tobytes(),
        ]

    def png(self) -> bytes:
        """A still picture: the original, what is rebuilt at a quarter, a half and the end, and the error over time."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(8.4, 2.3), layout="constrained", facecolor="white")
        axes = figure.subplots(1, 5, width_ratios=[1, 1, 1, 1, 1.3])
        at = (FRAMES // 4, FRAMES // 2, FRAMES - 1)
        titles = ["original", *(f"at {self.times[k]:g} ms" for k in at)]
        for ax, image, title in zip(axes, [self.values, *self.rebuilt[list(at)]], titles):
            ax.imshow(image, cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest")
            ax.set_title(title, fontsize=10)
            ax.set_axis_off()
        axes[4].plot(self.times, self.error, color="#0a66dc")
        axes[4].set(xlabel="time (ms)", ylabel="error", ylim=(0.0, None))
        axes[4].spines[["top", "right"]].set_visible(False)
        figure.suptitle(f"{self.picture}, {self.code}, {len(self.spikes)} spikes", fontsize=11)
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=90)
        return file.getvalue()
