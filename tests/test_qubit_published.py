"""The first paper's own model: its code's output and its printed table."""

import numpy as np
import pytest

from qubudget.errors import OutOfRangeError
from qubudget.qubit.published import published_coth, published_fidelity, published_t2_star

# model, tan_delta, T (K), code T2* (us), printed T2* (us), code F (%), printed F (%)
# code columns: the paper's Appendix C run as listed; printed ones: its Appendix B
ROWS = [
    ("01", 5e-4, 0.01, 0.3329, 0.33, 94.1699, 94.04),
    ("02", 2e-5, 0.01, 8.097, 7.46, 99.7533, 99.73),
    ("03", 2e-5, 4.0, 0.2497, 0.25, 92.3018, 92.28),
    ("04", 3e-7, 0.01, 188.679, 283.12, 99.9894, 99.99),
    ("05", 3e-7, 4.0, 15.741, 16.19, 99.8730, 99.88),
    ("06", 5e-8, 4.0, 74.049, 93.36, 99.9730, 99.98),
    ("07", 1e-9, 4.0, 270.264, 3332.3, 99.9926, 99.999),
]
# the inferred floor, to its own four digits
TABLE_US = [0.3257, 7.455, 0.2490, 283.122, 16.192, 93.356, 3332.317]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_code_variant_reproduces_the_code(row: tuple[str, *tuple[float, ...]]) -> None:
    _, loss, temperature, t2_us, _, fidelity, _ = row
    t2 = published_t2_star(loss, temperature)
    assert float(t2) * 1e6 == pytest.approx(t2_us, rel=2e-4)
    assert 100 * float(published_fidelity(t2)) == pytest.approx(fidelity, abs=5e-5)


@pytest.mark.parametrize(("row", "exact"), list(zip(ROWS, TABLE_US, strict=True)))
def test_table_variant_reproduces_the_printed_table(
    row: tuple[str, *tuple[float, ...]], exact: float
) -> None:
    _, loss, temperature, _, t2_us, _, fidelity = row
    t2 = published_t2_star(loss, temperature, "published-table")
    assert float(t2) * 1e6 == pytest.approx(exact, rel=2e-4)
    # half of the last printed digit, or 0.1 % (7.455 against 7.46)
    assert float(t2) * 1e6 == pytest.approx(t2_us, abs=0.005, rel=1e-3)
    decimals = 3 if fidelity == 99.999 else 2
    assert round(100 * float(published_fidelity(t2)), decimals) == pytest.approx(fidelity)


def test_code_does_not_compute_the_printed_table() -> None:
    differing = [
        m
        for m, d, t, _, printed, *_ in ROWS
        if abs(float(published_t2_star(d, t)) * 1e6 / printed - 1) > 0.02
    ]
    assert differing == ["02", "04", "05", "06", "07"]


def test_coth_at_4_kelvin_is_33_not_16() -> None:
    assert float(published_coth(4.0)) == pytest.approx(33.35, abs=0.005)
    assert float(published_coth(0.01)) == pytest.approx(1.0, abs=1e-9)


def test_same_as_the_papers_expressions() -> None:
    loss, temperature = 3e-7, 4.0
    x = 1.0545718e-34 * 2 * np.pi * 5e9 / (2 * 1.380649e-23 * temperature)
    t2 = 1 / (3.5e3 + 6e9 * loss / np.tanh(x))
    assert float(published_t2_star(loss, temperature)) == pytest.approx(t2, rel=1e-14)
    assert float(published_fidelity(t2)) == pytest.approx(np.exp(-20e-9 / t2), rel=1e-14)


def test_relaxation_switch_adds_half_the_rate() -> None:
    without = 1 / published_t2_star(3e-7, 4.0)
    with_t1 = 1 / published_t2_star(3e-7, 4.0, t1=50e-6)
    assert float(with_t1 - without) == pytest.approx(0.5 / 50e-6, rel=1e-9)


def test_broadcasts() -> None:
    t2 = published_t2_star(np.array([[1e-7], [1e-6]]), np.array([0.01, 1.0, 4.0]))
    assert t2.shape == (2, 3)
    assert np.all(np.diff(t2, axis=0) < 0)
    assert np.all(np.diff(t2, axis=1) < 0)


@pytest.mark.parametrize(
    "arguments", [(-1e-6, 4.0), (1e-6, 0.0), (1e-6, np.nan), (1e-6, 4.0, "published")]
)
def test_refuses(arguments: tuple[float, ...]) -> None:
    with pytest.raises(OutOfRangeError):
        published_t2_star(*arguments)
