"""Shapes of proposals: checked and repaired like those of layers, row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.bend import straightened
from geozone.land.coordinates.crs import Operation
from geozone.land.coordinates.plausible import shapes_fit
from geozone.land.faults import Faults
from geozone.land.problems import Problems
from geozone.land.shapes.geometry import BEYOND, check_shapes
from geozone.land.shapes.repairs import Repair


@dataclass(frozen=True, eq=False)
class Sound:
    """A proposal's shape in the working CRS, and what was repaired of it."""

    shape: BaseGeometry
    repairs: tuple[Repair, ...]


def sound(shape: BaseGeometry, crs: CRS, operation: Operation, faults: Faults) -> Sound | None:
    """The shape of a row, repaired and moved; ``None`` with a fault where it cannot be used."""
    if _is_plain_point(shape):
        fits = shapes_fit(np.array([shape], object), (), crs, faults)
        return Sound(shapely.transform(shape, operation), ()) if fits else None
    before, name = len(faults.found), faults.place or "—"
    given = np.array([shape], object)
    checked = check_shapes(given, (name,), Problems(faults, {}))
    if len(faults.found) > before or not checked.good[0]:
        return None
    if not shapes_fit(checked.shapes, (), crs, faults):
        return None
    flat = straightened(checked.shapes, operation)[0]
    moved: BaseGeometry = shapely.transform(flat, operation)
    return Sound(moved, tuple(one.repair(operation) for one in checked.mends))


def _is_plain_point(shape: BaseGeometry) -> bool:
    """Whether there is nothing to check or to repair of a shape: a well on the map."""
    return (
        shape.geom_type == "Point"
        and not shape.is_empty
        and not shape.has_z
        and bool((np.abs(shapely.get_coordinates(shape)) < BEYOND).all())
    )
