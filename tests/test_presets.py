"""Every shipped design runs, with every key of the contract; snapshots guard against change."""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qubudget.design import preset_names

SNAPSHOTS = Path(__file__).parent / "snapshots"
Document = Callable[[str], dict[str, Any]]

KEYS = {
    "thermal": "status stages loads binding_stage max_qubits wall_power_W",
    "thermal.stages[]": "name temperature_K load_W capacity_W margin",
    "thermal.loads[]": "stage item kind watts",
    "thermal.max_qubits": "total binding_stage by_stage",
    "coherence": "t1_s t2_s thermal_population channels gate published",
    "coherence.channels[]": "name kind rate_per_s",
    "coherence.gate": "one_qubit_error two_qubit_error readout_error leakage",
    "coherence.published": "t2_star_s fidelity variant",
    "impact": "rate_per_s mean_deposit_eV pair_breaking_efficiency cascade_plateau t1_min_s "
    "recovery_time_s affected_radius_m reference_event published stages timeline",
    "impact.rate_per_s": "total muon gamma",
    "impact.stages[]": "name time_s length_m t1_s",
    "impact.timeline[]": "time_s t1_mean_s t1_min_s x_qp_mean x_qp_max",
    "qec": "distance cycle_time_s background burst logical_errors_per_day "
    "mean_time_to_failure_s machine",
    "qec.background": "logical_error_per_cycle low high",
    "qec.burst": "rate_per_s failure_probability low high",
    "verdict": "feasible binding_constraint constraints",
    "verdict.constraints[]": "name value limit unit margin passed would_pass",
    "provenance": "version design_sha256 seed effort seconds",
}
FIRST_PAPER = {
    "genesis-1999": "STABLE", "transmon-2010": "STABLE", "thermal-wall": "STABLE",
    "sota-2024": "STABLE", "architectural-inversion": "STABLE", "scalable-2026": "STABLE",
    "asymptotic-2030": "STABLE", "entropy-trap": "RUNAWAY",
}  # fmt: skip


def parts(document: dict[str, Any], path: str) -> list[dict[str, Any]]:
    here: list[Any] = [document]
    for key in path.split("."):
        name = key.removesuffix("[]")
        here = [part[name] for part in here]
        if key.endswith("[]"):
            here = [member for members in here for member in members]
    return here


@pytest.mark.parametrize("name", preset_names())
def test_every_key_of_the_contract_exists_and_json_is_plain(name: str, document: Document) -> None:
    report = document(name)
    json.dumps(report, allow_nan=False)
    for path, keys in KEYS.items():
        for part in parts(report, path):
            assert set(keys.split()) <= set(part), path


@pytest.mark.parametrize("name", preset_names())
def test_numbers_agree_among_themselves(name: str, document: Document) -> None:
    report = document(name)
    for stage in report["thermal"]["stages"]:
        watts = [
            load["watts"] for load in report["thermal"]["loads"] if load["stage"] == stage["name"]
        ]
        assert stage["load_W"] == pytest.approx(math.fsum(watts), rel=1e-9, abs=1e-18)
        assert stage["margin"] == pytest.approx(1 - stage["load_W"] / stage["capacity_W"])
    coherence = report["coherence"]
    if coherence["t1_s"] is None:
        assert coherence["reason"]
        assert report["qec"]["logical_errors_per_day"] is None
        assert report["qec"]["reason"]
    else:
        assert coherence["t2_s"] <= 2 * coherence["t1_s"] * (1 + 1e-9)
        relaxation = [c["rate_per_s"] for c in coherence["channels"] if c["kind"] == "relaxation"]
        assert 1 / coherence["t1_modelled_s"] == pytest.approx(math.fsum(relaxation), rel=1e-9)
        background = report["qec"]["background"]
        assert background["low"] <= background["logical_error_per_cycle"] <= background["high"]
    verdict = report["verdict"]
    assert verdict["feasible"] == all(c["passed"] for c in verdict["constraints"])
    assert verdict["binding_constraint"] in {c["name"] for c in verdict["constraints"]}
    for constraint in verdict["constraints"]:
        if constraint["value"] is None:
            assert not constraint["passed"]
            assert constraint["reason"]
        elif constraint["margin"]:
            assert constraint["passed"] == (constraint["margin"] > 0)


@pytest.mark.parametrize(("name", "status"), FIRST_PAPER.items())
def test_only_the_entropy_trap_of_the_first_paper_runs_away(
    name: str, status: str, document: Document
) -> None:
    """Appendix B's column STABILITY."""
    report = document(name)
    assert report["thermal"]["status"] == status
    assert (report["coherence"]["published"]["t2_star_s"] is None) == (status == "RUNAWAY")


def test_krinner_holds_144_qubits_bound_by_the_cold_plate(document: Document) -> None:
    """arXiv:2608.00990's model of Krinner's XLD400."""
    limit = document("krinner-xld400")["thermal"]["max_qubits"]
    assert limit["by_stage"] == {"50k": 216, "4k": 232, "still": 4704, "cp": 144, "mxc": 168}
    assert (limit["total"], limit["binding_stage"]) == (144, "cp")


def test_the_two_inversions_differ_because_warm_niobium_is_full_of_quasiparticles(
    document: Document,
) -> None:
    cold, warm = document("inverted-4k-controllers"), document("inverted-4k-qubits")
    assert cold["verdict"]["feasible"]
    assert not warm["verdict"]["feasible"]
    assert warm["verdict"]["binding_constraint"] == "one_qubit_error"
    largest = max(warm["coherence"]["channels"], key=lambda c: c["rate_per_s"])
    assert largest["name"] == "thermal-quasiparticles"
    assert warm["coherence"]["t1_s"] < 2e-9  # Catelani 2011: 0.4 ns at 4 K, Tc 9.2 K, 5 GHz
    judged = {claim["verdict"] for claim in cold["verdict"]["published_claims"]}
    assert "supports" in judged
    assert "refutes" in {claim["verdict"] for claim in warm["verdict"]["published_claims"]}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, f"{path}.{key}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}[{index}]")
    else:
        yield path, value


def deterministic(report: dict[str, Any]) -> dict[str, Any]:
    """What does not come from Stim, whose samples may differ with the processor's word size."""
    return {key: report[key] for key in ("thermal", "coherence", "impact", "feedback")}


@pytest.mark.parametrize("name", preset_names())
def test_snapshot(name: str, document: Document, request: pytest.FixtureRequest) -> None:
    found = deterministic(document(name))
    path = SNAPSHOTS / f"{name}.json"
    if request.config.getoption("--update-snapshots"):
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    kept = dict(leaves(json.loads(path.read_text("utf-8"))))
    now = dict(leaves(found))
    assert list(now) == list(kept)
    for key, value in now.items():
        if isinstance(value, float):
            assert value == pytest.approx(kept[key], rel=1e-6), key
        else:
            assert value == kept[key], key
