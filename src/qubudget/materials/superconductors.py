"""Superconducting films and junction electrodes: gap, density of states, Kaplan's times."""
