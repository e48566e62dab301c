"""Where phonons leave a chip, and how they cross between two."""

from __future__ import annotations

import numpy as np
import pytest

from qubudget.constants import BOLTZMANN, HBAR
from qubudget.errors import OutOfRangeError
from qubudget.impact.energy.heat import phonon_escape_rate
from qubudget.impact.phonons.contacts import (
    Contact,
    bump_transmission,
    bumps,
    clamp,
    escape_rate,
    exchange_rates,
    joint,
    leak_share,
    wire_bonds,
)
from qubudget.materials.acoustic import solid
from qubudget.materials.boundaries import boundary_conductance
from qubudget.materials.phonon_contacts import contact_kind, contact_kinds

SI = solid("Si")
CHIP = 10e-3 * 10e-3 * 0.4e-3


def _radiation(temperature: float) -> float:
    """Thermal conductance of silicon's phonons onto a wall that takes all, W/(K m^2)."""
    stefan = np.pi**2 * BOLTZMANN**4 / (120 * HBAR**3) * SI.flux_weight
    return float(4 * stefan * temperature**3)


def test_wire_bonds() -> None:
    """The paper's chip (Martinis 2021, Eq. 17): 300 bonds of 25 um and 2 mm with 24 um feet; about
    12 ms in kinetic theory, low is the paper's own length law."""
    bonds = wire_bonds(300, 25e-6, 2e-3, contact_diameter=24e-6)
    low, best, high = escape_rate([bonds], CHIP, SI)
    expected = phonon_escape_rate(
        300, 25e-6, 2e-3, CHIP, SI.flux_velocity, contact_diameter=24e-6, kinetic=True
    )
    assert best == pytest.approx(float(expected))
    assert best == high == pytest.approx(4 / 3 * low)
    assert 1 / best == pytest.approx(12e-3, rel=0.1)
    assert escape_rate([wire_bonds(300, 25e-6, 2e-3, entry=0.5)], CHIP, SI)[1] == pytest.approx(
        0.5 * escape_rate([wire_bonds(300, 25e-6, 2e-3)], CHIP, SI)[1]
    )


def test_suspended_and_sums() -> None:
    assert escape_rate([], CHIP, SI) == (0.0, 0.0, 0.0)
    assert leak_share([], 1e-4) == (0.0, 0.0, 0.0)
    one, two = wire_bonds(100, 25e-6, 2e-3), joint(1e-6, "teflon")
    both = escape_rate([one, two], CHIP, SI)
    apart = np.add(escape_rate([one], CHIP, SI), escape_rate([two], CHIP, SI))
    assert both == pytest.approx(tuple(apart))


def test_leak_gives_the_same_rate() -> None:
    """Phonons meet the back at v/4 A/V; the leak's share of it is the escape rate."""
    greased, back = joint(1e-5), 1e-4
    leak, rate = leak_share([greased], back), escape_rate([greased], CHIP, SI)
    assert np.array(leak) * SI.flux_velocity / 4 * back / CHIP == pytest.approx(rate)
    with pytest.raises(OutOfRangeError, match="cover"):
        leak_share([joint(2e-4)], back)


def test_catalogue_against_its_sources() -> None:
    """Greased joints: Ekin (2006), 14.2 and 484 W/(K m^2) at 0.365 and 2.7 K. Indium bumps:
    7.7 to 15.4 K^4 um^2/nW (arXiv:2303.01228); the ideal joint must let more through."""
    grease = contact_kind("grease")
    assert 14.2 / _radiation(0.365) == pytest.approx(grease.high, rel=0.03)
    assert 484 / _radiation(2.7) == pytest.approx(grease.low, rel=0.06)
    middle = float(boundary_conductance("grease", 1.5)) / _radiation(1.5)
    assert middle == pytest.approx(0.07, abs=0.01)
    measured = [1 / (alpha * 1e-12 / 1e-9) / _radiation(1.0) for alpha in (15.4, 7.7)]
    indium = contact_kind("indium-bump")
    assert measured == pytest.approx([indium.low, 0.154], rel=0.02)
    assert indium.best == pytest.approx(np.sqrt(measured[0] * measured[1]), rel=0.02)
    ideal = bump_transmission(SI, solid("In"), SI)
    assert ideal == pytest.approx(indium.high, abs=0.005)
    assert ideal > measured[1]
    for name in contact_kinds():
        kind = contact_kind(name)
        assert 0 < kind.low <= kind.best <= kind.high < 1


def test_two_chips() -> None:
    """Silicon on sapphire: no net flow at equal occupation, all energy accounted for."""
    other, volume = solid("Al2O3"), 2 * CHIP
    area = bumps(2000, 20e-6).area
    out, back = exchange_rates(area, 0.1, (SI, CHIP), (other, volume))
    states = SI.density_weight * CHIP, other.density_weight * volume
    assert out * states[0] == pytest.approx(back * states[1])
    alike = exchange_rates(area, 0.1, (SI, CHIP), (SI, CHIP))
    assert (
        alike[0]
        == alike[1]
        == pytest.approx(escape_rate([Contact(area, (0, 0.1, 0.1))], CHIP, SI)[1])
    )
    # 2,000 bumps of 20 um at the measured transmission: 0.4 ms.
    assert 1 / exchange_rates(area, 0.11, (SI, CHIP), (SI, CHIP))[0] == pytest.approx(
        0.41e-3, rel=0.02
    )
    with pytest.raises(OutOfRangeError, match="slower"):
        exchange_rates(area, 0.9, (solid("Au"), CHIP), (other, CHIP))


def test_clamp() -> None:
    """4 N on copper of 0.5 GPa touch 0.008 mm^2."""
    pressed = clamp(4.0, 0.5e9)
    assert pressed.area == pytest.approx(8e-9)
    assert clamp(0.0, 0.5e9).area == 0


def test_refusals() -> None:
    with pytest.raises(OutOfRangeError, match="5 diameters"):
        wire_bonds(10, 25e-6, 1e-4)
    with pytest.raises(OutOfRangeError, match="glue-stick"):
        joint(1e-6, "glue-stick")
    for bad in ((-1.0, (0.0, 0.1, 0.2)), (1.0, (0.3, 0.1, 0.2)), (1.0, (0.0, 0.5, 1.2))):
        with pytest.raises(OutOfRangeError):
            Contact(*bad)
    with pytest.raises(OutOfRangeError):
        escape_rate([], 0.0, SI)
    with pytest.raises(OutOfRangeError):
        bumps(-1, 2e-5)
    with pytest.raises(OutOfRangeError):
        bumps(1, 0.0)
    with pytest.raises(OutOfRangeError):
        clamp(-1.0, 1e9)
