"""Attenuation of coaxial cables between the makers' tables at 4 K and 300 K.

``cable_attenuation(name, frequency, temperature)`` in dB/m, from ``data/coax_attenuation.csv``
(0.5 to 20 GHz, 4 K and 300 K), for the cables of ``cables.coax_names()``.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.materials.cables import coax

COLD, WARM = 4.0, 300.0
"""Temperatures of the makers' tables, K."""

Floats = NDArray[np.float64]


@cache
def _tables() -> dict[str, tuple[Floats, Floats, Floats]]:
    """By cable: frequencies (Hz), attenuation at ``COLD`` and at ``WARM`` (dB/m)."""
    data = files("qubudget.materials") / "data"
    points: dict[str, dict[float, list[tuple[float, float]]]] = {}
    text = (data / "coax_attenuation.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        by_temperature = points.setdefault(row["cable"], {})
        point = float(row["frequency_Hz"]), float(row["attenuation_dB_per_m"])
        by_temperature.setdefault(float(row["temperature_K"]), []).append(point)
    tables = {}
    for cable, by_temperature in points.items():
        frequency, cold = np.array(by_temperature[COLD]).T
        tables[cable] = frequency, cold, np.array(by_temperature[WARM])[:, 1]
    text = (data / "coax.csv").read_text("utf-8")
    return {row["name"]: tables[row["attenuation"]] for row in csv.DictReader(text.splitlines())}


def attenuation_range(name: str) -> tuple[float, float]:
    """Frequencies at which a cable's attenuation is known, (lowest, highest) in Hz."""
    frequency, _, _ = _table(name)
    return float(frequency[0]), float(frequency[-1])


def cable_attenuation(name: str, frequency: ArrayLike, temperature: ArrayLike) -> Floats:
    """Attenuation of a cable, dB/m.

    Between the tabled frequencies linear in their square root (skin effect). Between 4 and
    300 K the square of it is linear in temperature, as the resistivity of a metal is by
    Matthiessen's rule; below 4 K it stays, as the residual resistivity does. A
    superconducting cable has its value of 4 K up to there and none between.

    Parameters
    ----------
    name : a cable of ``cables.coax_names()``.
    frequency : Hz, any shape. temperature : K, any shape; the two broadcast.

    Raises
    ------
    OutOfRangeError: no such cable, a frequency outside its table, a temperature not above 0 or
        above 300 K, or a superconducting cable between 4 and 300 K.

    Coax Co. SC-219/50-SS-SS at 5 GHz and 4 K:

    >>> round(float(cable_attenuation("219-SS-SS", 5e9, 4.0)), 3)
    5.9
    """
    table, cold, warm = _table(name)
    asked, kelvin = np.broadcast_arrays(
        np.asarray(frequency, dtype=np.float64), np.asarray(temperature, dtype=np.float64)
    )
    if not np.all((asked >= table[0]) & (asked <= table[-1])):
        raise OutOfRangeError(
            f"attenuation of {name!r} is known from {table[0]:g} Hz to {table[-1]:g} Hz, "
            f"asked at {frequency!r} Hz"
        )
    if not np.all((kelvin > 0) & (kelvin <= WARM)):
        raise OutOfRangeError(
            f"attenuation of {name!r} is known above 0 K to {WARM:g} K, asked at {temperature!r} K"
        )
    if not cold.any() and np.any((kelvin > COLD) & (kelvin < WARM)):
        raise OutOfRangeError(
            f"{name!r} turns superconducting between its tables at {COLD:g} K and {WARM:g} K, "
            f"asked at {temperature!r} K"
        )
    root = np.sqrt(table)
    at_cold, at_warm = (np.interp(np.sqrt(asked), root, column) for column in (cold, warm))
    share = np.clip((kelvin - COLD) / (WARM - COLD), 0.0, 1.0)
    result: Floats = np.sqrt((1 - share) * at_cold**2 + share * at_warm**2)
    return result


def _table(name: str) -> tuple[Floats, Floats, Floats]:
    return _tables()[coax(name).name]
