"""What was measured on machines that presets imitate, and a row that puts the model beside it."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FACTOR = 3.0
"""Ratio of model and measurement, up or down, within which a row holds."""


@dataclass(frozen=True)
class Measurement:
    """A published number; ``uncertainty`` is one standard deviation, None where none is printed."""

    key: str
    quantity: str
    value: float
    unit: str
    source: str
    status: str
    uncertainty: float | None = None


@dataclass(frozen=True)
class MachineRow:
    """One quantity of one machine: the model's value with its 95 % interval, and the measured one.

    ``fitted`` says which parameters of the preset were fitted, and to what; ``reason`` is the
    likely cause of the difference.
    """

    machine: str
    quantity: str
    model: float
    low: float
    high: float
    measured: Measurement
    fitted: str
    reason: str

    @property
    def ratio(self) -> float:
        """Model over measurement."""
        return self.model / self.measured.value

    @property
    def verdict(self) -> str:
        """Whether the ratio is within a factor of three."""
        return "within a factor 3" if 1 / FACTOR <= self.ratio <= FACTOR else "failed"

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "machine": self.machine,
            "quantity": self.quantity,
            "unit": self.measured.unit,
            "model": self.model,
            "low": self.low,
            "high": self.high,
            "measured": asdict(self.measured),
            "ratio": self.ratio,
            "verdict": self.verdict,
            "fitted": self.fitted,
            "reason": self.reason,
        }


@cache
def measurements() -> dict[str, Measurement]:
    """All published numbers by their keys."""
    text = files("qubudget.materials").joinpath("data/machines.toml").read_text("utf-8")
    found = [Measurement(**entry) for entry in tomllib.loads(text)["measurements"]]
    return {entry.key: entry for entry in found}
