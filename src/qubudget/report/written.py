"""What a design file says, in the spelling of everything that is printed."""

from __future__ import annotations

import re

from qubudget.report.numbers import powers

_MICRO = re.compile(r"(?<=\d )u(?=(?:W|K|s|m|A|V|J|F|H|T|Wb|eV|Hz|ohm|mol)\b)")


def written(text: str) -> str:
    """A value as a design file has it, with the micro sign and powers of ten.

    >>> written("200 uW"), written("50 uW/K"), written("[19 um, 2 mm]"), written("use 3 units")
    ('200 µW', '50 µW/K', '[19 µm, 2 mm]', 'use 3 units')
    >>> written("7e-09")
    '7×10⁻⁹'
    """
    return powers(_MICRO.sub("µ", text))
