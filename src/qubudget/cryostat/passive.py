"""Heat that the cables of a line conduct to the stages that they reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.wall import ROOM_TEMPERATURE
from qubudget.design.fridge import Line
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.materials.cables import ANCHORS, passive_load

Law: TypeAlias = Callable[[ArrayLike, ArrayLike], NDArray[np.float64]]
ROOM = "300k"


@dataclass(frozen=True)
class Passive:
    """Heat of one line's cable at the stage where a piece of it ends.

    Attributes
    ----------
    kind : "passive" (measured or as the catalogue has it) or "passive (modelled)".
    watts : at the rated temperatures, W. warm : stage at the piece's other end, or "300k".
    law : heat, W, of the temperatures of both ends, warm and cold, K; None: as it is.
    """

    stage: str
    kind: str
    watts: float
    warm: str
    law: Law | None = None


def rated_temperature(design: DesignModel, stage: str) -> float:
    """Rated temperature of a stage, or that of the room, K."""
    return ROOM_TEMPERATURE if stage == ROOM else design.stage(stage).rated_temperature


def passive_heat(design: DesignModel, line: Line, places: list[str]) -> Iterator[Passive]:
    """Conducted heat of one line at every stage that it reaches.

    A measured load of the line wins over the catalogue's.

    Parameters
    ----------
    places : where the line begins and every stage that it reaches, warm to cold.

    Raises
    ------
    OutOfRangeError: the catalogue has no load for a piece of cable.
    """
    for warm, stage in pairwise(places):
        if stage in line.load:
            yield Passive(stage, "passive", line.load[stage], warm)
            continue
        cable = line.cable if isinstance(line.cable, str) else line.cable[stage]
        load = passive_load(cable, stage)
        if ANCHORS[ANCHORS.index(stage) - 1] != warm:
            raise OutOfRangeError(
                f"lines.{line.name}: the catalogue's load of {cable!r} at {stage} is for a cable "
                f"anchored at {ANCHORS[ANCHORS.index(stage) - 1]}, here at {warm}; "
                f"state lines.{line.name}.load.{stage}"
            )
        yield Passive(stage, "passive", load, warm)
