"""Drawn events agree with the spectra; sites, depths and orientations."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError
from qubudget.impact.source.events import KINDS, PhononBursts, generate
from qubudget.impact.source.gammas import gamma_spectrum
from qubudget.impact.source.muons import mean_muon_path, muon_rate, muon_spectrum
from qubudget.impact.source.site import (
    Radiation,
    Target,
    atmospheric_depth,
    muon_altitude_gain,
    muon_reduction,
    nucleon_altitude_gain,
    nucleon_reduction,
    radiation,
    spectra,
)
from qubudget.impact.source.spectrum import merge
from qubudget.impact.source.tracks import draw_crossing, draw_starts, path_to_surface
from qubudget.materials.substrates import environment, substrate

KEV = 1e3 * ELEMENTARY_CHARGE
ENV = environment()
CHIPS = {
    "silicon": Target(5e-3, 5e-3, 0.5e-3, substrate("Si")),
    "sapphire, upright": Target(10e-3, 8e-3, 0.4e-3, substrate("Al2O3"), "upright"),
}


def falling(**changes: float) -> Radiation:
    usual = {"muon_intensity": 70.0, "gamma_rate": 690.0, "hadron_rate": ENV.hadron_rate}
    return radiation(ENV, **(usual | changes))  # type: ignore[arg-type]


# Each comparison below is a normal deviate; |z| > 4 happens once in 16,000 times.


@pytest.mark.parametrize("name", CHIPS)
def test_events_have_the_rates_and_deposits_of_the_spectra(name: str) -> None:
    target, count = CHIPS[name], 120_000
    events = generate(target, falling(), ENV, count, seed=5)
    analytic = spectra(target, falling(), ENV)
    inside = gamma_spectrum(
        *target.sides, target.substrate, falling().gammas, surroundings=False
    ).above(ENV.threshold)
    duration = events.time[-1]
    everything = merge(*analytic.values())
    assert abs(count / duration / everything.total - 1) < 4 / math.sqrt(count)
    mean = everything.power / everything.total
    assert abs(events.energy.mean() - mean) < 4 * events.energy.std() / math.sqrt(count)
    expected = {"muon": analytic["muon"], "hadron": analytic["hadron"], "gamma": inside}
    for kind, spectrum in expected.items():
        mine = events.energy[events.kind == KINDS.index(kind)]
        assert abs(mine.size / duration / spectrum.total - 1) < 4 / math.sqrt(mine.size)
        error = mine.std() / math.sqrt(mine.size)
        assert abs(mine.mean() - spectrum.power / spectrum.total) < 4 * error
    entered = int((events.kind == KINDS.index("electron")).sum())
    outside = analytic["gamma"].total - inside.total
    assert abs(entered / duration / outside - 1) < 4 / math.sqrt(entered)


def test_drawn_protons_have_their_spectrum() -> None:
    target, count = CHIPS["silicon"], 60_000
    protons = falling(muon_intensity=0.0, gamma_rate=0.0)
    events = generate(target, protons, ENV, count, seed=9)
    analytic = spectra(target, protons, ENV)["hadron"]
    assert abs(count / events.time[-1] / analytic.total - 1) < 4 / math.sqrt(count)
    mean = analytic.power / analytic.total
    assert abs(events.energy.mean() - mean) < 4 * events.energy.std() / math.sqrt(count)
    # Bins are 3 % wide, so the share above an energy is known to 3 % of what is near it.
    for kev in (200, 1000, 3000):
        share = float((events.energy > kev * KEV).mean())
        near = float((abs(events.energy / KEV - kev) < 0.015 * kev).mean())
        expected = analytic.above(kev * KEV).total / analytic.total
        assert abs(share - expected) < 4 * math.sqrt(expected / count) + near


def test_events_are_a_poisson_process_inside_the_chip() -> None:
    target = CHIPS["silicon"]
    events = generate(target, falling(), ENV, 40_000, seed=1)
    gaps = np.diff(events.time)
    # The variance of exponential gaps is their mean squared; its relative error sqrt(8/n).
    assert abs(gaps.var() / gaps.mean() ** 2 - 1) < 4 * math.sqrt(8 / gaps.size)
    assert abs(np.corrcoef(gaps[1:], gaps[:-1])[0, 1]) < 4 / math.sqrt(gaps.size)
    half = np.array([target.length / 2, target.width / 2])
    for point in (events.start, events.end):
        assert np.all(np.abs(point[:, :2]) <= half * (1 + 1e-9))
        assert np.all((point[:, 2] >= -1e-12) & (point[:, 2] <= target.thickness * (1 + 1e-9)))
    # Gammas strike anywhere alike: x/half is uniform in (-1, 1), variance 1/3.
    gammas = events.start[events.kind == KINDS.index("gamma"), 0] / half[0]
    assert abs(gammas.mean()) < 4 / math.sqrt(3 * gammas.size)
    # Muons come from above.
    muons = events.kind == KINDS.index("muon")
    assert np.all(events.start[muons, 2] > events.end[muons, 2])
    assert np.all(events.energy > ENV.threshold)


def test_equal_seeds_give_equal_events() -> None:
    one, two, other = (generate(CHIPS["silicon"], falling(), ENV, 500, seed) for seed in (7, 7, 8))
    for name in ("time", "kind", "energy", "start", "end"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert not np.array_equal(one.energy, other.energy)


@pytest.mark.parametrize("sides", [(5e-3, 5e-3, 0.5e-3), (10e-3, 4e-3, 1e-3)])
def test_drawn_muons_have_the_mean_chord(sides: tuple[float, float, float]) -> None:
    # (4/3) V / [A + (Lx + Ly) t/2]
    rng = np.random.default_rng(2)
    _, way, chord = draw_crossing(np.array(sides), rng, 100_000, vertical=2)
    x, y, z = sides
    expected = 4 / 3 * x * y * z / (x * y + (x + y) * z / 2)
    assert abs(chord.mean() - expected) < 4 * chord.std() / math.sqrt(chord.size)
    assert float(mean_muon_path(*sides)) == pytest.approx(expected)
    assert np.all(way[:, 2] < 0)


def test_drawn_isotropic_tracks_obey_cauchy() -> None:
    sides = np.array([5e-3, 4e-3, 0.5e-3])
    rng = np.random.default_rng(4)
    _, way, chord = draw_crossing(sides, rng, 100_000)
    surface = 2 * (20e-6 + 2e-6 + 2.5e-6)
    assert abs(chord.mean() - 4 * np.prod(sides) / surface) < 4 * chord.std() / math.sqrt(1e5)
    assert np.all(np.abs(way.mean(axis=0)) < 4 * way.std(axis=0) / math.sqrt(1e5))
    start, way = draw_starts(sides, rng, 1000)
    end = start + way * path_to_surface(start, way, sides)[:, None]
    on_face = np.isclose(end, 0, atol=1e-12) | np.isclose(end, sides, atol=1e-12)
    assert np.all(on_face.any(axis=1))


def test_phonon_bursts_are_a_class_of_their_own() -> None:
    bursts = PhononBursts(rate=0.01, energy=1e-3 * KEV)
    events = generate(CHIPS["silicon"], falling(), ENV, 20_000, 3, bursts)
    mine = events.kind == KINDS.index("phonons")
    share = 0.01 / (0.01 + merge(*spectra(CHIPS["silicon"], falling(), ENV).values()).total)
    error = math.sqrt(share * (1 - share) / 20_000)
    assert abs(mine.mean() - share) < 4 * error
    assert np.all(events.energy[mine] == 1e-3 * KEV)
    assert np.array_equal(events.start[mine], events.end[mine])


def test_nothing_to_draw() -> None:
    dark = falling(muon_intensity=0.0, gamma_rate=0.0, hadron_rate=0.0)
    with pytest.raises(OutOfRangeError, match="no radiation"):
        generate(CHIPS["silicon"], dark, ENV, 5, 0)
    with pytest.raises(OutOfRangeError, match="0 events"):
        generate(CHIPS["silicon"], falling(), ENV, 0, 0)
    speck = Target(1e-6, 1e-6, 1e-6, substrate("Si"))
    with pytest.raises(OutOfRangeError):
        generate(speck, falling(muon_intensity=0.0, hadron_rate=0.0), ENV, 5, 0)


# Metres of water equivalent, measured reduction of muons, tolerance. arXiv:2411.01626 (0.415 km
# w.e., flat equivalent); F. Ludwig et al., Astropart. Phys. 112, 24 (2019) (140 m below a hill
# side); arXiv:2303.04938 (up to 35 at depths of 100 m).
DEPTHS = [(415.0, 700.0, 0.15), (140.0, 40.0, 0.5), (100.0, 35.0, 0.2)]


@pytest.mark.parametrize(("depth", "measured", "tolerance"), DEPTHS)
def test_muons_below_ground(depth: float, measured: float, tolerance: float) -> None:
    assert float(muon_reduction(depth * 1e3)) == pytest.approx(measured, rel=tolerance)


def test_depth_grows() -> None:
    depths = np.linspace(0, 2e6, 200)
    assert float(muon_reduction(0.0)) == pytest.approx(1)
    assert np.all(np.diff(muon_reduction(depths)) > 0)
    for bad in (-1.0, 3e6):
        with pytest.raises(OutOfRangeError):
            muon_reduction(bad)
    assert float(nucleon_reduction(10e3, ENV)) > 1e3 > float(muon_reduction(10e3))


def test_altitude() -> None:
    # ISO 2533: 54,020 Pa at 5 km and 22,632 Pa at 11 km (standard gravity).
    pressure = atmospheric_depth(np.array([5000.0, 11000.0])) * 9.80665
    assert pressure == pytest.approx([54_020, 22_632], rel=1e-3)
    # At half an atmosphere muons of 3 to 20 GeV are 1.5 times, those below 2 GeV 5 times as many
    # as at sea level (R. Engel et al., 2001, and M. Boezio et al., 2000).
    assert 1.5 < float(muon_altitude_gain(5574.0)) < 5
    # Fast protons are absorbed over 110 g/cm^2 high up, neutrons over 148 low down (J. F.
    # Ziegler, IBM J. Res. Dev. 40, 19 (1996)).
    gain = math.log(float(nucleon_altitude_gain(1655.0, ENV)))
    lost = float(atmospheric_depth(0.0) - atmospheric_depth(1655.0)) / 10
    assert 110 < lost / gain < 148
    with pytest.raises(OutOfRangeError):
        atmospheric_depth(20e3)


def test_upright_chips_see_fewer_muons_that_leave_more() -> None:
    # As arXiv:2303.04938 observed with two germanium wafers.
    flat = CHIPS["silicon"]
    upright = Target(*flat.sides, flat.substrate, "upright")
    two = [muon_spectrum(*t.standing, t.substrate, ENV, 70.0) for t in (flat, upright)]
    assert two[1].total < 0.7 * two[0].total
    assert two[1].power / two[1].total > 1.3 * two[0].power / two[0].total
    # The mean energy per mass hardly cares.
    assert two[1].power == pytest.approx(two[0].power, rel=0.1)
    assert two[1].total == pytest.approx(float(muon_rate(5e-3, 0.5e-3, 5e-3, 70.0)), rel=1e-3)


def test_a_site_changes_each_source() -> None:
    usual = spectra(CHIPS["silicon"], falling(), ENV)
    high = spectra(CHIPS["silicon"], falling(altitude=1655.0), ENV)
    deep = spectra(CHIPS["silicon"], falling(overburden=30e3), ENV)
    leaded = spectra(CHIPS["silicon"], falling(lead_thickness=0.05), ENV)
    assert high["hadron"].total > 3 * usual["hadron"].total
    assert 1.2 < high["muon"].total / usual["muon"].total < 1.5
    assert high["gamma"].total == usual["gamma"].total == deep["gamma"].total
    assert deep["muon"].total < usual["muon"].total / 4
    assert deep["hadron"].total < 1e-9 * usual["hadron"].total
    assert 20 < usual["gamma"].total / leaded["gamma"].total < 100
    assert leaded["muon"].total == usual["muon"].total
