"""Which published claims a design supports or refutes, with the numbers that say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qubudget.cryostat.loads import electronics_power

if TYPE_CHECKING:
    from qubudget.cryostat.result import ThermalResult
    from qubudget.design import Design
    from qubudget.qubit.result import CoherenceResult

Finding = dict[str, str]
WARM = 1.0
"""K; stages at and above it are what the first paper calls the 4 K stage, those below cold."""
FIRST_PAPER = "Quni-Gudzinas 2025"


def published_claims(
    design: Design, thermal: ThermalResult, coherence: CoherenceResult
) -> tuple[Finding, ...]:
    """The first paper's claims that this design puts to the test."""
    return (
        *_controllers(design, thermal, coherence),
        *_warm_qubits(coherence),
        *_entropy_trap(design, thermal),
    )


def _finding(claim: str, verdict: str, reason: str) -> Finding:
    return {"claim": f"{FIRST_PAPER}: {claim}", "verdict": verdict, "reason": reason}


def _controllers(
    design: Design, thermal: ThermalResult, coherence: CoherenceResult
) -> Iterator[Finding]:
    chip = coherence.chip_temperature_K
    if chip is None or chip >= WARM:
        return
    states = {state.name: state for state in thermal.stages}
    for part in design.electronics:
        state = states[part.stage]
        if part.kind != "controller" or state.temperature is None or state.temperature < WARM:
            continue
        power = electronics_power(design, part)
        holds = state.load < state.capacity and state.temperature <= state.max_temperature
        alive = coherence.t1_s is not None
        limit = thermal.max_qubits.total
        t1 = f"T1 {coherence.t1_s * 1e6:.3g} us" if coherence.t1_s is not None else "no T1"
        yield _finding(
            "controllers can move to the 4 K stage (1.7, 5.1)",
            "supports" if holds and alive else "refutes",
            f"{state.load:.3g} W of {state.capacity:.3g} W at {part.stage} with "
            f"{power * 1e3:.3g} mW per controller, {t1} with the qubits at "
            f"{chip * 1e3:.3g} mK; the fridge holds {limit} qubits",
        )
        per_qubit = power * part.per_group / design.machine.group_size
        within = per_qubit < 1e-3
        yield _finding(
            "controllers must take less than 1 mW per qubit (1.5, 5.1)",
            "supports" if within == holds else "refutes",
            f"{per_qubit * 1e3:.3g} mW per qubit {'holds' if holds else 'does not hold'} for "
            f"{design.machine.qubits} qubits; the limit falls with the number of qubits",
        )


def _warm_qubits(coherence: CoherenceResult) -> Iterator[Finding]:
    chip = coherence.chip_temperature_K
    published = coherence.published[coherence.published_variant]
    if chip is None or chip < WARM or published.fidelity is None:
        return
    error = coherence.gate.one_qubit_error
    claimed = 1 - published.fidelity
    if error is None:
        reason = f"no T1 at {chip:.3g} K: {coherence.reason}"
    else:
        largest = max(
            (c for c in coherence.channels if c.kind == "relaxation"), key=lambda c: c.rate_per_s
        )
        t1 = coherence.t1_s or 0.0
        reason = (
            f"its rule gives an error of {claimed:.3g} at {chip:.3g} K; the physical channels "
            f"give {error:.3g} with T1 {t1:.3g} s, set by {largest.name} "
            f"({largest.rate_per_s:.3g} per second)"
        )
    yield _finding(
        "low-loss qubits work at 4 K (4.6 to 4.8, 5.1)",
        "refutes" if error is None or error > 2 * claimed else "supports",
        reason,
    )


def _entropy_trap(design: Design, thermal: ThermalResult) -> Iterator[Finding]:
    if thermal.status == "RUNAWAY":
        names = {state.name: state for state in thermal.stages}
        lost = [s for s in thermal.stages if s.temperature is None]
        cold = [s for s in lost if names[s.name].capacity < 1e-3]
        for state in cold:
            yield _finding(
                "active control at the mixing chamber runs away (4.4)",
                "supports",
                f"{state.load:.3g} W against a fixed capacity of {state.capacity:.3g} W; this "
                "says nothing of how the load would grow with the qubits",
            )
