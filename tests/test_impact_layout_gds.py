"""Layouts from and to GDS files, and files that are none."""

import sys
from pathlib import Path

import gdstk
import numpy as np
import pytest

from qubudget.errors import DesignError, OutOfRangeError
from qubudget.impact.layout import gds as layout_gds
from qubudget.impact.layout.builders import back_islands, qubits_in_ground
from qubudget.impact.layout.gds import read_gds, write_gds
from qubudget.impact.layout.layout import Layout
from qubudget.impact.layout.shapes import DrawnFilm, Polygon, Rectangle

MM, UM = 1e-3, 1e-6
SIDE = 10 * MM
METAL = {(1, 0): DrawnFilm("metal", "front", "Al")}


def written(tmp_path: Path, *cells: gdstk.Cell, unit: float = UM) -> Path:
    library = gdstk.Library(unit=unit, precision=1e-9)
    library.add(*cells)
    path = tmp_path / "chip.gds"
    library.write_gds(path)
    return path


def square(side: float = 100.0, layer: int = 1, datatype: int = 0) -> gdstk.Polygon:
    """Around the origin, in the file's units."""
    half = side / 2
    return gdstk.rectangle((-half, -half), (half, half), layer=layer, datatype=datatype)


def test_round_trip(tmp_path: Path) -> None:
    sites = [(x * MM, y * MM) for x in (-3, -1, 1, 3) for y in (-3, -1, 1, 3)]
    circle = tuple(
        (0.2 * MM * float(np.cos(a)), 0.2 * MM * float(np.sin(a)))
        for a in np.linspace(0, 2 * np.pi, 300, endpoint=False)
    )
    ground, qubits = qubits_in_ground(SIDE, SIDE, sites, (0.3 * MM, 0.1 * MM), 40 * UM, kind="Al",
                                      separation=30 * UM)  # fmt: skip
    ground = DrawnFilm("ground", "front", "Nb", ground.shapes, (*ground.cutouts, Polygon(circle)))
    drawn = Layout(SIDE, SIDE, (ground, qubits, back_islands(SIDE, SIDE, 0.9 * MM, 0.81, "Cu")))
    path = tmp_path / "chip.gds"
    layers = write_gds(drawn, path)
    assert list(layers) == [(1, 0), (2, 0), (3, 1)]
    found = read_gds(path, SIDE, SIDE, layers)
    assert found.kinds == drawn.kinds
    for face in ("front", "back"):
        assert found.island_count(face) == drawn.island_count(face)
        assert found.coverage(face, 50, 50) == pytest.approx(drawn.coverage(face, 50, 50), abs=1e-4)
        assert np.array_equal(found.islands(face, 200, 200), drawn.islands(face, 200, 200))
    for film in drawn.films:
        assert found.area(film.name) == pytest.approx(drawn.area(film.name), rel=1e-5)
    first = path.read_bytes()
    write_gds(drawn, path)
    assert path.read_bytes() == first


@pytest.mark.parametrize("unit", [1e-6, 1e-9, 1e-3])
def test_the_files_own_unit_counts(tmp_path: Path, unit: float) -> None:
    path = written(tmp_path, gdstk.Cell("TOP").add(square(100 * UM / unit)), unit=unit)
    assert read_gds(path, SIDE, SIDE, METAL).area("metal") == pytest.approx(1e-8, rel=1e-9)


def test_cells_in_cells_paths_and_the_origin(tmp_path: Path) -> None:
    """A row of three pads turned upright, and a path of 1 mm x 10 um, from a corner's origin."""
    pad = gdstk.Cell("PAD").add(square())
    row = gdstk.Cell("ROW").add(gdstk.Reference(pad, columns=3, rows=1, spacing=(200, 200)))
    top = gdstk.Cell("TOP").add(
        gdstk.Reference(row, (5000, 5000), rotation=np.pi / 2),
        gdstk.FlexPath([(1000, 1000), (2000, 1000)], 10, layer=1, simple_path=True),
        square(50, layer=9),
    )
    path = written(tmp_path, pad, row, top)
    layout = read_gds(path, SIDE, SIDE, METAL, origin=(5 * MM, 5 * MM))
    assert layout.area("metal") == pytest.approx(3e-8 + 1e-8, rel=1e-9)
    assert layout.island_count("front") == 4
    cover = layout.coverage("front", 100, 100)[0]
    assert cover[49:51, 49:55] == pytest.approx(np.full((2, 6), 0.25))
    assert cover[10:20, 9:11] == pytest.approx(np.full((10, 2), 0.05))
    alone = read_gds(path, SIDE, SIDE, METAL, cell="PAD")
    assert alone.area("metal") == pytest.approx(1e-8)


def test_a_layer_of_etched_gaps(tmp_path: Path) -> None:
    path = written(tmp_path, gdstk.Cell("TOP").add(square(), square(200, datatype=1)))
    whole = (Rectangle(-SIDE / 2, -SIDE / 2, SIDE / 2, SIDE / 2),)
    layers = {
        (1, 1): DrawnFilm("ground", "front", "Nb", whole),
        (1, 0): DrawnFilm("qubit", "front", "Al"),
    }
    layout = read_gds(path, SIDE, SIDE, layers)
    assert layout.area("ground") == pytest.approx(SIDE**2 - 4e-8)
    assert layout.island_count("front") == 2


def test_what_is_drawn_off_the_chip_or_crosses_itself_is_refused(tmp_path: Path) -> None:
    bow = gdstk.Polygon([(0, 0), (100, 100), (100, 0), (0, 150)], layer=1)
    path = written(tmp_path, gdstk.Cell("TOP").add(square(2 * SIDE / UM), bow))
    with pytest.raises(OutOfRangeError, match=r"(?s)shapes\[0\] leaves.*shapes\[1\] crosses"):
        read_gds(path, SIDE, SIDE, METAL)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no GDS header"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "no GDS header"),
        (b'name = "a design"\n', "no GDS header"),
        (b"%SEMI-OASIS\r\n\x01\x031.0", "no GDS header"),
        (b"\x00\x06\x00\x02\x02\x58", "no GDS header"),
        (b"\x00\x06\x00\x02\x02\x58\x00\x1c\x01\x02" + bytes(24), "broken record at byte 34"),
        (b"\x00\x06\x00\x02\x02\x58\x00\x1c\x01\x02", "broken record at byte 6"),
    ],
)
def test_files_that_are_not_gds(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "chip.gds"
    path.write_bytes(content)
    with pytest.raises(DesignError, match=f"chip.gds: 1 problem\n  layout: given .*{said}"):
        read_gds(path, SIDE, SIDE, METAL)


def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, gdstk.Cell("TOP").add(square()))
    whole = path.read_bytes()
    for length in range(0, len(whole) - 1, 7):
        path.write_bytes(whole[:length])
        with pytest.raises(DesignError, match="layout: given"):
            read_gds(path, SIDE, SIDE, METAL)
    path.write_bytes(whole + bytes(2048 - len(whole)))  # tapes are padded with zeros
    assert read_gds(path, SIDE, SIDE, METAL).area("metal") == pytest.approx(1e-8)


def rich(tmp_path: Path) -> Path:
    """A file with every sort of element that drawings have."""
    pad = gdstk.Cell("PAD").add(square(), gdstk.Label("Q1", (0, 0)))
    top = gdstk.Cell("TOP").add(
        gdstk.Reference(pad, (500, 0), rotation=0.3, magnification=2, columns=2, rows=2,
                        spacing=(600, 600)),
        gdstk.Reference(pad, x_reflection=True),
        gdstk.FlexPath([(-900, 0), (-900, 900)], 10, layer=1, simple_path=True, ends="extended"),
    )  # fmt: skip
    return written(tmp_path, pad, top)


def test_damage_is_refused_or_harmless(tmp_path: Path) -> None:
    """Bytes changed at random: gdstk alone ends the process at one file in a hundred."""
    path = rich(tmp_path)
    whole = path.read_bytes()
    rng = np.random.default_rng(5)
    refused = 0
    for _ in range(150):
        content = bytearray(whole)
        for place in rng.integers(0, len(whole), 3):
            content[place] = rng.integers(256)
        path.write_bytes(content)
        try:
            read_gds(path, SIDE, SIDE, METAL)
        except (DesignError, OutOfRangeError):
            refused += 1
    assert 75 < refused < 150


@pytest.mark.parametrize("lost", [b"\x00\x04\x11\x00", b"\x00\x04\x07\x00", b"\x00\x04\x08\x00"])
def test_records_out_of_order_are_refused(tmp_path: Path, lost: bytes) -> None:
    """Without the end of an element or a cell, or the start of a polygon."""
    path = rich(tmp_path)
    whole = path.read_bytes()
    assert lost in whole
    path.write_bytes(whole.replace(lost, b"", 1))
    with pytest.raises(DesignError, match="in no order that means a drawing"):
        read_gds(path, SIDE, SIDE, METAL)


def test_no_file_a_folder_and_a_file_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (tmp_path / "none.gds", tmp_path):
        with pytest.raises(DesignError, match="allowed: a readable GDS file"):
            read_gds(path, SIDE, SIDE, METAL)
    monkeypatch.setattr(layout_gds, "MAX_BYTES", 100)
    path = written(tmp_path, gdstk.Cell("TOP").add(square()))
    with pytest.raises(DesignError, match=r"given \d+ bytes; allowed: at most 100 bytes"):
        read_gds(path, SIDE, SIDE, METAL)


def test_a_small_file_that_unfolds_into_a_million_million_polygons(tmp_path: Path) -> None:
    cells = [gdstk.Cell("C0").add(square(0.1))]
    for i in range(1, 5):
        inner = gdstk.Reference(cells[-1], columns=1000, rows=1, spacing=(1, 1))
        cells.append(gdstk.Cell(f"C{i}").add(inner))
    path = written(tmp_path, *cells)
    assert path.stat().st_size < 2000
    with pytest.raises(DesignError, match="given 1,000,000,000,000 polygons of 4,000,000,000,000"):
        read_gds(path, SIDE, SIDE, METAL)


def test_cells_that_contain_themselves_or_nest_without_end(tmp_path: Path) -> None:
    a, b = gdstk.Cell("A").add(square()), gdstk.Cell("B")
    a.add(gdstk.Reference("B"))
    b.add(gdstk.Reference("A"))
    path = written(tmp_path, a, b)
    with pytest.raises(DesignError, match="0 top cells"):
        read_gds(path, SIDE, SIDE, METAL)
    with pytest.raises(DesignError, match="nests deeper, or contains itself"):
        read_gds(path, SIDE, SIDE, METAL, cell="A")
    tower = [gdstk.Cell("C0").add(square())]
    for i in range(1, layout_gds.MAX_NESTING):
        tower.append(gdstk.Cell(f"C{i}").add(gdstk.Reference(tower[-1])))
    assert read_gds(written(tmp_path, *tower), SIDE, SIDE, METAL).area("metal") > 0
    tower.append(gdstk.Cell("TOP").add(gdstk.Reference(tower[-1])))
    with pytest.raises(DesignError, match="cells nested up to 64 deep"):
        read_gds(written(tmp_path, *tower), SIDE, SIDE, METAL)


def test_what_the_file_lacks_is_answered_with_what_it_has(tmp_path: Path) -> None:
    one, two = gdstk.Cell("ONE").add(square()), gdstk.Cell("TWO").add(square(layer=4))
    path = written(tmp_path, one, two)
    with pytest.raises(DesignError, match=r"2 top cells; .* one of its cells: ONE, TWO"):
        read_gds(path, SIDE, SIDE, METAL)
    with pytest.raises(DesignError, match="no cell 'THREE'; allowed: its cells: ONE, TWO"):
        read_gds(path, SIDE, SIDE, METAL, cell="THREE")
    with pytest.raises(DesignError, match="nothing on layer 1/0; allowed: its layers: 1/0, 4/0"):
        read_gds(path, SIDE, SIDE, METAL, cell="TWO")
    missing = gdstk.Cell("TOP").add(square(), gdstk.Reference("ELSEWHERE"))
    with pytest.raises(DesignError, match="a reference to 'ELSEWHERE'"):
        read_gds(written(tmp_path, missing), SIDE, SIDE, METAL)


def test_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, gdstk.Cell("TOP").add(square()))
    monkeypatch.setitem(sys.modules, "gdstk", None)
    with pytest.raises(DesignError, match=r"pip install 'qubudget\[gds\]'"):
        read_gds(path, SIDE, SIDE, METAL)
