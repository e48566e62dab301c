"""Several patches: geometry by hand, conservation, limits, and mirror images by brute force."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qec.background import QuietNoise
from qubudget.qec.bursts import BurstStudy
from qubudget.qec.correlated import (
    correlation,
    joint_failures,
    patch_failures,
    symmetries,
)
from qubudget.qec.cycle import GateNoise, Schedule
from qubudget.qec.history import BurstHistory, at_qubits
from qubudget.qec.layout import build, physical_qubits
from qubudget.qec.patches import Modules, arrange, modules
from qubudget.qec.placement import Chip, Placement
from qubudget.qec.standin import Site

MM = 1e-3
ROOT = np.sqrt(2)
D3 = build("surface", 3)


def centres(found):
    return sorted(tuple(np.round(np.array(p.centre) / MM, 9) + 0.0) for p in found)


def test_four_patches_are_a_square_with_a_row_of_data_between():
    """d = 3 repeats after 4 data rows of sqrt(2) mm: centres at +-2 sqrt(2) mm."""
    found = arrange(D3, Chip(16 * MM, 16 * MM, 1 * MM), 4)
    far = round(2 * ROOT, 9)
    assert centres(found) == [(x, y) for x in (-far, far) for y in (-far, far)]
    data = np.concatenate([p.positions[:9] for p in found]) / MM
    columns = np.unique(np.round(data[:, 0], 6))
    # Three data columns, one left out, three more.
    np.testing.assert_allclose(np.diff(columns), np.array([1, 1, 2, 1, 1]) * ROOT, atol=1e-5)


@pytest.mark.parametrize(
    ("size", "most"), [((10, 10), 4), ((10, 16), 6), ((16, 16), 9), ((9.8, 16), 3), ((4.3, 4.3), 1)]
)
def test_how_many_fit(size, most):
    """n in a row take 4 sqrt(2) (n - 1) + 3 sqrt(2) mm: 4.24, 9.90, 15.56."""
    chip = Chip(size[0] * MM, size[1] * MM, 1 * MM)
    assert len(arrange(D3, chip, most)) == most
    with pytest.raises(OutOfRangeError, match=f"code.patches_per_chip.*up to {most}, which fit"):
        arrange(D3, chip, most + 1)


def test_on_their_corners_five_fit_where_sides_let_four():
    """Grid parallel to a 12 mm chip: patches of 4 x 4 mm on their corners, neighbours (4, 4) mm
    apart: one in the middle and four in the corners."""
    chip = Chip(12 * MM, 12 * MM, 1 * MM)
    found = arrange(D3, chip, 5, orientation="grid")
    assert centres(found) == [(-4, -4), (-4, 4), (0, 0), (4, -4), (4, 4)]
    spots = np.concatenate([p.positions for p in found])
    gaps = np.linalg.norm(spots[:, None] - spots, axis=-1) + np.eye(len(spots))
    assert gaps.min() == pytest.approx(1 * MM)
    with pytest.raises(OutOfRangeError, match="up to 5"):
        arrange(D3, chip, 6, orientation="grid")


def test_repetition_codes_leave_one_row_of_the_grid():
    """Nine qubits in 3 x 3, repeated after 4 pitches."""
    found = arrange(build("repetition", 5), Chip(10 * MM, 4 * MM, 1 * MM), 2)
    assert centres(found) == [(-2, 0), (2, 0)]


def test_blocks_are_near_to_square_and_centred():
    """6 in 3 x 2 on a wide enough chip; 6 in a row where the chip is a strip."""
    six = np.array(centres(arrange(D3, Chip(30 * MM, 30 * MM, 1 * MM), 6)))
    assert sorted(len(np.unique(axis)) for axis in six.T) == [2, 3]
    assert six.mean(axis=0) == pytest.approx([0, 0], abs=1e-9)
    row = np.array(centres(arrange(D3, Chip(40 * MM, 5 * MM, 1 * MM), 6)))
    assert np.diff(row[:, 0]) == pytest.approx(np.full(5, 4 * ROOT))
    assert not row[:, 1].any()


def test_the_offset_moves_the_block_until_it_meets_the_edge():
    """Two rows of d = 3 take 9.90 mm; on 12 mm, 1.05 mm are free on either side."""
    chip = Chip(12 * MM, 12 * MM, 1 * MM)
    at_rest, moved = arrange(D3, chip, 4), arrange(D3, chip, 4, (1 * MM, -0.5 * MM))
    for before, after in zip(at_rest, moved, strict=True):
        shift = np.subtract(after.centre, before.centre)
        assert shift == pytest.approx([1 * MM, -0.5 * MM])
    with pytest.raises(OutOfRangeError, match=r"code.offset_y.*0.1497 mm over.*-1.05 to 1.05 mm"):
        arrange(D3, chip, 4, (0.0, 1.2 * MM))


@given(
    count=st.integers(1, 30),
    orientation=st.sampled_from(["sides", "grid"]),
    length=st.floats(12, 60),
    width=st.floats(12, 60),
)
@settings(max_examples=40, deadline=None)
def test_all_qubits_stand_on_the_chip_and_apart(count, orientation, length, width):
    chip = Chip(length * MM, width * MM, 1 * MM)
    try:
        found = arrange(D3, chip, count, orientation=orientation)
    except OutOfRangeError as error:
        most = int(str(error).split("up to ")[1].split(",")[0])
        assert most < count
        found = arrange(D3, chip, most, orientation=orientation)
    assert all(p.on_chip.all() for p in found)
    spots = np.concatenate([p.positions for p in found])
    gaps = np.linalg.norm(spots[:, None] - spots, axis=-1) + np.eye(len(spots))
    assert gaps.min() > 0.999 * MM
    box = spots.max(axis=0) + spots.min(axis=0)
    assert box == pytest.approx([0, 0], abs=1e-9)


def test_a_wide_chip_with_many_patches_is_quick_and_full_blocks_stay_blocks():
    found = np.array(centres(arrange(D3, Chip(9.0, 9.0, 1 * MM), 10_000)))
    assert [len(np.unique(axis)) for axis in found.T] == [100, 100]


def test_patches_that_do_not_fit_at_all():
    """One too large for a chip spans several; two on it are refused."""
    small = Chip(4 * MM, 4 * MM, 1 * MM)
    assert arrange(D3, small, 1)[0].chips == 9
    with pytest.raises(OutOfRangeError, match="up to 0"):
        arrange(D3, small, 2)
    with pytest.raises(OutOfRangeError, match="at least 1"):
        arrange(D3, small, 0)


def test_modules_by_hand():
    """d = 7 takes 97 qubits. 500 qubits on chips of 200 with two each: 2 + 2 + 1 on the last."""
    patch = physical_qubits("surface", 7)
    found = modules(500, 200, patch, 2)
    assert (found.full, found.last, found.patches, found.chips) == (2, 1, 5, 3)
    assert modules(105, 105, patch, 1).patches == 1
    assert modules(90, 105, patch, 1) == Modules(1, 0, 0, 1)
    # Four chips of 30 for one patch: ten chips hold two patches.
    spread = modules(300, 30, patch, 1)
    assert (spread.patches, spread.chips, spread.chips_per_patch) == (2, 8, 4)
    with pytest.raises(OutOfRangeError, match=r"code.patches_per_chip: given 3; allowed: up to 2"):
        modules(500, 200, patch, 3)
    with pytest.raises(OutOfRangeError, match="up to 1"):
        modules(500, 30, patch, 2)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7))
@settings(max_examples=40, deadline=None)
def test_joint_failures_against_all_outcomes(p):
    """Every pattern of failing patches with its probability."""
    patterns = (np.arange(2 ** len(p))[:, None] >> np.arange(len(p))) & 1
    chance = np.where(patterns, p, 1 - np.array(p)).prod(axis=1)
    number = patterns.sum(axis=1)
    mean, one, two = joint_failures(p)
    assert mean == pytest.approx(chance @ number, abs=1e-12)
    assert one == pytest.approx(chance[number >= 1].sum(), abs=1e-12)
    assert two == pytest.approx(chance[number >= 2].sum(), abs=1e-12)


def test_joint_failures_in_the_limits():
    assert [float(f) for f in joint_failures([0.3])] == pytest.approx([0.3, 0.3, 0.0])
    assert joint_failures([0.3])[2] == 0
    assert [float(f) for f in joint_failures(np.ones(9))] == [9, 1, 1]
    # Three pairs of 1e-20 each: digits survive that 1 - P would lose.
    mean, one, two = joint_failures(np.full(3, 1e-20))
    assert (mean, one) == (pytest.approx(3e-20), pytest.approx(3e-20))
    assert two == pytest.approx(3e-40, rel=1e-12)
    for wrong in ([1.1], [-0.1], [np.nan]):
        with pytest.raises(OutOfRangeError, match="0 to 1"):
            joint_failures(wrong)


def test_correlation_in_the_limits():
    """One burst in four is fatal to all: 1/<p> = 4. Equal chances: 1. Never together: 0."""
    assert correlation([1, 3], [[1, 1, 1], [0, 0, 0]]) == pytest.approx(4)
    assert correlation([1, 3], [[0.2, 0.2], [0.2, 0.2]]) == pytest.approx(1)
    assert correlation([2, 2], [[0.5, 0], [0, 0.5]]) == 0
    assert correlation([1], [[0.5]]) is None
    assert correlation([1], [[0.0, 0.0]]) is None
    assert correlation([0], [[0.5, 0.5]]) is None


def burst(name="hit", rate=0.1, centre=(0.0, 0.0), reach=3 * MM, half=8 * MM):
    axis, times = np.linspace(-half, half, 33), np.array([0.0, 1e-3])
    square = (axis[:, None] - centre[0]) ** 2 + (axis - centre[1]) ** 2
    field = 1e6 * np.exp(-square / reach**2) * np.array([1.0, 0.5])[:, None, None]
    return BurstHistory(name, rate, 1e-13, axis, axis, times, field, -field)


def toy(event, placement):
    """A failure that sees the map at the four corner data qubits, which any mirror exchanges."""
    side = placement.layout.distance
    corners = [0, side - 1, side * (side - 1), side**2 - 1]
    seen = at_qubits(event, event.excess_relaxation, placement)[0, corners].mean() / 1e6
    return seen, seen / 2, min(2 * seen, 1.0)


@pytest.mark.parametrize("offset", [(0.0, 0.0), (0.3 * MM, -0.2 * MM)])
@pytest.mark.parametrize("sides", [(16, 16), (16, 15.7)])
@pytest.mark.parametrize("centre", [(0.0, 0.0), (2 * MM, 2 * MM), (5 * MM, 2 * MM)])
def test_images_and_saved_evaluations_against_brute_force(centre, sides, offset):
    """Every image of the burst on every patch, computed without any symmetry."""
    chip = Chip(sides[0] * MM, sides[1] * MM, 1 * MM)
    placements = arrange(D3, chip, 4, offset)
    event = burst(centre=centre)
    found = patch_failures([event], placements, Modules(4, 1, 0, 1), toy)
    plain = np.array(
        [[toy(g.burst(event), p) for p in placements] for g in symmetries(chip)]
    ).transpose(2, 0, 1)
    np.testing.assert_allclose(found.classes[0].failure, plain, rtol=1e-9, atol=1e-15)
    if offset == (0.0, 0.0):
        assert found.evaluations == {0.0: 1}.get(
            centre[0], 4 if sides[0] != sides[1] else {2 * MM: 3}.get(centre[0], 4)
        )


def test_a_burst_in_the_middle_costs_an_eighth():
    """Nine patches in a square: the middle, an edge and a corner are all there is to ask."""
    chip = Chip(16 * MM, 16 * MM, 1 * MM)
    asked = []

    def failure(event, placement):
        asked.append(placement.centre)
        return toy(event, placement)

    found = patch_failures([burst()], arrange(D3, chip, 9), Modules(9, 1, 0, 1), failure)
    assert found.evaluations == len(asked) == 3


SCHEDULE = Schedule.of_cycle(
    1.1e-6, 4, one_qubit=25e-9, two_qubit=42e-9, readout=600e-9, reset=160e-9
)
NOISE = QuietNoise(GateNoise(5e-4, 1.5e-3, 4e-3, 1e-3), 1 / 100e-6, 1 / 400e-6, SCHEDULE)


def sampled(event, placement, seed=1):
    """The failure that sampling and decoding give, of a patch of its own."""
    chip = placement.chip
    site = Site(
        "surface",
        3,
        chip.pitch,
        chip.length,
        chip.width,
        NOISE,
        placement.centre,
        placement.orientation,
    )
    found = BurstStudy(site, "unaware", None, "quick", seed).run([event], 1.0)[0]
    return found.value, found.low, found.high


def test_a_burst_on_one_patch_spares_the_others_exactly():
    """One patch of four is killed (3/4 with both bases), the rest see nothing: no correlation."""
    placements = arrange(D3, Chip(16 * MM, 16 * MM, 1 * MM), 4)
    spot = burst(centre=(2.8 * MM, 2.8 * MM))
    hit = (np.abs(spot.x[:, None] - 2.8 * MM) < 2.2 * MM) & (np.abs(spot.y - 2.8 * MM) < 2.2 * MM)
    field = 1e7 * hit * np.ones((2, 1, 1))
    spot = replace(spot, excess_relaxation=field, detuning=0 * field)
    found = patch_failures([spot], placements, Modules(4, 1, 0, 1), sampled)
    row = found.classes[0].failure[0, 0]
    assert sorted(row)[:3] == [0, 0, 0]
    assert row.max() == pytest.approx(0.75, abs=0.01)
    # Whichever quarter the image hits, one patch fails and never two.
    np.testing.assert_allclose(found.classes[0].failure[0].sum(axis=1), row.max())
    assert not found.per_day()[2].any()
    assert found.correlation() == 0


def test_mirrored_patches_fail_alike():
    """X and Y exchanged for the burst, or for the patch; mild damage on a slope across it.

    Intervals of 95 % each: false alarm below 1 %, and the seeds are fixed.
    """
    chip = Chip(16 * MM, 16 * MM, 1 * MM)
    event = burst(centre=(4 * MM, 2 * MM), reach=2 * MM)
    event = replace(
        event,
        excess_relaxation=3e-2 * event.excess_relaxation,
        detuning=0 * event.detuning,
        times=np.array([0.0, 3e-5]),
    )
    patch = Placement(D3, chip, (3 * MM, 3 * MM))
    g = symmetries(chip)[4]
    assert g.exchange
    value, low, high = sampled(g.burst(event), patch, 2)
    _, mirrored_low, mirrored_high = sampled(event, replace(patch, centre=g.back(patch.centre)))
    assert 0.05 < value < 0.3
    assert low < mirrored_high
    assert mirrored_low < high


def constant(value):
    return lambda event, placement: (value, value / 2, value)


def test_one_patch_has_no_correlated_failures():
    placements = arrange(D3, Chip(10 * MM, 10 * MM, 1 * MM), 1)
    found = patch_failures([burst()], placements, Modules(1, 5, 0, 1), constant(0.4))
    document = found.to_dict()
    assert document["correlated_bursts_per_day"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert document["correlation_factor"] is None
    # 0.1 bursts per second and chip on five chips, four in ten fatal.
    assert document["bursts_per_day"] == pytest.approx(86400 * 0.5)
    assert document["patch_failures_per_day"]["value"] == pytest.approx(86400 * 0.5 * 0.4)
    assert document["patch_failures_per_day"]["low"] == pytest.approx(86400 * 0.5 * 0.2)


def test_bursts_fatal_to_all_patches_always_fail_them_together():
    placements = arrange(D3, Chip(10 * MM, 10 * MM, 1 * MM), 4)
    found = patch_failures(
        [burst("a"), burst("b", 0.3)], placements, Modules(4, 2, 3, 1), constant(1.0), rate_scale=2
    )
    document = found.to_dict()
    rate = 86400 * 0.8
    assert document["patches"] == 11
    assert document["bursts_per_day"] == pytest.approx(3 * rate)
    assert document["failing_bursts_per_day"]["value"] == pytest.approx(3 * rate)
    assert document["correlated_bursts_per_day"]["value"] == pytest.approx(3 * rate)
    assert document["patch_failures_per_day"]["value"] == pytest.approx(11 * rate)
    assert document["correlation_factor"] == pytest.approx(1)


def test_rates_are_conserved_over_patches_and_classes():
    """Failures of the machine are those of its patches summed, however they are correlated; with
    every chip alike, and with a last chip that holds one patch only."""
    chip = Chip(16 * MM, 16 * MM, 1 * MM)
    placements = arrange(D3, chip, 4, (0.3 * MM, 0.1 * MM))
    events = [burst("a", 0.1, (2 * MM, 1 * MM)), burst("b", 0.02, (5 * MM, 4 * MM))]
    found = patch_failures(events, placements, Modules(4, 6, 1, 1), toy)
    each = found.patch_failures_per_day()
    failures, one, two = found.per_day()
    assert failures[0] == pytest.approx(6 * each.sum() + each[0])
    assert np.all(two < one)
    assert np.all(one < failures)
    assert np.all(failures[1] < failures[0] < failures[2])
    # Bonferroni: one <= failures <= one + (patches - 1) two.
    assert np.all(failures <= one + 3 * two + 1e-9)
    classes = found.to_dict()["classes"]
    assert [c["name"] for c in classes] == ["a", "b"]
    total = 86400 * 7 * sum(c["rate_per_s"] * c["failing_patches"]["value"] for c in classes)
    assert total > failures[0]


def test_patches_over_several_chips_are_hit_through_each():
    """d = 3 on 4 mm chips spans nine: nine times the rate, and never two at once."""
    placements = arrange(D3, Chip(4 * MM, 4 * MM, 1 * MM), 1)
    found = patch_failures([burst()], placements, Modules(1, 2, 0, 9), constant(0.5))
    failures, _, two = found.per_day()
    assert failures[0] == pytest.approx(86400 * 0.1 * 9 * 2 * 0.5)
    assert not two.any()


def test_images_of_a_burst_are_where_the_chip_says():
    """A spot at (5, 2) mm exchanged is at (2, 5), mirrored in x then at (-2, 5)."""
    event = burst(centre=(5 * MM, 2 * MM))
    chip = Chip(16 * MM, 16 * MM, 1 * MM)
    assert len(symmetries(chip)) == 8
    assert len(symmetries(replace(chip, width=15 * MM))) == 4
    peaks = set()
    for g in symmetries(chip):
        image = g.burst(event)
        i, j = np.unravel_index(image.excess_relaxation[0].argmax(), (33, 33))
        peaks.add((round(image.x[i] / MM), round(image.y[j] / MM)))
        spot = (image.x[i], image.y[j])
        assert np.array(g.back(spot)) == pytest.approx([5 * MM, 2 * MM])
    assert peaks == {(x, y) for a, b in ((5, 2), (2, 5)) for x in (a, -a) for y in (b, -b)}


def test_no_bursts_no_failures():
    placements = arrange(D3, Chip(10 * MM, 10 * MM, 1 * MM), 4)
    document = patch_failures([], placements, Modules(4, 2, 0, 1), toy).to_dict()
    assert document["patch_failures_per_day"]["value"] == 0
    assert document["correlation_factor"] is None
    assert len(document["placements"]) == 4
    assert isinstance(placements[0], Placement)
