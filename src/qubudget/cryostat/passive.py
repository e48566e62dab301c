"""Heat that the cables of a line conduct to the stages that they reach.

A measured load, stated for the line or in the catalogue, wins over the model (the catalogue's
unless the line asks for the model). It holds between the rated temperatures of the stages;
where the design solves its loads, it is carried to the solved ones by the conduction integral
of the cable's conductor. A cable without a measured load at a stage is computed from its
geometry, times the factor by which Fourier's law falls short of the loads measured at such an
anchor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.conduction import anchor_factor, coax_heat, line_conduction, scaled
from qubudget.cryostat.wall import ROOM_TEMPERATURE
from qubudget.design.fridge import Line
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError, OutOfRangeError, Problem
from qubudget.materials.cables import (
    ANCHORS,
    CoaxCable,
    cable_names,
    cable_stages,
    coax,
    coax_names,
    coax_of,
    conducting_material,
    passive_load,
)

Law: TypeAlias = Callable[[ArrayLike, ArrayLike], NDArray[np.float64]]
ROOM = "300k"


@dataclass(frozen=True)
class Passive:
    """Heat of one line's cable at the stage where a piece of it ends.

    Attributes
    ----------
    kind : "passive" (measured or as the catalogue has it) or "passive (modelled)".
    watts : at the rated temperatures, W.
    warm : stage at the other end of what conducts, or "300k"; not always the next one, for a
        conductor may pass stages by.
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

    Parameters
    ----------
    places : where the line begins and every stage that it reaches, warm to cold.

    Raises
    ------
    DesignError: the length of a piece is missing.
    OutOfRangeError: a cable that is not known, or outside its range.
    """
    for end in range(1, len(places)):
        warm, stage = places[end - 1], places[end]
        load = _measured(line, warm, stage)
        if load is None:
            yield from _modelled(design, line, places, end)
            continue
        law = (
            _carried(design, line, load, warm, stage) if design.cryostat.loads == "solved" else None
        )
        yield Passive(stage, "passive", load, warm, law)


def cable_at(line: Line, stage: str) -> str:
    """Name of the cable of the piece that ends at a stage; empty where none is stated."""
    return line.cable if isinstance(line.cable, str) else line.cable.get(stage, "")


def geometry(design: DesignModel, name: str) -> CoaxCable | None:
    """The coaxial cable of this name, the design's own before the catalogue's; None: none."""
    own = [section for section in design.cables if section.name == name]
    if own:
        return coax_of(own[0])
    return coax(name) if name in coax_names() else None


def _measured(line: Line, warm: str, stage: str) -> float | None:
    if stage in line.load:
        return line.load[stage]
    name = cable_at(line, stage)
    if line.heat == "modelled" or name not in cable_names() or stage not in cable_stages(name):
        return None
    if ANCHORS[ANCHORS.index(stage) - 1] != warm:
        raise OutOfRangeError(
            f"lines.{line.name}: the catalogue's load of {name!r} at {stage} is for a cable "
            f"anchored at {ANCHORS[ANCHORS.index(stage) - 1]}, here at {warm}; "
            f"state lines.{line.name}.load.{stage}"
        )
    return passive_load(name, stage)


def _carried(design: DesignModel, line: Line, load: float, warm: str, stage: str) -> Law:
    """A measured load at other temperatures than the rated ones."""
    name = cable_at(line, stage)
    cable = geometry(design, name)
    hot, cold = rated_temperature(design, warm), rated_temperature(design, stage)

    def law(warmer: ArrayLike, colder: ArrayLike) -> NDArray[np.float64]:
        conductor = cable.outer if cable is not None else conducting_material(name)
        return scaled(load, conductor, hot, cold, warmer, colder)

    named = _named(law, line, stage, "or let cryostat.loads be 'fixed'")
    named(hot, cold)  # says at once what cannot be carried
    return named


def _modelled(design: DesignModel, line: Line, places: list[str], end: int) -> Iterator[Passive]:
    stage, name = places[end], cable_at(line, places[end])
    cable = geometry(design, name)
    if cable is None:
        raise OutOfRangeError(
            f"lines.{line.name}: cable {name!r} has no geometry to compute its heat at {stage} "
            f"from, and no measured load to use; state lines.{line.name}.load.{stage}, or choose "
            f"one of {', '.join(coax_names())}"
        )
    advice = f"or state lines.{line.name}.load.{stage}"
    for start, conducts in _paths(design, line, cable, places, end):
        law = _named(_times(conducts, stage), line, stage, advice)
        ends = rated_temperature(design, places[start]), rated_temperature(design, stage)
        yield Passive(stage, "passive (modelled)", float(law(*ends)), places[start], law)


def _paths(
    design: DesignModel, line: Line, cable: CoaxCable, places: list[str], end: int
) -> Iterator[tuple[int, Law]]:
    """Where the heat that arrives at a place comes from, and how much comes that way.

    An attenuator anchors the inner conductor and the dielectric, a joint of two cables too.
    A conductor that is not anchored at a place passes its heat on.
    """
    start = end - 1
    while start > 0 and not _anchors(line, places, start):
        start -= 1
    lengths = [_length(design, line, place) for place in places[start + 1 : end + 1]]
    passed_by = not (cable.inner_anchored and cable.dielectric_anchored)
    ends_here = _anchors(line, places, end)
    if not passed_by or (start == end - 1 and ends_here):
        yield end - 1, lambda hot, cold: coax_heat(cable, lengths[-1], hot, cold)
        return
    if not ends_here:  # what is not anchored here gets a further piece to go
        lengths.append(lengths[-1])
    if start < end - 1 or not ends_here:
        yield end - 1, _one_way(cable, lengths, end - 1 - start, end - start)
    if ends_here:
        yield start, _one_way(cable, lengths, 0, end - start)


def _one_way(cable: CoaxCable, lengths: Sequence[float], hot_place: int, cold_place: int) -> Law:
    """Heat at one place of a line that is hot at one other place and cold everywhere else.

    Conduction integrals add, so this is the share that comes from there.
    """

    def law(hot: ArrayLike, cold: ArrayLike) -> NDArray[np.float64]:
        temperatures = [cold] * (len(lengths) + 1)
        temperatures[hot_place] = hot
        return line_conduction(cable, lengths, temperatures, [False] * len(lengths))[cold_place - 1]

    return law


def _anchors(line: Line, places: list[str], index: int) -> bool:
    """Whether a place anchors what runs inside the outer conductor."""
    if index in (0, len(places) - 1):
        return True
    here, after = cable_at(line, places[index]), cable_at(line, places[index + 1])
    return here != after or line.attenuation.get(places[index], 1.0) > 1


def _times(conducts: Law, stage: str) -> Law:
    return lambda hot, cold: anchor_factor(stage).factor * conducts(hot, cold)


def _length(design: DesignModel, line: Line, stage: str) -> float:
    length = design.stage(stage).length
    if length is None:
        problem = Problem(
            f"stages.{stage}.length",
            "",
            f"the length of cable from the stage above (m): the heat of lines.{line.name} is "
            "computed from it",
        )
        raise DesignError(design.name, [problem])
    return length


def _named(law: Law, line: Line, stage: str, advice: str) -> Law:
    """The law, with an error that says whose it is and what to change."""

    def named(hot: ArrayLike, cold: ArrayLike) -> NDArray[np.float64]:
        try:
            return law(hot, cold)
        except OutOfRangeError as error:
            raise OutOfRangeError(
                f"lines.{line.name}: cable {cable_at(line, stage)!r} to {stage}: {error}; "
                f"choose another cable for this piece, {advice}"
            ) from error

    return named
