"""snnlab: spiking neural networks, taught by running them.

import snnlab as snn
rec = snn.simulate(snn.LIF(), I=300.0, t_stop=100.0, record=["v"])
snn.plots.trace(rec, "v")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from . import alt_text
from .connectivity import all_to_all, fixed_indegree, from_matrix, one_to_one, random
from .distance import by_distance, delay_by_distance, weight_by_distance
from .distributions import exponential, lognormal, normal, uniform
from .equations import UnitError, check_units, latex
from .grid import on_grid
from .model import Neuron, Synapse
from .network import Population, Projection
from .neurons import (
    EIF,
    LIF,
    QIF,
    SRM,
    AdEx,
    FitzHughNagumo,
    HindmarshRose,
    HodgkinHuxley,
    Izhikevich,
    Izhikevich2007,
    MorrisLecar,
    PoissonGLM,
)
from .phase_plane import phase_plane
from .plasticity import (
    Homeostasis,
    NearestSTDP,
    NearestTripletSTDP,
    PairSTDP,
    Plasticity,
    RewardSTDP,
    TripletSTDP,
)
from .recording import Record, Recording
from .short_term import ShortTerm, TsodyksMarkram
from .simulate import simulate
from .sources import PoissonDrive, PoissonSource
from .spikes import SpikeTrains
from .stimuli import noise, poisson, ramp, sine, step
from .sweep import sweep
from .synapses import (
    NMDA,
    AlphaConductance,
    AlphaCurrent,
    BiExpCurrent,
    Delta,
    ExpConductance,
    ExpCurrent,
    GapJunction,
)

if TYPE_CHECKING:
    from . import analysis, datasets, decode, encode, plots, theory, units
    from .explore import explore
    from .explore_coding import explore_pictures
    from .kernels import kernel_source
    from .pynn import to_pynn
    from .twin import brian2_twin

__version__ = "0.1.0"

alt_text.install()  # every figure in a notebook gets alternative text, also one drawn by hand

_LAZY = {  # imported when first used, so that `import snnlab` stays light
    "analysis": "",
    "brian2_twin": ".twin",
    "datasets": "",
    "decode": "",
    "encode": "",
    "explore": ".explore",
    "explore_pictures": ".explore_coding",
    "kernel_source": ".kernels",
    "plots": "",
    "theory": "",
    "to_pynn": ".pynn",
    "units": "",
}


def __getattr__(name: str):
    if name not in _LAZY:
        raise AttributeError(f"module 'snnlab' has no attribute {name!r}")
    if not _LAZY[name]:
        return importlib.import_module(f".{name}", __name__)
    value = getattr(importlib.import_module(_LAZY[name], __name__), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *_LAZY})


__all__ = [
    "EIF", "LIF", "NMDA", "QIF", "SRM", "AdEx", "AlphaConductance", "AlphaCurrent", "BiExpCurrent", "Delta",
    "ExpConductance", "ExpCurrent", "FitzHughNagumo", "GapJunction", "HindmarshRose", "HodgkinHuxley", "Homeostasis",
    "Izhikevich", "Izhikevich2007", "MorrisLecar", "NearestSTDP", "NearestTripletSTDP", "Neuron", "PairSTDP", "Plasticity",
    "PoissonDrive", "PoissonGLM", "PoissonSource", "Population", "Projection", "Record", "Recording", "RewardSTDP",
    "ShortTerm", "SpikeTrains", "Synapse", "TripletSTDP", "TsodyksMarkram", "UnitError", "all_to_all", "analysis", "brian2_twin",
    "by_distance", "check_units", "datasets", "decode", "delay_by_distance", "encode", "explore", "explore_pictures", "exponential",
    "fixed_indegree", "from_matrix",
    "kernel_source", "latex", "lognormal", "noise", "normal", "on_grid", "one_to_one", "phase_plane", "plots",
    "poisson", "ramp", "random", "simulate", "sine", "step", "sweep", "theory", "to_pynn", "uniform", "units",
    "weight_by_distance",
]  # fmt: skip
