"""The figure of stage temperatures against qubits, and the numbers behind it."""

import math

import pytest

from qubudget import evaluate, load
from qubudget.report.growth_figure import draw_growth


def test_temperatures_rise_with_the_qubits_and_the_limit_is_where_they_cross() -> None:
    """Krinner's machine holds 144 qubits, bound by the cold plate, whose limit is 140 mK."""
    report = evaluate(load("krinner-xld400"), wings=("thermal",))
    growth = report.growth()
    plate = next(stage for stage in growth["stages"] if stage["name"] == "cp")
    assert plate["temperature_K"] == sorted(plate["temperature_K"])
    within = [n for n, t in zip(growth["qubits"], plate["temperature_K"], strict=True)
              if t is not None and t <= plate["max_temperature_K"]]  # fmt: skip
    assert max(within) == 144
    document = report.to_dict()
    document["thermal"]["growth"] = growth
    axes = draw_growth(document)
    assert axes.get_xlabel() == "qubits in the fridge"
    drawn = next(line for line in axes.lines if line.get_label() == "cp")
    assert list(drawn.get_ydata()) == pytest.approx([t / 0.14 for t in plate["temperature_K"]])


def test_a_stage_without_balance_leaves_a_gap() -> None:
    report = evaluate(load("raicu-xld1000sl"), wings=("thermal",))
    growth = report.growth()
    cold = next(stage for stage in growth["stages"] if stage["name"] == "4k")
    lost = [n for n, t in zip(growth["qubits"], cold["temperature_K"], strict=True) if t is None]
    assert min(lost) == 200  # one group above the 192 that the fixed 0.7 W can take
    document = report.to_dict()
    document["thermal"]["growth"] = growth
    line = next(line for line in draw_growth(document).lines if line.get_label() == "4k")
    assert math.isnan(list(line.get_ydata())[-1])


def test_without_temperatures_the_figure_says_so() -> None:
    axes = draw_growth({"thermal": {"growth": {"qubits": [], "stages": []}}})
    assert "no stage has a temperature" in axes.texts[-1].get_text()
