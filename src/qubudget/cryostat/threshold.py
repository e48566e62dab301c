"""From how many qubits on does the heat of error correction run away?

Two fridges (the first paper's fixed 50 uW at 10 mK; the XLD400's quadratic cooling), and the
heat of a correction from Landauer's bound to published controllers, each spent in two ways:
"per error", for each correction that an error calls for, which is the feedback that can run
away; and "per cycle", for every qubit in every cycle, which does not know the error rate and
can only exceed a capacity.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from qubudget.cryostat.checks import above
from qubudget.cryostat.cooling import quadratic_coefficient, quadratic_cooling
from qubudget.cryostat.heat import landauer_power
from qubudget.cryostat.runaway import CorrectedStage, Curve, Floats, phase_boundary
from qubudget.errors import OutOfRangeError

FEW_THOUSAND = 3000
"""What "a few thousand qubits" is read as."""
CYCLE_TIME = 1.1e-6
"""s; the surface-code cycle of arXiv:2608.00990's workload."""
PAPER_FRIDGE, XLD400_FRIDGE = "fixed 50 uW at 10 mK", "XLD400"
"""The two fridges, as ``Judgement.fridge``."""
PAPER_POWER, PAPER_TEMPERATURE = 50e-6, 10e-3
"""The first paper's mixing chamber: 50 uW, W, at 10 mK, K, section 1.4."""
XLD400_BASE, XLD400_RATED, XLD400_POWER = 6e-3, 20e-3, 19e-6
"""Base and rated temperature, K, and power, W: Krinner et al., EPJ Quantum Technol. 6:2 (2019),
Table 1 (T0 as fitted)."""

STATED_TEMPERATURES = (8e-3, 10e-3, 14e-3, 20e-3, 30e-3, 40e-3, 50e-3, 60e-3, 80e-3, 0.1, 0.12)
"""Mixing-chamber temperatures of ``stated_errors``, K."""
STATED_ERRORS = (
    0.009217, 0.009217, 0.009217, 0.009217, 0.009235, 0.009514, 0.010808, 0.014088, 0.028972,
    0.055056, 0.089979,
)  # fmt: skip
"""Corrections per qubit and cycle there: the preset ``willow-like`` by this package's qubit
model, measured values left out, gates and read-outs of a cycle times their errors."""
STATED_HOTTEST = 0.08
"""K; there one in a hundred two-qubit gates fails, about the surface code's threshold (Fowler et
al., Phys. Rev. A 86, 032324 (2012))."""

Spent: TypeAlias = Literal["per error", "per cycle"]


@dataclass(frozen=True)
class CorrectionHeat:
    """Heat of correcting one qubit once, J, and where the number is from."""

    name: str
    energy: float
    source: str
    status: str


@cache
def correction_heats() -> tuple[CorrectionHeat, ...]:
    """Landauer's bound at 10 mK and published hardware, least first.

    A published power per qubit counts as spent over one cycle of ``CYCLE_TIME``.

    >>> [(heat.name, float(f"{heat.energy:.3g}")) for heat in correction_heats()][:3]
    [('Landauer', 9.57e-26), ('drive pulse', 1.99e-16), ('charge-locking CMOS', 1.98e-14)]
    """
    bound = float(landauer_power(1.0, PAPER_TEMPERATURE))
    found = [CorrectionHeat("Landauer", bound, "k T ln 2 per erased bit at 10 mK", "exact")]
    text = files("qubudget.materials").joinpath("data/correction_heat.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        power = row["power_W_per_qubit"]
        energy = float(power) * CYCLE_TIME if power else float(row["energy_J"])
        found.append(CorrectionHeat(row["name"], energy, row["source"], row["status"]))
    return tuple(sorted(found, key=lambda heat: heat.energy))


def tabulated_errors(temperature: ArrayLike, errors: ArrayLike) -> Curve:
    """p(T) through computed points, monotone in the logarithms (PCHIP).

    Parameters
    ----------
    temperature : K, rising, shape (n,), n >= 2. errors : corrections per qubit and cycle, (n,).

    Raises
    ------
    OutOfRangeError: points that are not above 0 or do not rise in temperature; the function
        returned, at a temperature outside them.
    """
    at, errors = above(0, "temperature (K)", temperature), above(0, "errors", errors)
    if at.ndim != 1 or at.shape != errors.shape or len(at) < 2 or np.any(np.diff(at) <= 0):
        raise OutOfRangeError("errors: one for each of two or more rising temperatures")
    curve = PchipInterpolator(np.log(at), np.log(errors), extrapolate=False)
    slack = 1e-9  # ends of a logarithmic scan are rounded

    def errors_at(temperature: Floats) -> Floats:
        t = np.asarray(temperature, dtype=np.float64)
        if np.any((t < at[0] * (1 - slack)) | (t > at[-1] * (1 + slack))):
            raise OutOfRangeError(f"errors are known from {at[0]:g} to {at[-1]:g} K, asked at {t}")
        return np.asarray(np.exp(curve(np.log(np.clip(t, at[0], at[-1])))))

    return errors_at


def stated_errors() -> Curve:
    """The p(T) with which the claims are judged."""
    return tabulated_errors(STATED_TEMPERATURES, STATED_ERRORS)


@dataclass(frozen=True)
class Judgement:
    """The largest machine for one set of inputs, and what it says of the claim.

    Attributes
    ----------
    fridge : ``PAPER_FRIDGE`` or ``XLD400_FRIDGE``. heat, energy : of one correction, J.
    spent : "per error" or "per cycle".
    qubits : critical number; infinite where no number is too large. temperature : there, K.
    without_feedback : the same with errors held at those of 10 mK. cold : most qubits that
        leave the stage at 10 mK or below.
    runs_away : beyond it the errors' rise wins over the cooling; otherwise it is a capacity.
    holds : the claim's number: below ``FEW_THOUSAND``.
    """

    fridge: str
    heat: str
    energy: float
    spent: Spent
    qubits: float
    temperature: float
    without_feedback: float
    cold: float
    runs_away: bool

    @property
    def holds(self) -> bool:
        return self.qubits < FEW_THOUSAND

    def to_dict(self) -> dict[str, Any]:
        """Plain values, units in the names."""
        return {
            "fridge": self.fridge,
            "heat": self.heat,
            "energy_J": self.energy,
            "spent": self.spent,
            "critical_qubits": _finite(self.qubits),
            "temperature_K": self.temperature,
            "without_feedback_qubits": _finite(self.without_feedback),
            "qubits_at_10_mK": _finite(self.cold),
            "runs_away": self.runs_away,
            "claim_holds": self.holds,
        }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def judge_threshold(
    error_rate: Curve,
    *,
    hottest: float,
    per_qubit: float = 0.0,
    cycle_time: float = CYCLE_TIME,
    heats: Iterable[CorrectionHeat] | None = None,
) -> tuple[Judgement, ...]:
    """The critical number of qubits for both fridges, every heat, and both ways to spend it.

    The claim: "for a standard dilution refrigerator with 50 microwatts ... the critical
    threshold is reached with fewer than a few thousand qubits. Beyond this point, the system
    inevitably enters the runaway phase."

    Parameters
    ----------
    error_rate : p(T), corrections per qubit and cycle, from 10 mK to ``hottest``.
    hottest : temperature at which errors reach the code's threshold, K: correction that
        needs a hotter balance has failed.
    per_qubit : load of a qubit without correction (its wiring), W.
    cycle_time : s. heats : where not ``correction_heats()``.

    Raises
    ------
    OutOfRangeError: ``hottest`` is not above 10 mK; ``error_rate`` refuses a temperature.
    """
    rate = 1 / float(above(0, "cycle time (s)", cycle_time))
    chosen = correction_heats() if heats is None else tuple(heats)
    return tuple(_judged(error_rate, hottest, per_qubit, rate, chosen))


def _judged(
    error_rate: Curve,
    hottest: float,
    per_qubit: float,
    rate: float,
    heats: tuple[CorrectionHeat, ...],
) -> Iterator[Judgement]:
    coefficient = quadratic_coefficient(XLD400_BASE, XLD400_RATED, XLD400_POWER)
    fridges: dict[str, Curve] = {
        PAPER_FRIDGE: lambda t: np.full_like(t, PAPER_POWER),
        XLD400_FRIDGE: lambda t: quadratic_cooling(t, coefficient, XLD400_BASE),
    }
    at_cold = float(np.asarray(error_rate(np.asarray(PAPER_TEMPERATURE))))
    ways: dict[Spent, tuple[Curve, Curve]] = {
        "per error": (error_rate, lambda t: np.full_like(t, at_cold)),
        "per cycle": (np.ones_like, np.ones_like),
    }
    for fridge, cooling in fridges.items():
        for heat in heats:
            for spent, (rising, held) in ways.items():
                stage = CorrectedStage(
                    cooling=cooling,
                    error_rate=rising,
                    low=PAPER_TEMPERATURE,
                    high=hottest,
                    fixed=0.0,
                    per_qubit=per_qubit,
                    cycle_rate=rate,
                    energy=heat.energy,
                )
                found = phase_boundary(stage)
                quiet = phase_boundary(replace(stage, error_rate=held))
                yield Judgement(
                    fridge=fridge,
                    heat=heat.name,
                    energy=heat.energy,
                    spent=spent,
                    qubits=found.qubits,
                    temperature=found.temperature,
                    without_feedback=quiet.qubits,
                    cold=float(stage.capacity(PAPER_TEMPERATURE)),
                    runs_away=spent == "per error" and found.limited_by == "feedback",
                )
