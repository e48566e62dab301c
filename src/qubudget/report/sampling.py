"""Which results of two reports differ by more than the noise of their sampling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_SAMPLED = re.compile(r"qec\.|impact\.statistics\.|verdict\.constraints\.")
"""Where low and high are ends of a 95 % interval of sampling, not of a spread of devices."""
_NAME = re.compile(r"(.*?)(?:_low|_high)?(_s|_Hz|_m|_K|_W|_eV|_J)?")
"""The name of a result, or of an end of its interval, and its unit."""
_OF_PART = frozenset({
    "logical_error_per_cycle", "failure_probability", "logical_errors_per_day",
    "mean_time_to_failure_s", "burst_failures_per_day", "per_day", "share", "value", "margin",
})  # fmt: skip
"""Results of which a part's own low and high are the ends, or follow from them."""
_OF_PATCH = {
    "qec.machine.logical_errors_per_day": "qec.logical_errors_per_day",
    "qec.machine.mean_time_to_failure_s": "qec.logical_errors_per_day",
    "qec.background.lambda_model": "qec.background.lambda",
}
"""Results that the interval of another one stands for."""


def resolved(key: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> bool | None:
    """Whether the 95 % intervals of a result in two reports are apart.

    first, second : leaves of the reports by dotted key. None where a report has no interval of
    sampling for it.

    >>> one = {"qec.background.lambda_low": 2.0, "qec.background.lambda_high": 2.3}
    >>> other = {"qec.background.lambda_low": 2.2, "qec.background.lambda_high": 2.6}
    >>> resolved("qec.background.lambda", one, other)
    False
    """
    key = _OF_PATCH.get(key, key)
    if not _SAMPLED.match(key):
        return None
    for low, high in _ends(key):
        mine, other = (_interval(side, low, high) for side in (first, second))
        if mine is not None and other is not None:
            return mine[1] < other[0] or other[1] < mine[0]
    return None


def _ends(key: str) -> Iterator[tuple[str, str]]:
    """Keys of the interval's ends, as they may be called, the nearest name first."""
    part, _, last = key.rpartition(".")
    if last in ("low", "high"):
        yield f"{part}.low", f"{part}.high"
        return
    found = _NAME.fullmatch(last)
    assert found is not None
    stem, unit = found.groups(default="")
    yield f"{part}.{stem}_low{unit}", f"{part}.{stem}_high{unit}"
    if last in _OF_PART:
        yield f"{part}.low", f"{part}.high"


def _interval(side: Mapping[str, Any], low: str, high: str) -> tuple[float, float] | None:
    ends = side.get(low), side.get(high)
    if any(isinstance(end, bool) or not isinstance(end, int | float) for end in ends):
        return None
    return float(side[low]), float(side[high])
