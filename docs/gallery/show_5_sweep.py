"""
A map of designs
================

Nine hundred designs through cryostat and qubit as arrays, coloured by what binds.
"""
