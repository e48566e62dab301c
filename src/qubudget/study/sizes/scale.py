"""A modular machine of any size, composed of its distinct parts.

Fridges of one design are alike, and so are its chips and patches: each is computed once and
counted. Only the last fridge and the last chip, which may be part full, differ. The cost of a
machine grows with the number of distinct designs in it (and of different last fridges), not with
its size.

Every patch has the errors of one in a full fridge, the warmest. What links fridges to one another
takes no heat and makes no errors here, also where one patch spans several. Bursts strike chips
independently: patches fail together only on one chip, where a design puts several there. A patch
over several chips has whole ones to itself; the bursts that it faces are those of the chips that
its outline touches, as the code's wing counts them, so that a machine of the design's own size is
the chain's.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qubudget.constants import DAY
from qubudget.cryostat import assembly as cryostat
from qubudget.cryostat.result import ThermalResult
from qubudget.design import Design
from qubudget.design.fridge import Line
from qubudget.errors import DesignError, Problem
from qubudget.impact.result import ImpactResult
from qubudget.pipeline import Chain, Effort, Feedback
from qubudget.qec.patches import Modules, modules
from qubudget.qec.result import QecResult
from qubudget.qubit.result import CoherenceResult
from qubudget.study.sizes.result import Errors, MachineOfSize, Scale, added

SIZES = (*(digit * 10**power for power in range(2, 8) for digit in (1, 2, 5)), 10**8)
"""Physical qubits, three in every decade from a hundred to a hundred million."""
MOST_QUBITS = 10**15
MOST_SIZES = 1000


@dataclass
class Part:
    """One design of fridge, chip and patch: computed when first asked for, then counted.

    ``fridges`` counts the different fridges that were solved.
    """

    design: Design
    chain: Chain
    say: Callable[[str], None] = lambda step: None
    _partial: dict[int, ThermalResult] = field(default_factory=dict)

    @cached_property
    def _cold(self) -> tuple[ThermalResult, CoherenceResult, Feedback]:
        self.say(f"{self.design.name}: fridge")
        return self.chain.cold(self.design)

    @cached_property
    def _impact(self) -> ImpactResult:
        self.say(f"{self.design.name}: radiation")
        return self.chain.impact(self.design, self._cold[1])

    @cached_property
    def patch(self) -> QecResult:
        """Errors of one patch; its modules are those of the design as written."""
        impact = self._impact
        self.say(f"{self.design.name}: patch")
        return self.chain.errors(self.design, self._cold[1], impact)

    @property
    def fridges(self) -> int:
        """Different fridges solved so far."""
        return len(self._partial) + ("_cold" in self.__dict__)

    def fridge(self, qubits: int) -> ThermalResult:
        """A fridge with so many qubits in it."""
        machine = self.design.machine
        if qubits == machine.qubits:
            return self._cold[0]
        if qubits not in self._partial:
            # Correction heat goes with the groups of qubits.
            share = math.ceil(qubits / machine.group_size) / math.ceil(
                machine.qubits / machine.group_size
            )
            heat = {self.design.workload.correction_stage: self._cold[2].power * share}
            self._partial[qubits] = cryostat.solve(self.design, extra=heat, qubits=qubits)
        return self._partial[qubits]

    def machine(self, qubits: int) -> MachineOfSize:
        """A machine of so many physical qubits: full fridges, and one with the rest."""
        design = self.design
        in_fridge, on_chip = design.machine.qubits, design.machine.qubits_per_chip
        full, rest = divmod(qubits, in_fridge)
        fridges = [(in_fridge, full)] * bool(full) + [(rest, 1)] * bool(rest)
        patch = self.patch
        layout = modules(qubits, on_chip, patch.qubits_per_patch, design.code.patches_per_chip)
        chips = math.ceil(qubits / on_chip)
        solved = [(self.fridge(held), count) for held, count in fridges]
        heat = {
            stage.name: _total([(found.stage(stage.name).load, n) for found, n in solved])
            for stage in design.stages
        }
        errors = _errors(patch, layout)
        lost = [found.reason or found.status for found, _ in solved if found.status != "STABLE"]
        reason = "; ".join(lost) or errors.reason
        return MachineOfSize(
            qubits=qubits,
            fridges=full + bool(rest),
            chips=chips,
            lines=sum(count * lines_of(design, held) for held, count in fridges),
            wall_power=_total([(found.wall_power, n) for found, n in solved]),
            heat=heat,
            physical_qubits_per_patch=patch.qubits_per_patch,
            patches=layout.patches,
            logical_qubits=errors.logical_qubits,
            chips_per_patch=layout.chips_per_patch,
            bursts_per_day=DAY * self._impact.rates.total * chips,
            errors=errors.errors,
            quiet=errors.quiet,
            bursts=errors.bursts,
            failing_bursts=errors.failing,
            correlated_bursts=errors.shared,
            reason=reason,
        )


def lines_of(design: Design, qubits: int) -> int:
    """Lines in one fridge of so many qubits, of all kinds; a stated count is of the full one."""
    groups = math.ceil(qubits / design.machine.group_size)
    as_built = qubits == design.machine.qubits

    def count(line: Line) -> int:
        if line.count is not None and (as_built or not line.per_group):
            return line.count
        return line.per_group * groups

    return sum(count(line) for line in design.lines)


@dataclass(frozen=True)
class _MachineErrors:
    """Per day on the whole machine; None where there is nothing to count."""

    logical_qubits: int
    errors: Errors | None = None
    quiet: Errors | None = None
    bursts: Errors | None = None
    failing: Errors | None = None
    shared: Errors | None = None
    reason: str | None = None


def _errors(patch: QecResult, layout: Modules) -> _MachineErrors:
    """Sum over patches; where patches share a chip, bursts that fail several count beside it."""
    logical = layout.patches
    if patch.mitigated is not None:
        logical //= patch.mitigated.chips
    if patch.background is None:
        return _MachineErrors(logical, reason=patch.reason)
    if logical == 0:
        need = (
            f"a patch takes {patch.qubits_per_patch} qubits on {layout.chips_per_patch} whole "
            "chips, and a logical qubit at least one: the machine has fewer"
        )
        return _MachineErrors(0, reason=need)
    quiet = _times(logical, patch.quiet_per_day())
    if patch.bursts is None:
        return _MachineErrors(logical, quiet, quiet, reason=patch.burst_note or None)
    if patch.mitigated is not None or patch.together is None:
        bursts, failing, shared = _times(logical, patch.bursts_per_day()), None, None
    else:
        together = replace(patch.together, modules=layout)
        bursts, failing, shared = (_triple(values) for values in together.per_day())
    return _MachineErrors(logical, added(quiet, bursts), quiet, bursts, failing, shared)


def _times(count: int, ends: tuple[float | None, float | None, float | None]) -> Errors:
    value, low, high = ends
    known = value or 0.0
    return (
        count * known,
        count * (known if low is None else low),
        count * (known if high is None else high),
    )


def _triple(values: NDArray[np.float64]) -> Errors:
    value, low, high = values.tolist()
    return value, low, high


def _total(parts: Sequence[tuple[float | None, int]]) -> float | None:
    """Sum of values times counts; None where one is missing."""
    if any(value is None for value, _ in parts):
        return None
    return math.fsum(value * count for value, count in parts if value is not None)


def compose(
    parts: Sequence[tuple[Design, int]],
    *,
    effort: Effort = "quick",
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> tuple[MachineOfSize, int]:
    """A machine of several designs, each with so many physical qubits.

    Returned are the whole machine, and how many distinct designs were computed.

    Raises
    ------
    DesignError: no parts, or qubits out of range; others as `qubudget.evaluate`.
    """
    known: dict[str, Part] = {}
    total: MachineOfSize | None = None
    for design, qubits in parts:
        _check(design, (qubits,))
        own = design.sha256()
        if own not in known:
            known[own] = Part(design, Chain(effort, seed), progress or (lambda step: None))
        found = known[own].machine(qubits)
        total = found if total is None else total + found
    if total is None:
        raise DesignError("machine", [Problem("parts", "none", "one design at least")])
    return total, len(known)


def scale(
    design: Design,
    sizes: Sequence[int] = SIZES,
    *,
    effort: Effort = "quick",
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Scale:
    """A design's machine at several sizes, in place of its ``machine.total_qubits``.

    Parameters
    ----------
    sizes : physical qubits. effort, seed : as `qubudget.evaluate`.
    progress : called with every distinct part that is computed.

    Raises
    ------
    DesignError: no sizes, or one out of range; others as `qubudget.evaluate`.
    """
    _check(design, sizes)
    started = time.perf_counter()
    part = Part(design, Chain(effort, seed), progress or (lambda step: None))
    machines = tuple(part.machine(size) for size in sizes)
    seconds = time.perf_counter() - started
    return Scale(design, machines, part.fridges, effort, seed, seconds)


def parse_sizes(text: str) -> tuple[int, ...]:
    """Sizes written as ``100,1000,1e6`` or ``START..STOP:N``, N of them even in the logarithm.

    Raises
    ------
    DesignError: a text that is neither.

    >>> parse_sizes("1e2..1e8:4"), parse_sizes("50, 1e3")
    ((100, 10000, 1000000, 100000000), (50, 1000))
    """
    try:
        if ".." not in text:
            return tuple(_whole(part) for part in text.split(","))
        ends, _, count = text.partition(":")
        start, stop = (_whole(part) for part in ends.split(".."))
        if start < 1 or stop < 1 or not 2 <= int(count) <= MOST_SIZES:
            raise ValueError(text)
        found = np.rint(np.geomspace(start, stop, int(count))).astype(np.int64)
        return tuple(dict.fromkeys(found.tolist()))
    except ValueError:
        allowed = f"100,1000,1e6, or START..STOP:N with N from 2 to {MOST_SIZES}"
        raise DesignError("--sizes", [Problem("--sizes", repr(text), allowed)]) from None


def _whole(text: str) -> int:
    value = float(text)
    if not value.is_integer():
        raise ValueError(text)
    return int(value)


def _check(design: Design, sizes: Sequence[int]) -> None:
    problems = [
        Problem("--sizes", repr(size), f"a whole number of qubits from 1 to {MOST_QUBITS:,}")
        for size in sizes
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MOST_QUBITS
    ]
    if not sizes:
        problems.append(Problem("--sizes", "none", "one size at least"))
    if problems:
        raise DesignError(design.name, problems)
