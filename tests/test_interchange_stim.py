"""Exported circuits are those that the chain sampled, and sinter takes the counts for its own."""

from __future__ import annotations

import json
import re
import subprocess
import sysconfig
from dataclasses import replace
from math import sqrt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pymatching
import pytest
import sinter
import stim

from qubudget.design import Design, load
from qubudget.errors import DesignError
from qubudget.interchange import experiments
from qubudget.interchange.naming import metadata
from qubudget.interchange.read_me import METADATA
from qubudget.interchange.stim_files import counted, exact_text, export_qec, read_counts
from qubudget.pipeline import Chain, Report, evaluate
from qubudget.qec import background
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.history import BurstHistory
from qubudget.qec.sampling import Counts, per_round

PLAN = background.Plan((3, 5), 20_000, 20_000, 0.003)


def hit() -> BurstHistory:
    """T1 of 1 us within 2 mm of the chip's centre, which recovers in 20 us."""
    axis = np.linspace(-5e-3, 5e-3, 21)
    times = np.array([0.0, 1e-6, 20e-6, 100e-6, 200e-6])
    fall = np.exp(-times / 20e-6)[:, None, None] * 1e6
    excess = fall * (np.hypot(axis[:, None], axis) < 2e-3)
    return BurstHistory("hit", 0.01, 1e-14, axis, axis, times, excess, 0 * excess)


def computed(
    design: Design, monkeypatch: pytest.MonkeyPatch, *bursts: BurstHistory, seed: int = 1
) -> Report:
    """A report whose error correction took few shots, with these bursts."""
    monkeypatch.setitem(background.PLANS, "quick", PLAN)  # type: ignore[misc]
    background._simulate.cache_clear()
    cold = evaluate(design, wings=("thermal", "coherence"), seed=seed)
    impact: Any = SimpleNamespace(bursts=bursts)
    assert cold.coherence is not None
    qec = Chain("quick", seed).errors(design, cold.coherence, impact)
    background._simulate.cache_clear()
    return replace(cold, impact=impact, qec=qec)


@pytest.fixture(scope="module")
def sampled() -> Any:
    """The circuits that the chain sampled in quiet times, and its report."""
    seen: list[stim.Circuit] = []

    def recorded(*args: Any, **options: Any) -> stim.Circuit:
        seen.append(memory_circuit(*args, **options))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "memory_circuit", recorded)
        report = computed(load("krinner-xld400"), patch, hit())
    return seen, report


@pytest.fixture(scope="module")
def folder(sampled: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stim")
    export_qec(sampled[1], path)
    return path


def runs(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "circuits.json").read_text())["experiments"]
    return found


def test_circuits_are_those_that_the_chain_sampled(sampled: Any, folder: Path) -> None:
    seen, report = sampled
    quiet = [run for run in runs(folder) if run["shots"]]
    assert [(r["distance"], r["basis"]) for r in quiet] == [
        (3, "X"), (3, "Z"), (5, "X"), (5, "Z")
    ]  # fmt: skip
    for run in quiet:
        circuit = stim.Circuit.from_file(folder / run["circuit"])
        assert circuit in seen  # equal to the last digit
        model = stim.DetectorErrorModel.from_file(folder / run["detector_error_model"])
        exact = circuit.detector_error_model(
            decompose_errors=True, approximate_disjoint_errors=True
        )
        assert model == exact
    assert experiments.quiet_noise(report) == report.qec.study.site.noise


def test_correlated_matching_gets_its_circuits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[stim.Circuit] = []

    def recorded(*args: Any, **options: Any) -> stim.Circuit:
        seen.append(memory_circuit(*args, **options))
        return seen[-1]

    monkeypatch.setattr(background, "memory_circuit", recorded)
    design = load("krinner-xld400").replace({"code.matching": "correlated", "code.distance": 3})
    report = computed(design, monkeypatch)
    export_qec(report, tmp_path)
    assert {each.decoder for each in counted(report)} == {"pymatching-correlated"}
    for run in runs(tmp_path):
        circuit = stim.Circuit.from_file(tmp_path / run["circuit"])
        assert circuit in seen
        # Both bases of checks, d^2 - 1 a round; those of one basis alone in the first and last.
        checks = run["distance"] ** 2 - 1
        assert circuit.num_detectors == run["rounds"] * checks


def test_sampled_anew_the_files_give_the_chains_error(folder: Path) -> None:
    # Four comparisons of two binomials at 4.1 sigma: a false alarm in 1.7e-4 of all seeds.
    for run in (run for run in runs(folder) if run["shots"]):
        sampler = stim.Circuit.from_file(folder / run["circuit"]).compile_detector_sampler(seed=7)
        model = stim.DetectorErrorModel.from_file(folder / run["detector_error_model"])
        events, flips = sampler.sample(20_000, separate_observables=True)
        guess = pymatching.Matching.from_detector_error_model(model).decode_batch(events)
        mine, theirs = (
            Counts(20_000, int((guess != flips).sum())),
            Counts(run["shots"], run["errors"]),
        )
        pooled = (mine + theirs).rate
        sigma = sqrt(pooled * (1 - pooled) * (1 / mine.shots + 1 / theirs.shots))
        assert abs(mine.rate - theirs.rate) < 4.1 * sigma
        # The same in logical errors per cycle, which the chain reports.
        slope = (1 - 2 * pooled) ** (1 / run["rounds"] - 1) / run["rounds"]
        errors = [float(per_round(each.rate, run["rounds"])) for each in (mine, theirs)]
        assert abs(errors[0] - errors[1]) < 4.3 * slope * sigma


def test_text_keeps_every_digit() -> None:
    circuit = stim.Circuit(
        "R 0\nREPEAT 3 {\n    PAULI_CHANNEL_1(0.000123456789012, 0, 1e-13) 0\n    TICK\n}\n"
        "M 0\nDETECTOR rec[-1]\nOBSERVABLE_INCLUDE(0) rec[-1]"
    )
    assert stim.Circuit(exact_text(circuit)) == circuit
    assert stim.Circuit(str(circuit)) != circuit  # which is why Stim's own text is not written


def test_sinter_reads_the_counts(sampled: Any, folder: Path) -> None:
    _, report = sampled
    stats = {
        each.strong_id: each for each in sinter.read_stats_from_csv_files(folder / "counts.csv")
    }
    assert stats == {each.strong_id: each for each in read_counts(folder / "counts.csv")}
    for run in report.qec.background.simulated:
        (found,) = [
            each for each in stats.values()
            if (each.json_metadata["d"], each.json_metadata["b"]) == (run.distance, run.basis)
        ]  # fmt: skip
        assert (found.shots, found.errors) == (run.counts.shots, run.counts.errors)
        assert found.json_metadata["r"] == run.rounds
        assert found.decoder == "pymatching"


def test_sinter_takes_the_counts_for_its_own(folder: Path, tmp_path: Path) -> None:
    counts = tmp_path / "counts.csv"
    counts.write_bytes((folder / "counts.csv").read_bytes())
    circuit = folder / next(run["circuit"] for run in runs(folder) if run["shots"])
    before = {s.strong_id: s.shots for s in sinter.read_stats_from_csv_files(counts)}
    # 1,000 more shots than the chain took are asked for: sinter adds just these to the same task.
    script = Path(sysconfig.get_path("scripts"), "sinter")
    subprocess.run(
        [
            script, "collect", "--circuits", circuit, "--decoders", "pymatching",
            "--metadata_func", METADATA, "--save_resume_filepath", counts,
            "--max_shots", "21000", "--processes", "1", "--quiet",
        ],
        check=True, timeout=60, capture_output=True,
    )  # fmt: skip
    after = {s.strong_id: s.shots for s in sinter.read_stats_from_csv_files(counts)}
    assert after.keys() == before.keys()
    assert sorted(after[i] - before[i] for i in before) == [0, 0, 0, 1000]


def test_names_are_safe_in_a_shell_and_an_index_says_what_they_are(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir())
    assert all(re.fullmatch(r"[A-Za-z0-9_.]+", name) for name in names)
    said = (folder / "README.txt").read_text()
    (row,) = [line for line in said.splitlines() if line.startswith("burst1 ")]
    assert row.split() == ["burst1", "hit", "62.42", "0.01"]  # 1e-14 J are 62.415 keV
    for run in runs(folder):
        assert (run["metadata"]["d"], run["metadata"]["b"]) == (run["distance"], run["basis"])
        assert run["burst_deposit_keV"] == (
            pytest.approx(62.415, abs=1e-3) if run["burst"] else None
        )
        assert ("burst" in run["metadata"]) == bool(run["burst"]) != ("noise" in run["metadata"])
    with pytest.raises(ValueError, match="not the name of an exported circuit"):
        metadata("code=surface,d=3.stim")


def test_a_bursts_circuit_fails_more_often_than_quiet_rounds(folder: Path) -> None:
    burst = [run for run in runs(folder) if run["burst"] == "hit"]
    assert {run["basis"] for run in burst} == {"X", "Z"}
    for run in burst:
        assert (run["distance"], run["shots"]) == (5, None)
        assert run["rounds"] > 2 * run["distance"]
        circuit = stim.Circuit.from_file(folder / run["circuit"])
        sampler = circuit.compile_detector_sampler(seed=3)
        events, flips = sampler.sample(500, separate_observables=True)
        rounds = events.mean(axis=0).reshape(-1, 12)  # one basis of d = 5 has 12 checks
        assert (
            rounds[6:12].mean(axis=0).max() > 3 * rounds[1:4].mean()
        )  # after d quiet rounds it strikes
        model = stim.DetectorErrorModel.from_file(folder / run["detector_error_model"])
        guess = pymatching.Matching.from_detector_error_model(model).decode_batch(events)
        quiet = next(r for r in runs(folder) if r["shots"] and r["distance"] == 5)
        assert (guess != flips).mean() > 3 * quiet["errors"] / quiet["shots"]


def test_the_designs_own_code_is_there_even_if_it_was_not_sampled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    design = load("krinner-xld400").replace({"code.distance": 9})
    export_qec(computed(design, monkeypatch), tmp_path)
    own = [run for run in runs(tmp_path) if run["distance"] == 9]
    assert [(run["rounds"], run["amplification"], run["shots"]) for run in own] == [
        (27, 1.0, None), (27, 1.0, None)
    ]  # fmt: skip
    assert stim.Circuit.from_file(tmp_path / own[0]["circuit"]).num_qubits == 161  # 2 d^2 - 1


def test_a_code_that_its_background_destroys_is_exported_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # With T1 = 0.7 ns nothing is left after a cycle; the chain then looks at one round of d = 3.
    report = computed(load("inverted-4k-qubits"), monkeypatch, hit())
    export_qec(report, tmp_path)
    lost = [run for run in runs(tmp_path) if run["shots"]]
    assert [(run["distance"], run["rounds"]) for run in lost] == [(3, 1), (3, 1)]
    assert all(0.4 < run["errors"] / run["shots"] < 0.6 for run in lost)
    assert not any(run["burst"] for run in runs(tmp_path))


def test_amplified_noise_is_named_and_exported_as_sampled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changes = {
        "gates.two_qubit_floor": 1e-4, "gates.one_qubit_floor": 1e-5, "gates.readout_floor": 1e-4,
        "gates.reset_floor": 1e-5, "measured.t1": "5 ms", "measured.t2": "5 ms",
        "measured.readout_error": 1e-3,
    }  # fmt: skip
    report = computed(load("krinner-xld400").replace(changes), monkeypatch)
    assert report.qec is not None
    assert report.qec.background is not None
    assert report.qec.study is not None
    assert experiments.quiet_noise(report) == report.qec.study.site.noise
    factor = report.qec.background.simulated[0].amplification
    assert factor > 1.3
    export_qec(report, tmp_path)
    assert (tmp_path / f"surface_d3_r9_bX_noise{factor:.6g}.stim").exists()
    found = counted(report)
    assert {each.json_metadata["noise"] for each in found} == {float(f"{factor:.6g}")}


def test_counts_with_leakage_are_kept_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(background, "UNAMPLIFIED_SHOTS", 2000)
    changes = {"code.leakage": "stays", "gates.leakage_floor": 1e-4, "code.distance": 5}
    report = computed(load("krinner-xld400").replace(changes), monkeypatch)
    assert report.qec is not None
    assert report.qec.study is not None
    assert experiments.quiet_noise(report) == report.qec.study.site.noise
    stats = counted(report)
    assert all(each.json_metadata["leakage"] == "stays" for each in stats)
    export_qec(report, tmp_path)
    index = json.loads((tmp_path / "circuits.json").read_text())
    assert "leakage is simulated beside the circuits" in index["note"]


def test_what_cannot_be_exported_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sampled: Any
) -> None:
    cold = evaluate(load("krinner-xld400"), wings=("thermal", "coherence"))
    with pytest.raises(DesignError, match="a report with the wing 'qec'"):
        export_qec(cold, tmp_path)
    with pytest.raises(DesignError, match="no T1: nothing to correct; allowed: a qubit"):
        export_qec(computed(load("entropy-trap"), monkeypatch), tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(DesignError, match="a place that can be written"):
        export_qec(sampled[1], blocked)
    (tmp_path / "counts.csv").write_text("no counts\n1,2\n")
    with pytest.raises(DesignError, match="as sinter writes it"):
        read_counts(tmp_path / "counts.csv")
