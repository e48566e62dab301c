"""Quasiparticles in films: diffusion, recombination, traps, cooling."""
