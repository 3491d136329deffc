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
CLEARANCE_M = 0.02
WHOLE = 1e-9
"""How far sums of planar areas may differ, as a share."""

Labels = NDArray[np.intp]


def stretches(lines: Iterable[Shapes], bounds: Bounds) -> Shapes:
    """The stretches of lines that may meet the bounds, vertices unmoved."""
    shapes = np.concatenate(list(lines))
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    west, south, east, north = bounds
    x, y = xy[:, 0], xy[:, 1]
    # Piece k runs from vertex k to the next one.
    met = np.minimum(x[:-1], x[1:]) <= east
    met &= np.maximum(x[:-1], x[1:]) >= west
    met &= np.minimum(y[:-1], y[1:]) <= north
    met &= np.maximum(y[:-1], y[1:]) >= south
    met &= owner[1:] == owner[:-1]
    turns = np.flatnonzero(np.diff(met, prepend=False, append=False))
    begins, counts = turns[::2], turns[1::2] - turns[::2] + 1
    passed = np.cumsum(counts) - counts
    places = np.arange(counts.sum()) + np.repeat(begins - passed, counts)
    runs = np.repeat(np.arange(len(counts)), counts)
    return shapes_array(shapely.linestrings(xy[places], indices=runs))


def faces_between(lines: Shapes) -> Shapes:
    """The polygons that lines enclose, noded on a grid of the arithmetic tolerance."""
    noded = shapely.union_all(lines, grid_size=TOLERANCE_M)
    found = shapely.polygonize(shapes_array(shapely.get_parts(noded)))
    return shapes_array(shapely.get_parts(found))


def inner_points(faces: Shapes) -> NDArray[np.float64]:
    """A point inside each face, away from its edge where it has room; shape (n, 2).

    Lines that nearly coincide leave tails on faces, narrower than the lines are exact; a
    point there would speak for the wrong side.
    """
    points = shapely.point_on_surface(faces)
    clearance = shapely.distance(shapely.boundary(faces), points)
    width = widths(faces)
    for face in np.flatnonzero((clearance < CLEARANCE_M) & (width > CLEARANCE_M)):
        radius = shapely.maximum_inscribed_circle(faces[face], tolerance=width[face] / 16)
        if radius.length > clearance[face]:
            points[face] = shapely.get_point(radius, 0)
    found: NDArray[np.float64] = shapely.get_coordinates(points)
    return found


def widths(faces: Shapes) -> NDArray[np.float64]:
    """The mean widths of faces in metres."""
    found: NDArray[np.float64] = 2 * shapely.area(faces) / shapely.length(faces)
    return found


def thin(faces: Shapes, width_m: float = LEAST_WIDTH_M) -> NDArray[np.bool_]:
    """Which faces are too small or too narrow to be ground."""
    found: NDArray[np.bool_] = (shapely.area(faces) < LEAST_AREA_M2) | (widths(faces) < width_m)
    return found


def spread(faces: Shapes, states: States, width_m: float = LEAST_WIDTH_M) -> States:
    """States of shape (n, m) with every thin face told like its widest neighbour."""
    narrow = np.flatnonzero(thin(faces, width_m))
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
