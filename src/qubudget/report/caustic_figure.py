"""The figure of phonon caustics: the image of a point source on the far face of a crystal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, narrow, plain, say
from qubudget.report.numbers import engineering, percent
from qubudget.report.panels import colour_scale, draw_map, few_ticks, grid_values, panels, sized
from qubudget.report.reading import Data, number, rows, section

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

WORDS = {
    "all": "all modes",
    "L": "longitudinal",
    "FT": "fast transverse",
    "ST": "slow transverse",
}
TICKS = (0.0, 0.2, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)


def draw_caustic(data: Data, ax: Axes | None = None) -> Axes:
    """Density of phonons on the face over that of an isotropic source, a panel for each mode.

    ``data`` is that of `qubudget.impact.phonons.caustic.caustic_data`, or a report that holds it
    as ``impact.caustic``. All panels share one colour scale, even in the root of the density;
    the brightest thousandth of the cells is beyond it.
    """
    import numpy as np
    from matplotlib.colors import PowerNorm

    part = section(data, "impact", "caustic") or data
    own, ax = ax is None, axes_for(data, ax)
    ax.set_title("Phonon caustics")
    ax.set_xlabel("x on the face (mm)")
    ax.set_ylabel("y on the face (mm)")
    found = [(row, grid_values({**part, **row}, "density")) for row in rows(part, "maps")]
    known = [(row, values) for row, values in found if values is not None]
    if not known:
        return say(ax, "no phonon image was computed")
    depth, crystal = engineering(number(part, "thickness_m"), "m"), plain(part.get("crystal"))
    title = f"Phonons of a point source on a face of {crystal}, {depth} away"
    top = float(np.quantile(np.concatenate([values.ravel() for _, values in known]), 0.999))
    top = max(top, 1.0)
    norm = PowerNorm(0.5, 0.0, top)
    single = len(known) == 1
    columns = 1 if single else min(2, len(known)) if narrow(ax) else len(known)
    lines = -(-len(known) // columns)
    sized(ax, own, 4.6 if single else 2.4, 1.3 + 1.5 * lines)
    places = panels(ax, lines, columns, (0.08, 0.14))
    for place in places[len(known) :]:
        place.remove()
    for index, (place, (row, values)) in enumerate(zip(places, known, strict=False)):
        image = draw_map(place, part, values, norm)
        share, words = number(row, "share"), plain(WORDS.get(str(row.get("mode")), row.get("mode")))
        if share is not None and share < 1:
            words += f", {percent(share)}"
        if single:
            title += f" ({words})"
        else:
            place.set_title(words, fontsize="small", loc="center")
            few_ticks(place)
            place.tick_params(labelleft=index % columns == 0,
                              labelbottom=index + columns >= len(known))  # fmt: skip
    ax.set_title(title, pad=6 if single else 20)
    bar = colour_scale(ax, image, _scale_words(part, *known[0]), extend="max", format="%g")
    bar.ax.yaxis.label.set_size("small")
    bar.set_ticks([tick for tick in TICKS if tick <= top])
    return ax


def _scale_words(part: Data, row: Data, values: NDArray[np.float64]) -> str:
    """What the colours mean, with the middle one of the errors of counting."""
    import numpy as np

    error = grid_values({**part, **row}, "error")
    if error is None or not (values > 0).any():
        return "density over isotropic (ratio)"
    middle = float(np.median(error[values > 0] / values[values > 0]))
    return f"density over isotropic (ratio)\n± {percent(float(f'{middle:.1g}'))} per cell (1 σ)"
