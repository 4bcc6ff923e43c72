"""How different are two spike trains?

Both distances come twice: written as they are defined (`..._direct`), to be read, and fast, to be used. The values
are the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..spikes import SpikeTrains
from . import given

Train = SpikeTrains | ArrayLike
Times = NDArray[np.float64]


def van_rossum(a: Train, b: Train, tau: float) -> float:
    """The van Rossum distance of two trains, in a time proportional to their number of spikes.

    Every spike becomes exp(-t/tau) from its time on: train a turns into a function f(t), train b into g(t), and
    D^2 = (1/tau) * integral of (f - g)^2. One spike more or less has D = sqrt(1/2), whatever tau is. With a tau much
    shorter than all intervals, D^2 is half the number of spikes without a partner; with a very long one D is in
    proportion to the difference of the counts.

    Parameters
    ----------
    a, b : SpikeTrains of one neuron, or array of times in ms
    tau : float
        The time constant in ms: differences in time much below it hardly count.

    Returns
    -------
    float
        D >= 0, without unit. Some programs give it times sqrt(2), so that one spike counts 1.

    Raises
    ------
    TypeError, ValueError
        For what is no train of one neuron, or tau that is not > 0.

    References
    ----------
    van Rossum (2001), Neural Computation 13, 751-763, https://doi.org/10.1162/089976601300014321; computed as in
    Houghton & Kreuz (2012), Network 23, 48-58, https://doi.org/10.3109/0954898X.2012.673048

    Examples
    --------
    >>> round(van_rossum([10.0, 20.0], [10.0], tau=5.0) ** 2, 12)
    0.5
    """
    a, b = _two("van_rossum", a, b)
    tau = given.positive("van_rossum.tau", tau)
    times = np.concatenate([a, b])
    order = np.argsort(times, kind="stable")
    sign = np.where(order < len(a), 1.0, -1.0)
    # f - g just before each spike follows from its value at the last one: no pair of spikes is looked at.
    decay = np.exp(-np.diff(times[order], prepend=times[order][:1]) / tau)
    difference = total = 0.0
    for factor, s in zip(decay.tolist(), sign.tolist(), strict=True):
        difference *= factor
        total += s * difference
        difference += s
    return math.sqrt(max(0.5 * len(times) + total, 0.0))


def van_rossum_direct(a: Train, b: Train, tau: float) -> float:
    """The van Rossum distance as the double sums that its integral comes to. Arguments as for `van_rossum`.

    The product of two exponentials that start at s and at t has the integral (tau/2) exp(-|s - t|/tau). So D^2 is
    half the sum over all pairs within a, plus half that within b, minus the sum over the pairs of a and b.

    >>> round(van_rossum_direct([10.0, 20.0], [10.0], tau=5.0) ** 2, 12)
    0.5
    """
    a, b = _two("van_rossum_direct", a, b)
    tau = given.positive("van_rossum_direct.tau", tau)

    def overlap(x: Times, y: Times) -> float:
        return sum(math.exp(-abs(s - t) / tau) for s in x for t in y)

    return math.sqrt(max(0.5 * overlap(a, a) + 0.5 * overlap(b, b) - overlap(a, b), 0.0))


def victor_purpura(a: Train, b: Train, q: float) -> float:
    """The Victor-Purpura distance of two trains: what the cheapest way costs to turn one into the other.

    Steps on the way are: delete a spike, for 1; insert one, for 1; shift one by dt, for q |dt|. A shift by more than 2/q
    is never worth it. With q = 0 the distance is the difference of the counts; with a very large q it is the number of
    spikes without a partner at the same time.

    Parameters
    ----------
    a, b : SpikeTrains of one neuron, or array of times in ms
    q : float
        Cost of a shift per ms, >= 0.

    Returns
    -------
    float
        The cost, without unit.

    Raises
    ------
    TypeError, ValueError
        For what is no train of one neuron, or q < 0.

    References
    ----------
    Victor & Purpura (1996), J Neurophysiol 76, 1310-1326, https://doi.org/10.1152/jn.1996.76.2.1310

    Examples
    --------
    >>> victor_purpura([10.0, 20.0], [13.0], q=0.1)  # shift by 3 ms, delete one
    1.3
    """
    a, b = _two("victor_purpura", a, b)
    q = given.not_negative("victor_purpura.q", q, "1/ms")
    steps = np.arange(len(b) + 1.0)
    cost = steps  # of turning no spike into the first j of b
    for s in a:
        # Delete s, or shift it to each of b's spikes; then insert what is missing: a running minimum over j.
        shifted = np.minimum(cost[1:] + 1.0, cost[:-1] + q * np.abs(s - b))
        row = np.concatenate([[cost[0] + 1.0], shifted])
        cost = np.minimum.accumulate(row - steps) + steps
    return float(cost[-1])


def victor_purpura_direct(a: Train, b: Train, q: float) -> float:
    """The Victor-Purpura distance by its recursion, entry by entry. Arguments as for `victor_purpura`.

    cost[j][k] is the least cost of turning the first j spikes of a into the first k of b. The last step is one of
    three: delete a's spike, insert b's, or shift the one to the other.

    >>> victor_purpura_direct([10.0, 20.0], [13.0], q=0.1)
    1.3
    """
    a, b = _two("victor_purpura_direct", a, b)
    q = given.not_negative("victor_purpura_direct.q", q, "1/ms")
    cost = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for j in range(len(a) + 1):
        for k in range(len(b) + 1):
            if j == 0 or k == 0:
                cost[j][k] = float(j + k)
                continue
            delete, insert = cost[j - 1][k] + 1.0, cost[j][k - 1] + 1.0
            shift = cost[j - 1][k - 1] + q * abs(a[j - 1] - b[k - 1])
            cost[j][k] = float(min(delete, insert, shift))
    return cost[-1][-1]


def coincidences(a: Train, b: Train, precision: float = 2.0) -> int:
    """How many spikes of a have a partner in b that is at most `precision` ms away; each spike has one partner at most.

    Parameters
    ----------
    a, b : SpikeTrains of one neuron, or array of times in ms
    precision : float
        Largest distance in ms, >= 0 (default 2).

    Returns
    -------
    int
        The largest number of pairs that can be formed.

    Raises
    ------
    TypeError, ValueError
        For what is no train of one neuron, or a negative precision.

    Examples
    --------
    >>> coincidences([10.0, 11.0, 30.0], [10.5, 33.0], precision=2.0)
    1
    """
    a, b = _two("coincidences", a, b)
    precision = given.not_negative("coincidences.precision", precision) + 1e-9  # 0.3 - 0.1 is above 0.2
    j = k = found = 0
    while j < len(a) and k < len(b):
        apart = a[j] - b[k]
        if abs(apart) <= precision:
            found, j, k = found + 1, j + 1, k + 1
        elif apart < 0:
            j += 1
        else:
            k += 1
    return found


def coincidence_factor(data: SpikeTrains, model: SpikeTrains, precision: float = 2.0) -> float:
    """The coincidence factor Gamma: how well does a model predict the spikes of a recording, beyond chance?

    Gamma = (N_coinc - <N_coinc>) / (1/2 (N_data + N_model)) / (1 - 2 nu precision). <N_coinc> = 2 nu precision N_data is
    what a Poisson train of the model's rate nu would reach. Gamma is 1 if every spike is predicted and none is added, 0 for
    a Poisson train of the same rate, and may be negative.

    Parameters
    ----------
    data, model : SpikeTrains of one neuron
        Of the same window; at least one of them with a spike.
    precision : float
        What counts as coincident, in ms, > 0 (default 2).

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        For what is no train of one neuron, windows that differ, two silent trains, or a precision so large (from 1/(2
        nu) on) that chance alone predicts every spike.

    References
    ----------
    Kistler, Gerstner & van Hemmen (1997), Neural Computation 9, 1015-1045, https://doi.org/10.1162/neco.1997.9.5.1015;
    Jolivet et al. (2008), J Neurosci Methods 169, 417-424, https://doi.org/10.1016/j.jneumeth.2007.11.006

    Examples
    --------
    >>> data = SpikeTrains([10.0, 50.0, 80.0], [0, 0, 0], n=1, t_stop=100.0)
    >>> model = SpikeTrains([11.0, 50.5], [0, 0], n=1, t_stop=100.0)
    >>> coincidence_factor(data, data), round(coincidence_factor(data, model), 3)
    (1.0, 0.765)
    """
    for name, train in (("data", data), ("model", model)):
        given.times(f"coincidence_factor.{name}", given.trains(f"coincidence_factor.{name}", train))
    given.same_window("coincidence_factor.model", data, model)
    precision = given.positive("coincidence_factor.precision", precision)
    both = len(data) + len(model)
    if both == 0:
        raise ValueError("coincidence_factor.data: must have a spike, or the model one; both are silent")
    chance = (
        2.0 * precision * len(model) / (model.t_stop - model.t_start)
    )  # that a given spike finds a partner
    if chance >= 1.0:
        raise ValueError(
            f"coincidence_factor.precision: must be < {precision / chance:g} ms, half the model's mean interval, "
            f"got {precision:g}"
        )
    found = coincidences(data, model, precision)
    return (found - chance * len(data)) / (0.5 * both) / (1.0 - chance)


def pairwise(spikes: SpikeTrains, measure: Callable[[Times, Times], float]) -> NDArray[np.float64]:
    """A measure of every two trains, such as the distances of all trials.

    Parameters
    ----------
    spikes : SpikeTrains
    measure : function
        measure(a, b) of two arrays of times in ms; taken to be symmetric, and called for each pair once.

    Returns
    -------
    array (n, n)
        Symmetric; the diagonal is each train with itself.

    Raises
    ------
    TypeError
        If `spikes` are no SpikeTrains or `measure` is no function.

    Examples
    --------
    >>> trials = SpikeTrains([10.0, 12.0, 40.0], [0, 1, 1], n=2, t_stop=50.0)
    >>> pairwise(trials, lambda a, b: victor_purpura(a, b, q=0.1))
    array([[0. , 1.2],
           [1.2, 0. ]])
    """
    given.trains("pairwise.spikes", spikes)
    if not callable(measure):
        raise TypeError(f"pairwise.measure: must be a function of two trains, got {measure!r}")
    each = [spikes.of(i) for i in range(spikes.n)]
    matrix = np.zeros((spikes.n, spikes.n))
    for i in range(spikes.n):
        for j in range(i, spikes.n):
            matrix[i, j] = matrix[j, i] = _measured(measure, each[i], each[j])
    return matrix


def _measured(measure: Callable[[Times, Times], float], a: Times, b: Times) -> float:
    try:
        return float(measure(a, b))
    except TypeError as error:
        raise TypeError(
            f"pairwise.measure: must take two arrays of times and return a number; {error}"
        ) from error


def _two(name: str, a: Train, b: Train) -> tuple[Times, Times]:
    return given.times(f"{name}.a", a), given.times(f"{name}.b", b)
