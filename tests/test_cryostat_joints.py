"""Chips and clamps on their joints: against published conductances and the loads of lines."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.cryostat.assembly import solve
from qubudget.cryostat.boundary import boundary_rise
from qubudget.cryostat.joints import joint_states
from qubudget.design import load
from qubudget.design.fridge import Joint
from qubudget.errors import OutOfRangeError

KEYS = {
    "name",
    "stage",
    "line",
    "heat_W",
    "temperature_K",
    "rise_K",
    "rise_low_K",
    "rise_high_K",
    "suspect",
    "reason",
}


@pytest.fixture(scope="module")
def krinner():
    return load("krinner-xld400")


def part(name="chip", stage="mxc", interface="grease", area="1 cm^2", **how):
    """A table of the design file; through it 1 nW unless told otherwise."""
    return {
        "name": name,
        "stage": stage,
        "interface": interface,
        "area": area,
        **(how or {"power": "1 nW"}),
    }


def clamps(design, stage, *lines):
    return design.replace({"joints": [part(f"{n}-clamp", stage, line=n) for n in lines]})


def only(result):
    (state,) = result.joints
    return state


# Conductance of 1 cm^2 in W/K, from Ekin (2006), p. 63; heat that brings Krinner's bare stage
# to the temperature of the row: 1.5/1.35 W/K above 2.85 K, 200 uW/58 mK above 82 mK.
@pytest.mark.parametrize(
    ("interface", "stage", "kelvin", "heat", "conductance", "factor"),
    [
        ("PbSn solder", "4k", 4.37, 1.52 * 1.5 / 1.35, 1.36, 2.0),
        ("PbSn solder", "4k", 11.3, 8.45 * 1.5 / 1.35, 4.98, 2.0),
        ("grease", "4k", 5.73, 2.88 * 1.5 / 1.35, 0.138, 7.5),
        ("grease", "cp", 0.365, 0.283 * 200e-6 / 0.058, 1.42e-3, 7.5),
    ],
)
def test_a_small_rise_is_heat_over_the_published_conductance(
    krinner, interface, stage, kelvin, heat, conductance, factor
):
    bare = krinner.replace({"lines": [], "electronics": []})
    power = 1e-5 * conductance * kelvin
    design = bare.replace({"joints": [part("chip", stage, interface, power=f"{power!r} W")]})
    state = only(solve(design, extra={stage: heat}))
    assert state.temperature == pytest.approx(kelvin, rel=1e-9)
    assert state.power == pytest.approx(power, rel=1e-15)
    assert state.rise == pytest.approx(power / conductance, rel=3e-4)
    assert state.low == pytest.approx(power / conductance / factor, rel=3e-4)
    assert state.high == pytest.approx(power / conductance * factor, rel=3e-4)
    assert state.suspect is (interface == "grease")
    assert state.reason is None


def test_a_chip_in_grease_at_20_mk_by_hand(krinner):
    """Phonons alone, h = 14.2 W/(K m^2) (T/0.365 K)^3: T^4 grows by 4 P/(A B).

    1 nW through 1 cm^2 takes the chip from 20 to 23.3 mK; the joint's conductance is unknown
    by 7.5 times 365/20 either way, for no one measured it there.
    """
    bare = krinner.replace({"lines": [], "electronics": [], "joints": [part()]})
    result = solve(bare, extra={"mxc": 19e-6})
    state, law = only(result), 14.2 / 0.365**3
    assert state.temperature == pytest.approx(20e-3)

    def rise(times):
        return (20e-3**4 + times * 4 * 1e-9 / 1e-4 / law) ** 0.25 - 20e-3

    spread = 7.5 * 0.365 / 20e-3
    assert rise(1) == pytest.approx(3.34e-3, abs=0.01e-3)
    assert state.rise == pytest.approx(rise(1), rel=1e-6)
    assert state.low == pytest.approx(rise(1 / spread), rel=1e-6)
    assert state.high == pytest.approx(rise(spread), rel=1e-6)
    assert result.rises == {"chip": state.rise}


def test_no_heat_no_rise(krinner):
    joints = [
        part("a", "4k", "PbSn solder", power="0 W"),
        part("b", "4k", power="0 W"),
        part("c", "mxc", power="0 W"),
    ]
    result = solve(krinner.replace({"joints": joints}))
    assert [(s.rise, s.low, s.high) for s in result.joints] == [(0, 0, 0)] * 3
    assert result.rises == {"a": 0, "b": 0, "c": 0}


@pytest.mark.parametrize("exponent", range(-16, -4))
def test_the_smallest_rises_keep_their_digits(exponent):
    """P/(A h) to first order, however small: no digits are lost in a difference of integrals."""
    power = 10.0**exponent
    found = boundary_rise(power, 1e-4, "PbSn solder", 4.37)
    assert float(found.rise) == pytest.approx(power / 1.36, rel=1e-6 + power)
    assert float(found.high) == pytest.approx(2 * power / 1.36, rel=1e-6 + 2 * power)


@settings(max_examples=40, deadline=None)
@given(
    power=st.floats(1e-13, 1e-6),
    area=st.floats(1e-6, 1e-3),
    kelvin=st.floats(0.006, 5.0),
    more=st.floats(1.01, 100),
)
def test_more_heat_or_less_area_is_a_greater_rise(power, area, kelvin, more):
    def rise(watts, square_metres):
        joint = Joint(**part(area=f"{square_metres!r} m^2", power=f"{watts!r} W"))
        (state,) = joint_states([joint], {}, {"mxc": kelvin})
        assert 0 < state.low < state.rise < state.high
        return state.rise

    assert rise(power * more, area) > rise(power, area)
    assert rise(power, area * more) < rise(power, area)
    # The rise is one of heat per area.
    assert rise(power * more, area * more) == pytest.approx(rise(power, area), rel=1e-6)


def test_solder_in_the_millikelvin_has_no_value_but_a_reason(krinner):
    joints = [part("soldered", "mxc", "PbSn solder"), part("greased")]
    result = solve(krinner.replace({"joints": joints}))
    soldered, greased = result.joints
    assert (soldered.rise, soldered.low, soldered.high) == (None, None, None)
    assert "PbSn solder" in soldered.reason
    assert "2.75 K" in soldered.reason
    assert soldered.temperature == result.temperatures["mxc"]
    assert greased.rise > 0
    assert result.rises == {"greased": greased.rise}


def test_a_part_hotter_than_the_data_has_no_value_but_a_reason(krinner):
    """Grease is known up to 296 K: 1 MW through 1 cm^2 would be beyond."""
    result = solve(krinner.replace({"joints": [part("oven", "50k", power="1 MW")]}))
    assert only(result).rise is None
    assert "296 K" in only(result).reason
    assert result.rises == {}


def test_without_a_temperature_there_is_no_rise(krinner):
    joints = [part("cold"), part("warm", "4k")]
    result = solve(krinner.replace({"joints": joints}), extra={"mxc": 1e-3})
    assert result.status == "RUNAWAY"
    cold, warm = result.joints
    assert (cold.temperature, cold.rise, cold.low, cold.high) == (None, None, None, None)
    assert cold.reason == "mxc has no temperature"
    assert warm.rise > 0
    assert warm.reason is None


def test_a_measured_temperature_is_that_of_the_joint(krinner):
    measured = {"measured": {"temperature": {"mxc": "14 mK"}}, "joints": [part()]}
    assert only(solve(krinner.replace(measured))).temperature == 14e-3


def test_a_clamp_passes_its_lines_share_of_the_load(krinner):
    """Krinner's lines at the mixing chamber: conduction and what their signals leave, by hand."""
    by_hand = {
        "drive": 13e-9 + 1e-3 * 10 ** (-7.1) * 100 * 400 / 8800,
        "flux": 29e-9 + 0.15 * ((0.57e-3) ** 2 + (0.4e-3) ** 2 * 16 * 42 / 8800),
        "read-out": 20e-9,
    }
    design = clamps(krinner, "mxc", *by_hand)
    for qubits in (None, 144):
        result = solve(design, qubits=qubits)
        found = {state.line: state.power for state in result.joints}
        assert found == pytest.approx(by_hand, rel=1e-6)
    assert [state.name for state in result.joints] == [f"{name}-clamp" for name in by_hand]


@pytest.mark.parametrize("loads", ["fixed", "solved"])
@pytest.mark.parametrize("stage", ["50k", "4k", "still", "cp", "mxc"])
def test_the_clamps_of_all_lines_pass_all_heat_of_the_lines(krinner, loads, stage):
    """Conservation: with as many clamps as lines, what is left is the electronics' heat."""
    order = ["300k", *(member.name for member in krinner.stages)]
    lines = [
        line
        for line in krinner.lines
        if order.index(line.starts_at) < order.index(stage) <= order.index(line.ends_at)
    ]
    design = clamps(krinner.replace({"cryostat.loads": loads}), stage, *(n.name for n in lines))
    result = solve(design)
    clamped = math.fsum(
        line.count * state.power for line, state in zip(lines, result.joints, strict=True)
    )
    hemt = 8 * 10.5e-3 if stage == "4k" else 0.0
    assert clamped + hemt == pytest.approx(result.stage(stage).load, rel=1e-12)


def test_heat_of_a_namesake_is_not_the_lines(krinner):
    """Electronics and fixed loads may have a line's name; their heat takes another way."""
    table = krinner.toml_table()
    namesakes = {
        "electronics": [{**table["electronics"][0], "name": "drive"}],
        "loads": [{"name": "drive", "stage": "4k", "power": "20 mW"}],
    }
    one, other = (
        only(solve(clamps(design, "4k", "drive")))
        for design in (krinner, krinner.replace(namesakes))
    )
    assert other.power == one.power


def test_a_clamp_of_no_line_passes_nothing(krinner):
    none = krinner.replace({"lines.flux.count": 0})
    state = only(solve(clamps(none, "mxc", "flux")))
    assert (state.power, state.rise) == (0, 0)
    assert only(solve(clamps(none, "mxc", "flux"), qubits=144)).power > 0


def test_contract_keys(krinner):
    joints = [
        part("chip"),
        part("soldered", "mxc", "PbSn solder"),
        part("clamp", "mxc", line="drive"),
    ]
    document = solve(krinner.replace({"joints": joints})).to_dict()
    entries = json.loads(json.dumps(document["joints"], allow_nan=False))
    assert [set(entry) for entry in entries] == [KEYS] * 3
    chip, soldered, clamp = entries
    assert (chip["name"], chip["stage"], chip["line"]) == ("chip", "mxc", None)
    assert (chip["heat_W"], chip["suspect"], chip["reason"]) == (1e-9, True, None)
    assert chip["rise_low_K"] < chip["rise_K"] < chip["rise_high_K"]
    assert (soldered["rise_K"], soldered["rise_low_K"], soldered["rise_high_K"]) == (None,) * 3
    assert clamp["line"] == "drive"
    assert solve(krinner).to_dict()["joints"] == []
    assert solve(krinner).rises == {}


def test_an_unknown_kind_of_joint_is_refused():
    joint = Joint(**part(interface="glue"))
    with pytest.raises(OutOfRangeError, match="glue"):
        joint_states([joint], {}, {"mxc": 0.01})
