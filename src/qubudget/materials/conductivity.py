"""Thermal conductivity of cable and support materials, 1 mK to 300 K.

Public names: ``conductivity(material, temperature)`` in W/(m K), ``integral(material, cold,
hot)`` in W/m, ``spread(material, temperature)`` (95 % factor up or down),
``temperature_ranges(material)``, ``sources(material)``, ``material_names()``.

The data are ``data/conductivity.csv`` (one row per source: a power law ``a b`` for a T^b, a
polynomial of log10 k in log10 T, NIST's rational form for copper, or a table of
``data/conductivity_tables.csv`` interpolated monotonically on logarithmic axes). Rows with
the role "chain" make up the curve, each in the range ``use``, joined as ``curves`` says; rows
with the role "compare" only say how far sources disagree. A law used below the cold end of its
data (``use_cold`` < ``cold``) is an extrapolation of the physics that its note names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from qubudget.errors import OutOfRangeError
from qubudget.materials.curves import Curve, Floats, LogLaw, Piece

SINGLE_SOURCE_SPREAD = 1.25
"""95 % factor where one source stands alone: no two sources that cover a material above 5 K
disagree by more (copper of RRR 100, 1.22; NbTi apart)."""

EXTRAPOLATED_EXPONENT = 0.25
"""Uncertainty of the exponent below a law's data: measured ones of the data's alloys are 0.99
to 1.22 where theory says 1, of NbTi and PTFE 1.66 to 2.41 where it says 2."""


@dataclass(frozen=True)
class Source:
    """One source of a material's conductivity.

    Attributes
    ----------
    material : name in the catalogue.
    chained : whether the curve uses it (else it only widens the spread).
    use : range in which the curve uses it, K; None where it does not.
    cold, hot : range of its data, K.
    own_spread : 95 % factor of this source alone.
    law : ln k (W/(m K)) against ln T (K).
    source, status, note : where it is from, how well that was checked, and what to know.
    """

    material: str
    chained: bool
    use: tuple[float, float] | None
    cold: float
    hot: float
    own_spread: float
    law: LogLaw
    source: str
    status: str
    note: str


@dataclass(frozen=True)
class _Material:
    curve: Curve
    sources: tuple[Source, ...]


def material_names() -> tuple[str, ...]:
    """Names of all materials with a conductivity, in the catalogue's order.

    >>> material_names()[:3]
    ('SS304', 'SS316', 'Cu RRR50')
    """
    return tuple(_catalogue())


def temperature_ranges(material: str) -> tuple[tuple[float, float], ...]:
    """Ranges without gaps in which a conductivity is known, (cold, hot) in K.

    >>> temperature_ranges("G10")
    ((0.304, 0.768), (10.0, 300.0))
    """
    return _material(material).curve.ranges


def sources(material: str) -> tuple[Source, ...]:
    """All sources of a material, those of the curve cold to hot first."""
    return _material(material).sources


def conductivity(material: str, temperature: ArrayLike) -> Floats:
    """Thermal conductivity, W/(m K).

    Parameters
    ----------
    material : name in the catalogue.
    temperature : K, any shape; NaN gives NaN.

    Raises
    ------
    OutOfRangeError: no such material, or a temperature outside ``temperature_ranges``.

    NIST's stainless steel at 4 K:

    >>> round(float(conductivity("SS304", 4.0)), 4)
    0.2724
    """
    return _material(material).curve.value(temperature)


def integral(material: str, cold: ArrayLike, hot: ArrayLike) -> Floats:
    """Conduction integral of k dT from ``cold`` to ``hot``, W/m.

    Heat through a rod is this times area over length. Within 1e-6 of quadrature over
    ``conductivity``.

    Parameters
    ----------
    material : name in the catalogue.
    cold, hot : K, any shapes that broadcast; negative result where hot < cold, NaN for NaN.

    Raises
    ------
    OutOfRangeError: no such material, or an end outside its ranges, or a gap between them.

    Where copper's k is 149.4 T (Krinner et al. 2019, Fig. 11), 149.4 (1 - 0.01)/2 from 0.1 to 1 K:

    >>> round(float(integral("Cu RRR100", 0.1, 1.0)), 2)
    73.95
    """
    return _material(material).curve.integral(cold, hot)


def spread(material: str, temperature: ArrayLike) -> Floats:
    """95 % factor, up or down, of ``conductivity``; 1 or more.

    The largest of: each source's ratio to the curve where its data reach; the spread of the
    source in use; both, below a law's data, widened by ``EXTRAPOLATED_EXPONENT``. On a bridge
    between two sources, the larger of its two ends.

    Raises
    ------
    OutOfRangeError: as ``conductivity``.

    NbTi at 0.1 K, Krinner's Fig. 11 (2019) over Olson's measurement (1993):

    >>> round(float(spread("NbTi", 0.1)), 1)
    14.8
    """
    entry = _material(material)
    asked = np.asarray(temperature, dtype=np.float64)
    return np.maximum(*(_spread(entry, side) for side in _bridge_ends(entry, asked)))


def _spread(entry: _Material, temperature: Floats) -> Floats:
    value = np.log(entry.curve.value(temperature))
    position = np.log(temperature)
    widest = np.zeros(temperature.shape)
    for source in entry.sources:
        if source.use is not None:
            used = (temperature >= source.use[0]) & (temperature <= source.use[1])
            below = np.maximum(np.log(source.cold) - position, 0.0)
            # The disagreement at the cold end of the data goes on below it.
            edge = np.log(_data_spread(entry, source.cold)) if below.any() else 0.0
            own = np.maximum(np.log(source.own_spread), np.where(below > 0, edge, 0.0))
            widest = np.where(used, np.maximum(widest, own + EXTRAPOLATED_EXPONENT * below), widest)
        covers = (temperature >= source.cold) & (temperature <= source.hot)
        if covers.any():
            apart = np.abs(source.law(position[covers]) - value[covers])
            widest[covers] = np.maximum(widest[covers], apart)
    return np.where(np.isnan(temperature), np.nan, np.exp(widest))


def _data_spread(entry: _Material, temperature: float) -> float:
    """Largest ratio of a source's data to the curve at one temperature."""
    value = float(np.log(entry.curve.value(temperature)))
    position = np.array(np.log(temperature))
    apart = [
        abs(float(source.law(position)) - value)
        for source in entry.sources
        if source.cold <= temperature <= source.hot
    ]
    return float(np.exp(max(apart, default=0.0)))


def _bridge_ends(entry: _Material, temperature: Floats) -> tuple[Floats, Floats]:
    """Each temperature twice, except on a bridge: there, the bridge's two ends."""
    colder, warmer = temperature.copy(), temperature.copy()
    used = [source.use for source in entry.sources if source.use is not None]
    for (_, end), (start, _) in pairwise(used):
        bridged = (temperature > end) & (temperature < start)
        if any(cold <= end and start <= hot for cold, hot in entry.curve.ranges):
            colder[bridged], warmer[bridged] = end, start
    return colder, warmer


def _material(name: str) -> _Material:
    try:
        return _catalogue()[name]
    except KeyError:
        known = ", ".join(material_names())
        raise OutOfRangeError(
            f"no thermal conductivity of {name!r} in the catalogue; known: {known}"
        ) from None


@cache
def _catalogue() -> dict[str, _Material]:
    by_name: dict[str, list[Source]] = {}
    for source in _read():
        by_name.setdefault(source.material, []).append(source)
    found = {}
    for name, entries in by_name.items():
        pieces = [Piece(*entry.use, entry.law) for entry in entries if entry.use is not None]
        found[name] = _Material(Curve(f"thermal conductivity of {name}", pieces), tuple(entries))
    return found


def _read() -> Iterator[Source]:
    data = files("qubudget.materials") / "data"
    tables: dict[str, list[tuple[float, float]]] = {}
    for row in csv.DictReader((data / "conductivity_tables.csv").read_text("utf-8").splitlines()):
        point = float(row["temperature_K"]), float(row["conductivity_W_per_m_K"])
        tables.setdefault(row["table"], []).append(point)
    for row in csv.DictReader((data / "conductivity.csv").read_text("utf-8").splitlines()):
        form, coefficients = row["form"], row["coefficients"]
        if form == "table":
            law = _table_law(tables[coefficients])
        else:
            law = _LAWS[form](np.array([float(c) for c in coefficients.split()]))
        chained = row["role"] == "chain"
        yield Source(
            material=row["material"],
            chained=chained,
            use=(float(row["use_cold_K"]), float(row["use_hot_K"])) if chained else None,
            cold=float(row["cold_K"]),
            hot=float(row["hot_K"]),
            own_spread=float(row["spread"] or SINGLE_SOURCE_SPREAD),
            law=law,
            source=row["source"],
            status=row["status"],
            note=row["note"],
        )


def _power_law(coefficients: Floats) -> LogLaw:
    factor, exponent = np.log(coefficients[0]), coefficients[1]
    return lambda position: factor + exponent * position


def _polynomial_law(coefficients: Floats) -> LogLaw:
    falling = coefficients[::-1]
    ten = np.log(10.0)
    return lambda position: ten * np.polyval(falling, position / ten)


def _copper_law(c: Floats) -> LogLaw:
    """NIST's form for copper: log10 k is a ratio of polynomials in sqrt T, not in log10 T."""
    above, below = c[::2][::-1], np.concatenate([[1.0], c[1::2]])[::-1]
    ten = np.log(10.0)

    def law(position: Floats) -> Floats:
        root = np.exp(position / 2)
        return np.asarray(ten * np.polyval(above, root) / np.polyval(below, root))

    return law


def _table_law(points: list[tuple[float, float]]) -> LogLaw:
    temperature, value = np.log(np.array(points).T)
    interpolator = PchipInterpolator(temperature, value)
    return lambda position: np.asarray(interpolator(position), dtype=np.float64)


_LAWS = {"power": _power_law, "log10poly": _polynomial_law, "copper_rational": _copper_law}
