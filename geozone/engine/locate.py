"""One proposal on the ground: its parts with their evidence, and every distance and overlap."""

from __future__ import annotations

from collections.abc import Sequence

from shapely.geometry.base import BaseGeometry

from geozone.engine.located import Located, Part
from geozone.engine.locatepoint import locate_point, located_point, point_measure
from geozone.engine.locatepolygon import located_polygon
from geozone.engine.region import Region
from geozone.engine.states import states_at

__all__ = ["Located", "Part", "locate", "locate_point", "point_measure", "states_at"]


def locate(
    regions: Sequence[Region], shape: BaseGeometry, accuracy_m: float, area: BaseGeometry
) -> Located:
    """How every region stands for a point or a polygon known to ``accuracy_m``.

    ``shape`` and ``area`` are in the working CRS of the regions. Ground outside the study
    area is unseen. Raises ``ValueError`` for other kinds of shapes and without regions.
    """
    if not regions:
        raise ValueError("a shape cannot be located without regions")
    if shape.geom_type == "Point":
        return located_point(regions, shape, accuracy_m, area)
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise ValueError(f"a {shape.geom_type} cannot be located; give a point or a polygon")
    return located_polygon(regions, shape, accuracy_m, area)
