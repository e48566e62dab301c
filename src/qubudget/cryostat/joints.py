"""Chips and clamps: how much warmer a part is than the stage that it is joined to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qubudget.cryostat.boundary import boundary_rise
from qubudget.cryostat.loads import HeatSource
from qubudget.design.fridge import Joint
from qubudget.errors import OutOfRangeError
from qubudget.materials.boundaries import boundary

_NOT_OF_LINES = ("electronics", "radiation", "fixed")


@dataclass(frozen=True)
class JointState:
    """A part on its joint, at the solved temperature of its stage.

    Attributes
    ----------
    line : whose clamp this is; None where the heat is stated.
    power : heat through the joint, W.
    temperature : of the stage, K; None without a balance.
    rise, low, high : temperature of the part over its stage, best value and 95 % interval over
        the joint's own spread, K; None where one of them leaves the range of the data.
    suspect : whether the joint's source contradicts itself (the interval covers that).
    reason : why there is no rise; None where there is one.
    """

    name: str
    stage: str
    line: str | None
    power: float
    temperature: float | None
    rise: float | None
    low: float | None
    high: float | None
    suspect: bool
    reason: str | None

    def to_dict(self) -> dict[str, Any]:
        """The contract's entry of ``joints``."""
        return {
            "name": self.name,
            "stage": self.stage,
            "line": self.line,
            "heat_W": self.power,
            "temperature_K": self.temperature,
            "rise_K": self.rise,
            "rise_low_K": self.low,
            "rise_high_K": self.high,
            "suspect": self.suspect,
            "reason": self.reason,
        }


def line_heat(
    sources: Iterable[tuple[HeatSource, float, int]],
) -> dict[tuple[str, str], float]:
    """Heat that one line brings to a stage, conducted and by its signals, by (line, stage), W.

    Parameters
    ----------
    sources : each with the heat of one piece, W, and the number of pieces; lines of which
        there are none bring nothing.
    """
    found: dict[tuple[str, str], float] = defaultdict(float)
    for source, watts, pieces in sources:
        if pieces and source.kind not in _NOT_OF_LINES:
            found[source.item, source.stage] += watts
    return dict(found)


def joint_states(
    joints: Iterable[Joint],
    heat: Mapping[tuple[str, str], float],
    temperatures: Mapping[str, float | None],
) -> tuple[JointState, ...]:
    """Every joint of a design at the temperatures of its stages.

    A clamp passes all that one line of its name brings to the stage: as if nothing of it
    reached the stage past the clamp, so its rise is an upper bound.

    Parameters
    ----------
    joints : of the design, each with the area of one piece.
    heat : of one line at a stage, by (line, stage), W; none where it is missing.
    temperatures : of the stages, K; None without a balance.

    Raises
    ------
    OutOfRangeError: no such kind of joint. A temperature outside its range gives a state
        without values and the range as the reason.
    """
    return tuple(
        _state(
            joint,
            heat.get((joint.line, joint.stage), 0.0) if joint.line else float(joint.power or 0),
            temperatures[joint.stage],
        )
        for joint in joints
    )


def _state(joint: Joint, power: float, temperature: float | None) -> JointState:
    values: tuple[float | None, float | None, float | None] = (None, None, None)
    suspect, reason = boundary(joint.interface).suspect, None
    if temperature is None:
        reason = f"{joint.stage} has no temperature"
    else:
        try:
            found = boundary_rise(power, joint.area, joint.interface, temperature)
            values = (float(found.rise), float(found.low), float(found.high))
        except OutOfRangeError as error:
            reason = str(error)
    return JointState(
        joint.name, joint.stage, joint.line, power, temperature, *values, suspect, reason
    )
