"""The catalogue of superconductors."""

import pytest

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError
from qubudget.materials.superconductors import superconductor, superconductor_names


def test_gap_of_aluminium_is_the_bcs_value() -> None:
    # 1.764 k x 1.2 K = 182.4 ueV
    assert superconductor("Al").gap / ELEMENTARY_CHARGE == pytest.approx(182.4e-6, rel=1e-3)


def test_cooper_pair_density_of_aluminium() -> None:
    # 2 N0 Delta = 6.26e6 /um^3, twice the n_cp of Martinis 2021 but for its rounding
    al = superconductor("Al")
    assert 2 * al.density_of_states * al.gap * 1e-18 == pytest.approx(6.26e6, rel=5e-3)


def test_kaplan_times() -> None:
    # Kaplan 1976, Table I: Al 438 ns and 0.242 ns, Nb 0.149 ns and 4.17 ps, Ta 1.78 ns
    assert superconductor("Al").tau0 == pytest.approx(438e-9, rel=0.01)
    assert superconductor("Al").tau0_phonon == pytest.approx(0.242e-9)
    assert superconductor("Nb").tau0 == pytest.approx(0.149e-9)
    assert superconductor("Nb").tau0_phonon == pytest.approx(4.17e-12)
    assert superconductor("Ta").tau0 == pytest.approx(1.78e-9)


@pytest.mark.parametrize("name", superconductor_names())
def test_every_entry_is_sourced_and_in_range(name: str) -> None:
    metal = superconductor(name)
    assert metal.name == name
    assert len(metal.source) > 10
    assert metal.status == "verified-secondary"
    assert 0.1 < metal.critical_temperature < 20
    assert 0 < metal.critical_temperature_spread < 0.5
    assert 1e46 < metal.density_of_states < 1e48
    for speed in (metal.sound_longitudinal, metal.sound_transverse):
        assert speed is None or 1000 < speed < 10000


def test_spread_of_aluminium_covers_the_bulk_value() -> None:
    al = superconductor("Al")
    assert al.critical_temperature * (1 - al.critical_temperature_spread) < 1.175


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(OutOfRangeError, match=r"'unobtainium'.*Al, Nb, Ta"):
        superconductor("unobtainium")
