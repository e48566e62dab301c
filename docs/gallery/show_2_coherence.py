"""
What limits coherence
=====================

The rate of every channel, and where the first paper's model and the physical one part.
"""

import matplotlib.pyplot as plt

import qubudget as qb

report = qb.evaluate(qb.load("willow-like"), wings=("coherence",))
report.plot.coherence()

# %%
# Every figure takes ``ax``, so it can stand beside others:

figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4), layout="constrained")
for ax, limit in ((left, "10 dB"), (right, "20 dB")):
    changed = report.design.replace({"lines.drive.attenuation.mxc": limit})
    qb.evaluate(changed, wings=("coherence",)).plot.noise(ax)
    ax.set_title(f"Thermal photons, {limit} at mxc")

# %%
# One-qubit fidelity over temperature and loss tangent, published model and physical model:

report.plot.stress()
