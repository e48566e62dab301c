"""What --vary and --sample mean, and every way in which they can be wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qubudget import DesignError, load
from qubudget.study.sweeping.axes import parse_axes
from qubudget.study.sweeping.points import Points, Space

DESIGN = load("krinner-xld400")
MXC = "lines.drive.attenuation.mxc"


def axis(text: str) -> np.ndarray:
    return parse_axes(DESIGN, [text]).axes[0].values


def test_ranges_are_even_in_the_value_or_its_logarithm() -> None:
    assert axis("stages.mxc.rated_power=10 uW..50 uW:5").tolist() == [1e-5, 2e-5, 3e-5, 4e-5, 5e-5]
    assert axis(f"{MXC}=10 dB..30 dB:3").tolist() == [10, 20, 30]
    losses = axis("qubit.junction_asymmetry=1e-4..1e-1:4:log")
    np.testing.assert_allclose(losses, [1e-4, 1e-3, 1e-2, 1e-1], rtol=1e-14)
    assert axis("radiation.event_x=-1 mm..1 mm:3").tolist() == [-0.001, 0.0, 0.001]
    assert axis("stages.mxc.rated_power=900 nW..2 uW:2").tolist() == [9e-7, 2e-6]


def test_lists_keep_order_and_kind() -> None:
    qubits = parse_axes(DESIGN, ["machine.qubits=50,8, 24"]).axes[0]
    assert qubits.values.dtype == np.int64
    assert qubits.values.tolist() == [50, 8, 24]
    assert qubits.unit is None
    assert axis('code.decoder=unaware,"aware"').tolist() == ["unaware", "aware"]
    flags = parse_axes(DESIGN, ["published.include_relaxation=true,false"]).axes[0]
    assert flags.values.dtype == np.bool_
    assert axis("stages.mxc.rated_power=20 uW,0.03 mW").tolist() == [2e-5, 3e-5]


def test_whole_numbers_stay_whole() -> None:
    assert axis("machine.qubits=50..100:6").tolist() == [50, 60, 70, 80, 90, 100]
    assert axis("machine.qubits=1..100:3:log").tolist() == [1, 10, 100]
    with pytest.raises(DesignError, match="whole numbers repeat here, 3 differ"):
        axis("machine.qubits=1..3:5")


def test_several_axes_span_a_grid_with_the_last_one_fastest() -> None:
    space = parse_axes(DESIGN, ["machine.qubits=8,16", f"{MXC}=10 dB..30 dB:3"])
    assert (space.shape, space.size, space.dims) == ((2, 3), 6, ("machine.qubits", MXC))
    points = Points(DESIGN, np.arange(6), space.part(np.arange(6)))
    assert points.axes[0].values.tolist() == [8, 8, 8, 16, 16, 16]
    design = points.design_at(4)
    assert design.machine.qubits == 16
    assert dict(design.lines[0].attenuation)["mxc"] == pytest.approx(100.0)
    assert points.axes[1].si[4] == pytest.approx(100.0)


def test_effective_value_equals_the_coordinate() -> None:
    space = parse_axes(DESIGN, ["stages.mxc.rated_power=11.1 uW..47.3 uW:17:log"])
    points = Points(DESIGN, np.arange(17), space.part(np.arange(17)))
    for k in range(17):
        assert points.design_at(k).stages[-1].rated_power == space.axes[0].values[k]


def test_a_latin_hypercube_has_one_point_in_every_slice() -> None:
    vary = [f"{MXC}=10 dB..30 dB", "qubit.junction_asymmetry=1e-4..1e-2:log", "code.distance=3,5"]
    space = parse_axes(DESIGN, vary, sample="lhs:20", seed=7)
    assert (space.dims, space.shape) == (("point",), (20,))
    slices = np.floor((space.axes[0].values - 10) / 20 * 20).astype(int)
    assert sorted(slices) == list(range(20))
    logs = np.floor((np.log10(space.axes[1].values) + 4) / 2 * 20).astype(int)
    assert sorted(logs) == list(range(20))
    assert sorted(space.axes[2].values) == [3] * 10 + [5] * 10
    again = parse_axes(DESIGN, vary, sample="lhs:20", seed=7)
    other = parse_axes(DESIGN, vary, sample="lhs:20", seed=8)
    assert again.sha256 == space.sha256 != other.sha256


def test_whole_numbers_of_a_sample_come_equally_often() -> None:
    space = parse_axes(DESIGN, ["machine.qubits=8..11"], sample="lhs:40")
    assert np.bincount(space.axes[0].values).tolist() == [0] * 8 + [10] * 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("machine.qubit=1..2:2", "did you mean 'machine.qubits'"),
        ("lines.drive.attenuation.mcx=1 dB,2 dB", "did you mean"),
        ("lines.driv.attenuation.mxc=1 dB,2 dB", "did you mean 'lines.drive.attenuation.mxc'"),
        ("machine=1,2", "a key that holds a single value"),
        ("machine.qubits", "KEY=A,B,C"),
        ("machine.qubits=", "KEY=A,B,C"),
        ("=1,2", "KEY=A,B,C"),
        ("machine.qubits=8..16", "KEY=START..STOP:N"),
        ("machine.qubits=8..16:", "KEY=START..STOP:N"),
        ("machine.qubits=8..16:x", "KEY=START..STOP:N"),
        ("machine.qubits=8..16:3:lin", "KEY=START..STOP:N"),
        ("machine.qubits=8..16:0", "N from 2"),
        ("machine.qubits=8..16:1", "N from 2"),
        ("machine.qubits=8..16:99999999", "N from 2 to 10,000,000"),
        ("machine.qubits=8..8:4", "empty range"),
        ("qubit.junction_asymmetry=0..0.5:4:log", "above zero"),
        ("radiation.event_x=-1 mm..1 mm:5:log", "above zero"),
        (f"{MXC}=10 dB..20 dB:3:log", "without ':log'"),
        (f"{MXC}=10..20:3", "a number and a unit"),
        (f"{MXC}=10 W..20 W:3", "decibels"),
        ("stages.mxc.rated_power=-1 W..1 W:3", "from 0"),
        ("code.decoder=aware..unaware:3", "KEY=A,B,C for a choice"),
        ("code.decoder=awar,unaware", "did you mean 'aware'"),
        ("qubit.film=Al,Unobtainium", "Unobtainium"),
        ("machine.qubits=8,8", "each value once"),
        ("machine.qubits=8,2.5", "integer"),
        ("stages.mxc.rated_power=1 mW,0.001 W", "each value once"),
        ("stages.mxc.rated_power=nan W..1 W:3", "finite"),
    ],
)
def test_bad_axes_are_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(DesignError) as caught:
        axis(text)
    assert said in str(caught.value)


def test_all_problems_come_at_once() -> None:
    bad = ["machine.qubit=1,2", "machine.qubits=8..8:3", "qubit.junction_asymmetry=0..1:3:log"]
    with pytest.raises(DesignError) as caught:
        parse_axes(DESIGN, [*bad, bad[0]], sample="sobol:4")
    assert len(caught.value.problems) == 6
    assert {p.key for p in caught.value.problems} >= {"--sample", "--vary", "machine.qubits"}


def test_too_many_points_and_none() -> None:
    wide = [f"{MXC}=1 dB..2 dB:4000", "qubit.junction_asymmetry=0.1..0.2:4000"]
    with pytest.raises(DesignError, match="16,000,000 points"):
        parse_axes(DESIGN, wide)
    with pytest.raises(DesignError, match="nothing"):
        parse_axes(DESIGN, [])
    with pytest.raises(DesignError, match="20,000,000 points"):
        parse_axes(DESIGN, wide[:1], sample="lhs:20000000")


@given(st.floats(1e-9, 1e3), st.floats(1e-9, 1e3), st.integers(2, 40), st.booleans())
def test_a_range_holds_its_ends_and_is_monotone(
    start: float, stop: float, count: int, log: bool
) -> None:
    if float(f"{start:.13g}") == float(f"{stop:.13g}"):
        stop = 2 * start
    text = f"stages.mxc.rated_power={start!r} W..{stop!r} W:{count}" + ":log" * log
    values = axis(text)
    assert len(values) == count
    assert values[0] == pytest.approx(start, rel=1e-14)
    assert values[-1] == pytest.approx(stop, rel=1e-14)
    steps = np.diff(np.log(values) if log else values)
    assert (np.sign(steps) == np.sign(stop - start)).all() or abs(stop / start - 1) < 1e-9


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    for written in (text, f"machine.qubits={text}", f"{MXC}={text}", f"code.decoder={text}"):
        try:
            space = parse_axes(DESIGN, [written])
        except DesignError:
            continue
        assert isinstance(space, Space)
        assert space.size >= 1
