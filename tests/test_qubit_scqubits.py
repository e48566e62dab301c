"""Circuit and channels against scqubits under matching conventions.

The conventions, and the factors used here, are derived in docs/scqubits-conventions.md. scqubits
works in its default units: energies over h in GHz, rates in 1/ns.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from qubudget import transmon
from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.qubit import circuit
from qubudget.qubit.dielectric import dielectric_rates
from qubudget.qubit.low_frequency import (
    RAMSEY_LOG_FACTOR,
    charge_sensitivity,
    critical_current_sensitivity,
    one_over_f_dephasing,
)
from qubudget.qubit.quasiparticles import quasiparticle_rates
from qubudget.qubit.thermal import coth_factor

GHZ = 1e9
CHARGING = 0.25
RATIOS = (20.0, 50.0, 120.0)


@pytest.fixture(scope="module")
def scq() -> Iterator[ModuleType]:
    with warnings.catch_warnings():
        # pyparsing, which scqubits imports, checks grammars only if Python was started with -W.
        from pyparsing.warnings import PyparsingDiagnosticWarning

        warnings.simplefilter("ignore", PyparsingDiagnosticWarning)
        import scqubits
    module: ModuleType = scqubits
    # A once-per-process reminder that its T1 sums both directions; the tests state the direction.
    reminder = module.settings.T1_DEFAULT_WARNING
    module.settings.T1_DEFAULT_WARNING = False
    assert module.get_units() == "GHz"
    yield module
    module.settings.T1_DEFAULT_WARNING = reminder


def made(scq: ModuleType, ratio: float, offset_charge: float = 0.0) -> Any:
    return scq.Transmon(EJ=ratio * CHARGING, EC=CHARGING, ng=offset_charge, ncut=60)


def pair(ratio: float) -> tuple[float, float]:
    """f01 and anharmonicity, Hz."""
    first, second = np.diff(transmon.transmon_levels(ratio * CHARGING * GHZ, CHARGING * GHZ))
    return float(first), float(first - second)


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("offset_charge", [0.0, 0.3])
def test_levels_and_matrix_elements(scq: ModuleType, ratio: float, offset_charge: float) -> None:
    theirs = made(scq, ratio, offset_charge)
    esys = theirs.eigensys(evals_count=5)
    ours = transmon.matrix_elements(ratio * CHARGING, CHARGING, 5, offset_charge=offset_charge)
    assert ours.energies == pytest.approx(esys[0], rel=1e-9)
    charge = theirs.n_operator(energy_esys=esys)
    cosine = theirs.cos_phi_operator(energy_esys=esys)
    assert np.abs(ours.charge) == pytest.approx(np.abs(charge), rel=1e-6, abs=1e-9)
    assert np.abs(ours.cosine) == pytest.approx(np.abs(cosine), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("ratio", RATIOS[:2])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_charge_dispersion(scq: ModuleType, ratio: float, level: int) -> None:
    zero, half = (np.diff(made(scq, ratio, n_g).eigenvals(5)) for n_g in (0.0, 0.5))
    ours = transmon.charge_dispersion(ratio * CHARGING, CHARGING, level)
    assert ours == pytest.approx(abs(zero[level] - half[level]), rel=1e-6)


def test_ladder(scq: ModuleType) -> None:
    theirs = made(scq, 50.0)
    esys = theirs.eigensys(evals_count=4)
    charge = np.abs(np.diag(theirs.n_operator(energy_esys=esys), 1))
    transitions, elements = circuit.ladder(*pair(50.0), 4)
    assert transitions == pytest.approx(np.diff(esys[0]) * GHZ, rel=1e-8)
    assert elements == pytest.approx(charge / charge[0], rel=1e-6)


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("temperature", [0.015, 0.1, 4.0])
def test_capacitive(scq: ModuleType, ratio: float, temperature: float) -> None:
    theirs = made(scq, ratio)
    f01, _ = pair(ratio)
    down, up = dielectric_rates("oscillator", 1e-6, f01, temperature)
    element = transmon.matrix_elements(ratio * CHARGING, CHARGING, 2).charge[0, 1]
    factor = 16 * CHARGING * element**2 / (f01 / GHZ)
    assert factor == pytest.approx(1, abs=3e-3)  # nearly the closed form
    asked: dict[str, Any] = {"Q_cap": 1e6, "T": temperature, "get_rate": True}
    assert theirs.t1_capacitive(i=1, j=0, total=False, **asked) * GHZ == pytest.approx(
        float(down) * factor, rel=1e-6
    )
    assert theirs.t1_capacitive(i=0, j=1, total=False, **asked) * GHZ == pytest.approx(
        float(up) * factor, rel=1e-6
    )
    assert theirs.t1_capacitive(total=True, **asked) * GHZ == pytest.approx(
        float(down + up), rel=1e-2
    )


@pytest.mark.parametrize("temperature", [0.015, 0.1, 4.0])
def test_capacitive_with_two_level_bath(scq: ModuleType, temperature: float) -> None:
    # The bath's tan_delta(T) = tan_delta0 tanh(hf/2kT) becomes a quality factor of (omega, T).
    def quality(omega: float, of: float) -> float:
        return 1e6 * float(coth_factor(abs(omega) * GHZ / (2 * np.pi), of))

    rate = made(scq, 50.0).t1_capacitive(Q_cap=quality, T=temperature, get_rate=True) * GHZ
    ours = sum(dielectric_rates("tls", 1e-6, pair(50.0)[0], temperature))
    assert rate == pytest.approx(float(ours), rel=1e-2)


def tunnelling_rate(
    scq: ModuleType, ratio: float, temperature: float, fraction: float, gap_eV: float, up: bool
) -> tuple[float, float]:
    """scqubits' quasiparticle rate (1/s) of a transmon, and |<i'|sin(phi/2)|j>|^2.

    scqubits offers the channel to fluxonium only: its transmon has no sin(phi/2), which moves
    one electron and so leaves the basis of Cooper pairs. Here its channel is applied to the
    eigenstates of its transmons at n_g = 0 and 1/2, laid side by side on a grid of electrons.
    """
    from qutip import Qobj

    cut = 40

    class Tunnelling(scq.Transmon):  # type: ignore[misc, name-defined]
        @classmethod
        def supported_noise_channels(cls) -> list[str]:
            return ["t1_quasiparticle_tunneling"]

    energies, states = np.empty(2), np.zeros((4 * cut + 2, 2))
    for level, n_g in ((0, 0.0), (1, -0.5)):
        of_pairs = scq.Transmon(EJ=ratio * CHARGING, EC=CHARGING, ng=n_g, ncut=cut)
        values, vectors = of_pairs.eigensys(evals_count=2)
        energies[level], states[level::2, level] = values[level], vectors[:, level]
    raise_electron = np.eye(4 * cut + 2, k=-1)
    half_sine = (raise_electron - raise_electron.T) / 2j
    qubit = Tunnelling(EJ=ratio * CHARGING, EC=CHARGING, ng=0.0, ncut=cut)
    rate = qubit.t1_quasiparticle_tunneling(
        i=0 if up else 1,
        j=1 if up else 0,
        x_qp=fraction,
        T=temperature,
        Delta=gap_eV,
        total=False,
        esys=(energies, states),
        get_rate=True,
        noise_op=Qobj(half_sine),
    )
    return float(rate) * GHZ, float(abs(states[:, 0] @ half_sine @ states[:, 1]) ** 2)


@pytest.mark.parametrize("ratio", [40.0, 80.0])
@pytest.mark.parametrize("temperature", [0.015, 0.1, 0.3])
def test_quasiparticle_tunnelling(scq: ModuleType, ratio: float, temperature: float) -> None:
    f01, _ = pair(ratio)
    found = transmon.matrix_elements(ratio * CHARGING, CHARGING, 2)
    factor = 8 * ratio * CHARGING * GHZ * found.half_sine[1, 0] ** 2 / f01
    # The factor is that of the plasma frequency in place of f01, (f01 + E_C/h)/f01.
    assert factor == pytest.approx(1 + CHARGING * GHZ / f01, rel=5e-3)
    rates = quasiparticle_rates(3e-6, f01, temperature, 3.4e-4 * ELEMENTARY_CHARGE)
    for up, ours in zip((False, True), rates, strict=True):
        theirs, element = tunnelling_rate(scq, ratio, temperature, 3e-6, 3.4e-4, up)
        assert found.half_sine[1, 0] ** 2 == pytest.approx(element, rel=1e-6)
        assert theirs == pytest.approx(float(ours) * factor, rel=1e-3)


@pytest.mark.parametrize("temperature", [0.015, 0.1, 0.3])
def test_quasiparticle_tunnelling_of_fluxonium(scq: ModuleType, temperature: float) -> None:
    # The channel as scqubits ships it; plasmon transition of a fluxonium at zero flux.
    theirs = scq.Fluxonium(EJ=12.0, EC=CHARGING, EL=1.0, flux=0.0, cutoff=110)
    energies, states = theirs.eigensys(evals_count=2)
    half_sine = theirs.sin_phi_operator(alpha=0.5)
    f01 = float(energies[1] - energies[0]) * GHZ
    factor = 8 * 12.0 * GHZ * abs(states[:, 1] @ half_sine @ states[:, 0]) ** 2 / f01
    ours = sum(quasiparticle_rates(3e-6, f01, temperature, 3.4e-4 * ELEMENTARY_CHARGE))
    rate = theirs.t1_quasiparticle_tunneling(T=temperature, x_qp=3e-6, Delta=3.4e-4, get_rate=True)
    assert rate * GHZ == pytest.approx(float(ours) * factor, rel=1e-3)


@pytest.mark.parametrize(("bias", "asymmetry"), [(0.1, 0.0), (0.31, 0.2), (0.45, 0.6)])
def test_flux_noise(scq: ModuleType, bias: float, asymmetry: float) -> None:
    theirs = scq.TunableTransmon(
        EJmax=30.0, EC=0.2, d=asymmetry, flux=bias, ng=0.0, ncut=60, truncated_dim=6
    )
    assert float(transmon.josephson_at_flux(30.0, bias, asymmetry)) == pytest.approx(theirs.EJ)
    first, second = np.diff(theirs.eigenvals(3)) * GHZ
    slope = circuit.flux_sensitivity(float(first), float(first - second), bias, asymmetry)
    ours = float(one_over_f_dephasing(1e-6, slope, RAMSEY_LOG_FACTOR))
    rate = theirs.tphi_1_over_f_flux(A_noise=1e-6, get_rate=True) * GHZ
    assert rate == pytest.approx(ours * math.sqrt(2), rel=1e-6)


@pytest.mark.parametrize("ratio", [50.0, 120.0])
def test_critical_current_noise(scq: ModuleType, ratio: float) -> None:
    # scqubits differentiates by E_J in GHz, so a relative amplitude is multiplied by E_J.
    slope = critical_current_sensitivity(*pair(ratio))
    ours = float(one_over_f_dephasing(1e-7, slope, RAMSEY_LOG_FACTOR))
    rate = made(scq, ratio).tphi_1_over_f_cc(A_noise=1e-7 * ratio * CHARGING, get_rate=True) * GHZ
    assert rate == pytest.approx(ours * math.sqrt(2), rel=1e-2)


@pytest.mark.parametrize("ratio", [30.0, 50.0])
def test_charge_noise_at_its_steepest(scq: ModuleType, ratio: float) -> None:
    # scqubits differentiates by n_g, in pairs: an amplitude in electrons is halved.
    slope = charge_sensitivity(circuit.charge_dispersion(*pair(ratio)))
    ours = float(one_over_f_dephasing(1e-4, slope, RAMSEY_LOG_FACTOR))
    rate = made(scq, ratio, 0.25).tphi_1_over_f_ng(A_noise=1e-4 / 2, get_rate=True) * GHZ
    assert rate == pytest.approx(ours * math.sqrt(2), rel=1e-2)
