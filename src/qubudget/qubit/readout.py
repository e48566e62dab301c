"""Error of dispersive read-out: amplifier noise, relaxation and a floor.

Conventions. The qubit shifts the resonator by +chi or -chi and the drive sits midway, with mean
photon number n (its mean over the read-out, so that the rise of the field is in it). The two
fields inside differ by |d alpha|^2 = 4 n sin^2(theta), tan(theta) = 2 chi/kappa. With the share
of kappa that leads to the amplifier, the integrated record has

    SNR^2 = 2 eta kappa_out t |d alpha|^2,   error = erfc(SNR/2)/2,

where SNR is the distance of the two means over sqrt(2) times the standard deviation of either,
and eta = 1 means a noiseless measurement of one quadrature; eta = 1/2 is the quantum limit of a
phase-preserving amplifier. A. A. Clerk et al., Rev. Mod. Phys. 82, 1155 (2010);
P. Krantz et al., Appl. Phys. Rev. 6, 021318 (2019), section V.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfc

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.qubit.ranges import at_least, between
from qubudget.qubit.thermal import coth_factor


class ChainNoise(NamedTuple):
    """Noise of an amplifier chain by its parts, K, referred to the resonator's output.

    Each is the noise power per hertz over k: hf/2k of vacuum is a part like the others, so that
    their sum, the system noise temperature, is hf/2k for a noiseless chain and hf/k at the
    quantum limit of a phase-preserving one.
    """

    vacuum: NDArray[np.float64]
    loss: NDArray[np.float64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]

    @property
    def system(self) -> NDArray[np.float64]:
        """System noise temperature, K."""
        return np.asarray(sum(self))

    @property
    def added_photons(self) -> NDArray[np.float64]:
        """Quanta that the chain adds to the vacuum; 1/2 at the quantum limit."""
        return 0.5 * (self.loss + self.first + self.second) / self.vacuum

    @property
    def efficiency(self) -> NDArray[np.float64]:
        """eta, the vacuum's share of the system noise."""
        return self.vacuum / self.system


def chain_noise(
    frequency: ArrayLike,
    loss: ArrayLike,
    loss_temperature: ArrayLike,
    first_noise: ArrayLike,
    first_gain: ArrayLike,
    second_noise: ArrayLike,
) -> ChainNoise:
    """Friis's formula for two amplifiers behind a loss, with the vacuum.

    T_sys = hf/2k [1 + (A - 1) coth(hf/2kT)] + A (T_1 + T_2/G_1); H. T. Friis, Proc. IRE 32, 419
    (1944), with quantum noise as in A. A. Clerk et al., Rev. Mod. Phys. 82, 1155 (2010),
    section V. A noise temperature is what the amplifier *adds*; the quantum limit of a
    phase-preserving one is hf/2k.

    frequency : Hz. loss : A >= 1 and its temperature, K. first_noise, second_noise : K.
    first_gain : G_1 >= 1.

    A system noise of 0.68 K at 5.7 GHz is 1.5 photons above the quantum limit of 1 (S.
    Simbierowicz et al., Rev. Sci. Instrum. 92, 034708 (2021), abstract), vacuum included:

    >>> vacuum = PLANCK * 5.7e9 / (2 * BOLTZMANN)
    >>> chain = chain_noise(5.7e9, 1.0, 0.01, 0.68 - vacuum, 1e12, 0.0)
    >>> round(float(chain.system), 3), round(float(chain.added_photons) - 0.5, 1)
    (0.68, 1.5)
    """
    f = at_least("frequency", frequency, above=True)
    ratio = at_least("loss", loss, 1.0)
    gain = at_least("first_gain", first_gain, 1.0)
    vacuum = PLANCK * f / (2 * BOLTZMANN)
    return ChainNoise(
        vacuum,
        (ratio - 1.0) * vacuum * coth_factor(f, loss_temperature),
        ratio * at_least("first_noise", first_noise),
        ratio * at_least("second_noise", second_noise) / gain,
    )


def measurement_efficiency(
    frequency: ArrayLike,
    loss: ArrayLike,
    loss_temperature: ArrayLike,
    first_noise: ArrayLike,
    first_gain: ArrayLike,
    second_noise: ArrayLike,
) -> NDArray[np.float64]:
    """eta = (1/2)/N, N the noise of the chain in quanta at the resonator's output.

    Arguments and noise are those of ``chain_noise``.

    >>> limit = PLANCK * 7e9 / (2 * BOLTZMANN)
    >>> float(measurement_efficiency(7e9, 1.0, 0.01, limit, 1e12, 4.0).round(6))
    0.5
    """
    chain = chain_noise(frequency, loss, loss_temperature, first_noise, first_gain, second_noise)
    return chain.efficiency


def signal_to_noise(
    efficiency: ArrayLike,
    output_linewidth: ArrayLike,
    linewidth: ArrayLike,
    shift: ArrayLike,
    photons: ArrayLike,
    time: ArrayLike,
) -> NDArray[np.float64]:
    """SNR of the integrated record, by the convention of this module.

    efficiency : eta in [0, 1]. output_linewidth, linewidth : kappa towards the amplifier and in
    all (angular), rad/s. shift : chi (angular), rad/s, half the qubit's shift per photon.
    photons : mean n during the read-out. time : of integration, s.
    """
    kappa = at_least("linewidth", linewidth, above=True)
    full = 2 * np.asarray(shift, dtype=np.float64)
    separation = 4 * at_least("photons", photons) * full**2 / (kappa**2 + full**2)
    output = at_least("output_linewidth", output_linewidth)
    eta = between("efficiency", efficiency, 0.0, 1.0)
    return np.sqrt(2 * eta * output * at_least("time", time) * separation)


def overlap_error(snr: ArrayLike) -> NDArray[np.float64]:
    """Error of a threshold midway between two equal Gaussians, erfc(SNR/2)/2.

    >>> float(overlap_error(0.0))
    0.5
    """
    return np.asarray(0.5 * erfc(at_least("snr", snr) / 2))


def relaxation_error(time: ArrayLike, relaxation: ArrayLike) -> NDArray[np.float64]:
    """Assignment error by a jump during read-out, mean over both states.

    A jump in the first half of the record flips the outcome: (1 - exp(-t/(2 T1)))/2, with
    1/T1 the sum of the rates down and up (Krantz 2019, Eq. 173, without the rise).

    time : s. relaxation : 1/T1, 1/s.
    """
    jumps = at_least("time", time) * at_least("relaxation", relaxation) / 2
    return -np.expm1(-jumps) / 2
