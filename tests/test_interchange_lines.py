"""Lines as Touchstone files, heat loads as CSV, and measured ones back into a design."""

from __future__ import annotations

import math
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skrf
from hypothesis import given
from hypothesis import strategies as st

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.design import load
from qubudget.errors import DesignError
from qubudget.interchange.loads import export_loads, from_loads_csv
from qubudget.interchange.touchstone import export_lines, from_touchstone, line_text, read_loss
from qubudget.pipeline import Report, evaluate

DESIGN = load("krinner-xld400")


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(DESIGN, wings=("thermal", "coherence"))


# Touchstone -------------------------------------------------------------------------------------


def test_another_program_reads_the_designs_loss(report: Report, tmp_path: Path) -> None:
    written = export_lines(report, tmp_path)
    assert {path.stem for path in written} == {"drive", "flux", "pump", "read-in", "read-out"}
    network = skrf.Network(str(tmp_path / "drive.s2p"))
    # S. Krinner et al., EPJ Quantum Technology 6, 2 (2019): 20 dB at 4 K, cold plate and MXC.
    assert 20 * np.log10(np.abs(network.s[:, 1, 0])) == pytest.approx(-60, abs=1e-6)
    assert network.s[:, 0, 1] == pytest.approx(network.s[:, 1, 0])
    assert np.all(network.s[:, 0, 0] == 0)
    assert np.all(network.s[:, 1, 1] == 0)
    assert np.all(network.z0 == 50)
    assert (network.f[0], network.f[-1]) == (pytest.approx(0.1e9), pytest.approx(20e9))
    assert network.is_passive()
    assert "attenuator at 4k (3.077 K): 20 dB" in (tmp_path / "drive.s2p").read_text()


def test_cables_and_attenuators_of_a_line_add_up(report: Report, tmp_path: Path) -> None:
    design = DESIGN.replace({"lines.drive.cable_loss": {"4k": "1.5 dB", "mxc": "0.25 dB"}})
    found = evaluate(design, wings=("thermal", "coherence"))
    path = tmp_path / "drive.s2p"
    path.write_text(line_text(found, "drive"))
    assert 10 * math.log10(read_loss(path, 5e9)) == pytest.approx(61.75, abs=1e-6)


def test_the_files_loss_gives_the_lines_photons(report: Report, tmp_path: Path) -> None:
    # At 20 GHz nothing in the cold adds photons to 300 K's, which the whole line attenuates, but
    # the 4 K attenuator behind 40 dB: n = n_300/1e6 + n_4K (1 - 1/100)/1e4 + ..., Krinner (2019).
    path = tmp_path / "drive.s2p"
    path.write_text(line_text(report, "drive"))
    loss = read_loss(path, 20e9)
    hot = BOLTZMANN * 300 / (PLANCK * 20e9)  # Rayleigh-Jeans, to 2e-3
    (drive,) = [line for line in report.details.noise.lines if line.name == "drive"]
    cold = 1 / math.expm1(PLANCK * 20e9 / (BOLTZMANN * 3.0765)) * 0.99e-4
    assert drive.spectrum[-1] == pytest.approx(hot / loss + cold, rel=5e-3)


def test_isolators_count_towards_the_chip_alone(tmp_path: Path) -> None:
    design = DESIGN.replace(
        {
            "lines.read-out.attenuation": {"mxc": "40 dB"},
            "lines.read-out.cable_loss": {"mxc": "1 dB"},
        }
    )
    found = evaluate(design, wings=("thermal", "coherence"))
    path = tmp_path / "read-out.s2p"
    path.write_text(line_text(found, "read-out"))
    network = skrf.Network(str(path))
    decibels = 20 * np.log10(np.abs(network.s[0]) + 1e-30)
    assert decibels[1, 0] == pytest.approx(-41, abs=1e-6)
    assert decibels[0, 1] == pytest.approx(-1, abs=1e-6)


FORMS = {
    "ma": "# GHz S MA R 50\n4 0.01 0 0.2 10 0.2 10 0.01 0\n6 0.01 0 0.1 10 0.1 10 0.01 0\n",
    "db": "! measured\n# MHz S DB R 50\n4000 -40 0 -13.979400 10 -14 10 -40 0\n"
    "6000 -40 0 -20 10 -20 10 -40 0\n",
    "ri": "# HZ S RI R 50\n4e9 0 0 0.12 -0.16 0.12 -0.16 0 0 ! first\n6e9 0 0 0 0.1 0 0.1 0 0\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_measured_file_in_any_form(form: str, tmp_path: Path) -> None:
    path = tmp_path / "measured.s2p"
    path.write_text(FORMS[form])
    # |S21| of 0.2 at 4 GHz and 0.1 at 6 GHz: 13.979 and 20 dB, in the middle 16.990 dB.
    assert 10 * math.log10(read_loss(path, 4e9)) == pytest.approx(13.9794, abs=1e-4)
    assert 10 * math.log10(read_loss(path, 5e9)) == pytest.approx(16.9897, abs=1e-4)
    design = DESIGN.replace({"qubit.frequency": "5 GHz", "readout.frequency": "5.9 GHz"})
    changes = from_touchstone(path, design, "lines.drive.cable_loss.mxc")
    changed = {line.name: line for line in design.replace(changes).lines}
    assert 10 * math.log10(changed["drive"].cable_loss["mxc"]) == pytest.approx(16.9897, abs=1e-4)
    read_in = from_touchstone(path, design, "lines.read-in.attenuation.mxc")
    assert float(read_in["lines.read-in.attenuation.mxc"].split()[0]) == pytest.approx(
        20 - 0.05 * 6.0206, abs=1e-3
    )


@given(st.floats(0.1, 120.0))
def test_a_written_loss_reads_back(loss: float) -> None:
    # Design to file to design: nine digits of S21.
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "part.s2p")
        part = f"0 0 {10 ** (-loss / 20):.9g} 0 0 0 0 0"
        path.write_text(f"# GHz S MA R 50\n1 {part}\n9 {part}\n")
        assert 10 * math.log10(read_loss(path, 5e9)) == pytest.approx(loss, abs=1e-7)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# GHz S MA R 50\n1 0 0 0.1 0 0.1 0 0 0\n2 0 0 0.1 0 0.1 0 0 0\n", "reaches 5 GHz"),
        ("# GHz S MA R 50\n1 0 0 2 0 2 0 0 0\n9 0 0 2 0 2 0 0 0\n", "passive"),
        ("# GHz S MA R 50\n1 0 0 0 0 0 0 0 0\n9 0 0 0 0 0 0 0 0\n", "passive"),
        ("# GHz S MA R 50\n9 0 0 1 0 1 0 0 0\n9 0 0 1 0 1 0 0 0\n", "ascending"),
        ("# GHz S MA R 50\n1 0 0 1 0 1 0 0\n", "file"),
        ("# GHz S MA R 50\n1 0 0 nan 0 1 0 0 0\n9 0 0 nan 0 1 0 0 0\n", "file"),
        ("# GHz S MA R 50\n", "file"),
        ("# GHz Z MA R 50\n1 1 0 1 0 1 0 1 0\n9 1 0 1 0 1 0 1 0\n", "S of a two-port"),
        ("no touchstone at all\n", "file"),
        ("", "file"),
        ("\x00\xff\x00", "file"),
    ],
)
def test_a_file_that_says_nothing(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.s2p"
    path.write_text(text, "latin-1")
    with pytest.raises(DesignError, match=told):
        read_loss(path, 5e9)


class Mine:
    """Writes a file where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def test_a_pickle_is_not_run(tmp_path: Path) -> None:
    path, mark = tmp_path / "pickle.s2p", tmp_path / "mark"
    path.write_bytes(pickle.dumps(Mine(mark)))
    with pytest.raises(DesignError, match="file"):
        read_loss(path, 5e9)
    assert not mark.exists()


def test_other_refusals_of_lines(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "part.s2p"
    path.write_text(FORMS["ma"])
    for key in ("lines.drive.load.mxc", "lines.drove.cable_loss.mxc", "qubit.frequency", "lines"):
        with pytest.raises(DesignError, match="key: given"):
            from_touchstone(path, DESIGN, key)
    with pytest.raises(DesignError, match="a stage: 50k"):
        from_touchstone(path, DESIGN, "lines.drive.cable_loss.attic")
    with pytest.raises(DesignError, match="a two-port"):
        read_loss(tmp_path / "part.s1p", 5e9)
    with pytest.raises(DesignError, match="file"):
        read_loss(tmp_path / "absent.s2p", 5e9)
    with pytest.raises(DesignError, match="one of drive"):
        line_text(report, "coupler-load")  # for direct current
    trap = evaluate(load("entropy-trap"), wings=("thermal", "coherence"))
    with pytest.raises(DesignError, match="no microwave line"):
        export_lines(trap, tmp_path)
    monkeypatch.setitem(sys.modules, "skrf.io.touchstone", None)
    with pytest.raises(DesignError, match=r"qubudget\[touchstone\]"):
        read_loss(path, 5e9)


# Loads ------------------------------------------------------------------------------------------


def test_loads_of_a_stage_add_up_to_its_own(report: Report, tmp_path: Path) -> None:
    import pandas

    loads, stages = (pandas.read_csv(path) for path in export_loads(report, tmp_path))
    assert list(loads.columns) == ["stage", "item", "kind", "load_W"]
    total = loads.groupby("stage")["load_W"].sum()
    for row in stages.itertuples():
        assert total[row.stage] == pytest.approx(row.load_W, rel=1e-12)
        assert row.temperature_K == report.thermal.stage(str(row.stage)).temperature


def test_exported_stages_are_measured_ones_when_read(report: Report, tmp_path: Path) -> None:
    loads, stages = export_loads(report, tmp_path)
    changed = DESIGN.replace(from_loads_csv(stages, DESIGN)).measured
    for stage in report.thermal.stages:
        assert changed.load[stage.name] == pytest.approx(stage.load, rel=1e-14)
        assert changed.temperature[stage.name] == pytest.approx(stage.temperature, rel=1e-14)
    summed = DESIGN.replace(from_loads_csv(loads, DESIGN)).measured.load
    assert summed == pytest.approx(changed.load, rel=1e-12)


def test_measured_loads_in_any_unit(tmp_path: Path) -> None:
    path = tmp_path / "measured.csv"
    path.write_text("\ufeffstage, load [uW],temperature (mK),by\nmxc,12,20,A\n\nstill,,900,B\n")
    assert from_loads_csv(path, DESIGN) == {
        "measured.load.mxc": "1.2e-05 W",
        "measured.temperature.mxc": "0.02 K",
        "measured.temperature.still": "0.9 K",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a header"),
        ("stage,load\nmxc,1\n", "columns 'stage'"),
        ("load_W\n1\n", "columns 'stage'"),
        ("stage,load_K\nmxc,1\n", "load_K: given K"),
        ("stage,load_uW,load_W\nmxc,1,1\n", "one column of load"),
        ("stage,load_uW\nattic,1\n", "line 2: stage"),
        ("stage,load_uW\nmxc,1\nmxc,2\n", "each stage once"),
        ("stage,load_uW\nmxc,many\n", "line 2: load_uW"),
        ("stage,load_uW\nmxc,nan\n", "line 2: load_uW"),
        ("stage,load_uW\nmxc,1,2\n", "3 cells"),
        ("stage,load_uW\nmxc,\n", "no values"),
        ('stage,load_uW\n"mxc,1\n', "CSV"),
    ],
)
def test_a_table_that_says_nothing(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(DesignError, match=told):
        from_loads_csv(path, DESIGN)


def test_no_table(tmp_path: Path) -> None:
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("absent.csv", "bytes.csv"):
        with pytest.raises(DesignError, match="a CSV file"):
            from_loads_csv(tmp_path / name, DESIGN)
