"""The transmon's circuit against Koch 2007, Mathieu functions, limits and symmetries."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import mathieu_a, mathieu_b

from qubudget import transmon
from qubudget.errors import OutOfRangeError
from qubudget.qubit import circuit
from qubudget.transmon import (
    charge_dispersion,
    josephson_at_flux,
    matrix_elements,
    transmon_energies,
    transmon_levels,
)

few = settings(max_examples=25, deadline=None)
ratios = st.floats(1.5, 2e4)


def koch_band(ratio: float, level: int) -> float:
    """E_m(n_g = 1/2) - E_m(0) over E_C: Koch et al., Phys. Rev. A 76, 042319 (2007), Eq. 2.5."""
    power = (ratio / 2) ** (level / 2 + 0.75)
    prefactor = 2.0 ** (4 * level + 5) / math.factorial(level) * math.sqrt(2 / math.pi)
    return (-1.0) ** level * prefactor * power * math.exp(-math.sqrt(8 * ratio))


@pytest.mark.parametrize("ratio", [0.5, 5.0, 50.0, 300.0, 2000.0])
def test_levels_are_mathieu_characteristic_values(ratio: float) -> None:
    # n_g = 0: the pi-periodic solutions of Mathieu's equation, q = E_J/(2 E_C), E = E_C a.
    # n_g = 1/2: the antiperiodic ones; for q < 0, a_1 and b_1 change places.
    q = ratio / 2
    even = [mathieu_a(0, q), mathieu_b(2, q), mathieu_a(2, q), mathieu_b(4, q), mathieu_a(4, q)]
    odd = [mathieu_a(1, -q), mathieu_b(1, -q), mathieu_a(3, -q), mathieu_b(3, -q)]
    scale = max(1.0, ratio)
    assert transmon_levels(ratio, 1.0, count=5) == pytest.approx(even, abs=1e-12 * scale)
    shifted = transmon_levels(ratio, 1.0, offset_charge=0.5, count=4)
    assert shifted == pytest.approx(sorted(odd), abs=1e-12 * scale)


def test_anharmonicity_approaches_minus_the_charging_energy() -> None:
    # Koch 2007 section II C: f01 -> sqrt(8 E_J E_C) - E_C, f12 - f01 -> -E_C, hence the relative
    # anharmonicity -> -1/sqrt(8 E_J/E_C); corrections are of relative order sqrt(E_C/E_J).
    for ratio, within in ((50.0, 0.25), (5e3, 0.02), (5e5, 0.002)):
        first, second = np.diff(transmon_levels(ratio, 1.0))
        assert (first - second) / first == pytest.approx(1 / math.sqrt(8 * ratio), rel=within)
        assert first == pytest.approx(math.sqrt(8 * ratio) - 1, rel=within / 10)


def test_anharmonicity_to_second_order() -> None:
    # Perturbation in xi = sqrt(2 E_C/E_J): f12 - f01 = -E_C (1 + (9/16) xi + ...), as in
    # N. Didier et al., Phys. Rev. A 97, 022330 (2018).
    ratio = 1e4
    first, second = np.diff(transmon_levels(ratio, 1.0))
    xi = math.sqrt(2 / ratio)
    assert first - second == pytest.approx(1 + 9 / 16 * xi, abs=2 * xi**2)


@pytest.mark.parametrize(("ratio", "within"), [(30.0, 0.35), (50.0, 0.25), (80.0, 0.19)])
def test_charge_dispersion_approaches_koch(ratio: float, within: float) -> None:
    # Eq. 2.5 is the leading term for E_J >> E_C; at 50 it is 19 % above the exact bands.
    asymptotic = abs(koch_band(ratio, 1) - koch_band(ratio, 0))
    assert charge_dispersion(ratio, 1.0) == pytest.approx(asymptotic, rel=within)
    assert charge_dispersion(ratio, 1.0) < asymptotic


def test_charge_dispersion_closes_on_koch_as_the_ratio_grows() -> None:
    error = [
        1 - charge_dispersion(r, 1.0) / abs(koch_band(r, 1) - koch_band(r, 0))
        for r in (20.0, 40.0, 80.0)
    ]
    assert error[0] > error[1] > error[2] > 0


def test_extremes_of_f01_lie_at_zero_and_half_a_pair() -> None:
    for ratio in (1.0, 10.0, 60.0):
        for level in (0, 1, 2):
            levels = transmon_levels(
                ratio, 1.0, offset_charge=np.linspace(0, 1, 81), count=level + 2
            )
            transition = levels[:, level + 1] - levels[:, level]
            assert np.ptp(transition) == pytest.approx(
                charge_dispersion(ratio, 1.0, level), rel=1e-9
            )


@pytest.mark.parametrize("ratio", [0.0, 0.1, 1.0, 50.0, 1e4, 1e6])
@pytest.mark.parametrize("count", [1, 3, 12])
def test_more_charge_states_change_nothing(
    ratio: float, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = transmon_levels(ratio, 1.0, offset_charge=0.37, count=count)
    enough = transmon._charges
    monkeypatch.setattr(
        transmon,
        "_charges",
        lambda *of: np.arange(-2 * enough(*of)[-1] - 20, 2 * enough(*of)[-1] + 21),
    )
    wider = transmon_levels(ratio, 1.0, offset_charge=0.37, count=count)
    assert given == pytest.approx(wider, rel=0, abs=1e-9)


@few
@given(st.floats(0.0, 200.0), st.floats(-3.0, 3.0), st.integers(-4, 4))
def test_offset_charge_is_even_and_has_period_one(ratio: float, n_g: float, shift: int) -> None:
    levels = transmon_levels(ratio, 1.0, offset_charge=[n_g, -n_g, n_g + shift], count=4)
    assert levels[1] == pytest.approx(levels[0], abs=1e-9)
    assert levels[2] == pytest.approx(levels[0], abs=1e-9)
    assert np.all(np.diff(levels) >= -1e-9)


@few
@given(st.floats(-2.0, 2.0))
def test_without_a_junction_the_levels_are_parabolas(n_g: float) -> None:
    parabolas = np.sort(4 * 0.3 * (np.arange(-12, 13) - n_g) ** 2)[:5]
    assert transmon_levels(0.0, 0.3, offset_charge=n_g, count=5) == pytest.approx(
        parabolas, abs=1e-12
    )


def test_a_weak_junction_splits_degenerate_charges_by_its_energy() -> None:
    levels = transmon_levels(1e-3, 1.0, offset_charge=0.5, count=2)  # first-order perturbation
    assert levels[1] - levels[0] == pytest.approx(1e-3, rel=1e-6)


@few
@given(ratios, st.floats(1e6, 1e12))
def test_energies_invert_levels(ratio: float, charging: float) -> None:
    first, second = np.diff(transmon_levels(ratio * charging, charging))
    e_j, e_c = transmon_energies(float(first), float(first - second))
    # f12 is a difference of energies of order E_J, so rounding grows with the ratio.
    assert e_c == pytest.approx(charging, rel=1e-9 + 1e-13 * ratio**1.5)
    assert e_j == pytest.approx(ratio * charging, rel=1e-9 + 1e-13 * ratio**1.5)


@few
@given(ratios)
def test_relative_anharmonicity_falls_with_the_ratio(ratio: float) -> None:
    levels = np.diff(transmon_levels([ratio, ratio * 1.01], 1.0))
    relative = 1 - levels[:, 1] / levels[:, 0]
    assert relative[1] < relative[0]


def test_levels_broadcast() -> None:
    e_j = np.array([10e9, 15e9, 20e9])[:, None]
    n_g = np.array([0.0, 0.25])
    together = transmon_levels(e_j, 0.25e9, offset_charge=n_g, count=4)
    assert together.shape == (3, 2, 4)
    alone = transmon_levels(15e9, 0.25e9, offset_charge=0.25, count=4)
    assert np.array_equal(together[1, 1], alone)


def test_sum_rules_of_charge() -> None:
    # Sum over k of (E_k - E_0) |<k|n|0>|^2 = <[n, [H, n]]>/2 = E_J <cos phi>/2, exactly.
    found = matrix_elements(50.0, 1.0, 30, offset_charge=0.2)
    strength = np.sum((found.energies - found.energies[0]) * found.charge[:, 0] ** 2)
    assert strength == pytest.approx(50.0 / 2 * found.cosine[0, 0], rel=1e-10)
    # Completeness: sum over k of |<k|n|0>|^2 = <n^2>, from the virial-like <H> = 4 E_C <(n-n_g)^2>
    # - E_J <cos phi>.
    spread = np.sum((found.charge[:, 0] - 0.2 * (np.arange(30) == 0)) ** 2)
    assert 4 * spread - 50.0 * found.cosine[0, 0] == pytest.approx(found.energies[0], rel=1e-10)


def test_half_sine_is_complete() -> None:
    # sin^2(phi/2) = (1 - cos phi)/2: the sum over the other parity's states is its mean.
    found = matrix_elements(20.0, 1.0, 30, offset_charge=0.1)
    for level in (0, 1, 2):
        mean = (1 - found.cosine[level, level]) / 2
        assert np.sum(found.half_sine[:, level] ** 2) == pytest.approx(mean, rel=1e-10)


def test_charge_elements_follow_the_offset_charge_by_whole_pairs() -> None:
    one = matrix_elements(5.0, 1.0, 3, offset_charge=0.3)
    other = matrix_elements(5.0, 1.0, 3, offset_charge=2.3)
    assert np.diag(other.charge) == pytest.approx(np.diag(one.charge) + 2, abs=1e-12)
    assert np.abs(np.diag(other.charge, 1)) == pytest.approx(np.abs(np.diag(one.charge, 1)))


def test_mean_charge_is_the_slope_of_energy() -> None:
    # Hellmann-Feynman: dE/dn_g = -8 E_C <n - n_g>.
    step = 1e-4
    edges = transmon_levels(4.0, 1.0, offset_charge=[0.3 - step, 0.3 + step], count=3)
    slope = (edges[1] - edges[0]) / (2 * step)
    mean = np.diag(matrix_elements(4.0, 1.0, 3, offset_charge=0.3).charge) - 0.3
    assert -8 * mean == pytest.approx(slope, rel=1e-5)


def test_loop_of_two_junctions() -> None:
    flux = np.linspace(-1.5, 1.5, 61)
    for d in (0.0, 0.3, 1.0):
        # The modulus of the sum of two phasors, E_J1 + E_J2 exp(2 pi i flux).
        phasors = np.abs((1 + d) / 2 + (1 - d) / 2 * np.exp(2j * np.pi * flux))
        assert josephson_at_flux(2.0, flux, d) == pytest.approx(2 * phasors, abs=1e-14)


def test_flux_sensitivity_is_the_slope_of_f01() -> None:
    total, charging, d, bias, step = 30e9, 0.2e9, 0.2, 0.31, 1e-5
    first, second = np.diff(transmon_levels(josephson_at_flux(total, bias, d), charging))
    sides = transmon_levels(josephson_at_flux(total, [bias - step, bias + step], d), charging)
    slope = np.diff(sides[:, 1] - sides[:, 0])[0] / (2 * step)
    found = circuit.flux_sensitivity(float(first), float(first - second), bias, d)
    assert found == pytest.approx(abs(slope), rel=1e-6)


def test_flux_sensitivity_vanishes_without_a_loop_and_at_the_sweet_spots() -> None:
    assert circuit.flux_sensitivity(5e9, 0.2e9, 0.0, 0.3) == 0
    assert circuit.flux_sensitivity(5e9, 0.2e9, 0.37, 1.0) == 0
    assert circuit.flux_sensitivity(5e9, 0.2e9, 0.5, 0.3) < 1e-4


@few
@given(st.floats(-1.0, 1.0), st.floats(0.05, 1.0))
def test_flux_sensitivity_is_even_and_periodic(bias: float, d: float) -> None:
    found = circuit.flux_sensitivity(5e9, 0.2e9, bias, d)
    assert circuit.flux_sensitivity(5e9, 0.2e9, -bias, d) == pytest.approx(found)
    again = circuit.flux_sensitivity(5e9, 0.2e9, bias + 1, d)
    assert again == pytest.approx(found, rel=1e-6, abs=1e-3)


def test_ladder_tends_to_the_oscillator() -> None:
    transitions, elements = circuit.ladder(5e9, 5e6, 5)
    assert elements == pytest.approx(np.sqrt([1, 2, 3, 4]), rel=3e-3)
    assert transitions == pytest.approx(5e9 - 5e6 * np.arange(4), rel=1e-4)


def test_ladder_keeps_the_stated_pair() -> None:
    transitions, elements = circuit.ladder(5e9, 0.3e9, 4)
    assert transitions[:2] == pytest.approx([5e9, 4.7e9], rel=1e-9)
    assert elements[0] == 1
    assert np.all(elements < np.sqrt(np.arange(1, 4)) + 1e-12)
    with pytest.raises(ValueError, match="read-only"):
        transitions[0] = 0.0


def test_circuit_dispersion_is_of_the_inferred_circuit() -> None:
    # 5 GHz and 300 MHz are E_J/E_C = 50.9: Koch Eq. 2.5 with 25 % of tolerance.
    e_j, e_c = transmon_energies(5e9, 0.3e9)
    asymptotic = e_c * (koch_band(e_j / e_c, 0) - koch_band(e_j / e_c, 1))
    assert circuit.charge_dispersion(5e9, 0.3e9) == pytest.approx(asymptotic, rel=0.25)


@pytest.mark.parametrize(
    ("josephson", "charging", "offset", "count"),
    [
        (-1.0, 1.0, 0.0, 3),
        (1.0, 0.0, 0.0, 3),
        (1.0, -1.0, 0.0, 3),
        (math.nan, 1.0, 0.0, 3),
        (1.0, math.inf, 0.0, 3),
        (2e6, 1.0, 0.0, 3),
        (1.0, 1.0, math.nan, 3),
        (1.0, 1.0, 0.0, 0),
    ],
)
def test_impossible_circuits_are_refused(
    josephson: float, charging: float, offset: float, count: int
) -> None:
    with pytest.raises(OutOfRangeError):
        transmon_levels(josephson, charging, offset_charge=offset, count=count)
    with pytest.raises(OutOfRangeError):
        matrix_elements(josephson, charging, count, offset_charge=offset)


@pytest.mark.parametrize(
    ("frequency", "anharmonicity"),
    [(5e9, 4.99e9), (5e9, 6e9), (5e9, 1e5), (5e9, -0.2e9), (0.0, 0.2e9), (math.nan, 0.2e9)],
)
def test_impossible_pairs_are_refused(frequency: float, anharmonicity: float) -> None:
    with pytest.raises(OutOfRangeError):
        transmon_energies(frequency, anharmonicity)
    with pytest.raises(OutOfRangeError):
        circuit.ladder(frequency, anharmonicity, 3)


def test_impossible_loops_and_ladders_are_refused() -> None:
    for asymmetry in (-0.1, 1.1, math.nan):
        with pytest.raises(OutOfRangeError, match="asymmetry"):
            circuit.flux_sensitivity(5e9, 0.2e9, 0.1, asymmetry)
    with pytest.raises(OutOfRangeError, match="no loop"):
        circuit.flux_sensitivity(5e9, 0.2e9, 0.5, 0.0)
    with pytest.raises(OutOfRangeError, match="flux"):
        josephson_at_flux(1.0, math.inf)
    with pytest.raises(OutOfRangeError, match="sum"):
        josephson_at_flux(-1.0, 0.0)
    with pytest.raises(OutOfRangeError, match="level"):
        charge_dispersion(50.0, 1.0, -1)
    with pytest.raises(OutOfRangeError, match="levels"):
        circuit.ladder(5e9, 0.2e9, 1)
