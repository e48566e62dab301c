"""Films sharing phonons, heat and escape, and the second paper's own stage rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError
from qubudget.impact import published
from qubudget.impact.energy import balance, films, heat
from qubudget.impact.energy.cascade import cascade
from qubudget.materials.normal_metals import normal_metal


@pytest.mark.parametrize("ratio", [0.5, 1.0, 2.0, 5.0])
def test_participation_constants(ratio: float) -> None:
    """Independent prototype of Martinis 2021, Fig. 6: kappa = 0.64-0.65 by thickness, 0.52 by
    rate; the printed 1.65 needs about 80 % self-absorption."""
    assert films.participation_constant(ratio, rule="thickness") == pytest.approx(0.64, abs=0.012)
    assert films.participation_constant(ratio, rule="rate") == pytest.approx(0.52, abs=0.006)
    assert films.needed_self_absorption(1.65, ratio) == pytest.approx(0.80, abs=0.055)


@pytest.mark.parametrize(("ratio", "absorbed"), [(1.0, 0.0), (4.0, 0.0), (4.0, 0.8)])
@pytest.mark.parametrize("rule", ["rate", "thickness"])
def test_monte_carlo_agrees(ratio: float, absorbed: float, rule: films.Rule) -> None:
    """Integral equations against sampling; 5 standard errors, false alarm 6e-7 each."""
    pair = (films.Film(1.0, True), films.Film(ratio, False, self_absorption=absorbed))
    share = films.absorption_shares(pair, balance.energies(10.0), rule)[0]
    sample = cascade(
        10.0,
        40000,
        seed=4,
        superconductor_share=share,
        share_step=balance.STEP,
        self_absorption=absorbed,
    )
    exact = films.mean_quasiparticles(pair, 10.0, rule)
    assert abs(sample.mean_quasiparticles - exact) < 50 * sample.standard_error + 2e-3


def test_limits_of_the_share() -> None:
    assert films.quasiparticle_share(1e-7, 0.0, 0.0) == 1.0
    assert films.quasiparticle_share(1e-7, 0.0, 0.9) == 1.0
    assert films.quasiparticle_share(1e-7, 1.0, 0.0) < 1e-6
    assert films.quasiparticle_share(1e-7, 1e-12, 0.0) == pytest.approx(1, abs=1e-4)


@given(st.floats(0.01, 50.0), st.floats(0.01, 50.0), st.floats(0.0, 0.9), st.floats(0.0, 0.9))
@settings(max_examples=15, deadline=None)
def test_more_metal_or_absorption_means_fewer(r1: float, r2: float, a1: float, a2: float) -> None:
    thin, thick = sorted((r1, r2))
    low, high = sorted((a1, a2))
    share = films.superconductor_share
    assert share(1.0, thick, low) <= share(1.0, thin, low) + 1e-9
    assert share(1.0, thick, high) <= share(1.0, thick, low) + 1e-9
    assert share(1.0, thick, low, rule="thickness") <= share(1.0, thick, low) + 1e-9


def test_a_film_in_two_halves_is_the_same_film() -> None:
    whole = [films.Film(2.0, True), films.Film(3.0, False)]
    halves = [
        films.Film(1.0, True),
        films.Film(1.5, False),
        films.Film(1.0, True),
        films.Film(1.5, False),
    ]
    assert films.mean_quasiparticles(halves, 10.0) == pytest.approx(
        films.mean_quasiparticles(whole, 10.0), rel=1e-9
    )


def test_absorption_per_pass() -> None:
    """Film much thinner than v tau0ph/Gamma: t Gamma/(v tau0ph); nothing below 2 Delta."""
    thin = films.absorption_per_pass(1e-12, 3040.0, 2.0, 0.24e-9)
    assert thin == pytest.approx(1e-12 / (3040 * 0.24e-9), rel=1e-5)
    assert films.absorption_per_pass(1e-7, 3040.0, 1.9, 0.24e-9) == 0.0


def test_bad_films_are_refused() -> None:
    with pytest.raises(OutOfRangeError):
        films.Film(-1.0, True)
    with pytest.raises(OutOfRangeError):
        films.Film(1.0, False, self_absorption=1.0)
    with pytest.raises(OutOfRangeError):
        films.absorption_shares([films.Film(0.0, True)], [3.0])
    with pytest.raises(OutOfRangeError):
        films.superconductor_share(0.0, 1.0)
    with pytest.raises(OutOfRangeError):
        films.mean_quasiparticles([films.Film(1.0, True)], 100.0)
    with pytest.raises(OutOfRangeError):
        films.needed_self_absorption(0.1, 1.0)


def test_escape_times() -> None:
    """Martinis 2021, Eq. 17 with its own bonds: 4.04 ms for 5.84 km/s, 2.46 ms for its stated
    9.6 km/s; kinetic theory (v/4, tube 4d/3L) takes three times as long: 12 ms."""
    arguments = (300, 25e-6, 2e-3, 4e-8)
    for velocity, kinetic, expected in (
        (5840.0, False, 4.04e-3),
        (9600.0, False, 2.46e-3),
        (5840.0, True, 12.1e-3),
    ):
        rate = heat.phonon_escape_rate(
            *arguments, velocity, contact_diameter=24e-6, kinetic=kinetic
        )
        assert 1 / rate == pytest.approx(expected, rel=2e-3)


def test_heat_capacities() -> None:
    """Kittel's table and a textbook's worked example: copper at 1 K, C_e = 0.69 mJ/(mol K) and
    lattice 1944 J/(mol K) (T/Theta)^3 = 47.6 uJ/(mol K) for 344.3 K."""
    copper = normal_metal("Cu")
    molar = copper.molar_mass / copper.density
    electrons = float(heat.electron_heat_capacity(copper.gamma, 1.0)) * molar
    lattice = heat.phonon_heat_capacity(copper.atom_density, copper.debye_temperature, 1.0)
    assert electrons == pytest.approx(0.691e-3, rel=1e-9)
    assert float(lattice) * molar == pytest.approx(1943.8 / 344.3**3, rel=1e-3)


def test_energies_are_integrals_of_heat_capacities() -> None:
    temperature = np.linspace(0, 4, 4001)
    copper = normal_metal("Cu")
    capacity = heat.electron_heat_capacity(copper.gamma, temperature)
    lattice = heat.phonon_heat_capacity(copper.atom_density, copper.debye_temperature, temperature)
    assert heat.electron_energy(copper.gamma, 4.0) == pytest.approx(
        np.trapezoid(capacity, temperature), rel=1e-6
    )
    assert heat.phonon_energy(copper.atom_density, copper.debye_temperature, 4.0) == pytest.approx(
        np.trapezoid(lattice, temperature), rel=1e-5
    )


def test_power_laws() -> None:
    """Martinis 2021, Eqs. 11-13: P = 2 nW per um^3 of copper at 1 K; rates ~ T and ~ T^3."""
    copper = normal_metal("Cu")
    power = heat.electron_phonon_power(copper.electron_phonon, 1e-18, 1.0, 0.0)
    assert power == pytest.approx(2e-9)
    assert heat.electron_phonon_power(2e9, 1.0, 0.3, 0.3) == 0.0
    phonon = heat.phonon_rate(
        copper.electron_phonon, copper.atom_density, copper.debye_temperature, [2.0, 4.0]
    )
    electron = heat.electron_rate(copper.electron_phonon, copper.gamma, [2.0, 4.0])
    assert phonon[1] / phonon[0] == pytest.approx(2)
    assert electron[1] / electron[0] == pytest.approx(8)


def test_diffusion() -> None:
    """Martinis 2021, Eqs. 14-15 and below: 0.4 mm at 1 us, 0.68 at 0.25 K above a 2 K gap."""
    assert heat.diffusion_length(1.6e6, 1e-7, [1e-6, 1e-4]) == pytest.approx([4e-4, 4e-3])
    assert np.sqrt(heat.gap_slowing(2.25 / 2.0)) == pytest.approx(0.68, abs=0.005)
    assert heat.gap_slowing(1.0) == 0.0


def test_heat_refuses_bad_input() -> None:
    with pytest.raises(OutOfRangeError):
        heat.phonon_heat_capacity(8e28, 344.0, 30.0)
    with pytest.raises(OutOfRangeError):
        heat.gap_slowing(0.9)
    with pytest.raises(OutOfRangeError):
        heat.phonon_escape_rate(300, 25e-6, 50e-6, 4e-8, 5840.0)
    with pytest.raises(OutOfRangeError):
        normal_metal("unobtainium")


def _stages(metal: float, traps: bool) -> dict[str, published.PublishedStage]:
    stages = published.stages(
        energy=0.2e6 * ELEMENTARY_CHARGE,
        gap=180e-6 * ELEMENTARY_CHARGE,
        film_thickness=0.1e-6,
        metal_thickness=metal,
        chip_length=10e-3,
        chip_width=10e-3,
        chip_thickness=0.4e-3,
        frequency=5e9,
        bond_count=300,
        bond_diameter=25e-6,
        bond_length=2e-3,
        traps=traps,
    )
    return {stage.name: stage for stage in stages}


def test_published_stages_of_the_present_design() -> None:
    """Martinis 2021, Table 4 by hand: 0.57 x 0.2 MeV/180 ueV = 6.33e8 in 1e7 um^3 is 63.3 /um^3,
    2.26e-5 n_cp, Q = 36,842, T1 = 1.17 us (it prints 1.6); a tenth of that in 10 mm^2."""
    stages = _stages(0.0, traps=False)
    assert stages["recombination"].t1 == pytest.approx(1.17e-6, rel=5e-3)
    assert stages["freeze-out"].t1 == pytest.approx(0.117e-6, rel=5e-3)
    assert stages["diffusion"].t1 == pytest.approx(4 * 0.1173e-6, rel=1e-3)
    assert [s.time for s in stages.values()][:4] == [10e-9, 300e-9, 100e-6, 1e-3]
    assert stages["escape"].time == pytest.approx(4e-3, rel=0.1)
    assert stages["fireball"].to_dict() == {
        "name": "fireball", "time_s": 10e-9, "length_m": 1e-3, "t1_s": None
    }  # fmt: skip


def test_published_stages_of_the_improved_design() -> None:
    """Martinis 2021, Fig. 6 and Stage 2: 6 um of metal on 0.1 um buys a factor 100; Stage 3 ends
    at 1.7 us and quasiparticles then no longer matter."""
    present, improved = _stages(0.0, traps=False), _stages(6e-6, traps=True)
    before, after = present["freeze-out"].t1, improved["freeze-out"].t1
    assert before is not None
    assert after == pytest.approx(100 * before, rel=1e-9)
    assert improved["diffusion"].time == 1.7e-6
    assert improved["recombination"].t1 is None


def test_recombination_prefactors() -> None:
    """Martinis 2021, Eq. 16: 400 ns/43.6 = 9.17 ns as printed; Eq. 7 gives 440 ns/21.8 = 20.2 ns,
    the bare 1/r of Kaplan's rate."""
    assert pytest.approx(9.17e-9, rel=1e-3) == published.DECAY_TIME
    assert published.consistent_decay_time(440e-9, 1.76) == pytest.approx(20.2e-9, rel=2e-3)
    assert published.decay_fraction(10e-3) == pytest.approx(9.17e-7, rel=1e-3)
