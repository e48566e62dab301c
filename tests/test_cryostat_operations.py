"""Heat by operation, against Krinner's machine worked out by hand, and what must add up."""

import math

import pytest

from qubudget.cryostat.active import carried_heat, duty
from qubudget.cryostat.assembly import solve
from qubudget.cryostat.operations import operation_loads
from qubudget.cryostat.workload import operation_of
from qubudget.design import load
from qubudget.errors import DesignError

STAGES = ("50k", "4k", "still", "cp", "mxc")
NAMES = ["idle", "one-qubit gates", "two-qubit gates", "read-out", "cycle"]


def loads(name, extra=None, changes=None):
    design = load(name).replace(changes) if changes else load(name)
    return {o.name: o.load for o in operation_loads(design, solve(design, extra=extra))}


@pytest.fixture(scope="module")
def krinner():
    return loads("krinner-xld400")


def test_names_and_stages(krinner):
    assert list(krinner) == NAMES
    assert all(tuple(watts) == STAGES for watts in krinner.values())


def test_krinners_mixing_chamber_by_hand(krinner):
    """50 drive and flux, 8 of each read-out line; Krinner 2019, Table 2, and -71 dBm, 0.4 mA."""
    conducted = 50 * (13e-9 + 29e-9) + 8 * (13e-9 + 13e-9 + 20e-9 + 20e-9)
    idle = conducted + 50 * (0.57e-3) ** 2 * 0.15  # static bias through 0.15 ohm
    chip = 1e-3 * 10**-7.1  # -71 dBm; 20 dB above the chip books 100 times as much
    assert krinner["idle"]["mxc"] == pytest.approx(idle, rel=1e-9)
    assert krinner["one-qubit gates"]["mxc"] == pytest.approx(idle + 50 * 100 * chip, rel=1e-9)
    pulses = 50 * (0.4e-3) ** 2 * 0.15
    assert krinner["two-qubit gates"]["mxc"] == pytest.approx(idle + pulses, rel=1e-9)
    # the pump's last step ends at 4 K, so only the read-in line heats the mixing chamber
    assert krinner["read-out"]["mxc"] - idle == pytest.approx(8 * 100e-15, rel=1e-3)


def test_krinners_4k_stage_by_hand(krinner):
    """Passive 1 mW and 1.2 mW a line, 1 mW a pair; HEMTs of 10.5 mW; 1249.875 ohm at 20 dB."""
    idle = 50 * (1e-3 + 1.2e-3) + 3 * 8 * 1e-3 + 12 * 1e-3 + 8 * 10.5e-3
    idle += 50 * (0.57e-3) ** 2 * 1249.875
    assert krinner["idle"]["4k"] == pytest.approx(idle, rel=1e-6)
    drive = 50 * 1e-3 * 10**-7.1 * 1e6  # 60 dB above the chip
    assert krinner["one-qubit gates"]["4k"] == pytest.approx(idle + drive, rel=1e-6)
    pulses = 50 * (0.4e-3) ** 2 * 1249.875
    assert krinner["two-qubit gates"]["4k"] == pytest.approx(idle + pulses, rel=1e-6)
    # -55 dBm at the chip: 50 dB above it at 4 K, and the last step's 20 dB ends there too
    pump = 8 * 1e-3 * 10**-5.5 * (1e5 + 1e2)
    read_in = 8 * 1e-15 * 1e6
    assert krinner["read-out"]["4k"] == pytest.approx(idle + pump + read_in, rel=1e-6)


def test_krinners_cycle_is_idle_and_its_operations_for_their_time(krinner):
    shares = {
        "one-qubit gates": 16 * 25 / (8 * 1100),
        "two-qubit gates": 16 * 42 / (8 * 1100),
        "read-out": 375 / 1100 / 2,
    }
    for stage in STAGES:
        idle = krinner["idle"][stage]
        mean = idle + sum(d * (krinner[name][stage] - idle) for name, d in shares.items())
        assert krinner["cycle"][stage] == pytest.approx(mean, rel=1e-12)


@pytest.mark.parametrize(
    "name", ["krinner-xld400", "willow-like", "inverted-4k-qubits", "million-qubit", "uts-fridge"]
)
def test_idle_is_least_and_the_cycle_is_the_stages_load(name):
    design = load(name)
    thermal = solve(design)
    found = {o.name: o.load for o in operation_loads(design, thermal)}
    for state in thermal.stages:
        idle = found["idle"][state.name]
        assert all(watts[state.name] >= idle * (1 - 1e-12) for watts in found.values())
        assert found["cycle"][state.name] == pytest.approx(state.modelled_load, rel=1e-12)


def test_correction_heats_the_cycle_only():
    plain, corrected = loads("krinner-xld400"), loads("krinner-xld400", extra={"mxc": 1e-6})
    assert corrected["cycle"]["mxc"] == pytest.approx(plain["cycle"]["mxc"] + 1e-6, rel=1e-12)
    assert corrected["idle"] == plain["idle"]
    assert corrected["read-out"] == plain["read-out"]


def test_a_machine_that_does_nothing_has_an_idle_cycle():
    nothing = {f"workload.{key}": 0 for key in ("one_qubit_gates", "two_qubit_gates", "readouts")}
    found = loads("krinner-xld400", changes=nothing)
    assert found["cycle"] == pytest.approx(found["idle"], rel=1e-12)
    assert found["one-qubit gates"]["cp"] > found["idle"]["cp"]


def test_power_while_on_does_not_know_the_share_of_time():
    busy = load("krinner-xld400").replace({"workload.one_qubit_gates": 32})
    places = ["300k", *STAGES]
    for design, share in ((load("krinner-xld400"), 400 / 8800), (busy, 800 / 8800)):
        drive = design.lines[0]
        assert duty(design, drive) == pytest.approx(share)
        heats = {h.stage: h for h in carried_heat(design, drive, places) if h.watts}
        assert heats["mxc"].watts == pytest.approx(100e-3 * 10**-7.1)
        assert heats["mxc"].mean == heats["mxc"].watts * heats["mxc"].duty
        assert {h.operation for h in heats.values()} == {"one-qubit gates"}


def test_static_bias_is_always_on_and_pulses_are_not():
    design = load("krinner-xld400")
    flux = next(line for line in design.lines if line.name == "flux")
    on = {(h.kind, h.operation, round(h.duty, 4)) for h in carried_heat(design, flux, ["cp"])}
    assert on == {("bias", "idle", 1.0), ("pulse", "two-qubit gates", 0.0764)}


def test_every_line_kind_serves_one_operation():
    assert [operation_of(kind) for kind in ("drive", "flux", "read-in", "read-out", "pump")] == [
        "one-qubit gates", "two-qubit gates", "read-out", "read-out", "read-out",
    ]  # fmt: skip


def test_a_line_on_for_more_than_the_cycle_is_refused():
    design = load("krinner-xld400")
    thermal = solve(design)
    with pytest.raises(DesignError, match=r"lines\.drive\.per_group"):
        operation_loads(design.replace({"workload.one_qubit_gates": 640}), thermal)


def test_dictionary_has_units_in_its_keys(krinner):
    design = load("krinner-xld400")
    first = operation_loads(design, solve(design))[0].to_dict()
    assert first == {"name": "idle", "load_W": krinner["idle"]}
    assert all(math.isfinite(watts) for watts in first["load_W"].values())
