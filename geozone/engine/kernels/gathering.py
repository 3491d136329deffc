"""What is gathered to cut one polygon: its own edges, those that meet it, and whose they are."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.boxed import NAME, TURN
from geozone.engine.kernels.netting import NONE
from geozone.engine.kernels.pieces import MOST_COUNTERS, SURE, Box

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


@njit(cache=True, nogil=True)
def occurring(counter: Ints) -> tuple[Ints, Ints]:
    """The counters that occur, and the place of each given one among them."""
    found, place = np.empty(MOST_COUNTERS + 2, np.int64), np.empty(len(counter), np.int64)
    count = 0
    for at in range(len(counter)):
        known = 0
        while known < count and found[known] != counter[at]:
            known += 1
        if known == count:
            if count == len(found):
                return found[:0], place
            found[count] = counter[at]
            count += 1
        place[at] = known
    return found[:count], place


@njit(cache=True, nogil=True)
def own_edges(
    xy: Floats, starts: Ints, sign: NDArray[np.int8], first: int, end: int
) -> tuple[Floats, Ints]:
    """The edges of the rings first to end, and the signs of their rings."""
    count = starts[end] - starts[first]
    ends, turn, used = np.empty((count, 4)), np.empty(count, np.int64), 0
    for ring in range(first, end):
        for at in range(starts[ring], starts[ring + 1] - 1):
            if xy[at, 0] == xy[at + 1, 0] and xy[at, 1] == xy[at + 1, 1]:
                continue
            ends[used, 0], ends[used, 1] = xy[at, 0], xy[at, 1]
            ends[used, 2], ends[used, 3] = xy[at + 1, 0], xy[at + 1, 1]
            turn[used] = sign[ring]
            used += 1
    return ends[:used], turn[:used]


@njit(cache=True, nogil=True, inline="always")
def _written(found: Floats, at: int, ax: float, ay: float, bx: float, by: float) -> int:
    """Writes an edge such that it runs from the lesser x (then y); -1 where that turns it."""
    if ax > bx or (ax == bx and ay > by):
        found[at, 0], found[at, 1], found[at, 2], found[at, 3] = bx, by, ax, ay
        return -1
    found[at, 0], found[at, 1], found[at, 2], found[at, 3] = ax, ay, bx, by
    return 1


@njit(cache=True, nogil=True)
def box_around(ends: Floats, x: float, y: float, spare: float) -> Box:
    """The box of edges about x, y, widened."""
    west, south, east, north = ends[0, 0], ends[0, 1], ends[0, 0], ends[0, 1]
    for at in range(len(ends)):
        for corner in (0, 2):
            west, east = min(west, ends[at, corner]), max(east, ends[at, corner])
            south, north = min(south, ends[at, corner + 1]), max(north, ends[at, corner + 1])
    return west - x - spare, south - y - spare, east - x + spare, north - y + spare


@njit(cache=True, nogil=True)
def gathered(
    own: tuple[Floats, Ints],
    met: tuple[Floats, NDArray[np.int32]],
    chosen: Ints,
    x: float,
    y: float,
    box: Box,
) -> tuple[Floats, Ints, Ints]:
    """A polygon's own edges, of counter -1, and those that meet its box, about x, y.

    All run from the lesser x; told of each is also by how much what it turns around is wound more
    often left of it than right of it.
    """
    (own_ends, own_turn), (ends, told) = own, met
    used, count = len(own_ends), len(own_ends) + len(chosen)
    found, turn, counter = (
        np.empty((count, 4)),
        np.empty(count, np.int64),
        np.empty(count, np.int64),
    )
    for at in range(used):
        ax, ay, bx, by = own_ends[at, 0], own_ends[at, 1], own_ends[at, 2], own_ends[at, 3]
        turn[at] = own_turn[at] * _written(found, at, ax - x, ay - y, bx - x, by - y)
        counter[at] = NONE
    middle_x, middle_y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    half_x, half_y = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    for one in chosen:
        ax, ay, bx, by = ends[one, 0] - x, ends[one, 1] - y, ends[one, 2] - x, ends[one, 3] - y
        along_x, along_y = bx - ax, by - ay
        off = abs(along_x * (middle_y - ay) - along_y * (middle_x - ax))
        if off > (half_x * abs(along_y) + half_y * abs(along_x)) * SURE:
            continue  # it passes by the box
        turn[used] = told[one, TURN] * _written(found, used, ax, ay, bx, by)
        counter[used] = told[one, NAME]
        used += 1
    return found[:used], turn[:used], counter[:used]


@njit(cache=True, nogil=True)
def doubled(whose: Ints, what: Words, ground: Floats) -> tuple[Ints, Words, Floats]:
    """Twice the room."""
    count = len(whose)
    more, again = np.empty(2 * count, np.int64), np.empty((2 * count, what.shape[1]), np.uint64)
    ground_again = np.empty(2 * count)
    more[:count], again[:count], ground_again[:count] = whose, what, ground
    return more, again, ground_again


@njit(cache=True, nogil=True)
def ring_signs(xy: Floats, starts: Ints) -> NDArray[np.int8]:
    """Which rings, closed, run counter-clockwise (1) or not (-1)."""
    found = np.empty(len(starts) - 1, np.int8)
    for ring in range(len(found)):
        first, twice = starts[ring], 0.0
        for at in range(first + 1, starts[ring + 1] - 1):
            ax, ay = xy[at, 0] - xy[first, 0], xy[at, 1] - xy[first, 1]
            bx, by = xy[at + 1, 0] - xy[first, 0], xy[at + 1, 1] - xy[first, 1]
            twice += ax * by - ay * bx
        found[ring] = 1 if twice > 0.0 else -1
    return found
