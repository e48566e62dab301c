"""Stim circuits, detector error models and sinter's counts of a design's memory experiments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sinter
import stim

from qubudget import __version__
from qubudget.interchange.experiments import (
    Experiment,
    burst_experiments,
    decoder_name,
    model_of,
    quiet_experiments,
)
from qubudget.interchange.files import refused, write_text
from qubudget.interchange.naming import metadata
from qubudget.interchange.read_me import KEV, read_me

if TYPE_CHECKING:
    from qubudget.pipeline import Report

INDEX, README = "circuits.json", "README.txt"
COUNTS = "counts.csv"


def export_qec(report: Report, folder: Path) -> list[Path]:
    """Write every experiment's circuit and detector error model, indices and sinter's counts.

    ``report`` : with the wing qec; with bursts where it has the wing impact and they are seen.
    Returns what was written: ``STEM.stim`` and ``STEM.dem`` of each, ``circuits.json``, the same
    for people as ``README.txt`` and, where the chain counted, ``counts.csv``.

    Raises
    ------
    DesignError: a report without error correction, a qubit that has nothing to correct, a folder
    that cannot be written.
    """
    decoder = decoder_name(report)
    found = [*quiet_experiments(report), *burst_experiments(report)]
    written = []
    for each in found:
        text = f"# qubudget {__version__}: {report.design.name}\n{exact_text(each.circuit)}\n"
        written.append(write_text(folder, f"{each.stem}.stim", text))
        written.append(write_text(folder, f"{each.stem}.dem", f"{model_of(each, decoder)}\n"))
    index = json.dumps(_index(report, found, decoder), indent=2, allow_nan=False)
    written.append(write_text(folder, INDEX, f"{index}\n"))
    written.append(write_text(folder, README, read_me(report.design.name, found, decoder)))
    if any(each.counts for each in found):
        written.append(_write_counts(folder, _stats(report, found)))
    return written


def counted(report: Report) -> list[sinter.TaskStats]:
    """The chain's counts of quiet times, as sinter keeps them.

    A strong id is that which ``sinter collect`` gives to the exported circuit with the metadata
    of :func:`.naming.metadata`, so that sinter adds to these counts. Leakage is sampled outside
    the circuit; its counts say so in their metadata, which keeps them apart. The time taken is
    not kept.

    Raises
    ------
    DesignError: as ``export_qec``.
    """
    return _stats(report, list(quiet_experiments(report)))


def _stats(report: Report, found: list[Experiment]) -> list[sinter.TaskStats]:
    decoder, leakage = decoder_name(report), report.design.code.leakage
    stats = []
    for each in found:
        if each.counts is None:
            continue
        known: dict[str, Any] = metadata(each.stem)
        if leakage != "ignored":
            known["leakage"] = leakage
        # Sinter's workers get circuits as Stim's own text, of six digits, and hash those.
        told = replace(each, circuit=stim.Circuit(str(each.circuit)))
        task = sinter.Task(
            circuit=told.circuit,
            decoder=decoder,
            detector_error_model=model_of(told, decoder),
            json_metadata=known,
        )
        stats.append(
            sinter.TaskStats(
                strong_id=task.strong_id(),
                decoder=decoder,
                json_metadata=known,
                shots=each.counts.shots,
                errors=each.counts.errors,
            )
        )
    return stats


def _write_counts(folder: Path, stats: list[sinter.TaskStats]) -> Path:
    lines = [sinter.CSV_HEADER, *(each.to_csv_line() for each in stats)]
    return write_text(folder, COUNTS, "\n".join(lines) + "\n")


def read_counts(path: Path) -> list[sinter.TaskStats]:
    """What is in a CSV of sinter's, equal tasks added.

    Raises
    ------
    DesignError: a file that sinter cannot read.
    """
    try:
        return list(sinter.stats_from_csv_files(path))
    except (OSError, ValueError, KeyError) as error:
        raise refused(path.name, "counts", str(error), "a CSV as sinter writes it") from error


def exact_text(circuit: stim.Circuit) -> str:
    """A circuit as text that reads back equal; Stim's own rounds to six digits."""
    return "\n".join(_lines(circuit))


def _lines(circuit: stim.Circuit, indent: str = "") -> Iterator[str]:
    for part in circuit:
        if isinstance(part, stim.CircuitRepeatBlock):
            yield f"{indent}REPEAT {part.repeat_count} {{"
            yield from _lines(part.body_copy(), f"{indent}    ")
            yield f"{indent}}}"
            continue
        numbers = ", ".join(map(_number, part.gate_args_copy()))
        targets = " ".join(map(_target, part.targets_copy()))
        yield f"{indent}{part.name}{f'({numbers})' if numbers else ''} {targets}".rstrip()


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) else repr(value)


def _target(target: stim.GateTarget) -> str:
    return f"rec[{target.value}]" if target.is_measurement_record_target else str(target.value)


def _index(report: Report, found: list[Experiment], decoder: str) -> dict[str, Any]:
    design = report.design
    leaks = design.code.leakage != "ignored"
    return {
        "design": design.name,
        "design_sha256": design.sha256(),
        "version": __version__,
        "effort": report.effort,
        "seed": report.seed,
        "cycle_time_s": design.workload.cycle_time,
        "decoder": decoder,
        "note": "leakage is simulated beside the circuits, not in them" if leaks else "",
        "experiments": [
            {
                "circuit": f"{each.stem}.stim",
                "detector_error_model": f"{each.stem}.dem",
                "family": each.family,
                "distance": each.distance,
                "basis": each.basis,
                "rounds": each.rounds,
                "amplification": each.amplification,
                "burst": each.burst and each.burst.name,
                "burst_rate_per_s": each.burst and each.burst.rate,
                "burst_deposit_keV": each.burst and each.burst.energy / KEV,
                "metadata": metadata(each.stem),
                "shots": None if each.counts is None else each.counts.shots,
                "errors": None if each.counts is None else each.counts.errors,
            }
            for each in found
        ],
    }
