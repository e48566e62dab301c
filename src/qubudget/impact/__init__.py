"""Impact: what ionising radiation and phonon bursts do to a chip.

Source (muons, gammas, nucleons: rates and deposits), cascade from phonons to quasiparticles,
their kinetics in time and space, the escape of heat, and the relaxation that every qubit sees;
beside it the second paper's own stage rules (J. Martinis, npj Quantum Information 7, 90 (2021)).
``assembly.respond`` joins them for a design.
"""
