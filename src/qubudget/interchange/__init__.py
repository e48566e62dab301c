"""What other programs read and write, from a design and its report and back to a design's keys.

Stim circuits and detector error models, sinter's counts, QuTiP objects, scqubits parameters,
Touchstone files of lines, CSV of heat loads, GDS of the chip's films.
"""
