"""Decoders on common samples: knowledge, correlation, other packages' decoders, refusals."""

from functools import lru_cache
from itertools import product

import numpy as np
import pytest
import sinter
import stim

from qubudget.errors import OutOfRangeError
from qubudget.qec import decoders
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import Decoherence, GateNoise, RoundNoise, Schedule
from qubudget.qec.decoders import Plugin, believed, decoder, flagged, matcher, require_decoder
from qubudget.qec.layout import build
from qubudget.qec.sampling import failures, sample, stream
from qubudget.qec.window import Window

SCHEDULE = Schedule.of_cycle(
    1.1e-6, 4, one_qubit=25e-9, two_qubit=42e-9, readout=600e-9, reset=160e-9
)
GATES = GateNoise(5e-4, 1.5e-3, 4e-3, 1e-3)
KNOWLEDGE = ("unaware", "aware", "erasure")


def excess(distance, radius, relaxation=1e6):
    """T1 of 1 us within a radius (neighbour distances) of the middle of the patch."""
    place = build("surface", distance).coordinates
    hit = np.hypot(*place.T) <= radius + 1e-9
    none = np.zeros(len(place))
    return Decoherence(np.where(hit, relaxation, 0.0), none, none)


def window(distance, more):
    """d quiet, d burst and d quiet rounds, with the detectors of both bases."""
    layout = build("surface", distance)
    still = RoundNoise(GATES, Decoherence.equal(layout.qubits, 1e4, 2.5e3))
    runs = [(distance, still), (distance, still.with_excess(more)), (distance, still)]
    return memory_circuit(layout, "Z", runs, SCHEDULE, checks="all")


@lru_cache
def wrong(distance, radius, shots):
    """Failures of every decoder on the same shots: {(knowledge, matching): (shots,)}."""
    more = excess(distance, radius)
    events, flips = sample(window(distance, more), shots, 4)
    models = {k: window(distance, believed(k, more, SCHEDULE)) for k in KNOWLEDGE}
    return {
        (knowledge, matching): failures(matcher(model, matching), events, flips)
        for knowledge, model in models.items()
        for matching in ("plain", "correlated")
    }


def assert_not_worse(this, that):
    """Paired: of two equal decoders, the discordant shots fall either way like coins. Four
    sigma and one shot, one-sided: false alarm below 4e-5."""
    lost, won = int((this & ~that).sum()), int((that & ~this).sum())
    assert lost - won <= 4 * np.sqrt(lost + won) + 1


CASES = [(5, 0, 4000), (5, 1, 4000), (5, 2, 1500), (5, 3, 800)]
CASES += [(7, 0, 3000), (7, 1, 2000), (7, 2, 800), (7, 3, 400)]


@pytest.mark.parametrize(("distance", "radius", "shots"), CASES)
def test_aware_is_never_worse_and_correlated_is_never_worse(distance, radius, shots):
    """40 comparisons in all, false alarm of any below 2e-3."""
    found = wrong(distance, radius, shots)
    for matching in ("plain", "correlated"):
        assert_not_worse(found["aware", matching], found["unaware", matching])
    for knowledge in KNOWLEDGE:
        assert_not_worse(found[knowledge, "correlated"], found[knowledge, "plain"])


def test_knowledge_and_correlations_help_where_the_patch_survives():
    """d = 7, five qubits hit: more than four sigma apart, unlike the comparisons above these
    would fail with decoders that are all the same."""
    found = {key: int(fails.sum()) for key, fails in wrong(7, 1, 2000).items()}
    assert found["unaware", "plain"] > found["aware", "plain"] > found["aware", "correlated"]
    assert found["unaware", "plain"] > 2 * found["aware", "correlated"]
    assert found["erasure", "correlated"] < found["unaware", "correlated"]


def test_ordering_at_distance_nine():
    """Thirteen qubits hit. An independent study with noise of its own has, of 12,000 shots:
    unaware 1658 and 878 (plain and correlated), aware 485 and 231, erasure 314 and 166. Ratios
    within a factor of two, some four sigma of these counts."""
    assert int(flagged(excess(9, 2), SCHEDULE).sum()) == 13
    found = {key: int(fails.sum()) for key, fails in wrong(9, 2, 1500).items()}
    plain = {k: found[k, "plain"] for k in KNOWLEDGE}
    both = {k: found[k, "correlated"] for k in KNOWLEDGE}
    assert plain["unaware"] > plain["aware"]
    for mine, other in (
        (plain["unaware"] / plain["aware"], 1658 / 485),
        (plain["aware"] / both["aware"], 485 / 231),
        (plain["unaware"] / both["unaware"], 1658 / 878),
        (plain["aware"] / plain["erasure"], 485 / 314),
    ):
        assert other / 2 < mine < other * 2
    assert_not_worse(wrong(9, 2, 1500)["erasure", "plain"], wrong(9, 2, 1500)["aware", "plain"])


@pytest.mark.parametrize("matching", ["plain", "correlated"])
def test_a_burst_that_hits_nothing_changes_no_decision(matching):
    none = excess(5, -1)
    events, flips = sample(window(5, none), 2000, 1)
    found = [
        failures(matcher(window(5, believed(k, none, SCHEDULE)), matching), events, flips)
        for k in KNOWLEDGE
    ]
    assert found[0].sum() > 5
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


def test_a_window_takes_correlated_matching_with_exactly_no_excess():
    layout = build("surface", 3)
    noisy = RoundNoise(GateNoise.uniform(0.01))
    quiet = memory_circuit(layout, "Z", [(9, noisy)], checks="all")
    silent = memory_circuit(layout, "Z", [(9, RoundNoise())], checks="all")
    calm = matcher(quiet, "correlated")
    found = Window(quiet, silent, calm, calm, stream(1), 3)
    found.run(2000)
    assert found.quiet_failures > 100
    assert found.worse == found.better == 0


def test_an_erased_qubit_is_a_coin():
    """Per cycle, half of all times a bit flip and half a phase flip, and nothing elsewhere."""
    more = excess(3, 0, relaxation=3e5)
    erased = believed("erasure", more, SCHEDULE)
    phases = SCHEDULE.cycle_time * (erased.relaxation / 2 + erased.dephasing)
    bits = SCHEDULE.cycle_time * erased.relaxation
    hit = flagged(more, SCHEDULE)
    assert hit.sum() == 1
    for exponent in (bits, phases):
        np.testing.assert_allclose((1 - np.exp(-exponent)) / 2, np.where(hit, 0.5, 0), atol=1e-6)
    model = window(3, erased).detector_error_model(approximate_disjoint_errors=True).flattened()
    largest = max(item.args_copy()[0] for item in model if item.type == "error")
    assert 0.499 < largest <= 0.5


def test_a_qubit_is_flagged_from_a_tenth_on():
    """By hand: (1 - exp(-t/T1))/2 = 0.1 at t/T1 = -ln 0.8; sin^2(pi df t) = 0.1."""
    cycle, bare = SCHEDULE.cycle_time, SCHEDULE.unechoed
    rate = -np.log(0.8) / cycle * np.array([0.99, 1.01, 0, 0, 0, 0])
    shift = np.arcsin(np.sqrt(0.1)) / (np.pi * bare) * np.array([0, 0, 0.99, 1.01, 0, 0])
    pure = -np.log(0.8) / cycle * np.array([0, 0, 0, 0, 0.99, 1.01])
    found = flagged(Decoherence(rate, pure, shift), SCHEDULE)
    assert found.tolist() == [False, True, False, True, False, True]


def chain(first, second, third):
    """Errors on a chain of two detectors between two ends; the first flips the observable."""
    return stim.Circuit(
        f"R 0 1 2\nCORRELATED_ERROR({first}) X0 X2\nCORRELATED_ERROR({second}) X0 X1\n"
        f"X_ERROR({third}) 1\nM 0 1 2\nDETECTOR rec[-3]\nDETECTOR rec[-2]\n"
        "OBSERVABLE_INCLUDE(0) rec[-1]"
    )


@pytest.mark.parametrize("chances", [(0.9, 0.3, 0.4), (0.6, 0.45, 0.3), (0.3, 0.8, 0.7)])
def test_errors_likelier_than_not_are_reckoned_with(chances):
    """The likeliest history of each syndrome, by enumeration; that of no events may be a flip."""
    best = np.zeros((4, 2))
    for errors in product([0, 1], repeat=3):
        chance = np.prod([p if e else 1 - p for p, e in zip(chances, errors, strict=True)])
        syndrome = (errors[0] ^ errors[1]) + 2 * (errors[1] ^ errors[2])
        best[syndrome, errors[0]] = max(best[syndrome, errors[0]], chance)
    events = np.array([[0], [1], [2], [3], [0]], np.uint8)
    found = failures(matcher(chain(*chances)), events, np.zeros(5, np.uint8))
    assert found.tolist() == (best[:, 1] > best[:, 0])[events[:, 0]].tolist()


@pytest.mark.parametrize("name", ["pymatching-correlated", "tesseract"])
def test_without_negative_weights_such_an_error_is_a_coin(name):
    """As 0.45: with 0.3 and 0.4 beside it, only its own event points to it."""
    events = np.array([[0], [1], [2], [3]], np.uint8)
    found = failures(decoder(chain(0.9, 0.3, 0.4), name), events, np.zeros(4, np.uint8))
    assert found.tolist() == [False, True, False, True]


@pytest.mark.parametrize("name", ["pymatching", "pymatching-correlated"])
def test_sinter_decodes_alike_and_is_a_decoder_itself(name):
    circuit = window(3, excess(3, 0, relaxation=1e5))
    model = circuit.detector_error_model(decompose_errors=True, approximate_disjoint_errors=True)
    theirs = sinter.BUILT_IN_DECODERS[name].compile_decoder_for_dem(dem=model)
    events, flips = sample(circuit, 3000, 2)
    mine = failures(decoder(circuit, name), events, flips)
    assert mine.sum() > 10
    assert np.array_equal(mine, failures(theirs, events, flips))


@pytest.mark.parametrize("name", ["pymatching", "pymatching-correlated", "tesseract"])
def test_every_syndrome_of_a_vote_goes_to_the_majority(name):
    """Five bits, one round, flips of 0.1: exact by enumeration of all 2^5 errors."""
    circuit = memory_circuit(build("repetition", 5), "Z", [(1, RoundNoise(GateNoise(data=0.15)))])
    decodes = decoder(circuit, name)
    bits = np.array(list(product([0, 1], repeat=5)), np.uint8)
    checks = bits[:, :-1] ^ bits[:, 1:]
    # Perfect measurements: the first round sees the checks, the final comparison nothing.
    events = np.packbits(
        np.concatenate([checks, np.zeros_like(checks)], axis=1), axis=1, bitorder="little"
    )
    found = failures(decodes, events, bits[:, 0])
    assert np.array_equal(found, bits.sum(axis=1) > 2)


def test_another_packages_decoder_beats_plain_matching():
    """Tesseract looks for the likeliest errors with their correlations: fewer failures than plain
    matching, and not more than correlated; d = 5 at p = 0.006, false alarm 8e-5."""
    circuit = memory_circuit(
        build("surface", 5), "Z", [(5, RoundNoise(GateNoise.uniform(6e-3)))], checks="all"
    )
    events, flips = sample(circuit, 4000, 5)
    found = {
        name: failures(decoder(circuit, name), events, flips)
        for name in ("pymatching", "pymatching-correlated", "tesseract")
    }
    assert found["tesseract"].sum() < found["pymatching"].sum()
    assert_not_worse(found["tesseract"], found["pymatching"])
    assert_not_worse(found["tesseract"], found["pymatching-correlated"])


def test_a_decoder_that_is_not_installed_is_refused(monkeypatch):
    absent = Plugin("oracle-decoder", "a_package_that_nobody_has", "Oracle")
    monkeypatch.setattr(decoders, "PLUGINS", {**decoders.PLUGINS, "oracle": absent})
    for refuse in (require_decoder, lambda name: decoder(stim.Circuit(), name)):
        with pytest.raises(OutOfRangeError) as caught:
            refuse("oracle")
        for part in ("'oracle'", "pymatching", "tesseract", "pip install oracle-decoder"):
            assert part in str(caught.value)


@pytest.mark.parametrize("name", ["os", "sinter:FusionBlossomDecoder", "", "PyMatching"])
def test_only_names_of_the_table_are_looked_at(name):
    with pytest.raises(OutOfRangeError, match="no decoder is called"):
        decoder(stim.Circuit(), name)
