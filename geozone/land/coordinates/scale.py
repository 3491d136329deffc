"""What the ground is worth under a projection: its scale, and areas on the ellipsoid."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Geod, Proj
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import GEOGRAPHIC, Operation, projected

EDGE_M = 2000.0
"""Longest edge taken as a geodesic: over it a straight edge bends by less than 2 mm."""

STEP_DEG = 1e-3
MOST_SPREAD = 1e-4
"""Largest difference between the scales of two directions at one place, as a share."""


def scale_at(crs: CRS, x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """The point scale factor k of the projection; ground distance = planar distance / k.

    ``x`` east and ``y`` north in metres of ``crs``, arrays of one shape, which the answer has.
    """
    east, north = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    to_degrees_of, projection = _measured(crs.srs)
    lonlat = to_degrees_of(np.column_stack([east.ravel(), north.ravel()]))
    factors = projection.get_factors(lonlat[:, 0], lonlat[:, 1])
    scale: NDArray[np.float64] = np.sqrt(np.asarray(factors.areal_scale, float)).reshape(east.shape)
    return scale


@lru_cache(maxsize=16)
def _measured(srs: str) -> tuple[Operation, Proj]:
    """The way of a CRS to degrees, and its projection: both take longer to make than to use."""
    crs = CRS.from_user_input(srs)
    return Operation(crs, GEOGRAPHIC), Proj(crs)


@lru_cache(maxsize=16)
def _ellipsoid(srs: str) -> Geod | None:
    """The ellipsoid of a CRS."""
    return CRS.from_user_input(srs).get_geod()


def is_conformal(crs: CRS, places: NDArray[np.float64]) -> bool:
    """Whether one scale serves every direction at the places (n, 2), in degrees.

    Measured on the ellipsoid: Web Mercator calls itself conformal, on a sphere.
    """
    geod = crs.get_geod()
    if geod is None:
        return False
    scales = []
    for step in ((STEP_DEG, 0.0), (0.0, STEP_DEG), (STEP_DEG, STEP_DEG), (STEP_DEG, -STEP_DEG)):
        there = places + np.array(step)
        planar = np.hypot(*(projected(crs, there) - projected(crs, places)).T)
        ground = np.asarray(geod.inv(*places.T, *there.T)[2], float)
        scales.append(planar / ground)
    spread = np.ptp(scales, axis=0) / np.min(scales, axis=0)
    return bool((spread < MOST_SPREAD).all())


def ellipsoidal_area(shape: BaseGeometry, crs: CRS) -> float:
    """The area of a polygonal shape on the ellipsoid of ``crs``, in square metres."""
    geod = _ellipsoid(crs.srs)
    if geod is None:
        raise ValueError(f"{crs.name} names no ellipsoid")
    fine = shapely.segmentize(shape, EDGE_M)
    degrees = shapely.transform(fine, _measured(crs.srs)[0])
    return float(sum(_ring_area(geod, part) for part in shapely.get_parts(degrees)))


def _ring_area(geod, polygon) -> float:  # type: ignore[no-untyped-def]
    if polygon.geom_type != "Polygon":
        return 0.0
    rings = [polygon.exterior, *polygon.interiors]
    areas = [abs(geod.polygon_area_perimeter(*ring.xy)[0]) for ring in rings]
    return float(areas[0] - sum(areas[1:]))


def ellipsoidal_areas(shapes: NDArray[np.object_], crs: CRS) -> NDArray[np.float64]:
    """``ellipsoidal_area`` of each shape, in square metres."""
    return np.array([ellipsoidal_area(shape, crs) for shape in shapes], float)


def to_degrees(shape: BaseGeometry, crs: CRS) -> BaseGeometry:
    """A shape of a projected CRS in CGCS2000 longitude and latitude."""
    turned: BaseGeometry = shapely.transform(shape, Operation(crs, GEOGRAPHIC))
    return turned
