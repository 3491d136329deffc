"""Overviews by mode, many cells at once."""

from __future__ import annotations

from typing import Any

from numba import njit

from geozone.engine.kernels.overview import Cells, halve


@njit(cache=True, nogil=True, error_model="numpy")
def _modes(upper: Cells, lower: Cells, out: Cells, nodata: Any) -> None:  # of the cells' type
    """The modes of the blocks of two rows; no branches, so that the machine takes many at once."""
    for j in range(len(out)):
        a, b, c, d = upper[2 * j], upper[2 * j + 1], lower[2 * j], lower[2 * j + 1]
        pair = min(a if a == b else nodata, c if c == d else nodata)
        pair = min(pair, a if a == c else nodata, b if b == d else nodata)
        pair = min(pair, a if a == d else nodata, b if b == c else nodata)
        least, most = min(a, b), max(a, b)
        below, above = min(c, d), max(c, d)
        second = min(max(least, below), most, above)
        found = pair if pair != nodata else min(least, below)
        out[j] = nodata if second == nodata else found  # three of four are outside


@njit(cache=True, nogil=True, error_model="numpy")
def halve_marked(
    cells: Cells, window: tuple[int, int, int, int], into: Cells, row: int, col: int, nodata: Any
) -> None:
    """What ``halve`` does, where ``nodata`` is the largest value of the cells' type, and of it."""
    top, left, bottom, right = window
    rows, cols = (bottom - top) // 2, (right - left) // 2
    end = left + 2 * cols
    for i in range(rows):
        upper = top + 2 * i
        out = into[row + i, col : col + cols]
        _modes(cells[upper, left:end], cells[upper + 1, left:end], out, nodata)
    if end < right:
        halve(cells, (top, end, bottom, right), into, row, col + cols, nodata)
    if top + 2 * rows < bottom:
        halve(cells, (top + 2 * rows, left, bottom, end), into, row + rows, col, nodata)
