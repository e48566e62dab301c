"""Intervals over a design's spreads: against the wings' own, closed forms and changed designs."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from qubudget.cryostat.uncertainty import intervals
from qubudget.design import load
from qubudget.errors import DesignError, OutOfRangeError
from qubudget.pipeline import Chain
from qubudget.study.spreads import logical as logical_module
from qubudget.study.spreads.inputs import Inputs, Uncertain, parse_spreads, uncertain_inputs
from qubudget.study.spreads.logical import _Fit, _mixed, active_inputs
from qubudget.study.spreads.outcomes import headlines, outcomes
from qubudget.study.spreads.uncertainty import of_inputs, uncertainty

T1, T2 = "coherence.t1_s", "coherence.t2_s"


@pytest.fixture(scope="module")
def krinner():
    design = load("krinner-xld400")
    return design, of_inputs(uncertain_inputs(design), samples=2048)


def only(design, *names):
    """The design's inputs of these names alone."""
    inputs = uncertain_inputs(design)
    return Inputs(design, tuple(one for one in inputs.uncertain if one.name in names))


@pytest.mark.parametrize(
    ("distribution", "width", "ends"),
    [("log-normal", 2.0, (0.5, 2.0)), ("normal", 0.2, (0.8, 1.2)), ("uniform", 0.2, (0.8, 1.2))],
)
def test_width_is_of_the_central_95_percent(distribution, width, ends):
    one = Uncertain("x", distribution, width, "test")
    assert one.factors([0.025, 0.975]).tolist() == pytest.approx(ends)
    assert float(one.factors(0.5)) == 1.0
    assert Uncertain("x", "normal", 0.0, "").exact
    assert Uncertain("x", "log-normal", 1.0, "").exact


def test_widths_out_of_range_are_refused():
    for distribution, width in (("log-normal", 0.5), ("normal", 0.5), ("uniform", 1.2)):
        with pytest.raises(OutOfRangeError, match="width"):
            Uncertain("x", distribution, width, "")
    with pytest.raises(OutOfRangeError, match="width"):
        Uncertain("x", "log-normal", math.inf, "")


def test_stage_temperatures_agree_with_the_cryostats_own_intervals(krinner):
    design, found = krinner
    own = intervals(design, samples=4000, seed=7)
    for stage in design.stages:
        spread = found.spread(f"thermal.stages.{stage.name}.temperature_K")
        low, high = own.temperature[stage.name]
        # Quantiles of 2,048 and 4,000 draws: their distance from the middle within some 10 %.
        assert spread.best - spread.low == pytest.approx(spread.best - low, rel=0.12)
        assert spread.high - spread.best == pytest.approx(high - spread.best, rel=0.12)
        assert spread.lost == 0


def test_t1_and_t2_agree_with_the_qubits_own_intervals(krinner):
    design, found = krinner
    _, coherence, _ = Chain("quick", 1).cold(design)
    for key, ends in ((T1, coherence.t1_interval_s), (T2, coherence.t2_interval_s)):
        spread = found.spread(key)
        # Beside the losses only the chip's temperature varies here, by a percent of T2.
        assert (spread.low, spread.high) == pytest.approx(ends, rel=0.02)
    assert found.spread(T1).best == pytest.approx(coherence.t1_s, rel=1e-9)
    assert found.spread(T2).best == pytest.approx(coherence.t2_s, rel=1e-9)


def test_critical_temperature_alone_agrees_with_the_qubits_own_interval():
    # So warm that thermal quasiparticles limit T1, exponentially in the gap.
    design = load("krinner-xld400").replace(
        {"qubit.excess_temperature": "180 mK", "dielectrics.metal-substrate.spread": 1,
         "dielectrics.substrate.spread": 1}
    )  # fmt: skip
    found = of_inputs(only(design, "critical temperature of Al"), samples=1024)
    _, coherence, _ = Chain("quick", 1).cold(design)
    spread = found.spread(T1)
    assert (spread.low, spread.high) == pytest.approx(coherence.t1_interval_s, rel=0.02)
    assert spread.high / spread.low > 1.5


def test_back_metal_alone_agrees_with_the_qubits_own_interval():
    design = load("martinis-improved").replace(
        {"dielectrics.surfaces.spread": 1, "dielectrics.substrate.spread": 1}
    )
    found = of_inputs(only(design, "loss in the back metal"), samples=512).spread(T1)
    _, coherence, _ = Chain("quick", 1).cold(design)
    assert (found.low, found.high) == pytest.approx(coherence.t1_interval_s, rel=0.01)


def test_ends_of_one_input_are_the_designs_at_its_ends():
    design = load("krinner-xld400")
    found = of_inputs(only(design, "loss of metal-substrate"), samples=2048)
    loss = design.dielectrics[0].tan_delta
    for factor, end in ((2.0, "low"), (0.5, "high")):
        changed = design.with_si({"dielectrics.metal-substrate.tan_delta": loss * factor})
        _, coherence, _ = Chain("quick", 1).cold(changed)
        assert getattr(found.spread(T1), end) == pytest.approx(coherence.t1_s, rel=5e-3)
        assert getattr(found.spread(T2), end) == pytest.approx(coherence.t2_s, rel=5e-3)
    assert found.sensitivity.measure_next()[T1] == "loss of metal-substrate"


def test_without_spreads_intervals_have_no_width():
    design = load("krinner-xld400")
    found = of_inputs(Inputs(design, ()), samples=64)
    assert found.samples == 1
    assert found.sensitivity is None
    for spread in found.spreads:
        assert spread.low == spread.best == spread.high


def test_what_is_measured_does_not_vary():
    found = of_inputs(uncertain_inputs(load("willow-like")), samples=256)
    for key in (T1, T2, "coherence.gate.two_qubit_error"):
        spread = found.spread(key)
        assert spread.low == spread.best == spread.high
        assert found.sensitivity.skipped[key] == "no input moves it"


def test_machines_without_balance_count_as_the_worst():
    design = load("willow-like")
    # The mixing chamber is held at 20 mK, or runs away with 30 % more than it takes.
    crowded = design.replace({"machine.qubits": 160, "machine.total_qubits": 160})
    found = of_inputs(uncertain_inputs(crowded), samples=1024)
    own = intervals(crowded, samples=2000, seed=3)
    spread = found.spread("thermal.stages.mxc.temperature_K")
    # Both are shares of draws: five standard deviations of the smaller sample.
    assert spread.lost == pytest.approx(
        own.runaway_probability, abs=5 * math.sqrt(own.runaway_probability / 1024)
    )
    assert spread.lost > 0.05
    assert spread.high is None
    assert found.spread(T1).low is None
    assert "no value for" in found.sensitivity.skipped[T1]


def test_a_design_in_runaway_has_no_intervals_of_coherence():
    found = of_inputs(uncertain_inputs(load("entropy-trap")), samples=16)
    for key in (T1, T2, "coherence.gate.two_qubit_error"):
        spread = found.spread(key)
        assert (spread.best, spread.low, spread.high, spread.lost) == (None, None, None, 1.0)
    assert found.spread("thermal.worst_margin").best < 0


def test_given_spreads_join_and_replace():
    design = load("krinner-xld400")
    found = uncertain_inputs(
        design,
        parse_spreads(["radiation.gamma_rate=1.3", "dielectrics.substrate.tan_delta=uniform:0.1"]),
    )
    named = {one.name: one for one in found.uncertain}
    assert named["radiation.gamma_rate"].distribution == "log-normal"
    assert named["dielectrics.substrate.tan_delta"].distribution == "uniform"
    assert "loss of substrate" not in named
    spread = of_inputs(Inputs(design, (named["radiation.gamma_rate"],)), samples=1024).spread(
        "impact.rate_per_s.total"
    )
    _, high = (
        Chain("quick", 1).cold(design), design.with_si(
            {"radiation.gamma_rate": design.radiation.gamma_rate * 1.3}
        ),
    )  # fmt: skip
    at = outcomes(Inputs(high, ()), np.empty((1, 0)))["impact.rate_per_s.total"][0]
    assert spread.high == pytest.approx(at, rel=5e-3)
    assert spread.low < spread.best < spread.high


def test_bad_spreads_and_arguments():
    design = load("krinner-xld400")
    with pytest.raises(DesignError, match=r"dielectrics\.substrate\.tan_delta"):
        uncertain_inputs(design, {"dielectrics.substrate.tan_delt": 2.0})
    with pytest.raises(DesignError, match="holds a number"):
        uncertain_inputs(design, {"qubit.film": 2.0})
    with pytest.raises(DesignError, match="decibels"):
        uncertain_inputs(design, parse_spreads(["lines.drive.attenuation.mxc=normal:0.1"]))
    with pytest.raises(DesignError, match="decibels"):
        uncertain_inputs(design, {"lines.drive.attenuation.mxc": 2.0})
    for text in ("qubit.frequency", "qubit.frequency=much", "qubit.frequency=beta:2"):
        with pytest.raises(DesignError, match="KEY=FACTOR"):
            parse_spreads([text])
    with pytest.raises(DesignError, match="power of two"):
        uncertainty(design, samples=1000)
    with pytest.raises(DesignError, match="trajectories"):
        uncertainty(design, trajectories=1)
    with pytest.raises(OutOfRangeError, match="shares"):
        outcomes(uncertain_inputs(design), np.full((4, 2), 0.5))


def test_inputs_of_one_cable_share_their_factor_and_lines_add_their_own():
    design = load("krinner-xld400").replace({"lines.drive.spread": 1.5})
    inputs = uncertain_inputs(design)
    names = [one.name for one in inputs.uncertain]
    cable = names.index("heat of UT-085-SS-SS drive at 4k")
    own = names.index("heat of line drive")
    shares = np.full((1, len(names)), 0.5)
    best = inputs.values(shares)
    shares[0, [cable, own]] = 0.975
    moved = inputs.values(shares)
    ratio = {key: float(moved[key][0] / best[key][0]) for key in best}
    assert ratio["lines.drive.load.4k"] == pytest.approx(3.0)
    assert ratio["lines.pump.load.4k"] == pytest.approx(2.0)
    assert ratio["lines.drive.load.cp"] == pytest.approx(1.5)
    assert ratio["lines.flux.load.4k"] == 1.0


def test_inputs_that_reach_the_code():
    design = load("krinner-xld400")
    inputs = uncertain_inputs(design)
    names = {inputs.uncertain[column].name for column in active_inputs(inputs)}
    assert "loss of metal-substrate" in names
    assert "heat of UT-085-SS-SS drive at 50k" not in names
    assert active_inputs(Inputs(design, ())) == []


def test_inputs_and_counting_add_in_quadrature():
    # ln E ~ N(0, 0.3) by inputs, 0.4 by counting: together 0.5.
    moved = 0.3 * np.random.default_rng(1).standard_normal(200_000)
    z = 1.959964
    ends = (1e3, 1e3 * math.exp(-0.4 * z), 1e3 * math.exp(0.4 * z))
    none = np.zeros(moved.size, bool)
    found = _mixed(ends, moved, none, 0.0, (), 1, 1)
    assert np.log(np.array(found.interval) / 1e3) == pytest.approx([-0.5 * z, 0.5 * z], rel=0.02)
    assert np.log(np.array(found.inputs_alone) / 1e3) == pytest.approx(
        [-0.3 * z, 0.3 * z], rel=0.02
    )
    still = _mixed(ends, np.zeros(moved.size), none, 0.0, (), 1, 1)
    assert still.interval == pytest.approx(ends[1:], rel=0.02)
    lost = np.arange(moved.size) < 10_000  # 5 % have no balance
    assert _mixed(ends, moved, lost, 0.0, (), 1, 1).interval[1] is None
    unbounded = _mixed((1e3, 0.0, 2e3), moved, none, 0.0, (), 1, 1)
    assert unbounded.interval[0] == 0.0


def test_fit_returns_the_quadratic_it_was_made_of():
    deviates = np.random.default_rng(2).standard_normal((20, 2))
    deviates[0] = 0
    logs = 5 + deviates @ [0.8, -0.2] + deviates**2 @ [0.1, 0.0]
    found = _Fit.of(deviates, logs)
    assert found.slopes == pytest.approx([0.8, -0.2])
    assert found.bends == pytest.approx([0.1, 0.0], abs=1e-12)
    assert found.residual == pytest.approx(0, abs=1e-9)
    assert found(np.array([[1.0, 0.0]])) == pytest.approx([0.9])


def test_logical_errors_of_a_known_law(monkeypatch):
    # In place of the simulation: errors a day = 1e-3/T1^2, so ln E moves twice as far as -ln T1.
    def law(design, *, t1, **_):
        value = 1e-3 / t1**2
        return SimpleNamespace(per_day=lambda: (value, value / 1.01, value * 1.01))

    impact = SimpleNamespace(rates=SimpleNamespace(total=1.0), bursts=())
    monkeypatch.setattr(logical_module.qec, "errors", law)
    monkeypatch.setattr(Chain, "impact", lambda self, design, coherence: impact)
    design = load("krinner-xld400")
    said = []
    found = uncertainty(design, samples=512, progress=said.append)
    t1 = found.spread(T1)
    errors = found.logical
    assert errors.best == pytest.approx(1e-3 / t1.best**2)
    assert errors.interval[0] == pytest.approx(1e-3 / t1.high**2, rel=0.04)
    assert errors.interval[1] == pytest.approx(1e-3 / t1.low**2, rel=0.04)
    assert errors.effects[0].input == "loss of metal-substrate"
    assert errors.runs == len([step for step in said if step.startswith("logical errors,")]) + 1
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert document["logical"]["runs"] == errors.runs
    assert len(document["outputs"]) == len(headlines(design))
    assert {row["name"] for row in document["inputs"]} >= {
        row["input"] for row in document["sensitivity"]["indices"]
    }
    again = uncertainty(design, samples=512).to_dict()
    document["provenance"].pop("seconds")
    again["provenance"].pop("seconds")
    assert again == document


def test_logical_errors_simulated_in_full():
    # A small patch, quick bursts and one input: the real wings, end to end.
    design = load("krinner-xld400").replace(
        {"code.distance": 3, "chip.transport": "hot-spot", "chip.cooling": "at-once",
         "dielectrics.substrate.spread": 1}
    )  # fmt: skip
    found = logical_module.logical_spread(
        only(design, "loss of metal-substrate"), Chain("quick", 1), np.linspace(0.001, 0.999, 999)[
            :, None], outcomes(only(design, "loss of metal-substrate"),
                               np.linspace(0.001, 0.999, 999)[:, None]),
        trajectories=2, say=lambda step: None,
    )  # fmt: skip
    assert found.runs == 6
    assert found.reason is None
    low, high = found.interval
    assert low < found.counting_alone[0] < found.best < found.counting_alone[1] < high
    # Errors of d = 3 grow as the square of those of the gates, of which decoherence is a part.
    assert 1.2 < high / found.best < 4
