"""The paper "thermal-constraints", recomputed: its table three ways, its claims, its figures.

R. B. Quni-Gudzinas, "The Thermodynamic and Quantum Constraints on Scalable Quantum Computing",
version 2.0 (2025-12-19), doi:10.5281/zenodo.17937531. Its printed table (Appendix B) is not what
its printed code (Appendix C) computes, so each is set beside the print under its own name, and
the physics of a niobium qubit beside both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qubudget.materials.superconductors import superconductor
from qubudget.papers.claims import Number, Reproduction, Row, Table, Verdict
from qubudget.papers.thermal_claims import claims
from qubudget.papers.thermal_model import (
    EPOCHS,
    SCENARIOS,
    Scenario,
    fidelity,
    matches,
    niobium_t1,
    physical_t1,
    t2_star,
    two_level_idle_fidelity,
)
from qubudget.qubit.mandate import mandate
from qubudget.qubit.published import Variant, published_fidelity, published_t2_star
from qubudget.qubit.stressed import StressedQubit

PAPER = "thermal-constraints"


@dataclass(frozen=True, kw_only=True)
class StabilityRow(Row):
    """A row whose values are words, "STABLE" or "RUNAWAY"."""

    printed_word: str
    computed_word: str

    def to_dict(self) -> dict[str, object]:
        """The row with the words as ``printed`` and ``computed``."""
        words = {"printed": self.printed_word, "computed": self.computed_word}
        return {**super().to_dict(), **words}


@dataclass(frozen=True, kw_only=True)
class SideBySideRow(Row):
    """A row whose ``computed`` is the physical model, with both published variants beside it."""

    published_code: Number
    published_table: Number

    def to_dict(self) -> dict[str, object]:
        """The row with the two variants under their own keys."""
        variants = {"published_code": self.published_code, "published_table": self.published_table}
        return {**super().to_dict(), **variants}


def reproduce() -> Reproduction:
    """Every table, claim and figure of the paper, recomputed and judged."""
    return Reproduction(
        paper=PAPER,
        tables=(
            _variant_table("published-code"),
            _variant_table("published-table"),
            _side_by_side(),
            _dual_mandate(),
        ),
        claims=claims(),
        figures=_figures(),
    )


def _variant_table(variant: Variant) -> Table:
    """Appendix B against the printed code (Appendix C), or against the floor inferred from it."""
    rows: list[Row] = []
    for scenario in SCENARIOS:
        rows += [
            _stability(scenario),
            _value(scenario, variant, "t2_star"),
            _value(scenario, variant, "fidelity"),
        ]
    return Table(variant, tuple(rows))


def _stability(scenario: Scenario) -> Row:
    computed = "STABLE" if scenario.stable else "RUNAWAY"
    return StabilityRow(
        name=f"{scenario.name}.stability",
        printed=None,
        computed=None,
        unit="",
        verdict="follows" if computed == scenario.stability else "does-not-follow",
        reason=f"load {scenario.load:g} W, capacity {scenario.capacity:g} W",
        printed_word=scenario.stability,
        computed_word=computed,
    )


def _value(scenario: Scenario, variant: Variant, quantity: str) -> Row:
    printed = scenario.t2_star if quantity == "t2_star" else scenario.fidelity
    unit = "us" if quantity == "t2_star" else "%"
    name = f"{scenario.name}.{quantity}"
    if printed is None:
        return Row(name, None, None, unit, "follows", "N/A after RUNAWAY, in print and in code")
    value = _published(scenario, variant, quantity)
    if variant == "published-code":
        follows = matches(printed, value)
        verdict: Verdict = "follows" if follows else "does-not-follow"
        return Row(name, float(printed), value, unit, verdict, "printed model and constants")
    reason = "inferred: floor 100/s sqrt(tan_delta/1e-9), which the paper does not print"
    decimals = len(printed.partition(".")[2])
    once_more = round(value, decimals + 1)
    if not matches(printed, value) and matches(printed, once_more):
        reason += f"; {value:.6g} reaches {printed} only when rounded twice, through {once_more}"
    verdict = "follows-with-inputs" if matches(printed, once_more) else "does-not-follow"
    return Row(name, float(printed), value, unit, verdict, reason)


def _published(scenario: Scenario, variant: Variant, quantity: str) -> float:
    if quantity == "t2_star":
        return 1e6 * t2_star(scenario.tan_delta, scenario.temperature, variant)
    return 100 * fidelity(scenario.tan_delta, scenario.temperature, variant)


def _side_by_side() -> Table:
    """Print, both variants and the physical bounds: T1, T2* <= 2 T1, fidelity of a 20 ns idle."""
    rows: list[Row] = []
    for scenario in SCENARIOS:
        rows += _physical(scenario)
    return Table("side-by-side", tuple(rows))


def _physical(scenario: Scenario) -> tuple[Row, ...]:
    t1 = physical_t1(scenario.tan_delta, scenario.temperature)
    limits = {"t2_star": 2e6 * t1, "fidelity": 100 * two_level_idle_fidelity(t1, 2 * t1)}
    reasons = {
        "t2_star": "the most that T2 <= 2 T1 allows",
        "fidelity": "the most that T1 allows: 20 ns of idling with T2 = 2 T1",
    }

    def row(quantity: str, unit: str) -> Row:
        name = f"{scenario.name}.{quantity}"
        text = scenario.t2_star if quantity == "t2_star" else scenario.fidelity
        limit = limits[quantity]
        if text is None:
            return SideBySideRow(
                name=name,
                printed=None,
                computed=limit,
                unit=unit,
                verdict="not-computable",
                reason="not printed: RUNAWAY",
                published_code=None,
                published_table=None,
            )
        within = float(text) <= limit or matches(text, limit)
        return SideBySideRow(
            name=name,
            printed=float(text),
            computed=limit,
            unit=unit,
            verdict="follows-with-inputs" if within else "does-not-follow",
            reason=reasons[quantity],
            published_code=_published(scenario, "published-code", quantity),
            published_table=_published(scenario, "published-table", quantity),
        )

    t1_row = SideBySideRow(
        name=f"{scenario.name}.t1",
        printed=None,
        computed=1e6 * t1,
        unit="us",
        verdict="not-computable",
        reason="the paper prints no T1; here unsaturated two-level loss and thermal quasiparticles",
        published_code=None,
        published_table=None,
    )
    return t1_row, row("t2_star", "us"), row("fidelity", "%")


def _dual_mandate() -> Table:
    """Section 5.1's two conditions for 4 K and a million qubits, under both models."""
    judged = mandate(StressedQubit.of_metal("Nb"))
    rows = []
    for found in judged.materials:
        if found.sufficient:
            verdict: Verdict = "follows" if found.necessary else "follows-with-inputs"
            reason = f"sufficient for {judged.fidelity:.1%}; necessary: {found.necessary}"
        else:
            verdict, reason = "does-not-follow", found.loss.reason or "a loss of 1e-7 falls short"
        rows.append(
            Row(f"mandate.{found.model}", 1e-7, found.loss.value, "tan_delta", verdict, reason)
        )
    rows.append(
        Row(
            "mandate.power",
            1.0,
            judged.power_needed * 1e3,
            "mW per qubit",
            "follows" if judged.power_sufficient else "does-not-follow",
            f"1 W / 1 mW = {judged.qubits_in_budget:,.0f} qubits, not a million",
        )
    )
    return Table("dual-mandate", tuple(rows))


def _figures() -> Mapping[str, Mapping[str, Sequence[float]]]:
    return {
        "t2_star_against_temperature": _against_temperature("t2_star"),
        "fidelity_against_temperature": _against_temperature("fidelity"),
        "niobium_t1_against_temperature": _niobium(),
        "stress_sweep": _stress_sweep(),
    }


def _against_temperature(quantity: str) -> Mapping[str, Sequence[float]]:
    temperatures = np.geomspace(0.01, 10.0, 61)
    columns = {"temperature_K": temperatures.tolist()}
    for epoch, loss in EPOCHS.items():
        times = published_t2_star(loss, temperatures)
        if quantity == "t2_star":
            columns[f"{epoch} t2_star_us"] = (1e6 * times).tolist()
        else:
            columns[f"{epoch} fidelity_percent"] = (100 * published_fidelity(times)).tolist()
    return columns


def _niobium() -> Mapping[str, Sequence[float]]:
    # From 0.5 K, below which the frozen-out T1 exceeds any meaning, to just under Tc.
    temperatures = np.geomspace(0.5, 0.99 * superconductor("Nb").critical_temperature, 41).tolist()
    return {
        "temperature_K": temperatures,
        "t1_us": [1e6 * niobium_t1(t, gap_closes=True) for t in temperatures],
    }


def _stress_sweep() -> Mapping[str, Sequence[float]]:
    temperature, loss = (
        grid.ravel()
        for grid in np.meshgrid(np.geomspace(1e-3, 300.0, 12), np.geomspace(1e-10, 1e-3, 8))
    )
    times = published_t2_star(loss, temperature)
    return {
        "temperature_K": temperature.tolist(),
        "tan_delta": loss.tolist(),
        "t2_star_us": (1e6 * times).tolist(),
        "fidelity_percent": (100 * published_fidelity(times)).tolist(),
    }
