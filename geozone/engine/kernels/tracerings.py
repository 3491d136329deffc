"""Faces walked around, their walks split into simple rings."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.tracenodes import STRAIGHT, label_of

NO_RING = -1
"""Shell of a walk around an island: its face's shell is in another walk."""


@njit(cache=True, nogil=True, inline="always")
def _x(half: int, ends: NDArray[np.int32]) -> np.int64:
    return np.int64(ends[half >> 1, 2 * (half & 1)])


@njit(cache=True, nogil=True, inline="always")
def _y(half: int, ends: NDArray[np.int32]) -> np.int64:
    return np.int64(ends[half >> 1, 2 * (half & 1) + 1])


@njit(cache=True, nogil=True, inline="always")
def _left_of(one: int, other: int, ends: NDArray[np.int32]) -> bool:
    """Whether a half-edge begins left of another, or straight below."""
    if _x(one, ends) != _x(other, ends):
        return bool(_x(one, ends) < _x(other, ends))
    return bool(_y(one, ends) < _y(other, ends))


@njit(cache=True, nogil=True)
def _put(ring: NDArray[np.int32], ends: NDArray[np.int32], out: NDArray[np.int32]) -> np.int64:
    """Puts a ring into ``out`` from its smallest vertex on; gives twice its signed area.

    Products may overflow on the way: the sum is right as long as the area itself has room.
    """
    count, smallest, twice = len(ring), np.int64(0), np.int64(0)
    x0, y0 = _x(ring[0], ends), _y(ring[0], ends)
    least_x, least_y = x0, y0
    ax, ay = np.int64(0), np.int64(0)
    for at in range(1, count):
        x, y = _x(ring[at], ends), _y(ring[at], ends)
        if x < least_x or (x == least_x and y < least_y):
            least_x, least_y, smallest = x, y, np.int64(at)
        twice += ax * (y - y0) - ay * (x - x0)
        ax, ay = x - x0, y - y0
    for at in range(count - smallest):
        out[at] = ring[smallest + at]
    for at in range(smallest):
        out[count - smallest + at] = ring[at]
    return twice


@njit(cache=True, nogil=True, inline="always")
def _forget(stack: NDArray[np.int32], kind: NDArray[np.int32], mark: NDArray[np.int32]) -> None:
    for half in stack:
        if kind[half] > 0:
            mark[kind[half] - 1] = 0


@njit(cache=True, nogil=True)
def walk_faces(
    ends: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    follows: NDArray[np.int32],
    kind: NDArray[np.int32],
    walk: NDArray[np.int32],
    vertices: NDArray[np.int32],
    starts: NDArray[np.int64],
    twice: NDArray[np.int64],
    walk_of: NDArray[np.int32],
) -> tuple[int, int]:
    """Walks around every face that has a label; gives the number of rings and of walks.

    ``walk`` (2n,) begins as -1 and gets the number of the walk of every half-edge.
    ``vertices`` get the half-edges whose beginnings are the rings' corners, ring after ring
    by ``starts``; ``twice`` is a ring's doubled signed area in square millimetres and
    ``walk_of`` its walk.

    A walk around a connected face that comes by a place twice leaves a ring between.
    """
    stack = np.empty(len(walk), np.int32)
    mark = np.zeros(len(walk), np.int32)
    rings, walks, filled = 0, 0, np.int64(0)
    starts[0] = 0
    for begin in range(len(walk)):
        if walk[begin] >= 0 or label_of(begin, left, right) < 0:
            continue
        top, half, more = 0, begin, True
        while more:
            walk[half] = walks
            said = kind[half]
            half_now, half = half, follows[half]
            more = half != begin
            bottom = top
            if said > 0 and mark[said - 1] > 0:
                bottom = mark[said - 1] - 1
                ring = stack[bottom:top]
                _forget(ring, kind, mark)
                twice[rings] = _put(ring, ends, vertices[filled:])
                filled += top - bottom
                walk_of[rings] = walks
                rings += 1
                starts[rings] = filled
                top = bottom
            if said > 0:
                mark[said - 1] = top + 1
            if said >= 0:
                stack[top] = half_now
                top += 1
        _forget(stack[:top], kind, mark)
        twice[rings] = _put(stack[:top], ends, vertices[filled:])
        filled += top
        walk_of[rings] = walks
        rings += 1
        starts[rings] = filled
        walks += 1
    return rings, walks


@njit(cache=True, nogil=True)
def describe_walks(
    ends: NDArray[np.int32],
    vertices: NDArray[np.int32],
    starts: NDArray[np.int64],
    twice: NDArray[np.int64],
    walk_of: NDArray[np.int32],
    shell_of: NDArray[np.int32],
    least: NDArray[np.int32],
) -> int:
    """Finds the shell and the smallest vertex of every walk; gives a ring that cannot be, or -1.

    ``shell_of`` (walks,) begins as ``NO_RING`` and stays so where all rings are holes;
    ``least`` (walks,) begins as -1 and gets the half-edge that begins at the smallest vertex.
    """
    for ring in range(len(twice)):
        if twice[ring] == 0 or starts[ring + 1] - starts[ring] < 3:
            return ring
        around, half = walk_of[ring], vertices[starts[ring]]
        if twice[ring] > 0:
            if shell_of[around] != NO_RING:
                return ring
            shell_of[around] = ring
        known = least[around]
        if known < 0 or _left_of(half, known, ends):
            least[around] = half
    return -1


@njit(cache=True, nogil=True)
def write_rings(
    order: NDArray[np.int64],
    starts: NDArray[np.int64],
    vertices: NDArray[np.int32],
    ends: NDArray[np.int32],
    follows: NDArray[np.int32],
    kind: NDArray[np.int32],
    firsts: NDArray[np.int64],
    xy: NDArray[np.int32],
    meeting: NDArray[np.int64],
    straight: NDArray[np.int64],
    bends: NDArray[np.int32],
) -> tuple[int, int]:
    """The corners of rings in some order, the first one repeated at the end.

    ``firsts`` (rings + 1,) say where each goes in ``xy``. ``meeting`` get the places where four
    or more edges meet, ``straight`` those after which a straight node comes, which lies at
    ``bends``; gives how many of either there are.
    """
    met, bare = 0, 0
    for place in range(len(order)):
        ring, to = order[place], firsts[place]
        for at in range(starts[ring], starts[ring + 1]):
            half = vertices[at]
            xy[to, 0], xy[to, 1] = _x(half, ends), _y(half, ends)
            if kind[half] > 0:
                meeting[met] = to
                met += 1
            if len(straight):
                then = follows[half]
                while kind[then] == STRAIGHT:
                    straight[bare] = to
                    bends[bare, 0], bends[bare, 1] = _x(then, ends), _y(then, ends)
                    bare, then = bare + 1, follows[then]
            to += 1
        xy[to, 0], xy[to, 1] = xy[firsts[place], 0], xy[firsts[place], 1]
    return met, bare


@njit(cache=True, nogil=True)
def to_metres(
    places: NDArray[np.int32], origin: NDArray[np.int64], xy: NDArray[np.float64]
) -> None:
    """Places (n, 2) in millimetres from an origin, as metres."""
    for at in range(len(places)):
        xy[at, 0] = np.float64(places[at, 0] + origin[0]) / 1000.0
        xy[at, 1] = np.float64(places[at, 1] + origin[1]) / 1000.0


@njit(cache=True, nogil=True)
def corners(
    vertices: NDArray[np.int32],
    starts: NDArray[np.int64],
    ends: NDArray[np.int32],
    out: NDArray[np.int64],
) -> None:
    """The first and second corner of every ring, rows of x, y, x, y in ``out``."""
    for ring in range(len(starts) - 1):
        for step in range(2):
            half = vertices[starts[ring] + step]
            out[ring, 2 * step], out[ring, 2 * step + 1] = _x(half, ends), _y(half, ends)
