"""Faces of a planar arrangement: cycles of half-edges, and from which cycle each is reached.

Half-edge ``2 * s`` runs along segment ``s`` from its lesser end, ``2 * s + 1`` back; both have the
cycle's face on their left. The segments are sorted, meet at their ends only, and hold the frame of
the cell, so segment 0 is the lowest part of its west side.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.binning import Whole
from geozone.engine.kernels.noding import side, sorted_by

Ints = NDArray[np.int64]
Small = NDArray[np.int32]

OUTSIDE, UNSEEN, HANGING = -1, -2, -1


@njit(cache=True, nogil=True, inline="always")
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
def followers(segments: Small) -> tuple[Small, Small]:
    """The half-edge that follows each around its face, and of each node the last to the east.

    The second array holds, by segment, the last half-edge in turning order that leaves the node
    at which the segment begins: what lies left of it lies west of the node if the node has no
    segment to its west.
    """
    count = 2 * len(segments)
    keys = np.empty(count, np.int64)
    for one in range(len(segments)):
        seg = segments[one]
        keys[2 * one] = (np.int64(seg[0]) << 24) | seg[1]
        keys[2 * one + 1] = (np.int64(seg[2]) << 24) | seg[3]
    order = sorted_by(keys, 48, np.arange(count).astype(np.int32))
    following, last_east = np.empty(count, np.int32), np.empty(len(segments), np.int32)
    first = 0
    while first < count:
        end = first + 1
        while end < count and keys[order[end]] == keys[order[first]]:
            moved, place = order[end], end
            while place > first and _turns_before(segments, moved, order[place - 1]):
                order[place] = order[place - 1]
                place -= 1
            order[place] = moved
            end += 1
        for place in range(first, end):
            before = order[place - 1] if place > first else order[end - 1]
            following[order[place] ^ 1] = before
            if not order[place] & 1:
                last_east[order[place] >> 1] = order[end - 1]
        first = end
    return following, last_east


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
    start: Whole,
    cycle: Small,
    first: Small,
    following: Small,
    entry: Small,
    parent: Small,
    stack: Small,
) -> None:
    """Reach every cycle that can be reached from a cycle across segments."""
    stack[0], used = start, 1
    while used:
        used -= 1
        here = stack[used]
        half = first[here]
        while True:
            there = cycle[half ^ 1]
            if entry[there] == UNSEEN:
                entry[there], parent[there] = half, here
                stack[used] = there
                used += 1
            half = following[half]
            if half == first[here]:
                break


@njit(cache=True, nogil=True)
def reached(
    segments: Small, shift: Whole, across: Whole, at: Ints, of: Small
) -> tuple[Small, Small, Small]:
    """The cycle of each half-edge; of each cycle its parent, and the half-edge crossed from there.

    The root is the cycle right of segment 0, its parent the outside of the frame (-1 itself). A
    cycle around what hangs free in a face has ``HANGING`` for it: its face is the parent's.
    """
    following, last_east = followers(segments)
    cycle, first = cycles(following)
    entry, parent = np.full(len(first), UNSEEN, np.int32), np.full(len(first), OUTSIDE, np.int32)
    stack = np.empty(len(first), np.int32)
    outer = cycle[0]
    entry[outer] = HANGING
    root = cycle[1]
    entry[root], parent[root] = 0, outer
    _spread(root, cycle, first, following, entry, parent, stack)
    for one in range(len(segments)):
        free = cycle[last_east[one]]
        if entry[cycle[2 * one]] != UNSEEN or entry[free] != UNSEEN:
            continue
        half = western(segments, segments[one, 0], segments[one, 1], shift, across, at, of)
        if half < 0 or entry[cycle[half]] == UNSEEN:
            entry[free], parent[free] = HANGING, free  # impossible; found out by the caller
        else:
            entry[free], parent[free] = HANGING, cycle[half]
        _spread(free, cycle, first, following, entry, parent, stack)
    return cycle, parent, entry
