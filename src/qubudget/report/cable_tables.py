"""Cables in use beside the best of the catalogue, as a table."""

from __future__ import annotations

from qubudget.report.numbers import engineering
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.table import (
    Column,
    Table,
    in_unit,
    make_table,
    shown,
    text_column,
    without_empty,
)


def trade_tables(data: Data) -> list[Table]:
    """Every cable in use, and the best isolated and the least lossy of the catalogue."""
    pieces = rows(section(data, "thermal"), "trades")
    body = [row for piece in pieces for row in _rows(piece)]
    heads = [
        text_column("piece"),
        text_column("cable"),
        Column("loss"),
        Column("heat"),
        text_column("used by"),
        text_column("of all"),
    ]
    at = next((number(piece, "frequency_Hz") for piece in pieces), None)
    note = (
        f"Loss at {engineering(at, 'Hz')}; heat of one line at the colder end, by conduction where "
        "the cable's geometry is known: measured loads may differ. Of all: the extremes of the "
        "catalogue. "
    )
    note += " ".join(
        f"{piece.get('from')} to {piece.get('to')}: {reason(piece)}."
        for piece in pieces
        if reason(piece)
    )
    kept = without_empty(heads, body)
    return [make_table("Cables: loss against heat", *kept, note, folded=True)] if pieces else []


def _rows(piece: Data) -> list[tuple[str, ...]]:
    """Cables of one piece; those of the same loss and heat, one size by several names, in one."""
    cables = rows(piece, "cables")
    known = [c for c in cables if None not in (number(c, "heat_W"), number(c, "loss_dB"))]
    groups: dict[tuple[object, object], list[Data]] = {}
    for cable in (c for c in cables if c.get("used_by")):
        groups.setdefault((cable.get("heat_W"), cable.get("loss_dB")), []).append(cable)
    marks: dict[tuple[object, object], list[str]] = {}
    if known:
        isolated = min(known, key=lambda c: (c["heat_W"], c["loss_dB"]))
        clear = min(known, key=lambda c: (c["loss_dB"], c["heat_W"]))
        for words, best in (("best isolated", isolated), ("least lossy", clear)):
            place = best["heat_W"], best["loss_dB"]
            groups.setdefault(place, [best])
            marks.setdefault(place, []).append(words)
    return [
        (
            f"{piece.get('from')} to {piece.get('to')}",
            _name([str(cable.get("cable")) for cable in group]),
            shown(group[0], "loss_dB", in_unit("dB")),
            shown(group[0], "heat_W", in_unit("W")),
            ", ".join(str(line) for cable in group for line in cable.get("used_by") or ()),
            ", ".join(marks.get(place, ())),
        )
        for place, group in groups.items()
    ]


def _name(names: list[str]) -> str:
    """Names with the same words at their beginning say these once.

    >>> _name(["UT-085-SS-SS drive", "UT-085-SS-SS flux"]), _name(["thin", "thick"])
    ('UT-085-SS-SS drive, flux', 'thin, thick')
    """
    first, *others = names
    stem, _, end = first.rpartition(" ")
    if not others or not stem or not all(name.startswith(f"{stem} ") for name in others):
        return ", ".join(names)
    return f"{stem} {', '.join([end, *(name.removeprefix(f'{stem} ') for name in others)])}"
