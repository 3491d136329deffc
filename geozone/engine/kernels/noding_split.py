"""Where segments cross, to the nearest millimetre, and their parts."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.binning import Whole, grown, nearest

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Bytes = NDArray[np.uint8]

HALF = (1 << 24) - 1
"""The lower half of a point's key."""


@njit(cache=True, nogil=True)
def side(x0: Whole, y0: Whole, x1: Whole, y1: Whole, x: Whole, y: Whole) -> Whole:
    """Positive where (x, y) lies left of the way from (x0, y0) to (x1, y1), 0 on its line."""
    return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)


@njit(cache=True, nogil=True)
def _split(
    segments: Small, one: Whole, x: Whole, y: Whole, splits: Small, count: Whole, near: Whole
) -> Whole:
    """Note a point of splitting unless it is an end or, if on the line only, beyond the ends."""
    x0, y0 = np.int64(segments[one, 0]), np.int64(segments[one, 1])
    x1, y1 = np.int64(segments[one, 2]), np.int64(segments[one, 3])
    if (x == x0 and y == y0) or (x == x1 and y == y1):
        return count
    if not near and not (x0 <= x <= x1 and min(y0, y1) <= y <= max(y0, y1)):
        return count
    splits[count, 0], splits[count, 1], splits[count, 2] = one, x, y
    return count + 1


@njit(cache=True, nogil=True)
def _meet(segments: Small, one: Whole, two: Whole, splits: Small, count: Whole) -> Whole:
    """Note where two segments whose boxes meet must be split; splits has room for four."""
    ax, ay = np.int64(segments[one, 0]), np.int64(segments[one, 1])
    bx, by = np.int64(segments[one, 2]), np.int64(segments[one, 3])
    cx, cy = np.int64(segments[two, 0]), np.int64(segments[two, 1])
    dx, dy = np.int64(segments[two, 2]), np.int64(segments[two, 3])
    c_side, d_side = side(ax, ay, bx, by, cx, cy), side(ax, ay, bx, by, dx, dy)
    if (c_side > 0 and d_side > 0) or (c_side < 0 and d_side < 0):
        return count
    a_side, b_side = side(cx, cy, dx, dy, ax, ay), side(cx, cy, dx, dy, bx, by)
    if (a_side > 0 and b_side > 0) or (a_side < 0 and b_side < 0):
        return count
    if c_side != 0 and d_side != 0 and a_side != 0 and b_side != 0:
        x = nearest(cx, dx - cx, abs(c_side), abs(c_side) + abs(d_side))
        y = nearest(cy, dy - cy, abs(c_side), abs(c_side) + abs(d_side))
        count = _split(segments, one, x, y, splits, count, True)
        return _split(segments, two, x, y, splits, count, True)
    if c_side == 0:
        count = _split(segments, one, cx, cy, splits, count, False)
    if d_side == 0:
        count = _split(segments, one, dx, dy, splits, count, False)
    if a_side == 0:
        count = _split(segments, two, ax, ay, splits, count, False)
    if b_side == 0:
        count = _split(segments, two, bx, by, splits, count, False)
    return count


@njit(cache=True, nogil=True)
def crossings(segments: Small, fresh: Bytes, at: Ints, of: Small) -> tuple[Small, Whole]:
    """The points (segment, x, y) at which pairs with a new segment ask for splitting."""
    splits, count = np.empty((256, 3), np.int32), np.int64(0)
    for bucket in range(len(at) - 1):
        any_fresh = False
        for i in range(at[bucket], at[bucket + 1]):
            any_fresh = any_fresh or fresh[of[i]] != 0
        if not any_fresh:
            continue
        for i in range(at[bucket], at[bucket + 1]):
            one = of[i]
            end = segments[one, 2]
            low, high = segments[one, 1], segments[one, 3]
            if low > high:
                low, high = high, low
            for j in range(i + 1, at[bucket + 1]):
                two = of[j]
                if segments[two, 0] > end:
                    break
                y0, y1 = segments[two, 1], segments[two, 3]
                if (y0 < low and y1 < low) or (y0 > high and y1 > high):
                    continue
                if fresh[one] or fresh[two]:
                    if count + 4 > len(splits):
                        splits = grown(splits, 4)
                    count = _meet(segments, one, two, splits, count)
    return splits, count


@njit(cache=True, nogil=True)
def split_keys(segments: Small, splits: Small) -> Ints:
    """Keys that sort the splitting points of a segment from its first end to its last."""
    keys = np.empty(len(splits), np.int64)
    for place in range(len(splits)):
        one, y = splits[place, 0], np.int64(splits[place, 2])
        if segments[one, 3] < segments[one, 1]:
            y = HALF - y
        keys[place] = (np.int64(splits[place, 1]) << 24) | y
    return keys


@njit(cache=True, nogil=True)
def _put_part(
    items: Small, used: Whole, ends: Small, changes: Small, first: Whole, last: Whole, new: Whole
) -> Whole:
    """Note the items of one part of a segment; a part that rounding has turned round is flipped."""
    x0, y0, x1, y1, sign = ends[0], ends[1], ends[2], ends[3], 1
    if x0 > x1 or (x0 == x1 and y0 > y1):
        x0, y0, x1, y1, sign = x1, y1, x0, y0, -1
    for place in range(first, last):
        items[used, 0], items[used, 1], items[used, 2], items[used, 3] = x0, y0, x1, y1
        items[used, 4], items[used, 5] = changes[place, 0], sign * changes[place, 1]
        items[used, 6] = new
        used += 1
    return used


@njit(cache=True, nogil=True)
def split_items(segments: Small, at: Ints, changes: Small, splits: Small, order: Small) -> Small:
    """The items of the segments after splitting at splits, which ``order`` sorts."""
    room = len(changes)
    for place in range(len(splits)):
        room += at[splits[place, 0] + 1] - at[splits[place, 0]]
    items, used, place = np.empty((room, 7), np.int32), np.int64(0), 0
    ends = np.empty(4, np.int32)
    for one in range(len(segments)):
        ends[0], ends[1] = segments[one, 0], segments[one, 1]
        new = 0
        while place < len(order) and splits[order[place], 0] == one:
            new = 1
            ends[2], ends[3] = splits[order[place], 1], splits[order[place], 2]
            if ends[0] != ends[2] or ends[1] != ends[3]:
                used = _put_part(items, used, ends, changes, at[one], at[one + 1], 1)
            ends[0], ends[1] = ends[2], ends[3]
            place += 1
        ends[2], ends[3] = segments[one, 2], segments[one, 3]
        used = _put_part(items, used, ends, changes, at[one], at[one + 1], new)
    return items[:used]
