"""Classes of impacts for the error-correcting code: energies times places, each over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.impact.chip.event import TIMES, Chip, Effort
from qubudget.impact.response import strata
from qubudget.impact.result import Burst, Rates
from qubudget.impact.source.spectrum import Spectrum
from qubudget.materials.substrates import substrate

Array = NDArray[np.float64]

_CELLS = {"quick": 16, "standard": 24, "full": 32}
_ENERGIES = {"quick": 3, "standard": 4, "full": 6}
_TAIL = {"quick": (1e-3,), "standard": (1e-2, 1e-3), "full": (1e-2, 1e-3, 1e-4)}
"""Shares of the bursts, the largest ones, that are classes by themselves: a code may bear all
deposits but the rarest, and a mean over many others would hide those."""
_PLACES = {"quick": 2, "standard": 3, "full": 3}
_TIMES = 8
_START = 1e-6  # s: a cycle of error correction averages what is faster
_NEGLIGIBLE_SHARE = 0.01  # of the peak, or of the quiet rate
_NEGLIGIBLE_DETUNING = 1e4  # Hz: sin^2(pi f t) = 1e-3 in a microsecond


@dataclass(frozen=True)
class ImpactClass:
    """Impacts of one energy (J; as phonons, ``gain`` times the usual share) and one place (m)."""

    name: str
    rate: float
    energy: float
    gain: float
    x: float
    y: float


def impact_classes(
    design: DesignModel, spectrum: Spectrum, rates: Rates, effort: Effort
) -> list[ImpactClass]:
    """Energies times places; their rates add to the total.

    Phonon-only bursts have no measured spectrum: they take the reference event's energy, all of
    it in phonons. A measured rate scales all classes alike; where the model has no source at
    all, it counts reference events.
    """
    chip, event = design.chip, design.radiation.event_energy
    found = energy_classes(spectrum, _exceeded(effort))
    kinds = [
        ("radiation", float(rate), float(energy), 1.0)
        for rate, energy in zip(found.rate, found.energy, strict=True)
    ]
    if rates.phonon_burst > 0:
        share = substrate(chip.substrate).phonon_share
        kinds.append(("phonons", rates.phonon_burst, event, 1 / share))
    if not kinds and rates.total > 0:
        kinds.append(("measured", rates.total, event, 1.0))
    modelled = sum(rate for _, rate, _, _ in kinds)
    factor = rates.total / modelled if modelled > 0 else 0.0
    return [
        ImpactClass(
            name=f"{kind} {energy / ELEMENTARY_CHARGE / 1e3:.0f} keV {where}",
            rate=rate * factor * share,
            energy=energy,
            gain=gain,
            x=x,
            y=y,
        )
        for kind, rate, energy, gain in kinds
        for where, x, y, share in strata(chip.length, chip.width, _PLACES[effort])
    ]


def energy_classes(spectrum: Spectrum, exceeded: Sequence[float]) -> Spectrum:
    """A few energies that keep the rate and the power of a spectrum.

    Parameters
    ----------
    spectrum : the deposits.
    exceeded : shares of the rate above the edges of the classes, falling from 1 to 0; each
        class has the mean energy between two edges.

    >>> spectrum = Spectrum(np.array([3.0, 1.0]), np.array([1.0, 1.0]))
    >>> energy_classes(spectrum, [1.0, 0.5, 0.0]).energy.tolist()
    [1.0, 3.0]
    """
    if len(exceeded) < 2 or exceeded[0] != 1 or exceeded[-1] != 0 or np.any(np.diff(exceeded) >= 0):
        raise OutOfRangeError("the shares above the classes' edges fall from 1 to 0")
    order = np.argsort(spectrum.energy, kind="stable")
    rate = np.concatenate([[0.0], np.cumsum(spectrum.rate[order])])
    if rate[-1] == 0:
        return Spectrum(np.empty(0), np.empty(0))
    power = np.concatenate([[0.0], np.cumsum((spectrum.rate * spectrum.energy)[order])])
    edges = rate[-1] * (1 - np.asarray(exceeded))
    energy = np.diff(np.interp(edges, rate, power)) / np.diff(edges)
    return Spectrum(energy, np.diff(edges))


def _exceeded(effort: Effort) -> list[float]:
    """Shares of the bursts that are above each class's lowest energy, falling from 1 to 0."""
    count = _ENERGIES[effort]
    return [*((count - i) / count for i in range(count)), *_TAIL[effort], 0.0]


def burst_of(
    chip: Chip,
    design: DesignModel,
    entry: ImpactClass,
    quiet: float,
    relaxation_per_x: Array,
    effort: Effort,
    stretch: float,
) -> Burst:
    """One class over its noticeable time, at log-spaced times.

    ``relaxation_per_x`` : at `TIMES`, shape (nt,), 1/s. ``stretch`` : measured over modelled
    recovery time; it scales the time axis.
    """
    grid, x_qp = chip.event(entry.energy * entry.gain, entry.x, entry.y, _CELLS[effort], TIMES)
    excess = relaxation_per_x[:, None, None] * x_qp
    detuning = -design.chip.frequency_shift * design.qubit.frequency * x_qp
    highest = excess.max(axis=(1, 2))
    relaxes = highest > _NEGLIGIBLE_SHARE * max(float(highest.max()), quiet)
    shifts = np.abs(detuning).max(axis=(1, 2)) > _NEGLIGIBLE_DETUNING
    first = int(np.searchsorted(TIMES, _START))
    last = int(np.flatnonzero(relaxes | shifts).max(initial=first)) + 1
    last = min(max(last, first + _TIMES - 1), len(TIMES) - 1)
    chosen = np.round(np.linspace(first, last, _TIMES)).astype(np.intp)
    return Burst(
        name=entry.name,
        rate=entry.rate,
        energy=entry.energy,
        x=grid.x,
        y=grid.y,
        times=TIMES[chosen] * stretch,
        excess_relaxation=excess[chosen],
        detuning=detuning[chosen],
    )
