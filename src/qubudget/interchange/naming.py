"""Names of exported experiments, safe in a shell, and what sinter keeps of them."""

from __future__ import annotations

import re
from pathlib import Path

_STEM = re.compile(
    r"(?P<code>[a-z]+)_d(?P<d>\d+)_r(?P<r>\d+)_b(?P<b>[XZ])"
    r"_(?:noise(?P<noise>\d+(?:\.\d+)?)|burst(?P<burst>\d+))"
)


def stem(
    code: str, distance: int, rounds: int, basis: str, amplification: float, burst: int | None
) -> str:
    """A file's name without its ending.

    amplification : factor on the design's noise. burst : number of the class of bursts, or None.

    >>> stem("surface", 7, 12136, "X", 1.0, 3)
    'surface_d7_r12136_bX_burst3'
    """
    last = f"noise{amplification:.6g}" if burst is None else f"burst{burst}"
    return f"{code}_d{distance}_r{rounds}_b{basis}_{last}"


def metadata(path: str | Path) -> dict[str, str | int | float]:
    """What sinter is to know of an exported circuit, from its file's name.

    Raises
    ------
    ValueError: a name that ``stem`` does not give.

    >>> metadata("out/stim/surface_d5_r15_bZ_noise2.3.stim")
    {'code': 'surface', 'd': 5, 'r': 15, 'b': 'Z', 'noise': 2.3}
    """
    name = Path(path).name.removesuffix(".stim")
    found = _STEM.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is not the name of an exported circuit")
    given = {key: text for key, text in found.groupdict().items() if text is not None}
    return {key: _plain(text) for key, text in given.items()}


def _plain(text: str) -> str | int | float:
    if text.isdecimal():
        return int(text)
    return float(text) if text[0].isdecimal() else text
