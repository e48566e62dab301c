"""Phonon images: how strongly a crystal focuses the phonons of a point source on a far face."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.phonons.crystal import MODES
from qubudget.impact.phonons.source import point_source
from qubudget.impact.phonons.tables import direction_table
from qubudget.impact.phonons.transport import FACES, Block, face_hits
from qubudget.materials.crystals import crystal

Array = NDArray[np.float64]

_FREQUENCY = 1e11  # Hz: of no matter, since neither velocities nor walls depend on it here
_BACK, _FRONT = FACES.index("back"), FACES.index("front")


def caustic_data(
    crystal_name: str, thickness: float, count: int, seed: int, *, cells: int = 80
) -> dict[str, Any]:
    """Phonon images of L, FT and ST and of all three, as plain values.

    Ballistic phonons of equal frequency fill wavevectors in proportion to 1/v^3 and travel with
    their group velocity (J. P. Wolfe, Imaging Phonons (Cambridge, 1998), chapter 2). What they
    bring to a cell of the face is divided by what a source without any preferred direction would
    bring. The face lies across the crystal's third axis; its centre is opposite the source, and it
    reaches one thickness to each side.

    Parameters
    ----------
    crystal_name : in the catalogue of crystals.
    thickness : from the source to the face, m; images of all thicknesses are similar.
    count : packets of each mode, >= 1. seed : >= 0.
    cells : along each side of the image, >= 1.

    Returns
    -------
    ``x_m``, ``y_m`` : centres of the cells, from the face's centre.
    ``maps`` : rows with ``mode``, its ``share`` of all phonons, and ``density[i][j]`` at
        (``x_m[i]``, ``y_m[j]``) over the isotropic one, with its standard ``error`` (of counting).

    Raises
    ------
    OutOfRangeError: an unknown crystal, no packets, no cells, a thickness that is none.
    """
    if cells < 1:
        raise OutOfRangeError(f"an image of {cells} cells")
    material = crystal(crystal_name)
    # A source between two faces: phonons of opposite directions are equal, so that both faces
    # show the same image, point-reflected.
    block = Block(2 * thickness, 2 * thickness, 2 * thickness)
    edges = np.linspace(-thickness, thickness, cells + 1)
    expected = 2 * count * _solid_angle(edges, thickness) / (4 * np.pi)
    density, variance = np.zeros((2, len(MODES), cells, cells))
    for index, mode in enumerate(MODES):
        source = point_source([0.0, 0.0, thickness], 1.0, _FREQUENCY, count, mode=mode)
        hits = face_hits(material, block, source, seed=seed)
        kept = (hits.face == _FRONT) | (hits.face == _BACK)
        sign = np.where(hits.face[kept] == _BACK, -1.0, 1.0)
        seen = np.histogram2d(sign * hits.x[kept], sign * hits.y[kept], bins=(edges, edges))[0]
        density[index], variance[index] = seen / expected, seen / expected**2
    share = direction_table(material).shares
    weight = share[:, None, None]
    total, spread = (weight * density).sum(axis=0), (weight**2 * variance).sum(axis=0)
    centres = (edges[1:] + edges[:-1]) / 2
    images = [("all", 1.0, total, spread), *zip(MODES, share, density, variance, strict=True)]
    return {
        "name": f"phonons in {crystal_name}",
        "crystal": crystal_name,
        "thickness_m": float(thickness),
        "provenance": {"seed": int(seed)},
        "packets_per_mode": int(count),
        "x_m": centres.tolist(),
        "y_m": centres.tolist(),
        "maps": [
            {
                "mode": mode,
                "share": float(part),
                "density": image.tolist(),
                "error": np.sqrt(squared).tolist(),
            }
            for mode, part, image, squared in images
        ],
    }


def _solid_angle(edges: Array, distance: float) -> Array:
    """Of the cells of a face as seen from a point at ``distance`` from its middle, sr.

    A rectangle from the foot of the perpendicular to (x, y) spans atan(x y/(d r)).
    """
    x, y = edges[:, None], edges[None, :]
    corner = np.arctan(x * y / (distance * np.sqrt(x**2 + y**2 + distance**2)))
    return np.asarray(np.diff(np.diff(corner, axis=0), axis=1))
