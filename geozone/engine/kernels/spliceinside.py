"""Which ring around a place is the innermost, exactly; and rings put together anew."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NONE = -1


@njit(cache=True, nogil=True)
def _encloses(x: np.int64, y: np.int64, ring: NDArray[np.int32]) -> bool:
    """Whether a closed ring goes around a place, in half millimetres; not where it lies on it."""
    odd = False
    for at in range(len(ring) - 1):
        ay, by = 2 * np.int64(ring[at, 1]), 2 * np.int64(ring[at + 1, 1])
        if max(ay, by) < y or min(ay, by) > y:
            continue
        ax, bx = 2 * np.int64(ring[at, 0]), 2 * np.int64(ring[at + 1, 0])
        side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if side == 0 and min(ax, bx) <= x <= max(ax, bx):
            return False
        if (ay > y) != (by > y) and (side > 0) == (by > ay):
            odd = not odd
    return odd


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
    for place in range(len(places)):
        x, y = places[place, 0], places[place, 1]
        found[place] = NONE
        for shell in shells:
            if twice[shell] >= limits[place]:
                break
            if not (
                2 * np.int64(boxes[shell, 0]) < x < 2 * np.int64(boxes[shell, 2])
                and 2 * np.int64(boxes[shell, 1]) < y < 2 * np.int64(boxes[shell, 3])
            ):
                continue
            if _encloses(x, y, xy[rings[shell] : rings[shell + 1]]):
                found[place] = shell
                break


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
