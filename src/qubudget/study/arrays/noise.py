"""Photons at the chip at many points: pieces that lines share are computed once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.design.schema import DesignModel
from qubudget.qubit.line_noise import Piece
from qubudget.qubit.noise_path import LinePath, line_path
from qubudget.qubit.thermal import bose_occupation
from qubudget.study.arrays.inputs import Floats
from qubudget.study.arrays.memory import Memory

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)  # as of ``line_noise.after_cable``


def occupations(
    design: DesignModel,
    temperatures: Mapping[str, Floats],
    frequencies: Floats,
    rises: Mapping[str, Floats],
    memory: Memory,
) -> tuple[Floats, Floats]:
    """Photons at the drive port and in the resonator, as ``channels.occupations``.

    frequencies : the design's, Hz, shape (n, 1) or (n, points). Returns two arrays of such shapes.
    """
    paths = {
        kind: [
            line_path(design, line, temperatures, rises)  # type: ignore[arg-type]
            for line in design.lines
            if line.kind == kind
        ]
        for kind in ("drive", "read-in")
    }
    bodies = _Bodies(frequencies, design, memory)
    bodies.lay(
        piece for lines in paths.values() for path in lines for piece in path.pieces.values()
    )
    stage = bodies.black(temperatures[design.qubit.stage])
    noisiest = {
        kind: reduce(np.maximum, map(bodies.behind, lines)) if lines else stage
        for kind, lines in paths.items()
    }
    share = design.readout.input_coupling
    return noisiest["drive"], share * noisiest["read-in"] + (1 - share) * stage


class _Bodies:
    """Black bodies and lossy cables at some frequencies; each is computed once.

    A body is known by its numbers' identity, which the kept references protect.
    """

    def __init__(self, frequencies: Floats, design: DesignModel, memory: Memory) -> None:
        self.frequencies, self.design, self.memory = frequencies, design, memory
        self._kept: dict[tuple[Any, ...], tuple[Any, Floats]] = {}

    def black(self, temperature: Any) -> Floats:
        """Photons of equilibrium at a temperature, K."""
        key = (_identity(temperature),)
        if key not in self._kept:
            self._kept[key] = temperature, bose_occupation(self.frequencies, temperature)
        return self._kept[key][1]

    def lay(self, pieces: Iterable[Piece]) -> None:
        """Compute the photons of all lossy cables; those with the same ends share their bodies."""
        between: dict[tuple[Any, ...], dict[Any, Piece]] = {}
        for piece in pieces:
            if np.any(np.greater(piece.cable_loss, 1.0)):
                ends = _identity(piece.warm), _identity(piece.cold)
                between.setdefault(ends, {})[_identity(piece.cable_loss)] = piece
        for number, (ends, group) in enumerate(between.items()):
            first = next(iter(group.values()))
            losses = [np.atleast_1d(piece.cable_loss) for piece in group.values()]
            warm, cold = np.atleast_1d(first.warm), np.atleast_1d(first.cold)
            found = self.memory.recall(
                f"cables {number}",
                self.design,
                (warm, cold, *losses),
                partial(_emitted, self.frequencies, losses, warm, cold),
            )
            for (loss, piece), photons in zip(group.items(), found, strict=True):
                self._kept[(loss, *ends)] = piece, photons

    def cable(self, piece: Piece) -> Floats:
        """Photons that a piece of lossy cable adds, once it was laid."""
        numbers = (piece.cable_loss, piece.warm, piece.cold)
        return self._kept[tuple(map(_identity, numbers))][1]

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


def _emitted(
    frequencies: Floats, losses: Sequence[Floats], warm: Floats, cold: Floats
) -> list[Floats]:
    """As ``line_noise.after_cable`` without photons that enter, node by node, for some losses.

    1/(exp(x) - 1) keeps its digits by expm1; beyond its range it is 0.
    """
    ends = np.broadcast_shapes(warm.shape, cold.shape)
    shapes = [np.broadcast_shapes(frequencies.shape, loss.shape, ends) for loss in losses]
    totals = [np.zeros(shape) for shape in shapes]
    decibels = [np.log(loss) for loss in losses]
    with np.errstate(over="ignore"):
        for node, weight in zip(_NODES.tolist(), _WEIGHTS.tolist(), strict=True):
            along = 0.5 * (node + 1.0)
            inverse = (PLANCK / BOLTZMANN) / (warm + (cold - warm) * along)
            given = [
                0.5 * weight * tens * loss ** (along - 1.0)
                for tens, loss in zip(decibels, losses, strict=True)
            ]
            for row, frequency in enumerate(frequencies):
                photons = 1.0 / np.expm1(frequency * inverse)
                for total, share in zip(totals, given, strict=True):
                    total[row] += share * photons
    return totals
