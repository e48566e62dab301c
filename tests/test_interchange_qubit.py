"""QuTiP and scqubits get the report's qubit: same lifetimes, same frequencies, and back."""

from __future__ import annotations

import json
import math
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from qubudget.design import load
from qubudget.errors import DesignError
from qubudget.interchange.qutip_model import to_qutip
from qubudget.interchange.scqubits_parameters import from_scqubits, to_scqubits
from qubudget.pipeline import Report, evaluate
from qubudget.transmon import transmon_energies


def computed(**changes: Any) -> Report:
    keys = {key.replace("__", "."): value for key, value in changes.items()}
    return evaluate(load("krinner-xld400").replace(keys), wings=("thermal", "coherence"))


@pytest.fixture(scope="module")
def report() -> Report:
    return computed()


@pytest.fixture(scope="module")
def scq() -> Iterator[ModuleType]:
    with warnings.catch_warnings():
        # pyparsing, which scqubits imports, checks grammars only if Python was started with -W.
        from pyparsing.warnings import PyparsingDiagnosticWarning

        warnings.simplefilter("ignore", PyparsingDiagnosticWarning)
        import scqubits
    module: ModuleType = scqubits
    reminder = module.settings.T1_DEFAULT_WARNING
    module.settings.T1_DEFAULT_WARNING = False
    yield module
    module.settings.T1_DEFAULT_WARNING = reminder


# QuTiP ------------------------------------------------------------------------------------------


def decays(report: Report, **options: Any) -> tuple[float, float, float]:
    """T1, T2 (s) and the equilibrium population of 1, out of QuTiP's master equation."""
    import qutip

    model = to_qutip(report, **options)
    levels = model.hamiltonian.shape[0]
    assert report.coherence is not None
    t1, t2 = report.coherence.t1_s, report.coherence.t2_s
    assert t1 is not None
    assert t2 is not None
    ground, excited = qutip.basis(levels, 0), qutip.basis(levels, 1)
    solver: dict[str, Any] = {"atol": 1e-12, "rtol": 1e-9, "nsteps": 100_000}

    def course(state: Any, operator: Any, until: float) -> Any:
        times = np.array([0.0, until, 25 * until]) * 1e9
        found = qutip.mesolve(
            model.hamiltonian, state, times, model.collapse, e_ops=[operator], options=solver
        )
        return found.expect[0]

    population = course(excited, excited * excited.dag(), t1)
    coherence = course((ground + excited).unit(), ground * excited.dag(), t2)
    rest = float(population[2])
    lost = -math.log((population[1] - rest) / (population[0] - rest))
    return t1 / lost, t2 / -math.log(abs(coherence[1] / coherence[0])), rest


def test_lifetimes_of_two_levels_are_the_reports(report: Report) -> None:
    t1, t2, population = decays(report, levels=2)
    assert report.coherence is not None
    assert t1 == pytest.approx(report.coherence.t1_s, rel=1e-6)
    assert t2 == pytest.approx(report.coherence.t2_s, rel=1e-6)
    assert population == pytest.approx(report.coherence.thermal_population, rel=1e-6)


def test_a_third_level_takes_next_to_nothing(report: Report) -> None:
    # 0.3 % of the time a qubit is excited; heating out of 1 adds about as much to its decay.
    t1, t2, _ = decays(report)
    assert report.coherence is not None
    assert t1 == pytest.approx(report.coherence.t1_s, rel=0.01)
    assert t2 == pytest.approx(report.coherence.t2_s, rel=0.01)


def test_measured_times_are_taken() -> None:
    found = computed(measured__t1="30 us", measured__t2="20 us")
    t1, t2, _ = decays(found, levels=2)
    assert (t1, t2) == (pytest.approx(30e-6, rel=1e-6), pytest.approx(20e-6, rel=1e-6))


def test_hamiltonian_has_the_designs_frequencies(report: Report) -> None:
    qubit = report.design.qubit
    still = np.real(to_qutip(report, frame="laboratory").hamiltonian.diag()) / (2 * np.pi) * 1e9
    first, second = np.diff(still)
    assert first == pytest.approx(qubit.frequency, rel=1e-12)
    assert first - second == pytest.approx(qubit.anharmonicity, rel=1e-9)
    turning = np.real(to_qutip(report).hamiltonian.diag()) / (2 * np.pi) * 1e9
    assert turning == pytest.approx([0, 0, -qubit.anharmonicity], abs=1)


def test_rates_obey_the_harmonic_ladder_and_the_gate_models_levels(report: Report) -> None:
    four = report.design.replace({"gates.model": "lindblad", "gates.levels": 4})
    rates = to_qutip(replace(report, design=four)).rates
    assert set(rates) == {"1->0", "2->1", "3->2", "0->1", "1->2", "2->3", "dephasing"}
    # Stronger by about k + 1, the squared matrix elements of an oscillator.
    assert rates["2->1"] / rates["1->0"] == pytest.approx(2, rel=0.15)


def test_what_qutip_cannot_have(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DesignError, match="2 to 3"):
        to_qutip(report, levels=4)
    with pytest.raises(DesignError, match="rotating or laboratory"):
        to_qutip(report, frame="resting")  # type: ignore[arg-type]
    trap = evaluate(load("entropy-trap"), wings=("thermal", "coherence"))
    with pytest.raises(DesignError, match="runaway"):
        to_qutip(trap)
    with pytest.raises(DesignError, match="a report with a T1"):
        to_qutip(replace(report, coherence=None))
    monkeypatch.setitem(sys.modules, "qutip", None)
    with pytest.raises(DesignError, match=r"qubudget\[reference\]"):
        to_qutip(report)


# scqubits ---------------------------------------------------------------------------------------


def frequencies(qubit: Any) -> tuple[float, float]:
    first, second = np.diff(qubit.eigenvals(3)) * 1e9
    return float(first), float(first - second)


@pytest.mark.parametrize(
    ("asymmetry", "flux", "kind"),
    [(0.1, 0.002, "TunableTransmon"), (0.3, 0.2, "TunableTransmon"), (1.0, 0.0, "Transmon")],
)
def test_scqubits_finds_the_designs_frequencies(
    scq: ModuleType, asymmetry: float, flux: float, kind: str
) -> None:
    found = computed(qubit__junction_asymmetry=asymmetry, qubit__flux_bias=flux)
    theirs = to_scqubits(found)
    assert theirs.kind == kind
    made = getattr(scq, kind)(**theirs.arguments)
    first, anharmonicity = frequencies(made)
    assert first == pytest.approx(found.design.qubit.frequency, rel=1e-9)
    assert anharmonicity == pytest.approx(found.design.qubit.anharmonicity, rel=1e-7)
    json.dumps(theirs.to_dict(), allow_nan=False)
    # And back: the same qubit, from the object and from its arguments.
    for source in (made, theirs.arguments):
        back = found.design.replace(from_scqubits(source)).qubit
        assert back.frequency == pytest.approx(found.design.qubit.frequency, rel=1e-9)
        assert back.anharmonicity == pytest.approx(found.design.qubit.anharmonicity, rel=1e-7)
        assert (back.flux_bias, back.junction_asymmetry) == (flux, asymmetry)


def test_scqubits_noise_is_the_reports(scq: ModuleType, report: Report) -> None:
    theirs = to_scqubits(report)
    made = scq.TunableTransmon(**theirs.arguments)
    assert report.coherence is not None
    rates = {c.name: c.rate_per_s for c in report.coherence.channels}
    dielectric = sum(rate for name, rate in rates.items() if name.startswith("dielectric."))
    found = made.t1_capacitive(get_rate=True, total=True, **theirs.noise["t1_capacitive"]) * 1e9
    assert found == pytest.approx(dielectric, rel=0.01)  # exact against harmonic matrix element
    # scqubits' 1/f time is sqrt(2) shorter: docs/scqubits-conventions.md.
    flux = made.tphi_1_over_f_flux(get_rate=True, **theirs.noise["tphi_1_over_f_flux"]) * 1e9
    assert flux == pytest.approx(math.sqrt(2) * rates["flux-noise"], rel=0.01)
    critical = made.tphi_1_over_f_cc(get_rate=True, **theirs.noise["tphi_1_over_f_cc"]) * 1e9
    assert critical == pytest.approx(math.sqrt(2) * rates["critical-current-noise"], rel=0.01)


@pytest.mark.filterwarnings("ignore:Changing units:UserWarning")
def test_scqubits_in_another_unit(scq: ModuleType) -> None:
    josephson, charging = transmon_energies(5e9, 0.25e9)
    scq.set_units("MHz")
    try:
        changes = from_scqubits(
            scq.Transmon(EJ=josephson / 1e6, EC=charging / 1e6, ng=0.3, ncut=40)
        )
    finally:
        scq.set_units("GHz")
    design = load("krinner-xld400").replace(changes)
    assert design.qubit.frequency == pytest.approx(5e9, rel=1e-9)
    assert design.qubit.junction_asymmetry == 1


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ({"EJ": 15.0}, "EC: given None"),
        ({"EJ": "15", "EC": 0.3}, "a finite number"),
        ({"EJ": 15.0, "EC": float("nan")}, "a finite number"),
        ({"EJ": 15.0, "EC": -0.3}, "a transmon"),
        ({"EJ": 0, "EC": 0.3}, "anharmonicity"),
        ({"EJmax": 20.0, "EC": 0.3, "flux": 0.1}, "d: given None"),
        ({"EJmax": 20.0, "EC": 0.3, "flux": 0.1, "d": 3.0}, "asymmetry"),
        (object(), "TunableTransmon"),
    ],
)
def test_no_transmon(source: object, told: str) -> None:
    with pytest.raises(DesignError, match=told):
        from_scqubits(source)


def test_scqubits_needs_a_loop_and_a_temperature() -> None:
    with pytest.raises(DesignError, match="a chip's temperature"):
        to_scqubits(evaluate(load("entropy-trap"), wings=("thermal", "coherence")))
