"""All that a report can give to other programs, in one folder; and what it cannot, with reasons."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qubudget.errors import OutOfRangeError, QubudgetError
from qubudget.interchange.files import refused, write_text

if TYPE_CHECKING:
    from qubudget.pipeline import Report


@dataclass(frozen=True)
class Exported:
    """Files of one format; none, and the reason, where it could not be written."""

    form: str
    files: tuple[Path, ...]
    reason: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        files = [str(path) for path in self.files]
        return {"format": self.form, "files": files, "reason": self.reason}


def _stim(report: Report, folder: Path) -> list[Path]:
    from qubudget.interchange.stim_files import export_qec

    return export_qec(report, folder / "stim")


def _scqubits(report: Report, folder: Path) -> list[Path]:
    from qubudget.interchange.scqubits_parameters import to_scqubits

    text = json.dumps(to_scqubits(report).to_dict(), indent=2, allow_nan=False)
    return [write_text(folder, "scqubits.json", f"{text}\n")]


def _touchstone(report: Report, folder: Path) -> list[Path]:
    from qubudget.interchange.touchstone import export_lines

    return export_lines(report, folder / "touchstone")


def _loads(report: Report, folder: Path) -> list[Path]:
    from qubudget.interchange.loads import export_loads

    return export_loads(report, folder)


def _gds(report: Report, folder: Path) -> list[Path]:
    from qubudget.interchange.gds import export_gds

    layers = "".join(f"{layer}\n" for layer in export_gds(report.design, folder / "chip.gds"))
    return [folder / "chip.gds", write_text(folder, "chip-layers.txt", layers)]


FORMATS: Mapping[str, Callable[[Report, Path], list[Path]]] = {
    "stim": _stim,
    "scqubits": _scqubits,
    "touchstone": _touchstone,
    "loads": _loads,
    "gds": _gds,
}
LIBRARIES: Mapping[str, tuple[str, str]] = {"gds": ("gdstk", "gds")}
"""Formats that need a library which is an extra: the library, the extra."""
WHOLE_CHAIN = ("stim",)
"""Formats that need error correction; the others need cryostat and qubit alone."""


def require_formats(only: Sequence[str]) -> tuple[str, ...]:
    """The formats asked for, in the order of ``FORMATS``; all of them where none is named.

    Raises
    ------
    DesignError: a format that is none of ``FORMATS``.
    """
    for name in only:
        if name not in FORMATS:
            raise refused("export", "format", repr(name), "one of " + ", ".join(FORMATS))
    return tuple(name for name in FORMATS if name in only or not only)


def wings_for(only: Sequence[str]) -> tuple[str, ...]:
    """Wings that these formats need."""
    cold = ("thermal", "coherence")
    return (*cold, "impact", "qec") if set(only) & set(WHOLE_CHAIN) else cold


def export(report: Report, folder: Path, only: Sequence[str] = ()) -> tuple[Exported, ...]:
    """Write a report in every format, or in those of ``only``, into ``folder``.

    A format that cannot be written, as its library is missing or the design has no such part, is
    returned with the reason.

    Raises
    ------
    DesignError: an unknown format, a folder that cannot be written.
    """
    wanted = require_formats(only)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(str(folder), "output", str(error), "a folder that can be written") from error
    found = []
    for name in wanted:
        module, extra = LIBRARIES.get(name, (None, ""))
        if module is not None and not _installed(module):
            found.append(Exported(name, (), f"pip install 'qubudget[{extra}]'"))
            continue
        try:
            found.append(Exported(name, tuple(FORMATS[name](report, folder)), None))
        except QubudgetError as error:
            found.append(Exported(name, (), _reason(error)))
    return tuple(found)


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ValueError:  # a module that was set to None
        return False


def _reason(error: QubudgetError) -> str:
    if isinstance(error, OutOfRangeError):
        return str(error)
    return "; ".join(map(str, getattr(error, "problems", (error,))))
