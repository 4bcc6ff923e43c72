# %% [markdown]
# # One LIF neuron
#
# **How much current makes a neuron fire, and how often?**
#
# | | |
# |---|---|
# | **Time** | 90 to 120 minutes; two pauses are marked |
# | **You need** | lesson 00; exponential decay; Python functions and NumPy arrays |
# | **You will be able to** | derive the equation of a neuron from a circuit, and simulate it in two ways;<br>say which numbers decide whether it fires, and which how often;<br>read the parameters of an unknown neuron off a recording;<br>run the same neuron in Brian2, and explain every difference |
# | **Points** | 13, in four exercises |

# %%
import matplotlib.pyplot as plt
import numpy as np

import snnlab as snn
from snnlab.checks import check, todo
from snnlab.checks.ex_01 import record_neuron

SEED = 1  # all randomness of this lesson comes from here

# %%
lif = snn.LIF()  # one neuron, with the parameters of this lesson
I = snn.step(300.0, 20.0, 120.0)  # 300 pA, from 20 ms to 120 ms
rec = snn.simulate(lif, I=I, t_stop=160.0, record=["v"], seed=SEED)
top, bottom = snn.plots.panels(2.6, 1.0)
snn.plots.trace(rec, "v", ax=top)
snn.plots.current(I, rec.t, ax=bottom)
plt.show()
print(f"{len(rec.spikes)} spikes, the first at {rec.spikes.t[0]:.1f} ms")

# %% [markdown]
# Above is the voltage of one neuron, below the current that is sent into it. Each tall line is a spike.
#
# ## One minute: make it fire five times
#
# This neuron is alive. **Hold the blue button to inject current**, and let go to stop. The space bar does the same:
# click into the picture first. Tick *Sound* to hear every spike. Your goal: exactly five spikes in 200 ms.
#
# There are two ways. Find both:
#
# 1. hold the button from the beginning to the end, and choose the current with the slider;
# 2. leave the current at 300 pA, and let go in time.

# %%
snn.explore(lif, I=300.0, goal={"spikes": 5, "within": 200.0}, title="One neuron")

# %% [markdown]
# ## Predict: twice the current
#
# At 300 pA this neuron fires 49.2 times per second, if the current stays on. (That is one second divided by the interval
# between two spikes. The explorer says 45 Hz, since it counts 9 spikes in 200 ms, and in the first second you would count 48: the
# first spike takes longer than an interval, and a count cuts the last interval off.) Before you go on, commit yourself:
#
# - How often does it fire at 600 pA, **twice the current**? About as often, twice as often, or something else? Type a number.
# - Does it fire at 200 pA?
#
# Nobody grades this. A wrong guess that you wrote down teaches more than a right one that you read.

# %%
rate_at_600 = None  # your prediction in Hz, a number such as 49.2
fires_at_200 = None  # your prediction, True or False

# %% [markdown]
# ## A membrane is a circuit
#
# A cell is a drop of salt water in salt water, with a thin skin of fat between them: the **membrane**. Inside and
# outside differ in charge, so that there is a voltage across the skin, the **membrane potential** $v$ (in mV, inside minus outside). Two
# things can happen to a current $I$ that you inject:
#
# - it charges the membrane, which is a **capacitor**: $C_m\, dv/dt$;
# - it leaks out through pores, which are a **resistor**: $(v - E_L)/R_m$. No current leaks when $v$ is at rest,
#   the **leak potential** $E_L$: in the drawing, a battery of this voltage stands in line with the resistor.


# %% jupyter={"source_hidden": true} tags=["worked-program"]
def wire(ax, *points):
    ax.plot(*zip(*points, strict=True), color="#222222", linewidth=1.5)


(ax,) = snn.plots.panels(2.9)
for x in (1.0, 3.5, 6.0):  # three branches between inside and outside
    wire(ax, (x, 0.0), (x, 1.0))
    wire(ax, (x, 2.4), (x, 3.0))
wire(ax, (1.0, 0.0), (6.0, 0.0))
wire(ax, (1.0, 3.0), (6.0, 3.0))
ax.add_patch(plt.Circle((1.0, 1.7), 0.7, fill=False, color="#222222", linewidth=1.5))
ax.annotate("", (1.0, 2.2), (1.0, 1.2), arrowprops={"arrowstyle": "->", "color": "#b04a10", "linewidth": 2.0})
wire(ax, (3.5, 1.0), (3.5, 1.6))
wire(ax, (3.5, 1.8), (3.5, 2.4))
wire(ax, (3.1, 1.6), (3.9, 1.6))
wire(ax, (3.1, 1.8), (3.9, 1.8))
ax.add_patch(plt.Rectangle((5.8, 1.5), 0.4, 0.9, fill=False, color="#222222", linewidth=1.5))
wire(ax, (6.0, 1.5), (6.0, 1.25))
wire(ax, (5.65, 1.25), (6.35, 1.25))
wire(ax, (5.8, 1.1), (6.2, 1.1))
wire(ax, (6.0, 1.1), (6.0, 1.0))
for x, y, text in [(1.85, 1.7, "injected\ncurrent $I$"), (4.05, 1.7, "capacitor $C_m$"), (6.5, 1.9, "resistor $R_m$"),
                   (6.5, 1.15, "battery $E_L$"), (6.3, 3.0, "inside"), (6.3, 0.0, "outside")]:  # fmt: skip
    ax.text(x, y, text, va="center", fontsize=11, color="#222222")
ax.set(xlim=(0.0, 8.4), ylim=(-0.3, 3.3), aspect="equal")
ax.axis("off")
snn.plots.set_alt_text(ax.figure, "Circuit of the membrane: between inside and outside stand, side by side, the source of "
                       "the injected current, the capacitor C_m, and the resistor R_m in series with the battery E_L.")  # fmt: skip
plt.show()

# %% [markdown]
# Charge does not get lost: what is injected is what charges plus what leaks,
# $I = C_m\, dv/dt + (v - E_L)/R_m$. Multiply by $R_m$, and call the product $\tau_m = R_m C_m$:
#
# $$\tau_m \frac{dv}{dt} = -(v - E_L) + R_m I \qquad (1)$$
#
# | symbol | in code | what it is | unit | here |
# |---|---|---|---|---|
# | $v$ | `v` | membrane potential | mV | |
# | $I$ | `I` | injected current | pA | |
# | $\tau_m$ | `tau_m` | **membrane time constant**, $R_m C_m$ | ms | 20 |
# | $R_m$ | `R_m` | membrane resistance | GOhm | 0.1 |
# | $C_m$ | | membrane capacitance; in the code it is part of `tau_m` | pF | 200 |
# | $E_L$ | `E_L` | leak (resting) potential | mV | -70 |
#
# The units fit together without any factor: GOhm times pF is ms (0.1 times 200 is 20), and GOhm times pA is mV. So $R_m I$ at 300 pA is 30 mV, and both sides of (1) are in mV.
#
# Read (1) aloud: *v is pulled back to $E_L$ and pushed up by $R_m I$; the larger $\tau_m$, the slower.* That is the
# **leaky integrator**. Here is the line that the library runs, with the same symbols:
#
# ```python
# def dynamics(v, I, tau_m, R_m, E_L):
#     dv = (-(v - E_L) + R_m * I) / tau_m
#     return dv
# ```

# %% [markdown]
# ## One step at a time: Euler
#
# A computer does not know $v(t)$; it knows $v$ now, and equation (1) tells the slope. **Euler's method** goes straight on along that
# slope for a short time, the **time step** $dt$ (ms). For any quantity $y$ that changes with slope $y'$:
#
# $$y(t + dt) \approx y(t) + dt \; y'(t)$$
#
# **Exercise 01.1** Write one Euler step of equation (1). The check also runs it on a ramp of current and with other steps.


# %% nbgrader={"grade_id": "ex-01-1", "solution": true}
def euler_step(v, I, dt, tau_m, R_m, E_L):
    """The membrane potential one step later, in mV.

    v, E_L : mV.   I : pA, constant during the step.   dt, tau_m : ms.   R_m : GOhm.
    """
    ### BEGIN SOLUTION
    slope = (-(v - E_L) + R_m * I) / tau_m
    return v + dt * slope
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-01-1", "grade": true, "locked": true, "points": 2}
check.ex_01_1(euler_step)

# %% [markdown]
# **How long may a step be?** Equation (1) says that $v$ creeps up and never overshoots. Below, your step runs with
# $dt$ = 1, 10, 30 and 45 ms, at 150 pA. Which of the four is still a good neuron? Say it before you look.

# %% tags=["raises-exception"]
ax, names = None, ("time (ms)", "membrane potential (mV)")
for dt in (1.0, 10.0, 30.0, 45.0):
    v = [lif.E_L]
    for _ in range(int(180.0 / dt)):
        v.append(euler_step(v[-1], 150.0, dt, lif.tau_m, lif.R_m, lif.E_L))
    ax = snn.plots.curve(dt * np.arange(len(v)), v, *names, f"dt = {dt:g} ms", ax=ax)
    print(f"dt = {dt:4.1f} ms: v ends at {v[-1]:7.2f} mV")
plt.show()

# %% [markdown]
# Only $dt$ = 1 ms is a good neuron. At 10 ms $v$ creeps up as it should and ends at the right place, but too fast: after 20 ms it has
# done 75 % of the way, and you will soon see that 63 % are right. At 30 ms it swings around its aim, and at 45 ms it explodes.
#
# From $dt > \tau_m$ on, a step shoots over its aim; from $dt > 2\tau_m$ on, each miss is larger than the one before. Here
# $\tau_m$ is 20 ms.
#
# ## The exact step
#
# While $I$ is constant, equation (1) can be solved. From rest, $v$ follows the **charging curve**
#
# $$v(t) = E_L + R_m I \left(1 - e^{-t/\tau_m}\right), \qquad (2)$$
#
# and from any other start $v_0$ (mV), with the aim $v_\infty = E_L + R_m I$ (mV),
#
# $$v(t) = v_\infty + (v_0 - v_\infty)\, e^{-t/\tau_m}. \qquad (3)$$
#
# After one $\tau_m$, $1 - 1/e$ = 63 % of the way to $v_\infty$ are done. The next cell measures that.

# %%
rec = snn.simulate(lif, I=150.0, t_stop=100.0, record=["v"], seed=SEED)
v, theory = rec.traces["v"][:, 0], snn.theory.lif_voltage(rec.t, 150.0, lif)
names = ("time (ms)", "membrane potential (mV)")
ax = snn.plots.curve(rec.t, v, *names, "simulated")
snn.plots.curve(rec.t, theory, *names, "equation (2)", ax=ax)
plt.show()
print(f"v rises from {v[0]:.1f} mV; after 20 ms it stands at {v[200]:.2f} mV,")
print(f"{(v[200] - v[0]) / 15.0:.3f} of the way to -55 mV; 1 - 1/e is {1 - np.exp(-1):.3f}")

# %% [markdown]
# ## Fire, reset, hold
#
# Equation (1) alone never makes a spike. A real spike takes about a millisecond, and looks the same every time (lesson 02). So we
# leave its shape out, and keep three rules. With them, the leaky integrator becomes the **leaky integrate-and-fire neuron**, LIF:
#
# | symbol | rule | unit | here |
# |---|---|---|---|
# | $v_{\rm th}$ | **threshold**: when $v$ reaches it, the neuron fires; the time is written down, and that is all a spike is | mV | -50 |
# | $v_{\rm reset}$ | **reset**: at once, $v$ is set to this value | mV | -65 |
# | $t_{\rm ref}$ | **absolute refractory period**: so long $v$ is held there, whatever comes in | ms | 2 |
#
# Plots draw each spike up to 0 mV. It is only drawn: no sample is ever above threshold.
#
# On a grid of steps, the refractory period is a number of steps, and a whole number is what should count it. Let
# `left` say for how many more steps the neuron is held. In each step, one of these happens:
#
# - `left` is above 0: the neuron is held;
# - `left` is 0: the neuron moves on by $dt$, and stays below threshold;
# - `left` is 0: the neuron moves on by $dt$, and reaches threshold: that step ends in a spike, with $v$ already at reset.
#   Of the following steps, exactly $t_{\rm ref}/dt$ are held.
#
# The **exact update** is equation (3) over one step: its start $v_0$ is the present `v`, and its time $t$ is `dt`. Whatever the
# current does later, it is constant during this one step, and that is all that (3) needs.
#
# **Exercise 01.2** Write one step of an LIF neuron, with the exact update. The check runs it on a step of current, on a ramp, on an uneven current, and with refractory periods of 0 and 0.7 ms.


# %% nbgrader={"grade_id": "ex-01-2", "solution": true}
def lif_step(v, left, I, dt, tau_m, R_m, E_L, v_th, v_reset, t_ref):
    """One step: returns (v, left, spike) at t + dt.

    v, E_L, v_th, v_reset : mV.   dt, tau_m, t_ref : ms.   R_m : GOhm.
    I : pA, constant during the step.
    left : for how many more steps the neuron is held, an integer.
    spike : True or False.
    """
    ### BEGIN SOLUTION
    if left > 0:
        return v, left - 1, False
    v_inf = E_L + R_m * I
    v = v_inf + (v - v_inf) * np.exp(-dt / tau_m)
    if v >= v_th:
        return v_reset, round(t_ref / dt), True
    return v, 0, False
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-01-2", "grade": true, "locked": true, "points": 4}
check.ex_01_2(lif_step)

# %% [markdown]
# That is a simulator. Run it beside the library's on a current that no formula knows: a new random value in every millisecond.

# %% tags=["raises-exception"]
I = np.repeat(np.random.default_rng(SEED).uniform(0.0, 800.0, 200), 10)  # pA, 0.1 ms each
parameters = {name: getattr(lif, name) for name in lif.parameters()}
v, left, mine = lif.E_L, 0, []
for k in range(len(I)):
    v, left, spike = lif_step(v, left, I[k], dt=0.1, **parameters)
    if spike:
        mine.append(0.1 * (k + 1))  # the end of the step
rec = snn.simulate(lif, I=I[:, None], t_stop=200.0, record=["v"], seed=SEED)
snn.plots.trace(rec, "v")
plt.show()
same = np.array_equal(np.round(mine, 6), np.round(rec.spikes.t, 6))
print(f"yours: {len(mine)} spikes, snnlab: {len(rec.spikes)}, same times: {same}")

# %% [markdown]
# ## When exactly? Time on a grid
#
# Two simulators are used so widely that you will meet both:
#
# - **NEST** is written in C++ and runs large networks, up to those on supercomputers;
# - **Brian2** is written in Python and takes the model's equations as text.
#
# A **sample** is the value of a variable that is written down at one time of the grid. The **stamp** of a spike is the time
# that is written down for it.
#
# Simulators agree on equation (1), and not on the clock. A step goes from $t$ to $t + dt$; what is written down, and under which time?
# All three below run the neuron of this lesson at 300 pA, $dt$ = 0.1 ms, $t_{\rm ref}$ = 2 ms.
#
# | | snnlab | NEST 3.10 | Brian2 |
# |---|---|---|---|
# | order in a step | record, integrate, threshold, reset | integrate, threshold, reset, record | record, integrate, threshold, reset |
# | the first sample | at 0 ms | at 0.1 ms | at 0 ms |
# | a sample at $t$ shows | the state at $t$, after a reset | the same | the same |
# | a spike between $t$ and $t + dt$ is stamped | $t + dt$ | $t + dt$ | $t$ |
# | updates that are held for `2 ms` | 20 | 20 | 19 |
# | first spikes (ms) | 22.0, 42.4, 62.8 | 22.0, 42.4, 62.8 | 21.9, 42.2, 62.5 |
#
# You will measure Brian2's column yourself, below. NEST's was measured with its model `iaf_psc_exp` for this page.
# Nobody is wrong here; but who compares two simulators without this table finds "bugs".
#
# **A good place for a pause.**

# %% [markdown]
# ## How often? The f–I curve
#
# At a constant current every interval is the same: hold for $t_{\rm ref}$, then climb from $v_{\rm reset}$ to
# $v_{\rm th}$. Put $v_0 = v_{\rm reset}$ and $v(t) = v_{\rm th}$ into (3), solve for $t$, and you have the **interval** (ms):
#
# $$T = t_{\rm ref} + \tau_m \ln \frac{R_m I - (v_{\rm reset} - E_L)}{R_m I - (v_{\rm th} - E_L)} \qquad (4)$$
#
# The rate is $1000/T$ (Hz). If $E_L + R_m I$ is not above threshold, $v$ never gets there: the neuron is silent. The largest current that never makes it
# fire is the **rheobase**, $I_{\rm rh} = (v_{\rm th} - E_L)/R_m$ (pA).
#
# Now look at what you predicted. Small steps of 0.01 ms keep the error of the grid small.

# %%
currents = np.array([200.0, 300.0, 600.0])  # pA
three = snn.Population(lif, 3)  # three equal neurons, a current for each
spikes = snn.simulate(three, I=currents, t_stop=1000.0, dt=0.01, seed=SEED).spikes
rate_measured = []  # Hz
for i, formula in enumerate(snn.theory.lif_rate(currents, lif)):
    intervals = np.diff(spikes.of(i))  # ms
    rate_measured.append(1000.0 / intervals.mean() if len(intervals) else 0.0)
    print(f"{currents[i]:.0f} pA: simulated {rate_measured[i]:5.1f} Hz, by (4) {formula:5.1f} Hz")

# %%
if rate_at_600 is None or fires_at_200 is None:
    print("A prediction is missing: go back and make it, it takes a minute.")
else:
    if type(rate_at_600) in (int, float) and 0 <= rate_at_600 < 1e6:
        ratio = rate_at_600 / rate_measured[2]
        print(f"You said {rate_at_600:g} Hz at 600 pA: {ratio:.2f} times what it is.")
    else:
        print("What you wrote for 600 pA is no rate: type a number in Hz.")
    if fires_at_200 is True or fires_at_200 is False:
        verdict = "wrong" if fires_at_200 else "right"
        print(f"You said {fires_at_200} for 200 pA: {verdict}, it is silent there.")
    else:
        print("What you wrote for 200 pA is neither True nor False.")

# %% [markdown]
# Twice the current gave 2.4 times the rate, and at 200 pA there is no spike, however long you wait: $v$ only creeps up to
# $v_{\rm th}$. The curve of rate against current, the **f–I curve**, shows why. It starts at the rheobase, not at 0 pA, so that doubling the current more than doubles what is *above* rheobase.

# %%
I = np.linspace(0.0, 1000.0, 200)
rates = snn.simulate(snn.Population(lif, 200), I=I, t_stop=1000.0, seed=SEED).spikes.rate()
snn.plots.fi(I, rates, theory=lambda I: snn.theory.lif_rate(I, lif))
plt.show()
print(f"rheobase {snn.theory.lif_rheobase(lif):.0f} pA; at 1000 pA {rates[-1]:.0f} Hz")

# %% [markdown]
# ## Play: turn every knob
#
# Move `I` over its range, and follow the curve of rate against current; then change one knob, and do it again. Say what will
# happen before you move it.
#
# 1. Which sliders move the rheobase, where the curve leaves zero? One that you would expect does not.
# 2. Set the current to 900 pA. Which slider holds the rate down now?
# 3. Raise `v_reset` towards threshold. What happens to the intervals, and to the rheobase?
#
# <details><summary>Answers</summary>
#
# 1. `v_th` and `R_m`: they stand in $(v_{\rm th} - E_L)/R_m$, as does $E_L$, which has no slider here. `tau_m` does not: it says how fast
#    $v$ gets to its aim, not where the aim is.
# 2. `t_ref`: it takes 2 ms of an interval of 5.9 ms, while at 300 pA it takes 2 of 20.3 ms. At `t_ref` = 10 ms the rate stays below 100 Hz,
#    whatever the current.
# 3. The intervals get shorter, since the way from reset to threshold does. The rheobase stays: it only asks whether $v$ gets to
#    threshold at all.
#
# </details>

# %%
knobs = {"I": (0.0, 1000.0, 5.0), "tau_m": (5.0, 50.0), "R_m": (0.02, 0.3)}
knobs |= {"v_th": (-60.0, -40.0), "v_reset": (-80.0, -61.0), "t_ref": (0.0, 10.0)}
presets = {"fast membrane": {"tau_m": 5.0}, "no refractory period": {"t_ref": 0.0}}
snn.explore(lif, knobs, I=300.0, presets=presets, hold=None, title="All its knobs")

# %% [markdown]
# ## Your own neuron
#
# Somebody handed you a neuron and kept its parameters. It is yours: your name decides its numbers, and no two students have the same. Type your
# student id, or your name, between the quotation marks below; give the neuron a name too.
#
# You get two recordings, each of 350 ms, with samples every 0.1 ms. The current comes on at 50 ms and stays: 60 pA in the weak one, 500 pA in the strong one.

# %%
STUDENT = "ada"  # yours
NEURON_NAME = "Ada's neuron"
I_WEAK, I_STRONG, T_ON = 60.0, 500.0, 50.0  # pA, pA, ms

t, v_weak, v_strong = record_neuron(STUDENT)
weak, strong = snn.plots.panels(2.0, 2.6)
snn.plots.curve(t, v_weak, "time (ms)", "v (mV), 60 pA", ax=weak)
snn.plots.curve(t, v_strong, "time (ms)", "v (mV), 500 pA", ax=strong)
plt.show()
print(f"{len(t)} samples in each recording")

# %%
early = slice(480, 900)  # the samples from 48 ms to 90 ms
ax = snn.plots.curve(t[early], v_strong[early], "time (ms)", "v (mV), 500 pA")
plt.show()
print(f"lowest {v_strong.min():.2f} mV, highest {v_strong.max():.2f} mV")

# %% [markdown]
# Nothing is drawn here that was not measured: no sample is above threshold, and the spikes themselves are missing.
#
# **Exercise 01.3** Write down, as code, how you read the six parameters off the two recordings. The check runs it on your
# neuron, and on one that you have not seen. It wants $R_m$ within 1 %, $\tau_m$ within 2 %, and $v_{\rm th}$ within the rise of $v$ in one step; the others show exactly.
#
# Useful: `np.argmax(v > x)` is the first place where `v > x`; `np.diff(v)` is the change from each sample to the next.


# %% nbgrader={"grade_id": "ex-01-3", "solution": true}
def estimate(t, v_weak, v_strong):
    """The parameters of an LIF neuron, from two recordings with current from T_ON on.

    t : ms.   v_weak, v_strong : mV, with I_WEAK and I_STRONG (pA).   Arrays of one length.
    Returns a dictionary: "E_L", "v_th", "v_reset" in mV, "R_m" in GOhm,
    "tau_m" and "t_ref" in ms.
    """
    E_L = v_weak[0]  # it rests before the current comes on
    ### BEGIN SOLUTION
    v_end = v_weak[-1]
    R_m = (v_end - E_L) / I_WEAK
    v_tau = E_L + (1 - np.exp(-1)) * (v_end - E_L)  # where v stands after one tau_m
    tau_m = t[np.argmax(v_weak > v_tau)] - T_ON
    v_th = v_strong.max()
    resets = np.flatnonzero(np.diff(v_strong) < 0) + 1  # samples lower than the one before
    v_reset = v_strong[resets[0]]
    held = np.sum(v_strong[resets[0] : resets[1]] == v_reset) - 1  # the gaps between them
    t_ref = held * (t[1] - t[0])
    ### END SOLUTION
    return dict(E_L=E_L, R_m=R_m, tau_m=tau_m, v_th=v_th, v_reset=v_reset, t_ref=t_ref)


# %% nbgrader={"grade_id": "check-01-3", "grade": true, "locked": true, "points": 4}
check.ex_01_3(estimate, student=STUDENT)

# %% [markdown]
# The proof of a model is a prediction. Build the neuron that you estimated, send it the strong current, and count.

# %% tags=["raises-exception"]
my_neuron = snn.LIF(**estimate(t, v_weak, v_strong))
I = snn.step(I_STRONG, T_ON)
rec = snn.simulate(my_neuron, I=I, t_stop=350.0, record=["v"], seed=SEED)
recorded = np.sum(np.diff(v_strong) < 0)
snn.plots.trace(rec, "v")
plt.show()
print(f"your model: {len(rec.spikes)} spikes, the recording: {recorded}")
for name in my_neuron.parameters():
    print(f"{name:8} {getattr(my_neuron, name):8.3f} {my_neuron.units[name]}")

# %% [markdown]
# ## Reproduce: Lapicque's curve of 1907
#
# Louis Lapicque sent short pulses of current through the nerve of a frog, and asked how strong a pulse of $T$ ms must be to excite it. He
# thought of the membrane as a leaky capacitor with a threshold: equation (1) and a line at $v_{\rm th}$, thirty years before anybody saw
# a spike from inside a cell. Put $v(T) = v_{\rm th}$ into (2), and solve for the current:
#
# $$I_{\rm th}(T) = \frac{I_{\rm rh}}{1 - e^{-T/\tau_m}} \qquad (5)$$
#
# This is the **strength–duration curve**. The duration at which twice the rheobase is needed, $\tau_m \ln 2$, is the
# **chronaxie**. Circuit and threshold are Lapicque's. The reset, trains of spikes, and the words rheobase and chronaxie came later.
#
# Now be Lapicque: for each duration, search for the weakest pulse that makes a neuron fire. Nothing in the search knows
# equation (5): it halves the interval between a pulse that is too weak and one that is strong enough, forty times.


# %%
def weakest_pulse(T):
    """The weakest current (pA) that excites a resting neuron, for durations T (ms)."""
    too_weak, enough = np.zeros(len(T)), np.full(len(T), 1e5)
    for _ in range(40):
        middle = 0.5 * (too_weak + enough)
        pulses = snn.step(middle, 0.0, T)  # one pulse for each neuron
        neurons = snn.Population(lif, len(T))
        rec = snn.simulate(neurons, I=pulses, t_stop=T.max() + 1.0, seed=SEED)
        fired = rec.spikes.counts() > 0
        too_weak = np.where(fired, too_weak, middle)
        enough = np.where(fired, middle, enough)
    return enough


# %%
T = np.array([1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0])  # ms
I_th, I_paper = weakest_pulse(T), snn.theory.lif_strength_duration(T, lif)
for k in range(len(T)):
    print(f"{T[k]:5.0f} ms: found {I_th[k]:7.2f} pA, Lapicque's law {I_paper[k]:7.2f} pA")
print(f"all within 0.01 %: {np.allclose(I_th, I_paper, rtol=1e-4)}")

# %%
fine = np.geomspace(0.8, 120.0, 100)  # ms
names = ("duration of the pulse (ms)", "weakest current (pA)")
law = snn.theory.lif_strength_duration(fine, lif)
ax = snn.plots.curve(fine, law, *names, "Lapicque's law", log="xy")
ax.plot(T, I_th, "s", color="#b04a10", label="found")
ax.axhline(200.0, linestyle=":", color="#5c5c5c", label="rheobase")
ax.legend(frameon=False)
plt.show()

# %%
at_twice = snn.simulate(lif, I=400.0, t_stop=50.0, dt=0.01, seed=SEED).spikes.t[0]
chronaxie = snn.theory.lif_chronaxie(lif)
print(f"chronaxie: found {at_twice:.2f} ms; tau_m ln 2 is {chronaxie:.2f} ms")
print(f"equal within one step of 0.01 ms: {0.0 <= at_twice - chronaxie <= 0.01}")

# %% [markdown]
# **Which pulse is the cheapest?** A stimulator in a patient runs on a battery. One pulse costs the charge $Q = I_{\rm th} T$
# (pA ms) and, since it flows through a resistance, an energy in proportion to $I_{\rm th}^2\, T$. Guess the best duration for each: short, long, or in between?

# %%
T = 0.1 * np.arange(1, 601)  # 0.1 to 60 ms
I_th = weakest_pulse(T)
charge, energy = I_th * T, I_th**2 * T
names = ("duration of the pulse (ms)", "cost / least cost")
ax = snn.plots.curve(T, charge / charge.min(), *names, "charge")
snn.plots.curve(T, energy / energy.min(), *names, "energy", ax=ax)
ax.set_ylim(0.9, 4.0)
plt.show()
cheapest = T[charge.argmin()], T[energy.argmin()]
print(f"least charge: at {cheapest[0]:.1f} ms, the shortest tried, {charge.min():.0f} pA ms")
print(f"least energy: at {cheapest[1]:.1f} ms, {cheapest[1] / lif.tau_m:.3f} tau_m")
theory = snn.theory.lif_least_energy_duration(lif) / lif.tau_m
print(f"theory: 4000 pA ms in the limit of 0 ms, and {theory:.3f} tau_m")

# %% [markdown]
# A very short pulse has no time to leak: it needs the charge $I_{\rm rh} \tau_m$ = 4000 pA ms and not more. But it needs a huge current,
# and energy grows with its square. A long pulse wastes both.
#
# **Another good place for a pause.**

# %% [markdown]
# ## Cross-check: the same neuron in Brian2
#
# Never trust one program, not even this one. [Brian2](https://brian2.readthedocs.io) is a simulator that other people wrote, and that you will meet in papers.
# In Brian2 every number carries its unit.

# %%
import brian2 as b2

b2.prefs.codegen.target = "numpy"  # so small a network needs no compiler

voltage = 100 * b2.Mohm * (300 * b2.pA)  # numbers times units
in_mV = voltage / b2.mV  # divided by a unit: a plain number
print(f"100 MOhm times 300 pA is {in_mV:.1f} mV")
try:
    300 * b2.pA + 20 * b2.mV
except b2.DimensionMismatchError as error:
    print(f"pA plus mV: {type(error).__name__}")

# %% [markdown]
# A **NeuronGroup** is a number of neurons with the same equations. The equations are text, one line for each variable:
# what it is, a colon, its unit. Compare the first line with equation (1), term by term.
#
# - `(unless refractory)` holds `v` during the refractory period;
# - `threshold` and `reset` are text as well;
# - `method="exact"` asks for the exact update; `"euler"` is there too;
# - `values` holds the numbers for all other names. It is handed over at the run.

# %%
equations = """
dv/dt = (-(v - E_L) + R_m*I)/tau_m : volt (unless refractory)
I : amp (constant)
"""
values = {"tau_m": 20 * b2.ms, "R_m": 100 * b2.Mohm, "E_L": -70 * b2.mV}
values |= {"v_th": -50 * b2.mV, "v_reset": -65 * b2.mV}
rules = {"threshold": "v >= v_th", "reset": "v = v_reset", "method": "exact"}

b2.start_scope()  # forget the objects of earlier cells
b2.defaultclock.dt = 0.1 * b2.ms
group = b2.NeuronGroup(1, equations, refractory=2 * b2.ms, **rules)
group.v = -70 * b2.mV
group.I = 300 * b2.pA

# %% [markdown]
# **Monitors** write down what happens: a `SpikeMonitor` the spikes, a `StateMonitor` a variable at every step. `run` runs
# everything that was made since `start_scope`; its `namespace` says what the names in the equations mean. (Without it Brian2
# looks among all variables of your notebook.)

# %%
spike_monitor = b2.SpikeMonitor(group)
state_monitor = b2.StateMonitor(group, "v", record=True)
b2.run(200 * b2.ms, namespace=values)

ours = snn.simulate(lif, I=300.0, t_stop=200.0, record=["v"], seed=SEED)
t_brian2, v_brian2 = spike_monitor.t / b2.ms, state_monitor.v[0] / b2.mV
ax = snn.plots.trace(ours, "v")
ax.plot(state_monitor.t / b2.ms, v_brian2, "--", color="#b04a10", label="Brian2")
ax.lines[0].set_label("snnlab")
ax.legend(loc="lower right", ncols=2, frameon=False)
ax.set_xlim(0.0, 100.0)
plt.show()
print(f"snnlab: {len(ours.spikes)} spikes, at {ours.spikes.t[:3].round(1)} ms ...")
print(f"Brian2: {len(t_brian2)} spikes, at {t_brian2[:3].round(1)} ms ...")

# %% [markdown]
# The same number of spikes, but not at the same times. The first differs by 0.1 ms, the second by 0.2, the third by 0.3. Which
# two rows of the table of times explain this? Count the samples at reset.

# %%
v_ours = ours.traces["v"][:, 0]
for name, v in {"snnlab": v_ours, "Brian2": v_brian2}.items():
    first = np.argmax(v == -65.0) * 0.1  # ms
    n = np.sum(v[:400] == -65.0)  # until 40 ms there is one spike
    print(f"{name}: {n} samples at reset, from {first:.1f} ms on; {n - 1} updates held")

# %% [markdown]
# The reset shows at 22.0 ms in both: the first spike is the same, only its stamp differs. But Brian2 held its neuron one step less than we said. So give
# it one step more, and add $dt$ to its stamps. If that explains everything, **every spike of five neurons** must now agree.

# %% tags=["worked-program"]
currents = np.array([210.0, 250.0, 300.0, 600.0, 1000.0])  # pA

b2.start_scope()
group = b2.NeuronGroup(5, equations, refractory=2.1 * b2.ms, **rules)
group.v = -70 * b2.mV
group.I = currents * b2.pA
spike_monitor = b2.SpikeMonitor(group)
b2.run(1 * b2.second, namespace=values)
ours = snn.simulate(snn.Population(lif, 5), I=currents, t_stop=1000.0, seed=SEED).spikes

print("current      spikes of      same     interval (ms) of    equation (4)")
print("         snnlab  Brian2   times    snnlab    Brian2     on the grid")
for i in range(5):
    theirs = spike_monitor.t[spike_monitor.i == i] / b2.ms + 0.1
    same = len(theirs) == len(ours.of(i)) and np.allclose(theirs, ours.of(i))
    a, b = np.diff(ours.of(i)).mean(), np.diff(theirs).mean()
    formula = snn.theory.lif_interval(currents[i], lif, dt=0.1)
    counts = f"{len(ours.of(i)):7d} {len(theirs):7d} {same!s:>7}"
    print(f"{currents[i]:4.0f} pA {counts} {a:9.1f} {b:9.1f} {formula:15.1f}")

# %% [markdown]
# ## Bug hunt: the equation without resistance
#
# This equation stands in many programs and course notes, and it looks very much like (1):
#
# $$\tau_m \frac{dv}{dt} = -(v - E_L) + I$$
#
# The table beside it says $\tau_m$ = 20 ms and $C_m$ = 200 pF. Here it is as a model. It runs, it spikes, and nothing complains.


# %% tags=["worked-program"]
from snnlab.units import ms, mV, pF


class Published(snn.Neuron):
    """An LIF neuron, as published."""

    tau_m: ms = 20.0
    C_m: pF = 200.0
    E_L: mV = -70.0
    v_th: mV = -50.0
    v_reset: mV = -65.0
    t_ref: ms = 2.0

    state = {"v": "mV"}
    input = {"I": "pA"}
    frozen = ("v",)

    def initial(E_L):
        return {"v": E_L}

    def dynamics(v, I, tau_m, E_L):
        dv = (-(v - E_L) + I) / tau_m
        return dv

    def threshold(v, v_th):
        return v >= v_th

    def reset(v, v_reset):
        v = v_reset
        return v


# %%
for model in (Published(), lif):
    rate = snn.simulate(model, I=300.0, t_stop=1000.0, seed=SEED).spikes.rate()[0]
    print(f"{type(model).__name__:10} at 300 pA: {rate:.0f} Hz")

# %% [markdown]
# More than six times too many spikes, and yet a figure of them looks fine. The units tell. Both simulators can check the units
# of an equation: ours when you ask, Brian2 before every run.

# %%
try:
    snn.check_units(Published)
except snn.UnitError as error:
    print("snnlab:", error)

b2.start_scope()
group = b2.NeuronGroup(1, "dv/dt = (-(v - E_L) + I)/tau_m : volt", method="exact")
try:
    b2.run(1 * b2.ms, namespace={**values, "I": 300 * b2.pA})
except Exception as error:  # Brian2 wraps the mistake in a report of its own
    print("Brian2:", str(error.__cause__).splitlines()[-1])

# %% [markdown]
# Some authors then declare `I : volt`, and the message is gone. So is the meaning: what they inject is no current any more.
#
# **Exercise 01.4** Keep $I$ a current in pA, and hunt the bug in two parts.
#
# 1. **A test that catches it.** Write `is_right(step)`, which is `True` if a step function treats its input rightly, and `False` if not. The check
#    runs your test on the published step, on two more wrong ones, and on two right ones, one of them exact. A good test fails all the wrong ones and no right one.
# 2. **The step, mended.** The table has no resistance. Which two of its numbers make one? Let the units lead you. Euler's step
#    and the exact one are both accepted.


# %%
def published_step(v, I, dt, tau_m, C_m, E_L):
    """The membrane potential one step later, as published.

    v, E_L : mV.   I : pA.   dt, tau_m : ms.   C_m : pF.
    """
    return v + dt * (-(v - E_L) + I) / tau_m


# %% nbgrader={"grade_id": "ex-01-4", "solution": true} tags=["bug-hunt"]
def is_right(step):
    """True if a step treats its current rightly, else False.

    step : a function such as published_step, step(v, I, dt, tau_m, C_m, E_L).
    """
    ### BEGIN SOLUTION
    v, I, dt, tau_m, C_m, E_L = -70.0, 100.0, 0.1, 20.0, 200.0, -70.0
    for _ in range(5000):  # 25 time constants: v has settled
        v = step(v, I, dt, tau_m, C_m, E_L)
    return abs(v - (E_L + tau_m / C_m * I)) < 0.01
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-01-4b", "solution": true} tags=["bug-hunt"]
def mended_step(v, I, dt, tau_m, C_m, E_L):
    """The membrane potential one step later, in mV.

    v, E_L : mV.   I : pA.   dt, tau_m : ms.   C_m : pF.
    """
    ### BEGIN SOLUTION
    R_m = tau_m / C_m  # ms/pF is GOhm
    return v + dt * (-(v - E_L) + R_m * I) / tau_m
    ### END SOLUTION


# %% tags=["raises-exception"]
print(f"the published step passes your test: {is_right(published_step)}")
print(f"your own step passes it: {is_right(mended_step)}")

# %% nbgrader={"grade_id": "check-01-4", "grade": true, "locked": true, "points": 3}
check.ex_01_4(lambda: (is_right, mended_step))  # hands in both

# %% [markdown]
# ## Extra: how fast do errors shrink?
#
# Not graded. Halve the step, and the error of a good method shrinks. If it behaves like $c\,dt^{\,p}$, the exponent $p$ is the **order** of the method.
#
# **Exercise 01.x1** Find $p$ from a list of steps and the error of each.


# %% nbgrader={"grade_id": "ex-01-x1", "solution": true}
def observed_order(dt, error):
    """The exponent p in error = c dt**p.

    dt : steps in ms, an array.   error : > 0, an array of the same length.
    """
    ### BEGIN SOLUTION
    slope, _ = np.polyfit(np.log(dt), np.log(error), 1)
    return slope
    ### END SOLUTION


# %%
check.ex_01_x1(observed_order)

# %% [markdown]
# Now measure two errors, for Euler and for the exact update: of $v$ after 10 ms at 150 pA, against (2), and of the time of the first
# spike, on average over 200 currents, against (3). Which of the four orders do you expect to be 1? Which error do you expect to be 0?

# %%
dts = np.array([1.0, 0.5, 0.2, 0.1, 0.05])  # ms
many = np.linspace(250.0, 800.0, 200)  # pA


def errors_of(method, dt):
    """The errors of v after 10 ms (mV), and of the first spike on average (ms)."""
    how = {"dt": dt, "method": method, "seed": SEED}
    rec = snn.simulate(lif, I=150.0, t_stop=11.0, record=["v"], **how)
    v = rec.traces["v"][round(10.0 / dt), 0]
    neurons = snn.Population(lif, 200)
    spikes = snn.simulate(neurons, I=many, t_stop=50.0, **how).spikes
    first = np.array([spikes.of(i)[0] for i in range(200)])
    late = np.abs(first - snn.theory.lif_time_to_threshold(many, lif))
    return abs(v - snn.theory.lif_voltage(10.0, 150.0, lif)), late.mean()


# %%
errors = {}
for method in ("euler", "exact"):
    of_v, of_spikes = np.transpose([errors_of(method, dt) for dt in dts])
    errors |= {f"{method}, v": of_v, f"{method}, spike time": of_spikes}
ax, names = None, ("time step (ms)", "error (mV or ms)")
for name, error in errors.items():
    if error.max() < 1e-9:
        print(f"{name:18} below 0.000000001 for every step")
        continue
    print(f"{name:18}", "  ".join(f"{e:.4f}" for e in error))
    ax = snn.plots.curve(dts, error, *names, name, log="xy", ax=ax)
plt.show()

# %% tags=["raises-exception"]
for name, error in errors.items():
    if error.max() > 1e-9:
        print(f"{name:18} order {observed_order(dts, error):.1f}")

# %% [markdown]
# The exact update makes no error in $v$ at all, and yet its spikes are as late as a first-order method's. Why? Think before you open the answer.
#
# <details><summary>Answer</summary>
#
# The threshold is only looked at on the grid. A crossing between two grid times is seen at the next one, half a step too late on
# average. That is an error in proportion to $dt$, whatever the method does between the grid times. Euler has the same error, and that of $v$ on top of it;
# at these currents the two have opposite signs, since Euler's $v$ rises too fast.
#
# </details>

# %% [markdown]
# ## Close
#
# **In five lines**
#
# - A membrane is a capacitor with a leak: $\tau_m\, dv/dt = -(v - E_L) + R_m I$. With threshold, reset and a refractory period it is the LIF neuron.
# - The rheobase $(v_{\rm th} - E_L)/R_m$ decides *whether* it fires; $\tau_m$, $v_{\rm reset}$ and $t_{\rm ref}$ only *how often*.
# - Euler errs in proportion to $dt$; the exact update does not err in $v$. Spike times have the grid's error in both.
# - Stamps and refractory steps are conventions: compare simulators with the table of times in hand.
# - Units are the cheapest test there is: they find a missing resistance before any run.
#
# **Ask yourself**, and write your answers down. The next cell computes them.
#
# 1. You double $\tau_m$ to 40 ms. What happens to the rheobase, and what to the rate at 300 pA?
# 2. How long is the interval at 250 pA?
# 3. However strong the current: which rate can this neuron not exceed?

# %% tags=["worked-program"]
slow = snn.LIF(tau_m=40.0)
rheobases = [snn.theory.lif_rheobase(model) for model in (lif, slow)]
rates = [snn.theory.lif_rate(300.0, model) for model in (lif, slow)]
print(f"1. rheobase: {rheobases[0]:.0f} pA, then {rheobases[1]:.0f} pA")
print(f"   rate: {rates[0]:.1f} Hz, then {rates[1]:.1f} Hz")

interval = np.diff(snn.simulate(lif, I=250.0, t_stop=200.0, seed=SEED).spikes.t)[0]
by_formula = snn.theory.lif_interval(250.0, lif)
print(f"2. {by_formula:.2f} ms by equation (4), {interval:.1f} ms on the grid")

fastest = snn.simulate(lif, I=1e7, t_stop=1000.0, seed=SEED).spikes.rate()[0]
print(f"3. 1000/t_ref = {1000.0 / lif.t_ref:.0f} Hz; with steps of 0.1 ms {fastest:.0f} Hz,")
print("   since an interval is at least t_ref and one step")

# %% [markdown]
# **The card of your neuron.** It needs exercise 01.3: the neuron is the one that you estimated.

# %% tags=["raises-exception"]
my_neuron = snn.LIF(**estimate(t, v_weak, v_strong))
rheobase = snn.theory.lif_rheobase(my_neuron)
I = np.linspace(0.0, 3.0 * rheobase, 100)
rec = snn.simulate(snn.Population(my_neuron, 100), I=I, t_stop=1000.0, seed=SEED)
rates = rec.spikes.rate()
ax = snn.plots.fi(I, rates, theory=lambda I: snn.theory.lif_rate(I, my_neuron))
ax.set_title(NEURON_NAME)
plt.show()
print(f"rheobase {rheobase:.0f} pA")
print(f"chronaxie {snn.theory.lif_chronaxie(my_neuron):.1f} ms")
print(f"{snn.theory.lif_rate(2 * rheobase, my_neuron):.0f} Hz at twice the rheobase")

# %% [markdown]
# And this is its voice: a click for every spike, while the current rises from zero to three times the rheobase in two seconds. You hear the f–I curve.

# %% tags=["raises-exception"]
from IPython.display import Audio

my_neuron = snn.LIF(**estimate(t, v_weak, v_strong))
rheobase = snn.theory.lif_rheobase(my_neuron)
I = snn.ramp(3.0 * rheobase, 0.0, 2000.0)
rec = snn.simulate(my_neuron, I=I, t_stop=2000.0, seed=SEED)
wave = np.zeros(8000 * 2 + 100)  # 8000 values per second
click = np.array([0.0, 0.6, 1.0, 0.6, 0.0, -0.5, -0.8, -0.5, 0.0, 0.3, 0.5, 0.3, 0.0])
for spike in rec.spikes.t:
    start = int(8 * spike)
    wave[start : start + len(click)] = click
print(f"{len(rec.spikes)} clicks, the first after {rec.spikes.t[0]:.0f} ms")
Audio(wave, rate=8000)

# %% [markdown]
# **Further reading**
#
# - Gerstner, Kistler, Naud & Paninski (2014), *Neuronal Dynamics*, chapter 1: the same neuron, and where it comes from. <https://doi.org/10.1017/CBO9781107447615>
# - Brunel & van Rossum (2007), *Lapicque's 1907 paper: from frogs to integrate-and-fire*, with a translation of the paper. <https://doi.org/10.1007/s00422-007-0190-0>
# - Rotter & Diesmann (1999), *Exact digital simulation of time-invariant linear systems*: where the exact update comes from. <https://doi.org/10.1007/s004220050570>
# - Stimberg, Brette & Goodman (2019), *Brian 2, an intuitive and efficient neural simulator*. <https://doi.org/10.7554/eLife.47314>
#
# **Solutions**: the notebook of the same name in the folder `solutions`, [here](../../solutions/01_lif_neuron/01_lif_neuron.ipynb). Try first.
#
# **Next**, lesson 02: a neuron without a rule for its threshold. Hodgkin and Huxley found what makes a spike, and why it looks the same every time.

# %%
check.summary()

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: the plan
#
# | minutes | what | how |
# |---|---|---|
# | 0–6 | explorer | everybody at once, sound on; ask for both ways to five spikes |
# | 6–10 | predict | hands up for 49, 98, other; write the count on the board before anybody runs a cell |
# | 10–26 | circuit, equation (1), 01.1 | derive (1) on the board; the exercise in pairs |
# | 26–50 | stability, exact step, 01.2 | ask for the four values of dt first; draw `left` as a row of boxes |
# | 50–60 | table of times, f–I curve, back to the prediction | the count on the board is the point of the lesson |
# | 60–66 | play | one knob each, one sentence each |
# | 66–86 | own neuron, 01.3 | neighbours have other numbers, and may share methods only |
# | 86–95 | Lapicque | the class guesses the cheapest pulse before the cell runs |
# | 95–105 | Brian2 | let them explain 0.1, 0.2, 0.3 ms before you do |
# | 105–116 | bug hunt, 01.4 | tests first; exchange tests with a neighbour |
# | 116–120 | close, cards | play three voices and let the class rank their rheobases |
#
# That is 120 minutes with time to think. For 90, give the cheapest pulse, the test of 01.4 and the card as homework, and derive (1) faster.
# In two sessions of 60 minutes, break before the f–I curve. The extra is good homework in any case.

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: three misconceptions
#
# | misconception | the wrong answer that reveals it | what helps |
# |---|---|---|
# | Rate is in proportion to current. | predicts 98.4 Hz at 600 pA, and `True` for 200 pA | the f–I curve starts at the rheobase: double what is above it |
# | The time constant decides whether a neuron fires. | self-test 1: "the rheobase doubles"; moves `tau_m` to find the rheobase in *Play* | at rheobase the time is unlimited, so that speed can't matter |
# | The refractory period includes the step of the spike, or one sample more. | 01.2 "held one step too few", 01.3 "t_ref counts samples" | n samples span n - 1 steps: fence posts and gaps |
#
# Also seen: "a smaller step makes the exact method more exact" (true for spike times alone), and "the spike is the tall line" (01.3 with v_th = 0 mV).

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: marking and discussion
#
# | exercise | points | give them for |
# |---|---|---|
# | 01.1 | 2 | 1 both terms with their signs; 1 dt and tau_m in the right places |
# | 01.2 | 4 | 1 the update; 1 reset in the step of the spike; 2 the counter (1 if it is off by one or cut off) |
# | 01.3 | 4 | 1 E_L and R_m; 1 tau_m; 1 v_th and v_reset; 1 t_ref. None for typed numbers: the second neuron shows them |
# | 01.4 | 3 | 1 a test that fails the published step; 1 a test that passes both right ones; 1 the step |
#
# Discuss:
#
# 1. The LIF neuron has no spike, only a time. Which questions about a brain can such a model answer, and which not?
# 2. Brian2 stamps a spike one step earlier than NEST and snnlab do. Should a journal ask authors to say which convention they used? What else would have to be said to repeat a simulation to the last spike?
