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
    status, _, err = call("init", "-o", str(path), capsys=capsys)
    assert status == 2
    assert f"{path} exists already" in err
    assert path.read_text("utf-8") == before


def refusal(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    status, out, err = call(*arguments, capsys=capsys)
    assert (status, out) == (2, "")
    return err.strip().removeprefix("error: ")


def test_a_file_that_is_not_there_is_looked_for_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, where in (("mine.toml", "in this folder"), ("a/mine.toml", "in a")):
        wanted = f"{name}: no such file {where}, and no preset of this name"
        assert refusal("show", name, capsys=capsys) == wanted
    assert refusal("show", "wilow-like", capsys=capsys).endswith("did you mean willow-like?")
    assert "presets are architectural-inversion, " in refusal("show", "x", capsys=capsys)
    assert refusal("show", str(tmp_path), capsys=capsys).endswith("a folder, not a TOML file")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a = = b", "mine.toml: not TOML: Invalid value"),
        ('{"EJ": 15}', "mine.toml: this is JSON, not TOML; 'qubudget adopt mine.toml --design"),
        (
            'base = "willow-like"\n[machine]\nqubit = 49',
            "mine.toml: machine.qubit: no such key; did you mean machine.qubits?",
        ),
        ('base = "willow-like"\n[code]\nxyzzy = 9', "code.xyzzy: no such key; keys here are "),
        ('name = "x"', '  base: add base = "PRESET" on top of the file'),
        ('name = "x"', "  machine: this key is missing"),
    ],
)
def test_what_is_wrong_is_said_in_english(
    content: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text(content)
    err = refusal("validate", "mine.toml", capsys=capsys)
    assert said in err
    assert "given no" not in err


def test_options_are_refused_without_the_validators_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    err = refusal("run", "willow-like", "--effort", "fast", capsys=capsys)
    assert "'--effort': 'fast' is not one of 'quick', 'standard', 'full'" in err
    assert "Value error" not in err
    assert "Input" not in refusal("run", "willow-like", "--seed", "-1", capsys=capsys)


def test_json_of_another_kind_is_not_adopted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "backend.json"
    path.write_text('{"qubits": []}')
    err = refusal("adopt", str(path), "--design", "willow-like", capsys=capsys)
    assert err.startswith("backend.json: file: none of scqubits' arguments of a transmon")


@pytest.mark.parametrize("columns", ["40", "80"])
def test_show_in_a_pipe_is_one_line_a_key_whatever_the_width(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    _, out, _ = call("show", "million-qubit", capsys=capsys)
    values = json.loads(call("show", "million-qubit", "--json", capsys=capsys)[1])
    rows = [line.split("\t") for line in out.splitlines()]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        (value["key"], value["text"], value["origin"]) for value in values
    ]
    assert ["stages.mxc.rated_power", "30 uW", "3e-05 W", "preset willow-like"] in rows


def test_show_changed_has_only_what_the_file_and_set_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('base = "willow-like"\nname = "mine"\n[code]\ndistance = 9\n')
    change = ("--set", "qubit.frequency=5.5 GHz")
    _, out, _ = call("show", str(path), "--changed", *change, capsys=capsys)
    rows = {tuple(line.split("\t")) for line in out.splitlines()}
    assert rows == {
        ("name", "mine", "", "mine.toml"),
        ("code.distance", "9", "", "mine.toml"),
        ("qubit.frequency", "5.5 GHz", "5.5e+09 Hz", "set"),
    }
    _, out, _ = call("show", "sycamore-like", "--changed", "--json", capsys=capsys)
    assert {value["origin"] for value in json.loads(out)} == {"preset sycamore-like"}


def test_help_at_80_columns_cuts_no_summary(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    _, out, _ = call("--help", capsys=capsys)
    names = [command.name or command.callback.__name__ for command in cli.app.registered_commands
             if command.callback]  # fmt: skip
    lines = [line for line in out.splitlines() if line.split()[:1] and line.split()[0] in names]
    assert len(lines) == len(names) > 20
    assert "..." not in out.partition("Commands:")[2]
    assert max(map(len, out.splitlines())) <= 80


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
