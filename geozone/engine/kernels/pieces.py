"""Polygons cut along the edges that meet them: how much of each lies in what.

Every polygon is cut on its own, in floating point. That is exact where all corners and
crossings lie well away from other edges; a polygon where they do not is given back as it is.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]

MOST_COUNTERS = 60
"""Counters that may change within one polygon; their answers share one whole number."""


@njit(cache=True, nogil=True, inline="always")
def gap2(ends: Floats, at: int, x: float, y: float) -> float:
    """The squared distance from a place to edge ``at``."""
    along_x, along_y = ends[at, 2] - ends[at, 0], ends[at, 3] - ends[at, 1]
    to_x, to_y = x - ends[at, 0], y - ends[at, 1]
    share = (to_x * along_x + to_y * along_y) / (along_x * along_x + along_y * along_y)
    share = min(max(share, 0.0), 1.0)
    off_x, off_y = to_x - share * along_x, to_y - share * along_y
    return off_x * off_x + off_y * off_y


@njit(cache=True, nogil=True, inline="always")
def side(ends: Floats, at: int, x: float, y: float) -> float:
    """Positive left of edge ``at``, negative right of it."""
    along_x, along_y = ends[at, 2] - ends[at, 0], ends[at, 3] - ends[at, 1]
    return along_x * (y - ends[at, 1]) - along_y * (x - ends[at, 0])


@njit(cache=True, nogil=True)
def directed(ends: Floats, turn: Ints) -> None:
    """Turns every edge to run from the lesser x (then y); ``turn`` is then left less right."""
    for at in range(len(ends)):
        ax, ay, bx, by = ends[at, 0], ends[at, 1], ends[at, 2], ends[at, 3]
        if ax > bx or (ax == bx and ay > by):
            ends[at, 0], ends[at, 1], ends[at, 2], ends[at, 3] = bx, by, ax, ay
            turn[at] = -turn[at]


@njit(cache=True, nogil=True)
def joined(ends: Floats) -> tuple[Floats, Ints]:
    """Edges of the same ends as one, sorted by their first x, and which one each has become."""
    order = np.argsort(ends[:, 0], kind="mergesort")
    found, place = np.empty_like(ends), np.empty(len(ends), np.int64)
    count = 0
    for at in order:
        known = count - 1
        while known >= 0 and found[known, 0] == ends[at, 0]:
            if (
                found[known, 1] == ends[at, 1]
                and found[known, 2] == ends[at, 2]
                and found[known, 3] == ends[at, 3]
            ):
                break
            known -= 1
        if known < 0 or found[known, 0] != ends[at, 0]:
            known = count
            found[count] = ends[at]
            count += 1
        place[at] = known
    return found[:count], place


@njit(cache=True, nogil=True)
def is_inside(ends: Floats, own: Masks, x: float, y: float) -> bool:
    """Whether a place lies in the polygon of the own edges."""
    inside = False
    for at in range(len(ends)):
        if own[at] and (ends[at, 1] <= y) != (ends[at, 3] <= y):
            inside ^= (side(ends, at, x, y) > 0.0) == (ends[at, 3] > ends[at, 1])
    return inside


@njit(cache=True, nogil=True)
def _is_near(ends: Floats, own: Masks, x: float, y: float, reach: float) -> bool:
    """Whether a place lies in the polygon or within reach of it."""
    for at in range(len(ends)):
        if own[at] and gap2(ends, at, x, y) < reach * reach:
            return True
    return is_inside(ends, own, x, y)


@njit(cache=True, nogil=True)
def _is_close(ends: Floats, one: int, other: int, clear: float) -> tuple[bool, float, float]:
    """Whether an end of an edge comes too near to another edge that does not share it."""
    for first, second in ((one, other), (other, one)):
        for corner in (0, 2):
            x, y = ends[first, corner], ends[first, corner + 1]
            if (x == ends[second, 0] and y == ends[second, 1]) or (
                x == ends[second, 2] and y == ends[second, 3]
            ):
                continue
            if gap2(ends, second, x, y) < clear * clear:
                return True, x, y
    return False, 0.0, 0.0


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


@njit(cache=True, nogil=True)
def crossings(ends: Floats, own: Masks, clear: float, contact: Masks) -> tuple[bool, Floats, Ints]:
    """Where edges cross: x, y and the share of both edges before it (k, 4), and the edges (k, 2).

    False where a corner on the polygon comes nearer than ``clear`` to an edge that does not
    end there, or where the polygon's own edges cross. Noted in ``contact`` are edges that share
    a corner with the polygon.
    """
    count = len(ends)
    places, pairs, found = np.empty((16, 4)), np.empty((16, 2), np.int64), 0
    for one in range(count):
        for other in range(one + 1, count):
            if ends[other, 0] > ends[one, 2] + clear:
                break
            if _apart(ends, one, other, clear):
                continue
            close, x, y = _is_close(ends, one, other, clear)
            if close and _is_near(ends, own, x, y, 2 * clear):
                return False, places[:found], pairs[:found]
            if _share_end(ends, one, other):
                if own[one] != own[other]:
                    contact[one], contact[other] = True, True
                continue
            share, rest = _crossing(ends, one, other)
            if share < 0.0:
                continue
            if own[one] and own[other]:
                return False, places[:found], pairs[:found]
            if found == len(places):
                more, again = np.empty((2 * found, 4)), np.empty((2 * found, 2), np.int64)
                more[:found], again[:found] = places, pairs
                places, pairs = more, again
            places[found, 0] = ends[one, 0] + share * (ends[one, 2] - ends[one, 0])
            places[found, 1] = ends[one, 1] + share * (ends[one, 3] - ends[one, 1])
            places[found, 2], places[found, 3] = share, rest
            pairs[found, 0], pairs[found, 1] = one, other
            found += 1
    return True, places[:found], pairs[:found]


@njit(cache=True, nogil=True)
def crowded(ends: Floats, own: Masks, clear: float, places: Floats, pairs: Ints) -> bool:
    """Whether a crossing on the polygon comes nearer than ``clear`` to a third edge."""
    for at in range(len(places)):
        x, y = places[at, 0], places[at, 1]
        for one in range(len(ends)):
            if ends[one, 0] > x + clear:
                break
            if one in (pairs[at, 0], pairs[at, 1]) or gap2(ends, one, x, y) >= clear * clear:
                continue
            if _is_near(ends, own, x, y, 2 * clear):
                return True
    return False


@njit(cache=True, nogil=True)
def stations(count: int, places: Floats, pairs: Ints) -> tuple[Ints, Floats, Floats, Floats]:
    """The crossings of edge e in order: ``firsts[e]`` to ``firsts[e + 1]`` of share, x and y."""
    firsts = np.zeros(count + 1, np.int64)
    for at in range(len(pairs)):
        firsts[pairs[at, 0] + 1] += 1
        firsts[pairs[at, 1] + 1] += 1
    for edge in range(count):
        firsts[edge + 1] += firsts[edge]
    place = firsts[:-1].copy()
    shares, x, y = np.empty(firsts[-1]), np.empty(firsts[-1]), np.empty(firsts[-1])
    for at in range(len(pairs)):
        for which in (0, 1):
            edge, share = pairs[at, which], places[at, 2 + which]
            to = place[edge]
            place[edge] += 1
            while to > firsts[edge] and shares[to - 1] > share:
                shares[to], x[to], y[to] = shares[to - 1], x[to - 1], y[to - 1]
                to -= 1
            shares[to], x[to], y[to] = share, places[at, 0], places[at, 1]
    return firsts, shares, x, y


@njit(cache=True, nogil=True)
def wound_at(
    ends: Floats,
    heads: Ints,
    nexts: Ints,
    counter: Ints,
    turn: Ints,
    leave: int,
    x: float,
    y: float,
    wound: Ints,
) -> None:
    """Adds to the windings at 0, 0 what changes on the straight way to x, y.

    Edge ``leave``, on which that lies, is not crossed. The edge e stands for those of counters
    that are linked from ``heads[e]`` on.
    """
    for edge in range(len(ends)):
        if edge == leave:
            continue
        a = x * ends[edge, 1] - y * ends[edge, 0]
        b = x * ends[edge, 3] - y * ends[edge, 2]
        if (a >= 0.0) == (b >= 0.0):
            continue
        here = side(ends, edge, 0.0, 0.0)
        if (here >= 0.0) == (side(ends, edge, x, y) >= 0.0):
            continue
        one = heads[edge]
        while one >= 0:
            wound[counter[one]] += -turn[one] if here >= 0.0 else turn[one]
            one = nexts[one]


@njit(cache=True, nogil=True, inline="always")
def answers(wound: Ints) -> int:
    """Which windings are positive, as bits."""
    found = 0
    for at in range(len(wound)):
        if wound[at] > 0:
            found |= 1 << at
    return found
