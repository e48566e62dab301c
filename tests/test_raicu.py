"""The three published readings of Raicu's XLD1000sl: about 200, about 140, and 80 qubits.

Published numbers: arXiv:2502.01945 (abstract); outputs of the notebooks tf-tc-hdw-hemt_cu-xld1000sl
(companion code of arXiv:2608.00990) and tf-tc-hdw-hemt_nocu-xld1000sl (shaswot/thermal_modeling).
"""

import math
import re
from pathlib import Path

import pytest

from qubudget.cryostat.assembly import solve
from qubudget.cryostat.loads import heat_sources
from qubudget.cryostat.uncertainty import intervals
from qubudget.design import load
from qubudget.materials.cables import conducting_material, passive_load
from qubudget.materials.conductivity import integral

HDW = "SC-086/50-SCN-CN Bluefors HDW"
WIRE = "Cu wire AWG30"
BUDGET = {"50k": 30.0, "4k": 0.7, "still": 7e-3, "cp": 1e-3, "mxc": 30e-6}
READINGS = {"raicu-xld1000sl": 192, "raicu-practical": 144, "raicu-copper": 80}


def one_group(name):
    """Heat of one group of eight qubits per stage, W."""
    return {stage.name: stage.load for stage in solve(load(name), qubits=8).stages}


@pytest.mark.parametrize(("name", "total"), READINGS.items())
def test_the_three_readings(name, total):
    found = solve(load(name)).max_qubits
    assert (found.total, found.binding_stage) == (total, "4k")
    assert found.at_limit == total


def test_wiring_without_copper_is_published_as_192():
    """thermal_modeling finds 192/568/376 at 4k/still/cp; its cycle has 400 ns of read-out."""
    by_stage = solve(load("raicu-xld1000sl")).max_qubits.by_stage
    assert (by_stage["4k"], by_stage["cp"]) == (192, 376)
    assert by_stage["still"] == 576
    longer = load("raicu-xld1000sl").replace(
        {"gates.readout_time": "400 ns", "workload.one_qubit_gates": 20}
    )
    assert solve(longer).max_qubits.by_stage["still"] == 568


def test_companion_model_with_copper_is_met_at_every_stage_below_50k():
    """Qubits per stage, and the shares of the budgets that its ten groups fill."""
    by_stage = solve(load("raicu-copper")).max_qubits.by_stage
    assert {k: v for k, v in by_stage.items() if k != "50k"} == {
        "4k": 80,
        "still": 576,
        "cp": 376,
        "mxc": 480,
    }
    filled = {
        stage: 10 * watts / BUDGET[stage] for stage, watts in one_group("raicu-copper").items()
    }
    assert filled["still"] == pytest.approx(0.1380, abs=5e-5)
    assert filled["cp"] == pytest.approx(0.2096, abs=5e-5)
    assert filled["mxc"] == pytest.approx(0.1645, abs=5e-5)
    assert filled["4k"] == pytest.approx(0.9953, abs=5e-3)  # its wires bring 6.80 mW, ours 6.78


def test_at_50k_every_line_counts():
    """The published file has 22 of the 36 lines there, and no wires: 1440 qubits."""
    heat = one_group("raicu-copper")["50k"]
    assert heat == pytest.approx(36 * 7.566e-3 + 6 * 19.5862e-3)
    assert 8 * math.floor(30 / (22 * 7.566e-3)) == 1440


def test_heat_of_one_group_at_4k_by_hand():
    cables = 36 * 0.3157e-3
    resistor = 50 / 4 * (100 - 1 / 100)  # matched 20 dB before a short, ohm
    assert resistor == pytest.approx(1249.875)
    flux = 8 * resistor * 0.4e-3**2
    pulses = 16 * 42 / 1100 * resistor * 0.4e-3**2  # sixteen, whatever lines carry them
    drive = 16 * 25 / 1100 * 1e-3 * 10**-7.1 * 1e6  # all of -11 dBm that enters at 4k
    pump = 375 / 1100 * 1e-3 * (10**-0.5 + 10**-3.5)  # -5 dBm, and -35 dBm brought up from mxc
    hemts = 2 * 0.6 * 13e-3
    bare = cables + flux + pulses + drive + pump + hemts
    assert one_group("raicu-xld1000sl")["4k"] == pytest.approx(bare, rel=1e-4)
    assert math.floor(0.7 / bare) * 8 == 192
    copper = 6 * 6.77552e-3
    assert one_group("raicu-copper")["4k"] == pytest.approx(bare + copper, rel=1e-4)
    assert math.floor(0.7 / (bare + copper)) * 8 == 80
    assert copper > bare


def test_pulses_of_the_couplers_do_not_depend_on_the_number_of_lines():
    """Published: 122 uW at 4k, 5.89 nW at cp and mxc for a group."""
    for lines in (14, 16):
        design = load("raicu-copper").replace({"lines.coupler.per_group": lines})
        pulse = {
            s.stage: s.watts_each * s.per_group
            for s in heat_sources(design)
            if (s.item, s.kind) == ("coupler", "pulse")
        }
        assert pulse["4k"] == pytest.approx(122e-6, rel=5e-3)
        assert pulse["cp"] == pulse["mxc"] == pytest.approx(5.89e-9, rel=2e-3)


def test_copper_wire_of_the_catalogue_is_fourier_conduction():
    """AWG 30 by its definition, RRR 50, plates of the XLD1000sl, with our own conductivity."""
    diameter = 0.127e-3 * 92 ** (6 / 39)
    area = math.pi / 4 * diameter**2
    assert conducting_material(WIRE) == "Cu RRR50"
    to_4k = area / 0.3155 * float(integral("Cu RRR50", 4.0, 40.0))
    to_50k = area / 0.3053 * float(integral("Cu RRR50", 40.0, 300.0))
    assert passive_load(WIRE, "4k") == pytest.approx(to_4k, rel=5e-3)
    assert passive_load(WIRE, "50k") == pytest.approx(to_50k, rel=2e-2)


def test_only_the_wires_lie_between_200_and_80():
    bare = load("raicu-copper").replace({"lines.amplifier-bias.per_group": 0})
    found, theory = solve(bare).max_qubits, solve(load("raicu-xld1000sl")).max_qubits
    assert found.by_stage == theory.by_stage


def test_only_the_budgets_lie_between_200_and_140():
    theory, practical = load("raicu-xld1000sl"), load("raicu-practical")
    for stage in theory.stages:
        assert practical.stage(stage.name).rated_power == pytest.approx(0.75 * stage.rated_power)
    assert practical.lines == theory.lines
    assert practical.electronics == theory.electronics
    # 18 groups: what is kept free of 0.7 W lies between 22 and 26 %; 17 groups: up to 30 %
    group = one_group("raicu-xld1000sl")["4k"]
    kept = [1 - groups * group / 0.7 for groups in (19, 18, 17)]
    assert kept == pytest.approx([0.218, 0.259, 0.300], abs=1e-3)


def test_every_line_is_the_measured_cable_to_the_mixing_chamber():
    lines = load("raicu-xld1000sl").lines
    assert sum(line.per_group for line in lines) == 36
    assert {(line.cable, line.ends_at) for line in lines} == {(HDW, "mxc")}


@pytest.mark.parametrize("name", ["krinner-xld400", *READINGS])
def test_the_page_quotes_what_the_model_gives(name):
    """Totals and 95 % intervals of docs/qubit-limits.md; drawn with seed 1."""
    page = (Path(__file__).parents[1] / "docs" / "qubit-limits.md").read_text("utf-8")
    row = re.search(rf"`qubudget thermal {name}` \| (\d+) \| (\w+) \| (\d+) to (\d+) \|", page)
    assert row
    design = load(name)
    limit, drawn = solve(design).max_qubits, intervals(design, samples=2000, seed=1).max_qubits
    assert (int(row[1]), row[2]) == (limit.total, limit.binding_stage)
    assert (float(row[3]), float(row[4])) == drawn
