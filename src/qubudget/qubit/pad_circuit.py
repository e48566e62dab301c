"""Circuits behind the pads of a qubit, solved at their nodes.

J. M. Martinis, npj Quantum Information 7, 90 (2021), Fig. 7b: what lies behind the pads, here any
admittance matrix of the nodes that they couple to, damps the qubit.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.qubit.ranges import at_least

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]
Kind = Literal["differential", "single-ended"]
"""Two pads that float, or one pad against the ground plane."""


def pad_voltages(kind: Kind) -> Floats:
    """Of the pads about the ground plane, V, for 1 V across the junction."""
    return np.array([0.5, -0.5] if kind == "differential" else [1.0])


def across(coupling: ArrayLike, pads: Floats, nodes: ArrayLike) -> Complexes:
    """Admittance across the junction from the potentials of pads and nodes: the power at 1 V."""
    current = np.asarray(coupling)[..., None] * (pads - np.asarray(nodes))
    return np.asarray(np.sum(pads * current, axis=-1), dtype=np.complex128)


def circuit_admittance(coupling: ArrayLike, back: ArrayLike, kind: Kind) -> Complexes:
    """Admittance across the junction of pads coupled to the nodes of a circuit, S.

    coupling : of each pad to the node behind it, S. back : admittance matrix of those nodes to
    one another and to ground, S, shape (..., n, n). Solves (coupling + back) V = coupling v for
    the nodes' potentials, v those of the pads.

    One node with a resistor to ground is the series circuit:

    >>> complex(circuit_admittance(1j, [[1.0]], "single-ended"))  # 1/(1 - 1j) S
    (0.5+0.5j)
    """
    matrix = np.asarray(back, dtype=np.complex128)
    pads = pad_voltages(kind)
    link = np.asarray(coupling, dtype=np.complex128)
    whole = matrix + link[..., None, None] * np.eye(pads.size)
    source = np.broadcast_to(link[..., None] * pads, whole.shape[:-1])
    return across(link, pads, np.linalg.solve(whole, source[..., None])[..., 0])


def lumped_loss(
    total: ArrayLike,
    coupling: ArrayLike,
    resistance: ArrayLike,
    frequency: ArrayLike,
    *,
    reactance: ArrayLike | None = None,
    kind: Kind = "differential",
) -> Floats:
    """1/Q in the circuit of Fig. 7b: pads, their capacitors, and a resistor behind them.

    total : the qubit's capacitance, F. coupling : of each pad to the back, F. resistance : Ohm,
    between the nodes of the two pads, or from the node of the single pad to ground. frequency :
    Hz. reactance : of the inductor beside it, Ohm; None: there is none. While the resistance is
    small against the coupling's reactance, omega R C_c^2/(4 C) for two pads and omega R C_c^2/C
    for one.

    Raises
    ------
    OutOfRangeError: a value that is not finite and positive.

    >>> loss = lumped_loss(130e-15, 26e-15, 6.0, 5e9, kind="single-ended")
    >>> round(float(1 / loss))  # "Q ~ 1 k", Martinis (2021)
    1020
    """
    omega = 2 * np.pi * at_least("frequency", frequency, above=True)
    capacitor = 1j * omega * at_least("coupling", coupling, above=True)
    link = 1 / at_least("resistance", resistance, above=True) + 0j
    if reactance is not None:
        link = link - 1j / at_least("reactance", reactance, above=True)
    ends = np.eye(1) if kind == "single-ended" else np.array([[1.0, -1.0], [-1.0, 1.0]])
    found = circuit_admittance(capacitor, link[..., None, None] * ends, kind)
    return np.asarray(found.real / (omega * at_least("total", total, above=True)), dtype=np.float64)
