# %% [markdown]
# # The phase plane
#
# **Why does one and the same neuron stay silent, fire, or burst, and at which current exactly does it change?**
#
# | | |
# |---|---|
# | **Time** | 120 to 150 minutes; two pauses are marked |
# | **You need** | lessons 01 and 02; derivatives; what a matrix does to a vector |
# | **You will be able to** | read from a picture what a neuron with two variables will do;<br>predict to four digits at which current rest becomes unstable;<br>show that it remembers, and tell two kinds of neurons apart by experiment;<br>say when it bursts, and when nobody can predict its bursts |
# | **Points** | 14, in four exercises |

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import brentq

import snnlab as snn
from snnlab.checks import check, todo
from snnlab.checks.ex_03 import blind_neurons

SEED = 1  # all randomness of this lesson comes from here

# %%
fhn = snn.FitzHughNagumo()  # the neuron of this lesson
rec = snn.simulate(fhn, I=0.5, t_stop=200.0, record=["v", "w"], seed=SEED)
top, bottom = snn.plots.panels(1.8, 1.4)
snn.plots.trace(rec, "v", ax=top)
snn.plots.trace(rec, "w", ax=bottom)
plt.show()
print(f"{len(rec.spikes)} spikes in {rec.t_stop:.0f} ms")

# %% [markdown]
# ## Predict: more current, more spikes?
#
# Above are the two variables of a neuron at a current of 0.5: it fires 25 times per second. At a current of 0 it is silent.
# Before you go on, commit yourself:
#
# - Does it still fire at a current of 1.5, three times as strong?
# - You lower the current until firing just goes on. How often does it fire there: nearly 0 times per second, or a rate well above? Type a number.
#
# Nobody grades this.

# %%
fires_at_1_5 = None  # your prediction, True or False
slowest_rate = None  # your prediction in Hz, a number

# %% [markdown]
# ## Four variables become two
#
# The neuron of lesson 02 had four variables: the membrane potential and three gates. Richard FitzHugh saw in 1961 that they
# move in pairs. The potential and the sodium activation are fast, and jump up and down together: call them $v$. The other two gates
# are slow, and follow: call them $w$, the **recovery variable**. What is left is the **FitzHugh–Nagumo neuron**:
#
# $$\frac{dv}{dt} = v - \frac{v^3}{3} - w + I \qquad (1)$$
# $$\frac{dw}{dt} = \epsilon\,(v + a - b\,w) \qquad (2)$$
#
# | symbol | in code | what it is | here |
# |---|---|---|---|
# | $v$ | `v` | membrane potential, scaled | |
# | $w$ | `w` | recovery: grows while $v$ is high, and pulls it down | |
# | $I$ | `I` | injected current, scaled | |
# | $a$ | `a` | where the recovery turns round | 0.7 |
# | $b$ | `b` | how strongly $w$ decays by itself | 0.8 |
# | $\epsilon$ | `epsilon` | how much slower $w$ is than $v$; $1/\epsilon$ is the time constant of $w$ | 0.08 = 1/12.5 |
#
# All are pure numbers, without units. One unit of time is taken as 1 ms, so that rates come in Hz. A spike is an upward crossing of $v = 0$;
# nothing is reset. This is the line that the library runs:
#
# ```python
# def dynamics(v, w, I, a, b, epsilon, time_unit):
#     dv = (v - v**3 / 3 - w + I) / time_unit
#     dw = epsilon * (v + a - b * w) / time_unit
#     return dv, dw
# ```
#
# Be careful with other books: FitzHugh's own paper has other constants, and other signs of $w$ and $I$, so that its currents differ from these.

# %% [markdown]
# ## A map of all that can happen
#
# With two variables, the whole state of the neuron is one point $(v, w)$, and time moves the point. The map of all states is the
# **phase plane**; the line that the point draws is its **path** (or trajectory).
#
# At each point of the map the equations say where the neuron goes next: an arrow. Two lines make sense of the arrows.
#
# - On the **v-nullcline**, $dv/dt = 0$: arrows point straight up or down. By (1) it is $w = v - v^3/3 + I$: a cubic, and $I$ lifts it.
# - On the **w-nullcline**, $dw/dt = 0$: arrows point straight left or right. By (2) it is $w = (v + a)/b$: a straight line.
#
# Where they cross, nothing moves: a **fixed point**.

# %%
LIMITS = {"xlim": (-2.5, 2.5), "ylim": (-1.5, 2.5)}
plane = snn.phase_plane(fhn, I=0.5, **LIMITS)
snn.plots.phase_plane(plane, rec)
plt.show()
point = plane.fixed_points[0]
print(f"the nullclines cross at v = {point.x:.3f}, w = {point.y:.3f}")

# %% [markdown]
# Follow the path. It starts at the lower left, runs fast to the right (the upstroke), creeps up along the right branch of the cubic
# (the top of the spike), falls off its knee, runs fast to the left, and creeps down the left branch, until it falls off that knee too. It goes
# round and round: a **limit cycle**. It never comes to the fixed point, although it passes close by. To see why, we need
# no simulation, only a few lines of algebra.
#
# **No threshold at all.** First, the same map at $I = 0$. Two hundred neurons start with the $w$ of rest and a different $v$ each, as if
# a short pulse had moved them. Where is the threshold?

# %%
kicks = np.linspace(fhn.v_0, 0.5, 200)  # where v is after the pulse
kicked = snn.Population(fhn, 200)
rec = snn.simulate(kicked, I=0.0, t_stop=50.0, initial={"v": kicks}, record=["v"], seed=SEED)
highest = rec.traces["v"].max(axis=0)
snn.plots.curve(kicks, highest, "v right after the pulse", "highest v later")
plt.show()
print(f"{np.sum(highest > 1.0)} of 200 rise above 1")

# %%
starts = np.array([-0.645, -0.644, -0.643943, -0.6439, -0.643])
rec = snn.simulate(snn.Population(fhn, 5), I=0.0, t_stop=50.0, initial={"v": starts}, record=["v"], seed=SEED)
for k, start in enumerate(starts):
    print(f"from v = {start:.6f} it rises to {rec.traces['v'][:, k].max():5.2f}")

# %% [markdown]
# It looks like a threshold, and yet heights in between exist, if you look finely enough: the curve is steep, not broken. The LIF neuron of lesson 01 had a
# rule; here the shape of the cubic does the work. What starts far enough to the right of its middle branch is carried away (here by about 0.14, since $w$ moves meanwhile; by less, the slower $w$ is).

# %% [markdown]
# ## Five minutes on eigenvalues
#
# Very close to a fixed point, any smooth curve is a straight line. So let $x$ be the small distance from the fixed point (two numbers, in $v$
# and in $w$), and
#
# $$\frac{dx}{dt} = A\,x, \qquad (3)$$
#
# with a matrix $A$ of four numbers. If $A$ only stretches $x$, that is $A x = \lambda x$, then $x$ grows or shrinks as $e^{\lambda t}$. Such a
# $\lambda$ (per ms) is an **eigenvalue** of $A$; a 2 by 2 matrix has two of them, real or a pair of complex numbers $\alpha \pm i\omega$.
# A pair turns: $e^{\alpha t}\cos\omega t$, with a period of $2\pi/\omega$ ms.
#
# | eigenvalues | what happens nearby | name |
# |---|---|---|
# | two real, both negative | straight in | stable **node** |
# | two real, both positive | straight out | unstable node |
# | two real, one of each sign | in along one line, out along another | **saddle** |
# | a pair, $\alpha < 0$ | a spiral inwards | stable **focus** |
# | a pair, $\alpha > 0$ | a spiral outwards | unstable focus |
#
# **Exercise 03.x1** (a refresher, not graded) Give the name that belongs to a matrix. `np.linalg.eigvals(A)` returns its two eigenvalues.


# %% nbgrader={"grade_id": "ex-03-x1", "solution": true}
def kind_of(A):
    """The kind of fixed point: one of the five names of the table.

    A : array (2, 2), per ms.
    Returns "stable node", "unstable node", "saddle", "stable focus" or "unstable focus".
    """
    ### BEGIN SOLUTION
    low, high = np.sort_complex(np.linalg.eigvals(A))
    if high.imag != 0:
        return "stable focus" if high.real < 0 else "unstable focus"
    if low.real < 0 < high.real:
        return "saddle"
    return "stable node" if high.real < 0 else "unstable node"
    ### END SOLUTION


# %%
check.ex_03_x1(kind_of)

# %% [markdown]
# ## From the equations to the matrix
#
# Call the right side of (1) $f(v, w)$ and that of (2) $g(v, w)$. The matrix of (3) is the **Jacobian**: how much each right side
# changes when one variable changes a little, at the fixed point,
#
# $$J = \begin{pmatrix} \partial f/\partial v & \partial f/\partial w \\ \partial g/\partial v & \partial g/\partial w \end{pmatrix}. \qquad (4)$$
#
# **Exercise 03.1** Find the fixed point, and how the neuron moves near it. The check uses other parameters too, with $b < 1$, for
# which the nullclines cross once. Useful: `np.roots([c3, c2, c1, c0])` returns the three roots, as complex numbers, of $c_3 v^3 + c_2 v^2 + c_1 v + c_0 = 0$.


# %% nbgrader={"grade_id": "ex-03-1", "solution": true}
def rest(I, a, b, epsilon):
    """The fixed point of (1) and (2), and what its eigenvalues say: (v, growth, omega).

    I, a, b, epsilon : numbers, 0 < b < 1.   v : where the nullclines cross.
    growth : the largest real part of the eigenvalues, per ms.
    omega : the imaginary part, >= 0, in radians per ms (0 if they are real).
    """
    ### BEGIN SOLUTION
    roots = np.roots([-1 / 3, 0, 1 - 1 / b, I - a / b])
    v = roots[np.argmin(np.abs(roots.imag))].real
    J = np.array([[1 - v**2, -1], [epsilon, -epsilon * b]])
    eigenvalues = np.linalg.eigvals(J)
    return v, eigenvalues.real.max(), np.abs(eigenvalues.imag).max()
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-03-1", "grade": true, "locked": true, "points": 4}
check.ex_03_1(rest)

# %% [markdown]
# Now let the current grow, and watch the growth. Where it is above 0, the fixed point throws the neuron out.

# %% tags=["raises-exception"]
I = np.linspace(0.0, 1.8, 181)
growth = [rest(x, fhn.a, fhn.b, fhn.epsilon)[1] for x in I]
ax = snn.plots.curve(I, growth, "current I", "growth (per ms)")
ax.axhline(0.0, color="#5c5c5c", linewidth=1.0)
plt.show()
print(f"between 0 and 1.8, growth is above 0 at {np.sum(np.array(growth) > 0)} of {len(I)} currents")

# %% [markdown]
# The two zeros are the currents at which the neuron changes its mind. Where a pair of eigenvalues crosses the imaginary axis, a fixed point
# loses its hold, and a small cycle around it appears or vanishes: a **Hopf bifurcation**. Which of the two, you will see below. `brentq` finds the zeros of your function. The
# other column does without eigenvalues: a pair has the real part 0 when the trace of $J$ is 0, which gives $v^2 = 1 - \epsilon b$ by hand.

# %% tags=["raises-exception"]
hopf = []  # the two currents
for low, high, sign in ((0.1, 0.6, -1), (1.2, 1.7, 1)):
    found = brentq(lambda I: rest(I, fhn.a, fhn.b, fhn.epsilon)[1], low, high, xtol=1e-12)
    v = sign * np.sqrt(1 - fhn.epsilon * fhn.b)
    by_hand = (v + fhn.a) / fhn.b - v + v**3 / 3
    hopf.append(found)
    print(f"by your eigenvalues {found:.5f}, by hand {by_hand:.5f}")

# %% [markdown]
# ## Play: move the nullclines
#
# Everything that you computed now moves with the sliders: nullclines, fixed point, eigenvalues, and the path. Say what will happen before you move one.
#
# 1. Raise `I` from 0. Between which two values does the fixed point become hollow, that is, unstable? Compare with your two numbers.
# 2. Go on beyond 1.43. What is $v$ doing there?
# 3. Set `I` to 0.5, and make `epsilon` small. What becomes of the corners of the path, and of the rate?
# 4. Hold the button, let go, and watch the cubic jump while the neuron runs. Then set `I` to -0.5 (there is a preset), hold for a while, and let go: why does
#    it fire when the current *ends*?
#
# <details><summary>Answers</summary>
#
# 1. From 0.330 to 0.335: the Hopf current 0.33128 is in between.
# 2. It rests again, on the right branch, high up: too much current silences the neuron. This is **depolarisation block**.
# 3. The path follows the cubic closely and turns sharp corners: $v$ jumps, $w$ creeps. The rate falls, since an interval is mostly creeping.
# 4. The negative current lowers the cubic, and the neuron rests at a lower $w$. When the cubic jumps back up, this point lies below its
#    knee: the **rebound spike** of lesson 02.
#
# </details>

# %%
knobs = {"I": (-0.6, 1.8, 0.005), "a": (0.4, 1.0), "b": (0.4, 0.99), "epsilon": (0.01, 0.3)}
presets = {"silent": {"I": 0.1}, "fires": {"I": 0.5}, "depolarisation block": {"I": 1.5}}
presets |= {"held down": {"I": -0.5}, "very slow recovery": {"I": 0.5, "epsilon": 0.01}}
snn.explore(
    fhn, knobs, I=0.5, plane={"v": (-2.5, 2.5), "w": (-1.5, 2.5)}, trace=["v", "w"],
    presets=presets, curve=None, title="FitzHugh-Nagumo",
)  # fmt: skip

# %% [markdown]
# **A good place for a pause.**

# %% [markdown]
# ## A neuron that remembers
#
# At a current a little below the first Hopf current the fixed point is stable: the neuron can rest. Must it? The next picture starts two neurons at the same
# current of 0.328, one near rest and one far from it.

# %%
two = snn.Population(fhn, 2)
begin = {"v": np.array([-0.97, -0.5]), "w": np.array([-0.36, -0.6])}
rec = snn.simulate(two, I=0.328, t_stop=1000.0, initial=begin, record=["v", "w"], seed=SEED)
plane = snn.phase_plane(fhn, I=0.328, **LIMITS)
ax = snn.plots.phase_plane(plane, rec, neuron=1)
ax.plot(rec.traces["v"][:, 0], rec.traces["w"][:, 0], color="#222222", linewidth=1.0)
plt.show()
late = rec.spikes.between(500.0, 1000.0).counts()
print(f"spikes in the second half: {late[0]} from near rest, {late[1]} from far away")

# %% [markdown]
# Same neuron, same current, for ever different: one rests, and one fires. What it does depends on where it comes from. That is **bistability**,
# and a sweep of the current shows it: on the way up the neuron fires from one current on, and on the way down it goes on to a lower one. The gap is
# called **hysteresis**.
#
# **Exercise 03.2** Write the sweep. Each current stays for 1000 ms, and the neuron goes on from where the last current left it.
# Useful: `rec = snn.simulate(model, I=..., t_stop=2000.0, start=rec.final)` goes on from the end of `rec` until 2000 ms; `rec.spikes.between(a, b)` are
# the spikes from `a` to `b` ms, and `len(...)` counts them.


# %% nbgrader={"grade_id": "ex-03-2", "solution": true}
def sweep(model, currents):
    """The firing rate at each of the currents, one after the other: a list, in Hz.

    model : a neuron.   currents : a list of numbers, in the order in which they come.
    The first current meets the neuron at rest. Each stays for 1000 ms, and the rate is
    counted in the last 500 ms of them.
    """
    ### BEGIN SOLUTION
    rates, state = [], None
    for k, I in enumerate(currents):
        rec = snn.simulate(model, I=I, t_stop=1000.0 * (k + 1), start=state)
        state = rec.final
        counted = rec.spikes.between(1000.0 * k + 500.0, 1000.0 * (k + 1))
        rates.append(2 * len(counted))
    return rates
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-03-2", "grade": true, "locked": true, "points": 3}
check.ex_03_2(sweep)

# %% tags=["raises-exception"]
currents = np.round(np.arange(0.315, 0.345, 0.0005), 4)
up = np.array(sweep(fhn, list(currents)))
down = np.array(sweep(fhn, [0.4, *currents[::-1]]))[:0:-1]
names = ("current I", "rate (Hz)")
ax = snn.plots.curve(currents, up, *names, "on the way up")
snn.plots.curve(currents, down, *names, "on the way down", ax=ax)
ax.axvline(0.33128, color="#5c5c5c", linewidth=1.0)
plt.show()
print(f"down: it still fires at {currents[down > 0].min():.4f}")
print(f"up:   it still rests at {currents[up == 0].max():.4f}; the Hopf current is 0.33128")

# %% [markdown]
# (A rate counted in 500 ms comes in steps of 2 Hz; that is all the zigzag.) Downwards, firing persists to about 0.3245, well below the Hopf current. Upwards, the neuron even rests a little above it: right behind the
# bifurcation the growth is so small that 1000 ms are not enough to leave.
#
# Between the two stands a wall that no simulation shows, because it is unstable: a second, smaller cycle. What starts inside it spirals in, what starts
# outside goes to the large cycle. At the Hopf current the small cycle shrinks onto the fixed point, and at 0.3245 it meets the large one, and
# both are gone. This kind of Hopf bifurcation is called **subcritical**. Back to your predictions:

# %%
I_probe = np.array([0.5, 1.5])
two = snn.Population(fhn, 2)
rec = snn.simulate(two, I=I_probe, t_stop=1000.0, seed=SEED)
last = [len(rec.spikes.between(500.0, 1000.0).of(k)) for k in (0, 1)]
rec = snn.simulate(fhn, I=0.4, t_stop=500.0, seed=SEED)
rec = snn.simulate(fhn, I=0.3255, t_stop=2000.0, start=rec.final)
slowest = 1000.0 / np.diff(rec.spikes.t)[-1]
print(f"at 1.5: {last[1]} spikes in the last 500 ms; the slowest rate is {slowest:.0f} Hz")
if fires_at_1_5 is None or slowest_rate is None:
    print("A prediction is missing: go back and make it, it takes a minute.")
else:
    print(f"You said {fires_at_1_5} for 1.5, and {slowest_rate} Hz for the slowest rate.")

# %% [markdown]
# It does not fire at 1.5, and it can't fire slowly: its rate jumps from 0 to about 20 Hz, and to 19 at the very end of the branch.
#
# ## Two ways to begin
#
# In 1948 Alan Hodgkin sorted axons into classes by how their firing begins.
#
# - **Type I**: firing begins at a rate of zero, and any slow rate can be had.
# - **Type II**: the rate jumps to a value well above zero; slower rates can't be had.
#
# Two decades after FitzHugh, Catherine Morris and Harold Lecar wrote down a model for the muscle of the barnacle that can be either. Its two variables
# are the membrane potential $v$ (mV) and the open share $n$ of the potassium channels; its calcium channels follow $v$ at once:
#
# $$C_m \frac{dv}{dt} = I - g_{\rm Ca}\, m_\infty(v)\,(v - E_{\rm Ca}) - g_{\rm K}\, n\,(v - E_{\rm K}) - g_L (v - E_L),$$
# $$\frac{dn}{dt} = \phi\, \cosh\!\left(\frac{v - v_3}{2 v_4}\right)\, (n_\infty(v) - n) \qquad (5)$$
#
# with $m_\infty = \frac12\left(1 + \tanh\frac{v - v_1}{v_2}\right)$ and $n_\infty = \frac12\left(1 + \tanh\frac{v - v_3}{v_4}\right)$. $C_m$ is the capacitance (uF/cm2), each $g$ a conductance (mS/cm2), each $E$
# a reversal potential (mV), $\phi$ a rate (1/ms), $I$ the current (uA/cm2). The potential $v_3$ says where half of the potassium channels open, and $v_4$ how gradually they do. Four numbers make
# the difference:
#
# | | $v_3$ (mV) | $v_4$ (mV) | $\phi$ (1/ms) | $g_{\rm Ca}$ (mS/cm2) |
# |---|---|---|---|---|
# | one set | 12 | 17.4 | 1/15 | 4 |
# | the other | 2 | 30 | 0.04 | 4.4 |

# %%
one = snn.MorrisLecar(v_3=12.0, v_4=17.4, phi=1 / 15, g_Ca=4.0)
other = snn.MorrisLecar(v_3=2.0, v_4=30.0, phi=0.04, g_Ca=4.4)
for model, currents in ((one, (20.0, 38.0, 45.0)), (other, (20.0, 85.0, 100.0))):
    for I in currents:
        plane = snn.phase_plane(model, I=I, xlim=(-80.0, 60.0), ylim=(-0.05, 0.7))
        kinds = ", ".join(point.kind for point in plane.fixed_points)
        print(f"v_3 = {model.v_3:2.0f} mV, I = {I:5.1f}: {kinds}")

# %%
plane = snn.phase_plane(one, I=38.0, xlim=(-80.0, 60.0), ylim=(-0.05, 0.7))
rec = snn.simulate(one, I=45.0, t_stop=400.0, record=["v", "n"], seed=SEED)
snn.plots.phase_plane(plane, rec)
plt.show()
print(f"a path at I = 45 over the nullclines at 38: {len(rec.spikes)} spikes")

# %% [markdown]
# In the second set one fixed point loses its stability, as in FitzHugh–Nagumo. In the first set, two points, a stable node and a saddle, move towards each other
# as the current grows, meet, and are gone: a **saddle-node bifurcation**. They stand right on the path of the spike. Just after they have gone, the neuron still
# has to creep through the place where they were, and the slower, the less current there is to push it. Which set is of which type?
#
# ## Six blind neurons
#
# Six Morris–Lecar neurons belong to you; your name decides which. Each is of one of the two sets, but they differ in size, in speed and in potential, so that you can't tell
# them by the current they need. You may only inject constant currents: `neuron.spike_times([40.0, 50.0], t_stop=2000.0)` returns a list with the spike times (ms) at each current (at most 400 of them in a call).
# None needs more than 400 uA/cm2 to begin. Too much current silences some of them: depolarisation block, again.

# %%
STUDENT = "ada"  # yours
mine = blind_neurons(STUDENT)
for neuron in mine:
    counts = [len(t) for t in neuron.spike_times([20.0, 60.0, 100.0, 200.0], t_stop=1000.0)]
    print(neuron, "spikes in 1 s at 20, 60, 100 and 200 uA/cm2:", *counts)

# %% [markdown]
# **Exercise 03.3** Write the experiment that tells the type of any such neuron. The check runs it on your six, and on six that you have not seen, of another size
# and speed. It may take 10 s.


# %% nbgrader={"grade_id": "ex-03-3", "solution": true}
def identify(neuron):
    """The type of a blind neuron: "type I" or "type II".

    neuron : has spike_times(I, t_stop), with I a list of currents in uA/cm2.
    """
    ### BEGIN SOLUTION
    I = np.linspace(0.0, 400.0, 21)
    for _ in range(3):  # each round looks between the last silent and the first firing current
        trains = neuron.spike_times(I, t_stop=2000.0)
        fires = [len(t) > 1 and t[-2] > 500.0 for t in trains]
        k = fires.index(True)
        I = np.linspace(I[k - 1], I[k], 21)
    slowest = 1000.0 / np.diff(trains[k])[-1]  # Hz
    return "type I" if slowest < 5.0 else "type II"
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-03-3", "grade": true, "locked": true, "points": 4}
check.ex_03_3(identify, student=STUDENT)

# %% tags=["raises-exception"]
print(*(f"{neuron}: {identify(neuron)}" for neuron in mine), sep="\n")

# %% [markdown]
# **Another good place for a pause.**

# %% [markdown]
# ## Reproduce: two types and many bursts
#
# **Morris and Lecar.** The rates of both sets near their onset. The second column comes from a solver that chooses its own
# steps and knows nothing of this library: scipy's LSODA, with equation (5) written out again.


# %% tags=["worked-program"]
from scipy.integrate import solve_ivp


def by_scipy(I, v_3, v_4, phi, g_Ca, t_stop=8000.0):
    """The rate in Hz, from the last interval between two upward crossings of 0 mV."""

    def slope(t, state):
        v, n = state
        m_inf = 0.5 * (1 + np.tanh((v + 1.2) / 18.0))
        n_inf = 0.5 * (1 + np.tanh((v - v_3) / v_4))
        current = I - g_Ca * m_inf * (v - 120.0) - 8.0 * n * (v + 84.0) - 2.0 * (v + 60.0)
        return current / 20.0, phi * np.cosh((v - v_3) / (2 * v_4)) * (n_inf - n)

    def crossing(t, state):
        return state[0]

    crossing.direction = 1.0
    start = [-60.0, 0.5 * (1 + np.tanh((-60.0 - v_3) / v_4))]
    steps = {"method": "LSODA", "rtol": 1e-9, "atol": 1e-9}
    times = solve_ivp(slope, (0.0, t_stop), start, events=crossing, **steps).t_events[0]
    return 1000.0 / (times[-1] - times[-2])


# %%
for model, currents in ((one, [40.0, 41.0, 50.0]), (other, [90.0, 100.0, 120.0])):
    spikes = snn.simulate(snn.Population(model, 3), I=currents, t_stop=8000.0, seed=SEED).spikes
    for k, I in enumerate(currents):
        ours = 1000.0 / np.diff(spikes.of(k))[-1]
        theirs = by_scipy(I, model.v_3, model.v_4, model.phi, model.g_Ca)
        print(f"v_3 = {model.v_3:2.0f} mV, I = {I:3.0f}: {ours:5.1f} Hz, scipy {theirs:5.1f} Hz")

# %%
I = np.concatenate([np.linspace(39.5, 60.0, 83), np.linspace(85.0, 120.0, 71)])
rates = {}
for name, model in {"one set": one, "the other": other}.items():
    spikes = snn.simulate(snn.Population(model, len(I)), I=I, t_stop=6000.0, seed=SEED).spikes
    trains = [spikes.of(k) for k in range(len(I))]
    fires = [len(t) > 1 and t[-2] > 1000.0 for t in trains]
    rates[name] = np.array([1000.0 / np.diff(t)[-1] if f else 0.0 for t, f in zip(trains, fires)])

# %%
near = slice(0, 83), slice(83, None)
left = snn.plots.curve(I[near[0]], rates["one set"][near[0]], "current (uA/cm2)", "rate (Hz)", "one set")
snn.plots.curve(
    I[near[1]], rates["the other"][near[1]], "current (uA/cm2)", "rate (Hz)", "the other", ax=left
)
plt.show()
for name, rate in rates.items():
    print(
        f"{name}: the slowest rate on this grid is {rate[rate > 0].min():.1f} Hz, at {I[rate > 0][0]:.1f} uA/cm2"
    )

# %% [markdown]
# One set fires at 1.1 Hz at a current of 40, and slower still below: type I. The other jumps to nearly 9 Hz: type II. (On a grid of whole tens one reads
# 9.7 Hz, its rate at 90; the more finely you search, the nearer you come to the end of the branch, and that is still 8 Hz.) The curve of type I leaves zero like a square root: the time to creep through the gap
# between the nullclines is in proportion to $1/\sqrt{I - I_{\rm rh}}$.
#
# **Hindmarsh and Rose.** A neuron that bursts needs a third variable. James Hindmarsh and Malcolm Rose gave one to a model of two, in 1984:
#
# $$\frac{dx}{dt} = y - x^3 + 3x^2 - z + I, \qquad \frac{dy}{dt} = 1 - 5x^2 - y,$$
# $$\frac{dz}{dt} = r\,\bigl(4\,(x + 1.6) - z\bigr) \qquad (6)$$
#
# $x$ is the membrane, $y$ the fast recovery, and $z$ a very slow one ($r$ = 0.001): spikes raise $z$, silence lowers it. All are pure numbers. To the fast pair, $z$ is nothing but a
# current that is taken away. Where $x$ and $y$ are bistable, rest and firing at the same $z$, the slow variable drags the neuron round the hysteresis loop: fire, until $z$ is too high;
# rest, until $z$ is low again. That is the paper's result: a steady current makes **periodic bursts**.
#
# Run it live at full speed, hold the button, and watch the nullclines drift while $z$ climbs, and the saddle meet the cycle.

# %%
settings = {"five a burst": {"I": 3.0, "r": 0.005}, "where it is chaotic": {"I": 3.25, "r": 0.005}}
snn.explore(
    snn.HindmarshRose(z_0=1.8), {"I": (0.0, 4.0, 0.05)}, I=2.0, plane={"x": (-2.2, 2.2), "y": (-14.0, 3.0)},
    trace=["x", "z"], presets=settings, t_stop=1000.0, curve=None, title="Hindmarsh-Rose",
)  # fmt: skip


# %%
def burst_sizes(model, I, dt, t_stop=8000.0):
    """Spikes in each burst after 2000 ms; a gap of more than 50 ms ends a burst."""
    t = snn.simulate(model, I=I, t_stop=t_stop, dt=dt, seed=SEED).spikes.between(2000.0, t_stop).t
    return np.diff(np.flatnonzero(np.diff(t) > 50.0))


for I in (1.5, 2.0, 2.5, 3.0):
    coarse, fine = (set(burst_sizes(snn.HindmarshRose(), I, dt).tolist()) for dt in (0.1, 0.02))
    print(f"I = {I:.1f}: spikes in each burst {coarse}; the same with steps of 0.02: {coarse == fine}")

# %% [markdown]
# Every burst is like the last one, which is what the paper reports; at a current of 2 ours have 9 spikes each, and a stronger current makes longer bursts. Now make $z$ five times faster, $r$ = 0.005.

# %%
chaotic = snn.HindmarshRose.chaotic()  # r = 0.005
for I in (2.0, 3.0):
    print(f"I = {I:.2f}: spikes in each burst {set(burst_sizes(chaotic, I, 0.05).tolist())}")
several = len(set(burst_sizes(chaotic, 3.25, 0.05, t_stop=20_000.0).tolist()))
print(f"I = 3.25: bursts of {'more than three' if several > 3 else several} different sizes")

# %% [markdown]
# At 3.25 no two stretches are alike, although nothing in (6) is random. Is it only a long period, or **chaos**? Two tests tell.
#
# 1. **Nearby starts.** Start two neurons with a difference of $10^{-8}$ in $x$. In a periodic neuron the difference stays small; under chaos it grows exponentially.
# 2. **The return map.** Plot every interval between spikes against the one before. A periodic neuron gives a few points, chaos draws a curve with infinitely many.

# %%
start = {"x": np.array([-1.6, -1.6 + 1e-8])}
apart = {}
for I in (3.0, 3.25):
    pair = snn.Population(chaotic, 2)
    rec = snn.simulate(pair, I=I, t_stop=6000.0, initial=start, record=["x", "y", "z"], seed=SEED)
    apart[I] = np.sqrt(sum(np.diff(rec.traces[name], axis=1)[:, 0] ** 2 for name in "xyz"))
    largest = apart[I][-10_000:].max()  # in the last second
    print(f"I = {I:.2f}: in the last second below 0.000001: {largest < 1e-6}, above 1: {largest > 1}")
every = slice(0, None, 20)
ax = snn.plots.curve(rec.t[every], apart[3.0][every], "time (ms)", "difference", "I = 3", log="y")
snn.plots.curve(rec.t[every], apart[3.25][every], "time (ms)", "difference", "I = 3.25", log="y", ax=ax)
snn.plots.set_alt_text(ax.figure, "Difference against time, on a logarithmic axis. I = 3: it stays as small as it began. I = 3.25: "
                       "it grows by eight powers of ten, and from then on goes up and down below ten.")  # fmt: skip
plt.show()

# %%
(ax,), distinct = snn.plots.panels(3.6), {}
for I, mark in ((3.0, "s"), (3.25, ".")):
    rec = snn.simulate(chaotic, I=I, t_stop=60_000.0, dt=0.05, seed=SEED)
    t = rec.spikes.between(2000.0, 60_000.0).t
    intervals = np.diff(t)
    color, order = ("#222222", 3) if mark == "s" else ("#b04a10", 2)
    ax.plot(intervals[:-1], intervals[1:], mark, color=color, label=f"I = {I:g}", zorder=order)
    distinct[I] = len(set(np.round(intervals)))
ax.set(xlabel="interval (ms)", ylabel="next interval (ms)")
ax.legend(frameon=False)
text = "Return map: a few points at I = 3, a curve of many at I = 3.25."
snn.plots.set_alt_text(ax.figure, text)
plt.show()
print(f"different intervals, to 1 ms, at I = 3: fewer than 12: {distinct[3.0] < 12}")
print(f"at I = 3.25: more than 30: {distinct[3.25] > 30}")

# %% [markdown]
# So at 3.25 this neuron is chaotic: a difference of one part in 100 million is as large as the neuron itself within a few seconds. Nobody can say which burst comes in a minute, and two correct simulators
# must disagree about it. What stays the same is the curve of the return map, and every statistic that you take from it. Compare chaotic simulations by statistics alone.

# %% [markdown]
# ## Cross-check: the same in Brian2
#
# The FitzHugh–Nagumo neuron once more, written by hand in Brian2. In its equations pure numbers have the unit `1`, and time has one: hence `/ms`. Without a reset, Brian2
# would report a spike in every step in which $v$ is above 0; `refractory="v >= 0"` keeps it quiet until $v$ has come down. The last two neurons have the same current, and start where
# your pair of bistable neurons did.

# %% tags=["worked-program"]
import brian2 as b2

b2.prefs.codegen.target = "numpy"
b2.start_scope()
b2.defaultclock.dt = 0.1 * b2.ms
currents = np.array([0.1, 0.5, 1.0, 1.5, 0.328, 0.328])
v_start = np.array([*[fhn.v_0] * 4, -0.97, -0.5])
w_start = np.array([*[fhn.w_0] * 4, -0.36, -0.6])

equations = """
dv/dt = (v - v**3/3 - w + I)/ms : 1
dw/dt = 0.08*(v + 0.7 - 0.8*w)/ms : 1
I : 1 (constant)
"""
group = b2.NeuronGroup(6, equations, threshold="v >= 0", refractory="v >= 0", method="rk4")
group.v, group.w, group.I = v_start, w_start, currents
monitor = b2.SpikeMonitor(group)
b2.run(500 * b2.ms, namespace={})

six = snn.Population(fhn, 6)
ours = snn.simulate(six, I=currents, t_stop=500.0, initial={"v": v_start, "w": w_start}, seed=SEED).spikes
for k in range(6):
    theirs = monitor.t[monitor.i == k] / b2.ms + 0.1  # Brian2 stamps the start of the step
    same = len(theirs) == len(ours.of(k)) and np.allclose(theirs, ours.of(k))
    print(
        f"I = {currents[k]:5.3f}: snnlab {len(ours.of(k)):2d} spikes, Brian2 {len(theirs):2d}, same times: {same}"
    )

# %% [markdown]
# ## Bug hunt: written right, read wrong
#
# In September 2013 it was reported that equation (1) went wrong in a model library, where it was written as
#
# ```
# V - (V^3)/3 - W + I
# ```
#
# There is nothing wrong with this text. But PyLEMS, the simulator that read it, did not read what was written. The report is
# [issue 6](https://github.com/LEMS/pylems/issues/6) of that program, still open when this lesson was written. We tried version 0.6.8, and it prints what it reads as
# `(- V (+ (- (/ (^ V 3) 3) W) I))`. That notation has each operation in front of its two sides: `(- a b)` is $a - b$. Here is the neuron that came out. Its nullcline
# shows at a glance that something is wrong.


# %%
class Misread(snn.FitzHughNagumo):
    """FitzHugh-Nagumo, as PyLEMS 0.6.8 reads it."""

    def dynamics(v, w, I, a, b, epsilon, time_unit):
        dv = (v - (v**3 / 3 - w + I)) / time_unit
        dw = epsilon * (v + a - b * w) / time_unit
        return dv, dw


rec = snn.simulate(Misread(), I=0.5, t_stop=100.0, record=["v", "w"], seed=SEED)
snn.plots.phase_plane(snn.phase_plane(Misread(), I=0.5, xlim=(-3.0, 3.0), ylim=(-3.0, 3.0)), rec)
plt.show()
print(f"{len(rec.spikes)} spikes; v ends at {rec.traces['v'][-1, 0]:.2f}")

# %% [markdown]
# **Exercise 03.4** Hunt it in two parts.
#
# 1. **A test that catches it.** Write `is_right(slope)`, which is `True` if `slope(v, w, I)` is the right side of (1), and `False` if not. The check runs it on what the
#    simulator read, on five more wrong slopes, and on two right ones, written differently.
# 2. **The text, mended.** You can't mend the simulator; you can write the equation so that it has no choice. Return a text in `V`, `W` and `I` that means (1), and that this
#    simulator *and* everybody else read rightly. The check reads it with both. (`+ - * / ^` and brackets are allowed.)


# %% nbgrader={"grade_id": "ex-03-4", "solution": true} tags=["bug-hunt"]
def is_right(slope):
    """True if a function is dv/dt of equation (1), else False.

    slope : a function, slope(v, w, I), of three numbers.
    """
    ### BEGIN SOLUTION
    for v, w, I in [(1.0, 0.0, 0.0), (0.5, 1.0, 0.0), (-1.2, 0.3, 0.7), (2.0, -0.6, 0.4)]:
        if abs(slope(v, w, I) - (v - v**3 / 3 - w + I)) > 1e-9:
            return False
    return True
    ### END SOLUTION


# %% nbgrader={"grade_id": "ex-03-4b", "solution": true} tags=["bug-hunt"]
def mended():
    """The right side of (1) as a text, such as "V - (V^3)/3 - W + I"."""
    ### BEGIN SOLUTION
    return "(V - (V^3)/3) - W + I"
    ### END SOLUTION


# %% tags=["raises-exception"]
print("the misread slope passes your test:", is_right(lambda v, w, I: v - (v**3 / 3 - w + I)))
print("your text has as many brackets to open as to close:", mended().count("(") == mended().count(")"))

# %% nbgrader={"grade_id": "check-03-4", "grade": true, "locked": true, "points": 3}
check.ex_03_4(lambda: (is_right, mended()))  # hands in both

# %% [markdown]
# How did the reader go wrong? A reader of formulas lets operations wait, until it knows what stands to the right of them. Before a new sign waits, *all* waiting
# operations that bind at least as strongly as it must be finished. This one finishes a single one. So `a - b - c` is read rightly, and only behind a product or a fraction a minus is left
# waiting, and swallows the rest. Every test of the two signs alone passes.

# %% [markdown]
# ## Close
#
# **In five lines**
#
# - Two variables make a map: nullclines say where the neuron turns, and fixed points where it may rest.
# - The eigenvalues of the Jacobian decide whether it stays there; where a pair crosses the imaginary axis (0.33128 and 1.41872), rest loses its hold or regains it.
# - Below a subcritical Hopf current, rest and firing live side by side: what the neuron does depends on where it comes from.
# - Type I begins at rate zero (a saddle-node on the cycle), type II with a jump (Hopf). The current that is needed tells nothing about the type.
# - A slow third variable turns bistability into bursts; some bursts are chaotic, and then only statistics can be compared.
#
# **Ask yourself**, and write your answers down. The next cell computes them.
#
# 1. Equations (1) and (2) look the same if $v$, $w$ and $I$ change their signs, up to a shift of $I$. Up to which current does firing persist on a sweep *upwards* from 1.0?
# 2. Recovery gets twice as slow. Does the first Hopf current rise or fall?
# 3. Which of the two Morris–Lecar sets can fire once in two seconds, and at which current?

# %% tags=["worked-program"]
rec, t, fired = snn.simulate(fhn, I=1.0, t_stop=500.0, seed=SEED), 500.0, 1.0
for I in np.round(np.arange(1.40, 1.44, 0.0005), 4):
    t += 1000.0
    rec = snn.simulate(fhn, I=float(I), t_stop=t, start=rec.final)
    if len(rec.spikes.between(t - 500.0, t)):
        fired = I
mirror = 2 * fhn.a / fhn.b
print(f"1. it fires up to {fired:.4f}; the mirror image of 0.3245 is {mirror - 0.3245:.4f}")

for epsilon in (0.08, 0.04):
    v = -np.sqrt(1 - epsilon * fhn.b)
    print(f"2. epsilon = {epsilon:.2f}: Hopf current {(v + fhn.a) / fhn.b - v + v**3 / 3:.4f}")

I = np.arange(39.965, 39.985, 0.001)
spikes = snn.simulate(snn.Population(one, len(I)), I=I, t_stop=20_000.0, seed=SEED).spikes
slow = np.array([1000.0 / np.diff(spikes.of(k))[-1] for k in range(len(I))])
best = np.argmin(np.abs(slow - 0.5))
print(f"3. the set with v_3 = 12 mV: at {I[best]:.2f} uA/cm2 it fires at {slow[best]:.1f} Hz")

# %% [markdown]
# **Further reading**
#
# - FitzHugh (1961), *Impulses and physiological states in theoretical models of nerve membrane*. <https://doi.org/10.1016/S0006-3495(61)86902-6>
# - Morris & Lecar (1981), *Voltage oscillations in the barnacle giant muscle fiber*. <https://doi.org/10.1016/S0006-3495(81)84782-0>
# - Hindmarsh & Rose (1984), *A model of neuronal bursting using three coupled first order differential equations*. <https://doi.org/10.1098/rspb.1984.0024>
# - Izhikevich (2007), *Dynamical Systems in Neuroscience*: this lesson, as a book. <https://doi.org/10.7551/mitpress/2526.001.0001>
# - Ermentrout & Terman (2010), *Mathematical Foundations of Neuroscience*, chapter 3: both Morris–Lecar sets. <https://doi.org/10.1007/978-0-387-87708-2>
#
# **Solutions**: the notebook of the same name in the folder `solutions`, [here](../../solutions/03_phase_plane/03_phase_plane.ipynb). Try first.
#
# **Next**, lesson 04: the same two variables, with a reset put back in. Two equations then give all the firing patterns that a physiologist has names for.

# %%
check.summary()

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: the plan
#
# | minutes | what | how |
# |---|---|---|
# | 0–5 | predict | hands up for "still fires at 1.5"; write the counts on the board |
# | 5–20 | two variables, the map | draw both nullclines on the board, let the class draw the arrows |
# | 20–30 | refresher | skip it if the class had linear algebra this year |
# | 30–48 | 03.1, Hopf currents | in pairs; compare the digits aloud |
# | 48–58 | play | one question each, one sentence each |
# | 58–74 | bistability, 03.2 | ask what `start=` is for before anybody writes |
# | 74–95 | types, 03.3 | neighbours have other neurons; they may share methods only |
# | 95–108 | bursts and chaos | the live explorer on the wall; z is the hand that turns the current |
# | 108–112 | Brian2 | why `refractory="v >= 0"`? |
# | 112–120 | bug hunt, close | the class reads the prefix notation together |
#
# For 90 minutes give 03.4 and the section on Hindmarsh–Rose as homework. In two sessions of 60 minutes, break before "A neuron that remembers".

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: three misconceptions
#
# | misconception | the wrong answer that reveals it | what helps |
# |---|---|---|
# | More current, more spikes. | predicts `True` for 1.5 | lift the cubic until the crossing is on its right branch |
# | A stable fixed point means that the neuron rests. | 03.2 "starts anew each time", or surprise that this changes anything | the picture at 0.328: two paths, one current |
# | The type is a matter of how much current is needed. | 03.3 "by the rheobase" | a bigger neuron of the same type needs more current: sizes differ by a factor of 7 here |
#
# Also seen: "the nullcline is a path" (draw the arrows across it), and "chaos means noise" (run (6) twice with the same start: the same bursts).

# %% [markdown] tags=["teaching-note"]
# ## Teaching note: marking and discussion
#
# | exercise | points | give them for |
# |---|---|---|
# | 03.1 | 4 | 1 the crossing; 2 the Jacobian (1 if one entry is wrong); 1 growth and omega |
# | 03.2 | 3 | 2 the state that is handed on; 1 the rate of the second half |
# | 03.3 | 4 | 2 a search for the onset; 1 fine enough; 1 the verdict by rate, not by current |
# | 03.4 | 3 | 2 a test that catches all and passes both right ones; 1 the text. None for signs turned to suit the bug |
#
# Discuss:
#
# 1. A neuron at 0.328 gets one short pulse. Can a pulse switch its firing on? Can it switch it off? What would that be good for?
# 2. Two groups simulate the chaotic neuron and publish different spike trains. Which statements of their papers must agree?
