"""Which face an island lies in: exact rays to the west."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.tracenodes import label_of

LOST = -1
"""A ray that meets nothing."""


@njit(cache=True, nogil=True, inline="always")
def _low_high(edge: int, ends: NDArray[np.int32]) -> tuple[np.int64, np.int64, np.int64, np.int64]:
    """The ends of an edge, the lower one first."""
    x0, y0 = np.int64(ends[edge, 0]), np.int64(ends[edge, 1])
    x1, y1 = np.int64(ends[edge, 2]), np.int64(ends[edge, 3])
    return (x0, y0, x1, y1) if y0 < y1 else (x1, y1, x0, y0)


@njit(cache=True, nogil=True, inline="always")
def _east_of(x: np.int64, y: np.int64, edge: int, ends: NDArray[np.int32]) -> np.int64:
    """The side of an edge that a place lies on: 1 east, 0 on its line, -1 west."""
    ax, ay, bx, by = _low_high(edge, ends)
    return np.int64(np.sign((x - ax) * (by - ay) - (bx - ax) * (y - ay)))


@njit(cache=True, nogil=True)
def _nearer(one: int, other: int, ends: NDArray[np.int32]) -> bool:
    """Whether one edge lies east of another, a little above a place that both reach.

    They do not cross, so the one that begins higher up shows its side of the other.
    """
    ax, ay, bx, by = _low_high(one, ends)
    cx, cy, dx, dy = _low_high(other, ends)
    side = _east_of(ax, ay, other, ends) if ay >= cy else -_east_of(cx, cy, one, ends)
    if side == 0:
        side = np.int64(np.sign((bx - ax) * (dy - cy) - (dx - cx) * (by - ay)))
    return bool(side > 0)


@njit(cache=True, nogil=True)
def _columns(
    edge: int, row: int, ends: NDArray[np.int32], grid: NDArray[np.int64]
) -> tuple[int, int]:
    """The first and last bucket of a row that an edge may pass."""
    ax, ay, bx, by = _low_high(edge, ends)
    size = np.float64(np.int64(1) << grid[2])
    foot = np.float64(grid[1]) + row * size
    slope = np.float64(bx - ax) / np.float64(by - ay)
    one = np.float64(ax) + slope * min(max(foot - ay, 0.0), np.float64(by - ay))
    other = np.float64(ax) + slope * min(max(foot + size - ay, 0.0), np.float64(by - ay))
    west = max(np.int64(np.floor(min(one, other))) - 2 - grid[0], 0) >> grid[2]
    east = max(np.int64(np.ceil(max(one, other))) + 2 - grid[0], 0) >> grid[2]
    return west, min(east, grid[3] - 1)


@njit(cache=True, nogil=True)
def register(
    ends: NDArray[np.int32],
    grid: NDArray[np.int64],
    places: NDArray[np.int32],
    listed: NDArray[np.int32],
) -> None:
    """Lists edges by the buckets they pass; without ``listed`` it counts them in ``places``.

    To count, ``places`` (buckets + 1,) begin as zeros and end as starts; to list, they are
    the starts and are used up. ``grid`` is west, south, shift, columns, rows. Level edges are
    left out: no ray to the west meets them.
    """
    counts = len(listed) == 0
    for edge in range(len(ends)):
        low, high = np.int64(ends[edge, 1]), np.int64(ends[edge, 3])
        if low == high:
            continue
        first = (min(low, high) - grid[1]) >> grid[2]
        last = (max(low, high) - grid[1]) >> grid[2]
        for row in range(first, last + 1):
            west, east = _columns(edge, row, ends, grid)
            for bucket in range(row * grid[3] + west, row * grid[3] + east + 1):
                if counts:
                    places[bucket + 1] += 1
                else:
                    listed[places[bucket]] = edge
                    places[bucket] += 1
    if counts:
        for bucket in range(1, len(places)):
            places[bucket] += places[bucket - 1]


@njit(cache=True, nogil=True)
def _hit(
    x: np.int64,
    y: np.int64,
    ends: NDArray[np.int32],
    grid: NDArray[np.int64],
    starts: NDArray[np.int32],
    listed: NDArray[np.int32],
) -> int:
    """The edge next to the west of a place, seen a little above it, or ``LOST``."""
    row, best = (y - grid[1]) >> grid[2], LOST
    for col in range((x - grid[0]) >> grid[2], -1, -1):
        bucket = row * grid[3] + col
        for at in range(starts[bucket], starts[bucket + 1]):
            edge = listed[at]
            low, high = np.int64(ends[edge, 1]), np.int64(ends[edge, 3])
            if not min(low, high) <= y < max(low, high) or _east_of(x, y, edge, ends) <= 0:
                continue
            if best == LOST or _nearer(edge, best, ends):
                best = edge
        if best != LOST and _east_of(grid[0] + (col << grid[2]), y, best, ends) <= 0:
            break
    return best


@njit(cache=True, nogil=True)
def parents(
    islands: NDArray[np.int32],
    least: NDArray[np.int32],
    ends: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    walk: NDArray[np.int32],
    grid: NDArray[np.int64],
    starts: NDArray[np.int32],
    listed: NDArray[np.int32],
    parent: NDArray[np.int32],
) -> np.int64:
    """For walks around islands, the walk of the same face that lies next to the west.

    ``parent`` (walks,) is filled for ``islands``. Gives the half-edge of an island whose ray
    meets nothing or another label, else -1.
    """
    for island in islands:
        half = least[island]
        x = np.int64(ends[half >> 1, 2 * (half & 1)])
        y = np.int64(ends[half >> 1, 2 * (half & 1) + 1])
        edge = _hit(x, y, ends, grid, starts, listed)
        if edge == LOST:
            return np.int64(half)
        # The half-edge on its way down has the east on its left.
        facing = 2 * edge + int(ends[edge, 1] < ends[edge, 3])
        if label_of(facing, left, right) != label_of(half, left, right):
            return np.int64(half)
        parent[island] = walk[facing]
    return np.int64(LOST)


@njit(cache=True, nogil=True)
def roots(parent: NDArray[np.int32]) -> None:
    """Replaces every parent by the last of its line, whose own parent it is itself."""
    for one in range(len(parent)):
        root = one
        while parent[root] != root:
            root = parent[root]
        at = one
        while parent[at] != root:
            above = parent[at]
            parent[at] = root
            at = above
