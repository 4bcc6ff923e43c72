"""Phase planes: nullclines and fixed points against closed forms and SciPy, on equations written by hand."""

import matplotlib

matplotlib.use("agg")

import numpy as np
import pytest
from scipy.optimize import bisect, brentq

import snnlab as snn
from snnlab import neurons, plots
from snnlab.phase_plane import _kind
from snnlab.units import ms, one

MODELS = [getattr(neurons, name) for name in neurons.__all__]
PLANAR = [model for model in MODELS if len(model.state) == 2]
each_planar = pytest.mark.parametrize("model", PLANAR, ids=lambda m: m.__name__)


# --- FitzHugh-Nagumo, in closed form -----------------------------------------------------------------------------------


@pytest.mark.parametrize("sign, published, low, high", [(-1, 0.33128, 0.2, 0.5), (1, 1.41872, 1.2, 1.6)])
def test_hopf_bifurcations_of_fitzhugh_nagumo(sign, published, low, high):
    """a = 0.7, b = 0.8, tau = 1/epsilon = 12.5: the trace is 0 where v**2 = 1 - epsilon b."""

    def growth(I):
        (point,) = snn.phase_plane(snn.FitzHughNagumo(), I=I).fixed_points
        return point.eigenvalues.real.max()

    found = bisect(growth, low, high, xtol=1e-7)
    v = sign * np.sqrt(1 - 0.08 * 0.8)
    assert abs(found - ((v + 0.7) / 0.8 - v + v**3 / 3)) < 2e-7
    assert abs(found - published) < 1e-5


@pytest.mark.parametrize("I", [0.0, 0.5, 1.0])
def test_nullclines_and_eigenvalues_of_fitzhugh_nagumo(I):
    plane = snn.phase_plane(snn.FitzHughNagumo(), I=I)
    (cubic,), (straight,) = plane.x_nullcline, plane.y_nullcline
    v, w = cubic.T
    np.testing.assert_allclose(w, v - v**3 / 3 + I, atol=1e-12)
    np.testing.assert_allclose(straight[:, 1], (straight[:, 0] + 0.7) / 0.8, atol=1e-12)
    for curve in (cubic, straight):
        assert np.ptp(curve[:, 0]) > 4.9 and np.abs(np.diff(curve, axis=0)).max() < 0.03  # whole and fine
    (point,) = plane.fixed_points
    root = brentq(lambda v: v - v**3 / 3 - (v + 0.7) / 0.8 + I, -2, 2, xtol=1e-14)
    assert abs(point.x - root) < 1e-10 and abs(point.y - (root + 0.7) / 0.8) < 1e-10
    np.testing.assert_allclose(point.jacobian, [[1 - root**2, -1.0], [0.08, -0.064]], atol=1e-9)
    np.testing.assert_allclose(
        np.sort_complex(point.eigenvalues), np.sort_complex(np.linalg.eigvals(point.jacobian)), atol=1e-12
    )


def test_a_time_unit_scales_the_eigenvalues():
    slow, fast = (snn.phase_plane(snn.FitzHughNagumo(time_unit=u)).fixed_points[0] for u in (5.0, 1.0))
    np.testing.assert_allclose(5.0 * slow.eigenvalues, fast.eigenvalues, rtol=1e-9)


# --- Morris-Lecar, by SciPy ----------------------------------------------------------------------------------------------


def morris_lecar(v, n, I, g_Ca, v_3, v_4, phi):
    """Ermentrout & Terman (2010), by hand; takes complex numbers."""
    m_inf, n_inf = (1 + np.tanh((v + 1.2) / 18)) / 2, (1 + np.tanh((v - v_3) / v_4)) / 2
    dv = (I - g_Ca * m_inf * (v - 120) - 8 * n * (v + 84) - 2 * (v + 60)) / 20
    return dv, phi * np.cosh((v - v_3) / (2 * v_4)) * (n_inf - n)


SETS = {
    "hopf": (4.4, 2.0, 30.0, 0.04),
    "snic": (4.0, 12.0, 17.4, 0.067),
    "homoclinic": (4.0, 12.0, 17.4, 0.23),
}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("I, count", [(0.0, 3), (30.0, 3), (39.0, 3), (100.0, 1)])
def test_fixed_points_of_morris_lecar(name, I, count):
    values = (I, *SETS[name])
    v_3, v_4 = SETS[name][1:3]

    def n_inf(v):
        return (1 + np.tanh((v - v_3) / v_4)) / 2

    def balance(v):
        return morris_lecar(v, n_inf(v), *values)[0]

    grid = np.linspace(-90, 60, 3001)
    changes = np.flatnonzero(np.diff(np.sign(balance(grid))))
    roots = np.array([brentq(balance, grid[k], grid[k + 1], xtol=1e-13) for k in changes])
    wanted = 1 if name == "hopf" else count
    plane = snn.phase_plane(getattr(snn.MorrisLecar, name)(), I=I)
    assert len(plane.fixed_points) == len(roots) == wanted
    np.testing.assert_allclose([p.x for p in plane.fixed_points], roots, atol=1e-9)
    np.testing.assert_allclose([p.y for p in plane.fixed_points], n_inf(roots), atol=1e-11)
    for point in plane.fixed_points:  # the Jacobian by complex steps, exact to rounding
        h = 1e-30
        dv = [np.imag(f) / h for f in morris_lecar(point.x + 1j * h, point.y, *values)]
        dn = [np.imag(f) / h for f in morris_lecar(point.x, point.y + 1j * h, *values)]
        np.testing.assert_allclose(point.jacobian, np.transpose([dv, dn]), rtol=1e-7, atol=1e-9)
    for curve in plane.y_nullcline:
        np.testing.assert_allclose(curve[:, 1], n_inf(curve[:, 0]), atol=1e-12)
    for curve in plane.x_nullcline:
        assert np.abs(morris_lecar(*curve.T, *values)[0]).max() < 1e-9


def test_the_saddle_node_of_the_class_1_neuron_is_where_firing_starts():
    """Node and saddle meet near I = 40 uA/cm2 (Ermentrout & Terman 2010, fig. 3.8): below rest, above none."""
    kinds = [
        [p.kind for p in snn.phase_plane(snn.MorrisLecar.snic(), I=I).fixed_points] for I in (39.0, 41.0)
    ]
    assert kinds[0] == ["stable node", "saddle", "unstable focus"] and kinds[1] == ["unstable focus"]
    spikes = [len(snn.simulate(snn.MorrisLecar.snic(), I=I, t_stop=1000.0).spikes) for I in (39.0, 41.0)]
    assert spikes[0] == 0 and spikes[1] > 3  # it starts at rest


# --- every model -----------------------------------------------------------------------------------------------------------


@each_planar
def test_the_flow_is_what_an_euler_step_makes(model):
    """One simulated step from every point of the grid: an engine, not the function under test, moves the states."""
    plane = snn.phase_plane(model(), I=0.3, arrows=7)
    x, y = (z.ravel() for z in np.meshgrid(plane.x, plane.y))
    pop = snn.Population(model(), x.size)
    dt = 1e-4
    rec = snn.simulate(
        pop, t_stop=2 * dt, dt=dt, I=0.3, method="euler", engine="numpy", record=list(plane.names),
        initial={plane.names[0]: x, plane.names[1]: y},
    )  # fmt: skip
    quiet = rec.spikes.counts() == 0
    assert quiet.sum() > 0.5 * x.size
    for name, made in zip(plane.names, (plane.dx, plane.dy)):
        a, b = rec.traces[name]
        np.testing.assert_allclose(
            ((b - a) / dt)[quiet], made.ravel()[quiet], rtol=1e-6, atol=1e-6 * np.abs(a).max()
        )


@each_planar
@pytest.mark.parametrize("I", [0.0, 0.7])
def test_fixed_points_are_at_rest_and_their_kinds_follow_trace_and_determinant(model, I):
    plane = snn.phase_plane(model(), I=I)
    assert plane.fixed_points
    for point in plane.fixed_points:
        trace, determinant = np.trace(point.jacobian), np.linalg.det(point.jacobian)
        if determinant < 0:
            wanted = "saddle"
        else:
            wanted = (
                f"{'stable' if trace < 0 else 'unstable'} {'node' if trace**2 > 4 * determinant else 'focus'}"
            )
        equal = (
            abs(trace**2 - 4 * determinant) < 1e-6 * trace**2
        )  # node or focus is then a matter of rounding
        assert point.kind == wanted or equal
        assert point.stable == (trace < 0 < determinant)
        initial = {plane.names[0]: point.x, plane.names[1]: point.y}
        rec = snn.simulate(
            model(), I=I, t_stop=1.0, initial=initial, record=list(plane.names), engine="numpy"
        )
        for name, at in initial.items():
            np.testing.assert_allclose(rec.traces[name], at, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("model", [m for m in MODELS if len(m.state) == 1], ids=lambda m: m.__name__)
def test_a_model_with_one_state_has_a_phase_line(model):
    with pytest.raises(ValueError, match=rf"must have two states or more, and {model.__name__} has only v"):
        snn.phase_plane(model())


@pytest.mark.parametrize("model", [m for m in MODELS if len(m.state) > 1], ids=lambda m: m.__name__)
def test_every_larger_model_has_a_plane_by_default(model):
    plane = snn.phase_plane(model())
    assert plane.names == tuple(model.state)[:2] and set(plane.held) == set(list(model.state)[2:])
    assert plane.fixed_points and plane.dx.shape == plane.dy.shape == (20, 20)


def test_izhikevich_in_closed_form():
    """0.04 v**2 + 5 v + 140 - 0.2 v + I = 0."""
    for I in (0.0, 3.0):
        found = [p.x for p in snn.phase_plane(snn.Izhikevich(), I=I).fixed_points]
        np.testing.assert_allclose(found, np.sort(np.roots([0.04, 4.8, 140.0 + I])), atol=1e-9)
    assert not snn.phase_plane(snn.Izhikevich(), I=5.0).fixed_points


def test_adex_with_its_exponential_upstroke():
    plane = snn.phase_plane(snn.AdEx(), I=300.0)
    v, w = np.concatenate(plane.x_nullcline).T
    np.testing.assert_allclose(
        w, -30.0 * (v + 70.6) + 60.0 * np.exp((v + 50.4) / 2.0) + 300.0, rtol=0, atol=1e-7
    )
    found = [p.x for p in plane.fixed_points]

    def both(v):
        return -30.0 * (v + 70.6) + 60.0 * np.exp((v + 50.4) / 2.0) + 300.0 - 4.0 * (v + 70.6)

    np.testing.assert_allclose(found, [brentq(both, -75, -52), brentq(both, -50, -40)], atol=1e-9)


def test_the_fast_plane_of_hodgkin_huxley_has_three_fixed_points():
    """FitzHugh's reduction: with h and n at rest, v and m have a rest, a threshold and an excited state."""

    def m_inf(v):
        alpha, beta = 0.1 * (v + 40) / -np.expm1(-(v + 40) / 10), 4 * np.exp(-(v + 65) / 18)
        return alpha / (alpha + beta)

    model = snn.HodgkinHuxley()
    held = {name: model.initial_state()[name] for name in "hn"}

    def balance(v):
        return (
            -120 * m_inf(v) ** 3 * held["h"] * (v - 50)
            - 36 * held["n"] ** 4 * (v + 77)
            - 0.3 * (v - model.E_L)
        )

    grid = np.linspace(-89.97, 59.9, 2000)
    k = np.flatnonzero(np.diff(np.sign(balance(grid))))
    roots = [brentq(balance, grid[j], grid[j + 1], xtol=1e-13) for j in k]
    plane = snn.phase_plane(model, "v", "m", held=held)
    assert [p.kind for p in plane.fixed_points] == ["stable node", "saddle", "stable node"]
    np.testing.assert_allclose([p.x for p in plane.fixed_points], roots, atol=1e-8)
    np.testing.assert_allclose([p.y for p in plane.fixed_points], m_inf(np.array(roots)), atol=1e-9)
    assert plane.held == held


def test_the_axes_may_be_named_in_any_order():
    a = snn.phase_plane(snn.FitzHughNagumo(), I=0.5)
    b = snn.phase_plane(snn.FitzHughNagumo(), "w", "v", I=0.5)
    assert b.names == ("w", "v")
    np.testing.assert_allclose((b.fixed_points[0].y, b.fixed_points[0].x),
                               (a.fixed_points[0].x, a.fixed_points[0].y), atol=1e-10)  # fmt: skip
    assert snn.phase_plane(snn.HodgkinHuxley(), y="n").names == ("v", "n")
    assert snn.phase_plane(snn.HodgkinHuxley(), held={"m": 0.05, "h": 0.6}).names == ("v", "n")


class Linear(snn.Neuron):
    """dv/dt = a v + b w, dw/dt = c v + d w."""

    a: 1 / ms = 0.0
    b: 1 / ms = 0.0
    c: 1 / ms = 0.0
    d: 1 / ms = 0.0
    v_th: one = 100.0
    state = {"v": "1", "w": "1"}
    input = {"I": "1"}

    def initial():
        return {"v": 0.0, "w": 0.0}

    def dynamics(v, w, a, b, c, d):
        return a * v + b * w, c * v + d * w

    def threshold(v, v_th):
        return v >= v_th


@pytest.mark.parametrize(
    "matrix, kind",
    [
        ((-1.0, 0.0, 0.0, -2.0), "stable node"),
        ((1.0, 0.3, 0.1, 2.0), "unstable node"),
        ((-1.0, 3.0, -3.0, -1.0), "stable focus"),
        ((0.1, 3.0, -3.0, 0.1), "unstable focus"),
        ((0.0, 2.0, -3.0, 0.0), "centre"),
        ((1.0, 0.0, 0.5, -1.0), "saddle"),
    ],
)
def test_kinds_of_linear_systems(matrix, kind):
    """A model of one's own, whose eigenvalues are known."""
    (point,) = snn.phase_plane(Linear(*matrix), xlim=(-1.0, 1.3), ylim=(-1.0, 1.3)).fixed_points
    assert point.kind == kind and abs(point.x) < 1e-12 and abs(point.y) < 1e-12
    wanted = np.linalg.eigvals(np.reshape(matrix, (2, 2)))
    np.testing.assert_allclose(
        np.sort_complex(point.eigenvalues), np.sort_complex(wanted.astype(complex)), atol=1e-9
    )
    assert point.stable == (wanted.real < 0).all()


def test_an_eigenvalue_of_zero_is_called_degenerate():
    assert _kind(np.array([-1.0 + 0j, 1e-12])) == "degenerate point"


# --- the plot ----------------------------------------------------------------------------------------------------------------


def test_the_plot_shows_curves_points_and_the_path():
    model = snn.MorrisLecar.snic()
    plane = snn.phase_plane(model, I=30.0)
    rec = snn.simulate(model, I=30.0, t_stop=100.0, record=["v", "n"])
    ax = plots.phase_plane(plane, rec)
    drawn = {line.get_label(): line for line in ax.lines}
    x, y = drawn["dn/dt = 0"].get_data()
    np.testing.assert_array_equal(np.stack([x, y], axis=1)[:-1], plane.y_nullcline[0])
    np.testing.assert_array_equal(drawn["neuron 0"].get_xdata(), rec.traces["v"][:, 0])
    np.testing.assert_array_equal(drawn["neuron 0"].get_ydata(), rec.traces["n"][:, 0])
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert [float(m.get_xdata()[0]) for m in marks] == [p.x for p in plane.fixed_points]
    assert [m.get_markerfacecolor() == plots.BACKGROUND for m in marks] == [False, True, True]
    (arrows,) = ax.collections
    along = np.stack([arrows.U / np.ptp(plane.xlim), arrows.V / np.ptp(plane.ylim)])
    np.testing.assert_allclose(np.hypot(*along), 0.7 / 20)
    flow = np.stack([plane.dx.ravel() / np.ptp(plane.xlim), plane.dy.ravel() / np.ptp(plane.ylim)])
    np.testing.assert_allclose(along * np.hypot(*flow) / (0.7 / 20), flow, atol=1e-12)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("v (mV)", "n")
    text = plots.alt_text(ax)
    assert text.startswith("Phase plane of MorrisLecar at I = 30, v from -90 to 60 and n from 0 to 1")
    assert "a stable node at v = -41.8, n = 0.002; a saddle at v = -19.6" in text
    assert "The path of neuron 0: from v = -60, n = 0.000255 to v = " in text


def test_the_text_names_what_is_held_and_that_nothing_rests():
    text = plots.alt_text(plots.phase_plane(snn.phase_plane(snn.Izhikevich(), I=8.0)))
    assert text.endswith("the nullclines of v and u do not meet.")
    plane = snn.phase_plane(snn.HodgkinHuxley(), "v", "n", held={"m": 0.1, "h": 0.5})
    assert "with m = 0.1 and h = 0.5, v from" in plots.alt_text(plots.phase_plane(plane))


# --- what is refused -----------------------------------------------------------------------------------------------------------


class Driven(Linear):
    def dynamics(v, w, t, a, b, c, d):
        return a * v + b * w * t * a, c * v + d * w


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: snn.phase_plane(snn.AdEx), TypeError, r"phase_plane.model: must be a model.*write AdEx\(\)"),
        (lambda: snn.phase_plane("AdEx"), TypeError, r"phase_plane.model: must be a neuron model"),
        (
            lambda: snn.phase_plane(Driven()),
            ValueError,
            r"must not depend on time, and the dynamics of Driven read t",
        ),
        (
            lambda: snn.phase_plane(snn.AdEx(a=[1.0, 2.0])),
            ValueError,
            r"one value per parameter, got an array for a",
        ),
        (
            lambda: snn.phase_plane(snn.AdEx(), "u"),
            ValueError,
            r"phase_plane.x: must be one of the states \['v', 'w'\]",
        ),
        (
            lambda: snn.phase_plane(snn.AdEx(), "v", "v"),
            ValueError,
            r"phase_plane.y: must be another state than x",
        ),
        (
            lambda: snn.phase_plane(snn.AdEx(), held={"v": 1.0}),
            ValueError,
            r"phase_plane.held: must name states",
        ),
        (lambda: snn.phase_plane(snn.AdEx(), held=[1]), TypeError, r"phase_plane.held: must be a dict"),
        (lambda: snn.phase_plane(snn.AdEx(), "w", "v"), ValueError, r"phase_plane.xlim: must be given"),
        (
            lambda: snn.phase_plane(snn.AdEx(), xlim=(1.0, 0.0)),
            ValueError,
            r"phase_plane.xlim: must be \(low, high\)",
        ),
        (
            lambda: snn.phase_plane(snn.AdEx(), ylim=3.0),
            TypeError,
            r"phase_plane.ylim: must be \(low, high\), got 3.0",
        ),
        (lambda: snn.phase_plane(snn.AdEx(), I=[1.0]), TypeError, r"phase_plane.I: must be a number"),
        (lambda: snn.phase_plane(snn.AdEx(), I=np.nan), ValueError, r"phase_plane.I: must be finite"),
        (
            lambda: snn.phase_plane(snn.AdEx(), arrows=1),
            ValueError,
            r"phase_plane.arrows: must be a whole number >= 2",
        ),
        (
            lambda: plots.phase_plane(snn.AdEx()),
            TypeError,
            r"phase_plane.plane: must be what snn.phase_plane returns",
        ),
        (
            lambda: plots.phase_plane(
                snn.phase_plane(snn.AdEx()), snn.simulate(snn.AdEx(), t_stop=1.0, record=["v"])
            ),
            ValueError,
            r"phase_plane.rec: 'w' was not recorded",
        ),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()
