"""Errors of gates by decoherence, in closed form.

A qubit idles for t with relaxation factor r = exp(-t/T1) and coherence factor c (exp(-t/T2)
where the decay is exponential). In the Pauli basis its channel is diag(1, c, c, r) plus a shift,
whatever the thermal population, so its entanglement fidelity is F_e = (1 + 2c + r)/4, and the
average gate fidelity in dimension d is (d F_e + 1)/(d + 1) (M. A. Nielsen, Phys. Lett. A 303,
249 (2002)).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.qubit.ranges import at_least, between


def coherence_factor(
    time: ArrayLike,
    relaxation: ArrayLike,
    dephasing: ArrayLike = 0.0,
    gaussian_dephasing: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """What is left of the coherence, exp(-t (1/(2 T1) + G_exp) - (G_gauss t)^2).

    time : s. relaxation : 1/T1, 1/s. dephasing, gaussian_dephasing : rates, 1/s.
    """
    t = at_least("time", time)
    rate = at_least("relaxation", relaxation) / 2 + at_least("dephasing", dephasing)
    return np.exp(-t * rate - (at_least("gaussian_dephasing", gaussian_dephasing) * t) ** 2)


def coherence_time(
    relaxation: ArrayLike, dephasing: ArrayLike = 0.0, gaussian_dephasing: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """T2, s: the 1/e time of ``coherence_factor``, never above 2 T1; infinite without decay.

    Root of a T2 + (b T2)^2 = 1, written so that neither a = 0 nor b = 0 is special.

    >>> round(float(coherence_time(1 / 100e-6)) * 1e6, 9)  # no dephasing: 2 T1
    200.0
    """
    a = at_least("relaxation", relaxation) / 2 + at_least("dephasing", dephasing)
    b = at_least("gaussian_dephasing", gaussian_dephasing)
    with np.errstate(divide="ignore"):
        return 2.0 / (a + np.hypot(a, 2 * b))


def one_qubit_decoherence_error(
    relaxation_factor: ArrayLike, coherence: ArrayLike
) -> NDArray[np.float64]:
    """1 - F_avg = 1/2 - r/6 - c/3 of one idling qubit.

    relaxation_factor : r = exp(-t/T1). coherence : c, as from ``coherence_factor``.

    25 ns at T1 = 68 us, T2 = 89 us:

    >>> r, c = np.exp(-25e-9 / 68e-6), np.exp(-25e-9 / 89e-6)
    >>> f"{one_qubit_decoherence_error(r, c):.3e}"
    '1.549e-04'
    """
    r = between("relaxation_factor", relaxation_factor, 0.0, 1.0)
    c = between("coherence", coherence, 0.0, 1.0)
    return (1.0 - r) / 6 + (1.0 - c) / 3


def two_qubit_decoherence_error(
    relaxation_factor: ArrayLike, coherence: ArrayLike
) -> NDArray[np.float64]:
    """1 - F_avg = (4/5)(1 - F_e^2) of two equal qubits that decohere independently.

    The entanglement fidelity of a product of channels is the product F_e F_e.

    >>> f"{two_qubit_decoherence_error(np.exp(-42e-9 / 68e-6), np.exp(-42e-9 / 89e-6)):.3e}"
    '6.243e-04'
    """
    r = between("relaxation_factor", relaxation_factor, 0.0, 1.0)
    c = between("coherence", coherence, 0.0, 1.0)
    missing = (1.0 - r) / 4 + (1.0 - c) / 2  # 1 - F_e
    return 0.8 * missing * (2.0 - missing)


def heating_leakage(heating: ArrayLike, time: ArrayLike) -> NDArray[np.float64]:
    """Leakage of a two-qubit gate by thermal excitation 1 -> 2, averaged over its input states.

    Each of the two qubits is excited half of the time: 1 - exp(-2 x (1/2) G_12 t).

    heating : rate G_12 of one qubit from its first to its second excited state, 1/s (twice the
    rate of 0 -> 1 at f12: the matrix element of a weakly anharmonic oscillator). time : s.
    """
    return -np.expm1(-at_least("heating", heating) * at_least("time", time))


def combine_errors(*errors: ArrayLike, ceiling: float) -> NDArray[np.float64]:
    """Error of independent causes that each mix the state: 1 - e/c = product of (1 - e_i/c).

    ceiling : c, the error of complete mixing: 1 - 1/d for average gate errors in dimension d
    (depolarising channels compose so), 1/2 for flips of a read-out, 1 for leakage.

    >>> round(float(combine_errors(0.1, 0.2, ceiling=0.5)), 12)  # exactly one of two flips
    0.26
    """
    left = np.ones(())
    for error in errors:
        left = left * (1.0 - between("error", error, 0.0, 1.0) / ceiling)
    return ceiling * (1.0 - left)
