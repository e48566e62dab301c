"""Conducted heat of lines: measured, carried to other temperatures, and computed."""

import math
from itertools import pairwise

import numpy as np
import pytest

from qubudget.cryostat.assembly import solve
from qubudget.cryostat.conduction import anchor_factor, coax_heat, line_conduction
from qubudget.cryostat.loads import heat_sources
from qubudget.design import load
from qubudget.design.fridge import Cable
from qubudget.errors import DesignError, OutOfRangeError
from qubudget.materials.cables import coax, coax_of
from qubudget.materials.conductivity import integral

STAGES = ("50k", "4k", "still", "cp", "mxc")
# Krinner et al. 2019: Table 2 (W per stainless drive line), Table 1 (empty fridge, K), lengths
# of his XLD400 (CryowalaCore, m)
DRIVE = dict(zip(STAGES, (45e-3, 1e-3, 4e-6, 0.4e-6, 13e-9), strict=True))
BASE = dict(zip(STAGES, (35, 2.85, 0.882, 0.082, 6e-3), strict=True))
LENGTH = dict(zip(STAGES, (0.2, 0.29, 0.25, 0.17, 0.14), strict=True))


@pytest.fixture(scope="module")
def krinner():
    return load("krinner-xld400")


def one_line(design, *, loads="fixed", lengths=LENGTH, held=None, cables=(), **line):
    """Krinner's fridge with fifty lines only; ``held``: temperatures at which stages are held."""
    values = {"load": {}, "power_at_chip": None, "attenuation": {}} | line
    stages = []
    for stage in design.stages:
        changes = {"length": lengths.get(stage.name)}
        if held is not None:
            changes |= {"cooling": "fixed", "rated_temperature": held[stage.name]}
        stages.append(stage.model_copy(update=changes))
    return design.model_copy(
        update={
            "stages": tuple(stages),
            "lines": (design.lines[0].model_copy(update=values),),
            "electronics": (),
            "cables": tuple(cables),
            "cryostat": design.cryostat.model_copy(update={"loads": loads}),
        }
    )


def heat(result, kind="passive"):
    found = dict.fromkeys(STAGES, 0.0)
    for entry in result.loads:
        if entry.kind == kind:
            found[entry.stage] += entry.watts / 50
    return found


def section(**changes):
    values = {
        "name": "own", "inner": "SS304", "dielectric": "PTFE", "outer": "SS304",
        "inner_diameter": "0.51 mm", "dielectric_diameter": "1.67 mm",
        "outer_diameter": "2.19 mm", "inner_anchored": True, "dielectric_anchored": True,
        "spread": 1.2,
    }  # fmt: skip
    return Cable(**(values | changes))


def test_fixed_loads_stay_as_measured(krinner):
    assert heat(solve(one_line(krinner))) == pytest.approx(DRIVE)


def test_solved_loads_are_the_measured_ones_at_the_rated_temperatures(krinner):
    rated = {stage.name: stage.rated_temperature for stage in krinner.stages}
    result = solve(one_line(krinner, loads="solved", held=rated))
    assert heat(result) == pytest.approx(DRIVE)


def test_solved_loads_follow_the_conduction_integral(krinner):
    """The 4 K stage of an empty fridge takes what 35 K to 2.85 K conduct, of 45 K to 4.2 K."""
    result = solve(one_line(krinner, loads="solved"))
    hot, cold = result.temperatures["50k"], result.temperatures["4k"]
    ratio = float(integral("SS304", cold, hot) / integral("SS304", 4.2, 45.0))
    assert heat(result)["4k"] == pytest.approx(1e-3 * ratio, rel=1e-9)
    assert 0.5 < ratio < 0.9
    # each stage is where its own cooling takes the load at its own temperature
    assert 3.0 * (hot - 35) == pytest.approx(50 * heat(result)["50k"], rel=1e-9)
    assert 1.5 / 1.35 * (cold - 2.85) == pytest.approx(50 * heat(result)["4k"], rel=1e-9)
    mxc = result.temperatures["mxc"]
    taken = 19e-6 / (400 - 36) * ((1e3 * mxc) ** 2 - 36)
    assert taken == pytest.approx(50 * heat(result)["mxc"], rel=1e-9)


def test_krinners_machine_with_solved_loads_is_somewhat_colder(krinner):
    """Below the first stage: that one, colder than rated, takes more from the room."""
    solved = krinner.model_copy(
        update={"cryostat": krinner.cryostat.model_copy(update={"loads": "solved"})}
    )
    fixed, found = solve(krinner), solve(solved)
    assert found.status == "STABLE"
    assert found.temperatures["50k"] > fixed.temperatures["50k"]
    for name in STAGES[1:]:
        assert BASE[name] < found.temperatures[name] < fixed.temperatures[name]
    assert found.max_qubits.by_stage == fixed.max_qubits.by_stage  # both at rated powers
    assert found.max_qubits.at_limit >= fixed.max_qubits.at_limit


def test_modelled_stainless_lines_meet_krinners_loads_in_his_empty_fridge(krinner):
    """The anchor factors are those of his drive lines: 219-SS-SS has the same geometry."""
    result = solve(one_line(krinner, cable="219-SS-SS", held=BASE))
    assert heat(result, "passive (modelled)") == pytest.approx(DRIVE, rel=1e-9)
    assert heat(result) == dict.fromkeys(STAGES, 0.0)
    own = one_line(krinner, cable="own", cables=[section()], held=BASE)
    assert heat(solve(own), "passive (modelled)") == pytest.approx(DRIVE, rel=1e-9)


def test_modelled_lines_balance_at_the_solved_temperatures(krinner):
    result = solve(one_line(krinner, cable="219-CuNi-CuNi"))
    assert result.status == "STABLE"
    warm = [300.0, *(result.temperatures[name] for name in STAGES)]
    found = heat(result, "passive (modelled)")
    for index, name in enumerate(STAGES):
        fourier = coax_heat(coax("219-CuNi-CuNi"), LENGTH[name], warm[index], warm[index + 1])
        assert found[name] == pytest.approx(anchor_factor(name).factor * float(fourier))
    assert 3.0 * (warm[1] - 35) == pytest.approx(50 * found["50k"], rel=1e-9)
    assert result.max_qubits.total > 50


def test_longer_cables_and_better_insulators_conduct_less(krinner):
    plain = heat(solve(one_line(krinner, cable="219-SS-SS", held=BASE)), "passive (modelled)")
    longer = {name: 2 * length for name, length in LENGTH.items()}
    half = solve(one_line(krinner, cable="219-SS-SS", held=BASE, lengths=longer))
    assert heat(half, "passive (modelled)") == pytest.approx(
        {name: watts / 2 for name, watts in plain.items()}
    )
    pieces = {"50k": "219-SS-SS", "4k": "219-SS-SS"} | dict.fromkeys(STAGES[2:], "219-NbTi-NbTi")
    cold = heat(solve(one_line(krinner, cable=pieces, held=BASE)), "passive (modelled)")
    assert cold["4k"] == pytest.approx(plain["4k"])
    assert cold["mxc"] < plain["mxc"]


@pytest.mark.parametrize("attenuation", [{}, {"4k": 100.0, "cp": 100.0}])
@pytest.mark.parametrize("anchored", [(False, True), (True, False), (False, False)])
def test_conductors_that_pass_stages_by(krinner, anchored, attenuation):
    """Against the sum over the whole line: attenuators anchor what runs inside."""
    inner, dielectric = anchored
    cable = section(inner_anchored=inner, dielectric_anchored=dielectric)
    design = one_line(krinner, cable="own", cables=[cable], held=BASE, attenuation=attenuation)
    found = heat(solve(design), "passive (modelled)")
    whole = line_conduction(
        coax_of(cable),
        [LENGTH[name] for name in STAGES],
        [300.0, *BASE.values()],
        [name in attenuation for name in STAGES],
    )
    expected = {
        name: anchor_factor(name).factor * float(watts)
        for name, watts in zip(STAGES, whole, strict=True)
    }
    assert found == pytest.approx(expected, rel=1e-9)
    if not attenuation:
        sources = [s for s in heat_sources(design) if s.stage == "mxc"]
        assert {source.warm for source in sources} == {"cp", "300k"}
        assert found["mxc"] > 100 * DRIVE["mxc"]  # room temperature reaches the coldest stage
        assert found["50k"] < DRIVE["50k"]


def test_laws_broadcast(krinner):
    for source in heat_sources(one_line(krinner, cable="219-SS-SS")):
        hot = np.array([2.0, 3.0, 4.0])
        assert source.law(hot, 1.0).shape == (3,)
        assert np.all(np.diff(source.law(hot, 1.0)) > 0)


def test_measured_values_of_a_catalogue_cable_win_where_it_has_them(krinner):
    """UT-085-NbTi was measured from the still down only."""
    pieces = {"50k": "219-SS-SS"} | dict.fromkeys(STAGES[1:], "UT-085-NbTi")
    result = solve(one_line(krinner, cable=pieces, held=BASE))
    measured, modelled = heat(result), heat(result, "passive (modelled)")
    assert [name for name in STAGES if measured[name]] == ["still", "cp", "mxc"]
    assert [name for name in STAGES if modelled[name]] == ["50k", "4k"]
    assert measured["still"] == 1e-6
    stated = solve(one_line(krinner, cable=pieces, held=BASE, load={"4k": 1e-4}))
    assert heat(stated)["4k"] == pytest.approx(1e-4)


def test_a_line_may_ask_for_the_model_where_the_catalogue_has_a_load(krinner):
    """Krinner's drive cable between 300, 35 K and so on, by his own anchor factors."""
    modelled = solve(one_line(krinner, heat="modelled", held=BASE))
    assert heat(modelled) == dict.fromkeys(STAGES, 0.0)
    assert heat(modelled, "passive (modelled)") == pytest.approx(DRIVE, rel=1e-9)
    stated = solve(one_line(krinner, heat="modelled", held=BASE, load={"mxc": 1e-8}))
    assert heat(stated)["mxc"] == pytest.approx(1e-8)


def test_a_missing_length_names_its_key(krinner):
    short = {name: length for name, length in LENGTH.items() if name != "still"}
    with pytest.raises(DesignError, match=r"stages\.still\.length.*lines\.drive"):
        solve(one_line(krinner, cable="219-SS-SS", lengths=short))


def test_a_cable_outside_its_range_names_cable_range_and_remedy(krinner):
    for cable, words in (
        ("219-BeCu-BeCu", r"219-BeCu-BeCu.*to 50k.*BeCu.*80.*choose another cable"),
        ("219-AgSS-SS", r"219-AgSS-SS.*silver plating.*10 K.*lines\.drive\.load\.50k"),
        ("219-NbTi-NbTi", r"NbTi.*290.*choose another cable"),
    ):
        with pytest.raises(OutOfRangeError, match=words):
            solve(one_line(krinner, cable=cable))
    fibre = {"cable": "Optical fibre", "load": dict.fromkeys(STAGES, 1e-9)}
    assert solve(one_line(krinner, **fibre)).status == "STABLE"
    with pytest.raises(OutOfRangeError, match=r"Optical fibre.*cryostat\.loads be 'fixed'"):
        solve(one_line(krinner, loads="solved", **fibre))
    with pytest.raises(OutOfRangeError, match=r"Optical fibre.*no geometry.*lines\.drive\.load"):
        solve(one_line(krinner, cable="Optical fibre"))


def test_conduction_alone_warms_but_never_runs_away(krinner):
    """However many lines: heat flows only while the stage is colder than the one above."""
    design = one_line(krinner, cable="219-SS-SS", count=50_000)
    result = solve(design)
    assert result.status == "STABLE"
    warm = [300.0, *result.temperatures.values()]
    assert all(above > below for above, below in pairwise(warm))
    assert result.stage("mxc").temperature_margin < 0
    # 1 mW of its own is more than the mixing chamber takes below any cold plate of 0.1 K
    lost = solve(one_line(krinner, cable="219-SS-SS"), extra={"mxc": 1e-3})
    assert lost.status == "RUNAWAY"
    assert lost.reason.startswith("mxc: load")
    assert all(math.isfinite(state.load) for state in lost.stages)


def test_a_measured_response_and_solved_loads_settle_together():
    """The UTS fridge: its response gives the temperatures, and they the conducted loads."""
    design = load("uts-fridge")
    solved = design.model_copy(
        update={"cryostat": design.cryostat.model_copy(update={"loads": "solved"})}
    )
    fixed, found = solve(design), solve(solved)
    assert found.status == "STABLE"
    drive = next(e.watts for e in found.loads if (e.stage, e.item) == ("4k", "drive"))
    hot, cold = found.temperatures["50k"], found.temperatures["4k"]
    ratio = float(integral("SS304", cold, hot) / integral("SS304", 3.94, 46.0))
    assert drive == pytest.approx(14 * 1e-3 * ratio, rel=1e-9)
    given = {state.name: state.load for state in found.stages}
    bare = design.model_copy(update={"lines": (), "electronics": (), "loads": ()})
    again = solve(bare, extra=given)  # the same heat, without the feedback
    for name in STAGES:
        assert again.temperatures[name] == pytest.approx(found.temperatures[name], rel=1e-9)
    assert found.temperatures["mxc"] != fixed.temperatures["mxc"]
