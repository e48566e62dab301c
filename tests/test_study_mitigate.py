"""Counter-measures compared: sums, limits of the reactions, refusals, and the command."""

import io
import json
import math
import sys

import pytest
from rich.console import Console

from qubudget import cli
from qubudget.constants import DAY
from qubudget.design import load
from qubudget.impact.falling import deposits
from qubudget.pipeline import Chain
from qubudget.report.study_tables import mitigation_tables, print_mitigation
from qubudget.study.mitigation import mitigate as study
from qubudget.study.mitigation.mitigate import left, mitigate
from qubudget.study.mitigation.variants import IMPROVED, chip_variants

REACTIONS = ("detect and pause", "detect and move", "outer code over chips")
# Off the middle, so that two steps of distance more no longer fit on the chip.
CHANGES = {"code.distance": 3, "code.offset_x": "2.5 mm"}


CHIPS = ("6 um of Cu in islands", "traps on 30 %", IMPROVED)


def few(design):
    return [variant for variant in chip_variants(design) if variant.name in CHIPS]


@pytest.fixture(scope="module")
def design():
    return load("willow-like").replace(CHANGES)


@pytest.fixture(scope="module")
def table(design):
    steps = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "chip_variants", few)
        found = mitigate(design, progress=steps.append)
    assert steps == [row.name for row in found.rows]
    return found


@pytest.fixture(scope="module")
def own(design):
    chain = Chain("quick", 1)
    return study._errors(chain, design, chain.cold(design)[1])


@pytest.fixture
def reactions(design, own, monkeypatch):
    """The rows of a design with other settings of mitigation, from one simulation."""

    def rows(**settings):
        changed = design.replace({f"mitigation.{k}": v for k, v in settings.items()})
        result = own.reacting(changed.mitigation)
        monkeypatch.setattr(study, "_errors", lambda chain, design, coherence: result)
        monkeypatch.setattr(study, "struck", lambda *design, **like: None)
        monkeypatch.setattr(study, "chip_variants", few)
        return {row.name: row for row in mitigate(changed).rows}

    return rows


def test_the_first_row_is_the_design_and_every_row_adds_up(table, own):
    assert table.rows[0].name == "as designed"
    assert table.rows[0].changes == {}
    assert table.rows[0].total == own.per_day()
    known = [row for row in table.rows if row.total[0] is not None]
    quick = [row for row in table.rows if "--effort standard" in (row.reason or "")]
    assert len(known) == len(table.rows) - 1 - len(quick)
    assert {"as designed", *REACTIONS, IMPROVED} <= {row.name for row in known}
    for row in known:
        for whole, quiet, bursts in zip(row.total, row.quiet, row.bursts, strict=True):
            assert whole == pytest.approx(quiet + bursts, rel=1e-12)
        assert row.total[1] <= row.total[0] <= row.total[2]
        assert row.bursts[1] <= row.bursts[0] <= row.bursts[2]
        assert row.bursts_left[0] == pytest.approx(row.bursts[0] / table.rows[0].bursts[0])
    base = table.rows[0]
    assert base.bursts[0] == pytest.approx(DAY * base.burst_rate * base.burst_failure[0])


def test_what_the_design_refuses_is_a_row_with_a_reason(table):
    row = next(row for row in table.rows if row.name == "distance 7")
    assert "code.offset_x" in row.reason
    assert row.total == row.bursts == row.bursts_left == (None, None, None)
    assert row.claims[0].source


def test_shielding_takes_muons_by_depth_and_gammas_by_lead(table, design):
    """Heisinger et al. 2002: 1/30 of the muons under 100 m of water, nucleons gone; a quick look
    simulates logical failures of both together only."""
    rates = deposits(design).rates
    rows = {row.name: row for row in table.rows}
    deep, lead, both = (rows[n] for n in ("under ground", "in lead", "under ground, in lead"))
    below = (rates.muon / 30 + rates.gamma) / (rates.muon + rates.gamma + rates.hadron)
    assert 1 / deep.impact.rate[0] == pytest.approx(below, rel=0.01)
    assert lead.impact.rate[0] > 1
    assert both.impact.rate[0] > lead.impact.rate[0] * deep.impact.rate[0]
    assert both.burst_rate < rates.muon / 20
    assert both.bursts_left[0] < 0.5
    for row in (deep, lead):
        assert row.total == (None, None, None)
        assert "--effort standard" in row.reason


def test_what_touches_the_chip_is_compared_impact_by_impact(table):
    rows = {row.name: row for row in table.rows}
    assert rows["as designed"].impact.product == (1, 1, 1)
    for name in (*REACTIONS, "distance 7", "shortest cycle"):
        assert name not in rows or rows[name].impact is None
    assert all(rows[name].impact is not None for name in CHIPS)
    improved = rows[IMPROVED].impact
    assert improved.paired
    assert improved.product[1] > 1
    document = rows[IMPROVED].to_dict()["impact"]
    assert document["claimed"] == {"each": 100, "product": 1e6, "verdict": improved.verdict}
    assert document["before"]["quiet_t1_s"] > 0


def test_undetected_bursts_leave_a_pausing_and_a_moving_machine_as_it_was(reactions):
    rows = reactions(detection_efficiency=0)
    for name in ("detect and pause", "detect and move"):
        assert rows[name].bursts[0] == pytest.approx(rows["as designed"].bursts[0])
        assert rows[name].bursts_left == pytest.approx((1, 1, 1))
        assert rows[name].total_left == pytest.approx((1, 1, 1))
        assert rows[name].dead_time == 0
        assert rows[name].spares == 0


def test_a_pause_leaves_the_undetected_share_and_costs_time(reactions, own):
    rows = reactions(detection_efficiency=0.75)
    paused = rows["detect and pause"]
    assert paused.bursts_left == pytest.approx((0.25, 0.25, 0.25))
    assert paused.quiet == rows["as designed"].quiet
    busy = sum(b.rate * b.times[-1] for b in own.bursts)
    assert paused.dead_time == pytest.approx(1 - math.exp(-0.75 * busy))


def test_a_slower_move_leaves_more_and_an_endless_one_everything(reactions):
    lefts = [
        reactions(move_time=f"{time} s")["detect and move"].bursts_left[0]
        for time in (0, 1e-6, 1e-4, 1e-2, 100)
    ]
    assert lefts == sorted(lefts)
    assert lefts[0] == 0
    assert lefts[-1] == pytest.approx(1)


def test_an_outer_code_takes_its_chips_and_more_losses_leave_less(reactions, own):
    row = reactions()["outer code over chips"]
    assert row.chips == 7
    assert row.physical_qubits == 7 * own.qubits_per_patch
    better = reactions(outer_chips=7, outer_losses=3)["outer code over chips"]
    assert better.bursts[0] < row.bursts[0]


def test_the_design_s_own_reaction_is_not_tried_again(reactions):
    rows = reactions(strategy="pause")
    assert "detect and pause" not in rows
    assert rows["as designed"].bursts[0] == 0
    assert rows["detect and move"].bursts_left == (None, None, None)
    assert "no failures by bursts" in rows["detect and move"].reason


def test_a_share_of_nothing_is_unknown_and_independent_ends_cross():
    assert left((1.0, 1.0, 1.0), (0.0, 0.0, 0.0), paired=True) == (None, None, None)
    assert left((None, None, None), (1.0, 1.0, 1.0), paired=False) == (None, None, None)
    assert left((2.0, 1.0, 3.0), (2.0, 0.0, 4.0), paired=False) == (1.0, 0.25, None)


def test_the_table_fits_a_terminal_and_names_claims_and_reasons(table):
    document = table.to_dict()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["rows"][1]["claims"][0].keys() >= {"statement", "source", "status"}
    console = Console(width=80, record=True, file=io.StringIO())
    print_mitigation(document, console)
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 80
    for words in ("outer code over chips", "Xu 2022", "code.offset_x", "seed 1", "T1 dip /",
                  "million"):  # fmt: skip
        assert words in text
    variants, factors, million, claims = mitigation_tables(document)
    names = {row[0] for row in variants.rows}
    assert len(variants.rows) == len(table.rows)
    assert len(million.rows) == len(factors.rows)  # the design more, what the paper asks less
    assert {name for row in claims.rows for name in row[0].split("; ")} <= names


def command(*arguments, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["qubudget", *arguments])
    try:
        cli.main()
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    return status, *capsys.readouterr()


def test_the_command_prints_a_table_or_one_document(table, capsys, monkeypatch):
    asked = []
    monkeypatch.setattr(
        study, "mitigate", lambda design, **options: asked.append((design, options)) or table
    )
    settings = ("willow-like", "--set", "code.distance=3", "--seed", "7")
    status, out, err = command("mitigate", *settings, "--json", capsys=capsys,
                               monkeypatch=monkeypatch)  # fmt: skip
    assert (status, err) == (0, "")
    assert json.loads(out) == table.to_dict()
    design, options = asked[0]
    assert design.code.distance == 3
    assert (options["effort"], options["seed"]) == ("quick", 7)
    status, out, _ = command("mitigate", *settings, capsys=capsys, monkeypatch=monkeypatch)
    assert status == 0
    assert "Counter-measures" in out


@pytest.mark.parametrize(
    "arguments", [("no-such-design",), ("willow-like", "--set", "code.distance=4")]
)
def test_a_bad_design_ends_with_status_2(arguments, capsys, monkeypatch):
    status, out, err = command("mitigate", *arguments, capsys=capsys, monkeypatch=monkeypatch)
    assert (status, out) == (2, "")
    assert err
    assert "Traceback" not in err
