"""Distance to the nearest of many segments for every cell: blocks are cut until they are cells.

The numbers of plain numpy in ``geozone.land.factors.nearest``, byte for byte: there stands why a
segment may be left out of a block.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

SIDES = (256, 128, 64, 32, 16, 8, 4)
"""Cells along the sides of blocks, from the first to the last before cells."""
TINY = 1e-100
SLACK = 1e-9
"""As the plain functions have them."""

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Segments = tuple[Floats, Floats, Floats, Floats, Floats]
"""West and north of the starts, (dx, dy), and 1 over the square of the length, (n,)."""


@njit(cache=True, nogil=True)
def distances(
    places: tuple[Floats, Floats],
    segments: Segments,
    limits: tuple[float, float],
    scale: tuple[float, int, int, Floats],
    found: Floats,
) -> None:
    """Writes ground distances (rows, cols) at ``places``, x of columns and y of rows.

    ``limits``: how far a segment may be, in planar metres, and by what share the scale differs.
    ``scale``: the step of its lattice, its first column and row, and its nodes (rows, cols).
    What is beyond the limit stays as it is.
    """
    count, deep = len(segments[0]), len(SIDES)
    kept, away = np.empty((deep + 1, count), np.int64), np.empty((8, count))
    kept[0] = np.arange(count)
    counts, at = np.zeros(deep + 1, np.int64), np.zeros((deep, 2), np.int64)
    blocks = np.zeros((deep, 4), np.int64)  # of each level: first row, last, first column, last
    counts[0], blocks[0, 1], blocks[0, 3] = count, found.shape[0], found.shape[1]
    level = 0
    while level >= 0:
        block, (row, col), side = blocks[level], at[level], SIDES[level]
        if row >= block[1]:
            level -= 1
            continue
        part = row, min(row + side, block[1]), col, min(col + side, block[3])
        at[level, 1] = col + side
        if part[3] == block[3]:
            at[level, 0], at[level, 1] = row + side, block[2]
        given = kept[level, : counts[level]]
        some = _pruned(places, part, segments, limits, given, kept[level + 1], away)
        if some and level + 1 == deep:
            few = kept[deep, :some]
            _settle(places, part, segments, limits[1], scale, few, away, found)
        elif some:
            level += 1
            counts[level], at[level, 0], at[level, 1] = some, part[0], part[2]
            for k in range(4):
                blocks[level, k] = part[k]


@njit(cache=True, nogil=True)
def _away(x: float, y: float, segments: Segments, at: int) -> tuple[float, float]:
    """How far east and north a place lies from the nearest of a segment."""
    dx, dy = segments[2][at], segments[3][at]
    x, y = x - segments[0][at], y - segments[1][at]
    share = min(max((x * dx + y * dy) * segments[4][at], 0.0), 1.0)
    return x - share * dx, y - share * dy


@njit(cache=True, nogil=True)
def _pruned(
    places: tuple[Floats, Floats],
    block: tuple[int, int, int, int],
    segments: Segments,
    limits: tuple[float, float],
    given: Longs,
    kept: Longs,
    away: Floats,
) -> int:
    """Writes which segments may be nearest to a cell of a block, and gives how many they are."""
    left, right = places[0][block[2]], places[0][block[3] - 1]
    high, low = places[1][block[0]], places[1][block[1] - 1]
    reach = np.sqrt((right - left) ** 2 + (high - low) ** 2) / 2
    first, least = 0, np.inf
    for k in range(len(given)):
        east, north = _away((left + right) / 2, (high + low) / 2, segments, given[k])
        metres = np.sqrt(east * east + north * north)
        away[0, k], away[1, k], away[2, k] = east, north, metres
        if metres < least:
            first, least = k, metres
    over = 1 / max(least, TINY)
    toward_x, toward_y = away[0, first] * over, away[1, first] * over
    bulge = reach * reach / max(2 * least, TINY)
    slack = (limits[1] + SLACK) * (least + reach) + SLACK
    count = 0
    for k in range(len(given)):
        metres = away[2, k]
        if metres > least + 2 * reach + slack or metres > limits[0] + reach:
            continue
        over = 1 / max(metres, TINY)
        turn_x, turn_y = away[0, k] * over - toward_x, away[1, k] * over - toward_y
        turned = np.sqrt(turn_x * turn_x + turn_y * turn_y)
        if metres <= least + min(2 * reach, reach * turned + bulge) + slack:
            kept[count] = given[k]
            count += 1
    return count


@njit(cache=True, nogil=True)
def _settle(
    places: tuple[Floats, Floats],
    block: tuple[int, int, int, int],
    segments: Segments,
    spread: float,
    scale: tuple[float, int, int, Floats],
    given: Longs,
    away: Floats,
    found: Floats,
) -> None:
    """The ground distance of each cell, by the scale midway to where it is nearest."""
    count = len(given)
    for part in range(5):
        for k in range(count):
            away[3 + part, k] = segments[part][given[k]]
    for row in range(block[0], block[1]):
        y = places[1][row]
        for col in range(block[2], block[3]):
            x, least = places[0][col], np.inf
            for k in range(count):
                across, up, dx, dy = x - away[3, k], y - away[4, k], away[5, k], away[6, k]
                share = (across * dx + up * dy) * away[7, k]
                share = 0.0 if share < 0.0 else share
                share = 1.0 if share > 1.0 else share
                away[0, k], away[1, k] = across - share * dx, up - share * dy
                away[2, k] = away[0, k] * away[0, k] + away[1, k] * away[1, k]
            for k in range(count):
                least = min(least, away[2, k])
            most, best = np.sqrt(least) * (1 + spread + SLACK) + SLACK, np.inf
            square = most * most * (1 + SLACK)
            for k in range(count):
                if away[2, k] > square:
                    continue
                metres = np.sqrt(away[2, k])
                if metres <= most:
                    midway = _scale(scale, x - away[0, k] / 2, y - away[1, k] / 2)
                    best = min(best, metres / midway)
            found[row, col] = best


@njit(cache=True, nogil=True)
def _scale(lattice: tuple[float, int, int, Floats], x: float, y: float) -> float:
    """The value of a lattice at a place."""
    step, first_x, first_y, nodes = lattice
    across, up = x / step, y / step
    col, row = np.floor(across), np.floor(up)
    across, up = across - col, up - row
    i, j = np.int64(row) - first_y, np.int64(col) - first_x
    low, high = nodes[i, j], nodes[i + 1, j]
    low += across * (nodes[i, j + 1] - low)
    high += across * (nodes[i + 1, j + 1] - high)
    return low + (high - low) * up
