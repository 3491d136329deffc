"""How near very many points lie to bare coordinates, and how often rings wind around them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

UNSURE_M = 1e-6
"""A crossing this near to a place is not told from it."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def _row_turns(
    a: Floats, b: Floats, sign: int, grid: Floats, turns: NDArray[np.int32], doubt: Masks
) -> None:
    """Notes where an edge crosses the middle lines of rows: what changes in the cells after it."""
    west, south, size = grid[0], grid[1], grid[2]
    rows, cols = turns.shape
    low, high = min(a[1], b[1]), max(a[1], b[1])
    first = max(int(np.floor((low - south) / size - 0.5)) - 1, 0)
    last = min(int(np.floor((high - south) / size - 0.5)) + 1, rows - 1)
    turn = sign if a[1] > b[1] else -sign
    for row in range(first, last + 1):
        middle = south + (row + 0.5) * size
        if (a[1] <= middle) == (b[1] <= middle):
            continue
        crossing = a[0] + (middle - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        place = (crossing - west) / size - 0.5
        col = max(int(np.ceil(min(max(place, -1.0), float(cols)))) - 1, 0)
        for near in range(max(col - 1, 0), min(col + 3, cols)):
            if abs(west + (near + 0.5) * size - crossing) < UNSURE_M:
                doubt[row, near] = True
        while col < cols and west + (col + 0.5) * size < crossing:
            col += 1
        if col < cols:
            turns[row, col] += turn


@njit(cache=True, nogil=True)
def _point_turn(
    a: Floats, b: Floats, middle: Floats, x: float, y: float, crossing: float
) -> tuple[int, bool]:
    """The turns of an edge between the middle of a cell and a point in it, and if they are unsure.

    The way goes along the middle line first (``crossing``: where the edge crosses that line, or
    NaN), then up or down; edges through a corner of it count as if left and below.
    """
    found, unsure = 0, False
    if not np.isnan(crossing):
        unsure = abs(crossing - x) < UNSURE_M or abs(crossing - middle[0]) < UNSURE_M
        turn = 1 if a[1] > b[1] else -1
        if middle[0] < crossing <= x:
            found += turn
        elif x < crossing <= middle[0]:
            found -= turn
    if (a[0] <= x) != (b[0] <= x):
        height = a[1] + (x - a[0]) * (b[1] - a[1]) / (b[0] - a[0])
        unsure = unsure or abs(height - middle[1]) < UNSURE_M
        turn = 1 if a[0] < b[0] else -1
        if middle[1] < height <= y:
            found += turn
        elif y < height <= middle[1]:
            found -= turn
    return found, unsure


@njit(cache=True, nogil=True)
def _square(a: Floats, b: Floats, x: float, y: float) -> float:
    """The squared distance from a point to a stretch."""
    along_x, along_y = b[0] - a[0], b[1] - a[1]
    to_x, to_y = x - a[0], y - a[1]
    length = along_x * along_x + along_y * along_y
    share = (to_x * along_x + to_y * along_y) / length if length > 0.0 else 0.0
    share = min(max(share, 0.0), 1.0)
    off_x, off_y = to_x - share * along_x, to_y - share * along_y
    return off_x * off_x + off_y * off_y


@njit(cache=True, nogil=True)
def _visit(
    a: Floats,
    b: Floats,
    sign: int,
    reach: float,
    grid: Floats,
    points: Floats,
    cells: Ints,
    square: Floats,
    wound: NDArray[np.int32],
    unsure: Masks,
    rows: int,
    cols: int,
) -> None:
    """Tells all points of the cells within reach of a stretch what it means to them."""
    west, south, size = grid[0], grid[1], grid[2]
    low, high = min(a[1], b[1]), max(a[1], b[1])
    first = max(int(np.floor((low - reach - south) / size)), 0)
    last = min(int(np.floor((high + reach - south) / size)), rows - 1)
    middle = np.empty(2)
    for row in range(first, last + 1):
        bottom, top = south + row * size - reach, south + (row + 1) * size + reach
        left, right = min(a[0], b[0]), max(a[0], b[0])
        if low < high and (low < bottom or high > top):
            slope = (b[0] - a[0]) / (b[1] - a[1])
            one = a[0] + (max(bottom, low) - a[1]) * slope
            other = a[0] + (min(top, high) - a[1]) * slope
            left, right = max(left, min(one, other)), min(right, max(one, other))
        col_from = max(int(np.floor((left - reach - west) / size)), 0)
        col_to = min(int(np.floor((right + reach - west) / size)), cols - 1)
        middle[1] = south + (row + 0.5) * size
        crossing = np.nan
        if sign != 0 and (a[1] <= middle[1]) != (b[1] <= middle[1]):
            crossing = a[0] + (middle[1] - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        for col in range(col_from, col_to + 1):
            middle[0] = west + (col + 0.5) * size
            for at in range(cells[row * cols + col], cells[row * cols + col + 1]):
                x, y = points[at, 0], points[at, 1]
                square[at] = min(square[at], _square(a, b, x, y))
                if sign != 0:
                    turn, doubtful = _point_turn(a, b, middle, x, y, crossing)
                    wound[at] += sign * turn
                    unsure[at] |= doubtful


@njit(cache=True, nogil=True)
def nearness(
    xy: Floats,
    starts: Ints,
    sign: NDArray[np.int8],
    points: Floats,
    cells: Ints,
    grid: Floats,
    shape: Ints,
    reach: float,
    square: Floats,
    wound: NDArray[np.int32],
    unsure: Masks,
) -> None:
    """How chains of vertices ``xy`` (``starts``, ``sign`` as in ``Flat``) lie to n points.

    ``points`` (n, 2) are sorted by cell; cell (row, col) of ``shape`` has those from
    ``cells[row * cols + col]``; ``grid`` is (west, south, size) in metres. Written are
    ``square`` (n,), the least squared planar distance to the chains where it is within
    ``reach`` (else infinity, or any larger one), ``wound`` (n,), how often the rings wind
    around each point, and ``unsure`` (n,), where that cannot be told.
    """
    rows, cols = shape[0], shape[1]
    turns = np.zeros((rows, cols), np.int32)
    doubt = np.zeros((rows, cols), np.bool_)
    west, south = grid[0] - reach, grid[1] - reach
    east, north = grid[0] + cols * grid[2] + reach, grid[1] + rows * grid[2] + reach
    for chain in range(len(starts) - 1):
        start, end, kind = starts[chain], starts[chain + 1], int(sign[chain])
        for at in range(start, max(end - 1, start + 1)):
            a, b = xy[at], xy[min(at + 1, end - 1)]
            if max(a[1], b[1]) < south or min(a[1], b[1]) > north or min(a[0], b[0]) > east:
                continue
            if kind != 0:
                _row_turns(a, b, kind, grid, turns, doubt)
            if max(a[0], b[0]) >= west:
                _visit(a, b, kind, reach, grid, points, cells, square, wound, unsure, rows, cols)
    for row in range(rows):
        total = 0
        for col in range(cols):
            total += turns[row, col]
            for at in range(cells[row * cols + col], cells[row * cols + col + 1]):
                wound[at] += total
                unsure[at] |= doubt[row, col]


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
