"""Thermal occupations and dielectric baths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qubit.dielectric import dielectric_rates, tls_saturation
from qubudget.qubit.thermal import (
    bose_occupation,
    coth_factor,
    excited_population,
    reduced_energy,
    split_rate,
)

TEMPERATURES = [0.0, 1e-3, 0.02, 0.5, 4.0, 300.0]


def test_occupation_and_population_at_4_kelvin() -> None:
    assert float(bose_occupation(5e9, 4.0)) == pytest.approx(16.17, abs=0.005)
    assert float(coth_factor(5e9, 4.0)) == pytest.approx(33.35, abs=0.005)
    assert float(excited_population(5e9, 4.0)) == pytest.approx(0.485, abs=5e-4)


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_identities(temperature: float) -> None:
    n = bose_occupation(6e9, temperature)
    assert float(coth_factor(6e9, temperature)) == pytest.approx(1 + 2 * float(n), rel=1e-12)
    assert float(excited_population(6e9, temperature)) == pytest.approx(
        float(n / (1 + 2 * n)), rel=1e-12
    )


def test_classical_limit() -> None:
    # kT/hf - 1/2 at high temperature
    x = float(reduced_energy(1e9, 300.0))
    assert float(bose_occupation(1e9, 300.0)) == pytest.approx(1 / x - 0.5, rel=1e-7)


def test_nothing_overflows_at_the_edges() -> None:
    frequencies = np.array([1e6, 5e9, 1e13])
    for temperature in TEMPERATURES:
        values = bose_occupation(frequencies, temperature)
        assert np.all(np.isfinite(values))
        assert np.all(values >= 0)


@pytest.mark.parametrize("bath", ["tls", "oscillator", "published"])
@pytest.mark.parametrize("temperature", [0.005, 0.02, 0.3, 4.0])
def test_detailed_balance(bath: str, temperature: float) -> None:
    down, up = dielectric_rates(bath, 3e-7, 5e9, temperature)  # type: ignore[arg-type]
    assert float(up / down) == pytest.approx(np.exp(-reduced_energy(5e9, temperature)), rel=1e-12)


def test_two_level_sum_does_not_depend_on_temperature() -> None:
    totals = [sum(dielectric_rates("tls", 3e-7, 5e9, t)) for t in (0.005, 0.1, 1.0, 4.0)]
    assert np.allclose(totals, 2 * np.pi * 5e9 * 3e-7, rtol=1e-12)


def test_baths_against_their_definitions() -> None:
    cold = 2 * np.pi * 5e9 * 3e-7
    assert float(sum(dielectric_rates("oscillator", 3e-7, 5e9, 4.0))) == pytest.approx(
        33.35 * cold, rel=2e-4
    )
    assert float(sum(dielectric_rates("published", 3e-7, 5e9, 4.0))) == pytest.approx(
        6e9 * 3e-7 * 33.35, rel=2e-4
    )


def test_saturation_helps_cold_qubits_only() -> None:
    assert float(tls_saturation(5e9, 0.02, 99.0, 1.0)) == pytest.approx(0.1, rel=1e-4)
    assert float(tls_saturation(5e9, 4.0, 99.0, 1.0)) == pytest.approx(
        1 / np.sqrt(1 + 99 / 33.35), rel=1e-3
    )
    assert float(tls_saturation(5e9, 0.02)) == 1.0
    assert float(tls_saturation(5e9, 0.02, 0.0, 0.0)) == 1.0


@settings(max_examples=40, deadline=None)
@given(
    st.floats(1e-10, 1e-3),
    st.floats(1.01, 10),
    st.floats(1e8, 1e11),
    st.floats(1e-3, 10),
    st.floats(0, 1e4),
)
def test_more_loss_means_more_decay(
    loss: float, factor: float, frequency: float, temperature: float, saturation: float
) -> None:
    low = sum(dielectric_rates("tls", loss, frequency, temperature, saturation=saturation))
    high = sum(
        dielectric_rates("tls", loss * factor, frequency, temperature, saturation=saturation)
    )
    assert float(high / low) == pytest.approx(factor, rel=1e-9)


def test_split_conserves_the_sum() -> None:
    down, up = split_rate(np.array([1.0, 5.0]), 5e9, 0.3)
    assert np.allclose(down + up, [1.0, 5.0])


@pytest.mark.parametrize("arguments", [(0.0, 1.0), (-5e9, 1.0), (5e9, -1.0), (np.inf, 1.0)])
def test_bad_frequency_or_temperature(arguments: tuple[float, float]) -> None:
    with pytest.raises(OutOfRangeError):
        bose_occupation(*arguments)


def test_bad_bath() -> None:
    with pytest.raises(OutOfRangeError, match="tls, oscillator, published"):
        dielectric_rates("ohmic", 1e-6, 5e9, 0.02)  # type: ignore[arg-type]
    with pytest.raises(OutOfRangeError):
        dielectric_rates("tls", -1e-6, 5e9, 0.02)
