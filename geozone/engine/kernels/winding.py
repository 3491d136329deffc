"""What of lines comes near to boxes."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.boxed import TOGETHER, Boxes, bounds_of, is_free, place_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def _comes_near(xy: Floats, at: int, reach: float, boxes: Floats, box: int) -> bool:
    """Whether the edge from a vertex may come within reach of a box; false only if sure."""
    ax, ay, bx, by = xy[at, 0], xy[at, 1], xy[at + 1, 0], xy[at + 1, 1]
    west, south, east, north = boxes[box, 0], boxes[box, 1], boxes[box, 2], boxes[box, 3]
    if west > max(ax, bx) + reach or east < min(ax, bx) - reach:
        return False
    if south > max(ay, by) + reach or north < min(ay, by) - reach:
        return False
    along_x, along_y = bx - ax, by - ay
    off = along_x * ((south + north) / 2 - ay) - along_y * ((west + east) / 2 - ax)
    half = ((east - west) * abs(along_y) + (north - south) * abs(along_x)) / 2
    return abs(off) <= half + reach * np.hypot(along_x, along_y)


@njit(cache=True, nogil=True)
def _first_near(xy: Floats, at: int, reach: float, boxes: Floats, cells: Boxes) -> int:
    """Some box within reach of the edge from a vertex, -1 without one."""
    starts, order, _, grid, shape = cells
    inverse = 1.0 / grid[2]
    low_x, high_x = min(xy[at, 0], xy[at + 1, 0]), max(xy[at, 0], xy[at + 1, 0])
    low_y, high_y = min(xy[at, 1], xy[at + 1, 1]), max(xy[at, 1], xy[at + 1, 1])
    left = place_of(low_x - reach - grid[0], inverse, shape[1] - 1)
    right = place_of(high_x + reach - grid[0], inverse, shape[1] - 1)
    low = place_of(low_y - reach - grid[1], inverse, shape[0] - 1)
    high = place_of(high_y + reach - grid[1], inverse, shape[0] - 1)
    for row in range(low, high + 1):
        first, last = starts[row * shape[1] + left], starts[row * shape[1] + right + 1]
        for place in range(first, last):
            if _comes_near(xy, at, reach, boxes, order[place]):
                return int(order[place])
    return -1


@njit(cache=True, nogil=True)
def near_boxes(xy: Floats, starts: Ints, reach: float, boxes: Floats, cells: Boxes) -> Masks:
    """Which vertices begin an edge that comes within reach of a box; others may be among them."""
    found, known = np.zeros(len(xy), np.bool_), -1
    _, _, busy, grid, shape = cells
    for chain in range(len(starts) - 1):
        begin, looked = starts[chain], False
        for at in range(begin, starts[chain + 1] - 1):
            if (at - begin) % TOGETHER == 0:
                final = min(at + TOGETHER, starts[chain + 1] - 1)
                west, south, east, north = bounds_of(xy, at, final)
                around = (west - reach, south - reach, east + reach, north + reach)
                looked = not is_free(around, busy, grid, shape)
            if not looked:
                continue
            if known < 0 or not _comes_near(xy, at, reach, boxes, known):
                known = _first_near(xy, at, reach, boxes, cells)
            found[at] = known >= 0
    return found
