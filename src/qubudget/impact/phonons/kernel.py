"""The kernel: weighted packets of phonons, from their source to films, threshold or exit.

A packet is an amount of energy carried by phonons of one frequency, mode and direction. At a
decay it follows one daughter with the probability of its energy share, so nothing branches and
no energy is lost. At a film it leaves the expected deposit there and goes on as what came back:
reflected, or radiated again by the film, in proportion to their energies. Deposits are summed
as whole numbers of a tiny quantum: sums of integers do not depend on their order, so results are
the same bit for bit for any number of threads.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from qubudget.impact.phonons.scattering import decay
from qubudget.impact.phonons.streams import STRIDE, mix, start, unit
from qubudget.impact.phonons.structs import (
    BELOW,
    CAP,
    CAPPED,
    DEPOSITED,
    EMPTY,
    GAINED,
    HIT,
    LATE,
    LEFT,
    LIMIT,
    ROULETTE,
    SPLIT,
    SUBGAP,
)
from qubudget.impact.phonons.walls import keep_mode, locate, pick, speed, wavevector, within

_FAR = 1e300
_EXPECTED = 0.1  # share of its start down to which a packet's energy below gaps is booked
_PER_OCTAVE = 32.0  # nodes of the films' tables, `film.NODES_PER_OCTAVE`


@njit(cache=True, error_model="numpy")
def _bin(time, edges):  # type: ignore[no-untyped-def]
    """Index of the time bin; times outside fall into the first or last."""
    low, high = 0, edges.size - 2
    while low < high:
        middle = (low + high + 1) // 2
        if edges[middle] <= time:
            low = middle
        else:
            high = middle - 1
    return low


@njit(cache=True, error_model="numpy")
def _birth(counter, mode, kx, ky, kz, crystal):  # type: ignore[no-untyped-def]
    """State of a packet at its start; mode -1 and wavevector 0 are drawn."""
    per_mode = np.uint64(crystal.cells * crystal.cells)
    counter += STRIDE
    bits = mix(counter)
    if mode < 0:
        state = pick(bits, crystal.alias[0])
        mode = np.int64(state // per_mode)
    else:
        state = pick(bits, crystal.mode_alias[mode]) + np.uint64(mode) * per_mode
    a, b, sign = within(bits)
    if kx != 0.0 or ky != 0.0 or kz != 0.0:
        state, a, b, sign = locate(kx, ky, kz, mode, crystal.cells)
    return counter, state, a, b, sign


@njit(cache=True, error_model="numpy")
def _absorption(film, node, slowness, films):  # type: ignore[no-untyped-def]
    """Chance that a film takes a phonon, and the share of it that then stays."""
    left = np.int64(node)
    part = node - left
    passes = films.passes[film, left]
    passes += part * (films.passes[film, left + 1] - passes)
    share = films.deposited[film, left]
    share += part * (films.deposited[film, left + 1] - share)
    # Snell: the slowness along the face is conserved; beyond total reflection nothing enters.
    square = 1.0 - films.velocity[film] * films.velocity[film] * slowness
    if square <= 0.0 or passes <= 0.0:
        return 0.0, share
    absorbed = 1.0 - np.exp(-passes / np.sqrt(square))
    through = films.transmission[film]
    return absorbed * through / (absorbed + through - absorbed * through), share


@njit(cache=True, error_model="numpy")
def _returned(counter, film, row, lowest_place, frequency, films):  # type: ignore[no-untyped-def]
    """Frequency of what a film radiates back, from the given quantile of its spectrum up."""
    counter += STRIDE
    place = lowest_place + unit(mix(counter)) * (1.0 - lowest_place)
    place *= films.quantiles.shape[2] - 1
    point = np.int64(place)
    low = np.float64(films.quantiles[film, row, point])
    high = np.float64(films.quantiles[film, row, point + 1])
    return counter, min(low + (high - low) * (place - point), frequency)


@njit(cache=True, error_model="numpy")
def _walk(  # type: ignore[no-untyped-def]
    i, counter, state, a, b, sign, x, y, z, t, weight, frequency, split_below,
    crystal, block, films, limits, maps, out, full,
):  # fmt: skip
    """Follow one packet until it ends, or until it is below ``split_below``."""
    records, alias, cells = crystal.records, crystal.alias, crystal.cells
    speed_unit = crystal.speed_unit
    per_mode = np.uint64(cells * cells)
    lx, ly, lz = block.size
    per_x, per_y = 1.0 / lx, 1.0 / ly
    map_x, map_y = maps.quanta.shape[1], maps.quanta.shape[2]
    ledger = out.ledger[i]
    steps, bounces, face = 0, out.bounces[i], -1
    depth, fresh_depth, fresh_frequency = 1.0, True, True
    isotope = anharmonic = node = 0.0
    while True:
        if fresh_frequency:
            fresh_frequency = False
            fourth = frequency * frequency * frequency * frequency
            isotope = crystal.isotope * fourth
            anharmonic = crystal.anharmonic * fourth * frequency
            if films.lowest > 0.0:
                if frequency < films.lowest:
                    ledger[SUBGAP] += weight
                    ending = BELOW
                    break
                node = _PER_OCTAVE * np.log2(frequency / films.lowest)
                node = min(max(node, 0.0), films.passes.shape[1] - 1.000001)
            if frequency < split_below:
                ending = SPLIT
                break
        if fresh_depth:
            fresh_depth = False
            counter += STRIDE
            depth = -np.log(1.0 - unit(mix(counter)))
        cell = records[state]
        bend = abs(a - b * cell[12])
        scale = sign * speed_unit
        vx = scale * (cell[0] + a * cell[3] + b * cell[6] + bend * cell[13])
        vy = scale * (cell[1] + a * cell[4] + b * cell[7] + bend * cell[14])
        vz = scale * (cell[2] + a * cell[5] + b * cell[8] + bend * cell[15])
        # An exactly zero component never meets its walls.
        steps += 1
        to_x = ((lx if vx > 0.0 else 0.0) - x) / vx if vx != 0.0 else _FAR
        to_y = ((ly if vy > 0.0 else 0.0) - y) / vy if vy != 0.0 else _FAR
        to_z = ((lz if vz > 0.0 else 0.0) - z) / vz if vz != 0.0 else _FAR
        axis, flight = 2, to_z
        if to_x < flight:
            axis, flight = 0, to_x
        if to_y < flight:
            axis, flight = 1, to_y
        rate = isotope + (anharmonic if state < per_mode else 0.0)
        if depth < rate * flight:
            flight = depth / rate
            axis = 3
        x = min(max(x + vx * flight, 0.0), lx)
        y = min(max(y + vy * flight, 0.0), ly)
        z = min(max(z + vz * flight, 0.0), lz)
        t += flight
        if t > limits.latest:
            ledger[LATE] += weight
            ending = LIMIT
            break

        if axis == 3:
            fresh_depth = True
            counter += STRIDE
            bits = mix(counter)
            if state < per_mode and unit(bits) * rate < anharmonic:
                kx, ky, kz = wavevector(state, a, b, sign, cells)
                counter, share, mode, kx, ky, kz = decay(
                    counter, kx, ky, kz, crystal.decay_tt, crystal.ratio, crystal.fast_share,
                    crystal.quantiles,
                )  # fmt: skip
                frequency *= share
                fresh_frequency = True
                state, a, b, sign = locate(kx, ky, kz, mode, cells)
            else:
                counter += STRIDE
                bits = mix(counter)
                state = pick(bits, alias[0])
                a, b, sign = within(bits)
            continue

        depth -= rate * flight
        bounces += 1
        velocity = vx if axis == 0 else (vy if axis == 1 else vz)
        inward = -1.0 if velocity > 0.0 else 1.0
        face = 2 * axis + (1 if velocity > 0.0 else 0)
        if block.sink[face]:
            ledger[LEFT] += weight
            ending = HIT
            break
        if axis == 2:
            raster = block.front if face == 5 else block.back
            px = min(np.int64(x * per_x * raster.shape[0]), raster.shape[0] - 1)
            py = min(np.int64(y * per_y * raster.shape[1]), raster.shape[1] - 1)
            film = np.int64(raster[np.uint64(px), np.uint64(py)]) - 1
            if film >= 0:
                leaked = weight * films.leak[film]
                ledger[LEFT] += leaked
                weight -= leaked
                answers = frequency >= films.cutoff[film]
                if answers:
                    slowness = crystal.slowness_unit * (cell[9] + a * cell[10] + b * cell[11])
                    absorbed, share = _absorption(film, node, slowness, films)
                    deposit = weight * absorbed * share
                    ledger[DEPOSITED] += deposit
                    cx = np.uint64(min(np.int64(x * per_x * map_x), map_x - 1))
                    cy = np.uint64(min(np.int64(y * per_y * map_y), map_y - 1))
                    maps.quanta[face - 4, cx, cy, _bin(t, maps.edges)] += np.int64(
                        deposit * maps.scale + 0.5
                    )
                    again = absorbed * (1.0 - share)
                    row = np.int64(node)
                    counter += STRIDE
                    if unit(mix(counter)) < node - row:
                        row += 1
                    below = 0.0
                    if weight > _EXPECTED * full:
                        # What returns below every threshold is booked, not drawn, as long as
                        # the packet is worth following: it then ends by drawing that.
                        below = films.below[film, row]
                        ledger[SUBGAP] += weight * again * below
                        again *= 1.0 - below
                    kept = 1.0 - absorbed + again
                    weight *= kept
                if weight <= 0.0:
                    ending = EMPTY
                    break
                if weight < limits.roulette * full:
                    # Survive with the chance that makes the full weight right on average.
                    counter += STRIDE
                    if unit(mix(counter)) * full >= weight:
                        ledger[GAINED] -= weight
                        ending = ROULETTE
                        break
                    ledger[GAINED] += full - weight
                    weight = full
                if answers:
                    counter += STRIDE
                    if unit(mix(counter)) * kept < again:
                        counter, frequency = _returned(counter, film, row, below, frequency, films)
                        fresh_frequency = True
        if limits.bounces > 0 and bounces >= limits.bounces:
            ledger[CAPPED] += weight
            ending = CAP
            break
        if not fresh_frequency and (block.law == 1 or block.specular > 0.0):
            counter += STRIDE
            specular = unit(mix(counter)) < block.specular
            if specular or block.law == 1:
                counter, state, a, b, sign, found = keep_mode(
                    counter, state, a, b, sign, axis, inward, specular, crystal, block.law
                )
                if found:
                    continue
        counter += STRIDE
        bits = mix(counter)
        state = pick(bits, alias[1 + axis])
        a, b, sign = within(bits)
        sign = inward if speed(records, state, a, b, 1.0, axis) > 0.0 else -inward
    out.steps[i] += steps
    out.bounces[i] = bounces
    out.ending[i] = ending
    out.face[i] = face
    out.mode[i] = np.int64(state // per_mode)
    out.last[i, 0], out.last[i, 1], out.last[i, 2] = x, y, z
    out.last[i, 3], out.last[i, 4] = t, frequency
    return counter, state, a, b, sign, x, y, z, t, weight, frequency


@njit(cache=True, error_model="numpy")
def _packet(i, seed, crystal, block, films, packets, limits, maps, out):  # type: ignore[no-untyped-def]
    kx, ky, kz = packets.wavevector[i]
    counter, state, a, b, sign = _birth(
        start(seed, i), np.int64(packets.mode[i]), kx, ky, kz, crystal
    )
    x, y, z = packets.position[i]
    full = packets.energy[i]
    counter, state, a, b, sign, x, y, z, t, weight, frequency = _walk(
        i, counter, state, a, b, sign, x, y, z, packets.time[i], full,
        packets.frequency[i], limits.split_below, crystal, block, films, limits, maps, out, full,
    )  # fmt: skip
    if out.ending[i] != SPLIT:
        return
    bounces = out.bounces[i]
    for _ in range(limits.copies):
        out.bounces[i] = bounces
        counter = _walk(
            i, counter, state, a, b, sign, x, y, z, t, weight / limits.copies,
            frequency, 0.0, crystal, block, films, limits, maps, out, full / limits.copies,
        )[0]  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def follow(first, last, seed, crystal, block, films, packets, limits, maps, out):  # type: ignore[no-untyped-def]
    """Follow packets from ``first`` to before ``last``; adds to the map, fills their rows."""
    for i in range(first, last):
        _packet(i, seed, crystal, block, films, packets, limits, maps, out)
