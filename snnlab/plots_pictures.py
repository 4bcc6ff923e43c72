"""Plots of pictures: grey values side by side, and the events of an event camera. Part of `snn.plots`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import wording
from .alt_text import describe, set_alt_text
from .arguments import listed, number, text
from .spikes import SpikeTrains

SIMULATED = "simulated, no sensor"


def pictures(values: Sequence[ArrayLike], titles: Sequence[str] | None = None, width: float = 6.4) -> Any:
    """Grey pictures in a row: 0 is black, 1 is white, and what lies outside is cut off.

    Parameters
    ----------
    values : list of arrays, each (height, width)
    titles : list of str, optional
        One for each picture.
    width : float
        Width of the figure in inches (default 6.4).

    Returns
    -------
    array of Axes

    Raises
    ------
    ValueError, TypeError
        If there is no picture, one is not two-dimensional, or the titles are not as many.

    >>> axes = pictures([np.eye(4), np.zeros((4, 4))], ["true", "decoded"])
    >>> axes[1].alt_text
    'Picture "decoded", 4 x 4 pixels, grey values at 0, on average 0.'
    """
    from .plots import BACKGROUND, INK, _numbers

    grey = [_numbers("pictures.values", picture) for picture in listed("pictures.values", values, "pictures")]
    width = number("pictures.width", width)
    if width <= 0:
        raise ValueError(f"pictures.width: must be > 0 inches, got {width:g}")
    if not grey or any(picture.ndim != 2 or not picture.size for picture in grey):
        shapes = [picture.shape for picture in grey]
        raise ValueError(f"pictures.values: must be one or more arrays (height, width), got shapes {shapes}")
    given = [""] * len(grey) if titles is None else listed("pictures.titles", titles, "titles")
    titles = [text("pictures.titles", title) for title in given]
    if len(titles) != len(grey):
        raise ValueError(f"pictures.titles: must be one for each of {len(grey)} pictures, got {len(titles)}")
    import matplotlib.pyplot as plt

    tallest = max(picture.shape[0] / picture.shape[1] for picture in grey)
    height = width / len(grey) * tallest + 0.35
    figure, axes = plt.subplots(1, len(grey), squeeze=False, figsize=(width, height), layout="constrained")
    figure.set_facecolor(BACKGROUND)
    for ax, picture, title in zip(axes[0], grey, titles, strict=True):
        ax.imshow(picture, cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest")
        ax.set_axis_off()
        ax.set_title(title, fontsize=11, color=INK)
        rows, columns = picture.shape
        set_alt_text(
            ax,
            f'Picture "{title}", {rows} x {columns} pixels, grey values {wording.extent(np.round(picture, 2))}, '
            f"on average {wording.number(round(float(picture.mean()), 2))}.",
        )
    return axes[0]


def events(spikes: SpikeTrains, shape: tuple[int, int], ax: Any = None) -> Any:
    """Events of a simulated event camera, summed over the time of `spikes`: ON minus OFF at each pixel.

    Blue is brighter, orange is darker, white is no change or as much of both. The title says that no sensor was there.

    Parameters
    ----------
    spikes : SpikeTrains
        From `encode.event_camera`, or a part of it by `.between(a, b)`.
    shape : (height, width)
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError, TypeError
        If `spikes` are no trains of 2 height width neurons.
    """
    from .decode.read import shape_of
    from .plots import BACKGROUND, COLOURS, INK, _axes

    if not isinstance(spikes, SpikeTrains):
        raise TypeError(f"events.spikes: must be SpikeTrains, got {type(spikes).__name__}")
    wanted = shape_of("events", shape)
    pixels = int(np.prod(wanted))
    if len(wanted) != 2 or spikes.n != 2 * pixels:
        raise ValueError(f"events.shape: must be (height, width) of {spikes.n // 2} pixels, got {shape}")
    from matplotlib.colors import LinearSegmentedColormap

    on, off = spikes.counts().reshape(2, *wanted)
    net = on - off
    most = max(int(np.abs(net).max(initial=0)), 1)
    ax = _axes(ax, height=3.5)
    colours = LinearSegmentedColormap.from_list("events", [COLOURS[1], BACKGROUND, COLOURS[0]])
    image = ax.imshow(net, cmap=colours, vmin=-most, vmax=most, interpolation="nearest")
    describe(image, "")
    ax.set(xticks=[], yticks=[])
    ax.set_title(f"{spikes.t_start:g} to {spikes.t_stop:g} ms ({SIMULATED})", fontsize=10, color=INK)
    set_alt_text(
        ax,
        f"Events of an event camera ({SIMULATED}), {wanted[0]} x {wanted[1]} pixels, {spikes.t_start:g} to {spikes.t_stop:g} ms: "
        f"{wording.count(int(on.sum()), 'ON event')}, {wording.count(int(off.sum()), 'OFF event')}.",
    )
    return ax
