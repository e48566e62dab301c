"""A search that a test starts, kills and resumes; importing it makes everything ready."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qubudget.design import Design, load
from qubudget.study.optimization.goals import Check
from qubudget.study.optimization.looks import Look
from qubudget.study.optimization.optimize import optimize

DESIGN = load("krinner-xld400")
CHANGES = [
    "stages.50k.rated_power=30 W..100 W:1",
    "stages.4k.rated_power=1.5 W..100 W:1",
    "qubit.film=Ta,Nb:0.2",
]


@dataclass(frozen=True)
class Slow:
    """Two looks at the coolers' power: their sum, and later their product; logs every look."""

    seconds: float = 0.0
    log: str = ""
    looks: int = 2

    def name(self, look: int) -> str:
        return f"slow {look}"

    def __call__(self, design: Design, look: int) -> Look:
        if self.log:
            with open(Path(self.log) / f"{os.getpid()}.txt", "a", encoding="utf-8") as log:
                log.write("look\n")
        time.sleep(self.seconds * (1 + 4 * look))
        x, y = (design.stage(name).rated_power for name in ("50k", "4k"))
        checks = [Check("sum", x + y, 40.0, "W", upper=False)]
        if look:
            film = 0.3 if design.qubit.film == "Ta" else 0.0
            checks.append(
                Check("logical_errors_per_day", x * y / 100 + film, 0.6, "1", upper=False)
            )
        return Look(tuple(checks), {"x": x, "third": x / 3})


def search(
    path: str | None, *, evaluator: Slow, trials: int = 160, **options: Any
) -> dict[str, Any]:
    found = optimize(
        DESIGN, CHANGES, ["sum", "logical_errors_per_day"], ["cost"], trials=trials,
        evaluator=evaluator, output=path, **options,
    )  # fmt: skip
    document = found.to_dict()
    document["provenance"].pop("seconds")
    return document


def drive(path: str, log: str) -> None:
    search(path, evaluator=Slow(0.004, log), resume=True)
