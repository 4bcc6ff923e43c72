"""The translation table of `to_pynn`: which standard cell of PyNN each neuron with its receptors is, name by name.

PyNN reads ms, mV, nA, nF and uS; ours are ms, mV, pA, pF, nS and GOhm. Every row says which quantity of PyNN is
which expression of ours, and the factor between the units. To carry one more model over, add its rows to CELLS.
"""

from __future__ import annotations

import textwrap
from typing import NamedTuple

import numpy as np

from ..model import Neuron, Synapse
from ..neurons import EIF, LIF, AdEx, Izhikevich
from ..short_term import TsodyksMarkram
from ..synapses import AlphaConductance, AlphaCurrent, Delta, ExpConductance, ExpCurrent


class Row(NamedTuple):
    """PyNN's `name`, in `unit`, is `factor` times our expression: a name, a quotient of two, or a number."""

    name: str
    ours: str
    factor: float
    unit: str

    def value(self, values: dict):
        """The number (or array) for PyNN, from the values of our parameters."""
        first, _, second = self.ours.partition("/")
        top = values[first] if first in values else float(first)
        with np.errstate(divide="ignore"):  # an infinite result is refused later
            return self.factor * (np.divide(top, values[second]) if second else top)


class Cell(NamedTuple):
    """One of PyNN's standard cells, and how it is filled. In `receptor`, {} is E or I: excitatory or inhibitory."""

    name: str
    parameters: tuple[Row, ...]
    states: tuple[Row, ...]
    receptor: tuple[Row, ...]
    weight: Row
    trace: str | None = None  # PyNN's name of the conductance, which can be recorded in uS
    fixed: dict[str, float] = {}  # what PyNN has as a constant, so that ours must have this value


_LIF = (
    Row("v_rest", "E_L", 1.0, "mV"),
    Row("v_thresh", "v_th", 1.0, "mV"),
    Row("v_reset", "v_reset", 1.0, "mV"),
    Row("tau_m", "tau_m", 1.0, "ms"),
    Row("tau_refrac", "t_ref", 1.0, "ms"),
    Row("cm", "tau_m/R_m", 1e-3, "nF"),
    Row("i_offset", "I", 1e-3, "nA"),
)
_UPSTROKE = (
    Row("v_rest", "E_L", 1.0, "mV"),
    Row("v_thresh", "v_T", 1.0, "mV"),
    Row("v_spike", "v_peak", 1.0, "mV"),
    Row("v_reset", "v_reset", 1.0, "mV"),
    Row("delta_T", "Delta_T", 1.0, "mV"),
    Row("tau_m", "C_m/g_L", 1.0, "ms"),
    Row("tau_refrac", "t_ref", 1.0, "ms"),
    Row("cm", "C_m", 1e-3, "nF"),
    Row("i_offset", "I", 1e-3, "nA"),
)
_ADEX = (
    *_UPSTROKE,
    Row("tau_w", "tau_w", 1.0, "ms"),
    Row("a", "a", 1.0, "nS"),
    Row("b", "b", 1e-3, "nA"),
)
_EIF = (*_UPSTROKE, Row("tau_w", "1", 1.0, "ms"), Row("a", "0", 1.0, "nS"), Row("b", "0", 1.0, "nA"))
_IZHIKEVICH = (
    Row("a", "a", 1.0, "1/ms"),
    Row("b", "b", 1.0, "1/ms"),
    Row("c", "c", 1.0, "mV"),
    Row("d", "d", 1.0, "mV/ms"),
    Row("i_offset", "I", 1e-3, "nA"),  # ours is in mV/ms; PyNN's cell has a capacitance of 0.001 nF
)
_V = (Row("v", "v", 1.0, "mV"),)
_VW = (*_V, Row("w", "w", 1e-3, "nA"))
_VU = (*_V, Row("u", "u", 1.0, "mV/ms"))
_TAU = (Row("tau_syn_{}", "tau_syn", 1.0, "ms"),)
_TAU_E = (*_TAU, Row("e_rev_{}", "E_rev", 1.0, "mV"))
_NA = Row("weight", "w", 1e-3, "nA")
_US = Row("weight", "w", 1e-3, "uS")
_MV = Row("weight", "w", 1.0, "mV")
_PUBLISHED = {"v_peak": 30.0, "k2": 0.04, "k1": 5.0, "k0": 140.0}

CELLS: dict[tuple[type[Neuron], type[Synapse] | None], Cell] = {
    (LIF, None): Cell("IF_curr_exp", _LIF, _V, (), _NA),
    (LIF, ExpCurrent): Cell("IF_curr_exp", _LIF, _V, _TAU, _NA),
    (LIF, AlphaCurrent): Cell("IF_curr_alpha", _LIF, _V, _TAU, _NA),
    (LIF, ExpConductance): Cell("IF_cond_exp", _LIF, _V, _TAU_E, _US, "gsyn"),
    (LIF, AlphaConductance): Cell("IF_cond_alpha", _LIF, _V, _TAU_E, _US, "gsyn"),
    (LIF, Delta): Cell("IF_curr_delta", _LIF, _V, (), _MV),
    (EIF, None): Cell("EIF_cond_exp_isfa_ista", _EIF, _V, (), _US),
    (EIF, ExpConductance): Cell("EIF_cond_exp_isfa_ista", _EIF, _V, _TAU_E, _US, "gsyn"),
    (EIF, AlphaConductance): Cell("EIF_cond_alpha_isfa_ista", _EIF, _V, _TAU_E, _US, "gsyn"),
    (AdEx, None): Cell("EIF_cond_exp_isfa_ista", _ADEX, _VW, (), _US),
    (AdEx, ExpConductance): Cell("EIF_cond_exp_isfa_ista", _ADEX, _VW, _TAU_E, _US, "gsyn"),
    (AdEx, AlphaConductance): Cell("EIF_cond_alpha_isfa_ista", _ADEX, _VW, _TAU_E, _US, "gsyn"),
    (Izhikevich, None): Cell("Izhikevich", _IZHIKEVICH, _VU, (), _MV, None, _PUBLISHED),
    (Izhikevich, Delta): Cell("Izhikevich", _IZHIKEVICH, _VU, (), _MV, None, _PUBLISHED),
}

NO_NEURON = {  # why a neuron is not carried over, by its class
    "HodgkinHuxley": "HH_cond_exp has the rates of Traub and Miles (1991), not those of 1952",
    "Izhikevich2007": "PyNN's Izhikevich has the constants of 2003; take Izhikevich",
    "QIF": "PyNN has no quadratic neuron with parameters of its own",
    "SRM": "PyNN's GIF_cond_exp spikes at random",
    "PoissonGLM": "its random numbers would differ",
}
NO_SYNAPSE = {
    "BiExpCurrent": "PyNN's currents have one time constant",
    "NMDA": "PyNN has no magnesium block",
    "GapJunction": "PyNN has gap junctions between NEURON's multicompartmental cells only",
}
_STDP = (
    "PyNN delivers w after the change that the spike itself makes, and NEST counts the delay on the post side"
)
_TRIPLET = "PyNN's rules know pairs of spikes, no triplets"
NO_RULE = {  # why a rule of a projection is not carried over, by its class
    "PairSTDP": _STDP,
    "NearestSTDP": _STDP,
    "TripletSTDP": _TRIPLET,
    "NearestTripletSTDP": _TRIPLET,
    "RewardSTDP": "PyNN has no rewards",
    "Homeostasis": "PyNN's weights change with spikes only, not at intervals",
}
SHORT_TERM: dict[type, tuple[str, tuple[Row, ...]]] = {  # PyNN's synapse; the weight is the receptor's
    TsodyksMarkram: (
        "TsodyksMarkramSynapse",
        (
            Row("U", "U", 1.0, "1"),
            Row("tau_rec", "tau_rec", 1.0, "ms"),
            Row("tau_facil", "tau_facil", 1.0, "ms"),
        ),
    ),
}


def text() -> str:
    r"""The table as it stands in the docstring of `to_pynn`: PyNN's name, our expression, PyNN's unit.

    >>> print("\n".join(text().splitlines()[:3]))
    LIF: IF_curr_exp (ExpCurrent), IF_curr_alpha (AlphaCurrent), IF_cond_exp (ExpConductance),
      IF_cond_alpha (AlphaConductance), IF_curr_delta (Delta)
      v_rest        E_L              mV
    """
    cells: dict[type, list[str]] = {}
    neurons: dict[type, tuple[Row, ...]] = {}
    receptors: dict[str, tuple[Row, ...]] = {}
    for (model, synapse), cell in CELLS.items():
        neurons[model] = cell.parameters + tuple(s for s in cell.states if s.name != "v")
        if synapse:
            cells.setdefault(model, []).append(f"{cell.name} ({synapse.__name__})")
            receptors[synapse.__name__] = (*cell.receptor, cell.weight)
    lines = []
    for model, rows in neurons.items():
        lines += textwrap.wrap(f"{model.__name__}: {', '.join(cells[model])}", 100, subsequent_indent="  ")
        lines += map(_line, rows)
    for name, rows in receptors.items():
        lines += [name, *map(_line, rows)]
    for rule, (name, rows) in SHORT_TERM.items():
        lines += [f"{rule.__name__}: {name}", *map(_line, rows)]
    return "\n".join(lines)


def _line(row: Row) -> str:
    ours = row.ours if row.factor == 1.0 else f"{row.factor:g} {row.ours}"
    return f"  {row.name.format('*'):13} {ours:16} {row.unit}"
