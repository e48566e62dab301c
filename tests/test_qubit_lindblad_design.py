"""Gate errors of whole designs by the master equation, beside the closed form."""

import math
from functools import cache

import pytest

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.design import load
from qubudget.errors import OutOfRangeError
from qubudget.qubit.assembly import coherence
from qubudget.qubit.channels import occupations, quasiparticle_channels
from qubudget.qubit.levels import cold_rates, level_rates, transitions
from qubudget.qubit.result import CoherenceResult

KRINNER = load("krinner-xld400")
RATED = {s.name: s.rated_temperature for s in KRINNER.stages}
NO_FLOORS = {
    "gates.one_qubit_floor": 0,
    "gates.two_qubit_floor": 0,
    "gates.leakage_floor": 0,
}
LINDBLAD = KRINNER.replace({"gates.model": "lindblad", "gates.levels": 3})


@cache
def solve(model: str, **changes: object) -> CoherenceResult:
    dotted = {key.replace("__", "."): value for key, value in changes.items()}
    return coherence(LINDBLAD.replace(dotted | {"gates.model": model}), RATED)


def test_floors_add_to_the_master_equation() -> None:
    bare = coherence(LINDBLAD.replace(NO_FLOORS), RATED).gate
    whole = solve("lindblad").gate
    gates = LINDBLAD.gates
    assert whole.one_qubit_error == pytest.approx(
        bare.one_qubit_error + gates.one_qubit_floor, rel=1e-3
    )
    assert whole.two_qubit_error == pytest.approx(
        bare.two_qubit_error + gates.two_qubit_floor, rel=3e-3
    )
    assert whole.leakage == pytest.approx(bare.leakage + gates.leakage_floor, rel=1e-3)


def test_both_models_agree_where_decay_is_slow() -> None:
    # a pi pulse moves the qubit through all states as an idling average does; a CZ visits |02>,
    # which decays twice as fast
    closed = coherence(KRINNER.replace(NO_FLOORS), RATED).gate
    equation = coherence(LINDBLAD.replace(NO_FLOORS), RATED).gate
    assert equation.one_qubit_error == pytest.approx(closed.one_qubit_error, rel=0.05)
    assert equation.two_qubit_error == pytest.approx(closed.two_qubit_error, rel=0.3)
    # T1, T2 and the read-out are not the gates' business
    assert solve("lindblad").t2_s == solve("closed-form").t2_s
    assert solve("lindblad").gate.readout_error == solve("closed-form").gate.readout_error


@pytest.mark.parametrize(
    ("key", "value", "output"),
    [
        ("gates__levels", 4, "one_qubit_error"),
        ("gates__rise", "4 ns", "one_qubit_error"),
        ("gates__drag", 0, "one_qubit_error"),
        ("gates__coupling", "11 MHz", "two_qubit_error"),
        ("qubit__tls_noise", "20 kHz", "one_qubit_error"),
    ],
)
def test_every_pulse_parameter_moves_an_error(key: str, value: object, output: str) -> None:
    changed = getattr(solve("lindblad", **{key: value}).gate, output)
    assert changed != pytest.approx(getattr(solve("lindblad").gate, output), rel=1e-6)


def test_spread_is_that_of_the_model_in_force() -> None:
    result = solve("lindblad")
    low, median, high = result.spread.one_qubit_error
    assert low < median < high
    assert low < result.gate.one_qubit_error_modelled < high


def test_every_transition_obeys_detailed_balance_at_its_own_frequency() -> None:
    chip = RATED["mxc"]
    quiet = LINDBLAD.replace(
        {
            "gates.levels": 4,
            "qubit.excess_temperature": "0 K",
            "qubit.drive_coupling": "0 1/s",
            "readout.shift": "0 MHz",
        }
    )
    frequencies, strengths = transitions(quiet)
    assert frequencies[0] == pytest.approx(6e9, rel=1e-12)
    assert frequencies[1] == pytest.approx(6e9 - quiet.qubit.anharmonicity, rel=1e-9)
    assert strengths == pytest.approx([1, 2, 3], rel=0.15)  # k + 1 of an oscillator, less
    photons = occupations(quiet, RATED, frequencies)
    rates = level_rates(quiet, chip, photons, [])
    expected = [math.exp(-PLANCK * f / (BOLTZMANN * chip)) for f in frequencies]
    assert rates.up / rates.down == pytest.approx(expected, rel=1e-9)
    scaled = rates.scaled_to(5e4)
    assert scaled.up[0] + scaled.down[0] == pytest.approx(5e4)
    assert scaled.up / scaled.down == pytest.approx(expected, rel=1e-9)


def test_rates_of_the_first_transition_are_those_of_the_budget() -> None:
    result = solve("lindblad")
    relaxation = [c for c in result.channels if c.kind == "relaxation"]
    frequencies, _ = transitions(LINDBLAD)
    quasiparticles = quasiparticle_channels(LINDBLAD, result.chip_temperature_K, RATED["4k"])
    rates = level_rates(
        LINDBLAD,
        result.chip_temperature_K,
        occupations(LINDBLAD, RATED, frequencies),
        quasiparticles,
    )
    assert rates.down[0] == pytest.approx(sum(c.down_per_s for c in relaxation))
    assert rates.up[0] == pytest.approx(sum(c.up_per_s for c in relaxation))
    cold = cold_rates(LINDBLAD, 1e4)
    assert cold.down[0] == 1e4
    assert not cold.up.any()


def test_a_normal_junction_with_measured_times_still_has_gates() -> None:
    measured = LINDBLAD.replace({"measured.t1": "20 us", "measured.t2": "30 us"})
    result = coherence(measured, RATED | {"mxc": 4.0})
    assert result.gate.one_qubit_error > solve("lindblad").gate.one_qubit_error


def test_a_gate_too_short_for_its_coupling_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="needs"):
        solve("lindblad", gates__coupling="2 MHz")
