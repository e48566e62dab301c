"""Controls made from the schema: units, ranges, choices, and what they write."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.app.controls import MAIN, Control, controls, coupled
from qubudget.app.places import field_path, kind_of
from qubudget.app.reads import READS, first_wing
from qubudget.app.scales import (
    fraction_slider,
    in_unit,
    nice,
    number_slider,
    shown_unit,
    whole_slider,
    written_unit,
)
from qubudget.app.widgets import problems_by_key
from qubudget.design import Design, load, preset_names
from qubudget.design.units import to_si
from qubudget.errors import DesignError

DESIGN = load("krinner-xld400")
HELD = {control.key: control for control in controls(DESIGN)}


def si_values(design: Design) -> dict[str, Any]:
    return {value.key: value.value for value in design.effective()}


@pytest.mark.parametrize("preset", preset_names())
def test_every_control_writes_back_the_value_that_it_shows(preset: str) -> None:
    design = load(preset)
    shown = controls(design)
    same = design.replace({control.key: control.written(control.value) for control in shown})
    assert si_values(same) == si_values(design)


@pytest.mark.parametrize("preset", preset_names())
def test_a_slider_holds_its_value_and_stays_within_the_schema(preset: str) -> None:
    design = load(preset)
    for control in controls(design):
        if control.kind not in ("number", "integer"):
            assert control.low is control.high is control.step is None
            continue
        assert control.low is not None
        assert control.high is not None
        assert control.step
        assert control.low <= control.value <= control.high, control
        assert control.low > 0 or not control.log
        kind, factor = kind_of(control.key), 1.0
        if kind.quantity is None:
            assert kind.bounds[0] <= control.low <= control.high <= kind.bounds[1]
            continue
        if control.unit in ("dB", "dBm"):
            continue
        if control.unit:
            factor = to_si(f"1 {written_unit(control.unit)}", kind.quantity.unit)
        for end in (control.low, control.high):
            within = kind.quantity.low <= end * factor <= kind.quantity.high * (1 + 1e-12)
            assert within, control


@pytest.mark.parametrize("preset", ["krinner-xld400", "willow-like"])
def test_every_choice_of_a_design_is_offered_with_its_present_value(preset: str) -> None:
    for control in controls(load(preset)):
        if control.kind == "choice":
            assert control.value in control.choices
            assert len(set(control.choices)) == len(control.choices)


def test_units_are_those_that_people_use() -> None:
    shown = {key: (HELD[key].value, HELD[key].unit) for key in (
        "stages.mxc.rated_power", "stages.mxc.max_temperature", "qubit.frequency",
        "gates.one_qubit_time", "lines.drive.attenuation.mxc", "radiation.event_energy",
        "qubit.electrode_volume", "chip.diffusivity", "lines.flux.resistance.cp",
        "lines.pump.power_at_chip", "code.distance", "targets.one_qubit_fidelity",
    )}  # fmt: skip
    assert shown == {
        "stages.mxc.rated_power": (19, "µW"),
        "stages.mxc.max_temperature": (20, "mK"),
        "qubit.frequency": (6, "GHz"),
        "gates.one_qubit_time": (25, "ns"),
        "lines.drive.attenuation.mxc": (20, "dB"),
        "radiation.event_energy": (0.2, "MeV"),
        "qubit.electrode_volume": (500, "µm³"),
        "chip.diffusivity": (20, "cm²/s"),
        "lines.flux.resistance.cp": (0.42, "Ω"),
        "lines.pump.power_at_chip": (-55, "dBm"),
        "code.distance": (5, ""),
        "targets.one_qubit_fidelity": (0.999, ""),
    }


def test_a_value_set_in_si_gets_a_unit_that_reads_well() -> None:
    changed = DESIGN.with_si({"stages.mxc.rated_power": 2.5e-7, "qubit.frequency": 4.5e9})
    held = {control.key: control for control in controls(changed)}
    assert (held["stages.mxc.rated_power"].value, held["stages.mxc.rated_power"].unit) == (
        250.0,
        "nW",
    )
    assert (held["qubit.frequency"].value, held["qubit.frequency"].unit) == (4.5, "GHz")
    assert held["qubit.frequency"].origin == "set"


def test_names_come_from_the_design_and_from_the_catalogue() -> None:
    stages = ("50k", "4k", "still", "cp", "mxc")
    assert HELD["workload.correction_stage"].choices == stages
    assert HELD["qubit.radiation_stage"].choices == ("300k", *stages)
    assert "UT-085-NbTi" in HELD["lines.drive.cable"].choices
    assert "219-SS-SS" in HELD["lines.read-out.cable.still"].choices
    assert {"Al", "Nb"} <= set(HELD["qubit.film"].choices)
    assert HELD["code.decoder"].choices == ("unaware", "aware", "erasure")
    assert HELD["published.include_relaxation"].kind == "switch"
    assert HELD["published.include_relaxation"].value is False


def test_what_a_tooltip_says() -> None:
    control = HELD["stages.mxc.rated_power"]
    assert control.description == "cooling power at the rated temperature"
    assert control.allowed == "from 0 to 1×10¹⁵ µW"
    assert control.origin.startswith("preset krinner-xld400; ")
    assert HELD["chip.bump_count"].origin == "default"
    assert HELD["lines.drive.attenuation.mxc"].label == "drive: attenuation at mxc"
    assert HELD["gates.two_qubit_time"].label == "two-qubit time"


def test_bounds_are_said_in_the_unit_of_the_field() -> None:
    held = {c.key: c.allowed for c in controls(load("willow-like"))}
    assert held["qubit.frequency"] == "above 0 to 10,000 GHz"
    assert held["gates.one_qubit_time"] == "above 0 to 1×10¹⁸ ns"
    assert HELD["lines.pump.power_at_chip"].allowed == "up to 120 dBm"  # 1e9 W
    assert held["lines.drive.attenuation.mxc"] == "0 to 200 dB"
    assert HELD["radiation.event_x"].allowed == "from −7 to 7 mm"  # of a chip 14 mm long
    assert held["qubit.device_spread"] == "from 0 to 1"


@pytest.mark.parametrize(
    ("key", "value"),
    [("code.distance", 4), ("machine.total_qubits", 10), ("mitigation.outer_losses", 1)],
)
def test_a_whole_number_says_what_the_whole_design_asks_of_it(key: str, value: int) -> None:
    """Within the bounds of the type, but refused by the design: the words must say why."""
    low, high = kind_of(key).bounds
    assert low <= value <= high
    with pytest.raises(DesignError) as refused:
        DESIGN.replace({"mitigation.strategy": "outer", "mitigation.outer_chips": 2, key: value})
    assert key in {problem.key for problem in refused.value.problems}
    assert {
        "code.distance": "an odd number from 3 to 101",
        "machine.total_qubits": "a whole number from machine.qubits to 1×10⁹",
        "mitigation.outer_losses": "a whole number from 0, fewer than half of outer_chips",
    }[key] == HELD[key].allowed
    assert HELD["stages.mxc.units"].allowed == "a whole number from 1 to 1×10⁹"


@pytest.mark.parametrize("shown", [7.9, "6.5", math.nan, math.inf, "seven"])
def test_what_is_no_whole_number_is_refused_not_cut(shown: Any) -> None:
    with pytest.raises(ValueError, match=r"whole number|could not convert"):
        HELD["code.distance"].written(shown)
    assert HELD["code.distance"].written(7.0) == 7
    assert HELD["code.distance"].written("9") == 9


def test_a_refused_value_is_told_its_bounds_in_the_unit_of_its_field() -> None:
    control = HELD["qubit.frequency"]
    with pytest.raises(DesignError) as refused:
        DESIGN.replace({control.key: control.written(-5)})
    words = problems_by_key(refused.value, control.key, control.allowed)
    assert words[control.key].endswith("allowed: above 0 to 10,000 GHz")
    # What the rest of the design asks stands as it was said.
    with pytest.raises(DesignError) as refused:
        DESIGN.replace({"chip.film_thickness": "1 mm"})
    found = problems_by_key(refused.value, "chip.film_thickness", "anything")
    assert found["chip.film_thickness"].endswith("thinner than the chip")


def test_the_main_keys_stand_on_top_in_their_order() -> None:
    assert [control.key for control in controls(DESIGN)][: len(MAIN)] == list(MAIN)
    assert len(MAIN) <= 15
    uts = [control.key for control in controls(load("uts-fridge"))]
    first = [key for key in MAIN if key in uts]
    assert uts[: len(first)] == first
    assert len(set(uts)) == len(uts)


def test_what_is_not_a_number_or_a_choice_has_no_control() -> None:
    assert not {"name", "title", "sources", "stages.mxc.name", "lines.drive.source"} & set(HELD)
    assert not any(key.startswith("films") or "curve" in key for key in HELD)
    assert "measured.t1" not in HELD
    assert "measured.t1" in {control.key for control in controls(load("willow-like"))}


def test_what_follows_from_other_values_cannot_be_moved() -> None:
    energies = {"qubit.josephson_energy": "15 GHz", "qubit.charging_energy": "300 MHz"}
    design = DESIGN.replace({"qubit.frequency": None, "qubit.anharmonicity": None, **energies})
    keys = {control.key for control in controls(design)}
    assert set(energies) <= keys
    assert not {"qubit.frequency", "qubit.anharmonicity"} & keys


@settings(max_examples=60)
@given(share=st.floats(0, 1), key=st.sampled_from(sorted(HELD)))
def test_any_place_of_a_slider_is_written_exactly(share: float, key: str) -> None:
    control = HELD[key]
    if control.kind not in ("number", "integer"):
        return
    assert control.low is not None
    assert control.high is not None
    shown = place(control, share)
    written = control.written(shown)
    if control.kind == "integer":
        assert written == shown
        return
    if control.unit:
        assert float(written.split(" ")[0]) == shown
    kind = kind_of(key)
    assert kind.quantity is not None
    si = kind.quantity.read(written)
    if control.unit == "dB":
        assert 10 * math.log10(si) == pytest.approx(shown, abs=1e-12)
    assert kind.quantity.low <= si <= kind.quantity.high


def place(control: Control, share: float) -> float:
    """A place of a slider; whole where its control is."""
    low, high = float(control.low or 0), float(control.high or 0)
    if control.kind == "integer":
        return round(low + share * (high - low))
    at = low * (high / low) ** share if control.log else low + share * (high - low)
    return min(max(at, low), high)


def test_sliders_reach_a_cliff() -> None:
    assert (number_slider(5.0, 0, 1e9).low, number_slider(5.0, 0, 1e9).high) == (0.5, 50.0)
    assert number_slider(5.0, 0, 20).high == 20
    assert number_slider(0.0, 0, 1e9, typical=3.0).high == 3.0
    assert (number_slider(-2.0, -5, 5).low, number_slider(-2.0, -5, 5).high) == (-4.0, 4.0)
    assert fraction_slider(1e-9).log
    assert fraction_slider(0.999).low == 0.99
    assert fraction_slider(0.3).high == 1
    assert (whole_slider(5, 1, 10**9).low, whole_slider(5, 1, 10**9).high) == (1, 50)
    assert whole_slider(100_000, 1, 10**9).log
    assert HELD["radiation.gamma_reduction"].high == 1e4
    assert (HELD["radiation.event_x"].low, HELD["radiation.event_x"].high) == (-7, 7)
    assert HELD["code.distance"].step == 2
    far = {c.key: c for c in controls(DESIGN.replace({"code.distance": 49}))}["code.distance"]
    assert (far.low, far.high, far.high % 2) == (3, 73, 1)


@given(st.floats(1e-30, 1e30))
def test_a_nice_step_is_at_most_a_factor_of_two_and_a_half_below(step: float) -> None:
    assert nice(step) <= step * (1 + 1e-9)
    assert nice(step) * 2.5 >= step * (1 - 1e-9)
    assert f"{nice(step):e}"[0] in "125"


@pytest.mark.parametrize(
    "unit", ["uW", "um^2", "1/(kg s)", "ohm m^2", "umol/s", "mT", "dBm", "um^3"]
)
def test_a_shown_unit_can_be_written(unit: str) -> None:
    assert written_unit(shown_unit(unit)) == unit


@given(st.floats(1e-12, 1e6))
def test_a_power_reads_between_one_and_a_thousand(watts: float) -> None:
    value, unit = in_unit(watts, "W")
    assert to_si(f"{value!r} {unit}", "W") == pytest.approx(watts, rel=1e-14)
    assert 1 <= value < 1000 * (1 + 1e-9)


def test_the_unit_of_a_file_is_left_where_it_does_not_read_well() -> None:
    assert in_unit(6.2e9, "Hz", "6200000000.0 Hz") == (6.2, "GHz")
    assert in_unit(0.0, "J", "0 J", typical=1e-12) == (0.0, "pJ")
    assert in_unit(0.0, "K", "0 mK") == (0.0, "mK")


def test_a_machine_of_one_fridge_grows_as_a_whole() -> None:
    assert coupled(DESIGN, "machine.qubits", 60) == {
        "machine.qubits": 60,
        "machine.total_qubits": 60,
    }
    two = DESIGN.replace({"machine.total_qubits": 100})
    assert coupled(two, "machine.qubits", 60) == {"machine.qubits": 60}
    assert coupled(DESIGN, "qubit.film", "Nb") == {"qubit.film": "Nb"}


def test_the_first_wing_that_a_key_moves() -> None:
    assert {key: HELD[key].wing for key in (
        "machine.qubits", "gates.one_qubit_floor", "radiation.muon_reduction",
        "code.distance", "targets.one_qubit_fidelity", "machine.qubits_per_chip",
    )} == {
        "machine.qubits": "thermal", "gates.one_qubit_floor": "coherence",
        "radiation.muon_reduction": "impact", "code.distance": "qec",
        "targets.one_qubit_fidelity": "verdict", "machine.qubits_per_chip": "impact",
    }  # fmt: skip
    assert {first_wing(key) for key in HELD} == set(READS)
    assert field_path("stages.mxc.rated_power") == "stages.rated_power"
    assert field_path("chip.length") == "chip.length"
