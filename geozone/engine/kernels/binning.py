"""Rings cut at the borders of cells: exact pieces on the millimetre grid, and winding flows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Pieces = NDArray[np.int32]
Floats = NDArray[np.float64]
Whole = Any  # a machine integer, Python's or NumPy's: numba makes no difference, mypy would

PIECE, COUNTER, CELL = 7, 4, 6
"""How many columns a piece has, and which are its counter and cell.

They are x0, y0, x1, y1 (mm from its cell's corner), counter, delta and cell (by row, then column).
``delta`` is the winding to the left less that to the right of the way from (x0, y0) to (x1, y1).
"""


@njit(cache=True, nogil=True)
def nearest(start: Whole, span: Whole, part: Whole, whole: Whole) -> Whole:
    """``start + span * part / whole`` at its nearest integer, halves upwards; ``whole`` > 0.

    Exact where the result and ``whole`` are below 2**50: the product may wrap around, the
    remainder is small and therefore right.
    """
    steps = np.int64(np.floor(np.float64(span) * np.float64(part) / np.float64(whole) + 0.5))
    rest = span * part - steps * whole
    while 2 * rest >= whole:
        steps += 1
        rest -= whole
    while 2 * rest < -whole:
        steps -= 1
        rest += whole
    return start + steps


@njit(cache=True, nogil=True)
def ring_boxes(xy: Floats, starts: Ints, limit_mm: float) -> tuple[Ints, int]:
    """The box of each ring (west, south, east, north) in mm, and the first bad ring or -1.

    A ring is bad if it has a coordinate that is no number or beyond the limit, or is not closed.
    """
    boxes = np.empty((len(starts) - 1, 4), np.int64)
    for ring in range(len(starts) - 1):
        first, last = starts[ring], starts[ring + 1] - 1
        if first > last or xy[first, 0] != xy[last, 0] or xy[first, 1] != xy[last, 1]:
            return boxes, ring
        west = east = np.rint(xy[first, 0] * 1000.0)
        south = north = np.rint(xy[first, 1] * 1000.0)
        for at in range(first, last + 1):
            x, y = np.rint(xy[at, 0] * 1000.0), np.rint(xy[at, 1] * 1000.0)
            if not (abs(x) <= limit_mm and abs(y) <= limit_mm):
                return boxes, ring
            west, east = min(west, x), max(east, x)
            south, north = min(south, y), max(north, y)
        boxes[ring, 0], boxes[ring, 1] = np.int64(west), np.int64(south)
        boxes[ring, 2], boxes[ring, 3] = np.int64(east), np.int64(north)
    return boxes, -1


@njit(cache=True, nogil=True)
def grown(rows: Pieces, room: Whole) -> Pieces:
    """A copy with room for so many more rows, and twice as many at least."""
    larger = np.empty((max(2 * len(rows), len(rows) + room), rows.shape[1]), np.int32)
    for at in range(len(rows)):
        for column in range(rows.shape[1]):
            larger[at, column] = rows[at, column]
    return larger


@njit(cache=True, nogil=True)
def _put(
    found: Pieces, count: Whole, flow: Pieces, ends: Ints, window: Ints, counter: Whole, sign: Whole
) -> Whole:
    """Note a piece that crosses no border: in its cell, and where it rises from its row's foot."""
    x0, y0, x1, y1 = ends[0], ends[1], ends[2], ends[3]
    size = window[4]
    row, col = min(y0, y1) // size, min(x0, x1) // size
    if (x0 == x1 and y0 == y1) or row < window[1] or row > window[3] or col > window[2]:
        return count
    foot, west = row * size, col * size
    if y0 != y1 and foot in (y0, y1):
        place = max(col - window[0] + 1, 0)
        flow[row - window[1], place, counter] += -sign if y1 > y0 else sign
    if col < window[0]:
        return count
    if x0 > x1 or (x0 == x1 and y0 > y1):
        x0, y0, x1, y1, sign = x1, y1, x0, y0, -sign
    found[count, 0], found[count, 1] = x0 - west, y0 - foot
    found[count, 2], found[count, 3] = x1 - west, y1 - foot
    found[count, 4], found[count, 5] = counter, sign
    found[count, 6] = (row - window[1]) * (window[2] - window[0] + 1) + col - window[0]
    return count + 1


@njit(cache=True, nogil=True)
def _first_line(start: Whole, step: Whole, size: Whole, low: Whole, high: Whole) -> Whole:
    """The first border beyond a coordinate in a direction, at least as near as the window's."""
    if step > 0:
        return max((start // size + 1) * size, low)
    return min(-(-start // size) * size - size, high)


@njit(cache=True, nogil=True)
def _cut(
    found: Pieces, count: Whole, flow: Pieces, ends: Ints, window: Ints, counter: Whole, sign: int
) -> Whole:
    """Cut one segment at the borders in the window and note its pieces.

    Each cut is the segment's exact crossing with a border, rounded: the same for both
    neighbours and whichever way the segment runs. Rounding keeps the cuts in order.
    """
    ax, ay, bx, by = ends[0], ends[1], ends[2], ends[3]
    size = window[4]
    west, south = window[0] * size, window[1] * size
    east, north = (window[2] + 1) * size, (window[3] + 1) * size
    right, up = (1 if bx > ax else -1), (1 if by > ay else -1)
    line_x = _first_line(ax, right, size, west, east)
    line_y = _first_line(ay, up, size, south, north)
    piece = np.empty(4, np.int64)
    piece[0], piece[1] = ax, ay
    cut_x, cut_y = ax, ay
    while True:
        by_col = (bx - line_x) * right > 0 and west <= line_x <= east
        by_row = (by - line_y) * up > 0 and south <= line_y <= north
        if not by_col and not by_row:
            break
        if by_col:
            cut_y = nearest(ay, by - ay, abs(line_x - ax), abs(bx - ax))
        if by_row:
            cut_x = nearest(ax, bx - ax, abs(line_y - ay), abs(by - ay))
        if by_col and by_row:
            ahead = (cut_x - line_x) * right + (line_y - cut_y) * up
            by_col, by_row = ahead >= 0, ahead <= 0
        piece[2] = line_x if by_col else cut_x
        piece[3] = line_y if by_row else cut_y
        count = _put(found, count, flow, piece, window, counter, sign)
        piece[0], piece[1] = piece[2], piece[3]
        line_x += right * size if by_col else 0
        line_y += up * size if by_row else 0
    piece[2], piece[3] = bx, by
    return _put(found, count, flow, piece, window, counter, sign)


@njit(cache=True, nogil=True)
def cut_rings(
    xy: Floats,
    starts: Ints,
    sign: NDArray[np.int8],
    boxes: Ints,
    window: Ints,
    counter: Whole,
    found: Pieces,
    count: Whole,
    flow: Pieces,
) -> tuple[Pieces, int]:
    """Cut the rings of one counter at the borders of the window's cells.

    ``window`` is (first col, first row, last col, last row, cell size in mm). Pieces are added
    to ``found`` after the first ``count``; ``flow`` (rows, cols + 1, counters) gains what the
    winding changes, going east, across the pieces that rise from the foot of a row: by column,
    all that lies west of the window in the first.
    """
    ends = np.empty(4, np.int64)
    size = window[4]
    most = window[2] - window[0] + window[3] - window[1] + 8
    west, south = window[0] * size, window[1] * size
    east, north = (window[2] + 1) * size, (window[3] + 1) * size
    for ring in range(len(sign)):
        box = boxes[ring]
        if box[2] < west or box[0] >= east or box[3] < south or box[1] >= north:
            continue
        at = starts[ring]
        ends[2] = np.int64(np.rint(xy[at, 0] * 1000.0))
        ends[3] = np.int64(np.rint(xy[at, 1] * 1000.0))
        new_col, new_row = ends[2] // size, ends[3] // size
        for at in range(starts[ring] + 1, starts[ring + 1]):
            if count + most > len(found):
                found = grown(found, most)
            ends[0], ends[1] = ends[2], ends[3]
            col, row = new_col, new_row
            ends[2] = np.int64(np.rint(xy[at, 0] * 1000.0))
            ends[3] = np.int64(np.rint(xy[at, 1] * 1000.0))
            new_col, new_row = ends[2] // size, ends[3] // size
            if col == new_col and row == new_row:
                count = _put(found, count, flow, ends, window, counter, sign[ring])
            else:
                count = _cut(found, count, flow, ends, window, counter, sign[ring])
    return found, count


@njit(cache=True, nogil=True)
def by_cell(found: Pieces, count: Whole, cells: Whole) -> tuple[Ints, NDArray[np.int32]]:
    """Where each cell's pieces begin in ``order``, and their numbers cell by cell."""
    starts = np.zeros(cells + 1, np.int64)
    for at in range(count):
        starts[found[at, 6] + 1] += 1
    for cell in range(cells):
        starts[cell + 1] += starts[cell]
    room = starts.copy()
    order = np.empty(count, np.int32)
    for at in range(count):
        cell = found[at, 6]
        order[room[cell]] = at
        room[cell] += 1
    return starts, order
