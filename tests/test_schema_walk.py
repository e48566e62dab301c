"""Every field of the schema moves a computed number of some preset (PyBaMM #2878)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from qubudget.design import Design, load
from qubudget.design.design import PROVENANCE
from qubudget.design.fields import Section
from qubudget.design.paths import field_place, find_place
from qubudget.design.schema import DesignModel
from qubudget.pipeline import Chain

if TYPE_CHECKING:
    from qubudget.impact.result import ImpactResult
    from qubudget.qubit.result import CoherenceResult

LATE = {"gates", "code", "mitigation", "targets"}
"""Sections that the impact wing does not read."""
struck: dict[str, ImpactResult] = {}
NAMES = ("name",)
"""Names of members are addresses; a renamed member is another member."""

TABLE = {
    "stages.mxc.cooling": "table", "stages.mxc.base_temperature": None,
    "stages.mxc.curve": [{"temperature": "10 mK", "power": "3 uW"},
                         {"temperature": "20 mK", "power": "19 uW"}],
}  # fmt: skip
ENTHALPY = {
    "stages.mxc.cooling": "enthalpy", "stages.mxc.base_temperature": None,
    "stages.mxc.circulation": "600 umol/s", "stages.mxc.exchange_temperature": "15 mK",
}  # fmt: skip
CMOS = {
    "electronics.hemt.power": None, "electronics.hemt.capacitance": "1 nF",
    "electronics.hemt.voltage": "0.7 V", "electronics.hemt.clock": "20 MHz",
}  # fmt: skip
PHOTONIC = {
    "lines.drive.kind": "photonic", "lines.drive.attenuation": None,
    "lines.drive.photodiode_impedance": "10 kohm", "lines.drive.responsivity": "1 A/W",
}  # fmt: skip
OWN = {
    "cables": [{
        "name": "my-coax", "inner": "SS304", "dielectric": "PTFE", "outer": "SS304",
        "inner_diameter": "0.51 mm", "dielectric_diameter": "1.67 mm",
        "outer_diameter": "2.19 mm", "inner_anchored": True, "dielectric_anchored": True,
        "spread": 2,
    }],
    "lines.drive.cable": "my-coax",
}  # fmt: skip
ROOM_4K = {"stages.4k.volume": "1e-3 m^3"}
RADIATION = {"stages.50k.shield_area": "1 m^2", "stages.50k.emissivity": 0.01}
CHIP = {
    "joints": [
        {"name": "chip", "stage": "mxc", "interface": "grease", "area": "2 cm^2", "power": "1 nW"},
        {"name": "clamp", "stage": "4k", "interface": "grease", "area": "1 cm^2", "line": "drive"},
    ],
    "qubit.joint": "chip",
}
MOVE = {"mitigation.strategy": "move", "mitigation.detection_time": "10 us"}
OUTER = {"mitigation.strategy": "outer", "mitigation.outer_chips": 7, "mitigation.outer_losses": 2}
ALGORITHM = {"targets.algorithm_qubits": 100, "targets.algorithm_cycles": 10,
             "targets.algorithm_success": 0.9}  # fmt: skip
SMALL = {"code.distance": 3}
SPOT = {"chip.transport": "hot-spot"}
SPOT_METAL = {**SPOT, "chip.back_metal_thickness": "1 um"}
METAL = {"chip.back_metal_thickness": "1 um"}
ISLANDS = {**METAL, "chip.back_island_size": "0.2 mm", "chip.back_island_gap": "20 um"}
BUMPS = {"chip.bump_count": 1000, "chip.bump_diameter": "30 um"}
MOUNT = {"chip.mount_area": "10 mm^2"}
TRAPS = {"chip.trap_temperature": "0.5 K", "chip.trap_fraction": 0.05,
         "chip.trap_thickness": "50 nm"}  # fmt: skip
LINDBLAD = {"gates.model": "lindblad"}
CHARGE = {"chip.substrate": "Si", "qubit.island_radius": "70 um"}
LEFT_HALF = ["-3.5 mm", "-3.5 mm", "0 mm", "3.5 mm"]
RIGHT_HALF = ["0 mm", "-3.5 mm", "3.5 mm", "3.5 mm"]
TRIANGLE = [["-3 mm", "-3 mm"], ["-1 mm", "-3 mm"], ["-1 mm", "0 mm"]]


def drawn(**changes: Any) -> dict[str, Any]:
    """Films on both faces, the left one with some of its values changed."""
    film = {"face": "front", "metal": "Al", "thickness": "100 nm"}
    left = {**film, "name": "left", "rectangles": [LEFT_HALF], "connected": True, **changes}
    right = {**film, "name": "right", "rectangles": [RIGHT_HALF]}
    return {"qubit.film": "Al", "films": [left, right]}


TRACED = frozenset(
    [f"chip.{f}" for f in (
        "transport", "electrodes", "diffusion", "phonon_escape", "back_metal", "back_interlayer",
        "back_island_size", "back_island_gap", "bump_count", "bump_diameter", "mount_area", "mount",
    )]
    + [f"films.{f}" for f in (
        "face", "metal", "thickness", "rectangles", "polygons", "cutouts", "connected")]
)  # fmt: skip
# Settings that a field needs beside it, on both sides of the comparison.
BESIDE: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("stages.curve.temperature", "stages.curve.power"), TABLE),
    **dict.fromkeys(("stages.circulation", "stages.exchange_temperature"), ENTHALPY),
    **dict.fromkeys([f"electronics.{f}" for f in ("capacitance", "voltage", "clock")], CMOS),
    **dict.fromkeys(("lines.photodiode_impedance", "lines.responsivity"), PHOTONIC),
    **dict.fromkeys([f"cables.{f}" for f in (
        "inner", "dielectric", "outer", "inner_diameter", "dielectric_diameter",
        "outer_diameter", "inner_anchored", "dielectric_anchored", "spread")], OWN),
    "stages.length": {"lines.drive.cable": "219-SS-SS"},
    "electronics.footprint": ROOM_4K,
    "stages.shield_area": RADIATION, "stages.emissivity": RADIATION,
    **dict.fromkeys([f"joints.{f}" for f in ("stage", "interface", "area", "line", "power")], CHIP),
    "qubit.joint": CHIP,
    **dict.fromkeys([f"mitigation.{f}" for f in (
        "detection_time", "detection_efficiency", "move_time")], MOVE),
    **dict.fromkeys(("mitigation.outer_chips", "mitigation.outer_losses"), OUTER),
    **dict.fromkeys([f"targets.algorithm_{f}" for f in ("qubits", "cycles", "success")], ALGORITHM),
    **dict.fromkeys([f"chip.{f}" for f in (
        "hot_spot_radius", "spread_time", "spread_fraction")], SPOT),
    "chip.back_metal_absorption": SPOT_METAL,
    **dict.fromkeys(("chip.back_metal", "chip.back_interlayer"), METAL),
    **dict.fromkeys(("chip.back_island_size", "chip.back_island_gap"), ISLANDS),
    **dict.fromkeys(("chip.bump_count", "chip.bump_diameter"), BUMPS),
    **dict.fromkeys(("chip.mount_area", "chip.mount"), MOUNT),
    **dict.fromkeys([f"chip.trap_{f}" for f in ("thickness", "barrier", "spacing")], TRAPS),
    **dict.fromkeys([f"gates.{f}" for f in ("levels", "rise", "drag", "coupling")], LINDBLAD),
    "measured.suppression": {"code.distance": 11},
    "qubit.island_gap": CHARGE, "qubit.island_radius": CHARGE,
    "chip.cooling": {"qubit.gap_difference": "12 GHz"},
    **dict.fromkeys([f"films.{f}" for f in (
        "face", "metal", "thickness", "rectangles", "polygons", "cutouts", "connected")], drawn()),
}  # fmt: skip
# Where a change of 10 % is not possible or says nothing: preset, changes.
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "cryostat.loads": ("krinner-xld400", {"cryostat.loads": "solved"}),
    "cryostat.samples": ("krinner-xld400", {"cryostat.samples": 400}),
    "stages.curve.temperature": ("krinner-xld400", {"stages.mxc.curve": [
        {"temperature": "10 mK", "power": "3 uW"}, {"temperature": "21 mK", "power": "19 uW"}]}),
    "stages.curve.power": ("krinner-xld400", {"stages.mxc.curve": [
        {"temperature": "10 mK", "power": "3 uW"}, {"temperature": "20 mK", "power": "25 uW"}]}),
    "stages.circulation": ("krinner-xld400", {"stages.mxc.circulation": "700 umol/s"}),
    "stages.exchange_temperature": ("krinner-xld400",
                                    {"stages.mxc.exchange_temperature": "16 mK"}),
    "stages.units": ("krinner-xld400", {"stages.cp.units": 2}),
    "stages.spread": ("krinner-xld400", {"stages.cp.spread": 1.5}),
    "stages.length": ("krinner-xld400", {"stages.cp.length": "0.2 m"}),
    "stages.shield_area": ("krinner-xld400", {"stages.50k.shield_area": "2 m^2"}),
    "stages.emissivity": ("krinner-xld400", {"stages.50k.emissivity": 0.02}),
    "stages.line_area": ("krinner-xld400", {"stages.50k.line_area": "10 cm^2"}),
    "stages.feedthroughs": ("krinner-xld400", {"stages.50k.feedthroughs": 200}),
    "stages.volume": ("krinner-xld400", ROOM_4K),
    "electronics.footprint": ("krinner-xld400", {"electronics.hemt.footprint": "2e-5 m^3"}),
    "electronics.capacitance": ("krinner-xld400", {"electronics.hemt.capacitance": "2 nF"}),
    "electronics.voltage": ("krinner-xld400", {"electronics.hemt.voltage": "0.8 V"}),
    "electronics.clock": ("krinner-xld400", {"electronics.hemt.clock": "30 MHz"}),
    "lines.heat": ("krinner-xld400", {"lines.drive.heat": "modelled"}),
    "lines.spread": ("krinner-xld400", {"lines.drive.spread": 3}),
    "lines.photodiode_impedance": ("krinner-xld400",
                                   {"lines.drive.photodiode_impedance": "50 ohm"}),
    "lines.responsivity": ("krinner-xld400", {"lines.drive.responsivity": "1.2 A/W"}),
    "cables.inner": ("krinner-xld400", {"cables.my-coax.inner": "CuNi"}),
    "cables.dielectric": ("krinner-xld400", {"cables.my-coax.dielectric": "SS304"}),
    "cables.outer": ("krinner-xld400", {"cables.my-coax.outer": "CuNi"}),
    "cables.inner_diameter": ("krinner-xld400", {"cables.my-coax.inner_diameter": "0.4 mm"}),
    "cables.dielectric_diameter": ("krinner-xld400",
                                   {"cables.my-coax.dielectric_diameter": "1.5 mm"}),
    "cables.outer_diameter": ("krinner-xld400", {"cables.my-coax.outer_diameter": "2 mm"}),
    "cables.inner_anchored": ("krinner-xld400", {"cables.my-coax.inner_anchored": False}),
    "cables.dielectric_anchored": ("krinner-xld400",
                                   {"cables.my-coax.dielectric_anchored": False}),
    "cables.spread": ("krinner-xld400", {"cables.my-coax.spread": 4}),
    "electronics.spread": ("krinner-xld400", {"electronics.hemt.spread": 1.3}),
    "joints.stage": ("krinner-xld400", {"joints.clamp.stage": "still"}),
    "joints.interface": ("krinner-xld400", {"joints.clamp.interface": "PbSn solder"}),
    "joints.area": ("krinner-xld400", {"joints.chip.area": "1 cm^2"}),
    "joints.line": ("krinner-xld400", {"joints.clamp.line": "flux"}),
    "joints.power": ("krinner-xld400", {"joints.chip.power": "2 nW"}),
    "qubit.joint": ("krinner-xld400", {"qubit.joint": None}),
    "machine.qubits": ("krinner-xld400", {"machine.qubits": 42}),
    "machine.total_qubits": ("krinner-xld400", {"machine.total_qubits": 500}),
    "machine.qubits_per_chip": ("willow-like", {"machine.qubits_per_chip": 40}),
    "cryostat.response": ("uts-fridge", {
        "cryostat.response": "none",
        **{f"stages.{s}.cooling": "fixed" for s in ("50k", "4k", "still", "cp", "mxc")},
    }),
    "cryostat.wall_power": ("krinner-xld400", {"cryostat.wall_power": "carnot"}),
    "stages.cooling": ("krinner-xld400", {"stages.cp.cooling": "quadratic"}),
    "stages.rated_temperature": ("krinner-xld400", {"stages.cp.rated_temperature": "150 mK"}),
    "lines.kind": ("krinner-xld400", {"lines.read-in.kind": "drive"}),
    "lines.per_group": ("willow-like", {"lines.drive.per_group": 9}),
    "lines.count": ("krinner-xld400", {"lines.drive.count": 51}),
    "lines.starts_at": ("krinner-xld400", {"lines.coupler-load.starts_at": "still",
                                           "lines.coupler-load.cable": "UT-085-NbTi output"}),
    "lines.ends_at": ("krinner-xld400", {"lines.coupler-load.ends_at": "cp",
        "lines.coupler-load.cable": {"still": "UT-085-NbTi", "cp": "UT-085-NbTi output"}}),
    "lines.cable": ("krinner-xld400", {"lines.drive.cable": "UT-085-SS-SS flux"}),
    "lines.load": ("krinner-xld400", {"lines.drive.load.mxc": "30 nW"}),
    "lines.cable_loss": ("willow-like", {"lines.drive.cable_loss.cp": "3 dB"}),
    "lines.attenuator_heat": ("krinner-xld400", {"lines.drive.attenuator_heat": "absorbed"}),
    "lines.termination": ("krinner-xld400", {"lines.pump.termination": "still"}),
    "electronics.stage": ("krinner-xld400", {"electronics.hemt.stage": "50k"}),
    "electronics.kind": ("inverted-4k-controllers", {"electronics.controller.kind": "other"}),
    "electronics.count": ("krinner-xld400", {"electronics.hemt.count": 9}),
    "loads.stage": ("architectural-inversion", {"loads.load.stage": "mxc"}),
    "loads.power": ("uts-fridge", {"loads.still-heater.power": "31 mW"}),
    "workload.correction_stage": ("inverted-4k-controllers", {
        "workload.correction_stage": "still", "workload.correction_energy": "0.2 nJ"}),
    "qubit.stage": ("krinner-xld400", {"qubit.stage": "cp"}),
    "qubit.film": ("krinner-xld400", {"qubit.film": "Nb"}),
    "qubit.junction": ("krinner-xld400", {"qubit.junction": "Nb"}),
    "qubit.bath": ("martinis-present", {"qubit.bath": "oscillator"}),
    "qubit.saturation": ("krinner-xld400", {"qubit.saturation": 10}),
    "qubit.saturation_exponent": ("krinner-xld400", {"qubit.saturation": 10,
                                                     "qubit.saturation_exponent": 0.5}),
    "qubit.gap_difference": ("krinner-xld400", {"qubit.gap_difference": "15 GHz"}),
    "qubit.quasiparticle_temperature": ("willow-like",
                                        {"qubit.quasiparticle_temperature": "150 mK"}),
    "qubit.josephson_energy": ("krinner-xld400", {
        "qubit.frequency": None, "qubit.anharmonicity": None,
        "qubit.josephson_energy": "20 GHz", "qubit.charging_energy": "0.25 GHz"}),
    "qubit.charging_energy": ("krinner-xld400", {
        "qubit.frequency": None, "qubit.anharmonicity": None,
        "qubit.josephson_energy": "15 GHz", "qubit.charging_energy": "0.3 GHz"}),
    "qubit.flux_sensitivity": ("krinner-xld400", {"qubit.flux_sensitivity": "1 GHz"}),
    "qubit.charge_dispersion": ("krinner-xld400", {"qubit.charge_dispersion": "50 kHz"}),
    "qubit.flux_bias": ("krinner-xld400", {"qubit.flux_bias": 0.01}),
    "qubit.tls_noise": ("krinner-xld400", {"qubit.tls_noise": "1 kHz"}),
    "qubit.radiation_stage": ("krinner-xld400", {"qubit.radiation_stage": "300k"}),
    "qubit.radiation_attenuation": ("krinner-xld400", {"qubit.radiation_attenuation": "60 dB"}),
    "dielectrics.material": ("krinner-xld400", {
        "dielectrics.substrate.tan_delta": None, "dielectrics.substrate.spread": None,
        "dielectrics.substrate.material": "sapphire bulk HEM"}),
    "gates.model": ("krinner-xld400", LINDBLAD),
    "gates.levels": ("krinner-xld400", {"gates.levels": 5}),
    "gates.rise": ("krinner-xld400", {"gates.rise": "3 ns"}),
    "gates.drag": ("krinner-xld400", {"gates.drag": 0.5}),
    "gates.coupling": ("krinner-xld400", {"gates.coupling": "15 MHz"}),
    "published.variant": ("krinner-xld400", {"published.variant": "published-table"}),
    "published.include_relaxation": ("krinner-xld400", {"published.include_relaxation": True}),
    "chip.substrate": ("krinner-xld400", {"chip.substrate": "Si"}),
    "chip.back_metal_thickness": ("martinis-improved", {"chip.back_metal_thickness": "3 um"}),
    "chip.trap_temperature": ("martinis-improved", {"chip.trap_temperature": "0.4 K"}),
    "chip.trap_fraction": ("martinis-improved", {"chip.trap_fraction": 0.2}),
    "chip.burst_temperature": ("willow-like", {"chip.burst_temperature": "150 mK"}),
    "radiation.muon_reduction": ("krinner-xld400", {"radiation.muon_reduction": 30}),
    "radiation.gamma_reduction": ("krinner-xld400", {"radiation.gamma_reduction": 30}),
    "radiation.phonon_burst_rate": ("krinner-xld400", {"radiation.phonon_burst_rate": "0.1 1/s"}),
    "radiation.event_x": ("krinner-xld400", {"radiation.event_x": "4 mm"}),
    "qubit.island_radius": ("willow-like", {"qubit.island_radius": "50 um"}),
    "qubit.island_gap": ("willow-like", {"qubit.island_gap": "20 um"}),
    "gates.unechoed_time": ("krinner-xld400", {"gates.unechoed_time": "30 ns"}),
    "films.face": ("krinner-xld400", drawn(face="back")),
    "films.metal": ("krinner-xld400", drawn(metal="Nb")),
    "films.thickness": ("krinner-xld400", drawn(metal="Cu", thickness="1 um")),
    "films.rectangles": ("krinner-xld400", drawn(rectangles=[["-3 mm", *LEFT_HALF[1:]]])),
    "films.polygons": ("krinner-xld400", drawn(rectangles=[], polygons=[TRIANGLE])),
    "films.cutouts": ("krinner-xld400", drawn(cutouts=[["-1 mm", "-1 mm", "0 mm", "1 mm"]])),
    "films.connected": ("krinner-xld400", drawn(connected=False)),
    "chip.transport": ("krinner-xld400", SPOT),
    "chip.hot_spot_radius": ("krinner-xld400", {"chip.hot_spot_radius": "2 mm"}),
    "chip.spread_time": ("krinner-xld400", {"chip.spread_time": "1 ms"}),
    "chip.spread_fraction": ("krinner-xld400", {"chip.spread_fraction": 0.5}),
    "chip.electrodes": ("krinner-xld400", {"chip.electrodes": "floating"}),
    "chip.diffusion": ("krinner-xld400", {"chip.diffusion": "slowing"}),
    "chip.cooling": ("krinner-xld400", {"chip.cooling": "at-once"}),
    "chip.phonon_escape": ("krinner-xld400", {"chip.phonon_escape": "0.5 ns"}),
    "chip.back_metal_absorption": ("krinner-xld400", {"chip.back_metal_absorption": 0.5}),
    "chip.back_metal": ("krinner-xld400", {"chip.back_metal": "Au"}),
    "chip.back_interlayer": ("krinner-xld400", {"chip.back_interlayer": "Ti"}),
    "chip.back_island_size": ("krinner-xld400", {"chip.back_island_size": "0.3 mm"}),
    "chip.back_island_gap": ("krinner-xld400", {"chip.back_island_gap": "30 um"}),
    "chip.bump_count": ("krinner-xld400", {"chip.bump_count": 2000}),
    "chip.bump_diameter": ("krinner-xld400", {"chip.bump_diameter": "20 um"}),
    "chip.mount_area": ("krinner-xld400", {"chip.mount_area": "20 mm^2"}),
    "chip.mount": ("krinner-xld400", {"chip.mount": "teflon"}),
    "chip.residual_field": ("krinner-xld400", {"chip.residual_field": "1 uT", "qubit.film": "Al"}),
    "chip.trap_thickness": ("krinner-xld400", {"chip.trap_thickness": "100 nm"}),
    "chip.trap_barrier": ("krinner-xld400", {"chip.trap_barrier": "1e-9 ohm m^2"}),
    "chip.trap_spacing": ("krinner-xld400", {"chip.trap_spacing": "100 um"}),
    "radiation.lead_thickness": ("krinner-xld400", {"radiation.lead_thickness": "1 cm"}),
    "radiation.altitude": ("krinner-xld400", {"radiation.altitude": "1655 m"}),
    "radiation.overburden": ("krinner-xld400", {"radiation.overburden": "1000 kg/m^2"}),
    "radiation.orientation": ("krinner-xld400", {"radiation.orientation": "upright"}),
    "code.leakage": ("krinner-xld400", {"code.leakage": "reset-all"}),
    "radiation.event_y": ("krinner-xld400", {"radiation.event_y": "4 mm"}),
    "code.family": ("krinner-xld400", {"code.family": "repetition"}),
    "code.distance": ("krinner-xld400", {"code.distance": 7}),
    "code.decoder": ("martinis-present", {"code.decoder": "aware"}),
    "code.matching": ("krinner-xld400", {"code.matching": "correlated"}),
    "code.plugin": ("krinner-xld400", {"code.plugin": "pymatching-correlated"}),
    "code.offset_x": ("krinner-xld400", {"code.offset_x": "1.5 mm"}),
    "code.offset_y": ("krinner-xld400", {"code.offset_y": "1.5 mm"}),
    "code.orientation": ("krinner-xld400", {"code.orientation": "grid"}),
    "code.patches_per_chip": ("willow-like", {"code.patches_per_chip": 2}),
    "code.decoding_time": ("krinner-xld400", {"code.decoding_time": "1.2 us"}),
    "mitigation.strategy": ("krinner-xld400", {"mitigation.strategy": "pause"}),
    "mitigation.detection_time": ("krinner-xld400", {"mitigation.detection_time": "1 ms"}),
    "mitigation.detection_efficiency": ("krinner-xld400",
                                        {"mitigation.detection_efficiency": 0.5}),
    "mitigation.move_time": ("krinner-xld400", {"mitigation.move_time": "0.1 ms"}),
    "mitigation.outer_chips": ("krinner-xld400", {"mitigation.outer_chips": 9}),
    "mitigation.outer_losses": ("krinner-xld400", {"mitigation.outer_losses": 1}),
    "targets.algorithm_qubits": ("krinner-xld400", {"targets.algorithm_qubits": 200}),
    "targets.algorithm_cycles": ("krinner-xld400", {"targets.algorithm_cycles": 20}),
    "targets.algorithm_success": ("krinner-xld400", {"targets.algorithm_success": 0.8}),
    "targets.logical_errors_per_day": ("krinner-xld400", {"targets.logical_errors_per_day": 2}),
    "measured.temperature": ("krinner-xld400", {"measured.temperature.mxc": "14 mK"}),
    "measured.load": ("krinner-xld400", {"measured.load.mxc": "9 uW"}),
    "measured.t1": ("krinner-xld400", {"measured.t1": "40 us", "measured.t2": "50 us"}),
    "measured.t2": ("krinner-xld400", {"measured.t2": "50 us"}),
    "measured.one_qubit_error": ("krinner-xld400", {"measured.one_qubit_error": 5e-4}),
    "measured.two_qubit_error": ("krinner-xld400", {"measured.two_qubit_error": 5e-3}),
    "measured.readout_error": ("krinner-xld400", {"measured.readout_error": 0.02}),
    "measured.burst_rate": ("krinner-xld400", {"measured.burst_rate": "1 1/s"}),
    "measured.recovery_time": ("krinner-xld400", {"measured.recovery_time": "3 ms"}),
    "measured.suppression": ("krinner-xld400", {"measured.suppression": 3.0}),
}  # fmt: skip
PRESETS = ("krinner-xld400", "willow-like", "inverted-4k-controllers", "uts-fridge")


def fields(section: type[Section], prefix: str = "") -> Iterator[str]:
    """Dotted schema paths of all fields, without the names of members."""
    for name, field in section.model_fields.items():
        place = field_place(field)
        if name in PROVENANCE or name in NAMES:
            continue
        if place.section is not None:
            yield from fields(place.section, f"{prefix}{name}.")
        else:
            yield prefix + name


def scaled(key: str) -> tuple[str, dict[str, Any]]:
    """A preset that states ``key`` somewhere, and the change of its quantity by 10 %."""
    section, _, field = key.partition(".")
    for preset in PRESETS:
        for value in load(preset).effective():
            path = value.key.split(".")
            matches = path[0] == section and field in path[1:]
            if matches and isinstance(value.value, int | float) and value.value:
                place = find_place(DesignModel, path)
                assert place is not None
                return preset, {value.key: (value.value, place.unit)}
    raise AssertionError(f"no preset states {key}: add it to CASES")


def changed(design: Design, changes: dict[str, Any]) -> Design:
    for key, value in changes.items():
        if isinstance(value, tuple):
            number, unit = value
            up = number * 1.1
            fits = unit != "1" or up <= 1 or number > 1
            return (
                design.replace({key: number + 1})
                if unit is None
                else design.with_si({key: up if fits else number * 0.9})
            )
    return design.replace(changes)


def without_echo(value: Any) -> Any:
    """A result without the parts of it that only repeat the input."""
    echo = ("reference_event", "samples", "variant", "decoder", "family", "distance",
            "cycle_time_s", "max_temperature_K", "capacity_W", "limit")  # fmt: skip
    if isinstance(value, dict):
        return {k: without_echo(v) for k, v in value.items() if k not in echo}
    if isinstance(value, list):
        return [without_echo(v) for v in value]
    return value


class Steps:
    """The chain's results one after another, as texts, computed only as far as asked."""

    def __init__(self, design: Design) -> None:
        self.design = design

    def __iter__(self) -> Iterator[str]:
        from qubudget.cryostat.uncertainty import intervals
        from qubudget.findings import published_claims
        from qubudget.impact.falling import deposits
        from qubudget.verdict import (
            algorithm_constraint,
            coherence_constraints,
            cycle_constraint,
            logical_constraint,
            thermal_constraints,
        )

        chain = Chain("quick", 1)
        thermal, coherence, feedback = chain.cold(self.design)
        yield text([thermal.to_dict(), feedback.to_dict()])
        yield text(intervals(self.design, samples=self.design.cryostat.samples, seed=1).to_dict())
        yield text(coherence.to_dict())
        cold = [*thermal_constraints(thermal), *coherence_constraints(self.design, coherence)]
        yield text([c.margin for c in (*cold, cycle_constraint(self.design))])
        yield text([c["verdict"] for c in published_claims(self.design, thermal, coherence)])
        yield text(asdict(deposits(self.design).rates))
        yield text(reference_event(self.design))
        impact = impact_of(chain, self.design, coherence)
        yield text(impact.to_dict())
        qec = chain.errors(self.design, coherence, impact)
        yield text(qec.to_dict())
        stated = self.design.targets.algorithm_qubits is not None
        spoilt = algorithm_constraint(self.design, qec).margin if stated else None
        yield text([logical_constraint(self.design, qec).margin, spoilt])


def impact_of(chain: Chain, design: Design, coherence: CoherenceResult) -> ImpactResult:
    """The chain's, computed once for designs that differ only in what it must not read."""
    key = json.dumps([design.model_dump(mode="json", exclude=LATE), coherence.to_dict()])
    if key not in struck:
        struck[key] = chain.impact(design, coherence)
    return struck[key]


def reference_event(design: Design) -> list[float]:
    """Quasiparticles after the reference event, as the chain computes them but coarsely."""
    from qubudget.impact.chip.event import TIMES, chip_of

    radiation = design.radiation
    place = (radiation.event_x, radiation.event_y)
    _, x_qp = chip_of(design, 2000, 1).event(radiation.event_energy, *place, 20, TIMES)
    return [float(x) for x in x_qp.max(axis=(1, 2))]


def text(value: Any) -> str:
    return json.dumps(without_echo(value), sort_keys=True)


class Kept:
    """Steps that are computed once, and only as far as anybody asked."""

    def __init__(self, design: Design) -> None:
        self.known: list[str] = []
        self.rest = iter(Steps(design))

    def __iter__(self) -> Iterator[str]:
        for index in count():
            if index == len(self.known):
                try:
                    self.known.append(next(self.rest))
                except StopIteration:
                    return
            yield self.known[index]


@cache
def baseline(preset: str, beside: str) -> Kept:
    """Steps of a preset with the settings ``beside``, a JSON text so that equal ones are kept."""
    return Kept(load(preset).replace(json.loads(beside)))


@pytest.mark.parametrize("key", list(fields(DesignModel)))
def test_a_field_moves_a_number(key: str) -> None:
    preset, changes = CASES.get(key) or scaled(key)
    # Without packets of phonons, which take seconds, where the field is not about them.
    cheap = SMALL if key in TRACED else {**SMALL, **SPOT}
    beside = {**cheap, **BESIDE.get(key, {})}
    design = changed(load(preset).replace(beside), changes)
    pairs = zip(Steps(design), baseline(preset, json.dumps(beside)), strict=True)
    assert any(now != before for now, before in pairs), (preset, changes)


def test_every_case_names_a_field_that_exists() -> None:
    assert set(CASES) | set(BESIDE) <= set(fields(DesignModel))
