"""Polygons of labelled ground as flat arrays, and what others make of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.engine.outline import Shapes, shapes_array


@dataclass(frozen=True, eq=False)
class Faces:
    """Valid polygons, disjoint, each the connected ground of one label.

    Polygon k has label ``label[k]`` (p,) and the rings ``polygons[k]`` to ``polygons[k + 1]``
    (p + 1,), its shell first; ring r has the vertices ``rings[r]`` to ``rings[r + 1]`` of
    ``xy`` (n, 2), metres of the working CRS. Rings begin and end at their smallest vertex;
    shells run counter-clockwise, holes clockwise. Polygons are in the order of their labels,
    then of their smallest vertices.
    """

    label: NDArray[np.int32]
    polygons: NDArray[np.int64]
    rings: NDArray[np.int64]
    xy: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.label)

    def part(self, first: int, end: int) -> Faces:
        """The polygons from ``first`` to before ``end``."""
        rings = self.polygons[first : end + 1]
        places = self.rings[rings[0] : rings[-1] + 1]
        xy = self.xy[places[0] : places[-1]]
        return Faces(self.label[first:end], rings - rings[0], places - places[0], xy)


class Polygons(Protocol):
    """Polygons as ``Faces``, whose vertices are in metres part by part: all take much room."""

    @property
    def label(self) -> NDArray[np.int32]:
        """As in ``Faces``, as is the rest."""
        ...

    @property
    def polygons(self) -> NDArray[np.int64]: ...  # noqa: D102

    @property
    def rings(self) -> NDArray[np.int64]: ...  # noqa: D102

    def part(self, first: int, end: int) -> Faces:
        """The polygons from ``first`` to before ``end``."""
        ...


PART_VERTICES = 500_000
"""Vertices that are in metres at once, if no polygon has more."""


def vertices(given: Polygons, first: int, end: int) -> int:
    """How many vertices the polygons from ``first`` to before ``end`` have."""
    low, high = given.rings[given.polygons[[first, end]]].tolist()
    return int(high - low)


def parts(
    given: Polygons, first: int, end: int, most: int = PART_VERTICES
) -> Iterator[tuple[int, int]]:
    """Those polygons in runs, each of so many vertices at most, or of one polygon."""
    total = given.rings[given.polygons[first : end + 1]]
    at = first
    while at < end:
        wanted = total[at - first] + most
        last = first + int(np.searchsorted(total, wanted, side="right")) - 1
        last = max(last, at + 1)
        yield at, last
        at = last


@dataclass(frozen=True, eq=False)
class Wkb:
    """Shapes in well-known binary, one behind the other in ``data`` (bytes,).

    Number k is ``data[offsets[k]:offsets[k + 1]]``, its head included where it has one.
    """

    offsets: NDArray[np.int64]
    data: NDArray[np.uint8]

    def pieces(self) -> Iterator[memoryview]:
        """The shapes one by one, none of them copied."""
        ends = self.offsets.tolist()
        return map(self.data.data.__getitem__, map(slice, ends, ends[1:]))


def to_shapely(faces: Faces) -> Shapes:
    """The polygons as shapely geometries, shape (p,)."""
    if not len(faces):
        return shapes_array([])
    offsets = (faces.rings, faces.polygons)
    return shapes_array(shapely.from_ragged_array(shapely.GeometryType.POLYGON, faces.xy, offsets))


def multipolygons(faces: Faces, count: int) -> Shapes:
    """One multipolygon per label 0 to ``count`` - 1, empty where a label has no ground."""
    if not len(faces):
        return shapes_array([shapely.MultiPolygon()] * count)
    parts = np.searchsorted(faces.label, np.arange(count + 1)).astype(np.int64)
    offsets = (faces.rings, faces.polygons, parts)
    return shapes_array(
        shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, faces.xy, offsets)
    )


def wkb(faces: Faces, members: NDArray[np.int64], heads: NDArray[np.uint8] | None = None) -> Wkb:
    """Multipolygons in well-known binary, little-endian, each behind its row of ``heads``.

    Number k has the polygons ``members[k]`` to ``members[k + 1]``, ``members`` (m + 1,); ``heads``
    are (m, bytes), without any if not given. Ask for parts of many faces one after the other: this
    holds 16 bytes a vertex.
    """
    from geozone.engine.kernels.tracewkb import BEGINS, write_multipolygons  # noqa: PLC0415 - numba loads slowly

    if heads is None:
        heads = np.empty((len(members) - 1, 0), np.uint8)
    before = np.arange(len(members)) * (BEGINS + heads.shape[1])
    sizes = BEGINS * np.arange(len(faces.polygons)) + 4 * faces.polygons
    sizes += 16 * faces.rings[faces.polygons]
    offsets = (before + sizes[members] - sizes[0]).astype(np.int64)
    data = np.empty(int(offsets[-1]), np.uint8)
    content = np.ascontiguousarray(faces.xy, "<f8").view(np.uint8).reshape(-1)
    write_multipolygons(members, faces.polygons, faces.rings, content, heads, offsets, data)
    return Wkb(offsets, data)


def boxes(faces: Faces, members: NDArray[np.int64]) -> NDArray[np.float64]:
    """West, south, east and north of multipolygons as in ``wkb``, shape (m, 4)."""
    from geozone.engine.kernels.tracewkb import shell_boxes  # noqa: PLC0415 - as above

    found = np.empty((len(members) - 1, 4))
    xy = np.ascontiguousarray(faces.xy)
    shell_boxes(members, faces.polygons, faces.rings, xy, found)
    return found
