"""Segments made planar: split where they cross, to the millimetre, until none crosses another.

Everything is in whole millimetres below 2**23, so every test of a side is exact in 64 bits, and
a crossing is the exact one at its nearest grid point. Nothing depends on the input's order:
segments are sorted, and a pass splits each at the *set* of points that it finds.

A few passes split at crossings alone, which moves few segments; a pass that snaps ends it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.binning import Whole
from geozone.engine.kernels.noding_snap import snapped
from geozone.engine.kernels.noding_split import crossings, split_items, split_keys

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Bytes = NDArray[np.uint8]

DIGIT = 12
"""Bits by which keys are sorted at a time."""

FRESH = 6
"""The column of an item that says whether its segment is new: see ``merged``."""


PLAIN = 3
"""Passes that split at crossings only, almost always enough; later ones snap, which ends it."""


class Buckets(NamedTuple):
    """Square buckets of segments, ``2**shift`` mm wide, ``across`` in a row: see ``buckets``."""

    shift: int
    across: int
    at: Ints
    of: Small


class Planar(NamedTuple):
    """Sorted segments (s, 4) that meet at their ends only, and what they change: see ``merged``."""

    segments: Small
    at: Ints
    changes: Small
    buckets: Buckets


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
def point_keys(rows: Small, column: Whole) -> Ints:
    """The points at two columns of rows as keys that sort by x, then y."""
    keys = np.empty(len(rows), np.int64)
    for at in range(len(rows)):
        keys[at] = (np.int64(rows[at, column]) << 24) | np.int64(rows[at, column + 1])
    return keys


def _sorted_items(items: Small, counters: int) -> Small:
    """The items' numbers sorted by their ends, then their counter."""
    order = np.arange(len(items), dtype=np.int32)
    order = sorted_by(items[:, 4].astype(np.int64), counters.bit_length(), order)
    order = sorted_by(point_keys(items, 2), 48, order)
    return sorted_by(point_keys(items, 0), 48, order)


@njit(cache=True, nogil=True)
def merged(items: Small, order: Small) -> tuple[Small, Ints, Small, Bytes]:
    """The distinct segments of items, sorted, what each changes, and which are new.

    An item is (x0, y0, x1, y1, counter, delta, new) with its lesser end first; ``order`` sorts
    them. Deltas of a counter on the same segment add up; a segment that changes nothing is left
    out. Segment s changes the counters ``changes[at[s]:at[s + 1], 0]`` by ``changes[.., 1]``.
    """
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
            for column in range(4):
                segments[kept, column] = one[column]
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


@njit(cache=True, nogil=True)
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


def _split_items(planar: Planar, splits: Small) -> Small:
    """The items of the segments after splitting; the parts of those that are split are new."""
    order = np.arange(len(splits), dtype=np.int32)
    order = sorted_by(split_keys(planar.segments, splits), 48, order)
    owner = splits[:, 0].astype(np.int64)
    order = sorted_by(owner, len(planar.segments).bit_length(), order)
    return split_items(planar.segments, planar.at, planar.changes, splits, order)


def _snapped(planar: Planar, splits: Small) -> Small:
    """Where segments pass the square of an end or of a splitting point."""
    ends = [point_keys(planar.segments, 0), point_keys(planar.segments, 2), point_keys(splits, 1)]
    found, count = snapped(planar.segments, np.unique(np.concatenate(ends)), *planar.buckets)
    return found[:count]


def noded(items: Small, counters: int, size: int, passes: int) -> Planar | None:
    """Segments that meet only at their ends; nothing if the passes do not suffice."""
    for taken in range(passes):
        segments, at, changes, fresh = merged(items, _sorted_items(items, counters))
        shift = bucket_shift(len(segments), size)
        across = (size >> shift) + 1
        bucket_at, bucket_of = buckets(segments, shift, across)
        splits, count = crossings(segments, fresh, bucket_at, bucket_of)
        planar = Planar(segments, at, changes, Buckets(shift, across, bucket_at, bucket_of))
        if count == 0:
            return planar
        splits = splits[:count] if taken < PLAIN else _snapped(planar, splits[:count])
        items = _split_items(planar, splits)
    return None
