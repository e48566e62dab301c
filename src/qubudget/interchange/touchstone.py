"""Lines as Touchstone two-ports: a design's lines to .s2p, a measured .s2p to a line's loss.

Version 1 of the format is a dozen lines of text, written here without a library; files of others,
in any of its units and forms, are read by scikit-rf (extra ``touchstone``).

What is written is what the chain assumes. Ports are matched and the phase is zero: the design
knows neither reflections nor electrical lengths. Losses are the same at all frequencies, as the
design states one number for each part. Port 1 is the warm end, port 2 the chip's, so S21 leads to
the chip. A read-out line's attenuation is the isolation of its circulators: it counts towards the
chip (S21), not away from it (S12), and the line begins at the amplifier nearest to the chip.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qubudget import __version__
from qubudget.design import Design
from qubudget.interchange.files import refused, write_text
from qubudget.qubit.noise_path import AT_QUBIT, AT_RESONATOR, LinePath, line_path

if TYPE_CHECKING:
    from qubudget.pipeline import Report

FREQUENCIES = np.linspace(0.1e9, 20e9, 200)
"""Of the files written, Hz: the span of the line noise's spectrum, in steps of 0.1 GHz."""
KINDS = tuple(kind for kind in (*AT_QUBIT, *AT_RESONATOR) if kind != "photonic")
PARTS = ("attenuation", "cable_loss")
MAX_BYTES = 20_000_000


def export_lines(report: Report, folder: Path) -> list[Path]:
    """Write ``LINE.s2p`` for each of a report's microwave lines (none for dc and photonic ones).

    Raises
    ------
    DesignError: a design without such lines or a stage without a temperature; see ``line_text``.
    """
    design = report.design
    names = [line.name for line in design.lines if line.kind in KINDS]
    if not names:
        raise refused(design.name, "lines", "no microwave line", "a design with one")
    return [write_text(folder, f"{name}.s2p", line_text(report, name)) for name in names]


def line_text(report: Report, name: str) -> str:
    """One line as a Touchstone file, version 1 (magnitude and angle, 50 ohm); see the module.

    Its comments give each part with its loss and temperature.

    Raises
    ------
    DesignError: no such line, a dc or photonic one, a stage without a temperature.
    """
    design = report.design
    lines = {line.name: line for line in design.lines if line.kind in KINDS}
    if name not in lines:
        raise refused(design.name, "line", repr(name), "one of " + ", ".join(lines))
    line, known = lines[name], report.thermal.temperatures
    lost = [stage for stage, value in known.items() if value is None]
    if lost:
        given = f"no temperature of {', '.join(lost)}"
        raise refused(design.name, "report", given, "stages with a stable temperature")
    path = line_path(
        design, line, {k: v for k, v in known.items() if v is not None}, report.thermal.rises
    )
    cable = math.prod(piece.cable_loss for piece in path.pieces.values())
    whole = cable * math.prod(piece.attenuation for piece in path.pieces.values())
    forth, back = whole**-0.5, (cable if line.kind == "read-out" else whole) ** -0.5
    # Touchstone's order of a two-port: S11, S21, S12, S22.
    values = f"0 0 {forth:.9g} 0 {back:.9g} 0 0 0"
    return "\n".join(
        [
            f"! qubudget {__version__}: {design.name}, line {name} ({line.kind})",
            f"! port 1: {path.start}, port 2: the chip's end",
            "! matched, without delay; losses as the design states them, at all frequencies alike",
            *(f"! {part}" for part in _parts(path)),
            "# GHz S MA R 50",
            *(f"{frequency / 1e9:.9g} {values}" for frequency in FREQUENCIES.tolist()),
            "",
        ]
    )


def read_loss(path: Path, frequency: float) -> float:
    """Loss from port 1 to port 2 of a measured two-port, 1/|S21|^2, a power ratio >= 1.

    frequency : Hz; between the file's points, decibels are linear in frequency.

    Raises
    ------
    DesignError: scikit-rf is not installed; the file is no Touchstone two-port, too large, does
    not reach the frequency, or has gain or nothing there.
    """
    try:
        # Not its Network, which would unpickle a file that happens to be a pickle.
        from skrf.io.touchstone import Touchstone
    except ImportError as error:
        allowed = (
            "Touchstone files once scikit-rf is installed (pip install 'qubudget[touchstone]')"
        )
        raise refused(path.name, "file", "a Touchstone file", allowed) from error
    frequencies, through = _points(Touchstone, path)
    low, high = float(frequencies[0]), float(frequencies[-1])
    if not low <= frequency <= high:
        raise refused(
            path.name, "frequency", f"{low / 1e9:.6g} to {high / 1e9:.6g} GHz in the file",
            f"a file that reaches {frequency / 1e9:.6g} GHz",
        )  # fmt: skip
    with np.errstate(divide="ignore"):
        decibels = float(np.interp(frequency, frequencies, -20 * np.log10(np.abs(through))))
    if not 0 <= decibels <= 200:
        given = f"a loss of {decibels:.6g} dB at {frequency / 1e9:.6g} GHz"
        raise refused(path.name, "S21", given, "0 to 200 dB, as of a passive line")
    return float(10 ** (decibels / 10))


def from_touchstone(path: Path, design: Design, key: str) -> dict[str, str]:
    """A measured part of a line as a change of the design, for ``Design.replace``.

    path : of the .s2p. key : which part it is, ``lines.NAME.cable_loss.STAGE`` (the cable that
    ends there) or ``lines.NAME.attenuation.STAGE``. The loss is read at the resonator's frequency
    for lines of the read-out and at the qubit's for all others.

    Raises
    ------
    DesignError: a key of no line's part; as ``read_loss``.
    """
    parts = key.split(".")
    lines = {line.name: line for line in design.lines if line.kind in KINDS}
    stages = [stage.name for stage in design.stages]
    if len(parts) != 4 or parts[0] != "lines" or parts[1] not in lines or parts[2] not in PARTS:
        allowed = f"lines.NAME.attenuation.STAGE or .cable_loss.STAGE of {', '.join(lines)}"
        raise refused(design.name, "key", repr(key), allowed)
    if parts[3] not in stages:
        raise refused(design.name, "key", repr(key), "a stage: " + ", ".join(stages))
    read_out = lines[parts[1]].kind in AT_RESONATOR
    frequency = design.readout.frequency if read_out else design.qubit.frequency
    return {key: f"{10 * math.log10(read_loss(path, frequency)):.9g} dB"}


def _points(parser: Any, path: Path) -> tuple[Any, Any]:
    """Ascending frequencies, Hz, and S21 of a file."""
    if path.suffix.lower() != ".s2p":
        raise refused(path.name, "file", repr(path.name), "a two-port, NAME.s2p")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise refused(path.name, "file", "a larger one", f"at most {MAX_BYTES:,} bytes")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it warns of is judged below
            found = parser(str(path))
            frequencies, matrix = map(np.asarray, found.get_sparameter_arrays())
        scattering, shape = found.parameter.lower() == "s", matrix.shape[1:]
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        raise refused(path.name, "file", str(error)[:200], "a Touchstone two-port") from error
    if not scattering or shape != (2, 2):
        raise refused(path.name, "file", "other parameters or ports", "S of a two-port")
    through = matrix[:, 1, 0]
    good = np.isfinite(frequencies).all() and np.isfinite(through).all()
    if frequencies.size == 0 or not good or not np.all(np.diff(frequencies) > 0):
        allowed = "one or more points of ascending frequency, all finite"
        raise refused(path.name, "file", "its points", allowed)
    return frequencies, through


def _parts(path: LinePath) -> Iterator[str]:
    for place, piece in path.pieces.items():
        if piece.cable_loss > 1:
            ends = f"{piece.warm:.4g} to {piece.cold:.4g} K"
            yield f"cable to {place} ({ends}): {10 * math.log10(piece.cable_loss):.6g} dB"
        if piece.attenuation > 1:
            loss = 10 * math.log10(piece.attenuation)
            yield f"attenuator at {place} ({piece.cold:.4g} K): {loss:.6g} dB"
