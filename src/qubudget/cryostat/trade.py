"""Signal loss against thermal isolation: what one piece of each cable does to both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qubudget.cryostat.conduction import cable_conductance, coax_heat, coax_spread
from qubudget.errors import OutOfRangeError
from qubudget.materials.attenuation import cable_attenuation
from qubudget.materials.cables import CoaxCable, coax, coax_names

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)


@dataclass(frozen=True)
class Trade:
    """One cable between two stages.

    Attributes
    ----------
    cable : name. loss : dB; None where unknown. heat : at the cold end, W; None where unknown.
    spread : 95 % factor of the heat. reason : why a value is None.
    """

    cable: str
    loss: float | None
    heat: float | None
    spread: float | None
    reason: str | None


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
    attenuation = cable_attenuation(cable.name, frequency, temperature)
    loss = length * float(weight @ attenuation / weight.sum())
    return loss, float(coax_heat(cable, length, hot, cold))


def trades(frequency: float, hot: float, cold: float, length: float) -> tuple[Trade, ...]:
    """The trade of every cable in the catalogue with a size of its own, best isolated first.

    A cable that is out of its range between these stages is listed last, with the reason.
    """
    found = []
    for name in coax_names():
        if name.startswith("UT-085"):
            continue  # the 2.19 mm class under another name
        try:
            loss, heat = trade(coax(name), frequency, hot, cold, length)
            spread = float(coax_spread(coax(name), hot, cold))
            found.append(Trade(name, loss, heat, spread, None))
        except OutOfRangeError as error:
            found.append(Trade(name, None, None, None, str(error)))
    return tuple(sorted(found, key=lambda each: (each.heat is None, each.heat)))
