"""Where the edges around a polygon cross, and whether all of them can be told apart there."""

from __future__ import annotations

import numpy as np
from numba import njit

from geozone.engine.kernels.passing import goes_on, passes
from geozone.engine.kernels.pieces import (
    SURE,
    Box,
    Floats,
    Ints,
    Masks,
    Mine,
    Net,
    gap2,
    is_near,
    side,
)


@njit(cache=True, nogil=True)
def _is_close(net: Net, mine: Mine, one: int, other: int, clear: float) -> bool:
    """Whether an end of an edge that is on the polygon comes too near to another edge.

    Ends that both edges share do not, nor do those where a way only passes through.
    """
    ends, own = net[0], mine[1]
    for first, second in ((one, other), (other, one)):
        for corner in (0, 2):
            x, y = ends[first, corner], ends[first, corner + 1]
            if (x == ends[second, 0] and y == ends[second, 1]) or (
                x == ends[second, 2] and y == ends[second, 3]
            ):
                continue
            if gap2(ends, second, x, y) >= clear * clear:
                continue
            if is_near(ends, own, x, y, 2 * clear) and not passes(
                net, mine, first, second, x, y, clear
            ):
                return True
    return False


@njit(cache=True, nogil=True, inline="always")
def _share_end(ends: Floats, one: int, other: int) -> bool:
    for corner in (0, 2):
        for place in (0, 2):
            if (
                ends[one, corner] == ends[other, place]
                and ends[one, corner + 1] == ends[other, place + 1]
            ):
                return True
    return False


@njit(cache=True, nogil=True, inline="always")
def _apart(ends: Floats, one: int, other: int, clear: float) -> bool:
    """Whether two edges lie in heights that are apart."""
    return (
        min(ends[other, 1], ends[other, 3]) > max(ends[one, 1], ends[one, 3]) + clear
        or max(ends[other, 1], ends[other, 3]) < min(ends[one, 1], ends[one, 3]) - clear
    )


@njit(cache=True, nogil=True, inline="always")
def _beside(ends: Floats, one: int, other: int, clear: float) -> bool:
    """Whether an edge lies on one side of another's line, all of it farther off than ``clear``.

    No end of either then comes near to the other, nor do they cross; true only if sure.
    """
    along_x, along_y = ends[one, 2] - ends[one, 0], ends[one, 3] - ends[one, 1]
    a = side(ends, one, ends[other, 0], ends[other, 1])
    b = side(ends, one, ends[other, 2], ends[other, 3])
    if (a > 0.0) != (b > 0.0):
        return False
    least = min(abs(a), abs(b))
    return least * least > SURE * clear * clear * (along_x * along_x + along_y * along_y)


@njit(cache=True, nogil=True)
def _crossing(ends: Floats, one: int, other: int) -> tuple[float, float]:
    """The share of two edges that lies before their crossing, negative where they have none."""
    a = side(ends, one, ends[other, 0], ends[other, 1])
    b = side(ends, one, ends[other, 2], ends[other, 3])
    c = side(ends, other, ends[one, 0], ends[one, 1])
    d = side(ends, other, ends[one, 2], ends[one, 3])
    if (a > 0.0) == (b > 0.0) or (c > 0.0) == (d > 0.0):
        return -1.0, -1.0
    return c / (c - d), a / (a - b)


@njit(cache=True, nogil=True, inline="always")
def _outside(ends: Floats, one: int, other: int, box: Box) -> bool:
    """Whether what two edges may have in common lies outside a box."""
    west, south, east, north = box
    return (
        max(ends[one, 0], ends[other, 0]) > east
        or min(ends[one, 2], ends[other, 2]) < west
        or max(min(ends[one, 1], ends[one, 3]), min(ends[other, 1], ends[other, 3])) > north
        or min(max(ends[one, 1], ends[one, 3]), max(ends[other, 1], ends[other, 3])) < south
    )


@njit(cache=True, nogil=True)
def crossings(
    net: Net, mine: Mine, box: Box, clear: float, contact: Masks
) -> tuple[bool, Floats, Ints]:
    """Where edges cross: x, y and the share of both edges before it (k, 4), and the edges (k, 2).

    What crosses outside the ``box`` around the polygon is left out. False where a corner on the
    polygon comes nearer than ``clear`` to an edge that does not end there, or where the polygon's
    own edges cross. Noted in ``contact`` are edges that share a corner with the polygon.
    """
    ends, turned = net[0], mine[0]
    places, pairs, found = np.empty((8, 4)), np.empty((8, 2), np.int64), 0
    for one in range(len(ends)):
        for other in range(one + 1, len(ends)):
            if ends[other, 0] > ends[one, 2] + clear:
                break
            if _apart(ends, one, other, clear) or _beside(ends, one, other, clear):
                continue
            is_own = turned[one] != 0
            if not (is_own or turned[other]) and _outside(ends, one, other, box):
                continue
            if _is_close(net, mine, one, other, clear):
                return False, places[:found], pairs[:found]
            if _share_end(ends, one, other):
                if is_own != (turned[other] != 0):
                    contact[one], contact[other] = True, True
                continue
            share, rest = _crossing(ends, one, other)
            if share < 0.0:
                continue
            if is_own and turned[other]:
                return False, places[:found], pairs[:found]
            if found == len(places):
                places, pairs = _roomier(places, pairs)
            places[found, 0] = ends[one, 0] + share * (ends[one, 2] - ends[one, 0])
            places[found, 1] = ends[one, 1] + share * (ends[one, 3] - ends[one, 1])
            places[found, 2], places[found, 3] = share, rest
            pairs[found, 0], pairs[found, 1] = one, other
            found += 1
    return True, places[:found], pairs[:found]


@njit(cache=True, nogil=True)
def _roomier(places: Floats, pairs: Ints) -> tuple[Floats, Ints]:
    count = len(places)
    more, again = np.empty((2 * count, 4)), np.empty((2 * count, 2), np.int64)
    more[:count], again[:count] = places, pairs
    return more, again


@njit(cache=True, nogil=True)
def crowded(net: Net, mine: Mine, clear: float, places: Floats, pairs: Ints) -> bool:
    """Whether a crossing on the polygon comes nearer than ``clear`` to a third edge.

    That is one on which neither way goes on that crosses there.
    """
    ends, own = net[0], mine[1]
    for at in range(len(places)):
        x, y = places[at, 0], places[at, 1]
        for third in range(len(ends)):
            if ends[third, 0] > x + clear:
                break
            if ends[third, 2] < x - clear or third in (pairs[at, 0], pairs[at, 1]):
                continue
            if gap2(ends, third, x, y) >= clear * clear:
                continue
            if is_near(ends, own, x, y, 2 * clear) and not (
                goes_on(net, mine, pairs[at, 0], third, pairs[at, 1], clear)
                or goes_on(net, mine, pairs[at, 1], third, pairs[at, 0], clear)
            ):
                return True
    return False
