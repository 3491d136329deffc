"""What is gathered to cut one polygon: its own edges, those that meet it, and whose they are."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.boxed import NAME, TURN
from geozone.engine.kernels.pieces import MOST_COUNTERS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

NONE = -1


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
def linked(place: Ints, count: int) -> tuple[Ints, Ints]:
    """For each joined edge its first given one, and for each given one the next of the same."""
    heads, nexts = np.full(count, NONE, np.int64), np.full(len(place), NONE, np.int64)
    for at in range(len(place)):
        nexts[at] = heads[place[at]]
        heads[place[at]] = at
    return heads, nexts


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


@njit(cache=True, nogil=True)
def gathered(
    own_ends: Floats,
    own_turn: Ints,
    ends: Floats,
    told: NDArray[np.int32],
    chosen: Ints,
    x: float,
    y: float,
) -> tuple[Floats, Ints, Ints]:
    """A polygon's own edges, of counter -1, and those that meet its box, about x, y."""
    owns, count = len(own_ends), len(own_ends) + len(chosen)
    found = np.empty((count, 4))
    turn, counter = np.empty(count, np.int64), np.full(count, NONE, np.int64)
    found[:owns], turn[:owns] = own_ends, own_turn
    for at in range(len(chosen)):
        found[owns + at] = ends[chosen[at]]
        turn[owns + at], counter[owns + at] = told[chosen[at], TURN], told[chosen[at], NAME]
    for at in range(count):
        found[at, 0] -= x
        found[at, 1] -= y
        found[at, 2] -= x
        found[at, 3] -= y
    return found, turn, counter


@njit(cache=True, nogil=True)
def doubled(whose: Ints, what: Words, ground: Floats) -> tuple[Ints, Words, Floats]:
    """Twice the room."""
    count = len(whose)
    more, again = np.empty(2 * count, np.int64), np.empty((2 * count, what.shape[1]), np.uint64)
    ground_again = np.empty(2 * count)
    more[:count], again[:count], ground_again[:count] = whose, what, ground
    return more, again, ground_again
