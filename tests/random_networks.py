"""Random small networks for test_engines_agree.py: a fixed set of structures, with everything else drawn.

A structure fixes what shapes a kernel: models, methods, receptors, rules, which values are arrays. Sizes, graphs, delays,
values, inputs and durations are drawn, and compile nothing. To test a new feature add it to a structure, or add a structure.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

import snnlab as snn
from snnlab.kernels.writer import BLOCK
from snnlab.units import ms, mV, one, pA, weight


class Network(NamedTuple):
    """What `simulate` takes; `pieces` are the projections whose weights change."""

    populations: list
    projections: list
    settings: dict  # t_stop, dt, seed, I, initial, method

    def __repr__(self) -> str:
        parts = [f"{p!r}: {p.n} {p.model!r}" for p in self.populations]
        for p in self.projections:
            if isinstance(p, snn.PoissonDrive):
                parts.append(repr(p))
                continue
            what = f"{len(p.pairs[0])} pairs" if isinstance(p.pairs, tuple) else p.pairs
            parts.append(f"{p!r}: {what}, w {p.w}, delay {p.delay}, {p.plasticity}")
        return "\n".join(["", *parts, str(self.settings)])

    @property
    def plastic(self) -> list:
        return [p for p in self.projections if getattr(p, "plasticity", None) is not None]


class Rows:
    """One row of current per step of the whole run; a run of a part of it takes its own rows."""

    def __init__(self, values: np.ndarray):
        self.values = values


def cut(I: Any, first: int, stop: int) -> Any:
    """The current for steps first to stop - 1."""
    if isinstance(I, dict):
        return {key: cut(value, first, stop) for key, value in I.items()}
    return I.values[first:stop] if isinstance(I, Rows) else I


class Draw:
    """Draws the parts of a network: the choices by hypothesis, and the numbers from a seed that it chooses."""

    def __init__(self, draw: Callable, dt: float | None = None, most: float = 30.0):
        self.one = draw
        self.rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1), label="seed of the numbers"))
        self.dt = dt or draw(st.sampled_from([0.1, 0.05, 0.25]), label="dt")
        self.n_steps = draw(st.integers(20, round(most / self.dt)), label="steps")

    def pick(self, *options):
        return self.one(st.sampled_from(options))

    def times(self, steps):
        """Whole numbers of steps as times on the grid."""
        return np.asarray(steps) * self.dt if np.ndim(steps) else snn.on_grid(steps * self.dt, self.dt)

    def size(self, *, block=False) -> int:
        """A number of neurons from 2, sometimes around the length of a vectorised block."""
        long = (int(self.rng.choice([BLOCK - 1, BLOCK, BLOCK + 3])),) if block else ()
        return self.pick(2, 3, 5, 7, 4, 6, 8, *long)

    def near(self, value: float, n: int | None = None, by: float = 0.02):
        """A number, or n of them, within 2 % of a value."""
        factor = 1.0 + self.rng.uniform(-by, by, n)
        return value * factor if n else float(value * factor)

    def model(self, cls: type, *arrays: str, n: int = 0, **given):
        """A model whose parameters are near its defaults (or those given); those named are arrays."""
        made = cls(**given)
        changed = {}
        for name in made.parameters():
            if name == "T":
                changed[name] = self.times(self.pick(5, 20))
            elif name == "t_ref":
                steps = self.rng.integers(0, 30, n) if name in arrays else self.pick(0, 1, 8, 20)
                changed[name] = self.times(steps)
            else:
                changed[name] = self.near(getattr(made, name), n if name in arrays else None)
        return cls(**changed)

    def view(self, pop):
        """All of a population or a slice of it."""
        start = self.pick(0, 0, 1)
        stop = self.pick(pop.n, pop.n, max(start + 1, pop.n - 1))
        return pop if (start, stop) == (0, pop.n) else pop[start:stop]

    def pairs(self, n_pre: int, n_post: int):
        """A rule, or pairs in any order, with repeats; or none."""
        rules = [
            snn.random(self.pick(0.0, 0.3, 1.0)),
            snn.fixed_indegree(min(2, n_pre)),
            "given",
            "given",
            "none",
        ]
        if n_pre * n_post < 1000:
            rules += [snn.all_to_all(), snn.from_matrix(self.rng.random((n_pre, n_post)) < 0.4)]
        if n_pre == n_post:
            rules.append(snn.one_to_one())
        rule = self.pick(*rules)
        if rule not in ("given", "none"):
            return rule, None
        count = int(self.rng.integers(1, 4 * n_post)) if rule == "given" else 0
        return (self.rng.integers(0, n_pre, count), self.rng.integers(0, n_post, count)), count

    def delay(self, count: int | None):
        kind = self.pick("none", "one", "drawn", "many")
        if kind == "none":
            return 0.0
        if kind == "many" and count is not None:
            return self.times(self.rng.integers(0, 25, count))
        return (
            snn.uniform(0.0, 20 * self.dt) if kind == "drawn" else self.times(int(self.rng.integers(1, 20)))
        )

    def projection(self, pre, post, receptor, low, high, *, array=True, rule=None, storage="rows", **more):
        """A projection between views, with weights between two bounds: an array or a distribution, or one number."""
        pre = pre if isinstance(pre, snn.SpikeTrains | snn.PoissonSource) else self.view(pre)
        post = self.view(post)
        if storage == "dense":
            pairs, count, delay = snn.all_to_all(), None, self.times(self.pick(0, 1, 7))
        elif storage == "planes":  # each pair once
            pairs, count, delay = snn.random(self.pick(0.0, 0.3, 1.0)), None, self.times(self.pick(0, 1, 7))
        else:
            pairs, count = self.pairs(pre.n, len(post))
            delay = self.delay(count)
        if rule is not None:
            low, high = max(low, rule.w_min), min(high, rule.w_max)
        if not array:
            w: Any = float(self.rng.uniform(low, high))
        elif count is not None and self.pick(True, False):
            w = self.rng.uniform(low, high, count)
        else:
            w = snn.uniform(low, high)
        return snn.Projection(pre, post, pairs, w, delay, receptor, rule, storage=storage, **more)

    def trains(self, n: int, rate: float = 0.15) -> snn.SpikeTrains:
        """Given spikes: on and off the grid, at 0, at the end, repeated; more in a longer run. Or none."""
        t_stop = self.times(self.n_steps)
        count = int(self.rng.poisson(rate * n * t_stop)) if self.pick(True, True, False) else 0
        t = self.rng.uniform(0.0, t_stop, count)
        on = self.rng.random(count) < 0.5
        t[on] = np.minimum(self.times(np.round(t[on] / self.dt)), t_stop)
        t[self.rng.random(count) < 0.1] = 0.0
        t[self.rng.random(count) < 0.1] = t_stop
        i = self.rng.integers(0, n, count)
        twice = self.rng.random(count) < 0.1
        return snn.SpikeTrains(np.append(t, t[twice]), np.append(i, i[twice]), n=n, t_stop=t_stop)

    def source(self, n: int) -> snn.PoissonSource:
        """Poisson neurons whose rates differ, constant in time."""
        return snn.PoissonSource(n, self.rng.uniform(0.0, 300.0, n))

    def varying_source(self, n: int) -> snn.PoissonSource:
        """Poisson neurons with one rate, which changes."""
        high = self.near(200.0)
        return snn.PoissonSource(
            n, self.pick(lambda t: high if t > 5.0 else 1.0, snn.step(high, 5.0), snn.ramp(high, 2.0, 90.0))
        )

    def series(self, low: float, high: float, n: int):
        """The same kind of current in every form: one row per step and neuron."""
        rows = self.rng.uniform(low, high, (self.n_steps, n))
        table = lambda t: rows[min(int(round(t / self.dt)), self.n_steps - 1)]  # noqa: E731
        ramp = snn.ramp(self.rng.uniform(low, high, n), 0.0, 2 * self.times(self.n_steps))
        return self.pick(Rows(rows), table, ramp + low, snn.step(rows[0], 1.0, 9.0) + snn.sine(rows[0], 60.0))

    def shared(self, low: float, high: float):
        """The same for a current that all neurons share."""
        rows = self.rng.uniform(low, high, (self.n_steps, 1))
        table = lambda t: rows[min(int(round(t / self.dt)), self.n_steps - 1), 0]  # noqa: E731
        return self.pick(Rows(rows), table, snn.step(high, 1.0, 9.0) + low, snn.sine(low, 60.0, 1.0) + high)

    def network(self, populations, projections=(), **settings) -> Network:
        seed = self.one(st.integers(0, 2**63 - 1), label="seed of the run")
        settings = {"t_stop": self.times(self.n_steps), "dt": self.dt, "seed": seed, **settings}
        return Network(populations, list(projections), settings)


# --- the structures --------------------------------------------------------------------------------------------------


def exact_currents(d: Draw) -> Network:
    """Linear throughout: LIF with all receptors that are, jumps with and without delay, given spikes, one big block."""
    n = d.size(block=True)
    receptors = {
        "jump": snn.Delta(),
        "exp": d.model(snn.ExpCurrent),
        "alpha": d.model(snn.AlphaCurrent),
        "bi": snn.BiExpCurrent(*d.pick((0.5, 5.0), (2.0, 2.0), (3.0, 1.0))),
    }
    pop = snn.Population(d.model(snn.LIF), n, receptors, name="lif")
    given = d.trains(d.pick(1, 4, n))
    return d.network(
        [pop],
        [
            d.projection(given, pop, "jump", 5.0, 25.0),
            d.projection(given, pop, "bi", -40.0, 90.0, array=False),
            d.projection(pop, pop, "jump", 1.0, 4.0, array=False, storage="planes"),
            d.projection(pop, pop, "exp", 10.0, 90.0),
            d.projection(pop, pop, "alpha", -90.0, 30.0),
        ],
        I=d.rng.uniform(150.0, 500.0, n),
        initial={"v": d.pick(snn.uniform(-70.0, -50.0), d.rng.uniform(-70.0, -45.0, n))},
    )


def conductances(d: Draw) -> Network:
    """Not linear in v: rk4 with all conductances, and one population that drives another."""
    a = snn.Population(
        d.model(snn.LIF, "tau_m", "t_ref", n=(n := d.size())), n, {"jump": snn.Delta()}, name="a"
    )
    receptors = {
        "ampa": d.model(snn.ExpConductance),
        "gaba": d.model(snn.AlphaConductance, E_rev=-80.0),
        "nmda": d.model(snn.NMDA),
    }
    b = snn.Population(d.model(snn.LIF), d.size(), receptors, name="b")
    given = d.trains(3)
    return d.network(
        [a, b],
        [
            d.projection(a, b, "ampa", 0.5, 20.0, storage="dense"),
            d.projection(b, b, "gaba", 0.5, 9.0, array=False, storage="planes"),
            d.projection(given, b, "nmda", 0.5, 9.0),
            d.projection(d.varying_source(3), b, "ampa", 0.5, 20.0),
            snn.PoissonDrive(b, d.rng.uniform(0.0, 900.0, b.n), d.rng.uniform(0.0, 3.0, b.n), "gaba"),
            d.projection(b, a, "jump", -3.0, 9.0),
        ],
        I={a: d.shared(150.0, 500.0), b: 150.0},
        initial={a: {"v": -55.0}, d.view(b): {"v": snn.normal(-57.0, 5.0), "ampa.g": 1.0}},
    )


def upstrokes(d: Draw) -> Network:
    """AdEx, EIF and QIF: steep, clipped at a peak, by rk4 and euler, with noise."""
    n = d.size()
    a = snn.Population(
        d.model(snn.AdEx, "b", n=n), n, {"exc": d.model(snn.ExpConductance), "jump": snn.Delta()}, name="adex"
    )
    b = snn.Population(d.model(snn.EIF), d.size(), {"exc": d.model(snn.ExpCurrent)}, name="eif")
    c = snn.Population(d.model(snn.QIF), d.size(), {"jump": snn.Delta()}, name="qif")
    noise = snn.noise(d.pick(0.0, 300.0)) + snn.noise(100.0, tau=d.pick(2.0, 9.0), shared=True)
    return d.network(
        [a, b, c],
        [
            d.projection(a, b, "exc", 50.0, 200.0),
            d.projection(b, c, "jump", 1.0, 5.0, array=False),
            d.projection(c, a, "exc", 1.0, 20.0),
            d.projection(d.trains(2), a, "jump", 1.0, 9.0, array=False),
        ],
        I={
            a: noise + snn.sine(300.0, 60.0) + d.near(900.0),
            b: d.series(200.0, 900.0, b.n),
            c: d.rng.uniform(100.0, 300.0, c.n),
        },
        method={b: "euler"},
        initial={a: {"w": d.rng.uniform(0.0, 50.0, n)}},
    )


def izhikevich(d: Draw) -> Network:
    """Both forms, kicks and currents; one population euler."""
    a = snn.Population(d.model(snn.Izhikevich), d.size(), {"jump": snn.Delta()}, name="2003")
    n = d.size()
    b = snn.Population(
        d.model(snn.Izhikevich2007, "C_m", n=n), n, {"exc": d.model(snn.AlphaCurrent)}, name="2007"
    )
    given = d.trains(2)
    return d.network(
        [a, b],
        [
            d.projection(a, b, "exc", 20.0, 200.0),
            d.projection(b, a, "jump", 1.0, 5.0, array=False),
            d.projection(given, a, "jump", -5.0, 5.0),
        ],
        I={a: d.shared(4.0, 20.0), b[1:]: snn.noise(d.near(50.0), tau=5.0) + 300.0},
        method={a: "euler"},
    )


def half_steps(d: Draw) -> Network:
    """The published scheme of 2003, whose step is long."""
    a = snn.Population(d.model(snn.Izhikevich), d.size(block=True), {"jump": snn.Delta()}, name="half")
    return d.network(
        [a],
        [
            d.projection(a, a, "jump", -3.0, 6.0),
            d.projection(d.trains(a.n), a, "jump", 3.0, 9.0, array=False),
        ],
        I=snn.noise(5.0) + 8.0,
        method="half_step_2003",
    )


def per_area(d: Draw) -> Network:
    """Models that spike on the upward crossing, by exponential Euler and rk4, with receptors divided by the area."""
    a = snn.Population(
        d.model(snn.HodgkinHuxley),
        d.size(),
        {"exc": d.model(snn.ExpConductance), "jump": snn.Delta()},
        name="hh",
    )
    b = snn.Population(d.model(snn.MorrisLecar), d.size(), {"exc": d.model(snn.ExpCurrent)}, name="ml")
    return d.network(
        [a, b],
        [
            d.projection(a, b, "exc", 100.0, 9000.0),
            d.projection(d.trains(2), a, "jump", 5.0, 30.0),
            d.projection(b, a, "exc", 5.0, 100.0, array=False),
        ],
        I={a: d.rng.uniform(2.0, 20.0, a.n), b: 90.0 + snn.noise(9.0)},
        method={a: "exponential_euler", b: "rk4"},
    )


def alone(d: Draw) -> Network:
    """Neurons that hear of no other run ahead in blocks: every one that spikes without a network, currents of all forms."""
    n = d.size(block=True)
    a = snn.Population(d.model(snn.LIF, "tau_m", "R_m", "t_ref", n=n), n, name="a")
    b = snn.Population(d.model(snn.FitzHughNagumo), d.size(), name="fn")
    c = snn.Population(d.model(snn.HindmarshRose), d.size(), name="hr")
    e = snn.Population(d.model(snn.SRM), d.size(block=True), name="srm")
    return d.network(
        [a, b, c, e],
        I={
            a: d.series(100.0, 600.0, n),
            b: snn.noise(0.1, tau=3.0) + 0.6,
            c: d.shared(2.0, 4.0),
            e: snn.noise(d.rng.uniform(0.0, 90.0, e.n), shared=True)
            + snn.ramp(d.rng.uniform(200.0, 900.0, e.n), 0.0, 30.0),
        },
        method={b: "euler"},
        initial={a: {"v": snn.uniform(-70.0, -40.0)}, d.view(e): {"theta": 1.0}},
    )


def drawn_spikes(d: Draw) -> Network:
    """Stochastic thresholds, alone and in a plastic network."""
    a = snn.Population(
        d.model(snn.PoissonGLM, rho_0=0.05), d.size(block=True), {"jump": snn.Delta()}, name="glm"
    )
    n = d.size()
    b = snn.Population(d.model(snn.SRM, "theta_1", n=n), n, {"exc": d.model(snn.BiExpCurrent)}, name="srm")
    return d.network(
        [a, b],
        [
            d.projection(a, b, "exc", 0.0, 1.0, rule=d.model(snn.NearestSTDP)),
            d.projection(a, a, "jump", -3.0, 3.0),
            d.projection(b, a, "jump", 0.2, 0.9, rule=d.model(snn.PairSTDP, mu=d.pick(0.0, 0.5, 1.0))),
            d.projection(d.source(4), b, "exc", 0.2, 0.9, rule=d.model(snn.PairSTDP)),
            snn.PoissonDrive(d.view(b), d.near(500.0), d.near(30.0), "exc", d.pick(1, 5)),
        ],
        I={a: d.rng.uniform(200.0, 400.0, a.n), b: d.shared(250.0, 600.0)},
        initial={a: {"v": -55.0}, b: {"v": snn.uniform(-65.0, -51.0)}},
    )


class OwnRule(snn.Plasticity):
    """As a student writes it in a cell: three traces of both kinds, on both sides."""

    A: one = 0.05
    tau_x: ms = 17.0
    tau_y: ms = 34.0
    tau_z: ms = 114.0
    w_min: weight = -1.0
    w_max: weight = 2.0

    traces = {"x": ("pre", "tau_x", "set"), "y": ("post", "tau_y", "add"), "z": ("pre", "tau_z", "add")}

    def on_pre(w, x, y, A, w_max):
        w = w - A * w_max * y * (1.0 + x)
        return w

    def on_post(w, x, y, z, A, w_max):
        w = w + A * w_max * x * z * (1.0 + y)
        return w


class OwnNeuron(snn.Neuron):
    """As a student writes it: reads the time and the time since its last spike, and draws its threshold."""

    tau_m: ms = 15.0
    E_L: mV = -65.0
    v_th: mV = -50.0
    A: mV = 8.0
    period: ms = 7.0
    quiet: ms = 3.0
    R_I: 1 / pA * mV = 0.1  # type: ignore[operator]

    state = {"v": "mV", "a": "1"}
    input = {"I": "pA"}
    method = "euler"

    def initial(E_L):
        return {"v": E_L, "a": 0.0}

    def dynamics(v, a, I, t, t_last, tau_m, E_L, A, period, quiet, R_I):
        pull = where(t_last < quiet, 1.0, 0.0)  # noqa: F821
        dv = (E_L - v - A * pull - A * a + R_I * I + A * tanh(t / period)) / tau_m  # noqa: F821
        da = -a / tau_m
        return dv, da

    def threshold(v, t_last, u, v_th, quiet):
        return v >= v_th + 10.0 * u * (v_th / v_th) * where(t_last < quiet, 2.0, 1.0)  # noqa: F821

    def reset(v, a, t_last, E_L, quiet):
        v = E_L
        a = a + 1.0 + minimum(t_last / quiet, 1.0)  # noqa: F821
        return v, a


def own_declarations(d: Draw) -> Network:
    """A model and a rule that are declared in a cell, plastic jumps at the refractory edges, repeated pairs."""
    a = snn.Population(d.model(OwnNeuron), d.size(), {"exc": d.model(snn.ExpCurrent)}, name="own")
    b = snn.Population(
        d.model(snn.LIF), d.size(), {"jump": snn.Delta(), "exc": d.model(snn.ExpCurrent)}, name="b"
    )
    rule = d.model(OwnRule)
    given = d.trains(5)
    return d.network(
        [a, b],
        [
            d.projection(given, a, "exc", 0.0, 2.0, rule=rule),
            d.projection(a, b, "jump", -1.0, 2.0, rule=rule),
            d.projection(b, b, "jump", 0.0, 1.0, rule=d.model(snn.PairSTDP, A_plus=0.1, A_minus=0.1)),
            d.projection(b, a, "exc", 50.0, 300.0, array=False),
        ],
        I={a: d.near(450.0), b: d.rng.uniform(300.0, 700.0, b.n)},
        initial={b: {"v": snn.uniform(-65.0, -50.0)}},
    )


def memories(d: Draw) -> Network:
    """What remembers more than a weight: short-term plasticity, triplets, rewards, scaling; and gap junctions."""
    n = d.size()
    a = snn.Population(
        d.model(snn.LIF), n, {"gap": snn.GapJunction(), "exc": d.model(snn.ExpCurrent)}, name="a"
    )
    b = snn.Population(
        d.model(snn.LIF), d.size(), {"exc": d.model(snn.ExpCurrent), "jump": snn.Delta()}, name="b"
    )
    given, rewards = d.trains(4), d.trains(1)
    pairs = d.rng.integers(0, n, (2, int(d.rng.integers(0, 3 * n))))
    release = snn.TsodyksMarkram(d.near(0.3), d.near(100.0), d.near(50.0))
    return d.network(
        [a, b],
        [
            snn.Projection(a, a, tuple(pairs), d.near(2.0), 0.0, "gap", storage="rows"),
            d.projection(given, a, "exc", 50.0, 300.0, short_term=release),
            d.projection(a, b, "exc", 0.1, 0.9, rule=d.model(snn.TripletSTDP)),
            d.projection(
                given, b, "jump", 0.1, 0.9, rule=d.model(snn.RewardSTDP, tau_d=20.0), reward=rewards
            ),
            d.projection(b, a, "exc", 0.1, 0.9, rule=d.model(snn.Homeostasis, tau_h=100.0)),
        ],
        I={a: d.rng.uniform(200.0, 500.0, n), b: d.rng.uniform(200.0, 500.0, b.n)},
        initial={a: {"v": snn.uniform(-65.0, -50.0)}, b: {"v": snn.uniform(-65.0, -50.0)}},
    )


STRUCTURES = {
    f.__name__: f
    for f in (
        exact_currents, conductances, upstrokes, izhikevich, half_steps, per_area, alone, drawn_spikes, own_declarations, memories,
    )
}  # fmt: skip
DT = {"half_steps": 0.5, "upstrokes": 0.05, "per_area": 0.05}  # where the equations need it


def networks(name: str):
    """A strategy that draws networks of a structure."""

    @st.composite
    def strategy(draw):
        return STRUCTURES[name](Draw(draw, DT.get(name)))

    return strategy()
