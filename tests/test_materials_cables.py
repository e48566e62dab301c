"""Cables with geometry, their attenuation, and joints between solids."""

import math

import numpy as np
import pytest

from qubudget.cryostat.conduction import cable_conductance
from qubudget.design.fridge import Cable
from qubudget.errors import OutOfRangeError
from qubudget.materials.attenuation import attenuation_range, cable_attenuation
from qubudget.materials.boundaries import (
    boundary,
    boundary_conductance,
    boundary_names,
    boundary_spread,
)
from qubudget.materials.cables import (
    CoaxCable,
    cable_names,
    coax,
    coax_names,
    coax_of,
    conducting_material,
)
from qubudget.materials.conductivity import conductivity, material_names

CUSTOM = {
    "name": "Mine",
    "inner": "BeCu",
    "dielectric": "PTFE",
    "outer": "CuNi",
    "inner_diameter": "0.2 mm",
    "dielectric_diameter": "0.66 mm",
    "outer_diameter": "0.86 mm",
    "inner_anchored": False,
    "dielectric_anchored": True,
    "spread": 1.5,
}


def test_all_alloys_of_the_makers_are_there() -> None:
    alloys = {"AgBeCu-BeCu", "NbTi-NbTi", "SS-SS", "AgSS-SS", "CuNi-CuNi", "AgCuNi-CuNi"}
    for size in ("119", "219"):
        assert {f"{size}-{alloy}" for alloy in alloys | {"BeCu-BeCu"}} <= set(coax_names())


@pytest.mark.parametrize("name", coax_names())
def test_every_cable_is_whole(name: str) -> None:
    cable = coax(name)
    assert {cable.inner, cable.dielectric, cable.outer} <= set(material_names())
    assert cable.spread > 1
    assert cable.source
    assert cable.status in ("secondary_x1", "derived")
    areas = cable.inner_area + cable.dielectric_area + cable.outer_area
    assert areas == pytest.approx(math.pi / 4 * cable.outer_diameter**2)
    assert attenuation_range(name) == (0.5e9, 20e9)
    assert bool(cable.plating) == ("-Ag" in name)


@pytest.mark.parametrize(
    ("name", "conductance"),  # Coax Co. datasheets, W m/K at 4 K; they count the metals only
    [
        ("119-SS-SS", 1.32e-7),
        ("119-BeCu-BeCu", 9.10e-7),
        ("119-NbTi-NbTi", 7.54e-8),
        ("219-SS-SS", 4.30e-7),
        ("219-BeCu-BeCu", 2.96e-6),
        ("119-AgBeCu-BeCu", 1.74e-6),
        ("119-AgSS-SS", 9.95e-7),
        ("219-AgSS-SS", 2.02e-6),
        ("219-AgBeCu-BeCu", 4.88e-6),
    ],
)
def test_conductance_of_the_makers(name: str, conductance: float) -> None:
    cable = coax(name)
    metal = float(cable_conductance(cable, 4.0)) - cable.dielectric_area * float(
        conductivity(cable.dielectric, 4.0)
    )
    # "NbTi" by its material's own spread, the others by the geometry's
    tolerance = cable.spread if cable.outer != "NbTi" else 1.25
    assert 1 / tolerance < metal / conductance < tolerance


def test_measured_names_keep_their_geometry_and_material() -> None:
    for name in set(coax_names()) & set(cable_names()):
        assert coax(name).outer == conducting_material(name)
    assert coax("UT-085-SS-SS drive").outer_diameter == coax("219-SS-SS").outer_diameter


def test_unknown_names() -> None:
    with pytest.raises(OutOfRangeError, match="219-SS-SS"):
        coax("RG-58")
    with pytest.raises(OutOfRangeError, match="Optical fibre"):
        conducting_material("Optical fibre")
    with pytest.raises(OutOfRangeError, match="in the catalogue"):
        conducting_material("RG-58")
    with pytest.raises(OutOfRangeError, match="RG-58"):
        cable_attenuation("RG-58", 1e9, 4.0)


def test_a_design_files_own_cable() -> None:
    cable = coax_of(Cable.model_validate(CUSTOM))
    assert (cable.inner, cable.outer, cable.spread) == ("BeCu", "CuNi", 1.5)
    assert (cable.inner_anchored, cable.dielectric_anchored) == (False, True)
    assert cable.inner_area == pytest.approx(math.pi * 1e-8)
    with pytest.raises(OutOfRangeError, match=r"Mine.*grow"):
        coax_of(Cable.model_validate({**CUSTOM, "outer_diameter": "0.5 mm"}))
    with pytest.raises(OutOfRangeError, match="above 0"):
        CoaxCable("x", "SS304", "PTFE", "SS304", 0.0, 1e-3, 2e-3, True, True, 1.0, "", "")


def test_attenuation_reproduces_the_datasheets() -> None:
    # Coax Co., dB/m
    assert cable_attenuation("119-SS-SS", [0.5e9, 1e9, 2e10], 300.0) == pytest.approx(
        [5.3, 7.4, 33.3]
    )
    assert cable_attenuation("219-AgCuNi-CuNi", 5e9, 4.0) == pytest.approx(1.3)
    assert cable_attenuation("219-NbTi-NbTi", 6e9, [0.01, 4.0]).tolist() == [0.0, 0.0]


def test_attenuation_follows_the_skin_effect_and_the_resistivity() -> None:
    frequency = np.array([1e9, 3e9, 5e9])
    expected = 4.7 * np.sqrt(frequency / 1e9)  # 4.7 dB/m at 1 GHz, 10.4 at 5 GHz
    assert cable_attenuation("119-SS-SS", frequency, 4.0) == pytest.approx(expected, rel=0.02)
    middle = float(cable_attenuation("119-SS-SS", 5e9, 152.0))
    assert middle**2 == pytest.approx((10.4**2 + 16.6**2) / 2)  # half of the way in resistivity
    assert float(cable_attenuation("119-SS-SS", 5e9, 0.01)) == pytest.approx(10.4)


@pytest.mark.parametrize(
    ("name", "frequency", "temperature", "message"),
    [
        ("119-SS-SS", 0.1e9, 4.0, "known from 5e[+]08 Hz to 2e[+]10 Hz"),
        ("119-SS-SS", 40e9, 4.0, "2e[+]10 Hz"),
        ("119-SS-SS", 5e9, 301.0, "300 K"),
        ("119-SS-SS", 5e9, 0.0, "above 0 K"),
        ("119-NbTi-NbTi", 5e9, 35.0, "superconducting"),
        ("119-SS-SS", math.nan, 4.0, "known from"),
    ],
)
def test_attenuation_outside_its_range(
    name: str, frequency: float, temperature: float, message: str
) -> None:
    with pytest.raises(OutOfRangeError, match=message):
        cable_attenuation(name, frequency, temperature)


def test_joints_reproduce_their_source() -> None:
    # Ekin (2006), p. 63, W/(K cm^2)
    assert boundary_conductance("PbSn solder", [2.75, 105.0]) == pytest.approx([7030, 147000])
    assert boundary_conductance("grease", [0.365, 5.73]) == pytest.approx([14.2, 1380])


def test_suspect_joints_are_marked_and_carry_the_contradiction() -> None:
    assert [boundary(name).suspect for name in boundary_names()] == [True, False]
    assert float(boundary_spread("grease", 4.0)) == pytest.approx(38.4 / 5.1, rel=0.01)
    assert float(boundary_spread("grease", 0.0365)) == pytest.approx(75, rel=0.01)


def test_joints_outside_their_range() -> None:
    with pytest.raises(OutOfRangeError, match=r"PbSn solder joint is known from 2\.75 K to 288 K"):
        boundary_conductance("PbSn solder", 0.02)
    with pytest.raises(OutOfRangeError, match=r"0\.001 K to 296 K"):
        boundary_spread("grease", 300.0)
    with pytest.raises(OutOfRangeError, match=r"'glue'.*grease"):
        boundary_conductance("glue", 4.0)
