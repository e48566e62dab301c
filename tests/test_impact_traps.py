"""Traps, gap profiles, vortices, vias, and what they cost a qubit."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import eigvals

from qubudget.constants import BOLTZMANN, ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError
from qubudget.impact.kinetics.gap_profile import (
    gap_over_temperature,
    vortex_density,
    vortex_trapping,
)
from qubudget.impact.kinetics.trap_array import Layout, slowest_decay
from qubudget.impact.kinetics.trap_loss import coupled_loss, quasiparticle_loss, series_loss
from qubudget.impact.kinetics.traps import (
    Trap,
    relaxation_rate,
    slower_root,
    trapping_rate,
    tunnelling_rate,
)
from qubudget.impact.kinetics.vias import via_exchange_rates
from qubudget.impact.response import trap_rate
from qubudget.materials.superconductors import superconductor
from qubudget.materials.thin_films import thin_film_gap

AL = superconductor("Al")
LOW_GAP = Trap(0.5, 1e-7, AL.density_of_states)
SHAPES: tuple[Literal["strip", "disc"], ...] = ("strip", "disc")
UEV = 1e-6 * ELEMENTARY_CHARGE


def _rate_under(into: float, out: float, relax: float, decay: float) -> float:
    return into * (relax - decay) / (out + relax - decay) - decay


def _finite_volumes(
    diffusivity: float, layout: Layout, into: float, out: float, relax: float, cells: int
) -> float:
    """Slowest decay of film and trap populations on cells, by brute force."""
    edges = np.linspace(0, layout.edge, cells + 1)
    centre = (edges[1:] + edges[:-1]) / 2
    strip = layout.shape == "strip"
    volume = np.diff(edges) if strip else np.pi * np.diff(edges**2)
    face = np.ones(cells - 1) if strip else 2 * np.pi * edges[1:-1]
    flow = diffusivity * face / np.diff(centre)
    matrix = np.zeros((2 * cells, 2 * cells))
    for i, g in enumerate(flow):
        for a, b in ((i, i + 1), (i + 1, i)):
            matrix[a, a] += g / volume[a]
            matrix[a, b] -= g / volume[a]
    under = np.flatnonzero(centre < layout.half_size)
    matrix[under, under] += into
    matrix[under, cells + under] -= out
    matrix[cells + under, under] -= into
    matrix[cells + under, cells + under] += out + relax
    keep = np.concatenate([np.arange(cells), cells + under])
    return float(np.min(eigvals(matrix[np.ix_(keep, keep)]).real))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("into", "out", "relax"), [(1e7, 3e7, 4e6), (1e5, 1e4, 1e6), (1e9, 1e9, 1e5)]
)
def test_transcendental_equation(
    shape: Literal["strip", "disc"], into: float, out: float, relax: float
) -> None:
    edge = Layout(shape, 1e-6, 120e-6).edge
    layout = Layout(shape, 0.3 * edge, 120e-6)  # its edge on a face of the grid
    found = slowest_decay(
        2e-3,
        layout,
        lambda decay: _rate_under(into, out, relax, decay),
        float(slower_root(into, out, relax)),
    )
    assert found == pytest.approx(_finite_volumes(2e-3, layout, into, out, relax, 200), rel=4e-3)


@given(st.floats(1, 1e9), st.floats(1, 1e9), st.floats(1, 1e9))
@settings(max_examples=40, deadline=None)
def test_slower_root(into: float, out: float, relax: float) -> None:
    exact = np.linalg.eigvals([[into, -out], [-into, out + relax]]).real.min()
    found = float(slower_root(into, out, relax))
    assert found == pytest.approx(exact, rel=1e-5, abs=1e-6 * (into + out + relax))
    assert found <= min(into, relax) * (1 + 1e-12)


def test_limits_of_the_local_rate() -> None:
    assert float(slower_root(1e3, 1e6, 1e12)) == pytest.approx(1e3, rel=1e-5)  # fast relaxation
    assert float(slower_root(1e9, 3e9, 1e2)) == pytest.approx(25.0, rel=1e-6)  # share of states
    assert float(slower_root(1.0, 2e6, 1e6)) == pytest.approx(1 / 3, rel=1e-5)  # Gamma_eff
    assert float(slower_root(1e3, 1e6, 0.0)) == 0.0
    assert float(slower_root(0.0, 1e6, 1e6)) == 0.0


@pytest.mark.parametrize("shape", SHAPES)
def test_limits_of_the_array(shape: Literal["strip", "disc"]) -> None:
    layout = Layout(shape, 5e-6, 100e-6)
    relax = relaxation_rate(AL, 0.5)
    fast = trapping_rate(AL, LOW_GAP, 0.1, 0.0, layout=layout, diffusivity=1e5)
    assert fast == pytest.approx(layout.coverage * relax, rel=1e-5)
    # Fast diffusion is the volume rule that the chip's assembly uses.
    assert fast == pytest.approx(trap_rate(AL, 0.5, layout.coverage), rel=1e-5)
    assert trapping_rate(AL, LOW_GAP, 0.1, 0.0) == relax

    slow = slowest_decay(1e-9, layout, lambda decay: 1e12 - decay, 1e12)
    gap = layout.edge - layout.half_size
    strip = 1e-9 * (np.pi / 2 / gap) ** 2
    assert slow < strip * (1 + 1e-6)
    if shape == "strip":
        assert slow == pytest.approx(strip, rel=1e-3)


def test_wide_cells_of_discs() -> None:
    """Small discs that take all: 2 D/b^2 over ln(b/a) - 3/4, from the mean time to be taken."""
    b = 1e-4
    wide = Layout("disc", 1e-4 * b, b * np.sqrt(np.pi))
    found = slowest_decay(1e-9, wide, lambda decay: 1e15 - decay, 1e15)
    assert found == pytest.approx(2e-9 / b**2 / (np.log(1e4) - 0.75), rel=0.01)


def test_no_barrier_is_the_limit_of_a_thin_one() -> None:
    layout = Layout("strip", 10e-6, 100e-6)
    for tc in (0.0, 0.5):
        bare = Trap(tc, 1e-7, AL.density_of_states)
        thin = Trap(tc, 1e-7, AL.density_of_states, 1e-16)
        for more in ({}, {"layout": layout, "diffusivity": 2e-3}):
            assert trapping_rate(AL, thin, 0.1, 1e-7, **more) == pytest.approx(  # type: ignore[arg-type]
                trapping_rate(AL, bare, 0.1, 1e-7, **more),  # type: ignore[arg-type]
                rel=1e-4,
            )


def test_thick_barrier_is_the_bottleneck() -> None:
    """1 kOhm um^2 ten thousandfold: every quasiparticle that tunnels relaxes first, near enough."""
    trap = Trap(0.0, 1e-5, AL.density_of_states, 1e-5)
    into = float(tunnelling_rate(1e-5, 1e-7, AL.density_of_states))
    assert trapping_rate(AL, trap, 0.1, 1e-7) == pytest.approx(into, rel=1e-3)
    # 1/(2 e^2 N0 d RA) by hand: 1.72e10 /(eV um^3), 0.1 um, 1e-5 Ohm m^2 -> 181 /s.
    assert into == pytest.approx(1 / (2 * 1.602176634e-19 * 1.72e28 * 1e-7 * 1e-5), rel=1e-12)


def test_escape_near_the_gap() -> None:
    """Riwar et al. 2016: a thin barrier makes the rate rise as the root of the temperature."""
    trap = Trap(0.0, 1e-9, AL.density_of_states)
    cold, warm = (trapping_rate(AL, trap, t, 1e-7) for t in (0.01, 0.04))
    assert warm / cold == pytest.approx(2.0, rel=0.02)


@given(st.floats(2, 40), st.floats(60, 400), st.floats(1e-4, 1e-1), st.floats(0, 1e-9))
@settings(max_examples=15, deadline=None)
def test_monotonic(half: float, spacing: float, diffusivity: float, barrier: float) -> None:
    def rate(h: float, p: float, d: float, r: float) -> float:
        trap = Trap(0.4, 1e-7, AL.density_of_states, r)
        layout = Layout("disc", h * 1e-6, p * 1e-6)
        return trapping_rate(AL, trap, 0.1, 1e-7, layout=layout, diffusivity=d)

    if half > 0.4 * spacing:
        half = 0.4 * spacing
    base = rate(half, spacing, diffusivity, barrier)
    assert 0 < base < relaxation_rate(AL, 0.4)
    assert rate(half, spacing, 2 * diffusivity, barrier) >= base * (1 - 1e-9)
    assert rate(half, 1.5 * spacing, diffusivity, barrier) <= base * (1 + 1e-9)
    assert rate(half * 1.1, spacing, diffusivity, barrier) >= base * (1 - 1e-9)
    assert rate(half, spacing, diffusivity, barrier + 1e-10) <= base * (1 + 1e-9)


def test_papers_diffusion_time() -> None:
    """Martinis 2021: below 100 um to the traps takes less than 100 ns. So with the D = 1600 cm^2/s
    that his Eq. 15 implies, not with the 20 cm^2/s of measured films."""
    layout = Layout("strip", 1e-6, 200e-6)

    def time(diffusivity: float) -> float:
        return 1 / slowest_decay(diffusivity, layout, lambda decay: 1e14 - decay, 1e14)

    assert time(0.16) < 100e-9 < 2e-6 == pytest.approx(time(2e-3), rel=0.05)


def test_relaxation_in_traps() -> None:
    assert relaxation_rate(AL, 0.5) == pytest.approx(trap_rate(AL, 0.5, 1.0))
    assert relaxation_rate(AL, 1e-3) == pytest.approx(relaxation_rate(AL, 0.0), rel=1e-4)


def test_refused_traps() -> None:
    with pytest.raises(OutOfRangeError, match="cannot trap"):
        trapping_rate(AL, Trap(1.3, 1e-7, 1e47), 0.1, 1e-7)
    with pytest.raises(OutOfRangeError, match="tau0"):
        trapping_rate(superconductor("NbTiN"), LOW_GAP, 0.1, 1e-7)
    with pytest.raises(OutOfRangeError, match="both"):
        trapping_rate(AL, LOW_GAP, 0.1, 1e-7, diffusivity=1e-3)
    with pytest.raises(OutOfRangeError, match="film below"):
        trapping_rate(AL, Trap(0.5, 1e-7, 1e47, 1e-12), 0.1, 0.0)
    with pytest.raises(OutOfRangeError, match="temperature"):
        trapping_rate(AL, LOW_GAP, 1.0, 1e-7)
    with pytest.raises(OutOfRangeError, match="smaller"):
        Layout("strip", 60e-6, 100e-6)
    for bad in ((0.5, 0.0, 1e47, 0.0), (0.5, 1e-7, 1e47, -1.0), (-1.0, 1e-7, 1e47, 0.0)):
        with pytest.raises(OutOfRangeError):
            Trap(*bad)


def test_gap_profile() -> None:
    """A 3 nm film of 380 ueV has Tc = 2.5 K, as Meservey and Tedrow's thinnest (49 kOe/19.6)."""
    gap = float(thin_film_gap("Al", 3e-9))
    assert gap / (1.764 * BOLTZMANN) == pytest.approx(49 / 19.6, rel=0.01)
    profile = gap_over_temperature("Al", [[2e-8, 1e-7]], 0.1)
    assert (profile[0, 0] - profile[0, 1]) * BOLTZMANN * 0.1 / UEV == pytest.approx(24.0)
    with pytest.raises(OutOfRangeError):
        thin_film_gap("Al", 1e-9)
    with pytest.raises(OutOfRangeError):
        thin_film_gap("Nb", 1e-7)
    with pytest.raises(OutOfRangeError):
        gap_over_temperature("Al", 1e-7, 0.0)


def test_vortices() -> None:
    """Wang et al. 2014: 0.067(5) cm^2/s; their 18 ms would take 8.3 vortices per mm^2, which a
    field of 17 nT makes."""
    rate, error = vortex_trapping("Al", 1 / (0.067e-4 * 18e-3))
    assert float(rate) == pytest.approx(1 / 18e-3)
    assert float(error / rate) == pytest.approx(5 / 67)
    assert float(vortex_density(17.1e-9)) == pytest.approx(1 / (0.067e-4 * 18e-3), rel=0.01)
    with pytest.raises(OutOfRangeError):
        vortex_density(-1.0)
    with pytest.raises(OutOfRangeError):
        vortex_trapping("Al", -1.0)


def test_vias() -> None:
    front, back = via_exchange_rates(2e-3, 5e-5, 1e-7, 4e-4, 1e-3, 1e-7, 3e-7)
    assert front * 1e-7 == pytest.approx(back * 3e-7)  # nothing is lost on the way
    # A long via alone: D pi (d - t) t/(L d_film spacing^2).
    rate = via_exchange_rates(2e-3, 5e-5, 1e-7, 1.0, 1e-3, 1e-7, 1e-7)[0]
    wall = np.pi * 1e-7 * (5e-5 - 1e-7)
    assert rate == pytest.approx(2e-3 * wall / (1e-7 * 1e-6), rel=1e-3)
    # Thick and short: both films' spreading resistance, against the slowest mode of a disc that
    # takes all (half of it each, so half the rate), to the few per cent by which modes differ.
    rate = via_exchange_rates(2e-3, 5e-5, 2.5e-5, 1e-9, 1e-3, 1e-7, 1e-7)[0]
    alone = slowest_decay(2e-3, Layout("disc", 2.5e-5, 1e-3), lambda s: 1e13 - s, 1e13)
    assert 2 * rate == pytest.approx(alone, rel=0.05)
    for bad in (
        (2e-3, 2e-3, 1e-7, 4e-4, 1e-3, 1e-7, 1e-7),
        (2e-3, 5e-5, 1e-4, 4e-4, 1e-3, 1e-7, 1e-7),
    ):
        with pytest.raises(OutOfRangeError, match="overlap"):
            via_exchange_rates(*bad)
    with pytest.raises(OutOfRangeError):
        via_exchange_rates(0.0, 5e-5, 1e-7, 4e-4, 1e-3, 1e-7, 1e-7)


def test_losses() -> None:
    """Relaxation per x at 4, 5, 6 GHz for 180 ueV, recomputed from sqrt(2 w Delta/(pi^2 hbar))."""
    f = np.array([4e9, 5e9, 6e9])
    rate = 2 * np.pi * f * quasiparticle_loss(1.0, 1.0, 180 * UEV, f)
    assert rate == pytest.approx([3.73e10, 4.17e10, 4.57e10], rel=0.002)
    # Nodal solution of the branch R-C across C_rest.
    r, c, total = 6.0, 20e-15, 100e-15
    omega = 2 * np.pi * 5e9
    branch = 1 / (r + 1 / (1j * omega * c))
    whole = branch + 1j * omega * (total - c)
    assert float(coupled_loss(r, c, total, 5e9)) == pytest.approx(whole.real / (omega * total))
    assert float(series_loss(0.01, 300.0)) == pytest.approx(1 / 30000)
    with pytest.raises(OutOfRangeError, match="2 Delta"):
        quasiparticle_loss(1.0, 1e-6, 5 * UEV, 5e9)
    with pytest.raises(OutOfRangeError, match="share"):
        series_loss(1.0, 300.0, 1.2)
    with pytest.raises(OutOfRangeError):
        series_loss(1.0, 0.0)
    with pytest.raises(OutOfRangeError, match="part"):
        coupled_loss(1.0, 2e-13, 1e-13, 5e9)
