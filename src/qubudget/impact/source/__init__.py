"""Deposits of natural radiation in a chip: how often, how much energy, and where.

`muons` cross the chip, `gammas` scatter in it and in what surrounds it, `hadrons` (protons)
dominate the largest deposits; each gives a `spectrum` by quadrature. `site` moves them to another
altitude, depth or orientation, and `events` draws single ones. "PDG" is the Review of Particle
Physics.
"""
