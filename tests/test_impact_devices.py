"""The second paper's Discussion: other devices, and qubits of other sizes."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.constants import BOLTZMANN, ELEMENTARY_CHARGE, HBAR
from qubudget.errors import OutOfRangeError
from qubudget.impact.charge.device_rows import detector_rows, parity_rows, semiconductor_rows
from qubudget.impact.charge.devices import (
    DeviceRow,
    Event,
    carrier_density,
    phonon_temperature,
    sensing_volume,
)
from qubudget.impact.charge.qubit_size import covered_share, size_answer, size_rows
from qubudget.impact.energy.heat import phonon_energy
from qubudget.materials.substrates import substrate

EVENT = Event()
SI = substrate("Si")


def row(rows: tuple[DeviceRow, ...], words: str) -> DeviceRow:
    found = [r for r in rows if words in r.quantity or words in r.device]
    assert len(found) == 1, words
    return found[0]


def test_phonon_temperature_inverts_debyes_law() -> None:
    """Against Debye's closed form with the temperature that silicon's sound implies."""
    atoms = 5e28
    inverse_cubes = SI.sound_longitudinal**-3 + 2 * SI.sound_transverse**-3
    debye = HBAR / BOLTZMANN * (18 * math.pi**2 * atoms / inverse_cubes) ** (1 / 3)
    density = float(phonon_energy(atoms, debye, 0.05))
    assert float(phonon_temperature(density, SI)) == pytest.approx(0.05, rel=1e-9)


def test_a_small_threshold_is_seen_by_the_dipole_law() -> None:
    """phi = cos/(2 r^2) above c: (4 pi/15) (2 c)^(-3/2) a^3."""
    volume = sensing_volume(2.0, 1e-4)
    assert volume == pytest.approx(8 * 4 * math.pi / 15 * (2e-4) ** -1.5, rel=0.01)


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-4, 0.3))
def test_the_sensing_volume_shrinks_with_the_threshold(threshold: float) -> None:
    assert sensing_volume(1.0, 1.2 * threshold) < sensing_volume(1.0, threshold)


def test_trapped_carriers_are_all_somewhere() -> None:
    r = np.linspace(1e-7, 6e-3, 400_001)
    shells = 4 * np.pi * r**2 * carrier_density(1e4, r, 300e-6)
    assert float(np.trapezoid(shells, r)) == pytest.approx(1e4, rel=1e-3)


def test_a_dot_is_hardly_touched_where_a_transmon_jumps() -> None:
    rows = semiconductor_rows(EVENT, sensing_area=4e-6)
    assert row(rows, "pairs per event").value == pytest.approx(0.2e6 / 3.81)
    shifted = row(rows, "shift a dot")
    assert shifted.value < 0.01
    assert shifted.verdict == "no"
    transmon = row(rows, "charge-sensitive transmon")
    assert transmon.value == pytest.approx(1.128e-3, rel=1e-3)  # sqrt(4/pi) mm
    assert transmon.verdict == "yes"
    warm = row(rows, "temperature").value
    assert 0.03 < warm < 0.06  # 2.9e-14 J in 40 mm^3 of silicon, Debye


def test_slow_detectors_count_the_pulse_and_a_nanowire_does_not() -> None:
    rows = detector_rows(EVENT)
    # 0.18 MeV over 10 mm^2 is 0.018 eV/um^2; a fifth of it over 625 um^2, as the film is thinner
    sensor = row(rows, "transition-edge")
    assert sensor.value == pytest.approx(0.018 * 625 / 5)
    assert sensor.verdict == "yes"
    assert row(rows, "per detecting spot").value < 1e-4
    assert row(rows, "per detecting spot").verdict == "no"
    assert row(rows, "within which phonons").value < 10e-6
    assert row(rows, "kinetic-inductance").value > 1e4


def test_parity_sees_billions_per_event_and_less_than_one_per_island() -> None:
    """The paper's "billions": 0.59 x 0.18 MeV/182 ueV is 0.58e9."""
    rows = parity_rows(EVENT)
    assert row(rows, "whole film").value == pytest.approx(0.5904 * 0.18e6 / 182.4e-6, rel=2e-3)
    hot, cold = (
        row(rows, "quasiparticles per island in the hot spot"),
        row(rows, "rest of the chip"),
    )
    assert hot.value / cold.value == pytest.approx(10.0)  # 1 cm^2 over 10 mm^2
    assert cold.value < hot.value < 1
    assert row(rows, "reduction").value == pytest.approx(hot.value / 0.01)


def test_energy_scales_every_answer() -> None:
    larger = Event(energy=2e6 * ELEMENTARY_CHARGE)
    for one, ten in zip(parity_rows(EVENT), parity_rows(larger), strict=True):
        assert ten.value == pytest.approx(10 * one.value)
    json.dumps([r.to_dict() for r in (*parity_rows(EVENT), *detector_rows(EVENT))])


def test_a_large_qubit_does_not_protect() -> None:
    radii = (10e-6, 100e-6, 1e-3, 10e-3)
    rows = size_rows(EVENT, radii, (None, 1e-3, None, None))
    x = [r.x_qp for r in rows]
    assert x[1] == pytest.approx(x[0], rel=2e-3)  # density does not know the size
    # past the spot it falls as the area: all energy over the electrode
    assert x[3] / x[2] == pytest.approx(0.01 / covered_share(1e-3, 10e-6), rel=1e-6)
    assert [r.energy_share for r in rows] == sorted(r.energy_share for r in rows)
    assert rows[1].quasiparticles / rows[0].quasiparticles == pytest.approx(100, rel=2e-3)
    assert rows[0].to_dict()["jump_rate_per_s"] is None
    answer, pitch = size_answer(EVENT, rows[:3])
    assert answer.verdict == "no"
    assert 1.0 < answer.value < 1.3
    assert pitch.value == pytest.approx(3.57e-3, rel=1e-2)


def test_impossible_events_are_refused() -> None:
    with pytest.raises(OutOfRangeError):
        Event(energy=0.0)
    with pytest.raises(OutOfRangeError, match="fit"):
        Event(hot_area=1.0)
    with pytest.raises(OutOfRangeError):
        sensing_volume(1.0, 0.9)
    with pytest.raises(OutOfRangeError):
        covered_share(0.0, 1.0)
    with pytest.raises(OutOfRangeError):
        carrier_density(1.0, 0.0, 1.0)
    with pytest.raises(OutOfRangeError):
        phonon_temperature(-1.0, SI)
