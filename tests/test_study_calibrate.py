"""Calibration: the paper's two points, weighted least squares by hand, recovery, refusals."""

from __future__ import annotations

import io
import json
import math
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from rich.console import Console
from scipy import stats

from qubudget import cli
from qubudget.design import load, loads
from qubudget.design.paths import leaves
from qubudget.errors import DesignError
from qubudget.pipeline import Chain
from qubudget.report.calibration import draw_residuals, print_calibration
from qubudget.study.calibration.calibrate import calibrate
from qubudget.study.calibration.data import MAX_BYTES, data_names, parse_times
from qubudget.study.calibration.design import calibrated_designs, ends
from qubudget.study.calibration.models import PhysicalModel
from qubudget.study.calibration.result import CalibrationResult
from qubudget.study.calibration.toml_text import to_toml

BOTH = ("K_TLS", "G_intrinsic")
LOSSES = np.array([1e-7, 2e-7, 4e-7, 8e-7, 1.6e-6, 3.2e-6, 6.4e-6, 1.3e-5])
SUBSTRATE, SURFACES = "dielectrics.substrate.tan_delta", "dielectrics.surfaces.tan_delta"


def published_rows(losses: np.ndarray, times: np.ndarray, error: float | None = 0.05) -> bytes:
    """T2 in us at 10 mK, where the thermal factor of 5 GHz is one to 1e-10."""
    head = "tan_delta,temperature_mK,t2_us" + (",t2_error_us" if error is not None else "")
    rows = [
        f"{loss!r},10,{1e6 * t!r}" + (f",{1e6 * t * error!r}" if error is not None else "")
        for loss, t in zip(losses.tolist(), times.tolist(), strict=True)
    ]
    return "\n".join([head, *rows]).encode()


def fit_published(
    content: bytes, fit: tuple[str, ...] = BOTH, unknown: bool = False
) -> CalibrationResult:
    times = parse_times(content, "test", errors_unknown=unknown)
    return calibrate(times, model="published-code", fit=fit, errors_unknown=unknown)


def best(result: CalibrationResult) -> list[float]:
    return [parameter.best for parameter in result.parameters]


def refused(content: bytes, unknown: bool = False) -> str:
    with pytest.raises(DesignError) as caught:
        parse_times(content, "test", errors_unknown=unknown)
    return str(caught.value)


def test_the_first_papers_points_do_not_give_its_constants() -> None:
    # Appendix C: 10 us at 1e-5 and 300 us at 3e-7, both cold (coth = 1). By hand, two linear
    # equations: K = (1e5 - 1/300e-6)/(1e-5 - 3e-7), G = 1e5 - 1e-5 K; printed: 6e9 and 3.5e3.
    result = calibrate("first-paper", model="published-code", fit=BOTH, errors_unknown=True)
    coupling = (1e5 - 1 / 300e-6) / (1e-5 - 3e-7)
    assert best(result) == pytest.approx([coupling, 1e5 - 1e-5 * coupling], rel=1e-6)
    assert best(result) == pytest.approx([9.966e9, 343.6], rel=1e-3)
    assert (result.dof, result.chi2, result.p_value, result.relative_scatter) == (0, *[None] * 3)
    assert "cannot be judged" in (result.reason or "")
    for parameter in result.parameters:
        assert parameter.interval == (None, None)
        assert parameter.interval_method is None
        assert parameter.reason


def test_a_tenth_of_error_leaves_the_floor_open() -> None:
    # By hand: G = (r2 - 0.03 r1)/0.97, so 10 % on each rate is +-462 on 344 (one deviation).
    content = published_rows(np.array([1e-5, 3e-7]), np.array([10e-6, 300e-6]), 0.1)
    result = fit_published(content)
    coupling, floor = result.parameters
    assert coupling.interval[0] is not None
    assert coupling.interval[1] is not None
    assert floor.interval[0] is None
    assert "below" in (floor.reason or "")
    assert result.dof == 0
    assert result.p_value is None


def test_one_parameter_is_the_weighted_mean_of_logarithms() -> None:
    # Where the loss dwarfs the floor, ln K is the weighted mean of ln(1/(T2 tan_delta)) and its
    # variance 1/sum(w); chi-square is a parabola, so the profile's ends are +-1.96 deviations.
    losses, times = np.array([0.2, 0.3, 0.5]), np.array([0.9e-9, 0.5e-9, 0.33e-9])
    errors = np.array([0.05, 0.1, 0.2])
    rows = [
        f"{x!r},10,{1e6 * t!r},{1e6 * t * e!r}"
        for x, t, e in zip(losses.tolist(), times.tolist(), errors.tolist(), strict=True)
    ]
    content = "\n".join(["tan_delta,temperature_mK,t2_us,t2_error_us", *rows]).encode()
    result = fit_published(content, ("K_TLS",))
    weights = errors**-2
    mean = np.sum(weights * np.log(1 / (times * losses))) / np.sum(weights)
    half = 1.959964 / math.sqrt(np.sum(weights))
    low, high = result.parameters[0].interval
    assert low is not None
    assert high is not None
    assert np.log([low, *best(result), high]) == pytest.approx(
        [mean - half, mean, mean + half], abs=1e-5
    )
    pulls = (np.log(1 / (times * losses)) - mean) / errors
    assert result.chi2 == pytest.approx(np.sum(pulls**2), rel=1e-4)
    assert result.p_value == pytest.approx(stats.chi2.sf(np.sum(pulls**2), 2), rel=1e-4)


def test_two_parameters_are_weighted_least_squares_of_the_rate() -> None:
    # With equal, small relative errors ln(T/T0) = (r0 - r)/r0 to first order, so the fit is
    # linear least squares of the rate with weights 1/(r e)^2, and its covariance is known.
    rng = np.random.default_rng(3)
    error = 1e-4
    rates = (3.5e3 + 6e9 * LOSSES) * np.exp(error * rng.standard_normal(LOSSES.size))
    result = fit_published(published_rows(LOSSES, 1 / rates, error))
    weighted = np.stack([LOSSES, np.ones_like(LOSSES)], axis=1) / (rates * error)[:, None]
    by_hand = np.linalg.lstsq(weighted, 1 / error * np.ones_like(LOSSES), rcond=None)[0]
    covariance = np.linalg.inv(weighted.T @ weighted)
    assert best(result) == pytest.approx(by_hand, rel=1e-6)
    scale = np.sqrt(np.diag(covariance))
    assert result.correlations[0][1] == pytest.approx(
        covariance[0, 1] / scale[0] / scale[1], abs=1e-3
    )
    for parameter, deviation, value in zip(result.parameters, scale, by_hand, strict=True):
        assert parameter.factor == pytest.approx(math.exp(1.96 * deviation / value), rel=1e-4)
        assert parameter.interval_method == "profile likelihood"


@pytest.mark.parametrize("unknown", [False, True])
def test_intervals_cover_the_truth(unknown: bool) -> None:
    # 40 data sets of 8 points, 5 % noise. Of 40 intervals at 95 % at least 32 cover, but for one
    # case in 2000 (binomial), for each of two parameters: false alarm below 0.1 %.
    rng = np.random.default_rng(11)
    repeats, least = 40, 32
    assert stats.binom.cdf(least - 1, repeats, 0.95) < 5e-4
    truth = (6e9, 3.5e3)
    covered = np.zeros(2, dtype=int)
    p_values = []
    for _ in range(repeats):
        noise = np.exp(0.05 * rng.standard_normal(LOSSES.size))
        times = noise / (truth[1] + truth[0] * LOSSES)
        content = published_rows(LOSSES, times, None if unknown else 0.05)
        result = fit_published(content, unknown=unknown)
        p_values.append(result.p_value)
        for index, (parameter, value) in enumerate(zip(result.parameters, truth, strict=True)):
            low, high = parameter.interval
            covered[index] += (low or 0.0) <= value <= (high or math.inf)
    assert covered.min() >= least
    if unknown:
        assert p_values == [None] * repeats
    else:  # p-values of a true model are uniform: false alarm 0.1 %
        assert stats.kstest(np.array(p_values, dtype=float), "uniform").pvalue > 1e-3


@settings(max_examples=10, deadline=None)
@given(factor=st.floats(0.05, 20.0))
def test_slower_times_are_smaller_rates(factor: float) -> None:
    times = np.array([1.1, 0.95, 1.02, 0.9, 1.0, 1.0, 1.1, 1.0]) / (3.5e3 + 6e9 * LOSSES)
    first = fit_published(published_rows(LOSSES, times))
    other = fit_published(published_rows(LOSSES, factor * times))
    assert np.array(best(other)) * factor == pytest.approx(best(first), rel=1e-5)
    assert other.chi2 == pytest.approx(first.chi2, rel=1e-5)


def test_a_rows_temperature_is_that_of_the_qubits_stage() -> None:
    # The same through the pipeline's own way: a measured stage temperature in the design.
    design = load("willow-like")
    points = parse_times(b"temperature_mK,t1_us,t1_error_us\n200,60,5\n", "x").points
    found = PhysicalModel(design, ()).predict({}, points)
    _, expected, _ = Chain("quick", 1).cold(
        design.replace({f"measured.temperature.{design.qubit.stage}": "200 mK"})
    )
    assert found[0] == pytest.approx(expected.t1_modelled_s, rel=1e-9)


def test_recovery_through_the_channels_of_a_design() -> None:
    # Truth from the design with two keys changed; 3 data sets of 5 T1 and 5 T2 with 4 % noise.
    # At least 1 of 3 intervals covers, but for one case in 8000, for each of two parameters; the
    # sum of the chi-squares is one of 3 x 8 degrees of freedom: together 0.13 % of false alarm.
    design = load("willow-like")
    truth = {SURFACES: 2e-3, "qubit.flux_noise": 4e-6}
    head = "temperature_mK,frequency_GHz,t1_us,t1_error_us,t2_us,t2_error_us"
    conditions = [(20, 6.2), (20, 6.2), (60, 5.8), (60, 5.8), (60, 5.8)]
    blank = "\n".join([head, *(f"{t},{f},9,1,9,1" for t, f in conditions)]).encode()
    exact = PhysicalModel(design, tuple(truth)).predict(truth, parse_times(blank, "x").points)
    rng = np.random.default_rng(5)
    covered = dict.fromkeys(truth, 0)
    squares = 0.0
    for _ in range(3):
        noisy = exact.reshape(-1, 2) * np.exp(0.04 * rng.standard_normal((5, 2))) * 1e6
        rows = [
            f"{t},{f},{a!r},{0.04 * a!r},{b!r},{0.04 * b!r}"
            for (t, f), (a, b) in zip(conditions, noisy.tolist(), strict=True)
        ]
        times = parse_times("\n".join([head, *rows]).encode(), "made")
        result = calibrate(times, model="physical", fit=tuple(truth), design=design)
        assert result.dof == 8
        squares += result.chi2 or 0.0
        for parameter in result.parameters:
            low, high = parameter.interval
            covered[parameter.key] += (low or 0.0) <= truth[parameter.key] <= (high or math.inf)
    assert min(covered.values()) >= 1
    assert 5e-4 < stats.chi2.cdf(squares, 24) < 1 - 5e-4


def test_everything_wrong_with_the_data_at_once() -> None:
    text = refused(
        b"t1_us,t1_error_us,t2_us,t2_error_us,temperature_mK\n"
        b"10,1,21,1,20\n"
        b"nan,1,5,1,20\n"
        b"-3,1,5,1,20\n"
        b"10,,5,1,20\n"
        b"10,11,5,1,inf\n"
        b"10,1,5\n"
        b",,,,20\n"
        b"abc,1,5,1,20\n"
    )
    for row, word in (
        (2, "T2 = 2.1e-05"), (3, "nan"), (4, "-3"), (5, "t1_error"), (6, "inf"), (6, "below"),
        (7, "3 cells"), (8, "neither T1 nor T2"), (9, "abc"),
    ):  # fmt: skip
        assert any(f"row {row}" in line and word in line for line in text.splitlines()), (row, word)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "a header and rows"),
        (b"t1_us,t1_error_us\n", "a header and rows"),
        (b"t1,t1_error_us\n1,1\n", "t1_ns"),
        (b"t1_GHz,t1_error_us\n1,1\n", "a quantity in s"),
        (b"t1_us,t1_ms\n1,1\n", "a second t1"),
        (b"temperture_K,t1_us\n1,1\n", "did you mean 'temperature'"),
        (b"tan_delta_K,t1_us\n1,1\n", "no unit"),
        (b"temperature_K\n1\n", "neither T1 nor T2"),
        (b"t1_us\n10\n", "--errors-unknown"),
        (b"t1_us,t1_error_us,status\n10,1,memory\n", "memory"),
        (b"t1_us,t1_error_us,tan_delta\n10,1,2\n", "at most 1"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"t1_us\n" + b"1\n" * 3000, "2,000 rows"),
        (b"x" * (MAX_BYTES + 1), "1,000,000 bytes"),
    ],
)
def test_bad_files_are_refused(content: bytes, word: str) -> None:
    assert word in refused(content)


def test_errors_that_are_stated_are_not_unknown() -> None:
    assert "--errors-unknown" in refused(b"t1_us,t1_error_us\n10,1\n", unknown=True)


def test_rows_from_memory_are_left_out_with_a_notice() -> None:
    content = b"t1_us,t1_error_us,status\n68,13,verified\n300,1,memory\n98,32,verified\n"
    times = parse_times(content, "x")
    assert [point.row for point in times.points] == [2, 4]
    assert "row 3" in times.notices[0]
    result = calibrate(times, model="physical", fit=[SURFACES], design=load("willow-like"))
    assert result.points == 2
    assert times.notices[0] in result.to_dict()["notices"]


def test_units_come_from_the_header() -> None:
    first = parse_times(b"t1_us,t1_error_ns,temperature_mK\n10,500,20\n", "x").points[0]
    assert (first.value, first.error, first.temperature) == (1e-5, 5e-7, 0.02)


@pytest.mark.parametrize(
    ("fit", "words"),
    [
        ([SURFACES, SUBSTRATE], ["do not determine", SURFACES, SUBSTRATE]),
        ([SURFACES, "chip.length"], ["chip.length", "moves none"]),
        ([SURFACES, SUBSTRATE, "qubit.flux_noise"], ["3 parameters, 2 usable"]),
        ([SURFACES, SURFACES], ["twice"]),
        (["qubit.stage"], ["continuous quantity"]),
        (["dielectrics.surface.tan_delta"], [f"did you mean {SURFACES!r}"]),
        (["qubit.gap_difference_"], ["did you mean 'qubit.gap_difference'"]),
        (["qubit.saturation"], ["above zero"]),
        ([""], ["at least one key"]),
    ],
)
def test_underdetermined_and_unknown_parameters_are_refused(
    fit: list[str], words: list[str]
) -> None:
    with pytest.raises(DesignError) as caught:
        calibrate("willow-t1", model="physical", fit=fit, design=load("willow-like"))
    for word in words:
        assert word in str(caught.value)


def test_a_loss_that_the_data_do_not_need_is_refused_as_such() -> None:
    # 360 us is more than the other channels of this design leave: no loss can explain it.
    times = parse_times(b"t1_us,t1_error_us\n360,10\n", "x")
    with pytest.raises(DesignError, match="drives it down"):
        calibrate(times, model="physical", fit=[SURFACES], design=load("willow-like"))


def test_models_and_their_needs() -> None:
    with pytest.raises(DesignError, match="did you mean 'physical'"):
        calibrate("willow-t1", model="physica", fit=["K_TLS"])
    with pytest.raises(DesignError, match="--design"):
        calibrate("willow-t1", model="physical", fit=[SURFACES])
    with pytest.raises(DesignError, match="read nothing of a design"):
        calibrate("first-paper", model="published-code", fit=BOTH, design=load("willow-like"))
    with pytest.raises(DesignError, match="K_TLS, G_intrinsic"):
        calibrate("first-paper", model="published-code", fit=["k_tls"])
    times = parse_times(b"t2_us,t2_error_us,tan_delta\n10,1,1e-5\n", "x")
    with pytest.raises(DesignError, match="row 2, temperature"):
        calibrate(times, model="published-code", fit=["K_TLS"])


def test_shipped_data_sets_state_source_and_status() -> None:
    import csv
    from importlib.resources import files

    assert data_names() == ("effective-loss", "first-paper", "willow-t1")
    for name in data_names():
        path = files("qubudget.materials") / "data" / "calibration" / f"{name}.csv"
        for row in csv.DictReader(path.read_text("utf-8").splitlines()):
            assert row["source"]
            assert row["status"] in ("verified", "verified-secondary", "derived")


def test_derived_losses_are_those_of_their_rows() -> None:
    import csv
    from importlib.resources import files

    path = files("qubudget.materials") / "data" / "calibration" / "effective-loss.csv"
    for row in csv.DictReader(path.read_text("utf-8").splitlines()):
        omega = 2 * math.pi * float(row["frequency_GHz"]) * 1e9
        loss = 1 / (omega * float(row["t1_us"]) * 1e-6)
        assert float(row["tan_delta"]) == pytest.approx(loss, rel=1e-3)


def test_effective_losses_bound_the_papers_constants_from_above_only() -> None:
    result = calibrate("effective-loss", model="published-code", fit=BOTH, errors_unknown=True)
    assert result.dof == 4
    assert 0.5 < (result.relative_scatter or 0.0) < 0.8
    for parameter in result.parameters:
        assert parameter.interval[0] is None
        assert parameter.interval[1] is not None
    assert result.correlations[0][1] < -0.9


def test_the_calibrated_design_carries_the_uncertainty_into_t1(tmp_path: Path) -> None:
    design = load("willow-like")
    result = calibrate("willow-t1", model="physical", fit=[SURFACES], design=design)
    texts, notes = calibrated_designs(result, design)
    path = tmp_path / "calibrated.toml"
    path.write_text(texts["calibrated.toml"], "utf-8")
    changed = load(path)
    fitted = result.parameters[0]
    part = {d.name: d for d in changed.dielectrics}["surfaces"]
    assert (part.tan_delta, part.spread) == (fitted.best, fitted.factor)
    assert changed.measured.t1 is None
    assert changed.measured.readout_error == design.measured.readout_error
    assert any("measured.t1" in note for note in notes)
    assert any("lopsided" in note for note in notes)
    _, found, _ = Chain("quick", 1).cold(changed)
    assert found.t1_s == pytest.approx(result.residuals[0].modelled_s, rel=1e-9)
    # The loss alone at the upper end of its spread must lie inside T1's interval.
    _, worst, _ = Chain("quick", 1).cold(changed.with_si({SURFACES: part.tan_delta * part.spread}))
    assert found.t1_interval_s[0] is not None
    assert worst.t1_s is not None
    assert found.t1_interval_s[0] <= worst.t1_s * (1 + 1e-9)


def test_the_ends_carry_the_uncertainty_to_the_verdict() -> None:
    design = load("willow-like")
    result = calibrate("willow-t1", model="physical", fit=[SURFACES], design=design)
    texts, _ = calibrated_designs(result, design)
    assert list(texts) == ["calibrated.toml", "pessimistic.toml", "optimistic.toml"]
    times = []
    for text in texts.values():
        _, found, _ = Chain("quick", 1).cold(loads(text))
        times.append(found.t1_s or 0.0)
    assert times[1] < times[0] < times[2]
    low, high = result.parameters[0].interval
    assert ends(result, design) == {"pessimistic": {SURFACES: high}, "optimistic": {SURFACES: low}}


def test_ends_of_two_parameters_follow_their_correlation() -> None:
    # Independent check: of all points on the ellipse dlnp' C^-1 dlnp = 1.96^2, drawn densely,
    # none has a larger idle error to first order than the pessimistic end.
    design = load("willow-like")
    head = b"t1_us,t1_error_us,t2_us,t2_error_us\n"
    times = parse_times(head + b"60,4,70,9\n58,4,75,9\n", "x")
    keys = [SURFACES, "qubit.flux_noise"]
    result = calibrate(times, model="physical", fit=keys, design=design)
    model = PhysicalModel(design, tuple(keys))
    points = times.points[:2]

    def idle(logs: np.ndarray) -> float:
        t1, t2 = model.predict(dict(zip(keys, np.exp(logs).tolist(), strict=True)), points)
        return float(np.log(0.5 / t1 + 1 / t2))

    logs = np.log([p.best for p in result.parameters])
    slopes = [(idle(logs + d) - idle(logs - d)) / 2e-4 for d in 1e-4 * np.eye(2)]
    deviations = np.array([p.log_deviation for p in result.parameters], dtype=float)
    covariance = np.array(result.correlations) * np.outer(deviations, deviations)
    angles = np.linspace(0, 2 * np.pi, 20001)
    circle = 1.959964 * np.stack([np.cos(angles), np.sin(angles)])
    most = (np.array(slopes) @ np.linalg.cholesky(covariance) @ circle).max()
    found = ends(result, design)
    shift = np.log(list(found["pessimistic"].values())) - logs
    assert np.array(slopes) @ shift == pytest.approx(most, rel=1e-5)
    assert np.log(list(found["optimistic"].values())) - logs == pytest.approx(-shift, rel=1e-9)


def test_a_design_of_ones_own_is_written_whole(tmp_path: Path) -> None:
    design = load("willow-like").replace({"qubit.flux_noise": 3e-6})
    result = calibrate("willow-t1", model="physical", fit=[SURFACES], design=design)
    text = calibrated_designs(result, design)[0]["calibrated.toml"]
    assert "base" not in tomllib.loads(text)
    path = tmp_path / "calibrated.toml"
    path.write_text(text, "utf-8")
    changed = load(path)
    assert changed.qubit == design.qubit
    assert changed.stages == design.stages
    assert changed.lines == design.lines
    assert changed.measured.t2 is None


@pytest.mark.parametrize("preset", ["willow-like", "sota-2024", "uts-fridge"])
def test_toml_is_read_back_as_it_was(preset: str) -> None:
    table = load(preset).toml_table()
    assert tomllib.loads(to_toml(table)) == table
    odd = {"a": 'quote " \\ \x7f é\n', "b": {"c d": {"4k": "1 K"}, "e": [1, 2.5, True]}}
    assert tomllib.loads(to_toml(odd)) == odd
    assert dict(leaves(odd))


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    old, status = sys.argv, 0
    sys.argv = ["qubudget", "calibrate", *arguments]
    try:
        cli.main()
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        sys.argv = old
    out, err = capsys.readouterr()
    return status, out, err


def test_the_command_writes_its_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = call(
        capsys, "willow-t1", "--model", "physical", "--design", "willow-like",
        "--fit", SURFACES, "-o", str(tmp_path / "out"), "--json",
    )  # fmt: skip
    assert status == 0
    document = json.loads(out)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [
        "calibrated.toml", "calibration.json", "optimistic.toml", "pessimistic.toml",
        "residuals.svg",
    ]  # fmt: skip
    assert json.loads((tmp_path / "out" / "calibration.json").read_text("utf-8")) == document
    assert document["parameters"][0]["key"] == SURFACES
    assert len(document["data"]["sha256"]) == 64
    assert load(tmp_path / "out" / "calibrated.toml").name == "willow-like-calibrated"


def test_the_command_refuses_with_status_two(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ("nowhere.csv", "--model", "physical", "--design", "willow-like", "--fit", SURFACES),
        ("first-paper", "--model", "published-code", "--fit", "K_TLS"),
        ("first-paper", "--model", "published-code", "--fit", "K_TLS", "--set", "qubit.bath=tls"),
    ):
        status, out, err = call(capsys, *arguments)
        assert (status, out) == (2, "")
        assert err.startswith("error: ")


def test_the_terminal_and_the_figure_show_the_fit() -> None:
    result = calibrate("first-paper", model="published-code", fit=BOTH, errors_unknown=True)
    document = result.to_dict()
    console = Console(record=True, width=100, file=io.StringIO())
    print_calibration(document, console)
    text = console.export_text()
    for word in ("K_TLS", "9.966×10⁹", "343.6", "300 µs", "no chi-square"):
        assert word in text
    ax = Figure().add_subplot()
    assert draw_residuals(document, ax) is ax
    assert ax.get_ylabel()
    assert ax.get_xlabel()
    assert ax.lines[1].get_xdata() == pytest.approx([1.0, 1.0], rel=1e-6)
