"""Crystals as phonons see them: elastic tensor, isotope scattering, anharmonic decay."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget.errors import OutOfRangeError

_GIGA = 1e9


@dataclass(frozen=True)
class Crystal:
    """A crystal that carries phonons.

    Attributes
    ----------
    name : of the crystal.
    density : kg/m^3.
    stiffness : Voigt's 6 x 6 matrix in the crystal's axes, rows of six, Pa; symmetric and
        positive definite. Any class: all 21 constants count.
    isotope : B of the elastic scattering rate B nu^4, s^3.
    anharmonic : A of the decay rate A nu^5 of longitudinal phonons, s^4.
    decay_tt : share of those decays into two transverse phonons; the others give L + T.
    third_order : beta, gamma, lambda, mu of Tamura's isotropic decay model, Pa.
    debye_frequency : Hz.
    source, status, note : where the values come from, and how far that was checked.

    Raises `OutOfRangeError` if the matrix is not a stiffness or a rate is negative.
    """

    name: str
    density: float
    stiffness: tuple[tuple[float, ...], ...]
    isotope: float = 0.0
    anharmonic: float = 0.0
    decay_tt: float = 1.0
    third_order: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    debye_frequency: float = float("inf")
    source: str = ""
    status: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        matrix = np.asarray(self.stiffness, dtype=np.float64)
        if matrix.shape != (6, 6) or not np.array_equal(matrix, matrix.T):
            raise OutOfRangeError(f"stiffness of {self.name!r} must be a symmetric 6 x 6 matrix")
        if not np.all(np.isfinite(matrix)) or np.linalg.eigvalsh(matrix)[0] <= 0:
            raise OutOfRangeError(f"stiffness of {self.name!r} must be positive definite")
        if not self.density > 0 or self.isotope < 0 or self.anharmonic < 0:
            raise OutOfRangeError(f"{self.name!r}: density > 0 and rates >= 0 are needed")
        if not 0 <= self.decay_tt <= 1:
            raise OutOfRangeError(f"{self.name!r}: decay_tt is a share, in [0, 1]")


def voigt_matrix(symmetry: str, constants: dict[str, float]) -> NDArray[np.float64]:
    """Fill Voigt's 6 x 6 matrix from the independent constants of a crystal class.

    Parameters
    ----------
    symmetry : "cubic" (11 12 44), "trigonal" (11 12 13 14 33 44, classes 32, 3m and -3m),
        "hexagonal" (11 12 13 33 44), "tetragonal" (11 12 13 33 44 66) or "triclinic" (any of
        the 21).
    constants : by index pair ("11"), any unit.

    >>> voigt_matrix("cubic", {"11": 3.0, "12": 1.0, "44": 2.0})[2:4, 2:4].tolist()
    [[3.0, 0.0], [0.0, 2.0]]
    """
    needed = {
        "cubic": "11 12 44",
        "trigonal": "11 12 13 14 33 44",
        "hexagonal": "11 12 13 33 44",
        "tetragonal": "11 12 13 33 44 66",
    }
    if symmetry in needed:
        if set(constants) != set(needed[symmetry].split()):
            raise OutOfRangeError(f"a {symmetry} crystal needs constants {needed[symmetry]}")
    elif symmetry != "triclinic":
        raise OutOfRangeError(f"unknown class {symmetry!r}; known: {', '.join(needed)}, triclinic")
    c = dict(constants)
    if symmetry == "cubic":
        c |= {"13": c["12"], "33": c["11"], "66": c["44"]}
    if symmetry in ("trigonal", "hexagonal"):
        c["66"] = (c["11"] - c["12"]) / 2
    if symmetry in needed:
        c |= {"22": c["11"], "23": c["13"], "55": c["44"]}
    if symmetry == "trigonal":
        c |= {"24": -c["14"], "56": c["14"]}
    matrix = np.zeros((6, 6))
    for pair, value in c.items():
        if len(pair) != 2 or not set(pair) <= set("123456"):
            raise OutOfRangeError(f"{pair!r} is not a pair of Voigt's indices")
        i, j = int(pair[0]) - 1, int(pair[1]) - 1
        matrix[i, j] = matrix[j, i] = value
    return matrix


def isotropic(name: str, density: float, longitudinal: float, transverse: float) -> Crystal:
    """A crystal of two sound velocities, without scattering.

    ``density`` in kg/m^3, velocities in m/s. Raises `OutOfRangeError` unless
    3 vL^2 > 4 vT^2 > 0 (a stable solid).
    """
    c11, c44 = density * longitudinal**2, density * transverse**2
    matrix = voigt_matrix("cubic", {"11": c11, "12": c11 - 2 * c44, "44": c44})
    return Crystal(name=name, density=density, stiffness=_rows(matrix))


def _rows(matrix: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in matrix)


@cache
def _tables() -> dict[str, dict[str, Any]]:
    text = files("qubudget.materials").joinpath("data/crystals.toml").read_text("utf-8")
    return tomllib.loads(text)


def crystal_names() -> tuple[str, ...]:
    """Names of the catalogue's crystals.

    >>> crystal_names()
    ('Si', 'Al2O3', 'Ge', 'GaAs')
    """
    return tuple(_tables())


@cache
def crystal(name: str) -> Crystal:
    """The crystal of this name.

    Raises `OutOfRangeError` if the catalogue has none; the message lists the names.

    >>> crystal("Al2O3").stiffness[0][3]
    -22700000000.0
    """
    if name not in crystal_names():
        known = ", ".join(crystal_names())
        raise OutOfRangeError(f"no crystal {name!r} in the catalogue; known: {known}")
    row = _tables()[name]
    matrix = voigt_matrix(row["class"], row["stiffness"]) * _GIGA
    beta, gamma, lam, mu = (value * _GIGA for value in row["third_order"])
    return Crystal(
        name=name,
        density=row["density"],
        stiffness=_rows(matrix),
        isotope=row["isotope"],
        anharmonic=row["anharmonic"],
        decay_tt=row["decay_tt"],
        third_order=(beta, gamma, lam, mu),
        debye_frequency=row["debye_frequency"],
        source=row["source"],
        status=row["status"],
        note=row["note"],
    )
