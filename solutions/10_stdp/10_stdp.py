# %% [markdown]
# # STDP: synapses that learn from spike times
#
# **How can a synapse find out whether it helped to make its neuron fire?**
#
# | | |
# |---|---|
# | **Time** | about 125 minutes; one pause is marked |
# | **You need** | lessons 05 and 09; exponential decay; a geometric series |
# | **You will be able to** | compute the effect of all pairs of spikes with two numbers per synapse;<br>measure a learning window, as in an experiment;<br>say which way chance pushes a weight, and why that depends on the time step;<br>watch a thousand synapses compete, and say why the weights part into two groups |
# | **Points** | 15, in four exercises |

# %%
import matplotlib.pyplot as plt
import numpy as np

import snnlab as snn
from snnlab.checks import check, todo

SEED = 1  # all randomness of this lesson comes from here


# %%
def paired(lags, rule, n=60, interval=1000.0, w=0.5):
    """n pairs of spikes, one synapse for each lag (ms); the post spikes are forced by a jump of 100 mV."""
    lags, k = np.asarray(lags, dtype=float), np.arange(len(lags))
    begin, end = 200.0 + interval * np.repeat(np.arange(n), len(k)), 400.0 + interval * n
    pre = snn.SpikeTrains(begin, np.tile(k, n), n=len(k), t_stop=end)
    t, i = begin + np.tile(lags, n) - 0.1, np.tile(k, n)  # a jump is seen one step later
    order = np.lexsort((i, t))
    teacher = snn.SpikeTrains(t[order], i[order], n=len(k), t_stop=end)
    cells = snn.Population(snn.LIF(), len(k), receptors={"exc": snn.ExpCurrent(2.0), "force": snn.Delta()})
    force = snn.Projection(teacher, cells, snn.one_to_one(), w=100.0, delay=0.0, receptor="force")
    p = snn.Projection(pre, cells, snn.one_to_one(), w=w, delay=0.0, receptor="exc", plasticity=rule)
    rec = snn.simulate(
        cells, t_stop=end, projections=[force, p], seed=SEED, record=[snn.Record(p, "w", every=100.0)]
    )
    return rec.traces[p, "w"]


# %%
w = paired([10.0, -10.0], snn.PairSTDP())
t, names = 0.1 * np.arange(len(w)), ("time (s)", "weight")
ax = snn.plots.curve(t, w[:, 0], *names, "pre 10 ms before post")
snn.plots.curve(t, w[:, 1], *names, "pre 10 ms after post", ax=ax)
plt.show()
print(f"after 60 pairs: {w[-1, 0]:.3f} if pre comes first, {w[-1, 1]:.3f} if post comes first")

# %% [markdown]
# Two synapses, of weight 0.5 at the start. Each second both of its neurons fire once, 10 ms apart. All that differs is the order, and one
# synapse grows where the other shrinks. This is **spike-timing-dependent plasticity**, STDP.
#
# ## Predict: a thousand synapses in competition
#
# Give one neuron a thousand inputs. All fire at random, at the same rate, and know nothing of each other. Their weights begin anywhere between 0
# and the largest possible. Ten minutes later, will the weights
#
# - all have become much alike (`"alike"`),
# - be spread as they were (`"spread"`),
# - or be in two groups, weak and strong (`"two groups"`)?

# %%
weights_in_the_end = None  # your prediction: "alike", "spread" or "two groups"

# %% [markdown]
# ## Hebb, and a rule that stays finite
#
# In 1949 Donald Hebb proposed that a synapse grows if its neuron takes part in making the other fire. For rates, with input $x_j$,
# weight $w_j$, output $y = \sum_j w_j x_j$ and a small **learning rate** $\eta$, all without unit, **Hebb's rule** is often written
#
# $$\Delta w_j = \eta\, y\, x_j \qquad (1)$$
#
# Growth makes $y$ larger, and this makes growth faster: nothing stops it. **Oja's rule** (1982) lets each weight also decay with $y^2$:
#
# $$\Delta w_j = \eta\, y\, (x_j - y\, w_j) \qquad (2)$$
#
# Then the length of the vector $w$ goes to 1, and its direction to that in which the inputs vary most, their first principal component. Two inputs that
# often rise together:

# %%
rng = np.random.default_rng(SEED)
inputs = rng.multivariate_normal([0.0, 0.0], [[1.0, 0.6], [0.6, 0.7]], 4000)
hebb = oja = np.array([0.5, -0.2])
for x in inputs:
    hebb = hebb + 0.005 * (hebb @ x) * x
    oja = oja + 0.005 * (oja @ x) * (x - (oja @ x) * oja)
first = np.linalg.eigh(np.cov(inputs.T))[1][:, -1]  # the first principal component
angle = np.degrees(np.arccos(min(1.0, abs(oja @ first) / np.linalg.norm(oja))))
print(f"Hebb: length above a thousand: {np.linalg.norm(hebb) > 1e3}")
print(f"Oja:  length {np.linalg.norm(oja):.1f}, less than 5 degrees from the first component: {angle < 5}")

# %% [markdown]
# Both rules know rates only: whether $x$ or $y$ came first makes no difference. But a spike that comes after its effect is no cause.
#
# ## Pairs of spikes
#
# Let the presynaptic spikes come at $t_i$, the postsynaptic ones at $t_j$. The **lag** of a pair is $\Delta t = t_j - t_i$ (ms), positive if pre came first. The **learning window** $W$ says
# how much one pair changes the weight:
#
# $$\Delta w = \sum_i \sum_j W(t_j - t_i), \qquad W(\Delta t) = \begin{cases} A_+\, e^{-\Delta t/\tau_+} & \Delta t \ge 0 \\ -A_-\, e^{\Delta t/\tau_-} & \Delta t < 0\end{cases} \qquad (3)$$
#
# The increase is called **potentiation**, the decrease **depression**.
#
# | symbol | in code | what it is | unit |
# |---|---|---|---|
# | $A_+, A_-$ | `A_plus`, `A_minus` | change by a pair of lag 0, as a part of the largest weight | 1 |
# | $\tau_+, \tau_-$ | `tau_plus`, `tau_minus` | width of each side of the window | ms |
# | $w_{\min}, w_{\max}$ | `w_min`, `w_max` | bounds of the weight; here 0 and 1 | of the weight |
#
# A double sum over all pairs, for a million synapses? There is a better way. Each side leaves a **trace**, a number
# that decays, and that each of its spikes raises by 1:
#
# $$\frac{dx}{dt} = -\frac{x}{\tau_+}, \quad \text{pre spike: } x \leftarrow x + 1; \qquad \frac{dy}{dt} = -\frac{y}{\tau_-}, \quad \text{post spike: } y \leftarrow y + 1 \qquad (4)$$
#
# A post spike then finds in $x$ what all earlier pre spikes are worth to it, and a pre spike finds in $y$ the same of the post spikes:
#
# $$\text{pre spike: } w \leftarrow w - A_-\, y, \qquad \text{post spike: } w \leftarrow w + A_+\, x \qquad (5)$$
#
# Each reads the trace of the *other* side. In the library a rule is just that: two traces and two pure functions. You can
# write one in a cell, and it runs compiled:

# %%
from snnlab.units import ms, one, weight


class MyRule(snn.Plasticity):
    """Equation (5)."""

    A_plus: one = 0.01
    A_minus: one = 0.0105
    tau: ms = 20.0
    w_min: weight = 0.0
    w_max: weight = 1.0
    traces = {"x": ("pre", "tau", "add"), "y": ("post", "tau", "add")}

    def on_pre(w, y, A_minus, w_max):
        w = w - A_minus * w_max * y
        return w

    def on_post(w, x, A_plus, w_max):
        w = w + A_plus * w_max * x
        return w


# %%
lags = np.array([-40.0, -10.0, 0.0, 10.0, 40.0])
mine, librarys = (paired(lags, rule)[-1] for rule in (MyRule(), snn.PairSTDP()))
print("lag (ms):", "".join(f"{lag:8.0f}" for lag in lags))
print("weight:  ", "".join(f"{w:8.3f}" for w in mine))
print("the same as with snn.PairSTDP:", np.abs(mine - librarys).max() < 1e-12)

# %% [markdown]
# Two things have to be agreed on. A pair at **the same moment** (lag 0) is potentiated, and not depressed: the pre spike is dealt with first, and
# each spike reads before it adds to its own trace. And after every change $w$ is put back into its bounds, if it left them.
#
# **Exercise 10.1** Write `weight_after`: one synapse, two trains, two traces. Without bounds it must agree with (3) to $10^{-12}$; with them, no double sum can help you.


# %% nbgrader={"grade_id": "ex-10-1", "solution": true}
def weight_after(pre, post, w, A_plus, A_minus, tau_plus, tau_minus):
    """The weight after both trains; it stays in [0, 1] all the time.

    pre, post : spike times in ms, arrays in rising order; no neuron fires twice at a moment.
    w : the weight at the start.   A_plus, A_minus : both > 0.   tau_plus, tau_minus : ms.
    """
    ### BEGIN SOLUTION
    events = sorted([(t, "a pre") for t in pre] + [(t, "post") for t in post])  # at one moment: pre first
    x, y, last = 0.0, 0.0, 0.0
    for t, side in events:
        x *= np.exp(-(t - last) / tau_plus)
        y *= np.exp(-(t - last) / tau_minus)
        last = t
        if side == "post":
            w = min(w + A_plus * x, 1.0)
            y += 1.0
        else:
            w = max(w - A_minus * y, 0.0)
            x += 1.0
    return w
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-10-1", "grade": true, "locked": true, "points": 4}
check.ex_10_1(weight_after)

# %% tags=["raises-exception"]
pre, post = (snn.poisson(20.0, 1, 2000.0, seed=s).t for s in (1, 2))
by_traces = weight_after(pre, post, 0.5, 0.01, 0.0105, 20.0, 20.0)
lag = post[:, None] - pre
double_sum = np.where(lag >= 0, 0.01 * np.exp(-abs(lag) / 20), -0.0105 * np.exp(-abs(lag) / 20)).sum()
print(f"{lag.size} pairs; the double sum changes w by {double_sum:.6f}, the traces by {by_traces - 0.5:.6f}")
print("equal to 1e-12:", abs(by_traces - 0.5 - double_sum) < 1e-12)

# %% [markdown]
# ### All pairs, or the nearest?
#
# Should the tenth spike back count at all? In a rule of **nearest neighbours** a spike *sets* its trace to 1, so that only the last one is seen. As
# long as pairs are rare, nobody can tell the difference. Sixty pairs of lag 10 ms, at four rates:

# %%
print("rate of pairs (Hz)   all pairs   nearest")
for rate in (1.0, 10.0, 20.0, 40.0):
    all_pairs, nearest = (paired([10.0], rule(A_plus=0.002, A_minus=0.0021), interval=1000.0 / rate)[-1, 0] - 0.5
                          for rule in (snn.PairSTDP, snn.NearestSTDP))  # fmt: skip
    print(f"{rate:18.0f} {all_pairs:11.4f} {nearest:9.4f}")

# %% [markdown]
# At 1 Hz they agree. At high rates, post spikes also come before the *next* pre spike, and depression catches up. Experiments find the opposite, more
# potentiation at high rates: pairs are not the whole story (triplets, lesson 14).
#
# ## Reproduce: the window of Bi and Poo
#
# In 1998 Guo-qiang Bi and Mu-ming Poo measured the window in cultures of hippocampal neurons. They paired spikes sixty times, once a second, at one lag per
# synapse, and found potentiation if the postsynaptic spike came within about 20 ms after the presynaptic input, depression if within about 20 ms before it, and little beyond 40 ms.
#
# You get a synapse in a box. `synapse(pre, post)` gives it two trains, in ms, and says the weight that it then has; it always begins anew. The weight is between 0 and 1, and your instrument reads it to 0.001.
#
# **Exercise 10.2** Write the experiment: the change of the weight **by one pair**, for each lag, to 0.00006. A single pair changes the weight by less than 0.005. The window of the box is one like (3), but you
# don't know its numbers.


# %% nbgrader={"grade_id": "ex-10-2", "solution": true}
def measure_window(synapse, lags):
    """The change of the weight by one pair of each lag, an array like lags.

    synapse : synapse(pre, post), with two arrays of spike times in ms (>= 0), returns the weight after them.
    lags : ms, post minus pre.
    """
    ### BEGIN SOLUTION
    pre = 500.0 + 1000.0 * np.arange(60)
    start = synapse([], [])
    return np.array([(synapse(pre, pre + lag) - start) / len(pre) for lag in lags])
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-10-2", "grade": true, "locked": true, "points": 3}
check.ex_10_2(measure_window)

# %% [markdown]
# Now your experiment, on our engine. The time constants are those that Bi and Poo's later review ([2001](https://doi.org/10.1146/annurev.neuro.24.1.139)) fitted to their points, 16.8 and 33.7 ms; the amplitudes are ours, since a model weight has no
# percent of a current.

# %%
rule = snn.PairSTDP(A_plus=0.005, A_minus=0.0025, tau_plus=16.8, tau_minus=33.7)


def box(pre, post):
    """One synapse of the engine: its weight after these trains."""
    n, end = len(pre), 100_000.0
    cell = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(2.0), "force": snn.Delta()})
    trains = [snn.SpikeTrains(t, np.zeros(n, int), n=1, t_stop=end) for t in (pre, np.asarray(post) - 0.1)]
    p = snn.Projection(trains[0], cell, snn.one_to_one(), w=0.5, delay=0.0, receptor="exc", plasticity=rule)
    force = snn.Projection(trains[1], cell, snn.one_to_one(), w=100.0, delay=0.0, receptor="force")
    return snn.simulate(cell, t_stop=end, dt=0.1, projections=[force, p], seed=SEED).weights[p][0]


lags = np.array([-80.0, -40.0, -20.0, -10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0])


# %%
def W(lag, rule):
    """Equation (3)."""
    return np.where(lag >= 0, rule.A_plus * np.exp(-abs(lag) / rule.tau_plus), -rule.A_minus * np.exp(-abs(lag) / rule.tau_minus))  # fmt: skip


# %% tags=["raises-exception"]
measured = measure_window(box, lags)
fine = np.linspace(-90.0, 90.0, 1801)
ax = snn.plots.curve(
    fine, 1000 * W(fine, rule), "lag, post minus pre (ms)", "change by one pair (1/1000)", "equation (3)"
)
snn.plots.curve(
    lags, 1000 * measured, "lag, post minus pre (ms)", "change by one pair (1/1000)", "measured", ax=ax
)
ax.lines[-1].set(linestyle="none", marker="s")
ax.axhline(0.0, color="0.5", linewidth=0.8)
ax.legend(frameon=False)
plt.show()
print(f"measured and equation (3) differ by less than 1e-9: {np.abs(measured - W(lags, rule)).max() < 1e-9}")

# %%
print(
    f"of the area of each side, within 40 ms: potentiation {1 - np.exp(-40 / 16.8):.2f}, depression {1 - np.exp(-40 / 33.7):.2f}"
)
print(f"within 20 ms: potentiation {1 - np.exp(-20 / 16.8):.2f}, depression {1 - np.exp(-20 / 33.7):.2f}")

# %% [markdown]
# The time constants of 16.8 and 33.7 ms fit the paper's sign and width of potentiation; the fitted depression is broader than its 20 ms. The paper's points scatter widely, and strong synapses grew less than weak ones: (3) knows neither.
#
# ## Play: one pair, again and again
#
# Forty pairs. Above, the synaptic current `exc.g` in pA, at most 100 in height: the height of each pulse is the weight at that moment. Below, the potential of the receiver. Move the lag through zero. Then raise the rate, at a lag of 10 ms, and find the rate from which the synapse weakens.

# %% tags=["worked-program"]
from snnlab.units import Hz, pA


def pairing(
    lag: ms = 10.0,  # post minus pre
    rate: Hz = 10.0,  # of the pairs
    tau_plus: ms = 20.0,  # width of potentiation
    ratio: one = 1.05,  # A_minus / A_plus
):
    begin, zero = 100.0 + np.round(10000.0 / rate) / 10.0 * np.arange(40), np.zeros(40, int)
    trains = [snn.SpikeTrains(t, zero, n=1, t_stop=5000.0) for t in (begin, begin + lag - 0.1)]
    cell = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(2.0), "force": snn.Delta()})
    rule = snn.PairSTDP(A_plus=0.015, A_minus=0.015 * ratio, tau_plus=tau_plus, w_max=100.0)
    p = snn.Projection(trains[0], cell, snn.one_to_one(), w=50.0, delay=0.0, receptor="exc", plasticity=rule)
    force = snn.Projection(trains[1], cell, snn.one_to_one(), w=100.0, delay=0.0, receptor="force")
    t_stop = float(np.round(begin[-1] + 100.0))
    return snn.simulate(cell, t_stop=t_stop, record=["exc.g", "v"], projections=[force, p], seed=SEED)


snn.explore(pairing, sliders={"lag": (-50.0, 50.0, 1.0), "rate": (10.0, 50.0, 1.0), "tau_plus": (5.0, 50.0, 1.0), "ratio": (0.0, 2.0, 0.05)},
            trace=["exc.g", "v"], hold=None, curve=None, title="Pairs of spikes")  # fmt: skip

# %% [markdown]
# **A good place for a pause.**
#
# ## Which way does chance push?
#
# If two neurons know nothing of each other, pairs of any lag still happen. For independent Poisson trains of rates $r_{\rm pre}$ and $r_{\rm post}$ (per ms) the mean **drift** of the weight is the product of the rates
# times the area of the window,
#
# $$\left\langle \frac{dw}{dt} \right\rangle = r_{\rm pre}\, r_{\rm post} \left( A_+ \tau_+ - A_- \tau_- \right) \qquad (6)$$
#
# If depression has the larger area, chance weakens every synapse, and only those that cause spikes can resist. That is how $A_-/A_+ = 1.05$, a common choice, is meant. But (6) holds in continuous time. A simulation has a grid, and on a grid two spikes often meet in
# one step.
#
# **Exercise 10.3** Write `drift`, per **second**, exact on a grid of steps `dt`: each neuron fires in a step with the probability rate times dt. Bounds play no role. And let the post neuron be no stranger: besides its own spikes, independent and at the rate `r_own`,
# each pre spike makes it fire with the probability `p`, exactly `lag` ms later (a multiple of `dt`). For `p = 0` you have to mend (6). For `p > 0` ask which pairs are no coincidence, and which new coincidences there are. (Two spikes of one neuron in one step are rare: count them or not, the check takes both.)


# %% nbgrader={"grade_id": "ex-10-3", "solution": true}
def drift(r_pre, r_own, p, lag, A_plus, A_minus, tau_plus, tau_minus, dt):
    """Mean change of the weight per second.

    r_pre, r_own : Hz.   p : from 0 to 1.   lag, tau_plus, tau_minus, dt : ms.   A_plus, A_minus : both > 0.
    """
    ### BEGIN SOLUTION
    T_plus = dt / (1.0 - np.exp(-dt / tau_plus))  # dt (1 + q + q^2 + ...): the same step counts
    T_minus = dt / (np.exp(dt / tau_minus) - 1.0)  # dt (q + q^2 + ...): it does not
    r_post = r_own + p * r_pre
    chance = r_pre * r_post / 1000.0 * (A_plus * T_plus - A_minus * T_minus)
    caused = p * r_pre * A_plus * np.exp(-lag / tau_plus)
    return chance + caused
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-10-3", "grade": true, "locked": true, "points": 4}
check.ex_10_3(drift)

# %% [markdown]
# Is it true? A test by simulation. The change is linear in each of the traces, so that many synapses can be simulated as one: add up the spikes of 200 pre and of 200 post neurons, all independent, and divide by the number of pairs.
# Ten seeds give a mean, and an interval that holds the true value in 95 of 100 such experiments.

# %%
from scipy.signal import lfilter
from scipy.stats import t as student_t


def simulated_drift(dt, seed, n=200, seconds=100.0, rate=20.0, A_plus=0.01, A_minus=0.0105, tau=20.0):
    """Mean change of the weight per second, over n x n pairs of independent trains."""
    rng, q = np.random.default_rng([SEED, seed]), np.exp(-dt / tau)
    pre, post = rng.binomial(n, rate * dt / 1000.0, (2, int(1000.0 * seconds / dt)))  # spikes in each step
    x = lfilter([1.0], [1.0, -q], pre)  # with the spikes of this step
    y = lfilter([0.0, q], [1.0, -q], post)  # without them
    return (A_plus * post @ x - A_minus * pre @ y) / n**2 / seconds


# %% tags=["raises-exception"]
unit = 20.0 * 20.0 / 1000.0 * 0.05 * 0.01 * 20.0  # the size of (6), so that continuous time gives -1
print("drift of independent pairs, in units of the size of (6)\n   dt   drift()   simulated, 95 % interval")
for dt in (0.1, 0.5, 1.0, 2.0):
    formula = drift(20.0, 20.0, 0.0, 5.0, 0.01, 0.0105, 20.0, 20.0, dt) / unit
    runs = np.array([simulated_drift(dt, seed) for seed in range(10)]) / unit
    half = student_t.ppf(0.975, 9) * runs.std(ddof=1) / np.sqrt(10)
    print(f"{dt:5.1f} {formula:8.3f}   {runs.mean() - half:7.3f} to {runs.mean() + half:.3f}")

# %% [markdown]
# Continuous time says -1.00. At 0.1 ms a tenth is gone; at 1 ms the sign has flipped, and the same synapses would grow by chance. A published
# result on STDP should say its dt, and what happens to a pair in one step.
#
# And a neuron that *is* driven? With $p = 0.1$, a lag of 5 ms, and dt = 0.5 ms:

# %% tags=["raises-exception"]
given = dict(A_plus=0.01, A_minus=0.0105, tau_plus=20.0, tau_minus=20.0, dt=0.5)
independent = drift(20.0, 22.0, 0.0, 5.0, **given)  # the same two rates, no cause
driven = drift(20.0, 20.0, 0.1, 5.0, **given)
rng, n = np.random.default_rng(SEED), 40_000  # steps of 0.5 ms, 20 s for each of 400 synapses
changes = []
for _ in range(400):
    pre, post = rng.random((2, n)) < 0.01
    post[10:] |= pre[:-10] & (rng.random(n - 10) < 0.1)
    x = lfilter([1.0], [1.0, -np.exp(-0.025)], pre)
    y = lfilter([0.0, np.exp(-0.025)], [1.0, -np.exp(-0.025)], post)
    changes.append((0.01 * post @ x - 0.0105 * pre @ y) / 20.0)
half = 1.96 * np.std(changes) / np.sqrt(400)
print(f"same rates, independent: {independent:.4f} per s;  driven: {driven:.4f} per s")
print(f"simulated: {np.mean(changes):.4f} per s, give or take {half:.4f}")

# %% [markdown]
# One spike in ten that is caused is enough to turn the drift round. Formula (6) fails wherever neurons are connected: that is, where it matters.
#
# ## Bug hunt: a window that looks right
#
# In 2022 a user found that in the tutorial of Lava, the simulator of a neuromorphic chip, $A_+$ and $A_-$ were exchanged: the amplitude called $A_+$ had a negative value, and the window looked right only since they were
# exchanged once more in the function that plotted it (lava-nc/lava, issue 484). Here is such a program in our words. It runs, and its picture is perfect:


# %%
def tutorial_rule(w, spike, x, y, A_plus, A_minus):
    """The weight after a spike.   x, y : traces of pre and of post spikes, before this one."""
    if spike == "pre":
        return w + A_plus * y
    return w - A_minus * x


# %%
lag_drawn = np.linspace(-60.0, 60.0, 1200)
lag = -lag_drawn  # ... as the tutorial's picture had it
trace_left = np.exp(-np.abs(lag) / 20.0)
change = [
    tutorial_rule(0.0, "post" if s > 0 else "pre", z, z, 0.01, 0.008)
    for s, z in zip(lag, trace_left, strict=True)
]
snn.plots.curve(lag_drawn, 1000.0 * np.array(change), "lag as drawn (ms)", "change by one pair (1/1000)")
plt.show()
print(
    f"drawn at +10 ms: {np.interp(10.0, lag_drawn, change):.4f}, at -10 ms: {np.interp(-10.0, lag_drawn, change):.4f}"
)

# %% [markdown]
# **Exercise 10.4** Two parts.
#
# 1. Write `mended`, the rule as it should be, equation (5).
# 2. Write `passes(rule)`, a test that a picture can't fool: it returns True for a right rule and False for a wrong one. It may call `rule` with any numbers it likes. The check gives it one right rule and eight wrong ones, the tutorial's among them.


# %% nbgrader={"grade_id": "ex-10-4", "solution": true} tags=["bug-hunt"]
def mended(w, spike, x, y, A_plus, A_minus):
    """The weight after a spike, "pre" or "post".

    x, y : traces of pre and of post spikes, before this one.   A_plus, A_minus : both > 0.   No bounds.
    """
    ### BEGIN SOLUTION
    if spike == "pre":
        return w - A_minus * y
    return w + A_plus * x
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-10-4b", "solution": true} tags=["bug-hunt"]
def passes(rule):
    """True if rule(w, spike, x, y, A_plus, A_minus) does what equation (5) says, else False."""
    ### BEGIN SOLUTION
    given = {"w": 0.5, "x": 0.8, "y": 0.3, "A_plus": 0.1, "A_minus": 0.2}  # all different
    down = rule(spike="pre", **given)
    up = rule(spike="post", **given)
    return abs(down - 0.44) < 1e-9 and abs(up - 0.58) < 1e-9
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-10-4", "grade": true, "locked": true, "points": 4}
check.ex_10_4(lambda: (mended, passes))  # hands in both

# %% [markdown]
# ## Reproduce: a thousand synapses compete
#
# Song, Miller and Abbott (2000) gave one LIF neuron a thousand excitatory inputs with STDP and two hundred inhibitory ones without. All fire at random. The parameters are the paper's: membrane 20 ms, rest -70 mV, threshold -54 mV, reset -60 mV; synapses of 5 ms, reversal 0 and
# -70 mV; $A_+ = 0.005$, $A_-/A_+ = 1.05$, both time constants 20 ms. Conductances are given as parts of the leak: an excitatory one at most 0.015, an inhibitory one 0.05. Where we differ: the leak is 10 nS (only ratios matter), and dt is 0.1 ms. All excitatory inputs fire at one rate, and all inhibitory ones at 10 Hz.


# %% tags=["worked-program"]
song_rule = snn.PairSTDP(A_plus=0.005, A_minus=0.00525, w_max=0.15)  # nS
song_start = snn.uniform(0.0, 0.15)
song_lif = snn.LIF(tau_m=20.0, R_m=0.1, E_L=-70.0, v_th=-54.0, v_reset=-60.0, t_ref=0.0)


def compete(rate, seed, seconds, rule=song_rule, w=song_start):
    """Weights from 0 to 1, and spike times in ms, of the neuron with 1000 plastic inputs of this rate (Hz)."""
    receptors = {"exc": snn.ExpConductance(5.0, E_rev=0.0), "inh": snn.ExpConductance(5.0, E_rev=-70.0)}
    cell = snn.Population(song_lif, 1, receptors)
    exc = snn.Projection(snn.PoissonSource(1000, rate=rate), cell, snn.all_to_all(), w=w, delay=0.1,
                         receptor="exc", plasticity=rule)  # fmt: skip
    inh = snn.Projection(
        snn.PoissonSource(200, rate=10.0), cell, snn.all_to_all(), w=0.5, delay=0.1, receptor="inh"
    )
    rec = snn.simulate(
        cell, t_stop=1000.0 * seconds, method="exponential_euler", projections=[exc, inh], seed=seed
    )
    return rec.weights[exc] / 0.15, rec.spikes.t


# %% [markdown]
# How do you tell two groups by a number? The **bimodality coefficient** compares skewness and kurtosis: $(\text{skewness}^2 + 1)/\text{kurtosis}$. It is 5/9 = 0.56 for a uniform distribution, 1/3 for a Gaussian, and 1 if there are only two values.

# %%
from scipy.stats import kurtosis, skew


def bimodality(w):
    return (skew(w) ** 2 + 1.0) / kurtosis(w, fisher=False)


runs = [compete(10.0, seed, seconds=600.0) for seed in range(5)]
found = np.array([bimodality(w) for w, _ in runs])
half = student_t.ppf(0.975, 4) * found.std(ddof=1) / np.sqrt(5)
print(f"bimodality coefficient after 600 s, five seeds: {found.mean():.1f} (uniform: {5 / 9:.2f})")
print(f"its 95 % interval lies above the uniform value: {found.mean() - half > 5 / 9}")

# %%
(ax,) = snn.plots.panels(3.0)
counts, edges = np.histogram(runs[0][0], 20, (0.0, 1.0))
ax.stairs(counts, edges, fill=True, color="#2a6f97", label="after 600 s")
ax.axhline(50.0, color="0.5", linestyle="--", label="at the start")
ax.set(xlabel="weight / largest weight", ylabel="synapses")
ax.legend(frameon=False)
snn.plots.set_alt_text(ax.figure, f"Histogram of 1000 weights after 600 s: {counts[0]} in the lowest twentieth, "
                       f"{counts[-1]} in the highest, {counts[8:12].mean():.0f} in each of the middle ones.")  # fmt: skip
plt.show()
print("the two outer bins hold more than the middle four:", counts[0] + counts[-1] > counts[8:12].sum())
if weights_in_the_end is None:
    print("You made no prediction. Guess first, next time: it is worth it.")
else:
    print(f"You said {weights_in_the_end!r}.")

# %% [markdown]
# Two groups, though all inputs are alike and nothing but chance chose between them. Chance weakens every synapse (exercise 10.3); a synapse that is strong causes spikes, and causes strengthen it. So the strong stay strong and the weak stay weak: they compete for
# the spikes of the neuron.
#
# The paper's second result: make all inputs faster, and *fewer* of them stay strong, so that the neuron's own rate changes little.

# %%
print("input    strong synapses   output, first 2 s   output, last 60 s")
for rate in (10.0, 20.0, 40.0):
    done = runs[:3] if rate == 10.0 else [compete(rate, seed, seconds=600.0) for seed in range(3)]
    strong = 100 * np.mean([(w > 0.5).mean() for w, _ in done])
    first = np.mean([(t < 2000.0).sum() / 2.0 for _, t in done])
    last = np.mean([(t > 540_000.0).sum() / 60.0 for _, t in done])
    about = 5 * round(strong / 5), 5 * round(last / 5)  # chaotic: rounded to what three seeds tell
    print(f"{rate:3.0f} Hz {about[0]:13.0f} % {first:16.0f} Hz {about[1]:17.0f} Hz")

# %% [markdown]
# (Means of three seeds. Shares and last rates are rounded to steps of 5, since the network is chaotic.) At first, inputs four times as fast make the output more than a hundred times as fast. After ten minutes they about double it: STDP alone
# has brought the neuron into its range. At 10 Hz the weights are still parting after 600 s.
#
# ### Play: a group that has something in common
#
# In which group a synapse ends was chance, so far. Now give a reason. Two groups of a hundred inputs, all of one rate. Those of the first take a part $c$ of their spikes from events that all of them share; the second fires at random.
# To see the weights move, the receptor keeps a running mean of the weights that arrive, as parts of the largest. It is a synapse of the library with one more state:

# %% tags=["worked-program"]
from snnlab.units import nS


class Watched(snn.ExpConductance):
    """A conductance synapse; m is the running mean of the weights that it hears, 1 the largest."""

    w_max: nS = 0.75
    share: one = 0.002  # of the newest spike in the mean
    state = {"g": "nS", "m": "1"}

    def dynamics(g, m, tau_syn):
        dg = -g / tau_syn
        dm = 0.0 * m / tau_syn
        return dg, dm

    def arrive(g, m, w, w_max, share):
        g = g + w
        m = m + share * (w / w_max - m)
        return g, m


# %% tags=["worked-program"]
def rivals(
    c: one = 0.2,  # part of the spikes that the first group has in common
    rate: Hz = 15.0,  # of every input
    ratio: one = 1.05,  # A_minus / A_plus
):
    rng, n, t_stop = np.random.default_rng(SEED), 100, 60_000.0
    events = t_stop * rng.random(rng.poisson(0.001 * rate * t_stop))
    which, i = np.nonzero(rng.random((len(events), n)) < c)  # each input takes part with probability c
    own = snn.poisson(rate * (1.0 - c), n, t_stop, seed=SEED)
    t, i = np.append(events[which], own.t), np.append(i, own.i)
    order = np.lexsort((i, t))
    groups = {
        "together": snn.SpikeTrains(t[order], i[order], n=n, t_stop=t_stop),
        "alone": snn.PoissonSource(n, rate),
    }
    cell = snn.Population(song_lif, 1, {name: Watched() for name in groups})
    rule = snn.PairSTDP(A_plus=0.005, A_minus=0.005 * ratio, w_max=0.75)
    wires = [snn.Projection(group, cell, snn.all_to_all(), w=0.375, delay=0.1, receptor=name, plasticity=rule)
             for name, group in groups.items()]  # fmt: skip
    means = [snn.Record(cell, f"{name}.m", every=100.0) for name in groups]
    return snn.simulate(cell, t_stop=t_stop, method="exponential_euler", projections=wires, record=means,
                        initial={f"{name}.m": 0.5 for name in groups}, seed=SEED)  # fmt: skip


snn.explore(rivals, sliders={"c": (0.0, 0.4, 0.01), "rate": (5.0, 40.0, 1.0), "ratio": (0.9, 1.3, 0.01)},
            trace=[("together.m", "alone.m")], hold=None, curve=None, title="The mean weights of two groups")  # fmt: skip

# %% [markdown]
# Inputs that fire together make the neuron fire, and so they are pre before post; the others lose the competition. How small may $c$ be? What does a faster rate do to a group that shares nothing? And who can still lose when the ratio falls below 1?
#
# ### Who comes first, wins
#
# Now there is an order too: the same event reaches all of them, early some and late others. Each of 400 inputs answers an event with a burst of 20 ms at 100 Hz, after a latency of its own, drawn from a Gaussian of 15 ms. Song and colleagues did the same; the number of
# inputs and of events, and the largest weight, are ours. Twice a second comes an event, 400 in all.

# %% tags=["worked-program"]


def events(seed, n=400, n_events=400):
    """First spike of each event (ms after its mean), final weights, and the latency of each input (ms)."""
    rng = np.random.default_rng([SEED, seed])
    latency = rng.normal(0.0, 15.0, n)
    which, i = np.nonzero(np.ones((n_events, n)))
    spikes = rng.poisson(2.0, len(i))  # 20 ms at 100 Hz
    which, i = np.repeat(which, spikes), np.repeat(i, spikes)
    t = 100.0 + 500.0 * which + latency[i] + rng.uniform(0.0, 20.0, len(i))
    order = np.lexsort((i, t))
    trains = snn.SpikeTrains(t[order], i[order], n=n, t_stop=500.0 * n_events)
    cell = snn.Population(song_lif, 1, {"exc": snn.ExpConductance(5.0, E_rev=0.0)})
    rule = snn.PairSTDP(A_plus=0.005, A_minus=0.00525, w_max=0.3)
    p = snn.Projection(trains, cell, snn.all_to_all(), w=0.15, delay=0.1, plasticity=rule)
    rec = snn.simulate(cell, t_stop=trains.t_stop, method="exponential_euler", projections=[p], seed=SEED)
    out = rec.spikes.t
    first = [out[np.searchsorted(out, 500.0 * k)] - 500.0 * k - 100.0 for k in range(n_events)]
    return np.array(first), rec.weights[p] / 0.3, latency


# %%
learnt = [events(seed) for seed in range(5)]
first = np.array([f for f, _, _ in learnt])
mean = first.mean(axis=0)
snn.plots.curve(np.arange(400), mean, "event", "first spike (ms after the mean input)")
plt.show()
earlier = first[:, :10].mean(axis=1) - first[:, -10:].mean(axis=1)
half = student_t.ppf(0.975, 4) * earlier.std(ddof=1) / np.sqrt(5)
print(
    f"first ten events against the last ten: earlier by {earlier.mean() - half:.0f} to {earlier.mean() + half:.0f} ms (95 %)"
)
for name, chosen in (("earlier", lambda late: late < -10), ("later", lambda late: late > 10)):
    print(
        f"inputs more than 10 ms {name} than the mean: weight {np.mean([w[chosen(late)].mean() for _, w, late in learnt]):.2f}"
    )

# %% [markdown]
# The neuron answers earlier: early inputs come before the first spike and grow, and then they make it earlier still; late ones come after it and shrink. As in the paper, **latency** falls and the weights of late inputs vanish.
#
# ## Homeostasis: a rate to keep
#
# A rule with a bound and a bit of luck keeps a neuron alive. Neurons do more: over hours and days they scale *all* their synapses, up if they fire too little, down if too much. This is **homeostasis**, here synaptic scaling (Turrigiano and others, 1998). With a slow trace $z$ (time constant $\tau_z$) of the own
# spikes, whose mean is rate times $\tau_z$, and a target rate $r^*$:
#
# $$\tau_h \frac{dw}{dt} = w \left(1 - \frac{z}{r^* \tau_z}\right) \qquad (7)$$
#
# A factor for all keeps what the synapses have learnt, their ratios. The neuron of Song, without STDP, started too weak and too strong; the target is 10 Hz:

# %%
scaling = snn.Homeostasis(target=0.01, tau_z=5000.0, tau_h=50_000.0, w_max=5.0)
pattern = np.random.default_rng(SEED).uniform(0.5, 1.5, 1000)
for name, start in (("weak", 0.045), ("strong", 0.15)):
    w, t = compete(15.0, SEED, seconds=600.0, rule=scaling, w=start * pattern)
    begin, end = (t < 5000.0).sum() / 5.0, (t > 300_000.0).sum() / 300.0
    ratio = w / pattern
    print(f"{name:6}: below 8 or above 12 Hz at first: {not 8 < begin < 12}; {end:.0f} Hz in the end;"
          f" ratios kept: {np.ptp(ratio) < 1e-9 * ratio.mean()}")  # fmt: skip

# %% [markdown]
# ## Cross-check: STDP in Brian2
#
# Brian2 has no STDP object. You write it, in `Synapses`: the traces are equations, marked `event-driven`, so that they are computed when a spike comes, and `on_pre` and `on_post` are (5). Four inputs with spikes of their own, one neuron that is also driven by a current:

# %% tags=["worked-program"]
import brian2 as b2

b2.prefs.codegen.target = "numpy"  # so small a network needs no compiler
b2.start_scope()
b2.defaultclock.dt = 0.1 * b2.ms

trains = snn.poisson(30.0, 4, 1000.0, seed=SEED)
step = np.unique(np.round(trains.t / 0.1).astype(int) * 4 + trains.i)  # at most one spike per step
t_in, i_in = (step // 4) * 0.1, step % 4
sender = b2.SpikeGeneratorGroup(4, i_in, t_in * b2.ms)
neuron = b2.NeuronGroup(1, """dv/dt = (-(v - E_L) + R_m*(I + g))/tau_m : volt (unless refractory)
                              dg/dt = -g/tau_s : amp""",
                        threshold="v >= v_th", reset="v = v_reset", refractory=2.1 * b2.ms, method="exact")  # fmt: skip
neuron.v = -70 * b2.mV
plastic = b2.Synapses(
    sender, neuron,
    """w : amp
       dx/dt = -x/tau_plus : 1 (event-driven)
       dy/dt = -y/tau_minus : 1 (event-driven)""",
    on_pre="""g_post += w
              w = clip(w - A_minus*w_max*y, 0*amp, w_max)
              x += 1""",
    on_post="""w = clip(w + A_plus*w_max*x, 0*amp, w_max)
               y += 1""",
)  # fmt: skip
plastic.connect()
plastic.w = 150 * b2.pA
plastic.delay = 1.0 * b2.ms  # of on_pre
values = {"tau_m": 20 * b2.ms, "R_m": 100 * b2.Mohm, "E_L": -70 * b2.mV, "v_th": -50 * b2.mV, "v_reset": -65 * b2.mV,
          "tau_s": 5 * b2.ms, "I": 190 * b2.pA, "w_max": 300 * b2.pA, "A_plus": 0.02, "A_minus": 0.03,
          "tau_plus": 17 * b2.ms, "tau_minus": 34 * b2.ms}  # fmt: skip
monitor = b2.SpikeMonitor(neuron)
b2.run(1000 * b2.ms, namespace=values)

# %%
inputs = snn.SpikeTrains(
    np.round(t_in + 0.1, 6), i_in, n=4, t_stop=1001.0
)  # Brian2 stamps the beginning of a step
cell = snn.Population(snn.LIF(), 1, receptors={"exc": snn.ExpCurrent(5.0)})
rule = snn.PairSTDP(A_plus=0.02, A_minus=0.03, tau_plus=17.0, tau_minus=34.0, w_max=300.0)
wires = snn.Projection(inputs, cell, snn.all_to_all(), w=150.0, delay=1.0, plasticity=rule)
ours = snn.simulate(cell, I=190.0, t_stop=1000.0, projections=[wires], seed=SEED)
brian2_w, brian2_t = plastic.w / b2.pA, monitor.t / b2.ms
same = len(brian2_t) == len(ours.spikes) and np.allclose(brian2_t + 0.1, ours.spikes.t)
print(f"spikes: snnlab {len(ours.spikes)}, Brian2 {len(brian2_t)}; every one at the same time: {same}")
print("weights (pA), snnlab:", ours.weights[wires].round(4))
print("weights (pA), Brian2:", np.asarray(brian2_w).round(4))
print(f"equal to 1e-9 pA: {np.abs(brian2_w - ours.weights[wires]).max() < 1e-9}")

# %% [markdown]
# In both the delay is that of the axon: STDP sees the pre spike when it *arrives*.
#
# ## Close
#
# **In five lines**
#
# - Hebb: who causes, grows. STDP tells cause from consequence by the order of the spikes.
# - Two traces per synapse replace the sum over all pairs, to the last digit.
# - Chance has a drift. It depends on the areas of the window, on dt, and on what happens to a pair in one step.
# - Additive STDP makes inputs compete: two groups of weights, early inputs first.
# - A sign mistake can hide behind a picture. A test with numbers that are all different finds it.
#
# **Ask yourself**, and write your answers down. The next cell computes them.
#
# 1. Both neurons fire regularly at 50 Hz, the post neuron always 5 ms after the pre neuron. $A_-/A_+ = 1.05$: does the synapse grow?
# 2. The same with nearest neighbours only?
# 3. Song's neuron with $A_-/A_+ = 0.9$: what becomes of the thousand weights?

# %%
for number, rule in ((1, snn.PairSTDP), (2, snn.NearestSTDP)):
    w = paired([5.0], rule(A_plus=0.002, A_minus=0.0021), interval=20.0)
    print(f"{number}. {'grows' if w[-1, 0] > 0.5 else 'shrinks'}, by {abs(w[-1, 0] - 0.5):.3f} in 60 pairs")
w, t = compete(10.0, SEED, seconds=300.0, rule=snn.PairSTDP(A_plus=0.005, A_minus=0.0045, w_max=0.15))
print(f"3. above nine tenths of the largest: {100 * (w > 0.9).mean():.0f} %")

# %% [markdown]
# **Further reading**
#
# - Gerstner, Kistler, Naud & Paninski (2014), *Neuronal Dynamics*, chapter 19. <https://doi.org/10.1017/CBO9781107447615>
# - Oja (1982), *Simplified neuron model as a principal component analyzer*. <https://doi.org/10.1007/BF00275687>
# - Bi & Poo (1998), *Synaptic modifications in cultured hippocampal neurons*. <https://doi.org/10.1523/JNEUROSCI.18-24-10464.1998>
# - Song, Miller & Abbott (2000), *Competitive Hebbian learning through spike-timing-dependent synaptic plasticity*. <https://doi.org/10.1038/78829>
# - Morrison, Diesmann & Gerstner (2008), *Phenomenological models of synaptic plasticity based on spike timing*. <https://doi.org/10.1007/s00422-008-0233-1>
# - Turrigiano et al. (1998), *Activity-dependent scaling of quantal amplitude in neocortical neurons*. <https://doi.org/10.1038/36103>
#
# **Solutions**: the notebook of the same name in the folder `solutions`, [here](../../solutions/10_stdp/10_stdp.ipynb). Try first.
#
# **Next**, lesson 11: thousands of neurons that excite and inhibit each other.

# %%
check.summary()

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: the plan
#
# | minutes | what | how |
# |---|---|---|
# | 0–6 | first picture, predict | count the hands for the three answers, and keep the count |
# | 6–14 | Hebb and Oja | ask what stops (1) before you show (2) |
# | 14–36 | traces, 10.1 | draw two trains on the board and let one student be the trace |
# | 36–52 | the window, 10.2 | the readings to 0.001 are the point: how many pairs? |
# | 52–58 | play | who finds the rate at which lag 10 ms turns to depression? |
# | 58–80 | drift, 10.3 | draw the window as bars of width dt, and colour the bar at 0 |
# | 80–95 | bug hunt | let neighbours try to fool each other's test with a wrong rule |
# | 95–118 | Song, two groups, events, homeostasis | the count from the beginning; then: how small may c be? |
# | 118–125 | close | question 3 before the cell runs |

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: three misconceptions
#
# | misconception | the wrong answer that reveals it | what helps |
# |---|---|---|
# | A spike reads its own trace. | 10.4 "traces exchanged" | ask who has to know what of whom |
# | STDP is a sum, and bounds come last. | 10.1 "the double sum, clipped at the end" | a weight at its bound, one pair up, one down; then the other order |
# | Without a cause nothing changes. | 10.3 "as if independent", and zero for p = 0 | coincidences have a drift: count them |

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: marking and discussion
#
# | exercise | points | give them for |
# |---|---|---|
# | 10.1 | 4 | 2 the traces; 1 the bounds at every spike; 1 the same moment |
# | 10.2 | 3 | 1 many pairs; 1 far apart and not too many; 1 the sign of the lag |
# | 10.3 | 4 | 2 the two sums; 1 the caused pairs; 1 the rate that they add |
# | 10.4 | 4 | 2 the rule; 2 a test with numbers that are all different |
#
# Discuss:
#
# 1. Does a brain have a dt? What would a pair "at the same moment" be?
# 2. Additive STDP forgets: two groups form even if the inputs carry nothing. Is this learning?
