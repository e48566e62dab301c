"""``explain`` of whole numbers: steps that the chain notices, slopes only where there are some."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from qubudget import load
from qubudget.design import Design
from qubudget.report.explain_tables import print_explanation
from qubudget.study.explain.explain import explain
from qubudget.study.explain.fields import held
from qubudget.study.explain.trying import changed, counted, tried_values

LATER = {
    "machine.qubits_per_chip", "cryostat.samples", "gates.levels", "chip.bond_count",
    "chip.bump_count", "code.distance", "code.patches_per_chip", "mitigation.outer_chips",
    "mitigation.outer_losses",
}  # fmt: skip
"""Counts of which no number of cryostat, qubit and event rates depends."""


def printed(document: dict[str, Any]) -> str:
    out = io.StringIO()
    print_explanation(document, Console(file=out, width=80))
    return out.getvalue()


def effect(document: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    return next(row for row in document[kind] if row["name"] == name)


def steps(design: Design, key: str) -> tuple[Any, ...] | None:
    found = tried_values(design, held(design, key)[0], 1.02)
    return found.values if found else None


@pytest.fixture(scope="module")
def qubits() -> dict[str, Any]:
    return explain("machine.qubits")


def test_qubits_are_tried_in_whole_groups_and_heat_every_stage(qubits: dict[str, Any]) -> None:
    design = load("krinner-xld400")
    assert steps(design, "machine.qubits") == (40, 64)  # whole groups of 8 around 50
    for stage in ("50k", "4k", "still", "cp", "mxc"):
        heat = effect(qubits, "constraints", f"heat.{stage}")
        low, high = (row["value"] for row in heat["settings"])
        assert low < high
        assert heat["value"] < high
    # Drive and flux lines alone are two per qubit: 64 qubits take 64/50 of their 50 K heat.
    passive = effect(qubits, "results", "thermal.stages.50k.load_W")
    assert passive["settings"][1]["value"] / passive["settings"][0]["value"] == pytest.approx(1.6)
    assert {row["name"] for row in qubits["results"]}.isdisjoint({"thermal.machine.fridges"})


def test_lines_follow_the_qubits_and_the_reader_is_told(qubits: dict[str, Any]) -> None:
    design = load("krinner-xld400")
    assert counted(changed(design, "machine.qubits", 64)) == []
    assert changed(design, "machine.qubits", 64).machine.total_qubits == 64
    assert "lines.drive.count" in counted(design)
    text = " ".join(printed(qubits).split())
    assert "lines.drive.count and 7 more are stated as built" in text
    assert "40 50 (now) 64" in text
    assert "the design as it is (now), and with machine.qubits as the heading says" in text


def test_the_whole_machine_grows_by_a_fridge_and_codes_by_two() -> None:
    design = load("krinner-xld400")
    assert steps(design, "machine.total_qubits") == (100, 150)
    assert steps(design, "code.distance") == (3, 7)
    assert steps(design, "stages.4k.units") == (2, 3)
    found = explain("machine.total_qubits", design)
    fridges = effect(found, "results", "thermal.machine.fridges")
    assert [row["value"] for row in fridges["settings"]] == [2.0, 3.0]


def test_every_count_has_steps_and_none_moves_nothing_but_those_of_later_wings() -> None:
    design = load("krinner-xld400")
    counts = [
        v for v in design.effective() if isinstance(v.value, int) and not isinstance(v.value, bool)
    ]
    assert len(counts) > 25
    assert all(steps(design, v.key) for v in counts)
    one_of_a_kind = ("lines.pump.count", "lines.drive.per_group", "electronics.hemt.count",
                     "stages.mxc.units", "machine.group_size")  # fmt: skip
    for key in one_of_a_kind:
        assert explain(key, design)["results"], key
    assert {v.key for v in counts} >= LATER


def test_a_count_of_a_later_wing_says_so() -> None:
    text = " ".join(printed(explain("code.patches_per_chip")).split())
    assert "it acts later in the chain" in text
    assert "--whole" in text


def test_elasticity_only_where_both_steps_agree() -> None:
    found = explain("stages.4k.units", load("krinner-xld400"))
    # Cooling power is proportional to the units: value over limit falls as 1/n exactly.
    assert effect(found, "constraints", "heat.4k")["elasticity"] == pytest.approx(-1, abs=1e-9)
    power = effect(found, "results", "thermal.wall_power_W")
    values = [power["value"], *(row["value"] for row in power["settings"])]
    assert values == sorted(values)
    assert effect(found, "results", "thermal.stages.4k.temperature_K")["elasticity"] is None


def test_a_whole_number_that_steps_has_no_elasticity() -> None:
    found = explain("stages.mxc.rated_power", load("krinner-xld400"))
    most = effect(found, "results", "thermal.max_qubits.by_stage.mxc")
    assert most["elasticity"] is None
    assert "in steps" in printed(found)


def test_tables_speak_of_fridge_and_qubit_not_of_the_program() -> None:
    found = explain("stages.4k.units", load("million-qubit"))
    text = printed(found)
    assert "cold" not in text
    assert "constraints of cryostat and qubit together" in text
    row = next(line for line in text.splitlines() if line.startswith("all of them hold"))
    assert row.split()[-3:] == ["no", "yes", "yes"]
    assert "Source:" not in text  # a default has none
    assert found["sources"] == []
    assert "✗" in text
    assert effect(found, "constraints", "heat.4k")["settings"][0]["limit"] == pytest.approx(3.0)
    assert max(map(len, text.splitlines())) <= 80
