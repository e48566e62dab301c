"""What a sweep of temperature and loss tangent holds fixed: the rest of the qubit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.design.schema import DesignModel
from qubudget.materials.superconductors import Superconductor, superconductor
from qubudget.qubit.budget import Channel
from qubudget.qubit.dielectric import Bath
from qubudget.qubit.photons import shot_noise_dephasing
from qubudget.qubit.published import FREQUENCY, GATE_TIME
from qubudget.qubit.ranges import at_least
from qubudget.qubit.result import CoherenceResult
from qubudget.qubit.thermal import bose_occupation, coth_factor

Floats = NDArray[np.float64]

_RADIATIVE = ("drive-line", "purcell")
_FOLLOWING = ("thermal-quasiparticles", "photon-shot-noise", *_RADIATIVE)
"""Channels that are computed anew at every temperature, beside the dielectrics."""


@dataclass(frozen=True)
class StagePhotons:
    """Thermal photons that follow the temperature of the qubit's stage.

    Attributes
    ----------
    excess_temperature : of the chip above its stage, K.
    coupling : decay rate into the cold drive line and the resonator, 1/s.
    resonator_frequency : Hz. linewidth, shift : kappa and chi (angular), rad/s.
    line_photons : in the resonator beyond the equilibrium of the stage, from warmer ones.
    """

    excess_temperature: float
    coupling: float
    resonator_frequency: float
    linewidth: float
    shift: float
    line_photons: float

    def rates(self, frequency: float, temperature: ArrayLike) -> tuple[Floats, Floats]:
        """Relaxation and exponential dephasing, 1/s, with the chip at ``temperature`` (K).

        frequency : of the qubit, Hz. The stage is colder by the excess, down to zero.
        """
        chip = at_least("temperature", temperature)
        stage = np.maximum(chip - self.excess_temperature, 0.0)
        photons = self.line_photons + bose_occupation(self.resonator_frequency, stage)
        dephasing = shot_noise_dephasing(photons, self.linewidth, self.shift)
        return self.coupling * coth_factor(frequency, stage), dephasing


@dataclass(frozen=True)
class StressedQubit:
    """What stays fixed while temperature and loss tangent vary.

    Attributes
    ----------
    frequency : Hz. gate_time : of a one-qubit gate, s.
    film, junction : superconductors; thermal quasiparticles are those of the junction.
    bath, saturation, exponent : of the dielectrics, as in ``dielectric_rates``.
    gap_difference : across the junction, Hz.
    photons : thermal photons that follow the temperature; none without.
    others : channels held constant, beside all of these.
    """

    frequency: float
    gate_time: float
    film: Superconductor
    junction: Superconductor
    bath: Bath = "tls"
    saturation: float = 0.0
    exponent: float = 1.0
    gap_difference: float = 0.0
    photons: StagePhotons | None = None
    others: tuple[Channel, ...] = ()

    @classmethod
    def of_metal(
        cls, name: str, frequency: float = FREQUENCY, gate_time: float = GATE_TIME
    ) -> StressedQubit:
        """A qubit all of one metal, without other channels; the paper's frequency and gate."""
        metal = superconductor(name)
        return cls(frequency, gate_time, metal, metal)

    @classmethod
    def of_design(cls, design: DesignModel, coherence: CoherenceResult) -> StressedQubit:
        """The qubit of a design; at the design's own temperature it has the rates of ``coherence``.

        Photons from warmer stages, residual quasiparticles and 1/f noise stay as they are there.
        Where ``coherence`` has no channels (a normal metal, a runaway) only the dielectrics and
        thermal quasiparticles remain.
        """
        qubit = design.qubit
        photons, others = _surroundings(design, coherence)
        return cls(
            qubit.frequency,
            design.gates.one_qubit_time,
            superconductor(qubit.film),
            superconductor(qubit.junction),
            qubit.bath,
            qubit.saturation,
            qubit.saturation_exponent,
            qubit.gap_difference,
            photons,
            others,
        )

    @property
    def first_normal(self) -> Superconductor:
        """The part, film or junction, that turns normal first."""
        return min(self.film, self.junction, key=lambda metal: metal.critical_temperature)


def effective_loss(design: DesignModel) -> float:
    """Participation-weighted loss tangent of a design's dielectrics."""
    return math.fsum(entry.participation * entry.tan_delta for entry in design.dielectrics)


def _surroundings(
    design: DesignModel, coherence: CoherenceResult
) -> tuple[StagePhotons | None, tuple[Channel, ...]]:
    """Photons that follow the temperature, and the channels that do not."""
    chip, stage = coherence.chip_temperature_K, coherence.stage_temperature_K
    if chip is None or stage is None or not coherence.channels:
        return None, ()
    qubit, readout = design.qubit, design.readout
    radiative = [c for c in coherence.channels if c.name in _RADIATIVE]
    coupling = sum((c.down_per_s or 0.0) - (c.up_per_s or 0.0) for c in radiative)
    equilibrium = coupling * float(coth_factor(qubit.frequency, stage))
    resonator = sum(entry.photons for entry in coherence.noise if entry.kind == "resonator")
    # No stage is colder than the qubit's: both differences are negative by rounding only.
    warmer = max(sum(c.rate_per_s for c in radiative) - equilibrium, 0.0)
    lines = max(resonator - float(bose_occupation(readout.frequency, stage)), 0.0)
    photons = StagePhotons(
        chip - stage,
        coupling,
        readout.frequency,
        2 * math.pi * readout.linewidth,
        2 * math.pi * readout.shift,
        lines,
    )
    held = tuple(
        c
        for c in coherence.channels
        if c.name not in _FOLLOWING and not c.name.startswith("dielectric.")
    )
    return photons, (Channel("photons-of-warmer-lines", "relaxation", warmer), *held)
