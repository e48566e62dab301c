"""Figures written as files: safe names, the same bytes, on white, at a column's width."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from matplotlib import image

from qubudget.report import figures
from qubudget.report.figure_files import RESOLUTION, figure_images, write_figures
from qubudget.report.style import SINGLE_COLUMN, STYLE, figure_style

SAMPLES = Path(__file__).parent / "report_samples"
DRAWN = {"heat": figures.draw_heat, "margins": figures.draw_margins}


def sample() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLES / "healthy.json").read_text("utf-8"))
    return data


def test_every_figure_is_written_in_every_format_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "figures"
    written = write_figures(DRAWN, sample(), folder, ("svg", "png", "pdf"))
    names = [f"{name}.{kind}" for name in DRAWN for kind in ("svg", "png", "pdf")]
    assert [path.name for path in written] == names
    assert {path.name for path in folder.iterdir()} == set(names)
    signs = {".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF"}
    for path in written:
        assert path.read_bytes().startswith(signs[path.suffix])
        assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_the_same_data_give_the_same_bytes(kind: str) -> None:
    first = figure_images(figures.draw_heat, sample(), (kind,))
    assert first == figure_images(figures.draw_heat, sample(), (kind,))


def test_a_name_never_leaves_the_folder(tmp_path: Path) -> None:
    draws = {"../../etc/x": figures.draw_heat, "a b/c": figures.draw_heat}
    written = write_figures(draws, sample(), tmp_path / "inside", ("svg",))
    assert [path.name for path in written] == ["etc-x.svg", "a-b-c.svg"]
    assert {path.parent for path in written} == {tmp_path / "inside"}


@pytest.mark.parametrize("names", [["../.."], [""], ["_"], ["a b", "a/b"]])
def test_names_that_make_no_file_are_refused_before_anything_is_written(
    names: list[str], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="name"):
        write_figures(dict.fromkeys(names, figures.draw_heat), sample(), tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_an_unknown_format_is_refused_and_the_known_ones_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"gif; known are svg, png and pdf"):
        write_figures(DRAWN, sample(), tmp_path, ("gif",))


def test_a_png_is_on_white_and_as_wide_as_asked(tmp_path: Path) -> None:
    (path,) = write_figures(
        {"m": figures.draw_margins}, sample(), tmp_path, ("png",), SINGLE_COLUMN
    )
    pixels = image.imread(path)
    assert pixels.shape[1] == round(SINGLE_COLUMN * RESOLUTION)
    assert (pixels[0, 0] == 1).all()


def test_a_failure_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("qubudget.report.figure_files.os.replace", refuse)
    with pytest.raises(OSError, match="no space"):
        write_figures(DRAWN, sample(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_style_ends_with_the_block() -> None:
    before = dict(matplotlib.rcParams)
    with figure_style():
        assert matplotlib.rcParams["font.size"] == STYLE["font.size"]
    assert dict(matplotlib.rcParams) == before
