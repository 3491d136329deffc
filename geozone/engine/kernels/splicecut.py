"""Rings cut where they come into some cells: what goes on unchanged between them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

MEETING, BENDLESS = 1, 2
"""Flags of a corner: four or more edges meet there; straight nodes come after it."""


@njit(cache=True, nogil=True, inline="always")
def in_closed(
    x: np.int64, y: np.int64, size: np.int64, corner: NDArray[np.int64], inside: NDArray[np.bool_]
) -> bool:
    """Whether a place lies in one of the cells that are ``inside``, or on its border.

    ``inside`` (rows, cols) begins at column ``corner[0]`` and row ``corner[1]``, and nothing on
    its rim is inside.
    """
    col, row = x // size - corner[0], y // size - corner[1]
    if not (0 < col < inside.shape[1] and 0 < row < inside.shape[0]):
        return False
    west, south = np.int64(x % size == 0), np.int64(y % size == 0)
    return bool(
        inside[row, col]
        or inside[row, col - west]
        or inside[row - south, col]
        or inside[row - south, col - west]
    )


@njit(cache=True, nogil=True)
def closed_places(
    places: NDArray[np.int64],
    size: np.int64,
    corner: NDArray[np.int64],
    inside: NDArray[np.bool_],
    out: NDArray[np.bool_],
) -> None:
    """Which places (n, 2) lie in cells that are inside, or on their borders."""
    for at in range(len(places)):
        out[at] = in_closed(places[at, 0], places[at, 1], size, corner, inside)


@njit(cache=True, nogil=True)
def measure_rings(
    rings: NDArray[np.int64],
    xy: NDArray[np.int32],
    boxes: NDArray[np.int32],
    twice: NDArray[np.int64],
) -> None:
    """The boxes of rings, west, south, east and north, and their doubled signed areas."""
    for ring in range(len(rings) - 1):
        first = rings[ring]
        x0, y0 = np.int64(xy[first, 0]), np.int64(xy[first, 1])
        low_x, low_y, high_x, high_y = x0, y0, x0, y0
        total, ax, ay = np.int64(0), np.int64(0), np.int64(0)
        for at in range(first, rings[ring + 1]):
            x, y = np.int64(xy[at, 0]), np.int64(xy[at, 1])
            low_x, low_y = min(low_x, x), min(low_y, y)
            high_x, high_y = max(high_x, x), max(high_y, y)
            total += ax * (y - y0) - ay * (x - x0)
            ax, ay = x - x0, y - y0
        boxes[ring, 0], boxes[ring, 1] = low_x, low_y
        boxes[ring, 2], boxes[ring, 3] = high_x, high_y
        twice[ring] = total


@njit(cache=True, nogil=True)
def mark_near(
    rings: NDArray[np.int64],
    xy: NDArray[np.int32],
    boxes: NDArray[np.int32],
    size: np.int64,
    corner: NDArray[np.int64],
    inside: NDArray[np.bool_],
    near: NDArray[np.bool_],
) -> None:
    """Which rings, of these boxes, have a corner in closed cells or on their borders."""
    west, south = corner[0] * size, corner[1] * size
    east, north = west + inside.shape[1] * size, south + inside.shape[0] * size
    for ring in range(len(rings) - 1):
        near[ring] = False
        low_x, low_y = boxes[ring, 0], boxes[ring, 1]
        high_x, high_y = boxes[ring, 2], boxes[ring, 3]
        if high_x < west or low_x > east or high_y < south or low_y > north:
            continue
        for at in range(rings[ring], rings[ring + 1]):
            x, y = np.int64(xy[at, 0]), np.int64(xy[at, 1])
            beside = x < west or x > east or y < south or y > north
            if not beside and in_closed(x, y, size, corner, inside):
                near[ring] = True
                break


@njit(cache=True, nogil=True)
def _unrolled(
    first: np.int64,
    end: np.int64,
    xy: NDArray[np.int32],
    flags: NDArray[np.uint8],
    straight: NDArray[np.int64],
    bends: NDArray[np.int32],
    places: NDArray[np.int32],
    said: NDArray[np.uint8],
) -> int:
    """The corners of a ring with the straight nodes between them; gives how many.

    ``said`` is ``MEETING`` or ``BENDLESS`` (a straight node), or 0.
    """
    count = 0
    for at in range(first, end - 1):
        places[count, 0], places[count, 1] = xy[at, 0], xy[at, 1]
        said[count] = flags[at] & MEETING
        count += 1
        if flags[at] & BENDLESS:
            one = np.searchsorted(straight, at)
            while one < len(straight) and straight[one] == at:
                places[count, 0], places[count, 1] = bends[one, 0], bends[one, 1]
                said[count] = BENDLESS
                count, one = count + 1, one + 1
    return count


@njit(cache=True, nogil=True)
def cut_chains(
    chosen: NDArray[np.int64],
    rings: NDArray[np.int64],
    xy: NDArray[np.int32],
    flags: NDArray[np.uint8],
    straight: NDArray[np.int64],
    bends: NDArray[np.int32],
    size: np.int64,
    corner: NDArray[np.int64],
    inside: NDArray[np.bool_],
    places: NDArray[np.int32],
    bare: NDArray[np.bool_],
    starts: NDArray[np.int64],
    lasts: NDArray[np.int32],
    ring_of: NDArray[np.int64],
) -> int:
    """Chains of the chosen rings outside the cells, from node to node; gives how many.

    Nodes lie in closed cells or are where four or more edges meet. Chain c has the nodes
    ``places[starts[c]:starts[c + 1]]``, of which ``bare`` ones are no corners, and then
    ``lasts[c]``. There is room for all corners and straight nodes.
    """
    longest = np.int64(0)
    for ring in chosen:
        longest = max(longest, rings[ring + 1] - rings[ring])
    room = np.empty((longest + len(straight), 2), np.int32)
    said, breaks = np.empty(len(room), np.uint8), np.empty(len(room), np.bool_)
    twice = 2 * size  # of places between two, in half millimetres
    chains, filled = 0, np.int64(0)
    for ring in chosen:
        count = _unrolled(rings[ring], rings[ring + 1], xy, flags, straight, bends, room, said)
        begin = -1
        for at in range(count):
            x, y = np.int64(room[at, 0]), np.int64(room[at, 1])
            breaks[at] = said[at] == MEETING or in_closed(x, y, size, corner, inside)
            if breaks[at] and begin < 0:
                begin = at
        begin = max(begin, 0)
        open_chain = False
        for step in range(count):
            at, then = (begin + step) % count, (begin + step + 1) % count
            x = np.int64(room[at, 0]) + np.int64(room[then, 0])
            y = np.int64(room[at, 1]) + np.int64(room[then, 1])
            if in_closed(x, y, twice, corner, inside):
                continue
            if not open_chain:
                starts[chains], ring_of[chains], open_chain = filled, ring, True
            places[filled, 0], places[filled, 1] = room[at, 0], room[at, 1]
            bare[filled] = said[at] == BENDLESS
            filled += 1
            if breaks[then] or step == count - 1:
                lasts[chains, 0], lasts[chains, 1] = room[then, 0], room[then, 1]
                chains, open_chain = chains + 1, False
    starts[chains] = filled
    return chains
