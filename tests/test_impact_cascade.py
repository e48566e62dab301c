"""The cascade: plateau, thresholds, energy, and two independent methods against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.impact.energy.cascade import cascade, pair_breaking_fraction, plateau


def test_plateau_of_the_monte_carlo() -> None:
    """An independent integral-equation solution gives 0.59039, an independent Monte-Carlo
    0.5904(1), Fano factor 0.209 (Martinis 2021 prints 0.57).

    20,000 cascades: standard error 8e-5. Margins of 4.5 standard errors plus the 1e-4 of the
    reference: false alarm below 1e-5. Fano's relative error is sqrt(2/20000) = 1 %.
    """
    result = cascade(1000.0, 20000, seed=7)
    assert result.standard_error < 0.0005
    assert abs(result.fraction - 0.5904) < 1e-4 + 4.5 * result.standard_error
    assert result.fano == pytest.approx(0.209, rel=0.05)


def test_plateau_of_the_integral_equations() -> None:
    """The same independent values: 0.59039 and 0.5904(1)."""
    assert plateau() == pytest.approx(0.5904, abs=1e-4)


@pytest.mark.parametrize("energy", [4.3, 5.0, 6.0, 7.5, 10.0, 25.0])
def test_two_methods_agree(energy: float) -> None:
    """Monte-Carlo against integral equations; 5 standard errors, false alarm 6e-7 each."""
    result = cascade(energy, 50000, seed=11)
    exact = float(pair_breaking_fraction(energy))
    assert abs(result.fraction - exact) < 5 * result.standard_error + 2e-5


@pytest.mark.parametrize(
    ("energy", "fraction"), [(0.5, 0.0), (1.99, 0.0), (2.0, 1.0), (3.0, 2 / 3), (4.0, 0.5)]
)
def test_thresholds(energy: float, fraction: float) -> None:
    """Martinis 2021, Fig. 4: none below 2 Delta, two quasiparticles up to 4 Delta."""
    assert pair_breaking_fraction(energy) == pytest.approx(fraction, abs=1e-9)
    result = cascade(energy, 50, seed=2)
    assert result.fraction == pytest.approx(fraction, abs=1e-12)


def test_first_quasiparticles_above_four_gaps() -> None:
    """Just above 4 Delta a third quasiparticle needs almost all energy in one daughter and then
    in one phonon: the yield is 2 plus something small, and a pair always comes together."""
    result = cascade(4.05, 20000, seed=3)
    assert 2.0 <= result.mean_quasiparticles < 2.2


def test_small_overshoot_then_flat() -> None:
    """The curve peaks a little above the plateau near 5.5 Delta and is then flat."""
    energy = np.linspace(4.5, 30, 200)
    fraction = pair_breaking_fraction(energy)
    assert 0.594 < fraction.max() < 0.602
    assert 5.0 < energy[np.argmax(fraction)] < 6.5
    assert np.ptp(fraction[energy > 8.5]) < 6e-4


@given(st.floats(0.1, 300.0), st.integers(0, 2**31), st.floats(0.0, 1.0), st.floats(0.0, 0.95))
@settings(max_examples=30, deadline=None)
def test_energy_closes(energy: float, seed: int, share: float, absorbed: float) -> None:
    """Every single cascade returns its energy to 1e-9, with normal metal or without."""
    result = cascade(
        energy, 20, seed, superconductor_share=[share, share], self_absorption=absorbed
    )
    assert result.worst_closure < 1e-9


def test_no_superconductor_no_quasiparticles() -> None:
    assert cascade(50.0, 50, 1, superconductor_share=[0.0, 0.0]).mean_quasiparticles == 0.0


def test_seeds_name_streams() -> None:
    assert cascade(20.0, 500, 5) == cascade(20.0, 500, 5)
    assert cascade(20.0, 500, 5) != cascade(20.0, 500, 6)


def test_neighbouring_streams_are_independent() -> None:
    """Means of 64 seeds scatter by their standard error: chi-squared of 63, false alarm 1e-6."""
    results = [cascade(10.0, 2000, seed) for seed in range(64)]
    z = [(r.fraction - float(pair_breaking_fraction(10.0))) / r.standard_error for r in results]
    assert 20 < np.sum(np.square(z)) < 135


def test_bad_input_is_refused() -> None:
    for energy, count in ((0.0, 10), (-1.0, 10), (float("nan"), 10), (2e6, 10), (5.0, 1)):
        with pytest.raises(OutOfRangeError):
            cascade(energy, count, 1)
    with pytest.raises(OutOfRangeError):
        cascade(5.0, 10, -1)
    with pytest.raises(OutOfRangeError):
        cascade(5.0, 10, 1, superconductor_share=[0.5, 1.5])
    with pytest.raises(OutOfRangeError):
        cascade(5.0, 10, 1, self_absorption=1.0)
    with pytest.raises(OutOfRangeError):
        pair_breaking_fraction(0.0)
