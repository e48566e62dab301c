"""Heat that coaxial cables conduct between stages.

Public names: ``coax_heat(cable, length, hot, cold)`` of one piece anchored at both ends,
``line_conduction(cable, lengths, temperatures, anchored)`` of a whole line whose inner
conductor or dielectric may pass stages by, ``coax_spread(cable, hot, cold)``,
``scaled(load, conductor, reference_hot, reference_cold, hot, cold)`` of a measured load, and
``anchor_factor(stage)``, by which Fourier's law falls short of the loads measured in a fridge.
Temperatures broadcast; NaN (a stage without a balance) gives NaN.

Heat is booked where it arrives; what the warmer stage is spared by sending it on is not
credited, as in the measured catalogue.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.checks import above, at_least
from qubudget.cryostat.wall import ROOM_TEMPERATURE
from qubudget.errors import OutOfRangeError
from qubudget.materials.cables import ANCHORS, CoaxCable, coax, passive_load
from qubudget.materials.conductivity import conductivity, integral, spread

Floats = NDArray[np.float64]

PLATING_REFERENCE = 4.0
"""Temperature of the makers' conductances from which the platings come, K."""
PLATING_LIMIT = 10.0
"""Hottest end at which a plating's conductivity is still proportional to T (Wiedemann-Franz
with the residual resistance alone), K; copper of RRR 100 has lost 4 % of k/T there."""


def coax_heat(cable: CoaxCable, length: ArrayLike, hot: ArrayLike, cold: ArrayLike) -> Floats:
    """Heat that arrives at the cold end of a piece of cable anchored at both ends, W.

    Q = (1/L) sum_i A_i int_cold^hot k_i dT over inner conductor, dielectric, outer conductor
    and plating (Krinner et al. 2019, section 3).

    Parameters
    ----------
    cable : with geometry. length : m. hot, cold : K. All broadcast; negative if hot < cold.

    Raises
    ------
    OutOfRangeError: a length not above 0, a temperature outside a material's range, or a
        plated cable with an end above ``PLATING_LIMIT``.

    Stainless 0.085 inch cable, 20 cm from room temperature to 35 K, W; Krinner measures 0.045:

    >>> round(float(coax_heat(coax("UT-085-SS-SS"), 0.2, 300.0, 35.0)), 3)
    0.027
    """
    total = sum(part.integral(cold, hot) for part in _parts(cable))
    return np.asarray(total / above(0, "length (m)", length), dtype=np.float64)


def coax_spread(cable: CoaxCable, hot: ArrayLike, cold: ArrayLike) -> Floats:
    """95 % factor, up or down, of ``coax_heat`` between two temperatures.

    Each material's spread at the hotter end (where most heat flows) weighted by its share of the
    heat, and the cable's own, as independent lognormal factors.

    Raises
    ------
    OutOfRangeError: as ``coax_heat``.
    """
    low, high = np.broadcast_arrays(
        np.asarray(cold, dtype=np.float64), np.asarray(hot, dtype=np.float64)
    )
    warmer = np.maximum(low, high)
    heats, factors = [], []
    for part in _parts(cable):
        # At equal ends the shares are those of the conductances.
        equal = low == high
        heat = np.abs(part.integral(low, high))
        heats.append(np.where(equal, part.integral(0.999 * warmer, warmer), heat))
        factors.append(part.spread(warmer))
    material = np.sum(np.multiply(heats, factors), axis=0) / np.sum(heats, axis=0)
    return np.asarray(np.exp(np.hypot(np.log(material), np.log(cable.spread))), dtype=np.float64)


def line_conduction(
    cable: CoaxCable,
    lengths: Sequence[float],
    temperatures: Sequence[ArrayLike],
    anchored: Sequence[bool] | None = None,
) -> tuple[Floats, ...]:
    """Heat that a line of one cable brings to every stage on its way, W.

    The outer conductor is anchored everywhere. Inner conductor and dielectric are so at the
    line's two ends and, where they are not, their heat passes on to the next stage that
    anchors them, over the accumulated length.

    Parameters
    ----------
    lengths : of the n pieces, warm to cold, m.
    temperatures : of the n + 1 places, warm to cold, K; arrays broadcast.
    anchored : whether each of the n stages anchors inner conductor and dielectric (an attenuator
        sits there, say); None: as the cable's own flags say. Where given, a part whose own flag
        is set is still anchored everywhere.

    Returns
    -------
    Heat at each of the n stages, W.

    Raises
    ------
    OutOfRangeError: numbers of lengths, temperatures and flags that do not fit, or as
        ``coax_heat``.
    """
    count = len(lengths)
    if count < 1 or len(temperatures) != count + 1 or len(anchored or lengths) != count:
        raise OutOfRangeError(
            f"a line of n pieces has n + 1 temperatures and n flags, given {count} lengths, "
            f"{len(temperatures)} temperatures and {len(anchored or lengths)} flags"
        )
    pieces = above(0, "lengths (m)", lengths)
    places = np.broadcast_arrays(*(np.asarray(t, dtype=np.float64) for t in temperatures))
    heat = [np.zeros(places[0].shape) for _ in range(count)]
    flags = [False] * count if anchored is None else list(anchored)
    for part in _parts(cable):
        start = 0
        for stage in range(count):
            if part.anchored or flags[stage] or stage == count - 1:
                length = float(pieces[start : stage + 1].sum())
                heat[stage] += part.integral(places[stage + 1], places[start]) / length
                start = stage + 1
    return tuple(heat)


def scaled(
    load: ArrayLike,
    conductor: str | CoaxCable,
    reference_hot: ArrayLike,
    reference_cold: ArrayLike,
    hot: ArrayLike,
    cold: ArrayLike,
) -> Floats:
    """A load measured between two temperatures, carried to two others, W.

    ``load`` times the ratio of the conduction integrals of the conductor: a material's name, or
    a cable, of which the outer conductor is taken. A factor of the measurement over Fourier's
    law (clamping, radiation along the line) is thereby kept as it is.

    Raises
    ------
    OutOfRangeError: a negative load, reference temperatures that are equal, or a temperature
        outside the material's range.
    """
    material = conductor.outer if isinstance(conductor, CoaxCable) else conductor
    reference = integral(material, reference_cold, reference_hot)
    if np.any(reference <= 0):
        raise OutOfRangeError(
            f"a reference with its hot end above its cold end, given {reference_hot!r} and "
            f"{reference_cold!r} K"
        )
    power = at_least(0, "load (W)", load)
    return np.asarray(power * integral(material, cold, hot) / reference, dtype=np.float64)


def cable_conductance(cable: CoaxCable, temperature: ArrayLike) -> Floats:
    """Conductance times length of a cable, sum of A k over its parts, W m/K.

    Raises
    ------
    OutOfRangeError: a temperature outside a material's range.
    """
    return np.asarray(sum(part.conductance(temperature) for part in _parts(cable)))


@dataclass(frozen=True)
class AnchorFactor:
    """Measured over computed conduction at one stage.

    Attributes
    ----------
    stage : where the piece of cable ends. factor : measured heat over ``coax_heat``.
    spread : 95 % factor up or down. source : what was compared.
    """

    stage: str
    factor: float
    spread: float
    source: str


@cache
def anchor_factor(stage: str) -> AnchorFactor:
    """The factor of a measured line over Fourier's law at a stage, with its spread.

    Krinner's stainless drive line (2019, Table 2) over ``coax_heat`` with this package's
    conductivities, his XLD400's lengths and base temperatures. The spread reaches from there
    to the farthest of: his flux line of the same cable, his fridge at its rated temperatures,
    and his own published ratio.

    Raises
    ------
    OutOfRangeError: a stage at which nothing was measured.
    """
    rows = _anchors()
    if stage not in rows:
        raise OutOfRangeError(
            f"no anchor factor at stage {stage!r}; measured at {', '.join(rows)}; "
            "state the line's load at this stage"
        )
    cable, row = coax("UT-085-SS-SS"), rows[stage]
    drive, flux = (passive_load(f"UT-085-SS-SS {kind}", stage) for kind in ("drive", "flux"))
    above_it = ANCHORS[ANCHORS.index(stage) - 1]
    modelled = {}
    for which in ("base", "rated"):
        column = f"{which}_temperature_K"
        hot = ROOM_TEMPERATURE if above_it == ANCHORS[0] else float(rows[above_it][column])
        modelled[which] = float(coax_heat(cable, float(row["length_m"]), hot, float(row[column])))
    factor = drive / modelled["base"]
    others = (flux / modelled["base"], drive / modelled["rated"], float(row["published_ratio"]))
    return AnchorFactor(
        stage=stage,
        factor=factor,
        spread=max(max(other / factor, factor / other) for other in others),
        source="Krinner et al. 2019, Tables 1 and 2 (XLD400), over Fourier's law",
    )


@cache
def _anchors() -> dict[str, dict[str, str]]:
    text = files("qubudget.materials").joinpath("data/anchors.csv").read_text("utf-8")
    return {row["stage"]: row for row in csv.DictReader(text.splitlines())}


@dataclass(frozen=True)
class _Part:
    """A conductor or dielectric: ``material`` of ``area`` (m^2), or a plating (W m/K at 4 K)."""

    material: str
    area: float
    anchored: bool

    def integral(self, cold: ArrayLike, hot: ArrayLike) -> Floats:
        return np.asarray(self.area * integral(self.material, cold, hot), dtype=np.float64)

    def conductance(self, temperature: ArrayLike) -> Floats:
        return np.asarray(self.area * conductivity(self.material, temperature))

    def spread(self, temperature: ArrayLike) -> Floats:
        return spread(self.material, temperature)


@dataclass(frozen=True)
class _Plating:
    """A normal metal with its residual resistance alone, by its conductance at 4 K (W m/K)."""

    cable: str
    conductance_4k: float
    anchored: bool

    def integral(self, cold: ArrayLike, hot: ArrayLike) -> Floats:
        low, high = np.asarray(cold, dtype=np.float64), np.asarray(hot, dtype=np.float64)
        for end in (low, high):
            if np.any((end > PLATING_LIMIT) | (end <= 0)):
                raise OutOfRangeError(
                    f"silver plating of {self.cable!r} is known above 0 K to {PLATING_LIMIT:g} K, "
                    f"asked at {float(np.nanmax(end)):g} K"
                )
        slope = self.conductance_4k / PLATING_REFERENCE
        return np.asarray(slope * (high**2 - low**2) / 2, dtype=np.float64)

    def conductance(self, temperature: ArrayLike) -> Floats:
        return np.asarray(self.conductance_4k / PLATING_REFERENCE * np.asarray(temperature))

    def spread(self, temperature: ArrayLike) -> Floats:
        # The conductance is the makers': of them the cable's own spread speaks.
        return np.ones(np.shape(temperature))


def _parts(cable: CoaxCable) -> list[_Part | _Plating]:
    parts: list[_Part | _Plating] = [
        _Part(cable.inner, cable.inner_area, cable.inner_anchored),
        _Part(cable.dielectric, cable.dielectric_area, cable.dielectric_anchored),
        _Part(cable.outer, cable.outer_area, True),
    ]
    if cable.plating:
        parts.append(_Plating(cable.name, cable.plating, cable.inner_anchored))
    return parts
