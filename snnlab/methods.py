"""Integration methods. Each is two small functions: the step in NumPy, and the same step as kernel lines.

A NumPy step takes f (a list of states -> list of derivatives), the states x and dt, and returns the increments.
Kernel lines compute `_inc_STATE` for every state; `call` writes a call of the compiled right-hand side.
To add a method, add one entry to METHODS.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .bends import bends_of, fixed
from .system import System
from .vocabulary import exprel

NEAR = 0.5  # the kernels' near_exprel is right for arguments of -NEAR to 0: rates of decay


class Method(NamedTuple):
    """How a method steps in NumPy, how it is written in a kernel, and what its order of convergence is."""

    step: Callable[..., list]
    lines: Callable[..., list[str]]
    order: int
    needs: tuple[str, ...] = ()  # the model's states, where the method is made for them


def _euler(f, x, dt):
    """x + dt f(x)."""
    return [dt * d for d in f(x)]


def _euler_lines(system: System, call) -> list[str]:
    derivatives = ", ".join(f"_d_{s}" for s in system.states)
    return [f"{derivatives} = {call({})}", *(f"_inc_{s} = dt * _d_{s}" for s in system.states)]


def _rk4(f, x, dt):
    """The classical Runge-Kutta method of order 4; the input is held over the step."""
    a = f(x)
    b = f([v + 0.5 * dt * d for v, d in zip(x, a, strict=True)])
    c = f([v + 0.5 * dt * d for v, d in zip(x, b, strict=True)])
    d = f([v + dt * e for v, e in zip(x, c, strict=True)])
    return [dt / 6.0 * (p + 2.0 * q + 2.0 * r + s) for p, q, r, s in zip(a, b, c, d, strict=True)]


def _rk4_lines(system: System, call) -> list[str]:
    lines = []
    for stage, (previous, share) in enumerate([("", ""), ("a", "0.5 * "), ("b", "0.5 * "), ("c", "")]):
        name = "abcd"[stage]
        changed = {s: f"{s} + {share}dt * _{previous}_{s}" for s in system.states} if stage else {}
        lines.append(", ".join(f"_{name}_{s}" for s in system.states) + f" = {call(changed)}")
    return lines + [
        f"_inc_{s} = dt / 6.0 * (_a_{s} + 2.0 * _b_{s} + 2.0 * _c_{s} + _d_{s})" for s in system.states
    ]


def _exponential_euler(f, x, dt):
    """Each state exactly, with the others held: x_k + phi(A_k dt) dt f_k(x), A_k = f_k(x + e_k) - f_k(x)."""
    base = f(x)
    increments = []
    for k, value in enumerate(x):
        z = dt * (f([v + 1.0 if m == k else v for m, v in enumerate(x)])[k] - base[k])
        safe = np.where(z == 0.0, 1.0, z)
        increments.append(np.where(z == 0.0, 1.0, np.expm1(safe) / safe) * dt * base[k] + 0.0 * value)
    return increments


def _exponential_euler_lines(system: System, call) -> list[str]:
    """A state that decays at a constant rate has its phi(A_k dt) dt from before the run, as `_phi_STATE`."""
    constant = steady_states(system)
    lines = [", ".join(f"_d_{s}" if s in constant else "_" for s in system.states) + f" = {call({})}"]
    for state in system.states:
        if state in constant:
            lines.append(f"_inc_{state} = _phi_{state} * _d_{state}")
            continue
        # f_k is affine in its own state: its value at 0 and its rate say all, and most of each is the same for all neurons
        lines += [
            *_rate_lines(system, call, state),
            f"_inc_{state} = exprel(_z_{state}) * (dt * _d_{state} + {state} * _z_{state})",
        ]
    return lines


@lru_cache(maxsize=256)
def changing_states(system: System, method: str) -> tuple[str, ...]:
    """The states whose exprel(A_k dt) is nearly all the work of a step: all else is products and sums, and no input."""
    if method != "exponential_euler" or system.calls_functions:
        return ()
    rng = np.random.default_rng(0)
    values = {name: rng.uniform(0.5, 1.5) for name in (*system.parameters, "dt", "t", "t_last")}
    x = rng.uniform(-2.0, 2.0, len(system.states))
    at_rest, driven = (_rates(system, values | {"I": current}, x) for current in (0.0, 1.0))
    if not np.ptp([at_rest, driven], axis=0).max() <= 1e-9:  # nor if it is not a number
        return ()
    if any("I" in (bends_of(system, s, (s,)) or ()) for s in system.states):
        return ()
    return tuple(s for s in system.states if s not in steady_states(system))


def far_lines(system: System, call, states: tuple[str, ...]) -> list[str]:
    """Whether A_k dt is outside of -NEAR … 0, where `near_exprel` is right, for any of the states, as `_far`."""
    lines = [line for state in states for line in _rate_lines(system, call, state)]
    beyond = " | ".join(f"(abs(_z_{s} + {NEAR / 2}) > {NEAR / 2})" for s in states)
    return [*lines, f"_far = {beyond}"]


def _rate_lines(system: System, call, state: str) -> list[str]:
    """f_k where its own state is 0, as `_d_STATE`, and A_k dt, as `_z_STATE`."""
    k = system.states.index(state)

    def at(value: str, name: str) -> str:
        targets = ", ".join(name if m == k else "_" for m in range(len(system.states)))
        return f"{targets} = {call({state: value})}"

    terms = [name if of is None else f"{name} * {of}" for name, of in rate_terms(system, state)]
    if terms:
        return [at("0.0", f"_d_{state}"), f"_z_{state} = {' + '.join(terms)}"]
    return [
        at("0.0", f"_d_{state}"),
        at("1.0", f"_a_{state}"),
        f"_z_{state} = dt * (_a_{state} - _d_{state})",
    ]


def rate_terms(system: System, state: str) -> list[tuple[str, str | None]]:
    """The numbers whose products with states (None: as it is) add up to A_k dt; none where it is not such a sum."""
    reached = _rate_sums(system).get(state, ())
    names = [f"_rate_{state}", *(f"_rate_{state}_{other}" for other in reached)] if reached else []
    return list(zip(names, (None, *reached), strict=False))


@lru_cache(maxsize=256)
def _rate_sums(system: System) -> dict[str, tuple[str, ...]]:
    """For each changing state the states that its rate A_k is affine in; empty unless all rates are so."""
    changing = changing_states(system, "exponential_euler")
    if not all(_is_plain(system, s) for s in changing):
        return {}
    rows = [system.states.index(s) for s in changing]
    rng, felt = np.random.default_rng(0), np.zeros((len(rows), len(system.states)))
    for _ in range(3):
        values = {name: rng.uniform(0.5, 1.5) for name in (*system.parameters, "dt")}
        slopes = _rate_slopes(system, values | _moment(rng))[rows]
        for _ in range(4):
            x = rng.uniform(-2.0, 2.0, len(system.states))
            off = _rates(system, values | _moment(rng), x)[rows] - slopes[:, 0] - slopes[:, 1:] @ x
            if not np.all(abs(off) < 1e-9):
                return {}
        felt = np.maximum(felt, abs(slopes[:, 1:]))
    return {
        state: tuple(s for s, size in zip(system.states, sizes, strict=True) if size > 1e-9)
        for state, sizes in zip(changing, felt, strict=True)
    }


def _rate_slopes(system: System, values: dict) -> np.ndarray:
    """A_k at x = 0, and how much it grows with each state: shape (states, 1 + states) and that of the parameters."""
    n = len(system.states)
    # a large step loses fewer digits to potentials like E_L that stand beside it; a power of 2 loses none itself
    at_rest, *beside = (_rates(system, values, x, h=1024.0) for x in (np.zeros(n), *np.eye(n)))
    return np.stack([at_rest, *(rates - at_rest for rates in beside)], axis=1)


def rate_numbers(system: System, parameters: dict, dt: float) -> np.ndarray:
    """The numbers of `rate_terms` of all changing states, one after the other, shape (numbers, 1 or n)."""
    given = {**parameters, "I": 0.0, "t": 0.0, "dt": dt, "t_last": 0.0}
    slopes = _rate_slopes(system, given).reshape(len(system.states), 1 + len(system.states), -1)
    rows = [
        slopes[k, 0 if of is None else 1 + system.states.index(of)]
        for k, state in enumerate(system.states)
        for _, of in rate_terms(system, state)
    ]
    return dt * np.array(rows) if rows else np.empty((0, 1))


@lru_cache(maxsize=256)
def steady_states(system: System) -> tuple[str, ...]:
    """The states whose rate A_k = f_k(x + e_k) - f_k(x) is the same at all x, I and times, whatever the parameters."""
    rng = np.random.default_rng(0)
    rates = []
    for _ in range(3):
        values = {name: rng.uniform(0.5, 1.5) for name in (*system.parameters, "dt")}
        rates.append(
            [
                _rates(system, values | _moment(rng), rng.uniform(-2.0, 2.0, len(system.states)))
                for _ in range(4)
            ]
        )
    spread = np.ptp(np.array(rates), axis=1).max(axis=0)
    return tuple(s for s, d in zip(system.states, spread, strict=True) if d < 1e-9 and _is_plain(system, s))


def _is_plain(system: System, state: str) -> bool:
    """Whether the rate of a state is what it seems to be at a few random states."""
    bends = bends_of(system, state, (state,))
    return bends is not None and bends <= fixed(system)


def _moment(rng: np.random.Generator) -> dict:
    """What changes from step to step besides the states: a rate that depends on it is not constant."""
    return {name: rng.uniform(0.5, 1.5) for name in ("I", "t", "t_last")}


def _rates(system: System, values: dict, x: np.ndarray, h: float = 1.0) -> np.ndarray:
    """A_k of each state at x, (f_k(x + h e_k) - f_k(x))/h; `values` as for `system.derivatives`."""
    found = []
    with np.errstate(all="ignore"):
        for k in range(x.size):
            f = [
                system.derivatives(
                    values | dict(zip(system.states, x + step * (np.arange(x.size) == k), strict=True))
                )[k]
                for step in (0.0, h)
            ]
            found.append(np.asarray((f[1] - f[0]) / h, dtype=float))
    return np.array(np.broadcast_arrays(*found))


def steady_steps(system: System, parameters: dict, dt: float) -> np.ndarray:
    """phi(A_k dt) dt of each steady state, shape (steady states, 1 or n): what `_phi_STATE` is in a kernel."""
    given = {**parameters, "I": 0.0, "t": 0.0, "dt": dt, "t_last": 0.0}
    rates = _rates(system, given, np.zeros(len(system.states)))
    rows = [system.states.index(s) for s in steady_states(system)]
    return dt * exprel(dt * rates.reshape(len(system.states), -1)[rows])


def _exact(f, x, dt, matrix=None):
    """x + M f(x) with M = dt phi1(A dt): exact for a linear system with the input held over the step."""
    derivatives = f(x)
    return [
        sum(matrix[a, b] * derivatives[b] for b in range(len(x)) if np.any(matrix[a, b])) + 0.0 * x[a]
        for a in range(len(x))
    ]


def _exact_lines(system: System, call) -> list[str]:
    lines = [", ".join(f"_d_{s}" for s in system.states) + f" = {call({})}"]
    for a, state in enumerate(system.states):
        terms = [
            f"_m_{a}_{b} * _d_{other}" for b, other in enumerate(system.states) if other in system.reaches[a]
        ]  # fmt: skip
        free = " + ".join(terms)
        if system.refractory and not system.frozen[a] and couples_to_frozen(system, a):
            held = " + ".join(term.replace("_m_", "_h_", 1) for term in terms)
            lines.append(f"_inc_{state} = where(_live, {free}, {held})")
        else:
            lines.append(f"_inc_{state} = {free}")
    return lines


def _half_step_2003(f, x, dt):
    """v in two half steps of Euler with u held, then u in one with the new v.

    The program in Izhikevich (2003), doi:10.1109/TNN.2003.820440, with dt = 1 ms. Receptors go with u.
    """
    v, *rest = x
    half = v + 0.5 * dt * f(x)[0]
    new = half + 0.5 * dt * f([half, *rest])[0]
    return [new - v, *(dt * d for d in f([new, *rest])[1:])]


def _half_step_2003_lines(system: System, call) -> list[str]:
    v, *rest = system.states
    targets = ", ".join(f"_d_{s}" for s in system.states)
    return [
        f"{targets} = {call({})}",
        f"_half = {v} + 0.5 * dt * _d_{v}",
        f"{targets} = {call({v: '_half'})}",
        f"_new = _half + 0.5 * dt * _d_{v}",
        f"{targets} = {call({v: '_new'})}",
        f"_inc_{v} = _new - {v}",
        *(f"_inc_{s} = dt * _d_{s}" for s in rest),
    ]


def couples_to_frozen(system: System, row: int) -> bool:
    """True when state number `row` depends on a state that is held while refractory."""
    return any(name in system.model.frozen for name in system.reaches[row])


METHODS = {
    "euler": Method(_euler, _euler_lines, 1),
    "exponential_euler": Method(_exponential_euler, _exponential_euler_lines, 1),
    "rk4": Method(_rk4, _rk4_lines, 4),
    "exact": Method(_exact, _exact_lines, 0),
    "half_step_2003": Method(_half_step_2003, _half_step_2003_lines, 1, needs=("v", "u")),
}


def phi1(matrix: np.ndarray) -> np.ndarray:
    """phi1(A) = A^-1 (exp(A) - 1), shape (..., K, K), also for singular A, by scaling and squaring.

    phi1(2A) = (exp(A) + 1) phi1(A) / 2, and exp(A) = 1 + A phi1(A).
    Higham (2008), Functions of Matrices, ch. 10, doi:10.1137/1.9780898717778.

    >>> float(phi1(np.array([[0.0]]))[0, 0])
    1.0
    """
    size = matrix.shape[-1]
    norm = np.abs(matrix).sum(axis=-1).max(initial=0.0)
    squarings = max(0, int(np.ceil(np.log2(norm / 0.5)))) if norm > 0.5 else 0
    scaled = matrix / 2.0**squarings
    identity = np.eye(size)
    result = np.zeros_like(matrix) + identity
    for term in range(17, 1, -1):  # Horner: sum of A^j/(j+1)!; 0.5^17/18! is far below 1e-16
        result = identity + scaled @ result / term
    for _ in range(squarings):
        exponential = identity + scaled @ result
        result = 0.5 * (exponential + identity) @ result
        scaled = 2.0 * scaled
    return result


def probe(system: System, values: dict, rng: np.random.Generator) -> np.ndarray | None:
    """The matrix A (K, K, n or 1) of dx/dt = A x + b, or None when the system is not linear or A is not constant.

    A is read off by finite differences, exact for a linear system, and tested at random states, currents and times.
    """
    bends = [bends_of(system, s, system.states) for s in system.states]
    if any(names is None or not names <= fixed(system) for names in bends):
        return None
    rows = max((np.size(v) for v in values.values()), default=1)
    size = len(system.states)

    def f(x, moment):
        results = system.derivatives({**values, **moment, **dict(zip(system.states, x, strict=True))})
        return np.array([np.broadcast_to(np.asarray(d, dtype=float), (rows,)) for d in results])

    with np.errstate(all="ignore"):
        base = f([0.0] * size, {})
        columns = [f([1.0 if m == k else 0.0 for m in range(size)], {}) - base for k in range(size)]
        matrix = np.stack(columns, axis=1)
        for scale in (1.0, 50.0, *[100.0] * 8):  # also where a clipped upstroke is not constant
            x = scale * rng.standard_normal(size)
            moment = _moment(rng)
            base = f([0.0] * size, moment)
            got, expected = f(list(x), moment), np.einsum("abn,b->an", matrix, x) + base
            tolerance = 1e-9 * (np.abs(base) + np.abs(matrix).sum(axis=1) * scale * 4.0 + 1e-300)
            if not (np.abs(got - expected) <= tolerance).all():
                return None
    return matrix


def exact_matrices(system: System, matrix: np.ndarray, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """M for a free and for a refractory neuron, each (K, K, rows): dt phi1(A dt), frozen rows of A at zero."""
    free = np.moveaxis(matrix, -1, 0)
    held = np.where(np.array(system.frozen)[None, :, None], 0.0, free)
    made = [np.moveaxis(dt * phi1(a * dt), 0, -1) for a in (free, held)]
    return made[0], made[1]


def is_affine_in_each(system: System, values: dict, rng: np.random.Generator) -> bool:
    """True when every derivative is affine in its own state, which exponential_euler needs."""
    if any(bends_of(system, s, (s,)) is None for s in system.states):
        return False
    base = {
        **values,
        **_moment(rng),
        **{
            s: float(v) for s, v in zip(system.states, rng.uniform(0.1, 1.0, len(system.states)), strict=True)
        },
    }
    with np.errstate(all="ignore"):
        for k, state in enumerate(system.states):
            f = [
                np.asarray(system.derivatives({**base, state: base[state] + h})[k], dtype=float)
                for h in (0.0, 1.0, 2.0, 40.0, -40.0, -80.0)  # the last two: below a clipped upstroke
            ]
            slope = f[1] - f[0]
            scale = np.abs(f[0]) + np.abs(slope) * 40.0 + 1e-300
            for g, h in zip(f[2:], (2.0, 40.0, -40.0, -80.0), strict=True):
                if not (np.abs(g - f[0] - h * slope) <= 1e-9 * scale).all():
                    return False
    return True
