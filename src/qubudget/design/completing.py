"""Values that a file states in another way: by a material's name, or by E_J and E_C."""

from __future__ import annotations

from typing import Any

from qubudget.design.paths import Raw, copied, nearest
from qubudget.design.problems import shown
from qubudget.design.reading import Written
from qubudget.design.units import to_si
from qubudget.errors import DesignError, OutOfRangeError, Problem

CIRCUIT = ("josephson_energy", "charging_energy")
TRANSITIONS = ("frequency", "anharmonicity")


def complete(written: Written, origin: str) -> Written:
    """The written table with what follows from other entries, each with its own origin.

    Raises
    ------
    DesignError: a material that is not in the catalogue, or a transmon written twice.
    """
    table: Raw = copied(written.table)
    origins = dict(written.origins)
    problems = [*_dielectrics(table, origins), *_circuit(table, origins)]
    if problems:
        raise DesignError(origin, problems)
    return Written(table, origins)


def _dielectrics(table: Raw, origins: dict[str, str]) -> list[Problem]:
    problems = []
    parts: Any = table.get("dielectrics")
    for part in parts if isinstance(parts, list) else []:
        if not isinstance(part, dict) or "material" not in part:
            continue
        from qubudget.materials.dielectrics import dielectric, dielectric_names

        name = part["material"]
        if name not in dielectric_names():
            problems.append(
                Problem(
                    f"dielectrics.{part.get('name')}.material",
                    shown(name),
                    "one of " + ", ".join(dielectric_names()),
                    nearest(str(name), dielectric_names()),
                )
            )
            continue
        found = dielectric(name)
        for key, value in (("tan_delta", found.tan_delta), ("spread", found.spread)):
            if key not in part:
                part[key] = value
                origins[f"dielectrics.{part.get('name')}.{key}"] = f"material {name}"
    return problems


def _circuit(table: Raw, origins: dict[str, str]) -> list[Problem]:
    qubit: Any = table.get("qubit")
    if not isinstance(qubit, dict) or not any(key in qubit for key in CIRCUIT):
        return []
    twice = [key for key in TRANSITIONS if key in qubit]
    missing = [key for key in CIRCUIT if key not in qubit]
    if twice or missing:
        return [
            *(
                Problem(f"qubit.{key}", shown(qubit[key]), "nothing beside E_J and E_C (remove it)")
                for key in twice
            ),
            *(Problem(f"qubit.{key}", "", "both E_J/h and E_C/h") for key in missing),
        ]
    from qubudget.transmon import transmon_levels

    try:
        josephson, charging = (to_si(str(qubit[key]), "Hz") for key in CIRCUIT)
        levels = transmon_levels(josephson, charging, count=3)
    except ValueError:
        return []  # the schema says what is wrong with the values
    except OutOfRangeError as error:
        given = f"{qubit[CIRCUIT[0]]} and {qubit[CIRCUIT[1]]}"
        return [Problem(f"qubit.{CIRCUIT[0]}", given, f"a transmon ({error})")]
    first, second = float(levels[1] - levels[0]), float(levels[2] - levels[1])
    for key, value in (("frequency", first), ("anharmonicity", first - second)):
        qubit[key] = f"{value!r} Hz"
        origins[f"qubit.{key}"] = "from qubit.josephson_energy and qubit.charging_energy"
    return []
