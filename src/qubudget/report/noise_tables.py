"""Noise that the lines bring to the chip, and that of the read-out chain, as tables."""

from __future__ import annotations

from qubudget.report.numbers import MISSING, engineering, percent
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.table import (
    Column,
    Table,
    in_unit,
    make_table,
    ratio,
    shown,
    text_column,
)


def noise_tables(data: Data) -> list[Table]:
    """Photons of each line from its source to the chip; the read-out chain by Friis."""
    part = section(data, "line_noise")
    if not part:
        return []
    return [_lines_table(data, part), _chain_table(part)]


def _lines_table(data: Data, part: Data) -> Table:
    body = []
    used = {str(row.get("line")) for row in rows(section(data, "coherence"), "noise")}
    for line in rows(part, "lines"):
        steps = rows(line, "steps")
        first, last = (steps[0], steps[-1]) if steps else ({}, {})
        body.append(
            (
                str(line.get("name")),
                str(line.get("kind")),
                shown(line, "frequency_Hz", in_unit("Hz")),
                shown(first, "photons", engineering),
                f"{last.get('part')} at {last.get('place')}" if last else MISSING,
                shown(line, "photons", engineering),
                shown(line, "effective_temperature_K", in_unit("K")),
                _use(line, used),
            )
        )
    heads = [
        text_column("line"),
        text_column("kind", brief=False),
        Column("frequency", brief=False),
        Column("source photons", brief=False),
        text_column("last step"),
        Column("photons at chip"),
        Column("as warm as"),
        text_column("used in"),
    ]
    said = [f"{line['name']}: {line['note']}." for line in rows(part, "lines") if line.get("note")]
    if not body and not reason(part):
        said = ["No line brings signals to the qubit's stage."]
    note = (
        "Thermal photons per second and hertz; as warm as: a black body with as many at this "
        "frequency. Not used: T1 and T2 do not depend on these photons, nor on what a filter of a "
        "real line would take of them. Noise at low frequency, as of flux, is a channel of its "
        "own. "
        f"{' '.join(said)} {reason(part)}"
    )
    return make_table("Noise along the lines", heads, body, note)


_USES = {"drive": "T1 (drive-line)", "read-in": "T2 (photon-shot-noise)"}


def _use(line: Data, used: set[str]) -> str:
    """Which coherence time the line's photons go into; where none is known, by its kind."""
    use = _USES.get(str(line.get("kind")))
    return use if use and (not used or str(line.get("name")) in used) else "not used"


def _chain_table(part: Data) -> Table:
    """What each part of the chain adds; the last row is their sum."""
    chain = section(part, "read_out")
    total = number(chain, "system_noise_K")
    half_quantum = next(
        (number(row, "noise_K") for row in rows(chain, "contributions")
         if row.get("part") == "vacuum"), None,
    )  # fmt: skip
    summed = [{"part": "system", "noise_K": total}] if total is not None else []
    body = []
    for row in [*rows(chain, "contributions"), *summed]:
        noise = number(row, "noise_K")
        halves = ratio(noise, half_quantum)
        body.append(
            (
                str(row.get("part")),
                engineering(noise, "K"),
                MISSING if halves is None else engineering(halves / 2),
                percent(ratio(noise, total)),
            )
        )
    heads = [text_column("part"), Column("noise"), Column("photons"), Column("share")]
    note = reason(part)
    if total is not None:
        note = (
            "Referred to the resonator's output at "
            f"{engineering(number(chain, 'frequency_Hz'), 'Hz')}. "
            f"The chain adds {engineering(number(chain, 'added_photons'))} photons to the vacuum's "
            "half (a phase-preserving amplifier at the quantum limit: 0.5); measurement "
            f"efficiency {percent(number(chain, 'efficiency'))}, the vacuum's share."
        )
    return make_table("Noise of the read-out chain", heads, body, note)
