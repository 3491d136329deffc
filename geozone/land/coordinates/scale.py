"""What the ground is worth under a projection: its scale, and areas on the ellipsoid."""

from __future__ import annotations

from collections.abc import Sequence
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

MOST_STRETCH = 0.008
"""Largest difference between metres of a working CRS and metres on the ground, as a share."""


def scale_at(crs: CRS, x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """The point scale factor k of the projection; ground distance = planar distance / k.

    ``x`` east and ``y`` north in metres of ``crs``, arrays of one shape, which the answer has.
    """
    east, north = np.asarray(x, float), np.asarray(y, float)
    if east.shape != north.shape:
        east, north = np.broadcast_arrays(east, north)
    to_degrees_of, projection = _measured(crs.srs)
    factors = projection.get_factors(*to_degrees_of.apart(east.ravel(), north.ravel()))
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
    scales = _scales(crs, places)
    return scales is not None and bool(
        (np.ptp(scales, axis=0) < MOST_SPREAD * scales.min(axis=0)).all()
    )


def is_true_to_scale(crs: CRS, places: NDArray[np.float64]) -> bool:
    """Whether metres of a CRS are ground metres to eight in a thousand at places (n, 2) in degrees.

    What looks around places looks a hundredth farther than it has to; it sees no more.
    """
    scales = _scales(crs, places)
    return scales is not None and bool((np.abs(scales - 1.0) <= MOST_STRETCH).all())


def _scales(crs: CRS, places: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Metres of a CRS by ground metres in four directions, shape (4, n); none without a ground."""
    geod = crs.get_geod()
    if geod is None:
        return None
    scales = []
    for step in ((STEP_DEG, 0.0), (0.0, STEP_DEG), (STEP_DEG, STEP_DEG), (STEP_DEG, -STEP_DEG)):
        there = places + np.array(step)
        planar = np.hypot(*(projected(crs, there) - projected(crs, places)).T)
        ground = np.asarray(geod.inv(*places.T, *there.T)[2], float)
        scales.append(planar / ground)
    return np.array(scales, np.float64)


def ellipsoidal_area(shape: BaseGeometry, crs: CRS) -> float:
    """The area of a polygonal shape on the ellipsoid of ``crs``, in square metres."""
    return float(ellipsoidal_areas(np.array([shape], object), crs)[0])


def ellipsoidal_areas(shapes: NDArray[np.object_], crs: CRS) -> NDArray[np.float64]:
    """The areas of n polygonal shapes on the ellipsoid of ``crs`` in square metres, shape (n,)."""
    flat = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    parts, owner = shapes, np.arange(len(shapes))
    if not flat.all():
        parts, owner = shapely.get_parts(shapes, return_index=True)
        flat = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part = shapely.get_rings(parts[flat], return_index=True)
    xy, ends = _fine(rings)
    found, sizes = [0.0] * len(shapes), dict[int, float]()
    for size, at in zip(_ring_areas(xy, ends.tolist(), crs), part.tolist(), strict=True):
        sizes[at] = sizes[at] - size if at in sizes else size
    for at, shape in enumerate(owner[flat].tolist()):
        found[shape] += sizes.get(at, 0.0)  # an empty polygon has no ring
    return np.array(found, float)


def ring_area(xy: NDArray[np.float64], crs: CRS) -> float:
    """The area within one ring of coordinates (n, 2) of ``crs``, as ``ellipsoidal_areas``."""
    if np.abs(xy[1:] - xy[:-1]).max() > EDGE_M / 2:
        xy = _fine(np.array([shapely.linearrings(xy)], object))[0]
    return _ring_areas(xy, [len(xy)], crs)[0]


def _ring_areas(xy: NDArray[np.float64], ends: Sequence[int], crs: CRS) -> list[float]:
    """The areas within rings that follow one another, each up to one of the ``ends``."""
    geod = _ellipsoid(crs.srs)
    if geod is None:
        raise ValueError(f"{crs.name} names no ellipsoid")
    x, y = _measured(crs.srs)[0].apart(xy[:, 0].copy(), xy[:, 1].copy())
    begins = (0, *ends[:-1])
    return [
        abs(geod.polygon_area_perimeter(x[begin:end], y[begin:end])[0])
        for begin, end in zip(begins, ends, strict=False)
    ]


def _fine(rings: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The vertices of rings (n, 2) with none too far from the next, and where each ring ends."""
    xy, owner = shapely.get_coordinates(rings, return_index=True)
    if np.abs(xy[1:] - xy[:-1]).max(initial=0.0) > EDGE_M / 2:  # also from ring to ring
        steps = np.hypot(*np.diff(xy, axis=0).T)
        if (steps[owner[1:] == owner[:-1]] > EDGE_M).any():
            fine = shapely.segmentize(rings, EDGE_M)
            xy, owner = shapely.get_coordinates(fine, return_index=True)
    return xy, np.cumsum(np.bincount(owner, minlength=len(rings)))


def to_degrees(shape: BaseGeometry, crs: CRS) -> BaseGeometry:
    """A shape of a projected CRS in CGCS2000 longitude and latitude."""
    turned: BaseGeometry = shapely.transform(shape, Operation(crs, GEOGRAPHIC))
    return turned
