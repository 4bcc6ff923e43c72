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
from .qif import QIF

__all__ = [
    "EIF", "LIF", "QIF", "AdEx", "FitzHughNagumo", "HindmarshRose", "HodgkinHuxley", "Izhikevich", "Izhikevich2007",
    "MorrisLecar",
]  # fmt: skip
