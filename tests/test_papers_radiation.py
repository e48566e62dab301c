"""The second paper's ledger: its numbers, its quotes, its verdicts."""

from __future__ import annotations

import json
from functools import cache
from typing import get_args

import pytest

from qubudget.papers.claims import Claim, Reproduction, Row, Verdict, agrees
from qubudget.papers.radiation import reproduce


@cache
def _ledger() -> Reproduction:
    return reproduce()


def _claim(name: str) -> Claim:
    return next(claim for claim in _ledger().claims if claim.id == name)


def test_document_follows_the_contract() -> None:
    document = json.loads(json.dumps(_ledger().to_dict(), allow_nan=False))
    assert document["paper"] == "radiation-impacts"
    assert len(document["claims"]) >= 25
    for claim in document["claims"]:
        assert {"id", "statement", "printed", "computed", "unit", "verdict", "reason"} <= set(claim)
        assert claim["verdict"] in get_args(Verdict)
        assert claim["reason"]
    *tables, discussion = (t["name"] for t in document["tables"])
    assert [name.split()[1] for name in tables] == ["1", "2", "3", "4", "5"]
    assert discussion.startswith("Discussion")
    for table in document["tables"]:
        assert all(
            {"name", "printed", "computed", "unit", "verdict"} <= set(row) for row in table["rows"]
        )
        names = [row["name"] for row in table["rows"]]
        assert len(set(names)) == len(names)
    assert set(document["figures"]) == {"figure_2", "figure_3", "figure_4", "figure_6"}
    for columns in document["figures"].values():
        assert len({len(values) for values in columns.values()}) == 1


@pytest.mark.parametrize(
    ("name", "printed", "computed", "tolerance"),
    [
        ("cascade.plateau", 0.57, 0.5904, 1e-4),  # independent Monte-Carlo 0.5904(1)
        ("improved.kappa", 1.65, 0.645, 0.006),  # independent prototype: 0.64-0.65
        ("qubit.t1_chip", 1.6, 1.17, 0.005),  # Table 4 by hand with 180 ueV
        ("source.muon_mean", 460.0, 181.0, 5.0),  # independent: 181 keV (Landau), 242 (Bethe)
        ("stages.escape", 4.0, 2.46, 0.005),  # Eq. 17 by hand with 9.6 um/ns
        ("stages.recombination_factor", 43.6, 21.8, 0.01),  # 4 x 1.76^3
        ("stages.fireball", 1.0, 0.096, 1e-9),  # 9.6 um/ns x 10 ns
    ],
)
def test_what_does_not_follow(name: str, printed: float, computed: float, tolerance: float) -> None:
    claim = _claim(name)
    assert claim.printed == printed
    assert claim.computed == pytest.approx(computed, abs=tolerance)
    assert claim.verdict == "does-not-follow"


@pytest.mark.parametrize(
    ("name", "computed"),
    [
        ("rates.recombination", 21.8),  # 4 x 1.76^3
        ("rates.pair_breaking_limit", 1.0),  # exact
        ("improved.thickness", 6.0),  # 99 x 0.1/1.65
        ("stages.million_q", 11.0),  # 400/43.6 ns x 1.2e6
    ],
)
def test_what_follows(name: str, computed: float) -> None:
    claim = _claim(name)
    assert claim.computed == pytest.approx(computed, rel=1e-3)
    assert claim.verdict == "follows"


def test_the_traps_diffusion_length_is_a_unit_error() -> None:
    """sqrt(1.7 us) x 0.4 mm = 0.52 mm, printed as 0.52 um."""
    claim = _claim("improved.trap_length")
    assert claim.verdict == "unit-error"
    assert claim.computed == pytest.approx(1000 * 0.5215, rel=1e-3)


def test_verdicts_do_not_contradict_their_numbers() -> None:
    for claim in _ledger().claims:
        assert (claim.computed is None) == (claim.verdict == "not-computable"), claim.id


def test_fig_4_methods_agree() -> None:
    """Monte-Carlo points lie on the curve: 5 standard errors at each, false alarm 6e-7 each."""
    figure = _ledger().figures["figure_4"]
    for exact, sampled, error in zip(
        figure["fraction"], figure["monte_carlo_fraction"], figure["monte_carlo_error"], strict=True
    ):
        assert abs(exact - sampled) < 5 * error + 2e-5


def test_seed_moves_only_what_is_sampled() -> None:
    first, second = _ledger(), reproduce(seed=2)
    assert first.figures["figure_4"] != second.figures["figure_4"]
    assert [c.computed for c in first.claims] == [c.computed for c in second.claims]
    assert first.tables[:5] == second.tables[:5]
    # Of the Discussion only the charge jumps are sampled.
    told = [
        {row.name: row.computed for row in ledger.tables[5].rows if "jump" not in row.name}
        for ledger in (first, second)
    ]
    assert told[0] == told[1]


def test_agreement_is_within_half_the_last_digit() -> None:
    assert agrees(22.0, 21.8, digits=2)
    assert agrees(0.5, 0.55, digits=1)
    assert not agrees(0.57, 0.5904, digits=2)
    assert not agrees(1.6, 1.17, digits=2)
    assert agrees(100.0, 130.0, rel=0.3)
    with pytest.raises(ValueError, match="one of"):
        agrees(1.0, 1.0)
    with pytest.raises(ValueError, match="zero"):
        agrees(0.0, 1.0, digits=1)


def test_ledger_refuses_nonsense() -> None:
    with pytest.raises(ValueError, match="unknown verdict"):
        Row("a", 1.0, 1.0, "1", "maybe")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite"):
        Row("a", float("nan"), 1.0, "1", "follows").to_dict()
    claim = Claim("a", "b", 1.0, 1.0, "1", "follows", "c", "1")
    with pytest.raises(ValueError, match="twice"):
        Reproduction("paper", (), (claim, claim))
