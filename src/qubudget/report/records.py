"""Tables of what stands beside the model: measurements, published claims, origin."""

from __future__ import annotations

from qubudget.report.numbers import MISSING, engineering, quantity
from qubudget.report.reading import Data, flat, number, rows, section
from qubudget.report.tables import Column, Table


def _text(name: str) -> Column:
    return Column(name, numeric=False)


def measured_table(data: Data) -> Table | None:
    """Measured values, which the chain went on from, beside what the model says."""
    body = []
    for row in rows(data, "measured"):
        unit = str(row.get("unit") or "")
        measured, modelled = number(row, "measured"), number(row, "modelled")
        ratio = engineering(modelled / measured) if measured and modelled is not None else MISSING
        body.append(
            (
                str(row.get("key") or row.get("name")),
                quantity(row.get("measured"), unit),
                quantity(row.get("modelled"), unit),
                ratio,
                str(row.get("source") or ""),
            )
        )
    columns = (
        _text("quantity"), Column("measured"), Column("modelled"), Column("model / measured"),
        _text("source"),
    )  # fmt: skip
    note = "The chain goes on from the measured value."
    return Table("Measured beside modelled", columns, tuple(body), note) if body else None


def claims_table(data: Data) -> Table | None:
    """Published claims that this design supports or refutes."""
    claims = rows(section(data, "verdict"), "published_claims")
    body = tuple(
        (str(c.get("claim")), str(c.get("verdict")), str(c.get("reason") or "")) for c in claims
    )
    columns = (_text("claim"), _text("verdict"), _text("reason"))
    return Table("Published claims", columns, body) if body else None


def provenance_table(data: Data) -> Table | None:
    """Version, design, seed, effort, feedback passes: what is needed to compute it again."""
    pairs = list(flat(section(data, "provenance")))
    pairs += [(f"feedback.{key}", value) for key, value in flat(section(data, "feedback"))]
    body = tuple(
        (
            key.replace("_", " ").replace(".", ": "),
            quantity(value, "s" if key == "seconds" else ""),
        )
        for key, value in pairs
    )
    columns = (_text("what"), _text("value"))
    return Table("Provenance", columns, body) if body else None
