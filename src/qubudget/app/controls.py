"""What can be moved in a design: one control for every number and choice that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from qubudget.app.places import Kind, field_path, kind_of, names_for
from qubudget.app.reads import first_wing
from qubudget.app.scales import (
    WIDE,
    Slider,
    bound,
    bounds_words,
    fraction_slider,
    in_unit,
    quantity_slider,
    shown_unit,
    whole_slider,
    written_unit,
)
from qubudget.design import Design, EffectiveValue
from qubudget.design.design import PROVENANCE
from qubudget.design.fields import Quantity

KindName = Literal["number", "integer", "choice", "switch", "text"]
MAIN = (
    "machine.qubits",
    "lines.drive.cable",
    "lines.drive.attenuation.4k",
    "lines.drive.attenuation.mxc",
    "workload.correction_energy",
    "qubit.frequency",
    "qubit.excess_temperature",
    "qubit.gap_difference",
    "gates.two_qubit_time",
    "workload.cycle_time",
    "chip.back_metal_thickness",
    "radiation.gamma_reduction",
    "code.distance",
    "targets.logical_errors_per_day",
)
"""Keys that a person reaches for first; those that a design holds stand on top."""
ENDS: Mapping[str, float] = {
    "chip.back_metal_thickness": 10e-6,
    "chip.back_island_gap": 100e-6,
    "chip.bump_diameter": 100e-6,
    "chip.trap_thickness": 1e-6,
    "chip.trap_temperature": 1.0,
    "chip.bump_count": 10_000,
    "chip.phonon_escape": 1e-9,
    "chip.mount_area": 1e-4,
    "qubit.gap_difference": 20e9,
    "qubit.island_gap": 50e-6,
    "qubit.tls_noise": 100e3,
    "radiation.lead_thickness": 0.2,
    "radiation.altitude": 5000.0,
    "stages.shield_area": 2.0,
    "workload.correction_energy": 1e-12,
}
"""End of the slider where a value is 0 now, in the SI unit; others by their unit."""
ON_CHIP = ("radiation.event_x", "radiation.event_y", "code.offset_x", "code.offset_y")
"""Places from the chip's centre."""
REACH: Mapping[str, float] = {
    "radiation.gamma_reduction": 1e4,
    "radiation.muon_reduction": 1e4,
    "targets.logical_errors_per_day": 1e6,
}
"""How far a slider goes up and down, as a factor, where ten times is too near."""

ASKED: Mapping[str, str] = {
    "code.distance": "an odd number from {low} to {high}",
    "machine.total_qubits": "a whole number from machine.qubits to {high}",
    "mitigation.outer_losses": "a whole number from {low}, fewer than half of outer_chips",
    "targets.algorithm_qubits": "a whole number from 1 to {high}",
}
"""What whole numbers must be beyond their type's bounds, as `qubudget.design.checking` asks."""


@dataclass(frozen=True)
class Control:
    """One value of a design, as a widget shows it.

    Attributes
    ----------
    key : dotted key of the design file. section : its first part.
    label : short name for the widget.
    kind : what widget fits.
    unit : as shown ("dB", "mK", "µW"); empty for a plain number.
    low, high, step : of a slider, in ``unit``, within what the schema allows; None without one.
    log : the slider moves in decades (``step`` is then in decades).
    value : in ``unit``; a number, a text, or whether it is on.
    choices : what a choice may be, the present value included.
    description : what the value is. origin : file or preset with the source that it
    states, "set" or "default".
    allowed : what the schema allows, in words.
    wing : first wing of the chain that reads it.
    """

    key: str
    section: str
    label: str
    kind: KindName
    unit: str
    low: float | None
    high: float | None
    step: float | None
    log: bool
    value: Any
    choices: tuple[str, ...]
    description: str
    origin: str
    allowed: str
    wing: str

    def written(self, shown: Any) -> Any:
        """What ``Design.replace`` takes for a shown value: "2 mW", 0.5, 7, True, "surface".

        Raises ``ValueError`` or ``TypeError`` where that is no number, or not a whole one.
        """
        if self.kind == "number":
            number = float(shown)
            return f"{number!r} {written_unit(self.unit)}" if self.unit else number
        if self.kind == "integer":
            number = float(shown)
            if not number.is_integer():
                raise ValueError(f"{shown} is not a whole number")
            return int(number)
        if self.kind == "switch":
            return bool(shown)
        return str(shown)


def controls(design: Design) -> tuple[Control, ...]:
    """Every number and choice that a design holds; the keys of `MAIN` first, in that order.

    Left out are values that are not stated and have no default, lists (curves, drawn films),
    free text, and what follows from other values (frequencies from E_J and E_C).
    """
    found = {}
    held = list(design.effective())
    sources = {v.key.removesuffix(".source"): v.value for v in held if v.key.endswith(".source")}
    for value in held:
        control = _control(design, value, sources)
        if control is not None:
            found[control.key] = control
    first = [found.pop(key) for key in MAIN if key in found]
    return (*first, *found.values())


def coupled(design: Design, key: str, value: Any) -> dict[str, Any]:
    """The changes that one moved control stands for.

    A machine of one fridge grows as a whole: ``machine.total_qubits`` follows
    ``machine.qubits`` where the two are equal.
    """
    machine = design.machine
    if key == "machine.qubits" and machine.total_qubits == machine.qubits:
        return {key: value, "machine.total_qubits": value}
    return {key: value}


def _control(design: Design, at: EffectiveValue, sources: Mapping[str, str]) -> Control | None:
    if at.value is None or at.origin.startswith("from ") or isinstance(at.value, list | dict):
        return None
    names, half = names_for(design, at.key), 0.0
    if (path := field_path(at.key)) in ON_CHIP:
        half = (design.chip.length if path.endswith("x") else design.chip.width) / 2
    return _made(at, _origin(at, sources), names, half)


@lru_cache(maxsize=4096)
def _made(at: EffectiveValue, origin: str, names: tuple[str, ...], half: float) -> Control | None:
    """The control of a value; kept, since a moved slider leaves all others as they were.

    ``names`` : what the design and the catalogue offer; ``half`` : of the chip along this axis.
    """
    path, field = field_path(at.key), at.key.split(".")
    if "." not in path or field[-1] in (*PROVENANCE, "name"):
        return None
    try:
        kind = kind_of(at.key)
    except (KeyError, AttributeError):
        return None
    if kind.base is None:
        return None
    value, unit, slider, choices = at.value, "", None, kind.choices
    name: KindName = "text"
    quantity = kind.quantity
    if quantity is not None:
        name = "number"
        if path in ON_CHIP:
            quantity = replace(quantity, low=-half, high=half)
        value, unit, slider = _number(at, path, quantity)
    elif kind.base is int:
        name, slider = "integer", _whole(path, at.value, kind.bounds)
    elif kind.base is bool:
        name = "switch"
    else:
        choices = choices or names
        if choices:
            name = "choice"
            choices = choices if value in choices else (value, *choices)
    return Control(
        key=at.key,
        section=field[0],
        label=_label(field, path),
        kind=name,
        unit=shown_unit(unit),
        low=None if slider is None else slider.low,
        high=None if slider is None else slider.high,
        step=None if slider is None else slider.step,
        log=slider is not None and slider.log,
        value=value,
        choices=choices,
        description=at.description,
        origin=origin,
        allowed=_allowed(kind, path) if quantity is None else bounds_words(quantity, unit),
        wing=first_wing(at.key),
    )


def _number(at: EffectiveValue, path: str, quantity: Quantity) -> tuple[float, str, Slider]:
    """Value as shown, the unit as written, and the slider of a quantity."""
    si, reach = float(at.value), REACH.get(path, WIDE)
    if quantity.unit == "1":
        if quantity.high <= 1:
            return si, "", fraction_slider(si, quantity.high)
        return si, "", quantity_slider(si, "", quantity, ENDS.get(path), reach)
    typical = quantity.high if path in ON_CHIP else ENDS.get(path)
    value, unit = in_unit(si, quantity.unit, at.text, typical)
    return value, unit, quantity_slider(value, unit, quantity, typical, reach)


def _whole(path: str, value: int, bounds: tuple[int, int]) -> Slider:
    low, high = bounds
    if path == "code.distance":
        return Slider(low, min(high, max(31, 3 * value // 4 * 2 + 1)), 2)
    return whole_slider(value, low, high, int(ENDS.get(path, 10)))


def _origin(at: EffectiveValue, sources: Mapping[str, str]) -> str:
    """Where a value came from, with the source that its file states for it."""
    parts = at.key.split(".")
    above = (".".join(parts[:length]) for length in range(1, len(parts)))
    source = next((sources[place] for place in above if place in sources), "")
    return f"{at.origin}; {source}" if source and at.origin not in ("set", "default") else at.origin


def _label(field: list[str], path: str) -> str:
    """Name of the member, of the field, and of the stage where there is one.

    "drive: attenuation at mxc" of lines.drive.attenuation.mxc.
    """
    words = path.partition(".")[2].replace("_qubit_", "-qubit ").replace("_", " ")
    at = field.index(path.partition(".")[2], 1)
    member = "".join(f"{name}: " for name in field[1:at])
    stage = "".join(f" at {name}" for name in field[at + 1 :])
    return f"{member}{words}{stage}"


def _allowed(kind: Kind, path: str) -> str:
    """What may be given where that is no quantity, in words."""
    if kind.base is int:
        low, high = map(bound, kind.bounds)
        return ASKED.get(path, "a whole number from {low} to {high}").format(low=low, high=high)
    if kind.base is bool:
        return "true or false"
    names = "a name that the design or the catalogue knows"
    return "one of " + ", ".join(kind.choices) if kind.choices else names
