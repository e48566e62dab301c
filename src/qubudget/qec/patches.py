"""Several patches on one chip, and chips as the modules of a machine."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from qubudget.errors import OutOfRangeError
from qubudget.qec.layout import Layout
from qubudget.qec.placement import EDGE, Chip, Orientation, Placement, place, require_on_chip

Array = NDArray[np.float64]


def arrange(
    layout: Layout,
    chip: Chip,
    count: int,
    offset: tuple[float, float] = (0.0, 0.0),
    orientation: Orientation = "sides",
) -> tuple[Placement, ...]:
    """Patches side by side on one chip, in a block as near to square as fits.

    Neighbours stand on one grid of qubits, with one row of data qubits between them for lattice
    surgery: patches of a surface code repeat after d + 1 rows.

    Parameters
    ----------
    count : patches on the chip. One alone is ``place``d.
    offset : the block's middle (m) from the chip's centre. orientation : see ``place``.

    Returns
    -------
    the placements, row by row.

    Raises
    ------
    OutOfRangeError: more patches than fit (names ``code.patches_per_chip`` and how many do), or a
        block that its offset pushes over the edge.
    """
    if count < 1:
        raise OutOfRangeError(f"code.patches_per_chip: given {count}; allowed: at least 1")
    single = Placement(layout, chip, (0.0, 0.0), orientation)
    if count == 1:
        return (place(layout, chip, offset, orientation),)
    step = repeat(layout) * chip.pitch
    blocks = _lattices(single, step, count)
    most = max(map(len, blocks))
    if count > most:
        raise OutOfRangeError(
            f"code.patches_per_chip: given {count}; allowed: up to {most}, which fit on a chip of "
            f"{chip.length * 1e3:.4g} mm by {chip.width * 1e3:.4g} mm"
        )
    chosen = min((_compact(b, count) for b in blocks if len(b) >= count), key=_unevenness)
    spots = chosen * step @ single.axes
    low, high = spots.min(axis=0), spots.max(axis=0)
    require_on_chip(high - low + single.extent, chip, offset)
    centres = (spots - (low + high) / 2 + offset).tolist()
    return tuple(Placement(layout, chip, (x, y), orientation) for x, y in centres)


def repeat(layout: Layout) -> Array:
    """Distance of neighbouring patches along their two sides, in pitches of the grid.

    A patch, and one row of data qubits of the rotated surface code (sqrt(2) pitches), or one row
    of the grid beside a folded repetition code.

    >>> from qubudget.qec.layout import build
    >>> (repeat(build("surface", 7)) / 2**0.5).round(12).tolist()
    [8.0, 8.0]
    """
    extent = np.ptp(layout.coordinates, axis=0)
    # A surface-code patch ends with half checks, which stand where the row between begins.
    return np.asarray(extent + (np.sqrt(2) if layout.tilted else 2.0))


def _lattices(single: Placement, step: Array, count: int) -> list[Array]:
    """Where patches fit: (sites, 2) in steps, for a site or a gap in the middle of each side.

    On a chip with room for many more than ``count`` patches only those near the middle.
    """
    room = (single.chip.size * EDGE - single.extent) / 2
    enough = ceil(sqrt(count))
    most = np.hypot(*np.maximum(room, 0.0)) // step.min() + 1
    reach = enough if np.all(room > 2 * enough * step.max()) else int(most)
    counts = np.arange(-reach, reach + 1)
    found = []
    for shift in product((0.0, 0.5), repeat=2):
        sites = np.stack(np.meshgrid(counts + shift[0], counts + shift[1]), axis=-1).reshape(-1, 2)
        found.append(sites[np.all(np.abs(sites * step @ single.axes) <= room, axis=1)])
    return found


def _compact(sites: Array, count: int) -> Array:
    """So many sites around the middle, square by square, in the order of rows."""
    ring = np.abs(sites).max(axis=1)
    order = np.lexsort((sites[:, 0], sites[:, 1], np.hypot(*sites.T), ring))[:count]
    kept = sites[order]
    return np.asarray(kept[np.lexsort(kept.T)])


def _unevenness(sites: Array) -> tuple[float, ...]:
    """Longer side, area, and distance from the middle of a block's box; least is best."""
    low, high = sites.min(axis=0), sites.max(axis=0)
    sides = high - low + 1
    return float(sides.max()), float(sides.prod()), float(np.abs(low + high).max())


@dataclass(frozen=True)
class Modules:
    """Patches and chips of a machine.

    ``full`` chips (or groups of ``chips_per_patch`` chips, where a patch does not fit on one) carry
    ``patches_per_chip`` each, one more chip carries ``last``.
    """

    patches_per_chip: int
    full: int
    last: int
    chips_per_patch: int

    @property
    def patches(self) -> int:
        """Patches of the whole machine."""
        return self.full * self.patches_per_chip + self.last

    @property
    def chips(self) -> int:
        """Chips that carry patches."""
        return self.full * self.chips_per_patch + bool(self.last)


def modules(
    total_qubits: int, qubits_per_chip: int, patch_qubits: int, patches_per_chip: int
) -> Modules:
    """Share out patches over the chips of a machine; no two patches share a chip with a part.

    A million qubits on chips of 100 hold 769 patches of d = 25 (1,249 qubits, 13 chips each):

    >>> modules(1_000_000, 100, 1249, 1).patches
    769
    >>> modules(350, 105, 97, 1)
    Modules(patches_per_chip=1, full=3, last=0, chips_per_patch=1)

    Raises
    ------
    OutOfRangeError: more patches on a chip than its qubits make; names ``code.patches_per_chip``.
    """
    fit = qubits_per_chip // patch_qubits
    if patches_per_chip > max(fit, 1):
        raise OutOfRangeError(
            f"code.patches_per_chip: given {patches_per_chip}; allowed: up to {max(fit, 1)}, as a "
            f"chip has {qubits_per_chip} qubits and a patch {patch_qubits}"
        )
    chips, rest = divmod(total_qubits, qubits_per_chip)
    if fit == 0:
        each = ceil(patch_qubits / qubits_per_chip)
        return Modules(1, chips // each, 0, each)
    return Modules(patches_per_chip, chips, min(patches_per_chip, rest // patch_qubits), 1)
