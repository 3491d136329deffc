"""Very many points by cell, and what is told of them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def by_cell(xy: Floats, grid: Floats, shape: Ints) -> tuple[Floats, Ints, Ints]:
    """Points (n, 2) sorted by cell, which was which, and where those of each cell begin.

    ``grid`` is west, south and size in metres, ``shape`` (rows, cols); points of one cell keep
    their order.
    """
    rows, cols = shape[0], shape[1]
    cell, starts = np.empty(len(xy), np.int64), np.zeros(rows * cols + 1, np.int64)
    for at in range(len(xy)):
        col, row = int((xy[at, 0] - grid[0]) / grid[2]), int((xy[at, 1] - grid[1]) / grid[2])
        cell[at] = row * cols + col
        starts[cell[at] + 1] += 1
    for one in range(rows * cols):
        starts[one + 1] += starts[one]
    points, order, place = np.empty((len(xy), 2)), np.empty(len(xy), np.int64), starts[:-1].copy()
    for at in range(len(xy)):
        to = place[cell[at]]
        place[cell[at]] += 1
        order[to] = at
        points[to, 0], points[to, 1] = xy[at, 0], xy[at, 1]
    return points, order, starts


@njit(cache=True, nogil=True)
def settled(
    square: Floats, wound: NDArray[np.int32], unsure: Masks, inside: Masks, reach: float
) -> None:
    """Squared distances within a reach as metres, else infinite; windings as ``inside``.

    On a line it is ``unsure`` on which side a point lies.
    """
    for at in range(len(square)):
        inside[at] = wound[at] > 0
        unsure[at] |= square[at] < EXACT_M * EXACT_M
        square[at] = np.sqrt(square[at]) if square[at] <= reach * reach else np.inf


EXACT_M = 1e-5
"""Planar distances are right to far less than this."""


@njit(cache=True, nogil=True)
def scales(coefs: Floats, frame: Floats, xy: Floats, found: Floats) -> None:
    """The scale at places (n, 2) by a polynomial (6, 6); ``frame`` is (x0, y0, half) in metres."""
    for at in range(len(xy)):
        u, v = (xy[at, 0] - frame[0]) / frame[2], (xy[at, 1] - frame[1]) / frame[2]
        total = 0.0
        for i in range(coefs.shape[0] - 1, -1, -1):
            inner = 0.0
            for j in range(coefs.shape[1] - 1, -1, -1):
                inner = inner * v + coefs[i, j]
            total = total * u + inner
        found[at] = total


@njit(cache=True, nogil=True)
def joined(codes: Ints, more: NDArray[np.uint8], count: int) -> None:
    """Makes codes (n,) tell apart what they or ``more`` (n,), below ``count``, tell apart."""
    for at in range(len(codes)):
        codes[at] = codes[at] * count + more[at]
