"""Damping by normal metal on the back: skin effect, line, circuit, channel, figure."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.constants import electron_mass, elementary_charge, epsilon_0, hbar, mu_0
from scipy.special import iv, j0, kv

from qubudget.design import Design, load
from qubudget.errors import OutOfRangeError
from qubudget.materials.electrical import conductor, permittivity
from qubudget.materials.normal_metals import normal_metal
from qubudget.qubit.assembly import coherence
from qubudget.qubit.back_metal import (
    Back,
    Pads,
    back_admittance,
    back_impedance,
    back_loss,
    gap_capacitance,
    sheet_impedance,
)
from qubudget.qubit.back_metal_channel import back_metal_channel, design_pads
from qubudget.qubit.pad_circuit import circuit_admittance, lumped_loss
from qubudget.qubit.result import CoherenceResult
from qubudget.qubit.skin_effect import surface_impedance
from qubudget.report.back_metal_figure import back_metal_data, draw_back_metal

FREQUENCY = 5e9
OMEGA = 2 * math.pi * FREQUENCY
EPS, DEPTH, AREA = 11.7, 0.4e-3, 0.1e-6  # the second paper's pads and chip
COUPLING = EPS * epsilon_0 * AREA / DEPTH  # 26 fF
TOTAL = 5 * COUPLING  # its "about 20 %"
RADIUS = math.sqrt(AREA / math.pi)
FLOATING = Pads(TOTAL, AREA, 5 * RADIUS)
SINGLE = Pads(TOTAL, AREA, 5 * RADIUS, "single-ended")
METAL = 5e-3 * (1 + 1j)  # cold copper, about


# Metal


@pytest.mark.parametrize(("metal", "per_cell", "edge"), [("Cu", 4, 3.615e-10), ("Ag", 4, 4.086e-10),
                                                         ("Au", 4, 4.078e-10)])  # fmt: skip
def test_path_product_is_that_of_free_electrons(metal: str, per_cell: int, edge: float) -> None:
    """rho l = m v_F/(n e^2) with one electron per atom of the face-centred cubic cell."""
    density = per_cell / edge**3
    fermi = hbar * (3 * math.pi**2 * density) ** (1 / 3) / electron_mass
    free = electron_mass * fermi / (density * elementary_charge**2)
    assert conductor(metal).path_product == pytest.approx(free, rel=0.025)


def test_densities_agree_between_catalogues() -> None:
    assert normal_metal("Cu").atom_density == pytest.approx(4 / 3.615e-10**3, rel=0.01)


def test_surface_resistance_has_its_classical_limits() -> None:
    thick = surface_impedance(1.678e-8, 0.0, 1e-3, FREQUENCY)
    assert thick.real == pytest.approx(math.sqrt(OMEGA * mu_0 * 1.678e-8 / 2), rel=1e-9)
    assert thick.imag == pytest.approx(thick.real)
    thin = surface_impedance(1.678e-8, 0.0, 10e-9, FREQUENCY)
    assert thin.real == pytest.approx(1.678e-8 / 10e-9, rel=1e-6)


@pytest.mark.parametrize("ratio", [30.0, 100.0, 300.0, 1e3, 1e4])
def test_anomalous_resistance_follows_chambers(ratio: float) -> None:
    """R_inf (1 + 1.157 alpha^-0.2757), Chambers (1952), alpha >= 3."""
    copper = conductor("Cu")
    rho, product = copper.resistivity / ratio, copper.path_product
    alpha = 0.75 * mu_0 * OMEGA * (product / rho) ** 2 / rho
    limit = (math.sqrt(3) / (16 * math.pi) * product * (mu_0 * OMEGA) ** 2) ** (1 / 3)
    assert alpha > 3
    found = surface_impedance(rho, product, 1.0, FREQUENCY).real
    assert found == pytest.approx(limit * (1 + 1.157 * alpha**-0.2757), rel=0.03)


def test_thin_film_has_fuchs_resistance() -> None:
    copper = conductor("Cu")
    film = surface_impedance(copper.resistivity, copper.path_product, 100e-9, 1e6)
    expected = copper.resistivity * (1 + 3 / 8 * 39.9 / 100) / 100e-9
    assert film.real == pytest.approx(expected, rel=0.001)


@settings(max_examples=30, deadline=None)
@given(st.floats(1e-8, 1e-4), st.floats(1.1, 10))
def test_thicker_and_purer_metal_resists_less(thickness: float, factor: float) -> None:
    copper = conductor("Cu")
    inputs = (copper.residual_resistivity, copper.path_product, thickness, FREQUENCY)
    assert surface_impedance(inputs[0] * factor, *inputs[1:]).real > surface_impedance(*inputs).real
    thinner = surface_impedance(*inputs[:2], thickness / factor, FREQUENCY).real
    # Eddy currents on the far side give a film of pi/2 skin depths 8 % less than a thick one.
    assert thinner > 0.9 * surface_impedance(*inputs).real


# Line


def test_gap_capacitance_is_that_of_two_strips() -> None:
    """Small gaps: the closed form's logarithm, ln(2p/(pi g)); side walls add eps0 t p/g."""
    pitch, gap = 1e-3, 1e-6
    strips = epsilon_0 * (EPS + 1) * pitch / math.pi * math.log(2 * pitch / (math.pi * gap))
    assert gap_capacitance(pitch, gap, EPS) == pytest.approx(strips, rel=1e-5)
    walls = gap_capacitance(pitch, gap, EPS, 2e-6) - gap_capacitance(pitch, gap, EPS)
    assert walls == pytest.approx(epsilon_0 * 2 * pitch)


@pytest.mark.parametrize("size", [0.0, 0.3e-3, 1e-3])
def test_thin_substrate_is_a_parallel_plate_line(size: float) -> None:
    """lap V = Z y V with outgoing waves: closed forms of a uniformly driven disc.

    The corrections are of the order of the substrate's thickness over the disc's radius, for the
    field at its edge.
    """
    pads = Pads(1.0, AREA, 2.1 * RADIUS)
    depth = 2.1 * RADIUS / 39  # about the thinnest substrate taken
    back = Back(np.asarray(METAL), depth, EPS, size, 0.01 * size)
    z = sheet_impedance(back, FREQUENCY)
    y = 1j * OMEGA * EPS * epsilon_0 / depth
    gamma = np.sqrt(z * y)
    x = gamma * RADIUS
    own = (1 - 2 * iv(1, x) * kv(1, x)) / (y * AREA)
    other = z / (2 * np.pi) * (2 * iv(1, x) / x) ** 2 * kv(0, gamma * 2.1 * RADIUS)
    found = back_impedance(back, pads, FREQUENCY)
    assert found[0, 0] == pytest.approx(complex(own), rel=0.05)
    if size == 0:  # islands screen within the disc's distance
        assert found[0, 1] == pytest.approx(complex(other), rel=0.05)


def test_a_lossless_film_radiates_like_a_dipole_in_a_parallel_plate() -> None:
    """omega mu0 d/4 per pad, and 1 - J0(ks) of two in opposition; quasi-static otherwise."""
    film = Back(np.asarray(1e-9 + 0j), DEPTH, EPS)
    found = back_impedance(film, FLOATING, FREQUENCY)
    k = OMEGA * math.sqrt(EPS * epsilon_0 * mu_0)
    one = OMEGA * mu_0 * DEPTH / 4
    assert found[0, 0].real == pytest.approx(one, rel=0.02)
    two = 2 * (found[0, 0] - found[0, 1]).real
    assert two == pytest.approx(2 * one * (1 - float(j0(k * 5 * RADIUS))), rel=0.04)


def test_nodal_circuit_of_the_line_gives_its_admittance() -> None:
    """The inverse impedance matrix, less the capacitance to the grounded pad, as a circuit."""
    for back in (
        Back(np.asarray(METAL), DEPTH, EPS),
        Back(np.asarray(METAL), DEPTH, EPS, 1e-3, 1e-5),
    ):
        link = 1j * OMEGA * COUPLING
        circuit = np.linalg.inv(back_impedance(back, FLOATING, FREQUENCY)) - link * np.eye(2)
        expected = circuit_admittance(link, circuit, "differential")
        found = back_admittance(back, FLOATING, FREQUENCY)
        assert found.real == pytest.approx(expected.real, rel=1e-6)
        assert found.imag == pytest.approx(expected.imag, rel=1e-9)


@pytest.mark.parametrize("pads", [FLOATING, SINGLE])
def test_islands_without_or_with_endless_resistance_are_lossless(pads: Pads) -> None:
    """Loss grows in proportion to a small resistance, falls with a large one, peaks between."""
    resistance = np.geomspace(1e-6, 1e9, 60)
    loss = back_loss(
        Back(resistance.astype(np.complex128), DEPTH, EPS, 0.3e-3, 1e-5), pads, FREQUENCY
    )
    assert loss[1] / loss[0] == pytest.approx(resistance[1] / resistance[0], rel=1e-6)
    assert loss[-1] / loss[-2] == pytest.approx(resistance[-2] / resistance[-1], rel=0.01)
    peak = int(np.argmax(loss))
    assert 0 < peak < 59
    assert np.all(np.diff(loss[: peak + 1]) > 0)
    assert np.all(np.diff(loss[peak:]) < 0)


def test_a_film_loses_to_waves_what_resistance_does_not_take() -> None:
    lossless, resistive = (
        float(back_loss(Back(np.asarray(r + 0j), DEPTH, EPS), FLOATING, FREQUENCY))
        for r in (1e-9, 1e9)
    )
    assert 1 / lossless == pytest.approx(1.2e5, rel=0.02)
    assert resistive < 1e-2 * lossless


@settings(max_examples=30, deadline=None)
@given(st.floats(2e-5, 3.5e-3), st.floats(1.02, 1.2))
def test_larger_islands_and_narrower_gaps_lose_more(size: float, factor: float) -> None:
    gaps = {"permittivity": EPS, "substrate_thickness": DEPTH, "surface_impedance": METAL}
    losses = [
        float(back_loss(Back(island_size=a, gap=g, **gaps), FLOATING, FREQUENCY))  # type: ignore[arg-type]
        for a, g in ((size, 1e-5), (size * factor, 1e-5), (size, 1e-5 / factor))
    ]
    assert losses[0] < losses[1]
    assert losses[0] < losses[2]


def test_small_islands_lose_as_the_square_of_their_size() -> None:
    """The current is that of the gaps' capacitance, in proportion to the pitch: loss ~ p^2."""
    size = np.array([1e-6, 2e-6])
    loss = back_loss(Back(np.asarray(METAL), DEPTH, EPS, size, size / 10), FLOATING, FREQUENCY)
    assert loss[1] / loss[0] == pytest.approx(4.0, rel=0.02)


def test_everything_broadcasts() -> None:
    sizes = np.array([[0.1e-3], [1e-3]])
    frequency = np.array([4e9, 5e9, 6e9])
    loss = back_loss(Back(np.asarray(METAL), DEPTH, EPS, sizes, 1e-5), FLOATING, frequency)
    assert loss.shape == (2, 3)
    alone = back_loss(Back(np.asarray(METAL), DEPTH, EPS, 1e-3, 1e-5), FLOATING, 6e9)
    assert loss[1, 2] == pytest.approx(float(alone))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"island_size": 1e-3}, "islands need a gap"),
        ({"gap": 1e-5}, "needs their size"),
        ({"island_size": 5e-3, "gap": 1e-5}, "quarter of the wavelength"),
        ({"island_size": -1e-3}, "island_size"),
        ({"substrate_thickness": 0.0}, "substrate_thickness"),
        ({"substrate_thickness": 10e-3}, "wavelength"),
        ({"substrate_thickness": 1e-6}, "separation of the pads"),
        ({"permittivity": 0.5}, "permittivity"),
    ],
)
def test_a_back_that_cannot_be_is_refused(changes: dict[str, float], said: str) -> None:
    good = {"substrate_thickness": DEPTH, "permittivity": EPS, "island_size": 0.0, "gap": 0.0}
    with pytest.raises(OutOfRangeError, match=said):
        back_loss(Back(np.asarray(METAL), **(good | changes)), FLOATING, FREQUENCY)


def test_pads_that_cannot_be_are_refused() -> None:
    film = Back(np.asarray(METAL), DEPTH, EPS)
    with pytest.raises(OutOfRangeError, match="separation"):
        back_loss(film, Pads(TOTAL, AREA, RADIUS), FREQUENCY)
    with pytest.raises(OutOfRangeError, match="total capacitance"):
        back_loss(film, Pads(COUPLING / 10, AREA, 5 * RADIUS), FREQUENCY)
    with pytest.raises(OutOfRangeError, match="gap between islands"):
        gap_capacitance(1e-4, 1e-4, EPS)
    with pytest.raises(OutOfRangeError, match="no metals 'Pb'"):
        conductor("Pb")
    with pytest.raises(OutOfRangeError, match="no substrates 'Ge'"):
        permittivity("Ge")


# Circuit of Fig. 7b


@settings(max_examples=50, deadline=None)
@given(st.floats(-6, 8), st.floats(1e-15, 1e-13))
def test_nodal_solution_is_the_series_circuit(exponent: float, coupling: float) -> None:
    """1/(1/(i omega C_c/2) + R) between two pads, 1/(1/(i omega C_c) + R) from one."""
    resistance = 10**exponent
    for kind, factor in (("differential", 2), ("single-ended", 1)):
        series = 1 / (factor / (1j * OMEGA * coupling) + resistance)
        found = lumped_loss(TOTAL, coupling, resistance, FREQUENCY, kind=kind)  # type: ignore[arg-type]
        assert float(found) == pytest.approx(series.real / (OMEGA * TOTAL), rel=1e-7)


@pytest.mark.parametrize("name", ["total", "coupling", "resistance", "reactance"])
def test_a_circuit_that_cannot_be_is_refused(name: str) -> None:
    good = {"total": TOTAL, "coupling": COUPLING, "resistance": 6.0, "reactance": 10.0}
    with pytest.raises(OutOfRangeError, match=name):
        lumped_loss(frequency=FREQUENCY, **(good | {name: 0.0}))  # type: ignore[arg-type]


def test_loss_of_the_circuit_peaks_where_resistance_meets_reactance() -> None:
    resistance = np.geomspace(1, 1e7, 701)
    loss = lumped_loss(TOTAL, COUPLING, resistance, FREQUENCY)
    assert resistance[np.argmax(loss)] == pytest.approx(2 / (OMEGA * COUPLING), rel=0.02)
    assert loss.max() == pytest.approx(COUPLING / 2 / TOTAL / 2, rel=1e-3)


def test_printed_film_follows_from_one_pad() -> None:
    """ "Q ~ 1 k" (Martinis 2021, Fig. 7): 6 Ohm behind one pad of 26 fF, 20 % of the transmon."""
    one = 1 / lumped_loss(TOTAL, COUPLING, 6.0, FREQUENCY, kind="single-ended")
    assert float(one) == pytest.approx(1.0e3, rel=0.05)
    two = 1 / lumped_loss(TOTAL, COUPLING, 6.0, FREQUENCY)
    assert float(two) == pytest.approx(4 * float(one), rel=1e-4)
    inductor = 1 / lumped_loss(TOTAL, COUPLING, 6.0, FREQUENCY, reactance=10.0)
    assert float(inductor / two) == pytest.approx((36 + 100) / 100, rel=0.01)  # "small effect"


def test_printed_islands_follow_from_two_pads_but_not_from_the_same_one() -> None:
    """ "Q ~ 3 M" needs 0.01 Ohm between two pads; Q would rise 3,000-fold, R falls 600-fold."""
    one, two = (
        float(1 / lumped_loss(TOTAL, COUPLING, 0.01, FREQUENCY, kind=kind))
        for kind in ("single-ended", "differential")
    )
    assert two == pytest.approx(3e6, rel=0.2)
    assert one == pytest.approx(3e6 / 5, rel=0.1)


def test_the_line_bears_the_prints_out_within_their_kind() -> None:
    """6 Ohm is about a pad's 4 Ohm of radiation into a plane line; 0.01 Ohm is not optimistic."""
    copper = conductor("Cu")
    cold = surface_impedance(copper.residual_resistivity, copper.path_product, 6e-6, FREQUENCY)
    film = Back(cold, DEPTH, EPS)
    assert float(1 / back_loss(film, SINGLE, FREQUENCY)) == pytest.approx(1.5e3, rel=0.05)
    assert float(1 / back_loss(film, FLOATING, FREQUENCY)) == pytest.approx(1.2e5, rel=0.05)
    islands = Back(cold, DEPTH, EPS, 1e-3, 1e-5, 6e-6)
    assert float(1 / back_loss(islands, SINGLE, FREQUENCY)) == pytest.approx(1.06e7, rel=0.05)
    assert float(1 / back_loss(islands, FLOATING, FREQUENCY)) == pytest.approx(2.6e7, rel=0.05)


# Design


def solved(design: Design) -> CoherenceResult:
    return coherence(design, {s.name: s.rated_temperature for s in design.stages})


def rate(result: CoherenceResult) -> float:
    return next(c.rate_per_s for c in result.channels if c.name == "back-metal")


IMPROVED = load("martinis-improved")
FILM = IMPROVED.replace({"chip.back_island_size": "0 mm", "chip.back_island_gap": "0 mm"})
ISLANDS = IMPROVED.replace({"chip.back_island_size": "1 mm", "chip.back_island_gap": "10 um"})


def test_a_bare_back_has_no_channel() -> None:
    bare = solved(load("martinis-present"))
    assert "back-metal" not in {c.name for c in bare.channels}
    without = FILM.replace({"chip.back_metal_thickness": "0 um"})
    assert solved(without).t1_s == pytest.approx(bare.t1_s)


def test_metal_shortens_t1_and_islands_give_it_back() -> None:
    bare, film, islands = (solved(d) for d in (load("martinis-present"), FILM, ISLANDS))
    assert bare.t1_s is not None
    assert film.t1_s is not None
    assert islands.t1_s is not None
    for result in (film, islands):
        assert 1 / result.t1_s - 1 / bare.t1_s == pytest.approx(rate(result), rel=1e-6)  # type: ignore[operator]
    assert film.t1_s < 0.2 * bare.t1_s
    assert islands.t1_s > 0.9 * bare.t1_s
    low, high = film.t1_interval_s
    assert low is not None
    assert high is not None
    assert low < film.t1_s / 3
    assert high > 2 * film.t1_s


def test_pads_take_a_fifth_of_the_charging_energy_s_capacitance() -> None:
    """C = e^2/(2 E_C): 97 fF at 200 MHz; near the paper's 0.1 mm^2 on 0.4 mm of silicon."""
    pads = design_pads(IMPROVED)
    share = (
        permittivity("Si")
        * epsilon_0
        * np.asarray(pads.area, dtype=np.float64)
        / DEPTH
        / np.asarray(pads.capacitance)
    )
    assert float(share) == pytest.approx(0.2)
    assert 0.05e-6 < float(np.asarray(pads.area, dtype=np.float64)) < 0.15e-6


@pytest.mark.parametrize("temperature", [0.01, 0.3])
def test_the_metal_is_a_linear_bath(temperature: float) -> None:
    channel = back_metal_channel(FILM, temperature, FREQUENCY)
    assert channel is not None
    assert channel.down_per_s is not None
    assert channel.up_per_s is not None
    boltzmann = math.exp(-6.62607015e-34 * FREQUENCY / (1.380649e-23 * temperature))
    assert channel.up_per_s / channel.down_per_s == pytest.approx(boltzmann, rel=1e-9)
    cold = channel.down_per_s - channel.up_per_s  # omega/Q at any temperature
    reference = back_metal_channel(FILM, 1e-3, FREQUENCY)
    assert reference is not None
    assert cold == pytest.approx(reference.rate_per_s, rel=1e-9)


@pytest.mark.parametrize(
    "changes",
    [
        {"chip.back_metal": "Au"},
        {"chip.back_metal_thickness": "0.05 um"},
        {"chip.back_island_size": "0.5 mm"},
        {"chip.back_island_gap": "50 um"},
        {"chip.thickness": "0.5 mm"},
        {"chip.substrate": "Al2O3"},
        {"qubit.anharmonicity": "250 MHz"},
    ],
)
def test_every_field_of_the_back_moves_its_rate(changes: dict[str, str]) -> None:
    moved = back_metal_channel(ISLANDS.replace(changes), 0.01, FREQUENCY)
    plain = back_metal_channel(ISLANDS, 0.01, FREQUENCY)
    assert moved is not None
    assert plain is not None
    assert moved.rate_per_s != pytest.approx(plain.rate_per_s, rel=1e-3)


# Figure


def test_figure_shows_each_thickness_and_both_prints() -> None:
    data = back_metal_data()
    assert [row["quality"] for row in data["printed"]] == [3e6, 1e3]
    thin, *_, thick = data["curves"]
    assert thin["quality"][10] < thick["quality"][10]
    axes = draw_back_metal(data)
    assert axes.get_ylabel() == "quality factor Q (1)"
    assert len(axes.lines) == 3 + 2 + 2
    assert np.asarray(axes.lines[0].get_ydata()).tolist() == thin["quality"]


def test_figure_without_metal_says_so() -> None:
    assert "no metal" in draw_back_metal({}).texts[-1].get_text()
