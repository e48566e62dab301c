"""Tables about one impact, the reference event, and about many."""

from __future__ import annotations

from qubudget.report.numbers import engineering, key_unit, quantity
from qubudget.report.reading import (
    Data,
    is_measured,
    mark_measured,
    number,
    reasons,
    rows,
    section,
)
from qubudget.report.table import Column, Table, in_unit, make_table, shown, text_column

_RATES = (
    ("total", "impacts"),
    ("muon", "by muons"),
    ("gamma", "by gammas"),
    ("hadron", "by hadrons"),
    ("phonon_burst", "by phonon bursts"),
)
_EVENT = (
    ("pair_breaking_efficiency", "share of the energy in broken pairs"),
    ("cascade_plateau", "the same, of a thick film alone"),
    ("t1_min_s", "T1 of the worst qubit"),
    ("recovery_time_s", "mean excess 1/T1 falls to 1/e in"),
    ("affected_radius_m", "radius with T1 below half"),
)
_PUBLISHED = (
    ("pair_breaking_efficiency", "share in broken pairs"),
    ("cascade_plateau", "share in a thick film alone"),
    ("participation", "share that the back metal leaves"),
)


def impact_tables(data: Data) -> list[Table]:
    """Rates and the reference event; the five stages of it, ours beside the published ones."""
    part = section(data, "impact")
    if not part:
        return []
    return [_event_table(part), *_stages_table(part)]


def _event_table(part: Data) -> Table:
    rates, event = section(part, "rate_per_s"), section(part, "reference_event")
    body = []
    for key, words in _RATES:
        rate = number(rates, key)
        if rate or key == "total":
            beside = {"rate_per_s": rate, "modelled": section(part, "modelled")}
            mark = key == "total" and is_measured(beside, "rate_per_s")
            body.append((words, engineering(rate, "/s") + " (measured)" * mark))
    body.append(("mean deposit", shown(part, "mean_deposit_eV", in_unit("eV"))))
    if event:
        body.append(("reference event", shown(event, "energy_eV", in_unit("eV"))))
        body.append(("its place", _place(event)))
    for key, words in _EVENT:
        text = quantity(part.get(key), key_unit(key))
        body.append((words, mark_measured(part, key, text)))
    theirs = section(part, "published")
    said = [f"{words} {quantity(theirs.get(key))}" for key, words in _PUBLISHED if key in theirs]
    note = (
        "Impacts and mean deposit count deposits above 40 keV; the rest is the reference event. "
        "Worst qubit: at its worst time. Excess: 1/T1 above its quiet value, mean of the qubits. "
    )
    if said:
        note += f"Published rules: {', '.join(said)}. "
    note += reasons(part, theirs)
    heads = [text_column("quantity"), Column("value")]
    return make_table("Radiation, and the reference event", heads, body, note)


def _place(event: Data) -> str:
    x, y = number(event, "x_m"), number(event, "y_m")
    if x == y == 0:
        return "centre of the chip"
    return f"{engineering(x, 'm')}, {engineering(y, 'm')} from the centre"


def _stages_table(part: Data) -> list[Table]:
    stages, theirs = rows(part, "stages"), rows(section(part, "published"), "stages")
    if not stages:
        return []
    by_name = {str(stage.get("name")): stage for stage in theirs}
    keys = ("time_s", "length_m", "t1_s")
    body = []
    for stage in stages:
        other = by_name.get(str(stage.get("name")), {})
        ours_here = [shown(stage, key, in_unit(key_unit(key))) for key in keys]
        theirs_here = [shown(other, key, in_unit(key_unit(key))) for key in keys if theirs]
        body.append([str(stage.get("name")), *ours_here, *theirs_here])
    heads = [text_column("stage"), *map(Column, ("time", "extent", "T1, worst place"))]
    if theirs:
        heads += map(Column, ("published time", "published extent", "published T1"))
    note = (
        "T1, worst place: what a qubit at the worst place of the film would have then; the chip's "
        f"own qubits stand beside it and fare better. {reasons(*stages)}"
    )
    return [make_table("Stages of the event", heads, body, note)]


_ROWS = (
    ("footprint_qubits", "qubits hit", "", ""),
    ("shifted_qubits", "qubits shifted", "", ""),
    ("t1_min", "T1 of the worst qubit", "_s", "s"),
    ("duration", "until no qubit is hit", "_s", "s"),
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
    heads += map(Column, ("10 %", "median event", "90 %"))
    note = (
        f"{many.get('events')} impacts of all energies and places, not the reference event; low, "
        f"high: 95 % of the mean; hit: {many.get('hit')}; shifted: by more than "
        f"{float(str(many.get('shifted_above_Hz'))) / 1e6:g} MHz."
    )
    return make_table("Many impacts", heads, body, note)
