"""Segments made planar: split where they cross, to the millimetre, until none crosses another.

Everything is in whole millimetres below 2**23, so every test of a side is exact in 64 bits, and
a crossing is the exact one at its nearest grid point. Nothing depends on the input's order:
segments are sorted, and a pass splits each at the *set* of points that it finds.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.binning import Whole, nearest

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Bytes = NDArray[np.uint8]

DIGIT = 12
FRESH = 6
"""The column of an item that says whether its segment is new: see ``merged``."""


@njit(cache=True, nogil=True)
def sorted_by(keys: Ints, bits: Whole, order: Small) -> Small:
    """``order`` sorted by ``keys[order]`` (below 2**bits); equal keys keep their order."""
    other = np.empty_like(order)
    size = np.int64(1) << DIGIT
    for shift in range(0, bits, DIGIT):
        room = np.zeros(size + 1, np.int64)
        for one in order:
            room[((keys[one] >> shift) & (size - 1)) + 1] += 1
        for digit in range(size):
            room[digit + 1] += room[digit]
        for one in order:
            digit = (keys[one] >> shift) & (size - 1)
            other[room[digit]] = one
            room[digit] += 1
        order, other = other, order
    return order


@njit(cache=True, nogil=True)
def _sorted_items(items: Small, counters: Whole) -> Small:
    """The items' numbers sorted by their ends, then their counter."""
    count = len(items)
    low, high, last = (
        np.empty(count, np.int64),
        np.empty(count, np.int64),
        np.empty(count, np.int64),
    )
    for at in range(count):
        low[at] = (np.int64(items[at, 0]) << 24) | items[at, 1]
        high[at] = (np.int64(items[at, 2]) << 24) | items[at, 3]
        last[at] = items[at, 4]
    order = np.arange(count).astype(np.int32)
    order = sorted_by(last, DIGIT if counters < (1 << DIGIT) else 2 * DIGIT, order)
    return sorted_by(low, 48, sorted_by(high, 48, order))


@njit(cache=True, nogil=True)
def merged(items: Small, counters: Whole) -> tuple[Small, Ints, Small, Bytes]:
    """The distinct segments of items, sorted, what each changes, and which are new.

    An item is (x0, y0, x1, y1, counter, delta, new) with its lesser end first. Deltas of a counter
    on the same segment add up; a segment that changes nothing is left out. Segment ``s`` changes
    the counters ``changes[at[s]:at[s + 1], 0]`` by ``changes[.., 1]``.
    """
    order = _sorted_items(items, counters)
    count = len(items)
    segments, changes = np.empty((count, 4), np.int32), np.empty((count, 2), np.int32)
    at, fresh = np.zeros(count + 1, np.int64), np.empty(count, np.uint8)
    kept, used, place = 0, 0, 0
    while place < count:
        one = items[order[place]]
        new = np.uint8(1)
        while place < count:
            item = items[order[place]]
            if item[0] != one[0] or item[1] != one[1] or item[2] != one[2] or item[3] != one[3]:
                break
            new = min(new, np.uint8(item[FRESH]))
            if used > at[kept] and changes[used - 1, 0] == item[4]:
                changes[used - 1, 1] += item[5]
                used -= changes[used - 1, 1] == 0
            else:
                changes[used, 0], changes[used, 1] = item[4], item[5]
                used += 1
            place += 1
        if used > at[kept]:
            segments[kept] = one[:4]
            fresh[kept] = new
            kept += 1
            at[kept] = used
    return segments[:kept], at[: kept + 1], changes[:used], fresh[:kept]


@njit(cache=True, nogil=True)
def bucket_shift(count: Whole, size: Whole) -> Whole:
    """The width of a bucket as a power of two: about one segment each."""
    shift = 6
    while (size >> shift) ** 2 > count + 16:
        shift += 1
    return shift


@njit(cache=True, nogil=True, inline="always")
def _columns(segment: Small, row: Whole, shift: Whole) -> tuple[int, int]:
    """The first and last bucket that a segment may touch in a row of buckets."""
    x0, y0 = np.int64(segment[0]), np.int64(segment[1])
    x1, y1 = np.int64(segment[2]), np.int64(segment[3])
    if (y0 >> shift) == (y1 >> shift) or x0 == x1:
        return x0 >> shift, x1 >> shift
    slope = np.float64(x1 - x0) / np.float64(y1 - y0)
    foot = np.float64(x0) + slope * np.float64((row << shift) - y0)
    head = np.float64(x0) + slope * np.float64(((row + 1) << shift) - y0)
    low = max(np.int64(np.floor(min(foot, head) - 0.01)), x0)
    high = min(np.int64(np.floor(max(foot, head) + 0.01)), x1)
    return low >> shift, high >> shift


@njit(cache=True, nogil=True)
def buckets(segments: Small, shift: Whole, across: Whole) -> tuple[Ints, Small]:
    """The segments of each square bucket, in order: of bucket b they are ``of[at[b]:at[b + 1]]``.

    Bucket ``row * across + col`` holds every segment that has a point in it.
    """
    at = np.zeros(across * across + 2, np.int64)
    for one in range(len(segments)):
        segment = segments[one]
        low, high = min(segment[1], segment[3]) >> shift, max(segment[1], segment[3]) >> shift
        for row in range(low, high + 1):
            first, last = _columns(segment, row, shift)
            for col in range(first, last + 1):
                at[row * across + col + 2] += 1
    for bucket in range(across * across):
        at[bucket + 2] += at[bucket + 1]
    of = np.empty(at[across * across + 1], np.int32)
    for one in range(len(segments)):
        segment = segments[one]
        low, high = min(segment[1], segment[3]) >> shift, max(segment[1], segment[3]) >> shift
        for row in range(low, high + 1):
            first, last = _columns(segment, row, shift)
            for col in range(first, last + 1):
                bucket = row * across + col + 1
                of[at[bucket]] = one
                at[bucket] += 1
    return at[: across * across + 1], of


@njit(cache=True, nogil=True, inline="always")
def side(x0: Whole, y0: Whole, x1: Whole, y1: Whole, x: Whole, y: Whole) -> Whole:
    """Positive where (x, y) lies left of the way from (x0, y0) to (x1, y1), 0 on its line."""
    return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)


@njit(cache=True, nogil=True)
def _note(splits: Small, count: Whole, one: Whole, x: Whole, y: Whole) -> tuple[Small, int]:
    if count == len(splits):
        larger = np.empty((2 * count + 256, 3), np.int32)
        larger[:count] = splits
        splits = larger
    splits[count, 0], splits[count, 1], splits[count, 2] = one, x, y
    return splits, count + 1


@njit(cache=True, nogil=True)
def _meet(
    segments: Small, one: Whole, two: Whole, splits: Small, count: Whole
) -> tuple[Small, int]:
    """Note where two segments that share some x must be split; the first has the lesser x."""
    ax, ay = np.int64(segments[one, 0]), np.int64(segments[one, 1])
    bx, by = np.int64(segments[one, 2]), np.int64(segments[one, 3])
    cx, cy = np.int64(segments[two, 0]), np.int64(segments[two, 1])
    dx, dy = np.int64(segments[two, 2]), np.int64(segments[two, 3])
    if max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
        return splits, count
    c_side, d_side = side(ax, ay, bx, by, cx, cy), side(ax, ay, bx, by, dx, dy)
    if (c_side > 0 and d_side > 0) or (c_side < 0 and d_side < 0):
        return splits, count
    a_side, b_side = side(cx, cy, dx, dy, ax, ay), side(cx, cy, dx, dy, bx, by)
    if (a_side > 0 and b_side > 0) or (a_side < 0 and b_side < 0):
        return splits, count
    if c_side and d_side and a_side and b_side:
        x = nearest(cx, dx - cx, abs(c_side), abs(c_side) + abs(d_side))
        y = nearest(cy, dy - cy, abs(c_side), abs(c_side) + abs(d_side))
        splits, count = _split(segments, one, x, y, splits, count)
        return _split(segments, two, x, y, splits, count)
    if c_side == 0:
        splits, count = _split_within(segments, one, cx, cy, splits, count)
    if d_side == 0:
        splits, count = _split_within(segments, one, dx, dy, splits, count)
    if a_side == 0:
        splits, count = _split_within(segments, two, ax, ay, splits, count)
    if b_side == 0:
        splits, count = _split_within(segments, two, bx, by, splits, count)
    return splits, count


@njit(cache=True, nogil=True, inline="always")
def _split(
    segments: Small, one: Whole, x: Whole, y: Whole, splits: Small, count: Whole
) -> tuple[Small, int]:
    """Note a point of splitting unless it is an end."""
    seg = segments[one]
    if (x != seg[0] or y != seg[1]) and (x != seg[2] or y != seg[3]):
        return _note(splits, count, one, x, y)
    return splits, count


@njit(cache=True, nogil=True, inline="always")
def _split_within(
    segments: Small, one: Whole, x: Whole, y: Whole, splits: Small, count: Whole
) -> tuple[Small, int]:
    """Note a point on a segment's line as one of splitting if it is between the ends."""
    seg = segments[one]
    if seg[0] <= x <= seg[2] and min(seg[1], seg[3]) <= y <= max(seg[1], seg[3]):
        return _split(segments, one, x, y, splits, count)
    return splits, count


@njit(cache=True, nogil=True)
def crossings(segments: Small, fresh: Bytes, at: Ints, of: Small) -> tuple[Small, int]:
    """The points (segment, x, y) at which pairs with a new segment ask for splitting."""
    splits, count = np.empty((256, 3), np.int32), 0
    for bucket in range(len(at) - 1):
        for i in range(at[bucket], at[bucket + 1]):
            one = of[i]
            end = segments[one, 2]
            for j in range(i + 1, at[bucket + 1]):
                two = of[j]
                if segments[two, 0] > end:
                    break
                if fresh[one] or fresh[two]:
                    splits, count = _meet(segments, one, two, splits, count)
    return splits, count


@njit(cache=True, nogil=True)
def _along(segment: Small, splits: Small, first: Whole, last: Whole) -> Ints:
    """The distinct splitting points of a segment as sorted keys of their order along it."""
    keys = np.empty(last - first, np.int64)
    falls = segment[3] < segment[1]
    for place in range(first, last):
        y = np.int64(splits[place, 2])
        keys[place - first] = (np.int64(splits[place, 1]) << 24) | (
            (1 << 24) - 1 - y if falls else y
        )
    keys.sort()
    kept = 1
    for place in range(1, len(keys)):
        if keys[place] != keys[place - 1]:
            keys[kept] = keys[place]
            kept += 1
    return keys[:kept]


@njit(cache=True, nogil=True)
def _grouped(splits: Small, count: Whole, segments: Whole) -> tuple[Ints, Small]:
    """The splits segment by segment, and where each segment's begin."""
    starts = np.zeros(segments + 1, np.int64)
    for place in range(count):
        starts[splits[place, 0] + 1] += 1
    for one in range(segments):
        starts[one + 1] += starts[one]
    room = starts.copy()
    grouped = np.empty((count, 3), np.int32)
    for place in range(count):
        one = splits[place, 0]
        grouped[room[one]] = splits[place]
        room[one] += 1
    return starts, grouped


@njit(cache=True, nogil=True)
def split_items(segments: Small, at: Ints, changes: Small, splits: Small, count: Whole) -> Small:
    """The items of the segments after splitting; the parts of those that are split are new."""
    starts, grouped = _grouped(splits, count, len(segments))
    room = len(changes)
    for one in range(len(segments)):
        room += (starts[one + 1] - starts[one]) * (at[one + 1] - at[one])
    items, used = np.empty((room, 7), np.int32), 0
    for one in range(len(segments)):
        segment = segments[one]
        if starts[one] == starts[one + 1]:
            for place in range(at[one], at[one + 1]):
                items[used, :4] = segment
                items[used, 4], items[used, 5] = changes[place, 0], changes[place, 1]
                items[used, 6] = 0
                used += 1
            continue
        keys = _along(segment, grouped, starts[one], starts[one + 1])
        falls = segment[3] < segment[1]
        x0, y0 = segment[0], segment[1]
        for part in range(len(keys) + 1):
            x1, y1 = segment[2], segment[3]
            if part < len(keys):
                low = keys[part] & ((1 << 24) - 1)
                x1, y1 = np.int32(keys[part] >> 24), np.int32((1 << 24) - 1 - low if falls else low)
            flip = x0 > x1 or (x0 == x1 and y0 > y1)
            for place in range(at[one], at[one + 1]):
                item = items[used]
                item[0], item[1], item[2], item[3] = x0, y0, x1, y1
                if flip:
                    item[0], item[1], item[2], item[3] = x1, y1, x0, y0
                item[4] = changes[place, 0]
                item[5] = -changes[place, 1] if flip else changes[place, 1]
                item[6] = 1
                used += 1
            x0, y0 = x1, y1
    return items[:used]


@njit(cache=True, nogil=True)
def noded(
    items: Small, counters: Whole, size: Whole, passes: Whole
) -> tuple[Small, Ints, Small, int, int, Ints, Small]:
    """Segments that meet only at their ends, what they change, and their buckets.

    Gives segments, at, changes (see ``merged``), the passes it took (more than ``passes``: given
    up), the buckets' shift, and their ``at`` and ``of``.
    """
    taken = 0
    while True:
        segments, at, changes, fresh = merged(items, counters)
        shift = bucket_shift(len(segments), size)
        bucket_at, bucket_of = buckets(segments, shift, (size >> shift) + 1)
        splits, count = crossings(segments, fresh, bucket_at, bucket_of)
        taken += 1
        if count == 0 or taken > passes:
            return segments, at, changes, taken, shift, bucket_at, bucket_of
        items = split_items(segments, at, changes, splits, count)
