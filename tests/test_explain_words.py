"""``explain`` of words and unknown names: at once, with what they lead to, and a list of all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from qubudget import cli
from qubudget.errors import DesignError
from qubudget.study.explain.catalogue import rules, terms
from qubudget.study.explain.explain import explain
from qubudget.study.explain.naming import nearest_names

SLOW = ("qubudget.pipeline", "qubudget.cryostat.assembly", "scipy", "numba", "stim", "xarray")
"""Modules whose import takes longer than looking a word up."""
LOOK = """
import sys
from qubudget import cli
sys.argv = ["qubudget", "explain", *sys.argv[1:]]
try:
    cli.main()
except SystemExit:
    pass
print("imported:", *(name for name in {slow!r} if name in sys.modules), file=sys.stderr)
"""


def call(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    old, sys.argv = sys.argv, ["qubudget", *arguments]
    try:
        cli.main()
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        sys.argv = old
    return status, *capsys.readouterr()


@pytest.mark.parametrize("name", ["t1", "nonsense", "heat.4k", "coherence.t1_s", "qubit", ""])
def test_what_is_looked_up_imports_nothing_that_computes(name: str, tmp_path: Path) -> None:
    script = tmp_path / "look.py"
    script.write_text(LOOK.format(slow=SLOW))
    run = subprocess.run(
        [sys.executable, str(script), *([name] if name else [])],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert run.stderr.splitlines()[-1] == "imported:"


def test_a_word_tells_what_its_key_is(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call("explain", "t1", capsys=capsys)
    assert (status, err) == (0, "")
    text = " ".join(out.split())
    assert text.startswith("T1: word, s Time after which an excited qubit")
    assert "coherence.t1_s: key of the report, s Energy relaxation time" in text
    assert "1/T1 is the sum of the rates" in text
    related = explain("t1")["related"]
    assert [row["key"] for row in related] == ["coherence.t1_s"]


def test_every_stage_has_an_entry_with_a_temperature_and_its_source() -> None:
    # Base temperatures of the empty fridge: Krinner et al. 2019, Table 1.
    cold = {"50k": "35 K", "4k": "2.85 K", "still": "0.88 K", "cp": "82 mK", "mxc": "6 mK"}
    for name, temperature in cold.items():
        found = explain(name)
        assert found["kind"] == "word"
        assert temperature in found["what"]
        assert "Krinner" in found["source"]
        assert f"heat.{name}" in found["see"]
    for spelling in ("cold plate", "mixing chamber", "4 K stage", "50K"):
        assert explain(spelling)["key"] in cold


def test_without_a_key_everything_is_listed_a_line_each(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    status, out, err = call("explain", capsys=capsys)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert max(map(len, lines)) <= 80
    first = [line.split()[0] for line in lines if line.strip()]
    for name in ["T1", "mxc", "heat.*", "machine", "targets", "verdict"]:
        assert first.count(name) == 1, name
    for head in ("Words", "Constraints", "Sections of a design", "Parts of a report"):
        assert head in lines
    document = json.loads(call("explain", "--json", capsys=capsys)[1])
    assert {row["key"] for row in document["words"]} == {term.name for term in terms()}
    assert {row["key"] for row in document["constraints"]} == {rule.pattern for rule in rules()}
    for part in ("sections", "report"):
        for row in document[part]:
            assert explain(row["key"])["kind"] != "word" or row["what"]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("recovery", "impact.recovery_time_s"),
        ("gate error", "coherence.gate.two_qubit_error"),
        ("tempreature.mxc", "temperature"),
    ],
)
def test_a_part_of_a_key_finds_it(name: str, near: str) -> None:
    with pytest.raises(DesignError) as refused:
        explain(name)
    assert near in str(refused.value)
    assert "'qubudget explain' without KEY lists what there is" in str(refused.value)
    assert "decoder" not in str(refused.value)


def test_words_of_a_key_come_before_likeness() -> None:
    known = ["code.decoder", "impact.modelled.recovery_time_s", "impact.recovery_time_s"]
    assert nearest_names("recovery", known) == [
        "impact.recovery_time_s",
        "impact.modelled.recovery_time_s",
    ]


def test_a_constraint_and_a_report_key_are_computed_only_in_a_design() -> None:
    found = explain("heat.mxc")
    assert (found["design"], found["today"], found["moved_by"]) == (None, None, [])
    assert "--design" in found["note"]
    entry = explain("coherence.t1_s")
    assert (entry["design"], entry["values"]) == (None, [])
    assert "--design" in entry["note"]
    with pytest.raises(DesignError, match="heat"):
        explain("heat.nowhere")


def test_the_unit_of_a_load_is_the_watt() -> None:
    assert explain("thermal.loads.*.watts")["unit"] == "W"
