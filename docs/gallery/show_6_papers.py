"""
The two papers, redrawn
=======================

Printed values as marks, computed ones as lines.
"""

import matplotlib.pyplot as plt

from qubudget.papers import reproduce
from qubudget.report.paper_figures import paper_figures
from qubudget.report.style import figure_style

thermal = reproduce("thermal-constraints").to_dict()
draw = paper_figures(thermal)
with figure_style():
    draw["t2-star"](thermal, plt.figure().add_subplot())

# %%
# Quasiparticles with normal metal beside the superconductor:

radiation = reproduce("radiation-impacts").to_dict()
draw = paper_figures(radiation)
with figure_style():
    draw["figure-6"](radiation, plt.figure().add_subplot())
