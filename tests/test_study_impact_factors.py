"""Impacts compared: identities, what shielding and metal may change, refusals, tables."""

import json
from dataclasses import replace

import numpy as np
import pytest

from qubudget.design import load
from qubudget.impact.answers import build
from qubudget.impact.many import lattice
from qubudget.impact.statistics import last_above
from qubudget.pipeline import Chain
from qubudget.report.study_tables import CLAIMED, mitigation_tables
from qubudget.study.mitigation.factors import MILLION, UNKNOWN, ImpactFactors, impact_factors
from qubudget.study.mitigation.struck import Struck, struck
from qubudget.study.mitigation.variants import IMPROVED, chip_variants

ONE = (1.0, 1.0, 1.0)
THREE = ("footprint", "dip", "duration")


@pytest.fixture(scope="module")
def design():
    return load("martinis-present")


@pytest.fixture(scope="module")
def look(design):
    """What impacts do to a design with changes, made like the first."""
    chain, found = Chain("quick", 1), {}

    def of(changes=()):
        key = tuple(sorted(dict(changes).items()))
        if key not in found:
            changed = design.replace(dict(changes))
            found[key] = struck(changed, chain.cold(changed)[1], "quick", 1, like=found.get(()))
        return found[key]

    of()
    return of


def made(hit=(), dip=(), duration=(), rate=1.0, efficiency=0.5):
    """Impacts as given, two at every place."""
    n = len(hit)
    where = np.array([np.ones(n), np.arange(n), np.arange(n)], dtype=float)
    place = np.arange(n, dtype=np.intp) // 2
    counts = np.asarray(hit, dtype=float)
    return Struck(
        rate, 1e4, 1e-4, efficiency, 1.0, where, place,
        (counts > 0).astype(float), counts, np.asarray(dip, float), np.asarray(duration, float),
    )  # fmt: skip


def test_the_same_design_has_factors_of_exactly_one(look):
    found = impact_factors(look(), look(), 1)
    assert found.paired
    for name in ("rate", "hitting", *THREE, "product"):
        assert getattr(found, name) == ONE
    assert found.verdict == "does-not-follow"
    assert found.reason is None


def test_factors_are_ratios_of_means_and_their_product():
    before = made([4, 8, 12, 16], [1e6, 2e6, 3e6, 4e6], [1e-3] * 4, rate=2.0)
    after = replace(
        before, rate=1.0, footprint=before.footprint / 4, dip=before.dip / 5,
        duration=before.duration / 10,
    )  # fmt: skip
    found = impact_factors(before, after, 7)
    assert found.rate == (2, 2, 2)
    for name, factor in (("footprint", 4), ("dip", 5), ("duration", 10), ("product", 200)):
        assert getattr(found, name) == pytest.approx((factor,) * 3, rel=1e-12)
    assert found.hitting == pytest.approx((2, 2, 2))


def test_an_interval_covers_a_true_ratio_of_noisy_impacts():
    """Log-normal dips, ratio of means 3: outside a 95 % interval of 200 places in 5 % of seeds.

    More than 12 misses of 100 have a probability below 0.2 % (binomial).
    """
    misses = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        one, other = rng.lognormal(0, 0.5, (2, 400))
        flat = np.full(400, 1.0)
        found = impact_factors(made(flat, 3 * one, flat), made(flat, other, flat), seed)
        misses += not found.dip[1] <= 3 <= found.dip[2]
    assert misses <= 12


def test_a_million_is_judged_by_the_interval_s_ends():
    """1e6: J. M. Martinis, npj Quantum Information 7, 90 (2021), introduction."""
    before = made([5.0] * 8, [1e6] * 8, [1e-3] * 8)

    def by(factor):
        return impact_factors(
            before,
            replace(before, footprint=before.footprint / 100, dip=before.dip / 100,
                    duration=before.duration / factor), 1,
        )  # fmt: skip

    assert by(99).verdict == "does-not-follow"
    assert by(101).verdict == "follows"
    straddling = replace(by(99), product=(MILLION, 0.9 * MILLION, 1.1 * MILLION))
    assert straddling.verdict == "undecided"


def test_what_no_impact_hits_any_more_has_a_lower_bound_only():
    """None of 300: up to 1 % of the impacts at 95 %, the rule of three."""
    n = 300
    before = made([10.0] * n, [1e6] * n, [1e-3] * n)
    after = replace(before, hit=np.zeros(n), footprint=np.zeros(n), duration=np.zeros(n))
    found = impact_factors(before, after, 1)
    assert found.footprint == (None, pytest.approx(100), None)
    assert found.duration == (None, pytest.approx(100), None)
    assert found.dip == ONE
    assert found.product == (None, pytest.approx(1e4), None)
    assert found.verdict == "undecided"
    assert "lower bounds" in found.reason
    json.dumps(found.to_dict(), allow_nan=False)


def test_where_nothing_was_hit_before_no_factor_is_known():
    n = 4
    nothing = made([0.0] * n, [1e3] * n, [0.0] * n)
    found = impact_factors(nothing, nothing, 1)
    assert found.footprint == found.duration == found.product == UNKNOWN
    assert found.dip == ONE
    assert found.explanation == found.reason


def test_without_radiation_there_is_nothing_to_compare(design):
    chain = Chain("quick", 1)
    off = {"radiation.muon_intensity": "0 1/m^2/s/sr", "radiation.gamma_rate": "0 1/kg/s",
           "radiation.hadron_rate": "0 1/kg/s"}  # fmt: skip
    dark = design.replace(off)
    found = struck(dark, chain.cold(dark)[1], "quick", 1)
    assert found.rate == 0
    assert found.means()["footprint_qubits"] is None
    factors = impact_factors(made([1, 2], [1.0, 2.0], [1.0, 1.0]), found, 1)
    assert factors.product == factors.rate == UNKNOWN
    assert "no radiation" in factors.reason
    json.dumps(factors.to_dict(), allow_nan=False)
    assert "no radiation" in impact_factors(found, found, 1).reason


def test_a_qubit_without_t1_has_no_impacts_to_compare(design):
    _, coherence, _ = Chain("quick", 1).cold(design)
    assert struck(design, replace(coherence, t1_s=None), "quick", 1) is None


def test_lead_takes_gammas_away_but_not_what_an_impact_does(design, look, monkeypatch):
    """Gammas above 40 keV fall, muons and nucleons stay; one energy and place do the same."""
    libraries = []

    def noted(*arguments):
        libraries.append(build(*arguments))
        return libraries[-1]

    monkeypatch.setattr("qubudget.impact.many.build", noted)
    chain = Chain("quick", 1)
    leaded = design.replace({"radiation.lead_thickness": "10 cm"})
    own, shielded = (
        struck(each, chain.cold(each)[1], "quick", 1, like=look()) for each in (design, leaded)
    )
    factors = impact_factors(own, shielded, 1)
    assert not factors.paired
    assert factors.rate[0] > 3
    energy, places = np.full(3, 2e-14), np.array([-3e-3, 0.0, 2e-3])
    here, there = (each.response(energy, places, places) for each in libraries)
    # Both interpolate between a few energies of their own, where x/E bends by recombination.
    largest = here.max()
    assert np.abs(here - there).max() < 0.03 * largest


def test_depth_takes_muons_only(look):
    """Heisinger et al. 2002 at 100 m of water: 1/30 of the muons; gammas are of the room."""
    found = impact_factors(look(), look({"radiation.overburden": "1e5 kg/m^2"}), 1)
    assert 1.05 < found.rate[0] < 1.5
    assert found.dip[1] < 1.1


def test_back_metal_takes_less_than_the_paper_s_share_and_costs_t1(look):
    """The paper: 99 % in 6 um, Q of about 1 k for one film and 3 M for islands (5 GHz: 95 us)."""
    thin, thick, film = (
        look(changes)
        for changes in (
            {"chip.back_metal_thickness": "1 um", "chip.back_island_size": "1 mm",
             "chip.back_island_gap": "10 um"},
            {"chip.back_metal_thickness": "6 um", "chip.back_island_size": "1 mm",
             "chip.back_island_gap": "10 um"},
            {"chip.back_metal_thickness": "6 um"},
        )
    )  # fmt: skip
    own = look()
    assert own.efficiency > thin.efficiency > thick.efficiency > 0.2 * own.efficiency
    assert thick.participation == pytest.approx(0.1 / (0.1 + 1.65 * 6))
    found = impact_factors(own, thick, 1)
    assert found.paired
    for name in ("footprint", "dip"):
        value, low, high = getattr(found, name)
        assert 1 < low <= value <= high < 100
    assert "as often" in found.explanation
    assert own.quiet < thick.quiet < film.quiet
    assert film.quiet > 10 * own.quiet


def test_a_worse_quiet_t1_is_no_gain(design, look):
    """The threshold is the first design's: lossier surfaces leave the number of qubits hit."""
    lossy = look({"dielectrics.surfaces.tan_delta": 2.3e-2})
    assert lossy.quiet > 5 * look().quiet
    found = impact_factors(look(), lossy, 1)
    assert found.footprint == pytest.approx(ONE, rel=1e-3)


def test_traps_shorten_and_the_whole_design_does_more_than_its_parts(design, look):
    improved = next(v for v in chip_variants(design) if v.name == IMPROVED)
    whole = impact_factors(look(), look(improved.changes), 1)
    traps = {"chip.trap_temperature": "0.5 K", "chip.trap_fraction": 0.3}
    alone = impact_factors(look(), look(traps), 1)
    assert alone.duration[1] > 100  # the paper's factor of time is within reach,
    assert alone.footprint[2] < 100  # those of length and density are not
    assert whole.product[0] > alone.product[0]
    assert whole.verdict == "does-not-follow"
    assert all(word in whole.explanation for word in ("100 each", "1e6", "1.0%"))


def test_variants_are_what_the_design_lacks(design):
    present = {variant.name: variant for variant in chip_variants(design)}
    assert {"6 um of Cu on the back", "1 um of Cu in islands", "traps on 30 %", "vortices",
            "glued to its mount", "grounded electrodes", "4 chips of 24 qubits",
            IMPROVED} <= present.keys()  # fmt: skip
    for variant in present.values():
        design.replace(variant.changes)
    improved = {variant.name for variant in chip_variants(load("martinis-improved"))}
    assert not any("Cu" in name or "traps" in name for name in improved)
    measured = design.replace({"measured.t1": "50 us"})
    hidden = {v.name for v in chip_variants(measured) if v.hidden_by == ("measured.t1",)}
    assert "6 um of Cu in islands" in hidden
    assert "vortices" not in hidden


def test_the_end_of_a_hit_lies_between_times():
    times = np.array([1.0, 10.0, 100.0])
    rows = np.array([[9.0, 1.0, 0.1], [0.5, 0.5, 0.1], [9.0, 9.0, 9.0], [1.0, 9.0, 0.0]])
    ends = last_above(times, rows, 3.0)
    assert ends[0] == pytest.approx(5.5)  # exponential: half-way
    assert ends[1] == 0
    assert ends[2] == 100
    assert 10 <= ends[3] < 11


@pytest.mark.parametrize("columns", [5.0, 8.0, 10.0, 12.0])
def test_places_do_not_all_hit_qubits(columns):
    for fewest in (5, 9, 15):
        count = lattice(columns, columns, fewest)
        assert fewest <= count < 2 * fewest
        phases = ((np.arange(count) + 0.5) / count - 0.5) * columns % 1.0
        assert len(np.unique(np.round(phases, 6) % 1.0)) >= 3


def test_tables_show_factors_claims_and_the_verdict(look):
    def row(name, changes, found: ImpactFactors | None):
        return {"name": name, "changes": changes, "impact": found and found.to_dict(),
                "claims": [{"name": "M", "statement": "s", "source": "p", "status": "text",
                            "reduction": 59, "measure": "duration"}]}  # fmt: skip

    traps = {"chip.trap_temperature": "0.5 K", "chip.trap_fraction": 0.3}
    document = {"rows": [
        row("as designed", {}, impact_factors(look(), look(), 1)),
        row("detect and pause", {"mitigation.strategy": "pause"}, None),
        row("traps", traps, impact_factors(look(), look(traps), 1)),
    ]}  # fmt: skip
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    _, factors, million, claims = mitigation_tables(document)
    assert [r[0] for r in factors.rows] == ["traps", CLAIMED]
    assert factors.rows[-1][1:5] == ("–", "100", "100", "100")
    assert [r[0] for r in million.rows] == ["as designed", "traps"]
    assert million.rows[1][2] == "duration / 59"
    assert "does not follow" in million.note
    assert len(claims.rows) == 1  # one claim on three rows
    assert len(mitigation_tables({"rows": []})) == 1
