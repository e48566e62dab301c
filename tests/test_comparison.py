"""``qubudget compare``: what counts as a difference, and how it is printed."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from qubudget.report.comparison import results
from qubudget.report.comparison_tables import print_comparison
from qubudget.report.sampling import resolved

VERDICT = {"feasible": True, "binding_constraint": "heat.mxc", "constraints": []}


def document(rows: list[dict[str, Any]], names: tuple[str, str] = ("one", "two")) -> dict[str, Any]:
    return {
        "first": {"name": names[0], "verdict": VERDICT},
        "second": {"name": names[1], "verdict": VERDICT},
        "headline": [],
        "inputs": [],
        "results": rows,
    }


def printed(found: dict[str, Any], everything: bool = False) -> str:
    out = io.StringIO()
    print_comparison(found, Console(file=out, width=80), everything)
    return out.getvalue()


def qec(rate: float, spread: float, suppression: float) -> dict[str, Any]:
    return {
        "qec": {
            "background": {
                "lambda": suppression,
                "lambda_low": suppression - 0.15,
                "lambda_high": suppression + 0.15,
            },
            "logical_errors_per_day": rate,
            "low": rate * (1 - spread),
            "high": rate * (1 + spread),
            "mean_time_to_failure_s": 86400 / rate,
            "machine": {"logical_errors_per_day": rate},
        }
    }


def test_sampled_results_whose_intervals_overlap_are_no_effect() -> None:
    # The second's interval, 950 to 1150, holds the first's end of 1050; Lambda 2.34 and 2.56.
    found = results(qec(1000.0, 0.05, 2.34), qec(1050.0, 0.1, 2.56))
    told = {row["key"]: row["resolved"] for row in found}
    assert told["qec.background.lambda"] is False
    assert told["qec.logical_errors_per_day"] is False
    assert told["qec.mean_time_to_failure_s"] is False
    assert told["qec.machine.logical_errors_per_day"] is False
    assert told["qec.high"] is False
    assert "Nothing differs" not in printed(document(found))
    assert "background.lambda" not in printed(document(found))
    everything = printed(document(found), everything=True)
    row = next(line for line in everything.splitlines() if line.startswith("background.lambda "))
    assert row.split() == ["background.lambda", "2.34", "2.56", "not", "resolved"]
    assert "the 95 % intervals of the sampling overlap" in " ".join(everything.split())


def test_sampled_results_apart_keep_their_ratio() -> None:
    found = results(qec(1000.0, 0.05, 2.0), qec(2000.0, 0.05, 2.6))
    told = {row["key"]: (row["resolved"], row["ratio"]) for row in found}
    assert told["qec.background.lambda"] == (True, pytest.approx(1.3))
    assert told["qec.logical_errors_per_day"] == (True, pytest.approx(2))


def test_a_spread_of_devices_is_no_noise_of_sampling() -> None:
    ends = {"coherence.t1_low_s": 4e-5, "coherence.t1_high_s": 9e-5}
    assert resolved("coherence.t1_s", ends, ends) is None
    mean = {"impact.statistics.duration.mean_low_s": 1.0,
            "impact.statistics.duration.mean_high_s": 2.0}  # fmt: skip
    assert resolved("impact.statistics.duration.mean_s", mean, mean) is False
    assert resolved("impact.statistics.duration.mean_low_s", mean, mean) is False


def test_no_ratio_across_zero_or_of_margins() -> None:
    first = {"thermal": {"stages": [{"name": "mxc", "margin": 0.4, "excess_W": -1e-3}]}}
    second = {"thermal": {"stages": [{"name": "mxc", "margin": 0.2, "excess_W": 2e-3}]}}
    assert [row["ratio"] for row in results(first, second)] == [None, None]
    text = printed(document(results(first, second)), everything=True)
    row = next(line for line in text.splitlines() if line.startswith("stages.mxc.margin"))
    assert row.split() == ["stages.mxc.margin", "40", "%", "20", "%", "–"]


def test_rows_equal_as_printed_are_left_out() -> None:
    first = {"coherence": {"t1_s": 1.0800e-4, "t2_s": 9.0e-5}}
    second = {"coherence": {"t1_s": 1.0801e-4, "t2_s": 9.1e-5}}
    for everything in (False, True):
        text = printed(document(results(first, second)), everything)
        assert "t1_s" not in text
        assert "t2_s" in text


def test_a_ratio_near_one_says_on_which_side() -> None:
    text = printed(document(results({"qubit": {"t_s": 72.9}}, {"qubit": {"t_s": 73.1}})))
    assert "1.003 ×" in text


def test_every_power_and_rate_has_its_unit() -> None:
    loads = [
        {"stage": "cp", "item": "pump", "kind": "attenuator", "watts": 4e-6},
        {"stage": "cp", "item": "pump", "kind": "passive", "watts": 1e-6},
    ]
    budget = [{"cause": "radiation 140 keV edge", "per_day": 3.0}]
    first = {"thermal": {"loads": loads}, "qec": {"budget": budget}}
    second = {
        "thermal": {"loads": [loads[0] | {"watts": 8e-6}, loads[1]]},
        "qec": {"budget": [budget[0] | {"per_day": 7.0}]},
    }
    lines = printed(document(results(first, second))).splitlines()
    load = next(line for line in lines if line.startswith("loads.cp.pump.attenuator"))
    assert load.split()[1:] == ["4", "µW", "8", "µW", "2", "×"]
    burst = next(line for line in lines if line.startswith("budget."))
    assert burst.split() == ["budget.radiation", "140", "keV", "edge", "3", "/day", "7", "/day",
                             "2.33", "×"]  # fmt: skip


def test_inputs_and_results_spell_micro_alike_and_long_names_become_letters() -> None:
    names = ("inverted-4k-controllers", "inverted-4k-qubits")
    found = document([], names) | {
        "inputs": [
            {"key": "stages.cp.rated_power", "unit": "W", "first": "200 uW", "second": "1 mW",
             "ratio": 5.0},
        ],
        "headline": [
            {"key": "verdict.binding_constraint", "unit": "1", "first": "heat.mxc",
             "second": "logical_errors_per_day", "ratio": None, "resolved": None},
            {"key": "thermal.max_qubits.total", "unit": "qubits", "first": 144, "second": 120,
             "ratio": 120 / 144, "resolved": None},
        ],
    }  # fmt: skip
    text = printed(found)
    assert "200 µW" in text
    assert "uW" not in text
    assert f"A is {names[0]} and B is {names[1]}" in text
    assert "Binding constraint: heat.mxc of A, logical_errors_per_day of B." in text
    assert any(line.startswith("most qubits per fridge ") for line in text.splitlines())
    assert max(map(len, text.splitlines())) <= 80
