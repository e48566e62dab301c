"""Tables about many impacts."""

from __future__ import annotations

from qubudget.report.reading import Data, section
from qubudget.report.table import Column, Table, in_unit, make_table, shown, text_column

_ROWS = (
    ("footprint_qubits", "qubits hit", "", ""),
    ("shifted_qubits", "qubits shifted", "", ""),
    ("t1_min", "lowest T1", "_s", "s"),
    ("duration", "duration", "_s", "s"),
    ("peak_shift", "largest shift", "_Hz", "Hz"),
)


def statistics_table(data: Data) -> Table | None:
    """Mean with its 95 % interval and percentiles of what impacts do."""
    many = section(section(data, "impact"), "statistics")
    if not many:
        return None
    body = []
    for key, words, suffix, unit in _ROWS:
        entry = section(many, key)
        names = ("mean", "mean_low", "mean_high", "p10", "median", "p90")
        body.append([words, *(shown(entry, name + suffix, in_unit(unit)) for name in names)])
    heads = [text_column("of one impact"), *map(Column, ("mean", "low", "high"))]
    heads += map(Column, ("10 %", "median", "90 %"))
    note = (
        f"{many.get('events')} impacts; hit: {many.get('hit')}; shifted: by more than "
        f"{float(str(many.get('shifted_above_Hz'))) / 1e6:g} MHz."
    )
    return make_table("Many impacts", heads, body, note)
