"""The terminal report: fits 80 columns, says the verdict first, and has no colour when piped."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from qubudget.report.comparison_tables import print_comparison
from qubudget.report.key_text import wrapped
from qubudget.report.summary import tiles, verdict_words
from qubudget.report.terminal import print_report, print_reproduction, print_wing

SAMPLES = Path(__file__).parent / "report_samples"

REPRODUCTION = {
    "paper": "thermal-constraints",
    "tables": [
        {
            "name": "scenarios",
            "rows": [
                {"name": "MODEL_03.t2_star", "printed": None, "computed": 9.4e-5, "unit": "s",
                 "verdict": "not-computable"},
                {"name": "MODEL_08.load_4k", "printed": 2.0, "computed": 2.1, "unit": "W",
                 "verdict": "does-not-follow"},
            ],
        }
    ],
    "claims": [
        {"id": "cascade.plateau", "statement": "The plateau is 0.57", "printed": 0.57,
         "computed": 0.5904, "unit": "1", "verdict": "does-not-follow", "reason": "0.59039"},
        {"id": "landauer", "statement": "Femtowatts", "printed": [1e-15, 2e-15],
         "computed": 9.6e-18, "unit": "W", "verdict": "unit-error", "reason": "attowatts"},
        {"id": "trap", "statement": "[red]0.52 um[/red]", "printed": 5.2e-7, "computed": 5.2e-4,
         "unit": "m", "verdict": "unit-error", "reason": "it is 0.52 mm"},
    ],
}  # fmt: skip


def sample(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return data


def printed(function: Any, *arguments: Any, width: int = 80) -> str:
    out = io.StringIO()
    function(*arguments, Console(file=out, width=width))
    return out.getvalue()


@pytest.mark.parametrize("name", ["healthy", "runaway"])
@pytest.mark.parametrize("width", [80, 100])
def test_no_line_is_too_long_and_nothing_is_coloured(name: str, width: int) -> None:
    text = printed(print_report, sample(name), width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "\x1b" not in text
    assert "…" not in text
    assert "None" not in text


def test_the_verdict_comes_first() -> None:
    lines = printed(print_report, sample("healthy")).splitlines()
    assert lines[0] == "krinner-xld400: Not feasible: 2 of 5 constraints fail."
    assert lines[1].startswith("The binding constraint is logical_errors_per_day")


def test_stages_and_changes_are_there() -> None:
    text = printed(print_report, sample("healthy"))
    mxc = next(line for line in text.splitlines() if line.startswith("mxc "))
    assert mxc.split() == [
        "mxc", "14", "mK", "(measured)", "9.3", "µW", "19", "µW", "51.1", "%", "168",
    ]  # fmt: skip
    assert "two_qubit_fidelity: gates.two_qubit_time = 22 ns" in text


def test_a_runaway_says_why() -> None:
    text = " ".join(printed(print_report, sample("runaway")).split())
    assert "coherence: RUNAWAY: the load at mxc exceeds its capacity" in text
    assert "What would pass: machine.qubits = 684." in text


def test_a_colour_terminal_gets_colour() -> None:
    out = io.StringIO()
    print_report(sample("healthy"), Console(file=out, width=80, force_terminal=True))
    assert "\x1b[" in out.getvalue()


def test_names_are_no_markup() -> None:
    data = sample("healthy")
    data["name"] = "[bold]x[/bold] [/nothing]"
    assert "[bold]x[/bold] [/nothing]: Not feasible" in printed(print_report, data)


@pytest.mark.parametrize("wing", ["thermal", "coherence", "impact", "qec"])
@pytest.mark.parametrize("name", ["healthy", "runaway"])
def test_each_wing_alone(wing: str, name: str) -> None:
    data = {k: v for k, v in sample(name).items() if k in {wing, "name", "provenance"}}
    text = printed(print_wing, data, wing)
    assert text.startswith(data["name"])
    assert max(map(len, text.splitlines())) <= 80
    assert len(text.splitlines()) > 8


def test_reproduction_counts_verdicts() -> None:
    text = printed(print_reproduction, REPRODUCTION)
    assert max(map(len, text.splitlines())) <= 80
    assert "3 claims: 2 unit-error, 1 does-not-follow" in text
    assert "[red]0.52 um[/red]" in text
    row = next(line for line in text.splitlines() if line.startswith("MODEL_03"))
    assert row.split() == ["MODEL_03.t2_star", "–", "94", "µs", "not-computable"]
    assert "1 fW, 2 fW" in text


def comparison() -> dict[str, Any]:
    good = {"feasible": True, "binding_constraint": None, "constraints": []}
    errors = {"key": "qec.logical_errors_per_day", "unit": "/day", "first": 3.0, "second": None,
              "ratio": None}  # fmt: skip
    return {
        "first": {"name": "krinner-xld400", "verdict": sample("healthy")["verdict"]},
        "second": {"name": "better", "verdict": good},
        "headline": [errors],
        "inputs": [
            {"key": "chip.pitch", "unit": "m", "first": "1 mm", "second": "2 mm",
             "first_origin": "default", "second_origin": "set", "ratio": 2.0},
            {"key": "chip.film", "unit": None, "first": "Nb", "second": None, "ratio": None},
        ],
        "results": [
            {"key": "coherence.t2_s", "unit": "s", "first": 9e-5, "second": 9.9e-5, "ratio": 1.1},
            {"key": "coherence.t1_s", "unit": "s", "first": 7.5e-5, "second": 1.5e-4, "ratio": 2.0},
            {"key": "coherence.t1_low_s", "unit": "s", "first": 7e-5, "second": 1.4e-3,
             "ratio": 20.0},
            errors,
            {"key": "verdict.feasible", "unit": "1", "first": False, "second": True,
             "ratio": None},
        ],
    }  # fmt: skip


def test_comparison_shows_verdicts_headlines_inputs_and_results() -> None:
    text = printed(print_comparison, comparison())
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "krinner-xld400: Not feasible: 2 of 5 constraints fail."
    assert lines[1] == "better: Feasible: all 0 constraints hold."
    assert lines[3] == "Headlines"
    found = {tuple(line.split()) for line in lines}
    assert ("chip.pitch", "1", "mm", "(default)", "2", "mm", "(set)", "2", "×") in found
    assert "1 only in krinner-xld400: --all lists them" in text
    assert ("logical", "errors", "3", "/day", "–", "–") in found
    assert lines.index("Qubit: results that differ") + 3 == next(
        i for i, line in enumerate(lines) if line.startswith("t1_s")
    )  # the largest change first, ends of intervals left out
    assert "t1_low_s" not in text


def test_comparison_of_everything_leaves_nothing_out() -> None:
    text = printed(lambda data, console: print_comparison(data, console, True), comparison())
    assert "t1_low_s" in text
    assert "chip.film" in text
    assert "logical_errors_per_day" in text


def test_equal_reports_do_not_differ() -> None:
    document = comparison() | {"inputs": [], "results": [], "headline": []}
    assert "Nothing differs." in printed(print_comparison, document)


def test_a_feasible_design_names_its_tightest_constraint() -> None:
    data = sample("healthy")
    data["verdict"] = {
        "feasible": True,
        "binding_constraint": "heat.mxc",
        "constraints": [data["verdict"]["constraints"][0]],
    }
    words = verdict_words(data)
    assert words.feasible is True
    assert words.headline == "Feasible: all 1 constraints hold."
    assert words.details == (
        "The tightest constraint is heat.mxc: 9.3 µW against a limit of 19 µW (margin 51.1 %).",
    )


def test_no_number_is_parted_from_its_unit() -> None:
    data = sample("healthy")
    binding = next(
        c for c in data["verdict"]["constraints"] if c["name"] == "logical_errors_per_day"
    )
    binding |= {"value": 2.0, "margin": -1.0}
    for width in range(60, 101):
        text = printed(print_report, data, width=width)
        assert not any(line.startswith("%") for line in text.splitlines()), width


def test_published_claims_are_read_as_sentences() -> None:
    data = sample("healthy")
    reason = "2.31 W of 1.5 W at 4k with 2 mW per controller; the fridge holds 256 qubits"
    claim = {"claim": "Controllers can move to 4 K", "verdict": "refutes", "reason": reason}
    data["verdict"]["published_claims"] = [claim]
    lines = printed(print_report, data).splitlines()
    at = lines.index("Published claims")
    assert lines[at + 1] == claim["claim"]
    assert lines[at + 2].startswith("  refutes: 2.31 W of 1.5 W at 4k with 2 mW per controller;")
    assert all(line.startswith("  ") for line in lines[at + 2 : at + 4])


@pytest.mark.parametrize("width", [18, 24, 80])
def test_lines_keep_all_words(width: int) -> None:
    text = "the load of 2.31 W (margin −53.9 %) is 1.45×10⁸ /day; in 1.15 % of them"
    lines = wrapped(text, width, "  ")
    assert " ".join(line.strip() for line in lines) == text
    assert max(map(len, lines)) <= width


def test_tiles_name_what_their_numbers_are() -> None:
    data = sample("healthy")
    found = {tile.label: tile.remark for tile in tiles(data)}
    assert found["T1"] == "energy relaxation (measured)"
    assert "worst qubit's T1" in found["Radiation"]
    assert "mean excess of 1/T1 falls to 1/e in" in found["Radiation"]
    data["thermal"]["intervals"] = {"runaway_probability": 0.0115}
    status = {tile.label: tile.remark for tile in tiles(data)}["Thermal status"]
    assert status.endswith("within the spreads 1.15 % run away")
    data["qec"]["mean_time_to_failure_s"] = 1.43e69
    last = tiles(data)[-1]
    assert last.value == "never"
    assert last.remark.endswith("beyond the age of the universe")
