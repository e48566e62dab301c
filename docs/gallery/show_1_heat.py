"""
Heat of every stage
===================

What cables, electronics and radiation bring to every stage, beside what the fridge takes away.
"""

import qubudget as qb

report = qb.evaluate(qb.load("krinner-xld400"), wings=("thermal",))
report.plot.heat()

# %%
# The largest machine that every stage can hold, by its rated cooling power (Krinner 2019: 216,
# 232, 4704, 144, 168):

print(report.thermal.max_qubits.by_stage)

# %%
# How warm the stages become as qubits are added, against what the design accepts:

report.plot.growth()
