"""Surface impedance of a cold normal-metal film: skin effect, classical and anomalous.

Cold copper carries a microwave current within a fraction of a micron, where an electron's mean
free path is no longer short. Only electrons that stay in the layer that the field fills help to
screen it (A. B. Pippard, Proc. R. Soc. A 191, 385 (1947)), as only those that stay in a thin film
carry its current (K. Fuchs 1938). Both raise the resistivity by the path over the layer:

    rho_eff = rho + rho l (beta/delta + 3/(8 t)),    delta = sqrt(2 rho_eff/(omega mu0)),

with beta = sqrt(3)/(4 pi), so that a path much longer than the skin depth has the surface
resistance [sqrt(3)/(16 pi) rho l (omega mu0)^2]^(1/3) of the anomalous limit with diffuse
surfaces (G. E. H. Reuter and E. H. Sondheimer, Proc. R. Soc. A 195, 336 (1948)), and 3/(8 t) for
a thick film with diffuse surfaces. Between the classical and the anomalous limit the resistance
is within 3 % of the interpolation R_inf (1 + 1.157 alpha^-0.2757), alpha = 1.5 (l/delta)^2 >= 3
(R. G. Chambers, Proc. R. Soc. A 215, 481 (1952)). The reactance is that of a local metal, sqrt(3)
below the anomalous limit's.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.constants import mu_0

from qubudget.qubit.ranges import at_least

_INEFFECTIVE: Final = math.sqrt(3) / (4 * math.pi)
_FUCHS: Final = 3 / 8
_NEWTON_STEPS: Final = 12  # quadratic from within a factor 2 of the root


def effective_resistivity(
    resistivity: ArrayLike, path_product: ArrayLike, thickness: ArrayLike, frequency: ArrayLike
) -> NDArray[np.float64]:
    """Resistivity of the electrons that stay in the current's layer, Ohm m (module docstring).

    resistivity : of the bulk at this temperature, Ohm m. path_product : rho l, Ohm m^2.
    thickness : of the film, m. frequency : Hz. All broadcast.

    Raises
    ------
    OutOfRangeError: a value that is not finite or not positive; a negative path_product.
    """
    product = at_least("path_product", path_product)
    layer = at_least("thickness", thickness, above=True)
    omega = 2 * np.pi * at_least("frequency", frequency, above=True)
    bulk = at_least("resistivity", resistivity, above=True)
    film = bulk + _FUCHS * product / layer
    slowed = _INEFFECTIVE * product * np.sqrt(omega * mu_0 / 2)
    root = np.sqrt(film) + np.cbrt(slowed)  # above the root of r^3 = film r + slowed
    for _ in range(_NEWTON_STEPS):
        root = root - (root**3 - film * root - slowed) / (3 * root**2 - film)
    return np.asarray(root**2, dtype=np.float64)


def surface_impedance(
    resistivity: ArrayLike, path_product: ArrayLike, thickness: ArrayLike, frequency: ArrayLike
) -> NDArray[np.complex128]:
    """Impedance per square of a film with the field on one side, Ohm.

    (1 + i) rho_eff/delta coth((1 + i) t/delta): rho_eff/t for a film thinner than the skin depth,
    rho_eff/delta (resistance) for a thicker one. Arguments and errors as
    ``effective_resistivity``.

    Classical copper, sqrt(omega mu0 rho/2) at 5 GHz and 1.678e-8 Ohm m, in mOhm:

    >>> warm = surface_impedance(1.678e-8, 0.0, 1e-3, 5e9)
    >>> round(1e3 * float(warm.real), 1)
    18.2
    """
    rho = effective_resistivity(resistivity, path_product, thickness, frequency)
    omega = 2 * np.pi * np.asarray(frequency, dtype=np.float64)
    wave = np.sqrt(1j * omega * mu_0 / rho)  # (1 + i)/delta
    return np.asarray(rho * wave / np.tanh(wave * thickness), dtype=np.complex128)
