"""The figure of a chip's drawing."""

import json
import math

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from qubudget.impact.layout.builders import back_islands, qubits_in_ground
from qubudget.impact.layout.layout import Layout
from qubudget.report.canvas import svg
from qubudget.report.layout_figure import MOST_PIECES, draw_layout

MM = 1e-3


def drawing() -> dict:
    sites = [(-2 * MM, 0.0), (2 * MM, 0.0)]
    films = qubits_in_ground(10 * MM, 8 * MM, sites, (1 * MM, 0.5 * MM), 0.2 * MM, kind="Al",
                             separation=0.1 * MM)  # fmt: skip
    back = back_islands(10 * MM, 8 * MM, 2 * MM, 0.64, "Cu")
    data = Layout(10 * MM, 8 * MM, (*films, back)).to_dict()
    data["qubits"] = [{"x_m": x, "y_m": y} for x, y in sites]
    return json.loads(json.dumps(data, allow_nan=False))


def shoelace(points: list[list[float]]) -> float:
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return sum(a[0] * b[1] - a[1] * b[0] for a, b in pairs) / 2


def test_the_dictionary_holds_the_films_as_drawn() -> None:
    data = drawing()
    assert (data["length_m"], data["width_m"], data["kinds"]) == (0.01, 0.008, ["Al", "Cu"])
    ground, qubits, _ = data["films"]
    assert [len(f["pieces"]) for f in data["films"]] == [1, 4, 5 * 5]
    assert [p["island"] for p in qubits["pieces"]] == [2, 3, 4, 5]
    piece = ground["pieces"][0]
    assert len(piece["holes_m"]) == 2
    # Outlines run counter-clockwise and holes clockwise: their signed areas add up.
    area = sum(shoelace(ring) for ring in (piece["outline_m"], *piece["holes_m"]))
    assert area == pytest.approx(80e-6 - 2 * 1.4 * 1.5 * 1e-6)
    assert ground["area_m2"] == pytest.approx(area)


def test_films_are_drawn_in_millimetres_with_qubits_as_dots() -> None:
    axes = draw_layout(drawing())
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["chip", "ground (Al, front)", "qubits (Al, front)",
                      "back islands (Cu, back)", "qubits"]  # fmt: skip
    ground, _, back = (p for p in axes.patches if isinstance(p, PathPatch))
    extent = ground.get_path().get_extents()
    assert (extent.width, extent.height) == pytest.approx((10.0, 8.0))
    assert back.get_hatch()
    assert back.get_zorder() < ground.get_zorder()
    (dots,) = axes.lines
    assert list(dots.get_xdata()) == pytest.approx([-2.0, 2.0])


def test_holes_are_seen_through() -> None:
    """Pixels of the ground plane, of a clearance in it and of an island in the clearance."""
    data = drawing()
    data["films"] = data["films"][:2]
    figure = Figure(figsize=(8, 5), dpi=100, facecolor="white")
    FigureCanvasAgg(figure)
    axes = draw_layout(data, figure.add_subplot())
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[::-1, :, :3]

    def colour(x: float, y: float) -> tuple[int, ...]:
        i, j = axes.transData.transform((x, y)).astype(int)
        return tuple(int(v) for v in pixels[j, i])

    assert colour(-2.0, 0.7) == (255, 255, 255)
    assert colour(0.0, 0.0) == colour(4.5, 3.5) != (255, 255, 255)
    assert colour(-2.3, 0.3) not in {(255, 255, 255), colour(0.0, 0.0)}


def test_the_same_drawing_gives_the_same_bytes() -> None:
    assert svg(draw_layout, drawing()) == svg(draw_layout, drawing())


def test_nothing_to_draw_and_too_much() -> None:
    assert "no chip was drawn" in [t.get_text() for t in draw_layout({}).texts]
    data = drawing()
    data["films"][1]["pieces"] *= math.ceil(MOST_PIECES / 4)
    assert any("too many to draw" in t.get_text() for t in draw_layout(data).texts)
    bare = draw_layout({"length_m": 0.01, "width_m": 0.01})
    assert [t.get_text() for t in bare.get_legend().get_texts()] == ["chip"]
