"""The ledger of "thermal-constraints": all its claims, and those on cooling and wiring.

Every claim is computed from the paper's own inputs, or from an input with a source that
`thermal_model` names; no input is adjusted to meet a printed number. A verdict that depends on
a comparison is taken from that comparison.
"""

from __future__ import annotations

from math import ceil, log, pi, sqrt

from qubudget.materials.cables import passive_load
from qubudget.papers.claims import Claim, agrees
from qubudget.papers.thermal_claims_coherence import coherence_claims
from qubudget.papers.thermal_claims_control import control_claims
from qubudget.papers.thermal_claims_inversion import inversion_claims
from qubudget.papers.thermal_model import (
    BASE_TEMPERATURE,
    CABLE_DIAMETER,
    COLOSSUS_DIAMETER,
    FOUR_KELVIN_CAPACITY,
    MXC_CAPACITY,
    XLD400_BASE,
    XLD400_COEFFICIENT,
    XLD400_FOUR_KELVIN,
    passive_load_per_qubit,
    verdict_if,
    xld400_cooling_power,
)

_DRIVE = "UT-085-SS-SS drive"


def claims() -> tuple[Claim, ...]:
    """The whole ledger of the paper, watts first."""
    return (
        *_cooling(),
        *_wiring(),
        *control_claims(),
        *coherence_claims(),
        *inversion_claims(),
    )


def _cooling() -> tuple[Claim, ...]:
    at_base = xld400_cooling_power(BASE_TEMPERATURE)
    needed = sqrt(MXC_CAPACITY / XLD400_COEFFICIENT + XLD400_BASE**2)
    printed_ratio = FOUR_KELVIN_CAPACITY / MXC_CAPACITY
    measured_ratio = XLD400_FOUR_KELVIN / at_base
    exponent = 2 / (1 - (XLD400_BASE / 0.020) ** 2)
    exponent_base = 2 / (1 - (XLD400_BASE / BASE_TEMPERATURE) ** 2)
    return (
        Claim(
            "cooling.mxc",
            "a standard dilution refrigerator removes 50 uW at 10 mK",
            50.0,
            at_base * 1e6,
            "uW",
            verdict_if(at_base >= MXC_CAPACITY, "follows-with-inputs"),
            f"XLD400 (Krinner 2019): 0.0522 W/K^2 x (10^2 - 6^2) mK^2 = {at_base * 1e6:.2f} uW; "
            f"it removes 50 uW at {needed * 1e3:.1f} mK; other fridges: 12 to 30 uW at 20 mK",
            "typically capping at 50 microwatts for standard commercial systems",
        ),
        Claim(
            "cooling.4k",
            "the 4 K stage removes 1 W or more",
            1.0,
            XLD400_FOUR_KELVIN,
            "W",
            verdict_if(XLD400_FOUR_KELVIN >= FOUR_KELVIN_CAPACITY, "follows-with-inputs"),
            "XLD400: 1.5 W at 4.2 K (Krinner 2019, Table 1), 0.5 to 1.8 W in other fridges",
            "often exceeding 1 watt",
        ),
        Claim(
            "cooling.ratio",
            "the 4 K stage removes 20,000 times more heat than the mixing chamber",
            20_000.0,
            printed_ratio,
            "1",
            verdict_if(agrees(20_000, printed_ratio, digits=1), "follows"),
            "1 W / 50 uW, both the paper's own",
            "a cooling budget roughly 20,000 times larger",
        ),
        Claim(
            "cooling.ratio_measured",
            "moving a load from the mixing chamber to 4 K gains a factor of 20,000",
            20_000.0,
            measured_ratio,
            "1",
            verdict_if(agrees(20_000, measured_ratio, rel=0.5), "follows-with-inputs"),
            f"1.5 W / {at_base * 1e6:.2f} uW at 10 mK in one real fridge: the gain is understated",
            "20,000 times more cooling capacity",
        ),
        Claim(
            "cooling.square_law",
            "cooling power grows as the square of temperature",
            2.0,
            exponent,
            "1",
            verdict_if(agrees(2, exponent, digits=1), "follows-with-inputs"),
            "C (T^2 - T0^2) has the exponent 2/(1 - (T0/T)^2): "
            f"{exponent:.2f} at 20 mK, {exponent_base:.2f} at 10 mK, where the paper works",
            "typically following a $T^2$ relationship in the low-temperature limit",
        ),
    )


def _wiring() -> tuple[Claim, ...]:
    stainless = 1000 * passive_load_per_qubit() / MXC_CAPACITY
    lines_per_qubit = 3
    niobium = [
        1000 * lines_per_qubit * passive_load(cable, "mxc") / MXC_CAPACITY * 100
        for cable in ("UT-085-NbTi", "UT-085-NbTi output")
    ]
    at_4k = passive_load(_DRIVE, "4k")
    per_line = passive_load(_DRIVE, "mxc")
    most_lines = MXC_CAPACITY / per_line
    distance = 7 + 2 * ceil(log(1.43e-3 / 1e-6) / log(2.14))
    patch = 2 * distance**2 - 1
    cable_area = 1e6 * pi / 4 * CABLE_DIAMETER**2
    colossus_area = pi / 4 * COLOSSUS_DIAMETER**2
    lines_quote = (
        "3,000 to 5,000 lines required for a fault-tolerant logical qubit unit, the passive load "
        "alone exceeds the 50-microwatt cooling capacity"
    )
    return (
        Claim(
            "wiring.passive_share",
            "passive heat of niobium-titanium wiring for 1,000 qubits takes over half of 50 uW",
            50.0,
            (niobium[0], niobium[1]),
            "%",
            verdict_if(max(niobium) > 50, "follows-with-inputs"),
            f"three lines per qubit at 2 nW (estimated) to 20 nW (measured) per line; the sources "
            f"for NbTi differ tenfold and decide it. All-stainless: {stainless:.0%}",
            "the passive load alone can consume over 50% of the available 50 microwatts",
        ),
        Claim(
            "wiring.4k_per_line",
            "a stainless coaxial line brings 0.5 uW to the 4 K stage",
            0.5,
            at_4k * 1e6,
            "uW",
            verdict_if(agrees(0.5e-6, at_4k, rel=0.5), "follows-with-inputs"),
            f"Krinner 2019 measured 1 mW per stainless line, {at_4k / 0.5e-6:.0f} times more",
            "a heat load of approximately 0.5 microwatts to the 4 Kelvin stage",
        ),
        Claim(
            "wiring.3000_lines",
            "3,000 lines bring more than 50 uW to the mixing chamber",
            50.0,
            3000 * per_line * 1e6,
            "uW",
            verdict_if(3000 * per_line > MXC_CAPACITY, "follows-with-inputs"),
            f"3,000 x 13 nW (Krinner 2019, drive line) = 39 uW; it takes {most_lines:,.0f} lines "
            "(flux lines, at 29 nW, would exceed it)",
            lines_quote,
        ),
        Claim(
            "wiring.5000_lines",
            "5,000 lines bring more than 50 uW to the mixing chamber",
            50.0,
            5000 * per_line * 1e6,
            "uW",
            verdict_if(5000 * per_line > MXC_CAPACITY, "follows-with-inputs"),
            "5,000 x 13 nW (Krinner 2019, drive line) = 65 uW",
            lines_quote,
        ),
        Claim(
            "wiring.logical_unit",
            "one logical qubit needs 3,000 to 5,000 lines",
            (3000.0, 5000.0),
            float(lines_per_qubit * patch),
            "lines",
            verdict_if(3000 <= lines_per_qubit * patch <= 5000, "follows-with-inputs"),
            "surface code at 1e-6 per cycle from Lambda = 2.14 and 0.143 % at d = 7 (Google 2024): "
            f"d = 7 + 2 log(1430)/log(2.14) -> {distance}, {patch:,} qubits, 3 lines each",
            "3,000 to 5,000 lines required for a fault-tolerant logical qubit unit",
        ),
        Claim(
            "wiring.cross_section",
            "the cables of a million qubits need more cross-section than the cryostat has",
            None,
            cable_area,
            "m^2",
            verdict_if(cable_area > colossus_area, "follows-with-inputs"),
            f"1e6 x pi/4 x (2.19 mm)^2, one line a qubit and no gaps, against {colossus_area:.2f} "
            "m^2 of the widest millikelvin platform described (2 m across, arXiv:2108.10816)",
            "for a million-qubit system, the cross-sectional area required for these cables would "
            "exceed the physical dimensions of the cryostat",
        ),
        Claim(
            "wiring.short_gap",
            "lines that start at 4 K instead of 300 K bring much less heat to the cold plate",
            None,
            0.0,
            "% saved at mxc",
            "does-not-follow",
            "a line anchored at every stage brings the mixing chamber what its last piece conducts "
            "(13 nW from 0.1 K) wherever it starts; saved are 45 mW at 50 K and 1 mW at 4 K",
            "the wiring harness only needs to bridge the short gap between 4 Kelvin and 10 "
            "millikelvin, significantly reducing the passive heat load",
        ),
    )
