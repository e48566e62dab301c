"""Superconducting films and junction electrodes: gap, density of states, Kaplan's times."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qubudget.constants import BCS_GAP_RATIO, BOLTZMANN, ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError

_PER_EV_PER_CUBIC_MICRON = 1e18 / ELEMENTARY_CHARGE


@dataclass(frozen=True)
class Superconductor:
    """A superconductor as a film or a junction's electrode.

    Attributes
    ----------
    name : name in the catalogue ("Ta" is the alpha phase).
    critical_temperature : K.
    critical_temperature_spread : relative half-width of its 95 % interval.
    density_of_states : single-spin N0 at the Fermi energy, 1/(J m^3).
    tau0, tau0_phonon : characteristic times of quasiparticles and of pair-breaking phonons
        (Kaplan et al., Phys. Rev. B 14, 4854 (1976)), s; None where no source was found.
    sound_longitudinal, sound_transverse : velocities, m/s; None where no source was found.
    source, status, note : where the values come from, how far that was checked, and which
        other values are in print.
    """

    name: str
    critical_temperature: float
    critical_temperature_spread: float
    density_of_states: float
    tau0: float | None
    tau0_phonon: float | None
    sound_longitudinal: float | None
    sound_transverse: float | None
    source: str
    status: str
    note: str = ""

    @property
    def gap(self) -> float:
        """Weak-coupling gap at zero temperature, 1.764 k Tc, J."""
        return BCS_GAP_RATIO * BOLTZMANN * self.critical_temperature


@cache
def _catalogue() -> Mapping[str, Superconductor]:
    text = files("qubudget.materials").joinpath("data/superconductors.toml").read_text("utf-8")
    return {
        name: Superconductor(
            name=name,
            critical_temperature=row["critical_temperature"],
            critical_temperature_spread=row["critical_temperature_spread"],
            density_of_states=row["density_of_states"] * _PER_EV_PER_CUBIC_MICRON,
            tau0=row.get("tau0"),
            tau0_phonon=row.get("tau0_phonon"),
            sound_longitudinal=row.get("sound_longitudinal"),
            sound_transverse=row.get("sound_transverse"),
            source=row["source"],
            status=row["status"],
            note=row["note"],
        )
        for name, row in tomllib.loads(text).items()
    }


def superconductor_names() -> tuple[str, ...]:
    """Names of the catalogue's superconductors, in its order.

    >>> superconductor_names()[:3]
    ('Al', 'Nb', 'Ta')
    """
    return tuple(_catalogue())


def superconductor(name: str) -> Superconductor:
    """The superconductor of this name.

    Raises
    ------
    OutOfRangeError: the catalogue has none of this name; the message lists the names.

    >>> from qubudget.constants import ELEMENTARY_CHARGE
    >>> round(superconductor("Al").gap / ELEMENTARY_CHARGE * 1e6, 1)  # 182.4 ueV
    182.4
    """
    try:
        return _catalogue()[name]
    except KeyError:
        known = ", ".join(superconductor_names())
        raise OutOfRangeError(
            f"no superconductor {name!r} in the catalogue; known: {known}"
        ) from None
