"""How many shots tell two gate errors apart: "statistically indistinguishable" as a test.

Two unequal gates can always be told apart with enough shots; the claim that they cannot has a
meaning only beside a number of them.
"""

from __future__ import annotations

from math import inf, sqrt

from scipy.stats import norm

from qubudget.errors import OutOfRangeError


def samples_to_distinguish(
    p_first: float, p_second: float, *, significance: float = 0.05, power: float = 0.8
) -> float:
    """Trials per arm of a two-sided test that tells two proportions apart.

    n = [z_(1-a/2) sqrt(2 p q) + z_power sqrt(p1 q1 + p2 q2)]^2 / (p1 - p2)^2 with p the mean of
    the two (Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions).

    p_first, p_second : in [0, 1]. significance : a, probability to tell equal ones apart.
    power : probability to tell these two apart. Infinite where they are equal.

    Raises
    ------
    OutOfRangeError: a proportion outside [0, 1], or a probability outside (0, 1).

    The worked example of R's ``power.prop.test``:

    >>> round(samples_to_distinguish(0.5, 0.75, power=0.9), 1)
    76.7
    """
    for name, value in (("p_first", p_first), ("p_second", p_second)):
        if not 0 <= value <= 1:
            raise OutOfRangeError(f"{name} must lie in [0, 1], got {value!r}")
    for name, value in (("significance", significance), ("power", power)):
        if not 0 < value < 1:
            raise OutOfRangeError(f"{name} must lie between 0 and 1, got {value!r}")
    if p_first == p_second:
        return inf
    mean = (p_first + p_second) / 2
    spread = norm.ppf(1 - significance / 2) * sqrt(2 * mean * (1 - mean))
    spread += norm.ppf(power) * sqrt(p_first * (1 - p_first) + p_second * (1 - p_second))
    return float((spread / (p_first - p_second)) ** 2)


def benchmarking_shots(
    error_first: float, error_second: float, *, significance: float = 0.05, power: float = 0.8
) -> tuple[int, float]:
    """Length and shots of randomised benchmarking that tells two gate errors apart.

    One sequence length, the reciprocal of the two errors' sum; survival 1/2 + (1 - 2 r)^m / 2 (one
    qubit, no error of preparation and read-out, one gate a step): E. Magesan, J. M. Gambetta and
    J. Emerson, Phys. Rev. Lett. 106, 180504 (2011), with A = B = 1/2 and p = 1 - 2 r.

    error_first, error_second : average gate errors r, above 0 and up to 1/2 (complete mixing).

    Returns
    -------
    length m, shots per device.

    Raises
    ------
    OutOfRangeError: an error outside (0, 1/2].

    >>> benchmarking_shots(1e-3, 1e-3)  # equal errors are never told apart
    (500, inf)
    """
    for error in (error_first, error_second):
        if not 0 < error <= 0.5:
            raise OutOfRangeError(f"a gate error must be above 0 and up to 1/2, got {error!r}")
    length = round(1 / (error_first + error_second))
    survival = [0.5 + 0.5 * (1 - 2 * error) ** length for error in (error_first, error_second)]
    return length, samples_to_distinguish(*survival, significance=significance, power=power)


def distinguishable(
    error_first: float,
    error_second: float,
    shots: float,
    *,
    significance: float = 0.05,
    power: float = 0.8,
) -> bool:
    """Whether ``shots`` of randomised benchmarking per device tell two gate errors apart.

    The first paper's Model 06 (loss 5e-8, 20 ns) at 4 K against the same device at 10 mK, by its
    own code: a hundred shots do, so it is not "statistically indistinguishable".

    >>> distinguishable(2.701e-4, 7.6e-5, 100)
    True
    """
    _, needed = benchmarking_shots(
        error_first, error_second, significance=significance, power=power
    )
    return shots >= needed
