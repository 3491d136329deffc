"""Polygons drawn with fewer vertices, for display, their shared borders kept."""

from __future__ import annotations

import shapely

from geozone.engine.outline import Shapes, shapes_array


def simplified(polygons: Shapes, tolerance_m: float) -> Shapes:
    """Disjoint polygons that meet edge to edge, simplified so that they still do; shape (n,).

    ``tolerance_m`` is the side of the largest triangle, about, that may be cut off a border.
    No polygon vanishes, and none overlaps another: if GEOS breaks one, all stay as they were.
    For display only: places near borders change sides. Raises ``ValueError`` for a negative
    tolerance.
    """
    if not tolerance_m >= 0:
        raise ValueError(f"a tolerance of {tolerance_m} m: give 0 or more")
    if not len(polygons) or tolerance_m == 0:
        return polygons
    found = shapes_array(shapely.coverage_simplify(polygons, tolerance_m))
    broken = ~shapely.is_valid(found) | shapely.is_empty(found)
    return polygons if broken.any() else found
