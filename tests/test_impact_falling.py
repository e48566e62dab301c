"""What falls on a design's chip, drawn impacts, and the classes that the code is tried with."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.design import Design, load
from qubudget.errors import OutOfRangeError
from qubudget.impact.bursts import energy_classes, impact_classes
from qubudget.impact.falling import deposits, falling_on, target_of
from qubudget.impact.kinetics.cooling import Relaxing
from qubudget.impact.many import Impacts, impacts, many_impacts
from qubudget.impact.result import Rates
from qubudget.impact.source.events import KINDS, generate
from qubudget.impact.source.site import spectra
from qubudget.impact.source.spectrum import Spectrum
from qubudget.impact.stages import escape_time
from qubudget.materials.substrates import environment

KEV = 1e3 * ELEMENTARY_CHARGE
NONE = {
    "radiation.muon_intensity": "0 1/(m^2 s)",
    "radiation.gamma_rate": "0 1/g/s",
    "radiation.hadron_rate": "0 1/g/s",
}


@cache
def base() -> Design:
    return load("sycamore-like").replace(
        {
            "radiation.gamma_reduction": 1,
            "radiation.gamma_rate": "0.69 1/g/s",
            "radiation.hadron_rate": "0.00169 1/g/s",
            "chip.transport": "hot-spot",
        }
    )


def design(**changes: Any) -> Design:
    return base().replace({key.replace("__", "."): value for key, value in changes.items()})


def rates(**changes: Any) -> Rates:
    return deposits(design(**changes)).rates


# Rates


def test_rates_are_the_spectras_totals() -> None:
    found, at = deposits(base()), design()
    parts = spectra(target_of(at), falling_on(at), environment())
    assert found.rates.muon == parts["muon"].total
    assert found.rates.gamma == parts["gamma"].total
    assert found.rates.hadron == parts["hadron"].total
    assert found.rates.total == pytest.approx(found.all.total)
    assert found.all.energy.min() > 40 * KEV
    assert found.rates.total == found.rates.modelled


def test_the_reference_chip_sees_what_the_design_states() -> None:
    # NIST's chip, 25 mm^2 x 0.5 mm of silicon (2,330 kg/m^3): rates per mass as written.
    found = rates(
        chip__length="5 mm", chip__width="5 mm", chip__thickness="0.5 mm", chip__pitch="1 mm",
    )  # fmt: skip
    mass = 25e-6 * 0.5e-3 * 2330
    assert found.gamma == pytest.approx(690 * mass, rel=2e-3)
    assert found.hadron == pytest.approx(1.69 * mass, rel=2e-3)


def test_muons_cross_at_the_rate_of_the_cosine_squared_law() -> None:
    # (pi/2) I (A + (Lx + Ly) t/2), 98.1 % of them above 40 keV (independent Monte-Carlo).
    crossing = np.pi / 2 * 70 * (1e-4 + 20e-3 * 0.4e-3 / 2)
    assert rates(chip__length="10 mm").muon == pytest.approx(crossing * 0.981, rel=0.01)


def test_reductions_divide() -> None:
    plain, less = rates(), rates(radiation__muon_reduction=35, radiation__gamma_reduction=10)
    assert less.muon == pytest.approx(plain.muon / 35)
    assert less.gamma == pytest.approx(plain.gamma / 10)
    assert less.hadron == plain.hadron


def test_lead_stops_gammas_only() -> None:
    found = [rates(radiation__lead_thickness=f"{cm} cm") for cm in (0, 1, 5, 10)]
    gammas = [r.gamma for r in found]
    assert np.all(np.diff(gammas) < 0)
    # 10 cm of lead let at most 1.4 % of 2.6 MeV through (0.0425 cm^2/g at 11.35 g/cm^3, XCOM).
    assert gammas[3] < 0.014 * gammas[0]
    assert len({(r.muon, r.hadron) for r in found}) == 1


def test_altitude_brings_muons_and_nucleons() -> None:
    found = [rates(radiation__altitude=f"{m} m") for m in (0, 1655, 4000)]
    for kind in ("muon", "hadron"):
        assert np.all(np.diff([getattr(r, kind) for r in found]) > 0)
    assert len({r.gamma for r in found}) == 1
    # Nucleons: exp(depth/130 g/cm^2) or so; 187 g/cm^2 less above Boulder: a factor of 3.5 to 5.
    assert 3.5 < found[1].hadron / found[0].hadron < 5
    assert found[1].muon / found[0].muon < 2


def test_overburden_stops_muons_and_nucleons() -> None:
    found = [rates(radiation__overburden=f"{mass} kg/m^2") for mass in (0, 1e3, 1e4, 1e5, 2e6)]
    for kind in ("muon", "hadron"):
        assert np.all(np.diff([getattr(r, kind) for r in found]) < 0)
    assert found[4].hadron == 0  # 2 km: exp(-1,500)
    assert len({r.gamma for r in found}) == 1
    assert found[0].muon / found[3].muon == pytest.approx(35, rel=0.25)  # 100 m of water: 35


def test_upright_chips_see_fewer_muons() -> None:
    flat, upright = rates(), rates(radiation__orientation="upright")
    # (pi/2) I over the top and half of the sides: t L + (L + t) W/2 against L W + (L + W) t/2.
    assert upright.muon / flat.muon == pytest.approx(
        (0.4 * 10 + 10.4 * 10 / 2) / (100 + 20 * 0.4 / 2), rel=0.02
    )
    assert upright.gamma == flat.gamma


def test_a_measured_rate_is_the_total() -> None:
    found = rates(measured__burst_rate="0.02 1/s", radiation__phonon_burst_rate="0.01 1/s")
    assert found.total == 0.02
    parts = found.muon + found.gamma + found.hadron
    assert found.modelled == pytest.approx(parts + 0.01)


# Drawn impacts


@pytest.fixture(scope="module")
def drawn() -> Impacts:
    found = impacts(base(), "quick", 1)
    assert found is not None
    return found


def test_impacts_follow_the_spectrum(drawn: Impacts) -> None:
    # Share above an energy, 2,000 events: four comparisons at 4.5 sigma.
    spectrum = deposits(base()).all
    assert drawn.rate == spectrum.total
    n = len(drawn.energy)
    assert n == 2000
    for edge in (80, 200, 500, 1000):
        share = spectrum.above(edge * KEV).total / spectrum.total
        sigma = np.sqrt(share * (1 - share) / n)
        assert abs(np.mean(drawn.energy > edge * KEV) - share) < 4.5 * sigma + 2e-3


def test_impacts_lie_on_the_chip_evenly(drawn: Impacts) -> None:
    half = base().chip.length / 2
    for place in (drawn.x, drawn.y):
        assert np.all(np.abs(place) <= half)
        # Uniform: mean 0, mean square L^2/12; 4.5 sigma of 2,000.
        assert abs(place.mean()) < 4.5 * half / np.sqrt(3 * 2000)
        assert np.mean(place**2) == pytest.approx(half**2 / 3, rel=4.5 * np.sqrt(0.8 / 2000))


def test_equal_seeds_draw_equal_impacts(drawn: Impacts) -> None:
    again, other = impacts(base(), "quick", 1), impacts(base(), "quick", 2)
    assert again is not None
    assert other is not None
    assert again.energy.tobytes() == drawn.energy.tobytes()
    assert again.answers.per_energy.tobytes() == drawn.answers.per_energy.tobytes()
    assert other.energy.tobytes() != drawn.energy.tobytes()


def test_the_library_holds_every_impact(drawn: Impacts) -> None:
    lib = drawn.answers
    assert lib.energies[0] == pytest.approx(drawn.energy.min())
    assert lib.energies[-1] == pytest.approx(drawn.energy.max())
    assert np.all((lib.times > 9e-7) & (lib.times < 1))
    assert len(lib.x) == 54
    found = lib.response(drawn.energy, drawn.x, drawn.y)
    assert np.all(np.isfinite(found))
    assert found.min() >= 0


def test_the_largest_impacts(drawn: Impacts) -> None:
    few = drawn.largest(drawn.rate / 100)
    assert len(few.energy) == 20
    assert few.energy.min() >= np.sort(drawn.energy)[-20]
    assert few.rate == pytest.approx(drawn.rate / 100)
    kept = np.argmax(drawn.energy)
    assert (few.energy[0], few.x[0], few.y[0]) == (
        drawn.energy[kept], drawn.x[kept], drawn.y[kept],
    )  # fmt: skip
    every = drawn.largest(10 * drawn.rate)
    assert len(every.energy) == 2000
    assert every.rate == drawn.rate
    assert len(drawn.largest(1e-12).energy) == 1


def test_no_radiation_has_no_impacts() -> None:
    silent = base().replace(NONE | {"radiation.phonon_burst_rate": "1 1/s"})
    assert impacts(silent, "quick", 1) is None
    assert many_impacts(silent, 1e4, Relaxing(1e10, 1e10, 0.0), "quick", 1) is None


def test_statistics_of_a_design(drawn: Impacts) -> None:
    found = many_impacts(base(), 1e5, Relaxing(4e10, 4e10, 0.0), "quick", 1)
    assert found is not None
    assert found.events == len(drawn.energy)
    x = drawn.answers.response(drawn.energy, drawn.x, drawn.y)
    assert found.t1_min.mean == pytest.approx(np.mean(1 / (1e5 + 4e10 * x.max(axis=(1, 2)))))
    chip, qubit = base().chip, base().qubit
    largest = chip.frequency_shift * qubit.frequency * x.max(axis=(1, 2))
    assert found.peak_shift.percentiles[1] == pytest.approx(np.median(largest))
    # Qubits that are protected from cooled quasiparticles are hit for a shorter time.
    film_gap = 2.9e-23
    shielded = many_impacts(base(), 1e5, Relaxing(4e8, 4e10, 0.1 * film_gap), "quick", 1)
    assert shielded is not None
    assert shielded.duration.mean < 0.5 * found.duration.mean


# Classes


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(1.0, 1e4), st.floats(1e-6, 10.0)), min_size=1, max_size=30),
    st.lists(st.floats(1e-3, 0.999), max_size=5, unique=True),
)
def test_classes_keep_rate_and_power(points: list[tuple[float, float]], cuts: list[float]) -> None:
    energy, rate = np.array(points).T
    spectrum = Spectrum(energy, rate)
    found = energy_classes(spectrum, [1.0, *sorted(cuts, reverse=True), 0.0])
    assert found.total == pytest.approx(spectrum.total)
    assert found.power == pytest.approx(spectrum.power)
    assert np.all(np.diff(found.energy) >= -1e-9 * found.energy[1:])
    assert found.energy.max() <= energy.max() * (1 + 1e-9)
    shares = -np.diff([1.0, *sorted(cuts, reverse=True), 0.0])
    assert found.rate == pytest.approx(shares * spectrum.total)


def test_classes_by_hand() -> None:
    # 1, 2, 4 and 9 at a rate of 1, 1, 1 and 2: the upper 40 % are 9; the lower 60 % (1 + 2 + 4)/3.
    spectrum = Spectrum(np.array([9.0, 1.0, 4.0, 2.0]), np.array([2.0, 1.0, 1.0, 1.0]))
    found = energy_classes(spectrum, [1.0, 0.4, 0.0])
    assert found.energy == pytest.approx([7 / 3, 9.0])
    assert found.rate == pytest.approx([3.0, 2.0])
    nothing = energy_classes(Spectrum(np.empty(0), np.empty(0)), [1.0, 0.0])
    assert nothing.total == 0


@pytest.mark.parametrize(
    "exceeded", [[1.0], [0.9, 0.0], [1.0, 0.1], [1.0, 0.2, 0.5, 0.0], [1.0, 0.5, 0.5, 0.0]]
)
def test_edges_that_cannot_be(exceeded: list[float]) -> None:
    with pytest.raises(OutOfRangeError, match="fall from 1 to 0"):
        energy_classes(Spectrum(np.ones(2), np.ones(2)), exceeded)


@pytest.mark.parametrize(
    ("effort", "places", "tail"),
    [("quick", 2, [1e-3]), ("standard", 3, [1e-2, 1e-3]), ("full", 3, [1e-2, 1e-3, 1e-4])],
)
def test_impact_classes(effort: Any, places: int, tail: list[float]) -> None:
    at = design(radiation__phonon_burst_rate="0.01 1/s", radiation__event_energy="0.3 MeV")
    found = deposits(at)
    classes = impact_classes(at, found.all, found.rates, effort)
    assert sum(c.rate for c in classes) == pytest.approx(found.rates.total)
    phonons = [c for c in classes if c.name.startswith("phonons")]
    assert len(phonons) == places
    assert sum(c.rate for c in phonons) == pytest.approx(0.01)
    # All of the energy in phonons rather than 90 % of it.
    assert [c.energy for c in phonons] == pytest.approx([300 * KEV] * places)
    assert [c.gain for c in phonons] == pytest.approx([1 / 0.9] * places)
    others = [c for c in classes if not c.name.startswith("phonons")]
    power = sum(c.rate * c.energy for c in others)
    assert power == pytest.approx(found.all.power)
    # The rarest classes hold the shares of the tail.
    energies = sorted({c.energy for c in others}, reverse=True)
    held = np.cumsum([sum(c.rate for c in others if c.energy == e) for e in energies])
    assert held[: len(tail)][::-1] / found.all.total == pytest.approx(tail)
    inside = [abs(c.x) < at.chip.length / 2 and abs(c.y) < at.chip.width / 2 for c in classes]
    assert all(inside)


def test_measured_rates_scale_the_classes_and_stand_in_for_a_model() -> None:
    at = design(measured__burst_rate="0.02 1/s")
    found = deposits(at)
    classes = impact_classes(at, found.all, found.rates, "quick")
    assert sum(c.rate for c in classes) == pytest.approx(0.02)
    silent = base().replace(NONE | {"measured.burst_rate": "0.02 1/s"})
    found = deposits(silent)
    classes = impact_classes(silent, found.all, found.rates, "quick")
    assert sum(c.rate for c in classes) == pytest.approx(0.02)
    assert {c.energy for c in classes} == {silent.radiation.event_energy}
    assert all(c.name.startswith("measured") for c in classes)
    silent = base().replace(NONE)
    found = deposits(silent)
    assert impact_classes(silent, found.all, found.rates, "quick") == []


# Stages


def test_escape_through_bonds() -> None:
    # Martinis 2021, Eq. 17, with v/4 onto the feet and 4 d/(3 L) down the wire: about 12 ms.
    bonds = {"chip.bond_count": 300, "chip.bond_diameter": "25 um", "chip.bond_length": "2 mm"}
    found = escape_time(design().replace(bonds))
    area, volume = 300 * np.pi / 4 * 25e-6**2, 10e-3 * 10e-3 * 0.4e-3
    v = 1.380649e-23 * 645 / 1.054571817e-34 / (6 * np.pi**2 * 5.0e28) ** (1 / 3)  # Debye's, 645 K
    assert found == pytest.approx(4 * volume / (area * v) * 3 * 2e-3 / (4 * 25e-6), rel=0.03)
    assert escape_time(design(chip__bond_count=0)) is None
    assert escape_time(design().replace(bonds | {"chip.bond_length": "0.1 mm"})) is None


def test_generated_kinds_agree_with_the_rates() -> None:
    # Rates by quadrature, events drawn one by one: two routes; 4.5 sigma for each of three.
    at = base()
    events = generate(target_of(at), falling_on(at), environment(), 20_000, 5)
    span = float(events.time[-1])
    found = deposits(at).rates
    kinds = {kind: int(np.sum(events.kind == number)) for number, kind in enumerate(KINDS)}
    for rate, count in (
        (found.muon, kinds["muon"]),
        (found.gamma, kinds["gamma"] + kinds["electron"]),
        (found.hadron, kinds["hadron"]),
    ):
        assert abs(count - rate * span) < 4.5 * np.sqrt(rate * span) + 0.01 * rate * span
