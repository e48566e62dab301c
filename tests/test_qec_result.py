"""Patches, reactions and views of a whole design, and what the verdict makes of them."""

from types import SimpleNamespace

import numpy as np
import pytest

from qubudget.design import Design, load
from qubudget.design.code import Mitigation
from qubudget.qec import assembly
from qubudget.qec.requirement import disc_burst
from qubudget.qec.result import QecResult
from qubudget.qec.views import views
from qubudget.verdict import algorithm_constraint, decoder_constraint

GOOD = {
    "t1": 68e-6,
    "t2": 89e-6,
    "one_qubit_error": 4.1e-4,
    "two_qubit_error": 3.5e-3,
    "readout_error": 8e-3,
}
RATE = 0.2
BURST = disc_burst(
    2e-6, 1.5e-3, 1e-4, RATE, quiet_t1=68e-6, length=12e-3, width=12e-3, step=0.5e-3,
    centre=(2.5e-3, 2.5e-3),
)  # fmt: skip


def errors(design: Design) -> QecResult:
    return assembly.errors(design, **GOOD, bursts=(BURST,), effort="quick", seed=3)


@pytest.fixture(scope="module")
def d3() -> Design:
    return load("willow-like").replace({"code.distance": 3})


@pytest.fixture(scope="module")
def one(d3) -> QecResult:
    return errors(d3)


@pytest.fixture(scope="module")
def four(d3) -> QecResult:
    return errors(d3.replace({"code.patches_per_chip": 4}))


def test_the_average_patch_meets_every_burst_once(one, four):
    for result in (one, four):
        assert result.burst_rate == pytest.approx(RATE, rel=1e-12)
    # Off the centre, the four corners of the chip are four places for the patch.
    places = {burst.name for burst in four.bursts}
    assert len(places) > 1


def test_patches_of_one_chip_add_up(four):
    document = four.to_dict()
    together = document["correlated"]
    assert together["patches_per_chip"] == 4
    # 105 qubits in all: one chip with four patches of 17.
    assert document["machine"]["patches"] == 4
    bursts = document["mitigation"]["burst_failures_per_day"]
    assert together["patch_failures_per_day"]["value"] == pytest.approx(4 * bursts, rel=1e-9)
    least = together["failing_bursts_per_day"]["value"]
    assert together["correlated_bursts_per_day"]["value"] <= least <= 86400 * RATE
    assert together["patch_failures_per_day"]["value"] >= least * (1 - 1e-12)


def test_an_undetected_burst_is_not_mitigated(one):
    blind = Mitigation(strategy="pause", detection_efficiency=0.0)
    seeing = Mitigation(strategy="pause", detection_efficiency=1.0)
    total = 86400 * RATE * one.burst_failure()[0]
    assert one.reacting(blind).bursts_per_day()[0] == pytest.approx(total, rel=1e-9)
    assert one.reacting(seeing).bursts_per_day()[0] == 0
    quiet = one.quiet_per_day()
    assert one.reacting(seeing).per_day()[0] == pytest.approx(quiet[0], rel=1e-12)


def test_moving_later_leaves_more(one):
    left = [
        one.reacting(Mitigation(strategy="move", move_time=time)).bursts_per_day()[0]
        for time in ("0 s", "20 us", "200 us", "1 s")
    ]
    assert left == sorted(left)
    assert left[0] == 0
    assert left[-1] == pytest.approx(86400 * RATE * one.burst_failure()[0], rel=1e-9)


def test_an_offset_patch_meets_all_images_of_a_burst(d3):
    """A patch in the burst's corner is hit by one image of four."""
    corner = errors(d3.replace({"code.offset_x": "2.5 mm", "code.offset_y": "2.5 mm"}))
    assert corner.burst_rate == pytest.approx(RATE, rel=1e-12)
    hit = [burst for burst in corner.bursts if burst.qubits_hit]
    assert 0 < sum(burst.rate for burst in hit) < RATE


def test_views_agree_with_the_result(one):
    found = views(one, (BURST,), GOOD["t1"]).to_dict()
    causes = {row["cause"]: row["per_day"] for row in found["budget"]}
    assert sum(causes.values()) == pytest.approx(one.per_day()[0], rel=1e-9)
    survival = found["survival"]
    day = np.array(survival["time_s"]) / 86400
    assert survival["with_bursts"] == pytest.approx(np.exp(-day * one.per_day()[0]), rel=1e-6)
    patch = found["placement"]["patches"][0]
    assert len(patch["qubits"]) == 17
    worst = np.array(found["placement"]["burst"]["t1_s"])
    assert worst.min() == pytest.approx(2e-6, rel=0.1)
    assert worst.max() <= GOOD["t1"] * (1 + 1e-12)


def test_a_slow_decoder_fails_the_verdict(d3):
    slow = errors(d3.replace({"code.decoding_time": "2.2 us"}))
    found = decoder_constraint(slow)
    assert found.value == pytest.approx(2.0, rel=0.05)  # the cycle lasts 1.1 us
    assert not found.passed
    fast = errors(d3.replace({"code.decoding_time": "0.11 us"}))
    assert decoder_constraint(fast).passed
    assert fast.to_dict()["latency"]["utilisation"] == pytest.approx(0.1, rel=1e-9)


def test_the_algorithm_is_a_constraint(d3):
    """A hundred qubits for 1e6 cycles of 1.1 us and one error per day each: 1.27e-3."""
    stated = {
        "targets.algorithm_qubits": 100,
        "targets.algorithm_cycles": 1e6,
        "targets.algorithm_success": 0.9,
    }
    result = SimpleNamespace(per_day=lambda: (1.0, 1.0, 1.0), reason=None)
    found = algorithm_constraint(d3.replace(stated), result)
    assert found.value == pytest.approx(100 * 1.1 / 86400, rel=1e-3)
    assert found.passed
    assert found.limit == 0.1
