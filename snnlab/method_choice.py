"""Which method integrates a population: the one that is asked for, or the most exact that fits its equations."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from .methods import METHODS, exact_matrices, is_affine_in_each, probe
from .network import Population
from .system import System


def methods_wanted(wanted: Any, populations: list[Population]) -> list[str | None]:
    """The method that is asked for, for each population."""
    if not isinstance(wanted, dict):
        return [wanted] * len(populations)
    for key in wanted:
        if not any(key is p for p in populations):
            raise ValueError(f"method: keys must be populations of this network, got {key!r}")
    return [wanted.get(p) for p in populations]


def method_of(population: Population, system: System, parameters: dict, wanted: str | None, dt: float):
    """The method to use and, for `exact`, its matrices. None means the model's, or the best that fits it."""
    if wanted is not None and not (isinstance(wanted, str) and wanted in METHODS):
        raise ValueError(f"method: must be one of {tuple(METHODS)} or None, got {wanted!r}")
    name = wanted or population.model.method
    if name not in METHODS:
        model = type(population.model).__name__
        raise ValueError(f"{model}.method: must be one of {tuple(METHODS)}, got {name!r}")
    if METHODS[name].needs not in ((), tuple(system.model.state)):
        needs = " and ".join(METHODS[name].needs)
        raise ValueError(
            f"method: {name} is made for models with the states {needs}, and {population} is none"
        )
    key = (population.model, tuple(population.receptors.values()))
    if name == "exact":
        matrices = _exact(system, key, dt)
        if matrices is not None:
            return name, matrices
        if wanted:
            raise ValueError(
                f"method: exact needs linear equations with constant coefficients, and those of {population} are not; "
                f"use {_general_method(system, key)!r} or None"
            )
        name = "rk4" if _has_coupled_receptor(system) else _general_method(system, key)
    elif name == "exponential_euler" and _general_method(system, key) != name:
        if wanted:
            raise ValueError(
                f"method: exponential_euler needs equations that are affine in each state, and those of {population} "
                "are not; use 'rk4'"
            )
        name = "rk4"
    return name, None


def _values(system: System, key: tuple, dt: float = 0.1) -> dict:
    model, synapses = key
    values = {p: getattr(model, p) for p in model.parameters()}
    for (receptor, _), synapse in zip(system.receptors, synapses, strict=True):
        values |= {f"{receptor}_{p}": getattr(synapse, p) for p in synapse.parameters()}
    return {**values, "I": 0.0, "t": 0.0, "dt": dt, "t_last": 0.0}


@lru_cache(maxsize=128)
def _exact(system: System, key: tuple, dt: float):
    matrix = probe(system, _values(system, key, dt), np.random.default_rng(0))
    return None if matrix is None else exact_matrices(system, matrix, dt)


@lru_cache(maxsize=128)
def _general_method(system: System, key: tuple) -> str:
    affine = is_affine_in_each(system, _values(system, key), np.random.default_rng(0))
    return "exponential_euler" if affine else "rk4"


def _has_coupled_receptor(system: System) -> bool:
    """True for a synapse that rises and decays: exponential_euler holds one state while it steps the other."""
    own = len(system.model.state)
    receptors = set(system.states[own:])
    rows = zip(system.states[own:], system.depends[own:], strict=True)
    return any(names & receptors - {state} for state, names in rows)
