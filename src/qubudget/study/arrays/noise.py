"""Photons at the chip at many points: pieces that lines share are computed once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.design.schema import DesignModel
from qubudget.qubit.line_noise import Piece
from qubudget.qubit.noise_path import LinePath, line_path
from qubudget.qubit.thermal import bose_occupation
from qubudget.study.arrays.inputs import Floats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)  # as of ``line_noise.after_cable``


def occupations(
    design: DesignModel,
    temperatures: Mapping[str, Floats],
    frequencies: Floats,
    rises: Mapping[str, Floats],
) -> tuple[Floats, Floats]:
    """Photons at the drive port and in the resonator, as ``channels.occupations``.

    frequencies : Hz, shape (n, 1) or (n, points). Returns two arrays of such shapes.
    """
    bodies = _Bodies(frequencies)
    stage = bodies.black(temperatures[design.qubit.stage])
    noisiest = {}
    for kind in ("drive", "read-in"):
        found = [
            bodies.behind(line_path(design, line, temperatures, rises))  # type: ignore[arg-type]
            for line in design.lines
            if line.kind == kind
        ]
        noisiest[kind] = reduce(np.maximum, found) if found else stage
    share = design.readout.input_coupling
    return noisiest["drive"], share * noisiest["read-in"] + (1 - share) * stage


class _Bodies:
    """Black bodies and lossy cables at some frequencies; each is computed once.

    A body is known by its numbers' identity, which the kept references protect.
    """

    def __init__(self, frequencies: Floats) -> None:
        self.frequencies = frequencies
        self._kept: dict[tuple[Any, ...], tuple[Any, Floats]] = {}

    def black(self, temperature: Any) -> Floats:
        """Photons of equilibrium at a temperature, K."""
        key = (_identity(temperature),)
        if key not in self._kept:
            self._kept[key] = temperature, bose_occupation(self.frequencies, temperature)
        return self._kept[key][1]

    def cable(self, piece: Piece) -> Floats:
        """Photons that a piece of lossy cable adds."""
        numbers = (piece.cable_loss, piece.warm, piece.cold)
        key = tuple(_identity(number) for number in numbers)
        if key not in self._kept:
            self._kept[key] = numbers, _emitted(self.frequencies, *map(np.atleast_1d, numbers))
        return self._kept[key][1]

    def behind(self, path: LinePath) -> Floats:
        """Photons at the end of a line."""
        photons = self.black(path.source)
        for piece in path.pieces.values():
            if np.any(np.greater(piece.cable_loss, 1.0)):
                photons = photons / piece.cable_loss + self.cable(piece)
            passed = 1.0 / np.asarray(piece.attenuation, dtype=np.float64)
            photons = photons * passed + (1.0 - passed) * self.black(piece.cold)
        return photons


def _identity(number: Any) -> tuple[str, float]:
    """Equal plain numbers are one; arrays are known by their place."""
    return ("plain", number) if isinstance(number, float) else ("array", id(number))


def _emitted(frequencies: Floats, loss: Floats, warm: Floats, cold: Floats) -> Floats:
    """As ``line_noise.after_cable`` without photons that enter, node by node.

    1/(exp(x) - 1) keeps its digits by expm1; beyond its range it is 0.
    """
    shape = np.broadcast_shapes(frequencies.shape, loss.shape, warm.shape, cold.shape)
    total = np.zeros(shape)
    decibels = np.log(loss)
    with np.errstate(over="ignore"):
        for node, weight in zip(_NODES.tolist(), _WEIGHTS.tolist(), strict=True):
            along = 0.5 * (node + 1.0)
            inverse = (PLANCK / BOLTZMANN) / (warm + (cold - warm) * along)
            given = 0.5 * weight * decibels * loss ** (along - 1.0)
            for row, frequency in zip(total, frequencies, strict=True):
                quanta = np.expm1(frequency * inverse)
                row += given / quanta
    return total
