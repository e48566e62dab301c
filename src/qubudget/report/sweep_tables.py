"""What a sweep found, in short."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray
    from rich.console import Console

_SHOWN_ERRORS = 5
_NOISE = 1e-9  # relative: what varies less is rounding


def sweep_document(found: xarray.Dataset, output: Path) -> dict[str, Any]:
    """Axes, numbers of points, ranges of the numbers that vary, and the first errors."""
    errors = [str(text) for text in np.ravel(found["error"].values) if text]
    ranges = []
    for name, variable in found.data_vars.items():
        if variable.dtype.kind != "f" or not np.isfinite(variable.values).any():
            continue
        low, high = float(np.nanmin(variable.values)), float(np.nanmax(variable.values))
        if high - low > _NOISE * max(abs(low), abs(high)):
            unit = str(variable.attrs.get("units", ""))
            ranges.append({"name": str(name), "unit": unit, "low": low, "high": high})
    return {
        "output": str(output),
        "points": int(found["error"].size),
        "failed": len(errors),
        "errors": list(dict.fromkeys(errors))[:_SHOWN_ERRORS],
        "axes": {str(name): int(size) for name, size in found.sizes.items()},
        "ranges": ranges,
        "provenance": {str(k): str(v) for k, v in found.attrs.items()},
    }


def print_sweep(document: dict[str, Any], console: Console) -> None:
    """The document on a terminal."""
    from rich.table import Table

    axes = " x ".join(f"{name} ({size})" for name, size in document["axes"].items())
    console.print(f"{document['points']} points over {axes}; {document['failed']} failed")
    for text in document["errors"]:
        console.print(f"  {text}", style="red", markup=False, highlight=False)
    left_out = document["provenance"].get("left_out")
    if left_out:
        console.print(f"computed as arrays, without {left_out}", markup=False, highlight=False)
    table = Table("number of the report", "least", "most", "unit", box=None)
    for row in document["ranges"]:
        table.add_row(row["name"], f"{row['low']:.4g}", f"{row['high']:.4g}", row["unit"])
    console.print(table)
