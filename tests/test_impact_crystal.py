"""Crystals: elastic waves, their direction table, and the catalogue's tensors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.impact.phonons.crystal import (
    chip_tensor,
    density_of_states,
    orientation,
    sphere,
    stiffness_tensor,
    waves,
)
from qubudget.impact.phonons.tables import (
    direction_square,
    direction_table,
    square_direction,
    square_to_sphere,
    walker,
)
from qubudget.materials.crystals import Crystal, crystal, crystal_names, isotropic, voigt_matrix

SI = chip_tensor(crystal("Si"))
SAPPHIRE = chip_tensor(crystal("Al2O3"))

directions = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1)


def test_silicon_velocities() -> None:
    """The project's check numbers, from C11, C12, C44 = 165.6, 63.9, 79.5 GPa and 2330 kg/m^3."""
    found = waves(SI, [[1, 0, 0], [1, 1, 0], [1, 1, 1]])
    assert found.phase[0] == pytest.approx([8430, 5841, 5841], rel=0.002)
    assert found.phase[1, [0, 2]] == pytest.approx([9131, 4672], rel=0.002)
    assert found.phase[2] == pytest.approx([9352, 5091, 5091], rel=0.002)
    speed = np.linalg.norm(found.group, axis=-1)
    assert speed[:2] == pytest.approx(found.phase[:2], rel=1e-9)
    # Conical refraction: on the threefold axis energy of transverse waves runs on a cone.
    assert speed[2] == pytest.approx([9352, 5217, 5217], rel=0.002)


def test_density_of_states() -> None:
    """Silicon 0.093, 0.531, 0.376 (L, ST, FT): Tamura 1985, as G4CMP quotes him."""
    assert density_of_states(SI) == pytest.approx([0.093, 0.376, 0.531], abs=5e-4)
    glass = chip_tensor(isotropic("glass", 2000.0, 6000.0, 3000.0))
    assert density_of_states(glass) == pytest.approx(np.array([1, 8, 8]) / 17, rel=1e-12)


def test_sapphire_by_hand() -> None:
    """Along a, b and c the trigonal Christoffel matrix splits; C14 mixes two modes (Auld 1973)."""
    c11, c12, c14, c33, c44 = 495.0e9, 161.0e9, -22.7e9, 499.9e9, 147.7e9
    c66, rho = (c11 - c12) / 2, 3970.0
    found = waves(SAPPHIRE, np.eye(3)).phase
    mixed_x = np.linalg.eigvalsh([[c66, c14], [c14, c44]])
    mixed_y = np.linalg.eigvalsh([[c11, -c14], [-c14, c44]])
    expected = [[c11, *mixed_x], [c66, *mixed_y], [c33, c44, c44]]
    for row, constants in zip(found, expected, strict=True):
        assert row == pytest.approx(np.sqrt(np.sort(constants)[::-1] / rho), rel=1e-12)


def test_sapphire_symmetry() -> None:
    """Threefold axis and inversion hold; a mirror across c does not, because of C14."""
    k = sphere(50)
    third = orientation([0, 0, 1], [np.cos(2 * np.pi / 3), np.sin(2 * np.pi / 3), 0])
    phase = waves(SAPPHIRE, k).phase
    assert waves(SAPPHIRE, k @ third.T).phase == pytest.approx(phase, rel=1e-9)
    assert waves(SAPPHIRE, -k).phase == pytest.approx(phase, rel=1e-12)
    mirrored = waves(SAPPHIRE, k * [1, 1, -1]).phase
    assert np.max(np.abs(mirrored / phase - 1)) > 0.02


@settings(max_examples=30, deadline=None)
@given(k=directions, name=st.sampled_from(crystal_names()))
def test_group_velocity_is_the_gradient_of_frequency(k: tuple[float, ...], name: str) -> None:
    tensor, k0 = chip_tensor(crystal(name)), np.array(k)
    found = waves(tensor, k0)
    n = k0 / np.linalg.norm(k0)
    # The phase velocity is the part of the group velocity along the wavevector, always.
    assert found.group @ n == pytest.approx(found.phase, rel=1e-9)
    gaps = -np.diff(found.phase) / found.phase[0]
    if np.min(gaps) < 0.02:
        return  # near an acoustic axis the derivative needs finer steps than floats allow
    step = 1e-5
    shifts = n + step * np.concatenate([np.eye(3), -np.eye(3)])
    omega = waves(tensor, shifts).phase * np.linalg.norm(shifts, axis=1)[:, None]
    gradient = (omega[:3] - omega[3:]) / (2 * step)
    assert np.max(np.abs(found.group.T - gradient)) < 2e-4 * found.phase[0]


@settings(max_examples=20, deadline=None)
@given(k=directions, normal=directions, along=directions)
def test_a_cut_turns_everything(
    k: tuple[float, ...], normal: tuple[float, ...], along: tuple[float, ...]
) -> None:
    if np.linalg.norm(np.cross(normal, along)) < 0.05:
        return
    turn = orientation(normal, along)
    assert turn @ turn.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1.0)
    tensor = chip_tensor(crystal("Al2O3"), turn)
    here, there = waves(SAPPHIRE, k), waves(tensor, turn @ np.array(k))
    assert there.phase == pytest.approx(here.phase, rel=1e-9)
    if np.min(-np.diff(here.phase)) > 1.0:
        assert there.group == pytest.approx(here.group @ turn.T, abs=1e-2)


def test_tensor_symmetry() -> None:
    c = stiffness_tensor(crystal("Al2O3").stiffness)
    assert np.array_equal(c, np.swapaxes(c, 0, 1))
    assert np.array_equal(c, c.transpose(2, 3, 0, 1))
    # A trigonal tensor is invariant under a third of a turn about c: this fixes C24, C56, C66.
    third = orientation([0, 0, 1], [np.cos(2 * np.pi / 3), np.sin(2 * np.pi / 3), 0])
    assert chip_tensor(crystal("Al2O3"), third) == pytest.approx(SAPPHIRE, abs=1e-3)


@settings(max_examples=50, deadline=None)
@given(k=directions)
def test_octahedral_map_inverts(k: tuple[float, ...]) -> None:
    n = np.array(k) / np.linalg.norm(k)
    a, b, sign = direction_square(*n)
    assert max(abs(a), abs(b)) <= 1 + 1e-12
    assert sign * np.array(square_direction(a, b)) == pytest.approx(n, abs=1e-12)
    assert square_to_sphere(a, b) == pytest.approx(sign * n, abs=1e-12)


def test_octahedral_map_keeps_area() -> None:
    """Means over an even grid are means over the half sphere: z 1/2, x^2 = y^2 = z^2 = 1/3."""
    s = (np.arange(400) + 0.5) / 200 - 1
    k = square_to_sphere(s[:, None], s[None, :]).reshape(-1, 3)
    assert k[:, 2].mean() == pytest.approx(0.5, abs=1e-4)
    assert (k**2).mean(axis=0) == pytest.approx([1 / 3] * 3, abs=1e-4)
    assert (k[:, 0] ** 2 * k[:, 2]).mean() == pytest.approx(1 / 8, abs=1e-4)


def test_walker_gives_the_weights() -> None:
    weights = np.array([0.0, 5.0, 1.0, 0.1, 2.9, 1.0])
    table = walker(weights)
    share = np.zeros(6)
    for cell, entry in enumerate(table):
        kept = (entry >> 20) / 4096
        share[cell] += kept / 6
        share[entry & 0xFFFFF] += (1 - kept) / 6
    assert share == pytest.approx(weights / weights.sum(), abs=3e-4)
    assert share[0] == 0


def test_table_against_christoffel() -> None:
    """Shares and mean velocities of the table against an even sphere of exact solutions."""
    for name in ("Si", "Al2O3"):
        table = direction_table(crystal(name), orientation([1, 2, 3], [1, 0, 0]))
        tensor = chip_tensor(crystal(name), orientation([1, 2, 3], [1, 0, 0]))
        exact = waves(tensor, sphere(20_000))
        weight = exact.phase**-3.0
        flux = np.einsum("nm,nmi->i", weight, np.abs(exact.group)) / weight.sum()
        assert table.shares == pytest.approx(density_of_states(tensor), abs=2e-4)
        assert table.wall_speed == pytest.approx(flux, rel=2e-3)


def test_table_velocities() -> None:
    """Median error of a velocity looked up at random directions below 0.1 % (silicon)."""
    table = direction_table(crystal("Si"))
    k = square_to_sphere(*np.random.default_rng(3).uniform(-1, 1, (2, 2000)))
    k[:500, 0] = 0  # the crease of the map
    k /= np.linalg.norm(k, axis=1, keepdims=True)
    exact = waves(SI, k)
    n = table.cells
    place = np.array([direction_square(*v)[:2] for v in k])
    cell = np.minimum(((place + 1) * n / 2).astype(int), n - 1)
    offset = (place + 1) * n / 2 - cell - 0.5
    for mode in range(3):
        r = table.records[(mode * n + cell[:, 0]) * n + cell[:, 1]].astype(float)
        r[:, [*range(9), 13, 14, 15]] *= table.speed_unit
        v = r[:, :3] + offset[:, :1] * r[:, 3:6] + offset[:, 1:] * r[:, 6:9]
        v += np.abs(offset[:, :1] - r[:, 12:13] * offset[:, 1:]) * r[:, 13:]
        error = np.linalg.norm(v - exact.group[:, mode], axis=1) / exact.phase[:, mode]
        assert np.median(error[500:]) < 1e-3
        assert np.median(error[:500]) < 2e-3


def test_bad_crystals() -> None:
    with pytest.raises(OutOfRangeError, match="Si, Al2O3"):
        crystal("Sapphire")
    with pytest.raises(OutOfRangeError, match="positive definite"):
        isotropic("foam", 1000.0, 1000.0, 900.0)
    with pytest.raises(OutOfRangeError, match="symmetric"):
        Crystal("odd", 1000.0, tuple(tuple(float(i) for i in range(6)) for _ in range(6)))
    with pytest.raises(OutOfRangeError, match="11 12 44"):
        voigt_matrix("cubic", {"11": 1.0})
    with pytest.raises(OutOfRangeError, match="unknown class"):
        voigt_matrix("round", {"11": 1.0})
    with pytest.raises(OutOfRangeError, match="pair"):
        voigt_matrix("triclinic", {"17": 1.0})
    with pytest.raises(OutOfRangeError, match="parallel"):
        orientation([1, 1, 1], [2, 2, 2])
    with pytest.raises(OutOfRangeError, match="finite"):
        waves(SI, [0, 0, 0])
    with pytest.raises(OutOfRangeError, match="orthogonal"):
        chip_tensor(crystal("Si"), 2 * np.eye(3))
    with pytest.raises(OutOfRangeError, match="cells"):
        direction_table(crystal("Si"), cells=63)
