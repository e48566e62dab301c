"""Deposits of muons, against independent numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError
from qubudget.impact.source import muons as source
from qubudget.impact.source.electrons import electron_energy_of_range, electron_range
from qubudget.impact.source.paths import chords, isotropic_paths
from qubudget.impact.source.spectrum import Spectrum, merge
from qubudget.materials.substrates import environment, substrate, substrate_names

KEV = 1e3 * ELEMENTARY_CHARGE
SI, ENV = substrate("Si"), environment()

# An independent Monte-Carlo of cos^2 muons (70 /m^2/s/sr) with Landau straggling: side (mm),
# thickness (mm), crossings (1/s), mean chord (mm), mean, 5 % and 95 % deposit (keV), share above
# 40 keV. Its rates scatter by 0.3 %; its delta-ray cut-off is not stated.
MUON_TABLE = [
    (10.0, 0.4, 1.1432e-2, 0.5132, 180.7, 103.2, 345.1, 0.981),
    (6.25, 0.375, 4.5580e-3, 0.4718, 166.5, 72.2, 318.3, 0.971),
    (5.0, 0.35, 2.9328e-3, 0.4352, 153.2, 57.3, 290.6, 0.964),
    (5.0, 0.5, 3.0162e-3, 0.6071, 215.1, 60.0, 417.2, 0.966),
]


def muons(side_mm: float, thickness_mm: float) -> Spectrum:
    side, thickness = side_mm * 1e-3, thickness_mm * 1e-3
    return source.muon_spectrum(side, side, thickness, SI, ENV, ENV.muon_intensity)


def quantile(spectrum: Spectrum, share: float) -> float:
    order = np.argsort(spectrum.energy)
    total = np.cumsum(spectrum.rate[order]) / spectrum.total
    return float(spectrum.energy[order][np.searchsorted(total, share)])


@pytest.mark.parametrize("row", MUON_TABLE)
def test_muons_agree_with_an_independent_monte_carlo(row: tuple[float, ...]) -> None:
    side, thickness, rate, path, mean, low, high, share = row
    found = muons(side, thickness)
    closed = source.muon_rate(side * 1e-3, side * 1e-3, thickness * 1e-3, 70.0)
    assert float(closed) == pytest.approx(rate, rel=3e-3)
    assert found.total == pytest.approx(float(closed), rel=1e-6)
    chord = source.mean_muon_path(side * 1e-3, side * 1e-3, thickness * 1e-3)
    assert float(chord) * 1e3 == pytest.approx(path, rel=3e-3)
    assert found.power / found.total / KEV == pytest.approx(mean, rel=0.02)
    assert quantile(found, 0.05) / KEV == pytest.approx(low, rel=0.09)
    assert quantile(found, 0.95) / KEV == pytest.approx(high, rel=0.09)
    assert found.above(ENV.threshold).total / found.total == pytest.approx(share, abs=0.005)


def test_a_mean_of_460_kev_does_not_follow_for_the_papers_chip() -> None:
    found = muons(10.0, 0.4)
    assert found.power / found.total < 260 * KEV


def test_horizontal_muon_flux() -> None:
    # pi/2 x 70 /m^2/s/sr through a thin horizontal plate: 0.66 per cm^2 and minute.
    per_area = source.muon_rate(1e-2, 1e-2, 1e-12, 70.0)
    assert float(per_area) * 60 == pytest.approx(0.66, rel=0.01)


@given(
    st.floats(1e-3, 2e-2), st.floats(1e-3, 2e-2), st.floats(1e-4, 1.5e-3)
)  # sides and thickness, m
@settings(max_examples=15, deadline=None)
def test_chord_quadrature_gives_the_closed_forms(x: float, y: float, z: float) -> None:
    found, weights = chords(x, y, z, "cosine-squared")
    assert np.all(found > 0)
    assert np.all(found <= math.sqrt(x * x + y * y + z * z) * (1 + 1e-12))
    assert weights.sum() == pytest.approx(float(source.muon_rate(x, y, z, 1.0)), rel=1e-9)
    mean = weights @ found / weights.sum()
    assert mean == pytest.approx(float(source.mean_muon_path(x, y, z)), rel=1e-9)


def test_most_probable_loss_in_silicon() -> None:
    # 4 GeV muon, vertical through 400 um: 112 keV (recomputed from PDG Eq. 34.12).
    loss = source.most_probable_loss(0.4e-3, SI, ENV.muon_energy)
    assert float(loss) / KEV == pytest.approx(112, abs=0.5)


@pytest.mark.parametrize(("name", "stopping"), [("Si", 2.038), ("Al2O3", 1.976)])
def test_stopping_power_of_muons(name: str, stopping: float) -> None:
    # Ionisation at 4 GeV in MeV cm^2/g (pumas-materials tables, which add half a per cent of
    # bremsstrahlung off atomic electrons). With the cut-off at the largest transfer the
    # restricted loss is Bethe's, once xi beta^2 T_cut/T_max is taken off again.
    material = substrate(name)
    gamma = 1 + 4000 / 105.658
    ratio = 0.51099895 / 105.658
    largest = 2 * 0.51099895 * (gamma**2 - 1) / (1 + 2 * gamma * ratio + ratio**2) * 1e3 * KEV
    path = 1e-3
    loss = source.restricted_mean_loss(path, largest, material, ENV.muon_energy)
    xi = source.landau_scale(path, material, ENV.muon_energy)
    bethe = float(loss - xi) / (1e3 * KEV) / (path * material.density / 10)
    assert bethe == pytest.approx(stopping, rel=0.01)


def test_landau_table_is_landaus() -> None:
    # Mode -0.22278, median 1.35578 of Landau's density (Kölbig and Schorr, 1984).
    value, share, _ = source._landau_table()
    assert np.interp(0.5, share, value) == pytest.approx(1.35578, abs=1e-4)
    steps = np.diff(share) / np.diff(value)
    assert value[np.argmax(steps)] == pytest.approx(-0.22278, abs=0.02)


@given(st.floats(1e-3, 2e-2), st.floats(1e-3, 2e-2), st.floats(1e-4, 1.5e-3))
@settings(max_examples=15, deadline=None)
def test_isotropic_chords_obey_cauchy(x: float, y: float, z: float) -> None:
    # Cauchy: the mean projected area is S/4 and the mean chord 4 V/S.
    surface = 2 * (x * y + y * z + z * x)
    found, weights = chords(x, y, z, "isotropic")
    assert weights.sum() / (4 * math.pi) == pytest.approx(surface / 4, rel=1e-6)
    assert weights @ found / weights.sum() == pytest.approx(4 * x * y * z / surface, rel=1e-6)


def test_path_tables_of_a_thin_slab() -> None:
    # For a slab of thickness t, chords are shorter than s > t with probability 1 - (t/s)^2.
    paths = isotropic_paths(1.0, 1.0, 1e-4)
    assert float(paths.crossing_share(0.9e-4)) < 1e-3
    for factor in (2.0, 5.0, 10.0):
        expected = 1 - factor**-2
        assert float(paths.crossing_share(factor * 1e-4)) == pytest.approx(expected, abs=0.03)
    # From a uniform start, the surface is closer than s < t with probability s/(2 t).
    assert float(paths.leaving_share(0.5e-4)) == pytest.approx(0.25, abs=2e-3)
    assert float(paths.leaving_share(1e9)) == pytest.approx(1)


@given(st.floats(0.02, 2.4))
@settings(max_examples=20, deadline=None)
def test_electron_ranges_have_their_inverse(mev: float) -> None:
    energy = mev * 1e3 * KEV
    assert electron_energy_of_range(float(electron_range(energy))) == pytest.approx(energy)


def test_electron_ranges_go_on_beyond_the_law() -> None:
    # The two laws of Katz and Penfold meet at 2.5 MeV within a per cent; CSDA range at 1 MeV in
    # silicon is 0.55 g/cm^2 (ESTAR), above the practical range.
    below, above = electron_range(np.array([2.4999, 2.5001]) * 1e3 * KEV)
    assert above == pytest.approx(below, rel=0.01)
    assert np.all(np.diff(electron_range(np.linspace(0, 3000, 400) * KEV)) > 0)
    assert float(electron_range(1e3 * KEV)) < 5.5
    with pytest.raises(OutOfRangeError, match="20 MeV"):
        electron_range(-1.0)


def test_merged_spectra_add() -> None:
    one = Spectrum(np.array([3.0, 1.0]), np.array([1.0, 1.0]))
    both = merge(one, one.scaled(2))
    assert both.total == pytest.approx(6)
    assert both.power == pytest.approx(12)
    assert both.above(2.0).total == pytest.approx(3)


def test_bad_input() -> None:
    with pytest.raises(OutOfRangeError, match="Katz"):
        electron_energy_of_range(1e3)
    with pytest.raises(OutOfRangeError, match="Al2O3"):
        substrate("Ge")


def test_substrates_have_sources() -> None:
    for name in substrate_names():
        material = substrate(name)
        assert material.source
        assert sum(material.mode_shares) == pytest.approx(1, abs=0.002)
        assert material.sound_transverse < material.sound_mean < material.sound_longitudinal
