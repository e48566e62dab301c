"""Finished batches of statistics, kept in the CSV that sinter writes and reads.

One line a batch; its custom count ``seed:number`` says which batch of which run it is, so that a
batch that is found twice counts once, here, and can be told, in sinter's own sums. A line is
appended whole and forced to disk; what a kill leaves of a last line is dropped.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sinter

from qubudget.errors import OutOfRangeError
from qubudget.qec.sampling import Counts

BatchKey = tuple[str, int, int]
"""Strong id, seed of the run, number of the batch."""


@dataclass(frozen=True)
class Batch:
    """One finished batch, a line of the CSV."""

    strong_id: str
    decoder: str
    metadata: str
    seed: int
    number: int
    counts: Counts
    seconds: float

    @property
    def key(self) -> BatchKey:
        """What no other batch shares."""
        return self.strong_id, self.seed, self.number

    def line(self) -> str:
        """The batch in sinter's CSV, without a line's end."""
        text: str = sinter.TaskStats(
            strong_id=self.strong_id,
            decoder=self.decoder,
            json_metadata=json.loads(self.metadata),
            shots=self.counts.shots,
            errors=self.counts.errors,
            seconds=self.seconds,
            custom_counts=Counter([f"{self.seed}:{self.number}"]),
        ).to_csv_line()
        return text

    @classmethod
    def parse(cls, row: Mapping[str, str]) -> Batch:
        """The batch of one row; ValueError, KeyError or TypeError if it is none."""
        (name,) = json.loads(row["custom_counts"])
        seed, number = (int(part) for part in name.split(":"))
        return cls(
            row["strong_id"],
            row["decoder"],
            json.dumps(json.loads(row["json_metadata"]), sort_keys=True),
            seed,
            number,
            Counts(int(row["shots"]), int(row["errors"])),
            float(row["seconds"]),
        )


Ledger = dict[BatchKey, Batch]


def read(path: Path) -> Ledger:
    """Finished batches in a file; a last line without its end is left out.

    Raises
    ------
    OutOfRangeError: a file that begins otherwise, or has a line that is no batch.
    """
    text = path.read_bytes().decode(errors="replace")
    header, *lines = text[: text.rfind("\n") + 1].splitlines() or [sinter.CSV_HEADER]
    complete = "\n" in text or sinter.CSV_HEADER.startswith(text)
    if header != sinter.CSV_HEADER or not complete:
        raise OutOfRangeError(f"{path} does not begin as statistics in sinter's CSV do")
    names = [name.strip() for name in header.split(",")]
    ledger: Ledger = {}
    for number, row in enumerate(csv.DictReader(io.StringIO("\n".join(lines)), names), start=2):
        try:
            batch = Batch.parse(row)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise OutOfRangeError(f"{path}, line {number}: no batch of statistics") from error
        _enter(ledger, batch)
    return ledger


def repair(path: Path) -> Ledger:
    """Finished batches in a file that is made ready for more: begun if there is none, and cut
    after its last whole line."""
    ledger = read(path) if path.exists() else {}
    with path.open("ab") as file:
        kept = path.read_bytes().rfind(b"\n") + 1
        file.truncate(kept)
        if not kept:
            append(path, sinter.CSV_HEADER)
    return ledger


def merge(*ledgers: Ledger) -> Ledger:
    """All batches, each once.

    Raises
    ------
    OutOfRangeError: two that differ on a batch (Stim's samples of one seed differ between
        processors of different vector width).
    """
    merged: Ledger = {}
    for ledger in ledgers:
        for batch in ledger.values():
            _enter(merged, batch)
    return merged


def totals(ledger: Ledger) -> dict[str, Counts]:
    """Counts by strong id."""
    found: dict[str, Counts] = {}
    for batch in ledger.values():
        found[batch.strong_id] = found.get(batch.strong_id, Counts()) + batch.counts
    return found


def _enter(ledger: Ledger, batch: Batch) -> None:
    known = ledger.setdefault(batch.key, batch)
    if known.counts != batch.counts:
        raise OutOfRangeError(
            f"batch {batch.number} of seed {batch.seed}, task {batch.strong_id[:12]}, is there "
            f"twice with different counts: {known.counts} and {batch.counts}"
        )


def append(path: Path, line: str) -> None:
    """Add a line to a file, on the disk when this returns."""
    with path.open("ab") as file:
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
