"""What natural radiation leaves in a design's chip: how often, how much."""

from __future__ import annotations

from dataclasses import dataclass

from qubudget.design.schema import DesignModel
from qubudget.impact.result import Rates
from qubudget.impact.source.site import Radiation, Target, radiation, spectra
from qubudget.impact.source.spectrum import Spectrum, merge
from qubudget.materials.substrates import environment, substrate


@dataclass(frozen=True)
class Deposited:
    """Deposits above the threshold, by what leaves them, and all rates of bursts per chip.

    A measured rate of bursts counts as the total; the spectra are the model's.
    """

    muons: Spectrum
    gammas: Spectrum
    hadrons: Spectrum
    rates: Rates

    @property
    def all(self) -> Spectrum:
        """Of all three."""
        return merge(self.muons, self.gammas, self.hadrons)


def target_of(design: DesignModel) -> Target:
    """The chip as radiation meets it."""
    chip = design.chip
    return Target(
        chip.length, chip.width, chip.thickness, substrate(chip.substrate),
        design.radiation.orientation,
    )  # fmt: skip


def falling_on(design: DesignModel) -> Radiation:
    """Radiation at the chip of a design: its site, and what shields it."""
    stated = design.radiation
    return radiation(
        environment(),
        muon_intensity=stated.muon_intensity / stated.muon_reduction,
        gamma_rate=stated.gamma_rate / stated.gamma_reduction,
        hadron_rate=stated.hadron_rate,
        lead_thickness=stated.lead_thickness,
        altitude=stated.altitude,
        overburden=stated.overburden,
    )


def deposits(design: DesignModel) -> Deposited:
    """Deposits of a design's radiation in its chip."""
    found = spectra(target_of(design), falling_on(design), environment())
    muons, gammas, hadrons = (found[kind] for kind in ("muon", "gamma", "hadron"))
    modelled = Rates(
        total=0.0,
        muon=muons.total,
        gamma=gammas.total,
        hadron=hadrons.total,
        phonon_burst=design.radiation.phonon_burst_rate,
    )
    return Deposited(muons, gammas, hadrons, modelled.of_total(design.measured.burst_rate))
