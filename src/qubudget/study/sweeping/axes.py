"""From ``KEY=START..STOP:N[:log]``, ``KEY=A,B,C`` and ``lhs:N`` to the points of a sweep.

Values are written as in the design file and pass through its schema; every problem of every
axis is reported at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from qubudget.design import Design
from qubudget.errors import DesignError, Problem
from qubudget.study.sweeping.axis_values import Reader, Refused
from qubudget.study.sweeping.points import Axis, Space

MAX_POINTS = 10_000_000
FORM = "KEY=START..STOP:N, KEY=START..STOP:N:log or KEY=A,B,C"
_RANGE = re.compile(r"^(?P<start>.+?)\.\.(?P<stop>[^:]+)(?::(?P<rest>.*))?$")


@dataclass(frozen=True)
class Range:
    """All values between two ends, even in the value or (``log``) in its logarithm."""

    key: str
    unit: str | None
    start: float
    stop: float
    log: bool
    count: int | None
    whole: bool

    def grid(self) -> Axis:
        """``count`` values, both ends among them."""
        assert self.count is not None
        space = np.geomspace if self.log else np.linspace
        return Axis(self.key, self.unit, self._typed(space(self.start, self.stop, self.count)))

    def drawn(self, shares: NDArray[np.float64]) -> Axis:
        """Values at shares in [0, 1) of the way; each whole number gets an equal part of it."""
        start, stop = self.start, self.stop
        if self.whole:
            low, high = min(start, stop), max(start, stop)
            start, stop = low - 0.5, high + 0.5
        if self.log:
            found = np.exp(np.log(start) + shares * np.log(stop / start))
        else:
            found = start + shares * (stop - start)
        low, high = sorted((self.start, self.stop))
        return Axis(self.key, self.unit, np.clip(self._typed(found), low, high))

    def _typed(self, values: NDArray[np.float64]) -> NDArray[Any]:
        if self.whole:
            return np.rint(values).astype(np.int64)
        if self.unit in (None, "1"):
            return values
        # Quantities are read to 15 digits: the coordinate is to equal the effective value.
        return np.array([float(f"{value:.15g}") for value in values.tolist()])


@dataclass(frozen=True, eq=False)
class Listed:
    """Values named one by one."""

    key: str
    unit: str | None
    values: NDArray[Any]

    def grid(self) -> Axis:
        """All of them, in the order given."""
        return Axis(self.key, self.unit, self.values)

    def drawn(self, shares: NDArray[np.float64]) -> Axis:
        """Each gets an equal part of [0, 1)."""
        return self.grid().take((shares * len(self.values)).astype(np.int64))


def parse_axes(
    design: Design, vary: Sequence[str], *, sample: str | None = None, seed: int = 1
) -> Space:
    """The points that ``--vary`` and ``--sample`` ask for.

    Parameters
    ----------
    design : the base, whose keys are varied.
    vary : texts such as "machine.qubits=50..500:10", "lines.drive.attenuation.mxc=10 dB..30 dB:5",
        "qubit.loss=1e-6..1e-3:7:log" or "stages.4k.model=fixed,curve".
    sample : "lhs:N" for a Latin hypercube of N points (SciPy's, drawn with ``seed``) instead of
        the grid; a range gives its ends (its own N is the grid's alone and may be left out),
        listed values get equal shares.

    Raises
    ------
    DesignError: every problem at once: an unknown key (with the nearest), a refused value, an
        empty range, a logarithmic range that is not above zero, a key twice, more than 10^7 points.
    """
    problems: list[Problem] = []
    drawn = _sample_size(sample, problems)
    reader = Reader(design)
    found: list[Range | Listed] = []
    for text in vary:
        try:
            found.append(_axis(reader, text, sampled=sample is not None))
        except Refused as error:
            problems += error.problems
    keys = [text.partition("=")[0].strip() for text in vary]
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        problems.append(Problem("--vary", f"{key} twice", "each key once"))
    if not vary:
        problems.append(Problem("--vary", "nothing", FORM))
    size = drawn or 1
    if sample is None:
        for axis in found:
            size *= len(axis.values) if isinstance(axis, Listed) else axis.count or 1
    if size > MAX_POINTS:
        problems.append(Problem("--vary", f"{size:,} points", f"at most {MAX_POINTS:,} points"))
    if problems:
        raise DesignError(design.name, problems)
    if drawn is None:
        return Space(tuple(axis.grid() for axis in found))
    shares = qmc.LatinHypercube(d=len(found), rng=np.random.default_rng(seed)).random(drawn)
    return Space(tuple(axis.drawn(shares[:, k]) for k, axis in enumerate(found)), paired=True)


def _sample_size(sample: str | None, problems: list[Problem]) -> int | None:
    if sample is None:
        return None
    kind, _, number = sample.partition(":")
    if kind != "lhs" or re.fullmatch(r"[0-9]{1,12}", number) is None or int(number) < 1:
        allowed = f"lhs:N, a Latin hypercube of N points, N from 1 to {MAX_POINTS:,}"
        problems.append(Problem("--sample", repr(sample), allowed))
        return None
    return int(number)


def _axis(reader: Reader, text: str, *, sampled: bool) -> Range | Listed:
    key, equals, written = (part.strip() for part in text.partition("="))
    if not (key and equals and written):
        raise Refused(Problem("--vary", repr(text), FORM))
    reader.check_key(key, text)
    match = _RANGE.match(written)
    if match is None:
        return _listed(reader, key, written)
    return _range(reader, key, written, match, sampled=sampled)


def _listed(reader: Reader, key: str, written: str) -> Listed:
    tokens = _tokens(written)
    found = reader.read(key, tokens)
    values = [value for value, _ in found]
    kinds = {type(value) for value in values}
    if kinds == {int, float}:
        values, kinds = [float(value) for value in values], {float}
    if len(kinds) > 1 or not kinds <= {float, int, bool, str}:
        raise Refused(Problem(key, repr(written), "values of one kind: numbers, truths or texts"))
    if len(set(values)) < len(values):
        raise Refused(Problem(key, repr(written), "each value once"))
    dtype = {float: np.float64, int: np.int64, bool: np.bool_, str: object}[kinds.pop()]
    return Listed(key, found[0][1], np.array(values, dtype=dtype))


def _tokens(written: str) -> list[Any]:
    """Values between commas as TOML reads them; what is not TOML is bare text."""
    try:
        found: list[Any] = tomllib.loads(f"values = [{written}]")["values"]
    except tomllib.TOMLDecodeError:
        return [_token(part.strip()) for part in written.split(",")]
    return found


def _token(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _range(reader: Reader, key: str, written: str, match: re.Match[str], *, sampled: bool) -> Range:
    log, count, problems = False, None, []
    rest = (match["rest"] or "").split(":") if match["rest"] is not None else []
    if rest and rest[-1].strip() == "log":
        log = True
        rest = rest[:-1]
    if len(rest) == 1 and re.fullmatch(r"\s*[0-9]{1,12}\s*", rest[0]):
        count = int(rest[0])
    if len(rest) > 1 or (rest and count is None) or (not rest and not sampled):
        problems.append(Problem(key, repr(written), FORM))
    elif count is not None and not 2 <= count <= MAX_POINTS:
        problems.append(Problem(key, f"N = {count}", f"N from 2 to {MAX_POINTS:,}"))
        count = None
    try:
        (start, unit), (stop, _) = reader.read(
            key, [_token(match["start"].strip()), _token(match["stop"].strip())]
        )
    except Refused as error:
        raise Refused(*problems, *error.problems) from None
    if any(isinstance(end, bool) or not isinstance(end, int | float) for end in (start, stop)):
        raise Refused(*problems, Problem(key, repr(written), "KEY=A,B,C for a choice"))
    if start == stop:
        problems.append(Problem(key, f"the empty range {written}", "two different ends"))
    if log and unit == "dB":
        problems.append(Problem(key, repr(written), "decibels without ':log', as they are logs"))
    elif log and min(start, stop) <= 0:
        problems.append(Problem(key, repr(written), "both ends above zero, as ':log' asks"))
    if problems:
        raise Refused(*problems)
    whole = isinstance(start, int) and isinstance(stop, int)
    found = Range(key, unit, start, stop, log, count, whole)
    if whole and count is not None and not sampled:
        different = len(np.unique(found.grid().values))
        if different < count:
            allowed = f"a smaller N: whole numbers repeat here, {different} differ"
            raise Refused(Problem(key, f"N = {count}", allowed))
    return found
