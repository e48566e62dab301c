"""What the exported circuits are, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qubudget import __version__
from qubudget.constants import ELEMENTARY_CHARGE

if TYPE_CHECKING:
    from qubudget.interchange.experiments import Experiment

KEV = 1e3 * ELEMENTARY_CHARGE
"""J."""
METADATA = "__import__('qubudget.interchange.naming').interchange.naming.metadata(path)"
"""What ``sinter collect --metadata_func`` takes, so that it adds to the chain's counts."""


def read_me(design: str, found: Sequence[Experiment], decoder: str) -> str:
    """What is in the folder, which class each burst is, and how to count on with sinter."""
    lines = [
        f"Memory experiments of the design {design}, by qubudget {__version__}.",
        "",
        "*.stim are Stim circuits, *.dem the detector error models that a decoder believes.",
        "circuits.json has the same facts for programs, with the chain's counts.",
        "",
        "A name such as surface_d7_r21_bX_noise1 says the code, its distance, the rounds, the",
        "basis that is kept (X or Z), and the factor on the design's noise.",
    ]
    counted = next((each.stem for each in found if each.counts is not None), None)
    return "\n".join([*lines, *_bursts(found), *_counting(counted, decoder)]) + "\n"


def _bursts(found: Sequence[Experiment]) -> list[str]:
    bursts = {each.burst_number: each.burst for each in found if each.burst is not None}
    if not bursts:
        return []
    rows = [("name", "class of bursts", "deposit, keV", "rate, 1/s per chip")]
    for number, burst in bursts.items():
        energy, rate = f"{burst.energy / KEV:.4g}", f"{burst.rate:.3g}"
        rows.append((f"burst{number}", burst.name, energy, rate))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ([f"{c:{w}}" for c, w in zip(row, widths, strict=True)] for row in rows)
    return [
        "",
        "burstN in its place is the whole course of one burst of class N on the design's own",
        "patch, between quiet rounds, as many as the distance:",
        "",
        *("  ".join(row).rstrip() for row in padded),
    ]


def _counting(counted: str | None, decoder: str) -> list[str]:
    if counted is None:
        return []
    return [
        "",
        "counts.csv has the chain's counts as sinter keeps them. To add to them, in this folder:",
        "",
        f"sinter collect --circuits {counted}.stim --decoders {decoder} \\",
        f'  --metadata_func "{METADATA}" \\',
        "  --save_resume_filepath counts.csv --max_shots 50000 --processes 1",
    ]
