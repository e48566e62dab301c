"""
From T1 to logical errors
=========================

The logical error of quiet times against distance, with 95 % intervals, and the verdict.
"""

import qubudget as qb

report = qb.evaluate(qb.load("sycamore-like"))
report.plot.logical()

# %%
report.plot.causes()

# %%
report.plot.margins()
