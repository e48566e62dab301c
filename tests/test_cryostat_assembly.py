"""The cryostat of a design, solved."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.cryostat.assembly import explain_temperature, solve
from qubudget.design import load
from qubudget.design.fridge import CurvePoint
from qubudget.errors import DesignError, OutOfRangeError

STAGES = ("50k", "4k", "still", "cp", "mxc")


@pytest.fixture(scope="module")
def krinner():
    return load("krinner-xld400")


def pinned(design, power="50 uW"):
    """The design with a mixing chamber of fixed cooling power, as the first paper has it."""
    table = design.toml_table()
    mxc = {
        "name": "mxc",
        "cooling": "fixed",
        "rated_temperature": "10 mK",
        "rated_power": power,
        "max_temperature": "10 mK",
    }
    stages = [mxc if stage["name"] == "mxc" else stage for stage in table["stages"]]
    return design.replace({"stages": stages})


def test_krinners_own_machine_runs_below_his_14_mk(krinner):
    """These loads alone give 11 to 12 mK: 5.17 uW on 0.0522 W/K^2 above 6 mK, by hand."""
    result = solve(krinner)
    by_hand = 1e-9 * (50 * 13 + 50 * 29 + 16 * 13 + 16 * 20)  # conduction
    by_hand += 50 * 0.15 * ((0.57e-3) ** 2 + (0.4e-3) ** 2 * 16 * 42 / 8800)  # flux currents
    by_hand += 50 * 1e-3 * 10 ** (-7.1) * 100 * 400 / 8800  # drive pulses
    assert result.stage("mxc").load == pytest.approx(by_hand, rel=1e-6)
    temperature = result.temperatures["mxc"]
    assert 11e-3 < temperature < 12e-3
    coefficient = 19e-6 / (20e-3**2 - 6e-3**2)
    assert temperature == pytest.approx(math.sqrt(6e-3**2 + by_hand / coefficient))
    assert result.status == "STABLE"
    assert result.reason is None


def test_what_krinners_loads_explain_of_his_14_mk(krinner):
    """C (T^2 - T0^2), by hand: 5.17 of the 8.35 uW at 14 mK; the rest is left unexplained."""
    coefficient = 19e-6 / (20e-3**2 - 6e-3**2)
    at_14_mk = coefficient * (14e-3**2 - 6e-3**2)
    assert at_14_mk == pytest.approx(8.352e-6, abs=1e-9)
    result = solve(krinner.replace({"measured": {"temperature": {"mxc": "14 mK"}}}))
    state = result.stage("mxc")
    assert state.temperature == 14e-3
    assert state.modelled_temperature == pytest.approx(11.62e-3, abs=5e-6)
    assert state.load == pytest.approx(5.174e-6, abs=1e-9)
    assert state.unexplained_load == pytest.approx(at_14_mk - state.load, rel=1e-9)
    assert state.unexplained_load == explain_temperature(krinner, "mxc", 14e-3)
    assert state.load / at_14_mk == pytest.approx(0.62, abs=5e-3)
    # Nothing is made up to close the gap: the loads are those of the lines alone.
    assert {e.item for e in result.loads if e.stage == "mxc"} <= {
        line.name for line in krinner.lines
    }


def test_loads_sum_to_the_stages(krinner):
    document = solve(krinner, extra={"4k": 0.1}).to_dict()
    for stage in document["stages"]:
        entries = [e["watts"] for e in document["loads"] if e["stage"] == stage["name"]]
        assert sum(entries) == pytest.approx(stage["load_W"], rel=1e-12)
        assert stage["load_W"] == stage["modelled_load_W"]
    assert {"stage": "4k", "item": "extra", "kind": "feedback", "watts": 0.1} in document["loads"]


def test_contract_keys(krinner):
    document = solve(krinner).to_dict()
    json.dumps(document, allow_nan=False)
    assert set(document) == {
        "status",
        "reason",
        "stages",
        "loads",
        "binding_stage",
        "max_qubits",
        "shape",
        "needs",
        "joints",
        "notices",
        "wall_power_W",
        "machine",
    }
    assert set(document["stages"][0]) == {
        "name",
        "temperature_K",
        "modelled_temperature_K",
        "load_W",
        "modelled_load_W",
        "capacity_W",
        "margin",
        "max_temperature_K",
        "temperature_margin",
        "extrapolated",
        "unexplained_load_W",
    }
    assert set(document["max_qubits"]) >= {
        "total",
        "binding_stage",
        "by_stage",
        "at_limit",
        "basis",
    }
    assert set(document["machine"]) == {"fridges", "wall_power_W"}


def test_binding_stage_has_the_smallest_margin(krinner):
    result = solve(krinner, qubits=144)
    assert result.binding_stage == "cp"
    assert result.stage("cp").margin == pytest.approx(1 - 0.980965, rel=1e-4)
    assert all(state.margin >= result.stage("cp").margin for state in result.stages)


def test_without_load_every_stage_is_at_its_base(krinner):
    idle = {"lines": [], "electronics": []}
    result = solve(krinner.replace(idle))
    assert list(result.temperatures.values()) == pytest.approx([35, 2.85, 0.882, 0.082, 6e-3])
    assert result.wall_power == 0
    assert result.max_qubits.total is None
    assert result.max_qubits.by_stage == dict.fromkeys(STAGES)
    assert "no load grows" in result.max_qubits.reason


def test_at_rated_load_every_stage_is_at_its_rated_temperature(krinner):
    bare = krinner.replace({"lines": [], "electronics": []})
    rated = {stage.name: stage.rated_power for stage in krinner.stages}
    result = solve(bare, extra=rated)
    assert list(result.temperatures.values()) == pytest.approx([45, 4.2, 1.2, 0.14, 20e-3])
    assert all(
        state.margin == 0 and state.temperature_margin == pytest.approx(0, abs=1e-12)
        for state in result.stages
    )
    assert not any(state.extrapolated for state in result.stages)
    beyond = solve(bare, extra={"mxc": 20e-6})
    assert beyond.stage("mxc").extrapolated


@settings(max_examples=20, deadline=None)
@given(first=st.floats(0, 1e-4), more=st.floats(0, 1e-4))
def test_more_load_is_never_colder(first, more):
    design = load("krinner-xld400")
    cold, warm = (
        solve(design, extra={"mxc": x}).temperatures["mxc"] for x in (first, first + more)
    )
    assert warm >= cold


def test_fixed_cooling_runs_away_when_the_load_reaches_it(krinner):
    """The first paper's rule: RUNAWAY if load >= capacity; no temperature then."""
    bare = pinned(krinner.replace({"lines": [], "electronics": []}))
    below = solve(bare, extra={"mxc": math.nextafter(50e-6, 0)})
    assert (below.status, below.temperatures["mxc"]) == ("STABLE", 0.01)
    for watts in (50e-6, 100e-6):
        result = solve(bare, extra={"mxc": watts})
        assert result.status == "RUNAWAY"
        assert result.reason.startswith("mxc: load")
        assert result.temperatures["mxc"] is None
        assert result.temperatures["cp"] == pytest.approx(0.082)
        assert result.wall_power is None
        assert result.to_dict()["machine"]["wall_power_W"] is None
        assert result.stage("mxc").temperature_margin is None
    assert result.stage("mxc").margin == pytest.approx(-1)


def test_first_papers_entropy_trap_runs_away_and_its_4_k_scenarios_do_not():
    assert solve(load("entropy-trap")).status == "RUNAWAY"
    assert solve(load("thermal-wall")).status == "STABLE"


def test_runaway_when_a_stage_would_be_warmer_than_the_one_above(krinner):
    """1 mW on the mixing chamber: sqrt(1e-3/0.0522) = 138 mK, above the cold plate."""
    result = solve(krinner, extra={"mxc": 1e-3})
    assert result.status == "RUNAWAY"
    assert "no balance below the next warmer stage" in result.reason
    assert result.temperatures["mxc"] is None


def test_a_full_fixed_stage_does_not_count_as_holding_the_last_group(krinner):
    """One group of 1 W in a fixed 1 W stage is RUNAWAY; 0.1 W per group leaves nine."""
    bare = krinner.replace({"lines": [], "electronics": []})
    table = bare.toml_table()
    table["electronics"] = [
        {
            "name": "controller",
            "kind": "controller",
            "stage": "4k",
            "per_group": 1,
            "power": "100 mW",
        }
    ]
    design = bare.replace({"electronics": table["electronics"]})
    assert solve(design).max_qubits.by_stage["4k"] == 15 * 8
    stages = [
        {
            "name": "4k",
            "cooling": "fixed",
            "rated_temperature": "4 K",
            "rated_power": "1 W",
            "max_temperature": "4.2 K",
        }
        if stage["name"] == "4k"
        else stage
        for stage in table["stages"]
    ]
    fixed = design.replace({"stages": stages})
    result = solve(fixed)
    assert result.max_qubits.by_stage["4k"] == 9 * 8
    assert result.max_qubits.at_limit == 9 * 8
    assert solve(fixed, qubits=72).status == "STABLE"
    assert solve(fixed, qubits=80).status == "RUNAWAY"
    assert solve(fixed, extra={"4k": 0.95}).max_qubits.total == 0


def test_the_limit_by_temperature_is_where_the_solved_temperature_leaves_it(krinner):
    design = krinner.replace({"stages.mxc.max_temperature": "15 mK"})
    limit = solve(design).max_qubits.at_limit
    assert limit % 8 == 0
    assert solve(design, qubits=limit).temperatures["mxc"] <= 15e-3
    assert solve(design, qubits=limit + 8).temperatures["mxc"] > 15e-3
    # by hand: 0.05220 (15^2 - 6^2) 1e-6 = 9.866 uW over 0.829355 x 19 uW / 18 groups
    assert limit == 8 * math.floor(9.866e-6 / (0.829355 * 19e-6 / 18))


def test_measured_values_win_and_the_model_stands_beside(krinner):
    design = krinner.replace(
        {"measured": {"temperature": {"mxc": "14 mK"}, "load": {"cp": "100 uW"}}}
    )
    model, result = solve(krinner), solve(design)
    assert result.temperatures["mxc"] == 14e-3
    assert result.stage("mxc").modelled_temperature == model.temperatures["mxc"]
    cp = result.stage("cp")
    assert (cp.load, cp.modelled_load) == (100e-6, model.stage("cp").load)
    assert cp.temperature == pytest.approx(0.082 + 0.058 / 2)
    other = solve(design, qubits=144)
    assert other.stage("mxc").temperature == other.stage("mxc").modelled_temperature


def test_a_measured_temperature_shows_that_a_balance_exists(krinner):
    bare = pinned(krinner.replace({"lines": [], "electronics": []}))
    design = bare.replace({"measured": {"temperature": {"mxc": "14 mK"}}})
    result = solve(design, extra={"mxc": 60e-6})
    assert result.status == "STABLE"
    assert result.temperatures["mxc"] == 14e-3
    assert result.stage("mxc").modelled_temperature is None
    assert "measured temperature used" in result.reason


def test_wall_power_of_one_stage_by_hand(krinner):
    bare = krinner.replace({"lines": [], "electronics": [], "cryostat.wall_power": "carnot"})
    result = solve(bare, extra={"4k": 1.5})
    assert result.wall_power == pytest.approx(1.5 * (300 - 4.2) / 4.2)


def test_a_large_machine_counts_its_fridges(krinner):
    many = krinner.replace({"machine.total_qubits": 1001})
    result = solve(many)
    assert result.fridges == 21
    assert result.machine_wall_power == pytest.approx(21 * result.wall_power)
    assert solve(many, qubits=144).fridges == 7


def test_measured_response_of_the_uts_fridge():
    """More still power cools its mixing chamber, as CryowalaCore's response has it."""
    design = load("uts-fridge")
    result = solve(design)
    assert result.status == "STABLE"
    more = solve(design, extra={"still": 5e-3})
    assert more.temperatures["mxc"] < result.temperatures["mxc"]
    assert more.temperatures["still"] > result.temperatures["still"]
    # 0.6 uW on the mixing chamber is below the 3 uW of the coldest published run
    assert all(state.extrapolated for state in result.stages)
    assert not any(state.extrapolated for state in solve(design, extra={"mxc": 5e-6}).stages)
    beyond_rated = solve(design, extra={"mxc": 25e-6})
    assert beyond_rated.stage("mxc").load < 70e-6  # the warmest published run
    assert all(state.extrapolated for state in beyond_rated.stages)
    limit = result.max_qubits.at_limit
    last = solve(design, qubits=limit)
    assert all(state.temperature_margin >= 0 for state in last.stages)


def test_bad_input(krinner):
    for extra in ({"mcx": 1.0}, {"mxc": -1.0}, {"mxc": float("nan")}):
        with pytest.raises(OutOfRangeError):
            solve(krinner, extra=extra)
    with pytest.raises(OutOfRangeError):
        solve(krinner, qubits=0)


def with_stage(design, name, **changes):
    stages = [s.model_copy(update=changes) if s.name == name else s for s in design.stages]
    return design.model_copy(update={"stages": tuple(stages)})


def test_equal_units_share_the_load_of_a_stage(krinner):
    """Colossus' mixing chambers: ten of 30 uW; two of Krinner's take twice his 19 uW."""
    bare = krinner.replace({"lines": [], "electronics": []})
    for name, kelvin, watts in (("mxc", 20e-3, 19e-6), ("4k", 4.2, 1.5)):
        double = solve(with_stage(bare, name, units=2), extra={name: 2 * watts})
        assert double.temperatures[name] == pytest.approx(kelvin)
        assert double.stage(name).capacity == 2 * watts
    assert solve(with_stage(krinner, "cp", units=2)).max_qubits.by_stage["cp"] == 288
    fixed = with_stage(pinned(bare), "mxc", units=2)
    assert solve(fixed, extra={"mxc": 99e-6}).status == "STABLE"
    assert solve(fixed, extra={"mxc": 100e-6}).status == "RUNAWAY"
    flow = {"cooling": "enthalpy", "circulation": 565e-6, "exchange_temperature": 18e-3}
    one = solve(with_stage(bare, "mxc", **flow), extra={"mxc": 8e-6})
    two = solve(with_stage(bare, "mxc", units=2, **flow), extra={"mxc": 16e-6})
    assert two.temperatures["mxc"] == pytest.approx(one.temperatures["mxc"])


def test_equal_units_of_a_measured_response():
    design = load("uts-fridge")
    twice = design.model_copy(
        update={"stages": tuple(s.model_copy(update={"units": 2}) for s in design.stages)}
    )
    own = {state.name: state.load for state in solve(design).stages}
    doubled = solve(twice, extra=own)
    for state in solve(design).stages:
        assert doubled.temperatures[state.name] == pytest.approx(state.temperature)


def test_mixing_chamber_by_enthalpy(krinner):
    """n3 (95 T^2 - 11 Tex^2) = load, by hand."""
    design = with_stage(
        krinner, "mxc", cooling="enthalpy", circulation=600e-6, exchange_temperature=15e-3
    )
    load_here = solve(krinner).stage("mxc").load
    found = solve(design)
    by_hand = math.sqrt((load_here / 600e-6 + 11 * 15e-3**2) / 95)
    assert found.temperatures["mxc"] == pytest.approx(by_hand)
    assert not found.stage("mxc").extrapolated
    assert solve(design, extra={"mxc": 200e-6}).stage("mxc").extrapolated  # above 40 mK
    with pytest.raises(DesignError, match=r"stages\.mxc\.circulation.*enthalpy"):
        solve(with_stage(design, "mxc", circulation=None))


def test_mixing_chamber_by_a_measured_curve(krinner):
    """Bluefors' LD450 from its datasheet's 14 uW at 20 mK and 450 uW at 100 mK."""
    points = (
        CurvePoint(temperature="20 mK", power="14 uW"),
        CurvePoint(temperature="100 mK", power="450 uW"),
    )
    bare = krinner.replace({"lines": [], "electronics": []})
    design = with_stage(bare, "mxc", cooling="table", curve=points)
    warm = with_stage(design, "cp", cooling="fixed", rated_temperature=0.5, base_temperature=None)
    assert solve(warm, extra={"mxc": 14e-6}).temperatures["mxc"] == pytest.approx(20e-3)
    assert solve(warm, extra={"mxc": 450e-6}).temperatures["mxc"] == pytest.approx(100e-3)
    beyond = solve(warm, extra={"mxc": 451e-6})
    assert beyond.status == "RUNAWAY"
    assert "warmest point of its cooling curve" in beyond.reason
    with pytest.raises(OutOfRangeError, match=r"stages\.mxc\.curve.*add colder points"):
        solve(warm, extra={"mxc": 1e-6})
    with pytest.raises(DesignError, match=r"stages\.mxc\.curve.*two points"):
        solve(with_stage(design, "mxc", curve=points[:1]))
    with pytest.raises(DesignError, match=r"stages\.mxc\.curve.*rise"):
        solve(with_stage(design, "mxc", curve=points[::-1]))


def test_a_curve_that_starts_above_small_loads_still_has_a_largest_machine(krinner):
    points = (
        CurvePoint(temperature="10 mK", power="3 uW"),
        CurvePoint(temperature="20 mK", power="19 uW"),
    )
    design = with_stage(krinner, "mxc", cooling="table", curve=points)
    assert solve(design).max_qubits.at_limit == 144


def test_radiation_from_the_stage_above(krinner):
    """0.5 m^2 of shield at emissivity 0.03 between 45 K and 4.2 K: 3.5 mW, by hand."""
    bare = krinner.replace({"lines": [], "electronics": []})
    design = with_stage(bare, "4k", shield_area=0.5, emissivity=0.03)
    result = solve(design, extra={"50k": 30.0, "4k": 1.5})
    entry = next(e for e in result.loads if e.kind == "radiation")
    assert (entry.stage, entry.item) == ("4k", "shield")
    hot, cold = result.temperatures["50k"], result.temperatures["4k"]
    assert hot == pytest.approx(45)
    assert entry.watts == pytest.approx(0.5 * 0.03 * 5.670374e-8 * (hot**4 - cold**4), rel=1e-6)
    assert entry.watts == pytest.approx(3.49e-3, rel=1e-3)
    # a balance at the solved temperatures, not at the rated ones
    assert 1.5 / 1.35 * (cold - 2.85) == pytest.approx(result.stage("4k").load, rel=1e-10)
    cooler = solve(design, extra={"4k": 1.5})  # 50k empty at 35 K
    entry = next(e for e in cooler.loads if e.kind == "radiation")
    assert entry.watts == pytest.approx(3.49e-3 * (35 / 45) ** 4, rel=2e-3)


def test_radiation_from_the_room_counts_in_the_largest_machine(krinner):
    """1.5 m^2 at an effective emissivity of 0.01 takes 6.9 of the 30 W at 45 K."""
    design = with_stage(krinner, "50k", shield_area=1.5, emissivity=0.01)
    result = solve(design)
    heat = 1.5 * 0.01 * 5.670374e-8 * (300**4 - 45**4)
    groups = math.floor((30 - heat) / (0.6648 * 30 / 18))
    assert result.max_qubits.by_stage["50k"] == 8 * groups


def test_a_runaway_stage_takes_its_radiated_neighbours_with_it(krinner):
    """Nothing can be said of what a stage without temperature radiates."""
    design = with_stage(krinner, "4k", shield_area=0.5, emissivity=0.03)
    result = solve(design, extra={"50k": 1e4})
    assert result.status == "RUNAWAY"
    assert result.reason.startswith("50k: load")
    assert "4k: takes heat from 50k, which has no temperature" in result.reason
    assert result.temperatures["4k"] is None
    measured = design.replace({"measured": {"temperature": {"50k": "40 K"}}})
    stages = tuple(design.stages)
    pinned_above = solve(measured.model_copy(update={"stages": stages}), extra={"50k": 1e4})
    assert pinned_above.status == "STABLE"


def test_a_fixed_stage_hotter_than_the_solved_one_above_is_runaway(krinner):
    """The empty 4 K stage is at 2.85 K: nothing held at 3 K can hang from it."""
    bare = krinner.replace({"lines": [], "electronics": []})
    design = with_stage(
        bare, "still", cooling="fixed", rated_temperature=3.0, base_temperature=None
    )
    result = solve(design)
    assert result.status == "RUNAWAY"
    assert "still: held at 3 K, but the next warmer stage is at 2.85 K" in result.reason
