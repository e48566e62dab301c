"""The way of noise along every line of a design, clamps and the read-out chain included."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qubudget import load
from qubudget.constants import BOLTZMANN, ELEMENTARY_CHARGE, PLANCK
from qubudget.design.fridge import Joint, Line
from qubudget.errors import OutOfRangeError
from qubudget.qubit.assembly import coherence
from qubudget.qubit.channels import occupations
from qubudget.qubit.gate_errors import readout_snr
from qubudget.qubit.line_noise import line_photons, shot_noise_photons
from qubudget.qubit.noise_path import AT_QUBIT, AT_RESONATOR, SPECTRUM, line_noise, line_path
from qubudget.qubit.readout import chain_noise, measurement_efficiency, signal_to_noise

KRINNER = load("krinner-xld400")
MEASURED = {"50k": 46.0, "4k": 2.85, "still": 1.2, "cp": 0.082, "mxc": 0.014}
"""Temperatures of Krinner's stages; 4k, cp and mxc as in his noise estimate."""


def bose(frequency, temperature):
    return 1 / math.expm1(PLANCK * frequency / (BOLTZMANN * temperature))


def line_of(design, name):
    return next(line for line in design.lines if line.name == name)


def found(result, name):
    return next(line for line in result.lines if line.name == name)


def with_joints(*joints, design=KRINNER, **qubit):
    return design.model_copy(
        update={"joints": joints, "qubit": design.qubit.model_copy(update=qubit)}
    )


def clamp(stage, line="drive", name="clamp"):
    return Joint(name=name, stage=stage, interface="any", area="1 cm^2", line=line)


CHIP = Joint(name="chip", stage="mxc", interface="any", area="1 cm^2", power="1 uW")


def test_krinner_drive_line_step_by_step() -> None:
    # 300 K behind 20 dB at 2.85 K, 82 mK and 14 mK at 6 GHz: 2.28e-3 photons; by hand
    steps = found(line_noise(KRINNER, MEASURED), "drive").steps
    assert [(s.place, s.part) for s in steps] == [
        ("300k", "source"),
        ("50k", "cable"),
        ("4k", "cable"),
        ("4k", "attenuator"),
        ("still", "cable"),
        ("cp", "cable"),
        ("cp", "attenuator"),
        ("mxc", "cable"),
        ("mxc", "attenuator"),
    ]
    expected = [bose(6e9, 300.0)]
    for temperature in (2.85, 0.082, 0.014):
        expected.append(expected[-1] / 100 + 0.99 * bose(6e9, temperature))
    photons = [s.photons for s in steps if s.part != "cable"]
    assert photons == pytest.approx(expected, rel=1e-12)
    assert photons[-1] == pytest.approx(2.28e-3, rel=0.01)
    assert [s.temperature_K for s in steps if s.part == "attenuator"] == [2.85, 0.082, 0.014]
    for step in steps:
        assert bose(6e9, step.effective_temperature_K) == pytest.approx(step.photons, rel=1e-9)


def test_six_decibels_of_cable_leave_a_thousandth_of_a_photon() -> None:
    # Krinner 2019: about 1e-3 with the loss of the cables
    loss = {f"lines.drive.cable_loss.{stage}": "1.2 dB" for stage in MEASURED}
    line = found(line_noise(KRINNER.replace(loss), MEASURED), "drive")
    assert 0.8e-3 < line.steps[-1].photons < 1.2e-3


def test_every_line_for_signals_is_listed_at_its_frequency() -> None:
    result = line_noise(KRINNER, MEASURED)
    assert [(line.name, line.frequency_Hz) for line in result.lines] == [
        ("drive", 6e9),
        ("flux", 6e9),
        ("pump", 7e9),
        ("read-in", 7e9),
        ("read-out", 7e9),
    ]
    kinds = Line.model_fields["kind"].annotation.__args__
    assert {*AT_QUBIT, *AT_RESONATOR} == {*kinds} - {"dc"}


def test_what_coherence_uses_is_what_is_shown() -> None:
    shown = {line.name: line.steps[-1].photons for line in line_noise(KRINNER, MEASURED).lines}
    used = {entry.line: entry.photons for entry in coherence(KRINNER, MEASURED).noise}
    assert used["drive"] == shown["drive"]
    assert used["read-in"] == shown["read-in"]


def test_spectrum_is_that_of_the_pieces_at_each_frequency() -> None:
    document = line_noise(KRINNER, MEASURED).to_dict()
    assert document["spectrum_frequency_Hz"][0] == pytest.approx(1e8)
    assert document["spectrum_frequency_Hz"][-1] == pytest.approx(2e10)
    for line in document["lines"]:
        path = line_path(KRINNER, line_of(KRINNER, line["name"]), MEASURED)
        assert len(line["spectrum_photons"]) == len(SPECTRUM) == 60
        for frequency, photons in zip(SPECTRUM, line["spectrum_photons"], strict=True):
            single = line_photons(frequency, path.source, path.pieces.values())
            assert photons == pytest.approx(float(single), rel=1e-12)


def test_without_attenuation_the_source_reaches_the_chip() -> None:
    bare = KRINNER.replace({"lines.drive.attenuation": {}})
    assert found(line_noise(bare, MEASURED), "drive").steps[-1].photons == pytest.approx(
        bose(6e9, 300.0)
    )


def test_behind_endless_attenuation_the_last_stage_remains() -> None:
    closed = KRINNER.replace({"lines.drive.attenuation.mxc": "200 dB"})
    line = found(line_noise(closed, MEASURED), "drive")
    assert line.steps[-1].photons == pytest.approx(bose(6e9, 0.014), rel=1e-9)
    assert line.steps[-1].effective_temperature_K == pytest.approx(0.014, rel=1e-9)


@given(st.floats(0, 60), st.floats(0.1, 20), st.sampled_from(["4k", "cp", "mxc"]))
def test_more_attenuation_never_adds_photons(decibels, more, stage) -> None:
    def photons(value):
        design = KRINNER.replace({f"lines.drive.attenuation.{stage}": f"{value} dB"})
        return float(line_path(design, line_of(design, "drive"), MEASURED).photons(6e9))

    assert photons(decibels + more) < photons(decibels)


def test_source_of_its_own_temperature_also_behind_an_attenuator_at_room_temperature() -> None:
    noisy = KRINNER.replace(
        {"lines.drive.source_temperature": "400 K", "lines.drive.attenuation.300k": "10 dB"}
    )
    first, behind = found(line_noise(noisy, MEASURED), "drive").steps[:2]
    assert (first.temperature_K, behind.part) == (400.0, "attenuator")
    expected = 0.1 * bose(6e9, 400.0) + 0.9 * bose(6e9, 300.0)
    assert behind.photons == pytest.approx(expected, rel=1e-12)


def test_a_line_from_a_cold_controller() -> None:
    design = load("inverted-4k-controllers")  # 40 K of noise from a controller at 4 K
    steps = found(line_noise(design, MEASURED), "drive").steps
    assert (steps[0].place, steps[0].temperature_K) == ("4k", 40.0)


def test_only_lines_to_the_qubits_stage_and_only_as_far() -> None:
    at_4k = load("inverted-4k-qubits")
    temperatures = {stage.name: stage.rated_temperature for stage in at_4k.stages}
    result = line_noise(at_4k, temperatures)
    assert result.stages[-1].name == at_4k.qubit.stage == "4k"
    for line in result.lines:
        assert {step.place for step in line.steps} <= {"300k", "50k", "4k"}
    short = KRINNER.model_copy(
        update={"lines": (line_of(KRINNER, "drive").model_copy(update={"ends_at": "cp"}),)}
    )
    assert line_noise(short, MEASURED).lines == ()


def test_read_out_line_backwards_from_its_amplifier() -> None:
    bare = KRINNER.replace({"lines.read-out.attenuation": None})
    line = found(line_noise(bare, MEASURED), "read-out")
    assert (line.steps[0].place, line.steps[0].temperature_K) == ("4k", 2.85)
    assert line.steps[-1].photons == pytest.approx(bose(7e9, 2.85))
    assert "without isolators" in line.note
    # Krinner: more than 60 dB of isolation, here 20 dB at the cold plate and 40 dB at the mxc
    line = found(line_noise(KRINNER, MEASURED), "read-out")
    at_plate = bose(7e9, 2.85) / 100 + 0.99 * bose(7e9, 0.082)
    expected = at_plate / 1e4 + 0.9999 * bose(7e9, 0.014)
    assert line.steps[-1].photons == pytest.approx(expected, rel=1e-12)
    assert line.note == "backwards, its attenuation being that of isolators"
    no_amplifier = KRINNER.model_copy(update={"electronics": ()})
    assert found(line_noise(no_amplifier, MEASURED), "read-out").steps[0].place == "300k"


def test_photodiode_brings_its_shot_noise() -> None:
    fields = {
        "name": "fibre",
        "kind": "photonic",
        "per_group": 1,
        "ends_at": "mxc",
        "cable": "optical fibre",
        "attenuation": {"mxc": "20 dB"},
        "power_at_chip": "-71 dBm",
        "photodiode_impedance": "50 ohm",
        "responsivity": "1 A/W",
    }
    design = KRINNER.model_copy(update={"lines": (Line.model_validate(fields),)})
    source, attenuated = line_noise(design, MEASURED).lines[0].steps
    current = math.sqrt(2 * 10**-10.1 * 100 / 50)  # -71 dBm behind 20 dB, into 50 ohm
    shot = 2 * ELEMENTARY_CHARGE * current * 50 / (PLANCK * 6e9)
    assert source.photons == pytest.approx(shot + bose(6e9, 0.014), rel=1e-9)
    assert attenuated.photons == pytest.approx(shot / 100 + bose(6e9, 0.014), rel=1e-9)


def test_shot_noise_of_a_milliampere() -> None:
    # into 50 ohm the noise temperature is 2 e I Z / k: 1.16 K per uA
    photons = float(shot_noise_photons(6e9, 1e-6, 50.0))
    assert photons * PLANCK * 6e9 / BOLTZMANN == pytest.approx(1.16, rel=2e-3)
    with pytest.raises(OutOfRangeError, match="current"):
        shot_noise_photons(6e9, -1.0, 50.0)


def test_a_clamp_warms_its_attenuator_and_the_ends_of_its_cables() -> None:
    lossy = KRINNER.replace({"lines.drive.cable_loss.cp": "3 dB"})
    design = with_joints(clamp("cp"), design=lossy)
    path = line_path(design, line_of(design, "drive"), MEASURED, {"clamp": 0.05})
    assert path.pieces["cp"].cold == pytest.approx(0.132)
    assert path.pieces["mxc"].warm == pytest.approx(0.132)
    assert path.pieces["cp"].warm == 1.2
    warm = found(line_noise(design, MEASURED, {"clamp": 0.05}), "drive")
    plain = found(line_noise(lossy, MEASURED), "drive")
    attenuator = next(s for s in warm.steps if (s.place, s.part) == ("cp", "attenuator"))
    cable = next(s for s in warm.steps if (s.place, s.part) == ("cp", "cable"))
    assert attenuator.temperature_K == cable.temperature_K == pytest.approx(0.132)
    assert attenuator.photons == pytest.approx(cable.photons / 100 + 0.99 * bose(6e9, 0.132))
    assert warm.steps[-1].photons > plain.steps[-1].photons
    other = found(line_noise(design, MEASURED, {"clamp": 0.05}), "read-in")
    assert other == found(line_noise(lossy, MEASURED), "read-in")


def test_a_clamp_warms_the_drive_of_the_qubit() -> None:
    design = with_joints(clamp("mxc"))
    result = coherence(design, MEASURED, rises={"clamp": 0.1})
    expected = found(line_noise(design, MEASURED, {"clamp": 0.1}), "drive").steps[-1].photons
    drive = next(entry for entry in result.noise if entry.line == "drive")
    assert drive.photons == expected > 0.05  # 0.06 photons of a black body at 114 mK, 6 GHz
    assert occupations(design, MEASURED, [6e9], {"clamp": 0.1}).drive == pytest.approx([expected])
    assert result.chip_temperature_K == MEASURED["mxc"]


@pytest.mark.parametrize("rises", [None, {}, {"clamp": None}, {"other": 0.1}])
def test_a_clamp_without_a_rise_is_refused(rises) -> None:
    design = with_joints(clamp("mxc"))
    for ask in (line_noise, lambda *args: coherence(*args[:2], rises=rises)):
        with pytest.raises(OutOfRangeError, match="joint clamp has no value at this temperature"):
            ask(design, MEASURED, rises)


def test_the_chip_is_warmer_by_its_joint() -> None:
    design = with_joints(CHIP, joint="chip", excess_temperature=0.005)
    result = coherence(design, MEASURED, rises={"chip": 0.02})
    assert result.chip_temperature_K == pytest.approx(0.014 + 0.02 + 0.005)
    assert result.stage_temperature_K == 0.014
    same = KRINNER.replace({"qubit.excess_temperature": "25 mK"})
    alike = coherence(same, MEASURED)
    assert result.t1_s == pytest.approx(alike.t1_s, rel=1e-12)
    assert result.thermal_population > coherence(KRINNER, MEASURED).thermal_population
    with pytest.raises(OutOfRangeError, match="joint chip has no value at this temperature"):
        coherence(design, MEASURED)
    with pytest.raises(OutOfRangeError, match="rise at joint chip"):
        coherence(design, MEASURED, rises={"chip": -0.001})


def test_a_chip_warmed_above_its_critical_temperature_has_no_t1() -> None:
    result = coherence(with_joints(CHIP, joint="chip"), MEASURED, rises={"chip": 1.5})
    assert result.t1_s is None
    assert result.chip_temperature_K == pytest.approx(1.514)
    assert result.noise


def test_a_runaway_needs_no_rise() -> None:
    design = with_joints(CHIP, joint="chip")
    assert coherence(design, MEASURED, stable=False).chip_temperature_K is None
    assert coherence(design, MEASURED | {"mxc": None}).stage_temperature_K is None


def test_friis_for_two_amplifiers_by_hand() -> None:
    # 7 GHz, 3 dB (2) at 0 K: vacuum hf/2k = 168 mK, loss as much; 0.5 K and 4 K / 100 double
    half = PLANCK * 7e9 / (2 * BOLTZMANN)
    chain = chain_noise(7e9, 2.0, 0.0, 0.5, 100.0, 4.0)
    assert [float(part) for part in chain] == pytest.approx([half, half, 1.0, 0.08])
    assert float(chain.system) == pytest.approx(2 * half + 1.08)
    assert float(chain.added_photons) == pytest.approx(0.5 + 1.08 / (2 * half))
    assert float(chain.efficiency) == pytest.approx(half / (2 * half + 1.08))


def test_a_loss_in_the_classical_limit_is_that_of_friis() -> None:
    # (A - 1) T for kT >> hf
    assert float(chain_noise(1e9, 2.0, 50.0, 0.0, 1.0, 0.0).loss) == pytest.approx(50.0, rel=1e-4)


def test_quantum_limit_adds_half_a_photon() -> None:
    chain = chain_noise(6e9, 1.0, 0.01, PLANCK * 6e9 / (2 * BOLTZMANN), 1e15, 4.0)
    assert float(chain.added_photons) == pytest.approx(0.5)
    assert float(chain.system) == pytest.approx(PLANCK * 6e9 / BOLTZMANN)


def test_the_presets_chain_is_that_of_a_measured_one() -> None:
    # JTWPA and HEMT at 5.7 GHz: 0.68 K, 95 % 0.48 to 0.70 K, vacuum included (1.5 photons above
    # the quantum limit of 1); Simbierowicz et al., Rev. Sci. Instrum. 92, 034708 (2021), abstract.
    # Referred to the amplifier's input: without the loss before it.
    readout = KRINNER.readout
    chain = chain_noise(
        5.7e9, 1.0, 0.014, readout.first_noise, readout.first_gain, readout.second_noise
    )
    assert 0.48 < float(chain.system) < 0.70
    assert 0.8 < float(chain.added_photons) - 0.5 < 1.6


def test_read_out_of_a_design_is_that_of_its_gates() -> None:
    noise = line_noise(KRINNER, MEASURED).read_out
    parts = {part.part: part.noise_K for part in noise.contributions}
    assert list(parts) == ["vacuum", "loss", "first amplifier", "second amplifier"]
    assert sum(parts.values()) == pytest.approx(noise.system_noise_K, rel=1e-12)
    assert parts["vacuum"] / noise.system_noise_K == pytest.approx(noise.efficiency, rel=1e-12)
    loss = 10**0.1
    assert parts["first amplifier"] == pytest.approx(loss * 0.5)
    assert parts["second amplifier"] == pytest.approx(loss * 2 / 100)
    quanta = BOLTZMANN * noise.system_noise_K / (PLANCK * 7e9)
    assert noise.added_photons == pytest.approx(quanta - 0.5, rel=1e-12)
    readout = KRINNER.readout
    stated = (readout.loss, 0.014, readout.first_noise, readout.first_gain, readout.second_noise)
    assert noise.efficiency == float(measurement_efficiency(7e9, *stated))
    snr = signal_to_noise(
        noise.efficiency, 0.9 * 2 * np.pi * 5e6, 2 * np.pi * 5e6, 2 * np.pi * 2.5e6, 3.0, 375e-9
    )
    assert readout_snr(KRINNER, 0.014) == pytest.approx(float(snr), rel=1e-12)


def test_the_loss_is_as_warm_as_the_stage_not_as_the_chip() -> None:
    # At 7 GHz a chip of 0.5 K would double the noise of a loss of 6 dB.
    lossy = KRINNER.replace({"readout.loss": "6 dB", "measured.t1": "20 us"})
    warm = coherence(lossy.replace({"qubit.excess_temperature": "0.5 K"}), MEASURED)
    cold = coherence(lossy, MEASURED)
    assert warm.chip_temperature_K > 0.5
    assert warm.gate.readout_error == cold.gate.readout_error


def test_without_a_temperature_everything_is_null_with_a_reason() -> None:
    document = line_noise(KRINNER, MEASURED | {"cp": None}).to_dict()
    assert document["reason"] == "no temperature of cp"
    assert document["lines"] == document["stages"] == []
    assert document["read_out"]["system_noise_K"] is None
    assert document["read_out"]["efficiency"] is None
    assert set(document) == set(line_noise(KRINNER, MEASURED).to_dict())


def test_result_is_plain_json_at_the_coldest() -> None:
    coldest = MEASURED | {"mxc": 1e-3}
    document = json.loads(json.dumps(line_noise(KRINNER, coldest).to_dict(), allow_nan=False))
    assert document["stages"][-1]["temperature_K"] == 1e-3
    first = document["lines"][0]
    for key in ("photons", "effective_temperature_K"):
        assert first[key] == first["steps"][-1][key]
