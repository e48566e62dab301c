"""The search for weaker bursts: few tries, one class at a time, the same edge as by all of them."""

import math
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from qubudget.design import load
from qubudget.remedies import Remedies
from qubudget.remedies_errors import COARSE
from qubudget.report.summary import verdict_words
from qubudget.verdict import Constraint, Verdict, size_constraint


@dataclass(frozen=True)
class Burst:
    energy: float
    rate: float
    edge: float  # failures end where bursts are weaker by this factor


@dataclass(frozen=True)
class Impact:
    bursts: tuple


@dataclass(frozen=True)
class Found:
    quiet: float
    bursts: tuple

    def per_day(self):
        value = self.quiet + sum(rate for rate in self.bursts)
        return value, 0.0, 2 * value


@dataclass
class Chain:
    """Quiet errors fall tenfold with each step of two in distance, from 100 at d = 7."""

    calls: list = field(default_factory=list)

    def errors(self, design, coherence, impact, suppression=1.0, with_bursts=True, sketch=False):
        self.calls.append((suppression, [b.energy for b in impact.bursts]))
        hits = tuple(b.rate if suppression < b.edge else 0.0 for b in impact.bursts)
        return Found(100.0 * 10 ** -((design.code.distance - 7) / 2), hits)


def search(*bursts):
    chain = Chain()
    design = load("willow-like").replace({"targets.logical_errors_per_day": 0.5})
    qec = SimpleNamespace(background=SimpleNamespace(suppression=2.0), qubits_per_patch=97)
    asks = Remedies(design, chain, None, Impact(bursts), qec)
    failed = Constraint("logical_errors_per_day", 1e5, 0.5, "1")
    changes = {change.key: change for change in asks(failed)}
    return changes, [call for call in chain.calls if call[1]]


@pytest.mark.parametrize("edge", [1.5, 7.0, 80.0, 300.0, 9000.0])
def test_the_edge_lies_within_its_bracket(edge):
    changes, tries = search(Burst(1.0, 5.0, edge), Burst(2.0, 0.01, 1e9))
    found = changes["bursts.quasiparticles"].value
    assert edge <= found <= edge * math.exp(COARSE)
    assert changes["code.distance"].value == 13
    assert len({suppression for suppression, _ in tries}) <= 5


def test_no_class_is_looked_at_once_the_target_is_passed():
    """The most energetic first: what it does alone is enough."""
    small, large = Burst(1.0, 5.0, 50.0), Burst(9.0, 5.0, 50.0)
    _, tries = search(small, large)
    assert tries[0] == (1.0, [9.0])
    failing = [energies for suppression, energies in tries if suppression < 50]
    assert failing == [[9.0]] * len(failing)
    passing = [energies for suppression, energies in tries if suppression >= 50]
    assert passing[:2] == [[9.0], [1.0]]


def test_bursts_that_no_reduction_helps_and_bursts_that_do_no_harm():
    changes, _ = search(Burst(1.0, 5.0, math.inf))
    assert changes["bursts.quasiparticles"].value is None
    changes, _ = search(Burst(1.0, 0.1, math.inf))
    assert set(changes) == {"code.distance"}
    changes, _ = search()
    assert set(changes) == {"code.distance"}


def test_a_distance_beyond_the_machine_says_how_many_qubits_it_takes():
    """2 d^2 - 1 = 337 at d = 13, of a machine of 105; and what a run there gives."""
    changes, _ = search()
    assert changes["code.distance"].value == 13
    assert "337 qubits where the machine has 105" in changes["code.distance"].text
    assert "0.1 errors a day, 0 to 0.2" in changes["code.distance"].text


def test_a_patch_larger_than_the_machine_fails_and_the_largest_that_fits_is_named():
    design = load("willow-like").replace({"code.distance": 51})
    qec = SimpleNamespace(qubits_per_patch=2 * 51**2 - 1)
    failed = size_constraint(design, qec)
    assert (failed.name, failed.passed, failed.limit) == ("physical_qubits", False, 105)
    changes = {c.key: c.value for c in Remedies(design, None, None, None, qec)(failed)}
    assert changes == {"machine.total_qubits": 5201, "code.distance": 7}  # 97 of 105 qubits
    assert size_constraint(design, SimpleNamespace(qubits_per_patch=105)).passed


@pytest.mark.parametrize(("high", "decided"), [(0.7, True), (0.9, True), (1.0, True), (1.1, False)])
def test_a_limit_inside_the_interval_is_said_to_be_undecided(high, decided):
    passed = Constraint("logical_errors_per_day", 0.5, 1.0, "1/day", low=0.2, high=high)
    told = verdict_words({"verdict": Verdict((passed,), ()).to_dict()})
    assert told.feasible is True
    failed = Constraint("logical_errors_per_day", 2.0, 1.0, "1/day", low=0.2 + high, high=9.0)
    told_failed = verdict_words({"verdict": Verdict((failed,), ()).to_dict()})
    assert ("reaches within" in " ".join(told_failed.details)) is (0.2 + high <= 1.0)
    assert ("Not decided at this effort" in " ".join(told.details)) is not decided
