"""The memory experiments behind a report's logical errors, as Stim circuits.

Those of quiet times are the ones that the chain sampled, with their counts, and the design's own
code where the chain only extrapolated to it. A burst's is the whole course of one class on the
design's own patch, in the steady cells that the chain cuts it into; the chain itself looks at
bursts through shorter windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import stim

from qubudget.interchange.files import refused
from qubudget.interchange.naming import stem
from qubudget.qec.background import QuietNoise
from qubudget.qec.circuits import Checks, Segment, memory_circuit
from qubudget.qec.course import whole_rounds
from qubudget.qec.decoders import MATCHING, PLUGINS
from qubudget.qec.extrapolation import Simulated
from qubudget.qec.history import BurstHistory
from qubudget.qec.layout import Basis, build
from qubudget.qec.quiet import quiet_noise as design_noise
from qubudget.qec.sampling import Counts

if TYPE_CHECKING:
    from qubudget.pipeline import Report

CELLS = 8
"""Most steady cells of a burst's course."""
OWN_ROUNDS = 3
"""Rounds of the design's own experiment, in code distances."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """One memory experiment.

    ``amplification`` is the factor on the design's noise, ``counts`` what the chain counted, None
    where it did not sample this circuit; ``burst`` is the class in it, which has this number.
    """

    family: str
    distance: int
    basis: Basis
    rounds: int
    amplification: float
    circuit: stim.Circuit
    counts: Counts | None = None
    burst: BurstHistory | None = None
    burst_number: int | None = None

    @property
    def stem(self) -> str:
        """Name of its files, which :func:`.naming.metadata` reads."""
        return stem(
            self.family, self.distance, self.rounds, self.basis, self.amplification,
            self.burst_number,
        )  # fmt: skip


def quiet_noise(report: Report) -> QuietNoise:
    """The noise of quiet times that the error-correction wing took.

    Raises
    ------
    DesignError: a report without this wing, or a qubit that has nothing to correct.
    """
    design, qec, coherence = report.design, report.qec, report.coherence
    if qec is None or coherence is None:
        raise refused(design.name, "report", "no error correction", "a report with the wing 'qec'")
    gate, code = coherence.gate, design.code
    lost = 0.0 if code.leakage == "ignored" else gate.leakage
    t1, t2, readout = coherence.t1_s, coherence.t2_s, gate.readout_error
    if t1 is None or t2 is None or readout is None or lost is None or qec.background is None:
        raise refused(design.name, "qubit", qec.reason or "no coherence", "a qubit to correct")
    return design_noise(
        design, t1=t1, t2=t2, one_qubit_error=gate.one_qubit_error,
        two_qubit_error=gate.two_qubit_error, readout_error=readout, leakage=lost,
        seed=report.seed,
    )  # fmt: skip


def decoder_name(report: Report) -> str:
    """Of the decoder that the design asks for, as sinter calls it."""
    code = report.design.code
    return code.plugin or MATCHING[code.matching]


def quiet_experiments(report: Report) -> Iterator[Experiment]:
    """Experiments of quiet times as the chain sampled them, and the design's own code last.

    Raises
    ------
    DesignError: as ``quiet_noise``.
    """
    noise, code, checks = quiet_noise(report), report.design.code, _checks(report)
    assert report.qec is not None
    assert report.qec.background is not None
    sampled = report.qec.background.simulated
    own = tuple(
        Simulated(code.distance, basis, OWN_ROUNDS * code.distance, 1.0, Counts())
        for basis in build(code.family, 3).bases
        if not any(
            (run.distance, run.basis, run.amplification) == (code.distance, basis, 1.0)
            for run in sampled
        )
    )
    for run in (*sampled, *own):
        layout = build(code.family, run.distance)
        still = noise.on(layout.qubits, run.amplification)
        circuit = memory_circuit(
            layout, run.basis, [(run.rounds, still)], noise.schedule, checks=checks
        )
        yield Experiment(
            code.family, run.distance, run.basis, run.rounds, run.amplification, circuit,
            run.counts if run.counts.shots else None,
        )  # fmt: skip


def burst_experiments(report: Report) -> Iterator[Experiment]:
    """The course of each class of bursts that touches the design's patch, in both bases.

    Nothing where the report has no bursts, or the chain did not look at them.

    Raises
    ------
    DesignError: as ``quiet_noise``.
    """
    noise, checks = quiet_noise(report), _checks(report)
    assert report.qec is not None
    study = report.qec.study
    if study is None or report.impact is None:
        return
    site = study.site
    layout = build(site.family, site.distance)
    still = noise.on(layout.qubits)
    for number, burst in enumerate(report.impact.bursts, start=1):
        history = BurstHistory.of(burst)
        course = site.decay(history, layout, site.place(layout), CELLS)
        cells = sorted(course.cells, key=lambda cell: cell.time)
        if not cells:
            continue
        struck = [
            (rounds, still.with_excess(cell.excess))
            for rounds, cell in zip(whole_rounds(cells), cells, strict=True)
            if rounds
        ]
        quiet: Segment = (site.distance, still)
        segments = [quiet, *struck, quiet]
        for basis in layout.bases:
            yield Experiment(
                site.family, site.distance, basis, sum(rounds for rounds, _ in segments), 1.0,
                memory_circuit(layout, basis, segments, noise.schedule, checks=checks),
                None, history, number,
            )  # fmt: skip


def model_of(experiment: Experiment, decoder: str) -> stim.DetectorErrorModel:
    """What a decoder that knows the experiment's noise believes."""
    return experiment.circuit.detector_error_model(
        decompose_errors=decoder not in PLUGINS, approximate_disjoint_errors=True
    )


def _checks(report: Report) -> Checks:
    return "own" if decoder_name(report) == MATCHING["plain"] else "all"
