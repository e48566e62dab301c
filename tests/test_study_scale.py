"""Machines of any size, composed: against the chain's own machine, and by counting."""

import json
import math
import time
from dataclasses import replace

import pytest

from qubudget.constants import DAY
from qubudget.cryostat import assembly as cryostat
from qubudget.design import load
from qubudget.errors import DesignError
from qubudget.pipeline import Chain
from qubudget.qec.patches import modules
from qubudget.study.sizes.result import figure_data
from qubudget.study.sizes.scale import SIZES, Part, compose, lines_of, parse_sizes, scale

# Two small patches on every chip of 105 qubits, four chips in a fridge; a rough burst model.
SMALL = {
    "machine.qubits": 210,
    "machine.qubits_per_chip": 105,
    "machine.total_qubits": 210,
    "code.distance": 3,
    "code.patches_per_chip": 2,
    "chip.transport": "hot-spot",
    "chip.cooling": "at-once",
    "stages.50k.rated_power": "100 W",
    "stages.4k.rated_power": "10 W",
    "stages.mxc.rated_power": "1 mW",
}


@pytest.fixture(scope="module")
def part():
    found = Part(load("willow-like").replace(SMALL), Chain("quick", 1))
    found.machine(210)
    return found


def copy(part):
    """The same computed part, with no further fridges solved."""
    found = Part(part.design, part.chain)
    found.__dict__.update({k: v for k, v in part.__dict__.items() if k in ("_cold", "_impact",
                                                                           "patch")})  # fmt: skip
    return found


def test_one_full_fridge_is_the_chains_own(part):
    thermal = cryostat.solve(part.design)
    found, patch = part.machine(210), part.patch
    assert (found.fridges, found.chips, found.patches) == (1, 2, 4)
    assert found.wall_power == pytest.approx(thermal.wall_power, rel=1e-12)
    for stage in thermal.stages:
        assert found.heat[stage.name] == pytest.approx(stage.load, rel=1e-12)
    own = patch.to_dict()["machine"]["logical_errors_per_day"]
    assert found.errors[0] == pytest.approx(own, rel=1e-9)
    assert found.bursts == pytest.approx(patch.together.per_day()[0].tolist())
    assert found.errors[1] < found.errors[0] < found.errors[2]
    rate = part._impact.rates.total
    assert found.bursts_per_day == pytest.approx(2 * DAY * rate)


def test_whole_fridges_add_up(part):
    one, many = part.machine(210), part.machine(210 * 1000)
    for name in ("fridges", "chips", "lines", "patches", "logical_qubits", "bursts_per_day",
                 "wall_power"):  # fmt: skip
        assert getattr(many, name) == pytest.approx(1000 * getattr(one, name), rel=1e-12), name
    for name in ("errors", "quiet", "bursts", "failing_bursts", "correlated_bursts"):
        expected = [1000 * value for value in getattr(one, name)]
        assert getattr(many, name) == pytest.approx(expected, rel=1e-9), name


def test_a_rest_is_another_fridge_and_a_part_of_a_chip(part):
    fresh = copy(part)
    found = fresh.machine(2 * 210 + 50)
    assert (found.fridges, found.chips) == (3, 5)
    # 50 qubits of the last chip hold two patches of 17 (9 data and 8 check qubits).
    assert found.patches == 10
    rest = cryostat.solve(part.design, qubits=50)
    full = cryostat.solve(part.design)
    assert found.wall_power == pytest.approx(2 * full.wall_power + rest.wall_power, rel=1e-9)
    assert fresh.fridges == 2
    assert rest.wall_power < full.wall_power
    assert found.lines == 2 * lines_of(part.design, 210) + lines_of(part.design, 50)


def test_lines_by_hand():
    # Krinner's 50 qubits as built: 50 drive, 50 flux, 8 pump, 8 in, 8 out, 8 loads, 12 biases.
    design = load("krinner-xld400")
    assert lines_of(design, 50) == 144
    # Seven groups of eight by the numbers per group: 8 + 8 + 2 + 2 + 2 + 2 + 3 each.
    assert lines_of(design, 56) == 7 * 27


def test_bursts_that_fail_two_patches_count_once(part):
    found = part.machine(210 * 50)
    bursts, failing, shared = (
        found.bursts[0], found.failing_bursts[0], found.correlated_bursts[0]
    )  # fmt: skip
    # With two patches on a chip the mean number that fail is P(one or more) + P(two).
    assert bursts == pytest.approx(failing + shared, rel=1e-9)
    assert 0 < shared < failing <= bursts
    assert failing <= found.bursts_per_day
    assert found.failures[0] == pytest.approx(found.errors[0] - shared, rel=1e-9)


def test_cost_grows_with_distinct_parts_not_with_size(part, monkeypatch):
    asked = []
    for name in ("cold", "impact", "errors"):
        kept = {"cold": part._cold, "impact": part._impact, "errors": part.patch}[name]
        monkeypatch.setattr(
            Chain, name, lambda self, *a, _name=name, _kept=kept, **k: asked.append(_name) or _kept
        )
    found = scale(part.design)
    assert sorted(asked) == ["cold", "errors", "impact"]
    assert [machine.qubits for machine in found.machines] == list(SIZES)
    assert found.machines[0].qubits == 100
    assert found.machines[-1].qubits == 10**8
    rests = {size % 210 for size in SIZES if size % 210}
    assert found.distinct_fridges == 1 + len(rests)
    started = time.perf_counter()
    big = copy(part).machine(210 * 10**12)
    assert time.perf_counter() - started < 1
    assert big.fridges == 10**12
    asked.clear()
    other = part.design.replace({"code.distance": 5, "code.patches_per_chip": 1})
    _, distinct = compose([(part.design, 210), (other, 105), (part.design, 420)])
    assert distinct == 2
    assert asked.count("errors") == 2


def test_composition_of_parts_is_their_sum(part, monkeypatch):
    for name, kept in (("cold", part._cold), ("impact", part._impact), ("errors", part.patch)):
        monkeypatch.setattr(Chain, name, lambda self, *a, _kept=kept, **k: _kept)
    whole = part.machine(210 * 7)
    total, distinct = compose([(part.design, 210 * 3), (part.design, 210 * 4)])
    assert distinct == 1
    assert total.errors == pytest.approx(whole.errors)
    assert total.wall_power == pytest.approx(whole.wall_power)
    assert (total.fridges, total.lines, total.patches) == (7, whole.lines, whole.patches)
    # What carries no logical qubit adds fridges, not errors; what has no value takes the sum's.
    empty = replace(whole, logical_qubits=0, errors=None)
    assert (whole + empty).errors == whole.errors
    assert (whole + replace(whole, errors=None)).errors is None
    assert (whole + replace(whole, wall_power=None)).wall_power is None


def test_million_qubit_is_counted_as_documented(part):
    # 2,500 fridges of 400, 10,000 chips of 100; 769 patches of 2 x 25^2 - 1 qubits on 13 chips.
    design = load("million-qubit")
    fridges = Part(design, Chain("quick", 1))
    fridges.__dict__["_impact"] = part._impact
    fridges.__dict__["patch"] = replace(part.patch, qubits_per_patch=2 * 25**2 - 1)
    found = fridges.machine(design.machine.total_qubits)
    assert (found.fridges, found.chips, found.patches) == (2500, 10_000, 769)
    assert found.chips_per_patch == 13
    thermal = cryostat.solve(design, extra={"4k": fridges._cold[2].power})
    assert found.wall_power == pytest.approx(2500 * thermal.wall_power)
    assert found.patches == modules(1_000_000, 100, 1249, 1).patches
    small = fridges.machine(1000)
    assert small.errors is None
    assert "13 whole chips" in small.reason


def test_mitigated_machines(part):
    moved = copy(part)
    settings = part.patch.mitigation.model_copy(
        update={"strategy": "outer", "outer_chips": 4, "outer_losses": 1}
    )
    moved.__dict__["patch"] = part.patch.reacting(settings)
    found = moved.machine(210 * 8)
    assert found.logical_qubits == found.patches // 4 == 8
    value = moved.patch.per_day()[0]
    assert found.errors[0] == pytest.approx(8 * value, rel=1e-9)
    assert found.failing_bursts is None
    assert found.failures == found.errors


def test_runaway_and_bad_input(part):
    hot = load("willow-like").replace({**SMALL, "stages.mxc.rated_power": "1 uW"})
    found = scale(hot, [1000]).machines[0]
    assert found.wall_power is None
    assert found.errors is None
    assert "mxc" in found.reason
    for sizes in ([], [0], [-5], [1.5], [10**16], [True]):
        with pytest.raises(DesignError, match="--sizes"):
            scale(part.design, sizes)
    with pytest.raises(DesignError, match="one design"):
        compose([])


def test_sizes_as_written():
    assert parse_sizes("1e2..1e4:3") == (100, 1000, 10_000)
    assert parse_sizes("1..3:50") == (1, 2, 3)
    for text in ("", "a", "1.5", "0..10:3", "1..10", "1..10:1", "1..10:2:3", "inf", "1,,2", "nan"):
        with pytest.raises(DesignError, match=r"START\.\.STOP"):
            parse_sizes(text)


def test_plain_values(part, monkeypatch):
    for name, kept in (("cold", part._cold), ("impact", part._impact), ("errors", part.patch)):
        monkeypatch.setattr(Chain, name, lambda self, *a, _kept=kept, **k: _kept)
    found = scale(part.design, [10, 1000])
    document = json.loads(json.dumps(figure_data([found, found]), allow_nan=False))
    first, second = document["designs"][0]["machines"]
    assert first["logical_errors_per_day"] == {"value": None, "low": None, "high": None}
    assert first["reason"]
    failures = second["failures_per_day"]["value"]
    assert second["mean_time_to_failure_s"] == pytest.approx(DAY / failures)
    assert math.isclose(second["heat_W"]["4k"], found.machines[1].heat["4k"])


def test_machine_at_the_designs_own_size_is_the_chains_where_a_patch_spans_chips():
    """Distance 5 (49 qubits, 6 pitches along its side) on chips of 17: three chips a patch."""
    design = load("willow-like").replace({
        **SMALL, "machine.qubits": 34, "machine.qubits_per_chip": 17,
        "machine.total_qubits": 340, "code.distance": 5, "code.patches_per_chip": 1,
        "chip.length": "4 mm", "chip.width": "4 mm",
    })  # fmt: skip
    own = Part(design, Chain("quick", 1))
    found, document = own.machine(340), own.patch.to_dict()
    machine, together = document["machine"], document["correlated"]
    assert found.chips_per_patch == together["chips_per_patch"] == 3  # 49 qubits by 17
    assert found.patches == machine["patches"] == together["patches"] == 6  # 20 chips by 3
    assert found.logical_qubits == machine["logical_qubits"]
    assert found.physical_qubits_per_patch == machine["physical_qubits_per_patch"] == 49
    assert found.errors[0] == pytest.approx(machine["logical_errors_per_day"], rel=1e-9)
    failing = together["failing_bursts_per_day"]
    assert found.failing_bursts[0] == pytest.approx(failing["value"], rel=1e-12)
    assert found.bursts[0] == pytest.approx(together["patch_failures_per_day"]["value"])
    # Whole chips belong to one patch, so no burst is shared.
    assert found.correlated_bursts[0] == 0
    assert together["correlated_bursts_per_day"]["value"] == 0
