"""Thermal conductivity: published values, joins, integrals, spreads, ranges."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from qubudget.errors import OutOfRangeError
from qubudget.materials.conductivity import (
    SINGLE_SOURCE_SPREAD,
    conductivity,
    integral,
    material_names,
    sources,
    spread,
    temperature_ranges,
)
from qubudget.materials.curves import WIDEST_BRIDGE, Curve, Piece

LORENZ = 2.44e-8  # W ohm/K^2, Sommerfeld's value
COPPER_300K = 1.7e-8  # ohm m at room temperature
SECTION_119 = math.pi / 4 * (0.287**2 + 1.19**2 - 0.94**2) * 1e-6  # metal of Coax Co.'s cable

# Value, relative tolerance, source. None is the row that the curve itself takes at that
# temperature, except where the material has one source: there, the source's printed value.
PUBLISHED = {
    "SS304": (4.0, 1.32e-7 / SECTION_119, 0.01, "Coax Co. SC-119/50-SS-SS, conductance at 4 K"),
    "SS316": (0.9, 0.0556 * 0.9**1.15, 0.03, "Barucci et al. 2008, abstract"),
    "Cu RRR50": (0.5, LORENZ * 50 / COPPER_300K * 0.5, 0.02, "Wiedemann-Franz"),
    "Cu RRR100": (290.0, 378.4, 0.06, "Krinner et al. 2019, Fig. 11"),
    "Cu RRR150": (4.0, LORENZ * 150 / COPPER_300K * 4, 0.15, "Wiedemann-Franz"),
    "Cu RRR300": (20.0, 4844, 0.05, "Krinner et al. 2019, Fig. 11"),
    "Cu RRR500": (4.0, LORENZ * 500 / COPPER_300K * 4, 0.15, "Wiedemann-Franz"),
    "NbTi": (4.0, 7.54e-8 / SECTION_119, 0.12, "Coax Co. SC-119/50-NbTi-NbTi at 4 K"),
    "CuNi": (4.0, 1.74e-7 / SECTION_119, 0.55, "Coax Co. SC-119/50-CuNi-CuNi at 4 K"),
    "BeCu": (4.0, 9.1e-7 / SECTION_119, 0.01, "Coax Co. SC-119/50-BeCu-BeCu at 4 K"),
    "PTFE": (10.0, 0.09206, 0.05, "Krinner et al. 2019, Fig. 11"),
    "Kapton": (10.0, 10**-1.62979, 1e-4, "NIST: at 10 K the sum of the coefficients"),
    "G10": (10.0, 10**-0.95, 1e-4, "NIST: the sum of the coefficients"),
    "G10 warp": (100.0, 0.4477, 1e-3, "NIST: the coefficients at log10 T = 2"),
    "Al6061": (10.0, 10**1.15242, 1e-4, "NIST: the sum of the coefficients"),
    "Brass": (10.0, 10**0.7560529, 1e-4, "NIST: the sum of the coefficients"),
    "Ti15333": (10.0, 10**-0.628383, 1e-4, "NIST: the sum of the coefficients"),
    "Phosphor bronze": (20.0, 9.232, 0.10, "Krinner et al. 2019, Fig. 11"),
    "Manganin": (4.0, 0.5, 1e-9, "Lake Shore wire table"),
    "Constantan": (0.5, 0.01645, 1e-3, "Olson 1993, 0.03745 T^1.187"),
    "Nichrome": (80.0, 8.0, 1e-9, "Lake Shore wire table"),
}


def test_every_material_is_pinned() -> None:
    assert set(PUBLISHED) == set(material_names())


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_values(name: str) -> None:
    temperature, value, tolerance, _ = PUBLISHED[name]
    assert float(conductivity(name, temperature)) == pytest.approx(value, rel=tolerance)
    # A name must be one that a design file accepts.
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_. /-]{0,59}", name)


@pytest.mark.parametrize(
    ("name", "temperature", "value", "tolerance"),
    [
        ("SS304", 4.0, 0.2724, 1e-3),  # NIST fit, by hand
        ("SS304", 50.0, 5.222, 0.10),  # Krinner Fig. 11
        ("SS304", 0.02, 0.0013, 0.02),  # Krinner Fig. 11
        ("Cu RRR100", 0.1, 14.4, 0.05),  # Wiedemann-Franz 144 T (FLAX)
        ("NbTi", 0.5, 0.015 * 0.25, 0.02),  # Pobell
        ("NbTi", 77.0, 3.951, 1e-3),  # Krinner Fig. 11
        ("PTFE", 0.5, 0.002 * 0.5**1.9, 0.35),  # Kushino 2005
        ("Manganin", 0.03, 0.079 * 0.03**1.22, 0.35),  # Peroni 1999, carried down
        ("CuNi", 300.0, 2 * 15.31, 1e-3),  # Kushino's rule of NIST's stainless steel
    ],
)
def test_second_values(name: str, temperature: float, value: float, tolerance: float) -> None:
    assert float(conductivity(name, temperature)) == pytest.approx(value, rel=tolerance)


def test_every_source_is_named() -> None:
    for name in material_names():
        for entry in sources(name):
            assert entry.source
            assert entry.status in ("secondary_x1", "secondary_x2", "computed", "extrapolated")
            if entry.use is not None and entry.use[0] < entry.cold:
                assert "below its data by the same law" in entry.note


def test_fits_are_used_in_their_own_ranges() -> None:
    for name in material_names():
        for entry in sources(name):
            if entry.use is not None:
                assert entry.use[1] <= entry.hot or entry.status == "extrapolated"
                if entry.use[0] < entry.cold:  # only laws of physics go on, never a fit
                    law = np.diff(entry.law(np.log([1e-3, 1e-2, 1e-1])))
                    assert law[0] == pytest.approx(law[1])


@pytest.mark.parametrize("name", material_names())
def test_joins_are_smooth(name: str) -> None:
    for cold, hot in temperature_ranges(name):
        temperature = np.clip(np.geomspace(cold, hot, 4001), cold, hot)
        slope = np.diff(np.log(conductivity(name, temperature))) / np.diff(np.log(temperature))
        # Only copper's falls (above its maximum near 20 K); nothing rises faster than T^3.3.
        assert slope.max() < 3.4
        assert slope.min() > (-2.5 if name.startswith("Cu RRR") else 0.0)
        assert np.abs(np.diff(slope)).max() < 0.3  # no jump anywhere


@pytest.mark.parametrize("name", material_names())
def test_integrals_agree_with_quadrature(name: str) -> None:
    for cold, hot in temperature_ranges(name):
        edges = np.clip(np.geomspace(cold, hot, 13), cold, hot)
        for low, high in [*pairwise(edges), (cold, min(hot, 1.001 * cold))]:
            expected, _ = quad(
                lambda t: float(conductivity(name, t)), low, high, epsabs=0, epsrel=1e-10, limit=200
            )
            assert float(integral(name, low, high)) == pytest.approx(expected, rel=1e-6)


temperatures = st.floats(0.001, 290.0)


@given(name=st.sampled_from(["SS304", "NbTi", "PTFE", "Manganin"]), a=temperatures, b=temperatures,
       c=temperatures)  # fmt: skip
def test_integrals_add_up(name: str, a: float, b: float, c: float) -> None:
    parts = float(integral(name, a, b) + integral(name, b, c))
    scale = float(integral(name, 0.001, max(a, b, c)))
    assert parts == pytest.approx(float(integral(name, a, c)), abs=1e-12 * scale + 1e-30)
    assert float(integral(name, a, b)) == -float(integral(name, b, a))


@given(a=temperatures, b=temperatures)
def test_integrals_grow_with_the_hot_end(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert float(integral("SS304", 0.001, low)) <= float(integral("SS304", 0.001, high))


def test_arrays_broadcast_and_nan_passes() -> None:
    hot = np.array([[4.0], [np.nan]])
    result = integral("SS304", np.array([0.1, 1.0, 2.0]), hot)
    assert result.shape == (2, 3)
    assert np.isnan(result[1]).all()
    assert result[0, 1] == float(integral("SS304", 1.0, 4.0))
    assert np.isnan(conductivity("NbTi", np.nan))
    assert np.isnan(spread("NbTi", np.nan))


def test_divergent_fits_are_not_used_below_4_kelvin() -> None:
    # NIST's PTFE polynomial would give 547 W/(m K) at 1 K; Kapton's rises below 4 K as well.
    assert 0.001 < float(conductivity("PTFE", 1.0)) < 0.011  # Kushino 0.002, Krinner 0.0108
    assert float(conductivity("Kapton", 1.0)) < 0.006


def test_copper_falls_off_its_maximum() -> None:
    # The form takes T, not log10 T: with log10 T there would be no maximum near 20 K.
    k = conductivity("Cu RRR100", [4.0, 20.0, 77.0])
    assert k[1] > 2 * k[0]
    assert k[1] > 4 * k[2]


@pytest.mark.parametrize(
    ("name", "temperature", "message"),
    [
        ("PTFE", 301.0, "PTFE is known from 0.001 K to 300 K; asked at 301 K"),
        ("NbTi", 295.0, "from 0.001 K to 290 K"),
        ("BeCu", 300.0, "from 0.001 K to 80 K"),
        ("Kapton", 0.1, "from 0.536 K to 300 K"),
        ("G10", 4.0, "from 0.304 K to 0.768 K and from 10 K to 300 K; asked at 4 K"),
        ("Brass", 4.0, "from 5 K to 110 K"),
        ("SS304", 0.0, "from 0.001 K"),
        ("SS304", -1.0, "from 0.001 K"),
    ],
)
def test_out_of_range_names_the_range(name: str, temperature: float, message: str) -> None:
    for ask in (conductivity, spread):
        with pytest.raises(OutOfRangeError, match=re.escape(message)):
            ask(name, [temperature, 20.0])
    with pytest.raises(OutOfRangeError, match=re.escape(message)):
        integral(name, temperature, 20.0)


def test_no_integral_across_a_gap() -> None:
    with pytest.raises(OutOfRangeError, match="across the gap"):
        integral("G10", 0.5, 20.0)


def test_unknown_material_lists_the_known() -> None:
    with pytest.raises(OutOfRangeError, match=r"'Unobtainium'.*SS304"):
        conductivity("Unobtainium", 4.0)


def test_spread_of_niobium_titanium_covers_all_sources() -> None:
    # 0.1 K: Krinner's linear extrapolation, Olson's two files, Pobell, Daal (W/(m K))
    printed = np.array([0.002395, 0.004783 * 0.1**1.657, 0.015 * 0.01, 10**-0.205 * 1e-3])
    factor = float(spread("NbTi", 0.1))
    ratio = printed / float(conductivity("NbTi", 0.1))
    assert ratio.max() / ratio.min() > 17
    assert factor >= ratio.max() * 0.999
    assert factor >= 1 / ratio.min()
    assert factor == pytest.approx(ratio.max(), rel=0.01)


def test_spread_grows_below_the_data_and_is_never_below_one() -> None:
    for name in material_names():
        for cold, hot in temperature_ranges(name):
            temperature = np.clip(np.geomspace(cold, hot, 300), cold, hot)
            assert (spread(name, temperature) >= SINGLE_SOURCE_SPREAD).all()
    low = spread("CuNi", [0.001, 0.01, 0.1])
    assert low[0] > low[1] > low[2]


def test_single_source_spread_is_what_two_sources_differ_by() -> None:
    apart = []
    for name in set(material_names()) - {"NbTi"}:
        used = sources(name)[-1] if len(sources(name)) == 1 else None
        assert used is None or used.own_spread >= SINGLE_SOURCE_SPREAD
        for entry in sources(name):
            if entry.use is None and entry.hot > 50:
                temperature = np.geomspace(max(entry.cold, 5.0), entry.hot * 0.999, 100)
                ratio = entry.law(np.log(temperature)) - np.log(conductivity(name, temperature))
                apart.append(np.exp(np.abs(ratio).max()))
    assert len(apart) == 5
    assert 1.05 < max(apart) < SINGLE_SOURCE_SPREAD


def test_curves_bridge_small_gaps_only_and_invert() -> None:
    def law(factor: float):  # type: ignore[no-untyped-def]
        return lambda position: math.log(factor) + position

    near = Curve("x", [Piece(1.0, 2.0, law(1.0)), Piece(2.0 * WIDEST_BRIDGE, 20.0, law(1.0))])
    assert near.ranges == ((1.0, 20.0),)
    assert near.value(5.0) == pytest.approx(5.0)  # the bridge goes on with the same law
    assert float(near.integral(1.0, 20.0)) == pytest.approx(399 / 2)
    assert near.upper(1.0, 399 / 8) == pytest.approx(math.sqrt(1 + 399 / 4), rel=1e-9)
    assert near.upper(3.0, 0.0) == pytest.approx(3.0, rel=1e-12)
    with pytest.raises(OutOfRangeError, match="hot end would lie above"):
        near.upper(1.0, 200.0)
    far = Curve("x", [Piece(1.0, 2.0, law(1.0)), Piece(13.0, 20.0, law(1.0))])
    assert far.ranges == ((1.0, 2.0), (13.0, 20.0))
    overlap = Curve("x", [Piece(1.0, 4.0, law(1.0)), Piece(2.0, 8.0, law(3.0))])
    assert overlap.value([1.5, 6.0]) == pytest.approx([1.5, 18.0])
    assert overlap.value(math.sqrt(8)) == pytest.approx(math.sqrt(3 * 8))
