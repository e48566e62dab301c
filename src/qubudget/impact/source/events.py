"""Single events: when, what, where and how much, drawn from the physics of the spectra."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.source.compton import draw_electrons
from qubudget.impact.source.electrons import electron_range
from qubudget.impact.source.gammas import EDGES, electron_flux, electron_rate
from qubudget.impact.source.hadrons import proton_bins, proton_range
from qubudget.impact.source.muons import draw_losses, mean_muon_path, muon_rate
from qubudget.impact.source.paths import isotropic_paths
from qubudget.impact.source.site import Radiation, Target
from qubudget.impact.source.tracks import draw_crossing, draw_starts, path_to_surface
from qubudget.materials.gammas import compton_attenuation, photo_attenuation
from qubudget.materials.substrates import Environment

Array = NDArray[np.float64]

KINDS = ("muon", "gamma", "electron", "hadron", "phonons")
"""Numbered as in `Events.kind`. "gamma": a photon struck an electron in the chip; "electron":
one struck outside came in."""
_BATCH, _HOPELESS = 20_000, 1_000_000


@dataclass(frozen=True)
class Events:
    """Deposits in the order of time.

    Attributes
    ----------
    time : shape (n,), s.
    kind : shape (n,), index into ``KINDS``.
    energy : shape (n,), deposited, J.
    start, end : shape (n, 3), ends of the track in the chip, m: x and y from the middle, z from
        the back face. A photo-electron or a Compton electron goes straight for its practical
        range, which is the size of its cloud rather than its path (0.7 mm at 500 keV in silicon,
        60 um at 100 keV). Energy is spread evenly along muons' tracks (delta rays stay near
        them) and more towards the end of stopping particles. Phonon-only bursts are points.
    """

    time: Array
    kind: NDArray[np.int64]
    energy: Array
    start: Array
    end: Array


@dataclass(frozen=True)
class PhononBursts:
    """Bursts of phonons without radiation: rate (1/s) and energy of each (J)."""

    rate: float = 0.0
    energy: float = 0.0


def generate(
    target: Target,
    falling: Radiation,
    env: Environment,
    count: int,
    seed: int,
    bursts: PhononBursts = PhononBursts(),
) -> Events:
    """The first ``count`` events above the threshold.

    Particles come as a Poisson process at the rate at which they meet the chip; those that leave
    no more than the threshold are dropped, so that the rate of the others is an outcome. Bursts
    of phonons have no threshold; they are uniform over the volume, as nobody knows better.

    Parameters
    ----------
    target, falling, env : chip, radiation on it, environment (threshold, muon energy).
    count : at least 1.
    seed : equal seeds give equal events on any number of threads.

    Raises
    ------
    OutOfRangeError: no events are asked for, or nothing can make one.
    """
    if count < 1:
        raise OutOfRangeError(f"{count} events")
    rng = np.random.default_rng(seed)
    meeting = candidate_rates(target, falling, env, bursts)
    total = sum(meeting.values())
    if total <= 0:
        raise OutOfRangeError("no radiation falls on the chip")
    share = np.array([meeting[kind] for kind in KINDS]) / total
    clock, parts, found = 0.0, [], 0
    while found < count:
        time = clock + np.cumsum(rng.exponential(1 / total, _BATCH))
        clock = float(time[-1])
        kind = rng.choice(len(KINDS), _BATCH, p=share)
        energy, start, end = np.zeros(_BATCH), np.zeros((_BATCH, 3)), np.zeros((_BATCH, 3))
        for index, name in enumerate(KINDS):
            mine = kind == index
            drawn = _draw(name, target, falling, env, bursts, int(mine.sum()), rng)
            energy[mine], start[mine], end[mine] = drawn
        kept = (energy > env.threshold) | (kind == KINDS.index("phonons"))
        parts.append(Events(time[kept], kind[kept], energy[kept], start[kept], end[kept]))
        found += int(kept.sum())
        if found == 0 and len(parts) * _BATCH >= _HOPELESS:
            raise OutOfRangeError(f"none of {_HOPELESS} particles left more than the threshold")
    return Events(
        *(
            np.concatenate([getattr(part, name) for part in parts])[:count]
            for name in ("time", "kind", "energy", "start", "end")
        )
    )


def candidate_rates(
    target: Target, falling: Radiation, env: Environment, bursts: PhononBursts
) -> dict[str, float]:
    """Rates at which particles meet the chip and may leave more than the threshold, 1/s."""
    area = isotropic_paths(*target.sides).area
    name = target.substrate.name
    born = electron_rate(name, falling.gammas)
    photons = falling.gammas.energy > env.threshold
    crossing = EDGES[1:] > env.threshold
    met = _interactions(target, falling)[photons].sum() * target.mass
    return {
        "muon": float(muon_rate(*target.standing, falling.muon_intensity)),
        "gamma": float(met),
        "electron": area * float(electron_flux(born)[crossing].sum()),
        "hadron": area * falling.protons * float(proton_bins()[1].sum()),
        "phonons": bursts.rate,
    }


def _interactions(target: Target, falling: Radiation) -> Array:
    """Compton scatterings and absorptions of each photon energy, 1/(kg s)."""
    name, gammas = target.substrate.name, falling.gammas
    seen = compton_attenuation(name, gammas.energy) + photo_attenuation(name, gammas.energy)
    return np.asarray(gammas.flux * seen)


def _draw(
    kind: str,
    target: Target,
    falling: Radiation,
    env: Environment,
    bursts: PhononBursts,
    count: int,
    rng: np.random.Generator,
) -> tuple[Array, Array, Array]:
    """Deposits (J) and both ends of the tracks (m) of ``count`` particles of one kind."""
    sides = np.array(target.sides)
    if kind == "phonons":
        start, _ = draw_starts(sides, rng, count)
        return np.full(count, bursts.energy), _centred(start, sides), _centred(start, sides)
    if kind == "muon":
        vertical = 1 if target.orientation == "upright" else 2
        start, way, chord = draw_crossing(sides, rng, count, vertical)
        mean_path = float(mean_muon_path(*target.standing))
        energy = draw_losses(chord, mean_path, target.substrate, env, rng)
        return energy, _centred(start, sides), _centred(start + way * chord[:, None], sides)
    if kind == "gamma":
        energy = _draw_electron_inside(target, falling, env, count, rng)
        start, way = draw_starts(sides, rng, count)
        chord = path_to_surface(start, way, sides)
    else:
        energy = _draw_entering(kind, target, falling, env, count, rng)
        start, way, chord = draw_crossing(sides, rng, count)
    if kind == "hadron":
        table = np.concatenate([[0.0], np.geomspace(1e-6, 1, 1500) * proton_bins()[0][-1]])
        reach_of = proton_range(target.substrate, table)
    else:
        table, reach_of = EDGES, electron_range(EDGES) / target.substrate.density
    reach = np.interp(energy, table, reach_of)
    deposit = energy - np.interp(np.clip(reach - chord, 0, None), reach_of, table)
    end = start + way * np.minimum(reach, chord)[:, None]
    return deposit, _centred(start, sides), _centred(end, sides)


def _draw_entering(
    kind: str,
    target: Target,
    falling: Radiation,
    env: Environment,
    count: int,
    rng: np.random.Generator,
) -> Array:
    """Energies of protons or electrons that enter, J."""
    if count == 0:
        return np.zeros(0)
    if kind == "hadron":
        edge, flux = proton_bins()
    else:
        edge, flux = EDGES, electron_flux(electron_rate(target.substrate.name, falling.gammas))
        flux = np.where(edge[1:] > env.threshold, flux, 0.0)
    index = rng.choice(flux.size, count, p=flux / flux.sum())
    return np.asarray(edge[index] + rng.random(count) * (edge[index + 1] - edge[index]))


def _draw_electron_inside(
    target: Target, falling: Radiation, env: Environment, count: int, rng: np.random.Generator
) -> Array:
    """Energies of electrons struck by photons above the threshold, J."""
    if count == 0:
        return np.zeros(0)
    gammas, name = falling.gammas, target.substrate.name
    weight = np.where(gammas.energy > env.threshold, _interactions(target, falling), 0.0)
    photon = gammas.energy[rng.choice(weight.size, count, p=weight / weight.sum())]
    absorbing = photo_attenuation(name, photon)
    absorbed = rng.random(count) * (absorbing + compton_attenuation(name, photon)) < absorbing
    return np.where(absorbed, photon, draw_electrons(photon, rng))


def _centred(point: Array, sides: Array) -> Array:
    """From a corner of the back face to x and y from the middle."""
    return np.asarray(point - np.array([sides[0] / 2, sides[1] / 2, 0.0]))
