"""Sobol indices and Morris effects against closed forms; which load moves a real stage."""

import math

import numpy as np
import pytest

from qubudget.cryostat.loads import heat_sources
from qubudget.design import load
from qubudget.errors import OutOfRangeError
from qubudget.study.spreads.inputs import uncertain_inputs
from qubudget.study.spreads.outcomes import outcomes
from qubudget.study.spreads.sensitivity import morris_effects, morris_shares, sobol_indices


def ishigami(shares):
    """T. Ishigami and T. Homma (1990), a = 7, b = 0.1, inputs uniform from -pi to pi."""
    x = math.pi * (2 * shares - 1)
    first, second, third = np.sin(x[:, 0]), np.sin(x[:, 1]), x[:, 2]
    return {"y": first + 7 * second**2 + 0.1 * third**4 * first}


def test_ishigami_against_its_analytic_indices():
    # V1 = (1 + b pi^4/5)^2/2, V2 = a^2/8, V13 = 8 b^2 pi^8/225 (A. Saltelli et al. 2008).
    a, b = 7.0, 0.1
    one, two = (1 + b * math.pi**4 / 5) ** 2 / 2, a**2 / 8
    both = 8 * b**2 * math.pi**8 / 225
    whole = one + two + both
    found = sobol_indices(ishigami, ["x1", "x2", "x3"], samples=4096, seed=1)
    rows = {index.input: index for index in found.indices}
    first = {"x1": one / whole, "x2": two / whole, "x3": 0.0}
    total = {"x1": (one + both) / whole, "x2": two / whole, "x3": both / whole}
    for name, row in rows.items():
        assert row.first == pytest.approx(first[name], abs=0.015)
        assert row.total == pytest.approx(total[name], abs=0.015)
        # Their 95 % hold the truth (three times the half-width: false alarm below 1e-8).
        assert abs(row.first - first[name]) < 3 * row.first_error
        assert abs(row.total - total[name]) < 3 * row.total_error
    assert found.points == 4096 * 5
    assert found.measure_next() == {"y": "x1"}
    assert [row.input for row in found.of("y")] == ["x1", "x2", "x3"]


def test_additive_model_has_no_interactions():
    slopes = np.array([3.0, 2.0, 1.0, 0.0])
    found = sobol_indices(
        lambda u: {"y": u @ slopes, "flat": np.ones(len(u)), "gone": np.full(len(u), np.nan)},
        list("abcd"), samples=1024, seed=3,
    )  # fmt: skip
    shares = slopes**2 / np.sum(slopes**2)
    for row, share in zip(found.of("y"), shares, strict=True):
        assert row.first == pytest.approx(share, abs=0.02)
        assert row.total == pytest.approx(share, abs=0.02)
    assert found.skipped["flat"] == "no input moves it"
    assert found.skipped["gone"].startswith("no value for 6144 of 6144")
    assert {index.output for index in found.indices} == {"y"}


def test_same_seed_same_indices_and_one_input():
    def linear(u):
        return {"y": 2 * u[:, 0]}

    first, again = (sobol_indices(linear, ["a"], samples=64, seed=5) for _ in range(2))
    assert first == again
    assert first.indices[0].total == pytest.approx(1.0, abs=0.05)


def test_morris_of_a_linear_and_of_a_bent_model():
    names = ["a", "b", "c"]
    shares = morris_shares(names, trajectories=4, seed=2)
    assert shares.shape == (16, 3)
    assert shares.min() == pytest.approx(0.025)
    assert shares.max() == pytest.approx(0.975)
    linear = morris_effects("y", names, shares, 3 * shares[:, 0] - shares[:, 1], seed=2)
    # The effect is the change over the whole 95 %, so 0.95 times the slope; exact for a line.
    assert [row.input for row in linear] == ["a", "b", "c"]
    assert [row.mu_star for row in linear] == pytest.approx([2.85, 0.95, 0.0])
    assert [row.sigma for row in linear] == pytest.approx([0, 0, 0], abs=1e-9)
    bent = morris_effects("y", names, shares, shares[:, 0] * shares[:, 1], seed=2)
    assert {row.input for row in bent if row.sigma > 0.01} == {"a", "b"}


def test_bad_input():
    with pytest.raises(OutOfRangeError, match="no input"):
        sobol_indices(ishigami, [], samples=64, seed=1)
    with pytest.raises(OutOfRangeError, match="power of two"):
        sobol_indices(ishigami, ["a"], samples=100, seed=1)
    with pytest.raises(OutOfRangeError, match="two paths"):
        morris_shares(["a"], trajectories=1, seed=1)
    with pytest.raises(OutOfRangeError, match="no value"):
        morris_effects("y", ["a"], np.full((4, 1), 0.5), np.array([1, np.nan, 1, 1]), seed=1)


def test_a_linear_stage_divides_its_variance_as_its_loads_do():
    # T = T_base + load (T_rated - T_base)/P_rated with independent log-normal loads: the variance
    # of each is (W s)^2, s^2 = e^(v)(e^v - 1), v = (ln 2/1.96)^2 for a 95 % factor of 2.
    design = load("krinner-xld400")
    inputs = uncertain_inputs(design)
    names = [one.name for one in inputs.uncertain]
    key = "thermal.stages.50k.temperature_K"
    found = sobol_indices(
        lambda shares: {key: outcomes(inputs, shares)[key]}, names, samples=1024, seed=1
    )
    watts = {}
    for source in heat_sources(design):
        if source.stage == "50k" and source.kind == "passive":
            width = 4.0 if "twisted" in cable(design, source.item) else 2.0
            share = f"heat of {cable(design, source.item)} at 50k"
            heat = watts.setdefault(share, [0.0, width])
            heat[0] += source.watts_each * source.pieces(7, as_built=True)
    variance = {}
    for name, (heat, width) in watts.items():
        v = (math.log(width) / 1.959964) ** 2
        variance[name] = heat**2 * math.exp(v) * (math.exp(v) - 1)
    whole = sum(variance.values())
    rows = {row.input: row for row in found.indices}
    for name, value in variance.items():
        assert rows[name].total == pytest.approx(value / whole, abs=0.03), name
        assert rows[name].first == pytest.approx(value / whole, abs=0.06), name
    others = [row.total for name, row in rows.items() if name not in variance]
    assert max(others) < 1e-9


def cable(design, item):
    line = next(line for line in design.lines if line.name == item)
    return line.cable if isinstance(line.cable, str) else line.cable["50k"]
