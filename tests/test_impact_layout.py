"""Drawn films: areas by hand, exact coverage, islands, rasters and refusals."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.impact.kinetics.diffusion import evolve
from qubudget.impact.kinetics.patterned import Arrival, Film
from qubudget.impact.kinetics.uniform import Grid
from qubudget.impact.layout.builders import (
    back_islands,
    covering_pads,
    ground_plane,
    pads,
    qubits_in_ground,
)
from qubudget.impact.layout.layout import Layout
from qubudget.impact.layout.shapes import DrawnFilm, Polygon, Rectangle
from qubudget.impact.phonons.film import PhononFilm
from qubudget.impact.phonons.transport import Block

MM, UM = 1e-3, 1e-6
SIDE = 10 * MM


def chip(*films: DrawnFilm, length: float = SIDE, width: float = SIDE) -> Layout:
    return Layout(length, width, films)


def front(*shapes: Rectangle | Polygon, name: str = "al", **more: object) -> DrawnFilm:
    return DrawnFilm(name, "front", "Al", shapes, **more)  # type: ignore[arg-type]


def square(x: float, y: float, side: float) -> Rectangle:
    return Rectangle(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def regular(corners: int, radius: float, x: float = 0.0, y: float = 0.0) -> Polygon:
    angles = 2 * math.pi * np.arange(corners) / corners
    return Polygon(tuple((x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles))


# Areas


def test_areas_known_by_hand() -> None:
    film = front(
        Rectangle(0, 0, 2 * MM, 1 * MM),
        Rectangle(1 * MM, 0, 3 * MM, 1 * MM),  # overlaps the first by half
        Polygon(((-1 * MM, 0), (-2 * MM, 0), (-1 * MM, 2 * MM))),  # a triangle, clockwise
        cutouts=(Rectangle(0, 0.25 * MM, 1 * MM, 0.75 * MM),),
    )
    assert chip(film).area("al") == pytest.approx((3.0 + 1.0 - 0.5) * MM**2, rel=1e-12)


def test_coverage_of_a_triangle_cell_by_cell() -> None:
    """Right triangle over 2 x 2 cells: legs of two cells leave halves on the diagonal."""
    film = front(Polygon(((-5 * MM, -5 * MM), (5 * MM, -5 * MM), (-5 * MM, 5 * MM))))
    cover = chip(film).coverage("front", 2, 2)
    assert cover[0] == pytest.approx(np.array([[1.0, 0.5], [0.5, 0.0]]), abs=1e-12)


def test_coverage_keeps_the_axes_in_their_order() -> None:
    layout = chip(front(Rectangle(2 * MM, -2 * MM, 6 * MM, -1 * MM)), length=12 * MM, width=4 * MM)
    cover = layout.coverage("front", 3, 4)[0]
    expected = np.zeros((3, 4))
    expected[2, 0] = 1.0
    assert cover == pytest.approx(expected, abs=1e-12)
    assert not layout.coverage("back", 3, 4).any()


def test_coverage_against_random_points() -> None:
    """A ring with a hole, off the grid's lines: 40,000 points a cell tell its share to 0.25 %
    (one sigma); 5 sigma on 36 cells is a false alarm of 2e-5."""
    inner, outer = 2.1 * MM, 4.3 * MM
    film = DrawnFilm("ring", "front", "Al", (regular(720, outer, 0.1 * MM),),
                     (regular(720, inner, 0.3 * MM),))  # fmt: skip
    cover = chip(film).coverage("front", 6, 6)[0]
    rng = np.random.default_rng(8)
    x, y = (rng.random((2, 6 * 6 * 40_000)) - 0.5) * SIDE
    inside = (np.hypot(x - 0.1 * MM, y) < outer) & (np.hypot(x - 0.3 * MM, y) > inner)
    cell = np.floor((x / SIDE + 0.5) * 6).astype(int) * 6 + np.floor((y / SIDE + 0.5) * 6).astype(
        int
    )
    share = np.bincount(cell, inside, 36) / np.bincount(cell, minlength=36)
    assert np.max(np.abs(share.reshape(6, 6) - cover)) < 5 * 0.0025


coordinate = st.floats(-5 * MM, 5 * MM)


@st.composite
def rectangles(draw: st.DrawFn) -> Rectangle:
    x0, x1 = sorted((draw(coordinate), draw(coordinate)))
    y0, y1 = sorted((draw(coordinate), draw(coordinate)))
    step = 1 * UM
    return Rectangle(x0 - step, y0 - step, x1 + step, y1 + step)


@settings(max_examples=40, deadline=None)
@given(rectangles(), st.integers(1, 60), st.integers(1, 60))
def test_coverage_of_a_rectangle_is_the_product_of_its_overlaps(
    shape: Rectangle, nx: int, ny: int
) -> None:
    layout = chip(front(shape), length=11 * MM, width=12 * MM)
    cover = layout.coverage("front", nx, ny)[0]
    x, y = (np.linspace(-side / 2, side / 2, n + 1) for side, n in ((11 * MM, nx), (12 * MM, ny)))
    along = np.diff(np.clip(x, shape.x0, shape.x1)) / np.diff(x)
    across = np.diff(np.clip(y, shape.y0, shape.y1)) / np.diff(y)
    assert cover == pytest.approx(np.outer(along, across), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-8, 7), st.integers(-8, 7), st.integers(1, 5)), min_size=1,
             max_size=9),
    st.integers(1, 50),
    st.integers(1, 50),
)  # fmt: skip
def test_coverage_sums_to_the_area_of_overlapping_shapes(
    places: list[tuple[int, int, int]], nx: int, ny: int
) -> None:
    """Squares on a lattice: the covered area is the number of lattice cells covered."""
    unit = 0.35 * MM
    lattice = np.zeros((16 + 5, 16 + 5), dtype=bool)
    shapes = []
    for i, j, n in places:
        lattice[i + 8 : i + 8 + n, j + 8 : j + 8 + n] = True
        shapes.append(Rectangle(i * unit, j * unit, (i + n) * unit, (j + n) * unit))
    area = lattice.sum() * unit**2
    layout = chip(front(*shapes))
    assert layout.area("al") == pytest.approx(area, rel=1e-9)
    assert layout.coverage("front", nx, ny).sum() * SIDE**2 / (nx * ny) == pytest.approx(
        area, rel=1e-9
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(3, 40), st.floats(0.02, 4.9), st.integers(1, 80))
def test_clipped_polygons_sum_to_the_formula(corners: int, radius: float, n: int) -> None:
    """Area of a regular polygon: N/2 R^2 sin(2 pi/N)."""
    layout = chip(front(regular(corners, radius * MM)))
    area = corners / 2 * (radius * MM) ** 2 * math.sin(2 * math.pi / corners)
    assert layout.coverage("front", n, n).sum() * (SIDE / n) ** 2 == pytest.approx(area, rel=1e-9)


# Rasters


def test_raster_of_a_circle_converges() -> None:
    """Area to a cell, misplaced area (cells filled beyond the circle or left out of it) as 1/n."""
    layout = chip(front(regular(2000, 3.3 * MM, 0.123 * MM, -0.456 * MM)))
    area = layout.area("al")
    misplaced = []
    for n in (40, 80, 160, 320):
        raster = layout.raster("front", n, n)
        cell = (SIDE / n) ** 2
        assert raster.dtype == np.uint8
        assert abs((raster == 1).sum() * cell - area) <= 1.01 * cell
        share = layout.coverage("front", n, n)[0]
        misplaced.append(np.where(raster == 1, 1 - share, share).sum() * cell)
    assert np.array(misplaced[1:]) / misplaced[:-1] == pytest.approx([0.5] * 3, rel=0.15)


@pytest.mark.parametrize("n", [20, 37, 100, 200, 333])
def test_two_percent_of_pads_are_two_percent_of_any_raster(n: int) -> None:
    """400 pads of 70.7 um: a rule cell by cell would be wrong by 12 % at 5 um, by 100 % at 500."""
    film = covering_pads(SIDE, SIDE, (20, 20), 0.02, "aluminium")
    layout = chip(film)
    assert layout.area("pads") == pytest.approx(0.02 * SIDE**2, rel=1e-12)
    raster = layout.raster("front", n, n)
    assert abs(raster.sum() - 0.02 * n * n) <= 1.0
    half = n // 2
    left = layout.coverage("front", n, n)[0, :half].sum()
    assert abs(raster[:half].sum() - left) <= 2 + 0.05 * left


def test_kinds_have_the_numbers_that_a_block_takes() -> None:
    ground = DrawnFilm("ground", "front", "Nb", (Rectangle(-5 * MM, -5 * MM, 5 * MM, 5 * MM),),
                       (square(0, 0, 2 * MM),))  # fmt: skip
    pad = DrawnFilm("pad", "front", "Al", (square(0, 0, 1 * MM),))
    back = back_islands(SIDE, SIDE, 1 * MM, 0.81, "Cu")
    layout = chip(ground, pad, back)
    assert layout.kinds == ("Nb", "Al", "Cu")
    raster = layout.raster("front", 10, 10)
    assert [(raster == k).sum() for k in range(4)] == [3, 96, 1, 0]
    assert set(np.unique(layout.raster("back", 100, 100))) == {0, 3}
    film = PhononFilm(100e-9, 3260.0, 242e-12, 2.78e-23)
    Block(SIDE, SIDE, 0.5 * MM, (film,) * 3, raster, layout.raster("back", 100, 100))


def test_every_cell_of_two_films_that_share_it_goes_to_one() -> None:
    halves = [
        DrawnFilm("a", "front", "a", (Rectangle(-5 * MM, -5 * MM, 0, 5 * MM),)),
        DrawnFilm("b", "front", "b", (Rectangle(0, -5 * MM, 5 * MM, 5 * MM),)),
    ]
    raster = chip(*halves).raster("front", 11, 11)
    counts = np.bincount(raster.ravel(), minlength=3)
    assert counts[1:] == pytest.approx(60.5, abs=1)
    assert counts.sum() == 121


def test_a_film_below_half_a_cell_is_refused_not_lost() -> None:
    layout = chip(front(square(0, 0, 100 * UM)))
    assert layout.raster("front", 100, 100).sum() == 1
    with pytest.raises(OutOfRangeError, match="Al: less than half a cell of 10 x 10"):
        layout.raster("front", 10, 10)
    with pytest.raises(OutOfRangeError, match="one cell or more"):
        layout.raster("front", 0, 10)


def test_large_rasters_are_quick() -> None:
    """2000 x 2000 within a second once compiled (0.2 s measured; five times that is allowed)."""
    layout = chip(*qubits_in_ground(SIDE, SIDE, [(0.5 * MM * i, 0.5 * MM * j)
                                                for i in range(-9, 10) for j in range(-9, 10)],
                                    (100 * UM, 40 * UM), 30 * UM, kind="Al",
                                    separation=20 * UM))  # fmt: skip
    layout.raster("front", 10, 10)
    start = time.process_time()
    raster = layout.raster("front", 2000, 2000)
    assert time.process_time() - start < 1.0
    assert (raster > 0).mean() * SIDE**2 == pytest.approx(
        layout.area("ground") + layout.area("qubits"), rel=1e-5
    )


# Islands


def test_islands_come_from_the_drawing_not_from_the_cells() -> None:
    """Two pads 10 um apart on cells of 50 um."""
    layout = chip(
        front(Rectangle(-1 * MM, 0, -5 * UM, 1 * MM), Rectangle(5 * UM, 0, 1 * MM, 1 * MM))
    )
    islands = layout.islands("front", 200, 200)
    assert layout.island_count("front") == 2
    assert set(np.unique(islands)) == {0, 1, 2}
    assert islands[99, 110] != islands[100, 110]


def test_shapes_that_touch_or_overlap_are_one_island() -> None:
    joined = front(Rectangle(0, 0, 1 * MM, 1 * MM), Rectangle(1 * MM, 0.5 * MM, 2 * MM, 2 * MM))
    corner = front(Rectangle(0, 0, 1 * MM, 1 * MM), Rectangle(1 * MM, 1 * MM, 2 * MM, 2 * MM))
    rounded = front(Rectangle(0, 0, 0.1 + 0.2 - 0.299, MM), Rectangle(MM, 0, 2 * MM, MM))
    apart = front(Rectangle(0, 0, 1 * MM, 1 * MM), Rectangle(1.001 * MM, 0, 2 * MM, 2 * MM))
    assert [chip(f).island_count("front") for f in (joined, corner, rounded, apart)] == [1, 1, 1, 2]


def test_a_cut_makes_two_islands_of_one() -> None:
    cut = front(square(0, 0, 4 * MM), cutouts=(Rectangle(-5 * UM, -5 * MM, 5 * UM, 5 * MM),))
    assert chip(cut).island_count("front") == 2


def test_films_that_touch_exchange_quasiparticles_unless_a_barrier_parts_them() -> None:
    ground = front(Rectangle(-1 * MM, 0, 0, 1 * MM), name="ground")
    shape = Rectangle(0, 0, 1 * MM, 1 * MM)
    for connected, islands in ((True, 1), (False, 2)):
        trap = DrawnFilm("trap", "front", "Ti", (shape,), connected=connected)
        assert chip(ground, trap).island_count("front") == islands
        assert len(np.unique(chip(ground, trap).islands("front", 50, 50))) == islands + 1


def test_a_cell_of_two_islands_belongs_to_the_greater() -> None:
    """Cells of 1 mm: the pad has 0.36 of its cell, the ground 0.19 with clearance 0.2 mm around."""
    ground, pad = qubits_in_ground(SIDE, SIDE, [(0.5 * MM, 0.5 * MM)], (0.6 * MM, 0.6 * MM),
                                   0.15 * MM, kind="Al")  # fmt: skip
    islands = chip(ground, pad).islands("front", 10, 10)
    assert islands[5, 5] == 2
    assert (islands == 1).sum() == 99
    small = qubits_in_ground(SIDE, SIDE, [(0.5 * MM, 0.5 * MM)], (0.2 * MM, 0.2 * MM), 0.1 * MM,
                             kind="Al")  # fmt: skip
    with pytest.raises(OutOfRangeError, match=r"1 of 2 islands .* at \(0.0005, 0.0005\)"):
        chip(*small).islands("front", 10, 10)


def test_quasiparticles_stay_on_the_island_where_they_were_born() -> None:
    """The kinetics takes the islands as they are: neighbours 10 um away stay empty."""
    layout = chip(front(Rectangle(-4 * MM, -4 * MM, -5 * UM, 4 * MM),
                        Rectangle(5 * UM, -4 * MM, 4 * MM, 4 * MM)))  # fmt: skip
    islands = layout.islands("front", 40, 40)
    start = np.zeros((40, 40))
    start[10, 20] = 1e-3
    film = Film(0.01, 0.0, islands=islands)
    found = evolve(start, [1e-3], Grid(SIDE, SIDE, 40, 40), film, Arrival(0.0, 1e-6))
    last = found.field[-1]
    assert last[islands == 2] == pytest.approx(0.0, abs=1e-15)
    assert last[islands == 1].sum() == pytest.approx(1e-3, rel=1e-6)
    assert last[islands == 1].min() > 1e-8


# Builders


def test_ground_plane_covers_everything() -> None:
    layout = chip(ground_plane(SIDE, SIDE, "Nb"))
    assert layout.coverage("front", 7, 9) == pytest.approx(np.ones((1, 7, 9)), abs=1e-12)
    assert (layout.raster("front", 7, 9) == 1).all()


def test_islands_of_transmons_in_their_ground() -> None:
    sites = [(x * MM, y * MM) for x in (-2, 0, 2) for y in (-2, 2)]
    single = chip(*qubits_in_ground(SIDE, SIDE, sites, (0.3 * MM, 0.2 * MM), 50 * UM, kind="Al"))
    pair = chip(*qubits_in_ground(SIDE, SIDE, sites, (0.3 * MM, 0.2 * MM), 50 * UM, kind="Al",
                                  separation=20 * UM, ground_kind="Nb"))  # fmt: skip
    assert (single.island_count("front"), pair.island_count("front")) == (7, 13)
    assert (single.kinds, pair.kinds) == (("Al",), ("Nb", "Al"))
    assert single.area("ground") == pytest.approx(SIDE**2 - 6 * 0.4 * 0.3 * MM**2, rel=1e-12)
    assert pair.area("ground") == pytest.approx(SIDE**2 - 6 * 0.4 * 0.52 * MM**2, rel=1e-12)
    assert pair.area("qubits") == pytest.approx(12 * 0.3 * 0.2 * MM**2, rel=1e-12)


def test_back_islands_fill_what_they_should() -> None:
    """10 mm in a pitch of 1 mm around the centre: nine whole islands and two halves a side."""
    layout = chip(back_islands(SIDE, SIDE, 1 * MM, 0.64, "Cu"))
    assert layout.island_count("back") == 121
    assert layout.area("back islands") == pytest.approx(0.64 * SIDE**2, rel=1e-12)
    assert chip(back_islands(SIDE, SIDE, 0.7 * MM, 1.0, "Cu")).island_count("back") == 1
    wide = chip(back_islands(SIDE, SIDE, 40 * MM, 0.25, "Cu"))
    assert wide.area("back islands") == pytest.approx(SIDE**2)


def test_pads_stand_where_told() -> None:
    layout = chip(pads([-1 * MM, 1 * MM], [0.0, 2 * MM], 0.5 * MM, "Al"))
    cover = layout.coverage("front", 20, 20)[0]
    assert cover[7:9, 9:11] == pytest.approx(np.full((2, 2), 0.25), abs=1e-9)
    assert cover[11:13, 13:15] == pytest.approx(np.full((2, 2), 0.25), abs=1e-9)
    assert cover.sum() == pytest.approx(2.0)


@pytest.mark.parametrize(
    "build",
    [
        lambda: covering_pads(SIDE, SIDE, (20, 20), 0.0, "Al"),
        lambda: covering_pads(SIDE, SIDE, (0, 20), 0.1, "Al"),
        lambda: covering_pads(SIDE, SIDE, (2, 20), 0.9, "Al"),
        lambda: back_islands(SIDE, SIDE, 0.0, 0.5, "Cu"),
        lambda: back_islands(SIDE, SIDE, 1.0, 1.5, "Cu"),
        lambda: qubits_in_ground(SIDE, SIDE, [(0, 0)], (1e-4, 1e-4), 0.0, kind="Al"),
        lambda: qubits_in_ground(
            SIDE, SIDE, [(0, 0)], (1e-4, 1e-4), 1e-5, kind="Al", separation=-1
        ),
    ],
)
def test_builders_refuse_what_cannot_be(build: object) -> None:
    with pytest.raises(OutOfRangeError):
        build()  # type: ignore[operator]


# Refusals


def test_films_that_overlap_are_named_with_the_place() -> None:
    a = DrawnFilm("ground", "front", "Nb", (Rectangle(-2 * MM, -2 * MM, 1 * MM, 2 * MM),))
    b = DrawnFilm("strip", "front", "Al", (Rectangle(0, -1 * MM, 3 * MM, 1 * MM),))
    with pytest.raises(
        OutOfRangeError,
        match=r"ground and strip overlap on the front at \(0.0005, 0\) m, 2e-06 m\^2",
    ):
        chip(a, b)
    beneath = DrawnFilm("strip", "back", "Al", b.shapes)
    assert chip(a, beneath).area("strip") == pytest.approx(6 * MM**2)


def test_films_side_by_side_along_a_slope_do_not_overlap() -> None:
    """A corner rounded to a nanometre lies off the slope it should touch."""
    low = DrawnFilm("low", "front", "Nb", (Polygon(((0, 0), (3 * MM, 0), (3 * MM, 1 * MM))),))
    x, y = 1 * MM, round(1 * MM / 3, 9)
    high = DrawnFilm("high", "front", "Al",
                     (Polygon(((0, 0), (x, y), (3 * MM, 1 * MM), (0, 1 * MM))),))  # fmt: skip
    assert chip(low, high).island_count("front") == 1


def test_all_problems_are_reported_at_once() -> None:
    bow = Polygon(((0, 0), (MM, MM), (MM, 0), (0, 1.5 * MM)))
    films = (
        front(Rectangle(0, 0, 6 * MM, 1 * MM), bow, Rectangle(0, 0, 0, MM),
              Rectangle(0, 0, math.nan, MM), Polygon(((0, 0), (MM, MM))),
              Polygon(((0, 0), (MM, MM), (2 * MM, 2 * MM)))),
        DrawnFilm("al", "side", "Al", (square(0, 0, MM),)),  # type: ignore[arg-type]
        DrawnFilm("none", "front", "Al"),
        DrawnFilm("gone", "front", "Al", (square(0, 0, MM),), (square(0, 0, 2 * MM),)),
        DrawnFilm("one", "back", "Al", (square(0, 0, MM),)),
        DrawnFilm("two", "back", "Al", (square(0, 0, MM),)),
    )  # fmt: skip
    with pytest.raises(OutOfRangeError) as caught:
        chip(*films)
    text = str(caught.value)
    for said in (
        "shapes[0] leaves the chip at (0.006, 0) m",
        "shapes[1] crosses itself",
        "shapes[2] needs x0 < x1",
        "shapes[3] has a coordinate that is no finite number",
        "shapes[4] needs three points",
        "shapes[5] has no area",
        "two films named 'al'",
        "no face 'side'",
        "none: has no shapes",
        "gone: its cutouts leave nothing",
        "one and two overlap on the back",
    ):
        assert said in text
    assert len(text.splitlines()) == 12


def test_many_problems_are_counted() -> None:
    with pytest.raises(OutOfRangeError, match="and 80 more"):
        chip(front(*(square(0, 0, 20 * MM) for _ in range(100))))


def test_a_line_that_runs_along_itself_draws_a_hole_but_winding_twice_is_refused() -> None:
    hole = Polygon(tuple((x * MM, y * MM) for x, y in [
        (0, 0), (4, 0), (4, 4), (0, 4), (0, 2), (1, 2), (1, 3), (3, 3), (3, 1), (1, 1), (1, 2),
        (0, 2)]))  # fmt: skip
    assert chip(front(hole)).area("al") == pytest.approx(12 * MM**2)
    twice = Polygon(((0, 0), (MM, 0), (MM, MM), (0, MM)) * 2)
    with pytest.raises(OutOfRangeError, match="crosses itself"):
        chip(front(twice))


def test_too_many_kinds_for_a_byte() -> None:
    films = [DrawnFilm(str(i), "front", str(i), (square((i - 128) * 10 * UM, 0, 5 * UM),))
             for i in range(256)]  # fmt: skip
    assert len(chip(*films[1:]).kinds) == 255
    with pytest.raises(OutOfRangeError, match="256 kinds"):
        chip(*films)


@pytest.mark.parametrize("side", [0.0, -1.0, math.nan, math.inf])
def test_a_chip_has_sides(side: float) -> None:
    with pytest.raises(OutOfRangeError, match="finite sides"):
        Layout(side, SIDE, ())


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    layout = chip(front(square(0, 0, MM)))
    with pytest.raises(OutOfRangeError, match="no film 'cu'; known: al"):
        layout.area("cu")
    with pytest.raises(OutOfRangeError, match="no face 'side'; known: front, back"):
        layout.raster("side", 4, 4)  # type: ignore[arg-type]


def test_a_bare_face() -> None:
    layout = chip()
    assert layout.coverage("front", 3, 3).shape == (0, 3, 3)
    assert not layout.raster("front", 3, 3).any()
    assert not layout.islands("back", 3, 3).any()
    assert layout.island_count("front") == 0
