"""What a calibration found: values, intervals, correlations, goodness of fit, residuals."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from qubudget import __version__

Interval = tuple[float | None, float | None]
"""Low and high end of a 95 % interval; None where there is none."""


@dataclass(frozen=True)
class FittedParameter:
    """A parameter's best value and 95 % interval, in SI units ("dB": a power ratio).

    ``interval_method`` : "profile likelihood", "covariance", or None without an interval, beside
    ``reason``. An open end of a profile is None, with a reason too. ``log_deviation`` : standard
    deviation of the logarithm, by the covariance at the best fit.
    """

    key: str
    unit: str
    start: float
    best: float
    interval: Interval
    interval_method: str | None
    reason: str | None
    log_deviation: float | None

    @property
    def factor(self) -> float | None:
        """95 % factor up or down of the best value: the larger one; None with an open end."""
        low, high = self.interval
        return None if low is None or high is None else max(high / self.best, self.best / low)

    def to_dict(self) -> dict[str, Any]:
        """One of the document's ``parameters``."""
        low, high = self.interval
        return {
            "key": self.key,
            "unit": self.unit,
            "start": self.start,
            "best": self.best,
            "low": low,
            "high": high,
            "factor": self.factor,
            "interval_method": self.interval_method,
            "reason": self.reason,
            "log_deviation": self.log_deviation,
        }


@dataclass(frozen=True)
class Residual:
    """One measured time beside the fit's; ``pull`` is ln(modelled/measured) in its errors."""

    row: int
    label: str
    quantity: str
    temperature_K: float | None
    frequency_Hz: float | None
    tan_delta: float | None
    measured_s: float
    error_s: float | None
    modelled_s: float
    log_ratio: float
    pull: float | None


@dataclass(frozen=True)
class CalibrationResult:
    """A fit of a model's parameters to measured times.

    ``chi2``, ``reduced_chi2`` and ``p_value`` need stated errors, the last two also more points
    than parameters; ``relative_scatter`` (root of the mean squared residual of the logarithm per
    degree of freedom) stands in for errors that the data do not state. ``reason`` says why any
    of them is None. ``correlations`` are those of the parameters' logarithms.
    """

    model: str
    design: str | None
    design_sha256: str | None
    data: str
    data_sha256: str
    parameters: tuple[FittedParameter, ...]
    correlations: tuple[tuple[float, ...], ...]
    points: int
    dof: int
    chi2: float | None
    reduced_chi2: float | None
    p_value: float | None
    relative_scatter: float | None
    residuals: tuple[Residual, ...]
    reason: str | None
    notices: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The document that ``qubudget calibrate --json`` prints."""
        return {
            "name": self.design or self.data,
            "model": self.model,
            "data": {"name": self.data, "sha256": self.data_sha256},
            "parameters": [parameter.to_dict() for parameter in self.parameters],
            "correlations": [list(row) for row in self.correlations],
            "points": self.points,
            "dof": self.dof,
            "chi2": self.chi2,
            "reduced_chi2": self.reduced_chi2,
            "p_value": self.p_value,
            "relative_scatter": self.relative_scatter,
            "reason": self.reason,
            "residuals": [asdict(residual) for residual in self.residuals],
            "notices": list(self.notices),
            "provenance": {
                "version": __version__,
                "design_sha256": self.design_sha256,
                "data_sha256": self.data_sha256,
            },
        }
