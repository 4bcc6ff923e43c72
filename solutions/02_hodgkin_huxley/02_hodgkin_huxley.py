# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   snnlab:
#     data: [neuron_hh.csv]
# ---

# %% [markdown]
# # The action potential
#
# **What makes a spike, and why does it look the same every time?**
#
# | | |
# |---|---|
# | **Time** | 90 to 120 minutes; two pauses are marked |
# | **You need** | lesson 01; exponential decay (a five-minute refresher is inside); NumPy arrays |
# | **You will be able to** | say what drives an ion through a membrane, and read a spike as four acts of three gates;<br>compute, before the experiment, what a nerve poison does;<br>fool a threshold in two ways;<br>check a simulation against three other programs, and against numbers of 1952 |
# | **Points** | 12, in four exercises |

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import exprel

import snnlab as snn
from snnlab.checks import check, todo

SEED = 1  # nothing in this lesson is random; the seed says so
DT = 0.025  # ms, the time step
HOW = {"dt": DT, "method": "rk4", "seed": SEED}  # how every axon is run

# %%
axon = snn.HodgkinHuxley()  # the giant axon of a squid, at 6.3 degrees C
rec = snn.simulate(axon, I=10.0, t_stop=30.0, record=["v", "m", "h", "n"], **HOW)
top, bottom = snn.plots.panels(2.4, 1.8)
snn.plots.curve(rec.t, rec.traces["v"][:, 0], "time (ms)", "membrane potential (mV)", ax=top)
for gate in ("m", "h", "n"):
    snn.plots.curve(rec.t, rec.traces[gate][:, 0], "time (ms)", "open gates", gate, ax=bottom)
bottom.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, frameon=False)
plt.show()
print(f"{len(rec.spikes)} spikes, the highest point at {rec.traces['v'].max():.1f} mV")

# %% [markdown]
# Nobody drew these spikes. Above is the voltage of a piece of nerve, as four equations make it; in the lower panel are three numbers
# between 0 and 1, and they are the whole secret. The LIF neuron of lesson 01 had a threshold, a reset and a refractory period,
# all three written down as rules. This one has no rule at all, and yet it does all three.
#
# The equations are those of Alan Hodgkin and Andrew Huxley, 1952. In this lesson you take them apart.
#
# ## Predict: three experiments
#
# Commit yourself before you read on. Nobody grades this.
#
# 1. **A poison.** TTX, the poison of the puffer fish, plugs every sodium channel. The axon above gets TTX, and 10 µA/cm² as before. At
#    which voltage does it settle? (Without any current it rests at -65 mV.)
# 2. **Less than nothing.** You inject a *negative* current for 40 ms, -6 µA/cm², and switch it off. Does the axon fire?
# 3. **The same current.** You bring the current to 8 µA/cm² twice: once all at once, once slowly, over 300 ms. Then it stays. How many spikes do you see within
#    600 ms in the first case, and how many in the second?

# %%
volts_in_ttx = None  # your prediction in mV, a number such as -65.0
fires_after_negative = None  # your prediction, True or False
spikes_fast, spikes_slow = None, None  # your predictions, whole numbers

# %% [markdown]
# ## Every ion is a battery
#
# In salt water swim **ions**: atoms with a charge, such as sodium Na⁺ and potassium K⁺. A cell pumps sodium out and potassium in, all its life. So
# there is much more potassium inside than outside, and much more sodium outside than inside.
#
# Open a pore that lets potassium alone pass. Two things now push on each ion:
#
# - **diffusion**: there are more inside, so more of them stumble out than in;
# - **the voltage**: each one that leaves takes a positive charge along. The inside gets more negative, and that pulls them back.
#
# At one voltage the two cancel, and no net current flows. This is the **reversal potential** of the ion: above it the current goes one
# way, below it the other. It follows from the concentrations outside and inside, $c_{\rm out}$ and $c_{\rm in}$ (mM), by the **Nernst equation**
#
# $$E = \frac{RT}{zF} \ln \frac{c_{\rm out}}{c_{\rm in}} \qquad (1)$$
#
# in volts; times 1000 in mV.
#
# | symbol | in code | what it is | unit | here |
# |---|---|---|---|---|
# | $E$ | `E` | reversal potential, inside minus outside | mV | |
# | $R$ | | gas constant | J/(K mol) | 8.314 |
# | $T$ | | absolute temperature, 273.15 + degrees C | K | 279.45 |
# | $F$ | | Faraday's constant, the charge of one mol | C/mol | 96485 |
# | $z$ | | charge of the ion: 1 for Na⁺ and K⁺ | 1 | 1 |
#
# The concentrations below are those that textbooks give for the squid (for instance Hodgkin 1964).

# %%
RT_F = 1000.0 * 8.314 * (273.15 + 6.3) / 96485  # mV
# outside, inside (mM); the model (mV)
squid_ions = {"Na": (440.0, 50.0, axon.E_Na), "K": (20.0, 400.0, axon.E_K)}
print(f"RT/F at 6.3 degrees C: {RT_F:.2f} mV")
for ion, (outside, inside, of_model) in squid_ions.items():
    E = RT_F * np.log(outside / inside)
    print(f"{ion:2}: equation (1) gives {E:6.1f} mV, the model has {of_model:6.1f} mV")

# %% [markdown]
# Both are close, and neither is equal. Hodgkin and Huxley did not compute their batteries from concentrations: they measured at which voltage the
# current turned round, in their axons and in their sea water.
#
# A pore with a battery is a resistor and a battery in line, as in lesson 01. Channels come in large numbers, so
# it is handier to count how much *conducts*: the **conductance** $g$ is one over the resistance. Then the current out of the cell is
#
# $$I_{\rm ion} = g\,(v - E), \qquad (2)$$
#
# conductance times **driving force**, the distance from the battery's voltage. Everything here is meant **per area**, since a
# long nerve has as much as you like: currents in µA/cm², conductances in mS/cm², the capacity in µF/cm². With ms and mV they fit without any factor.
#
# The membrane now has three kinds of pore: sodium, potassium, and a leak for the rest. Two of them carry an arrow: their conductance changes.


# %% jupyter={"source_hidden": true} tags=["worked-program"]
def wire(ax, *points):
    ax.plot(*zip(*points, strict=True), color="#222222", linewidth=1.5)


def channel(ax, x, name, up, changes):
    """A resistor and a battery; `up`: its longer plate, the positive pole, is on the inside."""
    wire(ax, (x, 0.0), (x, 0.7))
    long, short = (0.85, 0.7) if up else (0.7, 0.85)
    wire(ax, (x - 0.35, long), (x + 0.35, long))
    wire(ax, (x - 0.15, short), (x + 0.15, short))
    wire(ax, (x, 0.85), (x, 1.4))
    ax.add_patch(plt.Rectangle((x - 0.2, 1.4), 0.4, 0.9, fill=False, color="#222222", linewidth=1.5))
    wire(ax, (x, 2.3), (x, 3.0))
    if changes:
        arrow = {"arrowstyle": "->", "color": "#b04a10", "linewidth": 1.8}
        ax.annotate("", (x + 0.45, 2.35), (x - 0.45, 1.35), arrowprops=arrow)
    ax.text(x + 0.5, 1.8, f"$g_{{\\rm {name}}}$", va="center", fontsize=12, color="#222222")
    ax.text(x + 0.5, 0.78, f"$E_{{\\rm {name}}}$", va="center", fontsize=12, color="#222222")


(ax,) = snn.plots.panels(2.9)
wire(ax, (0.8, 0.0), (0.8, 1.0))
wire(ax, (0.8, 2.4), (0.8, 3.0), (8.6, 3.0))
wire(ax, (0.8, 0.0), (8.6, 0.0))
ax.add_patch(plt.Circle((0.8, 1.7), 0.7, fill=False, color="#222222", linewidth=1.5))
ax.annotate("", (0.8, 2.2), (0.8, 1.2), arrowprops={"arrowstyle": "->", "color": "#b04a10", "linewidth": 2.0})
ax.text(1.6, 1.7, "$I$", va="center", fontsize=12, color="#222222")
wire(ax, (2.7, 0.0), (2.7, 1.55))
wire(ax, (2.7, 1.75), (2.7, 3.0))
wire(ax, (2.3, 1.55), (3.1, 1.55))
wire(ax, (2.3, 1.75), (3.1, 1.75))
ax.text(3.2, 1.65, "$C_m$", va="center", fontsize=12, color="#222222")
for x, name, up, changes in ((4.6, "Na", True, True), (6.6, "K", False, True), (8.6, "L", False, False)):
    channel(ax, x, name, up, changes)
ax.text(9.2, 3.0, "inside", va="center", fontsize=11, color="#222222")
ax.text(9.2, 0.0, "outside", va="center", fontsize=11, color="#222222")
ax.set(xlim=(-0.2, 10.4), ylim=(-0.3, 3.3), aspect="equal")
ax.axis("off")
snn.plots.set_alt_text(ax.figure, "Circuit of the axon's membrane: between inside and outside stand, side by side, the source "
                       "of the injected current I, the capacitor C_m, and three resistors with a battery each: sodium, whose "
                       "battery makes the inside positive, potassium and leak, whose batteries make it negative. Arrows through "
                       "the resistors of sodium and potassium say that they change.")  # fmt: skip
plt.show()

# %% [markdown]
# Think of the membrane as a tug-of-war. Open sodium pores pull $v$ towards +50 mV, open potassium pores towards -77 mV. Whoever has more open pores
# wins. **A spike is the sodium side winning for a millisecond.** What remains is to say when pores open.
#
# ## Refresher: a quantity that relaxes
#
# *Five minutes. Skip it if you can solve $dx/dt = \alpha(1 - x) - \beta x$ in your head.*
#
# A crowd of gates, each either open or closed. In a short time $dt$ a share $\alpha\, dt$ of the closed ones opens, and a share $\beta\, dt$ of the open ones closes
# ($\alpha$ and $\beta$ are rates, in 1/ms). Let $x$ be the share that is open. Then
#
# $$\frac{dx}{dt} = \alpha\,(1 - x) - \beta\, x. \qquad (3)$$
#
# While $\alpha$ and $\beta$ do not change, $x$ goes to a **steady value** $x_\infty$ at which as many open as close, and the distance to it
# decays with a **time constant** $\tau$, as the voltage of a leaky membrane did in lesson 01.
#
# **Exercise 02.x1** (not graded) Write $x$ after a time $t$, from its start. You need $x_\infty$ and $\tau$ in terms of
# $\alpha$ and $\beta$: bring (3) into the form $dx/dt = (x_\infty - x)/\tau$.


# %% nbgrader={"grade_id": "ex-02-x1", "solution": true}
def relax(x, alpha, beta, t):
    """The share of open gates after a time t.

    x : the share at t = 0.   alpha, beta : 1/ms, constant.   t : ms, an array.
    """
    ### BEGIN SOLUTION
    x_inf = alpha / (alpha + beta)
    tau = 1.0 / (alpha + beta)
    return x_inf + (x - x_inf) * np.exp(-t / tau)
    ### END SOLUTION


# %%
check.ex_02_x1(relax)

# %% [markdown]
# ## Gates
#
# Such a crowd is a **gate**. What makes it a *nerve's* gate is that $\alpha$ and $\beta$ depend on the voltage. Hodgkin and Huxley
# found that three kinds suffice:
#
# | gate | belongs to | when $v$ rises, it | how many in a channel |
# |---|---|---|---|
# | $m$ | sodium | **opens**, fast | 3 |
# | $h$ | sodium | **closes**, slowly | 1 |
# | $n$ | potassium | **opens**, slowly | 4 |
#
# A channel conducts while *all* its gates are open. If they open independently of each other, the share of open sodium channels is $m^3 h$, and that of
# potassium channels is $n^4$. (Opening is called **activation**, and the closing of $h$ **inactivation**. Note the words: $h$ is the share that is *not* inactivated.)
#
# The rates were fitted to measurements. Two of the six have this shape, with $a$ (1/ms), a voltage $v_a$ (mV) and a width $k$ (mV):
#
# $$\alpha(v) = a\, \frac{x}{1 - e^{-x}}, \qquad x = \frac{v - v_a}{k} \qquad (4)$$
#
# It is nearly 0 far below $v_a$, and a straight line far above. And it has a hole: at $v = v_a$ it is 0/0. The hole can be filled,
# since the curve comes in from both sides at one height. A program has to be told so. If it is not, all goes well until $v$ meets
# $v_a$: then one NaN runs through the whole simulation.
#
# **Exercise 02.1** Write (4) so that it holds at *every* voltage: far from $v_a$, at $v_a$, and next to it. The check hands in single numbers, and arrays.
# (For small $x$, $e^{-x} = 1 - x + x^2/2 - \ldots$)


# %% nbgrader={"grade_id": "ex-02-1", "solution": true}
def opening_rate(v, a, v_a, k):
    """The rate of equation (4), in 1/ms.

    v : mV, a number or an array.   a : 1/ms.   v_a, k : mV.
    """
    ### BEGIN SOLUTION
    x = np.asarray((v - v_a) / k)
    tiny = np.abs(x) < 1e-6
    safe = np.where(tiny, 1.0, x)  # np.where computes both sides, so both must be safe
    return np.where(tiny, a * (1.0 + x / 2.0), a * safe / -np.expm1(-safe))
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-02-1", "grade": true, "locked": true, "points": 3}
check.ex_02_1(opening_rate)

# %% tags=["raises-exception"]
v = np.linspace(-100.0, 20.0, 121)  # mV; it holds both -55 and -40
names = ("membrane potential (mV)", "opening rate (1/ms)")
with np.errstate(all="ignore"):  # np.where computes both choices, the hole too: no warning of 0/0
    m, n = opening_rate(v, 1.0, -40.0, 10.0), opening_rate(v, 0.1, -55.0, 10.0)
ax = snn.plots.curve(v, m, *names, "m: a = 1/ms, v_a = -40 mV")
snn.plots.curve(v, n, *names, "n: a = 0.1/ms, v_a = -55 mV", ax=ax)
plt.show()
print(f"at -40 mV m opens at {m[60]:.6f}/ms")

# %% [markdown]
# Scientific libraries have this function under the name **exprel**, $(e^x - 1)/x$ with its limit at 0: then (4) is `a / exprel(-x)`. From here on we use
# theirs. These are all six rates of the squid, in 1/ms, with $v$ in mV:


# %%
def rates(v):
    """(alpha, beta) of each gate at v (mV), in 1/ms."""
    m = 1.0 / exprel(-(v + 40.0) / 10.0), 4.0 * np.exp(-(v + 65.0) / 18.0)
    h = 0.07 * np.exp(-(v + 65.0) / 20.0), 1.0 / (1.0 + np.exp(-(v + 35.0) / 10.0))
    n = 0.1 / exprel(-(v + 55.0) / 10.0), 0.125 * np.exp(-(v + 65.0) / 80.0)
    return {"m": m, "h": h, "n": n}


def steady(v):
    """The steady value of each gate at v (mV)."""
    return {gate: alpha / (alpha + beta) for gate, (alpha, beta) in rates(v).items()}


# %%
v = np.linspace(-100.0, 40.0, 281)
values, speeds = snn.plots.panels(2.2, 2.2)
for gate, (alpha, beta) in rates(v).items():
    snn.plots.curve(v, alpha / (alpha + beta), "membrane potential (mV)", "steady value", gate, ax=values)
    snn.plots.curve(v, 1.0 / (alpha + beta), "membrane potential (mV)", "time constant (ms)", gate, ax=speeds)
plt.show()
for gate, (alpha, beta) in rates(-65.0).items():
    print(f"{gate} at -65 mV: steady {alpha / (alpha + beta):.3f}, time constant {1 / (alpha + beta):.2f} ms")

# %% [markdown]
# Read the lower picture twice, since everything else follows from it: **m is 3 to 40 times faster than h and n.** When $v$ rises, sodium channels open
# at once; only later do they shut, and only later do potassium channels open.
#
# ## The whole axon
#
# What charges the membrane is what is injected, less what flows out through the three kinds of channel:
#
# $$C_m \frac{dv}{dt} = I - g_{\rm Na}\, m^3 h\, (v - E_{\rm Na}) - g_{\rm K}\, n^4\, (v - E_{\rm K}) - g_L\, (v - E_L) \qquad (5)$$
#
# and each of $m$, $h$, $n$ follows (3) with its own rates.
#
# | symbol | in code | what it is | unit | here |
# |---|---|---|---|---|
# | $v$ | `v` | membrane potential | mV | |
# | $I$ | `I` | injected current | µA/cm² | |
# | $C_m$ | `C_m` | capacity of the membrane | µF/cm² | 1 |
# | $g_{\rm Na}$, $E_{\rm Na}$ | `g_Na`, `E_Na` | sodium: conductance if all channels are open; reversal potential | mS/cm², mV | 120, 50 |
# | $g_{\rm K}$, $E_{\rm K}$ | `g_K`, `E_K` | potassium, the same | mS/cm², mV | 36, -77 |
# | $g_L$, $E_L$ | `g_L`, `E_L` | leak | mS/cm², mV | 0.3, -54.387 |
#
# Here is the line that the library runs, with the same symbols:
#
# ```python
# dv = (I - g_Na * m**3 * h * (v - E_Na) - g_K * n**4 * (v - E_K) - g_L * (v - E_L)) / C_m
# dm = alpha_m * (1 - m) - beta_m * m      # and the same for h and n
# ```
#
# Now one spike from close by, with the two conductances below it.

# %%
rec = snn.simulate(axon, I=10.0, t_stop=12.0, record=["v", "m", "h", "n"], **HOW)
t = rec.t
v, m, h, n = (rec.traces[name][:, 0] for name in ("v", "m", "h", "n"))
g_Na, g_K = axon.g_Na * m**3 * h, axon.g_K * n**4  # mS/cm2
top, middle, bottom = snn.plots.panels(2.0, 1.6, 1.6)
snn.plots.curve(t, v, "time (ms)", "v (mV)", ax=top)
for name, gate in (("m", m), ("h", h), ("n", n)):
    snn.plots.curve(t, gate, "time (ms)", "open gates", name, ax=middle)
for name, g in (("sodium", g_Na), ("potassium", g_K)):
    snn.plots.curve(t, g, "time (ms)", "g (mS/cm²)", name, ax=bottom)
plt.show()
for name, x in (("sodium", g_Na), ("voltage", v), ("potassium", g_K)):
    print(f"{name:9} is highest at {t[x.argmax()]:.2f} ms")
print(f"h falls to {h.min():.2f} at {t[h.argmin()]:.2f} ms; v to {v.min():.1f} mV at {t[v.argmin()]:.2f} ms")

# %% [markdown]
# **A spike in four acts.**
#
# 1. **Up.** The current lifts $v$ a little; $m$ opens; sodium flows in and lifts $v$ more; more $m$ opens. This feeds on itself. That is the *threshold*: no number in the equations, but the point from which the fire spreads on its own.
# 2. **Top.** $v$ comes close to $E_{\rm Na}$ = 50 mV and can't pass it: there sodium has no driving force left. That is why spikes look so alike: a stronger push starts them earlier, and hardly raises them.
# 3. **Down.** $h$ has shut the sodium channels, $n$ has opened the potassium channels, and potassium pulls $v$ towards -77 mV. That is the *reset*.
# 4. **Pause.** $h$ is still low and $n$ still high, for several ms after $v$ is back. A new spike has to wait. That is the *refractory period*.
#
# Three rules of lesson 01, and none of them is a rule here.
#
# **A good place for a pause.**
#
# ## A number before the experiment
#
# Nerve poisons are scalpels: each removes one term of (5).
#
# - **TTX** (tetrodotoxin) plugs sodium channels: $g_{\rm Na} = 0$.
# - **TEA** (tetraethylammonium; in the squid it works from inside) plugs potassium channels: $g_{\rm K} = 0$.
#
# A good theory says what will happen *before* the experiment. Under a constant current a poisoned axon comes to rest somewhere: nothing changes any more. At
# which voltage?
#
# You need no simulation for that. You need a root: `brentq(f, a, b)` finds the $x$ between $a$ and $b$ at which `f(x)` is 0, if `f` has different signs at the two
# ends. For instance, `brentq(lambda x: x**2 - 2, 0, 2)` is 1.414...
#
# **Exercise 02.2** Write the voltage at which an axon with these conductances stands still under a constant current. The other numbers are those of `axon`. The check tries TTX, TEA, both, and neither.


# %% nbgrader={"grade_id": "ex-02-2", "solution": true}
def settled(I, g_Na, g_K):
    """The voltage at which nothing changes any more, in mV.

    I : uA/cm2, constant.   g_Na, g_K : mS/cm2, if all channels are open.
    """

    ### BEGIN SOLUTION
    def total(v):
        x = steady(v)
        I_Na = g_Na * x["m"] ** 3 * x["h"] * (v - axon.E_Na)
        I_K = g_K * x["n"] ** 4 * (v - axon.E_K)
        return I - I_Na - I_K - axon.g_L * (v - axon.E_L)

    return brentq(total, -100.0, 100.0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-02-2", "grade": true, "locked": true, "points": 3}
check.ex_02_2(settled)

# %% [markdown]
# Now the experiment. All three axons get 10 µA/cm² from the beginning.

# %%
poisons = {"no drug": (120.0, 36.0), "TTX": (0.0, 36.0), "TEA": (120.0, 0.0)}  # g_Na, g_K
ax, final = None, {}
for name, (g_Na, g_K) in poisons.items():
    drugged = snn.HodgkinHuxley(g_Na=g_Na, g_K=g_K)
    rec = snn.simulate(drugged, I=10.0, t_stop=60.0, record=["v"], **HOW)
    final[name] = rec.traces["v"][-1, 0]
    ax = snn.plots.curve(rec.t, rec.traces["v"][:, 0], "time (ms)", "v (mV)", name, ax=ax)
    print(f"{name:7}: {len(rec.spikes)} spike(s), and {final[name]:6.2f} mV after 60 ms")
ax.legend(loc="upper right", frameon=False, ncols=3, bbox_to_anchor=(1.0, 1.15))
plt.show()

# %% tags=["raises-exception"]
for name in ("TTX", "TEA"):
    computed = settled(10.0, *poisons[name])
    same = abs(computed - final[name]) < 0.1
    print(
        f"{name}: computed {computed:6.2f} mV, simulated {final[name]:6.2f} mV, equal within 0.1 mV: {same}"
    )

# %%
if type(volts_in_ttx) not in (int, float):
    print("No prediction for TTX: go back and type a number, it takes a minute.")
else:
    off = abs(volts_in_ttx - final["TTX"])
    print(f"You said {volts_in_ttx:g} mV in TTX, and it is {final['TTX']:.1f} mV: {off:.1f} mV off.")

# %% [markdown]
# In TTX the axon settles 4 mV higher, after a short overshoot. Ohm's law with the leak alone would say 33 mV (10 divided by 0.3, from -54 mV). What holds it down
# is potassium: as $v$ rises, $n$ opens and lets the current out again. In TEA nothing is left to bring $v$ down after a spike: sodium shuts itself to a trickle, and the trickle holds the
# axon up.
#
# **How much TEA changes a spike?** Plug a half of the potassium channels, or three quarters: the spike gets wider.

# %%
for part in (0.0, 0.25, 0.5, 0.75):
    drugged = snn.HodgkinHuxley(g_K=36.0 * (1.0 - part))
    rec = snn.simulate(drugged, I=10.0, t_stop=12.0, record=["v"], **HOW)
    above = np.sum(rec.traces["v"][:, 0] > 0.0) * DT
    print(f"{part:4.0%} of the potassium channels plugged: the spike is above 0 mV for {above:.2f} ms")

# %% [markdown]
# ## Play: open the axon
#
# One axon, and everything that you can do to it. **Hold the blue button to inject current**: the space bar does the same. The dashed line at 0 mV is no threshold: it is where
# the program counts a spike. The menu has the poisons.
#
# 1. Look at $h$ and $n$ between two spikes. At rest they are 0.60 and 0.32. Do they get back there? What does that do to the second spike?
# 2. Raise TTX slowly at 10 µA/cm². Long before the sodium is gone, the *train* of spikes ends. At about which share?
# 3. Set the current to 180. More current, fewer spikes? Look at $h$.
#
# <details><summary>Answers</summary>
#
# 1. They don't: $h$ gets to 0.46, and $n$ down to 0.39. So less sodium flows, more potassium is open, and all later spikes are smaller than the first.
# 2. Between 0.1 and 0.2 (you measure it in *Close*): after that only one or two spikes come. An axon needs most of its sodium channels to fire again and again.
# 3. The axon fires once and stays up, at -42 mV. There $h$ is at 0.06, and without $h$ hardly any sodium flows. This is **depolarisation block**: a neuron can be silenced by too much drive.
#
# </details>


# %%
from snnlab.units import cm2, one, uA


def squid(
    I: uA / cm2 = 10.0,  # injected current
    TTX: one = 0.0,  # share of sodium channels plugged
    TEA: one = 0.0,  # share of potassium channels plugged
    t_stop=100.0,
    start=None,
):
    drugged = snn.HodgkinHuxley(g_Na=120.0 * (1.0 - TTX), g_K=36.0 * (1.0 - TEA))
    shown = {"record": ["v", "m", "h", "n"], "start": start}
    return snn.simulate(drugged, I=I, t_stop=t_stop, dt=DT, method="rk4", **shown)


# %%
knobs = {"I": (-10.0, 200.0, 1.0), "TTX": (0.0, 1.0, 0.02), "TEA": (0.0, 1.0, 0.02)}
presets = {"TTX": {"TTX": 1.0}, "TEA": {"TEA": 1.0}, "half the TEA": {"TEA": 0.5}}
presets |= {"too much current": {"I": 180.0}}
panels = ["v", ("m", "h", "n")]
snn.explore(squid, knobs, t_stop=100.0, presets=presets, trace=panels, curve=None, title="Squid axon")

# %% [markdown]
# ## A threshold that is not a number
#
# A LIF neuron has a threshold: -50 mV, always. Has this axon one? Lift its voltage at once by a few mV, as by an electric shock, and let go. In the next cell 400 axons get 400 different
# kicks; the weakest that makes a spike is the threshold. Then the same with a steady current in the background, to which the gates have settled first.


# %%
def resting(I):
    """The voltage at which the axon rests under a steady current, in mV: by waiting."""
    rec = snn.simulate(axon, I=I, t_stop=500.0, record=["v"], **HOW)
    return rec.traces["v"][-1, 0]


def threshold_under(I):
    """The weakest v (mV), after a kick, that makes a spike under a steady current."""
    rest = resting(I)
    v = rest + 0.05 * np.arange(400)  # mV, after the kick
    gates = {gate: float(x) for gate, x in steady(rest).items()}
    axons = snn.Population(axon, 400)
    rec = snn.simulate(axons, I=I, t_stop=20.0, initial={"v": v, **gates}, **HOW)
    return v[np.argmax(rec.spikes.counts() > 0)]


# %%
print("background    rest     h     n   threshold")
for I in (-6.0, -3.0, 0.0, 3.0, 6.0):
    rest, v_th = resting(I), threshold_under(I)
    x = steady(rest)
    print(f"{I:4.0f} uA/cm2 {rest:6.1f} {x['h']:6.2f} {x['n']:5.2f} {v_th:8.1f} mV")

# %% [markdown]
# The threshold is no property of the voltage. It moves by some mV, and it moves *with the past*: where the axon has been lower, $h$ is more open and $n$
# less, so that a spike is easier to start. Where it has been higher, spikes are harder. This is called **accommodation**: nerves get used to a current.
#
# Two surprises follow, and you have predicted both. Here is what happens, first to the axon that gets less than nothing.


# %%
def show(I):
    """Draws a resting axon under the current I (given every 0.5 ms, uA/cm2); returns its spike times."""
    t, steps = 0.5 * np.arange(1200), np.repeat(I, round(0.5 / DT))[:, None]
    rec = snn.simulate(axon, I=steps, t_stop=600.0, record=["v"], **HOW)
    top, bottom = snn.plots.panels(1.7, 0.9)
    snn.plots.curve(rec.t, rec.traces["v"][:, 0], "time (ms)", "v (mV)", ax=top)
    snn.plots.curve(t, I, "time (ms)", "µA/cm²", ax=bottom)
    top.set_ylim(-85.0, 50.0)
    bottom.set_ylim(min(I.min(), 0.0) - 1.0, max(I.max(), 0.0) + 1.0)
    plt.show()
    return rec.spikes.t


# %%
times = 0.5 * np.arange(1200)  # ms
after_negative = show(snn.step(-6.0, 100.0, 140.0)(times))
print(f"-6 uA/cm2 from 100 to 140 ms: {len(after_negative)} spike, at {after_negative[0]:.1f} ms")

# %%
at_once = show(np.full(1200, 8.0))
print(f"8 uA/cm2 at once: {len(at_once)} spikes")

# %%
slowly = show((snn.ramp(8.0, 0.0, 300.0) + snn.step(8.0, 300.0))(times))
print(f"8 uA/cm2, slowly: {len(slowly)} spikes")

# %%
said = (fires_after_negative, spikes_fast, spikes_slow)
if None in said:
    print("A prediction is missing: go back and make it, and don't look at what you now know.")
else:
    print(f"You said {said}; it is {(len(after_negative) > 0, len(at_once), len(slowly))}.")

# %% [markdown]
# **The rebound.** A negative current opens $h$ and closes $n$: the axon becomes *more* excitable while it is held down. Let go at once, and $v$ comes back
# before $h$ and $n$ do: the threshold is now below rest itself. (The table above kept the current on; with the gates of its first row and no current, even a start at -80 mV fires.) Physiologists call it **anode break excitation**, after the electrode that holds the axon down.
#
# **The creep.** As $v$ rises slowly, $h$ closes and $n$ opens in step with it, and the threshold moves ahead of $v$. At the end this axon gets 8 µA/cm² and is silent; the other one gets the
# very same 8 µA/cm² and fires as long as you like. *Same equations, same current, two ways of life.* Which one it is depends on how it got there. Lesson 03 shows the map on which both lie.
#
# Neither is possible for a LIF neuron. Now do both on command.
#
# **Exercise 02.3** Design two currents.
#
# 1. `rebound`: it is never above 0 and never below `lowest` (-8 to -3.5 µA/cm²). The axon fires exactly once, within 15 ms after the time `at`, and not before.
# 2. `creep`: it begins at 0, is at `top` (7 to 9 µA/cm²) from the time `by` until the end, and never leaves the range between. The axon never fires. `by` may be as short as 60 ms: use your time well.
#
# Each gets the times $t$ = 0, 0.5, 1, ... 599.5 ms as an array, and returns the current at each of them. The axon is at rest at 0 ms. `np.where(condition, a, b)` and `np.clip(x, 0, 1)` are handy.


# %% nbgrader={"grade_id": "ex-02-3", "solution": true}
def rebound(t, lowest, at):
    """A current that is never above 0 and makes the axon fire after `at`, in uA/cm2.

    t : ms, an array from 0 to 599.5.   lowest : uA/cm2, negative.   at : ms, at least 100.
    """
    ### BEGIN SOLUTION
    return np.where((t >= at - 40.0) & (t < at), lowest, 0.0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-02-3b", "solution": true}
def creep(t, top, by):
    """A current that is at top from `by` on and leaves the axon silent, in uA/cm2.

    t : ms, an array from 0 to 599.5.   top : uA/cm2, positive.   by : ms, at least 60.
    """
    ### BEGIN SOLUTION
    return top * np.clip(t / by, 0.0, 1.0)
    ### END SOLUTION


# %% tags=["raises-exception"]
print("rebound: spikes at", show(rebound(times, -5.0, 200.0)).round(1), "ms")

# %% tags=["raises-exception"]
print("creep: spikes at", show(creep(times, 9.0, 60.0)).round(1), "ms")

# %% nbgrader={"grade_id": "check-02-3", "grade": true, "locked": true, "points": 3}
check.ex_02_3(lambda: (rebound, creep))  # hands in both

# %% [markdown]
# **Another good place for a pause.**
#
# ## Reproduce: Hodgkin and Huxley, 1952
#
# Their paper has no computer in it. Huxley integrated the equations with a hand-cranked calculator. Two of their results can be checked.
#
# **A membrane kicked.** Their figure 12 shows computed spikes after the voltage is lifted, all at once and everywhere, by 90, 15, 7 and 6 mV. The first three fire, the last does not.

# %%
kicks = np.array([90.0, 15.0, 7.0, 6.0])  # mV
four = snn.Population(axon, 4)
rec = snn.simulate(four, t_stop=12.0, initial={"v": -65.0 + kicks}, record=["v"], **HOW)
ax = None
for i, kick in enumerate(kicks):
    ax = snn.plots.curve(
        rec.t, rec.traces["v"][:, i] + 65.0, "time (ms)", "v - rest (mV)", f"{kick:.0f} mV", ax=ax
    )
    after = rec.traces["v"][40:, i].max() + 65.0  # from 1 ms on
    fires = rec.traces["v"][:, i].max() > 0.0
    said = "fires" if fires else "no spike"
    print(f"kick of {kick:2.0f} mV: {said}; from 1 ms on at most {after:5.1f} mV above rest")
plt.show()

# %% [markdown]
# Theirs: 90, 15 and 7 fire, 6 does not. Ours: the same, and the table above has the threshold between them, -58.4 mV, 6.6 mV above rest. A kick of 90 mV is itself as high as a spike; the weaker the kick, the later the spike.
#
# **A spike that travels.** A real axon is not kicked everywhere at once: a spike runs along it. Suppose that it runs at a constant speed $\theta$ and keeps its shape. Then space is
# only time seen from the side, and the cable becomes one ordinary equation. With $C_m = 1$ µF/cm²,
#
# $$\frac{d^2 v}{dt^2} = K \left( \frac{dv}{dt} + \frac{I_{\rm ion}}{C_m} \right), \qquad K = \frac{2 R_2\, \theta^2\, C_m}{a} \qquad (6)$$
#
# with the ionic current $I_{\rm ion}$ of (5), the axon's radius $a$ = 238 µm, and the resistance of its inside, $R_2$ = 35.4 Ω cm. It was warm that day, 18.5 degrees: all six rates are faster by $3^{(18.5 - 6.3)/10}$, three times for each 10 degrees.
#
# Nobody knows $K$. Guess it, start a hair above rest, and integrate: if $K$ is too small, $v$ runs off to minus infinity after the spike; if it is too large, to plus infinity. The truth is between. Huxley needed weeks.


# %% tags=["worked-program"]
WARM = 3.0 ** ((18.5 - 6.3) / 10.0)
REST = resting(0.0)


def ionic(v, m, h, n):
    """The current out through all channels, uA/cm2: equation (5)."""
    I_Na, I_K = axon.g_Na * m**3 * h * (v - axon.E_Na), axon.g_K * n**4 * (v - axon.E_K)
    return I_Na + I_K + axon.g_L * (v - axon.E_L)


def opening(v, m, h, n):
    """dm/dt, dh/dt and dn/dt, 1/ms: equation (3)."""
    gates = zip((m, h, n), rates(v).values(), strict=True)
    return np.array([alpha * (1 - x) - beta * x for x, (alpha, beta) in gates])


def travelling(t, y, K):
    """d/dt of v, dv/dt, m, h and n in a spike that runs along the axon."""
    v, slope, m, h, n = y
    return [slope, K * (slope + ionic(v, m, h, n) / axon.C_m), *(WARM * opening(v, m, h, n))]


def lost(t, y, K):
    return abs(y[0]) - 150.0  # mV: this v is on its way to infinity


lost.terminal = True


def shoot(K):
    """(t, v) of one attempt, until it is lost."""
    start = [REST + 1e-3, K * 1e-3, *steady(REST).values()]  # v grows at first like exp(K t)
    how = {"method": "LSODA", "rtol": 1e-8, "atol": 1e-9, "events": lost}
    run = solve_ivp(travelling, (0.0, 20.0), start, args=(K,), **how)
    return run.t, run.y[0]


# %%
low, high, ax = 5.0, 20.0, None  # 1/ms
for k in range(24):
    K = 0.5 * (low + high)
    t, v = shoot(K)
    side = "too large" if v[-1] > 0.0 else "too small"
    low, high = (low, K) if side == "too large" else (K, high)
    if k in (2, 3, 9, 23):
        ax = snn.plots.curve(t, v, "time (ms)", "v (mV)", f"attempt {k + 1}, K {side}", ax=ax)
ax.legend(loc="lower left", frameon=False)
snn.plots.set_alt_text(ax.figure, "Attempts 3, 4, 10, 24: each leaves the spike later; v rises if K is too large.")  # fmt: skip
plt.show()
theta = np.sqrt(1000.0 * K * 0.0238 / (2 * 35.4 * 1e-6)) / 100.0  # m/s, from cm
print(f"K: found {K:.2f}/ms, the paper has 10.47/ms; {abs(K / 10.47 - 1):.1%} apart")
same = abs(theta / 18.8 - 1) < 0.005
print(f"speed: found {theta:.2f} m/s, the paper has 18.8 m/s; equal within 0.5 %: {same}")

# %% [markdown]
# The small difference is theirs: a third digit is what hand and patience gave. (A [proof with error bounds](https://github.com/ChaseHendrick/hh-pulse) has 18.7319 m/s.) And they *measured* 21.2 m/s in that
# axon. Think of what that means: the equations were fitted to a membrane that was held still at fixed voltages. Nobody had put a travelling spike into them. It came out of them, and
# at nearly the right speed.
#
# ## Cross-check: three other programs
#
# Never trust one program. Here is the same axon three times more: by hand in **Brian2**, with `exprel` again for (4); by **SciPy**'s `solve_ivp` with a tolerance of $10^{-9}$, which knows nothing of neurons; and by
# **NEURON**, the simulator in which most models with real channels are written. NEURON is not needed for this course: its numbers stand in the file `neuron_hh.csv`, which the script `tests/neuron_hh.py` of this repository
# has made, and a test makes again.
#
# Four numbers are compared, at 10 µA/cm²: when $v$ first crosses 0 mV, how high and how low the first spike goes, and the rate once the intervals have settled.


# %%
def numbers(t, v):
    """First spike (ms), peak and trough (mV), and the rate (Hz) by the last interval."""
    up = np.flatnonzero((v[:-1] < 0.0) & (v[1:] >= 0.0))
    spikes = t[up] - v[up] * (t[up + 1] - t[up]) / (v[up + 1] - v[up])  # straight between two samples
    first = (t > spikes[0]) & (t < spikes[1])
    return spikes[0], v[first].max(), v[first].min(), 1000.0 / (spikes[-1] - spikes[-2])


rec = snn.simulate(axon, I=10.0, t_stop=100.0, record=["v"], **(HOW | {"dt": 0.001}))
found = {"snnlab": numbers(rec.t, rec.traces["v"][:, 0])}
print(f"snnlab: first spike at {found['snnlab'][0]:.3f} ms")

# %% tags=["worked-program"]
import brian2 as b2

b2.prefs.codegen.target = "numpy"  # so small a network needs no compiler

equations = """
dv/dt = (I - g_Na*m**3*h*(v - E_Na) - g_K*n**4*(v - E_K) - g_L*(v - E_L))/C_m : volt
dm/dt = alpha_m*(1 - m) - beta_m*m : 1
dh/dt = alpha_h*(1 - h) - beta_h*h : 1
dn/dt = alpha_n*(1 - n) - beta_n*n : 1
alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms : Hz
beta_m = 4*exp(-(v + 65*mV)/(18*mV))/ms : Hz
alpha_h = 0.07*exp(-(v + 65*mV)/(20*mV))/ms : Hz
beta_h = 1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms : Hz
alpha_n = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms : Hz
beta_n = 0.125*exp(-(v + 65*mV)/(80*mV))/ms : Hz
"""
values = {"I": 10 * b2.uA / b2.cm**2, "C_m": 1 * b2.uF / b2.cm**2}
values |= {"g_Na": 120 * b2.msiemens / b2.cm**2, "g_K": 36 * b2.msiemens / b2.cm**2}
values |= {
    "g_L": 0.3 * b2.msiemens / b2.cm**2,
    "E_Na": 50 * b2.mV,
    "E_K": -77 * b2.mV,
    "E_L": -54.387 * b2.mV,
}

# %%
b2.start_scope()
b2.defaultclock.dt = 0.01 * b2.ms
group = b2.NeuronGroup(1, equations, method="rk4")
group.v = -65 * b2.mV
group.m, group.h, group.n = 0.052932, 0.596121, 0.317677  # alpha/(alpha + beta) at -65 mV, by hand
monitor = b2.StateMonitor(group, "v", record=True)
b2.run(100 * b2.ms, namespace={**values, "mV": b2.mV, "ms": b2.ms})
found["Brian2"] = numbers(monitor.t / b2.ms, monitor.v[0] / b2.mV)
print(f"Brian2: first spike at {found['Brian2'][0]:.3f} ms")


# %%
def at_rest_and_pushed(t, y):
    """Equations (3) and (5) once more, for scipy."""
    return [(10.0 - ionic(*y)) / axon.C_m, *opening(*y)]


fine = np.arange(0.0, 100.0, 0.001)  # ms
start = [-65.0, *steady(-65.0).values()]
run = solve_ivp(at_rest_and_pushed, (0.0, 100.0), start, t_eval=fine, method="LSODA", rtol=1e-9, atol=1e-9)
found["solve_ivp"] = numbers(run.t, run.y[0])
print(f"solve_ivp: first spike at {found['solve_ivp'][0]:.3f} ms")

# %%
table = np.genfromtxt("neuron_hh.csv", delimiter=",", names=True, dtype=None, encoding="utf-8", skip_header=1)
theirs = dict(zip(table["quantity"].tolist(), table["paper"].tolist(), strict=True))
found["NEURON"] = tuple(theirs[name] for name in ("first spike", "peak", "trough", "rate"))

print(f"{'':10} first spike (ms)  peak (mV)  trough (mV)  rate (Hz)")
for name, (first, peak, trough, rate) in found.items():
    print(f"{name:10} {first:16.3f} {peak:10.2f} {trough:12.2f} {rate:10.2f}")
spread = np.ptp(list(found.values()), axis=0)
print(f"equal within 0.002 ms, 0.01 mV, 0.01 mV, 0.01 Hz: {bool(np.all(spread < [0.002, 0.01, 0.01, 0.01]))}")

# %% [markdown]
# Four programs, one axon. They agree because each was asked for fine steps. Out of the box they would not: NEURON's own `hh` has $E_L$ = -54.3 mV, not -54.387; it looks its rates up in a table; and
# its default step is 0.025 ms, with a method of first order. Our own default for this model, `exponential_euler` at 0.1 ms, is made for speed. What does each cost?

# %%
default_E_L = dict(zip(table["quantity"].tolist(), table["default"].tolist(), strict=True))
theirs = snn.HodgkinHuxley(E_L=-54.3)
rec = snn.simulate(theirs, I=10.0, t_stop=100.0, record=["v"], **(HOW | {"dt": 0.001}))
ours = numbers(rec.t, rec.traces["v"][:, 0])
print(f"E_L = -54.3 mV: first spike at {ours[0]:.3f} ms, NEURON {default_E_L['first spike']:.3f} ms")
for method, dt in (("exponential_euler", 0.1), ("exponential_euler", 0.025), ("rk4", 0.025)):
    rec = snn.simulate(axon, I=10.0, t_stop=100.0, dt=dt, method=method, record=["v"], seed=SEED)
    first, _, _, rate = numbers(rec.t, rec.traces["v"][:, 0])
    print(f"{method:17} dt = {dt:5.3f} ms: first spike at {first:.2f} ms, {rate:.1f} Hz")

# %% [markdown]
# For a spike of the right shape, steps of 0.1 ms are enough. For spike *times*, they are not.
#
# ## Bug hunt: the guard that forgot the temperature
#
# In 2015 somebody looked at the guard in the rate functions of a published muscle cell, for [OpenWorm](https://github.com/openworm/muscle_model/pull/54), and found that it left out the temperature. Every rate should be
# multiplied by $q_{10}^{(T - T_0)/10}$, here three times per 10 degrees above 6.3. Here is that mistake in our gate $m$. Read it as its author did: it looks fine.


# %%
def published_rate(v, celsius):
    """alpha_m in 1/ms.   v : mV, one number.   celsius : temperature, degrees C."""
    q10 = 3.0 ** ((celsius - 6.3) / 10.0)
    x = (v + 40.0) / 10.0
    if abs(x) < 1e-6:  # here the formula is 0/0: take its limit
        return 1.0
    return q10 * x / (1.0 - np.exp(-x))


# %%
v = np.arange(-60.0, -19.0)  # mV, the whole numbers
names = ("clamped voltage (mV)", "opening rate of m (1/ms)")
ax = snn.plots.curve(v, [published_rate(x, 18.5) for x in v], *names, "18.5 degrees")
snn.plots.curve(v, [published_rate(x, 6.3) for x in v], *names, "6.3 degrees", ax=ax)
plt.show()
for x in (-41.0, -40.0, -39.0):
    print(f"{x:.0f} mV, 18.5 degrees: {published_rate(x, 18.5):.2f}/ms")

# %% [markdown]
# In a simulation of spikes you would never see it: $v$ rushes past -40 mV, and hardly ever meets it to six digits. In a **voltage clamp**, where the experimenter holds $v$ at a round number, -40 mV is a
# place where everybody looks. And at 6.3 degrees, where everybody tests, nothing is wrong anywhere.
#
# **Exercise 02.4** Hunt the bug in two parts.
#
# 1. **A test that catches it.** Write `is_right(rate)`, which is `True` if a rate function treats voltage and temperature rightly, and `False` if not. The check runs your test on the published one, on four more wrong ones, and on two right ones. You know two
#    things about a right rate: it is smooth in $v$, and 10 degrees more make it three times as fast.
# 2. **The rate, mended.**


# %% nbgrader={"grade_id": "ex-02-4", "solution": true} tags=["bug-hunt"]
def is_right(rate):
    """True if a rate treats voltage and temperature rightly, else False.

    rate : a function such as published_rate, rate(v, celsius).
    """
    ### BEGIN SOLUTION
    for v in (-70.0, -40.0, -20.0):
        neighbours = 0.5 * (rate(v - 0.001, 18.5) + rate(v + 0.001, 18.5))
        smooth = abs(rate(v, 18.5) / neighbours - 1.0) < 1e-4
        treble = abs(rate(v, 16.3) / rate(v, 6.3) - 3.0) < 1e-4
        if not (smooth and treble):
            return False
    return True
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-02-4b", "solution": true} tags=["bug-hunt"]
def mended_rate(v, celsius):
    """alpha_m in 1/ms.   v : mV, one number.   celsius : temperature, degrees C."""
    ### BEGIN SOLUTION
    q10 = 3.0 ** ((celsius - 6.3) / 10.0)
    x = (v + 40.0) / 10.0
    if abs(x) < 1e-6:
        return q10
    return q10 * x / (1.0 - np.exp(-x))
    ### END SOLUTION


# %% tags=["raises-exception"]
print(f"the published rate passes your test: {is_right(published_rate)}")
print(f"your own rate passes it: {is_right(mended_rate)}")

# %% nbgrader={"grade_id": "check-02-4", "grade": true, "locked": true, "points": 3}
check.ex_02_4(lambda: (is_right, mended_rate))  # hands in both

# %% [markdown]
# A guard is a second formula. It has to be kept as carefully as the first, and tested where it is awake.
#
# ## Close
#
# **In five lines**
#
# - Each ion is a battery: its reversal potential says where it pulls $v$, its conductance how hard.
# - Three gates make a spike: $m$ opens fast, $h$ closes slowly, $n$ opens slowly. Threshold, reset and refractory period are what they do, not rules.
# - The threshold moves with the past. A negative current can make an axon fire, and a positive one can fail to.
# - A poison removes one term of the equation, and what then happens can be computed beforehand.
# - Agreement of four programs is worth more than any of them; it needs the same parameters and fine steps.
#
# **Ask yourself**, and write your answers down. The next cell computes them.
#
# 1. An axon rests at 0 µA/cm². Which of the three currents through its membrane (sodium, potassium, leak) flow inward, and which is the largest?
# 2. Which share of the sodium channels can TTX plug before the axon, at 10 µA/cm², stops firing in a train?
# 3. How long after a single spike is $h$ half-way back from its lowest to its resting value?

# %% tags=["worked-program"]
x = steady(REST)
currents = {"sodium": axon.g_Na * x["m"] ** 3 * x["h"] * (REST - axon.E_Na)}
currents["potassium"] = axon.g_K * x["n"] ** 4 * (REST - axon.E_K)
currents["leak"] = axon.g_L * (REST - axon.E_L)
print("1.", ", ".join(f"{name} {I:+.2f}" for name, I in currents.items()), "uA/cm2; minus is inward")

plugged = np.arange(0.0, 0.62, 0.02)
drugged = snn.Population(snn.HodgkinHuxley(g_Na=120.0 * (1.0 - plugged)), len(plugged))
counts = snn.simulate(drugged, I=10.0, t_stop=500.0, **HOW).spikes.counts()
most, least = plugged[counts > 10].max(), plugged[counts <= 10].min()
print(f"2. with {most:.0%} plugged it still fires in a train, with {least:.0%} not")

rec = snn.simulate(axon, I=snn.step(10.0, 0.0, 2.0), t_stop=40.0, record=["h"], **HOW)
h, spike = rec.traces["h"][:, 0], rec.spikes.t[0]
half = np.argmax((h > 0.5 * (h.min() + x["h"])) & (np.arange(len(h)) > h.argmin()))
lowest = rec.t[h.argmin()]
print(f"3. {rec.t[half] - spike:.1f} ms after the spike; h is lowest after {lowest - spike:.1f} ms")

# %% [markdown]
# **Further reading**
#
# - Hodgkin & Huxley (1952), *A quantitative description of membrane current and its application to conduction and excitation in nerve*. Part III can be read with this lesson in hand. Mind the signs: in their paper
#   rest is 0 mV, and a depolarised membrane is at a *negative* $V$: our $v$ is $-65 - V$. <https://doi.org/10.1113/jphysiol.1952.sp004764>
# - Schwiening (2012), *A brief historical perspective: Hodgkin and Huxley*. <https://doi.org/10.1113/jphysiol.2012.230458>
# - Gerstner, Kistler, Naud & Paninski (2014), *Neuronal Dynamics*, chapter 2. <https://doi.org/10.1017/CBO9781107447615>
# - Hines & Carnevale (1997), *The NEURON simulation environment*. <https://doi.org/10.1162/neco.1997.9.6.1179>
# - Stimberg, Brette & Goodman (2019), *Brian 2, an intuitive and efficient neural simulator*. <https://doi.org/10.7554/eLife.47314>
#
# **Solutions**: the notebook of the same name in the folder `solutions`, [here](../../solutions/02_hodgkin_huxley/02_hodgkin_huxley.ipynb). Try first.
#
# **Next**, lesson 03: why do the two axons at 8 µA/cm² never meet? Four variables are too many to see. With two, you can draw the whole story on a sheet of paper.

# %%
check.summary()

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: the plan
#
# | minutes | what | how |
# |---|---|---|
# | 0–8 | predict | write the three counts on the board; nobody runs a cell before |
# | 8–22 | batteries, circuit | two volunteers pull a rope for sodium and potassium: who has more hands on it wins |
# | 22–28 | refresher, 02.x1 | for those who need it; the others explain (4)'s hole to each other |
# | 28–42 | gates, 02.1 | first let them break it: what is 0/0 in NumPy? |
# | 42–50 | the four acts | cover the lower panels, and let the class draw m, h and n by guess |
# | 50–65 | poisons, 02.2 | the board's TTX numbers are the point: leak alone says -21 mV |
# | 65–72 | play | one question each, one sentence each |
# | 72–92 | thresholds, 02.3 | creep in pairs; ask who finds the fastest one that stays silent |
# | 92–100 | 1952 | let them guess K, and shoot by hand three times |
# | 100–106 | cross-check | ask before the table: to how many digits will four programs agree? |
# | 106–116 | bug hunt, 02.4 | tests first; exchange tests with a neighbour |
# | 116–120 | close | self-test 2 as a bet |
#
# For 90 minutes leave the refresher, the travelling spike and the cross-check as reading. In two sessions, break before *A number before the experiment*.

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: three misconceptions
#
# | misconception | the wrong answer that reveals it | what helps |
# |---|---|---|
# | The threshold is a voltage, as in lesson 01. | predicts `False` for the rebound, and equal counts for step and ramp; 02.3 "a step" | the table of thresholds: five backgrounds, five numbers |
# | A blocked channel only removes spikes; rest stays where Ohm's law of the leak puts it. | predicts -21 mV in TTX; 02.2 "the leak alone", "gates as at -65 mV" | n follows v at any voltage: a membrane is no fixed resistor |
# | h is "the inactivation", so a high h means inactivated. | says in *Play* that TTX-free silence at 180 µA/cm² comes from a high h; 02.2 "no inactivation" | h is the share that is *still* available; let them read the upper curve at 0 mV |
#
# Also seen: the spike's height is set by the current (it is set by $E_{\rm Na}$), and the pump makes each spike (it only keeps the batteries charged; a poisoned pump leaves thousands of spikes).

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: marking and discussion
#
# | exercise | points | give them for |
# |---|---|---|
# | 02.1 | 3 | 1 the limit; 1 arrays; 1 the neighbourhood, where digits are lost |
# | 02.2 | 3 | 1 all three currents with their signs; 1 gates at the voltage that is looked for; 1 the root |
# | 02.3 | 3 | 1 a rebound that fires; 2 a creep that does not (1 if it is not at `top` in time) |
# | 02.4 | 3 | 1 a test that fails the published rate; 1 a test that fails the one upside down and passes both right ones; 1 the rate |
#
# Discuss:
#
# 1. The equations were fitted, not derived: nobody had seen a channel in 1952. What would have convinced you that gates exist, and what did in the end?
# 2. A LIF neuron costs a few operations per step, this one a hundred. For which questions is the difference worth it? (Lesson 04 measures it.)
