"""One folder for all formats, the chip as GDS, and files that become a design's lines."""

from __future__ import annotations

import json
import math
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import qubudget.commands.interchange
from qubudget.commands.common import app
from qubudget.design import Design, load, loads
from qubudget.errors import DesignError
from qubudget.impact.chip.wafer import wafer_of
from qubudget.interchange.adoption import changes_from, toml_of
from qubudget.interchange.everything import FORMATS, export
from qubudget.interchange.files import write_text
from qubudget.interchange.gds import export_gds
from qubudget.pipeline import Report, evaluate
from qubudget.study.gds_films import films_text

assert qubudget.commands.interchange  # it adds the commands
DESIGN = load("krinner-xld400")
DRAWN: list[dict[str, Any]] = [
    {
        "name": "ground", "face": "front", "metal": "Al", "thickness": "100 nm",
        "rectangles": [["-6 mm", "-6 mm", "6 mm", "6 mm"]],
        "cutouts": [["-1 mm", "-1 mm", "1 mm", "1 mm"]],
    },
    {
        "name": "plate", "face": "back", "metal": "Cu", "thickness": "2 um",
        "polygons": [[["-3 mm", "0 mm"], ["3 mm", "0 mm"], ["0 mm", "4 mm"]]],
    },
]  # fmt: skip


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(DESIGN, wings=("thermal", "coherence"))


# GDS --------------------------------------------------------------------------------------------


def read_back(design: Design, path: Path, layers: tuple[str, ...]) -> Design:
    chip = design.chip
    text = films_text(path, chip.length, chip.width, list(layers), None)
    return design.replace({"films": tomllib.loads(text)["films"]})


def test_drawn_films_come_back_from_gds(tmp_path: Path) -> None:
    design = DESIGN.replace({"qubit.film": "Al", "films": DRAWN})
    layers = export_gds(design, tmp_path / "chip.gds")
    again = read_back(design, tmp_path / "chip.gds", layers)
    layout = wafer_of(again, 100, 1).layout
    assert layout.area("ground") == pytest.approx(144e-6 - 4e-6, rel=1e-6)
    assert layout.area("plate") == pytest.approx(12e-6, rel=1e-6)
    assert [(f.name, f.face, f.metal, f.thickness) for f in again.films] == [
        ("ground", "front", "Al", 100e-9), ("plate", "back", "Cu", 2e-6)
    ]  # fmt: skip


def test_a_chip_without_drawing_is_covered_all_over(tmp_path: Path) -> None:
    layers = export_gds(DESIGN, tmp_path / "chip.gds")
    again = read_back(DESIGN, tmp_path / "chip.gds", layers)
    drawn, covered = (wafer_of(each, 100, 1).layout for each in (again, DESIGN))
    chip = DESIGN.chip
    assert drawn.area("whole-front") == pytest.approx(chip.length * chip.width, rel=1e-9)
    assert drawn.area("whole-front") == pytest.approx(covered.area("whole front"), rel=1e-9)


def test_islands_of_charge_sensitive_qubits(tmp_path: Path) -> None:
    design = DESIGN.replace({"qubit.island_radius": "70 um", "qubit.island_gap": "30 um"})
    layers = export_gds(design, tmp_path / "chip.gds")
    layout = wafer_of(read_back(design, tmp_path / "chip.gds", layers), 100, 1).layout
    disc, count = math.pi * 1e-12, design.machine.qubits_per_chip
    assert layout.area("islands") == pytest.approx(count * disc * 70**2, rel=1e-4)
    whole = design.chip.length * design.chip.width
    assert whole - layout.area("whole-front") == pytest.approx(count * disc * 100**2, rel=1e-4)
    assert layout.island_count("front") == count + 1


def test_the_same_chip_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.gds", "two.gds"):
        export_gds(DESIGN, tmp_path / name)
    assert (tmp_path / "one.gds").read_bytes() == (tmp_path / "two.gds").read_bytes()


# The folder -------------------------------------------------------------------------------------


def test_what_cannot_be_written_says_why(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gdstk", None)
    found = {each.form: each for each in export(report, tmp_path)}
    assert list(found) == list(FORMATS)
    assert "a report with the wing 'qec'" in (found["stim"].reason or "")
    assert "qubudget[gds]" in (found["gds"].reason or "")
    for form in ("scqubits", "touchstone", "loads"):
        assert found[form].reason is None
        assert all(path.is_file() for path in found[form].files)
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


def test_files_stay_in_their_folder(report: Report, tmp_path: Path) -> None:
    for name in ("../out", "/etc/out", "a/b", "", ".", "..", "a\\b"):
        with pytest.raises(DesignError, match="the name of a file in this folder"):
            write_text(tmp_path, name, "text")
    (tmp_path / "secret").write_text("kept")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "loads.csv").symlink_to(tmp_path / "secret")
    export(report, folder, ["loads"])
    assert (tmp_path / "secret").read_text() == "kept"  # the link was replaced, not followed
    with pytest.raises(DesignError, match="one of stim"):
        export(report, folder, ["paper"])
    with pytest.raises(DesignError, match="a folder that can be written"):
        export(report, tmp_path / "secret", ["loads"])


def test_the_command_writes_and_says_what(tmp_path: Path) -> None:
    options = ["export", "krinner-xld400", "-o", str(tmp_path), "--only", "loads", "--only", "gds"]
    shown = CliRunner().invoke(app, options, catch_exceptions=False)
    assert shown.exit_code == 0
    assert f"written: {tmp_path / 'loads.csv'}" in shown.stdout.replace("\n", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "chip-layers.txt", "chip.gds", "loads.csv", "stages.csv"
    ]  # fmt: skip
    shown = CliRunner().invoke(app, [*options, "--json"], catch_exceptions=False)
    exports = json.loads(shown.stdout)["exports"]
    assert [each["format"] for each in exports] == ["loads", "gds"]


# Files into lines of a design -------------------------------------------------------------------


def adopted(path: Path, key: str | None = None) -> Design:
    """The design with what ``adopt`` prints of a file laid on it."""
    text = toml_of(changes_from(path, DESIGN, key))
    return loads(f'base = "krinner-xld400"\nname = "with-it"\n\n{text}\n')


def test_a_measured_cable_becomes_lines_of_a_design(tmp_path: Path) -> None:
    path = tmp_path / "cable.s2p"
    path.write_text("# GHz S DB R 50\n1 -30 0 -3 0 -3 0 -30 0\n9 -30 0 -3 0 -3 0 -30 0\n")
    line = {line.name: line for line in adopted(path, "lines.drive.cable_loss.mxc").lines}["drive"]
    before = {line.name: line for line in DESIGN.lines}["drive"]
    assert line.cable_loss == before.cable_loss | {"mxc": pytest.approx(10**0.3)}
    assert line.attenuation == before.attenuation


def test_measured_loads_become_lines_of_a_design(tmp_path: Path) -> None:
    path = tmp_path / "loads.csv"
    path.write_text("stage,load_uW,temperature_mK\nmxc,12,20\n4k,2e5,\n")
    found = adopted(path).measured
    assert found.load == {"mxc": 12e-6, "4k": 0.2}
    assert found.temperature == {"mxc": 0.02}


def test_scqubits_arguments_become_lines_of_a_design(report: Report, tmp_path: Path) -> None:
    export(report, tmp_path, ["scqubits"])
    qubit = adopted(tmp_path / "scqubits.json").qubit
    assert qubit.frequency == pytest.approx(DESIGN.qubit.frequency, rel=1e-9)
    assert qubit.anharmonicity == pytest.approx(DESIGN.qubit.anharmonicity, rel=1e-7)
    (tmp_path / "bare.json").write_text('{"EJ": 15.0, "EC": 0.3}')
    assert adopted(tmp_path / "bare.json").qubit.junction_asymmetry == 1


@pytest.mark.parametrize(
    ("name", "text", "key", "told"),
    [
        ("cable.s2p", "", None, "--key"),
        ("loads.csv", "", "lines.drive.cable_loss.mxc", "--key"),
        ("wires.yaml", "", None, "ends in .s2p"),
        ("bad.json", "{", None, "a JSON file"),
        ("bad.json", "[" * 100_000, None, "a JSON file"),
        ("list.json", "[1]", None, "arguments of a scqubits transmon"),
        ("fast.json", '{"EJ": 1e9, "EC": 1e4}', None, "qubit.frequency"),
    ],
)
def test_files_that_no_design_takes(
    name: str, text: str, key: str | None, told: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(DesignError, match=told):
        changes_from(path, DESIGN, key)


def test_adopt_prints_lines_of_a_design(tmp_path: Path) -> None:
    path = tmp_path / "loads.csv"
    path.write_text("stage,load_uW\nmxc,12\n")
    options = ["adopt", str(path), "--design", "krinner-xld400"]
    shown = CliRunner().invoke(app, options, catch_exceptions=False)
    assert tomllib.loads(shown.stdout) == {"measured": {"load": {"mxc": "1.2e-05 W"}}}
    shown = CliRunner().invoke(app, [*options, "--json"], catch_exceptions=False)
    assert json.loads(shown.stdout) == {"measured.load.mxc": "1.2e-05 W"}
