"""Plots: one call each, one style, and alternative text made from the data.

    ax = snn.plots.trace(rec, "v")

Every function draws into the axes `ax`, or makes a figure if none is given, and returns the axes, so that anything
matplotlib can do may follow. In a notebook the alternative text becomes part of the stored figure; elsewhere
`alt_text(ax)` shows it, and `set_alt_text(ax, text)` replaces it.

The background is white and opaque. A stored picture can't know whether the page around it will be light or dark,
and on a transparent one no colour of text has the contrast of 4.5 : 1 on both (WCAG 2.1, criterion 1.4.3).
On white, all colours used here have it. They also stay apart with each kind of colour blindness, and every
line differs from the others by its dashes or its markers too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import analysis, wording
from .alt_text import alt_text, describe, install, set_alt_text
from .arguments import number
from .arguments import text as text_of
from .plots_pictures import events, pictures
from .spikes import SpikeTrains
from .stimuli import Stimulus

__all__ = [
    "alt_text", "correlogram", "current", "curve", "events", "fi", "isi", "panels", "phase_plane", "pictures", "psth",
    "raster", "set_alt_text", "sta", "trace",
]  # fmt: skip

BACKGROUND = "#ffffff"
INK = "#222222"  # text and axes
GREY = "#5c5c5c"  # reference lines
COLOURS = ("#0a66dc", "#b04a10", "#07654a", "#872a8c", "#222222")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v")
SHOWN = 5  # traces that can be told apart in one plot

install()  # matplotlib itself is imported by the first plot, not by `import snnlab`


def panels(*heights: float, width: float = 6.4) -> NDArray[Any]:
    """Axes stacked on one time axis, as an array from top to bottom.

    `heights` are those of the panels in inches (each > 0), `width` that of the figure. Raises ValueError for one that is not
    positive, TypeError for what is no number.

    >>> top, bottom = panels(2.5, 1.0)
    >>> top.figure.get_size_inches().tolist()
    [6.4, 4.0]
    """
    heights = tuple(number("panels.heights", height) for height in heights)
    if number("panels.width", width) <= 0:
        raise ValueError(f"panels.width: must be > 0 inches, got {width}")
    if not heights or min(heights) <= 0:
        raise ValueError(f"panels.heights: must be one or more heights in inches > 0, got {heights}")
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(
        len(heights),
        sharex=True,
        squeeze=False,
        figsize=(width, sum(heights) + 0.5),  # half an inch for the labels below
        height_ratios=heights,
        layout="constrained",
    )
    return np.array([_dressed(ax) for ax in axes[:, 0]])


def trace(rec: Any, variable: str = "v", neurons: int | Sequence[int] | None = None, ax: Any = None) -> Any:
    """A recorded state variable over time; spikes of a model with a reset are drawn up to 0 mV.

    A simulation never records the spike itself: at its time the sample shows the state after the reset. The drawn
    line therefore has one more point per spike. The threshold is the dashed line.

    Parameters
    ----------
    rec : Recording
        A recording of one population.
    variable : str
        Name of a recorded state (default "v").
    neurons : int or list of int, optional
        Which neurons (default: all, or the first 5 of more).
    ax : matplotlib Axes, optional

    Raises
    ------
    TypeError, ValueError
        If `rec` is no Recording, the variable was not recorded or there is no such neuron.

    >>> import snnlab as snn
    >>> ax = trace(snn.simulate(snn.LIF(), I=250.0, t_stop=50.0, record=["v"]))
    >>> "from -70 to -50.02 mV: 1 spike, at 32.2 ms" in alt_text(ax)
    True
    """
    if not hasattr(rec, "traces") or not hasattr(rec, "spikes"):
        raise TypeError(f"trace.rec: must be a Recording, as simulate returns it, got {rec!r}")
    if not isinstance(variable, str) or variable not in rec.traces:
        known = ", ".join(rec.traces) or "nothing"
        hint = f'simulate(..., record=["{variable}"])'
        raise ValueError(
            f"trace.variable: {variable!r} was not recorded (recorded: {known}; ask for it: {hint})"
        )
    times, recorded = rec.traces.t(variable), rec.traces.ids(variable)
    columns = _columns(neurons, recorded)
    ids, values = recorded[columns], rec.traces[variable][:, columns]
    model = getattr(getattr(rec, "population", None), "model", None)
    v_th = _scalar(model, "v_th") if variable == "v" else None
    spiky = variable == "v" and getattr(model, "reset", None) is not None

    name, unit = "membrane potential" if variable == "v" else variable, _unit(model, variable)
    v_reset = _scalar(model, "v_reset") if spiky else None
    title = name.capitalize() if variable == "v" else name
    text = wording.of_trace(rec.spikes, title, unit, ids, values, v_reset)

    ax = _axes(ax, height=3.0)
    for k, i in enumerate(ids):
        t, v = times, values[:, k]
        if spiky:
            spikes = rec.spikes.of(i)
            at = np.searchsorted(t, spikes - 1e-9)  # just before the sample that shows the reset
            t, v = np.insert(t, at, spikes), np.insert(v, at, max(0.0, v_th or 0.0))
        colour, dashes = COLOURS[k % SHOWN], DASHES[k % SHOWN]
        (line,) = ax.plot(t, v, color=colour, linestyle=dashes, linewidth=1.5, label=_neuron(i, k))
        describe(line, "" if k else text)  # the first line speaks for all
    if len(ids) > 1:
        _legend_above(ax)
    ax.margins(x=0.01)
    if v_th is not None:
        _threshold(ax, v_th)
    return _labelled(ax, _time_label(model), f"{name} ({unit})" if unit else name)


def raster(spikes: SpikeTrains, ax: Any = None) -> Any:
    """Spike raster: one row per neuron, one mark per spike.

    Parameters
    ----------
    spikes : SpikeTrains
        As in `rec.spikes` or from `poisson`.
    ax : matplotlib Axes, optional

    Raises TypeError for what is no SpikeTrains.

    >>> ax = raster(SpikeTrains([10.0, 20.0, 30.0], [0, 1, 0], n=2, t_stop=40.0))
    >>> alt_text(ax)
    'Spikes of 2 neurons over 40 ms: 2 and 1 spikes.'
    """
    spikes = _trains("raster.spikes", spikes)
    ax = _axes(ax, height=min(4.5, 1.2 + 0.25 * spikes.n))
    # A mark fills most of its row, but is never too small to be seen.
    points = 72.0 * ax.get_position().height * ax.figure.get_figheight()
    (marks,) = ax.plot(
        spikes.t,
        spikes.i,
        linestyle="none",
        marker="|",
        color=COLOURS[0],
        markersize=float(np.clip(0.9 * points / max(spikes.n, 1), 2.0, 16.0)),
        markeredgewidth=1.2 if spikes.n <= 50 else 0.8,
    )
    describe(marks, wording.of_raster(spikes))
    ax.set_xlim(spikes.t_start, max(spikes.t_stop, spikes.t_start + 1e-9))
    ax.set_ylim(-0.6, max(spikes.n, 1) - 0.4)
    if spikes.n <= 10:
        ax.set_yticks(range(spikes.n))
    return _labelled(ax, "time (ms)", "neuron")


def fi(I: ArrayLike, rate: ArrayLike, theory: Any = None, ax: Any = None, label: str = "simulated") -> Any:
    """The f–I curve: firing rate against constant input current, with theory as a dashed line.

    Parameters
    ----------
    I : array (n,)
        Currents in pA.
    rate : array (n,)
        Rates in Hz, such as `rec.spikes.rate()`.
    theory : array (n,) or function, optional
        Rates in Hz, or a function of I such as `lambda I: snn.theory.lif_rate(I, lif)`.
    ax : matplotlib Axes, optional
    label : str
        Name of the curve in the legend (default "simulated").

    Raises ValueError for arrays of different lengths, TypeError for what is no number.

    >>> ax = fi([100.0, 250.0, 400.0], [0.0, 33.0, 72.0])
    >>> "silent up to 100 pA, highest rate 72 Hz at 400 pA" in alt_text(ax)
    True
    """
    I, rate = _pair("fi", ("I", I), ("rate", rate))
    label = text_of("fi.label", label)
    if theory is not None and not callable(theory):
        _pair("fi", ("I", I), ("theory", theory))
    ax = _axes(ax, height=3.5)
    k = _drawn(ax)
    many = len(I) > 40  # then markers would touch
    (line,) = ax.plot(
        I,
        rate,
        color=COLOURS[k],
        label=label,
        linestyle="-" if many else "none",
        marker=None if many else MARKERS[k],
        markerfacecolor="none",
        linewidth=2.5 if many else 1.5,
    )
    currents = f"{wording.count(len(I), 'current')} {wording.extent(I)} pA"
    text = f"Firing rate against input current, {label}, {currents}: {wording.of_rates(I, rate)}"
    if theory is not None:
        _, expected = _pair("fi", ("I", I), ("theory", _called("fi.theory", theory, I)))
        fine = np.linspace(I.min(), I.max(), 500)
        x, y = (fine, np.asarray(_called("fi.theory", theory, fine))) if callable(theory) else (I, expected)
        colour = INK if k == 0 else COLOURS[k]
        (dashed,) = ax.plot(x, y, color=colour, linestyle="--", linewidth=1.5, label="theory", zorder=3)
        describe(dashed, "")
        text += f"; theory (dashed) differs by at most {wording.tenths(np.abs(expected - rate).max())} Hz"
    describe(line, text)
    _legend(ax)
    return _labelled(ax, "input current (pA)", "firing rate (Hz)")


def current(I: Any, t: ArrayLike, ax: Any = None) -> Any:
    """An input current over time, as a plot to stand under a trace.

    Parameters
    ----------
    I : Stimulus, number or array
        Current in pA: a stimulus (noise is left out), one number, or values of shape (len(t),) or (len(t), n).
    t : array
        Times in ms, such as `rec.t`.
    ax : matplotlib Axes, optional

    Raises ValueError for values of another shape, TypeError for what is no current.

    >>> from snnlab.stimuli import step
    >>> ax = current(step(200.0, 10.0, 20.0), np.arange(0.0, 40.0, 0.1))
    >>> alt_text(ax)
    'Input current over 40 ms: 0 pA, 200 pA from 10 ms on, 0 pA from 20 ms on.'
    """
    t = _numbers("current.t", t)
    if t.ndim != 1 or not len(t):
        raise ValueError(f"current.t: must be one or more times, shape (n,), got shape {t.shape}")
    values = _numbers("current.I", I.sample(t) if isinstance(I, Stimulus) else I)
    if not values.size:
        raise ValueError(f"current.I: must have one value per time in t, {len(t)}, got shape {values.shape}")
    values = np.full((len(t), 1), float(values)) if values.ndim == 0 else values.reshape(len(values), -1)
    if len(values) != len(t):
        raise ValueError(f"current.I: must have one value per time in t, {len(t)}, got {len(values)}")
    ax = _axes(ax, height=1.5)
    noise = "; the noise that is added is not drawn" if getattr(I, "noises", ()) else ""
    for k in range(min(values.shape[1], SHOWN)):
        (line,) = ax.plot(
            t, values[:, k], color=COLOURS[k], linestyle=DASHES[k], linewidth=1.5, label=_neuron(k, k)
        )
        line.set_drawstyle("steps-post")  # the simulation holds the current over each step
        describe(line, "" if k else wording.of_current(t, values) + noise)
    if values.shape[1] > 1:
        _legend_above(ax)
    return _labelled(ax, "time (ms)", "current (pA)")


def curve(
    x: ArrayLike, y: ArrayLike, xlabel: str, ylabel: str, label: str = "", log: str = "", ax: Any = None
) -> Any:
    """A curve y(x), for all that has no plot of its own; call it again with the same `ax` to add another.

    Parameters
    ----------
    x, y : array (n,)
    xlabel, ylabel : str
        Axis labels with units, as in "duration (ms)".
    label : str
        Name of the curve in the legend (default: none).
    log : str
        Axes to draw on a logarithmic scale: "x", "y" or "xy" (default: none).
    ax : matplotlib Axes, optional

    Raises ValueError for arrays of different lengths and for another `log`, TypeError for what is no number or no text.

    >>> ax = curve([1, 2, 4], [8.0, 4.0, 2.0], "duration (ms)", "threshold current (pA)")
    >>> alt_text(ax)
    'threshold current (pA) against duration (ms), 3 points: falls from 8 at 1 to 2 at 4.'
    """
    x, y = _pair("curve", ("x", x), ("y", y))
    xlabel, ylabel, label = (
        text_of(f"curve.{name}", value)
        for name, value in (("xlabel", xlabel), ("ylabel", ylabel), ("label", label))
    )
    if not isinstance(log, str) or log not in ("", "x", "y", "xy"):
        raise ValueError(f'curve.log: must be "x", "y", "xy" or "", got {log!r}')
    ax = _axes(ax, height=3.5)
    k = _drawn(ax)
    (line,) = ax.plot(x, y, color=COLOURS[k], linestyle=DASHES[k], linewidth=2.0, label=label or "_curve")
    name = f", {label}" if label else ""
    describe(
        line, f"{ylabel} against {xlabel}{name}, {wording.count(len(x), 'point')}: {wording.of_course(x, y)}"
    )
    if label:
        _legend(ax)
    for name in log:
        ax.set(**{f"{name}scale": "log"})
        axis = {"x": ax.xaxis, "y": ax.yaxis}[name]
        axis.set_major_formatter("{x:g}")  # 200, not 2 x 10^2
        axis.set_minor_formatter(_minor(axis))
    return _labelled(ax, xlabel, ylabel)


def isi(spikes: SpikeTrains, bin: float = 1.0, max_interval: float | None = None, ax: Any = None) -> Any:
    """The histogram of the intervals between successive spikes of each neuron, all neurons together.

    Parameters
    ----------
    spikes : SpikeTrains
    bin : float
        Width of a bin in ms (default 1).
    max_interval : float, optional
        The longest interval that is drawn, in ms (default: the longest there is).
    ax : matplotlib Axes, optional

    Raises
    ------
    TypeError, ValueError
        If `spikes` are no SpikeTrains or have no interval, or a width is not > 0.
    """
    intervals = analysis.isi(_trains("isi.spikes", spikes))
    bin = number("isi.bin", bin)
    longest = (
        float(intervals.max(initial=0.0))
        if max_interval is None
        else number("isi.max_interval", max_interval)
    )
    if not len(intervals):
        raise ValueError("isi.spikes: must have at least two spikes of one neuron, got no interval")
    if bin <= 0 or not 0 < longest / bin < 1e6:
        raise ValueError(f"isi.bin: must be > 0 ms and fit the intervals, up to {longest:g} ms, got {bin:g}")
    # Intervals on a grid lie on the edges of bins: a nudge puts each into the bin that begins there.
    edges = bin * np.arange(int(longest / bin + 1e-6) + 2)
    count, _ = np.histogram(intervals + 1e-6 * bin, edges)
    ax = _axes(ax, height=2.6)
    _bars(ax, edges, count, wording.of_intervals(intervals, edges, count))
    return _labelled(ax, "interval (ms)", "count (intervals)")


def psth(spikes: SpikeTrains, bin: float = 5.0, ax: Any = None) -> Any:
    """The rate over time, averaged over the trains: of the trials of one neuron, or of the neurons of a population.

    Parameters
    ----------
    spikes : SpikeTrains
    bin : float
        Width of a bin in ms (default 5).
    ax : matplotlib Axes, optional
        To stand under a raster of the same trains, for example.

    Raises
    ------
    TypeError, ValueError
        As `snn.analysis.psth`.
    """
    t, rate = analysis.psth(_trains("psth.spikes", spikes), bin)
    ax = _axes(ax, height=1.8)
    what = f"Rate over time, mean of {wording.count(spikes.n, 'train')}, bins of {wording.number(bin)} ms"
    highest = f"highest {wording.tenths(rate.max())} Hz at {wording.tenths(t[rate.argmax()])} ms"
    text = f"{what}: {wording.extent(rate)} Hz, mean {wording.tenths(rate.mean())} Hz, {highest}"
    _bars(ax, np.append(t - 0.5 * bin, t[-1] + 0.5 * bin), rate, text)
    ax.set_xlim(spikes.t_start, spikes.t_stop)
    return _labelled(ax, "time (ms)", "rate (Hz)")


def correlogram(lag: ArrayLike, rate: ArrayLike, level: float | None = None, ax: Any = None) -> Any:
    """An auto- or cross-correlogram, as `snn.analysis` returns it.

    Parameters
    ----------
    lag : array (n,)
        Centres of the bins in ms, equally far apart.
    rate : array (n,)
        Hz.
    level : float, optional
        What independent spikes would give, in Hz: the dashed line.
    ax : matplotlib Axes, optional

    >>> ax = correlogram([-1.0, 0.0, 1.0], [20.0, 0.0, 20.0], level=18.0)
    >>> alt_text(ax)
    'Rate against lag, 3 bins of 1 ms: from 20 at -1 to 20 at 1, lowest 0 at 0, highest 20 at -1; dashed line at 18 Hz.'
    """
    lag, rate = _pair("correlogram", ("lag", lag), ("rate", rate))
    bin = lag[1] - lag[0] if len(lag) > 1 else 0.0
    if not bin > 0 or not np.allclose(np.diff(lag), bin):
        raise ValueError("correlogram.lag: must be at least two lags, ascending and equally far apart")
    text = (
        f"Rate against lag, {wording.count(len(lag), 'bin')} of {wording.number(bin)} ms: "
        f"{wording.of_course(lag, rate)}{_level_text(level, 'Hz', 'correlogram')}"
    )
    ax = _axes(ax, height=2.6)
    _bars(ax, np.append(lag - 0.5 * bin, lag[-1] + 0.5 * bin), rate, text)
    _level(ax, level)
    return _labelled(ax, "lag (ms)", "rate (Hz)")


def sta(
    lag: ArrayLike,
    mean: ArrayLike,
    ylabel: str = "stimulus",
    label: str = "",
    level: float | None = None,
    ax: Any = None,
) -> Any:
    """A spike-triggered average, as `snn.analysis.sta` returns it; the spike is the vertical line at lag 0.

    Parameters
    ----------
    lag : array (n,)
        ms; negative before the spike.
    mean : array (n,)
        In the unit of the stimulus.
    ylabel : str
        The stimulus with its unit, as in "level (dB)".
    label : str
        Name of the curve in the legend (default: none).
    level : float, optional
        The mean of the whole stimulus: the dashed line.
    ax : matplotlib Axes, optional
    """
    ax = _axes(ax, height=2.6)
    text = _level_text(level, "", "sta")
    curve(lag, mean, "time from the spike (ms)", ylabel, label, ax=ax)
    line = ax.lines[-1]
    describe(line, f"Spike-triggered average: {line.alt_text}{text}")
    describe(ax.axvline(0.0, color=GREY, linestyle=":", linewidth=1.0, zorder=1), "")
    _level(ax, level)
    return ax


def phase_plane(plane: Any, rec: Any = None, neuron: int = 0, ax: Any = None) -> Any:
    """A phase plane: nullclines, arrows of the flow, fixed points and, if it was recorded, the neuron's path.

    Stable fixed points are filled, the others hollow. The arrows show directions only, each as long as the next.

    Parameters
    ----------
    plane : PhasePlane
        From `snn.phase_plane(model, I=...)`.
    rec : Recording, optional
        With a trace of both states, whose path is drawn.
    neuron : int
        Which neuron of `rec` (default 0).
    ax : matplotlib Axes, optional

    Raises
    ------
    TypeError, ValueError
        If `plane` is no phase plane, or a state was not recorded.

    >>> import snnlab as snn
    >>> ax = phase_plane(snn.phase_plane(snn.FitzHughNagumo(), I=0.5))
    >>> "the nullclines of v and w meet at an unstable focus at v = -0.805, w = -0.131" in alt_text(ax)
    True
    """
    if not hasattr(plane, "x_nullcline"):
        raise TypeError(f"phase_plane.plane: must be what snn.phase_plane returns, got {plane!r}")
    if rec is not None and not hasattr(rec, "traces"):
        raise TypeError(f"phase_plane.rec: must be a Recording, as simulate returns it, got {rec!r}")
    if isinstance(neuron, bool) or not isinstance(neuron, int | np.integer):
        raise TypeError(f"phase_plane.neuron: must be a whole number, got {neuron!r}")
    for name in plane.names if rec is not None else ():
        if name not in rec.traces:
            hint = f"simulate(..., record={list(plane.names)})"
            raise ValueError(f"phase_plane.rec: {name!r} was not recorded (ask for it: {hint})")
    ax = _axes(ax, height=4.2)
    widths = np.array([np.ptp(plane.xlim), np.ptp(plane.ylim)])
    speed = np.hypot(plane.dx / widths[0], plane.dy / widths[1])
    arrow = 0.7 / len(plane.x) / np.where(speed > 0, speed, np.inf)  # seven tenths of the way to the next
    flow = ax.quiver(
        plane.x, plane.y, plane.dx * arrow, plane.dy * arrow, angles="xy", scale_units="xy", scale=1.0,
        color=GREY, width=0.003, pivot="middle",
    )  # fmt: skip
    describe(flow, "")
    for k, curves in enumerate((plane.x_nullcline, plane.y_nullcline)):
        joined = np.concatenate(
            [np.vstack([curve, [[np.nan, np.nan]]]) for curve in curves] or [np.empty((0, 2))]
        )
        (line,) = ax.plot(
            *joined.T, color=COLOURS[k], linestyle=DASHES[k], linewidth=2.0, label=f"d{plane.names[k]}/dt = 0"
        )
        describe(line, "" if k else wording.of_phase_plane(plane))
    if rec is not None:
        column = int(_columns(neuron, rec.traces.ids(plane.names[0]))[0])
        x, y = (rec.traces[name][:, column] for name in plane.names)
        (path,) = ax.plot(x, y, color=COLOURS[3], linestyle="-", linewidth=1.2, label=f"neuron {neuron}")
        describe(path, f"The path of neuron {neuron}: {wording.of_path(plane.names, x, y)}")
    for point in plane.fixed_points:
        (mark,) = ax.plot(
            point.x, point.y, marker="o", markersize=8, color=INK, linestyle="none", zorder=4,
            markerfacecolor=INK if point.stable else BACKGROUND,
        )  # fmt: skip
        describe(mark, "")
    ax.set_xlim(plane.xlim)
    ax.set_ylim(plane.ylim)
    _legend_above(ax)
    x_label, y_label = (
        n if u == "1" else f"{n} ({u})" for n, u in zip(plane.names, plane.units, strict=True)
    )
    return _labelled(ax, x_label, y_label)


# ---------------------------------------------------------------- the style


def _axes(ax: Any, height: float) -> Any:
    if ax is None:
        return panels(height)[0]
    if not hasattr(ax, "figure") or not hasattr(ax, "plot"):
        raise TypeError(f"plots.ax: must be matplotlib Axes, got {ax!r}")
    return _dressed(ax)


def _dressed(ax: Any) -> Any:
    ax.figure.set_facecolor(BACKGROUND)
    ax.set_facecolor(BACKGROUND)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(INK)
    ax.tick_params(which="both", colors=INK, labelsize=11)
    return ax


def _labelled(ax: Any, x: str, y: str) -> Any:
    below = ax.get_subplotspec() is None or ax.get_subplotspec().is_last_row()
    if below or not ax.get_shared_x_axes().get_siblings(ax)[1:]:
        ax.set_xlabel(x, fontsize=11, color=INK)
    ax.set_ylabel(y, fontsize=11, color=INK)
    return ax


def _legend(ax: Any, **place: Any) -> None:
    ax.legend(fontsize=10, frameon=False, labelcolor=INK, handlelength=2.5, **place)


def _minor(axis: Any) -> Any:
    """Of the small ticks of a logarithmic axis, 2 and 5 have room for a number, unless there are many decades."""

    def text(value: float, position: int) -> str:
        low, high = axis.get_view_interval()
        return f"{value:g}" if f"{value:e}"[0] in "25" and high < 1e4 * low else ""

    return text


def _legend_above(ax: Any) -> None:
    """For traces of several neurons, which leave no room inside."""
    _legend(
        ax, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=SHOWN, borderaxespad=0.0, columnspacing=1.0
    )


def _neuron(i: int, k: int) -> str:
    return f"neuron {i}" if k == 0 else str(i)  # in a row: "neuron 0, 1, 2"; five times the word is too wide


def _threshold(ax: Any, v_th: float) -> None:
    describe(ax.axhline(v_th, color=GREY, linestyle=(0, (4, 3)), linewidth=1.0, zorder=1), "")
    ax.annotate(
        "threshold",
        (1.0, v_th),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=GREY,
        fontsize=10,
    )


def _bars(ax: Any, edges: Any, heights: Any, text: str) -> None:
    """A histogram as one filled outline: thousands of single bars would be slow to draw."""
    bars = ax.stairs(heights, edges, fill=True, color=COLOURS[0], linewidth=0.0)
    describe(bars, text)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(bottom=0.0)


def _level_text(level: float | None, unit: str, function: str) -> str:
    if level is None:
        return ""
    return f"; dashed line at {wording.number(number(f'{function}.level', level))}{unit and ' ' + unit}"


def _level(ax: Any, level: float | None) -> None:
    if level is not None:
        describe(ax.axhline(level, color=INK, linestyle="--", linewidth=1.2, zorder=3), "")


def _drawn(ax: Any) -> int:
    """How many curves `ax` has already: the next one gets the next colour, dashes and marker."""
    return sum(bool(getattr(line, "alt_text", None)) for line in ax.lines) % SHOWN


def _time_label(model: Any) -> str:
    return "model time" if hasattr(model, "time_unit") else "time (ms)"


# ---------------------------------------------------------------- arguments


def _columns(neurons: Any, recorded: Any) -> Any:
    """The columns of a trace that belong to `neurons`."""
    if neurons is None:
        return np.arange(min(len(recorded), SHOWN))
    try:
        wanted = np.atleast_1d(neurons)
    except ValueError:
        raise TypeError(f"trace.neurons: must be whole numbers, got {neurons!r}") from None
    if wanted.size == 0:
        raise ValueError(f"trace.neurons: must name at least one neuron, got {neurons!r}")
    if wanted.ndim > 1 or wanted.dtype.kind not in "iu":
        raise TypeError(f"trace.neurons: must be a whole number or a list of them, got {neurons!r}")
    missing = np.setdiff1d(wanted, recorded)
    if len(missing) or not len(wanted):
        raise ValueError(
            f"trace.neurons: must be among the recorded ones, {wording.extent(recorded)}, got {neurons}"
        )
    return np.array([int(np.flatnonzero(recorded == i)[0]) for i in wanted])


def _unit(model: Any, variable: str) -> str:
    unit = getattr(model, "state", {}).get(variable, "")
    return "" if unit == "1" else unit


def _scalar(model: Any, name: str) -> float | None:
    value = getattr(model, name, None)
    return float(value) if value is not None and np.ndim(value) == 0 else None


def _numbers(name: str, value: Any) -> NDArray[np.float64]:
    """Numbers to draw; NaN leaves a gap."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name}: must be an array of numbers, got {value!r}") from None
    if np.isinf(array).any():
        raise ValueError(f"{name}: must be finite, got {array[np.isinf(array)][0]}")
    return array


def _trains(name: str, spikes: Any) -> SpikeTrains:
    if not isinstance(spikes, SpikeTrains):
        raise TypeError(f"{name}: must be SpikeTrains, got {type(spikes).__name__} (pass rec.spikes)")
    return spikes


def _called(name: str, function: Any, x: NDArray[np.float64]) -> Any:
    """A function of x, or values that are given instead."""
    if not callable(function):
        return function
    try:
        return function(x)
    except TypeError as error:
        raise TypeError(
            f"{name}: as a function of I it must take an array and return rates in Hz; {error}"
        ) from error


def _pair(
    function: str, a: tuple[str, Any], b: tuple[str, Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    arrays = []
    for name, value in (a, b):
        array = _numbers(f"{function}.{name}", value)
        if array.ndim != 1:
            raise ValueError(f"{function}.{name}: must have shape (n,), got {array.shape}")
        if not len(array):
            raise ValueError(f"{function}.{name}: must have at least one value")
        arrays.append(array)
    x, y = arrays
    if len(x) != len(y):
        raise ValueError(f"{function}.{b[0]}: must be as long as {a[0]}, {len(x)}, got {len(y)}")
    return x, y
