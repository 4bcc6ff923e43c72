# %% [markdown]
# # Synapses: from one neuron to two
#
# **Two neurons hold each other down. Do they take turns, or fire together?**
#
# | | |
# |---|---|
# | **Time** | about 130 minutes; two pauses are marked |
# | **You need** | lesson 01; exponential decay; a maximum as a zero of the slope |
# | **You will be able to** | say what one spike does to the neuron that hears it, for five kinds of synapse;<br>compare a current with a conductance, in the right units;<br>measure how two coupled neurons settle, and see that the answer depends on the synapse and on the start;<br>build a network of coupled neurons in Brian2 |
# | **Points** | 15, in four exercises |

# %%
import matplotlib.pyplot as plt
import numpy as np

import snnlab as snn
from snnlab.checks import check, todo

SEED = 1  # all randomness of this lesson comes from here

# %%
lif = snn.LIF()  # the neuron of lesson 01
pair = snn.Population(lif, 2, receptors={"inh": snn.AlphaCurrent(tau_syn=1.5)})
both_ways = snn.Projection(pair, pair, pairs=([0, 1], [1, 0]), w=-130.0, delay=0.1)
rec = snn.simulate(pair, I=300.0, t_stop=300.0, record=["v"], initial={"v": [-65.0, -60.0]},
                   projections=[both_ways], seed=SEED)  # fmt: skip
snn.plots.trace(rec, "v")
plt.show()
a, b = rec.spikes.of(0), rec.spikes.of(1)
print(f"first spikes: {a[0]:.1f} and {b[0]:.1f} ms; last ones: {a[-1]:.1f} and {b[-1]:.1f} ms")

# %% [markdown]
# Two neurons, each driven by 300 pA, each with an inhibitory connection to the other: a spike of one pulls the other down. They
# begin at different potentials. Look at how they stand to each other in the end.
#
# ## Predict: what does slow inhibition do?
#
# The inhibition above is fast: 1.5 ms after a spike it is at its height, and soon it is gone. Make it slower, so that each spike
# pulls for 8 ms and more. Will the two in the end
#
# - take turns even more strictly (`"alternate"`),
# - fire at the same time (`"together"`),
# - or keep whatever they began with (`"as they began"`)?
#
# Write your guess down. Nobody grades it.

# %%
slow_inhibition = None  # your prediction: "alternate", "together" or "as they began"

# %% [markdown]
# ## What one spike does
#
# Neurons touch at **synapses**. A spike of the **presynaptic** neuron (the sender) releases a transmitter; some time later
# channels open in the membrane of the **postsynaptic** neuron (the receiver), and a current flows. The time in between is the
# **delay** $d$ (ms). The small hill, or trough, that one spike leaves in $v$ is the **postsynaptic potential**, PSP.
#
# The LIF neuron hears all its synapses through its input current. Equation (1) is that of lesson 01, with one more term:
#
# $$\tau_m \frac{dv}{dt} = -(v - E_L) + R_m \left(I + I_{\rm syn}\right) \qquad (1)$$
#
# What $I_{\rm syn}$ (pA) looks like after one spike at time 0 makes the kinds of synapse. The simplest one that fades is the
# **exponential synapse**: it jumps to the weight $w$ and decays with the synaptic time constant $\tau_s$ (ms),
# $I_{\rm syn} = w\, e^{-t/\tau_s}$. Put that into (1), start at rest, and the PSP is a difference of two exponentials:
#
# $$v(t) - E_L = \frac{R_m w\, \tau_s}{\tau_m - \tau_s} \left(e^{-t/\tau_m} - e^{-t/\tau_s}\right) \qquad (2)$$
#
# The **alpha synapse** has a rise as well: its current is at its peak $w$ when $t = \tau_s$,
#
# $$I_{\rm syn}(t) = w\, \frac{t}{\tau_s}\, e^{1 - t/\tau_s} \qquad (3)$$
#
# | symbol | in code | what it is | unit | here |
# |---|---|---|---|---|
# | $w$ | `w` | **weight**: the peak of one spike's current | pA | |
# | $\tau_s$ | `tau_syn` | time constant of the synapse | ms | 5 |
# | $d$ | `delay` | from the spike to the change at the receiver | ms | |
# | $\tau_m, R_m, E_L$ | `tau_m`, `R_m`, `E_L` | membrane, as in lesson 01 | ms, GOhm, mV | 20, 0.1, -70 |
#
# In the library, a receiver has **receptors** with names, and a **projection** connects a sender to one of them. A **spike train**
# can be the sender too. Here one spike at 0 ms meets three kinds of current, all of the same height and time constant. The third, the
# **bi-exponential synapse**, has a time constant for its rise and another for its fall.


# %%
def one_psp(synapse, w, lif=lif, t_stop=150.0, dt=0.1):
    """t (ms) and v - E_L (mV) after one spike at 0 ms on a resting neuron."""
    neuron = snn.Population(lif, 1, receptors={"syn": synapse})
    spike = snn.SpikeTrains([0.0], [0], n=1, t_stop=t_stop)
    wire = snn.Projection(spike, neuron, pairs=([0], [0]), w=w, delay=0.0)
    rec = snn.simulate(neuron, t_stop=t_stop, dt=dt, method="rk4", record=["v"],
                       projections=[wire], seed=SEED)  # fmt: skip
    return rec.t, rec.traces["v"][:, 0] - lif.E_L


# %%
kinds = {"exponential": snn.ExpCurrent(5.0), "alpha": snn.AlphaCurrent(5.0),
         "bi-exponential, rise 1 ms": snn.BiExpCurrent(tau_rise=1.0, tau_decay=5.0)}  # fmt: skip
ax, names = None, ("time since the spike (ms)", "v - E_L (mV)")
for name, synapse in kinds.items():
    t, psp = one_psp(synapse, w=100.0)
    ax = snn.plots.curve(t[:800], psp[:800], *names, name, ax=ax)
    print(f"{name:26} peak {psp.max():.2f} mV at {t[psp.argmax()]:.1f} ms")
plt.show()

# %% [markdown]
# The library has the closed form (2), and that of the alpha current, as `snn.theory.psp`. Simulated and by formula, the curves are
# the same:

# %%
for name in ("exponential", "alpha"):
    t, psp = one_psp(kinds[name], w=100.0)
    error = np.abs(psp - snn.theory.psp(t, 100.0, kinds[name], lif)).max()
    print(f"{name:12} largest error below 0.00001 mV: {error < 1e-5}")

# %% [markdown]
# ## When does it peak?
#
# The receiver is pushed up until the peak of the PSP: if this spike makes it fire, then by the peak at the latest. Look at the curves above: no PSP peaks at 5 ms, though the
# current of the alpha synapse does. The membrane is slower than its input.
#
# **Exercise 09.1** Write `peak_time(shape, tau_m, tau_s)`, the time from the spike to the peak of the PSP in ms, to 0.02 ms. For the exponential current
# you can derive a formula from (2): at the peak the slope is zero. It fails when the two time constants are equal, and your
# function must not. For the alpha current there is no formula in elementary functions, and you find the peak numerically, in whichever way you like.


# %% nbgrader={"grade_id": "ex-09-1", "solution": true}
def peak_time(shape, tau_m, tau_s):
    """When the PSP of one spike peaks, in ms after the spike.

    shape : "exponential", equation (2), or "alpha", equation (3).
    tau_m, tau_s : ms, from 1 to 50; they may be equal.
    """
    ### BEGIN SOLUTION
    if shape == "exponential":
        if abs(tau_m - tau_s) < 1e-6 * tau_m:
            return tau_m  # the limit, by l'Hospital's rule
        return tau_m * tau_s / (tau_m - tau_s) * np.log(tau_m / tau_s)
    v, t, dt = 0.0, 0.0, 0.01
    while True:  # equation (1) in small steps, with the current in the middle of each
        middle = t + 0.5 * dt
        aim = middle / tau_s * np.exp(1.0 - middle / tau_s)
        new = aim + (v - aim) * np.exp(-dt / tau_m)
        if new < v:
            return t
        v, t = new, t + dt
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-09-1", "grade": true, "locked": true, "points": 3}
check.ex_09_1(peak_time)

# %% [markdown]
# Which matters more for the time of the peak, the membrane or the synapse? Change one at a time, and look.

# %% tags=["raises-exception"]
print("tau_m  tau_s   exponential     alpha")
for tau_m, tau_s in [(20.0, 5.0), (5.0, 20.0), (20.0, 1.0), (10.0, 10.0)]:
    times = [peak_time(shape, tau_m, tau_s) for shape in ("exponential", "alpha")]
    print(f"{tau_m:5.0f}  {tau_s:5.0f} {times[0]:10.2f} ms {times[1]:8.2f} ms")

# %% [markdown]
# Swap membrane and synapse, and the exponential PSP peaks at the same time: the time in (2) does not tell which is which (the height does). The alpha
# PSP does not, since $\tau_s$ acts twice, in the rise and in the fall.
#
# ## A current, or a conductance?
#
# So far a spike makes the same current whatever $v$ is. Real channels are holes: what flows through them depends on the voltage
# across. A **conductance synapse** opens the conductance $g$ (nS), and the current is
#
# $$I_{\rm syn} = g(t)\, (E_{\rm rev} - v) \qquad (4)$$
#
# where $E_{\rm rev}$ (mV) is the **reversal potential** of these channels: about 0 mV for excitatory ones, about -80 mV for inhibitory
# ones. $E_{\rm rev} - v$ is the **driving force**. Two things follow. The nearer $v$ is to $E_{\rm rev}$, the weaker the synapse; and an
# open channel is one more leak, so that the membrane becomes faster while it is open.
#
# Units: nS times mV is pA. The weight of a conductance synapse is its peak conductance in nS, and is never negative; whether it excites
# or inhibits is a matter of $E_{\rm rev}$. Watch both kinds at rest, near threshold, and, far beyond, at -20 mV:

# %%
synapses = {
    "current": (snn.ExpCurrent(5.0), 100.0),
    "conductance": (snn.ExpConductance(5.0, E_rev=0.0), 100.0 / 70.0),
}
for E_L in (-70.0, -51.0, -20.0):
    heights = [
        one_psp(synapse, w, snn.LIF(E_L=E_L, v_th=100.0, v_reset=E_L))[1].max()
        for synapse, w in synapses.values()
    ]
    print(f"resting at {E_L:.0f} mV: current {heights[0]:.2f} mV, conductance {heights[1]:.2f} mV")

# %% [markdown]
# ## Bug hunt: one weight for two kinds
#
# This line stood in a public example that compared the two kinds. It uses plain numbers, and it runs:
#
# ```python
# w = 5.0  # nA
# current = Projection(spikes, neuron, receptor="exc_current", w=w)
# conductance = Projection(spikes, neuron, receptor="exc_conductance", w=w)
# ```
#
# Here it is in our units. The neuron is not allowed to fire, so that you see the whole PSP. Its **area** (mV ms) is what counts when many inputs add up: the mean of $v - E_L$ is the number of
# spikes per ms times the area of one, as long as they simply add.


# %%
def psp_area(synapse, w, lif):
    """The area under the PSP of one spike, in mV ms; the neuron never fires."""
    silent = snn.LIF(tau_m=lif.tau_m, R_m=lif.R_m, E_L=lif.E_L, v_reset=lif.E_L, v_th=1e6)
    t, psp = one_psp(synapse, w, silent, t_stop=600.0, dt=0.05)
    return np.trapezoid(psp, t)


# %%
as_current = psp_area(snn.ExpCurrent(5.0), 5000.0, lif)  # 5 nA is 5000 pA
as_conductance = psp_area(snn.ExpConductance(5.0, E_rev=0.0), 5.0, lif)  # "5.0" is read as 5 nS
print(f"area as a current:     {as_current:7.1f} mV ms")
print(f"area as a conductance: {as_conductance:7.1f} mV ms, {as_current / as_conductance:.0f} times less")

# %% [markdown]
# The same number means 5 nA to one and 5 nS to the other, and nothing in the program knows. Brian2 would have stopped at once: amperes
# can't be added to siemens. Whoever computes with plain numbers has to keep the units in mind.
#
# A fair comparison gives both the same effect. For the current synapse, (1) says that the area is $R_m w \tau_s$, whatever the
# membrane does with it in between: check it on the first line above.
#
# **Exercise 09.2** Write `matched_g`, which returns the peak conductance whose PSP has the **same area** as that of an exponential current of weight `w`, to 2 %. The check
# tries a weak and a strong excitatory synapse and an inhibitory one. You may use `psp_area`; and think about what a first guess
# would be, and where it fails.


# %% nbgrader={"grade_id": "ex-09-2", "solution": true} tags=["bug-hunt"]
def matched_g(w, tau_s, E_rev, tau_m, R_m, E_L):
    """The peak conductance in nS that has the effect of the current weight w.

    w : pA, negative for an inhibitory synapse.   tau_s, tau_m : ms, the same tau_s for both kinds.
    E_rev, E_L : mV.   R_m : GOhm.
    """
    ### BEGIN SOLUTION
    membrane = snn.LIF(tau_m=tau_m, R_m=R_m, E_L=E_L, v_reset=E_L, v_th=1e6)
    low, high = 0.0, 20.0 * w / (E_rev - E_L)  # nS
    for _ in range(30):
        g = 0.5 * (low + high)
        area = psp_area(snn.ExpConductance(tau_s, E_rev=E_rev), g, membrane)
        if abs(area) < abs(R_m * w * tau_s):
            low = g
        else:
            high = g
    return g
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-09-2", "grade": true, "locked": true, "points": 4}
check.ex_09_2(matched_g)

# %% tags=["raises-exception"]
for w in (10.0, 100.0, 800.0):
    g = matched_g(w=w, tau_s=5.0, E_rev=0.0, tau_m=lif.tau_m, R_m=lif.R_m, E_L=lif.E_L)
    print(f"{w:5.0f} pA as a conductance: {g:.3f} nS; w/(E_rev - E_L) would be {w / 70.0:.3f} nS")

# %% [markdown]
# ## Cross-check: every kind of synapse, by hand
#
# The library has more kinds: an alpha conductance, a voltage jump, and the **NMDA receptor**, whose channel is blocked by magnesium unless the membrane is depolarised. The share that is open is
# $1/(1 + e^{-\gamma v}\,[{\rm Mg}]/K)$ with $\gamma$ = 0.062 per mV, $K$ = 3.57 mM (Jahr & Stevens, 1990) and here 1 mM of magnesium. Here the current of each kind is written as a function of time and voltage, and SciPy solves
# (1) for it; nothing of it comes from the library. A jump needs no solver: it decays with $\tau_m$.

# %% tags=["worked-program"]
from scipy.integrate import solve_ivp


def rise_and_fall(t, tau_rise, tau_decay):
    """A difference of two exponentials; 1 at its peak."""
    peak = np.log(tau_decay / tau_rise) * tau_rise * tau_decay / (tau_decay - tau_rise)
    shape = [np.exp(-at / tau_decay) - np.exp(-at / tau_rise) for at in (t, peak)]
    return shape[0] / shape[1]


def slope(t, v, current):
    """Equation (1)."""
    return (-(v - lif.E_L) + lif.R_m * current(t, v)) / lif.tau_m


by_hand = {  # the synapse, its weight, and its current in pA, t ms after the spike and at v mV
    "exponential current": (snn.ExpCurrent(5.0), 100.0, lambda t, v: 100 * np.exp(-t / 5)),
    "alpha current": (snn.AlphaCurrent(5.0), 100.0, lambda t, v: 100 * t / 5 * np.exp(1 - t / 5)),
    "bi-exponential current": (snn.BiExpCurrent(1.0, 5.0), 100.0, lambda t, v: 100 * rise_and_fall(t, 1, 5)),
    "exponential conductance": (snn.ExpConductance(5.0, E_rev=0.0), 2.0, lambda t, v: 2 * np.exp(-t / 5) * (0 - v)),
    "alpha conductance": (snn.AlphaConductance(5.0, E_rev=0.0), 2.0, lambda t, v: 2 * t / 5 * np.exp(1 - t / 5) * (0 - v)),
    "NMDA": (snn.NMDA(), 2.0, lambda t, v: 2 * rise_and_fall(t, 2, 100) / (1 + np.exp(-0.062 * v) / 3.57) * (0 - v)),
}  # fmt: skip
for name, (synapse, w, current) in by_hand.items():
    t, psp = one_psp(synapse, w)
    v = solve_ivp(slope, (0, 150), [lif.E_L], t_eval=t, args=(current,), rtol=1e-10, atol=1e-10).y[0]
    error = np.abs(psp - (v - lif.E_L)).max()
    print(f"{name:24} peak {psp.max():.3f} mV; largest error below 0.00001 mV: {error < 1e-5}")
t, psp = one_psp(snn.Delta(), 2.0)
error = np.abs(psp - 2 * np.exp(-t / lif.tau_m)).max()
print(f"{'jump of 2 mV':24} peak {psp.max():.3f} mV; largest error below 0.00001 mV: {error < 1e-5}")

# %% [markdown]
# **A good place for a pause.**
#
# ## Reproduce: synapses with a memory
#
# A synapse that has just released its transmitter has less of it. Tsodyks, Pawelzik and Markram (1998) wrote this down with two
# variables: $x$, the part of the transmitter that is ready, and $u$, the share of it that a spike releases. Between spikes both
# recover. At a spike $u$ first grows, then $u\,x$ is released:
#
# $$\frac{dx}{dt} = \frac{1 - x}{\tau_{\rm rec}}, \qquad \frac{du}{dt} = -\frac{u}{\tau_{\rm facil}}; \qquad \text{spike: } u \leftarrow u + U(1 - u),\;\; w_{\rm eff} = w\,u\,x,\;\; x \leftarrow x - u\,x \qquad (5)$$
#
# | symbol | in code | what it is | unit |
# |---|---|---|---|
# | $U$ | `U` | the share that the first spike releases | 1 |
# | $\tau_{\rm rec}$ | `tau_rec` | recovery of the transmitter, **depression** | ms |
# | $\tau_{\rm facil}$ | `tau_facil` | decay of the **facilitation**, that is of $u$; 0 means none | ms |
#
# Their two figures: a **depressing** synapse between pyramidal neurons, and a **facilitating** one from a pyramidal neuron to an
# interneuron. Same spikes, 20 Hz and one more after a second of silence:

# %%
times = np.append(100.0 + 50.0 * np.arange(10), 1550.0)  # ms
train = snn.SpikeTrains(times, np.zeros(11, int), n=1, t_stop=1800.0)
memories = {"depressing": snn.TsodyksMarkram.depressing(), "facilitating": snn.TsodyksMarkram.facilitating()}
ax, names = None, ("time (ms)", "v - E_L (mV)")
for name, memory in memories.items():
    neuron = snn.Population(lif, 1, receptors={"exc": snn.ExpCurrent(3.0)})
    wire = snn.Projection(train, neuron, snn.one_to_one(), w=250.0, delay=0.0, short_term=memory)
    rec = snn.simulate(neuron, t_stop=1800.0, record=["v", "exc.g"], projections=[wire], seed=SEED)
    ax = snn.plots.curve(rec.t, rec.traces["v"][:, 0] - lif.E_L, *names, name, ax=ax)
    released = rec.traces["exc.g"][np.round(times / 0.1).astype(int), 0] / 250.0
    print(f"{name:12} share released by spikes 1, 2, 10 and 11: {released[[0, 1, 9, 10]].round(2)}")
plt.show()

# %% [markdown]
# ### A synapse that forgets the rate
#
# Put regular spikes of rate $r$ into (5) without facilitation, and wait until nothing changes from spike to spike. With
# $T = 1000/r$ (ms),
#
# $$w_{\rm eff} = w\,U\, \frac{1 - e^{-T/\tau_{\rm rec}}}{1 - (1 - U)\, e^{-T/\tau_{\rm rec}}} \qquad (6)$$
#
# At high rates this is nearly $w\,T/\tau_{\rm rec}$: it falls as $1/r$, so that rate times size, all that the receiver feels, no
# longer depends on the rate. The paper calls the rate from which this holds the **limiting frequency**. A depressing synapse tells that the rate *changes*, and
# hides how high it is. Measure it, beside formula (6):

# %%
rates = np.array([1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0])  # Hz
memory, measured = memories["depressing"], []
for r in rates:
    spikes = np.arange(0.0, 6000.0, 1000.0 / r)
    train = snn.SpikeTrains(spikes, np.zeros(len(spikes), int), n=1, t_stop=6001.0)
    neuron = snn.Population(lif, 1, receptors={"exc": snn.ExpCurrent(0.2)})
    wire = snn.Projection(train, neuron, snn.one_to_one(), w=1.0, delay=0.0, short_term=memory)
    rec = snn.simulate(neuron, t_stop=6001.0, record=["exc.g"], projections=[wire], seed=SEED)
    measured.append(rec.traces["exc.g"][int(np.ceil(spikes[-1] / 0.1 - 1e-6)), 0])

# %%
decay = np.exp(-1000.0 / rates / memory.tau_rec)
formula = memory.U * (1.0 - decay) / (1.0 - (1.0 - memory.U) * decay)
names = ("presynaptic rate (Hz)", "share released per spike")
ax = snn.plots.curve(rates, formula, *names, "equation (6)", log="xy")
snn.plots.curve(rates, 1000.0 / rates / memory.tau_rec, *names, "1/r", ax=ax)
ax.plot(rates, measured, "s", color="#b04a10", label="measured")
ax.legend(frameon=False)
plt.show()
print("rate (Hz)        ", "".join(f"{r:7.0f}" for r in rates))
print("measured         ", "".join(f"{m:7.3f}" for m in measured))
print("equation (6)     ", "".join(f"{f:7.3f}" for f in formula))
print("rate x size (1/s)", "".join(f"{r * m:7.2f}" for r, m in zip(rates, measured, strict=True)))

# %% [markdown]
# From 1 to 100 Hz the rate grows by 100, and the drive, rate times size, only to its limit, $1000/\tau_{\rm rec}$ = 1.25 per second.
#
# ## Who hears both at once? Delays as a map
#
# A spike that comes late in one line and early in another can still meet. In 1948 Lloyd Jeffress proposed how a brain could
# find the direction of a sound: the sound reaches one ear first, and delay lines make up for the difference. (The barn owl was later found to
# have such a map.) A row of neurons, each with other delays, becomes a map of directions: the one at which both arrive together is a **coincidence detector** and fires most.
#
# Twenty-one fast neurons, each with a delay of 0 to 2 ms from the left ear and of 2 to 0 ms from the right. A click in one ear alone
# does not make them fire; two clicks close together may. Both ears hear the same random clicks, the right one *later* by the **interaural time difference** (ITD).


# %%
def fires_most(itd):
    """Spikes of each of the 21 detectors, for clicks that reach the right ear itd ms later."""
    clicks = snn.poisson(100.0, 1, 4000.0, seed=SEED)
    left = snn.SpikeTrains(clicks.t + 5.0, clicks.i, n=1, t_stop=4010.0)
    right = snn.SpikeTrains(clicks.t + 5.0 + itd, clicks.i, n=1, t_stop=4010.0)
    fast = snn.LIF(tau_m=0.5, t_ref=1.0)
    row = snn.Population(fast, 21, receptors={"exc": snn.ExpCurrent(0.2)})
    d = 0.1 * np.arange(21)  # ms
    ears = [snn.Projection(ear, row, snn.all_to_all(), w=500.0, delay=delay)
            for ear, delay in ((left, d), (right, d[::-1]))]  # fmt: skip
    return snn.simulate(row, t_stop=4010.0, dt=0.05, projections=ears, seed=SEED).spikes.counts()


# %%
ax, names = None, ("delay of the left line minus that of the right (ms)", "spikes in 4 s")
inner = 0.2 * np.arange(21) - 2.0
for itd in (-0.8, 0.0, 1.2):
    counts = fires_most(itd)
    ax = snn.plots.curve(inner, counts, *names, f"ITD {itd:.1f} ms", ax=ax)
    best = inner[counts == counts.max()].mean()
    print(f"ITD {itd:4.1f} ms: the detectors around {best:4.1f} ms fire most, {counts.max()} times")
plt.show()

# %% [markdown]
# The peak moves with the ITD, and lies where the lines make up for it. Place now tells time.
#
# **Another good place for a pause.**
#
# ## Two neurons, coupled
#
# Back to the pair. Each neuron alone fires every 20.4 ms. Take one cycle of neuron $a$, from a spike to its next, as 1. The place of the spike of
# $b$ in it is the **phase**: 0 means together, 0.5 means that they take turns, and 0.98 is nearly together again, since a cycle has no
# end.
#
# When you compare synapses of different speed, something has to stay equal. Here it is the charge of one spike: its
# weight is $w = -200/\tau_s$ (pA, with $\tau_s$ in ms), so that a slow synapse is a weak one.
#
# ## Play: fast and slow
#
# One run of the pair, 500 ms from any start phase. Move $\tau_s$ from 1 to 12 ms, with a start of 0.3. Then stay at 4 ms, and move
# the start.

# %% tags=["worked-program"]
from snnlab.units import ms, mV, one, pA


def start_at(phase, I):
    """The potential in mV of a neuron that fired this part of a cycle ago, alone."""
    since = np.maximum(np.asarray(phase) * snn.theory.lif_interval(I, lif) - lif.t_ref, 0.0)
    return snn.theory.lif_voltage(since, I, lif, v0=lif.v_reset)


def pair_run(
    tau_s: ms = 1.5,  # time constant of the inhibition
    phase: one = 0.3,  # where the second neuron begins
    I: pA = 300.0,  # input of both
):
    pair = snn.Population(lif, 2, receptors={"inh": snn.AlphaCurrent(tau_syn=tau_s)})
    wires = snn.Projection(pair, pair, pairs=([0, 1], [1, 0]), w=-200.0 / tau_s, delay=0.1)
    v = [lif.v_reset, float(start_at(phase, I))]
    return snn.simulate(
        pair, I=I, t_stop=500.0, record=["v"], initial={"v": v}, projections=[wires], seed=SEED
    )


snn.explore(pair_run, sliders={"tau_s": (1.0, 12.0, 0.5), "phase": (0.1, 0.98, 0.02), "I": (220.0, 500.0, 5.0)},
            hold=None, curve=None, title="Two neurons that inhibit each other")  # fmt: skip

# %% [markdown]
# Some runs settle within a few cycles, some need a second. To be sure, look at the end of a long run, for many starts and many
# $\tau_s$. That is a map, and you need one number for each of its points.
#
# **Exercise 09.3** Two parts.
#
# 1. Write `final_phase(a, b)`: the phase of the first spike of $b$ in **the last cycle of $a$ that holds one**. A cycle holds its beginning and not its end. The check tries trains that drift, and one that falls
#    silent early.
# 2. Run the map below, and say of $\tau_s$ = 1.5, 4 and 8 ms what the pair does when it starts between 0.2 and 0.8: `"alternate"`,
#    `"together"` or `"depends on the start"`.


# %% nbgrader={"grade_id": "ex-09-3", "solution": true}
def final_phase(a, b):
    """The phase of the first spike of b in the last cycle of a that holds one, from 0 to below 1.

    a, b : spike times in ms, arrays in rising order.
    """
    ### BEGIN SOLUTION
    for k in range(len(a) - 2, -1, -1):
        inside = b[(b >= a[k]) & (b < a[k + 1])]
        if len(inside) > 0:
            return (inside[0] - a[k]) / (a[k + 1] - a[k])
    ### END SOLUTION


# %%
def many_pairs(tau_s, starts, I=300.0, t_stop=6000.0, dt=0.02):
    """The spikes of a pair for each start: neurons 0 and 1, 2 and 3, and so on."""
    n = 2 * len(starts)
    v = np.full(n, lif.v_reset)
    v[1::2] = start_at(starts, I)
    pairs = snn.Population(lif, n, receptors={"inh": snn.AlphaCurrent(tau_syn=tau_s)})
    each = np.arange(n)
    partner = each ^ 1  # 0 and 1 change places, 2 and 3, ...
    wires = snn.Projection(pairs, pairs, pairs=(each, partner), w=-200.0 / tau_s, delay=0.1)
    return snn.simulate(
        pairs, I=I, t_stop=t_stop, dt=dt, initial={"v": v}, projections=[wires], seed=SEED
    ).spikes


# %% tags=["raises-exception", "worked-program"]
starts = np.linspace(0.11, 0.97, 33)
taus = np.array([1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0, 10.0])
phase_map = np.empty((len(taus), len(starts)))
for row, tau_s in enumerate(taus):
    spikes = many_pairs(tau_s, starts)
    phase_map[row] = [final_phase(spikes.of(k), spikes.of(k + 1)) for k in range(0, 2 * len(starts), 2)]
apart = np.minimum(phase_map, 1.0 - phase_map)  # 0: together, 0.5: taking turns
print("distance from 'together' in the end")
print("start:  ", "".join(f"{s:6.2f}" for s in starts[4:32:4]))
for tau_s in (1.5, 4.0, 8.0):
    print(f"{tau_s:4.1f} ms:", "".join(f"{d:6.2f}" for d in apart[taus == tau_s][0, 4:32:4]))

(ax,) = snn.plots.panels(3.4)
picture = ax.pcolormesh(
    starts, np.arange(len(taus)), apart, cmap="cividis", vmin=0.0, vmax=0.5, shading="nearest"
)
ax.set_yticks(range(len(taus)), [f"{tau_s:g}" for tau_s in taus])
ax.set(xlabel="phase at the start", ylabel="tau_s (ms)")
plt.colorbar(picture, ax=ax, label="final distance from 'together'")
part = [(apart[k] > 0.4).mean() for k in range(len(taus))]
snn.plots.set_alt_text(ax.figure, "Map of the final phase over the start phase and tau_s. The part of the starts that end taking turns: "
                       + ", ".join(f"{p:.0%} at {tau_s:g} ms" for tau_s, p in zip(taus, part, strict=True)) + ".")  # fmt: skip
plt.show()
print(
    "starts that end taking turns:",
    ", ".join(f"{tau_s:g} ms {p:.0%}" for tau_s, p in zip(taus, part, strict=True)),
)


# %% nbgrader={"grade_id": "ex-09-3b", "solution": true}
def what_they_do(tau_s):
    """ "alternate", "together" or "depends on the start", for tau_s = 1.5, 4 and 8 ms."""
    ### BEGIN SOLUTION
    return {1.5: "alternate", 4.0: "depends on the start", 8.0: "together"}[tau_s]
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-09-3", "grade": true, "locked": true, "points": 4}
check.ex_09_3(lambda: (final_phase, what_they_do))  # hands in both

# %% [markdown]
# Now look at what you predicted.

# %%
if slow_inhibition is None:
    print("You made no prediction. Guess first, next time: it is worth it.")
else:
    print(f"You said {slow_inhibition!r}.")
spikes = many_pairs(8.0, np.array([0.3]))
a, b = spikes.of(0), spikes.of(1)
distance = np.abs(b[:, None] - a).min(axis=1)[-10:]  # from the last spikes of b to the nearest of a
print(f"slow inhibition, 8 ms: in the end b fires within {distance.max():.1f} ms of a")

# %% [markdown]
# Slow inhibition makes the two fire together, and fast inhibition makes them take turns; in between, it depends on the start. Why? An
# inhibitory current delays the next spike most if it comes *late* in a cycle, near threshold, where $v$ rises slowly. Say that $a$ fires first and $b$ a little
# later.
#
# - *Fast*: the spike of $a$ hits $b$ just before its threshold, where it counts most; that of $b$ hits $a$ at the beginning of its
#   cycle, where it counts least. So $b$ falls further behind, until they take turns.
# - *Slow*: what counts is the current that is left one cycle later. That from $b$ began later and is stronger when $a$ comes
#   to its threshold, than that from $a$ is when $b$ does. So $a$ waits for $b$.
#
# Van Vreeswijk, Abbott and Ermentrout (1994) showed this, in a paper with the title *When inhibition not excitation synchronizes neural
# firing*: taking turns is stable for fast inhibition, and loses its stability when the inhibition gets slower. Our map shows
# the same, and how the part of the starts from which the two come together grows. Their neurons have neither delay nor refractory period, so that we
# compare the effect and no number.
#
# The map is computed in steps of 0.02 ms. With `dt=0.1` some of its fields come out between the two: those pairs have stopped on the way, since what
# pulls on them moves a spike by less than a step in a cycle. Try it: a grid can make a state look stable that is none.
#
# ## Cross-check: synapses in Brian2
#
# In lesson 01 you built one neuron in Brian2. Now it hears others. Three things are new.
#
# - The equations get a line for the synaptic current `g`, in ampere, and `g` is added to the input.
# - **Synapses** is an object of its own, from one group to another (or the same). `"w : amp"` gives every synapse a weight of its
#   own, and `on_pre` says what a spike does; `g_post` is the `g` of the receiver, `g_pre` would be that of the sender.
# - `connect(i=..., j=...)` makes one synapse from `i[k]` to `j[k]` for each `k`. **Connect before you set weights**: there is nothing to set before.
#
# Start small: one sender that fires when we say so, a **SpikeGeneratorGroup**, and one receiver.

# %% tags=["worked-program"]
import brian2 as b2

b2.prefs.codegen.target = "numpy"  # so small a network needs no compiler

equations = """
dv/dt = (-(v - E_L) + R_m*(I + g))/tau_m : volt (unless refractory)
dg/dt = -g/tau_s : amp
I : amp (constant)
"""
values = {"tau_m": 20 * b2.ms, "R_m": 100 * b2.Mohm, "E_L": -70 * b2.mV}
values |= {"v_th": -50 * b2.mV, "v_reset": -65 * b2.mV, "tau_s": 5 * b2.ms}
rules = {"threshold": "v >= v_th", "reset": "v = v_reset", "method": "exact"}

b2.start_scope()
b2.defaultclock.dt = 0.1 * b2.ms
sender = b2.SpikeGeneratorGroup(1, [0], [10] * b2.ms)  # neuron 0 fires at 10 ms
receiver = b2.NeuronGroup(1, equations, refractory=2.1 * b2.ms, **rules)
receiver.v = -70 * b2.mV

synapse = b2.Synapses(sender, receiver, "w : amp", on_pre="g_post += w")
synapse.connect(i=[0], j=[0])
synapse.w = 100 * b2.pA
synapse.delay = 1.5 * b2.ms

# %%
monitor = b2.StateMonitor(receiver, "v", record=True)
b2.run(80 * b2.ms, namespace=values)
v_brian2 = monitor.v[0] / b2.mV

spike = snn.SpikeTrains([10.1], [0], n=1, t_stop=80.0)  # Brian2 stamps the beginning of the step
neuron = snn.Population(lif, 1, receptors={"exc": snn.ExpCurrent(5.0)})
wire = snn.Projection(spike, neuron, pairs=([0], [0]), w=100.0, delay=1.5)
ours = snn.simulate(neuron, t_stop=80.0, record=["v"], projections=[wire], seed=SEED)
names = ("time (ms)", "membrane potential (mV)")
ax = snn.plots.curve(ours.t, ours.traces["v"][:, 0], *names, "snnlab")
snn.plots.curve(monitor.t / b2.ms, v_brian2, *names, "Brian2", ax=ax)
plt.show()
error = np.abs(v_brian2 - ours.traces["v"][:, 0]).max()
print(f"peak: Brian2 {v_brian2.max():.4f} mV, snnlab {ours.traces['v'].max():.4f} mV")
print(f"equal to 0.000000001 mV: {error < 1e-9}")

# %% [markdown]
# Two clocks again: what Brian2 calls a spike at 10 ms, we call 10.1. With that, the two agree in every sample, delay and all.
#
# From one synapse to many it is one step, `connect` with longer lists. That is the whole exercise, and the core of every network model
# in Brian2.
#
# **Exercise 09.4** Write `brian2_network`: `n` neurons with the equations above, connected by the given pairs, each with its own weight, all with one delay. It
# returns the spikes **as Brian2 stamps them**. The check runs two neurons, and a ring of five.


# %% nbgrader={"grade_id": "ex-09-4", "solution": true}
def brian2_network(n, pre, post, w, delay, tau_s, I, v0, t_stop):
    """Simulates n coupled LIF neurons in Brian2; returns (t, i): times in ms, and which neuron.

    pre, post : synapse k goes from neuron pre[k] to neuron post[k].   w : pA, one for each synapse.
    delay, tau_s, t_stop : ms.   I : pA, one for each neuron.   v0 : mV at the start, one for each.
    All else as above: the equations, dt = 0.1 ms, 2.1 ms for refractory.
    """
    ### BEGIN SOLUTION
    b2.start_scope()
    b2.defaultclock.dt = 0.1 * b2.ms
    group = b2.NeuronGroup(n, equations, refractory=2.1 * b2.ms, **rules)
    group.v = v0 * b2.mV
    group.I = I * b2.pA
    synapses = b2.Synapses(group, group, "w : amp", on_pre="g_post += w")
    synapses.connect(i=pre, j=post)
    synapses.w = w * b2.pA
    synapses.delay = delay * b2.ms
    monitor = b2.SpikeMonitor(group)
    b2.run(t_stop * b2.ms, namespace=values | {"tau_s": tau_s * b2.ms})
    return monitor.t / b2.ms, np.array(monitor.i)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-09-4", "grade": true, "locked": true, "points": 4}
check.ex_09_4(brian2_network)

# %% [markdown]
# Ten neurons in a ring, each excites the next. Only the first gets an input. Spikes run round, the input adds new ones, and none gets
# lost, until the refractory period lets no more in. Here is the same ring in both simulators:

# %% tags=["raises-exception", "worked-program"]
ring = np.arange(10)
given = {"pre": ring, "post": (ring + 1) % 10, "w": np.full(10, 1500.0), "delay": 3.0}
I = np.where(ring == 0, 230.0, 0.0)  # pA
t, i = brian2_network(n=10, tau_s=5.0, I=I, v0=np.full(10, -70.0), t_stop=300.0, **given)

cells = snn.Population(lif, 10, receptors={"exc": snn.ExpCurrent(5.0)})
wires = snn.Projection(cells, cells, pairs=(given["pre"], given["post"]), w=given["w"], delay=given["delay"])
spikes = snn.simulate(cells, I=I, t_stop=300.0, projections=[wires], seed=SEED).spikes
snn.plots.raster(spikes)
plt.show()
order = np.lexsort((i, np.round(t, 6)))
same = len(t) == len(spikes) and np.allclose(t[order] + 0.1, spikes.t) and np.array_equal(i[order], spikes.i)
print(f"snnlab: {len(spikes)} spikes, Brian2: {len(t)}; every spike at the same time: {same}")

# %% [markdown]
# ## Extra: many inputs at once
#
# Not graded. A cortical neuron hears thousands of synapses. If the jumps are small, and come at random times, only their mean and
# their spread matter. For voltage jumps of $J$ (mV) at the total rate $\nu$ (per ms), Campbell (1909) found for the mean and the standard deviation of
# $v - E_L$, in continuous time,
#
# $$\mu = J \nu \tau_m, \qquad \sigma = |J| \sqrt{\nu \tau_m / 2} \qquad (7)$$
#
# On a grid a jump comes at the end of a step and is seen at once, so that every sum over the past is a geometric series.
#
# **Exercise 09.x1** Find what becomes of (7) in steps of `dt`. Two hints: a jump that is $k$ steps old counts $e^{-k\,dt/\tau_m}$; and $1 + q + q^2 + \ldots = 1/(1 - q)$.


# %% nbgrader={"grade_id": "ex-09-x1", "solution": true}
def campbell_on_grid(J, nu, tau_m, dt):
    """Mean and standard deviation of v - E_L in mV, threshold off.

    J : mV, jump of one spike, negative for inhibition.   nu : 1/ms, all spikes together.   tau_m, dt : ms.
    """
    ### BEGIN SOLUTION
    mean = J * nu * dt / (1.0 - np.exp(-dt / tau_m))
    sd = abs(J) * np.sqrt(nu * dt / (1.0 - np.exp(-2.0 * dt / tau_m)))
    return mean, sd
    ### END SOLUTION


# %%
check.ex_09_x1(campbell_on_grid)

# %% tags=["raises-exception"]
quiet = snn.LIF(tau_m=20.0, v_th=1e6)
cells = snn.Population(quiet, 200, receptors={"jump": snn.Delta()})
drive = snn.PoissonDrive(cells, rate=8000.0, w=0.1, receptor="jump")  # 8 per ms
rec = snn.simulate(cells, t_stop=2000.0, projections=[drive], record=["v"], seed=SEED)
v = rec.traces["v"][2000:] - quiet.E_L  # from 200 ms on
mean, sd = campbell_on_grid(J=0.1, nu=8.0, tau_m=20.0, dt=0.1)
print(f"mean: simulated {v.mean():.2f} mV, on the grid {mean:.2f} mV, by (7) {0.1 * 8.0 * 20.0:.2f} mV")
print(f"sd:   simulated {v.std():.2f} mV, on the grid {sd:.2f} mV, by (7) {0.1 * np.sqrt(80.0):.2f} mV")

# %% [markdown]
# ## Close
#
# **In five lines**
#
# - One spike makes a current with a shape and a weight, and the membrane turns it into a PSP that peaks later than the current.
# - A weight in pA is no weight in nS: a conductance times a driving force is a current, and the driving force shrinks as $v$ comes near $E_{\rm rev}$.
# - A depressing synapse tells changes of the rate, and hides the rate itself; delays can turn a time into a place.
# - Two neurons that inhibit each other take turns if the inhibition is fast, and fire together if it is slow; between, the start decides.
# - In Brian2: equations with `g`, `Synapses` with `on_pre`, `connect`, then weights and delays.
#
# **Ask yourself**, and write your answers down. The next cell computes them.
#
# 1. You double $w$ of an exponential current. What happens to the height of the PSP, and what to the time of its peak?
# 2. The same for a conductance, from 10 to 20 nS with $E_{\rm rev}$ = 0 mV: is the height doubled?
# 3. Two neurons *excite* each other through the slow synapse of 8 ms. Alternate, or together?

# %% tags=["worked-program"]
for w in (100.0, 200.0):
    when, height = snn.theory.psp_peak(w, snn.ExpCurrent(5.0), lif)
    print(f"1. {w:.0f} pA: {height:.2f} mV at {when:.2f} ms")

silent = snn.LIF(v_th=1e6)
for g in (10.0, 20.0):
    t, psp = one_psp(snn.ExpConductance(5.0, E_rev=0.0), g, silent)
    print(f"2. {g:.0f} nS: {psp.max():.2f} mV at {t[psp.argmax()]:.1f} ms")

pairs = snn.Population(lif, 16, receptors={"exc": snn.AlphaCurrent(tau_syn=8.0)})
v = np.full(16, lif.v_reset)
v[1::2] = start_at(np.linspace(0.1, 0.9, 8), 250.0)
wires = snn.Projection(pairs, pairs, pairs=(np.arange(16), np.arange(16) ^ 1), w=200.0 / 8.0, delay=0.1)
spikes = snn.simulate(pairs, I=250.0, t_stop=20000.0, initial={"v": v}, projections=[wires], seed=SEED).spikes
ends = []
for k in range(0, 16, 2):
    a, b = spikes.of(k), spikes.of(k + 1)
    begin = a[-3]
    ends.append((b[b >= begin][0] - begin) / (a[-2] - begin) % 1.0)
print("3. final phases:", " ".join(f"{p:.2f}" for p in ends))

# %% [markdown]
# **Further reading**
#
# - Gerstner, Kistler, Naud & Paninski (2014), *Neuronal Dynamics*, sections 3.1 and 1.3. <https://doi.org/10.1017/CBO9781107447615>
# - van Vreeswijk, Abbott & Ermentrout (1994), *When inhibition not excitation synchronizes neural firing*. <https://doi.org/10.1007/BF00961879>
# - Tsodyks, Pawelzik & Markram (1998), *Neural networks with dynamic synapses*. <https://doi.org/10.1162/089976698300017502>
# - Jeffress (1948), *A place theory of sound localization*. <https://doi.org/10.1037/h0061495>
# - Jahr & Stevens (1990), *Voltage dependence of NMDA-activated macroscopic conductances*. <https://doi.org/10.1523/JNEUROSCI.10-09-03178.1990>
# - Rotter & Diesmann (1999), *Exact digital simulation of time-invariant linear systems*. <https://doi.org/10.1007/s004220050570>
#
# **Solutions**: the notebook of the same name in the folder `solutions`, [here](../../solutions/09_synapses/09_synapses.ipynb). Try first.
#
# **Next**, lesson 10: the weights themselves change, by the times of the spikes at both ends.

# %%
check.summary()

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: the plan
#
# | minutes | what | how |
# |---|---|---|
# | 0–6 | first picture, predict | hands up for the three answers; write the count on the board |
# | 6–28 | equations (1) to (3), 09.1 | derive the peak of the exponential PSP together up to the logarithm, and let them find the limit |
# | 28–52 | current and conductance, 09.2 | ask for the unit of every number in the published line before anybody runs it |
# | 52–64 | short-term plasticity | let them say in words what rate times size means for the receiver |
# | 64–70 | delay lines | one student is the left ear, one the right, a row of students the detectors |
# | 70–96 | play, 09.3 | the count on the board is the point of the lesson |
# | 96–121 | Brian2, 09.4 | in pairs; the ring is the reward |
# | 121–130 | close | question 3 before the cell runs |
#
# In two sessions of 65 minutes, break after the delay lines. The extra prepares lesson 11.

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: three misconceptions
#
# | misconception | the wrong answer that reveals it | what helps |
# |---|---|---|
# | The PSP is the synaptic current. | 09.1 "the peak of the alpha current" | the membrane is a low-pass: draw both curves above each other |
# | A weight is a weight. | 09.2 "the same number for both", "nA taken for nS" | ask for units; a conductance needs a driving force |
# | Inhibition always separates, excitation always synchronises. | predict "alternate" for slow inhibition; 09.3 "slow: alternate"; self-test 3 | the map: speed matters as much as sign |
#
# Also seen: 0.98 taken for "far from together" (09.3), and `connect()` without pairs, which connects all with all and each with itself (09.4).

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: marking and discussion
#
# | exercise | points | give them for |
# |---|---|---|
# | 09.1 | 3 | 1 the formula; 1 its limit; 1 the alpha current by any numerical way |
# | 09.2 | 4 | 1 the units; 1 the first guess w/(E_rev - E_L); 2 the correction by a measurement |
# | 09.3 | 4 | 2 the measure; 2 the three words, for a reason read off the map |
# | 09.4 | 4 | 1 the group; 2 synapses, weights, delay; 1 stamps and refractory period |
#
# Discuss:
#
# 1. In cortex, inhibitory neurons with fast synapses and gap junctions fire together in fast rhythms. Which assumption of the pair is wrong there?
# 2. A depressing synapse sends the same drive at 20 and at 100 Hz. What is such a synapse good for?
