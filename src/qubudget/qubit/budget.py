"""Which channel takes which share of a qubit's decoherence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from qubudget.errors import OutOfRangeError
from qubudget.qubit.gates import coherence_time


@dataclass(frozen=True)
class Channel:
    """One cause of decoherence.

    Attributes
    ----------
    name : ``thermal-quasiparticles``, ``dielectric.<entry>``, ...
    kind : relaxation or dephasing.
    rate_per_s : sum of down and up of a relaxation channel; 1/Tphi of a dephasing one.
    down_per_s, up_per_s : of a relaxation channel.
    decay : of a dephasing channel: exponential exp(-G t) or gaussian exp(-(G t)^2).
    """

    name: str
    kind: Literal["relaxation", "dephasing"]
    rate_per_s: float
    down_per_s: float | None = None
    up_per_s: float | None = None
    decay: Literal["exponential", "gaussian"] | None = None

    def __post_init__(self) -> None:
        given = (self.rate_per_s, self.down_per_s, self.up_per_s)
        if any(rate is not None and not 0 <= rate < math.inf for rate in given):
            raise OutOfRangeError(f"{self.name}: rates must be finite and >= 0 1/s, got {given}")

    def to_dict(self) -> dict[str, Any]:
        """The channel in the contract's keys, without those that have no meaning for it."""
        values: dict[str, Any] = {
            "name": self.name,
            "kind": self.kind,
            "rate_per_s": self.rate_per_s,
        }
        if self.kind == "relaxation":
            return values | {"down_per_s": self.down_per_s, "up_per_s": self.up_per_s}
        return values | {"decay": self.decay}


def totals(channels: Sequence[Channel]) -> tuple[float, float, float]:
    """Total relaxation, exponential dephasing, and Gaussian dephasing (root of squares), 1/s."""
    relaxation = sum(c.rate_per_s for c in channels if c.kind == "relaxation")
    exponential = sum(c.rate_per_s for c in channels if c.decay == "exponential")
    gaussian = math.hypot(*(c.rate_per_s for c in channels if c.decay == "gaussian"))
    return relaxation, exponential, gaussian


def shares(channels: Sequence[Channel]) -> tuple[float | None, ...]:
    """Share of each channel: of 1/T1, or of the loss of coherence by dephasing.

    The latter counts at t = Tphi, where the exponent of exp(-t sum G - t^2 sum g^2), exponential
    rates G and Gaussian rates g, is one: G Tphi or (g Tphi)^2. Shares of a kind sum to one; they
    are None where the kind has no rate at all.
    """
    relaxation, exponential, gaussian = totals(channels)
    dephased = exponential + gaussian > 0
    tphi = float(coherence_time(0.0, exponential, gaussian)) if dephased else math.inf

    def share(channel: Channel) -> float | None:
        if channel.kind == "relaxation":
            return channel.rate_per_s / relaxation if relaxation > 0 else None
        if not dephased:
            return None
        exponent = channel.rate_per_s * tphi
        return exponent if channel.decay == "exponential" else exponent**2

    return tuple(share(channel) for channel in channels)
