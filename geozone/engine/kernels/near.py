"""How near very many points lie to bare coordinates, and how often rings wind around them."""

from __future__ import annotations

import numpy as np
from numba import njit

from geozone.engine.kernels.near_edges import (
    UNSURE_M,
    Box,
    Chains,
    Floats,
    Ints,
    Sorted,
    Told,
    Turns,
    box_of,
    cells_of,
    row_turns,
    square_of,
    visit,
)

MOST_LOOKS = 4
"""Points that are looked at for each vertex of a chain to find which of them are near it."""

FEW = 16
"""For each of so many points in its box a chain is walked along."""

TOGETHER = 16
"""Edges of a chain that are looked at together, where they lie within one cell's size."""


@njit(cache=True, nogil=True)
def _in_box(box: Box, most: int, points: Sorted, found: Ints) -> int:
    """How many points lie in a box, the first of them ``found``; -1 where ``most`` are not enough
    to look at."""
    (west, south, east, north), (xy, cells, grid, shape) = box, points
    first_row, last_row = cells_of(south, north, grid[1], grid[2], shape[0])
    first_col, last_col = cells_of(west, east, grid[0], grid[2], shape[1])
    count = 0
    if last_col < first_col:
        return 0
    for row in range(first_row, last_row + 1):
        begin, end = cells[row * shape[1] + first_col], cells[row * shape[1] + last_col + 1]
        most -= end - begin
        if most < 0:
            return -1
        for at in range(begin, end):
            if west <= xy[at, 0] <= east and south <= xy[at, 1] <= north:
                if count < len(found):
                    found[count] = at
                count += 1
    return count


@njit(cache=True, nogil=True)
def _around(xy: Floats, corner: int, box: Box, points: Sorted, told: Told) -> None:
    """Tells all points in a box of a single vertex."""
    (west, south, east, north), (places, cells, grid, shape) = box, points
    first_row, last_row = cells_of(south, north, grid[1], grid[2], shape[0])
    first_col, last_col = cells_of(west, east, grid[0], grid[2], shape[1])
    for row in range(first_row, last_row + 1 if first_col <= last_col else first_row):
        begin, end = cells[row * shape[1] + first_col], cells[row * shape[1] + last_col + 1]
        for at in range(begin, end):
            off_x, off_y = places[at, 0] - xy[corner, 0], places[at, 1] - xy[corner, 1]
            told[0][at] = min(told[0][at], off_x * off_x + off_y * off_y)


@njit(cache=True, nogil=True)
def _walked(
    xy: Floats, start: int, end: int, sign: int, reach: float, at: int, points: Sorted, told: Told
) -> None:
    """Tells one point of all edges of a chain."""
    (square, wound, unsure), x, y = told, points[0][at, 0], points[0][at, 1]
    least, turns, doubtful = square[at], 0, False
    for corner in range(start, end - 1):
        ax, ay, bx, by = xy[corner, 0], xy[corner, 1], xy[corner + 1, 0], xy[corner + 1, 1]
        if (ay <= y) != (by <= y):
            crossing = ax + (y - ay) * (bx - ax) / (by - ay)
            doubtful = doubtful or abs(crossing - x) < UNSURE_M
            if crossing <= x:
                turns += 1 if ay > by else -1
        is_beside = min(ay, by) - reach <= y <= max(ay, by) + reach
        if is_beside and min(ax, bx) - reach <= x <= max(ax, bx) + reach:
            least = min(least, square_of(ax, ay, bx, by, x, y))
    square[at] = least
    if sign != 0:
        wound[at] += sign * turns
        unsure[at] |= doubtful


@njit(cache=True, nogil=True)
def _stretch(xy: Floats, start: int, end: int, size: float) -> int:
    """The vertex up to which edges from ``start`` on are looked at together."""
    low_x, low_y, high_x, high_y = xy[start, 0], xy[start, 1], xy[start, 0], xy[start, 1]
    at = start + 1
    while at < min(end, start + TOGETHER + 1):
        low_x, high_x = min(low_x, xy[at, 0]), max(high_x, xy[at, 0])
        low_y, high_y = min(low_y, xy[at, 1]), max(high_y, xy[at, 1])
        if at > start + 1 and max(high_x - low_x, high_y - low_y) > size:
            break
        at += 1
    return at - 1


@njit(cache=True, nogil=True)
def _along(
    xy: Floats,
    start: int,
    end: int,
    sign: int,
    reach: float,
    points: Sorted,
    told: Told,
    changes: Turns,
) -> None:
    """Tells all points of a chain, stretch by stretch."""
    grid, shape = points[2], points[3]
    west, south, size = grid[0], grid[1], grid[2]
    east, north = west + shape[1] * size + reach, south + shape[0] * size + reach
    at = start
    while at < end - 1:
        to = _stretch(xy, at, end, size)
        low_x, low_y, high_x, high_y = box_of(xy, at, to + 1, 0.0)
        if high_y >= south - reach and low_y <= north and low_x <= east:
            if sign != 0:
                first = np.floor((low_y - south) / size - 0.5)
                if first != np.floor((high_y - south) / size - 0.5):
                    for one in range(at, to):
                        row_turns(
                            xy[one, 0],
                            xy[one, 1],
                            xy[one + 1, 0],
                            xy[one + 1, 1],
                            sign,
                            grid,
                            changes,
                        )
            if high_x >= west - reach:
                visit(xy, at, to, sign, reach, points, told)
        at = to


@njit(cache=True, nogil=True)
def nearness(chains: Chains, points: Sorted, reach: float, told: Told) -> None:
    """How chains lie to n points that are sorted by cell.

    Written are ``told``, arrays (n,): the least squared planar distance to the chains where it
    is within ``reach`` (else infinity, or any larger one), how often the rings wind around each
    point, and where that cannot be told.
    """
    (xy, starts, signs), (_, cells, _, shape) = chains, points
    _, wound, unsure = told
    turns = np.zeros((shape[0], shape[1]), np.int32)
    doubt = np.zeros((shape[0], shape[1]), np.bool_)
    some, turned = np.empty(FEW, np.int64), False
    for chain in range(len(starts) - 1):
        start, end, sign = starts[chain], starts[chain + 1], int(signs[chain])
        if end <= start:
            continue
        # Outside its box a ring winds around nothing.
        box = box_of(xy, start, end, reach)
        if end == start + 1:
            _around(xy, start, box, points, told)
            continue
        count = _in_box(box, MOST_LOOKS * (end - start + FEW), points, some)
        if 0 <= count <= FEW:
            for which in range(count):
                _walked(xy, start, end, sign, reach, some[which], points, told)
            continue
        turned = turned or sign != 0
        _along(xy, start, end, sign, reach, points, told, (turns, doubt))
    if not turned:
        return
    for row in range(shape[0]):
        total = 0
        for col in range(shape[1]):
            total += turns[row, col]
            for at in range(cells[row * shape[1] + col], cells[row * shape[1] + col + 1]):
                wound[at] += total
                unsure[at] |= doubt[row, col]
