"""How near very many points lie to bare coordinates, and how often rings wind around them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

UNSURE_M = 1e-6
"""A crossing this near to a place is not told from it."""

MOST_LOOKS = 4
"""Cells that are looked at for each vertex of a chain to find that no point is near it."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def _row_turns(
    ax: float,
    ay: float,
    bx: float,
    by: float,
    sign: int,
    grid: Floats,
    turns: NDArray[np.int32],
    doubt: Masks,
) -> None:
    """Notes where an edge crosses the middle lines of rows: what changes in the cells after it."""
    west, south, size = grid[0], grid[1], grid[2]
    rows, cols = turns.shape
    low, high = min(ay, by), max(ay, by)
    first = max(int(np.floor((low - south) / size - 0.5)) - 1, 0)
    last = min(int(np.floor((high - south) / size - 0.5)) + 1, rows - 1)
    turn = sign if ay > by else -sign
    for row in range(first, last + 1):
        middle = south + (row + 0.5) * size
        if (ay <= middle) == (by <= middle):
            continue
        crossing = ax + (middle - ay) * (bx - ax) / (by - ay)
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
    ax: float,
    ay: float,
    bx: float,
    by: float,
    middle_x: float,
    middle_y: float,
    x: float,
    y: float,
    crossing: float,
) -> tuple[int, bool]:
    """The turns of an edge between the middle of a cell and a point in it, and if they are unsure.

    The way goes along the middle line first (``crossing``: where the edge crosses that line, or
    NaN), then up or down; edges through a corner of it count as if left and below.
    """
    found, unsure = 0, False
    if not np.isnan(crossing):
        unsure = abs(crossing - x) < UNSURE_M or abs(crossing - middle_x) < UNSURE_M
        turn = 1 if ay > by else -1
        if middle_x < crossing <= x:
            found += turn
        elif x < crossing <= middle_x:
            found -= turn
    if (ax <= x) != (bx <= x):
        height = ay + (x - ax) * (by - ay) / (bx - ax)
        unsure = unsure or abs(height - middle_y) < UNSURE_M
        turn = 1 if ax < bx else -1
        if middle_y < height <= y:
            found += turn
        elif y < height <= middle_y:
            found -= turn
    return found, unsure


@njit(cache=True, nogil=True, inline="always")
def _square(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> float:
    """The squared distance from a point to a stretch."""
    along_x, along_y = bx - ax, by - ay
    to_x, to_y = x - ax, y - ay
    length = along_x * along_x + along_y * along_y
    share = (to_x * along_x + to_y * along_y) / length if length > 0.0 else 0.0
    share = min(max(share, 0.0), 1.0)
    off_x, off_y = to_x - share * along_x, to_y - share * along_y
    return off_x * off_x + off_y * off_y


@njit(cache=True, nogil=True)
def _visit(
    ax: float,
    ay: float,
    bx: float,
    by: float,
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
    low, high = min(ay, by), max(ay, by)
    first = max(int(np.floor((low - reach - south) / size)), 0)
    last = min(int(np.floor((high + reach - south) / size)), rows - 1)
    for row in range(first, last + 1):
        bottom, top = south + row * size - reach, south + (row + 1) * size + reach
        left, right = min(ax, bx), max(ax, bx)
        if low < high and (low < bottom or high > top):
            slope = (bx - ax) / (by - ay)
            one = ax + (max(bottom, low) - ay) * slope
            other = ax + (min(top, high) - ay) * slope
            left, right = max(left, min(one, other)), min(right, max(one, other))
        col_from = max(int(np.floor((left - reach - west) / size)), 0)
        col_to = min(int(np.floor((right + reach - west) / size)), cols - 1)
        middle_y = south + (row + 0.5) * size
        crossing = np.nan
        if sign != 0 and (ay <= middle_y) != (by <= middle_y):
            crossing = ax + (middle_y - ay) * (bx - ax) / (by - ay)
        for col in range(col_from, col_to + 1):
            middle_x = west + (col + 0.5) * size
            for at in range(cells[row * cols + col], cells[row * cols + col + 1]):
                x, y = points[at, 0], points[at, 1]
                square[at] = min(square[at], _square(ax, ay, bx, by, x, y))
                if sign != 0:
                    turn, doubtful = _point_turn(ax, ay, bx, by, middle_x, middle_y, x, y, crossing)
                    wound[at] += sign * turn
                    unsure[at] |= doubtful


@njit(cache=True, nogil=True)
def _is_alone(
    xy: Floats,
    start: int,
    end: int,
    reach: float,
    grid: Floats,
    points: Floats,
    cells: Ints,
    rows: int,
    cols: int,
) -> bool:
    """Whether no point lies in the box of a chain, widened by the reach; true only if sure."""
    low_x, high_x = xy[start, 0], xy[start, 0]
    low_y, high_y = xy[start, 1], xy[start, 1]
    for at in range(start + 1, end):
        low_x, high_x = min(low_x, xy[at, 0]), max(high_x, xy[at, 0])
        low_y, high_y = min(low_y, xy[at, 1]), max(high_y, xy[at, 1])
    reach += UNSURE_M
    low_x, low_y, high_x, high_y = low_x - reach, low_y - reach, high_x + reach, high_y + reach
    west, south, size = grid[0], grid[1], grid[2]
    first_row = int(min(max(np.floor((low_y - south) / size), 0.0), float(rows)))
    last_row = int(min(max(np.floor((high_y - south) / size), -1.0), rows - 1.0))
    first_col = int(min(max(np.floor((low_x - west) / size), 0.0), float(cols)))
    last_col = int(min(max(np.floor((high_x - west) / size), -1.0), cols - 1.0))
    if (last_row - first_row + 1) * (last_col - first_col + 1) > MOST_LOOKS * (end - start):
        return False
    for row in range(first_row, last_row + 1):
        for col in range(first_col, last_col + 1):
            for at in range(cells[row * cols + col], cells[row * cols + col + 1]):
                x, y = points[at, 0], points[at, 1]
                if low_x <= x <= high_x and low_y <= y <= high_y:
                    return False
    return True


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
        # Outside its box a ring winds around nothing.
        if end > start and _is_alone(xy, start, end, reach, grid, points, cells, rows, cols):
            continue
        for at in range(start, max(end - 1, start + 1)):
            to = min(at + 1, end - 1)
            ax, ay, bx, by = xy[at, 0], xy[at, 1], xy[to, 0], xy[to, 1]
            if max(ay, by) < south or min(ay, by) > north or min(ax, bx) > east:
                continue
            if kind != 0:
                _row_turns(ax, ay, bx, by, kind, grid, turns, doubt)
            if max(ax, bx) >= west:
                _visit(
                    ax,
                    ay,
                    bx,
                    by,
                    kind,
                    reach,
                    grid,
                    points,
                    cells,
                    square,
                    wound,
                    unsure,
                    rows,
                    cols,
                )
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
