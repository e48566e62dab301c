"""Traced phonons on a design's chip: energy balance, symmetries, drawn films, refusals."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.design import Design, load
from qubudget.design.film import DrawnFilm
from qubudget.errors import DesignError, OutOfRangeError
from qubudget.impact.chip.event import chip_of
from qubudget.impact.chip.traced import TracedChip, traced_chip
from qubudget.impact.chip.wafer import wafer_of
from qubudget.impact.kinetics.uniform import Grid
from qubudget.materials.superconductors import superconductor

Array = NDArray[np.float64]

AL = superconductor("Al")
PLATEAU = 0.9 * 0.5904  # 90 % of a deposit ends as phonons; Kaplan's cascade leaves 0.5904 of them
DEPOSIT = 2e5 * ELEMENTARY_CHARGE
LATE = np.array([0.5])  # s: the last phonons have arrived
LOSSLESS = {"recombination": "0 1/s", "trapping": "0 1/s"}
CLOSED = {"bond_count": 0, "mount_area": "0 mm^2", "back_metal_thickness": "0 um"}


@cache
def base() -> Design:
    return load("sycamore-like").replace({f"chip.{key}": v for key, v in CLOSED.items()})


def design(*films: DrawnFilm, **changes: Any) -> Design:
    found = base().replace({f"chip.{key}": value for key, value in changes.items()})
    return found.model_copy(update={"films": films})


def chip(*films: DrawnFilm, packets: int = 2000, seed: int = 1, **changes: Any) -> TracedChip:
    return traced_chip(design(*films, **changes), 0.0, packets, seed)


def pads(
    *corners: tuple[float, float, float, float], name: str = "pads", metal: str = "Al", **more: Any
) -> DrawnFilm:
    """Rectangles with corners in mm."""
    written = tuple(tuple(f"{c} mm" for c in four) for four in corners)
    fields = {"name": name, "face": "front", "metal": metal, "thickness": "0.1 um"}
    return DrawnFilm.model_validate(fields | {"rectangles": written} | more)


def per_cell(grid: Grid, thickness: float = 1e-7) -> float:
    """Rest energy of quasiparticles in a cell for x = 1, J: 2 N0 Delta^2 times its volume."""
    return 2 * AL.density_of_states * AL.gap**2 * grid.cell_area * thickness


# Energy


@pytest.mark.parametrize("thickness", ["20 nm", "0.1 um", "1 um"])
def test_a_closed_chip_ends_on_the_cascades_plateau(thickness: str) -> None:
    # Whatever the film misses comes back; one false alarm in 10,000, and 0.1 % for tables.
    found = chip(film_thickness=thickness, packets=5000)
    error = 0.9 * found._centre.error
    assert found.efficiency == pytest.approx(PLATEAU, abs=4 * error + 1e-3 * PLATEAU)


@pytest.mark.parametrize(("inward", "outward"), [(0.05, 0.9), (1.0, 0.05), (0.3, None)])
def test_interfaces_only_delay(inward: float, outward: float | None) -> None:
    plain = chip(packets=5000)
    film = replace(plain.wafer.films[0], transmission=inward, outward=outward)
    found = replace(plain, wafer=replace(plain.wafer, films=(film,)))
    error = 0.9 * found._centre.error
    assert found.efficiency == pytest.approx(PLATEAU, abs=4 * error + 1e-3 * PLATEAU)


def test_a_worse_interface_delays() -> None:
    plain = chip()
    film = replace(plain.wafer.films[0], transmission=0.02)
    slow = replace(plain, wafer=replace(plain.wafer, films=(film,)))

    def arrived(of: TracedChip) -> Array:
        share = of._centre.share.sum(axis=(1, 2))
        return np.cumsum(share) / share.sum()

    assert np.all(arrived(slow)[10:-1] <= arrived(plain)[10:-1] + 1e-9)
    assert arrived(slow)[10] < 0.5 * arrived(plain)[10]


@pytest.mark.parametrize("electrodes", ["grounded", "floating"])
@pytest.mark.parametrize("cells", [8, 24])
def test_quasiparticles_balance_the_energy(electrodes: str, cells: int) -> None:
    found = chip(**LOSSLESS, electrodes=electrodes)
    grid, x = found.event(DEPOSIT, 2e-3, -1e-3, cells, LATE)
    share = found.wafer.landing(2e-3, -1e-3, grid.nx, grid.ny)
    left = float(x[-1].sum()) * per_cell(grid) / DEPOSIT
    assert left == pytest.approx(0.9 * share.total, rel=1e-6)
    assert left == pytest.approx(PLATEAU, abs=4 * 0.9 * share.error + 1e-3)
    assert x.min() >= 0


def test_the_film_of_the_balance_is_the_designs() -> None:
    # Twice the film: the same energy, half of x.
    thin, thick = (chip(**LOSSLESS, film_thickness=t) for t in ("0.1 um", "0.2 um"))
    x = [c.event(DEPOSIT, 0.0, 0.0, 8, LATE)[1].sum() for c in (thin, thick)]
    assert x[0] / x[1] == pytest.approx(2 * thin.efficiency / thick.efficiency, rel=1e-5)


def test_errors_are_those_of_repeated_runs() -> None:
    # 16 seeds: the ratio of variances lies within 0.2 to 2.9 but for one run in 10,000
    # (chi-squared, 15 degrees of freedom).
    found = [chip(packets=500, seed=seed)._centre for seed in range(16)]
    ratio = np.var([f.total for f in found], ddof=1) / np.mean([f.error**2 for f in found])
    assert 0.2 < ratio < 2.9
    # With copper on the back the stated error is an upper bound.
    split = [
        chip(packets=500, seed=seed, back_metal_thickness="0.3 um")._centre for seed in range(16)
    ]
    ratio = np.var([f.total for f in split], ddof=1) / np.mean([f.error**2 for f in split])
    assert 0.05 < ratio < 2.9


def test_what_leaves_is_missing() -> None:
    # Same seed, so the packets are alike: each step away is far above the noise of 0.004.
    leaks = [
        {},
        {"bump_count": 20_000, "bump_diameter": "50 um"},
        {"bump_count": 20_000, "bump_diameter": "50 um", "mount_area": "40 mm^2"},
        {
            "bump_count": 20_000, "bump_diameter": "50 um", "mount_area": "100 mm^2",
            "mount": "metal-clamp",
        },
    ]  # fmt: skip
    left = [chip(**leak).efficiency for leak in leaks]
    assert np.all(np.diff(left) < -0.005)
    assert left[-1] > 0


def test_copper_on_the_back_takes_its_share() -> None:
    thickness = ["0 um", "0.1 um", "0.5 um", "5 um"]
    left = [chip(back_metal_thickness=t).efficiency for t in thickness]
    assert np.all(np.diff(left) < -0.01)
    # Islands of copper meet their share of the phonons, the area of them: less is taken.
    islands = chip(
        back_metal_thickness="5 um", back_island_size="0.1 mm", back_island_gap="0.1 mm"
    ).efficiency
    assert left[-1] + 0.01 < islands < left[0]
    # A titanium layer between changes what passes, not where the rest goes.
    layer = chip(back_metal_thickness="5 um", back_interlayer="Ti").efficiency
    assert 0 < layer < left[0]


def test_half_of_the_energy_lands_within_the_hot_spot() -> None:
    still = chip(packets=20_000, electrodes="floating", **LOSSLESS)
    grid, x = still.event(DEPOSIT, 0.0, 0.0, 50, LATE)
    within = np.hypot(grid.x[:, None], grid.y) <= still.hot_spot_radius
    assert x[0][within].sum() / x[0].sum() == pytest.approx(0.5, abs=0.05)
    assert 0.4e-3 < still.hot_spot_radius < 5e-3


# Symmetry


def blocks(field: Array) -> Array:
    """Sums over a quarter of the chip's side each way."""
    n = field.shape[-1] // 4
    return field.reshape(4, n, 4, n).sum(axis=(1, 3))


def test_mirrored_impacts_have_mirrored_effects() -> None:
    # 16 blocks and three images; a block's error is at most that of all-or-nothing packets, so
    # five of them are never reached by chance.
    found = chip(packets=8000)
    assert found.symmetric
    first = blocks(found.wafer.landing(3e-3, 1e-3, 24, 24).share.sum(axis=0))
    images = {
        (-3e-3, 1e-3): first[::-1],
        (3e-3, -1e-3): first[:, ::-1],
        (1e-3, 3e-3): first.T,
    }
    for (x, y), expected in images.items():
        image = blocks(found.wafer.landing(x, y, 24, 24).share.sum(axis=0))
        error = np.sqrt((image * (1 - image) + expected * (1 - expected)) / 8000)
        assert np.all(np.abs(image - expected) < 5 * error + 1e-4)
        assert np.abs(image - first).max() > 0.02  # the images differ from the first


def test_seeds() -> None:
    first, again, other = (
        chip(seed=seed).event(DEPOSIT, 1e-3, 0.0, 12, np.array([1e-5, 1e-3]))[1]
        for seed in (3, 3, 4)
    )
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
    assert other.sum(axis=(1, 2)) == pytest.approx(first.sum(axis=(1, 2)), rel=0.02)


# Losses


def test_floating_electrodes_never_dilute() -> None:
    times = np.array([0.02, 0.03, 0.06])
    still = chip(electrodes="floating", recombination="0 1/s")
    still = replace(still, film=replace(still.film, trapping=40.0))
    _, x = still.event(DEPOSIT, 0.0, 0.0, 16, times)
    # Every cell by itself: exp(-s t) once all has arrived (10 ms), steps of 0.2 %.
    assert np.allclose(x[1:], x[0] * np.exp(-40 * (times[1:] - times[0]))[:, None, None], rtol=5e-3)
    _, alone = chip(electrodes="floating", recombination="1e7 1/s").event(
        DEPOSIT, 0.0, 0.0, 16, times
    )
    fell = alone[0] / (1 + 1e7 * (times[1:] - times[0])[:, None, None] * alone[0])
    assert np.allclose(alone[1:], fell, rtol=5e-3)
    _, moving = chip(**LOSSLESS).event(DEPOSIT, 0.0, 0.0, 16, times)
    assert np.all(np.diff(moving.max(axis=(1, 2))) < 0)  # a grounded film dilutes
    assert np.ptp(moving[-1]) < 0.5 * np.ptp(x[0])


def test_live_phonons_slow_recombination() -> None:
    # Rothwarf and Taylor: bare r over 1 + tau_esc/tau_pb, tau_pb = 242 ps at 2 Delta.
    times = np.array([0.02, 0.2])
    bare = {"electrodes": "floating", "recombination": "5e7 1/s", "trapping": "0 1/s"}
    _, live = chip(**bare, phonon_escape="0.726 ns").event(DEPOSIT, 0.0, 0.0, 8, times)
    slower = live[0] / (1 + 5e7 / 4 * (times[1] - times[0]) * live[0])
    assert np.allclose(live[1], slower, rtol=1e-2)


# Drawn films


def test_a_rectangle_over_the_face_is_the_whole_face() -> None:
    whole = pads((-5, -5, 5, 5), name="plane")
    times = np.array([1e-5, 1e-3, 1e-2])
    drawn, plain = chip(whole), chip()
    assert not drawn.symmetric
    grid, x = drawn.event(DEPOSIT, 1e-3, 2e-3, 10, times)
    assert (grid.nx, grid.ny) == (64, 64)
    assert np.allclose(x, plain.event(DEPOSIT, 1e-3, 2e-3, 64, times)[1], rtol=1e-9, atol=1e-18)
    assert drawn.efficiency == pytest.approx(plain.efficiency, rel=1e-9)


PADS = pads((-3.04, -1, -1, 1), (1, -1, 3, 1), (-0.5, 3, 0.5, 4))


def test_islands_keep_what_lands_on_them() -> None:
    found = chip(PADS, **LOSSLESS)
    place = (-2e-3, 0.0)
    grid, x = found.event(DEPOSIT, *place, 100, LATE)
    share = found.wafer.landing(*place, grid.nx, grid.ny).share.sum(axis=0)
    covered = found.wafer.covered(grid.nx, grid.ny)
    assert covered.mean() == pytest.approx((4.08 + 4 + 1) / 100, abs=2e-3)
    assert not share[~covered].any()
    islands = found.wafer.layout.islands("front", grid.nx, grid.ny)
    scale = per_cell(grid) / DEPOSIT / 0.9
    totals = []
    for number in (1, 2, 3):
        mine = covered & (islands == number)
        kept = x[0][mine]
        assert kept.sum() * scale == pytest.approx(share[mine].sum(), rel=1e-6)
        assert np.ptp(kept) < 0.05 * kept.mean()  # spread within the pad, 0.5 s at 20 cm^2/s
        totals.append(kept.mean())
    assert max(totals) > 1.5 * min(totals)  # but not between them
    assert found.efficiency == pytest.approx(PLATEAU, abs=0.01)
    # A bare cell shows the nearest film's: every value is one of a pad's.
    assert np.all(np.isin(x[0][~covered], x[0][covered]))


@pytest.mark.parametrize("connected", [True, False])
def test_touching_films_exchange_where_they_are_connected(connected: bool) -> None:
    left = pads((-4, -2, 0, 2), name="left", connected=connected)
    right = pads((0, -2, 4, 2), name="right", connected=connected)
    found = chip(left, right, **LOSSLESS)
    _, x = found.event(DEPOSIT, -3e-3, 0.0, 100, LATE)
    one, other = x[0][20, 50], x[0][80, 50]
    if connected:
        assert one == pytest.approx(other, rel=0.02)
    else:
        assert one > 1.2 * other


def test_contacts_spread_over_the_face_drain_bare_cells_too() -> None:
    # A film on a share c of the face meets c of the phonons, the bumps all of them: what leaves
    # in the bumps' favour grows by about 1/c. Both losses are small enough to be linear.
    few = {"bump_count": 12_000, "bump_diameter": "25 um"}
    tiles = [(x, y, x + 0.6, y + 0.6) for x in np.arange(-5, 5, 2.0) for y in np.arange(-5, 5, 2.0)]
    grating = pads(*tiles)  # 9 % of the face
    lost = []
    for films in ((), (grating,)):
        kept = [chip(*films, packets=20_000, **leak).efficiency for leak in ({}, few)]
        lost.append(1 - kept[1] / kept[0])
    assert lost[0] > 1e-3  # several times the noise of equal seeds
    assert lost[1] / lost[0] == pytest.approx(1 / 0.09, rel=0.4)


def test_a_second_metal_keeps_its_own_quasiparticles() -> None:
    # Half the face is tantalum: what lands there is not the aluminium's; x is.
    half = pads((-5, -5, 0, 5))
    other = pads((0, -5, 5, 5), name="ta", metal="Ta")
    alone, beside = chip(half), chip(half, other)
    assert alone.efficiency == pytest.approx(PLATEAU, abs=0.01)
    assert 0.2 * PLATEAU < beside.efficiency < 0.9 * PLATEAU
    share = beside.wafer.landing(0.0, 0.0, 100, 100).share.sum(axis=0)
    assert share[:50].sum() == pytest.approx(share.sum())


# Refusals and the edges of the range


def test_less_than_two_gaps_break_no_pair() -> None:
    for transport in ("traced", "hot-spot"):
        found = chip_of(design(transport=transport), 200, 1)
        times = np.array([1e-6, 1e-3])
        for energy in (0.0, 1.999 * AL.gap):
            assert not found.event(energy, 0.0, 0.0, 8, times)[1].any()
        assert found.event(2.001 * AL.gap, 0.0, 0.0, 8, times)[1].any()


@pytest.mark.parametrize(
    ("films", "changes", "words"),
    [
        ((pads((-1, -1, 1, 1), thickness="0.5 mm"),), {}, "thicker than the chip"),
        ((), {"back_metal_thickness": "0.5 mm"}, "thicker than the chip"),
        ((pads((-2, -2, 1, 1), name="a"), pads((0, 0, 2, 2), name="b")), {}, "a and b overlap"),
        ((pads((-1, -1, 1, 1)), pads((2, 2, 3, 3), name="x", metal="Unobtainium")), {}, "Unobtain"),
        ((pads((-1, -1, 1, 1), metal="Ta"),), {}, "hold 0 kinds of Al"),
        (
            (pads((-1, -1, 1, 1)), pads((2, 2, 3, 3), name="x", thickness="0.2 um")),
            {},
            "hold 2 kinds of Al",
        ),
        ((pads((-1, -1, 1, 1)), pads((2, 2, 3, 3))), {}, "two films named 'pads'"),
        ((pads((4, 4, 6, 6)),), {}, "leaves the chip"),
        ((pads((1, 1, -1, -1)),), {}, "x0 < x1"),
        ((pads(),), {}, "no shapes"),
    ],
)
def test_films_that_cannot_be(
    films: tuple[DrawnFilm, ...], changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(OutOfRangeError, match=words):
        _ = chip(*films, packets=100, **changes).efficiency


def test_one_film_thicker_than_the_chip_is_no_design() -> None:
    with pytest.raises(DesignError, match="thinner than the chip"):
        design(film_thickness="0.5 mm")


def test_films_on_both_faces_do_not_overlap() -> None:
    back = pads((-1, -1, 1, 1), name="back", metal="Cu", face="back", thickness="1 um")
    found = chip(pads((-1, -1, 1, 1)), back, packets=500)
    assert 0 < found.efficiency < PLATEAU


def test_impacts_beside_the_chip() -> None:
    for transport in ("traced", "hot-spot"):
        found = chip_of(design(transport=transport), 200, 1)
        for place in ((5.1e-3, 0.0), (0.0, -5.1e-3)):
            with pytest.raises(OutOfRangeError, match=r"within the chip|outside the chip"):
                found.event(DEPOSIT, *place, 8, LATE)


def test_metals_without_sourced_times() -> None:
    change = {"qubit.film": "TiN", "chip.film_thickness": "0.1 um"}
    with pytest.raises(OutOfRangeError, match="TiN"):
        wafer_of(base().replace(change), 100, 1)
