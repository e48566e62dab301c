"""Films of the catalogue as phonons meet them, and what their interface lets out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from qubudget.errors import OutOfRangeError
from qubudget.impact.energy.heat import phonon_rate
from qubudget.impact.energy.kaplan import pair_breaking_rate
from qubudget.impact.phonons.film import PhononFilm, response
from qubudget.impact.phonons.materials import (
    PAIR_BREAKING_SLOPE,
    normal_film,
    superconducting_film,
)
from qubudget.materials.normal_metals import normal_metal
from qubudget.materials.superconductors import superconductor

K, H, E = 1.380649e-23, 6.62607015e-34, 1.602176634e-19
AL = PhononFilm(1e-7, 3260.0, 242e-12, 173.715e-6 * E, 0.29)  # of the published check numbers


def absorption_length(film: PhononFilm, energy: float) -> float:
    return film.thickness / float(film.optical_thickness(energy))


def test_copper_absorbs_a_terahertz_within_155_nm() -> None:
    # P = Sigma T^5 with Sigma = 2e9; U = (3 pi^4/5) n k T^4/Theta^3 with n = rho N_A/M; phonons of
    # energy E are absorbed at g E, g <E> = P/U, <E> = int E^4/(e^E - 1)/int E^3/(e^E - 1) in kT.
    atoms = 8920 / 63.546e-3 * 6.02214076e23
    per_kelvin = 2e9 * 344.3**3 * 5 / (3 * np.pi**4 * atoms * K)
    mean = (
        quad(lambda e: e**4 / np.expm1(e), 0, 60)[0] / quad(lambda e: e**3 / np.expm1(e), 0, 60)[0]
    )
    assert mean == pytest.approx(3.832, abs=1e-3)
    length = 2325 / (per_kelvin / (mean * K) * H * 1e12)
    film = normal_film(normal_metal("Cu"), 1e-6, 3e-23)
    assert absorption_length(film, H * 1e12) == pytest.approx(length, rel=1e-6)
    assert length == pytest.approx(155e-9, abs=1e-9)


def test_normal_metals_absorb_in_proportion_to_energy() -> None:
    # ... whatever energy the lifetime is stated at, so that the film is the same one.
    energies = np.array([0.1, 1.0, 7.0]) * H * 1e12
    films = [normal_film(normal_metal("Cu"), 1e-6, at) for at in (1e-23, 1e-22, 3e-22)]
    for film in films:
        assert film.normal
        assert film.optical_thickness(energies) == pytest.approx(
            films[0].optical_thickness(energies[1]) * energies / energies[1]
        )


def test_the_temperature_cancels() -> None:
    copper = normal_metal("Cu")
    args = (copper.electron_phonon, copper.atom_density, copper.debye_temperature)
    over = [float(phonon_rate(*args, t)) / t for t in (0.05, 1.0, 10.0)]
    assert over == pytest.approx([over[0]] * 3)


def test_superconducting_films_are_the_catalogues() -> None:
    metal = superconductor("Al")
    film = superconducting_film(metal, 2e-7, (0.4, 0.3), 0.01)
    assert (film.thickness, film.gap, film.lifetime) == (2e-7, metal.gap, 2.42e-10)
    assert (film.velocity, film.normal) == (3040.0, False)
    assert (film.transmission, film.outward, film.leak) == (0.4, 0.3, 0.01)
    # At 2 Delta a phonon lives tau0ph (Kaplan 1976): 0.74 um of aluminium.
    assert absorption_length(film, 2 * metal.gap) == pytest.approx(3040 * 2.42e-10)
    assert film.optical_thickness(1.99 * metal.gap) == 0


def test_the_slope_is_kaplans() -> None:
    energy = np.linspace(2, 10, 200)
    line = 1 + PAIR_BREAKING_SLOPE * (energy - 2)
    assert line == pytest.approx(pair_breaking_rate(energy), rel=0.025)


@pytest.mark.parametrize("name", ["beta-Ta", "TiN", "NbN"])
def test_metals_without_sources_are_refused(name: str) -> None:
    with pytest.raises(OutOfRangeError, match=name):
        superconducting_film(superconductor(name), 1e-7)


# What the interface lets out


@pytest.mark.parametrize("thickness", [2e-8, 1e-7, 1e-6])
@pytest.mark.parametrize("outward", [0.1, 0.5, 1.0])
def test_single_phonons_leave_as_often(thickness: float, outward: float) -> None:
    # Monte-Carlo of 40,000 phonons: anywhere in the film, cosine law up or down, the free face
    # reflects, the interface lets `outward` through and sends the others on another way up and
    # down. Nine cases within 4.5 sigma: a false alarm in 10,000 runs.
    n, energy = 40_000, 5 * AL.gap
    film = replace(AL, thickness=thickness, outward=outward, transmission=0.77)
    length = absorption_length(film, energy)
    rng = np.random.default_rng(11)
    depth = thickness * rng.random(n)  # from the interface
    up = rng.random(n) < 0.5
    way = np.where(up, 2 * thickness - depth, depth)
    alive, out = np.ones(n, bool), 0
    while alive.any():
        count = int(alive.sum())
        slant = np.sqrt(rng.random(count))
        reached = rng.random(count) < np.exp(-way[alive] / (slant * length))
        passed = reached & (rng.random(count) < outward)
        out += int(passed.sum())
        alive[alive] = reached & ~passed
        way[:] = 2 * thickness
    chance = float(film.escape(energy))
    assert abs(out / n - chance) < 4.5 * np.sqrt(chance * (1 - chance) / n)


def test_outward_is_the_inward_transmission_unless_it_is_given() -> None:
    film = replace(AL, transmission=0.4)
    assert film.escape(5 * AL.gap) == replace(AL, transmission=0.4, outward=0.4).escape(5 * AL.gap)
    # The way in does not matter for what is radiated inside.
    inside = [replace(AL, transmission=t, outward=0.3) for t in (0.1, 1.0)]
    assert inside[0].escape(5 * AL.gap) == inside[1].escape(5 * AL.gap)


def test_films_that_let_nothing_out_reach_the_plateau() -> None:
    # Kaplan's cascade, 0.5904, and with an open interface less stays.
    top = 30 * AL.gap
    held = []
    for outward in (1.0, 0.3, 0.1, 1e-6):
        found = response(replace(AL, outward=outward), top)
        assert found.deposited + found.returned.sum(axis=1) == pytest.approx(1, abs=1e-9)
        held.append(float(np.interp(25, found.energy, found.deposited)))
    assert held == sorted(held)
    assert held[-1] == pytest.approx(0.5904, abs=1e-3)
    # Between 2 and 4 gaps a phonon breaks one pair, whatever the interface.
    low = response(replace(AL, outward=0.01), top)
    assert np.interp([2.5, 3.5], low.energy, low.deposited) == pytest.approx(
        [0.8, 2 / 3.5], abs=2e-3
    )


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 1.0), st.floats(0.01, 1.0), st.floats(1e-9, 1e-5), st.floats(2.0, 50.0))
def test_escape_is_a_chance_and_rises_with_outward(
    one: float, other: float, thickness: float, energy: float
) -> None:
    low, high = sorted((one, other))
    chance = [
        float(replace(AL, thickness=thickness, outward=t).escape(energy * AL.gap))
        for t in (low, high)
    ]
    assert 0 <= chance[0] <= chance[1] * (1 + 1e-9) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outward", 0.0), ("outward", 1.1), ("outward", np.nan), ("transmission", 0.0),
        ("leak", -0.1), ("leak", 1.1), ("thickness", 0.0), ("slope", -1.0),
    ],
)  # fmt: skip
def test_films_that_cannot_be(field: str, value: float) -> None:
    with pytest.raises(OutOfRangeError):
        replace(AL, **{field: value})
