"""Unions that are checked: the outer edge of shapes that may overlap or touch."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.scale import scale_at

Shapes = NDArray[np.object_]
"""Shapely geometries, shape (n,), metres of the working CRS."""

Bounds = tuple[float, float, float, float]
"""West, south, east, north in metres of the working CRS."""

TOLERANCE_M = 1e-6
"""Of arithmetic; the only one."""

SNAP_M = 1e-3
"""The grid on which a union is done again where floating point lost a polygon."""

CLOSED_M = 0.005
"""Planar metres by which polygons grow before they are united: what is narrower than twice
that between two of them is no gap."""

MANY_VERTICES = 256


def shapes_array(shapes: object) -> Shapes:
    """A one-dimensional object array of geometries, also of none."""
    found = np.empty(0, object)
    given = np.asarray(shapes, dtype=object).ravel()
    return given if len(given) else found


def polygons_of(shapes: Shapes) -> Shapes:
    """The polygon parts of shapes."""
    parts = shapely.get_parts(shapes)
    return shapes_array(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def polygonal(shapes: Shapes) -> BaseGeometry:
    """The polygon parts of disjoint shapes as one multipolygon."""
    whole: BaseGeometry = shapely.multipolygons(polygons_of(shapes))
    return whole


def union_of(shapes: Shapes) -> BaseGeometry:
    """The union of polygons, sure to keep each of them.

    GEOS may lose a whole valid polygon while the areas add up (libgeos/geos#1344), so an
    interior point of every polygon must lie in the union; else the union is done again on a
    grid of 1 mm. Raises ``ArithmeticError`` where that loses one as well.
    """
    for grid, slack in ((None, TOLERANCE_M), (SNAP_M, 2 * SNAP_M)):
        union = shapely.union_all(shapes, grid_size=grid)
        shapely.prepare(union)
        if shapely.dwithin(union, shapely.point_on_surface(shapes), slack).all():
            return union
    raise ArithmeticError("the union of shapes loses a polygon")


def closed_m(crs: CRS, x: float, y: float) -> float:
    """Ground metres that ``CLOSED_M`` planar ones are at a place."""
    return CLOSED_M / float(scale_at(crs, x, y))


def outline(shapes: Shapes) -> Shapes:
    """The edge of the union of polygons that have all grown by ``CLOSED_M``, as lines.

    So cracks between neighbours close, and what is found does not rest on how their borders
    were rounded, nor on which other polygons take part. Only polygons that meet are united.
    """
    polygons = polygons_of(shapes)
    grown = shapes_array(shapely.buffer(polygons, CLOSED_M, join_style="mitre"))
    tree = shapely.STRtree(grown)
    one, other = tree.query(grown, predicate="intersects")
    crowded = np.unique(one[one != other])
    edges = [shapely.get_parts(shapely.boundary(np.delete(grown, crowded)))]
    if len(crowded):
        edges.append(shapely.get_parts(shapely.boundary(union_of(grown[crowded]))))
    return shapes_array(np.concatenate(edges))


def widened(bounds: Bounds, metres: float) -> Bounds:
    """Bounds moved outwards on all sides."""
    west, south, east, north = bounds
    return (west - metres, south - metres, east + metres, north + metres)


def near_window(shapes: Shapes, window: Bounds, *, many: int = MANY_VERTICES) -> Shapes:
    """The shapes that meet a window; those of many vertices cut to it, their dimension kept."""
    box = shapely.box(*window)
    met = shapes_array(shapes[shapely.intersects(shapes, box)])
    large = (shapely.get_num_coordinates(met) > many) & ~shapely.covered_by(met, box)
    if not large.any():
        return met
    flat = shapely.get_dimensions(met[large])
    parts, owner = shapely.get_parts(shapely.intersection(met[large], box), return_index=True)
    kept = parts[shapely.get_dimensions(parts) == flat[owner]]
    return shapes_array(np.concatenate([met[~large], kept]))
