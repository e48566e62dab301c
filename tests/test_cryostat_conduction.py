"""Conduction of coaxial cables, its factor to measurement, joints, and the trade with loss."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from qubudget.cryostat.boundary import boundary_rise
from qubudget.cryostat.conduction import (
    anchor_factor,
    coax_heat,
    coax_spread,
    line_conduction,
    scaled,
)
from qubudget.cryostat.trade import trade, trades
from qubudget.errors import OutOfRangeError
from qubudget.materials.cables import coax
from qubudget.materials.conductivity import conductivity, integral

STEEL = coax("UT-085-SS-SS")
LENGTHS = [0.20, 0.29, 0.25, 0.17, 0.14]  # Krinner's XLD400, m
BASE = [300.0, 35.0, 2.85, 0.882, 0.082, 0.006]  # and its base temperatures, K


def test_heat_is_fouriers_law() -> None:
    def conductance(t: float) -> float:
        metal = (STEEL.inner_area + STEEL.outer_area) * float(conductivity("SS304", t))
        return metal + STEEL.dielectric_area * float(conductivity("PTFE", t))

    expected = quad(conductance, 3.0, 40.0, epsabs=0, epsrel=1e-10)[0] / 0.3
    assert float(coax_heat(STEEL, 0.3, 40.0, 3.0)) == pytest.approx(expected, rel=1e-6)
    assert float(coax_heat(STEEL, 0.3, 3.0, 40.0)) == pytest.approx(-expected, rel=1e-6)
    assert float(coax_heat(STEEL, 0.3, 4.0, 4.0)) == 0.0


def test_niobium_titanium_at_the_still_as_krinner_estimates() -> None:
    # Krinner 2019, Fig. 1: 1 uW at the still for the 0.085 inch NbTi cable
    heat = float(coax_heat(coax("UT-085-NbTi"), 0.25, 2.85, 0.882))
    assert heat == pytest.approx(1e-6, rel=0.05)


@pytest.mark.parametrize(
    ("stage", "published"),
    [("50k", 1.8), ("4k", 2.5), ("still", 2.0), ("cp", 1.3), ("mxc", 4.0)],
)
def test_anchor_factors_are_near_the_published_ratios(stage: str, published: float) -> None:
    # The published ratios are with Krinner's own k(T); ours are with this package's.
    found = anchor_factor(stage)
    assert found.factor == pytest.approx(published, rel=0.2)
    assert found.spread >= max(found.factor / published, published / found.factor)
    assert 1 < found.spread < 3
    assert "Krinner" in found.source


def test_no_anchor_factor_where_nothing_was_measured() -> None:
    with pytest.raises(OutOfRangeError, match=r"'1k'.*50k, 4k, still, cp, mxc"):
        anchor_factor("1k")


def test_anchored_line_is_its_pieces() -> None:
    heats = line_conduction(STEEL, LENGTHS, BASE)
    for heat, length, hot, cold in zip(heats, LENGTHS, BASE, BASE[1:], strict=False):
        assert float(heat) == pytest.approx(float(coax_heat(STEEL, length, hot, cold)))


def test_floating_conductor_passes_its_heat_on() -> None:
    floating = replace(STEEL, inner_anchored=False)
    flags = [False, True, False, True, True]
    heats = line_conduction(floating, LENGTHS, BASE, flags)
    anchored = line_conduction(STEEL, LENGTHS, BASE)
    inner = STEEL.inner_area * np.array([float(integral("SS304", c, h)) for c, h in
                                         [(2.85, 300.0), (35.0, 300.0), (2.85, 35.0)]])  # fmt: skip
    # 50k loses the inner conductor's share; 4k gets it over both lengths.
    assert float(anchored[0] - heats[0]) == pytest.approx(inner[1] / 0.20)
    assert float(heats[1] - anchored[1]) == pytest.approx(inner[0] / 0.49 - inner[2] / 0.29)
    assert float(heats[4]) == pytest.approx(float(anchored[4]))
    # Anchoring everywhere by flags is the same as by the cable.
    everywhere = line_conduction(floating, LENGTHS, BASE, [True] * 5)
    assert [float(h) for h in everywhere] == pytest.approx([float(h) for h in anchored])
    # Floating all along: the coldest stage takes what came from room temperature.
    free = line_conduction(floating, LENGTHS, BASE)
    assert float(free[4] - anchored[4]) == pytest.approx(
        STEEL.inner_area * (float(integral("SS304", 0.006, 300.0)) / 1.05
                            - float(integral("SS304", 0.006, 0.082)) / 0.14)
    )  # fmt: skip


def test_lines_broadcast_and_carry_nan() -> None:
    cold = np.array([2.85, 3.5, np.nan])
    heats = line_conduction(STEEL, [0.2, 0.29], [300.0, 35.0, cold])
    assert [heat.shape for heat in heats] == [(3,), (3,)]
    assert np.isfinite(heats[0]).all()
    assert np.isnan(heats[1]).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("lengths", "temperatures", "flags"),
    [([0.2], [300.0], None), ([], [300.0], None), ([0.2], [300.0, 4.0], [True, False])],
)
def test_lines_that_do_not_fit(
    lengths: list[float], temperatures: list[float], flags: list[bool] | None
) -> None:
    with pytest.raises(OutOfRangeError, match=r"n [+] 1 temperatures"):
        line_conduction(STEEL, lengths, temperatures, flags)


@given(a=st.floats(0.01, 290.0), b=st.floats(0.01, 290.0), cold=st.floats(0.001, 0.01))
def test_heat_grows_with_the_hot_end(a: float, b: float, cold: float) -> None:
    low, high = sorted((a, b))
    heat = coax_heat(STEEL, 0.2, [low, high], cold)
    assert 0 <= heat[0] <= heat[1]


@given(hot=st.floats(1.0, 290.0), middle=st.floats(0.01, 290.0), cold=st.floats(0.001, 0.01))
def test_heat_adds_up_over_temperature(hot: float, middle: float, cold: float) -> None:
    parts = coax_heat(STEEL, 0.2, hot, middle) + coax_heat(STEEL, 0.2, middle, cold)
    whole = float(coax_heat(STEEL, 0.2, hot, cold))
    scale = float(coax_heat(STEEL, 0.2, max(hot, middle), cold))
    assert float(parts) == pytest.approx(whole, abs=1e-12 * scale)


def test_heat_falls_with_length() -> None:
    heat = coax_heat(STEEL, [0.1, 0.2, 1e6], 300.0, 4.0)
    assert heat[0] == pytest.approx(2 * heat[1])
    assert heat[2] < 1e-6


def test_bad_input() -> None:
    with pytest.raises(OutOfRangeError, match="length"):
        coax_heat(STEEL, 0.0, 300.0, 4.0)
    with pytest.raises(OutOfRangeError, match=r"BeCu is known from 0\.001 K to 80 K"):
        coax_heat(coax("219-BeCu-BeCu"), 0.2, 300.0, 40.0)
    with pytest.raises(OutOfRangeError, match="silver plating"):
        coax_heat(coax("219-AgSS-SS"), 0.2, 40.0, 4.0)


def test_plating_follows_wiedemann_and_franz() -> None:
    plated, plain = coax("219-AgSS-SS"), coax("219-SS-SS")
    extra = coax_heat(plated, 0.25, 4.0, 1.0) - coax_heat(plain, 0.25, 4.0, 1.0)
    conductance = 2.02e-6 - 4.3e-7  # Coax Co., W m/K at 4 K
    assert float(extra) == pytest.approx(conductance / 4 * (16 - 1) / 2 / 0.25)


def test_scaled_load() -> None:
    # Krinner's drive line at the cold plate, kept at his own temperatures
    assert float(scaled(4e-7, "SS304", 0.882, 0.082, 0.882, 0.082)) == pytest.approx(4e-7)
    # Where k ~ T (all below 90 mK in steel, exponent 0.995) heat goes as the squares' difference
    heat = float(scaled(1e-8, "SS304", 0.08, 0.01, 0.05, 0.02))
    assert heat == pytest.approx(1e-8 * (0.05**2 - 0.02**2) / (0.08**2 - 0.01**2), rel=0.01)
    assert float(scaled(1e-8, STEEL, 0.08, 0.01, 0.05, 0.02)) == heat
    assert scaled(1.0, "SS304", 300.0, 35.0, 300.0, [35.0, np.nan, 300.0]).tolist() == [
        pytest.approx(1.0), pytest.approx(math.nan, nan_ok=True), 0.0,
    ]  # fmt: skip
    with pytest.raises(OutOfRangeError, match="reference"):
        scaled(1.0, "SS304", 4.0, 4.0, 300.0, 4.0)
    with pytest.raises(OutOfRangeError, match="load"):
        scaled(-1.0, "SS304", 300.0, 4.0, 300.0, 4.0)


def test_spread_is_large_where_niobium_titanium_is_unknown() -> None:
    steel = coax_spread(STEEL, [300.0, 0.082], [35.0, 0.006])
    assert (steel > 1.13).all()
    assert (steel < 1.7).all()
    assert float(coax_spread(coax("UT-085-NbTi"), 0.082, 0.01)) > 15
    assert float(coax_spread(STEEL, 4.0, 4.0)) == pytest.approx(
        float(coax_spread(STEEL, 4.0, 3.99)), rel=0.01
    )


def test_rise_of_a_chip_over_its_stage() -> None:
    # Small power: P/(A h); PbSn solder 1.36 W/(K cm^2) at 4.37 K (Ekin 2006)
    small = boundary_rise(1e-6, 1e-4, "PbSn solder", 4.37)
    assert float(small.rise) == pytest.approx(1e-6 / 1.36, rel=1e-4)
    assert float(small.high / small.low) == pytest.approx(4.0, rel=1e-3)
    assert not small.suspect
    # Phonons alone below 0.365 K, h = B T^3: T_chip^4 = T^4 + 4 P/(A B)
    rise = boundary_rise([0.0, 1e-9, 1e-7], 1e-4, "grease", 0.014)
    factor = 14.2 / 0.365**3
    chip = (0.014**4 + 4 * np.array([0.0, 1e-9, 1e-7]) / 1e-4 / factor) ** 0.25
    assert rise.rise == pytest.approx(chip - 0.014, rel=1e-6, abs=1e-12)
    assert (rise.low <= rise.rise).all()
    assert (rise.rise <= rise.high).all()
    assert rise.suspect


def test_rise_refuses() -> None:
    with pytest.raises(OutOfRangeError, match=r"2\.75 K"):
        boundary_rise(1e-9, 1e-4, "PbSn solder", 0.02)
    with pytest.raises(OutOfRangeError, match="power"):
        boundary_rise(-1.0, 1e-4, "grease", 0.02)
    with pytest.raises(OutOfRangeError, match="area"):
        boundary_rise(1.0, 0.0, "grease", 0.02)


def test_trade_between_loss_and_isolation() -> None:
    loss, heat = trade(STEEL, 5e9, 4.0, 0.9, 0.25)
    assert loss == pytest.approx(5.9 * 0.25)  # Coax Co. at 4 K, and the same below
    assert heat == float(coax_heat(STEEL, 0.25, 4.0, 0.9))
    between, _ = trade(STEEL, 5e9, 300.0, 35.0, 0.2)
    assert 5.9 * 0.2 < between < 9.4 * 0.2
    with pytest.raises(OutOfRangeError, match="cold end"):
        trade(STEEL, 5e9, 1.0, 4.0, 0.25)


def test_trades_of_all_cables() -> None:
    found = {entry.cable: entry for entry in trades(6e9, 4.0, 0.9, 0.25)}
    assert all(entry.reason is None for entry in found.values())
    # Superconductors lose nothing and conduct least; silver trades heat for loss.
    assert found["119-NbTi-NbTi"].loss == 0.0
    assert next(iter(found)) == "119-NbTi-NbTi"
    plated, plain = found["119-AgSS-SS"], found["119-SS-SS"]
    assert plated.loss < plain.loss  # type: ignore[operator]
    assert plated.heat > plain.heat  # type: ignore[operator]
    warm = {entry.cable: entry for entry in trades(6e9, 300.0, 35.0, 0.2)}
    assert warm["219-SS-SS"].heat is not None
    assert "silver plating" in str(warm["119-AgSS-SS"].reason)
    assert "BeCu is known" in str(warm["219-BeCu-BeCu"].reason)
