"""What would let the constraints of error correction pass, by looks at other designs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from qubudget.design import Design
from qubudget.design.units import readable
from qubudget.errors import OutOfRangeError
from qubudget.search import edge, smallest
from qubudget.verdict import Change, Constraint

if TYPE_CHECKING:
    from qubudget.impact.result import Burst, ImpactResult
    from qubudget.qec.result import QecResult
    from qubudget.qubit.result import CoherenceResult
    from qubudget.remedies import Chain

LARGEST_DISTANCE = 61
FEWEST = 1e4
"""The largest reduction of a burst's quasiparticles that is tried; the second paper wants 100."""
COARSE = 1.6
"""Width, in the logarithm, of the bracket on burst suppression: each try is a simulation."""


@dataclass(frozen=True)
class ErrorRemedies:
    """Finds changes of the code, of the bursts, of the decoder or of the machine's size."""

    design: Design
    chain: Chain
    coherence: CoherenceResult
    impact: ImpactResult
    qec: QecResult

    def __call__(self, constraint: Constraint) -> tuple[Change, ...]:
        """Changes with which a constraint of `qubudget.verdict.error_constraints` passes."""
        if constraint.name == "decoder_utilisation":
            return tuple(self._decoder(constraint))
        if constraint.name == "physical_qubits":
            return tuple(self._size())
        if constraint.name == "algorithm_failure":
            return tuple(self._logical(self._allowed_per_day()))
        return tuple(self._logical(self.design.targets.logical_errors_per_day))

    def _per_day(self, distance: int, target: float, suppression: float | None = None) -> float:
        """Logical errors per day by a sketch; infinite without any.

        Bursts are weaker by a factor; none without it. Classes of bursts are looked at one by
        one, the most energetic first, and no further once ``target`` is passed.
        """
        design = self.design.replace({"code.distance": distance})
        bursts = sorted(self.impact.bursts, key=lambda burst: -burst.energy)
        pending: list[tuple[Burst, ...]] = [(burst,) for burst in bursts]
        if suppression is None or not bursts:
            pending = [()]
        value, found = math.inf, None
        for chosen in pending:
            try:
                part = self.chain.errors(
                    design, self.coherence, replace(self.impact, bursts=chosen),
                    suppression or 1.0, sketch=True,
                )  # fmt: skip
            except OutOfRangeError:
                return math.inf  # such a patch does not fit where the design puts it
            if found is None or found.bursts is None or part.bursts is None:
                found = part
            else:
                found = replace(found, bursts=found.bursts + part.bursts)
            each = found.per_day()[0]
            if each is None:
                return math.inf
            value = each
            # An outer code's failures are not the sum over classes.
            if value > target and design.mitigation.strategy != "outer":
                break
        return value

    def _allowed_per_day(self) -> float:
        """Logical errors per day and logical qubit that the algorithm bears."""
        from qubudget.qec.requirement import allowed_per_day

        targets = self.design.targets
        count, cycles = targets.algorithm_qubits, targets.algorithm_cycles
        assert count is not None
        assert cycles is not None
        assert targets.algorithm_success is not None
        cycle = self.design.workload.cycle_time
        return allowed_per_day(count, cycles, cycle, targets.algorithm_success)

    def _decoder(self, constraint: Constraint) -> Iterator[Change]:
        time = self.design.code.decoding_time
        if time is not None and constraint.value:
            most = time / constraint.value
            yield Change(
                "code.decoding_time", most, "s",
                f"a decoder that takes less than {readable(most, 's')} a round instead of "
                f"{readable(time, 's')}",
            )  # fmt: skip

    def _size(self) -> Iterator[Change]:
        """More qubits, or the largest distance that those of the machine can have."""
        from qubudget.qec.layout import physical_qubits

        family, total = self.design.code.family, self.design.machine.total_qubits
        needed = self.qec.qubits_per_patch
        yield Change("machine.total_qubits", needed, "1", f"a machine of {needed} qubits")
        fitting = [
            d for d in range(3, self.design.code.distance, 2) if physical_qubits(family, d) <= total
        ]
        if fitting:
            yield Change("code.distance", fitting[-1], "1", f"distance {fitting[-1]}")

    def _at(self, distance: int) -> str:
        """A distance, and how many qubits it takes where the design has fewer."""
        from qubudget.qec.layout import physical_qubits

        needed = physical_qubits(self.design.code.family, distance)
        total = self.design.machine.total_qubits
        more = f", which takes {needed} qubits where the machine has {total}"
        return f"distance {distance}{more if needed > total else ''}"

    def _doubt(self, distance: int) -> str:
        """What a run at this distance gives, where its interval reaches above the target."""
        design = self.design.replace({"code.distance": distance})
        value, low, high = self.chain.errors(design, self.coherence, self.impact).per_day()
        if value is None or low is None or high is None:
            return ""
        return f"; there {_plain(value)} errors a day, {_plain(low)} to {_plain(high)}"

    def _logical(self, target: float) -> Iterator[Change]:
        if self.qec.background is None:
            return
        distance = self.design.code.distance
        quiet = smallest(
            lambda d: self._per_day(d, target) <= target, distance, LARGEST_DISTANCE, 2
        )
        if quiet is None:
            ratio = self.qec.background.suppression
            told = "not known" if ratio is None else f"{ratio:.3g}"
            yield Change(
                "code.distance", None, "1",
                f"no distance up to {LARGEST_DISTANCE} passes even without bursts: each step of "
                f"two divides the errors by Lambda = {told}",
            )  # fmt: skip
            return
        if self._per_day(quiet, target, 1.0) <= target:
            yield Change("code.distance", quiet, "1", f"{self._at(quiet)}{self._doubt(quiet)}")
            return

        @cache
        def passes(factor: float) -> bool:
            return self._per_day(quiet, target, factor) <= target

        # What passes is looked at longer than what fails, so the farthest is tried only if needed.
        middle = math.sqrt(FEWEST)
        ends = (1.0, middle) if passes(middle) else (middle, FEWEST)
        found = edge(passes, *ends, COARSE)
        if found is None:
            yield Change(
                "bursts.quasiparticles",
                None,
                "1",
                f"at distance {quiet} not even {FEWEST:,.0f} times fewer quasiparticles pass",
            )
            return
        if quiet > distance:
            yield Change("code.distance", quiet, "1", f"{self._at(quiet)} for the quiet errors")
        yield Change(
            "bursts.quasiparticles",
            found,
            "1",
            f"about {_times(found)} times fewer quasiparticles in a burst, at distance {quiet}",
        )


def _times(factor: float) -> str:
    """A factor in two digits, without an exponent."""
    digits = 1 - math.floor(math.log10(factor))
    return f"{round(factor, digits):,.{max(digits, 0)}f}"


def _plain(number: float) -> str:
    """A number in two digits, without an exponent from 0.001 up.

    >>> _plain(22_900.0), _plain(0.113)
    ('23,000', '0.11')
    """
    rounded = float(f"{number:.2g}")
    return f"{rounded:,.10g}" if rounded >= 1e-3 else f"{rounded:.2g}"
