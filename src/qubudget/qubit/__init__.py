"""Seconds: what limits the coherence of a transmon in a given refrigerator.

One module per channel (dielectrics, quasiparticles, line noise, photons in the read-out
resonator, Purcell decay, 1/f noise), one for gate and read-out errors, one for the first
paper's own model, and ``assembly`` that joins them for a design and its stage temperatures.
"""
