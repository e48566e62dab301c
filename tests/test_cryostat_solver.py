"""Stage temperatures of many designs: against closed forms, Brent's method and SciPy's root."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from qubudget.cryostat.family import Family, balance_family
from qubudget.cryostat.solver import solve_stages, stable_root
from qubudget.errors import OutOfRangeError

# Krinner et al., EPJ Quantum Technol. 6:2 (2019), Table 1: base and rated temperatures, powers.
BASE = [35, 2.85, 0.882, 0.082, 0.006]
RATED = [45, 4.2, 1.2, 0.14, 0.020]
POWER = [30, 1.5, 0.040, 200e-6, 19e-6]


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    path = Path(__file__).parents[1] / "benchmarks" / "bench_balance.py"
    spec = importlib.util.spec_from_file_location("bench_balance", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_balance"] = module
    spec.loader.exec_module(module)
    return module


def test_rated_loads_give_the_rated_temperatures_of_krinner_table_1() -> None:
    def cooling(base, rated, power, n):
        return lambda t: power * (t**n - base**n) / (rated**n - base**n)

    exponents = [1, 1, 1, 1, 2]
    solved = solve_stages(
        BASE,
        300,
        [cooling(*row) for row in zip(BASE, RATED, POWER, exponents, strict=True)],
        [lambda hot, t, p=p: np.full_like(t, p) for p in POWER],
        shape=(3,),
    )
    assert solved.temperature == pytest.approx(np.tile(np.array(RATED)[:, None], 3), rel=1e-11)
    assert not solved.runaway.any()
    assert (solved.lost_stage == -1).all()


def test_coupled_stages_match_nested_brent() -> None:
    """Conduction between stages: each root by SciPy's Brent, from the same equations."""
    rng = np.random.default_rng(3)
    count = 40
    rate = rng.uniform(0.5, 2, (3, count))
    leak = rng.uniform(0.01, 0.1, (3, count))
    base, steps = [30.0, 3.0, 0.5], range(3)
    solved = solve_stages(
        base,
        300,
        [lambda t, i=i: rate[i] * (t - base[i]) for i in steps],
        [lambda hot, t, i=i: leak[i] * (hot**1.7 - t**1.7) / 50 for i in steps],
        shape=(count,),
    )
    assert not solved.runaway.any()
    for design in range(count):
        hot = 300.0
        for i in steps:

            def net(t: float, i: int = i, hot: float = hot, design: int = design) -> float:
                return rate[i, design] * (t - base[i]) - leak[i, design] * (hot**1.7 - t**1.7) / 50

            hot = brentq(net, base[i], hot, xtol=1e-15, rtol=1e-14)
            assert solved.temperature[i, design] == pytest.approx(hot, rel=3e-12)


@settings(max_examples=30, deadline=None)
@given(
    base=st.floats(1e-3, 10),
    ratio=st.floats(1.0001, 300),
    n=st.sampled_from([1.0, 2.0, 3.5]),
    share=st.floats(0.0, 2.0),
)
def test_a_power_law_has_its_closed_form_or_runs_away(
    base: float, ratio: float, n: float, share: float
) -> None:
    """T = (T0^n + Q/C)^(1/n) while that is below the ceiling."""
    ceiling = base * ratio
    load = share * (ceiling**n - base**n)
    solved = solve_stages(
        [base],
        ceiling,
        [lambda t: t**n - base**n],
        [lambda hot, t: np.full_like(t, load)],
        shape=(),
    )
    compiled = balance_family(
        Family([base], [1.0], [n], [load], [0.0], [2.0], [1.0], [2.0]), ceiling
    )
    if share < 1 - 1e-9:
        exact = (base**n + load) ** (1 / n)
        assert float(solved.temperature[0]) == pytest.approx(exact, rel=2e-12)
        assert float(compiled.temperature[0]) == pytest.approx(exact, rel=2e-12)
    elif share > 1 + 1e-9:
        assert math.isnan(solved.temperature[0])
        assert bool(compiled.runaway[0])


def test_a_lost_stage_takes_the_colder_ones_with_it_and_no_other_design() -> None:
    load = np.array([1.0, 1e9, 1.0])  # the second design overloads the middle stage
    solved = solve_stages(
        [30, 3, 0.1],
        300,
        [lambda t: t - 30, lambda t: t - 3, lambda t: t - 0.1],
        [lambda hot, t: 1 + 0 * t, lambda hot, t: load, lambda hot, t: 1e-3 * (hot - t)],
        shape=(3,),
    )
    assert solved.runaway.tolist() == [[False] * 3, [False, True, False], [False, True, False]]
    assert np.isnan(solved.temperature[1:, 1]).all()
    assert solved.lost_stage.tolist() == [-1, 1, -1]
    assert solved.temperature[:, 0].tolist() == solved.temperature[:, 2].tolist()


def test_without_load_a_stage_is_at_its_base() -> None:
    solved = solve_stages([35], 300, [lambda t: 3 * (t - 35)], [lambda hot, t: 0 * t], shape=(2,))
    assert solved.temperature.tolist() == [[35, 35]]
    assert solved.at_base.all()


def test_the_coldest_stable_crossing_is_found_and_never_an_unstable_one() -> None:
    """Net cooling (T-1)(T-2)(T-3): stable at 1 and 3 K by its sign, unstable at 2 K."""

    def net(t):
        return (t - 1) * (t - 2) * (t - 3)

    for high in (3.5, 5.0, 40.0):
        coarse = float(stable_root(net, 0.5, high).temperature)
        assert min(abs(coarse - 1), abs(coarse - 3)) < 1e-9
        assert float(stable_root(net, 0.5, high, samples=50).temperature) == pytest.approx(1)
    # From above the unstable balance the next stop is 3 K; below 1 K only the first remains.
    assert float(stable_root(net, 2.1, 9, samples=50).temperature) == pytest.approx(3)
    assert float(stable_root(net, 0.5, 2.5, samples=50).temperature) == pytest.approx(1)
    # Only the unstable balance in the range: at its cold end the stage cools already.
    assert bool(stable_root(net, 1.5, 2.5, samples=50).at_base)


def test_an_answer_does_not_depend_on_the_other_designs() -> None:
    rng = np.random.default_rng(5)
    rate = rng.uniform(1, 3, 20)

    def net_of(part):
        return lambda t: rate[part] * (t**2 - 1) - 5 / t

    together = stable_root(net_of(slice(None)), np.ones(20), np.full(20, 9.0)).temperature
    alone = [
        float(stable_root(net_of(slice(i, i + 1)), [1.0], [9.0]).temperature[0]) for i in range(20)
    ]
    assert together.tolist() == alone


def test_compiled_family_general_solver_and_scipy_root_agree(benchmark: ModuleType) -> None:
    """The benchmark's three ways on a small number of designs, 20 % of them in runaway."""
    family = benchmark.designs(60)
    compiled = balance_family(family)
    general = benchmark.general(family, 60)
    assert compiled.runaway.any(axis=0).sum() == 12
    assert (compiled.runaway == general.runaway).all()
    assert benchmark.disagreement(compiled.temperature, benchmark.loop(family, 60)) < 1e-8
    np.testing.assert_allclose(compiled.temperature, general.temperature, rtol=3e-12)


def test_a_hundred_thousand_five_stage_balances_in_one_call_balance(benchmark: ModuleType) -> None:
    """Residuals of what balances; what is in runaway has too much load at its ceiling."""
    count = 100_000
    family = benchmark.designs(count)
    solved = balance_family(family)
    hot = np.concatenate([np.full((1, count), 300.0), solved.temperature[:-1]])
    n, p = family.exponent, family.conduction
    span = family.reference_hot**p - family.reference_cold**p
    load = family.active + family.passive * (hot**p - solved.temperature**p) / span
    cooling = family.coefficient * (solved.temperature**n - family.base**n)
    assert np.nanmax(np.abs(cooling / load - 1)) < 1e-9
    assert solved.runaway.any(axis=0).mean() == pytest.approx(0.2, abs=1e-12)
    at_ceiling = family.coefficient * (hot**n - family.base**n)
    first = solved.runaway & ~np.isnan(hot)
    assert (family.active[first] >= at_ceiling[first]).all()


def test_more_load_is_never_colder(benchmark: ModuleType) -> None:
    family = benchmark.designs(200)
    more = Family(**{**vars(family), "active": 1.05 * family.active})
    before, after = balance_family(family), balance_family(more)
    both = ~after.runaway
    assert (after.temperature[both] > before.temperature[both]).all()
    assert (after.runaway | ~before.runaway).all()


@pytest.mark.parametrize(
    "change",
    [{"base": [0.0]}, {"active": [-1.0]}, {"reference_hot": [1.0]}, {"coefficient": [np.nan]}],
)
def test_families_without_meaning_are_refused(change: dict[str, list[float]]) -> None:
    good = Family([1.0], [1.0], [1.0], [1.0], [0.0], [2.0], [1.0], [2.0])
    with pytest.raises(OutOfRangeError):
        balance_family(Family(**{**vars(good), **change}))


def test_bad_input_is_refused() -> None:
    line = [lambda t: t]
    with pytest.raises(OutOfRangeError, match="one base"):
        solve_stages([1, 2], 300, line, [lambda hot, t: t], shape=())
    with pytest.raises(OutOfRangeError, match="ceiling"):
        solve_stages([1], -1, line, [lambda hot, t: t], shape=())
    with pytest.raises(OutOfRangeError, match="samples"):
        stable_root(lambda t: t, 1, 2, samples=1)
    with pytest.raises(OutOfRangeError, match="not finite"):
        stable_root(lambda t: t * np.nan, 1, 2)
