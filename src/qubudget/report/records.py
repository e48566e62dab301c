"""Tables of what stands beside the model: measurements, published claims, origin."""

from __future__ import annotations

from math import isclose

from qubudget.report.numbers import MISSING, engineering, key_unit, key_words, quantity
from qubudget.report.reading import Data, flat, modelled, number, rows, section
from qubudget.report.table import Column, Table


def _text(name: str) -> Column:
    return Column(name, numeric=False)


def measured_table(data: Data) -> Table | None:
    """Measured values, which the chain went on from, beside what the model says."""
    thermal, coherence = section(data, "thermal"), section(data, "coherence")
    impact, gate = section(data, "impact"), section(coherence, "gate")
    rate = section(impact, "rate_per_s")
    pairs = [
        (f"{stage.get('name')}: {key_words(key)}", key, number(stage, key), modelled(stage, key))
        for stage in rows(thermal, "stages")
        for key in ("temperature_K", "load_W")
    ]
    for part, keys in (
        (coherence, ("t1_s", "t2_s")),
        (gate, ("one_qubit_error", "two_qubit_error", "readout_error")),
        (impact, ("recovery_time_s",)),
    ):
        pairs += [(key_words(key), key, number(part, key), modelled(part, key)) for key in keys]
    bursts = ("bursts", "rate_per_s", number(rate, "total"), modelled(impact, "rate_per_s"))
    body = []
    for words, key, value, model in [*pairs, bursts]:
        if value is not None and model is not None and not isclose(value, model, rel_tol=1e-9):
            unit = key_unit(key)
            ratio = engineering(model / value) if value else MISSING
            body.append((words, quantity(value, unit), quantity(model, unit), ratio))
    columns = (
        _text("quantity"), Column("measured"), Column("modelled"), Column("model / measured"),
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


_ORIGINS = {
    "seconds": ("time taken", "s"),
    "feedback.correction_power_W": ("heat of correcting errors", "W"),
    "feedback.passes": ("passes until that heat and the errors agreed", ""),
    "feedback.residual": ("relative change of that heat in the last pass", ""),
}


def provenance_table(data: Data) -> Table | None:
    """Version, design, seed, effort, feedback passes: what is needed to compute it again."""
    pairs = list(flat(section(data, "provenance")))
    pairs += [(f"feedback.{key}", value) for key, value in flat(section(data, "feedback"))]
    body = tuple(
        (words, quantity(value, unit))
        for key, value in pairs
        for words, unit in [_ORIGINS.get(key, (key.replace("_", " "), ""))]
    )
    columns = (_text("what"), _text("value"))
    return Table("Provenance", columns, body) if body else None
