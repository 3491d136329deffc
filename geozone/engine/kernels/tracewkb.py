"""Multipolygons written in well-known binary, and their boxes."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

POLYGON = 3
MULTIPOLYGON = 6

BEGINS = 9
"""Bytes before the content of a polygon or multipolygon: byte order, type, how many it has."""


@njit(cache=True, nogil=True, inline="always")
def _put_number(value: int, data: NDArray[np.uint8], to: int) -> None:
    for byte in range(4):
        data[to + byte] = np.uint8((value >> (8 * byte)) & 255)


@njit(cache=True, nogil=True, inline="always")
def _begin(kind: int, count: int, data: NDArray[np.uint8], to: int) -> int:
    data[to] = 1
    _put_number(kind, data, to + 1)
    _put_number(count, data, to + 5)
    return to + BEGINS


@njit(cache=True, nogil=True)
def write_multipolygons(
    members: NDArray[np.int64],
    polygons: NDArray[np.int64],
    rings: NDArray[np.int64],
    content: NDArray[np.uint8],
    heads: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
) -> None:
    """Writes multipolygons into ``data``, each from its offset on, behind its row of ``heads``.

    Multipolygon k has the polygons ``members[k]`` to ``members[k + 1]``; ``content`` (16 n,) are
    the coordinates' bytes, little-endian; the rest is as in ``Faces``.
    """
    for shape in range(len(members) - 1):
        to = offsets[shape]
        for byte in range(heads.shape[1]):
            data[to + byte] = heads[shape, byte]
        first, end = members[shape], members[shape + 1]
        to = _begin(MULTIPOLYGON, end - first, data, to + heads.shape[1])
        for polygon in range(first, end):
            to = _begin(POLYGON, polygons[polygon + 1] - polygons[polygon], data, to)
            for ring in range(polygons[polygon], polygons[polygon + 1]):
                _put_number(rings[ring + 1] - rings[ring], data, to)
                at, size = 16 * rings[ring], 16 * (rings[ring + 1] - rings[ring])
                into, given = data[to + 4 : to + 4 + size], content[at : at + size]
                for byte in range(size):
                    into[byte] = given[byte]
                to += 4 + size


@njit(cache=True, nogil=True)
def shell_boxes(
    members: NDArray[np.int64],
    polygons: NDArray[np.int64],
    rings: NDArray[np.int64],
    xy: NDArray[np.float64],
    found: NDArray[np.float64],
) -> None:
    """Fills the boxes (k, 4) of multipolygons, as in ``write_multipolygons``, from their shells."""
    for shape in range(len(members) - 1):
        west = south = np.inf
        east = north = -np.inf
        for polygon in range(members[shape], members[shape + 1]):
            shell = polygons[polygon]
            for at in range(rings[shell], rings[shell + 1]):
                x, y = xy[at, 0], xy[at, 1]
                west, east = min(west, x), max(east, x)
                south, north = min(south, y), max(north, y)
        found[shape, 0], found[shape, 1] = west, south
        found[shape, 2], found[shape, 3] = east, north
