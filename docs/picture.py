"""Draws docs/picture.png, the picture of the README, from real simulations:  .venv/bin/python docs/picture.py

It prints the alternative text that belongs into the README.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import snnlab as snn

figure, axes = plt.subplot_mosaic("tr;fr", figsize=(10, 5.2), layout="constrained", width_ratios=(1, 1.15))
neuron = snn.LIF()

rec = snn.simulate(neuron, I=snn.step(300.0, 20.0, 180.0), t_stop=200.0, record=["v"])
snn.plots.trace(rec, "v", ax=axes["t"])
axes["t"].set_title("one neuron", fontsize=12)

I = np.linspace(0.0, 1000.0, 201)
rate = snn.simulate(snn.Population(neuron, I.size), I=I, t_stop=1000.0).spikes.rate()
snn.plots.fi(I, rate, theory=lambda I: snn.theory.lif_rate(I, neuron), ax=axes["f"])
axes["f"].set_title("its rate, beside the closed form", fontsize=12)

# The current-based network of Brette et al. (2007), J. Comput. Neurosci. 23:349, doi:10.1007/s10827-007-0038-6, after
# Vogels & Abbott (2005): a quarter of its neurons here, and weights doubled to keep the fluctuations.
net = snn.Population(
    snn.LIF(E_L=-49.0, v_reset=-60.0, t_ref=5.0),
    1000,
    receptors={"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)},
)
projections = [
    snn.Projection(net[:800], net, pairs=snn.random(0.02), w=32.4, delay=0.1, receptor="exc"),
    snn.Projection(net[800:], net, pairs=snn.random(0.02), w=-180.0, delay=0.1, receptor="inh"),
]
busy = snn.simulate(
    net, t_stop=300.0, seed=1, initial={"v": snn.uniform(-60.0, -50.0)}, projections=projections
)
snn.plots.raster(busy.spikes, ax=axes["r"])
axes["r"].set_title("1,000 neurons, excitatory and inhibitory", fontsize=12)

picture = Path(__file__).with_suffix(".png")
figure.savefig(picture, dpi=120)
print(f"{picture.name}: {picture.stat().st_size / 1024:.0f} KiB")
print(" ".join(snn.plots.alt_text(axes[name]) for name in "tfr"))
