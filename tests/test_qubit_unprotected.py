"""Quasiparticles that a gap difference does not stop: their rate, and from which energy on."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from qubudget.design import Design, load
from qubudget.qubit.channels import quasiparticle_response, unprotected_response

H, HBAR, K = 6.62607015e-34, 1.054571817e-34, 1.380649e-23
GAP = 1.764 * K * 1.2  # aluminium, J
CHIP = 0.01  # K


@cache
def base() -> Design:
    return load("willow-like")


def design(**changes: Any) -> Design:
    return base().replace({key.replace("__", "."): value for key, value in changes.items()})


def test_the_energy_that_passes_is_gap_difference_less_the_quantum() -> None:
    # On the low-gap side a quasiparticle gains hf from the qubit and needs the difference.
    at = design(qubit__frequency="6.2 GHz", qubit__gap_difference="12 GHz")
    _, protection = unprotected_response(at, CHIP)
    assert protection == pytest.approx(H * 5.8e9, rel=1e-9)
    for difference in ("6.2 GHz", "3 GHz", "0 GHz"):
        low = design(qubit__frequency="6.2 GHz", qubit__gap_difference=difference)
        assert unprotected_response(low, CHIP)[1] == 0


@pytest.mark.parametrize("frequency", [4e9, 6.2e9])
def test_the_rate_is_that_of_equal_gaps(frequency: float) -> None:
    # Catelani et al., PRB 84, 064517 (2011): (x/pi) sqrt(2 omega Delta/hbar) for kT << hf,
    # a few per cent less at 30 mK.
    at = design(qubit__frequency=f"{frequency} Hz", chip__burst_temperature="30 mK")
    rate, _ = unprotected_response(at, CHIP)
    cold = np.sqrt(2 * 2 * np.pi * frequency * GAP / HBAR) / np.pi
    assert rate == pytest.approx(cold, rel=0.05)


def test_without_a_gap_difference_nothing_is_protected() -> None:
    equal = design(qubit__gap_difference="0 GHz", chip__burst_temperature="50 mK")
    rate, protection = unprotected_response(equal, CHIP)
    assert protection == 0
    assert rate == pytest.approx(sum(quasiparticle_response(equal, CHIP, 0.05)))


def test_a_gap_difference_changes_the_cooled_ones_only() -> None:
    plain, engineered = (
        design(qubit__gap_difference="0 GHz"),
        design(qubit__gap_difference="12 GHz"),
    )
    assert unprotected_response(plain, CHIP)[0] == unprotected_response(engineered, CHIP)[0]
    cooled = sum(quasiparticle_response(engineered, CHIP, 0.056))
    hot = unprotected_response(engineered, CHIP)[0]
    # exp(-h 5.8 GHz/(k 56 mK)) = 0.7 % of them have the energy to pass.
    assert cooled / hot == pytest.approx(np.exp(-H * 5.8e9 / (K * 0.056)), rel=0.5)


def test_a_warm_film_has_a_smaller_gap() -> None:
    cold, warm = (unprotected_response(base(), t)[0] for t in (0.01, 0.9))
    assert 0.5 * cold < warm < cold
