"""The explorer's still picture, for a stored notebook and a page without a kernel."""

from __future__ import annotations

import io
import textwrap

from .explore_curve import DURATION, Curve
from .explore_frames import Frame, Words
from .recording import Recording


def picture_of(recording, frame: Frame, words: Words) -> bytes:
    """A whole run as a PNG, for where no browser draws it; the same run gives the same bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from . import plots

    traced = isinstance(recording, Recording) and len(frame.groups) == 1 and frame.trace is not None
    shown: list = [*frame.panels] if traced else []
    shown += ["raster"] if frame.n > 1 or not shown else []
    # sliders' values may fill several lines; a no-break space keeps "I = 300 pA" in one
    values = textwrap.fill(
        ", ".join(item.replace(" ", "\u00a0") for item in words.values(frame).split(", ")), 100
    )
    heading = f"{words.title}, {values}"
    if len(heading) > 84:
        heading = f"{words.title}\n{values}"
    each = 2.2 if len(shown) < 3 else 1.5
    height = max(each * len(shown), 3.2 if frame.plane else 0.0)
    below = (
        1 if frame.plane and frame.curve else 0
    )  # the plane stands beside all else, the curve under the traces
    columns = 2 if frame.plane or frame.curve else 1
    figure = Figure(
        figsize=(9.4 if frame.plane else 7.2, 1.0 + 0.16 * heading.count("\n") + height + 1.8 * below),
        dpi=100,
        layout="constrained",
    )
    FigureCanvasAgg(figure)
    ratios = [1.2, 1] if frame.plane else [2.2, 1]
    grid = figure.add_gridspec(len(shown) + below, columns, width_ratios=ratios[:columns])
    axes = [figure.add_subplot(grid[0, 0])]
    axes += [figure.add_subplot(grid[k, 0], sharex=axes[0]) for k in range(1, len(shown))]
    for ax, what in zip(axes, shown, strict=True):
        if what == "raster":
            plots.raster(frame.spikes, ax=ax)
        elif len(what["names"]) == 1:
            plots.trace(recording, what["names"][0], ax=ax)
        else:
            for name in what["names"]:
                y = ", ".join(what["names"]) + (f" ({what['unit']})" if what["unit"] else "")
                plots.curve(
                    recording.traces.t(name), recording.traces[name][:, 0], "time (ms)", y, name, ax=ax
                )
        if ax.get_legend() is not None:  # above the panel: inside, there is no room that stays free
            ax.legend(
                loc="lower right",
                bbox_to_anchor=(1.0, 1.0),
                ncols=3,
                fontsize=9,
                frameon=False,
                borderaxespad=0.0,
            )
        if ax is not axes[-1]:
            ax.tick_params(labelbottom=False)
            ax.set_xlabel("")
    axes[-1].set_xlim(frame.t0, frame.t1)
    if not axes[-1].get_xlabel():  # a curve stands below it
        axes[-1].set_xlabel("time (ms)", fontsize=11)
    if frame.curve is not None:
        _draw_curve(figure.add_subplot(grid[-1, 0] if below else grid[:, 1]), frame.curve, frame)
    if frame.plane is not None:
        plots.phase_plane(frame.plane.plane, recording, ax=figure.add_subplot(grid[:, 1]))
    figure.suptitle(f"{heading}\n{frame.text}", fontsize=10)
    out = io.BytesIO()
    figure.savefig(
        out, format="png", metadata={"Software": None}
    )  # no version: the bytes depend on the picture alone
    return out.getvalue()


def _draw_curve(ax, curve: Curve, frame: Frame) -> None:
    """The rate curve of a still picture, and the run beside it as a dot."""
    ax.plot(curve.I, curve.rates, lw=1.5)
    ax.plot(frame.values[curve.name], frame.rate, "o", color="C1")
    ax.set(xlabel=f"{curve.name} ({curve.unit})" if curve.unit else curve.name, ylabel="rate (Hz)")
    ax.set_ylim(bottom=0)
    ax.set_title(f"line: over {DURATION / 1000:g} s, dot: this run", fontsize=9)
