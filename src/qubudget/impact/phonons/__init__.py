"""Phonon transport in a chip: from where energy was deposited to the films that absorb it.

Any crystal from its elastic tensor in any cut (``crystal``), velocities and weights by direction
(``tables``), isotope scattering and anharmonic decay (``scattering``), faces (``walls``), films
with their cascade (``film``), where phonons start (``source``), and the kernel that follows
weighted packets and closes their energy (``kernel``, ``result``). Pure functions; nothing here
reads a design.
"""
