"""The dashboard's files: designs as TOML text there and back, exports, names that stay put."""

import base64
import csv
import io
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import xarray
from hypothesis import given
from hypothesis import strategies as st

from qubudget.app import files
from qubudget.app.toml import toml_text
from qubudget.design import load, preset_names
from qubudget.design.reading import MAX_BYTES
from qubudget.errors import DesignError

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_PLAIN = st.one_of(
    _TEXTS, st.booleans(), st.integers(-(2**62), 2**62), st.floats(allow_nan=False),
    st.lists(_TEXTS, max_size=3), st.dictionaries(_TEXTS, st.integers(0, 9), max_size=3),
)  # fmt: skip
_TABLES = st.dictionaries(_TEXTS, _PLAIN, max_size=4)


@given(
    st.dictionaries(_TEXTS, st.one_of(_PLAIN, _TABLES, st.lists(_TABLES, max_size=3)), max_size=5)
)
def test_toml_text_is_read_back_by_the_standard_library(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(table)) == table


@pytest.mark.parametrize("name", preset_names())
@pytest.mark.parametrize("whole", [True, False])
def test_a_saved_preset_is_the_same_design(name: str, whole: bool) -> None:
    design = load(name)
    text = files.design_text(design, whole)
    assert files.open_text(text, "again").sha256() == design.sha256()
    assert ("base" in tomllib.loads(text)) is not whole


def test_a_saved_change_is_a_few_lines_on_its_preset() -> None:
    design = load("willow-like").replace(
        {"lines.drive.attenuation.mxc": "11 dB", "measured.t1": "70 us", "qubit.frequency": "6 GHz"}
    )
    text = files.design_text(design)
    again = files.open_text(text, "again")
    assert again.sha256() == design.sha256()
    assert tomllib.loads(text) == {
        "base": "willow-like",
        "name": "willow-like",
        "lines": [{"name": "drive", "attenuation": {"mxc": "11 dB"}}],
        "measured": {"t1": "70 us"},
        "qubit": {"frequency": "6 GHz"},
    }


def test_a_value_that_was_left_out_stays_out_when_saved() -> None:
    design = load("willow-like").replace({"lines.drive.attenuation.4k": None})
    text = files.design_text(design)
    assert tomllib.loads(text)["remove"] == ["lines.drive.attenuation.4k"]
    assert files.open_text(text, "again").sha256() == design.sha256()


def test_an_uploaded_design_reads_no_file_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.toml").write_text('name = "secret"\n[[stages]]\nname = "secret"\n')
    (tmp_path / "base.toml").write_text('base = "willow-like"\n')
    asked = ("secret.toml", "./secret.toml", "../secret.toml", str(tmp_path / "secret.toml"),
             "base.toml", str(tmp_path / "base.toml"), "/etc/hostname", "presets/x")  # fmt: skip
    for name in asked:
        for key, value in (("base", json.dumps(name)), ("parts", json.dumps([name]))):
            with pytest.raises(DesignError) as refused:
                files.open_text(f'{key} = {value}\nname = "x"\n', "x.toml")
            assert next(problem.key for problem in refused.value.problems) in (
                "base",
                "parts",
                "preset",
            )


def test_uploads_that_are_no_design_are_refused_with_every_problem() -> None:
    with pytest.raises(DesignError, match="at most 1,000,000 bytes"):
        files.open_text("#" * (MAX_BYTES + 1), "large.toml")
    with pytest.raises(DesignError, match="not TOML"):
        files.open_text('name = "a\n[[[', "broken.toml")
    with pytest.raises(DesignError, match="not TOML"):
        files.open_text("a = " + "[" * 5000, "deep.toml")
    with pytest.raises(DesignError) as refused:
        files.open_text(
            'base = "willow-like"\n[machine]\nqubits = -3\n'
            '[qubit]\nfrequency = "6 m"\nfrequenzy = 1\n',
            "wrong.toml",
        )
    keys = {problem.key for problem in refused.value.problems}
    assert keys == {"machine.qubits", "qubit.frequency", "qubit.frequenzy"}


@given(st.text(max_size=80))
def test_a_file_name_stays_in_its_folder(name: str) -> None:
    safe = files.safe_name(name, ".toml")
    assert safe.endswith(".toml")
    assert safe != ".toml"
    assert Path(safe).name == safe
    assert not safe.startswith((".", "-"))
    assert ".." not in safe
    assert safe.isascii()
    assert len(safe) <= 65


def _content(file: dict[str, str]) -> bytes:
    return base64.b64decode(file["content"])


@pytest.mark.parametrize("name", files.FIGURES)
def test_figures_are_exported_as_svg_and_png(
    name: str, document: Callable[[str], dict[str, Any]]
) -> None:
    data = document("willow-like")
    file = files.export(data, None, name, "svg")
    drawing = ElementTree.fromstring(_content(file))
    assert drawing.tag.endswith("svg")
    assert (file["name"], file["mime"]) == (f"willow-like-{name}.svg", "image/svg+xml")
    picture = _content(files.export(data, None, name, "png"))
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width = int.from_bytes(picture[16:20], "big")
    assert width == round(7.2 * 300)


def test_tables_are_exported_as_csv(document: Callable[[str], dict[str, Any]]) -> None:
    data = document("willow-like")
    text = _content(files.export(data, None, "stages", "csv")).decode()
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["name"] for line in lines] == [s["name"] for s in data["thermal"]["stages"]]
    assert [float(line["load_W"]) for line in lines] == [
        s["load_W"] for s in data["thermal"]["stages"]
    ]
    for name in files.TABLES:
        assert len(_content(files.export(data, None, name, "csv")).splitlines()) > 1


def test_arrays_are_exported_as_netcdf(
    document: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    values = np.arange(6.0).reshape(2, 3)
    film = xarray.Dataset({"t1": (("time", "x"), values, {"units": "s"})})
    file = files.export(document("willow-like"), film, "arrays", "nc")
    path = tmp_path / file["name"]
    path.write_bytes(_content(file))
    assert xarray.load_dataset(path, engine="h5netcdf").identical(film)
    report = json.loads(_content(files.export(document("willow-like"), None, "report", "json")))
    assert report["name"] == "willow-like"


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("arrays", "nc"),
        ("constraints", "csv"),
        ("heat", "exe"),
        ("../../etc/passwd", "svg"),
        ("", ""),
    ],
)
def test_what_there_is_not_is_refused(what: str, kind: str) -> None:
    with pytest.raises(DesignError):
        files.export({"name": "x"}, None, what, kind)
