"""Signal loss against thermal isolation: what one piece of each cable does to both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from qubudget.cryostat.conduction import (
    anchor_factor,
    cable_conductance,
    coax_heat,
    coax_spread,
)
from qubudget.cryostat.passive import ROOM, cable_at, geometry
from qubudget.cryostat.wall import ROOM_TEMPERATURE
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.materials.attenuation import cable_attenuation
from qubudget.materials.cables import CoaxCable, cable_names, coax, coax_names, passive_load

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)


@dataclass(frozen=True)
class Trade:
    """One cable between two stages.

    Attributes
    ----------
    cable : name. loss : dB; None where unknown. heat : at the cold end, W; None where unknown.
    spread : 95 % factor of the heat. reason : why a value is None.
    used_by : the design's lines that have this cable here.
    """

    cable: str
    loss: float | None
    heat: float | None
    spread: float | None
    reason: str | None
    used_by: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The contract's entry of a piece's ``cables``."""
        return {
            "cable": self.cable,
            "loss_dB": self.loss,
            "heat_W": self.heat,
            "spread": self.spread,
            "used_by": list(self.used_by),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class PieceTrades:
    """All cables between two neighbouring stages of a design.

    Attributes
    ----------
    warm, cold : the stages, or "300k". frequency : of the loss, Hz. length : m.
    hot_temperature, cold_temperature : K.
    cables : best isolated first; empty where they cannot be compared. reason : why not.
    """

    warm: str
    cold: str
    frequency: float
    length: float | None
    hot_temperature: float | None
    cold_temperature: float | None
    cables: tuple[Trade, ...]
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The contract's entry of ``trades``."""
        return {
            "from": self.warm,
            "to": self.cold,
            "frequency_Hz": self.frequency,
            "length_m": self.length,
            "from_temperature_K": self.hot_temperature,
            "to_temperature_K": self.cold_temperature,
            "cables": [cable.to_dict() for cable in self.cables],
            "reason": self.reason,
        }


def trade(
    cable: CoaxCable, frequency: float, hot: float, cold: float, length: float
) -> tuple[float, float]:
    """Loss (dB) and heat (W) of a piece of cable between two stages.

    The loss is that of the maker's attenuation along the temperature profile which the heat
    itself makes, dx/L = K(T) dT / int K dT, all parts of the cable sharing the profile.

    Parameters
    ----------
    cable : one of the catalogue. frequency : Hz. hot, cold : K. length : m.

    Raises
    ------
    OutOfRangeError: ends in the wrong order, a cable without a table of attenuation, or as
        ``coax_heat`` and ``cable_attenuation``.
    """
    if not 0 < cold < hot:
        raise OutOfRangeError(f"a cold end above 0 K and below the hot end, given {cold} and {hot}")
    temperature = (hot + cold) / 2 + (hot - cold) / 2 * _NODES
    weight = _WEIGHTS * cable_conductance(cable, temperature)
    # If any place is out of range, the warmest is; alone, it makes the shorter message.
    cable_attenuation(cable.name, frequency, float(temperature[-1]))
    attenuation = cable_attenuation(cable.name, frequency, temperature)
    loss = length * float(weight @ attenuation / weight.sum())
    return loss, float(coax_heat(cable, length, hot, cold))


def trades(frequency: float, hot: float, cold: float, length: float) -> tuple[Trade, ...]:
    """The trade of every cable in the catalogue with a size of its own, best isolated first.

    A cable that is out of its range between these stages is listed last, with the reason.
    """
    # UT-085 is the 2.19 mm class under another name.
    sizes = [coax(name) for name in coax_names() if not name.startswith("UT-085")]
    return _sorted([_trade(cable, frequency, hot, cold, length) for cable in sizes])


def design_trades(
    design: DesignModel, temperatures: Mapping[str, float | None], frequency: float
) -> tuple[PieceTrades, ...]:
    """The trade of every cable for every piece between neighbouring stages of a design.

    Beside the catalogue's cables stand all that the design's lines use there, under their own
    names. Heat is that of one piece as ``passive`` models it, Fourier's law times the stage's
    anchor factor, anchored at both ends; so it is what a line would bring with that cable. A
    cable in use without geometry has its measured heat, and no loss.

    Parameters
    ----------
    temperatures : of every stage, K; None without a balance. frequency : Hz.

    Returns
    -------
    One table a piece, warm to cold. Where the length, a temperature or the stage's anchor
    factor is missing, it has no cables but a reason.
    """
    known = {ROOM: ROOM_TEMPERATURE, **temperatures}
    order = [ROOM, *(stage.name for stage in design.stages)]
    return tuple(
        _piece(design, warm, stage, known.get(warm), known.get(stage), frequency)
        for warm, stage in pairwise(order)
    )


def _piece(
    design: DesignModel,
    warm: str,
    stage: str,
    hot: float | None,
    cold: float | None,
    frequency: float,
) -> PieceTrades:
    length = design.stage(stage).length
    empty = PieceTrades(warm, stage, frequency, length, hot, cold, ())
    if length is None:
        return replace(empty, reason=f"the design states no stages.{stage}.length")
    if hot is None or cold is None:
        return replace(empty, reason=f"{warm if hot is None else stage} has no temperature")
    if not cold < hot:
        return replace(empty, reason=f"{stage} is not colder than {warm}")
    try:
        factor = anchor_factor(stage).factor
    except OutOfRangeError as error:
        return replace(empty, reason=str(error))
    users = _users(design, warm, stage)
    found = [
        replace(each, used_by=users.pop(each.cable, ()))
        for each in trades(frequency, hot, cold, length)
    ]
    for name, lines in users.items():
        cable = geometry(design, name)
        one = (
            _measured_trade(name, stage)
            if cable is None
            else _trade(cable, frequency, hot, cold, length)
        )
        found.append(replace(one, used_by=lines))
    computed = [
        replace(each, heat=factor * each.heat)
        if each.heat is not None and geometry(design, each.cable)
        else each
        for each in found
    ]
    return replace(empty, cables=_sorted(computed))


def _users(design: DesignModel, warm: str, stage: str) -> dict[str, tuple[str, ...]]:
    """Lines by the cable of their piece between two stages."""
    order = [ROOM, *(member.name for member in design.stages)]
    users: dict[str, tuple[str, ...]] = {}
    for line in design.lines:
        passes = order.index(line.starts_at) <= order.index(warm)
        name = cable_at(line, stage)
        if passes and order.index(stage) <= order.index(line.ends_at) and name:
            users[name] = (*users.get(name, ()), line.name)
    return users


def _trade(cable: CoaxCable, frequency: float, hot: float, cold: float, length: float) -> Trade:
    """The trade of one cable; what is out of range is None, with the reason."""
    try:
        heat = float(coax_heat(cable, length, hot, cold))
        spread = float(coax_spread(cable, hot, cold))
    except OutOfRangeError as error:
        return Trade(cable.name, None, None, None, str(error))
    try:
        loss, _ = trade(cable, frequency, hot, cold, length)
    except OutOfRangeError as error:
        return Trade(cable.name, None, heat, spread, str(error))
    return Trade(cable.name, loss, heat, spread, None)


def _measured_trade(name: str, stage: str) -> Trade:
    """A cable without geometry: the heat that was measured where it ends, if any."""
    reason = f"no geometry and no attenuation known of {name!r}"
    if name not in cable_names():
        return Trade(name, None, None, None, reason)
    try:
        return Trade(name, None, passive_load(name, stage), None, f"{reason}; its heat is measured")
    except OutOfRangeError as error:
        return Trade(name, None, None, None, str(error))


def _sorted(found: list[Trade]) -> tuple[Trade, ...]:
    return tuple(sorted(found, key=lambda each: (each.heat is None, each.heat)))
