"""Intervals of temperatures and limits: against closed forms of log-normal spreads."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from qubudget.cryostat.assembly import solve
from qubudget.cryostat.conduction import anchor_factor, coax_spread
from qubudget.cryostat.loads import heat_sources
from qubudget.cryostat.uncertainty import intervals, log_normal_factors, source_spread
from qubudget.design import load
from qubudget.errors import OutOfRangeError
from qubudget.materials.cables import (
    cable_names,
    cable_stages,
    coax,
    passive_load,
    passive_load_entry,
)
from qubudget.materials.load_spreads import load_spread

SAMPLES = 20_000
# An end of the interval is an order statistic: the probability below it has the standard
# deviation sqrt(0.025 x 0.975 / samples). Five of them: false alarm below 6e-7 per end.
FIVE_SIGMA = 5 * math.sqrt(0.025 * 0.975 / SAMPLES)


@pytest.fixture(scope="module")
def krinner():
    return load("krinner-xld400")


def one_line(design, *, stage_spread=1.0, watts="10 mW"):
    """Krinner's 4 K stage alone below room temperature, heated by ten lines of stated load."""
    table = design.toml_table()
    stage = next(s for s in table["stages"] if s["name"] == "4k")
    line = {
        "name": "drive",
        "kind": "dc",
        "per_group": 1,
        "ends_at": "4k",
        "cable": "UT-085-SS-SS drive",
        "load": {"4k": watts},
    }
    return design.replace(
        {
            "machine.qubits": 10,
            "machine.group_size": 1,
            "stages": [{**stage, "spread": stage_spread}],
            "lines": [line],
            "electronics": [],
            "workload.correction_stage": "4k",
            "qubit.stage": "4k",
        }
    )


def probability_below(value: float, median: float, spread: float) -> float:
    """Of a log-normal number with a 95 % factor."""
    return float(ndtr(math.log(value / median) / (math.log(spread) / ndtri(0.975))))


def test_one_stage_with_linear_cooling_has_the_exact_quantiles(krinner):
    """T = T0 + Q/K, Q log-normal: the interval is T0 + (Q/spread, Q spread)/K."""
    found = intervals(one_line(krinner), samples=SAMPLES, seed=3)
    rate, base = 1.5 / (4.2 - 2.85), 2.85
    spread = load_spread("measured").factor
    low, high = found.temperature["4k"]
    assert probability_below((low - base) * rate, 0.1, spread) == pytest.approx(
        0.025, abs=FIVE_SIGMA
    )
    assert probability_below((high - base) * rate, 0.1, spread) == pytest.approx(
        0.975, abs=FIVE_SIGMA
    )
    assert low == pytest.approx(base + 0.1 / spread / rate, rel=0.01)
    assert high == pytest.approx(base + 0.1 * spread / rate, rel=0.01)
    # Rated power 1.5 W over 10 mW per qubit, times a factor of the spread either way.
    fewest, most = found.max_qubits
    assert probability_below(150 / fewest, 1, spread) == pytest.approx(0.975, abs=0.01)
    assert probability_below(150 / most, 1, spread) == pytest.approx(0.025, abs=0.01)
    assert found.runaway_probability == 0
    assert found.binding == {"4k": 1.0}


def test_spreads_of_load_and_cooling_add_in_quadrature_of_their_logarithms(krinner):
    found = intervals(one_line(krinner, stage_spread=3.0), samples=SAMPLES, seed=4)
    both = math.exp(math.hypot(math.log(2.0), math.log(3.0)))
    rate = 1.5 / (4.2 - 2.85)
    for end, share in zip(found.temperature["4k"], (0.025, 0.975), strict=True):
        assert probability_below((end - 2.85) * rate, 0.1, both) == pytest.approx(
            share, abs=FIVE_SIGMA
        )


def test_runaway_has_its_exact_probability_and_opens_the_interval(krinner):
    """Ten lines of 33 W against 1.5/1.35 W/K x (300 - 2.85) K: runaway where Q f > 330 W."""
    found = intervals(one_line(krinner, watts="33 W"), samples=SAMPLES, seed=5)
    exact = 1 - probability_below(1.5 / 1.35 * (300 - 2.85), 330, 2.0)
    deviation = math.sqrt(exact * (1 - exact) / SAMPLES)
    assert 0.4 < exact < 0.6
    # Five standard deviations: false alarm below 6e-7.
    assert found.runaway_probability == pytest.approx(exact, abs=5 * deviation)
    low, high = found.runaway_interval
    assert low < found.runaway_probability < high
    assert (high - low) / 2 == pytest.approx(1.96 * deviation, rel=0.01)  # the normal limit
    assert found.temperature["4k"][1] is None
    assert found.temperature["4k"][0] is not None
    json.dumps(found.to_dict(), allow_nan=False)


def test_without_spread_the_interval_is_the_solved_state(krinner):
    """The drawn machines, their spreads set to 1, are the assembly's machine."""
    design = krinner
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "qubudget.cryostat.uncertainty.source_spread", lambda design, source: (1.0, ())
        )
        found = intervals(design, samples=200, seed=1)
    state = solve(design)
    for name, (low, high) in found.temperature.items():
        assert low == high == pytest.approx(state.temperatures[name], rel=1e-11)
    assert found.max_qubits == (state.max_qubits.total, state.max_qubits.total)
    assert found.binding[state.max_qubits.binding_stage] == 1.0


@pytest.mark.parametrize("name", ["krinner-xld400", "raicu-xld1000sl", "uts-fridge"])
def test_presets_lie_within_their_intervals(name):
    design = load(name)
    found, state = intervals(design, samples=2000, seed=1), solve(design)
    for stage, (low, high) in found.temperature.items():
        modelled = state.stage(stage).modelled_temperature
        assert low * (1 - 1e-9) <= modelled <= high * (1 + 1e-9)
    fewest, most = found.max_qubits
    assert fewest <= state.max_qubits.total <= most
    assert sum(found.binding.values()) == pytest.approx(1)


def test_the_seed_decides_and_another_line_changes_no_other_draw(krinner):
    first = intervals(krinner, samples=500, seed=7)
    assert intervals(krinner, samples=500, seed=7) == first
    assert intervals(krinner, samples=500, seed=8) != first
    # One more load at the mixing chamber leaves the draws of all other stages as they were.
    more = intervals(krinner, samples=500, seed=7, extra={"mxc": 1e-6})
    same = [n for n, ends in more.temperature.items() if ends == first.temperature[n]]
    assert same == ["50k", "4k", "still", "cp"]


def with_electronics(design, *parts):
    """Krinner's 4 K stage alone, heated by electronics: (name, power, spread), one per qubit."""
    electronics = [
        {
            "name": name,
            "kind": "controller",
            "stage": "4k",
            "per_group": 1,
            "power": power,
            "spread": spread,
        }
        for name, power, spread in parts
    ]
    return one_line(design).replace({"lines": [], "electronics": electronics})


def test_the_spread_of_electronics_has_the_exact_quantiles(krinner):
    """T = T0 + Q/K again, all ten pieces of 10 mW with one log-normal factor."""
    found = intervals(
        with_electronics(krinner, ("controller", "10 mW", 3.0)), samples=SAMPLES, seed=9
    )
    rate, base = 1.5 / (4.2 - 2.85), 2.85
    low, high = found.temperature["4k"]
    for end, share in ((low, 0.025), (high, 0.975)):
        assert probability_below((end - base) * rate, 0.1, 3.0) == pytest.approx(
            share, abs=FIVE_SIGMA
        )
    # 1.5 W over 10 mW a qubit, times a factor of 3 either way; whole qubits.
    fewest, most = found.max_qubits
    assert fewest == pytest.approx(50, rel=0.05)
    assert most == pytest.approx(450, rel=0.05)


def test_each_kind_of_electronics_draws_its_own_factor(krinner):
    """Two of 5 mW against a sum of two independent log-normals, drawn apart."""
    both = with_electronics(krinner, ("controller", "5 mW", 3.0), ("decoder", "5 mW", 3.0))
    found = intervals(both, samples=SAMPLES, seed=10)
    deviation = math.log(3) / ndtri(0.975)
    normal = np.random.default_rng(2024).standard_normal((2, 400_000))
    heat = 0.05 * np.exp(deviation * normal).sum(axis=0)
    for end, share in zip(found.temperature["4k"], (0.025, 0.975), strict=True):
        below = np.mean(heat < (end - 2.85) * 1.5 / 1.35)
        # The own sample has a twentieth of the variance: 5 % more than five deviations.
        assert below == pytest.approx(share, abs=1.05 * FIVE_SIGMA)


def test_stated_power_without_a_spread_is_exact(krinner):
    design = with_electronics(krinner, ("controller", "10 mW", 1))
    found = intervals(design, samples=200, seed=9)
    low, high = found.temperature["4k"]
    assert low == high == pytest.approx(2.85 + 0.1 * 1.35 / 1.5)


def test_a_spread_of_electronics_changes_no_other_draw(krinner):
    """Krinner's amplifiers at 4 K: of no other stage, and not of another part's factor."""
    first = intervals(krinner, samples=500, seed=7)
    wide = krinner.replace({"electronics.hemt.spread": 2})
    other = intervals(wide, samples=500, seed=7)
    for name in ("50k", "still", "cp", "mxc"):
        # To rounding: the 4 K stage bounds the search for a balance below it.
        assert other.temperature[name] == pytest.approx(first.temperature[name], rel=1e-12)
    assert other.temperature["4k"][1] > first.temperature["4k"][1]
    # A further part that dissipates nothing leaves even its own stage as it was.
    table = wide.toml_table()
    idle = {**table["electronics"][0], "name": "idle", "power": "0 W"}
    more = wide.replace({"electronics": [idle, *table["electronics"]]})
    assert intervals(more, samples=500, seed=7).temperature == other.temperature


def test_a_line_of_the_same_name_has_not_the_spread_of_the_electronics(krinner):
    table = krinner.toml_table()
    namesake = {**table["electronics"][0], "name": "drive", "spread": 5}
    design = krinner.replace({"electronics": [namesake]})
    spreads = {
        source.kind: source_spread(design, source)
        for source in heat_sources(design)
        if (source.item, source.stage) == ("drive", "4k")
    }
    assert spreads["electronics"] == (5, ("electronics", "drive"))
    assert spreads["passive"][0] == load_spread("measured").factor
    assert spreads["attenuator"][0] == 1


def test_a_modelled_cable_has_the_spreads_of_materials_cable_and_anchoring(krinner):
    """A stainless line by its geometry: its factor at 4 K, from the three spreads."""
    design = one_line(krinner)
    stage = design.stages[0].model_copy(update={"length": 0.29})
    line = design.lines[0].model_copy(update={"cable": "UT-085-SS-SS", "load": {}})
    design = design.model_copy(update={"lines": (line,), "stages": (stage,)})
    (source,) = heat_sources(design)
    spread, _ = source_spread(design, source)
    materials_and_cable = float(coax_spread(coax(line.cable), 300, 4.2))
    anchored = anchor_factor("4k").spread
    assert materials_and_cable >= coax(line.cable).spread
    assert math.log(spread) ** 2 == pytest.approx(
        math.log(materials_and_cable) ** 2 + math.log(anchored) ** 2
    )
    found = intervals(design, samples=SAMPLES, seed=6)
    # Its heat depends little on its cold end at 3 K: the interval is that of the factor alone.
    rate = 1.5 / (4.2 - 2.85)
    for end, power in zip(found.temperature["4k"], (-1, 1), strict=True):
        exact = 10 * source.watts_each * spread**power / rate
        assert end - 2.85 == pytest.approx(exact, rel=0.05)


def test_solved_loads_agree_with_the_assembly(krinner):
    design = krinner.replace({"cryostat.loads": "solved"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "qubudget.cryostat.uncertainty.source_spread", lambda design, source: (1.0, ())
        )
        found = intervals(design, samples=200, seed=1)
    state = solve(design)
    for name, (low, high) in found.temperature.items():
        assert low == high == pytest.approx(state.temperatures[name], rel=1e-9)


def test_every_kind_of_load_in_the_catalogue_has_a_spread():
    for name in cable_names():
        for stage in cable_stages(name):
            assert load_spread(passive_load_entry(name, stage).kind).factor >= 1


def test_factors_have_their_spread():
    factors = np.log(log_normal_factors(2.0, SAMPLES, 1, "a"))
    # Standard error of a standard deviation: 1/sqrt(2 n); five of them, false alarm < 6e-7.
    assert factors.std() == pytest.approx(
        math.log(2) / ndtri(0.975), rel=5 / math.sqrt(2 * SAMPLES)
    )
    assert abs(factors.mean()) < 5 * factors.std() / math.sqrt(SAMPLES)
    other = np.log(log_normal_factors(2.0, SAMPLES, 1, "b"))
    assert abs(np.corrcoef(factors, other)[0, 1]) < 5 / math.sqrt(SAMPLES)


def test_the_spread_of_measured_loads_follows_from_krinners_two_measurements():
    """One cable, UT-085-SS-SS, measured twice in one fridge (Krinner 2019, Table 2)."""
    stages = ("50k", "4k", "still", "cp", "mxc")
    ratios = [
        passive_load("UT-085-SS-SS flux", s) / passive_load("UT-085-SS-SS drive", s) for s in stages
    ]
    deviation = math.sqrt(np.mean(np.log(ratios) ** 2) / 2)
    assert math.exp(1.96 * deviation) == pytest.approx(load_spread("measured").factor, rel=0.03)
    printed = [float(x) for x in re.findall(r"\d\.\d\d", load_spread("measured").source)[:5]]
    assert printed == [round(ratio, 2) for ratio in ratios]


def test_bad_input_is_refused(krinner):
    with pytest.raises(OutOfRangeError, match="samples"):
        intervals(krinner, samples=10, seed=1)
    with pytest.raises(OutOfRangeError, match="spread"):
        log_normal_factors(0.5, 10, 1, "a")
    with pytest.raises(OutOfRangeError, match="kind"):
        load_spread("guessed")
