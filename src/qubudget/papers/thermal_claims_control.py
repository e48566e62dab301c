"""The ledger of "thermal-constraints": heat of error correction and of controllers."""

from __future__ import annotations

from qubudget.cryostat.cooling import quadratic_temperature
from qubudget.cryostat.heat import landauer_power
from qubudget.cryostat.scaling import judge_scaling
from qubudget.cryostat.threshold import (
    FEW_THOUSAND,
    PAPER_FRIDGE,
    STATED_HOTTEST,
    XLD400_FRIDGE,
    Judgement,
    Spent,
    judge_threshold,
    stated_errors,
)
from qubudget.papers.claims import Claim, agrees
from qubudget.papers.thermal_model import (
    BASE_TEMPERATURE,
    CYCLE_TIME,
    FOUR_KELVIN,
    FOUR_KELVIN_CAPACITY,
    GATE_POWER_BEFORE_ATTENUATOR,
    MXC_CAPACITY,
    PULSE_TIME,
    SCENARIOS,
    XLD400_BASE,
    XLD400_COEFFICIENT,
    verdict_if,
    wired_load_per_qubit,
)

_CONTROLLER_MW = (4.0, 23.0)  # printed in section 1.5
_BILOKUR = "Bilokur et al. (arXiv:2411.12805, its reference 1)"


def control_claims() -> tuple[Claim, ...]:
    """Claims about the Landauer bound, the runaway of correction, and controllers."""
    return (*_correction(), _scaling_claim(), *_control())


def _correction() -> tuple[Claim, ...]:
    cost = float(landauer_power(1e8, BASE_TEMPERATURE))
    measured = 0.5e6 / CYCLE_TIME
    cost_measured = float(landauer_power(measured, BASE_TEMPERATURE))
    floor_4k = float(landauer_power(1 / CYCLE_TIME, FOUR_KELVIN))
    gap = _CONTROLLER_MW[0] * 1e-3 / floor_4k
    per_qubit = wired_load_per_qubit()
    limit = MXC_CAPACITY / per_qubit
    pulse = GATE_POWER_BEFORE_ATTENUATOR * PULSE_TIME  # J, one correction at the mixing chamber
    most = limit * (per_qubit + pulse / CYCLE_TIME)  # W, every qubit corrected in every cycle
    quiet, busy = (
        float(quadratic_temperature(load, XLD400_COEFFICIENT, XLD400_BASE))
        for load in (MXC_CAPACITY, most)
    )
    bare, wired = _judged(0.0), _judged(per_qubit)
    least, present = "charge-locking CMOS", "drive pulse"  # least controller; heat of today's lines
    always = bare[PAPER_FRIDGE, least, "per cycle"]
    seldom = bare[XLD400_FRIDGE, least, "per error"]
    pulsed = wired[XLD400_FRIDGE, present, "per error"].qubits
    alone = bare[PAPER_FRIDGE, present, "per cycle"].qubits
    pulses = bare[XLD400_FRIDGE, present, "per error"].qubits
    milliwatts = bare[XLD400_FRIDGE, "cryo-CMOS drive", "per error"].qubits
    mixing = (present, least, "mK-CMOS pulse")  # made for the mixing chamber
    runs_away = any(
        found.runs_away and found.holds
        for (_, heat, spent), found in bare.items()
        if heat in mixing and spent == "per error"
    )
    return (
        Claim(
            "landauer.femtowatts",
            "erasing 1e8 bits a second at 10 mK costs femtowatts",
            1e-15,
            cost,
            "W",
            "unit-error",
            f"1e8/s x k x 10 mK x ln 2 = {cost:.3g} W: ten attowatts, a hundredth of a femtowatt "
            "(a million qubits would reach femtowatts: next claim)",
            "the raw Landauer cost at 10 millikelvin is on the order of femtowatts",
        ),
        Claim(
            "landauer.rate",
            "a machine of millions of qubits makes 1e8 measurements per second",
            1e8,
            measured,
            "1/s",
            verdict_if(agrees(1e8, measured, rel=9.0), "follows-with-inputs"),
            f"half of 1e6 qubits once per 1.1 us cycle; 1e8/s is {2e8 * CYCLE_TIME:.0f} qubits. "
            f"Landauer then: {cost_measured:.2g} W",
            "a system performing $10^8$ measurements per second",
        ),
        Claim(
            "landauer.factor",
            "electronics dissipate thousands to millions of times the Landauer bound",
            (1e3, 1e6),
            gap,
            "1",
            verdict_if(1e3 <= gap <= 1e6, "follows-with-inputs"),
            f"the paper's 4 mW per qubit over one bit per 1.1 us at 4 K ({floor_4k:.2g} W)",
            "typically by factors of thousands or millions",
        ),
        Claim(
            "threshold.qubits",
            "50 uW is used up by fewer than a few thousand qubits (read as 3,000)",
            float(FEW_THOUSAND),
            always.qubits,
            "qubits",
            verdict_if(always.holds and not always.runs_away, "follows-with-inputs"),
            f"50 uW / {always.energy / CYCLE_TIME * 1e9:.0f} nW, the least published controller "
            f"({least}), on every qubit in every cycle at the mixing chamber; Krinner's lines "
            f"({per_qubit * 1e9:.1f} nW) alone: {limit:.0f}; today's pulses alone: "
            f"{alone:.2g}. A capacity, not a threshold of runaway: that heat spent per error, with "
            f"the stated p(T), carries "
            f"{seldom.qubits:.2g} on the XLD400, bounded as {_BILOKUR} conclude",
            "the critical threshold is reached with fewer than a few thousand qubits",
        ),
        Claim(
            "threshold.unbounded_phase",
            "beyond the threshold, heat of correction feeds errors without bound",
            None,
            (busy - quiet) * 1e6,
            "uK of warming",
            verdict_if(runs_away, "follows-with-inputs"),
            f"an extra 25 ns pulse on every qubit in every cycle, the most that p(T) can ask for, "
            f"adds {pulse / CYCLE_TIME * 1e9:.2f} nW to {per_qubit * 1e9:.0f} nW per qubit for "
            f"{limit:.0f} qubits on the XLD400's curve. With the stated p(T) (0.0092 per qubit and "
            f"cycle at 10 mK, 0.029 at 80 mK) such pulses per error end no machine below "
            f"{pulsed:,.0f} qubits, where the wiring reaches 80 mK; alone they run away at "
            f"{pulses:.2g}, the paper's 50 uW never does. Of published heats only those of "
            f"milliwatts per qubit, moved to the mixing chamber, do below {FEW_THOUSAND:,} qubits "
            f"({milliwatts:.1f} at 2 mW). "
            f"{_BILOKUR} conclude that present hardware lies in the bounded phase",
            "Beyond this point, the system inevitably enters the runaway phase",
        ),
    )


def _judged(per_qubit: float) -> dict[tuple[str, str, Spent], Judgement]:
    """Critical numbers by fridge, heat and way to spend it, with so many W of wiring per qubit."""
    found = judge_threshold(stated_errors(), hottest=STATED_HOTTEST, per_qubit=per_qubit)
    return {(one.fridge, one.heat, one.spent): one for one in found}


def _scaling_claim() -> Claim:
    """The paper's first sentence: exponential qubits against polynomial cooling."""
    judged = judge_scaling()
    return Claim(
        "scaling.asymmetry",
        "qubits grow exponentially, cooling power polynomially",
        None,
        judged.records.doubling_time[0],
        "years per doubling of the largest processor",
        judged.verdict,
        f"{judged.reason}. Neither is a runaway: {_BILOKUR} conclude that "
        "present parameters lie in the bounded phase and that heating should not limit scaling",
        "the exponential growth of quantum information density and the polynomial scaling of "
        "cryogenic heat extraction",
    )


def _control() -> tuple[Claim, ...]:
    low, high = (mw * 1e-3 / MXC_CAPACITY for mw in _CONTROLLER_MW)
    most, fewest = (FOUR_KELVIN_CAPACITY / (mw * 1e-3) for mw in _CONTROLLER_MW)
    at_target = FOUR_KELVIN_CAPACITY / 1e-3
    trap = SCENARIOS[7]
    inverted = SCENARIOS[4]
    hundreds = (
        "a single qubit controller would consume the entire cooling budget of the refrigerator "
        "(50 microwatts) hundreds of times over"
    )
    return (
        Claim(
            "control.benchmarks",
            "cryogenic controllers draw 4 to 23 mW per qubit",
            _CONTROLLER_MW,
            None,
            "mW/qubit",
            "not-computable",
            "a quotation: 23 mW is IBM's full drive (PRX Quantum 5, 010326 (2024)); no source of "
            "the 4 mW could be read",
            "power consumption in the range of 4 to 23 milliwatts per qubit",
        ),
        Claim(
            "control.overload_4mw",
            "one 4 mW controller takes 50 uW hundreds (100 or more) of times over",
            100.0,
            low,
            "times",
            verdict_if(low >= 100, "follows"),
            "4 mW / 50 uW = 80: dozens",
            hundreds,
        ),
        Claim(
            "control.overload_23mw",
            "one 23 mW controller takes 50 uW hundreds (100 or more) of times over",
            100.0,
            high,
            "times",
            verdict_if(high >= 100, "follows"),
            "23 mW / 50 uW = 460",
            hundreds,
        ),
        Claim(
            "control.hundreds_4mw",
            "1 W at 4 K feeds controllers of hundreds (100 or more) of qubits, at 4 mW each",
            100.0,
            most,
            "qubits",
            verdict_if(most >= 100, "follows"),
            "1 W / 4 mW, nothing else at 4 K",
            "the budget can accommodate the control logic for hundreds or even thousands of qubits",
        ),
        Claim(
            "control.hundreds_23mw",
            "1 W at 4 K feeds controllers of hundreds (100 or more) of qubits, at 23 mW each",
            100.0,
            fewest,
            "qubits",
            verdict_if(fewest >= 100, "follows"),
            "1 W / 23 mW, the only figure tied to a working two-qubit gate",
            "the budget can accommodate the control logic for hundreds or even thousands of qubits",
        ),
        Claim(
            "control.one_milliwatt",
            "thousands of qubits within 1 W need less than 1 mW each",
            1.0,
            FOUR_KELVIN_CAPACITY / 1000 * 1e3,
            "mW/qubit",
            verdict_if(agrees(1e-3, FOUR_KELVIN_CAPACITY / 1000, digits=1), "follows"),
            f"1 W / 1 mW = {at_target:,.0f} qubits; 2,000 would need 0.5 mW",
            "the specific power dissipation must be engineered to below 1 mW per qubit",
        ),
        Claim(
            "control.million",
            "loss below 1e-7 and 1 mW per qubit open the way to a million qubits",
            1e6,
            at_target,
            "qubits",
            verdict_if(at_target >= 1e6, "follows"),
            "1 mW x 1e6 = 1 kW against 1 W: the mandate is met and the machine is a thousand times "
            "too hot; 1e6 qubits in 1 W need 1 uW each, or a thousand fridges",
            "the path to the million-qubit processor is open",
        ),
        Claim(
            "control.load_range",
            "controllers of 0.1 to 1.0 W are stable at 4 K",
            (0.1, 1.0),
            FOUR_KELVIN_CAPACITY,
            "W",
            verdict_if(FOUR_KELVIN_CAPACITY > 1.0, "follows"),
            "its rule is RUNAWAY if load >= capacity: the printed range ends in RUNAWAY at 1.0 W "
            "even with no wire and no amplifier at 4 K",
            "we assume an optimized Cryo-CMOS load of 0.1 to 1.0 Watts",
        ),
        Claim(
            "control.load_model",
            "the load of a scenario is the sum of wiring and controllers",
            None,
            None,
            "W",
            "not-computable",
            "the code types one number per scenario (1 nW to 0.5 W); no line, qubit or controller "
            "is counted, so no load can be recomputed",
            "estimates the total heat load for each scenario by summing the passive heat leak "
            "from wiring and the active power dissipation from control electronics",
        ),
        Claim(
            "control.model_05_stable",
            "1 W at 4 K absorbs the active load of Model 05",
            1.0,
            inverted.load,
            "W",
            verdict_if(inverted.stable, "follows"),
            "0.5 W < 1 W, by its rule; 0.5 W is 500 qubits at 1 mW, 21 at 23 mW",
            "the 1 Watt cooling capacity at 4K easily absorbs the active load",
        ),
        Claim(
            "control.entropy_trap",
            "100 uW at the mixing chamber run away (Model 08)",
            100.0,
            trap.load / trap.capacity * 50.0,
            "uW",
            verdict_if(not trap.stable, "follows"),
            "100 uW >= 50 uW, by its rule: a typed load against a typed capacity, so it confirms "
            "no phase; 100 uW is a fortieth of one 4 mW controller",
            "the load of 100 microwatts exceeds the 50-microwatt capacity",
        ),
    )
