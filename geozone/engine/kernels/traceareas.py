"""Areas on the ellipsoid of rings in a conformal projection, by Green's theorem."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

DEGREE = 6
"""Of the polynomial that 1 / k² is given as; terms are those of at most this total degree."""

NEGLIGIBLE = 1e-12
"""Terms whose sum stays below this, as a share of the area, are left out for a ring."""

GAUSS = 0.5 / np.sqrt(3.0)
"""Of an edge, how far its two points of Gauss's quadrature are from the middle."""


@njit(cache=True, nogil=True)
def moved(
    coefs: NDArray[np.float64],
    u: float,
    v: float,
    out: NDArray[np.float64],
) -> None:
    """The same polynomial about another origin."""
    out[:] = coefs
    for _ in range(2):
        # Horner's scheme again and again, first along u, then with the axes swapped along v.
        for j in range(DEGREE + 1):
            for first in range(DEGREE):
                for i in range(DEGREE - 1, first - 1, -1):
                    out[i, j] += u * out[i + 1, j]
        u, v = v, u
        for i in range(DEGREE + 1):
            for j in range(i):
                out[i, j], out[j, i] = out[j, i], out[i, j]


@njit(cache=True, nogil=True)
def needed(local: NDArray[np.float64], reach: float) -> int:
    """The degree up to which a polynomial matters within a reach of its origin."""
    rest, power = 0.0, reach**DEGREE
    for degree in range(DEGREE, 0, -1):
        for i in range(degree + 1):
            rest += abs(local[i, degree - i]) * power
        if rest > NEGLIGIBLE:
            return degree
        power /= max(reach, 1e-300)
    return 0


@njit(cache=True, nogil=True, inline="always")
def primitive(local: NDArray[np.float64], degree: int, u: float, v: float) -> float:
    """The integral of the polynomial along u, from 0, where ``local[i]`` is divided by i + 1."""
    found = 0.0
    for i in range(degree, -1, -1):
        row = 0.0
        for j in range(degree - i, -1, -1):
            row = row * v + local[i, j]
        found = found * u + row
    return found * u


@njit(cache=True, nogil=True)
def strip(
    local: NDArray[np.float64], degree: int, u0: float, v0: float, u1: float, v1: float
) -> float:
    """Twice the integral of ``primitive`` over v along an edge, by Gauss's two points."""
    du, dv, u, v = u1 - u0, v1 - v0, (u0 + u1) / 2, (v0 + v1) / 2
    return dv * (
        primitive(local, degree, u - GAUSS * du, v - GAUSS * dv)
        + primitive(local, degree, u + GAUSS * du, v + GAUSS * dv)
    )


@njit(cache=True, nogil=True)
def ring_areas(
    rings: NDArray[np.int64],
    xy: NDArray[np.float64],
    coefs: NDArray[np.float64],
    frame: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """The signed area of every ring in square metres, counter-clockwise positive, in ``out``.

    Rings whose area is there already, no NaN, are left out.

    1 / k² is the sum of ``coefs[i, j] * u**i * v**j`` where u and v are metres from
    ``frame[0]`` east and ``frame[1]`` north, divided by ``frame[2]``. Every ring is measured
    from its own first vertex, so that small ones are as exact as large ones.
    """
    local = np.empty_like(coefs)
    half = frame[2]
    for ring in range(len(rings) - 1):
        first, end = rings[ring], rings[ring + 1]
        x0, y0, reach = xy[first, 0], xy[first, 1], 0.0
        for at in range(first + 1, end):
            reach = max(reach, abs(xy[at, 0] - x0) + abs(xy[at, 1] - y0))
        moved(coefs, (x0 - frame[0]) / half, (y0 - frame[1]) / half, local)
        degree = needed(local, reach / half)
        for i in range(DEGREE + 1):
            local[i] /= i + 1
        total = 0.0
        for at in range(first, end - 1):
            u0, v0 = (xy[at, 0] - x0) / half, (xy[at, 1] - y0) / half
            u1, v1 = (xy[at + 1, 0] - x0) / half, (xy[at + 1, 1] - y0) / half
            total += strip(local, degree, u0, v0, u1, v1)
        out[ring] = total / 2 * half * half


@njit(cache=True, nogil=True)
def cell_areas(
    starts: NDArray[np.int64],
    ends: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    corners: NDArray[np.float64],
    side_m: np.float64,
    coefs: NDArray[np.float64],
    frame: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Adds to ``out`` (labels,) the areas of the ground between the edges of cells.

    Cell k is a square of ``side_m`` from ``corners[k]`` on and has the edges
    ``starts[k]:starts[k + 1]`` in millimetres from there, its frame among them; ``coefs`` and
    ``frame`` are as in ``ring_areas``. An edge contributes to its left what it takes from its
    right; over all edges of a label that is its area. Labels below 0 have no area.
    """
    local, half, middle = np.empty_like(coefs), frame[2], side_m / 2
    for cell in range(len(corners)):
        x0, y0 = corners[cell, 0] + middle, corners[cell, 1] + middle
        moved(coefs, (x0 - frame[0]) / half, (y0 - frame[1]) / half, local)
        degree = needed(local, side_m / half)
        for i in range(DEGREE + 1):
            local[i] /= i + 1
        for edge in range(starts[cell], starts[cell + 1]):
            v0, v1 = ends[edge, 1] / 1000.0 - middle, ends[edge, 3] / 1000.0 - middle
            if v0 == v1:
                continue
            u0, v0 = (ends[edge, 0] / 1000.0 - middle) / half, v0 / half
            u1, v1 = (ends[edge, 2] / 1000.0 - middle) / half, v1 / half
            found = strip(local, degree, u0, v0, u1, v1) * (half * half / 2)
            if left[edge] >= 0:
                out[left[edge]] += found
            if right[edge] >= 0:
                out[right[edge]] -= found
