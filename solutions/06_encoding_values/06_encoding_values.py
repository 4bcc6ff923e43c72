# %% [markdown]
# # Values into spikes
#
# **How do you say a number in spikes, and what does it cost?**
#
# | | |
# |---|---|
# | **Time** | 90 to 120 minutes; a pause is marked |
# | **You need** | lesson 01; NumPy arrays and broadcasting; mean and standard deviation |
# | **You will be able to** | turn numbers, pictures and tables of measurements into spikes in four ways, and back;<br>say of each code what silence means, how large its error is, and what it costs in spikes and time;<br>write a latency code and a population code;<br>tell a code that is right from one that runs |
# | **Points** | 14, in four exercises |

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits, load_iris, load_sample_image

import snnlab as snn
from snnlab.checks import check, todo

SEED = 6  # all randomness of this lesson comes from here


# %%
def rms(a, b):
    """The typical difference of two arrays: root mean square."""
    return np.sqrt(np.mean((np.asarray(a) - np.asarray(b)) ** 2))


grey = load_sample_image("china.jpg").mean(axis=2) / 255.0  # 427 x 640 pixels, 0 to 1
picture = grey[:416].reshape(26, 16, 40, 16).mean(axis=(1, 3))  # means of 16 x 16 pixels
spikes = snn.encode.latency(picture, window=100.0)
rebuilt = snn.decode.latency(spikes, shape=picture.shape)
snn.plots.pictures([picture, rebuilt], ["the picture", "rebuilt from one spike per pixel"])
plt.show()
print(f"{picture.size} values, {len(spikes)} spikes, error {rms(picture, rebuilt):.3f}")

# %% [markdown]
# On the left is a picture of 26 x 40 grey values between 0 (black) and 1 (white). On the right is what was made of its spikes, one for each pixel. You can see no
# difference, and there is none. (The photograph is by danielbuechele, CC BY 2.0; it comes with scikit-learn, and so do the digits and flowers below.)
#
# ## Predict: counting spikes
#
# The oldest idea of how a nerve speaks is this: the stronger, the more spikes per second. So let each pixel fire at random, a white one
# at 100 Hz on average, a grey one of 0.5 at 50 Hz; listen for 100 ms, and count. Before you go on, commit yourself:
#
# - How large is the typical **error** of a pixel? (0 would be perfect; one grey value for all pixels has an error of about 0.3.)
# - How many times longer must you listen for **half** the error?

# %%
error_of_counts = None  # your prediction, a number such as 0.05
times_longer = None  # your prediction, a number such as 2

# %% [markdown]
# ## A code and its words
#
# A **code** is a pair of functions. The **encoder** takes values and returns spikes; the **decoder** takes spikes and returns values. Both
# must agree on the **window**, the time $T$ (ms) in which the spikes of one value may come. All values here are between 0 and 1.
#
# | code | what tells the value | 0 is | in the library |
# |---|---|---|---|
# | **binary** | whether there is a spike | silence | `binary` |
# | **rate** | how many spikes there are | silence | `rate`, `regular` |
# | **latency** | when the first spike comes | silence | `latency` |
# | **population** | which neurons spike, and in which order | like any other value | `population` |
#
# `snn.encode.rate(x, ...)` returns the same `SpikeTrains` that a simulation returns: one neuron for each value, in the order of `x.ravel()`. `snn.decode.rate(spikes, ...)`
# returns values. **Silence is a code, too**: it costs nothing, and the decoder must know what it means.
#
# ### Binary
#
# With one bit there is a spike for values from 0.5 on. With more, the window has a slot for each bit of a binary number.

# %%
shown = {"the picture": picture}
for bits in (1, 2, 4):
    spikes = snn.encode.binary(picture, bits=bits)
    again = snn.decode.binary(spikes, bits=bits, shape=picture.shape)
    shown[f"{bits} bit" + "s" * (bits > 1)] = again
    print(f"{bits} bit(s): {len(spikes)} spikes, error {rms(picture, again):.3f}")
snn.plots.pictures(list(shown.values()), list(shown))
plt.show()

# %% [markdown]
# ### Rate
#
# Let $r_{\max}$ be the rate of the value 1 (Hz). A value $x$ makes Poisson spikes at $x\, r_{\max}$, so that the count $N$ in the window has
#
# $$\text{mean } \frac{x\, r_{\max} T}{1000}, \qquad \text{and variance just as large.}$$
#
# The decoder divides by $r_{\max} T/1000$, and what it returns has the standard deviation $\sqrt{x / (r_{\max} T / 1000)}$. (The library cuts values above 1 off at 1, which makes the error
# smaller, most of all in short windows.) Now look at what you predicted.

# %%
windows = np.array([50.0, 100.0, 200.0, 400.0, 800.0, 1600.0])  # ms
measured = []
for window in windows:
    spikes = snn.encode.rate(picture, window, seed=SEED)
    measured.append(rms(picture, snn.decode.rate(spikes, shape=picture.shape)))
    print(f"{window:5.0f} ms: {len(spikes):6d} spikes, error {measured[-1]:.3f}")
theory = np.sqrt(picture.mean() / (0.1 * windows))  # 100 Hz are 0.1 spikes per ms
names = ("window (ms)", "error")
ax = snn.plots.curve(windows, measured, *names, "measured", log="xy")
snn.plots.curve(windows, theory, *names, "without the cut at 1", log="xy", ax=ax)
plt.show()

# %%
if error_of_counts is None or times_longer is None:
    print("A prediction is missing: go back and make it, it takes a minute.")
elif not all(isinstance(said, (int, float)) for said in (error_of_counts, times_longer)):
    print("What you wrote is no number.")
else:
    print(f"You said an error of {error_of_counts:g}: it is {measured[1]:.2f}.")
    print(f"You said {times_longer:g} times as long: it is 4 times, since the error")
    print("falls with the square root of the time.")

# %% [markdown]
# Half of a white pixel's error takes four times the time and four times the spikes. That is the price of chance. Spikes at *regular* intervals are a far better
# rate code (`regular`: the error is at most half a spike), but a decoder still has to wait for its count.
#
# ## Latency: one spike is enough
#
# A strong stimulus makes a neuron fire *sooner*. So let the time of the first spike be the value:
#
# - 1 spikes at once, at 0 ms;
# - the smaller the value, the later the spike: time against value is a **straight line**, which reaches the end of the window where the value reaches 0;
# - 0 itself never spikes. A spike that never comes has the time `np.inf`.
#
# **Exercise 06.1** Write the encoder. It takes arrays of any shape, such as a picture.


# %% nbgrader={"grade_id": "ex-06-1", "solution": true}
def latency_times(x, window):
    """When each value spikes, in ms; np.inf for those that never do.

    x : values from 0 to 1, an array of any shape.   window : ms.
    Returns an array of the shape of x.
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, (1 - x) * window, np.inf)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-06-1", "grade": true, "locked": true, "points": 3}
check.ex_06_1(latency_times)

# %% [markdown]
# Below, your times become spike trains, and the library's decoder reads them.

# %% tags=["raises-exception"]
t = latency_times(picture, 100.0).ravel()
fired = np.flatnonzero(np.isfinite(t))  # the neurons that spike
mine = snn.SpikeTrains(t[fired], fired, n=picture.size, t_stop=100.0)
again = snn.decode.latency(mine, shape=picture.shape)
print(f"{len(mine)} spikes, error {rms(picture, again):.3f}")
print(f"the same spikes as the library's: {mine == snn.encode.latency(picture)}")

# %% [markdown]
# ### How soon can you read a digit?
#
# A latency code tells the bright pixels first. Here are 300 handwritten digits, 8 x 8 pixels each, and we stop the clock early: what has not
# spiked yet counts as 0. For the rate, we count what has come, over the time that has passed. A **nearest neighbour** then says which digit it is: that of the most similar one among 1,497 others.

# %%
digits = load_digits()  # 1797 digits of 43 people, from NIST, by way of the UCI repository
x, label = digits.images / 16.0, digits.target
known, asked = slice(300, None), slice(0, 300)
snn.plots.pictures(list(x[:6]), [str(k) for k in label[:6]])
plt.show()
print(f"{len(x)} digits, {x[0].size} pixels each, values {x.min():.0f} to {x.max():.0f}")


# %%
def named_right(guess):
    """The percentage of the 300 whose nearest neighbour has the right name."""
    a, b = guess.reshape(300, 64), x[known].reshape(-1, 64)
    distance = (a**2).sum(axis=1)[:, None] - 2 * a @ b.T + (b**2).sum(axis=1)
    return 100 * np.mean(label[known][distance.argmin(axis=1)] == label[asked])


def until(spikes, now):
    """The spikes that have come by `now`, in the window of 100 ms."""
    kept = spikes.t <= now
    return snn.SpikeTrains(spikes.t[kept], spikes.i[kept], spikes.n, 100.0)


# %%
first = snn.encode.latency(x[asked])
counted = snn.encode.rate(x[asked], seed=SEED)
print(f"all pixels known: {named_right(x[asked]):.0f} % right")
for now in (10.0, 20.0, 30.0, 50.0, 100.0):
    by_latency = named_right(snn.decode.latency(until(first, now)))
    by_rate = named_right(snn.decode.rate(until(counted, now), now))
    print(f"{now:5.0f} ms: latency {by_latency:3.0f} %, rate {by_rate:3.0f} %")
print(f"spikes per digit: latency {len(first) / 300:.0f}, rate {len(counted) / 300:.0f}")

# %% [markdown]
# The order in which the first spikes come is enough to read, long before the window is over. (Thorpe and colleagues argued from such times that our own visual
# system has no time to count spikes.)
#
# **A good place for a pause.**

# %% [markdown]
# ## A neuron has a latency of its own
#
# You often read that "latency is inversely proportional to intensity". If so, a neuron with twice the current spikes in half the time. Is that true of the LIF
# neuron? Send it a constant current $I$ (pA) from rest. In lesson 01 you solved its equation; $v$ reaches $v_{\rm th}$ after
#
# $$t = \tau_m \ln \frac{R_m I}{R_m I - (v_{\rm th} - E_L)} \qquad (1)$$
#
# | symbol | in code | what it is | unit | here |
# |---|---|---|---|---|
# | $t$ | `t` | time of the first spike | ms | |
# | $I$ | `I` | constant current | pA | |
# | $\tau_m$ | `tau_m` | membrane time constant | ms | 20 |
# | $R_m$ | `R_m` | membrane resistance | GOhm | 0.1 |
# | $E_L, v_{\rm th}$ | `E_L`, `v_th` | leak potential, threshold | mV | -70, -50 |
#
# The next cell simulates 60 neurons. If time is inversely proportional to current, then $t\,I$ is the same for all of them. Say what you expect before you run it.

# %%
lif = snn.LIF()
I = np.geomspace(210.0, 4000.0, 60)  # pA
neurons = snn.Population(lif, len(I))
rec = snn.simulate(neurons, I=I, t_stop=100.0, dt=0.01, seed=SEED)
t = np.array([rec.spikes.of(k)[0] for k in range(len(I))])  # the first spike of each
names = ("current (pA)", "first spike (ms)")
ax = snn.plots.curve(I, t, *names, "simulated", log="xy")
snn.plots.curve(I, snn.theory.lif_time_to_threshold(I, lif), *names, "equation (1)", log="xy", ax=ax)
snn.plots.curve(I, t[-1] * I[-1] / I, *names, "inverse proportion", log="xy", ax=ax)
plt.show()

# %%
for k in (0, 14, 30, 59):
    print(f"{I[k]:4.0f} pA: {t[k]:5.2f} ms, t I = {t[k] * I[k]:6.0f} pA ms")
print("inverse proportion would have the same t I in every row")

# %% [markdown]
# The rule holds for strong currents only, where there is no time to leak: there $t I$ nears the charge $\tau_m (v_{\rm th} - E_L)/R_m$ = 4000 pA ms. For weak ones the latency grows
# without bounds, and below the rheobase, $(v_{\rm th} - E_L)/R_m$, there is no spike. So a neuron is an encoder: send it the current $x\, I_{\max}$, and look when it fires. It only needs its own decoder.
#
# **Exercise 06.2** Write the decoder: from the times of the first spikes, the values $x$ between 0 and 1. Who never spiked has the time `np.inf`, and the value 0.


# %% nbgrader={"grade_id": "ex-06-2", "solution": true}
def value_of_latency(t, tau_m, R_m, E_L, v_th, I_max):
    """The values x = I / I_max that a resting LIF neuron tells by its first spikes.

    t : ms, an array, np.inf for no spike.   tau_m : ms.   R_m : GOhm.
    E_L, v_th : mV.   I_max : pA.   Returns an array of the shape of t.
    """
    ### BEGIN SOLUTION
    I = (v_th - E_L) / (R_m * (1 - np.exp(-t / tau_m)))
    return np.where(np.isinf(t), 0.0, I / I_max)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-06-2", "grade": true, "locked": true, "points": 3}
check.ex_06_2(value_of_latency)

# %% [markdown]
# Now a sheet of neurons sees the picture. Each gets 1000 pA times its pixel; your decoder reads the sheet, and then the mistaken law does, with its constant fitted to the white pixels.

# %% tags=["raises-exception"]
sheet = snn.Population(lif, picture.size)
rec = snn.simulate(sheet, I=1000.0 * picture.ravel(), t_stop=100.0, seed=SEED)
t = np.full(picture.size, np.inf)
t[rec.spikes.i[::-1]] = rec.spikes.t[::-1]  # written last, the first spike stays
values = value_of_latency(t, lif.tau_m, lif.R_m, lif.E_L, lif.v_th, 1000.0)
mistaken = np.clip(t[picture.argmax()] * picture.max() / t, 0.0, 1.0)
seen = [picture, *(v.reshape(picture.shape) for v in (values, mistaken))]
snn.plots.pictures(seen, ["the picture", "your decoder", "inverse proportion"])
plt.show()
bright = picture.ravel() > 0.25
print(f"pixels above 0.25: error {rms(values[bright], picture.ravel()[bright]):.3f}")
print(f"by inverse proportion: {rms(mistaken[bright], picture.ravel()[bright]):.3f}")
dark = picture.ravel()[np.isinf(t)]
print(f"{len(dark)} of {len(t)} pixels never spike; the brightest of them is {dark.max():.2f}")

# %% [markdown]
# What is left of the error comes from the grid: a spike is seen at the end of its step of 0.1 ms. The darkest pixels are lost, since a current below rheobase
# says nothing: that is a property of the neuron, not of your decoder.
#
# ## Population: many neurons for one value
#
# One neuron per value is fragile. Move its spike by a millisecond and the value is wrong; lose it, and the value is 0. Senses do it differently: many neurons share a quantity, and each
# prefers one value of it, its **centre**. How strongly it responds to others is its **receptive field**. Here it is a Gaussian:
#
# $$a = e^{-(x - c)^2 / 2\sigma^2} \qquad (2)$$
#
# with the response $a$ (0 to 1), the centre $c$ and the width $\sigma$, both in the unit of $x$. Bohte, La Poutré and Kok (2002) lay $m$ fields over a range from `low` to `high` like this:
#
# - the centres lie at equal distances, one **gap** apart; the first is half a gap *below* `low`, the last half a gap *above* `high`;
# - a gap is 1.5 times the width $\sigma$;
# - a response of 1 spikes at 0 ms, and time falls in a straight line with the response, as in your latency code;
# - who would spike in the last tenth of the window is silent.

# %%
xs = np.linspace(0.0, 1.0, 201)
t = np.full((201, 8), np.nan)
spikes = snn.encode.population(xs, window=10.0, fields=8)
t.ravel()[spikes.i] = spikes.t
ax = None
for j in (1, 3, 4):
    ax = snn.plots.curve(xs, t[:, j], "value", "spike time (ms)", f"field {j}", ax=ax)
plt.show()
print(f"{len(spikes) / 201:.1f} of 8 neurons spike for a value, on average")

# %% [markdown]
# Three of the eight are drawn. Where a line is missing, the neuron is silent.
#
# **Exercise 06.3** Write this encoder, for any range and any number of fields. How many gaps fit between `low` and `high`?


# %% nbgrader={"grade_id": "ex-06-3", "solution": true}
def population_times(x, m, low, high, window):
    """When each of m neurons spikes for each value, in ms; np.inf for the silent ones.

    x : values from low to high, an array (n,).   m : number of fields, 3 or more.
    low, high : in the unit of x.   window : ms.   Returns an array (n, m).
    """
    ### BEGIN SOLUTION
    gap = (high - low) / (m - 2)
    centre = low + (np.arange(m) - 0.5) * gap
    sigma = gap / 1.5
    response = np.exp(-((x[:, None] - centre) ** 2) / (2 * sigma**2))
    return np.where(response >= 0.1, (1 - response) * window, np.inf)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-06-3", "grade": true, "locked": true, "points": 4}
check.ex_06_3(population_times)

# %% [markdown]
# Fisher's irises have four measurements in cm; here are the lengths of five petals, in your code. A dot is silence.

# %% tags=["raises-exception"]
iris = load_iris()  # 150 flowers, 4 measurements in cm; Fisher (1936)
petal = iris.data[[0, 60, 90, 120, 140], 2]
times = population_times(petal, 8, 1.0, 6.9, 10.0)
for length, row in zip(petal, times, strict=True):
    print(f"{length:.1f} cm:", " ".join("  . " if np.isinf(t) else f"{t:4.1f}" for t in row))

# %% [markdown]
# **Is it worth eight neurons?** Move every spike by chance, with a standard deviation of 2 % of the window, and lose one in ten. The decoder of the population fits
# the responses of all fields that spiked (its docstring says how).


# %%
def spoilt(spikes, seed, jitter=2.0, lost=0.1):
    """Spikes moved by `jitter` ms (standard deviation), of which some are lost."""
    rng = np.random.default_rng(seed)
    kept = rng.random(len(spikes)) >= lost
    t = spikes.t[kept] + jitter * rng.standard_normal(kept.sum())
    return snn.SpikeTrains(np.clip(t, 0.0, 100.0), spikes.i[kept], spikes.n, 100.0)


# %%
scaler = snn.encode.Scaler.of(iris.data)  # remembers the range of each measurement
x = scaler.scale(iris.data)  # 150 x 4 values, 0 to 1
for name in ("latency", "population"):
    encoder, decoder = getattr(snn.encode, name), getattr(snn.decode, name)
    spikes = encoder(x)
    errors = [rms(x, decoder(spoilt(spikes, SEED + k), shape=x.shape)) for k in range(20)]
    each = f"{len(spikes) / x.size:.1f} spikes per value"
    print(f"{name:10}: {each}, error {rms(x, decoder(spikes, shape=x.shape)):.3f},")
    print(f"{'':12}spoilt {np.mean(errors):.3f}, {min(errors):.3f} to {max(errors):.3f}")

# %% [markdown]
# Both are exact as long as nothing happens. Spoilt, the population loses less, and pays with about three times the spikes and eight times the neurons. Lesson 08 puts all codes in one table.
#
# ## Play: what has come so far
#
# Choose a picture and a code, and press *Play*. The picture on the right is rebuilt from the spikes that have come so far.
#
# 1. Which code shows the *first* useful picture, and which the *best* one at the end?
# 2. Watch `latency`: which parts of the picture come first? What would a negative look like?
# 3. Compare the two rates. Both have as many spikes: where does the difference in error come from?
# 4. `binary, 8 bits`: when does the picture jump, and by how much less each time?
#
# <details><summary>Answers</summary>
#
# 1. Of the codes with one neuron per pixel, the regular rate has a useful picture after 25 ms; latency and 8 bits are the best at 100 ms. The population is good at once and exact at the end, with six times the neurons.
# 2. The bright ones. The negative of a picture would be sent with its parts in the opposite order, though it tells as much.
# 3. From chance alone: the intervals of the Poisson spikes vary, those of the others do not.
# 4. After each slot of 12.5 ms; each bit is worth half the one before it.
#
# </details>

# %%
flower = load_sample_image("flower.jpg").mean(axis=2)[:416, 120:536] / 255.0
flower = flower.reshape(26, 16, 26, 16).mean(axis=(1, 3))
pictures = {"temple": picture, "flower": flower, "a digit": load_digits().images[3] / 16.0}
snn.explore_pictures(pictures, seed=SEED)

# %% [markdown]
# ## Reproduce: the fields of Bohte, La Poutré and Kok (2002)
#
# The paper numbers its fields from 1: field $i$ of $m$ has its centre at $I_{\min} + \frac{2i - 3}{2} \cdot \frac{I_{\max} - I_{\min}}{m - 2}$ and the width
# $\frac{1}{\gamma} \cdot \frac{I_{\max} - I_{\min}}{m - 2}$ with $\gamma$ = 1.5. Spikes come within 10 ms, those after 9 ms are left out, and all are rounded to the clock of the simulation.
# The next cell writes this down as the paper has it, and compares it with the library for every petal length.

# %%
petal, m = iris.data[:, 2], 12
low, high = petal.min(), petal.max()
i = np.arange(1, m + 1)
centre = low + (2 * i - 3) / 2 * (high - low) / (m - 2)
sigma = 1 / 1.5 * (high - low) / (m - 2)
paper = 10.0 * (1.0 - np.exp(-((petal[:, None] - centre) ** 2) / (2 * sigma**2)))
paper[paper > 9.0] = np.inf
ours = np.full((150, m), np.inf)
spikes = snn.encode.population(snn.encode.Scaler.of(petal).scale(petal), window=10.0, fields=m)
ours.ravel()[spikes.i] = spikes.t
print(f"gamma 1.5, 10 ms, silent from 9 ms on; {m} fields for petals of {low:.1f} to {high:.1f} cm")
print(f"spikes: {np.isfinite(paper).sum()} by the paper's formulas, {len(spikes)} by ours")
print(f"the same times: {np.allclose(paper, ours)}")

# %% [markdown]
# The paper's abstract promises "adjustable" precision "with an efficient use of neurons". It asks how well flowers and pixels fall into clusters, and we ask for the error of a single value: so we
# reproduce the effect, and no number. Let the clock tick in whole milliseconds, so that a single neuron can tell at most ten or eleven values in 10 ms. More fields tell more, and the number of *spikes* hardly grows.

# %%
x = np.linspace(0.0, 1.0, 1001)


def on_the_clock(spikes):
    """The same spikes, rounded to whole milliseconds."""
    return snn.SpikeTrains(np.round(spikes.t), spikes.i, spikes.n, 10.0)


spikes = snn.encode.latency(x, 10.0)
print(f"latency     1 neuron:  error {rms(x, snn.decode.latency(on_the_clock(spikes))):.4f}, 1.0 spikes")
errors = []
for m in (4, 8, 12, 24):
    spikes = snn.encode.population(x, 10.0, fields=m)
    errors.append(rms(x, snn.decode.population(on_the_clock(spikes), fields=m)))
    each = len(spikes) / len(x)
    print(f"population {m:2d} neurons: error {errors[-1]:.4f}, {each:.1f} spikes")
print(f"the error falls with every step: {bool(np.all(np.diff(errors) < 0))}")

# %% [markdown]
# **Do spike times tell irises apart?** A code is good if what is alike stays alike. For each flower, find the one with the most similar *spike times* (silence counts as the end of the window), and ask whether it is of the same kind.


# %%
def alike(rows):
    """How many of the 150 flowers have a nearest neighbour of their own kind."""
    distance = np.round(((rows[:, None, :] - rows[None, :, :]) ** 2).sum(axis=2), 9)
    np.fill_diagonal(distance, np.inf)
    return int(np.sum(iris.target[distance.argmin(axis=1)] == iris.target))


x = scaler.scale(iris.data)
rows = {"measurements, scaled": x}
for name, per_value in (("latency", 1), ("population", 8)):
    spikes = getattr(snn.encode, name)(x)
    times = np.full(x.size * per_value, 100.0)
    times[spikes.i] = spikes.t
    rows[f"{name}, {4 * per_value} neurons"] = times.reshape(150, -1)
for name, row in rows.items():
    print(f"{name:24} {alike(row)} of 150")

# %% [markdown]
# ## Cross-check: the same codes in Brian2
#
# Two of the codes can be had from neurons in Brian2. First, the latency of 41 LIF neurons, against `snn.encode.latency(x, lif=...)`, which uses equation (1) and simulates nothing. Brian2 stamps
# a spike at the beginning of its step, so 0.1 ms is added; and it sees a crossing at the end of the step in which it happens, so that its spikes may come later, by less than a step.

# %%
import brian2 as b2

b2.prefs.codegen.target = "numpy"
b2.start_scope()
b2.defaultclock.dt = 0.1 * b2.ms
x = np.linspace(0.0, 1.0, 41)
group = b2.NeuronGroup(41, "dv/dt = (-(v - E_L) + R_m*I)/tau_m : volt\nI : amp (constant)",
                       threshold="v >= v_th", reset="v = E_L", method="exact")  # fmt: skip
group.v, group.I = -70 * b2.mV, 1000 * x * b2.pA
monitor = b2.SpikeMonitor(group)
values = {"tau_m": 20 * b2.ms, "R_m": 100 * b2.Mohm, "E_L": -70 * b2.mV, "v_th": -50 * b2.mV}
b2.run(100 * b2.ms, namespace=values)

# %%
ours = snn.encode.latency(x, lif=lif)
late, same = [], True
for k in range(41):
    theirs = monitor.t[monitor.i == k] / b2.ms + 0.1
    same &= bool(len(theirs)) == bool(len(ours.of(k)))
    if len(theirs):
        late.append(theirs[0] - ours.of(k)[0])
print(f"the same {len(late)} of 41 neurons spike: {same}")
print(f"Brian2 is later by 0 to 0.1 ms: {min(late) > -1e-6 and max(late) < 0.1 + 1e-6}")

# %% [markdown]
# Second, random spikes: a `PoissonGroup` of 500 neurons for each of four values, against our rate code. Chance differs, and so we compare means: two of them may differ by some standard errors.

# %%
b2.start_scope()
b2.seed(SEED)
x = np.repeat([0.1, 0.4, 0.7, 1.0], 500)
group = b2.PoissonGroup(2000, rates=100 * x * b2.Hz)
monitor = b2.SpikeMonitor(group)
b2.run(500 * b2.ms)
theirs = np.bincount(monitor.i, minlength=2000).reshape(4, 500).mean(axis=1)
ours = snn.encode.rate(x, 500.0, seed=SEED).counts().reshape(4, 500).mean(axis=1)
expected = 50.0 * x[::500]
for k in range(4):
    within = abs(ours[k] - theirs[k]) < 4 * np.sqrt(2 * expected[k] / 500)
    print(
        f"{x[500 * k]:.1f}: snnlab {ours[k]:.0f}, Brian2 {theirs[k]:.0f}, expected {expected[k]:.0f}; agree: {within}"
    )

# %% [markdown]
# ## Bug hunt: two codes that run
#
# Here are two encoders of the kind that stands in many programs. Both run, both make spikes, and the author has tested both. The first draws a random number for each value and time step. The second
# writes values as binary numbers, the most significant bit first. Each has one mistake.


# %%
def published_rate(x, max_rate, window, dt, rng):
    """Poisson spikes, True or False, of shape (steps, n).

    x : values (n,).   max_rate : Hz.   window, dt : ms.   rng : a NumPy generator.
    """
    n_steps = round(window / dt)
    p = x * max_rate / 1000.0  # Hz to spikes per ms
    return rng.random((n_steps, len(x))) < p


def published_binary(x, bits):
    """Each value as a row of bits, 0 or 1, of shape (n, bits)."""
    level = np.floor(x * 2**bits).astype(int)
    return (level[:, None] >> np.arange(bits - 1, -1, -1)) & 1


# %%
half = np.full(1000, 0.5)
spikes = published_rate(half, 100.0, 100.0, 1.0, np.random.default_rng(SEED))
print(f"0.5 at 100 Hz for 100 ms: {spikes.sum() / 1000:.1f} spikes each")
print(published_binary(np.array([0.0, 0.3, 0.5, 0.9]), bits=3))

# %% [markdown]
# The count is right, and so are the words. Where is the harm?
#
# **Exercise 06.4** Three parts:
#
# 1. **A test that catches the first mistake.** Write `is_right(code)`, which is `True` if a rate code makes as many spikes as it should, whatever its arguments are, and `False` if not. The check runs it on the published
#    code, on four more that are wrong in ways of their own, and on two right ones, which draw their spikes in different ways. (Two spikes in one step are one `True`: test where spikes are rare, with
#    `x * max_rate * dt` far below 1000.)
# 2. **The rate code, mended.** It is checked with several time steps.
# 3. **The binary code, mended.** No value from 0 to 1 may be further from its word than one level, $1/2^{\rm bits}$; a word counts as level$/(2^{\rm bits} - 1)$. Which value would you try first?


# %% nbgrader={"grade_id": "ex-06-4", "solution": true} tags=["bug-hunt"]
def is_right(code):
    """True if a rate code makes the right number of spikes, else False.

    code : a function such as published_rate, code(x, max_rate, window, dt, rng).
    """
    ### BEGIN SOLUTION
    x, rng = np.repeat([0.2, 0.8], 400), np.random.default_rng(1)  # two values, 400 neurons each
    counts = code(x, 50.0, 400.0, 0.1, rng).sum(axis=0)  # not 100 Hz, and a step that is not 1 ms
    weak, strong = counts.reshape(2, 400).mean(axis=1)
    return bool(abs(weak - 4.0) < 1.0 and abs(strong - 16.0) < 1.0)  # the error of a mean is 0.2 at most
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-06-4b", "solution": true} tags=["bug-hunt"]
def mended_rate(x, max_rate, window, dt, rng):
    """Poisson spikes, True or False, of shape (steps, n).

    x : values (n,).   max_rate : Hz.   window, dt : ms.   rng : a NumPy generator.
    """
    ### BEGIN SOLUTION
    n_steps = round(window / dt)
    p = x * max_rate * dt / 1000.0  # per step, and a step lasts dt
    return rng.random((n_steps, len(x))) < p
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-06-4c", "solution": true} tags=["bug-hunt"]
def mended_binary(x, bits):
    """Each value as a row of bits, 0 or 1, of shape (n, bits)."""
    ### BEGIN SOLUTION
    level = np.round(x * (2**bits - 1)).astype(int)  # 0 to 2**bits - 1
    return (level[:, None] >> np.arange(bits - 1, -1, -1)) & 1
    ### END SOLUTION


# %% tags=["raises-exception"]
print(f"the published rate code passes your test: {is_right(published_rate)}")
print(f"your own passes it: {is_right(mended_rate)}")

# %% nbgrader={"grade_id": "check-06-4", "grade": true, "locked": true, "points": 4}
check.ex_06_4(lambda: (is_right, mended_rate, mended_binary))  # hands in all three

# %% [markdown]
# ## Close
#
# **In five lines**
#
# - A code is an encoder and a decoder that agree on a window, on a range, and on what silence means.
# - Counting random spikes costs four times the spikes for half the error; regular ones are better, and one well-timed spike is cheapest.
# - A latency code tells the large values first. A LIF neuron's own latency is logarithmic in form, and inversely proportional to the current only when that is strong.
# - A population spends neurons and spikes on safety: a spoilt spike does less harm.
# - A rate is per second, a probability is per step; and 1 needs a word of its own.
#
# **Ask yourself**, and write your answers down. The next cell computes them.
#
# 1. A pixel of 1 fires Poisson spikes at 200 Hz. What is the standard deviation of its decoded value after 50 ms, if nothing is cut off?
# 2. A LIF neuron with the parameters above gets 400 pA from rest. When does it spike? And with 800 pA?
# 3. How many neurons need the four measurements of an iris, with 12 fields each? About how many of them spike?

# %%
print(f"1. {np.sqrt(1.0 / (200.0 * 0.050)):.2f}: ten spikes are expected")
weak, strong = snn.theory.lif_time_to_threshold([400.0, 800.0], lif)
print(f"2. {weak:.1f} ms and {strong:.1f} ms: twice the current, {weak / strong:.1f} times sooner")
spikes = snn.encode.population(scaler.scale(iris.data), fields=12)
print(f"3. {4 * 12} neurons, of which {len(spikes) / 150:.0f} spike on average")

# %% [markdown]
# **Further reading**
#
# - Adrian & Zotterman (1926), *The impulses produced by sensory nerve-endings, part II*: the stronger the stimulus, the more impulses per second. <https://doi.org/10.1113/jphysiol.1926.sp002281>
# - Thorpe, Delorme & Van Rullen (2001), *Spike-based strategies for rapid processing*. <https://doi.org/10.1016/S0893-6080(01)00083-1>
# - Bohte, La Poutré & Kok (2002), *Unsupervised clustering with spiking neurons by sparse temporal coding and multilayer RBF networks*. <https://doi.org/10.1109/72.991428>
# - Guo, Fouda, Eltawil & Salama (2021), *Neural coding in spiking neural networks: a comparative study*. <https://doi.org/10.3389/fnins.2021.638474>
#
# **Solutions**: the notebook of the same name in the folder `solutions`, [here](../../solutions/06_encoding_values/06_encoding_values.ipynb). Try first.
#
# **Next**, lesson 07: values that change while you speak. A picture in motion becomes events, and rhythms and bursts become words.

# %%
check.summary()

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: the plan
#
# | minutes | what | how |
# |---|---|---|
# | 0–8 | the picture, predict | write the class's two guesses on the board |
# | 8–18 | words, binary, rate | back to the board: the square root is the point |
# | 18–30 | latency, 06.1, digits | ask for the first digit that you can read by eye at 20 ms |
# | 30–45 | the neuron's own latency, 06.2 | hands up for "inverse" before the table is printed |
# | 45–65 | fields, 06.3, spoilt spikes | draw the gaps on the board: m - 1 in all, m - 2 inside |
# | 65–72 | play | one code each, one sentence each |
# | 72–78 | reproduce, Brian2 | let them explain the 0.1 ms |
# | 78–88 | bug hunt | tests first, exchanged with a neighbour |
# | 88–90 | close | |
#
# In two sessions, break at the pause.

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: three misconceptions
#
# | misconception | the wrong answer that reveals it | what helps |
# |---|---|---|
# | Twice the time halves the error of a count. | predicts 2 | the double logarithmic plot: one decade of error takes two of time |
# | Latency is inversely proportional to intensity. | 06.2 "inverse proportion"; 06.1 with `window / x` | the column `t I`; what happens at the rheobase |
# | No spike means no information. | 06.1 "0 spikes at the end", 06.2 "silence is the rheobase" | ask what the decoder does with a neuron that never spoke |
#
# Also seen: fields counted from 1 in one place and from 0 in another (06.3), and a test at dt = 1 ms, where the mistake can't be seen (06.4).

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: marking and discussion
#
# | exercise | points | give them for |
# |---|---|---|
# | 06.1 | 3 | 1 the direction; 1 the window; 1 silence |
# | 06.2 | 3 | 2 the inverse of (1); 1 silence |
# | 06.3 | 4 | 1 the gap; 1 the centres; 1 the width; 1 time and silence |
# | 06.4 | 4 | 2 a test that fails wrong codes and passes both right ones; 1 the rate; 1 the words |
#
# Discuss:
#
# 1. A latency needs to know when the window began. Who tells a neuron that in a brain, and who in a chip?
# 2. A retina sends events although nobody counts its spikes for it. Which of the codes here could a neuron of lesson 01 read, without any decoder?
