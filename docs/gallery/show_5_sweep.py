"""
A map of designs
================

Nine hundred designs through cryostat and qubit at once, coloured by what binds. Logical errors are
not looked at here; ``wings=("verdict",)`` would simulate every point.
"""

import matplotlib.pyplot as plt

import qubudget as qb
from qubudget.report.heatmap_figure import draw_heatmap
from qubudget.report.style import figure_style
from qubudget.study.sweeping.sweep import sweep

found = sweep(
    qb.load("million-qubit"),
    ["machine.qubits=50..1000:30", "stages.4k.rated_power=0.5 W..5 W:30"],
    wings=("coherence",),
)
with figure_style():
    draw_heatmap(found, plt.figure().add_subplot())

# %%
# Every number of the chain is a variable with its unit:

found["thermal.stages.4k.temperature_K"]
