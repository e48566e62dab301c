"""Phonon transport: walls, scattering, decay, films, ledger, and the phonon image."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad

from qubudget.constants import ELEMENTARY_CHARGE, PLANCK
from qubudget.errors import OutOfRangeError
from qubudget.impact.energy.cascade import _break_pair, _scatter, _uniform, pair_breaking_fraction
from qubudget.impact.phonons.crystal import chip_tensor, orientation, waves
from qubudget.impact.phonons.film import PhononFilm, film_tables, response
from qubudget.impact.phonons.result import PhononResult
from qubudget.impact.phonons.scattering import decay, lt_density, scattering, tt_density
from qubudget.impact.phonons.source import PhononSource, point_source, track_source
from qubudget.impact.phonons.tables import direction_table
from qubudget.impact.phonons.transport import Block, face_hits, transport
from qubudget.materials.crystals import Crystal, crystal, isotropic

SI = crystal("Si")
GAP = 173.715e-6 * ELEMENTARY_CHARGE
AL = PhononFilm(1e-7, 3260.0, 242e-12, GAP, slope=0.29)
TERAHERTZ = 1e12


def pads(cells: int = 100, pitch: int = 7) -> NDArray[np.uint8]:
    """One cell of film in every pitch x pitch: 2 % coverage."""
    raster = np.zeros((cells, cells), np.uint8)
    raster[3::pitch, 3::pitch] = 1
    return raster


def chip(front: NDArray[np.uint8] | None = None, films: tuple[PhononFilm, ...] = (AL,)) -> Block:
    return Block(10e-3, 10e-3, 0.4e-3, films, front=pads() if front is None else front)


def event(count: int, frequency: float = 4 * TERAHERTZ) -> PhononSource:
    return point_source([0, 0, 0.2e-3], 1e5 * ELEMENTARY_CHARGE, frequency, count)


# ---------------------------------------------------------------- films


def test_film_response() -> None:
    """Deposited share of 100 nm of aluminium at 10, 5 and 2.5 gaps: 0.296, 0.443, 0.800."""
    found = response(AL, 12 * GAP)
    share = np.interp([10, 5, 2.5], found.energy, found.deposited)
    assert share == pytest.approx([0.296, 0.443, 0.800], abs=0.005)


def test_film_response_limits() -> None:
    """2 Delta/E between 2 and 4; the plateau 0.5904 in a thick film; less in a thinner one."""
    energy = np.array([10.0, 20.0, 50.0])
    shares = []
    for thickness in (1e-2, 1e-5, 1e-6, 1e-7, 1e-8):
        found = response(PhononFilm(thickness, 3260.0, 242e-12, GAP, 0.29), 64 * GAP)
        low = found.energy <= 4
        assert found.deposited[low] == pytest.approx(2 / found.energy[low], rel=1e-9)
        assert np.allclose(found.deposited + found.returned.sum(axis=1), 1, rtol=1e-9)
        shares.append(np.interp(energy, found.energy, found.deposited))
    assert shares[0] == pytest.approx([0.5904] * 3, abs=5e-4)
    assert np.all(np.diff(shares, axis=0) < 0)
    assert np.all(shares[-1] > 2 / energy)


@numba.njit  # type: ignore[untyped-decorator]
def _sampled_film(energy: float, count: int, optical: float, slope: float) -> tuple[float, float]:
    """Deposited share and mean square energy of what returns, by sampling Kaplan's integrands."""
    state = np.empty(1, np.uint64)
    state[0] = 11
    deposited, square = 0, 0.0
    for _ in range(count):
        e, phonon, inside = energy, True, True
        while True:
            if phonon:
                if not inside:
                    u = optical * (1 + slope * (e - 2))
                    depth = _uniform(state)
                    path = depth if _uniform(state) < 0.5 else 2 - depth
                    cosine = np.sqrt(1 - _uniform(state))
                    if e < 2 or _uniform(state) < np.exp(-u * path / cosine):
                        square += e * e
                        break
                x = _break_pair(e, state)
                e = x if _uniform(state) * e < x else e - x
                phonon = False
            elif e < 1.02:
                deposited += 1
                break
            else:
                x = _scatter(e, state)
                if _uniform(state) * e < x:
                    e = x
                else:
                    e, phonon, inside = e - x, True, False
    return deposited / count, square / count


def test_film_response_against_sampling() -> None:
    """The linear equations against 200,000 sampled cascades that follow the energy.

    Standard error of the share below 1.1e-3; five of them (false alarm 1e-6) and the residual
    excess of 0.01 gap that the sampler counts as deposited, at most 0.5 %.
    """
    found = response(AL, 40 * GAP)
    optical = AL.thickness / (AL.velocity * AL.lifetime)
    for energy in (5.0, 10.0, 30.0):
        share, square = _sampled_film(energy, 200_000, optical, AL.slope)
        exact = float(np.interp(energy, found.energy, found.deposited))
        assert exact == pytest.approx(share, abs=0.0055 + 0.01 * share)
        row = int(np.argmin(np.abs(found.energy - energy)))
        assert float(found.returned[row] @ found.quanta**2) == pytest.approx(square, rel=0.05)


def test_normal_metal_keeps_or_returns() -> None:
    """Energy balances; a thick metal returns no pair-breaking phonons, a thin one most.

    What leaves below the threshold is small: of two carriers' heat, the last phonons of each.
    """
    returned = []
    for thickness in (1e-4, 1e-7, 1e-10):
        metal = PhononFilm(thickness, 3000.0, 242e-12, GAP, normal=True)
        found = response(metal, 60 * GAP, 2 * GAP)
        assert np.allclose(found.deposited + found.returned.sum(axis=1), 1, rtol=1e-9)
        row = int(np.argmin(np.abs(found.energy - 10)))
        returned.append(float(found.returned[row, found.quanta > 1].sum()))
    assert returned[0] < 0.01
    # Nothing absorbed again: electron and hole share evenly, radiate E^2 dE, and cool; the mean
    # energy left below the threshold is of the order of one threshold each.
    assert 0.6 < returned[2] < 0.95
    assert returned[0] < returned[1] < returned[2]
    with pytest.raises(OutOfRangeError, match="threshold"):
        response(metal, 60 * GAP)


# ---------------------------------------------------------------- decay


@numba.njit  # type: ignore[untyped-decorator]
def _decays(count, decay_tt, ratio, fast_share, quantiles):  # type: ignore[no-untyped-def]
    """Share, mode and wavevector of the followed daughter of phonons along z."""
    found, counter = np.empty((count, 5)), np.uint64(5)
    for i in range(count):
        counter, x, mode, kx, ky, kz = decay(
            counter, 0.0, 0.0, 1.0, decay_tt, ratio, fast_share, quantiles
        )
        found[i] = np.array([x, np.float64(mode), kx, ky, kz])
    return found


def test_decay_conserves_momentum_and_energy() -> None:
    """Following a daughter with its energy share, the mean of (vL/v) cos(theta) is one exactly:
    it is the sum of both daughters' momenta along the parent, over the parent's.

    100,000 decays; five standard errors (false alarm 1e-6).
    """
    table = direction_table(SI)
    bulk = scattering(SI, table)
    n = 100_000
    share, mode, *k = _decays(n, bulk.decay_tt, bulk.ratio, bulk.fast_share, bulk.quantiles).T
    slow = np.where(mode == 0, 1.0, bulk.ratio)
    along, across = slow * k[2], slow[:, None] * np.stack(k[:2], axis=1)
    assert abs(along.mean() - 1) < 5 * along.std() / np.sqrt(n)
    assert np.all(np.abs(across.mean(axis=0)) < 5 * across.std(axis=0) / np.sqrt(n))
    d = bulk.ratio

    def moment(power: int, channel: int) -> float:
        low, high = ((1 - 1 / d) / 2, (1 + 1 / d) / 2) if channel == 0 else ((d - 1) / (d + 1), 1)

        def density(x: float) -> float:
            if channel == 0:
                return float(tt_density(x, d, SI.third_order))
            return float(lt_density(x, d))

        norm = quad(density, low, high)[0]
        return float(quad(lambda x: x**power * density(x), low, high)[0] / norm)

    # Share of packets on a longitudinal daughter, and the mean share followed, by quadrature.
    longitudinal = (1 - SI.decay_tt) * moment(1, 1)
    both = [2 * moment(2, 0), 2 * moment(2, 1) - 2 * moment(1, 1) + 1]
    mean = SI.decay_tt * both[0] + (1 - SI.decay_tt) * both[1]
    assert abs(np.mean(mode == 0) - longitudinal) < 5 * np.sqrt(longitudinal / n)
    assert abs(share.mean() - mean) < 5 * share.std() / np.sqrt(n)


def test_only_longitudinal_phonons_decay() -> None:
    """After one lifetime 1/(A nu^5) the share exp(-1) of L phonons is as it was; T stay.

    4,000 packets, five standard errors.
    """
    nu = 3 * TERAHERTZ
    pure = Crystal(**{**vars(SI), "isotope": 0.0})
    life = 1 / (SI.anharmonic * nu**5)
    block = Block(10e-3, 10e-3, 10e-3)
    for mode, expected in (("L", np.exp(-1)), ("FT", 1.0), ("ST", 1.0)):
        start = point_source([0, 0, 5e-3], 1.0, nu, 4000, mode=mode)
        result = transport(pure, block, start, seed=2, latest=life)
        # Decays are the flights that ended neither at a wall nor by the time limit.
        kept = 1 - (result.steps - 4000 - result.bounces) / 4000
        if mode != "L":
            assert kept == 1.0
        else:  # second decays of L daughters add a little: their rate is below x^5 = 0.14
            assert expected - 0.05 < kept < expected + 5 * np.sqrt(0.25 / 4000)


def test_isotope_scattering_rate() -> None:
    """B nu^4 t scatterings in a time t. Poisson: 5 standard errors."""
    nu, time, n = 1.0 * TERAHERTZ, 3e-6, 2000
    pure = Crystal(**{**vars(SI), "anharmonic": 0.0})
    result = transport(
        pure, chip(np.zeros((1, 1), np.uint8), ()), event(n, nu), seed=3, latest=time
    )
    scatterings = result.steps - n - result.bounces
    mean = SI.isotope * nu**4 * time * n
    assert abs(scatterings - mean) < 5 * np.sqrt(mean)
    assert result.late == pytest.approx(result.started, rel=1e-12)


# ---------------------------------------------------------------- walls


def test_walls_keep_equilibrium() -> None:
    """Phonons that fill a block evenly strike its faces at half their mean |v . n| times area
    over volume, and go on doing so under the flux law; and leave modes as they are.

    20,000 packets for about 40 bounces each; each packet's bounces vary by less than their mean.
    """
    sides, n, time = np.array([1e-3, 2e-3, 0.5e-3]), 20_000, 4e-6
    rng = np.random.default_rng(4)
    source = track_source(
        (rng.random((n, 3)) - [0.5, 0.5, 0.0]) * sides, np.ones(n), 0.1 * TERAHERTZ, n
    )
    table = direction_table(SI)
    expected = float(np.sum(table.wall_speed / sides)) * time
    result = transport(SI, Block(*sides), source, seed=5, scatter=False, latest=time)
    assert result.bounces / n == pytest.approx(expected, rel=0.01)
    lambert = transport(
        SI, Block(*sides), source, seed=5, scatter=False, latest=time, walls="lambert"
    )
    assert abs(lambert.bounces / result.bounces - 1) > 0.001


def test_mode_is_kept_or_forgotten() -> None:
    block = Block(4e-3, 4e-3, 1e-3)
    source = point_source([0, 0, 0.5e-3], 1.0, 1e11, 3000, mode="L")
    for walls, specular in (("lambert", 0.0), ("flux", 1.0), ("lambert", 0.5)):
        hits = face_hits(SI, block, source, seed=1, faces=["-x"], walls=walls, specular=specular)
        assert np.all(hits.mode == 0)
    hits = face_hits(SI, block, source, seed=1, faces=["-x"])
    far = hits.mode[hits.bounces > 3]
    exact = direction_table(SI)
    # On the last wall modes left with their flux: L phonons are fast.
    share = float(np.mean(far == 0))
    assert exact.shares[0] < share < 3 * exact.shares[0]


def test_specular_reflection_in_a_mirror_plane() -> None:
    """A phonon along [0 1 1] bounces between the faces of a (100) wafer at a fixed angle."""
    block = Block(20e-3, 20e-3, 1e-3)
    group = waves(chip_tensor(SI), [0, 0.5, 1]).group[0]
    source = point_source([0, 0, 0], 1.0, 1e11, 50, mode="L", directions=[0, 0.5, 1])
    hits = face_hits(SI, block, source, seed=1, faces=["+y"], specular=1.0)
    assert hits.lost == 0
    assert hits.time == pytest.approx(10e-3 / group[1], rel=2e-3)
    assert hits.bounces[0] == 1 + int(10e-3 * group[2] / group[1] / 1e-3)


# ---------------------------------------------------------------- comparison with other codes


def test_ballistic_hits() -> None:
    """One mode in one direction hits where its group velocity points, then."""
    turn = orientation([1, 1, 0], [0, 0, 1])
    k = np.array([0.3, 0.2, 1.0])
    for name, number in (("L", 0), ("FT", 1), ("ST", 2)):
        group = waves(chip_tensor(SI, turn), k).group[number]
        source = point_source([1e-3, -1e-3, 0], 1.0, 5e11, 10, mode=name, directions=k)
        hits = face_hits(SI, Block(20e-3, 20e-3, 4e-3), source, seed=1, rotation=turn)
        assert np.all(hits.face == 5)
        assert hits.lost == 0
        assert hits.x == pytest.approx(1e-3 + 4e-3 * group[0] / group[2], abs=1e-5)
        assert hits.y == pytest.approx(-1e-3 + 4e-3 * group[1] / group[2], abs=1e-5)
        assert hits.time == pytest.approx(4e-3 / group[2], rel=2e-3)


def test_zero_velocity_components_are_safe() -> None:
    """Along [001] two components vanish; in a corner distances vanish too."""
    block = Block(4e-3, 4e-3, 1e-3)
    glass = isotropic("glass", 2200.0, 6000.0, 3000.0)
    for place in ([0, 0, 0], [-2e-3, -2e-3, 0], [2e-3, 2e-3, 1e-3]):
        source = point_source(place, 1.0, 1e11, 5, mode="L", directions=[0, 0, 1])
        hits = face_hits(glass, block, source, seed=1, faces=["front"], bounce_cap=1000)
        assert np.all(np.isfinite([hits.x, hits.y, hits.time]))


def image(cells: int, count: int, seed: int) -> NDArray[np.float64]:
    """40 x 40 map of hits on a face 4 mm from a point source."""
    source = point_source([0, 0, 0], 1.0, 1e11, count)
    hits = face_hits(SI, Block(10e-3, 10e-3, 4e-3), source, seed=seed, cells=cells)
    front = hits.face == 5
    edges = np.linspace(-5e-3, 5e-3, 41)
    return np.asarray(np.histogram2d(hits.x[front], hits.y[front], bins=(edges, edges))[0])


def chi2_per_cell(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    k = np.sqrt(second.sum() / first.sum())
    used = first + second > 0
    terms = (k * first - second / k)[used] ** 2 / (first + second)[used]
    return float(terms.sum() / (used.sum() - 1))


def test_caustics_do_not_depend_on_the_table() -> None:
    """The phonon image of the default table against one of twice the resolution, and against
    Christoffel's equation without a table: chi2/dof < 1.2.

    1,599 degrees of freedom: a standard deviation of 0.035, so 1.2 is nearly six of them.
    """
    coarse = image(64, 1_000_000, 1)
    assert chi2_per_cell(coarse, image(128, 1_000_000, 2)) < 1.2
    rng = np.random.default_rng(5)
    exact = np.zeros((40, 40))
    edges = np.linspace(-5e-3, 5e-3, 41)
    for _ in range(3):
        solved = waves(chip_tensor(SI), rng.normal(size=(200_000, 3)))
        weight = solved.phase**-3.0
        group = solved.group[rng.random(weight.shape) * weight.max() < weight]
        group = group[group[:, 2] > 0]
        place = 4e-3 * group[:, :2] / group[:, 2:]
        exact += np.histogram2d(place[:, 0], place[:, 1], bins=(edges, edges))[0]
    assert chi2_per_cell(coarse, exact) < 1.2
    assert chi2_per_cell(coarse, np.full((40, 40), coarse.mean())) > 20  # focusing is strong


# ---------------------------------------------------------------- films on the chip


def test_one_pass_through_a_film() -> None:
    """One reflection from a whole film: 1 - exp(-2t/(l cos)), Snell's angle, times 2/E."""
    energy = 2.5
    frequency = energy * GAP / PLANCK
    thick = PhononFilm(5e-7, 3260.0, 242e-12, GAP, slope=0.29)
    for k in ([0.0, 0.0, 1.0], [0.4, 0.1, 1.0]):
        n = np.array(k) / np.linalg.norm(k)
        solved = waves(chip_tensor(SI), n)
        sine = thick.velocity * np.hypot(n[0], n[1]) / solved.phase[0]
        length = thick.velocity * thick.lifetime / (1 + 0.29 * (energy - 2))
        single = 1 - np.exp(-2 * thick.thickness / (length * np.sqrt(1 - sine**2)))
        for through in (1.0, 0.5):
            film = PhononFilm(**{**vars(thick), "transmission": through})
            block = chip(np.ones((1, 1), np.uint8), (film,))
            source = point_source([0, 0, 0], 1.0, frequency, 10, mode="L", directions=n)
            result = transport(SI, block, source, seed=1, scatter=False, bounce_cap=1)
            # Partial waves in a film behind an interface that lets half through each way.
            series = sum(
                through * (1 - through) ** j * (1 - single) ** j * single for j in range(200)
            )
            assert result.deposited_share == pytest.approx(series * 2 / energy, rel=1e-3)


@pytest.mark.parametrize("energy", [2.5, 5.0, 10.0, 40.0])
def test_nothing_but_films(energy: float) -> None:
    """Without losses every phonon is absorbed in the end, however thin the film: what stays is
    the cascade's own share, n_qp Delta/E from the integral equations (0.5904 on the plateau).

    1,000 packets, four standard errors (false alarm 6e-5) and 0.2 % for the films' tables.
    """
    source = event(1000, energy * GAP / PLANCK)
    for thickness in (3e-8, 3e-7):
        film = PhononFilm(**{**vars(AL), "thickness": thickness})
        block = chip(np.ones((1, 1), np.uint8), (film,))
        result = transport(SI, block, source, seed=14, scatter=False)
        expected = float(pair_breaking_fraction(energy))
        error = 4 * result.deposited_error / result.started + 0.002 * expected
        assert abs(result.deposited_share - expected) < error
        assert error < 0.025


def test_isotopes_mix_modes() -> None:
    """Slow transverse phonons, scattered often, reach a face as a mixture: their flux there is
    near the equilibrium flux of each mode, in which L phonons hold about 0.15.

    4,000 packets; wide margin, as the last free paths differ between modes.
    """
    pure = Crystal(**{**vars(SI), "anharmonic": 0.0})
    source = point_source([0, 0, 1e-3], 1.0, 1.5 * TERAHERTZ, 4000, mode="ST")
    table = direction_table(SI)
    solved = waves(chip_tensor(SI), np.random.default_rng(1).normal(size=(4000, 3)))
    flux = (solved.phase**-3.0 * np.abs(solved.group[..., 2])).sum(axis=0)
    hits = face_hits(pure, Block(4e-3, 4e-3, 2e-3), source, seed=1, scatter=True)
    assert hits.lost == 0
    assert np.mean(hits.mode == 0) == pytest.approx(flux[0] / flux.sum(), rel=0.15)
    assert np.mean(hits.mode == 2) == pytest.approx(flux[2] / flux.sum(), rel=0.15)
    assert flux[0] / flux.sum() > table.shares[0]


def ledger_closes(result: PhononResult) -> bool:
    in_films = result.deposit.sum() == pytest.approx(result.deposited, rel=1e-9)
    return abs(result.closure) < 1e-9 and result.worst_closure < 1e-9 and bool(in_films)


def test_every_event_closes() -> None:
    """Ledger of every packet to 1e-9 with roulette off, for bonds, traps, metals, two faces."""
    gold = PhononFilm(2e-7, 3240.0, 242e-12, GAP, normal=True, transmission=0.7)
    trap = PhononFilm(1e-7, 3260.0, 400e-12, 0.4 * GAP, slope=0.29)
    bond = PhononFilm(1e-7, 3260.0, 242e-12, GAP, slope=0.29, leak=0.9)
    front, back = pads(), np.zeros((30, 30), np.uint8)
    front[50, 50], front[::25, 0] = 3, 4
    back[:15] = 2
    block = Block(10e-3, 10e-3, 0.4e-3, (AL, gold, trap, bond), front=front, back=back)
    for walls, specular in (("flux", 0.0), ("lambert", 0.3)):
        result = transport(
            SI, block, event(200), seed=6, walls=walls, specular=specular, split=(1e12, 3),
            time_edges=np.geomspace(1e-8, 1e-1, 20),
        )  # fmt: skip
        assert ledger_closes(result)
        assert result.gained == 0
        assert result.left > 0
        assert result.deposit[0].sum() > 0
        assert result.deposit[1].sum() > 0


def test_roulette_and_splitting_are_unbiased() -> None:
    """Means agree within 4 standard errors (false alarm 6e-5 each); the ledger has the gains."""
    plain = transport(SI, chip(), event(2000), seed=7)
    for options in ({"roulette": 0.3}, {"split": (0.8e12, 4)}):
        other = transport(SI, chip(), event(2000), seed=8, **options)
        error = np.hypot(plain.deposited_error, other.deposited_error)
        assert abs(plain.deposited - other.deposited) < 4 * error
        assert ledger_closes(other)
    assert transport(SI, chip(), event(200), seed=8, roulette=0.3).gained != 0


def test_threads_and_seeds() -> None:
    """Bit for bit the same on one thread and two; another seed gives another result."""
    before = numba.get_num_threads()
    edges = np.geomspace(1e-7, 1e-2, 8)
    results = []
    try:
        for number in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
            numba.set_num_threads(number)
            results.append(transport(SI, chip(), event(300), seed=9, time_edges=edges))
    finally:
        numba.set_num_threads(before)
    assert np.array_equal(results[0].deposit, results[1].deposit)
    assert np.array_equal(results[0].per_packet, results[1].per_packet)
    assert results[0].deposited == results[1].deposited
    other = transport(SI, chip(), event(300), seed=10, time_edges=edges)
    assert other.deposited != results[0].deposited
    # A packet's numbers are its own: the first of many packets does as the first of few.
    few = transport(SI, chip(), event(100), seed=9, time_edges=edges)
    assert few.per_packet * 100 == pytest.approx(results[0].per_packet[:100] * 300, rel=1e-12)


def test_bounce_cap_loses_signal() -> None:
    """At 2 % coverage a cap loses much of what films would absorb (as other codes found)."""
    free = transport(SI, chip(), event(500), seed=11)
    capped = transport(SI, chip(), event(500), seed=11, bounce_cap=100)
    assert free.capped == 0
    assert capped.deposited < 0.6 * free.deposited
    assert ledger_closes(capped)


def test_more_film_absorbs_sooner() -> None:
    """Time scale and balance: full coverage takes its share within a few crossings."""
    edges = np.array([0.0, 3e-6, 1.0])
    full = transport(SI, chip(np.ones((1, 1), np.uint8)), event(500), seed=12, time_edges=edges)
    sparse = transport(SI, chip(), event(500), seed=12, time_edges=edges)
    assert full.deposit[..., 0].sum() > 3 * sparse.deposit[..., 0].sum()
    assert full.deposited_share == pytest.approx(sparse.deposited_share, abs=0.05)


def test_metal_on_the_back_takes_energy() -> None:
    """A normal metal on the whole back leaves the pads little (Martinis 2021's mitigation)."""
    copper = PhononFilm(1e-6, 3000.0, 242e-12, GAP, normal=True)
    block = Block(
        10e-3, 10e-3, 0.4e-3, (AL, copper), front=pads(), back=np.full((1, 1), 2, np.uint8)
    )
    with_metal = transport(SI, block, event(500), seed=13)
    bare = transport(SI, chip(), event(500), seed=13)
    assert ledger_closes(with_metal)
    assert with_metal.deposit[1].sum() < 0.1 * bare.deposit[1].sum()


def test_below_the_threshold_nothing_breaks() -> None:
    """Phonons below 2 Delta make no quasiparticles; no error."""
    result = transport(SI, chip(), event(10, 1.9 * GAP / PLANCK), seed=1)
    assert result.deposited == 0
    assert result.subgap == pytest.approx(result.started, rel=1e-12)


def test_film_tables_find_the_lowest_threshold() -> None:
    trap = PhononFilm(1e-7, 3260.0, 242e-12, 0.5 * GAP, slope=0.29)
    tables = film_tables((AL, trap), 1e12)
    assert tables.lowest == pytest.approx(GAP / PLANCK, rel=1e-12)
    assert tables.cutoff == pytest.approx([2 * GAP / PLANCK, GAP / PLANCK])
    assert np.all(np.diff(tables.quantiles, axis=-1) >= 0)


def test_bad_input() -> None:
    with pytest.raises(OutOfRangeError, match="thicker than the chip"):
        chip(None, (PhononFilm(1e-3, 3260.0, 242e-12, GAP),))
    with pytest.raises(OutOfRangeError, match="names film 2 of 1"):
        chip(np.full((2, 2), 2, np.uint8))
    with pytest.raises(OutOfRangeError, match="uint8"):
        chip(np.zeros((2, 2)))  # type: ignore[arg-type]
    with pytest.raises(OutOfRangeError, match="within the chip"):
        transport(SI, chip(), point_source([0.1, 0, 0], 1.0, 1e12, 1), seed=1)
    with pytest.raises(OutOfRangeError, match="nothing ends"):
        transport(SI, Block(1e-3, 1e-3, 1e-3), event(1), seed=1)
    with pytest.raises(OutOfRangeError, match="no face"):
        face_hits(SI, chip(), event(1), seed=1, faces=["top"])
    metal = PhononFilm(1e-7, 3000.0, 242e-12, GAP, normal=True)
    with pytest.raises(OutOfRangeError, match="superconductor"):
        transport(SI, chip(None, (metal,)), event(1), seed=1)
    with pytest.raises(OutOfRangeError, match="no phonon mode"):
        point_source([0, 0, 0], 1.0, 1e12, 1, mode="T")
    with pytest.raises(OutOfRangeError, match="> 0"):
        point_source([0, 0, 0], 1.0, -1.0, 1)
    with pytest.raises(OutOfRangeError, match="transmission"):
        PhononFilm(1e-7, 3260.0, 242e-12, GAP, transmission=0.0)
    with pytest.raises(OutOfRangeError, match="sides"):
        Block(1e-3, 0.0, 1e-3)
