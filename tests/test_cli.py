"""The command line: statuses, standard output and error, files, start-up."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numba
import pytest

from qubudget import Report, cli
from qubudget.design.reading import MAX_BYTES
from qubudget.report.arrays import write_netcdf

HEAVY = (
    "numpy",
    "scipy",
    "numba",
    "xarray",
    "matplotlib",
    "stim",
    "pymatching",
    "pint",
    "pydantic",
)


def call(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    old = sys.argv
    sys.argv = ["qubudget", *arguments]
    try:
        cli.main()
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        sys.argv = old
    out, err = capsys.readouterr()
    return status, out, err


def loaded(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stderr.split()}


def test_importing_qubudget_and_its_help_load_nothing_heavy() -> None:
    assert not loaded("import qubudget") & set(HEAVY)
    help_page = "import qubudget.cli, typer.testing as t\n"
    help_page += "assert t.CliRunner().invoke(qubudget.cli.app, ['--help']).exit_code == 0"
    assert not loaded(help_page) & set(HEAVY)


def test_validating_loads_no_physics() -> None:
    found = loaded("from qubudget.design import load\nload('willow-like')")
    # pint looks whether scipy is there; its top package is light.
    assert not found & {"numba", "xarray", "matplotlib", "stim", "pymatching", "qutip"}


@pytest.mark.parametrize("wing", ["thermal", "coherence", "impact"])
def test_one_wing_prints_one_json_document(wing: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call(wing, "krinner-xld400", "--json", capsys=capsys)
    assert (status, err) == (0, "")
    assert wing in json.loads(out)


def test_set_changes_the_design(capsys: pytest.CaptureFixture[str]) -> None:
    _, before, _ = call("thermal", "krinner-xld400", "--json", capsys=capsys)
    _, after, _ = call(
        "thermal", "krinner-xld400", "--json", "--set", "machine.qubits=48",
        "--set", "stages.mxc.rated_power=10 uW", capsys=capsys,
    )  # fmt: skip
    first, second = json.loads(before), json.loads(after)
    assert first["thermal"]["max_qubits"]["by_stage"]["mxc"] == 168
    assert second["thermal"]["max_qubits"]["by_stage"]["mxc"] == 88  # 168.9 x 10/19 in eights
    assert first["provenance"]["design_sha256"] != second["provenance"]["design_sha256"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\x00\x01\xff" * 100, "binary"),
        (b"#" * (10 * MAX_BYTES), "bytes"),
        (b'base = "willow-like"\n[qubit]\nfrequncy = "5 GHz"\n', "frequency"),
        (b'base = "willow-like"\n[qubit]\nfrequency = "5 K"\n', "Hz"),
        (b'base = "willow-like"\n[dielectrics]\n', "dielectrics"),
        (b'base = "willow-like"\n[chip]\nfilm_thickness = "-1 um"\n', "film_thickness"),
        (b'base = "willow-like"\n[gates]\nreadout_floor = nan\n', "finite"),
        (b'base = "willow-like"\n[gates]\nreadout_floor = inf\n', "finite"),
        (b'base = "willow-like"\n[[stages]]\nname = "4k"\nrated_temperature = "60 K"\n', "order"),
        (b'base = "willow-like"\n[[lines]]\nname = "drive"\ncable = "UT-58"\n', "UT-085"),
    ],
)
def test_bad_input_ends_with_status_2_one_message_and_no_file(
    content: bytes, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, folder = tmp_path / "design.toml", tmp_path / "out"
    path.write_bytes(content)
    status, out, err = call("run", str(path), "--json", "-o", str(folder), capsys=capsys)
    assert status == 2
    assert out == ""
    assert word in err
    assert "Traceback" not in err
    assert not folder.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "no-such-design"),
        ("run", "willow-like", "--set", "qubit.frequency"),
        ("run", "willow-like", "--set", "nothing.here=3"),
        ("run", "willow-like", "--effort", "huge"),
        ("run", "willow-like", "--seed", "-1"),
        ("fly",),
        ("init", "../../etc/passwd"),
        ("reproduce", "no-such-paper"),
    ],
)
def test_wrong_arguments_end_with_status_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = call(*arguments, capsys=capsys)
    assert (status, out) == (2, "")
    assert err
    assert "Traceback" not in err


def test_init_writes_a_design_that_is_valid_and_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.toml"
    assert call("init", "krinner-xld400", "-o", str(path), capsys=capsys)[0] == 0
    assert call("validate", str(path), capsys=capsys)[1].strip() == "my-krinner-xld400: valid"
    before = path.read_text("utf-8")
    assert call("init", "-o", str(path), capsys=capsys)[0] == 2
    assert path.read_text("utf-8") == before


def test_show_names_the_origin_of_every_value(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(
        "show", "sycamore-like", "--json", "--set", "qubit.frequency=5.5 GHz", capsys=capsys
    )
    values = {value["key"]: value for value in json.loads(out)}
    assert values["qubit.frequency"]["origin"] == "set"
    assert values["qubit.frequency"]["value"] == 5.5e9
    assert values["chip.length"]["origin"] == "preset sycamore-like"
    assert values["stages.cp.rated_power"]["origin"] == "preset willow-like"


def test_presets_and_schema_are_documents(capsys: pytest.CaptureFixture[str]) -> None:
    names = {row["name"] for row in json.loads(call("presets", "--json", capsys=capsys)[1])}
    assert "willow-like" in names
    schema = json.loads(call("schema", capsys=capsys)[1])
    assert schema["$defs"]["Stage"]["properties"]["rated_power"]["unit"] == "W"


def test_the_same_seed_gives_the_same_bytes_on_one_and_two_threads(
    preset_report: Callable[[str], Report], tmp_path: Path
) -> None:
    """The command, in a process of its own, against this process with the other number."""
    kernel = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
    matrices = os.environ["OPENBLAS_NUM_THREADS"]
    there, here = tmp_path / "there", tmp_path / "here"
    here.mkdir()
    other = {
        "NUMBA_NUM_THREADS": "1" if kernel > 1 else "2",
        "OPENBLAS_NUM_THREADS": "1" if matrices != "1" else "2",
    }
    subprocess.run(
        [sys.executable, "-m", "qubudget.cli", "run", "martinis-improved", "-q", "-o", str(there)],
        env=os.environ | other | {"OMP_NUM_THREADS": "2"}, check=True, capture_output=True,
    )  # fmt: skip
    report = preset_report("martinis-improved")
    write_netcdf(report.arrays(), here)
    documents = [report.to_dict(), json.loads((there / "report.json").read_text("utf-8"))]
    for document in documents:
        del document["provenance"]["seconds"]
    assert json.dumps(documents[0]) == json.dumps(documents[1])
    assert {path.name for path in there.iterdir()} == {"report.json", "report.html", "impact.nc"}
    assert (there / "impact.nc").read_bytes() == (here / "impact.nc").read_bytes()
