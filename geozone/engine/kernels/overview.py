"""Overviews of a grid of indices, made cell by cell by mode."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Cells = NDArray[Any]
"""uint8, uint16, uint32 or (of means) float32, shape (rows, cols), C-contiguous."""


@njit(cache=True, nogil=True)
def mode_of(a: int, b: int, c: int, d: int, nodata: int) -> int:
    """The value that most of four cells have; of equally many the smallest.

    ``nodata`` wins only where three of the four have it, and counts for nothing else.
    """
    outside = int(a == nodata) + int(b == nodata) + int(c == nodata) + int(d == nodata)
    if outside >= 3:
        return nodata
    best, most = nodata, 0
    for value in (a, b, c, d):
        if value != nodata:
            count = int(a == value) + int(b == value) + int(c == value) + int(d == value)
            if count > most or (count == most and value < best):
                best, most = value, count
    return best


@njit(cache=True, nogil=True)
def halve(
    cells: Cells, window: tuple[int, int, int, int], into: Cells, row: int, col: int, nodata: int
) -> None:
    """Write the modes of blocks of 2 x 2 ``cells`` into a grid of half the size, at row, col.

    ``window`` is the first row and column of the cells to halve, both even, and the last ones,
    excluded. Where it ends on an odd row or column the cells that are missing count as copies
    of their neighbours.
    """
    top, left, bottom, right = window
    for i in range((bottom - top + 1) // 2):
        upper = top + 2 * i
        lower = min(upper + 1, bottom - 1)
        for j in range((right - left + 1) // 2):
            west = left + 2 * j
            east = min(west + 1, right - 1)
            a, b = cells[upper, west], cells[upper, east]
            c, d = cells[lower, west], cells[lower, east]
            if a == b and c == d and a == c:
                into[row + i, col + j] = a
            else:
                into[row + i, col + j] = mode_of(a, b, c, d, nodata)


@njit(cache=True, nogil=True)
def averaged(
    cells: Cells, window: tuple[int, int, int, int], into: Cells, row: int, col: int
) -> None:
    """Write the means of the known ones of 2 x 2 ``cells``, unknown (NaN) where none is, as above.

    Cells that are missing at the end of the window count for nothing.
    """
    top, left, bottom, right = window
    for i in range((bottom - top + 1) // 2):
        for j in range((right - left + 1) // 2):
            total, count = 0.0, 0
            for y in range(top + 2 * i, min(top + 2 * i + 2, bottom)):
                for x in range(left + 2 * j, min(left + 2 * j + 2, right)):
                    if not np.isnan(cells[y, x]):
                        total += cells[y, x]
                        count += 1
            into[row + i, col + j] = total / count if count else np.nan


@njit(cache=True, nogil=True)
def is_even(cells: Cells, row: int, col: int, size: int) -> bool:
    """Whether all cells of the square tile that begins at a row and column have one value."""
    first = cells[row, col]
    for i in range(row, row + size):
        differs = False
        for j in range(col, col + size):
            differs |= cells[i, j] != first
        if differs:
            return False
    return True


@njit(cache=True, nogil=True)
def looked_up(cells: Cells, table: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Write what a table says of cells, shape (rows, cols); the last entry of what it has not."""
    last = len(table) - 1
    for i in range(cells.shape[0]):
        for j in range(cells.shape[1]):
            index = int(cells[i, j])
            out[i, j] = table[index if index < last else last]
