"""Segments snapped to every point whose millimetre they pass through: planar in one pass.

Splitting at rounded crossings alone may go on along two nearly coincident segments, a
millimetre a pass. Snap rounding ends it: J. Hobby, Practical segment intersection with finite
precision output, Computational Geometry 13 (1999).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.binning import Whole, grown
from geozone.engine.kernels.noding_split import side

Ints = NDArray[np.int64]
Small = NDArray[np.int32]


@njit(cache=True, nogil=True)
def passes_through(segment: Small, x: Whole, y: Whole) -> bool:
    """Whether a segment meets the square of a millimetre around a point, its lower left corner in.

    Ends are whole millimetres and sides of the square are not, so that only a corner can be
    touched without its inside.
    """
    ax, ay = 2 * np.int64(segment[0]), 2 * np.int64(segment[1])
    bx, by = 2 * np.int64(segment[2]), 2 * np.int64(segment[3])
    west, south = 2 * x - 1, 2 * y - 1
    if max(ax, bx) < west or min(ax, bx) > west + 2:
        return False
    if max(ay, by) < south or min(ay, by) > south + 2:
        return False
    corner = side(ax, ay, bx, by, west, south)
    others = (
        side(ax, ay, bx, by, west + 2, south),
        side(ax, ay, bx, by, west, south + 2),
        side(ax, ay, bx, by, west + 2, south + 2),
    )
    most, least = max(corner, *others), min(corner, *others)
    return (most > 0 and least < 0) or corner == 0


@njit(cache=True, nogil=True)
def _places(keys: Ints, shift: Whole, across: Whole) -> tuple[Ints, Small]:
    """The points in or beside each bucket: of bucket b they are ``of[at[b]:at[b + 1]]``."""
    at = np.zeros(across * across + 2, np.int64)
    for turn in range(2):
        if turn == 1:
            for bucket in range(across * across):
                at[bucket + 2] += at[bucket + 1]
            of = np.empty(at[across * across + 1], np.int32)
        for one in range(len(keys)):
            x, y = keys[one] >> 24, keys[one] & ((1 << 24) - 1)
            for row in range(max(y - 1, 0) >> shift, min((y + 1) >> shift, across - 1) + 1):
                for col in range(max(x - 1, 0) >> shift, min((x + 1) >> shift, across - 1) + 1):
                    bucket = row * across + col
                    if turn == 0:
                        at[bucket + 2] += 1
                    else:
                        of[at[bucket + 1]] = one
                        at[bucket + 1] += 1
    return at[: across * across + 1], of


@njit(cache=True, nogil=True)
def snapped(
    segments: Small, keys: Ints, shift: Whole, across: Whole, at: Ints, of: Small
) -> tuple[Small, Whole]:
    """The points (segment, x, y) at which to split every segment that passes through any of them.

    ``keys`` are the points, sorted, each once; ``at`` and ``of`` are the buckets of the segments.
    A point may come more than once.
    """
    point_at, point_of = _places(keys, shift, across)
    found, count = np.empty((256, 3), np.int32), np.int64(0)
    for bucket in range(len(at) - 1):
        for i in range(at[bucket], at[bucket + 1]):
            one = of[i]
            for j in range(point_at[bucket], point_at[bucket + 1]):
                x, y = keys[point_of[j]] >> 24, keys[point_of[j]] & ((1 << 24) - 1)
                if x == segments[one, 0] and y == segments[one, 1]:
                    continue
                if x == segments[one, 2] and y == segments[one, 3]:
                    continue
                if passes_through(segments[one], x, y):
                    if count + 1 > len(found):
                        found = grown(found, 1)
                    found[count, 0], found[count, 1], found[count, 2] = one, x, y
                    count += 1
    return found, count
