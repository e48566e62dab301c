"""Resistivity of normal metals and permittivity of substrates, at low temperature."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from qubudget.errors import OutOfRangeError


@dataclass(frozen=True)
class Conductor:
    """How a normal metal conducts.

    Attributes
    ----------
    name : name in the catalogue ("Cu").
    resistivity : at room temperature, Ohm m.
    mean_free_path : at room temperature, m.
    residual_ratio : of room-temperature to residual resistivity, of a thick deposited film.
    source, status, residual_status : where the values come from, and how far that was checked.
    """

    name: str
    resistivity: float
    mean_free_path: float
    residual_ratio: float
    source: str
    status: str
    residual_status: str

    @property
    def residual_resistivity(self) -> float:
        """At low temperature, Ohm m."""
        return self.resistivity / self.residual_ratio

    @property
    def path_product(self) -> float:
        """Resistivity times mean free path, Ohm m^2: a constant of the Fermi surface."""
        return self.resistivity * self.mean_free_path


@cache
def _tables() -> dict[str, dict[str, Any]]:
    text = files("qubudget.materials").joinpath("data/electrical.toml").read_text("utf-8")
    return tomllib.loads(text)


def _row(kind: str, name: str) -> Any:
    table = _tables()[kind]
    if name not in table:
        raise OutOfRangeError(
            f"no {kind} {name!r} among the electrical constants; known: {', '.join(table)}"
        )
    return table[name]


def conductor(name: str) -> Conductor:
    """The metal of this name; `OutOfRangeError` where the catalogue has none.

    >>> f"{conductor('Cu').path_product:.2e}"  # Gall (2016): 6.70e-16 Ohm m^2
    '6.70e-16'
    """
    return Conductor(name=name, **_row("metals", name))


def permittivity(substrate: str) -> float:
    """Relative permittivity below 10 K; `OutOfRangeError` where the catalogue has none.

    >>> permittivity("Si")
    11.45
    """
    return float(_row("substrates", substrate)["permittivity"])
