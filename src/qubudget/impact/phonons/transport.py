"""Phonons from a source to the films of a chip, or to faces that record them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.phonons import structs
from qubudget.impact.phonons.film import PhononFilm, film_tables
from qubudget.impact.phonons.parallel import follow_all
from qubudget.impact.phonons.result import Hits, PhononResult
from qubudget.impact.phonons.scattering import scattering
from qubudget.impact.phonons.source import PhononSource
from qubudget.impact.phonons.tables import DEFAULT_CELLS, direction_table
from qubudget.impact.phonons.walls import LAWS, WallLaw
from qubudget.materials.crystals import Crystal

Array = NDArray[np.float64]
Raster = NDArray[np.uint8]

FACES = ("-x", "+x", "-y", "+y", "back", "front")
_QUANTA = 2.0**61  # of the energy put in; deposits are whole numbers of one part in this


@dataclass(frozen=True)
class Block:
    """A chip: a rectangular block with films on its two faces.

    Attributes
    ----------
    length, width, thickness : along x, y, z, m.
    films : the kinds of film on it; number i + 1 in a raster is ``films[i]``, 0 is bare.
    front, back : film numbers, shape (nx, ny), over the whole face; None: bare.
    """

    length: float
    width: float
    thickness: float
    films: tuple[PhononFilm, ...] = ()
    front: Raster | None = None
    back: Raster | None = None

    def __post_init__(self) -> None:
        sides = (self.length, self.width, self.thickness)
        if not all(np.isfinite(s) and s > 0 for s in sides):
            raise OutOfRangeError("a chip needs finite sides > 0")
        if any(f.thickness > self.thickness for f in self.films):
            raise OutOfRangeError("a film is thicker than the chip")
        for raster in (self.front, self.back):
            if raster is None:
                continue
            if raster.ndim != 2 or raster.dtype != np.uint8 or raster.size == 0:
                raise OutOfRangeError("a raster of films is a 2-D array of uint8")
            if raster.max() > len(self.films):
                raise OutOfRangeError(f"a raster names film {raster.max()} of {len(self.films)}")


def _face(raster: Raster | None) -> Raster:
    return np.zeros((1, 1), np.uint8) if raster is None else np.ascontiguousarray(raster)


def _run(
    crystal: Crystal,
    block: Block,
    source: PhononSource,
    seed: int,
    rotation: ArrayLike | None,
    cells: int,
    scatter: bool,
    walls: WallLaw,
    specular: float,
    sinks: Sequence[str],
    limits: structs.LimitRecord,
    map_cells: tuple[int, int],
    time_edges: Array,
) -> tuple[structs.OutRecord, Array]:
    if walls not in LAWS or not 0 <= specular <= 1:
        raise OutOfRangeError(f"walls: {' or '.join(LAWS)}; specular share in [0, 1]")
    if unknown := set(sinks) - set(FACES):
        raise OutOfRangeError(f"no face {sorted(unknown)}; known: {', '.join(FACES)}")
    if seed < 0 or limits.bounces < 0 or not limits.latest > 0 or not 0 <= limits.roulette < 1:
        raise OutOfRangeError("seed and bounce cap >= 0, latest > 0, roulette in [0, 1)")
    if not limits.split_below >= 0 or limits.copies < 1:
        raise OutOfRangeError("split is a frequency >= 0 and a number of copies >= 1")
    size = np.array([block.length, block.width, block.thickness])
    position = source.position + np.array([block.length / 2, block.width / 2, 0.0])
    if np.any(position < 0) or np.any(position > size):
        raise OutOfRangeError("a source must lie within the chip")
    back, front = _face(block.back), _face(block.front)
    absorbing = bool(np.any(back) or np.any(front))
    if not (absorbing or sinks or limits.bounces or np.isfinite(limits.latest)):
        raise OutOfRangeError("without films, absorbing faces, cap or time limit nothing ends")
    if min(map_cells) < 1 or time_edges.size < 2 or np.any(np.diff(time_edges) <= 0):
        raise OutOfRangeError("the map needs cells >= 1 and rising time edges")
    table = direction_table(crystal, rotation, cells)
    bulk = scattering(crystal, table, on=scatter)
    if absorbing:
        films = structs.FilmRecord(*vars(film_tables(block.films, source.frequency.max())).values())
    else:
        none = np.zeros(1)
        films = structs.FilmRecord(
            0.0, none, none, none, none, np.zeros((1, 2)), np.zeros((1, 2)),
            np.zeros((1, 2, 2), np.float32), np.zeros((1, 2)),
        )  # fmt: skip
    n = source.energy.size
    shape = (2, *map_cells, time_edges.size - 1)
    # Headroom of two: roulette may add energy, though not on average.
    scale = _QUANTA / (2.0 * float(source.energy.sum()))
    maps = structs.MapRecord(np.zeros(shape, np.int64), time_edges, scale)
    out = structs.OutRecord(
        ledger=np.zeros((n, 6)),
        steps=np.zeros(n, np.int64),
        bounces=np.zeros(n, np.int64),
        ending=np.zeros(n, np.int8),
        last=np.zeros((n, 5)),
        face=np.zeros(n, np.int8),
        mode=np.zeros(n, np.int8),
    )
    quanta = follow_all(
        seed,
        structs.CrystalRecord(
            table.cells, table.records, table.speed_unit, table.slowness_unit, table.alias,
            table.mode_alias, bulk.isotope, bulk.anharmonic, bulk.decay_tt, bulk.ratio,
            bulk.fast_share, bulk.quantiles,
        ),
        structs.BlockRecord(
            size, back, front, np.isin(FACES, list(sinks)), LAWS[walls], float(specular)
        ),
        films,
        structs.PacketRecord(
            np.ascontiguousarray(position), source.wavevector, source.mode, source.time,
            source.energy, source.frequency,
        ),
        limits,
        maps,
        out,
    )  # fmt: skip
    return out, quanta / scale


def transport(
    crystal: Crystal,
    block: Block,
    source: PhononSource,
    *,
    seed: int,
    rotation: ArrayLike | None = None,
    cells: int = DEFAULT_CELLS,
    scatter: bool = True,
    walls: WallLaw = "flux",
    specular: float = 0.0,
    absorbing_faces: Sequence[str] = (),
    bounce_cap: int = 0,
    latest: float = float("inf"),
    roulette: float = 0.0,
    split: tuple[float, int] = (0.0, 1),
    map_cells: tuple[int, int] = (20, 20),
    time_edges: ArrayLike = (0.0, 1.0),
) -> PhononResult:
    """Follow a source's packets until films, leaks or thresholds have taken their energy.

    Parameters
    ----------
    crystal, block, source : what carries, what absorbs, what starts.
    seed : >= 0; with it and the packet's index all random numbers are fixed, whatever the
        number of threads.
    rotation : `crystal.orientation` of the chip; None: z along the crystal's third axis.
    cells : of the direction table, along a side.
    scatter : False leaves out isotopes and decay.
    walls, specular : law of the diffuse share, and the specular share; see `walls`.
    absorbing_faces : of "-x", "+x", "-y", "+y", "back", "front"; they take whole packets, before
        any film on them could answer.
    bounce_cap : reflections after which a packet is stopped; 0: none. A cap loses signal on
        chips with few films.
    latest : time at which packets are stopped, s.
    roulette : packets below this share of their starting energy either return to it or end,
        unbiased; 0: off, and every packet's ledger closes.
    split : frequency (Hz) below which a packet splits once, and into how many; unbiased.
    map_cells : cells of the map of deposits along x and y.
    time_edges : of its time bins, s.

    Packets give expectations: the spread between packets is not the spread between events of
    few phonons. A result is a mean deposit per event, with the error of that mean.

    Raises `OutOfRangeError` for a source off the chip, films that no raster can mean, or a
    set-up in which nothing ever ends.
    """
    edges = np.asarray(time_edges, dtype=np.float64)
    limits = structs.LimitRecord(
        int(bounce_cap), float(latest), float(roulette), float(split[0]), int(split[1])
    )
    out, deposit = _run(
        crystal, block, source, seed, rotation, cells, scatter, walls, specular,
        absorbing_faces, limits, map_cells, edges,
    )  # fmt: skip
    ledger, n = out.ledger, source.energy.size
    columns = ledger.sum(axis=0)
    spread = float(np.std(ledger[:, structs.DEPOSITED], ddof=1)) if n > 1 else float("inf")
    closure = ledger[:, :5].sum(axis=1) - ledger[:, structs.GAINED]
    return PhononResult(
        started=float(source.energy.sum()),
        deposited=float(columns[structs.DEPOSITED]),
        deposited_error=spread * float(np.sqrt(n)),
        subgap=float(columns[structs.SUBGAP]),
        left=float(columns[structs.LEFT]),
        capped=float(columns[structs.CAPPED]),
        late=float(columns[structs.LATE]),
        gained=float(columns[structs.GAINED]),
        deposit=deposit,
        time_edges=edges,
        per_packet=ledger[:, structs.DEPOSITED].copy(),
        steps=int(out.steps.sum()),
        bounces=int(out.bounces.sum()),
        worst_closure=float(np.max(np.abs(closure / source.energy - 1))),
    )


def face_hits(
    crystal: Crystal,
    block: Block,
    source: PhononSource,
    *,
    seed: int,
    faces: Sequence[str] = FACES,
    rotation: ArrayLike | None = None,
    cells: int = DEFAULT_CELLS,
    scatter: bool = False,
    walls: WallLaw = "flux",
    specular: float = 0.0,
    bounce_cap: int = 0,
    latest: float = float("inf"),
) -> Hits:
    """Where packets first reach one of ``faces``, for phonon images and other codes' results.

    Films are ignored; other faces reflect by ``walls`` and ``specular``. Scattering is off
    unless asked for. Other arguments as `transport`.
    """
    bare = Block(block.length, block.width, block.thickness)
    limits = structs.LimitRecord(int(bounce_cap), float(latest), 0.0, 0.0, 1)
    out, _ = _run(
        crystal, bare, source, seed, rotation, cells, scatter, walls, specular, faces,
        limits, (1, 1), np.array([0.0, 1.0]),
    )  # fmt: skip
    hit = np.flatnonzero(out.ending == structs.HIT)
    x, y, z, time, frequency = out.last[hit].T
    return Hits(
        packet=hit,
        face=out.face[hit],
        x=x - block.length / 2,
        y=y - block.width / 2,
        z=z,
        time=time,
        frequency=frequency,
        mode=out.mode[hit],
        bounces=out.bounces[hit],
        lost=int(source.energy.size - hit.size),
    )
