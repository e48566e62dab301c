"""Acoustic mismatch: energy, reciprocity, textbook coefficients, published transmissions."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.constants import BOLTZMANN, HBAR
from qubudget.errors import OutOfRangeError
from qubudget.impact.phonons.mismatch import (
    Mode,
    diffuse_mismatch,
    shares,
    through_layer,
    transmission,
)
from qubudget.materials.acoustic import Solid, averaged, solid, solid_names
from qubudget.materials.crystals import isotropic

NAMES = solid_names()
MODES: tuple[Mode, ...] = ("L", "SV", "SH")
ANGLES = np.linspace(0, np.pi / 2 - 1e-4, 2001)


def _total(first: Solid, second: Solid, mode: Mode, angle: np.ndarray) -> np.ndarray:
    found = shares(first, second, angle, mode)
    return found.transmitted + found.reflected_longitudinal + found.reflected_transverse


@pytest.mark.parametrize("mode", MODES)
def test_energy_closes_at_every_angle(mode: Mode) -> None:
    for a, b in product(NAMES, NAMES):
        total = _total(solid(a), solid(b), mode, ANGLES)
        assert np.max(np.abs(total - 1)) < 1e-12, (a, b)


@given(
    st.floats(500, 2e4),
    st.floats(500, 2e4),
    st.floats(1000, 1e4),
    st.floats(1000, 1e4),
    st.floats(0.1, 0.8),
    st.floats(0.1, 0.8),
)
@settings(max_examples=30, deadline=None)
def test_any_two_solids(r1: float, r2: float, l1: float, l2: float, t1: float, t2: float) -> None:
    """Energy closes, and equal fluxes go both ways in equilibrium."""
    one, two = Solid("one", r1, l1, l1 * t1), Solid("two", r2, l2, l2 * t2)
    for mode in MODES:
        assert _total(one, two, mode, ANGLES[:-20]) == pytest.approx(1, abs=1e-10)
    there, back = transmission(one, two), transmission(two, one)
    assert 0 < there.mean <= 1 + 1e-12
    assert there.mean * one.flux_weight == pytest.approx(back.mean * two.flux_weight, rel=1e-6)


def test_normal_incidence() -> None:
    for (a, b), mode in product(product(("Si", "Al", "Au"), NAMES), MODES):
        one, two = solid(a), solid(b)
        z1, z2 = (m.density * (m.longitudinal if mode == "L" else m.transverse) for m in (one, two))
        found = shares(one, two, 0.0, mode)
        assert float(found.transmitted) == pytest.approx(4 * z1 * z2 / (z1 + z2) ** 2, rel=1e-12)
        converted = found.transmitted_transverse if mode == "L" else found.transmitted_longitudinal
        assert float(converted) == pytest.approx(0, abs=1e-20)


def test_identical_media_let_all_through() -> None:
    for name in NAMES:
        for mode in MODES:
            assert shares(solid(name), solid(name), ANGLES, mode).transmitted == pytest.approx(
                1, abs=1e-12
            )
        assert transmission(solid(name), solid(name)).mean == pytest.approx(1, abs=1e-12)


def _aki_richards(one: Solid, two: Solid, p: float) -> tuple[complex, complex, complex, complex]:
    """R_PP, T_PP, R_SS, T_SS in displacement, K. Aki and P. G. Richards, Quantitative Seismology
    (1980), Eq. 5.39; slownesses across the interface as complex roots."""
    rho1, rho2 = one.density, two.density
    i1, i2 = (np.sqrt(complex(m.longitudinal**-2 - p**2)) for m in (one, two))
    s1, s2 = (np.sqrt(complex(m.transverse**-2 - p**2)) for m in (one, two))
    m1, m2 = rho1 * one.transverse**2, rho2 * two.transverse**2
    a = (rho2 - 2 * m2 * p**2) - (rho1 - 2 * m1 * p**2)
    b = (rho2 - 2 * m2 * p**2) + 2 * m1 * p**2
    c = (rho1 - 2 * m1 * p**2) + 2 * m2 * p**2
    d = 2 * (m2 - m1)
    e, f = b * i1 + c * i2, b * s1 + c * s2
    g, h = a - d * i1 * s2, a - d * i2 * s1
    whole = e * f + g * h * p**2
    return (
        ((b * i1 - c * i2) * f - (a + d * i1 * s2) * h * p**2) / whole,
        2 * rho1 * i1 * f * one.longitudinal / (two.longitudinal * whole),
        -((b * s1 - c * s2) * e - (a + d * i2 * s1) * g * p**2) / whole,
        2 * rho1 * s1 * e * one.transverse / (two.transverse * whole),
    )


@pytest.mark.parametrize(("a", "b"), [("Al", "Si"), ("Si", "Au"), ("Nb", "Al2O3")])
def test_against_closed_coefficients(a: str, b: str) -> None:
    one, two = solid(a), solid(b)
    for angle in (0.05, 0.3, 0.6, 0.9, 1.2, 1.5):
        p = np.sin(angle) / one.longitudinal
        reflected, crossed, _, _ = _aki_richards(one, two, p)
        found = shares(one, two, angle, "L")
        assert float(found.reflected_longitudinal) == pytest.approx(abs(reflected) ** 2, rel=1e-9)
        real = np.sqrt(complex(two.longitudinal**-2 - p**2)).real
        power = abs(crossed) ** 2 * two.density * two.longitudinal**2 * real
        power /= one.density * one.longitudinal * np.cos(angle)
        assert float(found.transmitted_longitudinal) == pytest.approx(power, rel=1e-9, abs=1e-15)

        p = np.sin(angle) / one.transverse
        _, _, reflected, crossed = _aki_richards(one, two, p)
        found = shares(one, two, angle, "SV")
        assert float(found.reflected_transverse) == pytest.approx(abs(reflected) ** 2, rel=1e-9)
        real = np.sqrt(complex(two.transverse**-2 - p**2)).real
        power = abs(crossed) ** 2 * two.density * two.transverse**2 * real
        power /= one.density * one.transverse * np.cos(angle)
        assert float(found.transmitted_transverse) == pytest.approx(power, rel=1e-9, abs=1e-15)


def test_free_surface() -> None:
    """Beside almost nothing: all comes back, part of it as the other mode (Aki and Richards,
    Eq. 5.26: R_PP of a free surface)."""
    one, air = solid("Si"), Solid("thin air", 1e-9, 300.0, 100.0)
    angle = np.linspace(0, 1.5, 40)
    p = np.sin(angle) / one.longitudinal
    across = np.sqrt(one.longitudinal**-2.0 - p**2) * np.sqrt(one.transverse**-2.0 - p**2)
    bend, convert = (one.transverse**-2 - 2 * p**2) ** 2, 4 * p**2 * across
    found = shares(one, air, angle, "L")
    assert found.reflected_longitudinal == pytest.approx(
        ((convert - bend) / (convert + bend)) ** 2, abs=1e-9
    )
    assert np.max(found.transmitted) < 1e-9
    assert np.max(found.reflected_transverse) > 0.3


def test_reciprocity_of_every_pair_of_modes() -> None:
    """At one slowness along the interface, a wave's share into another is the way back's."""
    one, two = solid("Al"), solid("Si")
    p = np.linspace(0, 0.999, 50) / two.longitudinal  # below every critical angle

    def crossed(first: Solid, second: Solid, mode: Mode) -> tuple[np.ndarray, np.ndarray]:
        speed = first.longitudinal if mode == "L" else first.transverse
        found = shares(first, second, np.arcsin(p * speed), mode)
        return found.transmitted_longitudinal, found.transmitted_transverse

    there, back = (
        [crossed(*pair, mode) for mode in ("L", "SV")] for pair in ((one, two), (two, one))
    )
    for i, j in product(range(2), range(2)):
        assert there[i][j] == pytest.approx(back[j][i], rel=1e-9, abs=1e-15)


def test_critical_angles() -> None:
    """Aluminium to silicon: transverse waves find no mode beyond asin(3040/5341) = 34.7 deg."""
    al, si = solid("Al"), solid("Si")
    critical = np.arcsin(al.transverse / si.transverse)
    assert np.degrees(critical) == pytest.approx(34.7, abs=0.1)
    for mode in ("SV", "SH"):
        assert np.max(shares(al, si, critical + ANGLES[1:1000] * 0.9, mode).transmitted) == 0
        assert np.all(shares(al, si, critical - np.array([0.02, 0.3]), mode).transmitted > 0.5)
    longitudinal = shares(al, si, np.arcsin(al.longitudinal / si.longitudinal) + 0.01, "L")
    assert float(longitudinal.transmitted_longitudinal) == 0
    assert float(longitudinal.transmitted_transverse) > 0


@pytest.mark.parametrize(
    "pair", list(product(("Si", "Al2O3"), ("Al", "Nb", "Ta", "Cu", "Au", "Ti")))
)
def test_detailed_balance(pair: tuple[str, str]) -> None:
    one, two = (solid(name) for name in pair)
    ratio = transmission(one, two).mean / transmission(two, one).mean
    assert ratio == pytest.approx(two.flux_weight / one.flux_weight, rel=1e-12)
    assert diffuse_mismatch(one, two) * one.flux_weight == pytest.approx(
        diffuse_mismatch(two, one) * two.flux_weight
    )


def test_quadrature() -> None:
    """Against a plain midpoint sum over cos^2."""
    one, two = solid("Al"), solid("Al2O3")
    s = (np.arange(200_000) + 0.5) / 200_000
    found = transmission(one, two)
    angle = np.arcsin(np.sqrt(s))
    assert shares(one, two, angle, "L").transmitted.mean() == pytest.approx(
        found.longitudinal, abs=2e-6
    )
    transverse = [shares(one, two, angle, mode).transmitted.mean() for mode in ("SV", "SH")]
    assert np.mean(transverse) == pytest.approx(found.transverse, abs=2e-6)


def test_published_transmissions() -> None:
    """M. Martinez et al., Phys. Rev. Applied 11, 064025 (2019): aluminium resonators on silicon,
    fitted pulses, 0.3 to 0.55 for Si-Al, specular (acoustic) mismatch preferred. The film's own
    field is in that range; a diffuse field of the chip enters far more easily."""
    al, si = solid("Al"), solid("Si")
    assert 0.3 < transmission(al, si).mean < 0.55
    assert transmission(si, al).mean > 0.9
    # Swartz and Pohl, Rev. Mod. Phys. 61, 605 (1989), abstract: both models within about 30 %.
    for a, b in product(("Si", "Al2O3"), ("Al", "Nb", "Ti", "Cu", "In", "Au", "Ta")):
        one, two = solid(a), solid(b)
        assert transmission(one, two).mean == pytest.approx(diffuse_mismatch(one, two), rel=0.31)


def test_layers() -> None:
    si, ti, cu = solid("Si"), solid("Ti"), solid("Cu")
    same = through_layer(si, si, cu)
    assert same.transmitted == pytest.approx(transmission(si, cu).mean)
    there, back = through_layer(si, ti, cu), through_layer(cu, ti, si)
    assert there.transmitted * si.flux_weight == pytest.approx(back.transmitted * cu.flux_weight)
    assert there.transmitted < transmission(si, ti).mean
    for absorption in (0.0, 0.2, 1.0):
        found = through_layer(si, ti, cu, absorption)
        whole = found.transmitted + found.reflected + found.absorbed
        assert whole == pytest.approx(1, abs=1e-14)
        assert min(found.transmitted, found.reflected, found.absorbed) >= 0
    assert through_layer(si, ti, cu, 1.0).transmitted == 0
    assert through_layer(si, ti, cu, 1.0).absorbed == pytest.approx(transmission(si, ti).mean)


def test_layer_by_following_phonons() -> None:
    """The same by summing the crossings one by one."""
    si, ti, cu, absorption = solid("Si"), solid("Ti"), solid("Cu"), 0.15
    back, on = transmission(ti, si).mean, transmission(ti, cu).mean
    weight, out, returned = transmission(si, ti).mean, 0.0, 0.0
    for _ in range(200):
        weight *= 1 - absorption
        out, weight = out + weight * on, weight * (1 - on)
        weight *= 1 - absorption
        returned, weight = returned + weight * back, weight * (1 - back)
    found = through_layer(si, ti, cu, absorption)
    assert found.transmitted == pytest.approx(out, rel=1e-12)
    assert found.reflected == pytest.approx(1 - transmission(si, ti).mean + returned, rel=1e-12)


def test_solids() -> None:
    """An isotropic crystal averages to itself; indium's velocities give back its acoustic Debye
    temperature, 111.3 K (Chandrasekhar and Rayne 1961)."""
    glass = averaged(isotropic("glass", 2200.0, 5900.0, 3700.0))
    assert (glass.longitudinal, glass.transverse) == pytest.approx((5900.0, 3700.0), rel=1e-12)
    indium = solid("In")
    atoms = indium.density / 114.818e-3 * 6.02214076e23
    mean = (3 / indium.density_weight) ** (1 / 3)
    debye = HBAR / BOLTZMANN * (6 * np.pi**2 * atoms) ** (1 / 3) * mean
    assert debye == pytest.approx(111.3, rel=0.005)
    assert solid("Si").flux_velocity == pytest.approx(5735, rel=0.02)  # G4CMP, by density of states


def test_refusals() -> None:
    si, al = solid("Si"), solid("Al")
    with pytest.raises(OutOfRangeError, match="unobtainium"):
        solid("unobtainium")
    with pytest.raises(OutOfRangeError, match="stable"):
        Solid("jelly", 1000.0, 1000.0, 900.0)
    for angle in (-0.1, np.pi / 2, np.nan):
        with pytest.raises(OutOfRangeError, match="angles"):
            shares(si, al, angle, "L")
    with pytest.raises(OutOfRangeError, match="share"):
        through_layer(si, al, si, 1.1)
