"""Thermal photons of attenuated and lossy lines."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from qubudget.errors import OutOfRangeError
from qubudget.qubit.line_noise import Piece, after_attenuator, after_cable, line_photons
from qubudget.qubit.thermal import bose_occupation, effective_temperature

STAGES = (46.0, 2.85, 1.2, 0.082, 0.014)
ATTENUATION = (1.0, 100.0, 1.0, 100.0, 100.0)


def krinner_line(loss_db: tuple[float, ...]) -> list[Piece]:
    warm = (300.0, *STAGES[:-1])
    return [
        Piece(*values)
        for values in zip(
            warm, STAGES, (10 ** (db / 10) for db in loss_db), ATTENUATION, strict=True
        )
    ]


def test_three_attenuators() -> None:
    # 300 K behind 20/20/20 dB at 2.85 K, 82 mK, 14 mK at 6 GHz
    assert line_photons(6e9, 300.0, krinner_line((0.0,) * 5)) == pytest.approx(2.28e-3, rel=2e-3)


def test_with_cable_loss_as_krinner() -> None:
    # Krinner 2019: about 1e-3 with some 6 dB of cable loss spread over the line
    assert line_photons(6e9, 300.0, krinner_line((1.2,) * 5)) == pytest.approx(1e-3, rel=0.15)


def test_attenuator_in_equilibrium_changes_nothing() -> None:
    n = bose_occupation(6e9, 0.5)
    assert float(after_attenuator(n, 1000.0, 6e9, 0.5)) == pytest.approx(float(n), rel=1e-12)
    assert float(after_cable(n, 1000.0, 6e9, 0.5, 0.5)) == pytest.approx(float(n), rel=1e-9)


def test_limits_of_an_attenuator() -> None:
    assert float(after_attenuator(7.0, 1.0, 6e9, 4.0)) == 7.0
    assert float(after_attenuator(7.0, 1e18, 6e9, 4.0)) == pytest.approx(
        float(bose_occupation(6e9, 4.0))
    )


@pytest.mark.parametrize(("warm", "cold"), [(300.0, 50.0), (4.0, 0.01), (0.1, 0.01)])
@pytest.mark.parametrize("loss", [1.3, 4.0, 100.0])
def test_cable_solves_its_differential_equation(warm: float, cold: float, loss: float) -> None:
    def slope(u: float, n: np.ndarray) -> np.ndarray:
        return np.log(loss) * (bose_occupation(6e9, warm + (cold - warm) * u) - n)

    solution = solve_ivp(slope, (0, 1), [5.0], rtol=1e-10, atol=1e-14)
    computed = float(after_cable(5.0, loss, 6e9, warm, cold))
    assert computed == pytest.approx(solution.y[0, -1], rel=1e-5)


def test_many_thin_attenuators_are_a_cable() -> None:
    count, loss = 2000, 10.0
    n = np.asarray(100.0)
    for k in range(count):
        temperature = 4.0 + (0.1 - 4.0) * (k + 0.5) / count
        n = after_attenuator(n, loss ** (1 / count), 6e9, temperature)
    assert float(after_cable(100.0, loss, 6e9, 4.0, 0.1)) == pytest.approx(float(n), rel=1e-6)


def test_warmer_stages_mean_more_photons() -> None:
    cold = krinner_line((1.0,) * 5)
    warm = [Piece(p.warm * 1.1, p.cold * 1.1, p.cable_loss, p.attenuation) for p in cold]
    assert line_photons(6e9, 300.0, warm) > line_photons(6e9, 300.0, cold)


def test_finite_at_the_edges() -> None:
    for cold in (1e-3, 300.0):
        assert np.isfinite(line_photons(6e9, 300.0, [Piece(300.0, cold, 10.0, 100.0)]))


def test_refuses_gain() -> None:
    with pytest.raises(OutOfRangeError, match="attenuation"):
        after_attenuator(1.0, 0.5, 6e9, 1.0)
    with pytest.raises(OutOfRangeError, match="loss"):
        after_cable(1.0, 0.5, 6e9, 4.0, 1.0)


def test_effective_temperature_is_the_inverse_of_the_occupation() -> None:
    temperature = np.array([0.01, 0.05, 1.0, 300.0])
    photons = bose_occupation(6e9, temperature)
    assert effective_temperature(6e9, photons) == pytest.approx(temperature, rel=1e-12)
    assert effective_temperature(6e9, 0.0) == 0.0
    # Krinner's 2.28e-3 photons at 6 GHz, by hand: 0.288 K / ln(1 + 1/2.28e-3)
    assert float(effective_temperature(6e9, 2.28e-3)) == pytest.approx(0.0473, rel=2e-3)
