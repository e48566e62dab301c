"""The second paper's Discussion as numbers: what one event does to other devices.

J. M. Martinis, npj Quantum Information 7, 90 (2021), asks of semiconductor qubits, of
superconducting photon detectors and of Majorana parity (its question of large qubits is in
`qubit_size`). Each is answered by energy, charge or quasiparticles per device and event. The
devices are examples; their sizes are assumed unless a source stands beside them.
"""

from __future__ import annotations

import math

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.impact.charge.devices import (
    DeviceRow,
    Event,
    carrier_density,
    phonon_temperature,
    sensing_volume,
)
from qubudget.impact.charge.pairs import pair_count, separated_share
from qubudget.impact.energy.cascade import plateau
from qubudget.materials.carriers import carriers
from qubudget.materials.substrates import substrate
from qubudget.materials.superconductors import superconductor

_SEMICONDUCTOR = "charge offsets as important as phonon heating; over large areas (100 um)"
_DETECTOR = "might the phonon pulse trip superconducting detectors, correlated?"
_MAJORANA = "can quasiparticles be reduced from billions to much less than one?"

_DOT_RADIUS, _DOT_SHIFT, _DOT_DISTANCE = 50e-9, 1e-3, 100e-6
_NANOWIRE_WIDTH, _NANOWIRE_LENGTH, _NANOWIRE_THICKNESS = 100e-9, 23e-9, 7e-9
_PHOTON = 0.8 * ELEMENTARY_CHARGE
_SENSOR_SIDE, _SENSOR_THICKNESS = 25e-6, 20e-9
_RESONATOR_AREA, _RESONATOR_THICKNESS = 100e-6 * 50e-6, 50e-9
_PARITY_AREA, _PARITY_THICKNESS = 3e-6 * 60e-9, 6.5e-9
_PARITY_GOAL = 0.01


def semiconductor_rows(event: Event, sensing_area: float) -> tuple[DeviceRow, ...]:
    """A spin qubit beside a charge-sensitive transmon of a known sensing area (m^2)."""
    crystal, charges = substrate(event.material), carriers(event.material)
    pairs = float(pair_count(event.energy, crystal)[0])
    lasting = 2 * separated_share(crystal, charges) * pairs
    volume = event.area * event.thickness
    warm = float(phonon_temperature(event.phonon_energy / volume, crystal))
    density = float(carrier_density(lasting, _DOT_DISTANCE, charges.trapping_length))
    hits = density * sensing_volume(_DOT_RADIUS, _DOT_SHIFT)
    reach = math.sqrt(sensing_area / math.pi)
    name = "semiconductor spin qubit"
    return (
        DeviceRow(
            name, "electron-hole pairs per event", pairs, "1", _SEMICONDUCTOR,
            f"E/w; at most {lasting:.3g} carriers stay trapped",
        ),
        DeviceRow(
            name, "phonon temperature of the chip", warm, "K", _SEMICONDUCTOR,
            "all phonons in balance, none gone; a fridge has 0.02 K, a spin of 20 GHz is 1 K. "
            "What hot phonons do to spins before that is not computed",
        ),
        DeviceRow(
            name, "trapped carriers that shift a dot by 0.001 e, 0.1 mm from the deposit", hits,
            "1", _SEMICONDUCTOR,
            "their density there times the volume that sees them; assumed: a disc of 50 nm in a "
            "metal plane stands for the dot. Below one, neighbours are not shifted together",
            verdict="yes" if hits > 1 else "no",
        ),
        DeviceRow(
            "charge-sensitive transmon", "radius within which it jumps by 0.1 e", reach, "m",
            _SEMICONDUCTOR, "sqrt(sensing area/pi), averaged over all deposits: neighbours that "
            "are closer than this jump together", verdict="yes" if reach > 100e-6 else "no",
        ),
    )  # fmt: skip


def detector_rows(event: Event) -> tuple[DeviceRow, ...]:
    """A nanowire, a transition-edge sensor and a kinetic-inductance detector in the hot spot."""
    spot = event.absorbed(_NANOWIRE_WIDTH * _NANOWIRE_LENGTH, _NANOWIRE_THICKNESS, event.hot_area)
    per_distance = event.absorbed(
        _NANOWIRE_WIDTH * _NANOWIRE_LENGTH, _NANOWIRE_THICKNESS, 4 * math.pi
    )
    trip = math.sqrt(per_distance / _PHOTON)
    sensor = event.absorbed(_SENSOR_SIDE**2, _SENSOR_THICKNESS, event.hot_area)
    resonator = event.absorbed(_RESONATOR_AREA, _RESONATOR_THICKNESS, event.hot_area)
    film = superconductor("Al")
    broken = plateau() * resonator / film.gap
    photon = plateau() * _PHOTON / film.gap

    def verdict(energy: float) -> str:
        return "yes" if energy > _PHOTON else "no"

    volt = ELEMENTARY_CHARGE
    return (
        DeviceRow(
            "nanowire photon detector", "phonon energy per detecting spot", spot / volt, "eV",
            _DETECTOR, "hot spot's energy per area; a wire 100 nm wide and 7 nm thick (assumed) "
            "sums over 23 nm (Renema et al., arXiv:1607.03088); a photon of 1550 nm brings 0.8 eV "
            "within the tens of ps that the spot lasts, phonons take a thousand times longer",
            verdict(spot),
        ),
        DeviceRow(
            "nanowire photon detector", "distance within which phonons bring a photon's energy",
            trip, "m", _DETECTOR, "the same spot under a point deposit, all at once: sqrt(E a/(4 "
            "pi 0.8 eV)). Only a track through the wire itself trips it",
        ),
        DeviceRow(
            "transition-edge sensor", "phonon energy per device", sensor / volt, "eV", _DETECTOR,
            "25 x 25 um of 20 nm (assumed), absorbing as aluminium; slower than the pulse, so "
            f"that it sums: {sensor / _PHOTON:.1f} photons of 0.8 eV in every sensor of the hot "
            "spot at once", verdict(sensor),
        ),
        DeviceRow(
            "kinetic-inductance detector", "quasiparticles per device", broken, "1", _DETECTOR,
            "an inductor of 5000 um^2 and 50 nm of aluminium (assumed); a photon of 0.8 eV makes "
            f"{photon:.0f}", verdict(resonator),
        ),
    )  # fmt: skip


def parity_rows(event: Event) -> tuple[DeviceRow, ...]:
    """A Majorana island: quasiparticles, and what must be won to protect its parity."""
    gap = superconductor("Al").gap
    total = plateau() * event.phonon_energy / gap
    hot = plateau() / gap * event.absorbed(_PARITY_AREA, _PARITY_THICKNESS, event.hot_area)
    spread = plateau() / gap * event.absorbed(_PARITY_AREA, _PARITY_THICKNESS, event.area)
    name = "Majorana island"
    basis = "aluminium 3 um x 60 nm x 6.5 nm (assumed), absorbing by its thickness"
    return (
        DeviceRow(
            name, "quasiparticles per event in the whole film", total, "1", _MAJORANA,
            "exact cascade plateau, aluminium everywhere",
        ),
        DeviceRow(
            name, "quasiparticles per island in the hot spot", hot, "1", _MAJORANA, basis,
            verdict="yes" if hot < 0.1 else "no",
        ),
        DeviceRow(
            name, "quasiparticles per island on the rest of the chip", spread, "1", _MAJORANA,
            basis + "; phonons even over the chip", verdict="yes" if spread < 0.1 else "no",
        ),
        DeviceRow(
            name, "reduction that leaves 0.01 per island in the hot spot", hot / _PARITY_GOAL,
            "1", _MAJORANA, "the island's smallness does the rest; one that shares leads with a "
            "larger film takes that film's quasiparticles too",
        ),
    )  # fmt: skip
