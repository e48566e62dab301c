"""Exact and recommended constants of nature, in SI units.

h, k_B, e: exact by the definition of the SI (2019). Masses and sigma: CODATA 2022.
Plain floats, so that importing them costs nothing (``scipy.constants`` takes 0.1 s).
"""

from __future__ import annotations

from math import pi

PLANCK = 6.62607015e-34
"""Planck constant, J s (exact)."""
HBAR = PLANCK / (2 * pi)
"""Reduced Planck constant, J s."""
BOLTZMANN = 1.380649e-23
"""Boltzmann constant, J/K (exact)."""
ELEMENTARY_CHARGE = 1.602176634e-19
"""Elementary charge, C (exact); also one electronvolt in J."""
STEFAN_BOLTZMANN = 5.670374419e-8
"""Stefan-Boltzmann constant, W/(m^2 K^4) (from the exact constants)."""
ELECTRON_MASS_ENERGY = 510998.95069
"""Electron rest energy, eV (CODATA 2022)."""
MUON_MASS_ENERGY = 105.6583755e6
"""Muon rest energy, eV (CODATA 2022)."""
BCS_GAP_RATIO = 1.764
"""Delta(0) / (k_B T_c) of weak-coupling BCS theory, pi / exp(gamma) = 1.76388."""
DAY = 86400.0
"""Seconds in a day."""
