"""A film of T1(x, y, t) as arrays for the browser, and the scripts that show and play it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qubudget.report.numbers import engineering

if TYPE_CHECKING:
    import xarray

MM = 1e3
LAST = 0.1
"""Later times are not shown, s: nothing moves any more."""
STEP_MS = 120
"""Between frames while the film plays."""

SHOW = """
const frame = Math.round(slider.value);
const times = film.data.time;
if (!(frame < times.length)) return;
const image = map.data.image[0];
const all = frames.data.t1;
image.set(new Float32Array(all.buffer, all.byteOffset + 4 * frame * image.length, image.length));
map.change.emit();
cursor.data = {at: [times[frame]]};
title.text = `T1 at ${film.data.label[frame]} after the impact`;
const handle = Bokeh.index.find_one(slider)?.shadow_el?.querySelector(".noUi-handle");
handle?.setAttribute("aria-label", slider.title);
handle?.setAttribute("aria-valuetext", film.data.label[frame]);
"""
"""Puts the slider's frame on the map: `frames` holds all of them, one after the other."""

PLAY = """
const turn = cb_obj.turn = (cb_obj.turn ?? 0) + 1;
cb_obj.label = cb_obj.active ? "❚❚ pause" : "▶ play";
if (cb_obj.active) {
  if (slider.value >= slider.end) slider.value = slider.start;
  const timer = setInterval(() => {
    if (!cb_obj.active || cb_obj.turn != turn || cb_obj.document == null) {
      clearInterval(timer);
    } else if (slider.value >= slider.end) {
      cb_obj.active = false;
    } else {
      slider.value += 1;
    }
  }, STEP);
}
""".replace("STEP", str(STEP_MS))

SEEK = """
const away = Array.from(film.data.time, (time) => Math.abs(Math.log(time / cb_obj.x)));
if (cb_obj.x > 0) slider.value = away.indexOf(Math.min(...away));
"""
"""Goes to the frame nearest to the place of a click on the axis of time."""

FIT = """
const {x, y, dw, dh} = map.data;
const [width, height] = [plot.inner_width, plot.inner_height];
if (!(width > 0 && height > 0)) return;
const pixel = 1.04 * Math.max(dw[0] / width, dh[0] / height);
const axes = [[plot.x_range, x[0] + dw[0] / 2, width], [plot.y_range, y[0] + dh[0] / 2, height]];
for (const [range, middle, size] of axes) {
  const [start, end] = [middle - pixel * size / 2, middle + pixel * size / 2];
  range.setv({start, end, reset_start: start, reset_end: end});
}
"""
"""The whole map in its place, a millimetre as long upwards as sideways."""


@dataclass(frozen=True)
class Film:
    """T1 over a chip: frames (time, y, x), s; times, s; the map's edges, mm."""

    frames: NDArray[np.float32]
    times: NDArray[np.float64]
    x: tuple[float, float]
    y: tuple[float, float]

    @classmethod
    def of(cls, dataset: xarray.Dataset) -> Film | None:
        """The film of `qubudget.impact.result.ImpactResult.arrays`; None where there is no T1."""
        if "t1" not in dataset:
            return None
        early = dataset.sel(time=slice(None, LAST * (1 + 1e-9)))
        frames = early["t1"].transpose("time", "y", "x").values.astype(np.float32)
        if not frames.size or not np.isfinite(frames).any():
            return None
        times = early["time"].values.astype(np.float64)
        return cls(frames, times, _edges(early["x"].values), _edges(early["y"].values))

    @property
    def lowest(self) -> NDArray[np.float64]:
        """Shortest T1 on the chip in each frame, s."""
        lowest: NDArray[np.float64] = np.nanmin(self.frames, axis=(1, 2)).astype(np.float64)
        return lowest

    @property
    def scale(self) -> tuple[float, float]:
        """Ends of one colour scale for all frames, s."""
        known = self.frames[self.frames > 0]
        low, high = float(known.min()), float(known.max())
        return low, max(high, 1.01 * low)

    @property
    def labels(self) -> list[str]:
        """The times as text."""
        return [engineering(float(time), "s") for time in self.times]

    def nearest(self, time: float) -> int:
        """The frame nearest to a time, by its logarithm."""
        return int(np.abs(np.log(self.times / time)).argmin())


def round_levels(low: float, high: float) -> list[float]:
    """Round numbers between two positive ends for a logarithmic scale; the ends where none is.

    >>> round_levels(3e-8, 4e-7)
    [5e-08, 1e-07, 2e-07]
    """
    steps = (1.0, 2.0, 5.0) if high < 300 * low else (1.0,)
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    found = [float(f"{s:g}e{e}") for e in range(first, last + 1) for s in steps]
    inside = [level for level in found if low <= level <= high]
    return inside if len(inside) > 1 else [low, high]


def _edges(centres: NDArray[np.float64]) -> tuple[float, float]:
    """Outer edges of equal cells in millimetres, from their centres in metres."""
    half = (centres[-1] - centres[0]) / max(len(centres) - 1, 1) / 2
    return MM * float(centres[0] - half), MM * float(centres[-1] + half)
