"""Polygons of labelled ground as flat arrays, and what others make of them."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, eq=False)
class Wkb:
    """Polygons in well-known binary: number k is ``data[offsets[k]:offsets[k + 1]]``."""

    offsets: NDArray[np.int64]
    data: NDArray[np.uint8]


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


def wkb(faces: Faces) -> Wkb:
    """The polygons in well-known binary, little-endian, one by one.

    Ask for parts of many faces one after the other: this holds 16 bytes a vertex.
    """
    from geozone.engine.kernels.tracewkb import write_polygons  # noqa: PLC0415 - numba loads slowly

    counts = np.diff(faces.polygons)
    vertices = faces.rings[faces.polygons[1:]] - faces.rings[faces.polygons[:-1]]
    offsets = np.concatenate([[0], np.cumsum(9 + 4 * counts + 16 * vertices)]).astype(np.int64)
    data = np.empty(int(offsets[-1]), np.uint8)
    bits = np.ascontiguousarray(faces.xy).view(np.uint64)
    write_polygons(faces.polygons, faces.rings, bits, offsets, data)
    return Wkb(offsets, data)
