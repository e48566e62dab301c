"""What the impacts that radiation makes on a design's chip do to its qubits, one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qubudget.design.schema import DesignModel
from qubudget.impact.chip.event import Effort, chip_of
from qubudget.impact.many import PLANS, Impacts, cell_side, impacts, relaxation_per_x
from qubudget.impact.published import participation
from qubudget.impact.statistics import last_above
from qubudget.pipeline import relaxing_of
from qubudget.qubit.result import CoherenceResult

Array = NDArray[np.float64]

_CHUNK = 256


@dataclass(frozen=True)
class Struck:
    """What drawn impacts do to a design's qubits.

    Attributes
    ----------
    rate : of impacts by radiation on a chip, deposits above 40 keV, 1/s.
    quiet : 1/T1 in quiet times, 1/s. cell : side of the kinetics' cells, m.
    efficiency : quasiparticles' rest energy over the deposited energy at the chip's centre.
    participation : Martinis' ts/(ts + 1.65 tn) of film and back metal.
    impacts : energy (J), x and y (m) of every impact, shape (3, n).
    place : of the lattice, mirror images being one, that answers each of them, shape (n,).
    hit : impacts that hit any qubit: 1 or 0, shape (n,). footprint : qubits hit at the worst time.
    dip : largest excess 1/T1 of any qubit, 1/s. duration : until no qubit is hit any more, s.
    """

    rate: float
    quiet: float
    cell: float
    efficiency: float
    participation: float
    impacts: Array
    place: NDArray[np.intp]
    hit: Array
    footprint: Array
    dip: Array
    duration: Array

    def means(self) -> dict[str, float | None]:
        """Plain values with units in their names; None without impacts."""
        some = len(self.dip) > 0
        named = {
            "footprint_qubits": self.footprint, "excess_relaxation_per_s": self.dip,
            "duration_s": self.duration,
        }  # fmt: skip
        return {
            "rate_per_s": self.rate,
            "hitting_rate_per_s": self.rate * float(self.hit.mean()) if some else 0.0,
            **{name: float(each.mean()) if some else None for name, each in named.items()},
            "quiet_t1_s": 1 / self.quiet,
            "pair_breaking_efficiency": self.efficiency,
        }


def struck(
    design: DesignModel,
    coherence: CoherenceResult,
    effort: Effort,
    seed: int,
    *,
    like: Struck | None = None,
) -> Struck | None:
    """What impacts do to a design; None where its qubits have no T1.

    Parameters
    ----------
    coherence : of the design. effort, seed : how finely, and which impacts are drawn; the same
        seed draws the same ones for all designs with the same chip size and radiation.
    like : of the design that this one is compared with. It gives the threshold, its quiet 1/T1
        (or a worse quiet T1 would count as a gain), and the size of cells, which a peak depends
        on. A qubit is hit while its excess 1/T1 is above the threshold.
    """
    t1, per_x, hot = coherence.t1_s, coherence.relaxation_per_x, coherence.unprotected_per_x
    if t1 is None or per_x is None or hot is None:
        return None
    size = design.chip
    cell = cell_side(design, effort) if like is None else like.cell
    chip = chip_of(design, PLANS[effort].packets, seed)
    drawn = impacts(design, effort, seed, cell=cell)
    found, where, place = np.empty((4, 0)), np.empty((3, 0)), np.empty(0, dtype=np.intp)
    if drawn is not None:
        rates = relaxation_per_x(design, relaxing_of(coherence), drawn.answers.times)
        found = _per_event(drawn, rates, 1 / t1 if like is None else like.quiet)
        where = np.array([drawn.energy, drawn.x, drawn.y])
        place = _places(drawn)
    return Struck(
        0.0 if drawn is None else drawn.rate,
        1 / t1,
        cell,
        chip.efficiency,
        participation(size.film_thickness, size.back_metal_thickness),
        where,
        place,
        *found,
    )


def _places(drawn: Impacts) -> NDArray[np.intp]:
    """Number of the lattice's place, mirror images being one, (n,)."""
    library = drawn.answers
    count = library.lattice
    sides = ((drawn.x, library.length), (drawn.y, library.width))
    along = (np.clip(((at / side + 0.5) * count).astype(np.intp), 0, count - 1)
             for at, side in sides)  # fmt: skip
    i, j = (np.minimum(index, count - 1 - index) for index in along)
    return np.asarray(i * ((count + 1) // 2) + j)


def _per_event(drawn: Impacts, relaxation_per_x: Array, threshold: float) -> Array:
    """hit, footprint, dip and duration of every impact, shape (4, n)."""
    found = np.zeros((4, len(drawn.energy)))
    for start in range(0, len(drawn.energy), _CHUNK):
        part = slice(start, start + _CHUNK)
        x_qp = drawn.answers.response(drawn.energy[part], drawn.x[part], drawn.y[part])
        excess = relaxation_per_x[:, None] * x_qp
        worst = excess.max(axis=2)
        found[1, part] = (excess > threshold).sum(axis=2).max(axis=1)
        found[2, part] = worst.max(axis=1)
        found[3, part] = last_above(drawn.answers.times, worst, threshold)
    found[0] = found[1] > 0
    return found
