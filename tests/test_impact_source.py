"""Rates and deposits of radiation, against independent numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError
from qubudget.impact import source
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


def muons(side_mm: float, thickness_mm: float) -> source.Spectrum:
    side, thickness = side_mm * 1e-3, thickness_mm * 1e-3
    return source.muon_spectrum(side, side, thickness, SI, ENV, ENV.muon_intensity)


def quantile(spectrum: source.Spectrum, share: float) -> float:
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
    chords, weights = source.muon_chords(x, y, z)
    assert np.all(chords > 0)
    assert np.all(chords <= math.sqrt(x * x + y * y + z * z) * (1 + 1e-12))
    assert weights.sum() == pytest.approx(float(source.muon_rate(x, y, z, 1.0)), rel=1e-9)
    mean = weights @ chords / weights.sum()
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


def test_nist_measurement() -> None:
    # arXiv:2404.10866: 0.023 /s and 4.9 keV/s above 40 keV in 25 mm^2 x 0.5 mm of silicon,
    # falling 40,000-fold from 100 keV to 3 MeV. The spectra's parameters are fitted to it.
    mass = 25e-6 * 0.5e-3 * SI.density
    gamma = source.gamma_spectrum(ENV.gamma_rate * mass, ENV)
    hadron = source.hadron_spectrum(ENV.hadron_rate * mass, ENV, points=20000)
    total = source.merge(muons(5.0, 0.5).above(ENV.threshold), gamma, hadron)
    assert total.total == pytest.approx(0.023, rel=0.02)
    assert total.power / KEV == pytest.approx(4.9, rel=0.02)

    def density(spectrum: source.Spectrum, energy: float) -> float:
        near = np.abs(spectrum.energy - energy) < 0.1 * energy
        return float(spectrum.rate[near].sum() / (0.2 * energy))

    fall = density(total, 100 * KEV) / density(total, 3000 * KEV)
    assert fall == pytest.approx(40_000, rel=0.1)
    for energy, winner in ((1000 * KEV, gamma), (2500 * KEV, hadron)):
        assert density(winner, energy) > 0.5 * density(total, energy)


def test_spectra_have_their_closed_form_moments() -> None:
    gamma = source.gamma_spectrum(2.0, ENV, points=50)
    assert gamma.total == pytest.approx(2.0)
    assert gamma.power == pytest.approx(2.0 * (ENV.threshold + ENV.gamma_scale))
    coarse, fine = (source.hadron_spectrum(1.0, ENV, points=n) for n in (10, 3000))
    assert coarse.power == pytest.approx(fine.power)
    assert fine.energy.min() >= ENV.threshold
    assert fine.energy.max() <= ENV.hadron_limit


@given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(1e-3, 1e3)), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_classes_keep_rate_and_power(pairs: list[tuple[float, float]]) -> None:
    energy, rate = (np.array(column) for column in zip(*pairs, strict=True))
    spectrum = source.Spectrum(energy, rate)
    classes = source.energy_classes(spectrum, 4)
    assert classes.total == pytest.approx(spectrum.total)
    assert classes.power == pytest.approx(spectrum.power)
    assert np.allclose(classes.rate, classes.rate[0])
    assert np.all(np.diff(classes.energy) >= -1e-9 * classes.energy[1:])


def test_no_deposits_have_no_classes() -> None:
    empty = source.energy_classes(source.gamma_spectrum(0.0, ENV), 3)
    assert empty.energy.size == 0


def test_bad_input() -> None:
    with pytest.raises(OutOfRangeError, match="at least one"):
        source.energy_classes(source.gamma_spectrum(1.0, ENV), 0)
    with pytest.raises(OutOfRangeError, match="Katz"):
        source.electron_energy_of_range(1e3)
    with pytest.raises(OutOfRangeError, match="Al2O3"):
        substrate("Ge")


def test_substrates_have_sources() -> None:
    for name in substrate_names():
        material = substrate(name)
        assert material.source
        assert sum(material.mode_shares) == pytest.approx(1, abs=0.002)
        assert material.sound_transverse < material.sound_mean < material.sound_longitudinal
