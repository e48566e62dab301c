"""The ledger of "thermal-constraints": what it concludes, up to the architectural inversion.

"Inversion" is read both ways: controllers at 4 K with qubits at the mixing chamber, and qubits
at 4 K.
"""

from __future__ import annotations

from math import log10, pi

import numpy as np

from qubudget.papers.claims import Claim, agrees
from qubudget.papers.thermal_model import (
    BASE_TEMPERATURE,
    EPOCHS,
    FOUR_KELVIN,
    SCENARIOS,
    TANTALUM_T1,
    bath_correlation_time,
    benchmarking_shots,
    fidelity,
    matches,
    niobium_t1,
    samples_to_distinguish,
    t2_star,
    two_level_idle_fidelity,
    verdict_if,
)
from qubudget.qubit.published import (
    CONSTANT_FLOOR,
    COUPLING,
    FREQUENCY,
    published_coth,
)
from qubudget.qubit.thermal import bose_occupation, excited_population

_COTH = float(published_coth(FOUR_KELVIN))
_THRESHOLD = 99.9  # %, printed in section 2.7


def inversion_claims() -> tuple[Claim, ...]:
    """Claims about thresholds, indistinguishability, ranges, the bath and the inversion."""
    return (*_comparisons(), *_ranges(), *_baths(), *_inversion())


def _comparisons() -> tuple[Claim, ...]:
    def percent(index: int) -> float:
        return 100 * fidelity(SCENARIOS[index].tan_delta, SCENARIOS[index].temperature)

    at_bound = 100 * fidelity(1e-7, FOUR_KELVIN)
    at_bound_table = 100 * fidelity(1e-7, FOUR_KELVIN, "published-table")
    rate = -np.log(0.9996) / 20e-9
    needed = (rate - CONSTANT_FLOOR) / (COUPLING * _COTH)

    def indistinguishable(name: str, loss: float, statement: str, quote: str) -> Claim:
        hot, cold = (1 - fidelity(loss, t) for t in (FOUR_KELVIN, BASE_TEMPERATURE))
        length, shots = benchmarking_shots(hot, cold)
        single = samples_to_distinguish(hot, cold)
        return Claim(
            f"indistinguishable.{name}",
            statement,
            None,
            float(np.ceil(shots)),
            "shots per device",
            verdict_if(shots > 1e6, "follows-with-inputs"),
            f"errors {hot:.3g} and {cold:.3g} (ratio {hot / cold:.1f}): randomised benchmarking at "
            f"{length:,} gates, survival 1/2 + (1 - 2r)^m/2, two-sided 95 %, power 80 %, "
            f"tells them apart (gates judged one by one: {single:,.0f}); judged indistinguishable "
            "if it took more than a million shots",
            quote,
        )

    target = SCENARIOS[5].tan_delta
    penalty = (1 - fidelity(target, FOUR_KELVIN)) / (1 - fidelity(target, BASE_TEMPERATURE))
    last = SCENARIOS[6].tan_delta
    bath = COUPLING * last * _COTH
    share, share_code = (
        100 * bath * t2_star(last, FOUR_KELVIN, variant)
        for variant in ("published-table", "published-code")
    )
    return (
        Claim(
            "bound.99_96",
            "a loss below 1e-7 gives a fidelity above 99.96 % at 4 K",
            99.96,
            at_bound,
            "%",
            verdict_if(at_bound >= 99.96, "follows"),
            f"at 1e-7: 20 ns x (3.5e3 + 6e9 x 1e-7 x {_COTH:.2f})/s; the inferred floor gives "
            f"{at_bound_table:.3f}; 99.96 % takes a loss below {needed:.2e}",
            "the decoherence-limited single-qubit gate fidelity at 4 Kelvin can exceed 99.96%",
        ),
        indistinguishable(
            "abstract",
            1e-7,
            "fidelities at 4 K and 10 mK are statistically indistinguishable (loss 1e-7)",
            "becoming statistically indistinguishable from the ideal performance at 10 millikelvin",
        ),
        indistinguishable(
            "model_06",
            target,
            "Model 06 at 4 K is statistically indistinguishable from 10 mK (loss 5e-8)",
            "The fidelity is statistically indistinguishable from the ideal 10 mK baseline",
        ),
        Claim(
            "penalty.model_06",
            "at a loss of 5e-8 the penalty of 4 K is neutralised",
            1.0,
            penalty,
            "error at 4 K over error at 10 mK",
            verdict_if(agrees(1.0, penalty, rel=0.1), "follows"),
            "(3.5e3 + 6e9 x 5e-8 x 33.35)/(3.5e3 + 6e9 x 5e-8), printed code; the inferred floor "
            "makes it 10.6",
            "the thermal penalty of the 4 Kelvin environment is effectively neutralized",
        ),
        Claim(
            "terminal.vanishing",
            "at a loss of 1e-9 thermal decoherence vanishes and leaves 99.999 %",
            0.0,
            share,
            "% of the rate",
            verdict_if(share < 1, "follows"),
            f"99.999 % needs the inferred floor, where the bath is 200 of 300 /s; with the printed "
            f"floor it is {share_code:.1f} % and the fidelity 99.9926 %",
            "the thermal decoherence vanishes",
        ),
        Claim(
            "threshold.fidelity",
            "the fault-tolerance threshold is 99.9 %",
            _THRESHOLD,
            None,
            "%",
            "not-computable",
            "a convention: the surface code's circuit threshold is near 0.77 % per operation; "
            "99.9 % is a working point, and two-qubit gates and read-out, not modelled, decide it",
            "the fault-tolerance threshold (typically 99.9%)",
        ),
        Claim(
            "threshold.model_02",
            "Model 02 stays below the threshold",
            _THRESHOLD,
            percent(1),
            "%",
            verdict_if(percent(1) < _THRESHOLD, "follows"),
            "printed code against its 99.9 %",
            "this fidelity remains below the strict thresholds required for scalable fault "
            "tolerance",
        ),
        Claim(
            "threshold.model_04",
            "Model 04 is well above the threshold",
            _THRESHOLD,
            percent(3),
            "%",
            verdict_if(percent(3) > _THRESHOLD, "follows"),
            "printed code against its 99.9 %: an error nine times lower",
            "This performance is well above the fault-tolerance threshold",
        ),
        Claim(
            "threshold.model_05",
            "Model 05, just below 99.9 %, proves 4 K operation viable",
            _THRESHOLD,
            percent(4),
            "%",
            verdict_if(percent(4) >= _THRESHOLD, "follows"),
            "99.9 % is its own pass/fail criterion (2.7) and Model 05 fails it, by 27 % in error "
            "with the code and 23 % with the table",
            "While slightly below the strict 99.9% target, it proves that 4K operation is viable "
            "with current materials",
        ),
    )


def _ranges() -> tuple[Claim, ...]:
    epochs = log10(max(EPOCHS.values()) / min(EPOCHS.values()))
    room = 100 * fidelity(1e-10, 300.0)
    sota = SCENARIOS[4].tan_delta
    place = 1 / (2 * pi * FREQUENCY * TANTALUM_T1)
    return (
        Claim(
            "loss.modern",
            "modern devices have losses below 1e-7",
            1e-7,
            place,
            "1",
            verdict_if(place < 1e-7, "follows-with-inputs"),
            f"1/(omega T1) with T1 = 0.36 ms at 5 GHz (Place 2021), 10 mK; its own 2024 epoch "
            f"has {sota:g}",
            r"from $10^{-4}$ in the early 2000s to $<10^{-7}$ in modern devices",
        ),
        Claim(
            "loss.state_of_the_art",
            "state-of-the-art materials have losses below 1e-7",
            1e-7,
            sota,
            "1",
            verdict_if(sota < 1e-7, "follows"),
            "the scenarios labelled SOTA use 3e-7; below 1e-7 begins with its target for 2026",
            r"state-of-the-art low-loss material systems ($\tan\delta < 10^{-7}$)",
        ),
        Claim(
            "loss.epochs",
            "five epochs of materials are defined",
            5.0,
            float(len(EPOCHS)),
            "epochs",
            verdict_if(len(EPOCHS) == 5, "follows"),
            "1999, 2010, 2024, 2026 and 2030 in table and code; the list in its 3.2 is lost",
            "by defining five key epochs",
        ),
        Claim(
            "sweep.decades",
            "the loss tangent was swept over seven orders of magnitude",
            7.0,
            log10(1e-3 / 1e-10),
            "decades",
            "follows-with-inputs",
            f"1e-10 to 1e-3, range ours (figure stress_sweep); the printed code has no sweep and "
            f"its epochs span {epochs:.1f} decades",
            "sweeping the loss tangent across seven orders of magnitude",
        ),
        Claim(
            "sweep.300k",
            "the model is robust from 1 mK to 300 K",
            None,
            room,
            "% fidelity at 300 K",
            "does-not-follow",
            f"its code gives a qubit of loss 1e-10 a fidelity of {room:.2f} % at room temperature, "
            "33 times above niobium's Tc: the sweep shows that nothing in it can fail",
            "the temperature from 1 millikelvin to 300 Kelvin",
        ),
    )


def _baths() -> tuple[Claim, ...]:
    t1 = niobium_t1(FOUR_KELVIN)
    memory = bath_correlation_time(FOUR_KELVIN)
    return (
        Claim(
            "markov.t1",
            "T1 in the 4 K bath is 10 to 100 us",
            (10.0, 100.0),
            t1 * 1e6,
            "us",
            verdict_if(10e-6 <= t1 <= 100e-6, "follows-with-inputs"),
            "thermal quasiparticles of niobium (Tc 9.2 K, gap 1.764 k Tc) at 5 GHz: "
            f"{t1 * 1e9:.3f} ns ({niobium_t1(FOUR_KELVIN, gap_closes=True) * 1e9:.3f} ns with the "
            "gap at 4 K)",
            r"the qubit relaxation timescales ($T_1 \sim 10-100 \mu s$)",
        ),
        Claim(
            "markov.separation",
            "the bath's correlation time is far below T1",
            None,
            t1 / memory,
            "T1 over correlation time",
            verdict_if(t1 > 10 * memory, "follows-with-inputs"),
            f"hbar/kT = {memory * 1e12:.2f} ps at 4 K against 0.399 ns; slow two-level fluctuators "
            "(1/f noise), which it also invokes, are not memoryless",
            r"the bath correlation time $\tau_B$ is significantly shorter",
        ),
    )


def _inversion() -> tuple[Claim, ...]:
    t1 = niobium_t1(FOUR_KELVIN)
    idle = 100 * two_level_idle_fidelity(t1, 2 * t1)
    population = float(excited_population(FREQUENCY, FOUR_KELVIN))

    def behind(source: float, stages: tuple[float, ...]) -> float:
        photons = float(bose_occupation(FREQUENCY, source))
        for temperature in stages:  # 20 dB at each stage
            photons = photons / 100 + 0.99 * float(bose_occupation(FREQUENCY, temperature))
        return photons

    inverted = behind(FOUR_KELVIN, (0.082, 0.014))
    rack = behind(300.0, (2.85, 0.082, 0.014))
    return (
        Claim(
            "inversion.controllers",
            "controllers at 4 K, qubits left at the mixing chamber: coherence survives",
            None,
            inverted,
            "photons at the qubit",
            verdict_if(inverted < 1.1 * rack, "follows-with-inputs"),
            f"16.17 photons at 4 K and 5 GHz behind 20 dB at 82 mK and 20 dB at 14 mK; a 300 K "
            f"rack behind 20/20/20 dB sends {rack:.2g}. Heat: 1 W holds 43 controllers of 23 mW, "
            "1,000 of 1 mW. The controller's own noise comes on top",
            "leaving the mixing chamber to serve as a quiet, dark sanctuary for the quantum states",
        ),
        Claim(
            "inversion.qubits",
            "qubits at 4 K keep 16.19 us and 99.88 %",
            99.88,
            idle,
            "%",
            verdict_if(matches("99.88", idle), "follows-with-inputs"),
            f"T1 = {t1 * 1e9:.3f} ns by thermal quasiparticles in niobium, {20e-9 / t1:.0f} times "
            f"less than the gate, upper level {population:.3f} full; an aluminium junction is "
            "normal at 4 K. The loss tangent no longer matters",
            "Simulating SOTA materials at 4 Kelvin yields a coherence time of 16.19 microseconds "
            "and a gate fidelity of 99.88%",
        ),
        Claim(
            "inversion.existence_proof",
            "99.999 % at 4 K shows that no law of physics forbids it up to Tc",
            99.999,
            idle,
            "%",
            verdict_if(matches("99.999", idle), "follows-with-inputs"),
            "the model has no quasiparticles, so it cannot prove their absence; with them a "
            "niobium qubit at 4 K idles at the fidelity of a coin, and above Tc has no T1 at all",
            "there is no fundamental law of physics preventing high-temperature superconductivity "
            "quantum computing within the limits of $T_c$",
        ),
    )
