# %% [markdown]
# # Spikes back into values
#
# **Some spikes are lost, some come late, some are false. Which code can still be read, and how well could it be?**
#
# | | |
# |---|---|
# | **Time** | about 140 minutes; a pause is marked |
# | **You need** | lesson 06; Poisson counts; logarithms; sine and cosine |
# | **You will be able to** | read a code before all its spikes have come;<br>say what a bad line does to it;<br>read a population by its vector and by maximum likelihood, and say when it matters;<br>compare codes by error, time, spikes and bits |
# | **Points** | 15, in four exercises |

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits, load_iris, load_sample_image

import snnlab as snn
from snnlab.checks import check, todo

SEED = 8  # all randomness of this lesson comes from here


# %%
def rms(a, b):
    """The typical difference of two arrays: root mean square."""
    return np.sqrt(np.mean((np.asarray(a) - np.asarray(b)) ** 2))


grey = load_sample_image("china.jpg").mean(axis=2) / 255.0
picture = grey[:416].reshape(26, 16, 40, 16).mean(axis=(1, 3))  # 26 x 40 values, 0 to 1
shown = {"the picture": picture}
for name in ("latency", "phase", "population"):
    spikes = getattr(snn.encode, name)(picture)
    line = snn.decode.spoilt(spikes, lost=0.1, jitter=2.0, added=2.0, seed=SEED)
    shown[name] = getattr(snn.decode, name)(line, shape=picture.shape)
    print(f"{name:10}: {len(spikes):4d} spikes, error {rms(picture, shown[name]):.3f}")
snn.plots.pictures(list(shown.values()), list(shown), width=8.5)
plt.show()

# %% [markdown]
# A picture went through a bad line in three codes: one spike in ten was lost, the others moved by 2 ms, and each neuron got two false spikes per second. All three would be exact on a good line. (Photograph:
# danielbuechele, CC BY 2.0, from scikit-learn.)
#
# ## Predict: the vector and the best reader
#
# Many neurons of the motor cortex fire most before a movement in one direction, their **preferred direction**, and less the further it is away. Georgopoulos and colleagues read such a population by
# letting each neuron *vote*: it pulls towards its preferred direction, as strongly as it fires. Is there anything better? Say how many times as many
# spikes that vote needs for the same error as the best reader that can exist
#
# - if the neurons fall silent at the opposite direction (full modulation), and
# - if they change by only 20 % either way around their mean.

# %%
times_full = None  # your prediction, a number: 1 is as good as the best
times_weak = None  # your prediction, a number

# %% [markdown]
# ## Reading while the spikes come
#
# A **decoder** takes spikes and returns values. Let a value $x$ (0 to 1) be sent for a window of $T$ = 100 ms, and let $t$ (ms) be the time since its start. Three ways:
#
# | decoder | reads | its rule | unit |
# |---|---|---|---|
# | **rate** | the count $N$ until $t$ | $x = N/(r_{\max}\, t/1000)$ | $r_{\max}$ in Hz |
# | **first spike** | its time $t_1$ | $x = 1 - t_1/T$ | $t_1, T$ in ms |
# | **interval** | the time $\Delta$ between spikes | $x = (T_{\max} - \Delta)/(T_{\max} - T_{\min})$ | all in ms |
#
# What if you must answer *before* the spike has come? Silence so far is not nothing: it rules values out. When you can't know, take the **middle of what is still possible**: the largest error is then as small as it can be.
#
# **Exercise 08.1** Write the three decoders for any moment `now`. A spike at `now` has come, those after it have not happened yet. An interval train repeats the interval of one value; its first spike may come at any time, and says nothing by itself.


# %% nbgrader={"grade_id": "ex-08-1", "solution": true}
def read_rate(t, now, max_rate):
    """The value so far.   t : all spikes of a neuron, ms.   now : ms.   max_rate : Hz.

    No value is larger than 1.
    """
    ### BEGIN SOLUTION
    return min(np.sum(t <= now) / (max_rate * now / 1000.0), 1.0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-08-1b", "solution": true}
def read_latency(t, now, window):
    """The value so far, or the middle of those still possible.   t, now, window : ms."""
    ### BEGIN SOLUTION
    t = t[t <= now]
    return 1 - t[0] / window if len(t) else 0.5 * (1 - now / window)
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-08-1c", "solution": true}
def read_interval(t, now, T_min, T_max):
    """The value so far, or the middle of those still possible.   All in ms."""
    ### BEGIN SOLUTION
    t = t[t <= now]
    if len(t) == 0:
        return 0.5
    T = np.mean(np.diff(t)) if len(t) > 1 else 0.5 * (max(T_min, now - t[0]) + T_max)
    return (T_max - T) / (T_max - T_min)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-08-1", "grade": true, "locked": true, "points": 4}
check.ex_08_1(lambda: (read_rate, read_latency, read_interval))  # hands in all three

# %% [markdown]
# Error against time, for the 64 pixels of ten handwritten digits. Your decoders read all three codes.

# %%
digits = load_digits()  # 8 x 8 pixels, from NIST, by way of the UCI repository
x = digits.images[:10].ravel() / 16.0
sent = {
    "rate": snn.encode.rate(x, max_rate=200.0, seed=SEED),
    "latency": snn.encode.latency(x),
    "interval": snn.encode.temporal(np.tile(x, (4, 1))),  # each value four times
}
sent = {name: [spikes.of(k) for k in range(len(x))] for name, spikes in sent.items()}

# %% tags=["raises-exception"]
when = np.array([2.5, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0])
readers = {
    "rate": lambda t, now: read_rate(t, now, 200.0),
    "latency": lambda t, now: read_latency(t, now, 100.0),
    "interval": lambda t, now: read_interval(t, now, 2.0, 20.0),
}
ax = None
for name, reader in readers.items():
    error = [rms(x, [reader(t, now) for t in sent[name]]) for now in when]
    ax = snn.plots.curve(when, error, "time (ms)", "error", name, ax=ax)
    print(f"{name:8}: error {error[3]:.3f} at 20 ms, {error[6]:.3f} at 50 ms, {error[-1]:.3f} at 100 ms")
plt.show()

# %% [markdown]
# The interval is complete after 20 ms at most: its time does not depend on the window. A latency is exact for the bright pixels first. The rate never is.
#
# ## A bad line
#
# **Exercise 08.2** Write what happens to spikes on their way:
#
# - each is **lost** with the probability `lost`, whatever happens to the others;
# - those that are left are moved (**jitter**): each by a normal deviate of its own. One that would leave the window is put on its edge;
# - then each of the `n` neurons, whether it spoke or not, gets false spikes at random, `added` per second on average. These are not lost or moved.


# %% nbgrader={"grade_id": "ex-08-2", "solution": true}
def spoil(t, i, n, window, lost, jitter, added, rng):
    """The times (ms) and neurons of what arrives: return t, i.

    t : ms.   i : the neuron of each spike, 0 to n - 1.   window : ms, it starts at 0.
    lost : probability.   jitter : standard deviation, ms.   added : Hz for each neuron.
    rng : a NumPy generator, such as np.random.default_rng(1).
    """
    ### BEGIN SOLUTION
    kept = rng.random(len(t)) >= lost
    moved = np.clip(t[kept] + jitter * rng.standard_normal(kept.sum()), 0.0, window)
    false = np.repeat(np.arange(n), rng.poisson(added * window / 1000.0, n))
    at = rng.uniform(0.0, window, len(false))
    return np.concatenate([moved, at]), np.concatenate([i[kept], false])
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-08-2", "grade": true, "locked": true, "points": 3}
check.ex_08_2(spoil)

# %% [markdown]
# Fisher's irises, 150 flowers with four measurements each, go through your line. Before you run it: which damage hurts which code most?

# %% tags=["raises-exception"]
iris = load_iris()  # cm; Fisher (1936)
x = snn.encode.Scaler.of(iris.data).scale(iris.data)
damage = {"10 % lost": (0.1, 0, 0), "jitter 2 ms": (0, 2.0, 0), "added 5 Hz": (0, 0, 5.0)}
for name in ("rate", "latency", "burst"):
    s = snn.encode.rate(x, seed=SEED) if name == "rate" else getattr(snn.encode, name)(x)
    decoder, row = getattr(snn.decode, name), []
    for how in damage.values():
        t, i = spoil(s.t, s.i, s.n, 100.0, *how, np.random.default_rng(SEED))
        row.append(rms(x, decoder(snn.SpikeTrains(t, i, s.n, 100.0), shape=x.shape)))
    clean = rms(x, decoder(s, shape=x.shape))
    errors = ", ".join(f"{how} {error:.2f}" for how, error in zip(damage, row, strict=True))
    print(f"{name:8}: good line {clean:.2f}, {errors}")

# %% [markdown]
# The rate hardly notices: its own chance is worse than the line. Time codes pay for losses and false spikes.
#
# **A good place for a pause.**
#
# ## Refresher: mutual information (five minutes)
#
# How many yes-or-no questions about a value $x$ does the decoded value $y$ answer? Let $p(x, y)$ be how often the two come together. The **entropy** $H = -\sum p \log_2 p$ is the number of questions that are open (bits). The **mutual information** is
#
# $$I = \sum_{x, y} p(x, y) \log_2 \frac{p(x, y)}{p(x)\, p(y)} = H(y) - H(y \mid x) \qquad (1)$$
#
# where $H(y \mid x)$ is the mean entropy of $y$ that is left when $x$ is known: noise.
#
# **Extra 08.x1** A value is 0 or 1, equally often. A 0 is silence; a 1 is a spike, and one spike in four is lost. How many bits does the receiver get for each value?


# %% nbgrader={"grade_id": "ex-08-x1", "solution": true}
def bits_per_value():
    """The bits that arrive for each value: return a number."""
    ### BEGIN SOLUTION
    p = 0.5 * 0.75  # a spike is heard
    return -p * np.log2(p) - (1 - p) * np.log2(1 - p) - 0.5 * (2 - 0.75 * np.log2(3))
    ### END SOLUTION


# %%
check.ex_08_x1(bits_per_value)

# %% [markdown]
# `snn.decode.bits` cuts both values into 16 levels, counts, and takes (1): the *plug-in* estimate. From few values it finds information even where there is none, so it subtracts what the same values give in random
# order. **Bits per spike** are these bits over the mean number of spikes.
#
# ## A population of directions
#
# $N$ neurons prefer directions $\varphi_j$, evenly spread. For the direction $\theta$, neuron $j$ spikes $n_j$ times, Poisson with the mean
#
# $$f_j(\theta) = r\, \left(1 + m \cos(\theta - \varphi_j)\right) \qquad (2)$$
#
# | symbol | in code | what it is | unit |
# |---|---|---|---|
# | $\theta, \varphi_j$ | `theta`, `phi` | direction, preferred directions | degrees in code |
# | $r$ | `r` | mean count | spikes |
# | $m$ | `m` | **modulation**: 1 is down to silence | – |
# | $f_j, n_j$ | `f`, `n` | mean count, count | spikes |
#
# The **population vector** is the direction of $\sum_j n_j\, e^{i\varphi_j}$. The **maximum likelihood** estimate is the $\theta$ under which the observed counts are most likely, the one with the largest
#
# $$\log L(\theta) = \sum_j n_j \log f_j(\theta) - \sum_j f_j(\theta) + \text{const} \qquad (3)$$


# %%
def tuning(theta, phi, m, r):
    """Mean counts (angles, neurons) of equation (2); theta and phi in degrees."""
    difference = np.deg2rad(np.atleast_1d(theta)[:, None] - phi)
    return r * np.maximum(1 + m * np.cos(difference), 0.0)


def population_vector(n, phi):
    """Directions in degrees of the counts (trials, neurons)."""
    return np.rad2deg(np.angle(n @ np.exp(1j * np.deg2rad(phi)))) % 360.0


def variance(estimate, true):
    """Mean squared error in square degrees, the short way round."""
    return np.mean(((estimate - true + 180.0) % 360.0 - 180.0) ** 2)


# %% [markdown]
# ## Refresher: Fisher information (five minutes)
#
# How well can the best reader do? A neuron tells a small change of $\theta$ if its mean count *changes* fast, and if its count *varies* little. For Poisson counts both are in one sum, the **Fisher information**
#
# $$J(\theta) = \sum_j \frac{f_j'(\theta)^2}{f_j(\theta)}, \qquad \text{variance} \ge \frac{1}{J} \qquad (4)$$
#
# for every estimate that is right on average (the Cramér–Rao bound). $f'$ is the slope, in spikes per degree; $J$ is in 1/degree².
#
# **Extra 08.x2** One neuron spikes 10 times on average at 30° and 12 times at 34°, on a straight line in between. What is the least standard deviation, in degrees, with which its count tells the angle at 32°?


# %% nbgrader={"grade_id": "ex-08-x2", "solution": true}
def least_error():
    """The least standard deviation in degrees: return a number."""
    ### BEGIN SOLUTION
    J = (2 / 4) ** 2 / 11  # slope squared over the mean
    return 1 / np.sqrt(J)
    ### END SOLUTION


# %%
check.ex_08_x2(least_error)

# %% [markdown]
# For many spikes, the variance of the population vector (in radians²) is $\sum_j f_j \sin^2(\theta - \varphi_j) \big/ \big(\sum_j f_j \cos(\theta - \varphi_j)\big)^2$.
#
# **Exercise 08.3** Two parts:
#
# 1. `max_likelihood`: the most likely angle of the grid for each row of counts. The check has populations with more neurons on one side, and neurons that can't spike at all at some angles.
# 2. `modulation`: at which $m$ does the population vector have a variance **25 % above** the bound $1/J$? Measure or derive; two digits are enough.


# %% nbgrader={"grade_id": "ex-08-3", "solution": true}
def max_likelihood(counts, f, grid):
    """The most likely angles (trials,).

    counts : (trials, neurons).   grid : angles (g,), degrees.
    f : mean counts (g, neurons), at each angle of the grid.
    """
    ### BEGIN SOLUTION
    score = counts @ np.log(np.maximum(f, 1e-12)).T - f.sum(axis=1)
    return grid[score.argmax(axis=1)]
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-08-3b", "solution": true}
def modulation():
    """The modulation m, 0 to 1, at which the vector's variance is 1.25/J."""
    ### BEGIN SOLUTION
    angle = np.deg2rad(np.arange(0.5, 360.0))
    c, s = np.cos(angle), np.sin(angle)
    m = np.linspace(0.01, 0.99, 99)[:, None]
    f = 1 + m * c
    ratio = (f * s**2).sum(1) / (f * c).sum(1) ** 2 * ((m * s) ** 2 / f).sum(1)
    return m.ravel()[np.abs(ratio - 1.25).argmin()]
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-08-3", "grade": true, "locked": true, "points": 4}
check.ex_08_3(lambda: (max_likelihood, modulation))  # hands in both

# %% [markdown]
# Now look at what you predicted: 64 neurons with 20 spikes on average, 4000 trials.

# %% tags=["raises-exception"]
phi, grid, true = np.arange(64) * 360.0 / 64, np.arange(0.0, 360.0, 0.25), 100.0
rng, ratios = np.random.default_rng(SEED), {}
for m in (1.0, 0.8, 0.5, 0.2):
    n = rng.poisson(tuning(true, phi, m, 20.0)[0], (4000, 64))
    f = tuning(true, phi, m, 20.0)[0]
    slope = 20.0 * m * np.sin(np.deg2rad(phi - true)) * np.pi / 180  # per degree
    J = np.sum(slope**2 / f)
    ratios[m] = [variance(population_vector(n, phi), true) * J,
                 variance(max_likelihood(n, tuning(grid, phi, m, 20.0), grid), true) * J]  # fmt: skip
    print(f"m = {m:.1f}: variance over the bound, vector {ratios[m][0]:.2f}, likelihood {ratios[m][1]:.2f}")

# %%
said = {"full": times_full, "weak": times_weak}
for (name, guess), m in zip(said.items(), (1.0, 0.2), strict=True):
    if not isinstance(guess, (int, float)):
        print(f"{name} modulation: a prediction is missing, or is no number.")
    else:
        theory = 2 / (1 + np.sqrt(1 - m**2))
        print(f"{name} modulation: you said {guess:g} times, theory says {theory:.2f} times")

# %% [markdown]
# At full modulation, half the spikes are wasted by the vote: the neurons near the *opposite* direction hardly spike, so that a single spike of theirs is strong evidence, and the vector
# does not know. At weak modulation all neurons are about equally noisy, and the vector is as good as the best. (With 4000 trials, the numbers may be off by some per cent; and where a population tells little, as at 0.2, no reader quite reaches the bound: it is for many spikes.)
#
# ## Play: what has come so far, and through what line
#
# 1. `phase`: after which time is the picture complete? What do the later spikes add? Compare with `phase, bad line`.
# 2. `burst`: which pixels stay wrong, and why is the picture ready so early?
# 3. Of the three bad lines, which picture would you rather get at 25 ms, and which at 100 ms?
#
# <details><summary>Answers</summary>
#
# 1. After one cycle of 25 ms. On a good line they add nothing; on a bad one they average the jitter away, and replace what was lost.
# 2. Those up to 0.2, which have one spike and no interval. Bright pixels have short bursts.
# 3. Try it: the phase has four spikes for each value by then, the latency only one.
#
# </details>

# %%
flower = load_sample_image("flower.jpg").mean(axis=2)[:416, 120:536] / 255.0
flower = flower.reshape(26, 16, 26, 16).mean(axis=(1, 3))
pictures = {"a digit": digits.images[3] / 16.0, "temple": picture, "flower": flower}
codes = {}
for name in ("phase", "latency", "population", "burst"):
    e, d = getattr(snn.encode, name), getattr(snn.decode, name)
    codes[name] = (e, lambda s, now, d=d: d(s, 100.0))
    codes[f"{name}, bad line"] = (
        lambda x, e=e: snn.decode.spoilt(e(x), lost=0.1, jitter=2.0, added=2.0, seed=SEED),
        codes[name][1],
    )
snn.explore_pictures(pictures, codes, seed=SEED, title="Reading while the spikes come")

# %% [markdown]
# ## Reproduce: Seung and Sompolinsky (1993)
#
# They compared the population vector with maximum likelihood, for noisy neurons tuned to directions. Their abstract says:
# the vector's performance depends on the width of the tuning, and is best at a width that *increases with the background activity*; for narrow tuning it is significantly inferior to maximum likelihood, and for broad tuning the difference is small.
# It gives neither figures nor a formula for the tuning, so that we compare effects, with a hump of our own: of width $a$ on a **background** $b$ (in parts of the peak), $f = b + (1 - b)\cos^2(\pi\theta/2a)$ for $|\theta| < a$, and $b$ outside.


# %%
def hump(a, b, d, peak=20.0):
    """Mean counts and slopes (per radian) at distances d and for a width a (degrees)."""
    d, a = np.deg2rad(d), np.deg2rad(a)
    inside = np.abs(d) < a
    f = peak * (b + (1 - b) * np.where(inside, np.cos(np.pi * d / (2 * a)) ** 2, 0.0))
    slope = -peak * (1 - b) * np.where(inside, np.pi / (2 * a) * np.sin(np.pi * d / a), 0.0)
    return d, f, slope


# %%
widths, ax, best = np.arange(20.0, 181.0, 2.0), None, {}
names = ("width a (deg)", "standard deviation (deg)")
phi = np.arange(-179.5, 180.0, 5.0)  # what 72 neurons prefer; the direction is 0
for b in (0.05, 0.2, 0.5):
    rows = [hump(a, b, phi) for a in widths]
    vector = np.array([np.sum(f * np.sin(d) ** 2) / np.sum(f * np.cos(d)) ** 2 for d, f, _ in rows])
    bound = np.array([1 / np.sum(s**2 / f) for _, f, s in rows])
    ax = snn.plots.curve(widths, np.rad2deg(np.sqrt(vector)), *names, f"vector, b = {b}", log="y", ax=ax)
    best[b] = widths[vector.argmin()]
    print(f"b = {b:4}: vector best at a = {best[b]:.0f} deg; its variance over the bound: "
          f"{vector[0] / bound[0]:6.1f} at 20 deg, {vector[-1] / bound[-1]:.2f} at 180 deg")  # fmt: skip
snn.plots.curve(widths, np.rad2deg(np.sqrt(bound)), *names, "bound, b = 0.5", log="y", ax=ax)
plt.show()
print(f"the best width grows with the background: {best[0.05] < best[0.2] < best[0.5]}")

# %% [markdown]
# The curves are the theory for many spikes. Does the simulation agree, and does maximum likelihood reach the bound? A narrow and a broad population, 2000 trials each.

# %% tags=["raises-exception"]
grid = np.arange(-30.0, 30.0, 0.1)
for a in (40.0, 180.0):
    d, f, slope = hump(a, 0.2, phi)
    n = rng.poisson(f, (2000, len(f)))
    means = hump(a, 0.2, (phi - grid[:, None] + 180.0) % 360.0 - 180.0)[1]
    J = np.sum(slope**2 / f) * (np.pi / 180) ** 2
    theory = np.sum(f * np.sin(d) ** 2) / np.sum(f * np.cos(d)) ** 2 * np.sum(slope**2 / f)
    print(f"a = {a:3.0f}: vector over bound {variance(population_vector(n, phi), 0.0) * J:.1f} "
          f"(theory {theory:.1f}), likelihood {variance(max_likelihood(n, means, grid), 0.0) * J:.1f}")  # fmt: skip

# %% [markdown]
# ## Cross-check: the population in Brian2
#
# 32 neurons with the tuning (2), at $m$ = 0.8 and a mean rate of 50 Hz for 200 ms, in 400 trials: Brian2's `PoissonGroup` beside our rate code. Chance differs, so means, variances and the errors of the readers are compared, each within four standard errors.

# %%
import brian2 as b2

b2.prefs.codegen.target = "numpy"
b2.start_scope()
b2.seed(SEED)
phi, trials = np.arange(32) * 360.0 / 32, 400
hz = 50.0 * (1 + 0.8 * np.cos(np.deg2rad(100.0 - phi)))  # Hz
group = b2.PoissonGroup(32 * trials, rates=np.tile(hz, trials) * b2.Hz)
monitor = b2.SpikeMonitor(group, record=False)
b2.run(200 * b2.ms)
theirs = np.array(monitor.count[:]).reshape(trials, 32)
ours = snn.encode.rate(np.tile(hz / 100.0, trials), 200.0, seed=SEED).counts().reshape(trials, 32)


# %%
def agree(name, a, b, error):
    """Whether two numbers differ by less than four standard errors of their difference."""
    print(f"{name}: snnlab {a:.1f}, Brian2 {b:.1f}; agree: {abs(a - b) < 4 * np.sqrt(2) * error}")


mean = 0.2 * hz
for k in (9, 17, 25):
    agree(f"neuron {k:2d}, mean count (theory {mean[k]:4.1f})", ours[:, k].mean(), theirs[:, k].mean(), np.sqrt(mean[k] / trials))  # fmt: skip
    agree(f"neuron {k:2d}, variance   (theory {mean[k]:4.1f})", ours[:, k].var(), theirs[:, k].var(), np.sqrt((mean[k] + 2 * mean[k] ** 2) / trials))  # fmt: skip

# %% tags=["raises-exception"]
grid = np.arange(0.0, 360.0, 0.25)
f = tuning(grid, phi, 0.8, 10.0)
both = [variance(max_likelihood(n, f, grid), 100.0) for n in (ours, theirs)]
bound = 1 / (32 * 10.0 * (1 - np.sqrt(1 - 0.8**2))) * (180 / np.pi) ** 2
agree(f"variance of maximum likelihood (bound {bound:.1f} deg^2)", *both, bound * np.sqrt(2 / trials))

# %% [markdown]
# ## Bug hunt: two measures, one flatters and one scolds
#
# These two functions judge decoders. The first measures information from a histogram: for years, such numbers were published for neurons with few trials, until Treves and Panzeri (1995) worked out what is
# wrong with them. The second is the typical error of a direction, as it stands in many programs.


# %%
def published_bits(x, decoded, rng):
    """Bits for each value, at 16 levels.   x, decoded : (n,), 0 to 1.   rng : generator."""
    edges = np.linspace(0.0, 1.0, 17)
    p = np.histogram2d(x, decoded, [edges, edges])[0] / len(x)
    apart = p.sum(axis=1, keepdims=True) * p.sum(axis=0)
    some = p > 0
    return np.sum(p[some] * np.log2(p[some] / apart[some]))


def published_error(true, estimate):
    """The typical error in degrees, root mean square.   true, estimate : degrees, (n,)."""
    return np.sqrt(np.mean((estimate - true) ** 2))


# %%
x = np.random.default_rng(SEED).uniform(0.0, 1.0, 300)
print(f"a perfect decoder: {published_bits(x, x, None):.1f} bits, and 16 levels have 4")
east = np.array([88.0, 92.0, 95.0])
print(f"directions near 90, each 2 degrees off: {published_error(east, east + 2.0):.1f}")

# %% [markdown]
# Both look right. **Exercise 08.4** Three parts:
#
# 1. **A test that catches the first mistake.** `is_right(code)` is `True` if an information is right, else `False`. The check runs it on the published code, on other wrong ones, and on two right ones, which don't agree to the last digit.
# 2. **The information, mended**, still at 16 levels.
# 3. **The error, mended.** The estimate may be any number of turns away.


# %% nbgrader={"grade_id": "ex-08-4", "solution": true} tags=["bug-hunt"]
def is_right(code):
    """True if an information, code(x, decoded, rng), can be trusted, else False."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(1)
    x = np.repeat((np.arange(8) + 0.5) / 8, 25)  # 200 values, 8 levels: 3 bits
    nothing = np.mean([code(x, rng.permutation(x), rng) for _ in range(3)])
    return bool(abs(nothing) < 0.1 and 2.5 < code(x, x, rng) < 3.1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-08-4b", "solution": true} tags=["bug-hunt"]
def mended_bits(x, decoded, rng):
    """Bits for each value, at 16 levels.   x, decoded : (n,), 0 to 1.   rng : generator."""
    ### BEGIN SOLUTION
    chance = [published_bits(x, rng.permutation(decoded), rng) for _ in range(20)]
    return published_bits(x, decoded, rng) - np.mean(chance)
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-08-4c", "solution": true} tags=["bug-hunt"]
def mended_error(true, estimate):
    """The typical error in degrees, root mean square.   true, estimate : degrees, (n,)."""
    ### BEGIN SOLUTION
    return np.sqrt(np.mean(((estimate - true + 180.0) % 360.0 - 180.0) ** 2))
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-08-4", "grade": true, "locked": true, "points": 4}
check.ex_08_4(lambda: (is_right, mended_bits, mended_error))  # hands in all three

# %% [markdown]
# ## All codes in one table
#
# The picture, 1040 values, in every code of the library: ten static ones, in a window of 100 ms, `direct`, which sends the numbers themselves, then three for signals that change. `temporal` sends four pixels through each neuron, one after the other. For each:
#
# - **error**: on a good line, root mean square;
# - **latency** (ms): from when on the error is at most 0.1, if one reads what has come so far; – is never;
# - **spikes** for each value, **bits** at 16 levels, minus the shuffle's, and **bits/spike**;
# - the error if 10 % are **lost**, with a **jitter** of 2 ms, and with 5 Hz **added**.
#
# Behind ± is half the 95 % interval of the mean over ten seeds. Where a code and its line have no chance in them, it is 0. `direct` has no spikes that a line could harm: its bits are what any code could tell of these 1040 values, by this estimate.

# %%
E, D, x = snn.encode, snn.decode, picture.ravel()
table = {
    "binary, 1 bit": (lambda k: E.binary(x), D.binary),
    "binary, 8 bits": (lambda k: E.binary(x, bits=8), lambda s: D.binary(s, bits=8)),
    "rate": (lambda k: E.rate(x, max_rate=200.0, seed=k), lambda s: D.rate(s, max_rate=200.0)),
    "regular": (lambda k: E.regular(x, max_rate=200.0), lambda s: D.regular(s, max_rate=200.0)),
    "latency": (lambda k: E.latency(x), D.latency),
    "LIF latency": (lambda k: E.latency(x, lif=snn.LIF()), lambda s: D.latency(s, lif=snn.LIF())),
    "population": (lambda k: E.population(x), D.population),
    "phase": (lambda k: E.phase(x), D.phase),
    "burst": (lambda k: E.burst(x), D.burst),
    "temporal": (lambda k: E.temporal(x.reshape(4, -1)), lambda s: D.temporal(s, shape=(4, 260)).ravel()),
}


# %%
def until(s, now):
    """The spikes that have come by `now`, in the window of the trains."""
    return snn.SpikeTrains(s.t[s.t <= now], s.i[s.t <= now], s.n, s.t_stop)


def ready(s, decoder, values):
    """From when on (ms) the error stays at most 0.1; inf if it never does."""
    now = np.linspace(0.05, 1.0, 20) * s.t_stop
    bad = np.flatnonzero([rms(values, decoder(until(s, t))) > 0.1 for t in now])
    return now[0] if not len(bad) else np.append(now, np.inf)[bad[-1] + 1]


def mean_of(numbers):
    """The mean and half its 95 % interval, by Student's t for ten seeds."""
    return f"{np.mean(numbers):5.2f} ±{2.262 * np.std(numbers, ddof=1) / np.sqrt(10):4.2f}"  # 11 letters


# %%
def row_of(encoder, decoder, values):
    """One row: error, latency, spikes, bits, bits per spike, three errors on bad lines."""
    rows = []
    for k in range(10):
        s = encoder(k)
        y, each = decoder(s), len(s) / values.size
        told = D.bits(values.ravel(), np.clip(y, 0, 1).ravel(), shuffles=5, seed=k)
        lines = [{"lost": 0.1}, {"jitter": 2.0}, {"added": 5.0}]
        bad = [rms(values, decoder(D.spoilt(s, **line, seed=k))) for line in lines]
        rows.append([rms(values, y), each, told, told / each, *bad])
    late = ready(s, decoder, values)
    columns = [mean_of(column) for column in np.array(rows).T]
    return columns[:1] + [f"{late:5.0f}" if np.isfinite(late) else "    –"] + columns[1:]


# %%
def show(rows):
    """The table in two parts: what a code costs and tells, and its error on bad lines."""
    for head, part in (("error ms spikes bits bits/spike", slice(0, 5)), ("lost jitter added", slice(5, 8))):
        names = [f"{word:5}" if word == "ms" else f"{word:11}" for word in head.split()]
        print(f"{'code':15} | " + " | ".join(names))
        for name, row in rows.items():
            print(f"{name:15} | " + " | ".join(row[part]))
        print()


# %%
rows = {name: row_of(encoder, decoder, x) for name, (encoder, decoder) in table.items()}
numbers = E.direct(x, n_steps=1)[0]  # no spikes: there from the first step on
told, no = mean_of([D.bits(x, numbers, shuffles=5, seed=k) for k in range(10)]), f"{'–':>5}      "
rows["direct"] = [mean_of([rms(x, numbers)] * 10), "    0", no, told, no, no, no, no]
show(rows)

# %% [markdown]
# Three codes send a *signal*: here each row of the picture is a signal of 40 samples, 1 ms apart, and the receiver knows its first value. Their latency is how long the whole signal takes. The event camera (simulated, no sensor) sees the picture go by a line of 26 pixels. It
# takes logarithms, so that a little light is added, 0.05, and taken off again.

# %%
signal, rows = picture.T, {}  # 40 samples of 26 signals
start, step = signal[0], 0.05
for name in ("delta", "on_off"):
    e, d = getattr(E, name), getattr(D, name)
    encoder = lambda k, e=e: e(signal, step, dt=1.0)  # noqa: E731
    decoder = lambda s, d=d: d(s, step, dt=1.0, start=start, shape=signal.shape)  # noqa: E731
    rows[name] = row_of(encoder, decoder, signal)
rows["event camera"] = row_of(
    lambda k: E.event_camera(signal + 0.05, contrast=0.15, dt=1.0, seed=k),
    lambda s: D.event_camera(s, 0.15, dt=1.0, start=start + 0.05, shape=signal.shape) - 0.05,
    signal,
)
show(rows)

# %% [markdown]
# Look along the rows, and then down. No code is best in every column. Codes with about one well-placed spike for a value have the most bits per spike, and lose most with each spike. The phase repeats itself: it pays with spikes, and keeps its error on a bad line. A rate repeats itself, too; its own chance is worse
# than the line. The population can spare a spike, but a false one far from the value pulls it away. And delta codes, the camera among them, never forget: one lost event spoils all that follows.
#
# ## Close
#
# **In five lines**
#
# - Silence so far rules values out: a decoder that can't wait says the middle of what is left.
# - Losses, jitter and false spikes hurt different codes; repetition buys safety with spikes.
# - Information from few values is too high; take away what chance makes.
# - The Fisher information bounds every reader. Maximum likelihood reaches it with many spikes.
# - The population vector is as good as the best for weak modulation, needs twice the spikes at full modulation, and more if tuning is narrow.
#
# **Ask yourself**, and write your answers down. The next cell computes them.
#
# 1. A latency code with a window of 100 ms has been silent for 60 ms. What does your decoder say?
# 2. 64 neurons with 20 spikes each on average, $m$ = 1: what is the bound on the standard deviation, and what does the vector reach?
# 3. How many bits can a code of 8 equally frequent levels tell at most, and how many per spike, if it uses 2.5 spikes?

# %%
print(f"1. {0.5 * (1 - 60 / 100):.1f}")
bound = np.rad2deg(1 / np.sqrt(64 * 20.0))
print(f"2. {bound:.2f} and {bound * np.sqrt(2):.2f} degrees")
print(f"3. {np.log2(8):.0f} bits, {np.log2(8) / 2.5:.1f} per spike")

# %% [markdown]
# **Further reading**
#
# - Georgopoulos, Schwartz & Kettner (1986), *Neuronal population coding of movement direction*. <https://doi.org/10.1126/science.3749885>
# - Seung & Sompolinsky (1993), *Simple models for reading neuronal population codes*. <https://doi.org/10.1073/pnas.90.22.10749>
# - Treves & Panzeri (1995), *The upward bias in measures of information derived from limited data samples*. <https://doi.org/10.1162/neco.1995.7.2.399>
# - Panzeri, Senatore, Montemurro & Petersen (2007), *Correcting for the sampling bias problem in spike train information measures*. <https://doi.org/10.1152/jn.00559.2007>
#
# **Solutions**: the notebook of the same name in the folder `solutions`, [here](../../solutions/08_decoding/08_decoding.ipynb). Try first.
#
# **Next**, lesson 09: spikes meet synapses, and neurons read neurons.

# %%
check.summary()

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: the plan
#
# | minutes | what | how |
# |---|---|---|
# | 0–8 | the picture, predict | write two columns of guesses on the board |
# | 8–25 | decoders, 08.1 | ask: what does 30 ms of silence tell? |
# | 25–40 | the bad line, 08.2 | hands up for each damage before the irises |
# | 40–52 | information | the coin and the lost spike, by hand |
# | 52–80 | directions, Fisher, 08.3 | draw one neuron at the flank, one at the peak: which tells more? |
# | 80–92 | play, reproduce, Brian2 | one code each |
# | 92–105 | bug hunt | tests first, exchanged with a neighbour |
# | 105–120 | the table | each group defends one code for one job |
#
# In two sessions, break at the pause.

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: three misconceptions
#
# | misconception | the wrong answer that reveals it | what helps |
# |---|---|---|
# | No spike yet means 0. | 08.1 "silence is 0" | list the values that have not spiked by 30 ms |
# | A silent neuron says nothing. | 08.3 "the sum of f is missing" | an uneven population, all silent: where is the stimulus? |
# | A histogram shows what is there. | 08.4 "the information is not mended" | shuffle, and look at the bits that are left |
#
# Also seen: false spikes for neurons that spoke only (08.2), and a mean of 359 and 1 degrees that points south (08.4).

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: marking and discussion
#
# | exercise | points | give them for |
# |---|---|---|
# | 08.1 | 4 | 1 the rate; 1 latency with its silence; 2 the interval, before and after its first spike |
# | 08.2 | 3 | 1 for each kind of damage |
# | 08.3 | 4 | 2 both sums; 1 a mean of 0; 1 the modulation |
# | 08.4 | 4 | 2 a test with two sides; 1 the information; 1 the error |
#
# Discuss:
#
# 1. Who could compute a maximum likelihood in a brain? Look at equation (3): what are the weights, and what is the bias?
# 2. The table counts spikes. What would it look like if it counted neurons, or energy?
