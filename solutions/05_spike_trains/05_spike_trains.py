# %% [markdown]
# # Reading spike trains
#
# **A neuron hands you a row of times, never the same twice. What can you read from it?**
#
# | | |
# |---|---|
# | **Time** | 90 to 120 minutes; one pause is marked |
# | **You need** | lessons 00 and 01; mean, standard deviation and variance; NumPy arrays |
# | **You will be able to** | say of a spike train how fast, how regular and how steady it is, each by a number;<br>read from a real recording what a neuron listens to, and how long ago;<br>say how far apart two trains are, on a time scale that you choose;<br>tell when spikes are reliable, and when only their rate is |
# | **Points** | 14, in four exercises |

# %%
import matplotlib.pyplot as plt
import numpy as np

import snnlab as snn
from snnlab import analysis
from snnlab.checks import check, todo
from snnlab.checks.ex_05 import fading_traces, four_trains, three_trains

SEED = 5  # all randomness of this lesson comes from here

# %%
slow, fast = snn.datasets.grasshopper()  # two recordings, with what the neuron heard
top, bottom = snn.plots.panels(1.6, 0.9)
some = slow.t <= 400.0
snn.plots.curve(slow.t[some], slow.level[some], "time (ms)", "sound (dB)", ax=top)
snn.plots.raster(slow.spikes.between(0.0, 400.0), ax=bottom)
plt.show()
print(f"{len(slow.spikes)} spikes in {slow.spikes.t_stop / 1000.0:.0f} s; above are the first 400 ms")

# %% [markdown]
# Above is a sound, below what a single nerve cell of a locust had to say about it, spike by spike. You will soon find out
# what it listens to, and what it keeps to itself.
#
# ## Predict: which one is chance?
#
# Here are three trains of spikes, each with about 25 spikes per second. **One of them is pure chance**: at every moment
# a spike is as likely as at every other, whatever happened before. The other two follow a rule. Which one is chance?

# %%
abc = three_trains(SEED)  # 400 s of each
first = [abc[name].between(0.0, 2000.0).t for name in "ABC"]
ids = np.repeat([0, 1, 2], [len(t) for t in first])
ax = snn.plots.raster(snn.SpikeTrains(np.concatenate(first), ids, n=3, t_stop=2000.0))
ax.set_yticks([0, 1, 2], ["A", "B", "C"])
ax.set_ylabel("train")
plt.show()
print("spikes in the first two seconds:", [len(t) for t in first])

# %%
chance_is = None  # your prediction: "A", "B" or "C"

# %% [markdown]
# ## Intervals: how regular?
#
# A **spike train** is the times $t_1 < t_2 < \dots$ (ms) at which one neuron fired; a picture of several is a **raster**.
# The **rate** is the number of spikes over the time, in Hz. What it leaves out are the **intervals** $I_k = t_{k+1} - t_k$
# (ms), also called ISI, for *interspike interval*. Two numbers say how regular they are:
#
# $$\mathrm{CV} = \frac{\text{standard deviation of } I}{\text{mean of } I}
# \qquad
# \mathrm{LV} = 3 \left\langle \left( \frac{I_k - I_{k+1}}{I_k + I_{k+1}} \right)^{2} \right\rangle \qquad (1)$$
#
# The **coefficient of variation** CV compares each interval with the mean of all. The **local variation** LV (the angle brackets are a mean over
# all $k$) compares each with the next one only. Both are plain numbers without unit, and both are 0 for a clock. Here they are in code:

# %%
I = np.diff(abc["C"].t)  # ms
CV = np.std(I) / np.mean(I)
LV = 3.0 * np.mean(((I[:-1] - I[1:]) / (I[:-1] + I[1:])) ** 2)
print(f"train C: CV {CV:.2f}, LV {LV:.2f}")
same = np.allclose([CV, LV], [analysis.cv(abc["C"])[0], analysis.lv(abc["C"])[0]])
print("the same as analysis.cv and analysis.lv:", same)

# %% [markdown]
# What is pure chance? Let a spike come in a short time $dt$ with probability $\lambda\, dt$, always, whatever came before. This is the
# **Poisson process** of rate $\lambda$ (1/ms; 1/ms is 1000 Hz). Its intervals are distributed **exponentially**: short ones are the most frequent, and their
# mean and their standard deviation are both $1/\lambda$. So its CV is 1, and its LV is 1 too. Look for the train with a CV of 1:

# %%
for name, spikes in abc.items():
    cv, lv = analysis.cv(spikes)[0], analysis.lv(spikes)[0]
    print(f"{name}: {spikes.rate()[0]:.1f} Hz, CV {cv:.2f}, LV {lv:.2f}")
if chance_is is None:
    print("A prediction is missing: go back and make it.")
else:
    print(f"You said {chance_is}:", "right." if str(chance_is).strip().upper() == "C" else "it is C.")

# %%
names = ("interval (ms)", "intervals per bin")
ax, edges = None, np.arange(0.0, 151.0, 5.0)  # ms
for name, spikes in abc.items():
    counts, _ = np.histogram(analysis.isi(spikes), edges)
    ax = snn.plots.curve(edges[:-1] + 2.5, counts, *names, name, ax=ax)
plt.show()
shortest = [np.mean(analysis.isi(spikes) < 5.0) for spikes in abc.values()]
print("shorter than 5 ms:", ", ".join(f"{share:.0%}" for share in shortest))

# %% [markdown]
# B is tempting. It looks well mixed, but its spikes keep apart from each other, and that takes a memory. Chance makes clumps and gaps, as in
# C, and they mean nothing. In A, clumps are a rule: it fires in **bursts**. (The intervals of B were drawn from a gamma distribution of shape 5, those of A from two exponential ones, with a mean of 6 ms or of 91 ms.)
#
# ## A pause after every spike
#
# Hardly any neuron fires twice within a millisecond. The simplest way to say so is a Poisson process with **dead time**: after each spike it pauses for $d$ (ms), and
# then it is Poisson again. An interval is then $d$ plus an exponential time. The pause adds $d$ to the mean, and nothing to the standard deviation:
#
# $$\text{rate} = \frac{1}{d + 1/\lambda} = \frac{\lambda}{1 + \lambda d}, \qquad \mathrm{CV} = \frac{1/\lambda}{d + 1/\lambda} = \frac{1}{1 + \lambda d} \qquad (2)$$
#
# For $\lambda$ = 0.1/ms and $d$ = 3 ms, these are 76.9 Hz and 0.7692.
#
# But a simulation has **steps**, and can fire once in each at most. In a step of $dt$ that is not in a pause, it fires with the probability $p$
# that the process has *at least one* event in this time, which is $1 - e^{-\lambda\, dt}$. After a spike it is held for $d/dt$ steps, and then tries
# again in each step. The number $K$ of tries until it fires, the successful one included, has
# mean $1/p$ and standard deviation $\sqrt{1-p}\,/\,p$.
#
# **Say first**: in steps of 1 ms, will the CV be larger than 0.7692, smaller, or the same?
#
# **Exercise 05.1** Write the rate and the CV that such a simulation has. The check tries them from fine steps to very coarse ones.


# %% nbgrader={"grade_id": "ex-05-1", "solution": true}
def on_a_grid(rate, d, dt):
    """(rate_hz, cv) of a Poisson process with dead time that is simulated in steps.

    rate : in 1/ms, between the pauses.   d, dt : pause and step in ms; d is a multiple of dt.
    rate_hz : Hz.   cv : of the intervals.
    """
    ### BEGIN SOLUTION
    p = 1.0 - np.exp(-rate * dt)
    mean = d + dt / p  # ms
    sd = dt * np.sqrt(1.0 - p) / p  # ms
    return 1000.0 / mean, sd / mean
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-05-1", "grade": true, "locked": true, "points": 3}
check.ex_05_1(on_a_grid)

# %% [markdown]
# Now let the library do it, and measure. The model `PoissonGLM` is a neuron that fires by chance; without input and memory its rate is `rho_0`, and
# `t_ref` is its pause. A hundred of them run for 100 s.


# %%
def dead_time_neurons(dt):
    chance = snn.PoissonGLM(rho_0=0.1, v_th=-70.0, eta_0=0.0, t_ref=3.0)  # at rest, 0.1/ms
    return snn.simulate(snn.Population(chance, 100), t_stop=100_000.0, dt=dt, seed=SEED).spikes


measured = {}
for dt in (1.0, 0.1):
    spikes = dead_time_neurons(dt)
    I = analysis.isi(spikes)  # of all hundred: they are alike
    measured[dt] = 1000.0 / I.mean(), I.std() / I.mean()
    print(f"dt = {dt:3.1f} ms: {measured[dt][0]:.1f} Hz, CV {measured[dt][1]:.3f}")
print(f"equation (2):  {snn.theory.dead_time(100.0, 3.0)[0]:.1f} Hz, CV 0.769")

# %% tags=["raises-exception"]
for dt, (rate_hz, cv) in measured.items():
    yours = on_a_grid(0.1, 3.0, dt)
    near = abs(rate_hz / yours[0] - 1.0) < 0.005 and abs(cv - yours[1]) < 0.003
    print(f"dt = {dt:3.1f} ms: you predict {yours[0]:.1f} Hz and {yours[1]:.3f}; measured so: {near}")

# %% [markdown]
# The coarser the steps, the more regular the train: a step that holds two events shows one, and the short intervals that it swallows are missing. At
# $dt$ = 1 ms the CV is 4 % too low. A paper that reports "CV = 0.74" should say its $dt$.
#
# ## Counts: how steady?
#
# Cut time into windows of $W$ (ms) and count the spikes in each: $n_1, n_2, \dots$ The **Fano factor** compares the variance of the counts with their mean,
#
# $$F(W) = \frac{\text{variance of } n}{\text{mean of } n} \qquad (3)$$
#
# For the Poisson process it is 1, in windows of any length. A process whose intervals do not depend on each other is called a **renewal process**: all trains up to
# here are of this kind. For them intervals and counts are tied together, and in long windows
#
# $$F(W) \to \mathrm{CV}^2. \qquad (4)$$

# %%
spikes = dead_time_neurons(0.1)
windows = np.array([1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0])  # ms
F = np.array([analysis.fano(spikes, W).mean() for W in windows])
ax = snn.plots.curve(windows, F, "window W (ms)", "Fano factor", "with dead time", log="x")
ax.axhline(measured[0.1][1] ** 2, linestyle="--", color="#222222", label="CV squared")
ax.legend(frameon=False)
plt.show()
print(f"F(1 ms) = {F[0]:.2f}, F(100 ms) = {F[4]:.3f}, F(1000 ms) = {F[6]:.3f}")
print(f"CV squared is {measured[0.1][1] ** 2:.3f}")

# %% [markdown]
# Equation (4) is a promise that holds as long as the neuron stays the same. A train is **stationary** if its rate and its rules do not change with time. If the
# rate drifts, there are seconds with many spikes and seconds with few.
#
# Here are four trains of a minute, all with 20 spikes per second on average, counted in windows of 5 s. **One of them is not stationary.** Two of the others fire in bursts, but they stay what they are. Can you see which one drifts?

# %%
four, drifting = four_trains(SEED)
counts = analysis.binned(four, 5000.0)
ax, middle = None, np.arange(2.5, 60.0, 5.0)  # s
for i in range(4):
    ax = snn.plots.curve(middle, counts[i], "time (s)", "spikes in 5 s", f"train {i}", ax=ax)
ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, frameon=False)
plt.show()
print("spikes of each in the minute:", four.counts())

# %% [markdown]
# **Exercise 05.2** Write a statistic that finds the drifting one of four such trains: a number for each train, the largest for the one that drifts. In each set of the check exactly one changes its rate within some 10 s, by a step, a wave or a slope; one of the others fires in wild bursts, and one in bursts like clockwork.
#
# Useful: `analysis.cv(spikes)`, `analysis.lv(spikes)` and `analysis.fano(spikes, window)` have one value for each neuron.


# %% nbgrader={"grade_id": "ex-05-2", "solution": true}
def drift(spikes):
    """A number for each train, an array of 4: the largest is that of the train that is not stationary.

    spikes : SpikeTrains of 4 neurons, 60,000 ms.
    """
    ### BEGIN SOLUTION
    expected = analysis.cv(spikes) ** 2  # what F would be, if nothing drifted
    seen = analysis.fano(spikes, 5000.0)
    return seen / expected
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-05-2", "grade": true, "locked": true, "points": 4}
check.ex_05_2(drift)

# %% tags=["raises-exception"]
values = drift(four)
print("your statistic:", ", ".join(f"{value:.2f}" for value in values))
print(f"by it train {np.argmax(values)} drifts, and it is train {drifting}")

# %% [markdown]
# ## A real neuron
#
# Now the recordings. A loudspeaker played a **sound**, a pure tone whose loudness goes up and down at random. An electrode recorded from an auditory receptor
# neuron of a locust, *Locusta migratoria*: the cell that turns the vibration of the eardrum into spikes. There are two recordings of 10 s each, from the same cell. In the first, the
# loudness changes slowly (at up to 200 Hz), in the second fast (at up to 800 Hz). Loudness is given as **level**, in **decibel** (dB): 20 dB less is a tenth of the amplitude, and 0 dB is the
# loudest moment.
#
# The data come with the Python package [nitime](https://nipy.org/nitime/) (licence BSD-3-Clause) and belong to the study of Rokem and others (2006). They are loaded from your own disk:
# `slow.level` has 200,000 samples, one each 0.05 ms; the times of spikes were written down to 0.1 ms.
#
# **How fast, how regular?**

# %%
for name, rec in {"slow": slow, "fast": fast}.items():
    rate, cv, lv = (f(rec.spikes)[0] for f in (snn.SpikeTrains.rate, analysis.cv, analysis.lv))
    shortest = analysis.isi(rec.spikes).min()
    print(f"{name}: {rate:.1f} Hz, CV {cv:.2f}, LV {lv:.2f}, shortest interval {shortest:.1f} ms")

# %%
lag, rate = analysis.autocorrelogram(slow.spikes, bin=1.0, max_lag=40.0)
ax = snn.plots.correlogram(lag, rate, level=slow.spikes.rate()[0])
plt.show()
print(f"rate up to 2.5 ms from a spike: {rate[np.abs(lag) < 3.0].max():.0f} Hz")
print(f"highest at {abs(lag[rate.argmax()]):.0f} ms: {rate.max():.0f} Hz")
mean = 1000.0 / slow.spikes.rate()[0]  # ms
print(f"a Poisson process with a pause of 3 ms and this rate: CV {(mean - 3.0) / mean:.2f}")

# %% [markdown]
# This picture is an **autocorrelogram**. Sit down on each spike in turn, and ask how often the neuron fires so many ms later (right half) or earlier (left half): the rate as seen from a spike. For a Poisson
# process it is flat, at the dashed line. Here it has a hole: for 3 ms after a spike there is never another. Then, for a moment, a spike is *more* likely than on average. The neuron is no Poisson process, and
# dead time alone does not explain it either: by (2) its CV would be 0.72, and it is 0.53.
#
# **How steady?** Compare (4):

# %%
for name, rec in {"slow": slow, "fast": fast}.items():
    F, cv = analysis.fano(rec.spikes, 1000.0)[0], analysis.cv(rec.spikes)[0]
    print(f"{name}: F(1000 ms) = {F:.2f}, CV squared = {cv**2:.2f}")
t, rate = analysis.psth(slow.spikes, 1000.0)
print("spikes in each second of the first:", rate.round().astype(int))
print("mean level in each second (dB):    ", slow.level.reshape(10, -1).mean(axis=1).round(1))

# %% [markdown]
# Seven times and more than ten times too large: this neuron is not stationary, though its intervals look tame. The counts show why. It **adapts**: it begins with more than 120 spikes per second and ends below 80, while the sound stays as loud as it was.
#
# **What does it listen to?** Take the piece of sound around each of the 929 spikes, and average the pieces. What has nothing to do with spikes averages out. What is left is the **spike-triggered average** (STA):
#
# $$\mathrm{STA}(s) = \frac{1}{N} \sum_{k=1}^{N} \mathrm{level}(t_k + s) \qquad (5)$$
#
# with $N$ the number of spikes and $s$ the time from the spike (ms), negative before it.

# %%
ax, peaks = None, {}
for name, rec in {"slow": slow, "fast": fast}.items():
    s, mean = analysis.sta(rec.spikes, rec.level, rec.dt, before=20.0, after=5.0)
    peaks[name] = s[mean.argmax()], mean.max() - rec.level.mean()
    level = None if ax is None else rec.level.mean()  # drawn once
    ax = snn.plots.sta(s, mean, "level (dB)", name, level=level, ax=ax)
plt.show()
for name, (at, height) in peaks.items():
    print(f"{name}: a peak of {height:.1f} dB above the mean, {-at:.1f} ms before the spike")

# %% [markdown]
# The neuron answers to a rise in loudness, 6 to 7 ms ago. In that time the sound has come through the air and moved the ear, a spike was made, and it has travelled to the electrode. Just before the rise the sound
# was softer than on average: what counts is the change.
#
# One warning. The peak of the fast recording is narrower, but not because the neuron became another one: a sound that changes at up to 200 Hz resembles itself for
# some ms, and its average around a spike shows that, too. By itself such a sound makes dips of one depth on both sides of a peak. The one
# *after* the peak is of this kind; the one before it is much deeper, and that is the neuron. An STA always shows both, stimulus and neuron.
#
# **A good place for a pause.**

# %% [markdown]
# ## How far apart are two trains?
#
# Play the same sound again, and the neuron answers with another train. Is it *nearly* the same? That needs a **distance** between trains. Two are used most.
#
# **Victor and Purpura** (1996) count what it costs to turn one train into the other: 1 to delete a spike, 1 to insert one, and $q\,|\Delta t|$ to shift one by $\Delta t$; the cheapest way counts. The cost $q$ (1/ms) says which differences matter: a
# shift by more than $2/q$ is never worth it.
#
# **Van Rossum** (2001) lets each spike leave a trace that fades with a time constant $\tau$ (ms). The train with spikes $a_i$ becomes a function $f$, and the one with spikes $b_j$ likewise a function $g$:
#
# $$f(t) = \sum_{i:\; a_i \le t} e^{-(t - a_i)/\tau}, \qquad D = \sqrt{\frac{1}{\tau} \int_0^\infty \bigl(f(t) - g(t)\bigr)^2\, dt} \qquad (6)$$

# %%
a, b = [20.0, 35.0, 70.0], [24.0, 70.0]  # ms
t, f, g = fading_traces(a, b, tau=10.0)
ax = snn.plots.curve(t, f, "time (ms)", "trace (no unit)", "f, of train a")
snn.plots.curve(t, g, "time (ms)", "trace (no unit)", "g, of train b", ax=ax)
plt.show()
print(f"tau = 10 ms: D = {analysis.van_rossum(a, b, tau=10.0):.3f}")

# %% [markdown]
# **Exercise 05.3** Write $D$ from its definition. A fine grid of times is good enough, and so is mathematics: the check wants $D$ within 2 %, for trains with many spikes, with one, and with none.


# %% nbgrader={"grade_id": "ex-05-3", "solution": true}
def distance(a, b, tau):
    """The van Rossum distance D of two trains.

    a, b : spike times in ms, >= 0, ascending; either may be empty.   tau : ms, 5 or more.
    """
    ### BEGIN SOLUTION
    step = tau / 500.0
    last = max([*a, *b])
    t = np.arange(0.5 * step, last + 10.0 * tau, step)

    def trace(train):
        total = np.zeros(len(t))
        for s in train:
            total += np.where(t >= s, np.exp(-np.maximum(t - s, 0.0) / tau), 0.0)
        return total

    return np.sqrt(np.sum((trace(a) - trace(b)) ** 2) * step / tau)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-05-3", "grade": true, "locked": true, "points": 4}
check.ex_05_3(distance)

# %% [markdown]
# **The time constant is a question that you ask.** Take a Poisson train of 1 s. Compare it with a copy whose spikes are jittered by some 3 ms, and with another train that has
# nothing to do with it. On which time scale is the copy "the same"?

# %%
original, other = (snn.poisson(30.0, 1, 1000.0, seed=SEED, stream=k).t for k in (0, 1))
copy = np.clip(np.sort(original + np.random.default_rng(SEED).normal(0.0, 3.0, len(original))), 0.0, 1000.0)
tau = np.geomspace(0.1, 10_000.0, 51)  # ms
to_copy = [analysis.van_rossum(original, copy, x) for x in tau]
to_other = [analysis.van_rossum(original, other, x) for x in tau]
ax = snn.plots.curve(tau, to_copy, "time constant (ms)", "distance D", "to the jittered copy", log="x")
snn.plots.curve(tau, to_other, "time constant (ms)", "distance D", "to another train", log="x", ax=ax)
plt.show()
print(f"{len(original)}, {len(copy)} and {len(other)} spikes")
for k in (0, 20, 50):
    print(f"tau = {tau[k]:7.1f} ms: D = {to_copy[k]:.2f} to the copy, {to_other[k]:.2f} to the other")

# %% [markdown]
# With a $\tau$ of 0.1 ms the copy is nearly as far away as the other train: hardly any two spikes coincide. With one of 10 s only the number of spikes matters: the other train has four more, and $D$ nears $4/\sqrt{2}$ = 2.8. In between, the copy is near and the
# other train is far: a distance tells precise spikes from the rest, once you have said what precise means.

# %% tags=["raises-exception"]
mine = distance(original, copy, 10.0)
library = analysis.van_rossum(original, copy, 10.0)
print(f"tau = 10 ms: yours {mine:.3f}, analysis.van_rossum {library:.3f}")
print(f"Victor and Purpura, q = 0.1/ms: {analysis.victor_purpura(original, copy, q=0.1):.2f}")

# %% [markdown]
# ## Play: make it reliable
#
# Below, one LIF neuron is run 25 times: 25 **trials**, one row for each. In all trials it gets the same current, a constant part and fluctuations that are *frozen*: exactly the same each time. On top of that each trial has a noise of its own, such as
# channels that open by chance. Without that noise all 25 rows would be equal.
#
# 1. Set `signal` to 0: nothing is left but the constant current. Which spikes are still in line, and which are not?
# 2. Set `signal` to 200 again, and raise `noise`. At which noise do the columns dissolve?
# 3. Make the frozen fluctuations slower, by `tau`. Are the spikes more precise, or less?
#
# <details><summary>Answers</summary>
#
# 1. The first spikes are in line, and each next one less so: an error made at one spike is carried on to the next, since the interval starts there.
# 2. They blur from about 60 pA on, and at 150 pA few are left, though the noise is still weaker than the signal.
# 3. Less. A threshold that is crossed steeply is crossed at a sharp time; slow fluctuations creep over it. (Very fast ones do not help: the
#    membrane averages them away.)
#
# </details>

# %%
from snnlab.units import ms, pA

lif = snn.LIF()


def trials(
    signal: pA = 200.0,  # fluctuations that are the same in all trials
    noise: pA = 30.0,  # fluctuations of each trial's own
    mean: pA = 250.0,  # constant current
    tau: ms = 3.0,  # how fast the signal changes
):
    """25 trials of a second: the same signal, another noise each time."""
    I = snn.step(mean) + snn.noise(signal, tau=tau, shared=True) + snn.noise(noise, tau=1.0)
    return snn.simulate(snn.Population(lif, 25), I=I, t_stop=1000.0, seed=SEED).spikes


ranges = {"signal": (0.0, 400.0, 10.0), "noise": (0.0, 200.0, 5.0)}
ranges |= {"mean": (150.0, 400.0, 10.0), "tau": (1.0, 50.0, 1.0)}
snn.explore(trials, ranges, curve=None, title="25 trials")

# %% [markdown]
# ## Reproduce: Mainen and Sejnowski, 1995
#
# Is a neuron a sloppy device? Zachary Mainen and Terrence Sejnowski injected current into neurons of a slice of rat cortex, again and again. With a **constant** current the spikes of different trials soon drifted apart. With a current that **fluctuates**, as
# synapses make it, the spikes of all trials stood in line to the end: reproducible, in their words, "to less than 1 millisecond". The noise was in the input, not in the neuron.
#
# Our neuron is a LIF, not a cell of a rat, and its noise is one that we give it. So we reproduce the effect, and no figure of theirs but the millisecond. Two numbers measure it. The first is the
# typical distance from a spike to the nearest one of another trial:


# %%
def typical_distance(trials):
    """Median time (ms) from a spike to the nearest spike of another trial."""
    each, found = [trials.of(i) for i in range(trials.n)], []
    for i, mine in enumerate(each):
        for j, theirs in enumerate(each):
            if i != j and len(mine) and len(theirs):
                found.append(np.abs(np.subtract.outer(mine, theirs)).min(axis=1))
    return np.median(np.concatenate(found))


# %% [markdown]
# The second is the **coincidence factor** $\Gamma$ of Kistler and others (1997). It counts the spikes of one train that have a partner in the other within $\pm\Delta$ (ms), takes off what chance alone would give, and scales:
#
# $$\Gamma = \frac{N_{\rm coinc} - 2\nu\Delta\, N_1}{\tfrac12 (N_1 + N_2)} \cdot \frac{1}{1 - 2\nu\Delta} \qquad (7)$$
#
# $N_1$ and $N_2$ are the numbers of spikes and $\nu$ is the rate of the second train (1/ms). It is 1 for equal trains, and 0 for a Poisson train of the same rate.


# %%
def reliability(trials):
    """Mean coincidence factor of all pairs of trials, within 1 ms."""
    each = [trials.neurons(i, i + 1) for i in range(trials.n)]
    pairs = [(a, b) for i, a in enumerate(each) for b in each[:i]]
    return np.mean([analysis.coincidence_factor(a, b, precision=1.0) for a, b in pairs])


stimuli = {"constant": trials(signal=0.0), "fluctuating": trials(signal=200.0)}
for name, spikes in stimuli.items():
    top, bottom = snn.plots.panels(1.8, 0.9)
    snn.plots.raster(spikes, ax=top).set_ylabel("trial")
    snn.plots.psth(spikes, bin=5.0, ax=bottom)
    top.set_title(f"{name} current", fontsize=11)
    plt.show()
    print(f"{name}: {spikes.rate().mean():.1f} Hz on average")

# %% [markdown]
# The lower picture of each is a **PSTH**, a *peristimulus time histogram*: the rate over time, averaged over the trials. Under the constant current it flattens, under the fluctuating one there are sharp peaks to the end.

# %%
print("                 typical distance (ms)      coincidence factor")
print("              first 250 ms  last 250 ms     first        last")
for name, spikes in stimuli.items():
    parts = spikes.between(0.0, 250.0), spikes.between(750.0, 1000.0)
    apart, gamma = [typical_distance(p) for p in parts], [reliability(p) for p in parts]
    print(f"{name:12}  {apart[0]:10.1f}  {apart[1]:11.1f}  {gamma[0]:11.2f}  {gamma[1]:10.2f}")
precise = typical_distance(stimuli["fluctuating"]) < 1.0
print(f"fluctuating: reproducible to less than 1 ms: {precise}")

# %% [markdown]
# One signal is one draw of luck. Does it hold for other frozen signals, and without any noise?

# %%
apart = []
for seed in range(SEED, SEED + 5):
    I = snn.step(250.0) + snn.noise(200.0, tau=3.0, shared=True) + snn.noise(30.0, tau=1.0)
    spikes = snn.simulate(snn.Population(lif, 25), I=I, t_stop=1000.0, seed=seed).spikes
    apart.append(typical_distance(spikes))
print("five signals:", ", ".join(f"{x:.2f}" for x in apart), "ms")
for name, signal in {"constant": 0.0, "fluctuating": 200.0}.items():
    print(f"{name}, without noise: coincidence factor {reliability(trials(signal, noise=0.0)):.2f}")

# %% [markdown]
# Four of the five signals stay below a millisecond, and one comes to it. And without noise of its own an LIF is perfectly reliable, whatever it gets: the same current makes the same spikes. So the experiment says nothing about a model that has no noise. With noise, the
# stimulus decides: under a constant current an error in one spike is handed on to all later ones, and errors add up. A steep rise of a fluctuating current brings all trials back in line.

# %% [markdown]
# ## Cross-check: in Brian2
#
# Two checks. First, spike for spike: one trial without noise, with a frozen current that both simulators read from the same array. In Brian2 that is a `TimedArray`. The step more of refractoriness, and the $dt$ that is added to its stamps, are
# those of lesson 01.

# %% tags=["worked-program"]
import brian2 as b2

b2.prefs.codegen.target = "numpy"
b2.start_scope()
b2.defaultclock.dt = 0.1 * b2.ms

values = np.repeat(np.random.default_rng(SEED).normal(250.0, 250.0, 333), 30)  # pA, new each 3 ms
frozen = b2.TimedArray(values * b2.pA, dt=0.1 * b2.ms)
equations = "dv/dt = (-(v + 70*mV) + (100*Mohm)*frozen(t))/(20*ms) : volt (unless refractory)"
group = b2.NeuronGroup(1, equations, threshold="v >= -50*mV", reset="v = -65*mV",
                       refractory=2.1 * b2.ms, method="exponential_euler")  # fmt: skip
group.v = -70 * b2.mV
monitor = b2.SpikeMonitor(group)
b2.run(999 * b2.ms, namespace={"frozen": frozen})
theirs = monitor.t / b2.ms + 0.1

ours = snn.simulate(lif, I=values[:, None], t_stop=999.0, seed=SEED).spikes.t
equal = len(ours) == len(theirs) and np.allclose(ours, theirs)
print(f"snnlab {len(ours)} spikes, Brian2 {len(theirs)}, same times: {equal}")
print(f"van Rossum distance, tau = 1 ms: {analysis.van_rossum(ours, theirs, tau=1.0):.3f}")

# %% [markdown]
# Second, by statistics: the process with dead time. Brian2 draws for each neuron and step `rand() < rate*dt`. Its $p$ is $\lambda\, dt$, not $1 - e^{-\lambda\, dt}$, and it pauses one step less than we say. What (2) becomes on this grid, you know from 05.1.

# %% tags=["worked-program"]
b2.start_scope()
b2.seed(SEED)
b2.defaultclock.dt = 1 * b2.ms
chance = b2.NeuronGroup(2000, "", threshold="rand() < 0.1", refractory=4 * b2.ms)  # pauses 3 steps
monitor = b2.SpikeMonitor(chance)
b2.run(3 * b2.second)

spikes = snn.SpikeTrains(monitor.t / b2.ms, monitor.i, n=2000, t_stop=3000.0)
I = analysis.isi(spikes)
same_p = -np.log(1.0 - 0.1)  # the rate with which 1 - exp(-rate dt) is 0.1
rate, cv = snn.theory.dead_time(1000.0 * same_p, 3.0, dt=1.0)
print(f"Brian2: {1000.0 / I.mean():.1f} Hz, CV {I.std() / I.mean():.3f}")
print(f"theory: {rate:.1f} Hz, CV {cv:.3f}")
near = abs(1000.0 / I.mean() / rate - 1.0) < 0.01 and abs(I.std() / I.mean() / cv - 1.0) < 0.01
print("agree within 1 %:", near)

# %% [markdown]
# ## Bug hunt: spikes on the edge of a bin
#
# To count spikes in bins of time, divide the time of each by the width of a bin, and cut off what is behind the point. Many programs did it like this, among them for years
# [a well-known library](https://github.com/NeuralEnsemble/elephant/issues/196) for the analysis of spike trains:


# %%
def published_counts(t, bin, n_bins):
    """The number of spikes with k bin <= t < (k + 1) bin, for k = 0 to n_bins - 1.

    t : spike times in ms, >= 0.   bin : width in ms.
    """
    k = (t / bin).astype(int)
    return np.bincount(k, minlength=n_bins)[:n_bins]


# %% [markdown]
# Under a constant current of 400 pA our LIF is a clock: its interval is 13.2 ms, every time. Count its spikes in bins of 0.1 ms, one for each step of the simulation, and look how many bins lie between two of them:

# %%
clock = snn.simulate(lif, I=400.0, t_stop=1000.0, seed=SEED).spikes
intervals, how_often = np.unique(np.diff(clock.t).round(3), return_counts=True)
print("intervals (ms):", dict(zip(intervals.tolist(), how_often.tolist(), strict=True)))
counts = published_counts(clock.t, 0.1, 10_000)
apart, how_often = np.unique(np.diff(np.flatnonzero(counts)), return_counts=True)
print("bins apart:    ", dict(zip(apart.tolist(), how_often.tolist(), strict=True)))

# %% [markdown]
# The clock has got a jitter. Nobody sees it in a raster; a correlogram with bins of one step, or a search for spikes that coincide to the step, is ruined by it.
#
# **Exercise 05.4** Hunt the bug, in two parts. The definition is not at fault: bin $k$ holds $k\,\mathrm{bin} \le t < (k+1)\,\mathrm{bin}$, and a spike on an edge belongs to the bin that begins there.
#
# 1. **A test that catches it.** Write `is_right(count)`, which is `True` if a function such as `published_counts` counts rightly, and `False` if not. The check runs your test on the published function, on four more that are wrong in ways of their own, and on two right ones.
# 2. **The function, mended.** It must be right for spikes on the edges and off them.


# %% nbgrader={"grade_id": "ex-05-4", "solution": true} tags=["bug-hunt"]
def is_right(count):
    """True if a function counts spikes rightly, else False.

    count : a function such as published_counts, count(t, bin, n_bins).
    """
    ### BEGIN SOLUTION
    t = 0.1 * np.arange(1000)  # one spike in every step
    fine, coarse = count(t, 0.1, 1000), count(t, 0.5, 200)
    return bool(np.all(fine == 1) and np.all(coarse == 5))
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-05-4b", "solution": true} tags=["bug-hunt"]
def mended_counts(t, bin, n_bins):
    """The number of spikes with k bin <= t < (k + 1) bin, for k = 0 to n_bins - 1.

    t : spike times in ms, >= 0, an array.   bin : width in ms.   n_bins : all t are below n_bins * bin.
    """
    ### BEGIN SOLUTION
    k = np.floor(t / bin + 1e-6).astype(int)  # 0.7 / 0.1 is 6.999999999999999
    return np.bincount(k, minlength=n_bins)[:n_bins]
    ### END SOLUTION


# %% tags=["raises-exception"]
print(f"the published function passes your test: {is_right(published_counts)}")
print(f"your own function passes it: {is_right(mended_counts)}")

# %% nbgrader={"grade_id": "check-05-4", "grade": true, "locked": true, "points": 3}
check.ex_05_4(lambda: (is_right, mended_counts))  # hands in both

# %% [markdown]
# (`analysis.binned` counts rightly, too, but with $a < t \le b$: in snnlab a spike carries the time of the *end* of its step, as lesson 01 said. Two right conventions differ for spikes on an edge. Ask which one a program has.)
#
# ## Extra: predict a neuron
#
# Not graded. Can a model say *when* a real neuron fires? We fit an LIF to the first recording, and then it must predict the second, which it has never seen. What goes in is the level of the sound, less its mean. The free parameters are
# the gain (mV per dB), the time constant, the resting potential, the reset, the refractory period, and a delay. We try 2,000 neurons with parameters drawn at random, all at once, and keep the one with the best coincidence factor (7) within 2 ms.

# %%
rng = np.random.default_rng(SEED)
n = 2000
candidates = {
    "tau_m": np.exp(rng.uniform(np.log(0.5), np.log(20.0), n)),
    "R_m": rng.uniform(0.2, 4.0, n),  # mV per dB
    "E_L": rng.uniform(-5.0, 10.0, n),  # mV; the threshold is at 0
    "v_reset": rng.uniform(-30.0, -1.0, n),
    "t_ref": rng.uniform(1.0, 4.0, n).round(1),
}
delays = (5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0)  # ms


def predict(rec, parameters):
    """The spikes of LIF neurons that hear the sound of a recording."""
    I = rec.level[::2] - rec.level.mean()  # each 0.1 ms
    pop = snn.Population(snn.LIF(v_th=0.0, **parameters), len(parameters["tau_m"]))
    return snn.simulate(pop, I=I[:, None], t_stop=10_000.0, dt=0.1, seed=SEED).spikes


# %%
def score(rec, t, delay):
    """The coincidence factor of predicted times t (ms), delayed, with a recording."""
    t = t + delay
    t = t[t <= 10_000.0]
    model = snn.SpikeTrains(t, np.zeros(len(t), int), n=1, t_stop=10_000.0)
    return analysis.coincidence_factor(rec.spikes, model, precision=2.0)


spikes = predict(slow, candidates)
plausible = np.flatnonzero(np.abs(spikes.rate() / slow.spikes.rate() - 1.0) < 0.1)
scores = np.array([[score(slow, spikes.of(i), delay) for delay in delays] for i in plausible])
row, column = np.unravel_index(scores.argmax(), scores.shape)
best, delay = plausible[row], delays[column]
print(f"{len(plausible)} of {n} fire at the neuron's rate, within 10 %;")
print(f"the best of them, with a delay of {delay} ms:")
print(", ".join(f"{name} {values[best]:.2f}" for name, values in candidates.items()))

# %%
winner = {name: values[[best]] for name, values in candidates.items()}
for name, rec in {"fitted, slow": slow, "predicted, fast": fast}.items():
    t = predict(rec, winner).t
    print(f"{name}: {len(t)} spikes, the neuron {len(rec.spikes)}; Gamma = {score(rec, t, delay):.2f}")
shuffled = snn.poisson(fast.spikes.rate()[0], 1, 9_990.0, seed=SEED).t
print(f"chance, at the rate of the second: Gamma = {score(fast, shuffled, delay):.2f}")

# %% [markdown]
# About two thirds on what it was fitted to, less than a half on what is new. That is honest, and it is not good. (Chance comes out a little below 0: at so high a rate two spikes often claim the same partner,
# and the chance term of (7) does not know that.) What is missing? An LIF has no adaptation, while the real neuron fires 127 times in its first second and 78 times in its last; the level
# in dB is not what moves an eardrum; and what fits slow sound need not fit fast sound. And how good could a model be at all? To know that you would need a second recording of the same sound: the neuron does not
# predict itself with $\Gamma$ = 1 either.
#
# **Exercise 05.x1** Your `distance` looked at thousands of times. Write it in one pass over the sorted spikes of both trains: between two of them $f - g$ only fades. The check has trains of 20,000 spikes.


# %% nbgrader={"grade_id": "ex-05-x1", "solution": true}
def fast_distance(a, b, tau):
    """The van Rossum distance, in one pass.   a, b : spike times in ms, ascending.   tau : ms."""
    ### BEGIN SOLUTION
    events = sorted([(t, 1.0) for t in a] + [(t, -1.0) for t in b])
    difference = square = 0.0
    for k, (t, jump) in enumerate(events):
        difference += jump
        gap = events[k + 1][0] - t if k + 1 < len(events) else np.inf
        faded = np.exp(-gap / tau)
        square += 0.5 * difference**2 * (1.0 - faded**2)
        difference *= faded
    return np.sqrt(square)
    ### END SOLUTION


# %%
check.ex_05_x1(fast_distance)

# %% [markdown]
# ## Close
#
# **In five lines**
#
# - Rate, CV and Fano factor are three questions: how fast, how regular, how steady. Chance (Poisson) has CV = F = 1; it looks clumpy, and the clumps mean nothing.
# - A pause makes a train more regular, and so does a coarse grid. For a stationary renewal process F goes to CV$^2$; more than that means that something drifts, or that intervals depend on each other.
# - The spike-triggered average shows what a neuron listens to, and how long ago: for our locust a rise in loudness, 6 to 7 ms ago.
# - A distance has a time scale. Choose it, and say which one you chose.
# - Whether spikes are reliable depends on the stimulus: a fluctuating current keeps an LIF with noise precise to about a millisecond, a constant one does not.
#
# **Ask yourself**, and write your answers down. The next cell computes them.
#
# 1. A colleague writes `np.diff(rec.spikes.t)` for a population of 50 clocks with rates of their own, and finds a CV near 1. "They are all irregular!" What is the mean CV of the neurons?
# 2. Two Poisson trains of 50 Hz are merged into one. What is the CV of the merged train?
# 3. How far apart are two trains of one spike each, 10 ms from each other, by van Rossum with $\tau$ = 10 ms, and by Victor and Purpura with $q$ = 0.1/ms?

# %% tags=["worked-program"]
currents = np.linspace(250.0, 450.0, 50)  # pA
clocks = snn.simulate(snn.Population(lif, 50), I=currents, t_stop=2000.0, seed=SEED).spikes
mixed, alone = np.diff(clocks.t), analysis.cv(clocks).mean()
print(f"1. all spikes in one row: CV {mixed.std() / mixed.mean():.1f}; of the neurons: {alone:.3f}")

pair = snn.poisson(50.0, 2, 200_000.0, seed=SEED)
merged = snn.SpikeTrains(pair.t, np.zeros(len(pair), int), n=1, t_stop=200_000.0)
print(f"2. CV {analysis.cv(merged)[0]:.2f}: chance plus chance is chance, at {merged.rate()[0]:.0f} Hz")

D = analysis.van_rossum([50.0], [60.0], tau=10.0)
cost = analysis.victor_purpura([50.0], [60.0], q=0.1)
print(f"3. D = {D:.3f}, the square root of 1 - 1/e; and {cost:.1f}, as much as to delete a spike")

# %% [markdown]
# **Further reading**
#
# - Mainen & Sejnowski (1995), *Reliability of spike timing in neocortical neurons*. <https://doi.org/10.1126/science.7770778>
# - Rokem, Watzl, Gollisch, Stemmler, Herz & Samengo (2006), *Spike-timing precision underlies the coding efficiency of auditory receptor neurons*: the experiment behind our recordings. <https://doi.org/10.1152/jn.00891.2005>
# - Shinomoto, Shima & Tanji (2003), where LV comes from. <https://doi.org/10.1162/089976603322518759>
# - van Rossum (2001), *A novel spike distance*. <https://doi.org/10.1162/089976601300014321>
# - Victor & Purpura (1996), *Nature and precision of temporal coding in visual cortex*. <https://doi.org/10.1152/jn.1996.76.2.1310>
# - Kistler, Gerstner & van Hemmen (1997), where $\Gamma$ comes from. <https://doi.org/10.1162/neco.1997.9.5.1015>
#
# **Solutions**: the notebook of the same name in the folder `solutions`, [here](../../solutions/05_spike_trains/05_spike_trains.ipynb). Try first.
#
# **Next**, lesson 06: now you write spikes yourself. How does a number become a spike train?

# %%
check.summary()

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: the plan
#
# | minutes | what | how |
# |---|---|---|
# | 0–3 | the recording | let the class guess what the neuron listens to; keep the guesses for the STA |
# | 3–12 | predict, intervals | hands up for A, B, C before anybody runs a cell; then CV on the board |
# | 12–25 | dead time, 05.1 | derive (2) together; draw the tries of one interval as a row of boxes |
# | 25–40 | Fano factor, 05.2 | ask each pair for one statistic that *fails*, and for which train |
# | 40–52 | the real neuron | one plot, one sentence each; the adaptation is the surprise |
# | 52–66 | distances, 05.3 | D of one spike against none by hand, first |
# | 66–76 | play, Mainen and Sejnowski | one question each; ask why errors add up under a constant current |
# | 76–80 | Brian2 | run it, read it: where do the two simulators differ? |
# | 80–88 | bug hunt, 05.4 | tests first; exchange tests with a neighbour |
# | 88–90 | close | the first self-test question is the one that they will need |
#
# In two sessions, break at the marked pause. The extra is homework for those who want to see a model fail in an interesting way.

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: three misconceptions
#
# | misconception | the wrong answer that reveals it | what helps |
# |---|---|---|
# | Random means well mixed. | predicts B | throw a coin 50 times on the board, and mark the heads |
# | A large CV or a large Fano factor means that something changes. | 05.2 "the CV", "the Fano factor" | train A: wild, and the same from beginning to end |
# | A spike is already there before its time; the trace ends with the last spike. | 05.3 "before the spike too", "stops at the last spike" | draw the trace of one spike, and shade what is integrated |
#
# Also seen: "p is $\lambda\, dt$" (05.1: more than one event fits in a step), and "rounding mends it" (05.4: only for spikes on the edge).

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: marking and discussion
#
# | exercise | points | give them for |
# |---|---|---|
# | 05.1 | 3 | 1 the probability of a step; 1 mean and rate in Hz; 1 the standard deviation in ms |
# | 05.2 | 4 | 2 a statistic that compares counts with intervals; 1 windows of seconds; 1 for saying which train fools CV alone, and which F alone |
# | 05.3 | 4 | 1 nothing before a spike; 1 square, root and 1/tau; 1 the step of the integral; 1 its end |
# | 05.4 | 3 | 1 a test that fails the published function; 1 a test that fails the other wrong ones; 1 the function |
#
# Discuss:
#
# 1. Mainen and Sejnowski conclude that the neuron is precise and its input is not. What would you have to record in a living brain to know whether that matters?
# 2. The locust's neuron slows down while the sound stays as loud. Is that a flaw, or does it carry information? For whom?
