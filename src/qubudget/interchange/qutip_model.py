"""A design's qubit as QuTiP objects: Hamiltonian and collapse operators at solved temperatures.

Energies are angular frequencies in rad/ns and collapse operators in ns^(-1/2), so times are ns:
QuTiP's solvers then meet numbers near one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from qubudget.interchange.files import refused
from qubudget.qubit.channels import occupations, quasiparticle_channels
from qubudget.qubit.levels import LevelRates, cold_rates, level_rates, transitions
from qubudget.qubit.lindblad import transmon_jumps, transmon_rates
from qubudget.qubit.noise_path import ROOM, ROOM_TEMPERATURE

if TYPE_CHECKING:
    from qubudget.pipeline import Report

NANO = 1e-9
Frame = Literal["rotating", "laboratory"]


@dataclass(frozen=True, eq=False)
class QutipModel:
    """``qutip.mesolve(model.hamiltonian, state, times_in_ns, model.collapse)``.

    hamiltonian : Qobj, rad/ns. collapse : Qobjs, ns^(-1/2), in the order of ``rates``. rates : 1/s
    by name: "1->0", "0->1" and so on between neighbouring levels, "dephasing" of 0 and 1.
    """

    hamiltonian: Any
    collapse: tuple[Any, ...]
    rates: dict[str, float]


def to_qutip(report: Report, *, levels: int | None = None, frame: Frame = "rotating") -> QutipModel:
    """The qubit of a report.

    Parameters
    ----------
    report : with the wing coherence; T1 and T2 are the ones in force, measured where the design
        states them.
    levels : of the transmon, from 2; by default all that the design's gate model has (three for
        ``closed-form``, else ``gates.levels``).
    frame : "rotating" at f01, where only the anharmonicity is left, or "laboratory".

    Each transition has its own baths; all rates are in proportion, so that those of 0-1 make T1.
    Dephasing is exponential, with the rate that makes the coherence of 0 and 1 fall to 1/e at
    T2, although that of 1/f noise is Gaussian. Three levels and more also lose the little that
    heating out of 1 takes.

    Raises
    ------
    DesignError: QuTiP is not installed, a qubit without T1 and T2, levels or a frame that the
    model does not have.
    """
    design, coherence = report.design, report.coherence
    qutip = _qutip(design.name)
    frequencies, _ = transitions(design)
    most = len(frequencies) + 1
    count = most if levels is None else levels
    if not 2 <= count <= most:
        raise refused(design.name, "levels", str(levels), f"2 to {most} (gates.levels sets more)")
    if frame not in ("rotating", "laboratory"):
        raise refused(design.name, "frame", repr(frame), "rotating or laboratory")
    if coherence is None or (coherence.t1_s is None and coherence.t2_s is None):
        given = "no coherence" if coherence is None else coherence.reason or "no T1 and no T2"
        raise refused(design.name, "report", given, "a report with a T1 or a T2")

    rates = _level_rates(report)
    relaxation = float(rates.down[0] + rates.up[0])
    t2 = coherence.t2_s
    dephasing = 0.0 if t2 is None else max(0.0, 1 / t2 - relaxation / 2)
    values = transmon_rates(
        rates.down[: count - 1],
        rates.up[: count - 1],
        dephasing,
        levels=count,
        anharmonicity=2 * math.pi * design.qubit.anharmonicity,
    )
    names = [f"{k + 1}->{k}" for k in range(count - 1)]
    names += [f"{k}->{k + 1}" for k in range(count - 1)] + ["dephasing"]

    energies = np.concatenate([[0.0], np.cumsum(frequencies[: count - 1])])
    if frame == "rotating":
        energies -= np.arange(count) * design.qubit.frequency
    jumps = transmon_jumps(count)
    return QutipModel(
        qutip.Qobj(np.diag(2 * math.pi * energies * NANO)),
        tuple(
            qutip.Qobj(jump * math.sqrt(rate * NANO))
            for jump, rate in zip(jumps, values.tolist(), strict=True)
            if rate > 0
        ),
        {name: rate for name, rate in zip(names, values.tolist(), strict=True) if rate > 0},
    )


def _level_rates(report: Report) -> LevelRates:
    """Of every transition, scaled to the T1 in force; downwards alone where none is modelled."""
    design, coherence = report.design, report.coherence
    assert coherence is not None
    total = 0.0 if coherence.t1_s is None else 1 / coherence.t1_s
    chip = coherence.chip_temperature_K
    if coherence.t1_modelled_s is None or chip is None:
        return cold_rates(design, total)
    known = {name: t for name, t in report.thermal.temperatures.items() if t is not None}
    seen = design.qubit.radiation_stage
    radiation = ROOM_TEMPERATURE if seen == ROOM else known[seen]
    at = np.append(transitions(design)[0], design.readout.frequency)
    photons = occupations(design, known, at, report.thermal.rises)
    quasiparticles = quasiparticle_channels(design, chip, radiation)
    return level_rates(design, chip, photons, quasiparticles).scaled_to(total)


def _qutip(origin: str) -> ModuleType:
    try:
        import qutip
    except ImportError as error:
        allowed = "QuTiP objects once it is (pip install 'qubudget[reference]')"
        raise refused(origin, "qutip", "not installed", allowed) from error
    return qutip  # type: ignore[no-any-return, unused-ignore]
