"""How often rings wind around few points each, and what of lines comes near to boxes."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.near import MOST_LOOKS, UNSURE_M

FEW = 40
"""Of so many points in its box a ring is walked along for each of them."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def _cells(low: float, high: float, start: float, size: float, count: int) -> tuple[int, int]:
    """The first and last cell that a stretch meets; the first is greater where it meets none."""
    first = int(min(max(np.floor((low - start) / size), 0.0), float(count)))
    last = int(min(max(np.floor((high - start) / size), -1.0), count - 1.0))
    return first, last


@njit(cache=True, nogil=True)
def _box(xy: Floats, start: int, end: int) -> tuple[float, float, float, float]:
    west, south = xy[start, 0], xy[start, 1]
    east, north = west, south
    for at in range(start + 1, end):
        west, east = min(west, xy[at, 0]), max(east, xy[at, 0])
        south, north = min(south, xy[at, 1]), max(north, xy[at, 1])
    return west - UNSURE_M, south - UNSURE_M, east + UNSURE_M, north + UNSURE_M


@njit(cache=True, nogil=True)
def _around(xy: Floats, start: int, end: int, x: float, y: float) -> tuple[int, bool]:
    """How often a ring winds around a place, and whether that cannot be told."""
    found, unsure = 0, False
    for at in range(start, end - 1):
        ay, by = xy[at, 1], xy[at + 1, 1]
        if (ay <= y) == (by <= y):
            continue
        crossing = xy[at, 0] + (y - ay) * (xy[at + 1, 0] - xy[at, 0]) / (by - ay)
        unsure = unsure or abs(crossing - x) < UNSURE_M
        if crossing <= x:
            found += 1 if ay > by else -1
    return found, unsure


@njit(cache=True, nogil=True)
def few_wound(
    xy: Floats,
    starts: Ints,
    sign: NDArray[np.int8],
    points: Floats,
    cells: Ints,
    grid: Floats,
    shape: Ints,
    wound: NDArray[np.int32],
    unsure: Masks,
) -> Masks:
    """Adds the windings of rings that have few points in their boxes; which ones are left.

    All as in ``nearness``.
    """
    rows, cols = shape[0], shape[1]
    left, inside = np.zeros(len(sign), np.bool_), np.empty(FEW, np.int64)
    for ring in range(len(sign)):
        start, end = starts[ring], starts[ring + 1]
        if sign[ring] == 0 or end <= start:
            continue
        west, south, east, north = _box(xy, start, end)
        first_row, last_row = _cells(south, north, grid[1], grid[2], rows)
        first_col, last_col = _cells(west, east, grid[0], grid[2], cols)
        count = 0
        if (last_row - first_row + 1) * (last_col - first_col + 1) > MOST_LOOKS * (end - start):
            left[ring] = True
            continue
        for row in range(first_row, last_row + 1):
            for col in range(first_col, last_col + 1):
                for at in range(cells[row * cols + col], cells[row * cols + col + 1]):
                    x, y = points[at, 0], points[at, 1]
                    if west <= x <= east and south <= y <= north:
                        if count < FEW:
                            inside[count] = at
                        count += 1
        if count > FEW:
            left[ring] = True
            continue
        for which in range(count):
            at = inside[which]
            turns, doubtful = _around(xy, start, end, points[at, 0], points[at, 1])
            wound[at] += sign[ring] * turns
            unsure[at] |= doubtful
    return left


@njit(cache=True, nogil=True)
def marked(boxes: Floats, reach: float, grid: Floats, shape: Ints) -> Masks:
    """The cells that boxes meet, widened by a reach."""
    found = np.zeros((shape[0], shape[1]), np.bool_)
    for box in range(len(boxes)):
        first_row, last_row = _cells(
            boxes[box, 1] - reach, boxes[box, 3] + reach, grid[1], grid[2], shape[0]
        )
        first_col, last_col = _cells(
            boxes[box, 0] - reach, boxes[box, 2] + reach, grid[0], grid[2], shape[1]
        )
        for row in range(first_row, last_row + 1):
            for col in range(first_col, last_col + 1):
                found[row, col] = True
    return found


@njit(cache=True, nogil=True)
def near_marks(xy: Floats, starts: Ints, marks: Masks, grid: Floats) -> Masks:
    """Which vertices begin an edge whose box meets a marked cell."""
    rows, cols = marks.shape
    found = np.zeros(len(xy), np.bool_)
    for chain in range(len(starts) - 1):
        for at in range(starts[chain], starts[chain + 1] - 1):
            first_row, last_row = _cells(
                min(xy[at, 1], xy[at + 1, 1]), max(xy[at, 1], xy[at + 1, 1]), grid[1], grid[2], rows
            )
            first_col, last_col = _cells(
                min(xy[at, 0], xy[at + 1, 0]), max(xy[at, 0], xy[at + 1, 0]), grid[0], grid[2], cols
            )
            for row in range(first_row, last_row + 1):
                for col in range(first_col, last_col + 1):
                    found[at] |= marks[row, col]
    return found
