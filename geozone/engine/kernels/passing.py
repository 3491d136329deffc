"""Ways that pass through an edge near one of their corners: nothing hangs on where they cross."""

from __future__ import annotations

import numpy as np
from numba import njit

from geozone.engine.kernels.pieces import Floats, Mine, Net, gap2, side

STEEP = 0.1
"""The least sine of the angle between ways that are known to cross."""


@njit(cache=True, nogil=True)
def _next(ends: Floats, edge: int, x: float, y: float) -> int:
    """The one other edge that ends at an edge's end; -1 where there is none or are more."""
    found = -1
    for at in range(len(ends)):
        if ends[at, 0] > x:
            break
        if at != edge and (
            (ends[at, 0] == x and ends[at, 1] == y) or (ends[at, 2] == x and ends[at, 3] == y)
        ):
            if found >= 0:
                return -1
            found = at
    return found


@njit(cache=True, nogil=True)
def _change_alike(net: Net, one: int, other: int) -> bool:
    """Whether the same changes across two edges, but for the side."""
    _, _, heads, nexts, counter, turn = net
    for first, second in ((one, other), (other, one)):
        at = heads[first]
        while at >= 0:
            like = heads[second]
            while like >= 0 and counter[like] != counter[at]:
                like = nexts[like]
            if abs(turn[at]) != (abs(turn[like]) if like >= 0 else 0):
                return False
            at = nexts[at]
    return True


@njit(cache=True, nogil=True)
def _off(ends: Floats, edge: int, other: int, x: float, y: float) -> tuple[float, float]:
    """How far the end of an edge that is not at x, y lies left of another edge; its length."""
    corner = 2 if ends[edge, 0] == x and ends[edge, 1] == y else 0
    far_x, far_y = ends[edge, corner], ends[edge, corner + 1]
    long = np.hypot(ends[other, 2] - ends[other, 0], ends[other, 3] - ends[other, 1])
    return side(ends, other, far_x, far_y) / long, np.hypot(far_x - x, far_y - y)


@njit(cache=True, nogil=True)
def _is_alone(ends: Floats, edges: tuple[int, int, int], x: float, y: float, near: float) -> bool:
    """Whether nothing but some edges comes near to a place, and the last of them ends elsewhere."""
    for corner in (0, 2):
        if np.hypot(ends[edges[2], corner] - x, ends[edges[2], corner + 1] - y) < near:
            return False
    for third in range(len(ends)):
        if ends[third, 0] > x + near:
            break
        if third not in edges and gap2(ends, third, x, y) < near * near:
            return False
    return True


@njit(cache=True, nogil=True)
def passes(net: Net, mine: Mine, edge: int, other: int, x: float, y: float, clear: float) -> bool:
    """Whether the way of which an edge is part passes through another edge near its end x, y.

    It comes from well off on one side, turns there and goes on well off on the other side, and
    nothing else is near: wherever exactly they cross, the same lies around. True only if sure.
    """
    ends, turned = net[0], mine[0]
    after, near = _next(ends, edge, x, y), 2 * clear
    if after < 0 or (turned[edge] != 0 and turned[other] != 0):
        return False
    if (turned[edge] != 0) != (turned[after] != 0) or not _change_alike(net, edge, after):
        return False
    off, long = _off(ends, edge, other, x, y)
    off_after, long_after = _off(ends, after, other, x, y)
    if (off > 0.0) == (off_after > 0.0):
        return False
    steep = abs(off) >= STEEP * long and abs(off_after) >= STEEP * long_after
    well_off = min(abs(off), abs(off_after)) >= near
    return steep and well_off and _is_alone(ends, (edge, after, other), x, y, near)


@njit(cache=True, nogil=True)
def goes_on(net: Net, mine: Mine, edge: int, after: int, other: int, clear: float) -> bool:
    """Whether the way of an edge goes on along ``after`` and passes through another there."""
    ends = net[0]
    for corner in (0, 2):
        x, y = ends[edge, corner], ends[edge, corner + 1]
        if _next(ends, edge, x, y) == after and passes(net, mine, edge, other, x, y, clear):
            return True
    return False
