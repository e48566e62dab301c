"""The catalogue of measured loss tangents."""

import math
import re

import pytest

from qubudget.errors import OutOfRangeError
from qubudget.materials.dielectrics import PLACES, dielectric, dielectric_names, spread_factor


@pytest.mark.parametrize("name", dielectric_names())
def test_every_entry_is_whole(name: str) -> None:
    entry = dielectric(name)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_. /-]{0,59}", name)  # as the design file takes it
    assert entry.place in PLACES
    assert 1e-9 < entry.tan_delta < 0.1
    assert 1.0 < entry.spread < 15
    assert entry.spread_from in ("one-sigma", "range", "borrowed")
    assert (entry.spread_from == "borrowed") == bool(entry.spread_of)
    assert entry.status in ("verified", "verified-secondary", "derived")  # none from memory
    assert entry.source
    interfaces = ("metal-air", "substrate-air", "metal-substrate", "surfaces")
    assert bool(entry.layer) == (entry.place in interfaces)


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("Al on sapphire metal-substrate", "metal-substrate", 2.6e-3),  # Wang et al. 2015
        ("Al on sapphire metal-air", "metal-air", 2.1e-2),
        ("Nb2O5 on Nb metal-air", "metal-air", 9.9e-3),  # Verjauw et al. 2021
        ("sapphire bulk EFG", "bulk", 6.2e-8),  # Read et al. 2023
        ("AlOx junction", "junction", 1.6e-3),  # Deng 2014
        ("beta-Ta on sapphire surfaces", "surfaces", 1.6e-3),  # Joshi et al. 2026
    ],
)
def test_published_values(name: str, place: str, value: float) -> None:
    assert (dielectric(name).place, dielectric(name).tan_delta) == (place, value)


def test_materials_of_the_field_are_there() -> None:
    for metal in ("Al", "Nb", "Ta", "TiN", "NbTiN"):
        assert any(name.startswith(f"{metal} on") for name in dielectric_names())


def test_geometric_means_lie_in_the_middle_of_their_range() -> None:
    # Q 9.7e6 and 5e-7: mean of the logarithms
    silicon = dielectric("Si bulk high-resistivity")
    assert silicon.tan_delta == pytest.approx(math.sqrt(5e-7 / 9.7e6), rel=0.01)
    assert silicon.spread == pytest.approx(math.sqrt(5e-7 * 9.7e6), rel=0.01)


def test_spread_rules() -> None:
    assert spread_factor(3.0, 2.0, 12.0, "range") == 4.0
    assert spread_factor(3.0, 1.0, 4.0, "range") == 3.0
    assert spread_factor(1.0, 1.0, 1.0, "one-sigma") == 1.0
    assert spread_factor(1.0, 0.9, 1.1, "one-sigma") == pytest.approx(math.exp(0.1959964))
    borrowed = dielectric("TiN on sapphire effective")
    assert borrowed.spread == dielectric(borrowed.spread_of).spread


@pytest.mark.parametrize("name", ["TiN on Si metal-substrate", "butter", ""])
def test_unknown_or_only_remembered_is_refused(name: str) -> None:
    with pytest.raises(OutOfRangeError, match="known: Al on sapphire"):
        dielectric(name)
