"""What code and bursts must be for a design to reach its targets of logical errors.

The second paper's conclusion, that bursts must be made so harmless that a machine has "less than
one error per day", is the target ``targets.logical_errors_per_day = 1``. An algorithm that is
stated (logical qubits, cycles, probability of success) is a second target.

First the smallest code distance is sought, for quiet errors alone and with the design's own bursts.
Then, at the working distance, bursts of a simple kind take the place of the design's: a disc in the
middle of a patch within which T1 falls at once, and recovers exponentially. They begin as the
design's reference event, at the rate of all its bursts, and one of their properties after another
is made worse, or where the target fails better, until the target just holds. Qubits and decoder
stay as they are, and the heat of correction too.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from qubudget.design import Design
from qubudget.errors import OutOfRangeError
from qubudget.impact.result import Burst as BurstClass
from qubudget.pipeline import Chain, Effort
from qubudget.qec.assembly import chip_of
from qubudget.qec.history import MAX_CYCLES
from qubudget.qec.layout import build
from qubudget.qec.patches import arrange
from qubudget.qec.requirement import (
    UNITS,
    Burst,
    Quantity,
    Requirement,
    allowed_per_day,
    disc_burst,
    largest_rate,
)
from qubudget.qec.requirement import requirement as search
from qubudget.search import smallest
from qubudget.study.requirement.result import DesignRequirement, Errors, TargetRequirement

if TYPE_CHECKING:
    from qubudget.impact.result import ImpactResult
    from qubudget.qec.result import QecResult
    from qubudget.qubit.result import CoherenceResult

SMALLEST, LARGEST = 3, 101
"""Code distances that are tried: those that a design may have."""
MILDEST = 0.01
"""Excess 1/T1 in the mildest burst tried, over that of the reference burst."""
SHORTEST = 0.01
"""T1 in the worst burst tried, over the cycle time: no state outlives a round."""
MAP = 200
"""Cells of a burst's map along the chip at most."""
WIDEST = 1e6
"""Factor on the rate of the design's bursts, up and down, within which it is searched."""


def requirement(
    design: Design,
    *,
    effort: Effort = "quick",
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> DesignRequirement:
    """What a design's targets ask of code and bursts; "less than one error per day" is a target
    of 1.

    Parameters
    ----------
    effort : of radiation and of quiet errors; bursts are only sketched, for each step of a search.
    seed : of all sampling. progress : called with every step.

    Raises
    ------
    DesignError, OutOfRangeError, ConvergenceError: the design as given cannot be computed.
    """
    say = progress or (lambda step: None)
    started = time.perf_counter()
    chain = Chain(effort, seed)
    say("thermal")
    _, coherence, _ = chain.cold(design)
    say("impact")
    impact = chain.impact(design, coherence)
    steps = Steps(chain, design, coherence, impact, say)
    say(f"design as it is, d = {design.code.distance}")
    result = steps.own_result(design.code.distance)
    made = partial(DesignRequirement, design, effort=effort, seed=seed)
    if result.background is None:
        return made(
            None, None, (), "", result.reason, seconds=time.perf_counter() - started
        )  # fmt: skip
    reference, note = reference_burst(design, impact)
    largest = _largest_that_fits(design)
    targets = tuple(
        _ask(steps, name, target, reference, note, largest)
        for name, target in targets_of(design).items()
    )
    return made(
        _known(result), reference, targets, note, None, seconds=time.perf_counter() - started
    )


def targets_of(design: Design) -> dict[str, float]:
    """Logical errors per day of one logical qubit that each target allows."""
    targets = design.targets
    found = {"logical_errors_per_day": targets.logical_errors_per_day}
    if targets.algorithm_qubits is not None:
        assert targets.algorithm_cycles is not None  # stated whole or not at all
        assert targets.algorithm_success is not None
        found["algorithm"] = allowed_per_day(
            targets.algorithm_qubits,
            targets.algorithm_cycles,
            design.workload.cycle_time,
            targets.algorithm_success,
        )
    return found


def reference_burst(design: Design, impact: ImpactResult) -> tuple[Burst | None, str]:
    """The disc that stands for a design's bursts, and what to know of it.

    T1 is the worst of the reference event, recovery time and radius are its own, the rate is that
    of all bursts. None where one of them is not known.
    """
    if not impact.bursts or impact.t1_min is None or impact.recovery_time is None:
        return None, impact.reason or "no bursts"
    quiet = impact.quiet_relaxation
    if quiet is None or impact.t1_min * quiet >= 1:
        return None, "the reference event does not lower T1"
    radius, notes = impact.affected_radius, []
    if not radius:
        radius = _whole_chip(design)
        notes.append("the reference event nowhere halves T1: its disc is the whole chip")
    distance, longest = design.code.distance, MAX_CYCLES * design.workload.cycle_time
    if impact.recovery_time > longest / 5:
        notes.append(
            f"bursts are followed for {MAX_CYCLES:,} cycles ({longest:.3g} s): what long ones do "
            "later is not counted"
        )
    burst = Burst(distance, impact.t1_min, impact.recovery_time, radius, impact.rates.total)
    return burst, "; ".join(notes)


def _whole_chip(design: Design) -> float:
    return math.hypot(design.chip.length, design.chip.width) / 2


def _largest_that_fits(design: Design) -> int:
    """Largest distance whose patches stand on the chip where the design puts them."""
    code, chip = design.code, chip_of(design)

    def too_large(distance: int) -> bool:
        try:
            arrange(
                build(code.family, distance), chip, code.patches_per_chip,
                (code.offset_x, code.offset_y), code.orientation,
            )  # fmt: skip
        except OutOfRangeError:
            return True
        return False

    first = smallest(too_large, SMALLEST, LARGEST, 2)
    return LARGEST if first is None else first - 2


@dataclass
class Steps:
    """Logical errors per day of one design at other distances and under other bursts.

    Nothing is computed twice; failures by bursts are linear in their rate before any reaction, so
    a rate costs no simulation of its own.
    """

    chain: Chain
    design: Design
    coherence: CoherenceResult
    impact: ImpactResult
    say: Callable[[str], None]
    _found: dict[tuple[int, str], QecResult] = field(default_factory=dict)

    def own_result(self, distance: int) -> QecResult:
        """Under the design's own bursts."""
        return self._result("the design's bursts", distance, self.impact)

    def own(self, *, distance: int, **_: float) -> Errors:
        """Under the design's own bursts; nothing else is read."""
        return _known(self.own_result(distance))

    def quiet(self, *, distance: int, **_: float) -> Errors:
        """Without bursts; nothing else is read."""
        return _known(self._result("quiet", distance, self.impact, bursts=False))

    def disc(
        self, *, distance: int, t1_dip: float, recovery: float, radius: float, rate: float
    ) -> Errors:
        """Under bursts of one kind, see :func:`qubudget.qec.requirement.disc_burst`."""
        if rate == 0:
            return self.quiet(distance=distance)
        history = disc_burst(
            t1_dip, radius, recovery, 1.0,
            quiet_t1=self.coherence.t1_s or math.nan,
            length=self.design.chip.length, width=self.design.chip.width,
            step=step_of(self.design), centre=self._centre(distance),
        )  # fmt: skip
        impact = replace(self.impact, bursts=(BurstClass(**vars(history)),))
        step = f"T1 {t1_dip:.4g} s, recovery {recovery:.4g} s, radius {radius:.4g} m"
        found = self._result(step, distance, impact)
        classes = tuple(replace(b, rate=b.rate * rate) for b in found.bursts or ())
        return _known(replace(found, bursts=classes))

    def _centre(self, distance: int) -> tuple[float, float]:
        """The middle of a patch: where its burst is worst."""
        code = self.design.code
        patch = arrange(
            build(code.family, distance), chip_of(self.design), code.patches_per_chip,
            (code.offset_x, code.offset_y), code.orientation,
        )[0]  # fmt: skip
        return patch.centre

    def _result(
        self, step: str, distance: int, impact: ImpactResult, *, bursts: bool = True
    ) -> QecResult:
        if (distance, step) not in self._found:
            self.say(f"d = {distance}, {step}")
            self._found[distance, step] = self.chain.errors(
                self.design.replace({"code.distance": distance}), self.coherence, impact,
                with_bursts=bursts, sketch=True,
            )  # fmt: skip
        return self._found[distance, step]


def step_of(design: Design) -> float:
    """Width of the cells of a burst's map, m: a quarter of the pitch, unless the chip is large."""
    return max(design.chip.pitch / 4, max(design.chip.length, design.chip.width) / MAP)


def _known(result: QecResult) -> Errors:
    value, low, high = result.per_day()
    assert value is not None  # a background was computed before any search began
    assert low is not None
    assert high is not None
    return value, low, high


def _ask(
    steps: Steps, name: str, target: float, reference: Burst | None, note: str, largest: int
) -> TargetRequirement:
    own_distance = steps.design.code.distance
    unread = reference or Burst(own_distance, math.nan, math.nan, math.nan, 0.0)
    quiet = _distance(steps.quiet, unread, target, largest, SMALLEST)
    if quiet.value is None:
        alone = f"quiet errors alone exceed the target: {quiet.reason}"
        return TargetRequirement(
            name, target, quiet, _none("distance", alone), None, None, _nothing(alone)
        )
    distance = _distance(steps.own, unread, target, largest, int(quiet.value))
    working = max(own_distance, int(distance.value or quiet.value))
    if reference is None:
        return TargetRequirement(name, target, quiet, distance, working, None, _nothing(note))
    at = replace(reference, distance=working)
    return TargetRequirement(
        name, target, quiet, distance, working, steps.disc(**asdict(at)),
        tuple(_edges(steps, at, target)),
    )  # fmt: skip


def _distance(
    per_day: Callable[..., Errors], at: Burst, target: float, largest: int, first: int
) -> Requirement:
    """The smallest distance from ``first`` on; the largest is tried first, as it mostly decides."""
    last = max(largest, first)
    most = per_day(distance=last)[0]
    if most > target:
        reason = f"{most:.3g} logical errors a day at d = {last}, the largest tried"
        return replace(_none("distance", reason), failing=last, tries=1)
    return replace(search(per_day, "distance", at, target, last, first), held={}, reason=None)


def _edges(steps: Steps, at: Burst, target: float) -> tuple[Requirement, ...]:
    """Edges between the reference burst and the mild end (where it fails) or the bad end (else):
    errors of sketched bursts are not strictly monotone, and no edge may contradict the reference.
    """
    design, quiet_t1 = steps.design, steps.coherence.t1_s
    assert quiet_t1 is not None
    cycle, chip = design.workload.cycle_time, design.chip
    mildest = quiet_t1 / (1 + MILDEST * (quiet_t1 / at.t1_dip - 1))
    ends: Mapping[Quantity, tuple[float, float]] = {
        "t1_dip": (mildest, min(SHORTEST * cycle, at.t1_dip)),
        "recovery": (min(cycle, at.recovery), max(MAX_CYCLES * cycle, at.recovery)),
        "radius": (min(max(chip.pitch / 2, step_of(design)), at.radius), _whole_chip(design)),
    }
    holds = steps.disc(**asdict(at))[0] <= target
    found = []
    for name, (easy, hard) in ends.items():
        here = getattr(at, name)
        first, last = (here, hard) if holds else (easy, here)
        found.append(search(steps.disc, name, at, target, first, last))
    if design.mitigation.strategy == "outer":  # an outer code's failures are not linear in the rate
        rate = search(steps.disc, "rate", at, target, at.rate / WIDEST, at.rate * WIDEST)
    else:
        rate = largest_rate(steps.disc, at, target)
    return (*found, rate)


def _none(quantity: Quantity, reason: str) -> Requirement:
    return Requirement(quantity, None, UNITS[quantity], {}, None, None, None, 0, reason)


def _nothing(reason: str) -> tuple[Requirement, ...]:
    return tuple(_none(quantity, reason) for quantity in UNITS if quantity != "distance")
