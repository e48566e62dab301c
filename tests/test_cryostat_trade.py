"""Cables of a design: loss against heat for every piece, at the solved temperatures."""

import pytest

from qubudget.cryostat.assembly import solve
from qubudget.cryostat.conduction import anchor_factor, coax_heat
from qubudget.cryostat.trade import design_trades
from qubudget.design import load
from qubudget.materials.cables import coax

STAGES = ("50k", "4k", "still", "cp", "mxc")
BASE = dict(zip(STAGES, (35.0, 2.85, 0.882, 0.082, 0.006), strict=True))


@pytest.fixture(scope="module")
def krinner():
    return load("krinner-xld400")


@pytest.fixture(scope="module")
def pieces(krinner):
    return {p.cold: p for p in design_trades(krinner, solve(krinner).temperatures, 6e9)}


def cables(piece):
    return {cable.cable: cable for cable in piece.cables}


def test_one_table_a_piece_at_its_own_temperatures(krinner, pieces):
    state = solve(krinner)
    assert [(p.warm, p.cold) for p in pieces.values()] == list(
        zip(("300k", *STAGES[:-1]), STAGES, strict=True)
    )
    assert pieces["mxc"].cold_temperature == state.stage("mxc").temperature
    assert pieces["mxc"].hot_temperature == state.stage("cp").temperature
    assert pieces["50k"].hot_temperature == pytest.approx(300, abs=1)
    assert pieces["4k"].length == 0.29


def test_lines_stand_by_their_cables(pieces):
    used = {c.cable: c.used_by for c in pieces["mxc"].cables if c.used_by}
    assert used == {
        "UT-085-SS-SS drive": ("drive", "pump", "read-in"),
        "UT-085-SS-SS flux": ("flux",),
        "UT-085-NbTi output": ("read-out", "coupler-load"),
    }
    # the terminated coupler's line starts at 4 K: nothing of it above
    assert all("coupler-load" not in c.used_by for c in pieces["4k"].cables)
    assert cables(pieces["4k"])["Cu twisted pair AWG35"].used_by == ("amplifier-bias",)


def test_heat_of_krinners_drive_line_is_what_he_measured(krinner):
    """Table 2 of Krinner 2019, at the base temperatures of his fridge: 45 mW to 13 nW."""
    found = {p.cold: cables(p) for p in design_trades(krinner, BASE, 6e9)}
    for stage, watts in zip(STAGES, (45e-3, 1e-3, 4e-6, 0.4e-6, 13e-9), strict=True):
        assert found[stage]["UT-085-SS-SS drive"].heat == pytest.approx(watts, rel=1e-9)


def test_loss_of_a_cold_piece_is_the_makers(krinner):
    """Coax Co. SC-219/50-SS-SS: 5.9 dB/m at 5 GHz and 4 K, over 0.25 m."""
    still = {p.cold: cables(p) for p in design_trades(krinner, BASE, 5e9)}["still"]
    assert still["219-SS-SS"].loss == pytest.approx(5.9 * 0.25)
    assert still["219-NbTi-NbTi"].loss == 0


def test_a_cable_brings_what_the_trade_says_when_it_is_chosen(krinner):
    """The same model as the design's own loads: one line of 119-CuNi to every stage."""
    changed = krinner.replace({"lines.drive.cable": "119-CuNi-CuNi", "cryostat.loads": "solved"})
    result = solve(changed)
    watts = {
        e.stage: e.watts / 50
        for e in result.loads
        if (e.item, e.kind) == ("drive", "passive (modelled)")
    }
    assert set(watts) == set(STAGES)
    for piece in design_trades(changed, result.temperatures, 6e9):
        own = cables(piece)["119-CuNi-CuNi"]
        assert own.used_by == ("drive",)
        assert own.heat == pytest.approx(watts[piece.cold], rel=1e-9)


def test_best_isolated_first_and_unknown_last(pieces):
    for piece in pieces.values():
        heats = [cable.heat for cable in piece.cables]
        known = [heat for heat in heats if heat is not None]
        assert heats == sorted(known) + [None] * (len(heats) - len(known))
        for cable in piece.cables:
            assert (cable.reason is None) == (None not in (cable.loss, cable.heat))


def test_a_superconductor_across_its_transition_has_heat_but_no_loss(pieces):
    cable = cables(pieces["4k"])["219-NbTi-NbTi"]
    hot, cold = pieces["4k"].hot_temperature, pieces["4k"].cold_temperature
    expected = anchor_factor("4k").factor * float(coax_heat(coax(cable.cable), 0.29, hot, cold))
    assert cable.heat == pytest.approx(expected, rel=1e-12)
    assert cable.loss is None
    assert "superconducting between" in cable.reason
    assert "array" not in cable.reason


def test_a_cable_without_geometry_has_its_measured_heat(pieces):
    """Twisted pairs of copper, 1 mW at 4 K (Krinner 2019, Fig. 1)."""
    pair = cables(pieces["4k"])["Cu twisted pair AWG35"]
    assert (pair.loss, pair.heat, pair.spread) == (None, 1e-3, None)
    assert "its heat is measured" in pair.reason


def test_pieces_that_cannot_be_compared_say_why(krinner):
    bare = krinner.model_copy(
        update={
            "stages": tuple(
                s.model_copy(update={"length": None}) if s.name == "still" else s
                for s in krinner.stages
            )
        }
    )
    temperatures = {**BASE, "mxc": None}
    found = {p.cold: p for p in design_trades(bare, temperatures, 6e9)}
    assert found["still"].cables == ()
    assert found["still"].reason == "the design states no stages.still.length"
    assert found["mxc"].reason == "mxc has no temperature"
    assert found["cp"].cables
    upside = {p.cold: p for p in design_trades(krinner, {**BASE, "cp": 1.0}, 6e9)}
    assert upside["cp"].reason == "cp is not colder than still"


def test_a_frequency_beyond_the_tables_leaves_the_heat(krinner):
    piece = design_trades(krinner, BASE, 30e9)[2]
    steel = cables(piece)["219-SS-SS"]
    assert steel.loss is None
    assert steel.heat is not None
    assert "known from" in steel.reason


def test_dictionary_is_the_contracts(pieces):
    found = pieces["cp"].to_dict()
    assert (found["from"], found["to"], found["frequency_Hz"]) == ("still", "cp", 6e9)
    assert set(found["cables"][0]) == {"cable", "loss_dB", "heat_W", "spread", "used_by", "reason"}
