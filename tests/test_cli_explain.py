"""``qubudget explain``: the catalogue covers every report, effects agree with known slopes."""

import importlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from rich.console import Console

from qubudget import cli, evaluate, load
from qubudget.errors import DesignError
from qubudget.qec.latency import LatencyBudget
from qubudget.report.explain_tables import print_explanation
from qubudget.study.explain.catalogue import entries, entry_of, feeds, rule_of, rules, terms
from qubudget.study.explain.effects import strongest
from qubudget.study.explain.explain import explain
from qubudget.study.explain.fields import field_of, fields, schema_path

Document = Callable[[str], dict[str, Any]]
PRESETS = ("krinner-xld400", "willow-like", "inverted-4k-qubits")
EXTRAS = {
    "chip.transport": "hot-spot", "chip.substrate": "Si", "qubit.island_radius": "70 um",
    "qubit.island_gap": "20.5 um", "qubit.joint": "chip", "stages.4k.feedthroughs": 500,
    "joints": [
        {"name": "chip", "stage": "mxc", "interface": "grease", "area": "2 cm^2", "power": "1 nW"}
    ],
}  # fmt: skip
"""What no preset states: joints, room for lines, charge-sensitive qubits."""


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


def printed(document: dict[str, Any]) -> str:
    out = io.StringIO()
    print_explanation(document, Console(file=out, width=80))
    return out.getvalue()


def paths(value: Any, path: str = "") -> Iterator[str]:
    """Every path of a document, inner ones too; members of lists by their place."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from paths(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and all(isinstance(part, dict) for part in value):
        for index, part in enumerate(value):
            yield from paths(part, f"{path}.{index}")


def leaf_paths(value: Any) -> Iterator[str]:
    inner = list(paths(value))
    yield from (p for p in inner if not any(other.startswith(f"{p}.") for other in inner))


@cache
def extras() -> dict[str, Any]:
    design = load("krinner-xld400").replace(EXTRAS)
    return evaluate(design, wings=("impact",)).to_dict()


def latency() -> dict[str, Any]:
    """The decoder's part of a report, which only designs with a decoding time have."""
    names = LatencyBudget.__dataclass_fields__
    blank = LatencyBudget(**dict.fromkeys(names, None) | {"bursts": ()})  # type: ignore[arg-type]
    return {"qec": {"latency": blank.to_dict()}}


def test_every_key_of_reports_has_an_entry_and_every_entry_a_key(document: Document) -> None:
    documents = [*(document(name) for name in PRESETS), extras(), latency()]
    found = [path for one in documents for path in paths(one)]
    missing = {p for one in documents[:4] for p in leaf_paths(one) if entry_of(p) is None}
    assert not missing
    hit = {entry.pattern for path in found if (entry := entry_of(path)) is not None}
    rare = {e.pattern for e in entries() if e.pattern.startswith("qec.latency.bursts.")}
    assert {entry.pattern for entry in entries()} - hit <= rare


def test_every_entry_says_something_and_names_a_module() -> None:
    patterns = [entry.pattern for entry in entries()]
    assert len(patterns) == len(set(patterns))
    for entry in entries():
        assert entry.what.endswith("."), entry.pattern
        importlib.import_module(entry.module)


def test_every_constraint_of_a_verdict_has_a_rule_with_keys_that_exist(document: Document) -> None:
    constraints = document("krinner-xld400")["verdict"]["constraints"]
    for name in [c["name"] for c in constraints] + ["decoder_utilisation", "algorithm_failure"]:
        rule = rule_of(name)
        assert rule is not None, name
        assert not rule.limit_key or field_of(rule.limit_key.replace("*", "mxc")), name
        assert entry_of(rule.value) or "from" in rule.value or "sum" in rule.value, name
        assert all(field_of(key) for key in rule.levers)
    for pattern, names in feeds().items():
        assert entry_of(pattern), pattern
        assert all(name in {rule.pattern for rule in rules()} for name in names)


def test_every_word_points_at_names_that_can_be_explained() -> None:
    for term in terms():
        for key in term.see:
            known = field_of(key) or entry_of(key) or rule_of(key)
            below = any(entry.pattern.startswith(f"{key}.") for entry in entries())
            assert known or below, (term.name, key)


def effect(document: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    return next(row for row in document[kind] if row["name"] == name)


def test_a_fixed_load_over_a_capacity_has_slope_minus_one_and_quadratic_cooling_its_own() -> None:
    found = explain("stages.mxc.rated_power", load("krinner-xld400"))
    assert effect(found, "constraints", "heat.mxc")["elasticity"] == pytest.approx(-1, abs=1e-9)
    # Q = C (T^2 - T0^2): with C proportional to the rated power and a fixed load,
    # d ln T / d ln C = -(T^2 - T0^2) / (2 T^2), at the solved T and T0 = 6 mK.
    temperature = effect(found, "results", "thermal.stages.mxc.temperature_K")
    t, base = temperature["value"], 6e-3
    slope = -(t**2 - base**2) / (2 * t**2)
    assert temperature["elasticity"] == pytest.approx(slope, rel=1e-3)
    assert found["first_wing"] == "thermal"
    assert found["values"][0]["origin"] == "preset krinner-xld400"


def test_loss_is_proportional_to_frequency_and_the_origin_of_a_change_is_told() -> None:
    design = load("krinner-xld400").replace({"qubit.frequency": "5.5 GHz"})
    found = explain("qubit.frequency", design)
    # Unsaturated two-level systems: the sum of both rates is omega tan(delta), at any temperature.
    name = "coherence.channels.dielectric.substrate.rate_per_s"
    assert effect(found, "results", name)["elasticity"] == pytest.approx(1, rel=1e-6)
    assert found["unit"] == "Hz"
    assert found["values"][0]["origin"] == "set"
    assert found["first_wing"] == "coherence"


def test_a_choice_shows_the_results_at_every_other_choice() -> None:
    found = explain("qubit.bath")
    t1 = effect(found, "results", "coherence.t1_s")
    assert [row["setting"] for row in t1["settings"]] == ["oscillator", "published"]
    assert t1["elasticity"] is None
    assert found["choices"] == ["tls", "oscillator", "published"]


def test_event_rates_move_with_shielding_and_logical_errors_only_where_asked() -> None:
    found = explain("radiation.gamma_reduction", load("krinner-xld400"))
    gamma = effect(found, "results", "impact.rate_per_s.gamma")
    assert gamma["elasticity"] == pytest.approx(-1, rel=1e-3)
    assert found["first_wing"] == "impact"
    assert not any(row["name"].startswith("qec") for row in found["results"])
    assert not found["constraints"]


def test_what_moves_a_constraint_most_is_ordered_and_signed() -> None:
    steps: list[str] = []
    found = strongest(load("krinner-xld400"), "two_qubit_error", steps.append)
    sizes = [abs(one.elasticity or 0) for _, one in found]
    assert sizes == sorted(sizes, reverse=True)
    slopes = {key: one.elasticity for key, one in found}
    # Floor of 0.002 in an error of 0.0026; the limit, 1 - fidelity, moves value over limit too.
    assert slopes["gates.two_qubit_floor"] == pytest.approx(0.002 / 0.0026, rel=0.01)
    assert slopes["targets.two_qubit_fidelity"] is not None
    assert slopes["targets.two_qubit_fidelity"] > 50
    assert steps


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("qubit.frequency", "key of the design"),
        ("lines.attenuation", "key of the design"),
        ("lines.drive", "section of the design"),
        ("qubit", "section of the design"),
        ("thermal.stages.mxc.load_W", "key of the report"),
        ("thermal.stages.load_W", "key of the report"),
        ("thermal.runaway", "part of the report"),
        ("verdict.feasible", "key of the report"),
        ("heat.mxc", "constraint"),
        ("heat.*", "constraint"),
        ("logical_errors_per_day", "constraint"),
        ("cycle_time", "constraint"),
        ("x_qp", "word"),
        ("LAMBDA", "word"),
        ("T2*", "word"),
    ],
)
def test_every_kind_of_name_is_found_and_printed_within_80_columns(key: str, kind: str) -> None:
    found = explain(key)
    assert found["kind"] == kind
    json.dumps(found, allow_nan=False)
    text = printed(found)
    assert text.startswith(f"{found['key']}: {kind}")
    assert max(map(len, text.splitlines())) <= 80
    assert "None" not in text.replace("None of", "")


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("lines.dirve.attenuation.mxc", "lines.drive.attenuation.mxc"),
        ("heat.mxx", "heat"),
        ("coherence.t1", "coherence.t1_s"),
        ("lines.nothing.attenuation.mxc", "lines.drive.attenuation.mxc"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(key: str, near: str) -> None:
    with pytest.raises(DesignError, match=near):
        explain(key)


def test_the_command_ends_with_status_2_for_an_unknown_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, err = call("explain", "qubit.frequncy", capsys=capsys)
    assert (status, out) == (2, "")
    assert "qubit.frequency" in err
    status, out, err = call("explain", "T1", "--json", capsys=capsys)
    assert (status, err) == (0, "")
    assert json.loads(out)["see"] == ["coherence.t1_s"]
    assert call("explain", "T1", "--set", "qubit.frequency=5 GHz", capsys=capsys)[0] == 2


def test_paths_of_the_schema_drop_the_names_of_members() -> None:
    assert schema_path("stages.mxc.rated_power") == "stages.rated_power"
    assert schema_path("measured.temperature.mxc") == "measured.temperature"
    assert schema_path("nothing.here") == ""
    assert len({field.path for field in fields()}) == len(list(fields()))
