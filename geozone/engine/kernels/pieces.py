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
Box = tuple[float, float, float, float]
"""West, south, east and north."""
Net = tuple[Floats, Ints, Ints, Ints, Ints, Ints]
"""Distinct edges (n, 4) and which of them are not the polygon's own; for each of the n its first
change and for each change the next one of the same edge, or -1; of each change whose winding it
is, and by how much that is more left of the edge than right of it."""

Mine = tuple[Ints, Ints]
"""Of each edge by how much the polygon winds more left of it than right, and the polygon's own
edges: where that is not 0."""

SURE = 1.000001
"""More than roundings change a square."""

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
def is_inside(ends: Floats, own: Ints, x: float, y: float) -> bool:
    """Whether a place lies in the polygon of the own edges."""
    inside = False
    for at in own:
        if (ends[at, 1] <= y) != (ends[at, 3] <= y):
            inside ^= (side(ends, at, x, y) > 0.0) == (ends[at, 3] > ends[at, 1])
    return inside


@njit(cache=True, nogil=True)
def is_near(ends: Floats, own: Ints, x: float, y: float, reach: float) -> bool:
    """Whether a place lies in the polygon or within reach of it."""
    for at in own:
        if gap2(ends, at, x, y) < reach * reach:
            return True
    return is_inside(ends, own, x, y)


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
def wound_at(net: Net, leave: int, x: float, y: float, wound: Ints) -> None:
    """Adds to the windings at 0, 0 what changes on the straight way to x, y.

    Edge ``leave``, on which that lies, is not crossed, nor are the polygon's own.
    """
    ends, others, heads, nexts, counter, turn = net
    for edge in others:
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
