"""Polygons written in well-known binary."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

POLYGON = 3


@njit(cache=True, nogil=True, inline="always")
def _put_number(value: int, data: NDArray[np.uint8], to: int) -> None:
    for byte in range(4):
        data[to + byte] = np.uint8((value >> (8 * byte)) & 255)


@njit(cache=True, nogil=True)
def write_polygons(
    polygons: NDArray[np.int64],
    rings: NDArray[np.int64],
    bits: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
) -> None:
    """Writes polygons into ``data``, each from its offset on.

    ``bits`` (n, 2) are the coordinates' bit patterns; the rest is as in ``Faces``.
    """
    for polygon in range(len(polygons) - 1):
        to = offsets[polygon]
        data[to] = 1
        _put_number(POLYGON, data, to + 1)
        _put_number(polygons[polygon + 1] - polygons[polygon], data, to + 5)
        to += 9
        for ring in range(polygons[polygon], polygons[polygon + 1]):
            _put_number(rings[ring + 1] - rings[ring], data, to)
            to += 4
            for at in range(rings[ring], rings[ring + 1]):
                for axis in range(2):
                    value = bits[at, axis]
                    for byte in range(8):
                        shift = np.uint64(8 * byte)
                        data[to + byte] = np.uint8((value >> shift) & np.uint64(255))
                    to += 8
