"""Yardstick for phonon transport: the plainest isotropic kernel worth comparing with.

Two speeds (L, T), isotropic directions, isotope scattering ~ nu^4, anharmonic splitting ~ nu^5,
diffuse faces, specular sides, one absorbing face with a fixed probability. No focusing, no
cascade, no film model. Its figure is phonon steps per second; a real kernel is quoted as a
fraction of it, both timed in one run on one thread. Needs numpy and numba.
"""

import time

import numba as nb
import numpy as np
from numba import njit, prange, uint64

PLANCK_EV = 4.135667696e-15  # eV s


@njit(inline="always")
def _rotl(x, k):
    return (x << uint64(k)) | (x >> uint64(64 - k))


@njit
def _stream(seed):
    """Four words of xoshiro256++ state from a 64-bit seed by splitmix64."""
    state = np.empty(4, np.uint64)
    z = uint64(seed)
    for i in range(4):
        z = uint64(z + uint64(0x9E3779B97F4A7C15))
        x = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> uint64(27))) * uint64(0x94D049BB133111EB)
        state[i] = x ^ (x >> uint64(31))
    return state


@njit(inline="always")
def _uniform(s):
    r = _rotl(s[0] + s[3], 23) + s[0]
    t = s[1] << uint64(17)
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = _rotl(s[3], 45)
    return (r >> uint64(11)) * (1.0 / 9007199254740992.0)


@njit(inline="always")
def _direction(s):
    c = 2.0 * _uniform(s) - 1.0
    phi = 2.0 * np.pi * _uniform(s)
    q = np.sqrt(1.0 - c * c)
    return q * np.cos(phi), q * np.sin(phi), c


@njit(parallel=True, fastmath=True)
def run(n, energy_eV, first_seed, width, height, gap_eV, absorb):
    """Follow n primaries; returns steps per primary and absorbed energy (eV) per primary."""
    steps = np.zeros(n, np.int64)
    absorbed = np.zeros(n)
    for i in prange(n):
        s = _stream(i + first_seed)
        stack = np.empty((64, 4))
        depth = 0
        x, y, z, E = width / 2, width / 2, height / 2, energy_eV
        ux, uy, uz = _direction(s)
        count = 0
        while True:
            nu = E / PLANCK_EV
            speed = 9000.0 if _uniform(s) < 0.1 else 5400.0
            isotope = 2.43e-42 * nu**4
            split = 7.41e-56 * nu**5
            to_face = (height - z) / uz if uz > 0 else -z / uz
            to_x = (width - x) / ux if ux > 0 else -x / ux
            to_y = (width - y) / uy if uy > 0 else -y / uy
            to_wall = min(to_face, min(to_x, to_y))
            to_event = -np.log(1.0 - _uniform(s)) * speed / (isotope + split)
            count += 1
            done = False
            if to_event < to_wall:
                x += ux * to_event
                y += uy * to_event
                z += uz * to_event
                if _uniform(s) * (isotope + split) < split and depth < 63:
                    part = _uniform(s)
                    stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3] = (
                        E * part,
                        x,
                        y,
                        z,
                    )
                    depth += 1
                    E *= 1.0 - part
                ux, uy, uz = _direction(s)
            else:
                x = min(max(x + ux * to_wall, 1e-12), width - 1e-12)
                y = min(max(y + uy * to_wall, 1e-12), width - 1e-12)
                z = min(max(z + uz * to_wall, 1e-12), height - 1e-12)
                if to_wall == to_face:
                    if uz > 0 and 2 * gap_eV < E and _uniform(s) < absorb:
                        absorbed[i] += 0.59 * E
                        E *= 0.41
                    up = uz > 0
                    ux, uy, uz = _direction(s)
                    uz = -abs(uz) if up else abs(uz)
                elif to_wall == to_x:
                    ux = -ux
                else:
                    uy = -uy
            done = 2 * gap_eV > E or count > 100_000
            if done:
                if depth == 0:
                    break
                depth -= 1
                E, x, y, z = stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3]
                ux, uy, uz = _direction(s)
        steps[i] = count
    return steps, absorbed


if __name__ == "__main__":
    arguments = (10e-3, 1, 8e-3, 0.4e-3, 180e-6, 0.05)
    run(10, *arguments)
    for threads in (1, 2):
        nb.set_num_threads(threads)
        start = time.perf_counter()
        steps, _ = run(20_000, *arguments)
        seconds = time.perf_counter() - start
        rate = steps.sum() / seconds
        print(f"{threads} thread(s): {rate:.3g} steps/s, {steps.mean():.0f} steps per primary")
