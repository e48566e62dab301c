"""Diffusion to a periodic array of traps: its slowest decay, from one transcendental equation.

Tangents for strips, Bessel functions for discs; R.-P. Riwar et al., Phys. Rev. B 94, 104516 (2016)
do the same for one trap at the end of a strip.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import i0e, i1e, j0, j1, y0, y1

from qubudget.errors import ConvergenceError, OutOfRangeError


@dataclass(frozen=True)
class Layout:
    """Where the traps are: a periodic array.

    Attributes
    ----------
    shape : "strip" (parallel strips) or "disc" (discs on a square lattice, whose cell is taken
        as a disc of equal area).
    half_size : half the strips' width, or the discs' radius, m.
    spacing : period, centre to centre, m.
    """

    shape: Literal["strip", "disc"]
    half_size: float
    spacing: float

    def __post_init__(self) -> None:
        if not 0 < self.half_size < self.spacing / 2:
            raise OutOfRangeError("traps must be smaller than the cell that holds them")

    @property
    def edge(self) -> float:
        """Half the period of strips; radius of the discs' cell, m."""
        return self.spacing / 2 if self.shape == "strip" else self.spacing / float(np.sqrt(np.pi))

    @property
    def coverage(self) -> float:
        """Share of the cell's area under the trap."""
        ratio = self.half_size / self.edge
        return ratio if self.shape == "strip" else ratio**2


def slowest_decay(
    diffusivity: float, layout: Layout, sink: Callable[[float], float], local: float
) -> float:
    """Slowest decay of quasiparticles over an array of traps, 1/s.

    Outside traps D lap x = -rate x; under them D lap x = sink(rate) x; both x and the flux are
    continuous. Strips of half width a in half a period L: k tan(k (L - a)) = q tanh(q a) with
    D k^2 = rate, D q^2 = sink(rate).

    Parameters
    ----------
    diffusivity : D, m^2/s, > 0. layout : of the traps.
    sink : of the decay rate: loss rate under a trap less the decay rate itself; falls from
        positive values to 0 at ``local``.
    local : decay rate of a film under traps everywhere, 1/s, > 0.

    Limits: ``local`` times the coverage for fast diffusion and a sink of local - rate;
    D (pi/2)^2/(L - a)^2 for strips that take all that comes, here 10 um in every 100 um:

    >>> strips = Layout("strip", 5e-6, 100e-6)
    >>> round(1e9 / slowest_decay(0.002, strips, lambda rate: 1e15 - rate, 1e15))  # ns
    410

    Raises `ConvergenceError` where rounding hides the root.
    """
    if not (diffusivity > 0 and local > 0):
        raise OutOfRangeError("traps need a diffusivity and a local rate > 0")
    a, gap = layout.half_size, layout.edge - layout.half_size
    highest = np.pi / (2 * gap)  # k of strips that absorb all; an upper bound for discs

    def outside(k: float) -> tuple[float, float]:
        """Density and its slope at the trap's edge, both >= 0."""
        if layout.shape == "strip":
            return float(np.cos(k * gap)), float(k * np.sin(k * gap))
        b = layout.edge
        scale = np.pi / 2 * k * b  # density 1 at k = 0
        value = scale * (y0(k * a) * j1(k * b) - j0(k * a) * y1(k * b))
        return float(value), float(scale * k * (j1(k * a) * y1(k * b) - y1(k * a) * j1(k * b)))

    def mismatch(k: float) -> float:
        value, slope = outside(k)
        q = float(np.sqrt(max(sink(diffusivity * k**2), 0.0) / diffusivity))
        ratio = np.tanh(q * a) if layout.shape == "strip" else i1e(q * a) / i0e(q * a)
        return float(slope - q * ratio * value)

    absorbing = highest
    if layout.shape == "disc":
        absorbing = float(brentq(lambda k: outside(k)[0], 1e-6 * highest, highest))
    top = min(absorbing, float(np.sqrt(local / diffusivity)))
    if mismatch(top) <= 0:
        if top < absorbing:
            raise ConvergenceError("the decay over an array of traps was not bracketed")
        return diffusivity * top**2  # all that comes is taken, to rounding
    k = float(brentq(mismatch, 1e-9 * top, top, xtol=1e-14 * top, rtol=1e-13))
    return diffusivity * k**2
