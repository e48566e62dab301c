"""Coherence of whole designs."""

import json
import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.design import Design, load
from qubudget.errors import OutOfRangeError
from qubudget.qubit.assembly import coherence
from qubudget.qubit.budget import Channel, shares
from qubudget.qubit.gate_errors import Decay
from qubudget.qubit.result import CoherenceResult

KRINNER = load("krinner-xld400")


def rated(design: Design, **changed: float | None) -> dict[str, float | None]:
    return {s.name: s.rated_temperature for s in design.stages} | changed


def solve(design: Design, changes: Mapping[str, object] | None = None) -> CoherenceResult:
    changed = design.replace(changes) if changes else design
    return coherence(changed, rated(changed))


def rates(result: CoherenceResult) -> dict[str, float]:
    return {c.name: c.rate_per_s for c in result.channels}


PAPER = {  # T2* of the first paper's code in us
    "genesis-1999": 0.3329,
    "transmon-2010": 8.097,
    "thermal-wall": 0.2497,
    "sota-2024": 188.679,
    "architectural-inversion": 15.741,
    "scalable-2026": 74.049,
    "asymptotic-2030": 270.264,
}


@pytest.mark.parametrize(("preset", "t2_us"), list(PAPER.items()))
def test_published_model_stands_beside(preset: str, t2_us: float) -> None:
    design = load(preset)
    hot = design.qubit.stage
    result = coherence(design, rated(design, **{hot: 4.0 if hot == "4k" else 0.01}))
    published = result.to_dict()["published"]
    assert published["variant"] == "published-code"
    assert published["t2_star_s"] * 1e6 == pytest.approx(t2_us, rel=2e-4)
    assert published["fidelity"] == pytest.approx(np.exp(-0.02 / t2_us), rel=5e-5)
    assert set(published["variants"]) == {"published-code", "published-table"}


def test_niobium_at_4_kelvin_lives_below_a_nanosecond() -> None:
    design = load("architectural-inversion")
    result = coherence(design, rated(design, **{"4k": 4.0}))
    # 0.399 ns with the zero-temperature gap; the gap at 4 K is 2.3 % smaller
    assert 1 / rates(result)["thermal-quasiparticles"] == pytest.approx(0.364e-9, rel=0.01)
    assert result.t1_s is not None
    assert result.t1_s < 1e-9
    assert result.thermal_population == pytest.approx(0.485, abs=5e-4)
    # the loss tangent no longer matters
    better = solve(design, {"dielectrics.effective.tan_delta": 1e-9})
    assert better.t1_s == pytest.approx(result.t1_s, rel=1e-4)


def test_aluminium_above_tc_has_no_t1() -> None:
    result = coherence(KRINNER, rated(KRINNER, mxc=4.0))
    document = result.to_dict()
    for key in ("t1_s", "t2_s", "tphi_s", "thermal_population", "t1_low_s", "t1_modelled_s"):
        assert document[key] is None
    assert set(document["gate"].values()) == {None}
    assert "junction (Al, Tc 1.2 K)" in document["reason"]
    assert "film (Al, Tc 1.2 K)" in document["reason"]
    assert document["published"]["t2_star_s"] > 0  # the published model knows no Tc


def test_the_junctions_gap_counts_whatever_the_film() -> None:
    design = KRINNER.replace({"qubit.film": "Nb"})
    result = coherence(design, rated(design, mxc=4.0))
    assert result.t1_s is None
    assert result.reason is not None
    assert "junction (Al" in result.reason
    assert "film" not in result.reason
    cold = solve(design)
    assert cold.t1_s == solve(KRINNER).t1_s


def test_runaway_has_no_coherence_at_all() -> None:
    for result in (
        coherence(KRINNER, rated(KRINNER), stable=False),
        coherence(KRINNER, rated(KRINNER, mxc=None)),
    ):
        document = result.to_dict()
        assert "runaway" in document["reason"]
        assert document["t1_s"] is document["chip_temperature_K"] is None
        assert document["published"]["t2_star_s"] is document["published"]["fidelity"] is None
        json.dumps(document, allow_nan=False)


def test_every_thermal_channel_obeys_detailed_balance() -> None:
    design = KRINNER.replace({"qubit.excess_temperature": "40 mK"})
    result = coherence(design, rated(design))
    chip = result.chip_temperature_K
    assert chip == pytest.approx(0.06)
    for channel in result.channels:
        if channel.name.startswith(("dielectric", "thermal")):
            assert channel.up_per_s / channel.down_per_s == pytest.approx(
                math.exp(-PLANCK * 6e9 / (BOLTZMANN * chip)), rel=1e-9
            )
    residual = next(c for c in result.channels if c.name == "residual-quasiparticles")
    assert residual.up_per_s / residual.down_per_s == pytest.approx(
        math.exp(-PLANCK * 6e9 / (BOLTZMANN * 0.15)), rel=1e-9
    )


def test_rates_add_up() -> None:
    result = solve(KRINNER)
    relaxation = [c for c in result.channels if c.kind == "relaxation"]
    assert 1 / result.t1_s == pytest.approx(sum(c.rate_per_s for c in relaxation))
    ups = sum(c.up_per_s for c in relaxation)
    assert result.thermal_population == pytest.approx(ups * result.t1_s)
    gaussian = math.hypot(*(c.rate_per_s for c in result.channels if c.decay == "gaussian"))
    flat = sum(c.rate_per_s for c in result.channels if c.decay == "exponential")
    left = result.t2_s * (0.5 / result.t1_s + flat) + (gaussian * result.t2_s) ** 2
    assert left == pytest.approx(1.0)


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0.005, 0.25),
    st.floats(0, 1e-5),
    st.floats(0, 1e-4),
    st.floats(0, 1e-3),
)
def test_t2_is_at_most_twice_t1(mxc: float, flux: float, x: float, critical: float) -> None:
    design = KRINNER.replace(
        {
            "qubit.flux_noise": flux,
            "qubit.residual_quasiparticles": x,
            "qubit.critical_current_noise": critical,
        }
    )
    result = coherence(design, rated(design, mxc=mxc))
    assert 0 < result.t2_s <= 2 * result.t1_s * (1 + 1e-12)
    assert result.t1_interval_s[0] <= result.t1_s <= result.t1_interval_s[1]
    assert result.t2_interval_s[0] <= result.t2_s <= result.t2_interval_s[1]


def test_t1_and_t2_fall_with_temperature() -> None:
    results = [coherence(KRINNER, rated(KRINNER, mxc=t)) for t in (0.01, 0.03, 0.1, 0.2, 0.5, 1.0)]
    assert np.all(np.diff([r.t1_s for r in results]) < 0)
    assert np.all(np.diff([r.t2_s for r in results]) < 0)
    assert np.all(np.diff([r.gate.one_qubit_error for r in results]) > 0)


def test_t1_falls_with_loss() -> None:
    t1 = [
        solve(KRINNER, {"dielectrics.metal-substrate.tan_delta": v}).t1_s
        for v in (1e-4, 1e-3, 1e-2, 1e-1)
    ]
    assert np.all(np.diff(t1) < 0)


@pytest.mark.parametrize("mxc", [1e-3, 0.9, 300.0])
def test_no_overflow_and_valid_json_at_the_edges(mxc: float) -> None:
    json.dumps(coherence(KRINNER, rated(KRINNER, mxc=mxc)).to_dict(), allow_nan=False)


# every value of the design that this wing reads, a changed value, and an output it must move
MOVES = [
    ("qubit.excess_temperature", "50 mK", "chip_temperature_K"),
    ("qubit.frequency", "5 GHz", "t1_s"),
    ("qubit.anharmonicity", "200 MHz", "t1_s"),
    ("qubit.junction", "Ta", "t1_s"),
    ("qubit.bath", "published", "t1_s"),
    ("qubit.saturation", 5, "t1_s"),
    ("qubit.saturation_exponent", 0.5, "t1_s"),
    ("qubit.residual_quasiparticles", 1e-6, "t1_s"),
    ("qubit.quasiparticle_temperature", "60 mK", "t1_s"),
    ("qubit.gap_difference", "12 GHz", "t1_s"),
    ("qubit.flux_noise", 5e-6, "t2_s"),
    ("qubit.flux_sensitivity", "5 GHz", "t2_s"),
    ("qubit.charge_noise", 1e-2, "t2_s"),
    ("qubit.charge_dispersion", "50 kHz", "t2_s"),
    ("qubit.critical_current_noise", 1e-6, "t2_s"),
    ("qubit.tls_noise", "10 kHz", "t2_s"),
    ("qubit.time_spread", 0.3, "spread.t1_p05_s"),
    ("qubit.device_spread", 0.5, "spread.one_qubit_error_p95"),
    ("qubit.radiation_stage", "300k", "t1_s"),
    ("qubit.radiation_attenuation", "60 dB", "t1_s"),
    ("qubit.electrode_volume", "10 um^3", "t1_s"),
    ("chip.trapping", "1 1/s", "t1_s"),
    ("chip.recombination", "1e9 1/s", "t1_s"),
    ("qubit.drive_coupling", "9e3 1/s", "t1_s"),
    ("dielectrics.substrate.participation", 0.5, "t1_s"),
    ("dielectrics.substrate.tan_delta", 1e-7, "t1_s"),
    ("dielectrics.substrate.spread", 3, "t1_low_s"),
    ("gates.one_qubit_time", "60 ns", "gate.one_qubit_error"),
    ("gates.two_qubit_time", "90 ns", "gate.two_qubit_error"),
    ("gates.readout_time", "100 ns", "gate.readout_error"),
    ("gates.one_qubit_floor", 1e-3, "gate.one_qubit_error"),
    ("gates.two_qubit_floor", 1e-2, "gate.two_qubit_error"),
    ("gates.readout_floor", 1e-2, "gate.readout_error"),
    ("gates.leakage_floor", 1e-3, "gate.leakage"),
    ("readout.frequency", "7.5 GHz", "t1_s"),
    ("readout.linewidth", "1 MHz", "t2_s"),
    ("readout.shift", "1 MHz", "t2_s"),
    ("readout.photons", 0.2, "gate.readout_error"),
    ("readout.loss", "6 dB", "gate.readout_error"),
    ("readout.first_noise", "4 K", "gate.readout_error"),
    ("readout.first_gain", "1 dB", "gate.readout_error"),
    ("readout.second_noise", "40 K", "gate.readout_error"),
    ("readout.purcell_suppression", 5, "t1_s"),
    ("readout.input_coupling", 0.5, "t2_s"),
    ("chip.burst_temperature", "200 mK", "relaxation_per_x_per_s"),
    ("lines.drive.attenuation.mxc", "10 dB", "thermal_population"),
    ("lines.drive.cable_loss.mxc", "3 dB", "thermal_population"),
    ("lines.read-in.attenuation.mxc", "10 dB", "t2_s"),
    ("published.variant", "published-table", "published.t2_star_s"),
    ("published.include_relaxation", True, "published.t2_star_s"),
]


@pytest.mark.parametrize(("key", "value", "output"), MOVES, ids=lambda v: str(v))
def test_every_input_moves_an_output(key: str, value: object, output: str) -> None:
    # short and weak read-out, so that the amplifier's noise shows; some drive power
    base = KRINNER.replace(
        {"readout.photons": 0.5, "gates.readout_time": "200 ns", "qubit.saturation": 2}
    )

    def value_of(design: Design) -> float:
        document = coherence(design, rated(design)).to_dict()
        for part in output.split("."):
            document = document[part]
        return document

    assert value_of(base.replace({key: value})) != pytest.approx(value_of(base), rel=1e-9)


def test_measured_values_win_and_the_model_stands_beside() -> None:
    model = solve(KRINNER)
    design = KRINNER.replace({"measured.t1": "20 us"})
    result = coherence(design, rated(design))
    assert result.t1_s == 20e-6
    assert result.t1_modelled_s == model.t1_s
    assert result.t1_interval_s == (None, None)
    assert result.t2_s < model.t2_s  # the chain goes on from the measured T1
    assert result.gate.one_qubit_error > model.gate.one_qubit_error

    changes = {
        "measured.t1": "20 us",
        "measured.t2": "30 us",
        "measured.one_qubit_error": 1e-3,
        "measured.two_qubit_error": 6e-3,
        "measured.readout_error": 2e-2,
    }
    result = solve(KRINNER, changes)
    assert (result.t1_s, result.t2_s) == (20e-6, 30e-6)
    assert result.t2_modelled_s == model.t2_s
    assert result.tphi_s == pytest.approx(1 / (1 / 30e-6 - 0.5 / 20e-6))
    assert result.gate.one_qubit_error == 1e-3
    assert result.gate.two_qubit_error == 6e-3
    assert result.gate.readout_error == 2e-2
    r, c = math.exp(-25e-9 / 20e-6), math.exp(-25e-9 / 30e-6)
    idle = 0.5 - r / 6 - c / 3
    floor = design.gates.one_qubit_floor
    assert result.gate.one_qubit_error_modelled == pytest.approx(idle + floor, rel=1e-3)


def test_impossible_measurement_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="twice T1"):
        solve(KRINNER, {"measured.t2": "1 ms"})  # the model's T1 is about 70 us


def test_tc_spread_matters_where_thermal_quasiparticles_do() -> None:
    design = KRINNER.replace(
        {"dielectrics.substrate.spread": 1, "dielectrics.metal-substrate.spread": 1}
    )
    cold = coherence(design, rated(design, mxc=0.02))
    warm = coherence(design, rated(design, mxc=0.25))
    assert cold.t1_interval_s[1] / cold.t1_interval_s[0] < 1.002
    assert warm.t1_interval_s[1] / warm.t1_interval_s[0] > 1.5
    edge = coherence(design, rated(design, mxc=1.17))  # normal at Tc - 5 %
    assert edge.t1_interval_s[0] is None
    assert edge.t1_interval_s[1] > edge.t1_s
    assert any("lower ends" in note for note in edge.notes)


def test_dielectric_spread_is_the_interval_of_one_dominant_loss() -> None:
    design = load("genesis-1999").replace({"dielectrics.effective.spread": 2})
    result = coherence(design, rated(design))
    low, high = result.t1_interval_s
    assert low == pytest.approx(result.t1_s / 2, rel=1e-3)
    assert high == pytest.approx(result.t1_s * 2, rel=1e-3)


def test_line_photons_are_in_the_result() -> None:
    result = coherence(KRINNER, {"50k": 46.0, "4k": 2.85, "still": 1.2, "cp": 0.082, "mxc": 0.014})
    drive = next(entry for entry in result.noise if entry.line == "drive")
    assert drive.frequency_Hz == 6e9
    assert drive.photons == pytest.approx(2.28e-3, rel=2e-3)
    assert rates(result)["drive-line"] == pytest.approx(500 * (1 + 2 * drive.photons))


def test_source_temperature_of_a_line() -> None:
    base = solve(KRINNER).noise[0].photons
    cold = KRINNER.replace({"lines.drive.source_temperature": "4 K"})
    assert coherence(cold, rated(cold)).noise[0].photons < base
    inverted = load("inverted-4k-controllers")  # drive lines start at 4 K
    result = coherence(inverted, rated(inverted))
    assert result.noise[0].line == "drive"
    assert result.noise[0].photons > 0


def test_a_design_without_lines_says_so() -> None:
    design = load("sota-2024")
    result = coherence(design, rated(design, mxc=0.05))
    drive = result.noise[0]
    assert drive.line is None
    boltzmann = math.exp(-PLANCK * design.qubit.frequency / (BOLTZMANN * 0.05))
    assert drive.photons == pytest.approx(boltzmann / (1 - boltzmann))
    assert any("no drive line" in note for note in result.notes)


def test_burst_response_is_gap_engineered() -> None:
    equal = solve(KRINNER)
    engineered = solve(KRINNER, {"qubit.gap_difference": "12 GHz"})
    # full integral at 100 mK, 12 GHz, 6 GHz: 0.063 of the rate down
    assert engineered.relaxation_per_x / equal.relaxation_per_x == pytest.approx(0.063, rel=0.1)
    boltzmann = math.exp(-PLANCK * 6e9 / (BOLTZMANN * 0.1))
    assert equal.excess_up_share == pytest.approx(boltzmann / (1 + boltzmann), rel=1e-9)
    assert 0 < engineered.excess_up_share < equal.excess_up_share


def test_limit_of_no_dissipation_but_one_dielectric() -> None:
    quiet = {
        "qubit.residual_quasiparticles": 0,
        "qubit.radiation_attenuation": "200 dB",
        "qubit.drive_coupling": "0 1/s",
        "readout.shift": "0 MHz",
        "qubit.flux_noise": 0,
        "qubit.charge_noise": 0,
        "qubit.critical_current_noise": 0,
        "dielectrics.substrate.tan_delta": 0,
    }
    result = coherence(KRINNER.replace(quiet), rated(KRINNER, mxc=0.01))
    loss = 8.3e-5 * 2.6e-3
    assert result.t1_s == pytest.approx(1 / (2 * np.pi * 6e9 * loss), rel=1e-9)
    assert result.t2_s == pytest.approx(2 * result.t1_s, rel=1e-9)
    assert result.tphi_s is None


def test_contract_keys() -> None:
    document = solve(KRINNER).to_dict()
    assert {
        "t1_s",
        "t2_s",
        "thermal_population",
        "channels",
        "gate",
        "published",
        "noise",
        "reason",
    } <= set(document)
    assert {"one_qubit_error", "two_qubit_error", "readout_error", "leakage"} <= set(
        document["gate"]
    )
    for channel in document["channels"]:
        assert channel["kind"] in ("relaxation", "dephasing")
        assert channel["rate_per_s"] >= 0
    gaussian = {c["name"] for c in document["channels"] if c.get("decay") == "gaussian"}
    assert gaussian == {"flux-noise", "charge-noise", "critical-current-noise", "tls-noise"}
    json.dumps(document, allow_nan=False)


def test_shares_sum_to_one_per_kind() -> None:
    document = solve(KRINNER, {"qubit.tls_noise": "3 kHz"}).to_dict()
    for kind in ("relaxation", "dephasing"):
        found = [c["share"] for c in document["channels"] if c["kind"] == kind]
        assert sum(found) == pytest.approx(1.0, rel=1e-12)
        assert min(found) >= 0
    substrate = next(c for c in document["channels"] if c["name"] == "dielectric.substrate")
    assert substrate["share"] == pytest.approx(substrate["rate_per_s"] * document["t1_s"])
    # what a dephasing channel takes of the exponent at Tphi
    tphi = document["tphi_s"]
    for channel in document["channels"]:
        if channel["kind"] == "dephasing":
            power = 2 if channel["decay"] == "gaussian" else 1
            assert channel["share"] == pytest.approx((channel["rate_per_s"] * tphi) ** power)


def test_fluctuators_grow_with_the_chips_temperature() -> None:
    noisy = KRINNER.replace({"qubit.tls_noise": "1 kHz", "qubit.excess_temperature": "0 K"})
    cold, warm = (coherence(noisy, rated(noisy, mxc=t)) for t in (0.02, 0.1))
    # 2 pi 1 kHz sqrt(ln(1/(2 pi 10 us 1 Hz))) = 1.95e4 /s
    assert rates(cold)["tls-noise"] == pytest.approx(1.954e4, rel=1e-3)
    assert rates(warm)["tls-noise"] / rates(cold)["tls-noise"] == pytest.approx(5.0)
    hot = load("architectural-inversion").replace({"qubit.tls_noise": "1 kHz"})
    assert any("extrapolated" in n for n in coherence(hot, rated(hot)).notes)


def test_no_dephasing_has_no_shares() -> None:
    nothing = [Channel("purcell", "relaxation", 0.0, 0.0, 0.0), Channel("x", "dephasing", 0.0)]
    assert shares(nothing) == (None, None)


@pytest.mark.parametrize("rate", [-1.0, math.inf, math.nan])
def test_negative_or_infinite_rates_are_refused(rate: float) -> None:
    with pytest.raises(OutOfRangeError, match="purcell"):
        Channel("purcell", "relaxation", rate)
    with pytest.raises(OutOfRangeError, match="purcell"):
        Channel("purcell", "relaxation", 1.0, 1.0, rate)


def test_what_the_design_leaves_out_comes_from_the_circuit() -> None:
    changes: dict[str, object] = {"qubit.charge_dispersion": None, "qubit.flux_sensitivity": None}
    pair = {
        "qubit.frequency": "5 GHz",
        "qubit.anharmonicity": "300 MHz",
        "qubit.flux_bias": 0,
        "qubit.junction_asymmetry": 0,
    }
    sweet = rates(solve(KRINNER, changes | pair))
    assert sweet["flux-noise"] == pytest.approx(0.0, abs=1e-6)  # no first order at zero flux
    # |df/dq| = pi eps/2 per electron, eps = 8.87 kHz from the diagonalisation
    log_factor = math.log(1 / (2 * math.pi * 10e-6))
    slope = 2 * math.pi * KRINNER.qubit.charge_noise * math.sqrt(log_factor)
    assert sweet["charge-noise"] == pytest.approx(slope * math.pi * 8.87e3 / 2, rel=2e-3)
    away = {"qubit.flux_bias": 0.25}
    biased = rates(solve(KRINNER, changes | pair | away))
    # Koch 2007: |df/dPhi| = (pi/2)(f + E_C/h) at a quarter quantum with equal junctions
    slope = 2 * math.pi * KRINNER.qubit.flux_noise * math.sqrt(log_factor)
    assert biased["flux-noise"] == pytest.approx(slope * math.pi / 2 * 5.3e9, rel=0.02)
    asymmetric = rates(solve(KRINNER, changes | pair | away | {"qubit.junction_asymmetry": 0.6}))
    assert asymmetric["flux-noise"] < biased["flux-noise"]


def test_measured_t2_above_twice_the_measured_t1_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="twice T1"):
        Decay.of_times(20e-6, 41e-6)
    assert Decay.of_times(None, 41e-6) == Decay(0.0, 1 / 41e-6, 0.0)
    assert solve(KRINNER, {"measured.t1": "20 us", "measured.t2": "40 us"}).tphi_s is None


def test_missing_stage_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="still"):
        coherence(KRINNER, {"50k": 45.0, "4k": 4.0, "cp": 0.1, "mxc": 0.02})


def test_resonant_readout_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="dispersive"):
        solve(KRINNER, {"readout.frequency": "6.01 GHz"})
