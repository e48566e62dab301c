"""Damping of a qubit by normal metal on the back of its chip.

Between the qubit's layer, a superconducting ground plane, and the metal on the back the substrate
is a parallel-plate line. The qubit's pads drive it through their capacitance to the back
(J. M. Martinis, npj Quantum Information 7, 90 (2021), Fig. 7). Per square the line has

    Z = Z_s p/a + i omega mu0 d + 1/(i omega C_g),        y = i omega eps/d  per area,

with the metal's surface impedance Z_s, the substrate's thickness d and, where the metal is cut
into islands of side a and pitch p, the sheet capacitance C_g of their gaps: the grid of square
patches of O. Luukkonen et al., IEEE Trans. Antennas Propag. 56, 1624 (2008), and the side walls.
A continuous film (C_g infinite) carries waves away: it radiates even without resistance. Islands
below half a wavelength carry none, and lose only what current crosses them.

A pad at potential V(k) in the plane of wavenumbers induces eps k/sinh(kd) V on the back, whose own
charge is (eps k coth(kd) + eps0 k) times its potential; the charge flows off through k^2/Z. Two
discs of the pads' area at their distance so have an impedance matrix in Bessel functions, and the
nodal solution of pads and back joins them. For a thin substrate this is the parallel-plate line
lap V = Z y (V - V_front). scikit-rf has no such two-dimensional line, and a 2 x 2 solution needs
none.

Validity. The front is all metal: gaps around the pads are narrow against d. The back is
homogeneous on the scale of its islands: right for pitches below the pads, an interpolation up to
islands that span the qubit, refused above a quarter wavelength. The line has no end: a chip's own
modes, which the package sets, make the damping by a continuous film larger on resonance and
smaller off it, around this mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.constants import epsilon_0, mu_0, speed_of_light
from scipy.special import jv

from qubudget.errors import OutOfRangeError
from qubudget.qubit.pad_circuit import Kind, across, pad_voltages
from qubudget.qubit.ranges import at_least

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]

QUARTER: Final = 0.25
"""Largest pitch of islands in wavelengths in the substrate."""
WIDEST: Final = 40.0
"""Largest separation of the pads in thicknesses of the substrate."""

_DETOUR, _CUT = 3.0, 20.0  # in free wavenumbers of the line; in 1/d, where exp(-2 k d) has gone
_NODES = np.polynomial.legendre.leggauss(64), np.polynomial.legendre.leggauss(512)


@dataclass(frozen=True, eq=False)
class Back:
    """Metal on the back of a substrate; values broadcast.

    Attributes
    ----------
    surface_impedance : of the metal, Ohm per square, at the frequency in question.
    substrate_thickness : d, m. permittivity : relative, of the substrate.
    island_size : side a of square islands, m; 0: one continuous film.
    gap : between islands, m. metal_thickness : m; only the gaps' side walls use it.
    """

    surface_impedance: Complexes
    substrate_thickness: ArrayLike
    permittivity: ArrayLike
    island_size: ArrayLike = 0.0
    gap: ArrayLike = 0.0
    metal_thickness: ArrayLike = 0.0


@dataclass(frozen=True, eq=False)
class Pads:
    """The qubit's electrodes.

    Attributes
    ----------
    capacitance : total, that of the charging energy E_C = e^2/(2 C), F.
    area : of one pad, m^2. separation : of two pads' centres, m.
    kind : "differential", two pads that float, or "single-ended", one pad against ground.
    """

    capacitance: ArrayLike
    area: ArrayLike
    separation: ArrayLike
    kind: Kind = "differential"


def gap_capacitance(
    pitch: ArrayLike, gap: ArrayLike, permittivity: ArrayLike, metal_thickness: ArrayLike = 0.0
) -> Floats:
    """Sheet capacitance of a grid of square islands, F (of one square, edge to edge).

    pitch, gap, metal_thickness : m. permittivity : of the substrate on one side, vacuum on the
    other. eps0 (eps_r + 1)(p/pi) ln(1/sin(pi g/2p)) after Luukkonen (2008), Eq. 4 and 5 without
    their angle, and eps0 t p/g of the side walls.

    Raises
    ------
    OutOfRangeError: a gap that is not between 0 and the pitch.
    """
    p = at_least("pitch", pitch, above=True)
    g = at_least("gap", gap, above=True)
    if not np.all(g < p):
        raise OutOfRangeError("gap between islands: allowed: below the pitch")
    t = at_least("metal_thickness", metal_thickness)
    fringe = (at_least("permittivity", permittivity, 1.0) + 1) / np.pi
    logarithm = np.log(1 / np.sin(np.pi * g / (2 * p)))
    sheet: Floats = epsilon_0 * p * (fringe * logarithm + t / g)
    return sheet


def sheet_impedance(back: Back, frequency: ArrayLike) -> Complexes:
    """Series impedance Z of the line between the back and the front, Ohm per square.

    frequency : Hz.

    Raises
    ------
    OutOfRangeError: a length that is not positive, islands without a gap, a gap without islands,
        or a pitch above a quarter wavelength in the substrate.
    """
    omega = 2 * np.pi * at_least("frequency", frequency, above=True)
    d = at_least("substrate_thickness", back.substrate_thickness, above=True)
    eps = at_least("permittivity", back.permittivity, 1.0)
    size, gap = at_least("island_size", back.island_size), at_least("gap", back.gap)
    cut = size > 0
    if np.any(cut & (gap == 0)):
        raise OutOfRangeError("islands need a gap between them: given 0")
    if np.any(~cut & (gap > 0)):
        raise OutOfRangeError("a gap between islands needs their size: given 0, a continuous film")
    pitch, longest = size + gap, QUARTER * 2 * np.pi * speed_of_light / (omega * np.sqrt(eps))
    if np.any(pitch > longest):
        raise OutOfRangeError(
            f"pitch of islands up to {np.max(pitch):g} m: allowed: a quarter of the wavelength in "
            f"the substrate, {np.min(longest):g} m"
        )
    # Without islands any pitch and gap will do: their reactance is left out.
    gaps = gap_capacitance(
        np.where(cut, pitch, 1.0), np.where(cut, gap, 0.5), eps, back.metal_thickness
    )
    metal = back.surface_impedance * np.where(cut, pitch / np.where(cut, size, 1.0), 1.0)
    return np.asarray(
        metal + 1j * omega * mu_0 * d + np.where(cut, 1 / (1j * omega * gaps), 0.0),
        dtype=np.complex128,
    )


def _wavenumbers(wave: Floats, d: Floats, series: Complexes) -> tuple[Complexes, Complexes]:
    """Nodes and weights from 0 to where the fields no longer reach the back, 1/m, last axis.

    An inductive sheet carries waves outwards: their pole lies near ``wave`` just below the real
    axis, and the path goes above it.
    """
    (near, near_weight), (far, far_weight) = _NODES
    t, u = (near + 1) / 2, (far + 1) / 2
    turn = _DETOUR * wave[..., None]
    span = _CUT / d[..., None] - turn
    height = np.where(series.imag > 0, 0.5j, 0j)[..., None]
    nodes = (turn * (t + height * t * (1 - t)), turn + span * u**2)
    weights = (turn * (1 + height * (1 - 2 * t)) * near_weight / 2, span * u * far_weight)
    return np.concatenate(nodes, axis=-1), np.concatenate(weights, axis=-1)


def back_impedance(back: Back, pads: Pads, frequency: ArrayLike) -> Complexes:
    """Impedance matrix of the back under two pads that are at ground, Ohm; shape (..., 2, 2).

    frequency : Hz. Potential of the metal, weighted as it acts on one pad, per current that
    either pad drives into it:

        (1/2 pi) int k dk [2 J1(kb)/(kb) kd/sinh(kd)]^2 {1, J0(ks)}
                          / [i omega (eps k coth(kd) + eps0 k) + k^2/Z],

    b = sqrt(area/pi), s the separation of the centres (module docstring).

    Raises
    ------
    OutOfRangeError: pads that overlap or are farther apart than 40 thicknesses of the substrate,
        a substrate above 1/(2 pi) of the wavelength in it, or as ``sheet_impedance``.
    """
    series = sheet_impedance(back, frequency)
    omega, d, eps, radius, apart, series = np.broadcast_arrays(
        2 * np.pi * np.asarray(frequency, dtype=np.float64),
        np.asarray(back.substrate_thickness, dtype=np.float64),
        np.asarray(back.permittivity, dtype=np.float64),
        np.sqrt(at_least("area", pads.area, above=True) / np.pi),
        at_least("separation", pads.separation, above=True),
        series,
    )
    if np.any((apart < 2 * radius) | (apart > WIDEST * d)):
        raise OutOfRangeError(
            f"separation of the pads: allowed: from twice their radius to {WIDEST:g} times the "
            "substrate's thickness"
        )
    wave = omega * np.sqrt(eps) / speed_of_light
    if np.any(wave * d > 1):
        raise OutOfRangeError("substrate: allowed: up to 1/(2 pi) of the wavelength in it")
    k, weight = _wavenumbers(wave, d, series)
    omega, d, eps, radius, apart, series = (
        array[..., None] for array in (omega, d, eps, radius, apart, series)
    )
    source = 2 * jv(1, k * radius) / (k * radius) * k * d / np.sinh(k * d)
    charge = 1j * omega * epsilon_0 * k * (eps / np.tanh(k * d) + 1)
    one = weight * k / (2 * np.pi) * source**2 / (charge + k**2 / series)
    own, other = np.sum(one, axis=-1), np.sum(one * jv(0, k * apart), axis=-1)
    matrix = np.stack([own, other, other, own], axis=-1)
    return np.asarray(matrix.reshape(*own.shape, 2, 2), dtype=np.complex128)


def back_admittance(back: Back, pads: Pads, frequency: ArrayLike) -> Complexes:
    """Admittance that the back adds across the qubit's junction, S.

    frequency : Hz. The nodes are the metal behind the two pads. A pad drives i omega C_c V into
    its node, C_c = eps area/d (exact for a pad in a metal plane); the impedance matrix, which
    holds C_c as one to ground, gives the nodes' potentials, and i omega C_c times what is left of
    the pad's voltage is its current. Errors as ``back_impedance``.
    """
    voltages = pad_voltages(pads.kind)
    matrix = back_impedance(back, pads, frequency)[..., : voltages.size, : voltages.size]
    d, area = at_least("substrate_thickness", back.substrate_thickness), at_least("area", pads.area)
    permittivity = epsilon_0 * at_least("permittivity", back.permittivity)
    coupling = 2j * np.pi * at_least("frequency", frequency) * permittivity * area / d
    drive = np.broadcast_to(coupling[..., None] * voltages, matrix.shape[:-1])
    return across(coupling, voltages, (matrix @ drive[..., None])[..., 0])


def back_loss(back: Back, pads: Pads, frequency: ArrayLike) -> Floats:
    """1/Q of a qubit over the metal, Re Y/(omega C): the share of its energy lost per radian.

    frequency : Hz. 1/T1 in the cold is omega/Q. Errors as ``back_admittance``.

    Raises
    ------
    OutOfRangeError: also a total capacitance below what the pads have to the back.
    """
    omega = 2 * np.pi * at_least("frequency", frequency, above=True)
    total = at_least("capacitance", pads.capacitance, above=True)
    admittance = back_admittance(back, pads, frequency)
    if np.any(admittance.imag > omega * total):
        raise OutOfRangeError(
            "total capacitance of the qubit is below that of its pads to the back"
        )
    return np.asarray(admittance.real / (omega * total), dtype=np.float64)
