"""Which ring around a place is the innermost, exactly; and rings put together anew."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NONE = -1


MANY = 1 << 16
"""Edges looked at before they are sorted by height first."""

PER_BUCKET = 8
"""Edges of a bucket, on average."""


@njit(cache=True, nogil=True, inline="always")
def _pass(x: np.int64, y: np.int64, ring: NDArray[np.int32], at: int) -> int:
    """1 where an edge of a ring passes a place on one side, 2 where the place lies on it, else 0.

    Places are in half millimetres.
    """
    ay, by = 2 * np.int64(ring[at, 1]), 2 * np.int64(ring[at + 1, 1])
    if max(ay, by) < y or min(ay, by) > y:
        return 0
    ax, bx = 2 * np.int64(ring[at, 0]), 2 * np.int64(ring[at + 1, 0])
    side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    if side == 0 and min(ax, bx) <= x <= max(ax, bx):
        return 2
    return 1 if (ay > y) != (by > y) and (side > 0) == (by > ay) else 0


@njit(cache=True, nogil=True)
def _encloses(x: np.int64, y: np.int64, ring: NDArray[np.int32]) -> bool:
    """Whether a closed ring goes around a place; not where it lies on it."""
    odd = False
    for at in range(len(ring) - 1):
        passed = _pass(x, y, ring, at)
        if passed == 2:
            return False
        odd ^= passed == 1
    return odd


@njit(cache=True, nogil=True)
def _by_height(
    ring: NDArray[np.int32], low: np.int64, step: np.int64, count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The edges of a ring that come into each of some strips of equal height, from ``low`` up.

    Strip k has the edges ``edges[starts[k]:starts[k + 1]]``.
    """
    starts = np.zeros(count + 2, np.int64)
    for fill in range(2):
        if fill == 1:
            for strip in range(count + 1):
                starts[strip + 1] += starts[strip]
            edges = np.empty(starts[count + 1], np.int64)
        for at in range(len(ring) - 1):
            one, other = np.int64(ring[at, 1]), np.int64(ring[at + 1, 1])
            first, last = (min(one, other) - low) // step, (max(one, other) - low) // step
            for strip in range(first, last + 1):
                if fill == 0:
                    starts[strip + 2] += 1
                else:
                    edges[starts[strip + 1]] = at
                    starts[strip + 1] += 1
    return starts, edges


@njit(cache=True, nogil=True)
def _mark_inside(
    places: NDArray[np.int64],
    chosen: NDArray[np.int64],
    ring: NDArray[np.int32],
    low: np.int64,
    high: np.int64,
    shell: np.int64,
    found: NDArray[np.int64],
) -> None:
    """Gives the chosen places that a ring encloses, of all between its heights, its number."""
    if len(chosen) * len(ring) < MANY:
        for place in chosen:
            if _encloses(places[place, 0], places[place, 1], ring):
                found[place] = shell
        return
    count = len(ring) // PER_BUCKET + 1
    step = (high - low) // count + 1
    starts, edges = _by_height(ring, low, step, count)
    for place in chosen:
        x, y = places[place, 0], places[place, 1]
        # What is at the height of a place is at that of the whole millimetre below it too.
        strip, odd, on_it = (y // 2 - low) // step, False, False
        for number in range(starts[strip], starts[strip + 1]):
            passed = _pass(x, y, ring, edges[number])
            on_it |= passed == 2
            odd ^= passed == 1
        if odd and not on_it:
            found[place] = shell


@njit(cache=True, nogil=True)
def innermost(
    places: NDArray[np.int64],
    limits: NDArray[np.int64],
    shells: NDArray[np.int64],
    boxes: NDArray[np.int32],
    twice: NDArray[np.int64],
    rings: NDArray[np.int64],
    xy: NDArray[np.int32],
    found: NDArray[np.int64],
) -> None:
    """The first of ``shells``, from the smallest, around each place; ``NONE`` without one.

    Places (n, 2) are half millimetres. Only shells of less than the place's limit count, in
    doubled areas; ``boxes``, ``twice`` and ``rings`` are those of all rings in ``xy``.
    """
    found[:] = NONE
    chosen = np.empty(len(places), np.int64)
    for shell in shells:
        west, south = 2 * np.int64(boxes[shell, 0]), 2 * np.int64(boxes[shell, 1])
        east, north = 2 * np.int64(boxes[shell, 2]), 2 * np.int64(boxes[shell, 3])
        count = 0
        for place in range(len(places)):
            x, y = places[place, 0], places[place, 1]
            is_near = west < x < east and south < y < north
            if is_near and found[place] == NONE and twice[shell] < limits[place]:
                chosen[count] = place
                count += 1
        if count:
            ring = xy[rings[shell] : rings[shell + 1]]
            low, high = np.int64(boxes[shell, 1]), np.int64(boxes[shell, 3])
            _mark_inside(places, chosen[:count], ring, low, high, shell, found)


@njit(cache=True, nogil=True)
def gather_rings(
    order: NDArray[np.int64],
    split: np.int64,
    old_rings: NDArray[np.int64],
    old_xy: NDArray[np.int32],
    new_rings: NDArray[np.int64],
    new_xy: NDArray[np.int32],
    origin: NDArray[np.int64],
    firsts: NDArray[np.int64],
    xy: NDArray[np.float64],
) -> None:
    """Rings in some order, in metres: ring r is an old one below ``split``, else a new one.

    ``firsts`` is where each begins in ``xy``.
    """
    for place in range(len(order)):
        ring, to = order[place], firsts[place]
        old = ring < split
        first = old_rings[ring] if old else new_rings[ring - split]
        end = old_rings[ring + 1] if old else new_rings[ring - split + 1]
        for at in range(first, end):
            x = old_xy[at, 0] if old else new_xy[at, 0]
            y = old_xy[at, 1] if old else new_xy[at, 1]
            xy[to, 0] = np.float64(x + origin[0]) / 1000.0
            xy[to, 1] = np.float64(y + origin[1]) / 1000.0
            to += 1
