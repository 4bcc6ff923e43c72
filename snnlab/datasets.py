"""Data sets: recordings and pictures that come with installed packages. Nothing is fetched from a network.

Each function names the source, the licence, the shapes and the units of what it returns.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .spikes import SpikeTrains

__all__ = ["AuditoryRecording", "grasshopper"]


@dataclasses.dataclass(frozen=True, eq=False)
class AuditoryRecording:
    """One recording of `grasshopper`: a sound, and the spikes of one neuron that heard it.

    Attributes
    ----------
    spikes : SpikeTrains
        Of one neuron, 0 to 10,000 ms; written down to 0.1 ms.
    t : array (200000,)
        Times of the samples of the sound in ms, from 0 in steps of `dt`.
    amplitude : array (200000,)
        Amplitude (envelope) of the sound, a pure tone; without unit, 1 at its loudest moment.
    level : array (200000,)
        The same in decibels below the loudest moment, 20 log10(amplitude): -36 to 0 dB.
    dt : float
        Step of the samples, 0.05 ms.
    cutoff : float
        The highest frequency in Hz with which the level fluctuates: 200 or 800.
    intensity : float
        Intensity in dB as written in the file of the spikes; nitime's example takes it for that of the loudest moment.
    """

    spikes: SpikeTrains
    t: NDArray[np.float64]
    amplitude: NDArray[np.float64]
    level: NDArray[np.float64]
    dt: float
    cutoff: float
    intensity: float

    def __repr__(self) -> str:
        return (
            f"AuditoryRecording({len(self.spikes)} spikes in {self.spikes.t_stop:g} ms, a sound of "
            f"{len(self.amplitude)} samples at {self.dt:g} ms that fluctuates at up to {self.cutoff:g} Hz)"
        )


@functools.cache
def grasshopper() -> tuple[AuditoryRecording, AuditoryRecording]:
    """Two recordings of 10 s from an auditory receptor neuron of a locust, with the sound that it heard.

    The stimulus is sound: a pure tone of 2.5 kHz whose level (in dB) fluctuates as Gaussian noise with a standard
    deviation of 6 dB. It fluctuates at up to 200 Hz in the first recording, and at up to 800 Hz in the second, from the same
    cell. It was recorded intracellularly, a primary auditory receptor of *Locusta migratoria*.

    Returns
    -------
    (AuditoryRecording, AuditoryRecording)
        929 and 868 spikes. Arrays are read-only.

    Raises
    ------
    ModuleNotFoundError
        If the package nitime is not installed: the files are part of it.

    Notes
    -----
    Source: the data folder of nitime (https://nipy.org/nitime/, licence BSD-3-Clause), files
    grasshopper_spike_times1.txt, grasshopper_stimulus1.txt and those of 2. There spike times and sample times are in
    microseconds. Experiment: Rokem, Watzl, Gollisch, Stemmler, Herz & Samengo (2006), Spike-timing precision underlies the
    coding efficiency of auditory receptor neurons, J Neurophysiol 95, 2541-2552, https://doi.org/10.1152/jn.00891.2005

    Examples
    --------
    >>> slow, fast = grasshopper()
    >>> slow
    AuditoryRecording(929 spikes in 10000 ms, a sound of 200000 samples at 0.05 ms that fluctuates at up to 200 Hz)
    """
    folder = _data_of("nitime", "grasshopper")
    return _recording(folder, 1), _recording(folder, 2)


def _recording(folder: Path, number: int) -> AuditoryRecording:
    spike_file = folder / f"grasshopper_spike_times{number}.txt"
    header = [line for line in spike_file.read_text(encoding="ascii").splitlines() if line.startswith("#")]
    t_us, amplitude = np.loadtxt(folder / f"grasshopper_stimulus{number}.txt", unpack=True)
    dt_us = t_us[1] - t_us[0]
    spikes = np.loadtxt(spike_file) / 1000.0
    t, amplitude = t_us / 1000.0, np.ascontiguousarray(amplitude)
    level = 20.0 * np.log10(amplitude)
    for array in (t, amplitude, level):
        array.flags.writeable = False
    return AuditoryRecording(
        spikes=SpikeTrains(
            spikes, np.zeros(len(spikes), np.int32), n=1, t_stop=len(t) * float(dt_us) / 1000.0
        ),
        t=t,
        amplitude=amplitude,
        level=level,
        dt=float(dt_us) / 1000.0,
        cutoff=_written(header, "cut-off frequency (Hz)"),
        intensity=_written(header, "intensity (dB)"),
    )


def _written(header: list[str], name: str) -> float:
    (value,) = re.findall(rf"^# {re.escape(name)}: (.+)$", "\n".join(header), flags=re.MULTILINE)
    return float(value)


def _data_of(package: str, function: str) -> Path:
    """The folder `data` of an installed package, which is not imported."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(
            f"datasets.{function}: the recordings are files of the package {package}, which is not installed; "
            f"pip install {package}",
            name=package,
        )
    return Path(found.origin).parent / "data"
