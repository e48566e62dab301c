"""What a face does to a phonon that stays in the crystal.

``flux``: a rough face forgets mode and direction and returns phonons in proportion to their
flux, which keeps an equilibrium as it is (default). ``lambert``: the mode is kept and the
*wavevector* is drawn by Lambert's cosine law, as other codes do; in an anisotropic crystal that
does not keep equilibrium. Either holds for the diffuse share of reflections; the rest is
specular: same mode, wavevector mirrored. That is exact where the face is a mirror plane of the
crystal (all faces of a silicon (100) wafer cut along <100> or <110>); elsewhere mode conversion
is left out. A reflection whose group velocity would point out of the crystal becomes diffuse.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numba import njit

from qubudget.impact.phonons.streams import STRIDE, mix, unit
from qubudget.impact.phonons.tables import direction_square, square_direction

WallLaw = Literal["flux", "lambert"]
LAWS: dict[WallLaw, int] = {"flux": 0, "lambert": 1}


@njit(cache=True)
def pick(bits, alias):  # type: ignore[no-untyped-def]
    """Draw a cell from a `walker` table, shape (n,), with the upper 32 of 64 random bits."""
    place = (bits >> np.uint64(32)) * np.uint64(alias.size)
    cell = place >> np.uint64(32)
    entry = np.uint64(alias[cell])
    if ((place >> np.uint64(20)) & np.uint64(0xFFF)) >= (entry >> np.uint64(20)):
        cell = entry & np.uint64(0xFFFFF)
    return cell


@njit(cache=True)
def within(bits):  # type: ignore[no-untyped-def]
    """Place in a cell along both sides, in (-1/2, 1/2), and a sign, from the lower 32 bits."""
    a = (np.float64(bits & np.uint64(0xFFFF)) + 0.5) * (1.0 / 65536.0) - 0.5
    b = (np.float64((bits >> np.uint64(16)) & np.uint64(0x7FFF)) + 0.5) * (1.0 / 32768.0) - 0.5
    return a, b, (1.0 if bits & np.uint64(0x80000000) else -1.0)


@njit(cache=True)
def locate(kx, ky, kz, mode, cells):  # type: ignore[no-untyped-def]
    """State (record, place a, b in its cell, sign) of a mode's wavevector."""
    a, b, sign = direction_square(kx, ky, kz)
    row = min(max(0.5 * (a + 1.0) * cells, 0.0), cells - 1e-9)
    column = min(max(0.5 * (b + 1.0) * cells, 0.0), cells - 1e-9)
    i, j = int(row), int(column)
    return np.uint64((mode * cells + i) * cells + j), row - i - 0.5, column - j - 0.5, sign


@njit(cache=True)
def lambert(counter, axis, inward):  # type: ignore[no-untyped-def]
    """Wavevector by the cosine law about the axis; ``inward`` is the sign of that component."""
    counter += STRIDE
    bits = mix(counter)
    counter += STRIDE
    square = unit(mix(counter))
    angle = 2.0 * np.pi * unit(bits)
    normal, plane = np.sqrt(1.0 - square) * inward, np.sqrt(square)
    first, second = plane * np.cos(angle), plane * np.sin(angle)
    if axis == 0:
        return counter, normal, first, second
    if axis == 1:
        return counter, second, normal, first
    return counter, first, second, normal


@njit(cache=True, error_model="numpy")
def wavevector(state, a, b, sign, cells):  # type: ignore[no-untyped-def]
    """Direction of a state: record, place in its cell, half sphere."""
    row = np.float64((state // np.uint64(cells)) % np.uint64(cells))
    column = np.float64(state % np.uint64(cells))
    kx, ky, kz = square_direction(
        (row + 0.5 + a) * 2.0 / cells - 1.0, (column + 0.5 + b) * 2.0 / cells - 1.0
    )
    return sign * kx, sign * ky, sign * kz


@njit(cache=True, error_model="numpy")
def speed(records, state, a, b, sign, axis):  # type: ignore[no-untyped-def]
    """One component of a state's group velocity, in the table's unit."""
    cell = records[state]
    bend = abs(a - b * cell[12])
    velocity = cell[axis] + a * cell[3 + axis] + b * cell[6 + axis] + bend * cell[13 + axis]
    return sign * velocity


@njit(cache=True, error_model="numpy")
def keep_mode(counter, state, a, b, sign, axis, inward, specular, crystal, law):  # type: ignore[no-untyped-def]
    """Reflection that keeps the mode: mirrored wavevector, or Lambert's law. Returns whether it
    worked: a mirrored state that would leave the crystal does not, under the flux law."""
    cells = crystal.cells
    mode = np.int64(state // np.uint64(cells * cells))
    kx, ky, kz = wavevector(state, a, b, sign, cells)
    if axis == 0:
        kx = -kx
    elif axis == 1:
        ky = -ky
    else:
        kz = -kz
    while True:
        if not specular:
            counter, kx, ky, kz = lambert(counter, axis, inward)
        state, a, b, sign = locate(kx, ky, kz, mode, cells)
        if speed(crystal.records, state, a, b, sign, axis) * inward > 0.0:
            return counter, state, a, b, sign, True
        if law == 0:
            return counter, state, a, b, sign, False
        specular = False
