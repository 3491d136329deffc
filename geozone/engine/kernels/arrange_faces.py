"""Faces of a planar arrangement: cycles of half-edges, and from which cycle each is reached.

Half-edge ``2 * s`` runs along segment ``s`` from its lesser end, ``2 * s + 1`` back; both have the
cycle's face on their left. The segments are sorted, meet at their ends only, and hold the frame of
the cell, so segment 0 is the lowest part of its west side.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.binning import Whole
from geozone.engine.kernels.noding import Planar, point_keys, sorted_by
from geozone.engine.kernels.noding_split import side

Ints = NDArray[np.int64]
Small = NDArray[np.int32]

OUTSIDE, UNSEEN, HANGING = -1, -2, -1


@njit(cache=True, nogil=True)
def _way(segments: Small, half: Whole) -> tuple[int, int]:
    """The direction of a half-edge."""
    seg = segments[half >> 1]
    dx, dy = np.int64(seg[2]) - seg[0], np.int64(seg[3]) - seg[1]
    return (-dx, -dy) if half & 1 else (dx, dy)


@njit(cache=True, nogil=True)
def _turns_before(segments: Small, one: Whole, two: Whole) -> bool:
    """Whether one comes before another around a node, turning left from just beyond due south."""
    ax, ay = _way(segments, one)
    bx, by = _way(segments, two)
    a_east, b_east = ax > 0 or (ax == 0 and ay > 0), bx > 0 or (bx == 0 and by > 0)
    if a_east != b_east:
        return a_east
    return ax * by - ay * bx > 0


@njit(cache=True, nogil=True)
def followers(segments: Small, keys: Ints, order: Small) -> Small:
    """The half-edge that follows each around the face on its left.

    ``keys`` are those of the points that half-edges leave; ``order`` sorts half-edges by them.
    """
    following = np.empty(len(order), np.int32)
    first = 0
    while first < len(order):
        end = first + 1
        while end < len(order) and keys[order[end]] == keys[order[first]]:
            moved, place = order[end], end
            while place > first and _turns_before(segments, moved, order[place - 1]):
                order[place] = order[place - 1]
                place -= 1
            order[place] = moved
            end += 1
        for place in range(first, end):
            before = order[place - 1] if place > first else order[end - 1]
            following[order[place] ^ 1] = before
        first = end
    return following


@njit(cache=True, nogil=True)
def cycles(following: Small) -> tuple[Small, Small]:
    """The cycle of each half-edge, and a half-edge of each cycle."""
    cycle, first = np.full(len(following), -1, np.int32), np.empty(len(following), np.int32)
    count = 0
    for start in range(len(following)):
        if cycle[start] >= 0:
            continue
        half = start
        while cycle[half] < 0:
            cycle[half] = count
            half = following[half]
        first[count] = start
        count += 1
    return cycle, first[:count]


@njit(cache=True, nogil=True)
def _lies_east(segments: Small, one: Whole, two: Whole) -> bool:
    """Whether one segment lies east of another; both pass one level and do not cross."""
    a, b = segments[one], segments[two]
    ax, ay, bx, by = np.int64(a[0]), np.int64(a[1]), np.int64(a[2]), np.int64(a[3])
    cx, cy, dx, dy = np.int64(b[0]), np.int64(b[1]), np.int64(b[2]), np.int64(b[3])
    if ay > by:
        ax, ay, bx, by = bx, by, ax, ay
    if cy > dy:
        cx, cy, dx, dy = dx, dy, cx, cy
    if ay >= cy:
        turn = side(cx, cy, dx, dy, ax, ay)
        if turn == 0:
            turn = side(cx, cy, dx, dy, bx, by)
        return turn < 0
    turn = side(ax, ay, bx, by, cx, cy)
    if turn == 0:
        turn = side(ax, ay, bx, by, dx, dy)
    return turn > 0


@njit(cache=True, nogil=True)
def _west_of(segments: Small, one: Whole, x: Whole, y: Whole) -> Whole:
    """Whether a segment crosses the level just above y, and there lies west of x: 1, or -1 east.

    0: it does not cross that level. On the point itself counts as west.
    """
    seg = segments[one]
    ax, ay, bx, by = np.int64(seg[0]), np.int64(seg[1]), np.int64(seg[2]), np.int64(seg[3])
    if ay > by:
        ax, ay, bx, by = bx, by, ax, ay
    if not ay <= y < by:
        return 0
    return 1 if side(ax, ay, bx, by, x, y) <= 0 else -1


@njit(cache=True, nogil=True)
def western(
    segments: Small, x: Whole, y: Whole, shift: Whole, across: Whole, at: Ints, of: Small
) -> Whole:
    """The half-edge that has on its left the ground just west of (x, y), just above y.

    The nearest segment to the west is looked for in the buckets, going west.
    """
    row, col = y >> shift, x >> shift
    best = -1
    while col >= 0:
        bucket = row * across + col
        for place in range(at[bucket], at[bucket + 1]):
            one = of[place]
            if segments[one, 0] >= x or _west_of(segments, one, x, y) != 1:
                continue
            if best < 0 or _lies_east(segments, one, best):
                best = one
        # Nearer ones would have been seen: it crosses the level within the buckets looked at.
        if best >= 0 and _west_of(segments, best, (col << shift), y) <= 0:
            break
        col -= 1
    if best < 0:
        return -1
    return 2 * best if segments[best, 3] < segments[best, 1] else 2 * best + 1


@njit(cache=True, nogil=True)
def _spread(
    order: Small, count: Whole, cycle: Small, first: Small, following: Small, came: Small
) -> Whole:
    """Reach every cycle that can be reached across segments from the last one in ``order``."""
    done = count - 1
    while done < count:
        here = order[done]
        done += 1
        half = first[here]
        while True:
            there = cycle[half ^ 1]
            if came[there, 1] == UNSEEN:
                came[there, 0], came[there, 1] = here, half
                order[count] = there
                count += 1
            half = following[half]
            if half == first[here]:
                break
    return count


@njit(cache=True, nogil=True)
def _last_east(segments: Small, half: Whole, following: Small) -> Whole:
    """The last half-edge that leaves a node in turning order: left of it lies what is west.

    ``half`` leaves the node, and none has its other end to the west.
    """
    while True:
        before = following[half ^ 1]
        if not _turns_before(segments, before, half):
            return before
        half = before


@njit(cache=True, nogil=True)
def reached(
    segments: Small,
    following: Small,
    cycle: Small,
    first: Small,
    shift: Whole,
    across: Whole,
    at: Ints,
    of: Small,
) -> tuple[Small, Small]:
    """The cycles in an order of reaching them, and of each its parent and the half-edge crossed.

    The first is right of segment 0; its parent is the outside of the frame, which is not among
    them. A cycle around what hangs free in a face has the half-edge ``HANGING``: its face is the
    parent's. Cycles that cannot be reached are left out; there are none if all is right.
    """
    came = np.full((len(first), 2), UNSEEN, np.int32)
    order = np.empty(len(first), np.int32)
    came[cycle[0], 0], came[cycle[0], 1] = OUTSIDE, HANGING
    order[0] = cycle[1]
    came[cycle[1], 0], came[cycle[1], 1] = OUTSIDE, 0
    count = _spread(order, 1, cycle, first, following, came)
    for one in range(len(segments)):
        if came[cycle[2 * one], 1] != UNSEEN:
            continue
        free = cycle[_last_east(segments, 2 * one, following)]
        x, y = np.int64(segments[one, 0]), np.int64(segments[one, 1])
        half = western(segments, x, y, shift, across, at, of)
        if half < 0 or came[cycle[half], 1] == UNSEEN:
            break
        came[free, 0], came[free, 1] = cycle[half], HANGING
        order[count] = free
        count = _spread(order, count + 1, cycle, first, following, came)
    return order[:count], came


class Faces(NamedTuple):
    """How the faces of planar segments hang together: see ``followers`` and ``reached``."""

    following: Small
    cycle: Small
    order: Small
    came: Small

    @property
    def whole(self) -> bool:
        """Whether every cycle but the outside of the frame was reached."""
        return len(self.order) == len(self.came) - 1


def faces(planar: Planar) -> Faces:
    """The faces of planar segments that hold the frame of their cell."""
    segments, (shift, across, at, of) = planar.segments, planar.buckets
    keys = np.column_stack([point_keys(segments, 0), point_keys(segments, 2)]).ravel()
    leaving = sorted_by(keys, 48, np.arange(len(keys), dtype=np.int32))
    following = followers(segments, keys, leaving)
    cycle, first = cycles(following)
    order, came = reached(segments, following, cycle, first, shift, across, at, of)
    return Faces(following, cycle, order, came)
