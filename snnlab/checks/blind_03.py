"""The blind neurons of exercise 03.3: Morris-Lecar neurons of type I or II that answer currents and tell nothing else."""

import numpy as np

from snnlab.checks.exercise import own

MOST = 400  # currents in one experiment
LONGEST = 10_000.0  # ms


class NoStudentError(ValueError):
    """There is no id to draw neurons from. A notebook shows it as one line instead of a traceback."""

    def __init__(self):
        super().__init__(
            'Type your student id or your name between the quotation marks, as in STUDENT = "ada".'
        )

    def _render_traceback_(self):
        return [str(self)]


def six_codes(student):
    """The codes of a student's six neurons. Raises NoStudentError (a ValueError) for an empty id."""
    if student is None or not str(student).strip():
        raise NoStudentError
    return [f"{str(student).strip().casefold()} / {k}" for k in range(6)]


def type_of(code):
    """ "type I" or "type II". Of every six neurons, two to four are of each type."""
    who, _, k = str(code).rpartition(" / ")
    drawn = own(who, "03.3 types", **{f"n{i}": (0.0, 1.0) for i in range(6)}, share=(2.0, 5.0))
    lowest = sorted(range(6), key=lambda i: drawn[f"n{i}"])[: int(drawn["share"])]
    return "type I" if int(k) in lowest else "type II"


def _model(code):
    """Size, speed and voltage are drawn; none of them changes the type."""
    import snnlab as snn

    drawn = own(str(code), "03.3", size=(np.log(0.35), np.log(2.5)), speed=(0.85, 1.2), shift=(-8.0, 8.0))
    size, speed, shift = float(np.exp(drawn["size"])), drawn["speed"], drawn["shift"]
    one = type_of(code) == "type I"
    gates = {"v_3": 12.0, "v_4": 17.4} if one else {"v_3": 2.0, "v_4": 30.0}
    phi, g_Ca = (1.0 / 15.0, 4.0) if one else (0.04, 4.4)
    volts = {"E_Ca": 120.0, "E_K": -84.0, "E_L": -60.0, "v_1": -1.2, "v_0": -60.0, "v_th": 0.0, **gates}
    return snn.MorrisLecar(
        C_m=20.0 * size * speed, g_Ca=g_Ca * size, g_K=8.0 * size, g_L=2.0 * size, phi=phi / speed,
        **{name: value + (0.0 if name == "v_4" else shift) for name, value in volts.items()},
    )  # fmt: skip


class BlindNeuron:
    """A neuron of which you only see how it answers constant currents. Each experiment starts from rest.

    >>> neuron = BlindNeuron("ada / 0", "neuron 1")
    >>> neuron
    <neuron 1>
    >>> [len(t) > 3 for t in neuron.spike_times([0.0, 200.0], t_stop=500.0)]
    [False, True]
    """

    __slots__ = ("_code", "_name")

    def __init__(self, code, name="blind neuron"):
        self._code, self._name = code, name

    def __repr__(self):
        return f"<{self._name}>"

    def spike_times(self, I, t_stop=2000.0):
        """The spike times (ms) at each constant current: a list with one array for each of the currents I (uA/cm2).

        All of them are injected in one go, each into a copy of the neuron, from 0 ms to t_stop (ms, at most 10,000).
        One call takes up to 400 currents; more raise ValueError.
        """
        return self._run(I, t_stop, []).spikes_of

    def voltage(self, I, t_stop=500.0):
        """t in ms (n,) and v in mV (n,) at one constant current I (uA/cm2)."""
        run = self._run([float(I)], t_stop, ["v"])
        return run.t, run.v

    def _run(self, I, t_stop, record):
        from types import SimpleNamespace

        import snnlab as snn

        currents = np.atleast_1d(np.asarray(I, dtype=float))
        if currents.ndim != 1 or not 1 <= len(currents) <= MOST:
            got = len(currents) if currents.ndim == 1 else f"an array of shape {currents.shape}"
            raise ValueError(f"I: must be 1 to {MOST} currents, got {got} (more of them: in several calls)")
        if not np.isfinite(currents).all():
            raise ValueError(
                f"I: must be finite, got {currents[~np.isfinite(currents)][0]} at one place at least"
            )
        if not 0.0 < float(t_stop) <= LONGEST:
            raise ValueError(f"t_stop: must be > 0 and at most {LONGEST:.0f} ms, got {t_stop!r}")
        rec = snn.simulate(
            snn.Population(_model(self._code), len(currents)), I=currents, t_stop=float(round(t_stop, 1)), record=record
        )  # fmt: skip
        v = rec.traces["v"][:, 0].copy() if record else None
        return SimpleNamespace(spikes_of=[rec.spikes.of(k) for k in range(len(currents))], t=rec.t, v=v)
