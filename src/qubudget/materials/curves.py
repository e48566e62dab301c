"""Properties of matter against temperature, joined from several sources on logarithmic axes.

A ``Curve`` is a chain of pieces, each a law or a table with the range in which it is used:

- where two neighbouring pieces overlap, the logarithm of the property passes from one to the
  other with a smoothstep weight in ln T over the overlap;
- a gap of at most ``WIDEST_BRIDGE`` (hot end over cold end) is bridged by the cubic in ln T
  that meets both ends with their slopes (limited, so that a bridge never overshoots);
- a wider gap stays a gap: the property is out of range there.

The integral over temperature comes from a cumulative table on a fine even grid in ln T,
interpolated with the property itself as slope: within 1e-6 of quadrature. NaN gives NaN, so
that designs without a balance pass through vectorised work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError

Floats = NDArray[np.float64]
LogLaw = Callable[[Floats], Floats]
"""ln of the property against ln of the temperature (K)."""

WIDEST_BRIDGE = 6.0
_PANELS = 1 << 14
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)


@dataclass(frozen=True)
class Piece:
    """A law and the range in which it is used, K."""

    cold: float
    hot: float
    law: LogLaw


@dataclass(frozen=True)
class _Region:
    """Part of a span (ln K) where one expression holds."""

    start: float
    end: float
    law: LogLaw


@njit(cache=True)
def _interpolated(position, start, step, table, slope, out):  # type: ignore[no-untyped-def]
    last = table.size - 2
    for i in range(position.size):
        if np.isnan(position[i]):
            out[i] = np.nan
            continue
        panel = min(max(int((position[i] - start) / step), 0), last)
        x = (position[i] - start) / step - panel
        rise = table[panel + 1] - table[panel]
        left = step * slope[panel]
        right = step * slope[panel + 1]
        out[i] = table[panel] + x * (
            left + x * (3 * rise - 2 * left - right + x * (left + right - 2 * rise))
        )


class _Span:
    """A range without gaps, with the cumulative integral from its cold end."""

    def __init__(self, regions: Sequence[_Region], cold: float, hot: float) -> None:
        self.cold, self.hot = cold, hot
        # Open ends: a logarithm may round differently for one number and in an array.
        first, last = regions[0], regions[-1]
        self.regions = (
            (_Region(-np.inf, np.inf, first.law),)
            if len(regions) == 1
            else (replace(first, start=-np.inf), *regions[1:-1], replace(last, end=np.inf))
        )
        self._start = np.log(cold)
        self._step = (np.log(hot) - self._start) / _PANELS

    def holds(self, temperature: Floats) -> NDArray[np.bool_]:
        return (temperature >= self.cold) & (temperature <= self.hot)

    def value(self, temperature: Floats) -> Floats:
        position = np.log(temperature)
        result = np.full(position.shape, np.nan)
        for region in self.regions:
            here = (position >= region.start) & (position <= region.end)
            if here.any():
                result[here] = np.exp(region.law(position[here]))
        return result

    @cached_property
    def _table(self) -> tuple[Floats, Floats]:
        edges = np.clip(
            np.exp(self._start + self._step * np.arange(_PANELS + 1)), self.cold, self.hot
        )
        middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
        inside = self.value(middle[:, np.newaxis] + half[:, np.newaxis] * _NODES)
        total = np.concatenate([[0.0], np.cumsum(half * (inside @ _WEIGHTS))])
        return total, self.value(edges) * edges

    def cumulative(self, temperature: Floats) -> Floats:
        position = np.ascontiguousarray(np.log(temperature)).ravel()
        out = np.empty_like(position)
        _interpolated(position, self._start, self._step, *self._table, out)
        return out.reshape(temperature.shape)

    def temperature_of(self, cumulative: Floats) -> Floats:
        """Inverse of ``cumulative``; NaN beyond the hot end."""
        table, _ = self._table
        panel = np.clip(np.searchsorted(table, cumulative, side="right") - 1, 0, _PANELS - 1)
        share = (cumulative - table[panel]) / (table[panel + 1] - table[panel])
        guess = np.exp(self._start + self._step * (panel + np.clip(share, 0.0, 1.0)))
        guess = np.clip(guess, self.cold, self.hot)
        for _ in range(2):  # Newton, from a guess within a ten-thousandth
            guess = guess - (self.cumulative(guess) - cumulative) / self.value(guess)
            guess = np.clip(guess, self.cold, self.hot)
        return np.where(cumulative <= table[-1], guess, np.nan)


class Curve:
    """A positive property against temperature.

    Parameters
    ----------
    what : the property's name for messages, such as "thermal conductivity of NbTi".
    pieces : cold to hot; only neighbours may overlap.
    """

    def __init__(self, what: str, pieces: Sequence[Piece]) -> None:
        self.what = what
        self._spans = tuple(_joined(pieces))

    @property
    def ranges(self) -> tuple[tuple[float, float], ...]:
        """Ranges without gaps, (cold, hot) in K."""
        return tuple((span.cold, span.hot) for span in self._spans)

    def value(self, temperature: ArrayLike) -> Floats:
        """The property at ``temperature`` (K); ``OutOfRangeError`` outside ``ranges``."""
        asked = np.asarray(temperature, dtype=np.float64)
        result = np.full(asked.shape, np.nan)
        known = np.isnan(asked)
        for span in self._spans:
            here = span.holds(asked)
            result[here] = span.value(asked[here])
            known |= here
        self._refuse(asked, known)
        return result

    def integral(self, cold: ArrayLike, hot: ArrayLike) -> Floats:
        """Integral over temperature from ``cold`` to ``hot`` (K), negative where hot < cold.

        Raises
        ------
        OutOfRangeError: an end outside ``ranges``, or a gap between the two.
        """
        low, high = np.broadcast_arrays(
            np.asarray(cold, dtype=np.float64), np.asarray(hot, dtype=np.float64)
        )
        result = np.full(low.shape, np.nan)
        known = np.isnan(low) | np.isnan(high)
        for span in self._spans:
            here = span.holds(low) & span.holds(high)
            result[here] = span.cumulative(high[here]) - span.cumulative(low[here])
            known |= here
        if not known.all():
            for end in (low, high):
                self._refuse(end, np.isnan(end) | self._inside(end))
            raise OutOfRangeError(f"{self._known()}; asked across the gap")
        return result

    def upper(self, cold: ArrayLike, integral: ArrayLike) -> Floats:
        """The hot end (K) at which the integral from ``cold`` has this value, 0 or more.

        Raises
        ------
        OutOfRangeError: ``cold`` outside ``ranges``, or the hot end would be.
        """
        low, wanted = np.broadcast_arrays(
            np.asarray(cold, dtype=np.float64), np.asarray(integral, dtype=np.float64)
        )
        result = np.full(low.shape, np.nan)
        known = np.isnan(low) | np.isnan(wanted)
        self._refuse(low, known | self._inside(low))
        for span in self._spans:
            here = span.holds(low) & ~known
            result[here] = span.temperature_of(span.cumulative(low[here]) + wanted[here])
        if np.isnan(result[~known]).any():
            raise OutOfRangeError(f"{self._known()}; the hot end would lie above")
        return result

    def _inside(self, temperature: Floats) -> NDArray[np.bool_]:
        inside = np.zeros(temperature.shape, dtype=np.bool_)
        for span in self._spans:
            inside |= span.holds(temperature)
        return inside

    def _known(self) -> str:
        ranges = " and ".join(f"from {cold:g} K to {hot:g} K" for cold, hot in self.ranges)
        return f"{self.what} is known {ranges}"

    def _refuse(self, asked: Floats, known: NDArray[np.bool_]) -> None:
        if not known.all():
            first = float(asked[~known].flat[0])
            raise OutOfRangeError(f"{self._known()}; asked at {first:g} K")


def _joined(pieces: Sequence[Piece]) -> list[_Span]:
    spans: list[_Span] = []
    regions: list[_Region] = []
    cold = pieces[0].cold
    start = float(np.log(cold))
    for piece, follower in zip(pieces, [*pieces[1:], None], strict=True):
        end = float(np.log(piece.hot))
        if follower is None or follower.cold > WIDEST_BRIDGE * piece.hot:
            regions.append(_Region(start, end, piece.law))
            spans.append(_Span(regions, cold, piece.hot))
            if follower is not None:
                regions, cold = [], follower.cold
                start = float(np.log(cold))
            continue
        begins = float(np.log(follower.cold))
        if begins < end:
            regions.append(_Region(start, begins, piece.law))
            regions.append(_Region(begins, end, _blend(piece.law, follower.law, begins, end)))
            start = end
        else:
            regions.append(_Region(start, end, piece.law))
            if begins > end:
                regions.append(_Region(end, begins, _bridge(piece.law, follower.law, end, begins)))
            start = begins
    return spans


def _blend(colder: LogLaw, warmer: LogLaw, start: float, end: float) -> LogLaw:
    def law(position: Floats) -> Floats:
        x = (position - start) / (end - start)
        weight = x * x * (3 - 2 * x)
        return (1 - weight) * colder(position) + weight * warmer(position)

    return law


def _bridge(colder: LogLaw, warmer: LogLaw, start: float, end: float) -> LogLaw:
    width, nudge = end - start, 1e-6
    left, right = float(colder(np.array(start))), float(warmer(np.array(end)))
    secant = (right - left) / width
    ends = (
        (left - float(colder(np.array(start - nudge)))) / nudge,
        (float(warmer(np.array(end + nudge))) - right) / nudge,
    )
    # A slope of the secant's sign and at most three times it keeps the cubic monotonic.
    first, last = (secant * float(np.clip(slope / secant, 0.0, 3.0)) for slope in ends)

    def law(position: Floats) -> Floats:
        x = (position - start) / width
        bend = x * (1 - x) * ((first - secant) * (1 - x) - (last - secant) * x)
        return left + secant * width * x + width * bend

    return law
