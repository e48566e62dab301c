"""Gammas and hadrons as the reference chip sees them, at a given rate."""

from __future__ import annotations

from qubudget.impact.source.field import room_field
from qubudget.impact.source.gammas import gamma_spectrum as gammas_in
from qubudget.impact.source.hadrons import hadron_spectrum as hadrons_in
from qubudget.impact.source.spectrum import Spectrum
from qubudget.materials.substrates import Environment, substrate


def gamma_spectrum(rate: float, env: Environment) -> Spectrum:
    """Deposits of gammas above the threshold, ``rate`` (1/s) of them."""
    found = gammas_in(*env.reference_chip, substrate("Si"), room_field()).above(env.threshold)
    return found.scaled(rate / found.total)


def hadron_spectrum(rate: float, env: Environment) -> Spectrum:
    """Deposits of protons above the threshold, ``rate`` (1/s) of them."""
    found = hadrons_in(*env.reference_chip, substrate("Si")).above(env.threshold)
    return found.scaled(rate / found.total)
