"""What must hold and what is to be small: ``--require`` and ``--minimize`` over the report's names.

A requirement is ``verdict.feasible`` (every constraint), a wing's constraints ("thermal",
"coherence", "qec"), one constraint or family of the verdict ("heat.mxc", "temperature"), or a
scalar of the report compared with a number in its own unit ("qec.logical_errors_per_day<=1").
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qubudget.design.paths import nearest
from qubudget.errors import Problem
from qubudget.study.sweeping.scalars import Scalar, unit_of
from qubudget.verdict import Constraint

ALL = "verdict.feasible"
COST = "cost"
ALIASES = {
    "wall_power": "thermal.machine.wall_power_W",
    "qubits_per_fridge": "machine.qubits",
}
"""Short names: watts at the wall of the whole machine, physical qubits in one fridge."""
WINGS = {
    "thermal": ("heat", "temperature"),
    "coherence": ("superconducting", "one_qubit_error", "two_qubit_error"),
    "qec": (
        "cycle_time", "logical_errors_per_day", "decoder_utilisation", "algorithm_failure",
        "physical_qubits",
    ),
}  # fmt: skip
"""Families of the verdict's constraints, by wing."""
LATE = ("impact", "qec", *WINGS["qec"][1:])
"""First parts of names whose value needs more than the cryostat and the qubit."""
_COMPARED = re.compile(r"^(?P<name>[^<>=]+?)\s*(?P<sign><=|>=|<|>)\s*(?P<limit>[^<>=]+)$")


@dataclass(frozen=True)
class Check:
    """One thing that must hold, at one point: a value and its limit.

    ``upper``: the value must stay below the limit, else above. ``reason`` says why a value is
    missing, which fails.
    """

    name: str
    value: float | None
    limit: float
    unit: str
    upper: bool = True
    strict: bool = False
    reason: str | None = None

    @property
    def margin(self) -> float | None:
        """Share of the limit that is left; negative fails; None without a value."""
        if self.value is None:
            return None
        left = self.limit - self.value if self.upper else self.value - self.limit
        return left / (abs(self.limit) or 1.0)

    @property
    def passed(self) -> bool:
        """Whether it holds."""
        margin = self.margin
        return margin is not None and (margin > 0 if self.strict else margin >= 0)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; None for what is missing or infinite."""
        margin = self.margin
        return {
            "name": self.name,
            "value": self.value,
            "limit": self.limit,
            "unit": self.unit,
            "bound": "upper" if self.upper else "lower",
            "margin": margin if margin is None or math.isfinite(margin) else None,
            "passed": self.passed,
            "reason": self.reason,
        }


def check_of(constraint: Constraint) -> Check:
    """A constraint of the verdict as a check."""
    return Check(
        constraint.name, constraint.value, constraint.limit, constraint.unit,
        strict=constraint.strict, reason=constraint.reason,
    )  # fmt: skip


@dataclass(frozen=True)
class Requirement:
    """One thing that must hold; ``sign`` is empty for constraints of the verdict."""

    text: str
    name: str
    sign: str = ""
    limit: float = 0.0

    @property
    def late(self) -> bool:
        """Whether it needs more than the cryostat and the qubit."""
        return self.name == ALL or self.name.split(".")[0] in LATE

    def checks(
        self, constraints: Sequence[Check], scalars: Mapping[str, Scalar]
    ) -> Iterator[Check]:
        """What it asks of a point, as far as the point is known."""
        if not self.sign:
            yield from (check for check in constraints if self._asks(check.name))
            return
        name = ALIASES.get(self.name, self.name)
        if name not in scalars:
            return
        value = scalars[name]
        known = value if isinstance(value, float | int) else None
        yield Check(
            self.text, known, self.limit, unit_of(name), upper=self.sign.startswith("<"),
            strict=self.sign in ("<", ">"), reason=None if known is not None else "no value here",
        )  # fmt: skip

    def _asks(self, name: str) -> bool:
        family = name.partition(".")[0]
        return self.name in (ALL, name, family) or family in WINGS.get(self.name, ())


@dataclass(frozen=True)
class Objective:
    """A scalar to be small, or with ``largest`` to be large."""

    name: str
    largest: bool = False

    @property
    def scalar(self) -> str:
        """The name in the report."""
        return ALIASES.get(self.name, self.name)

    @property
    def late(self) -> bool:
        """Whether it needs more than the cryostat and the qubit."""
        return self.scalar.split(".")[0] in LATE

    @property
    def unit(self) -> str:
        """Unit of its value."""
        return unit_of(self.scalar)

    def signed(self, value: float) -> float:
        """The number that is minimised; also back from it."""
        return -value if self.largest else value

    def to_dict(self) -> dict[str, Any]:
        """Name, direction and unit."""
        return {
            "name": self.name,
            "direction": "maximize" if self.largest else "minimize",
            "unit": self.unit,
        }


def parse_requirements(texts: Sequence[str], problems: list[Problem]) -> tuple[Requirement, ...]:
    """Requirements as written; names are judged by `unknown_names`."""
    found = []
    for text in texts:
        match = _COMPARED.match(text.strip())
        if match is None:
            if re.search("[<>=]", text):
                allowed = "NAME, or NAME<=NUMBER, NAME>=NUMBER, NAME<NUMBER, NAME>NUMBER"
                problems.append(Problem("--require", repr(text), allowed))
            else:
                found.append(Requirement(text.strip(), text.strip()))
            continue
        try:
            limit = float(match["limit"])
        except ValueError:
            limit = math.nan
        if not math.isfinite(limit):
            allowed = "a number, in the unit of the name"
            problems.append(Problem("--require", repr(match["limit"].strip()), allowed))
            continue
        found.append(Requirement(text.strip(), match["name"].strip(), match["sign"], limit))
    if not texts:
        problems.append(Problem("--require", "nothing", f"{ALL}, a constraint, or NAME<=NUMBER"))
    return tuple(found)


def parse_objectives(texts: Sequence[str], problems: list[Problem]) -> tuple[Objective, ...]:
    """Objectives as written; "-" or "max:" before a name maximises."""
    found = []
    for text in texts:
        name = text.strip()
        largest = name.startswith(("-", "max:"))
        name = name.removeprefix("-").removeprefix("max:").removeprefix("min:").strip()
        found.append(Objective(name, largest))
    names = [objective.scalar for objective in found]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        problems.append(Problem("--minimize", f"{name} twice", "each objective once"))
    if not texts:
        problems.append(Problem("--minimize", "nothing", "cost, wall_power or a report's scalar"))
    return tuple(found)


def unknown_names(
    requirements: Sequence[Requirement],
    objectives: Sequence[Objective],
    constraints: Sequence[str],
    scalars: Mapping[str, Scalar],
) -> Iterator[Problem]:
    """Names that the report of the design does not have, each with the nearest.

    Parameters
    ----------
    constraints : names of all constraints of the design's verdict. scalars : of its report.
    """
    numbers = {name for name, value in scalars.items() if not isinstance(value, str)}
    numbers |= ALIASES.keys()
    families = {name.partition(".")[0] for name in constraints}
    words = {ALL, *WINGS, *constraints, *families}
    for requirement in requirements:
        known = numbers if requirement.sign else words
        if requirement.name not in known:
            allowed = "a scalar of the report" if requirement.sign else "a constraint's name"
            yield Problem(
                "--require", repr(requirement.text), allowed, nearest(requirement.name, known)
            )
    for objective in objectives:
        if objective.name not in numbers:
            allowed = "cost, wall_power, qubits_per_fridge or a scalar of the report"
            close = nearest(objective.name, numbers)
            yield Problem("--minimize", repr(objective.name), allowed, close)
