"""The ledger of "thermal-constraints": coherence as printed, thermal factor, floor, calibration.

Numbers of the paper's text are judged against its printed code, the only model that it
documents; where the floor inferred from its table gives the printed digits, the reason says so.
"""

from __future__ import annotations

from math import pi

import numpy as np

from qubudget.papers.claims import Claim, agrees
from qubudget.papers.thermal_model import (
    BASE_TEMPERATURE,
    FOUR_KELVIN,
    HOTTEST_QUBIT,
    SCENARIOS,
    TANTALUM_T1,
    TANTALUM_T2_ECHO,
    TRILAYER_BEST,
    TRILAYER_QUALITY,
    dielectric_t1,
    fidelity,
    matches,
    t2_star,
    verdict_if,
)
from qubudget.qubit.published import (
    CONSTANT_FLOOR,
    COUPLING,
    FREQUENCY,
    published_coth,
)
from qubudget.qubit.thermal import bose_occupation

_COTH = float(published_coth(FOUR_KELVIN))

_TEXT = (
    (0, "t2_star", "0.33", "effective coherence time is approximately 0.33 microseconds"),
    (0, "fidelity", "94.04", "a single-qubit gate fidelity of only 94.04%"),
    (1, "t2_star", "7.46", "a coherence time of 7.46 microseconds"),
    (1, "fidelity", "99.73", "a fidelity of 99.73% at 10 mK"),
    (2, "fidelity", "92.28", "a catastrophic collapse of fidelity to 92.28%"),
    (3, "t2_star", "283", "a coherence time of 283 microseconds"),
    (3, "fidelity", "99.99", "a fidelity of 99.99% at 10 mK"),
    (4, "t2_star", "16.19", "a coherence time of 16.19 microseconds"),
    (4, "fidelity", "99.88", "a gate fidelity of 99.88%"),
    (5, "t2_star", "93.36", "the coherence time at 4 Kelvin to 93.36 microseconds"),
    (5, "fidelity", "99.98", "resulting in a gate fidelity of 99.98%"),
    (6, "fidelity", "99.999", "yielding 99.999% fidelity at 4 Kelvin"),
)


def coherence_claims() -> tuple[Claim, ...]:
    """Claims about T2*, fidelity, coth, the noise floor and the calibration."""
    return (*_text(), *_thermal_factor(), *_floor(), *_calibration())


def _text() -> tuple[Claim, ...]:
    def claim(index: int, quantity: str, printed: str, quote: str) -> Claim:
        model = SCENARIOS[index]
        compute, scale, unit = (
            (t2_star, 1e6, "us") if quantity == "t2_star" else (fidelity, 100, "%")
        )
        code = scale * compute(model.tan_delta, model.temperature)
        table = scale * compute(model.tan_delta, model.temperature, "published-table")
        label = "T2*" if quantity == "t2_star" else "fidelity"
        return Claim(
            f"text.{model.name.lower()}.{quantity}",
            f"{label} of {model.name} (tan delta {model.tan_delta:g}, {model.temperature:g} K)",
            float(printed),
            code,
            unit,
            verdict_if(matches(printed, code), "follows"),
            f"printed code {code:.6g}, inferred floor {table:.6g}",
            quote,
        )

    return tuple(claim(*entry) for entry in _TEXT)


def _thermal_factor() -> tuple[Claim, ...]:
    ratio = _COTH / float(published_coth(BASE_TEMPERATURE))
    photons = float(bose_occupation(FREQUENCY, FOUR_KELVIN))
    standard = SCENARIOS[1].tan_delta
    step = t2_star(standard, BASE_TEMPERATURE) / t2_star(standard, FOUR_KELVIN)
    log_step = 1e-4
    hotter = float(published_coth(FOUR_KELVIN * (1 + log_step)))
    exponent = float(np.log(hotter / _COTH) / np.log1p(log_step))
    return (
        Claim(
            "coth.4k",
            "coth(h f/2kT) at 4 K and 5 GHz is about 16",
            16.0,
            _COTH,
            "1",
            verdict_if(agrees(16, _COTH, digits=2), "follows"),
            f"coth(0.02999) = {_COTH:.2f}; 16 is the Bose occupation there ({photons:.2f}), and "
            "coth = 1 + 2n",
            "At 4 Kelvin, the factor is approximately 16",
        ),
        Claim(
            "coth.noise_ratio",
            "noise of the two-level bath is 16 times higher at 4 K than at 10 mK",
            16.0,
            ratio,
            "1",
            verdict_if(agrees(16, ratio, digits=2), "follows"),
            f"{_COTH:.2f}/1.00 by its own formula and code",
            "16 times higher at 4 Kelvin than at 10 millikelvin",
        ),
        Claim(
            "coth.multiplier",
            "the multiplier of 16 carries Model 02 into Model 03",
            16.0,
            step,
            "1",
            verdict_if(agrees(16, step, digits=2), "follows"),
            f"T2* falls by {step:.1f} in its code and by 7.46/0.25 = 29.8 by its table",
            r"The thermal noise multiplier ($\times 16$)",
        ),
        Claim(
            "coth.not_linear",
            "the rate is not linear in temperature",
            None,
            exponent,
            "exponent of T",
            verdict_if(abs(exponent - 1) > 0.01, "follows"),
            "coth(x) -> 1/x for kT >> hf: at 4 K (kT/h = 83 GHz) the rate is proportional to T",
            "This rate is not linear",
        ),
    )


def _floor() -> tuple[Claim, ...]:
    implied = [  # rows 01 and 03 are left out: their two digits do not resolve a floor
        1e6 / float(model.t2_star)
        - COUPLING * model.tan_delta * float(published_coth(model.temperature))
        for model in SCENARIOS
        if model.t2_star is not None and model.name not in ("MODEL_01", "MODEL_03")
    ]
    cap = 1e6 / CONSTANT_FLOOR
    genesis = COUPLING * SCENARIOS[0].tan_delta
    share = 100 * genesis / (genesis + CONSTANT_FLOOR)
    loss = SCENARIOS[4].tan_delta
    with_t1 = 1 / (
        1 / t2_star(3e-7, BASE_TEMPERATURE) + 0.5 / dielectric_t1(loss, BASE_TEMPERATURE)
    )
    return (
        Claim(
            "floor.3khz",
            "the intrinsic floor is about 3 kHz",
            3.0,
            CONSTANT_FLOOR / (2 * pi) * 1e-3,
            "kHz",
            "unit-error",
            f"3.5e3 is used as a rate in 1/s: 286 us, or a linewidth of 0.557 kHz; 3 kHz would be "
            f"{2 * pi * 3e3:.3g}/s and 53 us",
            "Set to Approx 3 kHz to Represent Asymptotic Limit",
        ),
        Claim(
            "floor.cap",
            "T2* of Model 07 is 3332.3 us",
            3332.3,
            cap,
            "us",
            verdict_if(cap >= 3332.3, "follows"),
            "with the printed floor no T2* can pass 1/(3.5e3/s), at any loss and temperature",
            "STABLE3332.399.999Terminal Equilibrium",
        ),
        Claim(
            "floor.constant",
            "one floor of 3.5e3/s stands behind the table",
            CONSTANT_FLOOR,
            (min(implied), max(implied)),
            "1/s",
            verdict_if(all(agrees(CONSTANT_FLOOR, rate, rel=0.1) for rate in implied), "follows"),
            "1/T2* printed less K tan_delta coth, rows 02 and 04 to 07: no constant, but "
            "100/s x sqrt(tan_delta/1e-9), which the paper states nowhere",
            "INTRINSIC_GAMMA = 3.5e3",
        ),
        Claim(
            "floor.t1_term",
            "1/T2* contains 1/(2 T1)",
            None,
            with_t1 * 1e6,
            "us (Model 04)",
            "not-computable",
            "its code has no such term and it prints no T1; with T1 = 1/(omega tan_delta) Model 04 "
            f"falls from {t2_star(3e-7, BASE_TEMPERATURE) * 1e6:.0f} to {with_t1 * 1e6:.0f} us",
            r"\frac{1}{2T_1} + \Gamma_{1/f} + \Gamma_{TLS}(T)",
        ),
        Claim(
            "floor.genesis",
            "Model 01 is dominated entirely by dielectric loss",
            100.0,
            share,
            "% of the rate",
            verdict_if(agrees(100, share, rel=0.01), "follows"),
            "3e6/(3e6 + 3.5e3), printed code",
            "a system dominated entirely by dielectric loss",
        ),
    )


def _calibration() -> tuple[Claim, ...]:
    points = (
        (1e-5, 10e-6, "T2* ~ 10us at tan_delta=1e-5"),
        (3e-7, 300e-6, "T2* ~ 300us at tan_delta=3e-7"),
    )
    (loss_a, t_a, _), (loss_b, t_b, _) = points
    coupling = (1 / t_a - 1 / t_b) / (loss_a - loss_b)
    floor = 1 / t_b - coupling * loss_b
    best_loss = 1 / (2 * pi * FREQUENCY * TRILAYER_BEST)
    mean_t1 = TRILAYER_QUALITY / (2 * pi * FREQUENCY)
    found = []
    for name, (loss, time, quote) in zip(("amorphous", "sota"), points, strict=True):
        code = t2_star(loss, BASE_TEMPERATURE)
        bound = 2 * dielectric_t1(loss, BASE_TEMPERATURE)
        found += [
            Claim(
                f"calibration.{name}",
                f"the constants give T2* of {time * 1e6:.0f} us at a loss of {loss:g}",
                time * 1e6,
                code * 1e6,
                "us",
                verdict_if(agrees(time, code, rel=0.1), "follows"),
                f"1/(3.5e3 + 6e9 x {loss:g}) s with the printed constants",
                quote,
            ),
            Claim(
                f"calibration.{name}_bound",
                f"a qubit of effective loss {loss:g} has T2* of {time * 1e6:.0f} us",
                time * 1e6,
                bound * 1e6,
                "us",
                verdict_if(time <= bound, "follows"),
                "T2 <= 2 T1 = 2/(omega tan_delta): the computed number is the most that any "
                "physics allows at 5 GHz",
                quote,
            ),
        ]
    return (
        *found,
        Claim(
            "calibration.coupling",
            "K_TLS = 6e9/s is calibrated on the two points",
            COUPLING,
            coupling,
            "1/s",
            verdict_if(agrees(COUPLING, coupling, rel=0.1), "follows"),
            f"two points, two constants: K = {coupling:.3g}/s and a floor of {floor:.0f}/s, "
            "not 6e9 and 3,500",
            "K_TLS_COUPLING = 6.0e9",
        ),
        Claim(
            "calibration.tantalum",
            "300 us comes from the tantalum qubits of Place et al.",
            300.0,
            TANTALUM_T2_ECHO * 1e6,
            "us",
            verdict_if(agrees(300e-6, TANTALUM_T2_ECHO, rel=0.1), "follows-with-inputs"),
            f"measured: T1 up to {TANTALUM_T1 * 1e6:.0f} us (effective loss "
            f"{1 / (2 * pi * FREQUENCY * TANTALUM_T1):.1e}, not 3e-7) and a T2 echo of 200 us, "
            "which bounds T2*",
            "T2* ~ 300us at tan_delta=3e-7",
        ),
        Claim(
            "calibration.trilayer",
            "10 us comes from the niobium trilayer qubits of Anferov et al.",
            10.0,
            TRILAYER_BEST * 1e6,
            "us",
            verdict_if(agrees(10e-6, TRILAYER_BEST, rel=0.1), "follows-with-inputs"),
            f"measured: up to 62 us (loss {best_loss:.1e} if that is T1); its mean quality factor "
            f"of 1e5 is a loss of 1e-5 and a T1 of {mean_t1 * 1e6:.1f} us",
            "niobium trilayer (Anferov et al., 2024)",
        ),
        Claim(
            "calibration.year",
            "validated against literature published in 2024",
            2024.0,
            2021.0,
            "year",
            "does-not-follow",
            "one of its two sources, Place et al., is Nat. Commun. 12, 1779 (2021)",
            "experimental data from peer-reviewed literature published in 2024",
        ),
        Claim(
            "calibration.reach",
            "the calibration makes the model predictive at 4 K",
            None,
            FOUR_KELVIN / 0.020,
            "times in temperature",
            "does-not-follow",
            "Place's qubits were measured at 9 to 20 mK, Anferov's at base; no qubit near 4 K was "
            f"found in print, the hottest is a 72 GHz niobium one at {HOTTEST_QUBIT} K",
            "This calibration ensures that our model is a predictive tool",
        ),
    )
