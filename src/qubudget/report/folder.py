"""The folder that ``qubudget run -o`` writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qubudget.errors import DesignError, Problem
from qubudget.whole import write_whole

if TYPE_CHECKING:
    from qubudget.pipeline import Report


def write_folder(report: Report, document: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write report.json, report.html and one NetCDF file per wing with arrays.

    Each file appears whole or not at all, so that a crash never leaves half a report.

    Raises
    ------
    DesignError: the folder cannot be made or written.
    """
    from qubudget.report.arrays import write_netcdf
    from qubudget.report.html import render_html
    from qubudget.report.impact_pictures import impact_pictures

    try:
        folder.mkdir(parents=True, exist_ok=True)
        page = dict(document)
        page["thermal"] = {**document["thermal"], "growth": report.growth()}
        if (stress := report.stress()) is not None:
            page["coherence"] = {**document["coherence"], "stress": stress}
        if report.impact is not None:
            page["impact"] = {**document["impact"], **impact_pictures(report)}
        text = json.dumps(document, indent=2, allow_nan=False) + "\n"
        written = [
            write_whole(folder / "report.json", text),
            write_whole(folder / "report.html", render_html(page)),
        ]
        return [*written, *write_netcdf(report.arrays(), folder)]
    except OSError as error:
        allowed = "a folder that can be written"
        raise DesignError(str(folder), [Problem("--output", str(error), allowed)]) from error
