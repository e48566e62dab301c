"""What takes quasiparticles out of a film and phonons out of a chip, by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import j0, j1, y0, y1

from qubudget.design import Design, load
from qubudget.errors import OutOfRangeError
from qubudget.impact.chip.removal import back_leak, front_leak, trapping

STATED = 40.0  # 1/s
TAU0, TC = 440e-9, 1.2  # s, K: aluminium of the catalogue
E = 1.602176634e-19


@cache
def base() -> Design:
    return load("sycamore-like").replace({"chip.trapping": "40 1/s", "chip.bond_count": 0})


def design(**changes: Any) -> Design:
    return base().replace({f"chip.{key}": value for key, value in changes.items()})


def emission_in_a_trap(critical_temperature: float) -> float:
    """Rate at aluminium's gap inside a trap, 1/s: Kaplan's Eq. 8, tau0 Tc^3 being aluminium's."""
    e = TC / critical_temperature
    found, _ = quad(lambda u: (e - np.cosh(u)) ** 2 * (np.cosh(u) - 1 / e), 0, np.arccosh(e))
    return float(1.764**3 * found / (TAU0 * e**3))


def test_what_is_stated() -> None:
    assert trapping(design()) == STATED


def test_vortices_add() -> None:
    # Wang et al., Nat. Commun. 5, 5836 (2014): 0.067 cm^2/s per vortex; one per mm^2 is Phi0/mm^2.
    found = trapping(design(residual_field=f"{2.067833848e-15 / 1e-6} T"))
    assert found - STATED == pytest.approx(0.067e-4 / 1e-6, rel=1e-6)
    twice = trapping(design(residual_field=f"{2 * 2.067833848e-15 / 1e-6} T"))
    assert twice - STATED == pytest.approx(2 * (found - STATED))


def test_fine_islands_in_the_plane() -> None:
    found = trapping(design(trap_temperature="0.5 K", trap_fraction=0.3)) - STATED
    assert found == pytest.approx(0.3 * emission_in_a_trap(0.5), rel=1e-6)
    assert 0.3 / found == pytest.approx(0.86e-6, rel=0.01)  # Martinis 2021, Eq. 4


@pytest.mark.parametrize("temperature", ["0 K", "0.5 K"])
def test_no_traps_trap_nothing(temperature: str) -> None:
    found = design(trap_temperature=temperature, trap_fraction=0, trap_spacing="20 um")
    assert trapping(found) == STATED


def test_thick_barriers_set_the_rate() -> None:
    # Tunnelling 1/(2 e^2 N0 d R A) into states E/sqrt(E^2 - Dt^2) with coherence 1 - D Dt/E^2, at
    # E = D: sqrt((1 - r)/(1 + r)), r = 0.5/1.2. R A = 10 Ohm mm^2: far slower than emission.
    traps = {"trap_temperature": "0.5 K", "trap_fraction": 0.2, "trap_thickness": "0.1 um"}
    n0, r = 1.72e10 / E * 1e18, 0.5 / TC
    for barrier in (1e-5, 4e-5):
        found = trapping(design(**traps, trap_barrier=f"{barrier} ohm m^2")) - STATED
        rate = 1 / (2 * E**2 * n0 * 0.1e-6 * barrier) * np.sqrt((1 - r) / (1 + r))
        assert found == pytest.approx(0.2 * rate, rel=0.02)  # at 56 mK, not quite at the gap


def test_metallic_traps_on_the_film_take_their_share_of_the_states() -> None:
    # Thick traps hold nearly all quasiparticles under them, thin ones the share of the states:
    # both below emission in the trap, and rising with its thickness.
    traps = {"trap_temperature": "0.5 K", "trap_fraction": 0.2}
    rates = [
        trapping(design(**traps, trap_thickness=t)) - STATED
        for t in ("1 nm", "0.1 um", "10 um", "1 mm")
    ]
    assert rates == sorted(rates)
    assert rates[-1] == pytest.approx(0.2 * emission_in_a_trap(0.5), rel=1e-2)
    assert rates[0] < 0.02 * rates[-1]


def test_discs_wait_for_quasiparticles_to_reach_them() -> None:
    traps = {"trap_temperature": "0.5 K", "trap_fraction": 0.1, "trap_spacing": "0.1 mm"}
    local = 0.1 * emission_in_a_trap(0.5)
    fast = trapping(design(**traps, diffusivity="1000 m^2/s")) - STATED
    assert fast == pytest.approx(local, rel=1e-3)
    near = trapping(design(**traps, diffusivity="20 cm^2/s")) - STATED
    far = trapping(design(**(traps | {"trap_spacing": "10 mm"}), diffusivity="20 cm^2/s")) - STATED
    assert far < near < local
    # Large discs take all that comes: D k^2/R^2 in a cell of radius R = spacing/sqrt(pi), with
    # J0(k a) Y1(k) = Y0(k a) J1(k) for discs of radius a R.
    a = np.sqrt(0.1)
    root = brentq(lambda k: j0(k * a) * y1(k) - y0(k * a) * j1(k), 0.3, 2.5)
    assert far == pytest.approx(20e-4 * root**2 / (1e-2 / np.sqrt(np.pi)) ** 2, rel=0.1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"trap_temperature": "1.3 K"}, "cannot trap"),
        ({"trap_barrier": "1e-6 ohm m^2"}, "barrier needs a film"),
        ({"trap_spacing": "0.1 mm", "diffusivity": "0 m^2/s"}, "diffusivity"),
        ({"trap_spacing": "0.1 mm", "trap_fraction": 0.9}, "smaller than the cell"),
    ],
)
def test_traps_that_cannot_be(change: dict[str, Any], words: str) -> None:
    traps = {"trap_temperature": "0.5 K", "trap_fraction": 0.3}
    with pytest.raises(OutOfRangeError, match=words):
        trapping(design(**(traps | change)))


def test_leaks_are_contacts_over_the_face() -> None:
    # Bonds: N pi d^2/4 times 4 d/(3 L) over 1 cm^2; bumps of indium: 0.11 of their area.
    bonds = {"bond_count": 300, "bond_diameter": "25 um", "bond_length": "2 mm"}
    bonded = 300 * np.pi / 4 * 25e-6**2 * 4 * 25e-6 / (3 * 2e-3) / 1e-4
    bumps = {"bump_count": 5000, "bump_diameter": "50 um"}
    bumped = 5000 * np.pi / 4 * 50e-6**2 * 0.11 / 1e-4
    assert front_leak(design().chip) == 0
    assert front_leak(design(**bonds).chip) == pytest.approx(bonded)
    assert front_leak(design(**bumps).chip) == pytest.approx(bumped)
    assert front_leak(design(**bonds, **bumps).chip) == pytest.approx(bonded + bumped)
    assert back_leak(design(**bonds, **bumps).chip) == 0


@pytest.mark.parametrize(
    ("mount", "share"), [("grease", 0.1), ("teflon", 0.125), ("metal-clamp", 0.5)]
)
def test_mounts(mount: str, share: float) -> None:
    held = design(mount_area="20 mm^2", mount=mount)
    assert back_leak(held.chip) == pytest.approx(0.2 * share)
    assert front_leak(held.chip) == 0


def test_contacts_do_not_exceed_the_face() -> None:
    with pytest.raises(OutOfRangeError, match="cover more"):
        back_leak(design(mount_area="101 mm^2").chip)
    with pytest.raises(OutOfRangeError, match="cover more"):
        front_leak(design(bump_count=60_000, bump_diameter="50 um").chip)


def test_bonds_that_no_law_describes_carry_nothing() -> None:
    short = design(bond_count=300, bond_diameter="25 um", bond_length="0.1 mm")
    assert front_leak(short.chip) == 0
