"""Charge jumps that the electrons and holes of deposits leave on islands.

Of a deposit's E/w pairs a share f does not recombine (`pairs`). These fly apart in zero field,
each carrier on its own straight path of exponential length, until a trap or the back face holds
it or the metal of the front face takes it in (a whole electron, which an offset charge does not
feel). Every carrier is followed: the few that stop near an island make most of its jump, so that
neither a mean nor a normal law will do. An offset charge is seen modulo e. SI units, charges in e.

Devices are far from the chip's sides. The orbits of silicon's valleys, which part electrons from
holes, and the field of the cloud itself are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.charge.electrostatics import Island, weighting_potential
from qubudget.impact.phonons.streams import STRIDE, mix, start, unit

Array = NDArray[np.float64]

_MOST_CARRIERS = 60_000  # of larger events these stand for all, their sum scaled by the root
_REACH = 7  # farthest event, in trapping lengths
_KIND = 1 << 40  # between the streams of two kinds of impact
_ACROSS, _DOWN = 256, 96  # nodes of the potential's table


@dataclass(frozen=True)
class Slab:
    """What carriers meet on their way.

    Attributes
    ----------
    thickness : m. reflection : of the back face (`electrostatics.bare_back`, `GROUNDED_BACK`).
    trapping_length : mean path of a carrier, m. separated : share of pairs that fly apart.
    pair_energy : J.
    """

    thickness: float
    reflection: float
    trapping_length: float
    separated: float
    pair_energy: float

    def __post_init__(self) -> None:
        lengths = (self.thickness, self.trapping_length, self.pair_energy)
        if not all(0 < v < np.inf for v in lengths) or not 0 <= self.separated <= 1:
            raise OutOfRangeError(
                "a slab needs thickness, trapping_length, pair_energy > 0 and a share of pairs"
            )


@dataclass(frozen=True)
class Impacts:
    """Deposits of one kind in a chip, as point masses.

    Attributes
    ----------
    energy : shape (n,), J. rate : shape (n,), 1/s, of each energy.
    tracks : whether they cross the slab with the cos^2 law of muons; otherwise each sits at one
        point of it.
    """

    energy: Array
    rate: Array
    tracks: bool

    @property
    def total(self) -> float:
        """Rate of all, 1/s."""
        return float(self.rate.sum())


@dataclass(frozen=True)
class Offsets:
    """Offset charges that sampled events give a device and its neighbours.

    Attributes
    ----------
    rate : that each event stands for, shape (n,), 1/s.
    device : offset charge of the device, (n,), e.
    distances : of the neighbours, (d,), m. neighbours : their offset charges, (n, d), e.
    """

    rate: Array
    device: Array
    distances: Array
    neighbours: Array


def sample_offsets(
    impacts: Sequence[Impacts],
    area: float,
    island: Island,
    slab: Slab,
    distances: ArrayLike = (),
    *,
    events: int = 400,
    seed: int = 2021,
) -> Offsets:
    """Offset charges of a device and of neighbours like it, carrier by carrier.

    Parameters
    ----------
    impacts : deposits by kind, for a chip of ``area`` (m^2) that has the slab's thickness.
    island, slab : the device, and the substrate below it.
    distances : of neighbours along one line, m.
    events : per kind. seed : every event draws from a stream of its own.

    Events lie at equal steps of the distance from the device (stratified), up to 7 trapping
    lengths, at a uniform depth and with energies by their rate. 400 give the rate to about 5 %.
    """
    if not (0 < area < np.inf and events > 0):
        raise OutOfRangeError("area and events must be > 0")
    apart = np.atleast_1d(np.asarray(distances, dtype=np.float64))
    if np.any(apart < 0) or not np.all(np.isfinite(apart)):
        raise OutOfRangeError("distances between devices are >= 0")
    reach = _REACH * slab.trapping_length
    table = _table(island, slab, 2 * reach + float(apart.max(initial=0.0)))
    places = np.concatenate([[0.0], apart])
    rates, charges = [], []
    for kind, one in enumerate(impacts):
        share = np.cumsum(one.rate) / one.total
        counts = 2 * slab.separated * one.energy / slab.pair_energy
        distance, charge = _follow(
            seed, kind * _KIND, events, reach, one.tracks, share, counts,
            slab.thickness, slab.trapping_length, places, island.radius, *table,
        )  # fmt: skip
        rates.append(2 * np.pi * distance * one.total / area * reach / events)
        charges.append(charge)
    charge = np.concatenate(charges)
    return Offsets(np.concatenate(rates), charge[:, 0], apart, charge[:, 1:])


def _table(island: Island, slab: Slab, reach: float) -> tuple[Array, float, float]:
    """The weighting potential at equal steps of rho/(rho + a) and z/(z + a), and the steps."""
    radius = island.radius
    across = np.linspace(0, reach / (reach + radius), _ACROSS)
    down = np.linspace(0, slab.thickness / (slab.thickness + radius), _DOWN)
    depth = np.minimum(radius * down / (1 - down), slab.thickness)
    depth[0] = 1e-6 * depth[1]  # the potential jumps at the rim of the face itself
    away = radius * across / (1 - across)
    values = weighting_potential(island, away[:, None], depth, slab.thickness, slab.reflection)
    return values, float(across[1]), float(down[1])


@njit(cache=True)
def _look_up(values, across, down, rho, z):  # type: ignore[no-untyped-def]
    """Bilinear in the table's coordinates, rho and z in island radii; flat beyond its edge."""
    u = min(rho / (1 + rho) / across, values.shape[0] - 1.000001)
    v = min(z / (1 + z) / down, values.shape[1] - 1.000001)
    i, j = int(u), int(v)
    p, q = u - i, v - j
    low = (1 - q) * values[i, j] + q * values[i, j + 1]
    high = (1 - q) * values[i + 1, j] + q * values[i + 1, j + 1]
    return (1 - p) * low + p * high


@njit(cache=True)
def _follow(  # type: ignore[no-untyped-def]
    seed, offset, events, reach, tracks, share, counts, thickness, trapping, places, radius,
    values, across, down,
):  # fmt: skip
    """Distance of each event from device 0 (m), and the charge on every device (e)."""
    away = np.empty(events)
    charge = np.zeros((events, len(places)))
    for event in range(events):
        state = start(seed, offset + event)
        drawn = np.empty(6)
        for n in range(6):
            state += STRIDE
            drawn[n] = unit(mix(state))
        distance = (event + drawn[0]) * reach / events
        away[event] = distance
        x0 = distance * np.cos(2 * np.pi * drawn[1])
        y0 = distance * np.sin(2 * np.pi * drawn[1])
        z0 = thickness * drawn[2]
        count = counts[min(np.searchsorted(share, drawn[3]), len(share) - 1)]
        followed = int(min(max(count, 1.0), _MOST_CARRIERS))
        cosine = (1 - drawn[4]) ** 0.25  # cos^2 times the projected area
        slope = np.sqrt(1 - cosine**2) / cosine
        lean_x = slope * np.cos(2 * np.pi * drawn[5])
        lean_y = slope * np.sin(2 * np.pi * drawn[5])
        for carrier in range(followed):
            x, y, z = x0, y0, z0
            if tracks:
                state += STRIDE
                z = thickness * unit(mix(state))
                x += lean_x * (z - thickness / 2)
                y += lean_y * (z - thickness / 2)
            state += STRIDE
            path = -trapping * np.log(1 - unit(mix(state)))
            state += STRIDE
            up = 2 * unit(mix(state)) - 1
            state += STRIDE
            around = 2 * np.pi * unit(mix(state))
            if z + path * up <= 0:
                continue
            if z + path * up > thickness:
                path = (thickness - z) / up
            flat = path * np.sqrt(1 - up * up)
            x += flat * np.cos(around)
            y += flat * np.sin(around)
            z += path * up
            sign = 1.0 if carrier % 2 else -1.0
            for device in range(len(places)):
                rho = np.hypot(x - places[device], y)
                charge[event, device] += sign * _look_up(
                    values, across, down, rho / radius, z / radius
                )
        charge[event] *= np.sqrt(count / followed)
    return away, charge


def seen_modulo(charge: ArrayLike) -> Array:
    """An offset charge as it is seen, between -0.5 and 0.5 e.

    >>> seen_modulo([0.3, 0.8, 2.0]).round(1).tolist()
    [0.3, -0.2, 0.0]
    """
    offset = np.asarray(charge, dtype=np.float64)
    return np.asarray(offset - np.round(offset))


def _beyond(charge: Array, threshold: ArrayLike) -> NDArray[np.bool_]:
    cut = np.asarray(threshold, dtype=np.float64)
    if np.any(cut < 0) or np.any(cut > 0.5):
        raise OutOfRangeError("a threshold of charge jumps is 0 to 0.5 e")
    return np.asarray(np.abs(seen_modulo(charge)) > cut)


def jump_rate(offsets: Offsets, threshold: ArrayLike) -> Array:
    """Rate of charge jumps beyond thresholds (e, 0 to 0.5) of one device, 1/s."""
    cut = np.asarray(threshold, dtype=np.float64)[..., None]
    return np.asarray(np.sum(offsets.rate * _beyond(offsets.device, cut), axis=-1))


def correlated_fraction(offsets: Offsets, threshold: float) -> Array:
    """Share of a device's jumps that a neighbour shares, by distance, shape (d,).

    Both beyond ``threshold`` (e, modulo e), over one beyond it. It does not reach 1: a jump of
    many e hides from either device with the probability 2 x threshold, independently once they
    are apart. Raises `OutOfRangeError` where no sampled event makes the device jump.
    """
    mine = offsets.rate * _beyond(offsets.device, threshold)
    if not mine.sum() > 0:
        raise OutOfRangeError("no sampled event makes a jump beyond this threshold")
    both = mine[:, None] * _beyond(offsets.neighbours, threshold)
    return np.asarray(both.sum(axis=0) / mine.sum())
