# %% [markdown]
# # Time into spikes
#
# **How do you tell a signal that will not stand still?**
#
# | | |
# |---|---|
# | **Time** | about 120 minutes; a pause is marked |
# | **You need** | lesson 06; logarithms; the remainder of a division (`%`) |
# | **You will be able to** | put values into the times *between* events: to a rhythm, to the next spike, to the last change;<br>turn a film and a heartbeat into events, and back;<br>say what each code does with 0, with 1, and with what it was not made for;<br>compare spikes at the input with numbers at the input |
# | **Points** | 15, in four exercises |

# %%
import matplotlib.pyplot as plt
import numpy as np
import pywt.data
from sklearn.datasets import load_digits, load_sample_image

import snnlab as snn
from snnlab.checks import check, todo

SEED = 7  # all randomness of this lesson comes from here


# %%
def rms(a, b):
    """The typical difference of two arrays: root mean square."""
    return np.sqrt(np.mean((np.asarray(a) - np.asarray(b)) ** 2))


grey = load_sample_image("china.jpg").mean(axis=2) / 255.0  # 427 x 640 pixels, 0 to 1
view = [grey[:416, 2 * k : 2 * k + 480] for k in range(41)]  # the view moves to the right
film = np.array([v.reshape(26, 16, 30, 16).mean(axis=(1, 3)) for v in view]) + 0.05
events = snn.encode.event_camera(film, contrast=0.15, dt=2.0, seed=SEED)
snn.plots.events(events.between(0.0, 20.0), film[0].shape)
plt.show()
pixels = film[0].size  # ON events are neurons 0 to pixels - 1, OFF events the next
on = int(np.sum(events.i < pixels))
print(f"{len(film)} frames of {pixels} pixels: {on} ON events, {len(events) - on} OFF events")

# %% [markdown]
# A photograph moves past a camera that sends no pictures at all. Each pixel speaks only when *its* light has changed: blue where it has grown
# brighter, orange where it has grown darker. The tower and the bushes are there, drawn by nothing but change. The camera is **simulated, no sensor**: a program turns the frames of a film into events.
# (The photograph is by danielbuechele, CC BY 2.0; it comes with scikit-learn. A little light is added, 0.05, since the camera takes logarithms.)
#
# ## Predict: the same way, twice as fast
#
# The picture above moves by five pixels in 80 ms. Let it move by the same five pixels in 40 ms. How many events will there be on the whole?
#
# - `"half"` as many, since there is half the time,
# - `"the same"`,
# - or `"twice"` as many, since it is twice as fast.

# %%
when_twice_as_fast = None  # your prediction, one of the three words

# %% [markdown]
# ## Time is measured from somewhere
#
# In lesson 06 a value was a count, or the time since the window began. The codes of this lesson measure time from *another event*, so that values can follow each other without end:
#
# | code | a value is the time | or | in the library |
# |---|---|---|---|
# | **temporal** | from a spike to the next one | | `temporal` |
# | **phase** | from the start of a cycle of a shared rhythm | | `phase` |
# | **burst** | between the spikes of a short group | and their number | `burst` |
# | **delta** | | an event tells that a signal has moved by a fixed step | `delta`, `event_camera` |
# | **direct** | | no spikes: numbers, in every step | `direct` |
#
# ### Temporal: every interval is a value
#
# A **full temporal code** uses every spike: the interval from one to the next is a value, from $T_{\min}$ (2 ms) for 1 to $T_{\max}$ (20 ms) for 0. One spike more comes first, and starts the clock. Here are 60 samples of
# a real heartbeat, an electrocardiogram (ECG) that comes with PyWavelets (MIT licence). Its file tells neither unit nor sampling rate; we take it to have 400 samples per second, which makes a plausible pulse.

# %%
ecg = pywt.data.ecg().astype(float)  # 1024 samples, whole numbers without a unit
step = 2.5  # ms per sample: our assumption
beat = snn.encode.Scaler.of(ecg).scale(ecg[170:230])  # 60 samples around a beat, 0 to 1
spikes = snn.encode.temporal(beat)
lost = snn.SpikeTrains(np.delete(spikes.t, 10), np.delete(spikes.i, 10), 1, spikes.t_stop)
names = ("sample", "value")
ax = snn.plots.curve(np.arange(60), beat, *names, "the heartbeat")
after_loss = snn.decode.temporal(lost, shape=(60,))
snn.plots.curve(np.arange(60), after_loss, *names, "one spike lost", ax=ax)
plt.show()
print(f"{len(spikes)} spikes for 60 values, the last at {spikes.t[-1]:.0f} ms")
print(f"error {rms(beat, snn.decode.temporal(spikes)):.3f}; one spike lost {rms(beat, after_loss):.3f}")

# %% [markdown]
# No code says more with a spike, and none is more fragile: the lost spike merged two intervals, and *everything after it* came one sample too early. Also, the message takes as long as its values want: small values are slow.
# A common clock would help.
#
# ## Phase: a rhythm that all can hear
#
# Many parts of the brain oscillate, and neurons tend to fire at certain moments of the oscillation. In the hippocampus the moment tells where the animal is (O'Keefe and Recce, 1993). Let the rhythm have the
# period $P$ (ms). The **phase** of a spike is how far the cycle had gone when it came. Every neuron spikes **once in every cycle**:
#
# - the value 1 spikes when a cycle begins;
# - the smaller the value, the later, along a straight line; 0 spikes when three quarters of the cycle are over;
# - the last quarter stays empty. (Why? On a circle the end is next to the beginning.)
#
# Nobody started the rhythm for us. One of its cycles begins at `offset`, and others one period later and earlier, before 0 ms too: the rhythm has always been there.

# %%
x = np.array([1.0, 0.75, 0.5, 0.25, 0.0])
spikes = snn.encode.phase(x, period=25.0)  # the library's cycles begin at 0 ms
snn.plots.raster(snn.SpikeTrains(spikes.t, spikes.i, 5, t_stop=100.0, t_start=-5.0))
plt.show()
for k in range(5):
    first = spikes.of(k)[:2]
    print(f"{x[k]:.2f}: {first[0]:5.2f} and {first[1]:5.2f} ms, and so on")

# %% [markdown]
# Neuron 0 says 1 and neuron 4 says 0. From 18.75 ms to the end of each cycle no spike comes.
#
# **Exercise 07.1** Write the encoder for any offset. The window begins at 0 ms and is a whole number of periods long, so that each neuron has as many spikes in it as there are periods. All of them have to lie
# in the window.


# %% nbgrader={"grade_id": "ex-07-1", "solution": true}
def phase_times(x, period, offset, window):
    """The spike times of each value, in ms, from 0 to the window.

    x : values from 0 to 1, an array (n,).   period : ms.
    offset : ms, when some cycle begins; it may be negative, or longer than a period.
    window : ms, a whole number of periods.   Returns an array (n, window / period).
    """
    ### BEGIN SOLUTION
    first = (offset + 0.75 * (1 - x) * period) % period
    return first[:, None] + period * np.arange(round(window / period))
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-07-1", "grade": true, "locked": true, "points": 4}
check.ex_07_1(phase_times)

# %% [markdown]
# Below, your code and a rhythm with an offset of 110 ms send the picture.

# %% tags=["raises-exception"]
still = film[0] - 0.05
t = phase_times(still.ravel(), 25.0, 110.0, 100.0)
mine = snn.SpikeTrains(t.ravel(), np.repeat(np.arange(len(t)), t.shape[1]), len(t), 100.0)
moved = snn.SpikeTrains((mine.t - 110.0) % 100.0, mine.i, mine.n, 100.0)  # the rhythm from 0 on
deaf = snn.decode.phase(mine, shape=still.shape)
heard = snn.decode.phase(moved, shape=still.shape)
snn.plots.pictures([still, heard, deaf], ["the picture", "rhythm known", "rhythm not known"])
plt.show()
print(f"{len(mine)} spikes; error {rms(still, heard):.3f}; rhythm not known {rms(still, deaf):.3f}")

# %% [markdown]
# Without the rhythm the spikes say nothing: encoder and decoder have to hear the same clock.
#
# **The mean of two phases.** Each cycle says the same value again, so a decoder can average over the cycles if spikes are not quite on time. But how do you average 1 ms and 24 ms in a cycle of
# 25 ms? Both are next to the beginning of a cycle, and 12.5 ms is as far from both as can be. Directions on a circle are averaged as arrows:
#
# $$\bar\varphi = \mathrm{angle}\Big(\sum_k e^{i \varphi_k}\Big), \qquad \varphi_k = 2\pi\, t_k / P \qquad (1)$$
#
# with the phase $\varphi_k$ of spike $k$ (radians), its time $t_k$ and the period $P$ (both ms).

# %%
bright = snn.encode.phase(np.full(2000, 0.98), window=100.0)  # 2000 neurons say 0.98
rng = np.random.default_rng(SEED)
t = (bright.t + rng.normal(0.0, 1.5, len(bright))) % 100.0  # jitter of 1.5 ms
late = snn.SpikeTrains(t, bright.i, bright.n, 100.0)
plain = np.bincount(late.i, late.t % 25.0) / 4  # the plain mean of four phases, ms
by_plain = np.clip(1 - plain / (0.75 * 25.0), 0.0, 1.0)
print(f"plain mean of the phases: error {rms(0.98, by_plain):.2f}")
print(f"mean on the circle:       error {rms(0.98, snn.decode.phase(late)):.2f}")

# %% [markdown]
# ## Bursts: a group of spikes
#
# Some neurons answer with a **burst**, a few spikes in quick succession and then a pause (lesson 04 has models of them). A burst code puts the value into both its number and its intervals:
#
# $$n = \lceil x\, n_{\max} \rceil, \qquad T = T_{\max} - x\,(T_{\max} - T_{\min}) \qquad (2)$$
#
# with the number $n$ of spikes, the largest number $n_{\max}$ (here 5), and the interval $T$ between the spikes, from $T_{\min}$ = 2 ms to $T_{\max}$ = 20 ms. $\lceil\ \rceil$ rounds up. The first spike is at 0 ms.

# %%
x = np.array([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])
spikes = snn.encode.burst(x)
snn.plots.raster(snn.SpikeTrains(spikes.t, spikes.i, 7, t_stop=40.0, t_start=-5.0))
plt.show()
again = snn.decode.burst(spikes)
for k in range(7):
    print(f"{x[k]:.1f}: number of spikes {len(spikes.of(k))}, read as {again[k]:.1f}")
print(f"0.02 is read as {snn.decode.burst(snn.encode.burst([0.02]))[0]:.1f}: one spike has no interval,")
print("so that the middle of 0 to 0.2 is told")

# %% [markdown]
# The rows are the seven values, from 0 at the bottom to 1 at the top. Why two ways at once? A downstream neuron need not measure intervals: more spikes, closer together, push it harder (lesson 09). And a decoder that does measure them has more than one interval to go by; lesson 08 tells how much that helps when spikes get lost.
# Burst codes of this form were compared with others by Guo, Fouda, Eltawil and Salama (2021).
#
# **A good place for a pause.**

# %% [markdown]
# ## Delta: tell what has changed
#
# So far, each value was told whether it was news or not. A **delta code** is silent as long as nothing happens. It remembers the **level** that it has told, and sends an event when the signal is a **threshold**
# away from it: an **ON event** above, an **OFF event** below. Each event moves the level by one threshold. The decoder adds up the events, from a start that it must know. A simpler relative compares neighbouring *samples*; the library calls
# it `on_off`. Here is the heartbeat in both.

# %%
spikes = snn.encode.delta(ecg, threshold=20.0, dt=step)
rebuilt = snn.decode.delta(spikes, threshold=20.0, dt=step, start=ecg[0])
simple = snn.encode.on_off(ecg, threshold=20.0, dt=step)
simply = snn.decode.on_off(simple, threshold=20.0, dt=step, start=ecg[0])
part = slice(100, 600)
ax = snn.plots.curve(step * np.arange(1024)[part], ecg[part], "time (ms)", "ECG", "recorded")
snn.plots.curve(step * np.arange(1024)[part], rebuilt[part], "time (ms)", "ECG", "delta", ax=ax)
snn.plots.curve(step * np.arange(1024)[part], simply[part], "time (ms)", "ECG", "on_off", ax=ax)
plt.show()
print(f"1024 samples from {ecg.min():.0f} to {ecg.max():.0f}, threshold 20")
print(f"delta:  {len(spikes):3d} events, largest error {np.abs(rebuilt - ecg).max():3.0f}")
print(f"on_off: {len(simple):3d} events, largest error {np.abs(simply - ecg).max():3.0f}")

# %% [markdown]
# `delta` is never wrong by a whole threshold, at any time, with a tenth as many events as there were samples. `on_off` forgets: of a steep rise it tells one step, of a slow one nothing, and its errors add up.
#
# ## A camera of such pixels
#
# In an **event camera** every pixel is a delta code of its own, and it works with the *logarithm* of its light $L$. Then a shadow that halves the light makes as many events in the sun as in the shade:
#
# $$\text{an event when } |\ln L - \text{level}| \ge C \qquad (3)$$
#
# The threshold $C$ is called **contrast**: 0.15 is a change of light by about 16 %. Such sensors exist (Lichtsteiner, Posch and Delbruck, 2008); ours is simulated, no sensor.
#
# **Exercise 07.2** Write the camera. It gets frames and counts, for each pixel and frame, the events since the frame before: `+1` for each ON event, `-1` for each OFF event, several if the change was
# large. What must a pixel remember?


# %% nbgrader={"grade_id": "ex-07-2", "solution": true}
def camera_events(frames, C):
    """ON minus OFF events of each pixel in each frame, an array of the shape of frames.

    frames : light, all > 0, an array (time, height, width).   C : contrast.
    Row 0 is all 0, since nothing has changed yet.
    """
    ### BEGIN SOLUTION
    log_light = np.log(frames)
    level = log_light[0].copy()
    events = np.zeros(frames.shape)
    for k in range(1, len(frames)):
        events[k] = np.trunc((log_light[k] - level) / C)
        level += events[k] * C  # what is left over stays for later
    return events
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-07-2", "grade": true, "locked": true, "points": 4}
check.ex_07_2(camera_events)

# %% [markdown]
# Your camera and the library's look at the moving picture. The library's also says *when* between two frames each event came.

# %% tags=["raises-exception"]
mine = camera_events(film, 0.15)
frame = np.ceil(events.t / 2.0 - 1e-9).astype(int)  # events of the library, 2 ms per frame
theirs = np.zeros((len(film) + 1, pixels))
np.add.at(theirs, (frame, events.i % pixels), np.where(events.i < pixels, 1, -1))
level = np.log(film[0]) + 0.15 * mine.cumsum(axis=0)  # what a receiver can know
snn.plots.pictures([film[-1], np.exp(level[-1])], ["the last frame", "first frame and events"])
plt.show()
print(f"as the library's, frame by frame: {np.array_equal(mine.reshape(41, -1), theirs[:41])}")
print(f"largest error of the logarithm: {np.abs(level - np.log(film)).max():.2f}")
print(f"{np.abs(mine).sum():.0f} events in place of {film.size} values (simulated, no sensor)")

# %% [markdown]
# **Now look at what you predicted.** The second camera has a **refractory time**: for 5 ms after an event its pixel makes no other. Real pixels have one, too.


# %%
def camera(frames, dt, refractory=0.0):
    """The number of events of the simulated camera."""
    settings = {"contrast": 0.15, "dt": dt, "refractory": refractory, "seed": SEED}
    return len(snn.encode.event_camera(frames, **settings))


for name, rest in (("no refractory time", 0.0), ("refractory for 5 ms", 5.0)):
    print(f"{name}: {camera(film, 2.0, rest)} events, twice as fast {camera(film, 1.0, rest)}")
print(f"a still picture: {camera(film[:1].repeat(41, axis=0), 2.0)} events")
back = snn.encode.event_camera(film[::-1], contrast=0.15, dt=2.0, seed=SEED)
print(f"ON and OFF: {on} and {len(events) - on}; backwards:")
print(f"            {np.sum(back.i < pixels)} and {np.sum(back.i >= pixels)}")

# %%
if when_twice_as_fast is None:
    print("A prediction is missing: go back and make it, it takes a minute.")
elif when_twice_as_fast not in ("half", "the same", "twice"):
    print('What you wrote is none of "half", "the same", "twice".')
else:
    print(f'You said "{when_twice_as_fast}": it is "the same". Events count change,')
    print("not time; each comes twice as soon. A rate code would have half as many.")

# %% [markdown]
# Each pixel sees the same brightnesses in the same order, so it crosses the same levels. Only a pixel that needs rest loses some, the more the faster things go. Backwards, what grew brighter grows darker: ON and OFF change
# places, up to what is left over at the ends.
#
# ## What was not meant to happen
#
# Real data have gaps, and values that nobody expected. A code must not turn them into something that looks like a value. This is what the library does:
#
# - **static codes** (`temporal`, `phase`, `burst`) have words for 0 to 1 and for nothing else. Another value is an error that names its index;
# - **series codes** (`delta`) tell changes, and take any finite number;
# - NaN ("not a number": a gap) and infinity are an error in all of them.
#
# And what does a value cost?
#
# **Exercise 07.3** Say how many spikes each code makes for one value `x`, or `"error"`, *without* calling the encoder (the check notices a call): think about 0, about 1, and about everything else. The codes have the arguments that were used
# above: intervals of 2 to 20 ms; a period of 25 ms in a window of 100 ms, from 0 ms on; bursts of up to 5 spikes. `"temporal"` sends a sequence that is one value long. In `"delta"`, the signal was at 0.55 before and goes to `x`, with a
# threshold of 0.1.


# %% nbgrader={"grade_id": "ex-07-3", "solution": true}
def spike_bill(code, x):
    """The number of spikes that x costs, or "error" if the code refuses it.

    code : "temporal", "phase", "burst" or "delta".   x : any float, also NaN or infinity.
    """
    ### BEGIN SOLUTION
    if not np.isfinite(x):
        return "error"
    if code == "delta":
        return int(abs(x - 0.55) / 0.1)  # whole thresholds, up or down
    if x < 0 or x > 1:
        return "error"
    return {"temporal": 2, "phase": 4, "burst": int(np.ceil(5 * x))}[code]
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-07-3", "grade": true, "locked": true, "points": 3}
check.ex_07_3(spike_bill)

# %% [markdown]
# Here is what the library says when it gets such a value:

# %%
for name, wrong in (("phase", [0.5, 1.2]), ("burst", [0.5, np.nan]), ("delta", [0.5, np.inf])):
    try:
        getattr(snn.encode, name)(wrong)
    except ValueError as error:
        print(error)

# %% [markdown]
# ## Play: what has come so far
#
# Choose a code, and press *Play*. `events` is the simulated camera (no sensor): within 100 ms a grey wall fades into the picture, and the decoder knows only that it began with grey.
#
# 1. Which code is perfect after one quarter of the window, and what does it do with the rest?
# 2. `phase, jitter of 3 ms`: why does the error go on falling?
# 3. `burst`: which pixels stay dim for longest? Look at equation (2).
# 4. The two cameras: which has the smaller error, and what does it pay? When does each pixel stop to speak?
#
# <details><summary>Answers</summary>
#
# 1. Phase: every pixel has spiked within the first three quarters of a cycle. The other three cycles repeat it.
# 2. Every cycle adds a spike of each pixel to the mean on the circle, and chance averages out. Nearly white pixels are worst at first: some of their spikes came before their cycle, and the first of these are missing.
# 3. The darker ones: their intervals are long, and a value needs at least two spikes to be known well.
# 4. The one with the smaller contrast; it pays with more events. A pixel is silent as soon as it is within one contrast of its goal, and one that ends as grey as the wall hardly speaks at all.
#
# </details>


# %%
def fading(contrast):
    """A code: the events of a grey wall that fades into the picture within 100 ms."""
    frames = np.linspace(0.0, 1.0, 51)[:, None]

    def encoder(x):
        light = 0.05 + 0.5 * (1 - frames) + x * frames
        events = snn.encode.event_camera(light, contrast=contrast, dt=2.0, seed=SEED)
        return snn.SpikeTrains(events.t, events.i, events.n, 100.0)

    def decoder(spikes, now):
        on, off = spikes.counts().reshape(2, -1)
        return np.clip(0.55 * np.exp(contrast * (on - off)) - 0.05, 0.0, 1.0)

    return encoder, decoder


# %%
def jittered(x):
    """A phase code whose spikes are moved by chance, with a standard deviation of 3 ms."""
    exact = snn.encode.phase(x)
    t = exact.t + np.random.default_rng(SEED).normal(0.0, 3.0, len(exact))
    return snn.SpikeTrains(t % 100.0, exact.i, exact.n, 100.0)


codes = {
    "phase": (snn.encode.phase, lambda spikes, now: snn.decode.phase(spikes)),
    "phase, jitter of 3 ms": (jittered, lambda spikes, now: snn.decode.phase(spikes)),
    "burst": (snn.encode.burst, lambda spikes, now: snn.decode.burst(spikes)),
    "events, contrast 0.15": fading(0.15),
    "events, contrast 0.5": fading(0.5),
}
digit = load_digits().images[3] / 16.0
pictures = {"temple": film[20] - 0.05, "a digit": digit, "a negative": 1.05 - film[20]}
snn.explore_pictures(pictures, codes, seed=SEED, title="A picture in spike times")

# %% [markdown]
# ## Reproduce: spikes or numbers at the input? (Kim et al. 2022)
#
# Networks that are trained to classify pictures often use **direct coding**: the first layer gets the grey values themselves, as a current that is the same in every time step, and makes the spikes. The alternative is a rate code: in
# each step a pixel spikes with a probability equal to its value. Kim and colleagues (2022) trained deep networks with both. Their abstract says that direct coding has "better accuracy especially for a small number of timesteps",
# and that rate coding is more robust against attacks and takes less energy.
#
# We can show the first effect without training any deep network: 64 pixels reach 200 integrate-and-fire neurons through weights that are random and stay so; only a **readout** is fitted, by least squares, to their spike counts.


# %%
digits = load_digits()  # 1797 digits of 43 people, from NIST, by way of the UCI repository
x, label = digits.data / 16.0, digits.target
STEPS = (1, 2, 4, 8, 16, 32)


def hidden_counts(coding, weights, rng):
    """Spikes of the hidden neurons after each of STEPS, a list of arrays (1797, 200)."""
    v, total, found = 0.0, 0.0, []
    for k in range(1, max(STEPS) + 1):
        seen = x if coding == "direct" else rng.random(x.shape) < x
        v = v + seen @ weights
        fired = v >= 1.0
        v, total = v - fired, total + fired  # the threshold is taken off, the rest stays
        if k in STEPS:
            found.append(total)
    return found


# %%
def read_out(counts, train=1200):
    """Percentage right of a linear readout, fitted on the first 1200 digits, asked about the others."""
    row = np.column_stack([counts, np.ones(len(counts))])
    a, b = row[:train], row[train:]
    fit = np.linalg.solve(a.T @ a + np.eye(row.shape[1]), a.T @ np.eye(10)[label[:train]])
    return 100.0 * np.mean((b @ fit).argmax(axis=1) == label[train:])


right = {"direct": [], "rate": []}
for network in range(8):  # eight networks, each with weights of its own
    rng = np.random.default_rng([SEED, network])
    weights = 0.3 * rng.standard_normal((64, 200))
    for coding in right:
        right[coding].append([read_out(c) for c in hidden_counts(coding, weights, rng)])

# %%
names = ("time steps", "error (%)")
ax = None
mean, half = {}, {}
for coding, rows in right.items():
    mean[coding] = np.mean(rows, axis=0)
    half[coding] = 2.36 * np.std(rows, axis=0, ddof=1) / np.sqrt(8)  # Student's t, 7 degrees
    ax = snn.plots.curve(STEPS, 100 - mean[coding], *names, coding, log="x", ax=ax)
plt.show()
for k, steps in enumerate(STEPS):
    said = [f"{c} {100 - mean[c][k]:4.1f} ± {half[c][k]:.1f} %" for c in right]
    print(f"{steps:2d} steps: error {', '.join(said)}")
gap = mean["direct"] - mean["rate"]
print(f"direct is better with 1 step, beyond the intervals: {gap[0] > half['direct'][0] + half['rate'][0]}")
print(f"its lead falls from {gap[0]:.0f} to {gap[-1]:.0f} percentage points")

# %% [markdown]
# The intervals are those of the mean of eight networks, at 95 %. The effect is there: after one step the spikes of a rate code have rolled one die for each pixel, and only in the course of many steps their mean
# comes near the value that direct coding has from the beginning.
#
# What is *not* the paper's: they trained all layers of deep convolutional networks, on larger pictures in colour; ours has one random layer and a small task, so only the direction of the effect can be compared, and no figure. Attacks were
# not tried. And the price is easy to see:

# %%
spikes_in = x.sum(axis=1).mean()  # expected spikes of a digit in one step
print(f"in each step, direct: {64 * 200} multiplications for one digit")
print(f"in each step, rate:   {spikes_in:.0f} spikes on average, {spikes_in * 200:.0f} additions")

# %% [markdown]
# A chip that cannot multiply cannot have direct coding. (Lesson 19 does this sum in full.) In snnlab, `encode.direct` makes the input of such a layer:

# %%
I = snn.encode.direct(digit.ravel(), n_steps=1000, scale=600.0)  # pA, 100 ms of 0.1 ms
rec = snn.simulate(snn.Population(snn.LIF(), 64), I=I, t_stop=100.0, seed=SEED)
print(f"64 LIF neurons get the digit as a current, and make {len(rec.spikes)} spikes")

# %% [markdown]
# ## Cross-check: the same codes in Brian2
#
# First, the heartbeat as events of a neuron. In Brian2 a neuron may have events of several kinds, each with a condition and with what it does. The signal is a `TimedArray` that goes straight from sample to sample. Brian2 looks once in
# each step of 0.1 ms, so it sees a crossing later by less than a step.

# %%
import brian2 as b2

b2.prefs.codegen.target = "numpy"
b2.start_scope()
b2.defaultclock.dt = 0.1 * b2.ms
part = ecg[170:370]  # 200 samples, half a second
fine = np.interp(np.arange(199 * 25 + 1) * 0.1, step * np.arange(200), part)
signal = b2.TimedArray(fine, dt=0.1 * b2.ms)

# %%
pixel = b2.NeuronGroup(
    1,
    "level : 1",
    events={"on": "signal(t) - level >= 20 - 1e-6", "off": "level - signal(t) >= 20 - 1e-6"},
)  # fmt: skip
pixel.level = part[0]
pixel.run_on_event("on", "level += 20")
pixel.run_on_event("off", "level -= 20")
on_events, off_events = b2.EventMonitor(pixel, "on"), b2.EventMonitor(pixel, "off")
b2.run(199 * step * b2.ms + 0.1 * b2.ms, namespace={"signal": signal})

# %%
ours = snn.encode.delta(part, threshold=20.0, dt=step)
for k, monitor in enumerate((on_events, off_events)):
    theirs = np.array(monitor.t / b2.ms)
    same = len(theirs) == len(ours.of(k))
    late = theirs - ours.of(k) if same else np.array([np.inf])
    print(f"{monitor.event:3}: snnlab {len(ours.of(k))} events, Brian2 {len(theirs)}; agree: {same}")
    print(f"     Brian2 is later by 0 to 0.1 ms: {late.min() > -1e-6 and late.max() < 0.1 + 1e-6}")

# %% [markdown]
# Second, a phase code from an oscillation and an input. A neuron is held down by a rhythm whose force falls in a straight line during each cycle; it spikes when its input $x$ is stronger. As long as
# that lasts it is refractory, so that it spikes once in a cycle.

# %%
b2.start_scope()
x = np.linspace(0.0, 1.0, 41)
cells = b2.NeuronGroup(
    41, """x : 1 (constant)
    cycle = (t/(25*ms)) % 1 : 1
    force = 1 - cycle/0.75 : 1""",
    threshold="x - force >= -1e-9", refractory="x - force > 1e-9",
)  # fmt: skip
cells.x = x
monitor = b2.SpikeMonitor(cells)
b2.run(100 * b2.ms, namespace={})

# %%
ours = snn.encode.phase(x)
theirs = [np.array(monitor.t[monitor.i == k] / b2.ms) for k in range(41)]
same = all(len(theirs[k]) == len(ours.of(k)) for k in range(41))
print(f"snnlab {len(ours)} spikes, Brian2 {sum(map(len, theirs))}; as many of each neuron: {same}")
late = np.concatenate([theirs[k] - ours.of(k) for k in range(41)]) if same else np.array([np.inf])
print(f"Brian2 is later by 0 to 0.1 ms: {late.min() > -1e-6 and late.max() < 0.1 + 1e-6}")

# %% [markdown]
# ## Bug hunt: a burst code that runs
#
# Here is a burst encoder of the kind that stands in many programs. It writes spikes into a **raster**, an array with one row for each time step and one column for each value. It runs, the author has looked at bursts at steps of 1 ms, and they were
# fine. It has **two** mistakes.


# %%
def published_burst(x, window, dt, n_max, T_min, T_max):
    """Bursts as in equation (2), True or False, of shape (steps, n).

    x : values (n,).   window, dt, T_min, T_max : ms.
    """
    raster = np.zeros((round(window / dt), len(x)), bool)
    for i in range(len(x)):
        interval = T_max - x[i] * (T_max - T_min)
        for k in range(int(x[i] * n_max)):
            raster[round(k * interval), i] = True
    return raster


# %%
x = np.array([0.45, 0.95])
for dt in (1.0, 0.5):
    raster = published_burst(x, 100.0, dt, 5, 2.0, 20.0)
    print(f"dt = {dt} ms, 0.95 spikes at", dt * np.flatnonzero(raster[:, 1]), "ms")

# %% [markdown]
# **Exercise 07.4** Two parts:
#
# 1. **A test that catches both.** Write `is_right(code)`, which is `True` for a burst code that follows equation (2) and `False` for one that does not. The check runs it on the published code, on codes with only one of the two mistakes, and
#    on two right ones, which round times to steps in different ways: a spike may be one step away from its time.
# 2. **The code, mended.** Every value above 0 must say so, and the times must be right for every step.


# %% nbgrader={"grade_id": "ex-07-4", "solution": true} tags=["bug-hunt"]
def is_right(code):
    """True if a burst code follows equation (2) up to one step, else False.

    code : a function such as published_burst, code(x, window, dt, n_max, T_min, T_max).
    """
    ### BEGIN SOLUTION
    x, dt = np.array([0.1, 0.55, 0.95]), 0.1  # a small value, and a step that is not 1 ms
    raster = code(x, 100.0, dt, 5, 2.0, 20.0)
    for i, n in enumerate((1, 3, 5)):
        t = dt * np.flatnonzero(raster[:, i])
        wanted = np.arange(n) * (20.0 - 18.0 * x[i])
        if len(t) != n or np.abs(t - wanted).max() > 1.01 * dt:
            return False
    return True
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-07-4b", "solution": true} tags=["bug-hunt"]
def mended_burst(x, window, dt, n_max, T_min, T_max):
    """Bursts as in equation (2), True or False, of shape (steps, n).

    x : values (n,).   window, dt, T_min, T_max : ms.
    """
    ### BEGIN SOLUTION
    raster = np.zeros((round(window / dt), len(x)), bool)
    for i in range(len(x)):
        interval = T_max - x[i] * (T_max - T_min)
        for k in range(int(np.ceil(x[i] * n_max))):  # rounded up
            raster[round(k * interval / dt), i] = True  # from ms to steps
    return raster
    ### END SOLUTION


# %% tags=["raises-exception"]
print(f"the published code passes your test: {is_right(published_burst)}")
print(f"your own passes it: {is_right(mended_burst)}")

# %% nbgrader={"grade_id": "check-07-4", "grade": true, "locked": true, "points": 4}
check.ex_07_4(lambda: (is_right, mended_burst))  # hands in both

# %% [markdown]
# ## Close
#
# **In five lines**
#
# - Time has to be measured from something: the last spike, a shared rhythm, or the last change.
# - Intervals say most per spike and forgive least; a phase needs a clock, and phases live on a circle.
# - A burst says its value twice, by number and by interval.
# - A delta code is silent when nothing happens, and wrong by less than a threshold if it remembers what it has told.
# - Direct coding is better for few time steps, and pays with multiplications.
#
# **Ask yourself**, and write your answers down. The next cell computes them.
#
# 1. A pixel's light falls from 100 to 50, and another's from 2 to 1. How many OFF events does each make, with a contrast of 0.2?
# 2. Two spikes have the phases 1 ms and 23 ms in a cycle of 24 ms. What is their mean?
# 3. Which value needs the longest burst, in ms, with the numbers of equation (2)? Is it 1, or 0, or something else?

# %%
for light in (100.0, 2.0):
    n = len(snn.encode.event_camera([[light], [light / 2]], contrast=0.2, seed=SEED))
    print(f"1. from {light:g} to {light / 2:g}: {n} OFF events")
angle = np.angle(np.exp(2j * np.pi * np.array([1.0, 23.0]) / 24.0).sum())
print(f"2. {abs(24.0 * angle / (2 * np.pi)):.0f} ms, the beginning of a cycle")
x = np.linspace(0.0, 1.0, 1001)
bursts = snn.encode.burst(x)
ends = np.zeros(1001)
np.maximum.at(ends, bursts.i, bursts.t)
print(f"3. {x[ends.argmax()]:.3f}, neither 0 nor 1: {ends.max():.1f} ms; that of 1 takes {ends[-1]:.0f} ms")

# %% [markdown]
# **Further reading**
#
# - O'Keefe & Recce (1993), *Phase relationship between hippocampal place units and the EEG theta rhythm*. <https://doi.org/10.1002/hipo.450030307>
# - Hopfield (1995), *Pattern recognition computation using action potential timing for stimulus representation*: phases of a rhythm as a code. <https://doi.org/10.1038/376033a0>
# - Lichtsteiner, Posch & Delbruck (2008), *A 128 x 128 120 dB 15 µs latency asynchronous temporal contrast vision sensor*. <https://doi.org/10.1109/JSSC.2007.914337>
# - Guo, Fouda, Eltawil & Salama (2021), *Neural coding in spiking neural networks: a comparative study*. <https://doi.org/10.3389/fnins.2021.638474>
# - Kim, Park, Moitra, Bhattacharjee, Venkatesha & Panda (2022), *Rate coding or direct coding: which one is better for accurate, robust, and energy-efficient spiking neural networks?* <https://doi.org/10.48550/arXiv.2202.03133>
#
# **Solutions**: the notebook of the same name in the folder `solutions`, [here](../../solutions/07_encoding_time/07_encoding_time.ipynb). Try first.
#
# **Next**, lesson 08: how much of all this can be read back, how soon, and for how many spikes? All codes in one table.

# %%
check.summary()

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: the plan
#
# | minutes | what | how |
# |---|---|---|
# | 0–8 | the events, predict | show of hands for the three words, written on the board |
# | 8–15 | temporal | let them say what the lost spike does before the plot is read |
# | 15–32 | phase, 07.1, the mean on a circle | draw the circle, with the empty quarter |
# | 32–38 | bursts | clap a burst of 0.3 and one of 1 |
# | 38–60 | delta, the camera, 07.2, the prediction | one pixel on the board, its level as a staircase |
# | 60–68 | 07.3 | pairs: one proposes a value, the other pays |
# | 68–72 | play | one code each, one sentence each |
# | 72–78 | reproduce, Brian2 | ask what is *not* shown |
# | 78–88 | bug hunt | tests first, exchanged with a neighbour |
# | 88–90 | close | |
#
# In two sessions, break at the pause.

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: three misconceptions
#
# | misconception | the wrong answer that reveals it | what helps |
# |---|---|---|
# | A phase is a time like any other. | 07.1 "not wrapped", "cut off instead of wrapped"; the plain mean | a clock face: what is the mean of 11 and 1 o'clock? |
# | An event tells the change since the last sample. | 07.2 "forgets the rest" | a pixel that brightens by 1 % in each frame; the ECG by `on_off` |
# | 0 is always silence, and NaN is harmless. | 07.3 "0 is silent everywhere", "NaN passes the comparisons" | `nan > 1` and `nan < 0` in a cell: both are False |
#
# Also seen: twice the speed taken for twice the events (predict), and tests at 1 ms, where the first mistake of 07.4 can't be seen.

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: marking and discussion
#
# | exercise | points | give them for |
# |---|---|---|
# | 07.1 | 4 | 1 the direction and the empty quarter; 2 wrapped for any offset; 1 every cycle |
# | 07.2 | 4 | 2 the level and its rest; 1 the logarithm; 1 polarity and several events |
# | 07.3 | 3 | 1 what is refused; 1 what 0 costs; 1 delta in both directions |
# | 07.4 | 4 | 2 a test that fails wrong codes and passes both right ones; 1 the step; 1 the count |
#
# Discuss:
#
# 1. What would an event camera see of a picture that stands still in front of an eye that never stands still?
# 2. Who keeps the clock of a phase code in a brain, and what happens to the code when the rhythm changes its frequency?
