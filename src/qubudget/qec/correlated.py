"""Failures that several patches share, as one burst hits all patches of its chip.

Patches are decoded apart and fail independently *given* the burst, but the burst is common to
them: over many bursts their failures are correlated. Patches on other chips see nothing of it.

A class of bursts stands for all its mirror images (of which a square chip has eight, another four),
equally likely. The patches are the same code at other places of a chip that is its own mirror
image, so instead of the mirrored burst on a patch, the burst itself on the mirrored patch is asked
for; and once only for places that a symmetry of the burst's own map turns into one another. Thus n
patches in a square about the centre of a square chip cost at most n evaluations a class, and some
n/8 for a burst in its middle; an oblong block costs up to twice, one off the centre eight times as
many. Taking mirrored patches as alike neglects the half checks on a
surface code's boundary, the order of its gates, and the fold of a repetition code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import DAY
from qubudget.errors import OutOfRangeError
from qubudget.qec.history import BurstHistory
from qubudget.qec.patches import Modules
from qubudget.qec.placement import Chip, Placement

Array = NDArray[np.float64]
Failure = Callable[[BurstHistory, Placement], tuple[float, float, float]]
"""Excess failure probability of a patch by one burst: value, low, high."""


def joint_failures(failure: ArrayLike) -> tuple[Array, Array, Array]:
    """How many patches fail in one burst.

    Parameters
    ----------
    failure : probability of each patch given the burst, shape (..., patches); independent.

    Returns
    -------
    mean number of patches that fail, probability of at least one, of at least two; shapes (...).
    No difference of nearly equal numbers is taken, so tiny probabilities keep their digits.

    >>> [float(f) for f in joint_failures([0.5, 0.5])]
    [1.0, 0.75, 0.25]

    Raises
    ------
    OutOfRangeError: a probability outside 0 to 1.
    """
    p = np.asarray(failure, float)
    if not np.all((p >= 0) & (p <= 1)):
        raise OutOfRangeError("failure probabilities of patches lie in 0 to 1")
    none, one, more = np.ones(p.shape[:-1]), np.zeros(p.shape[:-1]), np.zeros(p.shape[:-1])
    for each in np.moveaxis(p, -1, 0):
        more = more + one * each
        one = one * (1 - each) + none * each
        none = none * (1 - each)
    return np.asarray(p.sum(axis=-1)), np.asarray(one + more), np.asarray(more)


def correlation(rate: ArrayLike, failure: ArrayLike) -> float | None:
    """How much likelier two patches fail in the same burst than if each had its own.

    <p_i p_j> / (<p_i> <p_j>), both averaged over pairs of patches, <> the average over bursts
    weighted by their ``rate`` (bursts,); ``failure`` (bursts, patches). 1: the patches know nothing
    of each other; 1/<p>: they fail all or none; 0: never together. None where there is no pair or
    no failure.

    >>> correlation([1.0, 1.0], [[1.0, 1.0], [0.0, 0.0]])
    2.0
    """
    weight, p = np.asarray(rate, float), np.asarray(failure, float)
    if p.shape[-1] < 2 or not weight.sum() > 0:
        return None
    weight = weight / weight.sum()

    def pairs(values: Array) -> Array:
        return np.asarray(values.sum(axis=-1) ** 2 - (values**2).sum(axis=-1))

    chance = float(pairs(weight @ p))
    return float(weight @ pairs(p)) / chance if chance > 0 else None


@dataclass(frozen=True, eq=False)
class ClassOnPatches:
    """One class of bursts and the patches of the chip that it hits.

    ``rate`` per second and chip (for a patch over several chips, on any of them); ``failure`` of
    each patch by each image of the burst: value, low and high, shape (3, images, patches).
    """

    name: str
    energy: float
    rate: float
    failure: Array

    def joint(self, patches: int | None = None) -> tuple[Array, Array, Array]:
        """``joint_failures`` of the first patches, the average over images: shapes (3,)."""
        mean, one, two = (f.mean(axis=-1) for f in joint_failures(self.failure[..., :patches]))
        return mean, one, two


@dataclass(frozen=True, eq=False)
class PatchFailures:
    """What bursts do to all patches of a machine; ``to_dict`` gives plain values.

    ``evaluations`` counts the calls of the failure function.
    """

    placements: tuple[Placement, ...]
    classes: tuple[ClassOnPatches, ...]
    modules: Modules
    evaluations: int

    def per_day(self) -> tuple[Array, Array, Array]:
        """Failures of patches, bursts in which at least one fails, and bursts in which at least
        two fail together: per day on the whole machine, each as value, low, high (3,)."""
        total = np.zeros((3, 3))
        for burst in self.classes:
            whole, part = burst.joint(), burst.joint(self.modules.last)
            hit = self.modules.full * np.array(whole) + np.array(part)
            total += DAY * burst.rate * hit
        return total[0], total[1], total[2]

    def patch_failures_per_day(self) -> Array:
        """Failures of each patch of one full chip per day, shape (patches,)."""
        each = [DAY * burst.rate * burst.failure[0].mean(axis=0) for burst in self.classes]
        return np.asarray(sum(each, np.zeros(len(self.placements))))

    def correlation(self) -> float | None:
        """See the function of this name; over all classes and images, on a full chip."""
        images = [burst.failure.shape[1] for burst in self.classes]
        if not images:
            return None
        rates = np.repeat([b.rate / n for b, n in zip(self.classes, images, strict=True)], images)
        return correlation(rates, np.concatenate([b.failure[0] for b in self.classes]))

    def to_dict(self) -> dict[str, Any]:
        """Plain values with units in their names; None for what has no meaning."""
        rate = sum(burst.rate for burst in self.classes)
        hit = self.modules.full + bool(self.modules.last)
        failures, events, shared = self.per_day()
        return {
            "patches_per_chip": self.modules.patches_per_chip,
            "patches": self.modules.patches,
            "chips": self.modules.chips,
            "chips_per_patch": self.modules.chips_per_patch,
            "bursts_per_day": DAY * rate * hit,
            "patch_failures_per_day": _ends(failures),
            "failing_bursts_per_day": _ends(events),
            "correlated_bursts_per_day": _ends(shared),
            "correlation_factor": self.correlation(),
            "classes": [
                {
                    "name": burst.name,
                    "energy_J": burst.energy,
                    "rate_per_s": burst.rate,
                    **{
                        key: _ends(values)
                        for key, values in zip(
                            ("failing_patches", "at_least_one", "at_least_two"),
                            burst.joint(),
                            strict=True,
                        )
                    },
                }
                for burst in self.classes
            ],
            "placements": [
                {"x_m": p.centre[0], "y_m": p.centre[1], "burst_failures_per_day": float(f)}
                for p, f in zip(self.placements, self.patch_failures_per_day(), strict=True)
            ],
            "evaluations": self.evaluations,
        }


def _ends(values: Array) -> dict[str, float]:
    return dict(zip(("value", "low", "high"), values.tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Faced:
    """A class of bursts as the patches of a chip face it.

    ``placements`` : those that no symmetry makes equal. ``index`` : which of them each patch is,
    for every image of the burst, shape (images, patches).
    """

    burst: BurstHistory
    placements: tuple[Placement, ...]
    index: NDArray[np.intp]

    def shares(self) -> Array:
        """How often a patch, on average over all and over images, faces each placement."""
        return np.bincount(self.index.ravel(), minlength=len(self.placements)) / self.index.size

    def on_patches(
        self, failure: Sequence[tuple[float, float, float]], rate: float
    ) -> ClassOnPatches:
        """The class with (value, low, high) for each placement; ``rate`` per second and chip."""
        table = np.moveaxis(np.asarray(failure, float)[self.index], -1, 0)
        return ClassOnPatches(self.burst.name, self.burst.energy, rate, table)


def faced(bursts: Sequence[BurstHistory], placements: Sequence[Placement]) -> tuple[Faced, ...]:
    """How the patches of a chip face every class of bursts and its mirror images.

    Parameters
    ----------
    bursts : classes, each standing for its mirror images.
    placements : of the patches of one chip, see :func:`qubudget.qec.patches.arrange`.
    """
    group = symmetries(placements[0].chip)
    found = []
    for burst in bursts:
        own = [g for g in group if _same_map(g.burst(burst), burst)]
        known: dict[tuple[float, float], int] = {}
        unique: list[Placement] = []
        index = np.empty((len(group), len(placements)), dtype=np.intp)
        for image, g in enumerate(group):
            for patch, placement in enumerate(placements):
                # The image on a patch is the burst itself on the patch mirrored back.
                spot = g.back(placement.centre)
                alike = min(_rounded(h.back(spot)) for h in own)
                if alike not in known:
                    known[alike] = len(unique)
                    unique.append(replace(placement, centre=spot))
                index[image, patch] = known[alike]
        found.append(Faced(burst, tuple(unique), index))
    return tuple(found)


def patch_failures(
    bursts: Sequence[BurstHistory],
    placements: Sequence[Placement],
    modules: Modules,
    failure: Failure,
    rate_scale: float = 1.0,
) -> PatchFailures:
    """Failures of all patches of a chip by all classes of bursts and their mirror images.

    Parameters
    ----------
    bursts, placements : as for :func:`faced`. rate_scale : factor on the bursts' rates.
    failure : asked once for each burst and place that no symmetry makes equal to another.
    """
    chips, cases = placements[0].chips, faced(bursts, placements)
    classes = [
        case.on_patches(
            [failure(case.burst, place) for place in case.placements],
            case.burst.rate * rate_scale * chips,
        )
        for case in cases
    ]
    asked = sum(len(case.placements) for case in cases)
    return PatchFailures(tuple(placements), tuple(classes), modules, asked)


@dataclass(frozen=True)
class Symmetry:
    """An operation that maps a chip on itself: x and y exchanged, then each mirrored or not."""

    exchange: bool
    mirror_x: bool
    mirror_y: bool

    def burst(self, burst: BurstHistory) -> BurstHistory:
        """The image of a burst."""
        x, y, fields = burst.x, burst.y, [burst.excess_relaxation, burst.detuning]
        if self.exchange:
            x, y, fields = y, x, [f.swapaxes(1, 2) for f in fields]
        if self.mirror_x:
            x, fields = -x[::-1], [f[:, ::-1] for f in fields]
        if self.mirror_y:
            y, fields = -y[::-1], [f[:, :, ::-1] for f in fields]
        return replace(burst, x=x, y=y, excess_relaxation=fields[0], detuning=fields[1])

    def back(self, point: tuple[float, float]) -> tuple[float, float]:
        """The point whose image is ``point``."""
        x = -point[0] if self.mirror_x else point[0]
        y = -point[1] if self.mirror_y else point[1]
        return (y, x) if self.exchange else (x, y)


def symmetries(chip: Chip) -> list[Symmetry]:
    """The eight operations that map a square chip on itself, or the four of another."""
    exchanges = (False, True) if chip.length == chip.width else (False,)
    return [Symmetry(*which) for which in product(exchanges, (False, True), (False, True))]


def _same_map(image: BurstHistory, burst: BurstHistory) -> bool:
    """Whether the maps agree to a millionth of their largest values."""
    return all(
        a.shape == b.shape and np.allclose(a, b, rtol=0, atol=1e-6 * float(np.abs(b).max()))
        for a, b in (
            (image.x, burst.x),
            (image.y, burst.y),
            (image.excess_relaxation, burst.excess_relaxation),
            (image.detuning, burst.detuning),
        )
    )


def _rounded(point: tuple[float, float]) -> tuple[float, float]:
    """To a nanometre, so that rounding makes no two places of one."""
    x, y = (round(value * 1e9) / 1e9 + 0.0 for value in point)
    return x, y
