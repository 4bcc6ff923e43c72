"""The neuron models, one file each."""

from .adex import AdEx
from .eif import EIF
from .fitzhugh_nagumo import FitzHughNagumo
from .hindmarsh_rose import HindmarshRose
from .hodgkin_huxley import HodgkinHuxley
from .izhikevich import Izhikevich
from .izhikevich2007 import Izhikevich2007
from .lif import LIF
from .morris_lecar import MorrisLecar
from .poisson_glm import PoissonGLM
from .qif import QIF
from .srm import SRM

__all__ = [
    "EIF", "LIF", "QIF", "SRM", "AdEx", "FitzHughNagumo", "HindmarshRose", "HodgkinHuxley", "Izhikevich",
    "Izhikevich2007", "MorrisLecar", "PoissonGLM",
]  # fmt: skip
