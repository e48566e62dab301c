"""Logical errors of a design: quiet background, bursts, patches and machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.qec.background import Effort, background
from qubudget.qec.bursts import BurstStudy, ClassFailure
from qubudget.qec.correlated import PatchFailures, faced
from qubudget.qec.decoders import MATCHING, require_decoder
from qubudget.qec.extrapolation import Background
from qubudget.qec.history import BurstHistory, BurstLike
from qubudget.qec.latency import LatencyBudget, event_load, latency_budget, quiet_events
from qubudget.qec.layout import build, physical_qubits
from qubudget.qec.patches import Modules, arrange, modules
from qubudget.qec.placement import Chip, Placement
from qubudget.qec.quiet import cycle_schedule, quiet_noise
from qubudget.qec.result import QecResult
from qubudget.qec.sampling import over_rounds
from qubudget.qec.sight import Suppression
from qubudget.qec.standin import Site

LARGEST_WINDOW = 15
"""Code distance up to which a window's length, three times it, tells whether bursts can be seen."""


def errors(
    design: DesignModel,
    *,
    t1: float | None,
    t2: float | None,
    one_qubit_error: float | None,
    two_qubit_error: float | None,
    readout_error: float | None,
    leakage: float | None = None,
    bursts: Sequence[BurstLike] = (),
    burst_rate_scale: float = 1.0,
    effort: Effort = "quick",
    sketch: bool = False,
    seed: int = 0,
) -> QecResult:
    """Logical errors per cycle and per day of one patch of the design's code.

    Parameters
    ----------
    design : code, gates, workload (cycle time), chip, machine, mitigation and measured values are
        read.
    t1, t2 : s; None where the qubit has no coherence.
    one_qubit_error, two_qubit_error : average gate errors in total (used only where the design
        says that they were measured); readout_error : assignment error in total.
    leakage : of a two-qubit gate, population that leaves the computational states of the pair,
        averaged over them; used only where ``code.leakage`` asks for it.
    bursts : classes of bursts, see :class:`qubudget.qec.history.BurstHistory`; each stands for its
        mirror images on the chip.
    burst_rate_scale : factor on all their rates (a measured over a computed rate).
    effort, seed : see :data:`qubudget.qec.background.PLANS` and :data:`.bursts.PLANS`. sketch :
        bursts at the least effort, for one step of a search.

    Raises
    ------
    OutOfRangeError: even distance, T2 above 2 T1, an error outside its range, a decoder that is
        not installed, or patches that do not fit on the chip.
    """
    code = design.code
    name = code.plugin or MATCHING[code.matching]
    require_decoder(name)
    layout = build(code.family, code.distance)
    placements = arrange(
        layout, chip_of(design), code.patches_per_chip, (code.offset_x, code.offset_y),
        code.orientation,
    )  # fmt: skip
    machine = design.machine
    shared = modules(
        machine.total_qubits, machine.qubits_per_chip, layout.qubits, code.patches_per_chip
    )
    result = partial(_result, design, shared)
    lost = 0.0 if code.leakage == "ignored" else leakage
    given = {
        "T1": t1,
        "T2": t2,
        "one-qubit error": one_qubit_error,
        "two-qubit error": two_qubit_error,
        "read-out error": readout_error,
        "leakage": lost,
    }
    missing = [name for name, value in given.items() if value is None]
    if missing:
        return result(None, None, reason=f"no {missing[0]}: nothing to correct")
    assert t1 is not None
    assert t2 is not None
    assert readout_error is not None
    assert lost is not None
    try:
        cycle_schedule(design)
    except OutOfRangeError as error:
        return result(None, None, reason=str(error))
    noise = quiet_noise(
        design, t1=t1, t2=t2, one_qubit_error=one_qubit_error, two_qubit_error=two_qubit_error,
        readout_error=readout_error, leakage=lost, seed=seed,
    )  # fmt: skip
    quiet = background(
        code.family, code.distance, noise, effort, seed, design.measured.suppression, name
    )
    if over_rounds(quiet.error, 3 * min(code.distance, LARGEST_WINDOW)) > 0.4:
        note = "the background alone destroys the logical state in one window"
        return result(quiet, None, note=note)
    chip = design.chip
    site = Site(
        code.family, code.distance, chip.pitch, chip.length, chip.width, noise,
        placements[0].centre, code.orientation,
    )  # fmt: skip
    study = BurstStudy(
        site, code.decoder, _gain(quiet), "sketch" if sketch else effort, seed,
        matching=code.matching, plugin=code.plugin,
    )  # fmt: skip
    histories = [BurstHistory.of(burst) for burst in bursts]
    classes, together = _on_patches(study, histories, placements, shared, burst_rate_scale)
    return result(
        quiet,
        classes,
        together=together,
        latency=_latency(design, site, histories, burst_rate_scale, seed),
        note="; ".join(_notes(design, study, classes, placements[0])),
        study=study,
    )


def _result(
    design: DesignModel,
    shared: Modules,
    quiet: Background | None,
    classes: tuple[ClassFailure, ...] | None,
    *,
    together: PatchFailures | None = None,
    latency: LatencyBudget | None = None,
    note: str = "",
    reason: str | None = None,
    study: BurstStudy | None = None,
) -> QecResult:
    code = design.code
    return QecResult(
        distance=code.distance,
        cycle_time=design.workload.cycle_time,
        family=code.family,
        decoder=code.decoder,
        bases=len(build(code.family, 3).bases),
        qubits_per_patch=physical_qubits(code.family, code.distance),
        patches=shared.patches,
        background=quiet,
        bursts=classes,
        together=together,
        latency=latency,
        mitigation=design.mitigation,
        burst_note=note,
        reason=reason,
        study=study,
    )


def chip_of(design: DesignModel) -> Chip:
    """The design's chip as patches see it."""
    return Chip(design.chip.length, design.chip.width, design.chip.pitch)


def _on_patches(
    study: BurstStudy,
    bursts: Sequence[BurstHistory],
    placements: Sequence[Placement],
    shared: Modules,
    rate_scale: float,
) -> tuple[tuple[ClassFailure, ...], PatchFailures]:
    """Every class of bursts at every place of a patch that symmetry does not make equal.

    Returned are the classes as the average patch meets them, and all patches of the machine.
    """
    cases = faced(bursts, placements)
    asked = [(case.burst, place) for case in cases for place in case.placements]
    found = iter(study.run([b for b, _ in asked], rate_scale, [place for _, place in asked]))
    chips, mean, joint = placements[0].chips, [], []
    for case in cases:
        here = [next(found) for _ in case.placements]
        ends = [(each.value, each.low, each.high) for each in here]
        joint.append(case.on_patches(ends, case.burst.rate * rate_scale * chips))
        for place, each, share in zip(case.placements, here, case.shares(), strict=True):
            x, y = (1e3 * value for value in place.centre)
            name = each.name if len(here) == 1 else f"{each.name}, patch at {x:.3g}, {y:.3g} mm"
            mean.append(replace(each, name=name, rate=each.rate * share))
    return tuple(mean), PatchFailures(tuple(placements), tuple(joint), shared, len(asked))


def _latency(
    design: DesignModel, site: Site, bursts: Sequence[BurstHistory], scale: float, seed: int
) -> LatencyBudget | None:
    """The decoder against its clock; None where no decoding time is stated, or nothing to do."""
    time = design.code.decoding_time
    if time is None or (quiet := quiet_events(site, seed=seed)) <= 0:
        return None
    loads = [event_load(site, burst, seed=seed) for burst in bursts]
    loads = [replace(load, rate=load.rate * scale) for load in loads]
    cycle, energy = design.workload.cycle_time, design.workload.correction_energy
    return latency_budget(time, cycle, energy, quiet, loads)


def _notes(
    design: DesignModel, study: BurstStudy, classes: Sequence[ClassFailure], patch: Placement
) -> Iterator[str]:
    own = (None, design.code.distance)
    smaller = {b.simulated_distance for b in classes if b.simulated_distance not in own}
    if smaller:
        scaled = ", scaled to the whole patch by Lambda" if study.suppression else ", not scaled"
        sizes = ", ".join(map(str, sorted(smaller)))
        yield f"simulated on patches of d = {sizes} around the hit place{scaled}"
    if patch.chips > 1:
        yield f"one patch spans {patch.chips} chips"
    if len(bases := patch.layout.bases) == 1:
        yield f"only the {bases[0]} basis is protected; the other is not counted"
    if classes and design.code.leakage != "ignored":
        yield "bursts without leakage"


def _gain(quiet: Background) -> Suppression | None:
    """Lambda as the bursts need it; None where distance gains nothing."""
    if quiet.suppression is None or quiet.suppression <= 1:
        return None
    assert quiet.suppression_low is not None
    assert quiet.suppression_high is not None
    return Suppression(quiet.suppression, quiet.suppression_low, quiet.suppression_high)
