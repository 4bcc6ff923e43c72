"""The phase plane of a model: nullclines, flow and fixed points, from the model's own `dynamics`.

plane = snn.phase_plane(snn.FitzHughNagumo(), I=0.5)
plane.fixed_points[0].kind                                      # 'unstable focus'
snn.plots.phase_plane(plane, rec)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .declared import call
from .distributions import number
from .model import Neuron
from .units import as_unit

FINE = 400  # cells of the grid on which nullclines are looked for, in each direction, unless told otherwise
Field = Callable[[Any, Any], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class FixedPoint:
    """A point where both derivatives are zero, and what happens near it.

    `jacobian` (2, 2) holds d(dx/dt, dy/dt)/d(x, y); its `eigenvalues` (2,) are complex numbers in 1/ms. `kind` is
    "stable node", "unstable node", "stable focus", "unstable focus", "saddle", or, on a bifurcation, "centre" (a pair
    on the imaginary axis) or "degenerate point" (an eigenvalue 0).
    """

    x: float
    y: float
    jacobian: np.ndarray
    eigenvalues: np.ndarray
    kind: str

    @property
    def stable(self) -> bool:
        return bool((self.eigenvalues.real < 0).all())


@dataclass(frozen=True)
class PhasePlane:
    """What `phase_plane` returns.

    `x_nullcline` and `y_nullcline` are lists of curves (k, 2) on which dx/dt and dy/dt are 0; `dx` and `dy` (rows, columns)
    are the derivatives in units per ms on the grid of `x` (columns,) and `y` (rows,); `fixed_points` are ordered
    by x. `field(x, y)` gives the two derivatives anywhere; `held` holds the states that do not move.
    """

    model: Neuron
    I: float
    names: tuple[str, str]
    units: tuple[str, str]
    xlim: tuple[float, float]
    ylim: tuple[float, float]
    held: dict[str, float]
    field: Field
    x: np.ndarray
    y: np.ndarray
    dx: np.ndarray
    dy: np.ndarray
    x_nullcline: list[np.ndarray]
    y_nullcline: list[np.ndarray]
    fixed_points: list[FixedPoint]

    def __repr__(self) -> str:
        kinds = ", ".join(point.kind for point in self.fixed_points) or "no fixed point"
        return (
            f"PhasePlane({type(self.model).__name__}, {self.names[0]}-{self.names[1]}, I={self.I:g}: {kinds})"
        )


def phase_plane(
    model: Neuron,
    x: str | None = None,
    y: str | None = None,
    *,
    I: float = 0.0,
    held: dict[str, float] | None = None,
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    arrows: int = 20,
    fine: int = FINE,
) -> PhasePlane:
    """Nullclines, flow and fixed points of a model with constant input, without threshold and reset.

    Parameters
    ----------
    model : Neuron
        With at least two states, and one value per parameter.
    x, y : str, optional
        The two states of the plane (default: the first two that are not given otherwise).
    I : float
        Constant input, in the unit of the model's input (default 0).
    held : dict of str to float, optional
        Values at which the other states of a larger model stay (default: its initial state).
    xlim, ylim : (low, high), optional
        The part of the plane to look at. Defaults: a voltage from -90 mV to its cut-off or 60 mV, a gate from 0 to 1,
        a pure number from -2.5 to 2.5; for y otherwise what the nullclines need. Fixed points outside are not found,
        and two that are closer than a cell of the grid may be missed: zoom in.
    arrows : int
        The flow is given on a grid of arrows x arrows points (default 20).
    fine : int
        Nullclines are looked for on a grid of fine x fine cells (default 400); each of their points is then exact.

    Returns
    -------
    PhasePlane
        Of a larger model, fixed points and eigenvalues are those of the plane, with the other states held.

    Raises TypeError or ValueError for a model with one state, one whose equations depend on time, arrays as
    parameters, unknown names, and limits that are needed or not in order.
    Izhikevich (2007), Dynamical Systems in Neuroscience, ch. 4, doi:10.7551/mitpress/2526.001.0001.

    >>> import snnlab as snn
    >>> plane = snn.phase_plane(snn.FitzHughNagumo(), I=0.5)
    >>> plane
    PhasePlane(FitzHughNagumo, v-w, I=0.5: unstable focus)
    >>> point = plane.fixed_points[0]
    >>> round(point.x, 4), round(point.y, 4), point.eigenvalues.round(3)
    (-0.8048, -0.1311, array([0.144-0.192j, 0.144+0.192j]))
    """
    names, held = _states(model, x, y, held)
    I = number("phase_plane.I", I)
    if isinstance(arrows, bool) or not isinstance(arrows, int) or not 2 <= arrows <= 1000:
        raise ValueError(f"phase_plane.arrows: must be a whole number >= 2 and <= 1000, got {arrows!r}")
    if isinstance(fine, bool) or not isinstance(fine, int) or not 10 <= fine <= 4000:
        raise ValueError(f"phase_plane.fine: must be a whole number >= 10 and <= 4000, got {fine!r}")
    field = _field(model, names, held, I)
    xlim = _limits("phase_plane.xlim", xlim, lambda: _usual(model, names[0]))
    ylim = _limits("phase_plane.ylim", ylim, lambda: _fitting(model, names[1], field, xlim))
    xs, ys = np.linspace(*xlim, fine + 1), np.linspace(*ylim, fine + 1)
    curves = [_nullcline(field, side, xs, ys) for side in (0, 1)]
    grid_x, grid_y = np.linspace(*xlim, arrows), np.linspace(*ylim, arrows)
    dx, dy = field(*np.meshgrid(grid_x, grid_y))
    units = (model.state[names[0]], model.state[names[1]])
    return PhasePlane(
        model, I, names, units, xlim, ylim, held, field, grid_x, grid_y, dx, dy, curves[0], curves[1],
        _fixed_points(field, curves, xlim, ylim),
    )  # fmt: skip


# ---------------------------------------------------------------- curves and points


def _field(model: Neuron, names: tuple[str, str], held: dict[str, float], I: float) -> Field:
    """The two derivatives as a function of arrays x and y, from the NumPy reading of `dynamics`."""
    places = [list(model.state).index(name) for name in names]

    def field(x, y):
        x, y = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
        with np.errstate(all="ignore"):  # far away an exponential may overflow
            found = call(model, "dynamics", {**held, names[0]: x, names[1]: y, "I": I})
        dx, dy = (np.broadcast_to(np.asarray(found[k], dtype=float), x.shape) for k in places)
        return dx, dy

    return field


def _nullcline(field: Field, side: int, xs: np.ndarray, ys: np.ndarray) -> list[np.ndarray]:
    """Where one derivative is 0: between which grid points its sign changes, then bisection along each such edge."""
    import contourpy

    positive = field(*np.meshgrid(xs, ys))[side] > 0
    lines: Any = contourpy.contour_generator(z=np.where(positive, 1.0, -1.0)).lines(
        0.0
    )  # in units of the grid
    curves = []
    for line in lines:
        low, high = (
            np.floor(line).astype(int),
            np.ceil(line).astype(int),
        )  # one coordinate is a half, the other whole
        a, b = (np.stack([xs[end[:, 0]], ys[end[:, 1]]], axis=1) for end in (low, high))
        above = positive[low[:, 1], low[:, 0]]
        for _ in range(60):
            middle = (a + b) / 2
            as_low = ((field(*middle.T)[side] > 0) == above)[:, None]
            a, b = np.where(as_low, middle, a), np.where(as_low, b, middle)
        curves.append((a + b) / 2)
    return curves


def _fixed_points(field: Field, curves: list, xlim: tuple, ylim: tuple) -> list[FixedPoint]:
    """Where along the nullcline of one state the other's derivative changes its sign; then Newton's method."""
    scale = np.array([xlim[1] - xlim[0], ylim[1] - ylim[0]])
    middle = np.array([xlim[0] + xlim[1], ylim[0] + ylim[1]]) / 2
    found: list[np.ndarray] = []
    for side in (0, 1):
        for curve in curves[side]:
            other = field(*curve.T)[1 - side]
            for k in np.flatnonzero((other[1:] > 0) != (other[:-1] > 0)):
                share = other[k] / (other[k] - other[k + 1])
                point = _newton(field, curve[k] + share * (curve[k + 1] - curve[k]), scale)
                if point is None or (np.abs(point - middle) > scale * (0.5 + 1e-9)).any():
                    continue
                if all((np.abs(point - before) > 1e-7 * scale).any() for before in found):
                    found.append(point)
    made = []
    for point in sorted(found, key=lambda p: (p[0], p[1])):
        jacobian = _jacobian(field, point, scale)
        eigenvalues = np.sort_complex(np.linalg.eigvals(jacobian).astype(complex))
        made.append(FixedPoint(float(point[0]), float(point[1]), jacobian, eigenvalues, _kind(eigenvalues)))
    return made


def _newton(field: Field, point: np.ndarray, scale: np.ndarray) -> np.ndarray | None:
    """The zero near a point; None where the steps don't settle."""
    for _ in range(50):
        step = -np.linalg.pinv(_jacobian(field, point, scale) * scale) @ np.array(field(*point))
        point = point + scale * np.clip(step, -0.01, 0.01)
        if not np.isfinite(point).all():
            return None
        if np.abs(step).max() < 1e-13:
            return point
    return point if np.abs(step).max() < 1e-9 else None


def _jacobian(field: Field, point: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Central differences of fourth order: exact to about 1e-10 of the derivatives."""
    columns = []
    for k in (0, 1):
        h = 2e-4 * scale[k]
        away = np.zeros((4, 2))
        away[:, k] = h * np.array([-2.0, -1.0, 1.0, 2.0])
        values = np.array(field(*(point + away).T))  # (2, 4)
        columns.append(values @ np.array([1.0, -8.0, 8.0, -1.0]) / (12 * h))
    return np.stack(columns, axis=1)


def _kind(eigenvalues: np.ndarray) -> str:
    """The type of a fixed point, after its two eigenvalues."""
    tiny = 1e-7 * np.abs(eigenvalues).max()
    real = eigenvalues.real
    if (np.abs(eigenvalues) <= tiny).any():
        return "degenerate point"
    if (np.abs(eigenvalues.imag) > 0).any():
        return (
            "centre" if (np.abs(real) <= tiny).all() else f"{'stable' if real[0] < 0 else 'unstable'} focus"
        )
    if real.min() < 0 < real.max():
        return "saddle"
    return f"{'stable' if real[0] < 0 else 'unstable'} node"


# ---------------------------------------------------------------- arguments


def _states(model: Any, x: Any, y: Any, held: Any) -> tuple[tuple[str, str], dict[str, float]]:
    """The names of the plane's states, and the values of all others."""
    if isinstance(model, type) and issubclass(model, Neuron):
        raise TypeError(
            f"phase_plane.model: must be a model, got the class {model.__name__}: write {model.__name__}()"
        )
    if not isinstance(model, Neuron):
        raise TypeError(f"phase_plane.model: must be a neuron model such as FitzHughNagumo(), got {model!r}")
    label, known = type(model).__name__, list(model.state)
    if len(known) < 2:
        raise ValueError(
            f"phase_plane.model: must have two states or more, and {label} has only {known[0]}: its phase line is "
            f"d{known[0]}/dt against {known[0]}, which snn.plots.curve draws"
        )
    timed = [name for name in model.equations["dynamics"].args if name in ("t", "dt", "t_last")]
    if timed:
        raise ValueError(
            f"phase_plane.model: must not depend on time, and the dynamics of {label} read {timed[0]}"
        )
    arrays = [name for name in model.parameters() if np.ndim(getattr(model, name))]
    if arrays:
        raise ValueError(
            f"phase_plane.model: must have one value per parameter, got an array for {arrays[0]}"
        )
    for argument, name in (("x", x), ("y", y)):
        if name is not None and not (isinstance(name, str) and name in known):
            raise ValueError(
                f"phase_plane.{argument}: must be one of the states {known} of {label}, got {name!r}"
            )
    if held is not None and not isinstance(held, dict):
        raise TypeError(f'phase_plane.held: must be a dict such as {{"{known[-1]}": 0.5}}, got {held!r}')
    given = {name: number(f"phase_plane.held[{name!r}]", value) for name, value in (held or {}).items()}
    free = [name for name in known if name not in (x, y, *given)]
    free += [name for name in known if name not in (x, y, *free)]  # held, but needed: refused below
    first = x if x is not None else free.pop(0)
    second = y if y is not None else free.pop(0)
    if first == second:
        raise ValueError(f"phase_plane.y: must be another state than x = {first!r}")
    others = [name for name in known if name not in (first, second)]
    for name in given:
        if name not in others:
            raise ValueError(
                f"phase_plane.held: must name states of {label} outside the plane, {others}, got {name!r}"
            )
    rest = {name: float(value) for name, value in model.initial_state().items() if name in others}
    return (first, second), {**rest, **given}


def _limits(where: str, given: Any, default: Callable[[], tuple[float, float] | None]) -> tuple[float, float]:
    if given is None:
        found = default()
        if found is None:
            raise ValueError(f"{where}: must be given for this model, as (low, high)")
        return found
    try:
        low, high = given
    except (TypeError, ValueError):
        raise TypeError(f"{where}: must be (low, high), got {given!r}") from None
    low, high = number(where, low), number(where, high)
    if low >= high:
        raise ValueError(f"{where}: must be (low, high) with low < high, got {given!r}")
    return low, high


def _usual(model: Neuron, name: str) -> tuple[float, float] | None:
    """Where a state usually is, by its unit; None where that does not tell."""
    unit = as_unit(model.state[name])
    if unit == as_unit("mV"):
        cut = getattr(model, "v_peak", None) if hasattr(model, "reset") else None
        return (-90.0, 60.0 if cut is None else float(cut))
    if not unit.is_number:
        return None
    physical = any(as_unit(u) == as_unit("mV") for u in model.state.values())
    return (0.0, 1.0) if physical else (-2.5, 2.5)


def _fitting(model: Neuron, name: str, field: Field, xlim: tuple[float, float]) -> tuple[float, float] | None:
    """The range of y: a gate's, or one that shows the y-nullcline and the turns of the x-nullcline."""
    usual = _usual(model, name)
    if usual == (0.0, 1.0):
        return usual
    shown = []
    xs = np.linspace(*xlim, FINE + 1)
    for side in (0, 1):
        at = [field(xs, y)[side] for y in (0.0, 1.0, 2.0)]
        bend = np.abs(at[2] - 2 * at[1] + at[0])
        slope = at[1] - at[0]
        good = (bend <= 1e-6 * np.abs(slope)) & (np.abs(at[0]) < 1e9 * np.abs(slope))
        if good.mean() < 0.3:
            return usual  # not affine in y; on an exponential upstroke alone, rounding hides that it is
        shown.append(-at[0][good] / slope[good])
    x_curve, y_curve = shown
    turns = x_curve[1:-1][(np.diff(x_curve)[1:] > 0) != (np.diff(x_curve)[:-1] > 0)]
    if turns.size and np.ptp(y_curve) > 0:
        x_curve = turns
    elif turns.size:  # nothing else has a height: take the nearer end too
        x_curve = np.append(turns, min(x_curve[0], x_curve[-1], key=lambda end: abs(end - turns[0])))
    low, high = np.min([x_curve.min(), y_curve.min()]), np.max([x_curve.max(), y_curve.max()])
    if not np.isfinite([low, high]).all():
        return usual
    margin = 0.1 * (high - low) or 1.0
    return float(low - margin), float(high + margin)
