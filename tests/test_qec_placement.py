"""Patches on a chip: coordinates worked out by hand, edges, turned patches and their stand-ins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qec import standin
from qubudget.qec.background import QuietNoise
from qubudget.qec.cycle import GateNoise, Schedule
from qubudget.qec.history import BurstHistory, at_qubits
from qubudget.qec.layout import build
from qubudget.qec.placement import Chip, Placement, place
from qubudget.qec.standin import Site, smallest_distance, stand_in

MM = 1e-3
WIDE = Chip(50 * MM, 50 * MM, 1 * MM)
SCHEDULE = Schedule.of_cycle(
    1.1e-6, 4, one_qubit=25e-9, two_qubit=42e-9, readout=600e-9, reset=160e-9
)
NOISE = QuietNoise(GateNoise(5e-4, 1.5e-3, 4e-3, 1e-3), 1 / 100e-6, 1 / 400e-6, SCHEDULE)


def test_the_distance_3_patch_parallel_to_the_edges():
    """Data qubits sqrt(2) pitches apart; the outermost ancillas reach 3/sqrt(2) pitches."""
    spots = place(build("surface", 3), WIDE, (1 * MM, -2 * MM)).positions / MM - [1, -2]
    root = np.sqrt(2)
    expected = [(x, y) for y in (-root, 0, root) for x in (-root, 0, root)]
    np.testing.assert_allclose(spots[:9], expected, atol=1e-12)
    assert np.ptp(spots, axis=0) == pytest.approx([3 * root, 3 * root])


@pytest.mark.parametrize("distance", [3, 5, 7])
def test_the_grid_parallel_to_the_edges_has_whole_pitches(distance):
    """The patch on its corner reaches d - 1 pitches; its corner data qubits are the outermost."""
    layout = build("surface", distance)
    spots = place(layout, WIDE, orientation="grid").positions / MM
    np.testing.assert_allclose(spots, np.round(spots), atol=1e-9)
    assert np.abs(spots).max(axis=0) == pytest.approx([distance - 1, distance - 1])
    outermost = {tuple(s) for s in np.round(spots[: distance**2]) if max(abs(s)) == distance - 1}
    reach = distance - 1
    assert outermost == {(0, reach), (0, -reach), (reach, 0), (-reach, 0)}


def test_a_turned_patch_is_the_same_patch():
    """Distances between qubits stay, and a turn by 45 degrees maps one on the other."""
    layout = build("surface", 5)
    straight, turned = (place(layout, WIDE, orientation=o).positions for o in ("sides", "grid"))
    angle = np.exp(0.25j * np.pi)
    np.testing.assert_allclose(turned @ [1, 1j], angle * (straight @ [1, 1j]), atol=1e-15)


def test_a_repetition_code_lies_in_rows_of_the_grid_either_way():
    layout = build("repetition", 5)
    straight, turned = (place(layout, WIDE, orientation=o).positions for o in ("sides", "grid"))
    np.testing.assert_array_equal(straight, turned)
    np.testing.assert_allclose(
        straight,
        [
            (x * MM, y * MM)
            for y, row in ((-1, (-1, 0, 1)), (0, (1, 0, -1)), (1, (-1, 0, 1)))
            for x in row
        ],
        atol=1e-15,
    )


def test_willows_chip_holds_distance_7_either_way():
    """12 mm with 1 mm pitch: sides 7 sqrt(2) = 9.9 mm; on its corner 2 x 6 mm, edge to edge."""
    layout, chip = build("surface", 7), Chip(12 * MM, 12 * MM, 1 * MM)
    for orientation in ("sides", "grid"):
        found = place(layout, chip, orientation=orientation)
        assert found.on_chip.all()
        assert found.chips == 1
    place(layout, chip, (1.0502 * MM, -1.0502 * MM))
    with pytest.raises(OutOfRangeError, match=r"code.offset_x: given 0.1 mm.* 0.1 mm over"):
        place(layout, chip, (0.1 * MM, 0.0), "grid")


def test_a_patch_pushed_over_the_edge_is_refused_with_the_largest_offset():
    """(12 - 7 sqrt(2))/2 = 1.0503 mm are free."""
    layout, chip = build("surface", 7), Chip(12 * MM, 14 * MM, 1 * MM)
    with pytest.raises(
        OutOfRangeError,
        match=r"code.offset_x: given 1.5 mm, .* 0.4497 mm over .*; allowed: -1.05 to 1.05 mm",
    ):
        place(layout, chip, (1.5 * MM, 0.0))
    with pytest.raises(OutOfRangeError, match=r"code.offset_y: given -2.5 mm.*-2.05 to 2.05 mm"):
        place(layout, chip, (0.0, -2.5 * MM))


def test_a_patch_larger_than_the_chip_covers_others_but_only_centred():
    """d = 5 spans 7.07 mm: 3 chips of 5 mm each way. Where it fits it may move."""
    layout = build("surface", 5)
    assert place(layout, Chip(5 * MM, 5 * MM, 1 * MM)).chips == 9
    assert place(layout, Chip(5 * MM, 8 * MM, 1 * MM), (0.0, 0.4 * MM)).chips == 3
    # On its corner it spans 8 mm and leaves the corners of nine chips free: an upper bound.
    assert place(layout, Chip(7.9 * MM, 7.9 * MM, 1 * MM), orientation="grid").chips == 9
    with pytest.raises(OutOfRangeError, match=r"code.offset_x: given 0.4 mm; allowed: 0"):
        place(layout, Chip(5 * MM, 8 * MM, 1 * MM), (0.4 * MM, 0.0))


@given(
    x=st.floats(-15, 15),
    y=st.floats(-15, 15),
    orientation=st.sampled_from(["sides", "grid"]),
    d=st.sampled_from([3, 5]),
)
@settings(max_examples=30, deadline=None)
def test_refused_exactly_where_a_qubit_is_off(x, y, orientation, d):
    layout, chip = build("surface", d), Chip(24 * MM, 18 * MM, 1 * MM)
    centre = (x * MM, y * MM)
    if Placement(layout, chip, centre, orientation).on_chip.all():
        assert place(layout, chip, centre, orientation).chips == 1
    else:
        with pytest.raises(OutOfRangeError, match=r"code.offset_"):
            place(layout, chip, centre, orientation)


@pytest.mark.parametrize("size", [(0.0, 1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, 0.0)])
def test_chips_without_a_size_are_refused(size):
    with pytest.raises(OutOfRangeError, match="above 0"):
        Chip(*size)


@pytest.mark.parametrize("orientation", ["sides", "grid"])
def test_local_and_chip_coordinates_are_inverse(orientation):
    placed = place(build("surface", 5), WIDE, (3 * MM, -1 * MM), orientation)
    np.testing.assert_allclose(placed.local, placed.layout.coordinates * MM)
    np.testing.assert_allclose(placed.on_the_chip(placed.local), placed.positions)
    back = (placed.positions - placed.centre) @ np.linalg.inv(placed.axes)
    np.testing.assert_allclose(back, placed.local, atol=1e-15)


def spot(centre, radius, relaxation=1e6):
    """A burst with excess within a radius, as a map of the whole chip."""
    axis, times = np.linspace(-25, 25, 201) * MM, np.array([0.0, 1e-3, 2e-3])
    inside = np.hypot(axis[:, None] - centre[0], axis - centre[1]) <= radius
    field = relaxation * np.exp(-times / 5e-4)[:, None, None] * inside
    return BurstHistory("spot", 0.1, 1e-13, axis, axis, times, field, 0 * field)


def test_a_burst_meets_the_qubits_where_they_stand():
    """Of a patch on its corner, a spot at its right end hits the outermost data qubit alone; of one
    parallel to the edges it hits none, as the nearest are 0.74 mm away."""
    layout, burst = build("surface", 5), spot((4 * MM, 0.0), 0.6 * MM)
    struck = {
        o: at_qubits(burst, burst.excess_relaxation, place(layout, WIDE, orientation=o))[0] > 5e5
        for o in ("sides", "grid")
    }
    assert not struck["sides"].any()
    spots = place(layout, WIDE, orientation="grid").positions
    np.testing.assert_allclose(spots[struck["grid"]], [(4 * MM, 0.0)], atol=1e-12)


@pytest.mark.parametrize("centre", [(0.0, 0.0), (6.2 * MM, -5.1 * MM), (0.4 * MM, 9 * MM)])
@pytest.mark.parametrize("orientation", ["sides", "grid"])
def test_stand_ins_of_turned_and_shifted_patches_sit_on_sites_of_the_whole(
    orientation, centre, monkeypatch
):
    """Data on data, and as near to the hit place as the whole patch reaches."""
    burst = spot(centre, 1.3 * MM)
    offset = (1.5 * MM, -0.7 * MM)
    site = Site("surface", 15, 1 * MM, 50 * MM, 50 * MM, NOISE, offset, orientation)
    whole = site.place(build("surface", 15))
    seen = site.decay(burst, whole.layout, whole, 4)
    assert 4 <= seen.hit <= 12
    assert smallest_distance(site, whole, seen) in (7, 9)
    used = []
    real = standin.decay
    monkeypatch.setattr(standin, "decay", lambda b, p, *rest: used.append(p) or real(b, p, *rest))
    small = stand_in(site, burst, whole, seen, 9, 4)
    (placed,) = used
    assert placed.orientation == orientation

    # Where both patches end, half checks may stand at other places; the data qubits may not.
    data, own = (
        {tuple(spot) for spot in np.round(p.positions[: len(p.layout.data)] / MM, 6) + 0.0}
        for p in (whole, placed)
    )
    assert own <= data
    assert len(own) == 81
    assert small.history.hit == pytest.approx(seen.hit, abs=2)
    nearest = np.linalg.norm(placed.positions - centre, axis=1).min()
    assert nearest <= np.linalg.norm(whole.positions - centre, axis=1).min() + 1e-9


def test_an_offset_of_the_site_is_that_of_its_patch():
    site = Site("surface", 7, 1 * MM, 12 * MM, 12 * MM, NOISE, (1 * MM, 0.0))
    assert site.place(build("surface", 7)).centre == (1 * MM, 0.0)
    far = Site("surface", 7, 1 * MM, 12 * MM, 12 * MM, NOISE, (2 * MM, 0.0))
    with pytest.raises(OutOfRangeError, match=r"code.offset_x"):
        far.place(build("surface", 7))
