"""The largest machine by shape and by component, and what a machine beyond it would need."""

import json
import math

import pytest

from qubudget.cryostat.assembly import explain_temperature, solve
from qubudget.design import load
from qubudget.design.fridge import Cable
from qubudget.errors import OutOfRangeError
from qubudget.materials.cable_sections import cable_section
from qubudget.materials.cables import cable_names, coax, coax_names
from qubudget.materials.fridges import best_known, cooling_powers


@pytest.fixture(scope="module")
def krinner():
    return load("krinner-xld400")


def with_stage(design, name, **changes):
    stages = [s.model_copy(update=changes) if s.name == name else s for s in design.stages]
    return design.model_copy(update={"stages": tuple(stages)})


def limits(result):
    return {(row["stage"], row["kind"]): row for row in result.to_dict()["shape"]}


def test_a_design_without_stated_room_has_no_limit_by_shape(krinner):
    document = solve(krinner).to_dict()
    assert document["shape"] == []
    assert document["max_qubits"]["by_shape"] == {
        "total": None, "binding_stage": None, "binding_kind": None, "by_stage": {},
    }  # fmt: skip


def test_krinners_lines_through_one_line_of_sight_port(krinner):
    """124 RF lines of 2.19 mm for 50 qubits (his count), 8 directional-coupler loads below 4 K;
    a KF40 port of 40 mm bore is 1257 mm^2."""
    port = math.pi / 4 * 40e-3**2
    design = with_stage(krinner, "50k", line_area=port)
    row = limits(solve(design))["50k", "cross-section"]
    coax = math.pi / 4 * 2.19e-3**2
    pair = 2 * math.pi / 4 * 0.1426e-3**2
    assert row["used"] == pytest.approx(124 * coax + 12 * pair)
    assert row["unit"] == "m^2"
    # per group of 8: 8 drive, 8 flux, 2 pump, 2 in, 2 out, 3 pairs
    assert row["max_qubits"] == 8 * math.floor(port / (22 * coax + 3 * pair)) == 8 * 15


def test_feedthroughs_are_counted_and_a_narrow_flange_binds(krinner):
    wide = with_stage(krinner, "50k", feedthroughs=168)
    both = with_stage(wide, "mxc", feedthroughs=100)
    result = solve(both)
    rows = limits(result)
    assert rows["50k", "feed-throughs"]["used"] == 50 + 50 + 8 + 8 + 8 + 12
    assert rows["50k", "feed-throughs"]["max_qubits"] == 8 * (168 // 25)
    assert rows["mxc", "feed-throughs"]["used"] == 124 + 8  # coupler loads from 4 K
    assert rows["mxc", "feed-throughs"]["max_qubits"] == 8 * (100 // 24)
    by_shape = result.to_dict()["max_qubits"]["by_shape"]
    assert by_shape["total"] == 32
    assert (by_shape["binding_stage"], by_shape["binding_kind"]) == ("mxc", "feed-throughs")
    assert by_shape["by_stage"]["50k"] == {"feed-throughs": 48}
    assert result.max_qubits.total == 144  # by heat, as before


def test_volume_of_electronics(krinner):
    hemt = krinner.electronics[0].model_copy(update={"footprint": 20e-6})
    design = with_stage(
        krinner.model_copy(update={"electronics": (hemt,)}), "4k", volume=1e-3
    )  # 20 ml each in a litre: 50 pieces, two per group
    row = limits(solve(design))["4k", "volume"]
    assert row["used"] == pytest.approx(8 * 20e-6)
    assert row["max_qubits"] == 25 * 8
    empty = with_stage(krinner, "cp", volume=1e-3)
    row = limits(solve(empty))["cp", "volume"]
    assert (row["used"], row["max_qubits"]) == (0, None)
    assert "nothing here grows" in row["reason"]


def test_a_cable_of_the_design_counts_with_its_own_diameter(krinner):
    cable = Cable(
        name="thin", inner="SS304", dielectric="PTFE", outer="SS304",
        inner_diameter="0.2 mm", dielectric_diameter="0.66 mm", outer_diameter="1 mm",
        inner_anchored=True, dielectric_anchored=True, spread=1.5,
    )  # fmt: skip
    load_of = {s.name: 1e-9 for s in krinner.stages}
    drive = krinner.lines[0].model_copy(update={"cable": "thin", "load": load_of})
    design = krinner.model_copy(update={"cables": (cable,), "lines": (drive,)})
    row = limits(solve(with_stage(design, "4k", line_area=1e-4)))["4k", "cross-section"]
    assert row["used"] == pytest.approx(50 * math.pi / 4 * 1e-6)


def test_an_unknown_cross_section_is_said(krinner):
    drive = krinner.lines[0].model_copy(update={"cable": "Delft Cri/oFlex Ag"})
    design = krinner.model_copy(update={"lines": (drive,)})
    row = limits(solve(with_stage(design, "4k", line_area=1e-4)))["4k", "cross-section"]
    assert (row["used"], row["max_qubits"]) == (None, None)
    assert "drive" in row["reason"]


def test_sections_of_catalogue_cables():
    """Coax Co's 219 series is 2.19 mm wide; its SC-086 is 0.86 mm, not 0.086 inch."""
    assert coax("UT-085-NbTi").outer_diameter == 2.19e-3
    assert cable_section("SC-086/50-SCN-CN Bluefors HDW") == pytest.approx(5.81e-7, rel=1e-3)
    # AWG 35 from the gauge's definition: 39 steps from 0000 (0.46 inch) to 36 (5 mil)
    wire = 5 * 25.4e-6 * 92 ** (1 / 39)
    assert cable_section("Cu twisted pair AWG35") == pytest.approx(
        2 * math.pi / 4 * wire**2, rel=1e-3
    )
    assert cable_section("microstrip QIsim") is None
    known = [n for n in cable_names() if n in coax_names() or cable_section(n) is not None]
    assert len(known) == 8


def test_components_share_a_stage_and_the_largest_comes_first(krinner):
    parts = solve(krinner).to_dict()["max_qubits"]["by_component"]
    for rows in parts.values():
        assert math.fsum(row["share"] for row in rows) == pytest.approx(1)
        assert [r["share"] for r in rows] == sorted((r["share"] for r in rows), reverse=True)
        assert all(row["max_qubits"] >= 144 for row in rows)
    # companion code of arXiv:2608.00990: drive 0.288 of the cold plate's 0.980965 at 144
    assert (parts["cp"][0]["item"], parts["cp"][0]["kind"]) == ("drive", "passive")
    assert parts["cp"][0]["share"] == pytest.approx(0.288 / 0.980965, rel=1e-4)
    assert parts["cp"][0]["max_qubits"] == 8 * math.floor(18 / 0.288) == 496
    assert (parts["mxc"][0]["item"], parts["mxc"][0]["kind"]) == ("flux", "bias")


def test_a_million_qubits_against_the_best_known_fridge():
    """Colossus: 9 kW, 200 W, 0.1 W, 3 mW and 10 units of 30 uW (Hollister 2024)."""
    design = load("million-qubit")
    result = solve(design)
    needs = {need["stage"]: need for need in result.to_dict()["needs"]}
    best = {name: need["best_known_W"] for name, need in needs.items()}
    assert best == {"50k": 9000, "4k": 200, "still": 0.1, "cp": 3e-3, "mxc": 300e-6}
    assert {need["best_known"] for need in needs.values()} == {"Fermilab_Colossus"}
    for need, state in zip(needs.values(), result.stages, strict=True):
        assert need["factor"] == pytest.approx(1 - state.margin)
        # 2500 fridges of 400 qubits, 50 groups of 8 each, and nothing shared
        assert need["machine_load_W"] == pytest.approx(2500 * state.load, rel=1e-9)
        assert need["machine_factor"] == pytest.approx(
            2500 * state.load / need["best_known_W"], rel=1e-9
        )
    assert needs["4k"]["factor"] > 1  # its controllers overload their own fridge too
    assert all(need["machine_factor"] > 1 for need in needs.values())


def test_extra_heat_comes_again_with_every_fridge(krinner):
    design = krinner.model_copy(
        update={"machine": krinner.machine.model_copy(update={"total_qubits": 5000})}
    )
    plain, more = (
        {n.stage: n.machine_load for n in solve(design, extra=x).needs} for x in ({}, {"4k": 0.1})
    )
    assert more["4k"] - plain["4k"] == pytest.approx(100 * 0.1)
    assert more["mxc"] == plain["mxc"]


def test_best_known_does_not_trust_memory_or_much_warmer_stages():
    assert best_known("mxc", 20e-3).power == 300e-6
    assert best_known("mxc", 100e-3).power == 450e-6  # Bluefors LD450 at 100 mK
    assert best_known("50k", 35.0).fridge == "Bluefors_KIDE_assumed"  # Colossus' is at 80 K
    assert best_known("nowhere", 1.0) is None
    assert all(entry.source for entry in cooling_powers())


def test_krinners_14_mk_needs_3_uw_more_than_his_loads(krinner):
    """0.0522 W/K^2 takes 8.35 uW at 14 mK, and his lines bring 5.17 uW."""
    extra = explain_temperature(krinner, "mxc", 14e-3)
    assert extra == pytest.approx(19e-6 * (14**2 - 6**2) / (20**2 - 6**2) - 5.17e-6, abs=1e-8)
    assert extra == pytest.approx(3.2e-6, abs=0.05e-6)
    warmer = solve(krinner, extra={"mxc": extra})
    assert warmer.temperatures["mxc"] == pytest.approx(14e-3, rel=1e-9)
    solved = solve(krinner).temperatures["mxc"]
    assert solved == pytest.approx(11.62e-3, abs=0.01e-3)
    assert explain_temperature(krinner, "mxc", solved) == pytest.approx(0, abs=1e-15)
    assert explain_temperature(krinner, "mxc", 10e-3) < 0
    measured = krinner.replace({"measured": {"temperature": {"mxc": "14 mK"}}})
    document = json.loads(json.dumps(solve(measured).to_dict()))
    entries = {stage["name"]: stage["unexplained_load_W"] for stage in document["stages"]}
    assert entries["mxc"] == pytest.approx(extra)
    assert entries["cp"] is None


def test_what_cannot_be_explained_is_refused(krinner):
    with pytest.raises(OutOfRangeError, match="no cooling power"):
        explain_temperature(krinner, "mxc", 5e-3)  # below its base of 6 mK
    with pytest.raises(OutOfRangeError, match="stages are"):
        explain_temperature(krinner, "mcx", 14e-3)
