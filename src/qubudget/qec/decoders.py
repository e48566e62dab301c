"""Decoders: what they know of a burst, how they match, and others by sinter's interface.

A decoder is anything that turns bit-packed detection events into predictions, in the signature of
``sinter.CompiledDecoder``. Its weights are those of a circuit whose noise it *believes*, which
need not be the noise of the circuit that is sampled:

``unaware``
    believes that times are quiet;
``aware``
    knows the true rates of every qubit and round;
``erasure``
    knows which qubits are hit, and for how long, but no rates: it takes a flagged qubit as fully
    mixed once per cycle, its Pauli errors as coin tosses of no weight.

Matching treats the two kinds of errors, and so the checks of the two bases, apart; correlated
matching (Fowler, arXiv:1310.0863) matches twice, the second time with the weights that the first
implies. It can gain only where the circuit has detectors of both bases.

No decoder here is the best possible one: ``erasure`` may beat ``aware``, since matching sees each
error mechanism apart from all others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal, Protocol

import numpy as np
import pymatching
import stim
from numpy.typing import NDArray

from qubudget.errors import OutOfRangeError
from qubudget.qec.cycle import Decoherence, Schedule
from qubudget.qec.noise import combine, detuning_flip, independent_flips

Knowledge = Literal["unaware", "aware", "erasure"]
Matching = Literal["plain", "correlated"]
Bits = NDArray[np.uint8]

FLAGGED = 0.1
"""Added flip probability per cycle from which a qubit counts as hit: the weight ln(0.9/0.1) = 2.2
is nearer to an erasure's, 0, than to that of a quiet error of 1 % or less, from 4.6 on."""
MIXED = 14.0
"""Cycles per T1, and twice those per Tphi, of an erased qubit: each of X, Y, Z then has the
probability (1 - exp(-7))/2 per cycle, 0.05 % short of a half, shared over the cycle by time."""
COIN = 0.45
"""Largest probability of an error for all but plain matching, which alone knows negative weights
(of errors likelier than not): beyond it, rounding can turn signs. The weight, 0.2, is nothing
beside a quiet error's."""


class Decoder(Protocol):
    """Decodes; every ``sinter.CompiledDecoder`` is one."""

    def decode_shots_bit_packed(self, *, bit_packed_detection_event_data: Bits) -> Bits:
        """Predicted flips of the observables, (shots, bytes), of events (shots, bytes)."""
        ...


@dataclass(frozen=True, eq=False)
class MatchingDecoder:
    """Minimum-weight perfect matching by PyMatching.

    ``graph`` must have been made for correlated matching if ``correlated``.
    """

    graph: pymatching.Matching
    correlated: bool = False

    def decode_shots_bit_packed(self, *, bit_packed_detection_event_data: Bits) -> Bits:
        """See :class:`Decoder`."""
        guess: Bits = self.graph.decode_batch(
            bit_packed_detection_event_data,
            bit_packed_shots=True,
            bit_packed_predictions=True,
            enable_correlations=self.correlated,
        )
        return guess


@dataclass(frozen=True)
class Plugin:
    """A decoder of another package: the ``sinter.Decoder`` class in ``module``."""

    package: str
    module: str
    factory: str


MATCHING: Mapping[Matching, str] = {"plain": "pymatching", "correlated": "pymatching-correlated"}
"""Names that sinter gives to PyMatching's two ways."""
PLUGINS: Mapping[str, Plugin] = {
    "tesseract": Plugin("tesseract-decoder", "tesseract_decoder", "TesseractSinterDecoder"),
}
"""Names that may be asked for; a design file can name nothing else to import. Tesseract
(arXiv:2503.10988) searches for the likeliest set of errors, some 30 times slower than matching in
quiet times and 200 times slower in bursts."""


def installed() -> tuple[str, ...]:
    """Names of the decoders that can be used here."""
    found = [name for name, plugin in PLUGINS.items() if find_spec(plugin.module)]
    return (*MATCHING.values(), *found)


def require_decoder(name: str) -> None:
    """Refuse a decoder that is unknown or not installed.

    Raises
    ------
    OutOfRangeError: naming it, what is installed, and how to install it.

    >>> require_decoder("oracle")
    Traceback (most recent call last):
    qubudget.errors.OutOfRangeError: no decoder is called 'oracle'; known: ...
    """
    if name in installed():
        return
    if name not in PLUGINS:
        known = ", ".join([*MATCHING.values(), *PLUGINS])
        raise OutOfRangeError(f"no decoder is called {name!r}; known: {known}")
    raise OutOfRangeError(
        f"the decoder {name!r} is not installed (installed: {', '.join(installed())}); "
        f"it comes with: pip install {PLUGINS[name].package}"
    )


def decoder(circuit: stim.Circuit, name: str = MATCHING["plain"]) -> Decoder:
    """The decoder of this name, believing in this circuit's noise.

    Raises
    ------
    OutOfRangeError: a decoder that is unknown or not installed.
    """
    require_decoder(name)
    model = circuit.detector_error_model(
        decompose_errors=name not in PLUGINS, approximate_disjoint_errors=True
    )
    return decoder_of_model(model, name)


def decoder_of_model(model: stim.DetectorErrorModel, name: str) -> Decoder:
    """The decoder of this name, believing a detector error model; for matching, one whose errors
    of more than two detectors are decomposed.

    Raises
    ------
    OutOfRangeError: a decoder that is unknown or not installed.
    """
    require_decoder(name)
    if name != MATCHING["plain"]:
        model = _without_near_certainties(model)
    if name in PLUGINS:
        plugin = PLUGINS[name]
        factory = getattr(import_module(plugin.module), plugin.factory)
        compiled: Decoder = factory().compile_decoder_for_dem(dem=model)
        return compiled
    correlated = name == MATCHING["correlated"]
    graph = pymatching.Matching.from_detector_error_model(model, enable_correlations=correlated)
    return MatchingDecoder(graph, correlated)


def matcher(circuit: stim.Circuit, matching: Matching = "plain") -> Decoder:
    """Minimum-weight matching with the weights of this circuit's own noise."""
    return decoder(circuit, MATCHING[matching])


def _without_near_certainties(model: stim.DetectorErrorModel) -> stim.DetectorErrorModel:
    """Errors of a probability above ``COIN`` are taken as that likely."""
    text, changed = re.subn(
        r"(?m)^(\s*error(?:\[[^\]]*\])?)\(([^)]*)\)",
        lambda found: f"{found[1]}({min(float(found[2]), COIN)!r})",
        str(model),
    )
    return stim.DetectorErrorModel(text) if changed else model


def flagged(excess: Decoherence, schedule: Schedule) -> NDArray[np.bool_]:
    """Which qubits a burst detector would report: those with an added probability of ``FLAGGED``
    or more, per cycle, of a bit flip or of a phase flip; in the shape of the excess."""
    q_x, q_y, q_z = independent_flips(schedule.cycle_time, excess.relaxation, excess.dephasing)
    phase = combine(combine(q_z, q_y), detuning_flip(excess.detuning, schedule.unechoed))
    return np.asarray(np.maximum(combine(q_x, q_y), phase) >= FLAGGED)


def believed(knowledge: Knowledge, excess: Decoherence, schedule: Schedule) -> Decoherence:
    """The excess of a burst over quiet times that a decoder takes for true.

    Parameters
    ----------
    excess : the true one; schedule : of the cycle.
    """
    if knowledge == "aware":
        return excess
    rate = np.zeros_like(excess.relaxation)
    if knowledge == "erasure":
        rate[flagged(excess, schedule)] = MIXED / schedule.cycle_time
    return Decoherence(rate, rate / 2, np.zeros_like(rate))
