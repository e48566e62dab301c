"""Films of a GDS file become tables of a design file, which draws the same films."""

from __future__ import annotations

import tomllib
from pathlib import Path

import gdstk
import pytest

from qubudget import cli
from qubudget.design import load
from qubudget.errors import DesignError
from qubudget.impact.chip.wafer import wafer_of
from qubudget.study.gds_films import films_text, read_layer


def written(folder: Path) -> Path:
    library = gdstk.Library("made", unit=1e-6, precision=1e-9)
    cell = library.new_cell("TOP")
    cell.add(gdstk.rectangle((-2000, -2000), (2000, 0), layer=1))
    cell.add(gdstk.rectangle((-1000, -1000), (1000, 1000), layer=7, datatype=2))
    library.write_gds(folder / "chip.gds")
    return folder / "chip.gds"


def test_films_of_a_file_are_drawn_by_the_design(tmp_path: Path) -> None:
    layers = ["1/0=ground:front:Al:100 nm", "7/2=metal:back:Cu:2 um"]
    films = tomllib.loads(films_text(written(tmp_path), 14e-3, 14e-3, layers, None))["films"]
    design = load("krinner-xld400").replace({"qubit.film": "Al", "films": films})
    layout = wafer_of(design, 100, 1).layout
    assert layout.area("ground") == pytest.approx(8e-6, rel=1e-9)  # 4 x 2 mm
    assert layout.area("metal") == pytest.approx(4e-6, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1=ground:front:Al:100 nm", "LAYER/DATATYPE"),
        ("1/0=ground:side:Al:100 nm", "LAYER/DATATYPE"),
        ("1/0=ground:front:Unobtainium:100 nm", "one of Al"),
        ("1/0=ground:front:Al:100", "unit"),
    ],
)
def test_a_layer_that_says_nothing(text: str, told: str) -> None:
    with pytest.raises(DesignError, match=told):
        read_layer(text)


def test_a_text_file_is_no_layout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "chip.gds"
    path.write_text("not a layout", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["qubudget", "films", str(path), "--design", "krinner-xld400",
                                   "--layer", "1/0=ground:front:Al:100 nm"])  # fmt: skip
        with pytest.raises(SystemExit) as ended:
            cli.main()
    assert ended.value.code == 2
    assert "chip.gds" in capsys.readouterr().err
