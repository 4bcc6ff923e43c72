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
# ---

# %% [markdown]
# # Start here
#
# **What do a thousand neurons do when nobody tells them what to do?**
#
# | | |
# |---|---|
# | **Time** | 25 minutes |
# | **You need** | a little Python: calling and writing a function. No neuroscience |
# | **You will be able to** | run a lesson and change it; break a network and mend it; measure a firing rate; help yourself when something goes wrong |
#
# ## The first minute
#
# This page is made of **cells**: some hold text, like this one, and some hold Python. Click on this text. Then press
# **Shift + Enter** three times. Each time, one cell runs and the next is chosen.
#
# While a cell of Python runs, it shows `[*]`; when it is done, a number. The very first run may take half a minute:
# your computer translates the network into fast machine code, and keeps the result for the next time.

# %% tags=["worked-program"] jupyter={"source_hidden": true}
# The network, to be read later: click on the dots.
import matplotlib.pyplot as plt
import numpy as np

import snnlab as snn
from snnlab import doctor
from snnlab.checks import check, todo
from snnlab.units import pA

# 800 excitatory neurons (E), then 200 inhibitory ones (J).
receptors = {"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)}
net = snn.Population(snn.LIF(), 1000, receptors=receptors, name="net")
E, J = net[:800], net[800:]

# Each of the thousand listens to 80 excitatory and 20 inhibitory neurons, drawn at random.
rng = np.random.default_rng(20)
from_E = snn.fixed_indegree(80).draw(rng, 800, 1000)
from_J = snn.fixed_indegree(20).draw(rng, 200, 1000)
v_start = rng.uniform(-70.0, -50.0, 1000)  # mV


def network(
    inhibition: pA = 100.0,  # pull of one spike
    excitation: pA = 20.0,  # push of one spike
    drive: pA = 250.0,  # into every neuron
    t_stop=500.0,
    start=None,
    v=v_start,
):
    """Half a second of a thousand neurons; `start` goes on from an earlier run."""
    synapses = [
        snn.Projection(E, net, pairs=from_E, w=excitation, delay=1.0, receptor="exc"),
        snn.Projection(J, net, pairs=from_J, w=-inhibition, delay=1.0, receptor="inh"),
    ]
    begin = {"initial": {"v": v}} if start is None else {"start": start}
    return snn.simulate(net, I=drive, t_stop=t_stop, projections=synapses, seed=20, **begin)


# %%
ranges = {"inhibition": (0, 200, 5), "excitation": (0, 40, 1), "drive": (150, 400, 5)}
snn.explore(network, ranges, t_stop=500.0, title="1,000 neurons")

# %% [markdown]
# Each dot is a **spike**, the short electrical pulse with which a neuron speaks to others. Each row is one neuron, and
# time runs from left to right: half a second. Such a picture is a **raster**. Below it is the **firing rate**: the
# spikes per second of a neuron, on average over all. One per second is one **hertz** (Hz).
#
# 800 neurons are **excitatory**: their spikes push others towards firing. 200 are **inhibitory**: theirs pull others
# away from it. A constant current, the **drive**, goes into all of them. The three sliders set
# the pull of a spike, the push of a spike, and the drive, all in picoampere (pA).
#
# ## Play: break it
#
# Drag the sliders. From the start, moving **one** slider is enough to find each of these. Press *Reset* in between.
#
# 1. **Silence.** Nobody fires.
# 2. **A flood.** Every neuron fires more than 100 times per second.
# 3. **Applause.** All neurons fire at the same moment, again and again, with silence between.
#
# <details><summary>Stuck? Open this.</summary>
#
# Silence: drive at 190. Flood: inhibition at 0. Applause: inhibition at 50, or excitation at 40.
#
# </details>

# %% [markdown]
# Then press *Reset* and *Run*. Now the network runs live, ten times slower than in life. Move the sliders meanwhile.
#
# It takes a balance of push and pull to get the irregular activity of the start. Something like it is recorded in the
# cortex of an awake animal. Lesson 01 takes one of the thousand neurons apart; lesson 11 explains the balance.
#
# (The cell above the picture is folded up. Click on its three dots if you would like to see how to write a network.)

# %% [markdown]
# ## How a lesson works
#
# Each lesson has the same four steps, again and again.
#
# | step | what you do | why |
# |---|---|---|
# | **Predict** | say what will happen before you run it | you notice what you did not expect |
# | **Code** | fill a hole in a function, a few lines | you know an equation once you have programmed it |
# | **Check** | run the cell below it | it tries your code on new inputs and answers at once |
# | **Explain** | read on, and compare with a classic result | so that it holds outside this notebook |
#
# | if you want to | do this |
# |---|---|
# | run a cell | click into it, then *Shift + Enter*. Go from top to bottom: later cells need earlier ones |
# | change a cell | type into it and run it again. You can break nothing that a restart does not mend |
# | stop a cell | the square button ■ at the top |
# | understand a red message | read its last line: it says what is wrong. The cell changed nothing; mend it and run it again |
# | start afresh | menu *Kernel*, *Restart Kernel and Run All Cells* |
# | know what to write | find the **hole**, a line such as `todo("00.1")`, and put your own lines in its place. Until then, cells that need it say "exercise 00.1 is not done yet". That is no error |
# | get a hint | run the check again. Each try that fails opens the next hint, three in all; a mistake that we know gets its own |
# | see a solution | open the notebook of the same name in the folder `solutions`: [here is that of this lesson](../../solutions/00_start_here/00_start_here.ipynb). Try first |
# | keep your work | *Ctrl + S* (⌘ S on a Mac). In a browser session (Binder), download the notebook before you close the page |
#
# ## Is everything installed?
#
# The next cell asks every package to do a little work. It takes some seconds.

# %%
findings = []
ready = doctor.report(findings.append) == 0
print("Everything is ready." if ready else "\n".join(findings))

# %% [markdown]
# If it says anything else: below each line that begins with `WRONG` stands what to type in a terminal (menu *File*,
# *New*, *Terminal*). Then start JupyterLab again.
#
# ## Predict: one spike, one millisecond late
#
# We run the network twice. The second time, one neuron of the thousand starts 10 mV lower. It therefore fires its
# first spike about one millisecond later. All else is the same: the synapses, the drive, the other 999 neurons.
#
# Half a second later, how many of the network's spikes are still the same?
#
# - **a**: nearly all; only that neuron differs
# - **b**: about nine in ten; the hundred neurons that it speaks to differ as well
# - **c**: next to none
#
# Write the letter between the quotation marks, and run the cell. Then run the cells below it, and see.

# %%
my_prediction = "?"

# %%
v_lower = v_start.copy()
v_lower[0] = -70.0  # mV; it was -59.9
first = network().spikes
second = network(v=v_lower).spikes
print(f"Neuron 0 fires {second.of(0)[0] - first.of(0)[0]:.0f} ms later in the second run.")

# %% [markdown]
# Now count. A spike is the same in both runs if the same neuron fires it at the same time.

# %% jupyter={"outputs_hidden": true}
a, b = first.between(400.0, 500.0), second.between(400.0, 500.0)
same = set(zip(a.t, a.i)) & set(zip(b.t, b.i))
share = len(same) / len(a)
measured = "a" if share > 0.97 else "b" if share > 0.5 else "c"

said = str(my_prediction).strip().lower()
if said in ("a", "b", "c"):
    print(f"You said {said}.")
else:
    print("You made no prediction yet. It is worth a minute: go back and make one.")
print(f"Of the spikes in the last 100 ms, {100 * share:.0f} % are the same. The answer is {measured}.")

# %% [markdown]
# Here are thirty of the neurons, in both runs. Where do they part?

# %% jupyter={"outputs_hidden": true}
print("Both runs, one above the other; the dashed line is at the late spike:")
top, bottom = snn.plots.panels(1.9, 1.9)
for ax, name, spikes in ((top, "first run", first), (bottom, "second run", second)):
    snn.plots.raster(spikes.neurons(0, 30).between(0.0, 200.0), ax=ax).set_title(name)
    ax.axvline(first.of(0)[0], color="black", linestyle="--", linewidth=1.0)
text = "Two rasters of 30 neurons over 200 ms, one above the other, with a line at 75 ms. "
snn.plots.set_alt_text(top.figure, text + "Left of it they are the same; from 100 ms on hardly a spike is.")
plt.show()

# %% [markdown]
# One late spike makes others come earlier or later, and each of these does the same to a hundred more. Within 50 ms
# hardly a spike is left as it was. It has been measured in rats, too: one extra spike in the cortex brings about 28
# others (London et al. 2010). A network like this is **chaotic**.
#
# So what can we say about it that is still true tomorrow, and on another computer? Not when a neuron fires, but how
# often.

# %% [markdown]
# ## Your first exercise
#
# The **firing rate** of a neuron is the number of its spikes, divided by the time for which we looked. Rates are in
# hertz, spikes per **second**. Times in this course are in **milliseconds**.
#
# **Exercise 00.1** Write the firing rate of one neuron.
#
# 1. Replace the line `todo("00.1")`. One line is enough. `len(times)` is the number of spikes.
# 2. Run the cell, then the check below it.
#
# Would you like to see what a hint looks like? Hand in `return 0.0` first.


# %% nbgrader={"grade_id": "ex-00-1", "solution": true}
def firing_rate(times, duration):
    """Rate in Hz.   times: an array of spike times in ms.   duration: for how long we looked, in ms."""
    ### BEGIN SOLUTION
    seconds = duration / 1000.0
    return len(times) / seconds
    ### END SOLUTION


# %% nbgrader={"grade_id": "check-00-1", "grade": true, "locked": true, "points": 2}
check.ex_00_1(firing_rate)

# %% [markdown]
# Passed? Then use it: your function now measures all neurons of both runs.

# %% tags=["raises-exception"]
for name, spikes in (("first run", first), ("second run", second)):
    rates = [firing_rate(spikes.of(i), 500.0) for i in range(1000)]
    print(f"{name}: {np.mean(rates):.0f} Hz on average")

# %% [markdown]
# Nearly every spike differs, and the rate is as before. This is why this course compares spikes where they can be
# predicted (one neuron, a few), and rates and other statistics where they can't.
#
# ## Close
#
# - A thousand neurons with push and pull in balance fire at about 8 Hz each, irregularly, with nobody beating time.
# - Too little pull, and they clap together or run away. Too little drive, and they are silent.
# - The network is chaotic: move one spike by a millisecond, and soon all spikes are others. The rate stays.
# - A rate is a count divided by a time: spikes per second, in Hz. Mind the ms.
# - A lesson goes: predict, code, check, explain. Wrong answers are welcome; each gets a hint.
#
# ### Ask yourself
#
# 1. You look at a neuron for 200 ms and see 6 spikes. What is its rate?
# 2. The drive is 190 pA and nobody fires. You double the excitation, from 20 to 40 pA. How many spikes does this give?
# 3. You take inhibition away. By what factor does the rate rise: 2, 4 or 40?
#
# Answer first, then let the next two cells compute.

# %% tags=["raises-exception"] jupyter={"outputs_hidden": true}
print("Question 1")
print(f"{firing_rate(np.linspace(20.0, 180.0, 6), 200.0):.0f} Hz")

# %% jupyter={"outputs_hidden": true}
print("Questions 2 and 3")
count = len(network(drive=190.0, excitation=40.0).spikes)
print(f"{count} spikes: a synapse does something only when somebody fires")

rise = network(inhibition=0.0).spikes.rate().mean() / network().spikes.rate().mean()
print(f"by a factor of about {round(rise, -1):.0f}")

# %%
check.summary()

# %% [markdown]
# ### What comes next
#
# [Lesson 01, One LIF neuron](../01_lif_neuron/01_lif_neuron.ipynb). You take one of the thousand, inject current,
# listen to it, and write its equation yourself.
#
# ### Further reading
#
# - Gerstner, Kistler, Naud & Paninski (2014), *Neuronal Dynamics*: the textbook nearest to this course, free to read
#   online. <https://doi.org/10.1017/CBO9781107447615>
# - Vogels & Abbott (2005), *J. Neurosci.* 25: networks like this one, and how they carry signals.
#   <https://doi.org/10.1523/JNEUROSCI.3508-05.2005>
# - Brette et al. (2007), *J. Comput. Neurosci.* 23: programs that simulate spiking networks, compared.
#   <https://doi.org/10.1007/s10827-007-0038-6>
# - London, Roth, Beeren, Häusser & Latham (2010), *Nature* 466: one spike more in a living cortex.
#   <https://doi.org/10.1038/nature09086>

# %% [markdown] tags=["teaching-note"]
# ## Teaching note
#
# | minutes | what |
# |---|---|
# | 3 | everybody runs the first two cells; those with trouble run `snnlab doctor` in a terminal, or take the browser edition |
# | 6 | silence, flood, applause in pairs; one pair shows how it found applause |
# | 4 | how a lesson works: walk through the table, open `solutions` once, restart the kernel once |
# | 4 | predict: hands up for a, b, c *before* anybody runs it, and once more after talking to a neighbour |
# | 5 | exercise 00.1; ask two students to hand in a wrong answer and to read its hint aloud |
# | 3 | the three questions, what comes next |
#
# **Misconceptions to expect**, and the wrong answer that reveals each:
#
# 1. *The rate is the inverse of the usual gap between spikes.* They return `1000 / np.mean(np.diff(times))`, or divide by
#    the last spike time. Silence before and after counts; a neuron with one spike has a rate and no gap.
# 2. *Units look after themselves.* They return `len(times) / duration`, spikes per ms. Every lesson that follows is in ms,
#    mV and pA, with rates in Hz: this is the place to stumble.
# 3. *Small causes have small effects.* They predict a or b. Draw the tree: one neuron speaks to a hundred; each shifted
#    spike shifts others. Yet a spike has to move: with `v_lower[0] = v_start[0] - 0.5` none does, and the two runs stay the
#    same to the last spike; with `- 1.0` they part.
#
# **Marking** 00.1, two points: one for a count divided by the duration of the observation, silent neurons included; one for
# the conversion to seconds. An answer rounded to one decimal passes.
#
# **Numbers** Over thirty draws of the synapses: 7.7 Hz at the start (standard deviation 0.3 between draws); at an inhibition
# of 50 pA, 98 to 100 % of all neurons fire within the busiest 5 ms, every time; 306 Hz without inhibition. No spike at a
# drive of 200 pA: R_m I = 20 mV takes a resting neuron just to its threshold, and never across. With another draw,
# neuron 0 may be silent for the whole half second, and then nothing parts.
#
# **Discuss**
#
# - If one spike changes everything within 50 ms, can a brain use the exact time of a spike? What would have to be different
#   (think of the ear, or of applause)?
# - Both runs have a rate of 8 Hz. Find something else that is the same in both, and something that is not.
