"""
A deposit of 0.2 MeV
====================

Phonons spread through the crystal, break pairs in the films, and T1 falls until the quasiparticles
recombine.
"""

import qubudget as qb

report = qb.evaluate(qb.load("martinis-present"), wings=("impact",))
report.plot.timeline()

# %%
# T1 over the chip at a few times after the deposit:

report.plot.film()

# %%
# What natural radiation deposits:

report.plot.spectrum()
