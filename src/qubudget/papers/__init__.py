"""The two papers that qubudget grew from: every table, figure and claim, recomputed and judged.

`claims` is the shared ledger (rows, tables, claims, verdicts); one module per paper fills it with
``reproduce()``. This package reads the physics wings and nothing else reads it but the CLI and
the reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qubudget.papers.claims import Reproduction

PAPERS = ("thermal-constraints", "radiation-impacts")


def reproduce(paper: str, *, seed: int = 1) -> Reproduction:
    """Every table, claim and figure of a paper, recomputed and judged.

    Parameters
    ----------
    paper : one of `PAPERS`.
    seed : of the Monte-Carlo in "radiation-impacts"; "thermal-constraints" has none.

    Raises
    ------
    OutOfRangeError: no such paper.
    """
    from qubudget.errors import OutOfRangeError

    if paper == "thermal-constraints":
        from qubudget.papers.thermal import reproduce as thermal

        return thermal()
    if paper == "radiation-impacts":
        from qubudget.papers.radiation import reproduce as radiation

        return radiation(seed)
    raise OutOfRangeError(f"no paper {paper!r}; known: {', '.join(PAPERS)}")
