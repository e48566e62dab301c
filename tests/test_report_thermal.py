"""The cryostat's further tables, the tree of loads and the figure of cables."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from rich.console import Console

from qubudget.report.cable_tables import trade_tables
from qubudget.report.canvas import svg
from qubudget.report.load_tree import load_nodes, load_tree_table, print_load_tree
from qubudget.report.runaway_tables import OVER, runaway_tables
from qubudget.report.table import Table
from qubudget.report.tables import verdict_tables
from qubudget.report.terminal import print_table
from qubudget.report.thermal_tables import thermal_tables
from qubudget.report.trade_figure import draw_trades, shown_piece

SAMPLES = Path(__file__).parent / "report_samples"
TITLES = ("Heat by operation", "Joints", "Runaway of error correction", "Cables: loss against heat")


def cable(name: str, loss: float | None, heat: float | None, *used: str) -> dict[str, Any]:
    return {"cable": name, "loss_dB": loss, "heat_W": heat, "spread": 1.3, "used_by": list(used),
            "reason": None if loss is not None else "no attenuation known"}  # fmt: skip


def piece(warm: str, cold: str, *cables: dict[str, Any], reason: Any = None) -> dict[str, Any]:
    return {"from": warm, "to": cold, "frequency_Hz": 6e9, "cables": list(cables),
            "reason": reason}  # fmt: skip


def sample() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLES / "healthy.json").read_text("utf-8"))
    thermal = data["thermal"]
    names = [stage["name"] for stage in thermal["stages"]]
    thermal["operations"] = [
        {"name": name, "load_W": dict.fromkeys(names, watts)}
        for name, watts in (("idle", 1e-6), ("one-qubit gates", 2e-5), ("cycle", 1.5e-6))
    ]
    thermal["joints"] = [
        {"name": "chip", "stage": "mxc", "line": None, "heat_W": 1e-9, "temperature_K": 0.014,
         "rise_K": 2e-3, "rise_low_K": 1e-3, "rise_high_K": 4e-3, "suspect": True, "reason": None},
        {"name": "clamp", "stage": "4k", "line": "drive", "heat_W": 1e-3, "temperature_K": None,
         "rise_K": None, "rise_low_K": None, "rise_high_K": None, "suspect": False,
         "reason": "4k has no temperature"},
    ]  # fmt: skip
    thermal["runaway"] = {
        "correction_stage": "4k", "energy_J": 5e-8, "qubits": 50, "phase": "bounded",
        "critical_qubits": None, "critical_energy_J": 2e-6, "time_to_runaway_s": None,
        "reason": "no number of qubits is too large", "map": {"accepted_qubits": 3},
        "fixed_points": [{"temperature_K": 4.0, "stable": True},
                         {"temperature_K": 9.0, "stable": False}],
    }  # fmt: skip
    thermal["trades"] = [
        piece("300k", "50k", reason="the design states no stages.50k.length"),
        piece("50k", "4k", cable("thin", 3.8, 3e-4),
              cable("steel one", 2.1, 1.1e-3, "drive", "flux"), cable("pair", None, 2e-3, "bias"),
              cable("steel twin", 2.1, 1.1e-3, "pump"), cable("bad", 2.2, 2.2e-3),
              cable("silver", 0.8, 5e-3)),
        piece("4k", "mxc", cable("NbTi", 0.0, 1e-7, "read-out")),
    ]  # fmt: skip
    return data


def table(data: dict[str, Any], title: str) -> Table | None:
    found = [*thermal_tables(data), *runaway_tables(data), *trade_tables(data)]
    return next((each for each in found if each.title == title), None)


def rows_of(title: str, data: dict[str, Any] | None = None) -> tuple[tuple[str, ...], ...]:
    found = table(data or sample(), title)
    assert found is not None
    return found.rows


def printed(function: Any, *arguments: Any) -> str:
    out = io.StringIO()
    function(*arguments, Console(file=out, width=80))
    return out.getvalue()


def tree(*loads: tuple[str, str, str, float]) -> dict[str, Any]:
    keys = ("stage", "item", "kind", "watts")
    return {"thermal": {"loads": [dict(zip(keys, load, strict=True)) for load in loads]}}


@pytest.mark.parametrize("title", TITLES)
def test_no_key_no_table(title: str) -> None:
    assert table(sample(), title) is not None
    bare: dict[str, Any] = json.loads((SAMPLES / "healthy.json").read_text("utf-8"))
    assert table(bare, title) is None
    assert table({}, title) is None


def test_operations_stand_by_stage_and_name_what_is_too_much() -> None:
    found = table(sample(), "Heat by operation")
    assert found is not None
    heads = [column.name for column in found.columns]
    assert heads == ["stage", "idle", "one-qubit gates", "cycle"]
    assert found.rows[-1] == ("mxc", "1 µW", "20 µW", "1.5 µW")
    assert found.note.endswith("Beyond the rated power: mxc (one-qubit gates).")


def test_suspect_joints_are_marked_and_unknown_ones_say_why() -> None:
    found = table(sample(), "Joints")
    assert found is not None
    assert found.rows == (
        ("chip (!)", "mxc", "–", "1 nW", "2 mK", "1 mK to 4 mK"),
        ("clamp", "4k", "drive", "1 mW", "–", "–"),
    )
    assert found.note.startswith("(!) its source contradicts itself")
    assert "clamp: 4k has no temperature." in found.note


def test_runaway_says_its_phase_and_what_it_does_not_know() -> None:
    found = table(sample(), "Runaway of error correction")
    assert found is not None
    values = {name: value for name, value, _ in found.rows}
    assert values == {
        "stage": "4k",
        "energy of one correction": "50 nJ",
        "phase": "bounded",
        "temperature in balance": "4 K, 9 K (unstable)",
        "most energy in balance": "2 µJ",
    }
    assert all(meaning.endswith(".") for _, _, meaning in found.rows)
    assert found.note == "no number of qubits is too large"
    whole = rows_of("Whole cryostat")
    assert not any(row[0].startswith("runaway") for row in whole)


def test_what_is_over_already_has_no_largest_energy() -> None:
    data = sample()
    data["thermal"]["runaway"] |= {"accepted_energy_J": -3e-7, "accepted_qubits": 259.9}
    data["thermal"]["stages"][1]["max_temperature_K"] = 4.2
    values = {row[0]: row[1] for row in rows_of("Runaway of error correction", data)}
    assert (values["most energy within 4.2 K"], values["most qubits within 4.2 K"]) == (OVER, "260")
    assert "−" not in str(values)


def held() -> dict[str, Any]:
    """The sample with 4k of fixed cooling, still solved, and one machine in a hundred lost."""
    data = sample()
    stages = data["thermal"]["stages"]
    for stage in stages:
        stage["modelled_temperature_K"] = stage["temperature_K"]
    data["thermal"]["intervals"] = {
        "samples": 2000,
        "runaway_probability": 0.0115,
        "stages": [
            {"name": stage["name"], "temperature_low_K": stage["temperature_K"] * share,
             "temperature_high_K": stage["temperature_K"]}
            for stage, share in zip(stages, (0.9, 1.0, 0.9, 0.9, 0.9), strict=True)
        ],
    }  # fmt: skip
    return data


def test_a_temperature_that_no_load_moves_is_called_fixed() -> None:
    data = held()
    found = table(data, "Stages, warm to cold")
    assert found is not None
    assert [row[0] for row in found.rows if row[1].endswith("(fixed)")] == ["4k"]
    assert "(fixed): held whatever the load, not solved." in found.note
    said = "STABLE is said of the best values: in 1.15 % of the drawn machines a stage runs away."
    assert said in found.note
    data["verdict"]["constraints"].append(
        {"name": "temperature.4k", "value": 3.0, "limit": 4.2, "unit": "K", "margin": 0.2,
         "passed": True}
    )  # fmt: skip
    [constraints] = verdict_tables(data)
    assert constraints.rows[-1][1] == "3 K (fixed)"


def test_the_chip_s_temperature_says_what_it_is_made_of() -> None:
    data = sample()
    data["coherence"]["chip_temperature_K"] = 0.05
    data["line_noise"] = {"stages": [{"name": "mxc", "temperature_K": 0.02}]}
    data["verdict"]["constraints"][0]["name"] = "superconducting.film"
    [constraints] = verdict_tables(data)
    assert "the chip at 50 mK, mxc 20 mK + 30 mK of the chip" in constraints.note


def test_cables_in_use_stand_beside_the_best() -> None:
    assert rows_of("Cables: loss against heat") == (
        ("50k to 4k", "steel one, twin", "2.1 dB", "1.1 mW", "drive, flux, pump", ""),
        ("50k to 4k", "pair", "–", "2 mW", "bias", ""),
        ("50k to 4k", "thin", "3.8 dB", "300 µW", "", "best isolated"),
        ("50k to 4k", "silver", "0.8 dB", "5 mW", "", "least lossy"),
        ("4k to mxc", "NbTi", "0 dB", "100 nW", "read-out", "best isolated, least lossy"),
    )
    found = table(sample(), "Cables: loss against heat")
    assert found is not None
    assert "Loss at 6 GHz" in found.note
    assert "300k to 50k: the design states no stages.50k.length." in found.note


@pytest.mark.parametrize("title", TITLES)
def test_tables_fit_eighty_columns(title: str) -> None:
    found = table(sample(), title)
    assert found is not None
    text = printed(print_table, found)
    assert max(map(len, text.splitlines())) <= 80
    assert "None" not in text
    assert "\x1b" not in text


def test_tree_is_largest_first_at_every_level() -> None:
    nodes = load_nodes(sample())
    assert [node.name for node in nodes] == ["50k", "4k", "still", "cp", "mxc"]

    def descends(node: Any) -> bool:
        watts = [branch.watts for branch in node.branches if "others" not in branch.name]
        return watts == sorted(watts, reverse=True) and all(map(descends, node.branches))

    assert all(descends(node) for node in nodes)
    for node in nodes:
        assert sum(branch.watts for branch in node.branches) == pytest.approx(node.watts)
        assert sum(branch.share for branch in node.branches) == pytest.approx(1)
        for item in node.branches:
            if item.branches:
                assert sum(kind.watts for kind in item.branches) == pytest.approx(item.watts)


def test_small_items_are_summed_up_but_one_keeps_its_name() -> None:
    big = ("mxc", "flux", "bias", 1.0)
    small = [("mxc", f"part {i}", "passive", 1e-3 * i) for i in (1, 2, 3)]
    [stage] = load_nodes(tree(big, *small))
    assert [node.name for node in stage.branches] == ["flux: bias", "3 others"]
    assert stage.branches[1].watts == pytest.approx(6e-3)
    [stage] = load_nodes(tree(big, small[0]))
    assert [node.name for node in stage.branches] == ["flux: bias", "part 1: passive"]


def test_kinds_of_an_item_are_its_branches() -> None:
    [stage] = load_nodes(tree(("cp", "flux", "pulse", 1.0), ("cp", "flux", "bias", 3.0)))
    [item] = stage.branches
    assert [(kind.name, kind.share) for kind in item.branches] == [("bias", 0.75), ("pulse", 0.25)]


def test_tree_on_a_terminal() -> None:
    text = printed(print_load_tree, sample())
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80
    lines = text.splitlines()
    assert lines[0] == "Tree of loads, largest first"
    assert lines[1].split()[:5] == ["50k", "12.6", "W", "rated", "30"]
    assert lines[2].split()[1:] == ["drive:", "conduction", "5.67", "W", "45", "%"]


def test_long_names_wrap_in_the_tree() -> None:
    name = "a-part-with-a-name-that-nobody-would-choose-but-somebody-can-choose"
    text = printed(print_load_tree, tree(("mxc", name, "passive (modelled)", 1e-6)))
    assert max(map(len, text.splitlines())) <= 80


def test_a_measured_load_and_the_least_margin_stand_by_the_stage() -> None:
    data = tree(("mxc", "flux", "bias", 5e-6))
    data["thermal"] |= {
        "binding_stage": "mxc",
        "stages": [{"name": "mxc", "load_W": 9e-6, "capacity_W": 1.9e-5}],
    }
    [stage] = load_nodes(data)
    assert stage.remark == "measured 9 µW, rated 19 µW, least margin"


def test_tree_as_a_table() -> None:
    found = load_tree_table(sample())
    assert found is not None
    assert found.rows[0] == ("50k (rated 30 W)", "12.6 W", "100 %")
    assert found.rows[1] == ("\u2003drive: conduction", "5.67 W", "45 %")
    assert ("\u2003\u2003signal", "28 mW", "8 %") in found.rows


def test_no_loads_no_tree() -> None:
    assert load_nodes({}) == ()
    assert load_tree_table({}) is None
    assert printed(print_load_tree, {}) == ""


def test_figure_shows_the_piece_to_4k_and_marks_what_is_used() -> None:
    ax = draw_trades(sample(), Figure().add_subplot())
    assert ax.get_title() == "Cables from 50k to 4k: loss at 6 GHz"
    points: dict[Any, list[Any]] = {line.get_gid(): [] for line in ax.lines}
    for line in ax.lines:
        points[line.get_gid()].append((line.get_xdata()[0], line.get_ydata()[0]))
    # two names of one size are one point; the pair without a loss is none
    assert points == {"used": [(1.1e-3, 2.1)], None: [(3e-4, 3.8), (2.2e-3, 2.2), (5e-3, 0.8)]}
    assert ax.get_xscale() == "log"
    words = " | ".join(text.get_text() for text in ax.texts)
    assert "steel one\n(drive, flux, pump)" in words


def test_without_a_piece_to_4k_the_first_is_shown() -> None:
    data = sample()
    data["thermal"]["trades"] = [p for p in data["thermal"]["trades"] if p["to"] != "4k"]
    found = shown_piece(data)
    assert found is not None
    assert found["to"] == "mxc"


def test_figure_of_nothing_says_why() -> None:
    data = sample()
    data["thermal"]["trades"] = data["thermal"]["trades"][:1]
    assert "no stages.50k.length" in draw_trades(data).texts[-1].get_text()
    assert "both known" in draw_trades({}).texts[-1].get_text()


def test_figure_is_the_same_every_time() -> None:
    assert svg(draw_trades, sample()) == svg(draw_trades, sample())
