"""Design files: every problem at once, with key, given, allowed and the nearest name."""

from pathlib import Path

import pytest

from qubudget.design import Design, load, loads, preset_names
from qubudget.design.reading import MAX_BYTES, part_names
from qubudget.errors import DesignError, Problem

CONTRACT = {
    "genesis-1999", "transmon-2010", "thermal-wall", "sota-2024", "architectural-inversion",
    "scalable-2026", "asymptotic-2030", "entropy-trap", "martinis-present", "martinis-improved",
    "krinner-xld400", "raicu-xld1000sl", "uts-fridge", "willow-like", "sycamore-like",
    "inverted-4k-controllers", "inverted-4k-qubits", "million-qubit",
}  # fmt: skip


def problems(changes: dict[str, object], base: str = "willow-like") -> dict[str, Problem]:
    with pytest.raises(DesignError) as caught:
        load(base).replace(changes)
    return {problem.key: problem for problem in caught.value.problems}


def test_all_presets_of_the_contract_ship() -> None:
    assert set(preset_names()) >= CONTRACT


@pytest.mark.parametrize("name", preset_names())
def test_presets_load_under_their_own_name_and_cite_sources(name: str) -> None:
    design = load(name)
    assert design.name == name
    assert design.title
    assert design.sources


def test_inside_are_si_floats() -> None:
    design = load("krinner-xld400")
    drive = next(line for line in design.lines if line.name == "drive")
    assert drive.attenuation["mxc"] == pytest.approx(100.0)
    assert drive.power_at_chip == pytest.approx(7.943e-11, rel=1e-3)
    assert design.stage("mxc").rated_power == pytest.approx(19e-6)


def test_all_problems_are_reported_at_once() -> None:
    found = problems(
        {
            "qubit.frequncy": 3,
            "lines.drive.atenuation.mxc": "20 dB",
            "chip.length": "-3 mm",
            "lines.foo.count": 3,
            "code.distance": 4,
            "stages.cp.rated_temperature": "2 K",
            "gates.one_qubit_time": "3 K",
        }
    )
    assert set(found) == {
        "qubit.frequncy", "lines.drive.atenuation", "chip.length", "lines.foo.count",
        "code.distance", "stages.cp.rated_temperature", "gates.one_qubit_time",
    }  # fmt: skip
    assert found["qubit.frequncy"].nearest == "frequency"
    assert found["lines.drive.atenuation"].nearest == "attenuation"
    assert found["chip.length"].given == "'-3 mm'"
    assert "25 ns" in found["gates.one_qubit_time"].allowed


@pytest.mark.parametrize(
    ("key", "value", "nearest"),
    [
        ("lines.drive.cable", "UT-085-SS-SS driv", "UT-085-SS-SS drive"),
        ("lines.drive.ends_at", "mcx", "mxc"),
        ("lines.drive.attenuation.mcx", "10 dB", "mxc"),
        ("electronics.hemt.stage", "4kk", "4k"),
        ("qubit.junction", "Alu", "Al"),
        ("qubit.bath", "tsl", "tls"),
        ("lines.drive.kind", "drve", "drive"),
        ("measured.temperature.mcx", "20 mK", "mxc"),
        ("workload.correction_stage", "4kk", "4k"),
    ],
)
def test_wrong_names_answer_with_the_nearest(key: str, value: object, nearest: str) -> None:
    found = problems({key: value})
    assert found[key].nearest == nearest


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"qubit.frequency": float("nan")}, "qubit.frequency"),
        ({"qubit.frequency": "1e999 GHz"}, "qubit.frequency"),
        ({"chip.length": "0 mm"}, "chip.length"),
        ({"lines.drive.attenuation.mxc": "-3 dB"}, "lines.drive.attenuation.mxc"),
        ({"dielectrics.substrate.participation": 1.5}, "dielectrics.substrate.participation"),
        ({"dielectrics.surfaces.participation": 0.5}, "dielectrics"),
        ({"code.distance": 4}, "code.distance"),
        ({"code.distance": -3}, "code.distance"),
        ({"code.distance": 7.5}, "code.distance"),
        ({"chip.film_thickness": "1 mm"}, "chip.film_thickness"),
        ({"radiation.event_x": "8 mm"}, "radiation.event_x"),
        ({"measured.t2": "200 us"}, "measured.t2"),
        ({"stages.4k.rated_temperature": "46 K"}, "stages.4k.rated_temperature"),
        ({"stages.4k.base_temperature": "5 K"}, "stages.4k.base_temperature"),
        ({"workload.cycle_time": "700 ns"}, "workload.cycle_time"),
        ({"machine.total_qubits": 3}, "machine.total_qubits"),
        ({"lines.drive.starts_at": "mxc"}, "lines.drive.ends_at"),
        (
            {"lines.drive.ends_at": "4k", "lines.drive.attenuation": {"4k": "20 dB"}},
            "lines.drive.ends_at",
        ),
        ({"qubit.joint": "nowhere"}, "qubit.joint"),
        ({"targets.algorithm_qubits": 100}, "targets.algorithm_cycles"),
        (
            {
                "targets.algorithm_qubits": 100,
                "targets.algorithm_cycles": 1e9,
                "targets.algorithm_success": 1,
            },
            "targets.algorithm_success",
        ),
        (
            {
                "mitigation.strategy": "outer",
                "mitigation.outer_chips": 4,
                "mitigation.outer_losses": 2,
            },
            "mitigation.outer_losses",
        ),
        ({"mitigation.strategy": "pray"}, "mitigation.strategy"),
        ({"code.patches_per_chip": 0}, "code.patches_per_chip"),
        ({"chip.trap_fraction": 0.1}, "chip.trap_temperature"),
        ({"machine.qubits": "many"}, "machine.qubits"),
        ({"machine.qubits": True}, "machine.qubits"),
        ({"published.include_relaxation": 1}, "published.include_relaxation"),
        ({"lines.drive.power_at_chip": "20 dB"}, "lines.drive.power_at_chip"),
        ({"lines.flux.power_at_chip": "-60 dBm"}, "lines.flux.power_at_chip"),
    ],
)
def test_values_without_sense_are_refused(changes: dict[str, object], key: str) -> None:
    assert key in problems(changes)


JOINT = {"name": "clamp", "stage": "mxc", "interface": "grease", "area": "1 cm^2"}


@pytest.mark.parametrize(
    ("joint", "key"),
    [
        (JOINT, "joints.clamp.line"),
        (JOINT | {"line": "drive", "power": "1 nW"}, "joints.clamp.line"),
        (JOINT | {"line": "drvie"}, "joints.clamp.line"),
        (JOINT | {"power": "1 nW", "interface": "greese"}, "joints.clamp.interface"),
        (JOINT | {"power": "1 nW", "area": "0 cm^2"}, "joints.clamp.area"),
        (JOINT | {"power": "1 nW", "stage": "mcx"}, "joints.clamp.stage"),
    ],
)
def test_joints_without_sense_are_refused(joint: dict[str, object], key: str) -> None:
    assert key in problems({"joints": [joint]})


def test_the_chip_sits_on_a_joint_of_its_own_stage() -> None:
    joint = JOINT | {"power": "1 nW", "stage": "cp"}
    assert "qubit.joint" in problems({"joints": [joint], "qubit.joint": "clamp"})


def test_a_cable_without_a_value_at_a_stage_asks_for_a_measured_load() -> None:
    found = problems({"lines.drive.cable": "Optical fibre"}, base="krinner-xld400")
    assert "measured load" in found["lines.drive.load.50k"].allowed


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (bytes(range(256)), "binary"),
        (b"x" * (MAX_BYTES + 1), "bytes"),
        (b"name = ", "TOML"),
        (b"a = " + b"[" * 5000, "TOML"),
        (b'base = "../secrets"\n', "preset"),
        (b"base = 3\n", "preset"),
        (b'base = "willow-like"\nremove = "lines"\n', "list of keys"),
        (b'base = "willow-like"\nremove = ["lines.drvie"]\n', "drive"),
    ],
)
def test_files_that_are_no_designs(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "design.toml"
    path.write_bytes(content)
    with pytest.raises(DesignError, match=word):
        load(path)


def test_a_file_that_does_not_exist_names_the_nearest_preset() -> None:
    with pytest.raises(DesignError) as caught:
        load("wilow-like")
    assert caught.value.problems[0].nearest == "willow-like"


def test_a_file_is_laid_on_its_base() -> None:
    design = loads('base = "willow-like"\nname = "mine"\n[code]\ndistance = 9\n', "mine.toml")
    values = {value.key: value for value in design.effective()}
    assert design.code.distance == 9
    assert values["code.distance"].origin == "mine.toml"
    assert values["chip.pitch"].origin == "preset willow-like"
    assert values["workload.cycle_time"].origin == "preset krinner-xld400"
    assert values["measured.burst_rate"].origin == "default"


def test_every_effective_value_has_an_origin_and_a_unit_where_it_is_a_quantity() -> None:
    values = {value.key: value for value in load("krinner-xld400").effective()}
    assert values["stages.mxc.rated_power"].text == "19 uW"
    assert values["stages.mxc.rated_power"].value == pytest.approx(19e-6)
    assert values["stages.mxc.rated_power"].unit == "W"
    assert all(value.origin for value in values.values())


def test_replace_leaves_the_original_alone_and_is_the_same_as_writing() -> None:
    design = load("krinner-xld400")
    other = design.replace({"lines.drive.attenuation.mxc": "10 dB", "machine.qubits": 48})
    drive = next(line for line in other.lines if line.name == "drive")
    assert drive.attenuation["mxc"] == pytest.approx(10.0)
    assert other.machine.qubits == 48
    assert design.machine.qubits == 50
    assert (
        other.with_si({"lines.drive.attenuation.mxc": 100.0})
        .replace({"machine.qubits": 50})
        .sha256()
        == design.sha256()
    )


def test_the_hash_sees_values_and_not_their_spelling() -> None:
    design = load("krinner-xld400")
    assert design.replace({"stages.mxc.rated_power": "0.019 mW"}).sha256() == design.sha256()
    assert design.replace({"title": "another"}).sha256() == design.sha256()
    assert design.replace({"stages.mxc.rated_power": "18 uW"}).sha256() != design.sha256()


def test_designs_are_frozen() -> None:
    design = load("krinner-xld400")
    with pytest.raises(Exception, match="frozen"):
        design.machine.qubits = 3  # type: ignore[misc]
    assert isinstance(design, Design)


@pytest.mark.parametrize("name", part_names())
def test_every_shipped_fridge_lies_beneath_a_design(name: str) -> None:
    design = loads(f'base = "krinner-xld400"\nname = "x"\nparts = ["{name}"]\n', "mine.toml")
    origins = {value.key: value.origin for value in design.effective()}
    assert f"part {name}" in origins.values()
    assert origins["qubit.frequency"] == "preset krinner-xld400"
    assert all(stage.source for stage in design.stages)


def test_a_part_of_ones_own_lies_beside_the_design(tmp_path: Path) -> None:
    (tmp_path / "my-fridge.toml").write_text(
        'replace = ["stages.mxc"]\n[[stages]]\nname = "mxc"\ncooling = "fixed"\n'
        'rated_temperature = "15 mK"\nrated_power = "25 uW"\nmax_temperature = "20 mK"\n'
        'source = "my log book"\n[[electronics]]\nname = "my-amplifier"\nkind = "amplifier"\n'
        'stage = "4k"\nper_group = 2\npower = "1 mW"\nsource = "my log book"\n'
    )
    path = tmp_path / "design.toml"
    path.write_text('base = "krinner-xld400"\nname = "x"\nparts = ["my-fridge.toml"]\n')
    design = load(path)
    assert design.stage("mxc").rated_power == pytest.approx(25e-6)
    assert [stage.name for stage in design.stages] == ["50k", "4k", "still", "cp", "mxc"]
    assert design.electronics[-1].name == "my-amplifier"


@pytest.mark.parametrize(
    "part", ["../secrets.toml", "/etc/passwd", "no-such", "sub/x.toml", ".toml"]
)
def test_parts_cannot_leave_their_folder(part: str, tmp_path: Path) -> None:
    path = tmp_path / "inner" / "design.toml"
    path.parent.mkdir()
    (tmp_path / "secrets.toml").write_text("")
    path.write_text(f'base = "krinner-xld400"\nname = "x"\nparts = ["{part}"]\n')
    with pytest.raises(DesignError, match="beside the design"):
        load(path)


def test_none_leaves_a_key_out() -> None:
    design = load("willow-like").replace({"measured.t1": None, "measured.t2": None})
    assert design.measured.t1 is None
    assert design.measured.readout_error == 8e-3


def test_a_circuit_written_by_its_energies_can_be_changed() -> None:
    """Koch et al. 2007: f01 = sqrt(8 E_J E_C) - E_C, to a percent at E_J/E_C = 80."""
    energies = {"qubit.frequency": None, "qubit.anharmonicity": None,
                "qubit.josephson_energy": "20 GHz",
                "qubit.charging_energy": "0.25 GHz"}  # fmt: skip
    design = load("krinner-xld400").replace(energies)
    assert design.qubit.frequency == pytest.approx((8 * 20e9 * 0.25e9) ** 0.5 - 0.25e9, rel=0.01)
    values = {value.key: value for value in design.effective()}
    assert values["qubit.frequency"].origin.startswith("from qubit.josephson_energy")
    heavier = design.replace({"qubit.josephson_energy": "25 GHz"})
    assert heavier.qubit.frequency > design.qubit.frequency


def test_a_measured_material_gives_what_is_left_out() -> None:
    name = "sapphire bulk EFG"
    design = load("krinner-xld400").replace(
        {"dielectrics.substrate.tan_delta": None, "dielectrics.substrate.spread": None,
         "dielectrics.substrate.material": name}
    )  # fmt: skip
    values = {value.key: value for value in design.effective()}
    assert values["dielectrics.substrate.tan_delta"].value == 6.2e-8  # Read et al. 2023
    assert values["dielectrics.substrate.tan_delta"].origin == f"material {name}"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"stages.cp.cooling": "table"}, "stages.cp.curve"),
        ({"stages.mxc.cooling": "enthalpy"}, "stages.mxc.circulation"),
        ({"stages.cp.curve": [{"temperature": "0.1 K", "power": "1 uW"}]}, "stages.cp.curve"),
        ({"electronics.hemt.power": None}, "electronics.hemt.power"),
        ({"electronics.hemt.voltage": "1 V"}, "electronics.hemt.voltage"),
        ({"electronics.hemt.power": None, "electronics.hemt.voltage": "1 V"},
         "electronics.hemt.clock"),
        ({"lines.drive.kind": "photonic"}, "lines.drive.responsivity"),
        ({"gates.rise": "15 ns"}, "gates.one_qubit_time"),
        ({"qubit.radiation_stage": "5k"}, "qubit.radiation_stage"),
        ({"dielectrics.substrate.material": "cheese"}, "dielectrics.substrate.material"),
        ({"qubit.charging_energy": "0.25 GHz"}, "qubit.josephson_energy"),
    ],
)  # fmt: skip
def test_fields_of_the_deeper_wings_are_checked(changes: dict[str, object], key: str) -> None:
    assert key in problems(changes, base="krinner-xld400")


def test_a_cable_of_ones_own_is_known_to_the_lines() -> None:
    text = """
base = "krinner-xld400"
name = "mine"
[[cables]]
name = "my-coax"
inner = "CuNi"
dielectric = "PTFE"
outer = "CuNi"
inner_diameter = "0.2 mm"
dielectric_diameter = "0.66 mm"
outer_diameter = "0.86 mm"
inner_anchored = true
dielectric_anchored = true
spread = 2
[[lines]]
name = "drive"
cable = "my-coax"
"""
    assert loads(text).cables[0].outer_diameter == pytest.approx(0.86e-3)
    with pytest.raises(DesignError) as caught:
        loads(text.replace('"CuNi"\ninner', '"CuNy"\ninner').replace("0.2 mm", "0.7 mm"))
    found = {problem.key: problem for problem in caught.value.problems}
    assert found["cables.my-coax.outer"].nearest == "CuNi"
    assert "cables.my-coax.outer_diameter" in found


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"lines.amplifier-bias.heat": "modelled"}, "lines.amplifier-bias.heat"),
        ({"stages.cp.length": None, "lines.drive.cable": "219-SS-SS"}, "stages.cp.length"),
        ({"cryostat.samples": 10}, "cryostat.samples"),
    ],
)
def test_modelled_heat_needs_geometry_and_lengths(changes: dict[str, object], key: str) -> None:
    assert key in problems(changes, base="krinner-xld400")


@pytest.mark.parametrize(
    ("content", "key"),
    [("replace = 3", "replace"), ("remove = [1]", "remove"), ('base = "willow-like"', "base"),
     ('parts = ["bluefors-xld400"]', "parts"), ("= 3", "parts")],
)  # fmt: skip
def test_a_part_that_is_none_is_refused(content: str, key: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(content)
    path = tmp_path / "design.toml"
    path.write_text('base = "krinner-xld400"\nname = "x"\nparts = ["mine.toml"]\n')
    with pytest.raises(DesignError) as caught:
        load(path)
    assert [problem.key for problem in caught.value.problems] == [key]
