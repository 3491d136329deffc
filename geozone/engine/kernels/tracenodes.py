"""Which edge follows which around the faces of a planar set of edges.

Edge e is two half-edges: 2e from its first end to its second, with the ground on its left
on the left, and 2e + 1 back.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

STRAIGHT = -1
"""Kind of a half-edge that goes on where one of the same two faces ended, straight ahead."""

FINE, LOOSE, TWICE, AT_ODDS = 0, 1, 2, 3
"""What may be wrong at a node: an edge that ends there, two that lie on one another, labels."""

FEW = 16


@njit(cache=True, nogil=True)
def count_parting(
    left: NDArray[np.int32], right: NDArray[np.int32], zones: NDArray[np.int32]
) -> int:
    """How many edges part different zones; the last of ``zones`` is that of labels below 0."""
    count = 0
    for edge in range(len(left)):
        count += int(zones[max(left[edge], -1)] != zones[max(right[edge], -1)])
    return count


@njit(cache=True, nogil=True)
def take_parting(
    ends: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    zones: NDArray[np.int32],
    kept: NDArray[np.int32],
    on_left: NDArray[np.int32],
    on_right: NDArray[np.int32],
) -> None:
    """Puts the edges that part different zones into ``kept``, and the zones on either side."""
    found = 0
    for edge in range(len(left)):
        one, other = zones[max(left[edge], -1)], zones[max(right[edge], -1)]
        if one != other:
            for at in range(4):
                kept[found, at] = ends[edge, at]
            on_left[found], on_right[found] = one, other
            found += 1


@njit(cache=True, nogil=True, inline="always")
def label_of(half: int, left: NDArray[np.int32], right: NDArray[np.int32]) -> np.int32:
    """The label on the left of a half-edge."""
    return np.int32(left[half >> 1] if half & 1 == 0 else right[half >> 1])


@njit(cache=True, nogil=True)
def extent(ends: NDArray[np.int32], out: NDArray[np.int64]) -> None:
    """West, south, east, north of edges, and the largest extent of one, in ``out`` (5,)."""
    out[0] = out[1] = np.int64(1) << 40
    out[2] = out[3] = -(np.int64(1) << 40)
    out[4] = 0
    for edge in range(len(ends)):
        for axis in range(2):
            one, other = np.int64(ends[edge, axis]), np.int64(ends[edge, 2 + axis])
            out[axis] = min(out[axis], one, other)
            out[2 + axis] = max(out[2 + axis], one, other)
            out[4] = max(out[4], abs(one - other))


@njit(cache=True, nogil=True)
def bucket_starts(
    ends: NDArray[np.int32], grid: NDArray[np.int64], starts: NDArray[np.int32]
) -> None:
    """Counts half-edges by the bucket they begin in; ``starts`` (buckets + 1,) begin as zeros.

    ``grid`` is west, south, shift, columns: buckets are squares of ``1 << shift`` millimetres.
    """
    for edge in range(len(ends)):
        for side in range(2):
            col = (np.int64(ends[edge, 2 * side]) - grid[0]) >> grid[2]
            row = (np.int64(ends[edge, 2 * side + 1]) - grid[1]) >> grid[2]
            starts[row * grid[3] + col + 1] += 1
    for bucket in range(1, len(starts)):
        starts[bucket] += starts[bucket - 1]


@njit(cache=True, nogil=True)
def bucket_fill(
    ends: NDArray[np.int32],
    grid: NDArray[np.int64],
    places: NDArray[np.int32],
    order: NDArray[np.int32],
) -> None:
    """Half-edges in the order of buckets; ``places`` are the starts, and are used up."""
    for edge in range(len(ends)):
        for side in range(2):
            col = (np.int64(ends[edge, 2 * side]) - grid[0]) >> grid[2]
            row = (np.int64(ends[edge, 2 * side + 1]) - grid[1]) >> grid[2]
            bucket = row * grid[3] + col
            order[places[bucket]] = 2 * edge + side
            places[bucket] += 1


@njit(cache=True, nogil=True, inline="always")
def _key(half: int, ends: NDArray[np.int32]) -> np.uint64:
    """The place a half-edge begins at, as one number."""
    x, y = ends[half >> 1, 2 * (half & 1)], ends[half >> 1, 2 * (half & 1) + 1]
    return (np.uint64(np.uint32(x)) << np.uint64(32)) | np.uint64(np.uint32(y))


@njit(cache=True, nogil=True)
def _insert(keys: NDArray[np.uint64], halves: NDArray[np.int32], first: int, end: int) -> None:
    for at in range(first + 1, end):
        key, half, to = keys[at], halves[at], at
        while to > first and keys[to - 1] > key:
            keys[to], halves[to] = keys[to - 1], halves[to - 1]
            to -= 1
        keys[to], halves[to] = key, half


@njit(cache=True, nogil=True)
def _sort(keys: NDArray[np.uint64], halves: NDArray[np.int32], count: int) -> None:
    """Sorts both by key: quicksort by the median of three, the larger part waiting."""
    if count <= FEW:
        _insert(keys, halves, 0, count)
        return
    waiting = np.empty((64, 2), np.int64)
    waiting[0, 0], waiting[0, 1], depth = 0, count, 1
    while depth:
        depth -= 1
        first, end = waiting[depth, 0], waiting[depth, 1]
        while end - first > FEW:
            a, b, c = keys[first], keys[(first + end) // 2], keys[end - 1]
            pivot = max(min(a, b), min(max(a, b), c))
            low, high = first, end - 1
            while low <= high:
                while keys[low] < pivot:
                    low += 1
                while keys[high] > pivot:
                    high -= 1
                if low <= high:
                    keys[low], keys[high] = keys[high], keys[low]
                    halves[low], halves[high] = halves[high], halves[low]
                    low, high = low + 1, high - 1
            if high + 1 - first < end - low:
                waiting[depth, 0], waiting[depth, 1] = low, end
                end = high + 1
            else:
                waiting[depth, 0], waiting[depth, 1] = first, high + 1
                first = low
            depth += 1
        _insert(keys, halves, first, end)


@njit(cache=True, nogil=True, inline="always")
def _way(half: int, ends: NDArray[np.int32]) -> tuple[np.int64, np.int64]:
    """The direction of a half-edge."""
    edge, back = half >> 1, half & 1
    x, y = np.int64(ends[edge, 2]) - ends[edge, 0], np.int64(ends[edge, 3]) - ends[edge, 1]
    return (-x, -y) if back else (x, y)


@njit(cache=True, nogil=True, inline="always")
def before(ax: np.int64, ay: np.int64, bx: np.int64, by: np.int64) -> np.int64:
    """Positive if one way comes before another counter-clockwise from east, 0 if the same."""
    upper = ay > 0 or (ay == 0 and ax > 0)
    if upper != (by > 0 or (by == 0 and bx > 0)):
        return np.int64(1 if upper else -1)
    return np.int64(np.sign(ax * by - ay * bx))


@njit(cache=True, nogil=True, inline="always")
def _before(one: int, other: int, ends: NDArray[np.int32]) -> np.int64:
    """``before`` of the ways of two half-edges."""
    ax, ay = _way(one, ends)
    bx, by = _way(other, ends)
    return before(ax, ay, bx, by)


@njit(cache=True, nogil=True)
def _node(
    halves: NDArray[np.int32],
    first: int,
    end: int,
    ends: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    follows: NDArray[np.int32],
) -> int:
    """Links the half-edges that begin at one node: each follows its neighbour coming in."""
    for at in range(first + 1, end):
        half, to = halves[at], at
        while to > first and _before(half, halves[to - 1], ends) > 0:
            halves[to] = halves[to - 1]
            to -= 1
        halves[to] = half
    for at in range(first, end):
        half = halves[at]
        clockwise = halves[at - 1 if at > first else end - 1]
        if at > first and _before(clockwise, half, ends) == 0:
            return TWICE
        if label_of(half ^ 1, left, right) != label_of(clockwise, left, right):
            return AT_ODDS
        follows[half ^ 1] = clockwise
    return FINE


@njit(cache=True, nogil=True, inline="always")
def _bend(
    one: int,
    other: int,
    ends: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    follows: NDArray[np.int32],
) -> tuple[int, int]:
    """Links the two half-edges that begin at a node; what is wrong, and the kind of the node."""
    ax, ay = _way(one, ends)
    bx, by = _way(other, ends)
    level = ax * by == ay * bx
    if level and ((ax > 0) == (bx > 0)) and ((ay > 0) == (by > 0)):
        return TWICE, 0
    if label_of(one, left, right) != label_of(other ^ 1, left, right):
        return AT_ODDS, 0
    if label_of(other, left, right) != label_of(one ^ 1, left, right):
        return AT_ODDS, 0
    follows[one ^ 1], follows[other ^ 1] = other, one
    return FINE, (STRAIGHT if level else 0)


@njit(cache=True, nogil=True)
def link(
    order: NDArray[np.int32],
    starts: NDArray[np.int32],
    buckets: NDArray[np.int64],
    ends: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    follows: NDArray[np.int32],
    kind: NDArray[np.int32],
) -> tuple[int, int]:
    """What follows every half-edge around the face on its left, for nodes in some buckets.

    ``buckets`` is the first and the one after the last. ``follows`` and ``kind`` (2n,) are
    filled: ``kind`` is ``STRAIGHT``, or 0, or where four or more edges meet one more than
    the first half-edge there. Gives ``FINE`` or what is wrong, and where.
    """
    keys = np.empty(1024, np.uint64)
    for bucket in range(buckets[0], buckets[1]):
        begin, count = starts[bucket], starts[bucket + 1] - starts[bucket]
        if count > len(keys):
            keys = np.empty(2 * count, np.uint64)
        halves = order[begin : begin + count]
        for at in range(count):
            keys[at] = _key(halves[at], ends)
        _sort(keys, halves, count)
        first = 0
        while first < count:
            end = first + 1
            while end < count and keys[end] == keys[first]:
                end += 1
            if end - first == 1:
                return LOOSE, halves[first]
            if end - first == 2:
                fault, said = _bend(halves[first], halves[first + 1], ends, left, right, follows)
            else:
                fault = _node(halves, first, end, ends, left, right, follows)
                said = halves[first] + 1 if end - first > 3 else 0
            if fault != FINE:
                return fault, halves[first]
            for at in range(first, end):
                kind[halves[at]] = said
            first = end
    return FINE, 0
