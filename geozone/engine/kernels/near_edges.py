"""What edges mean to very many points in cells: how near they are, and what turns around them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

UNSURE_M = 1e-6
"""A crossing this near to a place is not told from it."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]
Chains = tuple[Floats, Ints, NDArray[np.int8]]
"""``xy``, ``starts`` and ``sign`` as in ``Flat``."""
Sorted = tuple[Floats, Ints, Floats, Ints]
"""Points (n, 2) sorted by cell; where those of cell row * cols + col begin; west, south and size
of the cells in metres; rows and cols."""
Told = tuple[Floats, NDArray[np.int32], Masks]
"""Of each point the least squared distance, how often rings wind around it, and where that cannot
be told."""
Turns = tuple[NDArray[np.int32], Masks]
"""Of each cell by how much its middle is wound around more often than that of the cell before it
in its row, and whether that cannot be told."""
Box = tuple[float, float, float, float]


@njit(cache=True, nogil=True, inline="always")
def cells_of(low: float, high: float, start: float, size: float, count: int) -> tuple[int, int]:
    """The first and last cell that a stretch meets; the first is greater where it meets none."""
    first = int(min(max(np.floor((low - start) / size), 0.0), float(count)))
    last = int(min(max(np.floor((high - start) / size), -1.0), count - 1.0))
    return first, last


@njit(cache=True, nogil=True)
def box_of(xy: Floats, start: int, end: int, reach: float) -> Box:
    """The box of vertices, widened by a reach and what may be unsure."""
    west, south = xy[start, 0], xy[start, 1]
    east, north = west, south
    for at in range(start + 1, end):
        west, east = min(west, xy[at, 0]), max(east, xy[at, 0])
        south, north = min(south, xy[at, 1]), max(north, xy[at, 1])
    reach += UNSURE_M
    return west - reach, south - reach, east + reach, north + reach


@njit(cache=True, nogil=True, inline="always")
def square_of(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> float:
    """The squared distance from a point to a stretch."""
    along_x, along_y = bx - ax, by - ay
    to_x, to_y = x - ax, y - ay
    length = along_x * along_x + along_y * along_y
    share = (to_x * along_x + to_y * along_y) / length if length > 0.0 else 0.0
    share = min(max(share, 0.0), 1.0)
    off_x, off_y = to_x - share * along_x, to_y - share * along_y
    return off_x * off_x + off_y * off_y


@njit(cache=True, nogil=True)
def row_turns(
    ax: float, ay: float, bx: float, by: float, sign: int, grid: Floats, changes: Turns
) -> None:
    """Notes where an edge crosses the middle lines of rows: what changes in the cells after it."""
    turns, doubt = changes
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
) -> tuple[int, bool]:
    """The turns of an edge between the middle of a cell and a point in it, and if they are unsure.

    The way goes along the middle line first, then up or down; edges through a corner of it count
    as if left and below.
    """
    found, unsure = 0, False
    if (ay <= middle_y) != (by <= middle_y):
        crossing = ax + (middle_y - ay) * (bx - ax) / (by - ay)
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


@njit(cache=True, nogil=True)
def _tell(
    xy: Floats,
    start: int,
    end: int,
    sign: int,
    box: Box,
    cell: tuple[int, int, bool],
    points: Sorted,
    told: Told,
) -> None:
    """Tells the points of a cell of the edges from vertex ``start`` to ``end``.

    ``box`` holds all that they come near to; ``cell`` is a row, a column, and whether the edges
    may meet it.
    """
    (west, south, east, north), (row, col, meets) = box, cell
    places, cells, grid, shape = points
    square, wound, unsure = told
    middle_x, middle_y = grid[0] + (col + 0.5) * grid[2], grid[1] + (row + 0.5) * grid[2]
    for at in range(cells[row * shape[1] + col], cells[row * shape[1] + col + 1]):
        x, y = places[at, 0], places[at, 1]
        if west <= x <= east and south <= y <= north:
            least = square[at]
            for one in range(start, end):
                least = min(
                    least,
                    square_of(xy[one, 0], xy[one, 1], xy[one + 1, 0], xy[one + 1, 1], x, y),
                )
            square[at] = least
        if meets and sign != 0:
            turns = 0
            for one in range(start, end):
                turn, doubtful = _point_turn(
                    xy[one, 0],
                    xy[one, 1],
                    xy[one + 1, 0],
                    xy[one + 1, 1],
                    middle_x,
                    middle_y,
                    x,
                    y,
                )
                turns += turn
                unsure[at] |= doubtful
            wound[at] += sign * turns


@njit(cache=True, nogil=True)
def visit(
    xy: Floats,
    start: int,
    end: int,
    sign: int,
    reach: float,
    points: Sorted,
    told: Told,
) -> None:
    """Tells all points of the cells within reach of edges what they mean to them.

    Of a single edge only cells along it are looked at.
    """
    _, cells, grid, shape = points
    west, south, size, rows, cols = grid[0], grid[1], grid[2], shape[0], shape[1]
    box = box_of(xy, start, end + 1, reach)
    bare = box_of(xy, start, end + 1, 0.0)
    first, last = cells_of(box[1], box[3], south, size, rows)
    own_first, own_last = cells_of(bare[1], bare[3], south, size, rows)
    for row in range(first, last + 1):
        left, right = bare[0], bare[2]
        bottom, top = south + row * size - reach, south + (row + 1) * size + reach
        ay, by = xy[start, 1], xy[end, 1]
        low, high = min(ay, by), max(ay, by)
        if end == start + 1 and low < high and (low < bottom or high > top):
            ax = xy[start, 0]
            slope = (xy[end, 0] - ax) / (by - ay)
            one = ax + (max(bottom - UNSURE_M, low) - ay) * slope
            other = ax + (min(top + UNSURE_M, high) - ay) * slope
            left = max(left, min(one, other) - UNSURE_M)
            right = min(right, max(one, other) + UNSURE_M)
        col_from, col_to = cells_of(left - reach, right + reach, west, size, cols)
        own_from, own_to = cells_of(left, right, west, size, cols)
        for col in range(col_from, col_to + 1):
            if cells[row * cols + col] < cells[row * cols + col + 1]:
                meets = own_first <= row <= own_last and own_from <= col <= own_to
                _tell(xy, start, end, sign, box, (row, col, meets), points, told)
