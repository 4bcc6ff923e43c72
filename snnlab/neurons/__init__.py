"""The neuron models, one file each."""

from .lif import LIF

__all__ = ["LIF"]
