"""Changes that come from other programs' files, and how a design file states them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qubudget.design import Design
from qubudget.errors import DesignError, Problem
from qubudget.interchange.files import refused

MAX_BYTES = 1_000_000


def changes_from(path: Path, design: Design, key: str | None = None) -> dict[str, Any]:
    """Changes of a design that a file states, by its ending.

    ``.s2p``: a measured part of a line; ``key`` says which. ``.csv``: measured heat loads and
    temperatures. ``.json``: arguments of a scqubits transmon, by themselves or as this package
    exports them.

    Raises
    ------
    DesignError: another kind of file, a key too many or too few, whatever is wrong in the file,
    and changes that the design refuses.
    """
    suffix = path.suffix.lower()
    if (key is None) == (suffix == ".s2p"):
        allowed = "the line's part of a .s2p, lines.NAME.cable_loss.STAGE; none for other files"
        raise refused(path.name, "--key", repr(key or ""), allowed)
    if key is not None:
        from qubudget.interchange.touchstone import from_touchstone

        found: dict[str, Any] = dict(from_touchstone(path, design, key))
    elif suffix == ".csv":
        from qubudget.interchange.loads import from_loads_csv

        found = dict(from_loads_csv(path, design))
    elif suffix == ".json":
        from qubudget.interchange.scqubits_parameters import NEEDED, from_scqubits

        arguments = _arguments(path)
        if not any(set(names) & set(arguments) for names in NEEDED.values()):
            needed = ", or ".join(", ".join(names) for names in NEEDED.values())
            words = f"none of scqubits' arguments of a transmon is in it: {needed}"
            raise DesignError(path.name, [Problem("file", "other keys", needed, words=words)])
        found = from_scqubits(arguments)
    else:
        raise refused(path.name, "file", repr(suffix), "a file that ends in .s2p, .csv or .json")
    design.replace(found)
    return found


def toml_of(changes: Mapping[str, Any]) -> str:
    """Changes as lines of a design file that is laid on the design.

    >>> print(toml_of({"lines.drive.cable_loss.mxc": "3 dB", "measured.load.4k": "1 W"}))
    [[lines]]
    name = "drive"
    cable_loss = { mxc = "3 dB" }
    <BLANKLINE>
    [measured]
    load = { 4k = "1 W" }
    """
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for key, value in changes.items():
        section, *names = key.split(".")
        member = section == "lines"
        head = f'[[lines]]\nname = "{names[0]}"' if member else f"[{section}]"
        field, *inner = names[1:] if member else names
        tables.setdefault(head, {}).setdefault(field, {})["".join(inner)] = value
    parts = []
    for head, fields in tables.items():
        lines = [head]
        for field, values in fields.items():
            shown = {name: json.dumps(value) for name, value in values.items()}
            inner_table = ", ".join(f"{name} = {value}" for name, value in shown.items())
            lines.append(
                f"{field} = {shown['']}" if "" in shown else f"{field} = {{ {inner_table} }}"
            )
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _arguments(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise refused(path.name, "file", "a larger one", f"at most {MAX_BYTES:,} bytes")
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise refused(path.name, "file", str(error)[:200], "a JSON file") from error
    if isinstance(found, dict) and isinstance(found.get("arguments"), dict):
        found = found["arguments"]
    if not isinstance(found, dict):
        raise refused(path.name, "file", "no table", "arguments of a scqubits transmon")
    return found
