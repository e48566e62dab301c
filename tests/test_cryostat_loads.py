"""Loads of a design against the published breakdown of Krinner's fridge at 144 qubits."""

import pytest

from qubudget.cryostat.assembly import solve
from qubudget.cryostat.loads import heat_sources, stage_loads
from qubudget.design import load
from qubudget.errors import DesignError, OutOfRangeError
from qubudget.materials.cables import (
    cable_names,
    cable_stages,
    passive_load,
    passive_load_entry,
)

STAGES = ("50k", "4k", "still", "cp", "mxc")
# W; Krinner et al. 2019, Table 1
CAPACITY = dict(zip(STAGES, (30.0, 1.5, 40e-3, 200e-6, 19e-6), strict=True))
# Fractions of the capacities at 144 qubits, companion code of arXiv:2608.00990
# (shaswot/SCQ_heatmodel).
BREAKDOWN = {
    ("drive", "passive"): (0.216, 0.096, 0.0144, 0.288, 0.0985263),
    ("flux", "passive"): (0.2688, 0.1152, 0.0072, 0.216, 0.219789),
    ("pump", "passive"): (0.054, 0.024, 0.0036, 0.072, 0.0246316),
    ("read-in", "passive"): (0.054, 0.024, 0.0036, 0.072, 0.0246316),
    ("read-out", "passive"): (0.054, 0.024, 0.0009, 0.054, 0.0378947),
    ("amplifier-bias", "passive"): (0.018, 0.036, 0, 0, 0),
    ("coupler-load", "passive"): (0, 0, 0.0009, 0.054, 0.0378947),
    ("drive", "attenuator"): (0, 0.000346616, 0, 0.0259962, 0.00273644),
    ("flux", "bias"): (0, 0.0389841, 0, 0.0982498, 0.36936),
    ("flux", "pulse"): (0, 0.00146604, 0, 0.00369478, 0.0138901),
    ("pump", "attenuator"): (0, 0.00129495, 0, 0.0970244, 0),
    ("read-in", "attenuator"): (0, 4.09091e-09, 0, 3.06818e-07, 3.22967e-08),
    ("hemt", "electronics"): (0, 0.252, 0, 0, 0),
}
TOTAL = (0.6648, 0.613292, 0.0306, 0.980965, 0.829355)


@pytest.fixture(scope="module")
def krinner():
    return load("krinner-xld400")


@pytest.fixture(scope="module")
def full(krinner):
    return solve(krinner, qubits=144)


@pytest.mark.parametrize("part", BREAKDOWN)
def test_every_component_of_the_published_breakdown(full, part):
    found = {entry.stage: entry.watts for entry in full.loads if (entry.item, entry.kind) == part}
    for stage, fraction in zip(STAGES, BREAKDOWN[part], strict=True):
        assert found.get(stage, 0.0) / CAPACITY[stage] == pytest.approx(fraction, rel=1e-3, abs=0)


def test_nothing_else_loads_the_stages(full):
    assert {(entry.item, entry.kind) for entry in full.loads} == set(BREAKDOWN)
    for state, fraction in zip(full.stages, TOTAL, strict=True):
        assert state.load / state.capacity == pytest.approx(fraction, rel=1e-5)
        assert state.capacity == CAPACITY[state.name]


def test_largest_machine_of_the_published_model(krinner):
    """216/232/4704/144/168 at 50k/4k/still/cp/mxc, so 144, bound by the cold plate."""
    largest = solve(krinner).max_qubits
    assert tuple(largest.by_stage.items()) == tuple(
        zip(STAGES, (216, 232, 4704, 144, 168), strict=True)
    )
    assert (largest.total, largest.binding_stage) == (144, "cp")
    # the limits of this preset are its rated temperatures, so both answers agree
    assert largest.at_limit == 144


def test_loads_grow_in_whole_groups(krinner):
    sources = heat_sources(krinner)
    one, two = (stage_loads(sources, STAGES, groups) for groups in (1, 2))
    assert two == pytest.approx({stage: 2 * watts for stage, watts in one.items()})
    assert [s.load for s in solve(krinner, qubits=137).stages] == [
        s.load for s in solve(krinner, qubits=144).stages
    ]


def test_stated_counts_win_in_the_machine_as_built_only(krinner):
    """50 drive lines at 45 mW on the 50 K stage, where seven groups of eight would make 56."""
    built = {(e.stage, e.item): e.watts for e in solve(krinner).loads if e.kind == "passive"}
    grown = {
        (e.stage, e.item): e.watts for e in solve(krinner, qubits=56).loads if e.kind == "passive"
    }
    assert built["50k", "drive"] == pytest.approx(50 * 0.045)
    assert grown["50k", "drive"] == pytest.approx(56 * 0.045)


def test_absorbed_heat_and_the_chip_share_the_source_power(krinner):
    """Attenuators and cables take what leaves the source, except the 300 K end's share."""
    changed = krinner.replace(
        {"lines.drive.attenuator_heat": "absorbed", "lines.drive.cable_loss.mxc": "3 dB"}
    )
    entries = [e for e in solve(changed, qubits=8).loads if e.item == "drive"]
    heat = sum(e.watts for e in entries if e.kind in ("attenuator", "cable"))
    chip = 1e-3 * 10 ** (-7.1) * 8 * 16 * 25 / (8 * 1100)
    assert heat == pytest.approx(chip * (10**6.3 - 1), rel=1e-6)
    assert {e.stage for e in entries if e.kind == "cable"} == {"cp", "mxc"}


def test_termination_takes_the_coldest_attenuators_heat(krinner):
    plain = krinner.replace({"lines.pump.termination": "mxc"})
    heat = {
        e.stage: e.watts
        for e in solve(plain, qubits=8).loads
        if (e.item, e.kind) == ("pump", "attenuator")
    }
    moved = {
        e.stage: e.watts
        for e in solve(krinner, qubits=8).loads
        if (e.item, e.kind) == ("pump", "attenuator")
    }
    assert set(moved) == {"4k", "cp"}
    assert moved["4k"] == pytest.approx(heat["4k"] + heat["mxc"])


def test_measured_load_of_a_line_wins_over_the_catalogue(krinner):
    changed = krinner.replace({"lines.drive.load": {"mxc": "10 nW"}})
    entries = {(e.stage, e.item, e.kind): e.watts for e in solve(changed, qubits=8).loads}
    assert entries["mxc", "drive", "passive"] == pytest.approx(8 * 10e-9)
    assert entries["cp", "drive", "passive"] == pytest.approx(8 * 0.4e-6)


def test_a_line_that_is_on_for_more_than_the_cycle_is_refused(krinner):
    with pytest.raises(DesignError, match=r"lines\.drive\.per_group.*on for 1\.818"):
        solve(krinner.replace({"workload.one_qubit_gates": 640}))
    with pytest.raises(DesignError, match=r"lines\.pump"):
        solve(krinner.replace({"workload.readouts": 80}))


def test_catalogue_names_and_values():
    """Krinner et al. 2019, Table 2: a stainless drive line, 45 mW to 13 nW."""
    values = [passive_load("UT-085-SS-SS drive", stage) for stage in STAGES]
    assert values == [45e-3, 1e-3, 4e-6, 0.4e-6, 13e-9]
    assert cable_stages("UT-085-NbTi output") == ("cp", "mxc")
    for name in cable_names():
        for stage in cable_stages(name):
            entry = passive_load_entry(name, stage)
            assert entry.load > 0
            assert entry.source
            assert entry.kind in ("measured", "estimated", "vendor", "tool input")
            assert entry.status in ("secondary_x1", "secondary_x2")


def test_every_cable_loads_colder_stages_less():
    for name in cable_names():
        values = [passive_load(name, stage) for stage in cable_stages(name)]
        assert values == sorted(values, reverse=True)


def test_catalogue_refuses_what_it_does_not_have():
    with pytest.raises(OutOfRangeError, match="UT-085-SS-SS drive"):
        passive_load("copper hose", "mxc")
    with pytest.raises(OutOfRangeError, match="has cp, mxc"):
        passive_load("UT-085-NbTi output", "4k")


def test_a_catalogue_load_needs_the_anchor_it_was_measured_with(krinner):
    """Without a 50 K stage, a cable brings far more to 4 K than the catalogue says."""
    table = krinner.toml_table()
    drive = next(line for line in table["lines"] if line["name"] == "drive")
    bare = krinner.replace(
        {"lines": [drive], "stages": [s for s in table["stages"] if s["name"] != "50k"]}
    )
    with pytest.raises(OutOfRangeError, match=r"anchored at 50k, here at 300k; state lines\.drive"):
        solve(bare)
    stated = solve(bare.replace({"lines.drive.load": {"4k": "50 mW"}}), qubits=8)
    assert stated.stage("4k").load > 8 * 50e-3


def test_resistance_before_an_attenuator_carries_forward_and_returning_current(krinner):
    """Behind 20 dB and a short, a line carries 5.05 times the current at the chip."""
    split = krinner.replace(
        {"lines.flux.resistance": {"50k": "1 ohm"}, "lines.flux.pulse_current": "0 mA"}
    )
    heat = {e.stage: e.watts for e in solve(split, qubits=8).loads if e.kind == "bias"}
    assert heat["50k"] == pytest.approx(8 * (5.05 * 0.57e-3) ** 2)
    assert heat["4k"] == pytest.approx(8 * (0.57e-3) ** 2 * 1249.875)


def test_the_designs_own_number_of_qubits_is_the_machine_as_built(krinner):
    assert solve(krinner, qubits=50) == solve(krinner)


def with_part(design, **changes):
    part = design.electronics[0].model_copy(update=changes)
    return design.model_copy(update={"electronics": (part,)})


def test_electronics_by_power_or_by_switching(krinner):
    """Exactly one of the two: C V^2 f of 1 nF at 0.7 V and 20 MHz is 9.8 mW."""
    cmos = {"power": None, "capacitance": 1e-9, "voltage": 0.7, "clock": 20e6}
    loads = {e.item: e.watts for e in solve(with_part(krinner, **cmos)).loads if e.stage == "4k"}
    assert loads["hemt"] == pytest.approx(8 * 9.8e-3)
    for wrong, key in (
        ({"power": None}, r"electronics\.hemt\.power"),
        (cmos | {"power": 1e-3}, r"electronics\.hemt\.capacitance"),
        (cmos | {"clock": None}, r"electronics\.hemt\.clock"),
        ({"voltage": 0.7}, r"electronics\.hemt\.voltage"),
    ):
        with pytest.raises(DesignError, match=key):
            solve(with_part(krinner, **wrong))


def photonic(design, **changes):
    values = {
        "kind": "photonic", "attenuation": {}, "load": dict.fromkeys(STAGES, 3e-12),
        "photodiode_impedance": 1e4, "responsivity": 1.0,
    }  # fmt: skip
    line = design.lines[0].model_copy(update=values | changes)
    return design.model_copy(update={"lines": (line,), "electronics": ()})


def test_photonic_drive_lines(krinner):
    """Lecocq 2021 as arXiv:2608.00990 has it: sqrt(2 P/Z)/R while on, all of it at the diode."""
    entries = {(e.stage, e.kind): e.watts for e in solve(photonic(krinner)).loads}
    light = (2 * 1e-3 * 10**-7.1 / 1e4) ** 0.5
    assert entries["mxc", "photodiode"] == pytest.approx(50 * light * 400 / 8800)
    assert {kind for _, kind in entries} == {"passive", "photodiode"}
    damped = solve(photonic(krinner, attenuation={"mxc": 100.0}, attenuator_heat="absorbed"))
    entries = {(e.stage, e.kind): e.watts for e in damped.loads}
    assert entries["mxc", "photodiode"] == pytest.approx(50 * 10 * light * 400 / 8800)
    assert entries["mxc", "attenuator"] == pytest.approx(50 * 99e-3 * 10**-7.1 * 400 / 8800)


def test_a_photonic_line_needs_its_photodiode(krinner):
    for name in ("photodiode_impedance", "responsivity", "power_at_chip"):
        with pytest.raises(DesignError, match=rf"lines\.drive\.{name}"):
            solve(photonic(krinner, **{name: None}))
    with pytest.raises(DesignError, match=r"lines\.drive\.attenuation\.4k.*behind the diode"):
        solve(photonic(krinner, attenuation={"4k": 100.0}))
