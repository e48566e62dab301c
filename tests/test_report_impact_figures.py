"""Figures of the impact wing and the data behind them: caustics, landing, film, many impacts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, StepPatch
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import chi2

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.design import Design, load
from qubudget.errors import OutOfRangeError
from qubudget.impact.chip.landing_map import landing_map
from qubudget.impact.falling import deposits
from qubudget.impact.kinetics.uniform import Grid
from qubudget.impact.phonons.caustic import caustic_data
from qubudget.impact.phonons.crystal import chip_tensor, sphere, waves
from qubudget.materials.crystals import crystal
from qubudget.materials.substrates import substrate
from qubudget.papers.radiation import figures as computed
from qubudget.report.canvas import svg
from qubudget.report.caustic_figure import draw_caustic
from qubudget.report.film_figure import draw_film, film_data, write_film
from qubudget.report.footprint_figure import draw_footprints, draw_pairs
from qubudget.report.landing_figure import draw_landing
from qubudget.report.radiation_paper_figure import PANELS, draw_radiation_paper
from qubudget.report.spectrum_figure import draw_spectrum, spectrum_data
from qubudget.report.stages_figure import draw_stages

SAMPLES = Path(__file__).parent / "report_samples"
FALSE_ALARM = 1e-6
"""Probability of each statistical test to fail by chance; seeds are fixed."""


def words(ax: Axes) -> str:
    return " | ".join(text.get_text() for text in ax.texts)


def title(ax: Axes) -> str:
    return ax.get_title(loc="left") or ax.get_title()


def plain_json(data: dict[str, Any]) -> dict[str, Any]:
    """As it comes back from a file: nothing but plain values."""
    found: dict[str, Any] = json.loads(json.dumps(data, allow_nan=False))
    return found


# ---------------------------------------------------------------- caustics

PACKETS, CELLS = 300_000, 40


@pytest.fixture(scope="module")
def silicon() -> dict[str, Any]:
    return plain_json(caustic_data("Si", 1e-3, PACKETS, 1, cells=CELLS))


@pytest.fixture(scope="module")
def sapphire() -> dict[str, Any]:
    return plain_json(caustic_data("Al2O3", 1e-3, PACKETS, 1, cells=CELLS))


def density(data: dict[str, Any], mode: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    row = next(row for row in data["maps"] if row["mode"] == mode)
    return np.array(row["density"]), np.array(row["error"])


def alike(data: dict[str, Any], mode: str, turned: Any, half: tuple[slice, slice]) -> float:
    """Probability of so large a chi2 between cells of ``half`` and their images."""
    values, error = density(data, mode)
    difference = (values - turned(values))[half] ** 2
    variance = (error**2 + turned(error) ** 2)[half]
    used = variance > 0
    return float(chi2.sf((difference[used] / variance[used]).sum(), used.sum()))


HALF, ALL = CELLS // 2, slice(None)
QUADRANTS = [(slice(HALF), slice(HALF)), (slice(HALF, None), slice(HALF, None))]


@pytest.mark.parametrize("mode", ["L", "FT", "ST", "all"])
def test_silicon_s_image_has_the_fourfold_axis_of_001(silicon: dict[str, Any], mode: str) -> None:
    """Opposite quadrants turn into the other two, so that no cell is counted twice."""
    for quadrant in QUADRANTS:
        assert alike(silicon, mode, np.rot90, quadrant) > FALSE_ALARM


def test_sapphire_s_image_has_a_mirror_but_no_fourfold_axis(sapphire: dict[str, Any]) -> None:
    """Class -3m: the plane across the two-fold axis x is a mirror, that across y is not (C14)."""
    assert alike(sapphire, "all", lambda m: m[::-1], (slice(HALF), ALL)) > FALSE_ALARM
    assert alike(sapphire, "all", lambda m: m[:, ::-1], (ALL, slice(HALF))) < 1e-12
    assert alike(sapphire, "all", np.rot90, QUADRANTS[0]) < 1e-12


@pytest.mark.parametrize("mode", ["L", "FT", "ST", "all"])
def test_a_sixth_of_silicon_s_phonons_reach_a_face_of_a_cube(
    silicon: dict[str, Any], mode: str
) -> None:
    """The image is one of six equivalent faces of a cube: its mean density must be one."""
    x = np.array(silicon["x_m"]) / silicon["thickness_m"]
    values, error = density(silicon, mode)
    # Solid angle per area of a small cell; the midpoint rule errs by less than 1e-3 here.
    weight = (1 + x[:, None] ** 2 + x**2) ** -1.5
    weight /= weight.sum()
    miss = (weight * values).sum() - 1
    assert abs(miss) < 4.9 * np.sqrt((weight**2 * error**2).sum()) + 1e-3


def test_longitudinal_phonons_are_thinned_out_along_100(silicon: dict[str, Any]) -> None:
    """Near [100] rho omega^2 = C11 kx^2 + D (ky^2 + kz^2), D = C44 + (C12 + C44)^2/(C11 - C44).

    The group velocity leans D/C11 times as far as k, so that phonons are (C11/D)^2 times as dense
    as wavevectors (H. J. Maris, J. Acoust. Soc. Am. 50, 812 (1971)), and these go as 1/v^3.
    """
    c = np.asarray(crystal("Si").stiffness)
    stiff = c[3, 3] + (c[0, 1] + c[3, 3]) ** 2 / (c[0, 0] - c[3, 3])
    tensor = chip_tensor(crystal("Si"))
    slow = waves(tensor, sphere(20_000)).phase[:, 0] ** -3.0
    here = waves(tensor, [0, 0, 1]).phase[0] ** -3.0 / slow.mean()
    expected = (c[0, 0] / stiff) ** 2 * here
    values, error = density(silicon, "L")
    middle = slice(HALF - 2, HALF + 2)
    seen, spread = values[middle, middle].mean(), error[middle, middle].mean() / 4
    assert expected < 0.5
    assert abs(seen - expected) < 4.9 * spread + 0.03 * expected  # 3 %: the block is not a point


def test_all_modes_are_weighted_by_their_density_of_states(silicon: dict[str, Any]) -> None:
    shares = {row["mode"]: row["share"] for row in silicon["maps"]}
    # G4CMP's silicon: M. H. Kelsey et al., Nucl. Instrum. Methods A 1055, 168473 (2023).
    published = {"L": 0.093, "FT": 0.376, "ST": 0.531}
    assert {mode: shares[mode] for mode in published} == pytest.approx(published, abs=2e-3)
    parts = sum(shares[mode] * density(silicon, mode)[0] for mode in published)
    assert np.allclose(density(silicon, "all")[0], parts)


def test_images_of_all_thicknesses_are_similar() -> None:
    thin, thick = (caustic_data("Si", t, 2_000, 3, cells=8) for t in (1e-4, 1e-2))
    assert np.allclose(100 * np.array(thin["x_m"]), thick["x_m"])
    assert abs(density(thin, "ST")[0] - density(thick, "ST")[0]).max() < 0.1


@pytest.mark.parametrize(
    ("name", "thickness", "count", "cells"),
    [("butter", 1e-3, 10, 4), ("Si", 0.0, 10, 4), ("Si", 1e-3, 0, 4), ("Si", 1e-3, 10, 0)],
)
def test_images_that_cannot_be(name: str, thickness: float, count: int, cells: int) -> None:
    with pytest.raises(OutOfRangeError):
        caustic_data(name, thickness, count, 1, cells=cells)


def test_caustics_are_drawn_as_they_are(silicon: dict[str, Any]) -> None:
    host = Figure().add_subplot()
    assert draw_caustic(silicon, host) is host
    assert "(mm)" in host.get_xlabel()
    assert "(mm)" in host.get_ylabel()
    assert "Si, 1 mm away" in title(host)
    panels = [child for child in host.child_axes if child.images]
    assert len(panels) == 4
    for panel, row in zip(panels, silicon["maps"], strict=True):
        (image,) = panel.images
        assert np.array_equal(image.get_array(), np.array(row["density"]).T)
        assert image.get_extent() == pytest.approx((-1, 1, -1, 1))
    bar = next(child for child in host.child_axes if not child.images or child not in panels)
    assert "isotropic (ratio)" in bar.get_ylabel()
    assert "±" in bar.get_ylabel()


def test_a_single_image_fills_the_axes_and_reports_hold_one_too(silicon: dict[str, Any]) -> None:
    one = silicon | {"maps": silicon["maps"][:1]}
    ax = draw_caustic({"impact": {"caustic": one}})
    assert len(ax.images) == 1
    assert "all modes" in title(ax)
    assert svg(draw_caustic, one, 3.0) == svg(draw_caustic, one, 3.0)
    assert "no phonon image" in words(draw_caustic({}))
    broken = silicon | {"maps": [{"mode": "L", "density": [[1.0, 2.0]]}]}
    assert "no phonon image" in words(draw_caustic(broken))


# ---------------------------------------------------------------- where energy lands


def chip(**changes: Any) -> Design:
    named = {"chip.transport": "traced", "radiation.event_x": "3 mm", "radiation.event_y": "-2 mm"}
    return load("sycamore-like").replace(named | {k.replace("__", "."): v
                                                  for k, v in changes.items()})  # fmt: skip


@pytest.fixture(scope="module")
def landed() -> tuple[Design, dict[str, Any]]:
    design = chip()
    grid = Grid(design.chip.length, design.chip.width, 40, 40)
    return design, plain_json(landing_map(design, grid, "quick", 1))


def test_the_map_holds_the_share_of_the_energy(landed: tuple[Design, dict[str, Any]]) -> None:
    design, data = landed
    values = np.array(data["share_per_mm2"])
    cell = (1e3 * data["length_m"] / 40) * (1e3 * data["width_m"] / 40)
    assert values.sum() * cell == pytest.approx(data["total"], rel=1e-12)
    assert values.min() >= 0
    # Some of the energy went into charge and phonons below the gap: less than all phonons had.
    assert 0.2 < data["total"] < substrate(design.chip.substrate).phonon_share
    assert 0 < data["total_error"] < 0.01 * data["total"]


def test_energy_lands_about_the_event(landed: tuple[Design, dict[str, Any]]) -> None:
    _, data = landed
    values = np.array(data["share_per_mm2"])
    x, y = np.array(data["x_m"]), np.array(data["y_m"])
    i, j = np.unravel_index(values.argmax(), values.shape)
    # A cell's diagonal: the event lies on an edge between cells.
    assert np.hypot(x[i] - 3e-3, y[j] + 2e-3) < 1.5 * (x[1] - x[0])
    distance = np.hypot(x[:, None] - 3e-3, y + 2e-3)
    inside = values[distance <= data["half_radius_m"]].sum() / values.sum()
    assert inside == pytest.approx(0.5, abs=0.1)  # whole cells
    assert data["event"]["x_m"] == pytest.approx(3e-3)


def test_the_other_quadrant_s_event_lands_in_the_other_quadrant(
    landed: tuple[Design, dict[str, Any]],
) -> None:
    """Silicon and the chip have the mirror x -> -x; the total agrees within counting error."""
    _, data = landed
    design = chip(radiation__event_x="-3 mm")
    other = landing_map(design, Grid(design.chip.length, design.chip.width, 40, 40), "quick", 2)
    assert other["total"] == pytest.approx(
        data["total"], abs=4.9 * np.hypot(data["total_error"], other["total_error"])
    )
    assert other["half_radius_m"] == pytest.approx(data["half_radius_m"], rel=0.05)
    assert np.argmax(np.sum(other["share_per_mm2"], axis=1)) < 20


def test_landing_is_drawn_as_it_is(landed: tuple[Design, dict[str, Any]]) -> None:
    _, data = landed
    ax = draw_landing({"name": "mine", "impact": {"landing": data}})
    (image,) = ax.images
    values = np.array(data["share_per_mm2"]).T
    shown = np.asarray(image.get_array())
    seen = values >= values.max() / 1e3
    assert np.array_equal(shown[seen], values[seen])
    assert shown.min() >= values.max() / 1e3
    (circle,) = (p for p in ax.patches if isinstance(p, Circle) and "half" in p.get_label())
    assert circle.get_radius() == pytest.approx(1e3 * data["half_radius_m"])
    assert circle.center == pytest.approx((3.0, -2.0))
    assert "(mm)" in ax.get_xlabel()
    assert "(1/mm²)" in ax.child_axes[0].get_ylabel()
    assert "±" in title(ax)
    assert "mine" in words(ax)


def test_without_transport_or_energy_the_figure_says_why() -> None:
    design = chip(chip__transport="hot-spot", chip__hot_spot_radius="1.8 mm")
    data = landing_map(design, Grid(0.01, 0.01, 8, 8), "quick", 1)
    assert set(data) == {"reason"}
    assert "no phonons are traced" in words(draw_landing({"impact": {"landing": data}}))
    assert "no energy lands" in words(draw_landing({}))
    nothing = {"x_m": [0.0, 1e-3], "y_m": [0.0], "share_per_mm2": [[0.0], [0.0]]}
    assert "no energy lands" in words(draw_landing({"impact": {"landing": nothing}}))


# ---------------------------------------------------------------- film of T1

TIMES = np.geomspace(1e-8, 1.0, 65)
SITES = [(-1e-3, 0.0), (1e-3, 0.0)]


def arrays() -> xr.Dataset:
    """A spot that fades with 2 ms after it has risen with 1 us."""
    x, y = np.linspace(-1.9e-3, 1.9e-3, 20), np.linspace(-0.9e-3, 0.9e-3, 10)
    spot = np.exp(-(x[:, None] ** 2 + 2 * y**2) / 1e-6)
    course = (1 - np.exp(-TIMES / 1e-6)) * np.exp(-TIMES / 2e-3)
    t1 = 1 / (2e4 + 1e6 * course[:, None, None] * spot)
    return xr.Dataset({"t1": (("time", "x", "y"), t1)}, coords={"time": TIMES, "x": x, "y": y})


def test_frames_tell_the_fall_and_the_recovery() -> None:
    data = plain_json(film_data(arrays(), SITES))
    times = np.array(data["time_s"])
    assert 6 <= len(times) <= 8
    assert times[0] <= 1e-5
    lowest = np.array(data["t1_s"]).min(axis=(1, 2))
    assert lowest[0] < 1.1 * arrays()["t1"].values.min()
    assert lowest[-1] > 0.7 * 5e-5 * 0.95
    assert 2e-3 < times[-1] <= 0.1
    assert np.all(np.diff(np.log10(times)) < 1.0)


def test_times_that_are_asked_for_are_the_nearest_there_are() -> None:
    data = film_data(arrays(), times=(1.1e-5, 0.9e-5, 1e-3, 55.0))
    assert data["time_s"] == pytest.approx([1e-5, 1e-3, 1.0])
    for bad in ((), (0.0,), (-1.0, 1e-3)):
        with pytest.raises(OutOfRangeError):
            film_data(arrays(), times=bad)
    with pytest.raises(OutOfRangeError):
        film_data(arrays().isel(time=slice(60, None)))


def test_every_frame_shows_its_t1_with_one_scale_and_the_qubits() -> None:
    data = film_data(arrays(), SITES)
    host = Figure().add_subplot()
    assert draw_film({"impact": {"film": data}}, host) is host
    frames = [child for child in host.child_axes if child.images]
    assert len(frames) == len(data["time_s"])
    scales = {panel.images[0].get_clim() for panel in frames}
    assert scales == {(np.min(data["t1_s"]), np.max(data["t1_s"]))}
    for panel, values in zip(frames, data["t1_s"], strict=True):
        assert np.array_equal(panel.images[0].get_array(), np.array(values).T)
        assert panel.images[0].get_extent() == pytest.approx((-2, 2, -1, 1))
        (dots,) = panel.lines
        assert list(dots.get_xdata()) == pytest.approx([-1.0, 1.0])
    assert frames[0].get_title().endswith("s")
    assert "(mm)" in host.get_xlabel()
    assert "(mm)" in host.get_ylabel()
    assert title(host)
    (bar,) = (child for child in host.child_axes if not child.images)
    assert bar.get_ylabel() == "T1 (µs)"
    assert bar.yaxis.get_major_formatter()(5e-7) == "0.5"


def test_a_crowd_of_qubits_does_not_hide_the_map() -> None:
    data = film_data(arrays(), SITES * 600)
    assert not any(panel.lines for panel in draw_film({"impact": {"film": data}}).child_axes)


def test_without_t1_there_is_no_film(tmp_path: Path) -> None:
    bare = arrays().rename(t1="x_qp")
    assert "no T1" in film_data(bare)["reason"]
    assert "no T1" in words(draw_film({"impact": {"film": film_data(bare)}}))
    assert "no film" in words(draw_film({}))
    with pytest.raises(OutOfRangeError, match="no T1"):
        write_film(bare, tmp_path / "a.gif")
    with pytest.raises(OutOfRangeError, match="times"):
        write_film(arrays().isel(time=slice(60, None)), tmp_path / "a.gif")
    with pytest.raises(OutOfRangeError, match=r"\.gif"):
        write_film(arrays(), tmp_path / "a.mp4")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", ["gif", "png"])
def test_the_animation_has_every_time_and_the_same_bytes(tmp_path: Path, ending: str) -> None:
    few = arrays().isel(time=slice(8, 60, 12))
    path = write_film(few, tmp_path / f"a.{ending}", SITES)
    with Image.open(path) as film:
        assert film.n_frames == int(((few["time"] >= 1e-7) & (few["time"] <= 0.1)).sum())
        middle = []
        for index in range(film.n_frames):
            film.seek(index)
            pixels = np.asarray(film.convert("RGBA")).astype(int)
            assert pixels[:, :, 3].min() == 255  # earlier titles must not shine through
            middle.append(pixels[pixels.shape[0] // 2, int(0.42 * pixels.shape[1]), :3].sum())
    assert middle[1] < middle[-1]  # dark is short T1
    again = write_film(few, tmp_path / f"b.{ending}", SITES)
    assert path.read_bytes() == again.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"a.{ending}", f"b.{ending}"]


# ---------------------------------------------------------------- many impacts


def many() -> dict[str, Any]:
    return {
        "name": "mine",
        "impact": {
            "statistics": {
                "events": 2000,
                "hit": "T1 below half of its quiet value",
                "footprint_qubits": {"mean": 28.8, "mean_low": 28.1, "mean_high": 29.5,
                                     "median": 25.0, "median_low": 24.0, "median_high": 26.0},
                "duration": {"mean_s": 4e-4, "mean_low_s": 3.8e-4, "mean_high_s": 4.2e-4,
                             "median_s": 3e-4, "median_low_s": 2.9e-4, "median_high_s": 3.1e-4},
                "pairs": [{"distance_m": 1e-3, "together": 0.8},
                          {"distance_m": 2e-3, "together": None},
                          {"distance_m": 3e-3, "together": 0.1}],
                "percentiles": [0, 10, 50, 90, 100],
                "footprint_at_percentiles": [4.0, 12.0, 25.0, 48.0, 105.0],
                "duration_at_percentiles_s": [3e-5, 1e-4, 3e-4, 6e-4, 2e-3],
            }
        },
    }  # fmt: skip


def test_footprints_are_the_share_of_impacts_beyond() -> None:
    host = Figure().add_subplot()
    assert draw_footprints(many(), host) is host
    left, right = host.child_axes
    statistics = many()["impact"]["statistics"]
    for panel, key in ((left, "footprint_at_percentiles"), (right, "duration_at_percentiles_s")):
        curve = panel.lines[0]
        assert list(curve.get_xdata()) == statistics[key]
        assert list(curve.get_ydata()) == [100, 90, 50, 10, 0]
    assert "qubits" in left.get_xlabel()
    assert "(ms)" in right.get_xlabel()
    assert "(%)" in host.get_ylabel()
    assert "2,000 impacts" in title(host)
    assert "half of its quiet value" in title(host)
    spans = [(p.get_x(), p.get_x() + p.get_width()) for p in left.patches]
    assert spans == [pytest.approx((24.0, 26.0)), pytest.approx((28.1, 29.5))]
    assert [t.get_text() for t in right.get_legend().get_texts()] == ["median 300 µs",
                                                                      "mean 400 µs"]  # fmt: skip
    assert "mine" in words(host)


def test_impacts_that_hit_nothing_have_a_place_too() -> None:
    data = many()
    data["impact"]["statistics"]["duration_at_percentiles_s"][0] = 0.0
    right = draw_footprints(data).child_axes[1]
    assert right.get_xscale() == "symlog"
    low, high = (right.transData.transform((x, 0.0))[0] for x in (0.0, 3e-4))
    assert 0.1 * right.bbox.width < high - low  # it still tells microseconds apart


def test_pairs_are_drawn_in_percent_against_millimetres() -> None:
    ax = draw_pairs(many())
    x, y = ax.lines[0].get_data()
    assert list(x) == pytest.approx([1.0, 2.0, 3.0])
    assert list(y) == pytest.approx([80.0, np.nan, 10.0], nan_ok=True)
    assert "(mm)" in ax.get_xlabel()
    assert "(%)" in ax.get_ylabel()


@pytest.mark.parametrize("draw", [draw_footprints, draw_pairs])
def test_without_impacts_the_figures_say_so(draw: Any) -> None:
    assert "no impacts" in words(draw({}))
    none = {"impact": {"statistics": None, "reason": "the qubit has no T1"}}
    assert "no T1" in words(draw(none))
    broken = {"impact": {"statistics": {"percentiles": [0, 50], "footprint_at_percentiles": [1]}}}
    assert "no impacts" in words(draw(broken))


# ---------------------------------------------------------------- radiation


@pytest.fixture(scope="module")
def sycamore() -> Design:
    return load("sycamore-like")


def test_bins_hold_all_deposits(sycamore: Design) -> None:
    data = plain_json(spectrum_data(sycamore))
    found = deposits(sycamore)
    edges = np.array(data["edges_eV"])
    assert edges[0] == pytest.approx(40e3)  # the threshold of NIST's experiment
    middle = (edges[1:] + edges[:-1]) / 2
    for row in data["kinds"]:
        spectrum = getattr(found, row["name"])
        rate = np.array(row["rate_per_s_per_keV"]) * np.diff(edges) / 1e3
        assert rate.sum() == pytest.approx(spectrum.total, rel=1e-9)
        assert row["rate_per_s"] == pytest.approx(spectrum.total)
        power = spectrum.power / ELEMENTARY_CHARGE
        assert (rate * middle).sum() == pytest.approx(power, rel=0.12)  # bins of a tenth decade


def test_the_spectrum_is_drawn_per_kev(sycamore: Design) -> None:
    data = spectrum_data(sycamore)
    ax = draw_spectrum({"impact": {"spectrum": data}})
    steps = [patch for patch in ax.patches if isinstance(patch, StepPatch)]
    assert [s.get_label().split(",")[0] for s in steps] == ["muons", "gammas", "hadrons"]
    for step, row in zip(steps, data["kinds"], strict=True):
        values, edges, _ = step.get_data()
        assert np.array_equal(edges, np.array(data["edges_eV"]) / 1e3)
        assert np.array_equal(np.nan_to_num(values), row["rate_per_s_per_keV"])
    assert ax.get_xlabel() == "deposited energy (keV)"
    assert ax.get_ylabel() == "rate (1/s per keV)"
    assert ax.lines[0].get_xdata()[0] == pytest.approx(40.0)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_without_radiation_the_figure_says_so(sycamore: Design) -> None:
    dark = sycamore.replace({"radiation.gamma_rate": "0 1/g/s", "radiation.hadron_rate":
                             "0 1/kg/s", "radiation.muon_intensity": "0 1/m^2/s"})  # fmt: skip
    data = spectrum_data(dark)
    assert "edges_eV" not in data
    assert "no radiation falls" in words(draw_spectrum({"impact": {"spectrum": data}}))
    assert "no radiation" in words(draw_spectrum({}))


# ---------------------------------------------------------------- timeline with stages


def sample() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLES / "healthy.json").read_text("utf-8"))
    data["impact"]["stages"] = [
        {"name": "fireball", "time_s": 5e-8, "length_m": 1e-3, "t1_s": None},
        {"name": "freeze-out", "time_s": 8e-7, "length_m": 1e-3, "t1_s": 1e-6},
        {"name": "recombination", "time_s": 1.3e-2, "length_m": 1e-2, "t1_s": 3e-5},
        {"name": "escape", "time_s": 2e-2, "length_m": 1e-2, "t1_s": 4e-5},
        {"name": "unknown", "time_s": None, "length_m": 1e-2, "t1_s": None},
    ]
    return data


def test_stages_stand_on_the_timeline_where_they_happen() -> None:
    ax = draw_stages(sample(), Figure().add_subplot())
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[-4:] == ["1  fireball, 50 ns", "2  freeze-out, 800 ns",
                           "3  recombination, 13 ms", "4  escape, 20 ms"]  # fmt: skip
    (marks,) = (line for line in ax.lines if line.get_marker() == "D"
                and line.get_markerfacecolor() != "none")  # fmt: skip
    assert [list(v) for v in marks.get_data()] == [[8e-7, 1.3e-2, 2e-2], [1e-6, 3e-5, 4e-5]]
    heights = {text.get_text(): text.xyann[1] for text in ax.texts if len(text.get_text()) == 1}
    assert heights["4"] > heights["3"] == heights["1"]  # close ones do not overlap
    places = {line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 2}
    assert {5e-8, 8e-7, 1.3e-2, 2e-2} <= places


def test_without_stages_or_impact_it_is_the_plain_timeline() -> None:
    data = sample()
    data["impact"]["stages"] = []
    labels = [text.get_text() for text in draw_stages(data).get_legend().get_texts()]
    assert not any(label[0].isdigit() for label in labels)
    assert "no " in words(draw_stages({}))


# ---------------------------------------------------------------- the paper's figures


def test_the_paper_s_figures_stand_on_four_panels() -> None:
    """Zeros have no place on a logarithmic axis; every other number stands where it should."""
    figures = {name: dict(columns) for name, columns in computed(1).items()}
    host = Figure().add_subplot()
    assert draw_radiation_paper({"figures": figures}, host) is host
    assert len(host.child_axes) == 4
    for ax, panel in zip(host.child_axes, PANELS, strict=True):
        assert "(1)" in ax.get_xlabel()
        assert "(1" in ax.get_ylabel()
        for line, (name, label) in zip(ax.lines, panel.columns, strict=False):
            expected = np.array(figures[panel.figure][name])
            if panel.scale[1] == "log":
                expected[expected <= 0] = np.nan
            assert np.isfinite(expected).sum() > 8
            assert list(line.get_ydata()) == pytest.approx(expected, nan_ok=True)
            assert line.get_label() == label
    (bars,) = host.child_axes[2].containers
    low, high = bars.lines[2][0].get_segments()[1][:, 1]
    row = figures["figure_4"]
    assert row["monte_carlo_error"][1] == 0  # below 2 gaps nothing breaks, for sure
    assert high - low == 0
    low, high = bars.lines[2][0].get_segments()[9][:, 1]
    assert high - low == pytest.approx(2 * row["monte_carlo_error"][9])
    assert "npj Quantum Information 7, 90" in words(host)
    assert "not computed" in words(draw_radiation_paper({}))
