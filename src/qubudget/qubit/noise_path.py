"""The way of noise along every line of a design, from its source to the chip."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.design.fridge import Line
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.qubit.line_noise import (
    Piece,
    photons_along,
    photons_behind,
    shot_noise_photons,
)
from qubudget.qubit.ranges import at_least
from qubudget.qubit.readout import chain_noise
from qubudget.qubit.thermal import bose_occupation, effective_temperature

ROOM = "300k"
ROOM_TEMPERATURE = 300.0
AT_QUBIT = ("drive", "flux", "coupler", "photonic")
"""Kinds of line whose noise counts at the qubit's frequency; the others' at the resonator's."""
AT_RESONATOR = ("read-in", "pump", "read-out")
Part = Literal["source", "cable", "attenuator"]
SPECTRUM = np.geomspace(0.1e9, 20e9, 60)
"""Frequencies of the spectrum at the chip, Hz."""

Rises = Mapping[str, float | None]
"""Rise over its stage of what each joint fixes, K, by the joint's name."""


def joint_rise(joint: str, rises: Rises | None) -> float:
    """Rise at a joint, K.

    Raises
    ------
    OutOfRangeError: the joint has none, or one below 0.
    """
    rise = None if rises is None else rises.get(joint)
    if rise is None:
        raise OutOfRangeError(f"joint {joint} has no value at this temperature")
    checked = at_least(f"rise at joint {joint}", rise)
    return float(checked) if checked.ndim == 0 else checked  # type: ignore[return-value]


@dataclass(frozen=True)
class LinePath:
    """What noise passes on its way to the chip.

    Attributes
    ----------
    start : place of the source. source : its noise temperature, K. pieces : by the place where
    each ends, from the source to the chip. photocurrent, impedance : of a photodiode as the
    source, A and ohm; its shot noise adds to the thermal one.
    """

    start: str
    source: float
    pieces: Mapping[str, Piece]
    photocurrent: float = 0.0
    impedance: float = 0.0

    def entering(self, frequency: ArrayLike) -> NDArray[np.float64]:
        """Photons of the source at ``frequency`` (Hz)."""
        thermal = bose_occupation(frequency, self.source)
        if self.photocurrent == 0:
            return thermal
        return thermal + shot_noise_photons(frequency, self.photocurrent, self.impedance)

    def photons(self, frequency: ArrayLike) -> NDArray[np.float64]:
        """Photons at the chip at ``frequency`` (Hz)."""
        return photons_behind(frequency, self.entering(frequency), self.pieces.values())


def line_path(
    design: DesignModel, line: Line, temperatures: Mapping[str, float], rises: Rises | None = None
) -> LinePath:
    """The way from the source of a line's noise to the chip.

    temperatures : of the stages, K, by name. rises : at the design's joints.

    The line passes the stages between its start and its end, or the qubit's stage if that is
    warmer than its end; the source is at ``source_temperature`` or at the start's temperature.
    What a clamp fixes is warmer than its stage by the rise at that joint. A read-out line is
    taken backwards from the amplifier nearest to the chip, whose input is matched and as warm
    as its stage; its attenuation is then the isolation of circulators, whose terminations are
    as warm as theirs. A photonic line begins at its end, with the photodiode.

    Raises
    ------
    OutOfRangeError: a clamp of this line has no rise.
    """
    names = [stage.name for stage in design.stages]
    clamps = {joint.stage: joint.name for joint in design.joints if joint.line == line.name}

    def warmth(place: str) -> float:
        if place == ROOM:
            return ROOM_TEMPERATURE
        clamp = clamps.get(place)
        if clamp is None:
            return temperatures[place]
        return temperatures[place] + joint_rise(clamp, rises)

    begin = -1 if line.starts_at == ROOM else names.index(line.starts_at)
    last = min(names.index(line.ends_at), names.index(design.qubit.stage))
    start, source = line.starts_at, line.source_temperature
    if line.kind == "read-out":
        amplifiers = {part.stage for part in design.electronics if part.kind == "amplifier"}
        cold = [place for place in names[max(begin, 0) : last + 1] if place in amplifiers]
        if cold:
            start, source = cold[-1], temperatures[cold[-1]]
    elif line.kind == "photonic":
        start, source = line.ends_at, None
    first = -1 if start == ROOM else names.index(start)
    warm = warmth(start)
    source = warm if source is None else source
    pieces = {start: Piece(warm, warm, 1.0, line.attenuation.get(start, 1.0))}
    for place in names[first + 1 : last + 1]:
        cold_end = warmth(place)
        loss = line.cable_loss.get(place, 1.0)
        pieces[place] = Piece(warm, cold_end, loss, line.attenuation.get(place, 1.0))
        warm = cold_end
    if line.kind != "photonic":
        return LinePath(start, source, pieces)
    impedance = line.photodiode_impedance or 0.0
    made = (line.power_at_chip or 0.0) * line.attenuation.get(start, 1.0)
    current = math.sqrt(2 * made / impedance) if impedance > 0 else 0.0
    return LinePath(start, source, pieces, current, impedance)


@dataclass(frozen=True)
class NoiseStep:
    """Photons behind one part of a line."""

    place: str
    part: Part
    temperature_K: float
    photons: float
    effective_temperature_K: float


@dataclass(frozen=True)
class LineSteps:
    """One line: photons behind every part at ``frequency_Hz``, and over the spectrum at the chip.

    ``note`` says what the numbers leave out.
    """

    name: str
    kind: str
    frequency_Hz: float
    steps: tuple[NoiseStep, ...]
    spectrum: tuple[float, ...]
    note: str | None

    def to_dict(self) -> dict[str, Any]:
        """The contract's entry of ``lines``."""
        at_chip = self.steps[-1]
        return {
            "name": self.name,
            "kind": self.kind,
            "frequency_Hz": self.frequency_Hz,
            "photons": at_chip.photons,
            "effective_temperature_K": at_chip.effective_temperature_K,
            "steps": [asdict(step) for step in self.steps],
            "spectrum_photons": list(self.spectrum),
            "note": self.note,
        }


@dataclass(frozen=True)
class NoiseContribution:
    """What a part of the read-out chain adds, K, referred to the resonator's output."""

    part: str
    noise_K: float


@dataclass(frozen=True)
class ReadOutNoise:
    """System noise temperature of the read-out chain, vacuum included, and its parts."""

    frequency_Hz: float
    system_noise_K: float | None
    added_photons: float | None
    efficiency: float | None
    contributions: tuple[NoiseContribution, ...]


@dataclass(frozen=True)
class StageBody:
    """A stage as a black body, at the qubit's frequency."""

    name: str
    temperature_K: float
    photons: float


@dataclass(frozen=True)
class LineNoiseResult:
    """Noise along every line that carries signals to the qubit's stage, and of the read-out.

    Without a temperature of every stage there is none, and ``reason`` says why.
    """

    lines: tuple[LineSteps, ...]
    stages: tuple[StageBody, ...]
    read_out: ReadOutNoise
    reason: str | None

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``line_noise`` document."""
        return {
            "lines": [line.to_dict() for line in self.lines],
            "spectrum_frequency_Hz": SPECTRUM.tolist(),
            "stages": [asdict(stage) for stage in self.stages],
            "read_out": asdict(self.read_out)
            | {"contributions": [asdict(part) for part in self.read_out.contributions]},
            "reason": self.reason,
        }


def line_noise(
    design: DesignModel, temperatures: Mapping[str, float | None], rises: Rises | None = None
) -> LineNoiseResult:
    """Photons along every line of ``design``, and the noise of its read-out chain.

    temperatures : of the stages, K, by name; None where a stage has no stable temperature.
    rises : at the design's joints, K, by name.

    Lines for direct currents, and those that end warmer than the qubit's stage, bring no
    signals to the chip and are left out.

    Raises
    ------
    OutOfRangeError: a clamp of a line has no rise.
    """
    names = [stage.name for stage in design.stages]
    known = {name: value for name, value in temperatures.items() if value is not None}
    lost = [name for name in names if name not in known]
    if lost:
        reason = f"no temperature of {', '.join(lost)}"
        nothing = ReadOutNoise(design.readout.frequency, None, None, None, ())
        return LineNoiseResult((), (), nothing, reason)
    stage = names.index(design.qubit.stage)
    passing = [
        line
        for line in design.lines
        if stage in range([ROOM, *names].index(line.starts_at) - 1, names.index(line.ends_at) + 1)
    ]
    qubit = design.qubit.frequency
    return LineNoiseResult(
        tuple(
            _line(design, line, line_path(design, line, known, rises))
            for line in passing
            if line.kind in AT_QUBIT + AT_RESONATOR
        ),
        tuple(
            StageBody(name, known[name], float(bose_occupation(qubit, known[name])))
            for name in names[: stage + 1]
        ),
        _read_out(design, known[design.qubit.stage]),
        None,
    )


def _line(design: DesignModel, line: Line, path: LinePath) -> LineSteps:
    at_qubit = line.kind in AT_QUBIT
    frequency = design.qubit.frequency if at_qubit else design.readout.frequency
    note = None
    if line.kind == "read-out" and all(p.attenuation == 1.0 for p in path.pieces.values()):
        note = "backwards, without isolators: the line states no attenuation"
    elif line.kind == "read-out":
        note = "backwards, its attenuation being that of isolators"
    elif line.kind in ("flux", "coupler"):
        note = "cables and attenuators alone, without a low-pass filter"
    elif line.kind == "photonic":
        note = "with the photodiode's shot noise, while its light is on"
    spectrum = tuple(path.photons(SPECTRUM).tolist())
    return LineSteps(
        line.name, line.kind, frequency, tuple(_steps(path, frequency)), spectrum, note
    )


def _steps(path: LinePath, frequency: float) -> Iterator[NoiseStep]:
    def step(place: str, part: Part, warmth: float, photons: NDArray[np.float64]) -> NoiseStep:
        seen = effective_temperature(frequency, photons)
        return NoiseStep(place, part, warmth, float(photons), float(seen))

    entering = path.entering(frequency)
    yield step(path.start, "source", path.source, entering)
    behind = photons_along(frequency, entering, path.pieces.values())
    for (place, piece), (cable, attenuator) in zip(path.pieces.items(), behind, strict=True):
        if place != path.start:
            yield step(place, "cable", piece.cold, cable)
        if piece.attenuation > 1.0:
            yield step(place, "attenuator", piece.cold, attenuator)


def _read_out(design: DesignModel, stage: float) -> ReadOutNoise:
    """The design's chain, with its loss at the temperature of the qubit's ``stage`` (K)."""
    readout = design.readout
    chain = chain_noise(
        readout.frequency,
        readout.loss,
        stage,
        readout.first_noise,
        readout.first_gain,
        readout.second_noise,
    )
    parts = {
        "vacuum": chain.vacuum,
        "loss": chain.loss,
        "first amplifier": chain.first,
        "second amplifier": chain.second,
    }
    return ReadOutNoise(
        readout.frequency,
        float(chain.system),
        float(chain.added_photons),
        float(chain.efficiency),
        tuple(NoiseContribution(part, float(noise)) for part, noise in parts.items()),
    )
