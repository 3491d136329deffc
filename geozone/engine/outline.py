"""Unions that are checked: the outer edge of shapes that may overlap or touch."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.land.shapes.flat import Flat

Shapes = NDArray[np.object_]
"""Shapely geometries, shape (n,), metres of the working CRS."""

Bounds = tuple[float, float, float, float]
"""West, south, east, north in metres of the working CRS."""

TOLERANCE_M = 1e-6
"""Of arithmetic; the only one."""

SNAP_M = 1e-3
"""The grid on which a union is done again where floating point lost a polygon."""

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
    union = _union(shapes, None, TOLERANCE_M)
    return _snapped_union(shapes) if union is None else union


def _snapped_union(shapes: Shapes) -> BaseGeometry:
    """The union of polygons on a grid of 1 mm. Raises ``ArithmeticError`` where it loses one."""
    union = _union(shapes, SNAP_M, 2 * SNAP_M)
    if union is None:
        raise ArithmeticError("the union of shapes loses a polygon")
    return union


def _union(shapes: Shapes, grid: float | None, slack: float) -> BaseGeometry | None:
    union = shapely.union_all(shapes, grid_size=grid)
    shapely.prepare(union)
    whole = shapely.dwithin(union, shapely.point_on_surface(shapes), slack).all()
    return union if whole else None


def outline(shapes: Shapes) -> Shapes:
    """The edge of the union of polygons on a grid of 1 mm, as lines.

    Neighbours whose borders part by less leave no crack between them. Only polygons that meet
    others are united.
    """
    polygons = polygons_of(shapes)
    tree = shapely.STRtree(polygons)
    one, other = tree.query(polygons, predicate="dwithin", distance=SNAP_M)
    crowded = np.unique(one[one != other])
    alone = np.delete(polygons, crowded)
    edges = [shapely.get_parts(shapely.boundary(_on_grid(alone)))]
    if len(crowded):
        edges.append(_crowd_outline(polygons[crowded]))
    return shapes_array(np.concatenate(edges))


def _crowd_outline(polygons: Shapes) -> Shapes:
    """The edge of the union of polygons that meet one another."""
    try:
        united = _snapped_union(_on_grid(polygons))
    except (shapely.errors.GEOSException, ArithmeticError):
        # What is thinner than the grid breaks GEOS or is lost in it; kernels count windings.
        from geozone.engine.outlines.merging import union_edge  # noqa: PLC0415 - loads late

        edge = union_edge(Flat.of(polygons).rings)
        chain = np.repeat(np.arange(len(edge.sign)), np.diff(edge.starts))
        return shapes_array(shapely.linestrings(edge.xy, indices=chain) if len(chain) else [])
    return shapes_array(shapely.get_parts(shapely.boundary(united)))


def _on_grid(shapes: Shapes) -> Shapes:
    rounded = shapely.transform(shapes, lambda xy: np.rint(xy / SNAP_M) * SNAP_M)
    return shapes_array(rounded)


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
