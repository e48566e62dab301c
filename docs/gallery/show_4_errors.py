"""
From T1 to logical errors
=========================

The logical error of quiet times against distance, with 95 % intervals.
"""

import qubudget as qb

report = qb.evaluate(qb.load("willow-like"), wings=("qec",))
report.plot.logical()

# %%
# The patch on the chip:

report.plot.chip()

# %%
# How a logical qubit survives, in quiet times and with bursts:

report.plot.survival()
