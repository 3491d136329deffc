"""Values of a raster at places, the bytes of plain numpy in ``geozone.land.factors.resampling``."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

ON_CELL = 1e-6
BEYOND = 1e12
"""As the plain functions have them."""

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Cells = NDArray[np.float32] | NDArray[np.float64]


@njit(cache=True, nogil=True)
def level_bilinear(
    framed: Cells,
    cols: tuple[Longs, Longs, Floats],
    rows: tuple[Longs, Longs, Floats],
    out: Singles,
) -> None:
    """Values straight between the middles of cells, where rows and columns run along the raster's.

    ``cols`` are for each column of ``out`` (m, n) the cells on both sides in ``framed`` and how
    far it is to the second; ``rows`` the same.
    """
    left, right, across = cols
    four, last, count = np.empty((4, len(left))), -1, len(left)
    for i in range(len(rows[0])):
        if i == 0 or rows[0][i] != last or rows[1][i] != rows[1][i - 1]:
            last = rows[0][i]
            high, low = framed[last], framed[rows[1][i]]
            for j in range(count):
                four[0, j], four[1, j] = high[left[j]], high[right[j]]
                four[2, j], four[3, j] = low[left[j]], low[right[j]]
        for j in range(count):
            out[i, j] = _between(
                (four[0, j], four[1, j], four[2, j], four[3, j]), across[j], rows[2][i]
            )


@njit(cache=True, nogil=True)
def _between(four: tuple[float, float, float, float], across: float, down: float) -> float:
    """What has no weight may be unknown."""
    first, second = (1.0 - down) * (1.0 - across), (1.0 - down) * across
    third, fourth = down * (1.0 - across), down * across
    a, b = np.float64(four[0]) * first, np.float64(four[1]) * second
    c, d = np.float64(four[2]) * third, np.float64(four[3]) * fourth
    found = 0.0 + (a if first > 0.0 else 0.0)  # so that nothing is never less than nothing
    found += b if second > 0.0 else 0.0
    found += c if third > 0.0 else 0.0
    return found + (d if fourth > 0.0 else 0.0)


@njit(cache=True, nogil=True)
def bent_bilinear(
    framed: Cells,
    first: tuple[int, int],
    way: tuple[Floats, Longs, Floats, Longs, Floats],
    affine: tuple[float, float, float, float],
    out: Singles,
) -> None:
    """The same where a lattice leads to the raster.

    ``first`` is the row and column that ``framed`` begins at; ``way`` is what ``_strung`` takes;
    ``affine`` the raster's left, top, and size of cells.
    """
    count = out.shape[1]
    strung = np.empty((4, count))
    places, shares = np.empty((2, count), np.int32), np.empty((2, count))
    last, wide, high = -1, framed.shape[1] - 1, framed.shape[0] - 1
    for i in range(out.shape[0]):
        if i == 0 or way[3][i] != last:
            last = way[3][i]
            _strung(way[0], last, way[1], way[2], strung)
        up = way[4][i]
        for side in range(2):
            low, rise = strung[2 * side], strung[2 * side + 1]
            start, step, begin = affine[side], affine[2 + side], np.float64(first[1 - side])
            most = np.float64(wide if side == 0 else high)
            for j in range(count):
                place = (low[j] + rise[j] * up - start) / step - 0.5
                place = place if abs(place) < BEYOND else -BEYOND
                near = np.rint(place)
                place = near if abs(place - near) < ON_CELL else place
                cell = np.floor(place)
                shares[side, j] = place - cell
                cell = max(cell - begin, -1.0)
                places[side, j] = np.int32(min(cell, most))
        for j in range(count):
            left, right = max(places[0, j], 0), min(places[0, j] + 1, wide)
            over, under = framed[max(places[1, j], 0)], framed[min(places[1, j] + 1, high)]
            four = over[left], over[right], under[left], under[right]
            out[i, j] = _between(four, shares[0, j], shares[1, j])


@njit(cache=True, nogil=True)
def _strung(nodes: Floats, row: int, col: Longs, across: Floats, out: Floats) -> None:
    """Between two rows of a lattice's ``nodes`` (2, rows, cols): x there and its rise, then y's.

    Columns lie so far ``across`` from the node ``col`` to the next; ``out`` is (4, columns).
    """
    for side in range(2):
        under, over = nodes[side, row], nodes[side, row + 1]
        for j in range(len(col)):
            at, share = col[j], across[j]
            low = under[at] + share * (under[at + 1] - under[at])
            high = over[at] + share * (over[at + 1] - over[at])
            out[2 * side, j] = low
            out[2 * side + 1, j] = high - low


@njit(cache=True, nogil=True)
def bent_nearest(
    framed: Cells,
    first: tuple[int, int],
    way: tuple[Floats, Longs, Floats, Longs, Floats],
    affine: tuple[float, float, float, float],
    out: Singles,
) -> None:
    """The values of the cells that places lie in, where a lattice leads to the raster."""
    count = out.shape[1]
    strung = np.empty((4, count))
    last, size = -1, framed.shape
    for i in range(out.shape[0]):
        if i == 0 or way[3][i] != last:
            last = way[3][i]
            _strung(way[0], last, way[1], way[2], strung)
        up = way[4][i]
        for j in range(count):
            x = (strung[0, j] + strung[1, j] * up - affine[0]) / affine[2]
            y = (strung[2, j] + strung[3, j] * up - affine[1]) / affine[3]
            x, y = (x if abs(x) < BEYOND else -BEYOND), (y if abs(y) < BEYOND else -BEYOND)
            col = min(max(np.int64(np.floor(x)) - first[1], 0), size[1] - 1)
            row = min(max(np.int64(np.floor(y)) - first[0], 0), size[0] - 1)
            out[i, j] = framed[row, col]
