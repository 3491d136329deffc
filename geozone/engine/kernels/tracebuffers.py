"""Chains cut to pieces over which one frame serves."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def cut_chains(
    xy: NDArray[np.float64],
    starts: NDArray[np.int64],
    limits: NDArray[np.float64],
    out: NDArray[np.float64],
    firsts: NDArray[np.int64],
    chain: NDArray[np.int64],
) -> tuple[int, int]:
    """Cuts chains into pieces that share their ends; gives the vertices and the pieces needed.

    ``limits`` are the longest segment and the longest piece in metres; longer segments get
    vertices between. Piece k has the vertices ``firsts[k]:firsts[k + 1]`` of ``out`` and
    belongs to ``chain[k]``. Without room for any vertex it only counts.
    """
    counting = len(out) == 0
    vertices, pieces = 0, 0
    for one in range(len(starts) - 1):
        first, end = starts[one], starts[one + 1]
        x, y, length = xy[first, 0], xy[first, 1], 0.0
        if not counting:
            firsts[pieces], chain[pieces] = vertices, one
            out[vertices, 0], out[vertices, 1] = x, y
        vertices, pieces = vertices + 1, pieces + 1
        for at in range(first + 1, end):
            x0, y0 = xy[at - 1, 0], xy[at - 1, 1]
            dx, dy = xy[at, 0] - x0, xy[at, 1] - y0
            steps = max(int(np.ceil(np.hypot(dx, dy) / limits[0])), 1)
            for step in range(1, steps + 1):
                if length >= limits[1]:
                    if not counting:
                        firsts[pieces], chain[pieces] = vertices, one
                        out[vertices, 0], out[vertices, 1] = x, y
                    vertices, pieces, length = vertices + 1, pieces + 1, 0.0
                # The last step takes the vertex itself, to the last bit.
                x = xy[at, 0] if step == steps else x0 + dx * step / steps
                y = xy[at, 1] if step == steps else y0 + dy * step / steps
                if not counting:
                    out[vertices, 0], out[vertices, 1] = x, y
                vertices += 1
                length += np.hypot(dx, dy) / steps
    if not counting:
        firsts[pieces] = vertices
    return vertices, pieces


@njit(cache=True, nogil=True)
def link_chains(
    partner: NDArray[np.int64],
    order: NDArray[np.int64],
    turned: NDArray[np.bool_],
    group: NDArray[np.int64],
) -> None:
    """The order of m chains in which linked ones follow one another, and which run backwards.

    ``partner`` (2m,) is the end that an end is linked to, or -1; chain c has the ends 2c, where it
    begins, and 2c + 1. ``group`` (m,) numbers what is linked. Loops begin with their first chain.
    """
    done = np.zeros(len(order), np.bool_)
    at, groups = 0, 0
    for loops in (False, True):
        for first in range(len(order)):
            end = 2 * first
            if done[first] or (not loops and partner[end] >= 0 and partner[end + 1] >= 0):
                continue
            if not loops and partner[end] >= 0:
                end += 1
            while end >= 0 and not done[end >> 1]:
                done[end >> 1] = True
                order[at], turned[at], group[at] = end >> 1, (end & 1) == 1, groups
                at += 1
                end = partner[end ^ 1]
            groups += 1


@njit(cache=True, nogil=True)
def doubled_areas(
    xy: NDArray[np.float64], starts: NDArray[np.int64], found: NDArray[np.float64]
) -> None:
    """Fills the doubled areas of rings (m,), counter-clockwise positive, each from its begin."""
    for ring in range(len(starts) - 1):
        first, total = starts[ring], 0.0
        x0, y0 = xy[first, 0], xy[first, 1]
        for at in range(first, starts[ring + 1] - 1):
            total += (xy[at, 0] - x0) * (xy[at + 1, 1] - y0)
            total -= (xy[at, 1] - y0) * (xy[at + 1, 0] - x0)
        found[ring] = total
