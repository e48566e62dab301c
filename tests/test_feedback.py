"""The heat of correcting as a feedback of a whole design, and its figure."""

from __future__ import annotations

import copy
import json
import math
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from matplotlib.figure import Figure

from qubudget.cryostat.threshold import correction_heats
from qubudget.design import load
from qubudget.feedback import Runaway, correction_events, phase_map
from qubudget.papers.thermal_claims_control import control_claims
from qubudget.pipeline import Chain, correction_power
from qubudget.report.phase_figure import draw_phase

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHAIN = Chain("quick", 1)


@cache
def found(name: str, energy: str = "", stage: str = "") -> Runaway:
    changes: dict[str, Any] = {}
    if energy:
        changes["workload.correction_energy"] = energy
    if stage:
        changes["workload.correction_stage"] = stage
    design = load(name).replace(changes)
    thermal, coherence, _ = CHAIN.cold(design)
    return phase_map(design, thermal, coherence)


def axes() -> Axes:
    return Figure().add_subplot()


def words(ax: Axes) -> str:
    legend = ax.get_legend()
    entries = [] if legend is None else [text.get_text() for text in legend.get_texts()]
    return " | ".join([*entries, *(text.get_text() for text in ax.texts)])


@pytest.mark.parametrize("name", ["willow-like", "million-qubit", "inverted-4k-qubits"])
def test_events_are_those_that_the_chain_heats_with(name: str) -> None:
    design = load(name).replace({"workload.correction_energy": "1 pJ"})
    _, coherence, _ = CHAIN.cold(design)
    groups = math.ceil(design.machine.qubits / design.machine.group_size)
    events = correction_events(design, coherence)
    assert events is not None
    power = 1e-12 * groups * events / design.workload.cycle_time
    assert correction_power(design, coherence) == pytest.approx(power, rel=1e-12)


def test_measured_errors_count_as_printed() -> None:
    """Willow's published errors times the preset's operations of a cycle."""
    design = load("willow-like")
    _, coherence, _ = CHAIN.cold(design)
    work = design.workload
    by_hand = work.one_qubit_gates * 4.1e-4 + work.two_qubit_gates * 2.24e-3 + work.readouts * 8e-3
    assert correction_events(design, coherence) == pytest.approx(by_hand)


def test_measured_errors_scale_the_modelled_ones() -> None:
    """The heat that 105 qubits may bring is given: twice the errors, half the energy for each."""
    errors = {"one_qubit_error": 4.1e-4, "two_qubit_error": 2.24e-3, "readout_error": 8e-3}
    twice = {f"measured.{name}": 2 * error for name, error in errors.items()}
    energies = []
    for changes in ({}, twice):
        design = load("willow-like").replace(changes)
        thermal, coherence, _ = CHAIN.cold(design)
        energies.append(phase_map(design, thermal, coherence).critical_energy)
    assert energies[0] is not None
    assert energies[1] == pytest.approx(energies[0] / 2, rel=1e-6)


def test_a_lost_machine_has_no_events() -> None:
    design = load("entropy-trap")
    _, coherence, _ = CHAIN.cold(design)
    assert correction_events(design, coherence) is None


@pytest.mark.parametrize("name", ["inverted-4k-controllers", "million-qubit"])
def test_the_cold_fixed_point_is_the_chains_own(name: str) -> None:
    """Whole groups and no stated counts: two ways to one balance, heat of correcting included.

    The chain rounds nothing here; the table of p(T) has a point at the solved temperature.
    """
    design = load(name)
    thermal, coherence, _ = CHAIN.cold(design)
    result = phase_map(design, thermal, coherence)
    assert result.phase == "bounded"
    (point,) = result.fixed_points
    assert point.stable
    assert point.temperature == pytest.approx(thermal.stage("4k").temperature, rel=1e-6)


def test_at_4_kelvin_the_qubit_hardly_follows() -> None:
    """Corrections at 4K raise the errors through line noise only: no feedback wins."""
    result = found("krinner-xld400", "2.2 nJ")
    assert result.limited_by == "range"
    assert result.end == "temperature of 50k"
    assert result.bistable is None
    assert result.phase == "bounded"
    assert result.critical_qubits is not None
    assert result.extrapolated  # 1.5 W at 4.2 K, asked at 37 K
    # Within 4.2 K Krinner's 4K stage takes 232 qubits in whole groups (arXiv:2608.00990), with
    # nothing to correct.
    free = found("krinner-xld400")
    assert free.accepted_qubits is not None
    assert 232 <= free.accepted_qubits < 240


def test_at_the_mixing_chamber_errors_feed_back() -> None:
    bounded = found("krinner-xld400", "0.1 nJ", "mxc")
    assert bounded.limited_by == "feedback"
    assert bounded.critical_temperature is not None
    assert 0.05 < bounded.critical_temperature < 0.08
    assert bounded.phase == "bounded"
    lost = found("krinner-xld400", "2.2 nJ", "mxc")
    assert lost.phase == "unbounded"
    assert lost.fixed_points == ()
    assert lost.time_to_runaway is not None
    assert 1e-3 < lost.time_to_runaway < 10
    # The energy at which 50 qubits are just carried does not depend on the energy spent.
    assert lost.critical_energy == pytest.approx(bounded.critical_energy, rel=1e-6)
    assert bounded.critical_qubits is not None
    assert lost.critical_qubits is not None
    assert lost.critical_qubits < 50 < bounded.critical_qubits
    assert lost.bistable is not None
    assert lost.bistable[0] < lost.bistable[1] <= lost.critical_qubits * (1 + 1e-9)


def test_just_below_the_boundary_the_start_decides() -> None:
    critical = found("krinner-xld400", "0.1 nJ", "mxc").critical_energy
    assert critical is not None
    near = found("krinner-xld400", f"{0.95 * critical} J", "mxc")
    assert near.phase == "bistable"
    assert [point.stable for point in near.fixed_points] == [True, False]
    beyond = found("krinner-xld400", f"{1.05 * critical} J", "mxc")
    assert beyond.phase == "unbounded"
    slow, fast = beyond.time_to_runaway, found("krinner-xld400", "2.2 nJ", "mxc").time_to_runaway
    assert slow is not None
    assert fast is not None
    assert slow > fast


def test_a_normal_film_ends_the_range() -> None:
    result = found("inverted-4k-qubits")
    assert result.hottest == pytest.approx(9.2, rel=1e-3)  # niobium's transition
    assert result.end is not None
    assert "normal" in result.end


@pytest.mark.parametrize(
    ("name", "why"),
    [("entropy-trap", "capacity"), ("thermal-wall", "capacity"), ("uts-fridge", "response")],
)
def test_cooling_without_a_balance_says_so(name: str, why: str) -> None:
    document = found(name).to_dict()
    assert why in document["reason"]
    for key in ("phase", "critical_qubits", "critical_energy_J", "map", "hysteresis"):
        assert document[key] is None
    assert document["fixed_points"] == []


def test_a_runaway_elsewhere_has_no_errors_to_correct() -> None:
    """1 mW on the mixing chamber: lost at any temperature of the 4K stage."""
    design = load("krinner-xld400").replace(
        {"loads": [{"name": "heater", "stage": "mxc", "power": "1 mW"}]}
    )
    thermal, coherence, _ = CHAIN.cold(design)
    assert thermal.status == "RUNAWAY"
    result = phase_map(design, thermal, coherence)
    assert result.phase is None
    assert result.reason is not None
    assert "mxc" in result.reason


def test_an_overloaded_correction_stage_runs_away_without_correction() -> None:
    design = load("krinner-xld400").replace(
        {"loads": [{"name": "heater", "stage": "4k", "power": "50 W"}]}
    )
    thermal, coherence, _ = CHAIN.cold(design)
    result = phase_map(design, thermal, coherence)
    assert thermal.status == "RUNAWAY"
    assert result.phase == "unbounded"
    assert result.critical_energy is not None
    assert result.critical_energy < 0
    # 1 kg of copper from 2.85 to 37 K, 0.5 kJ at most, against 50 W less 38 W and more.
    assert result.time_to_runaway is not None
    assert 1 < result.time_to_runaway < 100


@pytest.mark.parametrize("name", ["krinner-xld400", "willow-like"])
def test_the_map_is_consistent_and_quick(name: str) -> None:
    design = load(name)
    thermal, coherence, _ = CHAIN.cold(design)
    started = time.process_time()
    document = phase_map(design, thermal, coherence).to_dict()
    assert time.process_time() - started < 3
    json.dumps(document, allow_nan=False)
    diagram = document["map"]
    for column, most in enumerate(diagram["boundary_qubits"]):
        for row, count in enumerate(diagram["qubits"]):
            assert (diagram["phase"][row][column] == "unbounded") == (count > most)
    assert diagram["boundary_qubits"] == sorted(diagram["boundary_qubits"], reverse=True)
    for within, most in zip(diagram["accepted_qubits"], diagram["boundary_qubits"], strict=True):
        assert within < most


def test_the_figure_shows_phases_heats_and_the_design() -> None:
    document = found("krinner-xld400", "0.1 nJ", "mxc").to_dict()
    data = {"name": "krinner-xld400", "thermal": {"runaway": document}}
    before = copy.deepcopy(data)
    ax = axes()
    assert draw_phase(data, ax) is ax
    assert data == before
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert "(J)" in ax.get_ylabel()
    said = words(ax)
    for part in ("bounded", "bistable", "unbounded", "balance of mxc", "this design"):
        assert part in said
    for heat in correction_heats():
        assert heat.name in said
    star = next(line for line in ax.lines if str(line.get_label()).startswith("this design"))
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (50, 1e-10)


def test_a_design_that_spends_nothing_stands_at_the_lower_edge() -> None:
    ax = draw_phase({"thermal": {"runaway": found("krinner-xld400").to_dict()}}, axes())
    star = next(line for line in ax.lines if str(line.get_label()).startswith("this design"))
    assert star.get_ydata()[0] == pytest.approx(ax.get_ylim()[0])
    assert "0 J" in words(ax)
    assert "bistable" not in words(ax)


@pytest.mark.parametrize("data", [{}, {"thermal": {"runaway": None}}])
def test_the_figure_draws_without_data(data: dict[str, Any]) -> None:
    assert "no phases" in words(draw_phase(data, axes()))


def test_the_figure_says_why_there_is_nothing() -> None:
    data = {"thermal": {"runaway": found("entropy-trap").to_dict()}}
    assert "is a capacity" in words(draw_phase(data)).replace("\n", " ")


def test_the_papers_claims_are_judged_with_stated_inputs() -> None:
    claims = {claim.id: claim for claim in control_claims()}
    number, phase = claims["threshold.qubits"], claims["threshold.unbounded_phase"]
    # 50 uW over 18 nW per cell (Pauka 2021) in every cycle: the claim's number, as a capacity.
    assert number.computed == pytest.approx(50e-6 / 18e-9)
    assert number.verdict == "follows-with-inputs"
    assert phase.verdict == "does-not-follow"
    for claim in (number, phase):
        assert "2411.12805" in claim.reason
        assert "p(T)" in claim.reason
    assert "457" in number.reason  # Krinner's wiring alone
