"""Every claim's quote stands in its paper, and the quote holds the number that the claim prints.

The papers do not travel with the package: where no copy lies beside the repository, only the
check of numbers against quotes runs.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from qubudget.papers import reproduce
from qubudget.papers.claims import Claim

PAPERS = Path(__file__).parents[2] / "shared" / "papers"
NUMERALS = {
    "once": 1.0, "half": 0.5, "seven": 7.0, "hundreds": 100.0, "thousands": 1000.0,
    "million": 1e6, "millions": 1e6, "five": 5.0, "femtowatts": 1e-15,
}  # fmt: skip
IN_WORDS = {
    "threshold.qubits": "'a few thousand' is read as 3,000",
    "floor.cap": "the table's cells run together: 3332.3 and 99.999",
    "floor.genesis": "'entirely' is read as 100 %",
    "calibration.trilayer": "the code's comment gives 10 us for this source",
    "penalty.model_06": "'effectively neutralized' is read as a ratio of 1",
    "terminal.vanishing": "'vanishes' is read as 0",
    "threshold.model_02": "the threshold of 99.9 % stands in 2.7",
    "threshold.model_04": "the threshold of 99.9 % stands in 2.7",
    "inversion.existence_proof": "99.999 % stands in the sentence before",
    "rates.phonon_share": "3/4",
    "lengths.down_conversion": "50 K stands there as (1 THz)",
    "qubit.t1_range": "the ratio of 1.6 to 0.16",
    "qubit.resistances": "10^4 without its caret",
}  # fmt: skip


@cache
def claims() -> dict[str, tuple[Claim, ...]]:
    return {name: reproduce(name).claims for name in ("thermal-constraints", "radiation-impacts")}


def digits(value: float) -> str:
    """Significant digits of a number, without sign, point, exponent and outer zeros."""
    return f"{abs(value):.6g}".split("e")[0].replace(".", "").strip("0") or "0"


def digits_in(quote: str) -> set[str]:
    found = {t.replace(",", "").replace(".", "").strip("0") or "0"
             for t in re.findall(r"\d[\d,]*\.?\d*", quote)}  # fmt: skip
    words = re.findall(r"[a-z]+", quote.lower())
    return found | {digits(NUMERALS[word]) for word in words if word in NUMERALS}


@pytest.mark.parametrize("paper", ["thermal-constraints", "radiation-impacts"])
def test_a_quote_holds_the_printed_number(paper: str) -> None:
    for claim in claims()[paper]:
        if claim.printed is None or claim.id in IN_WORDS:
            continue
        printed = claim.printed if isinstance(claim.printed, tuple | list) else [claim.printed]
        assert {digits(value) for value in printed} <= digits_in(claim.quote), claim.id


@pytest.mark.parametrize("paper", ["thermal-constraints", "radiation-impacts"])
def test_the_ledger_is_long_enough_and_its_exceptions_exist(paper: str) -> None:
    printed = [claim for claim in claims()[paper] if claim.printed is not None]
    assert len(printed) >= 25
    assert set(IN_WORDS) <= {claim.id for found in claims().values() for claim in found}


if PAPERS.is_dir():

    @pytest.mark.parametrize("paper", ["thermal-constraints", "radiation-impacts"])
    def test_quotes_are_verbatim(paper: str) -> None:
        """White space aside (one paper sets thin spaces)."""
        text = " ".join((PAPERS / f"{paper}.txt").read_text(encoding="utf-8").split())
        for claim in claims()[paper]:
            assert " ".join(claim.quote.split()) in text, claim.id
