"""T1 over the chip as a film: a row of frames, or an animated picture."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qubudget.errors import OutOfRangeError
from qubudget.report.canvas import axes_for, narrow, say, ticks_in
from qubudget.report.numbers import engineering
from qubudget.report.panels import MM, colour_scale, draw_map, few_ticks, grid_values, panels, sized
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import BLACK, STYLE
from qubudget.whole import whole_file

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize

FRAMES, COLUMNS = 8, 4
MICROSECOND = 1e-6
START, END = 1e-5, 0.1
"""The figure starts at the lowest T1, or here if that is later, and ends here at the latest, s."""
RECOVERED = 0.7
"""Of the lowest T1 at the end, from which there is nothing more to see."""
FILM_FROM, FILM_TO = 1e-7, 0.1
"""Between which the animated film shows every time there is, s."""
PER_SECOND = 6
FORMATS = (".gif", ".png")

MOST_QUBITS = 1000
"""More would hide the map."""

Places = Sequence[tuple[float, float]]


def film_data(
    dataset: xarray.Dataset, qubits: Places = (), times: Sequence[float] | None = None
) -> dict[str, Any]:
    """Frames of an impact result's arrays, as plain values.

    Parameters
    ----------
    dataset : of `qubudget.impact.result.ImpactResult.arrays`: T1 (s) over time, x and y.
    qubits : their places, m from the chip's centre.
    times : of the frames, s; each becomes the nearest (by its logarithm) that there is. None:
        eight, evenly by the logarithm, from the lowest T1 (from 10 us at the latest) until it has
        recovered (to 100 ms at the latest).

    Returns
    -------
    ``time_s``, ``x_m``, ``y_m``, ``t1_s[k][i][j]``, ``qubits`` (rows of ``x_m`` and ``y_m``);
    only a ``reason`` where there is no T1.
    """
    import numpy as np

    if "t1" not in dataset:
        return {"reason": "the qubit has no T1, so there is none to show"}
    known = np.asarray(dataset["time"], dtype=np.float64)
    asked = np.asarray(_telling_times(dataset) if times is None else times, dtype=np.float64)
    if not asked.size or not np.all(asked > 0):
        raise OutOfRangeError("frames need times > 0")
    nearest = np.abs(np.log(known)[None, :] - np.log(asked)[:, None]).argmin(axis=1)
    chosen = np.unique(nearest)
    return {
        "time_s": known[chosen].tolist(),
        "x_m": np.asarray(dataset["x"], dtype=np.float64).tolist(),
        "y_m": np.asarray(dataset["y"], dtype=np.float64).tolist(),
        "t1_s": dataset["t1"].transpose("time", "x", "y").values[chosen].tolist(),
        "qubits": [{"x_m": float(x), "y_m": float(y)} for x, y in qubits],
    }


def _telling_times(dataset: xarray.Dataset) -> list[float]:
    """Times between the lowest T1 and its recovery."""
    import numpy as np

    time = np.asarray(dataset["time"], dtype=np.float64)
    lowest = dataset["t1"].min(("x", "y")).values[time <= END * (1 + 1e-9)]
    if not lowest.size:
        raise OutOfRangeError(f"the arrays have no time up to {END:g} s")
    start = min(START, float(time[np.argmin(lowest)]))
    low = np.flatnonzero(lowest < RECOVERED * lowest[-1])
    end = float(time[min(low[-1] + 1, lowest.size - 1)]) if low.size else START
    return [float(t) for t in np.geomspace(start, max(end, 10 * start), FRAMES)]


def draw_film(data: Data, ax: Axes | None = None) -> Axes:
    """T1 over the chip at the times of ``impact.film``, with one logarithmic scale of colours."""
    own, ax = ax is None, axes_for(data, ax)
    part = section(data, "impact", "film")
    title = "T1 over the chip after an impact"
    ax.set_title(title)
    ax.set_xlabel("x from the chip's centre (mm)")
    ax.set_ylabel("y from the chip's centre (mm)")
    frames = _frames(part)
    if not frames:
        return say(ax, reason(part) or "no film of T1 was computed")
    columns = min(COLUMNS // (2 if narrow(ax) else 1), len(frames))
    lines = -(-len(frames) // columns)
    sized(ax, own, 1.0 + 1.5 * lines, 1.2 + 1.1 * lines)
    ax.set_title(title, pad=20)
    norm = _norm(frames)
    for index, place in enumerate(panels(ax, lines, columns, (0.03, 0.12))):
        if index >= len(frames):
            place.remove()
            continue
        image = draw_map(place, part, frames[index][1], norm)
        few_ticks(place)
        _dots(place, part, 1.6)
        place.set_title(engineering(frames[index][0], "s"), fontsize="small", loc="center", pad=3)
        place.tick_params(labelleft=index % columns == 0,
                          labelbottom=index + columns >= len(frames))  # fmt: skip
    _scale(ax, image)
    return ax


def write_film(dataset: xarray.Dataset, path: str | os.PathLike[str], qubits: Places = ()) -> Path:
    """Write all times from 100 ns to 100 ms as an animated GIF or PNG, by the name's ending.

    The same arrays give the same bytes; the file appears whole or not at all. Time runs
    logarithmically, as the arrays' times do.

    Raises
    ------
    OutOfRangeError: another ending; arrays without T1 or without such times.
    """
    import matplotlib
    import numpy as np
    from matplotlib.animation import FuncAnimation, PillowWriter
    from matplotlib.figure import Figure

    target = Path(path)
    if target.suffix not in FORMATS:
        raise OutOfRangeError(f"a film is written as {' or '.join(FORMATS)}, not {target.name!r}")
    known = np.asarray(dataset["time"], dtype=np.float64)
    known = known[(known >= FILM_FROM * (1 - 1e-9)) & (known <= FILM_TO * (1 + 1e-9))]
    part = film_data(dataset, qubits, known.tolist()) if known.size else {}
    frames = _frames(part)
    if not frames:
        raise OutOfRangeError(reason(part) or "the arrays have no times for a film")
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.0, 4.2), dpi=100, facecolor="white")
        ax = figure.add_subplot()
        ax.set_xlabel("x from the chip's centre (mm)")
        ax.set_ylabel("y from the chip's centre (mm)")
        image = draw_map(ax, part, frames[0][1], _norm(frames))
        _dots(ax, part, 3.0)
        _scale(ax, image)
        ax.set_title(" ")
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # titles of other lengths must not move the map

        def show(index: int) -> list[Any]:
            time, values = frames[index]
            image.set_data(values.T)
            ax.set_title(f"T1 {engineering(time, 's')} after the impact")
            return [image]

        film = FuncAnimation(figure, show, frames=len(frames), init_func=lambda: [image])
        with whole_file(target) as place:
            film.save(
                place, writer=PillowWriter(fps=PER_SECOND), savefig_kwargs={"facecolor": "white"}
            )
    return target


def _frames(part: Data) -> list[tuple[float, Any]]:
    """Time and map of every frame that has both."""
    times, maps = part.get("time_s") or (), part.get("t1_s") or ()
    if len(times) != len(maps):
        return []
    read = (grid_values({**part, "frame": one}, "frame") for one in maps)
    found = zip(times, read, strict=True)
    return [(float(t), values) for t, values in found if values is not None and (values > 0).all()]


def _norm(frames: list[tuple[float, Any]]) -> Normalize:
    """One scale for all frames."""
    import numpy as np
    from matplotlib.colors import LogNorm

    all_values = np.concatenate([values.ravel() for _, values in frames])
    low, high = float(all_values.min()), float(all_values.max())
    return LogNorm(low, max(high, 1.01 * low))


def _dots(ax: Axes, part: Data, size: float) -> None:
    places = [
        (MM * x, MM * y)
        for qubit in rows(part, "qubits")
        if (x := number(qubit, "x_m")) is not None and (y := number(qubit, "y_m")) is not None
    ]
    if 0 < len(places) <= MOST_QUBITS:
        ax.plot(*zip(*places, strict=True), "o", markersize=size, color="white",
                markeredgecolor=BLACK, markeredgewidth=0.4, linestyle="none")  # fmt: skip


def _scale(ax: Axes, image: Any) -> None:
    from matplotlib.ticker import LogLocator

    steps = (1.0, 2.0, 5.0) if image.norm.vmax < 1e3 * image.norm.vmin else (1.0,)
    bar = colour_scale(
        ax, image, "T1 (µs)", ticks=LogLocator(subs=steps), format=ticks_in(MICROSECOND)
    )
    bar.minorticks_off()
