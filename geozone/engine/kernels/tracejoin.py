"""Cells joined: what lies on either side of the lines between them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEXT_CELL = -2
FINE, SLANTED, FAR = 0, 1, 2


@njit(cache=True, nogil=True)
def split_cells(
    starts: NDArray[np.int64],
    ends: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    corners: NDArray[np.int64],
    inner: NDArray[np.int32],
    sides: NDArray[np.int32],
    frame: NDArray[np.int32],
) -> tuple[int, int, int, int]:
    """Sorts the edges of cells into inner ones and ``frame``; gives what is wrong, and counts.

    Cell k has the edges ``starts[k]:starts[k + 1]`` and lies at ``corners[k]``; the last three
    arrays have room for all edges.

    Rows of ``inner`` (n, 4) are x0, y0, x1, y1, those of ``sides`` (n, 2) left and right; edges
    with the same label on both sides are left out. Rows of ``frame`` (n, 6) are 1 where vertical,
    the line's place, 1 where the cell lies right of the piece on its way up or east, where
    the piece begins and ends, and the cell's label.
    Gives ``FINE`` or what is wrong, ``SLANTED`` or ``FAR``, and the cell where it is; how many
    inner edges there are, and of the frame.
    """
    inside, outside = 0, 0
    limit = np.int64(2147483647)
    for cell in range(len(corners)):
        for edge in range(starts[cell], starts[cell + 1]):
            x0, y0 = ends[edge, 0] + corners[cell, 0], ends[edge, 1] + corners[cell, 1]
            x1, y1 = ends[edge, 2] + corners[cell, 0], ends[edge, 3] + corners[cell, 1]
            if max(abs(x0), abs(x1), abs(y0), abs(y1)) > limit:
                return FAR, cell, inside, outside
            on_left, on_right = left[edge], right[edge]
            if on_left == on_right:
                continue
            if NEXT_CELL not in (on_left, on_right):
                inner[inside, 0], inner[inside, 1] = x0, y0
                inner[inside, 2], inner[inside, 3] = x1, y1
                sides[inside, 0], sides[inside, 1] = on_left, on_right
                inside += 1
                continue
            if (x0 == x1) == (y0 == y1):
                return SLANTED, cell, inside, outside
            if x0 > x1 or y0 > y1:
                x0, y0, x1, y1 = x1, y1, x0, y0
                on_left, on_right = on_right, on_left
            row = frame[outside]
            row[0] = 1 if x0 == x1 else 0
            row[1] = x0 if x0 == x1 else y0
            row[2] = 1 if on_left == NEXT_CELL else 0
            row[3] = y0 if x0 == x1 else x0
            row[4] = y1 if x0 == x1 else x1
            row[5] = on_right if on_left == NEXT_CELL else on_left
            outside += 1
    return FINE, -1, inside, outside


@njit(cache=True, nogil=True)
def merge_lines(left: NDArray[np.int32], right: NDArray[np.int32], out: NDArray[np.int32]) -> int:
    """The edges between the pieces left and right of lines; gives how many.

    ``left`` and ``right`` (n, 4) are line, begin, end, label, sorted, those of one side apart;
    what a side leaves out is nowhere. Rows of ``out`` are line, begin, end and both labels.
    """
    one, other, found = 0, 0, 0
    last = np.int64(1) << 40
    while one < len(left) or other < len(right):
        line, at = last, last
        if one < len(left):
            line, at = np.int64(left[one, 0]), np.int64(left[one, 1])
        if other < len(right):
            begin = np.int64(right[other, 1])
            if right[other, 0] < line or (right[other, 0] == line and begin < at):
                line, at = np.int64(right[other, 0]), begin
        while True:
            starts, ends, says = last, last, np.int32(-1)
            if one < len(left) and left[one, 0] == line:
                starts, ends, says = np.int64(left[one, 1]), np.int64(left[one, 2]), left[one, 3]
            opens, shuts, answers = last, last, np.int32(-1)
            if other < len(right) and right[other, 0] == line:
                opens, shuts = np.int64(right[other, 1]), np.int64(right[other, 2])
                answers = right[other, 3]
            if starts > at and opens > at:
                break
            until = min(ends if starts <= at else starts, shuts if opens <= at else opens)
            says = says if starts <= at else np.int32(-1)
            answers = answers if opens <= at else np.int32(-1)
            if says != answers:
                row = out[found]
                row[0], row[1], row[2], row[3], row[4] = line, at, until, says, answers
                found += 1
            one += int(ends == until)
            other += int(shuts == until)
            at = until
    return found
