"""Bringing shapes to the working CRS, and asking whether they can be where they claim."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.bend import straightened
from geozone.land.coordinates.crs import GEOGRAPHIC, Coordinates, Operation
from geozone.land.coordinates.crsstated import UnclearCrsError, stated_crs
from geozone.land.coordinates.plausible import units_fit
from geozone.land.coordinates.terms import AS_IT_STANDS, Terms, refusal
from geozone.land.faults import Faults

__all__ = [
    "Placed",
    "bend_m",
    "degrees_box",
    "place",
    "source_crs",
    "units_fit",
    "whereabouts",
]

Shapes = NDArray[np.object_]

LONGEST_STRAIGHT_DEG = 0.01
WINDS = (
    ("北", "north"),
    ("东北", "north-east"),
    ("东", "east"),
    ("东南", "south-east"),
    ("南", "south"),
    ("西南", "south-west"),
    ("西", "west"),
    ("西北", "north-west"),
)


def source_crs(
    stored: CRS | None, declared: str | None, faults: Faults, terms: Terms = AS_IT_STANDS
) -> CRS | None:
    """The CRS of a file: what it states, else what is declared; ``None`` with a fault."""
    here = faults.at("crs")
    try:
        crs = stated_crs(stored, declared)
    except UnclearCrsError as error:
        here.add(error.what, error.todo)
        return None
    refused = refusal(crs, terms)
    if refused is not None:
        here.add(refused.what, refused.todo)
        return None
    return crs


@dataclass(frozen=True, eq=False)
class Placed:
    """Shapes in the working CRS; ``there`` (n,) is false where one lies beyond its reach."""

    shapes: Shapes
    there: NDArray[np.bool_]


def place(shapes: Shapes, operation: Operation) -> Placed:
    """Moves shapes (n,); edges follow the straight ones of the source to a millimetre.

    Between systems of the same coordinates they are the very shapes that were given.
    """
    there = np.ones(len(shapes), bool)
    if operation.is_identity:
        return Placed(shapes, there)
    moved: Shapes = shapely.transform(straightened(shapes, operation), operation)
    coordinates, at = shapely.get_coordinates(moved, return_index=True)
    there[at[~np.isfinite(coordinates).all(axis=1)]] = False
    return Placed(moved, there)


def bend_m(shapes: Shapes, operation: Operation) -> float:
    """How far, in metres, a straight edge of the source would leave its chord in the target.

    Of edges longer than 0.01 degrees; 0 between projections and for points.
    """
    if operation.is_identity or not operation.source.is_geographic:
        return 0.0
    parts = shapely.get_parts(shapes)
    lines = np.concatenate([shapely.get_rings(parts), parts[shapely.get_type_id(parts) == 1]])
    coordinates, at = shapely.get_coordinates(lines, return_index=True)
    start, end = coordinates[:-1], coordinates[1:]
    long = (at[:-1] == at[1:]) & (np.abs(end - start).max(axis=1) > LONGEST_STRAIGHT_DEG)
    if not long.any():
        return 0.0
    start, end = start[long], end[long]
    away = operation((start + end) / 2) - (operation(start) + operation(end)) / 2
    return round(float(np.hypot(away[:, 0], away[:, 1]).max()), 3)


def degrees_box(area: BaseGeometry, crs: CRS) -> Coordinates:
    """The bounds of an area as west, south, east, north in degrees; shape (2, 2)."""
    corners = shapely.get_coordinates(shapely.segmentize(area.envelope, 50_000.0))
    lonlat = Operation(crs, GEOGRAPHIC)(corners)
    return np.array([lonlat.min(axis=0), lonlat.max(axis=0)])


def whereabouts(shapes: Shapes, area: BaseGeometry) -> tuple[float, str]:
    """How far the bounds of shapes lie from an area in metres, and which way in words."""
    box = shapely.box(*shapely.total_bounds(shapes))
    away = float(shapely.distance(box, area))
    dx = box.centroid.x - area.centroid.x
    dy = box.centroid.y - area.centroid.y
    zh, en = WINDS[round(math.degrees(math.atan2(dx, dy)) / 45) % 8]
    return away, f"在其{zh}约 {away / 1000:.0f} km / about {away / 1000:.0f} km to the {en}"
