"""The faces between lines, and their merging where they say the same."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.outline import SNAP_M, TOLERANCE_M, Bounds, Shapes, shapes_array
from geozone.engine.states import States

LEAST_AREA_M2 = 1e-6
LEAST_WIDTH_M = 1e-3
WHOLE = 1e-9
"""How far sums of planar areas may differ, as a share."""

Labels = NDArray[np.intp]


def pieces(lines: Iterable[Shapes], bounds: Bounds) -> Shapes:
    """The straight pieces of lines that may meet the bounds, each once."""
    ends = [np.empty((0, 4))]
    for group in lines:
        xy, owner = shapely.get_coordinates(group, return_index=True)
        joined = owner[1:] == owner[:-1]
        ends.append(np.column_stack([xy[:-1][joined], xy[1:][joined]]))
    found = np.concatenate(ends)
    west, south, east, north = bounds
    low, high = np.minimum(found[:, :2], found[:, 2:]), np.maximum(found[:, :2], found[:, 2:])
    met = ((low <= (east, north)) & (high >= (west, south))).all(axis=1)
    kept = np.unique(np.where(_turned(found)[:, None], found[:, [2, 3, 0, 1]], found)[met], axis=0)
    return shapes_array(shapely.linestrings(kept.reshape(-1, 2, 2)))


def _turned(ends: NDArray[np.float64]) -> NDArray[np.bool_]:
    x, y, to_x, to_y = ends.T
    turned: NDArray[np.bool_] = (to_x < x) | ((to_x == x) & (to_y < y))
    return turned


def faces_between(lines: Shapes) -> Shapes:
    """The polygons that lines enclose, noded on a grid of the arithmetic tolerance."""
    noded = shapely.union_all(lines, grid_size=TOLERANCE_M)
    return polygons(shapely.polygonize(shapes_array(shapely.get_parts(noded))))


def polygons(found: BaseGeometry) -> Shapes:
    """The parts of a collection."""
    return shapes_array(shapely.get_parts(found))


def inner_points(faces: Shapes) -> NDArray[np.float64]:
    """A point inside each face, shape (n, 2)."""
    points: NDArray[np.float64] = shapely.get_coordinates(shapely.point_on_surface(faces))
    return points


def thin(faces: Shapes) -> NDArray[np.bool_]:
    """Which faces are too small or too narrow to be ground."""
    area, length = shapely.area(faces), shapely.length(faces)
    found: NDArray[np.bool_] = (area < LEAST_AREA_M2) | (2 * area < LEAST_WIDTH_M * length)
    return found


def spread(faces: Shapes, states: States) -> States:
    """States of shape (n, m) with every thin face told like its widest neighbour."""
    narrow = np.flatnonzero(thin(faces))
    if not len(narrow) or len(narrow) == len(faces):
        return states
    tree = shapely.STRtree(faces)
    found = states.copy()
    for face in narrow:
        near = np.sort(tree.query(faces[face], predicate="intersects"))
        near = near[~np.isin(near, narrow)]
        if len(near):
            shared = shapely.length(shapely.intersection(faces[near], faces[face].boundary))
            found[face] = states[near[np.argmax(shared)]]
    return found


def merged(faces: Shapes, labels: Labels, count: int) -> Shapes:
    """One multipolygon per label, of faces that meet edge to edge; shape (count,)."""
    return shapes_array([_joined(faces[labels == label]) for label in range(count)])


def _joined(faces: Shapes) -> BaseGeometry:
    whole = shapely.coverage_union_all(faces)
    total = shapely.area(faces).sum()
    if abs(shapely.area(whole) - total) > WHOLE * total or not shapely.is_valid(whole):
        whole = united(faces)
    return multi(shapely.get_parts(whole))


def united(faces: Shapes) -> BaseGeometry:
    """The union of disjoint polygons, sure to keep their area.

    Raises ``ArithmeticError`` where neither floating point nor a grid of 1 mm keeps it.
    """
    total = shapely.area(faces).sum()
    slack = (WHOLE * total, SNAP_M * shapely.length(faces).sum())
    for grid, allowed in zip((None, TOLERANCE_M), slack, strict=True):
        whole = shapely.union_all(faces, grid_size=grid)
        if abs(shapely.area(whole) - total) <= allowed and shapely.is_valid(whole):
            return whole
    raise ArithmeticError("the union of faces loses area")


def multi(parts: Iterable[BaseGeometry]) -> BaseGeometry:
    """Polygons as one normalised multipolygon."""
    flat = shapes_array([one for one in parts if one.geom_type == "Polygon"])
    whole: BaseGeometry = shapely.normalize(shapely.multipolygons(flat))
    return whole
